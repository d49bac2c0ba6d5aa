// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is read out of /proc/zoneinfo, and what is made of it. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fakesys.h"

/* as Linux 6.12 prints it, cut */
static const char real[] =
	"Node 0, zone      DMA\n"
	"  per-node stats\n"
	"      nr_inactive_anon 1830\n"
	"      nr_free_pages 12\n"
	"  pages free     3808\n"
	"        boost    0\n"
	"        min      52\n"
	"        spanned  4095\n"
	"        present  3998\n"
	"        managed  3840\n"
	"        cma      0\n"
	"        protection: (0, 937, 937, 937, 937)\n"
	"      nr_free_pages 3808\n"
	"  pagesets\n"
	"    cpu: 0\n"
	"              count:    0\n"
	"  vm stats threshold: 4\n"
	"  node_unreclaimable:  0\n"
	"  start_pfn:           1\n"
	"Node 0, zone   Normal\n"
	"  pages free     100\n"
	"        spanned  2000\n"
	"        present  1500\n"
	"        managed  1400\n"
	"  start_pfn:           1048576\n"
	"Node 1, zone  Movable\n"
	"  pages free     131072\n"
	"        spanned  131072\n"
	"        present  131072\n"
	"        managed  131070\n"
	"  start_pfn:           2097152\n"
	"Node 1, zone  HighMem\n"
	"  pages free     7\n"
	"        present  9\n"
	"Node 1, zone   Device\n"
	"  pages free     5\n"
	"        present  5\n"
	"Node 1, zone   Quantum\n"
	"  pages free     6\n"
	"        present  6\n";

static int parse(const char *text, size_t length, struct zoneinfo *info, char **ret_bad)
{
	char *copy = malloc(length ? length : 1);
	const char *line = NULL;
	size_t bad = 0;
	int r;

	*info = (struct zoneinfo){ 0 };
	assert_non_null(copy);
	memcpy(copy, text, length);
	r = zoneinfo_parse(copy, length, info, &line, &bad);
	*ret_bad = r == -EBADMSG ? strndup(line, bad) : NULL;
	free(copy);
	return r;
}

static void real_text(void **state)
{
	struct zone_sums sums;
	struct zoneinfo info;
	char *bad;

	(void)state;
	assert_int_equal(parse(real, strlen(real), &info, &bad), 0);
	assert_int_equal(info.count, 6);
	assert_int_equal(info.zones[0].node, 0);
	assert_int_equal(info.zones[0].zone, MHP_ZONE_DMA);
	assert_int_equal(info.zones[0].free, 3808);
	assert_int_equal(info.zones[0].spanned, 4095);
	assert_int_equal(info.zones[0].present, 3998);
	assert_int_equal(info.zones[0].managed, 3840);
	assert_int_equal(info.zones[0].start_pfn, 1);
	assert_int_equal(info.zones[2].node, 1);
	assert_int_equal(info.zones[2].zone, MHP_ZONE_MOVABLE);
	assert_int_equal(info.zones[2].managed, 131070);
	assert_int_equal(info.zones[2].start_pfn, 2097152);
	assert_int_equal(info.zones[5].zone, MHP_ZONE_UNKNOWN);

	zoneinfo_sum(&info, -1, &sums);
	assert_int_equal(sums.kernel_present, 3998 + 1500 + 9);
	assert_int_equal(sums.kernel_free, 3808 + 100);
	assert_int_equal(sums.movable_present, 131072);
	zoneinfo_sum(&info, 0, &sums);
	assert_int_equal(sums.kernel_present, 3998 + 1500);
	assert_int_equal(sums.movable_present, 0);
	zoneinfo_sum(&info, 2, &sums);
	assert_int_equal(sums.kernel_present, 0);
	zoneinfo_free(&info);
	free(bad);
}

static void recorded_machines(void **state)
{
	static const char *const machines[] = {
		"6.1-hmem-online", "6.12-hmem-online", "7.3-hmem-online", "7.3-cxl-region-region",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct fakesys *fs = fakesys_new_machine(machines[i]);
		struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
		struct problems problems = { 0 };
		struct zoneinfo info = { 0 };
		struct zone_sums sums;

		assert_int_equal(zoneinfo_read(ctx, true, &info, &problems), 0);
		assert_int_equal(info.code, 0);
		assert_int_equal(problems.count, 0);
		zoneinfo_sum(&info, 0, &sums);
		assert_in_range(sums.kernel_present, 200000, 300000);
		assert_in_range(sums.kernel_free, 100000, 300000);
		zoneinfo_free(&info);
		mhp_ctx_unref(ctx);
		fakesys_free(fs);
	}
}

#define ZONE "Node 0, zone Normal\n"

/* the text, and the line at fault; NULL: there is none */
static const struct {
	const char *text, *bad;
} rows[] = {
	{ ZONE, NULL },
	{ "Node 4094, zone Normal", NULL },
	{ ZONE "present 1", NULL },
	{ ZONE "   present      18446744073709551615\n\n\nwhatever -1\n", NULL },
	{ "per-node stats\n" ZONE, NULL },
	{ "", "" },
	{ "\n\n", "" },
	{ "nothing of it\n", "" },
	{ "  present  7\n" ZONE, "  present  7" },
	{ "Node 4095, zone Normal\n", "Node 4095, zone Normal" },
	{ "Node -1, zone Normal\n", "Node -1, zone Normal" },
	{ "Node 0\n, zone Normal\n", "Node 0" },
	{ "Node 0, zone   \n", "Node 0, zone   " },
	{ "Node 0, zone\n", "Node 0, zone" },
	{ "Node 0, range Normal\n", "Node 0, range Normal" },
	{ "Node , zone Normal\n", "Node , zone Normal" },
	{ ZONE "  pages free\n", NULL },
	{ ZONE "  pages free \n", "  pages free " },
	{ ZONE "  pages free   0x10\n", "  pages free   0x10" },
	{ ZONE "  pages free   12 \n", "  pages free   12 " },
	{ ZONE "  start_pfn:   -5\n", "  start_pfn:   -5" },
	{ ZONE "  managed  18446744073709551616\n", "  managed  18446744073709551616" },
	{ ZONE "  spanned  000000000000000000000000000000001\n",
	  "  spanned  000000000000000000000000000000001" },
};

static void hostile_text(void **state)
{
	struct zoneinfo info;
	char *bad;
	int r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		r = parse(rows[i].text, strlen(rows[i].text), &info, &bad);
		if (r != (rows[i].bad ? -EBADMSG : 0) || !is_same(bad, rows[i].bad))
			fail_msg("row %zu: %d, \"%s\"", i, r, bad ? bad : "-");
		free(bad);
		zoneinfo_free(&info);
	}
	r = parse(ZONE "present 1\0\n", sizeof(ZONE "present 1\0\n") - 1, &info, &bad);
	assert_int_equal(r, -EBADMSG);
	free(bad);
	zoneinfo_free(&info);
}

static void junk(void **state)
{
	static const char likely[] = "Node 0, zone\n pages free 1 present";
	uint64_t seed = 3;
	struct zoneinfo info;
	char text[sizeof(real)], *bad;
	int r;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		memcpy(text, real, sizeof(real));
		for (size_t n = fakesys_random(&seed, 6); n > 0; n--)
			text[fakesys_random(&seed, sizeof(real))] = fakesys_random(&seed, 2) ?
				likely[fakesys_random(&seed, sizeof(likely))] :
				(char)fakesys_random(&seed, 256);
		r = parse(text, fakesys_random(&seed, sizeof(real)), &info, &bad);
		assert_true(r == 0 || r == -EBADMSG);
		assert_int_equal(bad != NULL, r < 0);
		free(bad);
		zoneinfo_free(&info);
	}
}

static void sums_that_overflow(void **state)
{
	static const char text[] = ZONE "present 18446744073709551615\nNode 1, zone Normal\n"
				   "present 18446744073709551615\nNode 1, zone Movable\npresent 5\n";
	struct zone_sums sums;
	struct zoneinfo info;
	char *bad;

	(void)state;
	assert_int_equal(parse(text, strlen(text), &info, &bad), 0);
	zoneinfo_sum(&info, -1, &sums);
	assert_true(sums.kernel_present == UINT64_MAX);
	assert_int_equal(sums.movable_present, 5);
	assert_int_equal(zoneinfo_guess_page_size(&info, UINT64_MAX), 4096);
	zoneinfo_free(&info);
}

static void page_sizes(void **state)
{
	static const struct {
		uint64_t pages, mib, size;
	} machines[] = {
		{ 262144, 1024, 4096 },
		{ 65536, 1024, 16384 },
		{ 16384, 1024, 65536 },
		/* 1.2 GiB in a block of 2 GiB; 1 MiB of a GiB is the firmware's */
		{ 314572, 2048, 4096 },
		{ 78643, 2048, 16384 },
		{ 261888, 1024, 4096 },
		/* not known: a guess that does not fit */
		{ 0, 1024, 4096 },
		{ 262144, 0, 4096 },
		{ 1, 1024, 4096 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct zone_info zone = { .zone = MHP_ZONE_NORMAL, .present = machines[i].pages };
		struct zoneinfo info = { 0, &zone, 1, 0 };

		assert_int_equal(zoneinfo_guess_page_size(&info, machines[i].mib << 20),
				 machines[i].size);
		assert_int_equal(zoneinfo_fits(&info, machines[i].size, machines[i].mib << 20),
				 i < 6);
	}
}

static void unreadable_files(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *told;
	} files[] = {
		{ NULL, -ENOENT, NULL },
		{ "x", -EACCES, NULL },
		{ ZONE "present x\n", -EBADMSG, "present x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct fakesys *fs = fakesys_new();
		struct problems problems = { 0 };
		struct zoneinfo info = { 0 };
		struct mhp_ctx *ctx;

		fakesys_dir(fs, "/proc");
		if (files[i].text)
			fakesys_file(fs, "/proc/zoneinfo", files[i].text);
		if (files[i].code == -EACCES)
			fakesys_find(fs, "/proc/zoneinfo")->code = -EACCES;
		ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
		assert_int_equal(zoneinfo_read(ctx, true, &info, &problems), 0);
		assert_int_equal(info.code, files[i].code);
		assert_int_equal(info.count, 0);
		assert_int_equal(problems.count, 1);
		assert_string_equal(problems.list[0].path, "/proc/zoneinfo");
		assert_int_equal(problems.list[0].code, files[i].code);
		assert_true(is_same(problems.list[0].text, files[i].told));
		/* who can do without it may find none */
		assert_int_equal(zoneinfo_read(ctx, false, &info, &problems), 0);
		assert_int_equal(info.code, files[i].text ? files[i].code : -ENODATA);
		assert_int_equal(problems.count, files[i].text ? 2 : 1);
		problems_free(&problems);
		mhp_ctx_unref(ctx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_text),
		cmocka_unit_test_teardown(recorded_machines, fakesys_free_all),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(junk),
		cmocka_unit_test(sums_that_overflow),
		cmocka_unit_test(page_sizes),
		cmocka_unit_test_teardown(unreadable_files, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
