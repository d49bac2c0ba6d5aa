// SPDX-License-Identifier: LGPL-2.1-or-later
/* max-movable-ratio: what goes to a kernel zone instead, and stays there. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/pool.h"

/* Boot memory is 8 blocks, each dax device 4. */
#define ALL "[all]\nkind = dax\ntype = online_movable\n"

static void apply(struct bench *bench, const char *policy, enum mhp_outcome expected)
{
	struct mhp_agenda_report *report = carry_out(bench, policy, NULL);

	assert_int_equal(mhp_agenda_report_get_outcome(report), expected);
	mhp_agenda_report_free(report);
}

/* Exactly the limit is not above it; the first ones in order have the right. */
static void test_limit(void **state)
{
	static const enum mhp_sim_kernel kernels[] = {
		MHP_SIM_KERNEL_6_1, MHP_SIM_KERNEL_6_12, MHP_SIM_KERNEL_7_3,
	};
	const char *const policy = ALL "max-movable-ratio = 100\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct mhp_agenda *agenda;
		struct bench bench;
		const char *guard;

		set_up_pool(&bench, kernels[i]);
		agenda = agenda_of(&bench, policy);
		assert_item(agenda, "dax0.0", "to-do online_movable not-plugged");
		assert_item(agenda, "dax1.0", "to-do online_movable not-plugged");
		assert_item(agenda, "dax2.0", "to-do online_kernel guarded not-plugged");
		guard = mhp_agenda_item_get_guard(item_of(agenda, "dax2.0"));
		assert_string_equal(guard, "online_kernel instead of online_movable: "
				    "MOVABLE:KERNEL would be 150 %, above 100 %: rule all ("
				    POLICY_D "50-test.conf:4)");
		mhp_agenda_unref(agenda);
		apply(&bench, policy, MHP_OUTCOME_DONE);
		assert_blocks(&bench, 32, 35, "Movable");
		assert_blocks(&bench, 64, 67, "Movable");
		assert_blocks(&bench, 96, 99, "Normal");
		check_item(&bench, policy, "dax1.0", "met online_movable");
		check_item(&bench, policy, "dax2.0", "met online_kernel guarded");
		assert_settled(&bench, policy);
		/* one percent less, and the second one would not have come in; it stays */
		check_item(&bench, ALL "max-movable-ratio = 99\n", "dax1.0", "met online_movable");
		check_item(&bench, ALL "max-movable-ratio = 99\n", "dax2.0",
		      "met online_kernel guarded");
		/* there is room for it now, and the rule does not allow to move it */
		check_item(&bench, ALL "max-movable-ratio = 150\n", "dax2.0",
		      "blocked online_movable zone");
		tear_down(&bench);
	}
}

/* Kernel memory that comes by a later item makes no room for an earlier one, also not later. */
static void test_later_kernel_memory(void **state)
{
	const char *const policy =
		"[a]\nname = dax0.0\ntype = online_movable\nmax-movable-ratio = 40\norder = 1\n"
		"elsewhere = rezone\n"
		"[b]\nname = dax1.0 dax2.0\ntype = online_kernel\norder = 2\n";
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	check_item(&bench, policy, "dax0.0", "to-do online_kernel guarded not-plugged");
	apply(&bench, policy, MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Normal");
	check_item(&bench, policy, "dax0.0", "met online_kernel guarded");
	assert_settled(&bench, policy);
	tear_down(&bench);

	/* that of an earlier one does, and a machine's as it stands */
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	check_item(&bench, "[a]\nname = dax0.0\ntype = online_movable\nmax-movable-ratio = 40\n"
			   "order = 3\n[b]\nname = dax1.0\ntype = online_kernel\norder = 2\n",
	      "dax0.0", "to-do online_movable not-plugged");
	tear_down(&bench);
}

/* A rule about boot memory changes none of it, and so nothing of what it makes room for. */
static void test_boot_memory(void **state)
{
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	check_item(&bench, ALL "max-movable-ratio = 100\n[boot]\nkind = boot\n"
		   "type = online_kernel\n", "dax0.0", "to-do online_movable not-plugged");
	tear_down(&bench);
}

/* A later item that has Movable already, and keeps it, counts; one that leaves it does not. */
static void test_later_movable(void **state)
{
	static const char first[] = "[a]\nname = dax0.0\ntype = online_movable\n"
				    "max-movable-ratio = 50\norder = 1\n";
	struct bench bench;
	char policy[400];

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	check_item(&bench, first, "dax0.0", "to-do online_movable not-plugged");
	apply(&bench, "[b]\nname = dax1.0\ntype = online_movable\n", MHP_OUTCOME_DONE);
	/* nobody's */
	check_item(&bench, first, "dax0.0", "to-do online_kernel guarded not-plugged");
	snprintf(policy, sizeof(policy), "%s[b]\nname = dax1.0\ntype = online_movable\n", first);
	check_item(&bench, policy, "dax0.0", "to-do online_kernel guarded not-plugged");
	snprintf(policy, sizeof(policy), "%s[b]\nname = dax1.0\ntype = online_kernel\n"
					 "elsewhere = rezone\n", first);
	check_item(&bench, policy, "dax0.0", "to-do online_movable not-plugged");
	/* it may not leave */
	snprintf(policy, sizeof(policy), "%s[b]\nname = dax1.0\ntype = online_kernel\n", first);
	check_item(&bench, policy, "dax0.0", "to-do online_kernel guarded not-plugged");
	tear_down(&bench);
}

/* What is online in Movable stays, whatever the ratio. */
static void test_stays(void **state)
{
	const char *const guarded = ALL "max-movable-ratio = 10\nelsewhere = rezone\n";
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	apply(&bench, ALL, MHP_OUTCOME_DONE);
	check_item(&bench, guarded, "dax0.0", "met online_movable");
	check_item(&bench, guarded, "dax2.0", "met online_movable");
	assert_settled(&bench, guarded);
	/* a part that is not online is the guard's */
	put(&bench, block_file(99, "state"), "offline");
	check_item(&bench, guarded, "dax2.0", "to-do online_kernel guarded word state");
	apply(&bench, guarded, MHP_OUTCOME_DONE);
	assert_blocks(&bench, 96, 98, "Movable");
	assert_blocks(&bench, 99, 99, "Normal");
	check_item(&bench, guarded, "dax2.0", "met online_kernel guarded word");
	assert_settled(&bench, guarded);
	tear_down(&bench);
}

/* The host gives more, step by step. */
static void test_growing(void **state)
{
	const char *const policy = "[v]\nkind = virtio-mem\ntype = online_movable\n"
				   "max-movable-ratio = 50\nkernel-zone = yes\n";
	const char *const strict = "[v]\nkind = virtio-mem\ntype = online_movable\n"
				   "max-movable-ratio = 50\n";
	struct mhp_agenda *agenda;
	const char *way_out;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	put(&bench, POLICY_PATH, "offline");
	resize_pool(&bench, 4);
	check_item(&bench, policy, "virtio0", "to-do online_movable state");
	apply(&bench, policy, MHP_OUTCOME_DONE);
	assert_blocks(&bench, 128, 131, "Movable");
	resize_pool(&bench, 6);
	agenda = agenda_of(&bench, strict);
	assert_item(agenda, "virtio0", "blocked online_kernel guarded state");
	way_out = mhp_agenda_item_get_way_out(item_of(agenda, "virtio0"));
	assert_string_equal(way_out, "raise max-movable-ratio in rule v (" POLICY_D
			    "50-test.conf:4); or say kernel-zone = yes in rule v (" POLICY_D
			    "50-test.conf:1)");
	mhp_agenda_unref(agenda);
	check_item(&bench, policy, "virtio0", "to-do online_kernel guarded state");
	apply(&bench, policy, MHP_OUTCOME_DONE);
	assert_blocks(&bench, 128, 131, "Movable");
	assert_blocks(&bench, 132, 133, "Normal");
	assert_settled(&bench, policy);
	tear_down(&bench);
}

/* All would be right by a guess; it is not made. */
static void test_not_known(void **state)
{
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	assert_int_equal(mhp_sim_fail_read(bench.sim, "/proc/zoneinfo", -EIO, 0), 0);
	agenda = agenda_of(&bench, ALL "max-movable-ratio = 100\n");
	assert_item(agenda, "dax0.0", "undecided online_movable not-plugged");
	assert_non_null(strstr(mhp_agenda_item_get_why(item_of(agenda, "dax0.0")), "EIO"));
	mhp_agenda_unref(agenda);
	check_item(&bench, ALL, "dax0.0", "to-do online_movable not-plugged");
	/* nor is it needed for another type */
	check_item(&bench, "[all]\nkind = dax\ntype = online_kernel\nmax-movable-ratio = 100\n",
	      "dax0.0", "to-do online_kernel not-plugged");
	tear_down(&bench);
}

/* What others have brought into Movable meanwhile stays there, and is as wanted. */
static void test_moved_meanwhile(void **state)
{
	struct mhp_agenda_report *report;
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	agenda = agenda_of(&bench, "[a]\nname = dax0.0\ntype = online_kernel\norder = 1\n"
			   "[b]\nname = dax2.0\ntype = online_movable\n"
			   "max-movable-ratio = 1\n");
	assert_item(agenda, "dax2.0", "to-do online_kernel guarded not-plugged");
	apply(&bench, "[c]\nname = dax2.0\ntype = online_movable\n", MHP_OUTCOME_DONE);
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, NULL, &report), 0);
	assert_string_equal(mhp_agenda_result_get_message(result_of(report, "dax2.0")),
			    "is as wanted by now");
	assert_int_equal(mhp_agenda_report_get_outcome(report), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 96, 99, "Movable");
	mhp_agenda_report_free(report);
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_later_kernel_memory),
		cmocka_unit_test(test_boot_memory),
		cmocka_unit_test(test_later_movable),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_not_known),
		cmocka_unit_test(test_moved_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
