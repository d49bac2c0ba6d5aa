// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What something is to be told as: a message, or a snapshot, says what it is now, and
 * events lead there from what is tracked, one at a time. So what is known already makes no
 * event, and each one begins where the last one about it ended.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "monitor.h"

/* ---- blocks ---- */

static void fill_block(struct mhp_monitor *monitor, struct mhp_event *event, uint64_t id)
{
	const struct mhp_block *block = snapshot_find_block(monitor->snap, id);
	const struct mhp_region *region = monitor_find_region(monitor, id);
	bool is_newer = monitor_has_read(monitor, region);

	event->has_block = true;
	event->block_id = id;
	if (region && region->node_code == 0 && (is_newer || !block))
		event->node = region->node;
	else if (block && block->node != BLOCK_NO_NODE)
		event->node = (int)block->node;
	else if (region && region->node_code == 0)
		event->node = region->node;
	if (region)
		event->region = region->name;
	event->owner = region;
}

/* Online as before: is there news about the zone? */
static bool is_rezoned(const struct mhp_monitor *monitor, enum mhp_zone before,
		       enum mhp_zone after)
{
	if (before == after || after == MHP_ZONE_UNKNOWN)
		return false;
	return before != MHP_ZONE_UNKNOWN || monitor_wants_zones(monitor);
}

/* false: nothing more is to be told. */
static bool find_block_kind(const struct mhp_monitor *monitor, const struct goal *goal,
			    enum mhp_state before, enum mhp_zone zone, enum mhp_event_kind *ret)
{
	if (before == goal->state) {
		*ret = MHP_EVENT_BLOCK_ZONE;
		return before == MHP_STATE_ONLINE && is_rezoned(monitor, zone, goal->zone);
	}
	if (before == MHP_STATE_ABSENT)
		*ret = MHP_EVENT_BLOCK_ADDED;
	else if (goal->state == MHP_STATE_ABSENT)
		*ret = MHP_EVENT_BLOCK_REMOVED;
	else if (goal->state == MHP_STATE_ONLINE)
		*ret = MHP_EVENT_BLOCK_ONLINE;
	else if (goal->state == MHP_STATE_OFFLINE)
		*ret = MHP_EVENT_BLOCK_OFFLINE;
	else
		/* it cannot be read any more: nothing happened that could be told */
		return false;
	return true;
}

/* So shortly before that it may be one and the same thing: a slow udev needs its time. */
static bool is_just_added(const struct tracked_block *block)
{
	return block->is_new && (uint32_t)(now_ns() / 1000000000) - block->added_s < 120;
}

static int step_block(struct mhp_monitor *monitor, bool *ret_told)
{
	const struct goal *goal = &monitor->goal;
	const struct tracked_block *was = tracked_find(&monitor->tracked, goal->id);
	enum mhp_state before = was ? was->state : MHP_STATE_ABSENT, after = goal->state;
	enum mhp_zone zone = was ? was->zone : MHP_ZONE_UNKNOWN;
	bool is_first = was && is_just_added(was);
	enum mhp_event_kind kind;
	struct mhp_event *event;
	char name[EVENT_NAME_SIZE];
	int r = 0;

	*ret_told = false;
	if (!find_block_kind(monitor, goal, before, zone, &kind)) {
		/* what was learnt of the zone is kept */
		if (before == MHP_STATE_ONLINE && after == before &&
		    goal->zone != MHP_ZONE_UNKNOWN)
			return tracked_set(&monitor->tracked, goal->id, after, goal->zone);
		return 0;
	}
	/* as the kernel tells it, even where it was not told in between */
	if (kind == MHP_EVENT_BLOCK_ADDED && after == MHP_STATE_ONLINE)
		after = MHP_STATE_OFFLINE;
	if (kind == MHP_EVENT_BLOCK_ADDED && goal->seqnum)
		r = monitor_settle_block(monitor, goal->id);
	if (r == 0)
		r = tracked_set(&monitor->tracked, goal->id, after,
				after == MHP_STATE_ONLINE ? goal->zone : MHP_ZONE_UNKNOWN);
	if (r < 0)
		return r;
	if (kind == MHP_EVENT_BLOCK_ADDED)
		tracked_mark_new(&monitor->tracked, goal->id);
	snprintf(name, sizeof(name), "memory%" PRIu64, goal->id);
	event = event_begin(monitor, kind, goal->seqnum, name);
	fill_block(monitor, event, goal->id);
	event->is_first = is_first;
	event->before_state = before;
	event->before_zone = zone;
	event->after_state = after;
	event->after_zone = after == MHP_STATE_ONLINE ? goal->zone : MHP_ZONE_UNKNOWN;
	*ret_told = true;
	return 0;
}

/* ---- all else ---- */

static enum mhp_event_kind come_kind(enum subject subject)
{
	return subject == SUBJECT_NODE ? MHP_EVENT_NODE_ADDED :
	       subject == SUBJECT_TIER ? MHP_EVENT_TIER_ADDED : MHP_EVENT_DEVICE_ADDED;
}

static enum mhp_event_kind go_kind(enum subject subject)
{
	return subject == SUBJECT_NODE ? MHP_EVENT_NODE_REMOVED :
	       subject == SUBJECT_TIER ? MHP_EVENT_TIER_REMOVED : MHP_EVENT_DEVICE_REMOVED;
}

static void fill_thing(struct mhp_monitor *monitor, struct mhp_event *event,
		       const struct goal *goal)
{
	if (goal->subject == SUBJECT_NODE)
		parse_node_name(goal->name, &event->node);
	if (goal->subject == SUBJECT_DEVICE) {
		const struct mhp_region *region = monitor_find_device(monitor, goal->name);

		if (region)
			event->region = region->name;
		event->owner = region;
	}
}

/* A driver that is known may be told once more: now its probe has ended. */
static bool is_thing_reached(const struct thing *was, const struct goal *goal)
{
	if (!was || !goal->is_there)
		return !was == !goal->is_there;
	return !strcmp(was->driver, goal->driver) && (was->is_probed || !goal->is_probed);
}

static int step_thing(struct mhp_monitor *monitor, bool *ret_told)
{
	const struct goal *goal = &monitor->goal;
	const struct thing *was = things_find(&monitor->things, goal->name);
	char before[EVENT_NAME_SIZE] = "";
	enum mhp_event_kind kind;
	struct mhp_event *event;
	const char *after = "";
	int r = 0;

	*ret_told = false;
	if (is_thing_reached(was, goal))
		return 0;
	if (was && strcmp(was->driver, goal->driver))
		copy_name(before, was->driver);
	if (!was)
		kind = come_kind(goal->subject);
	else if (!goal->is_there)
		kind = go_kind(goal->subject);
	else if (*before)
		kind = MHP_EVENT_DEVICE_UNBOUND;
	else
		kind = MHP_EVENT_DEVICE_BOUND;
	if (kind == MHP_EVENT_DEVICE_BOUND)
		after = goal->driver;
	/* what was found was in the snapshot */
	if (goal->is_there && goal->subject == SUBJECT_DEVICE && goal->seqnum)
		r = monitor_read_device(monitor, goal->name);
	if (r < 0)
		return r;
	if (goal->is_there)
		r = things_set(&monitor->things, goal->subject, goal->name, after,
			       goal->is_probed && *after);
	else
		things_remove(&monitor->things, goal->name);
	if (r < 0)
		return r;
	event = event_begin(monitor, kind, goal->seqnum, goal->name);
	fill_thing(monitor, event, goal);
	if (kind == go_kind(goal->subject))
		event->after_state = MHP_STATE_ABSENT;
	if (kind == come_kind(goal->subject))
		event->before_state = MHP_STATE_ABSENT;
	copy_name(event->word_before, before);
	copy_name(event->word_after, after);
	*ret_told = true;
	return 0;
}

int goal_step(struct mhp_monitor *monitor, bool *ret_told)
{
	int r;

	*ret_told = false;
	if (!monitor->goal.is_set)
		return 0;
	if (monitor->goal.subject == SUBJECT_BLOCK)
		r = step_block(monitor, ret_told);
	else
		r = step_thing(monitor, ret_told);
	if (r == 0 && !*ret_told)
		monitor->goal.is_set = false;
	return r;
}
