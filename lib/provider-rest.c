// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory that no device is known behind: what a driver manages that has no provider of
 * its own, and all else, which is memory from boot.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* Blocks that come in rising order, as ranges. */
struct block_list {
	struct range_list ranges;
	uint64_t first, count;	/* that were not added yet */
};

static int flush_blocks(struct block_list *list, uint64_t block_size)
{
	uint64_t count = list->count;
	struct range range;

	list->count = 0;
	/* scan-blocks.c takes none that is so far up */
	if (!count || range_from_size(list->first * block_size, count * block_size, &range) < 0)
		return 0;
	return ranges_add(&list->ranges, &range);
}

static int add_block(struct block_list *list, uint64_t id, uint64_t block_size)
{
	int r = 0;

	if (list->count && id != list->first + list->count)
		r = flush_blocks(list, block_size);
	if (!list->count)
		list->first = id;
	list->count++;
	return r;
}

/* Takes the ranges over. */
static int add_region(struct finder *finder, enum mhp_region_kind kind, const char *name,
		      struct range_list *ranges)
{
	struct mhp_region region = {
		.kind = kind, .node_code = -ENODATA, .device_state_code = -ENODATA,
		.identity_code = -ENODATA,
	};
	size_t bad;
	int r = 0;

	region.name = strdup(name);
	region.path = strdup(MEMORY_PATH);
	if (!region.name || !region.path)
		r = -ENOMEM;
	if (r == 0 && ranges->count)
		r = region_set_ranges(&region, ranges->list, ranges->count, finder->block_size,
				      &bad);
	if (r < 0)
		free(ranges->list);
	if (r == -ENOMEM) {
		region_free_members(&region);
		return r;
	}
	region.ranges_code = r;
	region_find_node(&region, finder->snap);
	return regions_add(finder->regions, &region);
}

/* ---- "System RAM (X)" ---- */

/* Of blocks in rising order: neighbours mostly have the same. */
struct driver_run {
	uint64_t end;
	const char *driver;
};

static const char *block_driver(struct finder *finder, const struct mhp_block *block,
				struct driver_run *run)
{
	if (block->id >= run->end)
		run->driver = iomem_find_block_driver(finder->iomem, block->id,
						      finder->block_size, &run->end);
	return run->driver;
}

/* What the lines of a driver's memory stand below. */
struct parents {
	const char *driver;
	struct text text;
	const char *last;	/* name of the last one */
	size_t last_length, count;
};

static int take_parent(void *data, const struct iomem_line *line,
		       const struct iomem_line *parents, size_t n_parents)
{
	const size_t most = 8;
	struct parents *found = data;
	const struct iomem_line *parent = n_parents ? &parents[n_parents - 1] : NULL;
	const char *driver;
	size_t length;

	if (!parent || parse_system_ram(line->name, line->name_length, &driver, &length) < 0 ||
	    !driver || length != strlen(found->driver) || memcmp(driver, found->driver, length))
		return 0;
	if (found->last && parent->name_length == found->last_length &&
	    !memcmp(parent->name, found->last, found->last_length))
		return 0;
	found->last = parent->name;
	found->last_length = parent->name_length;
	if (found->count++ >= most)
		return 0;
	text_add(&found->text, "%s", found->count > 1 ? ", " : "");
	text_add_raw(&found->text, parent->name, parent->name_length);
	return 0;
}

/* Who knows the driver can tell from that which device the memory is of. */
static int add_parents(struct finder *finder, struct mhp_region *region)
{
	struct parents parents = { .driver = region->name };
	char *text = NULL;
	int r;

	/* it only adds to a text, which keeps a failure */
	(void)iomem_walk(finder->iomem, take_parent, &parents);
	r = text_finish(&parents.text, &text);
	if (r == 0 && parents.count)
		r = region_add_fact(region, "iomem_parent", 0, text);
	free(text);
	return r;
}

static int add_managed(struct finder *finder, const char *driver)
{
	const struct mhp_snapshot *snap = finder->snap;
	struct block_list list = { 0 };
	struct driver_run run = { 0 };
	int r = 0;

	for (size_t i = 0; i < snap->n_blocks && r == 0; i++) {
		const struct mhp_block *block = &snap->blocks[i];

		if (block->region == BLOCK_NO_REGION && block_driver(finder, block, &run) &&
		    !strcmp(run.driver, driver))
			r = add_block(&list, block->id, finder->block_size);
	}
	if (r == 0)
		r = flush_blocks(&list, finder->block_size);
	if (r < 0 || !list.ranges.count) {
		free(list.ranges.list);
		return r;
	}
	r = add_region(finder, MHP_REGION_MANAGED, driver, &list.ranges);
	if (r < 0 || !finder->wants_identity)
		return r;
	return add_parents(finder, &finder->regions->list[finder->regions->count - 1]);
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

#define HV_BALLOON_PATH "/sys/bus/vmbus/drivers/hv_balloon"
#define XEN_MEMORY_PATH "/sys/devices/system/xen_memory"

struct bound {
	struct sysfs_dir *dir;
	bool any;
};

/* A driver's directory has a link to each of its devices, and one to its module. */
static int take_bound(void *data, const char *name)
{
	struct bound *bound = data;
	struct mhp_backend *be = bound->dir->ctx->be;
	struct mhp_entry entry;

	bound->any |= strcmp(name, "module") &&
		      be->ops->look(be, bound->dir->dir, name, &entry) == 0 &&
		      entry.type == MHP_ENTRY_LINK;
	return 0;
}

/* 1: it has a device, 0: it has none, or there is no such driver */
static int has_device(struct mhp_ctx *ctx, const char *path)
{
	struct sysfs_dir dir = { 0 };
	struct bound bound = { .dir = &dir };
	int r;

	r = sysfs_open(ctx, path, &dir);
	if (r == 0)
		r = sysfs_list(&dir, "", take_bound, &bound);
	sysfs_close(&dir);
	return r == -ENOENT ? 0 : r < 0 ? r : bound.any;
}

static int add_balloon(struct mhp_region *region, int has, const char *name)
{
	if (!has || has == -ENOMEM)
		return has;
	return region_add_fact(region, "may_hold_memory_of", has < 0 ? has : 0, name);
}

/* These add plain System RAM, which nothing tells from memory of boot (kernel-abi 6.3). */
static int add_balloons(struct finder *finder, struct mhp_region *region)
{
	int r;

	r = add_balloon(region, has_device(finder->ctx, HV_BALLOON_PATH), "hv_balloon");
	if (r == 0)
		r = add_balloon(region, sysfs_dir_exists(finder->ctx, XEN_MEMORY_PATH),
				"xen_memory");
	return r;
}

/*
 * Plain System RAM is no driver's. Where that is not known, or a driver's name stands
 * and regions could not be read, nobody is told to be the owner.
 */
static int find_boot(struct finder *finder)
{
	const struct mhp_snapshot *snap = finder->snap;
	int code = finder->iomem->code;
	struct block_list list = { 0 };
	struct driver_run run = { 0 };
	struct mhp_region *boot;
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < snap->n_blocks && r == 0; i++) {
		const struct mhp_block *block = &snap->blocks[i];

		if (block->region != BLOCK_NO_REGION || block_driver(finder, block, &run))
			continue;
		any = true;
		if (code == 0)
			r = add_block(&list, block->id, finder->block_size);
	}
	if (r == 0)
		r = flush_blocks(&list, finder->block_size);
	if (r < 0 || !any) {
		free(list.ranges.list);
		return r;
	}
	r = add_region(finder, MHP_REGION_BOOT, "boot", &list.ranges);
	if (r < 0)
		return r;
	boot = &finder->regions->list[finder->regions->count - 1];
	if (code < 0)
		boot->ranges_code = code;
	return finder->wants_identity ? add_balloons(finder, boot) : 0;
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
	.is_from_boot = true,
};
