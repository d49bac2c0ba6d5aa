// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which blocks to take where only so much of the target is wanted. What can be given
 * back to its pool, which a region can as a whole, is onlined last and taken
 * offline first.
 */
#include <errno.h>
#include <stdlib.h>

#include "provider.h"

struct candidate {
	uint64_t id;
	unsigned int rank;	/* low ones first */
	size_t busy;		/* online blocks of its region */
	uint32_t region;
};

bool block_has_hole(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	struct range range = { block->id * snap->block_size, snap->block_size };

	return snap->iomem.code == 0 && snap->iomem.count && !iomem_covers(&snap->iomem, &range);
}

static bool is_candidate(const struct mhp_plan *plan, const struct mhp_snapshot *snap,
			 const struct mhp_block *block)
{
	if (!block)
		return false;
	if (plan->goal == MHP_GOAL_ONLINE)
		return block->state == MHP_STATE_OFFLINE;
	return block->state == MHP_STATE_ONLINE && mhp_block_get_zone(block) != MHP_ZONE_NONE &&
	       !block_has_hole(snap, block);
}

static size_t count_online(const struct mhp_region *region)
{
	size_t count = 0;

	for (size_t i = 0; i < region->n_blocks; i++)
		count += mhp_region_get_block(region, i)->state == MHP_STATE_ONLINE;
	return count;
}

static const struct provider *find_provider(const struct mhp_snapshot *snap,
					    const struct mhp_block *block)
{
	return block->region == BLOCK_NO_REGION ? NULL :
	       provider_of(snap->regions.list[block->region].kind);
}

/* Does it belong to something that we can give back as a whole? */
static bool is_owned(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	const struct provider *provider = find_provider(snap, block);

	return provider && !provider->is_remainder && !provider->host_decides;
}

/* What is offline is in its driver's way. */
static bool is_hosted(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	const struct provider *provider = find_provider(snap, block);

	return provider && provider->host_decides;
}

static unsigned int rank(const struct mhp_plan *plan, const struct mhp_snapshot *snap,
			 const struct mhp_block *block, size_t busy)
{
	bool owned = is_owned(snap, block);

	if (plan->goal == MHP_GOAL_ONLINE)
		/* no device: never given back; partly online: not before the rest goes */
		return is_hosted(snap, block) ? 0 : !owned ? 1 : busy ? 2 : 3;
	/* kernel memory hardly leaves */
	return zone_is_kernel(mhp_block_get_zone(block)) ? 3 :
	       is_hosted(snap, block) ? 2 : owned ? 0 : 1;
}

static int compare(const struct candidate *a, const struct candidate *b, bool online)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	/* the region that is nearest to being wholly online, or wholly offline, first */
	if (a->busy != b->busy)
		return (a->busy < b->busy) == online ? 1 : -1;
	if (a->region != b->region)
		return a->region < b->region ? -1 : 1;
	/* from the top: the lowest block goes last */
	return a->id > b->id ? -1 : a->id < b->id;
}

static int compare_online(const void *a, const void *b)
{
	return compare(a, b, true);
}

static int compare_offline(const void *a, const void *b)
{
	return compare(a, b, false);
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int plan_find_uneven(struct mhp_plan *plan, const char *unit, uint64_t unit_bytes)
{
	struct mhp_conflict conflict = { .code = MHP_CONFLICT_NOT_ALIGNED };
	struct text text = { 0 };

	text_add(&text, "%s is no multiple of the %s, ", plan->target, unit);
	text_add_bytes(&text, unit_bytes);
	return conflicts_add(&plan->conflicts, &conflict, &text);
}

int plan_find_too_few(struct mhp_plan *plan, size_t blocks, const char *what)
{
	struct mhp_conflict conflict = { .code = MHP_CONFLICT_TOO_FEW };
	struct text text = { 0 };

	text_add(&text, "%s: there ", plan->target);
	text_add(&text, "%s only ", blocks == 1 ? "is" : "are");
	text_add_bytes(&text, blocks * plan->block_size);
	text_add(&text, " (%zu blocks) that can %s", blocks, what);
	return conflicts_add(&plan->conflicts, &conflict, &text);
}

static size_t find_candidates(const struct mhp_plan *plan, const struct mhp_snapshot *snap,
			      const uint64_t *ids, size_t count, const size_t *busy,
			      struct candidate *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct mhp_block *block = mhp_snapshot_find_block(snap, ids[i]);
		size_t online;

		if (!is_candidate(plan, snap, block))
			continue;
		online = is_owned(snap, block) ? busy[block->region] : 0;
		ret[n++] = (struct candidate){
			.id = ids[i],
			.rank = rank(plan, snap, block, online),
			.busy = online,
			.region = block->region,
		};
	}
	return n;
}

int plan_choose(struct mhp_plan *plan, const struct mhp_snapshot *snap, uint64_t size_bytes,
		uint64_t *ids, size_t *count)
{
	uint64_t wanted = size_bytes / plan->block_size;
	struct candidate *found;
	size_t *busy, n;
	int r = 0;

	if (size_bytes % plan->block_size)
		return plan_find_uneven(plan, "block size", plan->block_size);
	busy = calloc(snap->regions.count + 1, sizeof(*busy));
	found = calloc(*count + 1, sizeof(*found));
	if (!busy || !found) {
		r = -ENOMEM;
		goto out;
	}
	for (size_t i = 0; i < snap->regions.count; i++)
		busy[i] = count_online(&snap->regions.list[i]);
	n = find_candidates(plan, snap, ids, *count, busy, found);
	if (n < wanted) {
		r = plan_find_too_few(plan, n, plan->goal == MHP_GOAL_ONLINE ? "go online" :
									       "go offline");
		goto out;
	}
	qsort(found, n, sizeof(*found),
	      plan->goal == MHP_GOAL_ONLINE ? compare_online : compare_offline);
	for (size_t i = 0; i < wanted; i++)
		ids[i] = found[i].id;
	*count = (size_t)wanted;
	qsort(ids, *count, sizeof(*ids), compare_ids);
out:
	free(busy);
	free(found);
	return r;
}
