// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A program that uses all three libraries, in what C99, C11, C++17 and later have in common:
 * a standing policy is followed on a simulated machine. Where the language has designated
 * initialisers, options are written with them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <mhp/agenda.h>
#include <mhp/mhp.h>
#include <mhp/sim-builder.h>
#include <mhp/sim.h>
#include <mhp/standing.h>

static const char policy[] = "[pool]\nkind = dax\ntype = online_movable\n";

/* Each call is to give 0. */
static int check(int line, int r)
{
	if (r == 0)
		return 0;
	fprintf(stderr, "line %d: %d (%s)\n", line, r, strerror(-r));
	return 1;
}
#define CHECK(call) do { if (check(__LINE__, call)) return 1; } while (0)

/* A timeout makes libmhp start a thread, which it may have to end. */
static int show(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	uint64_t *most = (uint64_t *)data;

	*most = done_bytes;
	return done_bytes > total_bytes ? MHP_CANCEL : 0;
}

static int make_machine(struct mhp_sim **ret_sim)
{
	struct mhp_sim_builder *host;

	CHECK(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &host));
	CHECK(mhp_sim_builder_add_node(host, 0, 2));
	CHECK(mhp_sim_builder_add_memory(host, 0, 0, (uint64_t)1 << 30));
	CHECK(mhp_sim_builder_add_node(host, 1, 0));
	CHECK(mhp_sim_builder_add_dax(host, "dax0.0", 1, (uint64_t)4 << 30, (uint64_t)1 << 30));
	CHECK(mhp_sim_builder_set(host, "auto_online_blocks", "online_kernel"));
	CHECK(mhp_sim_builder_load(host, "kmem"));
	CHECK(mhp_sim_new_from_builder(host, NULL, ret_sim));
	mhp_sim_builder_free(host);
	return 0;
}

static int rezone(struct mhp_ctx *ctx)
{
	uint64_t most = 0;
#if !defined(__cplusplus) || __cplusplus >= 202002L
	const struct mhp_apply_opts opts = {
		.size = sizeof(opts),
		.progress = show,
		.progress_data = &most,
		.timeout_ms = 600000,
	};
#else
	struct mhp_apply_opts opts = {};

	opts.size = sizeof(opts);
	opts.progress = show;
	opts.progress_data = &most;
	opts.timeout_ms = 600000;
#endif
	struct mhp_request *request;
	struct mhp_report *report;

	CHECK(mhp_request_new(&request));
	CHECK(mhp_request_set_region(request, "dax0.0"));
	CHECK(mhp_request_set_goal(request, MHP_GOAL_ONLINE));
	CHECK(mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE));
	CHECK(mhp_request_set_rules(request, MHP_RULE_REZONE));
	CHECK(mhp_fulfil(ctx, request, &opts, &report));
	CHECK(mhp_report_get_outcome(report) == MHP_OUTCOME_DONE ? 0 : -EIO);
	CHECK(most > 0 ? 0 : -EPROTO);
	mhp_report_free(report);
	mhp_request_free(request);
	return 0;
}

static int count_drift(struct mhp_ctx *ctx, struct mhp_standing *standing, size_t *ret_count)
{
	struct mhp_snapshot_opts opts;
	struct mhp_snapshot *snap;
	struct mhp_agenda *agenda;

	memset(&opts, 0, sizeof(opts));
	opts.size = sizeof(opts);
	opts.flags = MHP_SNAPSHOT_FOR_PLANS;
	CHECK(mhp_snapshot_new(ctx, &opts, &snap));
	CHECK(mhp_agenda_new(snap, standing, NULL, &agenda));
	*ret_count = mhp_agenda_count_drifts(agenda);
	mhp_agenda_unref(agenda);
	mhp_snapshot_unref(snap);
	return 0;
}

int main(void)
{
	struct mhp_standing *standing;
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	size_t before, after;

	if (!MHP_VERSION_AT_LEAST(1, 0, 0) || strcmp(mhp_get_version(), MHP_VERSION) != 0)
		return fprintf(stderr, "%s, but the headers are %s\n", mhp_get_version(),
			       MHP_VERSION), 1;
	if (make_machine(&sim))
		return 1;
	CHECK(mhp_sim_new_ctx(sim, &ctx));
	CHECK(mhp_standing_new_from_text("pool.conf", policy, strlen(policy), &standing));
	if (count_drift(ctx, standing, &before) || rezone(ctx) ||
	    count_drift(ctx, standing, &after))
		return 1;
	mhp_standing_unref(standing);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
	printf("%s: %d region to change, then %d\n", mhp_get_version(), (int)before, (int)after);
	return before == 1 && after == 0 ? 0 : 1;
}
