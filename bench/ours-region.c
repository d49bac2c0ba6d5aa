// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libmhp onlines a region, or takes it offline, in a tree of make-tree: snapshot of this
 * region, plan, apply and verify. Udev's rules, which the kernel's files do not tell of and
 * MHP_SNAPSHOT_FOR_PLANS reads, are left out. Nothing happens in a tree when a state is
 * written, so the blocks have a single zone, which proves that they are online.
 *
 * ours-region [-R ROOT] REGION online_movable|offline|nothing
 */
#include <mhp/mhp.h>

#include "lean.h"

static int plan(struct mhp_ctx *ctx, const char *region, const char *word,
		struct mhp_plan **ret_plan)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .region = region };
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	int r;

	r = mhp_snapshot_new(ctx, &opts, &snap);
	if (r < 0)
		return r;
	r = mhp_request_new(&request);
	if (r == 0)
		r = mhp_request_set_region(request, region);
	if (r == 0)
		r = mhp_request_set_rules(request, MHP_RULE_PER_BLOCK);
	if (r == 0 && strcmp(word, "offline") == 0) {
		r = mhp_request_set_goal(request, MHP_GOAL_OFFLINE);
	} else if (r == 0) {
		r = mhp_request_set_goal(request, MHP_GOAL_ONLINE);
		if (r == 0)
			r = mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE);
	}
	if (r == 0)
		r = mhp_plan_new(snap, request, ret_plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	return r;
}

static int change(struct mhp_ctx *ctx, const char *region, const char *word)
{
	struct mhp_plan *planned = NULL;
	struct mhp_report *report;
	double start = now_us();
	int r;

	r = plan(ctx, region, word, &planned);
	if (r == 0)
		r = mhp_apply(ctx, planned, NULL, &report);
	mhp_plan_unref(planned);
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", region, strerror(-r));
		return 1;
	}
	if (mhp_report_get_outcome(report) == MHP_OUTCOME_DONE) {
		tell_inside(now_us() - start);
	} else {
		fprintf(stderr, "%s\n", mhp_report_get_message(report));
		r = 1;
	}
	mhp_report_free(report);
	return r;
}

int main(int argc, char **argv)
{
	const char *root = "";
	struct mhp_ctx *ctx;
	char mark[4096];
	int r;

	if (argc > 2 && strcmp(argv[1], "-R") == 0) {
		root = argv[2];
		argv += 2;
		argc -= 2;
	}
	snprintf(mark, sizeof(mark), "%s/.faketree", root);
	if (argc != 3 || access(mark, F_OK) != 0) {
		fprintf(stderr, "usage: ours-region [-R ROOT] REGION WORD; in a made tree\n");
		return 2;
	}
	r = mhp_ctx_new(root[0] ? root : NULL, &ctx);
	if (r < 0) {
		fprintf(stderr, "root: %s\n", strerror(-r));
		return 1;
	}
	if (strcmp(argv[2], "nothing") != 0)
		r = change(ctx, argv[1], argv[2]);
	mhp_ctx_unref(ctx);
	return r;
}
