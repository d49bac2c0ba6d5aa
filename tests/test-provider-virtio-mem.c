// SPDX-License-Identifier: LGPL-2.1-or-later
/* virtio-mem devices: as they were recorded, as the host changes them, and as no kernel has them. */
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

#include "support/bench.h"
#include "support/fakesys.h"
#include "support/regions.h"

#undef DEVICE

#define MIB ((uint64_t)1 << 20)
#define FLAGS (MHP_SNAPSHOT_PLUGGED | MHP_SNAPSHOT_IDENTITY)
#define ONLINE "7.3-virtio-mem-online"	/* virtio1 has blocks 40 to 43, on node 1, in Movable */
#define DEVICE "/sys/devices/pci0000:00/0000:00:03.0/virtio1"
#define BUS "/sys/bus/virtio/devices"
#define DRIVER "/sys/bus/virtio/drivers/virtio_mem/"

/* ---- recorded machines ---- */

static void captures(void **state)
{
	static const struct {
		const char *machine, *name, *driver;
		uint64_t first, count;
		int node;
		enum mhp_state state;
		const char *space, *identity;
	} rows[] = {
		{ ONLINE, "virtio1", "virtio_mem", 40, 4, 1, MHP_STATE_ONLINE,
		  "0x140000000-0x17fffffff", "virtio-mem:0000:00:03.0" },
		{ "6.12-virtio-mem-online", "virtio1", "virtio_mem", 40, 4, 1, MHP_STATE_ONLINE,
		  "0x140000000-0x17fffffff", "virtio-mem:0000:00:03.0" },
		{ "6.1-virtio-mem-big-online", "virtio1", "virtio_mem", 40, 4, 1, MHP_STATE_ONLINE,
		  "0x140000000-0x17fffffff", "virtio-mem:0000:00:03.0" },
		{ "7.3-virtio-mem-start", "virtio1", "virtio_mem", 0, 0, -1, MHP_STATE_ABSENT,
		  "0x140000000-0x17fffffff", "virtio-mem:0000:00:03.0" },
		/* its driver is gone, and the memory stays */
		{ "7.3-virtio-mem-bind-left-part", "virtio0", NULL, 40, 2, 1, MHP_STATE_ONLINE,
		  "0x140000000-0x17fffffff", "virtio-mem:0000:00:02.0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(rows[i].machine);
		struct mhp_snapshot *snap = take_fake(fs, FLAGS);
		const struct mhp_region *region = mhp_snapshot_find_region(snap, rows[i].name);
		const char *driver, *identity, *name, *path;
		uint64_t serial;
		int node = -1;

		assert_non_null(region);
		assert_int_equal(mhp_region_get_kind(region), MHP_REGION_VIRTIO_MEM);
		assert_int_equal(mhp_region_get_driver(region, &driver), 0);
		assert_true(is_same(driver, rows[i].driver));
		assert_int_equal(mhp_region_count_blocks(region), rows[i].count);
		for (uint64_t id = 0; id < rows[i].count; id++)
			assert_string_equal(owner_of(snap, rows[i].first + id), rows[i].name);
		assert_string_equal(owner_of(snap, 7), "boot");
		assert_int_equal(mhp_region_get_node_id(region, &node),
				 rows[i].node < 0 ? -ENODATA : 0);
		assert_int_equal(node, rows[i].node);
		assert_int_equal(mhp_region_get_state(region), rows[i].state);
		assert_string_equal(fact_of(region, "address_space"), rows[i].space);
		assert_int_equal(mhp_region_get_identity(region, &identity), 0);
		assert_string_equal(identity, rows[i].identity);
		assert_ptr_equal(mhp_snapshot_find_region(snap, identity), region);
		assert_int_equal(mhp_region_count_devices(region), 1);
		assert_int_equal(mhp_region_get_device(region, 0, &name, &path), 0);
		assert_string_equal(name, identity + strlen("virtio-mem:"));
		assert_non_null(strstr(path, name));
		assert_int_equal(mhp_region_get_device_serial(region, 0, &serial), -ENODATA);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* What is the host's to do is not ours, with its driver or without. */
static void abilities(void **state)
{
	static const struct {
		const char *machine;
		enum mhp_capability what;
		const char *why;	/* NULL: it can */
	} rows[] = {
		{ ONLINE, MHP_CAN_ONLINE, NULL }, { ONLINE, MHP_CAN_OFFLINE, NULL },
		{ ONLINE, MHP_CAN_ONLINE_WHOLE, "block by block" },
		{ ONLINE, MHP_CAN_PLUG, "by the host only" },
		{ ONLINE, MHP_CAN_PLUG_BLOCKS, "by the host only" },
		{ ONLINE, MHP_CAN_UNPLUG, "by the host only" },
		{ ONLINE, MHP_CAN_RELEASE, "by the host only" },
		{ "7.3-virtio-mem-start", MHP_CAN_ONLINE, "has no memory" },
		{ "7.3-virtio-mem-start", MHP_CAN_OFFLINE, "has no memory" },
		{ "7.3-virtio-mem-bind-left-part", MHP_CAN_OFFLINE, NULL },
		{ "7.3-virtio-mem-bind-left-part", MHP_CAN_UNPLUG, "stayed behind" },
		{ "7.3-virtio-mem-bind-left-part", MHP_CAN_PLUG, "stayed behind" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(rows[i].machine);
		struct mhp_snapshot *snap = take_fake(fs, FLAGS);
		const char *why;
		bool can;

		can = mhp_region_can(mhp_snapshot_get_region(snap, 0), rows[i].what, &why);
		assert_int_equal(can, !rows[i].why);
		if (!can)
			assert_non_null(strstr(why, rows[i].why));
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

static void plain_user(void **state)
{
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	const char *text = NULL;
	struct bench bench;
	struct mhp_plan *plan;
	uint64_t bytes;
	size_t count;
	int node;

	(void)state;
	set_up(&bench, ONLINE ".txt");
	assert_int_equal(mhp_sim_set_privileged(bench.sim, false), 0);
	snap = take_snapshot(bench.ctx, FLAGS);
	region = mhp_snapshot_find_region(snap, "virtio1");
	assert_non_null(region);
	assert_int_equal(mhp_region_get_range_count(region, &count), -EACCES);
	assert_int_equal(mhp_region_get_size_bytes(region, &bytes), -EACCES);
	assert_int_equal(mhp_region_get_plugged_bytes(region, &bytes), -EACCES);
	assert_int_equal(mhp_region_get_node_id(region, &node), -EACCES);
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_UNKNOWN);
	assert_int_equal(mhp_region_find_fact(region, "address_space", &text), -EACCES);
	assert_int_equal(mhp_region_get_driver(region, &text), 0);
	assert_string_equal(text, "virtio_mem");
	assert_int_equal(mhp_region_get_identity(region, &text), 0);
	assert_string_equal(owner_of(snap, 40), "");
	mhp_snapshot_unref(snap);
	plan = plan_of(&bench, "virtio1 offline");
	assert_int_equal(mhp_plan_count_conflicts(plan), 1);
	assert_int_equal(mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0)),
			 MHP_CONFLICT_NO_PERMISSION);
	assert_non_null(strstr(mhp_conflict_get_message(mhp_plan_get_conflict(plan, 0)),
			       "/proc/iomem"));
	mhp_plan_unref(plan);
	tear_down(&bench);
}

/* ---- trees made up ---- */

#define BOOT "00001000-3fffffff : System RAM\n"

/* Another device of the same kind. */
static void add_device(struct fakesys *fs, const char *name, const char *word)
{
	char path[256], target[256];

	snprintf(path, sizeof(path), "/sys/devices/pci0000:00/0000:00:09.0/%s/device", name);
	fakesys_file(fs, path, word);
	snprintf(path, sizeof(path), BUS "/%s", name);
	snprintf(target, sizeof(target), "../../../devices/pci0000:00/0000:00:09.0/%s", name);
	fakesys_link(fs, path, target);
}

/* Neighbours look like one range, but for the lines around them. */
static void neighbours(void **state)
{
	struct fakesys *fs = fakesys_new_machine(ONLINE);
	struct mhp_snapshot *snap;

	(void)state;
	add_device(fs, "virtio10", "0x0018\n");
	fakesys_file(fs, "/proc/iomem", BOOT "140000000-14fffffff : virtio10\n"
		     "  140000000-14fffffff : System RAM (virtio_mem)\n"
		     "150000000-17fffffff : virtio1\n"
		     "  150000000-15fffffff : System RAM (virtio_mem)\n");
	snap = take_fake(fs, FLAGS);
	assert_string_equal(owner_of(snap, 40), "virtio10");
	assert_string_equal(owner_of(snap, 41), "virtio10");
	assert_string_equal(owner_of(snap, 42), "virtio1");
	assert_string_equal(owner_of(snap, 43), "virtio1");
	/* numbers by value */
	assert_string_equal(mhp_region_get_name(mhp_snapshot_get_region(snap, 0)), "virtio1");
	assert_string_equal(mhp_region_get_name(mhp_snapshot_get_region(snap, 1)), "virtio10");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Who has block 40 if /proc/iomem says so; "!" before it: its owner's ranges make no sense. */
static void lines(void **state)
{
	static const struct {
		const char *lines;
		const char *owner;
		int code;		/* of virtio1's ranges */
	} rows[] = {
		{ "140000000-17fffffff : virtio1\n"
		  "  140000000-147ffffff : System RAM (virtio_mem)\n", "virtio1", 0 },
		/* below other lines, and deeper than a level */
		{ "100000000-1ffffffff : PCI Bus 0000:00\n"
		  "  140000000-17fffffff : virtio1\n"
		  "      140000000-147ffffff : System RAM (virtio_mem)\n", "virtio1", 0 },
		{ "140000000-17fffffff : virtio1\n"
		  "  140000000-147ffffff : a part\n"
		  "    140000000-147ffffff : System RAM (virtio_mem)\n", "virtio1", 0 },
		{ "      140000000-17fffffff : virtio1\n"
		  "        140000000-147ffffff : System RAM (virtio_mem)\n", "virtio1", 0 },
		/* the nearest device */
		{ "140000000-17fffffff : virtio1\n"
		  "  140000000-147ffffff : virtio10\n"
		  "    140000000-147ffffff : System RAM (virtio_mem)\n", "virtio10", 0 },
		{ "140000000-17fffffff : virtio10\n"
		  "  140000000-147ffffff : virtio1\n"
		  "    140000000-147ffffff : System RAM (virtio_mem)\n", "virtio1", 0 },
		/* a line that has come to its end */
		{ "140000000-17fffffff : virtio1\n"
		  "140000000-147ffffff : System RAM (virtio_mem)\n", "virtio_mem", 0 },
		{ "  140000000-17fffffff : virtio1\n"
		  "140000000-147ffffff : System RAM (virtio_mem)\n", "virtio_mem", 0 },
		/* a device that is none */
		{ "140000000-17fffffff : virtio2\n"
		  "  140000000-147ffffff : System RAM (virtio_mem)\n", "virtio_mem", 0 },
		{ "140000000-17fffffff : virtio11111111111111111111111111111111111111\n"
		  "  140000000-147ffffff : System RAM (virtio_mem)\n", "virtio_mem", 0 },
		{ "140000000-17fffffff : virtio1 \n"
		  "  140000000-147ffffff : System RAM (virtio_mem)\n", "virtio_mem", 0 },
		/* two of one name */
		{ "140000000-147ffffff : virtio1\n"
		  "  140000000-147ffffff : System RAM (virtio_mem)\n"
		  "148000000-14fffffff : virtio1\n"
		  "  148000000-14fffffff : System RAM (virtio_mem)\n", "virtio1", 0 },
		/* outside of what it stands in: whose is it? */
		{ "148000000-17fffffff : virtio1\n"
		  "  140000000-147ffffff : System RAM (virtio_mem)\n", "", -EBADMSG },
		{ "140000000-143ffffff : virtio1\n"
		  "  140000000-147ffffff : System RAM (virtio_mem)\n", "", -EBADMSG },
		/* twice */
		{ "140000000-17fffffff : virtio1\n"
		  "  140000000-147ffffff : System RAM (virtio_mem)\n"
		  "  144000000-14bffffff : System RAM (virtio_mem)\n", "", -EBADMSG },
		/* more than any machine has */
		{ "140000000-ffffffffffffffff : virtio1\n"
		  "  140000000-fffffffffffffffe : System RAM (virtio_mem)\n", "", -EBADMSG },
		{ "00000000-ffffffffffffffff : virtio1\n"
		  "  00000000-ffffffffffffffff : System RAM (virtio_mem)\n", "boot", -EBADMSG },
		/* memory that fills no block */
		{ "140000000-17fffffff : virtio1\n"
		  "  140000000-143ffffff : System RAM (virtio_mem)\n", "virtio_mem", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(ONLINE);
		struct mhp_snapshot *snap;
		char text[1024];
		size_t count;

		add_device(fs, "virtio10", "0x0018\n");
		snprintf(text, sizeof(text), BOOT "%s", rows[i].lines);
		fakesys_file(fs, "/proc/iomem", text);
		snap = take_fake(fs, FLAGS);
		if (strcmp(owner_of(snap, 40), rows[i].owner))
			fail_msg("row %zu: block 40 is of \"%s\"", i, owner_of(snap, 40));
		if (mhp_region_get_range_count(mhp_snapshot_find_region(snap, "virtio1"),
					       &count) !=
		    rows[i].code)
			fail_msg("row %zu: not %d", i, rows[i].code);
		if (rows[i].code < 0)
			assert_non_null(problems_find(&snap->problems, "/proc/iomem"));
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* Any bytes at all in it: nothing crashes, and a block has one owner or none. */
static void noise(void **state)
{
	static const char bytes[] = "0123456789abcdef- :\n()virtoSystemRAM\0";
	uint64_t seed = 20;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct fakesys *fs = fakesys_new_machine(ONLINE);
		struct fakesys_entry *iomem;
		struct mhp_snapshot *snap;
		size_t sum = 0, at;

		add_device(fs, "virtio10", "0x0018\n");
		fakesys_file(fs, "/proc/iomem", BOOT "140000000-14fffffff : virtio10\n"
			     "  140000000-14fffffff : System RAM (virtio_mem)\n"
			     "150000000-17fffffff : virtio1\n"
			     "  150000000-157ffffff : System RAM (virtio_mem)\n"
			     "  158000000-15fffffff : System RAM (virtio_mem)\n");
		iomem = fakesys_find(fs, "/proc/iomem");
		for (size_t i = 0; i < 1 + (size_t)round % 4; i++) {
			at = fakesys_random(&seed, iomem->length);
			iomem->bytes[at] = bytes[fakesys_random(&seed, sizeof(bytes) - 1)];
		}
		/* plans are made of it, too */
		snap = take_fake(fs, FLAGS);
		for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++)
			sum += mhp_region_count_blocks(mhp_snapshot_get_region(snap, i));
		assert_true(sum <= mhp_snapshot_count_blocks(snap));
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

static void two_claim(void **state)
{
	struct fakesys *fs = fakesys_new_machine(ONLINE);
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;

	(void)state;
	add_device(fs, "virtio10", "0x0018\n");
	fakesys_file(fs, "/proc/iomem", BOOT "140000000-17fffffff : virtio1\n"
		     "  140000000-15fffffff : System RAM (virtio_mem)\n"
		     "140000000-17fffffff : virtio10\n"
		     "  148000000-14fffffff : System RAM (virtio_mem)\n");
	snap = take_fake(fs, FLAGS);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, "virtio10"), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_OFFLINE), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	assert_int_equal(mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0)),
			 MHP_CONFLICT_OVERLAP);
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void words(void **state)
{
	static const struct {
		const char *word;
		bool has_driver;
		bool is_one;
		bool is_noted;
	} rows[] = {
		{ "0x0018\n", true, true, false }, { "0x0018\n", false, true, false },
		{ "0x0001\n", true, false, false }, { "0x00180\n", true, false, false },
		/* its driver knows */
		{ "24\n", true, true, true }, { "24\n", false, false, true },
		{ "", true, true, true }, { "0x18 \n", false, false, true },
		{ "0x10000000000000018\n", false, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(ONLINE);
		struct mhp_snapshot *snap;

		fakesys_file(fs, DEVICE "/device", rows[i].word);
		if (!rows[i].has_driver)
			fakesys_remove(fs, DEVICE "/driver");
		snap = take_fake(fs, FLAGS);
		if (!mhp_snapshot_find_region(snap, "virtio1") == rows[i].is_one)
			fail_msg("row %zu", i);
		assert_int_equal(!problems_find(&snap->problems, DEVICE "/device"),
				 !rows[i].is_noted);
		/* never boot memory, whatever it says */
		assert_string_equal(owner_of(snap, 40), rows[i].is_one ? "virtio1" : "virtio_mem");
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

static void hostile_bus(void **state)
{
	static const char *const names[] = {
		"virtio", "virtio01", "virtio-1", "virtio1x", "virtio4294967296", "Virtio2", "x",
	};
	struct fakesys *fs = fakesys_new_machine(ONLINE);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	const char *text;
	int node;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add_device(fs, names[i], "0x0018\n");
	fakesys_link(fs, BUS "/virtio3", "virtio3");
	fakesys_link(fs, BUS "/virtio4", "../../../nowhere");
	fakesys_file(fs, BUS "/virtio5", "a file");
	fakesys_link(fs, BUS "/virtio6", "../../../../../..");
	add_device(fs, "virtio7", "0x0018\n");
	fakesys_file(fs, "/sys/devices/pci0000:00/0000:00:09.0/numa_node", "many\n");
	/* not below a device; and one that is not to be printed */
	fakesys_file(fs, "/sys/devices/virtio8/device", "0x0018\n");
	fakesys_link(fs, BUS "/virtio8", "../../../devices/virtio8");
	fakesys_file(fs, "/sys/devices/a b\033/virtio9/device", "0x0018\n");
	fakesys_link(fs, BUS "/virtio9", "../../../devices/a b\033/virtio9");
	snap = take_fake(fs, FLAGS);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_null(mhp_snapshot_find_region(snap, names[i]));
	for (int i = 3; i <= 6; i++) {
		char name[32];

		snprintf(name, sizeof(name), "virtio%d", i);
		assert_null(mhp_snapshot_find_region(snap, name));
	}
	region = mhp_snapshot_find_region(snap, "virtio7");
	assert_int_equal(mhp_region_get_device_node_id(region, 0, &node), -EBADMSG);
	region = mhp_snapshot_find_region(snap, "virtio8");
	assert_int_equal(mhp_region_get_identity(region, &text), -ENODATA);
	assert_int_equal(mhp_region_count_devices(region), 0);
	region = mhp_snapshot_find_region(snap, "virtio9");
	assert_int_equal(mhp_region_get_identity(region, &text), -ENODATA);
	assert_int_equal(mhp_region_count_devices(region), 1);
	mhp_snapshot_unref(snap);

	fakesys_find(fs, BUS)->code = -EIO;
	snap = take_fake(fs, FLAGS);
	assert_int_equal(mhp_snapshot_get_regions_code(snap), -EIO);
	assert_non_null(problems_find(&snap->problems, BUS));
	assert_string_equal(owner_of(snap, 40), "");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Other transports have other parents. */
static void transports(void **state)
{
	static const char *const parents[] = {
		"/sys/devices/css0/0.0.0003/0.0.0003", "/sys/devices/platform/a003e00.virtio_mmio",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parents); i++) {
		struct fakesys *fs = fakesys_new_machine(ONLINE);
		char path[256], expected[256];
		struct mhp_snapshot *snap;
		const char *text;

		snprintf(path, sizeof(path), "%s/virtio4/device", parents[i]);
		fakesys_file(fs, path, "0x0018\n");
		snprintf(path, sizeof(path), "../../..%s/virtio4", parents[i] + strlen("/sys"));
		fakesys_link(fs, BUS "/virtio4", path);
		snprintf(expected, sizeof(expected), "virtio-mem:%s", strrchr(parents[i], '/') + 1);
		snap = take_fake(fs, FLAGS);
		assert_int_equal(mhp_region_get_identity(mhp_snapshot_find_region(snap, "virtio4"),
							 &text), 0);
		assert_string_equal(text, expected);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

static void settings(void **state)
{
	struct fakesys *fs = fakesys_new_machine(ONLINE);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_file(fs, "/sys/module/virtio_mem/parameters/unplug_online", "N\n");
	snap = take_fake(fs, FLAGS);
	assert_string_equal(fact_of(mhp_snapshot_find_region(snap, "virtio1"), "unplug_online"),
			    "N");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- the host changes it ---- */

static void resize(struct bench *bench, uint64_t mib)
{
	assert_int_equal(mhp_sim_resize_virtio_mem(bench->sim, "virtio1", mib * MIB), 0);
}

/* Ranges that changed since do not matter; a block that is gone does. */
static void between(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, ONLINE ".txt");
	put_blocks(&bench, 40, 43, "offline");
	plan = plan_of(&bench, "virtio1 online online_movable");
	resize(&bench, 768);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 40, 43, "Movable");
	assert_blocks(&bench, 44, 45, "offline");

	plan = plan_of(&bench, "virtio1 online online_movable");
	resize(&bench, 640);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
	assert_says(&bench, "memory45 is absent");
	assert_string_equal(is(&bench, 44), "offline");
	tear_down(&bench);
}

struct host {
	struct bench *bench;
	uint64_t mib;
	unsigned int calls, at;
};

static int change(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	struct host *host = data;

	(void)done_bytes, (void)total_bytes;
	if (host->calls++ == host->at)
		resize(host->bench, host->mib);
	return 0;
}

/* Whenever the host changes its mind: what is there is online or as before, and nothing is lied about. */
static void meanwhile(void **state)
{
	(void)state;
	for (uint64_t mib = 0; mib <= 1024; mib += 256)
		for (unsigned int at = 0; at < 7; at++) {
			struct host host = { .mib = mib, .at = at };
			struct mhp_apply_opts opts = {
				.size = sizeof(opts), .progress = change, .progress_data = &host,
			};
			enum mhp_outcome outcome;
			struct bench bench;

			set_up(&bench, ONLINE ".txt");
			host.bench = &bench;
			put_blocks(&bench, 40, 43, "offline");
			outcome = apply_plan(&bench, plan_of(&bench, "virtio1 online online_movable"),
					     &opts);
			for (unsigned int id = 40; id <= 43; id++) {
				const char *now = is(&bench, id);

				if (outcome == MHP_OUTCOME_DONE)
					assert_string_equal(now, "Movable");
				else if (strcmp(now, "absent"))
					assert_string_equal(now, "offline");
			}
			if (mib >= 512)
				assert_int_equal(outcome, MHP_OUTCOME_DONE);
			tear_down(&bench);
		}
}

/* A driver that goes, a node that goes and comes: each snapshot has it as it is then. */
static void comes_and_goes(void **state)
{
	struct mhp_snapshot *first, *second, *third, *fourth;
	const struct mhp_region *region;
	const char *driver;
	struct bench bench;
	int node;

	(void)state;
	set_up(&bench, "7.3-virtio-mem-bind-start.txt");
	assert_int_equal(mhp_sim_resize_virtio_mem(bench.sim, "virtio0", 256 * MIB), 0);
	first = take_snapshot(bench.ctx, FLAGS);
	region = mhp_snapshot_find_region(first, "virtio0");
	assert_int_equal(mhp_region_get_node_id(region, &node), 0);
	assert_non_null(mhp_snapshot_find_node(first, node));

	assert_int_equal(mhp_sim_resize_virtio_mem(bench.sim, "virtio0", 0), 0);
	second = take_snapshot(bench.ctx, FLAGS);
	region = mhp_snapshot_find_region(second, "virtio0");
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_ABSENT);
	assert_int_equal(mhp_region_get_node_id(region, &node), -ENODATA);
	assert_string_equal(fact_of(region, "address_space"), "0x140000000-0x17fffffff");

	put(&bench, DRIVER "unbind", "virtio0");
	third = take_snapshot(bench.ctx, FLAGS);
	region = mhp_snapshot_find_region(third, "virtio0");
	assert_int_equal(mhp_region_get_driver(region, &driver), 0);
	assert_null(driver);
	assert_string_equal(fact_of(region, "address_space"), "");

	put(&bench, DRIVER "bind", "virtio0");
	assert_int_equal(mhp_sim_resize_virtio_mem(bench.sim, "virtio0", 128 * MIB), 0);
	fourth = take_snapshot(bench.ctx, FLAGS);
	region = mhp_snapshot_find_region(fourth, "virtio0");
	assert_int_equal(mhp_region_get_driver(region, &driver), 0);
	assert_string_equal(driver, "virtio_mem");
	assert_int_equal(mhp_region_count_blocks(region), 1);
	/* the first one is as it was */
	assert_int_equal(mhp_region_count_blocks(mhp_snapshot_find_region(first, "virtio0")), 2);
	mhp_snapshot_unref(first);
	mhp_snapshot_unref(second);
	mhp_snapshot_unref(third);
	mhp_snapshot_unref(fourth);
	tear_down(&bench);
}

static void other_driver(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, ONLINE ".txt");
	plan = plan_of(&bench, "virtio1 offline");
	put(&bench, DRIVER "unbind", "virtio1");
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
	assert_says(&bench, "has another driver now");
	assert_blocks(&bench, 40, 43, "Movable");
	tear_down(&bench);
}

/* Anew, with other addresses: what the plan's blocks are now is somebody else's. */
static void other_ranges(void **state)
{
	struct mhp_report *report;
	struct mhp_sim *other;
	struct bench bench;
	struct mhp_plan *plan;
	struct mhp_ctx *ctx;
	char *text, *line;

	(void)state;
	set_up(&bench, ONLINE ".txt");
	plan = plan_of(&bench, "virtio1 offline");
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &text), 0);
	line = strstr(text, "140000000-15fffffff : System RAM (virtio_mem)");
	assert_non_null(line);
	line[2] = '8';		/* 148000000: without block 40 */
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &other), 0);
	assert_int_equal(mhp_sim_new_ctx(other, &ctx), 0);
	assert_int_equal(mhp_apply(ctx, plan, NULL, &report), 0);
	assert_int_equal(mhp_report_get_outcome(report), MHP_OUTCOME_REFUSED);
	assert_non_null(strstr(mhp_report_get_message(report), "has other ranges now"));
	mhp_report_free(report);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(other);
	free(text);
	mhp_plan_unref(plan);
	tear_down(&bench);
}

/* A plan that somebody wrote is checked like one of ours. */
static void saved_plan(void **state)
{
	struct mhp_plan *plan, *again;
	struct bench bench;
	char *text, *rules;

	(void)state;
	set_up(&bench, ONLINE ".txt");
	put_blocks(&bench, 40, 43, "offline");
	plan = plan_of(&bench, "virtio1 online online_kernel kernel-zone");
	assert_int_equal(mhp_plan_count_conflicts(plan), 0);
	assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
	assert_int_equal(mhp_plan_new_from_text(text, strlen(text), &again, NULL), 0);
	assert_int_equal(mhp_plan_count_steps(again), 4);
	mhp_plan_unref(again);
	rules = strstr(text, "rules: 32");
	assert_non_null(rules);
	memcpy(rules, "rules: 12", 9);
	assert_int_equal(mhp_plan_new_from_text(text, strlen(text), &again, NULL), -EBADMSG);
	free(text);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 40, 43, "Normal");
	tear_down(&bench);
}

/* The driver may have promised it to the host meanwhile. */
static void denied(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, ONLINE ".txt");
	put_blocks(&bench, 40, 43, "offline");
	assert_int_equal(mhp_sim_fail_block(bench.sim, 41, "online", -EPERM, 0), 0);
	assert_int_equal(fulfil(&bench, "virtio1 online online_movable", NULL),
			 MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 41, "vetoed");
	assert_non_null(strstr(mhp_report_get_hint(bench.report), "the host has it"));
	tear_down(&bench);
}

/* ---- many of them ---- */

static size_t parsed;

int __real_parse_iomem_line(const char *str, size_t length, struct iomem_line *ret);
int __wrap_parse_iomem_line(const char *str, size_t length, struct iomem_line *ret);

int __wrap_parse_iomem_line(const char *str, size_t length, struct iomem_line *ret)
{
	parsed++;
	return __real_parse_iomem_line(str, length, ret);
}

/* How many lines are looked at where there are so many devices, with a block each. */
static size_t parsed_for(unsigned int count)
{
	struct fakesys *fs = fakesys_new_machine(ONLINE);
	struct text iomem = { 0 };
	struct mhp_snapshot *snap;
	char name[32], *text;

	text_add(&iomem, "%s", BOOT);
	for (unsigned int i = 0; i < count; i++) {
		uint64_t start = (UINT64_C(1) << 40) + i * 128 * MIB;

		text_add(&iomem, "%" PRIx64 "-%" PRIx64 " : virtio%u\n"
			 "  %" PRIx64 "-%" PRIx64 " : System RAM (virtio_mem)\n", start,
			 start + 128 * MIB - 1, 100 + i, start, start + 128 * MIB - 1);
		snprintf(name, sizeof(name), "virtio%u", 100 + i);
		add_device(fs, name, "0x0018\n");
	}
	assert_int_equal(text_finish(&iomem, &text), 0);
	fakesys_file(fs, "/proc/iomem", text);
	free(text);
	parsed = 0;
	snap = take_fake(fs, 0);
	for (unsigned int i = 0; i < count; i++) {
		const struct mhp_region *region;
		size_t n_ranges;

		snprintf(name, sizeof(name), "virtio%u", 100 + i);
		region = mhp_snapshot_find_region(snap, name);
		assert_non_null(region);
		assert_int_equal(mhp_region_get_range_count(region, &n_ranges), 0);
		assert_int_equal(n_ranges, 1);
	}
	mhp_snapshot_unref(snap);
	return parsed;
}

/* The lines are gone through once for all devices. */
static void many(void **state)
{
	size_t few = parsed_for(20), more = parsed_for(40);

	(void)state;
	assert_in_range(more, few + 1, 2 * few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(captures, fakesys_free_all),
		cmocka_unit_test_teardown(abilities, fakesys_free_all),
		cmocka_unit_test(plain_user),
		cmocka_unit_test_teardown(neighbours, fakesys_free_all),
		cmocka_unit_test_teardown(lines, fakesys_free_all),
		cmocka_unit_test_teardown(noise, fakesys_free_all),
		cmocka_unit_test_teardown(two_claim, fakesys_free_all),
		cmocka_unit_test_teardown(words, fakesys_free_all),
		cmocka_unit_test_teardown(hostile_bus, fakesys_free_all),
		cmocka_unit_test_teardown(transports, fakesys_free_all),
		cmocka_unit_test_teardown(settings, fakesys_free_all),
		cmocka_unit_test(between),
		cmocka_unit_test(meanwhile),
		cmocka_unit_test(comes_and_goes),
		cmocka_unit_test(other_driver),
		cmocka_unit_test(other_ranges),
		cmocka_unit_test(saved_plan),
		cmocka_unit_test(denied),
		cmocka_unit_test_teardown(many, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
