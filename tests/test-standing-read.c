// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which files of a standing policy count, in which order, and which cannot be read. */
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

#include "support/errno-name.h"
#include "support/fakesys.h"

#define ETC "/etc/mhp/policy.d"
#define RUN "/run/mhp/policy.d"
#define LOCAL "/usr/local/lib/mhp/policy.d"
#define USR "/usr/lib/mhp/policy.d"

#define RULE(name) "[" name "]\nname = " name "\ntype = offline\n"

/* Files, then "NAME FILE:LINE" of each rule, then "FILE:LINE: MESSAGE" of each error */
static char *files_of(struct fakesys *fs, enum fakesys_way way)
{
	struct mhp_ctx *ctx = fakesys_ctx(fs, way);
	struct mhp_standing *standing;
	const char *path, *hidden_by, *message;
	struct text text = { 0 };
	unsigned int line;
	bool masks;
	char *str;

	assert_int_equal(mhp_standing_new(ctx, &standing), 0);
	mhp_ctx_unref(ctx);
	for (size_t i = 0; mhp_standing_get_file(standing, i, &path, &masks, &hidden_by) == 0; i++)
		text_add(&text, "%s%s%s%s\n", path, masks ? " masks" : "",
			 hidden_by ? " < " : "", hidden_by ? hidden_by : "");
	for (size_t i = 0; i < mhp_standing_count_rules(standing); i++) {
		const struct mhp_standing_rule *rule = mhp_standing_get_rule(standing, i);

		text_add(&text, "%s %s:%u\n", mhp_standing_rule_get_name(rule),
			 mhp_standing_rule_get_file(rule), mhp_standing_rule_get_line(rule));
	}
	for (size_t i = 0; mhp_standing_get_error(standing, i, &path, &line, &message) == 0; i++)
		text_add(&text, "%s:%u: %s\n", path, line, message);
	mhp_standing_unref(standing);
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void check_ways(struct fakesys *fs, const char *expected, enum fakesys_way from)
{
	for (enum fakesys_way way = from; way <= FAKESYS_MEMORY; way++) {
		char *files = files_of(fs, way);

		assert_string_equal(files, expected);
		free(files);
	}
	fakesys_free(fs);
}

static void check(struct fakesys *fs, const char *expected)
{
	check_ways(fs, expected, FAKESYS_OPENAT2);
}

/* ---- tests ---- */

static void test_order(void **state)
{
	struct fakesys *fs = fakesys_new();

	(void)state;
	fakesys_file(fs, USR "/10-a.conf", RULE("usr10"));
	fakesys_file(fs, LOCAL "/60-b.conf", RULE("local60"));
	fakesys_file(fs, RUN "/20-c.conf", "\n" RULE("run20") RULE("more"));
	fakesys_file(fs, ETC "/50-d.conf", RULE("etc50"));
	fakesys_file(fs, ETC "/50-d.conf~", "x");
	fakesys_file(fs, ETC "/.hidden.conf", "x");
	fakesys_file(fs, ETC "/README", "x");
	check(fs, USR "/10-a.conf\n" RUN "/20-c.conf\n" ETC "/50-d.conf\n" LOCAL "/60-b.conf\n"
	      "usr10 " USR "/10-a.conf:1\n"
	      "run20 " RUN "/20-c.conf:2\n"
	      "more " RUN "/20-c.conf:5\n"
	      "etc50 " ETC "/50-d.conf:1\n"
	      "local60 " LOCAL "/60-b.conf:1\n");
}

static void test_hiding(void **state)
{
	struct fakesys *fs = fakesys_new();

	(void)state;
	fakesys_file(fs, ETC "/10-a.conf", RULE("etc"));
	fakesys_file(fs, RUN "/10-a.conf", "wrong, but not read");
	fakesys_file(fs, USR "/10-a.conf", RULE("usr"));
	fakesys_file(fs, RUN "/20-b.conf", RULE("run"));
	fakesys_file(fs, LOCAL "/20-b.conf", RULE("local"));
	check(fs, ETC "/10-a.conf\n"
	      RUN "/10-a.conf < " ETC "/10-a.conf\n"
	      USR "/10-a.conf < " ETC "/10-a.conf\n"
	      RUN "/20-b.conf\n"
	      LOCAL "/20-b.conf < " RUN "/20-b.conf\n"
	      "etc " ETC "/10-a.conf:1\n"
	      "run " RUN "/20-b.conf:1\n");
}

static void test_masks(void **state)
{
	struct fakesys *fs = fakesys_new();

	(void)state;
	fakesys_link(fs, ETC "/10-a.conf", "/dev/null");
	fakesys_file(fs, USR "/10-a.conf", RULE("a"));
	fakesys_file(fs, ETC "/20-b.conf", "");
	fakesys_file(fs, USR "/20-b.conf", RULE("b"));
	fakesys_link(fs, ETC "/30-c.conf", "../../../dev/null");
	check(fs, ETC "/10-a.conf masks\n"
	      USR "/10-a.conf < " ETC "/10-a.conf\n"
	      ETC "/20-b.conf masks\n"
	      USR "/20-b.conf < " ETC "/20-b.conf\n"
	      ETC "/30-c.conf masks\n");
}

static void test_links(void **state)
{
	struct fakesys *fs = fakesys_new();

	(void)state;
	fakesys_file(fs, "/opt/policy", RULE("a"));
	fakesys_link(fs, ETC "/10-a.conf", "/opt/policy");
	fakesys_link(fs, ETC "/20-b.conf", "10-a.conf");
	fakesys_link(fs, RUN, "/opt/dir");
	fakesys_file(fs, "/opt/dir/30-c.conf", RULE("c"));
	check(fs, ETC "/10-a.conf\n" ETC "/20-b.conf\n" RUN "/30-c.conf\n"
	      "a " ETC "/10-a.conf:1\n"
	      "a " ETC "/20-b.conf:1\n"
	      "c " RUN "/30-c.conf:1\n");
}

/* What cannot be read may have had rules: it is never as if there were none. */
static void test_unreadable(void **state)
{
	struct fakesys *fs = fakesys_new();

	(void)state;
	fakesys_link(fs, ETC "/10-a.conf", "/opt/nothing");
	fakesys_file(fs, USR "/10-a.conf", RULE("a"));
	fakesys_link(fs, ETC "/20-b.conf", "20-b.conf");
	fakesys_link(fs, ETC "/30-c.conf", "/dev/zero");
	fakesys_set(fs, FAKESYS_FIFO, ETC "/40-d.conf", "", 0);
	fakesys_link(fs, ETC "/50-e.conf", "/opt/around/e.conf");
	fakesys_link(fs, "/opt/around", "around");
	fakesys_file(fs, ETC "/60-f.conf", RULE("f"));
	check(fs, ETC "/10-a.conf\n"
	      USR "/10-a.conf < " ETC "/10-a.conf\n"
	      ETC "/20-b.conf\n" ETC "/30-c.conf\n" ETC "/40-d.conf\n" ETC "/50-e.conf\n"
	      ETC "/60-f.conf\n"
	      "f " ETC "/60-f.conf:1\n"
	      ETC "/10-a.conf:0: a link that leads nowhere\n"
	      ETC "/20-b.conf:0: could not be read: " ELOOP_TEXT "\n"
	      ETC "/30-c.conf:0: is no regular file\n"
	      ETC "/40-d.conf:0: is no regular file\n"
	      ETC "/50-e.conf:0: could not be read: " ELOOP_TEXT "\n");
}

static void test_codes(void **state)
{
	struct fakesys *fs = fakesys_new();

	(void)state;
	fakesys_file(fs, ETC "/10-a.conf", RULE("a"));
	fakesys_find(fs, ETC "/10-a.conf")->code = -EACCES;
	fakesys_file(fs, USR "/20-b.conf", RULE("b"));
	fakesys_file(fs, LOCAL "/30-c.conf", RULE("c"));
	fakesys_find(fs, LOCAL)->code = -EIO;
	check_ways(fs, ETC "/10-a.conf\n" USR "/20-b.conf\n"
		   "b " USR "/20-b.conf:1\n"
		   LOCAL ":0: could not be read: " EIO_TEXT "\n"
		   ETC "/10-a.conf:0: could not be read: EACCES (Permission denied)\n",
		   FAKESYS_MEMORY);
}

static void test_errors_of_all_files(void **state)
{
	struct fakesys *fs = fakesys_new();

	(void)state;
	fakesys_file(fs, ETC "/10-a.conf", "[a]\ntype = offline\nplug = x\n");
	fakesys_file(fs, ETC "/20-b.conf", RULE("b") "plug = x\n");
	fakesys_file(fs, RUN "/30-c.conf", RULE("b"));
	check(fs, ETC "/10-a.conf\n" ETC "/20-b.conf\n" RUN "/30-c.conf\n"
	      "a " ETC "/10-a.conf:1\n"
	      "b " ETC "/20-b.conf:1\n"
	      "b " RUN "/30-c.conf:1\n"
	      ETC "/10-a.conf:3: plug = x: not one of yes, no, persistent\n"
	      ETC "/20-b.conf:4: plug = x: not one of yes, no, persistent\n");
}

static void test_no_files(void **state)
{
	struct fakesys *fs = fakesys_new();

	(void)state;
	fakesys_file(fs, "/sys/x", "");
	check(fs, "");
}

static void test_too_many_files(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_standing *standing;
	const char *file, *message;
	struct mhp_ctx *ctx;
	char path[64];

	(void)state;
	for (int i = 0; i < 1002; i++) {
		snprintf(path, sizeof(path), ETC "/%04d.conf", i);
		fakesys_file(fs, path, "# nothing\n");
	}
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_standing_new(ctx, &standing), 0);
	assert_int_equal(mhp_standing_count_errors(standing), 1);
	assert_int_equal(mhp_standing_get_error(standing, 0, &file, NULL, &message), 0);
	assert_string_equal(file, ETC "/1000.conf");
	assert_string_equal(message, "one file more than 1000: it, and what follows, is not read");
	mhp_standing_unref(standing);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_order, fakesys_free_all),
		cmocka_unit_test_teardown(test_hiding, fakesys_free_all),
		cmocka_unit_test_teardown(test_masks, fakesys_free_all),
		cmocka_unit_test_teardown(test_links, fakesys_free_all),
		cmocka_unit_test_teardown(test_unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(test_codes, fakesys_free_all),
		cmocka_unit_test_teardown(test_errors_of_all_files, fakesys_free_all),
		cmocka_unit_test_teardown(test_no_files, fakesys_free_all),
		cmocka_unit_test_teardown(test_too_many_files, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
