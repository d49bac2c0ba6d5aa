// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the machine around a plan has against it: policy, udev rules, memory, the ratio. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fakesys.h"

#define PARAMETERS "/sys/module/memory_hotplug/parameters"
#define RULES "/etc/udev/rules.d/1.rules"
#define DAX "/sys/devices/platform/hmem.0/dax0.0"

#define OFFLINE MHP_OFFLINE
#define ONLINE MHP_ONLINE
#define KERNEL MHP_ONLINE_KERNEL
#define MOVABLE MHP_ONLINE_MOVABLE
#define BORROW MHP_RULE_BORROW
#define PER_BLOCK MHP_RULE_PER_BLOCK

/* A file's new text; NULL: it goes; a code: reading it fails. */
struct change {
	const char *path, *text;
	int code;
};

struct row {
	const char *machine;
	enum mhp_goal goal;
	enum mhp_online_type type;
	uint64_t rules;
	struct change changes[4];
	const char *expected;	/* "conflict udev-rule" and "warning ratio", one a line */
	const char *part;	/* of what is told about them; NULL: nothing more to it */
};

static struct mhp_snapshot *take(const struct row *row, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct fakesys *fs = fakesys_new_machine(row->machine);
	struct mhp_snapshot *snap;
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
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
	return snap;
}

/*
 * A plan without conflicts, warnings and steps, for these are what a snapshot and
 * the other parts of the planner add.
 */
static struct mhp_plan *empty_plan(const struct mhp_snapshot *snap, const struct row *row)
{
	struct mhp_request *request;
	struct mhp_plan *plan;

	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, "dax0.0"), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_OFFLINE), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	mhp_request_free(request);
	conflicts_free(&plan->conflicts);
	conflicts_free(&plan->warnings);
	plan->conflicts = plan->warnings = (struct conflicts){ 0 };
	plan->n_steps = 0;
	plan->goal = row->goal;
	plan->type = row->type;
	plan->rules = row->rules;
	return plan;
}

/* Their codes, a line each; *ret_text: all that is told about them. */
static char *codes_of(const struct mhp_plan *plan, char **ret_text)
{
	struct text codes = { 0 }, text = { 0 };
	const struct mhp_conflict *one;
	char *str;

	for (size_t i = 0; (one = mhp_plan_get_conflict(plan, i)); i++)
		text_add(&codes, "conflict %s\n",
			 mhp_conflict_code_to_str(mhp_conflict_get_code(one)));
	for (size_t i = 0; (one = mhp_plan_get_warning(plan, i)); i++)
		text_add(&codes, "warning %s\n",
			 mhp_conflict_code_to_str(mhp_conflict_get_code(one)));
	text_add_conflicts(&text, "conflict", &plan->conflicts);
	text_add_conflicts(&text, "warning", &plan->warnings);
	assert_int_equal(text_finish(&text, ret_text), 0);
	assert_int_equal(text_finish(&codes, &str), 0);
	return str;
}

static bool row_is_right(size_t number, const struct row *row, uint64_t flags)
{
	struct mhp_snapshot *snap = take(row, flags);
	struct mhp_plan *plan = empty_plan(snap, row);
	char *codes, *text;
	bool right;

	assert_int_equal(plan_add_fact_warnings(plan, snap), 0);
	codes = codes_of(plan, &text);
	right = !strcmp(codes, row->expected) && (!row->part || strstr(text, row->part));
	if (!right)
		print_error("row %zu: not\n%s with \"%s\" but\n%s", number, row->expected,
			    row->part ? row->part : "", text);
	free(codes);
	free(text);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	return right;
}

static void check_rows(const struct row *rows, size_t count, uint64_t flags)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += !row_is_right(i, &rows[i], flags);
	assert_int_equal(wrong, 0);
}

/* ---- who else onlines it ---- */

#define UNBOUND "6.12-hmem-unbound"
#define NOTHING { { NULL, NULL, 0 } }
#define POLICY(word) { POLICY_PATH, word "\n", 0 }
#define RULE(type) \
	{ RULES, "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"" type "\"\n", 0 }
#define MAY(type) \
	{ RULES, "SUBSYSTEM==\"memory\", PROGRAM==\"x\", ATTR{state}=\"" type "\"\n", 0 }
#define RUN(what) { RULES, what ", RUN+=\"/bin/x\"\n", 0 }

static const struct row others[] = {
	{ UNBOUND, MHP_GOAL_PLUGGED, ONLINE, 0, { POLICY("online_movable") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { POLICY("online_movable") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { POLICY("offline") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW, { POLICY("online_movable") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, OFFLINE, BORROW, { POLICY("online") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, 0, { { POLICY_PATH, NULL, 0 } }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW, { { POLICY_PATH, "x\n", 0 } }, "", NULL },
	/* rules, where blocks come offline */
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { RULE("online") }, "conflict udev-rule\n",
	  "dax0.0 would be onlined as online by the udev rule " RULES
	  ":1, and is to be online_movable\n  hint: an empty file of the same name in "
	  "/etc/udev/rules.d masks it; or allow" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { RULE("online_movable") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, ONLINE, 0, { RULE("online_movable") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { MAY("online") }, "warning udev-rule\n",
	  "dax0.0 may be onlined as online by the udev rule " RULES ":1, and is" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { MAY("online_movable") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { RUN("SUBSYSTEM==\"memory\"") },
	  "warning udev-rule\n", "dax0.0 may be onlined by the udev rule" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { RUN("SUBSYSTEM==\"dax\"") },
	  "warning udev-rule\n", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, OFFLINE, 0, { RULE("online_movable") },
	  "conflict udev-rule\n", "and is to stay offline\n  hint: an empty file" },
	{ UNBOUND, MHP_GOAL_PLUGGED, OFFLINE, BORROW, { RULE("online") }, "conflict udev-rule\n",
	  NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, OFFLINE, BORROW, { MAY("online") }, "warning udev-rule\n",
	  NULL },
	/* what the kernel onlines itself, as it is wanted, no rule gets hold of */
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW, { RULE("online") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { POLICY("online_movable"), RULE("online") }, "",
	  NULL },
	/* files that are not known */
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0, { { RULES, "", -EACCES } },
	  "warning not-checked\n", "not all udev rules are known: " RULES ": EACCES" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW, { { RULES, "", -EACCES } }, "", NULL },
	/* no block is added, or the device adds it */
	{ "7.3-hmem-unplugged", MHP_GOAL_PLUGGED, MOVABLE, 0, { POLICY("online"), RULE("online") },
	  "", NULL },
	{ "7.3-hmem-bound", MHP_GOAL_PLUGGED, MOVABLE, 0, { POLICY("online"), RULE("online") }, "",
	  NULL },
	{ "7.3-hmem-unplugged", MHP_GOAL_ONLINE, MOVABLE, 0, { POLICY("online"), RULE("online") },
	  "", NULL },
	{ "6.12-hmem-bound", MHP_GOAL_ONLINE, MOVABLE, 0, { POLICY("online"), RULE("online") }, "",
	  NULL },
	{ UNBOUND, MHP_GOAL_UNPLUGGED, OFFLINE, 0, { POLICY("online"), RULE("online") }, "", NULL },
	{ UNBOUND, MHP_GOAL_OFFLINE, OFFLINE, 0, { POLICY("online"), RULE("online") }, "", NULL },
};

static void by_others(void **state)
{
	(void)state;
	check_rows(others, ARRAY_SIZE(others), MHP_SNAPSHOT_FOR_PLANS);
}

/* Any rule is one too many for memory that is to come offline and then be onlined by block. */
static const struct row per_block[] = {
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, PER_BLOCK | BORROW, NOTHING, "warning window\n",
	  "memory of dax0.0 comes offline, and until a block is online_movable anybody else may" },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, PER_BLOCK, { POLICY("offline") }, "warning window\n",
	  NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, PER_BLOCK | BORROW, { RULE("online") },
	  "conflict udev-rule\n", "dax0.0 would be onlined as online by the udev rule " RULES
	  ":1, and is to be online_movable block by block\n  hint: have it onlined as a whole, not "
	  "block by block; or: an empty file" },
	/* though it be of the same type */
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, PER_BLOCK | BORROW, { RULE("online_movable") },
	  "conflict udev-rule\n", "would be onlined as online_movable" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, PER_BLOCK | BORROW, { MAY("online_movable") },
	  "conflict udev-rule\n", "may be onlined as online_movable" },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, PER_BLOCK | BORROW, { RUN("SUBSYSTEM==\"memory\"") },
	  "conflict udev-rule\n", "may be onlined by the udev rule" },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, PER_BLOCK | BORROW, { RUN("SUBSYSTEM==\"dax\"") },
	  "conflict udev-rule\n", NULL },
	/* the device is there, and is bound only: such are the agent's, and daxctl's */
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, PER_BLOCK | BORROW,
	  { RUN("ACTION==\"add\", SUBSYSTEM==\"dax\"") }, "warning window\n", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, PER_BLOCK | BORROW,
	  { RUN("ACTION==\"bind\", SUBSYSTEM==\"dax\"") }, "conflict udev-rule\n", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, PER_BLOCK | BORROW,
	  { { RULES, "ACTION==\"add\", GOTO=\"end\"\nSUBSYSTEM==\"dax\", RUN+=\"/bin/x\"\n"
	    "LABEL=\"end\"\n", 0 } }, "conflict udev-rule\n", "may be onlined by the udev rule "
	  RULES ":2" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, PER_BLOCK | BORROW,
	  { MAY("online"), { "/etc/udev/rules.d/2.rules",
	    "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"online\"\n", 0 } },
	  "conflict udev-rule\n", "would be onlined as online by the udev rule "
	  "/etc/udev/rules.d/2.rules:1" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, PER_BLOCK | BORROW, { { RULES, "", -EACCES } },
	  "conflict unreadable\n", "would come offline, and not all udev rules are known: " RULES
	  ": EACCES" },
	{ "7.3-hmem-unplugged", MHP_GOAL_ONLINE, MOVABLE, PER_BLOCK | BORROW, { RULE("online") },
	  "conflict udev-rule\n", NULL },
	{ "7.3-hmem-unplugged", MHP_GOAL_ONLINE, MOVABLE, PER_BLOCK | BORROW, NOTHING,
	  "warning window\n", NULL },
	/* nothing is to come, or the kernel chooses the zone, so that it is added as a whole */
	{ "7.3-hmem-bound", MHP_GOAL_ONLINE, MOVABLE, PER_BLOCK | BORROW, { RULE("online") }, "",
	  NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, ONLINE, PER_BLOCK | BORROW, { RULE("online") }, "", NULL },
};

static void by_others_per_block(void **state)
{
	static const struct row unknown = {
		UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, PER_BLOCK | BORROW, NOTHING,
		"conflict unreadable\n", "was made without MHP_SNAPSHOT_FOR_PLANS",
	};

	(void)state;
	check_rows(per_block, ARRAY_SIZE(per_block), MHP_SNAPSHOT_FOR_PLANS);
	check_rows(&unknown, 1, 0);
}

/* ---- memory, and the ratio ---- */

#define ZONE(node, name, free, present) \
	"Node " node ", zone " name "\n  pages free " free "\n  present " present "\n"
#define ZONES(text) { "/proc/zoneinfo", text, 0 }
#define RATIO(percent) { PARAMETERS "/auto_movable_ratio", percent "\n", 0 }

/* dax0.0 has 512 MiB in 4 blocks, 131072 pages; its memmap is 8 MiB, 2048 pages */
static const struct row sizes[] = {
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW, { ZONES(ZONE("0", "Normal", "2048", "262144")) },
	  "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW, { ZONES(ZONE("0", "Normal", "2047", "262144")) },
	  "warning memmap\n", "to manage 512 MiB more the kernel needs 8 MiB in its own zones, "
	  "where 7 MiB are free\n  hint: free some" },
	/* of all nodes, but not of Movable */
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW,
	  { ZONES(ZONE("0", "Normal", "1024", "262144") ZONE("1", "DMA32", "1024", "262144")) }, "",
	  NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW,
	  { ZONES(ZONE("0", "Normal", "1", "262144") ZONE("0", "Movable", "9000", "262144")) },
	  "warning memmap\n", "where 4 KiB are free" },
	{ "7.3-hmem-unplugged", MHP_GOAL_ONLINE, KERNEL, 0,
	  { ZONES(ZONE("0", "Normal", "0", "262144")) }, "warning memmap\n", "0 bytes are free" },
	/* blocks that are there have theirs */
	{ "7.3-hmem-bound", MHP_GOAL_ONLINE, KERNEL, 0, { ZONES(ZONE("0", "Normal", "0", "262144")) },
	  "", NULL },
	/* in the memory itself, where device and system say so */
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW,
	  { ZONES(ZONE("0", "Normal", "0", "262144")), { DAX "/memmap_on_memory", "1\n", 0 },
	    { PARAMETERS "/memmap_on_memory", "Y\n", 0 } }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW,
	  { ZONES(ZONE("0", "Normal", "0", "262144")), { DAX "/memmap_on_memory", "1\n", 0 },
	    { PARAMETERS "/memmap_on_memory", "N\n", 0 } }, "warning memmap\n", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW,
	  { ZONES(ZONE("0", "Normal", "0", "262144")), { DAX "/memmap_on_memory", "0\n", 0 },
	    { PARAMETERS "/memmap_on_memory", "force\n", 0 } }, "warning memmap\n", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW,
	  { ZONES(ZONE("0", "Normal", "0", "262144")), { DAX "/memmap_on_memory", "1\n", 0 },
	    { PARAMETERS "/memmap_on_memory", NULL, 0 } }, "warning memmap\n", NULL },

	/* 262144 of 87092 pages are 301 percent */
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Normal", "9999", "87092") ZONE("1", "Movable", "0", "131072")) }, "",
	  NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Normal", "9999", "87091") ZONE("1", "Movable", "0", "131072")) },
	  "warning ratio\n", "Movable will have 1 GiB and the kernel's zones 340 MiB, 302 %: more "
	  "than auto_movable_ratio, 301 %\n  hint: the kernel may" },
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW, { ZONES(ZONE("0", "Normal", "9999", "10000")) },
	  "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, ONLINE, BORROW, { ZONES(ZONE("0", "Normal", "9999", "10000")) },
	  "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Normal", "9999", "262144")), RATIO("0") }, "warning ratio\n", "50 %" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Normal", "9999", "10000")), RATIO("5000") }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Movable", "9999", "10000")) }, "warning memmap\nwarning ratio\n",
	  "kernel's zones 0 bytes: more" },
	/* what is there already is not counted twice */
	{ "7.3-hmem-online", MHP_GOAL_ONLINE, MOVABLE, 0,
	  { ZONES(ZONE("0", "Normal", "9999", "100") ZONE("1", "Movable", "0", "131072")) }, "",
	  NULL },
	/* ... and what leaves the kernel's zones is not there any more */
	{ "7.3-hmem-bound", MHP_GOAL_ONLINE, MOVABLE, MHP_RULE_REZONE,
	  { ZONES(ZONE("0", "Normal", "9999", "119000") ZONE("1", "Movable", "0", "131072")),
	    { MEMORY_PATH "/memory32/state", "online\n", 0 },
	    { MEMORY_PATH "/memory32/valid_zones", "Normal\n", 0 } },
	  "warning ratio\n", "the kernel's zones 336 MiB, 304 %" },
	{ "7.3-hmem-bound", MHP_GOAL_ONLINE, MOVABLE, MHP_RULE_REZONE,
	  { ZONES(ZONE("0", "Normal", "9999", "120000") ZONE("1", "Movable", "0", "131072")),
	    { MEMORY_PATH "/memory32/state", "online\n", 0 },
	    { MEMORY_PATH "/memory32/valid_zones", "Normal\n", 0 } }, "", NULL },
	/* a node by itself, if it has memory of the kernel's */
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Normal", "9999", "262144") ZONE("1", "Normal", "0", "1000")),
	    { NODE_PATH "/node1/cpumap", "0\n", 0 } },
	  "warning ratio\n", "3 MiB on node 1, 13108 %" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Normal", "9999", "262144") ZONE("1", "Normal", "0", "1000")),
	    { NODE_PATH "/node1/cpumap", "0\n", 0 },
	    { PARAMETERS "/auto_movable_numa_aware", "N\n", 0 } }, "", NULL },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Normal", "9999", "262144") ZONE("1", "Normal", "0", "0")),
	    { NODE_PATH "/node1/cpumap", "0\n", 0 } }, "", NULL },
	/* what is not known */
	{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW, { ZONES("junk\n") }, "warning not-checked\n",
	  "free memory and the ratio of Movable were not checked: /proc/zoneinfo: \"\" is" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW, { { "/proc/zoneinfo", NULL, 0 } },
	  "warning not-checked\n", "/proc/zoneinfo: ENOENT" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW, { RATIO("x") }, "warning not-checked\n",
	  PARAMETERS "/auto_movable_ratio: \"x\" is not understood" },
	{ UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, BORROW,
	  { ZONES(ZONE("0", "Normal", "9999", "10")),
	    { PARAMETERS "/auto_movable_ratio", NULL, 0 } }, "", NULL },
	/* nothing is added, nothing moved */
	{ "7.3-hmem-online", MHP_GOAL_ONLINE, MOVABLE, 0, { ZONES("junk\n") }, "", NULL },
	{ UNBOUND, MHP_GOAL_UNPLUGGED, MOVABLE, 0, { ZONES("junk\n") }, "", NULL },
};

static void of_sizes(void **state)
{
	(void)state;
	check_rows(sizes, ARRAY_SIZE(sizes), MHP_SNAPSHOT_FOR_PLANS);
}

/* The policy is part of any snapshot. */
static void not_gathered(void **state)
{
	static const struct row rows[] = {
		{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, BORROW, NOTHING, "warning not-checked\n",
		  "were not checked: the snapshot was made without MHP_SNAPSHOT_FOR_PLANS" },
		{ UNBOUND, MHP_GOAL_PLUGGED, KERNEL, 0, { RULE("online") }, "warning not-checked\n",
		  NULL },
		{ "7.3-hmem-bound", MHP_GOAL_ONLINE, MOVABLE, 0, NOTHING, "warning not-checked\n",
		  NULL },
		{ "7.3-hmem-bound", MHP_GOAL_ONLINE, KERNEL, 0, NOTHING, "", NULL },
		{ "7.3-hmem-bound", MHP_GOAL_OFFLINE, OFFLINE, 0, NOTHING, "", NULL },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows), 0);
}

/* Only conflicts matter then: no memory will be needed. */
static void impossible(void **state)
{
	static const struct row row = {
		UNBOUND, MHP_GOAL_PLUGGED, MOVABLE, 0,
		{ ZONES(ZONE("0", "Normal", "0", "10")), POLICY("online") }, NULL, NULL,
	};
	struct mhp_snapshot *snap = take(&row, MHP_SNAPSHOT_FOR_PLANS);
	struct mhp_plan *plan = empty_plan(snap, &row);
	struct mhp_conflict conflict = { .code = MHP_CONFLICT_OTHER_DEVICES };
	struct text text = { 0 };
	char *codes, *told;

	(void)state;
	text_add(&text, "others");
	assert_int_equal(conflicts_add(&plan->conflicts, &conflict, &text), 0);
	assert_int_equal(plan_add_fact_warnings(plan, snap), 0);
	codes = codes_of(plan, &told);
	assert_string_equal(codes, "conflict other-devices\n");
	free(codes);
	free(told);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(by_others, fakesys_free_all),
		cmocka_unit_test_teardown(by_others_per_block, fakesys_free_all),
		cmocka_unit_test_teardown(of_sizes, fakesys_free_all),
		cmocka_unit_test_teardown(not_gathered, fakesys_free_all),
		cmocka_unit_test_teardown(impossible, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
