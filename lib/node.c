// SPDX-License-Identifier: LGPL-2.1-or-later
/* A NUMA node of a snapshot. */
#include <errno.h>
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

struct mhp_node node_unknown(const struct mhp_snapshot *snap, int id)
{
	struct mhp_node node = {
		.id = id,
		.snap = snap,
		.has_generic_initiator.code = -ENODATA,
		.tier_code = -ENODATA,
		.distance_code = -ENODATA,
		.caches_code = -ENODATA,
	};

	for (size_t i = 0; i < ACCESS_CLASSES; i++) {
		node.access[i].code = -ENODATA;
		for (size_t k = 0; k < ACCESS_VALUES; k++)
			node.access[i].values[k].code = -ENODATA;
	}
	return node;
}

static void free_members(struct mhp_node *node)
{
	free(node->regions);
	free(node->distances);
	for (size_t i = 0; i < ACCESS_CLASSES; i++)
		free(node->access[i].initiators);
	free(node->caches);
}

void nodes_free(struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < snap->n_nodes; i++)
		free_members(&snap->nodes[i]);
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

MHP_EXPORT int mhp_node_get_distance(const struct mhp_node *node, int to,
				     unsigned int *ret_distance)
{
	const struct mhp_node *other = snapshot_find_node(node->snap, to);

	if (!other)
		return -ENOENT;
	if (node->distance_code < 0)
		return node->distance_code;
	*ret_distance = node->distances[other - node->snap->nodes];
	return 0;
}

/* ---- what its memory is rated at ---- */

/* NULL: no such class */
static const struct node_access *access_of(const struct mhp_node *node, enum mhp_access access)
{
	switch (access) {
	case MHP_ACCESS_ANY:
		return &node->access[0];
	case MHP_ACCESS_CPU:
		return &node->access[1];
	case MHP_ACCESS_UNKNOWN:
	default:
		return NULL;
	}
}

static int get_value(const struct mhp_node *node, enum mhp_access access,
		     enum access_value value, uint64_t *ret)
{
	const struct node_access *its = access_of(node, access);

	if (!its)
		return -EINVAL;
	if (its->values[value].code < 0)
		return its->values[value].code;
	*ret = its->values[value].value;
	return 0;
}

MHP_EXPORT int mhp_node_get_read_bandwidth_mb_per_s(const struct mhp_node *node,
						    enum mhp_access access, uint64_t *ret_mb_per_s)
{
	return get_value(node, access, READ_BANDWIDTH, ret_mb_per_s);
}

MHP_EXPORT int mhp_node_get_write_bandwidth_mb_per_s(const struct mhp_node *node,
						     enum mhp_access access,
						     uint64_t *ret_mb_per_s)
{
	return get_value(node, access, WRITE_BANDWIDTH, ret_mb_per_s);
}

MHP_EXPORT int mhp_node_get_read_latency_ns(const struct mhp_node *node, enum mhp_access access,
					    uint64_t *ret_ns)
{
	return get_value(node, access, READ_LATENCY, ret_ns);
}

MHP_EXPORT int mhp_node_get_write_latency_ns(const struct mhp_node *node, enum mhp_access access,
					     uint64_t *ret_ns)
{
	return get_value(node, access, WRITE_LATENCY, ret_ns);
}

MHP_EXPORT int mhp_node_get_initiators_code(const struct mhp_node *node, enum mhp_access access)
{
	const struct node_access *its = access_of(node, access);

	return its ? its->code : -EINVAL;
}

MHP_EXPORT size_t mhp_node_count_initiators(const struct mhp_node *node, enum mhp_access access)
{
	const struct node_access *its = access_of(node, access);

	return its ? its->n_initiators : 0;
}

MHP_EXPORT int mhp_node_get_initiator_id(const struct mhp_node *node, enum mhp_access access,
					 size_t index, int *ret_node)
{
	const struct node_access *its = access_of(node, access);

	if (!its || index >= its->n_initiators)
		return -EINVAL;
	*ret_node = its->initiators[index];
	return 0;
}

/* ---- caches before it ---- */

MHP_EXPORT int mhp_node_get_caches_code(const struct mhp_node *node)
{
	return node->caches_code;
}

MHP_EXPORT size_t mhp_node_count_caches(const struct mhp_node *node)
{
	return node->n_caches;
}

MHP_EXPORT int mhp_node_get_cache(const struct mhp_node *node, size_t index,
				  unsigned int *ret_level, uint64_t *ret_size_bytes)
{
	if (index >= node->n_caches)
		return -EINVAL;
	if (node->caches[index].size.code < 0)
		return node->caches[index].size.code;
	if (ret_level)
		*ret_level = node->caches[index].level;
	if (ret_size_bytes)
		*ret_size_bytes = node->caches[index].size.value;
	return 0;
}
