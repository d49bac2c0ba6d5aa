// SPDX-License-Identifier: LGPL-2.1-or-later
/* Callers who cancel, and putting back, which has a limit of its own. */
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

#include "support/device.h"

#define SHORT_MS 5

static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

static void set_up_movable(struct bench *bench, const char *machine)
{
	/* only a test that hangs gets to know of it */
	alarm(60);
	set_up(bench, machine);
	put_blocks(bench, 32, 35, "online_movable");
}

/* ---- by the caller ---- */

struct caller {
	struct mhp_sim *sim;
	const char *file, *word;	/* once this file says so ... */
	int answer;			/* ... he answers that */
	bool once;			/* and never again */
	int calls, answers;
	int release_at;			/* this call lets the block go, or the lock */
};

static int ask_me(void *data, uint64_t done, uint64_t total)
{
	struct caller *caller = data;
	bool now = true;
	char *text;

	(void)done;
	(void)total;
	if (++caller->calls == caller->release_at) {
		mhp_sim_release_block(caller->sim, 35);
		mhp_sim_release_hotplug(caller->sim);
	}
	if (caller->file && (!caller->once || !caller->answers)) {
		assert_int_equal(mhp_sim_read(caller->sim, caller->file, &text), 0);
		now = !strncmp(text, caller->word, strlen(caller->word));
		free(text);
	}
	if (!now || (caller->once && caller->answers))
		return 0;
	caller->answers++;
	return caller->answer;
}

static struct mhp_apply_opts opts_of(struct bench *bench, struct caller *caller)
{
	caller->sim = bench->sim;
	return (struct mhp_apply_opts){
		.size = sizeof(struct mhp_apply_opts), .progress = ask_me, .progress_data = caller,
	};
}

#define STATE34 MEMORY_PATH "/memory34/state"
#define STATE35 MEMORY_PATH "/memory35/state"

static void test_cancel_block(void **state)
{
	/* while it is put back he says so again, and is not heeded */
	static const struct caller callers[] = {
		{ .file = STATE34, .word = "going-offline", .answer = MHP_CANCEL },
		{ .file = STATE34, .word = "going-offline", .answer = 7, .once = true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(callers) * ARRAY_SIZE(machines); i++) {
		struct caller caller = callers[i % ARRAY_SIZE(callers)];
		struct mhp_apply_opts opts;
		struct bench bench;

		set_up_movable(&bench, machines[i / ARRAY_SIZE(callers)]);
		mhp_sim_hang_block(bench.sim, 34, 0);
		opts = opts_of(&bench, &caller);
		assert_int_equal(fulfil(&bench, "dax0.0 offline", &opts), MHP_OUTCOME_UNDONE);
		assert_writes(&bench, "33 34! 33");
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CANCELLED);
		assert_int_equal(mhp_report_get_code(bench.report), -ECANCELED);
		assert_reason(&bench, 34, "cancelled");
		assert_blocks(&bench, 32, 35, "Movable");
		tear_down(&bench);
	}
}

static void test_cancel_device(void **state)
{
	struct caller caller = {
		.file = STATE34, .word = "going-offline", .answer = MHP_CANCEL,
	};
	struct mhp_apply_opts opts;
	struct bench bench;

	(void)state;
	set_up_movable(&bench, HMEM_7_3);
	mhp_sim_hang_block(bench.sim, 34, 0);
	opts = opts_of(&bench, &caller);
	assert_int_equal(fulfil(&bench, "dax0.0 unplugged", &opts), MHP_OUTCOME_UNDONE);
	assert_says(&bench, "memory34");
	assert_reason(&bench, 34, "cancelled");
	assert_reason(&bench, 32, "not-tried");
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

/* He says it once, while a bind cannot be ended: it is not forgotten when that is done. */
static int cancel_first_tick(void *data, uint64_t done, uint64_t total)
{
	struct caller *caller = data;

	(void)done;
	(void)total;
	/* the first call is after the step that borrows, the next one while the bind waits */
	if (++caller->calls != 2)
		return 0;
	mhp_sim_release_hotplug(caller->sim);
	return MHP_CANCEL;
}

static void test_cancel_while_bind_waits(void **state)
{
	struct caller caller = { 0 };
	struct world before, now;
	struct mhp_apply_opts opts;
	struct bench bench;

	(void)state;
	set_up(&bench, "6.12-hmem-multi-bound.txt");
	alarm(60);
	for (char device[] = "dax0.0"; device[3] < '4'; device[3]++)
		put(&bench, UNBIND, device);
	before = world_of(bench.sim);
	opts = opts_of(&bench, &caller);
	opts.progress = cancel_first_tick;
	assert_int_equal(mhp_sim_hold_hotplug(bench.sim), 0);
	assert_int_equal(fulfil(&bench, "kind:dax plugged online_movable borrow", &opts),
			 MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CANCELLED);
	now = world_of(bench.sim);
	assert_same_world(&now, &before, "cancelled");
	tear_down(&bench);
}

/* All is as wanted by then: too late. */
static void test_cancel_too_late(void **state)
{
	struct caller caller = {
		.file = MEMORY_PATH "/memory32/state", .word = "offline", .answer = MHP_CANCEL,
	};
	struct mhp_apply_opts opts;
	struct bench bench;

	(void)state;
	set_up_movable(&bench, HMEM_6_12);
	opts = opts_of(&bench, &caller);
	assert_int_equal(fulfil(&bench, "dax0.0 offline", &opts), MHP_OUTCOME_DONE);
	assert_true(caller.answers > 0);
	tear_down(&bench);
}

static const struct mhp_backend_ops *real_ops;

/* AddressSanitizer is not told of frames that a cancelled thread leaves behind. */
#ifdef __SANITIZE_ADDRESS__
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#ifdef HAS_ASAN
void __asan_handle_no_return(void);
#else
#define __asan_handle_no_return() ((void)0)
#endif

/* The kernel has done what was written, and does not come back until the thread is ended. */
static int write_and_stay(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			  const char *word, bool can_end)
{
	int r = real_ops->write(be, dir, name, word, can_end), before;

	if (!strcmp(name, "memory35/state") && !strcmp(word, "online_movable")) {
		__asan_handle_no_return();
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
		for (;;)
			pause();
	}
	return r;
}

/* Nobody else is to blame for the blocks that were not begun. */
static void test_cancel_in_write_that_worked(void **state)
{
	static const uint64_t flags[] = { 0, MHP_APPLY_BY_TIME };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct caller caller = { .file = STATE35, .word = "online", .answer = MHP_CANCEL };
		struct mhp_backend_ops ops;
		struct mhp_apply_opts opts;
		struct bench bench;

		alarm(60);
		set_up(&bench, HMEM_6_12);
		opts = opts_of(&bench, &caller);
		opts.flags = flags[i];
		real_ops = bench.ctx->be->ops;
		ops = *real_ops;
		ops.write = write_and_stay;
		bench.ctx->be->ops = &ops;
		assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", &opts),
				 MHP_OUTCOME_UNDONE);
		bench.ctx->be->ops = real_ops;
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CANCELLED);
		assert_int_equal(mhp_report_get_code(bench.report), -ECANCELED);
		assert_reason(&bench, 35, "undone");
		assert_reason(&bench, 32, "not-tried");
		assert_blocks(&bench, 32, 35, "offline");
		tear_down(&bench);
	}
}

/* ---- while things are put back ---- */

/* memory32 refuses to come online; of what came, memory35 does not go again. */
static void set_up_no_way_back(struct bench *bench)
{
	set_up(bench, HMEM_6_12);
	alarm(60);
	assert_int_equal(mhp_sim_fail_block(bench->sim, 32, "online", -EPERM, 0), 0);
	assert_int_equal(mhp_sim_hang_block(bench->sim, 35, 0), 0);
}

static void check_no_way_back(struct bench *bench, int code)
{
	assert_writes(bench, "35 34 33 32! 34 35!");
	/* the reason is the one why it was to be put back */
	assert_int_equal(mhp_report_get_reason(bench->report), MHP_REASON_VETOED);
	assert_int_equal(mhp_report_get_code(bench->report), -EPERM);
	assert_says(bench, "; putting it back: ");
	/* upwards, but the lowest one would have been the last */
	assert_reason(bench, 34, "undone");
	assert_reason(bench, 35, "not-put-back");
	assert_reason(bench, 33, "not-put-back");
	assert_int_equal(mhp_result_get_code(result(bench, 35)), code);
	assert_int_equal(mhp_result_get_code(result(bench, 33)), code);
	assert_string_equal(is(bench, 34), "offline");
	assert_string_equal(is(bench, 35), "Movable");
	assert_string_equal(is(bench, 33), "Movable");
	assert_false(world_of(bench->sim).journal);
}

static void test_limit_of_undo(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .undo_timeout_ms = SHORT_MS };
	struct bench bench;

	(void)state;
	set_up_no_way_back(&bench);
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", &opts),
			 MHP_OUTCOME_PARTIAL);
	check_no_way_back(&bench, -ETIMEDOUT);
	tear_down(&bench);
}

static void test_second_cancel(void **state)
{
	struct caller caller = {
		.file = STATE35, .word = "going-offline", .answer = MHP_CANCEL_UNDO,
	};
	struct mhp_apply_opts opts;
	struct bench bench;

	(void)state;
	set_up_no_way_back(&bench);
	opts = opts_of(&bench, &caller);
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", &opts),
			 MHP_OUTCOME_PARTIAL);
	check_no_way_back(&bench, -ECANCELED);
	tear_down(&bench);
}

/* The first wish to cancel was heeded already. */
static void test_first_cancel_goes_on_undoing(void **state)
{
	struct caller caller = {
		.file = STATE35, .word = "going-offline", .answer = MHP_CANCEL,
	};
	struct mhp_apply_opts opts;
	struct bench bench;

	(void)state;
	set_up_no_way_back(&bench);
	caller.release_at = 12;
	opts = opts_of(&bench, &caller);
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", &opts),
			 MHP_OUTCOME_UNDONE);
	assert_true(caller.answers > 0);
	assert_blocks(&bench, 32, 35, "offline");
	tear_down(&bench);
}

/* A device that does not go again: all of its blocks are named. */
static void test_limit_of_undo_of_device(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .undo_timeout_ms = SHORT_MS };
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-hmem-unplugged.txt");
	alarm(60);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 32, "online", -EPERM, 0), 0);
	assert_int_equal(mhp_sim_hang_block(bench.sim, 34, 0), 0);
	mhp_sim_fail_block(bench.sim, 33, "online", -EPERM, 1);
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", &opts),
			 MHP_OUTCOME_PARTIAL);
	for (unsigned int id = 32; id <= 35; id++) {
		assert_string_not_equal(is(&bench, id), "absent");
		assert_reason(&bench, id, "not-put-back");
	}
	tear_down(&bench);
}

/* Plugged, and the way back takes too long: the policy is put back all the same. */
static void test_limit_of_undo_of_plug(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .undo_timeout_ms = SHORT_MS };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct world before, now;
		struct bench bench;

		set_up(&bench, machines[i]);
		alarm(60);
		release_device(&bench);
		before = world_of(bench.sim);
		assert_int_equal(mhp_sim_fail_block(bench.sim, 35, "online", -EPERM, 0), 0);
		assert_int_equal(mhp_sim_hang_block(bench.sim, 34, 0), 0);
		assert_int_equal(fulfil(&bench, PLUG, &opts), MHP_OUTCOME_PARTIAL);
		now = world_of(bench.sim);
		assert_true(same_settings(&now, &before));
		assert_false(now.journal);
		assert_reason(&bench, 34, "not-put-back");
		/* with memory online it keeps its driver */
		assert_string_equal(driver_of(&now, "dax0.0"), "kmem");
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cancel_block),
		cmocka_unit_test(test_cancel_device),
		cmocka_unit_test(test_cancel_while_bind_waits),
		cmocka_unit_test(test_cancel_too_late),
		cmocka_unit_test(test_cancel_in_write_that_worked),
		cmocka_unit_test(test_limit_of_undo),
		cmocka_unit_test(test_second_cancel),
		cmocka_unit_test(test_first_cancel_goes_on_undoing),
		cmocka_unit_test(test_limit_of_undo_of_device),
		cmocka_unit_test(test_limit_of_undo_of_plug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
