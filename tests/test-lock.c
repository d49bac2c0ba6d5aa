// SPDX-License-Identifier: LGPL-2.1-or-later
/* One at a time: threads, processes, and those that are killed. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/entries.h"
#include "support/errno-name.h"
#include "support/fakesys.h"

#define LOCK_PATH RUN_PATH "/" LOCK_NAME

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

static void assert_holder(struct mhp_ctx *ctx, const char *expected)
{
	char buf[MHP_ATTR_SIZE + 1];
	struct sysfs_dir run;

	assert_int_equal(sysfs_open(ctx, RUN_PATH, &run), 0);
	assert_int_equal(sysfs_read(&run, LOCK_NAME, buf), 0);
	assert_string_equal(buf, expected);
	sysfs_close(&run);
}

/* With a deadline that is over: one try. */
static int try(struct mhp_ctx *ctx, struct run_lock *lock, char **holder)
{
	return lock_take(ctx, "other[2]: try", 0, NULL, NULL, lock, holder);
}

/* ---- one after the other ---- */

static void take_and_release(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs), *other = new_ctx(fs);
	struct run_lock lock = { 0 }, second = { 0 };
	char *holder = NULL;
	int files = count_entries("/proc/self/fd");

	(void)state;
	lock_release(&lock);
	assert_int_equal(lock_take(ctx, "me[1]: test", NEVER_NS, NULL, NULL, &lock, &holder), 0);
	assert_string_equal(lock.run.path, RUN_PATH);
	assert_holder(ctx, "me[1]: test");
	for (int i = 0; i < 2; i++) {
		/* by the same context, and by another one of this process */
		assert_int_equal(try(i ? other : ctx, &second, &holder), -ETIMEDOUT);
		assert_string_equal(holder, "me[1]: test");
		free(holder);
		assert_null(second.lock);
	}
	lock_release(&lock);
	assert_null(lock.lock);
	lock_release(&lock);
	assert_holder(ctx, "");
	/* it is there for who comes when the deadline is over */
	assert_int_equal(try(other, &lock, &holder), 0);
	assert_holder(ctx, "other[2]: try");
	lock_release(&lock);
	assert_int_equal(count_entries("/proc/self/fd"), files);
	mhp_ctx_unref(other);
	mhp_ctx_unref(ctx);
}

static void who(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	char expected[128], name[] = "a\nprogram \\", *before, *text;

	(void)state;
	before = program_invocation_short_name;
	program_invocation_short_name = name;
	assert_int_equal(lock_copy_who(ctx, "online dax0.0\x1b", &text), 0);
	snprintf(expected, sizeof(expected), "a\\x0aprogram \\x5c[%d]: online dax0.0\\x1b",
		 (int)getpid());
	assert_string_equal(text, expected);
	free(text);
	program_invocation_short_name = before;
	mhp_ctx_unref(ctx);
}

static void assert_who(struct mhp_ctx *ctx, const char *program)
{
	char expected[128], *text;

	snprintf(expected, sizeof(expected), "%s[%d]: recover", program, (int)getpid());
	assert_int_equal(lock_copy_who(ctx, "recover", &text), 0);
	assert_string_equal(text, expected);
	free(text);
}

/* By the name that its program has given; one that is refused changes nothing. */
static void named_program(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	char name[PROGRAM_LENGTH_MAX + 2];

	(void)state;
	assert_who(ctx, program_invocation_short_name);
	memset(name, 'x', sizeof(name));
	name[PROGRAM_LENGTH_MAX] = '\0';
	assert_int_equal(mhp_ctx_set_program(ctx, name), 0);
	assert_who(ctx, name);
	strcpy(name, "fleet\n");
	assert_int_equal(mhp_ctx_set_program(ctx, name), 0);
	/* a copy is kept */
	strcpy(name, "other");
	assert_who(ctx, "fleet\\x0a");
	memset(name, 'x', sizeof(name));
	name[PROGRAM_LENGTH_MAX + 1] = '\0';
	assert_int_equal(mhp_ctx_set_program(ctx, name), -EINVAL);
	assert_int_equal(mhp_ctx_set_program(ctx, ""), -EINVAL);
	assert_who(ctx, "fleet\\x0a");
	assert_int_equal(mhp_ctx_set_program(ctx, NULL), 0);
	assert_who(ctx, program_invocation_short_name);
	mhp_ctx_unref(ctx);
}

/* Somebody who wrote what he liked, or nothing, or more than can be read. */
static void odd_holders(void **state)
{
	static char much[MHP_ATTR_SIZE + 10];
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "a\nb\x1b[2J", "a\\x0ab\\x1b[2J" }, { "", NULL }, { much, NULL },
	};
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	struct run_lock lock, second = { 0 };
	char *holder;

	(void)state;
	memset(much, 'x', sizeof(much) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(lock_take(ctx, cases[i].text, NEVER_NS, NULL, NULL, &lock,
					   &holder), 0);
		assert_int_equal(try(ctx, &second, &holder), -ETIMEDOUT);
		if (cases[i].shown)
			assert_string_equal(holder, cases[i].shown);
		else
			assert_null(holder);
		free(holder);
		lock_release(&lock);
	}
	mhp_ctx_unref(ctx);
}

/* ---- waiting ---- */

struct waiting {
	int ticks;
	pid_t victim;		/* who is killed at the second tick, or 0: stop waiting */
};

static int on_tick(void *data)
{
	struct waiting *waiting = data;

	waiting->ticks++;
	if (waiting->ticks < 2)
		return 0;
	if (!waiting->victim)
		return 1;
	if (waiting->ticks == 2) {
		kill(waiting->victim, SIGKILL);
		waitpid(waiting->victim, NULL, 0);
	}
	return 0;
}

static void cancelled(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	struct run_lock lock, second = { 0 };
	struct waiting waiting = { 0 };
	char *holder = NULL;
	int files;

	(void)state;
	assert_int_equal(lock_take(ctx, "me[1]: test", NEVER_NS, NULL, NULL, &lock, &holder), 0);
	files = count_entries("/proc/self/fd");
	assert_int_equal(lock_take(ctx, "me[1]: more", NEVER_NS, on_tick, &waiting, &second,
				   &holder), -ECANCELED);
	assert_int_equal(waiting.ticks, 2);
	assert_null(holder);
	/* until a deadline that is yet to come */
	assert_int_equal(lock_take(ctx, "me[1]: more", deadline_ns(20, 0), NULL, NULL, &second,
				   &holder), -ETIMEDOUT);
	assert_string_equal(holder, "me[1]: test");
	free(holder);
	assert_int_equal(count_entries("/proc/self/fd"), files);
	lock_release(&lock);
	mhp_ctx_unref(ctx);
}

/* Holds the lock and says so, until it is killed. */
static pid_t start_holder(struct mhp_ctx *ctx)
{
	struct run_lock lock;
	char *holder, byte;
	int ready[2];
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (lock_take(ctx, "victim[3]: test", NEVER_NS, NULL, NULL, &lock, &holder) == 0 &&
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

/* Nothing but the death of the holder ends the wait. */
static void killed_holder(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	struct waiting waiting = { 0 };
	struct run_lock lock;
	char *holder = NULL;

	(void)state;
	waiting.victim = start_holder(ctx);
	assert_int_equal(try(ctx, &lock, &holder), -ETIMEDOUT);
	assert_string_equal(holder, "victim[3]: test");
	free(holder);
	assert_int_equal(lock_take(ctx, "heir[4]: test", NEVER_NS, on_tick, &waiting, &lock,
				   &holder), 0);
	assert_int_equal(waiting.ticks, 2);
	assert_holder(ctx, "heir[4]: test");
	lock_release(&lock);
	mhp_ctx_unref(ctx);
}

/* ---- all at once ---- */

#define ROUNDS 10

struct shared {
	_Atomic int inside, sum;	/* the lock is not known to ThreadSanitizer */
};

/* The first thing that is wrong, or NULL. */
static void *contend(struct mhp_ctx *ctx, struct shared *shared)
{
	struct run_lock lock;
	char *holder;
	int sum;

	for (int i = 0; i < ROUNDS; i++) {
		if (lock_take(ctx, "some[5]: round", NEVER_NS, NULL, NULL, &lock, &holder) < 0)
			return (void *)"cannot take the lock";
		if (shared->inside)
			return (void *)"not alone";
		shared->inside = 1;
		sum = shared->sum;
		/* who could come in, comes now */
		sched_yield();
		shared->sum = sum + 1;
		shared->inside = 0;
		lock_release(&lock);
	}
	return NULL;
}

static void processes(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = new_ctx(fs);
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	(void)state;
	assert_ptr_not_equal(shared, MAP_FAILED);
	pid = fork();
	if (pid == 0)
		_exit(contend(ctx, shared) != NULL);
	assert_null(contend(ctx, shared));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(shared->sum, 2 * ROUNDS);
	munmap(shared, sizeof(*shared));
	mhp_ctx_unref(ctx);
}

struct thread {
	pthread_t thread;
	struct mhp_ctx *ctx;
	struct shared *shared;
};

static void *run_thread(void *data)
{
	struct thread *thread = data;

	return contend(thread->ctx, thread->shared);
}

static void threads(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct shared shared = { 0 };
	struct thread list[3];
	void *wrong;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		list[i].ctx = new_ctx(fs);
		list[i].shared = &shared;
		assert_int_equal(pthread_create(&list[i].thread, NULL, run_thread, &list[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		assert_int_equal(pthread_join(list[i].thread, &wrong), 0);
		assert_null(wrong);
		mhp_ctx_unref(list[i].ctx);
	}
	assert_int_equal(shared.sum, ROUNDS * ARRAY_SIZE(list));
}

/* ---- what stands in the way ---- */

static void in_the_way(void **state)
{
	static const struct {
		enum fakesys_type type;
		const char *path, *target;
		int answer;
		const char *logged;
	} cases[] = {
		{ FAKESYS_LINK, "/run", "/elsewhere", -ELOOP,
		  "ELOOP: " RUN_PATH ": cannot make the directory" },
		{ FAKESYS_LINK, RUN_PATH, "/elsewhere", -ELOOP,
		  "ELOOP: " RUN_PATH ": cannot make the directory" },
		{ FAKESYS_FILE, RUN_PATH, "", -ENOTDIR,
		  "ENOTDIR: " RUN_PATH ": cannot make the directory" },
		{ FAKESYS_LINK, LOCK_PATH, "/elsewhere/file", -ELOOP,
		  "ELOOP: " LOCK_PATH ": cannot take the lock" },
		{ FAKESYS_FIFO, LOCK_PATH, "", -EINVAL,
		  "EINVAL: " LOCK_PATH ": cannot take the lock" },
		{ FAKESYS_DIR, LOCK_PATH, "", -EISDIR,
		  "EISDIR: " LOCK_PATH ": cannot take the lock" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = fakesys_new();
		struct run_lock lock = { 0 };
		char *holder = NULL;
		struct mhp_ctx *ctx;
		int files;

		fakesys_file(fs, "/elsewhere/file", "");
		fakesys_set(fs, cases[i].type, cases[i].path, cases[i].target,
			    strlen(cases[i].target));
		ctx = new_ctx(fs);
		files = count_entries("/proc/self/fd");
		assert_int_equal(lock_take(ctx, "me[1]: test", NEVER_NS, NULL, NULL, &lock,
					   &holder), cases[i].answer);
		assert_string_equal(logged, cases[i].logged);
		assert_null(holder);
		assert_int_equal(count_entries("/proc/self/fd"), files);
		mhp_ctx_unref(ctx);
	}
}

/* A machine on which nothing can be written. */
static void read_only(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx;
	struct run_lock lock = { 0 };
	char *holder = NULL;

	(void)state;
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	mhp_ctx_set_log_fn(ctx, keep_log, NULL);
	assert_int_equal(lock_take(ctx, "me[1]: test", NEVER_NS, NULL, NULL, &lock, &holder),
			 -EROFS);
	assert_string_equal(logged, "EROFS: " RUN_PATH ": cannot make the directory");
	mhp_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(take_and_release, fakesys_free_all),
		cmocka_unit_test_teardown(who, fakesys_free_all),
		cmocka_unit_test_teardown(named_program, fakesys_free_all),
		cmocka_unit_test_teardown(odd_holders, fakesys_free_all),
		cmocka_unit_test_teardown(cancelled, fakesys_free_all),
		cmocka_unit_test_teardown(killed_holder, fakesys_free_all),
		cmocka_unit_test_teardown(processes, fakesys_free_all),
		cmocka_unit_test_teardown(threads, fakesys_free_all),
		cmocka_unit_test_teardown(in_the_way, fakesys_free_all),
		cmocka_unit_test_teardown(read_only, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
