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

/** What progress functions return; anything else but 0 counts as MHP_CANCEL. @since 1.0 */
enum mhp_cancel {
	MHP_CANCEL = 1,			/**< stop, and put back what was changed */
	MHP_CANCEL_UNDO = 2,		/**< stop putting it back, too */
};

/**
 * Called before the first step and after each one (but see MHP_APPLY_BY_TIME), between
 * blocks where a step for a whole device goes on block by block, about every 100 ms while
 * the kernel takes its time over a write or another user of libmhp is at work, and while
 * things are put back; in the thread that called mhp_apply(), before that returns. It must
 * not use the context.
 *
 * @param data         as given in mhp_apply_opts
 * @param done_bytes   memory of the steps carried out so far
 * @param total_bytes  memory of all steps
 * @return 0 to go on. MHP_CANCEL stops, as a failure would, and ends the write that
 *         is under way: what was changed is put back unless the request has
 *         MHP_RULE_KEEP. It comes too late once all is as wanted, and while
 *         things are put back it is not heeded: MHP_CANCEL_UNDO ends that, too
 * @since 1.0
 */
typedef int (*mhp_progress_fn)(void *data, uint64_t done_bytes, uint64_t total_bytes);

/** Milliseconds that a call may take where no deadline is given. @since 1.0 */
#define MHP_TIMEOUT_DEFAULT_MS 60000

/** Milliseconds that putting back may take where no deadline is given. @since 1.0 */
#define MHP_UNDO_TIMEOUT_DEFAULT_MS 30000

/** No deadline, where milliseconds are asked for. @since 1.0 */
#define MHP_TIMEOUT_NONE (-1)

/** Flags of struct mhp_apply_opts. @since 1.0 */
enum mhp_apply_flag {
	MHP_APPLY_BY_TIME = 1,		/**< progress need not be called after each step of a
					     block: about every 100 ms will do, so that steps
					     need not wait for it */
};

/** How to apply. Set size to sizeof(struct mhp_apply_opts), all else to 0. @since 1.0 */
struct mhp_apply_opts {
	size_t size;			/**< bytes of the struct that the caller knows */
	mhp_progress_fn progress;	/**< NULL for none */
	void *progress_data;		/**< handed to progress */
	int64_t timeout_ms;		/**< deadline for all but putting back, waiting for
					     other users of libmhp included; 0:
					     MHP_TIMEOUT_DEFAULT_MS; MHP_TIMEOUT_NONE */
	int64_t undo_timeout_ms;	/**< for putting back; 0:
					     MHP_UNDO_TIMEOUT_DEFAULT_MS; MHP_TIMEOUT_NONE */
	uint64_t flags;			/**< enum mhp_apply_flag, or-ed */
};

/**
 * Carry out a plan.
 *
 * First the lock that all users of libmhp share is taken (/run/libmhp/lock below
 * the root), and what a user that was killed has left borrowed is put back
 * (mhp_report_get_recovery()). Then each region is looked at again: with other
 * ranges or another driver than planned for, nothing is written; of one whose host plugs
 * and unplugs blocks (virtio-mem), blocks may have come and gone. Before the first step
 * all blocks are looked at, and before each step those of which a write would not tell
 * what they are; after the writes state and zone are read back. Of many blocks in a row
 * /proc/zoneinfo may tell all that, as far as it proves it. What is
 * found as wanted already counts as done. Upon failure everything that this call
 * changed is put back, into the zone that it was in, unless the request has
 * MHP_RULE_KEEP. No block outside the plan's target is touched. A plan with
 * conflicts is refused. For one without steps nobody is waited for long: all is looked
 * at, and what was left borrowed is put back if that can be done at once.
 *
 * That the machine refused is no error of this call: the report says so.
 *
 * Taking memory offline that cannot be moved would go on for ever: it is ended at
 * the deadline, or by the progress function, without a signal handler and without a
 * signal that the caller could see. Writes to a device's state, bind and unbind
 * files that queue behind another writer in the kernel cannot be recalled: the
 * call then returns late, and never leaves a writer behind. So it is with a module
 * that is being loaded.
 *
 * An eject is carried out by the kernel, later: the call waits until the hardware has
 * gone. If it ends before that, at the deadline or by the progress function, the eject may
 * still come (MHP_REASON_QUEUED).
 *
 * @param ctx         the context; of the same root as the snapshot
 * @param plan        the plan
 * @param opts        NULL for the defaults
 * @param ret_report  the report, which the caller frees with mhp_report_free(). Set
 *                    whenever anything was written
 * @return 0 the report tells the outcome. Else nothing of the plan was written: -E2BIG
 *         opts asks for what this library does not know; -EINVAL; -ENOMEM; -EBADMSG
 *         the journal of a user that was killed is damaged, and left for the
 *         administrator to read and remove; -EACCES, -EROFS and others: the lock or
 *         the journal cannot be made or read (of these two files and the damage the
 *         log function is told), or the directories of the device or of memory blocks
 *         cannot be opened
 * @since 1.0
 */
int mhp_apply(struct mhp_ctx *ctx, struct mhp_plan *plan, const struct mhp_apply_opts *opts,
	      struct mhp_report **ret_report);

#ifdef __cplusplus
}
#endif

#endif /* MHP_APPLY_H */
