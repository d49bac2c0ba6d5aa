// SPDX-License-Identifier: LGPL-2.1-or-later
/* Carries out a step: look again, write, read back, record. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

/* ---- look and write ---- */

void look(struct apply *apply, size_t index)
{
	const struct mhp_plan *plan = apply->plan;

	block_look(&apply->mem, plan->blocks[index].id, plan->node, plan->numa,
		   &apply->now[index]);
}

void look_at_all(struct apply *apply)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		look(apply, i);
}

static int record(struct apply *apply, const char *path, const char *word, int code)
{
	struct mhp_report *report = apply->report;

	if (report->n_writes < report->writes_room)
		report->writes[report->n_writes++] = (struct report_write){
			.path = path, .word = word, .code = code, .undo = apply->undoing,
		};
	return code;
}

int write_block(struct apply *apply, size_t index, const char *word)
{
	struct mhp_result *result = &apply->report->blocks[index];
	char name[64];

	snprintf(name, sizeof(name), "memory%" PRIu64 "/state", result->id);
	return record(apply, result->path, word, sysfs_write(&apply->mem, name, word, false));
}

int write_device(struct apply *apply, const char *word)
{
	return record(apply, apply->report->device_path, word,
		      sysfs_write(&apply->device, "state", word, false));
}

bool device_says_now(struct apply *apply, enum mhp_device_state state)
{
	char buf[MHP_ATTR_SIZE + 1];
	enum mhp_device_state now;

	return apply->device.dir && sysfs_read(&apply->device, "state", buf) == 0 &&
	       parse_device_state(buf, &now) == 0 && now == state;
}

/* ---- as the step, or the goal, wants it ---- */

static bool has_failed(const struct apply *apply, size_t index)
{
	return mhp_reason_is_failure(apply->report->blocks[index].reason);
}

bool is_goal_met(const struct apply *apply, size_t index)
{
	const struct block_now *now = &apply->now[index];

	return is_as_wanted(apply->plan->goal, apply->plan->type, now->state, now->zone);
}

bool is_all_met(const struct apply *apply)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (!is_goal_met(apply, i))
			return false;
	return true;
}

static bool is_step_met(const struct apply *apply, const struct mhp_step *step, size_t index)
{
	const struct block_now *now = &apply->now[index];

	if (step->wanted_state == MHP_STATE_ONLINE)
		return is_as_wanted(MHP_GOAL_ONLINE, step->type, now->state, now->zone);
	return now->state == step->wanted_state;
}

static bool is_step_met_by_all(const struct apply *apply, const struct mhp_step *step)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (!is_step_met(apply, step, i))
			return false;
	return true;
}

/* ---- one block ---- */

/* Writes a word to a block and looks what came of it. */
static bool change_block(struct apply *apply, size_t index, enum mhp_online_type type)
{
	const char *word = online_word(type);
	const struct block_now *now = &apply->now[index];
	int code = write_block(apply, index, word);

	if (code == 0)
		apply->acted[index] = true;
	look(apply, index);
	/* also where the write failed: somebody else may have been faster */
	if (is_as_wanted(type == MHP_OFFLINE ? MHP_GOAL_OFFLINE : MHP_GOAL_ONLINE, type,
			 now->state, now->zone) || is_goal_met(apply, index))
		return true;
	blame_block(apply, index, code, judge(now, code, word), apply->report->blocks[index].path,
		    word);
	return false;
}

static void run_block_step(struct apply *apply, const struct mhp_step *step)
{
	const struct block_now *now = &apply->now[step->block];

	if (has_failed(apply, step->block))
		return;
	look(apply, step->block);
	if (is_step_met(apply, step, step->block) || is_goal_met(apply, step->block))
		return;
	if (now->state != step->expected_state ||
	    (step->expected_zone != MHP_ZONE_UNKNOWN && now->zone != step->expected_zone))
		blame_stale(apply, step->block, step->expected_state, step->expected_zone);
	else
		change_block(apply, step->block,
			     step->wanted_state == MHP_STATE_ONLINE ? step->type : MHP_OFFLINE);
}

/* ---- the whole device ---- */

bool goes_on(struct apply *apply)
{
	if (!apply->over && apply->opts->progress &&
	    apply->opts->progress(apply->opts->progress_data, apply->done_bytes,
				  apply->total_bytes))
		blame_cancelled(apply);
	return !apply->over;
}

/* What a write of "unplugged" that answered code did to the blocks. */
static void look_after_unplugging(struct apply *apply, int code)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
		enum mhp_state before = apply->now[i].state;

		look(apply, i);
		if (code == 0)
			apply->acted[i] |= before != MHP_STATE_ABSENT &&
					   apply->now[i].state == MHP_STATE_ABSENT;
		else
			/* the kernel puts back what it took offline, and that can fail */
			apply->acted[i] |= before == MHP_STATE_ONLINE &&
					   apply->now[i].state == MHP_STATE_OFFLINE;
	}
}

/* A write that fails has added nothing. */
static void look_after_plugging(struct apply *apply, int code)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
		enum mhp_state before = apply->now[i].state;

		look(apply, i);
		apply->acted[i] |= code == 0 && before == MHP_STATE_ABSENT &&
				   apply->now[i].state != MHP_STATE_ABSENT;
	}
}

/*
 * The kernel took the device's word, but onlining stops at the first block that
 * fails, without a word: what is left is tried one by one, which also tells why.
 */
static void online_leftovers(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;
	const char *word = online_word(plan->type);

	for (size_t i = plan->n_blocks; i-- > 0 && !apply->over;) {
		const struct block_now *now = &apply->now[i];

		if (has_failed(apply, i) || is_goal_met(apply, i))
			continue;
		if (now->state == MHP_STATE_OFFLINE && goes_on(apply))
			change_block(apply, i, plan->type);
		else if (now->state != MHP_STATE_OFFLINE)
			blame_block(apply, i, 0, now->state == MHP_STATE_ABSENT ?
						 MHP_REASON_NOT_TAKEN : judge(now, 0, word),
				    apply->report->device_path, word);
	}
}

/* The device's word was taken, but not all blocks are gone. */
static void blame_left_behind(struct apply *apply, const struct mhp_step *step, bool unplugged,
			      const char *path)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (!is_step_met(apply, step, i))
			/* if it says otherwise, somebody plugged it again */
			blame_block(apply, i, 0,
				    unplugged ? MHP_REASON_STRANDED : MHP_REASON_STALE, path,
				    step->word);
}

/*
 * The kernel refused to unplug and has put everything back, without naming the
 * block: they are taken offline one by one, in its own order, until one refuses.
 * If none does, the device is tried once more.
 */
static void unplug_by_blocks(struct apply *apply, const struct mhp_step *step)
{
	const char *path = apply->report->device_path;
	size_t refused = 0;
	int code;

	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
		if (!goes_on(apply))
			return;
		look(apply, i);
		if (apply->now[i].state == MHP_STATE_ONLINE)
			refused += !change_block(apply, i, MHP_OFFLINE);
	}
	if (refused || apply->over || is_step_met_by_all(apply, step))
		return;
	code = write_device(apply, step->word);
	look_after_unplugging(apply, code);
	if (is_step_met_by_all(apply, step))
		return;
	if (code < 0)
		blame_device(apply, code, judge_code(code), path, step->word);
	else
		blame_left_behind(apply, step,
				  device_says_now(apply, MHP_DEVICE_STATE_UNPLUGGED), path);
}

/* Not about a block: looking for one would help nobody, or is not wanted. */
static bool is_about_device(int code)
{
	return code == -EACCES || code == -EROFS || code == -ENOENT || code == -ENODEV ||
	       code == -EINVAL || code == -EIO || code == -EINTR;
}

static void unplug_device(struct apply *apply, const struct mhp_step *step)
{
	const char *path = apply->report->device_path;
	int code = write_device(apply, step->word);

	look_after_unplugging(apply, code);
	if (is_step_met_by_all(apply, step))
		return;
	if (code == 0)
		blame_left_behind(apply, step,
				  device_says_now(apply, MHP_DEVICE_STATE_UNPLUGGED), path);
	else if (is_about_device(code))
		blame_device(apply, code, judge_code(code), path, step->word);
	else
		unplug_by_blocks(apply, step);
}

static void plug_device(struct apply *apply, const struct mhp_step *step)
{
	int code = write_device(apply, step->word);

	look_after_plugging(apply, code);
	if (is_step_met_by_all(apply, step))
		return;
	if (code == 0)
		online_leftovers(apply);
	else
		blame_device(apply, code, judge_code(code), apply->report->device_path,
			     step->word);
}

/* Somebody onlines the same region as we want it: what is left is only offline. */
static bool is_overtaken(const struct apply *apply)
{
	size_t met = 0;

	if (apply->plan->goal != MHP_GOAL_ONLINE)
		return false;
	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
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

	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
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

static void run_device_step(struct apply *apply, const struct mhp_step *step)
{
	look_at_all(apply);
	if (is_all_met(apply) || is_step_met_by_all(apply, step))
		return;
	if (is_overtaken(apply))
		online_leftovers(apply);
	else if (!is_expected(apply, step))
		return;
	else if (step->wanted_state == MHP_STATE_ABSENT)
		unplug_device(apply, step);
	else
		plug_device(apply, step);
}

static void run_unbind_step(struct apply *apply, const struct mhp_step *step)
{
	struct mhp_report *report = apply->report;
	int code;

	/* an online block would be stranded until reboot */
	look_at_all(apply);
	if (is_step_met_by_all(apply, step))
		return;
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (apply->now[i].state != MHP_STATE_OFFLINE &&
		    apply->now[i].state != MHP_STATE_ABSENT) {
			blame_stale(apply, i, step->expected_state, MHP_ZONE_UNKNOWN);
			return;
		}
	code = record(apply, report->unbind_path, step->word,
		      sysfs_write(&apply->driver, "unbind", step->word, false));
	apply->unbound = code == 0;
	look_after_unplugging(apply, code);
	if (is_step_met_by_all(apply, step))
		return;
	if (code < 0)
		blame_device(apply, code, judge_code(code), report->unbind_path, step->word);
	else
		blame_left_behind(apply, step, true, report->unbind_path);
}

/*
 * The device could not be unplugged, and the rules say to keep what worked: the
 * blocks that went are onlined as asked.
 */
static void rezone_what_went(struct apply *apply, const struct mhp_step *step)
{
	bool gone = false;

	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		gone |= apply->acted[i] && apply->now[i].state == MHP_STATE_ABSENT;
	if (gone && device_says_now(apply, MHP_DEVICE_STATE_UNPLUGGED))
		look_after_plugging(apply, write_device(apply, step->word));
	for (size_t i = apply->plan->n_blocks; i-- > 0 && goes_on(apply);)
		if (apply->now[i].state == MHP_STATE_OFFLINE && !has_failed(apply, i))
			change_block(apply, i, step->type);
}

void run_step(struct apply *apply, const struct mhp_step *step)
{
	bool failed = mhp_reason_is_failure(apply->report->reason);

	switch (step->kind) {
	case MHP_STEP_BLOCK:
		run_block_step(apply, step);
		break;
	case MHP_STEP_DEVICE:
		if (failed && step->wanted_state == MHP_STATE_ONLINE)
			rezone_what_went(apply, step);
		else
			run_device_step(apply, step);
		break;
	case MHP_STEP_UNBIND:
		/* kept blocks may be online still */
		if (!failed)
			run_unbind_step(apply, step);
		break;
	case MHP_STEP_BIND:
	case MHP_STEP_LOAD:
	case MHP_STEP_BORROW:
	case MHP_STEP_RETURN:
	case MHP_STEP_UNKNOWN:
		break;
	}
}
