// SPDX-License-Identifier: LGPL-2.1-or-later
/* What lies in the zones of nodes and of the machine, in bytes and percent. */
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

#include "support/dump.h"
#include "support/errno-name.h"
#include "support/fakesys.h"
#include "support/regions.h"

#define MIB (UINT64_C(1) << 20)

/*
 * Two blocks of 128 MiB on node 0, two on node 1, all online; zoneinfo is text. A page
 * of 4 KiB then has 65536 in two blocks.
 */
static struct fakesys *machine(const char *text)
{
	struct fakesys *fs = fakesys_new();
	char path[128];

	fakesys_file(fs, MEMORY_PATH "/block_size_bytes", "8000000\n");
	for (unsigned int id = 0; id < 4; id++) {
		snprintf(path, sizeof(path), MEMORY_PATH "/memory%u/state", id);
		fakesys_file(fs, path, "online\n");
		snprintf(path, sizeof(path), NODE_PATH "/node%u/memory%u", id / 2, id);
		fakesys_link(fs, path, "../../memory/memory0");
	}
	if (text)
		fakesys_file(fs, "/proc/zoneinfo", text);
	return fs;
}

#define ZONE(node, name, present, managed, free) \
	"Node " node ", zone " name "\n  pages free " free "\n present " present \
	"\n managed " managed "\n"
#define KERNEL0 ZONE("0", "DMA32", "16384", "16000", "100") \
	ZONE("0", "Normal", "49152", "49000", "200")

/* "0: 256 MiB kernel, 0 movable, 0 %"; "*" is the machine */
static void add_sizes(struct text *text, const char *name, int codes[3], uint64_t kernel,
		      uint64_t movable, uint64_t percent)
{
	const uint64_t values[] = { kernel / MIB, movable / MIB, percent };

	text_add(text, "%s:", name);
	for (size_t i = 0; i < 3; i++)
		if (codes[i] < 0)
			text_add(text, " %s", errno_name(-codes[i]));
		else
			text_add(text, " %" PRIu64, values[i]);
	text_add(text, "\n");
}

static char *sizes_text(const struct mhp_snapshot *snap)
{
	uint64_t kernel = 0, movable = 0, percent = 0;
	const struct mhp_node *node;
	struct text text = { 0 };
	int codes[3];
	char *str;

	for (size_t i = 0; (node = mhp_snapshot_get_node(snap, i)); i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", mhp_node_get_id(node));
		codes[0] = mhp_node_get_kernel_bytes(node, &kernel);
		codes[1] = mhp_node_get_movable_bytes(node, &movable);
		codes[2] = mhp_node_get_movable_percent(node, &percent);
		add_sizes(&text, name, codes, kernel, movable, percent);
	}
	codes[0] = mhp_snapshot_get_kernel_bytes(snap, &kernel);
	codes[1] = mhp_snapshot_get_movable_bytes(snap, &movable);
	codes[2] = mhp_snapshot_get_movable_percent(snap, &percent);
	add_sizes(&text, "*", codes, kernel, movable, percent);
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static const struct {
	const char *what, *zoneinfo, *sizes;
} machines[] = {
	{ "all Movable on node 1",
	  KERNEL0 ZONE("1", "Movable", "65536", "65536", "65536"),
	  "0: 256 0 0\n1: 0 256 ERANGE\n*: 256 256 100\n" },
	{ "mixed, and rounded up",
	  KERNEL0 ZONE("1", "Normal", "16384", "1", "1") ZONE("1", "Movable", "49153", "1", "1"),
	  "0: 256 0 0\n1: 64 192 301\n*: 320 192 61\n" },
	{ "nothing on node 1",
	  ZONE("0", "Normal", "131072", "1", "1") ZONE("1", "Normal", "0", "0", "0"),
	  "0: 512 0 0\n1: 0 0 ENODATA\n*: 512 0 0\n" },
	{ "what is Device's, or nobody knows, is neither",
	  KERNEL0 ZONE("1", "Movable", "65536", "1", "1") ZONE("1", "Device", "99", "9", "9")
	  ZONE("1", "Quantum", "99", "9", "9"),
	  "0: 256 0 0\n1: 0 256 ERANGE\n*: 256 256 100\n" },
	{ "pages of 64 KiB",
	  ZONE("0", "Normal", "4096", "1", "1") ZONE("1", "Movable", "4096", "1", "1"),
	  "0: 256 0 0\n1: 0 256 ERANGE\n*: 256 256 100\n" },
	{ "pages of no size",
	  ZONE("0", "Normal", "409600", "1", "1") ZONE("1", "Movable", "4096", "1", "1"),
	  "0: ENODATA 0 0\n1: 0 ENODATA ERANGE\n*: ENODATA ENODATA 1\n" },
	{ "more than there can be",
	  ZONE("0", "Normal", "18446744073709551615", "1", "1") ZONE("1", "Normal", "9", "1", "1")
	  ZONE("1", "Movable", "18446744073709551614", "1", "1"),
	  "0: ERANGE 0 ERANGE\n1: ENODATA ENODATA ERANGE\n*: ERANGE ENODATA ERANGE\n" },
	{ "no sense", "Node 0, zone Normal\n present x\n",
	  "0: EBADMSG EBADMSG EBADMSG\n1: EBADMSG EBADMSG EBADMSG\n*: EBADMSG EBADMSG EBADMSG\n" },
	{ "no file", NULL,
	  "0: ENODATA ENODATA ENODATA\n1: ENODATA ENODATA ENODATA\n*: ENODATA ENODATA ENODATA\n" },
};

static void sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mhp_snapshot *snap = take_fake(machine(machines[i].zoneinfo),
						      MHP_SNAPSHOT_TOPOLOGY);
		char *str = sizes_text(snap), *problems = dump_problems(snap);

		if (strcmp(str, machines[i].sizes))
			fail_msg("%s:\n%s-- not\n%s", machines[i].what, str, machines[i].sizes);
		if (!strstr(problems, "zoneinfo") != !strstr(str, "EBADMSG"))
			fail_msg("%s: %s", machines[i].what, problems);
		free(problems);
		free(str);
		mhp_snapshot_unref(snap);
	}
}

static void one_zone(void **state)
{
	struct mhp_snapshot *snap = take_fake(machine(KERNEL0 ZONE("1", "Normal", "1", "1", "1")
						 ZONE("1", "Quantum", "2", "1", "1")
						 ZONE("1", "Movable", "65535", "65535", "65534")),
					 MHP_SNAPSHOT_TOPOLOGY);
	const struct mhp_node *node = mhp_snapshot_find_node(snap, 0);
	uint64_t present, managed, free_bytes;

	(void)state;
	assert_int_equal(mhp_node_get_zone_bytes(node, MHP_ZONE_NORMAL, &present, &managed,
						 &free_bytes), 0);
	assert_int_equal(present, 192 * MIB);
	assert_int_equal(managed, 49000 * 4096);
	assert_int_equal(free_bytes, 200 * 4096);
	assert_int_equal(mhp_node_get_zone_bytes(node, MHP_ZONE_MOVABLE, &present, NULL, NULL), 0);
	assert_int_equal(present, 0);
	assert_int_equal(mhp_snapshot_get_zone_bytes(snap, MHP_ZONE_NORMAL, &present, NULL,
						     NULL), 0);
	assert_int_equal(present, 192 * MIB + 4096);
	assert_int_equal(mhp_snapshot_get_zone_bytes(snap, MHP_ZONE_UNKNOWN, &present, NULL,
						     NULL), 0);
	assert_int_equal(present, 2 * 4096);
	assert_int_equal(mhp_snapshot_get_zone_bytes(snap, MHP_ZONE_NONE, NULL, NULL, NULL),
			 -EINVAL);
	assert_int_equal(mhp_snapshot_get_zone_bytes(snap, MHP_ZONE_MIXED, NULL, NULL, NULL),
			 -EINVAL);
	assert_int_equal(mhp_snapshot_get_zone_bytes(snap, (enum mhp_zone)-1, NULL, NULL, NULL),
			 -EINVAL);
	assert_int_equal(mhp_node_get_zone_bytes(node, MHP_ZONE_NORMAL, NULL, NULL, &free_bytes),
			 0);
	assert_int_equal(free_bytes, 200 * 4096);
	mhp_snapshot_unref(snap);
}

/* Each of its numbers has to be one of bytes, and each sum. */
static void too_large(void **state)
{
#define MAX "18446744073709551615"
	static const char *const zones[] = {
		KERNEL0 ZONE("1", "Movable", MAX, "1", "1"),
		KERNEL0 ZONE("1", "Movable", "1", MAX, "1"),
		KERNEL0 ZONE("1", "Movable", "1", "1", MAX),
		KERNEL0 ZONE("1", "Movable", "1", MAX, "1") ZONE("2", "Movable", "1", MAX, "1"),
		KERNEL0 ZONE("1", "Movable", MAX, "1", "1") ZONE("2", "Movable", "2", "1", "1"),
	};
#undef MAX

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		struct mhp_snapshot *snap = take_fake(machine(zones[i]), MHP_SNAPSHOT_TOPOLOGY);
		uint64_t present = 7, managed = 7, free_bytes = 7;

		assert_int_equal(mhp_snapshot_get_zone_bytes(snap, MHP_ZONE_MOVABLE, &present,
							     &managed, &free_bytes), -ERANGE);
		assert_true(present == 7 && managed == 7 && free_bytes == 7);
		mhp_snapshot_unref(snap);
	}
}

static void count_reads(void *data, const char *path)
{
	if (!strcmp(path, "/proc/zoneinfo"))
		++*(int *)data;
}

/* Either flag brings it, both read it once, none does not. */
static void flags(void **state)
{
	static const struct {
		uint64_t flags;
		int reads;
	} rows[] = {
		{ 0, 0 }, { MHP_SNAPSHOT_OFFLINE_ZONES, 0 }, { MHP_SNAPSHOT_TOPOLOGY, 1 },
		{ MHP_SNAPSHOT_FOR_PLANS, 1 },
		{ MHP_SNAPSHOT_TOPOLOGY | MHP_SNAPSHOT_FOR_PLANS, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = machine(machines[0].zoneinfo);
		struct mhp_snapshot *snap;
		uint64_t bytes;
		int reads = 0;

		fs->on_read = count_reads;
		fs->data = &reads;
		snap = take_fake(fs, rows[i].flags);
		assert_int_equal(reads, rows[i].reads);
		assert_int_equal(mhp_snapshot_get_movable_bytes(snap, &bytes),
				 reads ? 0 : -ENODATA);
		mhp_snapshot_unref(snap);
	}
}

static void recorded_machines(void **state)
{
	static const struct {
		const char *name;
		uint64_t movable_mib;
	} recorded[] = {
		{ "7.3-hmem-bound", 0 }, { "7.3-hmem-online", 512 }, { "6.1-hmem-online", 512 },
		{ "6.12-hmem-mom-online", 512 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(recorded); i++) {
		struct fakesys *fs = fakesys_new_machine(recorded[i].name);
		struct mhp_snapshot *snap = take_fake(fs, MHP_SNAPSHOT_TOPOLOGY);
		const struct mhp_node *node = mhp_snapshot_find_node(snap, 1);
		uint64_t bytes;

		assert_int_equal(mhp_node_get_movable_bytes(node, &bytes), 0);
		if (bytes != recorded[i].movable_mib * MIB)
			fail_msg("%s: %" PRIu64, recorded[i].name, bytes);
		assert_int_equal(mhp_snapshot_get_kernel_bytes(snap, &bytes), 0);
		assert_in_range(bytes, 1000 * MIB, 1024 * MIB);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(sizes, fakesys_free_all),
		cmocka_unit_test_teardown(one_zone, fakesys_free_all),
		cmocka_unit_test_teardown(too_large, fakesys_free_all),
		cmocka_unit_test_teardown(flags, fakesys_free_all),
		cmocka_unit_test_teardown(recorded_machines, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
