// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Blocks in a row: what each costs, counted on machines of two sizes, and what the worker
 * leaves to the caller's thread.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "support/ask.h"
#include "support/bench.h"

#define BLOCK (UINT64_C(128) << 20)
#define BLOCKS 64
#define SMALL 2048
#define LARGE 65536

/* RAM on two nodes, and dax0.0 on a third one, behind it. */
static void set_up_large(struct bench *bench, uint64_t blocks)
{
	uint64_t size = (blocks - BLOCKS) / 2 * BLOCK;
	struct mhp_sim_builder *builder;

	*bench = (struct bench){ 0 };
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_6_12, &builder), 0);
	for (int node = 0; node < 2; node++) {
		assert_int_equal(mhp_sim_builder_add_node(builder, node, 1), 0);
		assert_int_equal(mhp_sim_builder_add_memory(builder, node, (uint64_t)node * size,
							    size), 0);
	}
	assert_int_equal(mhp_sim_builder_add_node(builder, 2, 0), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax0.0", 2, 2 * size, BLOCKS * BLOCK),
			 0);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_online_blocks", "offline"), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "/sys/kernel/uevent_seqnum", "100"), 0);
	assert_int_equal(mhp_sim_builder_load(builder, "kmem"), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
}

struct cost {
	size_t reads, looks, writes, run;
};

static struct cost cost_so_far(const struct bench *bench)
{
	return (struct cost){
		.reads = mhp_sim_count(bench->sim, MHP_SIM_ACCESS_READ),
		.looks = mhp_sim_count(bench->sim, MHP_SIM_ACCESS_LOOK),
		.writes = mhp_sim_count(bench->sim, MHP_SIM_ACCESS_WRITE),
		.run = mhp_sim_count(bench->sim, MHP_SIM_ACCESS_RUN),
	};
}

static struct cost measure(struct bench *bench, const char *wish, const struct mhp_apply_opts *opts)
{
	struct mhp_plan *plan = plan_of(bench, wish);
	struct cost before = cost_so_far(bench), after;

	assert_int_equal(apply_plan(bench, plan, opts), MHP_OUTCOME_DONE);
	after = cost_so_far(bench);
	return (struct cost){
		.reads = after.reads - before.reads, .looks = after.looks - before.looks,
		.writes = after.writes - before.writes, .run = after.run - before.run,
	};
}

static int on_progress(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	size_t *calls = data;

	++*calls;
	assert_true(done_bytes <= total_bytes);
	return 0;
}

/* ---- what it costs ---- */

/* Of a block: one look before its write, one after it. The rest is what any call costs. */
#define ANY_READS 18
#define ANY_LOOKS 16
#define ANY_RUN 6
/*
 * ... and with zoneinfo: that is read three times, and a block only if it is online, for
 * somebody may bring it to another zone until it is written
 */
#define ZONES_READS 17
#define ZONES_LOOKS 20

static void check_cost(const struct cost *cost, size_t reads, size_t looks)
{
	assert_int_equal(cost->writes, BLOCKS);
	assert_in_range(cost->reads, 1, reads);
	assert_in_range(cost->looks, 1, looks);
	assert_in_range(cost->run, 1, ANY_RUN);
}

/* What the machine has besides is no matter. */
static void check_same(const struct cost costs[2])
{
	assert_int_equal(costs[0].reads, costs[1].reads);
	assert_int_equal(costs[0].looks, costs[1].looks);
	assert_int_equal(costs[0].run, costs[1].run);
}

static void test_costs(void **state)
{
	static const uint64_t sizes[] = { SMALL, LARGE };
	static const char *const wishes[] = { "dax0.0 online online_movable", "dax0.0 offline" };
	struct cost exact[2][2], zones[2][2];
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t told = 0;
		struct mhp_apply_opts opts = {
			.size = sizeof(opts), .progress = on_progress, .progress_data = &told,
		};

		set_up_large(&bench, sizes[i]);
		for (size_t j = 0; j < 2; j++) {
			exact[j][i] = measure(&bench, wishes[j], &opts);
			check_cost(&exact[j][i], 2 * BLOCKS + ANY_READS, ANY_LOOKS);
		}
		/* who wants to be told of each step is */
		assert_in_range(told, 2 * BLOCKS, 2 * BLOCKS + 10);
		told = 0;
		opts.flags = MHP_APPLY_BY_TIME;
		for (size_t j = 0; j < 2; j++) {
			zones[j][i] = measure(&bench, wishes[j], j ? NULL : &opts);
			check_cost(&zones[j][i], ZONES_READS + 4 + (j ? BLOCKS : 0), ZONES_LOOKS);
		}
		assert_in_range(told, 1, BLOCKS / 2);
		tear_down(&bench);
	}
	for (size_t j = 0; j < 2; j++) {
		check_same(exact[j]);
		check_same(zones[j]);
	}
}

/* ---- what does not turn out as it should ---- */

#define FEW 256
#define FIRST (FEW - BLOCKS)
#define LAST (FEW - 1)

static void test_refused(void **state)
{
	struct bench bench;

	(void)state;
	set_up_large(&bench, FEW);
	mhp_sim_fail_block(bench.sim, FIRST + 20, "online", -ENOMEM, 1);
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL), MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, FIRST, LAST, "offline");
	assert_reason(&bench, FIRST + 20, "no-memory");
	assert_reason(&bench, FIRST + 19, "not-tried");
	assert_reason(&bench, FIRST + 21, "undone");
	tear_down(&bench);
}

/* Another one takes back what was written, while the row goes on. */
static void test_undone_by_another(void **state)
{
	struct bench bench;
	char at[128];

	(void)state;
	set_up_large(&bench, FEW);
	snprintf(at, sizeof(at), "%s", block_file(FIRST + 20, "state"));
	mhp_sim_race(bench.sim, at, block_file(FIRST + 40, "state"), "offline");
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL), MHP_OUTCOME_UNDONE);
	assert_blocks(&bench, FIRST, LAST, "offline");
	tear_down(&bench);
}

/* ... or is faster, and has it elsewhere: what is his is not touched. */
static void test_elsewhere_by_another(void **state)
{
	struct bench bench;
	char at[128];

	(void)state;
	set_up_large(&bench, FEW);
	snprintf(at, sizeof(at), "%s", block_file(FIRST + 40, "state"));
	mhp_sim_race(bench.sim, at, block_file(FIRST + 20, "state"), "online_kernel");
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL), MHP_OUTCOME_PARTIAL);
	assert_string_equal(is(&bench, FIRST + 20), "Normal");
	assert_blocks(&bench, FIRST, FIRST + 19, "offline");
	assert_blocks(&bench, FIRST + 21, LAST, "offline");
	tear_down(&bench);
}

/* ... or has it as we want it: that is his, too, and not ours to put back. */
static void test_done_by_another(void **state)
{
	(void)state;
	for (unsigned int i = FIRST + 1; i < FIRST + 56; i += 6) {
		struct bench bench;
		char at[128];

		set_up_large(&bench, FEW);
		snprintf(at, sizeof(at), "%s", block_file(FIRST + 56, "state"));
		mhp_sim_race(bench.sim, at, block_file(i, "state"), "online_movable");
		mhp_sim_fail_block(bench.sim, FIRST, "online", -ENOMEM, 1);
		assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL),
				 MHP_OUTCOME_PARTIAL);
		assert_string_equal(is(&bench, i), "Movable");
		assert_blocks(&bench, FIRST, i - 1, "offline");
		assert_blocks(&bench, i + 1, LAST, "offline");
		tear_down(&bench);
	}
}

struct mover {
	struct bench *bench;
	size_t call, when;
};

/* Brings a block of the row to another zone, and sees to it that the last one fails. */
static int move_block(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	struct mover *mover = data;

	(void)done_bytes;
	(void)total_bytes;
	if (++mover->call != mover->when)
		return 0;
	put(mover->bench, block_file(FIRST + 40, "state"), "offline");
	put(mover->bench, block_file(FIRST + 40, "state"), "online_kernel");
	mhp_sim_fail_block(mover->bench->sim, FIRST, "offline", -ENOMEM, 1);
	return 0;
}

/*
 * A write takes a block offline from any zone: where it is by then has to be looked at, or it
 * would be put back into the wrong one.
 */
static void test_moved_meanwhile(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		static const size_t calls[] = { 1, 2, 10, 30 };
		struct bench bench;
		struct mover mover = { .bench = &bench, .when = calls[i] };
		struct mhp_apply_opts opts = {
			.size = sizeof(opts), .progress = move_block, .progress_data = &mover,
		};

		set_up_large(&bench, FEW);
		assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL),
				 MHP_OUTCOME_DONE);
		assert_int_equal(fulfil(&bench, "dax0.0 offline", &opts), MHP_OUTCOME_PARTIAL);
		assert_string_equal(is(&bench, FIRST + 40), "Normal");
		assert_blocks(&bench, FIRST, FIRST + 39, "Movable");
		assert_blocks(&bench, FIRST + 41, LAST, "Movable");
		tear_down(&bench);
	}
}

/* Where zoneinfo cannot be read, files are. */
static void test_no_zoneinfo(void **state)
{
	struct bench bench;
	struct cost cost;

	(void)state;
	set_up_large(&bench, FEW);
	mhp_sim_fail_read(bench.sim, "/proc/zoneinfo", -EIO, 1000);
	cost = measure(&bench, "dax0.0 online online_movable", NULL);
	/* and read again, for the first memory of a node is an event that is not our own */
	assert_in_range(cost.reads, 2 * BLOCKS, 4 * BLOCKS + ANY_READS);
	assert_blocks(&bench, FIRST, LAST, "Movable");
	tear_down(&bench);
}

static void test_unknown_flag(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .flags = 1u << 20 };
	struct mhp_report *report = NULL;
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up_large(&bench, FEW);
	plan = plan_of(&bench, "dax0.0 offline");
	assert_int_equal(mhp_apply(bench.ctx, plan, &opts, &report), -E2BIG);
	assert_null(report);
	mhp_plan_unref(plan);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_undone_by_another),
		cmocka_unit_test(test_elsewhere_by_another),
		cmocka_unit_test(test_done_by_another),
		cmocka_unit_test(test_moved_meanwhile),
		cmocka_unit_test(test_no_zoneinfo),
		cmocka_unit_test(test_unknown_flag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
