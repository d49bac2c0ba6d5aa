// SPDX-License-Identifier: LGPL-2.1-or-later
/* A NUMA node of a snapshot. */
#include "internal.h"

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
