// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From a region and a standing policy to what is to be done: the rule, the type, the
 * request that they come to, and its plan.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agenda.h"

void text_add_rule(struct text *text, const struct mhp_standing_rule *rule, const char *key)
{
	unsigned int line = key ? mhp_standing_rule_get_key_line(rule, key) : 0;

	text_add(text, "rule ");
	text_add_escaped(text, mhp_standing_rule_get_name(rule));
	text_add(text, " (");
	text_add_escaped(text, mhp_standing_rule_get_file(rule));
	text_add(text, ":%u)", line ? line : mhp_standing_rule_get_line(rule));
}

static int set_text(char **text, const char *words)
{
	free(*text);
	*text = strdup(words);
	return *text ? 0 : -ENOMEM;
}

/* ---- the rule, and its type ---- */

static int find_rule(const struct mhp_agenda *agenda, const struct mhp_snapshot *snap,
		     struct mhp_agenda_item *item)
{
	const struct mhp_standing_rule *rule;
	struct text text = { 0 };
	char *why = NULL;
	enum mhp_match match;
	int r = 0;

	match = mhp_standing_find_rule(agenda->standing, snap, item->region, &rule, &why);
	if (match == MHP_MATCH_YES) {
		item->rule = rule;
	} else if (match == MHP_MATCH_NO) {
		item->state = MHP_ITEM_NO_RULE;
	} else {
		item->state = MHP_ITEM_UNDECIDED;
		text_add(&text, "whether ");
		text_add_rule(&text, rule, NULL);
		text_add(&text, " is about it is not known%s%s", why ? ": " : "", why ? why : "");
		r = text_finish(&text, &item->why);
	}
	free(why);
	return r;
}

static void find_type(const struct mhp_snapshot *snap, struct mhp_agenda_item *item)
{
	switch (mhp_standing_rule_get_wish(item->rule)) {
	case MHP_WISH_TYPE:
		item->typed = mhp_standing_rule_get_online_type(item->rule, &item->type) == 0;
		break;
	case MHP_WISH_DEFAULT:
		item->typed = mhp_snapshot_get_default_online_type(snap, &item->type) == 0;
		break;
	case MHP_WISH_LEAVE_ALONE:
	case MHP_WISH_UNKNOWN:
		item->state = MHP_ITEM_LEFT_ALONE;
		break;
	}
}

/* ---- is what is absent to come? ---- */

static bool is_fact(const struct mhp_region *region, const char *name, const char *value)
{
	const char *text;

	return mhp_region_find_fact(region, name, &text) == 0 && text && !strcmp(text, value);
}

/* What is on it is lost, as soon as it is memory: drivers/dax/pmem.c */
static bool is_persistent(const struct mhp_region *region)
{
	for (; region; region = mhp_region_get_parent(region))
		if (is_fact(region, "origin", "pmem") || is_fact(region, "mode", "pmem"))
			return true;
	return false;
}

/* A device of which nobody knows what is on it. */
static bool is_of_unknown_origin(const struct mhp_region *region)
{
	const char *text;

	return mhp_region_get_kind(region) == MHP_REGION_DAX &&
	       mhp_region_find_fact(region, "origin", &text) < 0;
}

static int refuse_to_plug(struct mhp_agenda_item *item, const char *why)
{
	item->plugs = false;
	if (item->blocks.present)
		return 0;
	item->state = MHP_ITEM_NOTHING;
	return set_text(&item->why, why);
}

static int refuse_persistent(struct mhp_agenda_item *item)
{
	struct text text = { 0 };
	int r = refuse_to_plug(item, "is persistent memory, which the rule does not plug");

	if (r < 0 || item->state != MHP_ITEM_NOTHING)
		return r;
	text_add(&text, "say plug = persistent in ");
	text_add_rule(&text, item->rule, "plug");
	text_add(&text, ", if what is on it may be lost");
	return text_finish(&text, &item->way_out);
}

static int refuse_unknown(struct mhp_agenda_item *item)
{
	int r = refuse_to_plug(item, "whether it is persistent memory could not be read");

	if (item->state == MHP_ITEM_NOTHING)
		item->state = MHP_ITEM_UNDECIDED;
	return r;
}

static int refuse_unable(struct mhp_agenda_item *item, const char *reason)
{
	struct text text = { 0 };
	char *why;
	int r;

	text_add(&text, "has no memory now: it %s", reason);
	r = text_finish(&text, &why);
	if (r < 0)
		return r;
	r = refuse_to_plug(item, why);
	free(why);
	return r;
}

/* Of nothing comes nothing: an empty slot, a device without a size. */
static bool has_no_memory(const struct mhp_region *region)
{
	size_t n_ranges;

	return mhp_region_get_range_count(region, &n_ranges) == 0 && n_ranges == 0;
}

static int decide_plugging(struct mhp_agenda_item *item)
{
	const char *reason;

	/* what is not known the plan tells */
	if (item->blocks.code < 0 ||
	    (item->blocks.count && item->blocks.present == item->blocks.count))
		return 0;
	if (has_no_memory(item->region))
		return refuse_to_plug(item, "has no memory now");
	if (!mhp_standing_rule_can_plug(item->rule))
		return refuse_to_plug(item, "is not System RAM, and the rule does not plug it");
	if (is_persistent(item->region) &&
	    !mhp_standing_rule_can_plug_persistent(item->rule))
		return refuse_persistent(item);
	/* a device without a whole block is asked for all the same: the plan says why not */
	if (!mhp_region_can(item->region, MHP_CAN_PLUG, &reason) && item->blocks.count)
		return refuse_unable(item, reason);
	if (is_of_unknown_origin(item->region) &&
	    !mhp_standing_rule_can_plug_persistent(item->rule))
		return refuse_unknown(item);
	item->plugs = true;
	return 0;
}

int item_decide(const struct mhp_agenda *agenda, const struct mhp_snapshot *snap,
		struct mhp_agenda_item *item)
{
	int r;

	r = blocks_find(snap, item->region, &item->blocks);
	if (r == 0)
		r = find_rule(agenda, snap, item);
	if (r < 0 || !item->rule)
		return r;
	find_type(snap, item);
	return item->state == MHP_ITEM_UNKNOWN ? decide_plugging(item) : 0;
}

/* ---- the request ---- */

/* What is in Movable stays there: the guard is about the rest. */
static bool is_guards(const struct mhp_agenda_item *item, const struct one_block *block)
{
	return block->zone != MHP_ZONE_MOVABLE &&
	       (item->plugs || block->state != MHP_STATE_ABSENT);
}

/* Others may have brought all of it into Movable since the guard has chosen. */
static bool has_none_for_guard(const struct mhp_agenda_item *item)
{
	for (size_t i = 0; i < item->blocks.count; i++)
		if (is_guards(item, &item->blocks.list[i]))
			return false;
	return item->blocks.movable != 0;
}

static int set_blocks(struct mhp_request *request, const struct mhp_agenda_item *item)
{
	const struct one_block *list = item->blocks.list;
	size_t count = item->blocks.count;
	int r = 0;

	for (size_t i = 0, n; i < count && r == 0; i += n) {
		bool meant = is_guards(item, &list[i]);

		for (n = 1; meant && i + n < count && list[i + n].id == list[i].id + n &&
		     is_guards(item, &list[i + n]); n++)
			;
		if (meant)
			r = mhp_request_add_blocks(request, list[i].id, n);
	}
	return r;
}

static uint64_t find_rules(const struct mhp_agenda *agenda, const struct mhp_agenda_item *item)
{
	uint64_t rules = agenda->rules | mhp_standing_rule_get_rules(item->rule);

	if (item->plugs)
		rules |= MHP_RULE_BORROW;
	return rules & ~agenda->no_rules;
}

static int fill_request(struct mhp_request *request, const struct mhp_agenda_item *item,
			uint64_t rules)
{
	int r;

	if (item->guarded && item->blocks.movable)
		r = set_blocks(request, item);
	else
		r = mhp_request_set_region(request, mhp_region_get_name(item->region));
	if (r == 0)
		r = mhp_request_set_goal(request, item->plugs ? MHP_GOAL_PLUGGED :
								MHP_GOAL_ONLINE);
	if (r == 0)
		r = mhp_request_set_rules(request, rules);
	if (r == 0 && item->typed)
		r = mhp_request_set_online_type(request, item->type);
	else if (r == 0)
		/* there is none: the plan says so */
		mhp_request_set_default_type(request);
	return r;
}

static int plan_with(const struct mhp_snapshot *snap, const struct mhp_agenda_item *item,
		     uint64_t rules, struct mhp_plan **ret_plan)
{
	struct mhp_request *request;
	int r;

	r = mhp_request_new(&request);
	if (r < 0)
		return r;
	r = fill_request(request, item, rules);
	if (r == 0)
		r = mhp_plan_new(snap, request, ret_plan);
	mhp_request_free(request);
	return r;
}

/* ---- the plan, and what it says ---- */

static int explain_conflicts(struct mhp_agenda_item *item)
{
	size_t count = mhp_plan_count_conflicts(item->plan);
	const struct mhp_conflict *conflict = mhp_plan_get_conflict(item->plan, 0);
	enum mhp_conflict_code code = mhp_conflict_get_code(conflict);
	struct text text = { 0 };

	item->state = code == MHP_CONFLICT_NO_PERMISSION || code == MHP_CONFLICT_UNREADABLE ?
		      MHP_ITEM_UNDECIDED : MHP_ITEM_BLOCKED;
	text_add(&text, "%s", mhp_conflict_get_message(conflict));
	if (count > 1)
		text_add(&text, "; and %zu more", count - 1);
	free(item->why);
	item->why = NULL;
	return text_finish(&text, &item->why);
}

static int explain_code(struct mhp_agenda_item *item, int code)
{
	struct text text = { 0 };

	item->state = MHP_ITEM_UNDECIDED;
	text_add(&text, "cannot be planned for: ");
	text_add_code(&text, code);
	free(item->why);
	item->why = NULL;
	return text_finish(&text, &item->why);
}

int item_plan(const struct mhp_agenda *agenda, const struct mhp_snapshot *snap,
	      struct mhp_agenda_item *item)
{
	int r;

	if (item->guarded && has_none_for_guard(item)) {
		item->state = MHP_ITEM_MET;
		return 0;
	}
	r = plan_with(snap, item, find_rules(agenda, item), &item->plan);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return explain_code(item, r);
	if (mhp_plan_count_conflicts(item->plan))
		return explain_conflicts(item);
	item->state = mhp_plan_count_steps(item->plan) ? MHP_ITEM_TO_DO : MHP_ITEM_MET;
	return 0;
}

/* ---- the way out ---- */

/* Even then it could not be done. */
static int tell_more(struct mhp_agenda_item *item, const struct mhp_conflict *conflict)
{
	const char *hint = mhp_conflict_get_hint(conflict);
	struct text text = { 0 };

	text_add(&text, "%s; nor could it be rezoned: %s", item->why,
		 mhp_conflict_get_message(conflict));
	free(item->why);
	item->why = NULL;
	if (text_finish(&text, &item->why) < 0)
		return -ENOMEM;
	return hint ? set_text(&item->way_out, hint) : 0;
}

static int allow_rezoning(const struct mhp_agenda *agenda, struct mhp_agenda_item *item)
{
	struct text text = { 0 };
	struct mhp_plan *plan;
	int r;

	r = plan_with(agenda->snap, item, find_rules(agenda, item) | MHP_RULE_REZONE, &plan);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (mhp_plan_count_conflicts(plan)) {
		r = tell_more(item, mhp_plan_get_conflict(plan, 0));
		mhp_plan_unref(plan);
		return r;
	}
	item->repair = plan;
	text_add(&text, "say elsewhere = rezone in ");
	text_add_rule(&text, item->rule, "elsewhere");
	text_add(&text, "; or once, by hand, online it as %s and allow it to be rezoned",
		 mhp_online_type_to_str(item->type));
	return text_finish(&text, &item->way_out);
}

/* What the planner tells only once a kernel zone is allowed. */
static int needs_rezoning(const struct mhp_agenda *agenda, const struct mhp_agenda_item *item,
			  bool *ret)
{
	struct mhp_plan *plan;
	int r;

	*ret = false;
	r = plan_with(agenda->snap, item, find_rules(agenda, item) | MHP_RULE_KERNEL_ZONE, &plan);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (mhp_plan_count_conflicts(plan))
		*ret = mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0)) ==
		       MHP_CONFLICT_WRONG_ZONE;
	mhp_plan_unref(plan);
	return 0;
}

static int allow_kernel_zone(const struct mhp_agenda *agenda, struct mhp_agenda_item *item)
{
	struct text text = { 0 };
	bool rezones;
	int r;

	r = needs_rezoning(agenda, item, &rezones);
	if (r < 0)
		return r;
	if (item->guarded) {
		text_add(&text, "raise max-movable-ratio in ");
		text_add_rule(&text, item->rule, "max-movable-ratio");
		text_add(&text, "; or ");
	}
	text_add(&text, "say kernel-zone = yes in ");
	text_add_rule(&text, item->rule, "kernel-zone");
	if (rezones)
		text_add(&text, ", and elsewhere = rezone");
	return text_finish(&text, &item->way_out);
}

/* The planner's hint is about targets, which a rule has none of. */
static int leave_boot_alone(struct mhp_agenda_item *item)
{
	struct text text = { 0 };

	text_add(&text, "say type = leave-alone in ");
	text_add_rule(&text, item->rule, "type");
	return text_finish(&text, &item->way_out);
}

int item_find_way_out(const struct mhp_agenda *agenda, struct mhp_agenda_item *item)
{
	const struct mhp_conflict *conflict;
	const char *hint;

	if (!item->plan || !mhp_plan_count_conflicts(item->plan))
		return 0;
	if (mhp_region_get_kind(item->region) == MHP_REGION_BOOT)
		return leave_boot_alone(item);
	conflict = mhp_plan_get_conflict(item->plan, 0);
	switch (mhp_conflict_get_code(conflict)) {
	case MHP_CONFLICT_WRONG_ZONE:
		return allow_rezoning(agenda, item);
	case MHP_CONFLICT_KERNEL_ZONE:
		return allow_kernel_zone(agenda, item);
	default:
		hint = mhp_conflict_get_hint(conflict);
		return hint ? set_text(&item->way_out, hint) : 0;
	}
}
