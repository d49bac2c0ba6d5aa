/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/policy.h
 * @brief What the kernel does with memory that is added without a type.
 */
#ifndef MHP_POLICY_H
#define MHP_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_snapshot;

/**
 * The system's default online type (memory/auto_online_blocks), what the kernel
 * calls mhp_get_default_online_type().
 *
 * @param snap      the snapshot
 * @param ret_type  the type
 * @return 0; -ENODATA if the kernel has no such file; another negative errno
 *         value if it could not be read, -EBADMSG if it is a word never seen
 * @since 1.0
 */
int mhp_snapshot_get_default_online_type(const struct mhp_snapshot *snap,
					 enum mhp_online_type *ret_type);

/**
 * How the kernel chooses a zone for a plain "online"
 * (memory_hotplug.online_policy).
 *
 * @param snap        the snapshot
 * @param ret_policy  "contig-zones", "auto-movable" or a later kernel's word,
 *                    borrowed, to be escaped before it goes to a terminal
 * @return 0; -ENODATA if the kernel has no such file; another negative errno
 *         value if it could not be read
 * @since 1.0
 */
int mhp_snapshot_get_online_policy(const struct mhp_snapshot *snap, const char **ret_policy);

/**
 * How much memory the kernel onlines in Movable under the policy "auto-movable", in
 * percent of what is in its own zones (memory_hotplug.auto_movable_ratio). Without that
 * policy it is a measure of how much is reasonable.
 *
 * @param snap         the snapshot
 * @param ret_percent  the ratio
 * @return 0; -ENODATA if the kernel has no such file (before 5.15); another
 *         negative errno value if it could not be read, -EBADMSG if it is no number
 * @since 1.0
 */
int mhp_snapshot_get_auto_movable_ratio(const struct mhp_snapshot *snap,
					unsigned int *ret_percent);

/**
 * Does that ratio hold for each node by itself, too
 * (memory_hotplug.auto_movable_numa_aware)?
 *
 * @param snap       the snapshot
 * @param ret_aware  whether it does
 * @return 0; -ENODATA if the kernel has no such file; another negative errno value
 *         if it could not be read, -EBADMSG if it is neither Y nor N
 * @since 1.0
 */
int mhp_snapshot_get_auto_movable_numa_aware(const struct mhp_snapshot *snap, bool *ret_aware);

/**
 * May memory that is added hold what the kernel needs to manage it, instead of taking
 * that from the kernel's zones (memory_hotplug.memmap_on_memory)? It is set at boot.
 *
 * @param snap      the snapshot
 * @param ret_word  "Y", "N", "force" or a later kernel's word, borrowed, to be
 *                  escaped before it goes to a terminal
 * @return 0; -ENODATA if the kernel has no such file (before 5.13); another
 *         negative errno value if it could not be read
 * @since 1.0
 */
int mhp_snapshot_get_memmap_on_memory(const struct mhp_snapshot *snap, const char **ret_word);

/**
 * Can this kernel take memory offline (CONFIG_MEMORY_HOTREMOVE)?
 *
 * @param snap     the snapshot
 * @param ret_has  whether it can
 * @return 0; -ENODATA if there is no block to tell it by, or the snapshot was made without
 *         MHP_SNAPSHOT_FOR_PLANS; another negative errno value if it could not be
 *         found out
 * @since 1.0
 */
int mhp_snapshot_get_has_hotremove(const struct mhp_snapshot *snap, bool *ret_has);

/**
 * Are all udev rules known that online memory?
 *
 * @param snap  the snapshot
 * @return 0; -ENODATA if the snapshot was made without MHP_SNAPSHOT_FOR_PLANS;
 *         another negative errno value if a file, or a directory, could not be read
 *         (mhp_snapshot_get_problem())
 * @since 1.0
 */
int mhp_snapshot_get_udev_rules_code(const struct mhp_snapshot *snap);

/**
 * Number of udev rules that online memory as it is added, or may do so.
 *
 * @param snap  the snapshot
 * @return how many
 * @since 1.0
 */
size_t mhp_snapshot_count_udev_rules(const struct mhp_snapshot *snap);

/**
 * A udev rule by position; they are in the order in which udev follows them. Only a
 * block that is offline when udev gets to it is onlined by a rule: what the kernel
 * onlines itself, by its policy or through the device, no rule can change.
 *
 * @param snap      the snapshot
 * @param index     from 0
 * @param ret_path  the file, below the root, borrowed, to be escaped before it goes to a
 *                  terminal; may be NULL
 * @param ret_line  where in it the rule begins, from 1; may be NULL
 * @param ret_word  what it writes: "online", "online_kernel", "online_movable", or several
 *                  of them with "|" between if it is one of these; NULL if that is not
 *                  known; borrowed; may be NULL
 * @param ret_may   false: it onlines every block that is added and offline; true: that
 *                  depends on what only udev knows, such as the answer of another
 *                  program, or it is about DAX devices; may be NULL
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_snapshot_get_udev_rule(const struct mhp_snapshot *snap, size_t index,
			       const char **ret_path, unsigned int *ret_line,
			       const char **ret_word, bool *ret_may);

#ifdef __cplusplus
}
#endif

#endif /* MHP_POLICY_H */
