// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The planner: machine and request to plan, as text in tests/golden/, where a
 * reviewer can read it, and properties that every plan has.
 *
 * A golden file: lines "# machine: FILE" (below tests/machines), any number of
 * "# put: WORD FILE" (done to the simulated machine first), "# request: REGION
 * GOAL [TYPE] [keep] [rezone] [per-block]", and the plan's text.
 * MHP_UPDATE_GOLDEN=1 writes them anew; read the difference before you commit it.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim.h>

#include "internal.h"

static const char *data(void)
{
	const char *dir = getenv("TEST_DATA");

	return dir ? dir : "tests";
}

static struct mhp_sim *open_machine(const char *name)
{
	struct mhp_sim *sim;
	char path[4096];

	snprintf(path, sizeof(path), "%s/machines/%s", data(), name);
	assert_int_equal(mhp_sim_new_from_capture(path, NULL, &sim), 0);
	return sim;
}

static struct mhp_snapshot *look_at(struct mhp_sim *sim)
{
	struct mhp_snapshot_opts opts = { sizeof(opts), MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	mhp_ctx_unref(ctx);
	return snap;
}

static struct mhp_request *make_request(const char *region, enum mhp_goal goal, const char *type,
					uint64_t rules)
{
	enum mhp_online_type value;
	struct mhp_request *request;

	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, region), 0);
	assert_int_equal(mhp_request_set_goal(request, goal), 0);
	if (type && !strcmp(type, "default"))
		mhp_request_set_default_type(request);
	else if (type) {
		assert_int_equal(mhp_online_type_from_str(type, &value), 0);
		assert_int_equal(mhp_request_set_online_type(request, value), 0);
	}
	assert_int_equal(mhp_request_set_rules(request, rules), 0);
	return request;
}

/* "dax0.0 online online_movable rezone" */
static struct mhp_request *parse_request(char *line)
{
	char *region = strtok(line, " "), *goal = strtok(NULL, " "), *type = NULL, *word;
	uint64_t rules = 0;

	assert_non_null(goal);
	if (!strcmp(goal, "online"))
		type = strtok(NULL, " ");
	while ((word = strtok(NULL, " ")))
		rules |= !strcmp(word, "keep") ? MHP_RULE_KEEP :
			 !strcmp(word, "rezone") ? MHP_RULE_REZONE :
			 !strcmp(word, "per-block") ? MHP_RULE_PER_BLOCK : UINT64_C(1) << 63;
	return make_request(region, type ? MHP_GOAL_ONLINE :
			    !strcmp(goal, "offline") ? MHP_GOAL_OFFLINE : MHP_GOAL_UNPLUGGED,
			    type, rules);
}

struct golden {
	struct mhp_sim *sim;
	struct mhp_request *request;
	char *header, *expected;
};

static void read_golden(const char *path, struct golden *golden)
{
	struct text header = { 0 }, expected = { 0 };
	char line[1024], *at;
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		text_add(*line == '#' ? &header : &expected, "%s", line);
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "# machine: ", 11)) {
			golden->sim = open_machine(line + 11);
		} else if (!strncmp(line, "# put: ", 7)) {
			at = strchr(line + 7, ' ');
			*at = '\0';
			assert_int_equal(mhp_sim_write(golden->sim, at + 1, line + 7), 0);
		} else if (!strncmp(line, "# request: ", 11)) {
			golden->request = parse_request(line + 11);
		}
	}
	fclose(file);
	assert_non_null(golden->sim);
	assert_non_null(golden->request);
	assert_int_equal(text_finish(&header, &golden->header), 0);
	assert_int_equal(text_finish(&expected, &golden->expected), 0);
}

static void check_golden(const char *path)
{
	struct golden golden = { 0 };
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	char *text;
	FILE *file;

	read_golden(path, &golden);
	snap = look_at(golden.sim);
	assert_int_equal(mhp_plan_new(snap, golden.request, &plan), 0);
	mhp_snapshot_unref(snap);
	assert_int_equal(mhp_plan_copy_text(plan, &text), 0);
	if (getenv("MHP_UPDATE_GOLDEN")) {
		file = fopen(path, "w");
		assert_non_null(file);
		fprintf(file, "%s%s", golden.header, text);
		fclose(file);
	} else if (strcmp(text, golden.expected)) {
		print_message("%s: the plan is now\n%s", path, text);
		assert_string_equal(text, golden.expected);
	}
	free(text);
	free(golden.header);
	free(golden.expected);
	mhp_plan_unref(plan);
	mhp_request_free(golden.request);
	mhp_sim_unref(golden.sim);
}

static void test_golden(void **state)
{
	struct dirent *entry;
	char path[4096];
	size_t count = 0;
	DIR *dir;

	(void)state;
	snprintf(path, sizeof(path), "%s/golden", data());
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (!strstr(entry->d_name, ".plan"))
			continue;
		snprintf(path, sizeof(path), "%s/golden/%s", data(), entry->d_name);
		check_golden(path);
		count++;
	}
	closedir(dir);
	assert_true(count >= 20);
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
	assert_int_equal(mhp_request_set_region(request, "dax9.9"), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), -EINVAL);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_UNKNOWN), -EINVAL);
	assert_int_equal(mhp_request_set_goal(request, (enum mhp_goal)5), -EINVAL);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_ONLINE), 0);
	/* every region, an explicit type */
	assert_int_equal(mhp_plan_new(snap, request, &plan), -EINVAL);
	assert_int_equal(mhp_request_set_online_type(request, (enum mhp_online_type)4), -EINVAL);
	assert_int_equal(mhp_request_set_online_type(request, MHP_ONLINE), 0);
	assert_int_equal(mhp_request_set_rules(request, UINT64_C(1) << 4), -E2BIG);
	assert_int_equal(mhp_plan_new(snap, request, &plan), -ENOENT);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	mhp_sim_unref(sim);
}

/* ---- properties, over random states of a region ---- */

static uint32_t seed = 7;

static uint32_t chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static void shake(struct mhp_sim *sim, const struct mhp_snapshot *snap, const char *region)
{
	const struct mhp_region *found = mhp_snapshot_find_region(snap, region);
	char path[128];

	for (size_t i = 0; i < mhp_region_count_blocks(found); i++) {
		snprintf(path, sizeof(path), MEMORY_PATH "/memory%llu/state",
			 (unsigned long long)mhp_block_get_id(mhp_region_get_block(found, i)));
		mhp_sim_write(sim, path, online_word((enum mhp_online_type)chance(4)));
	}
}

static bool is_in_region(const struct mhp_region *region, uint64_t start, uint64_t size)
{
	uint64_t from, length;

	for (size_t i = 0; mhp_region_get_range(region, i, &from, &length) == 0; i++)
		if (start >= from && start + size <= from + length)
			return true;
	return false;
}

static void check_plan(const struct mhp_snapshot *snap, const struct mhp_plan *plan)
{
	const struct mhp_region *region = mhp_snapshot_find_region(snap, mhp_plan_get_region(plan));
	uint64_t start, size;
	size_t met = 0;

	/* nothing to do if and only if every block is as wanted, or a conflict stands */
	for (size_t i = 0; i < plan->n_blocks; i++)
		met += is_as_wanted(plan->goal, plan->type, plan->blocks[i].state,
				    plan->blocks[i].zone);
	if (mhp_plan_count_conflicts(plan))
		assert_int_equal(mhp_plan_count_steps(plan), 0);
	else
		assert_int_equal(mhp_plan_count_steps(plan) == 0, met == plan->n_blocks);
	for (size_t i = 0; i < mhp_plan_count_steps(plan); i++) {
		const struct mhp_step *step = mhp_plan_get_step(plan, i);

		assert_true(mhp_step_count_ranges(step) > 0);
		for (size_t j = 0; mhp_step_get_range(step, j, &start, &size) == 0; j++)
			assert_true(is_in_region(region, start, size));
		/* each block is written once with each word: steps do not overlap */
		for (size_t k = 0; k < i; k++)
			if (step->kind == MHP_STEP_BLOCK && plan->steps[k].kind == MHP_STEP_BLOCK)
				assert_false(step->block == plan->steps[k].block &&
					     step->word == plan->steps[k].word);
	}
}

static void test_properties(void **state)
{
	static const char *const machines[] = {
		"7.3-hmem-bound.txt", "7.3-hmem-ranges-bound.txt", "6.12-hmem-bound.txt",
		"6.1-hmem-bound.txt", "7.3-hmem-unaligned-bound.txt",
	};
	static const char *const types[] = {
		"offline", "online", "online_kernel", "online_movable", "default",
	};

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct mhp_sim *sim = open_machine(machines[chance(ARRAY_SIZE(machines))]);
		struct mhp_snapshot *snap = look_at(sim);
		struct mhp_request *request;
		struct mhp_plan *plan;

		for (uint32_t i = chance(3); i > 0; i--)
			shake(sim, snap, "dax0.0");
		mhp_snapshot_unref(snap);
		snap = look_at(sim);
		request = make_request("dax0.0", (enum mhp_goal)(1 + chance(3)),
				       types[chance(ARRAY_SIZE(types))], chance(8));
		assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
		check_plan(snap, plan);
		mhp_plan_unref(plan);
		mhp_request_free(request);
		mhp_snapshot_unref(snap);
		mhp_sim_unref(sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
