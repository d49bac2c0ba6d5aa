// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Large machines: what a block costs is counted, not timed. And lack of memory while
 * a machine is made by calls, or a file of one is looked at.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/mhp.h>
#include <mhp/sim-builder.h>
#include <mhp/sim.h>

#include "support/alloc.h"

#define MEMORY "/sys/devices/system/memory/"
#define GIB (UINT64_C(1) << 30)
#define BLOCK (UINT64_C(128) << 20)

static struct mhp_sim *build(uint64_t blocks)
{
	struct mhp_sim_builder *builder;
	struct mhp_sim *sim;

	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), 0);
	for (int node = 0; node < 2; node++) {
		uint64_t size = blocks / 2 * BLOCK;

		assert_int_equal(mhp_sim_builder_add_node(builder, node, 4), 0);
		assert_int_equal(mhp_sim_builder_add_memory(builder, node, (uint64_t)node * size,
							    size), 0);
	}
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &sim), 0);
	mhp_sim_builder_free(builder);
	return sim;
}

static void scan(struct mhp_sim *sim, uint64_t blocks, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_snapshot *snapshot;
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snapshot), 0);
	assert_int_equal(mhp_snapshot_count_blocks(snapshot), blocks);
	assert_int_equal(mhp_snapshot_count_problems(snapshot), 0);
	mhp_snapshot_unref(snapshot);
	mhp_ctx_unref(ctx);
}

struct cost {
	size_t calls;		/* of allocation functions */
	size_t live, bytes;	/* that the machine keeps */
	size_t reads, looks;	/* of a scan, each block's state read */
	size_t default_reads;	/* ... and where /proc/zoneinfo tells them */
	size_t scan_left;	/* allocations that are left after it */
};

static void measure(struct mhp_sim *(*make)(uint64_t blocks, const char *text), const char *text,
		    uint64_t blocks, struct cost *cost)
{
	size_t live = live_count, bytes = live_bytes, before = calls;
	struct mhp_sim *sim = make(blocks, text);

	cost->calls = calls - before;
	cost->live = live_count - live;
	cost->bytes = live_bytes - bytes;
	live = live_count;
	scan(sim, blocks, 0);
	cost->default_reads = mhp_sim_count(sim, MHP_SIM_ACCESS_READ);
	cost->looks = mhp_sim_count(sim, MHP_SIM_ACCESS_LOOK);
	scan(sim, blocks, MHP_SNAPSHOT_EXACT);
	cost->reads = mhp_sim_count(sim, MHP_SIM_ACCESS_READ) - cost->default_reads;
	cost->looks = mhp_sim_count(sim, MHP_SIM_ACCESS_LOOK) - cost->looks;
	cost->scan_left = live_count - live;
	mhp_sim_unref(sim);
}

static struct mhp_sim *make_by_calls(uint64_t blocks, const char *text)
{
	(void)text;
	return build(blocks);
}

static struct mhp_sim *make_from_text(uint64_t blocks, const char *text)
{
	struct mhp_sim *sim;

	(void)blocks;
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	return sim;
}

/* What 4,096 blocks more cost, each; a little room for lists that double. */
static void check_cost(const struct cost *small, const struct cost *large, size_t max_calls)
{
	const size_t more = 4096, room = 64;

	assert_in_range(large->calls - small->calls, 1, max_calls * more + room);
	assert_in_range(large->live - small->live, 1, 4 * more + room);
	assert_in_range(large->bytes - small->bytes, 1, 400 * more);
	/* of state; names come from the nodes, and zones from zoneinfo */
	assert_int_equal(large->reads - small->reads, more);
	assert_int_equal(large->looks, small->looks);
	assert_int_equal(large->default_reads, small->default_reads);
	assert_int_equal(small->scan_left, 0);
	assert_int_equal(large->scan_left, 0);
}

static void test_by_calls(void **state)
{
	struct cost small, large;

	(void)state;
	measure(make_by_calls, NULL, 4096, &small);
	measure(make_by_calls, NULL, 8192, &large);
	check_cost(&small, &large, 6);
}

static void test_from_text(void **state)
{
	static const uint64_t numbers[] = { 4096, 8192 };
	struct cost costs[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct mhp_sim *sim = build(numbers[i]);
		size_t live = live_count;
		char *text;

		assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
		/* nothing but the text is left of it */
		assert_int_equal(live_count, live + 1);
		mhp_sim_unref(sim);
		measure(make_from_text, text, numbers[i], &costs[i]);
		free(text);
	}
	check_cost(&costs[0], &costs[1], 48);
}

/* Looking at all files of all blocks leaves nothing behind, written or not. */
static void test_looking_is_free(void **state)
{
	static const char *const names[] = {
		"state", "online", "phys_index", "node0/memory1/uevent", "none",
	};
	struct mhp_sim *sim = build(1024);
	char path[128], *text;
	size_t live;

	(void)state;
	/* what was done is noted */
	assert_int_equal(mhp_sim_write(sim, MEMORY "memory1/state", "offline"), 0);
	live = live_count;
	for (unsigned int id = 0; id < 500; id++) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			snprintf(path, sizeof(path), MEMORY "memory%u/%s", id, names[i]);
			text = NULL;
			mhp_sim_read(sim, path, &text);
			free(text);
		}
		snprintf(path, sizeof(path), MEMORY "memory%u/state", id);
		mhp_sim_write(sim, path, "online");
	}
	assert_int_equal(live_count, live);
	mhp_sim_unref(sim);
}

/* ---- lack of memory ---- */

static int make_small(struct mhp_sim **ret_sim)
{
	struct mhp_sim_builder *builder = NULL;
	int r;

	r = mhp_sim_builder_new(MHP_SIM_KERNEL_6_12, &builder);
	if (r == 0)
		r = mhp_sim_builder_add_node(builder, 0, 2);
	if (r == 0)
		r = mhp_sim_builder_add_node(builder, 1, 0);
	if (r == 0)
		r = mhp_sim_builder_set_distance(builder, 0, 1, 30);
	if (r == 0)
		r = mhp_sim_builder_add_memory(builder, 0, 0, GIB / 2);
	if (r == 0)
		r = mhp_sim_builder_add_memory(builder, 1, GIB / 2 + BLOCK / 2, BLOCK);
	if (r == 0)
		r = mhp_sim_builder_add_memory(builder, 0, GIB / 2, BLOCK / 2);
	if (r == 0)
		r = mhp_sim_builder_add_dax(builder, "dax0.0", 1, 4 * GIB, GIB);
	if (r == 0)
		r = mhp_sim_builder_set(builder, "/etc/x", "y");
	if (r == 0)
		r = mhp_sim_builder_set(builder, "auto_online_blocks", "offline");
	if (r == 0)
		r = mhp_sim_new_from_builder(builder, NULL, ret_sim);
	mhp_sim_builder_free(builder);
	return r;
}

static void test_make_without_memory(void **state)
{
	size_t live = live_count;
	struct mhp_sim *sim;
	int r = -ENOMEM;

	(void)state;
	for (size_t n = 1; r; n++) {
		calls = 0;
		fail_at = n;
		r = make_small(&sim);
		fail_at = 0;
		if (r) {
			assert_int_equal(r, -ENOMEM);
			assert_int_equal(live_count, live);
		}
		assert_in_range(n, 1, 5000);
	}
	mhp_sim_unref(sim);
	assert_int_equal(live_count, live);
}

/* No memory to make the file is no answer that it is not there. */
static void test_look_without_memory(void **state)
{
	static const char *const paths[] = {
		MEMORY "memory1/state", MEMORY "memory1/node0/memory2/phys_index",
	};
	struct mhp_sim *sim = build(256);
	char *text;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int r = -ENOMEM;

		for (size_t n = 1; r; n++) {
			calls = 0;
			fail_at = n;
			r = mhp_sim_read(sim, paths[i], &text);
			fail_at = 0;
			assert_true(r == 0 || r == -ENOMEM);
			assert_in_range(n, 1, 100);
		}
		free(text);
	}
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_calls),
		cmocka_unit_test(test_from_text),
		cmocka_unit_test(test_looking_is_free),
		cmocka_unit_test(test_make_without_memory),
		cmocka_unit_test(test_look_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
