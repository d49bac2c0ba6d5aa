// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Regions by name and by block: a walk over all of them for each one that is asked for
 * would be quadratic where there are hundreds. Without an index it is such a walk.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

struct named {
	const char *name;
	size_t region;
};

static int compare_names(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r ? r : x->region < y->region ? -1 : x->region > y->region;
}

static int index_names(struct regions *regions, struct region_index *index)
{
	struct named *sorted = calloc(regions->count + 1, sizeof(*sorted));

	index->by_name = calloc(regions->count + 1, sizeof(*index->by_name));
	if (!sorted || !index->by_name) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < regions->count; i++)
		sorted[i] = (struct named){ regions->list[i].name, i };
	qsort(sorted, regions->count, sizeof(*sorted), compare_names);
	for (size_t i = 0; i < regions->count; i++)
		index->by_name[i] = sorted[i].region;
	free(sorted);
	return 0;
}

/* What nobody else owns is of blocks that are there, and those know whose they are. */
static bool is_at(const struct mhp_region *region, enum region_level level, region_test is_above)
{
	return !provider_of(region->kind)->is_remainder &&
	       is_above(region) == (level == REGION_ABOVE);
}

static int compare_runs(const void *a, const void *b)
{
	const struct indexed_run *x = a, *y = b;

	return x->run.first < y->run.first ? -1 : x->run.first > y->run.first;
}

static int index_runs(const struct regions *regions, enum region_level level,
		      region_test is_above, struct indexed_runs *ret)
{
	uint64_t reach = 0;
	size_t count = 0;

	for (size_t i = 0; i < regions->count; i++)
		if (is_at(&regions->list[i], level, is_above))
			count += regions->list[i].n_runs;
	ret->list = calloc(count + 1, sizeof(*ret->list));
	if (!ret->list)
		return -ENOMEM;
	for (size_t i = 0; i < regions->count; i++)
		for (size_t j = 0; is_at(&regions->list[i], level, is_above) &&
				   j < regions->list[i].n_runs; j++)
			ret->list[ret->count++] = (struct indexed_run){
				.run = regions->list[i].runs[j], .region = i,
			};
	qsort(ret->list, ret->count, sizeof(*ret->list), compare_runs);
	for (size_t i = 0; i < ret->count; i++) {
		const struct block_run *run = &ret->list[i].run;

		if (run->first + run->count > reach)
			reach = run->first + run->count;
		ret->list[i].reach = reach;
	}
	return 0;
}

static void free_index(struct region_index *index)
{
	free(index->by_name);
	for (size_t i = 0; i < REGION_LEVELS; i++)
		free(index->runs[i].list);
	*index = (struct region_index){ 0 };
}

int regions_make_index(struct regions *regions, region_test is_above)
{
	struct region_index index = { 0 };
	int r = index_names(regions, &index);

	for (enum region_level i = REGION_DEEP; i < REGION_LEVELS && r == 0; i++)
		r = index_runs(regions, i, is_above, &index.runs[i]);
	regions_forget_index(regions);
	if (r < 0)
		free_index(&index);
	else
		regions->index = index;
	return r;
}

void regions_forget_index(struct regions *regions)
{
	free_index(&regions->index);
}

/* ---- by name ---- */

static size_t walk_names(const struct regions *regions, const char *name)
{
	size_t i = 0;

	while (i < regions->count && strcmp(regions->list[i].name, name))
		i++;
	return i;
}

/* The first one whose name is not before it. */
static size_t find_place(const struct regions *regions, const char *name)
{
	size_t low = 0, high = regions->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(regions->list[regions->index.by_name[mid]].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct mhp_region *regions_find_name(const struct regions *regions, const char *name)
{
	size_t place, i;

	if (regions->index.by_name) {
		place = find_place(regions, name);
		i = place < regions->count ? regions->index.by_name[place] : regions->count;
	} else {
		i = walk_names(regions, name);
	}
	return i < regions->count && !strcmp(regions->list[i].name, name) ? &regions->list[i] :
									    NULL;
}

/* ---- by block ---- */

/* Of those that begin at or before the block, the last one; count: none does. */
static size_t find_last(const struct indexed_runs *runs, uint64_t id)
{
	size_t low = 0, high = runs->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (runs->list[mid].run.first <= id)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? low - 1 : runs->count;
}

const struct mhp_region *regions_find_block(const struct regions *regions,
					    enum region_level level, uint64_t id)
{
	const struct indexed_runs *runs = &regions->index.runs[level];
	size_t at = find_last(runs, id), first = regions->count;

	/* only where regions overlap there is more than one to be looked at */
	for (; at < runs->count && runs->list[at].reach > id; at--) {
		const struct indexed_run *one = &runs->list[at];

		if (id - one->run.first < one->run.count && one->region < first)
			first = one->region;
	}
	return first < regions->count ? &regions->list[first] : NULL;
}
