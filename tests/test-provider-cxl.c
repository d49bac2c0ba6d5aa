// SPDX-License-Identifier: LGPL-2.1-or-later
/* CXL regions: what is told of them and of what is behind, whatever the files say. */
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
#include "support/fakesys.h"
#include "support/regions.h"

#define REGION "7.3-cxl-region-region"	/* region0 with dax0.0: blocks 34 to 37, node 1 */
#define MANY "7.3-cxl-many"		/* region0, locked, with dax0.0: 34-41; region1: 42-49 */
#define ROOT "/sys/devices/platform/ACPI0017:00/root0/"
#define REGION0 ROOT "decoder0.0/region0"
#define REGION1 ROOT "decoder0.0/region1"
#define DECODER2 ROOT "port1/endpoint2/decoder2.0"
#define MEM(host, name) "/sys/devices/pci0000:0c/0000:0c:0" #host ".0/0000:0" name
#define MEM0 MEM(0, "d:00.0/mem0")
#define BUS "/sys/bus/cxl/devices/"

static const char *why_not(const struct mhp_region *region, enum mhp_capability what)
{
	const char *why = NULL;
	bool can = mhp_region_can(region, what, &why);

	assert_int_equal(can, !why);
	return why ? why : "";
}

#define assert_has(text, part) \
	do { \
		const char *text_ = (text); \
		if (!strstr(text_, part)) \
			fail_msg("\"%s\" is not in \"%s\"", part, text_); \
	} while (0)

/* ---- as the kernel has it ---- */

static void told(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = find_region(snap, "region0");
	const char *name, *path, *driver;
	uint64_t serial, start, size;
	int node;

	(void)state;
	assert_int_equal(mhp_region_get_kind(region), MHP_REGION_CXL);
	assert_string_equal(mhp_region_get_path(region), REGION0);
	assert_int_equal(mhp_region_get_range(region, 0, &start, &size), 0);
	assert_int_equal(start, 0x110000000);
	assert_int_equal(size, 1 << 30);
	assert_int_equal(mhp_region_get_driver(region, &driver), 0);
	assert_string_equal(driver, "cxl_region");
	check_fact(region, "mode", "ram");
	check_fact(region, "committed", "yes");
	check_fact(region, "locked", "yes");
	check_fact(region, "interleave_ways", "2");
	check_fact(region, "interleave_granularity", "256");
	assert_int_equal(mhp_region_get_node_id(region, &node), 0);
	assert_int_equal(node, 1);
	/* totals; the blocks are the dax device's */
	assert_int_equal(mhp_region_count_blocks(region), 0);
	assert_int_equal(mhp_region_count_total_blocks(region), 8);
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_OFFLINE);
	assert_ptr_equal(mhp_region_get_parent(find_region(snap, "dax0.0")), region);

	assert_int_equal(mhp_region_count_devices(region), 2);
	assert_int_equal(mhp_region_get_device(region, 0, &name, &path), 0);
	assert_string_equal(name, "mem0");
	assert_string_equal(path, MEM0);
	assert_int_equal(mhp_region_get_device_serial(region, 0, &serial), 0);
	assert_true(serial == 0x1a2b00000001);
	assert_int_equal(mhp_region_get_device_node_id(region, 0, &node), 0);
	assert_int_equal(node, 0);
	assert_int_equal(mhp_region_get_device(region, 1, &name, NULL), 0);
	assert_string_equal(name, "mem1");

	/* without a dax device the kernel tells no node */
	region = find_region(snap, "region1");
	assert_int_equal(mhp_region_get_node_id(region, &node), -ENODATA);
	assert_int_equal(mhp_region_get_driver(region, &driver), 0);
	assert_null(driver);
	check_fact(region, "locked", "no");
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_ABSENT);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void identities(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const char *identity;

	(void)state;
	assert_int_equal(mhp_region_get_identity(find_region(snap, "region0"), &identity), 0);
	assert_string_equal(identity, "cxl:0x1a2b00000001@0x0,0x1a2b00000002@0x0");
	assert_ptr_equal(find_region(snap, identity), find_region(snap, "region0"));
	assert_int_equal(mhp_region_get_identity(find_region(snap, "dax0.0"), &identity), 0);
	assert_string_equal(identity, "cxl:0x1a2b00000001@0x0,0x1a2b00000002@0x0/0");
	assert_ptr_equal(find_region(snap, identity), find_region(snap, "dax0.0"));
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* region1 on the other half of the devices of region0: they differ in where it begins. */
static void two_on_one_device(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap;
	const char *identity;

	(void)state;
	fakesys_file(fs, REGION1 "/target0", "decoder2.1\n");
	fakesys_file(fs, REGION1 "/target1", "decoder3.1\n");
	fakesys_file(fs, ROOT "port1/endpoint2/decoder2.1/dpa_resource", "0x20000000\n");
	fakesys_file(fs, ROOT "port1/endpoint3/decoder3.1/dpa_resource", "0x20000000\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_identity(find_region(snap, "region1"), &identity), 0);
	assert_string_equal(identity, "cxl:0x1a2b00000001@0x20000000,0x1a2b00000002@0x20000000");
	mhp_snapshot_unref(snap);

	/* the same place twice: neither is named by it, nor what is made from them */
	fakesys_file(fs, REGION1 "/target0", "decoder2.0\n");
	fakesys_file(fs, REGION1 "/target1", "decoder3.0\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_identity(find_region(snap, "region0"), &identity),
			 -ENOTUNIQ);
	assert_int_equal(mhp_region_get_identity(find_region(snap, "region1"), &identity),
			 -ENOTUNIQ);
	assert_null(mhp_snapshot_find_region(snap, "cxl:0x1a2b00000001@0x0,0x1a2b00000002@0x0"));
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Persistent memory, and kernels that know no other, have none of these. */
static void not_ours(void **state)
{
	struct fakesys *fs = fakesys_new_machine(REGION);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_file(fs, REGION0 "/mode", "pmem\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_null(mhp_snapshot_find_region(snap, "region0"));
	assert_null(mhp_region_get_parent(find_region(snap, "dax0.0")));
	mhp_snapshot_unref(snap);
	fakesys_remove(fs, REGION0 "/mode");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_null(mhp_snapshot_find_region(snap, "region0"));
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- who owns the blocks ---- */

/* What it strands is its own: the driver is still named in /proc/iomem. */
static void stranded(void **state)
{
	struct fakesys *fs = fakesys_new_machine(REGION);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	const char *text;

	(void)state;
	fakesys_remove(fs, "/sys/bus/dax/devices/dax0.0");
	fakesys_remove(fs, REGION0 "/dax_region0");
	fakesys_remove(fs, REGION0 "/driver");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "region0");
	assert_int_equal(mhp_region_count_blocks(region), 4);
	assert_has(why_not(region, MHP_CAN_UNPLUG), "stayed behind");
	assert_has(why_not(region, MHP_CAN_RELEASE), "stayed behind");
	assert_string_equal(why_not(region, MHP_CAN_OFFLINE), "");
	assert_int_equal(mhp_region_find_fact(region, "committed", &text), 0);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* The firmware gave it to the machine at boot: no dax device, and boot memory. */
static void boot_memory(void **state)
{
	struct fakesys *fs = fakesys_new_machine(REGION);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	int node;

	(void)state;
	fakesys_remove(fs, "/sys/bus/dax/devices/dax0.0");
	fakesys_remove(fs, REGION0 "/dax_region0");
	fakesys_file(fs, "/proc/iomem", "00001000-3fffffff : System RAM\n"
		     "110000000-12fffffff : System RAM\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "region0");
	assert_int_equal(mhp_region_count_blocks(region), 0);
	assert_int_equal(mhp_region_count_total_blocks(region), 4);
	assert_string_equal(mhp_region_get_name(mhp_snapshot_get_block_region(
				snap, mhp_snapshot_find_block(snap, 34))), "boot");
	for (enum mhp_capability i = MHP_CAN_ONLINE; i <= MHP_CAN_RELEASE; i++)
		if (i != MHP_CAN_PLUG_BLOCKS)
			assert_has(why_not(region, i), "booted");
	/* of its blocks, then */
	assert_int_equal(mhp_region_get_node_id(region, &node), 0);
	assert_int_equal(node, 1);
	mhp_snapshot_unref(snap);

	/* whose it is, is for root to see */
	fakesys_find(fs, "/proc/iomem")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "region0");
	assert_has(why_not(region, MHP_CAN_UNPLUG), "not known");
	assert_has(why_not(region, MHP_CAN_RELEASE), "not known");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- what can be done ---- */

static void without_dax(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	const struct mhp_region *region = find_region(snap, "region1");

	(void)state;
	assert_has(why_not(region, MHP_CAN_PLUG), "cxl_region does not have it");
	assert_string_equal(why_not(region, MHP_CAN_UNPLUG), "");
	assert_string_equal(why_not(region, MHP_CAN_RELEASE), "");
	assert_has(why_not(find_region(snap, "region0"), MHP_CAN_RELEASE), "locked");
	assert_string_equal(why_not(find_region(snap, "region0"), MHP_CAN_PLUG), "");
	mhp_snapshot_unref(snap);

	fakesys_link(fs, REGION1 "/driver", "../../../../../../bus/cxl/drivers/cxl_region");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_has(why_not(find_region(snap, "region1"), MHP_CAN_ONLINE), "nobody has made one");
	mhp_snapshot_unref(snap);

	fakesys_file(fs, REGION1 "/commit", "0\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_has(why_not(find_region(snap, "region1"), MHP_CAN_PLUG), "decoders are off");
	assert_has(why_not(find_region(snap, "region1"), MHP_CAN_RELEASE), "already");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Any lock on the way: its own, its window's, a switch's, an endpoint's; or none. */
static void locks(void **state)
{
	static const char *const files[] = {
		REGION0 "/locked", ROOT "decoder0.0/locked", ROOT "port1/decoder1.0/locked",
		DECODER2 "/locked",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct fakesys *fs = fakesys_new_machine(REGION);
		struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);

		check_fact(find_region(snap, "region0"), "locked", "no");
		mhp_snapshot_unref(snap);
		fakesys_file(fs, files[i], "1\n");
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		check_fact(find_region(snap, "region0"), "locked", "yes");
		mhp_snapshot_unref(snap);
		/* before 7.1 a region has no such file */
		fakesys_remove(fs, files[i]);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		check_fact(find_region(snap, "region0"), "locked", "no");
		mhp_snapshot_unref(snap);
		/* not known is not unlocked */
		fakesys_file(fs, files[i], "2\n");
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_int_equal(fact_code(find_region(snap, "region0"), "locked"), -EBADMSG);
		assert_has(why_not(find_region(snap, "region0"), MHP_CAN_RELEASE),
			   "could not be read");
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* A decoder of which it is not known whom it serves may be the one that is locked. */
static void locks_unread(void **state)
{
	static const char *const files[] = {
		"/sys/bus/cxl/devices/decoder2.0", DECODER2, DECODER2 "/region",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct fakesys *fs = fakesys_new_machine(REGION);
		struct mhp_snapshot *snap;
		const char *path;
		int code;

		fakesys_find(fs, files[i])->code = -EIO;
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_int_equal(fact_code(find_region(snap, "region0"), "locked"), -EIO);
		assert_int_equal(mhp_snapshot_get_problem(snap, 0, &path, &code, NULL), 0);
		assert_has(path, strrchr(files[i], '/'));
		assert_int_equal(code, -EIO);
		mhp_snapshot_unref(snap);
		/* one that is known to be is enough */
		fakesys_file(fs, REGION0 "/locked", "1\n");
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		check_fact(find_region(snap, "region0"), "locked", "yes");
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* What is no region's name may stand for any. */
static void locks_of_nothing(void **state)
{
	static const struct {
		const char *word;
		int code;
		size_t problems;
	} cases[] = { { "\n", 0, 0 }, { "", 0, 0 }, { "region\n", -EBADMSG, 1 },
		      { "\033[2Jregion0\n", -EBADMSG, 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = fakesys_new_machine(REGION);
		struct mhp_snapshot *snap;
		const char *path;
		int code;

		fakesys_file(fs, DECODER2 "/region", cases[i].word);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_int_equal(fact_code(find_region(snap, "region0"), "locked"), cases[i].code);
		assert_int_equal(mhp_snapshot_count_problems(snap), cases[i].problems);
		if (cases[i].problems) {
			assert_int_equal(mhp_snapshot_get_problem(snap, 0, &path, &code, NULL), 0);
			assert_has(path, "/region");
			assert_int_equal(code, -EBADMSG);
		}
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* ---- files without sense ---- */

static void no_addresses(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	uint64_t size;
	size_t count;

	(void)state;
	fakesys_file(fs, REGION1 "/resource", "0xffffffffffffffff\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "region1");
	assert_int_equal(mhp_region_get_range_count(region, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(mhp_region_get_size_bytes(region, &size), 0);
	assert_int_equal(size, 1 << 30);
	assert_has(why_not(region, MHP_CAN_PLUG), "no whole memory block");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void malformed(void **state)
{
	static const struct {
		const char *file, *text;
		int ranges_code, identity_code;
		size_t devices;
		const char *problems;
	} rows[] = {
		{ "resource", "junk\n", -EBADMSG, 0, 2, REGION1 "/resource EBADMSG \"junk\"\n" },
		{ "resource", NULL, -ENOENT, 0, 2, REGION1 "/resource ENOENT\n" },
		{ "size", "0x\n", -EBADMSG, 0, 2, REGION1 "/size EBADMSG \"0x\"\n" },
		{ "size", "0xffffffffffff0000\n", -EBADMSG, 0, 2,
		  REGION1 "/size EBADMSG \"0xffffffffffff0000\"\n" },
		{ "size", "0x7fffffff00000000\n", -EBADMSG, 0, 2,
		  REGION1 "/size EBADMSG \"0x7fffffff00000000\"\n" },
		{ "size", "0x0\n", 0, 0, 2, "" },
		{ "commit", "2\n", 0, 0, 2, REGION1 "/commit EBADMSG \"2\"\n" },
		{ "mode", "magic\n", 0, 0, 2, REGION1 "/mode EBADMSG \"magic\"\n" },
		{ "interleave_ways", "0\n", 0, -EBADMSG, 0,
		  REGION1 "/interleave_ways EBADMSG \"0\"\n" },
		{ "interleave_ways", "4294967295\n", 0, -EBADMSG, 0,
		  REGION1 "/interleave_ways EBADMSG \"4294967295\"\n" },
		{ "interleave_ways", "-1\n", 0, -EBADMSG, 0,
		  REGION1 "/interleave_ways EBADMSG \"-1\"\n" },
		{ "interleave_ways", NULL, 0, -ENODATA, 0, "" },
		/* what is missing keeps its place */
		{ "interleave_ways", "16\n", 0, -ENODATA, 16, "" },
		{ "interleave_granularity", "x\n", 0, 0, 2,
		  REGION1 "/interleave_granularity EBADMSG \"x\"\n" },
		{ "target1", NULL, 0, -ENODATA, 2, "" },
		{ "target1", "\n", 0, -ENODATA, 2, "" },
		{ "target1", "../region1\n", 0, -EBADMSG, 2,
		  REGION1 "/target1 EBADMSG \"../region1\"\n" },
		{ "target1", "decoder5.0/../x\n", 0, -EBADMSG, 2,
		  REGION1 "/target1 EBADMSG \"decoder5.0/../x\"\n" },
		{ "target1", "decoder99.0\n", 0, -ENODATA, 2, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(MANY);
		const struct mhp_region *region;
		struct mhp_snapshot *snap;
		const char *identity;
		char path[256], *problems;
		size_t count;

		snprintf(path, sizeof(path), REGION1 "/%s", rows[i].file);
		if (rows[i].text)
			fakesys_file(fs, path, rows[i].text);
		else
			fakesys_remove(fs, path);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		region = find_region(snap, "region1");
		assert_int_equal(mhp_region_get_range_count(region, &count), rows[i].ranges_code);
		assert_int_equal(mhp_region_get_identity(region, &identity),
				 rows[i].identity_code);
		assert_int_equal(mhp_region_count_devices(region), rows[i].devices);
		problems = dump_problems(snap);
		assert_string_equal(problems, rows[i].problems);
		free(problems);
		/* nothing is lost of others, nor released in doubt */
		check_fact(find_region(snap, "region0"), "committed", "yes");
		if (rows[i].ranges_code || fact_code(region, "committed") ||
		    fact_code(region, "mode"))
			assert_string_not_equal(why_not(region, MHP_CAN_PLUG), "");
		if (fact_code(region, "committed") || fact_code(region, "mode"))
			assert_has(why_not(region, MHP_CAN_RELEASE), "not be read");
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* The way from a target to its device: whatever cannot be followed is told. */
static void targets_unread(void **state)
{
	static const char *const files[] = {
		BUS "decoder2.0", ROOT "port1/endpoint2", ROOT "port1/endpoint2/uport", MEM0,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct fakesys *fs = fakesys_new_machine(REGION);
		struct mhp_snapshot *snap;
		bool is_told = false;
		const char *text;
		int code;

		if (!fakesys_find(fs, files[i]))
			fakesys_dir(fs, files[i]);
		fakesys_find(fs, files[i])->code = -EIO;
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		for (size_t j = 0; mhp_snapshot_get_problem(snap, j, &text, &code, NULL) == 0; j++)
			is_told |= !strcmp(text, files[i]) && code == -EIO;
		if (!is_told)
			fail_msg("%s: nobody is told", files[i]);
		assert_int_equal(mhp_region_get_identity(find_region(snap, "region0"), &text), -EIO);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* Of a memory device. */
static void devices(void **state)
{
	static const struct {
		const char *path, *text;
		int serial_code, node_code, identity_code;
	} rows[] = {
		{ MEM0 "/serial", "secret\n", -EBADMSG, 0, -EBADMSG },
		{ MEM0 "/serial", "0x1ffffffffffffffff\n", -EBADMSG, 0, -EBADMSG },
		{ MEM0 "/serial", "0x0\n", -ENODATA, 0, -ENODATA },
		{ MEM0 "/serial", NULL, -ENODATA, 0, -ENODATA },
		{ MEM0 "/numa_node", "-1\n", 0, -ENODATA, 0 },
		{ MEM0 "/numa_node", "99999\n", 0, -EBADMSG, 0 },
		{ MEM0 "/numa_node", NULL, 0, -ENODATA, 0 },
		{ MEM0, NULL, -ENODATA, -ENODATA, -ENODATA },
		{ DECODER2 "/dpa_resource", "0xffffffffffffffff\n", 0, 0, -ENODATA },
		{ DECODER2 "/dpa_resource", "x\n", 0, 0, -EBADMSG },
		{ DECODER2 "/dpa_resource", NULL, 0, 0, -ENODATA },
		{ ROOT "port1/endpoint2/uport", NULL, -ENODATA, -ENODATA, -ENODATA },
		{ BUS "decoder2.0", NULL, -ENODATA, -ENODATA, -ENODATA },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(MANY);
		const struct mhp_region *region;
		struct mhp_snapshot *snap;
		const char *identity;
		uint64_t serial;
		int node;

		if (rows[i].text)
			fakesys_file(fs, rows[i].path, rows[i].text);
		else
			fakesys_remove(fs, rows[i].path);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		region = find_region(snap, "region0");
		assert_int_equal(mhp_region_count_devices(region), 2);
		assert_int_equal(mhp_region_get_device_serial(region, 0, &serial),
				 rows[i].serial_code);
		assert_int_equal(mhp_region_get_device_node_id(region, 0, &node),
				 rows[i].node_code);
		assert_int_equal(mhp_region_get_device_serial(region, 1, &serial), 0);
		assert_int_equal(mhp_region_get_identity(region, &identity),
				 rows[i].identity_code);
		/* and of what is made from it */
		assert_int_equal(mhp_region_get_identity(find_region(snap, "dax0.0"), &identity),
				 rows[i].identity_code);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* Links that lead nowhere, to themselves, or in a circle, on disk too. */
static void loops(void **state)
{
	static const struct {
		const char *path, *target;
	} rows[] = {
		{ BUS "decoder2.0", "decoder2.0" },
		{ BUS "decoder2.0", "../devices/decoder2.1" },
		{ BUS "decoder2.0", "/" },
		{ BUS "decoder2.0", "../../../../../../../.." },
		{ ROOT "port1/endpoint2/uport", "uport" },
		{ ROOT "port1/endpoint2/uport", "../endpoint3/uport" },
		{ ROOT "port1/endpoint2/uport", ".." },
		{ BUS "region0", "region0" },
		{ BUS "region0", "region1" },
		{ BUS "region0", "decoder0.0" },
		{ BUS "region0", "/" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (int way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
			struct fakesys *fs = fakesys_new_machine(MANY);
			struct mhp_snapshot *snap;
			struct mhp_ctx *ctx;

			fakesys_link(fs, rows[i].path, rows[i].target);
			ctx = fakesys_ctx(fs, (enum fakesys_way)way);
			snap = take_snapshot(ctx, MHP_SNAPSHOT_IDENTITY);
			assert_non_null(mhp_snapshot_find_region(snap, "dax0.0"));
			assert_non_null(mhp_snapshot_find_region(snap, "region1"));
			mhp_snapshot_unref(snap);
			mhp_ctx_unref(ctx);
			fakesys_free(fs);
		}
}

/* The bus cannot be listed: that there are no regions is not said. */
static void no_bus(void **state)
{
	struct fakesys *fs = fakesys_new_machine(REGION);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_dir(fs, "/sys/bus/cxl/devices");
	fakesys_find(fs, "/sys/bus/cxl/devices")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_snapshot_get_regions_code(snap), -EACCES);
	assert_null(mhp_snapshot_find_region(snap, "region0"));
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- those who are not root ---- */

static void plain_user(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	uint64_t start, size;

	(void)state;
	fakesys_find(fs, "/proc/iomem")->code = -EACCES;
	fakesys_find(fs, REGION0 "/dax_region0/dax0.0/resource")->code = -EACCES;
	fakesys_find(fs, REGION0 "/dax_region0/dax0.0/mapping0/start")->code = -EACCES;
	fakesys_find(fs, REGION0 "/dax_region0/dax_region/align")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "dax0.0");
	check_fact(region, "ranges", "inferred from region0");
	assert_int_equal(mhp_region_get_range(region, 0, &start, &size), 0);
	assert_int_equal(start, 0x110000000);
	assert_int_equal(mhp_region_count_blocks(region), 8);
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_OFFLINE);
	assert_int_equal(fact_code(region, "dax_region_align"), -EACCES);
	assert_int_equal(mhp_region_count_total_blocks(find_region(snap, "region0")), 8);
	mhp_snapshot_unref(snap);

	/* a part of it may lie anywhere */
	fakesys_file(fs, REGION0 "/dax_region0/dax0.0/size", "536870912\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "dax0.0");
	assert_int_equal(fact_code(region, "ranges"), -ENODATA);
	assert_int_equal(mhp_region_get_range_count(region, &(size_t){ 0 }), -EACCES);
	assert_int_equal(mhp_region_count_blocks(region), 0);
	assert_int_equal(mhp_region_get_size_bytes(region, &size), 0);
	assert_int_equal(size, 512 << 20);
	mhp_snapshot_unref(snap);

	/* nor is anything inferred from what makes no sense */
	fakesys_file(fs, REGION0 "/dax_region0/dax0.0/size", "1073741824\n");
	fakesys_file(fs, REGION0 "/resource", "0xffffffffffffffff\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_range_count(find_region(snap, "dax0.0"), &(size_t){ 0 }),
			 -EACCES);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Root is told by the device itself. */
static void root_user(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);

	(void)state;
	assert_int_equal(fact_code(find_region(snap, "dax0.0"), "ranges"), -ENODATA);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(told, fakesys_free_all),
		cmocka_unit_test_teardown(identities, fakesys_free_all),
		cmocka_unit_test_teardown(two_on_one_device, fakesys_free_all),
		cmocka_unit_test_teardown(not_ours, fakesys_free_all),
		cmocka_unit_test_teardown(stranded, fakesys_free_all),
		cmocka_unit_test_teardown(boot_memory, fakesys_free_all),
		cmocka_unit_test_teardown(without_dax, fakesys_free_all),
		cmocka_unit_test_teardown(locks, fakesys_free_all),
		cmocka_unit_test_teardown(locks_unread, fakesys_free_all),
		cmocka_unit_test_teardown(locks_of_nothing, fakesys_free_all),
		cmocka_unit_test_teardown(no_addresses, fakesys_free_all),
		cmocka_unit_test_teardown(malformed, fakesys_free_all),
		cmocka_unit_test_teardown(targets_unread, fakesys_free_all),
		cmocka_unit_test_teardown(devices, fakesys_free_all),
		cmocka_unit_test_teardown(loops, fakesys_free_all),
		cmocka_unit_test_teardown(no_bus, fakesys_free_all),
		cmocka_unit_test_teardown(plain_user, fakesys_free_all),
		cmocka_unit_test_teardown(root_user, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
