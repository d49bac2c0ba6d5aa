// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Hardware that is to go. The kernel queues an eject and does it some time later; whether it
 * did, or gave up, it tells nobody (eject_store() in drivers/acpi/device_sysfs.c): so its
 * blocks and the slot's status are looked at until the deadline. All blocks are offline
 * before, so that it has nothing to bring back, which it would do into the wrong zone.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "provider.h"

#define NS_PER_MS INT64_C(1000000)
#define TICK_NS (50 * NS_PER_MS)
#define MIN_PAUSE_NS NS_PER_MS
#define MAX_PAUSE_NS (20 * NS_PER_MS)
/* as long as the kernel may let a block be online that others brought back */
#define TICKS_IN_THE_WAY 6

/* How the waiting ended. */
enum ended { LEFT, GAVE_UP, IN_THE_WAY, CANCELLED, LATE };

/* What a block was seen to do since the kernel was asked. */
enum seen { NOTHING, ONLINE, WENT_AWAY };

struct wait {
	struct apply *apply;
	const struct mhp_step *step;
	const struct plan_part *part;
	enum seen *seen;	/* of each block of the part */
	unsigned int ticks_online;
	bool is_asked;		/* by us: else somebody else has taken its blocks */
	size_t block;		/* that came back, is online or going offline; else n_blocks */
};

/* Has what was to be ejected left, with all its blocks as they were last looked at? */
static bool has_gone(const struct apply *apply, size_t index)
{
	const struct plan_part *part = &apply->plan->parts[index];

	for (size_t i = part->first; i < part->first + part->count; i++)
		if (apply->now[i].state != MHP_STATE_ABSENT)
			return false;
	return part->provider->has_left(&apply->parts[index].device) == 1;
}

bool is_any_queued(struct apply *apply)
{
	bool queued = false;

	for (size_t i = 0; i < apply->plan->n_parts; i++) {
		if (apply->parts[i].queued && has_gone(apply, i))
			apply->parts[i].queued = false;
		queued |= apply->parts[i].queued;
	}
	return queued;
}

/* ---- waiting ---- */

/* A block that the kernel tries to take, and that is online then, has not let itself be taken. */
static bool came_back(struct wait *wait, size_t index)
{
	enum seen *seen = &wait->seen[index - wait->part->first];
	enum mhp_state state = wait->apply->now[index].state;

	if (state == MHP_STATE_GOING_OFFLINE || (state == MHP_STATE_OFFLINE && *seen == ONLINE))
		*seen = WENT_AWAY;
	else if (state == MHP_STATE_ONLINE && *seen == NOTHING)
		*seen = ONLINE;
	return state == MHP_STATE_ONLINE && *seen == WENT_AWAY;
}

/* LATE: it goes on. */
static enum ended watch(struct wait *wait)
{
	struct apply *apply = wait->apply;
	bool online = false, going = false;

	wait->block = apply->plan->n_blocks;
	for (size_t i = wait->part->first; i < wait->part->first + wait->part->count; i++) {
		look(apply, i);
		if (came_back(wait, i)) {
			wait->block = i;
			return GAVE_UP;
		}
		online |= apply->now[i].state == MHP_STATE_ONLINE;
		/* what is under way says more than what waits for it */
		if (apply->now[i].state == MHP_STATE_GOING_OFFLINE ||
		    (apply->now[i].state == MHP_STATE_ONLINE && !going))
			wait->block = i;
		going |= apply->now[i].state == MHP_STATE_GOING_OFFLINE;
	}
	wait->ticks_online = online && !going ? wait->ticks_online + 1 : 0;
	return wait->ticks_online > TICKS_IN_THE_WAY ? IN_THE_WAY : LATE;
}

static bool is_done(struct wait *wait)
{
	/* one file before very many */
	if (wait->part->provider->has_left(&wait->apply->parts[wait->step->part].device) != 1)
		return false;
	look_at_part(wait->apply, wait->step->part);
	return has_gone(wait->apply, wait->step->part);
}

static enum ended wait_for_it(struct wait *wait)
{
	int64_t deadline = wait->apply->deadline, pause = MIN_PAUSE_NS, next_tick = 0, now;
	enum ended ended = LATE;

	for (;;) {
		if (is_done(wait))
			return LEFT;
		now = now_ns();
		if (now >= next_tick || now >= deadline) {
			ended = watch(wait);
			if (ended == LATE && ask_caller(wait->apply))
				ended = CANCELLED;
			/* or has it just gone, while it was looked at? */
			if (ended != LATE || now >= deadline)
				return is_done(wait) ? LEFT : ended;
			next_tick = now + TICK_NS;
		}
		pause_ns(pause < deadline - now ? pause : deadline - now);
		pause = 2 * pause < MAX_PAUSE_NS ? 2 * pause : MAX_PAUSE_NS;
	}
}

/* ---- what is told of it ---- */

static void add_block(struct text *text, const struct wait *wait)
{
	const struct apply *apply = wait->apply;
	const struct block_now *now = &apply->now[wait->block];

	text_add(text, "memory%" PRIu64 " is %s", apply->plan->blocks[wait->block].id,
		 mhp_state_to_str(now->state));
	if (now->zone != MHP_ZONE_UNKNOWN)
		text_add(text, " in %s", mhp_zone_to_str(now->zone));
}

/* What there is to be seen of what it waits for. */
static void add_sight(struct text *text, const struct wait *wait)
{
	bool gone = is_step_met_by_all(wait->apply, wait->step);
	int r;

	if (wait->block < wait->apply->plan->n_blocks) {
		text_add(text, "; ");
		add_block(text, wait);
	} else if (gone) {
		r = wait->part->provider->has_left(&wait->apply->parts[wait->step->part].device);
		text_add(text, "; its blocks are gone, but its status %s",
			 r < 0 ? "could not be read: " : "says that it is still there");
		if (r < 0)
			text_add_code(text, r);
	}
}

static void blame_wait(struct wait *wait, enum ended ended)
{
	static const char *const texts[] = {
		[GAVE_UP] = "the kernel tried, and gave up",
		[IN_THE_WAY] = "another program brought memory back online; the eject may still be "
			       "queued",
		[CANCELLED] = "cancelled; the eject may still be queued",
		[LATE] = "not done by the deadline; the eject may still be queued",
	};
	int code = ended == LATE ? -ETIMEDOUT : ended == CANCELLED ? -ECANCELED : 0;
	enum mhp_reason reason = ended == GAVE_UP ? MHP_REASON_GIVEN_UP : MHP_REASON_QUEUED;
	size_t part = wait->step->part;
	struct apply *apply = wait->apply;
	struct text text = { 0 };

	if (!wait->is_asked)
		text_add(&text, "waiting for somebody else to eject it: ");
	text_add(&text, "%s", texts[ended]);
	add_sight(&text, wait);
	if (wait->is_asked)
		blame_eject(apply, part, code, reason, apply->report->device_paths[part],
			    wait->step->word, &text);
	else
		blame_text(apply, part, code, reason, NULL, &text);
}

/* ---- the step ---- */

/* The last look: what is online now the kernel would take offline, and forget its zone. */
static bool is_all_offline(struct apply *apply, const struct mhp_step *step)
{
	const struct plan_part *part = &apply->plan->parts[step->part];

	for (size_t i = part->first; i < part->first + part->count; i++)
		if (apply->now[i].state != MHP_STATE_OFFLINE &&
		    apply->now[i].state != MHP_STATE_ABSENT) {
			blame_stale(apply, i, MHP_STATE_OFFLINE, MHP_ZONE_UNKNOWN);
			return false;
		}
	return true;
}

static void end_step(struct wait *wait, enum ended ended)
{
	struct apply *apply = wait->apply;

	apply->parts[wait->step->part].queued = ended != LEFT && ended != GAVE_UP;
	if (ended != LEFT) {
		blame_wait(wait, ended);
		return;
	}
	for (size_t i = wait->part->first; i < wait->part->first + wait->part->count; i++)
		apply->acted[i] |= wait->is_asked;
}

/* Who is refused, or comes too late to write, has queued nothing. */
static void ask_kernel(struct wait *wait)
{
	struct apply *apply = wait->apply;
	const struct mhp_step *step = wait->step;
	const char *path = apply->report->device_paths[step->part];
	size_t writes = apply->report->n_writes;
	struct text text = { 0 };
	int code;

	wait->is_asked = true;
	code = write_file(apply, &apply->parts[step->part].device, "eject", path, step->word);
	if (code == 0) {
		end_step(wait, wait_for_it(wait));
	} else if (!apply->cut) {
		blame_eject(apply, step->part, code, judge_code(code), path, step->word, NULL);
	} else if (apply->report->n_writes == writes) {
		text_add(&text, "not done by the deadline");
		blame_eject(apply, step->part, code, apply->cut, path, step->word, &text);
	} else {
		end_step(wait, is_done(wait) ? LEFT :
			 apply->cut == MHP_REASON_CANCELLED ? CANCELLED : LATE);
	}
}

void run_eject_step(struct apply *apply, const struct mhp_step *step)
{
	struct wait wait = {
		.apply = apply, .step = step, .part = &apply->plan->parts[step->part],
		.block = apply->plan->n_blocks,
	};

	/* kept blocks may be online still */
	if (has_part_failed(apply, step->part))
		return;
	look_at_part(apply, step->part);
	if (has_gone(apply, step->part) || !is_all_offline(apply, step))
		return;
	wait.seen = calloc(wait.part->count, sizeof(*wait.seen));
	if (!wait.seen) {
		blame_eject(apply, step->part, -ENOMEM, MHP_REASON_NO_MEMORY,
			    apply->report->device_paths[step->part], step->word, NULL);
		return;
	}
	if (is_step_met_by_all(apply, step))
		end_step(&wait, wait_for_it(&wait));
	else
		ask_kernel(&wait);
	free(wait.seen);
}
