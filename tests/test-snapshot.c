// SPDX-License-Identifier: LGPL-2.1-or-later
/* Snapshots of recorded machines and of small ones, on disk and in memory. */
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
#include "support/fakesys.h"

static struct mhp_snapshot *take(struct fakesys *fs, enum fakesys_way way, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_ctx *ctx = fakesys_ctx(fs, way);
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	mhp_ctx_unref(ctx);
	check_snapshot(snap);
	return snap;
}

static void assert_text(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

/* ---- recorded machines ---- */

#define BOOT "0 online none node 0 boot\n1-7 online DMA32 node 0 boot\n"
#define BOOT_REGION "boot 0x0+0x40000000 = 0-7, 8 blocks online mixed, lost 0; node 0 - ENODATA ram -\n"
#define BOOT_NODE "node0 cpu memory normal 8 blocks\n"
#define POLICY "policy offline contig-zones\n"

static const struct {
	const char *machine;
	const char *expected;
} machines[] = {
	{ "7.3-hmem-bound",
	  BOOT "32-35 offline node 1 dax0.0\n" BOOT_NODE "node1 4 blocks\n" POLICY
	  "dax0.0 0x100000000+0x20000000 = 32-35, 4 blocks offline, lost 0;"
	  " node 1 kmem offline ram kmem\n" BOOT_REGION },
	{ "6.12-hmem-bound",
	  BOOT "32-35 offline node 1 dax0.0\n" BOOT_NODE "node1 4 blocks\n" POLICY
	  "dax0.0 0x100000000+0x20000000 = 32-35, 4 blocks offline, lost 0;"
	  " node 1 kmem ENODATA ram kmem\n" BOOT_REGION },
	{ "6.1-hmem-bound",
	  BOOT "32-35 offline node 1 dax0.0\n" BOOT_NODE "node1 4 blocks\n" POLICY
	  "dax0.0 0x100000000+0x20000000 = 32-35, 4 blocks offline, lost 0;"
	  " node 1 kmem ENODATA ram kmem\n" BOOT_REGION },
	{ "7.3-hmem-unplugged",
	  BOOT BOOT_NODE POLICY
	  "dax0.0 0x100000000+0x20000000 = 32-35, 0 blocks absent, lost 0;"
	  " node 1 kmem unplugged ram -\n" BOOT_REGION },
	/* another device's blocks lie between the two ranges */
	{ "7.3-hmem-ranges-bound",
	  BOOT "32-33 offline node 1 dax0.0\n34-35 offline node 1 dax0.1\n"
	  "36-37 offline node 1 dax0.0\n" BOOT_NODE "node1 6 blocks\n" POLICY
	  "dax0.0 0x100000000+0x10000000,0x120000000+0x10000000 = 32-33,36-37,"
	  " 4 blocks offline, lost 0; node 1 kmem offline ram kmem\n"
	  "dax0.1 0x110000000+0x10000000 = 34-35, 2 blocks offline, lost 0;"
	  " node 1 kmem offline ram kmem\n" BOOT_REGION },
	{ "6.12-hmem-ranges-bound",
	  BOOT "32-33 offline node 1 dax0.0\n34-35 offline node 1 dax0.1\n"
	  "36-37 offline node 1 dax0.0\n" BOOT_NODE "node1 6 blocks\n" POLICY
	  "dax0.0 0x100000000+0x10000000,0x120000000+0x10000000 = 32-33,36-37,"
	  " 4 blocks offline, lost 0; node 1 kmem ENODATA ram kmem\n"
	  "dax0.1 0x110000000+0x10000000 = 34-35, 2 blocks offline, lost 0;"
	  " node 1 kmem ENODATA ram kmem\n" BOOT_REGION },
	/* 96 + 64 MiB and 96 MiB lie in blocks that are partly boot memory */
	{ "7.3-hmem-unaligned-bound",
	  BOOT "32 online Normal node 1 boot\n33-34 offline node 1 dax0.0\n"
	  "35 online Normal node 1 boot\n36 online Normal node 2 boot\n"
	  "37-38 offline node 2 dax1.0\n39 online Normal node 2 boot\n" BOOT_NODE
	  "node1 memory normal 4 blocks\nnode2 memory normal 4 blocks\n" POLICY
	  "dax0.0 0x102000000+0x1a000000 = 33-34, 2 blocks offline, lost 167772160;"
	  " node 1 kmem offline ram kmem\n"
	  "dax1.0 0x128000000+0x16000000 = 37-38, 2 blocks offline, lost 100663296;"
	  " node 2 kmem offline ram kmem\n" "boot 0x0+0x40000000,0x100000000+0x8000000,0x118000000+0x10000000,"
	  "0x138000000+0x8000000 = 0-7,32,35-36,39, 12 blocks online mixed, lost 0;"
	  " node ENODATA - ENODATA ram -\n" },
	/* 128 MiB across a border: no whole block */
	{ "7.3-hmem-tiny-bound",
	  BOOT "32-33 online Normal node 1 boot\n34-35 offline node 1 dax1.0\n" BOOT_NODE
	  "node1 memory normal 4 blocks\n" POLICY
	  "dax0.0 0x104000000+0x8000000, 0 blocks absent, lost 134217728;"
	  " node 1 - ENODATA ram -\n"
	  "dax1.0 0x110000000+0x10000000 = 34-35, 2 blocks offline, lost 0;"
	  " node 1 kmem offline ram kmem\n" "boot 0x0+0x40000000,0x100000000+0x10000000 = 0-7,32-33,"
	  " 10 blocks online mixed, lost 0; node ENODATA - ENODATA ram -\n" },
	{ "7.3-hmem-split-bound",
	  BOOT "32-35 offline node 1 dax0.0\n36-39 offline node 1 dax0.1\n" BOOT_NODE
	  "node1 8 blocks\n" POLICY
	  "dax0.0 0x100000000+0x20000000 = 32-35, 4 blocks offline, lost 0;"
	  " node 1 kmem offline ram kmem\n"
	  "dax0.1 0x120000000+0x20000000 = 36-39, 4 blocks offline, lost 0;"
	  " node 1 kmem offline ram kmem\n" BOOT_REGION },
	{ "7.3-cxl-region-region",
	  BOOT "34-37 offline node 1 dax0.0\n" BOOT_NODE "node1 4 blocks\n" POLICY
	  "dax0.0 0x110000000+0x20000000 = 34-37, 4 blocks offline, lost 0;"
	  " node 1 kmem offline ram kmem\n"
	  "region0 0x110000000+0x20000000 = 34-37, 0 blocks offline, lost 0;"
	  " node 1 cxl_region ENODATA ram kmem\n" BOOT_REGION },
	/* a state in between, and what the driver's word does not say */
	{ "7.3-pinned-going-offline",
	  BOOT "32 online Movable node 1 dax0.0\n33 going-offline node 1 dax0.0\n"
	  "34-35 online Movable node 1 dax0.0\n" BOOT_NODE "node1 memory 4 blocks\n" POLICY
	  "dax0.0 0x100000000+0x20000000 = 32-35, 4 blocks mixed Movable, lost 0;"
	  " node 1 kmem offline ram kmem\n" BOOT_REGION },
};

static void recorded_machines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct fakesys *fs = fakesys_new_machine(machines[i].machine);

		for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
			struct mhp_snapshot *snap = take(fs, way, 0);

			assert_text(dump(snap, true), machines[i].expected);
			assert_text(dump_problems(snap), "");
			assert_int_equal(mhp_snapshot_get_block_size_bytes(snap), 128 << 20);
			mhp_snapshot_unref(snap);
		}
		fakesys_free(fs);
	}
}

#define HMEM "7.3-hmem-bound"	/* dax0.0 has blocks 32 to 35, on node 1 */
#define DAX "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0"
#define DAX_LINE "dax0.0 0x100000000+0x20000000 = 32-35, "

static void finds(void **state)
{
	struct fakesys *fs = fakesys_new_machine(HMEM);
	struct mhp_snapshot *snap = take(fs, FAKESYS_MEMORY, 0), *same;
	const struct mhp_region *region = mhp_snapshot_find_region(snap, "dax0.0");
	const struct mhp_block *block = mhp_snapshot_find_block(snap, 35);
	uint64_t number;
	int code;

	(void)state;
	assert_int_equal(mhp_block_get_id(block), 35);
	assert_ptr_equal(mhp_snapshot_get_block_region(snap, block), region);
	assert_ptr_equal(mhp_region_get_block(region, 3), block);
	assert_int_equal(mhp_region_get_kind(region), MHP_REGION_DAX);
	assert_string_equal(mhp_region_get_path(region), DAX);
	assert_ptr_equal(mhp_snapshot_get_block_region(snap, mhp_snapshot_find_block(snap, 7)),
			 mhp_snapshot_find_region(snap, "boot"));
	assert_int_equal(mhp_node_get_id(mhp_snapshot_find_node(snap, 1)), 1);

	assert_null(mhp_snapshot_find_block(snap, 36));
	assert_null(mhp_snapshot_find_block(snap, 35 | UINT64_C(1) << 40));
	assert_null(mhp_snapshot_get_block(snap, 12));
	assert_null(mhp_snapshot_find_region(snap, "dax0"));
	assert_null(mhp_snapshot_get_region(snap, 2));
	assert_null(mhp_snapshot_find_node(snap, 2));
	assert_null(mhp_snapshot_get_node(snap, 2));
	assert_int_equal(mhp_region_get_range(region, 1, &number, &number), -EINVAL);
	assert_int_equal(mhp_region_get_block_run(region, 1, &number, &number), -EINVAL);
	assert_int_equal(mhp_snapshot_get_problem(snap, 0, NULL, &code, NULL), -EINVAL);

	same = mhp_snapshot_ref(snap);
	assert_ptr_equal(same, snap);
	assert_null(mhp_snapshot_unref(snap));
	assert_int_equal(mhp_snapshot_count_blocks(same), 12);
	assert_null(mhp_snapshot_unref(same));
	assert_null(mhp_snapshot_unref(NULL));
	assert_null(mhp_snapshot_ref(NULL));
}

static void options(void **state)
{
	struct {
		struct mhp_snapshot_opts known;
		uint64_t later;
	} opts = { .later = 0 };
	static const struct {
		size_t size;
		uint64_t flags, later;
		int r;
	} cases[] = {
		{ sizeof(opts.known), 0, 0, 0 },
		{ sizeof(opts.known), MHP_SNAPSHOT_OFFLINE_ZONES, 0, 0 },
		{ sizeof(opts.known), MHP_SNAPSHOT_FOR_PLANS, 0, 0 },
		{ sizeof(opts.known), MHP_SNAPSHOT_TOPOLOGY, 0, 0 },
		{ sizeof(opts.known), MHP_SNAPSHOT_PLUGGED, 0, 0 },
		{ sizeof(opts.known), MHP_SNAPSHOT_EXACT, 0, 0 },
		{ sizeof(opts.known), MHP_SNAPSHOT_BLOCKS_ONLY, 0, 0 },
		{ sizeof(opts.known), MHP_SNAPSHOT_BLOCKS_ONLY | MHP_SNAPSHOT_FOR_PLANS, 0, -EINVAL },
		{ sizeof(opts.known), MHP_SNAPSHOT_BLOCKS_ONLY | MHP_SNAPSHOT_PLUGGED, 0, -EINVAL },
		{ sizeof(opts.known), UINT64_C(1) << 63, 0, -E2BIG },
		{ sizeof(opts), 0, 0, 0 },
		{ sizeof(opts), 0, UINT64_C(1) << 63, -E2BIG },
		{ sizeof(opts.known), 0, 1, 0 },
		{ sizeof(size_t), UINT64_MAX, UINT64_MAX, 0 },
		{ sizeof(size_t) - 1, 0, 0, -EINVAL },
		{ 0, 0, 0, -EINVAL },
	};
	struct mhp_ctx *ctx = fakesys_ctx(fakesys_new_machine(HMEM), FAKESYS_MEMORY);
	struct mhp_snapshot *snap;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		opts.known.size = cases[i].size;
		opts.known.flags = cases[i].flags;
		opts.later = cases[i].later;
		snap = NULL;
		assert_int_equal(mhp_snapshot_new(ctx, &opts.known, &snap), cases[i].r);
		assert_true((snap != NULL) == (cases[i].r == 0));
		mhp_snapshot_unref(snap);
	}
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	assert_int_equal(mhp_block_count_zones(mhp_snapshot_find_block(snap, 35)), 0);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
}

/* ---- not root, and races ---- */

static void not_root(void **state)
{
	static const char *const files[] = { DAX "/mapping0/start", DAX "/mapping0/end",
					     DAX "/resource" };
	struct fakesys *fs = fakesys_new_machine(HMEM);
	struct mhp_snapshot *snap;
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		fakesys_find(fs, files[i])->code = -EACCES;
	fakesys_file(fs, "/proc/iomem", "00000000-00000000 : System RAM (kmem)\n");
	snap = take(fs, FAKESYS_MEMORY, 0);
	assert_text(dump(snap, true), "0 online none node 0\n1-7 online DMA32 node 0\n"
		    "32-35 offline node 1\n" BOOT_NODE "node1 4 blocks\n"
		    POLICY "dax0.0 EACCES, 0 blocks unknown, lost EACCES;"
		    " node 1 kmem offline ram EACCES\n"
		    /* whose the others are depends on what is hidden */
		    "boot EACCES, 0 blocks unknown, lost EACCES;"
		    " node ENODATA - ENODATA ram EACCES\n");
	assert_text(dump_problems(snap), "/proc/iomem EACCES\n" DAX "/mapping0/start EACCES\n");
	/* that one is for everybody to read */
	assert_int_equal(mhp_region_get_size_bytes(mhp_snapshot_get_region(snap, 0), &bytes), 0);
	assert_int_equal(bytes, 512 << 20);
	mhp_snapshot_unref(snap);
}

/* Hidden is what has lines without addresses; without lines it makes no sense. */
static void iomem_empty(void **state)
{
	static const char *const texts[] = { "", "\n", "\n\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct fakesys *fs = fakesys_new_machine(HMEM);
		struct mhp_snapshot *snap;

		fakesys_file(fs, "/proc/iomem", texts[i]);
		snap = take(fs, FAKESYS_MEMORY, 0);
		assert_text(dump_problems(snap), "/proc/iomem EBADMSG \"\"\n");
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* What goes away while the picture is taken is not in it, and is no problem. */
static void gone_meanwhile(void **state)
{
	static const struct {
		const char *path;
		int code;
		const char *line, *problem;
	} cases[] = {
		{ MEMORY_PATH "/memory33/state", -ENODEV, DAX_LINE "3 blocks mixed, lost 0;", "" },
		{ MEMORY_PATH "/memory7/valid_zones", -ENODEV, "7 online node 0 boot\n",
		  MEMORY_PATH "/memory7/valid_zones ENODEV\n" },
		{ NODE_PATH "/node1", -ENOENT, "32-35 offline node ENODATA dax0.0\n", "" },
		/* words of a broken disk: not ours for "makes no sense" and "absent" */
		{ MEMORY_PATH "/memory33/state", -EBADMSG, "33 unknown node 1 dax0.0\n",
		  MEMORY_PATH "/memory33/state EIO\n" },
		{ DAX "/state", -ENODATA, "node 1 kmem EIO ram kmem\n", DAX "/state EIO\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = fakesys_new_machine(HMEM);
		struct mhp_snapshot *snap;
		char *text;

		fakesys_find(fs, cases[i].path)->code = cases[i].code;
		snap = take(fs, FAKESYS_MEMORY, 0);
		text = dump(snap, true);
		assert_non_null(strstr(text, cases[i].line));
		assert_text(dump_problems(snap), cases[i].problem);
		free(text);
		mhp_snapshot_unref(snap);
	}
}

/* ---- valid_zones is read behind its guard only ---- */

/* Whose valid_zones were read; none of the files that may wait is. */
static void note_read(void *data, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	bool *seen = data;
	uint64_t id;

	assert_true(!strcmp(name, "online_policy") || strncmp(name, "online", 6));
	assert_string_not_equal(name, "removable");
	if (strcmp(name, "valid_zones"))
		return;
	assert_int_equal(sscanf(path, MEMORY_PATH "/memory%" SCNu64, &id), 1);
	assert_in_range(id, 0, 63);
	seen[id] = true;
}

#define MEM33 MEMORY_PATH "/memory33"
#define NODE1 NODE_PATH "/node1"

static void zones_behind_guard(void **state)
{
	static const struct {
		const char *gone[3];
		const char *broken;
		uint64_t flags;
		const char *read;
	} cases[] = {
		{ { NULL }, NULL, 0, "0 1 2 3 4 5 6 7 " },
		{ { NULL }, NULL, MHP_SNAPSHOT_OFFLINE_ZONES, "0 1 2 3 4 5 6 7 32 33 34 35 " },
		/* just added: on 6.x a read would crash the kernel */
		{ { MEM33 "/node1", NODE1 "/memory33" }, NULL, MHP_SNAPSHOT_OFFLINE_ZONES,
		  "0 1 2 3 4 5 6 7 32 34 35 " },
		/* the first of the two links, made once a read is safe */
		{ { MEM33 "/node1" }, NULL, MHP_SNAPSHOT_OFFLINE_ZONES,
		  "0 1 2 3 4 5 6 7 32 33 34 35 " },
		/* linked since the nodes were listed */
		{ { NODE1 "/memory33" }, NULL, MHP_SNAPSHOT_OFFLINE_ZONES,
		  "0 1 2 3 4 5 6 7 32 33 34 35 " },
		{ { MEMORY_PATH "/memory7/node0", NODE_PATH "/node0/memory7" }, NULL, 0,
		  "0 1 2 3 4 5 6 " },
		/* whatever is wrong with the nodes */
		{ { MEM33 "/node1" }, NODE_PATH, MHP_SNAPSHOT_OFFLINE_ZONES,
		  "0 1 2 3 4 5 6 7 32 34 35 " },
		{ { MEM33 "/node1", NODE_PATH "/node0", NODE1 }, NULL,
		  MHP_SNAPSHOT_OFFLINE_ZONES, "0 1 2 3 4 5 6 7 32 34 35 " },
		/* a kernel without nodes */
		{ { MEM33 "/node1", NODE_PATH }, NULL, MHP_SNAPSHOT_OFFLINE_ZONES,
		  "0 1 2 3 4 5 6 7 32 33 34 35 " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = fakesys_new_machine("6.1-hmem-bound");
		struct text text = { 0 };
		bool seen[64] = { false };
		char *str;

		for (size_t j = 0; j < ARRAY_SIZE(cases[i].gone) && cases[i].gone[j]; j++)
			fakesys_remove(fs, cases[i].gone[j]);
		if (cases[i].broken)
			fakesys_find(fs, cases[i].broken)->code = -EACCES;
		fs->on_read = note_read;
		fs->data = seen;
		mhp_snapshot_unref(take(fs, FAKESYS_MEMORY, cases[i].flags));
		for (size_t j = 0; j < ARRAY_SIZE(seen); j++)
			if (seen[j])
				text_add(&text, "%zu ", j);
		assert_int_equal(text_finish(&text, &str), 0);
		assert_text(str, cases[i].read);
		fakesys_free(fs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(recorded_machines, fakesys_free_all),
		cmocka_unit_test_teardown(finds, fakesys_free_all),
		cmocka_unit_test_teardown(options, fakesys_free_all),
		cmocka_unit_test_teardown(not_root, fakesys_free_all),
		cmocka_unit_test_teardown(iomem_empty, fakesys_free_all),
		cmocka_unit_test_teardown(gone_meanwhile, fakesys_free_all),
		cmocka_unit_test_teardown(zones_behind_guard, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
