// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp watch for people: what is watched, and a line for each event. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "watch.h"

const char *watch_source_word(enum mhp_event_source source)
{
	switch (source) {
	case MHP_EVENT_SOURCE_UDEV:
		return "udev";
	case MHP_EVENT_SOURCE_KERNEL:
		return "kernel";
	default:
		return "auto";
	}
}

void watch_text_begin(const struct mhp_monitor *monitor, const struct filter *filter)
{
	const struct mhp_snapshot *snap = mhp_monitor_get_snapshot(monitor);
	bool is_udev = mhp_monitor_get_source(monitor) == MHP_EVENT_SOURCE_UDEV;
	size_t blocks = mhp_monitor_count_blocks(monitor, MHP_STATE_UNKNOWN);
	size_t online = mhp_monitor_count_blocks(monitor, MHP_STATE_ONLINE);

	complain("watching what %s tells: %zu block%s, %zu online; %zu region%s%s%s",
		 is_udev ? "udevd" : "the kernel", blocks,
		 blocks == 1 ? "" : "s", online, mhp_snapshot_count_regions(snap),
		 mhp_snapshot_count_regions(snap) == 1 ? "" : "s",
		 filter->region ? "; only of " : filter->kind ? "; only of kind " : "",
		 filter->region ? filter->region : filter->kind ? filter->kind : "");
	if (filter->region && !mhp_snapshot_find_region(snap, filter->region))
		complain("%s: not there yet", filter->region);
}

static char *time_text(int64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	char text[32] = "?";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	return text_format("%s.%03d", text, (int)(time_ns / 1000000 % 1000));
}

/* "online in Movable" */
static char *condition_text(enum mhp_state state, enum mhp_zone zone)
{
	bool has_zone = state == MHP_STATE_ONLINE && zone != MHP_ZONE_UNKNOWN;

	if (has_zone && zone == MHP_ZONE_NONE)
		return text_format("online, spans zones");
	return text_format("%s%s%s", mhp_state_to_str(state), has_zone ? " in " : "",
			   has_zone ? mhp_zone_to_str(zone) : "");
}

static char *block_text(const struct mhp_event *event)
{
	enum mhp_state before, after;
	enum mhp_zone zone_before, zone_after;
	char *was, *is, *text;

	mhp_event_get_before(event, &before, &zone_before);
	mhp_event_get_after(event, &after, &zone_after);
	was = condition_text(before, zone_before);
	is = condition_text(after, zone_after);
	text = text_format("%s -> %s", was, is);
	free(was);
	free(is);
	return text;
}

/* What became of it. */
static char *change_text(const struct mhp_event *event)
{
	const char *before = mhp_event_get_word_before(event);
	const char *after = mhp_event_get_word_after(event);

	switch (mhp_event_get_kind(event)) {
	case MHP_EVENT_BLOCK_ADDED:
	case MHP_EVENT_BLOCK_REMOVED:
	case MHP_EVENT_BLOCK_ONLINE:
	case MHP_EVENT_BLOCK_OFFLINE:
	case MHP_EVENT_BLOCK_ZONE:
		return block_text(event);
	case MHP_EVENT_NODE_ADDED:
	case MHP_EVENT_TIER_ADDED:
	case MHP_EVENT_DEVICE_ADDED:
		return text_format("added");
	case MHP_EVENT_NODE_REMOVED:
	case MHP_EVENT_TIER_REMOVED:
	case MHP_EVENT_DEVICE_REMOVED:
		return text_format("removed");
	case MHP_EVENT_DEVICE_BOUND:
		return text_format("bound to %s", after ? after : "a driver");
	case MHP_EVENT_DEVICE_UNBOUND:
		return text_format("unbound from %s", before ? before : "its driver");
	case MHP_EVENT_POLICY_CHANGED:
		return text_format("%s -> %s", before ? before : "?", after ? after : "?");
	case MHP_EVENT_LOST:
		return text_format("events were lost; what follows was found by comparing");
	case MHP_EVENT_RESYNCED:
		return text_format("all that differed has been told");
	default:
		return text_format("%s", mhp_event_kind_to_str(mhp_event_get_kind(event)));
	}
}

void watch_text(const struct mhp_event *event, const char *region)
{
	char *time = time_text(mhp_event_get_time_ns(event));
	const char *cause = mhp_event_get_cause(event) == MHP_CAUSE_UNKNOWN ? NULL :
			    mhp_event_get_cause_text(event);
	const char *name = mhp_event_get_name(event);
	char *change = change_text(event);

	if (region && strcmp(region, name) == 0)
		region = NULL;
	say("%s %s%s%s%s%s%s%s%s\n", time, name, region ? " (" : "", region ? region : "",
	    region ? ")" : "", *name ? ": " : "", change, cause ? "; " : "", cause ? cause : "");
	free(change);
	free(time);
}
