// SPDX-License-Identifier: LGPL-2.1-or-later
/* The way back: every block that this call changed, into the zone it was in. */
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
	return apply->acted[index] && apply->plan->blocks[index].state != MHP_STATE_ABSENT &&
	       apply->now[index].state == MHP_STATE_ABSENT;
}

static bool is_to_go(const struct apply *apply, size_t index)
{
	return apply->acted[index] && apply->plan->blocks[index].state == MHP_STATE_ABSENT &&
	       apply->now[index].state != MHP_STATE_ABSENT;
}

static void undo_device(struct apply *apply, const char *word)
{
	const char *path = apply->report->device_path;
	int code = write_device(apply, word);

	look_at_all(apply);
	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
		if (!is_to_come(apply, i) && !is_to_go(apply, i))
			continue;
		blame_block(apply, i, code, code < 0 ? judge_code(code) :
						       MHP_REASON_NOT_TAKEN, path, word);
	}
}

static void undo_presence(struct apply *apply)
{
	const char *unplugged = mhp_device_state_to_str(MHP_DEVICE_STATE_UNPLUGGED);
	bool come = false, go = false, any_before = false;

	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
		any_before |= apply->plan->blocks[i].state != MHP_STATE_ABSENT;
		come |= is_to_come(apply, i);
		go |= is_to_go(apply, i);
	}
	if (!apply->device.dir)
		return;
	if (come) {
		/* other words are refused, or taken without effect */
		if (!device_says_now(apply, MHP_DEVICE_STATE_UNPLUGGED))
			write_device(apply, unplugged);
		undo_device(apply, online_word(way_back(apply->plan->blocks,
							apply->plan->n_blocks)));
	} else if (go && !any_before) {
		undo_device(apply, unplugged);
	}
}

static void undo_write(struct apply *apply, size_t index, enum mhp_online_type type)
{
	const char *word = online_word(type);
	int code = write_block(apply, index, word);
	const struct block_now *now = &apply->now[index];

	look(apply, index);
	if (type == MHP_OFFLINE ? now->state != MHP_STATE_OFFLINE : is_to_undo(apply, index))
		blame_block(apply, index, code, judge(now, code, word),
			    apply->report->blocks[index].path, word);
}

/* What is to be offline, or in another zone than it is now, goes offline first ... */
static void undo_offline(struct apply *apply)
{
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (is_to_undo(apply, i) && apply->now[i].state == MHP_STATE_ONLINE)
			undo_write(apply, i, MHP_OFFLINE);
}

/* ... and then what was online comes back, downwards as always. */
static void undo_online(struct apply *apply)
{
	for (size_t i = apply->plan->n_blocks; i-- > 0;) {
		const struct plan_block *was = &apply->plan->blocks[i];

		if (is_to_undo(apply, i) && was->state == MHP_STATE_ONLINE &&
		    apply->now[i].state == MHP_STATE_OFFLINE)
			undo_write(apply, i, zone_online_type(was->zone));
	}
}

void undo(struct apply *apply)
{
	apply->undoing = true;
	look_at_all(apply);
	undo_presence(apply);
	undo_offline(apply);
	undo_online(apply);
}
