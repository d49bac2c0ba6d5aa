// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which regions gave a node its memory: on recorded machines, and as they change. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"
#include "support/errno-name.h"
#include "support/fakesys.h"
#include "support/regions.h"

#define MACHINE "7.3-hmem-bound"
#define DAX0 "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0"

/* "0 boot; 1! dax0.0 dax0.1": node 1 is there because of regions only, of those two */
static char *nodes_text(const struct mhp_snapshot *snap)
{
	const struct mhp_node *node;
	struct text text = { 0 };
	char *str;

	for (size_t i = 0; (node = mhp_snapshot_get_node(snap, i)); i++) {
		bool is = false;
		int r = mhp_node_get_is_from_regions(node, &is);

		text_add(&text, "%s%d%s", i ? "; " : "", mhp_node_get_id(node), is ? "!" : "");
		if (r < 0)
			text_add(&text, " %s", errno_name(-r));
		for (size_t k = 0; k < mhp_node_count_regions(node); k++)
			text_add(&text, " %s", mhp_region_get_name(mhp_node_get_region(node, k)));
		assert_null(mhp_node_get_region(node, mhp_node_count_regions(node)));
	}
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

static void assert_nodes(const struct mhp_snapshot *snap, const char *expected)
{
	char *str = nodes_text(snap);

	assert_string_equal(str, expected);
	free(str);
}

static void check_nodes(struct fakesys *fs, const char *expected)
{
	struct mhp_snapshot *snap = take_fake(fs, 0);

	assert_nodes(snap, expected);
	mhp_snapshot_unref(snap);
}

static void recorded_machines(void **state)
{
	static const struct {
		const char *machine, *nodes;
	} machines[] = {
		{ "7.3-plain-start", "0 boot" },
		{ "7.3-hmem-bound", "0 boot; 1! dax0.0" },
		{ "6.1-hmem-unbound", "0 boot" },
		{ "7.3-hmem-ranges-bound", "0 boot; 1! dax0.0 dax0.1" },
		{ "7.3-cxl-regions-region", "0 boot; 1! dax0.0 dax1.0" },
		/* boot memory beside them; dax0.0 has no whole block, but a node */
		{ "7.3-hmem-tiny-bound", "0 boot; 1 dax0.0 dax1.0 boot" },
		{ "7.3-hmem-unaligned-bound", "0 boot; 1 dax0.0 boot; 2 dax1.0 boot" },
		{ "7.3-boot-node-bound", "0 dax0.0 boot" },
		{ "6.12-hmem-multi-bound", "0 boot; 1! dax0.0; 2! dax1.0; 3 dax2.0 dax3.0 boot" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct fakesys *fs = fakesys_new_machine(machines[i].machine);
		struct mhp_snapshot *snap = take_fake(fs, 0);
		char *str = nodes_text(snap);

		if (strcmp(str, machines[i].nodes))
			fail_msg("%s: %s and not %s", machines[i].machine, str, machines[i].nodes);
		free(str);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* The device names another node than the one its blocks are on: both are told. */
static void several_nodes(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);

	(void)state;
	fakesys_file(fs, DAX0 "/target_node", "0\n");
	check_nodes(fs, "0 dax0.0 boot; 1! dax0.0");
	fakesys_remove(fs, NODE_PATH "/node1/memory35");
	fakesys_link(fs, NODE_PATH "/node2/memory35", "../../memory/memory35");
	check_nodes(fs, "0 dax0.0 boot; 1! dax0.0; 2! dax0.0");
	/* one that has no directory */
	fakesys_file(fs, DAX0 "/target_node", "7\n");
	check_nodes(fs, "0 boot; 1! dax0.0; 2! dax0.0");
	/* a block that lies on two nodes is the lowest one's */
	fakesys_link(fs, NODE_PATH "/node2/memory34", "../../memory/memory34");
	check_nodes(fs, "0 boot; 1! dax0.0; 2 dax0.0");
}

static void not_known(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);

	(void)state;
	/* an ordinary user: whose blocks they are is not for him to know */
	fakesys_find(fs, DAX0 "/mapping0/start")->code = -EACCES;
	check_nodes(fs, "0 boot; 1 EACCES dax0.0");
	/* nor which node they are on */
	fakesys_file(fs, DAX0 "/target_node", "none\n");
	check_nodes(fs, "0 boot; 1 EACCES");
	fakesys_file(fs, DAX0 "/target_node", "0\n");
	check_nodes(fs, "0 dax0.0 boot; 1 EACCES");

	fs = fakesys_new_machine(MACHINE);
	fakesys_find(fs, NODE_PATH "/node1")->code = -EIO;
	check_nodes(fs, "0 boot; 1 EIO dax0.0");
	fs = fakesys_new_machine(MACHINE);
	fakesys_remove(fs, NODE_PATH "/has_cpu");
	check_nodes(fs, "0 ENODATA boot; 1 ENODATA dax0.0");
	fs = fakesys_new_machine(MACHINE);
	fakesys_find(fs, DAX_DEVICES_PATH)->code = -EIO;
	check_nodes(fs, "0 boot; 1 EIO");
	/* boot memory is known as such, whoever has the rest */
	fs = fakesys_new_machine("7.3-hmem-tiny-bound");
	fakesys_find(fs, "/sys/devices/platform/hmem_platform.0/hmem.1/dax1.0/mapping0/start")->code =
		-EACCES;
	check_nodes(fs, "0 boot; 1 dax0.0 dax1.0 boot");
	/* with processors it stays whatever becomes of the memory */
	fs = fakesys_new_machine(MACHINE);
	fakesys_file(fs, NODE_PATH "/has_cpu", "0-1\n");
	check_nodes(fs, "0 boot; 1 dax0.0");
}

/* Processors or none, and a word for it. */
static void kinds(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap = take_fake(fs, 0);

	(void)state;
	assert_int_equal(mhp_node_get_kind(mhp_snapshot_find_node(snap, 0)), MHP_NODE_CPU);
	assert_int_equal(mhp_node_get_kind(mhp_snapshot_find_node(snap, 1)), MHP_NODE_CPU_LESS);
	mhp_snapshot_unref(snap);
	fakesys_remove(fs, NODE_PATH "/has_cpu");
	snap = take_fake(fs, 0);
	assert_int_equal(mhp_node_get_kind(mhp_snapshot_find_node(snap, 0)), MHP_NODE_UNKNOWN);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void on_sim(struct mhp_sim *sim, const char *expected)
{
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	mhp_ctx_unref(ctx);
	assert_nodes(snap, expected);
	mhp_snapshot_unref(snap);
}

/* A node comes and goes with its memory, between two snapshots. */
static void node_comes_and_goes(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-ranges-bound.txt");

	(void)state;
	on_sim(sim, "0 boot; 1! dax0.0 dax0.1");
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/state", "unplugged"), 0);
	on_sim(sim, "0 boot; 1! dax0.0 dax0.1");
	assert_int_equal(mhp_sim_write(sim, KMEM "unbind", "dax0.1"), 0);
	on_sim(sim, "0 boot");
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/state", "online_movable"), 0);
	on_sim(sim, "0 boot; 1! dax0.0 dax0.1");
	/* stranded: the memory stays the device's, and so does the node */
	assert_int_equal(mhp_sim_write(sim, KMEM "unbind", "dax0.0"), 0);
	on_sim(sim, "0 boot; 1! dax0.0 dax0.1");
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(recorded_machines, fakesys_free_all),
		cmocka_unit_test_teardown(several_nodes, fakesys_free_all),
		cmocka_unit_test_teardown(not_known, fakesys_free_all),
		cmocka_unit_test_teardown(kinds, fakesys_free_all),
		cmocka_unit_test(node_comes_and_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
