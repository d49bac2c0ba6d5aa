// SPDX-License-Identifier: LGPL-2.1-or-later
/* A NUMA node of a snapshot. */
#include <stdlib.h>

#include "internal.h"

struct mhp_node *snapshot_find_node(const struct mhp_snapshot *snap, int id)
{
	size_t low = 0, high = snap->n_nodes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (snap->nodes[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < snap->n_nodes && snap->nodes[low].id == id ? &snap->nodes[low] : NULL;
}

void nodes_free(struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < snap->n_nodes; i++)
		free(snap->nodes[i].regions);
	free(snap->nodes);
	snap->nodes = NULL;
	snap->n_nodes = 0;
}

MHP_EXPORT int mhp_node_get_id(const struct mhp_node *node)
{
	return node->id;
}

static int get(const struct node_flag *flag, bool *ret)
{
	if (flag->code == 0)
		*ret = flag->set;
	return flag->code;
}

MHP_EXPORT int mhp_node_get_has_cpu(const struct mhp_node *node, bool *ret_has_cpu)
{
	return get(&node->has_cpu, ret_has_cpu);
}

MHP_EXPORT enum mhp_node_kind mhp_node_get_kind(const struct mhp_node *node)
{
	if (node->has_cpu.code < 0)
		return MHP_NODE_UNKNOWN;
	return node->has_cpu.set ? MHP_NODE_CPU : MHP_NODE_CPU_LESS;
}

MHP_EXPORT int mhp_node_get_has_generic_initiator(const struct mhp_node *node,
						  bool *ret_has_generic_initiator)
{
	return get(&node->has_generic_initiator, ret_has_generic_initiator);
}

MHP_EXPORT int mhp_node_get_has_memory(const struct mhp_node *node, bool *ret_has_memory)
{
	return get(&node->has_memory, ret_has_memory);
}

MHP_EXPORT int mhp_node_get_has_normal_memory(const struct mhp_node *node,
					      bool *ret_has_normal_memory)
{
	return get(&node->has_normal_memory, ret_has_normal_memory);
}

MHP_EXPORT int mhp_node_get_blocks_code(const struct mhp_node *node)
{
	return node->blocks_code;
}

MHP_EXPORT size_t mhp_node_count_blocks(const struct mhp_node *node)
{
	return node->n_blocks;
}

MHP_EXPORT int mhp_node_get_tier(const struct mhp_node *node, int *ret_tier)
{
	if (node->tier_code < 0)
		return node->tier_code;
	*ret_tier = node->tier;
	return 0;
}
