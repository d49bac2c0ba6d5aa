// SPDX-License-Identifier: LGPL-2.1-or-later
/* An agenda: items in the order in which they are handled, and what can be asked of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agenda.h"

#define KNOWN_RULES \
	(MHP_RULE_KEEP | MHP_RULE_REZONE | MHP_RULE_PER_BLOCK | MHP_RULE_BORROW | \
	 MHP_RULE_KERNEL_ZONE)

/* ---- items in their order ---- */

void item_free_members(struct mhp_agenda_item *item)
{
	blocks_free(&item->blocks);
	free(item->guard);
	free(item->why);
	free(item->way_out);
	free(item->cause);
	mhp_plan_unref(item->plan);
	mhp_plan_unref(item->repair);
	for (size_t i = 0; i < item->n_drifts; i++)
		drift_free_members(&item->drifts[i]);
}

static int add_items(struct mhp_agenda *agenda)
{
	size_t n_regions = mhp_snapshot_count_regions(agenda->snap);
	int r = 0;

	agenda->items = calloc(n_regions + 1, sizeof(*agenda->items));
	if (!agenda->items)
		return -ENOMEM;
	for (size_t i = 0; i < n_regions && r == 0; i++) {
		const struct mhp_region *region = mhp_snapshot_get_region(agenda->snap, i);
		struct mhp_agenda_item *item = &agenda->items[agenda->n_items];

		/* others are made from it, and have its memory */
		if (mhp_region_has_children(region))
			continue;
		agenda->n_items++;
		item->region = region;
		item->place = i;
		r = item_decide(agenda, agenda->snap, item);
	}
	return r;
}

/* Those without a rule come last. */
static unsigned int order_of(const struct mhp_agenda_item *item)
{
	return item->rule ? mhp_standing_rule_get_order(item->rule) : UINT32_MAX;
}

static int compare_items(const void *a, const void *b)
{
	const struct mhp_agenda_item *x = a, *y = b;

	if (order_of(x) != order_of(y))
		return order_of(x) < order_of(y) ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* ---- the whole ---- */

/* What the ratio guard has a say in is planned by it. */
static int plan_items(struct mhp_agenda *agenda)
{
	int r = 0;

	for (size_t i = 0; i < agenda->n_items && r == 0; i++) {
		struct mhp_agenda_item *item = &agenda->items[i];

		if (item->state == MHP_ITEM_UNKNOWN && !is_for_guard(item))
			r = item_plan(agenda, agenda->snap, item);
	}
	return r < 0 ? r : guard_items(agenda);
}

static int judge_items(struct mhp_agenda *agenda)
{
	int r = 0;

	for (size_t i = 0; i < agenda->n_items && r == 0; i++) {
		struct mhp_agenda_item *item = &agenda->items[i];

		r = item_find_drifts(agenda, item);
		if (r == 0 && item->n_drifts)
			r = mhp_region_guess_cause(agenda->snap, item->region, NULL,
						   &item->cause);
		if (r == 0)
			r = item_find_way_out(agenda, item);
	}
	return r;
}

static int make_agenda(struct mhp_agenda *agenda)
{
	int r = add_items(agenda);

	if (r < 0)
		return r;
	qsort(agenda->items, agenda->n_items, sizeof(*agenda->items), compare_items);
	r = plan_items(agenda);
	return r < 0 ? r : judge_items(agenda);
}

static int check_opts(const struct mhp_agenda_opts *opts, struct mhp_agenda_opts *known)
{
	int r = opts ? opts_take(known, sizeof(*known), opts, opts->size) : 0;

	if (r == 0 && (known->rules | known->no_rules) & ~(uint64_t)KNOWN_RULES)
		r = -E2BIG;
	return r;
}

MHP_EXPORT int mhp_agenda_new(struct mhp_snapshot *snap, struct mhp_standing *standing,
			      const struct mhp_agenda_opts *opts, struct mhp_agenda **ret_agenda)
{
	struct mhp_agenda_opts known = { 0 };
	struct mhp_agenda *agenda;
	int r;

	r = check_opts(opts, &known);
	if (r == 0 && mhp_standing_count_errors(standing))
		r = -EBADMSG;
	if (r == 0)
		r = mhp_snapshot_get_regions_code(snap);
	if (r < 0)
		return r;
	agenda = calloc(1, sizeof(*agenda));
	if (!agenda)
		return -ENOMEM;
	agenda->refs = 1;
	agenda->snap = mhp_snapshot_ref(snap);
	agenda->standing = mhp_standing_ref(standing);
	agenda->rules = known.rules;
	agenda->no_rules = known.no_rules;
	r = make_agenda(agenda);
	if (r < 0) {
		mhp_agenda_unref(agenda);
		return r;
	}
	*ret_agenda = agenda;
	return 0;
}

MHP_EXPORT struct mhp_agenda *mhp_agenda_ref(struct mhp_agenda *agenda)
{
	if (agenda)
		__atomic_add_fetch(&agenda->refs, 1, __ATOMIC_RELAXED);
	return agenda;
}

MHP_EXPORT struct mhp_agenda *mhp_agenda_unref(struct mhp_agenda *agenda)
{
	if (!agenda || __atomic_sub_fetch(&agenda->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	for (size_t i = 0; i < agenda->n_items; i++)
		item_free_members(&agenda->items[i]);
	free(agenda->items);
	mhp_standing_unref(agenda->standing);
	mhp_snapshot_unref(agenda->snap);
	free(agenda);
	return NULL;
}

/* ---- what can be asked ---- */

MHP_EXPORT struct mhp_snapshot *mhp_agenda_get_snapshot(const struct mhp_agenda *agenda)
{
	return agenda->snap;
}

MHP_EXPORT struct mhp_standing *mhp_agenda_get_standing(const struct mhp_agenda *agenda)
{
	return agenda->standing;
}

MHP_EXPORT size_t mhp_agenda_count_items(const struct mhp_agenda *agenda)
{
	return agenda->n_items;
}

MHP_EXPORT const struct mhp_agenda_item *mhp_agenda_get_item(const struct mhp_agenda *agenda,
							     size_t index)
{
	return index < agenda->n_items ? &agenda->items[index] : NULL;
}

MHP_EXPORT const struct mhp_agenda_item *mhp_agenda_find_item(const struct mhp_agenda *agenda,
							      const char *region)
{
	const struct mhp_region *found = mhp_snapshot_find_region(agenda->snap, region);

	for (size_t i = 0; found && i < agenda->n_items; i++)
		if (agenda->items[i].region == found)
			return &agenda->items[i];
	return NULL;
}

MHP_EXPORT size_t mhp_agenda_count_in_state(const struct mhp_agenda *agenda,
					    enum mhp_item_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < agenda->n_items; i++)
		count += agenda->items[i].state == state;
	return count;
}

MHP_EXPORT size_t mhp_agenda_count_drifts(const struct mhp_agenda *agenda)
{
	size_t count = 0;

	for (size_t i = 0; i < agenda->n_items; i++)
		count += agenda->items[i].n_drifts;
	return count;
}

MHP_EXPORT const struct mhp_region *mhp_agenda_item_get_region(const struct mhp_agenda_item *item)
{
	return item->region;
}

MHP_EXPORT const struct mhp_standing_rule *
mhp_agenda_item_get_rule(const struct mhp_agenda_item *item)
{
	return item->rule;
}

MHP_EXPORT enum mhp_item_state mhp_agenda_item_get_state(const struct mhp_agenda_item *item)
{
	return item->state;
}

MHP_EXPORT int mhp_agenda_item_get_online_type(const struct mhp_agenda_item *item,
					       enum mhp_online_type *ret_type)
{
	if (!item->typed)
		return -ENODATA;
	*ret_type = item->type;
	return 0;
}

MHP_EXPORT const char *mhp_agenda_item_get_guard(const struct mhp_agenda_item *item)
{
	return item->guard;
}

MHP_EXPORT struct mhp_plan *mhp_agenda_item_get_plan(const struct mhp_agenda_item *item)
{
	return item->plan;
}

MHP_EXPORT struct mhp_plan *mhp_agenda_item_get_repair(const struct mhp_agenda_item *item)
{
	return item->state == MHP_ITEM_TO_DO ? item->plan : item->repair;
}

MHP_EXPORT const char *mhp_agenda_item_get_why(const struct mhp_agenda_item *item)
{
	return item->why;
}

MHP_EXPORT const char *mhp_agenda_item_get_way_out(const struct mhp_agenda_item *item)
{
	return item->way_out;
}

MHP_EXPORT const char *mhp_agenda_item_get_cause_text(const struct mhp_agenda_item *item)
{
	return item->cause;
}

MHP_EXPORT size_t mhp_agenda_item_count_drifts(const struct mhp_agenda_item *item)
{
	return item->n_drifts;
}

MHP_EXPORT const struct mhp_drift *mhp_agenda_item_get_drift(const struct mhp_agenda_item *item,
							     size_t index)
{
	return index < item->n_drifts ? &item->drifts[index] : NULL;
}

MHP_EXPORT const char *mhp_item_state_to_str(enum mhp_item_state state)
{
	switch (state) {
	case MHP_ITEM_MET:
		return "met";
	case MHP_ITEM_TO_DO:
		return "to-do";
	case MHP_ITEM_BLOCKED:
		return "blocked";
	case MHP_ITEM_LEFT_ALONE:
		return "left-alone";
	case MHP_ITEM_NO_RULE:
		return "no-rule";
	case MHP_ITEM_UNDECIDED:
		return "undecided";
	case MHP_ITEM_NOTHING:
		return "nothing";
	case MHP_ITEM_UNKNOWN:
		break;
	}
	return "unknown";
}
