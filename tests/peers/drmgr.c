// SPDX-License-Identifier: LGPL-2.1-or-later
/* Defects of powerpc-utils' drmgr: what libmhp does where it goes wrong; README.md. */
#include "peers.h"

#define PLUG "lmb plugged online_movable borrow size:512"	/* memory16 and memory17 */

/* Its -w is looked at between LMBs: one that hangs is not stopped. */
static void drmgr_deadline_holds_within_an_lmb(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, PPC64_7_3);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	mhp_sim_hang_block(bench.sim, 16, 0);
	assert_int_equal(fulfil_until_stuck(&bench, "blocks:16-17 unplugged", 16),
			 MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, 16, 17, "Movable");
	tear_down(&bench);
}

/* By the kernel's own way of adding memory the user gets to know a number, and no more. */
static void drmgr_each_block_has_its_answer(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, PPC64_7_3);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_int_equal(mhp_report_count_results(bench.report), 2);
	for (uint64_t id = 16; id <= 17; id++) {
		enum mhp_state after;
		enum mhp_zone zone;

		assert_reason(&bench, id, "done");
		mhp_result_get_after(result(&bench, id), &after, &zone);
		assert_int_equal(after, MHP_STATE_ONLINE);
		assert_int_equal(zone, MHP_ZONE_MOVABLE);
	}
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drmgr_deadline_holds_within_an_lmb),
		cmocka_unit_test(drmgr_each_block_has_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
