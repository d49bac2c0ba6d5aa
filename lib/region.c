// SPDX-License-Identifier: LGPL-2.1-or-later
/* A region: a list of ranges, and what its whole blocks make of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

MHP_EXPORT const char *mhp_region_get_name(const struct mhp_region *region)
{
	return region->name;
}

MHP_EXPORT enum mhp_region_kind mhp_region_get_kind(const struct mhp_region *region)
{
	return region->kind;
}

MHP_EXPORT const char *mhp_region_get_path(const struct mhp_region *region)
{
	return region->path;
}

MHP_EXPORT int mhp_region_get_node_id(const struct mhp_region *region, int *ret_node)
{
	if (region->node_code < 0)
		return region->node_code;
	*ret_node = region->node;
	return 0;
}

MHP_EXPORT int mhp_region_get_driver(const struct mhp_region *region, const char **ret_driver)
{
	if (region->driver_code < 0)
		return region->driver_code;
	*ret_driver = region->driver;
	return 0;
}

MHP_EXPORT int mhp_region_get_device_state(const struct mhp_region *region,
					   enum mhp_device_state *ret_state,
					   const char **ret_text)
{
	if (region->device_state_code < 0)
		return region->device_state_code;
	if (ret_state)
		*ret_state = region->device_state;
	if (ret_text)
		*ret_text = region->device_word;
	return 0;
}

MHP_EXPORT int mhp_region_get_ram_driver(const struct mhp_region *region,
					 const char **ret_driver)
{
	if (region->ram_code < 0)
		return region->ram_code;
	*ret_driver = region->ram_driver;
	return 0;
}

MHP_EXPORT int mhp_region_get_range_count(const struct mhp_region *region, size_t *ret_count)
{
	if (region->ranges_code < 0)
		return region->ranges_code;
	*ret_count = region->n_ranges;
	return 0;
}

MHP_EXPORT int mhp_region_get_range(const struct mhp_region *region, size_t index,
				    uint64_t *ret_start, uint64_t *ret_size_bytes)
{
	if (index >= region->n_ranges)
		return -EINVAL;
	*ret_start = region->ranges[index].start;
	*ret_size_bytes = region->ranges[index].size;
	return 0;
}

MHP_EXPORT size_t mhp_region_count_block_runs(const struct mhp_region *region)
{
	return region->n_runs;
}

MHP_EXPORT int mhp_region_get_block_run(const struct mhp_region *region, size_t index,
					uint64_t *ret_first, uint64_t *ret_count)
{
	if (index >= region->n_runs)
		return -EINVAL;
	*ret_first = region->runs[index].first;
	*ret_count = region->runs[index].count;
	return 0;
}

MHP_EXPORT size_t mhp_region_count_blocks(const struct mhp_region *region)
{
	return region->n_blocks;
}

MHP_EXPORT const struct mhp_block *mhp_region_get_block(const struct mhp_region *region,
							size_t index)
{
	size_t low = 0, high = region->n_spans;

	if (index >= region->n_blocks)
		return NULL;
	/* the last one that does not begin behind it; memory between others' has thousands */
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (region->spans[mid].before <= index)
			low = mid;
		else
			high = mid;
	}
	return &region->blocks[region->spans[low].first + index - region->spans[low].before];
}

MHP_EXPORT size_t mhp_region_count_total_blocks(const struct mhp_region *region)
{
	return region->n_total;
}

MHP_EXPORT enum mhp_state mhp_region_get_state(const struct mhp_region *region)
{
	return region->state;
}

MHP_EXPORT enum mhp_zone mhp_region_get_zone(const struct mhp_region *region)
{
	return region->zone;
}

MHP_EXPORT int mhp_region_get_size_bytes(const struct mhp_region *region, uint64_t *ret_bytes)
{
	/* the size is for everybody to read, the ranges are not */
	if (region->ranges_code < 0 && !region->size_bytes)
		return region->ranges_code;
	*ret_bytes = region->size_bytes;
	return 0;
}

MHP_EXPORT int mhp_region_get_online_bytes(const struct mhp_region *region, uint64_t *ret_bytes)
{
	if (region->ranges_code < 0)
		return region->ranges_code;
	*ret_bytes = region->online_bytes;
	return 0;
}

MHP_EXPORT int mhp_region_get_lost_bytes(const struct mhp_region *region, uint64_t *ret_bytes)
{
	if (region->ranges_code < 0)
		return region->ranges_code;
	*ret_bytes = region->lost_bytes;
	return 0;
}

size_t region_count_whole_blocks(const struct mhp_region *region)
{
	size_t count = 0;

	for (size_t i = 0; i < region->n_runs; i++)
		count += (size_t)region->runs[i].count;
	return count;
}

bool region_has_block(const struct mhp_region *region, uint64_t id)
{
	for (size_t i = 0; i < region->n_runs; i++)
		if (id >= region->runs[i].first &&
		    id - region->runs[i].first < region->runs[i].count)
			return true;
	return false;
}

/* By start, then by place in the list. */
static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = *(const struct range *const *)a;
	const struct range *y = *(const struct range *const *)b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* -EBADMSG: the one at *ret_bad overlaps another one; -ENOMEM */
static int find_overlap(const struct range *ranges, size_t count, size_t *ret_bad)
{
	const struct range **sorted = calloc(count ? count : 1, sizeof(*sorted));
	int r = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		sorted[i] = &ranges[i];
	qsort(sorted, count, sizeof(*sorted), compare_ranges);
	for (size_t i = 1; i < count && r == 0; i++)
		if (ranges_overlap(sorted[i - 1], sorted[i])) {
			*ret_bad = (size_t)(sorted[i] - ranges);
			r = -EBADMSG;
		}
	free(sorted);
	return r;
}

int region_set_ranges(struct mhp_region *region, struct range *ranges, size_t count,
		      uint64_t block_size, size_t *ret_bad)
{
	uint64_t size = 0, lost;
	int r;

	r = find_overlap(ranges, count, ret_bad);
	if (r < 0)
		return r;
	region->runs = calloc(count ? count : 1, sizeof(*region->runs));
	if (!region->runs)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (__builtin_add_overflow(size, ranges[i].size, &size) ||
		    size / block_size > MAX_REGION_BLOCKS) {
			region->n_runs = 0;
			*ret_bad = i;
			return -EBADMSG;
		}
		if (range_whole_blocks(&ranges[i], block_size, &region->runs[region->n_runs]))
			region->n_runs++;
	}
	lost = size;
	for (size_t i = 0; i < region->n_runs; i++)
		lost -= region->runs[i].count * block_size;
	region->n_runs = block_runs_merge(region->runs, region->n_runs);
	region->ranges = ranges;
	region->n_ranges = count;
	region->size_bytes = size;
	region->lost_bytes = lost;
	return 0;
}

struct block_unit region_unit_of(const struct mhp_region *region, uint64_t id)
{
	size_t low = 0, high = region->n_units;

	/* the last one that does not begin above it */
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (region->units[mid].first <= id)
			low = mid;
		else
			high = mid;
	}
	if (region->n_units && id - region->units[low].first < region->units[low].count)
		return region->units[low];
	return (struct block_unit){ id, 1, 0 };
}

size_t blocks_find_first(const struct mhp_block *blocks, size_t count, uint64_t id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (blocks[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void region_find_node(struct mhp_region *region, const struct mhp_snapshot *snap)
{
	unsigned int node = BLOCK_NO_NODE;

	for (size_t i = 0; i < region->n_runs; i++) {
		const struct block_run *run = &region->runs[i];
		size_t at = blocks_find_first(snap->blocks, snap->n_blocks, run->first);

		for (; at < snap->n_blocks && snap->blocks[at].id - run->first < run->count; at++) {
			unsigned int its = snap->blocks[at].node;

			if (its == BLOCK_NO_NODE || (node != BLOCK_NO_NODE && node != its))
				return;
			node = its;
		}
	}
	if (node == BLOCK_NO_NODE)
		return;
	region->node = (int)node;
	region->node_code = 0;
}

static void count_block(struct mhp_region *region, const struct mhp_block *block,
			uint64_t by_state[MHP_STATE_MIXED])
{
	enum mhp_zone zone;

	by_state[block->state]++;
	if (block->state != MHP_STATE_ONLINE)
		return;
	zone = mhp_block_get_zone(block);
	if (by_state[MHP_STATE_ONLINE] == 1)
		region->zone = zone;
	else if (region->zone != zone && region->zone != MHP_ZONE_UNKNOWN)
		region->zone = zone == MHP_ZONE_UNKNOWN ? zone : MHP_ZONE_MIXED;
}

int region_find_blocks(struct mhp_region *region, const struct mhp_block *blocks, size_t count,
		       uint64_t block_size)
{
	uint64_t by_state[MHP_STATE_MIXED] = { 0 };
	uint64_t whole = region_count_whole_blocks(region);

	region->blocks = blocks;
	region->spans = calloc(region->n_runs ? region->n_runs : 1, sizeof(*region->spans));
	if (!region->spans)
		return -ENOMEM;
	region->n_spans = region->n_runs;
	for (size_t i = 0; i < region->n_runs; i++) {
		const struct block_run *run = &region->runs[i];
		size_t first = blocks_find_first(blocks, count, run->first);
		size_t end = blocks_find_first(blocks, count, run->first + run->count);

		region->spans[i].first = first;
		region->spans[i].count = end - first;
		region->n_total += end - first;
		for (size_t j = first; j < end; j++)
			count_block(region, &blocks[j], by_state);
	}
	region->online_bytes = by_state[MHP_STATE_ONLINE] * block_size;
	if (region->ranges_code < 0 || by_state[MHP_STATE_UNKNOWN])
		region->state = MHP_STATE_UNKNOWN;
	else if (!region->n_total)
		region->state = MHP_STATE_ABSENT;
	else if (by_state[MHP_STATE_ONLINE] == whole)
		region->state = MHP_STATE_ONLINE;
	else if (by_state[MHP_STATE_OFFLINE] == whole)
		region->state = MHP_STATE_OFFLINE;
	else
		region->state = MHP_STATE_MIXED;
	return 0;
}

static int add_span(struct mhp_region *region, struct block_span span, size_t *room)
{
	struct block_span *last = region->n_spans ? &region->spans[region->n_spans - 1] : NULL;

	span.before = region->n_blocks;
	region->n_blocks += span.count;
	if (last && last->first + last->count == span.first) {
		last->count += span.count;
		return 0;
	}
	if (region->n_spans == *room) {
		size_t more = *room ? 2 * *room : 4;
		struct block_span *spans = reallocarray(region->spans, more, sizeof(*spans));

		if (!spans)
			return -ENOMEM;
		region->spans = spans;
		*room = more;
	}
	region->spans[region->n_spans++] = span;
	return 0;
}

/* What of a span the region of this index owns. */
static int keep_of_span(struct mhp_region *region, const struct block_span *span, uint32_t index,
			size_t *room)
{
	size_t end = span->first + span->count, first, at = span->first;
	int r = 0;

	while (at < end && r == 0) {
		while (at < end && region->blocks[at].region != index)
			at++;
		first = at;
		while (at < end && region->blocks[at].region == index)
			at++;
		if (at > first)
			r = add_span(region, (struct block_span){ first, at - first, 0 }, room);
	}
	return r;
}

int region_keep_owned(struct mhp_region *region, uint32_t index)
{
	struct block_span *all = region->spans;
	size_t count = region->n_spans, room = 0;
	int r = 0;

	region->spans = NULL;
	region->n_spans = region->n_blocks = 0;
	for (size_t i = 0; i < count && r == 0; i++)
		r = keep_of_span(region, &all[i], index, &room);
	free(all);
	return r;
}

void region_free_members(struct mhp_region *region)
{
	for (size_t i = 0; i < region->n_facts; i++)
		free(region->facts[i].text);
	for (size_t i = 0; i < region->n_devices; i++) {
		free(region->devices[i].name);
		free(region->devices[i].path);
	}
	free(region->facts);
	free(region->devices);
	free(region->identity);
	free(region->name);
	free(region->path);
	free(region->driver);
	free(region->device_word);
	free(region->ram_driver);
	free(region->ranges);
	free(region->runs);
	free(region->units);
	free(region->spans);
}

void regions_free(struct regions *regions)
{
	for (size_t i = 0; i < regions->count; i++)
		region_free_members(&regions->list[i]);
	free(regions->list);
	regions_forget_index(regions);
	*regions = (struct regions){ 0 };
}
