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
	static const char *const told[] = { "mode", "committed", "interleave_ways",
					    "interleave_granularity", "locked" };
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = find_region(snap, "region0");
	const char *name, *text, *found;
	int code;

	(void)state;
	assert_int_equal(mhp_region_count_facts(region), 5);
	for (size_t i = 0; i < 5; i++) {
		code = 1;
		assert_int_equal(mhp_region_get_fact(region, i, &name, &text, &code), 0);
		assert_string_equal(name, told[i]);
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
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
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
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
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
	assert_int_equal(mhp_region_get_device_node_id(region, 1, &node), 0);
	assert_int_equal(node, 0);
	assert_int_equal(mhp_region_get_device(region, 2, &name, &path), -EINVAL);
	assert_int_equal(mhp_region_get_device_serial(region, 2, &serial), -EINVAL);
	assert_int_equal(mhp_region_get_device_node_id(region, 2, &node), -EINVAL);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- not asked for ---- */

/* Files that only show or name a region; none of these names is one of another meaning. */
static const char *const names[] = {
	"numa_node", "dax_region/id", "dax_region/size", "dax_region/available_size",
	"dax_region/align", "dax_region/seed", "interleave_ways", "interleave_granularity",
	"target0", "dpa_resource", "serial", "uid", "path", "hid", "unplug_online",
};

struct seen {
	size_t all, count[ARRAY_SIZE(names)];
};

static void note(void *data, const char *path)
{
	struct seen *seen = data;

	seen->all++;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t length = strlen(path), its = strlen(names[i]);

		seen->count[i] += length > its && path[length - its - 1] == '/' &&
				  !strcmp(path + length - its, names[i]);
	}
}

static struct seen look_at(const char *machine, uint64_t flags, const char *identity)
{
	struct fakesys *fs = fakesys_new_machine(machine);
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	struct seen seen = { 0 };

	/* no capture of a virtio-mem device has these */
	fakesys_file(fs, "/sys/devices/pci0000:00/0000:00:03.0/numa_node", "-1\n");
	fakesys_file(fs, "/sys/module/virtio_mem/parameters/unplug_online", "0\n");
	fs->on_read = note;
	fs->data = &seen;
	snap = take_snapshot(ctx, flags);
	/* what is not asked for is not there, and does not say that there is none */
	region = mhp_snapshot_find_region(snap, identity);
	assert_int_equal(region != NULL, flags != 0);
	assert_int_equal(mhp_snapshot_get_flags(snap),
			 flags & MHP_SNAPSHOT_FOR_PLANS ?
			 flags | MHP_SNAPSHOT_IDENTITY | MHP_SNAPSHOT_EXACT : flags);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
	return seen;
}

/* Of each kind; how many of them are read if that is asked for. */
static void not_asked_for(void **state)
{
	static const struct {
		const char *machine, *identity;
		size_t files;	/* of them, however often */
	} rows[] = {
		{ "7.3-hmem-bound", "hmem:0x100000000", 6 },
		{ MANY, "cxl:0x1a2b00000001@0x0,0x1a2b00000002@0x0", 11 },
		{ "7.3-dimm-online", "dimm:_SB_.MHPC.MP00", 3 },
		{ "7.3-virtio-mem-online", "virtio-mem:0000:00:03.0", 2 },
		{ "7.3-s390-standby", "s390-standby", 0 },
		{ "7.3-ppc64-lmb", "ppc64-lmb", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct seen with = look_at(rows[i].machine, MHP_SNAPSHOT_IDENTITY, rows[i].identity);
		struct seen plan = look_at(rows[i].machine, MHP_SNAPSHOT_FOR_PLANS, rows[i].identity);
		struct seen without = look_at(rows[i].machine, 0, rows[i].identity);
		size_t files = 0;

		for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
			if (without.count[j])
				fail_msg("%s: %s was read", rows[i].machine, names[j]);
			assert_int_equal(plan.count[j], with.count[j]);
			files += with.count[j] > 0;
		}
		if (files != rows[i].files)
			fail_msg("%s: %zu files", rows[i].machine, files);
		assert_true(files ? without.all < with.all : without.all == with.all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(facts, fakesys_free_all),
		cmocka_unit_test_teardown(unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(devices, fakesys_free_all),
		cmocka_unit_test_teardown(not_asked_for, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
