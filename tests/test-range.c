// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arithmetic on ranges and runs: examples, edges, and against a naive model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "internal.h"

#define MAX UINT64_MAX
#define MIB (UINT64_C(1) << 20)

/* xorshift64*: the same numbers in every run */
static uint64_t seed;

static uint64_t random_below(uint64_t limit)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (seed * UINT64_C(0x2545f4914f6cdd1d) >> 11) % limit;
}

static void bounds_and_sizes(void **state)
{
	static const struct {
		int (*make)(uint64_t, uint64_t, struct range *);
		uint64_t a, b;
		int r;
		uint64_t size;
	} cases[] = {
		{ range_from_bounds, 0x100000000, 0x11fffffff, 0, 512 * MIB },
		{ range_from_bounds, 0, 0, 0, 1 },
		{ range_from_bounds, 5, 5, 0, 1 },
		{ range_from_bounds, 5, 4, -EINVAL, 0 },
		{ range_from_bounds, MAX, 0, -EINVAL, 0 },
		{ range_from_bounds, 0, MAX - 1, 0, MAX },
		{ range_from_bounds, MAX - 1, MAX - 1, 0, 1 },
		{ range_from_bounds, 0, MAX, -ERANGE, 0 },
		{ range_from_bounds, MAX, MAX, -ERANGE, 0 },
		{ range_from_size, 0x100000000, 512 * MIB, 0, 512 * MIB },
		{ range_from_size, 0, 0, -EINVAL, 0 },
		{ range_from_size, MAX, 0, -EINVAL, 0 },
		{ range_from_size, 0, MAX, 0, MAX },
		{ range_from_size, 1, MAX - 1, 0, MAX - 1 },
		{ range_from_size, MAX - 1, 1, 0, 1 },
		{ range_from_size, 1, MAX, -ERANGE, 0 },
		{ range_from_size, MAX, 1, -ERANGE, 0 },
		{ range_from_size, MAX, MAX, -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct range range = { 77, 88 };

		assert_int_equal(cases[i].make(cases[i].a, cases[i].b, &range), cases[i].r);
		assert_int_equal(range.start, cases[i].r == 0 ? cases[i].a : 77);
		assert_int_equal(range.size, cases[i].r == 0 ? cases[i].size : 88);
	}
}

static void overlap(void **state)
{
	static const struct {
		struct range a, b;
		bool overlap;
	} cases[] = {
		{ { 0, 10 }, { 10, 10 }, false },
		{ { 0, 11 }, { 10, 10 }, true },
		{ { 0, 10 }, { 0, 10 }, true },
		{ { 0, 100 }, { 50, 1 }, true },
		{ { 0, 10 }, { 20, 10 }, false },
		{ { 0, MAX }, { MAX - 1, 1 }, true },
		{ { 0, MAX - 1 }, { MAX - 1, 1 }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(ranges_overlap(&cases[i].a, &cases[i].b), cases[i].overlap);
		assert_int_equal(ranges_overlap(&cases[i].b, &cases[i].a), cases[i].overlap);
	}
}

static void whole_blocks(void **state)
{
	static const struct {
		uint64_t start, last, block_size, first, count;	/* count 0: none */
	} cases[] = {
		/* recorded: one range, not aligned, less than a block, one block of two */
		{ 0x100000000, 0x11fffffff, 128 * MIB, 32, 4 },
		{ 0x101000000, 0x119ffffff, 128 * MIB, 33, 2 },
		{ 0x11a000000, 0x11bffffff, 128 * MIB, 0, 0 },
		{ 0x120000000, 0x127ffffff, 128 * MIB, 36, 1 },
		{ 0x102000000, 0x11bffffff, 128 * MIB, 33, 2 },
		{ 0x104000000, 0x10bffffff, 128 * MIB, 0, 0 },
		/* one byte more or less */
		{ 0x100000001, 0x10fffffff, 128 * MIB, 33, 1 },
		{ 0x100000000, 0x10ffffffe, 128 * MIB, 32, 1 },
		{ 0x100000000, 0x107fffffe, 128 * MIB, 0, 0 },
		{ 0x0ffffffff, 0x108000000, 128 * MIB, 32, 1 },
		/* ends of the world */
		{ 0, 0, 1, 0, 1 },
		{ 0, MAX - 1, 1, 0, MAX },
		{ MAX - 1, MAX - 1, 1, MAX - 1, 1 },
		{ MAX - 1, MAX - 1, 2, 0, 0 },
		{ MAX - 1, MAX - 1, 128 * MIB, 0, 0 },
		{ MAX - 2, MAX - 1, 2, 0, 0 },
		{ MAX - 3, MAX - 1, 2, MAX / 2 - 1, 1 },
		{ 0, MAX - 1, UINT64_C(1) << 63, 0, 1 },
		{ 1, MAX - 1, UINT64_C(1) << 63, 0, 0 },
		{ MAX - 128 * MIB + 1, MAX - 1, 128 * MIB, 0, 0 },
		/* no size of a block */
		{ 0, MAX - 1, 0, 0, 0 },
		{ 0, MAX - 1, 3, 0, 0 },
		{ 0, MAX - 1, MAX, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct block_run run = { 77, 88 };
		struct range range;

		assert_int_equal(range_from_bounds(cases[i].start, cases[i].last, &range), 0);
		assert_int_equal(range_whole_blocks(&range, cases[i].block_size, &run),
				 cases[i].count > 0);
		assert_int_equal(run.first, cases[i].count ? cases[i].first : 77);
		assert_int_equal(run.count, cases[i].count ? cases[i].count : 88);
	}
}

/* Every small range, against the definition: a block counts if all its bytes are in. */
static void whole_blocks_by_definition(void **state)
{
	(void)state;
	for (uint64_t block_size = 1; block_size <= 16; block_size *= 2)
		for (uint64_t start = 0; start < 40; start++)
			for (uint64_t size = 1; size < 40; size++) {
				struct range range = { start, size };
				struct block_run run = { 0, 0 };

				range_whole_blocks(&range, block_size, &run);
				for (uint64_t n = 0; n < 80; n++) {
					bool in = n * block_size >= start &&
						  (n + 1) * block_size <= start + size;

					assert_int_equal(in, n >= run.first &&
							     n < run.first + run.count);
				}
			}
}

/* Large numbers: inside, aligned by being blocks, and not one more would fit. */
static void whole_blocks_are_inside_and_all(void **state)
{
	(void)state;
	seed = 20241;
	for (int i = 0; i < 20000; i++) {
		uint64_t block_size = UINT64_C(1) << random_below(40);
		uint64_t start = random_below(UINT64_C(1) << (1 + random_below(52)));
		uint64_t size = 1 + random_below(UINT64_C(1) << (1 + random_below(52)));
		struct range range = { start, size };
		struct block_run run;
		uint64_t lowest, end;

		if (!range_whole_blocks(&range, block_size, &run)) {
			assert_true((start + block_size - 1) / block_size * block_size +
				    block_size > start + size);
			continue;
		}
		lowest = run.first * block_size;
		end = lowest + run.count * block_size;
		assert_true(run.count > 0);
		assert_true(lowest >= start && lowest - start < block_size);
		assert_true(end <= start + size && start + size - end < block_size);
	}
}

static void merge(void **state)
{
	static const struct {
		size_t count;
		struct block_run runs[4];
		size_t left;
		struct block_run want[4];
	} cases[] = {
		{ 1, { { 5, 2 } }, 1, { { 5, 2 } } },
		{ 2, { { 32, 2 }, { 34, 2 } }, 1, { { 32, 4 } } },
		{ 2, { { 36, 2 }, { 32, 2 } }, 2, { { 32, 2 }, { 36, 2 } } },
		{ 2, { { 32, 2 }, { 35, 1 } }, 2, { { 32, 2 }, { 35, 1 } } },
		{ 2, { { 32, 4 }, { 33, 1 } }, 1, { { 32, 4 } } },
		{ 2, { { 32, 4 }, { 32, 4 } }, 1, { { 32, 4 } } },
		{ 2, { { 32, 4 }, { 32, 9 } }, 1, { { 32, 9 } } },
		{ 3, { { 0, 9 }, { 1, 1 }, { 8, 2 } }, 1, { { 0, 10 } } },
		{ 3, { { 9, 1 }, { 5, 1 }, { 7, 1 } }, 3, { { 5, 1 }, { 7, 1 }, { 9, 1 } } },
		{ 4, { { 6, 1 }, { 2, 1 }, { 7, 1 }, { 1, 1 } }, 2, { { 1, 2 }, { 6, 2 } } },
		{ 2, { { MAX - 1, 1 }, { 0, 1 } }, 2, { { 0, 1 }, { MAX - 1, 1 } } },
		{ 2, { { 1, MAX - 1 }, { 0, 1 } }, 1, { { 0, MAX } } },
		{ 2, { { 0, MAX }, { MAX - 1, 1 } }, 1, { { 0, MAX } } },
	};

	(void)state;
	assert_int_equal(block_runs_merge(NULL, 0), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct block_run runs[4];

		memcpy(runs, cases[i].runs, sizeof(runs));
		assert_int_equal(block_runs_merge(runs, cases[i].count), cases[i].left);
		assert_memory_equal(runs, cases[i].want, cases[i].left * sizeof(runs[0]));
	}
}

/* The same blocks as before, in runs that ascend with a gap between. */
static void merge_keeps_the_blocks(void **state)
{
	enum { BLOCKS = 64, RUNS = 12 };

	(void)state;
	seed = 7;
	for (int i = 0; i < 5000; i++) {
		bool before[BLOCKS] = { false }, after[BLOCKS] = { false };
		struct block_run runs[RUNS];
		size_t count = (size_t)random_below(RUNS + 1), left, j;

		for (j = 0; j < count; j++) {
			runs[j].first = random_below(BLOCKS - 8);
			runs[j].count = 1 + random_below(8);
			memset(before + runs[j].first, 1, (size_t)runs[j].count);
		}
		left = block_runs_merge(runs, count);
		assert_true(left <= count);
		for (j = 0; j < left; j++) {
			assert_true(runs[j].count > 0);
			if (j > 0)
				assert_true(runs[j].first >
					    runs[j - 1].first + runs[j - 1].count);
			memset(after + runs[j].first, 1, (size_t)runs[j].count);
		}
		assert_memory_equal(before, after, sizeof(before));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_and_sizes),
		cmocka_unit_test(overlap),
		cmocka_unit_test(whole_blocks),
		cmocka_unit_test(whole_blocks_by_definition),
		cmocka_unit_test(whole_blocks_are_inside_and_all),
		cmocka_unit_test(merge),
		cmocka_unit_test(merge_keeps_the_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
