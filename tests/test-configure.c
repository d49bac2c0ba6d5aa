// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory that comes and goes unit by unit, s390's storage and LMBs of ppc64: in the type
 * that was asked for, or everything is as before.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bench.h"
#include "support/world.h"

#define PLUG_1G "standby plugged online_movable borrow size:1024"
#define DLPAR "/sys/kernel/dlpar"
#define ANY (MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | MHP_SIM_ACCESS_LOOK)

static const char *config(unsigned int id)
{
	static char path[64];

	snprintf(path, sizeof(path), "/sys/firmware/memory/memory%u/config", id);
	return path;
}

static void refuse(struct bench *bench, const char *path, const char *word, int code)
{
	assert_int_equal(mhp_sim_fail_write(bench->sim, path, word, code, 0), 0);
}

/* Is all as it was, and nothing left to be put back? */
static void check_undone(struct bench *bench, const struct world *before)
{
	struct world now = world_of(bench->sim);

	assert_same_world(&now, before, mhp_report_get_message(bench->report));
	assert_false(now.journal);
}

/* A machine with memory16 to memory19 in Movable, and a policy that puts memory elsewhere. */
static void set_up_plugged(struct bench *bench, const char *policy)
{
	set_up(bench, S390_7_3);
	assert_int_equal(fulfil(bench, PLUG_1G, NULL), MHP_OUTCOME_DONE);
	assert_blocks(bench, 16, 19, "Movable");
	put(bench, POLICY_PATH, policy);
}

/* ---- s390 ---- */

static void test_plug(void **state)
{
	static const struct {
		const char *policy, *wish, *writes, *is;
	} rows[] = {
		{ "offline", PLUG_1G, "policy=online_movable +19 +18 +17 +16 policy=offline",
		  "Movable" },
		{ "online", PLUG_1G, "policy=online_movable +19 +18 +17 +16 policy=online",
		  "Movable" },
		{ "online_movable", PLUG_1G, "+19 +18 +17 +16", "Movable" },
		{ "online_movable", "blocks:16-19 plugged online_kernel borrow",
		  "policy=online_kernel +19 +18 +17 +16 policy=online_movable", "Normal" },
		{ "offline", "blocks:16-19 plugged online",
		  "+16 +17 +18 +19 16 17 18 19", "Normal" },
		{ "offline", "blocks:16-19 plugged online_movable",
		  "+16 +17 +18 +19 19 18 17 16", "Movable" },
		{ "online", "range:0x100000000-0x13fffffff plugged offline borrow",
		  "policy=offline +16 +17 +18 +19 policy=online", "offline" },
		{ "online", "blocks:16-19 plugged online", "+16 +17 +18 +19", "Normal" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench bench;

		set_up(&bench, S390_7_3);
		put(&bench, POLICY_PATH, rows[i].policy);
		assert_int_equal(fulfil(&bench, rows[i].wish, NULL), MHP_OUTCOME_DONE);
		assert_writes(&bench, rows[i].writes);
		assert_blocks(&bench, 16, 19, rows[i].is);
		assert_blocks(&bench, 20, 31, "absent");
		assert_string_equal(world_of(bench.sim).policy, rows[i].policy);
		assert_int_equal(fulfil(&bench, rows[i].wish, NULL), MHP_OUTCOME_DONE);
		/* so much more by size; blocks are there already */
		assert_int_equal(bench.writes == 0, !strstr(rows[i].wish, "size:"));
		tear_down(&bench);
	}
}

static void test_unplug(void **state)
{
	struct bench bench;

	(void)state;
	set_up_plugged(&bench, "offline");
	put(&bench, block_file(17, "state"), "offline");
	/* what is offline goes first, then from above */
	assert_int_equal(fulfil(&bench, "standby unplugged size:512", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "19 -19 -17");
	assert_blocks(&bench, 16, 16, "Movable");
	assert_blocks(&bench, 17, 17, "absent");
	assert_blocks(&bench, 18, 18, "Movable");
	assert_int_equal(fulfil(&bench, "standby unplugged", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "18 16 -18 -16");
	assert_blocks(&bench, 16, 31, "absent");
	assert_int_equal(fulfil(&bench, "standby unplugged", NULL), MHP_OUTCOME_DONE);
	assert_int_equal(bench.writes, 0);
	tear_down(&bench);
}

/* Kernel memory goes last, whatever its place. */
static void test_unplug_kernel_last(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	assert_int_equal(fulfil(&bench, "blocks:20-21 plugged online_kernel borrow", NULL),
			 MHP_OUTCOME_DONE);
	assert_int_equal(fulfil(&bench, "blocks:16-17 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
	assert_int_equal(fulfil(&bench, "kind:s390-standby unplugged size:768", NULL),
			 MHP_OUTCOME_DONE);
	assert_writes(&bench, "17 21 16 -21 -17 -16");
	tear_down(&bench);
}

/* What is there already, elsewhere or offline, is put right with what comes. */
static void test_plug_the_rest(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	put(&bench, config(17), "1");
	put(&bench, config(18), "1");
	put(&bench, block_file(18, "state"), "online_kernel");
	assert_int_equal(fulfil(&bench, "blocks:16-19 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_REFUSED);
	assert_says(&bench, "not in Movable");
	assert_int_equal(fulfil(&bench, "blocks:16-19 plugged online_movable borrow rezone", NULL),
			 MHP_OUTCOME_DONE);
	assert_writes(&bench, "policy=online_movable 18 +19 +16 18 17 policy=offline");
	assert_blocks(&bench, 16, 19, "Movable");
	tear_down(&bench);
}

/* Blocks that are nobody's to plug are not passed over. */
static void test_not_ours(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	assert_int_equal(fulfil(&bench, "blocks:14-17 plugged online borrow", NULL),
			 MHP_OUTCOME_REFUSED);
	assert_says(&bench, "belongs to no device");
	assert_int_equal(fulfil(&bench, "blocks:40 plugged online borrow", NULL),
			 MHP_OUTCOME_REFUSED);
	assert_int_equal(fulfil(&bench, "blocks:14-17 unplugged", NULL), MHP_OUTCOME_REFUSED);
	assert_says(&bench, "14-15");
	assert_int_equal(fulfil(&bench, "standby unplugged to:device_dax", NULL),
			 MHP_OUTCOME_REFUSED);
	assert_int_equal(fulfil(&bench, "standby unplugged size:256", NULL), MHP_OUTCOME_REFUSED);
	assert_says(&bench, "only 0 bytes");
	assert_int_equal(bench.writes, 0);
	tear_down(&bench);
}

/* ---- what fails is put back ---- */

static void test_undo_plug(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	before = world_of(bench.sim);
	refuse(&bench, config(17), "1", -EIO);
	assert_int_equal(fulfil(&bench, PLUG_1G, NULL), MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 17, "firmware");
	assert_reason(&bench, 19, "undone");
	assert_says(&bench, "/sys/firmware/memory/memory17/config: EIO");
	assert_writes(&bench, "policy=online_movable +19 +18 +17! 19 18 -18 -19 policy=offline");
	check_undone(&bench, &before);
	/* and with keep it stays */
	assert_int_equal(fulfil(&bench, PLUG_1G " keep", NULL), MHP_OUTCOME_PARTIAL);
	assert_blocks(&bench, 17, 17, "absent");
	assert_blocks(&bench, 18, 19, "Movable");
	assert_blocks(&bench, 16, 16, "Movable");
	tear_down(&bench);
}

/* It comes, and is not onlined: nobody is told by the kernel. */
static void test_undo_plug_offline(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 18, "online", -EBUSY, 0), 0);
	assert_int_equal(fulfil(&bench, PLUG_1G, NULL), MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 18, "busy");
	assert_writes(&bench, "policy=online_movable +19 +18 18! 19 -18 -19 policy=offline");
	check_undone(&bench, &before);
	tear_down(&bench);
}

/* Former zones come back, whatever the policy makes of what is configured again. */
static void test_undo_unplug(void **state)
{
	static const char *const policies[] = { "offline", "online", "online_movable" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct world before;
		struct bench bench;

		set_up_plugged(&bench, policies[i]);
		put(&bench, block_file(19, "state"), "offline");
		before = world_of(bench.sim);
		refuse(&bench, config(17), "0", -EBUSY);
		assert_int_equal(fulfil(&bench, "standby unplugged", NULL), MHP_OUTCOME_UNDONE);
		assert_reason(&bench, 17, "busy");
		check_undone(&bench, &before);
		assert_blocks(&bench, 16, 18, "Movable");
		assert_blocks(&bench, 19, 19, "offline");
		tear_down(&bench);
	}
}

/* The way back fails too: what stays is told. */
static void test_not_put_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up_plugged(&bench, "offline");
	refuse(&bench, config(17), "0", -EIO);
	refuse(&bench, config(18), "1", -EIO);
	assert_int_equal(fulfil(&bench, "standby unplugged", NULL), MHP_OUTCOME_PARTIAL);
	assert_reason(&bench, 18, "not-put-back");
	assert_reason(&bench, 19, "undone");
	assert_says(&bench, "putting it back");
	assert_blocks(&bench, 18, 18, "absent");
	assert_blocks(&bench, 19, 19, "Movable");
	tear_down(&bench);
}

/* ---- others ---- */

static void test_others(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	/* somebody sets the policy after we did */
	set_up(&bench, S390_7_3);
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_WRITE, config(19), 1,
					 POLICY_PATH,
					 "online"), 0);
	assert_int_equal(fulfil(&bench, PLUG_1G, NULL), MHP_OUTCOME_UNDONE);
	/* his stays */
	assert_string_equal(world_of(bench.sim).policy, "online");
	assert_blocks(&bench, 16, 19, "absent");
	put(&bench, POLICY_PATH, before.policy);
	/* ... and is seen before anything comes */
	assert_int_equal(mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_READ, POLICY_PATH, 4,
					 POLICY_PATH,
					 "online"), 0);
	assert_int_equal(fulfil(&bench, PLUG_1G, NULL), MHP_OUTCOME_UNDONE);
	assert_writes(&bench, "policy=online_movable");
	assert_reason(&bench, 19, "stale");
	put(&bench, POLICY_PATH, before.policy);

	/* somebody configures it as we want it */
	assert_int_equal(mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_READ, POLICY_PATH, 3,
					 config(18), "1"),
			 0);
	assert_int_equal(fulfil(&bench, PLUG_1G, NULL), MHP_OUTCOME_DONE);
	assert_reason(&bench, 18, "already");
	assert_blocks(&bench, 16, 19, "Movable");
	tear_down(&bench);

	/* ... or onlines a block before it is deconfigured */
	set_up_plugged(&bench, "offline");
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_WRITE, config(18), 1,
					 block_file(18, "state"), "online_movable"), 0);
	assert_int_equal(fulfil(&bench, "standby unplugged", NULL), MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 18, "busy");
	check_undone(&bench, &before);
	tear_down(&bench);
}

static struct mhp_plan *saved(struct mhp_plan *plan)
{
	struct mhp_plan *again;
	char *text;

	assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
	mhp_plan_unref(plan);
	assert_int_equal(mhp_plan_new_from_text(text, strlen(text), &again, NULL), 0);
	free(text);
	return again;
}

static void test_saved(void **state)
{
	static const struct {
		const char *machine, *wish, *writes;
	} rows[] = {
		{ S390_7_3, PLUG_1G, "policy=online_movable +19 +18 +17 +16 policy=offline" },
		{ PPC64_6_12, "lmb plugged online_movable borrow size:64",
		  "policy=online_movable +0x80000009 +0x80000008 policy=offline" },
	};
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_up(&bench, rows[i].machine);
		assert_int_equal(apply_plan(&bench, saved(plan_of(&bench, rows[i].wish)), NULL),
				 MHP_OUTCOME_DONE);
		assert_writes(&bench, rows[i].writes);
		tear_down(&bench);
	}

	/* an old one is not carried out */
	set_up(&bench, S390_7_3);
	plan = saved(plan_of(&bench, PLUG_1G));
	put(&bench, config(17), "1");
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
	assert_reason(&bench, 17, "stale");
	assert_int_equal(bench.writes, 0);
	tear_down(&bench);
}

/* Another LMB has these addresses by now. */
static void test_saved_moved(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;
	char *text, *at;

	(void)state;
	set_up(&bench, PPC64_6_12);
	plan = plan_of(&bench, "blocks:16-17 plugged online_movable borrow");
	assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
	mhp_plan_unref(plan);
	at = strstr(text, "\nunit: 16 2 2147483656\n");
	assert_non_null(at);
	at[strlen("\nunit: 16 2 214748365")] = '7';
	assert_int_equal(mhp_plan_new_from_text(text, strlen(text), &plan, NULL), 0);
	free(text);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
	assert_says(&bench, "not what was planned for");
	assert_int_equal(bench.writes, 0);
	tear_down(&bench);
}

/* Texts that nobody saved: units that are not the part's. */
static void test_saved_units(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "unit: 16 2 ", "unit: 16 1 " }, { "unit: 16 2 ", "unit: 17 2 " },
		{ "unit: 16 2 ", "unit: 16 3 " }, { "unit: 16 2 ", "unit: -1 2 " },
		{ "unit: 16 2 ", "unit: 16 0 " }, { "unit: 18 2 ", "unit: 16 2 " },
		{ "region: lmb\n", "region: lmc\n" }, { "base/ibm", "base/ibn" },
		{ "kind: ppc64-lmb\n", "kind: dax\n" },
	};
	struct mhp_plan *plan;
	struct bench bench;
	char *text;

	(void)state;
	set_up(&bench, PPC64_6_12);
	plan = plan_of(&bench, "lmb plugged online_movable borrow size:64");
	assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
	mhp_plan_unref(plan);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct text bad = { 0 };
		char *at = strstr(text, rows[i].from), *str;

		/* comments come first */
		while (at && at > text && at[-1] != '\n' && rows[i].from[0] != 'b')
			at = strstr(at + 1, rows[i].from);
		assert_non_null(at);
		text_add(&bad, "%.*s%s%s", (int)(at - text), text, rows[i].to,
			 at + strlen(rows[i].from));
		assert_int_equal(text_finish(&bad, &str), 0);
		if (mhp_plan_new_from_text(str, strlen(str), &plan, NULL) != -EBADMSG)
			fail_msg("%s was taken", rows[i].to);
		free(str);
	}
	free(text);
	tear_down(&bench);
}

/* ---- the end of it ---- */

static int cancel(void *data, uint64_t done, uint64_t total)
{
	(void)total;
	return done >= *(const uint64_t *)data;
}

static void test_cancel(void **state)
{
	uint64_t enough = 512 << 20;
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = cancel, .progress_data = &enough,
	};
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	before = world_of(bench.sim);
	assert_int_equal(fulfil(&bench, PLUG_1G, &opts), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_CANCELLED);
	assert_writes(&bench, "policy=online_movable +19 +18 19 18 -18 -19 policy=offline");
	check_undone(&bench, &before);
	tear_down(&bench);

	set_up_plugged(&bench, "online");
	before = world_of(bench.sim);
	enough = 5 * (UINT64_C(256) << 20);	/* four are offline, one is gone */
	assert_int_equal(fulfil(&bench, "standby unplugged", &opts), MHP_OUTCOME_UNDONE);
	assert_writes(&bench, "17 18 19 16 -19 +19 19 19 18 17 16");
	check_undone(&bench, &before);
	tear_down(&bench);
}

/* Somebody keeps the lock of the kernel: the write ends with the deadline. */
static void test_deadline(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 50 };
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_hold_hotplug(bench.sim), 0);
	assert_int_equal(fulfil(&bench, PLUG_1G, &opts), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_DEADLINE);
	mhp_sim_release_hotplug(bench.sim);
	check_undone(&bench, &before);
	tear_down(&bench);
}

/* ---- ppc64 ---- */

static void test_lmbs(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, PPC64_7_3);
	before = world_of(bench.sim);
	assert_int_equal(fulfil(&bench, "lmb plugged online_movable borrow size:512", NULL),
			 MHP_OUTCOME_DONE);
	assert_writes(&bench,
		      "policy=online_movable +0x80000011 +0x80000010 policy=offline");
	assert_blocks(&bench, 16, 17, "Movable");
	assert_int_equal(fulfil(&bench, "blocks:17 unplugged", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "17 -0x80000011");
	assert_int_equal(fulfil(&bench, "lmb unplugged", NULL), MHP_OUTCOME_DONE);
	check_undone(&bench, &before);

	/* without it the kernel onlines what comes as it likes */
	assert_int_equal(fulfil(&bench, "blocks:16 plugged online_movable", NULL),
			 MHP_OUTCOME_REFUSED);
	assert_int_equal(fulfil(&bench, "blocks:16 plugged offline borrow", NULL),
			 MHP_OUTCOME_REFUSED);
	assert_says(&bench, "cannot be plugged and stay offline");
	assert_int_equal(fulfil(&bench, "blocks:16 plugged online", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "+0x80000010");
	tear_down(&bench);
}

static void test_lmbs_undo(void **state)
{
	struct world before;
	struct bench bench;

	(void)state;
	set_up(&bench, PPC64_6_12);
	before = world_of(bench.sim);
	/* the hypervisor has none: dlpar_acquire_drc() */
	refuse(&bench, DLPAR, "memory add index 0x80000008", -EPERM);
	assert_int_equal(fulfil(&bench, "lmb plugged online_movable borrow size:64", NULL),
			 MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 16, "firmware");
	assert_reason(&bench, 17, "firmware");
	assert_writes(&bench, "policy=online_movable +0x80000009 +0x80000008! 19 18 "
			      "-0x80000009 policy=offline");
	check_undone(&bench, &before);

	/* one that will not online goes again by itself */
	assert_int_equal(mhp_sim_fail_block(bench.sim, 21, "online", -EBUSY, 0), 0);
	assert_int_equal(fulfil(&bench, "blocks:18-21 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 20, "busy");
	check_undone(&bench, &before);

	/* and back: both blocks of it, each to its zone */
	mhp_sim_clear_failures(bench.sim);
	assert_int_equal(fulfil(&bench, "blocks:16-19 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
	put(&bench, block_file(19, "state"), "offline");
	put(&bench, block_file(19, "state"), "online_kernel");
	put(&bench, block_file(18, "state"), "offline");
	before = world_of(bench.sim);
	refuse(&bench, DLPAR, "memory remove index 0x80000008", -EBUSY);
	assert_int_equal(fulfil(&bench, "lmb unplugged", NULL), MHP_OUTCOME_UNDONE);
	check_undone(&bench, &before);
	assert_blocks(&bench, 18, 18, "offline");
	assert_blocks(&bench, 19, 19, "Normal");
	tear_down(&bench);
}

/* ---- s390 before 7.2: all is there from boot ---- */

static void test_attached_by_onlining(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, "6.12-s390-standby.txt");
	assert_int_equal(fulfil(&bench, "blocks:16-17 online online_movable", NULL),
			 MHP_OUTCOME_DONE);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 18, "online", -EPERM, 0), 0);
	assert_int_equal(fulfil(&bench, "blocks:18 online online_movable", NULL),
			 MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 18, "vetoed");
	assert_non_null(strstr(mhp_report_get_hint(bench.report), "s390"));
	assert_int_equal(fulfil(&bench, "blocks:20 plugged online", NULL), MHP_OUTCOME_REFUSED);
	tear_down(&bench);
}

/* ---- each access fails once ---- */

static bool is_plugged(const struct world *world, unsigned int first, unsigned int last,
		       const char *wanted)
{
	for (unsigned int id = first; id <= last; id++)
		if (strcmp(world->blocks[id], wanted))
			return false;
	return true;
}

static void sweep(const char *machine, const char *first, const char *wish, unsigned int last,
		  const char *wanted, const char *fails_path, const char *fails_word)
{
	static const int codes[] = { -EBUSY, -EIO, -EINTR, -ENOMEM, -EINVAL };
	size_t n = 0, planned, all;

	do {
		struct world before, after;
		struct mhp_plan *plan;
		struct bench bench;
		enum mhp_outcome outcome;
		int r;

		set_up(&bench, machine);
		if (first)
			assert_int_equal(fulfil(&bench, first, NULL), MHP_OUTCOME_DONE);
		if (fails_path)
			refuse(&bench, fails_path, fails_word, -EIO);
		before = world_of(bench.sim);
		plan = plan_of(&bench, wish);
		planned = mhp_sim_count(bench.sim, ANY);
		if (n)
			assert_int_equal(mhp_sim_fail_at(bench.sim, ANY, NULL, n,
							 codes[n % ARRAY_SIZE(codes)]), 0);
		mhp_report_free(bench.report);
		bench.report = NULL;
		r = mhp_apply(bench.ctx, plan, NULL, &bench.report);
		all = mhp_sim_count(bench.sim, ANY) - planned;
		after = world_of(bench.sim);
		outcome = r < 0 ? MHP_OUTCOME_REFUSED : mhp_report_get_outcome(bench.report);
		if (outcome == MHP_OUTCOME_DONE && !is_plugged(&after, 16, last, wanted))
			fail_msg("\"%s\", access %zu: it says done", wish, n);
		if (outcome == MHP_OUTCOME_REFUSED || outcome == MHP_OUTCOME_UNDONE)
			assert_same_world(&after, &before, wish);
		if (n == 0 && !fails_path)
			assert_int_equal(outcome, MHP_OUTCOME_DONE);
		/* what is not put back is told, and left for the next one */
		if (strcmp(after.policy, before.policy) && !after.journal)
			fail_msg("\"%s\", access %zu: the policy stays", wish, n);
		mhp_plan_unref(plan);
		tear_down(&bench);
	} while (++n <= all);
}

static void test_sweep(void **state)
{
	static const char plug[] = "blocks:16-17 plugged online_movable borrow";
	static const char lmbs[] = "blocks:16-19 plugged online_movable borrow";

	(void)state;
	sweep(S390_7_3, NULL, plug, 17, "Movable", NULL, NULL);
	sweep(S390_7_3, plug, "blocks:16-17 unplugged", 17, "absent", NULL, NULL);
	sweep(S390_7_3, NULL, plug, 17, "Movable", "/sys/firmware/memory/memory16/config", "1");
	sweep(S390_7_3, plug, "blocks:16-17 unplugged", 17, "absent",
	      "/sys/firmware/memory/memory16/config", "0");
	sweep(PPC64_6_12, NULL, lmbs, 19, "Movable", NULL, NULL);
	sweep(PPC64_6_12, lmbs, "blocks:16-19 unplugged", 19, "absent", NULL, NULL);
	sweep(PPC64_6_12, lmbs, "blocks:16-19 unplugged", 19, "absent", DLPAR,
	      "memory remove index 0x80000008");
}

/* Killed at each write: the policy is put back by the next one. */
static void test_kill(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 8; n++) {
		struct mhp_recovery *recovery = NULL;
		struct bench bench;
		struct mhp_plan *plan;

		set_up(&bench, S390_7_3);
		plan = plan_of(&bench, PLUG_1G);
		mhp_sim_kill_after(bench.sim, n);
		mhp_apply(bench.ctx, plan, NULL, &bench.report);
		mhp_plan_unref(plan);
		mhp_ctx_unref(bench.ctx);
		mhp_sim_kill_after(bench.sim, 1000);
		assert_int_equal(mhp_sim_new_ctx(bench.sim, &bench.ctx), 0);
		assert_int_equal(mhp_recover(bench.ctx, NULL, &recovery), 0);
		mhp_recovery_free(recovery);
		assert_string_equal(world_of(bench.sim).policy, "offline");
		assert_false(world_of(bench.sim).journal);
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plug),
		cmocka_unit_test(test_unplug),
		cmocka_unit_test(test_unplug_kernel_last),
		cmocka_unit_test(test_plug_the_rest),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_undo_plug),
		cmocka_unit_test(test_undo_plug_offline),
		cmocka_unit_test(test_undo_unplug),
		cmocka_unit_test(test_not_put_back),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_saved),
		cmocka_unit_test(test_saved_moved),
		cmocka_unit_test(test_saved_units),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_lmbs),
		cmocka_unit_test(test_lmbs_undo),
		cmocka_unit_test(test_attached_by_onlining),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
