// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is said is said once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent.h"

static void once(void **state)
{
	struct told told = { 0 };

	(void)state;
	assert_true(told_anew(&told, "dax0.0", "offline"));
	assert_false(told_anew(&told, "dax0.0", "offline"));
	assert_true(told_anew(&told, "dax1.0", "offline"));
	assert_true(told_anew(&told, "dax0.0", "online"));
	assert_true(told_anew(&told, "dax0.0", "offline"));
	told_forget(&told);
	assert_true(told_anew(&told, "dax0.0", "offline"));
	told_forget(&told);
}

/* One that went, and comes back, is a new one. */
static void sweep(void **state)
{
	struct told told = { 0 };

	(void)state;
	told_anew(&told, "a", "1");
	told_anew(&told, "b", "1");
	told_anew(&told, "c", "1");
	told_begin_sweep(&told);
	told_keep(&told, "a");
	told_keep(&told, "z");
	told_anew(&told, "c", "1");
	told_end_sweep(&told);
	assert_int_equal(told.count, 2);
	assert_false(told_anew(&told, "a", "1"));
	assert_true(told_anew(&told, "b", "1"));
	assert_false(told_anew(&told, "c", "1"));
	told_forget(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once),
		cmocka_unit_test(sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
