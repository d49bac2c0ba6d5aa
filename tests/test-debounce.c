// SPDX-License-Identifier: LGPL-2.1-or-later
/* When a pass of the agent is due: by bursts, and by the limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent.h"

#define MS (NS_PER_SECOND / 1000)
#define BEGIN (1000 * NS_PER_SECOND)

static void nothing_is_never_due(void **state)
{
	struct debounce debounce = { 0 };

	(void)state;
	assert_int_equal(debounce_due(&debounce), NEVER_DUE);
	debounce_event(&debounce, BEGIN);
	assert_false(debounce_pass(&debounce, BEGIN + DEBOUNCE_QUIET_NS));
	assert_int_equal(debounce_due(&debounce), NEVER_DUE);
}

static void burst(void **state)
{
	struct debounce debounce = { 0 };
	int64_t now = BEGIN;

	(void)state;
	/* each event puts it off */
	for (int i = 0; i < 10; i++, now += 100 * MS) {
		debounce_event(&debounce, now);
		assert_int_equal(debounce_due(&debounce), now + DEBOUNCE_QUIET_NS);
	}
	/* but not for ever */
	for (int i = 0; i < 100; i++, now += 100 * MS)
		debounce_event(&debounce, now);
	assert_int_equal(debounce_due(&debounce), BEGIN + DEBOUNCE_LONGEST_NS);
	debounce_pass(&debounce, now);
	/* the next one is a burst of its own */
	debounce_event(&debounce, now);
	assert_int_equal(debounce_due(&debounce), now + DEBOUNCE_QUIET_NS);
}

/* An hour of events without end: so many passes at once, then one at each interval. */
static void limit(void **state)
{
	struct debounce debounce = { 0 };
	int64_t now = BEGIN, end = BEGIN + 3600 * NS_PER_SECOND, last;
	unsigned int passes = 0, told = 0;

	(void)state;
	while (now < end) {
		debounce_event(&debounce, now);
		last = now;
		now = debounce_due(&debounce);
		assert_true(now >= last + DEBOUNCE_QUIET_NS);
		assert_true(now <= last + DEBOUNCE_QUIET_NS + DEBOUNCE_INTERVAL_NS);
		told += debounce_pass(&debounce, now);
		passes++;
	}
	assert_in_range(passes, 1200, 1200 + DEBOUNCE_PASSES + 2);
	assert_int_equal(told, 1);
}

/* After a time of quiet all are there again, and it is told again. */
static void earned_back(void **state)
{
	struct debounce debounce = { 0 };
	int64_t now = BEGIN;
	unsigned int told = 0;

	(void)state;
	for (int round = 0; round < 3; round++) {
		int count = 0;

		for (; told == (unsigned int)round; count++) {
			debounce_event(&debounce, now);
			assert_int_equal(debounce_due(&debounce), now + DEBOUNCE_QUIET_NS);
			now += DEBOUNCE_QUIET_NS;
			told += debounce_pass(&debounce, now);
		}
		/* some are earned meanwhile */
		assert_in_range(count, DEBOUNCE_PASSES, DEBOUNCE_PASSES + 2);
		debounce_event(&debounce, now);
		assert_true(debounce_due(&debounce) > now + DEBOUNCE_QUIET_NS);
		now += DEBOUNCE_PASSES * DEBOUNCE_INTERVAL_NS;
		debounce_pass(&debounce, now);
		now += DEBOUNCE_INTERVAL_NS;
	}
}

/* Once each minute, for a day: nothing is held back. */
static void seldom(void **state)
{
	struct debounce debounce = { 0 };
	int64_t now = BEGIN;

	(void)state;
	for (int i = 0; i < 1440; i++, now += 60 * NS_PER_SECOND) {
		debounce_event(&debounce, now);
		assert_int_equal(debounce_due(&debounce), now + DEBOUNCE_QUIET_NS);
		assert_false(debounce_pass(&debounce, now + DEBOUNCE_QUIET_NS));
	}
	assert_int_equal(debounce_limit(&debounce, NEVER_DUE), NEVER_DUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_never_due),
		cmocka_unit_test(burst),
		cmocka_unit_test(limit),
		cmocka_unit_test(earned_back),
		cmocka_unit_test(seldom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
