/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/apply.h
 * @brief Carry out a plan: check, write, read back, undo upon failure.
 */
#ifndef MHP_APPLY_H
#define MHP_APPLY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;
struct mhp_plan;
struct mhp_report;

/**
 * Called after each step, and between blocks where a step for a whole device goes
 * on block by block; in the thread that called mhp_apply(), before that returns.
 * It must not use the context.
 *
 * @param data         as given in mhp_apply_opts
 * @param done_bytes   memory of the steps carried out so far
 * @param total_bytes  memory of all steps
 * @return 0 to go on; anything else stops, as a failure would: what was changed is
 *         put back unless the request has MHP_RULE_KEEP. It comes too late once
 *         all is as wanted
 */
typedef int (*mhp_progress_fn)(void *data, uint64_t done_bytes, uint64_t total_bytes);

/** How to apply. Set size to sizeof(struct mhp_apply_opts), all else to 0. */
struct mhp_apply_opts {
	size_t size;			/**< bytes of the struct that the caller knows */
	mhp_progress_fn progress;	/**< NULL for none */
	void *progress_data;		/**< handed to progress */
};

/**
 * Carry out a plan.
 *
 * First the region is looked at again: with other ranges or another driver than
 * planned for, nothing is written. Before each step its blocks are looked at,
 * after each write state and zone are read back. What is found as wanted already
 * counts as done. Upon failure everything that this call changed is put back, into
 * the zone that it was in, unless the request has MHP_RULE_KEEP. No block outside
 * the plan's region is touched. A plan with conflicts is refused.
 *
 * That the machine refused is no error of this call: the report says so.
 *
 * It may take long: taking memory offline that cannot be moved goes on until a
 * signal is caught by a handler of the calling thread. A later release may end it
 * after 60 s unless opts says otherwise.
 *
 * @param ctx         the context; of the same root as the snapshot
 * @param plan        the plan
 * @param opts        NULL for the defaults
 * @param ret_report  the report, which the caller frees. Set whenever anything
 *                    was written
 * @return 0 the report tells the outcome. Else nothing was written: -E2BIG opts
 *         asks for what this library does not know; -EINVAL; -ENOMEM; -EACCES
 *         and others: its directory or the one of memory blocks cannot be opened
 * @since 0.1
 */
int mhp_apply(struct mhp_ctx *ctx, struct mhp_plan *plan, const struct mhp_apply_opts *opts,
	      struct mhp_report **ret_report);

#ifdef __cplusplus
}
#endif

#endif /* MHP_APPLY_H */
