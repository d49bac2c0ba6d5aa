// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which LMBs are pluggable, and which ones are guarded. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lmb.h"
#include "support/ask.h"
#include "support/fakesys.h"
#include "support/regions.h"

#define LMBS "/sys/firmware/devicetree/base/ibm,dynamic-reconfiguration-memory"
#define LIST LMBS "/ibm,dynamic-memory-v2"
#define SIZE LMBS "/ibm,lmb-size"

/* FIRST COUNT FLAGS each, of LMBs of 256 MiB. */
static void set_list(struct fakesys *fs, const uint32_t (*sets)[3], size_t count)
{
	unsigned char bytes[512], *at = bytes;
	const uint64_t lmb = UINT64_C(256) << 20;

	*at++ = 0, *at++ = 0, *at++ = 0, *at++ = (unsigned char)count;
	for (size_t i = 0; i < count; i++) {
		const uint64_t numbers[][2] = {
			{ sets[i][1], 4 }, { sets[i][0] * lmb, 8 },
			{ 0x80000000 + sets[i][0], 4 }, { 0, 4 }, { sets[i][2], 4 },
		};

		for (size_t j = 0; j < 5; j++)
			for (uint64_t k = numbers[j][1]; k-- > 0;)
				*at++ = (unsigned char)(numbers[j][0] >> 8 * k);
	}
	fakesys_set(fs, FAKESYS_FILE, LIST, bytes, (size_t)(at - bytes));
}

static void test_region(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-ppc64-lmb");
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = mhp_snapshot_find_region(snap, "lmb");
	const char *identity;
	int node;

	(void)state;
	assert_non_null(region);
	assert_int_equal(mhp_region_get_kind(region), MHP_REGION_PPC64_LMB);
	assert_string_equal(mhp_region_get_path(region), LMBS);
	assert_string_equal(runs_of(snap, "lmb"), "16-31");
	/* of what is not there only the hypervisor knows */
	assert_int_equal(mhp_region_get_node_id(region, &node), -ENODATA);
	assert_int_equal(mhp_region_get_identity(region, &identity), 0);
	assert_string_equal(identity, "ppc64-lmb");
	assert_string_equal(fact_of(find_region(snap, "lmb"), "lmb_bytes"), "268435456");
	assert_string_equal(fact_of(find_region(snap, "lmb"), "assigned_lmbs"), "0");
	assert_string_equal(fact_of(find_region(snap, "lmb"), "unassigned_lmbs"), "16");
	assert_string_equal(fact_of(find_region(snap, "lmb"), "boot_lmbs"), "16");
	assert_true(mhp_region_can(region, MHP_CAN_PLUG_BLOCKS, NULL));
	assert_int_equal(region->n_units, 16);
	assert_int_equal(region_unit_of(region, 17).handle, 0x80000011);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Of those that are assigned: removable by the firmware's word, or with their own line. */
static void test_assigned(void **state)
{
	static const uint32_t sets[][3] = {
		{ 0, 8, LMB_ASSIGNED }, { 8, 2, LMB_ASSIGNED | LMB_HOTREMOVABLE },
		{ 10, 8, LMB_ASSIGNED }, { 18, 2, LMB_RESERVED }, { 20, 1, LMB_DRC_INVALID },
		{ 21, 3, 0 },
	};
	struct fakesys *fs = fakesys_new_machine("7.3-ppc64-lmb");
	struct mhp_snapshot *snap;
	int node = -1;

	(void)state;
	set_list(fs, sets, sizeof(sets) / sizeof(*sets));
	fakesys_file(fs, "/proc/iomem", "00000000-ffffffff : System RAM\n"
		     "100000000-10fffffff : System RAM\n110000000-11fffffff : System RAM\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(runs_of(snap, "lmb"), "8-9,16-17,21-23");
	/* the node of those that are there */
	assert_int_equal(mhp_region_get_node_id(find_region(snap, "lmb"), &node), 0);
	assert_int_equal(node, 0);
	assert_string_equal(fact_of(find_region(snap, "lmb"), "assigned_lmbs"), "4");
	assert_string_equal(fact_of(find_region(snap, "lmb"), "reserved_lmbs"), "3");
	assert_string_equal(fact_of(find_region(snap, "lmb"), "boot_lmbs"), "14");
	mhp_snapshot_unref(snap);
	fakesys_find(fs, "/proc/iomem")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(fact_of(find_region(snap, "lmb"), "assigned_lmbs"), "EACCES");
	assert_int_equal(mhp_region_get_range_count(mhp_snapshot_find_region(snap, "lmb"),
						    &(size_t){ 0 }), -EACCES);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* A kernel that cannot be told which LMB to add has none that could be. */
static void test_no_dlpar(void **state)
{
	static const char *const missing[] = { "/sys/kernel/dlpar", "/sys/kernel" };
	struct mhp_snapshot *snap;
	struct fakesys *fs;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		fs = fakesys_new_machine("7.3-ppc64-lmb");
		fakesys_remove(fs, missing[i]);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_null(mhp_snapshot_find_region(snap, "lmb"));
		assert_int_equal(mhp_snapshot_count_problems(snap), 0);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
	/* what cannot be read may have it */
	fs = fakesys_new_machine("7.3-ppc64-lmb");
	fakesys_find(fs, "/sys/kernel")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_non_null(mhp_snapshot_find_region(snap, "lmb"));
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* All that is broken: the region says so, the machine is there all the same. */
static void test_hostile(void **state)
{
	static const struct {
		const char *path;
		const void *bytes;
		size_t length;
	} rows[] = {
		{ SIZE, "", 0 }, { SIZE, "\0\0\0\0\0\0\0\0", 8 }, { SIZE, "\0\0\0\0\x10\0\0\0\0", 9 },
		{ SIZE, "\0\0\0\0\x10\0\0\1", 8 }, { SIZE, "\x80\0\0\0\0\0\0\0", 8 },
		{ LIST, "", 0 }, { LIST, "\0\0\0\1", 4 }, { LIST, "\xff\xff\xff\xff", 4 },
		{ LIST, "memory\n", 7 },
		{ LIST, "\0\0\0\1\xff\xff\xff\xff\0\0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0\0\0\0\0", 28 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fakesys *fs = fakesys_new_machine("7.3-ppc64-lmb");
		struct mhp_snapshot *snap;

		fakesys_set(fs, FAKESYS_FILE, rows[i].path, rows[i].bytes, rows[i].length);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_int_equal(mhp_region_get_range_count(mhp_snapshot_find_region(snap, "lmb"),
							    &(size_t){ 0 }), -EBADMSG);
		assert_int_equal(mhp_snapshot_count_problems(snap), 1);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

static void test_unreadable(void **state)
{
	static const struct {
		const char *path;
		int code, expected;
	} rows[] = {
		{ SIZE, -EACCES, -EACCES }, { SIZE, -ENOENT, -ENOENT }, { LIST, -EIO, -EIO },
		{ LIST, -EBADMSG, -EIO }, { LIST, -ENOENT, -ENOENT }, { LMBS, -EACCES, -EACCES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fakesys *fs = fakesys_new_machine("7.3-ppc64-lmb");
		struct mhp_snapshot *snap;

		fakesys_find(fs, rows[i].path)->code = rows[i].code;
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_int_equal(mhp_region_get_range_count(mhp_snapshot_find_region(snap, "lmb"),
							    &(size_t){ 0 }), rows[i].expected);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* The older list; two blocks to an LMB. And LMBs that are smaller than a block. */
static void test_sizes(void **state)
{
	struct mhp_request *request = ask("lmb plugged online_movable borrow");
	struct fakesys *fs = fakesys_new_machine("6.12-ppc64-lmb-pairs");
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = mhp_snapshot_find_region(snap, "lmb");
	struct mhp_plan *plan;
	const char *why;

	(void)state;
	assert_string_equal(runs_of(snap, "lmb"), "16-29");
	assert_int_equal(region->n_units, 7);
	assert_int_equal(region_unit_of(region, 19).first, 18);
	assert_int_equal(region_unit_of(region, 19).count, 2);
	mhp_snapshot_unref(snap);

	fakesys_file(fs, "/sys/devices/system/memory/block_size_bytes", "4000000\n");
	for (unsigned int id = 4; id < 16; id++) {
		char path[64];

		snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u", id);
		fakesys_remove(fs, path);
		snprintf(path, sizeof(path), "/sys/devices/system/node/node0/memory%u", id);
		fakesys_remove(fs, path);
	}
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = mhp_snapshot_find_region(snap, "lmb");
	assert_string_equal(runs_of(snap, "lmb"), "4-6");
	assert_int_equal(region->n_units, 0);
	assert_false(mhp_region_can(region, MHP_CAN_PLUG, &why));
	assert_non_null(strstr(why, "smaller"));
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	assert_int_equal(mhp_plan_count_conflicts(plan), 1);
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_region, fakesys_free_all),
		cmocka_unit_test_teardown(test_assigned, fakesys_free_all),
		cmocka_unit_test_teardown(test_no_dlpar, fakesys_free_all),
		cmocka_unit_test_teardown(test_hostile, fakesys_free_all),
		cmocka_unit_test_teardown(test_unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(test_sizes, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
