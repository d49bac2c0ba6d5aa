/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/zones.h
 * @brief What lies in the zones of a node, and of the machine (/proc/zoneinfo).
 *
 * A snapshot has it if it was taken with MHP_SNAPSHOT_TOPOLOGY or MHP_SNAPSHOT_FOR_PLANS.
 * The kernel counts pages: their size is told from what the blocks that are online come
 * to, for the root may be another machine's.
 *
 * Memory that is offline is in no zone. CMA counts where it lies, in a kernel zone.
 */
#ifndef MHP_ZONES_H
#define MHP_ZONES_H

#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_snapshot;
struct mhp_node;

/**
 * What lies in a zone of a node; all 0 if the node has no such zone.
 *
 * @param node         the node
 * @param zone         MHP_ZONE_DMA to MHP_ZONE_DEVICE; MHP_ZONE_UNKNOWN for those with a
 *                     name never seen
 * @param ret_present  bytes of memory; may be NULL
 * @param ret_managed  bytes that the kernel hands out, which is less; may be NULL
 * @param ret_free     bytes that are free; may be NULL
 * @return 0; -EINVAL zone is none of these; else as mhp_node_get_kernel_bytes()
 * @since 1.0
 */
int mhp_node_get_zone_bytes(const struct mhp_node *node, enum mhp_zone zone,
			    uint64_t *ret_present, uint64_t *ret_managed, uint64_t *ret_free);

/**
 * Memory of a node in the zones that the kernel uses for itself: all but Movable and
 * Device.
 *
 * @param node       the node
 * @param ret_bytes  how many
 * @return 0; -ENODATA the snapshot was made without MHP_SNAPSHOT_TOPOLOGY and
 *         MHP_SNAPSHOT_FOR_PLANS, there is no /proc/zoneinfo, or the size of a page
 *         cannot be told; -ERANGE more than 2^64 bytes; another negative errno value if
 *         it could not be read, -EBADMSG if it makes no sense
 * @since 1.0
 */
int mhp_node_get_kernel_bytes(const struct mhp_node *node, uint64_t *ret_bytes);

/**
 * Memory of a node in Movable.
 *
 * @param node       the node
 * @param ret_bytes  how many
 * @return 0; -ENODATA the snapshot was made without MHP_SNAPSHOT_TOPOLOGY and
 *         MHP_SNAPSHOT_FOR_PLANS, there is no /proc/zoneinfo, or the size of a page
 *         cannot be told; -ERANGE more than 2^64 bytes; another negative errno value if
 *         it could not be read, -EBADMSG if it makes no sense
 * @since 1.0
 */
int mhp_node_get_movable_bytes(const struct mhp_node *node, uint64_t *ret_bytes);

/**
 * The ratio MOVABLE:KERNEL of a node in percent, rounded up: what is compared with
 * mhp_snapshot_get_auto_movable_ratio(). The kernel's own policy (auto-movable) is
 * stricter: of kernel memory it counts only what was there at boot
 * (auto_movable_stats_account_zone() in mm/memory_hotplug.c).
 *
 * @param node         the node
 * @param ret_percent  such as 301
 * @return 0; -ENODATA also if the node has no memory in zones; -ERANGE all of it is in
 *         Movable, so that there is no such number; else as mhp_node_get_kernel_bytes()
 * @since 1.0
 */
int mhp_node_get_movable_percent(const struct mhp_node *node, uint64_t *ret_percent);

/**
 * As mhp_node_get_zone_bytes(), for all nodes together.
 *
 * @param snap         the snapshot
 * @param zone         MHP_ZONE_DMA to MHP_ZONE_DEVICE; MHP_ZONE_UNKNOWN for those with a
 *                     name never seen
 * @param ret_present  bytes of memory; may be NULL
 * @param ret_managed  bytes that the kernel hands out, which is less; may be NULL
 * @param ret_free     bytes that are free; may be NULL
 * @return as mhp_node_get_zone_bytes()
 * @since 1.0
 */
int mhp_snapshot_get_zone_bytes(const struct mhp_snapshot *snap, enum mhp_zone zone,
				uint64_t *ret_present, uint64_t *ret_managed,
				uint64_t *ret_free);

/**
 * As mhp_node_get_kernel_bytes(), for all nodes together.
 *
 * @param snap       the snapshot
 * @param ret_bytes  how many
 * @return as mhp_node_get_kernel_bytes()
 * @since 1.0
 */
int mhp_snapshot_get_kernel_bytes(const struct mhp_snapshot *snap, uint64_t *ret_bytes);

/**
 * As mhp_node_get_movable_bytes(), for all nodes together.
 *
 * @param snap       the snapshot
 * @param ret_bytes  how many
 * @return as mhp_node_get_movable_bytes()
 * @since 1.0
 */
int mhp_snapshot_get_movable_bytes(const struct mhp_snapshot *snap, uint64_t *ret_bytes);

/**
 * As mhp_node_get_movable_percent(), for all nodes together.
 *
 * @param snap         the snapshot
 * @param ret_percent  such as 301
 * @return as mhp_node_get_movable_percent()
 * @since 1.0
 */
int mhp_snapshot_get_movable_percent(const struct mhp_snapshot *snap, uint64_t *ret_percent);

#ifdef __cplusplus
}
#endif

#endif /* MHP_ZONES_H */
