// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why there is no plan, as people are told. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/bench.h"
#include "support/fakesys.h"

static char logged[512];

static void keep_log(void *data, int code, const char *path, const char *message)
{
	(void)data;
	(void)code;
	(void)path;
	snprintf(logged, sizeof(logged), "%s", message);
}

static struct mhp_snapshot *take(struct bench *bench, const char *region)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .region = region };
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(bench->ctx, &opts, &snap), 0);
	return snap;
}

/* Drops the request. */
static void assert_why(const struct mhp_snapshot *snap, struct mhp_request *request, int code,
		       const char *expected)
{
	struct mhp_plan *plan = NULL;
	char *why;

	assert_int_equal(mhp_plan_new_why(snap, request, &plan, &why), code);
	assert_null(plan);
	assert_string_equal(why, expected);
	free(why);
	assert_int_equal(mhp_plan_new(snap, request, &plan), code);
	mhp_request_free(request);
}

static int plan_code_of(const struct mhp_snapshot *snap, const char *wish)
{
	struct mhp_request *request = ask(wish);
	struct mhp_plan *plan = NULL;
	int r = mhp_plan_new(snap, request, &plan);

	mhp_plan_unref(plan);
	mhp_request_free(request);
	return r;
}

static void no_such(void **state)
{
	static const struct {
		const char *wish, *why;
	} rows[] = {
		{ "dax9.9 offline", "dax9.9: there is no such region" },
		{ "dax9.9 plugged online_movable size:1024",
		  "1 GiB of dax9.9: there is no such region" },
		{ "hmem:0x9 offline", "hmem:0x9: there is no such region, unless it is an "
		  "identity: the snapshot has none" },
		{ "node:9 offline", "node 9: there is no such node" },
	};
	struct mhp_request *hostile;
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	snap = take(&bench, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_why(snap, ask(rows[i].wish), -ENOENT, rows[i].why);
	hostile = ask("dax0.0 offline");
	assert_int_equal(mhp_request_set_region(hostile, "dax\n\x1b[31m"), 0);
	assert_why(snap, hostile, -ENOENT, "dax\\x0a\\x1b[31m: there is no such region, "
		   "unless it is an identity: the snapshot has none");
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

static void lacking(void **state)
{
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up(&bench, RANGES_7_3);
	snap = take(&bench, NULL);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_why(snap, request, -EINVAL, "the request lacks a target");
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_node(request, 1), 0);
	assert_why(snap, request, -EINVAL, "the request lacks a goal");
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_node(request, 1), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_PLUGGED), 0);
	assert_why(snap, request, -EINVAL, "the request lacks an online type");
	assert_why(snap, ask("blocks:0-4294967295 offline"), -EINVAL,
		   "blocks 0-4294967295: more blocks than any machine has");
	mhp_snapshot_unref(snap);
	snap = take(&bench, "dax0.0");
	assert_why(snap, ask("node:1 offline"), -EINVAL, "node 1: the snapshot is of dax0.0 only");
	assert_why(snap, ask("dax0.1 offline"), -ENOENT,
		   "dax0.1: there is no such region; the snapshot is of dax0.0 only");
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

static void not_listed(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	struct mhp_snapshot *snap;
	char expected[128];

	(void)state;
	fakesys_find(fs, "/sys/bus/dax/devices")->code = -EIO;
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	/* C libraries have words of their own for it */
	snprintf(expected, sizeof(expected), "dax0.0: regions could not be listed: "
		 "/sys/bus/dax/devices: EIO (%s)", strerror(EIO));
	assert_why(snap, ask("dax0.0 offline"), -EIO, expected);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

static void assert_not_listed(struct mhp_ctx *ctx, const char *wish, int code, const char *what)
{
	struct mhp_snapshot *snap;
	char expected[128];

	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	snprintf(expected, sizeof(expected), "node 1: %s (%s)", what, strerror(-code));
	assert_why(snap, ask(wish), code, expected);
	mhp_snapshot_unref(snap);
}

/* Blocks that nobody could list are not passed over: they may be the node's. */
static void node_not_listed(void **state)
{
	static const char *const wishes[] = {
		"node:1 offline", "node:1 online online_movable", "node:1 unplugged",
	};
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_find(fs, NODE_PATH "/node1")->code = -ELOOP;
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++)
		assert_not_listed(ctx, wishes[i], -ELOOP,
				  "its blocks could not be listed: " NODE_PATH "/node1: ELOOP");
	fakesys_find(fs, NODE_PATH)->code = -EMFILE;
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++)
		assert_not_listed(ctx, wishes[i], -EMFILE,
				  "nodes could not be listed: " NODE_PATH ": EMFILE");
	/* what comes are devices, which say so themselves */
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	assert_int_equal(plan_code_of(snap, "node:1 plugged online_movable"), 0);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

static void a_plan_needs_no_reason(void **state)
{
	struct mhp_request *request = ask("dax0.0 offline");
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	struct bench bench;
	char *why = logged;

	(void)state;
	set_up(&bench, HMEM_7_3);
	snap = take(&bench, NULL);
	assert_int_equal(mhp_plan_new_why(snap, request, &plan, &why), 0);
	assert_null(why);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	mhp_request_free(request);
	tear_down(&bench);
}

/* Who has no plan in hand is told by the log function. */
static void in_one_call(void **state)
{
	struct mhp_report *report;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mhp_ctx_set_log_fn(bench.ctx, keep_log, NULL);
	assert_int_equal(mhp_offline_region(bench.ctx, "dax9.9", 0, &report), -ENOENT);
	assert_string_equal(logged, "dax9.9: there is no such region");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_such),
		cmocka_unit_test(lacking),
		cmocka_unit_test(not_listed),
		cmocka_unit_test(node_not_listed),
		cmocka_unit_test(a_plan_needs_no_reason),
		cmocka_unit_test(in_one_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
