// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who has a device: the one that was named, and no other, whatever the bus is like and
 * whoever has been at it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/device.h"

static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

/* ---- others on the bus ---- */

/* One of several that nobody has: the others stay as they are. */
static void test_one_of_several(void **state)
{
	static const struct {
		const char *machine;
		const char *devices[4];
		unsigned int first, last;
	} rows[] = {
		{ "6.12-hmem-multi-bound.txt", { "dax1.0", "dax0.0", "dax2.0", "dax3.0" },
		  34, 36 },
		{ "7.3-hmem-split-bound.txt", { "dax0.1", "dax0.0" }, 36, 39 },
		{ "6.1-hmem-split-bound.txt", { "dax0.1", "dax0.0" }, 36, 39 },
		{ RANGES_7_3, { "dax0.1", "dax0.0" }, 34, 35 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		const char *const *devices = rows[i / 2].devices;
		struct world before;
		struct bench bench;
		char wish[64];

		set_up(&bench, rows[i / 2].machine);
		/* frees them all */
		unload(&bench, "kmem");
		if (i % 2) {
			put(&bench, DAX_AUTOPROBE_PATH, "0");
			assert_int_equal(fulfil(&bench, "dax0.0 plugged offline borrow", NULL),
					 MHP_OUTCOME_DONE);
			put(&bench, UNBIND, "dax0.0");
			put(&bench, DAX_AUTOPROBE_PATH, "1");
		}
		before = world_of(bench.sim);
		snprintf(wish, sizeof(wish), "%s plugged online_movable borrow", devices[0]);
		assert_int_equal(fulfil(&bench, wish, NULL), MHP_OUTCOME_DONE);
		assert_blocks(&bench, rows[i / 2].first, rows[i / 2].last, "Movable");
		check_driver(&bench, devices[0], "kmem");
		for (size_t j = 1; j < 4 && devices[j]; j++)
			check_driver(&bench, devices[j], NULL);
		check_settings(&bench, &before);
		assert_int_equal(mhp_report_count_other_blocks(bench.report), 0);
		tear_down(&bench);
	}
}

/* All at once: one borrowing for all. */
static void test_all_of_them(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, "6.12-hmem-multi-bound.txt");
	unload(&bench, "kmem");
	before = world_of(bench.sim);
	assert_int_equal(fulfil(&bench, "kind:dax plugged online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
	assert_writes(&bench, "autoprobe=0 load:kmem autoprobe=1 policy=online_movable bind bind "
			      "bind bind policy=offline");
	assert_blocks(&bench, 32, 37, "Movable");
	check_settings(&bench, &before);
	tear_down(&bench);
}

/* The last of several fails: all are given back. */
static void test_all_of_them_or_none(void **state)
{
	struct world before, now;
	struct bench bench;

	(void)state;
	set_up(&bench, "6.12-hmem-multi-bound.txt");
	unload(&bench, "kmem");
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 39, "online", -EBUSY, 0), 0);
	assert_int_equal(fulfil(&bench, "kind:dax plugged online_movable borrow", NULL),
			 MHP_OUTCOME_UNDONE);
	now = world_of(bench.sim);
	assert_same_world(&now, &before, "all or none");
	assert_false(now.journal);
	tear_down(&bench);
}

/* dax0.0 of a region that makes no devices, as pmem's: kmem takes it by its name only. */
static void set_up_static(struct bench *bench)
{
	struct mhp_sim *sim;
	char *text, *line;

	set_up(bench, "6.12-hmem-multi-bound.txt");
	assert_int_equal(mhp_sim_copy_capture(bench->sim, &text), 0);
	tear_down(bench);
	line = strstr(text, "/hmem.0/dax_region/create: ");
	assert_non_null(line);
	line[strlen("/hmem.0/dax_region/")] = 'C';
	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	bench->sim = sim;
	assert_int_equal(mhp_sim_new_ctx(sim, &bench->ctx), 0);
	free(text);
}

static void test_others_would_be_bound(void **state)
{
	struct world before, now;
	struct bench bench;

	(void)state;
	set_up_static(&bench);
	unload(&bench, "kmem");
	before = world_of(bench.sim);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_OTHER_DEVICES);
	assert_says(&bench, "dax1.0, dax2.0, dax3.0");
	assert_writes(&bench, "autoprobe=0 load:kmem autoprobe=1 policy=online_movable bind! "
			      "policy=offline");
	now = world_of(bench.sim);
	assert_same_world(&now, &before, "other devices");
	tear_down(&bench);
}

/* Those that have a driver are not taken from it. */
static void test_others_have_a_driver(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	set_up_static(&bench);
	release_device(&bench);
	before = world_of(bench.sim);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "policy=online_movable bind! new_id remove_id policy=offline");
	assert_blocks(&bench, 32, 33, "Movable");
	check_settings(&bench, &before);
	tear_down(&bench);

	/* one of them has none */
	set_up_static(&bench);
	release_device(&bench);
	put(&bench, UNBIND, "dax2.0");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_OTHER_DEVICES);
	assert_says(&bench, "also dax2.0");
	check_driver(&bench, "dax2.0", NULL);
	check_settings(&bench, &before);
	tear_down(&bench);
}

/* device_dax has to be told a name that kmem would take by itself, and takes pmem's as well. */
static void test_others_on_the_way_to_device_dax(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	set_up_static(&bench);
	before = world_of(bench.sim);
	put(&bench, UNBIND, "dax0.0");
	assert_int_equal(fulfil(&bench, "dax1.0 unplugged to:device_dax borrow", NULL),
			 MHP_OUTCOME_PARTIAL);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_OTHER_DEVICES);
	assert_says(&bench, "also dax0.0");
	check_driver(&bench, "dax0.0", NULL);
	check_settings(&bench, &before);
	tear_down(&bench);
}

/* ---- a device that was half made when it was looked at ---- */

/* The plan as it is made where the device has kmem and not yet the driver's file. */
static struct mhp_plan *without_word(struct mhp_plan *plan)
{
	struct mhp_plan *again;
	char *text, *line;

	assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
	mhp_plan_unref(plan);
	line = strstr(text, "device-word");
	assert_non_null(line);
	memmove(line, strchr(line, '\n') + 1, strlen(strchr(line, '\n') + 1) + 1);
	assert_int_equal(mhp_plan_new_from_text(text, strlen(text), &again, NULL), 0);
	free(text);
	return again;
}

/* Blocks that are only offline are anybody's to online, and kmem would leave them behind. */
static void test_half_made(void **state)
{
	struct mhp_plan *plan;
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	before = world_of(bench.sim);
	plan = without_word(plan_of(&bench, "dax0.0 unplugged to:device_dax borrow"));
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
	assert_blocks(&bench, 32, 35, "Movable");
	check_driver(&bench, "dax0.0", "kmem");
	check_settings(&bench, &before);
	tear_down(&bench);
}

/* ---- new_id ---- */

/* new_id binds it, or does not, without a word: bind is asked again why. */
static void test_new_id_fails(void **state)
{
	struct world before, now;
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_6_1);
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 32, "add", -ENOMEM, 0), 0);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_UNDONE);
	assert_writes(&bench, "policy=online_movable bind! new_id bind! remove_id policy=offline");
	assert_int_equal(mhp_report_get_code(bench.report), -ENOMEM);
	now = world_of(bench.sim);
	assert_same_world(&now, &before, "new_id");
	tear_down(&bench);
}

/* The driver was told a name for us, and nobody takes that back: the journal has it. */
static void test_id_stays(void **state)
{
	struct mhp_recovery *recovery;
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_6_1);
	assert_int_equal(mhp_sim_fail_write(bench.sim, KMEM "/remove_id", NULL, -EIO, 3), 0);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_PARTIAL);
	assert_says(&bench, "remove_id");
	assert_int_equal(world_of(bench.sim).ids, 1);
	assert_true(world_of(bench.sim).journal);
	assert_int_equal(mhp_recover(bench.ctx, NULL, &recovery), 0);
	assert_non_null(recovery);
	assert_true(mhp_recovery_is_complete(recovery));
	mhp_recovery_free(recovery);
	assert_int_equal(world_of(bench.sim).ids, 0);
	assert_false(world_of(bench.sim).journal);
	tear_down(&bench);
}

/* ---- somebody has been at the device ---- */

/* A block was online when another one unbound it: the rest cannot come back. */
static void test_stuck_range(void **state)
{
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		set_up(&bench, machines[i]);
		put(&bench, block_file(34, "state"), "online_movable");
		put(&bench, UNBIND, "dax0.0");
		assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_REFUSED);
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CONFLICT);
		assert_says(&bench, "stayed behind");
		assert_string_equal(is(&bench, 34), "Movable");
		tear_down(&bench);
	}
	/* after it was planned for */
	set_up(&bench, HMEM_7_3);
	release_device(&bench);
	assert_int_equal(mhp_sim_race(bench.sim, BIND, BIND, "dax0.0"), 0);
	assert_int_equal(mhp_sim_race(bench.sim, BIND, UNBIND, "dax0.0"), 0);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_PARTIAL);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_TAKEN);
	assert_int_equal(mhp_report_get_code(bench.report), -EBUSY);
	check_driver(&bench, "dax0.0", NULL);
	assert_string_equal(world_of(bench.sim).policy, "offline");
	tear_down(&bench);
}

/* One of two ranges stays behind: the bind succeeds, and the device is there in part. */
static void test_stuck_second_range(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, RANGES_7_3);
	before = world_of(bench.sim);
	put_blocks(&bench, 36, 37, "online_movable");
	put(&bench, UNBIND, "dax0.0");
	assert_int_equal(fulfil(&bench, "dax0.0 plugged online_kernel borrow", NULL),
			 MHP_OUTCOME_REFUSED);
	assert_says(&bench, "36-37");
	check_settings(&bench, &before);
	tear_down(&bench);

	/* the second one cannot be added: the driver is told only of the first */
	set_up(&bench, RANGES_7_3);
	release_device(&bench);
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 36, "add", -ENOMEM, 0), 0);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 37, "not-taken");
	assert_reason(&bench, 32, "undone");
	check_driver(&bench, "dax0.0", NULL);
	check_settings(&bench, &before);
	tear_down(&bench);
}

/* Another one was faster: it is as wanted, or it is not. */
static void test_another_plugs_it(void **state)
{
	struct bench bench;

	(void)state;
	set_up_free(&bench, HMEM_7_3);
	mhp_sim_race(bench.sim, BIND, BIND, "dax0.0");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);

	set_up_free(&bench, HMEM_7_3);
	mhp_sim_race(bench.sim, POLICY_PATH, BIND, "dax0.0");
	/* under the policy that was: offline, so it is onlined block by block */
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);

	set_up_free(&bench, HMEM_7_3);
	mhp_sim_race(bench.sim, POLICY_PATH, DEVICE_DAX "/new_id", "dax0.0");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_TAKEN);
	check_driver(&bench, "dax0.0", "device_dax");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_of_several),
		cmocka_unit_test(test_all_of_them),
		cmocka_unit_test(test_all_of_them_or_none),
		cmocka_unit_test(test_others_would_be_bound),
		cmocka_unit_test(test_others_have_a_driver),
		cmocka_unit_test(test_others_on_the_way_to_device_dax),
		cmocka_unit_test(test_half_made),
		cmocka_unit_test(test_new_id_fails),
		cmocka_unit_test(test_id_stays),
		cmocka_unit_test(test_stuck_range),
		cmocka_unit_test(test_stuck_second_range),
		cmocka_unit_test(test_another_plugs_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
