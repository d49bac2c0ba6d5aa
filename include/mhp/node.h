/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/node.h
 * @brief A NUMA node.
 *
 * Nodes are borrowed from a snapshot and live as long as it does.
 */
#ifndef MHP_NODE_H
#define MHP_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_node;
struct mhp_region;

/**
 * Number of a node: the M of nodeM.
 *
 * @param node  the node
 * @return the number, the M of nodeM
 * @since 1.0
 */
int mhp_node_get_id(const struct mhp_node *node);

/**
 * Whether the node has processors (it is in node/has_cpu).
 *
 * @param node         the node
 * @param ret_has_cpu  whether it has
 * @return 0; -ENODATA there is no such file; another negative errno value if it
 *         could not be read, -EBADMSG if it makes no sense
 * @since 1.0
 */
int mhp_node_get_has_cpu(const struct mhp_node *node, bool *ret_has_cpu);

/**
 * Has the node processors, in a word?
 *
 * @param node  the node
 * @return the kind; MHP_NODE_UNKNOWN where mhp_node_get_has_cpu() fails
 * @since 1.0
 */
enum mhp_node_kind mhp_node_get_kind(const struct mhp_node *node);

/**
 * Whether the node has something beside processors that uses memory by itself, such as an
 * accelerator (it is in node/has_generic_initiator, Linux 5.10).
 *
 * @param node                       the node
 * @param ret_has_generic_initiator  whether it has
 * @return as mhp_node_get_has_cpu(); -ENODATA also if the snapshot was made without
 *         MHP_SNAPSHOT_TOPOLOGY
 * @since 1.0
 */
int mhp_node_get_has_generic_initiator(const struct mhp_node *node,
				       bool *ret_has_generic_initiator);

/**
 * Whether the node has online memory (it is in node/has_memory).
 *
 * @param node            the node
 * @param ret_has_memory  whether it has
 * @return as mhp_node_get_has_cpu()
 * @since 1.0
 */
int mhp_node_get_has_memory(const struct mhp_node *node, bool *ret_has_memory);

/**
 * Whether the node has online memory in a kernel zone (it is in
 * node/has_normal_memory, which not every kernel has).
 *
 * @param node                   the node
 * @param ret_has_normal_memory  whether it has
 * @return as mhp_node_get_has_cpu()
 * @since 1.0
 */
int mhp_node_get_has_normal_memory(const struct mhp_node *node, bool *ret_has_normal_memory);

/**
 * Could the node's blocks be listed? If not, mhp_block_get_node_id() of some knows
 * nothing, and mhp_node_count_blocks() counts too few.
 *
 * @param node  the node
 * @return 0; -ENODATA if they were not, in a snapshot of one region; another negative errno
 *         value if they could not
 * @since 1.0
 */
int mhp_node_get_blocks_code(const struct mhp_node *node);

/**
 * Number of the node's memory blocks, whatever their state. A block that spans
 * nodes counts on each of them; mhp_block_get_node_id() names the lowest.
 *
 * @param node  the node
 * @return how many
 * @since 1.0
 */
size_t mhp_node_count_blocks(const struct mhp_node *node);

/**
 * Memory tier of the node: the T of memory_tierT. Of two tiers the lower number is the
 * faster memory; DRAM is mostly 4.
 *
 * @param node      the node
 * @param ret_tier  the tier
 * @return 0; -ENODATA it is in none, as a node without online memory, the kernel has no
 *         tiers (before 6.1), or the snapshot was made without MHP_SNAPSHOT_TOPOLOGY;
 *         another negative errno value if it, or a tier that may be it, could not be
 *         read; -EBADMSG if it makes no sense, as where two tiers have the node
 * @since 1.0
 */
int mhp_node_get_tier(const struct mhp_node *node, int *ret_tier);

/**
 * Distance from the node to another one, as the firmware tells: 10 to itself, more to
 * others.
 *
 * @param node          the node
 * @param to            number of the other one
 * @param ret_distance  the distance, which has no unit
 * @return 0; -ENOENT the snapshot has no such node; -ENODATA the kernel tells none, or the
 *         snapshot was made without MHP_SNAPSHOT_TOPOLOGY; -ESTALE nodes came or went
 *         meanwhile; another negative errno value if it could not be read, -EBADMSG if it
 *         makes no sense
 * @since 1.0
 */
int mhp_node_get_distance(const struct mhp_node *node, int to, unsigned int *ret_distance);

/**
 * What reading the node's memory is rated at (HMAT, or CXL's CDAT): what the firmware
 * or the device promises the best initiator, and not measured.
 *
 * @param node          the node
 * @param access        whose accesses
 * @param ret_mb_per_s  MB/s, never 0
 * @return 0; -ENODATA the kernel does not know, or the snapshot was made without
 *         MHP_SNAPSHOT_TOPOLOGY; -EINVAL access is none of these; another negative errno
 *         value if it could not be read, -EBADMSG if it makes no sense
 * @since 1.0
 */
int mhp_node_get_read_bandwidth_mb_per_s(const struct mhp_node *node, enum mhp_access access,
					 uint64_t *ret_mb_per_s);

/**
 * As mhp_node_get_read_bandwidth_mb_per_s(), of writing.
 *
 * @param node          the node
 * @param access        whose accesses
 * @param ret_mb_per_s  MB/s, never 0
 * @return as mhp_node_get_read_bandwidth_mb_per_s()
 * @since 1.0
 */
int mhp_node_get_write_bandwidth_mb_per_s(const struct mhp_node *node, enum mhp_access access,
					  uint64_t *ret_mb_per_s);

/**
 * As mhp_node_get_read_bandwidth_mb_per_s(): how long reading takes.
 *
 * @param node    the node
 * @param access  whose accesses
 * @param ret_ns  nanoseconds, never 0
 * @return as mhp_node_get_read_bandwidth_mb_per_s()
 * @since 1.0
 */
int mhp_node_get_read_latency_ns(const struct mhp_node *node, enum mhp_access access,
				 uint64_t *ret_ns);

/**
 * As mhp_node_get_read_latency_ns(), of writing.
 *
 * @param node    the node
 * @param access  whose accesses
 * @param ret_ns  nanoseconds, never 0
 * @return as mhp_node_get_read_bandwidth_mb_per_s()
 * @since 1.0
 */
int mhp_node_get_write_latency_ns(const struct mhp_node *node, enum mhp_access access,
				  uint64_t *ret_ns);

/**
 * Is it known which nodes these ratings are about?
 *
 * @param node    the node
 * @param access  whose accesses
 * @return 0; otherwise as mhp_node_get_read_bandwidth_mb_per_s()
 * @since 1.0
 */
int mhp_node_get_initiators_code(const struct mhp_node *node, enum mhp_access access);

/**
 * Number of the nodes that the ratings are about.
 *
 * @param node    the node
 * @param access  whose accesses
 * @return how many
 * @since 1.0
 */
size_t mhp_node_count_initiators(const struct mhp_node *node, enum mhp_access access);

/**
 * A node that the ratings are about, by position; they are sorted by number.
 *
 * @param node      the node whose memory it is
 * @param access    whose accesses
 * @param index     from 0
 * @param ret_node  number of the node they come from
 * @return 0; -EINVAL if there are not that many
 * @since 1.0
 */
int mhp_node_get_initiator_id(const struct mhp_node *node, enum mhp_access access, size_t index,
			      int *ret_node);

/**
 * Is it known which caches stand before the node's memory (HMAT)?
 *
 * @param node  the node
 * @return 0; -ENODATA the kernel does not know of any, or the snapshot was made without
 *         MHP_SNAPSHOT_TOPOLOGY; another negative errno value if they could not be listed
 * @since 1.0
 */
int mhp_node_get_caches_code(const struct mhp_node *node);

/**
 * Number of the caches before the node's memory, such as DRAM before slower memory.
 *
 * @param node  the node
 * @return how many
 * @since 1.0
 */
size_t mhp_node_count_caches(const struct mhp_node *node);

/**
 * A cache before the node's memory, by position; they are sorted by level.
 *
 * @param node            the node
 * @param index           from 0
 * @param ret_level       its level: 1 is the one next to the memory; may be NULL
 * @param ret_size_bytes  its size; may be NULL
 * @return 0; -EINVAL if there are not that many; -ENODATA its size is not known; another
 *         negative errno value if that could not be read, -EBADMSG if it makes no sense
 * @since 1.0
 */
int mhp_node_get_cache(const struct mhp_node *node, size_t index, unsigned int *ret_level,
		       uint64_t *ret_size_bytes);

/**
 * Number of the regions that have memory on the node: those that own a block there, and
 * those whose memory belongs to it once it is System RAM (mhp_region_get_node_id()), so
 * that parents of regions are among them. Of a region whose ranges are not known
 * (mhp_region_get_range_count()) only the latter is known.
 *
 * @param node  the node
 * @return how many
 * @since 1.0
 */
size_t mhp_node_count_regions(const struct mhp_node *node);

/**
 * A region that has memory on the node, by position; they are in the snapshot's order.
 *
 * @param node   the node
 * @param index  from 0
 * @return the region, borrowed; NULL if there are not that many
 * @since 1.0
 */
const struct mhp_region *mhp_node_get_region(const struct mhp_node *node, size_t index);

/**
 * Is the node there because of regions only? Then it has no processors and no boot
 * memory: it goes with the last block of these regions.
 *
 * @param node    the node
 * @param ret_is  whether it is; a node without blocks is not
 * @return 0; a negative errno value if that cannot be told: has_cpu (-ENODATA: there is
 *         no such file), the node's blocks, or what tells whose they are (-EACCES: needs
 *         root) could not be read
 * @since 1.0
 */
int mhp_node_get_is_from_regions(const struct mhp_node *node, bool *ret_is);

#ifdef __cplusplus
}
#endif

#endif /* MHP_NODE_H */
