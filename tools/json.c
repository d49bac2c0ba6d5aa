// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A snapshot as JSON, and what every JSON document shares.
 *
 * Fields are only ever added. What could not be read is null, and errors[] has
 * the file; what the kernel does not have is null too, without an error.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "tool.h"

/* json-c takes NULL for null: running out of memory must not look like that. */
static struct json_object *need(struct json_object *value)
{
	if (!value)
		out_of_memory();
	return value;
}

struct json_object *json_new_object(void)
{
	return need(json_object_new_object());
}

struct json_object *json_new_array(void)
{
	return need(json_object_new_array());
}

void json_add(struct json_object *object, const char *key, struct json_object *value)
{
	if (json_object_object_add(object, key, value) < 0)
		out_of_memory();
}

void json_append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value) < 0)
		out_of_memory();
}

void json_append_text(struct json_object *array, const char *text)
{
	json_append(array, need(json_object_new_string(text)));
}

void json_append_number(struct json_object *array, uint64_t number)
{
	json_append(array, need(json_object_new_uint64(number)));
}

void json_free(struct json_object *value)
{
	json_object_put(value);
}

void json_add_text(struct json_object *object, const char *key, const char *text)
{
	json_add(object, key, text ? need(json_object_new_string(text)) : NULL);
}

void json_add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_add(object, key, need(json_object_new_uint64(number)));
}

void json_add_bool(struct json_object *object, const char *key, bool value)
{
	json_add(object, key, need(json_object_new_boolean(value)));
}

/* Takes the list over. */
void json_add_list(struct json_object *object, const char *key, char *list)
{
	json_add_text(object, key, list);
	free(list);
}

void json_add_range(struct json_object *array, uint64_t start, uint64_t size_bytes)
{
	struct json_object *range = json_new_object();
	char address[24];

	snprintf(address, sizeof(address), "0x%" PRIx64, start);
	json_add_text(range, "start", address);
	json_add_number(range, "size", size_bytes);
	json_append(array, range);
}

/* The object at the top of a document. */
struct json_object *json_begin(void)
{
	struct json_object *top = json_new_object();

	json_add_number(top, "schema", 1);
	return top;
}

/*
 * Print a document and free it. json-c passes bytes from 0x7f on as they are;
 * they may be no UTF-8, which would be no JSON, and need not be fit for a
 * terminal. So the output is ASCII: characters as \uNNNN, and a byte that
 * belongs to no character as the text \xNN.
 */
static void print(struct json_object *top, int flags)
{
	const char *text = json_object_to_json_string_ext(top, flags |
							  JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!text)
		out_of_memory();
	while (*text) {
		size_t plain = 0, length;
		uint32_t c;

		while (text[plain] > 0 && text[plain] < 0x7f)
			plain++;
		fwrite(text, 1, plain, stdout);
		text += plain;
		if (!*text)
			break;
		length = text_utf8_length(text, &c);
		if (length == 0) {
			printf("\\\\x%02x", (unsigned char)*text);
			length = 1;
		} else if (c > 0xffff) {
			printf("\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
			       0xdc00 + ((c - 0x10000) & 0x3ff));
		} else {
			printf("\\u%04x", c);
		}
		text += length;
	}
	putchar('\n');
	json_object_put(top);
}

void json_print(struct json_object *top)
{
	print(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
}

/* As one line: one of many documents. */
void json_print_line(struct json_object *top)
{
	print(top, JSON_C_TO_STRING_PLAIN);
}

static const char *state_text(enum mhp_state state)
{
	return state == MHP_STATE_UNKNOWN ? NULL : mhp_state_to_str(state);
}

static const char *zone_text(enum mhp_zone zone)
{
	return zone == MHP_ZONE_UNKNOWN ? NULL : mhp_zone_to_str(zone);
}

static void add_errors(struct json_object *top, const struct mhp_snapshot *snap)
{
	struct json_object *errors = json_new_array();
	const char *path, *text;
	int code;

	for (size_t i = 0; mhp_snapshot_get_problem(snap, i, &path, &code, &text) == 0; i++) {
		struct json_object *error = json_new_object();

		json_add_text(error, "path", path);
		json_add_number(error, "errno", (uint64_t)-code);
		json_add_text(error, "name", text_errno_name(code));
		json_add_text(error, "text", text);
		json_append(errors, error);
	}
	json_add(top, "errors", errors);
}

/* null if nothing is, or if that could not be read */
static void add_pending(struct json_object *top, const struct mhp_snapshot *snap)
{
	struct json_object *pending = NULL;
	const char *what = NULL;
	bool running = false;

	if (mhp_snapshot_get_pending(snap, &what, &running) == 0 && what) {
		pending = json_new_object();
		json_add_text(pending, "what", what);
		json_add_bool(pending, "running", running);
	}
	json_add(top, "recovery_pending", pending);
}

static void add_bytes(struct json_object *object, const char *name,
		      int (*get)(const struct mhp_region *region, uint64_t *ret),
		      const struct mhp_region *region)
{
	uint64_t bytes;

	if (get(region, &bytes) == 0)
		json_add_number(object, name, bytes);
	else
		json_add(object, name, NULL);
}

static struct json_object *region_object(const struct mhp_region *region)
{
	struct json_object *object = json_new_object(), *ranges = NULL;
	uint64_t start, size_bytes;
	const char *text;
	bool readable;
	size_t count;
	int node;

	readable = mhp_region_get_range_count(region, &count) == 0;
	if (readable)
		ranges = json_new_array();
	for (size_t i = 0; mhp_region_get_range(region, i, &start, &size_bytes) == 0; i++)
		json_add_range(ranges, start, size_bytes);

	json_add_text(object, "name", mhp_region_get_name(region));
	json_add_text(object, "kind", mhp_region_kind_to_str(mhp_region_get_kind(region)));
	json_add_text(object, "path", mhp_region_get_path(region));
	json_add(object, "ranges", ranges);
	json_add_list(object, "blocks", readable ? text_region_blocks(region) : NULL);
	if (mhp_region_get_node_id(region, &node) == 0)
		json_add_number(object, "node", (uint64_t)node);
	else
		json_add(object, "node", NULL);
	if (mhp_region_get_driver(region, &text) < 0)
		text = NULL;
	json_add_text(object, "driver", text);
	if (mhp_region_get_ram_driver(region, &text) < 0)
		text = NULL;
	json_add_text(object, "ram_driver", text);
	if (mhp_region_get_device_state(region, NULL, &text) < 0)
		text = NULL;
	json_add_text(object, "device_state", text);
	json_add_text(object, "state", state_text(mhp_region_get_state(region)));
	json_add_text(object, "zone", zone_text(mhp_region_get_zone(region)));
	add_bytes(object, "size_bytes", mhp_region_get_size_bytes, region);
	add_bytes(object, "online_bytes", mhp_region_get_online_bytes, region);
	add_bytes(object, "lost_bytes", mhp_region_get_lost_bytes, region);
	if (mhp_region_get_kind(region) == MHP_REGION_VIRTIO_MEM)
		add_bytes(object, "plugged_bytes", mhp_region_get_plugged_bytes, region);
	json_add_origin(object, region);
	return object;
}

/* The words of valid_zones; NULL if they are not known. */
static struct json_object *zones_array(const struct mhp_snapshot *snap,
				       const struct mhp_block *block)
{
	const char *odd = mhp_snapshot_get_block_zones_text(snap, block);
	size_t count = mhp_block_count_zones(block);
	struct json_object *zones;

	if (!odd && count == 0)
		return NULL;
	zones = json_new_array();
	for (size_t i = 0; !odd && i < count; i++) {
		const char *word = mhp_zone_to_str(mhp_block_get_zone_at(block, i));

		json_append(zones, need(json_object_new_string(word)));
	}
	while (odd && *(odd += strspn(odd, " "))) {
		size_t length = strcspn(odd, " ");

		json_append(zones, need(json_object_new_string_len(odd, (int)length)));
		odd += length;
	}
	return zones;
}

static void add_plugged(struct json_object *object, const struct mhp_snapshot *snap,
			const struct mhp_block *block)
{
	uint64_t bytes;

	if (mhp_snapshot_get_block_plugged_bytes(snap, block, &bytes) == 0)
		json_add_number(object, "plugged_bytes", bytes);
	else
		json_add(object, "plugged_bytes", NULL);
}

static struct json_object *block_object(const struct mhp_snapshot *snap,
					const struct mhp_block *block)
{
	const struct mhp_region *region = mhp_snapshot_get_block_region(snap, block);
	struct json_object *object = json_new_object();
	int node;

	json_add_number(object, "id", mhp_block_get_id(block));
	json_add_text(object, "state", state_text(mhp_block_get_state(block)));
	json_add(object, "zones", zones_array(snap, block));
	if (mhp_block_get_node_id(block, &node) == 0)
		json_add_number(object, "node", (uint64_t)node);
	else
		json_add(object, "node", NULL);
	json_add_text(object, "region", region ? mhp_region_get_name(region) : NULL);
	if (region && mhp_region_get_kind(region) == MHP_REGION_VIRTIO_MEM)
		add_plugged(object, snap, block);
	return object;
}

void json_list(const struct mhp_snapshot *snap, bool tree)
{
	struct json_object *top = json_begin();
	struct json_object *regions = NULL, *blocks = json_new_array();
	const struct mhp_region *region;
	const struct mhp_block *block;
	enum mhp_online_type type;
	const char *text;

	json_add_number(top, "block_size_bytes", mhp_snapshot_get_block_size_bytes(snap));
	text = mhp_snapshot_get_default_online_type(snap, &type) < 0 ?
	       NULL : mhp_online_type_to_str(type);
	json_add_text(top, "default_online_type", text);
	if (mhp_snapshot_get_online_policy(snap, &text) < 0)
		text = NULL;
	json_add_text(top, "online_policy", text);
	json_add_nodes(top, snap);
	if (mhp_snapshot_get_regions_code(snap) == 0)
		regions = json_new_array();
	for (size_t i = 0; regions && (region = mhp_snapshot_get_region(snap, i)); i++)
		json_append(regions, region_object(region));
	json_add(top, "regions", regions);
	for (size_t i = 0; (block = mhp_snapshot_get_block(snap, i)); i++)
		json_append(blocks, block_object(snap, block));
	json_add(top, "blocks", blocks);
	if (tree)
		json_add(top, "tree", tree_json(snap));
	add_pending(top, snap);
	add_errors(top, snap);
	json_print(top);
}

void json_show(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	struct json_object *top = json_begin(), *blocks = json_new_array();
	const struct mhp_node *node = NULL;
	const struct mhp_block *block;
	int id;

	json_add_number(top, "block_size_bytes", mhp_snapshot_get_block_size_bytes(snap));
	json_add(top, "region", region_object(region));
	if (mhp_region_get_node_id(region, &id) == 0)
		node = mhp_snapshot_find_node(snap, id);
	json_add(top, "node", node ? json_node(snap, node) : NULL);
	for (size_t i = 0; (block = mhp_region_get_block(region, i)); i++)
		json_append(blocks, block_object(snap, block));
	json_add(top, "blocks", blocks);
	add_pending(top, snap);
	add_errors(top, snap);
	json_print(top);
}
