// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Notes of what mhp_apply() does: in the file of acts, for others, and in the context, which
 * is enough where /run cannot be written. Whatever goes wrong here is told, and no more.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "acts.h"

#define SEQNUM_PATH "/sys/kernel/uevent_seqnum"

int64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

bool read_uevent_seqnum(struct mhp_ctx *ctx, uint64_t *ret)
{
	char buf[MHP_ATTR_SIZE + 1];

	return sysfs_read_path(ctx, SEQNUM_PATH, buf) == 0 && parse_dec(buf, ret) == 0;
}

/* ---- what it is about ---- */

/* Where there is no room for another run, the last one is made to span it. */
static void add_run(struct act *act, uint64_t first, uint64_t count)
{
	struct block_run *last = &act->runs[MAX_ACT_RUNS - 1];
	uint64_t low, end;

	if (act->n_runs < MAX_ACT_RUNS) {
		act->runs[act->n_runs++] = (struct block_run){ first, count };
		return;
	}
	low = first < last->first ? first : last->first;
	end = first + count > last->first + last->count ? first + count :
							  last->first + last->count;
	*last = (struct block_run){ low, end - low };
	act->is_rough = true;
}

static void add_runs(struct act *act, const struct mhp_plan *plan)
{
	for (size_t i = 0, j; i < plan->n_blocks; i = j) {
		const struct plan_block *blocks = plan->blocks;

		for (j = i + 1; j < plan->n_blocks && blocks[j].id == blocks[j - 1].id + 1; j++)
			;
		add_run(act, blocks[i].id, j - i);
	}
}

static bool borrows_policy(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind == MHP_STEP_BORROW &&
		    is_same(plan->steps[i].path, POLICY_PATH))
			return true;
	return false;
}

static struct act act_of(const struct apply *apply)
{
	struct act act = { .begin_ns = clock_ns(), .policy = borrows_policy(apply->plan) };

	snprintf(act.who, sizeof(act.who), "%s", apply->who);
	add_runs(&act, apply->plan);
	act.has_seqnums = read_uevent_seqnum(apply->ctx, &act.first_seqnum);
	return act;
}

/* ---- the two places ---- */

static void write_file_of_acts(struct apply *apply)
{
	struct mhp_backend *be = apply->ctx->be;
	char *text;
	int r;

	r = acts_render(apply->acts, apply->journal.boot, &text);
	if (r == 0) {
		r = be->ops->replace(be, apply->lock.run.dir, ACTS_NAME, text);
		free(text);
	}
	if (r < 0)
		ctx_log(apply->ctx, r, RUN_PATH "/" ACTS_NAME,
			"what is done cannot be noted, and will not be told from what others do");
}

/* The lock is ours, so nobody else is at work. */
static void end_killed(struct acts *acts, const struct act *next)
{
	for (size_t i = 0; i < acts->count; i++) {
		struct act *act = &acts->list[i];

		if (act->ended)
			continue;
		act->ended = act->was_killed = true;
		act->end_ns = next->begin_ns > act->begin_ns ? next->begin_ns : act->begin_ns;
		act->has_seqnums &= next->has_seqnums && next->first_seqnum >= act->first_seqnum;
		act->last_seqnum = next->first_seqnum;
	}
}

static void keep_in_context(struct mhp_ctx *ctx, const struct act *act)
{
	if (!ctx->own)
		ctx->own = calloc(1, sizeof(*ctx->own));
	if (ctx->own)
		acts_append(ctx->own, act);
}

void note_begin(struct apply *apply)
{
	struct act act;

	if (apply->acts || !apply->lock.lock)
		return;
	apply->acts = calloc(1, sizeof(*apply->acts));
	if (!apply->acts)
		return;
	act = act_of(apply);
	/* what changed between that look and this note, no event will tell */
	memset(apply->looked, false, apply->plan->n_blocks * sizeof(*apply->looked));
	/* somebody may have been at work since all were looked at */
	if (ctx_is_live(apply->ctx) &&
	    (!apply->has_checked_seqnum || !act.has_seqnums ||
	     act.first_seqnum != apply->checked_seqnum))
		memset(apply->foretold, false, apply->plan->n_blocks * sizeof(*apply->foretold));
	acts_read(&apply->lock.run, apply->acts);
	end_killed(apply->acts, &act);
	acts_append(apply->acts, &act);
	write_file_of_acts(apply);
	keep_in_context(apply->ctx, &act);
}

void note_end(struct apply *apply)
{
	struct acts *own = apply->ctx->own;
	struct act *act;

	if (!apply->acts)
		return;
	act = &apply->acts->list[apply->acts->count - 1];
	act->ended = true;
	act->has_seqnums &= read_uevent_seqnum(apply->ctx, &act->last_seqnum) &&
			    act->last_seqnum >= act->first_seqnum;
	act->end_ns = clock_ns();
	/* somebody may have set it back */
	if (act->end_ns < act->begin_ns)
		act->end_ns = act->begin_ns;
	write_file_of_acts(apply);
	if (own && own->count)
		own->list[own->count - 1] = *act;
}
