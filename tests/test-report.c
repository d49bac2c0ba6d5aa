// SPDX-License-Identifier: LGPL-2.1-or-later
/* The words of reports and plans: stable, distinct, and one for every value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "internal.h"

static const char *reason_word(int value)
{
	return mhp_reason_to_str((enum mhp_reason)value);
}

static const char *outcome_word(int value)
{
	return mhp_outcome_to_str((enum mhp_outcome)value);
}

static const char *conflict_word(int value)
{
	return mhp_conflict_code_to_str((enum mhp_conflict_code)value);
}

static const char *kind_word(int value)
{
	return mhp_step_kind_to_str((enum mhp_step_kind)value);
}

static const char *goal_word(int value)
{
	return mhp_goal_to_str((enum mhp_goal)value);
}

static void test_words(void **state)
{
	static const struct {
		const char *(*word)(int value);
		int first, last;
	} rows[] = {
		{ reason_word, MHP_REASON_DONE, MHP_REASON_FIRMWARE },
		{ outcome_word, MHP_OUTCOME_DONE, MHP_OUTCOME_REFUSED },
		{ conflict_word, MHP_CONFLICT_WRONG_ZONE, MHP_CONFLICT_KERNEL_ZONE },
		{ conflict_word, MHP_WARNING_LOST_BYTES, MHP_WARNING_WINDOW },
		{ kind_word, MHP_STEP_BLOCK, MHP_STEP_RELEASE },
		{ goal_word, MHP_GOAL_OFFLINE, MHP_GOAL_PLUGGED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(rows[i].word(0), "unknown");
		assert_string_equal(rows[i].word(rows[i].last + 1), "unknown");
		assert_string_equal(rows[i].word(-1), "unknown");
		for (int j = rows[i].first; j <= rows[i].last; j++) {
			assert_string_not_equal(rows[i].word(j), "unknown");
			for (int k = rows[i].first; k < j; k++)
				assert_string_not_equal(rows[i].word(j), rows[i].word(k));
		}
	}
}

/* Every failure says what can be done, or nothing, and never that all is well. */
static void test_failures(void **state)
{
	(void)state;
	assert_true(mhp_reason_is_failure(MHP_REASON_UNKNOWN));
	for (int i = MHP_REASON_DONE; i <= MHP_REASON_NOT_PUT_BACK; i++)
		assert_int_equal(mhp_reason_is_failure((enum mhp_reason)i),
				 i != MHP_REASON_DONE && i != MHP_REASON_ALREADY &&
				 i != MHP_REASON_NOT_TRIED && i != MHP_REASON_UNDONE);
	assert_null(reason_hint(MHP_REASON_DONE));
	assert_non_null(reason_hint(MHP_REASON_BUSY));
}

static void test_ids(void **state)
{
	static const struct {
		const char *expected;
		uint64_t ids[6];
		size_t count;
	} rows[] = {
		{ "", { 0 }, 0 },
		{ "7", { 7 }, 1 },
		{ "32-34,36", { 32, 33, 34, 36 }, 4 },
		{ "0,2,4-5", { 0, 2, 4, 5 }, 4 },
		{ "18446744073709551614-18446744073709551615",
		  { UINT64_MAX - 1, UINT64_MAX }, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct text text = { 0 };
		char *str;

		text_add_ids(&text, rows[i].ids, rows[i].count);
		assert_int_equal(text_finish(&text, &str), 0);
		assert_string_equal(str, rows[i].expected);
		free(str);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
