// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory that a host plugs and unplugs: what is not for us to do, and what the host can
 * hardly make good (kernel-abi 6.1). Blocks that were named one by one are asked for
 * their owner.
 */
#include <errno.h>
#include <stdlib.h>

#include "provider.h"

/* NULL: nobody's, or of an owner who leaves it to us */
static const struct mhp_region *find_hosted(const struct mhp_snapshot *snap, uint64_t id)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
	const struct mhp_region *owner;

	owner = block ? mhp_snapshot_get_block_region(snap, block) : NULL;
	return owner && provider_of(owner->kind)->host_decides ? owner : NULL;
}

static int take_over(struct conflicts *list, enum mhp_conflict_code code, const char *hint,
		     struct text *text)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };

	return conflicts_add(list, &conflict, text);
}

/* ---- unplug ---- */

/* Regions as a whole have said so already: check.c. */
int plan_find_host_decides(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	const struct mhp_region *owner = NULL;
	struct text text = { 0 };

	for (size_t i = 0; i < plan->n_blocks && !owner; i++)
		if (!plan_find_part(plan, i)->region)
			owner = find_hosted(snap, plan->blocks[i].id);
	if (!owner)
		return 0;
	text_add(&text, "%s: memory of %s, which %s", plan->target, owner->name,
		 owner->cannot[MHP_CAN_UNPLUG].why);
	return take_over(&plan->conflicts, owner->cannot[MHP_CAN_UNPLUG].code,
			 owner->cannot[MHP_CAN_UNPLUG].hint, &text);
}

/* ---- kernel zones ---- */

#define HINT_KERNEL_ZONE \
	"online it as online_movable; a kernel zone for such memory the request must allow"

static bool is_to_kernel(const struct mhp_plan *plan, const struct plan_block *block)
{
	return plan->goal == MHP_GOAL_ONLINE && plan->type == MHP_ONLINE_KERNEL &&
	       !(plan->rules & MHP_RULE_KERNEL_ZONE) && !is_met(plan, block);
}

int plan_find_kernel_zone(struct plan_part *part)
{
	return find_faults(part, MHP_CONFLICT_KERNEL_ZONE, is_to_kernel,
			   "would go to a kernel zone, which they hardly leave again, and the "
			   "host is to have them back when it wants to", HINT_KERNEL_ZONE);
}

/* "blocks 40-41 of the target" that pass, by number; the caller frees them. */
static int copy_ids(const struct mhp_plan *plan, const bool *chosen, uint64_t **ret_ids,
		    size_t *ret_count)
{
	uint64_t *ids = calloc(plan->n_blocks + 1, sizeof(*ids));
	size_t count = 0;

	if (!ids)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_blocks; i++)
		if (chosen[i])
			ids[count++] = plan->blocks[i].id;
	*ret_ids = ids;
	*ret_count = count;
	return 0;
}

/* About chosen blocks: "TARGET: 2 blocks of virtio0 (40-41) MESSAGE"; nothing if none. */
static int tell_of_blocks(struct mhp_plan *plan, struct conflicts *list, const bool *chosen,
			  const struct mhp_region *owner, enum mhp_conflict_code code,
			  const char *message, const char *hint)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };
	struct text text = { 0 };
	int r;

	r = copy_ids(plan, chosen, &conflict.blocks, &conflict.n_blocks);
	/* whoever chooses a block has seen its owner */
	if (r < 0 || !conflict.n_blocks || !owner) {
		free(conflict.blocks);
		return r;
	}
	text_add(&text, "%s: %zu block%s of %s (", plan->target, conflict.n_blocks,
		 conflict.n_blocks == 1 ? "" : "s", owner->name);
	text_add_ids(&text, conflict.blocks, conflict.n_blocks);
	text_add(&text, ") %s", message);
	return conflicts_add(list, &conflict, &text);
}

/* Of blocks that were named; plan_find_kernel_zone() is about whole regions. */
int plan_find_kernel_zones(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	const struct mhp_region *owner = NULL;
	bool *chosen = calloc(plan->n_blocks + 1, sizeof(*chosen));
	int r;

	if (!chosen)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_blocks; i++) {
		const struct plan_block *block = &plan->blocks[i];
		const struct mhp_region *mine;

		if (plan_find_part(plan, i)->region || !is_to_kernel(plan, block))
			continue;
		mine = find_hosted(snap, block->id);
		chosen[i] = mine != NULL;
		owner = mine ? mine : owner;
	}
	r = tell_of_blocks(plan, &plan->conflicts, chosen, owner, MHP_CONFLICT_KERNEL_ZONE,
			   "would go to a kernel zone, which they hardly leave again, and the "
			   "host is to have them back when it wants to", HINT_KERNEL_ZONE);
	free(chosen);
	return r;
}

/* ---- where a plain "online" goes ---- */

enum way { TO_MOVABLE, MAYBE_TO_KERNEL, TO_KERNEL };

static bool spans(const struct zone_info *zone, uint64_t start_pfn, uint64_t pages)
{
	return zone->present && zone->start_pfn < start_pfn + pages &&
	       start_pfn < zone->start_pfn + zone->spanned;
}

/* mm/memory_hotplug.c, default_zone_for_pfn(); without movable_node */
static enum way way_by_spans(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	const struct zoneinfo *info = &snap->facts.zones;
	uint64_t pages = snap->block_size / snap->facts.page_size;
	bool in_kernel = false, in_movable = false;

	for (size_t i = 0; i < info->count; i++) {
		const struct zone_info *zone = &info->zones[i];

		if (zone->node != (int)block->node || !spans(zone, block->id * pages, pages))
			continue;
		in_movable |= zone->zone == MHP_ZONE_MOVABLE;
		in_kernel |= zone_is_kernel(zone->zone);
	}
	return in_movable && !in_kernel ? TO_MOVABLE : TO_KERNEL;
}

static enum way way_of(const struct mhp_snapshot *snap, uint64_t id)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);

	/* the first word is where it goes (kernel-abi 1.4) */
	if (block && block->state == MHP_STATE_OFFLINE && mhp_block_count_zones(block))
		return zone_is_kernel(mhp_block_get_zone_at(block, 0)) ? TO_KERNEL : TO_MOVABLE;
	/* before 5.15 there is no other policy */
	if (!block || !snap->facts.gathered || snap->facts.zones.code < 0 ||
	    block->node == BLOCK_NO_NODE ||
	    (snap->policy.online_policy_code != -ENODATA &&
	     !is_same(snap->policy.online_policy, "contig-zones")))
		return MAYBE_TO_KERNEL;
	return way_by_spans(snap, block);
}

static bool onlines(const struct mhp_step *step)
{
	return step->kind == MHP_STEP_BLOCK && step->wanted_state == MHP_STATE_ONLINE;
}

static int warn_kernel_zone(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	const struct mhp_region *owner = NULL;
	bool *chosen = calloc(plan->n_blocks + 1, sizeof(*chosen)), certain = true;
	int r;

	if (!chosen)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_steps && plan->type == MHP_ONLINE; i++) {
		const struct mhp_step *step = &plan->steps[i];
		const struct mhp_region *mine;
		enum way way;

		if (!onlines(step))
			continue;
		mine = find_hosted(snap, plan->blocks[step->block].id);
		way = mine ? way_of(snap, plan->blocks[step->block].id) : TO_MOVABLE;
		chosen[step->block] = way != TO_MOVABLE;
		certain &= way != MAYBE_TO_KERNEL;
		owner = way != TO_MOVABLE ? mine : owner;
	}
	r = tell_of_blocks(plan, &plan->warnings, chosen, owner, MHP_WARNING_KERNEL_ZONE,
			   certain ? "will go to a kernel zone, which they hardly leave again" :
				     "may go to a kernel zone, which they hardly leave again",
			   "online it as online_movable, so that the host can have it back");
	free(chosen);
	return r;
}

/* ---- held offline ---- */

/* drivers/virtio/virtio_mem.c, VIRTIO_MEM_DEFAULT_OFFLINE_THRESHOLD */
#define OFFLINE_BYTES	((uint64_t)1 << 30)

/* Blocks of a region that the plan takes offline. */
static uint64_t count_going(const struct mhp_plan *plan, const struct mhp_snapshot *snap,
			    const struct mhp_region *region)
{
	uint64_t count = 0;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct mhp_step *step = &plan->steps[i];

		count += step->kind == MHP_STEP_BLOCK &&
			 step->wanted_state == MHP_STATE_OFFLINE &&
			 find_hosted(snap, plan->blocks[step->block].id) == region;
	}
	return count;
}

static int warn_offline(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			const struct mhp_region *region)
{
	uint64_t most = OFFLINE_BYTES / plan->block_size, offline;
	uint64_t going = count_going(plan, snap, region);
	struct text text = { 0 };

	if (most < 2)
		most = 2;
	offline = going;
	for (size_t i = 0; i < region->n_blocks; i++)
		offline += mhp_region_get_block(region, i)->state == MHP_STATE_OFFLINE;
	if (!going || !region->driver || (offline <= most && offline < region->n_blocks))
		return 0;
	text_add(&text, "%s will have ", region->name);
	if (offline == region->n_blocks)
		text_add(&text, "all of its memory");
	else
		text_add_bytes(&text, offline * plan->block_size);
	text_add(&text, offline <= most ? " offline: its driver may give it back, and bring other "
		 "blocks instead" : " offline: its driver brings no more until less of it is");
	return take_over(&plan->warnings, MHP_WARNING_HELD_OFFLINE,
			 "ask the host for less memory, instead of keeping it offline", &text);
}

/* ---- all of them ---- */

static int warn_host(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	bool offline = plan->goal == MHP_GOAL_OFFLINE;
	const struct mhp_region *owner = NULL;
	struct text text = { 0 };

	/* who onlines such a region by its name knows what it is */
	for (size_t i = 0; i < plan->n_steps && !owner; i++)
		if (plan->steps[i].kind == MHP_STEP_BLOCK &&
		    (offline || !plan->parts[plan->steps[i].part].region))
			owner = find_hosted(snap, plan->blocks[plan->steps[i].block].id);
	/* without its driver it stays as it is */
	if (!owner || (owner->driver_code == 0 && !owner->driver))
		return 0;
	text_add(&text, "the driver of %s may remove blocks, or bring others, at any time",
		 owner->name);
	if (offline)
		text_add(&text, ", and may deny that they are onlined again (EPERM)");
	return take_over(&plan->warnings, MHP_WARNING_HOST_DECIDES,
			 "it is the host that plugs and unplugs it", &text);
}

int plan_add_host_warnings(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	int r = warn_host(plan, snap);

	if (r == 0)
		r = warn_kernel_zone(plan, snap);
	/* on the way to another zone it is offline for a moment only */
	for (size_t i = 0; i < snap->regions.count && r == 0 && plan->goal == MHP_GOAL_OFFLINE; i++)
		if (provider_of(snap->regions.list[i].kind)->host_decides)
			r = warn_offline(plan, snap, &snap->regions.list[i]);
	return r;
}
