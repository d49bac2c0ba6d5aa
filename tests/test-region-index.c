// SPDX-License-Identifier: LGPL-2.1-or-later
/* Regions by name and by block: the same as a walk finds, without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "provider.h"
#include "support/fakesys.h"
#include "support/work.h"

static bool is_above(const struct mhp_region *region)
{
	return region->kind == MHP_REGION_CXL;
}

static void add(struct regions *regions, enum mhp_region_kind kind, unsigned int number,
		const struct block_run *runs, size_t n_runs)
{
	struct mhp_region region = { .kind = kind };
	char name[32];

	snprintf(name, sizeof(name), "dax%u.0", number);
	region.name = strdup(name);
	region.path = strdup("/sys");
	region.runs = calloc(n_runs + 1, sizeof(*runs));
	assert_true(region.name && region.path && region.runs);
	if (n_runs)
		memcpy(region.runs, runs, n_runs * sizeof(*runs));
	region.n_runs = n_runs;
	assert_int_equal(regions_add(regions, &region), 0);
}

/* One after the other, four blocks each. */
static struct regions many(unsigned int count)
{
	struct regions regions = { 0 };

	for (unsigned int i = 0; i < count; i++)
		add(&regions, MHP_REGION_DAX, i, &(struct block_run){ 4 * i, 4 }, 1);
	assert_int_equal(regions_make_index(&regions, is_above), 0);
	return regions;
}

/* Of names the most compares that any needs, there or not. */
static size_t most_work(unsigned int count)
{
	struct regions regions = many(count);
	size_t most = 0;

	for (unsigned int i = 0; i < count + 8; i++) {
		const struct mhp_region *region;
		size_t before = work;
		char name[32];

		snprintf(name, sizeof(name), "dax%u.0", i);
		region = regions_find_name(&regions, name);
		assert_ptr_equal(region, i < count ? &regions.list[i] : NULL);
		if (work - before > most)
			most = work - before;
	}
	regions_free(&regions);
	return most;
}

static void test_names(void **state)
{
	size_t small = most_work(16), large = most_work(1024);

	(void)state;
	if (!work_is_counted())
		skip();
	/* 64 times as many are six halves more */
	assert_true(small > 0);
	assert_true(large <= small + 6);
}

/* Changed, it is looked for one by one until there is an index again. */
static void test_without_index(void **state)
{
	struct regions regions = many(8);

	(void)state;
	add(&regions, MHP_REGION_DAX, 3, &(struct block_run){ 100, 1 }, 1);
	assert_null(regions_find_block(&regions, REGION_DEEP, 100));
	assert_ptr_equal(regions_find_name(&regions, "dax3.0"), &regions.list[3]);
	assert_null(regions_find_name(&regions, "dax8.0"));
	assert_int_equal(regions_make_index(&regions, is_above), 0);
	assert_ptr_equal(regions_find_block(&regions, REGION_DEEP, 100), &regions.list[8]);
	/* of two with the same name the first one */
	assert_ptr_equal(regions_find_name(&regions, "dax3.0"), &regions.list[3]);
	regions_free(&regions);
}

static void test_none(void **state)
{
	struct regions regions = { 0 };

	(void)state;
	assert_null(regions_find_name(&regions, "dax0.0"));
	assert_null(regions_find_block(&regions, REGION_DEEP, 0));
	assert_int_equal(regions_make_index(&regions, is_above), 0);
	assert_null(regions_find_name(&regions, "dax0.0"));
	assert_null(regions_find_block(&regions, REGION_ABOVE, 0));
	regions_free(&regions);
}

/* The first one in the list, of what is no memory that nobody else owns. */
static const struct mhp_region *walk(const struct regions *regions, bool above, uint64_t id)
{
	for (size_t i = 0; i < regions->count; i++)
		if (regions->list[i].kind != MHP_REGION_BOOT &&
		    is_above(&regions->list[i]) == above &&
		    region_has_block(&regions->list[i], id))
			return &regions->list[i];
	return NULL;
}

static struct regions any_regions(uint64_t *seed)
{
	static const enum mhp_region_kind kinds[] = {
		MHP_REGION_DAX, MHP_REGION_CXL, MHP_REGION_DIMM, MHP_REGION_BOOT,
	};
	struct regions regions = { 0 };
	size_t count = fakesys_random(seed, 12);

	for (unsigned int i = 0; i < count; i++) {
		struct block_run runs[3];
		size_t n_runs = fakesys_random(seed, 4);

		for (size_t j = 0; j < n_runs; j++)
			runs[j] = (struct block_run){ fakesys_random(seed, 64),
						      1 + fakesys_random(seed, 16) };
		add(&regions, kinds[fakesys_random(seed, ARRAY_SIZE(kinds))], i, runs, n_runs);
	}
	assert_int_equal(regions_make_index(&regions, is_above), 0);
	return regions;
}

/* Also where regions overlap, as in a broken tree. */
static void test_blocks(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct regions regions = any_regions(&seed);

		for (uint64_t id = 0; id < 84; id++) {
			assert_ptr_equal(regions_find_block(&regions, REGION_DEEP, id),
					 walk(&regions, false, id));
			assert_ptr_equal(regions_find_block(&regions, REGION_ABOVE, id),
					 walk(&regions, true, id));
		}
		regions_free(&regions);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_without_index),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
