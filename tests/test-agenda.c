// SPDX-License-Identifier: LGPL-2.1-or-later
/* Items of an agenda: which regions, in which order, with which rule, state and plan. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/device.h"
#include "support/fakesys.h"
#include "support/pool.h"

#include "../policy/agenda.h"

static const enum mhp_sim_kernel kernels[] = {
	MHP_SIM_KERNEL_6_1, MHP_SIM_KERNEL_6_12, MHP_SIM_KERNEL_7_3,
};

static void check_says(const char *text, const char *part)
{
	assert_non_null(text);
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* ---- which items ---- */

static void test_states(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct mhp_agenda *agenda;
		struct bench bench;

		set_up_pool(&bench, kernels[i]);
		agenda = agenda_of(&bench,
				   "[a]\nname = dax0.0\ntype = online_movable\n"
				   "[b]\nname = dax1.0\ntype = leave-alone\n"
				   "[c]\nkind = virtio-mem\ntype = online_movable\n");
		assert_item(agenda, "dax0.0", "to-do online_movable not-plugged");
		assert_item(agenda, "dax1.0", "left-alone");
		assert_item(agenda, "dax2.0", "no-rule");
		/* nothing from the host is no error */
		assert_item(agenda, "virtio0", "nothing online_movable");
		assert_item(agenda, "boot", "no-rule");
		assert_int_equal(mhp_agenda_count_items(agenda), 5);
		assert_int_equal(mhp_agenda_count_in_state(agenda, MHP_ITEM_NO_RULE), 2);
		assert_int_equal(mhp_agenda_count_drifts(agenda), 1);
		assert_null(mhp_agenda_item_get_plan(item_of(agenda, "dax1.0")));
		assert_null(mhp_agenda_item_get_why(item_of(agenda, "dax0.0")));
		assert_non_null(mhp_agenda_item_get_why(item_of(agenda, "virtio0")));
		assert_null(mhp_agenda_get_item(agenda, 5));
		assert_null(mhp_agenda_find_item(agenda, "dax9.0"));
		mhp_agenda_unref(agenda);
		tear_down(&bench);
	}
}

/* By order, then as in the snapshot; who has no rule comes last. */
static void test_order(void **state)
{
	static const char *const expected[] = { "dax2.0", "dax1.0", "virtio0", "dax0.0", "boot" };
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	agenda = agenda_of(&bench, "[z]\nname = dax1.0 virtio0\ntype = online_movable\norder = 20\n"
				   "[y]\nname = dax2.0\ntype = online_movable\norder = 0\n");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct mhp_region *region =
			mhp_agenda_item_get_region(mhp_agenda_get_item(agenda, i));

		assert_string_equal(mhp_region_get_name(region), expected[i]);
	}
	assert_string_equal(mhp_standing_rule_get_name(
			mhp_agenda_item_get_rule(item_of(agenda, "dax2.0"))), "y");
	assert_null(mhp_agenda_item_get_rule(item_of(agenda, "boot")));
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* A CXL region's memory is that of its dax devices. */
static void test_parents(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-cxl-region-unbound.txt");
	agenda = agenda_of(&bench, "[cxl]\nkind = cxl\ntype = online_movable\n");
	assert_item(agenda, "region0", "none");
	assert_item(agenda, "dax0.0", "to-do online_movable not-plugged");
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* Slots without a DIMM, storage that is standby, LMBs: none of them is an error. */
static void test_nothing(void **state)
{
	static const struct {
		const char *machine, *region, *plug, *expected;
	} rows[] = {
		{ S390_7_3, "standby", "no", "nothing online_movable" },
		{ S390_7_3, "standby", "yes", "to-do online_movable not-plugged" },
		{ PPC64_7_3, "lmb", "no", "nothing online_movable" },
		{ PPC64_7_3, "lmb", "yes", "to-do online_movable not-plugged" },
		/* it stayed behind when its driver went: there is nothing to plug */
		{ "7.3-hmem-unbound.txt", "dax0.0", "yes", "blocked online_movable zone" },
		{ "7.3-hmem-unplugged.txt", "dax0.0", "no", "nothing online_movable" },
		{ "7.3-hmem-unplugged.txt", "dax0.0", "yes", "to-do online_movable not-plugged" },
		/* there is memory, and it can never be used */
		{ "7.3-hmem-tiny-bound.txt", "dax0.0", "yes", "blocked online_movable not-plugged" },
		{ "7.3-cxl-region-deleted.txt", "region0", "yes", "none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_agenda *agenda;
		struct bench bench;
		char policy[160];

		set_up(&bench, rows[i].machine);
		snprintf(policy, sizeof(policy),
			 "[all]\nname = *\ntype = online_movable\nplug = %s\n", rows[i].plug);
		agenda = agenda_of(&bench, policy);
		if (strcmp(item_text(agenda, rows[i].region), rows[i].expected))
			fail_msg("%s: %s is %s", rows[i].machine, rows[i].region,
				 item_text(agenda, rows[i].region));
		mhp_agenda_unref(agenda);
		tear_down(&bench);
	}
}

/* A slot that a DIMM was in. */
static void test_empty_slot(void **state)
{
	const char *const policy = "[d]\nkind = dimm\ntype = online_movable\n";
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	put(&bench, POLICY_PATH, "offline");
	assert_int_equal(mhp_sim_plug_dimm(bench.sim, 1, 0, UINT64_C(64) << 30, UINT64_C(1) << 30),
			 0);
	check_item(&bench, policy, "PNP0C80:01", "to-do online_movable state");
	assert_int_equal(mhp_sim_request_unplug_dimm(bench.sim, 1), 0);
	check_item(&bench, policy, "PNP0C80:01", "nothing online_movable");
	tear_down(&bench);
}

/* Nothing is done to memory that the machine was booted with. */
static void test_boot(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	agenda = agenda_of(&bench, "[all]\nname = *\ntype = online\n");
	assert_item(agenda, "boot", "no-rule");
	mhp_agenda_unref(agenda);
	agenda = agenda_of(&bench, "[boot]\nkind = boot\ntype = online\n");
	assert_item(agenda, "boot", "blocked online");
	check_says(mhp_agenda_item_get_why(item_of(agenda, "boot")), "booted with");
	check_says(mhp_agenda_item_get_way_out(item_of(agenda, "boot")),
		   "say type = leave-alone in rule boot");
	assert_null(mhp_agenda_item_get_repair(item_of(agenda, "boot")));
	mhp_agenda_unref(agenda);
	agenda = agenda_of(&bench, "[boot]\nkind = boot\ntype = leave-alone\n");
	assert_item(agenda, "boot", "left-alone");
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* ---- what is on it would be lost ---- */

#define ND "/sys/devices/LNXSYSTM:00/ACPI0012:00/ndbus0/region0"

/* As dax_pmem makes it, from documentation. */
static struct mhp_snapshot *take_persistent(bool origin)
{
	struct fakesys *fs = fakesys_new_machine("7.3-plain-start");
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	fakesys_link(fs, "/sys/bus/dax/devices/dax0.0", "../../../devices/LNXSYSTM:00/"
		     "ACPI0012:00/ndbus0/region0/dax0.1/dax0.0");
	fakesys_link(fs, "/sys/bus/dax/drivers/kmem/module", "../../../../module/kmem");
	fakesys_file(fs, ND "/dax0.1/dax0.0/size", "536870912\n");
	fakesys_file(fs, ND "/dax0.1/dax0.0/target_node", "2\n");
	fakesys_file(fs, ND "/dax0.1/dax0.0/mapping0/start", "0x200000000\n");
	fakesys_file(fs, ND "/dax0.1/dax0.0/mapping0/end", "0x21fffffff\n");
	fakesys_file(fs, ND "/dax0.1/dax_region/id", "0\n");
	if (origin)
		fakesys_link(fs, ND "/dax0.1/subsystem", "../../../../../../bus/nd");
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
	return snap;
}

static void check_persistent(bool origin, const char *plug, const char *expected,
			     const char *why, const char *way_out)
{
	struct mhp_snapshot *snap = take_persistent(origin);
	const struct mhp_agenda_item *item;
	struct mhp_standing *standing;
	struct mhp_agenda *agenda;
	char policy[120];

	snprintf(policy, sizeof(policy), "[p]\nkind = dax\ntype = online_movable\nplug = %s\n",
		 plug);
	standing = standing_of(policy);
	assert_int_equal(mhp_agenda_new(snap, standing, NULL, &agenda), 0);
	item = item_of(agenda, "dax0.0");
	assert_item(agenda, "dax0.0", expected);
	if (why)
		check_says(mhp_agenda_item_get_why(item), why);
	if (way_out)
		check_says(mhp_agenda_item_get_way_out(item), way_out);
	mhp_agenda_unref(agenda);
	mhp_standing_unref(standing);
	mhp_snapshot_unref(snap);
}

static void test_persistent(void **state)
{
	(void)state;
	check_persistent(true, "yes", "nothing online_movable", "is persistent memory",
			 "plug = persistent in rule p (" POLICY_D "50-test.conf:4)");
	check_persistent(true, "no", "nothing online_movable", "does not plug it", NULL);
	check_persistent(true, "persistent", "to-do online_movable not-plugged", NULL, NULL);
	/* whoever knows that it may be lost need not know what it is */
	check_persistent(false, "yes", "undecided online_movable", "could not be read", NULL);
	check_persistent(false, "persistent", "to-do online_movable not-plugged", NULL, NULL);
}

/* ---- what is asked for ---- */

/* NULL: of the device that no driver has */
static void check_request(const char *machine, const char *rule, enum mhp_goal goal,
			  uint64_t rules, uint64_t no_rules, uint64_t expected)
{
	struct mhp_agenda *agenda;
	struct mhp_plan *plan;
	struct bench bench;
	char policy[200];

	if (machine)
		set_up(&bench, machine);
	else
		set_up_free(&bench, HMEM_7_3);
	snprintf(policy, sizeof(policy), "[a]\nkind = dax\n%s\n", rule);
	agenda = agenda_with(&bench, policy, rules, no_rules);
	plan = mhp_agenda_item_get_plan(item_of(agenda, "dax0.0"));
	assert_non_null(plan);
	assert_int_equal(mhp_plan_get_goal(plan), goal);
	assert_int_equal(mhp_plan_get_rules(plan), expected);
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

static void test_requests(void **state)
{
	const char *const bound = "7.3-hmem-offline.txt";

	(void)state;
	check_request(bound, "type = online_movable", MHP_GOAL_ONLINE, 0, 0, 0);
	check_request(bound, "type = offline", MHP_GOAL_OFFLINE, 0, 0, 0);
	check_request(NULL, "type = online_movable", MHP_GOAL_PLUGGED, 0, 0, MHP_RULE_BORROW);
	check_request(NULL, "type = offline", MHP_GOAL_PLUGGED, 0, 0, MHP_RULE_BORROW);
	check_request(bound, "type = online_movable\nelsewhere = rezone\nper-block = yes\n"
			     "kernel-zone = yes", MHP_GOAL_ONLINE, 0, 0,
		      MHP_RULE_REZONE | MHP_RULE_PER_BLOCK | MHP_RULE_KERNEL_ZONE);
	check_request(bound, "type = online_movable\nelsewhere = rezone", MHP_GOAL_ONLINE,
		      MHP_RULE_KEEP, MHP_RULE_REZONE, MHP_RULE_KEEP);
	check_request(NULL, "type = online_movable", MHP_GOAL_PLUGGED, 0, MHP_RULE_BORROW, 0);
}

/* As the system says, by name. */
static void test_default(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-hmem-offline.txt");
	put(&bench, POLICY_PATH, "online_kernel");
	agenda = agenda_of(&bench, "[a]\nkind = dax\ntype = default\n");
	assert_item(agenda, "dax0.0", "to-do online_kernel state");
	mhp_agenda_unref(agenda);
	put(&bench, POLICY_PATH, "offline");
	agenda = agenda_of(&bench, "[a]\nkind = dax\ntype = default\n");
	assert_item(agenda, "dax0.0", "met offline");
	mhp_agenda_unref(agenda);
	assert_int_equal(mhp_sim_fail_read(bench.sim, POLICY_PATH, -EIO, 0), 0);
	agenda = agenda_of(&bench, "[a]\nkind = dax\ntype = default\n");
	assert_item(agenda, "dax0.0", "undecided");
	check_says(mhp_agenda_item_get_why(item_of(agenda, "dax0.0")), "EIO");
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* ---- what stands against it ---- */

static const char *const elsewhere = "[pool]\nkind = dax\ntype = online_movable\n";

static void test_elsewhere(void **state)
{
	const struct mhp_agenda_item *item;
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-hmem-offline.txt");
	put_blocks(&bench, 32, 35, "online_kernel");
	agenda = agenda_of(&bench, elsewhere);
	item = item_of(agenda, "dax0.0");
	assert_item(agenda, "dax0.0", "blocked online_movable word zone");
	check_says(mhp_agenda_item_get_why(item), "online in Normal, not in Movable");
	check_says(mhp_agenda_item_get_way_out(item), "elsewhere = rezone in rule pool "
						      "(" POLICY_D "50-test.conf:1)");
	/* what could be done is told, and not done */
	assert_non_null(mhp_agenda_item_get_repair(item));
	assert_true(mhp_plan_count_steps(mhp_agenda_item_get_repair(item)) > 0);
	assert_int_equal(mhp_plan_count_steps(mhp_agenda_item_get_plan(item)), 0);
	mhp_agenda_unref(agenda);
	/* given as it is, its line is told */
	agenda = agenda_of(&bench, "[pool]\nkind = dax\ntype = online_movable\n"
				   "elsewhere = report\n");
	check_says(mhp_agenda_item_get_way_out(item_of(agenda, "dax0.0")), "50-test.conf:4)");
	mhp_agenda_unref(agenda);
	agenda = agenda_of(&bench, "[pool]\nkind = dax\ntype = online_movable\n"
				   "elsewhere = rezone\n");
	item = item_of(agenda, "dax0.0");
	assert_item(agenda, "dax0.0", "to-do online_movable word zone");
	assert_ptr_equal(mhp_agenda_item_get_repair(item), mhp_agenda_item_get_plan(item));
	assert_null(mhp_agenda_item_get_way_out(item));
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* What a host plugs goes to a kernel zone only if the rule says so once more. */
static void test_kernel_zone(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	put(&bench, POLICY_PATH, "offline");
	resize_pool(&bench, 4);
	agenda = agenda_of(&bench, "[v]\nkind = virtio-mem\ntype = online_kernel\n");
	assert_item(agenda, "virtio0", "blocked online_kernel state");
	check_says(mhp_agenda_item_get_way_out(item_of(agenda, "virtio0")),
		   "kernel-zone = yes in rule v");
	mhp_agenda_unref(agenda);
	agenda = agenda_of(&bench, "[v]\nkind = virtio-mem\ntype = online_kernel\n"
				   "kernel-zone = yes\n");
	assert_item(agenda, "virtio0", "to-do online_kernel state");
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* What is in Movable has to leave it, too: one of both alone is no way out. */
static void test_kernel_zone_and_rezone(void **state)
{
	static const struct {
		const char *keys, *says, *state;
	} rows[] = {
		{ "", "say kernel-zone = yes in rule v (" POLICY_D "50-test.conf:1), and elsewhere = "
		      "rezone", "blocked online_kernel zone" },
		{ "kernel-zone = yes\n", "say elsewhere = rezone in rule v (",
		  "blocked online_kernel zone" },
		{ "elsewhere = rezone\n", "say kernel-zone = yes in rule v (" POLICY_D
		  "50-test.conf:1)", "blocked online_kernel zone" },
		{ "elsewhere = rezone\nkernel-zone = yes\n", NULL, "to-do online_kernel zone" },
	};
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	put(&bench, POLICY_PATH, "online_movable");
	resize_pool(&bench, 4);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_agenda *agenda;
		const char *way_out;
		char text[200];

		snprintf(text, sizeof(text), "[v]\nkind = virtio-mem\ntype = online_kernel\n%s",
			 rows[i].keys);
		agenda = agenda_of(&bench, text);
		assert_item(agenda, "virtio0", rows[i].state);
		way_out = mhp_agenda_item_get_way_out(item_of(agenda, "virtio0"));
		if (rows[i].says)
			check_says(way_out, rows[i].says);
		else
			assert_null(way_out);
		/* no word about what the rule says already */
		assert_int_equal(way_out && strstr(way_out, "kernel-zone") &&
				 strstr(way_out, "rezone"), i == 0);
		mhp_agenda_unref(agenda);
	}
	tear_down(&bench);
}

/* Who may not read where memory is, is told so. */
static void test_no_permission(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_int_equal(mhp_sim_set_privileged(bench.sim, false), 0);
	agenda = agenda_of(&bench, "[a]\nkind = dax\ntype = online_movable\n");
	assert_item(agenda, "dax0.0", "undecided online_movable");
	check_says(mhp_agenda_item_get_why(item_of(agenda, "dax0.0")), "EACCES");
	assert_string_equal(mhp_agenda_item_get_way_out(item_of(agenda, "dax0.0")),
			    "run as root");
	mhp_agenda_unref(agenda);
	/* not even which rule it has */
	agenda = agenda_of(&bench, "[b]\nidentity = hmem:*\ntype = online_movable\n");
	assert_item(agenda, "dax0.0", "undecided");
	check_says(mhp_agenda_item_get_why(item_of(agenda, "dax0.0")), "rule b");
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

static void test_refused(void **state)
{
	struct mhp_agenda_opts opts = { .size = sizeof(opts) };
	struct mhp_agenda *agenda = NULL;
	struct mhp_standing *standing;
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	snap = look_by(bench.ctx);
	assert_int_equal(mhp_standing_new_from_text("bad.conf", "[a]\ntype = x\n", 13, &standing),
			 0);
	assert_int_equal(mhp_agenda_new(snap, standing, NULL, &agenda), -EBADMSG);
	mhp_standing_unref(standing);
	standing = standing_of("");
	opts.rules = MHP_RULE_RELEASE;
	assert_int_equal(mhp_agenda_new(snap, standing, &opts, &agenda), -E2BIG);
	opts.rules = UINT64_C(1) << 63;
	assert_int_equal(mhp_agenda_new(snap, standing, &opts, &agenda), -E2BIG);
	opts.rules = 0;
	opts.size = 1;
	assert_int_equal(mhp_agenda_new(snap, standing, &opts, &agenda), -EINVAL);
	assert_null(agenda);
	assert_int_equal(mhp_agenda_new(snap, standing, NULL, &agenda), 0);
	assert_ptr_equal(mhp_agenda_get_snapshot(agenda), snap);
	assert_ptr_equal(mhp_agenda_get_standing(agenda), standing);
	assert_ptr_equal(mhp_agenda_ref(agenda), agenda);
	assert_null(mhp_agenda_unref(agenda));
	assert_null(mhp_agenda_unref(agenda));
	assert_null(mhp_agenda_unref(NULL));
	assert_null(mhp_agenda_ref(NULL));
	mhp_standing_unref(standing);
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

static void test_text(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;
	char *text;

	(void)state;
	set_up(&bench, "7.3-hmem-offline.txt");
	put_blocks(&bench, 32, 35, "online_kernel");
	agenda = agenda_of(&bench, elsewhere);
	assert_int_equal(mhp_agenda_copy_text(agenda, &text), 0);
	check_says(text, "dax0.0 (hmem:0x100000000): blocked: online_movable by rule pool ("
			 POLICY_D "50-test.conf:1)\n");
	check_says(text, "  drift zone: memory32-35 are online in Normal, not in Movable\n");
	check_says(text, "  way out: say elsewhere = rezone in rule pool");
	check_says(text, "  repair, which is not carried out:\n    ");
	check_says(text, "boot: no-rule\n");
	free(text);
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

static void test_words(void **state)
{
	static const char *const states[] = {
		"unknown", "met", "to-do", "blocked", "left-alone", "no-rule", "undecided",
		"nothing", "unknown",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		assert_string_equal(mhp_item_state_to_str((enum mhp_item_state)i), states[i]);
}

/* Whatever machine there is, an agenda can be made of it. */
static void test_machines(void **state)
{
	static const char *const machines[] = {
		HMEM_6_1, HMEM_6_12, HMEM_7_3, RANGES_7_3, S390_7_3, PPC64_7_3, PPC64_6_12,
		"7.3-pinned-going-offline.txt", "7.3-boot-node-online.txt", "7.3-cxl-many.txt",
		"7.3-virtio-mem-units-start.txt", "6.1-dimm-mixed-policy.txt",
		"7.3-hmem-unaligned-online.txt", "6.12-arm64-64k.txt",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mhp_agenda *agenda;
		struct bench bench;

		set_up(&bench, machines[i]);
		agenda = agenda_of(&bench, "[all]\nname = *\ntype = online_movable\n"
					   "max-movable-ratio = 300\nelsewhere = rezone\n"
					   "kernel-zone = yes\n");
		assert_true(mhp_agenda_count_items(agenda) > 0);
		assert_int_equal(mhp_agenda_count_in_state(agenda, MHP_ITEM_UNKNOWN), 0);
		for (size_t j = 0; j < mhp_agenda_count_items(agenda); j++) {
			const struct mhp_agenda_item *item = mhp_agenda_get_item(agenda, j);
			enum mhp_item_state its = mhp_agenda_item_get_state(item);
			const char *why = mhp_agenda_item_get_why(item);

			if ((its == MHP_ITEM_BLOCKED || its == MHP_ITEM_UNDECIDED ||
			     its == MHP_ITEM_NOTHING) != (why != NULL))
				fail_msg("%s: %s: %s: %s", machines[i],
					 mhp_region_get_name(mhp_agenda_item_get_region(item)),
					 mhp_item_state_to_str(its), why ? why : "no reason");
		}
		mhp_agenda_unref(agenda);
		tear_down(&bench);
	}
}

/* An agenda with all that an item may have, and its text. */
static void test_without_memory(void **state)
{
	static const char policy[] =
		"[d]\nname = dax0.0\ntype = online_movable\nmax-movable-ratio = 10\n"
		"[e]\nname = dax1.0\ntype = online_kernel\n[b]\nkind = boot\ntype = offline\n";
	struct mhp_agenda_report *report;
	struct mhp_standing *standing;
	struct mhp_snapshot *snap;
	struct bench bench;
	int r;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	mhp_agenda_report_free(carry_out(&bench, "[e]\nname = dax1.0\ntype = online_movable\n",
					 NULL));
	standing = standing_of(policy);
	snap = look_by(bench.ctx);
	calls = 0;
	for (size_t at = 1; calls >= at - 1; at++) {
		struct mhp_agenda *agenda = NULL;
		size_t number = live_count;
		char *text = NULL;

		calls = 0;
		fail_at = at;
		report = NULL;
		r = mhp_agenda_new(snap, standing, NULL, &agenda);
		if (r == 0)
			r = mhp_agenda_copy_text(agenda, &text);
		if (r == 0)
			r = agenda_report_new(agenda, &report);
		fail_at = 0;
		/* why a rule is the right one may be left out */
		assert_true(r == 0 || (r == -ENOMEM && calls >= at));
		assert_int_equal(report != NULL, r == 0);
		mhp_agenda_report_free(report);
		mhp_agenda_unref(agenda);
		free(text);
		assert_int_equal(live_count, number);
	}
	assert_true(calls > 60);
	mhp_snapshot_unref(snap);
	mhp_standing_unref(standing);
	tear_down(&bench);
}

/* What was written is told, however little memory there is. */
static void test_no_memory_to_apply(void **state)
{
	static const char policy[] = "[a]\nname = dax0.0\ntype = online_movable\norder = 1\n"
				     "[b]\nname = dax1.0\ntype = online_movable\norder = 2\n";
	size_t used = SIZE_MAX, told = 0;

	(void)state;
	for (size_t at = 1; used >= at - 1; at++) {
		struct mhp_agenda_report *report = NULL;
		struct mhp_agenda *agenda;
		struct bench bench;
		size_t writes;
		int r;

		set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
		agenda = agenda_of(&bench, policy);
		writes = mhp_sim_count_writes(bench.sim);
		calls = 0;
		fail_at = at;
		r = mhp_agenda_apply(bench.ctx, agenda, NULL, &report);
		fail_at = 0;
		used = calls;
		if (r == 0) {
			told += mhp_agenda_report_get_outcome(report) == MHP_OUTCOME_PARTIAL;
		} else {
			assert_int_equal(r, -ENOMEM);
			assert_int_equal(mhp_sim_count_writes(bench.sim), writes);
		}
		mhp_agenda_report_free(report);
		mhp_agenda_unref(agenda);
		tear_down(&bench);
	}
	assert_true(told > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_parents),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_empty_slot),
		cmocka_unit_test(test_boot),
		cmocka_unit_test_teardown(test_persistent, fakesys_free_all),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_kernel_zone),
		cmocka_unit_test(test_kernel_zone_and_rezone),
		cmocka_unit_test(test_no_permission),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_machines),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_no_memory_to_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
