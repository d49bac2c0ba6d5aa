// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which regions gave a node its memory. */
#include <errno.h>
#include <stdlib.h>

#include "provider.h"

/* Regions come in order, so one that is there already is the last. */
static int add_region(struct mhp_node *node, size_t region)
{
	size_t *regions;

	if (node->n_regions && node->regions[node->n_regions - 1] == region)
		return 0;
	if (node->n_regions == node->regions_room) {
		size_t room = node->regions_room ? 2 * node->regions_room : 4;

		regions = reallocarray(node->regions, room, sizeof(*regions));
		if (!regions)
			return -ENOMEM;
		node->regions = regions;
		node->regions_room = room;
	}
	node->regions[node->n_regions++] = region;
	return 0;
}

/* Blocks of one node that a region owns. */
static int add_blocks(struct mhp_snapshot *snap, size_t region, unsigned int id, size_t count)
{
	struct mhp_node *node = id == BLOCK_NO_NODE ? NULL : snapshot_find_node(snap, (int)id);

	if (!node || !count)
		return 0;
	if (provider_of(snap->regions.list[region].kind)->is_from_boot)
		node->n_boot += count;
	else
		node->n_given += count;
	return add_region(node, region);
}

/* The blocks that a region owns may lie on several nodes, whatever the device says. */
static int add_blocks_of(struct mhp_snapshot *snap, size_t index)
{
	const struct mhp_region *region = &snap->regions.list[index];
	unsigned int node = BLOCK_NO_NODE;
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; i < region->n_spans && r == 0; i++) {
		const struct mhp_block *block = &snap->blocks[region->spans[i].first];
		const struct mhp_block *end = block + region->spans[i].count;

		for (; block < end && r == 0; block++, count++) {
			if (block->node == node)
				continue;
			r = add_blocks(snap, index, node, count);
			node = block->node;
			count = 0;
		}
	}
	return r < 0 ? r : add_blocks(snap, index, node, count);
}

int nodes_find_regions(struct mhp_snapshot *snap)
{
	int r = 0;

	for (size_t i = 0; i < snap->regions.count && r == 0; i++) {
		const struct mhp_region *region = &snap->regions.list[i];
		struct mhp_node *node = NULL;

		/* what is made from a parent gave it */
		if (region->node_code == 0 && !region->has_children)
			node = snapshot_find_node(snap, region->node);
		if (node)
			r = add_region(node, i);
		if (r == 0)
			r = add_blocks_of(snap, i);
	}
	return r;
}

MHP_EXPORT size_t mhp_node_count_regions(const struct mhp_node *node)
{
	return node->n_regions;
}

MHP_EXPORT const struct mhp_region *mhp_node_get_region(const struct mhp_node *node, size_t index)
{
	return index < node->n_regions ? &node->snap->regions.list[node->regions[index]] : NULL;
}

MHP_EXPORT int mhp_node_get_is_from_regions(const struct mhp_node *node, bool *ret_is)
{
	bool is = false;

	if (node->has_cpu.code < 0)
		return node->has_cpu.code;
	if (node->blocks_code < 0)
		return node->blocks_code;
	/* of other blocks either the owner is not known, or the lowest node of several has them */
	if (!node->has_cpu.set && !node->n_boot && node->n_given < node->n_blocks &&
	    node->snap->owners_code < 0)
		return node->snap->owners_code;
	if (!node->has_cpu.set && node->n_blocks)
		is = node->n_given == node->n_blocks;
	*ret_is = is;
	return 0;
}
