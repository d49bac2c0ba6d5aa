// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * CXL regions of volatile memory: dax devices below them own their blocks, where a driver
 * made such. A region may have none: it is not committed, no driver has it, or the
 * firmware gave its memory to the machine at boot.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cxl.h"

#define DEVICES_PATH "/sys/bus/cxl/devices"

/* ---- attributes ---- */

int cxl_read_resource(struct sysfs_dir *dir, uint64_t *ret_start, struct problems *problems)
{
	/* all ones where it has none: resource_show() in drivers/cxl/core/region.c */
	return attr_read_number(dir, "resource", false, parse_0x_hex, ret_start, problems);
}

int cxl_read_size(struct sysfs_dir *dir, uint64_t *ret_size, struct problems *problems)
{
	return attr_read_number(dir, "size", false, parse_0x_hex, ret_size, problems);
}

static int set_ranges(struct sysfs_dir *dir, struct mhp_region *region, uint64_t start,
		      uint64_t size, uint64_t block_size, struct problems *problems)
{
	struct range *range = calloc(1, sizeof(*range));
	bool any = start != UINT64_MAX && size;
	char text[32];
	size_t bad;
	int r;

	if (!range)
		return -ENOMEM;
	r = any ? range_from_size(start, size, range) : 0;
	if (r == 0)
		r = region_set_ranges(region, range, any ? 1 : 0, block_size, &bad);
	if (r == 0) {
		region->size_bytes = size;
		return 0;
	}
	free(range);
	if (r == -ENOMEM)
		return r;
	snprintf(text, sizeof(text), "0x%" PRIx64, size);
	return attr_bad(dir, "size", text, problems);
}

static int find_ranges(struct sysfs_dir *dir, struct mhp_region *region, uint64_t block_size,
		       struct problems *problems)
{
	uint64_t start = UINT64_MAX, size = 0;
	int r, size_code;

	r = cxl_read_resource(dir, &start, problems);
	size_code = cxl_read_size(dir, &size, problems);
	if (size_code == 0 && r < 0)
		region->size_bytes = size;
	if (r == 0)
		r = size_code;
	if (r == 0)
		r = set_ranges(dir, region, start, size, block_size, problems);
	region->ranges_code = r;
	return r == -ENOMEM || size_code == -ENOMEM ? -ENOMEM : 0;
}

/* Are its decoders programmed? */
static int add_committed(struct sysfs_dir *dir, struct mhp_region *region,
			 struct problems *problems)
{
	bool committed = false;
	int r = attr_read_bool(dir, "commit", true, &committed, problems);

	if (r == -ENOMEM)
		return r;
	return region_add_fact(region, "committed", r, committed ? "yes" : "no");
}

/*
 * Persistent memory is not ours: it becomes System RAM, if at all, as a dax device of a
 * namespace, whose provider is that of dax. Before Linux 6.3 there is no other, and no
 * such file.
 */
static int is_ours(struct sysfs_dir *dir, struct mhp_region *region, struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r = attr_read(dir, "mode", true, buf, problems);

	if (r == -ENOMEM)
		return r;
	if (r == -ENODATA || (r == 0 && !strcmp(buf, "pmem")))
		return 0;
	/* what cannot be read, or is a word never seen, is not lost */
	if (r == 0 && strcmp(buf, "ram"))
		r = attr_bad(dir, "mode", buf, problems);
	if (r != -ENOMEM)
		r = region_add_fact(region, "mode", r, buf);
	return r < 0 ? r : 1;
}

static bool says(const struct mhp_region *region, const char *fact, const char *word)
{
	const char *text;

	return region_find_fact(region, fact, &text) == 0 && !strcmp(text, word);
}

static bool is_released(const struct mhp_region *region)
{
	return says(region, "committed", "no");
}

/* ---- the bus ---- */

static int read_region(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region)
{
	struct finder *finder = bus->finder;
	struct problems *problems = finder->problems;
	int r;

	r = is_ours(dir, region, problems);
	if (r <= 0)
		return r < 0 ? r : 1;
	r = find_ranges(dir, region, finder->block_size, problems);
	if (r == 0)
		r = attr_read_driver(dir, region, problems);
	if (r == 0)
		r = add_committed(dir, region, problems);
	if (r == 0 && finder->wants_identity)
		r = cxl_find_devices(bus, dir, region);
	/* no matter where it is released, or to see whether it still is the same one */
	if (r == 0 && finder->snap && (finder->wants_identity || !is_released(region)))
		r = cxl_find_lock(bus, dir, region);
	return r;
}

static void set_unknown(struct mhp_region *region, int code)
{
	region->ranges_code = region->driver_code = region->identity_code = code;
}

static const struct bus_type type = {
	.path = DEVICES_PATH,
	.is_name = cxl_is_region_name,
	.unread = {
		.kind = MHP_REGION_CXL, .node_code = -ENODATA, .device_state_code = -ENODATA,
		.identity_code = -ENODATA,
	},
	.read = read_region,
	.set_unknown = set_unknown,
};

static int find(struct finder *finder)
{
	struct cxl_decoders decoders = { 0 };
	int r = bus_find(finder, &type, &decoders);

	cxl_decoders_free(&decoders);
	return r;
}

static int find_again(struct finder *finder, const char *name)
{
	struct cxl_decoders decoders = { 0 };
	int r = bus_find_again(finder, &type, name, &decoders);

	cxl_decoders_free(&decoders);
	return r;
}

/* ---- what may be done to it ---- */

/* Blocks in its ranges that neither it nor what is made from it owns. */
struct strangers {
	size_t known, unknown;
};

/* Blocks in one of its runs, whoever owns them: from *ret_end on there are no more. */
static const struct mhp_block *find_run(const struct mhp_snapshot *snap,
					const struct block_run *run,
					const struct mhp_block **ret_end)
{
	*ret_end = &snap->blocks[blocks_find_first(snap->blocks, snap->n_blocks,
						   run->first + run->count)];
	return &snap->blocks[blocks_find_first(snap->blocks, snap->n_blocks, run->first)];
}

static struct strangers find_strangers(const struct mhp_snapshot *snap,
				       const struct mhp_region *region)
{
	const struct mhp_block *block, *end;
	struct strangers strangers = { 0 };

	for (size_t i = 0; i < region->n_runs && region->n_total; i++)
		for (block = find_run(snap, &region->runs[i], &end); block < end; block++) {
			const struct mhp_region *owner = mhp_snapshot_get_block_region(snap, block);

			strangers.unknown += !owner;
			while (owner && owner != region)
				owner = owner->parent;
			if (!owner && block->region != BLOCK_NO_REGION)
				strangers.known++;
		}
	return strangers;
}

/*
 * Memory from boot may fill a part of a block only, and then no block tells whose it is. What
 * a driver manages is blocks.
 */
static void find_parts(const struct mhp_snapshot *snap, const struct mhp_region *region,
		       struct strangers *strangers)
{
	if (!region->lost_bytes)
		return;
	strangers->unknown += snap->iomem.code < 0;
	for (size_t i = 0; i < snap->iomem.count; i++) {
		const struct iomem_ram *ram = &snap->iomem.ram[i];

		for (size_t j = 0; j < region->n_ranges && !ram->driver; j++)
			strangers->known += ranges_overlap(&ram->range, &region->ranges[j]);
	}
}

static enum mhp_conflict_code unreadable(int code)
{
	return code == -EACCES || code == -EPERM ? MHP_CONFLICT_NO_PERMISSION :
						   MHP_CONFLICT_UNREADABLE;
}

static void refuse(struct mhp_region *region, enum mhp_capability first,
		   enum mhp_capability last, enum mhp_conflict_code code, const char *why,
		   const char *hint)
{
	for (enum mhp_capability i = first; i <= last; i++)
		region_cannot(region, i, code, why, hint);
}

#define BOOT_WHY "is memory that the machine was booted with"
#define STRANDED_WHY "has memory that stayed behind when its driver was unbound from it"
#define OWNER_WHY "has memory whose owner is not known"

/* What the dax devices are able to do: all of them. */
static void take_from_children(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	for (size_t i = 0; i < snap->regions.count; i++) {
		const struct mhp_region *child = &snap->regions.list[i];

		if (child->parent != region || !region_is_counted(snap, child))
			continue;
		for (enum mhp_capability j = MHP_CAN_ONLINE; j <= MHP_CAN_UNPLUG; j++)
			if (child->cannot[j].why && !region->cannot[j].why)
				region->cannot[j] = child->cannot[j];
	}
}

static void refuse_without_dax(struct mhp_region *region, enum mhp_capability last)
{
	if (is_released(region))
		refuse(region, MHP_CAN_ONLINE, last, MHP_CONFLICT_NOT_DEVICE,
		       "has no dax device: its decoders are off", "commit the region again");
	else if (!region->driver)
		refuse(region, MHP_CAN_ONLINE, last, MHP_CONFLICT_NOT_DEVICE,
		       "has no dax device: the driver cxl_region does not have it",
		       "load the module dax_cxl, then bind the region to the driver cxl_region");
	else
		refuse(region, MHP_CAN_ONLINE, last, MHP_CONFLICT_NOT_DEVICE,
		       "has no dax device: nobody has made one",
		       "load the module dax_cxl, which makes one");
}

/* All but release; that there is nothing to unplug is no reason not to. */
static void describe_alone(struct mhp_region *region, const struct strangers *strangers)
{
	if (region->ranges_code < 0)
		refuse(region, MHP_CAN_ONLINE, MHP_CAN_UNPLUG, unreadable(region->ranges_code),
		       "has addresses that could not be read", NULL);
	else if (strangers->known)
		refuse(region, MHP_CAN_ONLINE, MHP_CAN_UNPLUG, MHP_CONFLICT_BOOT_MEMORY, BOOT_WHY,
		       "name blocks, a range or a node");
	else if (strangers->unknown)
		refuse(region, MHP_CAN_ONLINE, MHP_CAN_UNPLUG, MHP_CONFLICT_NO_PERMISSION,
		       OWNER_WHY, "run as root");
	else if (!region->n_runs)
		refuse(region, MHP_CAN_ONLINE, MHP_CAN_UNPLUG, MHP_CONFLICT_NO_BLOCK,
		       "holds no whole memory block", NULL);
	else if (!region->n_blocks)
		refuse_without_dax(region, MHP_CAN_PLUG);
	else
		for (enum mhp_capability i = MHP_CAN_ONLINE_WHOLE; i <= MHP_CAN_UNPLUG; i++)
			if (i != MHP_CAN_OFFLINE)
				region_cannot(region, i, MHP_CONFLICT_STRANDED, STRANDED_WHY,
					      "reboot");
	region_cannot(region, MHP_CAN_PLUG_BLOCKS, MHP_CONFLICT_NOT_WHOLE,
		      "is plugged and unplugged as a whole", NULL);
}

static void describe_release(struct mhp_region *region, const struct strangers *strangers)
{
	const struct cannot *unplug = &region->cannot[MHP_CAN_UNPLUG];
	const enum mhp_capability release = MHP_CAN_RELEASE;
	const char *text;
	int code;

	code = region_find_fact(region, "mode", &text);
	if (code == 0)
		code = region_find_fact(region, "committed", &text);
	if (code < 0)
		region_cannot(region, release, unreadable(code),
			      "cannot be released: what it is, or whether its decoders are on, "
			      "could not be read", NULL);
	else if (is_released(region))
		region_cannot(region, release, MHP_CONFLICT_NOT_ABLE,
			      "is released already: its decoders are off", NULL);
	else if ((code = region_find_fact(region, "locked", &text)) < 0)
		region_cannot(region, release, unreadable(code),
			      "cannot be released: whether it is locked could not be read", NULL);
	else if (!strcmp(text, "yes"))
		region_cannot(region, release, MHP_CONFLICT_LOCKED,
			      "is locked: its decoders stay on until a reboot", NULL);
	else if (strangers->known)
		region_cannot(region, release, MHP_CONFLICT_BOOT_MEMORY, BOOT_WHY, NULL);
	else if (strangers->unknown)
		region_cannot(region, release, MHP_CONFLICT_NO_PERMISSION, OWNER_WHY,
			      "run as root");
	else if (region->n_blocks)
		region_cannot(region, release, MHP_CONFLICT_STRANDED, STRANDED_WHY, "reboot");
	else if (unplug->why && unplug->code != MHP_CONFLICT_NO_BLOCK)
		region->cannot[release] = *unplug;
}

/* The kernel tells no node of a region: that of its memory. */
static void find_node(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	const struct mhp_block *block, *end;
	bool several = false;
	int node = -1;

	for (size_t i = 0; i < snap->regions.count; i++) {
		const struct mhp_region *child = &snap->regions.list[i];

		if (child->parent != region || child->node_code < 0)
			continue;
		several |= node >= 0 && node != child->node;
		node = child->node;
	}
	for (size_t i = 0; i < region->n_runs && region->n_total; i++)
		for (block = find_run(snap, &region->runs[i], &end); block < end; block++) {
			if (block->node == BLOCK_NO_NODE)
				continue;
			several |= node >= 0 && node != (int)block->node;
			node = (int)block->node;
		}
	if (node < 0 || several)
		return;
	region->node = node;
	region->node_code = 0;
}

static int describe(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	struct strangers strangers = find_strangers(snap, region);

	find_node(snap, region);
	if (region->has_children)
		take_from_children(snap, region);
	else
		describe_alone(region, &strangers);
	find_parts(snap, region, &strangers);
	describe_release(region, &strangers);
	return 0;
}

/* Its memory is plugged as that of its dax devices; without such it cannot be. */
const struct provider provider_cxl = {
	.kind = MHP_REGION_CXL,
	.find = find,
	.find_again = find_again,
	.is_name = cxl_is_region_name,
	.describe = describe,
	.owns_managed_only = true,
	.heeds_abilities = true,
	.is_released = is_released,
	.plan_online = plan_online_by_blocks,
	.plan_offline = plan_offline,
	.plan_unplug = plan_unplug,
};
