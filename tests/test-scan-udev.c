// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which udev rules files count, in which order, and which cannot be read. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/dump.h"
#include "support/errno-name.h"
#include "support/fakesys.h"

#define ETC "/etc/udev/rules.d"
#define RUN "/run/udev/rules.d"
#define LOCAL "/usr/local/lib/udev/rules.d"
#define USR "/usr/lib/udev/rules.d"
#define LIB "/lib/udev/rules.d"

#define RULE(type) "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"" type "\"\n"
#define MAY "SUBSYSTEM==\"memory\", PROGRAM==\"x\", ATTR{state}=\"online\"\n"

static struct fakesys *machine(void)
{
	struct fakesys *fs = fakesys_new();

	fakesys_file(fs, MEMORY_PATH "/block_size_bytes", "8000000\n");
	fakesys_file(fs, MEMORY_PATH "/memory0/state", "online\n");
	fakesys_file(fs, "/proc/iomem", "00001000-07ffffff : System RAM\n");
	fakesys_file(fs, "/proc/zoneinfo", "Node 0, zone Normal\n");
	return fs;
}

/* "PATH:LINE would WORD" for each, then the code, then the problems */
static char *rules_of(struct fakesys *fs, enum fakesys_way way)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_ctx *ctx = fakesys_ctx(fs, way);
	struct mhp_snapshot *snap;
	struct text text = { 0 };
	const char *path, *word;
	char *problems, *str;
	unsigned int line;
	bool may;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	check_snapshot(snap);
	for (size_t i = 0; mhp_snapshot_get_udev_rule(snap, i, &path, &line, &word, &may) == 0; i++)
		text_add(&text, "%s:%u %s %s\n", path, line, may ? "may" : "would",
			 word ? word : "?");
	if (mhp_snapshot_get_udev_rules_code(snap) < 0)
		text_add(&text, "%s\n",
			 errno_name(-mhp_snapshot_get_udev_rules_code(snap)));
	problems = dump_problems(snap);
	text_add(&text, "%s", problems);
	free(problems);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void check(struct fakesys *fs, const char *expected)
{
	for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
		char *found = rules_of(fs, way);

		if (strcmp(found, expected))
			fail_msg("way %u:\n%s-- not\n%s", way, found, expected);
		free(found);
	}
	fakesys_free(fs);
}

static void no_rules(void **state)
{
	struct fakesys *fs = machine();

	(void)state;
	fakesys_dir(fs, USR);
	fakesys_file(fs, ETC "/README", RULE("online"));
	fakesys_file(fs, ETC "/x.rules~", RULE("online"));
	fakesys_file(fs, ETC "/.x.rules", RULE("online"));
	fakesys_file(fs, ETC "/rules", RULE("online"));
	check(fs, "");
	check(machine(), "");
}

static void by_name(void **state)
{
	struct fakesys *fs = machine();

	(void)state;
	fakesys_file(fs, LIB "/50-e.rules", "\n\n" RULE("online"));
	fakesys_file(fs, USR "/60-d.rules", RULE("online_kernel"));
	fakesys_file(fs, LOCAL "/30-c.rules", RULE("online_movable") MAY);
	fakesys_file(fs, RUN "/10-b.rules", RULE("online"));
	fakesys_file(fs, ETC "/99-a.rules", MAY);
	check(fs, RUN "/10-b.rules:1 would online\n" LOCAL "/30-c.rules:1 would online_movable\n"
	      LOCAL "/30-c.rules:2 may online\n" LIB "/50-e.rules:3 would online\n"
	      USR "/60-d.rules:1 would online_kernel\n" ETC "/99-a.rules:1 may online\n");
}

static void hidden(void **state)
{
	struct fakesys *fs = machine();

	(void)state;
	/* the first directory wins, whatever is in the file */
	fakesys_file(fs, ETC "/40-a.rules", RULE("online_movable"));
	fakesys_file(fs, USR "/40-a.rules", RULE("online"));
	fakesys_file(fs, RUN "/41-b.rules", "");
	fakesys_file(fs, USR "/41-b.rules", RULE("online"));
	fakesys_link(fs, ETC "/42-c.rules", "/dev/null");
	fakesys_file(fs, LIB "/42-c.rules", RULE("online"));
	fakesys_link(fs, ETC "/43-d.rules", "../../../dev/null");
	fakesys_file(fs, LOCAL "/43-d.rules", RULE("online"));
	check(fs, ETC "/40-a.rules:1 would online_movable\n");
}

static void lib_is_usr_lib(void **state)
{
	struct fakesys *fs = machine();

	(void)state;
	fakesys_file(fs, USR "/40-a.rules", RULE("online"));
	fakesys_link(fs, "/lib", "usr/lib");
	check(fs, USR "/40-a.rules:1 would online\n");
}

static void links(void **state)
{
	struct fakesys *fs = machine();

	(void)state;
	fakesys_file(fs, "/opt/a/x.txt", RULE("online"));
	fakesys_file(fs, "/top", MAY);
	fakesys_link(fs, "/opt/b", "a");
	fakesys_link(fs, "/opt/a/y", "x.txt");
	fakesys_link(fs, ETC "/1.rules", "/opt/a/x.txt");
	fakesys_link(fs, ETC "/2.rules", "../../../opt/b/x.txt");
	fakesys_link(fs, ETC "/3.rules", "/opt/b/y");
	fakesys_link(fs, ETC "/4.rules", "../../../../../../top");
	fakesys_link(fs, ETC "/5.rules", "/nowhere/at/all");
	fakesys_link(fs, ETC "/6.rules", "5.rules");
	check(fs, ETC "/1.rules:1 would online\n" ETC "/2.rules:1 would online\n"
	      ETC "/3.rules:1 would online\n" ETC "/4.rules:1 may online\n");
}

/* ---- what cannot be read: noted, and never waited for ---- */

static void bad_links(void **state)
{
	struct fakesys *fs = machine();

	(void)state;
	fakesys_link(fs, ETC "/1.rules", "1.rules");
	fakesys_link(fs, ETC "/2.rules", "3.rules");
	fakesys_link(fs, ETC "/3.rules", "2.rules");
	fakesys_link(fs, ETC "/4.rules", "/proc/zoneinfo");
	fakesys_link(fs, ETC "/5.rules", "/sys/devices/system/memory/memory0/state");
	fakesys_link(fs, ETC "/6.rules", "/dev/zero");
	fakesys_link(fs, ETC "/7.rules", "/");
	fakesys_link(fs, ETC "/8.rules", "/proc/zoneinfo/x");
	fakesys_file(fs, ETC "/9.rules", RULE("online"));
	check(fs, ETC "/9.rules:1 would online\nELOOP\n"
	      ETC "/1.rules ELOOP\n" ETC "/2.rules ELOOP\n" ETC "/3.rules ELOOP\n"
	      ETC "/4.rules EINVAL\n" ETC "/5.rules EINVAL\n" ETC "/6.rules EINVAL\n"
	      ETC "/7.rules EISDIR\n" ETC "/8.rules EINVAL\n");
}

static void no_files(void **state)
{
	struct fakesys *fs = machine();

	(void)state;
	fakesys_set(fs, FAKESYS_FIFO, ETC "/1.rules", NULL, 0);
	fakesys_dir(fs, ETC "/2.rules");
	fakesys_set(fs, FAKESYS_SOCKET, ETC "/3.rules", NULL, 0);
	fakesys_set(fs, FAKESYS_FIFO, "/opt/fifo", NULL, 0);
	fakesys_link(fs, ETC "/4.rules", "/opt/fifo");
	fakesys_file(fs, RUN, "no directory");
	fakesys_link(fs, LOCAL, LOCAL);
	check(fs, "ENOTDIR\n" RUN " ENOTDIR\n" LOCAL " ELOOP\n" ETC "/1.rules EINVAL\n"
	      ETC "/2.rules EISDIR\n" ETC "/3.rules EINVAL\n" ETC "/4.rules EINVAL\n");
}

static void denied(void **state)
{
	struct fakesys *fs = machine();
	char *found;

	(void)state;
	fakesys_file(fs, ETC "/1.rules", RULE("online"));
	fakesys_file(fs, ETC "/2.rules", RULE("online"));
	fakesys_find(fs, ETC "/1.rules")->code = -EACCES;
	found = rules_of(fs, FAKESYS_MEMORY);
	assert_string_equal(found, ETC "/2.rules:1 would online\nEACCES\n" ETC "/1.rules EACCES\n");
	free(found);
}

static void junk(void **state)
{
	struct fakesys *fs = machine();
	static char bytes[1 << 18];
	uint64_t seed = 11;
	struct text many = { 0 };
	char *str;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)fakesys_random(&seed, 256);
	fakesys_set(fs, FAKESYS_FILE, ETC "/1.rules", bytes, sizeof(bytes));
	/* larger than any file of rules, and all in one line */
	str = malloc(MHP_FILE_MAX + 2);
	assert_non_null(str);
	memset(str, 'x', MHP_FILE_MAX + 1);
	fakesys_set(fs, FAKESYS_FILE, ETC "/2.rules", str, MHP_FILE_MAX - 1);
	fakesys_set(fs, FAKESYS_FILE, ETC "/3.rules", "\0\0\n\0", 4);
	free(str);
	for (size_t i = 0; i < 300; i++)
		text_add(&many, "%s", MAY);
	assert_int_equal(text_finish(&many, &str), 0);
	fakesys_file(fs, ETC "/4.rules", str);
	free(str);
	str = rules_of(fs, FAKESYS_OPENAT2);
	assert_non_null(strstr(str, ETC "/4.rules:300 may online\n"));
	assert_null(strstr(str, "/1.rules"));
	assert_null(strstr(str, "/2.rules"));
	free(str);
}

static void too_large(void **state)
{
	struct fakesys *fs = machine();
	char *str = calloc(1, MHP_FILE_MAX + 1), *found;

	(void)state;
	assert_non_null(str);
	fakesys_set(fs, FAKESYS_FILE, ETC "/1.rules", str, MHP_FILE_MAX + 1);
	free(str);
	found = rules_of(fs, FAKESYS_WALK);
	assert_string_equal(found, "EFBIG\n" ETC "/1.rules EFBIG\n");
	free(found);
}

static void only_when_asked(void **state)
{
	struct fakesys *fs = machine();
	struct mhp_ctx *ctx;
	struct mhp_snapshot *snap;
	bool has;

	(void)state;
	fakesys_file(fs, ETC "/1.rules", RULE("online"));
	fakesys_file(fs, ETC "/2.rules", RULE("online"));
	fakesys_find(fs, ETC "/2.rules")->code = -EACCES;
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	assert_int_equal(mhp_snapshot_get_udev_rules_code(snap), -ENODATA);
	assert_int_equal(mhp_snapshot_count_udev_rules(snap), 0);
	assert_int_equal(mhp_snapshot_count_problems(snap), 0);
	assert_int_equal(mhp_snapshot_get_has_hotremove(snap, &has), -ENODATA);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
}

static void words(void **state)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct fakesys *fs = machine();
	struct mhp_ctx *ctx;
	struct mhp_snapshot *snap;
	const char *word = "";

	(void)state;
	fakesys_file(fs, ETC "/1.rules", "ENV{w}=\"online\"\nPROGRAM==\"x\", ENV{w}=\"online_movable\"\n"
		     "PROGRAM==\"y\", ENV{w}=\"online_kernel\"\nATTR{state}=\"$env{w}\"\n"
		     "ATTR{state}=\"$env{x}\"\n");
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	assert_int_equal(mhp_snapshot_count_udev_rules(snap), 2);
	assert_int_equal(mhp_snapshot_get_udev_rule(snap, 0, NULL, NULL, &word, NULL), 0);
	assert_string_equal(word, "online|online_kernel|online_movable");
	assert_int_equal(mhp_snapshot_get_udev_rule(snap, 1, NULL, NULL, &word, NULL), 0);
	assert_null(word);
	assert_int_equal(mhp_snapshot_get_udev_rule(snap, 2, NULL, NULL, NULL, NULL), -EINVAL);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(no_rules, fakesys_free_all),
		cmocka_unit_test_teardown(by_name, fakesys_free_all),
		cmocka_unit_test_teardown(hidden, fakesys_free_all),
		cmocka_unit_test_teardown(lib_is_usr_lib, fakesys_free_all),
		cmocka_unit_test_teardown(links, fakesys_free_all),
		cmocka_unit_test_teardown(bad_links, fakesys_free_all),
		cmocka_unit_test_teardown(no_files, fakesys_free_all),
		cmocka_unit_test_teardown(denied, fakesys_free_all),
		cmocka_unit_test_teardown(junk, fakesys_free_all),
		cmocka_unit_test_teardown(too_large, fakesys_free_all),
		cmocka_unit_test_teardown(only_when_asked, fakesys_free_all),
		cmocka_unit_test_teardown(words, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
