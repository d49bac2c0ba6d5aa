// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What others did to the machine, as mhp agent logs it: blocks to which the same
 * happened, by the same cause, are one line. What the agent did itself is not among it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mhp/cause.h>
#include <mhp/event.h>

#include "agent.h"
#include "tool.h"

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static char *copy_or_null(const char *text)
{
	return text ? text_format("%s", text) : NULL;
}

/* Nodes and tiers come and go with their blocks. */
static bool is_of_interest(const struct mhp_event *event)
{
	switch (mhp_event_get_kind(event)) {
	case MHP_EVENT_UNKNOWN:
	case MHP_EVENT_NODE_ADDED:
	case MHP_EVENT_NODE_REMOVED:
	case MHP_EVENT_TIER_ADDED:
	case MHP_EVENT_TIER_REMOVED:
	case MHP_EVENT_RESYNCED:
		return false;
	default:
		return mhp_event_get_cause(event) != MHP_CAUSE_SELF;
	}
}

static struct change *find(struct changes *changes, const struct mhp_event *event,
			   enum mhp_zone zone)
{
	enum mhp_event_kind kind = mhp_event_get_kind(event);

	for (size_t i = 0; i < changes->count; i++) {
		struct change *change = &changes->all[i];

		if (!change->text && change->kind == kind && change->zone == zone &&
		    is_same(change->region, mhp_event_get_region_name(event)) &&
		    is_same(change->cause, mhp_event_get_cause_text(event)))
			return change;
	}
	return NULL;
}

static struct change *add(struct changes *changes, const struct mhp_event *event,
			  enum mhp_zone zone)
{
	struct change *change;

	if (changes->count == CHANGES_MAX) {
		changes->left_out++;
		return NULL;
	}
	if (!changes->all)
		changes->all = calloc(CHANGES_MAX, sizeof(*changes->all));
	if (!changes->all)
		out_of_memory();
	change = &changes->all[changes->count++];
	*change = (struct change){
		.region = copy_or_null(mhp_event_get_region_name(event)),
		.cause = copy_or_null(mhp_event_get_cause_text(event)),
		.kind = mhp_event_get_kind(event),
		.zone = zone,
		.first_ns = mhp_event_get_time_ns(event),
	};
	return change;
}

static void add_id(struct change *change, uint64_t id)
{
	if (change->n_ids == change->room) {
		size_t room = change->room ? 2 * change->room : 16;
		uint64_t *ids = realloc(change->ids, room * sizeof(*ids));

		if (!ids)
			out_of_memory();
		change->ids = ids;
		change->room = room;
	}
	change->ids[change->n_ids++] = id;
}

void changes_add(struct changes *changes, const struct mhp_event *event)
{
	enum mhp_zone zone = MHP_ZONE_UNKNOWN;
	enum mhp_state state;
	struct change *change;
	uint64_t id;

	if (!is_of_interest(event))
		return;
	if (mhp_event_get_block_id(event, &id) < 0) {
		change = add(changes, event, MHP_ZONE_UNKNOWN);
		if (change && mhp_event_copy_text(event, &change->text) < 0)
			out_of_memory();
		return;
	}
	mhp_event_get_after(event, &state, &zone);
	change = find(changes, event, zone);
	if (!change)
		change = add(changes, event, zone);
	if (change)
		add_id(change, id);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* "memory32-35,40"; a block may have come twice */
static char *copy_blocks(struct change *change)
{
	struct text_list list = { 0 };

	qsort(change->ids, change->n_ids, sizeof(*change->ids), compare);
	for (size_t i = 0; i < change->n_ids; i++)
		if (i == 0 || change->ids[i] != change->ids[i - 1])
			text_list_add(&list, change->ids[i], 1);
	return text_list_end(&list);
}

static const char *verb_of(const struct change *change)
{
	switch (change->kind) {
	case MHP_EVENT_BLOCK_ADDED:
		return "added";
	case MHP_EVENT_BLOCK_REMOVED:
		return "removed";
	case MHP_EVENT_BLOCK_ONLINE:
		return "online";
	case MHP_EVENT_BLOCK_OFFLINE:
		return "offline";
	case MHP_EVENT_BLOCK_ZONE:
		return "in another zone";
	default:
		return mhp_event_kind_to_str(change->kind);
	}
}

static char *copy_what(struct change *change)
{
	char *blocks, *text;
	bool has_zone = change->zone != MHP_ZONE_UNKNOWN && change->zone != MHP_ZONE_NONE &&
			change->kind != MHP_EVENT_BLOCK_REMOVED &&
			change->kind != MHP_EVENT_BLOCK_OFFLINE;

	if (change->text)
		return text_format("%s", change->text);
	blocks = copy_blocks(change);
	text = text_format("memory%s %s%s%s%s%s%s", blocks, verb_of(change),
			   has_zone ? ": " : "",
			   has_zone ? mhp_zone_to_str(change->zone) : "",
			   change->region ? " (" : "", change->region ? change->region : "",
			   change->region ? ")" : "");
	free(blocks);
	return text;
}

/* "2026-11-26T12:31:02.123Z": the log's own time is that of the line */
static void put_time(char *buf, size_t size, int64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_SECOND);
	char day[40] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf, size, "%s.%03dZ", day, (int)(ns / 1000000 % 1000));
}

static void say_one(struct change *change, void (*fn)(void *data, const char *line), void *data)
{
	char *what = copy_what(change), *line, when[64];

	put_time(when, sizeof(when), change->first_ns);
	if (change->kind == MHP_EVENT_LOST)
		line = text_format("%s, at %s: what others did meanwhile was found by comparing, or "
				   "not at all", what, when);
	else
		line = text_format("not by this agent, at %s: %s; cause: %s", when, what,
				   change->cause ? change->cause : "not known");
	fn(data, line);
	free(line);
	free(what);
}

void changes_take(struct changes *changes, void (*fn)(void *data, const char *line), void *data)
{
	char *line;

	for (size_t i = 0; i < changes->count; i++) {
		struct change *change = &changes->all[i];

		if (fn)
			say_one(change, fn, data);
		free(change->region);
		free(change->cause);
		free(change->text);
		free(change->ids);
	}
	if (changes->left_out && fn) {
		line = text_format("not by this agent: %zu more changes", changes->left_out);
		fn(data, line);
		free(line);
	}
	free(changes->all);
	*changes = (struct changes){ 0 };
}
