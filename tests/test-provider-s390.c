// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which blocks of s390 storage are standby, and which ones are guarded. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/fakesys.h"
#include "support/regions.h"

#define MACHINE "7.3-s390-standby"	/* memory0 to memory15 from boot, 16 to 31 standby */
#define STORAGE "/sys/firmware/memory"

static void set(struct fakesys *fs, unsigned int id, const char *file, const char *text)
{
	char path[96];

	snprintf(path, sizeof(path), STORAGE "/memory%u/%s", id, file);
	fakesys_file(fs, path, text);
}

/* A block that is there, offline. */
static void add_block(struct fakesys *fs, unsigned int id)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state", id);
	fakesys_file(fs, path, "offline\n");
	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/node0", id);
	fakesys_link(fs, path, "../../node/node0");
	snprintf(path, sizeof(path), "/sys/devices/system/node/node0/memory%u", id);
	fakesys_link(fs, path, "../../memory/memory");
}

static void test_region(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = mhp_snapshot_find_region(snap, "standby");
	const char *identity, *why;
	int node;

	(void)state;
	assert_non_null(region);
	assert_int_equal(mhp_region_get_kind(region), MHP_REGION_S390_STANDBY);
	assert_string_equal(mhp_region_get_path(region), STORAGE);
	assert_string_equal(runs_of(snap, "standby"), "16-31");
	assert_string_equal(runs_of(snap, "boot"), "0-15");
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_ABSENT);
	assert_int_equal(mhp_region_get_node_id(region, &node), 0);
	assert_int_equal(node, 0);
	assert_int_equal(mhp_region_get_identity(region, &identity), 0);
	assert_string_equal(identity, "s390-standby");
	assert_ptr_equal(mhp_snapshot_find_region(snap, identity), region);
	assert_string_equal(fact_of(find_region(snap, "standby"), "configured_blocks"), "0");
	assert_string_equal(fact_of(find_region(snap, "standby"), "deconfigured_blocks"), "16");
	assert_string_equal(fact_of(find_region(snap, "standby"), "boot_blocks"), "16");
	assert_string_equal(fact_of(find_region(snap, "standby"), "memmap_on_memory_blocks"), "0");
	assert_string_equal(fact_of(find_region(snap, "standby"), "unreadable_blocks"), "");
	assert_true(mhp_region_can(region, MHP_CAN_PLUG_BLOCKS, NULL));
	assert_true(mhp_region_can(region, MHP_CAN_UNPLUG, NULL));
	assert_false(mhp_region_can(region, MHP_CAN_ONLINE_WHOLE, &why));
	assert_non_null(why);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* What was configured later has a line of its own in /proc/iomem. */
static void test_configured(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;

	(void)state;
	/* 16: its own line; 17: none; 18: of a larger one; 5: cut out of boot memory, and back */
	for (unsigned int id = 16; id <= 18; id++) {
		set(fs, id, "config", "1\n");
		add_block(fs, id);
	}
	fakesys_file(fs, "/proc/iomem", "00000000-4fffffff : System RAM\n"
		     "  00100000-014fffff : Kernel code\n"
		     "50000000-5fffffff : System RAM\n"
		     "60000000-ffffffff : System RAM\n"
		     "100000000-10fffffff : System RAM\n"
		     "120000000-13fffffff : System RAM\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(runs_of(snap, "standby"), "5-5,16-16,19-31");
	assert_string_equal(fact_of(find_region(snap, "standby"), "configured_blocks"), "2");
	assert_string_equal(fact_of(find_region(snap, "standby"), "boot_blocks"), "17");
	assert_string_equal(runs_of(snap, "boot"), "0-4,6-15,17-18");
	mhp_snapshot_unref(snap);

	/* one that has its map on itself cannot be from boot */
	set(fs, 17, "memmap_on_memory", "1\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(runs_of(snap, "standby"), "5-5,16-17,19-31");
	assert_string_equal(fact_of(find_region(snap, "standby"), "memmap_on_memory_blocks"), "1");
	mhp_snapshot_unref(snap);

	/* the lowest line is boot memory, be it as small as a block */
	fakesys_file(fs, "/proc/iomem", "00000000-0fffffff : System RAM\n"
		     "10000000-ffffffff : System RAM\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(runs_of(snap, "standby"), "17-17,19-31");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Who may not see addresses cannot tell boot memory from standby memory. */
static void test_unprivileged(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_request *request = ask("standby plugged online_movable size:256");
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	uint64_t bytes;
	size_t count;

	(void)state;
	fakesys_find(fs, "/proc/iomem")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = mhp_snapshot_find_region(snap, "standby");
	assert_int_equal(mhp_region_get_range_count(region, &count), -EACCES);
	assert_int_equal(mhp_region_get_size_bytes(region, &bytes), -EACCES);
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_UNKNOWN);
	assert_string_equal(fact_of(find_region(snap, "standby"), "configured_blocks"), "EACCES");
	assert_string_equal(fact_of(find_region(snap, "standby"), "deconfigured_blocks"), "16");
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	assert_int_equal(mhp_plan_count_conflicts(plan), 1);
	assert_int_equal(mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0)),
			 MHP_CONFLICT_NO_PERMISSION);
	assert_non_null(strstr(mhp_conflict_get_message(mhp_plan_get_conflict(plan, 0)),
			       "/proc/iomem"));
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* What makes no sense is noted, and is no hindrance to the rest. */
static void test_hostile(void **state)
{
	static const char *const texts[] = {
		"", "\n", "2\n", "01\n", "yes\n", "1 \n", "-1\n", "\t1\n", "18446744073709551616\n",
	};
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		set(fs, 20, "config", texts[i]);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_string_equal(runs_of(snap, "standby"), "16-19,21-31");
		assert_string_equal(fact_of(find_region(snap, "standby"), "unreadable_blocks"),
				    "1");
		assert_true(mhp_snapshot_count_problems(snap) >= 1);
		mhp_snapshot_unref(snap);
	}
	fakesys_set(fs, FAKESYS_FILE, STORAGE "/memory20/config", "1\0\n", 3);
	fakesys_find(fs, STORAGE "/memory21/config")->code = -EIO;
	fakesys_remove(fs, STORAGE "/memory22/config");
	fakesys_dir(fs, STORAGE "/memory23/config");
	fakesys_file(fs, STORAGE "/memory24", "0\n");
	/* numbers that no machine has, and names that are no blocks */
	set(fs, 4294967295u, "config", "0\n");
	fakesys_file(fs, STORAGE "/memory18446744073709551614/config", "0\n");
	fakesys_file(fs, STORAGE "/memory1099511627775/config", "0\n");
	fakesys_file(fs, STORAGE "/memory016/config", "0\n");
	fakesys_file(fs, STORAGE "/memory_failure/config", "0\n");
	fakesys_link(fs, STORAGE "/memory40", "memory40");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_non_null(mhp_snapshot_find_region(snap, "standby"));
	assert_true(strstr(runs_of(snap, "standby"), "16-19,25-31,4294967295-4294967295") ==
		    runs_of(snap, "standby"));
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void test_unreadable(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;
	size_t count;

	(void)state;
	fakesys_find(fs, STORAGE)->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_range_count(mhp_snapshot_find_region(snap, "standby"),
						    &count),
			 -EACCES);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Without any standby storage there is nothing to tell of; before 7.2 neither. */
static void test_none(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;

	(void)state;
	for (unsigned int id = 16; id <= 31; id++) {
		char path[64];

		snprintf(path, sizeof(path), STORAGE "/memory%u", id);
		fakesys_remove(fs, path);
	}
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_null(mhp_snapshot_find_region(snap, "standby"));
	assert_string_equal(runs_of(snap, "boot"), "0-15");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);

	fs = fakesys_new_machine("6.12-s390-standby");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_null(mhp_snapshot_find_region(snap, "standby"));
	assert_string_equal(runs_of(snap, "boot"), "0-31");
	assert_int_equal(mhp_region_get_state(mhp_snapshot_find_region(snap, "boot")),
			 MHP_STATE_MIXED);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_region, fakesys_free_all),
		cmocka_unit_test_teardown(test_configured, fakesys_free_all),
		cmocka_unit_test_teardown(test_unprivileged, fakesys_free_all),
		cmocka_unit_test_teardown(test_hostile, fakesys_free_all),
		cmocka_unit_test_teardown(test_unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(test_none, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
