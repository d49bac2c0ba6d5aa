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

/* Where the kernel plugs blocks, the planned ones and their units have to be there still. */
static void test_other_units_by_now(void **state)
{
	struct bench bench;
	struct mhp_plan *plan;

	(void)state;
	for (int i = 0; i < 5; i++) {
		set_up(&bench, PPC64_7_3);
		plan = plan_of(&bench, "lmb plugged online_movable borrow");
		assert_int_equal(plan->n_parts, 1);
		assert_true(plan->parts[0].n_runs && plan->parts[0].n_units);
		/* as if planned on a machine that had them there */
		if (i == 0)
			plan->parts[0].units[0].handle++;
		else if (i == 1)
			plan->parts[0].units[0].count++;
		else if (i == 2)
			plan->parts[0].runs[0].first--;
		else if (i == 3)
			plan->parts[0].runs[0].first += 1000;
		else
			plan->parts[0].runs[0].count += 1000;
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
		assert_says(&bench, "other ranges");
		assert_int_equal(bench.writes, 0);
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_other_ranges_by_now, fakesys_free_all),
		cmocka_unit_test(test_other_units_by_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
