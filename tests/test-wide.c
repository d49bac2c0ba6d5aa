// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Numbers that are wider than long and size_t are on an architecture of 32 bits: addresses,
 * sizes, pages and times. The test says the same everywhere; tests/ports runs it where it counts.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "support/bench.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)
#define BASE (20 * TIB)			/* page numbers beyond 32 bits begin at 16 TiB */
#define SIZE (16 * GIB)
#define FIRST (BASE / (128 * MIB))

static void set_up_wide(struct bench *bench)
{
	struct mhp_sim_builder *builder;

	*bench = (struct bench){ 0 };
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 2), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, GIB), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, TIB, 6 * GIB), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax0.0", 1, BASE, SIZE), 0);
	assert_int_equal(mhp_sim_builder_load(builder, "kmem"), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_online_blocks", "offline"), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
}

static void test_machine(void **state)
{
	const struct mhp_region *region;
	uint64_t start, size, first, count;
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up_wide(&bench);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_DONE);
	assert_int_equal(mhp_snapshot_new(bench.ctx, NULL, &snap), 0);
	assert_int_equal(mhp_snapshot_count_problems(snap), 0);
	region = mhp_snapshot_find_region(snap, "dax0.0");
	assert_non_null(region);
	assert_int_equal(mhp_region_get_range(region, 0, &start, &size), 0);
	assert_int_equal(start, BASE);
	assert_int_equal(size, SIZE);
	assert_int_equal(mhp_region_get_block_run(region, 0, &first, &count), 0);
	assert_int_equal(first, FIRST);
	assert_int_equal(count, SIZE / (128 * MIB));
	assert_non_null(mhp_snapshot_find_block(snap, FIRST));
	assert_non_null(mhp_snapshot_find_block(snap, TIB / (128 * MIB)));
	/* 7 GiB of the boot, and what was onlined */
	assert_int_equal(mhp_snapshot_count_blocks(snap), 56 + SIZE / (128 * MIB));
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

/* More than there is, by so much that the number of blocks needs more than 32 bits. */
static void test_too_much(void **state)
{
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up_wide(&bench);
	assert_int_equal(mhp_snapshot_new(bench.ctx, NULL, &snap), 0);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, "dax0.0"), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_ONLINE), 0);
	assert_int_equal(mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE), 0);
	mhp_request_set_size_bytes(request, (UINT64_C(1) << 32) * 128 * MIB);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	assert_int_equal(mhp_plan_count_conflicts(plan), 1);
	assert_int_equal(mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0)),
			 MHP_CONFLICT_TOO_FEW);
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

static void test_zoneinfo(void **state)
{
	static const char text[] =
		"Node 1, zone  Movable\n"
		"  pages free     4294967296\n"
		"        spanned  8589934592\n"
		"        present  8589934592\n"
		"        managed  8589934592\n"
		"  start_pfn:           5368709120\n";
	struct zoneinfo info = { 0 };
	struct zone_sums sums;
	const char *line;
	size_t length;

	(void)state;
	assert_int_equal(zoneinfo_parse(text, strlen(text), &info, &line, &length), 0);
	assert_int_equal(info.count, 1);
	assert_int_equal(info.zones[0].start_pfn, UINT64_C(5368709120));
	zoneinfo_sum(&info, -1, &sums);
	assert_int_equal(sums.movable_present, UINT64_C(8589934592));
	zoneinfo_free(&info);
}

/* What all files are compiled with: offsets and times do not end at 31 bits. */
static void test_types(void **state)
{
	time_t seconds = (time_t)INT64_C(4102444800);
	char day[40] = "";
	struct tm tm;

	(void)state;
	assert_int_equal(sizeof(off_t), 8);
	assert_int_equal(sizeof(time_t), 8);
	assert_non_null(gmtime_r(&seconds, &tm));
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	assert_string_equal(day, "2100-01-01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_machine),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_zoneinfo),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
