// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp show: everything about one region. What could not be read says why. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

/* Of what is in use, where a host may give a part of it only. */
static void print_plugged(const struct mhp_region *region)
{
	char size[TEXT_SIZE_MAX], rest[TEXT_SIZE_MAX];
	uint64_t bytes, online;
	int code = mhp_region_get_plugged_bytes(region, &bytes);

	if (code == 0 && mhp_region_get_online_bytes(region, &online) == 0 && online > bytes)
		say("%-14s %s (the host keeps %s of the blocks that are in use)\n", "plugged",
		    text_size(bytes, size), text_size(online - bytes, rest));
	else if (code == 0)
		say("%-14s %s\n", "plugged", text_size(bytes, size));
	else if (code != -ENODATA && code != -ENOENT)
		show_text("plugged", code, NULL);
}

static void print_ranges(const struct mhp_region *region)
{
	uint64_t start, bytes;
	char size[TEXT_SIZE_MAX];
	size_t count;
	int code;

	code = mhp_region_get_range_count(region, &count);
	if (code < 0) {
		show_text("ranges", code, NULL);
		return;
	}
	for (size_t i = 0; mhp_region_get_range(region, i, &start, &bytes) == 0; i++)
		say("%-14s 0x%" PRIx64 "-0x%" PRIx64 "  %s\n", i ? "" : "ranges", start,
		    start + (bytes - 1), text_size(bytes, size));
	if (mhp_region_get_size_bytes(region, &bytes) == 0)
		say("%-14s %s\n", "size", text_size(bytes, size));
	if (mhp_region_get_online_bytes(region, &bytes) == 0)
		say("%-14s %s\n", "in use", text_size(bytes, size));
	print_plugged(region);
	if (mhp_region_get_lost_bytes(region, &bytes) == 0 && bytes)
		say("%-14s %s (does not fill whole blocks)\n", "lost", text_size(bytes, size));
}

/* The words of valid_zones; the caller frees it. */
static char *zones_of(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	const char *odd = mhp_snapshot_get_block_zones_text(snap, block);
	char *text = text_format("%s", odd ? odd : "");

	for (size_t i = 0; !odd && i < mhp_block_count_zones(block); i++) {
		char *more = text_format("%s%s%s", text, i ? " " : "",
					 mhp_zone_to_str(mhp_block_get_zone_at(block, i)));

		free(text);
		text = more;
	}
	return text;
}

/* Blocks in a row that are alike. */
struct run {
	uint64_t first;
	uint64_t count;
	enum mhp_state state;
	int node;
	const struct mhp_region *owner;		/* NULL: it is the region's own */
	char *zones;
	uint64_t kept;		/* by the host, of each of them */
};

/* The kernel's word for that is "none". */
static bool is_spanning(const struct run *run)
{
	return run->state == MHP_STATE_ONLINE && !strcmp(run->zones, "none");
}

static const char *before_zones(const struct run *run)
{
	if (!*run->zones)
		return "";
	if (is_spanning(run))
		return "  spans zones, can never go offline";
	return run->state == MHP_STATE_ONLINE ? "  in " : "  may go to ";
}

static void print_run(struct run *run, uint64_t block_size)
{
	char size[TEXT_SIZE_MAX], kept[TEXT_SIZE_MAX], node[32] = "";
	char *ids;

	if (run->count == 0)
		return;
	if (run->count == 1)
		ids = text_format("%" PRIu64, run->first);
	else
		ids = text_format("%" PRIu64 "-%" PRIu64, run->first, run->first + run->count - 1);
	if (run->node >= 0)
		snprintf(node, sizeof(node), "  node %d", run->node);
	say("  %-12s %10s  %s%s%s%s", ids, text_size(run->count * block_size, size),
	    mhp_state_to_str(run->state), node, before_zones(run),
	    is_spanning(run) ? "" : run->zones);
	if (run->kept)
		say("  but for %s%s", text_size(run->kept, kept), run->count > 1 ? " each" : "");
	if (run->owner)
		say("  of %s", mhp_region_get_name(run->owner));
	say("\n");
	free(ids);
	free(run->zones);
	run->count = 0;
}

static void print_absent(uint64_t first, uint64_t end, uint64_t block_size)
{
	struct run run = {
		.first = first,
		.count = end - first,
		.state = MHP_STATE_ABSENT,
		.node = -1,
	};

	if (run.count == 0)
		return;
	run.zones = text_format("%s", "");
	print_run(&run, block_size);
}

static uint64_t kept_of(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	uint64_t bytes;

	return mhp_snapshot_get_block_plugged_bytes(snap, block, &bytes) == 0 ?
	       mhp_snapshot_get_block_size_bytes(snap) - bytes : 0;
}

/* All inside its ranges: a parent's are mostly owned by what is made of it. */
static void print_blocks(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	uint64_t block_size = mhp_snapshot_get_block_size_bytes(snap);
	const struct mhp_block *block;
	uint64_t first, count;

	for (size_t i = 0; mhp_region_get_block_run(region, i, &first, &count) == 0; i++) {
		uint64_t next = first, end = first + count;
		struct run run = { 0 };

		for (size_t k = map_find_block(snap, first);
		     (block = mhp_snapshot_get_block(snap, k)) && mhp_block_get_id(block) < end;
		     k++) {
			struct run one = {
				.first = mhp_block_get_id(block),
				.count = 1,
				.state = mhp_block_get_state(block),
				.owner = mhp_snapshot_get_block_region(snap, block),
				.zones = zones_of(snap, block),
				.kept = kept_of(snap, block),
			};

			if (one.owner == region)
				one.owner = NULL;
			if (mhp_block_get_node_id(block, &one.node) < 0)
				one.node = -1;
			if (run.count && one.first == next && one.state == run.state &&
			    one.owner == run.owner && one.node == run.node &&
			    one.kept == run.kept && strcmp(one.zones, run.zones) == 0) {
				run.count++;
				free(one.zones);
			} else {
				print_run(&run, block_size);
				print_absent(next, one.first, block_size);
				run = one;
			}
			next = one.first + 1;
		}
		print_run(&run, block_size);
		print_absent(next, end, block_size);
	}
}

static void print_all_blocks(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	size_t total = mhp_region_count_total_blocks(region);
	size_t owned = mhp_region_count_blocks(region), count;
	char *blocks = text_region_blocks(region);
	int code = mhp_region_get_range_count(region, &count);

	show_text("blocks", code, *blocks ? blocks : "-");
	free(blocks);
	if (owned != total)
		say("%-14s %zu that exist, %zu owned by what is made of it\n", "", total,
		    total - owned);
	print_blocks(snap, region);
}

static void print_region(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	enum mhp_zone zone = mhp_region_get_zone(region);
	const char *text;
	int node, code;

	say("%-14s %s\n", "region", mhp_region_get_name(region));
	say("%-14s %s\n", "kind", mhp_region_kind_to_str(mhp_region_get_kind(region)));
	code = mhp_region_get_identity(region, &text);
	show_text("identity", code, text);
	show_family(snap, region);
	say("%-14s %s\n", "path", mhp_region_get_path(region));
	code = mhp_region_get_driver(region, &text);
	show_text("driver", code, text);
	code = mhp_region_get_node_id(region, &node);
	if (code == 0)
		say("%-14s %d\n", "node", node);
	else
		show_text("node", code, NULL);
	print_ranges(region);
	code = mhp_region_get_ram_driver(region, &text);
	show_text("system RAM of", code, text);

	say("%-14s %s\n", "state", mhp_state_to_str(mhp_region_get_state(region)));
	if (zone != MHP_ZONE_UNKNOWN)
		say("%-14s %s\n", "zone", mhp_zone_to_str(zone));
	code = mhp_region_get_device_state(region, NULL, &text);
	if (code == 0 && region_word_disagrees(region))
		say("%-14s %s (the blocks disagree, and they are right)\n", "device says", text);
	else
		show_text("device says", code, text);

	show_devices(region);
	show_facts(region);
	show_capabilities(region);
	if (mhp_region_get_node_id(region, &node) == 0)
		show_node(snap, node);
	print_all_blocks(snap, region);
}

int verb_show(struct machine *machine)
{
	const uint64_t flags = MHP_SNAPSHOT_OFFLINE_ZONES | MHP_SNAPSHOT_TOPOLOGY |
			       MHP_SNAPSHOT_IDENTITY;
	const struct options *options = machine->options;
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	int code, r;

	r = machine_snapshot(machine, flags, &snap);
	if (r)
		return r;
	region = mhp_snapshot_find_region(snap, options->region);
	/* what takes a while for large ones is read only where it matters */
	if (region && mhp_region_get_kind(region) == MHP_REGION_VIRTIO_MEM) {
		mhp_snapshot_unref(snap);
		r = machine_snapshot(machine, flags | MHP_SNAPSHOT_PLUGGED, &snap);
		if (r)
			return r;
		region = mhp_snapshot_find_region(snap, options->region);
	}
	if (!region) {
		machine_complain_no_region(snap, options->region);
		code = mhp_snapshot_get_regions_code(snap);
		r = exit_of_code(code < 0 ? code : -ENOENT);
	} else if (options->json) {
		json_show(snap, region);
	} else {
		print_region(snap, region);
		pending_say(snap);
		machine_notes(machine, snap);
	}
	mhp_snapshot_unref(snap);
	return r;
}
