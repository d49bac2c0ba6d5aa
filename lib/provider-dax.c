// SPDX-License-Identifier: LGPL-2.1-or-later
/* DAX devices: memory that the kmem driver can make System RAM. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* ---- ranges, by their size ---- */

/* In silence: whoever lists the mappings tells what is wrong. */
static int peek_number(struct sysfs_dir *dir, const char *name, attr_parse_fn parse,
		       uint64_t *ret)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r = sysfs_read(dir, name, buf);

	return r == 0 && parse(buf, ret) < 0 ? -EBADMSG : r;
}

static int peek_mapping(struct sysfs_dir *dir, size_t index, struct range *ret)
{
	char name[32];
	uint64_t start, end;
	int r;

	snprintf(name, sizeof(name), "mapping%zu/start", index);
	r = peek_number(dir, name, parse_0x_hex, &start);
	if (r < 0)
		return r;
	snprintf(name, sizeof(name), "mapping%zu/end", index);
	r = peek_number(dir, name, parse_0x_hex, &end);
	return r < 0 ? r : range_from_bounds(start, end, ret) < 0 ? -EBADMSG : 0;
}

/* Those from 0 on that have so many bytes together; the caller frees them, upon failure too. */
static int peek_mappings(struct sysfs_dir *dir, uint64_t size, struct range **ranges,
			 size_t *count)
{
	struct range *more;
	int r;

	do {
		more = reallocarray(*ranges, *count + 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		*ranges = more;
		if (!size)
			return 0;
		r = peek_mapping(dir, *count, &more[*count]);
		if (r == 0 && more[*count].size > size)
			r = -EBADMSG;
		if (r == 0)
			size -= more[(*count)++].size;
	} while (r == 0 && size);
	return r;
}

/*
 * A device's size is that of all its mappings (dev_dax_size() in drivers/dax/bus.c), which
 * have the lowest numbers that are free: where the first ones have all of it there are no
 * others, and nothing needs to be listed. Anything but 0 and -ENOMEM: list them.
 */
static int find_ranges_by_size(struct sysfs_dir *dir, struct mhp_region *region,
			       uint64_t block_size, struct problems *problems)
{
	struct range *ranges = NULL;
	uint64_t size, unused;
	size_t count = 0, bad;
	int r;

	r = peek_number(dir, "size", parse_dec, &size);
	if (r < 0)
		return r;
	r = peek_mappings(dir, size, &ranges, &count);
	if (r == 0)
		r = region_set_ranges(region, ranges, count, block_size, &bad);
	if (r == 0)
		return 0;
	free(ranges);
	/* the size is for everybody to read, the addresses are not, whichever mapping's */
	if (r != -EACCES || peek_number(dir, "mapping0/start", parse_0x_hex, &unused) != -EACCES)
		return r;
	region->size_bytes = size;
	region->ranges_code = r;
	return problems_add(problems, r, NULL, dir->path, "mapping0/start");
}

/* ---- ranges, listed ---- */

struct mappings {
	struct sysfs_dir *dir;
	struct problems *problems;
	unsigned int *indices;
	size_t count, room;
};

static int take_mapping(void *data, const char *name)
{
	struct mappings *mappings = data;
	unsigned int index, *indices;
	int r;

	r = parse_mapping_name(name, &index);
	if (r == -ERANGE) {
		r = problems_add(mappings->problems, r, name, mappings->dir->path, name);
		return r < 0 ? r : 1;
	}
	if (r < 0)
		return 0;
	if (mappings->count == mappings->room) {
		size_t room = mappings->room ? 2 * mappings->room : 4;

		indices = reallocarray(mappings->indices, room, sizeof(*indices));
		if (!indices)
			return -ENOMEM;
		mappings->indices = indices;
		mappings->room = room;
	}
	mappings->indices[mappings->count++] = index;
	return 0;
}

static int compare_indices(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return x < y ? -1 : x > y;
}

static int read_mapping(struct sysfs_dir *dir, unsigned int index, struct range *ret,
			struct problems *problems)
{
	char start_name[32], end_name[32], text[64];
	uint64_t start, end;
	int r;

	snprintf(start_name, sizeof(start_name), "mapping%u/start", index);
	snprintf(end_name, sizeof(end_name), "mapping%u/end", index);
	r = attr_read_number(dir, start_name, false, parse_0x_hex, &start, problems);
	if (r == 0)
		r = attr_read_number(dir, end_name, false, parse_0x_hex, &end, problems);
	if (r == 0 && range_from_bounds(start, end, ret) < 0) {
		snprintf(text, sizeof(text), "0x%" PRIx64 "-0x%" PRIx64, start, end);
		r = attr_bad(dir, end_name, text, problems);
	}
	return r;
}

/* A kernel before 5.10 has no mappings, but one range: resource and size. */
static int read_resource(struct sysfs_dir *dir, struct mhp_region *region, struct range *ret,
			 size_t *ret_count, struct problems *problems)
{
	uint64_t start, size;
	char text[64];
	int r;

	*ret_count = 0;
	r = attr_read_number(dir, "size", false, parse_dec, &size, problems);
	if (r < 0 || size == 0)
		return r;
	region->size_bytes = size;
	r = attr_read_number(dir, "resource", false, parse_0x_hex, &start, problems);
	if (r < 0)
		return r;
	if (range_from_size(start, size, ret) < 0) {
		snprintf(text, sizeof(text), "%" PRIu64, size);
		return attr_bad(dir, "size", text, problems);
	}
	*ret_count = 1;
	return 0;
}

static int list_mappings(struct sysfs_dir *dir, struct mappings *mappings,
			 struct problems *problems)
{
	int r = sysfs_list(dir, "", take_mapping, mappings);

	if (r > 0)
		return -ERANGE;
	if (r < 0 && r != -ENOMEM && problems_add(problems, r, NULL, dir->path, "") < 0)
		r = -ENOMEM;
	if (r == 0 && mappings->count)
		qsort(mappings->indices, mappings->count, sizeof(*mappings->indices),
		      compare_indices);
	return r;
}

/* A range that makes no sense together with the others. */
static int bad_range(struct sysfs_dir *dir, const struct mappings *mappings, size_t i,
		     const struct range *range, struct problems *problems)
{
	char name[32], text[64];

	if (!mappings->count) {
		snprintf(text, sizeof(text), "%" PRIu64, range->size);
		return attr_bad(dir, "size", text, problems);
	}
	snprintf(name, sizeof(name), "mapping%u", mappings->indices[i]);
	snprintf(text, sizeof(text), "0x%" PRIx64 "-0x%" PRIx64, range->start,
		 range->start + range->size - 1);
	return attr_bad(dir, name, text, problems);
}

static int read_ranges(struct sysfs_dir *dir, struct mhp_region *region, uint64_t block_size,
		       const struct mappings *mappings, struct problems *problems)
{
	size_t count = mappings->count, bad;
	struct range *ranges = calloc(count ? count : 1, sizeof(*ranges));
	int r = 0;

	if (!ranges)
		return -ENOMEM;
	if (!count)
		r = read_resource(dir, region, ranges, &count, problems);
	for (size_t i = 0; i < mappings->count && r == 0; i++)
		r = read_mapping(dir, mappings->indices[i], &ranges[i], problems);
	if (r == 0) {
		r = region_set_ranges(region, ranges, count, block_size, &bad);
		if (r == 0)
			return 0;
		if (r == -EBADMSG)
			r = bad_range(dir, mappings, bad, &ranges[bad], problems);
	}
	free(ranges);
	return r;
}

static int find_ranges(struct sysfs_dir *dir, struct mhp_region *region, uint64_t block_size,
		       struct problems *problems)
{
	struct mappings mappings = { .dir = dir, .problems = problems };
	int r = find_ranges_by_size(dir, region, block_size, problems);

	if (r == 0 || r == -ENOMEM)
		return r;
	r = list_mappings(dir, &mappings, problems);
	if (r == 0)
		r = read_ranges(dir, region, block_size, &mappings, problems);
	region->ranges_code = r;
	/* the size is for everybody to read, the addresses are not */
	if (r < 0 && r != -ENOMEM && mappings.count)
		r = attr_read_number(dir, "size", false, parse_dec, &region->size_bytes, problems);
	free(mappings.indices);
	return r == -ENOMEM ? r : 0;
}

/* ---- the other attributes ---- */

static int find_node(struct sysfs_dir *dir, struct mhp_region *region, struct problems *problems)
{
	region->node_code = attr_read_node(dir, "target_node", &region->node, problems);
	return region->node_code == -ENOMEM ? -ENOMEM : 0;
}

static int find_device_state(struct sysfs_dir *dir, struct mhp_region *region,
			     struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = attr_read(dir, "state", true, buf, problems);
	if (r == 0 && parse_device_state(buf, &region->device_state) < 0)
		r = attr_bad(dir, "state", buf, problems);
	if (r == 0) {
		region->device_word = strdup(buf);
		if (!region->device_word)
			r = -ENOMEM;
	}
	region->device_state_code = r;
	return r == -ENOMEM ? r : 0;
}

static int read_device(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region)
{
	const struct finder *finder = bus->finder;
	struct problems *problems = finder->problems;
	int r;

	r = find_ranges(dir, region, finder->block_size, problems);
	if (r == 0 && region->ranges_code == -EACCES)
		r = dax_infer_ranges(dir->ctx, region, finder->block_size);
	if (r == 0)
		r = find_node(dir, region, problems);
	if (r == 0)
		r = attr_read_driver(dir, region, problems);
	if (r == 0)
		r = find_device_state(dir, region, problems);
	if (r == 0 && finder->wants_identity)
		r = dax_find_origin(dir->ctx, region, problems);
	return r;
}

/* ---- the bus ---- */

static void set_unknown(struct mhp_region *region, int code)
{
	region->ranges_code = region->node_code = code;
	region->driver_code = region->device_state_code = code;
}

static const struct bus_type type = {
	.path = DAX_DEVICES_PATH,
	.is_name = is_dax_name,
	.unread = { .kind = MHP_REGION_DAX, .identity_code = -ENODATA },
	.read = read_device,
	.set_unknown = set_unknown,
};

static int find(struct finder *finder)
{
	return bus_find(finder, &type, NULL);
}

static int find_again(struct finder *finder, const char *name)
{
	return bus_find_again(finder, &type, name, NULL);
}

/* ---- what may be done to it ---- */

static void describe_abilities(struct mhp_region *region)
{
	static const char not_bound[] = "is not System RAM: its device is not bound to the kmem driver";
	bool bound = is_same(region->driver, "kmem");

	region_cannot(region, MHP_CAN_PLUG_BLOCKS, MHP_CONFLICT_NOT_WHOLE,
		      "is plugged and unplugged as a whole", NULL);
	region_cannot(region, MHP_CAN_RELEASE, MHP_CONFLICT_NOT_ABLE,
		      "is no hardware of its own",
		      "what it is made from may be released: a CXL region");
	if (!bound && !region->n_blocks)
		for (enum mhp_capability i = MHP_CAN_ONLINE; i <= MHP_CAN_OFFLINE; i++)
			region_cannot(region, i, MHP_CONFLICT_NOT_BOUND, not_bound, "plug it");
	else if (region->device_state_code == -ENODATA)
		region_cannot(region, MHP_CAN_ONLINE_WHOLE, MHP_CONFLICT_NOT_ABLE,
			      "has no state file of its own (Linux 7.3)", NULL);
	if (region->ranges_code == 0 && !region->n_runs)
		for (enum mhp_capability i = MHP_CAN_ONLINE; i < MHP_CAPABILITIES; i++)
			region_cannot(region, i, MHP_CONFLICT_NO_BLOCK,
				      "holds no whole memory block", NULL);
	if (!bound && region->n_blocks) {
		region_cannot(region, MHP_CAN_ONLINE_WHOLE, MHP_CONFLICT_STRANDED,
			      "stayed behind when the driver was unbound from it", "reboot");
		region_cannot(region, MHP_CAN_UNPLUG, MHP_CONFLICT_STRANDED,
			      "stayed behind when the driver was unbound from it", "reboot");
		region_cannot(region, MHP_CAN_PLUG, MHP_CONFLICT_STRANDED,
			      "stayed behind when the driver was unbound from it", "reboot");
	}
}

static int describe(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	(void)snap;
	describe_abilities(region);
	return dax_find_identity(region);
}

const struct provider provider_dax = {
	.kind = MHP_REGION_DAX,
	.find = find,
	.find_again = find_again,
	.is_told_alone = true,
	.is_name = is_dax_name,
	.describe = describe,
	.changes_driver = true,
	.plan_online = plan_online,
	.plan_offline = plan_offline,
	.plan_plug = plan_plug,
	.plan_unplug = plan_unplug,
	.plan_leave = plan_leave,
};

/* ---- the bus itself ---- */

/* One that cannot be looked at is taken to be there: a write to its files tells. */
static int find_driver(struct sysfs_dir *bus, const char *name, bool *ret_has,
		       struct problems *problems)
{
	int r = sysfs_exists(bus, name);

	*ret_has = r != -ENOENT;
	if (r == -ENOMEM)
		return r;
	return r == 0 || r == -ENOENT ? 0 : problems_add(problems, r, NULL, DAX_BUS_PATH, name);
}

int dax_read_bus(struct mhp_ctx *ctx, struct dax_bus *ret, struct problems *problems)
{
	struct sysfs_dir bus = { 0 };
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_open(ctx, DAX_BUS_PATH, &bus);
	if (r < 0 && r != -ENOENT && r != -ENOMEM) {
		ret->has_kmem = ret->has_device_dax = ret->autoprobe = true;
		return problems_add(problems, r, NULL, DAX_BUS_PATH, "");
	}
	if (r == 0)
		r = find_driver(&bus, "drivers/kmem", &ret->has_kmem, problems);
	if (r == 0)
		r = find_driver(&bus, "drivers/device_dax", &ret->has_device_dax, problems);
	if (r == 0) {
		r = attr_read(&bus, "drivers_autoprobe", true, buf, problems);
		/* if that is not known a driver that is loaded may bind every device */
		ret->autoprobe = r == 0 ? strcmp(buf, "0") : r != -ENODATA;
	}
	sysfs_close(&bus);
	return r == -ENOMEM ? r : 0;
}
