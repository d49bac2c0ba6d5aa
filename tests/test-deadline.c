// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes that would go on for ever are ended by the deadline, and what was done is put
 * back; nobody but the simulated machine takes any time here.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/device.h"
#include "support/entries.h"

#define SHORT_MS 5
#define NS_PER_MS INT64_C(1000000)

static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

static const struct mhp_apply_opts hurry = {
	.size = sizeof(hurry), .timeout_ms = SHORT_MS,
};

static void set_up_movable(struct bench *bench, const char *machine)
{
	/* only a test that hangs gets to know of it */
	alarm(60);
	set_up(bench, machine);
	put_blocks(bench, 32, 35, "online_movable");
}

/*
 * The deadline is to pass at a certain write, and the report to name what hangs. On a busy
 * machine it may pass before: then nothing has changed, and it is tried again. The
 * deadlines stay below the time after which the write would be looked at anyway.
 */
static enum mhp_outcome fulfil_until(struct bench *bench, const char *wish, const char *writes,
				     const char *named)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts) };
	struct world before = world_of(bench->sim), now;

	for (int i = 0; i < 100; i++) {
		enum mhp_outcome outcome;
		char *made;
		bool there;

		opts.timeout_ms = SHORT_MS << i % 5;
		outcome = fulfil(bench, wish, &opts);
		made = copy_writes(bench);
		there = !strcmp(made, writes) &&
			strstr(mhp_report_get_message(bench->report), named);

		free(made);
		assert_int_equal(mhp_report_get_reason(bench->report), MHP_REASON_DEADLINE);
		assert_int_equal(mhp_report_get_code(bench->report), -ETIMEDOUT);
		if (there)
			return outcome;
		if (outcome != MHP_OUTCOME_UNDONE)
			assert_int_equal(outcome, MHP_OUTCOME_REFUSED);
		now = world_of(bench->sim);
		assert_same_world(&now, &before, wish);
	}
	fail_msg("\"%s\": %s", wish, mhp_report_get_message(bench->report));
	return MHP_OUTCOME_UNKNOWN;
}

/* ---- the clock ---- */

#define HOUR_NS (3600 * 1000 * NS_PER_MS)

/* The time is over as soon as somebody else has changed memory33. */
static struct {
	struct bench *bench;		/* NULL: it is not about that */
	char before[32];
	bool is_over;
} clock_of_others;

int64_t __real_now_ns(void);
int64_t __wrap_now_ns(void);

int64_t __wrap_now_ns(void)
{
	if (clock_of_others.bench && !clock_of_others.is_over)
		clock_of_others.is_over = strcmp(is(clock_of_others.bench, 33),
						 clock_of_others.before) != 0;
	return __real_now_ns() + (clock_of_others.is_over ? HOUR_NS : 0);
}

/* ---- by the deadline ---- */

static void test_block(void **state)
{
	static const char *const wishes[] = {
		"dax0.0 offline", "dax0.0 online online_kernel rezone per-block",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines) * ARRAY_SIZE(wishes); i++) {
		struct bench bench;

		set_up_movable(&bench, machines[i / ARRAY_SIZE(wishes)]);
		mhp_sim_hang_block(bench.sim, 34, 0);
		assert_int_equal(fulfil_until(&bench, wishes[i % ARRAY_SIZE(wishes)], "33 34! 33",
					      "memory34: writing \"offline\" to "),
				 MHP_OUTCOME_UNDONE);
		assert_reason(&bench, 34, "deadline");
		assert_reason(&bench, 33, "undone");
		assert_reason(&bench, 35, "not-tried");
		assert_blocks(&bench, 32, 35, "Movable");
		assert_false(world_of(bench.sim).journal);
		tear_down(&bench);
	}
}

static bool has_tried(const struct bench *bench)
{
	bool undo = true;

	for (size_t i = 0; mhp_report_get_write(bench->report, i, NULL, NULL, NULL, &undo) == 0; i++)
		if (!undo)
			return true;
	return false;
}

#define ANY (MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | \
	     MHP_SIM_ACCESS_LOOK)

/*
 * Another program changes a block before access n, and then there is no time left. False:
 * there are not so many.
 */
static bool others_act(const char *wish, bool movable, const char *word, size_t n)
{
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .undo_timeout_ms = MHP_TIMEOUT_NONE,
	};
	struct mhp_plan *plan;
	struct bench bench;
	size_t before;
	bool acted;

	set_up(&bench, HMEM_7_3);
	if (movable)
		put_blocks(&bench, 32, 35, "online_movable");
	plan = plan_of(&bench, wish);
	before = mhp_sim_count(bench.sim, ANY);
	assert_int_equal(mhp_sim_race_at(bench.sim, ANY, NULL, n, block_file(33, "state"), word), 0);
	snprintf(clock_of_others.before, sizeof(clock_of_others.before), "%s", is(&bench, 33));
	clock_of_others.bench = &bench;
	apply_plan(&bench, plan, &opts);
	acted = mhp_sim_count(bench.sim, ANY) - before >= n;
	clock_of_others.bench = NULL;
	clock_of_others.is_over = false;
	/* what it did is its own */
	if (acted && !has_tried(&bench)) {
		assert_string_not_equal(is(&bench, 33), clock_of_others.before);
		assert_int_equal(mhp_report_count_writes(bench.report), 0);
	}
	tear_down(&bench);
	return acted;
}

/* A write that came too late to be begun has done nothing, whatever is found after it. */
static void test_others_just_before(void **state)
{
	size_t n;

	(void)state;
	for (n = 1; others_act("blocks:33-34 online online_movable", false, "online_movable", n); n++)
		;
	assert_true(n > 1);
	for (n = 1; others_act("dax0.0 offline", true, "offline", n); n++)
		;
	assert_true(n > 1);
	for (n = 1; others_act("dax0.0 unplugged", true, "offline", n); n++)
		;
	assert_true(n > 1);
}

/* What went stays, and the rest is not tried. */
static void test_block_keep(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts) };
	struct bench bench;

	(void)state;
	set_up_movable(&bench, HMEM_6_12);
	mhp_sim_hang_block(bench.sim, 34, 0);
	/* keeping what went, it is begun but once */
	opts.timeout_ms = 1000;
	assert_int_equal(fulfil(&bench, "dax0.0 offline keep", &opts), MHP_OUTCOME_PARTIAL);
	assert_writes(&bench, "33 34!");
	assert_reason(&bench, 33, "done");
	assert_reason(&bench, 34, "deadline");
	assert_reason(&bench, 32, "not-tried");
	assert_string_equal(is(&bench, 33), "offline");
	assert_string_equal(is(&bench, 34), "Movable");
	tear_down(&bench);
}

/* The kernel does not say which block of the device it is at: it is found, and named. */
static void test_device(void **state)
{
	static const char *const wishes[] = {
		"dax0.0 unplugged", "dax0.0 unplugged to:device_dax borrow",
		"dax0.0 online online_kernel rezone",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		struct bench bench;

		set_up_movable(&bench, HMEM_7_3);
		mhp_sim_hang_block(bench.sim, 34, 0);
		assert_int_equal(fulfil_until(&bench, wishes[i], "unplugged!", "memory34"),
				 MHP_OUTCOME_UNDONE);
		assert_reason(&bench, 34, "deadline");
		assert_reason(&bench, 35, "not-tried");
		assert_blocks(&bench, 32, 35, "Movable");
		tear_down(&bench);
	}
}

/* Before 7.3 unplug is by blocks, and the driver stays where it is. */
static void test_unplug_6(void **state)
{
	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(machines); i++) {
		struct world before, now;
		struct bench bench;

		set_up_movable(&bench, machines[i]);
		before = world_of(bench.sim);
		mhp_sim_hang_block(bench.sim, 32, 0);
		assert_int_equal(fulfil_until(&bench, "dax0.0 unplugged", "33 34 35 32! 35 34 33",
					      "memory32"),
				 MHP_OUTCOME_UNDONE);
		assert_reason(&bench, 32, "deadline");
		now = world_of(bench.sim);
		assert_same_world(&now, &before, machines[i]);
		tear_down(&bench);
	}
}

/* Another program has the kernel's lock: a write to a block is ended while it waits. */
static void test_hotplug_lock(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up_movable(&bench, machines[i]);
		assert_int_equal(mhp_sim_hold_hotplug(bench.sim), 0);
		assert_int_equal(fulfil_until(&bench, "dax0.0 offline", "33!", "memory33"),
				 MHP_OUTCOME_UNDONE);
		assert_reason(&bench, 33, "deadline");
		mhp_sim_release_hotplug(bench.sim);
		assert_blocks(&bench, 32, 35, "Movable");
		/* nothing is in the way of the next one */
		assert_int_equal(fulfil(&bench, "dax0.0 offline", NULL), MHP_OUTCOME_DONE);
		tear_down(&bench);
	}
}

/* ---- what cannot be ended: the call is late ---- */

static void wait_until(int64_t moment)
{
	while (now_ns() < moment)
		usleep(1000);
}

struct holder {
	struct mhp_sim *sim;
	int64_t until;
	pthread_t thread;
};

static void *let_go(void *data)
{
	struct holder *holder = data;

	wait_until(holder->until);
	mhp_sim_release_hotplug(holder->sim);
	return NULL;
}

/* Somebody has the kernel's lock until the deadline is over. */
static enum mhp_outcome fulfil_late(struct bench *bench, const char *wish)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 10 * SHORT_MS };
	struct holder holder = { .sim = bench->sim };
	enum mhp_outcome outcome;

	assert_int_equal(mhp_sim_hold_hotplug(bench->sim), 0);
	holder.until = now_ns() + 20 * SHORT_MS * NS_PER_MS;
	assert_int_equal(pthread_create(&holder.thread, NULL, let_go, &holder), 0);
	outcome = fulfil(bench, wish, &opts);
	assert_int_equal(pthread_join(holder.thread, NULL), 0);
	return outcome;
}

/* What the kernel did counts, however late; and then, too, the policy is put back. */
static void test_device_is_late(void **state)
{
	static const struct {
		const char *machine, *wish;
	} rows[] = {
		{ HMEM_7_3, "dax0.0 unplugged" }, { HMEM_7_3, PLUG }, { HMEM_6_12, PLUG },
		{ HMEM_6_1, PLUG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool plugs = !strcmp(rows[i].wish, PLUG);
		struct world before, now;
		enum mhp_outcome outcome;
		struct bench bench;

		alarm(60);
		set_up(&bench, rows[i].machine);
		if (plugs)
			release_device(&bench);
		before = world_of(bench.sim);
		outcome = fulfil_late(&bench, rows[i].wish);
		now = world_of(bench.sim);
		assert_true(same_settings(&now, &before));
		assert_false(now.journal);
		if (outcome == MHP_OUTCOME_DONE) {
			assert_blocks(&bench, 32, 35, plugs ? "Movable" : "absent");
		} else {
			/* on a busy machine it may not have begun */
			assert_true(outcome == MHP_OUTCOME_UNDONE ||
				    outcome == MHP_OUTCOME_REFUSED);
			assert_same_world(&now, &before, "late");
		}
		tear_down(&bench);
	}
}

/* ---- a kernel that takes its time over one file ---- */

static const struct mhp_backend_ops *real_ops;
static const char *slow_file;

/* The write itself works, but the deadline passes meanwhile. */
static int write_slowly(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			const char *word, bool can_end)
{
	int r = real_ops->write(be, dir, name, word, can_end);

	if (strstr(name, slow_file))
		wait_until(now_ns() + 2 * SHORT_MS * NS_PER_MS);
	return r;
}

static void make_slow(struct bench *bench, struct mhp_backend_ops *ops, const char *file)
{
	real_ops = bench->ctx->be->ops;
	*ops = *real_ops;
	ops->write = write_slowly;
	slow_file = file;
	bench->ctx->be->ops = ops;
}

/* The id is taken back, and all else too: no deadline stands against that. */
static void test_new_id_is_late(void **state)
{
	static const char *const files[] = { "new_id", "kmem/bind", "remove_id", "auto_online" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files) * ARRAY_SIZE(machines); i++) {
		struct mhp_backend_ops ops;
		struct world before, now;
		struct bench bench;

		alarm(60);
		set_up(&bench, machines[i / ARRAY_SIZE(files)]);
		release_device(&bench);
		before = world_of(bench.sim);
		make_slow(&bench, &ops, files[i % ARRAY_SIZE(files)]);
		fulfil(&bench, PLUG, &hurry);
		now = world_of(bench.sim);
		if (!same_settings(&now, &before) || now.journal)
			fail_msg("%s, slow %s: policy %s, %zu ids%s",
				 machines[i / ARRAY_SIZE(files)], files[i % ARRAY_SIZE(files)],
				 now.policy, now.ids, now.journal ? ", journal" : "");
		if (mhp_report_get_outcome(bench.report) == MHP_OUTCOME_DONE)
			assert_blocks(&bench, 32, 35, "Movable");
		else
			assert_same_world(&now, &before, files[i % ARRAY_SIZE(files)]);
		bench.ctx->be->ops = real_ops;
		tear_down(&bench);
	}
}

/* ---- nothing is left behind ---- */

static void test_ten_in_a_row(void **state)
{
	static const char *const wishes[] = { "dax0.0 offline", "dax0.0 unplugged" };
	int threads = count_entries("/proc/self/task"), files = count_entries("/proc/self/fd");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines) * ARRAY_SIZE(wishes); i++) {
		struct bench bench;

		set_up_movable(&bench, machines[i / ARRAY_SIZE(wishes)]);
		mhp_sim_hang_block(bench.sim, 33, 0);
		for (int round = 0; round < 10; round++) {
			enum mhp_outcome outcome;

			outcome = fulfil(&bench, wishes[i % ARRAY_SIZE(wishes)], &hurry);
			/* on a busy machine it may not even begin */
			assert_true(outcome == MHP_OUTCOME_UNDONE ||
				    outcome == MHP_OUTCOME_REFUSED);
			assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_DEADLINE);
			/* one that an earlier test joined may have been counted, too */
			assert_true(count_threads(threads) <= threads);
			assert_int_equal(count_entries("/proc/self/fd"), files);
		}
		mhp_sim_release_block(bench.sim, 33);
		assert_int_equal(fulfil(&bench, wishes[i % ARRAY_SIZE(wishes)], NULL),
				 MHP_OUTCOME_DONE);
		tear_down(&bench);
	}
}

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

/* The caller's signals are his own: they come, to his thread, and end no write. */
static void test_signals(void **state)
{
	struct sigaction mine = { .sa_handler = on_alarm }, before, now;
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 30 };
	sigset_t mask_before, mask_now;
	struct bench bench;

	(void)state;
	set_up_movable(&bench, HMEM_6_12);
	alarm(0);
	mhp_sim_hang_block(bench.sim, 34, 0);
	assert_int_equal(sigaction(SIGALRM, &mine, &before), 0);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask_before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(fulfil(&bench, "dax0.0 offline", &opts), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_DEADLINE);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_true(alarms > 0);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask_now), 0);
	for (int sig = 1; sig < NSIG; sig++) {
		assert_int_equal(sigismember(&mask_now, sig), sigismember(&mask_before, sig));
		if (sig != SIGALRM)
			continue;
		assert_int_equal(sigaction(sig, &before, &now), 0);
		assert_ptr_equal(now.sa_handler, on_alarm);
	}
	tear_down(&bench);
}

static void test_bad_opts(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = MHP_TIMEOUT_NONE };
	struct mhp_report *report = NULL;
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up_movable(&bench, HMEM_6_12);
	plan = plan_of(&bench, "dax0.0 offline");
	opts.undo_timeout_ms = -2;
	assert_int_equal(mhp_apply(bench.ctx, plan, &opts, &report), -EINVAL);
	opts.undo_timeout_ms = INT64_MAX;
	opts.timeout_ms = INT64_MIN;
	assert_int_equal(mhp_apply(bench.ctx, plan, &opts, &report), -EINVAL);
	opts.timeout_ms = INT64_MAX;
	opts.flags = UINT64_C(1) << 63;		/* of a later release */
	assert_int_equal(mhp_apply(bench.ctx, plan, &opts, &report), -E2BIG);
	assert_null(report);
	opts.flags = 0;
	assert_int_equal(apply_plan(&bench, plan, &opts), MHP_OUTCOME_DONE);
	opts.timeout_ms = MHP_TIMEOUT_NONE;
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable per-block", &opts),
			 MHP_OUTCOME_DONE);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_block),
		cmocka_unit_test(test_others_just_before),
		cmocka_unit_test(test_block_keep),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_unplug_6),
		cmocka_unit_test(test_hotplug_lock),
		cmocka_unit_test(test_device_is_late),
		cmocka_unit_test(test_new_id_is_late),
		cmocka_unit_test(test_ten_in_a_row),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_bad_opts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
