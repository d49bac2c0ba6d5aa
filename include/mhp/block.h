/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/block.h
 * @brief A memory block: the unit that the kernel onlines and offlines.
 *
 * Blocks are borrowed from a snapshot and live as long as it does.
 */
#ifndef MHP_BLOCK_H
#define MHP_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_block;

/**
 * Number of a block: the N of memoryN. Its first byte is at N times the block
 * size.
 *
 * @param block  the block
 * @return the N of memoryN
 * @since 1.0
 */
uint64_t mhp_block_get_id(const struct mhp_block *block);

/**
 * State of a block.
 *
 * @param block  the block
 * @return MHP_STATE_OFFLINE, _ONLINE, _GOING_OFFLINE, or _UNKNOWN
 * @since 1.0
 */
enum mhp_state mhp_block_get_state(const struct mhp_block *block);

/**
 * Was the state of a block not read, but follows from what /proc/zoneinfo tells of its
 * node? It is as sure as if it had been read when that was, but for a block that was going
 * offline: that is online then or, near its end, offline.
 *
 * @param block  the block
 * @return whether it was; false with MHP_SNAPSHOT_EXACT
 * @since 1.0
 */
bool mhp_block_is_inferred(const struct mhp_block *block);

/**
 * NUMA node of a block.
 *
 * @param block     the block
 * @param ret_node  the node; the lowest one if the block spans several
 * @return 0; -ENODATA if the kernel shows none
 * @since 1.0
 */
int mhp_block_get_node_id(const struct mhp_block *block, int *ret_node);

/**
 * Zone that an online block is in.
 *
 * @param block  the block
 * @return the zone; MHP_ZONE_NONE if it spans several; MHP_ZONE_UNKNOWN if the
 *         block is not online or the zone could not be read
 * @since 1.0
 */
enum mhp_zone mhp_block_get_zone(const struct mhp_block *block);

/**
 * Number of words in valid_zones: of an online block the one zone that it is
 * in, of another the zones that it may go to.
 *
 * @param block  the block
 * @return 0 if it was not read (see mhp_snapshot_opts) or could not be
 * @since 1.0
 */
size_t mhp_block_count_zones(const struct mhp_block *block);

/**
 * A word of valid_zones. The first one of an offline block is where a plain
 * "online" would go now.
 *
 * @param block  the block
 * @param index  from 0
 * @return the zone; MHP_ZONE_UNKNOWN if there are not that many, or for a word
 *         that libmhp does not know (see mhp_snapshot_get_block_zones_text())
 * @since 1.0
 */
enum mhp_zone mhp_block_get_zone_at(const struct mhp_block *block, size_t index);

#ifdef __cplusplus
}
#endif

#endif /* MHP_BLOCK_H */
