// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who owns a block, and what may be done to memory that no device stands behind. */
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
#include "support/regions.h"

#define HMEM "7.3-hmem-bound"	/* dax0.0 has blocks 32 to 35, on node 1 */
#define BUS "/sys/bus/dax/devices"

/* On every machine that was recorded: one owner each, and no block without one. */
static void every_block_has_one(void **state)
{
	static const char *const names[] = {
		"7.3-hmem-bound", "6.1-hmem-ranges-bound", "6.12-hmem-multi-online",
		"7.3-hmem-unaligned-online", "7.3-cxl-regions-region", "6.12-virtio-mem-online",
		"7.3-virtio-mem-parts-part", "6.1-dimm-online", "7.3-dimm-mixed-plugged",
		"7.3-boot-node-online", "7.3-plain-start", "7.3-s390-standby",
		"6.12-s390-standby", "7.3-ppc64-lmb", "6.12-ppc64-lmb-pairs",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct fakesys *fs = fakesys_new_machine(names[i]);
		struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);

		assert_int_equal(count_owned(snap), mhp_snapshot_count_blocks(snap));
		for (size_t j = 0; j < mhp_snapshot_count_blocks(snap); j++)
			assert_non_null(mhp_snapshot_get_block_region(
				snap, mhp_snapshot_get_block(snap, j)));
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* Memory of a driver that has no provider: known by its name in /proc/iomem only. */
static void managed(void **state)
{
	struct fakesys *fs = fakesys_new_machine(HMEM);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	const char *why;

	(void)state;
	fakesys_remove(fs, BUS "/dax0.0");
	fakesys_file(fs, "/proc/iomem", "00001000-3fffffff : System RAM\n"
		     "100000000-107ffffff : System RAM (hv)\n"
		     "108000000-10fffffff : System RAM (kmem)\n"
		     "110000000-117ffffff : System RAM (hv)\n"
		     "118000000-11fffffff : System RAM\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(owner_of(snap, 32), "hv");
	assert_string_equal(owner_of(snap, 33), "kmem");
	assert_string_equal(owner_of(snap, 34), "hv");
	assert_string_equal(owner_of(snap, 35), "boot");
	region = mhp_snapshot_find_region(snap, "hv");
	assert_int_equal(mhp_region_get_kind(region), MHP_REGION_MANAGED);
	assert_true(mhp_region_can(region, MHP_CAN_OFFLINE, NULL));
	assert_false(mhp_region_can(region, MHP_CAN_UNPLUG, &why));
	assert_non_null(strstr(why, "does not know"));
	assert_int_equal(mhp_region_get_identity(region, &why), -ENODATA);
	assert_int_equal(mhp_region_count_devices(region), 0);
	assert_int_equal(mhp_region_find_fact(region, "iomem_parent", &why), -ENODATA);
	mhp_snapshot_unref(snap);

	/* where its lines stand is a hint at the device */
	fakesys_file(fs, "/proc/iomem", "00001000-3fffffff : System RAM\n"
		     "100000000-117ffffff : a bus\n  100000000-107ffffff : gpu0\n"
		     "    100000000-107ffffff : System RAM (hv)\n"
		     "  108000000-10fffffff : gpu1\n    108000000-10bffffff : System RAM (hv)\n"
		     "    10c000000-10fffffff : System RAM (hv)\n"
		     "  110000000-117ffffff : gpu2\n    110000000-117ffffff : System RAM (hvx)\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = mhp_snapshot_find_region(snap, "hv");
	assert_int_equal(mhp_region_find_fact(region, "iomem_parent", &why), 0);
	assert_string_equal(why, "gpu0, gpu1");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Hypervisors that add plain memory: nobody can tell it from memory of boot. */
static void balloons(void **state)
{
	static const struct {
		const char *path, *target, *expected;
		int code;
	} rows[] = {
		{ "/sys/bus/vmbus/drivers/hv_balloon/1eccfd72", "../../../../devices/vmbus_1",
		  "hv_balloon", 0 },
		{ "/sys/bus/vmbus/drivers/hv_balloon/module", "../../../../module/hv_balloon", NULL,
		  -ENODATA },
		{ "/sys/bus/vmbus/drivers/hv_balloon/uevent", NULL, NULL, -ENODATA },
		{ "/sys/devices/system/xen_memory/xen_memory0/target_kb", NULL, "xen_memory", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(HMEM);
		const struct mhp_region *boot;
		struct mhp_snapshot *snap;
		const char *text;

		if (rows[i].target)
			fakesys_link(fs, rows[i].path, rows[i].target);
		else
			fakesys_file(fs, rows[i].path, "1\n");
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		boot = mhp_snapshot_find_region(snap, "boot");
		assert_int_equal(mhp_region_find_fact(boot, "may_hold_memory_of", &text),
				 rows[i].code);
		if (rows[i].expected)
			assert_string_equal(text, rows[i].expected);
		mhp_snapshot_unref(snap);
		if (rows[i].target) {
			fakesys_find(fs, "/sys/bus/vmbus/drivers/hv_balloon")->code = -EIO;
			snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
			boot = mhp_snapshot_find_region(snap, "boot");
			assert_int_equal(mhp_region_find_fact(boot, "may_hold_memory_of", &text),
					 -EIO);
			mhp_snapshot_unref(snap);
		}
		fakesys_free(fs);
	}
}

/* While a device could not be read, its driver's memory is nobody's; plain memory is. */
static void unknown(void **state)
{
	struct fakesys *fs = fakesys_new_machine(HMEM);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_find(fs, "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0/mapping0/start")
		->code = -EIO;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(owner_of(snap, 7), "boot");
	assert_string_equal(owner_of(snap, 32), "");
	assert_null(mhp_snapshot_find_region(snap, "kmem"));
	assert_int_equal(count_owned(snap), 8);
	mhp_snapshot_unref(snap);

	/* addresses are for root only: plain memory cannot be told from others */
	fakesys_find(fs, "/proc/iomem")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(owner_of(snap, 7), "");
	assert_int_equal(mhp_region_get_range_count(mhp_snapshot_find_region(snap, "boot"),
						    &(size_t){ 0 }), -EACCES);
	assert_int_equal(count_owned(snap), 0);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Whose directory lies in whose: also where the names of neighbours begin alike. */
static void parents(void **state)
{
	static const struct {
		const char *name, *dir, *parent;
	} rows[] = {
		{ "dax7.0", "/sys/devices/p/dax7.0", NULL },
		{ "dax7.1", "/sys/devices/p/dax7.0-a/dax7.1", NULL },
		{ "dax7.2", "/sys/devices/p/dax7.0/q/dax7.2", "dax7.0" },
		{ "dax7.3", "/sys/devices/p/dax7.0/q/dax7.2/dax7.3", "dax7.2" },
		{ "dax7.4", "/sys/devices/p/dax7.0/q/r/dax7.4", "dax7.0" },
		{ "dax7.5", "/sys/devices/p/dax7.00", NULL },
	};
	struct fakesys *fs = fakesys_new_machine(HMEM);
	struct mhp_snapshot *snap;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char path[128], target[128];

		snprintf(path, sizeof(path), "%s/size", rows[i].dir);
		fakesys_file(fs, path, "0\n");
		snprintf(path, sizeof(path), BUS "/%s", rows[i].name);
		snprintf(target, sizeof(target), "../../../%s", rows[i].dir + strlen("/sys/"));
		fakesys_link(fs, path, target);
	}
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct mhp_region *parent;

		parent = mhp_region_get_parent(find_region(snap, rows[i].name));
		assert_int_equal(!parent, !rows[i].parent);
		if (parent)
			assert_string_equal(mhp_region_get_name(parent), rows[i].parent);
	}
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void boot_is_guarded(void **state)
{
	struct fakesys *fs = fakesys_new_machine(HMEM);
	const struct mhp_region *boot;
	struct mhp_snapshot *snap;
	const char *why;

	(void)state;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	boot = mhp_snapshot_find_region(snap, "boot");
	for (enum mhp_capability i = MHP_CAN_ONLINE; i <= MHP_CAN_RELEASE; i++) {
		assert_false(mhp_region_can(boot, i, &why));
		assert_non_null(strstr(why, "booted"));
	}
	assert_false(mhp_region_can(boot, (enum mhp_capability)99, &why));
	assert_non_null(why);
	assert_true(mhp_region_can(mhp_snapshot_find_region(snap, "dax0.0"), MHP_CAN_UNPLUG, &why));
	assert_null(why);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_block_has_one, fakesys_free_all),
		cmocka_unit_test_teardown(managed, fakesys_free_all),
		cmocka_unit_test_teardown(balloons, fakesys_free_all),
		cmocka_unit_test_teardown(unknown, fakesys_free_all),
		cmocka_unit_test_teardown(parents, fakesys_free_all),
		cmocka_unit_test_teardown(boot_is_guarded, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
