// SPDX-License-Identifier: LGPL-2.1-or-later
/* The simulated machine's /run: files of our own, and the lock. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

#define MACHINE "7.3-hmem-bound.txt"

static struct mhp_dir *open_run(struct desk *desk)
{
	struct mhp_dir *dir;

	assert_int_equal(desk->ops->make_dir(desk->be, RUN), 0);
	assert_int_equal(desk->ops->open_dir(desk->be, RUN, &dir), 0);
	return dir;
}

static void test_make_dir(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);
	struct mhp_dir *dir;

	(void)state;
	assert_int_equal(desk.ops->open_dir(desk.be, RUN, &dir), -ENOENT);
	assert_int_equal(desk.ops->make_dir(desk.be, RUN), 0);
	assert_int_equal(desk.ops->make_dir(desk.be, RUN), 0);
	assert_int_equal(desk.ops->make_dir(desk.be, RUN "/a/b/"), 0);
	assert_int_equal(desk.ops->open_dir(desk.be, RUN "/a/b", &dir), 0);
	assert_int_equal(desk.ops->replace(desk.be, dir, "file", "x"), 0);
	desk.ops->close_dir(desk.be, dir);
	/* what is there already may be anywhere; what is not, only in /run */
	assert_int_equal(desk.ops->make_dir(desk.be, MEMORY), 0);
	assert_int_equal(desk.ops->make_dir(desk.be, "/sys/x"), -EACCES);
	assert_int_equal(desk.ops->make_dir(desk.be, "/running"), -EACCES);
	assert_int_equal(desk.ops->make_dir(desk.be, "/run/libmhp/a/b/file"), -ENOTDIR);
	assert_int_equal(desk.ops->make_dir(desk.be, "/run/libmhp/a/b/file/c"), -ENOTDIR);
	assert_int_equal(desk.ops->make_dir(desk.be, "run"), -EINVAL);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

static void test_files(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim), other = desk_at(sim);
	struct mhp_dir *run = open_run(&desk), *memory;

	(void)state;
	assert_int_equal(desk.ops->remove(desk.be, run, "journal"), 0);
	assert_int_equal(desk.ops->replace(desk.be, run, "journal", "one\ntwo\n"), 0);
	assert_int_equal(desk_read(&other, RUN "/journal", "one\ntwo\n"), 0);
	assert_int_equal(desk.ops->replace(desk.be, run, "journal", ""), 0);
	assert_int_equal(desk_read(&other, RUN "/journal", ""), 0);
	assert_int_equal(desk.ops->remove(desk.be, run, "journal"), 0);
	assert_int_equal(desk_read(&other, RUN "/journal", NULL), -ENOENT);
	assert_int_equal(desk.ops->replace(desk.be, run, "none/journal", "x"), -ENOENT);
	assert_int_equal(desk.ops->replace(desk.be, run, "../journal", "x"), -EXDEV);
	assert_int_equal(desk.ops->open_dir(desk.be, MEMORY, &memory), 0);
	assert_int_equal(desk.ops->replace(desk.be, memory, "memory32/state", "x"), -EACCES);
	assert_int_equal(desk.ops->remove(desk.be, memory, "memory32/state"), -EACCES);
	assert_int_equal(desk.ops->replace(desk.be, memory, "new", "x"), -EACCES);
	desk.ops->close_dir(desk.be, memory);
	/* these are not writes of the kernel's files, and are not told */
	assert_int_equal(mhp_sim_count_writes(sim), 0);
	desk.ops->close_dir(desk.be, run);
	desk_leave(&desk);
	desk_leave(&other);
	mhp_sim_unref(sim);
}

static void test_lock(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim), other = desk_at(sim);
	struct mhp_dir *run = open_run(&desk), *run_too = open_run(&other);
	struct mhp_lock *lock = NULL, *second = NULL;

	(void)state;
	assert_int_equal(desk.ops->is_locked(desk.be, run, "lock"), 0);
	assert_int_equal(desk.ops->lock(desk.be, run, "lock", "me\n", &lock), 0);
	assert_non_null(lock);
	assert_int_equal(other.ops->is_locked(other.be, run_too, "lock"), 1);
	assert_int_equal(other.ops->lock(other.be, run_too, "lock", "you\n", &second), -EAGAIN);
	/* nor the same one twice */
	assert_int_equal(desk.ops->lock(desk.be, run, "lock", "me too\n", &second), -EAGAIN);
	assert_null(second);
	assert_int_equal(desk_read(&other, RUN "/lock", "me\n"), 0);
	assert_int_equal(other.ops->lock(other.be, run_too, "another", "", &second), 0);
	other.ops->unlock(other.be, second);
	desk.ops->unlock(desk.be, lock);
	assert_int_equal(desk.ops->is_locked(desk.be, run, "lock"), 0);
	assert_int_equal(other.ops->lock(other.be, run_too, "lock", "you\n", &second), 0);
	assert_int_equal(desk_read(&desk, RUN "/lock", "you\n"), 0);
	/* a context takes its lock with it */
	other.ops->close_dir(other.be, run_too);
	desk_leave(&other);
	assert_int_equal(desk.ops->is_locked(desk.be, run, "lock"), 0);
	assert_int_equal(desk.ops->lock(desk.be, run, "lock", "me\n", &lock), 0);
	desk.ops->unlock(desk.be, lock);
	desk.ops->close_dir(desk.be, run);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

static char *copy(struct mhp_sim *sim)
{
	char *text;

	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	return text;
}

/* The lock and its directory leave no trace in a capture, what was put there does. */
static void test_capture(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE), *again;
	struct desk desk = desk_at(sim);
	char *before = copy(sim), *after, *second;
	struct mhp_dir *run = open_run(&desk);
	struct mhp_lock *lock;

	(void)state;
	after = copy(sim);
	assert_string_equal(after, before);
	free(after);
	assert_int_equal(desk.ops->lock(desk.be, run, "lock", "me\n", &lock), 0);
	after = copy(sim);
	assert_string_equal(after, before);
	free(after);
	assert_int_equal(desk.ops->replace(desk.be, run, "journal", "a\nb\n"), 0);
	after = copy(sim);
	assert_non_null(strstr(after, "\n" RUN "/journal:\n\ta\n\tb\n"));
	assert_null(strstr(after, RUN "/lock"));
	/* such a capture makes a machine with the same files */
	assert_int_equal(mhp_sim_new_from_text(after, strlen(after), NULL, &again), 0);
	second = copy(again);
	assert_string_equal(second, after);
	mhp_sim_unref(again);
	free(second);
	free(after);
	assert_int_equal(desk.ops->remove(desk.be, run, "journal"), 0);
	after = copy(sim);
	assert_string_equal(after, before);
	free(after);
	free(before);
	desk.ops->unlock(desk.be, lock);
	desk.ops->close_dir(desk.be, run);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

static void test_contained(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);

	(void)state;
	assert_false(desk.ops->is_contained(desk.be));
	mhp_sim_set_contained(sim, true);
	assert_true(desk.ops->is_contained(desk.be));
	mhp_sim_set_contained(sim, false);
	assert_false(desk.ops->is_contained(desk.be));
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* A capture to look at takes nothing. */
static void test_read_only(void **state)
{
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = MHP_SIM_READ_ONLY };
	static const char text[] = "/run/libmhp/lock: me\n";
	struct mhp_lock *lock;
	struct mhp_sim *sim;
	struct mhp_dir *run;
	struct desk desk;

	(void)state;
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), &opts, &sim), 0);
	desk = desk_at(sim);
	assert_int_equal(desk.ops->make_dir(desk.be, RUN "/x"), -EROFS);
	run = open_run(&desk);
	assert_int_equal(desk.ops->lock(desk.be, run, "lock", "me", &lock), -EROFS);
	assert_int_equal(desk.ops->replace(desk.be, run, "lock", "me"), -EROFS);
	assert_int_equal(desk.ops->remove(desk.be, run, "lock"), -EROFS);
	/* whoever had it was not recorded */
	assert_int_equal(desk.ops->is_locked(desk.be, run, "lock"), 0);
	desk.ops->close_dir(desk.be, run);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make_dir),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_contained),
		cmocka_unit_test(test_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
