/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/simple.h
 * @brief Snapshot, plan and apply in one call.
 *
 * These are made of the other public functions only and can do nothing that
 * those cannot. All but mhp_fulfil() have the default deadline.
 */
#ifndef MHP_SIMPLE_H
#define MHP_SIMPLE_H

#include <stdint.h>

#include <mhp/request.h>
#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_apply_opts;
struct mhp_ctx;
struct mhp_report;

/**
 * Fulfil a request: take a snapshot (MHP_SNAPSHOT_FOR_PLANS), plan, apply. A plan with
 * conflicts is a report of MHP_OUTCOME_REFUSED.
 *
 * @param ctx         the context
 * @param request     what is wanted
 * @param opts        how to apply; NULL for the defaults
 * @param ret_report  the report, which the caller frees with mhp_report_free()
 * @return 0 the report tells the outcome; else as mhp_snapshot_new(),
 *         mhp_plan_new() and mhp_apply()
 * @since 1.0
 */
int mhp_fulfil(struct mhp_ctx *ctx, const struct mhp_request *request,
	       const struct mhp_apply_opts *opts, struct mhp_report **ret_report);

/**
 * Online a region with a type.
 *
 * @param ctx         the context
 * @param region      its name
 * @param type        how
 * @param rules       MHP_RULE_..., or 0
 * @param ret_report  the report, which the caller frees with mhp_report_free()
 * @return as mhp_fulfil(); -EINVAL region is empty, or type not known; -E2BIG a rule is
 *         not
 * @since 1.0
 */
int mhp_online_region(struct mhp_ctx *ctx, const char *region, enum mhp_online_type type,
		      uint64_t rules, struct mhp_report **ret_report);

/**
 * Take a region offline; its blocks stay present.
 *
 * @param ctx         the context
 * @param region      its name
 * @param rules       MHP_RULE_..., or 0
 * @param ret_report  the report, which the caller frees with mhp_report_free()
 * @return as mhp_online_region()
 * @since 1.0
 */
int mhp_offline_region(struct mhp_ctx *ctx, const char *region, uint64_t rules,
		       struct mhp_report **ret_report);

/**
 * Take a region out of System RAM: no blocks are left. Before Linux 7.3 the device has
 * no driver then, and that cannot be undone.
 *
 * @param ctx         the context
 * @param region      its name
 * @param rules       MHP_RULE_..., or 0
 * @param ret_report  the report, which the caller frees with mhp_report_free()
 * @return as mhp_online_region()
 * @since 1.0
 */
int mhp_unplug_region(struct mhp_ctx *ctx, const char *region, uint64_t rules,
		      struct mhp_report **ret_report);

/**
 * Make a region that is no System RAM such, with a type: every block online in its
 * zone, and never in another one. Settings of the system may be borrowed
 * (MHP_RULE_BORROW is added to the rules). With MHP_OFFLINE it is there and stays
 * offline.
 *
 * @param ctx         the context
 * @param region      its name
 * @param type        how to online it
 * @param rules       MHP_RULE_..., or 0
 * @param ret_report  the report, which the caller frees with mhp_report_free()
 * @return as mhp_online_region()
 * @since 1.0
 */
int mhp_plug_region(struct mhp_ctx *ctx, const char *region, enum mhp_online_type type,
		    uint64_t rules, struct mhp_report **ret_report);

#ifdef __cplusplus
}
#endif

#endif /* MHP_SIMPLE_H */
