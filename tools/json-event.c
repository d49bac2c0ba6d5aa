// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp watch as JSON: one object a line, the first of which tells what is there. Who
 * applies the lines that follow, whatever they are called, has what is there then:
 * "after" of a block is its state, "zone_after" its zone.
 */
#include <stdlib.h>
#include <time.h>

#include "watch.h"

/* RFC 3339, in UTC, with microseconds */
static void add_time(struct json_object *object, int64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	char date[32] = "";
	struct tm tm;
	char *text;

	if (!gmtime_r(&seconds, &tm)) {
		json_add(object, "time", NULL);
		return;
	}
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	text = text_format("%s.%06dZ", date, (int)(time_ns / 1000 % 1000000));
	json_add_text(object, "time", text);
	free(text);
}

static const char *zone_text(enum mhp_zone zone)
{
	return zone == MHP_ZONE_UNKNOWN ? NULL : mhp_zone_to_str(zone);
}

static struct json_object *block_object(const struct mhp_monitor *monitor,
					const struct mhp_block *block,
					const struct mhp_region *region)
{
	struct json_object *object = json_new_object();
	enum mhp_state state;
	enum mhp_zone zone;
	int node;

	mhp_monitor_get_block(monitor, mhp_block_get_id(block), &state, &zone);
	json_add_number(object, "id", mhp_block_get_id(block));
	json_add_text(object, "state", mhp_state_to_str(state));
	json_add_text(object, "zone", zone_text(zone));
	if (mhp_block_get_node_id(block, &node) == 0)
		json_add_number(object, "node", (uint64_t)node);
	else
		json_add(object, "node", NULL);
	json_add_text(object, "region", region ? mhp_region_get_name(region) : NULL);
	return object;
}

static struct json_object *region_object(const struct mhp_region *region)
{
	struct json_object *object = json_new_object();
	const char *driver;

	json_add_text(object, "name", mhp_region_get_name(region));
	json_add_text(object, "kind", mhp_region_kind_to_str(mhp_region_get_kind(region)));
	if (mhp_region_get_driver(region, &driver) < 0)
		driver = NULL;
	json_add_text(object, "driver", driver);
	return object;
}

static void add_policy(struct json_object *top, const struct mhp_snapshot *snap)
{
	enum mhp_online_type type;

	if (mhp_snapshot_get_default_online_type(snap, &type) == 0)
		json_add_text(top, "auto_online_blocks", mhp_online_type_to_str(type));
	else
		json_add(top, "auto_online_blocks", NULL);
}

void json_watch_begin(const struct mhp_monitor *monitor, const struct filter *filter)
{
	const struct mhp_snapshot *snap = mhp_monitor_get_snapshot(monitor);
	struct json_object *top = json_new_object();
	struct json_object *blocks = json_new_array(), *regions = json_new_array();
	const struct mhp_region *region;
	const struct mhp_block *block;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	json_add_text(top, "event", "begin");
	add_time(top, now.tv_sec * INT64_C(1000000000) + now.tv_nsec);
	json_add_number(top, "schema", 1);
	json_add_text(top, "source", watch_source_word(mhp_monitor_get_source(monitor)));
	json_add_text(top, "only_region", filter->region);
	json_add_text(top, "only_kind", filter->kind);
	json_add_number(top, "block_size_bytes", mhp_snapshot_get_block_size_bytes(snap));
	add_policy(top, snap);
	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++)
		if (filter_wants_region(filter, region))
			json_append(regions, region_object(region));
	json_add(top, "regions", regions);
	for (size_t i = 0; (block = mhp_snapshot_get_block(snap, i)); i++) {
		region = mhp_snapshot_get_block_region(snap, block);
		if (filter_wants_region(filter, region))
			json_append(blocks, block_object(monitor, block, region));
	}
	json_add(top, "blocks", blocks);
	json_print_line(top);
}

static void add_block(struct json_object *top, const struct mhp_event *event)
{
	uint64_t id;
	int node;

	if (mhp_event_get_block_id(event, &id) == 0)
		json_add_number(top, "block", id);
	else
		json_add(top, "block", NULL);
	if (mhp_event_get_node_id(event, &node) == 0)
		json_add_number(top, "node", (uint64_t)node);
	else
		json_add(top, "node", NULL);
}

static void add_change(struct json_object *top, const struct mhp_event *event)
{
	const char *before = mhp_event_get_word_before(event);
	const char *after = mhp_event_get_word_after(event);
	enum mhp_zone zone_before = MHP_ZONE_UNKNOWN, zone_after = MHP_ZONE_UNKNOWN;
	enum mhp_state state_before, state_after;
	uint64_t id;

	if (mhp_event_get_block_id(event, &id) == 0) {
		mhp_event_get_before(event, &state_before, &zone_before);
		mhp_event_get_after(event, &state_after, &zone_after);
		before = mhp_state_to_str(state_before);
		after = mhp_state_to_str(state_after);
	}
	json_add_text(top, "before", before);
	json_add_text(top, "after", after);
	json_add_text(top, "zone_before", zone_text(zone_before));
	json_add_text(top, "zone_after", zone_text(zone_after));
}

/* null where nobody can have done it, or nothing is known */
static void add_cause(struct json_object *top, const struct mhp_event *event)
{
	const char *text = mhp_event_get_cause_text(event);
	enum mhp_cause_kind kind = mhp_event_get_cause(event);

	json_add_text(top, "cause", text ? mhp_cause_kind_to_str(kind) : NULL);
	json_add_text(top, "cause_text", text);
}

void json_event(const struct mhp_event *event, const char *region)
{
	struct json_object *top = json_new_object();
	uint64_t seqnum = mhp_event_get_seqnum(event);
	const char *name = mhp_event_get_name(event);
	char *text = NULL;

	json_add_text(top, "event", mhp_event_kind_to_str(mhp_event_get_kind(event)));
	add_time(top, mhp_event_get_time_ns(event));
	if (seqnum)
		json_add_number(top, "seqnum", seqnum);
	else
		json_add(top, "seqnum", NULL);
	json_add_bool(top, "found", mhp_event_is_found(event));
	json_add_text(top, "name", *name ? name : NULL);
	add_block(top, event);
	json_add_text(top, "region", region);
	add_change(top, event);
	if (mhp_event_copy_text(event, &text) < 0)
		out_of_memory();
	json_add_text(top, "text", text);
	free(text);
	add_cause(top, event);
	json_print_line(top);
}

void json_waited(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	struct json_object *top;

	if (region) {
		json_show(snap, region);
		return;
	}
	top = json_begin();
	json_add_number(top, "block_size_bytes", mhp_snapshot_get_block_size_bytes(snap));
	json_add(top, "region", NULL);
	json_print(top);
}
