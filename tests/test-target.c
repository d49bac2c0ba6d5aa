// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a request is about: regions, ranges, blocks, nodes, kinds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/bench.h"

/* dax0.0: 32-33, dax1.0: 34-36, dax2.0: 37, dax3.0: 39-40; boot memory: 0-7, and 38 of node 3 */
#define FOUR "6.12-hmem-multi-bound.txt"

/* "dax0.0:32-33 34,36": part by part; "absent: ...": a conflict, and then the parts */
static char *describe(const struct mhp_plan *plan)
{
	struct text text = { 0 };
	char *str;

	if (plan->conflicts.count)
		text_add(&text, "%s: ",
			 mhp_conflict_code_to_str(plan->conflicts.list[0].code));
	for (size_t i = 0; i < plan->n_parts; i++) {
		const struct plan_part *part = &plan->parts[i];
		uint64_t *ids = calloc(part->count + 1, sizeof(*ids));

		assert_non_null(ids);
		for (size_t j = 0; j < part->count; j++)
			ids[j] = plan->blocks[part->first + j].id;
		text_add(&text, "%s%s%s", i ? " " : "", part->region ? part->region : "",
			 part->region ? ":" : "");
		text_add_ids(&text, ids, part->count);
		free(ids);
	}
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static int plan_code(struct bench *bench, const char *wish)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_request *request = ask(wish);
	struct mhp_snapshot *snap;
	struct mhp_plan *plan = NULL;
	int r;

	assert_int_equal(mhp_snapshot_new(bench->ctx, &opts, &snap), 0);
	r = mhp_plan_new(snap, request, &plan);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	mhp_request_free(request);
	return r;
}

struct row {
	const char *machine, *wish, *name, *parts;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct mhp_plan *plan;
		struct bench bench;
		char *parts;

		set_up(&bench, rows[i].machine);
		plan = plan_of(&bench, rows[i].wish);
		parts = describe(plan);
		if (strcmp(parts, rows[i].parts))
			fail_msg("\"%s\": \"%s\" and not \"%s\"", rows[i].wish, parts,
				 rows[i].parts);
		free(parts);
		assert_string_equal(mhp_plan_get_target(plan), rows[i].name);
		/* of several regions none is the plan's, nor of blocks */
		if (plan->n_parts != 1 || !plan->parts[0].region)
			assert_null(mhp_plan_get_region_name(plan));
		mhp_plan_unref(plan);
		tear_down(&bench);
	}
}

static void test_blocks(void **state)
{
	static const struct row rows[] = {
		{ FOUR, "dax1.0 offline", "dax1.0", "dax1.0:34-36" },
		{ FOUR, "blocks:33 offline", "blocks 33", "33" },
		{ FOUR, "blocks:33,35-36 offline", "blocks 33,35-36", "33,35-36" },
		/* twice is once, and the order does not matter */
		{ FOUR, "blocks:35,33-34,34-35,33 offline", "blocks 33-35", "33-35" },
		/* all of a region is the region, and what is left comes behind it */
		{ FOUR, "blocks:32-33 offline", "blocks 32-33", "dax0.0:32-33" },
		{ FOUR, "blocks:32-35 offline", "blocks 32-35", "dax0.0:32-33 34-35" },
		{ FOUR, "blocks:33-37 offline", "blocks 33-37", "dax1.0:34-36 dax2.0:37 33" },
		{ RANGES_7_3, "blocks:32-37 offline", "blocks 32-37",
		  "dax0.0:32-33,36-37 dax0.1:34-35" },
		{ RANGES_7_3, "blocks:32-36 offline", "blocks 32-36", "dax0.1:34-35 32-33,36" },
		/* those that are not there */
		{ FOUR, "blocks:60 offline", "blocks 60", "absent: 60" },
		{ FOUR, "blocks:37,40-41 online online_movable", "blocks 37,40-41",
		  "absent: dax2.0:37 40-41" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_ranges(void **state)
{
	static const struct row rows[] = {
		{ FOUR, "range:100000000-10fffffff offline", "0x100000000-0x10fffffff",
		  "dax0.0:32-33" },
		{ FOUR, "range:108000000-117ffffff offline", "0x108000000-0x117ffffff", "33-34" },
		/* whole blocks only, never a neighbour's */
		{ FOUR, "range:108000001-117ffffff offline", "0x108000001-0x117ffffff", "34" },
		{ FOUR, "range:108000000-117fffffe offline", "0x108000000-0x117fffffe", "33" },
		{ FOUR, "range:108000001-117fffffe offline", "0x108000001-0x117fffffe",
		  "no-block: " },
		/* what is not there is not meant */
		{ FOUR, "range:138000000-14fffffff online online_movable",
		  "0x138000000-0x14fffffff", "dax3.0:39-40" },
		{ FOUR, "range:1000000000-1fffffffff offline", "0x1000000000-0x1fffffffff",
		  "no-block: " },
		{ FOUR, "range:ffffffff00000000-fffffffffffffffe offline",
		  "0xffffffff00000000-0xfffffffffffffffe", "no-block: " },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_nodes_and_kinds(void **state)
{
	static const struct row rows[] = {
		{ FOUR, "node:1 offline", "node 1", "dax0.0:32-33" },
		{ FOUR, "node:3 offline", "node 3", "dax2.0:37 dax3.0:39-40 38" },
		{ FOUR, "kind:dax offline", "all dax regions",
		  "dax0.0:32-33 dax1.0:34-36 dax2.0:37 dax3.0:39-40" },
		{ FOUR, "kind:dax online online_movable size:256", "256 MiB of all dax regions",
		  "dax0.0:32-33" },
		{ FOUR, "node:3 online online_movable size:128", "128 MiB of node 3",
		  "dax2.0:37" },
		/* blocks of a parent are its children's */
		{ "7.3-cxl-regions-online.txt", "kind:cxl offline", "all cxl regions",
		  "dax0.0:34-37 dax1.0:38-41" },
		{ "7.3-cxl-regions-online.txt", "kind:cxl offline size:512",
		  "512 MiB of all cxl regions", "dax0.0:34-37" },
		{ "7.3-cxl-regions-online.txt", "kind:cxl unplugged", "all cxl regions",
		  "dax0.0:34-37 dax1.0:38-41" },
		{ "7.3-plain-start.txt", "kind:dax offline", "all dax regions", "no-block: " },
		{ "7.3-plain-start.txt", "kind:dax plugged online_movable", "all dax regions",
		  "not-device: " },
	};
	struct bench bench;

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
	set_up(&bench, FOUR);
	assert_int_equal(plan_code(&bench, "node:9 offline"), -ENOENT);
	assert_int_equal(plan_code(&bench, "dax9.9 offline"), -ENOENT);
	assert_int_equal(plan_code(&bench, "dax9.9 plugged online_movable"), -ENOENT);
	tear_down(&bench);
}

static void check_wish(struct bench *bench, const char *wish, const char *expected)
{
	struct mhp_plan *plan = plan_of(bench, wish);
	char *parts = describe(plan);

	assert_string_equal(parts, expected);
	free(parts);
	mhp_plan_unref(plan);
}

/* What daxctl leaves of a device whose memory is another's now: it cannot be deleted. */
static void test_empty_device(void **state)
{
#define REGION0 "/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0/dax_region0/"
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-cxl-region-unbound.txt");
	put(&bench, REGION0 "dax0.0/size", "0");
	put(&bench, REGION0 "dax_region/create", "1");
	put(&bench, REGION0 "dax0.1/size", "536870912");
	check_wish(&bench, "region0 plugged online_movable borrow", "dax0.1:34-37");
	check_wish(&bench, "region0 unplugged release", "dax0.1:34-37");
	check_wish(&bench, "kind:cxl plugged online_movable borrow", "dax0.1:34-37");
	check_wish(&bench, "kind:dax plugged online_movable borrow", "dax0.1:34-37");
	check_wish(&bench, "node:1 plugged online_movable borrow", "dax0.1:34-37");
	check_wish(&bench, "dax0.0 plugged online_movable borrow", "no-block: dax0.0:");
	assert_int_equal(mhp_snapshot_new(bench.ctx, NULL, &snap), 0);
	region = mhp_snapshot_find_region(snap, "region0");
	assert_true(mhp_region_can(region, MHP_CAN_PLUG, NULL));
	mhp_snapshot_unref(snap);
	/* and where it was all that there is */
	put(&bench, REGION0 "dax0.1/size", "0");
	check_wish(&bench, "region0 plugged online_movable borrow",
		   "no-block: dax0.0: dax0.1:");
	tear_down(&bench);
}

/* Devices go and come as a whole, also such as have no blocks. */
static void test_devices(void **state)
{
	static const struct row rows[] = {
		{ FOUR, "node:2 unplugged", "node 2", "dax1.0:34-36" },
		/* what is no device's is in the way of that, and not of plugging */
		{ FOUR, "node:3 unplugged", "node 3", "not-whole: dax2.0:37 dax3.0:39-40 38" },
		{ FOUR, "node:3 plugged online_movable borrow", "node 3",
		  "dax2.0:37 dax3.0:39-40" },
		{ FOUR, "range:100000000-127ffffff unplugged", "0x100000000-0x127ffffff",
		  "dax0.0:32-33 dax1.0:34-36" },
		{ FOUR, "blocks:32-33 unplugged", "blocks 32-33", "dax0.0:32-33" },
		/* a part of one, or memory that is no device's */
		{ FOUR, "blocks:32-34 unplugged", "blocks 32-34", "not-whole: dax0.0:32-33 34" },
		{ FOUR, "range:100000000-11fffffff unplugged", "0x100000000-0x11fffffff",
		  "not-whole: dax0.0:32-33 34-35" },
		{ FOUR, "blocks:7 unplugged", "blocks 7", "not-whole: 7" },
		{ FOUR, "node:0 unplugged", "node 0", "not-whole: 0-7" },
		{ FOUR, "blocks:32 plugged online_movable", "blocks 32", "not-device: " },
		{ FOUR, "dax0.0 unplugged size:128", "128 MiB of dax0.0", "not-whole: " },
		{ "7.3-hmem-unplugged.txt", "node:1 unplugged", "node 1", "dax0.0:32-35" },
		{ "7.3-hmem-unplugged.txt", "node:1 plugged online_movable borrow", "node 1",
		  "dax0.0:32-35" },
		{ "7.3-hmem-unplugged.txt", "blocks:32-35 plugged online_movable borrow",
		  "blocks 32-35", "dax0.0:32-35" },
		{ "7.3-hmem-unplugged.txt",
		  "range:100000000-11fffffff plugged online_movable borrow",
		  "0x100000000-0x11fffffff", "dax0.0:32-35" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* The target that was set last counts. */
static void test_last_one_counts(void **state)
{
	struct mhp_request *request = ask("dax0.0 offline");
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	struct bench bench;
	char *parts;

	(void)state;
	set_up(&bench, FOUR);
	assert_int_equal(mhp_request_add_blocks(request, 35, 1), 0);
	assert_int_equal(mhp_request_set_node(request, 3), 0);
	assert_int_equal(mhp_request_add_blocks(request, 36, 1), 0);
	assert_int_equal(mhp_request_add_blocks(request, 33, 1), 0);
	assert_int_equal(mhp_snapshot_new(bench.ctx, NULL, &snap), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	mhp_snapshot_unref(snap);
	parts = describe(plan);
	assert_string_equal(parts, "33,36");
	assert_string_equal(mhp_plan_get_target(plan), "blocks 33,36");
	free(parts);
	mhp_plan_unref(plan);
	mhp_request_free(request);
	tear_down(&bench);
}

static void test_bad_targets(void **state)
{
	struct mhp_request *request;

	(void)state;
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_range(request, 0x1000, 0), -EINVAL);
	assert_int_equal(mhp_request_set_range(request, UINT64_MAX, 2), -EINVAL);
	assert_int_equal(mhp_request_set_range(request, UINT64_MAX - 1, 1), 0);
	assert_int_equal(mhp_request_add_blocks(request, 32, 0), -EINVAL);
	assert_int_equal(mhp_request_add_blocks(request, UINT64_MAX, 1), -EINVAL);
	assert_int_equal(mhp_request_add_blocks(request, 1, UINT64_MAX), -EINVAL);
	assert_int_equal(mhp_request_set_node(request, -1), -EINVAL);
	assert_int_equal(mhp_request_set_kind(request, (enum mhp_region_kind)-1), -EINVAL);
	assert_int_equal(mhp_request_set_kind(request, (enum mhp_region_kind)99), -EINVAL);
	assert_int_equal(mhp_request_set_driver(request, "kmem"), -EINVAL);
	assert_int_equal(mhp_request_set_driver(request, "device_dax"), 0);
	assert_int_equal(mhp_request_set_driver(request, NULL), 0);
	mhp_request_free(request);
}

/* A name is for people to read, whatever it was. */
static void test_name_is_printable(void **state)
{
	static const char hostile[] = "dax0.0\n\x1b[31m";
	struct mhp_request *request = ask("dax0.0 offline");
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, FOUR);
	assert_int_equal(mhp_request_set_region(request, hostile), 0);
	assert_int_equal(mhp_snapshot_new(bench.ctx, NULL, &snap), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), -ENOENT);
	mhp_snapshot_unref(snap);
	mhp_request_free(request);
	tear_down(&bench);
}

/* What is carried out is what was meant, and nothing beside it. */
static void test_nothing_else_is_touched(void **state)
{
	static const struct {
		const char *wish;
		unsigned int first, last;
	} rows[] = {
		{ "blocks:33-35 online online_movable", 33, 35 },
		{ "range:108000001-127fffffe online online_movable", 34, 35 },
		{ "node:2 online online_movable", 34, 36 },
		{ "dax1.0 online online_movable size:256", 35, 36 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench bench;

		set_up(&bench, FOUR);
		assert_int_equal(fulfil(&bench, rows[i].wish, NULL), MHP_OUTCOME_DONE);
		for (unsigned int id = 32; id <= 37; id++)
			assert_string_equal(is(&bench, id),
					    id >= rows[i].first && id <= rows[i].last ?
					    "Movable" : "offline");
		assert_int_equal(bench.writes, rows[i].last - rows[i].first + 1);
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_nodes_and_kinds),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_empty_device),
		cmocka_unit_test(test_last_one_counts),
		cmocka_unit_test(test_bad_targets),
		cmocka_unit_test(test_name_is_printable),
		cmocka_unit_test(test_nothing_else_is_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
