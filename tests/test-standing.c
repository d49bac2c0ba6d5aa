// SPDX-License-Identifier: LGPL-2.1-or-later
/* A standing policy as a whole: several texts, warnings, lack of memory, what the manual says. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/standing.h>

#include "support/alloc.h"
#include "support/fakesys.h"

#define TYPE "type = online_movable\n"

/* "FILE:LINE: MESSAGE" for each */
static char *warnings_of(const struct mhp_standing *standing)
{
	struct text text = { 0 };
	const char *file, *message;
	unsigned int line;
	char *str;

	for (size_t i = 0; mhp_standing_get_warning(standing, i, &file, &line, &message) == 0; i++)
		text_add(&text, "%s:%u: %s\n", file, line, message);
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void check_warnings(const char *str, const char *expected)
{
	struct mhp_standing *standing;
	char *warnings;

	assert_int_equal(mhp_standing_new_from_text("a", str, strlen(str), &standing), 0);
	assert_int_equal(mhp_standing_count_errors(standing), 0);
	warnings = warnings_of(standing);
	assert_string_equal(warnings, expected);
	free(warnings);
	mhp_standing_unref(standing);
}

/* ---- several texts, references ---- */

static void test_add_text(void **state)
{
	static const char one[] = "[a]\nkind = dax\n" TYPE, two[] = "\n[a]\nkind = dax\n" TYPE;
	const struct mhp_standing_rule *rule;
	struct mhp_standing *standing;
	const char *path;
	char *warnings;
	bool masks;

	(void)state;
	assert_int_equal(mhp_standing_new_from_text("one", one, sizeof(one) - 1, &standing), 0);
	rule = mhp_standing_get_rule(standing, 0);
	assert_int_equal(mhp_standing_add_text(standing, "two", two, sizeof(two) - 1), 0);
	assert_int_equal(mhp_standing_add_text(standing, "three", "", 0), 0);
	assert_int_equal(mhp_standing_count_errors(standing), 0);
	assert_int_equal(mhp_standing_count_rules(standing), 2);
	assert_ptr_equal(mhp_standing_get_rule(standing, 0), rule);
	assert_string_equal(mhp_standing_rule_get_file(rule), "one");
	rule = mhp_standing_get_rule(standing, 1);
	assert_string_equal(mhp_standing_rule_get_file(rule), "two");
	assert_int_equal(mhp_standing_rule_get_line(rule), 2);
	assert_int_equal(mhp_standing_count_files(standing), 3);
	assert_int_equal(mhp_standing_get_file(standing, 2, &path, &masks, NULL), 0);
	assert_string_equal(path, "three");
	assert_true(masks);
	warnings = warnings_of(standing);
	assert_string_equal(warnings, "two:2: [a] is never reached: whatever it matches, [a] "
			    "(one:1) matches before\n");
	free(warnings);

	assert_ptr_equal(mhp_standing_ref(standing), standing);
	assert_int_equal(mhp_standing_add_text(standing, "four", one, sizeof(one) - 1), -EBUSY);
	assert_null(mhp_standing_unref(standing));
	assert_int_equal(mhp_standing_count_files(standing), 3);
	assert_int_equal(mhp_standing_count_rules(standing), 2);
	assert_int_equal(mhp_standing_count_warnings(standing), 1);
	assert_int_equal(mhp_standing_get_error(standing, 0, NULL, NULL, NULL), -EINVAL);
	assert_int_equal(mhp_standing_get_warning(standing, 1, NULL, NULL, NULL), -EINVAL);
	mhp_standing_unref(standing);
	assert_null(mhp_standing_ref(NULL));
	assert_null(mhp_standing_unref(NULL));
}

/* ---- warnings ---- */

static void test_never_reached(void **state)
{
	(void)state;
	check_warnings("[a]\nnode = 1-5 7\nmin-size = 1G\n" TYPE
		       "[b]\nnode = 2-4 7\nmin-size = 2G\nname = x\n" TYPE,
		       "a:5: [b] is never reached: whatever it matches, [a] (a:1) matches before\n");
	check_warnings("[a]\nnode = 1-5\n" TYPE "[b]\nnode = 2-6\n" TYPE "[c]\n" TYPE, "");
	check_warnings("[a]\nname = x *\n" TYPE "[b]\nname = y\n" TYPE,
		       "a:4: [b] is never reached: whatever it matches, [a] (a:1) matches before\n");
	check_warnings("[a]\nmax-size = 1G\n" TYPE "[b]\nmax-size = 2G\n" TYPE, "");
	check_warnings("[a]\nkind = dax\ncpu-less = yes\n" TYPE "[b]\nkind = dax\n" TYPE, "");
	/* boot memory is not matched by what does not name it */
	check_warnings("[a]\n" TYPE "[b]\nkind = boot\ntype = leave-alone\n", "");
	check_warnings("[a]\n" TYPE "[b]\nkind = dax\n" TYPE,
		       "a:3: [b] is never reached: whatever it matches, [a] (a:1) matches before\n");
}

static void test_without_effect(void **state)
{
	(void)state;
	check_warnings("[a]\ntype = leave-alone\norder = 5\n",
		       "a:3: order = 5 has no effect with type = leave-alone: nothing is done to "
		       "this memory\n");
	check_warnings("[a]\ntype = online_kernel\nmax-movable-ratio = 300\nkernel-zone = yes\n",
		       "a:3: max-movable-ratio = 300 has no effect with type = online_kernel: it "
		       "does not go to zone Movable\n");
	check_warnings("[a]\ntype = online\nelsewhere = rezone\n",
		       "a:3: elsewhere = rezone has no effect with type = online: any zone is as "
		       "wanted\n");
	check_warnings("[a]\n" TYPE "kernel-zone = yes\n",
		       "a:3: kernel-zone = yes has no effect with type = online_movable: it goes "
		       "to zone Movable\n");
	check_warnings("[a]\n" TYPE "kernel-zone = yes\nmax-movable-ratio = 300\n"
		       "elsewhere = rezone\norder = 5\n", "");
	check_warnings("[a]\ntype = default\nkernel-zone = yes\nmax-movable-ratio = 300\n", "");
}

/* ---- lack of memory ---- */

static int make_all(struct mhp_ctx *ctx)
{
	static const char wrong[] = "x = 1\n[a]\nkind = foo\ntype = online\norder = 1\n[b\n"
		"min-size = 3G\nmax-size = 2G\n[c]\n  x\nname =\n" TYPE "[c]\n";
	struct mhp_standing *standing;
	char *str;
	int r;

	r = mhp_standing_new_from_text("wrong", wrong, sizeof(wrong) - 1, &standing);
	if (r < 0)
		return r;
	assert_int_equal(mhp_standing_count_errors(standing), 8);
	mhp_standing_unref(standing);
	r = mhp_standing_new(ctx, &standing);
	if (r < 0)
		return r;
	assert_int_equal(mhp_standing_count_errors(standing), 1);
	assert_int_equal(mhp_standing_count_rules(standing), 2);
	assert_int_equal(mhp_standing_count_warnings(standing), 2);
	r = mhp_standing_rule_copy_text(mhp_standing_get_rule(standing, 0), &str);
	if (r == 0)
		free(str);
	mhp_standing_unref(standing);
	return r;
}

static void test_lack_of_memory(void **state)
{
	static const char all[] = "[a]\nname = a b c d e f\nidentity = x\ndriver = kmem\n"
		"ram = System RAM\nnode = 1 2-3 5\ntier = 4\n" TYPE;
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx;
	size_t before, n;
	int r = -ENOMEM;

	(void)state;
	fakesys_file(fs, "/etc/mhp/policy.d/10-a.conf", all);
	fakesys_file(fs, "/usr/lib/mhp/policy.d/10-a.conf", "");
	fakesys_file(fs, "/usr/lib/mhp/policy.d/20-b.conf",
		     "[b]\nname = a\nidentity = x\ndriver = kmem\nram = System RAM\nnode = 1\n"
		     "tier = 4\ntype = leave-alone\norder = 5\n");
	fakesys_link(fs, "/run/mhp/policy.d/30-c.conf", "/nothing");
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	before = live_count;
	for (n = 1; r == -ENOMEM; n++) {
		assert_true(n < 10000);
		calls = 0;
		fail_at = n;
		r = make_all(ctx);
		fail_at = 0;
		assert_int_equal(live_count, before);
	}
	assert_int_equal(r, 0);
	assert_true(n > 50);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

/* A reason is missing then, the answer is not. */
static void test_lack_of_memory_for_reasons(void **state)
{
	static const char text[] = "[a]\nkind = dax\nname = dax*\nnode = 1\nmin-size = 1\n" TYPE;
	struct fakesys *fs = fakesys_new_machine("7.3-cxl-region-region");
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	const struct mhp_region *region;
	const struct mhp_standing_rule *rule;
	struct mhp_standing *standing;
	struct mhp_snapshot *snap;
	char *why = NULL;
	size_t before;

	(void)state;
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	region = mhp_snapshot_find_region(snap, "dax0.0");
	assert_int_equal(mhp_standing_new_from_text("a", text, sizeof(text) - 1, &standing), 0);
	before = live_count;
	for (size_t n = 1; !why; n++) {
		assert_true(n < 1000);
		calls = 0;
		fail_at = n;
		assert_int_equal(mhp_standing_find_rule(standing, snap, region, &rule, &why),
				 MHP_MATCH_YES);
		fail_at = 0;
		assert_ptr_equal(rule, mhp_standing_get_rule(standing, 0));
		assert_int_equal(live_count, before + (why ? 1 : 0));
	}
	free(why);
	mhp_standing_unref(standing);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

/* ---- the manual ---- */

/* Every example of mhp-policy(5) is as it should be; one after another, too. */
static void test_examples(void **state)
{
	const char *data = getenv("TEST_DATA");
	struct mhp_standing *standing = NULL;
	char path[4096], line[512];
	struct text text = { 0 };
	size_t examples = 0;
	bool inside = false;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/../man/mhp-policy.5", data ? data : "tests");
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(mhp_standing_new_from_text("none", "", 0, &standing), 0);
	while (fgets(line, sizeof(line), file)) {
		if (!strcmp(line, ".Ed\n")) {
			assert_int_equal(mhp_standing_add_text(standing, "example", text.str,
							       text.length), 0);
			text.length = 0;
			examples++;
		}
		inside = !strcmp(line, ".Bd -literal\n") || (inside && strcmp(line, ".Ed\n"));
		if (inside && *line != '.')
			text_add(&text, "%s", line);
	}
	fclose(file);
	free(text.str);
	assert_int_equal(examples, 4);
	assert_int_equal(mhp_standing_count_rules(standing), 6);
	assert_int_equal(mhp_standing_count_errors(standing), 0);
	assert_int_equal(mhp_standing_count_warnings(standing), 0);
	mhp_standing_unref(standing);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_text),
		cmocka_unit_test(test_never_reached),
		cmocka_unit_test(test_without_effect),
		cmocka_unit_test_teardown(test_lack_of_memory, fakesys_free_all),
		cmocka_unit_test_teardown(test_lack_of_memory_for_reasons, fakesys_free_all),
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
