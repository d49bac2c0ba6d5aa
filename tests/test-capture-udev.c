// SPDX-License-Identifier: LGPL-2.1-or-later
/* Of udev's rules a capture has what a plan rests on, at the same lines, and no more. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fakesys.h"
#include "../lib/capture.h"
#include "udev.h"

#define ONLINE "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"online\"\n"

static int add_rule(void *data, const struct udev_rule *rule)
{
	text_add(data, "%u: %x%s%s\n", rule->line, rule->types, rule->may ? " may" : "",
		 rule->dax ? " dax" : "");
	return 0;
}

static char *rules_of(const char *text, size_t length)
{
	struct text out = { 0 };
	char *str;

	assert_int_equal(udev_parse_rules(text, length, add_rule, &out), 0);
	assert_int_equal(text_finish(&out, &str), 0);
	return str;
}

/* The same rules before and after, and once more the same text. */
static char *reduced(const char *text, size_t length)
{
	char *once, *twice, *before, *after;
	bool any;

	assert_int_equal(reduce_rules(text, length, &once, &any), 0);
	before = rules_of(text, length);
	after = rules_of(once, strlen(once));
	assert_string_equal(after, before);
	assert_int_equal(any, *before != '\0');
	assert_int_equal(reduce_rules(once, strlen(once), &twice, &any), 0);
	assert_string_equal(twice, once);
	assert_true(is_capture_text(once, strlen(once)));
	free(before);
	free(after);
	free(twice);
	return once;
}

static void one_file(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "", "" },
		{ "# nothing\nKERNEL==\"sd*\", SYMLINK+=\"secret\"\n", "" },
		{ ONLINE, ONLINE },
		{ "# who\n\n" ONLINE "KERNEL==\"sd*\", SYMLINK+=\"secret\"\n", "\n\n" ONLINE },
		/* continued lines, and a comment between them */
		{ "SUBSYSTEM==\"memory\", \\\n# secret\n ATTR{state}=\"online\"\nX\n",
		  "SUBSYSTEM==\"memory\", \\\n#\n ATTR{state}=\"online\"\n" },
		/* what decides whether the rule is reached */
		{ "ACTION!=\"add\", GOTO=\"end\"\nKERNEL==\"sd*\", NAME=\"secret\"\n" ONLINE
		  "LABEL=\"end\"\n",
		  "ACTION!=\"add\", GOTO=\"end\"\n\n" ONLINE "LABEL=\"end\"\n" },
		/* what the word may be */
		{ "ENV{secret}=\"1\"\n" ONLINE, "\n" ONLINE },
		{ "ENV{.state}=\"online\"\nKERNEL==\"x\", NAME=\"secret\"\n"
		  "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"$env{.state}\"\n",
		  "ENV{.state}=\"online\"\n\n"
		  "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"$env{.state}\"\n" },
		/* ... of a rule that onlines nothing, and is kept for its label */
		{ "ENV{.state}=\"\"\n" ONLINE
		  "LABEL=\"x\", SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"$env{.state}\"\n",
		  "ENV{.state}=\"\"\n" ONLINE
		  "LABEL=\"x\", SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"$env{.state}\"\n" },
		/* ends of lines, and bytes that no capture has */
		{ "X\r\n\r" ONLINE, "\n\n" ONLINE },
		{ "SUBSYSTEM==\"memory\", ATTR{state}=\"online\", TAG+=\"\xc3\xa9\"\n",
		  "SUBSYSTEM==\"memory\", ATTR{state}=\"online\", TAG+=\"??\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = reduced(cases[i].text, strlen(cases[i].text));

		assert_string_equal(text, cases[i].wanted);
		free(text);
	}
}

static char *read_whole(const char *path, size_t *ret_length)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");
	ssize_t n;

	assert_non_null(file);
	n = getdelim(&text, &size, EOF, file);
	fclose(file);
	assert_true(n > 0);
	*ret_length = (size_t)n;
	return text;
}

/* As distributions have them; then with bytes changed. */
static void real_files(void **state)
{
	static const char bytes[] = "\0\n\r\t \\#\"={}$";
	const char *data = getenv("TEST_DATA");
	char path[4096];
	struct dirent *entry;
	uint64_t seed = 7;
	size_t count = 0;
	DIR *dir;

	(void)state;
	snprintf(path, sizeof(path), "%s/rules", data ? data : "tests");
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		size_t length;
		char *text;

		if (!udev_is_file_name(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/rules/%s", data ? data : "tests", entry->d_name);
		text = read_whole(path, &length);
		free(reduced(text, length));
		for (int round = 0; round < 50; round++) {
			text[fakesys_random(&seed, length)] =
				bytes[fakesys_random(&seed, sizeof(bytes) - 1)];
			free(reduced(text, length));
		}
		free(text);
		count++;
	}
	closedir(dir);
	assert_true(count >= 5);
}

/* ---- all of them ---- */

static char *take(struct fakesys *fs)
{
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	char *text = NULL;

	assert_int_equal(mhp_ctx_copy_capture(ctx, NULL, &text), 0);
	mhp_ctx_unref(ctx);
	return text;
}

/* Which files there are, and which one hides which, is as before. */
static void files(void **state)
{
	struct fakesys *fs = fakesys_new();
	char *text;

	(void)state;
	fakesys_file(fs, "/usr/lib/udev/rules.d/10-x.rules", ONLINE);
	fakesys_file(fs, "/etc/udev/rules.d/10-x.rules", "# hides it\n");
	fakesys_file(fs, "/usr/lib/udev/rules.d/20-x.rules", ONLINE);
	fakesys_link(fs, "/etc/udev/rules.d/20-x.rules", "/dev/null");
	fakesys_file(fs, "/etc/elsewhere", ONLINE "KERNEL==\"x\", NAME=\"secret\"\n");
	fakesys_link(fs, "/etc/udev/rules.d/30-x.rules", "../../elsewhere");
	fakesys_file(fs, "/etc/udev/rules.d/40-secret.rules", "KERNEL==\"x\", NAME=\"secret\"\n");
	fakesys_file(fs, "/etc/udev/rules.d/50-x.rules", ONLINE);
	fakesys_find(fs, "/etc/udev/rules.d/50-x.rules")->code = -EACCES;
	fakesys_file(fs, "/etc/udev/rules.d/60-x.rules", ONLINE);
	fakesys_file(fs, "/usr/lib/udev/rules.d/60-x.rules", "# hidden\n");
	fakesys_file(fs, "/etc/udev/rules.d/README", ONLINE);
	/* as where /lib is /usr/lib */
	fakesys_link(fs, "/lib", "usr/lib");
	text = take(fs);
	assert_string_equal(text,
		"# not permitted: 1, such as /etc/udev/rules.d/50-x.rules\n"
		"/etc/udev/rules.d/10-x.rules: \n"
		"/etc/udev/rules.d/20-x.rules -> /dev/null\n"
		"/etc/udev/rules.d/30-x.rules: "  ONLINE
		"/etc/udev/rules.d/50-x.rules: <EACCES>\n"
		"/etc/udev/rules.d/60-x.rules: " ONLINE
		"/lib -> usr/lib\n"
		"/usr/lib/udev/rules.d/10-x.rules: " ONLINE
		"/usr/lib/udev/rules.d/20-x.rules: " ONLINE
		"/usr/lib/udev/rules.d/60-x.rules: \n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_file),
		cmocka_unit_test(real_files),
		cmocka_unit_test_teardown(files, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
