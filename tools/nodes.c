// SPDX-License-Identifier: LGPL-2.1-or-later
/* What mhp list has about nodes: a table of them, and the machine's ratio of Movable. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "tool.h"

enum { COL_NODE, COL_KIND, COL_TIER, COL_ONLINE, COL_OFFLINE, COL_RATIO, COL_DISTANCE,
       COL_BANDWIDTH, COL_LATENCY, COL_REGIONS, COL_COUNT };

static const struct table_column columns[COL_COUNT] = {
	[COL_NODE] = { "NODE", true },
	[COL_KIND] = { "KIND", false },
	[COL_TIER] = { "TIER", true },
	[COL_ONLINE] = { "ONLINE", true },
	[COL_OFFLINE] = { "OFFLINE", true },
	[COL_RATIO] = { "MOVABLE:KERNEL", true },
	[COL_DISTANCE] = { "DISTANCE", true },
	[COL_BANDWIDTH] = { "BANDWIDTH", true },
	[COL_LATENCY] = { "LATENCY", true },
	[COL_REGIONS] = { "REGIONS", false },
};

/* Hidden where there is nothing to be told of any node. */
static const size_t optional[] = {
	COL_TIER, COL_OFFLINE, COL_RATIO, COL_DISTANCE, COL_BANDWIDTH, COL_LATENCY,
};

/* A node's blocks by state. */
struct sums {
	uint64_t online, offline;	/* bytes */
};

static size_t position_of(const struct mhp_snapshot *snap, int id, size_t guess)
{
	const struct mhp_node *node = mhp_snapshot_get_node(snap, guess);
	size_t i = 0;

	if (node && mhp_node_get_id(node) == id)
		return guess;
	while ((node = mhp_snapshot_get_node(snap, i)) && mhp_node_get_id(node) != id)
		i++;
	return i;
}

static struct sums *sum_blocks(const struct mhp_snapshot *snap)
{
	uint64_t block_size = mhp_snapshot_get_block_size_bytes(snap);
	size_t count = mhp_snapshot_count_nodes(snap), at = 0;
	struct sums *sums = calloc(count + 1, sizeof(*sums));
	const struct mhp_block *block;
	int id;

	if (!sums)
		out_of_memory();
	for (size_t i = 0; (block = mhp_snapshot_get_block(snap, i)); i++) {
		if (mhp_block_get_node_id(block, &id) < 0)
			continue;
		at = position_of(snap, id, at);
		if (mhp_block_get_state(block) == MHP_STATE_ONLINE)
			sums[at].online += block_size;
		else if (mhp_block_get_state(block) == MHP_STATE_OFFLINE)
			sums[at].offline += block_size;
	}
	return sums;
}

/* "3.1:1"; "1:0" is all Movable. NULL: there is none. */
static const char *ratio_text(int code, uint64_t percent, char buffer[TEXT_SIZE_MAX])
{
	uint64_t tenths = percent / 10 + (percent % 10 >= 5);

	if (code == -ERANGE)
		return "1:0";
	if (code < 0)
		return code == -ENODATA ? NULL : "?";
	if (percent && !tenths)
		return "<0.1:1";
	snprintf(buffer, TEXT_SIZE_MAX, percent ? "%" PRIu64 ".%" PRIu64 ":1" : "0:1", tenths / 10,
		 tenths % 10);
	return buffer;
}

/* From the nearest node that has processors; NULL: not known. */
static const char *distance_text(const struct mhp_snapshot *snap, const struct mhp_node *node,
				 char buffer[TEXT_SIZE_MAX])
{
	unsigned int nearest = UINT_MAX, distance;
	const struct mhp_node *other;
	int code = -ENODATA, r;

	for (size_t i = 0; (other = mhp_snapshot_get_node(snap, i)); i++) {
		if (mhp_node_get_kind(other) != MHP_NODE_CPU)
			continue;
		r = mhp_node_get_distance(node, mhp_node_get_id(other), &distance);
		if (r == 0 && distance < nearest)
			nearest = distance;
		if (code == -ENODATA)
			code = r;
	}
	if (code < 0)
		return code == -ENODATA ? NULL : "?";
	snprintf(buffer, TEXT_SIZE_MAX, "%u", nearest);
	return buffer;
}

/* Of reading, by processors if that is known, else by whatever is nearest. */
static int get_rating(const struct mhp_node *node,
		      int (*get)(const struct mhp_node *node, enum mhp_access access,
				 uint64_t *ret), uint64_t *ret)
{
	int code = get(node, MHP_ACCESS_CPU, ret);

	return code == -ENODATA ? get(node, MHP_ACCESS_ANY, ret) : code;
}

static const char *bandwidth_text(const struct mhp_node *node, char buffer[TEXT_SIZE_MAX])
{
	uint64_t mb;
	int code = get_rating(node, mhp_node_get_read_bandwidth_mb_per_s, &mb);

	if (code < 0)
		return code == -ENODATA ? NULL : "?";
	if (mb < 1000)
		snprintf(buffer, TEXT_SIZE_MAX, "%" PRIu64 " MB/s", mb);
	else
		snprintf(buffer, TEXT_SIZE_MAX, "%" PRIu64 ".%" PRIu64 " GB/s", mb / 1000,
			 mb / 100 % 10);
	return buffer;
}

static const char *latency_text(const struct mhp_node *node, char buffer[TEXT_SIZE_MAX])
{
	uint64_t ns;
	int code = get_rating(node, mhp_node_get_read_latency_ns, &ns);

	if (code < 0)
		return code == -ENODATA ? NULL : "?";
	snprintf(buffer, TEXT_SIZE_MAX, "%" PRIu64 " ns", ns);
	return buffer;
}

static const char *tier_text(const struct mhp_node *node, char buffer[TEXT_SIZE_MAX])
{
	int tier, code = mhp_node_get_tier(node, &tier);

	if (code < 0)
		return code == -ENODATA ? NULL : "?";
	snprintf(buffer, TEXT_SIZE_MAX, "%d", tier);
	return buffer;
}

/* Is it what others are made from, and nothing but that here? */
static bool is_parent(const struct mhp_region *region)
{
	return mhp_region_has_children(region) && mhp_region_count_blocks(region) == 0;
}

#define REGIONS_MAX 8

/* The caller frees it. */
static char *regions_text(const struct mhp_node *node)
{
	char *text = text_format("%s", "");
	const struct mhp_region *region;
	size_t count = 0;

	for (size_t i = 0; (region = mhp_node_get_region(node, i)); i++) {
		char *more;

		if (is_parent(region) || count++ >= REGIONS_MAX)
			continue;
		more = text_format("%s%s%s", text, *text ? "," : "", mhp_region_get_name(region));
		free(text);
		text = more;
	}
	if (count > REGIONS_MAX) {
		char *more = text_format("%s,... (%zu)", text, count);

		free(text);
		text = more;
	}
	return text;
}

static void add_node(struct libscols_table *table, const struct mhp_snapshot *snap,
		     const struct mhp_node *node, const struct sums *sums, bool told[COL_COUNT])
{
	struct libscols_line *line = table_add_line(table);
	char buffers[COL_COUNT][TEXT_SIZE_MAX];
	const char *cells[COL_COUNT] = { NULL };
	char *regions = regions_text(node);
	bool listed = mhp_node_get_blocks_code(node) == 0;
	enum mhp_node_kind kind = mhp_node_get_kind(node);
	uint64_t percent = 0;
	int code;

	snprintf(buffers[COL_NODE], TEXT_SIZE_MAX, "%d", mhp_node_get_id(node));
	cells[COL_NODE] = buffers[COL_NODE];
	cells[COL_KIND] = kind == MHP_NODE_UNKNOWN ? "?" : mhp_node_kind_to_str(kind);
	cells[COL_TIER] = tier_text(node, buffers[COL_TIER]);
	if (!listed)
		cells[COL_ONLINE] = "?";
	else if (sums->online)
		cells[COL_ONLINE] = text_size(sums->online, buffers[COL_ONLINE]);
	if (listed && sums->offline)
		cells[COL_OFFLINE] = text_size(sums->offline, buffers[COL_OFFLINE]);
	code = mhp_node_get_movable_percent(node, &percent);
	cells[COL_RATIO] = ratio_text(code, percent, buffers[COL_RATIO]);
	cells[COL_DISTANCE] = distance_text(snap, node, buffers[COL_DISTANCE]);
	cells[COL_BANDWIDTH] = bandwidth_text(node, buffers[COL_BANDWIDTH]);
	cells[COL_LATENCY] = latency_text(node, buffers[COL_LATENCY]);
	cells[COL_REGIONS] = *regions ? regions : NULL;
	for (size_t i = 0; i < COL_COUNT; i++) {
		table_set(line, i, cells[i] ? cells[i] : "-");
		told[i] |= cells[i] != NULL;
	}
	free(regions);
}

/* Nothing on a kernel without NUMA. */
void nodes_say(const struct mhp_snapshot *snap)
{
	struct libscols_table *table;
	const struct mhp_node *node;
	bool told[COL_COUNT] = { false }, cpu_less = false;
	struct sums *sums;

	if (mhp_snapshot_get_nodes_code(snap) < 0)
		say("nodes could not be listed\n\n");
	if (mhp_snapshot_count_nodes(snap) == 0)
		return;
	table = table_new(columns, COL_COUNT);
	sums = sum_blocks(snap);
	for (size_t i = 0; (node = mhp_snapshot_get_node(snap, i)); i++) {
		add_node(table, snap, node, &sums[i], told);
		cpu_less |= mhp_node_get_kind(node) == MHP_NODE_CPU_LESS;
	}
	/* all are next to processors */
	told[COL_DISTANCE] &= cpu_less;
	for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
		if (!told[optional[i]])
			table_hide(table, optional[i]);
	table_print(table);
	say("\n");
	free(sums);
	table_free(table);
}

/* The machine's line about it; none where that is not known. */
void nodes_say_ratio(const struct mhp_snapshot *snap)
{
	char ratio[TEXT_SIZE_MAX], movable_size[TEXT_SIZE_MAX], kernel_size[TEXT_SIZE_MAX];
	uint64_t percent = 0, movable, kernel;
	const char *text;
	int code;

	code = mhp_snapshot_get_movable_percent(snap, &percent);
	text = ratio_text(code, percent, ratio);
	if (!text)
		return;
	if (mhp_snapshot_get_movable_bytes(snap, &movable) == 0 &&
	    mhp_snapshot_get_kernel_bytes(snap, &kernel) == 0)
		say("%-20s %s (%s : %s)\n", "movable:kernel", text,
		    text_size(movable, movable_size), text_size(kernel, kernel_size));
	else
		say("%-20s %s\n", "movable:kernel", text);
}
