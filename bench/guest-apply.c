// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libmhp changes a region of a guest's kernel: what mhp_apply() took, verification included, and
 * the snapshot and the plan before it, in nanoseconds of the clock: instructions, in a guest with
 * -icount. Two numbers on standard output.
 *
 * guest-apply REGION online|online-per-block|offline|plug|plug-per-block|unplug
 *
 * Online is in Movable. Ends with 77 where the plan has no step of a block though that is asked
 * for (per-block). It changes the machine that it runs on: only in
 * a guest (bench/vm/run).
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mhp/mhp.h>

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void expect(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(-r));
	exit(1);
}

static struct mhp_request *request_for(const char *region, const char *what)
{
	bool plugs = strncmp(what, "plug", 4) == 0, onlines = strncmp(what, "online", 6) == 0;
	uint64_t rules = (plugs ? MHP_RULE_BORROW : 0) |
			 (strstr(what, "-per-block") ? MHP_RULE_PER_BLOCK : 0);
	struct mhp_request *request;

	expect(mhp_request_new(&request), "request");
	expect(mhp_request_set_region(request, region), region);
	expect(mhp_request_set_goal(request, onlines ? MHP_GOAL_ONLINE :
					     plugs   ? MHP_GOAL_PLUGGED :
					     strcmp(what, "unplug") == 0 ? MHP_GOAL_UNPLUGGED :
									   MHP_GOAL_OFFLINE),
	       what);
	if (onlines || plugs)
		expect(mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE), "type");
	expect(mhp_request_set_rules(request, rules), "rules");
	return request;
}

static size_t count_block_steps(const struct mhp_plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < mhp_plan_count_steps(plan); i++)
		count += mhp_step_get_kind(mhp_plan_get_step(plan, i)) == MHP_STEP_BLOCK;
	return count;
}

int main(int argc, char **argv)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct mhp_report *report;
	struct mhp_plan *plan;
	struct mhp_ctx *ctx;
	uint64_t start, ready, end;
	int r = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: %s REGION WHAT\n", argv[0]);
		return 2;
	}
	request = request_for(argv[1], argv[2]);
	expect(mhp_ctx_new(NULL, &ctx), "context");
	start = now_ns();
	expect(mhp_snapshot_new(ctx, &opts, &snap), "snapshot");
	expect(mhp_plan_new(snap, request, &plan), "plan");
	if (strstr(argv[2], "-per-block") && !count_block_steps(plan))
		return 77;
	ready = now_ns();
	expect(mhp_apply(ctx, plan, NULL, &report), "apply");
	end = now_ns();
	if (mhp_report_get_outcome(report) != MHP_OUTCOME_DONE) {
		fprintf(stderr, "%s\n", mhp_report_get_message(report));
		r = 1;
	}
	printf("%llu %llu\n", (unsigned long long)(end - ready),
	       (unsigned long long)(ready - start));
	mhp_report_free(report);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	mhp_request_free(request);
	mhp_ctx_unref(ctx);
	return r;
}
