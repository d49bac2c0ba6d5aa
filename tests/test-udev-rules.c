// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which udev rules online memory: the forms that are in use, and text that is none. */
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
#include "udev.h"

/* "3 may online|online_movable" */
static int add_rule(void *data, const struct udev_rule *rule)
{
	struct text *text = data;
	const char *bar = "";

	assert_null(rule->path);
	text_add(text, "%u %s ", rule->line, rule->may ? "may" : "would");
	for (int type = MHP_ONLINE; type <= MHP_ONLINE_MOVABLE; type++)
		if (rule->types & 1U << type) {
			text_add(text, "%s%s", bar, online_word((enum mhp_online_type)type));
			bar = "|";
		}
	text_add(text, "%s%s\n", rule->types ? "" : "?",
		 rule->bound ? " dax bind" : rule->dax ? " dax" : "");
	return 0;
}

static char *rules_of(const char *str, size_t length)
{
	/* exactly as long, so that a sanitizer sees what is read behind it */
	char *copy = malloc(length ? length : 1), *found;
	struct text text = { 0 };

	assert_non_null(copy);
	memcpy(copy, str, length);
	assert_int_equal(udev_parse_rules(copy, length, add_rule, &text), 0);
	free(copy);
	assert_int_equal(text_finish(&text, &found), 0);
	return found;
}

static void assert_rules(const char *str, const char *expected)
{
	char *found = rules_of(str, strlen(str));

	if (strcmp(found, expected))
		fail_msg("%s\n-- gives\n%s-- not\n%s", str, found, expected);
	free(found);
}

struct row {
	const char *text, *expected;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_rules(rows[i].text, rows[i].expected);
}

/* ---- what is in use ---- */

static void in_use(void **state)
{
	static const struct row files[] = {
		{ "redhat-like", "17 may online|online_movable\n" },
		{ "redhat-7-like", "11 may online|online_movable\n" },
		{ "suse-like", "9 may online\n" },
		{ "vm-like", "9 may online\n" },
		{ "daxctl-like", "3 may ? dax\n" },
		{ "admin-like", "3 would online_movable\n" },
		{ "kdump-like", "" },
	};
	const char *data = getenv("TEST_DATA");
	char path[4096], text[8192];
	size_t length;
	FILE *file;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/rules/%s.rules", data ? data : "tests",
			 files[i].text);
		file = fopen(path, "r");
		assert_non_null(file);
		length = fread(text, 1, sizeof(text) - 1, file);
		fclose(file);
		text[length] = '\0';
		assert_rules(text, files[i].expected);
	}
}

/* ---- conditions ---- */

#define ONLINE "ATTR{state}=\"online\"\n"
#define MEMORY "SUBSYSTEM==\"memory\", "

static const struct row conditions[] = {
	/* known of a block that was added and is offline */
	{ ONLINE, "1 would online\n" },
	{ "ATTR{state}==\"offline\", " ONLINE, "1 would online\n" },
	{ "ATTR{state}==\"online\", " ONLINE, "" },
	{ "ATTR{state}!=\"online\", " ONLINE, "1 would online\n" },
	{ "ATTR{online}==\"0\", " ONLINE, "1 would online\n" },
	{ "ATTRS{state}==\"off*\", " ONLINE, "1 would online\n" },
	{ MEMORY "ACTION==\"add\", " ONLINE, "1 would online\n" },
	{ MEMORY "ACTION==\"add|change\", " ONLINE, "1 would online\n" },
	{ MEMORY "ACTION==\"change|remove\", " ONLINE, "" },
	{ MEMORY "ACTION!=\"remove\", " ONLINE, "1 would online\n" },
	{ MEMORY "ACTION==\"offline\", " ONLINE, "" },
	{ "ENV{ACTION}==\"add\", ENV{SUBSYSTEM}==\"memory\", " ONLINE, "1 would online\n" },
	{ "SUBSYSTEM==\"cpu\", " ONLINE, "" },
	{ "SUBSYSTEM==\"cpu|mem*\", " ONLINE, "1 would online\n" },
	{ "SUBSYSTEM!=\"cpu\", " ONLINE, "1 would online\n" },
	{ "SUBSYSTEM==i\"MEMORY\", " ONLINE, "1 would online\n" },
	{ "SUBSYSTEM==\"MEMORY\", " ONLINE, "" },
	{ "SUBSYSTEMS==\"memory\", " ONLINE, "1 would online\n" },
	{ "SUBSYSTEMS==\"usb\", KERNEL==\"memory*\", " ONLINE, "" },
	{ "KERNEL==\"memory*\", " ONLINE, "1 would online\n" },
	{ "KERNEL==\"memory[0-9]*\", " ONLINE, "1 would online\n" },
	{ "KERNEL==\"memory?*\", " ONLINE, "1 would online\n" },
	{ "KERNEL==\"cpu[0-9]*\", " ONLINE, "" },
	{ "KERNEL==\"memory\", " ONLINE, "" },
	{ "KERNELS==\"memory\", " ONLINE, "1 would online\n" },
	{ "KERNEL==\"mmcblk*\", " ONLINE, "" },
	{ "DRIVER==\"?*\", KERNEL==\"memory*\", " ONLINE, "" },
	{ "DRIVERS==\"\", KERNEL==\"memory*\", " ONLINE, "1 would online\n" },
	{ "DEVPATH==\"/devices/system/memory/memory*\", " ONLINE, "1 would online\n" },
	{ "DEVPATH==\"*/memory[0-9]*\", " ONLINE, "1 would online\n" },
	{ "DEVPATH==\"/devices/system/cpu/*\", KERNEL==\"memory*\", " ONLINE, "" },
	{ MEMORY "TEST==\"state\", " ONLINE, "1 would online\n" },
	{ MEMORY "TEST!=\"state\", " ONLINE, "" },
	/* some blocks, and not others */
	{ "KERNEL==\"memory32\", " ONLINE, "1 may online\n" },
	{ "KERNEL==\"memory3[2-5]\", " ONLINE, "1 may online\n" },
	{ "KERNEL==\"memory7\", " ONLINE, "1 may online\n" },
	{ "KERNEL!=\"memory7\", " ONLINE, "1 may online\n" },
	{ "KERNEL==\"*99\", " ONLINE, "1 may online\n" },
	{ "DEVPATH==\"/devices/system/memory/memory99\", " ONLINE, "1 may online\n" },
	{ "DEVPATH==\"/devices/system/memory/memory?99\", " ONLINE, "1 may online\n" },
	/* what the text does not tell */
	{ MEMORY "CONST{arch}==\"x86-64\", " ONLINE, "1 may online\n" },
	{ MEMORY "CONST{virt}!=\"none\", " ONLINE, "1 may online\n" },
	{ MEMORY "ENV{FOO}==\"1\", " ONLINE, "1 may online\n" },
	{ MEMORY "PROGRAM==\"/bin/true\", " ONLINE, "1 may online\n" },
	{ MEMORY "PROGRAM=\"/bin/uname -p\", RESULT!=\"s390*\", " ONLINE, "1 may online\n" },
	{ MEMORY "IMPORT{cmdline}=\"foo\", " ONLINE, "1 may online\n" },
	{ MEMORY "TAG==\"x\", " ONLINE, "1 may online\n" },
	{ MEMORY "SYSCTL{kernel/x}==\"1\", " ONLINE, "1 may online\n" },
	{ MEMORY "TEST==\"/run/x\", " ONLINE, "1 may online\n" },
	{ MEMORY "ATTR{removable}==\"1\", " ONLINE, "1 may online\n" },
	{ MEMORY "ATTR{[dmi/id]sys_vendor}==\"Xen\", " ONLINE, "1 may online\n" },
};

static void on_conditions(void **state)
{
	(void)state;
	check_rows(conditions, ARRAY_SIZE(conditions));
}

/* ---- what is done ---- */

static const struct row actions[] = {
	{ MEMORY "ATTR{state}=\"online_movable\"", "1 would online_movable\n" },
	{ MEMORY "ATTR{state}=\"online_kernel\"", "1 would online_kernel\n" },
	{ MEMORY "ATTR{state}:=\"online_kernel\"", "1 would online_kernel\n" },
	{ MEMORY "ATTR{state}=\"offline\"", "" },
	{ MEMORY "ATTR{state}=\"Online\"", "" },
	{ MEMORY "ATTR{power/state}=\"online\"", "" },
	{ MEMORY "ATTR{online}=\"1\"", "1 would online\n" },
	{ MEMORY "ATTR{online}=\"on\"", "1 would online\n" },
	{ MEMORY "ATTR{online}=\"0\"", "" },
	{ MEMORY "ATTR{state}=\"$attr{phys_device}\"", "1 may ?\n" },
	{ MEMORY "ATTR{state}=\"$env{NEVER_SET}\"", "1 may ?\n" },
	{ MEMORY "ATTR{state}=\"%c\"", "1 may ?\n" },
	/* one of them does, whatever the first one is */
	{ MEMORY "ATTR{state}=\"%c\", ATTR{state}=\"online\"", "1 would ?\n" },
	{ MEMORY "ATTR{[memory/memory32]state}=\"online\"", "1 may online\n" },
	/* the first write leaves nothing to do for another one */
	{ MEMORY "ATTR{state}=\"online_movable\", ATTR{online}=\"1\"",
	  "1 would online_movable\n" },
	/* variables */
	{ "ENV{w}=\"online_kernel\"\n" MEMORY "ATTR{state}=\"$env{w}\"",
	  "2 would online_kernel\n" },
	{ "ENV{w}=\"online_kernel\"\n" MEMORY "ATTR{state}=\"%E{w}\"",
	  "2 would online_kernel\n" },
	{ "ATTR{state}=\"$env{w}\", ENV{w}=\"online_kernel\"", "1 would online_kernel\n" },
	{ "ENV{w}=\"junk\"\n" MEMORY "ATTR{state}=\"$env{w}\"", "" },
	{ "ENV{w}=\"offline\"\nCONST{virt}==\"none\", ENV{w}=\"online\"\n"
	  "ATTR{state}=\"$env{w}\"", "3 may online\n" },
	{ "ENV{w}=\"online\"\nCONST{virt}==\"none\", ENV{w}=\"online_movable\"\n"
	  "ATTR{state}=\"$env{w}\"", "3 would online|online_movable\n" },
	{ "ENV{w}=\"online\"\nIMPORT{program}=\"/bin/x\"\nATTR{state}=\"$env{w}\"", "3 may ?\n" },
	{ "ENV{w}=\"online\"\nENV{w}+=\"x\"\nATTR{state}=\"$env{w}\"", "3 may ?\n" },
	{ "ENV{w}=\"online\"\nSUBSYSTEM==\"cpu\", ENV{w}=\"offline\"\nATTR{state}=\"$env{w}\"",
	  "3 would online\n" },
	{ "ENV{w}=\"online\"\nATTR{state}=\"$env{w}x\"", "2 may ?\n" },
	{ "ENV{a_name_that_is_far_too_long_to_be_kept}=\"online\"\n"
	  "ATTR{state}=\"$env{a_name_that_is_far_too_long_to_be_kept}\"", "2 may ?\n" },
	/* programs */
	{ MEMORY "RUN+=\"/bin/sh -c 'echo online > /sys$devpath/state'\"", "1 may online\n" },
	{ MEMORY "RUN+=\"/bin/sh -c 'echo online_movable > /sys$devpath/state'\"",
	  "1 may online_movable\n" },
	{ MEMORY "RUN{program}+=\"/usr/bin/online-memory %k\"", "1 may ?\n" },
	{ MEMORY "RUN+=\"/usr/local/bin/whatever\"", "1 may ?\n" },
	{ MEMORY "RUN-=\"/usr/local/bin/whatever\"", "" },
	{ MEMORY "RUN=\"\"", "" },
	{ MEMORY "RUN{builtin}+=\"kmod load x\"", "" },
	{ MEMORY "ENV{SYSTEMD_WANTS}+=\"memory@%k.service\"", "1 may ?\n" },
	{ MEMORY "PROGRAM=\"/bin/uname\"", "" },
	{ MEMORY "PROGRAM=\"/bin/sh -c 'echo online > /sys/$devpath/state'\"", "1 may online\n" },
	{ "SUBSYSTEM==\"dax\", RUN+=\"/usr/bin/systemd-run daxctl online-memory %k\"",
	  "1 may ? dax bind\n" },
	{ "SUBSYSTEM==\"dax\", ACTION==\"bind\", ATTR{state}=\"online_movable\"",
	  "1 may online_movable dax bind\n" },
	{ "SUBSYSTEM==\"dax\", ACTION==\"add|change\", ENV{SYSTEMD_WANTS}+=\"x@%k.service\"",
	  "1 may ? dax\n" },
	{ "ACTION!=\"add\", GOTO=\"end\"\nSUBSYSTEM==\"dax\", RUN+=\"/bin/x\"\nLABEL=\"end\"",
	  "2 may ? dax\n" },
	{ "KERNEL==\"dax[0-9]*\", RUN+=\"/bin/whatever\"", "1 may ? dax bind\n" },
	{ "SUBSYSTEM==\"dax\", MODE=\"0660\", GROUP=\"kvm\"", "" },
	/* what is run for every device says nothing of memory */
	{ "ACTION==\"add\", RUN+=\"/usr/local/bin/whatever\"", "" },
	{ "ATTRS{idVendor}==\"1234\", RUN+=\"/usr/local/bin/whatever\"", "" },
	{ "ACTION==\"add\", RUN+=\"/bin/sh -c 'echo online > /sys$devpath/state'\"",
	  "1 may online\n" },
	{ "SUBSYSTEM==\"net\", RUN+=\"/usr/bin/nm-online\"", "" },
	{ MEMORY "RUN+=\"/bin/systemctl try-restart kdump.service\"", "" },
};

static void on_actions(void **state)
{
	(void)state;
	check_rows(actions, ARRAY_SIZE(actions));
}

/* ---- jumps ---- */

static const struct row jumps[] = {
	{ "GOTO=\"end\"\n" ONLINE "LABEL=\"end\"\n", "" },
	{ MEMORY "GOTO=\"end\"\n" ONLINE "LABEL=\"end\"\n", "" },
	{ "SUBSYSTEM!=\"memory\", GOTO=\"end\"\n" ONLINE "LABEL=\"end\"\n", "2 would online\n" },
	{ "CONST{arch}==\"x\", GOTO=\"end\"\n" ONLINE "LABEL=\"end\"\n", "2 may online\n" },
	/* all ways come together again */
	{ "CONST{arch}==\"x\", GOTO=\"end\"\nLABEL=\"end\"\n" ONLINE, "3 would online\n" },
	{ "CONST{arch}==\"x\", GOTO=\"a\"\nGOTO=\"b\"\nLABEL=\"a\"\n" ONLINE "LABEL=\"b\"\n",
	  "4 may online\n" },
	{ "CONST{arch}==\"x\", GOTO=\"a\"\nGOTO=\"b\"\nLABEL=\"a\"\nLABEL=\"b\"\n" ONLINE,
	  "5 would online\n" },
	{ "GOTO=\"a\"\n" ONLINE "LABEL=\"b\"\n" ONLINE "LABEL=\"a\"\n", "" },
	/* a rule may have a label itself, and several may have the same */
	{ "GOTO=\"a\"\nLABEL=\"a\", " ONLINE, "2 would online\n" },
	{ "GOTO=\"a\"\nLABEL=\"a\"\nGOTO=\"a\"\n" ONLINE "LABEL=\"a\"\n" ONLINE,
	  "6 would online\n" },
	{ "LABEL=\"a\", GOTO=\"a\"\n" ONLINE "LABEL=\"a\"\n", "" },
	/* there is no way back, and none to nowhere */
	{ "LABEL=\"a\"\nGOTO=\"a\"\n" ONLINE, "3 would online\n" },
	{ "GOTO=\"nowhere\"\n" ONLINE, "2 would online\n" },
	/* a variable is what it was on the way that jumped, too */
	{ "ENV{w}=\"online\"\nCONST{arch}==\"x\", GOTO=\"a\"\nENV{w}=\"online_movable\"\n"
	  "LABEL=\"a\"\nATTR{state}=\"$env{w}\"", "5 may ?\n" },
	{ "ENV{w}=\"online\"\nCONST{arch}==\"x\", GOTO=\"a\"\nLABEL=\"a\"\n"
	  "ATTR{state}=\"$env{w}\"", "4 would online\n" },
	/* who is not jumped over decides whom a program is for */
	{ "SUBSYSTEM!=\"memory\", GOTO=\"end\"\nRUN+=\"/bin/whatever\"\nLABEL=\"end\"\n",
	  "2 may ?\n" },
	{ "SUBSYSTEM==\"memory\", GOTO=\"a\"\nGOTO=\"end\"\nLABEL=\"a\"\nRUN+=\"/bin/x\"\n"
	  "LABEL=\"end\"\n", "4 may ?\n" },
};

static void on_jumps(void **state)
{
	(void)state;
	check_rows(jumps, ARRAY_SIZE(jumps));
}

/* ---- syntax ---- */

static const struct row syntax[] = {
	{ "", "" },
	{ "\n\n \t\n", "" },
	{ "# " MEMORY ONLINE, "" },
	{ "  # " MEMORY ONLINE, "" },
	{ "\t" MEMORY ONLINE, "1 would online\n" },
	{ MEMORY "ATTR{state}=\"online\"", "1 would online\n" },
	{ "SUBSYSTEM == \"memory\" ,, ATTR{state} = \"online\" , \r\n", "1 would online\n" },
	{ "SUBSYSTEM==\"memory\"ATTR{state}=\"online\"\n", "1 would online\n" },
	{ "# a\r\n" MEMORY "ATTR{state}=\"online\"\r\n" MEMORY ONLINE,
	  "2 would online\n3 would online\n" },
	/* continued lines, comments among them; an empty one ends them */
	{ "SUBSYSTEM==\"memory\", \\\n  ATTR{state}=\"online\"\n" ONLINE,
	  "1 would online\n3 would online\n" },
	{ "SUBSYSTEM==\"memory\", \\\n# no \\\n\tATTR{state}=\"online\"\n", "1 would online\n" },
	{ "SUBSYSTEM==\"cpu\", \\\n\n" ONLINE, "3 would online\n" },
	{ "SUBSYSTEM==\"mem\\\nory\", " ONLINE, "1 would online\n" },
	{ "ATTR{state}=\"online\"\\", "" },
	/* escapes */
	{ "SUBSYSTEM==e\"m\\x65mory\", " ONLINE, "1 would online\n" },
	{ "SUBSYSTEM==e\"\\x00\", " ONLINE, "" },
	{ "SUBSYSTEM==e\"\\x6", "" },
	{ "SUBSYSTEM==e\"memory\\", "" },
	{ "SUBSYSTEM==\"memory\", ATTR{state}=e\"online\\n\"\n", "1 would online\n" },
	{ "SUBSYSTEM==\"memory\", ATTR{state}=\"online\\n\"\n", "" },
	{ MEMORY "RUN+=\"/bin/sh -c \\\"echo online > /sys%p/state\\\"\"\n", "1 may online\n" },
	/* what udev ignores as a whole; it may be a newer one's, if it is about memory */
	{ "SUBSYSTEM=\"cpu\", RUN+=\"/bin/x\"\n" ONLINE, "2 would online\n" },
	{ "SUBSYSTEM=\"memory\", " ONLINE, "1 may ?\n" },
	{ MEMORY "NEW{x}==\"1\", " ONLINE, "1 may ?\n" },
	{ MEMORY "ATTR=\"online\"\n", "1 may ?\n" },
	{ MEMORY "ATTR{}=\"online\"\n", "1 may ?\n" },
	{ "ATTR{state}=\"online\n" ONLINE, "2 would online\n" },
	{ "ATTR{state=\"online\"\n", "" },
	{ "ATTR{state}\n" "=\n" "==\"\"\n" "{}=\"\"\n" "\"\"\n" "A\n" "A=\n" "A=x\n", "" },
	{ MEMORY "LABEL==\"x\"\n", "" },
	{ MEMORY "RUN==\"/bin/x\"\n", "1 may ?\n" },
};

static void on_syntax(void **state)
{
	(void)state;
	check_rows(syntax, ARRAY_SIZE(syntax));
}

/* A NUL ends a line, as for udev. */
static void on_nul(void **state)
{
	static const char text[] = "SUBSYSTEM==\"cpu\",\0ATTR{state}=\"online\"";
	char *found = rules_of(text, sizeof(text) - 1);

	(void)state;
	assert_string_equal(found, "2 would online\n");
	free(found);
}

/* ---- what nobody writes ---- */

static char *repeat(const char *before, const char *part, size_t count, const char *after)
{
	struct text text = { 0 };
	char *str;

	text_add(&text, "%s", before);
	for (size_t i = 0; i < count; i++)
		text_add(&text, "%s", part);
	text_add(&text, "%s", after);
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void hostile(void **state)
{
	const struct {
		char *text;
		const char *expected;
	} rows[] = {
		/* udev's own limit for a rule */
		{ repeat("KERNEL==\"", "x", UDEV_LINE_SIZE, "\"\n" ONLINE), "2 would online\n" },
		{ repeat("KERNEL==\"", "x\\\n", UDEV_LINE_SIZE, "\"\n"), "" },
		{ repeat("memory RUN", "\\\n", 100000, ""), "" },
		{ repeat("memory RUN", "x\\\n", 100000, "x\n"), "1 may ?\n" },
		{ repeat("", "TEST!=\"a\",", UDEV_MAX_TOKENS + 1, ONLINE), "" },
		/* many alternatives, and a pattern with many ways to fail */
		{ repeat("KERNEL!=\"", "|", 16000, "\", " ONLINE), "1 would online\n" },
		{ repeat("KERNEL==\"", "*m", 8000, "\", " ONLINE), "1 may online\n" },
		{ repeat("DEVPATH==\"", "*[a-z]", 2500, "\", " ONLINE), "1 may online\n" },
		{ repeat("KERNEL==\"", "[", 16000, "\", " ONLINE), "1 may online\n" },
		/* many labels, jumps and variables */
		{ repeat("", "GOTO=\"a\"\n", 100000, "LABEL=\"a\"\n" ONLINE), "100002 would online\n" },
		{ repeat("", "LABEL=\"a\"\nTEST==\"x\", GOTO=\"a\"\n", 50000, ONLINE),
		  "100001 would online\n" },
		{ repeat("", "ENV{x}=\"online\"\nENV{y}=\"$env{x}\"\n", 50000,
			 "ATTR{state}=\"$env{y}\""), "100001 would online\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *found = rules_of(rows[i].text, strlen(rows[i].text));

		if (strcmp(found, rows[i].expected))
			fail_msg("row %zu gives %s, not %s", i, found, rows[i].expected);
		free(found);
		free(rows[i].text);
	}
}

/* Any bytes, and real rules with some of them changed: no crash, no end without. */
static void junk(void **state)
{
	static const char seeds[] =
		"SUBSYSTEM!=\"memory\", GOTO=\"end\"\n"
		"ENV{.state}=\"online\"\nCONST{virt}==\"none\", ENV{.state}=e\"online_movable\"\n"
		"KERNEL==\"mem*|[a-c]?\\\"\", \\\n ATTR{state}==\"offline\", "
		"ATTR{state}=\"$env{.state}\"\nLABEL=\"end\"\nRUN+=\"daxctl\"\n";
	static const char likely[] = "\"\\\n{}=!+:,|*[]$%ei \t#";
	uint64_t seed = 5;
	char text[512];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t length = sizeof(seeds) - 1;

		memcpy(text, seeds, length);
		for (size_t n = 1 + fakesys_random(&seed, 8); n > 0; n--)
			text[fakesys_random(&seed, length)] = fakesys_random(&seed, 4) ?
				likely[fakesys_random(&seed, sizeof(likely))] :
				(char)fakesys_random(&seed, 256);
		length = fakesys_random(&seed, length + 1);
		free(rules_of(text, length));
		for (size_t i = 0; i < length && round % 16 == 0; i++)
			text[i] = (char)fakesys_random(&seed, 256);
		free(rules_of(text, length));
	}
}

static int stop(void *data, const struct udev_rule *rule)
{
	(void)rule;
	++*(int *)data;
	return -EINTR;
}

static void ends_when_told(void **state)
{
	static const char text[] = ONLINE ONLINE;
	int count = 0;

	(void)state;
	assert_int_equal(udev_parse_rules(text, sizeof(text) - 1, stop, &count), -EINTR);
	assert_int_equal(count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_use),
		cmocka_unit_test(on_conditions),
		cmocka_unit_test(on_actions),
		cmocka_unit_test(on_jumps),
		cmocka_unit_test(on_syntax),
		cmocka_unit_test(on_nul),
		cmocka_unit_test(hostile),
		cmocka_unit_test(junk),
		cmocka_unit_test(ends_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
