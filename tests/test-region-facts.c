// SPDX-License-Identifier: LGPL-2.1-or-later
/* Facts, devices and abilities of a region, one after the other as a program lists them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fakesys.h"
#include "support/regions.h"

#define MANY "7.3-cxl-many"	/* region0 is made of mem0 and mem1, next to node 0 */
#define MEM0 "/sys/devices/pci0000:0c/0000:0c:00.0/0000:0d:00.0/mem0"

static void facts(void **state)
{
	static const char *const names[] = { "mode", "committed", "interleave_ways",
					     "interleave_granularity", "locked" };
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap = take_fake(fs, 0);
	const struct mhp_region *region = find_region(snap, "region0");
	const char *name, *text, *found;
	int code;

	(void)state;
	assert_int_equal(mhp_region_count_facts(region), 5);
	for (size_t i = 0; i < 5; i++) {
		code = 1;
		assert_int_equal(mhp_region_get_fact(region, i, &name, &text, &code), 0);
		assert_string_equal(name, names[i]);
		assert_int_equal(code, 0);
		assert_int_equal(mhp_region_find_fact(region, name, &found), 0);
		assert_string_equal(text, found);
		assert_int_equal(mhp_region_get_fact(region, i, &name, NULL, NULL), 0);
	}
	assert_string_equal(fact_of(region, "interleave_ways"), "2");
	assert_int_equal(mhp_region_get_fact(region, 5, &name, &text, &code), -EINVAL);
	assert_int_equal(mhp_region_find_fact(region, "ways", &text), -ENODATA);
	assert_int_equal(mhp_region_count_facts(find_region(snap, "boot")), 0);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* It is listed, and says why it has no text. */
static void unreadable(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap;
	const char *name, *text = "";
	int code = 0;
	size_t at = 0;

	(void)state;
	fakesys_find(fs, "/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0/interleave_ways")
		->code = -EACCES;
	snap = take_fake(fs, 0);
	while (mhp_region_get_fact(find_region(snap, "region0"), at++, &name, &text, &code) == 0)
		if (!strcmp(name, "interleave_ways"))
			break;
	assert_string_equal(name, "interleave_ways");
	assert_null(text);
	assert_int_equal(code, -EACCES);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void devices(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap = take_fake(fs, 0);
	const struct mhp_region *region = find_region(snap, "region0");
	const char *name, *path;
	uint64_t serial;
	int node;

	(void)state;
	assert_int_equal(mhp_region_count_devices(region), 2);
	assert_int_equal(mhp_region_get_device(region, 0, &name, &path), 0);
	assert_string_equal(name, "mem0");
	assert_string_equal(path, MEM0);
	assert_int_equal(mhp_region_get_device(region, 1, NULL, NULL), 0);
	assert_int_equal(mhp_region_get_device_serial(region, 1, &serial), 0);
	assert_int_equal(serial, 0x1a2b00000002);
	assert_int_equal(mhp_region_get_device_node(region, 1, &node), 0);
	assert_int_equal(node, 0);
	assert_int_equal(mhp_region_get_device(region, 2, &name, &path), -EINVAL);
	assert_int_equal(mhp_region_get_device_serial(region, 2, &serial), -EINVAL);
	assert_int_equal(mhp_region_get_device_node(region, 2, &node), -EINVAL);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(facts, fakesys_free_all),
		cmocka_unit_test_teardown(unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(devices, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
