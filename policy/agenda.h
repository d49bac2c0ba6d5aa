/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the agenda share. Of internal.h they use texts and opts only. */
#ifndef MHP_POLICY_AGENDA_H
#define MHP_POLICY_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/agenda.h>
#include <mhp/mhp.h>
#include <mhp/standing.h>

#include "internal.h"

/* ---- blocks.c ---- */

struct one_block {
	uint64_t id;
	enum mhp_state state;		/* MHP_STATE_ABSENT: there is none */
	enum mhp_zone zone;		/* MHP_ZONE_UNKNOWN: not online, or not known */
	enum mhp_zone next_zone;	/* where a plain "online" would go, as far as it is known */
};

/* The whole blocks of a region, whether they are there or not. */
struct blocks {
	struct one_block *list;
	size_t count, present, online, movable, kernel;
	int code;			/* why they are not known; 0 */
};

int blocks_find(const struct mhp_snapshot *snap, const struct mhp_region *region,
		struct blocks *ret);
void blocks_free(struct blocks *blocks);
bool is_kernel_zone(enum mhp_zone zone);
/* Online, and not where type wants it; a zone that is not known is not. */
bool is_online_elsewhere_than(const struct one_block *block, enum mhp_online_type type);

/* ---- items ---- */

#define MAX_DRIFTS 5

struct mhp_drift {
	enum mhp_drift_kind kind;
	char *message;
	uint64_t *ids;
	size_t n_ids;
};

struct mhp_agenda_item {
	const struct mhp_region *region;
	const struct mhp_standing_rule *rule;
	size_t place;			/* in the snapshot */
	enum mhp_item_state state;
	bool typed;			/* the rule wants a type, and it is known */
	bool plugs;			/* what is absent is to come */
	bool for_guard;			/* the ratio guard has a say */
	bool guarded;			/* ... and chose MHP_ONLINE_KERNEL */
	uint64_t kernel_before;		/* blocks that it counted; see there */
	uint64_t movable_at_end;	/* the same, if what comes later counts; 0: it does not */
	enum mhp_online_type type;
	struct blocks blocks;
	char *guard, *why, *way_out, *cause;
	struct mhp_plan *plan, *repair;
	struct mhp_drift drifts[MAX_DRIFTS];
	size_t n_drifts;
};

struct mhp_agenda {
	unsigned int refs;
	struct mhp_snapshot *snap;
	struct mhp_standing *standing;
	uint64_t rules, no_rules;	/* as in mhp_agenda_opts */
	struct mhp_agenda_item *items;
	size_t n_items;
};

void item_free_members(struct mhp_agenda_item *item);

/* ---- agenda-item.c: rule, type, plan ---- */

/*
 * Finds what is there, the rule, and the type before the ratio guard. The state is set
 * where nothing can be planned, and else stays MHP_ITEM_UNKNOWN.
 */
int item_decide(const struct mhp_agenda *agenda, const struct mhp_snapshot *snap,
		struct mhp_agenda_item *item);
/* Makes the plan for its type, and the state of that. */
int item_plan(const struct mhp_agenda *agenda, const struct mhp_snapshot *snap,
	      struct mhp_agenda_item *item);
/* What could be done, and would be if it were allowed. */
int item_find_way_out(const struct mhp_agenda *agenda, struct mhp_agenda_item *item);
/* "rule pool (/etc/mhp/policy.d/50-pool.conf:3)"; the line of the key if the rule has it */
void text_add_rule(struct text *text, const struct mhp_standing_rule *rule, const char *key);

/* ---- ratio-guard.c ---- */

/*
 * Is its type the guard's to choose? Then it has no plan before guard_items(), which plans
 * these.
 */
bool is_for_guard(const struct mhp_agenda_item *item);
int guard_items(struct mhp_agenda *agenda);

/* ---- drift.c ---- */

int item_find_drifts(const struct mhp_agenda *agenda, struct mhp_agenda_item *item);
void drift_free_members(struct mhp_drift *drift);

/* ---- agenda-report.c ---- */

struct mhp_agenda_result {
	const struct mhp_agenda_item *item;
	enum mhp_outcome outcome;
	enum mhp_reason reason;
	int code;
	char *message;			/* NULL: that of the report or the item */
	struct mhp_report *report, *first_report;
};

struct mhp_agenda_report {
	struct mhp_agenda *agenda;
	enum mhp_outcome outcome;
	struct mhp_agenda_result *results;
	size_t n_results;
};

int agenda_report_new(struct mhp_agenda *agenda, struct mhp_agenda_report **ret_report);
/* From the results. */
void agenda_report_conclude(struct mhp_agenda_report *report);

#endif /* MHP_POLICY_AGENDA_H */
