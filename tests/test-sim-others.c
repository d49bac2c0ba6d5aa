// SPDX-License-Identifier: LGPL-2.1-or-later
/* Others at work on the simulated machine: who removes, onlines, uses memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

#define MACHINE "7.3-hmem-bound.txt"	/* dax0.0 has 32 to 35, offline */
#define DAX_STATE DAX "dax0.0/state"

static void put(struct mhp_sim *sim, const char *path, const char *word, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put %s %s: %d and not %d", word, path, r, wanted);
}

/* ---- a block that vanishes ---- */

static void test_remove_now(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	char *before, *after;

	(void)state;
	assert_int_equal(mhp_sim_read(sim, "/proc/zoneinfo", &before), 0);
	put(sim, STATE33, "online_movable", 0);
	assert_int_equal(mhp_sim_race_remove(sim, NULL, 33), 0);
	check_is(sim, 33, "absent");
	check_shows(sim, "/sys/devices/system/node/node1/memory33/state", NULL);
	assert_int_equal(mhp_sim_race_remove(sim, NULL, 33), -ENOENT);
	/* its pages went with it */
	assert_int_equal(mhp_sim_read(sim, "/proc/zoneinfo", &after), 0);
	assert_string_equal(after, before);
	free(before);
	free(after);
	/* the device can do without */
	put(sim, DAX_STATE, "unplugged", 0);
	check_is(sim, 32, "absent");
	put(sim, DAX_STATE, "online_movable", 0);
	check_is(sim, 33, "Movable");
	mhp_sim_unref(sim);
}

static void test_race_remove(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);

	(void)state;
	assert_int_equal(mhp_sim_race_remove(sim, STATE32, 32), 0);
	assert_int_equal(mhp_sim_race_remove(sim, STATE33, 35), 0);
	assert_int_equal(mhp_sim_race_remove(sim, "x", 35), -EINVAL);
	put(sim, STATE32, "online", 0);
	check_is(sim, 32, "Normal");
	/* the file was open already */
	assert_int_equal(desk_write(&desk, STATE32, "offline", false), -ENODEV);
	check_is(sim, 32, "absent");
	assert_int_equal(desk_write(&desk, STATE33, "online", false), 0);
	check_is(sim, 35, "absent");
	check_is(sim, 33, "Normal");
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* ---- a udev rule ---- */

static void test_rule(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);
	char *text;

	(void)state;
	assert_int_equal(mhp_sim_set_udev_rule(sim, "online"), 0);
	/* not for what is there, nor for what only changes its state */
	put(sim, STATE32, "online", 0);
	put(sim, STATE32, "offline", 0);
	check_is(sim, 32, "offline");
	put(sim, DAX_STATE, "unplugged", 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	/* whoever adds it */
	put(sim, POLICY, "offline", 0);
	assert_int_equal(desk_put(&desk, KMEM "bind", "dax0.0"), 0);
	check_is(sim, 32, "Normal");
	check_is(sim, 35, "Normal");
	check_shows(sim, DAX_STATE, "offline");
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_non_null(strstr(text, "kmem/bind: ok\n# did: put online " STATE32 ": ok\n"));
	free(text);
	assert_int_equal(mhp_sim_set_udev_rule(sim, NULL), 0);
	put(sim, DAX_STATE, "unplugged", 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, KMEM "bind", "dax0.0", 0);
	check_is(sim, 32, "offline");
	assert_int_equal(mhp_sim_set_udev_rule(sim, "offline"), -EINVAL);
	assert_int_equal(mhp_sim_set_udev_rule(sim, "bogus"), -EINVAL);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* kernel-abi rule 9: the kernel's own onlining comes first */
static void test_rule_loses(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	char *text;

	(void)state;
	put(sim, DAX_STATE, "unplugged", 0);
	assert_int_equal(mhp_sim_set_udev_rule(sim, "online_kernel"), 0);
	/* it gets what the kernel failed to online, though: 34, and 35 behind it */
	assert_int_equal(mhp_sim_fail_block(sim, 34, "online", -EPERM, 1), 0);
	put(sim, DAX_STATE, "online_movable", 0);
	check_is(sim, 32, "Movable");
	check_is(sim, 33, "Movable");
	check_is(sim, 34, "Normal");
	check_is(sim, 35, "Normal");
	/* and leaves the rest alone */
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_non_null(strstr(text, "state: ok\n# did: put online_kernel " MEMORY "memory34/"));
	free(text);
	mhp_sim_unref(sim);
}

/* By loading a module, too, and where another program's race adds memory. */
static void test_rule_load(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);
	struct desk desk = desk_at(sim);
	char *text;

	(void)state;
	put(sim, POLICY, "offline", 0);
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	assert_int_equal(mhp_sim_set_udev_rule(sim, "online_movable"), 0);
	assert_int_equal(desk.ops->load_module(desk.be, "kmem"), 0);
	check_is(sim, 32, "Movable");
	put(sim, DAX_STATE, "unplugged", 0);
	assert_int_equal(mhp_sim_race(sim, POLICY, DAX_STATE, "online_kernel"), 0);
	assert_int_equal(mhp_sim_fail_block(sim, 32, "online", -EPERM, 1), 0);
	assert_int_equal(desk_write(&desk, POLICY, "online", false), 0);
	check_is(sim, 32, "Movable");
	/* before the write that the race was for */
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_non_null(strstr(text, "# did: put online_movable " MEMORY "memory35/state: ok\n"
				     "# did: put online " POLICY ": ok\n"));
	free(text);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* ---- memory that stays, memory that does not come ---- */

static void test_pin(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);

	(void)state;
	put(sim, STATE32, "online_movable", 0);
	put(sim, STATE33, "online_movable", 0);
	assert_int_equal(mhp_sim_pin_block(sim, 32, "online"), 0);
	assert_int_equal(mhp_sim_pin_block(sim, 33, "online_kernel"), 0);
	assert_int_equal(mhp_sim_pin_block(sim, 34, "online_movable"), 0);
	/* from the next time on */
	put(sim, STATE32, "offline", 0);
	put(sim, STATE32, "online_movable", 0);
	put(sim, STATE32, "offline", -EBUSY);
	check_is(sim, 32, "Movable");
	/* in such a zone */
	put(sim, STATE33, "offline", 0);
	put(sim, STATE33, "online_movable", 0);
	put(sim, STATE33, "offline", 0);
	put(sim, STATE33, "online", 0);
	check_is(sim, 33, "Normal");
	put(sim, STATE33, "offline", -EBUSY);
	put(sim, MEMORY "memory33/online", "0", -EBUSY);
	put(sim, MEMORY "memory34/state", "online_kernel", 0);
	put(sim, MEMORY "memory34/state", "offline", 0);
	put(sim, MEMORY "memory34/state", "online_movable", 0);
	put(sim, DAX_STATE, "unplugged", -EBUSY);
	check_is(sim, 34, "Movable");
	assert_int_equal(mhp_sim_pin_block(sim, 33, "offline"), -EINVAL);
	assert_int_equal(mhp_sim_pin_block(sim, 33, NULL), -EINVAL);
	mhp_sim_unref(sim);
}

/* On the way to another zone: it leaves this one, and cannot leave the next. */
static void test_pin_rezone(void **state)
{
	struct mhp_sim *sim = desk_machine(MACHINE);

	(void)state;
	put(sim, DAX_STATE, "unplugged", 0);
	put(sim, DAX_STATE, "online_movable", 0);
	assert_int_equal(mhp_sim_pin_block(sim, 33, "online_kernel"), 0);
	put(sim, DAX_STATE, "unplugged", 0);
	put(sim, DAX_STATE, "online_kernel", 0);
	put(sim, DAX_STATE, "unplugged", -EBUSY);
	for (unsigned int id = 32; id <= 35; id++)
		check_is(sim, id, "Normal");
	check_shows(sim, DAX_STATE, "online_kernel");
	/* whoever takes it away, takes that away */
	assert_int_equal(mhp_sim_race_remove(sim, NULL, 33), 0);
	put(sim, DAX_STATE, "unplugged", 0);
	mhp_sim_unref(sim);
}

/* kernel-abi 4.4: told only if no range came; else a device that is there in part */
static void test_fail_add(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-ranges-unplugged.txt");

	(void)state;
	check_shows(sim, DAX_STATE, "unplugged");
	/* 32 and 33 are one range, 36 and 37 another */
	assert_int_equal(mhp_sim_fail_block(sim, 33, "add", -EEXIST, 1), 0);
	put(sim, DAX_STATE, "online_movable", -EEXIST);
	check_shows(sim, DAX_STATE, "unplugged");
	check_is(sim, 36, "absent");
	assert_int_equal(mhp_sim_fail_block(sim, 36, "add", -ENOMEM, 1), 0);
	put(sim, DAX_STATE, "online_movable", 0);
	check_shows(sim, DAX_STATE, "online_movable");
	check_is(sim, 32, "Movable");
	check_is(sim, 36, "absent");
	put(sim, DAX_STATE, "unplugged", 0);
	put(sim, DAX_STATE, "online_movable", 0);
	check_is(sim, 36, "Movable");
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remove_now),
		cmocka_unit_test(test_race_remove),
		cmocka_unit_test(test_rule),
		cmocka_unit_test(test_rule_loses),
		cmocka_unit_test(test_rule_load),
		cmocka_unit_test(test_pin),
		cmocka_unit_test(test_pin_rezone),
		cmocka_unit_test(test_fail_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
