// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Whose memory it is, better than the last snapshot knows it. Upon an event of a device
 * that one is read again. No event tells that a dax device without a driver was given another
 * size (drivers/dax/bus.c): where memory comes that would be such a one's, or nobody's,
 * all of them are read again, once for each event of a device at most.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor.h"
#include "provider.h"

/* Those of which the kernel tells, the deeper ones first. */
static const struct provider *const device_providers[] = {
	&provider_dax, &provider_cxl, &provider_virtio_mem,
};

bool monitor_is_device(const struct mhp_region *region)
{
	for (size_t i = 0; i < ARRAY_SIZE(device_providers); i++)
		if (device_providers[i]->kind == region->kind)
			return true;
	return false;
}

/* A dax device: nothing is made of it, while it is made of a CXL region. */
static bool is_deep(const struct mhp_region *region)
{
	return provider_of(region->kind)->changes_driver;
}

static bool is_above(const struct mhp_region *region)
{
	return !is_deep(region);
}

/* ---- whose ---- */

/* The deepest region of the snapshot with that block, be it there or not. */
static const struct mhp_region *find_in_snapshot(struct mhp_monitor *monitor, uint64_t id)
{
	const struct mhp_block *block = snapshot_find_block(monitor->snap, id);

	if (block)
		return mhp_snapshot_get_region(monitor->snap, block->region);
	return regions_find_block(&monitor->snap->regions, REGION_DEEP, id);
}

/* Of a region of the snapshot: is it gone, or has it been read again? */
static bool is_outdated(const struct mhp_monitor *monitor, const struct mhp_region *region)
{
	if (!monitor_is_device(region))
		return false;
	return !things_find(&monitor->things, region->name) ||
	       (is_deep(region) && regions_find_name(&monitor->regions, region->name));
}

const struct mhp_region *monitor_find_region(struct mhp_monitor *monitor, uint64_t id)
{
	const struct mhp_region *region, *known;

	region = regions_find_block(&monitor->regions, REGION_DEEP, id);
	if (region)
		return region;
	region = regions_find_block(&monitor->regions, REGION_ABOVE, id);
	known = find_in_snapshot(monitor, id);
	if (!known || is_outdated(monitor, known) || (region && !is_deep(known)))
		return region;
	return known;
}

const struct mhp_region *monitor_find_device(const struct mhp_monitor *monitor, const char *name)
{
	const struct mhp_region *region = regions_find_name(&monitor->regions, name);

	return region ? region : mhp_snapshot_find_region(monitor->snap, name);
}

bool monitor_has_read(const struct mhp_monitor *monitor, const struct mhp_region *region)
{
	return region && regions_find_name(&monitor->regions, region->name) == region;
}

/* ---- as they are now ---- */

/* One of them, or all that there are. -ENOMEM; what cannot be read is not found. */
static int look_at(struct mhp_monitor *monitor, const char *name, struct regions *ret)
{
	struct problems problems = { 0 };
	struct finder finder = {
		.ctx = monitor->ctx, .block_size = monitor->snap->block_size, .regions = ret,
		.problems = &problems,
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(device_providers) && r != -ENOMEM; i++) {
		const struct provider *provider = device_providers[i];

		if (!name)
			r = provider->find(&finder);
		else if (provider->is_name(name))
			r = provider->find_again(&finder, name);
	}
	finder_end(&finder);
	problems_free(&problems);
	return r == -ENOMEM ? r : 0;
}

/* Of those that are known already those that were found again. */
static void drop_found(struct regions *regions, const struct regions *found)
{
	size_t kept = 0;

	regions_forget_index(regions);
	for (size_t i = 0; i < regions->count; i++)
		if (regions_find_name(found, regions->list[i].name))
			region_free_members(&regions->list[i]);
		else
			regions->list[kept++] = regions->list[i];
	regions->count = kept;
}

static int index_known(struct mhp_monitor *monitor)
{
	struct regions *regions = &monitor->regions;

	return regions->index.by_name || !regions->count ? 0 :
	       regions_make_index(regions, is_above);
}

/*
 * Those that were not found stay behind the others: one that has just gone may be what
 * messages that wait are about, until one tells that it went.
 */
static int keep(struct mhp_monitor *monitor, struct regions *found)
{
	struct regions *old = &monitor->regions;
	int r = regions_make_index(found, is_above);

	if (r == 0)
		drop_found(old, found);
	for (size_t i = 0; i < old->count && r == 0; i++) {
		struct mhp_region region = old->list[i];

		old->list[i] = (struct mhp_region){ .kind = region.kind };
		r = regions_add(found, &region);
	}
	regions_free(old);
	if (r < 0)
		regions_free(found);
	*old = *found;
	return r < 0 ? r : index_known(monitor);
}

static int read_again(struct mhp_monitor *monitor, const char *name)
{
	struct regions found = { 0 };
	int r = look_at(monitor, name, &found);

	if (r < 0) {
		regions_free(&found);
		return r;
	}
	monitor->event.region = NULL;
	monitor->event.owner = NULL;
	return keep(monitor, &found);
}

int monitor_read_device(struct mhp_monitor *monitor, const char *name)
{
	monitor->is_settled = false;
	return read_again(monitor, name);
}

/* Nobody else makes blocks but a driver that has the device; a CXL region's makes a device. */
static bool is_sure(const struct mhp_region *region)
{
	return region && region->kind != MHP_REGION_CXL && (!is_deep(region) || region->driver);
}

/* A dax device as it was before its driver had it: is it that one's now? */
static int look_at_owner(struct mhp_monitor *monitor, const struct mhp_region *region)
{
	char name[EVENT_NAME_SIZE];

	/* the region goes meanwhile */
	if (!region || !is_deep(region) || !copy_name(name, region->name))
		return 0;
	return read_again(monitor, name);
}

/* One after the other is bound: to read all of them for each would be quadratic. */
int monitor_settle_block(struct mhp_monitor *monitor, uint64_t id)
{
	const struct mhp_region *region = monitor_find_region(monitor, id);
	int r;

	if (monitor->is_settled || is_sure(region))
		return 0;
	r = look_at_owner(monitor, region);
	if (r < 0 || is_sure(monitor_find_region(monitor, id)))
		return r;
	r = read_again(monitor, NULL);
	monitor->is_settled = r == 0;
	return r;
}

int monitor_drop_device(struct mhp_monitor *monitor, const char *name)
{
	struct mhp_region *region = regions_find_name(&monitor->regions, name);
	struct regions *regions = &monitor->regions;

	monitor->is_settled = false;
	monitor->event.region = NULL;
	monitor->event.owner = NULL;
	if (region) {
		region_free_members(region);
		*region = regions->list[--regions->count];
		regions_forget_index(regions);
	}
	return index_known(monitor);
}

void monitor_forget_devices(struct mhp_monitor *monitor)
{
	regions_free(&monitor->regions);
	monitor->is_settled = false;
	monitor->event.region = NULL;
	monitor->event.owner = NULL;
}
