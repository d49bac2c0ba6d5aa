// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which blocks are taken where only so much is wanted: what can be given back later
 * comes last, and goes first.
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

#include "support/bench.h"

/* dax0.0: 32-33, dax1.0: 34-36, dax2.0: 37, dax3.0: 39-40; boot memory: 0-7, 38 */
#define FOUR "6.12-hmem-multi-bound.txt"

/* "33,36": the blocks that a plan is about; "too-few": its first conflict. */
static void assert_chosen(struct bench *bench, const char *wish, const char *expected)
{
	struct mhp_plan *plan = plan_of(bench, wish);
	struct text text = { 0 };
	uint64_t *ids = calloc(plan->n_blocks + 1, sizeof(*ids));
	char *str;

	assert_non_null(ids);
	for (size_t i = 0; i < plan->n_blocks; i++)
		ids[i] = plan->blocks[i].id;
	if (plan->conflicts.count)
		text_add(&text, "%s", mhp_conflict_code_to_str(plan->conflicts.list[0].code));
	else
		text_add_ids(&text, ids, plan->n_blocks);
	assert_int_equal(text_finish(&text, &str), 0);
	if (strcmp(str, expected))
		fail_msg("\"%s\": %s and not %s", wish, str, expected);
	free(str);
	free(ids);
	mhp_plan_unref(plan);
}

/* State of blocks before: "32M 34K 6O", M Movable, K a kernel zone, O offline. */
static void arrange(struct bench *bench, const char *how)
{
	unsigned int id;
	char type;
	int length;

	set_up(bench, FOUR);
	for (; sscanf(how, " %u%c%n", &id, &type, &length) == 2; how += length)
		put(bench, block_file(id, "state"), type == 'M' ? "online_movable" :
						    type == 'K' ? "online_kernel" : "offline");
}

struct row {
	const char *how, *wish, *chosen;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct bench bench;

		arrange(&bench, rows[i].how);
		assert_chosen(&bench, rows[i].wish, rows[i].chosen);
		tear_down(&bench);
	}
}

#define ONLINE(target, mib) target " online online_movable size:" #mib
#define OFFLINE(target, mib) target " offline size:" #mib

static void test_online(void **state)
{
	static const struct row rows[] = {
		/* one region after the other, each from its top */
		{ "", ONLINE("kind:dax", 128), "33" },
		{ "", ONLINE("kind:dax", 256), "32-33" },
		{ "", ONLINE("kind:dax", 384), "32-33,36" },
		{ "", ONLINE("kind:dax", 1024), "32-37,39-40" },
		/* what is begun is finished first */
		{ "34M", ONLINE("kind:dax", 128), "36" },
		{ "34M", ONLINE("kind:dax", 256), "35-36" },
		{ "34M", ONLINE("kind:dax", 384), "33,35-36" },
		{ "39M", ONLINE("kind:dax", 128), "40" },
		{ "34K", ONLINE("kind:dax", 128), "36" },
		/* of several, that with most of it online */
		{ "34M 35M 39M", ONLINE("kind:dax", 128), "36" },
		{ "34M 35M 39M", ONLINE("kind:dax", 256), "36,40" },
		/* what belongs to no region is never given back */
		{ "6O", ONLINE("blocks:0-40", 128), "6" },
		{ "6O 5O", ONLINE("blocks:0-40", 128), "6" },
		{ "6O 34M", ONLINE("blocks:0-40", 256), "6,36" },
		/* within what was asked for only */
		{ "34M", ONLINE("dax3.0", 128), "40" },
		{ "34M", ONLINE("node:1", 128), "33" },
		{ "6O", ONLINE("blocks:34-35", 128), "35" },
		{ "6O", ONLINE("range:100000000-117ffffff", 128), "33" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* dax0.0: 32-33, virtio0: 64-65, online in Movable; boot memory: 0-7 */
static void arrange_hosted(struct bench *bench)
{
	const uint64_t gib = (uint64_t)1 << 30;
	struct mhp_sim_builder *builder;

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), 0);
	mhp_sim_builder_add_node(builder, 0, 1);
	mhp_sim_builder_add_memory(builder, 0, 0, gib);
	mhp_sim_builder_add_dax(builder, "dax0.0", 0, 4 * gib, gib / 4);
	mhp_sim_builder_add_virtio_mem(builder, "virtio0", 0, 8 * gib, gib, 2 << 20);
	mhp_sim_builder_set(builder, "auto_online_blocks", "online_movable");
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_resize_virtio_mem(bench->sim, "virtio0", gib / 4), 0);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	assert_blocks(bench, 64, 65, "Movable");
	fulfil(bench, "dax0.0 plugged online_movable borrow", NULL);
	assert_blocks(bench, 32, 33, "Movable");
}

/* What a host plugs is kept online rather than others, for its driver's sake. */
static void test_hosted(void **state)
{
	struct bench bench;

	(void)state;
	arrange_hosted(&bench);
	assert_chosen(&bench, OFFLINE("blocks:32-65", 256), "32-33");
	assert_chosen(&bench, OFFLINE("blocks:32-65", 384), "32-33,65");
	assert_chosen(&bench, OFFLINE("virtio0", 128), "65");
	put(&bench, block_file(6, "state"), "offline");
	put(&bench, block_file(33, "state"), "offline");
	put(&bench, block_file(64, "state"), "offline");
	assert_chosen(&bench, ONLINE("blocks:0-65", 128), "64");
	assert_chosen(&bench, ONLINE("blocks:0-65", 256), "6,64");
	assert_chosen(&bench, ONLINE("blocks:0-65", 384), "6,33,64");
	put(&bench, block_file(6, "state"), "online_movable");
	put(&bench, block_file(64, "state"), "online_movable");
	assert_chosen(&bench, OFFLINE("blocks:0-65", 256), "6,32");
	tear_down(&bench);
}

static void test_offline(void **state)
{
	static const struct row rows[] = {
		/* what can be given back soonest goes first */
		{ "32M 33M 34M 35M 36M", OFFLINE("kind:dax", 128), "33" },
		{ "32M 33M 34M 35M 36M", OFFLINE("kind:dax", 256), "32-33" },
		{ "32M 33M 34M 35M 36M", OFFLINE("kind:dax", 384), "32-33,36" },
		{ "32M 33M 36M", OFFLINE("kind:dax", 128), "36" },
		{ "32M 33M 37M", OFFLINE("kind:dax", 128), "37" },
		/* kernel memory hardly leaves, and comes last */
		{ "32M 33M 37K", OFFLINE("kind:dax", 128), "33" },
		{ "32M 33M 37K", OFFLINE("kind:dax", 384), "32-33,37" },
		{ "32K 33M 34M 35M", OFFLINE("kind:dax", 128), "33" },
		/* memory of no region gives nothing back */
		{ "6O 6M 32M", OFFLINE("blocks:6-40", 128), "32" },
		{ "6O 6M 32M", OFFLINE("blocks:6-37", 256), "6,32" },
		{ "32M 33M 34M", OFFLINE("dax0.0", 128), "33" },
		{ "32M 39M 40M", OFFLINE("node:3", 128), "40" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_not_so_much(void **state)
{
	static const struct row rows[] = {
		{ "", ONLINE("kind:dax", 1152), "too-few" },
		{ "32M", ONLINE("dax0.0", 256), "too-few" },
		{ "32M 33M", ONLINE("dax0.0", 128), "too-few" },
		{ "", OFFLINE("kind:dax", 128), "too-few" },
		{ "32M", OFFLINE("kind:dax", 256), "too-few" },
		{ "", ONLINE("kind:dax", 100), "not-aligned" },
		{ "", ONLINE("kind:dax", 129), "not-aligned" },
		{ "", "dax0.0 plugged online_movable size:128", "not-whole" },
		{ "32M", "dax0.0 unplugged size:128", "not-whole" },
		/* a block that spans zones never goes offline */
		{ "", OFFLINE("blocks:0-0", 128), "too-few" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_message(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	arrange(&bench, "32M");
	plan = plan_of(&bench, ONLINE("dax0.0", 256));
	assert_string_equal(mhp_conflict_get_message(mhp_plan_get_conflict(plan, 0)),
			    "256 MiB of dax0.0: there is only 128 MiB (1 blocks) that can go "
			    "online");
	mhp_plan_unref(plan);
	plan = plan_of(&bench, ONLINE("dax0.0", 100));
	assert_string_equal(mhp_conflict_get_message(mhp_plan_get_conflict(plan, 0)),
			    "100 MiB of dax0.0 is no multiple of the block size, 128 MiB");
	mhp_plan_unref(plan);
	tear_down(&bench);
}

/* ---- over and over ---- */

static const struct {
	unsigned int first, last;
} regions[] = { { 32, 33 }, { 34, 36 }, { 37, 37 }, { 39, 40 } };

/* Regions that are neither wholly online nor wholly offline. */
static size_t count_partial(struct bench *bench)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(regions); i++) {
		unsigned int online = 0, all = regions[i].last - regions[i].first + 1;

		for (unsigned int id = regions[i].first; id <= regions[i].last; id++)
			online += !strcmp(is(bench, id), "Movable");
		count += online > 0 && online < all;
	}
	return count;
}

/* Block by block, up and down: at no time is more than one region begun. */
static void test_one_region_at_a_time(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, FOUR);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 8; i++) {
			assert_int_equal(fulfil(&bench, ONLINE("kind:dax", 128), NULL),
					 MHP_OUTCOME_DONE);
			assert_int_equal(bench.writes, 1);
			assert_in_range(count_partial(&bench), 0, 1);
		}
		for (int i = 0; i < 8; i++) {
			assert_int_equal(fulfil(&bench, OFFLINE("kind:dax", 128), NULL),
					 MHP_OUTCOME_DONE);
			assert_int_equal(bench.writes, 1);
			assert_in_range(count_partial(&bench), 0, 1);
		}
	}
	tear_down(&bench);
}

/* So much and then so much more is the same as both at once. */
static void test_in_parts(void **state)
{
	(void)state;
	for (int first = 1; first < 8; first++) {
		char wish[64], both[64];
		struct bench once, twice;

		set_up(&once, FOUR);
		set_up(&twice, FOUR);
		snprintf(both, sizeof(both), "kind:dax online online_movable size:%d", 7 * 128);
		assert_int_equal(fulfil(&once, both, NULL), MHP_OUTCOME_DONE);
		for (int i = 0; i < 2; i++) {
			int blocks = i ? 7 - first : first;

			/* 0 would be all of it */
			if (!blocks)
				continue;
			snprintf(wish, sizeof(wish), "kind:dax online online_movable size:%d",
				 blocks * 128);
			assert_int_equal(fulfil(&twice, wish, NULL), MHP_OUTCOME_DONE);
		}
		for (unsigned int id = 32; id <= 40; id++) {
			char state_once[64];

			snprintf(state_once, sizeof(state_once), "%s", is(&once, id));
			assert_string_equal(is(&twice, id), state_once);
		}
		tear_down(&once);
		tear_down(&twice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_online),
		cmocka_unit_test(test_hosted),
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_not_so_much),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_one_region_at_a_time),
		cmocka_unit_test(test_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
