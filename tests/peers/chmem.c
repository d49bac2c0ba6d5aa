// SPDX-License-Identifier: LGPL-2.1-or-later
/* Defects of chmem (util-linux 2.42.4): what libmhp does where it goes wrong; README.md. */
#include <errno.h>

#include "peers.h"

/* the device has a word of its own, and has none */
static const char *const machines[] = { HMEM_7_3, HMEM_6_12 };

/* "chmem -e -z Movable" on blocks in Normal prints "already enabled" and exits 0. */
static void chmem_wrong_zone_is_no_success(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up(&bench, machines[i]);
		put_blocks(&bench, 32, 35, "online_kernel");
		check_refused(&bench, "blocks:32-35 online online_movable",
			      MHP_CONFLICT_WRONG_ZONE, "Normal");
		assert_reason(&bench, 33, "conflict");
		assert_int_equal(fulfil(&bench, "blocks:32-35 online online_movable rezone", NULL),
				 MHP_OUTCOME_DONE);
		assert_blocks(&bench, 32, 35, "Movable");
		tear_down(&bench);
	}
}

/* A range with holes exits 64, and has no word on which blocks, or why. */
static void chmem_holes_are_named(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	check_refused(&bench, "blocks:34-40 online online_movable", MHP_CONFLICT_ABSENT, "(36-40)");
	assert_blocks(&bench, 32, 35, "offline");
	tear_down(&bench);
}

/* Asked for a size it walks past blocks that fail to others, and does not say so. */
static void chmem_size_is_no_licence_for_other_blocks(void **state)
{
	static const char wish[] = "dax0.0 online online_movable size:256 keep";
	struct mhp_plan *plan;
	uint64_t start, size;
	struct bench bench;
	unsigned int last;

	(void)state;
	set_up(&bench, HMEM_6_12);
	plan = plan_of(&bench, wish);
	assert_int_equal(mhp_plan_count_steps(plan), 2);
	assert_int_equal(mhp_step_get_range(mhp_plan_get_step(plan, 1), 0, &start, &size), 0);
	last = (unsigned int)(start / size);
	mhp_sim_fail_block(bench.sim, last, "online", -EBUSY, 0);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_PARTIAL);
	/* two were chosen; the one that fails has no substitute, and is named */
	assert_int_equal(mhp_report_count_results(bench.report), 2);
	assert_int_equal(bench.writes, 2);
	assert_reason(&bench, last, "busy");
	assert_string_equal(is(&bench, last), "offline");
	assert_says(&bench, "EBUSY");
	tear_down(&bench);
}

/* For chmem each zone but Movable is "online_kernel". */
static void chmem_each_type_is_its_own_word(void **state)
{
	static const char *const words[] = { "online", "online_kernel", "online_movable" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct bench bench;
		char wish[64];

		set_up(&bench, HMEM_6_12);
		snprintf(wish, sizeof(wish), "blocks:33 online %s", words[i]);
		assert_int_equal(fulfil(&bench, wish, NULL), MHP_OUTCOME_DONE);
		assert_int_equal(bench.writes, 1);
		assert_write(&bench, 0, block_file(33, "state"), words[i]);
		tear_down(&bench);
	}
}

/* Where valid_zones cannot be read, chmem goes by those of the block before. */
static void chmem_unreadable_zone_is_not_the_last_ones(void **state)
{
	struct mhp_snapshot *snap;
	struct bench bench;
	enum mhp_zone zone;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 32, "online_movable");
	put_blocks(&bench, 33, 33, "online_kernel");
	/* nor what follows from the sizes of zones, which say nothing of it either */
	assert_int_equal(mhp_sim_fail_read(bench.sim, block_file(33, "valid_zones"), -EIO, 0), 0);
	assert_int_equal(mhp_snapshot_new(bench.ctx, NULL, &snap), 0);
	zone = mhp_block_get_zone(mhp_snapshot_find_block(snap, 33));
	assert_int_not_equal(zone, MHP_ZONE_MOVABLE);
	mhp_snapshot_unref(snap);
	assert_int_equal(fulfil(&bench, "blocks:32-33 online online_movable", NULL),
			 MHP_OUTCOME_REFUSED);
	tear_down(&bench);
}

/* A block that somebody else onlines just before is EINVAL, and a failure, to chmem. */
static void chmem_lost_race_as_wanted_is_success(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	mhp_sim_race(bench.sim, block_file(33, "state"), block_file(33, "state"),
		     "online_movable");
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	assert_null(mhp_report_get_hint(bench.report));
	assert_int_equal(mhp_report_get_code(bench.report), 0);
	assert_reason(&bench, 33, "already");
	assert_int_equal(mhp_result_get_code(result(&bench, 33)), 0);
	tear_down(&bench);
}

/* It waits for ever for a page that cannot move. */
static void chmem_offline_has_a_deadline(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_hang_block(bench.sim, 33, 0);
	assert_int_equal(fulfil_until_stuck(&bench, "blocks:32-35 offline", 33),
			 MHP_OUTCOME_UNDONE);
	assert_says(&bench, "memory33");
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

/* There is no way to give memory back. */
static void chmem_memory_can_be_unplugged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up(&bench, machines[i]);
		put_blocks(&bench, 32, 35, "online_movable");
		assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_DONE);
		assert_blocks(&bench, 32, 35, "absent");
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chmem_wrong_zone_is_no_success),
		cmocka_unit_test(chmem_holes_are_named),
		cmocka_unit_test(chmem_size_is_no_licence_for_other_blocks),
		cmocka_unit_test(chmem_each_type_is_its_own_word),
		cmocka_unit_test(chmem_unreadable_zone_is_not_the_last_ones),
		cmocka_unit_test(chmem_lost_race_as_wanted_is_success),
		cmocka_unit_test(chmem_offline_has_a_deadline),
		cmocka_unit_test(chmem_memory_can_be_unplugged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
