// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whatever happens, the report is true: rounds of chance on the simulated machine. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bench.h"

static uint32_t seed = 11;

static uint32_t chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static void make_trouble(struct bench *bench)
{
	static const int codes[] = { -EBUSY, -EINVAL, -EINTR, -ENOMEM, -ENODEV, -EIO, -EPERM };
	static const char *const words[] = { "online", "offline" };
	unsigned int id = 32 + chance(6);

	switch (chance(5)) {
	case 0:
	case 1:
		mhp_sim_fail_block(bench->sim, id, words[chance(2)],
				   codes[chance(ARRAY_SIZE(codes))], chance(3));
		break;
	case 2:
		mhp_sim_fail_write(bench->sim, chance(2) ? DEVICE : block_file(id, "state"), NULL,
				   codes[chance(ARRAY_SIZE(codes))], 1 + chance(3));
		break;
	case 3: {
		char where[128];

		snprintf(where, sizeof(where), "%s", block_file(32 + chance(6), "state"));
		mhp_sim_race(bench->sim, where, block_file(id, "state"),
			     online_word((enum mhp_online_type)chance(4)));
		break;
	}
	default:
		break;
	}
}

static void check_truth(struct bench *bench, char before[][64], const char *wanted)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(bench->report);

	for (size_t i = 0; i < mhp_report_count_results(bench->report); i++) {
		const struct mhp_result *res = mhp_report_get_result(bench->report, i);
		unsigned int id = (unsigned int)mhp_result_get_id(res);
		const char *now = is(bench, id);
		enum mhp_state told;
		enum mhp_zone zone;

		mhp_result_get_after(res, &told, &zone);
		assert_string_equal(told == MHP_STATE_ONLINE ? mhp_zone_to_str(zone) :
				    mhp_state_to_str(told), now);
		if (outcome == MHP_OUTCOME_DONE && strcmp(wanted, "online"))
			assert_string_equal(now, wanted);
		if (outcome == MHP_OUTCOME_UNDONE || outcome == MHP_OUTCOME_REFUSED)
			assert_string_equal(now, before[id - 32]);
		assert_true(outcome != MHP_OUTCOME_DONE ||
			    !mhp_reason_is_failure(mhp_result_get_reason(res)));
	}
}

static void test_report_is_true(void **state)
{
	static const char *const machines[] = {
		HMEM_7_3, HMEM_6_12, HMEM_6_1, RANGES_7_3, "6.12-hmem-ranges-bound.txt",
	};
	size_t by_outcome[5] = { 0 };

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char before[6][64];
		const char *wanted = "absent";
		struct bench bench;
		enum mhp_outcome outcome;
		uint32_t what = chance(5), rules = chance(8);

		set_up(&bench, machines[chance(ARRAY_SIZE(machines))]);
		for (unsigned int id = 32; id < 38; id++)
			mhp_sim_write(bench.sim, block_file(id, "state"),
				      online_word((enum mhp_online_type)chance(4)));
		if (chance(4) == 0)
			mhp_sim_write(bench.sim, DEVICE, "unplugged");
		for (unsigned int id = 32; id < 38; id++)
			snprintf(before[id - 32], sizeof(before[0]), "%s", is(&bench, id));
		for (uint32_t i = chance(4); i > 0; i--)
			make_trouble(&bench);
		if (what == 3) {
			outcome = offline(&bench, rules);
			wanted = "offline";
		} else if (what == 4) {
			outcome = unplug(&bench, rules);
		} else {
			outcome = online(&bench, (enum mhp_online_type)(what + 1), rules);
			wanted = what == 0 ? "online" : what == 1 ? "Normal" : "Movable";
		}
		by_outcome[outcome]++;
		check_truth(&bench, before, wanted);
		tear_down(&bench);
	}
	/* the rounds are worth nothing if they all end alike */
	for (size_t i = MHP_OUTCOME_DONE; i < ARRAY_SIZE(by_outcome); i++)
		assert_true(by_outcome[i] > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
