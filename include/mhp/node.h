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

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_node;

/**
 * Number of a node: the M of nodeM.
 *
 * @since 0.1
 */
int mhp_node_get_id(const struct mhp_node *node);

/**
 * Whether the node has processors (it is in node/has_cpu).
 *
 * @return 0; -ENODATA there is no such file; another negative errno value if it
 *         could not be read, -EBADMSG if it makes no sense
 * @since 0.1
 */
int mhp_node_get_has_cpu(const struct mhp_node *node, bool *ret_has_cpu);

/**
 * Whether the node has online memory (it is in node/has_memory).
 *
 * @return as mhp_node_get_has_cpu()
 * @since 0.1
 */
int mhp_node_get_has_memory(const struct mhp_node *node, bool *ret_has_memory);

/**
 * Whether the node has online memory in a kernel zone (it is in
 * node/has_normal_memory, which not every kernel has).
 *
 * @return as mhp_node_get_has_cpu()
 * @since 0.1
 */
int mhp_node_get_has_normal_memory(const struct mhp_node *node, bool *ret_has_normal_memory);

/**
 * Could the node's blocks be listed? If not, mhp_block_get_node() of some knows
 * nothing, and mhp_node_count_blocks() counts too few.
 *
 * @return 0; a negative errno value if they could not
 * @since 0.1
 */
int mhp_node_get_blocks_code(const struct mhp_node *node);

/**
 * Number of the node's memory blocks, whatever their state. A block that spans
 * nodes counts on each of them; mhp_block_get_node() names the lowest.
 *
 * @since 0.1
 */
size_t mhp_node_count_blocks(const struct mhp_node *node);

#ifdef __cplusplus
}
#endif

#endif /* MHP_NODE_H */
