// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a monitor looks at to tell who has done it: a few files at most for an event, and no
 * block's. The notes of acts are read again only for what happened since they were.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor.h"

/* ---- acts ---- */

/* Was every act that may be behind the event noted when they were read? */
static bool is_known(const struct monitor_acts *known, const struct mhp_monitor *monitor,
		     const struct mhp_event *event)
{
	if (!known->list)
		return false;
	if (event->seqnum)
		return known->has_seqnum && event->seqnum <= known->seqnum;
	/* found by a snapshot that was taken before; settings are found at any time */
	return known->snap == monitor->snap && event->kind != MHP_EVENT_POLICY_CHANGED;
}

static bool any_open(const struct acts *acts)
{
	for (size_t i = 0; i < acts->count; i++)
		if (!acts->list[i].ended)
			return true;
	return false;
}

/*
 * Nobody is at work, so that one has come to its end without noting it. What happens from now
 * on is not its doing; when that was seen first counts.
 */
static void end_dead(struct monitor_acts *known)
{
	for (size_t i = 0; i < known->list->count; i++) {
		struct act *act = &known->list->list[i];

		if (act->ended || !act->has_seqnums || !known->has_seqnum ||
		    known->seqnum < act->first_seqnum)
			continue;
		if (known->dead_begin_ns != act->begin_ns) {
			known->dead_begin_ns = act->begin_ns;
			known->dead_seqnum = known->seqnum;
		}
		act->ended = act->was_killed = true;
		act->last_seqnum = known->dead_seqnum;
		act->end_ns = act->begin_ns;
	}
}

/* For acts without an end: is anybody at work? */
static enum cause_lock look_at_lock(struct sysfs_dir *run)
{
	struct mhp_backend *be = run->ctx->be;
	int r = be->ops->is_locked(be, run->dir, LOCK_NAME);

	return r < 0 ? LOCK_UNKNOWN : r ? LOCK_HELD : LOCK_FREE;
}

static void read_acts(struct monitor_acts *known, struct mhp_ctx *ctx)
{
	struct sysfs_dir run = { 0 };

	known->list->count = 0;
	known->lock = LOCK_UNKNOWN;
	if (sysfs_open(ctx, RUN_PATH, &run) < 0)
		return;
	/* one that came to its end between the two looks has it at the second */
	for (int i = 0; i < 2; i++) {
		acts_read(&run, known->list);
		if (!any_open(known->list))
			break;
		known->lock = look_at_lock(&run);
		if (known->lock != LOCK_FREE)
			break;
	}
	sysfs_close(&run);
	if (known->lock == LOCK_FREE)
		end_dead(known);
}

void monitor_read_acts(struct mhp_monitor *monitor)
{
	struct monitor_acts *known = &monitor->acts;

	if (!known->list)
		known->list = calloc(1, sizeof(*known->list));
	if (!known->list)
		return;
	/* first the number: what has it, and what was before, is noted already */
	known->has_seqnum = read_uevent_seqnum(monitor->ctx, &known->seqnum);
	known->snap = monitor->snap;
	read_acts(known, monitor->ctx);
}

static bool is_by_libmhp(struct mhp_monitor *monitor, const struct cause_change *change)
{
	struct mhp_event *event = &monitor->event;
	struct monitor_acts *known = &monitor->acts;
	const struct acts *own = monitor->ctx->own;

	if (own && cause_from_acts(own, LOCK_UNKNOWN, true, change, &event->cause))
		return true;
	if (!is_known(known, monitor, event))
		monitor_read_acts(monitor);
	return known->list &&
	       cause_from_acts(known->list, known->lock, false, change, &event->cause);
}

/* ---- all else ---- */

/* The driver's word, as it is now. */
static void look_at_device(struct mhp_monitor *monitor, const struct mhp_region *region,
			   struct cause_memory *memory)
{
	char buf[MHP_ATTR_SIZE + 1];
	struct sysfs_dir dir = { 0 };

	memory->device_code = sysfs_open(monitor->ctx, region->path, &dir);
	if (memory->device_code == 0)
		memory->device_code = sysfs_read(&dir, "state", buf);
	if (memory->device_code == 0)
		memory->device_code = parse_device_state(buf, &memory->device_state);
	sysfs_close(&dir);
}

enum mhp_region_kind monitor_guess_kind(const struct mhp_snapshot *snap)
{
	enum mhp_region_kind guess = MHP_REGION_UNKNOWN;

	for (size_t i = 0; i < snap->regions.count; i++) {
		enum mhp_region_kind kind = snap->regions.list[i].kind;

		if (kind == MHP_REGION_VIRTIO_MEM || (kind == MHP_REGION_DIMM && !guess))
			guess = kind;
	}
	return guess;
}

static struct cause_change change_of(const struct mhp_monitor *monitor)
{
	const struct mhp_event *event = &monitor->event;
	const struct mhp_region *region = event->owner;
	struct cause_change change = {
		.kind = event->kind, .has_block = event->has_block, .id = event->block_id,
		.seqnum = event->seqnum, .since_ns = monitor->acts.last_ns,
		.time_ns = event->time_ns, .is_first = event->is_first,
		.memory = { .device_code = -ENODATA, .zone = event->after_zone },
	};

	if (region) {
		change.memory.kind = region->kind;
		change.memory.region = region->name;
		change.runs = region->runs;
		change.n_runs = region->n_runs;
	} else if (event->has_block) {
		change.memory.kind = monitor->guess;
		change.memory.is_guess = true;
	}
	if (event->kind == MHP_EVENT_DEVICE_BOUND)
		change.driver = event->word_after;
	else if (event->kind == MHP_EVENT_DEVICE_UNBOUND)
		change.driver = event->word_before;
	return change;
}

static struct cause_system system_of(const struct mhp_monitor *monitor)
{
	struct cause_system system = { .udev = &monitor->snap->facts.udev };
	const char *word = monitor->settings.list[0].now;

	if (mhp_online_type_from_str(word, &system.policy) < 0)
		system.policy_code = *word ? -EBADMSG : -ENODATA;
	system.auto_movable = !strcmp(monitor->settings.list[1].now, "auto-movable");
	return system;
}

void monitor_find_cause(struct mhp_monitor *monitor)
{
	struct mhp_event *event = &monitor->event;
	struct cause_change change;
	struct cause_system system;

	if (!(monitor->opts.flags & MHP_MONITOR_CAUSES) || event->kind == MHP_EVENT_LOST ||
	    event->kind == MHP_EVENT_RESYNCED)
		return;
	change = change_of(monitor);
	if (!is_by_libmhp(monitor, &change)) {
		system = system_of(monitor);
		if (event->has_block && change.memory.kind == MHP_REGION_DAX)
			look_at_device(monitor, event->owner, &change.memory);
		cause_of_change(&system, &change, &event->cause);
	}
	if (!event->is_found)
		monitor->acts.last_ns = event->time_ns;
}

/* ---- what is handed out ---- */

MHP_EXPORT enum mhp_cause_kind mhp_event_get_cause(const struct mhp_event *event)
{
	return event->cause.kind;
}

MHP_EXPORT const char *mhp_event_get_cause_text(const struct mhp_event *event)
{
	return *event->cause.text ? event->cause.text : NULL;
}
