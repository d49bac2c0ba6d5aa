// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Steps that write to a whole device (daxX.Y/state, Linux 7.3): its word is believed
 * by the kernel, and may be taken without effect, so blocks decide.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"

#define for_each_block(apply, part, i) \
	for (size_t i = (apply)->plan->parts[part].first; \
	     i < (apply)->plan->parts[part].first + (apply)->plan->parts[part].count; i++)

bool has_device_file(struct apply *apply, size_t part)
{
	return apply->parts[part].device.dir &&
	       sysfs_exists(&apply->parts[part].device, "state") == 0;
}

bool device_says_now(struct apply *apply, size_t part, enum mhp_device_state state)
{
	struct sysfs_dir *device = &apply->parts[part].device;
	char buf[MHP_ATTR_SIZE + 1];
	enum mhp_device_state now;

	return device->dir && sysfs_read(device, "state", buf) == 0 &&
	       parse_device_state(buf, &now) == 0 && now == state;
}

void look_after_removing(struct apply *apply, size_t part, int code)
{
	for_each_block(apply, part, i) {
		enum mhp_state before = apply->now[i].state;

		look(apply, i);
		if (may_have_written(apply, code))
			/* what cannot be read may have gone */
			apply->acted[i] |= before != MHP_STATE_ABSENT &&
					   (apply->now[i].state == MHP_STATE_ABSENT ||
					    apply->now[i].code);
		if (code < 0 && !apply->untried)
			/* the kernel puts back what it took offline, and that can fail */
			apply->acted[i] |= before == MHP_STATE_ONLINE &&
					   apply->now[i].state == MHP_STATE_OFFLINE;
	}
}

/* A write that fails has added nothing. */
void look_after_adding(struct apply *apply, size_t part, int code)
{
	for_each_block(apply, part, i) {
		enum mhp_state before = apply->now[i].state;

		look(apply, i);
		apply->acted[i] |= may_have_written(apply, code) && before == MHP_STATE_ABSENT &&
				   apply->now[i].state != MHP_STATE_ABSENT;
	}
}

/* Onlining stops at the first block that fails, without a word. */
void online_leftovers(struct apply *apply, size_t index, const char *path, const char *written)
{
	const struct plan_part *part = &apply->plan->parts[index];
	enum mhp_online_type type = apply->plan->type;
	const char *word = online_word(type);

	for (size_t n = part->count; n-- > 0 && !apply->over;) {
		size_t i = part->first + n;
		const struct block_now *now = &apply->now[i];

		if (has_failed(apply, i) || is_goal_met(apply, i))
			continue;
		if (now->state == MHP_STATE_OFFLINE && goes_on(apply))
			change_block(apply, i, type, false);
		else if (now->state != MHP_STATE_OFFLINE)
			blame_block(apply, i, 0, now->state == MHP_STATE_ABSENT ?
						 MHP_REASON_NOT_TAKEN : judge(now, 0, word),
				    path, written);
	}
}

void blame_left_behind(struct apply *apply, const struct mhp_step *step, bool gone,
		       const char *path)
{
	for_each_block(apply, step->part, i) {
		if (is_step_met(apply, step, i))
			continue;
		if (apply->now[i].code) {
			blame_unreadable(apply, i);
			continue;
		}
		/* if the device says otherwise, somebody plugged it again */
		blame_block(apply, i, 0, gone ? MHP_REASON_STRANDED : MHP_REASON_STALE, path,
			    step->word);
		/* we left it offline: the other one's is not ours to undo */
		if (apply->now[i].state == MHP_STATE_ONLINE)
			apply->acted[i] = false;
	}
}

/* ---- unplugged ---- */

/* Only what this call removed is brought back as a whole. */
static void note_removed(struct apply *apply, size_t part)
{
	for_each_block(apply, part, i)
		apply->parts[part].removed |= apply->acted[i] &&
					      apply->now[i].state == MHP_STATE_ABSENT;
}

/*
 * The kernel refused to unplug and has put everything back, without naming the
 * block: they are taken offline one by one, in its own order, until one refuses.
 * If none does, the device is tried once more.
 */
static void unplug_by_blocks(struct apply *apply, const struct mhp_step *step)
{
	const char *path = apply->report->device_paths[step->part];
	size_t refused = 0;
	int code;

	for_each_block(apply, step->part, i) {
		if (!goes_on(apply))
			return;
		look(apply, i);
		if (apply->now[i].state == MHP_STATE_ONLINE)
			change_block(apply, i, MHP_OFFLINE, true);
	}
	retry_deferred(apply);
	for_each_block(apply, step->part, i)
		refused += apply->now[i].state == MHP_STATE_ONLINE;
	if (refused || apply->over || is_step_met_by_all(apply, step))
		return;
	code = write_device(apply, step->part, step->word);
	look_after_removing(apply, step->part, code);
	if (code == 0)
		note_removed(apply, step->part);
	if (is_step_met_by_all(apply, step))
		return;
	if (code < 0)
		blame_device(apply, step->part, code, judge_code(code), path, step->word);
	else
		blame_left_behind(apply, step,
				  device_says_now(apply, step->part, MHP_DEVICE_STATE_UNPLUGGED),
				  path);
}

/* Not about a block: looking for one would help nobody, or is not wanted. */
static bool is_about_device(int code)
{
	return code == -EACCES || code == -EROFS || code == -ENOENT || code == -ENODEV ||
	       code == -EINVAL || code == -EIO || code == -EINTR;
}

static void unplug_device(struct apply *apply, const struct mhp_step *step)
{
	const char *path = apply->report->device_paths[step->part];
	int code = write_device(apply, step->part, step->word);
	enum mhp_reason cut = apply->cut;
	size_t stuck = apply->stuck;

	look_after_removing(apply, step->part, code);
	if (may_have_written(apply, code))
		note_removed(apply, step->part);
	if (is_step_met_by_all(apply, step))
		return;
	if (cut && stuck < apply->plan->n_blocks)
		blame_block(apply, stuck, code, cut, path, step->word);
	else if (cut)
		blame_device(apply, step->part, code, cut, path, step->word);
	else if (code == 0)
		blame_left_behind(apply, step,
				  device_says_now(apply, step->part, MHP_DEVICE_STATE_UNPLUGGED),
				  path);
	else if (is_about_device(code))
		blame_device(apply, step->part, code, judge_code(code), path, step->word);
	else
		unplug_by_blocks(apply, step);
}

/* ---- online ---- */

static void plug_device(struct apply *apply, const struct mhp_step *step)
{
	const char *path = apply->report->device_paths[step->part];
	int code = write_device(apply, step->part, step->word);

	look_after_adding(apply, step->part, code);
	if (is_step_met_by_all(apply, step))
		return;
	if (code == 0) {
		online_leftovers(apply, step->part, path, step->word);
		return;
	}
	/* what is there now, after we had removed all, others have plugged */
	for_each_block(apply, step->part, i)
		if (!may_have_written(apply, code) && apply->now[i].state != MHP_STATE_ABSENT)
			apply->acted[i] = false;
	blame_device(apply, step->part, code, apply->cut ? apply->cut :
		     code == -EBUSY ? MHP_REASON_TAKEN : judge_code(code), path, step->word);
}

/* Somebody onlines the same region as we want it: what is left is only offline. */
static bool is_overtaken(const struct apply *apply, size_t part)
{
	size_t met = 0;

	if (apply->plan->goal != MHP_GOAL_ONLINE && apply->plan->goal != MHP_GOAL_PLUGGED)
		return false;
	for_each_block(apply, part, i) {
		met += is_goal_met(apply, i);
		if (!is_goal_met(apply, i) && apply->now[i].state != MHP_STATE_OFFLINE)
			return false;
	}
	return met > 0;
}

/* Are all blocks as a device step expects them? Blames those that are not. */
static bool is_expected(struct apply *apply, const struct mhp_step *step)
{
	bool unplug = step->wanted_state == MHP_STATE_ABSENT, all = true;

	for_each_block(apply, step->part, i) {
		const struct plan_block *was = &apply->plan->blocks[i];

		if (is_step_met(apply, step, i) ||
		    (unplug ? is_as_before(apply, i) : apply->now[i].state == MHP_STATE_ABSENT))
			continue;
		blame_stale(apply, i, unplug ? was->state : MHP_STATE_ABSENT,
			    unplug ? was->zone : MHP_ZONE_UNKNOWN);
		all = false;
	}
	return all;
}

static bool is_goal_met_by_all(const struct apply *apply, size_t part)
{
	for_each_block(apply, part, i)
		if (!is_goal_met(apply, i))
			return false;
	return true;
}

/*
 * The device could not be unplugged, and the rules say to keep what worked: the
 * blocks that went are onlined as asked.
 */
static void rezone_what_went(struct apply *apply, const struct mhp_step *step)
{
	const struct plan_part *part = &apply->plan->parts[step->part];
	bool gone = false;

	for_each_block(apply, step->part, i)
		gone |= apply->acted[i] && apply->now[i].state == MHP_STATE_ABSENT;
	if (gone && device_says_now(apply, step->part, MHP_DEVICE_STATE_UNPLUGGED))
		look_after_adding(apply, step->part,
				  write_device(apply, step->part, step->word));
	for (size_t n = part->count; n-- > 0 && goes_on(apply);)
		if (apply->now[part->first + n].state == MHP_STATE_OFFLINE &&
		    !has_failed(apply, part->first + n))
			change_block(apply, part->first + n, step->type, false);
}

bool has_part_failed(const struct apply *apply, size_t part)
{
	for_each_block(apply, part, i)
		if (has_failed(apply, i))
			return true;
	return false;
}

void run_device_step(struct apply *apply, const struct mhp_step *step)
{
	if (has_part_failed(apply, step->part) && step->wanted_state == MHP_STATE_ONLINE) {
		rezone_what_went(apply, step);
		return;
	}
	look_at_part(apply, step->part);
	if (is_goal_met_by_all(apply, step->part) || is_step_met_by_all(apply, step))
		return;
	if (is_overtaken(apply, step->part))
		online_leftovers(apply, step->part, apply->report->device_paths[step->part],
				 step->word);
	else if (!is_expected(apply, step))
		return;
	else if (step->wanted_state == MHP_STATE_ABSENT)
		unplug_device(apply, step);
	else
		plug_device(apply, step);
}
