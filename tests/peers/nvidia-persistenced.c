// SPDX-License-Identifier: LGPL-2.1-or-later
/* Defects of nvidia-persistenced: what libmhp does where it goes wrong; README.md. */
#include <errno.h>

#include "peers.h"

/* It goes on after errors, and reports a number and the last errno. */
static void nvidia_persistenced_each_error_has_its_block(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	mhp_sim_fail_block(bench.sim, 35, "online", -ENOMEM, 0);
	mhp_sim_fail_block(bench.sim, 33, "online", -EBUSY, 0);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, MHP_RULE_KEEP), MHP_OUTCOME_PARTIAL);
	assert_int_equal(mhp_result_get_code(result(&bench, 35)), -ENOMEM);
	assert_int_equal(mhp_result_get_code(result(&bench, 34)), 0);
	assert_int_equal(mhp_result_get_code(result(&bench, 33)), -EBUSY);
	assert_int_equal(mhp_result_get_code(result(&bench, 32)), 0);
	tear_down(&bench);
}

/* It looks at zones before it begins, and never after. */
static void nvidia_persistenced_zone_is_checked_after(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	mhp_sim_race(bench.sim, block_file(33, "state"), block_file(33, "state"),
		     "online_kernel");
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_PARTIAL);
	/* what we changed is put back, what the other did is not ours to touch */
	assert_string_equal(is(&bench, 33), "Normal");
	assert_blocks(&bench, 34, 35, "offline");
	assert_reason(&bench, 33, "wrong-zone");
	assert_reason(&bench, 35, "undone");
	tear_down(&bench);
}

/* It sets auto_online_blocks of its own accord, for everybody and for good. */
static void nvidia_persistenced_policy_is_not_ours_to_set(void **state)
{
	struct bench bench;
	char *text;

	(void)state;
	set_up(&bench, HMEM_6_12);
	release_device(&bench);
	put(&bench, POLICY_PATH, "online");
	/* not without permission */
	check_refused(&bench, "dax0.0 plugged online_movable", MHP_CONFLICT_POLICY, "online");
	assert_int_equal(fulfil(&bench, "dax0.0 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
	/* and not for longer than it takes */
	assert_int_equal(mhp_sim_read(bench.sim, POLICY_PATH, &text), 0);
	assert_string_equal(text, "online\n");
	free(text);
	tear_down(&bench);
}

/* It writes that file, and needs root for it, even where it has the right word already. */
static void nvidia_persistenced_right_policy_is_not_written(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	release_device(&bench);
	put(&bench, POLICY_PATH, "online_movable");
	assert_int_equal(fulfil(&bench, "dax0.0 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
	assert_writes(&bench, "bind");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nvidia_persistenced_each_error_has_its_block),
		cmocka_unit_test(nvidia_persistenced_zone_is_checked_after),
		cmocka_unit_test(nvidia_persistenced_policy_is_not_ours_to_set),
		cmocka_unit_test(nvidia_persistenced_right_policy_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
