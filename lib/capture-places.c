// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where the things are that a capture is made of: all that libmhp reads, and what
 * the simulated machine acts on.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "names.h"
#include "parse.h"

#define DEVICES "/sys/devices/"
#define MAX_NAME 255

static const struct {
	const char *path;
	enum take take;
} fixed_places[] = {
	{ "/proc/cmdline", TAKE_FILES },
	{ "/proc/iomem", TAKE_FILES },
	{ "/proc/sys/kernel/osrelease", TAKE_FILES },
	{ "/proc/zoneinfo", TAKE_FILES },
	{ "/sys/bus/cxl", TAKE_ALL },
	{ DAX_BUS_PATH, TAKE_ALL },
	{ "/sys/bus/virtio/drivers/virtio_mem", TAKE_ALL },
	{ MEMORY_PATH, TAKE_ALL },
	{ NODE_PATH, TAKE_ALL },
	{ TIERS_PATH, TAKE_ALL },
	{ "/sys/firmware/acpi/hotplug/memory", TAKE_ALL },
	{ "/sys/firmware/devicetree/base/ibm,dynamic-reconfiguration-memory", TAKE_FILES },
	{ "/sys/firmware/memmap", TAKE_ALL },
	/* s390's storage */
	{ "/sys/firmware/memory", TAKE_ALL },
	{ "/sys/kernel/dlpar", TAKE_FILES },
	{ "/sys/kernel/mm/numa", TAKE_ALL },
	{ "/sys/kernel/uevent_seqnum", TAKE_FILES },
	{ MODULE_PATH "/dax_hmem/parameters", TAKE_ALL },
	{ MODULE_PATH "/memory_hotplug", TAKE_ALL },
	{ MODULE_PATH "/virtio_mem/parameters", TAKE_ALL },
};

/* Devices are taken at their real places, which their bus knows. */
static const struct bus {
	const char *path;
	const char *names;	/* fnmatch(3) */
	const char *attr;	/* those with another number here are not wanted; NULL: all are */
	uint64_t number;
} buses[] = {
	{ "/sys/bus/acpi/devices", "PNP0C80:*", NULL, 0 },
	{ "/sys/bus/cxl/devices", "*", NULL, 0 },
	{ DAX_DEVICES_PATH, "dax*", NULL, 0 },
	/* include/uapi/linux/virtio_ids.h: VIRTIO_ID_MEM */
	{ "/sys/bus/virtio/devices", "virtio*", "device", 24 },
};

/* Whose own files tell more about the devices below them. PCI's do, too much. */
static const char *const parent_buses[] = { "cxl", "platform" };

/* In whatever directory: large, always changing, or of no use. */
static const char *const left_out[] = {
	"hugepages", "meminfo", "ndbus*", "numastat", "power", "vmstat", "wakeup",
	/* PCI's: reading an I/O port, or the vital product data, does something */
	"config", "resource[0-9]*", "rom", "vpd",
	/* CXL's upload of firmware */
	"firmware",
};

/* Dangerous to open, some of them, even where a mode says otherwise. */
static const char *const never_read[] = {
	"*_offline_page", "bind", "compact", "delete", "delete_region", "drivers_probe",
	"eject", "flush", "mapping", "new_id", "probe", "reclaim", "remove_id", "trigger_*",
	"unbind",
};

static bool matches(const char *const *patterns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

bool is_left_out(const char *dir, const char *name)
{
	/* s390's storage has such files too */
	if (!strncmp(dir, "/sys/firmware/memory/", strlen("/sys/firmware/memory/")))
		return false;
	return matches(left_out, ARRAY_SIZE(left_out), name);
}

bool is_never_read(const char *name)
{
	return matches(never_read, ARRAY_SIZE(never_read), name);
}

bool is_capture_name(const char *name)
{
	size_t length = strlen(name);

	for (const char *at = name; *at; at++)
		if (*at <= ' ' || *at > '~' || *at == '/')
			return false;
	return length && length <= MAX_NAME && name[length - 1] != ':' && strcmp(name, ".") &&
	       strcmp(name, "..");
}

/* ---- the list ---- */

static bool is_capture_path(const char *path)
{
	char name[MAX_NAME + 1];

	if (strlen(path) >= MHP_PATH_SIZE)
		return false;
	while (*path == '/') {
		size_t length = strcspn(++path, "/");

		if (length > MAX_NAME)
			return false;
		memcpy(name, path, length);
		name[length] = '\0';
		if (!is_capture_name(name))
			return false;
		path += length;
	}
	return !*path;
}

int places_add(struct places *places, const char *path, enum take take, char *text, int code)
{
	struct place place = { .take = take, .text = text, .code = code };
	struct place *list;

	if (!is_capture_path(path)) {
		free(text);
		return 0;
	}
	place.path = strdup(path);
	if (place.path && places->count == places->room) {
		size_t room = places->room ? 2 * places->room : 64;

		list = reallocarray(places->list, room, sizeof(*list));
		if (list) {
			places->list = list;
			places->room = room;
		}
	}
	if (!place.path || places->count == places->room) {
		free(place.path);
		free(text);
		return -ENOMEM;
	}
	places->list[places->count++] = place;
	return 0;
}

static void place_free(struct place *place)
{
	free(place->path);
	free(place->text);
}

void places_free(struct places *places)
{
	for (size_t i = 0; i < places->count; i++)
		place_free(&places->list[i]);
	free(places->list);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return compare_paths(x->path, strlen(x->path), y->path, strlen(y->path));
}

static void sort_places(struct places *places)
{
	size_t kept = 0;

	if (places->count)
		qsort(places->list, places->count, sizeof(*places->list), compare_places);
	for (size_t i = 0; i < places->count; i++) {
		struct place *place = &places->list[i];
		struct place *last = kept ? &places->list[kept - 1] : NULL;

		if (!last || strcmp(last->path, place->path)) {
			places->list[kept++] = *place;
			continue;
		}
		if (place->take > last->take)
			last->take = place->take;
		place_free(place);
	}
	places->count = kept;
}

/* ---- devices ---- */

/* Is the device, at this path, one of those that are wanted of the bus? */
static int is_wanted(struct mhp_ctx *ctx, const struct bus *bus, const char *path, bool *ret)
{
	char buf[MHP_ATTR_SIZE + 1];
	struct sysfs_dir dir = { 0 };
	uint64_t number;
	int r;

	*ret = !bus->attr;
	if (!bus->attr)
		return 0;
	r = sysfs_open(ctx, path, &dir);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = sysfs_read(&dir, bus->attr, buf);
	/* what says nothing that is understood may be one: its driver tells */
	*ret = r < 0 || parse_0x_hex(buf, &number) < 0 || number == bus->number;
	sysfs_close(&dir);
	return r == -ENOMEM ? r : 0;
}

static int is_on_bus(struct mhp_ctx *ctx, const char *path, bool *ret)
{
	struct sysfs_dir dir = { 0 };
	char *bus = NULL;
	int r;

	*ret = false;
	r = sysfs_open(ctx, path, &dir);
	if (r == 0)
		r = sysfs_read_link_name(&dir, "subsystem", &bus);
	sysfs_close(&dir);
	for (size_t i = 0; i < ARRAY_SIZE(parent_buses) && r == 0; i++)
		*ret |= !strcmp(bus, parent_buses[i]);
	free(bus);
	return r == -ENOMEM ? r : 0;
}

/* The device, what it is on, and the DAX region that it is a piece of. */
static int add_device(struct mhp_ctx *ctx, struct places *places, const char *path)
{
	char *copy = strdup(path), *text, *slash;
	bool on_bus;
	int r;

	if (!copy)
		return -ENOMEM;
	r = places_add(places, copy, TAKE_ALL, NULL, 0);
	for (slash = strrchr(copy, '/'); r == 0 && slash > copy + strlen(DEVICES);
	     slash = strrchr(copy, '/')) {
		text = NULL;
		*slash = '\0';
		if (copy_text(&text, "%s/dax_region", copy) < 0)
			r = -ENOMEM;
		else
			r = places_add(places, text, TAKE_ALL, NULL, 0);
		free(text);
		if (r == 0)
			r = is_on_bus(ctx, copy, &on_bus);
		if (r == 0 && on_bus)
			r = places_add(places, copy, TAKE_FILES, NULL, 0);
	}
	free(copy);
	return r;
}

struct bus_scan {
	const struct bus *bus;
	struct sysfs_dir dir;
	struct places *places;
};

/*
 * A device's link may lead anywhere in a broken tree, and be as long as a path: each directory of
 * it is a place of its own.
 */
static bool is_device_path(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	unsigned int depth = 0;

	for (const char *at = path; *at; at++)
		depth += *at == '/';
	return !strncmp(path, DEVICES, strlen(DEVICES)) && slash && !strcmp(slash + 1, name) &&
	       depth <= MAX_DEPTH;
}

static int take_device(void *data, const char *name)
{
	struct bus_scan *scan = data;
	char *path = NULL, *link = NULL;
	bool wanted;
	int r;

	if (fnmatch(scan->bus->names, name, 0) || !is_capture_name(name))
		return 0;
	r = sysfs_copy_link_path(&scan->dir, name, &path);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = is_wanted(scan->dir.ctx, scan->bus, path, &wanted);
	if (r < 0 || !wanted)
		goto out;
	r = copy_text(&link, "%s/%s", scan->bus->path, name);
	if (r == 0)
		r = places_add(scan->places, link, TAKE_FILES, NULL, 0);
	if (r == 0 && is_device_path(path, name))
		r = add_device(scan->dir.ctx, scan->places, path);
out:
	free(link);
	free(path);
	return r;
}

static int add_devices(struct mhp_ctx *ctx, const struct bus *bus, struct places *places)
{
	struct bus_scan scan = { .bus = bus, .places = places };
	int r;

	r = sysfs_open(ctx, bus->path, &scan.dir);
	if (r == 0)
		r = sysfs_list(&scan.dir, "", take_device, &scan);
	sysfs_close(&scan.dir);
	return r == -ENOMEM ? r : 0;
}

int places_find(struct mhp_ctx *ctx, bool identity, struct places *places)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fixed_places) && r == 0; i++)
		r = places_add(places, fixed_places[i].path, fixed_places[i].take, NULL, 0);
	for (size_t i = 0; i < ARRAY_SIZE(buses) && r == 0; i++)
		r = add_devices(ctx, &buses[i], places);
	if (r == 0)
		r = places_add_udev(ctx, places);
	if (r == 0)
		r = places_add_policy(ctx, identity, places);
	sort_places(places);
	return r;
}
