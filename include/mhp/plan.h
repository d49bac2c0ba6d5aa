/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/plan.h
 * @brief What would be written to fulfil a request, step by step, and what
 * stands against it.
 *
 * A plan is a pure function of a snapshot and a request: making one touches
 * nothing. Its steps come in the order in which they are to be carried out.
 * Steps, conflicts and warnings are borrowed from the plan and live as long as
 * it does. A plan without steps and without conflicts says that the request is
 * met already.
 *
 *	struct mhp_plan *plan;
 *	r = mhp_plan_new(snap, req, &plan);
 *	if (r == 0 && mhp_plan_count_conflicts(plan) == 0)
 *		r = mhp_apply(ctx, plan, NULL, &report);
 *	mhp_plan_unref(plan);
 */
#ifndef MHP_PLAN_H
#define MHP_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include <mhp/request.h>
#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_snapshot;
struct mhp_plan;
struct mhp_step;
struct mhp_conflict;

/** What a step writes to. @since 1.0 */
enum mhp_step_kind {
	MHP_STEP_UNKNOWN = 0,		/**< not known */
	MHP_STEP_BLOCK = 1,		/**< memoryN/state */
	MHP_STEP_DEVICE = 2,		/**< daxX.Y/state: all ranges at once */
	MHP_STEP_UNBIND = 3,		/**< the driver's unbind file */
	MHP_STEP_BIND = 4,		/**< the driver's bind file, and where the kernel says
					     ENODEV to that, new_id and remove_id */
	MHP_STEP_LOAD = 5,		/**< loads a driver's module */
	MHP_STEP_BORROW = 6,		/**< a setting of the whole system, for a while */
	MHP_STEP_RETURN = 7,		/**< ... put back, if it still is what was written */
	MHP_STEP_EJECT = 8,		/**< a DIMM's eject file: the kernel does it later, and
					     does not tell; apply waits until it is done */
	MHP_STEP_CONFIGURE = 9,		/**< memory is asked from the firmware, or given back, a
					     block or an LMB at a time:
					     /sys/firmware/memory/memoryN/config (s390),
					     /sys/kernel/dlpar (ppc64) */
	MHP_STEP_RELEASE = 10,		/**< a CXL region's commit file: its decoders are turned
					     off */
};

/** What stands against a request, or is to be known about it. @since 1.0 */
enum mhp_conflict_code {
	MHP_CONFLICT_UNKNOWN = 0,	/**< not known */
	/* conflicts: the plan cannot be applied */
	MHP_CONFLICT_WRONG_ZONE = 1,	/**< online in another zone; MHP_RULE_REZONE */
	MHP_CONFLICT_NO_BLOCK = 2,	/**< smaller than a memory block, or lies badly */
	MHP_CONFLICT_NOT_BOUND = 3,	/**< the device is not bound to kmem */
	MHP_CONFLICT_ABSENT = 4,	/**< there is no block to change */
	MHP_CONFLICT_STRANDED = 5,	/**< memory without a driver: stays until reboot */
	MHP_CONFLICT_SPANS_ZONES = 6,	/**< valid_zones is "none": never goes offline */
	MHP_CONFLICT_UNREADABLE = 7,	/**< what the plan needs could not be read */
	MHP_CONFLICT_GOING_OFFLINE = 8,	/**< somebody is offlining a block just now */
	MHP_CONFLICT_NO_DEFAULT = 9,	/**< default asked for, and there is none */
	MHP_CONFLICT_OVERLAP = 10,	/**< a range is another region's too */
	MHP_CONFLICT_NO_PERMISSION = 11,/**< what the plan needs is for root to read */
	MHP_CONFLICT_POLICY = 12,	/**< the system's policy would online it elsewhere, and
					     the request has no MHP_RULE_BORROW */
	MHP_CONFLICT_UDEV_RULE = 13,	/**< a udev rule would online it elsewhere; with
					     MHP_RULE_PER_BLOCK: onlines memory at all, or may */
	MHP_CONFLICT_OTHER_DEVICES = 14,/**< the kernel would bind other devices as well */
	MHP_CONFLICT_NOT_WHOLE = 15,	/**< a part of a region, or of an LMB, cannot be plugged or
					     unplugged */
	MHP_CONFLICT_TOO_FEW = 16,	/**< the target has not that much to choose from */
	MHP_CONFLICT_NOT_DEVICE = 17,	/**< no device that could be plugged, or another driver
					     has it */
	MHP_CONFLICT_NO_HOTREMOVE = 18,	/**< this kernel takes no memory offline */
	MHP_CONFLICT_HOST_DECIDES = 19,	/**< only the host, or the firmware, can unplug it */
	MHP_CONFLICT_CONTAINED = 20,	/**< borrowing in a container that does not share
					     /run/libmhp with the host */
	MHP_CONFLICT_NOT_ALIGNED = 21,	/**< a size that is no multiple of the block size, or of an
					     LMB's */
	MHP_CONFLICT_NOT_ABLE = 22,	/**< memory of that kind cannot: mhp_region_can() */
	MHP_CONFLICT_BOOT_MEMORY = 23,	/**< boot memory is changed by block, range or node only */
	MHP_CONFLICT_LOCKED = 24,	/**< a CXL region, or a decoder of it, is locked: it stays
					     as it is until a reboot */
	MHP_CONFLICT_KERNEL_ZONE = 25,	/**< memory that the host is to have back would go to a
					     kernel zone; MHP_RULE_KERNEL_ZONE */
	/* warnings */
	MHP_WARNING_LOST_BYTES = 64,	/**< memory outside whole blocks stays unused */
	MHP_WARNING_STALE_WORD = 65,	/**< the device word disagrees with the blocks */
	MHP_WARNING_WORD_WILL_LIE = 66,	/**< after the plan the device word will */
	MHP_WARNING_NOT_UNDOABLE = 67,	/**< a step cannot be undone */
	MHP_WARNING_UDEV_RULE = 68,	/**< a udev rule onlines memory, or may do so */
	MHP_WARNING_MEMMAP = 69,	/**< the kernel needs more memory to manage it than is
					     free */
	MHP_WARNING_RATIO = 70,		/**< MOVABLE:KERNEL will be above auto_movable_ratio */
	MHP_WARNING_NOT_CHECKED = 71,	/**< what a check needs could not be read */
	MHP_WARNING_HOST_DECIDES = 72,	/**< its driver may bring the memory back at any time */
	MHP_WARNING_OTHERS = 73,	/**< what others add while a setting is borrowed is
					     onlined with it too */
	MHP_WARNING_KERNEL_ZONE = 74,	/**< memory that the host is to have back goes, or may
					     go, to a kernel zone */
	MHP_WARNING_HELD_OFFLINE = 75,	/**< so much is offline that its driver brings no more */
	MHP_WARNING_WINDOW = 76,	/**< it comes offline, and until it is onlined anybody else
					     may online it elsewhere; MHP_RULE_PER_BLOCK */
};

/**
 * Plan a request.
 *
 * @param snap      the machine as it is; the plan keeps what it needs of it
 * @param request   what is wanted; the plan keeps what it needs of it
 * @param ret_plan  the plan, with one reference, which the caller drops with
 *                  mhp_plan_unref(). Made also where conflicts forbid to apply it
 * @return 0; -ENOENT no such region or node; -EACCES and others: regions, or the blocks of
 *         the node, could not be listed (mhp_snapshot_get_problem()); -EINVAL the request
 *         lacks a target, a goal or an online type, names more blocks than any machine has,
 *         or is not about just the region, or blocks of the region, that the snapshot is
 *         of; -ENOMEM
 * @since 1.0
 */
int mhp_plan_new(const struct mhp_snapshot *snap, const struct mhp_request *request,
		 struct mhp_plan **ret_plan);

/**
 * Plan a request, and upon failure tell people why there is no plan: which target is
 * missing, what the request lacks, which file has the regions and cannot be read. What
 * stands against a plan that could be made, its conflicts tell.
 *
 * @param snap      the machine as it is; the plan keeps what it needs of it
 * @param request   what is wanted; the plan keeps what it needs of it
 * @param ret_plan  as with mhp_plan_new(): the caller drops it with mhp_plan_unref()
 * @param ret_why   upon failure a line without a newline, printable, which the caller frees
 *                  with free(); NULL upon success and -ENOMEM
 * @return as mhp_plan_new()
 * @since 1.0
 */
int mhp_plan_new_why(const struct mhp_snapshot *snap, const struct mhp_request *request,
		     struct mhp_plan **ret_plan, char **ret_why);

/**
 * Take a reference.
 *
 * @param plan  the plan; may be NULL
 * @return plan, with one more reference; NULL if it is NULL
 * @since 1.0
 */
struct mhp_plan *mhp_plan_ref(struct mhp_plan *plan);

/**
 * Drop a reference; the last one frees the plan. NULL is fine.
 *
 * @param plan  the plan; may be NULL
 * @return NULL
 * @since 1.0
 */
struct mhp_plan *mhp_plan_unref(struct mhp_plan *plan);

/**
 * Name of the region that the plan is about, however the request named it.
 *
 * @param plan  the plan
 * @return borrowed; NULL if it is about something else than one region as a whole
 * @since 1.0
 */
const char *mhp_plan_get_region_name(const struct mhp_plan *plan);

/**
 * What the plan is about, for people: "dax0.0", "node 1", "blocks 32-35",
 * "4 GiB of node 1". Printable.
 *
 * @param plan  the plan
 * @return borrowed, never NULL
 * @since 1.0
 */
const char *mhp_plan_get_target(const struct mhp_plan *plan);

/**
 * Goal of the plan. MHP_GOAL_ONLINE with the type MHP_OFFLINE has become
 * MHP_GOAL_OFFLINE.
 *
 * @param plan  the plan
 * @return the goal
 * @since 1.0
 */
enum mhp_goal mhp_plan_get_goal(const struct mhp_plan *plan);

/**
 * Type that memory is onlined with; the system's default where the request asked
 * for that. MHP_OFFLINE if the goal is neither MHP_GOAL_ONLINE nor MHP_GOAL_PLUGGED,
 * if memory is to be plugged and stay offline, and with MHP_CONFLICT_NO_DEFAULT.
 *
 * @param plan  the plan
 * @return the type
 * @since 1.0
 */
enum mhp_online_type mhp_plan_get_online_type(const struct mhp_plan *plan);

/**
 * Rules of the request: MHP_RULE_...
 *
 * @param plan  the plan
 * @return MHP_RULE_..., or-ed
 * @since 1.0
 */
uint64_t mhp_plan_get_rules(const struct mhp_plan *plan);

/**
 * Number of steps.
 *
 * @param plan  the plan
 * @return how many
 * @since 1.0
 */
size_t mhp_plan_count_steps(const struct mhp_plan *plan);

/**
 * A step by position.
 *
 * @param plan   the plan
 * @param index  from 0
 * @return the step, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_step *mhp_plan_get_step(const struct mhp_plan *plan, size_t index);

/**
 * Number of conflicts. With any, mhp_apply() writes nothing.
 *
 * @param plan  the plan
 * @return how many
 * @since 1.0
 */
size_t mhp_plan_count_conflicts(const struct mhp_plan *plan);

/**
 * A conflict by position.
 *
 * @param plan   the plan
 * @param index  from 0
 * @return the conflict, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_conflict *mhp_plan_get_conflict(const struct mhp_plan *plan, size_t index);

/**
 * Number of warnings: what is to be known and does not stop the plan.
 *
 * @param plan  the plan
 * @return how many
 * @since 1.0
 */
size_t mhp_plan_count_warnings(const struct mhp_plan *plan);

/**
 * A warning by position; it has the form of a conflict.
 *
 * @param plan   the plan
 * @param index  from 0
 * @return the warning, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_conflict *mhp_plan_get_warning(const struct mhp_plan *plan, size_t index);

/**
 * The plan as text for people: conflicts, warnings, steps.
 *
 * @param plan      the plan
 * @param ret_text  lines, each with a newline; the caller frees it with free()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_plan_copy_text(const struct mhp_plan *plan, char **ret_text);

/**
 * The plan as text that mhp_plan_new_from_text() reads: what was found, what is
 * wanted, conflicts and warnings. Steps are told in comments only.
 *
 * @param plan      the plan
 * @param ret_text  lines, each with a newline; the caller frees it with free()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_plan_copy_saved(const struct mhp_plan *plan, char **ret_text);

/**
 * Make a plan of what mhp_plan_copy_saved() wrote, to look at or to apply later; when
 * the machine moved meanwhile in a way that matters, mhp_apply() says so
 * (MHP_REASON_STALE). The steps are planned anew from what was found then: no text
 * makes a plan that this library would not have made.
 *
 * @param text      the text; need not end in NUL
 * @param length    bytes of text
 * @param ret_plan  the plan, with one reference, which the caller drops with
 *                  mhp_plan_unref()
 * @param ret_line  upon failure the number of the line at fault, from 1; the one after the
 *                  last if something is missing; may be NULL
 * @return 0; -EBADMSG the text is no plan, or one that nobody would have made;
 *         -E2BIG it is one of a newer libmhp; -ENOMEM
 * @since 1.0
 */
int mhp_plan_new_from_text(const char *text, size_t length, struct mhp_plan **ret_plan,
			   unsigned int *ret_line);

/**
 * What a step writes to.
 *
 * @param step  the step
 * @return the kind
 * @since 1.0
 */
enum mhp_step_kind mhp_step_get_kind(const struct mhp_step *step);

/**
 * Number of physical ranges that a step changes; 0 for MHP_STEP_LOAD, MHP_STEP_BORROW
 * and MHP_STEP_RETURN.
 *
 * @param step  the step
 * @return how many
 * @since 1.0
 */
size_t mhp_step_count_ranges(const struct mhp_step *step);

/**
 * A physical range that a step changes: whole blocks.
 *
 * @param step            the step
 * @param index           from 0
 * @param ret_start       first byte's address
 * @param ret_size_bytes  length
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_step_get_range(const struct mhp_step *step, size_t index,
		       uint64_t *ret_start, uint64_t *ret_size_bytes);

/**
 * The file that a step writes; for MHP_STEP_LOAD the module's directory.
 *
 * @param step      the step
 * @param ret_path  path below the root; the caller frees it with free()
 * @return 0; -ENOMEM
 * @since 1.0
 */
int mhp_step_copy_path(const struct mhp_step *step, char **ret_path);

/**
 * The word that a step writes: a state, a device's name, a setting, "0" to release; for
 * MHP_STEP_LOAD
 * the module's name.
 *
 * @param step  the step
 * @return borrowed, never NULL
 * @since 1.0
 */
const char *mhp_step_get_word(const struct mhp_step *step);

/**
 * State and zone that a step expects; if it meets anything else but what it
 * wants, the machine has moved and the plan is stale. MHP_STATE_UNKNOWN if the step
 * changes no range.
 *
 * @param step       the step
 * @param ret_state  the state; of a device's blocks together. May be NULL
 * @param ret_zone   the zone; MHP_ZONE_UNKNOWN if not online. May be NULL
 * @since 1.0
 */
void mhp_step_get_expected(const struct mhp_step *step, enum mhp_state *ret_state,
			   enum mhp_zone *ret_zone);

/**
 * State that a step is to lead to, and the type that decides its zone.
 *
 * @param step       the step
 * @param ret_state  the state. May be NULL
 * @param ret_type   the type where the state is MHP_STATE_ONLINE, else
 *                   MHP_OFFLINE. May be NULL
 * @since 1.0
 */
void mhp_step_get_wanted(const struct mhp_step *step, enum mhp_state *ret_state,
			 enum mhp_online_type *ret_type);

/**
 * The first word that undoing a step writes. After a step for a whole device,
 * blocks that were offline or in another zone are then put right one by one. For
 * MHP_STEP_BIND it is written to the driver's unbind file, and the other way round.
 *
 * @param step  the step
 * @return borrowed; NULL if the step cannot be undone, or is an undoing itself
 *         (MHP_STEP_RETURN)
 * @since 1.0
 */
const char *mhp_step_get_undo_word(const struct mhp_step *step);

/**
 * What a conflict or warning is about.
 *
 * @param conflict  the conflict or warning
 * @return the code: MHP_CONFLICT_... or MHP_WARNING_...
 * @since 1.0
 */
enum mhp_conflict_code mhp_conflict_get_code(const struct mhp_conflict *conflict);

/**
 * Number of blocks that it is about; 0 if it is about the region.
 *
 * @param conflict  the conflict or warning
 * @return how many
 * @since 1.0
 */
size_t mhp_conflict_count_blocks(const struct mhp_conflict *conflict);

/**
 * A block that it is about.
 *
 * @param conflict  the conflict
 * @param index     from 0; they are sorted
 * @param ret_id    the block's number
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_conflict_get_block_id(const struct mhp_conflict *conflict, size_t index, uint64_t *ret_id);

/**
 * What is wrong, in one line of English without a newline, printable.
 *
 * @param conflict  the conflict or warning
 * @return borrowed, never NULL
 * @since 1.0
 */
const char *mhp_conflict_get_message(const struct mhp_conflict *conflict);

/**
 * What can be done, in one line of English without a newline, printable; names
 * no program's option.
 *
 * @param conflict  the conflict or warning
 * @return borrowed; NULL if there is nothing to say
 * @since 1.0
 */
const char *mhp_conflict_get_hint(const struct mhp_conflict *conflict);

/**
 * A word for a code that stays the same: "wrong-zone", "lost-bytes", ...; else
 * "unknown". A conflict and a warning can have the same one. libmhp(7) lists them.
 *
 * @param code  the code, of a conflict or of a warning
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_conflict_code_to_str(enum mhp_conflict_code code);

/**
 * A word for a kind of step: "block", "device", "unbind", "bind", "load", "borrow",
 * "return", "eject", "configure", "release"; else "unknown".
 *
 * @param kind  the kind
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_step_kind_to_str(enum mhp_step_kind kind);

/**
 * A word for a goal: "offline", "online", "unplugged", "plugged"; else "unknown".
 *
 * @param goal  the goal
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_goal_to_str(enum mhp_goal goal);

#ifdef __cplusplus
}
#endif

#endif /* MHP_PLAN_H */
