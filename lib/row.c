// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Steps of blocks in a row: the worker goes on with the next one by himself while each
 * turns out as it should, for handing over every single write costs more than all else
 * that is done about a block. What does not turn out so is left to the caller's thread.
 */
#include <inttypes.h>
#include <stdio.h>

#include "internal.h"

/* So many steps go by before it is asked whether what zoneinfo told still holds. */
#define FORETOLD_STEPS 32

/* How far the worker has come with the step he is at. */
enum stage {
	STAGE_LOOKED,		/* it is to be written */
	STAGE_STALE,		/* it is not, and the caller has to tell why */
	STAGE_BEFORE,		/* nothing yet */
	STAGE_WRITING,		/* if he is ended, he is ended here */
	STAGE_WRITTEN,		/* ... and looked at */
};

struct row {
	struct apply *apply;
	size_t first, at, end;	/* steps of the plan */
	bool by_zones;		/* blocks are not looked at one by one */
	enum stage stage;
	int code;		/* of the write */
};

enum mhp_online_type step_type(const struct mhp_step *step)
{
	return step->wanted_state == MHP_STATE_ONLINE ? step->type : MHP_OFFLINE;
}

static bool may_begin(struct row *row, const struct mhp_step *step)
{
	struct apply *apply = row->apply;

	return !has_failed(apply, step->block) && !apply->row_is_over &&
	       now_ns() < apply->deadline;
}

static void write_state(struct row *row, const struct mhp_step *step)
{
	struct apply *apply = row->apply;
	const struct mhp_result *result = &apply->report->blocks[step->block];
	const char *word = online_word(step_type(step));
	char name[64];

	snprintf(name, sizeof(name), "memory%" PRIu64 "/state", result->id);
	row->stage = STAGE_WRITING;
	row->code = sysfs_write(&apply->mem, name, word, true);
	row->stage = STAGE_WRITTEN;
	keep_write(apply, result->path, word, row->code);
	apply->n_events += row->code == 0;
	if (row->by_zones && row->code == 0)
		apply->unconfirmed[step->block] = apply->acted[step->block] = true;
	else
		look_after_write(apply, step->block, step_type(step), row->code);
}

/* 0: it is done, and as wanted */
static int do_step(struct row *row)
{
	struct apply *apply = row->apply;
	const struct mhp_step *step = &apply->plan->steps[row->at];
	enum turn turn;

	if (row->stage == STAGE_BEFORE) {
		if (!may_begin(row, step))
			return 1;
		turn = look_before_step(apply, step);
		if (turn == TURN_MET)
			return 0;
		if (turn == TURN_STALE) {
			row->stage = STAGE_STALE;
			return 1;
		}
	}
	write_state(row, step);
	return row->code < 0 || (!apply->unconfirmed[step->block] &&
				 !is_changed(apply, step->block, step_type(step)));
}

/*
 * Those that come after the first one, unless it is known; and all that are left again now and
 * then, if there is somebody else.
 */
static void foretell(struct row *row)
{
	struct apply *apply = row->apply;
	size_t done = row->at - row->first, next = done ? row->at : row->at + 1;
	/* those beyond have their turn to be told again */
	size_t last = done && row->end - next > FORETOLD_STEPS ? next + FORETOLD_STEPS : row->end;
	bool known;

	if (!row->by_zones || next == row->end)
		return;
	known = done ? done % FORETOLD_STEPS || is_undisturbed(apply) :
		       apply->foretold[apply->plan->steps[next].block];
	if (!known)
		zones_foretell(apply, next, last);
}

static int do_row(void *data)
{
	struct row *row = data;

	while (do_step(row) == 0 && ++row->at < row->end) {
		row->stage = STAGE_BEFORE;
		row->apply->row_bytes += row->apply->plan->block_size;
		foretell(row);
	}
	return 0;
}

/* All that go the same way, unless the caller wants to be told of each. */
static size_t find_end(const struct apply *apply, size_t first)
{
	const struct mhp_step *steps = apply->plan->steps;
	size_t end = first + 1;

	if (apply->opts->progress && !(apply->opts->flags & MHP_APPLY_BY_TIME))
		return end;
	while (end < apply->plan->n_steps && steps[end].kind == MHP_STEP_BLOCK &&
	       steps[end].wanted_state == steps[first].wanted_state &&
	       steps[end].part == steps[first].part)
		end++;
	return end;
}

/* What became of those that were written and not looked at. */
static void confirm(struct row *row)
{
	struct apply *apply = row->apply;
	enum mhp_reason cut = apply->cut;

	zones_confirm(apply, row->first, row->at);
	apply->cut = MHP_REASON_UNKNOWN;
	for (size_t i = row->first; i < row->at; i++) {
		const struct mhp_step *step = &apply->plan->steps[i];

		settle_block(apply, step->block, step_type(step), false, 0);
	}
	apply->cut = cut;
}

/* What became of the step that the worker did not get over; false: it was not its turn. */
static bool settle_last(struct row *row)
{
	const struct mhp_step *step = &row->apply->plan->steps[row->at];

	if (row->stage == STAGE_BEFORE)
		return false;
	if (row->stage == STAGE_STALE)
		blame_stale(row->apply, step->block, step->expected_state, step->expected_zone);
	else
		settle_block(row->apply, step->block, step_type(step),
			     step->wanted_state != MHP_STATE_ONLINE, row->code);
	return true;
}

static size_t run_row(struct apply *apply, size_t first)
{
	struct row row = {
		.apply = apply, .first = first, .at = first, .end = find_end(apply, first),
		.stage = STAGE_LOOKED,
	};
	const struct mhp_step *step;
	bool tried;
	int r;

	row.by_zones = zones_pay(apply, apply->plan->steps[first].part, row.end - first);
	apply->row_bytes = 0;
	apply->row_is_over = false;
	/* only what a device's write does is watched */
	apply->stuck = apply->watched = apply->plan->n_blocks;
	foretell(&row);
	r = run_in_worker(apply, do_row, &row, &tried);
	apply->row_bytes = 0;
	if (row.by_zones)
		confirm(&row);
	if (row.at == row.end)
		return row.end - first;
	step = &apply->plan->steps[row.at];
	if (r < 0) {
		/* not begun, or ended while he wrote, which may have worked nevertheless */
		if (tried)
			keep_write(apply, apply->report->blocks[step->block].path,
				   online_word(step_type(step)), r);
		apply->other_writes |= tried;
		row.stage = STAGE_WRITTEN;
		row.code = r;
		look(apply, step->block);
	}
	return row.at - first + settle_last(&row);
}

size_t run_block_steps(struct apply *apply, size_t first)
{
	const struct mhp_step *step = &apply->plan->steps[first];

	if (has_failed(apply, step->block))
		return 1;
	switch (look_before_step(apply, step)) {
	case TURN_STALE:
		blame_stale(apply, step->block, step->expected_state, step->expected_zone);
		return 1;
	case TURN_WRITE:
		return run_row(apply, first);
	case TURN_MET:
		break;
	}
	return 1;
}
