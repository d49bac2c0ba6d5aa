// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory tiers of nodes, also where the kernel lists what makes no sense. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"
#include "support/dump.h"
#include "support/errno-name.h"
#include "support/fakesys.h"

#define MACHINE "6.12-hmem-multi-online"	/* nodes 0 and 3: DRAM; 1 and 2: kmem */

static struct mhp_snapshot *take(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	mhp_ctx_unref(ctx);
	return snap;
}

/* "0:4 1:22 2:-" */
static char *tiers_text(const struct mhp_snapshot *snap)
{
	const struct mhp_node *node;
	struct text text = { 0 };
	char *str;

	for (size_t i = 0; (node = mhp_snapshot_get_node(snap, i)); i++) {
		int tier, r = mhp_node_get_tier(node, &tier);

		text_add(&text, "%s%d:", i ? " " : "", mhp_node_get_id(node));
		if (r == 0)
			text_add(&text, "%d", tier);
		else
			text_add(&text, "%s", r == -ENODATA ? "-" : errno_name(-r));
	}
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void assert_tiers(struct fakesys *fs, uint64_t flags, const char *tiers,
			 const char *problems)
{
	for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
		struct mhp_snapshot *snap = take(fakesys_ctx(fs, way), flags);
		char *str = tiers_text(snap), *told = dump_problems(snap);

		assert_string_equal(str, tiers);
		assert_string_equal(told, problems);
		free(str);
		free(told);
		mhp_snapshot_unref(snap);
	}
}

static void recorded_machines(void **state)
{
	static const struct {
		const char *machine, *tiers;
	} machines[] = {
		{ MACHINE, "0:4 1:22 2:22 3:4" },
		{ "6.1-hmem-online", "0:4 1:22" },
		{ "7.3-hmem-online", "0:4 1:22" },
		/* nothing is online there */
		{ "7.3-cxl-region-region", "0:4 1:-" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		assert_tiers(fakesys_new_machine(machines[i].machine), MHP_SNAPSHOT_TOPOLOGY,
			     machines[i].tiers, "");
	assert_tiers(fakesys_new_machine(MACHINE), 0, "0:- 1:- 2:- 3:-", "");
}

/* A tier goes with the last block that is online, and comes with the first. */
static void tier_comes_and_goes(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-bound.txt");
	static const struct {
		const char *word, *tiers;
	} steps[] = {
		{ "online_movable", "0:4 1:22" }, { "offline", "0:4 1:-" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct mhp_snapshot *snap;
		struct mhp_ctx *ctx;
		char *str;

		assert_int_equal(mhp_sim_write(sim, STATE32, steps[i].word), 0);
		assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
		snap = take(ctx, MHP_SNAPSHOT_TOPOLOGY);
		str = tiers_text(snap);
		assert_string_equal(str, steps[i].tiers);
		free(str);
		mhp_snapshot_unref(snap);
	}
	mhp_sim_unref(sim);
}

#define TIER4 TIERS_PATH "/memory_tier4/nodelist"
#define TIER22 TIERS_PATH "/memory_tier22/nodelist"

/* How nodelist of tier 22 is: with code, what opening it answers. */
static const struct {
	const char *list;
	int code;
	const char *tiers, *problems;
} lists[] = {
	{ "1-2\n", 0, "0:4 1:22 2:22 3:4", "" },
	{ "\n", 0, "0:4 1:- 2:- 3:4", "" },
	{ "1\n", 0, "0:4 1:22 2:- 3:4", "" },
	/* nodes that are not there */
	{ "1-2,7\n", 0, "0:4 1:EBADMSG 2:EBADMSG 3:4", TIER22 " EBADMSG \"1-2,7\"\n" },
	{ "0-2147483647\n", 0, "0:4 1:EBADMSG 2:EBADMSG 3:4",
	  TIER22 " EBADMSG \"0-2147483647\"\n" },
	/* a node in two of them is in neither */
	{ "1-3\n", 0, "0:4 1:22 2:22 3:EBADMSG", TIER22 " EBADMSG \"1-3\"\n" },
	{ "2-1\n", 0, "0:4 1:EBADMSG 2:EBADMSG 3:4", TIER22 " EBADMSG \"2-1\"\n" },
	{ "99999999999\n", 0, "0:4 1:EBADMSG 2:EBADMSG 3:4", TIER22 " EBADMSG \"99999999999\"\n" },
	{ "one\n", 0, "0:4 1:EBADMSG 2:EBADMSG 3:4", TIER22 " EBADMSG \"one\"\n" },
};

static void hostile_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct fakesys *fs = fakesys_new_machine(MACHINE);

		fakesys_file(fs, TIER22, lists[i].list);
		assert_tiers(fs, MHP_SNAPSHOT_TOPOLOGY, lists[i].tiers, lists[i].problems);
	}
}

/* The machine without tier 22. */
static struct fakesys *without_22(void)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);

	fakesys_remove(fs, TIERS_PATH "/memory_tier22");
	return fs;
}

static void hostile_trees(void **state)
{
	struct fakesys *fs = without_22();

	(void)state;
	/* names: the nodes that are in no other tier may be in these */
	fakesys_file(fs, TIERS_PATH "/memory_tier99999999999/nodelist", "1\n");
	fakesys_dir(fs, TIERS_PATH "/memory_failure");
	assert_tiers(fs, MHP_SNAPSHOT_TOPOLOGY, "0:4 1:ERANGE 2:ERANGE 3:4",
		     TIERS_PATH "/memory_tier99999999999 ERANGE \"memory_tier99999999999\"\n");
	fs = without_22();
	fakesys_file(fs, TIERS_PATH "/memory_tier-7/nodelist", "1\n");
	assert_tiers(fs, MHP_SNAPSHOT_TOPOLOGY, "0:4 1:EBADMSG 2:EBADMSG 3:4",
		     TIERS_PATH "/memory_tier-7 EBADMSG \"memory_tier-7\"\n");
	/* gone between being listed and being read */
	fs = without_22();
	fakesys_dir(fs, TIERS_PATH "/memory_tier9");
	assert_tiers(fs, MHP_SNAPSHOT_TOPOLOGY, "0:4 1:- 2:- 3:4", "");
	/* before 6.1 */
	fs = fakesys_new_machine(MACHINE);
	fakesys_remove(fs, TIERS_PATH);
	assert_tiers(fs, MHP_SNAPSHOT_TOPOLOGY, "0:- 1:- 2:- 3:-", "");
	/* in a circle */
	fs = fakesys_new_machine(MACHINE);
	fakesys_remove(fs, TIERS_PATH);
	fakesys_link(fs, TIERS_PATH, "memory_tiering");
	assert_tiers(fs, MHP_SNAPSHOT_TOPOLOGY, "0:ELOOP 1:ELOOP 2:ELOOP 3:ELOOP",
		     TIERS_PATH " ELOOP\n");
}

static void assert_in_memory(struct fakesys *fs, const char *tiers, const char *problems)
{
	struct mhp_snapshot *snap = take(fakesys_ctx(fs, FAKESYS_MEMORY), MHP_SNAPSHOT_TOPOLOGY);
	char *str = tiers_text(snap), *told = dump_problems(snap);

	assert_string_equal(str, tiers);
	assert_string_equal(told, problems);
	free(str);
	free(told);
	mhp_snapshot_unref(snap);
}

static void unreadable(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);

	(void)state;
	fakesys_find(fs, TIER4)->code = -EACCES;
	assert_in_memory(fs, "0:EACCES 1:22 2:22 3:EACCES", TIER4 " EACCES\n");
	fs = fakesys_new_machine(MACHINE);
	fakesys_find(fs, TIERS_PATH)->code = -EIO;
	assert_in_memory(fs, "0:EIO 1:EIO 2:EIO 3:EIO", TIERS_PATH " EIO\n");
}

/* Node 7 comes after the nodes were listed, before the tier is read. */
static void node_comes(void *data, const char *path)
{
	if (!strcmp(path, TIER4)) {
		fakesys_dir(data, NODE_PATH "/node7");
		fakesys_file(data, TIER22, "1-2,7\n");
	}
}

static void node_comes_meanwhile(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);

	(void)state;
	fs->on_read = node_comes;
	fs->data = fs;
	assert_in_memory(fs, "0:4 1:22 2:22 3:4", "");
}

/*
 * Where many lists have all nodes, those that follow are not gone through, or it would take as
 * long as there are nodes and tiers.
 */
static void lists_without_end(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_snapshot *snap;
	char path[128];
	int tier;

	(void)state;
	fakesys_file(fs, MEMORY_PATH "/block_size_bytes", "8000000\n");
	for (int i = 0; i <= 200; i++) {
		snprintf(path, sizeof(path), NODE_PATH "/node%d/distance", i);
		fakesys_file(fs, path, "10\n");
	}
	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), TIERS_PATH "/memory_tier%d/nodelist", i);
		fakesys_file(fs, path, i < 39 ? "0-199\n" : "200\n");
	}
	snap = take(fakesys_ctx(fs, FAKESYS_MEMORY), MHP_SNAPSHOT_TOPOLOGY);
	for (int i = 0; i <= 200; i++)
		assert_int_equal(mhp_node_get_tier(mhp_snapshot_find_node(snap, i), &tier),
				 -EBADMSG);
	mhp_snapshot_unref(snap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(recorded_machines, fakesys_free_all),
		cmocka_unit_test(tier_comes_and_goes),
		cmocka_unit_test_teardown(hostile_lists, fakesys_free_all),
		cmocka_unit_test_teardown(hostile_trees, fakesys_free_all),
		cmocka_unit_test_teardown(unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(node_comes_meanwhile, fakesys_free_all),
		cmocka_unit_test_teardown(lists_without_end, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
