// SPDX-License-Identifier: LGPL-2.1-or-later
/* Is a region still what was planned for? Looks for it again, as its provider found it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "provider.h"

/*
 * Blocks that the host has taken meanwhile are found to be gone when it is their turn.
 * Those that are there have to be the region's.
 */
static bool has_all_present(struct apply *apply, const struct plan_part *part,
			    const struct mhp_region *region)
{
	char name[64];

	for (size_t i = part->first; i < part->first + part->count; i++) {
		uint64_t id = apply->plan->blocks[i].id;

		if (region_has_block(region, id))
			continue;
		snprintf(name, sizeof(name), "memory%" PRIu64, id);
		if (sysfs_exists(&apply->mem, name) != -ENOENT)
			return false;
	}
	return true;
}

/* Are all blocks of the part, and its units, still the region's? */
static bool holds_part(const struct mhp_region *region, const struct plan_part *part)
{
	size_t at = 0;

	for (size_t i = 0; i < part->n_runs; i++) {
		const struct block_run *run = &part->runs[i];

		while (at < region->n_runs &&
		       region->runs[at].first + region->runs[at].count <= run->first)
			at++;
		if (at == region->n_runs || run->first < region->runs[at].first ||
		    run->first + run->count > region->runs[at].first + region->runs[at].count)
			return false;
	}
	for (size_t i = 0; i < part->n_units; i++) {
		struct block_unit unit = region_unit_of(region, part->units[i].first);

		if (unit.first != part->units[i].first || unit.count != part->units[i].count ||
		    unit.handle != part->units[i].handle)
			return false;
	}
	return true;
}

static bool has_same_ranges(struct apply *apply, const struct found_region *was,
			    const struct mhp_region *region)
{
	if (was->part && was->provider->host_decides)
		return has_all_present(apply, was->part, region);
	if (was->part && was->provider->plugs_blocks)
		return holds_part(region, was->part);
	return region->n_runs == was->n_runs &&
	       (!was->n_runs ||
		!memcmp(region->runs, was->runs, was->n_runs * sizeof(*was->runs)));
}

/* The first one is the one that was planned for, if it still is. */
static const char *compare(struct apply *apply, const struct regions *found,
			   const struct found_region *was, int *ret_code)
{
	const struct mhp_region *region = found->count ? &found->list[0] : NULL;

	if (!region)
		return "is gone";
	if (region->ranges_code < 0 || region->driver_code < 0) {
		*ret_code = region->ranges_code < 0 ? region->ranges_code : region->driver_code;
		return "can no longer be read";
	}
	if (!was->any_driver && !is_same(region->driver, was->driver))
		return "has another driver now";
	if (!is_same(region->path, was->path) || !has_same_ranges(apply, was, region))
		return "has other ranges now";
	return NULL;
}

int find_moved(struct apply *apply, const struct found_region *was, const char **ret_moved,
	       int *ret_code)
{
	struct problems problems = { 0 };
	struct regions found = { 0 };
	struct finder finder = {
		.ctx = apply->ctx, .block_size = apply->plan->block_size, .regions = &found,
		.problems = &problems,
	};
	int r;

	*ret_moved = NULL;
	*ret_code = 0;
	if (!was->provider->find_again)
		return 0;
	r = was->provider->find_again(&finder, was->name);
	if (r == 0)
		*ret_moved = compare(apply, &found, was, ret_code);
	finder_end(&finder);
	regions_free(&found);
	problems_free(&problems);
	return r;
}
