// SPDX-License-Identifier: LGPL-2.1-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/mirror.h"

static void take_snapshot(struct mirror *mirror, const struct mhp_snapshot *snap)
{
	memset(mirror->states, MHP_STATE_ABSENT, sizeof(mirror->states));
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i);
		uint64_t id = mhp_block_get_id(block);

		assert_true(id < mirror->n_blocks);
		mirror->states[id] = (unsigned char)mhp_block_get_state(block);
		mirror->zones[id] = (unsigned char)mhp_block_get_zone(block);
	}
}

void mirror_begin_at(struct mirror *mirror, struct mhp_monitor *monitor)
{
	memset(mirror, 0, sizeof(*mirror));
	mirror->n_blocks = MIRROR_BLOCKS;
	mirror->monitor = monitor;
	take_snapshot(mirror, mhp_monitor_get_snapshot(monitor));
}

void mirror_begin(struct mirror *mirror, struct mhp_ctx *ctx, size_t room)
{
	struct mhp_monitor *monitor;
	struct mhp_monitor_opts opts = {
		.size = sizeof(opts),
		.flags = MHP_MONITOR_ZONES,
		.buffer_bytes = room * 1024,
	};

	assert_int_equal(mhp_monitor_new(ctx, &opts, &monitor), 0);
	mirror_begin_at(mirror, monitor);
}

void mirror_apply(struct mirror *mirror, const struct mhp_event *event)
{
	enum mhp_state before, after;
	enum mhp_zone from, to;
	uint64_t id;

	if (mhp_event_get_block_id(event, &id) < 0)
		return;
	assert_true(id < mirror->n_blocks);
	mhp_event_get_before(event, &before, &from);
	mhp_event_get_after(event, &after, &to);
	if (before != mirror->states[id] || from != mirror->zones[id])
		fail_msg("%s: before it was %s in %s, not %s in %s", mhp_event_get_name(event),
			 mhp_state_to_str(mirror->states[id]), mhp_zone_to_str(mirror->zones[id]),
			 mhp_state_to_str(before), mhp_zone_to_str(from));
	/* it says something */
	assert_true(before != after || from != to);
	mirror->states[id] = (unsigned char)after;
	mirror->zones[id] = (unsigned char)to;
}

bool mirror_next(struct mirror *mirror)
{
	const struct mhp_event *event;

	assert_int_equal(mhp_monitor_next(mirror->monitor, &event), 0);
	if (!event)
		return false;
	mirror_apply(mirror, event);
	mirror->n_events++;
	mirror->n_lost += mhp_event_get_kind(event) == MHP_EVENT_LOST;
	mirror->n_resynced += mhp_event_get_kind(event) == MHP_EVENT_RESYNCED;
	mirror->n_found += mhp_event_is_found(event);
	return true;
}

size_t mirror_drain(struct mirror *mirror)
{
	size_t count = 0;

	while (mirror_next(mirror))
		count++;
	return count;
}

char *mirror_copy_heard(struct mirror *mirror)
{
	const struct mhp_event *event;
	char *all = strdup(""), *text, *longer;

	assert_non_null(all);
	for (;;) {
		assert_int_equal(mhp_monitor_next(mirror->monitor, &event), 0);
		if (!event)
			return all;
		mirror_apply(mirror, event);
		assert_int_equal(mhp_event_copy_text(event, &text), 0);
		assert_true(asprintf(&longer, "%s%s%s%s", all, *all ? "; " : "", text,
				     mhp_event_is_found(event) ? "!" : "") >= 0);
		free(text);
		free(all);
		all = longer;
	}
}

/* One that is going offline is online until that is told. */
static enum mhp_state state_of(const struct mhp_block *block)
{
	enum mhp_state state = mhp_block_get_state(block);

	return state == MHP_STATE_GOING_OFFLINE ? MHP_STATE_ONLINE : state;
}

void mirror_check(struct mirror *mirror, struct mhp_ctx *ctx, const char *when)
{
	size_t n_there = 0, n_online = 0;
	struct mhp_snapshot *snap = NULL;

	/* somebody may act while it is taken, as told by mhp_sim_race_at() */
	do {
		mhp_snapshot_unref(snap);
		assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	} while (mirror_drain(mirror));
	for (uint64_t id = 0; id < mirror->n_blocks; id++) {
		const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
		enum mhp_state state = block ? state_of(block) : MHP_STATE_ABSENT, its;
		enum mhp_zone zone = block ? mhp_block_get_zone(block) : MHP_ZONE_UNKNOWN, in;

		if (mirror->states[id] != state || mirror->zones[id] != zone)
			fail_msg("%s: memory%u is %s in %s, events say %s in %s", when,
				 (unsigned int)id, mhp_state_to_str(state), mhp_zone_to_str(zone),
				 mhp_state_to_str(mirror->states[id]),
				 mhp_zone_to_str(mirror->zones[id]));
		mhp_monitor_get_block(mirror->monitor, id, &its, &in);
		assert_int_equal(its, state);
		assert_int_equal(in, zone);
		n_there += state != MHP_STATE_ABSENT;
		n_online += state == MHP_STATE_ONLINE;
	}
	assert_int_equal(mhp_monitor_count_blocks(mirror->monitor, MHP_STATE_UNKNOWN), n_there);
	assert_int_equal(mhp_monitor_count_blocks(mirror->monitor, MHP_STATE_ONLINE), n_online);
	mhp_snapshot_unref(snap);
}

void mirror_end(struct mirror *mirror)
{
	mhp_monitor_free(mirror->monitor);
	mirror->monitor = NULL;
}
