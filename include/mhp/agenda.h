/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/agenda.h
 * @brief What a standing policy has to do with a machine just now, where the two disagree,
 * and how to bring the machine to the policy. Of libmhp-policy, and not in mhp/mhp.h.
 *
 * An agenda is a pure function of a snapshot and a standing policy: making one touches
 * nothing. It has an item for each region whose memory is its own; of a region that others
 * are made from, these have items. Each item has a plan of its own where there is something
 * to do, and is carried out as a transaction of its own: what one region refuses undoes
 * nothing of another.
 *
 * A rule with max-movable-ratio sends memory to a kernel zone that would bring
 * MOVABLE:KERNEL of the machine above that. Counted is what is in neither zone by an item,
 * what items before this one lead to, what later ones have in Movable and keep there, and
 * all of this one; not what later ones have in kernel zones. So the answer does not depend
 * on whether it has been given before: carrying out an agenda twice changes nothing the
 * second time; unless the kernel chose a zone that was not foreseen (type = online), so that
 * there is more room, or less. What is online in Movable stays there, whatever the ratio; only what is
 * elsewhere, or not online, goes to a kernel zone.
 *
 * Items, rules and texts are borrowed from the agenda, which keeps snapshot and standing
 * policy, and live as long as it does. It may be read from any thread.
 *
 *	struct mhp_snapshot_opts look = { .size = sizeof(look), .flags = MHP_SNAPSHOT_FOR_PLANS };
 *	r = mhp_standing_new(ctx, &standing);
 *	r = mhp_snapshot_new(ctx, &look, &snap);
 *	r = mhp_agenda_new(snap, standing, NULL, &agenda);
 *	if (mhp_agenda_count_in_state(agenda, MHP_ITEM_TO_DO))
 *		r = mhp_agenda_apply(ctx, agenda, NULL, &report);
 */
#ifndef MHP_AGENDA_H
#define MHP_AGENDA_H

#include <stddef.h>
#include <stdint.h>

#include <mhp/report.h>
#include <mhp/request.h>
#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;
struct mhp_snapshot;
struct mhp_region;
struct mhp_plan;
struct mhp_report;
struct mhp_apply_opts;
struct mhp_standing;
struct mhp_standing_rule;
struct mhp_agenda;
struct mhp_agenda_item;
struct mhp_drift;
struct mhp_agenda_report;
struct mhp_agenda_result;

/** What is to be done about a region. @since 1.0 */
enum mhp_item_state {
	MHP_ITEM_UNKNOWN = 0,		/**< not known */
	MHP_ITEM_MET = 1,		/**< nothing: it is as its rule wants it */
	MHP_ITEM_TO_DO = 2,		/**< mhp_agenda_item_get_plan() has steps */
	MHP_ITEM_BLOCKED = 3,		/**< it is not as wanted, and nothing will be done: the
					     plan has conflicts, such as that it is online
					     elsewhere, and the rule does not allow to rezone it */
	MHP_ITEM_LEFT_ALONE = 4,	/**< nothing: so its rule says */
	MHP_ITEM_NO_RULE = 5,		/**< nothing: no rule is about it */
	MHP_ITEM_UNDECIDED = 6,		/**< what rule it has, or what it is, could not be read */
	MHP_ITEM_NOTHING = 7,		/**< nothing: it has no memory now, and none that the rule
					     would plug, such as an empty slot */
};

/** How the machine is not as it should be. @since 1.0 */
enum mhp_drift_kind {
	MHP_DRIFT_UNKNOWN = 0,		/**< not known */
	MHP_DRIFT_WORD = 1,		/**< the device's word is not what its blocks are */
	MHP_DRIFT_ZONE = 2,		/**< blocks are online in another zone than the rule wants */
	MHP_DRIFT_STATE = 3,		/**< blocks are offline, absent or online, and the rule
					     wants something else */
	MHP_DRIFT_MIXED_ZONES = 4,	/**< a part is in Movable, another one is not, and no rule
					     says that it should be so */
	MHP_DRIFT_NOT_PLUGGED = 5,	/**< it is not System RAM, and the rule wants it to be */
};

/** How to make an agenda. Set size to sizeof(struct mhp_agenda_opts), all else to 0. @since 1.0 */
struct mhp_agenda_opts {
	size_t size;			/**< bytes of the struct that the caller knows */
	uint64_t rules;			/**< MHP_RULE_..., for every request, beside those of the
					     rules of the standing policy and MHP_RULE_BORROW;
					     MHP_RULE_RELEASE is not for these */
	uint64_t no_rules;		/**< MHP_RULE_... that no request has, whatever a rule of
					     the standing policy says */
};

/* ---- the agenda ---- */

/**
 * Make an agenda.
 *
 * @param snap        the machine as it is: taken with MHP_SNAPSHOT_FOR_PLANS, which has
 *                    identities and origins, and with MHP_SNAPSHOT_TOPOLOGY if a rule is
 *                    about tiers. Without them, a rule that needs one leaves the region
 *                    undecided, and a dax device of which the origin is not known is not
 *                    plugged. The agenda keeps a reference
 * @param standing    the standing policy, of which the agenda keeps a reference
 * @param opts        NULL for the defaults
 * @param ret_agenda  the agenda, with one reference, which the caller drops with
 *                    mhp_agenda_unref()
 * @return 0; -EBADMSG the standing policy has errors; -EACCES and others: regions could not be
 *         listed (mhp_snapshot_get_regions_code()); -E2BIG opts asks for what this library
 *         does not know; -EINVAL; -ENOMEM
 * @since 1.0
 */
int mhp_agenda_new(struct mhp_snapshot *snap, struct mhp_standing *standing,
		   const struct mhp_agenda_opts *opts, struct mhp_agenda **ret_agenda);

/**
 * Take a reference.
 *
 * @param agenda  the agenda; may be NULL
 * @return agenda, with one more reference; NULL if it is NULL
 * @since 1.0
 */
struct mhp_agenda *mhp_agenda_ref(struct mhp_agenda *agenda);

/**
 * Drop a reference; the last one frees the agenda and all that is borrowed from it. NULL is
 * fine.
 *
 * @param agenda  the agenda; may be NULL
 * @return NULL
 * @since 1.0
 */
struct mhp_agenda *mhp_agenda_unref(struct mhp_agenda *agenda);

/**
 * The snapshot that the agenda was made of.
 *
 * @param agenda  the agenda
 * @return borrowed, never NULL
 * @since 1.0
 */
struct mhp_snapshot *mhp_agenda_get_snapshot(const struct mhp_agenda *agenda);

/**
 * The standing policy that the agenda was made of.
 *
 * @param agenda  the agenda
 * @return borrowed, never NULL
 * @since 1.0
 */
struct mhp_standing *mhp_agenda_get_standing(const struct mhp_agenda *agenda);

/**
 * Number of items.
 *
 * @param agenda  the agenda
 * @return how many
 * @since 1.0
 */
size_t mhp_agenda_count_items(const struct mhp_agenda *agenda);

/**
 * An item by position: in the order in which they are handled, by the order of their
 * rules, then as regions are in the snapshot; those without a rule come last.
 *
 * @param agenda  the agenda
 * @param index   from 0
 * @return the item, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_agenda_item *mhp_agenda_get_item(const struct mhp_agenda *agenda, size_t index);

/**
 * The item of a region, by its name or identity.
 *
 * @param agenda  the agenda
 * @param region  its name, or its identity
 * @return the item, borrowed; NULL if there is no such region, or others are made from it
 * @since 1.0
 */
const struct mhp_agenda_item *mhp_agenda_find_item(const struct mhp_agenda *agenda,
						   const char *region);

/**
 * Number of items that are in a state.
 *
 * @param agenda  the agenda
 * @param state   the state
 * @return how many
 * @since 1.0
 */
size_t mhp_agenda_count_in_state(const struct mhp_agenda *agenda, enum mhp_item_state state);

/**
 * Number of drifts of all items.
 *
 * @param agenda  the agenda
 * @return how many
 * @since 1.0
 */
size_t mhp_agenda_count_drifts(const struct mhp_agenda *agenda);

/**
 * The agenda as text for people: items with rule and state, drifts, plans, ways out.
 *
 * @param agenda    the agenda
 * @param ret_text  lines, each with a newline, printable; the caller frees it with free()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_agenda_copy_text(const struct mhp_agenda *agenda, char **ret_text);

/* ---- items ---- */

/**
 * The region that an item is about.
 *
 * @param item  the item
 * @return borrowed from the snapshot, never NULL
 * @since 1.0
 */
const struct mhp_region *mhp_agenda_item_get_region(const struct mhp_agenda_item *item);

/**
 * The rule that decides about the region.
 *
 * @param item  the item
 * @return borrowed from the standing policy; NULL if none does (MHP_ITEM_NO_RULE), or it is
 *         not known which one does (MHP_ITEM_UNDECIDED)
 * @since 1.0
 */
const struct mhp_standing_rule *mhp_agenda_item_get_rule(const struct mhp_agenda_item *item);

/**
 * What is to be done about the region.
 *
 * @param item  the item
 * @return the state
 * @since 1.0
 */
enum mhp_item_state mhp_agenda_item_get_state(const struct mhp_agenda_item *item);

/**
 * Type that the region is to be online with, the system's default where the rule asks for
 * that; MHP_OFFLINE if it is to be offline. Where the ratio guard has chosen
 * (mhp_agenda_item_get_guard()) it is MHP_ONLINE_KERNEL.
 *
 * @param item      the item
 * @param ret_type  the type
 * @return 0; -ENODATA no rule wants one, or the system's default is not known
 * @since 1.0
 */
int mhp_agenda_item_get_online_type(const struct mhp_agenda_item *item,
				    enum mhp_online_type *ret_type);

/**
 * Has the ratio guard changed what the rule wants? "online_kernel instead of
 * online_movable: MOVABLE:KERNEL would be 412 %, above 300 % (50-pool.conf:7)". Blocks that
 * are in Movable already stay there.
 *
 * @param item  the item
 * @return borrowed, printable, one line without a newline; NULL if it has not
 * @since 1.0
 */
const char *mhp_agenda_item_get_guard(const struct mhp_agenda_item *item);

/**
 * The plan that brings the region to what is wanted.
 *
 * @param item  the item
 * @return borrowed; without steps with MHP_ITEM_MET, with conflicts with MHP_ITEM_BLOCKED
 *         and maybe with MHP_ITEM_UNDECIDED; NULL if nothing was planned
 * @since 1.0
 */
struct mhp_plan *mhp_agenda_item_get_plan(const struct mhp_agenda_item *item);

/**
 * A plan that would repair what is not as wanted: that of the item if it has steps; of one
 * that is MHP_ITEM_BLOCKED as it is online elsewhere, what could be done with
 * MHP_RULE_REZONE. mhp_agenda_apply() does not carry out the latter.
 *
 * @param item  the item
 * @return borrowed; NULL if there is none: mhp_agenda_item_get_why() says why not
 * @since 1.0
 */
struct mhp_plan *mhp_agenda_item_get_repair(const struct mhp_agenda_item *item);

/**
 * Why nothing is done: of MHP_ITEM_BLOCKED, MHP_ITEM_UNDECIDED and MHP_ITEM_NOTHING.
 *
 * @param item  the item
 * @return borrowed, printable, one line without a newline; NULL in other states
 * @since 1.0
 */
const char *mhp_agenda_item_get_why(const struct mhp_agenda_item *item);

/**
 * What could be done about a region that is not as wanted and will not be. Names no
 * program's option.
 *
 * @param item  the item
 * @return borrowed, printable, one line without a newline; NULL if there is nothing to say
 * @since 1.0
 */
const char *mhp_agenda_item_get_way_out(const struct mhp_agenda_item *item);

/**
 * Who is likely to have brought the region to where it is, if it has drifts: what
 * mhp_region_guess_cause() tells.
 *
 * @param item  the item
 * @return borrowed, printable, a part of a sentence; NULL if it has no drifts
 * @since 1.0
 */
const char *mhp_agenda_item_get_cause_text(const struct mhp_agenda_item *item);

/**
 * Number of drifts of an item. The device's word, and zones that are mixed, are looked at
 * whatever the rule says; all else only where one wants a type.
 *
 * @param item  the item
 * @return how many
 * @since 1.0
 */
size_t mhp_agenda_item_count_drifts(const struct mhp_agenda_item *item);

/**
 * A drift by position, in the order of enum mhp_drift_kind; there is at most one of each.
 *
 * @param item   the item
 * @param index  from 0
 * @return the drift, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_drift *mhp_agenda_item_get_drift(const struct mhp_agenda_item *item,
						  size_t index);

/**
 * What kind of drift it is.
 *
 * @param drift  the drift
 * @return the kind
 * @since 1.0
 */
enum mhp_drift_kind mhp_drift_get_kind(const struct mhp_drift *drift);

/**
 * What is not as it should be: "memory32-35 are online in Normal, not in Movable".
 *
 * @param drift  the drift
 * @return borrowed, never NULL, printable, one line without a newline
 * @since 1.0
 */
const char *mhp_drift_get_message(const struct mhp_drift *drift);

/**
 * Number of blocks that a drift is about; 0 if it is about the region.
 *
 * @param drift  the drift
 * @return how many
 * @since 1.0
 */
size_t mhp_drift_count_blocks(const struct mhp_drift *drift);

/**
 * A block that a drift is about.
 *
 * @param drift   the drift
 * @param index   from 0; they are sorted
 * @param ret_id  the N of memoryN, which may be absent
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_drift_get_block_id(const struct mhp_drift *drift, size_t index, uint64_t *ret_id);

/**
 * A word for a state that stays the same: "met", "to-do", "blocked", "left-alone",
 * "no-rule", "undecided", "nothing"; else "unknown".
 *
 * @param state  the state
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_item_state_to_str(enum mhp_item_state state);

/**
 * A word for a kind of drift that stays the same: "word", "zone", "state", "mixed-zones",
 * "not-plugged"; else "unknown".
 *
 * @param kind  the kind
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_drift_kind_to_str(enum mhp_drift_kind kind);

/* ---- carrying it out ---- */

/**
 * Carry out what is to do, in the order of items, each by mhp_apply() with a plan of its
 * own: an item that fails is undone by itself, and the others go on. As soon as something was
 * written, a fresh snapshot is taken for each further item, and the same wish planned anew.
 * What mhp_apply() found moved (MHP_REASON_STALE) is planned and tried once more. With
 * nothing to do no lock is taken, and nothing written.
 *
 * @param ctx         the context; of the same root as the snapshot
 * @param agenda      the agenda; it stays as it is
 * @param opts        as for mhp_apply(), NULL for the defaults. The deadlines are for each
 *                    try of each item. The progress function is told of all items together;
 *                    once it does not return 0, no other item is begun
 * @param ret_report  the report, which the caller frees with mhp_agenda_report_free()
 * @return 0 the report tells the outcome, also of an item that mhp_apply() could not begin.
 *         Else nothing was written: what mhp_apply() said of all items that were tried,
 *         such as -EACCES, if it began none; -E2BIG, -EINVAL, -ENOMEM
 * @since 1.0
 */
int mhp_agenda_apply(struct mhp_ctx *ctx, struct mhp_agenda *agenda,
		     const struct mhp_apply_opts *opts, struct mhp_agenda_report **ret_report);

/**
 * Free a report. NULL is fine.
 *
 * @param report  the report; may be NULL
 * @since 1.0
 */
void mhp_agenda_report_free(struct mhp_agenda_report *report);

/**
 * How all of it ended.
 *
 * @param report  the report
 * @return MHP_OUTCOME_DONE: every region is as its rule wants it, or has none. MHP_OUTCOME_REFUSED:
 *         some are not, and nothing was written. MHP_OUTCOME_UNDONE: what was written is
 *         put back. MHP_OUTCOME_PARTIAL: something was changed, and some are not as wanted.
 *         MHP_OUTCOME_UNKNOWN: that of an item is
 * @since 1.0
 */
enum mhp_outcome mhp_agenda_report_get_outcome(const struct mhp_agenda_report *report);

/**
 * The agenda that was carried out.
 *
 * @param report  the report
 * @return borrowed, never NULL
 * @since 1.0
 */
struct mhp_agenda *mhp_agenda_report_get_agenda(const struct mhp_agenda_report *report);

/**
 * Number of results: one for each item of the agenda, in the same order.
 *
 * @param report  the report
 * @return how many
 * @since 1.0
 */
size_t mhp_agenda_report_count_results(const struct mhp_agenda_report *report);

/**
 * A result by position.
 *
 * @param report  the report
 * @param index   from 0
 * @return the result, borrowed from the report; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_agenda_result *
mhp_agenda_report_get_result(const struct mhp_agenda_report *report, size_t index);

/**
 * The item that a result is about, as it was when the agenda was made.
 *
 * @param result  the result
 * @return borrowed from the agenda, never NULL
 * @since 1.0
 */
const struct mhp_agenda_item *mhp_agenda_result_get_item(const struct mhp_agenda_result *result);

/**
 * How an item ended. What was not to be done is MHP_OUTCOME_DONE; what is blocked, undecided
 * or was not tried MHP_OUTCOME_REFUSED.
 *
 * @param result  the result
 * @return the outcome
 * @since 1.0
 */
enum mhp_outcome mhp_agenda_result_get_outcome(const struct mhp_agenda_result *result);

/**
 * Why an item ended so: as mhp_report_get_reason(). MHP_REASON_ALREADY: there was nothing to
 * do. MHP_REASON_CONFLICT: it is blocked. MHP_REASON_UNREADABLE: it is undecided.
 * MHP_REASON_NOT_TRIED: the call was cancelled before. MHP_REASON_STALE also if another
 * rule, or none, is about the region by now. MHP_REASON_GONE: there is no such region any
 * more, which is MHP_OUTCOME_DONE.
 *
 * @param result  the result
 * @return the reason
 * @since 1.0
 */
enum mhp_reason mhp_agenda_result_get_reason(const struct mhp_agenda_result *result);

/**
 * The errno value that goes with it: as mhp_report_get_code(), or what mhp_apply(),
 * mhp_snapshot_new() or mhp_plan_new() returned.
 *
 * @param result  the result
 * @return a negative errno value; 0 if there is none
 * @since 1.0
 */
int mhp_agenda_result_get_code(const struct mhp_agenda_result *result);

/**
 * What happened, or why nothing did.
 *
 * @param result  the result
 * @return borrowed, never NULL, printable, one line without a newline
 * @since 1.0
 */
const char *mhp_agenda_result_get_message(const struct mhp_agenda_result *result);

/**
 * What mhp_apply() reported.
 *
 * @param result  the result
 * @return borrowed; NULL if nothing was tried, or it could not begin
 * @since 1.0
 */
const struct mhp_report *mhp_agenda_result_get_report(const struct mhp_agenda_result *result);

/**
 * What mhp_apply() reported of a first try, which was stale.
 *
 * @param result  the result
 * @return borrowed; NULL if there was one try at most
 * @since 1.0
 */
const struct mhp_report *
mhp_agenda_result_get_first_report(const struct mhp_agenda_result *result);

#ifdef __cplusplus
}
#endif

#endif /* MHP_AGENDA_H */
