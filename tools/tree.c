// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp list --tree: what is made from what, from the hardware down to blocks. Devices whose
 * memory is interleaved stand in one line, as a region is made from all of them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "map.h"

enum twig_type { TWIG_ROOT, TWIG_DEVICES, TWIG_REGION, TWIG_DAX_REGION, TWIG_BLOCKS,
		 TWIG_NO_OWNER };

struct twig {
	enum twig_type type;
	char *name;
	const struct mhp_region *region;	/* of devices, too */
	const struct map_run *run;
	struct twig *children, *last, *next;
};

struct tree {
	const struct mhp_snapshot *snap;
	struct map *map;
	struct map_run *runs;			/* by address */
	struct twig root;
	struct placed {
		const struct mhp_region *region;
		struct twig *twig;		/* NULL: not yet */
	} *regions;				/* by where they are in memory */
	struct twig *no_owner;
	size_t n_regions;
};

/* ---- twigs ---- */

/* Takes the name over. */
static struct twig *twig_new(struct twig *parent, enum twig_type type, char *name)
{
	struct twig *twig = calloc(1, sizeof(*twig));

	if (!twig)
		out_of_memory();
	twig->type = type;
	twig->name = name;
	if (parent->last)
		parent->last->next = twig;
	else
		parent->children = twig;
	parent->last = twig;
	return twig;
}

static struct twig *twig_find(struct twig *parent, enum twig_type type, const char *name)
{
	for (struct twig *twig = parent->children; twig; twig = twig->next)
		if (twig->type == type && strcmp(twig->name, name) == 0)
			return twig;
	return NULL;
}

static void free_children(struct twig *parent)
{
	struct twig *next;

	for (struct twig *twig = parent->children; twig; twig = next) {
		next = twig->next;
		free_children(twig);
		free(twig->name);
		free(twig);
	}
}

static struct twig *place_devices(struct tree *tree, const struct mhp_region *region)
{
	char *names = text_format("%s", "");
	struct twig *twig = &tree->root;
	const char *name;

	for (size_t i = 0; mhp_region_get_device(region, i, &name, NULL) == 0; i++) {
		char *more = text_format("%s%s%s", names, i ? " + " : "", name);

		free(names);
		names = more;
	}
	if (*names)
		twig = twig_find(&tree->root, TWIG_DEVICES, names);
	if (twig) {
		free(names);
		return twig;
	}
	twig = twig_new(&tree->root, TWIG_DEVICES, names);
	twig->region = region;
	return twig;
}

/* The kernel has it between a dax device and what that is made from: a directory. */
static struct twig *place_dax_region(struct twig *parent, const struct mhp_region *region)
{
	const char *path = mhp_region_get_path(region), *end = strrchr(path, '/');
	const char *begin = end;
	struct twig *twig;
	char *name;

	while (begin && begin > path && begin[-1] != '/')
		begin--;
	if (!end || begin == end)
		return parent;
	name = text_format("%.*s", (int)(end - begin), begin);
	if (parent->type == TWIG_DEVICES && strcmp(parent->name, name) == 0) {
		free(name);		/* the platform's device is it, too */
		return parent;
	}
	twig = twig_find(parent, TWIG_DAX_REGION, name);
	if (!twig)
		return twig_new(parent, TWIG_DAX_REGION, name);
	free(name);
	return twig;
}

static int compare_placed(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;

	return (uintptr_t)a->region < (uintptr_t)b->region ? -1 : a->region != b->region;
}

static struct placed *find_placed(const struct tree *tree, const struct mhp_region *region)
{
	struct placed key = { .region = region };

	return bsearch(&key, tree->regions, tree->n_regions, sizeof(key), compare_placed);
}

static struct twig *place_region(struct tree *tree, const struct mhp_region *region)
{
	const struct mhp_region *parent = mhp_region_get_parent(region);
	struct placed *placed = find_placed(tree, region);
	struct twig *twig;

	if (placed && placed->twig)
		return placed->twig;
	twig = parent ? place_region(tree, parent) : place_devices(tree, region);
	if (mhp_region_get_kind(region) == MHP_REGION_DAX)
		twig = place_dax_region(twig, region);
	twig = twig_new(twig, TWIG_REGION, text_format("%s", mhp_region_get_name(region)));
	twig->region = region;
	if (placed)
		placed->twig = twig;
	return twig;
}

static void place_run(struct tree *tree, const struct map_run *run)
{
	struct twig *parent;
	char *name;

	if (run->region)
		parent = place_region(tree, run->region);
	else if (!tree->no_owner)
		parent = tree->no_owner = twig_new(&tree->root, TWIG_NO_OWNER,
						   text_format("owner not known"));
	else
		parent = tree->no_owner;
	if (run->count == 1)
		name = text_format("memory%" PRIu64, run->first);
	else
		name = text_format("memory%" PRIu64 "-%" PRIu64, run->first,
				   run->first + (run->count - 1));
	twig_new(parent, TWIG_BLOCKS, name)->run = run;
}

static int compare_runs(const void *left, const void *right)
{
	const struct map_run *a = left, *b = right;

	return a->first < b->first ? -1 : a->first > b->first;
}

static void tree_begin(struct tree *tree, const struct mhp_snapshot *snap)
{
	const struct mhp_region *region;

	memset(tree, 0, sizeof(*tree));
	tree->snap = snap;
	tree->map = map_new(snap);
	tree->n_regions = mhp_snapshot_count_regions(snap);
	tree->regions = calloc(tree->n_regions + 1, sizeof(*tree->regions));
	tree->runs = calloc(tree->map->n_runs + 1, sizeof(*tree->runs));
	if (!tree->regions || !tree->runs)
		out_of_memory();
	if (tree->map->n_runs) {
		memcpy(tree->runs, tree->map->runs, tree->map->n_runs * sizeof(*tree->runs));
		qsort(tree->runs, tree->map->n_runs, sizeof(*tree->runs), compare_runs);
	}
	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++)
		tree->regions[i].region = region;
	qsort(tree->regions, tree->n_regions, sizeof(*tree->regions), compare_placed);
	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++)
		place_region(tree, region);
	for (size_t i = 0; i < tree->map->n_runs; i++)
		place_run(tree, &tree->runs[i]);
}

static void tree_end(struct tree *tree)
{
	free_children(&tree->root);
	free(tree->regions);
	free(tree->runs);
	map_free(tree->map);
}

/* ---- as a table ---- */

enum { COL_NAME, COL_KIND, COL_SIZE, COL_NODE, COL_DRIVER, COL_STATE, COL_ZONE, COL_IDENTITY,
       COL_COUNT };

static const struct table_column columns[COL_COUNT] = {
	[COL_NAME] = { "NAME", false },
	[COL_KIND] = { "KIND", false },
	[COL_SIZE] = { "SIZE", true },
	[COL_NODE] = { "NODE", true },
	[COL_DRIVER] = { "DRIVER", false },
	[COL_STATE] = { "STATE", false },
	[COL_ZONE] = { "ZONE", false },
	[COL_IDENTITY] = { "IDENTITY", false },
};

struct table {
	struct libscols_table *table;
	uint64_t block_size;
	bool has_identity;
};

static void set_node(struct libscols_line *line, int code, int node)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", node);
	table_set(line, COL_NODE, code == 0 ? number : code == -ENODATA ? "-" : "?");
}

/* "?" leaves open what "needs root" tells. */
static const char *unread(int code)
{
	return exit_of_code(code) == EXIT_NO_PERMISSION ? "needs root" : "?";
}

static void fill_devices(struct table *table, struct libscols_line *line,
			 const struct mhp_region *region)
{
	char *serials = text_format("%s", "");
	bool any = false, one_node = true;
	int node = -1, other = -1, code = -ENODATA;

	for (size_t i = 0; mhp_region_get_device(region, i, NULL, NULL) == 0; i++) {
		uint64_t serial = 0;
		int r = mhp_region_get_device_serial(region, i, &serial);
		char number[24], *more;

		snprintf(number, sizeof(number), "0x%" PRIx64, serial);
		any |= r != -ENODATA;
		more = text_format("%s%s%s", serials, i ? " + " : "serial ",
				   r == 0 ? number : r == -ENODATA ? "-" : unread(r));
		free(serials);
		serials = more;
		code = mhp_region_get_device_node_id(region, i, &node);
		one_node &= code == 0 && (i == 0 || node == other);
		other = node;
	}
	if (any) {
		table_set(line, COL_IDENTITY, serials);
		table->has_identity = true;
	}
	free(serials);
	table_set(line, COL_KIND, "device");
	set_node(line, one_node ? 0 : code == 0 ? -ENODATA : code, node);
}

static void fill_region(struct table *table, struct libscols_line *line,
			const struct mhp_region *region)
{
	enum mhp_zone zone = mhp_region_get_zone(region);
	char size[TEXT_SIZE_MAX];
	const char *text;
	uint64_t bytes;
	int node = 0, code;

	table_set(line, COL_KIND, mhp_region_kind_to_str(mhp_region_get_kind(region)));
	code = mhp_region_get_size_bytes(region, &bytes);
	table_set(line, COL_SIZE, code == 0 ? text_size(bytes, size) : unread(code));
	code = mhp_region_get_node_id(region, &node);
	set_node(line, code, node);
	code = mhp_region_get_driver(region, &text);
	table_set(line, COL_DRIVER, code < 0 ? unread(code) : text ? text : "-");
	table_set(line, COL_STATE, mhp_state_to_str(mhp_region_get_state(region)));
	table_set(line, COL_ZONE, zone == MHP_ZONE_UNKNOWN ? "-" : mhp_zone_to_str(zone));
	code = mhp_region_get_identity(region, &text);
	if (code == -ENODATA)
		return;
	table_set(line, COL_IDENTITY, code == 0 ? text : unread(code));
	table->has_identity = true;
}

static const char *state_word(enum map_state state)
{
	static const char *const words[MAP_STATES] = {
		"-", "absent", "unknown", "offline", "going-offline", "online",
	};

	return words[state];
}

static void fill_blocks(struct table *table, struct libscols_line *line,
			const struct map_run *run)
{
	char size[TEXT_SIZE_MAX];

	table_set(line, COL_KIND, run->count == 1 ? "block" : "blocks");
	table_set(line, COL_SIZE, text_size(run->count * table->block_size, size));
	set_node(line, run->node < 0 ? -ENODATA : 0, run->node);
	table_set(line, COL_STATE, state_word(run->state));
	table_set(line, COL_ZONE, run->state != MAP_ONLINE ? "-" :
	    run->zone == MHP_ZONE_UNKNOWN ? "?" : mhp_zone_to_str(run->zone));
}

static void add_lines(struct table *table, const struct twig *parent, struct libscols_line *above)
{
	for (const struct twig *twig = parent->children; twig; twig = twig->next) {
		struct libscols_line *line = table_add_below(table->table, above);

		table_set(line, COL_NAME, twig->name);
		if (twig->type == TWIG_DEVICES)
			fill_devices(table, line, twig->region);
		else if (twig->type == TWIG_REGION)
			fill_region(table, line, twig->region);
		else if (twig->type == TWIG_DAX_REGION)
			table_set(line, COL_KIND, "dax-region");
		else if (twig->type == TWIG_BLOCKS)
			fill_blocks(table, line, twig->run);
		add_lines(table, twig, line);
	}
}

void tree_print(const struct mhp_snapshot *snap)
{
	struct table table = {
		.table = table_new_tree(columns, COL_COUNT),
		.block_size = mhp_snapshot_get_block_size_bytes(snap),
	};
	struct tree tree;

	tree_begin(&tree, snap);
	add_lines(&table, &tree.root, NULL);
	if (!table.has_identity)
		table_hide(table.table, COL_IDENTITY);
	if (mhp_snapshot_get_regions_code(snap) < 0)
		say("regions could not be listed\n");
	if (tree.root.children)
		table_print_tree(table.table);
	else
		say("no regions\n");
	tree_end(&tree);
	table_free(table.table);
}

/* ---- as JSON ---- */

static struct json_object *twigs_array(const struct twig *parent)
{
	static const char *const types[] = {
		[TWIG_DEVICES] = "devices", [TWIG_REGION] = "region",
		[TWIG_DAX_REGION] = "dax-region", [TWIG_BLOCKS] = "blocks",
		[TWIG_NO_OWNER] = "owner-not-known",
	};
	struct json_object *array = json_new_array();

	for (const struct twig *twig = parent->children; twig; twig = twig->next) {
		struct json_object *object = json_new_object();
		const struct map_run *run = twig->run;

		json_add_text(object, "type", types[twig->type]);
		json_add_text(object, "name", twig->name);
		if (run) {
			struct text_list list = { 0 };

			text_list_add(&list, run->first, run->count);
			json_add_list(object, "blocks", text_list_end(&list));
			json_add_text(object, "state", run->state == MAP_UNKNOWN ? NULL :
				      state_word(run->state));
			json_add_text(object, "zone", run->zone == MHP_ZONE_UNKNOWN ? NULL :
				      mhp_zone_to_str(run->zone));
			if (run->node < 0)
				json_add(object, "node", NULL);
			else
				json_add_number(object, "node", (uint64_t)run->node);
		}
		if (twig->type == TWIG_DEVICES)
			json_add(object, "devices", json_devices(twig->region));
		if (!run)
			json_add(object, "children", twigs_array(twig));
		json_append(array, object);
	}
	return array;
}

struct json_object *tree_json(const struct mhp_snapshot *snap)
{
	struct json_object *array;
	struct tree tree;

	tree_begin(&tree, snap);
	array = twigs_array(&tree.root);
	tree_end(&tree);
	return array;
}
