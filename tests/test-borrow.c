// SPDX-License-Identifier: LGPL-2.1-or-later
/* Settings of the system that are borrowed: others change them, or nobody may. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/device.h"

static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

/* ---- others change the settings ---- */

static void test_policy_of_another_stays(void **state)
{
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_7_3);
	/* as soon as the device is bound somebody sets what he wants */
	mhp_sim_race(bench.sim, BIND, POLICY_PATH, "online_kernel");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 35, "wrong-zone");
	assert_string_equal(world_of(bench.sim).policy, "online_kernel");
	check_driver(&bench, "dax0.0", NULL);
	assert_false(world_of(bench.sim).journal);
	tear_down(&bench);

	/* and it is not put back over his word where all went well, either */
	set_up_free(&bench, HMEM_6_1);
	mhp_sim_race(bench.sim, KMEM "/remove_id", POLICY_PATH, "online_kernel");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "policy=online_movable bind! new_id remove_id");
	assert_string_equal(world_of(bench.sim).policy, "online_kernel");
	assert_false(world_of(bench.sim).journal);
	tear_down(&bench);
}

static void test_autoprobe_of_another_stays(void **state)
{
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_7_3);
	unload(&bench, "kmem");
	mhp_sim_race(bench.sim, BIND, DAX_AUTOPROBE_PATH, "0");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "autoprobe=0 load:kmem autoprobe=1 policy=online_movable bind "
			      "policy=offline");
	assert_string_equal(world_of(bench.sim).autoprobe, "0");
	tear_down(&bench);
}

/* Between plan and apply: it is not borrowed from whom nobody has asked. */
static void test_policy_moved(void **state)
{
	struct world before, now;
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_7_3);
	plan = plan_of(&bench, PLUG);
	put(&bench, POLICY_PATH, "online");
	before = world_of(bench.sim);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
	assert_says(&bench, POLICY_PATH " says \"online\", not \"offline\" as planned for");
	now = world_of(bench.sim);
	assert_same_world(&now, &before, "policy moved");
	assert_false(now.journal);
	tear_down(&bench);
}

/* Another one adds a device just before dax0.0 comes. Returns what was before. */
static struct world set_up_others(struct bench *bench)
{
	struct world before;

	set_up(bench, "6.12-hmem-multi-bound.txt");
	put(bench, UNBIND, "dax0.0");
	put(bench, UNBIND, "dax1.0");
	before = world_of(bench->sim);
	mhp_sim_race(bench->sim, BIND, BIND, "dax1.0");
	return before;
}

/* Blocks that another one adds meanwhile get the borrowed type, and are told. */
static void test_others_add_blocks(void **state)
{
	struct world before;
	uint64_t id;
	struct bench bench;

	(void)state;
	before = set_up_others(&bench);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 36, "Movable");
	assert_int_equal(mhp_report_count_other_blocks(bench.report), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(mhp_report_get_other_block_id(bench.report, i, &id), 0);
		assert_true(id == 34 + i);
	}
	assert_int_equal(mhp_report_get_other_block_id(bench.report, 3, &id), -EINVAL);
	check_settings(&bench, &before);
	tear_down(&bench);
}

/* Whichever look at the blocks fails: that there were no others is not said. */
static void test_others_unlisted(void **state)
{
	static const char unknown[] = "which blocks others added meanwhile is not known";
	size_t n_unknown = 0, n_done = 0;
	struct mhp_report *report;
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	for (size_t n = 1; n <= 8; n++) {
		set_up_others(&bench);
		plan = plan_of(&bench, PLUG);
		assert_int_equal(mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_LOOK, MEMORY_PATH, n,
						 -EIO), 0);
		report = NULL;
		if (mhp_apply(bench.ctx, plan, NULL, &report) == 0 &&
		    mhp_report_get_outcome(report) == MHP_OUTCOME_DONE) {
			n_done++;
			if (strstr(mhp_report_get_message(report), unknown))
				n_unknown++;
			else
				assert_int_equal(mhp_report_count_other_blocks(report), 3);
		}
		mhp_report_free(report);
		mhp_plan_unref(plan);
		tear_down(&bench);
	}
	assert_int_equal(n_unknown, 1);
	assert_true(n_done > 1);
}

/* ---- they are not put back ---- */

/* A setting cannot be put back: that is no success, and is not forgotten. */
static void test_setting_is_not_put_back(void **state)
{
	struct mhp_recovery *recovery;
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_7_3);
	assert_int_equal(mhp_sim_fail_write(bench.sim, POLICY_PATH, "offline", -EIO, 3), 0);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_PARTIAL);
	assert_writes(&bench, "policy=online_movable bind policy=offline! policy=offline! "
			      "policy=offline!");
	assert_blocks(&bench, 32, 35, "Movable");
	assert_says(&bench, POLICY_PATH);
	assert_string_equal(world_of(bench.sim).policy, "online_movable");
	assert_true(world_of(bench.sim).journal);
	assert_int_equal(mhp_recover(bench.ctx, NULL, &recovery), 0);
	assert_non_null(recovery);
	assert_int_equal(mhp_recovery_count_settings(recovery), 1);
	mhp_recovery_free(recovery);
	assert_string_equal(world_of(bench.sim).policy, "offline");
	tear_down(&bench);

	/* it is not given up at once */
	set_up_free(&bench, HMEM_7_3);
	assert_int_equal(mhp_sim_fail_write(bench.sim, POLICY_PATH, "offline", -EIO, 2), 0);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_string_equal(world_of(bench.sim).policy, "offline");
	tear_down(&bench);
}

/* ---- what is not allowed ---- */

static void test_contained(void **state)
{
	struct world before, now;
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_7_3);
	mhp_sim_set_contained(bench.sim, true);
	before = world_of(bench.sim);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_REFUSED);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CONFLICT);
	assert_says(&bench, "container");
	assert_int_equal(bench.writes, 0);
	/* nothing has to be borrowed */
	put(&bench, POLICY_PATH, "online_movable");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	now = world_of(bench.sim);
	assert_string_equal(now.policy, "online_movable");
	assert_string_equal(before.policy, "offline");
	tear_down(&bench);
}

static void test_no_borrow(void **state)
{
	static const struct {
		const char *policy;
		bool loaded;
		const char *says;	/* NULL: it works */
	} rows[] = {
		{ "offline", true, NULL },
		{ "online_movable", true, NULL },
		{ "online_kernel", true, "policy" },
		{ "online_movable", false, "loaded" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows) * ARRAY_SIZE(machines); i++) {
		size_t row = i % ARRAY_SIZE(rows);
		struct world before, now;
		struct bench bench;

		set_up_free(&bench, machines[i / ARRAY_SIZE(rows)]);
		put(&bench, POLICY_PATH, rows[row].policy);
		if (!rows[row].loaded)
			unload(&bench, "kmem");
		before = world_of(bench.sim);
		if (rows[row].says) {
			assert_int_equal(fulfil(&bench, "dax0.0 plugged online_movable", NULL),
					 MHP_OUTCOME_REFUSED);
			assert_says(&bench, rows[row].says);
			now = world_of(bench.sim);
			assert_same_world(&now, &before, rows[row].says);
		} else {
			assert_int_equal(fulfil(&bench, "dax0.0 plugged online_movable", NULL),
					 MHP_OUTCOME_DONE);
			assert_blocks(&bench, 32, 35, "Movable");
			check_settings(&bench, &before);
		}
		tear_down(&bench);
	}
}

/* sysfs is read-only, or /run is: nothing is written, and it is told. */
static void test_read_only(void **state)
{
	struct world before, now;
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_7_3);
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_set_read_only(bench.sim, MHP_SIM_ACCESS_WRITE), 0);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_READ_ONLY);
	now = world_of(bench.sim);
	assert_same_world(&now, &before, "read-only sysfs");
	assert_false(now.journal);

	assert_int_equal(mhp_sim_set_read_only(bench.sim, MHP_SIM_ACCESS_RUN), 0);
	plan = plan_of(&bench, PLUG);
	mhp_report_free(bench.report);
	bench.report = NULL;
	assert_int_equal(mhp_apply(bench.ctx, plan, NULL, &bench.report), -EROFS);
	assert_null(bench.report);
	mhp_plan_unref(plan);
	now = world_of(bench.sim);
	assert_same_world(&now, &before, "read-only /run");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy_of_another_stays),
		cmocka_unit_test(test_autoprobe_of_another_stays),
		cmocka_unit_test(test_policy_moved),
		cmocka_unit_test(test_others_add_blocks),
		cmocka_unit_test(test_others_unlisted),
		cmocka_unit_test(test_setting_is_not_put_back),
		cmocka_unit_test(test_contained),
		cmocka_unit_test(test_no_borrow),
		cmocka_unit_test(test_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
