/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/report.h
 * @brief What became of a plan: the outcome, every block, every write.
 *
 * One owner, who frees it. What it hands out is borrowed from it.
 *
 *	if (mhp_report_get_outcome(report) != MHP_OUTCOME_DONE)
 *		for (size_t i = 0; i < mhp_report_count_results(report); i++) {
 *			const struct mhp_result *res = mhp_report_get_result(report, i);
 *			...
 *		}
 *	mhp_report_free(report);
 */
#ifndef MHP_REPORT_H
#define MHP_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_report;
struct mhp_result;
struct mhp_plan;
struct mhp_recovery;

/** How a plan ended. @since 1.0 */
enum mhp_outcome {
	MHP_OUTCOME_UNKNOWN = 0,	/**< the true state could not be read, or may still
					     change (MHP_REASON_QUEUED) */
	MHP_OUTCOME_DONE = 1,		/**< every block is as wanted, and has the driver that
					     was asked for */
	MHP_OUTCOME_UNDONE = 2,		/**< failed; every block, driver and setting is as it
					     was */
	MHP_OUTCOME_PARTIAL = 3,	/**< failed; some blocks are changed, by this call or
					     by others, or, with MHP_RULE_KEEP, some are
					     as wanted; or a setting could not be put back,
					     even if all blocks are as wanted */
	MHP_OUTCOME_REFUSED = 4,	/**< nothing was written: conflicts, stale, locked,
					     pending, or cancelled or late before the first
					     write */
};

/** Why a block ended as it did. @since 1.0 */
enum mhp_reason {
	MHP_REASON_UNKNOWN = 0,		/**< none of those below: see the errno value */
	MHP_REASON_DONE = 1,		/**< changed as wanted */
	MHP_REASON_ALREADY = 2,		/**< was as wanted, or somebody else did it */
	MHP_REASON_NOT_TRIED = 3,	/**< the call stopped before it came to it */
	MHP_REASON_UNDONE = 4,		/**< was changed, and put back as another failed */
	MHP_REASON_CONFLICT = 5,	/**< the plan has a conflict: see the plan */
	MHP_REASON_STALE = 6,		/**< was not as the plan expected */
	MHP_REASON_BUSY = 7,		/**< EBUSY: memory in use that cannot be moved */
	MHP_REASON_WRONG_ZONE = 8,	/**< online, but in another zone */
	MHP_REASON_SPANS_ZONES = 9,	/**< valid_zones is "none" */
	MHP_REASON_POISONED = 10,	/**< EHWPOISON: holds broken memory */
	MHP_REASON_VETOED = 11,		/**< EPERM: its owner in the kernel refused; on s390 before
					     Linux 7.2 also: the storage could not be attached */
	MHP_REASON_INTERRUPTED = 12,	/**< EINTR: a signal ended the write */
	MHP_REASON_GONE = 13,		/**< ENOENT, ENODEV: the block or device is no more, or
					     no driver takes it */
	MHP_REASON_NO_PERMISSION = 14,	/**< EACCES: not root */
	MHP_REASON_READ_ONLY = 15,	/**< EROFS: sysfs is mounted read-only */
	MHP_REASON_NO_MEMORY = 16,	/**< ENOMEM: the kernel lacks memory for it */
	MHP_REASON_TRY_AGAIN = 17,	/**< EAGAIN: refused for the moment */
	MHP_REASON_NOT_TAKEN = 18,	/**< the write succeeded without effect */
	MHP_REASON_STRANDED = 19,	/**< stays without a driver until reboot */
	MHP_REASON_CANCELLED = 20,	/**< the caller's progress function stopped it */
	MHP_REASON_UNREADABLE = 21,	/**< what it is now could not be read */
	MHP_REASON_INVALID = 22,	/**< EINVAL, and not because it was so already */
	MHP_REASON_NOT_PUT_BACK = 23,	/**< was changed, and could not be put back */
	MHP_REASON_DEADLINE = 24,	/**< pinned or busy until the deadline */
	MHP_REASON_LOCKED = 25,		/**< another user of libmhp was at work until the
					     deadline: nothing was tried */
	MHP_REASON_UNSUPPORTED = 26,	/**< EOPNOTSUPP: this kernel cannot; or a setting would
					     be borrowed in a container */
	MHP_REASON_HOLE = 27,		/**< has a hole in it, so that it never goes offline */
	MHP_REASON_TAKEN = 28,		/**< EEXIST, or EBUSY to a driver: its addresses are
					     taken */
	MHP_REASON_BEYOND = 29,		/**< E2BIG: beyond the addresses that the kernel can
					     map */
	MHP_REASON_MODULE = 30,		/**< the driver's module cannot be loaded */
	MHP_REASON_OTHER_DEVICES = 31,	/**< the kernel would bind other devices as well */
	MHP_REASON_PENDING = 32,	/**< what a killed user of libmhp has left borrowed
					     could not be put back: nothing was tried */
	MHP_REASON_QUEUED = 33,		/**< the kernel took an eject, which may still be
					     carried out: it was not done by the deadline, or
					     when the caller cancelled, or somebody brought a
					     block online again */
	MHP_REASON_GIVEN_UP = 34,	/**< the kernel tried to eject it, and gave up */
	MHP_REASON_FIRMWARE = 35,	/**< EIO, EPERM of what asks it for memory: the firmware,
					     or the hypervisor, refused */
};

/**
 * Free a report. NULL is fine.
 *
 * @param report  the report; may be NULL
 * @since 1.0
 */
void mhp_report_free(struct mhp_report *report);

/**
 * How the plan ended.
 *
 * @param report  the report
 * @return the outcome
 * @since 1.0
 */
enum mhp_outcome mhp_report_get_outcome(const struct mhp_report *report);

/**
 * The plan that was carried out.
 *
 * @param report  the report
 * @return borrowed, never NULL
 * @since 1.0
 */
struct mhp_plan *mhp_report_get_plan(const struct mhp_report *report);

/**
 * The first thing that failed: why.
 *
 * @param report  the report
 * @return MHP_REASON_DONE if nothing did, MHP_REASON_ALREADY if nothing had to be
 *         done
 * @since 1.0
 */
enum mhp_reason mhp_report_get_reason(const struct mhp_report *report);

/**
 * The first thing that failed: the kernel's answer.
 *
 * @param report  the report
 * @return a negative errno value, libmhp's own -ETIMEDOUT at the deadline and -ECANCELED
 *         by the progress function among them; 0 if no system call failed
 * @since 1.0
 */
int mhp_report_get_code(const struct mhp_report *report);

/**
 * What happened, in one line of English without a newline, printable: the block
 * or device that failed, the file, the word written, the kernel's answer; and the
 * same of the first thing that could not be put back.
 *
 * @param report  the report
 * @return borrowed, never NULL
 * @since 1.0
 */
const char *mhp_report_get_message(const struct mhp_report *report);

/**
 * What can be done, in one line of English without a newline, printable.
 *
 * @param report  the report
 * @return borrowed; NULL if there is nothing to say
 * @since 1.0
 */
const char *mhp_report_get_hint(const struct mhp_report *report);

/**
 * Number of blocks: those that the plan is about.
 *
 * @param report  the report
 * @return how many
 * @since 1.0
 */
size_t mhp_report_count_results(const struct mhp_report *report);

/**
 * What became of a block, by position; they are sorted by address.
 *
 * @param report  the report
 * @param index   from 0
 * @return borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_result *mhp_report_get_result(const struct mhp_report *report, size_t index);

/**
 * Number of a block: the N of memoryN.
 *
 * @param result  the result
 * @return the N of memoryN
 * @since 1.0
 */
uint64_t mhp_result_get_id(const struct mhp_result *result);

/**
 * What the block was to become, in one word: "online", "online_kernel",
 * "online_movable", "offline", "absent".
 *
 * @param result  the result
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_result_get_wanted_word(const struct mhp_result *result);

/**
 * What the block was when the snapshot was taken.
 *
 * @param result     the result
 * @param ret_state  may be NULL
 * @param ret_zone   MHP_ZONE_UNKNOWN if it was not online; may be NULL
 * @since 1.0
 */
void mhp_result_get_before(const struct mhp_result *result, enum mhp_state *ret_state,
			   enum mhp_zone *ret_zone);

/**
 * What the block is now, as read back; as it was when planned for, where nothing
 * was looked at (MHP_REASON_LOCKED, MHP_REASON_CONFLICT, MHP_REASON_PENDING).
 *
 * @param result     the result
 * @param ret_state  may be NULL
 * @param ret_zone   MHP_ZONE_UNKNOWN if it is not online; may be NULL
 * @since 1.0
 */
void mhp_result_get_after(const struct mhp_result *result, enum mhp_state *ret_state,
			  enum mhp_zone *ret_zone);

/**
 * The errno value that goes with the reason: the kernel's answer to the write, to
 * this block or to its whole device, or to the read, that the reason is about.
 *
 * @param result  the result
 * @return a negative errno value, as mhp_report_get_code(); 0 if there is none: the
 *         block is as wanted, or nothing that was tried with it failed
 * @since 1.0
 */
int mhp_result_get_code(const struct mhp_result *result);

/**
 * Why the block ended as it did. It never rests on the errno value alone: the
 * block is looked at first.
 *
 * @param result  the result
 * @return the reason
 * @since 1.0
 */
enum mhp_reason mhp_result_get_reason(const struct mhp_result *result);

/**
 * Number of writes, in the order in which they were made.
 *
 * @param report  the report
 * @return how many
 * @since 1.0
 */
size_t mhp_report_count_writes(const struct mhp_report *report);

/**
 * A write. The loading of a module is among them.
 *
 * @param report    the report
 * @param index     from 0
 * @param ret_path  the file, below the root, borrowed, to be escaped before it goes
 *                  to a terminal; may be NULL
 * @param ret_word  what was written, borrowed; may be NULL
 * @param ret_code  the kernel's answer: 0 or a negative errno value; -ETIMEDOUT or
 *                  -ECANCELED if the write was ended; may be NULL
 * @param ret_undo  whether it was made to put something back; may be NULL
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_report_get_write(const struct mhp_report *report, size_t index, const char **ret_path,
			 const char **ret_word, int *ret_code, bool *ret_undo);

/**
 * What was left behind by a user of libmhp that was killed, and was put back before
 * the plan's first step.
 *
 * @param report  the report
 * @return borrowed; NULL if nothing was
 * @since 1.0
 */
const struct mhp_recovery *mhp_report_get_recovery(const struct mhp_report *report);

/**
 * Number of blocks that others added while a setting of the system was borrowed:
 * they were onlined as it says. Where they could not be listed, the message says so.
 *
 * @param report  the report
 * @return how many are known
 * @since 1.0
 */
size_t mhp_report_count_other_blocks(const struct mhp_report *report);

/**
 * A block that others added meanwhile.
 *
 * @param report  the report
 * @param index   from 0
 * @param ret_id  the N of memoryN
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_report_get_other_block_id(const struct mhp_report *report, size_t index,
				  uint64_t *ret_id);

/**
 * The driver's own word for the whole device, before and after.
 *
 * Blocks can be put back and the word not: it is then told here only. Both words
 * are to be escaped before they go to a terminal.
 *
 * @param report      the report
 * @param ret_before  borrowed; NULL if there was none, or the report is about several
 *                    devices; may be NULL
 * @param ret_after   borrowed; NULL likewise; may be NULL
 * @since 1.0
 */
void mhp_report_get_device_words(const struct mhp_report *report, const char **ret_before,
				 const char **ret_after);

/**
 * A word for an outcome: "done", "undone", "partial", "refused"; else "unknown".
 *
 * @param outcome  the outcome
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_outcome_to_str(enum mhp_outcome outcome);

/**
 * Is it one of the reasons for which a block, or the whole, is not as wanted? True
 * of reasons that a later release brings and this one does not know.
 *
 * @param reason  the reason
 * @return whether it is
 * @since 1.0
 */
bool mhp_reason_is_failure(enum mhp_reason reason);

/**
 * A word for a reason that stays the same: "done", "busy", "wrong-zone", ...; else
 * "unknown". libmhp(7) lists them, and what to do.
 *
 * @param reason  the reason
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_reason_to_str(enum mhp_reason reason);

#ifdef __cplusplus
}
#endif

#endif /* MHP_REPORT_H */
