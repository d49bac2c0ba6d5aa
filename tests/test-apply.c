// SPDX-License-Identifier: LGPL-2.1-or-later
/* Plans that meet a machine which others change too. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bench.h"

/* ---- others are at it too ---- */

/* Between plan and apply another one brought a block where we want it. */
static void test_overtaken(void **state)
{
	static const struct {
		const char *machine, *before;
	} rows[] = {
		{ HMEM_7_3, "offline" }, { HMEM_6_12, "offline" }, { HMEM_6_12, "online_kernel" },
		{ HMEM_7_3, "online_kernel" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, rows[i].machine);
		for (unsigned int id = 32; id <= 35; id++)
			mhp_sim_write(bench.sim, block_file(id, "state"), rows[i].before);
		plan = planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, MHP_RULE_REZONE);
		for (unsigned int id = 32; id <= 35; id++)
			mhp_sim_write(bench.sim, block_file(id, "state"), "offline");
		put(&bench, block_file(34, "state"), "online_movable");
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
		assert_int_equal(bench.writes, 3);
		assert_reason(&bench, 34, "already");
		assert_blocks(&bench, 32, 35, "Movable");
		tear_down(&bench);
	}
}

/* Another one plugs the device just before us: its memory is not ours to take away. */
static void test_plugged_by_another(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put(&bench, DEVICE, "unplugged");
	mhp_sim_race(bench.sim, DEVICE, DEVICE, "online_kernel");
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_PARTIAL);
	assert_int_equal(bench.writes, 1);
	assert_blocks(&bench, 32, 35, "Normal");
	assert_int_equal(mhp_report_get_code(bench.report), -EBUSY);
	tear_down(&bench);
}

/* While we look for the block that refuses, another one unplugs the device. */
static void test_unplugged_by_another(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_block(bench.sim, 35, "offline", -EBUSY, 1);
	mhp_sim_race(bench.sim, block_file(33, "state"), DEVICE, "unplugged");
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "absent");
	tear_down(&bench);
}

/* Before 7.3 a block that is onlined just before the unbind stays until reboot. */
static void test_unbind_window_is_reported(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	mhp_sim_race(bench.sim, UNBIND, block_file(33, "state"), "online");
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_PARTIAL);
	assert_reason(&bench, 33, "stranded");
	assert_says(&bench, "memory");
	tear_down(&bench);
}

static void test_stale_plan_is_refused(void **state)
{
	static const char *const machines[] = { HMEM_7_3, HMEM_6_12 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, machines[i]);
		plan = planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0);
		put(&bench, block_file(35, "state"), "online_kernel");
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
		assert_int_equal(bench.writes, 0);
		assert_reason(&bench, 35, "stale");
		assert_says(&bench, "memory35 is online in Normal, not as planned for (offline)");
		tear_down(&bench);
	}
}

/* ---- another program acts between two steps ---- */

struct other {
	struct mhp_sim *sim;
	const char *path, *word;
	uint64_t when_bytes;	/* done by then */
	const char *second_word;
};

static int act(void *data, uint64_t done, uint64_t total)
{
	struct other *other = data;

	(void)total;
	if (done != other->when_bytes || !other->word)
		return 0;
	assert_int_equal(mhp_sim_write(other->sim, other->path, other->word), 0);
	if (other->second_word)
		assert_int_equal(mhp_sim_write(other->sim, other->path, other->second_word), 0);
	other->word = NULL;
	return 0;
}

#define MIB(n) ((uint64_t)(n) << 20)

static void test_between_steps(void **state)
{
	static const struct {
		const char *machine, *before;
		enum mhp_goal goal;
		const char *path, *words[2];
		uint64_t when_bytes;
		enum mhp_outcome outcome;
		const char *writes, *reason33;
	} rows[] = {
		/* plugged as wanted while it was unplugged for that */
		{ HMEM_7_3, "online_kernel", MHP_GOAL_ONLINE, DEVICE, { "online_movable" },
		  MIB(512), MHP_OUTCOME_DONE, "unplugged", "done" },
		/* or otherwise: that is not ours to take away */
		{ HMEM_7_3, "offline", MHP_GOAL_ONLINE, DEVICE, { "online_kernel" },
		  MIB(512), MHP_OUTCOME_PARTIAL, "unplugged", "stale" },
		/* a block goes elsewhere before its turn */
		{ HMEM_6_12, "offline", MHP_GOAL_ONLINE, MEMORY_PATH "/memory33/state",
		  { "online_kernel" }, MIB(256), MHP_OUTCOME_PARTIAL, "35 34 35 34", "stale" },
		/* the same zone is expected that it would be put back into */
		{ HMEM_6_12, "online_movable", MHP_GOAL_OFFLINE, MEMORY_PATH "/memory34/state",
		  { "offline", "online_kernel" }, MIB(128), MHP_OUTCOME_PARTIAL, "33 33",
		  "undone" },
		/* online again when all was offline: unbinding would strand it */
		{ HMEM_6_12, "online_movable", MHP_GOAL_UNPLUGGED, MEMORY_PATH "/memory33/state",
		  { "online_movable" }, MIB(512), MHP_OUTCOME_UNDONE, "33 34 35 32 35 34 32",
		  "stale" },
		/* unbound by another one */
		{ HMEM_6_12, "online_movable", MHP_GOAL_UNPLUGGED, UNBIND, { "dax0.0" },
		  MIB(512), MHP_OUTCOME_DONE, "33 34 35 32", "done" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct other other = { .path = rows[i].path, .word = rows[i].words[0],
				       .second_word = rows[i].words[1],
				       .when_bytes = rows[i].when_bytes };
		struct mhp_apply_opts opts = { .size = sizeof(opts), .progress = act,
					       .progress_data = &other };
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, rows[i].machine);
		other.sim = bench.sim;
		for (unsigned int id = 32; id <= 35; id++)
			mhp_sim_write(bench.sim, block_file(id, "state"), rows[i].before);
		plan = planned(&bench, rows[i].goal, MHP_ONLINE_MOVABLE, MHP_RULE_REZONE);
		assert_int_equal(apply_plan(&bench, plan, &opts), rows[i].outcome);
		assert_null(other.word);
		assert_writes(&bench, rows[i].writes);
		assert_reason(&bench, 33, rows[i].reason33);
		tear_down(&bench);
	}
}

/* Unbound, and all blocks came back at once by another one: that is not as it was. */
static void test_unbound_is_never_undone(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 35, "online_movable");
	for (unsigned int id = 32; id <= 35; id++)
		mhp_sim_race(bench.sim, UNBIND, block_file(id, "state"), "online_movable");
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_PARTIAL);
	assert_blocks(&bench, 32, 35, "Movable");
	assert_reason(&bench, 33, "stranded");
	assert_says(&bench, "\"dax0.0\" to " UNBIND);
	tear_down(&bench);
}

static void test_unbind_is_refused(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_write(bench.sim, UNBIND, NULL, -ENODEV, 0);
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, 32, 35, "Movable");
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_GONE);
	assert_int_equal(mhp_report_get_code(bench.report), -ENODEV);
	assert_says(&bench, "\"dax0.0\" to " UNBIND ": ENODEV");
	tear_down(&bench);
}

/* With blocks that are kept online no driver is unbound from them. */
static void test_kept_blocks_keep_their_driver(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_fail_block(bench.sim, 34, "offline", -EBUSY, 0);
	assert_int_equal(unplug(&bench, MHP_RULE_KEEP), MHP_OUTCOME_PARTIAL);
	assert_writes(&bench, "33 34! 35 32");
	assert_string_equal(is(&bench, 34), "Movable");
	assert_string_equal(is(&bench, 35), "offline");
	tear_down(&bench);
}

/* Some answers are not about a block: none is taken offline to find one. */
static void test_refusals_of_the_device(void **state)
{
	static const int codes[] = { -EACCES, -EROFS, -ENOENT, -ENODEV, -EINVAL, -EIO, -EINTR };
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		set_up(&bench, HMEM_7_3);
		put_blocks(&bench, 32, 35, "online_movable");
		mhp_sim_fail_write(bench.sim, DEVICE, "unplugged", codes[i], 0);
		assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_UNDONE);
		assert_writes(&bench, "unplugged!");
		assert_int_equal(mhp_report_get_code(bench.report), codes[i]);
		tear_down(&bench);
	}
}

/* What another one brought online while our write failed is not ours to undo. */
static void test_others_work_is_left(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 33, "online_movable");
	mhp_sim_fail_write(bench.sim, DEVICE, "unplugged", -EIO, 0);
	mhp_sim_race(bench.sim, DEVICE, block_file(35, "state"), "online_movable");
	assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_PARTIAL);
	assert_writes(&bench, "unplugged!");
	assert_string_equal(is(&bench, 35), "Movable");
	tear_down(&bench);
}

/*
 * Blocks 36 and 37 were online when the driver was unbound, and stay behind for
 * ever. The device goes without them, and does not come back with them.
 */
static void test_stranded_blocks(void **state)
{
	static const uint64_t rules[] = { MHP_RULE_REZONE, MHP_RULE_REZONE | MHP_RULE_KEEP };
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		set_up(&bench, RANGES_7_3);
		put_blocks(&bench, 36, 37, "online_movable");
		put(&bench, UNBIND, "dax0.0");
		put(&bench, KMEM "/bind", "dax0.0");
		assert_blocks(&bench, 32, 33, "offline");
		assert_blocks(&bench, 36, 37, "Movable");
		assert_int_equal(online(&bench, MHP_ONLINE_KERNEL, rules[i]),
				 i ? MHP_OUTCOME_PARTIAL : MHP_OUTCOME_UNDONE);
		assert_blocks(&bench, 32, 33, i ? "Normal" : "offline");
		assert_blocks(&bench, 36, 37, "Movable");
		assert_reason(&bench, 36, "stranded");
		assert_says(&bench, "memory36: writing \"unplugged\" to " DEVICE);
		assert_says(&bench, "online in Movable");
		tear_down(&bench);
	}
}

/* ---- in one call, and references ---- */

static int count_calls(void *data, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	++*(int *)data;
	return 0;
}

static void test_fulfil(void **state)
{
	int calls = 0;
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = count_calls, .progress_data = &calls,
	};
	struct mhp_request *request;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, "dax0.0"), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_ONLINE), 0);
	assert_int_equal(mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE), 0);
	assert_int_equal(mhp_fulfil(bench.ctx, request, &opts, &bench.report), 0);
	assert_int_equal(mhp_report_get_outcome(bench.report), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	/* before the first step, and after each */
	assert_int_equal(calls, 5);
	mhp_request_free(request);
	tear_down(&bench);
}

static void test_references(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	assert_null(mhp_plan_ref(NULL));
	assert_null(mhp_ctx_ref(NULL));
	plan = planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0);
	assert_ptr_equal(mhp_plan_ref(plan), plan);
	assert_null(mhp_plan_unref(plan));
	assert_ptr_equal(mhp_ctx_ref(bench.ctx), bench.ctx);
	assert_null(mhp_ctx_unref(bench.ctx));
	/* both are still there */
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
	tear_down(&bench);
}

/* ---- how much there is to do ---- */

static int keep_total(void *data, uint64_t done, uint64_t total)
{
	uint64_t *seen = data;

	seen[0] = done;
	seen[1] = total;
	return 0;
}

static void test_progress(void **state)
{
	uint64_t seen[2] = { 0 };
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = keep_total, .progress_data = seen,
	};
	struct bench bench;

	(void)state;
	set_up(&bench, RANGES_7_3);
	assert_int_equal(apply_plan(&bench, planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0),
				    &opts), MHP_OUTCOME_DONE);
	/* two steps with four blocks each */
	assert_true(seen[0] == MIB(1024) && seen[1] == MIB(1024));
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fulfil),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_overtaken),
		cmocka_unit_test(test_plugged_by_another),
		cmocka_unit_test(test_unplugged_by_another),
		cmocka_unit_test(test_unbind_window_is_reported),
		cmocka_unit_test(test_stale_plan_is_refused),
		cmocka_unit_test(test_between_steps),
		cmocka_unit_test(test_unbound_is_never_undone),
		cmocka_unit_test(test_unbind_is_refused),
		cmocka_unit_test(test_kept_blocks_keep_their_driver),
		cmocka_unit_test(test_refusals_of_the_device),
		cmocka_unit_test(test_others_work_is_left),
		cmocka_unit_test(test_stranded_blocks),
		cmocka_unit_test(test_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
