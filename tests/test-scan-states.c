// SPDX-License-Identifier: LGPL-2.1-or-later
/* States of blocks that are not read, on simulated machines and on fake trees, beside those that are. */
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

#include <mhp/sim-builder.h>
#include <mhp/sim.h>

#include "support/dump.h"
#include "support/fakesys.h"

#define BLOCK (UINT64_C(128) << 20)
#define PAGES (BLOCK / 4096)
#define MEM "/sys/devices/system/memory"
#define NODE "/sys/devices/system/node"
#define SEQNUM "/sys/kernel/uevent_seqnum"

static struct mhp_snapshot *take(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	check_snapshot(snap);
	return snap;
}

static size_t count_inferred(const struct mhp_snapshot *snap)
{
	size_t count = 0;

	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++)
		count += mhp_block_is_inferred(mhp_snapshot_get_block(snap, i));
	return count;
}

/* The same text as with each state read; how many were not. */
static size_t compare(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_snapshot *inferred = take(ctx, flags), *exact;
	char *text = dump(inferred, false), *expected;
	size_t count = count_inferred(inferred);

	exact = take(ctx, flags | MHP_SNAPSHOT_EXACT);
	expected = dump(exact, false);
	assert_string_equal(text, expected);
	assert_int_equal(count_inferred(exact), 0);
	free(text);
	free(expected);
	mhp_snapshot_unref(inferred);
	mhp_snapshot_unref(exact);
	return count;
}

/* ---- simulated machines ---- */

/* Node 0: 32 blocks from 0 on, a hole of 8, and 24; node 1: 64 from 64 on. */
static struct mhp_sim *build(enum mhp_sim_kernel kernel)
{
	struct mhp_sim_builder *builder;
	struct mhp_sim *sim;

	assert_int_equal(mhp_sim_builder_new(kernel, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 4), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, 32 * BLOCK), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 40 * BLOCK, 24 * BLOCK), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 1, 64 * BLOCK, 64 * BLOCK), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &sim), 0);
	mhp_sim_builder_free(builder);
	return sim;
}

static void put(struct mhp_sim *sim, unsigned int id, const char *word)
{
	char path[64];

	snprintf(path, sizeof(path), MEM "/memory%u/state", id);
	(void)mhp_sim_write(sim, path, word);
}

static void random_states(void **state)
{
	static const char *const words[] = { "offline", "offline", "online_movable", "online_kernel" };
	uint64_t seed = 11;

	(void)state;
	for (int kernel = MHP_SIM_KERNEL_6_1; kernel <= (int)MHP_SIM_KERNEL_7_3; kernel++) {
		struct mhp_sim *sim = build((enum mhp_sim_kernel)kernel);
		struct mhp_ctx *ctx;
		size_t inferred = 0;

		assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
		for (size_t round = 0; round < 60; round++) {
			size_t first = 32 + fakesys_random(&seed, 96);
			size_t length = 1 + fakesys_random(&seed, 40);
			const char *word = words[fakesys_random(&seed, 4)];

			inferred += compare(ctx, round % 2 ? MHP_SNAPSHOT_OFFLINE_ZONES : 0);
			for (size_t i = first; i < first + length; i++)
				put(sim, (unsigned int)i, word);
		}
		/* not always, and not never */
		assert_in_range(inferred, 60 * 10, 60 * 110);
		mhp_ctx_unref(ctx);
		mhp_sim_unref(sim);
	}
}

/* However many blocks: as many files are read. */
static void few_reads(void **state)
{
	struct mhp_sim *sim = build(MHP_SIM_KERNEL_7_3);
	struct mhp_ctx *ctx;
	size_t before;

	(void)state;
	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	before = mhp_sim_count(sim, MHP_SIM_ACCESS_READ);
	mhp_snapshot_unref(take(ctx, MHP_SNAPSHOT_BLOCKS_ONLY));
	/* uevent_seqnum twice, block_size_bytes, 3 lists of nodes, zoneinfo twice, a state for each node */
	assert_in_range(mhp_sim_count(sim, MHP_SIM_ACCESS_READ) - before, 8, 13);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
}

/* ---- fake trees ---- */

/* Node 0 has blocks 0 to 63 but for those of the hole, node 1 has 64 to 95. */
static struct fakesys *fake(size_t hole_first, size_t hole_count)
{
	struct fakesys *fs = fakesys_new();
	char path[128], target[128];

	fakesys_file(fs, MEM "/block_size_bytes", "8000000\n");
	fakesys_file(fs, MEM "/auto_online_blocks", "offline\n");
	fakesys_dir(fs, MEM "/power");
	for (size_t id = 0; id < 96; id++) {
		int node = id >= 64;

		if (id >= hole_first && id < hole_first + hole_count)
			continue;
		snprintf(path, sizeof(path), MEM "/memory%zu/state", id);
		fakesys_file(fs, path, node ? "offline\n" : "online\n");
		snprintf(path, sizeof(path), MEM "/memory%zu/valid_zones", id);
		fakesys_file(fs, path, node ? "Normal Movable\n" : "Normal\n");
		snprintf(path, sizeof(path), MEM "/memory%zu/node%d", id, node);
		snprintf(target, sizeof(target), "../../node/node%d", node);
		fakesys_link(fs, path, target);
		snprintf(path, sizeof(path), NODE "/node%d/memory%zu", node, id);
		snprintf(target, sizeof(target), "../../memory/memory%zu", id);
		fakesys_link(fs, path, target);
	}
	fakesys_file(fs, SEQNUM, "1000\n");
	return fs;
}

static void set_zoneinfo(struct fakesys *fs, size_t first, size_t blocks, uint64_t present)
{
	char text[512];

	snprintf(text, sizeof(text), "Node 0, zone   Normal\n  pages free     1000\n"
		 "        spanned  %" PRIu64 "\n        present  %" PRIu64 "\n"
		 "        managed  %" PRIu64 "\n  start_pfn:           %" PRIu64 "\n",
		 blocks * PAGES, present, present, first * PAGES);
	fakesys_file(fs, "/proc/zoneinfo", text);
}

static size_t inferred_of(struct fakesys *fs, enum fakesys_way way)
{
	struct mhp_ctx *ctx = fakesys_ctx(fs, way);
	size_t count = compare(ctx, 0);

	mhp_ctx_unref(ctx);
	return count;
}

static void on_disk_and_in_memory(void **state)
{
	(void)state;
	for (int way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
		struct fakesys *fs = fake(0, 0);

		set_zoneinfo(fs, 0, 64, 64 * PAGES);
		assert_int_equal(inferred_of(fs, (enum fakesys_way)way), 96);
		fakesys_free(fs);
	}
}

/* What does not belong to these blocks is seen, and nothing of it is believed. */
static void foreign_zoneinfo(void **state)
{
	static const struct {
		size_t first, blocks, has;
	} cases[] = {
		{ 0, 60, 60 },		/* 60 to 63 would be offline */
		{ 64, 32, 32 },		/* all of node 0 would be */
		{ 0, 64, 40 },		/* no block is told of node 0, but node 1 is right */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = fake(0, 0);

		set_zoneinfo(fs, cases[i].first, cases[i].blocks, cases[i].has * PAGES);
		assert_int_equal(inferred_of(fs, FAKESYS_MEMORY), i == 2 ? 32 : 0);
		fakesys_free(fs);
	}
}

static void unusable_zoneinfo(void **state)
{
	static const char *const texts[] = {
		"", "Node 0, zone   Normal\n", "nonsense\n", "Node x, zone Normal\n",
		"Node 0, zone   Normal\n        spanned  12x\n",
		"Node 0, zone   Normal\n        present  2097152\n  start_pfn:           0\n",
		"Node 0, zone   Normal\n        spanned  2097152\n        present  2097152\n",
	};

	(void)state;
	for (size_t i = 0; i <= ARRAY_SIZE(texts); i++) {
		struct fakesys *fs = fake(0, 0);

		if (i < ARRAY_SIZE(texts))
			fakesys_file(fs, "/proc/zoneinfo", texts[i]);
		/* what is wrong with it is told to those who asked for it only */
		assert_in_range(inferred_of(fs, FAKESYS_MEMORY), 0, 32);
		fakesys_free(fs);
	}
}

/* A page may be of any size, if the blocks do not tell: then each state is read. */
static void unknown_page_size(void **state)
{
	struct fakesys *fs = fake(0, 0);

	(void)state;
	set_zoneinfo(fs, 0, 16, 16 * PAGES);
	for (size_t id = 16; id < 64; id++) {
		char path[64];

		snprintf(path, sizeof(path), MEM "/memory%zu/state", id);
		fakesys_file(fs, path, "offline\n");
	}
	assert_int_equal(inferred_of(fs, FAKESYS_MEMORY), 0);
	fakesys_free(fs);
}

/* ---- races ---- */

struct race {
	struct fakesys *fs;
	bool announced;
	bool done;
};

/* While zoneinfo is read: block 10, in the hole, came and was onlined, and 20 is offline. */
static void come(void *data, const char *path)
{
	struct race *race = data;

	if (strcmp(path, "/proc/zoneinfo") || race->done)
		return;
	race->done = true;
	if (race->announced)
		fakesys_file(race->fs, SEQNUM, "1002\n");
}

/*
 * The zone has as many pages as the blocks that were listed could give: but one of them is
 * another one's. That somebody came is told by the number of the last uevent.
 */
static void block_that_comes(void **state)
{
	(void)state;
	for (int announced = 0; announced <= 1; announced++) {
		struct fakesys *fs = fake(8, 8);
		struct race race = { fs, announced, false };
		struct mhp_ctx *ctx;
		struct mhp_snapshot *snap;

		set_zoneinfo(fs, 0, 64, 56 * PAGES);
		fakesys_file(fs, MEM "/memory20/state", "offline\n");
		fs->on_read = come;
		fs->data = &race;
		ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
		snap = take(ctx, 0);
		assert_true(race.done);
		/* nothing of node 0 is inferred once it is known; else 20 would be online */
		assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 20)),
				 announced ? MHP_STATE_OFFLINE : MHP_STATE_ONLINE);
		/* nor that there is none of node 1 */
		assert_int_equal(count_inferred(snap), announced ? 0 : 88);
		mhp_snapshot_unref(snap);
		mhp_ctx_unref(ctx);
		fakesys_free(fs);
	}
}

/* Before zoneinfo is read for the second time: what is so since block 0 is online. */
static void grow(void *data, const char *path)
{
	struct race *race = data;

	if (strcmp(path, "/proc/zoneinfo"))
		return;
	if (race->done)
		set_zoneinfo(race->fs, 0, 61, 61 * PAGES);
	race->done = true;
}

/*
 * Blocks 1 to 60 are the zone's when its span is printed, and it begins with block 0 a few lines
 * later: as if it had never had block 60. Seen with Linux 7.3.
 */
static void lines_of_two_moments(void **state)
{
	struct fakesys *fs = fake(0, 0);
	struct race race = { fs, false, false };
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	(void)state;
	set_zoneinfo(fs, 0, 60, 60 * PAGES);
	fakesys_file(fs, MEM "/memory61/state", "offline\n");
	fakesys_file(fs, MEM "/memory62/state", "offline\n");
	fakesys_file(fs, MEM "/memory63/state", "offline\n");
	fs->on_read = grow;
	fs->data = &race;
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	snap = take(ctx, 0);
	assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 60)), MHP_STATE_ONLINE);
	assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 61)), MHP_STATE_OFFLINE);
	assert_int_equal(count_inferred(snap), 32);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

/* A block on its way out has all its pages, and shows as online unless it is read. */
static void going_offline(void **state)
{
	struct fakesys *fs = fake(0, 0);
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);

	(void)state;
	set_zoneinfo(fs, 0, 64, 64 * PAGES);
	fakesys_file(fs, MEM "/memory20/state", "going-offline\n");
	for (size_t i = 0; i < 3; i++) {
		static const uint64_t flags[] = { 0, MHP_SNAPSHOT_EXACT, MHP_SNAPSHOT_FOR_PLANS };
		struct mhp_snapshot *snap = take(ctx, flags[i]);

		assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 20)),
				 i ? MHP_STATE_GOING_OFFLINE : MHP_STATE_ONLINE);
		mhp_snapshot_unref(snap);
	}
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

static void without_nodes(void **state)
{
	struct fakesys *fs = fake(0, 0);

	(void)state;
	fakesys_remove(fs, NODE);
	set_zoneinfo(fs, 0, 64, 64 * PAGES);
	assert_int_equal(inferred_of(fs, FAKESYS_MEMORY), 96);
	assert_int_equal(inferred_of(fs, FAKESYS_OPENAT2), 96);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_states),
		cmocka_unit_test(few_reads),
		cmocka_unit_test(on_disk_and_in_memory),
		cmocka_unit_test(foreign_zoneinfo),
		cmocka_unit_test(unusable_zoneinfo),
		cmocka_unit_test(unknown_page_size),
		cmocka_unit_test(block_that_comes),
		cmocka_unit_test(lines_of_two_moments),
		cmocka_unit_test(going_offline),
		cmocka_unit_test(without_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, fakesys_free_all);
}
