// SPDX-License-Identifier: LGPL-2.1-or-later
/* One of a kind: by context, by process, on the simulated machine; and those that are killed. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/bench.h"
#include "support/entries.h"
#include "support/errno-name.h"
#include "support/fakesys.h"

#define LOCK_PATH RUN_PATH "/agent.lock"

static char logged[1024];

static void keep_log(void *data, int code, const char *path, const char *message)
{
	(void)data;
	snprintf(logged, sizeof(logged), "%s: %s: %s", errno_name(-code), path, message);
}

static struct mhp_ctx *new_ctx(struct fakesys *fs)
{
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_OPENAT2);

	/* only a test that hangs gets to know of it */
	alarm(60);
	*logged = '\0';
	mhp_ctx_set_log_fn(ctx, keep_log, NULL);
	return ctx;
}

static void assert_refused(struct mhp_ctx *ctx, const char *holder_ends)
{
	struct mhp_hold *hold = NULL;
	char *holder = NULL;

	assert_int_equal(mhp_hold_take(ctx, "agent", "another", &hold, &holder), -EAGAIN);
	assert_null(hold);
	assert_non_null(holder);
	assert_non_null(strstr(holder, holder_ends));
	free(holder);
	assert_int_equal(mhp_hold_take(ctx, "agent", "another", &hold, NULL), -EAGAIN);
	/* that somebody is at work is no failure to tell of */
	assert_string_equal(logged, "");
}

static void one_of_a_name(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs), *other = new_ctx(fs);
	int files = count_entries("/proc/self/fd");
	struct mhp_hold *hold, *apart;
	char expected[64];

	(void)state;
	snprintf(expected, sizeof(expected), "[%d]: standing\\x0apolicy", (int)getpid());
	mhp_hold_free(NULL);
	assert_int_equal(mhp_hold_take(ctx, "agent", "standing\npolicy", &hold, NULL), 0);
	assert_refused(ctx, expected);
	assert_refused(other, expected);
	mhp_hold_free(hold);
	assert_int_equal(mhp_ctx_set_program(ctx, "fleet"), 0);
	snprintf(expected, sizeof(expected), "fleet[%d]: standing\\x0apolicy", (int)getpid());
	assert_int_equal(mhp_hold_take(ctx, "agent", "standing\npolicy", &hold, NULL), 0);
	assert_refused(other, expected);
	/* one of another name is in nobody's way */
	assert_int_equal(mhp_hold_take(other, "agent-2", "apart", &apart, NULL), 0);
	mhp_hold_free(apart);
	mhp_hold_free(hold);
	assert_int_equal(mhp_hold_take(other, "agent", "heir", &hold, NULL), 0);
	/* it keeps its context */
	mhp_ctx_unref(other);
	assert_refused(ctx, "]: heir");
	mhp_hold_free(hold);
	mhp_ctx_unref(ctx);
	assert_true(count_entries("/proc/self/fd") <= files);
}

/* The lock that users of libmhp share while they write is another one. */
static void lets_others_work(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	struct run_lock lock;
	struct mhp_hold *hold;
	char *holder;

	(void)state;
	assert_int_equal(mhp_hold_take(ctx, "lock", "test", &hold, NULL), 0);
	assert_int_equal(lock_take(ctx, "test", NEVER_NS, NULL, NULL, &lock, &holder), 0);
	lock_release(&lock);
	mhp_hold_free(hold);
	mhp_ctx_unref(ctx);
}

static void names(void **state)
{
	static const char *const bad[] = {
		"", "a/b", "..", "Agent", "a.b", "a b", "-a", "1a",
		"abcdefghijabcdefghijabcdefghijabc",
	};
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	struct mhp_hold *hold = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(mhp_hold_take(ctx, bad[i], "test", &hold, NULL), -EINVAL);
	assert_null(hold);
	assert_int_equal(mhp_hold_take(ctx, "abcdefghijabcdefghijabcdefghij-2", "test", &hold,
				       NULL), 0);
	mhp_hold_free(hold);
	mhp_ctx_unref(ctx);
}

/* Holds it and says so, until it is killed. */
static pid_t start_holder(struct mhp_ctx *ctx)
{
	struct mhp_hold *hold;
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (mhp_hold_take(ctx, "agent", "victim", &hold, NULL) == 0 &&
		    write(ready[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

/* A run time that frees all that it has when a forked child ends, as Python's does. */
static void freed_in_child(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	struct mhp_hold *hold;
	pid_t child;

	(void)state;
	assert_int_equal(mhp_hold_take(ctx, "agent", "parent", &hold, NULL), 0);
	child = fork();
	if (child == 0) {
		mhp_hold_free(hold);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	assert_refused(ctx, "]: parent");
	mhp_hold_free(hold);
	assert_int_equal(mhp_hold_take(ctx, "agent", "heir", &hold, NULL), 0);
	mhp_hold_free(hold);
	mhp_ctx_unref(ctx);
}

static void killed_process(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	struct mhp_hold *hold;
	pid_t victim;

	(void)state;
	victim = start_holder(ctx);
	assert_refused(ctx, "]: victim");
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	assert_int_equal(mhp_hold_take(ctx, "agent", "heir", &hold, NULL), 0);
	mhp_hold_free(hold);
	mhp_ctx_unref(ctx);
}

/* Contexts are to the simulated machine what processes are to a real one. */
static void simulated(void **state)
{
	struct mhp_hold *hold, *second;
	struct mhp_ctx *other;
	struct bench bench;

	(void)state;
	*logged = '\0';
	set_up(&bench, HMEM_7_3);
	assert_int_equal(mhp_sim_new_ctx(bench.sim, &other), 0);
	assert_int_equal(mhp_hold_take(bench.ctx, "agent", "first", &hold, NULL), 0);
	assert_refused(other, "]: first");
	mhp_ctx_unref(other);
	mhp_sim_kill_after(bench.sim, 0);
	assert_int_equal(mhp_sim_new_ctx(bench.sim, &other), 0);
	assert_int_equal(mhp_hold_take(other, "agent", "second", &second, NULL), 0);
	/* the dead one has nothing to let go of */
	mhp_hold_free(hold);
	mhp_ctx_unref(bench.ctx);
	assert_int_equal(mhp_sim_new_ctx(bench.sim, &bench.ctx), 0);
	assert_refused(bench.ctx, "]: second");
	mhp_hold_free(second);
	mhp_ctx_unref(other);
	tear_down(&bench);
}

static void in_the_way(void **state)
{
	static const struct {
		enum fakesys_type type;
		const char *path, *target;
		int answer;
		const char *logged;
	} cases[] = {
		{ FAKESYS_FILE, RUN_PATH, "", -ENOTDIR,
		  "ENOTDIR: " RUN_PATH ": cannot make the directory" },
		{ FAKESYS_FIFO, LOCK_PATH, "", -EINVAL,
		  "EINVAL: " LOCK_PATH ": cannot take the lock" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = fakesys_new();
		struct mhp_hold *hold = NULL;
		char *holder = NULL;
		struct mhp_ctx *ctx;

		fakesys_set(fs, cases[i].type, cases[i].path, cases[i].target, 0);
		ctx = new_ctx(fs);
		assert_int_equal(mhp_hold_take(ctx, "agent", "test", &hold, &holder),
				 cases[i].answer);
		assert_string_equal(logged, cases[i].logged);
		assert_null(hold);
		assert_null(holder);
		mhp_ctx_unref(ctx);
	}
}

/* A full /run, and one that is read-only. */
static void no_room(void **state)
{
	struct mhp_hold *hold = NULL;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mhp_ctx_set_log_fn(bench.ctx, keep_log, NULL);
	assert_int_equal(mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_RUN, NULL, 2, -ENOSPC), 0);
	assert_int_equal(mhp_hold_take(bench.ctx, "agent", "test", &hold, NULL), -ENOSPC);
	assert_string_equal(logged, "ENOSPC: " LOCK_PATH ": cannot take the lock");
	assert_int_equal(mhp_sim_set_read_only(bench.sim, MHP_SIM_ACCESS_RUN), 0);
	assert_int_equal(mhp_hold_take(bench.ctx, "agent", "test", &hold, NULL), -EROFS);
	assert_null(hold);
	assert_int_equal(mhp_sim_set_read_only(bench.sim, 0), 0);
	assert_int_equal(mhp_hold_take(bench.ctx, "agent", "test", &hold, NULL), 0);
	mhp_hold_free(hold);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_of_a_name, fakesys_free_all),
		cmocka_unit_test_teardown(lets_others_work, fakesys_free_all),
		cmocka_unit_test_teardown(names, fakesys_free_all),
		cmocka_unit_test_teardown(freed_in_child, fakesys_free_all),
		cmocka_unit_test_teardown(killed_process, fakesys_free_all),
		cmocka_unit_test(simulated),
		cmocka_unit_test_teardown(in_the_way, fakesys_free_all),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
