// SPDX-License-Identifier: LGPL-2.1-or-later
/* DIMMs as regions: slots, their blocks, what is told of them and what can be done. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "provider.h"
#include "support/ask.h"
#include "support/fakesys.h"
#include "support/regions.h"

#define MIXED "7.3-dimm-mixed-plugged"	/* memory40 to memory43 on node 0, offline */
#define BUS "/sys/bus/acpi/devices/"
#define PARENT "/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/"
#define SLOT0 PARENT "PNP0C80:00"
#define ENABLED "/sys/firmware/acpi/hotplug/memory/enabled"

/* A slot with nothing in it. */
static void add_slot(struct fakesys *fs, const char *name, const char *path)
{
	char file[256], target[256];

	snprintf(file, sizeof(file), BUS "%s", name);
	snprintf(target, sizeof(target), "../../..%s%s", &PARENT[strlen("/sys")], name);
	fakesys_link(fs, file, target);
	snprintf(file, sizeof(file), PARENT "%s/status", name);
	fakesys_file(fs, file, "0\n");
	snprintf(file, sizeof(file), PARENT "%s/eject", name);
	fakesys_file(fs, file, "");
	if (!path)
		return;
	snprintf(file, sizeof(file), PARENT "%s/path", name);
	fakesys_file(fs, file, path);
}

static void assert_cannot(const struct mhp_region *region, enum mhp_capability what,
			  const char *text)
{
	const char *why;

	if (!text) {
		assert_true(mhp_region_can(region, what, &why));
		return;
	}
	assert_false(mhp_region_can(region, what, &why));
	if (!strstr(why, text))
		fail_msg("\"%s\" is not in \"%s\"", text, why);
}

/* The code of the plan's first conflict, which says this; 0: none. */
static enum mhp_conflict_code conflict(const struct mhp_snapshot *snap, const char *wish,
				       const char *text)
{
	struct mhp_request *request = ask(wish);
	enum mhp_conflict_code code = MHP_CONFLICT_UNKNOWN;
	struct mhp_plan *plan;

	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	if (mhp_plan_count_conflicts(plan)) {
		const char *message = mhp_conflict_get_message(mhp_plan_get_conflict(plan, 0));

		code = mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0));
		assert_int_equal(mhp_plan_count_steps(plan), 0);
		if (!text || !strstr(message, text))
			fail_msg("\"%s\" and not \"%s\"", message, text ? text : "");
	} else {
		assert_null(text);
	}
	mhp_plan_unref(plan);
	mhp_request_free(request);
	return code;
}

/* ---- what is told ---- */

static void plugged(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MIXED);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	const char *identity;
	uint64_t start, size;
	size_t count;
	int node;

	(void)state;
	/* addresses are for root only, whose blocks these are is not */
	fakesys_find(fs, "/proc/iomem")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "PNP0C80:00");
	assert_int_equal(mhp_region_get_kind(region), MHP_REGION_DIMM);
	assert_string_equal(mhp_region_get_path(region), SLOT0);
	assert_int_equal(mhp_region_get_range_count(region, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(mhp_region_get_range(region, 0, &start, &size), 0);
	assert_int_equal(start, 0x140000000);
	assert_int_equal(size, 4 << 27);
	assert_int_equal(mhp_region_count_blocks(region), 4);
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_OFFLINE);
	assert_int_equal(mhp_region_get_node_id(region, &node), 0);
	assert_int_equal(node, 0);
	check_fact(region, "status", "15");
	check_fact(region, "uid", "0x00");
	check_fact(region, "path", "\\_SB_.MHPC.MP00");
	check_fact(region, "hid", "PNP0C80");
	assert_int_equal(mhp_region_get_identity(region, &identity), 0);
	assert_string_equal(identity, "dimm:_SB_.MHPC.MP00");
	assert_ptr_equal(find_region(snap, identity), region);
	for (enum mhp_capability i = MHP_CAN_ONLINE; i <= MHP_CAN_RELEASE; i++)
		assert_cannot(region, i, i == MHP_CAN_ONLINE_WHOLE ? "by block" :
			      i == MHP_CAN_PLUG ? "by the host" :
			      i == MHP_CAN_PLUG_BLOCKS ? "as a whole" :
			      i == MHP_CAN_RELEASE ? "hardware" : NULL);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void identities(void **state)
{
	static const struct {
		const char *path, *uid, *identity;
		int code;
	} rows[] = {
		{ "\\_SB_.MHPC.MP03\n", "0x03\n", "dimm:_SB_.MHPC.MP03", 0 },
		{ NULL, "0x03\n", "dimm:uid:0x03", 0 },
		{ "no path\n", "a1\n", "dimm:uid:a1", 0 },
		{ "\\\n", "a 1\n", NULL, -ENODATA },
		{ "\\_SB_.\033[2J\n", "\n", NULL, -ENODATA },
		{ NULL, NULL, NULL, -ENODATA },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(MIXED);
		struct mhp_snapshot *snap;
		const char *identity = NULL;

		add_slot(fs, "PNP0C80:0a", rows[i].path);
		if (rows[i].uid)
			fakesys_file(fs, PARENT "PNP0C80:0a/uid", rows[i].uid);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		assert_int_equal(mhp_region_get_identity(find_region(snap, "PNP0C80:0a"),
							 &identity), rows[i].code);
		if (rows[i].identity)
			assert_string_equal(identity, rows[i].identity);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* Hexadecimal numbers, in order; others' names, and such as no kernel gives, are not slots. */
static void names(void **state)
{
	static const char *const odd[] = {
		"PNP0C80:0A", "PNP0C80:a", "PNP0C80:", "PNP0C80", "PNP0C8:00", "PNP0C80:0x1",
		"PNP0C80:001", "PNP0C80:ffffffffffffffffff",
	};
	struct fakesys *fs = fakesys_new_machine(MIXED);
	struct mhp_snapshot *snap;

	(void)state;
	add_slot(fs, "PNP0C80:100", NULL);
	add_slot(fs, "PNP0C80:1f", NULL);
	add_slot(fs, "PNP0C80:10", NULL);
	add_slot(fs, "PNP0C80:0f", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		add_slot(fs, odd[i], NULL);
		assert_false(provider_dimm.is_name(odd[i]));
	}
	assert_true(provider_dimm.is_name("PNP0C80:0f"));
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_string_equal(mhp_region_get_name(mhp_snapshot_get_region(snap, 0)), "PNP0C80:00");
	assert_string_equal(mhp_region_get_name(mhp_snapshot_get_region(snap, 1)), "PNP0C80:0f");
	assert_string_equal(mhp_region_get_name(mhp_snapshot_get_region(snap, 2)), "PNP0C80:10");
	assert_string_equal(mhp_region_get_name(mhp_snapshot_get_region(snap, 3)), "PNP0C80:1f");
	assert_string_equal(mhp_region_get_name(mhp_snapshot_get_region(snap, 4)), "PNP0C80:100");
	assert_int_equal(mhp_snapshot_count_regions(snap), 6);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- blocks ---- */

/* Boot memory of several nodes that firmware says is a DIMM's, and not in one piece. */
static void boot_blocks(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MIXED);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	size_t count;
	int node;

	(void)state;
	add_slot(fs, "PNP0C80:01", NULL);
	fakesys_file(fs, PARENT "PNP0C80:01/status", "15\n");
	fakesys_link(fs, PARENT "PNP0C80:01/physical_node", "../../../../system/memory/memory7");
	fakesys_link(fs, PARENT "PNP0C80:01/physical_node1", "../../../../system/memory/memory32");
	fakesys_link(fs, PARENT "PNP0C80:01/physical_node2", "../../../../system/memory/memory6");
	fakesys_link(fs, PARENT "PNP0C80:01/physical_node3", "../../../../system/cpu/cpu0");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "PNP0C80:01");
	assert_int_equal(mhp_region_get_range_count(region, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(mhp_region_count_blocks(region), 3);
	assert_ptr_equal(mhp_snapshot_get_block_region(snap, mhp_snapshot_find_block(snap, 7)),
			 region);
	assert_int_equal(mhp_region_get_node_id(region, &node), -ENODATA);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Slots without links: blocks have them, too. */
static void links_of_blocks(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MIXED);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	char link[256];

	(void)state;
	for (int i = 0; i < 4; i++) {
		snprintf(link, sizeof(link), i ? SLOT0 "/physical_node%d" : SLOT0 "/physical_node", i);
		fakesys_remove(fs, link);
	}
	/* one that is there and has no memory */
	add_slot(fs, "PNP0C80:01", NULL);
	fakesys_file(fs, PARENT "PNP0C80:01/status", "15\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "PNP0C80:00");
	assert_int_equal(mhp_region_count_blocks(region), 4);
	region = find_region(snap, "PNP0C80:01");
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_ABSENT);
	assert_cannot(region, MHP_CAN_ONLINE, "could not add it");
	assert_int_equal(conflict(snap, "PNP0C80:01 unplugged", "could not add it"),
			 MHP_CONFLICT_NOT_ABLE);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- what cannot be read, or makes no sense ---- */

static void unreadable(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MIXED);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	const char *text;
	size_t count;

	(void)state;
	fakesys_find(fs, SLOT0 "/status")->code = -EIO;
	fakesys_find(fs, SLOT0 "/path")->code = -EACCES;
	fakesys_remove(fs, SLOT0 "/uid");
	fakesys_find(fs, SLOT0 "/physical_node2")->code = -EIO;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "PNP0C80:00");
	assert_int_equal(mhp_region_find_fact(region, "status", &text), -EIO);
	assert_int_equal(mhp_region_get_identity(region, &text), -EACCES);
	assert_int_equal(mhp_region_get_range_count(region, &count), -EIO);
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_UNKNOWN);
	/* they may be its blocks */
	assert_int_equal(mhp_snapshot_count_problems(snap), 3);
	assert_int_equal(conflict(snap, "PNP0C80:00 unplugged", "physical_node2: EIO"),
			 MHP_CONFLICT_UNREADABLE);
	mhp_snapshot_unref(snap);

	fakesys_find(fs, SLOT0)->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "PNP0C80:00");
	assert_int_equal(mhp_region_get_range_count(region, &count), -EACCES);
	assert_int_equal(mhp_region_get_identity(region, &text), -EACCES);
	assert_int_equal(conflict(snap, "PNP0C80:00 offline", "EACCES"), MHP_CONFLICT_NO_PERMISSION);
	mhp_snapshot_unref(snap);

	fakesys_dir(fs, "/sys/bus/acpi/devices");
	fakesys_find(fs, "/sys/bus/acpi/devices")->code = -EACCES;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_snapshot_get_regions_code(snap), -EACCES);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* A block that does not say whose it is may be that of any slot without links of its own. */
static void blocks_unread(void **state)
{
	static const char link[] = MEMORY_PATH "/memory41/firmware_node";
	struct fakesys *fs = fakesys_new_machine(MIXED);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	const char *path;
	size_t count;
	int code;

	(void)state;
	for (int i = 0; i < 4; i++) {
		char own[256];

		snprintf(own, sizeof(own), i ? SLOT0 "/physical_node%d" : SLOT0 "/physical_node", i);
		fakesys_remove(fs, own);
	}
	fakesys_find(fs, link)->code = -EIO;
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "PNP0C80:00");
	assert_int_equal(mhp_region_get_range_count(region, &count), -EIO);
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_UNKNOWN);
	assert_int_equal(mhp_snapshot_count_problems(snap), 1);
	assert_int_equal(mhp_snapshot_get_problem(snap, 0, &path, &code, NULL), 0);
	assert_string_equal(path, link);
	assert_int_equal(code, -EIO);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void malformed(void **state)
{
	static const char *const statuses[] = { "", "fifteen\n", "-1\n", "0xf\n", "99999999999999999999\n" };
	struct fakesys *fs = fakesys_new_machine(MIXED);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	const char *text;
	size_t count;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		fakesys_file(fs, SLOT0 "/status", statuses[i]);
		snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
		region = find_region(snap, "PNP0C80:00");
		assert_int_equal(mhp_region_find_fact(region, "status", &text), -EBADMSG);
		assert_int_equal(mhp_region_count_blocks(region), 4);
		mhp_snapshot_unref(snap);
	}
	fakesys_link(fs, SLOT0 "/physical_node1", "../../../../system/memory/memory18446744073709551614");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_get_range_count(find_region(snap, "PNP0C80:00"), &count),
			 -EBADMSG);
	mhp_snapshot_unref(snap);
	/* a loop, and a link to nowhere */
	fakesys_link(fs, SLOT0 "/physical_node1", "physical_node1");
	fakesys_link(fs, BUS "PNP0C80:02", "PNP0C80:02");
	fakesys_link(fs, BUS "PNP0C80:03", "../../nowhere");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(mhp_region_count_blocks(find_region(snap, "PNP0C80:00")), 3);
	assert_true(mhp_region_get_range_count(find_region(snap, "PNP0C80:02"), &count) < 0);
	assert_true(mhp_region_get_range_count(find_region(snap, "PNP0C80:03"), &count) < 0);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- what can be done ---- */

static void empty_slot(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MIXED);
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	size_t count;

	(void)state;
	add_slot(fs, "PNP0C80:01", "\\_SB_.MHPC.MP01\n");
	/* switched off, and seen all the same */
	add_slot(fs, "PNP0C80:02", NULL);
	fakesys_file(fs, PARENT "PNP0C80:02/status", "13\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	region = find_region(snap, "dimm:_SB_.MHPC.MP01");
	assert_int_equal(mhp_region_get_range_count(region, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(mhp_region_get_state(region), MHP_STATE_ABSENT);
	assert_cannot(region, MHP_CAN_ONLINE, "is an empty slot");
	assert_cannot(region, MHP_CAN_UNPLUG, "is an empty slot");
	assert_cannot(region, MHP_CAN_PLUG, "by the host");
	assert_int_equal(conflict(snap, "PNP0C80:01 online online", "is an empty slot"),
			 MHP_CONFLICT_ABSENT);
	assert_int_equal(conflict(snap, "PNP0C80:01 offline", "is an empty slot"),
			 MHP_CONFLICT_ABSENT);
	assert_int_equal(conflict(snap, "PNP0C80:01 plugged online_movable", "by the host"),
			 MHP_CONFLICT_HOST_DECIDES);
	/* it is unplugged */
	assert_int_equal(conflict(snap, "PNP0C80:01 unplugged", NULL), 0);
	assert_int_equal(conflict(snap, "PNP0C80:02 unplugged", NULL), 0);
	/* those that have something are meant */
	assert_int_equal(conflict(snap, "kind:dimm online online_movable", NULL), 0);
	assert_int_equal(conflict(snap, "kind:dimm offline", NULL), 0);
	assert_int_equal(conflict(snap, "kind:dimm unplugged", NULL), 0);
	assert_int_equal(conflict(snap, "kind:dimm plugged online", "by the host"),
			 MHP_CONFLICT_HOST_DECIDES);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void cannot_be_ejected(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MIXED);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_file(fs, ENABLED, "1\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(conflict(snap, "PNP0C80:00 unplugged", NULL), 0);
	assert_int_equal(conflict(snap, "PNP0C80:00 unplugged to:device_dax", "no device"),
			 MHP_CONFLICT_NOT_DEVICE);
	assert_int_equal(conflict(snap, "PNP0C80:00 plugged online", "by the host"),
			 MHP_CONFLICT_HOST_DECIDES);
	/* a part of it stays */
	assert_int_equal(conflict(snap, "blocks:40-41 unplugged", "no region as a whole"),
			 MHP_CONFLICT_NOT_WHOLE);
	mhp_snapshot_unref(snap);

	fakesys_file(fs, ENABLED, "0\n");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_cannot(find_region(snap, "PNP0C80:00"), MHP_CAN_UNPLUG, ENABLED " says 0");
	assert_int_equal(conflict(snap, "PNP0C80:00 unplugged", "says 0"), MHP_CONFLICT_NOT_ABLE);
	assert_int_equal(conflict(snap, "PNP0C80:00 online online", NULL), 0);
	mhp_snapshot_unref(snap);

	fakesys_remove(fs, SLOT0 "/eject");
	snap = take_fake(fs, MHP_SNAPSHOT_IDENTITY);
	assert_int_equal(conflict(snap, "PNP0C80:00 unplugged", "no eject file"),
			 MHP_CONFLICT_NOT_ABLE);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(plugged, fakesys_free_all),
		cmocka_unit_test_teardown(identities, fakesys_free_all),
		cmocka_unit_test_teardown(names, fakesys_free_all),
		cmocka_unit_test_teardown(boot_blocks, fakesys_free_all),
		cmocka_unit_test_teardown(links_of_blocks, fakesys_free_all),
		cmocka_unit_test_teardown(unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(blocks_unread, fakesys_free_all),
		cmocka_unit_test_teardown(malformed, fakesys_free_all),
		cmocka_unit_test_teardown(empty_slot, fakesys_free_all),
		cmocka_unit_test_teardown(cannot_be_ejected, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
