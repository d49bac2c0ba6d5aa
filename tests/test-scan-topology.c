// SPDX-License-Identifier: LGPL-2.1-or-later
/* Distances, bandwidth and latency, caches: as kernels tell them, and as none does. */
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

#define MACHINE "7.3-hmem-bound"
#define NODE1 NODE_PATH "/node1"
#define ANY NODE1 "/access0/initiators"
#define CPU NODE1 "/access1/initiators"
#define CACHE NODE1 "/memory_side_cache"

static struct mhp_snapshot *take(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	mhp_ctx_unref(ctx);
	return snap;
}

/* "10 20; 20 10": a row for each node, a column for each node */
static char *distances_text(const struct mhp_snapshot *snap)
{
	size_t count = mhp_snapshot_count_nodes(snap);
	struct text text = { 0 };
	char *str;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++) {
			const struct mhp_node *from = mhp_snapshot_get_node(snap, i);
			const struct mhp_node *to = mhp_snapshot_get_node(snap, k);
			unsigned int distance;
			int r = mhp_node_get_distance(from, mhp_node_get_id(to), &distance);

			text_add(&text, k ? " " : i ? "; " : "");
			if (r == 0)
				text_add(&text, "%u", distance);
			else
				text_add(&text, "%s", errno_name(-r));
		}
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void assert_distances(const struct mhp_snapshot *snap, const char *expected)
{
	char *str = distances_text(snap);

	assert_string_equal(str, expected);
	free(str);
}

static void recorded_machines(void **state)
{
	static const struct {
		const char *machine, *distances;
	} machines[] = {
		{ MACHINE, "10 20; 20 10" },
		{ "7.3-plain-start", "10" },
		{ "6.12-hmem-multi-bound", "10 20 20 20; 20 10 20 20; 20 20 10 20; 20 20 20 10" },
		{ "7.3-cxl-region-region", "10 20; 20 10" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct fakesys *fs = fakesys_new_machine(machines[i].machine);
		struct mhp_snapshot *snap = take(fakesys_ctx(fs, FAKESYS_MEMORY),
						 MHP_SNAPSHOT_TOPOLOGY);
		const struct mhp_node *node = mhp_snapshot_get_node(snap, 0);
		char *problems = dump_problems(snap);
		unsigned int distance;
		uint64_t value;

		assert_distances(snap, machines[i].distances);
		assert_string_equal(problems, "");
		free(problems);
		assert_int_equal(mhp_node_get_distance(node, 9, &distance), -ENOENT);
		/* no HMAT in these */
		assert_int_equal(mhp_node_get_initiators_code(node, MHP_ACCESS_ANY), -ENODATA);
		assert_int_equal(mhp_node_get_read_latency_ns(node, MHP_ACCESS_CPU, &value),
				 -ENODATA);
		assert_int_equal(mhp_node_get_caches_code(node), -ENODATA);
		mhp_snapshot_unref(snap);
	}
}

/* Columns move when a node comes: they are nodes in order, and not numbers. */
static void by_node_not_by_column(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;
	unsigned int distance;

	(void)state;
	fakesys_dir(fs, NODE_PATH "/node8");
	fakesys_file(fs, NODE_PATH "/node0/distance", "10 20 30\n");
	fakesys_file(fs, NODE_PATH "/node1/distance", "20 10 40\n");
	/* as the kernel prints it where node 0 is not online */
	fakesys_file(fs, NODE_PATH "/node8/distance", " 30 40 10\n");
	snap = take(fakesys_ctx(fs, FAKESYS_MEMORY), MHP_SNAPSHOT_TOPOLOGY);
	assert_distances(snap, "10 20 30; 20 10 40; 30 40 10");
	assert_int_equal(mhp_node_get_distance(mhp_snapshot_find_node(snap, 1), 8, &distance), 0);
	assert_int_equal(distance, 40);
	assert_int_equal(mhp_node_get_distance(mhp_snapshot_find_node(snap, 1), 2, &distance),
			 -ENOENT);
	mhp_snapshot_unref(snap);

	snap = take(fakesys_ctx(fs, FAKESYS_MEMORY), MHP_SNAPSHOT_OFFLINE_ZONES);
	assert_int_equal(mhp_node_get_distance(mhp_snapshot_find_node(snap, 1), 8, &distance),
			 -ENODATA);
	mhp_snapshot_unref(snap);
}

static void on_sim(struct mhp_sim *sim, const char *expected)
{
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	snap = take(ctx, MHP_SNAPSHOT_TOPOLOGY);
	assert_distances(snap, expected);
	mhp_snapshot_unref(snap);
}

static void node_comes_and_goes(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-bound.txt");

	(void)state;
	on_sim(sim, "10 20; 20 10");
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/state", "unplugged"), 0);
	on_sim(sim, "10");
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/state", "online"), 0);
	on_sim(sim, "10 20; 20 10");
	mhp_sim_unref(sim);
}

/* Node 2 comes, or node 1 goes, after the nodes were listed. */
static void node_comes(void *data, const char *path)
{
	struct fakesys *fs = data;

	if (strcmp(path, NODE_PATH "/has_generic_initiator"))
		return;
	fakesys_file(fs, NODE_PATH "/node0/distance", "10 20 20\n");
	fakesys_file(fs, NODE_PATH "/online", "0-2\n");
}

static void node_goes(void *data, const char *path)
{
	struct fakesys *fs = data;

	if (strcmp(path, NODE_PATH "/has_generic_initiator"))
		return;
	fakesys_file(fs, NODE_PATH "/node0/distance", "10\n");
	fakesys_file(fs, NODE_PATH "/online", "0\n");
	fakesys_remove(fs, NODE1);
}

static void changes_meanwhile(void **state)
{
	static const struct {
		void (*on_read)(void *data, const char *path);
		const char *distances;
	} rows[] = {
		{ node_comes, "ESTALE ESTALE; 20 10" },
		{ node_goes, "ESTALE ESTALE; ENODATA ENODATA" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(MACHINE);
		struct mhp_snapshot *snap;
		char *problems;

		fs->on_read = rows[i].on_read;
		fs->data = fs;
		snap = take(fakesys_ctx(fs, FAKESYS_MEMORY), MHP_SNAPSHOT_TOPOLOGY);
		assert_distances(snap, rows[i].distances);
		problems = dump_problems(snap);
		assert_string_equal(problems, "");
		free(problems);
		mhp_snapshot_unref(snap);
	}
}

/* ---- trees, and what becomes of node 1 ---- */

struct entry {
	const char *path;
	const char *text;	/* NULL: gone; "-> TARGET": a link; "/": a directory */
};

#define PLAIN "node1 4 blocks distance 20 10"

/* The line of node 1 after each of these; and problems. */
static const struct {
	const char *what;
	struct entry entries[8];
	const char *line, *problems;
} trees[] = {
	{ "as HMAT has it",
	  { { ANY "/node0", "-> ../../../node0" }, { ANY "/read_bandwidth", "12800\n" },
	    { ANY "/write_bandwidth", "6400\n" }, { ANY "/read_latency", "250\n" },
	    { ANY "/write_latency", "300\n" }, { CPU "/node0", "-> ../../../node0" },
	    { CPU "/read_latency", "350\n" }, { NODE1 "/access0/targets", "/" } },
	  PLAIN "; any from 0 read MB/s 12800 write MB/s 6400 read ns 250 write ns 300"
	  "; cpu from 0 read ns 350", "" },
	{ "links only",
	  { { ANY "/node10", "-> ../../../node10" }, { ANY "/node2", "-> ../../../node2" },
	    { ANY "/uevent", "" } },
	  PLAIN "; any from 2 10", "" },
	{ "an empty directory", { { ANY, "/" } }, PLAIN "; any from", "" },
	{ "0 is not known", { { ANY "/read_latency", "0\n" } }, PLAIN "; any from", "" },
	{ "no number", { { ANY "/read_latency", "fast\n" }, { ANY "/write_latency", "1\n" } },
	  PLAIN "; any from read ns: EBADMSG write ns 1",
	  ANY "/read_latency EBADMSG \"fast\"\n" },
	{ "nothing", { { ANY "/read_latency", "" } },
	  PLAIN "; any from read ns: EBADMSG", ANY "/read_latency EBADMSG \"\"\n" },
	{ "negative", { { ANY "/read_latency", "-1\n" } },
	  PLAIN "; any from read ns: EBADMSG", ANY "/read_latency EBADMSG \"-1\"\n" },
	{ "too large", { { ANY "/read_bandwidth", "18446744073709551616\n" } },
	  PLAIN "; any from read MB/s: EBADMSG",
	  ANY "/read_bandwidth EBADMSG \"18446744073709551616\"\n" },
	{ "a value that is a link in a circle", { { ANY "/read_latency", "-> read_latency" } },
	  PLAIN "; any from read ns: ELOOP", ANY "/read_latency ELOOP\n" },
	{ "a value that is a directory", { { ANY "/read_latency", "/" } },
	  PLAIN "; any from read ns: EISDIR", ANY "/read_latency EISDIR\n" },
	{ "initiators that link in a circle", { { ANY "/node0", "-> node0" } },
	  PLAIN "; any from 0", "" },
	{ "a class that links in a circle", { { NODE1 "/access0", "-> access0" } },
	  PLAIN "; any from ELOOP read MB/s: ELOOP write MB/s: ELOOP read ns: ELOOP"
	  " write ns: ELOOP", ANY " ELOOP\n" },
	{ "a class that is a file", { { NODE1 "/access0", "\n" } },
	  PLAIN "; any from ENOTDIR read MB/s: ENOTDIR write MB/s: ENOTDIR read ns: ENOTDIR"
	  " write ns: ENOTDIR", ANY " ENOTDIR\n" },
	{ "initiators beyond count",
	  { { ANY "/node99999999999", "-> x" }, { ANY "/node1", "-> x" } },
	  PLAIN "; any from ERANGE 1", ANY "/node99999999999 ERANGE \"node99999999999\"\n" },
	{ "initiators of no number", { { ANY "/node-1", "-> x" } },
	  PLAIN "; any from EBADMSG", ANY "/node-1 EBADMSG \"node-1\"\n" },
	{ "caches",
	  { { CACHE "/index2/size", "2097152\n" }, { CACHE "/index1/size", "1048576\n" },
	    { CACHE "/index3", "/" }, { CACHE "/power", "/" } },
	  PLAIN "; cache 1 size 1048576; cache 2 size 2097152; cache", "" },
	{ "caches of no sense",
	  { { CACHE "/index1/size", "big\n" }, { CACHE "/index99999999999/size", "1\n" } },
	  PLAIN "; caches: ERANGE; cache size: EBADMSG",
	  CACHE "/index99999999999 ERANGE \"index99999999999\"\n"
	  CACHE "/index1/size EBADMSG \"big\"\n" },
	{ "caches in a circle", { { CACHE, "-> memory_side_cache" } },
	  PLAIN "; caches: ELOOP", CACHE " ELOOP\n" },
	{ "too few columns", { { NODE1 "/distance", "20\n" } },
	  "node1 4 blocks distance EBADMSG", NODE1 "/distance EBADMSG \"20\"\n" },
	{ "too many columns", { { NODE1 "/distance", "20 10 20\n" } },
	  "node1 4 blocks distance EBADMSG", NODE1 "/distance EBADMSG \"20 10 20\"\n" },
	{ "columns of words", { { NODE1 "/distance", "near far\n" } },
	  "node1 4 blocks distance EBADMSG", NODE1 "/distance EBADMSG \"near far\"\n" },
	{ "no columns", { { NODE1 "/distance", "" } },
	  "node1 4 blocks distance EBADMSG", NODE1 "/distance EBADMSG \"\"\n" },
	{ "no distance", { { NODE1 "/distance", NULL } }, "node1 4 blocks", "" },
	{ "generic initiators", { { NODE_PATH "/has_generic_initiator", "1\n" } },
	  "node1 4 blocks initiator distance 20 10", "" },
	{ "before 5.10", { { NODE_PATH "/has_generic_initiator", NULL } }, PLAIN, "" },
	{ "generic initiators of no sense", { { NODE_PATH "/has_generic_initiator", "x\n" } },
	  "node1 4 blocks initiator: EBADMSG distance 20 10",
	  NODE_PATH "/has_generic_initiator EBADMSG \"x\"\n" },
};

static struct fakesys *make(const struct entry *entries, size_t count)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);

	for (size_t i = 0; i < count && entries[i].path; i++) {
		const char *text = entries[i].text;

		fakesys_remove(fs, entries[i].path);
		if (!text)
			continue;
		if (!strncmp(text, "-> ", 3))
			fakesys_link(fs, entries[i].path, text + 3);
		else if (!strcmp(text, "/"))
			fakesys_dir(fs, entries[i].path);
		else
			fakesys_file(fs, entries[i].path, text);
	}
	return fs;
}

static char *line_of_node1(const struct mhp_snapshot *snap)
{
	char *text = dump(snap, true), *line = strstr(text, "node1 "), *copy;

	assert_non_null(line);
	/* blocks are "... node 1", the node's own line begins with it */
	assert_true(line == text || line[-1] == '\n');
	copy = strndup(line, strcspn(line, "\n"));
	free(text);
	return copy;
}

static void hostile_trees(void **state)
{
	bool right = true;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		struct fakesys *fs = make(trees[i].entries, ARRAY_SIZE(trees[i].entries));

		for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
			struct mhp_snapshot *snap = take(fakesys_ctx(fs, way),
							 MHP_SNAPSHOT_TOPOLOGY);
			char *line = line_of_node1(snap), *problems = dump_problems(snap);

			if (strcmp(line, trees[i].line) || strcmp(problems, trees[i].problems)) {
				print_error("%s, way %d:\n%s\n-- not\n%s\n-- and\n%s-- not\n%s",
					    trees[i].what, way, line, trees[i].line, problems,
					    trees[i].problems);
				right = false;
			}
			free(line);
			free(problems);
			mhp_snapshot_unref(snap);
		}
		fakesys_free(fs);
	}
	assert_true(right);
}

static void unreadable(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;
	const struct mhp_node *node;
	uint64_t value = 7;
	int id = 7;

	(void)state;
	fakesys_file(fs, ANY "/read_latency", "250\n");
	fakesys_find(fs, ANY "/read_latency")->code = -EACCES;
	fakesys_find(fs, NODE1 "/distance")->code = -EIO;
	snap = take(fakesys_ctx(fs, FAKESYS_MEMORY), MHP_SNAPSHOT_TOPOLOGY);
	node = mhp_snapshot_find_node(snap, 1);
	assert_int_equal(mhp_node_get_read_latency_ns(node, MHP_ACCESS_ANY, &value), -EACCES);
	assert_int_equal(mhp_node_get_read_latency_ns(node, MHP_ACCESS_UNKNOWN, &value), -EINVAL);
	assert_int_equal(mhp_node_get_read_latency_ns(node, (enum mhp_access)9, &value), -EINVAL);
	assert_int_equal(mhp_node_get_initiators_code(node, MHP_ACCESS_UNKNOWN), -EINVAL);
	assert_int_equal(mhp_node_count_initiators(node, MHP_ACCESS_UNKNOWN), 0);
	assert_int_equal(mhp_node_get_initiator_id(node, MHP_ACCESS_ANY, 0, &id), -EINVAL);
	assert_int_equal(mhp_node_get_cache(node, 0, NULL, NULL), -EINVAL);
	assert_int_equal(value, 7);
	assert_int_equal(id, 7);
	assert_distances(snap, "10 20; EIO EIO");
	mhp_snapshot_unref(snap);
}

/* ---- what it costs ---- */

static size_t reads;

static void count_read(void *data, const char *path)
{
	(void)data;
	(void)path;
	reads++;
}

/* As many files whatever the number of blocks. */
static void nothing_per_block(void **state)
{
	size_t more[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fakesys *fs = fakesys_new_machine(MACHINE);
		size_t plain;
		char path[128];

		for (unsigned int id = 100; i && id < 200; id++) {
			snprintf(path, sizeof(path), MEMORY_PATH "/memory%u/state", id);
			fakesys_file(fs, path, "offline\n");
			snprintf(path, sizeof(path), NODE1 "/memory%u", id);
			fakesys_link(fs, path, "../../memory/memory100");
		}
		fs->on_read = count_read;
		reads = 0;
		mhp_snapshot_unref(take(fakesys_ctx(fs, FAKESYS_MEMORY), 0));
		plain = reads;
		mhp_snapshot_unref(take(fakesys_ctx(fs, FAKESYS_MEMORY), MHP_SNAPSHOT_TOPOLOGY));
		more[i] = reads - 2 * plain;
	}
	assert_int_equal(more[0], more[1]);
	/* two distances, a tier, zoneinfo, has_generic_initiator */
	assert_int_equal(more[0], 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(recorded_machines, fakesys_free_all),
		cmocka_unit_test_teardown(by_node_not_by_column, fakesys_free_all),
		cmocka_unit_test(node_comes_and_goes),
		cmocka_unit_test_teardown(changes_meanwhile, fakesys_free_all),
		cmocka_unit_test_teardown(hostile_trees, fakesys_free_all),
		cmocka_unit_test_teardown(unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(nothing_per_block, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
