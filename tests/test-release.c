// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The hardware behind a CXL region is given back: once nothing of it is memory, never
 * before, and whatever is in doubt stands against it.
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

#define REGION "7.3-cxl-region-region.txt"	/* region0 with dax0.0: 34 to 37, offline */
#define REGIONS "7.3-cxl-regions-region.txt"	/* and region1 with dax1.0: 38 to 41 */
#define MANY "7.3-cxl-many.txt"		/* region0, locked; region1 without dax device */
#define ROOT "/sys/devices/platform/ACPI0017:00/root0/decoder0.0/"
#define COMMIT(n) ROOT "region" #n "/commit"
#define STATE(n) ROOT "region" #n "/dax_region" #n "/dax" #n ".0/state"

static void check_commit(struct bench *bench, const char *path, const char *expected)
{
	char *text;

	assert_int_equal(mhp_sim_read(bench->sim, path, &text), 0);
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, expected);
	free(text);
}

static bool has_dax(struct bench *bench, const char *name)
{
	char path[128], *text;
	int r;

	snprintf(path, sizeof(path), "/sys/bus/dax/devices/%s/size", name);
	r = mhp_sim_read(bench->sim, path, &text);
	if (r == 0)
		free(text);
	return r == 0;
}

static void check_conflict(struct bench *bench, const char *wish, enum mhp_conflict_code code,
			   const char *part)
{
	struct mhp_plan *plan = plan_of(bench, wish);
	const struct mhp_conflict *conflict = mhp_plan_get_conflict(plan, 0);

	assert_int_equal(mhp_plan_count_steps(plan), 0);
	assert_non_null(conflict);
	assert_int_equal(mhp_conflict_get_code(conflict), code);
	if (!strstr(mhp_conflict_get_message(conflict), part))
		fail_msg("%s: %s", wish, mhp_conflict_get_message(conflict));
	mhp_plan_unref(plan);
}

/* ---- plans: no machine acts ---- */

static void planned_last(void **state)
{
	struct mhp_plan *plan;
	const struct mhp_step *step;
	uint64_t start, size;
	struct bench bench;
	enum mhp_state now;
	char *text;

	(void)state;
	set_up(&bench, REGION);
	plan = plan_of(&bench, "region0 unplugged release");
	assert_int_equal(mhp_plan_count_conflicts(plan), 0);
	assert_int_equal(mhp_plan_count_steps(plan), 2);
	step = mhp_plan_get_step(plan, 1);
	assert_int_equal(mhp_step_get_kind(step), MHP_STEP_RELEASE);
	assert_string_equal(mhp_step_kind_to_str(MHP_STEP_RELEASE), "release");
	assert_string_equal(mhp_step_get_word(step), "0");
	assert_null(mhp_step_get_undo_word(step));
	assert_int_equal(mhp_step_copy_path(step, &text), 0);
	assert_string_equal(text, COMMIT(0));
	free(text);
	assert_int_equal(mhp_step_count_ranges(step), 1);
	assert_int_equal(mhp_step_get_range(step, 0, &start, &size), 0);
	assert_int_equal(start, 0x110000000);
	assert_int_equal(size, 512 << 20);
	mhp_step_get_expected(step, &now, NULL);
	assert_int_equal(now, MHP_STATE_ABSENT);
	assert_int_equal(mhp_plan_count_warnings(plan), 1);
	assert_int_equal(mhp_conflict_get_code(mhp_plan_get_warning(plan, 0)),
			 MHP_WARNING_NOT_UNDOABLE);
	assert_int_equal(mhp_plan_copy_text(plan, &text), 0);
	assert_non_null(strstr(text, "2. release region0: its decoders are turned off, the pool "
			       "slice is free: write \"0\" to " COMMIT(0) " (cannot be undone)\n"));
	free(text);
	mhp_plan_unref(plan);
	/* by its lasting name, too, where it has one */
	tear_down(&bench);
	set_up(&bench, MANY);
	plan = plan_of(&bench, "cxl:0x3c4d00000003@0x0,0x3c4d00000004@0x0 unplugged release");
	assert_int_equal(mhp_plan_count_steps(plan), 1);
	mhp_plan_unref(plan);
	tear_down(&bench);
}

static void refused(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, MANY);
	check_conflict(&bench, "region0 unplugged release", MHP_CONFLICT_LOCKED, "locked");
	check_conflict(&bench, "kind:cxl unplugged release", MHP_CONFLICT_LOCKED, "region0");
	check_conflict(&bench, "dax0.0 unplugged release", MHP_CONFLICT_NOT_ABLE, "no hardware");
	check_conflict(&bench, "kind:dax unplugged release", MHP_CONFLICT_NOT_ABLE, "dax0.0");
	check_conflict(&bench, "boot unplugged release", MHP_CONFLICT_BOOT_MEMORY, "booted");
	check_conflict(&bench, "node:1 unplugged release", MHP_CONFLICT_NOT_ABLE, "as a whole");
	check_conflict(&bench, "blocks:34-41 unplugged release", MHP_CONFLICT_NOT_ABLE, "blocks");
	check_conflict(&bench, "region1 unplugged release to:device_dax", MHP_CONFLICT_NOT_ABLE,
		       "to no driver");
	check_conflict(&bench, "dax0.0 offline release", MHP_CONFLICT_NOT_ABLE, "unplugged");
	/* without a dax device there is nothing to plug, and nothing to unplug */
	check_conflict(&bench, "region1 online online_movable", MHP_CONFLICT_NOT_DEVICE,
		       "no dax device");
	check_conflict(&bench, "region1 plugged online_movable", MHP_CONFLICT_NOT_DEVICE,
		       "no dax device");
	check_conflict(&bench, "region1 offline", MHP_CONFLICT_NOT_DEVICE, "no dax device");
	tear_down(&bench);
}

/* A program may have it mapped. */
static void with_device_dax(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, REGION);
	assert_int_equal(fulfil(&bench, "region0 unplugged to:device_dax", NULL),
			 MHP_OUTCOME_DONE);
	check_conflict(&bench, "region0 unplugged release", MHP_CONFLICT_NOT_DEVICE,
		       "dax0.0 has another driver");
	tear_down(&bench);
}

/* Every verb of the parent is about the dax device below it. */
static void parent_verbs(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, REGION);
	assert_int_equal(fulfil(&bench, "region0 online online_movable", NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 34, 37, "Movable");
	assert_int_equal(fulfil(&bench, "region0 offline", NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 34, 37, "offline");
	assert_int_equal(fulfil(&bench, "region0 unplugged", NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 34, 37, "absent");
	assert_int_equal(fulfil(&bench, "region0 plugged online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
	assert_blocks(&bench, 34, 37, "Movable");
	tear_down(&bench);
}

static struct mhp_plan *read_plan(const char *text, int expected)
{
	struct mhp_plan *plan = NULL;
	unsigned int line;

	assert_int_equal(mhp_plan_new_from_text(text, strlen(text), &plan, &line), expected);
	return plan;
}

/* One line of a saved plan is another one; NULL: there is none. */
static char *change(const char *text, const char *line, const char *with)
{
	const char *at = strstr(text, line);
	char *changed;

	assert_non_null(at);
	assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, with ? with : "",
			     at + strlen(line)) > 0);
	return changed;
}

static void saved(void **state)
{
	static const struct {
		const char *line, *with;
	} bad[] = {
		{ "release: region0\n", NULL },
		{ "release: region0\n", "release: ../region0\n" },
		{ "release: region0\nkind: cxl\n", "release: region0\nkind: dax\n" },
		{ "release: region0\nkind: cxl\n", "release: region0\n" },
		{ "is-done: 0\n", NULL },
		{ "is-done: 0\n", "is-done: 2\n" },
		{ "is-done: 0\n", "is-done: 0\nis-done: 0\n" },
		{ "rules: 16\n", "rules: 0\n" },
		{ "goal: 3\n", "goal: 1\n" },
		{ "is-done: 0\nrun: 34 4\n", "is-done: 0\nrun: 34 0\n" },
		{ "is-done: 0\nrun: 34 4\n", "is-done: 0\nrun: 34 4\nrun: 34 4\n" },
		{ "path: " ROOT "region0\n", "path: /sys/devices/../region0\n" },
		/* what is unplugged is not made from it */
		{ "path: " ROOT "region0\n", "path: " ROOT "region1\n" },
		{ "is-done: 0\n", "is-done: 0\npart: blocks\n" },
	};
	struct mhp_plan *plan, *again;
	struct bench bench;
	char *text, *text2;

	(void)state;
	set_up(&bench, REGION);
	plan = plan_of(&bench, "region0 unplugged release");
	assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
	again = read_plan(text, 0);
	assert_int_equal(mhp_plan_copy_saved(again, &text2), 0);
	assert_string_equal(text, text2);
	assert_int_equal(mhp_plan_count_steps(again), 2);
	mhp_plan_unref(again);
	free(text2);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		text2 = change(text, bad[i].line, bad[i].with);
		assert_null(read_plan(text2, -EBADMSG));
		free(text2);
	}
	mhp_plan_unref(plan);
	free(text);
	/* so is one that cannot be applied */
	tear_down(&bench);
	set_up(&bench, MANY);
	plan = plan_of(&bench, "region0 unplugged release");
	assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
	again = read_plan(text, 0);
	assert_int_equal(mhp_plan_count_conflicts(again), 1);
	mhp_plan_unref(again);
	mhp_plan_unref(plan);
	free(text);
	tear_down(&bench);
}

/* ---- carried out ---- */

static void done(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, REGIONS);
	put_blocks(&bench, 34, 37, "online_movable");
	assert_int_equal(fulfil(&bench, "region0 unplugged release", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "unplugged 0");
	assert_blocks(&bench, 34, 37, "absent");
	check_commit(&bench, COMMIT(0), "0");
	assert_false(has_dax(&bench, "dax0.0"));
	/* the other one is as it was */
	assert_blocks(&bench, 38, 41, "offline");
	check_commit(&bench, COMMIT(1), "1");
	assert_true(has_dax(&bench, "dax1.0"));

	/* once more there is nothing to do */
	plan = plan_of(&bench, "region0 unplugged release");
	assert_int_equal(mhp_plan_count_steps(plan), 0);
	assert_int_equal(mhp_plan_count_conflicts(plan), 0);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_ALREADY);
	assert_int_equal(bench.writes, 0);

	/* the other one by its kind: of the first nothing is left to do */
	assert_int_equal(fulfil(&bench, "kind:cxl unplugged release", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "unplugged 0");
	check_commit(&bench, COMMIT(1), "0");
	tear_down(&bench);
}

/* Before 7.3 the driver is unbound first; there is no file of the region's lock either. */
static void before_7_3(void **state)
{
	struct mhp_sim *sim;
	struct bench bench;
	char *text, *line;

	(void)state;
	set_up(&bench, REGION);
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &text), 0);
	tear_down(&bench);
	line = strstr(text, "# kernel: 7.3");
	assert_non_null(line);
	memcpy(line, "# kernel: 6.3", strlen("# kernel: 6.3"));
	line = strstr(text, STATE(0) ": offline\n");
	assert_non_null(line);
	memmove(line, strchr(line, '\n') + 1, strlen(strchr(line, '\n')));
	line = strstr(text, ROOT "region0/locked: 0\n");
	assert_non_null(line);
	memmove(line, strchr(line, '\n') + 1, strlen(strchr(line, '\n')));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	memset(&bench, 0, sizeof(bench));
	bench.sim = sim;
	assert_int_equal(mhp_sim_new_ctx(sim, &bench.ctx), 0);
	put_blocks(&bench, 34, 37, "online_movable");
	assert_int_equal(fulfil(&bench, "region0 unplugged release", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "35 36 37 34 unbind 0");
	assert_blocks(&bench, 34, 37, "absent");
	check_commit(&bench, COMMIT(0), "0");
	tear_down(&bench);
}

static void without_dax(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, MANY);
	assert_int_equal(fulfil(&bench, "region1 unplugged release", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "0");
	check_commit(&bench, COMMIT(1), "0");
	check_commit(&bench, COMMIT(0), "1");
	tear_down(&bench);
}

/* region0 of 512 MiB, where a block has 1 GiB. */
static void set_up_small(struct bench *bench, bool no_driver)
{
	const uint64_t gib = UINT64_C(1) << 30;
	static const char *const devices[] = { "mem0" };
	struct mhp_sim_builder *builder;

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), 0);
	assert_int_equal(mhp_sim_builder_set_block_size_bytes(builder, gib), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 2), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, gib), 0);
	assert_int_equal(mhp_sim_builder_add_cxl_memdev(builder, "mem0", 0, gib, 7), 0);
	assert_int_equal(mhp_sim_builder_add_cxl_window(builder, 0, 16 * gib, 4 * gib), 0);
	assert_int_equal(mhp_sim_builder_add_cxl_region(builder, "region0", 16 * gib, gib / 2,
							devices, 1, no_driver ?
							MHP_SIM_CXL_UNBOUND : 0), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
}

/* No memory ever comes of what holds no whole block, and so nothing is in the way. */
static void without_block(void **state)
{
	struct bench bench;
	struct mhp_plan *plan;
	char *text;

	(void)state;
	for (int no_driver = 0; no_driver < 2; no_driver++) {
		set_up_small(&bench, no_driver);
		check_conflict(&bench, "region0 unplugged", MHP_CONFLICT_NO_BLOCK, "whole");
		plan = plan_of(&bench, "region0 unplugged release");
		assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
		mhp_plan_unref(plan);
		assert_int_equal(mhp_plan_new_from_text(text, strlen(text), &plan, NULL), 0);
		free(text);
		assert_int_equal(mhp_plan_count_steps(plan), 1);
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
		check_commit(&bench, COMMIT(0), "0");
		assert_false(has_dax(&bench, "dax0.0"));
		tear_down(&bench);
	}
}

/* What the firmware gave the machine at boot may be a part of a block. */
static void part_of_boot_block(void **state)
{
	static const char line[] = "400000000-41fffffff : region0\n";
	static const char ram[] = "\t    400000000-41fffffff : System RAM\n";
	struct text edited = { 0 };
	struct bench bench;
	char *text, *at;

	(void)state;
	set_up_small(&bench, true);
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &text), 0);
	tear_down(&bench);
	at = strstr(text, line);
	assert_non_null(at);
	at += strlen(line);
	text_add_raw(&edited, text, (size_t)(at - text));
	text_add(&edited, "%s%s", ram, at);
	free(text);
	assert_int_equal(text_finish(&edited, &text), 0);
	memset(&bench, 0, sizeof(bench));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &bench.sim), 0);
	free(text);
	assert_int_equal(mhp_sim_new_ctx(bench.sim, &bench.ctx), 0);
	check_conflict(&bench, "region0 unplugged release", MHP_CONFLICT_BOOT_MEMORY, "booted");
	assert_int_equal(mhp_sim_set_privileged(bench.sim, false), 0);
	check_conflict(&bench, "region0 unplugged release", MHP_CONFLICT_NO_PERMISSION, "owner");
	tear_down(&bench);
}

/* A block that refuses: nothing is released, whatever is kept. */
static void busy(void **state)
{
	static const char *const wishes[] = {
		"kind:cxl unplugged release", "kind:cxl unplugged release keep",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		struct bench bench;

		set_up(&bench, REGIONS);
		put_blocks(&bench, 34, 41, "online_movable");
		assert_int_equal(mhp_sim_fail_block(bench.sim, 36, "offline", -EBUSY, 0), 0);
		assert_int_equal(fulfil(&bench, wishes[i], NULL),
				 i ? MHP_OUTCOME_PARTIAL : MHP_OUTCOME_UNDONE);
		assert_string_equal(is(&bench, 36), "Movable");
		check_commit(&bench, COMMIT(0), "1");
		check_commit(&bench, COMMIT(1), "1");
		tear_down(&bench);
	}
}

/* Refused by the kernel: the memory is brought back. */
static void not_taken(void **state)
{
	static const struct {
		int code;
		enum mhp_reason reason;
		const char *says;
	} rows[] = {
		{ -EPERM, MHP_REASON_VETOED, "EPERM" }, { -EBUSY, MHP_REASON_BUSY, "EBUSY" },
		{ -EACCES, MHP_REASON_NO_PERMISSION, "EACCES" },
		{ -ENXIO, MHP_REASON_UNKNOWN, "ENXIO" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench bench;

		set_up(&bench, REGION);
		put_blocks(&bench, 34, 37, "online_movable");
		assert_int_equal(mhp_sim_fail_write(bench.sim, COMMIT(0), NULL, rows[i].code, 0),
				 0);
		assert_int_equal(fulfil(&bench, "region0 unplugged release", NULL),
				 MHP_OUTCOME_UNDONE);
		assert_int_equal(mhp_report_get_reason(bench.report), rows[i].reason);
		assert_int_equal(mhp_report_get_code(bench.report), rows[i].code);
		assert_says(&bench, rows[i].says);
		assert_says(&bench, "writing \"0\" to " COMMIT(0));
		assert_int_equal(!!strstr(mhp_report_get_hint(bench.report), "locked"),
				 rows[i].code == -EPERM);
		assert_blocks(&bench, 34, 37, "Movable");
		check_commit(&bench, COMMIT(0), "1");
		tear_down(&bench);
	}
}

/* Somebody plugs it again just before the last look: nothing is written. */
static void plugged_meanwhile(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, REGION);
	assert_int_equal(mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_READ, ROOT "region0/locked", 2,
					 STATE(0), "online_movable"), 0);
	assert_int_not_equal(fulfil(&bench, "region0 unplugged release", NULL), MHP_OUTCOME_DONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
	assert_says(&bench, "region0 is not released: memory34 is there");
	assert_writes(&bench, "unplugged");
	assert_blocks(&bench, 34, 37, "Movable");
	check_commit(&bench, COMMIT(0), "1");
	tear_down(&bench);
}

/* In between there is no help; but it is told, and never called done. */
static void plugged_too_late(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, REGION);
	assert_int_equal(mhp_sim_race(bench.sim, COMMIT(0), STATE(0), "online_movable"), 0);
	assert_int_equal(fulfil(&bench, "region0 unplugged release", NULL), MHP_OUTCOME_PARTIAL);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STRANDED);
	assert_says(&bench, "memory34 came just before region0 was released");
	assert_reason(&bench, 34, "stranded");
	assert_false(has_dax(&bench, "dax0.0"));
	tear_down(&bench);
}

/* What could not be read stands against it. */
static void unreadable(void **state)
{
	static const char *const files[] = { COMMIT(0), ROOT "region0/locked" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, REGION);
		plan = plan_of(&bench, "region0 unplugged release");
		assert_int_equal(mhp_plan_count_conflicts(plan), 0);
		assert_int_equal(mhp_sim_fail_read(bench.sim, files[i], -EIO, 0), 0);
		assert_int_not_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
		/* of commit it cannot be told whether it helped: it is not tried in silence */
		assert_true(mhp_reason_is_failure(mhp_report_get_reason(bench.report)));
		if (i)
			check_commit(&bench, COMMIT(0), "1");
		tear_down(&bench);
	}
}

/* A look at it that fails is made again; if all fail nobody else is to blame. */
static void unread_at_times(void **state)
{
	(void)state;
	for (size_t at = 1; at <= 8; at++)
		for (size_t times = 1; times <= 3; times++) {
			struct mhp_plan *plan;
			struct bench bench;
			enum mhp_outcome outcome;

			set_up(&bench, REGION);
			plan = plan_of(&bench, "region0 unplugged release");
			for (size_t i = 0; i < times; i++)
				assert_int_equal(mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_READ,
								 COMMIT(0), at + i, -EIO), 0);
			outcome = apply_plan(&bench, plan, NULL);
			if (times < 3)
				assert_int_equal(outcome, MHP_OUTCOME_DONE);
			assert_null(strstr(mhp_report_get_message(bench.report), "somebody else"));
			tear_down(&bench);
		}
}

/*
 * Each access fails once: whatever is said is true, and no decoder is off while memory of
 * the region is there.
 */
static void sweep(void **state)
{
	const uint64_t any = MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN |
			     MHP_SIM_ACCESS_LOOK;
	static const int codes[] = { -EIO, -EBUSY, -ENODEV };
	size_t count = 1;

	(void)state;
	for (size_t at = 0; at <= count; at++) {
		struct mhp_report *report = NULL;
		enum mhp_outcome outcome;
		struct mhp_plan *plan;
		struct bench bench;
		bool released;
		char *text;
		size_t before;
		int r;

		set_up(&bench, REGION);
		put_blocks(&bench, 34, 37, "online_movable");
		plan = plan_of(&bench, "region0 unplugged release");
		before = mhp_sim_count(bench.sim, any);
		if (at)
			mhp_sim_fail_at(bench.sim, any, NULL, at, codes[at % ARRAY_SIZE(codes)]);
		r = mhp_apply(bench.ctx, plan, NULL, &report);
		mhp_sim_clear_failures(bench.sim);
		if (!at)
			count = mhp_sim_count(bench.sim, any) - before;
		assert_int_equal(mhp_sim_read(bench.sim, COMMIT(0), &text), 0);
		released = !strcmp(text, "0\n");
		free(text);
		outcome = r < 0 ? MHP_OUTCOME_REFUSED : mhp_report_get_outcome(report);
		if (outcome == MHP_OUTCOME_DONE)
			assert_true(released);
		if (outcome == MHP_OUTCOME_UNDONE || outcome == MHP_OUTCOME_REFUSED) {
			assert_false(released);
			assert_blocks(&bench, 34, 37, "Movable");
		}
		if (released)
			assert_blocks(&bench, 34, 37, "absent");
		if (!at)
			assert_int_equal(outcome, MHP_OUTCOME_DONE);
		mhp_report_free(report);
		mhp_plan_unref(plan);
		tear_down(&bench);
	}
	assert_true(count > 30);
}

/* The region is another one since it was planned for. */
static void moved(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, MANY);
	plan = plan_of(&bench, "region1 unplugged release");
	put(&bench, COMMIT(1), "0");
	put(&bench, ROOT "delete_region", "region1");
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
	assert_says(&bench, "region1: the region is gone");
	assert_int_equal(bench.writes, 0);
	tear_down(&bench);
}

/* Somebody else has done it: nothing is written. */
static void met_meanwhile(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, MANY);
	plan = plan_of(&bench, "region1 unplugged release");
	put(&bench, COMMIT(1), "0");
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
	assert_int_equal(bench.writes, 0);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planned_last),
		cmocka_unit_test(refused),
		cmocka_unit_test(with_device_dax),
		cmocka_unit_test(parent_verbs),
		cmocka_unit_test(saved),
		cmocka_unit_test(done),
		cmocka_unit_test(before_7_3),
		cmocka_unit_test(without_dax),
		cmocka_unit_test(without_block),
		cmocka_unit_test(part_of_boot_block),
		cmocka_unit_test(busy),
		cmocka_unit_test(not_taken),
		cmocka_unit_test(plugged_meanwhile),
		cmocka_unit_test(plugged_too_late),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(unread_at_times),
		cmocka_unit_test(sweep),
		cmocka_unit_test(moved),
		cmocka_unit_test(met_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
