// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A snapshot of one region tells of it what one of all does, and leads to the same plans; what it
 * costs does not depend on the rest of the machine.
 */
#include <dirent.h>
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

#include "support/ask.h"
#include "support/bench.h"
#include "support/dump.h"
#include "support/fakesys.h"
#include "support/golden.h"
#include "support/pool.h"

#define BLOCK (UINT64_C(128) << 20)

static int take(struct mhp_ctx *ctx, uint64_t flags, const char *region,
		struct mhp_snapshot **ret_snap)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts), .flags = flags, .region = region,
	};

	return mhp_snapshot_new(ctx, &opts, ret_snap);
}

static struct mhp_snapshot *taken(struct mhp_ctx *ctx, uint64_t flags, const char *region)
{
	struct mhp_snapshot *snap;

	assert_int_equal(take(ctx, flags, region, &snap), 0);
	return snap;
}

/* ---- the same of the region as of all ---- */

/* Is it a line of the region itself, or of a block of it or what is made from it? */
static bool is_about(const struct mhp_snapshot *snap, const char *line, const char *region)
{
	size_t length = strcspn(line, " ");
	const struct mhp_block *block;
	const struct mhp_region *owner;

	if (strlen(region) == length && !memcmp(line, region, length))
		return true;
	if (*line < '0' || *line > '9')
		return false;
	block = mhp_snapshot_find_block(snap, strtoull(line, NULL, 10));
	owner = block ? mhp_snapshot_get_block_region(snap, block) : NULL;
	while (owner && strcmp(mhp_region_get_name(owner), region))
		owner = mhp_region_get_parent(owner);
	return owner != NULL;
}

/* What /proc/iomem says of a region is read only with its identity. */
static char *lines_about(const struct mhp_snapshot *snap, const char *region, bool has_iomem)
{
	char *all = dump(snap, false), *line, *rest = NULL, *out, *end;
	struct text text = { 0 };

	for (line = strtok_r(all, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (!is_about(snap, line, region))
			continue;
		end = has_iomem ? NULL : strstr(line, " ram ");
		if (end)
			*end = '\0';
		text_add(&text, "%s\n", line);
	}
	free(all);
	assert_int_equal(text_finish(&text, &out), 0);
	return out;
}

static char *abilities_of(const struct mhp_snapshot *snap, const char *name, bool has_identity)
{
	const struct mhp_region *region = mhp_snapshot_find_region(snap, name);
	const char *word, *text;
	struct text out = { 0 };
	char *str;
	int code;

	for (enum mhp_capability i = MHP_CAN_ONLINE; i < MHP_CAPABILITIES; i++) {
		bool can = mhp_region_can(region, i, &word);

		text_add(&out, "%d %d %s\n", i, can, can ? "" : word);
	}
	text_add(&out, "empty %d memmap %d size %" PRIu64 "\n", region->is_empty,
		 region->holds_memmap, region->size_bytes);
	if (has_identity) {
		code = mhp_region_get_identity(region, &word);
		text_add(&out, "identity %d %s\n", code, code < 0 ? "" : word);
		for (size_t i = 0; mhp_region_get_fact(region, i, &word, &text, &code) == 0; i++)
			text_add(&out, "%s %d %s\n", word, code, text ? text : "");
		text_add(&out, "%zu devices, of %s\n", mhp_region_count_devices(region),
			 region->parent ? region->parent->name : "none");
	}
	assert_int_equal(text_finish(&out, &str), 0);
	return str;
}

static void check_same(struct mhp_ctx *ctx, const struct mhp_snapshot *all, uint64_t flags,
		       const char *name)
{
	bool has_identity = flags & MHP_SNAPSHOT_IDENTITY;
	struct mhp_snapshot *one = taken(ctx, flags, name);
	char *expected, *found;

	expected = lines_about(all, name, has_identity);
	found = lines_about(one, name, has_identity);
	assert_string_equal(found, expected);
	free(expected);
	free(found);
	expected = abilities_of(all, name, has_identity);
	found = abilities_of(one, name, has_identity);
	assert_string_equal(found, expected);
	free(expected);
	free(found);
	mhp_snapshot_unref(one);
}

/* ---- the same plans ---- */

static void add_conflicts(struct text *text, const struct mhp_plan *plan)
{
	for (size_t i = 0; i < mhp_plan_count_warnings(plan); i++)
		text_add(text, "warning %s\n",
			 mhp_conflict_get_message(mhp_plan_get_warning(plan, i)));
	for (size_t i = 0; i < mhp_plan_count_conflicts(plan); i++)
		text_add(text, "conflict %s; %s\n",
			 mhp_conflict_get_message(mhp_plan_get_conflict(plan, i)),
			 mhp_conflict_get_hint(mhp_plan_get_conflict(plan, i)));
}

static char *plan_text(const struct mhp_snapshot *snap, const char *wish)
{
	struct mhp_request *request = ask(wish);
	struct text text = { 0 };
	struct mhp_plan *plan;
	char *part, *str;
	int code;

	code = mhp_plan_new(snap, request, &plan);
	text_add(&text, "%d\n", code);
	if (code == 0) {
		assert_int_equal(mhp_plan_copy_text(plan, &part), 0);
		text_add(&text, "%s", part);
		free(part);
		add_conflicts(&text, plan);
		if (!mhp_plan_count_conflicts(plan)) {
			assert_int_equal(mhp_plan_copy_saved(plan, &part), 0);
			text_add(&text, "%s", part);
			free(part);
		}
		mhp_plan_unref(plan);
	}
	mhp_request_free(request);
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void check_plans(const struct mhp_snapshot *all, const struct mhp_snapshot *one,
			const char *name)
{
	static const char *const goals[] = {
		"online online", "online online_movable", "online online_kernel rezone",
		"online online_movable rezone per-block", "online default", "offline",
		"offline keep", "plugged online_movable borrow", "plugged online_kernel",
		"plugged default", "plugged offline", "unplugged", "unplugged borrow release",
		"unplugged to:device_dax", "online online_kernel kernel-zone",
	};
	char *wish, *expected, *found;

	for (size_t i = 0; i < ARRAY_SIZE(goals); i++) {
		assert_int_equal(copy_text(&wish, "%s %s", name, goals[i]), 0);
		expected = plan_text(all, wish);
		found = plan_text(one, wish);
		assert_string_equal(found, expected);
		free(expected);
		free(found);
		free(wish);
	}
}

/* ---- all regions of all recorded machines ---- */

static size_t n_regions, n_whole;

static void check_machine(const char *file, uint64_t sim_flags)
{
	static const uint64_t flags[] = {
		0, MHP_SNAPSHOT_OFFLINE_ZONES, MHP_SNAPSHOT_TOPOLOGY | MHP_SNAPSHOT_IDENTITY,
		MHP_SNAPSHOT_FOR_PLANS, MHP_SNAPSHOT_PLUGGED | MHP_SNAPSHOT_IDENTITY,
	};
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = sim_flags };
	struct mhp_snapshot *all, *one;
	const char *data = getenv("TEST_DATA");
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	char path[4096];

	snprintf(path, sizeof(path), "%s/machines/%s", data ? data : "tests", file);
	assert_int_equal(mhp_sim_new_from_capture(path, &opts, &sim), 0);
	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		all = taken(ctx, flags[i], NULL);
		for (size_t j = 0; j < all->regions.count; j++) {
			const char *name = all->regions.list[j].name;

			check_same(ctx, all, flags[i], name);
			n_regions++;
			if (!(flags[i] & MHP_SNAPSHOT_FOR_PLANS))
				continue;
			one = taken(ctx, flags[i], name);
			n_whole += one->n_blocks == all->n_blocks;
			assert_int_equal(one->facts.page_size, all->facts.page_size);
			assert_int_equal(one->facts.is_page_size_known,
					 all->facts.is_page_size_known);
			check_plans(all, one, name);
			mhp_snapshot_unref(one);
		}
		mhp_snapshot_unref(all);
	}
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
}

static void each_machine(void **state)
{
	const char *data = getenv("TEST_DATA");
	struct dirent *entry;
	char path[4096];
	DIR *dir;

	(void)state;
	snprintf(path, sizeof(path), "%s/machines", data ? data : "tests");
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".txt"))
			continue;
		/* as a capture it does not tell the size of a page */
		check_machine(entry->d_name, 0);
		check_machine(entry->d_name, MHP_SIM_READ_ONLY);
	}
	closedir(dir);
	assert_true(n_regions > 500);
	assert_true(n_whole > 10);
}

/* Of another kernel's root, with pages that are not the usual ones. */
static void large_pages(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-ranges-bound");
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	struct mhp_snapshot *all = taken(ctx, MHP_SNAPSHOT_EXACT, NULL), *one;
	uint64_t online = 0;
	char text[256];

	(void)state;
	for (size_t i = 0; i < all->n_blocks; i++)
		online += all->blocks[i].state == MHP_STATE_ONLINE ? all->block_size : 0;
	mhp_snapshot_unref(all);
	mhp_ctx_unref(ctx);
	fs = fakesys_new_machine("7.3-hmem-ranges-bound");
	snprintf(text, sizeof(text), "Node 0, zone   Normal\n  pages free     1\n        spanned  %"
		 PRIu64 "\n        present  %" PRIu64 "\n        managed  1\n  start_pfn:  0\n",
		 online / 16384, online / 16384);
	fakesys_file(fs, "/proc/zoneinfo", text);
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	all = taken(ctx, MHP_SNAPSHOT_FOR_PLANS, NULL);
	one = taken(ctx, MHP_SNAPSHOT_FOR_PLANS, "dax0.0");
	assert_int_equal(all->facts.page_size, 16384);
	assert_int_equal(one->facts.page_size, 16384);
	assert_true(one->facts.is_page_size_known);
	mhp_snapshot_unref(one);
	mhp_snapshot_unref(all);
	mhp_ctx_unref(ctx);
}

/* ---- what it costs ---- */

struct cost {
	size_t look, plan_look, on, off, agenda;
};

static size_t count(struct mhp_sim *sim)
{
	return mhp_sim_count(sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK |
				  MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN);
}

/* Two nodes of RAM; dax0.0 and others, 64 blocks each, on the third. */
static void build(struct bench *bench, uint64_t blocks, unsigned int n_devices)
{
	struct mhp_sim_builder *builder;
	char name[16];

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_6_12, &builder), 0);
	for (int node = 0; node < 3; node++)
		assert_int_equal(mhp_sim_builder_add_node(builder, node, node == 2 ? 0 : 4), 0);
	for (int node = 0; node < 2; node++)
		assert_int_equal(mhp_sim_builder_add_memory(builder, node,
							    (uint64_t)node * blocks / 2 * BLOCK,
							    blocks / 2 * BLOCK), 0);
	for (unsigned int i = 0; i < n_devices; i++) {
		snprintf(name, sizeof(name), "dax%u.0", i);
		assert_int_equal(mhp_sim_builder_add_dax(builder, name, 2,
							 (blocks + 64 * (i + 1)) * BLOCK,
							 64 * BLOCK), 0);
	}
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
}

static size_t cost_of_look(struct bench *bench, uint64_t flags, size_t expected)
{
	size_t before = count(bench->sim);
	struct mhp_snapshot *snap = taken(bench->ctx, flags, "dax0.0");

	before = count(bench->sim) - before;
	assert_int_equal(mhp_snapshot_count_blocks(snap), expected);
	mhp_snapshot_unref(snap);
	return before;
}

static size_t cost_of_wish(struct bench *bench, const char *wish)
{
	struct mhp_request *request = ask(wish);
	size_t before = count(bench->sim);
	struct mhp_report *report;

	assert_int_equal(mhp_fulfil(bench->ctx, request, NULL, &report), 0);
	assert_int_equal(mhp_report_get_outcome(report), MHP_OUTCOME_DONE);
	mhp_report_free(report);
	mhp_request_free(request);
	return count(bench->sim) - before;
}

static size_t cost_of_agenda(struct bench *bench)
{
	struct mhp_agenda *agenda = agenda_of(bench, "[dax]\nkind = dax\ntype = online_movable\n"
					      "plug = yes\n");
	struct mhp_agenda_report *report;
	size_t before = count(bench->sim);

	assert_int_equal(mhp_agenda_apply(bench->ctx, agenda, NULL, &report), 0);
	assert_int_equal(mhp_agenda_report_get_outcome(report), MHP_OUTCOME_DONE);
	mhp_agenda_report_free(report);
	mhp_agenda_unref(agenda);
	return count(bench->sim) - before;
}

static void measure(uint64_t blocks, unsigned int n_devices, struct cost *cost)
{
	struct bench bench;

	build(&bench, blocks, n_devices);
	cost_of_wish(&bench, "dax0.0 plugged online_movable borrow");
	cost->look = cost_of_look(&bench, 0, 64);
	cost->plan_look = cost_of_look(&bench, MHP_SNAPSHOT_FOR_PLANS, 64);
	cost->off = cost_of_wish(&bench, "dax0.0 offline");
	cost->on = cost_of_wish(&bench, "dax0.0 online online_movable");
	cost->agenda = cost_of_agenda(&bench);
	tear_down(&bench);
}

static void any_size(void **state)
{
	struct cost small, large, more;

	(void)state;
	measure(2048, 3, &small);
	measure(65536, 3, &large);
	measure(2048, 9, &more);
	assert_memory_equal(&small, &large, sizeof(small));
	assert_int_equal(more.look, small.look);
	assert_int_equal(more.plan_look, small.plan_look);
	assert_int_equal(more.on, small.on);
	assert_int_equal(more.off, small.off);
	/* of each block one file, by way of its node; and so much besides */
	assert_in_range(small.look, 64, 64 + 30);
	assert_in_range(small.plan_look, 64, 64 + 45);
}

/* ---- what it is not ---- */

static void refusals(void **state)
{
	static const struct {
		const char *wish;
		int r;
	} cases[] = {
		{ "dax0.0 offline", 0 }, { "blocks:32-33 offline", 0 },
		{ "blocks:31-33 offline", -EINVAL }, { "blocks:33-38 offline", -EINVAL },
		{ "node:1 offline", -EINVAL }, { "kind:dax offline", -EINVAL },
		{ "range:0x100000000-0x10fffffff offline", -EINVAL },
		{ "dax0.1 offline", -ENOENT },
	};
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts), .flags = MHP_SNAPSHOT_BLOCKS_ONLY, .region = "dax0.0",
	};
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, RANGES_7_3);
	assert_int_equal(take(bench.ctx, 0, "dax7.0", &snap), -ENOENT);
	assert_int_equal(take(bench.ctx, 0, "virtio0", &snap), -ENOENT);
	assert_int_equal(take(bench.ctx, 0, "no/such.name", &snap), -ENOENT);
	assert_int_equal(take(bench.ctx, 0, "", &snap), -ENOENT);
	assert_int_equal(mhp_snapshot_new(bench.ctx, &opts, &snap), -EINVAL);
	snap = taken(bench.ctx, MHP_SNAPSHOT_FOR_PLANS, "dax0.0");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mhp_request *request = ask(cases[i].wish);

		plan = NULL;
		assert_int_equal(mhp_plan_new(snap, request, &plan), cases[i].r);
		mhp_plan_unref(plan);
		mhp_request_free(request);
	}
	mhp_snapshot_unref(snap);
	/* all are looked at, and states of none but its own are read */
	snap = taken(bench.ctx, MHP_SNAPSHOT_FOR_PLANS, "boot");
	assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 0)), MHP_STATE_ONLINE);
	assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 32)),
			 MHP_STATE_UNKNOWN);
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_machine),
		cmocka_unit_test(large_pages),
		cmocka_unit_test(any_size),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
