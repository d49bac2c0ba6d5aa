/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/policy.h
 * @brief What the kernel does with memory that is added without a type.
 */
#ifndef MHP_POLICY_H
#define MHP_POLICY_H

#include <stdbool.h>

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
 * @since 0.1
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
 * @since 0.1
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
 * @since 0.1
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
 * @since 0.1
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
 * @since 0.1
 */
int mhp_snapshot_get_memmap_on_memory(const struct mhp_snapshot *snap, const char **ret_word);

#ifdef __cplusplus
}
#endif

#endif /* MHP_POLICY_H */
