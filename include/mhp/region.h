/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/region.h
 * @brief Memory of one origin, such as a DAX device: a list of physical ranges.
 *
 * A region's blocks are the whole blocks inside its ranges: a block that a range
 * covers in part only belongs to somebody else. State and zone are computed from
 * the blocks; the driver's own word (mhp_region_get_device_state()) is a claim
 * that may disagree.
 *
 * Regions are borrowed from a snapshot and live as long as it does.
 */
#ifndef MHP_REGION_H
#define MHP_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_region;
struct mhp_block;

/**
 * The kernel's name of the region, such as "dax0.0".
 *
 * @return borrowed, never NULL
 * @since 0.1
 */
const char *mhp_region_get_name(const struct mhp_region *region);

/**
 * Origin of the region's memory.
 *
 * @since 0.1
 */
enum mhp_region_kind mhp_region_get_kind(const struct mhp_region *region);

/**
 * The region's directory in sysfs.
 *
 * @return path below the root, such as "/sys/devices/platform/.../dax0.0";
 *         borrowed, never NULL; to be escaped before it goes to a terminal
 * @since 0.1
 */
const char *mhp_region_get_path(const struct mhp_region *region);

/**
 * Node that the memory belongs to when it is System RAM.
 *
 * @return 0; -ENODATA the kernel tells none; another negative errno value if it
 *         could not be read, -EBADMSG if it makes no sense
 * @since 0.1
 */
int mhp_region_get_node(const struct mhp_region *region, int *ret_node);

/**
 * Driver that is bound to the device.
 *
 * @param region      the region
 * @param ret_driver  the driver's name such as "kmem", borrowed, to be escaped
 *                    before it goes to a terminal; NULL if none is bound
 * @return 0; a negative errno value if it could not be read
 * @since 0.1
 */
int mhp_region_get_driver(const struct mhp_region *region, const char **ret_driver);

/**
 * The driver's own word for the whole device (daxX.Y/state, Linux 7.3). It is a
 * memory of the last request and no measurement: compare mhp_region_get_state().
 *
 * @param region     the region
 * @param ret_state  its value; may be NULL
 * @param ret_text   the kernel's word, borrowed, to be escaped before it goes to
 *                   a terminal; may be NULL
 * @return 0; -ENODATA if there is no such file (older kernel, or not bound to
 *         kmem); another negative errno value if it could not be read
 * @since 0.1
 */
int mhp_region_get_device_state(const struct mhp_region *region,
				enum mhp_device_state *ret_state, const char **ret_text);

/**
 * Driver that /proc/iomem names for the region's System RAM: the X of
 * "System RAM (X)". It stays after that driver was unbound from memory that was
 * online.
 *
 * @param region      the region
 * @param ret_driver  borrowed, to be escaped before it goes to a terminal; NULL if
 *                    the region is not System RAM, or no driver's
 * @return 0; a negative errno value if it could not be read (-EACCES: the
 *         addresses there are only for CAP_SYS_ADMIN). A line that makes no sense
 *         is a problem of the snapshot, and skipped
 * @since 0.1
 */
int mhp_region_get_ram_driver(const struct mhp_region *region, const char **ret_driver);

/**
 * Number of the region's physical ranges: an output, because it may not be known.
 *
 * @return 0; a negative errno value if they could not be read: -EACCES needs
 *         root, -EBADMSG makes no sense. Such a region has no blocks here
 * @since 0.1
 */
int mhp_region_count_ranges(const struct mhp_region *region, size_t *ret_count);

/**
 * A physical range of the region, untrimmed, in the kernel's order.
 *
 * @param region          the region
 * @param index           from 0
 * @param ret_start       first byte's address
 * @param ret_size_bytes  length, not 0
 * @return 0; -EINVAL if there are not that many
 * @since 0.1
 */
int mhp_region_get_range(const struct mhp_region *region, size_t index,
			 uint64_t *ret_start, uint64_t *ret_size_bytes);

/**
 * Number of runs of whole blocks inside the ranges, by address. Neighbouring
 * runs are one.
 *
 * @return 0 if there is no whole block, or the ranges could not be read
 * @since 0.1
 */
size_t mhp_region_count_block_runs(const struct mhp_region *region);

/**
 * A run of block numbers inside the region, whether the blocks exist or not.
 *
 * @param region     the region
 * @param index      from 0
 * @param ret_first  first block's number
 * @param ret_count  number of blocks, not 0
 * @return 0; -EINVAL if there are not that many
 * @since 0.1
 */
int mhp_region_get_block_run(const struct mhp_region *region, size_t index,
			     uint64_t *ret_first, uint64_t *ret_count);

/**
 * Number of blocks of the region that exist.
 *
 * @return 0 also if the ranges could not be read (mhp_region_count_ranges())
 * @since 0.1
 */
size_t mhp_region_count_blocks(const struct mhp_region *region);

/**
 * A block of the region that exists, by position; they are sorted by address.
 *
 * @return the block, borrowed; NULL if there are not that many
 * @since 0.1
 */
const struct mhp_block *mhp_region_get_block(const struct mhp_region *region, size_t index);

/**
 * State of the region, computed from its blocks: MHP_STATE_ONLINE or _OFFLINE if
 * all of them are, MHP_STATE_ABSENT if none exists, else MHP_STATE_MIXED; a
 * block that is missing or going offline makes it mixed too.
 *
 * @return the state; MHP_STATE_UNKNOWN if ranges or a block could not be read
 * @since 0.1
 */
enum mhp_state mhp_region_get_state(const struct mhp_region *region);

/**
 * Zone of the region's online blocks.
 *
 * @return the zone; MHP_ZONE_MIXED if they differ; MHP_ZONE_UNKNOWN if none is
 *         online or one could not be read
 * @since 0.1
 */
enum mhp_zone mhp_region_get_zone(const struct mhp_region *region);

/**
 * Size of all ranges.
 *
 * @return 0, also where the kernel tells the size and not the ranges; a negative
 *         errno value if it could not be read
 * @since 0.1
 */
int mhp_region_get_size_bytes(const struct mhp_region *region, uint64_t *ret_bytes);

/**
 * Memory of the region that is in use: its online blocks. One whose state could
 * not be read does not count.
 *
 * @return 0; a negative errno value if the ranges could not be read
 * @since 0.1
 */
int mhp_region_get_online_bytes(const struct mhp_region *region, uint64_t *ret_bytes);

/**
 * Memory of the region that can never be used, because it does not fill a whole
 * block.
 *
 * @return 0; a negative errno value if the ranges could not be read
 * @since 0.1
 */
int mhp_region_get_lost_bytes(const struct mhp_region *region, uint64_t *ret_bytes);

#ifdef __cplusplus
}
#endif

#endif /* MHP_REGION_H */
