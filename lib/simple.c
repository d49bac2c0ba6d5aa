// SPDX-License-Identifier: LGPL-2.1-or-later
/* One-call helpers, made of public functions but for who recovered what. */
#include <errno.h>
#include <stdlib.h>

#include <mhp/mhp.h>

#include "internal.h"

/*
 * What is about one region by its name needs no other's blocks. Whatever is wrong with that, the
 * whole tells: it may be an identity.
 */
static int look_for(struct mhp_ctx *ctx, const struct mhp_request *request,
		    struct mhp_snapshot **ret_snap)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	int r = -ENOENT;

	if (request->target == TARGET_REGION && !request->size_bytes)
		opts.region = request->region;
	if (opts.region)
		r = mhp_snapshot_new(ctx, &opts, ret_snap);
	opts.region = NULL;
	return r == -ENOENT ? mhp_snapshot_new(ctx, &opts, ret_snap) : r;
}

static int fulfil_once(struct mhp_ctx *ctx, const struct mhp_request *request,
		       const struct mhp_apply_opts *opts, struct mhp_report **ret_report)
{
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	char *why;
	int r;

	r = look_for(ctx, request, &snap);
	if (r < 0)
		return r;
	r = mhp_plan_new_why(snap, request, &plan, &why);
	mhp_snapshot_unref(snap);
	if (r < 0) {
		if (why)
			ctx_log(ctx, r, NULL, "%s", why);
		free(why);
		return r;
	}
	r = mhp_apply(ctx, plan, opts, ret_report);
	mhp_plan_unref(plan);
	return r;
}

/* Planned for settings that a killed user had left borrowed, and that are put back by now? */
static bool is_to_repeat(const struct mhp_report *report)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(report);

	return mhp_report_get_recovery(report) &&
	       mhp_report_get_reason(report) == MHP_REASON_STALE &&
	       (outcome == MHP_OUTCOME_REFUSED || outcome == MHP_OUTCOME_UNDONE);
}

MHP_EXPORT int mhp_fulfil(struct mhp_ctx *ctx, const struct mhp_request *request,
			  const struct mhp_apply_opts *opts, struct mhp_report **ret_report)
{
	struct mhp_report *first;
	int r;

	r = fulfil_once(ctx, request, opts, &first);
	if (r == 0 && is_to_repeat(first)) {
		r = fulfil_once(ctx, request, opts, ret_report);
		if (r == 0)
			report_hand_over_recovery(first, *ret_report);
		mhp_report_free(first);
		return r;
	}
	if (r == 0)
		*ret_report = first;
	return r;
}

/* type is for MHP_GOAL_ONLINE */
static int fulfil_goal(struct mhp_ctx *ctx, const char *region, enum mhp_goal goal,
		       enum mhp_online_type type, uint64_t rules, struct mhp_report **ret_report)
{
	struct mhp_request *request;
	int r;

	r = mhp_request_new(&request);
	if (r < 0)
		return r;
	r = mhp_request_set_region(request, region);
	if (r == 0)
		r = mhp_request_set_goal(request, goal);
	if (r == 0)
		r = mhp_request_set_online_type(request, type);
	if (r == 0)
		r = mhp_request_set_rules(request, rules);
	if (r == 0)
		r = mhp_fulfil(ctx, request, NULL, ret_report);
	mhp_request_free(request);
	return r;
}

MHP_EXPORT int mhp_online_region(struct mhp_ctx *ctx, const char *region,
				 enum mhp_online_type type, uint64_t rules,
				 struct mhp_report **ret_report)
{
	return fulfil_goal(ctx, region, MHP_GOAL_ONLINE, type, rules, ret_report);
}

MHP_EXPORT int mhp_offline_region(struct mhp_ctx *ctx, const char *region, uint64_t rules,
				  struct mhp_report **ret_report)
{
	return fulfil_goal(ctx, region, MHP_GOAL_OFFLINE, MHP_OFFLINE, rules, ret_report);
}

MHP_EXPORT int mhp_plug_region(struct mhp_ctx *ctx, const char *region,
			       enum mhp_online_type type, uint64_t rules,
			       struct mhp_report **ret_report)
{
	return fulfil_goal(ctx, region, MHP_GOAL_PLUGGED, type, rules | MHP_RULE_BORROW,
			   ret_report);
}

MHP_EXPORT int mhp_unplug_region(struct mhp_ctx *ctx, const char *region, uint64_t rules,
				 struct mhp_report **ret_report)
{
	return fulfil_goal(ctx, region, MHP_GOAL_UNPLUGGED, MHP_OFFLINE, rules, ret_report);
}
