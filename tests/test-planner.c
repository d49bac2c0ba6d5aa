// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The planner: machine and request to plan, as text in tests/golden/, where a
 * reviewer can read it, and properties that every plan has. support/golden.h has the
 * form of the files.
 * MHP_UPDATE_GOLDEN=1 writes them anew; read the difference before you commit it.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim.h>

#include "internal.h"
#include "support/ask.h"
#include "support/golden.h"
#include "support/world.h"

static void check_golden(const struct golden *golden)
{
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	char *text;
	FILE *file;

	snap = look_at(golden->sim);
	assert_int_equal(mhp_plan_new(snap, golden->request, &plan), 0);
	mhp_snapshot_unref(snap);
	assert_int_equal(mhp_plan_copy_text(plan, &text), 0);
	if (getenv("MHP_UPDATE_GOLDEN")) {
		file = fopen(golden->path, "w");
		assert_non_null(file);
		fprintf(file, "%s%s", golden->header, text);
		fclose(file);
	} else if (strcmp(text, golden->expected)) {
		print_message("%s: the plan is now\n%s", golden->path, text);
		assert_string_equal(text, golden->expected);
	}
	free(text);
	mhp_plan_unref(plan);
}

static void test_golden(void **state)
{
	(void)state;
	assert_true(for_each_golden(check_golden) >= 20);
}

static void test_bad_requests(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");
	struct mhp_snapshot *snap = look_at(sim);
	struct mhp_request *request;
	struct mhp_plan *plan;

	(void)state;
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), -EINVAL);
	assert_int_equal(mhp_request_set_region(request, ""), -EINVAL);
	assert_int_equal(mhp_request_set_region(request, NULL), -EINVAL);
	assert_int_equal(mhp_request_set_kind(request, MHP_REGION_UNKNOWN), -EINVAL);
	assert_int_equal(mhp_request_set_kind(request, (enum mhp_region_kind)99), -EINVAL);
	assert_int_equal(mhp_request_set_node(request, -1), -EINVAL);
	assert_int_equal(mhp_plan_new(snap, request, &plan), -EINVAL);
	assert_int_equal(mhp_request_set_region(request, "dax9.9"), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), -EINVAL);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_UNKNOWN), -EINVAL);
	assert_int_equal(mhp_request_set_goal(request, (enum mhp_goal)5), -EINVAL);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_ONLINE), 0);
	/* every region, an explicit type */
	assert_int_equal(mhp_plan_new(snap, request, &plan), -EINVAL);
	assert_int_equal(mhp_request_set_online_type(request, (enum mhp_online_type)4), -EINVAL);
	assert_int_equal(mhp_request_set_online_type(request, MHP_ONLINE), 0);
	assert_int_equal(mhp_request_set_rules(request, UINT64_C(1) << 10), -E2BIG);
	assert_int_equal(mhp_plan_new(snap, request, &plan), -ENOENT);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	mhp_sim_unref(sim);
}

/* Of a step as it comes; what a caller does not want he need not take. */
static void test_parts(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");
	struct mhp_snapshot *snap = look_at(sim);
	struct mhp_request *request = ask("dax0.0 online online_movable per-block");
	enum mhp_online_type type;
	const struct mhp_step *step;
	struct mhp_plan *plan;
	enum mhp_state block;
	enum mhp_zone zone;

	(void)state;
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	assert_int_equal(mhp_plan_count_steps(plan), 4);
	assert_null(mhp_plan_get_step(plan, 4));
	step = mhp_plan_get_step(plan, 3);
	mhp_step_get_expected(step, &block, NULL);
	mhp_step_get_expected(step, NULL, &zone);
	assert_int_equal(block, MHP_STATE_OFFLINE);
	assert_int_equal(zone, MHP_ZONE_UNKNOWN);
	mhp_step_get_wanted(step, &block, NULL);
	mhp_step_get_wanted(step, NULL, &type);
	assert_int_equal(block, MHP_STATE_ONLINE);
	assert_int_equal(type, MHP_ONLINE_MOVABLE);
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	mhp_sim_unref(sim);
}

/* A kernel that takes nothing offline still lets memory come so. */
static void test_no_hotremove(void **state)
{
	static const struct {
		const char *machine, *wish;
		bool refused;
	} rows[] = {
		{ "7.3-hmem-online.txt", "dax0.0 offline", true },
		{ "7.3-hmem-online.txt", "dax0.0 unplugged", true },
		{ "7.3-hmem-bound.txt", "dax0.0 online online_movable per-block", false },
		{ "7.3-hmem-unplugged.txt", "dax0.0 plugged offline borrow", false },
		{ "7.3-hmem-unplugged.txt", "dax0.0 online online_movable borrow per-block", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_sim *sim = open_machine(rows[i].machine);
		struct mhp_snapshot *snap = look_at(sim);
		struct mhp_request *request = ask(rows[i].wish);
		const struct mhp_conflict *conflict;
		struct mhp_plan *plan;

		snap->facts.hotremove_code = 0;
		snap->facts.has_hotremove = false;
		assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
		conflict = mhp_plan_get_conflict(plan, 0);
		if (rows[i].refused)
			assert_int_equal(mhp_conflict_get_code(conflict),
					 MHP_CONFLICT_NO_HOTREMOVE);
		else
			assert_null(conflict);
		mhp_plan_unref(plan);
		mhp_request_free(request);
		mhp_snapshot_unref(snap);
		mhp_sim_unref(sim);
	}
}

/* ---- random machines ---- */

static uint32_t seed;

static uint32_t chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

/* Writes DIR/NAME/FILE. */
static void put_file(struct mhp_sim *sim, const char *word, const char *dir, const char *name,
		     const char *file)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s/%s", dir, name, file);
	/* what the machine refuses is no state to plan for */
	mhp_sim_write(sim, path, word);
}

static void shake_blocks(struct mhp_sim *sim, const struct mhp_region *region)
{
	char name[32];

	for (size_t i = 0; i < mhp_region_count_blocks(region); i++) {
		snprintf(name, sizeof(name), "memory%llu",
			 (unsigned long long)mhp_block_get_id(mhp_region_get_block(region, i)));
		put_file(sim, online_word((enum mhp_online_type)chance(4)),
			 MEMORY_PATH, name, "state");
	}
}

static void shake_device(struct mhp_sim *sim, const char *name)
{
	switch (chance(8)) {
	case 0:
		put_file(sim, "unplugged", DAX_DEVICES_PATH, name, "state");
		break;
	case 1:
		/* blocks that are online stay behind */
		put_file(sim, name, DAX_DRIVERS_PATH, "kmem", "unbind");
		break;
	case 2:
	case 3:
		put_file(sim, "unplugged", DAX_DEVICES_PATH, name, "state");
		put_file(sim, name, DAX_DRIVERS_PATH, "kmem", "unbind");
		put_file(sim, name, DAX_DRIVERS_PATH, "kmem", "remove_id");
		if (chance(2)) {
			put_file(sim, name, DAX_DRIVERS_PATH, "device_dax", "new_id");
			put_file(sim, name, DAX_DRIVERS_PATH, "device_dax", "remove_id");
		}
		break;
	default:
		break;
	}
}

static struct mhp_sim *random_machine(void)
{
	static const char *const names[] = {
		"7.3-hmem-bound.txt", "7.3-hmem-ranges-bound.txt", "6.12-hmem-bound.txt",
		"6.1-hmem-bound.txt", "7.3-hmem-unaligned-bound.txt", "6.12-hmem-multi-bound.txt",
		"6.1-hmem-split-bound.txt",
	};
	struct mhp_sim *sim = open_machine(names[chance(ARRAY_SIZE(names))]);
	struct mhp_snapshot *snap = look_at(sim);

	mhp_sim_write(sim, POLICY_PATH, online_word((enum mhp_online_type)chance(4)));
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++) {
		const struct mhp_region *region = mhp_snapshot_get_region(snap, i);

		for (uint32_t n = chance(3); n > 0; n--)
			shake_blocks(sim, region);
		shake_device(sim, mhp_region_get_name(region));
	}
	mhp_snapshot_unref(snap);
	if (!chance(10))
		mhp_sim_unload_module(sim, "kmem");
	return sim;
}

/* ---- random wishes ---- */

static void random_target(char *ret, size_t size)
{
	uint32_t first = 30 + chance(10), count = 1 + chance(6);
	uint64_t start, end;

	switch (chance(6)) {
	case 0:
		snprintf(ret, size, "node:%d", (int)chance(3));
		break;
	case 1:
		snprintf(ret, size, "kind:dax");
		break;
	case 2:
		snprintf(ret, size, "blocks:%u-%u,%u", first, first + count, 32 + chance(8));
		break;
	case 3:
		/* 128 MiB blocks; the edges are off by some */
		start = (uint64_t)first << 27;
		end = (uint64_t)(first + count) << 27;
		snprintf(ret, size, "range:%" PRIx64 "-%" PRIx64, start - chance(2),
			 end - 1 - chance(2));
		break;
	default:
		snprintf(ret, size, "dax0.0");
	}
}

static void random_wish(char *ret, size_t size)
{
	static const char *const wishes[] = {
		"offline", "unplugged", "unplugged to:device_dax", "online offline",
		"online online", "online online_kernel", "online online_movable", "online default",
		"plugged offline", "plugged online", "plugged online_kernel",
		"plugged online_movable", "plugged default",
	};
	char target[64], amount[32] = "";

	random_target(target, sizeof(target));
	if (!chance(4))
		snprintf(amount, sizeof(amount), " size:%u", 128 * (1 + chance(4)));
	snprintf(ret, size, "%s %s%s%s%s%s%s", target, wishes[chance(ARRAY_SIZE(wishes))], amount,
		 chance(2) ? " keep" : "", chance(2) ? " rezone" : "",
		 chance(2) ? " per-block" : "", chance(4) ? " borrow" : "");
}

/* ---- what each plan is like ---- */

static bool is_meant(const struct mhp_snapshot *snap, const char *wish, uint64_t id)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
	const struct mhp_region *region = NULL;
	unsigned long long first, last, extra;
	uint64_t start, size;
	int node, its_node;

	for (size_t i = 0; i < mhp_snapshot_count_regions(snap) && !region; i++) {
		region = mhp_snapshot_get_region(snap, i);
		for (size_t j = 0; region; j++) {
			if (mhp_region_get_range(region, j, &start, &size) < 0)
				region = NULL;
			else if (id << 27 >= start && (id + 1) << 27 <= start + size)
				break;
		}
	}
	if (sscanf(wish, "node:%d", &node) == 1) {
		if (block && mhp_block_get_node_id(block, &its_node) == 0)
			return its_node == node;
		return region && mhp_region_get_node_id(region, &its_node) == 0 && its_node ==
			node;
	}
	if (!strncmp(wish, "kind:dax", strlen("kind:dax")))
		return region != NULL;
	if (sscanf(wish, "blocks:%llu-%llu,%llu", &first, &last, &extra) == 3)
		return (id >= first && id <= last) || id == extra;
	if (sscanf(wish, "range:%llx-%llx", &first, &last) == 2)
		return id << 27 >= first && ((id + 1) << 27) - 1 <= last;
	return region && !strcmp(mhp_region_get_name(region), "dax0.0");
}

static bool is_met_already(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < plan->n_blocks; i++)
		if (!is_as_wanted(plan->goal, plan->type, plan->blocks[i].state,
				  plan->blocks[i].zone))
			return false;
	for (size_t i = 0; i < plan->n_parts; i++) {
		const struct plan_part *part = &plan->parts[i];
		const char *driver = plan->goal == MHP_GOAL_PLUGGED ? "kmem" : plan->to_driver;

		if (part->region && driver && (!part->driver || strcmp(part->driver, driver)))
			return false;
	}
	return true;
}

/* Each block is written once with each word, and is one that was meant. */
static void check_steps(const struct mhp_snapshot *snap, const struct mhp_plan *plan,
			const char *wish)
{
	uint64_t start, size;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct mhp_step *step = &plan->steps[i];

		for (size_t j = 0; mhp_step_get_range(step, j, &start, &size) == 0; j++)
			for (uint64_t id = start >> 27; id < (start + size) >> 27; id++)
				if (!is_meant(snap, wish, id))
					fail_msg("\"%s\": step %zu changes memory%" PRIu64, wish,
						 i + 1, id);
		if (step->kind == MHP_STEP_BLOCK || step->kind == MHP_STEP_DEVICE)
			assert_true(mhp_step_count_ranges(step) > 0);
		for (size_t k = 0; k < i && step->kind == MHP_STEP_BLOCK; k++)
			assert_false(plan->steps[k].kind == MHP_STEP_BLOCK &&
				     step->block == plan->steps[k].block &&
				     step->word == plan->steps[k].word);
	}
}

/* What is borrowed is borrowed with the request's leave, for some step, and put back. */
static void check_borrowing(const struct mhp_plan *plan)
{
	const struct mhp_step *borrowed[MAX_BORROWED];
	size_t count = 0;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct mhp_step *step = &plan->steps[i];

		if (step->kind == MHP_STEP_BORROW) {
			assert_true(plan->rules & MHP_RULE_BORROW);
			assert_true(count < MAX_BORROWED);
			borrowed[count++] = step;
		} else if (step->kind == MHP_STEP_RETURN) {
			assert_true(count > 0);
			/* in reverse, and not at once */
			assert_string_equal(borrowed[--count]->path, step->path);
			assert_string_equal(borrowed[count]->undo_word, step->word);
			assert_ptr_not_equal(borrowed[count] + 1, step);
		} else if (step->kind == MHP_STEP_LOAD && plan->system.autoprobe) {
			/* or it would bind all that have no driver */
			assert_true(count > 0);
			assert_string_equal(borrowed[count - 1]->path, DAX_AUTOPROBE_PATH);
		}
	}
	assert_int_equal(count, 0);
}

static void check_plan(const struct mhp_snapshot *snap, const struct mhp_plan *plan,
		       const char *wish)
{
	const char *size = strstr(wish, "size:");
	char *text;

	assert_int_equal(mhp_plan_copy_text(plan, &text), 0);
	/* nothing to do if and only if all is as wanted, or a conflict stands */
	if (mhp_plan_count_conflicts(plan) ? mhp_plan_count_steps(plan) != 0 :
	    (mhp_plan_count_steps(plan) == 0) != is_met_already(plan))
		fail_msg("\"%s\":\n%s", wish, text);
	free(text);
	for (size_t i = 0; i < plan->n_blocks; i++)
		if (!is_meant(snap, wish, plan->blocks[i].id))
			fail_msg("\"%s\": is about memory%llu", wish,
				 (unsigned long long)plan->blocks[i].id);
	/* so much, and none of it is as wanted already */
	if (size && !mhp_plan_count_conflicts(plan)) {
		assert_int_equal(plan->n_blocks, strtoul(size + 5, NULL, 10) / 128);
		for (size_t i = 0; i < plan->n_blocks; i++)
			assert_false(is_as_wanted(plan->goal, plan->type, plan->blocks[i].state,
						  plan->blocks[i].zone));
	}
	check_steps(snap, plan, wish);
	check_borrowing(plan);
}

static struct mhp_plan *make_plan(const struct mhp_snapshot *snap, const char *wish)
{
	struct mhp_request *request = ask(wish);
	struct mhp_plan *plan = NULL;
	int r;

	r = mhp_plan_new(snap, request, &plan);
	mhp_request_free(request);
	/* a node that is not there */
	if (r < 0)
		assert_int_equal(r, -ENOENT);
	return plan;
}

static void test_properties(void **state)
{
	char wish[160];

	(void)state;
	seed = 7;
	for (int round = 0; round < 1500; round++) {
		struct mhp_sim *sim = random_machine();
		struct mhp_snapshot *snap = look_at(sim);
		struct mhp_plan *plan, *again;
		char *text, *same;

		random_wish(wish, sizeof(wish));
		plan = make_plan(snap, wish);
		if (plan) {
			check_plan(snap, plan, wish);
			/* the same of the same, whatever was planned meanwhile */
			again = make_plan(snap, wish);
			assert_int_equal(mhp_plan_copy_text(plan, &text), 0);
			assert_int_equal(mhp_plan_copy_text(again, &same), 0);
			assert_string_equal(text, same);
			free(text);
			free(same);
			mhp_plan_unref(again);
		}
		mhp_plan_unref(plan);
		mhp_snapshot_unref(snap);
		mhp_sim_unref(sim);
	}
}

/* ---- carried out ---- */

/* What kmem let go of nobody gives it back as it was. */
static bool can_be_undone(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind == MHP_STEP_UNBIND && !plan->steps[i].undo_word)
			return false;
	return true;
}

static size_t acts_of(const struct mhp_sim *sim)
{
	return mhp_sim_count(sim, MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_LOAD);
}

static enum mhp_outcome carry_out(struct mhp_sim *sim, struct mhp_plan *plan,
				  char ret_message[512])
{
	struct mhp_report *report;
	enum mhp_outcome outcome;
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_apply(ctx, plan, NULL, &report), 0);
	outcome = mhp_report_get_outcome(report);
	snprintf(ret_message, 512, "%s", mhp_report_get_message(report));
	mhp_report_free(report);
	mhp_ctx_unref(ctx);
	return outcome;
}

/*
 * A plan that was carried out leaves nothing to do; the number of writes it took. 0: the
 * machine refused, as it does with a block that has a hole.
 */
static size_t check_done(const struct mhp_plan *made, const char *wish, struct mhp_sim *sim)
{
	struct mhp_plan *plan = (struct mhp_plan *)(uintptr_t)made;
	struct world before = world_of(sim), now;
	size_t acts = acts_of(sim);
	struct mhp_snapshot *snap;
	enum mhp_outcome outcome;
	char message[512];

	outcome = carry_out(sim, plan, message);
	acts = acts_of(sim) - acts;
	if (outcome != MHP_OUTCOME_DONE) {
		now = world_of(sim);
		if (outcome == MHP_OUTCOME_UNDONE)
			assert_same_world(&now, &before, wish);
		else if (can_be_undone(plan) && !(plan->rules & MHP_RULE_KEEP))
			fail_msg("\"%s\": %s: %s", wish, mhp_outcome_to_str(outcome), message);
		return 0;
	}
	/* so much more would be wanted */
	if (strstr(wish, "size:"))
		return acts;
	snap = look_at(sim);
	plan = make_plan(snap, wish);
	if (mhp_plan_count_steps(plan) || mhp_plan_count_conflicts(plan))
		fail_msg("\"%s\": done, and there is still something to do", wish);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	return acts;
}

/*
 * The undo of a plan restores what the snapshot saw: one of its writes fails, the last
 * one more often than others.
 */
static void check_undone(struct mhp_sim *sim, struct mhp_plan *plan, const char *wish, size_t acts)
{
	size_t n = chance(2) ? acts : 1 + chance((uint32_t)acts);
	struct world before = world_of(sim), now;
	enum mhp_outcome outcome;
	char message[512];

	assert_int_equal(mhp_sim_fail_at(sim, MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_LOAD, NULL, n,
					 -ENOMEM), 0);
	outcome = carry_out(sim, plan, message);
	now = world_of(sim);
	assert_true(same_settings(&now, &before));
	assert_false(now.journal);
	if (outcome == MHP_OUTCOME_UNDONE)
		assert_same_world(&now, &before, wish);
	else if (outcome != MHP_OUTCOME_DONE && can_be_undone(plan) &&
		 !(plan->rules & MHP_RULE_KEEP))
		fail_msg("\"%s\", write %zu of %zu fails: %s: %s", wish, n, acts,
			 mhp_outcome_to_str(outcome), message);
}

static void test_done_and_undone(void **state)
{
	char wish[160];
	size_t carried_out = 0;

	(void)state;
	seed = 11;
	for (int round = 0; round < 1000; round++) {
		uint32_t here = seed;
		struct mhp_sim *sim = random_machine(), *second;
		struct mhp_snapshot *snap = look_at(sim);
		uint32_t next;
		struct mhp_plan *plan;
		size_t acts = 0;

		/* the same machine again */
		next = seed;
		seed = here;
		second = random_machine();
		seed = next;
		random_wish(wish, sizeof(wish));
		plan = make_plan(snap, wish);
		if (plan && mhp_plan_count_steps(plan))
			acts = check_done(plan, wish, sim);
		if (acts)
			check_undone(second, plan, wish, acts);
		carried_out += acts > 0;
		mhp_plan_unref(plan);
		mhp_snapshot_unref(snap);
		mhp_sim_unref(sim);
		mhp_sim_unref(second);
	}
	assert_true(carried_out > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_no_hotremove),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_done_and_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
