// SPDX-License-Identifier: LGPL-2.1-or-later
/* Regions that are no longer what was planned for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/bench.h"
#include "support/fakesys.h"

/* A name is used again: these are not the blocks that were planned for. */
static void test_other_ranges_by_now(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct bench bench = { 0 };
	struct mhp_plan *plan;

	(void)state;
	fakesys_file(fs, RUN_PATH "/lock", "");
	bench.ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	for (int i = 0; i < 3; i++) {
		plan = planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0);
		if (i == 0) {
			fakesys_file(fs, DAX "/mapping0/end", "0x117ffffff\n");
		} else if (i == 1) {
			fakesys_remove(fs, DAX "/driver");
		} else {
			fakesys_remove(fs, "/sys/bus/dax/devices/dax0.0");
		}
		assert_int_equal(mhp_apply(bench.ctx, plan, NULL, &bench.report), 0);
		assert_int_equal(mhp_report_get_outcome(bench.report), MHP_OUTCOME_REFUSED);
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
		assert_says(&bench, i == 0 ? "other ranges" : i == 1 ? "another driver" : "is gone");
		assert_reason(&bench, 32, "stale");
		mhp_report_free(bench.report);
		mhp_plan_unref(plan);
	}
	mhp_ctx_unref(bench.ctx);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_other_ranges_by_now, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
