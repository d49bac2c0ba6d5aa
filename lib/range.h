/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Physical ranges. A range never wraps: its last byte is at most UINT64_MAX - 1,
 * so that start + size always fits.
 */
#ifndef MHP_RANGE_H
#define MHP_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	uint64_t start;		/* first byte's address */
	uint64_t size;		/* bytes, not 0 */
};

/* a run of block numbers; it never wraps either: first + count fits */
struct block_run {
	uint64_t first;
	uint64_t count;		/* not 0 */
};

/* first and last byte, both inclusive; -EINVAL if last < start, -ERANGE if it does not fit */
int range_from_bounds(uint64_t start, uint64_t last, struct range *ret);
/* -EINVAL if size is 0, -ERANGE if it wraps */
int range_from_size(uint64_t start, uint64_t size, struct range *ret);
bool ranges_overlap(const struct range *a, const struct range *b);

/*
 * The whole blocks inside a range (kernel: memory_block_aligned_range()); false
 * if there is none, or if block_size is not a power of two.
 */
bool range_whole_blocks(const struct range *range, uint64_t block_size, struct block_run *ret);

/* Sorts runs by number and joins those that touch or overlap; returns how many are left. */
size_t block_runs_merge(struct block_run *runs, size_t count);

#endif /* MHP_RANGE_H */
