// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which region owns a block: the deepest one that it lies in. Providers find their
 * regions one after the other, the deeper ones first, and each region owns what is left.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* ---- parents ---- */

/* Is path somewhere below the directory? */
static bool is_below(const char *path, const char *dir)
{
	size_t length = strlen(dir);

	return !strncmp(path, dir, length) && path[length] == '/';
}

/* A directory before all that is below it, and that before its neighbours. */
static int compare_paths(const void *a, const void *b)
{
	const char *x = (*(struct mhp_region *const *)a)->path;
	const char *y = (*(struct mhp_region *const *)b)->path;

	while (*x && *x == *y)
		x++, y++;
	return (*x == '/' ? 1 : (unsigned char)*x) - (*y == '/' ? 1 : (unsigned char)*y);
}

/* Sysfs says what is made from what by where it is. -ENOMEM */
static int find_parents(struct regions *regions)
{
	struct mhp_region **sorted = calloc(regions->count + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < regions->count; i++)
		sorted[i] = &regions->list[i];
	if (regions->count)
		qsort(sorted, regions->count, sizeof(*sorted), compare_paths);
	for (size_t i = 1; i < regions->count; i++) {
		const struct mhp_region *above = sorted[i - 1];

		while (above && !is_below(sorted[i]->path, above->path))
			above = above->parent;
		sorted[i]->parent = above;
		if (above)
			regions->list[above - regions->list].has_children = true;
	}
	free(sorted);
	return 0;
}

bool region_is_void(const struct mhp_region *region)
{
	return provider_of(region->kind)->changes_driver && region->ranges_code == 0 &&
	       !region->n_ranges;
}

bool region_is_counted(const struct mhp_snapshot *snap, const struct mhp_region *child)
{
	bool counted = true;

	for (size_t i = 0; i < snap->regions.count && counted && region_is_void(child); i++)
		counted = snap->regions.list[i].parent != child->parent ||
			  region_is_void(&snap->regions.list[i]);
	return counted;
}

/* ---- overlaps ---- */

struct owned_run {
	struct block_run run;
	size_t region;
};

static int compare_owned(const void *a, const void *b)
{
	const struct owned_run *x = a, *y = b;

	return x->run.first < y->run.first ? -1 : x->run.first > y->run.first;
}

static bool is_ancestor(const struct mhp_region *region, const struct mhp_region *other)
{
	while (region && region != other)
		region = region->parent;
	return region != NULL;
}

static void mark_overlap(struct mhp_region *a, struct mhp_region *b)
{
	if (is_ancestor(a, b) || is_ancestor(b, a))
		return;
	a->overlaps = b->overlaps = true;
}

/*
 * Two regions that claim the same block: no driver makes such, a broken tree may. A parent
 * claims what its children do, so that only those that have none are looked at.
 */
static int find_overlaps(struct regions *regions)
{
	struct owned_run *owned;
	size_t count = 0, n = 0, last = 0;

	for (size_t i = 0; i < regions->count; i++)
		count += regions->list[i].n_runs;
	owned = calloc(count ? count : 1, sizeof(*owned));
	if (!owned)
		return -ENOMEM;
	for (size_t i = 0; i < regions->count; i++)
		for (size_t j = 0; j < regions->list[i].n_runs && !regions->list[i].has_children &&
				   !provider_of(regions->list[i].kind)->is_remainder &&
				   !provider_of(regions->list[i].kind)->owns_managed_only; j++)
			owned[n++] = (struct owned_run){ regions->list[i].runs[j], i };
	qsort(owned, n, sizeof(*owned), compare_owned);
	for (size_t i = 1; i < n; i++) {
		if (owned[i].run.first < owned[last].run.first + owned[last].run.count)
			mark_overlap(&regions->list[owned[i].region],
				     &regions->list[owned[last].region]);
		/* the run that reaches farthest is the one to compare with */
		if (owned[i].run.first + owned[i].run.count >
		    owned[last].run.first + owned[last].run.count)
			last = i;
	}
	free(owned);
	return 0;
}

/* ---- blocks ---- */

/* Is the block in memory that a driver manages, and not memory from boot? */
static bool is_managed(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	struct range range = { block->id * snap->block_size, snap->block_size };

	return snap->iomem.code == 0 && iomem_find_driver(&snap->iomem, &range) != NULL;
}

static void own_blocks(struct mhp_snapshot *snap, size_t index)
{
	const struct mhp_region *region = &snap->regions.list[index];
	bool managed_only = provider_of(region->kind)->owns_managed_only;

	for (size_t i = 0; i < region->n_runs; i++) {
		size_t first = region->spans[i].first, end = first + region->spans[i].count;

		for (size_t j = first; j < end; j++) {
			struct mhp_block *block = &snap->blocks[j];

			if (block->region == BLOCK_NO_REGION &&
			    (!managed_only || is_managed(snap, block)))
				block->region = (uint32_t)index;
		}
	}
}

/* The driver that /proc/iomem names for a region's blocks. */
static int find_ram_driver(struct mhp_region *region, const struct iomem *iomem,
			   uint64_t block_size)
{
	const char *driver = NULL;

	/* whose blocks are not known is not known to be no RAM */
	region->ram_code = iomem->code < 0 ? iomem->code : region->ranges_code;
	for (size_t i = 0; i < region->n_runs && !driver && region->ram_code == 0; i++) {
		struct range range = {
			.start = region->runs[i].first * block_size,
			.size = region->runs[i].count * block_size,
		};

		driver = iomem_find_driver(iomem, &range);
	}
	if (!driver)
		return 0;
	region->ram_driver = strdup(driver);
	return region->ram_driver ? 0 : -ENOMEM;
}

/* What could own the blocks that nobody owns yet, and cannot be read? */
static void note_unknown(struct mhp_snapshot *snap, const struct mhp_region *region)
{
	if (!snap->owners_code && region->ranges_code < 0)
		snap->owners_code = region->ranges_code;
}

/* Regions that a provider has just added. */
static int take_regions(struct mhp_snapshot *snap, size_t first)
{
	int r = 0;

	for (size_t i = first; i < snap->regions.count && r == 0; i++) {
		struct mhp_region *region = &snap->regions.list[i];

		r = region_find_blocks(region, snap->blocks, snap->n_blocks, snap->block_size);
		if (r == 0)
			r = find_ram_driver(region, &snap->iomem, snap->block_size);
		if (r == 0)
			own_blocks(snap, i);
		note_unknown(snap, region);
	}
	return r;
}

static bool has_children(const struct mhp_region *region)
{
	return region->has_children;
}

/* ---- identities ---- */

static int compare_identities(const void *a, const void *b)
{
	const struct mhp_region *const *x = a, *const *y = b;

	return strcmp((*x)->identity, (*y)->identity);
}

static void drop_identity(struct mhp_region *region)
{
	free(region->identity);
	region->identity = NULL;
	region->identity_code = -ENOTUNIQ;
}

/*
 * What two regions have, as where a maker gave all devices one serial number, tells none of
 * them: to act on either by it would be a guess.
 */
static int drop_same_identities(struct regions *regions)
{
	struct mhp_region **list = calloc(regions->count + 1, sizeof(*list));
	size_t count = 0, last;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < regions->count; i++)
		if (regions->list[i].identity)
			list[count++] = &regions->list[i];
	qsort(list, count, sizeof(*list), compare_identities);
	for (size_t i = 0; i < count; i = last) {
		for (last = i + 1; last < count; last++)
			if (compare_identities(&list[i], &list[last]))
				break;
		for (size_t j = i; j < last && last > i + 1; j++)
			drop_identity(list[j]);
	}
	free(list);
	return 0;
}

static int describe(struct mhp_snapshot *snap, size_t index, bool is_identified)
{
	struct mhp_region *region = &snap->regions.list[index];
	const struct provider *provider = provider_of(region->kind);
	int r = region_keep_owned(region, (uint32_t)index);

	region->is_identified = is_identified;
	return r == 0 && provider->describe ? provider->describe(snap, region) : r;
}

int take_only_region(struct mhp_snapshot *snap)
{
	struct mhp_region *region = &snap->regions.list[0];
	int r = take_regions(snap, 0);

	if (r == 0 && provider_of(region->kind)->has_node_of_blocks && region->ranges_code == 0)
		region_find_node(region, snap);
	if (r == 0)
		r = describe(snap, 0, snap->flags & MHP_SNAPSHOT_IDENTITY);
	return r < 0 ? r : regions_make_index(&snap->regions, has_children);
}

int regions_count_again(struct mhp_snapshot *snap)
{
	int r = 0;

	for (size_t i = 0; i < snap->regions.count && r == 0; i++) {
		struct mhp_region *region = &snap->regions.list[i];

		free(region->spans);
		region->spans = NULL;
		region->n_spans = region->n_total = 0;
		region->online_bytes = 0;
		region->zone = MHP_ZONE_UNKNOWN;
		r = region_find_blocks(region, snap->blocks, snap->n_blocks, snap->block_size);
		if (r == 0)
			r = region_keep_owned(region, (uint32_t)i);
	}
	return r;
}

int find_regions(struct finder *finder, struct mhp_snapshot *snap)
{
	int r;

	r = iomem_read(finder->ctx, &snap->iomem, &snap->problems);
	finder->iomem = &snap->iomem;
	snap->owners_code = snap->iomem.code;
	for (size_t i = 0; i < n_providers && r == 0; i++) {
		size_t first = snap->regions.count;

		r = providers[i]->find(finder);
		if (r == 0)
			r = take_regions(snap, first);
		if (snap->regions.code < 0 && !snap->owners_code)
			snap->owners_code = snap->regions.code;
	}
	if (r < 0)
		return r;
	r = find_parents(&snap->regions);
	if (r == 0)
		r = find_overlaps(&snap->regions);
	for (size_t i = 0; i < snap->regions.count && r == 0; i++)
		r = describe(snap, i, finder->wants_identity);
	if (r == 0)
		r = drop_same_identities(&snap->regions);
	if (r == 0)
		r = regions_make_index(&snap->regions, has_children);
	/* some hundred KiB, of which nobody will ask again */
	iomem_forget_lines(&snap->iomem);
	return r;
}
