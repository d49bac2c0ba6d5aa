// SPDX-License-Identifier: LGPL-2.1-or-later
/* A capture has the standing policy: the same rules and errors, at the same lines. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/capture.h>
#include <mhp/sim.h>
#include <mhp/standing.h>

#include "support/fakesys.h"
#include "../lib/capture.h"

#define ETC "/etc/mhp/policy.d"
#define RUN "/run/mhp/policy.d"
#define USR "/usr/lib/mhp/policy.d"

/* What a standing policy comes to, in one text. */
static char *dump(struct mhp_ctx *ctx)
{
	const char *file, *message, *hidden_by;
	struct mhp_standing *standing;
	struct text text = { 0 };
	unsigned int line;
	bool masks;
	char *str;

	assert_int_equal(mhp_standing_new(ctx, &standing), 0);
	for (size_t i = 0; mhp_standing_get_file(standing, i, &file, &masks, &hidden_by) == 0; i++)
		if (!hidden_by)
			text_add(&text, "%s%s\n", file, masks ? " masks" : "");
	for (size_t i = 0; i < mhp_standing_count_rules(standing); i++) {
		const struct mhp_standing_rule *rule = mhp_standing_get_rule(standing, i);

		assert_int_equal(mhp_standing_rule_copy_text(rule, &str), 0);
		text_add(&text, "%s:%u:%s", mhp_standing_rule_get_file(rule),
			 mhp_standing_rule_get_line(rule), str);
		free(str);
	}
	for (size_t i = 0; mhp_standing_get_error(standing, i, &file, &line, &message) == 0; i++)
		text_add(&text, "%s:%u: %s\n", file, line, message);
	mhp_standing_unref(standing);
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static char *capture_of(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_capture_opts opts = { sizeof(opts), flags };
	char *str;

	assert_int_equal(mhp_ctx_copy_capture(ctx, &opts, &str), 0);
	return str;
}

static struct fakesys *machine(void)
{
	struct fakesys *fs = fakesys_new_machine("7.3-cxl-region-region");

	fakesys_file(fs, ETC "/10-a.conf", "# ours\n[a]\nkind = dax ; Jane's\n\tcxl\n"
		     "type = online_movable\n\n");
	fakesys_file(fs, USR "/10-a.conf", "[hidden]\n");
	fakesys_link(fs, ETC "/20-b.conf", "/dev/null");
	fakesys_file(fs, USR "/20-b.conf", "[hidden]\n");
	fakesys_file(fs, "/opt/c", "[c]\ntype = offline\n");
	fakesys_link(fs, RUN "/30-c.conf", "/opt/c");
	fakesys_file(fs, USR "/40-d.conf", "\n[d]\ntype = x\n");
	fakesys_link(fs, USR "/50-e.conf", "/nothing");
	fakesys_file(fs, ETC "/60-f.conf", "");
	fakesys_file(fs, ETC "/70-g.conf", "[g]\ntype = offline");
	fakesys_file(fs, ETC "/80-h.conf~", "no file of it\n");
	return fs;
}

/* ---- tests ---- */

static void test_same_policy(void **state)
{
	struct fakesys *fs = machine();
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY), *again;
	char *text, *twice, *here, *there;
	struct mhp_sim *sim;

	(void)state;
	here = dump(ctx);
	text = capture_of(ctx, 0);
	assert_null(strstr(text, "hidden"));
	assert_null(strstr(text, "ours"));
	assert_null(strstr(text, "Jane"));
	assert_null(strstr(text, "no file"));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	assert_int_equal(mhp_sim_new_ctx(sim, &again), 0);
	there = dump(again);
	assert_string_equal(there, here);
	twice = capture_of(again, 0);
	assert_string_equal(twice, text);
	free(twice);
	free(text);
	free(here);
	free(there);
	mhp_ctx_unref(again);
	mhp_sim_unref(sim);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

static void test_serial_numbers(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-cxl-region-region");
	struct mhp_ctx *ctx;
	char *text;

	(void)state;
	fakesys_file(fs, ETC "/10-a.conf", "[a]\nidentity = hmem:0x1 cxl:0x3c4d@* cxl:*\n"
		     "\tpmem:01234567\nname=cxl:0x3c4d\ntype = offline\n");
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	text = capture_of(ctx, 0);
	assert_non_null(strstr(text, "\n" ETC "/10-a.conf:\n\t[a]\n"
			       "\tidentity = hmem:0x1 cxl:<left-out> cxl:*\n\t\tpmem:<left-out>\n"
			       "\tname=cxl:<left-out>\n\ttype = offline\n"));
	assert_non_null(strstr(text, "# left out: what tells which machine this is"));
	free(text);
	text = capture_of(ctx, MHP_CAPTURE_IDENTITY);
	assert_non_null(strstr(text, "\tidentity = hmem:0x1 cxl:0x3c4d@* cxl:*\n\t\tpmem:0"));
	free(text);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

static void test_unreadable(void **state)
{
	struct fakesys *fs = machine();
	struct mhp_ctx *ctx;
	char *text;

	(void)state;
	fakesys_find(fs, ETC "/10-a.conf")->code = -EACCES;
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	text = capture_of(ctx, 0);
	assert_non_null(strstr(text, "\n" ETC "/10-a.conf: <EACCES>\n"));
	free(text);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

static void test_reduced(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "", "" },
		{ "# x", "" },
		{ "  # x\n;y\nz", "\n\nz" },
		{ "a = b ;c\n", "a = b\n" },
		{ "a = b;c # d\n", "a = b;c # d\n" },
		{ "x cxl: cxl:1", "x cxl: cxl:<left-out>" },
		{ "xcxl:1", "xcxl:1" },
		{ "i = *0x3c4d00000003@*", "i = <left-out>" },
		{ "i = cxl:*00000003 *1234567", "i = cxl:<left-out> *1234567" },
		{ "[cafecafe]", "[cafecafe]" },
	};
	char *str;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(reduce_policy(cases[i].text, strlen(cases[i].text), false, &str),
				 0);
		assert_string_equal(str, cases[i].expected);
		free(str);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_same_policy, fakesys_free_all),
		cmocka_unit_test_teardown(test_serial_numbers, fakesys_free_all),
		cmocka_unit_test_teardown(test_unreadable, fakesys_free_all),
		cmocka_unit_test(test_reduced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
