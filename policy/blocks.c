// SPDX-License-Identifier: LGPL-2.1-or-later
/* The blocks of a region as an agenda looks at them: those that are there, and those that are not. */
#include <errno.h>
#include <stdlib.h>

#include "agenda.h"

bool is_kernel_zone(enum mhp_zone zone)
{
	return zone == MHP_ZONE_DMA || zone == MHP_ZONE_DMA32 || zone == MHP_ZONE_NORMAL ||
	       zone == MHP_ZONE_HIGHMEM;
}

bool is_online_elsewhere_than(const struct one_block *block, enum mhp_online_type type)
{
	if (block->state != MHP_STATE_ONLINE || block->zone == MHP_ZONE_UNKNOWN)
		return false;
	if (type == MHP_ONLINE_MOVABLE)
		return block->zone != MHP_ZONE_MOVABLE;
	return type == MHP_ONLINE_KERNEL && !is_kernel_zone(block->zone);
}

static void add_block(struct blocks *blocks, uint64_t id, const struct mhp_block *block)
{
	struct one_block *one = &blocks->list[blocks->count++];

	*one = (struct one_block){ .id = id, .state = MHP_STATE_ABSENT };
	if (!block)
		return;
	one->state = mhp_block_get_state(block);
	one->zone = mhp_block_get_zone(block);
	if (one->state == MHP_STATE_OFFLINE)
		one->next_zone = mhp_block_get_zone_at(block, 0);
	blocks->present++;
	blocks->online += one->state == MHP_STATE_ONLINE;
	blocks->movable += one->zone == MHP_ZONE_MOVABLE;
	blocks->kernel += is_kernel_zone(one->zone);
}

int blocks_find(const struct mhp_snapshot *snap, const struct mhp_region *region,
		struct blocks *ret)
{
	size_t n_runs = mhp_region_count_block_runs(region), n_ranges;
	uint64_t first, count, sum = 0;

	*ret = (struct blocks){ .code = mhp_region_get_range_count(region, &n_ranges) };
	for (size_t i = 0; i < n_runs; i++)
		if (mhp_region_get_block_run(region, i, &first, &count) == 0)
			sum += count;
	ret->list = sum < SIZE_MAX ? calloc((size_t)sum + 1, sizeof(*ret->list)) : NULL;
	if (!ret->list)
		return -ENOMEM;
	for (size_t i = 0; i < n_runs; i++) {
		if (mhp_region_get_block_run(region, i, &first, &count) < 0)
			continue;
		for (uint64_t id = first; id - first < count; id++)
			add_block(ret, id, mhp_snapshot_find_block(snap, id));
	}
	return 0;
}

void blocks_free(struct blocks *blocks)
{
	free(blocks->list);
	*blocks = (struct blocks){ 0 };
}
