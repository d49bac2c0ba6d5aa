// SPDX-License-Identifier: LGPL-2.1-or-later
/* What comes through contexts of the simulated machine: counted, failed, refused, killed. */
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
#define ACTS (MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | MHP_SIM_ACCESS_LOAD)

static int ignore_name(void *data, const char *name)
{
	(void)data;
	(void)name;
	return 0;
}

/* One of each; the first that fails ends it. */
static int do_all(struct desk *desk)
{
	const struct mhp_backend_ops *ops = desk->ops;
	struct mhp_lock *lock;
	struct mhp_dir *run;
	char target[64];
	int r;

	r = ops->make_dir(desk->be, RUN);
	if (r == 0)
		r = ops->open_dir(desk->be, RUN, &run);
	if (r < 0)
		return r;
	r = ops->lock(desk->be, run, "lock", "me", &lock);
	if (r == 0) {
		r = ops->replace(desk->be, run, "journal", "text");
		if (r == 0)
			r = ops->load_module(desk->be, "kmem");
		if (r == 0)
			r = desk_write(desk, STATE32, "online_movable", false);
		if (r == 0)
			r = desk_write(desk, STATE33, "online_movable", true);
		if (r == 0)
			r = desk_read(desk, STATE33, "online\n");
		if (r == 0)
			r = ops->read_link(desk->be, desk->root, &STATE33[1], target,
					   sizeof(target)) == -EINVAL ? 0 : -EIO;
		if (r == 0)
			r = ops->list(desk->be, desk->root, "sys", ignore_name, NULL);
		if (r == 0)
			r = ops->is_locked(desk->be, run, "lock") == 1 ? 0 : -EIO;
		if (r == 0)
			r = ops->exists(desk->be, desk->root, "sys");
		if (r == 0)
			r = ops->remove(desk->be, run, "journal");
		ops->unlock(desk->be, lock);
	}
	ops->close_dir(desk->be, run);
	return r;
}

static void test_count(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);
	size_t looks = mhp_sim_count(sim, MHP_SIM_ACCESS_LOOK);

	(void)state;
	assert_int_equal(mhp_sim_count(sim, ACTS | MHP_SIM_ACCESS_READ), 0);
	assert_int_equal(do_all(&desk), 0);
	assert_int_equal(mhp_sim_count(sim, MHP_SIM_ACCESS_RUN), 4);
	assert_int_equal(mhp_sim_count(sim, MHP_SIM_ACCESS_LOAD), 1);
	assert_int_equal(mhp_sim_count(sim, MHP_SIM_ACCESS_WRITE), 2);
	assert_int_equal(mhp_sim_count_writes(sim), 2);
	assert_int_equal(mhp_sim_count(sim, MHP_SIM_ACCESS_READ), 1);
	assert_int_equal(mhp_sim_count_reads(sim), 1);
	assert_int_equal(mhp_sim_count(sim, MHP_SIM_ACCESS_LOOK) - looks, 5);
	assert_int_equal(mhp_sim_count(sim, ACTS), 7);
	/* what is not there counts as well, other programs do not */
	assert_int_equal(desk_write(&desk, MEMORY "memory99/state", "online", false), -ENOENT);
	assert_int_equal(desk_read(&desk, MEMORY "memory99/state", NULL), -ENOENT);
	assert_int_equal(mhp_sim_write(sim, STATE32, "offline"), 0);
	assert_int_equal(mhp_sim_count(sim, MHP_SIM_ACCESS_WRITE), 3);
	assert_int_equal(mhp_sim_count(sim, MHP_SIM_ACCESS_READ), 2);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* Each access in turn, and none is left out. */
static void test_fail_each(void **state)
{
	static const unsigned int kinds[] = {
		MHP_SIM_ACCESS_READ, MHP_SIM_ACCESS_WRITE, MHP_SIM_ACCESS_RUN, MHP_SIM_ACCESS_LOAD,
			MHP_SIM_ACCESS_LOOK, ACTS,
	};
	static const size_t counts[] = { 1, 2, 4, 1, 5, 7 };

	(void)state;
	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		for (size_t n = 1; n <= counts[kind] + 1; n++) {
			struct mhp_sim *sim = desk_machine(MACHINE);
			struct desk desk = desk_at(sim);
			int r;

			assert_int_equal(mhp_sim_fail_at(sim, kinds[kind], NULL, n, -EXFULL), 0);
			r = do_all(&desk);
			/* two of the ways there say -EIO of any other answer */
			if (kinds[kind] == MHP_SIM_ACCESS_LOOK && (n == 2 || n == 4))
				assert_int_equal(r, -EIO);
			else
				assert_int_equal(r, n <= counts[kind] ? -EXFULL : 0);
			if (n <= counts[kind])
				/* once */
				assert_int_equal(desk_read(&desk, STATE32, NULL), 0);
			desk_leave(&desk);
			mhp_sim_unref(sim);
		}
	}
}

static void test_fail_at_path(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);
	char *text;

	(void)state;
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_WRITE, STATE33, 2, -EBUSY), 0);
	/* by a link */
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ, DAX "dax0.0/state", 1, -EIO),
			 0);
	/* one that is not there yet */
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_RUN, RUN "/journal", 1, -ENOSPC), 0);
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_LOAD, "/sys/bus/dax/drivers/kmem", 1,
					 -ENOMEM), 0);
	assert_int_equal(desk_write(&desk, STATE32, "online", false), 0);
	assert_int_equal(desk_write(&desk, STATE33, "online", false), 0);
	/* other programs do not count */
	assert_int_equal(mhp_sim_write(sim, STATE33, "offline"), 0);
	assert_int_equal(desk_read(&desk, STATE33, "offline\n"), 0);
	assert_int_equal(desk_write(&desk, STATE33, "online", false), -EBUSY);
	assert_int_equal(desk_write(&desk, STATE33, "online", false), 0);
	assert_int_equal(desk_read(&desk, "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0/state",
				   NULL), -EIO);
	assert_int_equal(desk.ops->load_module(desk.be, "device_dax"), 0);
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), -ENOMEM);
	assert_int_equal(do_all(&desk), -ENOSPC);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_non_null(strstr(text, "# did: put online " STATE33 ": EBUSY\n"));
	free(text);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* Another program comes between a write and the look at what came of it. */
static void test_race_at(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);

	(void)state;
	assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ, STATE32, 2, STATE32, "offline"),
			 0);
	assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ, NULL, 3, STATE33, "online"), 0);
	assert_int_equal(desk_write(&desk, STATE32, "online", false), 0);
	assert_int_equal(desk_read(&desk, STATE32, "online\n"), 0);
	assert_int_equal(desk_read(&desk, STATE33, "offline\n"), 0);
	/* both of them, before this one */
	assert_int_equal(desk_read(&desk, STATE32, "offline\n"), 0);
	assert_int_equal(desk_read(&desk, STATE33, "online\n"), 0);
	/* and the device goes while its block is looked at */
	assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ, STATE33, 1, DAX "dax0.0/state",
					 "unplugged"), 0);
	assert_int_equal(desk_read(&desk, STATE33, NULL), -ENOENT);
	assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ, NULL, 1, NULL, "x"), -EINVAL);
	assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ, NULL, 1, "/x", NULL), -EINVAL);
	assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ, NULL, 0, "/x", "x"), -EINVAL);
	assert_int_equal(mhp_sim_race_at(sim, 0, NULL, 1, "/x", "x"), -EINVAL);
	assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ, "x", 1, "/x", "x"), -EINVAL);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* Those that are to come; races stay. */
static void test_clear_failures(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);

	(void)state;
	mhp_sim_clear_failures(sim);
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ, NULL, 1, -EIO), 0);
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ, NULL, 2, -EIO), 0);
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ, STATE32, 2, -EIO), 0);
	assert_int_equal(mhp_sim_race_at(sim, MHP_SIM_ACCESS_READ, NULL, 3, STATE33, "online"), 0);
	assert_int_equal(desk_read(&desk, STATE32, NULL), -EIO);
	mhp_sim_clear_failures(sim);
	assert_int_equal(desk_read(&desk, STATE32, "offline\n"), 0);
	assert_int_equal(desk_read(&desk, STATE33, "online\n"), 0);
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ, NULL, 1, -EXFULL), 0);
	assert_int_equal(desk_read(&desk, STATE32, NULL), -EXFULL);
	assert_int_equal(desk_read(&desk, STATE32, NULL), 0);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

static void test_fail_at_wrong_use(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);

	(void)state;
	assert_int_equal(mhp_sim_fail_at(sim, 0, NULL, 1, -EIO), -EINVAL);
	assert_int_equal(mhp_sim_fail_at(sim, 32, NULL, 1, -EIO), -EINVAL);
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ, NULL, 0, -EIO), -EINVAL);
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ, NULL, 1, EIO), -EINVAL);
	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_READ, "x", 1, -EIO), -EINVAL);
	assert_int_equal(mhp_sim_set_read_only(sim, MHP_SIM_ACCESS_READ), -EINVAL);
	mhp_sim_unref(sim);
}

static void test_set_read_only(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);

	(void)state;
	assert_int_equal(mhp_sim_set_read_only(sim, MHP_SIM_ACCESS_WRITE), 0);
	assert_int_equal(desk_write(&desk, STATE32, "online", false), -EROFS);
	/* the machine lives */
	assert_int_equal(mhp_sim_write(sim, STATE32, "online"), 0);
	assert_int_equal(desk_read(&desk, STATE32, "online\n"), 0);
	assert_int_equal(desk.ops->make_dir(desk.be, RUN), 0);
	assert_int_equal(mhp_sim_set_read_only(sim, MHP_SIM_ACCESS_RUN), 0);
	assert_int_equal(do_all(&desk), -EROFS);
	assert_int_equal(desk_write(&desk, STATE33, "online", false), 0);
	assert_int_equal(mhp_sim_set_read_only(sim, 0), 0);
	assert_int_equal(desk.ops->make_dir(desk.be, RUN "/x"), 0);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* After each act in turn: that one happened, and nothing behind it. */
static void test_kill_each(void **state)
{
	static const char *const after[][3] = {
		/* memory32, memory33, the journal */
		{ "offline", "offline", NULL }, { "offline", "offline", NULL },
		{ "offline", "offline", NULL }, { "offline", "offline", "text" },
		{ "offline", "offline", "text" }, { "Movable", "offline", "text" },
		{ "Movable", "Movable", "text" }, { "Movable", "Movable", NULL },
	};

	(void)state;
	for (size_t n = 0; n <= 7; n++) {
		struct mhp_sim *sim = desk_machine(MACHINE);
		struct desk desk = desk_at(sim), next;
		struct mhp_lock *lock;
		struct mhp_dir *run;
		char *text = NULL;

		mhp_sim_kill_after(sim, n);
		assert_int_equal(do_all(&desk), -EIO);
		assert_int_equal(mhp_sim_count(sim, ACTS), n);
		check_is(sim, 32, after[n][0]);
		check_is(sim, 33, after[n][1]);
		assert_int_equal(mhp_sim_read(sim, RUN "/journal", &text), after[n][2] ? 0 : -ENOENT);
		if (text)
			assert_string_equal(text, after[n][2]);
		free(text);
		/* the dead do nothing, the next one finds the lock free */
		assert_int_equal(desk_read(&desk, STATE32, NULL), -EIO);
		assert_int_equal(desk.ops->open_dir(desk.be, "/", &run), -EIO);
		next = desk_at(sim);
		assert_int_equal(next.ops->make_dir(next.be, RUN), 0);
		assert_int_equal(next.ops->open_dir(next.be, RUN, &run), 0);
		assert_int_equal(next.ops->is_locked(next.be, run, "lock"), 0);
		assert_int_equal(next.ops->lock(next.be, run, "lock", "next", &lock), 0);
		next.ops->unlock(next.be, lock);
		next.ops->close_dir(next.be, run);
		desk_leave(&next);
		desk_leave(&desk);
		mhp_sim_unref(sim);
	}
}

/* A lock that its dead owner gives back is not somebody else's. */
static void test_kill_unlock(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk dead = desk_at(sim), next;
	struct mhp_lock *lock, *mine;
	struct mhp_dir *run, *run_too;

	(void)state;
	assert_int_equal(dead.ops->make_dir(dead.be, RUN), 0);
	assert_int_equal(dead.ops->open_dir(dead.be, RUN, &run), 0);
	assert_int_equal(dead.ops->lock(dead.be, run, "lock", "dead", &lock), 0);
	mhp_sim_kill_after(sim, 0);
	next = desk_at(sim);
	assert_int_equal(next.ops->open_dir(next.be, RUN, &run_too), 0);
	assert_int_equal(next.ops->lock(next.be, run_too, "lock", "next", &mine), 0);
	dead.ops->unlock(dead.be, lock);
	assert_int_equal(next.ops->is_locked(next.be, run_too, "lock"), 1);
	next.ops->unlock(next.be, mine);
	next.ops->close_dir(next.be, run_too);
	dead.ops->close_dir(dead.be, run);
	desk_leave(&next);
	desk_leave(&dead);
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_fail_each),
		cmocka_unit_test(test_fail_at_path),
		cmocka_unit_test(test_race_at),
		cmocka_unit_test(test_clear_failures),
		cmocka_unit_test(test_fail_at_wrong_use),
		cmocka_unit_test(test_set_read_only),
		cmocka_unit_test(test_kill_each),
		cmocka_unit_test(test_kill_unlock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
