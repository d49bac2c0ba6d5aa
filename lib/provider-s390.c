// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Storage of an s390 machine (drivers/s390/char/sclp_mem.c, Linux 7.2): the hypervisor
 * keeps some of it ready, "standby", and gives a block of it when 1 is written to its
 * config file. All of it is one region, for it has no parts but blocks.
 *
 * There is such a file for each block, boot memory's too, which says 1 and could be
 * deconfigured like any other. But the kernel lives there, and who wants to give standby
 * memory back does not mean that: what was there at boot stays guarded, as "boot". It is
 * told by /proc/iomem, where what is configured later has a line for each block. Without
 * that (not root) nobody knows what is standby, and the ranges are not known. A block
 * that says memmap_on_memory is never boot's: that cannot be set there.
 *
 * Before Linux 7.2 all standby blocks exist from boot on, offline, and onlining one
 * attaches it: there is nothing to configure, and they are "boot".
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

#define STORAGE_PATH "/sys/firmware/memory"
#define NAME "standby"

struct storage {
	struct firmware firmware;
	struct sysfs_dir dir;
	uint64_t *ids;		/* of all blocks that it tells of */
	size_t count, room;
	size_t n_configured, n_deconfigured, n_memmap, n_unknown;
	bool any_plain;		/* one that would come without its map on itself */
};

static int take_name(void *data, const char *name)
{
	struct storage *storage = data;
	uint64_t id, *ids;

	if (parse_block_name(name, &id) < 0)
		return 0;
	if (storage->count == storage->room) {
		size_t room = storage->room ? 2 * storage->room : 64;

		ids = reallocarray(storage->ids, room, sizeof(*ids));
		if (!ids)
			return -ENOMEM;
		storage->ids = ids;
		storage->room = room;
	}
	storage->ids[storage->count++] = id;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* 1 or 0; what is neither, or cannot be read, is noted: *ret_known. -ENOMEM */
static int read_bool(struct storage *storage, uint64_t id, const char *file, bool *ret,
		     bool *ret_known)
{
	char name[64];
	int r;

	snprintf(name, sizeof(name), "memory%" PRIu64 "/%s", id, file);
	r = attr_read_bool(&storage->dir, name, false, ret,
			   storage->firmware.finder->problems);
	*ret_known = r == 0;
	return r == -ENOMEM ? r : 0;
}

/* A block that is configured and does not tell whether it was so at boot. */
static int take_configured(struct storage *storage, const struct range *range)
{
	bool added;
	int r = firmware_find_added(&storage->firmware, range, &added);

	if (r < 0 || !added)
		return r;
	storage->n_configured++;
	return ranges_join(&storage->firmware.ranges, range);
}

static int take_block(struct storage *storage, uint64_t id)
{
	const struct finder *finder = storage->firmware.finder;
	uint64_t block_size = finder->block_size, start;
	bool config = false, memmap = false, known, memmap_known = false;
	struct range range;
	int r;

	if (id > BLOCK_MAX_ID || __builtin_mul_overflow(id, block_size, &start) ||
	    range_from_size(start, block_size, &range) < 0)
		return problems_add(finder->problems, -ERANGE, NULL, storage->dir.path, "");
	r = read_bool(storage, id, "config", &config, &known);
	if (r == 0 && known)
		r = read_bool(storage, id, "memmap_on_memory", &memmap, &memmap_known);
	if (r < 0)
		return r;
	/* of no use, and no hindrance to the others */
	storage->n_unknown += !known;
	if (!known)
		return 0;
	if (config && !(memmap_known && memmap))
		return take_configured(storage, &range);
	storage->n_configured += config;
	storage->n_deconfigured += !config;
	storage->n_memmap += memmap_known && memmap;
	storage->any_plain |= !config && !(memmap_known && memmap);
	return ranges_join(&storage->firmware.ranges, &range);
}

static int take_blocks(struct storage *storage)
{
	int r = 0;

	if (storage->count)
		qsort(storage->ids, storage->count, sizeof(*storage->ids), compare_ids);
	for (size_t i = 0; i < storage->count && r == 0; i++)
		r = take_block(storage, storage->ids[i]);
	return r;
}

/* ---- the region ---- */

static int add_facts(struct mhp_region *region, const struct storage *storage)
{
	const struct firmware *firmware = &storage->firmware;
	int r;

	r = firmware_add_number(firmware, region, "configured_blocks", storage->n_configured);
	if (r == 0)
		r = region_add_number(region, "deconfigured_blocks", storage->n_deconfigured);
	if (r == 0)
		r = firmware_add_number(firmware, region, "boot_blocks", firmware->n_boot);
	if (r == 0)
		r = firmware_add_number(firmware, region, "memmap_on_memory_blocks",
					storage->n_memmap);
	if (r == 0 && storage->n_unknown)
		r = region_add_number(region, "unreadable_blocks", storage->n_unknown);
	return r;
}

static int fill_region(struct mhp_region *region, struct storage *storage)
{
	int r;

	/* whichever block it is: sclp_config_mem_store() adds it to node 0 */
	r = sysfs_dir_exists(storage->firmware.finder->ctx, NODE_PATH);
	if (r == -ENOMEM)
		return r;
	region->node_code = r == 1 ? 0 : r == 0 ? -ENODATA : r;
	region->holds_memmap = !storage->any_plain;
	r = add_facts(region, storage);
	return r < 0 ? r : firmware_fill_region(&storage->firmware, region);
}

static int add_region(struct storage *storage)
{
	struct mhp_region region = {
		.kind = MHP_REGION_S390_STANDBY, .device_state_code = -ENODATA,
	};
	int r = fill_region(&region, storage);

	if (r == 0)
		return regions_add(storage->firmware.finder->regions, &region);
	region_free_members(&region);
	return r;
}

static int find(struct finder *finder)
{
	struct storage storage = {
		.firmware = {
			.finder = finder, .name = NAME, .path = STORAGE_PATH,
			.identity = "s390-standby",
		},
	};
	int r;

	r = sysfs_open(finder->ctx, STORAGE_PATH, &storage.dir);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r == 0)
		r = sysfs_list(&storage.dir, "", take_name, &storage);
	if (r == 0)
		r = take_blocks(&storage);
	if (r < 0 && r != -ENOMEM) {
		storage.firmware.code = r;
		r = problems_add(finder->problems, r, NULL, STORAGE_PATH, "");
	}
	/* a machine without standby storage has boot memory there alone */
	if (r == 0 && (storage.firmware.ranges.count || storage.firmware.code < 0))
		r = add_region(&storage);
	sysfs_close(&storage.dir);
	free(storage.ids);
	free(storage.firmware.ranges.list);
	return r;
}

static int find_again(struct finder *finder, const char *name)
{
	(void)name;
	return find(finder);
}

static bool is_name(const char *name)
{
	return !strcmp(name, NAME);
}

static int describe(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	(void)snap;
	firmware_describe(region);
	return 0;
}

/* ---- steps ---- */

static int copy_path(const struct block_unit *unit, char **ret_path)
{
	return copy_text(ret_path, STORAGE_PATH "/memory%" PRIu64 "/config", unit->first);
}

static int copy_word(const struct block_unit *unit, bool come, char **ret_word)
{
	(void)unit;
	return copy_text(ret_word, "%d", come);
}

const struct provider provider_s390 = {
	.kind = MHP_REGION_S390_STANDBY,
	.find = find,
	.find_again = find_again,
	.is_told_alone = true,
	.is_name = is_name,
	.path = STORAGE_PATH,
	.describe = describe,
	.plugs_blocks = true,
	.copy_path = copy_path,
	.copy_word = copy_word,
	.plan_online = plan_online_by_blocks,
	.plan_offline = plan_offline,
	.plan_plug = plan_configure,
	.plan_unplug = plan_deconfigure,
};
