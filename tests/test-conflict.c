// SPDX-License-Identifier: LGPL-2.1-or-later
/* What stands against a plan, and what is to be known about it: code by code. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fakesys.h"

#define DAX "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0"
#define STATE(id) MEMORY_PATH "/memory" #id "/state"
#define ZONES(id) MEMORY_PATH "/memory" #id "/valid_zones"
#define AUTO MEMORY_PATH "/auto_online_blocks"

enum { ONLINE, KERNEL, MOVABLE, DEFAULT, OFFLINE, UNPLUG };

/* A file's new text; NULL: it goes; a code: reading it fails. */
struct change {
	const char *path, *text;
	int code;
};

struct row {
	const char *machine;
	int wish;
	uint64_t rules;
	struct change changes[5];
	const char *code;	/* of the first conflict, or of a warning */
	const char *part;	/* of its message or hint */
};

#define ONLINE_32(zone) { STATE(32), "online\n", 0 }, { ZONES(32), zone "\n", 0 }

static const struct row conflicts[] = {
	{ "7.3-hmem-bound", MOVABLE, 0, { ONLINE_32("none") }, "wrong-zone", "more than one zone" },
	{ "6.12-hmem-bound", MOVABLE, MHP_RULE_REZONE, { ONLINE_32("none") }, "spans-zones", "(32)" },
	{ "7.3-hmem-bound", OFFLINE, 0, { ONLINE_32("none") }, "spans-zones", "never go offline" },
	{ "6.12-hmem-bound", UNPLUG, 0, { ONLINE_32("none") }, "spans-zones", "(32)" },
	{ "7.3-hmem-bound", MOVABLE, 0,
	  { ONLINE_32("Normal"), { STATE(33), "online\n", 0 }, { ZONES(33), "DMA32\n", 0 } },
	  "wrong-zone", "several zones" },
	{ "7.3-hmem-bound", KERNEL, 0, { ONLINE_32("Movable") }, "wrong-zone",
	  "(32) is online in Movable, not in a kernel zone" },
	/* files that cannot be read, and what stood there */
	{ "7.3-hmem-bound", MOVABLE, 0, { { DAX "/mapping0/start", "", -EACCES } },
	  "no-permission", DAX "/mapping0/start: EACCES" },
	{ "7.3-hmem-bound", MOVABLE, 0, { { DAX "/mapping0/start", "", -EPERM } },
	  "no-permission", "run as root" },
	{ "7.3-hmem-bound", MOVABLE, 0, { { DAX "/mapping0/end", "0x1\n", 0 } }, "unreadable",
	  DAX "/mapping0/end: " },
	{ "7.3-hmem-bound", MOVABLE, 0, { { DAX "/driver", "no link\n", 0 } }, "unreadable",
	  DAX "/driver: EINVAL" },
	{ "7.3-hmem-bound", OFFLINE, 0, { { DAX "/state", "", -EIO } }, "unreadable",
	  DAX "/state: EIO" },
	{ "7.3-hmem-bound", MOVABLE, 0, { { DAX "/state", "frobnicated\n", 0 } }, "unreadable",
	  "whose word for it no kernel had" },
	{ "7.3-hmem-bound", OFFLINE, 0, { { STATE(33), "gone\n", 0 } }, "unreadable",
	  STATE(33) ": \"gone\" is not understood" },
	{ "7.3-hmem-bound", OFFLINE, 0, { { STATE(33), "", -EACCES } }, "no-permission",
	  "run as root" },
	{ "7.3-hmem-bound", OFFLINE, 0, { { STATE(33), "going-offline\n", 0 } }, "going-offline",
	  "(33)" },
	{ "7.3-hmem-bound", OFFLINE, 0, { ONLINE_32("Weird") }, "unreadable",
	  ZONES(32) ": \"Weird\" is not understood" },
	{ "7.3-hmem-bound", UNPLUG, 0, { { STATE(32), "online\n", 0 }, { ZONES(32), "", -EIO } },
	  "unreadable", ZONES(32) ": EIO" },
	/* the default */
	{ "7.3-hmem-bound", DEFAULT, 0, { { AUTO, NULL, 0 } }, "no-default", "name an online type" },
	{ "7.3-hmem-bound", DEFAULT, 0, { { AUTO, "junk\n", 0 } }, "unreadable",
	  AUTO ": \"junk\" is not understood" },
	{ "7.3-hmem-bound", DEFAULT, 0, { { AUTO, "", -EACCES } }, "no-permission", "EACCES" },
	/* the device */
	{ "7.3-hmem-bound", MOVABLE, 0, { { DAX "/mapping0/end", "0x100000fff\n", 0 } }, "no-block",
	  "it has 4 KiB, a block 128 MiB" },
	{ "7.3-hmem-ranges-bound", MOVABLE, 0,
	  { { DAX "/mapping0/end", "0x117ffffff\n", 0 } }, "overlap", "another region" },
	{ "6.12-hmem-unbound", KERNEL, 0, { { NULL, NULL, 0 } }, "not-bound", "kmem" },
	/* the driver has let go, blocks have not */
	{ "7.3-hmem-bound", MOVABLE, 0, { { DAX "/state", "unplugged\n", 0 } }, "stranded",
	  "(32-35)" },
	{ "7.3-hmem-bound", MOVABLE, MHP_RULE_PER_BLOCK, { { DAX "/state", "unplugged\n", 0 },
	  { MEMORY_PATH "/memory33", NULL, 0 } }, "stranded", "(32,34-35)" },
	{ "7.3-hmem-bound", UNPLUG, 0, { { DAX "/state", "unplugged\n", 0 } }, "stranded",
	  "upon a reboot only" },
	{ "7.3-hmem-bound", MOVABLE, MHP_RULE_PER_BLOCK,
	  { { MEMORY_PATH "/memory33", NULL, 0 } }, "absent", "(33)" },
	{ "7.3-hmem-bound", OFFLINE, 0,
	  { ONLINE_32("Normal"), { MEMORY_PATH "/memory33", NULL, 0 } }, "absent", "in part only" },
};

static const struct row warnings[] = {
	/* what the driver says of offline blocks */
	{ "7.3-hmem-bound", OFFLINE, 0, { { DAX "/state", "online\n", 0 } }, "stale-word",
	  "says \"online\"" },
	{ "7.3-hmem-bound", OFFLINE, 0, { { DAX "/state", "online_kernel\n", 0 } }, "stale-word",
	  "says \"online_kernel\"" },
	{ "7.3-hmem-bound", OFFLINE, 0, { { DAX "/state", "online_movable\n", 0 } }, "stale-word",
	  "says \"online_movable\"" },
	{ "7.3-hmem-bound", OFFLINE, 0, { { DAX "/state", "unplugged\n", 0 } }, "stale-word",
	  "says \"unplugged\"" },
	{ "7.3-hmem-bound", OFFLINE, 0, { { DAX "/state", "frobnicated\n", 0 } }, "stale-word",
	  "frobnicated" },
	{ "7.3-hmem-online", OFFLINE, 0, { { DAX "/state", "offline\n", 0 } }, "stale-word",
	  "says \"offline\"" },
	{ "7.3-hmem-online", OFFLINE, 0, { { DAX "/state", "online_kernel\n", 0 } }, "stale-word",
	  "are" },
	{ "7.3-hmem-online", OFFLINE, 0, { { DAX "/state", "online_movable\n", 0 } },
	  "word-will-lie", "will be" },
	{ "7.3-hmem-bound", MOVABLE, MHP_RULE_PER_BLOCK, { { NULL, NULL, 0 } }, "word-will-lie",
	  "will still say \"offline\"" },
	{ "7.3-hmem-unplugged", MOVABLE, MHP_RULE_PER_BLOCK, { { NULL, NULL, 0 } },
	  "word-will-lie", "dax0.0 will say \"offline\", which is not what the blocks will be" },
	{ "6.12-hmem-bound", UNPLUG, 0, { { NULL, NULL, 0 } }, "not-undoable", "cannot be undone" },
	{ "7.3-hmem-unaligned-bound", MOVABLE, 0, { { NULL, NULL, 0 } }, "lost-bytes", "MiB" },
	/* the machine around it; more of these in test-warnings-facts.c */
	{ "7.3-hmem-bound", MOVABLE, 0,
	  { { "/sys/module/memory_hotplug/parameters/auto_movable_ratio", "10\n", 0 } }, "ratio",
	  "more than auto_movable_ratio, 10 %" },
	{ "7.3-hmem-unplugged", KERNEL, 0, { { "/proc/zoneinfo", "", -EACCES } }, "not-checked",
	  "/proc/zoneinfo: EACCES" },
};

static struct mhp_plan *plan_of(const struct row *row)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct fakesys *fs = fakesys_new_machine(row->machine);
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	struct mhp_ctx *ctx;

	for (size_t i = 0; i < ARRAY_SIZE(row->changes) && row->changes[i].path; i++) {
		const struct change *change = &row->changes[i];

		fakesys_remove(fs, change->path);
		if (change->text)
			fakesys_file(fs, change->path, change->text);
		if (change->code)
			fakesys_find(fs, change->path)->code = change->code;
	}
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, "dax0.0"), 0);
	assert_int_equal(mhp_request_set_goal(request, row->wish == UNPLUG ? MHP_GOAL_UNPLUGGED :
					      row->wish == OFFLINE ? MHP_GOAL_OFFLINE :
								     MHP_GOAL_ONLINE), 0);
	if (row->wish == DEFAULT)
		mhp_request_set_default_type(request);
	else if (row->wish <= MOVABLE)
		assert_int_equal(mhp_request_set_online_type(
			request, (enum mhp_online_type)(row->wish + MHP_ONLINE)), 0);
	assert_int_equal(mhp_request_set_rules(request, row->rules), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
	return plan;
}

static bool is_told(const struct mhp_conflict *conflict, const struct row *row)
{
	const char *hint = mhp_conflict_get_hint(conflict);

	return !strcmp(mhp_conflict_code_to_str(mhp_conflict_get_code(conflict)), row->code) &&
	       (strstr(mhp_conflict_get_message(conflict), row->part) ||
		(hint && strstr(hint, row->part)));
}

/* As many as can be had, and none behind them. */
static bool counts_blocks(const struct mhp_plan *plan)
{
	const struct mhp_conflict *conflict = mhp_plan_get_conflict(plan, 0);
	size_t count = mhp_conflict_count_blocks(conflict);
	uint64_t id;

	for (size_t i = 0; i < count; i++)
		if (mhp_conflict_get_block_id(conflict, i, &id) < 0)
			return false;
	return mhp_conflict_get_block_id(conflict, count, &id) == -EINVAL &&
	       (count > 0) == (strstr(mhp_conflict_get_message(conflict), " blocks of ") != NULL);
}

static void complain(size_t i, const struct row *row, const struct mhp_plan *plan)
{
	char *text;

	assert_int_equal(mhp_plan_copy_text(plan, &text), 0);
	print_error("row %zu: no %s with \"%s\" in\n%s", i, row->code, row->part, text);
	free(text);
}

static void test_conflicts(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(conflicts); i++) {
		struct mhp_plan *plan = plan_of(&conflicts[i]);

		if (!mhp_plan_count_conflicts(plan) || !counts_blocks(plan) || mhp_plan_count_steps(plan) ||
		    !is_told(mhp_plan_get_conflict(plan, 0), &conflicts[i])) {
			complain(i, &conflicts[i], plan);
			wrong++;
		}
		mhp_plan_unref(plan);
	}
	assert_int_equal(wrong, 0);
}

static void test_warnings(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(warnings); i++) {
		struct mhp_plan *plan = plan_of(&warnings[i]);
		bool told = false;

		for (size_t j = 0; j < mhp_plan_count_warnings(plan); j++)
			told |= is_told(mhp_plan_get_warning(plan, j), &warnings[i]);
		if (!told || mhp_plan_count_conflicts(plan)) {
			complain(i, &warnings[i], plan);
			wrong++;
		}
		mhp_plan_unref(plan);
	}
	assert_int_equal(wrong, 0);
}

/* The word is right, and stays so: nothing to warn of. */
static void test_no_warning(void **state)
{
	static const struct row rows[] = {
		{ "7.3-hmem-bound", MOVABLE, 0, { { NULL, NULL, 0 } }, NULL, NULL },
		{ "7.3-hmem-bound", OFFLINE, 0, { { NULL, NULL, 0 } }, NULL, NULL },
		{ "7.3-hmem-unplugged", MOVABLE, 0, { { NULL, NULL, 0 } }, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_plan *plan = plan_of(&rows[i]);

		assert_int_equal(mhp_plan_count_warnings(plan), 0);
		assert_int_equal(mhp_plan_count_conflicts(plan), 0);
		mhp_plan_unref(plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_conflicts, fakesys_free_all),
		cmocka_unit_test_teardown(test_warnings, fakesys_free_all),
		cmocka_unit_test_teardown(test_no_warning, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
