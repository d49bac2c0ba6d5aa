// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a region is made from and what can be done to it, as JSON. */
#include <inttypes.h>

#include <json-c/json.h>

#include "tool.h"

struct json_object *json_devices(const struct mhp_region *region)
{
	struct json_object *devices = json_new_array();
	const char *name, *path;

	for (size_t i = 0; mhp_region_get_device(region, i, &name, &path) == 0; i++) {
		struct json_object *device = json_new_object();
		char serial[24];
		uint64_t number;
		int node;

		json_add_text(device, "name", name);
		json_add_text(device, "path", path);
		/* with 64 bits it is no number that all can read */
		if (mhp_region_get_device_serial(region, i, &number) == 0) {
			snprintf(serial, sizeof(serial), "0x%" PRIx64, number);
			json_add_text(device, "serial", serial);
		} else {
			json_add(device, "serial", NULL);
		}
		if (mhp_region_get_device_node_id(region, i, &node) == 0)
			json_add_number(device, "node", (uint64_t)node);
		else
			json_add(device, "node", NULL);
		json_append(devices, device);
	}
	return devices;
}

/* What its origin tells of a region, by the name of the fact. */
static struct json_object *facts_object(const struct mhp_region *region)
{
	struct json_object *facts = json_new_object();
	const char *name, *text;
	int code;

	for (size_t i = 0; mhp_region_get_fact(region, i, &name, &text, &code) == 0; i++)
		json_add_text(facts, name, code == 0 ? text : NULL);
	return facts;
}

/* null: it can; else why it cannot */
static struct json_object *cannot_object(const struct mhp_region *region)
{
	struct json_object *cannot = json_new_object();
	const char *word, *why;

	for (int i = 1; (word = capability_word(i)); i++) {
		mhp_region_can(region, (enum mhp_capability)i, &why);
		json_add_text(cannot, word, why);
	}
	return cannot;
}

void json_add_origin(struct json_object *object, const struct mhp_region *region)
{
	const struct mhp_region *parent = mhp_region_get_parent(region);
	const char *identity;
	size_t count;

	if (mhp_region_get_range_count(region, &count) == 0) {
		json_add_number(object, "owned_blocks", mhp_region_count_blocks(region));
		json_add_number(object, "total_blocks", mhp_region_count_total_blocks(region));
	} else {
		json_add(object, "owned_blocks", NULL);
		json_add(object, "total_blocks", NULL);
	}

	if (mhp_region_get_identity(region, &identity) < 0)
		identity = NULL;
	json_add_text(object, "identity", identity);
	json_add_text(object, "parent", parent ? mhp_region_get_name(parent) : NULL);
	json_add(object, "devices", json_devices(region));
	json_add(object, "facts", facts_object(region));
	json_add(object, "cannot", cannot_object(region));
}
