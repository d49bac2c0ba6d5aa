// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * virtio-mem devices: memory that a host plugs and unplugs. The driver adds and removes
 * single blocks of what the host gives it (drivers/virtio/virtio_mem.c); all that this
 * side tells of addresses is in /proc/iomem, below a line named as the device.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

#define VIRTIO_ID_MEM	24		/* include/uapi/linux/virtio_ids.h */
#define DEVICES_PATH	"/sys/bus/virtio/devices"
#define DRIVER		"virtio_mem"
#define SETTING_PATH	"/sys/module/virtio_mem/parameters"

/*
 * Reads its driver, too. 1: it is one; 0: it is another device, as most on this bus are, of
 * which nothing else is read. Where its own word is of no use, its driver's name tells.
 */
static int is_virtio_mem(struct sysfs_dir *dir, struct mhp_region *region,
			 struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	bool is_known = false;
	uint64_t id;
	int r;

	r = attr_read(dir, "device", true, buf, problems);
	if (r == 0) {
		is_known = parse_0x_hex(buf, &id) == 0;
		if (is_known && id != VIRTIO_ID_MEM)
			return 0;
		if (!is_known)
			r = attr_bad(dir, "device", buf, problems);
	}
	if (r != -ENOMEM)
		r = attr_read_driver(dir, region, problems);
	return r < 0 ? r : is_known || is_same(region->driver, DRIVER);
}

/* ---- whose lines there are ---- */

/* A device's own line, or one of System RAM that is a device's. */
struct owned_line {
	struct iomem_line line, device;
	size_t position;
};

/* All of them, by the device's name: gone through once, however many devices there are. */
struct owned_lines {
	struct owned_line *list;
	size_t count, room;
	bool is_known;
};

static bool is_device(const struct iomem_line *line)
{
	char name[32];

	if (line->name_length >= sizeof(name) || memchr(line->name, 0, line->name_length))
		return false;
	memcpy(name, line->name, line->name_length);
	name[line->name_length] = '\0';
	return is_virtio_name(name);
}

/* The device that a line stands below: the nearest one. */
static const struct iomem_line *find_device(const struct iomem_line *parents, size_t n_parents)
{
	while (n_parents-- > 0)
		if (is_device(&parents[n_parents]))
			return &parents[n_parents];
	return NULL;
}

static int take_line(void *data, const struct iomem_line *line, const struct iomem_line *parents,
		     size_t n_parents)
{
	struct owned_lines *lines = data;
	const struct iomem_line *device = NULL;

	if (is_device(line))
		device = line;
	else if (iomem_line_is_ram(line))
		device = find_device(parents, n_parents);
	if (!device)
		return 0;
	if (lines->count == lines->room) {
		size_t room = lines->room ? 2 * lines->room : 16;
		struct owned_line *list = reallocarray(lines->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		lines->list = list;
		lines->room = room;
	}
	lines->list[lines->count] = (struct owned_line){ *line, *device, lines->count };
	lines->count++;
	return 0;
}

static int compare_names(const char *a, size_t a_length, const char *b, size_t b_length)
{
	int r = memcmp(a, b, a_length < b_length ? a_length : b_length);

	return r ? r : a_length < b_length ? -1 : a_length > b_length;
}

static int compare_owned(const void *a, const void *b)
{
	const struct owned_line *x = a, *y = b;
	int r = compare_names(x->device.name, x->device.name_length, y->device.name,
			      y->device.name_length);

	return r ? r : x->position < y->position ? -1 : 1;
}

static int find_lines(const struct iomem *iomem, struct owned_lines *lines)
{
	int r;

	if (lines->is_known)
		return 0;
	r = iomem_walk(iomem, take_line, lines);
	if (r < 0)
		return r;
	if (lines->count)
		qsort(lines->list, lines->count, sizeof(*lines->list), compare_owned);
	lines->is_known = true;
	return 0;
}

/* The first one of a device, or of what comes after it. */
static size_t find_first_of(const struct owned_lines *lines, const char *name)
{
	size_t low = 0, high = lines->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct iomem_line *device = &lines->list[mid].device;

		if (compare_names(device->name, device->name_length, name, strlen(name)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* ---- what it has now ---- */

/* Of one device. */
struct found {
	struct range_list ranges;
	struct text space;		/* all that it can ever have */
	struct problems *problems;
	bool bad;
};

static int note_line(struct found *found, const struct iomem_line *line)
{
	struct text text = { 0 };
	char *bad = NULL;
	int r;

	found->bad = true;
	text_add(&text, "%08" PRIx64 "-%08" PRIx64 " : ", line->start, line->end);
	text_add_raw(&text, line->name, line->name_length < 64 ? line->name_length : 64);
	r = text_finish(&text, &bad);
	if (r == 0)
		r = problems_add(found->problems, -EBADMSG, bad, "/proc/iomem", "");
	free(bad);
	return r;
}

static int add_ram(struct found *found, const struct iomem_line *line,
		   const struct iomem_line *device)
{
	struct range range;

	if (line->start < device->start || line->end > device->end ||
	    range_from_bounds(line->start, line->end, &range) < 0)
		return note_line(found, line);
	return ranges_add(&found->ranges, &range);
}

static int add_line(struct found *found, const struct owned_line *owned)
{
	const struct iomem_line *line = &owned->line;

	if (iomem_line_is_ram(line))
		return add_ram(found, line, &owned->device);
	text_add(&found->space, "%s0x%" PRIx64 "-0x%" PRIx64, found->space.length ? ", " : "",
		 line->start, line->end);
	return 0;
}

static int add_lines(struct found *found, const struct owned_lines *lines, const char *name)
{
	int r = 0;

	for (size_t i = find_first_of(lines, name); r == 0 && i < lines->count &&
	     iomem_line_is_named(&lines->list[i].device, name); i++)
		r = add_line(found, &lines->list[i]);
	return r;
}

/* Takes the ranges over. */
static int set_ranges(struct mhp_region *region, struct found *found, uint64_t block_size)
{
	struct range *ranges = found->ranges.list;
	size_t bad;
	int r = 0;

	if (!found->bad) {
		r = region_set_ranges(region, ranges, found->ranges.count, block_size, &bad);
		if (r == 0)
			ranges = NULL;
		else if (r == -EBADMSG)
			r = note_line(found, &(struct iomem_line){
				.start = ranges[bad].start,
				.end = ranges[bad].start + ranges[bad].size - 1,
				.name = region->name, .name_length = strlen(region->name),
			});
	}
	if (found->bad)
		region->ranges_code = -EBADMSG;
	free(ranges);
	return r;
}

/* A device that has nothing, or no driver, has no line. */
static int add_space(struct mhp_region *region, struct found *found)
{
	char *text = NULL;
	int r;

	r = text_finish(&found->space, &text);
	if (r == 0 && *text)
		r = region_add_fact(region, "address_space", 0, text);
	free(text);
	return r;
}

static int find_ranges(struct finder *finder, struct owned_lines *lines,
		       struct mhp_region *region)
{
	struct found found = { .problems = finder->problems };
	const struct iomem *iomem;
	int r;

	r = finder_iomem(finder, &iomem);
	if (r == 0 && iomem->code < 0) {
		region->ranges_code = iomem->code;
		return region_add_fact(region, "address_space", iomem->code, NULL);
	}
	if (r == 0)
		r = find_lines(iomem, lines);
	if (r == 0)
		r = add_lines(&found, lines, region->name);
	if (r < 0) {
		free(found.ranges.list);
		free(found.space.str);
		return r;
	}
	r = set_ranges(region, &found, finder->block_size);
	if (r < 0) {
		free(found.space.str);
		return r;
	}
	return add_space(region, &found);
}

/* ---- what it is ---- */

/* The device that it is a function of: in sysfs the directory around it. */
static int copy_parent(const struct mhp_region *region, char **ret_path, const char **ret_name)
{
	static const char top[] = "/sys/devices/";
	const char *slash = strrchr(region->path, '/');
	char *path;

	*ret_path = NULL;
	if (strncmp(region->path, top, strlen(top)) ||
	    slash < region->path + strlen(top))
		return -ENODATA;
	path = strndup(region->path, (size_t)(slash - region->path));
	if (!path)
		return -ENOMEM;
	*ret_path = path;
	*ret_name = strrchr(path, '/') + 1;
	return 0;
}

/* Of a PCI device, -1 if nobody knows. It need not be the node of the memory. */
static int read_device_node(struct finder *finder, const char *path, int *ret_node)
{
	struct sysfs_dir dir = { 0 };
	int r;

	r = sysfs_open(finder->ctx, path, &dir);
	if (r == 0)
		r = attr_read_node(&dir, "numa_node", ret_node, finder->problems);
	else if (r == -ENOENT)
		r = -ENODATA;
	sysfs_close(&dir);
	return r;
}

static int find_identity(struct finder *finder, struct mhp_region *region)
{
	struct region_device device = { .serial_code = -ENODATA };
	const char *name = NULL;
	char *path;
	int r;

	r = copy_parent(region, &path, &name);
	if (r == -ENODATA)
		return 0;
	if (r == 0) {
		device.name = (char *)name;
		device.path = path;
		device.node_code = read_device_node(finder, path, &device.node);
		r = device.node_code == -ENOMEM ? -ENOMEM : region_add_device(region, &device);
	}
	if (r == 0 && is_printable(name) && !strpbrk(name, " \\")) {
		r = copy_text(&region->identity, "virtio-mem:%s", name);
		region->identity_code = r;
	}
	free(path);
	return r;
}

/* May the driver also give back memory that is online (parameter since 5.16)? */
static int add_setting(struct finder *finder, struct mhp_region *region)
{
	struct sysfs_dir dir = { 0 };
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_open(finder->ctx, SETTING_PATH, &dir);
	if (r == 0)
		r = attr_read(&dir, "unplug_online", true, buf, finder->problems);
	sysfs_close(&dir);
	if (r == -ENOENT || r == -ENODATA)
		return 0;
	return r == -ENOMEM ? r : region_add_fact(region, "unplug_online", r, buf);
}

static int read_device(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region)
{
	struct finder *finder = bus->finder;
	int r;

	r = is_virtio_mem(dir, region, finder->problems);
	if (r <= 0)
		return r < 0 ? r : 1;
	r = find_ranges(finder, bus->data, region);
	if (r == 0 && finder->wants_identity)
		r = find_identity(finder, region);
	if (r == 0 && finder->wants_identity)
		r = add_setting(finder, region);
	/* it is the node of the blocks, once there are some */
	region->node_code = region->ranges_code < 0 ? region->ranges_code : -ENODATA;
	return r;
}

/* ---- the bus ---- */

/* What cannot be opened may be any kind of device. */
static const struct bus_type type = {
	.path = DEVICES_PATH,
	.is_name = is_virtio_name,
	.unread = {
		.kind = MHP_REGION_VIRTIO_MEM, .identity_code = -ENODATA,
		.device_state_code = -ENODATA,
	},
	.read = read_device,
};

static int find(struct finder *finder)
{
	struct owned_lines lines = { 0 };
	int r = bus_find(finder, &type, &lines);

	free(lines.list);
	return r;
}

static int find_again(struct finder *finder, const char *name)
{
	struct owned_lines lines = { 0 };
	int r = bus_find_again(finder, &type, name, &lines);

	free(lines.list);
	return r;
}

/* ---- what may be done to it ---- */

/* Memory without its driver: not even the host gets it back, nor is the device bound again. */
static void describe_stranded(struct mhp_region *region)
{
	for (enum mhp_capability i = MHP_CAN_PLUG; i <= MHP_CAN_UNPLUG; i++)
		region_cannot(region, i, MHP_CONFLICT_STRANDED,
			      "stayed behind when the driver was unbound from it", "reboot");
}

static int describe(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	static const char why[] = "is plugged and unplugged by the host only";

	/* nothing else tells which node its memory belongs to */
	region_find_node(region, snap);
	region_cannot(region, MHP_CAN_ONLINE_WHOLE, MHP_CONFLICT_NOT_ABLE,
		      "is onlined block by block only", NULL);
	region_cannot(region, MHP_CAN_PLUG, MHP_CONFLICT_HOST_DECIDES, why,
		      "ask the host for more");
	region_cannot(region, MHP_CAN_PLUG_BLOCKS, MHP_CONFLICT_HOST_DECIDES, why,
		      "ask the host for more, or less");
	region_cannot(region, MHP_CAN_UNPLUG, MHP_CONFLICT_HOST_DECIDES, why,
		      "ask the host for it; here it can be taken offline, or be made Movable");
	region_cannot(region, MHP_CAN_RELEASE, MHP_CONFLICT_HOST_DECIDES, why, NULL);
	if (region->driver_code == 0 && !region->driver && region->n_blocks)
		describe_stranded(region);
	if (region->ranges_code == 0 && !region->n_runs)
		for (enum mhp_capability i = MHP_CAN_ONLINE; i <= MHP_CAN_OFFLINE; i++)
			region_cannot(region, i, MHP_CONFLICT_NO_BLOCK,
				      "has no memory: the host gives it none now, or no driver "
				      "is bound to it", "ask the host for some");
	return 0;
}

/* Of a saved plan, too: nothing but the rule makes such a plan. */
static int plan_online_host(struct plan_part *part)
{
	int r = plan_find_kernel_zone(part);

	return r < 0 || part->plan->conflicts.count ? r : plan_online_by_blocks(part);
}

const struct provider provider_virtio_mem = {
	.kind = MHP_REGION_VIRTIO_MEM,
	.find = find,
	.find_again = find_again,
	.is_told_alone = true,
	.is_name = is_virtio_name,
	.describe = describe,
	.host_decides = true,
	.plan_online = plan_online_host,
	.plan_offline = plan_offline,
};
