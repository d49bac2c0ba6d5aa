// SPDX-License-Identifier: LGPL-2.1-or-later
/* The way back, on the simulated machine. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bench.h"

/* The kernel itself puts blocks back when it refuses to unplug, and that can fail. */
static void test_kernel_fails_to_put_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_block(bench.sim, 33, "offline", -EBUSY, 0);
	mhp_sim_fail_block(bench.sim, 32, "online", -ENOMEM, 1);
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 33, "busy");
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

/* Out of nothing, and back to nothing. */
static void test_plugged_blocks_go_again(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put(&bench, DEVICE, "unplugged");
	mhp_sim_fail_block(bench.sim, 33, "online", -EBUSY, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_UNDONE);
	assert_writes(&bench, "online_movable 35 34 33! unplugged");
	assert_blocks(&bench, 32, 35, "absent");
	tear_down(&bench);
}

/* All were in a kernel zone: they come back there at once. */
static void test_kernel_zone_comes_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_kernel");
	mhp_sim_fail_write(bench.sim, DEVICE, "online_movable", -ENOMEM, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, MHP_RULE_REZONE), MHP_OUTCOME_UNDONE);
	assert_writes(&bench, "unplugged online_movable! online_kernel");
	assert_blocks(&bench, 32, 35, "Normal");
	tear_down(&bench);
}

static void test_what_cannot_be_put_back_is_told(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	mhp_sim_fail_block(bench.sim, 32, "online", -ENOMEM, 0);
	mhp_sim_fail_block(bench.sim, 34, "offline", -EBUSY, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_PARTIAL);
	assert_reason(&bench, 34, "not-put-back");
	assert_int_equal(mhp_result_get_code(result(&bench, 34)), -EBUSY);
	assert_says(&bench, "memory32: writing \"online_movable\" to ");
	assert_says(&bench, "ENOMEM");
	assert_says(&bench, "; putting it back: memory34: writing \"offline\" to ");
	assert_says(&bench, "EBUSY");
	tear_down(&bench);
}

static void test_device_does_not_come_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_write(bench.sim, DEVICE, "online_kernel", -ENOMEM, 0);
	mhp_sim_fail_write(bench.sim, DEVICE, "online_movable", -EEXIST, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_KERNEL, MHP_RULE_REZONE), MHP_OUTCOME_PARTIAL);
	assert_blocks(&bench, 32, 35, "absent");
	assert_int_equal(mhp_report_get_code(bench.report), -ENOMEM);
	assert_reason(&bench, 35, "not-put-back");
	assert_int_equal(mhp_result_get_code(result(&bench, 35)), -EEXIST);
	assert_says(&bench, "EEXIST");
	tear_down(&bench);
}

/* One block in a kernel zone does not send the others through it. */
static void test_mixed_zones_come_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 34, "online_movable");
	put(&bench, block_file(35, "state"), "online_kernel");
	mhp_sim_fail_write(bench.sim, DEVICE, "online_movable", -ENOMEM, 1);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, MHP_RULE_REZONE), MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, 32, 34, "Movable");
	assert_string_equal(is(&bench, 35), "Normal");
	/* unplugged, online_movable refused; online_movable, 35 offline and back */
	assert_int_equal(bench.writes, 5);
	assert_reason(&bench, 32, "undone");
	tear_down(&bench);
}

/* A zone that could not be read is no way back: better not to begin. */
static void test_unknown_zone(void **state)
{
	static const enum mhp_goal goals[] = { MHP_GOAL_OFFLINE, MHP_GOAL_UNPLUGGED };
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(goals); i++) {
		struct mhp_plan *plan;

		set_up(&bench, HMEM_7_3);
		put_blocks(&bench, 32, 35, "online_movable");
		mhp_sim_fail_read(bench.sim, block_file(34, "valid_zones"), -EIO, 0);
		plan = planned(&bench, goals[i], MHP_OFFLINE, 0);
		assert_int_equal(mhp_plan_count_steps(plan), 0);
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
		assert_says(&bench, "memory34/valid_zones: EIO");
		/* unless nothing is to be put back */
		plan = planned(&bench, goals[i], MHP_OFFLINE, MHP_RULE_KEEP);
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
		tear_down(&bench);
	}
}

/* Nothing can be said of a block that cannot be read any more. */
static void test_unknown_in_the_end(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	plan = planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0);
	mhp_sim_fail_read(bench.sim, block_file(34, "state"), -EIO, 0);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_UNKNOWN);
	assert_writes(&bench, "35 35");
	assert_blocks(&bench, 32, 35, "offline");
	assert_reason(&bench, 34, "unreadable");
	assert_int_equal(mhp_result_get_code(result(&bench, 34)), -EIO);
	assert_reason(&bench, 35, "undone");
	assert_reason(&bench, 33, "not-tried");
	tear_down(&bench);
}

static void test_zone_not_read_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	mhp_sim_fail_read(bench.sim, block_file(34, "valid_zones"), -EIO, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, 32, 35, "offline");
	assert_reason(&bench, 34, "unreadable");
	assert_int_equal(mhp_result_get_code(result(&bench, 34)), -EIO);
	assert_says(&bench, "reading " MEMORY_PATH "/memory34/valid_zones: EIO");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel_fails_to_put_back),
		cmocka_unit_test(test_what_cannot_be_put_back_is_told),
		cmocka_unit_test(test_device_does_not_come_back),
		cmocka_unit_test(test_mixed_zones_come_back),
		cmocka_unit_test(test_unknown_zone),
		cmocka_unit_test(test_zone_not_read_back),
		cmocka_unit_test(test_unknown_in_the_end),
		cmocka_unit_test(test_plugged_blocks_go_again),
		cmocka_unit_test(test_kernel_zone_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
