// SPDX-License-Identifier: LGPL-2.1-or-later
/* Test an agent without root: cc test-agent.c $(pkg-config --cflags --libs libmhp-sim) */
#include <assert.h>
#include <errno.h>
#include <mhp/mhp.h>
#include <mhp/sim-builder.h>

/* The agent's own, which is tested: gives a region back. -EBUSY: it is to be tried again. */
static int give_back(struct mhp_ctx *ctx, const char *region)
{
	struct mhp_report *report = NULL;
	int r = mhp_offline_region(ctx, region, 0, &report);

	if (r == 0 && mhp_report_get_outcome(report) != MHP_OUTCOME_DONE)
		r = mhp_report_get_outcome(report) == MHP_OUTCOME_UNDONE ? -EBUSY : -EIO;
	mhp_report_free(report);
	return r;
}

int main(void)
{
	struct mhp_sim_builder *host;
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;

	assert(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &host) == 0);
	mhp_sim_builder_add_node(host, 0, 2);			/* two processors, */
	mhp_sim_builder_add_memory(host, 0, 0, 1ULL << 30);	/* 1 GiB at boot, */
	mhp_sim_builder_add_node(host, 1, 0);			/* a node without processors, */
	mhp_sim_builder_add_dax(host, "dax0.0", 1, 4ULL << 30, 1ULL << 30);	/* 1 GiB there */
	mhp_sim_builder_set(host, "auto_online_blocks", "online_movable");
	mhp_sim_builder_load(host, "kmem");
	assert(mhp_sim_new_from_builder(host, NULL, &sim) == 0 && mhp_sim_new_ctx(sim, &ctx) == 0);
	mhp_sim_fail_block(sim, 33, "offline", -EBUSY, 0);	/* it is in use */
	assert(give_back(ctx, "dax0.0") == -EBUSY);
	mhp_sim_builder_free(host);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
}
