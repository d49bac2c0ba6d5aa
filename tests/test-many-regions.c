// SPDX-License-Identifier: LGPL-2.1-or-later
/* Hundreds of regions, and of blocks: what is done for each is no walk over all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/bench.h"
#include "support/pool.h"
#include "support/work.h"

#define BLOCK (UINT64_C(128) << 20)
#define EACH 2				/* blocks of a device */

/* Blocks of each, offline; kmem has them. */
static void set_up_devices(struct bench *bench, unsigned int devices, uint64_t blocks)
{
	struct mhp_sim_builder *builder;
	char name[32];

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 4), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, 16 * BLOCK), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	for (unsigned int i = 0; i < devices; i++) {
		snprintf(name, sizeof(name), "dax%u.0", i);
		assert_int_equal(mhp_sim_builder_add_dax(builder, name, 1,
							 (32 + 2 * blocks * i) * BLOCK,
							 blocks * BLOCK), 0);
	}
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	put(bench, POLICY_PATH, "offline");
	assert_int_equal(mhp_sim_set_module(bench->sim, "kmem", 0), 0);
	assert_int_equal(bench->ctx->be->ops->load_module(bench->ctx->be, "kmem"), 0);
}

/* What is done with a snapshot; the work of all else does not count. */
typedef void (*deed_fn)(struct mhp_snapshot *snap, unsigned int devices);

static size_t work_of(deed_fn deed, unsigned int devices)
{
	struct mhp_snapshot *snap;
	struct bench bench;
	size_t before;

	set_up_devices(&bench, devices, EACH);
	snap = look_by(bench.ctx);
	before = work;
	deed(snap, devices);
	before = work - before;
	mhp_snapshot_unref(snap);
	tear_down(&bench);
	return before;
}

/* Twice as many more are twice as much more work; with a walk for each four times. */
static void check_growth(deed_fn deed)
{
	size_t small, middle, large;

	if (!work_is_counted())
		skip();
	small = work_of(deed, 64);
	middle = work_of(deed, 128);
	large = work_of(deed, 256);
	assert_true(large > middle && middle > small);
	assert_true(10 * (large - middle) < 24 * (middle - small));
}

static struct mhp_plan *plan_node(struct mhp_snapshot *snap, enum mhp_goal goal)
{
	struct mhp_request *request;
	struct mhp_plan *plan;

	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_node(request, 1), 0);
	assert_int_equal(mhp_request_set_goal(request, goal), 0);
	if (goal == MHP_GOAL_ONLINE)
		assert_int_equal(mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE), 0);
	assert_int_equal(mhp_request_set_rules(request, MHP_RULE_PER_BLOCK), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	mhp_request_free(request);
	return plan;
}

static void online_node(struct mhp_snapshot *snap, unsigned int devices)
{
	struct mhp_plan *plan = plan_node(snap, MHP_GOAL_ONLINE);

	/* each device is known as a whole */
	assert_int_equal(plan->n_parts, devices);
	assert_int_equal(mhp_plan_count_steps(plan), EACH * devices);
	mhp_plan_unref(plan);
}

static void unplug_node(struct mhp_snapshot *snap, unsigned int devices)
{
	struct mhp_plan *plan = plan_node(snap, MHP_GOAL_UNPLUGGED);

	assert_int_equal(plan->n_parts, devices);
	mhp_plan_unref(plan);
}

static void make_agenda(struct mhp_snapshot *snap, unsigned int devices)
{
	struct mhp_standing *standing = standing_of("[a]\nkind = dax\ntype = online_movable\n");
	struct mhp_agenda *agenda;

	assert_int_equal(mhp_agenda_new(snap, standing, NULL, &agenda), 0);
	assert_int_equal(mhp_agenda_count_in_state(agenda, MHP_ITEM_TO_DO), devices);
	mhp_agenda_unref(agenda);
	mhp_standing_unref(standing);
}

static void test_online(void **state)
{
	(void)state;
	check_growth(online_node);
}

static void test_unplug(void **state)
{
	(void)state;
	check_growth(unplug_node);
}

static void test_agenda(void **state)
{
	(void)state;
	check_growth(make_agenda);
}

/* ---- many blocks ---- */

/* Allocations of a plan, and of the report that it is carried out with. */
static size_t calls_for_blocks(uint64_t blocks)
{
	struct mhp_report *report;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	struct bench bench;
	size_t before;

	set_up_devices(&bench, 1, blocks);
	snap = look_by(bench.ctx);
	before = calls;
	plan = plan_node(snap, MHP_GOAL_ONLINE);
	assert_int_equal(mhp_plan_count_steps(plan), blocks);
	assert_int_equal(report_new(plan, &report), 0);
	before = calls - before;
	mhp_report_free(report);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	tear_down(&bench);
	return before;
}

static void test_allocations(void **state)
{
	size_t small = calls_for_blocks(64), large = calls_for_blocks(1024);

	(void)state;
	/* lists are doubled four times more: blocks, steps */
	assert_true(large <= small + 2 * 4);
}

static void test_children(void **state)
{
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	memset(&bench, 0, sizeof(bench));
	set_up(&bench, "7.3-cxl-regions-region.txt");
	snap = look_by(bench.ctx);
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++) {
		const struct mhp_region *region = mhp_snapshot_get_region(snap, i);
		bool any = false;

		for (size_t j = 0; j < mhp_snapshot_count_regions(snap); j++)
			any |= mhp_region_get_parent(mhp_snapshot_get_region(snap, j)) == region;
		assert_int_equal(mhp_region_has_children(region), any);
	}
	assert_true(mhp_region_has_children(mhp_snapshot_find_region(snap, "region0")));
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_online),
		cmocka_unit_test(test_unplug),
		cmocka_unit_test(test_agenda),
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_children),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
