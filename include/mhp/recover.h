/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/recover.h
 * @brief Put back what a user of libmhp that was killed has left borrowed.
 *
 * That are settings of the whole system and names that a driver was told, and never
 * blocks, which stay as they are. mhp_apply() does the same before its first step.
 * A recovery has one owner, who frees it, unless it is a report's.
 *
 *	struct mhp_recovery *rec;
 *	r = mhp_recover(ctx, NULL, &rec);
 *	if (r == 0 && rec && !mhp_recovery_is_complete(rec))
 *		fprintf(stderr, "still pending: %s\n", mhp_recovery_get_transaction(rec));
 *	if (r == 0)
 *		mhp_recovery_free(rec);
 */
#ifndef MHP_RECOVER_H
#define MHP_RECOVER_H

#include <stdbool.h>
#include <stddef.h>

#include <mhp/apply.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;
struct mhp_recovery;

/** What became of a setting that was borrowed. @since 1.0 */
enum mhp_returned {
	MHP_RETURNED_UNKNOWN = 0,	/**< it could not be read, or not be written */
	MHP_RETURNED_DONE = 1,		/**< put back */
	MHP_RETURNED_ALREADY = 2,	/**< was as before */
	MHP_RETURNED_CHANGED = 3,	/**< somebody else changed it since: left alone */
};

/**
 * Put back what was left behind, if anything was. Waits for the lock; does
 * nothing while its owner lives. What could not be put back is no error of this call:
 * see mhp_recovery_is_complete().
 *
 * @param ctx           the context
 * @param opts          timeout_ms for the lock, and progress while it is waited for, with 0
 *                      of 0 bytes; NULL for the defaults
 * @param ret_recovery  what was found, which the caller frees with mhp_recovery_free().
 *                      NULL if nothing was
 * @return 0; -ETIMEDOUT the lock was held until the deadline (who by goes to the log
 *         function); -ECANCELED by the progress function; -EBADMSG the journal is
 *         damaged (its name and text go to the log function), and left for the
 *         administrator to read and remove; -E2BIG opts asks for what this library
 *         does not know; -EINVAL; -ENOMEM; -EACCES, -EROFS and others: the lock cannot
 *         be made, or the journal not be read
 * @since 1.0
 */
int mhp_recover(struct mhp_ctx *ctx, const struct mhp_apply_opts *opts,
		struct mhp_recovery **ret_recovery);

/**
 * Free a recovery that mhp_recover() gave. NULL is fine.
 *
 * @param recovery  the recovery; may be NULL
 * @since 1.0
 */
void mhp_recovery_free(struct mhp_recovery *recovery);

/**
 * Who had begun what and did not end it: "mhp[123]: plug dax0.0 as online_movable".
 * Printable.
 *
 * @param recovery  the recovery
 * @return borrowed, never NULL
 * @since 1.0
 */
const char *mhp_recovery_get_transaction(const struct mhp_recovery *recovery);

/**
 * Was everything put back that could be, so that nothing is pending any more?
 *
 * @param recovery  the recovery
 * @return whether it was
 * @since 1.0
 */
bool mhp_recovery_is_complete(const struct mhp_recovery *recovery);

/**
 * Number of settings that were borrowed, and of ids that a driver was given.
 *
 * @param recovery  the recovery
 * @return how many
 * @since 1.0
 */
size_t mhp_recovery_count_settings(const struct mhp_recovery *recovery);

/**
 * A setting that was borrowed, or a driver's remove_id that is to take an id back.
 *
 * @param recovery      the recovery
 * @param index         from 0
 * @param ret_returned  what became of it
 * @param ret_path      the file below the root, borrowed; may be NULL
 * @param ret_before    what stood there before, borrowed; "" for an id; may be NULL
 * @param ret_ours      what was written, or the id, borrowed; may be NULL
 * @param ret_code      why it was not put back, a negative errno value, with
 *                      MHP_RETURNED_CHANGED -ENOENT or -ENODEV if the file is gone;
 *                      else 0; may be NULL
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_recovery_get_setting(const struct mhp_recovery *recovery, size_t index,
			     enum mhp_returned *ret_returned, const char **ret_path,
			     const char **ret_before, const char **ret_ours, int *ret_code);

/**
 * A word for what became of a setting: "done", "already", "changed"; else "unknown".
 *
 * @param returned  what became of it
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_returned_to_str(enum mhp_returned returned);

#ifdef __cplusplus
}
#endif

#endif /* MHP_RECOVER_H */
