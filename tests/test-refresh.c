// SPDX-License-Identifier: LGPL-2.1-or-later
/* A snapshot on top of an earlier one: what is old in it, what is new, and what it costs. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "support/alloc.h"
#include "support/bench.h"
#include "support/dump.h"
#include "support/fakesys.h"

#define BLOCK (UINT64_C(128) << 20)

static int refresh(struct mhp_ctx *ctx, const struct mhp_snapshot *base, const char *region,
		   uint64_t flags, struct mhp_snapshot **ret_snap)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts), .flags = flags, .region = region, .base = base,
	};

	return mhp_snapshot_new(ctx, &opts, ret_snap);
}

static struct mhp_snapshot *taken(struct mhp_ctx *ctx, const struct mhp_snapshot *base,
				  const char *region, uint64_t flags)
{
	struct mhp_snapshot *snap;

	assert_int_equal(refresh(ctx, base, region, flags, &snap), 0);
	check_snapshot(snap);
	return snap;
}

static void assert_same(const struct mhp_snapshot *a, const struct mhp_snapshot *b)
{
	char *x = dump(a, true), *y = dump(b, true);

	assert_string_equal(x, y);
	free(x);
	free(y);
	x = dump_problems(a);
	y = dump_problems(b);
	assert_string_equal(x, y);
	free(x);
	free(y);
}

static enum mhp_state state_of(const struct mhp_snapshot *snap, uint64_t id)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);

	return block ? mhp_block_get_state(block) : MHP_STATE_ABSENT;
}

/* ---- nothing has changed ---- */

static void unchanged(void **state)
{
	static const char *const machines[] = {
		HMEM_7_3, HMEM_6_1, RANGES_7_3, S390_7_3, PPC64_7_3, "7.3-cxl-many.txt",
		"6.1-dimm-mixed-plugged.txt", "6.12-virtio-mem-online.txt", "6.12-arm64-64k.txt",
	};
	static const uint64_t flags[] = {
		0, MHP_SNAPSHOT_FOR_PLANS, MHP_SNAPSHOT_EXACT | MHP_SNAPSHOT_OFFLINE_ZONES,
		MHP_SNAPSHOT_TOPOLOGY, MHP_SNAPSHOT_BLOCKS_ONLY,
	};
	struct mhp_snapshot *all, *again, *one;
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		set_up(&bench, machines[i]);
		for (size_t j = 0; j < ARRAY_SIZE(flags); j++) {
			const struct mhp_region *region;

			all = taken(bench.ctx, NULL, NULL, flags[j]);
			again = taken(bench.ctx, all, NULL, flags[j]);
			assert_same(again, all);
			region = mhp_snapshot_get_region(all, 0);
			one = region ? taken(bench.ctx, again, mhp_region_get_name(region),
					     flags[j]) : NULL;
			if (one)
				assert_same(one, all);
			mhp_snapshot_unref(one);
			mhp_snapshot_unref(all);
			mhp_snapshot_unref(again);
		}
		tear_down(&bench);
	}
}

/* ---- what is old, and what is not ---- */

static void changes(void **state)
{
	struct mhp_snapshot *base, *old, *now, *all;
	struct bench bench;

	(void)state;
	set_up(&bench, RANGES_7_3);
	put_blocks(&bench, 32, 37, "online_movable");
	base = taken(bench.ctx, NULL, NULL, MHP_SNAPSHOT_EXACT);
	put_blocks(&bench, 33, 34, "offline");
	all = taken(bench.ctx, NULL, NULL, MHP_SNAPSHOT_EXACT);
	old = taken(bench.ctx, base, NULL, MHP_SNAPSHOT_EXACT);
	assert_same(old, base);
	/* memory33 is dax0.0's, memory34 is not */
	now = taken(bench.ctx, old, "dax0.0", MHP_SNAPSHOT_EXACT);
	assert_int_equal(state_of(now, 33), MHP_STATE_OFFLINE);
	assert_int_equal(state_of(now, 34), MHP_STATE_ONLINE);
	assert_int_equal(mhp_block_count_zones(mhp_snapshot_find_block(now, 33)), 0);
	mhp_snapshot_unref(old);
	old = taken(bench.ctx, now, "dax0.1", MHP_SNAPSHOT_EXACT);
	assert_same(old, all);
	mhp_snapshot_unref(now);
	/* zones that were not asked for then are read now, and only of what is offline */
	now = taken(bench.ctx, base, NULL, MHP_SNAPSHOT_OFFLINE_ZONES);
	assert_int_equal(state_of(now, 33), MHP_STATE_ONLINE);
	mhp_snapshot_unref(now);
	now = taken(bench.ctx, old, NULL, MHP_SNAPSHOT_OFFLINE_ZONES);
	assert_int_equal(mhp_block_count_zones(mhp_snapshot_find_block(now, 33)), 2);
	mhp_snapshot_unref(base);
	base = taken(bench.ctx, now, NULL, MHP_SNAPSHOT_EXACT);
	assert_same(base, old);
	mhp_snapshot_unref(base);
	mhp_snapshot_unref(now);
	mhp_snapshot_unref(old);
	mhp_snapshot_unref(all);
	tear_down(&bench);
}

static void comes_and_goes(void **state)
{
	struct mhp_snapshot *with, *without, *now;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put(&bench, DEVICE, "unplugged");
	without = taken(bench.ctx, NULL, NULL, 0);
	put(&bench, DEVICE, "online_movable");
	with = taken(bench.ctx, NULL, NULL, 0);
	now = taken(bench.ctx, without, NULL, 0);
	assert_same(now, with);
	mhp_snapshot_unref(now);
	now = taken(bench.ctx, without, "dax0.0", 0);
	assert_same(now, with);
	mhp_snapshot_unref(now);
	put(&bench, DEVICE, "unplugged");
	now = taken(bench.ctx, with, NULL, 0);
	assert_same(now, without);
	mhp_snapshot_unref(now);
	now = taken(bench.ctx, with, "dax0.0", 0);
	assert_same(now, without);
	mhp_snapshot_unref(now);
	/* region limits what is read, not what is there */
	now = taken(bench.ctx, with, "dax7.0", 0);
	assert_same(now, without);
	mhp_snapshot_unref(now);
	mhp_snapshot_unref(with);
	mhp_snapshot_unref(without);
	tear_down(&bench);
}

/* A device of the same name is elsewhere by now. */
static void moved(void **state)
{
	struct mhp_snapshot *base, *now, *all;
	struct bench was, is;

	(void)state;
	set_up(&was, HMEM_7_3);
	base = taken(was.ctx, NULL, NULL, MHP_SNAPSHOT_EXACT);
	set_up(&is, RANGES_7_3);
	put_blocks(&is, 36, 37, "online_movable");
	all = taken(is.ctx, NULL, NULL, MHP_SNAPSHOT_EXACT);
	now = taken(is.ctx, base, "dax0.0", MHP_SNAPSHOT_EXACT);
	assert_same(now, all);
	mhp_snapshot_unref(now);
	mhp_snapshot_unref(all);
	mhp_snapshot_unref(base);
	tear_down(&was);
	tear_down(&is);
}

static void other_block_size(void **state)
{
	struct mhp_snapshot *base, *now = NULL;
	struct bench was, is;

	(void)state;
	set_up(&was, "6.12-arm64-64k.txt");
	set_up(&is, HMEM_7_3);
	base = taken(was.ctx, NULL, NULL, 0);
	assert_int_equal(refresh(is.ctx, base, NULL, 0, &now), -EINVAL);
	assert_null(now);
	mhp_snapshot_unref(base);
	tear_down(&was);
	tear_down(&is);
}

/* ---- what was not understood ---- */

static void set(struct fakesys *fs, unsigned int id, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), MEMORY_PATH "/memory%u/%s", id, file);
	fakesys_file(fs, path, text);
}

/* NULL: all of its words are known */
static void assert_zones_text(const struct mhp_snapshot *snap, uint64_t id, const char *expected)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
	const char *text = mhp_snapshot_get_block_zones_text(snap, block);

	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
}

static void not_understood(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-ranges-bound");
	struct mhp_snapshot *base, *now, *all;
	struct mhp_ctx *ctx;

	(void)state;
	for (unsigned int id = 32; id < 36; id++) {
		set(fs, id, "state", "online\n");
		set(fs, id, "valid_zones", id % 2 ? "Movable\n" : "Strange\n");
	}
	set(fs, 34, "state", "strange\n");
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	base = taken(ctx, NULL, NULL, MHP_SNAPSHOT_EXACT);
	assert_int_equal(state_of(base, 34), MHP_STATE_UNKNOWN);
	/* a problem is told again, as it is read again */
	for (int i = 0; i < 2; i++) {
		now = taken(ctx, base, i ? "dax0.0" : NULL, MHP_SNAPSHOT_EXACT);
		assert_same(now, base);
		mhp_snapshot_unref(now);
	}
	mhp_ctx_unref(ctx);
	fs = fakesys_new_machine("7.3-hmem-ranges-bound");
	for (unsigned int id = 32; id < 36; id++) {
		set(fs, id, "state", "online\n");
		set(fs, id, "valid_zones", id % 2 ? "Movable\n" : "Strange\n");
	}
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	all = taken(ctx, NULL, NULL, MHP_SNAPSHOT_EXACT);
	now = taken(ctx, base, NULL, MHP_SNAPSHOT_EXACT);
	assert_same(now, all);
	mhp_snapshot_unref(now);
	/* words of one region are read again, those of the other one kept */
	set(fs, 32, "valid_zones", "Stranger\n");
	now = taken(ctx, all, "dax0.0", MHP_SNAPSHOT_EXACT);
	assert_zones_text(now, 32, "Stranger");
	assert_zones_text(now, 33, NULL);
	assert_zones_text(now, 34, "Strange");
	mhp_snapshot_unref(now);
	mhp_snapshot_unref(all);
	mhp_snapshot_unref(base);
	mhp_ctx_unref(ctx);
}

/* ---- what it costs ---- */

static void build(struct bench *bench, uint64_t blocks)
{
	struct mhp_sim_builder *builder;

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_6_12, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 4), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, blocks * BLOCK), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax0.0", 0, 2 * blocks * BLOCK,
						 64 * BLOCK), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	assert_int_equal(fulfil(bench, "dax0.0 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
}

/* Reads of a refresh, and those of one region more. */
static void count_reads(uint64_t blocks, size_t *ret_reads, size_t *ret_more)
{
	struct mhp_snapshot *base, *now;
	struct bench bench;
	size_t before;

	build(&bench, blocks);
	base = taken(bench.ctx, NULL, NULL, MHP_SNAPSHOT_EXACT);
	before = mhp_sim_count_reads(bench.sim);
	now = taken(bench.ctx, base, NULL, MHP_SNAPSHOT_EXACT);
	*ret_reads = mhp_sim_count_reads(bench.sim) - before;
	mhp_snapshot_unref(now);
	before = mhp_sim_count_reads(bench.sim);
	now = taken(bench.ctx, base, "dax0.0", MHP_SNAPSHOT_EXACT);
	*ret_more = mhp_sim_count_reads(bench.sim) - before - *ret_reads;
	mhp_snapshot_unref(now);
	mhp_snapshot_unref(base);
	tear_down(&bench);
}

static void reads(void **state)
{
	size_t small, large, more;

	(void)state;
	count_reads(512, &small, &more);
	/* state and valid_zones of each of its blocks */
	assert_int_equal(more, 2 * 64);
	count_reads(4096, &large, &more);
	assert_int_equal(more, 2 * 64);
	assert_int_equal(small, large);
}

/* What was inferred is no more than that, unless it is to be exact. */
static void inferred(void **state)
{
	struct mhp_snapshot *base, *now;
	struct bench bench;

	(void)state;
	build(&bench, 512);
	base = taken(bench.ctx, NULL, NULL, 0);
	assert_true(mhp_block_is_inferred(mhp_snapshot_find_block(base, 1)));
	now = taken(bench.ctx, base, NULL, 0);
	assert_true(mhp_block_is_inferred(mhp_snapshot_find_block(now, 1)));
	mhp_snapshot_unref(now);
	now = taken(bench.ctx, base, "dax0.0", 0);
	assert_true(mhp_block_is_inferred(mhp_snapshot_find_block(now, 1)));
	for (uint64_t id = 1024; id < 1088; id++)
		assert_false(mhp_block_is_inferred(mhp_snapshot_find_block(now, id)));
	mhp_snapshot_unref(now);
	now = taken(bench.ctx, base, NULL, MHP_SNAPSHOT_EXACT);
	for (size_t i = 0; i < mhp_snapshot_count_blocks(now); i++)
		assert_false(mhp_block_is_inferred(mhp_snapshot_get_block(now, i)));
	mhp_snapshot_unref(now);
	mhp_snapshot_unref(base);
	tear_down(&bench);
}

static void no_growth(void **state)
{
	struct mhp_snapshot *snap, *next;
	size_t bytes, count;
	struct bench bench;

	(void)state;
	build(&bench, 512);
	snap = taken(bench.ctx, NULL, NULL, MHP_SNAPSHOT_FOR_PLANS);
	next = taken(bench.ctx, snap, NULL, MHP_SNAPSHOT_FOR_PLANS);
	mhp_snapshot_unref(snap);
	snap = next;
	bytes = live_bytes;
	count = live_count;
	for (int i = 0; i < 100; i++) {
		next = taken(bench.ctx, snap, i % 2 ? "dax0.0" : NULL, MHP_SNAPSHOT_FOR_PLANS);
		mhp_snapshot_unref(snap);
		snap = next;
		/* malloc() gives a little more at times */
		assert_in_range(live_bytes, bytes - 256, bytes + 256);
		assert_int_equal(live_count, count);
	}
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

/* Without memory nothing is left of it, and the base stays as it is. */
static void no_memory(void **state)
{
	struct mhp_snapshot *base, *now = NULL;
	size_t bytes, count;
	struct bench bench;
	int r = -ENOMEM;

	(void)state;
	set_up(&bench, RANGES_7_3);
	base = taken(bench.ctx, NULL, NULL, MHP_SNAPSHOT_FOR_PLANS);
	bytes = live_bytes;
	count = live_count;
	for (int way = 0; way < 3; way++) {
		for (size_t n = 1; n == 1 || r == -ENOMEM; n++) {
			calls = 0;
			fail_at = n;
			r = refresh(bench.ctx, way ? way == 1 ? base : NULL : base,
				    way ? "dax0.0" : NULL, MHP_SNAPSHOT_FOR_PLANS, &now);
			fail_at = 0;
			if (r == 0)
				mhp_snapshot_unref(now);
			else
				assert_int_equal(r, -ENOMEM);
			assert_int_equal(live_bytes, bytes);
			assert_int_equal(live_count, count);
		}
		assert_int_equal(r, 0);
	}
	mhp_snapshot_unref(base);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unchanged),
		cmocka_unit_test(changes),
		cmocka_unit_test(comes_and_goes),
		cmocka_unit_test(moved),
		cmocka_unit_test(other_block_size),
		cmocka_unit_test(not_understood),
		cmocka_unit_test(reads),
		cmocka_unit_test(inferred),
		cmocka_unit_test(no_growth),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
