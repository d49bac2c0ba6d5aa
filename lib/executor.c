// SPDX-License-Identifier: LGPL-2.1-or-later
/* Carries out steps: look, write, read back, record. What a step does to one block is here. */
#include <errno.h>

#include "acts.h"

/* ---- look ---- */

void look(struct apply *apply, size_t index)
{
	const struct plan_block *block = &apply->plan->blocks[index];

	apply->looked[index] = true;
	block_look(&apply->mem, block->id, block->node, apply->has_nodes, &apply->now[index]);
}

void look_online(struct apply *apply, size_t index)
{
	const struct plan_block *block = &apply->plan->blocks[index];

	if (!block_look_online(&apply->mem, block->id, block->node, apply->has_nodes,
			       &apply->now[index]))
		look(apply, index);
	apply->looked[index] = true;
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
	apply->is_seen = true;
}

/*
 * Every change of a block's state has its uevent (device_online(), device_offline() in
 * drivers/base/core.c), and so has every block that comes or goes: where no more were sent
 * than we are the cause of, each block is as it was when we looked last.
 */
bool is_undisturbed(struct apply *apply)
{
	const struct act *act = apply->acts ? &apply->acts->list[apply->acts->count - 1] : NULL;
	uint64_t seqnum;

	if (!ctx_is_live(apply->ctx))
		return true;
	return act && act->has_seqnums && !apply->other_writes &&
	       read_uevent_seqnum(apply->ctx, &seqnum) &&
	       seqnum == act->first_seqnum + apply->n_events;
}

void look_at_end(struct apply *apply)
{
	if (is_failure(apply->report->reason) || apply->other_writes) {
		look_at_all(apply);
		return;
	}
	if (!is_undisturbed(apply))
		zones_look_again(apply);
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (!apply->looked[i])
			look(apply, i);
	apply->is_seen = true;
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

bool is_changed(const struct apply *apply, size_t index, enum mhp_online_type type)
{
	const struct block_now *now = &apply->now[index];

	return is_as_wanted(type == MHP_OFFLINE ? MHP_GOAL_OFFLINE : MHP_GOAL_ONLINE, type,
			    now->state, now->zone) || is_goal_met(apply, index);
}

void look_after_write(struct apply *apply, size_t index, enum mhp_online_type type, int code)
{
	if (code == 0)
		apply->acted[index] = true;
	/* a write that failed may have done anything */
	if (code == 0 && type != MHP_OFFLINE)
		look_online(apply, index);
	else
		look(apply, index);
}

bool settle_block(struct apply *apply, size_t index, enum mhp_online_type type, bool may_defer,
		  int code)
{
	const struct block_now *now = &apply->now[index];
	const char *word = online_word(type);
	enum mhp_reason reason;

	/* also where the write failed: somebody else may have been faster */
	if (is_changed(apply, index, type)) {
		/* ended by us, but too late for that; of a write that was not, acted tells already */
		apply->acted[index] |= apply->cut && !apply->untried;
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

bool change_block(struct apply *apply, size_t index, enum mhp_online_type type, bool may_defer)
{
	int code = write_block(apply, index, online_word(type));

	look_after_write(apply, index, type, code);
	return settle_block(apply, index, type, may_defer, code);
}

bool is_as_expected(const struct mhp_step *step, const struct block_now *now)
{
	return now->state == step->expected_state &&
	       (step->expected_zone == MHP_ZONE_UNKNOWN || now->zone == step->expected_zone);
}

enum turn look_before_step(struct apply *apply, const struct mhp_step *step)
{
	const struct block_now *now = &apply->now[step->block];

	bool told = apply->foretold[step->block] && is_as_expected(step, now);

	apply->foretold[step->block] = false;
	/* it was looked at when all were; that it is in another zone by now no write would tell */
	if (told && (step->expected_state != MHP_STATE_ONLINE || !ctx_is_live(apply->ctx)))
		return TURN_WRITE;
	if (step->expected_state == MHP_STATE_ONLINE)
		look_online(apply, step->block);
	else
		look(apply, step->block);
	if (is_step_met(apply, step, step->block) || is_goal_met(apply, step->block))
		return TURN_MET;
	return is_as_expected(step, now) ? TURN_WRITE : TURN_STALE;
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

/* How many of them were carried out, more than one if they are of blocks. */
static size_t run_step(struct apply *apply, size_t index)
{
	const struct mhp_step *step = &apply->plan->steps[index];

	switch (step->kind) {
	case MHP_STEP_BLOCK:
		return run_block_steps(apply, index);
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
	return 1;
}

static bool is_offline_step(const struct mhp_step *step)
{
	return step->kind == MHP_STEP_BLOCK && step->wanted_state == MHP_STATE_OFFLINE;
}

bool is_to_check(const struct mhp_plan *plan, const struct plan_block *was)
{
	/* who keeps what worked is served in turn */
	return is_met(plan, was) || !(plan->rules & MHP_RULE_KEEP);
}

/*
 * Before anything is done: what has no step is as wanted, or was when it was planned. It is
 * better to see now what is not, than after the first blocks.
 */
static void check_block(struct apply *apply, size_t index)
{
	const struct mhp_plan *plan = apply->plan;
	const struct plan_block *was = &plan->blocks[index];
	bool met = is_met(plan, was);

	if (is_as_before(apply, index))
		/* a few are looked at again in their turn */
		apply->foretold[index] = !met && !apply->now[index].code &&
					 plan->n_blocks >= MANY_BLOCKS;
	/* offline it may be on its way to where it is wanted: its step will see */
	else if (!is_goal_met(apply, index) &&
		 (plan->is_saved || met || (apply->now[index].state != MHP_STATE_OFFLINE &&
					    !apply->now[index].code)))
		blame_stale(apply, index, was->state, was->zone);
}

static void check_blocks(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;

	if (!plan->n_steps)
		return;
	apply->has_checked_seqnum = read_uevent_seqnum(apply->ctx, &apply->checked_seqnum);
	for (size_t i = 0; i < plan->n_parts; i++)
		zones_look_first(apply, i);
	for (size_t i = 0; i < plan->n_blocks && !apply->over; i++)
		if (is_to_check(plan, &plan->blocks[i]))
			check_block(apply, i);
}

void run_steps(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;

	check_blocks(apply);

	for (size_t i = 0; i < plan->n_steps; i++)
		apply->total_bytes += step_bytes(&plan->steps[i]);
	goes_on(apply);
	for (size_t i = 0, end; i < plan->n_steps && !apply->over; i = end) {
		if (i && is_offline_step(&plan->steps[i - 1]) &&
		    !is_offline_step(&plan->steps[i])) {
			retry_deferred(apply);
			if (apply->over)
				break;
		}
		end = i + run_step(apply, i);
		for (size_t j = i; j < end; j++)
			apply->done_bytes += step_bytes(&plan->steps[j]);
		goes_on(apply);
	}
	retry_deferred(apply);
	/* the step that was ended had worked by then: what is left is left for that reason */
	if (apply->over && apply->cut && !is_failure(apply->report->reason) && !is_all_met(apply))
		blame_end(apply, apply->cut);
}
