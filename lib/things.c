// SPDX-License-Identifier: LGPL-2.1-or-later
/* Nodes, memory tiers and devices that a monitor knows: few, and sorted by name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor.h"

/* The first one whose name is not before it. */
static size_t find_place(const struct things *things, const char *name)
{
	size_t low = 0, high = things->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(things->list[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_at(const struct things *things, size_t place, const char *name)
{
	return place < things->count && !strcmp(things->list[place].name, name);
}

const struct thing *things_find(const struct things *things, const char *name)
{
	size_t place = find_place(things, name);

	return is_at(things, place, name) ? &things->list[place] : NULL;
}

static int make_room(struct things *things)
{
	size_t room = things->room ? 2 * things->room : 16;
	struct thing *list;

	if (things->count < things->room)
		return 0;
	list = reallocarray(things->list, room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	things->list = list;
	things->room = room;
	return 0;
}

static int insert(struct things *things, size_t place)
{
	struct thing *at;
	int r = make_room(things);

	if (r < 0)
		return r;
	at = &things->list[place];
	memmove(at + 1, at, (things->count - place) * sizeof(*at));
	things->count++;
	return 0;
}

int things_set(struct things *things, enum subject subject, const char *name, const char *driver,
	       bool is_probed)
{
	size_t place = find_place(things, name);
	struct thing *thing;
	int r;

	if (!is_at(things, place, name)) {
		r = insert(things, place);
		if (r < 0)
			return r;
		thing = &things->list[place];
		*thing = (struct thing){ .subject = subject };
		copy_name(thing->name, name);
	}
	thing = &things->list[place];
	if (driver) {
		copy_name(thing->driver, driver);
		thing->is_probed = is_probed;
	}
	return 0;
}

void things_remove(struct things *things, const char *name)
{
	size_t place = find_place(things, name);
	struct thing *at = &things->list[place];

	if (!is_at(things, place, name))
		return;
	things->count--;
	memmove(at, at + 1, (things->count - place) * sizeof(*at));
}

void things_doubt(struct things *things)
{
	for (size_t i = 0; i < things->count; i++)
		things->list[i].is_probed = false;
}

void things_free(struct things *things)
{
	free(things->list);
	*things = (struct things){ 0 };
}

/* ---- those that there are ---- */

/*
 * Of many the place of each is not looked for: sort() puts all of them right. No name comes
 * twice.
 */
static int append(struct things *things, enum subject subject, const char *name,
		  const char *driver)
{
	struct thing *thing;
	int r = make_room(things);

	if (r < 0)
		return r;
	thing = &things->list[things->count++];
	*thing = (struct thing){ .subject = subject };
	copy_name(thing->name, name);
	if (driver)
		copy_name(thing->driver, driver);
	return 0;
}

static int compare_things(const void *a, const void *b)
{
	const struct thing *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void sort(struct things *things)
{
	if (things->count)
		qsort(things->list, things->count, sizeof(*things->list), compare_things);
}

static int read_nodes(const struct mhp_snapshot *snap, struct things *things)
{
	char name[EVENT_NAME_SIZE];
	int r = 0;

	for (size_t i = 0; i < snap->n_nodes && r == 0; i++) {
		snprintf(name, sizeof(name), "node%d", snap->nodes[i].id);
		r = append(things, SUBJECT_NODE, name, NULL);
	}
	return r;
}

/* One that cannot be read is as it was known. */
static const char *driver_of(const struct mhp_region *region, const struct things *known)
{
	const struct thing *thing = region->driver_code < 0 ? things_find(known, region->name) :
							      NULL;

	return thing ? thing->driver : region->driver;
}

static int read_devices(const struct mhp_snapshot *snap, const struct things *known,
			struct things *things)
{
	int r = 0;

	for (size_t i = 0; i < snap->regions.count && r == 0; i++) {
		const struct mhp_region *region = &snap->regions.list[i];
		char name[EVENT_NAME_SIZE];

		if (monitor_is_device(region) && copy_name(name, region->name))
			r = append(things, SUBJECT_DEVICE, name, driver_of(region, known));
	}
	return r;
}

static int take_tier(void *data, const char *name)
{
	char copy[EVENT_NAME_SIZE];
	int tier;

	if (parse_tier_name(name, &tier) < 0 || !copy_name(copy, name))
		return 0;
	return things_set(data, SUBJECT_TIER, copy, NULL, false);
}

static int read_tiers(struct mhp_ctx *ctx, struct things *things)
{
	struct sysfs_dir dir;
	int r;

	r = sysfs_open(ctx, TIERS_PATH, &dir);
	if (r < 0)
		return r;
	r = sysfs_list(&dir, "", take_tier, things);
	sysfs_close(&dir);
	return r;
}

/* code: why those of the subject, or some, could not be listed; -ENOENT: there are none. */
static int keep_known(const struct things *known, enum subject subject, int code,
		      struct things *things)
{
	int r = code == -ENOMEM ? code : 0;

	for (size_t i = 0; i < known->count && code < 0 && code != -ENOENT && r == 0; i++) {
		const struct thing *thing = &known->list[i];

		if (thing->subject == subject && !things_find(things, thing->name))
			r = things_set(things, subject, thing->name, thing->driver, false);
	}
	return r;
}

int things_read(struct mhp_ctx *ctx, const struct mhp_snapshot *snap, const struct things *known,
		struct things *ret)
{
	struct things things = { 0 };
	int r;

	r = read_nodes(snap, &things);
	if (r == 0)
		r = read_devices(snap, known, &things);
	sort(&things);
	if (r == 0)
		r = keep_known(known, SUBJECT_NODE, snap->nodes_code, &things);
	if (r == 0)
		r = keep_known(known, SUBJECT_DEVICE, snap->regions.code, &things);
	if (r == 0)
		r = keep_known(known, SUBJECT_TIER, read_tiers(ctx, &things), &things);
	if (r < 0) {
		things_free(&things);
		return r;
	}
	*ret = things;
	return 0;
}
