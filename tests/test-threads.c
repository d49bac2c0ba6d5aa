// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Threads with a context each, on one machine: they queue, and none of them does harm to
 * another. What never changes they share. "make check-analysis" runs it under
 * ThreadSanitizer, too.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/bench.h"
#include "support/world.h"

#define ROUNDS 60

struct outcomes {
	size_t done, undone, refused, other;
};

/* cmocka's assertions are for its own thread: what a worker finds is kept for later. */
struct hand {
	struct mhp_sim *sim;
	pthread_t thread;
	const char *const *wishes;	/* in turn, up to NULL */
	size_t rounds;
	struct outcomes outcomes;
	char first[512];		/* other than done, undone, or stale */
};

static void note(struct hand *hand, const char *wish, const struct mhp_report *report)
{
	enum mhp_reason reason = mhp_report_get_reason(report);

	switch (mhp_report_get_outcome(report)) {
	case MHP_OUTCOME_DONE:
		hand->outcomes.done++;
		return;
	case MHP_OUTCOME_UNDONE:
		hand->outcomes.undone++;
		return;
	case MHP_OUTCOME_REFUSED:
		hand->outcomes.refused++;
		if (reason == MHP_REASON_STALE || reason == MHP_REASON_CONFLICT)
			return;
		break;
	default:
		break;
	}
	hand->outcomes.other++;
	if (!*hand->first)
		snprintf(hand->first, sizeof(hand->first), "\"%s\": %s: %s", wish,
			 mhp_outcome_to_str(mhp_report_get_outcome(report)),
			 mhp_report_get_message(report));
}

static void *work(void *data)
{
	struct hand *hand = data;
	size_t next = 0;

	for (size_t i = 0; i < hand->rounds; i++) {
		const char *wish = hand->wishes[next++];
		struct mhp_request *request = ask(wish);
		struct mhp_report *report = NULL;
		struct mhp_ctx *ctx;
		int r;

		if (!hand->wishes[next])
			next = 0;
		r = mhp_sim_new_ctx(hand->sim, &ctx);
		if (r == 0) {
			r = mhp_fulfil(ctx, request, NULL, &report);
			mhp_ctx_unref(ctx);
		}
		if (r == 0)
			note(hand, wish, report);
		else if (!*hand->first)
			snprintf(hand->first, sizeof(hand->first), "\"%s\": %d", wish, r);
		mhp_report_free(report);
		mhp_request_free(request);
	}
	return NULL;
}

static void run_both(struct bench *bench, const char *const *mine, const char *const *others,
		     struct hand hands[2])
{
	/* only a test that hangs gets to know of it */
	alarm(100);
	for (int i = 0; i < 2; i++) {
		hands[i] = (struct hand){
			.sim = bench->sim, .wishes = i ? others : mine, .rounds = ROUNDS,
		};
		assert_int_equal(pthread_create(&hands[i].thread, NULL, work, &hands[i]), 0);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(hands[i].thread, NULL), 0);
	alarm(0);
	for (int i = 0; i < 2; i++)
		if (*hands[i].first)
			fail_msg("%s", hands[i].first);
}

/* What can be seen is whole: no setting is left, and the lock is free. */
static void check_settled(struct bench *bench, const struct world *before)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };
	struct mhp_recovery *recovery = NULL;
	struct world now = world_of(bench->sim);

	assert_true(same_settings(&now, before));
	assert_false(now.journal);
	assert_int_equal(mhp_recover(bench->ctx, &opts, &recovery), 0);
	assert_null(recovery);
	for (unsigned int id = 0; id < 32; id++)
		assert_true(same_block(&now, before, id));
}

static const char *const online_offline[] = {
	"dax0.0 online online_movable", "dax0.0 offline", NULL,
};
static const char *const zones[] = {
	"dax0.0 online online_kernel rezone", "dax0.0 online online_movable rezone",
	"dax0.0 offline", NULL,
};
static const char *const plug_unplug[] = {
	"dax0.0 plugged online_movable borrow", "dax0.0 unplugged to:device_dax borrow",
	"dax0.0 plugged online_kernel borrow", "dax0.0 unplugged", NULL,
};

static void test_same_region(void **state)
{
	static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };
	static const char *const *const pairs[][2] = {
		{ online_offline, online_offline }, { zones, online_offline }, { zones, zones },
		{ plug_unplug, online_offline }, { plug_unplug, plug_unplug },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines) * ARRAY_SIZE(pairs); i++) {
		const char *const *const *pair = pairs[i % ARRAY_SIZE(pairs)];
		struct hand hands[2];
		struct world before;
		struct bench bench;

		set_up(&bench, machines[i / ARRAY_SIZE(pairs)]);
		if (pair[0] == plug_unplug)
			release_device(&bench);
		before = world_of(bench.sim);
		run_both(&bench, pair[0], pair[1], hands);
		check_settled(&bench, &before);
		/* they get on with it */
		assert_true(hands[0].outcomes.done + hands[1].outcomes.done > 0);
		tear_down(&bench);
	}
}

/* They wait for each other, and neither fails. */
static void test_different_regions(void **state)
{
	static const char *const mine[] = {
		"dax0.0 online online_movable", "dax0.0 offline",
		"dax0.0 online online_kernel per-block", "dax0.0 offline", NULL,
	};
	static const char *const others[] = {
		"dax0.1 online online_kernel", "dax0.1 offline", NULL,
	};
	static const char *const machines[] = { RANGES_7_3, "6.12-hmem-ranges-bound.txt" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct hand hands[2];
		struct world before, now;
		struct bench bench;

		set_up(&bench, machines[i]);
		before = world_of(bench.sim);
		run_both(&bench, mine, others, hands);
		for (int hand = 0; hand < 2; hand++)
			assert_int_equal(hands[hand].outcomes.done, ROUNDS);
		check_settled(&bench, &before);
		now = world_of(bench.sim);
		assert_same_world(&now, &before, machines[i]);
		tear_down(&bench);
	}
}

/*
 * Both borrow the same policy, for another type each. Who has planned with the other's
 * is refused as stale, and nobody's memory is ever in a zone that was not asked for.
 */
static void test_different_regions_plug(void **state)
{
	static const char *const mine[] = {
		"dax0.0 plugged online_movable borrow", "dax0.0 unplugged to:device_dax borrow",
		NULL,
	};
	static const char *const others[] = {
		"dax1.0 plugged online_kernel borrow", "dax1.0 unplugged to:device_dax borrow",
		NULL,
	};
	struct hand hands[2];
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, "6.12-hmem-multi-bound.txt");
	put(&bench, UNBIND, "dax0.0");
	put(&bench, UNBIND, "dax1.0");
	before = world_of(bench.sim);
	run_both(&bench, mine, others, hands);
	check_settled(&bench, &before);
	for (unsigned int id = 32; id <= 36; id++)
		if (strcmp(is(&bench, id), "absent"))
			assert_string_equal(is(&bench, id), id < 34 ? "Movable" : "Normal");
	tear_down(&bench);
}

/* A plan is only read: two can carry it out at once. */
static void *apply_it(void *data)
{
	struct hand *hand = data;
	struct mhp_plan *plan = (struct mhp_plan *)(uintptr_t)hand->wishes;
	struct mhp_report *report = NULL;
	struct mhp_ctx *ctx;

	if (mhp_sim_new_ctx(hand->sim, &ctx) < 0)
		return NULL;
	if (mhp_apply(ctx, plan, NULL, &report) == 0)
		note(hand, "the plan", report);
	mhp_ctx_unref(ctx);
	mhp_report_free(report);
	return NULL;
}

static void test_one_plan(void **state)
{
	struct bench bench;

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct hand hands[2];
		struct mhp_plan *plan;

		set_up(&bench, HMEM_6_12);
		plan = plan_of(&bench, "dax0.0 online online_movable");
		for (int i = 0; i < 2; i++) {
			hands[i] = (struct hand){
				.sim = bench.sim, .wishes = (const void *)plan,
			};
			assert_int_equal(pthread_create(&hands[i].thread, NULL, apply_it,
							&hands[i]), 0);
		}
		for (int i = 0; i < 2; i++) {
			assert_int_equal(pthread_join(hands[i].thread, NULL), 0);
			/* who comes second finds it as wanted */
			assert_int_equal(hands[i].outcomes.done, 1);
		}
		mhp_plan_unref(plan);
		assert_blocks(&bench, 32, 35, "Movable");
		tear_down(&bench);
	}
}

/* ---- what never changes is shared ---- */

struct reader {
	pthread_t thread;
	const struct mhp_request *request;
	struct mhp_snapshot *snap;	/* a reference of its own */
	uint64_t seen[ROUNDS];		/* what there is, added up */
	char *text;			/* the last plan */
	int code;
};

static uint64_t add_up(const struct mhp_snapshot *snap)
{
	uint64_t sum = mhp_snapshot_count_problems(snap);

	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i);

		sum = sum * 31 + mhp_block_get_id(block) + mhp_block_get_state(block);
		sum += mhp_snapshot_find_block(snap, mhp_block_get_id(block)) == block;
		for (size_t j = 0; j < mhp_block_count_zones(block); j++)
			sum += mhp_block_get_zone_at(block, j);
	}
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++) {
		const struct mhp_region *region = mhp_snapshot_get_region(snap, i);
		const char *name = mhp_region_get_name(region);

		sum = sum * 31 + strlen(name) + mhp_region_count_blocks(region);
		sum += mhp_snapshot_find_region(snap, name) == region;
		sum += mhp_region_get_parent(region) != NULL;
	}
	return sum;
}

static void *read_it(void *data)
{
	struct reader *reader = data;

	for (int i = 0; i < ROUNDS && reader->code == 0; i++) {
		struct mhp_snapshot *snap = mhp_snapshot_ref(reader->snap);
		struct mhp_plan *plan = NULL, *mine;

		reader->seen[i] = add_up(snap);
		reader->code = mhp_plan_new(snap, reader->request, &plan);
		mhp_snapshot_unref(snap);
		mine = mhp_plan_ref(plan);
		mhp_plan_unref(plan);
		free(reader->text);
		reader->text = NULL;
		if (reader->code == 0)
			reader->code = mhp_plan_copy_text(mine, &reader->text);
		mhp_plan_unref(mine);
	}
	/* who is last frees it */
	mhp_snapshot_unref(reader->snap);
	return NULL;
}

/* The context is the first thread's, and at work meanwhile. */
static void test_one_snapshot(void **state)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_request *request = ask("dax0.0 online online_movable");
	struct reader readers[3] = { 0 };
	struct mhp_snapshot *snap;
	struct bench bench;
	uint64_t sum;

	(void)state;
	set_up(&bench, RANGES_7_3);
	assert_int_equal(mhp_snapshot_new(bench.ctx, &opts, &snap), 0);
	sum = add_up(snap);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i].request = request;
		readers[i].snap = mhp_snapshot_ref(snap);
		assert_int_equal(pthread_create(&readers[i].thread, NULL, read_it, &readers[i]),
				 0);
	}
	mhp_snapshot_unref(snap);
	assert_int_equal(fulfil(&bench, "dax0.0 online online_kernel", NULL), MHP_OUTCOME_DONE);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		assert_int_equal(pthread_join(readers[i].thread, NULL), 0);
		assert_int_equal(readers[i].code, 0);
		for (int round = 0; round < ROUNDS; round++)
			assert_true(readers[i].seen[round] == sum);
		assert_string_equal(readers[i].text, readers[0].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		free(readers[i].text);
	mhp_request_free(request);
	tear_down(&bench);
}

/* ---- one waits in vain ---- */

static int cancel(void *data, uint64_t done, uint64_t total)
{
	(void)data;
	(void)done;
	(void)total;
	return MHP_CANCEL;
}

static void test_lock_is_held(void **state)
{
	static const char *const wishes[] = { "dax0.0 offline", NULL };
	struct mhp_apply_opts hurry = { .size = sizeof(hurry), .timeout_ms = 20 };
	struct mhp_apply_opts opts = { .size = sizeof(opts), .progress = cancel };
	struct mhp_recovery *recovery = NULL;
	struct mhp_snapshot *snap;
	struct hand hand;
	struct bench bench;
	const char *who;
	bool running;

	(void)state;
	alarm(60);
	set_up(&bench, RANGES_7_3);
	put_blocks(&bench, 32, 33, "online_movable");
	put_blocks(&bench, 36, 37, "online_movable");
	mhp_sim_hang_block(bench.sim, 33, 0);
	hand = (struct hand){ .sim = bench.sim, .wishes = wishes, .rounds = 1 };
	assert_int_equal(pthread_create(&hand.thread, NULL, work, &hand), 0);
	mhp_sim_await_stuck(bench.sim, 1);

	assert_int_equal(fulfil(&bench, "dax0.1 online online_movable", &hurry),
			 MHP_OUTCOME_REFUSED);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_LOCKED);
	assert_int_equal(mhp_report_get_code(bench.report), -ETIMEDOUT);
	assert_says(&bench, "test-threads[");
	assert_says(&bench, "dax0.0");
	assert_int_equal(bench.writes, 0);
	assert_reason(&bench, 34, "locked");

	assert_int_equal(fulfil(&bench, "dax0.1 online online_movable", &opts),
			 MHP_OUTCOME_REFUSED);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CANCELLED);
	assert_int_equal(bench.writes, 0);

	/* he is at work, and nothing is left behind */
	assert_int_equal(mhp_snapshot_new(bench.ctx, NULL, &snap), 0);
	assert_int_equal(mhp_snapshot_get_pending(snap, &who, &running), 0);
	assert_non_null(who);
	assert_true(running);
	mhp_snapshot_unref(snap);
	assert_int_equal(mhp_recover(bench.ctx, &hurry, &recovery), -ETIMEDOUT);
	assert_null(recovery);

	mhp_sim_release_block(bench.sim, 33);
	assert_int_equal(pthread_join(hand.thread, NULL), 0);
	assert_int_equal(hand.outcomes.done, 1);
	assert_int_equal(fulfil(&bench, "dax0.1 online online_movable", NULL), MHP_OUTCOME_DONE);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_region),
		cmocka_unit_test(test_different_regions),
		cmocka_unit_test(test_different_regions_plug),
		cmocka_unit_test(test_one_plan),
		cmocka_unit_test(test_one_snapshot),
		cmocka_unit_test(test_lock_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
