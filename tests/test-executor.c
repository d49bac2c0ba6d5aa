// SPDX-License-Identifier: LGPL-2.1-or-later
/* Steps, on the simulated machine: as asked, and refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bench.h"

/* ---- as asked ---- */

static void test_online_whole_device(void **state)
{
	const char *before, *word;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	assert_int_equal(bench.writes, 2);
	assert_write(&bench, 0, DEVICE, "unplugged");
	assert_write(&bench, 1, DEVICE, "online_movable");
	mhp_report_get_device_words(bench.report, &before, &word);
	assert_string_equal(before, "offline");
	assert_string_equal(word, "online_movable");
	assert_reason(&bench, 32, "done");
	tear_down(&bench);
}

static void test_online_per_block_goes_down(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	assert_int_equal(bench.writes, 4);
	for (unsigned int i = 0; i < 4; i++)
		assert_write(&bench, i, block_file(35 - i, "state"), "online_movable");
	tear_down(&bench);
}

static void test_offline_and_unplug(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put(&bench, DEVICE, "unplugged");
	assert_int_equal(online(&bench, MHP_ONLINE_KERNEL, 0), MHP_OUTCOME_DONE);
	assert_int_equal(bench.writes, 1);
	assert_blocks(&bench, 32, 35, "Normal");
	assert_int_equal(offline(&bench, 0), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "offline");
	assert_write(&bench, 3, block_file(32, "state"), "offline");
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "absent");
	tear_down(&bench);
}

static void test_unplug_by_unbinding(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 34, "online_movable");
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "absent");
	assert_int_equal(bench.writes, 4);
	assert_write(&bench, 3, UNBIND, "dax0.0");
	tear_down(&bench);
}

static void test_rezone(void **state)
{
	static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };
	const char *before, *after_word;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up(&bench, machines[i]);
		put_blocks(&bench, 32, 35, "online_kernel");
		assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_REFUSED);
		assert_int_equal(bench.writes, 0);
		assert_reason(&bench, 33, "conflict");
		assert_says(&bench, "32-35");
		if (i == 0) {
			mhp_report_get_device_words(bench.report, &before, &after_word);
			assert_string_equal(before, "offline");
			assert_string_equal(after_word, "offline");
		}
		assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, MHP_RULE_REZONE),
				 MHP_OUTCOME_DONE);
		assert_blocks(&bench, 32, 35, "Movable");
		tear_down(&bench);
	}
}

/* ---- failures are put back ---- */

/* The device's write succeeds without onlining anything: seen with a notifier's veto. */
static void test_success_without_onlining(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	for (unsigned int id = 32; id <= 35; id++)
		mhp_sim_fail_block(bench.sim, id, "online", -EPERM, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_KERNEL, 0), MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, 32, 35, "offline");
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_VETOED);
	tear_down(&bench);
}

static void test_rezone_pinned_block_is_named(void **state)
{
	static const char *const machines[] = { HMEM_7_3, HMEM_6_12 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up(&bench, machines[i]);
		put_blocks(&bench, 32, 35, "online_kernel");
		mhp_sim_fail_block(bench.sim, 32, "offline", -EBUSY, 0);
		assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, MHP_RULE_REZONE),
				 MHP_OUTCOME_UNDONE);
		assert_blocks(&bench, 32, 35, "Normal");
		assert_reason(&bench, 32, "busy");
		assert_says(&bench, "memory32");
		tear_down(&bench);
	}
}

static void test_rezone_keep(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_kernel");
	mhp_sim_fail_block(bench.sim, 32, "offline", -EBUSY, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, MHP_RULE_REZONE | MHP_RULE_KEEP),
			 MHP_OUTCOME_PARTIAL);
	assert_string_equal(is(&bench, 32), "Normal");
	assert_blocks(&bench, 33, 35, "Movable");
	assert_writes(&bench, "unplugged! 32! 33 34 35 32! 35 34 33");
	tear_down(&bench);
}

/* A refusal that was only for the moment: the blocks go one by one, then the device. */
static void test_unplug_refused_once(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_block(bench.sim, 34, "offline", -EAGAIN, 1);
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "absent");
	tear_down(&bench);
}

static void test_unplug_by_unbinding_undone(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 33, "online_movable");
	put_blocks(&bench, 34, 35, "online_kernel");
	mhp_sim_fail_block(bench.sim, 32, "offline", -EBUSY, 0);
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, 32, 33, "Movable");
	assert_blocks(&bench, 34, 35, "Normal");
	tear_down(&bench);
}

/* 7.3: the first step takes the blocks away, the second one fails. */
static void test_undo_brings_blocks_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 33, "online_kernel");
	mhp_sim_fail_write(bench.sim, DEVICE, "online_movable", -ENOMEM, 1);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, MHP_RULE_REZONE), MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, 32, 33, "Normal");
	assert_blocks(&bench, 34, 35, "offline");
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_NO_MEMORY);
	tear_down(&bench);
}

static void test_undo_that_fails_is_partial(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	mhp_sim_fail_block(bench.sim, 32, "online", -EBUSY, 0);
	mhp_sim_fail_block(bench.sim, 34, "offline", -EBUSY, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_PARTIAL);
	assert_string_equal(is(&bench, 34), "Movable");
	assert_string_equal(is(&bench, 33), "offline");
	assert_reason(&bench, 32, "busy");
	assert_reason(&bench, 33, "undone");
	tear_down(&bench);
}

/* At once, but for the call before the first step. */
static int stop_at_once(void *data, uint64_t done, uint64_t total)
{
	uint64_t *seen = data;

	seen[0] = done;
	seen[1] = total;
	return done > 0;
}

static void test_cancel_by_progress(void **state)
{
	uint64_t seen[2] = { 0 };
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = stop_at_once, .progress_data = seen,
	};
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	assert_int_equal(apply_plan(&bench, planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0),
				    &opts), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CANCELLED);
	assert_true(seen[0] == UINT64_C(128) << 20);
	assert_true(seen[1] == UINT64_C(512) << 20);
	assert_blocks(&bench, 32, 35, "offline");
	tear_down(&bench);
}

/* What was done is kept, and no more is. */
static void test_cancel_and_keep(void **state)
{
	uint64_t seen[2] = { 0 };
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = stop_at_once, .progress_data = seen,
	};
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	assert_int_equal(apply_plan(&bench, planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE,
						    MHP_RULE_KEEP), &opts), MHP_OUTCOME_PARTIAL);
	assert_writes(&bench, "35");
	assert_string_equal(is(&bench, 35), "Movable");
	assert_blocks(&bench, 32, 34, "offline");
	tear_down(&bench);
}

static int stop_at_the_end(void *data, uint64_t done, uint64_t total)
{
	(void)data;
	return done == total;
}

static void test_cancel_comes_too_late(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .progress = stop_at_the_end };
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	assert_int_equal(apply_plan(&bench, planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0),
				    &opts), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

static int stop_after_three(void *data, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	return ++*(int *)data > 4;
}

/* A refused device goes on block by block: that can be stopped too. */
static void test_cancel_between_blocks(void **state)
{
	int calls = 0;
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = stop_after_three, .progress_data = &calls,
	};
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_block(bench.sim, 35, "offline", -EBUSY, 0);
	assert_int_equal(apply_plan(&bench, planned(&bench, MHP_GOAL_UNPLUGGED, MHP_OFFLINE, 0),
				    &opts), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CANCELLED);
	assert_int_equal(bench.writes, 1 + 3 + 3);
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

static void test_options(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(size_t) - 1 };
	struct bench bench;
	struct mhp_plan *plan;

	(void)state;
	set_up(&bench, HMEM_6_12);
	plan = planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0);
	assert_int_equal(mhp_apply(bench.ctx, plan, &opts, &bench.report), -EINVAL);
	mhp_plan_unref(plan);
	tear_down(&bench);
}

/* A signal ends the write: that is no reason to go on otherwise. */
static void test_interrupted(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_write(bench.sim, DEVICE, "unplugged", -EINTR, 1);
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_UNDONE);
	assert_int_equal(bench.writes, 1);
	assert_reason(&bench, 33, "interrupted");
	assert_int_equal(mhp_report_get_code(bench.report), -EINTR);
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

/* ---- no permission ---- */

static void test_write_is_denied(void **state)
{
	static const struct {
		int code;
		enum mhp_reason reason;
	} rows[] = {
		{ -EACCES, MHP_REASON_NO_PERMISSION }, { -EROFS, MHP_REASON_READ_ONLY },
	};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_up(&bench, HMEM_7_3);
		mhp_sim_fail_write(bench.sim, DEVICE, NULL, rows[i].code, 0);
		assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_UNDONE);
		assert_int_equal(mhp_report_get_reason(bench.report), rows[i].reason);
		assert_int_equal(bench.writes, 1);
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_online_whole_device),
		cmocka_unit_test(test_online_per_block_goes_down),
		cmocka_unit_test(test_offline_and_unplug),
		cmocka_unit_test(test_unplug_by_unbinding),
		cmocka_unit_test(test_rezone),
		cmocka_unit_test(test_success_without_onlining),
		cmocka_unit_test(test_rezone_pinned_block_is_named),
		cmocka_unit_test(test_rezone_keep),
		cmocka_unit_test(test_unplug_refused_once),
		cmocka_unit_test(test_unplug_by_unbinding_undone),
		cmocka_unit_test(test_undo_brings_blocks_back),
		cmocka_unit_test(test_undo_that_fails_is_partial),
		cmocka_unit_test(test_cancel_by_progress),
		cmocka_unit_test(test_cancel_comes_too_late),
		cmocka_unit_test(test_cancel_between_blocks),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_cancel_and_keep),
		cmocka_unit_test(test_write_is_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
