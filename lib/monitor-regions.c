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

static struct mhp_region *find_name(const struct regions *regions, const char *name)
{
	for (size_t i = 0; i < regions->count; i++)
		if (is_same(regions->list[i].name, name))
			return &regions->list[i];
	return NULL;
}

/* ---- whose ---- */

static const struct mhp_region *find_read(const struct regions *regions, uint64_t id, bool deep)
{
	for (size_t i = 0; i < regions->count; i++)
		if (is_deep(&regions->list[i]) == deep &&
		    region_has_block(&regions->list[i], id))
			return &regions->list[i];
	return NULL;
}

/* The deepest region of the snapshot with that block, be it there or not. */
static const struct mhp_region *find_in_snapshot(struct mhp_monitor *monitor, uint64_t id)
{
	const struct regions *regions = &monitor->snap->regions;
	const struct mhp_block *block = snapshot_find_block(monitor->snap, id);

	if (block)
		return mhp_snapshot_get_region(monitor->snap, block->region);
	/* blocks of one region come one after another */
	if (monitor->last_region < regions->count &&
	    region_has_block(&regions->list[monitor->last_region], id))
		return &regions->list[monitor->last_region];
	for (size_t i = 0; i < regions->count; i++)
		if (!regions->list[i].has_children && region_has_block(&regions->list[i], id)) {
			monitor->last_region = i;
			return &regions->list[i];
		}
	return NULL;
}

/* Of a region of the snapshot: is it gone, or has it been read again? */
static bool is_outdated(const struct mhp_monitor *monitor, const struct mhp_region *region)
{
	if (!monitor_is_device(region))
		return false;
	return !things_find(&monitor->things, region->name) ||
	       (is_deep(region) && find_name(&monitor->regions, region->name));
}

const struct mhp_region *monitor_find_region(struct mhp_monitor *monitor, uint64_t id)
{
	const struct mhp_region *region = find_read(&monitor->regions, id, true), *known;

	if (region)
		return region;
	region = find_read(&monitor->regions, id, false);
	known = find_in_snapshot(monitor, id);
	if (!known || is_outdated(monitor, known) || (region && !is_deep(known)))
		return region;
	return known;
}

const struct mhp_region *monitor_find_device(const struct mhp_monitor *monitor, const char *name)
{
	const struct mhp_region *region = find_name(&monitor->regions, name);

	return region ? region : mhp_snapshot_find_region(monitor->snap, name);
}

bool monitor_has_read(const struct mhp_monitor *monitor, const struct mhp_region *region)
{
	return region && find_name(&monitor->regions, region->name) == region;
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

/*
 * Those that were not found stay behind the others: one that has just gone may be what
 * messages that wait are about, until one tells that it went.
 */
static int keep(struct mhp_monitor *monitor, struct regions *found)
{
	struct regions *old = &monitor->regions;
	int r = 0;

	for (size_t i = 0; i < old->count && r == 0; i++) {
		struct mhp_region region = old->list[i];

		if (find_name(found, region.name))
			continue;
		old->list[i] = (struct mhp_region){ .kind = region.kind };
		r = regions_add(found, &region);
	}
	regions_free(old);
	if (r < 0)
		regions_free(found);
	*old = *found;
	return r;
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

int monitor_settle_block(struct mhp_monitor *monitor, uint64_t id)
{
	int r;

	if (monitor->is_settled || is_sure(monitor_find_region(monitor, id)))
		return 0;
	r = read_again(monitor, NULL);
	monitor->is_settled = r == 0;
	return r;
}

void monitor_drop_device(struct mhp_monitor *monitor, const char *name)
{
	struct mhp_region *region = find_name(&monitor->regions, name);
	struct regions *regions = &monitor->regions;

	monitor->is_settled = false;
	monitor->event.region = NULL;
	monitor->event.owner = NULL;
	if (!region)
		return;
	region_free_members(region);
	*region = regions->list[--regions->count];
}

void monitor_forget_devices(struct mhp_monitor *monitor)
{
	regions_free(&monitor->regions);
	monitor->is_settled = false;
	monitor->event.region = NULL;
	monitor->event.owner = NULL;
}
