// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp list: a table of the regions, one of the nodes, and the machine in a few lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum { COL_REGION, COL_KIND, COL_SIZE, COL_NODE, COL_DRIVER, COL_STATE, COL_ZONE, COL_DEVICE,
       COL_BLOCKS, COL_LOST, COL_COUNT };

static const struct table_column columns[COL_COUNT] = {
	[COL_REGION] = { "REGION", false },
	[COL_KIND] = { "KIND", false },
	[COL_SIZE] = { "SIZE", true },
	[COL_NODE] = { "NODE", true },
	[COL_DRIVER] = { "DRIVER", false },
	[COL_STATE] = { "STATE", false },
	[COL_ZONE] = { "ZONE", false },
	[COL_DEVICE] = { "DEVICE SAYS", false },
	[COL_BLOCKS] = { "BLOCKS", false },
	[COL_LOST] = { "LOST", true },
};

/*
 * "online" of the driver leaves the zone to the kernel, and "offline" is what it
 * says of blocks that were added and not onlined. A region that is mixed has no
 * word that fits.
 */
bool region_word_disagrees(const struct mhp_region *region)
{
	enum mhp_state state = mhp_region_get_state(region);
	enum mhp_zone zone = mhp_region_get_zone(region);
	enum mhp_device_state word;

	if (mhp_region_get_device_state(region, &word, NULL) < 0 || state == MHP_STATE_UNKNOWN)
		return false;
	switch (word) {
	case MHP_DEVICE_STATE_UNPLUGGED:
		return state != MHP_STATE_ABSENT;
	case MHP_DEVICE_STATE_OFFLINE:
		return state != MHP_STATE_OFFLINE;
	case MHP_DEVICE_STATE_ONLINE:
		return state != MHP_STATE_ONLINE;
	case MHP_DEVICE_STATE_ONLINE_KERNEL:
		return state != MHP_STATE_ONLINE || zone == MHP_ZONE_MOVABLE ||
		       zone == MHP_ZONE_MIXED;
	case MHP_DEVICE_STATE_ONLINE_MOVABLE:
		return state != MHP_STATE_ONLINE ||
		       (zone != MHP_ZONE_MOVABLE && zone != MHP_ZONE_UNKNOWN);
	case MHP_DEVICE_STATE_UNKNOWN:
	default:
		return true;
	}
}

static void add_region(struct libscols_table *table, const struct mhp_region *region)
{
	struct libscols_line *line = table_add_line(table);
	enum mhp_zone zone = mhp_region_get_zone(region);
	char size[TEXT_SIZE_MAX], number[16];
	const char *text;
	char *blocks;
	uint64_t bytes;
	size_t count;
	bool readable;
	int node = 0, code;

	readable = mhp_region_get_range_count(region, &count) == 0;

	table_set(line, COL_REGION, mhp_region_get_name(region));
	table_set(line, COL_KIND, mhp_region_kind_to_str(mhp_region_get_kind(region)));
	code = mhp_region_get_size_bytes(region, &bytes);
	table_set(line, COL_SIZE, code == 0 ? text_size(bytes, size) : "?");

	code = mhp_region_get_node_id(region, &node);
	snprintf(number, sizeof(number), "%d", node);
	table_set(line, COL_NODE, code == 0 ? number : code == -ENODATA ? "-" : "?");

	code = mhp_region_get_driver(region, &text);
	table_set(line, COL_DRIVER, code < 0 ? "?" : text ? text : "-");

	table_set(line, COL_STATE, mhp_state_to_str(mhp_region_get_state(region)));
	table_set(line, COL_ZONE, zone == MHP_ZONE_UNKNOWN ? "-" : mhp_zone_to_str(zone));

	if (region_word_disagrees(region)) {
		mhp_region_get_device_state(region, NULL, &text);
		table_set(line, COL_DEVICE, text);
	}
	blocks = text_region_blocks(region);
	table_set(line, COL_BLOCKS, !readable ? "?" : *blocks ? blocks : "-");
	free(blocks);
	if (mhp_region_get_lost_bytes(region, &bytes) == 0 && bytes)
		table_set(line, COL_LOST, text_size(bytes, size));
}

static void print_regions(const struct mhp_snapshot *snap)
{
	struct libscols_table *table = table_new(columns, COL_COUNT);
	bool disagree = false, lost = false;
	const struct mhp_region *region;
	uint64_t bytes;

	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++) {
		add_region(table, region);
		disagree |= region_word_disagrees(region);
		lost |= mhp_region_get_lost_bytes(region, &bytes) == 0 && bytes;
	}
	if (!disagree)
		table_hide(table, COL_DEVICE);
	if (!lost)
		table_hide(table, COL_LOST);
	if (mhp_snapshot_get_regions_code(snap) < 0)
		say("regions could not be listed\n");
	else if (mhp_snapshot_count_regions(snap) == 0)
		say("no regions\n");
	else
		table_print(table);
	table_free(table);
}

/* Blocks whose owner is not known, and that are alike: all, without root. */
struct group {
	int node;
	enum mhp_state state;
	size_t count;
	struct text_list blocks;
};

static void print_other_blocks(const struct mhp_snapshot *snap)
{
	struct group *groups = NULL;
	size_t count = 0;
	const char *key = "owner not known";

	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i);
		enum mhp_state state = mhp_block_get_state(block);
		struct group *group = NULL;
		int node;

		if (mhp_snapshot_get_block_region(snap, block))
			continue;
		if (mhp_block_get_node_id(block, &node) < 0)
			node = -1;
		for (size_t k = 0; k < count && !group; k++)
			if (groups[k].node == node && groups[k].state == state)
				group = &groups[k];
		if (!group) {
			groups = realloc(groups, (count + 1) * sizeof(*groups));
			if (!groups)
				out_of_memory();
			group = &groups[count++];
			*group = (struct group){ .node = node, .state = state };
		}
		group->count++;
		text_list_add(&group->blocks, mhp_block_get_id(block), 1);
	}
	for (size_t k = 0; k < count; k++) {
		uint64_t bytes = groups[k].count * mhp_snapshot_get_block_size_bytes(snap);
		char *blocks = text_list_end(&groups[k].blocks);
		char size[TEXT_SIZE_MAX];

		if (groups[k].node >= 0)
			say("%-20s %s %s on node %d: blocks %s\n", key, text_size(bytes, size),
			    mhp_state_to_str(groups[k].state), groups[k].node, blocks);
		else
			say("%-20s %s %s: blocks %s\n", key, text_size(bytes, size),
			    mhp_state_to_str(groups[k].state), blocks);
		key = "";
		free(blocks);
	}
	free(groups);
}

static void print_machine(const struct mhp_snapshot *snap)
{
	char size[TEXT_SIZE_MAX];
	enum mhp_online_type type;
	const char *policy;
	int code;

	say("%-20s %s\n", "block size",
	    text_size(mhp_snapshot_get_block_size_bytes(snap), size));
	code = mhp_snapshot_get_default_online_type(snap, &type);
	say("%-20s %s\n", "default online type",
	    code == 0 ? mhp_online_type_to_str(type) : code == -ENODATA ? "-" : "?");
	code = mhp_snapshot_get_online_policy(snap, &policy);
	say("%-20s %s\n", "online policy", code == 0 ? policy : code == -ENODATA ? "-" : "?");
	nodes_say_ratio(snap);
	print_other_blocks(snap);
}

int verb_list(struct machine *machine)
{
	const struct options *options = machine->options;
	struct mhp_snapshot *snap;
	int r;

	r = machine_snapshot(machine, MHP_SNAPSHOT_TOPOLOGY |
			     (options->json ? MHP_SNAPSHOT_OFFLINE_ZONES : 0) |
			     (options->json || options->tree ? MHP_SNAPSHOT_IDENTITY : 0), &snap);
	if (r)
		return r;
	if (options->json) {
		json_list(snap, options->tree);
	} else if (options->tree) {
		tree_print(snap);
		pending_say(snap);
		machine_notes(machine, snap);
	} else {
		print_regions(snap);
		say("\n");
		nodes_say(snap);
		print_machine(snap);
		pending_say(snap);
		machine_notes(machine, snap);
	}
	mhp_snapshot_unref(snap);
	return EXIT_AS_ASKED;
}
