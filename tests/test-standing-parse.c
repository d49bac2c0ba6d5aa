// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of a standing policy: rules, and errors with their lines. */
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

#include "internal.h"

#define FILE_NAME "50-pool.conf"
#define TYPE "type = online_movable\n"

static struct mhp_standing *standing_of(const char *str, size_t length)
{
	struct mhp_standing *standing;

	assert_int_equal(mhp_standing_new_from_text(FILE_NAME, str, length, &standing), 0);
	return standing;
}

/* "LINE: MESSAGE" for each error, "LINE? MESSAGE" for each warning */
static char *errors_of(const char *str, size_t length)
{
	struct mhp_standing *standing = standing_of(str, length);
	struct text text = { 0 };
	const char *file, *message;
	unsigned int line;
	char *ret;

	for (size_t i = 0; mhp_standing_get_error(standing, i, &file, &line, &message) == 0; i++) {
		assert_string_equal(file, FILE_NAME);
		text_add(&text, "%u: %s\n", line, message);
	}
	for (size_t i = 0; mhp_standing_get_warning(standing, i, &file, &line, &message) == 0; i++) {
		assert_string_equal(file, FILE_NAME);
		text_add(&text, "%u? %s\n", line, message);
	}
	assert_int_equal(text_finish(&text, &ret), 0);
	mhp_standing_unref(standing);
	return ret;
}

static void check_bytes(const char *str, size_t length, const char *expected)
{
	char *errors = errors_of(str, length);

	assert_string_equal(errors, expected);
	free(errors);
}

#define check(str, expected) check_bytes(str, sizeof(str) - 1, expected)

/* The text of all rules is what is expected, and without errors. */
static void check_rules(const char *str, const char *expected)
{
	struct mhp_standing *standing = standing_of(str, strlen(str));
	struct text text = { 0 };
	char *all, *rule;

	assert_int_equal(mhp_standing_count_errors(standing), 0);
	for (size_t i = 0; i < mhp_standing_count_rules(standing); i++) {
		assert_int_equal(mhp_standing_rule_copy_text(mhp_standing_get_rule(standing, i),
							     &rule), 0);
		text_add(&text, "%s", rule);
		free(rule);
	}
	assert_int_equal(text_finish(&text, &all), 0);
	assert_string_equal(all, expected);
	free(all);
	mhp_standing_unref(standing);
}

/* ---- what is right ---- */

static void test_all_keys(void **state)
{
	static const char text[] =
		"[pool-1.a]\n"
		"kind = dax cxl virtio-mem dimm s390-standby ppc64-lmb managed boot\n"
		"name = dax0.*\n"
		"identity = cxl:0x3c4d@* pmem:[0-9]*\n"
		"driver = kmem device_dax none\n"
		"ram = System RAM (kmem)\n"
		"node = 1 3-5\n"
		"tier = 22\n"
		"cpu-less = yes\n"
		"min-size = 4G\n"
		"max-size = 2T\n"
		"type = online_movable\n"
		"order = 10\n"
		"max-movable-ratio = 300\n"
		"elsewhere = rezone\n"
		"plug = persistent\n"
		"per-block = yes\n"
		"kernel-zone = yes\n";

	(void)state;
	check_rules(text, text);
}

static void test_getters(void **state)
{
	static const char text[] = "# a comment\n\n[a]\ntype = online_kernel\norder = 0\n"
		"[b]\nper-block = yes\nmax-movable-ratio = 1000000\ntype = default\nplug = no\n"
		"[c]\ntype = leave-alone\n[d]\ntype = offline\nplug = persistent\n";
	struct mhp_standing *standing = standing_of(text, sizeof(text) - 1);
	const struct mhp_standing_rule *a = mhp_standing_get_rule(standing, 0);
	const struct mhp_standing_rule *b = mhp_standing_get_rule(standing, 1);
	const struct mhp_standing_rule *c = mhp_standing_get_rule(standing, 2);
	const struct mhp_standing_rule *d = mhp_standing_get_rule(standing, 3);
	enum mhp_online_type type;
	const char *path, *hidden_by;
	unsigned int percent;
	bool masks;

	(void)state;
	assert_int_equal(mhp_standing_count_rules(standing), 4);
	assert_null(mhp_standing_get_rule(standing, 4));
	assert_string_equal(mhp_standing_rule_get_name(a), "a");
	assert_string_equal(mhp_standing_rule_get_file(a), FILE_NAME);
	assert_int_equal(mhp_standing_rule_get_line(a), 3);
	assert_int_equal(mhp_standing_rule_get_key_line(a, "type"), 4);
	assert_int_equal(mhp_standing_rule_get_key_line(a, "plug"), 0);
	assert_int_equal(mhp_standing_rule_get_key_line(a, "no-key"), 0);
	assert_int_equal(mhp_standing_rule_get_wish(a), MHP_WISH_TYPE);
	assert_int_equal(mhp_standing_rule_get_online_type(a, &type), 0);
	assert_int_equal(type, MHP_ONLINE_KERNEL);
	assert_int_equal(mhp_standing_rule_get_order(a), 0);
	assert_int_equal(mhp_standing_rule_get_max_movable_ratio(a, &percent), -ENODATA);
	assert_int_equal(mhp_standing_rule_get_rules(a), 0);
	assert_true(mhp_standing_rule_can_plug(a));
	assert_false(mhp_standing_rule_can_plug_persistent(a));

	assert_int_equal(mhp_standing_rule_get_wish(b), MHP_WISH_DEFAULT);
	assert_int_equal(mhp_standing_rule_get_online_type(b, &type), -ENODATA);
	assert_int_equal(mhp_standing_rule_get_order(b), 100);
	assert_int_equal(mhp_standing_rule_get_max_movable_ratio(b, &percent), 0);
	assert_int_equal(percent, 1000000);
	assert_int_equal(mhp_standing_rule_get_rules(b), MHP_RULE_PER_BLOCK);
	assert_false(mhp_standing_rule_can_plug(b));

	assert_int_equal(mhp_standing_rule_get_wish(c), MHP_WISH_LEAVE_ALONE);
	assert_false(mhp_standing_rule_can_plug(c));
	assert_int_equal(mhp_standing_rule_get_online_type(d, &type), 0);
	assert_int_equal(type, MHP_OFFLINE);
	assert_true(mhp_standing_rule_can_plug_persistent(d));

	assert_int_equal(mhp_standing_count_files(standing), 1);
	assert_int_equal(mhp_standing_get_file(standing, 0, &path, &masks, &hidden_by), 0);
	assert_string_equal(path, FILE_NAME);
	assert_false(masks);
	assert_null(hidden_by);
	assert_int_equal(mhp_standing_get_file(standing, 1, &path, &masks, &hidden_by), -EINVAL);
	mhp_standing_unref(standing);
}

static void test_rules_of_a_request(void **state)
{
	static const char text[] = "[a]\n" TYPE "elsewhere = rezone\nkernel-zone = yes\n"
		"[b]\n" TYPE "elsewhere = report\nper-block = no\n";
	struct mhp_standing *standing = standing_of(text, sizeof(text) - 1);

	(void)state;
	assert_int_equal(mhp_standing_rule_get_rules(mhp_standing_get_rule(standing, 0)),
			 MHP_RULE_REZONE | MHP_RULE_KERNEL_ZONE);
	assert_int_equal(mhp_standing_rule_get_rules(mhp_standing_get_rule(standing, 1)), 0);
	mhp_standing_unref(standing);
}

static void test_lists_go_on(void **state)
{
	(void)state;
	check_rules("[a]\nkind = dax ; here\n# there\n\n   cxl\t ; and here\n\tdimm\n" TYPE
		    "name =\n dax0.*\n", "[a]\nkind = dax cxl dimm\nname = dax0.*\n" TYPE);
}

static void test_long_lists_are_broken(void **state)
{
	struct text text = { 0 };
	char *str;

	(void)state;
	text_add(&text, "[a]\nname = dax0.0\n");
	for (int i = 1; i < 100; i++)
		text_add(&text, "\tdax0.%d\n", i);
	text_add(&text, TYPE);
	assert_int_equal(text_finish(&text, &str), 0);
	{
		struct mhp_standing *standing = standing_of(str, strlen(str));
		char *once;

		assert_int_equal(mhp_standing_rule_copy_text(mhp_standing_get_rule(standing, 0),
							     &once), 0);
		for (const char *line = once; *line; line += strcspn(line, "\n") + 1)
			assert_true(strcspn(line, "\n") < 100);
		check_rules(once, once);
		free(once);
		mhp_standing_unref(standing);
	}
	free(str);
}

static void test_how_editors_write(void **state)
{
	(void)state;
	check_rules("\xef\xbb\xbf[a]\r\nkind=dax\r\n" "type\t=\tonline\r\n",
		    "[a]\nkind = dax\ntype = online\n");
	check_rules("[a]\n; sp\xc3\xa4ter\nname = x ; h\xe4\n" "type = online",
		    "[a]\nname = x\ntype = online\n");
	check_rules("", "");
	check_rules("# nothing\n\n", "");
}

static void test_sizes(void **state)
{
	(void)state;
	check_rules("[a]\nmin-size = 1048576\nmax-size = 1536M\n" TYPE,
		    "[a]\nmin-size = 1M\nmax-size = 1536M\n" TYPE);
	check_rules("[a]\nmax-size = 18446744073709551615\n" TYPE,
		    "[a]\nmax-size = 18446744073709551615\n" TYPE);
	check("[a]\nmax-size = 16384P\n" TYPE,
	      "2: max-size = 16384P: not a size such as 4G (bytes, or K, M, G, T, P)\n");
	check("[a]\nmax-size = G\n" TYPE,
	      "2: max-size = G: not a size such as 4G (bytes, or K, M, G, T, P)\n");
	check("[a]\nmax-size = 4GiB\n" TYPE,
	      "2: max-size = 4GiB: not a size such as 4G (bytes, or K, M, G, T, P)\n");
	check("[a]\n" TYPE "min-size = 3G\nmax-size = 2G\n",
	      "3: min-size = 3G: more than max-size = 2G\n");
}

/* ---- what is wrong ---- */

static void test_drivers_are_no_patterns(void **state)
{
	(void)state;
	check("[a]\ndriver = kmem virtio*\n" TYPE,
	      "2: driver = virtio*: not a driver's name\n");
}

static void test_wrong_words(void **state)
{
	(void)state;
	check("[a]\n\nkind = daxx\ntype = movable\n",
	      "3: kind = daxx: not one of dax, cxl, virtio-mem, dimm, s390-standby, ppc64-lmb, "
	      "managed, boot\n"
	      "4: type = movable: not one of online_movable, online_kernel, online, offline, "
	      "default, leave-alone\n");
	check("[a]\n" TYPE "order = 65536\nplug = maybe\ncpu-less = 1\nnode = 5-3\ntier = -1\n"
	      "max-movable-ratio = 0\nelsewhere = x\nper-block = Yes\nkernel-zone = y\n",
	      "3: order = 65536: not a number from 0 to 65535\n"
	      "4: plug = maybe: not one of yes, no, persistent\n"
	      "5: cpu-less = 1: not one of yes, no\n"
	      "6: node = 5-3: not a number such as 1, or two such as 3-5\n"
	      "7: tier = -1: not a number such as 1, or two such as 3-5\n"
	      "8: max-movable-ratio = 0: not a percentage from 1 to 1000000\n"
	      "9: elsewhere = x: not one of report, rezone\n"
	      "10: per-block = Yes: not one of yes, no\n"
	      "11: kernel-zone = y: not one of yes, no\n");
}

/* What could not be written again: at the begin of a line it would be something else. */
static void test_odd_words(void **state)
{
	(void)state;
	check("[a]\n" TYPE "name = x\nidentity =;y\ndriver = x [b] #c d=e\nram = #x\n",
	      "4: identity = ;y: not an identity or pattern\n"
	      "5: driver = [b]: not a driver's name\n"
	      "5: driver = #c: not a driver's name; a comment behind a value begins with ';'\n"
	      "5: driver = d=e: not a driver's name\n"
	      "6: ram = #x: not a pattern such as System RAM (kmem); a comment behind a value "
	      "begins with ';'\n");
}

static void test_hints(void **state)
{
	(void)state;
	check("[a]\ntype = online # all\n",
	      "2: type = online # all: not one of online_movable, online_kernel, online, "
	      "offline, default, leave-alone; a comment behind a value begins with ';'\n");
	check("[a]\n" TYPE "node = 1,2\nram = \"System RAM\"\n",
	      "3: node = 1,2: not a number such as 1, or two such as 3-5; words have blanks "
	      "between them\n"
	      "4: ram = \"System RAM\": not a pattern such as System RAM (kmem); values have "
	      "no quotes\n");
	check("[a]\n" TYPE "knid = dax\nTYPE = x\nsection = 1\n",
	      "3: knid: no such key; it may be kind that is meant\n"
	      "4: TYPE: no such key; there are kind, name, identity, driver, ram, node, tier, "
	      "cpu-less, min-size, max-size, type, order, max-movable-ratio, elsewhere, plug, "
	      "per-block, kernel-zone\n"
	      "5: section: no such key; there are kind, name, identity, driver, ram, node, tier, "
	      "cpu-less, min-size, max-size, type, order, max-movable-ratio, elsewhere, plug, "
	      "per-block, kernel-zone\n");
}

static void test_missing(void **state)
{
	(void)state;
	check("[a]\nkind = dax\n[b]\n",
	      "1: [a]: type is missing: one of online_movable, online_kernel, online, offline, "
	      "default, leave-alone\n"
	      "3: [b]: type is missing: one of online_movable, online_kernel, online, offline, "
	      "default, leave-alone\n");
	check("[a]\ntype =\n",
	      "2: type: has no value: not one of online_movable, online_kernel, online, offline, "
	      "default, leave-alone\n");
	check("kind = dax\n[a]\n" TYPE, "1: kind: stands before the first [rule]\n");
}

static void test_twice(void **state)
{
	(void)state;
	check("[a]\n" TYPE TYPE, "3: type: given twice, in line 2 too\n");
	check("[a]\n" TYPE "[b]\n" TYPE "name = x\n[a]\n" TYPE,
	      "6: [a]: there is one in line 1, too\n"
	      "3? [b] is never reached: whatever it matches, [a] (50-pool.conf:1) matches "
	      "before\n");
}

static void test_boot(void **state)
{
	(void)state;
	check("[a]\nkind = dax boot\n" TYPE,
	      "2? kind = boot has no effect but with type = leave-alone: no rule changes boot "
	      "memory\n");
	check("[a]\nkind = boot\ntype = leave-alone\n", "");
}

static void test_wrong_lines(void **state)
{
	(void)state;
	check("[a]\n" TYPE "kind\nname: x\n= x\n",
	      "3: neither [NAME] of a rule, nor KEY = VALUE\n"
	      "4: \":\" where \"=\" should be: KEY = VALUE\n"
	      "5: no key before \"=\"\n");
	check("[a\n" TYPE, "1: \"[\" without \"]\": a rule begins with [NAME]\n");
	check("[a] x\n" TYPE, "1: text behind \"]\"\n");
	check("[]\n" TYPE "[a b]\n" TYPE,
	      "1: the name of a rule has letters, digits, \"-\", \"_\" and \".\" only\n"
	      "3: the name of a rule has letters, digits, \"-\", \"_\" and \".\" only\n");
}

/* What is indented continues the key before it, for libinih. */
static void test_indented(void **state)
{
	(void)state;
	check("[a]\n" TYPE "name = x\n  [b]\n",
	      "4: begins with a blank, and thus continues the key before it: [NAME] stands at "
	      "the begin of a line\n");
	check("[a]\n" TYPE "name = x\n  kind = dax\n",
	      "4: begins with a blank, and thus continues the key before it: KEY = VALUE stands "
	      "at the begin of a line\n");
	check("[a]\n  type = online\n",
	      "2: begins with a blank, as what continues a key: there is none before it\n"
	      "1: [a]: type is missing: one of online_movable, online_kernel, online, offline, "
	      "default, leave-alone\n");
	check("[a]\ntype = online\n  offline\n",
	      "3: type: has one value, which is not continued\n");
	check("[a]\n" TYPE "name = x\n[b]\n" TYPE "kind = dax\nfoo = 1\n  dimm\n",
	      "7: foo: no such key; there are kind, name, identity, driver, ram, node, tier, "
	      "cpu-less, min-size, max-size, type, order, max-movable-ratio, elsewhere, plug, "
	      "per-block, kernel-zone\n");
}

static void test_wrong_bytes(void **state)
{
	(void)state;
	check("[a]\n" TYPE "name = x\0y\n", "3: a NUL byte\n");
	check("[a]\n" TYPE "# \033[31m\n", "3: a control character\n");
	check("[a]\n" TYPE "name = d\xc3\xa4x\n",
	      "3: a byte that is not ASCII, outside of a comment\n");
	check("[a]\n" TYPE "\xef\xbb\xbfname = x\n",
	      "3: a byte that is not ASCII, outside of a comment\n");
}

/* libinih would cut these without a word. */
static void test_too_long(void **state)
{
	char text[1024], name[64], *errors;

	(void)state;
	memset(name, 'a', sizeof(name));
	for (int length = 49; length <= 50; length++) {
		snprintf(text, sizeof(text), "[%.*s]\n" TYPE, length, name);
		check_bytes(text, strlen(text), length == 49 ? "" :
			    "1: the name of a rule has at most 49 bytes\n");
		snprintf(text, sizeof(text), "[a]\n" TYPE "%.*s = 1\n", length, name);
		errors = errors_of(text, strlen(text));
		assert_non_null(strstr(errors, length == 49 ? "3: aaaa" :
				       "3: no key has so long a name\n"));
		free(errors);
	}
	/* 198 bytes fit, with newline and NUL */
	for (int length = 198; length <= 199; length++) {
		snprintf(text, sizeof(text), "[a]\n" TYPE "name = %*s\n", length - 7, "x");
		check_bytes(text, strlen(text), length == 198 ? "" :
			    "3: 199 bytes: a line has at most 198, without its comment; a list "
			    "goes on in the next line, behind a blank\n");
		snprintf(text, sizeof(text), "[a]\n" TYPE "name = x ; %*s\n", length, "x");
		check_bytes(text, strlen(text), "");
	}
	memset(text, 'y', sizeof(text));
	memcpy(text, "[a]\n" TYPE "name = x", strlen("[a]\n" TYPE "name = x"));
	text[strlen("[a]\n" TYPE "name = ") + 151] = '\0';
	errors = errors_of(text, strlen(text));
	assert_non_null(strstr(errors, ": longer than 150 bytes\n"));
	free(errors);
}

static void test_many(void **state)
{
	struct mhp_standing *standing;
	struct text text = { 0 };
	const char *message;
	unsigned int line;
	char *str;

	(void)state;
	text_add(&text, "[a]\n" TYPE);
	for (int i = 0; i < 1000; i++)
		text_add(&text, "x%d = 1\n", i);
	assert_int_equal(text_finish(&text, &str), 0);
	standing = standing_of(str, strlen(str));
	free(str);
	assert_int_equal(mhp_standing_count_errors(standing), 101);
	assert_int_equal(mhp_standing_get_error(standing, 100, NULL, &line, &message), 0);
	assert_int_equal(line, 103);
	assert_string_equal(message, "more errors, from here on, are not listed");
	mhp_standing_unref(standing);

	for (int i = 0; i < 1001; i++)
		text_add(&text, "[r%d]\nname = x%d\n" TYPE, i, i);
	assert_int_equal(text_finish(&text, &str), 0);
	standing = standing_of(str, strlen(str));
	free(str);
	assert_int_equal(mhp_standing_count_errors(standing), 2);
	assert_int_equal(mhp_standing_get_error(standing, 0, NULL, &line, &message), 0);
	assert_int_equal(line, 3001);
	assert_string_equal(message, "the standing policy has more than 1000 rules");
	mhp_standing_unref(standing);

	str = malloc((1 << 20) + 1);
	assert_non_null(str);
	memset(str, '\n', (1 << 20) + 1);
	check_bytes(str, 1 << 20, "");
	check_bytes(str, (1 << 20) + 1, "1: larger than 1 MiB\n");
	free(str);
}

/* A rule with an error stays in its place, so that no later one decides for it. */
static void test_broken_rule(void **state)
{
	static const char text[] = "[a]\ntype = x\nkind = dax\n";
	struct mhp_standing *standing = standing_of(text, sizeof(text) - 1);
	const struct mhp_standing_rule *rule = mhp_standing_get_rule(standing, 0);
	char *str;

	(void)state;
	assert_int_equal(mhp_standing_count_rules(standing), 1);
	assert_int_equal(mhp_standing_rule_get_wish(rule), MHP_WISH_UNKNOWN);
	assert_false(mhp_standing_rule_can_plug(rule));
	assert_int_equal(mhp_standing_rule_copy_text(rule, &str), 0);
	assert_string_equal(str, "[a]\nkind = dax\n");
	free(str);
	mhp_standing_unref(standing);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_getters),
		cmocka_unit_test(test_rules_of_a_request),
		cmocka_unit_test(test_lists_go_on),
		cmocka_unit_test(test_long_lists_are_broken),
		cmocka_unit_test(test_how_editors_write),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_wrong_words),
		cmocka_unit_test(test_odd_words),
		cmocka_unit_test(test_drivers_are_no_patterns),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_wrong_lines),
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_wrong_bytes),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_broken_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
