// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's policy for memory that is added. */
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

#define PARAMETERS "/sys/module/memory_hotplug/parameters"

/* "301 Y N", and an errno's name for what is not known */
static char *parameters(const struct mhp_snapshot *snap)
{
	struct text text = { 0 };
	unsigned int percent;
	const char *word;
	bool aware;
	char *str;
	int r;

	r = mhp_snapshot_get_auto_movable_ratio(snap, &percent);
	if (r < 0)
		text_add(&text, "%s", errno_name(-r));
	else
		text_add(&text, "%u", percent);
	r = mhp_snapshot_get_auto_movable_numa_aware(snap, &aware);
	text_add(&text, " %s", r < 0 ? errno_name(-r) : aware ? "Y" : "N");
	r = mhp_snapshot_get_memmap_on_memory(snap, &word);
	text_add(&text, " %s", r < 0 ? errno_name(-r) : word);
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void check(const char *file, const char *value, int code, const char *expected,
		  const char *problems)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_ctx *ctx;
	struct mhp_snapshot *snap;
	char path[256], *found, *told;

	snprintf(path, sizeof(path), "%s%s%s", PARAMETERS, *file ? "/" : "", file);
	fakesys_remove(fs, path);
	if (value)
		fakesys_file(fs, path, value);
	if (code)
		fakesys_find(fs, path)->code = code;
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	found = parameters(snap);
	told = dump_problems(snap);
	if (strcmp(found, expected) || strcmp(told, problems))
		fail_msg("%s: %s, not %s\n%s", path, found, expected, told);
	free(found);
	free(told);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

static void values(void **state)
{
	(void)state;
	check("auto_movable_ratio", "301\n", 0, "301 Y N", "");
	check("auto_movable_ratio", "0\n", 0, "0 Y N", "");
	check("auto_movable_ratio", "4294967295\n", 0, "4294967295 Y N", "");
	check("auto_movable_numa_aware", "N\n", 0, "301 N N", "");
	check("memmap_on_memory", "force\n", 0, "301 Y force", "");
	check("memmap_on_memory", "later\n", 0, "301 Y later", "");
}

static void unknown(void **state)
{
	(void)state;
	check("auto_movable_ratio", NULL, 0, "ENODATA Y N", "");
	check("auto_movable_numa_aware", NULL, 0, "301 ENODATA N", "");
	check("memmap_on_memory", NULL, 0, "301 Y ENODATA", "");
	check("", NULL, 0, "ENODATA ENODATA ENODATA", "");
	check("auto_movable_ratio", "4294967296\n", 0, "EBADMSG Y N",
	      PARAMETERS "/auto_movable_ratio EBADMSG \"4294967296\"\n");
	check("auto_movable_ratio", "-1\n", 0, "EBADMSG Y N",
	      PARAMETERS "/auto_movable_ratio EBADMSG \"-1\"\n");
	check("auto_movable_ratio", "", 0, "EBADMSG Y N",
	      PARAMETERS "/auto_movable_ratio EBADMSG \"\"\n");
	check("auto_movable_ratio", "301\n", -EACCES, "EACCES Y N",
	      PARAMETERS "/auto_movable_ratio EACCES\n");
	check("auto_movable_numa_aware", "1\n", 0, "301 EBADMSG N",
	      PARAMETERS "/auto_movable_numa_aware EBADMSG \"1\"\n");
	check("memmap_on_memory", "Y\n", -EIO, "301 Y EIO", PARAMETERS "/memmap_on_memory EIO\n");
	check("", "no directory", 0, "ENOTDIR ENOTDIR ENOTDIR", PARAMETERS " ENOTDIR\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(values, fakesys_free_all),
		cmocka_unit_test_teardown(unknown, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
