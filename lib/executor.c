// SPDX-License-Identifier: LGPL-2.1-or-later
/* Carries out steps: look again, write, read back, record. Steps of blocks are here. */
#include <errno.h>

#include "internal.h"

/* ---- look ---- */

void look(struct apply *apply, size_t index)
{
	const struct plan_block *block = &apply->plan->blocks[index];

	block_look(&apply->mem, block->id, block->node, apply->has_nodes, &apply->now[index]);
}

void look_at_part(struct apply *apply, size_t index)
{
	const struct plan_part *part = &apply->plan->parts[index];

	for (size_t i = part->first; i < part->first + part->count; i++)
		look(apply, i);
}

void look_at_all(struct apply *apply)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		look(apply, i);
}

/* ---- as the step, or the goal, wants it ---- */

bool has_failed(const struct apply *apply, size_t index)
{
	return is_failure(apply->report->blocks[index].reason);
}

bool is_goal_met(const struct apply *apply, size_t index)
{
	const struct block_now *now = &apply->now[index];

	return is_as_wanted(apply->plan->goal, apply->plan->type, now->state, now->zone);
}

bool is_all_met(struct apply *apply)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (!is_goal_met(apply, i))
			return false;
	for (size_t i = 0; i < apply->plan->n_parts; i++)
		if (!is_driver_met(apply, i))
			return false;
	for (size_t i = 0; i < apply->plan->n_releases; i++)
		if (!is_release_met(apply, i))
			return false;
	return true;
}

bool is_step_met(const struct apply *apply, const struct mhp_step *step, size_t index)
{
	const struct block_now *now = &apply->now[index];

	if (step->wanted_state == MHP_STATE_ONLINE)
		return is_as_wanted(MHP_GOAL_ONLINE, step->type, now->state, now->zone);
	return now->state == step->wanted_state;
}

bool is_step_met_by_all(const struct apply *apply, const struct mhp_step *step)
{
	const struct plan_part *part = &apply->plan->parts[step->part];

	for (size_t i = part->first; i < part->first + part->count; i++)
		if (!is_step_met(apply, step, i))
			return false;
	return true;
}

/* ---- one block ---- */

/*
 * What the kernel notes about a block's pages may lie in another block of a kernel
 * zone, which then cannot leave before that one has (ACPI's code makes two passes
 * for it: acpi_scan_try_to_offline() in drivers/acpi/scan.c).
 */
static bool may_get_free(const struct apply *apply, size_t index, int code)
{
	return (code == -EBUSY || code == -EAGAIN) && apply->plan->n_blocks > 1 &&
	       zone_is_kernel(apply->now[index].zone);
}

/* offline_pages(): EINVAL for a block in one zone, unless a notifier's, tells of a hole in it. */
static bool has_hole(struct apply *apply, size_t index)
{
	struct range block = {
		.start = apply->plan->blocks[index].id * apply->plan->block_size,
		.size = apply->plan->block_size,
	};
	struct problems problems = { 0 };
	struct iomem iomem = { 0 };
	bool hole = false;

	if (iomem_read(apply->ctx, &iomem, &problems) == 0 && iomem.code == 0)
		hole = !iomem_covers(&iomem, &block);
	iomem_free(&iomem);
	problems_free(&problems);
	return hole;
}

bool change_block(struct apply *apply, size_t index, enum mhp_online_type type, bool may_defer)
{
	const char *word = online_word(type);
	const struct block_now *now = &apply->now[index];
	int code = write_block(apply, index, word);
	enum mhp_reason reason;

	if (code == 0)
		apply->acted[index] = true;
	look(apply, index);
	/* also where the write failed: somebody else may have been faster */
	if (is_as_wanted(type == MHP_OFFLINE ? MHP_GOAL_OFFLINE : MHP_GOAL_ONLINE, type,
			 now->state, now->zone) || is_goal_met(apply, index)) {
		/* ended by us, but too late for that */
		apply->acted[index] |= apply->cut != MHP_REASON_UNKNOWN;
		return true;
	}
	reason = apply->cut && now->state != MHP_STATE_ABSENT ? apply->cut :
								judge(now, code, word);
	if (reason == MHP_REASON_INVALID && type == MHP_OFFLINE && has_hole(apply, index))
		reason = MHP_REASON_HOLE;
	if (may_defer && !apply->cut && may_get_free(apply, index, code)) {
		apply->deferred[index] = true;
		/* if it does not come to a second try */
		apply->report->blocks[index].code = code;
		apply->report->blocks[index].reason = reason;
		return false;
	}
	blame_block(apply, index, code, reason, apply->report->blocks[index].path, word);
	return false;
}

static void run_block_step(struct apply *apply, const struct mhp_step *step)
{
	const struct block_now *now = &apply->now[step->block];
	bool online = step->wanted_state == MHP_STATE_ONLINE;

	if (has_failed(apply, step->block))
		return;
	look(apply, step->block);
	if (is_step_met(apply, step, step->block) || is_goal_met(apply, step->block))
		return;
	if (now->state != step->expected_state ||
	    (step->expected_zone != MHP_ZONE_UNKNOWN && now->zone != step->expected_zone))
		blame_stale(apply, step->block, step->expected_state, step->expected_zone);
	else
		change_block(apply, step->block, online ? step->type : MHP_OFFLINE, !online);
}

void retry_deferred(struct apply *apply)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
		if (!apply->deferred[i])
			continue;
		apply->deferred[i] = false;
		if (!goes_on(apply))
			continue;
		apply->report->blocks[i].code = 0;
		apply->report->blocks[i].reason = MHP_REASON_NOT_TRIED;
		look(apply, i);
		if (apply->now[i].state == MHP_STATE_ONLINE)
			change_block(apply, i, MHP_OFFLINE, false);
	}
}

/* ---- all steps ---- */

static uint64_t step_bytes(const struct mhp_step *step)
{
	uint64_t start, size, sum = 0;

	for (size_t i = 0; mhp_step_get_range(step, i, &start, &size) == 0; i++)
		sum += size;
	return sum;
}

static void run_step(struct apply *apply, const struct mhp_step *step)
{
	switch (step->kind) {
	case MHP_STEP_BLOCK:
		run_block_step(apply, step);
		break;
	case MHP_STEP_DEVICE:
		run_device_step(apply, step);
		break;
	case MHP_STEP_UNBIND:
		run_unbind_step(apply, step);
		break;
	case MHP_STEP_BIND:
		run_bind_step(apply, step);
		break;
	case MHP_STEP_LOAD:
		run_load_step(apply, step);
		break;
	case MHP_STEP_BORROW:
		run_borrow_step(apply, step);
		break;
	case MHP_STEP_RETURN:
		run_return_step(apply, step);
		break;
	case MHP_STEP_EJECT:
		run_eject_step(apply, step);
		break;
	case MHP_STEP_CONFIGURE:
		run_configure_step(apply, step);
		break;
	case MHP_STEP_RELEASE:
		run_release_step(apply, step);
		break;
	case MHP_STEP_UNKNOWN:
		break;
	}
}

static bool is_offline_step(const struct mhp_step *step)
{
	return step->kind == MHP_STEP_BLOCK && step->wanted_state == MHP_STATE_OFFLINE;
}

/*
 * What has no step is as wanted, or was when it was planned. And a plan that was saved
 * may be old: better to see that now than after the first blocks.
 */
static void check_blocks(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;
	bool keep = plan->rules & MHP_RULE_KEEP;

	for (size_t i = 0; i < plan->n_blocks && plan->n_steps && !apply->over; i++) {
		const struct plan_block *was = &plan->blocks[i];

		if (keep && !is_met(plan, was))
			continue;
		look(apply, i);
		/* offline it may be on its way to where it is wanted: its step will see */
		if (!is_as_before(apply, i) && !is_goal_met(apply, i) &&
		    (plan->is_saved || is_met(plan, was) ||
		     (apply->now[i].state != MHP_STATE_OFFLINE && !apply->now[i].code)))
			blame_stale(apply, i, was->state, was->zone);
	}
}

void run_steps(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;

	check_blocks(apply);

	for (size_t i = 0; i < plan->n_steps; i++)
		apply->total_bytes += step_bytes(&plan->steps[i]);
	goes_on(apply);
	for (size_t i = 0; i < plan->n_steps && !apply->over; i++) {
		if (i && is_offline_step(&plan->steps[i - 1]) &&
		    !is_offline_step(&plan->steps[i])) {
			retry_deferred(apply);
			if (apply->over)
				break;
		}
		run_step(apply, &plan->steps[i]);
		apply->done_bytes += step_bytes(&plan->steps[i]);
		goes_on(apply);
	}
	retry_deferred(apply);
}
