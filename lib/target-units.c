// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Parts of a region that can be plugged and unplugged in part: which of its blocks are
 * meant, whether they exist or not, and how many of them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

bool takes_blocks(const struct mhp_plan *plan, const struct mhp_region *region)
{
	(void)plan;
	return provider_of(region->kind)->plugs_blocks && !region->has_children;
}

/* Is it about what is there, and not about what comes and goes? */
static bool is_about_present(const struct mhp_plan *plan)
{
	return plan->goal == MHP_GOAL_ONLINE || plan->goal == MHP_GOAL_OFFLINE;
}

/* ---- which blocks ---- */

static bool is_named(const struct mhp_request *request, uint64_t id)
{
	size_t low = 0, high = request->n_runs;

	/* they are sorted, and do not touch */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (request->runs[middle].first <= id)
			low = middle;
		else
			high = middle;
	}
	return request->n_runs && id - request->runs[low].first < request->runs[low].count;
}

static bool is_meant(const struct mhp_plan *plan, const struct mhp_request *request,
		     const struct mhp_region *region, uint64_t id, const struct mhp_block *block)
{
	struct block_run run;

	if (is_about_present(plan) && !block)
		return false;
	switch (request->target) {
	case TARGET_REGION:
		return true;
	case TARGET_KIND:
		return region->kind == request->kind;
	case TARGET_BLOCKS:
		return is_named(request, id);
	case TARGET_RANGE:
		return range_whole_blocks(&request->range, plan->block_size, &run) &&
		       id - run.first < run.count;
	case TARGET_NODE:
		if (block && block->node != BLOCK_NO_NODE)
			return (int)block->node == request->node;
		return region->node_code == 0 && region->node == request->node;
	case TARGET_NONE:
		break;
	}
	return false;
}

static int find_meant(const struct mhp_plan *plan, const struct mhp_snapshot *snap,
		      const struct mhp_request *request, const struct mhp_region *region,
		      uint64_t **ret_ids, size_t *ret_count)
{
	uint64_t *ids = calloc(region_count_whole_blocks(region) + 1, sizeof(*ids));
	size_t count = 0;

	if (!ids)
		return -ENOMEM;
	for (size_t i = 0; i < region->n_runs; i++)
		for (uint64_t j = 0; j < region->runs[i].count; j++) {
			uint64_t id = region->runs[i].first + j;
			const struct mhp_block *block = mhp_snapshot_find_block(snap, id);

			if (is_meant(plan, request, region, id, block))
				ids[count++] = id;
		}
	*ret_ids = ids;
	*ret_count = count;
	return 0;
}

/* ---- units ---- */

static int find_partial(struct mhp_plan *plan, const struct mhp_region *region,
			const struct block_unit *unit)
{
	struct mhp_conflict conflict = {
		.code = MHP_CONFLICT_NOT_WHOLE, .hint = "name all blocks of it",
	};
	struct text text = { 0 };

	text_add(&text, "%s: of %s, blocks %" PRIu64 "-%" PRIu64 " come and go together only",
		 plan->target, region->name, unit->first, unit->first + unit->count - 1);
	return conflicts_add(&plan->conflicts, &conflict, &text);
}

/* Takes the units that the ids are made of; a conflict where one is not there as a whole. */
static int take_units(struct plan_part *part, const struct mhp_region *region,
		      const uint64_t *ids, size_t count)
{
	if (!region->n_units || is_about_present(part->plan))
		return 0;
	part->units = calloc(count + 1, sizeof(*part->units));
	if (!part->units)
		return -ENOMEM;
	for (size_t i = 0; i < count;) {
		struct block_unit unit = region_unit_of(region, ids[i]);

		if (ids[i] != unit.first || i + unit.count > count ||
		    ids[i + unit.count - 1] != unit.first + unit.count - 1)
			return find_partial(part->plan, region, &unit);
		part->units[part->n_units++] = unit;
		i += unit.count;
	}
	return 0;
}

static int add_part(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		    const struct mhp_region *region, const uint64_t *ids, size_t count)
{
	int node = region->node_code == 0 ? region->node : -1;
	struct plan_part *part;
	int r;

	r = plan_add_part(plan, &part);
	if (r == 0)
		r = plan_copy_region(part, region);
	if (r == 0)
		r = take_units(part, region, ids, count);
	if (r < 0)
		return r;
	part->runs = calloc(count + 1, sizeof(*part->runs));
	if (!part->runs)
		return -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++) {
		part->runs[i] = (struct block_run){ ids[i], 1 };
		r = plan_add_found(plan, ids[i], node, mhp_snapshot_find_block(snap, ids[i]));
	}
	if (count)
		part->n_runs = block_runs_merge(part->runs, count);
	return r;
}

int plan_add_units(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		   const struct mhp_request *request, const struct mhp_region *region)
{
	bool is_unknown = region->ranges_code < 0 && request->target != TARGET_NODE &&
			  (request->target != TARGET_KIND || request->kind == region->kind);
	size_t count, conflicts = plan->conflicts.count;
	uint64_t *ids;
	int r;

	r = find_meant(plan, snap, request, region, &ids, &count);
	if (r < 0)
		return r;
	if (count && request->size_bytes)
		r = plan_choose_units(plan, snap, region, request->size_bytes, ids, &count);
	/* one that could not be read has no blocks: its part says why */
	if (r == 0 && plan->conflicts.count == conflicts && (count || is_unknown))
		r = add_part(plan, snap, region, ids, count);
	free(ids);
	return r;
}
