// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Each verb by the host back end, on a tree that acts, while there are no descriptors, no
 * locks or no room left: each call that may be refused so is, once, or it and all that come
 * after it. Then the outcome is true, what was borrowed is put back or a journal tells of it,
 * and each descriptor is closed.
 *
 * Of the opens of a snapshot not all are tried. MHP_FULL_SWEEP=1 tries all ("make
 * check-full").
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/acting.h"
#include "support/errno-name.h"
#include "support/verbs.h"

/* ---- what is refused ---- */

enum class { OPEN, LOCK, SPACE };

static enum class class;
static size_t fail_at, calls;
static bool fail_on;
static int code;

static bool fails(enum class of)
{
	size_t now;

	if (class != of)
		return false;
	now = ++calls;
	if (!fail_at || (fail_on ? now < fail_at : now != fail_at))
		return false;
	errno = code;
	return true;
}

/* glibc has other names for them where off_t has 32 bits */
#define OPEN_AT(name)								\
	int __real_##name(int dir_fd, const char *path, int flags, ...);	\
	int __wrap_##name(int dir_fd, const char *path, int flags, ...);	\
	int __wrap_##name(int dir_fd, const char *path, int flags, ...)		\
	{									\
		mode_t mode = 0;						\
		va_list ap;							\
										\
		va_start(ap, flags);						\
		if (flags & O_CREAT)						\
			mode = va_arg(ap, mode_t);				\
		va_end(ap);							\
		if ((flags & O_CREAT && fails(SPACE)) || fails(OPEN))		\
			return -1;						\
		return __real_##name(dir_fd, path, flags, mode);		\
	}

OPEN_AT(openat)
#ifdef __GLIBC__
OPEN_AT(openat64)
#endif

#define OPEN_ROOT(name)							\
	int __real_##name(const char *path, int flags, ...);		\
	int __wrap_##name(const char *path, int flags, ...);		\
	int __wrap_##name(const char *path, int flags, ...)		\
	{								\
		return fails(OPEN) ? -1 : __real_##name(path, flags);	\
	}

OPEN_ROOT(open)
#ifdef __GLIBC__
OPEN_ROOT(open64)
#endif

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	long arguments[6];
	va_list ap;

	va_start(ap, number);
	for (size_t i = 0; i < 6; i++)
		arguments[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_openat2 && fails(OPEN))
		return -1;
	return __real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
			      arguments[4], arguments[5]);
}

int __real_mkdirat(int dir_fd, const char *path, mode_t mode);
int __wrap_mkdirat(int dir_fd, const char *path, mode_t mode);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);

int __wrap_mkdirat(int dir_fd, const char *path, mode_t mode)
{
	return fails(SPACE) ? -1 : __real_mkdirat(dir_fd, path, mode);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return fails(SPACE) ? -1 : __real_renameat(from_fd, from, to_fd, to);
}

/* Half of it fits. */
ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
	static bool half;

	if (half) {
		half = false;
		errno = code;
		return -1;
	}
	if (!fails(SPACE))
		return __real_write(fd, bytes, length);
	half = length > 1;
	return half ? __real_write(fd, bytes, length / 2) : -1;
}

#define CONTROL(name)							\
	int __real_##name(int fd, int command, ...);			\
	int __wrap_##name(int fd, int command, ...);			\
	int __wrap_##name(int fd, int command, ...)			\
	{								\
		void *argument;						\
		va_list ap;						\
									\
		va_start(ap, command);					\
		argument = va_arg(ap, void *);				\
		va_end(ap);						\
		if (command == F_OFD_SETLK && fails(LOCK))		\
			return -1;					\
		return __real_##name(fd, command, argument);		\
	}

CONTROL(fcntl)
#ifdef __GLIBC__
CONTROL(fcntl64)
#endif

static size_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* ---- one run ---- */

static enum fakesys_way way;
static bool is_shown;

static struct mhp_ctx *new_ctx(struct mhp_sim *sim)
{
	if (!is_shown)
		acting_show(sim);
	is_shown = true;
	return acting_ctx(way);
}

static size_t count_writes(struct mhp_sim *sim)
{
	(void)sim;
	return acting_count_writes();
}

static struct world see(struct mhp_sim *sim)
{
	struct world world = world_of(sim);
	char path[512];

	snprintf(path, sizeof(path), "%s" JOURNAL, acting_root());
	world.journal = access(path, F_OK) == 0;
	return world;
}

static const struct reach on_disk = {
	.new_ctx = new_ctx, .count_writes = count_writes, .world_of = see,
	.may_lack_writes = true,
};

struct refusal {
	struct run run;
	enum class class;
	size_t at;
	int code;
	size_t planned, all;
};

static void on_planned(void *data)
{
	struct refusal *refusal = data;

	refusal->planned = calls;
}

static void check_again(const struct run *run)
{
	struct run again = {
		.machine = run->machine, .verb = run->verb, .reach = run->reach,
		.sim = run->sim, .ctx = run->ctx, .request = run->request,
	};
	int r;

	strcpy(again.fault, run->fault);
	again.before = see(run->sim);
	r = run_fulfil(&again, NULL, NULL);
	run_check(&again, r);
	/* what could not be put back may not be there any more */
	if (r < 0 || (!run->verb->refuses && !run->is_lasting &&
		      mhp_report_get_outcome(again.report) != MHP_OUTCOME_DONE))
		complain(&again, "now it is %d", r);
	mhp_report_free(again.report);
	mhp_plan_unref(again.plan);
}

static void run_once(struct refusal *refusal)
{
	static const char *const words[] = { "open", "lock", "room for our files" };
	struct run *run = &refusal->run;
	size_t fds;
	int r;

	run->reach = &on_disk;
	class = refusal->class;
	snprintf(run->fault, sizeof(run->fault), "%s %zu%s %s", words[class], refusal->at,
		 fail_on ? " and later" : "", errno_name(refusal->code));
	run->is_lasting = fail_on;
	is_shown = false;
	run_begin(run);
	fds = count_fds();
	calls = 0;
	code = refusal->code;
	fail_at = refusal->at;
	r = run_fulfil(run, on_planned, refusal);
	fail_at = 0;
	refusal->all = calls;
	if (r < 0 && r != -refusal->code)
		complain(run, "%d", r);
	run_check(run, r);
	run_check_recovery(run);
	check_again(run);
	if (!refusal->at)
		run_check_as_expected(run, r);
	if (count_fds() != fds)
		complain(run, "%zu descriptors are open, and were %zu", count_fds(), fds);
	run_end(run);
}

/* ---- all of them ---- */

/* That a file of the machine refuses is for its own back end. */
static bool is_for_disk(const struct verb *verb)
{
	return !verb->refuses || strcmp(verb->refuses, "bind") != 0;
}

static void exhaust_verb(size_t index, enum class of, int with, size_t stride)
{
	const struct verb *verb = &verbs[index];
	struct refusal clean = {
		.run = { .machine = HMEM_7_3, .verb = verb }, .class = of, .code = with,
	};

	run_once(&clean);
	assert_true(of != OPEN || clean.planned > 50);
	for (size_t at = 1; at <= clean.all; at++) {
		struct refusal refusal = {
			.run = { .machine = HMEM_7_3, .verb = verb }, .class = of, .at = at,
			.code = with,
		};
		size_t every = at > clean.planned ? stride : 10 * stride;

		if (at % every == index % every)
			run_once(&refusal);
	}
}

static void end_sweep(void)
{
	acting_show(NULL);
	fail_on = false;
	if (complaints)
		fail_msg("%zu complaints", complaints);
}

/* Of so many verbs one, and of the calls of each one of so many. */
static void exhaust(enum class of, const int codes[2], size_t every, size_t stride)
{
	if (getenv("MHP_FULL_SWEEP"))
		every = stride = 1;
	complaints = 0;
	for (size_t i = 0; i < VERBS; i += every)
		if (is_for_disk(&verbs[i]))
			exhaust_verb(i, of, codes[i / every % 2], stride);
	end_sweep();
}

static const int no_files[] = { EMFILE, ENFILE };
static const int no_locks[] = { ENOLCK, ENOLCK };
static const int no_room[] = { ENOSPC, EDQUOT };

static void test_opens(void **state)
{
	(void)state;
	way = FAKESYS_OPENAT2;
	exhaust(OPEN, no_files, 9, 19);
}

/* Without openat2() a path takes several. */
static void test_walks(void **state)
{
	(void)state;
	way = FAKESYS_WALK;
	exhaust(OPEN, no_files, 19, 101);
}

static void test_opens_on(void **state)
{
	(void)state;
	way = FAKESYS_OPENAT2;
	fail_on = true;
	exhaust(OPEN, no_files, 19, 31);
}

/* Those that find out what there is: what a node has is not taken for nothing. */
static void test_first_opens_on(void **state)
{
	(void)state;
	way = FAKESYS_OPENAT2;
	fail_on = true;
	complaints = 0;
	for (size_t i = 0; i < VERBS; i++) {
		if (strncmp(verbs[i].wish, "node:", strlen("node:")) || !is_for_disk(&verbs[i]))
			continue;
		for (size_t at = 1; at <= 12; at++) {
			struct refusal refusal = {
				.run = { .machine = HMEM_7_3, .verb = &verbs[i] }, .class = OPEN,
				.at = at, .code = EMFILE,
			};

			run_once(&refusal);
		}
	}
	end_sweep();
}

static void test_locks(void **state)
{
	(void)state;
	way = FAKESYS_OPENAT2;
	exhaust(LOCK, no_locks, 23, 1);
}

static void test_room(void **state)
{
	(void)state;
	way = FAKESYS_OPENAT2;
	exhaust(SPACE, no_room, 17, 3);
}

static void test_room_on(void **state)
{
	(void)state;
	way = FAKESYS_OPENAT2;
	fail_on = true;
	exhaust(SPACE, no_room, 19, 4);
}

/* ---- by themselves ---- */

/* A directory of ours is for all to read, or it is not there. */
static void test_umask(void **state)
{
	mode_t before = umask(077);
	struct stat st;
	int r = -EMFILE;

	(void)state;
	class = OPEN;
	code = EMFILE;
	for (size_t at = 1; r < 0; at++) {
		struct fakesys *fs = fakesys_new();
		struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_OPENAT2);
		char path[512];

		calls = 0;
		fail_at = at;
		r = ctx->be->ops->make_dir(ctx->be, RUN_PATH);
		fail_at = 0;
		assert_int_equal(r, calls >= at ? -EMFILE : 0);
		assert_int_equal(ctx->be->ops->make_dir(ctx->be, RUN_PATH), 0);
		snprintf(path, sizeof(path), "%s" RUN_PATH, fakesys_root(fs));
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0755);
		mhp_ctx_unref(ctx);
		fakesys_free(fs);
	}
	umask(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_opens, fakesys_free_all),
		cmocka_unit_test_teardown(test_walks, fakesys_free_all),
		cmocka_unit_test_teardown(test_opens_on, fakesys_free_all),
		cmocka_unit_test_teardown(test_first_opens_on, fakesys_free_all),
		cmocka_unit_test_teardown(test_locks, fakesys_free_all),
		cmocka_unit_test_teardown(test_room, fakesys_free_all),
		cmocka_unit_test_teardown(test_room_on, fakesys_free_all),
		cmocka_unit_test_teardown(test_umask, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
