// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * max-movable-ratio: what would bring MOVABLE:KERNEL of the machine above it goes to a
 * kernel zone instead.
 *
 * The answer must not depend on whether it has been given before, or memory would go to
 * and fro. So what an item has in a kernel zone is counted as if it were in Movable, and
 * what later items have in kernel zones, which they may have got by a later decision, is
 * not counted. What is in Movable only grows by our doing, so that who was refused once is
 * refused again; and who was not is in Movable, and stays.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agenda.h"

/* In blocks, as zones consist of them; what boot memory has besides is rounded down. */
struct machine {
	uint64_t movable, kernel;
	uint64_t block_size;
	bool auto_movable;		/* the kernel's own policy */
	int code;			/* why it is not known; 0 */
};

/* ---- what an item has, and will have ---- */

/* All that it will have online. */
static uint64_t size_of(const struct mhp_agenda_item *item)
{
	return item->plugs ? item->blocks.count : item->blocks.present;
}

bool is_for_guard(const struct mhp_agenda_item *item)
{
	unsigned int percent;

	return item->state == MHP_ITEM_UNKNOWN && item->typed && item->blocks.code == 0 &&
	       item->type == MHP_ONLINE_MOVABLE && size_of(item) > item->blocks.movable &&
	       mhp_standing_rule_get_max_movable_ratio(item->rule, &percent) == 0;
}

/*
 * Is it the policy's to say where it is? Else it is a part of the machine as it stands, as is
 * boot memory, which no rule changes.
 */
static bool is_governed(const struct mhp_agenda_item *item)
{
	return item->typed && mhp_region_get_kind(item->region) != MHP_REGION_BOOT;
}

/* Of what it has in Movable now, what will still be there after it was handled. */
static uint64_t kept_movable(const struct mhp_agenda_item *item)
{
	bool leaves = item->state == MHP_ITEM_TO_DO && !item->guarded &&
		      (item->type == MHP_ONLINE_KERNEL || item->type == MHP_OFFLINE);

	return leaves ? 0 : item->blocks.movable;
}

/*
 * A plain "online" goes where the kernel says: to a kernel zone, but where Movable is around
 * it (default_zone_for_pfn() in mm/memory_hotplug.c), or by the policy "auto-movable". What
 * is not known is in neither.
 */
static void add_plain(struct machine *machine, const struct mhp_agenda_item *item)
{
	const struct blocks *blocks = &item->blocks;

	for (size_t i = 0; i < blocks->count; i++) {
		const struct one_block *block = &blocks->list[i];
		enum mhp_zone zone = block->state == MHP_STATE_ONLINE ? block->zone :
									block->next_zone;

		if (block->state == MHP_STATE_ABSENT && !item->plugs)
			continue;
		if (zone == MHP_ZONE_UNKNOWN && !blocks->movable && !machine->auto_movable)
			zone = MHP_ZONE_NORMAL;
		machine->movable += zone == MHP_ZONE_MOVABLE;
		machine->kernel += is_kernel_zone(zone);
	}
}

/* What is there once it was handled. */
static void add_handled(struct machine *machine, const struct mhp_agenda_item *item)
{
	uint64_t kept = kept_movable(item);

	if (item->state != MHP_ITEM_TO_DO) {
		machine->movable += item->blocks.movable;
		machine->kernel += item->blocks.kernel;
	} else if (item->type == MHP_ONLINE_MOVABLE) {
		machine->movable += size_of(item);
	} else if (item->type == MHP_ONLINE_KERNEL) {
		machine->movable += kept;
		machine->kernel += size_of(item) - kept;
	} else if (item->type == MHP_ONLINE) {
		add_plain(machine, item);
	}
}

/* ---- the machine ---- */

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Without what the policy governs, but with what of this is in Movable for good. */
static struct machine find_machine(const struct mhp_agenda *agenda)
{
	struct machine machine = {
		.block_size = mhp_snapshot_get_block_size_bytes(agenda->snap),
	};
	uint64_t movable, kernel, kept = 0;
	const char *policy;

	machine.auto_movable = mhp_snapshot_get_online_policy(agenda->snap, &policy) == 0 &&
			       !strcmp(policy, "auto-movable");
	machine.code = mhp_snapshot_get_movable_bytes(agenda->snap, &movable);
	if (machine.code == 0)
		machine.code = mhp_snapshot_get_kernel_bytes(agenda->snap, &kernel);
	if (machine.code < 0)
		return machine;
	/* holes make the zones smaller than their blocks */
	machine.movable = (movable + machine.block_size - 1) / machine.block_size;
	machine.kernel = (kernel + machine.block_size - 1) / machine.block_size;
	for (size_t i = 0; i < agenda->n_items; i++) {
		const struct mhp_agenda_item *item = &agenda->items[i];

		if (!is_governed(item))
			continue;
		machine.movable = less(machine.movable, item->blocks.movable);
		machine.kernel = less(machine.kernel, item->blocks.kernel);
		kept += kept_movable(item);
	}
	machine.movable += kept;
	return machine;
}

/* ---- the guard ---- */

static int explain(struct mhp_agenda_item *item, const struct machine *machine,
		   uint64_t movable)
{
	struct text text = { 0 };
	unsigned int limit = 0;

	mhp_standing_rule_get_max_movable_ratio(item->rule, &limit);
	text_add(&text, "online_kernel instead of online_movable: MOVABLE:KERNEL would be ");
	if (machine->kernel)
		text_add(&text, "%" PRIu64 " %%, above %u %%: ",
			 movable * 100 / machine->kernel + (movable * 100 % machine->kernel != 0),
			 limit);
	else
		text_add(&text, "without limit, above %u %%: ", limit);
	text_add_rule(&text, item->rule, "max-movable-ratio");
	return text_finish(&text, &item->guard);
}

static int explain_unknown(struct mhp_agenda_item *item, int code)
{
	struct text text = { 0 };

	item->state = MHP_ITEM_UNDECIDED;
	text_add(&text, "how much of the machine is in Movable is not known: ");
	text_add_code(&text, code);
	return text_finish(&text, &item->why);
}

static bool is_above(uint64_t movable, uint64_t kernel, const struct mhp_agenda_item *item)
{
	unsigned int limit = 0;

	mhp_standing_rule_get_max_movable_ratio(item->rule, &limit);
	return movable * 100 > kernel * limit;
}

static int guard(struct mhp_agenda *agenda, const struct machine *machine,
		 struct mhp_agenda_item *item)
{
	/* all that is in Movable, with this one as if none of it were, and then all */
	uint64_t movable = machine->movable - item->blocks.movable + size_of(item);
	int r = 0;

	if (machine->code < 0)
		return explain_unknown(item, machine->code);
	if (item->movable_at_end)
		movable = item->movable_at_end;
	item->kernel_before = machine->kernel;
	if (item->movable_at_end || is_above(movable, machine->kernel, item)) {
		item->guarded = true;
		item->type = MHP_ONLINE_KERNEL;
		r = explain(item, machine, movable);
	}
	return r < 0 ? r : item_plan(agenda, agenda->snap, item);
}

static void begin_anew(struct mhp_agenda_item *item)
{
	item->state = MHP_ITEM_UNKNOWN;
	item->type = MHP_ONLINE_MOVABLE;
	item->guarded = false;
	item->plan = mhp_plan_unref(item->plan);
	free(item->guard);
	free(item->why);
	item->guard = item->why = NULL;
}

/* Gives what is in Movable once all was handled. */
static int guard_all(struct mhp_agenda *agenda, uint64_t *ret_movable)
{
	struct machine machine = find_machine(agenda);
	int r = 0;

	for (size_t i = 0; i < agenda->n_items && r == 0; i++) {
		struct mhp_agenda_item *item = &agenda->items[i];

		if (!is_governed(item))
			continue;
		if (item->for_guard) {
			begin_anew(item);
			r = guard(agenda, &machine, item);
		}
		machine.movable -= kept_movable(item);
		add_handled(&machine, item);
	}
	*ret_movable = machine.movable;
	return r;
}

/*
 * What is blocked does not get into Movable, but others do after it: by then it would be
 * above the limit, and belong where it is. So it is decided for the end at once.
 */
static bool find_late(struct mhp_agenda *agenda, uint64_t movable)
{
	bool found = false;

	for (size_t i = 0; i < agenda->n_items; i++) {
		struct mhp_agenda_item *item = &agenda->items[i];
		uint64_t at_end = movable - item->blocks.movable + size_of(item);

		if (!item->for_guard || item->state != MHP_ITEM_BLOCKED || item->guarded ||
		    !is_above(at_end, item->kernel_before, item))
			continue;
		item->movable_at_end = at_end;
		found = true;
	}
	return found;
}

int guard_items(struct mhp_agenda *agenda)
{
	uint64_t movable;
	int r;

	for (size_t i = 0; i < agenda->n_items; i++)
		agenda->items[i].for_guard = is_for_guard(&agenda->items[i]);
	/* each time at least one more of them is decided */
	do
		r = guard_all(agenda, &movable);
	while (r == 0 && find_late(agenda, movable));
	return r;
}
