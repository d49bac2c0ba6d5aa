// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory that no device is known behind: what a driver manages that has no provider of
 * its own, and all else, which is memory from boot.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* Ranges of blocks as they come, in rising order, and the node of all of them. */
struct ranges {
	struct range *list;
	size_t count, room;
	unsigned int node;
	bool any, several_nodes;
};

static int add_block(struct ranges *ranges, const struct mhp_block *block, uint64_t block_size)
{
	struct range *last = ranges->count ? &ranges->list[ranges->count - 1] : NULL;
	struct range range;

	ranges->several_nodes |= ranges->any && block->node != ranges->node;
	ranges->node = block->node;
	ranges->any = true;
	if (range_from_size(block->id * block_size, block_size, &range) < 0)
		return 0;	/* scan-blocks.c takes none that is so far up */
	if (last && last->start + last->size == range.start) {
		last->size += block_size;
		return 0;
	}
	if (ranges->count == ranges->room) {
		size_t room = ranges->room ? 2 * ranges->room : 16;
		struct range *list = reallocarray(ranges->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		ranges->list = list;
		ranges->room = room;
	}
	ranges->list[ranges->count++] = range;
	return 0;
}

/* Takes the ranges over. */
static int add_region(struct finder *finder, enum mhp_region_kind kind, const char *name,
		      struct ranges *ranges)
{
	struct mhp_region region = {
		.kind = kind, .node_code = -ENODATA, .device_state_code = -ENODATA,
		.identity_code = -ENODATA,
	};
	size_t bad;
	int r = 0;

	if (ranges->any && !ranges->several_nodes && ranges->node != BLOCK_NO_NODE) {
		region.node_code = 0;
		region.node = (int)ranges->node;
	}
	region.name = strdup(name);
	region.path = strdup(MEMORY_PATH);
	if (!region.name || !region.path)
		r = -ENOMEM;
	if (r == 0 && ranges->count)
		r = region_set_ranges(&region, ranges->list, ranges->count, finder->block_size,
				      &bad);
	if (r < 0) {
		free(ranges->list);
		if (r == -EBADMSG) {
			region.ranges_code = r;
			return regions_add(finder->regions, &region);
		}
		region_free_members(&region);
		return r;
	}
	return regions_add(finder->regions, &region);
}

/* ---- "System RAM (X)" ---- */

static const char *block_driver(struct finder *finder, const struct mhp_block *block)
{
	struct range range = { block->id * finder->block_size, finder->block_size };

	return block->region == BLOCK_NO_REGION ? iomem_find_driver(finder->iomem, &range) : NULL;
}

static int add_managed(struct finder *finder, const char *driver)
{
	const struct mhp_snapshot *snap = finder->snap;
	struct ranges ranges = { 0 };
	int r = 0;

	for (size_t i = 0; i < snap->n_blocks && r == 0; i++)
		if (is_same(block_driver(finder, &snap->blocks[i]), driver))
			r = add_block(&ranges, &snap->blocks[i], finder->block_size);
	if (r == 0 && ranges.count)
		return add_region(finder, MHP_REGION_MANAGED, driver, &ranges);
	free(ranges.list);
	return r;
}

static int compare_drivers(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int find_managed(struct finder *finder)
{
	const struct iomem *iomem;
	const char **drivers;
	size_t count = 0;
	int r;

	r = finder_iomem(finder, &iomem);
	/* it may be some region's that could not be read */
	if (r < 0 || iomem->code < 0 || finder->snap->owners_code)
		return r;
	drivers = calloc(iomem->count + 1, sizeof(*drivers));
	if (!drivers)
		return -ENOMEM;
	for (size_t i = 0; i < iomem->count; i++)
		if (iomem->ram[i].driver)
			drivers[count++] = iomem->ram[i].driver;
	if (count)
		qsort(drivers, count, sizeof(*drivers), compare_drivers);
	for (size_t i = 0; i < count && r == 0; i++)
		if (i == 0 || strcmp(drivers[i], drivers[i - 1]))
			r = add_managed(finder, drivers[i]);
	free(drivers);
	return r;
}

static int describe_managed(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	static const char why[] = "is managed by a driver that libmhp does not know, which has it "
				  "for its own purposes";
	static const char hint[] = "its blocks can be onlined and offlined";

	(void)snap;
	region_cannot(region, MHP_CAN_ONLINE_WHOLE, MHP_CONFLICT_NOT_ABLE, why, hint);
	region_cannot(region, MHP_CAN_PLUG, MHP_CONFLICT_NOT_ABLE, why, hint);
	region_cannot(region, MHP_CAN_PLUG_BLOCKS, MHP_CONFLICT_NOT_ABLE, why, hint);
	region_cannot(region, MHP_CAN_UNPLUG, MHP_CONFLICT_NOT_ABLE, why, hint);
	region_cannot(region, MHP_CAN_RELEASE, MHP_CONFLICT_NOT_ABLE, why, hint);
	return 0;
}

const struct provider provider_managed = {
	.kind = MHP_REGION_MANAGED,
	.find = find_managed,
	.describe = describe_managed,
	.is_remainder = true,
	.plan_online = plan_online_by_blocks,
	.plan_offline = plan_offline,
};

/* ---- all else ---- */

/*
 * Plain System RAM is no driver's. Where that is not known, or a driver's name stands
 * and regions could not be read, nobody is told to be the owner.
 */
static int find_boot(struct finder *finder)
{
	const struct mhp_snapshot *snap = finder->snap;
	int code = finder->iomem->code;
	struct ranges ranges = { 0 };
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < snap->n_blocks && r == 0; i++) {
		const struct mhp_block *block = &snap->blocks[i];

		if (block->region != BLOCK_NO_REGION || block_driver(finder, block))
			continue;
		any = true;
		if (code == 0)
			r = add_block(&ranges, block, finder->block_size);
	}
	if (r < 0 || !any) {
		free(ranges.list);
		return r;
	}
	r = add_region(finder, MHP_REGION_BOOT, "boot", &ranges);
	if (r == 0)
		finder->regions->list[finder->regions->count - 1].ranges_code = code;
	return r;
}

static int describe_boot(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	static const char why[] = "is memory that the machine was booted with, or that came without "
				  "a driver's name";
	static const char hint[] = "name blocks, a range or a node";

	(void)snap;
	for (enum mhp_capability i = MHP_CAN_ONLINE; i < MHP_CAPABILITIES; i++)
		region_cannot(region, i, MHP_CONFLICT_BOOT_MEMORY, why, hint);
	return 0;
}

/* Guarded: the kernel lives there. Nothing is done to it as a whole. */
const struct provider provider_boot = {
	.kind = MHP_REGION_BOOT,
	.find = find_boot,
	.describe = describe_boot,
	.is_remainder = true,
};
