// SPDX-License-Identifier: LGPL-2.1-or-later
/* What failed is tried again later, and not for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent.h"

#define BEGIN (1000 * NS_PER_SECOND)

/* Seconds until the next try after each failure. */
static void later_and_later(void **state)
{
	static const int64_t pauses[BACKOFF_TRIES] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 0 };
	const struct backoff_entry *entry;
	struct backoff backoff = { 0 };
	int64_t now = BEGIN;

	(void)state;
	assert_int_equal(backoff_due(&backoff), NEVER_DUE);
	for (unsigned int i = 0; i < BACKOFF_TRIES; i++) {
		assert_int_equal(backoff_ask(&backoff, "dax0.0", 7, now), BACKOFF_TRY);
		entry = backoff_failed(&backoff, "dax0.0", 7, false, now);
		assert_int_equal(entry->failures, i + 1);
		if (!pauses[i])
			break;
		assert_int_equal(entry->next_ns, now + pauses[i] * NS_PER_SECOND);
		assert_int_equal(backoff_due(&backoff), entry->next_ns);
		assert_int_equal(backoff_ask(&backoff, "dax0.0", 7, entry->next_ns - 1),
				 BACKOFF_WAIT);
		/* nobody else has to wait */
		assert_int_equal(backoff_ask(&backoff, "dax1.0", 7, now), BACKOFF_TRY);
		now = entry->next_ns;
	}
	assert_int_equal(backoff_due(&backoff), NEVER_DUE);
	assert_int_equal(backoff_ask(&backoff, "dax0.0", 7, INT64_MAX - 1), BACKOFF_GIVEN_UP);
	backoff_forget(&backoff);
	assert_int_equal(backoff_ask(&backoff, "dax0.0", 7, now), BACKOFF_TRY);
}

static void endless(void **state)
{
	const struct backoff_entry *entry = NULL;
	struct backoff backoff = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		entry = backoff_failed(&backoff, "", 0, true, BEGIN);
	assert_int_equal(entry->next_ns, BEGIN + BACKOFF_LONGEST_NS);
	backoff_forget(&backoff);
}

static void looks(void **state)
{
	struct backoff backoff = { 0 };

	(void)state;
	for (int i = 0; i < BACKOFF_TRIES; i++)
		backoff_failed(&backoff, "dax0.0", 7, false, BEGIN);
	/* that it cannot be told how it looks is no difference */
	assert_int_equal(backoff_ask(&backoff, "dax0.0", 0, BEGIN), BACKOFF_GIVEN_UP);
	assert_int_equal(backoff_ask(&backoff, "dax0.0", 7, BEGIN), BACKOFF_GIVEN_UP);
	assert_int_equal(backoff_ask(&backoff, "dax0.0", 8, BEGIN), BACKOFF_TRY);
	/* all begins anew */
	assert_int_equal(backoff_failed(&backoff, "dax0.0", 0, false, BEGIN)->failures, 1);
	/* not known after the try: then as it looks next */
	assert_int_equal(backoff_ask(&backoff, "dax0.0", 9, BEGIN), BACKOFF_WAIT);
	assert_int_equal(backoff_ask(&backoff, "dax0.0", 9, BEGIN), BACKOFF_WAIT);
	assert_int_equal(backoff_ask(&backoff, "dax0.0", 8, BEGIN), BACKOFF_TRY);
	backoff_forget(&backoff);
}

static void sweep(void **state)
{
	struct backoff backoff = { 0 };

	(void)state;
	backoff_failed(&backoff, "a", 1, false, BEGIN);
	backoff_failed(&backoff, "b", 1, false, BEGIN);
	backoff_failed(&backoff, "c", 1, false, BEGIN);
	backoff_begin_sweep(&backoff);
	backoff_ask(&backoff, "b", 1, BEGIN);
	backoff_end_sweep(&backoff);
	assert_int_equal(backoff.count, 1);
	assert_int_equal(backoff_ask(&backoff, "b", 1, BEGIN), BACKOFF_WAIT);
	backoff_succeeded(&backoff, "b");
	backoff_succeeded(&backoff, "b");
	assert_int_equal(backoff.count, 0);
	backoff_forget(&backoff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_and_later),
		cmocka_unit_test(endless),
		cmocka_unit_test(looks),
		cmocka_unit_test(sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
