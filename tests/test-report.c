// SPDX-License-Identifier: LGPL-2.1-or-later
/* The words of reports and plans: stable, distinct, and one for every value. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bench.h"

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

static void assert_text(struct text *text, const char *expected)
{
	char *str;

	assert_int_equal(text_finish(text, &str), 0);
	assert_string_equal(str, expected);
	free(str);
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

		text_add_ids(&text, rows[i].ids, rows[i].count);
		assert_text(&text, rows[i].expected);
	}
}

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *expected;
	} rows[] = {
		{ 0, "0 bytes" }, { 1023, "1023 bytes" }, { 1024, "1 KiB" }, { 1536, "1536 bytes" },
		{ UINT64_C(128) << 20, "128 MiB" }, { UINT64_C(1) << 50, "1 PiB" },
		{ UINT64_C(8) << 60, "8 EiB" }, { UINT64_MAX, "18446744073709551615 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct text text = { 0 };

		text_add_bytes(&text, rows[i].bytes);
		assert_text(&text, rows[i].expected);
	}
}

/* A number that is no error has its number; the words for it are the C library's. */
static void test_codes(void **state)
{
	struct text text = { 0 };
	char *str;

	(void)state;
	text_add_code(&text, -4000);
	assert_int_equal(text_finish(&text, &str), 0);
	assert_int_equal(strncmp(str, "error 4000 (", strlen("error 4000 (")), 0);
	free(str);
}

/* Of a report as it comes; what a caller does not want he need not take. */
static void test_parts(void **state)
{
	const struct mhp_result *its;
	const char *path, *word;
	enum mhp_state block;
	struct bench bench;
	enum mhp_zone zone;
	uint64_t id = 77;
	bool undo = true;
	size_t count;
	int code = 1;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 35, "online_movable");
	assert_int_equal(offline(&bench, 0), MHP_OUTCOME_DONE);
	assert_int_equal(mhp_report_count_results(bench.report), 4);
	assert_null(mhp_report_get_result(bench.report, 4));
	its = result(&bench, 33);
	mhp_result_get_before(its, &block, NULL);
	mhp_result_get_before(its, NULL, &zone);
	assert_int_equal(block, MHP_STATE_ONLINE);
	assert_int_equal(zone, MHP_ZONE_MOVABLE);
	mhp_result_get_after(its, &block, NULL);
	mhp_result_get_after(its, NULL, &zone);
	assert_int_equal(block, MHP_STATE_OFFLINE);
	assert_int_equal(zone, MHP_ZONE_UNKNOWN);
	assert_int_equal(mhp_result_get_code(its), 0);
	assert_string_equal(mhp_result_get_wanted_word(its), "offline");

	count = mhp_report_count_writes(bench.report);
	assert_int_equal(count, 4);
	assert_int_equal(mhp_report_get_write(bench.report, count, &path, &word, &code, &undo),
			 -EINVAL);
	assert_int_equal(mhp_report_get_write(bench.report, 0, &path, NULL, NULL, NULL), 0);
	assert_int_equal(mhp_report_get_write(bench.report, 0, NULL, &word, NULL, NULL), 0);
	assert_int_equal(mhp_report_get_write(bench.report, 0, NULL, NULL, &code, NULL), 0);
	assert_int_equal(mhp_report_get_write(bench.report, 0, NULL, NULL, NULL, &undo), 0);
	assert_non_null(strstr(path, "/state"));
	assert_string_equal(word, "offline");
	assert_int_equal(code, 0);
	assert_false(undo);

	/* nobody else has added any */
	assert_int_equal(mhp_report_get_other_block_id(bench.report, 0, &id), -EINVAL);
	assert_int_equal(id, 77);
	mhp_report_get_device_words(bench.report, &word, NULL);
	assert_non_null(word);
	word = NULL;
	mhp_report_get_device_words(bench.report, NULL, &word);
	assert_non_null(word);
	tear_down(&bench);
	/* of a kernel without such a file there are none */
	set_up(&bench, HMEM_6_12);
	offline(&bench, 0);
	mhp_report_get_device_words(bench.report, &path, &word);
	assert_null(path);
	assert_null(word);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
