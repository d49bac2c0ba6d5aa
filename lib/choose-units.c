// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which units to plug or unplug where only so much is wanted. They come from below and go
 * from above, so that memory that was plugged stays in one piece and what came last goes
 * first; what is offline goes before all else, and kernel memory, which hardly leaves,
 * goes last.
 */
#include <errno.h>
#include <stdlib.h>

#include "provider.h"

struct candidate {
	struct block_unit unit;
	unsigned int rank;	/* low ones first */
};

static unsigned int rank_of_block(const struct mhp_block *block)
{
	if (block->state == MHP_STATE_OFFLINE)
		return 0;
	return zone_is_kernel(mhp_block_get_zone(block)) ? 2 : 1;
}

static bool can_leave(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	if (block->state == MHP_STATE_OFFLINE)
		return true;
	return block->state == MHP_STATE_ONLINE && mhp_block_get_zone(block) != MHP_ZONE_NONE &&
	       !block_has_hole(snap, block);
}

static bool is_candidate(const struct mhp_plan *plan, const struct mhp_snapshot *snap,
			 const struct block_unit *unit, unsigned int *ret_rank)
{
	bool plug = plan->goal == MHP_GOAL_PLUGGED, any = false;

	*ret_rank = 0;
	for (size_t i = 0; i < unit->count; i++) {
		const struct mhp_block *block = mhp_snapshot_find_block(snap, unit->first + i);

		if (!block)
			continue;
		any = true;
		if (plug || !can_leave(snap, block))
			return false;
		if (rank_of_block(block) > *ret_rank)
			*ret_rank = rank_of_block(block);
	}
	return any != plug;
}

static int compare_plug(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->unit.first < y->unit.first ? -1 : x->unit.first > y->unit.first;
}

static int compare_unplug(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return compare_plug(b, a);
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Units that are among the ids as a whole. */
static size_t find_candidates(const struct mhp_plan *plan, const struct mhp_snapshot *snap,
			      const struct mhp_region *region, const uint64_t *ids, size_t count,
			      struct candidate *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		struct candidate candidate = { region_unit_of(region, ids[i]), 0 };
		size_t size = candidate.unit.count;

		if (ids[i] == candidate.unit.first && i + size <= count &&
		    ids[i + size - 1] == ids[i] + size - 1 &&
		    is_candidate(plan, snap, &candidate.unit, &candidate.rank))
			ret[n++] = candidate;
	}
	return n;
}

int plan_choose_units(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		      const struct mhp_region *region, uint64_t size_bytes, uint64_t *ids,
		      size_t *count)
{
	bool plug = plan->goal == MHP_GOAL_PLUGGED;
	/* they are all of one size */
	size_t unit = region->n_units ? region->units[0].count : 1;
	uint64_t wanted = size_bytes / plan->block_size / unit;
	struct candidate *found;
	size_t n;
	int r = 0;

	if (size_bytes % (unit * plan->block_size))
		return plan_find_uneven(plan, unit == 1 ? "block size" : "LMB size",
					unit * plan->block_size);
	found = calloc(*count + 1, sizeof(*found));
	if (!found)
		return -ENOMEM;
	n = find_candidates(plan, snap, region, ids, *count, found);
	if (n < wanted) {
		r = plan_find_too_few(plan, n * unit, plug ? "be plugged" : "be unplugged");
		goto out;
	}
	qsort(found, n, sizeof(*found), plug ? compare_plug : compare_unplug);
	*count = 0;
	for (size_t i = 0; i < wanted; i++)
		for (size_t j = 0; j < unit; j++)
			ids[(*count)++] = found[i].unit.first + j;
	qsort(ids, *count, sizeof(*ids), compare_ids);
out:
	free(found);
	return r;
}
