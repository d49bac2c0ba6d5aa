// SPDX-License-Identifier: LGPL-2.1-or-later
/* Nodes, and what lies in the machine's zones, as JSON. What is not known is null. */
#include <stdlib.h>

#include "tool.h"

static void add_value(struct json_object *object, const char *key, int code, uint64_t value)
{
	if (code == 0)
		json_add_number(object, key, value);
	else
		json_add(object, key, NULL);
}

static void add_flag(struct json_object *object, const char *name,
		     int (*get)(const struct mhp_node *node, bool *ret),
		     const struct mhp_node *node)
{
	bool flag;

	if (get(node, &flag) == 0)
		json_add_bool(object, name, flag);
	else
		json_add(object, name, NULL);
}

static void add_blocks(struct json_object *object, const struct mhp_snapshot *snap,
		       const struct mhp_node *node)
{
	uint64_t block_size = mhp_snapshot_get_block_size_bytes(snap), online = 0;
	const struct mhp_block *block;
	struct text_list list = { 0 };
	char *ids;
	int id;

	for (size_t k = 0; (block = mhp_snapshot_get_block(snap, k)); k++) {
		if (mhp_block_get_node_id(block, &id) < 0 || id != mhp_node_get_id(node))
			continue;
		text_list_add(&list, mhp_block_get_id(block), 1);
		if (mhp_block_get_state(block) == MHP_STATE_ONLINE)
			online += block_size;
	}
	ids = text_list_end(&list);
	if (mhp_node_get_blocks_code(node) < 0) {
		free(ids);
		json_add(object, "blocks", NULL);
		json_add(object, "online_bytes", NULL);
	} else {
		json_add_list(object, "blocks", ids);
		json_add_number(object, "online_bytes", online);
	}
}

static struct json_object *distances_array(const struct mhp_snapshot *snap,
					   const struct mhp_node *node)
{
	struct json_object *distances = NULL;
	const struct mhp_node *other;
	unsigned int distance;

	for (size_t i = 0; (other = mhp_snapshot_get_node(snap, i)); i++) {
		struct json_object *object;
		int id = mhp_node_get_id(other);

		if (mhp_node_get_distance(node, id, &distance) < 0)
			continue;
		if (!distances)
			distances = json_new_array();
		object = json_new_object();
		json_add_number(object, "node", (uint64_t)id);
		json_add_number(object, "distance", distance);
		json_append(distances, object);
	}
	return distances;
}

static const struct {
	const char *key;
	int (*get)(const struct mhp_node *node, enum mhp_access access, uint64_t *ret);
} ratings[] = {
	{ "read_bandwidth_mb_per_s", mhp_node_get_read_bandwidth_mb_per_s },
	{ "write_bandwidth_mb_per_s", mhp_node_get_write_bandwidth_mb_per_s },
	{ "read_latency_ns", mhp_node_get_read_latency_ns },
	{ "write_latency_ns", mhp_node_get_write_latency_ns },
};

static struct json_object *access_object(const struct mhp_node *node, enum mhp_access access)
{
	struct json_object *object, *initiators;
	uint64_t value = 0;
	int id, code;

	if (mhp_node_get_initiators_code(node, access) < 0 &&
	    mhp_node_count_initiators(node, access) == 0)
		return NULL;
	object = json_new_object();
	initiators = json_new_array();
	for (size_t i = 0; mhp_node_get_initiator_id(node, access, i, &id) == 0; i++)
		json_append_number(initiators, (uint64_t)id);
	json_add(object, "initiators", initiators);
	for (size_t i = 0; i < ARRAY_SIZE(ratings); i++) {
		code = ratings[i].get(node, access, &value);
		add_value(object, ratings[i].key, code, value);
	}
	return object;
}

static struct json_object *caches_array(const struct mhp_node *node)
{
	struct json_object *caches;

	if (mhp_node_get_caches_code(node) < 0)
		return NULL;
	caches = json_new_array();
	for (size_t i = 0; i < mhp_node_count_caches(node); i++) {
		struct json_object *object = json_new_object();
		unsigned int level = 0;
		uint64_t size = 0;
		int code = mhp_node_get_cache(node, i, &level, &size);

		add_value(object, "level", code, level);
		add_value(object, "size_bytes", code, size);
		json_append(caches, object);
	}
	return caches;
}

/* Zones that hold something. */
static struct json_object *zones_array(const struct mhp_node *node)
{
	struct json_object *zones = json_new_array();
	uint64_t present, managed, free_bytes;

	for (enum mhp_zone zone = MHP_ZONE_DMA; zone <= MHP_ZONE_DEVICE; zone++) {
		struct json_object *object;

		if (mhp_node_get_zone_bytes(node, zone, &present, &managed, &free_bytes) < 0) {
			json_free(zones);
			return NULL;
		}
		if (!present)
			continue;
		object = json_new_object();
		json_add_text(object, "zone", mhp_zone_to_str(zone));
		json_add_number(object, "present_bytes", present);
		json_add_number(object, "managed_bytes", managed);
		json_add_number(object, "free_bytes", free_bytes);
		json_append(zones, object);
	}
	return zones;
}

static struct json_object *regions_array(const struct mhp_node *node)
{
	struct json_object *regions = json_new_array();
	const struct mhp_region *region;

	for (size_t i = 0; (region = mhp_node_get_region(node, i)); i++)
		json_append_text(regions, mhp_region_get_name(region));
	return regions;
}

struct json_object *json_node(const struct mhp_snapshot *snap, const struct mhp_node *node)
{
	struct json_object *object = json_new_object(), *access = json_new_object();
	enum mhp_node_kind kind = mhp_node_get_kind(node);
	uint64_t value = 0;
	int tier = 0, code;

	json_add_number(object, "id", (uint64_t)mhp_node_get_id(node));
	add_flag(object, "has_cpu", mhp_node_get_has_cpu, node);
	add_flag(object, "has_memory", mhp_node_get_has_memory, node);
	add_flag(object, "has_normal_memory", mhp_node_get_has_normal_memory, node);
	add_blocks(object, snap, node);
	json_add_text(object, "kind",
		      kind == MHP_NODE_UNKNOWN ? NULL : mhp_node_kind_to_str(kind));
	add_flag(object, "has_generic_initiator", mhp_node_get_has_generic_initiator, node);
	code = mhp_node_get_tier(node, &tier);
	add_value(object, "tier", code, (uint64_t)tier);
	json_add(object, "distances", distances_array(snap, node));
	json_add(access, "any", access_object(node, MHP_ACCESS_ANY));
	json_add(access, "cpu", access_object(node, MHP_ACCESS_CPU));
	json_add(object, "access", access);
	json_add(object, "caches", caches_array(node));
	code = mhp_node_get_kernel_bytes(node, &value);
	add_value(object, "kernel_bytes", code, value);
	code = mhp_node_get_movable_bytes(node, &value);
	add_value(object, "movable_bytes", code, value);
	code = mhp_node_get_movable_percent(node, &value);
	add_value(object, "movable_percent", code, value);
	json_add(object, "zones", zones_array(node));
	json_add(object, "regions", regions_array(node));
	add_flag(object, "is_from_regions", mhp_node_get_is_from_regions, node);
	return object;
}

void json_add_nodes(struct json_object *top, const struct mhp_snapshot *snap)
{
	struct json_object *nodes = NULL;
	const struct mhp_node *node;
	uint64_t value = 0;
	int code;

	if (mhp_snapshot_get_nodes_code(snap) == 0)
		nodes = json_new_array();
	for (size_t i = 0; nodes && (node = mhp_snapshot_get_node(snap, i)); i++)
		json_append(nodes, json_node(snap, node));
	json_add(top, "nodes", nodes);
	code = mhp_snapshot_get_kernel_bytes(snap, &value);
	add_value(top, "kernel_bytes", code, value);
	code = mhp_snapshot_get_movable_bytes(snap, &value);
	add_value(top, "movable_bytes", code, value);
	code = mhp_snapshot_get_movable_percent(snap, &value);
	add_value(top, "movable_percent", code, value);
}
