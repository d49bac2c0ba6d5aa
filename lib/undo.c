// SPDX-License-Identifier: LGPL-2.1-or-later
/* The way back: every block that this call changed, into the zone it was in. */
#include <errno.h>

#include "internal.h"

bool is_as_before(const struct apply *apply, size_t index)
{
	const struct plan_block *was = &apply->plan->blocks[index];
	const struct block_now *now = &apply->now[index];

	if (now->state != was->state)
		return false;
	return was->state != MHP_STATE_ONLINE || was->zone == MHP_ZONE_UNKNOWN ||
	       now->zone == was->zone;
}

static bool is_to_undo(const struct apply *apply, size_t index)
{
	return apply->acted[index] && !is_as_before(apply, index);
}

/* Did a block come, or go, that must not have? */
static bool is_to_come(const struct apply *apply, size_t index)
{
	return apply->parts[part_index(plan_find_part(apply->plan, index))].removed &&
	       apply->acted[index] && apply->plan->blocks[index].state != MHP_STATE_ABSENT &&
	       apply->now[index].state == MHP_STATE_ABSENT;
}

static bool is_to_go(const struct apply *apply, size_t index)
{
	return apply->acted[index] && apply->plan->blocks[index].state == MHP_STATE_ABSENT &&
	       apply->now[index].state != MHP_STATE_ABSENT;
}

void undo_device(struct apply *apply, size_t index, const char *word)
{
	const struct plan_part *part = &apply->plan->parts[index];
	const char *path = apply->report->device_paths[index];
	int code = write_device(apply, index, word);
	enum mhp_reason reason = apply->cut ? apply->cut :
				 code < 0 ? judge_code(code) : MHP_REASON_NOT_TAKEN;

	look_at_part(apply, index);
	for (size_t i = part->first; i < part->first + part->count; i++)
		if (is_to_come(apply, i) || is_to_go(apply, i))
			blame_block(apply, i, code, reason, path, word);
}

/* Blocks that went with the whole device come back with it. */
static void undo_removal(struct apply *apply, size_t index)
{
	const struct plan_part *part = &apply->plan->parts[index];
	const struct plan_block *blocks = &apply->plan->blocks[part->first];
	bool come = false;

	for (size_t i = part->first; i < part->first + part->count; i++)
		come |= is_to_come(apply, i);
	if (!come || !has_device_file(apply, index) || !goes_on(apply))
		return;
	/* other words are refused, or taken without effect */
	if (!device_says_now(apply, index, MHP_DEVICE_STATE_UNPLUGGED))
		write_device(apply, index, mhp_device_state_to_str(MHP_DEVICE_STATE_UNPLUGGED));
	if (goes_on(apply))
		undo_device(apply, index, online_word(way_back(blocks, part->count)));
}

/* Blocks that came, where there was none, go with the whole device. */
static bool is_to_unplug(struct apply *apply, size_t index)
{
	const struct plan_part *part = &apply->plan->parts[index];
	bool go = false, any_before = false;

	for (size_t i = part->first; i < part->first + part->count; i++) {
		any_before |= apply->plan->blocks[i].state != MHP_STATE_ABSENT;
		go |= is_to_go(apply, i);
	}
	return go && !any_before && has_device_file(apply, index);
}

static void undo_addition(struct apply *apply, size_t index)
{
	if (!is_to_unplug(apply, index) || !goes_on(apply))
		return;
	/* if it is refused, blocks go offline one by one, and it is tried again */
	write_device(apply, index, mhp_device_state_to_str(MHP_DEVICE_STATE_UNPLUGGED));
	look_at_part(apply, index);
}

static void undo_addition_again(struct apply *apply, size_t index)
{
	if (is_to_unplug(apply, index) && goes_on(apply))
		undo_device(apply, index, mhp_device_state_to_str(MHP_DEVICE_STATE_UNPLUGGED));
}

static void undo_write(struct apply *apply, size_t index, enum mhp_online_type type,
		       bool may_defer)
{
	const char *word = online_word(type);
	int code = write_block(apply, index, word);
	const struct block_now *now = &apply->now[index];

	look(apply, index);
	if (type == MHP_OFFLINE ? now->state == MHP_STATE_OFFLINE : !is_to_undo(apply, index))
		return;
	if (may_defer && !apply->cut && code == -EBUSY) {
		apply->deferred[index] = true;
		return;
	}
	blame_block(apply, index, code, apply->cut ? apply->cut : judge(now, code, word),
		    apply->report->blocks[index].path, word);
}

static void undo_offline_one(struct apply *apply, size_t index, bool may_defer)
{
	/* to what cannot be read it does no harm */
	bool may_be_online = apply->now[index].state == MHP_STATE_ONLINE ||
			     apply->now[index].code;

	if (is_to_undo(apply, index) && may_be_online && goes_on(apply))
		undo_write(apply, index, MHP_OFFLINE, may_defer);
}

/* What is to be offline, gone, or in another zone goes offline first, the lowest one last ... */
static void undo_offline(struct apply *apply)
{
	size_t count = apply->plan->n_blocks, lowest = 0;

	while (lowest < count && !is_to_undo(apply, lowest))
		lowest++;
	for (size_t i = lowest + 1; i < count; i++)
		undo_offline_one(apply, i, true);
	if (lowest < count)
		undo_offline_one(apply, lowest, true);
	/* what others of them kept in place */
	for (size_t i = 0; i < count; i++) {
		if (apply->deferred[i])
			undo_offline_one(apply, i, false);
		apply->deferred[i] = false;
	}
}

/* ... and then what was online comes back, downwards as always. */
static void undo_online(struct apply *apply)
{
	for (size_t i = apply->plan->n_blocks; i-- > 0;) {
		const struct plan_block *was = &apply->plan->blocks[i];

		if (is_to_undo(apply, i) && was->state == MHP_STATE_ONLINE &&
		    apply->now[i].state == MHP_STATE_OFFLINE && goes_on(apply))
			undo_write(apply, i, zone_online_type(was->zone), false);
	}
}

void undo(struct apply *apply)
{
	apply->undoing = true;
	apply->deadline = deadline_ns(apply->opts->undo_timeout_ms, MHP_UNDO_TIMEOUT_DEFAULT_MS);
	if (!apply->is_seen)
		look_at_all(apply);
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		apply->deferred[i] = false;
	for (size_t i = 0; i < apply->plan->n_parts; i++) {
		undo_removal(apply, i);
		undo_addition(apply, i);
		undo_deconfiguring(apply, i);
	}
	undo_offline(apply);
	for (size_t i = 0; i < apply->plan->n_parts; i++) {
		undo_addition_again(apply, i);
		undo_configuring(apply, i);
	}
	undo_online(apply);
	for (size_t i = 0; i < apply->plan->n_parts; i++)
		undo_binding(apply, i);
	look_at_all(apply);
	blame_not_put_back(apply);
	apply->undoing = false;
}
