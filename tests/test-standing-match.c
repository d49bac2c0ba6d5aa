// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which rule of a standing policy matches which region, and why. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/standing.h>

#include "support/errno-name.h"
#include "support/fakesys.h"

#define CXL "7.3-cxl-region-region"
#define MANY "7.3-cxl-many"
#define DAX0 "/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0/dax_region0/dax0.0"
#define TYPE "type = online_movable\n"

static struct mhp_snapshot *take(struct fakesys *fs, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	mhp_ctx_unref(ctx);
	return snap;
}

static struct mhp_snapshot *snapshot_of(struct fakesys *fs)
{
	return take(fs, MHP_SNAPSHOT_TOPOLOGY | MHP_SNAPSHOT_IDENTITY);
}

static struct mhp_standing *standing_of(const char *str)
{
	struct mhp_standing *standing;

	assert_int_equal(mhp_standing_new_from_text("a.conf", str, strlen(str), &standing), 0);
	return standing;
}

/* A rule with these keys, from line 2 on, and a region: "yes: ..." */
static void check_on(struct mhp_snapshot *snap, const char *region, const char *keys,
		     const char *expected)
{
	static const char *const words[] = { "unknown", "no", "yes" };
	const struct mhp_region *found = mhp_snapshot_find_region(snap, region);
	struct mhp_standing *standing;
	enum mhp_match match;
	char *str, *why;

	assert_non_null(found);
	assert_int_equal(copy_text(&str, "[r]\n%s\n" TYPE, keys), 0);
	standing = standing_of(str);
	free(str);
	assert_int_equal(mhp_standing_count_errors(standing), 0);
	match = mhp_standing_rule_match(mhp_standing_get_rule(standing, 0), snap, found, &why);
	assert_non_null(why);
	assert_int_equal(mhp_standing_rule_match(mhp_standing_get_rule(standing, 0), snap, found,
						 NULL), match);
	assert_int_equal(copy_text(&str, "%s: %s", words[match], why), 0);
	assert_string_equal(str, expected);
	free(str);
	free(why);
	mhp_standing_unref(standing);
}

static void check(const char *machine, const char *region, const char *keys, const char *expected)
{
	struct fakesys *fs = fakesys_new_machine(machine);
	struct mhp_snapshot *snap = snapshot_of(fs);

	check_on(snap, region, keys, expected);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* ---- tests ---- */

static void test_kind(void **state)
{
	(void)state;
	check(CXL, "dax0.0", "kind = dimm dax", "yes: kind = dax dimm (line 2): it is dax");
	check(CXL, "dax0.0", "kind = dimm",
	      "no: kind = dimm (line 2): it is dax; of region0, which it is made from: it is cxl");
	check(CXL, "dax0.0", "kind = cxl",
	      "yes: kind = cxl (line 2): it is dax; of region0, which it is made from: it is cxl");
	check(CXL, "region0", "kind = dax", "no: kind = dax (line 2): it is cxl");
}

static void test_boot_memory_has_to_be_named(void **state)
{
	(void)state;
	check(CXL, "boot", "node = 0",
	      "no: [r] (line 1): it is boot memory, which is matched only by kind = boot");
	check(CXL, "boot", "kind = dax",
	      "no: [r] (line 1): it is boot memory, which is matched only by kind = boot");
	check(CXL, "boot", "kind = boot", "yes: kind = boot (line 2): it is boot");
	check(CXL, "dax0.0", "", "yes: [r] (line 1) matches all but boot memory");
}

static void test_name_and_identity(void **state)
{
	(void)state;
	check(CXL, "dax0.0", "name = x dax0.*", "yes: name = x dax0.* (line 2): it is dax0.0");
	check(CXL, "dax0.0", "name = region?",
	      "yes: name = region? (line 2): it is dax0.0; of region0, which it is made from: "
	      "it is region0");
	check(CXL, "region0", "name = dax*", "no: name = dax* (line 2): it is region0");
	check("7.3-hmem-bound", "dax0.0", "identity = hmem:*",
	      "yes: identity = hmem:* (line 2): it is hmem:0x100000000");
	check("7.3-hmem-bound", "dax0.0", "identity = cxl:*",
	      "no: identity = cxl:* (line 2): it is hmem:0x100000000");
	check("7.3-hmem-bound", "boot", "kind = boot\nidentity = *",
	      "no: identity = * (line 3): it has none");
}

/* A snapshot that has none: no rule for one is passed over. */
static void test_identity_not_asked_for(void **state)
{
	static const char text[] = "[a]\nkind = dimm\n" TYPE "[b]\nidentity = hmem:0x9*\n" TYPE
				   "[c]\n" TYPE;
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_snapshot *without = take(fs, 0), *plans = take(fs, MHP_SNAPSHOT_FOR_PLANS);
	struct mhp_standing *standing = standing_of(text);
	const struct mhp_standing_rule *rule;

	(void)state;
	check_on(without, "dax0.0", "identity = hmem:*", "unknown: identity = hmem:* (line 2): "
		 "that was not asked for: the snapshot was made without MHP_SNAPSHOT_IDENTITY");
	check_on(without, "dax0.0", "identity = hmem:*\nname = x",
		 "no: name = x (line 3): it is dax0.0");
	assert_int_equal(mhp_standing_find_rule(standing, without,
						mhp_snapshot_find_region(without, "dax0.0"), &rule,
						NULL), MHP_MATCH_UNKNOWN);
	assert_string_equal(mhp_standing_rule_get_name(rule), "b");
	assert_int_equal(mhp_standing_find_rule(standing, plans,
						mhp_snapshot_find_region(plans, "dax0.0"), &rule,
						NULL), MHP_MATCH_YES);
	assert_string_equal(mhp_standing_rule_get_name(rule), "c");
	mhp_standing_unref(standing);
	mhp_snapshot_unref(plans);
	mhp_snapshot_unref(without);
	fakesys_free(fs);
}

static void test_identity_unreadable(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MANY);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_find(fs, "/sys/devices/pci0000:0c/0000:0c:00.0/0000:0d:00.0/mem0/serial")->code =
		-EIO;
	snap = snapshot_of(fs);
	check_on(snap, "region0", "identity = cxl:*", "unknown: identity = cxl:* (line 2): could "
		 "not be read: " EIO_TEXT);
	/* what is known to be another one is another one all the same */
	check_on(snap, "region0", "identity = cxl:*\nname = x",
		 "no: name = x (line 3): it is region0");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void test_driver(void **state)
{
	(void)state;
	check(CXL, "dax0.0", "driver = kmem none", "yes: driver = kmem none (line 2): it has kmem");
	check(CXL, "dax0.0", "driver = none", "no: driver = none (line 2): it has kmem");
	check("7.3-hmem-unbound", "dax0.0", "driver = none",
	      "yes: driver = none (line 2): it has none");
	check("7.3-hmem-unbound", "dax0.0", "driver = kmem",
	      "no: driver = kmem (line 2): it has none");
}

static void test_ram(void **state)
{
	(void)state;
	check(CXL, "dax0.0", "ram = System RAM (kmem)",
	      "yes: ram = System RAM (kmem) (line 2): it is System RAM (kmem)");
	check(CXL, "dax0.0", "ram = System RAM",
	      "no: ram = System RAM (line 2): it is System RAM (kmem)");
	check("7.3-hmem-unplugged", "dax0.0", "ram = *",
	      "no: ram = * (line 2): it is not System RAM");
	check(CXL, "boot", "kind = boot\nram = System RAM",
	      "yes: kind = boot (line 2): it is boot; ram = System RAM (line 3): it is System RAM");
}

static void test_node(void **state)
{
	(void)state;
	check(CXL, "dax0.0", "node = 1", "yes: node = 1 (line 2): it is on node 1");
	check(CXL, "dax0.0", "node = 7 0-3", "yes: node = 7 0-3 (line 2): it is on node 1");
	check(CXL, "dax0.0", "node = 0 2-3", "no: node = 0 2-3 (line 2): it is on node 1");
	check(CXL, "dax0.0", "cpu-less = yes", "yes: cpu-less = yes (line 2): node 1 has none");
	check(CXL, "dax0.0", "cpu-less = no", "no: cpu-less = no (line 2): node 1 has none");
	check(CXL, "boot", "kind = boot\ncpu-less = yes",
	      "no: cpu-less = yes (line 3): node 0 has processors");
}

static void test_node_that_comes_with_the_memory(void **state)
{
	struct fakesys *fs = fakesys_new_machine(CXL);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_file(fs, DAX0 "/target_node", "5\n");
	snap = snapshot_of(fs);
	check_on(snap, "dax0.0", "cpu-less = yes", "yes: cpu-less = yes (line 2): node 5 has none");
	check_on(snap, "dax0.0", "tier = 4", "unknown: tier = 4 (line 2): node 5 is in no memory "
		 "tier, or that was not asked for");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void test_node_unreadable(void **state)
{
	struct fakesys *fs = fakesys_new_machine(CXL);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_find(fs, DAX0 "/target_node")->code = -EIO;
	fakesys_find(fs, NODE_PATH "/has_cpu")->code = -EIO;
	snap = snapshot_of(fs);
	check_on(snap, "dax0.0", "node = 1",
		 "unknown: node = 1 (line 2): its node could not be read: " EIO_TEXT);
	check_on(snap, "dax0.0", "kind = dax\nnode = 1\ncpu-less = no",
		 "unknown: node = 1 (line 3): its node could not be read: " EIO_TEXT
		 "; cpu-less = no (line 4): its node could not be read: " EIO_TEXT);
	check_on(snap, "boot", "kind = boot\ncpu-less = yes",
		 "unknown: cpu-less = yes (line 3): whether node 0 has processors could not be "
		 "read: " EIO_TEXT);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Of what was never System RAM the node may not be known: no other rule must decide then. */
static void test_node_not_known_yet(void **state)
{
	(void)state;
	check(MANY, "region1", "node = 1",
	      "unknown: node = 1 (line 2): its node is not known");
}

/* Blocks on two nodes: all of them have to match. */
static void test_nodes_of_blocks(void **state)
{
	struct fakesys *fs = fakesys_new_machine(CXL);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_remove(fs, NODE_PATH "/node0/memory7");
	fakesys_remove(fs, MEMORY_PATH "/memory7/node0");
	fakesys_link(fs, NODE_PATH "/node1/memory7", "../../memory/memory7");
	fakesys_link(fs, MEMORY_PATH "/memory7/node1", "../../node/node1");
	snap = snapshot_of(fs);
	check_on(snap, "boot", "kind = boot\nnode = 0-1",
		 "yes: kind = boot (line 2): it is boot; node = 0-1 (line 3): it is on node 0; it "
		 "is on node 1");
	check_on(snap, "boot", "kind = boot\nnode = 0",
		 "no: node = 0 (line 3): it is on node 0; it is on node 1");
	mhp_snapshot_unref(snap);
	/* of one it is not known: no "yes", but where another one says so a "no" */
	fakesys_remove(fs, NODE_PATH "/node0/memory1");
	fakesys_remove(fs, MEMORY_PATH "/memory1/node0");
	snap = snapshot_of(fs);
	check_on(snap, "boot", "kind = boot\nnode = 0-1",
		 "unknown: node = 0-1 (line 3): it is on node 0; the node of a block is not known; "
		 "it is on node 1");
	check_on(snap, "boot", "kind = boot\nnode = 0",
		 "no: node = 0 (line 3): it is on node 0; the node of a block is not known; "
		 "it is on node 1");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void test_no_nodes(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-unbound");
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_remove(fs, NODE_PATH);
	snap = snapshot_of(fs);
	check_on(snap, "boot", "kind = boot\ncpu-less = yes",
		 "no: cpu-less = yes (line 3): there are no nodes");
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void test_tier(void **state)
{
	(void)state;
	check(CXL, "boot", "kind = boot\ntier = 4",
	      "yes: kind = boot (line 2): it is boot; tier = 4 (line 3): node 0 is in tier 4");
	check(CXL, "boot", "kind = boot\ntier = 5-9",
	      "no: tier = 5-9 (line 3): node 0 is in tier 4");
	check(CXL, "dax0.0", "tier = 4", "unknown: tier = 4 (line 2): node 1 is in no memory "
	      "tier, or that was not asked for");
}

static void test_size(void **state)
{
	(void)state;
	check(CXL, "dax0.0", "min-size = 512M\nmax-size = 512M",
	      "yes: min-size = 512M (line 2): it has 512 MiB; max-size = 512M (line 3): it has "
	      "512 MiB");
	check(CXL, "dax0.0", "min-size = 536870913",
	      "no: min-size = 536870913 (line 2): it has 512 MiB");
	check(CXL, "dax0.0", "max-size = 511M", "no: max-size = 511M (line 2): it has 512 MiB");
}

static void test_find_rule(void **state)
{
	static const char text[] = "[dimms]\nkind = dimm\n" TYPE "[here]\nnode = 1\n" TYPE
		"[all]\n" TYPE;
	struct mhp_standing *standing = standing_of(text);
	struct fakesys *fs = fakesys_new_machine(CXL);
	struct mhp_snapshot *snap = snapshot_of(fs);
	const struct mhp_standing_rule *rule;
	char *why;

	(void)state;
	assert_int_equal(mhp_standing_find_rule(standing, snap,
						mhp_snapshot_find_region(snap, "dax0.0"),
						&rule, &why), MHP_MATCH_YES);
	assert_string_equal(mhp_standing_rule_get_name(rule), "here");
	assert_string_equal(why, "node = 1 (line 5): it is on node 1");
	free(why);
	assert_int_equal(mhp_standing_find_rule(standing, snap,
						mhp_snapshot_find_region(snap, "boot"),
						&rule, &why), MHP_MATCH_NO);
	assert_null(rule);
	assert_null(why);
	mhp_snapshot_unref(snap);

	/* [all] would match, but [here] may be what is meant */
	fakesys_find(fs, DAX0 "/target_node")->code = -EIO;
	snap = snapshot_of(fs);
	assert_int_equal(mhp_standing_find_rule(standing, snap,
						mhp_snapshot_find_region(snap, "dax0.0"),
						&rule, NULL), MHP_MATCH_UNKNOWN);
	assert_string_equal(mhp_standing_rule_get_name(rule), "here");
	mhp_snapshot_unref(snap);
	mhp_standing_unref(standing);
	fakesys_free(fs);
}

static void test_rule_with_an_error(void **state)
{
	struct mhp_standing *standing = standing_of("[x]\ntype = foo\n[all]\n" TYPE);
	struct fakesys *fs = fakesys_new_machine(CXL);
	struct mhp_snapshot *snap = snapshot_of(fs);
	const struct mhp_standing_rule *rule;
	char *why;

	(void)state;
	assert_int_equal(mhp_standing_find_rule(standing, snap,
						mhp_snapshot_find_region(snap, "dax0.0"),
						&rule, &why), MHP_MATCH_UNKNOWN);
	assert_string_equal(mhp_standing_rule_get_name(rule), "x");
	assert_string_equal(why, "[x] (line 1) has an error");
	free(why);
	mhp_snapshot_unref(snap);
	mhp_standing_unref(standing);
	fakesys_free(fs);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_kind, fakesys_free_all),
		cmocka_unit_test_teardown(test_boot_memory_has_to_be_named, fakesys_free_all),
		cmocka_unit_test_teardown(test_name_and_identity, fakesys_free_all),
		cmocka_unit_test_teardown(test_identity_not_asked_for, fakesys_free_all),
		cmocka_unit_test_teardown(test_identity_unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(test_driver, fakesys_free_all),
		cmocka_unit_test_teardown(test_ram, fakesys_free_all),
		cmocka_unit_test_teardown(test_node, fakesys_free_all),
		cmocka_unit_test_teardown(test_node_that_comes_with_the_memory, fakesys_free_all),
		cmocka_unit_test_teardown(test_node_unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(test_node_not_known_yet, fakesys_free_all),
		cmocka_unit_test_teardown(test_nodes_of_blocks, fakesys_free_all),
		cmocka_unit_test_teardown(test_no_nodes, fakesys_free_all),
		cmocka_unit_test_teardown(test_tier, fakesys_free_all),
		cmocka_unit_test_teardown(test_size, fakesys_free_all),
		cmocka_unit_test_teardown(test_find_rule, fakesys_free_all),
		cmocka_unit_test_teardown(test_rule_with_an_error, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
