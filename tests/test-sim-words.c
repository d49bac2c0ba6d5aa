// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words as kernels took them: all of these were written to files of Linux 7.3, 6.12 and 6.1. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../sim/words.h"

static void test_bool(void **state)
{
	static const char *const yes[] = {
		"Y", "y", "1", "on", "On", "onx", "t", "true", "T", "Tx", "Yes", "Y\n",
	};
	static const char *const no[] = {
		"N", "n", "0", "off", "OFF", "ofx", "f", "false", "F", "no\n", "0\n",
	};
	static const char *const neither[] = { "", "\n", "o", "2", " Y", "x", "-1" };
	bool on;

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		on = false;
		assert_int_equal(parse_bool(yes[i], &on), 0);
		assert_true(on);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		on = true;
		assert_int_equal(parse_bool(no[i], &on), 0);
		assert_false(on);
	}
	for (size_t i = 0; i < sizeof(neither) / sizeof(neither[0]); i++)
		assert_int_equal(parse_bool(neither[i], &on), -EINVAL);
}

struct number {
	const char *word;
	unsigned int base;
	int r;
	uint64_t number;
};

static const struct number numbers[] = {
	{ "10", 0, 0, 10 },
	{ "10\n", 0, 0, 10 },
	{ "+5", 0, 0, 5 },
	{ "0x10", 0, 0, 16 },
	{ "0X1f", 0, 0, 31 },
	{ "010", 0, 0, 8 },
	{ "0", 0, 0, 0 },
	{ "4294967295", 0, 0, UINT32_MAX },
	{ "0000000000000000000000000000000000000000000000000000000000000007", 0, 0, 7 },
	{ "4294967296", 0, -ERANGE, 0 },
	{ "99999999999999999999999", 0, -ERANGE, 0 },
	{ "99999999999999999999999x", 0, -ERANGE, 0 },
	{ "4294967296x", 0, -EINVAL, 0 },
	{ "09", 0, -EINVAL, 0 },
	{ "-1", 0, -EINVAL, 0 },
	{ " 5", 0, -EINVAL, 0 },
	{ "5 ", 0, -EINVAL, 0 },
	{ "5x", 0, -EINVAL, 0 },
	{ "5\n\n", 0, -EINVAL, 0 },
	{ "0x", 0, -EINVAL, 0 },
	{ "0xg", 0, -EINVAL, 0 },
	{ "1_0", 0, -EINVAL, 0 },
	{ "x", 0, -EINVAL, 0 },
	{ "\n", 0, -EINVAL, 0 },
	{ "", 0, -EINVAL, 0 },
	{ "+", 0, -EINVAL, 0 },
	{ "10A1FFFF", 16, 0, 0x10a1ffff },
	{ "0x10a1ffff\n", 16, 0, 0x10a1ffff },
	{ "+10", 16, 0, 16 },
	{ "0x", 16, -EINVAL, 0 },
	{ "1-2", 16, -EINVAL, 0 },
};

static void test_number(void **state)
{
	uint64_t number;

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct number *wanted = &numbers[i];
		int r = parse_number(wanted->word, wanted->base, UINT32_MAX, &number);

		if (r != wanted->r || (r == 0 && number != wanted->number))
			fail_msg("\"%s\": %d", wanted->word, r);
	}
	assert_int_equal(parse_number("18446744073709551615", 0, UINT64_MAX, &number), 0);
	assert_true(number == UINT64_MAX);
	assert_int_equal(parse_number("18446744073709551616", 0, UINT64_MAX, &number), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
