// SPDX-License-Identifier: LGPL-2.1-or-later
/* Devices of a bus, each of which may be a region. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* ---- names ---- */

struct listing {
	struct name_list *names;
	bool (*is_name)(const char *name);
};

static int take_name(void *data, const char *name)
{
	const struct listing *listing = data;
	struct name_list *names = listing->names;
	char **list;

	if (!listing->is_name(name))
		return 0;
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 16;

		list = reallocarray(names->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		names->list = list;
		names->room = room;
	}
	names->list[names->count] = strdup(name);
	if (!names->list[names->count])
		return -ENOMEM;
	names->count++;
	return 0;
}

static int compare_by_number(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct name_list *names, int (*compare)(const void *a, const void *b))
{
	if (names->count)
		qsort(names->list, names->count, sizeof(*names->list), compare);
}

int names_list(struct sysfs_dir *dir, bool (*is_name)(const char *name), struct name_list *ret)
{
	struct listing listing = { ret, is_name };
	int r = sysfs_list(dir, "", take_name, &listing);

	sort(ret, compare_by_number);
	return r;
}

void names_free(struct name_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct name_list){ 0 };
}

/* ---- devices ---- */

/* One whose directory cannot be opened. */
static int keep_unknown(struct bus *bus, struct mhp_region *region, int code)
{
	int r;

	r = problems_add(bus->finder->problems, code, NULL, bus->dir.path, region->name);
	if (!bus->type->set_unknown)
		return r < 0 ? r : 1;
	bus->type->set_unknown(region, code);
	if (r == 0 && !region->path)
		r = copy_text(&region->path, "%s/%s", bus->dir.path, region->name);
	return r;
}

static int add_device(struct bus *bus, const char *name)
{
	struct mhp_region region = bus->type->unread;
	struct sysfs_dir dir = { 0 };
	int r;

	region.name = strdup(name);
	if (!region.name)
		return -ENOMEM;
	r = sysfs_copy_link_path(&bus->dir, name, &region.path);
	if (r == 0)
		r = sysfs_open(bus->dir.ctx, region.path, &dir);
	if (r == 0)
		r = bus->type->read(bus, &dir, &region);
	else if (r == -ENOENT && sysfs_exists(&bus->dir, name) == -ENOENT)
		r = 1;		/* went away meanwhile */
	else if (r != -ENOMEM)
		r = keep_unknown(bus, &region, r);
	sysfs_close(&dir);
	if (r == 0)
		return regions_add(bus->finder->regions, &region);
	region_free_members(&region);
	return r < 0 ? r : 0;
}

int bus_find(struct finder *finder, const struct bus_type *type, void *data)
{
	struct bus bus = { .type = type, .finder = finder, .data = data };
	struct name_list names = { 0 };
	int r;

	r = sysfs_open(finder->ctx, type->path, &bus.dir);
	if (r == -ENOENT)
		return 0;	/* no such bus */
	if (r == 0)
		r = names_list(&bus.dir, type->is_name, &names);
	if (r < 0 && r != -ENOMEM) {
		finder->regions->code = r;
		r = problems_add(finder->problems, r, NULL, type->path, "");
	}
	if (type->compare)
		sort(&names, type->compare);
	for (size_t i = 0; i < names.count && r == 0; i++)
		r = add_device(&bus, names.list[i]);
	names_free(&names);
	sysfs_close(&bus.dir);
	return r;
}

int bus_find_again(struct finder *finder, const struct bus_type *type, const char *name,
		   void *data)
{
	struct bus bus = { .type = type, .finder = finder, .data = data };
	int r;

	r = sysfs_open(finder->ctx, type->path, &bus.dir);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = add_device(&bus, name);
	sysfs_close(&bus.dir);
	return r;
}
