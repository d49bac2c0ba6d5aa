// SPDX-License-Identifier: LGPL-2.1-or-later
/* What mhp show has about the node that a region's memory belongs to. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Nothing where the kernel does not know; what could not be read says why. */
static void say_value(const char *name, int code, uint64_t value)
{
	char *text;

	if (code == -ENODATA)
		return;
	text = code < 0 ? text_unreadable(code) : text_format("%" PRIu64, value);
	say("  %-12s %s\n", name, text);
	free(text);
}

static void say_distances(const struct mhp_snapshot *snap, const struct mhp_node *node)
{
	char *text = text_format("%s", "");
	const struct mhp_node *other;
	int code = 0;

	for (size_t i = 0; (other = mhp_snapshot_get_node(snap, i)) && code == 0; i++) {
		unsigned int distance;
		char *more;

		code = mhp_node_get_distance(node, mhp_node_get_id(other), &distance);
		if (code < 0 || other == node)
			continue;
		more = text_format("%s%s%u to node %d", text, *text ? ", " : "", distance,
				   mhp_node_get_id(other));
		free(text);
		text = more;
	}
	if (code < 0)
		say_value("distance", code, 0);
	else if (*text)
		say("  %-12s %s\n", "distance", text);
	free(text);
}

/* "of node 0,1" */
static char *initiators_text(const struct mhp_node *node, enum mhp_access access)
{
	struct text_list list = { 0 };
	char *ids, *text;
	int id;

	for (size_t i = 0; mhp_node_get_initiator_id(node, access, i, &id) == 0; i++)
		text_list_add(&list, (uint64_t)id, 1);
	ids = text_list_end(&list);
	text = text_format("%s%s", *ids ? ", from node " : "", ids);
	free(ids);
	return text;
}

static void say_rating(const struct mhp_node *node, enum mhp_access access, const char *name,
		       const char *unit,
		       int (*get_read)(const struct mhp_node *, enum mhp_access, uint64_t *),
		       int (*get_write)(const struct mhp_node *, enum mhp_access, uint64_t *))
{
	uint64_t read = 0, write = 0;
	int code = get_read(node, access, &read), write_code = get_write(node, access, &write);
	char *from, *text;

	if (code < 0 || write_code < 0) {
		say_value(name, code < 0 ? code : write_code, 0);
		return;
	}
	from = initiators_text(node, access);
	text = text_format("read %" PRIu64 " %s, write %" PRIu64 " %s%s", read, unit, write, unit,
			   from);
	say("  %-12s %s\n", name, text);
	free(from);
	free(text);
}

/* By processors if that is known, else by whatever is nearest. */
static void say_ratings(const struct mhp_node *node)
{
	enum mhp_access access = MHP_ACCESS_CPU;
	uint64_t value;

	if (mhp_node_get_read_bandwidth_mb_per_s(node, access, &value) == -ENODATA &&
	    mhp_node_get_read_latency_ns(node, access, &value) == -ENODATA)
		access = MHP_ACCESS_ANY;
	say_rating(node, access, "bandwidth", "MB/s", mhp_node_get_read_bandwidth_mb_per_s,
		   mhp_node_get_write_bandwidth_mb_per_s);
	say_rating(node, access, "latency", "ns", mhp_node_get_read_latency_ns,
		   mhp_node_get_write_latency_ns);
}

static void say_caches(const struct mhp_node *node)
{
	char size[TEXT_SIZE_MAX], *text = text_format("%s", "");
	unsigned int level = 0;
	uint64_t bytes;
	int code;

	for (size_t i = 0; (code = mhp_node_get_cache(node, i, &level, &bytes)) != -EINVAL; i++) {
		char *more = text_format("%s%slevel %u of %s", text, *text ? ", " : "", level,
					 code == 0 ? text_size(bytes, size) : "a size not known");

		free(text);
		text = more;
	}
	if (*text)
		say("  %-12s %s\n", "caches", text);
	free(text);
}

static void say_zones(const struct mhp_node *node)
{
	char size[TEXT_SIZE_MAX], free_size[TEXT_SIZE_MAX];
	uint64_t present, unused, percent;
	const char *key = "zones";

	for (int zone = MHP_ZONE_DMA; zone <= MHP_ZONE_DEVICE; zone++) {
		int code = mhp_node_get_zone_bytes(node, (enum mhp_zone)zone, &present, NULL,
						   &unused);

		if (code < 0) {
			say_value(key, code, 0);
			return;
		}
		if (!present)
			continue;
		say("  %-12s %s %s, %s free\n", key, mhp_zone_to_str((enum mhp_zone)zone),
		    text_size(present, size), text_size(unused, free_size));
		key = "";
	}
	if (mhp_node_get_movable_percent(node, &percent) == 0)
		say("  %-12s %" PRIu64 " %% of what is in kernel zones\n", "movable", percent);
}

static void say_regions(const struct mhp_node *node)
{
	const struct mhp_region *region;
	bool is = false;

	if (mhp_node_count_regions(node) == 0)
		return;
	for (size_t i = 0; (region = mhp_node_get_region(node, i)); i++)
		if (i == 0)
			say("  %-12s %s", "memory of", mhp_region_get_name(region));
		else
			say(", %s", mhp_region_get_name(region));
	if (mhp_node_get_is_from_regions(node, &is) < 0)
		is = false;
	say("%s\n", is ? "; it goes with them" : "");
}

void show_node(const struct mhp_snapshot *snap, int id)
{
	const struct mhp_node *node = mhp_snapshot_find_node(snap, id);
	int tier = 0, code;

	if (!node) {
		say("node %d\n  it is not there while none of its memory is\n", id);
		return;
	}
	say("node %d\n", id);
	say("  %-12s %s\n", "kind", mhp_node_kind_to_str(mhp_node_get_kind(node)));
	code = mhp_node_get_tier(node, &tier);
	say_value("tier", code, (uint64_t)tier);
	say_distances(snap, node);
	say_ratings(node);
	say_caches(node);
	say_zones(node);
	say_regions(node);
}
