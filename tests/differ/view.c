// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The view of a machine: everything that is compared after each operation, as
 * lines "KEY: VALUE". Read from a real kernel and from the simulated machine by
 * the same calls. It is taken very often, in guests without KVM: what never
 * changes while a thing is there is only read when it comes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"
#include "parse.h"

#define BLOCK_BYTES_MAX 32

/* the directories that are kept open */
enum dir { DIR_MEMORY, DIR_NODE, DIR_DAX, DIR_POLICY, DIR_TIERS, DIR_PROC };
static const char *const dir_paths[] = {
	[DIR_MEMORY] = "/sys/devices/system/memory",
	[DIR_NODE] = "/sys/devices/system/node",
	[DIR_DAX] = "/sys/bus/dax",
	[DIR_POLICY] = "/sys/module/memory_hotplug/parameters",
	[DIR_TIERS] = "/sys/devices/virtual/memory_tiering",
	[DIR_PROC] = "/proc",
};

struct viewer {
	struct subject *subject;
	const struct lines *before;
	struct lines *lines;
	uint64_t block_pages;
	struct links *links;
};

/* The blocks that a node's directory has. */
struct links {
	struct {
		uint64_t block;
		int node;
	} *list;
	size_t count;
	int node;
};

static struct mhp_dir *get_dir(struct subject *subject, enum dir which)
{
	if (!subject->dirs[which])
		subject->be->ops->open_dir(subject->be, dir_paths[which], &subject->dirs[which]);
	return subject->dirs[which];
}

__attribute__((format(printf, 2, 3)))
static void say(struct viewer *viewer, const char *format, ...)
{
	va_list args;
	char *line;
	int r;

	va_start(args, format);
	r = vasprintf(&line, format, args);
	va_end(args);
	lines_add(viewer->lines, must(r < 0 ? NULL : line));
}

/* Text of an attribute without its newline, or "<ENOENT>". False: that. */
static bool get(struct subject *subject, struct mhp_dir *dir, const char *name, char *text,
		size_t size)
{
	size_t length;
	int r = dir ? subject->be->ops->read(subject->be, dir, name, text, size - 1, &length) :
		      -ENOENT;

	if (r < 0) {
		snprintf(text, size, "<%s>", code_text(r));
		return false;
	}
	text[length] = '\0';
	if (length && text[length - 1] == '\n')
		text[length - 1] = '\0';
	return true;
}

static void list(struct subject *subject, struct mhp_dir *dir, const char *name, mhp_list_fn fn,
		 void *data)
{
	if (dir)
		(void)subject->be->ops->list(subject->be, dir, name, fn, data);
}

/* A line of the view before, whose key begins so? */
static const char *find_before(const struct viewer *viewer, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; viewer->before && i < viewer->before->count; i++)
		if (!strncmp(viewer->before->str[i], key, length) &&
		    viewer->before->str[i][length] == ':')
			return viewer->before->str[i];
	return NULL;
}

/* ---- nodes ---- */

static int note_link(void *data, const char *name)
{
	struct links *links = data;
	uint64_t id;

	if (parse_block_name(name, &id) < 0)
		return 0;
	if (!(links->count & (links->count - 1)))
		links->list = must(reallocarray(links->list, links->count ? links->count * 2 : 1,
						sizeof(*links->list)));
	links->list[links->count].block = id;
	links->list[links->count++].node = links->node;
	return 0;
}

static int view_node(void *data, const char *name)
{
	struct viewer *viewer = data;
	struct mhp_dir *dir = get_dir(viewer->subject, DIR_NODE);
	char path[64], text[256];

	if (parse_node_name(name, &viewer->links->node) < 0)
		return 0;
	list(viewer->subject, dir, name, note_link, viewer->links);
	snprintf(path, sizeof(path), "%.32s/distance", name);
	get(viewer->subject, dir, path, text, sizeof(text));
	say(viewer, "%s/distance: %s", name, text);
	return 0;
}

static void view_nodes(struct viewer *viewer)
{
	static const char *const files[] = { "has_memory", "has_normal_memory", "online" };
	struct mhp_dir *dir = get_dir(viewer->subject, DIR_NODE);
	char text[256];

	list(viewer->subject, dir, "", view_node, viewer);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		get(viewer->subject, dir, files[i], text, sizeof(text));
		say(viewer, "nodes %s: %s", files[i], text);
	}
}

/* ---- blocks ---- */

/* " node1", and whether the block's directory agrees; false: it is on no node. */
static bool add_nodes(struct viewer *viewer, const char *name, uint64_t id, struct buf *buf)
{
	const struct links *links = viewer->links;
	struct mhp_dir *dir = get_dir(viewer->subject, DIR_MEMORY);
	const struct mhp_backend_ops *ops = viewer->subject->be->ops;
	bool found = false;
	char path[96];

	for (size_t i = 0; i < links->count; i++) {
		if (links->list[i].block != id)
			continue;
		snprintf(path, sizeof(path), "%.40s/node%d", name, links->list[i].node);
		if (ops->exists(viewer->subject->be, dir, path) == 0)
			found = true;
		else
			buf_add_str(buf, " unlinked");
		buf_add(buf, " node%d", links->list[i].node);
	}
	return found;
}

/* What never changes is only told where it is not as it must be. */
static void add_constants(struct viewer *viewer, const char *name, uint64_t id, struct buf *buf)
{
	struct mhp_dir *dir = get_dir(viewer->subject, DIR_MEMORY);
	char path[96], text[64], wanted[24];

	if (find_before(viewer, name))
		return;
	snprintf(wanted, sizeof(wanted), "%08" PRIx64, id);
	snprintf(path, sizeof(path), "%.40s/phys_index", name);
	get(viewer->subject, dir, path, text, sizeof(text));
	if (strcmp(text, wanted))
		buf_add(buf, " phys_index=%s", text);
	snprintf(path, sizeof(path), "%.40s/removable", name);
	get(viewer->subject, dir, path, text, sizeof(text));
	if (strcmp(text, "1"))
		buf_add(buf, " removable=%s", text);
}

/* "memory34: offline node1 Normal Movable" */
static int view_block(void *data, const char *name)
{
	struct viewer *viewer = data;
	struct mhp_dir *dir = get_dir(viewer->subject, DIR_MEMORY);
	char path[96], text[64];
	struct buf buf = { 0 };
	uint64_t id;

	if (parse_block_name(name, &id) < 0)
		return 0;
	snprintf(path, sizeof(path), "%.40s/state", name);
	get(viewer->subject, dir, path, text, sizeof(text));
	buf_add(&buf, "%s: %s", name, text);
	snprintf(path, sizeof(path), "%.40s/online", name);
	if (get(viewer->subject, dir, path, text + 32, sizeof(text) - 32) &&
	    strcmp(text + 32, strcmp(text, "offline") ? "1" : "0"))
		buf_add(&buf, " online=%s", text + 32);
	/* Without the link, reading valid_zones can crash a kernel up to 6.12. */
	if (add_nodes(viewer, name, id, &buf)) {
		snprintf(path, sizeof(path), "%.40s/valid_zones", name);
		get(viewer->subject, dir, path, text, sizeof(text));
		buf_add(&buf, " %s", text);
	}
	add_constants(viewer, name, id, &buf);
	if (buf.failed)
		die("no memory");
	lines_add(viewer->lines, buf.str);
	return 0;
}

static void view_memory(struct viewer *viewer)
{
	struct mhp_dir *dir = get_dir(viewer->subject, DIR_MEMORY);
	char text[64];

	list(viewer->subject, dir, "", view_block, viewer);
	get(viewer->subject, dir, "auto_online_blocks", text, sizeof(text));
	say(viewer, "auto_online_blocks: %s", text);
}

static void view_policy(struct viewer *viewer)
{
	static const char *const files[] = {
		"auto_movable_numa_aware", "auto_movable_ratio", "online_policy",
	};
	struct mhp_dir *dir = get_dir(viewer->subject, DIR_POLICY);
	char text[64];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (get(viewer->subject, dir, files[i], text, sizeof(text)))
			say(viewer, "%s: %s", files[i], text);
}

/* ---- dax devices and their drivers ---- */

struct device {
	struct viewer *viewer;
	struct mhp_dir *dir;
	const char *name;
};

static int view_mapping(void *data, const char *name)
{
	struct device *device = data;
	struct subject *subject = device->viewer->subject;
	char path[64], start[40], end[40], offset[40];
	unsigned int index;

	if (parse_mapping_name(name, &index) < 0)
		return 0;
	snprintf(path, sizeof(path), "%.32s/start", name);
	get(subject, device->dir, path, start, sizeof(start));
	snprintf(path, sizeof(path), "%.32s/end", name);
	get(subject, device->dir, path, end, sizeof(end));
	snprintf(path, sizeof(path), "%.32s/page_offset", name);
	get(subject, device->dir, path, offset, sizeof(offset));
	say(device->viewer, "%s/%s: %s-%s offset %s", device->name, name, start, end, offset);
	return 0;
}

static void view_driver(struct device *device)
{
	struct subject *subject = device->viewer->subject;
	char target[512];
	const char *slash;

	if (subject->be->ops->read_link(subject->be, device->dir, "driver", target,
					sizeof(target)) < 0)
		return;
	slash = strrchr(target, '/');
	say(device->viewer, "%s/driver: %s", device->name, slash ? slash + 1 : target);
}

static void view_region(struct device *device)
{
	struct subject *subject = device->viewer->subject;
	struct mhp_dir *dir;
	unsigned int region;
	int length = 0;
	char path[128], text[64];

	/* One device of each region is enough. */
	if (sscanf(device->name, "dax%u.0%n", &region, &length) != 1 || !length ||
	    device->name[length])
		return;
	snprintf(path, sizeof(path), "/sys/bus/dax/devices/%.32s/../dax_region", device->name);
	if (subject->be->ops->open_dir(subject->be, path, &dir) < 0)
		return;
	if (get(subject, dir, "available_size", text, sizeof(text)))
		say(device->viewer, "region%u/available_size: %s", region, text);
	subject->be->ops->close_dir(subject->be, dir);
}

static int view_device(void *data, const char *name)
{
	static const char *const files[] = {
		"align", "memmap_on_memory", "size", "state", "target_node",
	};
	struct device device = { .viewer = data, .name = name };
	struct subject *subject = device.viewer->subject;
	char path[128], text[64];

	snprintf(path, sizeof(path), "/sys/bus/dax/devices/%.64s", name);
	if (subject->be->ops->open_dir(subject->be, path, &device.dir) < 0)
		return 0;
	view_driver(&device);
	view_region(&device);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (get(subject, device.dir, files[i], text, sizeof(text)))
			say(device.viewer, "%s/%s: %s", name, files[i], text);
	list(subject, device.dir, "", view_mapping, &device);
	subject->be->ops->close_dir(subject->be, device.dir);
	return 0;
}

static int view_bus_driver(void *data, const char *name)
{
	say(data, "driver %s: present", name);
	return 0;
}

static void view_dax(struct viewer *viewer)
{
	struct mhp_dir *dir = get_dir(viewer->subject, DIR_DAX);
	char text[64];

	if (!dir)
		return;
	list(viewer->subject, dir, "devices", view_device, viewer);
	list(viewer->subject, dir, "drivers", view_bus_driver, viewer);
	get(viewer->subject, dir, "drivers_autoprobe", text, sizeof(text));
	say(viewer, "drivers_autoprobe: %s", text);
}

static int view_tier(void *data, const char *name)
{
	struct viewer *viewer = data;
	char path[64], text[64];

	if (strncmp(name, "memory_tier", 11))
		return 0;
	snprintf(path, sizeof(path), "%.32s/nodelist", name);
	get(viewer->subject, get_dir(viewer->subject, DIR_TIERS), path, text, sizeof(text));
	say(viewer, "%s: %s", name, text);
	return 0;
}

/* ---- /proc ---- */

static char *get_proc(struct viewer *viewer, const char *name)
{
	struct subject *subject = viewer->subject;
	struct mhp_dir *dir = get_dir(subject, DIR_PROC);
	size_t length;
	char *text;
	int r = dir ? subject->be->ops->read_all(subject->be, dir, name, &text, &length) : -ENOENT;

	if (r < 0)
		die("/proc/%s: %s", name, code_text(r));
	return text;
}

static bool is_memory(const char *name)
{
	return !strncmp(name, "dax", 3) || !strncmp(name, "System RAM", 10);
}

#define MAX_LEVELS 16

/* "iomem 110000000-127ffffff System RAM (kmem): in dax0.0" */
static void view_iomem(struct viewer *viewer)
{
	char *text = get_proc(viewer, "iomem"), *rest = text, *line, *name;
	const char *names[MAX_LEVELS];

	while ((line = strsep(&rest, "\n"))) {
		size_t indent = strspn(line, " "), level = indent / 2;

		name = strstr(line, " : ");
		if (!name || level >= MAX_LEVELS)
			continue;
		*name = '\0';
		names[level] = name + 3;
		if (is_memory(name + 3))
			say(viewer, "iomem %s %s: %s%s", line + indent, name + 3,
			    level ? "in " : "at the top", level ? names[level - 1] : "");
	}
	free(text);
}

/* In blocks, and in pages ("4096p") what is none. */
static const char *as_blocks(const struct viewer *viewer, uint64_t pages, char buf[32])
{
	if (pages % viewer->block_pages)
		snprintf(buf, 32, "%" PRIu64 "p", pages);
	else
		snprintf(buf, 32, "%" PRIu64, pages / viewer->block_pages);
	return buf;
}

struct zone_line {
	int node;
	char name[24];
	uint64_t spanned, present, managed, start;
};

static void say_zone(struct viewer *viewer, const struct zone_line *zone)
{
	char start[32], spanned[32], present[32], managed[32];

	if (!zone->name[0] || !(zone->present | zone->managed))
		/* of an empty one the kernel does not say where it is */
		return;
	say(viewer, "node%d %s: from %s, spans %s, present %s, managed %s", zone->node, zone->name,
	    as_blocks(viewer, zone->start, start), as_blocks(viewer, zone->spanned, spanned),
	    as_blocks(viewer, zone->present, present), as_blocks(viewer, zone->managed, managed));
}

static void view_zones(struct viewer *viewer)
{
	char *text = get_proc(viewer, "zoneinfo"), *rest = text, *line;
	struct zone_line zone = { 0 }, next;

	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "Node %d, zone %23s", &next.node, next.name) == 2) {
			say_zone(viewer, &zone);
			zone = (struct zone_line){ .node = next.node };
			memcpy(zone.name, next.name, sizeof(zone.name));
			continue;
		}
		if (strncmp(line, "        ", 8) && strncmp(line, "  start_pfn:", 12))
			continue;
		(void)(sscanf(line, " spanned %" SCNu64, &zone.spanned) == 1 ||
		       sscanf(line, " present %" SCNu64, &zone.present) == 1 ||
		       sscanf(line, " managed %" SCNu64, &zone.managed) == 1 ||
		       sscanf(line, " start_pfn: %" SCNu64, &zone.start) == 1);
	}
	say_zone(viewer, &zone);
	free(text);
}

/* ---- the whole ---- */

static uint64_t block_pages(struct subject *subject)
{
	char text[BLOCK_BYTES_MAX];

	get(subject, get_dir(subject, DIR_MEMORY), "block_size_bytes", text, sizeof(text));
	return strtoull(text, NULL, 16) / PAGE_BYTES;
}

void view_take(struct subject *subject, const struct lines *before, struct lines *ret)
{
	struct links links = { 0 };
	struct viewer viewer = {
		.subject = subject, .before = before, .lines = ret, .links = &links,
		.block_pages = block_pages(subject),
	};

	*ret = (struct lines){ 0 };
	if (!viewer.block_pages)
		die("no memory blocks here");
	view_nodes(&viewer);
	view_memory(&viewer);
	view_policy(&viewer);
	view_dax(&viewer);
	list(subject, get_dir(subject, DIR_TIERS), "", view_tier, &viewer);
	view_iomem(&viewer);
	view_zones(&viewer);
	free(links.list);
	lines_sort(ret);
}

/* ---- changes ---- */

static size_t key_length(const char *line)
{
	return (size_t)(strstr(line, ": ") - line);
}

static char *get_key(const char *line)
{
	return must(strndup(line, key_length(line)));
}

void view_changes(const struct lines *before, const struct lines *after, struct lines *ret)
{
	size_t i = 0, j = 0;

	*ret = (struct lines){ 0 };
	while (i < before->count || j < after->count) {
		char *a = i < before->count ? get_key(before->str[i]) : NULL;
		char *b = j < after->count ? get_key(after->str[j]) : NULL;
		int order = !a ? 1 : !b ? -1 : strverscmp(a, b);

		if (order < 0) {
			lines_add(ret, text_new("%s: gone", a));
		} else if (order > 0 || strcmp(before->str[i], after->str[j])) {
			lines_add(ret, text_new("%s", after->str[j]));
		}
		i += order <= 0;
		j += order >= 0;
		free(a);
		free(b);
	}
}
