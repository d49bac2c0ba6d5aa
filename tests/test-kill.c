// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Killed at each single act on the machine, in /run and on modules: whatever was left
 * is known to everybody, and recovery puts the system's settings back.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/device.h"

#define ACTS (MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | MHP_SIM_ACCESS_LOAD)

enum begin {
	ONLINE, FREE, FREE_NO_KMEM, ONLINE_NO_DEVICE_DAX, ON_DEVICE_DAX,
	FREE_POLICY, UNPLUGGED_POLICY,	/* the policy is online */
};

struct row {
	const char *machine;
	enum begin begin;
	const char *wish;
};

static const struct row rows[] = {
	{ HMEM_7_3, FREE, "dax0.0 plugged online_movable borrow" },
	{ HMEM_6_12, FREE, "dax0.0 plugged online_movable borrow" },
	{ HMEM_6_1, FREE, "dax0.0 plugged online_movable borrow" },
	{ HMEM_7_3, FREE_NO_KMEM, "dax0.0 plugged online_kernel borrow" },
	{ HMEM_6_12, FREE_NO_KMEM, "dax0.0 plugged online_movable borrow" },
	{ HMEM_6_1, FREE_NO_KMEM, "dax0.0 plugged online_movable borrow" },
	{ HMEM_6_12, ON_DEVICE_DAX, "dax0.0 plugged online_movable borrow" },
	{ HMEM_7_3, FREE_POLICY, "dax0.0 plugged online_movable borrow per-block" },
	{ HMEM_7_3, UNPLUGGED_POLICY, "dax0.0 plugged online_kernel borrow per-block" },
	{ HMEM_6_12, FREE_POLICY, "dax0.0 plugged online_movable borrow per-block" },
	{ HMEM_6_1, FREE_POLICY, "dax0.0 plugged online_kernel borrow per-block" },
	{ HMEM_7_3, ONLINE, "dax0.0 unplugged" },
	{ HMEM_6_12, ONLINE, "dax0.0 unplugged" },
	{ HMEM_6_1, ONLINE, "dax0.0 unplugged" },
	{ HMEM_7_3, ONLINE, "dax0.0 unplugged to:device_dax borrow" },
	{ HMEM_6_12, ONLINE, "dax0.0 unplugged to:device_dax borrow" },
	{ HMEM_6_1, ONLINE, "dax0.0 unplugged to:device_dax borrow" },
	{ HMEM_7_3, ONLINE_NO_DEVICE_DAX, "dax0.0 unplugged to:device_dax borrow" },
	{ HMEM_6_12, ONLINE_NO_DEVICE_DAX, "dax0.0 unplugged to:device_dax borrow" },
	{ HMEM_7_3, ONLINE, "dax0.0 online online_kernel rezone" },
	{ HMEM_6_12, ONLINE, "dax0.0 offline" },
};

static void prepare(struct bench *bench, const struct row *row)
{
	/* only a test that hangs gets to know of it */
	alarm(60);
	set_up(bench, row->machine);
	if (row->begin == ONLINE || row->begin == ONLINE_NO_DEVICE_DAX)
		put_blocks(bench, 32, 35, "online_movable");
	else if (row->begin == UNPLUGGED_POLICY)
		put(bench, DEVICE, "unplugged");
	else
		release_device(bench);
	if (row->begin == FREE_POLICY || row->begin == UNPLUGGED_POLICY)
		put(bench, POLICY_PATH, "online");
	if (row->begin == FREE_NO_KMEM)
		unload(bench, "kmem");
	if (row->begin == ONLINE_NO_DEVICE_DAX)
		unload(bench, "device_dax");
	if (row->begin == ON_DEVICE_DAX)
		give_to_device_dax(bench);
}

/* The number of acts that the wish takes. */
static size_t count_acts(const struct row *row)
{
	struct bench bench;
	size_t acts;

	prepare(&bench, row);
	assert_int_equal(fulfil(&bench, row->wish, NULL), MHP_OUTCOME_DONE);
	acts = mhp_sim_count(bench.sim, ACTS);
	tear_down(&bench);
	assert_true(acts > 4);
	return acts;
}

/* As by SIGKILL: what the call returns nobody gets to see. Then another program comes. */
static void die_at(struct bench *bench, const struct row *row, size_t n)
{
	struct mhp_plan *plan = plan_of(bench, row->wish);

	mhp_sim_kill_after(bench->sim, n);
	if (mhp_apply(bench->ctx, plan, NULL, &bench->report) < 0)
		assert_null(bench->report);
	mhp_plan_unref(plan);
	mhp_report_free(bench->report);
	bench->report = NULL;
	mhp_ctx_unref(bench->ctx);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
}

static const char *word_of(const struct row *row, size_t n)
{
	static char what[160];

	snprintf(what, sizeof(what), "%s, begin %d, \"%s\", act %zu", row->machine,
		 (int)row->begin, row->wish, n);
	return what;
}

/* A snapshot says that something is pending, or not. */
static void check_pending(struct bench *bench, bool pending, const char *what)
{
	struct mhp_snapshot *snap;
	const char *who;
	bool running;

	assert_int_equal(mhp_snapshot_new(bench->ctx, NULL, &snap), 0);
	assert_int_equal(mhp_snapshot_get_pending(snap, &who, &running), 0);
	if ((who != NULL) != pending)
		fail_msg("%s: pending: %s", what, who ? who : "nothing");
	if (who) {
		assert_non_null(strstr(who, "dax0.0"));
		assert_false(running);
	}
	mhp_snapshot_unref(snap);
}

/* Whatever has changed is told of by the journal, until all is done. */
static void check_left(const struct world *now, const struct world *before,
		       const struct world *done, const char *what)
{
	bool changed = !same_settings(now, before) || !same_drivers(now, before) ||
		       memcmp(now->blocks, before->blocks, sizeof(now->blocks));

	if (changed && !now->journal)
		assert_same_world(now, done, what);
}

static void check_recovery(struct bench *bench, bool left, const char *what)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };
	struct mhp_recovery *recovery = NULL;

	/* nobody has the lock: it is taken at the first try */
	assert_int_equal(mhp_recover(bench->ctx, &opts, &recovery), 0);
	if ((recovery != NULL) != left)
		fail_msg("%s: %s", what, recovery ? "recovered something" : "no recovery");
	if (recovery) {
		assert_true(mhp_recovery_is_complete(recovery));
		assert_non_null(strstr(mhp_recovery_get_transaction(recovery), "dax0.0"));
	}
	mhp_recovery_free(recovery);
}

static void check_settled(struct bench *bench, const struct world *before, const char *what)
{
	struct world now = world_of(bench->sim);

	if (!same_settings(&now, before) || now.journal)
		fail_msg("%s: policy %s, autoprobe %s, %zu ids%s", what, now.policy,
			 now.autoprobe, now.ids, now.journal ? ", a journal" : "");
	check_pending(bench, false, what);
}

static struct world world_when_done(const struct row *row)
{
	struct world done;
	struct bench bench;

	prepare(&bench, row);
	assert_int_equal(fulfil(&bench, row->wish, NULL), MHP_OUTCOME_DONE);
	done = world_of(bench.sim);
	tear_down(&bench);
	return done;
}

static void test_recover(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world done = world_when_done(&rows[i]);
		size_t acts = count_acts(&rows[i]), pending = 0;

		for (size_t n = 1; n <= acts; n++) {
			const char *what = word_of(&rows[i], n);
			struct world before, now, after;
			struct bench bench;

			prepare(&bench, &rows[i]);
			before = world_of(bench.sim);
			die_at(&bench, &rows[i], n);
			now = world_of(bench.sim);
			check_left(&now, &before, &done, what);
			check_pending(&bench, now.journal, what);
			check_recovery(&bench, now.journal, what);
			check_settled(&bench, &before, what);
			/* it is the settings that are put back, and nothing else */
			after = world_of(bench.sim);
			assert_memory_equal(after.blocks, now.blocks, sizeof(now.blocks));
			assert_true(same_drivers(&after, &now));
			pending += now.journal;
			tear_down(&bench);
		}
		/* from the journal's first line to its end */
		assert_true(pending >= acts - 4);
	}
}

/* Whoever recovers is killed too, at each of his acts. */
static void test_killed_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t acts = count_acts(&rows[i]);

		for (size_t n = 1; n <= acts; n++)
			for (size_t m = 1; m < 10; m++) {
				const char *what = word_of(&rows[i], n);
				struct mhp_recovery *recovery = NULL;
				struct world before, now;
				struct bench bench;
				size_t used;

				prepare(&bench, &rows[i]);
				before = world_of(bench.sim);
				die_at(&bench, &rows[i], n);
				mhp_sim_kill_after(bench.sim, m);
				used = mhp_sim_count(bench.sim, ACTS);
				mhp_recover(bench.ctx, NULL, &recovery);
				mhp_recovery_free(recovery);
				used = mhp_sim_count(bench.sim, ACTS) - used;
				/* if he came to his end, who is next is not to be killed */
				mhp_sim_kill_after(bench.sim, 0);
				mhp_ctx_unref(bench.ctx);
				assert_int_equal(mhp_sim_new_ctx(bench.sim, &bench.ctx), 0);
				now = world_of(bench.sim);
				if (!same_settings(&now, &before) && !now.journal)
					fail_msg("%s, then %zu: no journal", what, m);
				check_pending(&bench, now.journal, what);
				check_recovery(&bench, now.journal, what);
				check_settled(&bench, &before, what);
				tear_down(&bench);
				if (used < m)
					break;
			}
	}
}

/* Nobody recovers: the next one who wants something does, and says so. */
static void test_next_apply(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world done = world_when_done(&rows[i]);
		size_t acts = count_acts(&rows[i]);

		for (size_t n = 1; n <= acts; n++) {
			const struct mhp_recovery *recovery;
			const char *what = word_of(&rows[i], n);
			struct world before, now;
			enum mhp_outcome outcome;
			struct bench bench;
			bool left;

			prepare(&bench, &rows[i]);
			before = world_of(bench.sim);
			die_at(&bench, &rows[i], n);
			left = world_of(bench.sim).journal;
			outcome = fulfil(&bench, rows[i].wish, NULL);
			recovery = mhp_report_get_recovery(bench.report);
			if ((recovery != NULL) != left)
				fail_msg("%s: %s", what, left ? "not recovered" : "recovered");
			if (recovery)
				assert_non_null(strstr(mhp_recovery_get_transaction(recovery),
						       "dax0.0"));
			check_settled(&bench, &before, what);
			/* it may have been planned for with settings that were left behind */
			if (outcome == MHP_OUTCOME_REFUSED || outcome == MHP_OUTCOME_UNDONE) {
				assert_int_equal(mhp_report_get_reason(bench.report),
						 MHP_REASON_STALE);
				outcome = fulfil(&bench, rows[i].wish, NULL);
			}
			if (outcome != MHP_OUTCOME_DONE)
				fail_msg("%s: %s", what, mhp_report_get_message(bench.report));
			now = world_of(bench.sim);
			assert_same_world(&now, &done, what);
			tear_down(&bench);
		}
	}
}

/* Somebody else set the policy since: that is his, and nothing is pending any more. */
static void test_changed_since(void **state)
{
	const struct row *row = &rows[0];
	struct mhp_recovery *recovery = NULL;
	const char *path, *was, *ours;
	enum mhp_returned returned;
	struct bench bench;
	size_t n = 0;

	(void)state;
	do {
		if (n)
			tear_down(&bench);
		prepare(&bench, row);
		die_at(&bench, row, ++n);
	} while (strcmp(world_of(bench.sim).policy, "online_movable"));
	put(&bench, POLICY_PATH, "online_kernel");
	assert_int_equal(mhp_recover(bench.ctx, NULL, &recovery), 0);
	assert_non_null(recovery);
	assert_int_equal(mhp_recovery_count_settings(recovery), 1);
	assert_int_equal(mhp_recovery_get_setting(recovery, 0, &returned, &path, &was, &ours,
						  NULL), 0);
	assert_int_equal(returned, MHP_RETURNED_CHANGED);
	assert_string_equal(path, POLICY_PATH);
	assert_string_equal(was, "offline");
	assert_string_equal(ours, "online_movable");
	mhp_recovery_free(recovery);
	assert_string_equal(world_of(bench.sim).policy, "online_kernel");
	check_pending(&bench, false, "changed since");
	tear_down(&bench);
}

/* Who cannot put back what was left does not begin, and says what stands in the way. */
static void test_not_put_back(void **state)
{
	const struct row *row = &rows[0];
	struct world left, now;
	struct bench bench;
	size_t n = 0;

	(void)state;
	do {
		if (n)
			tear_down(&bench);
		prepare(&bench, row);
		die_at(&bench, row, ++n);
	} while (strcmp(world_of(bench.sim).policy, "online_movable"));
	left = world_of(bench.sim);
	mhp_sim_fail_write(bench.sim, POLICY_PATH, "offline", -EIO, 0);
	assert_int_equal(fulfil(&bench, "dax0.0 plugged online_kernel borrow", NULL),
			 MHP_OUTCOME_REFUSED);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_PENDING);
	assert_int_equal(mhp_report_get_code(bench.report), -EIO);
	assert_says(&bench, "dax0.0: what ");
	assert_says(&bench, " has left behind could not be put back: " POLICY_PATH);
	now = world_of(bench.sim);
	assert_same_world(&now, &left, "not put back");
	assert_true(now.journal);
	tear_down(&bench);
}

/* In one call: planned anew, as the first plan was for what somebody had left. */
static void test_one_call(void **state)
{
	const struct row *row = &rows[0];
	struct world done = world_when_done(row);
	size_t acts = count_acts(row);

	(void)state;
	for (size_t n = 1; n <= acts; n++) {
		const char *what = word_of(row, n);
		struct bench bench;
		struct world now;
		bool left;

		prepare(&bench, row);
		die_at(&bench, row, n);
		left = world_of(bench.sim).journal;
		assert_int_equal(mhp_plug_region(bench.ctx, "dax0.0", MHP_ONLINE_MOVABLE, 0,
						 &bench.report), 0);
		if (mhp_report_get_outcome(bench.report) != MHP_OUTCOME_DONE)
			fail_msg("%s: %s", what, mhp_report_get_message(bench.report));
		if ((mhp_report_get_recovery(bench.report) != NULL) != left)
			fail_msg("%s: %s", what, left ? "not told" : "told of nothing");
		now = world_of(bench.sim);
		assert_same_world(&now, &done, what);
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recover),
		cmocka_unit_test(test_killed_again),
		cmocka_unit_test(test_next_apply),
		cmocka_unit_test(test_changed_since),
		cmocka_unit_test(test_not_put_back),
		cmocka_unit_test(test_one_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
