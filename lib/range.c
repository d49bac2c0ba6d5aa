// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arithmetic on physical ranges and on runs of block numbers. */
#include <errno.h>
#include <stdlib.h>

#include "range.h"

int range_from_bounds(uint64_t start, uint64_t last, struct range *ret)
{
	if (last < start)
		return -EINVAL;
	if (last == UINT64_MAX)
		return -ERANGE;
	*ret = (struct range) { .start = start, .size = last - start + 1 };
	return 0;
}

int range_from_size(uint64_t start, uint64_t size, struct range *ret)
{
	if (size == 0)
		return -EINVAL;
	if (size > UINT64_MAX - start)
		return -ERANGE;
	*ret = (struct range) { .start = start, .size = size };
	return 0;
}

bool ranges_overlap(const struct range *a, const struct range *b)
{
	return a->start < b->start + b->size && b->start < a->start + a->size;
}

bool range_whole_blocks(const struct range *range, uint64_t block_size, struct block_run *ret)
{
	uint64_t first, end;

	if (block_size == 0 || (block_size & (block_size - 1)) != 0)
		return false;
	/* not (start + block_size - 1) / block_size: that may wrap */
	first = range->start / block_size + (range->start % block_size != 0);
	end = (range->start + range->size) / block_size;
	if (first >= end)
		return false;
	*ret = (struct block_run) { .first = first, .count = end - first };
	return true;
}

static int compare_runs(const void *va, const void *vb)
{
	const struct block_run *a = va, *b = vb;

	return (a->first > b->first) - (a->first < b->first);
}

size_t block_runs_merge(struct block_run *runs, size_t count)
{
	size_t i, last = 0;

	/* NULL is no array for qsort(), not even for one of no elements */
	if (count == 0)
		return 0;
	qsort(runs, count, sizeof(*runs), compare_runs);
	for (i = 1; i < count; i++) {
		uint64_t end = runs[last].first + runs[last].count;

		if (runs[i].first > end)
			runs[++last] = runs[i];
		else if (runs[i].first + runs[i].count > end)
			runs[last].count = runs[i].first + runs[i].count - runs[last].first;
	}
	return last + 1;
}
