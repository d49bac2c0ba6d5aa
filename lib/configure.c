// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Units that come and go, one write each, which answers when it is done: on s390 the
 * firmware is asked (SCLP) and the block added (drivers/s390/char/sclp_mem.c), on ppc64
 * likewise with an LMB (arch/powerpc/platforms/pseries/hotplug-memory.c). Both add memory
 * under the kernel's lock for hotplug, and online it there as the system's policy says.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

#define for_each_block(step, i) \
	for (size_t i = (step)->block; i < (step)->block + (step)->n_blocks; i++)

size_t most_configure_writes(const struct mhp_step *step)
{
	/* the unit, what is left offline of it, and back */
	return 3 * step->n_blocks + 3;
}

static bool has_any_failed(const struct apply *apply, const struct mhp_step *step)
{
	for_each_block(step, i)
		if (has_failed(apply, i))
			return true;
	return false;
}

static void look_at_unit(struct apply *apply, const struct mhp_step *step)
{
	for_each_block(step, i)
		look(apply, i);
}

static bool is_unit_met(const struct apply *apply, const struct mhp_step *step)
{
	for_each_block(step, i)
		if (!is_step_met(apply, step, i) && !is_goal_met(apply, i))
			return false;
	return true;
}

/* Blames those that are not, unless they are as wanted; what cannot be read is neither. */
static bool is_unit_expected(struct apply *apply, const struct mhp_step *step)
{
	bool all = true;

	for_each_block(step, i)
		if (apply->now[i].state != step->expected_state &&
		    !is_step_met(apply, step, i)) {
			blame_stale(apply, i, step->expected_state, MHP_ZONE_UNKNOWN);
			all = false;
		}
	return all;
}

/* On ppc64 even the policy "offline" has an LMB onlined. */
static enum mhp_online_type policy_of(const struct apply *apply, const struct mhp_step *step)
{
	const struct plan_part *part = &apply->plan->parts[step->part];
	const struct plan_system *system = &apply->plan->system;

	if (part->provider->onlines_itself && step->type == MHP_ONLINE && !apply->n_borrowed)
		return system->policy_code == 0 ? system->policy : MHP_OFFLINE;
	return step->type;
}

/* The word is the plan's, as a report needs it. */
static int write_unit(struct apply *apply, const struct mhp_step *step, const char *word)
{
	struct sysfs_dir dir = { 0 };
	const char *name = strrchr(step->path, '/') + 1;
	char *path = strndup(step->path, (size_t)(name - 1 - step->path));
	int r = -ENOMEM;

	if (path)
		r = sysfs_open(apply->ctx, path, &dir);
	free(path);
	if (r == 0)
		r = write_file(apply, &dir, name, step->path, word);
	sysfs_close(&dir);
	return r;
}

/* Writes, looks, and notes what this call has changed. A write that fails has not. */
static int change_unit(struct apply *apply, const struct mhp_step *step, const char *word)
{
	int code = write_unit(apply, step, word);

	for_each_block(step, i) {
		bool was_absent = apply->now[i].state == MHP_STATE_ABSENT, is_absent;

		look(apply, i);
		is_absent = apply->now[i].state == MHP_STATE_ABSENT;
		apply->acted[i] |= may_have_written(apply, code) && was_absent != is_absent;
	}
	return code;
}

/*
 * EIO is SCLP's, of s390; what dlpar_acquire_drc() answers where the hypervisor does not
 * give an LMB, -1, reads as EPERM.
 */
static enum mhp_reason judge_unit(struct apply *apply, int code)
{
	if (apply->cut)
		return apply->cut;
	if (code == -EIO || code == -EPERM)
		return MHP_REASON_FIRMWARE;
	return code < 0 ? judge_code(code) : MHP_REASON_NOT_TAKEN;
}

static void blame_unit(struct apply *apply, const struct mhp_step *step, int code,
		       const char *word)
{
	for_each_block(step, i)
		if (!is_goal_met(apply, i)) {
			if (apply->now[i].code)
				blame_unreadable(apply, i);
			else
				blame_block(apply, i, code, judge_unit(apply, code), step->path,
					    word);
		}
}

/* Onlining is not told of where it fails: once more, which also tells why. */
static void online_unit(struct apply *apply, const struct mhp_step *step)
{
	enum mhp_online_type type = apply->plan->type;

	for_each_block(step, i) {
		const struct block_now *now = &apply->now[i];

		if (is_step_met(apply, step, i) || is_goal_met(apply, i))
			continue;
		if (now->state == MHP_STATE_OFFLINE && goes_on(apply))
			change_block(apply, i, type, false);
		else if (now->state != MHP_STATE_OFFLINE)
			blame_block(apply, i, 0, now->state == MHP_STATE_ABSENT ?
						 MHP_REASON_NOT_TAKEN :
						 judge(now, 0, online_word(type)),
				    step->path, step->word);
	}
}

void run_configure_step(struct apply *apply, const struct mhp_step *step)
{
	bool come = step->wanted_state != MHP_STATE_ABSENT;
	int code;

	if (has_any_failed(apply, step))
		return;
	look_at_unit(apply, step);
	/* somebody else was faster, or the goal is met otherwise */
	if (is_unit_met(apply, step) || !is_unit_expected(apply, step) ||
	    (come && !is_policy_as_planned(apply, step, policy_of(apply, step))))
		return;
	code = change_unit(apply, step, step->word);
	if (is_unit_met(apply, step))
		return;
	if (come && code == 0)
		online_unit(apply, step);
	else
		blame_unit(apply, step, code, step->word);
}

/* ---- the way back ---- */

static bool is_unit_undone(const struct apply *apply, const struct mhp_step *step, bool came)
{
	for_each_block(step, i) {
		bool was = apply->plan->blocks[i].state != MHP_STATE_ABSENT;
		bool is = apply->now[i].state != MHP_STATE_ABSENT;

		if (apply->acted[i] && (came ? !was && is : was && !is))
			return false;
	}
	return true;
}

static bool is_unit_offline(const struct apply *apply, const struct mhp_step *step)
{
	for_each_block(step, i)
		if (apply->now[i].state != MHP_STATE_OFFLINE)
			return false;
	return true;
}

static void undo_unit(struct apply *apply, const struct mhp_step *step, bool came)
{
	int code;

	if (is_unit_undone(apply, step, came) || !goes_on(apply))
		return;
	/* one that could not be taken offline is told as such */
	if (came && !is_unit_offline(apply, step))
		return;
	code = change_unit(apply, step, step->undo_word);
	if (is_unit_undone(apply, step, came))
		return;
	for_each_block(step, i)
		if (!is_as_before(apply, i))
			blame_block(apply, i, code, judge_unit(apply, code), step->path,
				    step->undo_word);
}

/* In reverse order: the last one that went is the first to come back. */
static void undo_units(struct apply *apply, size_t part, bool came)
{
	for (size_t i = apply->plan->n_steps; i-- > 0;) {
		const struct mhp_step *step = &apply->plan->steps[i];

		if (step->kind == MHP_STEP_CONFIGURE && step->part == part &&
		    (step->expected_state == MHP_STATE_ABSENT) == came)
			undo_unit(apply, step, came);
	}
}

/*
 * By the system's policy, which is not ours to borrow once more: whatever zone that
 * means, the blocks are then put right one by one.
 */
void undo_deconfiguring(struct apply *apply, size_t part)
{
	undo_units(apply, part, false);
}

void undo_configuring(struct apply *apply, size_t part)
{
	undo_units(apply, part, true);
}
