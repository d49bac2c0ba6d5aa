// SPDX-License-Identifier: LGPL-2.1-or-later
/* The driver's monitors, and what they and snapshots say of the machine. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"

static struct mhp_ctx *ctx;
static struct mhp_monitor *monitor;	/* from the beginning to the end */
static struct mhp_monitor *deaf;	/* of one round, and of little room: it loses events */

void must(int r, const char *what)
{
	if (r < 0)
		fail("%s: %s", what, strerror(-r));
}

static void take_events(struct mhp_monitor *of, struct chance *chance)
{
	const struct mhp_event *event;
	char *text;
	int r;

	while ((r = mhp_monitor_next(of, &event)) == 0 && event) {
		count(TALLY_EVENTS);
		if (mhp_event_get_kind(event) == MHP_EVENT_LOST)
			count(TALLY_LOST);
		if (mhp_event_get_kind(event) == MHP_EVENT_RESYNCED)
			count(TALLY_RESYNCED);
		if (chance && one_in(chance, 8)) {
			must(mhp_event_copy_text(event, &text), "mhp_event_copy_text");
			free(text);
		}
	}
	if (r < 0)
		wrong("mhp_monitor_next: %s", strerror(-r));
}

static struct mhp_monitor *new_monitor(size_t buffer_bytes)
{
	struct mhp_monitor_opts opts = {
		.size = sizeof(opts), .flags = MHP_MONITOR_ZONES | MHP_MONITOR_CAUSES,
		.buffer_bytes = buffer_bytes,
	};
	struct mhp_monitor *new;

	must(mhp_monitor_new(ctx, &opts, &new), "mhp_monitor_new");
	return new;
}

static void compare_place(const char *when, const char *who, uint64_t id,
			  const struct place *said, const struct place *is)
{
	count(TALLY_BLOCKS);
	if (!same_place(said, is))
		wrong("%s: block %s by %s, but it is %s", when, place_text(id, said), who,
		      place_text(id, is));
}

static void compare_monitor(const char *when, const char *who, struct mhp_monitor *of,
			    const struct picture *picture, const struct ids *scope)
{
	take_events(of, NULL);
	for (uint64_t id = 0; id < MAX_ID; id++) {
		struct place said;

		if (!scope->has[id])
			continue;
		mhp_monitor_get_block(of, id, &said.state, &said.zone);
		compare_place(when, who, id, &said, &picture->at[id]);
	}
}

static void compare_snapshot(const char *when, uint64_t flags, const struct picture *picture)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	char driver[WORD_SIZE];
	const char *said = NULL;

	must(mhp_snapshot_new(ctx, &opts, &snap), "mhp_snapshot_new");
	for (uint64_t id = 0; id < MAX_ID; id++) {
		const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
		struct place place = { MHP_STATE_ABSENT, MHP_ZONE_UNKNOWN };

		if (block)
			place.state = mhp_block_get_state(block);
		if (place.state == MHP_STATE_ONLINE)
			place.zone = mhp_block_get_zone(block);
		compare_place(when, flags ? "an exact snapshot" : "a snapshot", id, &place,
			      &picture->at[id]);
	}
	if (mhp_snapshot_count_problems(snap))
		wrong("%s: the snapshot has problems", when);
	if (mhp_snapshot_get_pending(snap, &said, NULL) < 0 || said)
		wrong("%s: something is pending by the snapshot", when);
	for (size_t i = 0; i < region_count; i++) {
		region = mhp_snapshot_find_region(snap, regions[i].name);
		if (!region || mhp_region_get_driver(region, &said) < 0 || !said)
			said = "-";
		read_driver(&regions[i], driver);
		if (strcmp(said, driver) != 0)
			wrong("%s: %s has driver %s by the snapshot, but %s", when, regions[i].name,
			      said, driver);
	}
	mhp_snapshot_unref(snap);
}

void follow_compare_all(const char *when)
{
	struct picture picture;

	read_picture(&picture);
	compare_monitor(when, "events", monitor, &picture, &everything);
	if (deaf)
		compare_monitor(when, "events after losing some", deaf, &picture, &everything);
	compare_snapshot(when, 0, &picture);
	compare_snapshot(when, MHP_SNAPSHOT_EXACT, &picture);
	compare_snapshot(when, MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY, &picture);
	count(TALLY_QUIET);
}

void follow_compare(const char *when, const struct picture *picture, const struct ids *scope)
{
	compare_monitor(when, "events", monitor, picture, scope);
}

void follow_events(struct chance *chance)
{
	take_events(monitor, chance);
}

void follow_start(struct mhp_ctx *the_ctx)
{
	ctx = the_ctx;
	monitor = new_monitor(0);
}

void follow_begin_round(void)
{
	deaf = new_monitor(4096);
}

void follow_let_go(void)
{
	mhp_monitor_free(deaf);
	deaf = NULL;
	take_events(monitor, NULL);
	must(mhp_monitor_refresh(monitor), "mhp_monitor_refresh");
	take_events(monitor, NULL);
}

void follow_end(void)
{
	mhp_monitor_free(monitor);
}
