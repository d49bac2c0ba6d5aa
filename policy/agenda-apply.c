// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Carries out an agenda, item by item: each has a plan of its own, and is undone by itself
 * if it fails. What an earlier one has written may have changed what a later plan rests on,
 * so that is then made anew, of a fresh snapshot for its region.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agenda.h"

struct round {
	struct mhp_ctx *ctx;
	const struct mhp_agenda *agenda;
	struct mhp_apply_opts opts;		/* with our own progress function */
	mhp_progress_fn progress;		/* the caller's */
	void *progress_data;
	uint64_t done_bytes, total_bytes;	/* of the items before, and of all */
	bool has_written;			/* plans of the agenda may rest on what was */
	bool cancelled;
};

/* ---- progress ---- */

/* As mhp_apply() counts it. */
static uint64_t bytes_of(const struct mhp_plan *plan)
{
	uint64_t sum = 0, start, size;

	for (size_t i = 0; i < mhp_plan_count_steps(plan); i++) {
		const struct mhp_step *step = mhp_plan_get_step(plan, i);

		for (size_t j = 0; mhp_step_get_range(step, j, &start, &size) == 0; j++)
			sum += size;
	}
	return sum;
}

static int tell_progress(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	struct round *round = data;
	uint64_t done = round->done_bytes + done_bytes;
	uint64_t total = round->done_bytes + total_bytes;
	int answer;

	answer = round->progress(round->progress_data, done,
				 total > round->total_bytes ? total : round->total_bytes);
	round->cancelled |= answer != 0;
	return answer;
}

/* ---- one try ---- */

/* The same region again, as it is now: what is to be done, if anything. */
struct retake {
	struct mhp_snapshot *snap;
	struct mhp_agenda_item item;
};

static void retake_free_members(struct retake *retake)
{
	item_free_members(&retake->item);
	mhp_snapshot_unref(retake->snap);
	*retake = (struct retake){ 0 };
}

static int explain(struct mhp_agenda_result *result, enum mhp_outcome outcome,
		   enum mhp_reason reason, int code, const char *message)
{
	result->outcome = outcome;
	result->reason = reason;
	result->code = code;
	free(result->message);
	result->message = strdup(message);
	return result->message ? 0 : -ENOMEM;
}

static int explain_code(struct mhp_agenda_result *result, const char *what, int code)
{
	struct text text = { 0 };
	char *message;
	int r;

	text_add(&text, "%s: ", what);
	text_add_code(&text, code);
	r = text_finish(&text, &message);
	if (r < 0)
		return r;
	r = explain(result, MHP_OUTCOME_REFUSED,
		    code == -EACCES || code == -EPERM ? MHP_REASON_NO_PERMISSION :
		    code == -EROFS ? MHP_REASON_READ_ONLY :
		    code == -ENOMEM ? MHP_REASON_NO_MEMORY : MHP_REASON_UNKNOWN,
		    code, message);
	free(message);
	return r;
}

static int take_again(const struct round *round, const struct mhp_agenda_item *was,
		      struct retake *ret)
{
	struct mhp_snapshot_opts look = {
		.size = sizeof(look),
		.flags = MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY | MHP_SNAPSHOT_IDENTITY,
		.region = mhp_region_get_name(was->region),
	};
	int r;

	r = mhp_snapshot_new(round->ctx, &look, &ret->snap);
	if (r == -ENOENT)
		return 0;	/* it is gone */
	if (r == 0)
		ret->item.region = mhp_snapshot_find_region(ret->snap, look.region);
	if (r < 0 || !ret->item.region)
		return r;
	r = item_decide(round->agenda, ret->snap, &ret->item);
	if (r < 0 || ret->item.rule != was->rule)
		return r;
	/* the ratio guard has decided for this time */
	ret->item.guarded = was->guarded;
	ret->item.typed = was->typed;
	ret->item.type = was->type;
	return ret->item.state == MHP_ITEM_UNKNOWN ?
	       item_plan(round->agenda, ret->snap, &ret->item) : 0;
}

/* 1: there is a plan to carry out; 0: it is concluded; -ENOMEM */
static int judge_again(const struct retake *now, const struct mhp_agenda_item *was,
		       struct mhp_agenda_result *result)
{
	const char *why = now->item.why ? now->item.why : "nothing to do";

	if (!now->item.region)
		return explain(result, MHP_OUTCOME_DONE, MHP_REASON_GONE, 0,
			       "there is no such region any more");
	if (now->item.rule != was->rule)
		return explain(result, MHP_OUTCOME_REFUSED, MHP_REASON_STALE, 0,
			       now->item.state == MHP_ITEM_UNDECIDED ? why :
			       "not tried: it is not the region any more that the rule was about");
	switch (now->item.state) {
	case MHP_ITEM_TO_DO:
		return 1;
	case MHP_ITEM_BLOCKED:
		return explain(result, MHP_OUTCOME_REFUSED, MHP_REASON_CONFLICT, 0, why);
	case MHP_ITEM_UNDECIDED:
		return explain(result, MHP_OUTCOME_REFUSED, MHP_REASON_UNREADABLE, 0, why);
	case MHP_ITEM_NOTHING:
		return explain(result, MHP_OUTCOME_DONE, MHP_REASON_ALREADY, 0, why);
	default:
		return explain(result, MHP_OUTCOME_DONE, MHP_REASON_ALREADY, 0,
			       "is as wanted by now");
	}
}

static void take_report(struct round *round, struct mhp_agenda_result *result,
			struct mhp_report *report)
{
	result->first_report = result->report;
	result->report = report;
	result->outcome = mhp_report_get_outcome(report);
	result->reason = mhp_report_get_reason(report);
	result->code = mhp_report_get_code(report);
	free(result->message);
	result->message = NULL;
	round->has_written |= mhp_report_count_writes(report) != 0 ||
			      mhp_report_get_recovery(report) != NULL;
}

/* What could not begin is told; only without memory there is nothing more to be done. */
static int apply_plan(struct round *round, struct mhp_plan *plan,
		      struct mhp_agenda_result *result)
{
	struct mhp_report *report;
	int r;

	r = mhp_apply(round->ctx, plan, &round->opts, &report);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return explain_code(result, "could not begin", r);
	take_report(round, result, report);
	return 0;
}

static int try_again(struct round *round, struct mhp_agenda_result *result)
{
	const struct mhp_agenda_item *was = result->item;
	struct retake now = { 0 };
	int r;

	r = take_again(round, was, &now);
	if (r < 0 && r != -ENOMEM)
		r = explain_code(result, "could not be looked at again", r);
	else if (r == 0)
		r = judge_again(&now, was, result);
	if (r > 0)
		r = apply_plan(round, now.item.plan, result);
	retake_free_members(&now);
	return r;
}

/* Nothing of it is left that somebody would have to look after first. */
static bool is_stale(const struct mhp_agenda_result *result)
{
	return result->report && result->reason == MHP_REASON_STALE &&
	       (result->outcome == MHP_OUTCOME_REFUSED || result->outcome == MHP_OUTCOME_UNDONE);
}

static int handle(struct round *round, struct mhp_agenda_result *result)
{
	int r;

	r = round->has_written ? try_again(round, result) :
				 apply_plan(round, result->item->plan, result);
	if (r == 0 && is_stale(result) && !round->cancelled)
		r = try_again(round, result);
	round->done_bytes += bytes_of(result->item->plan);
	return r;
}

/* ---- all of them ---- */

/* 0, or why nothing at all could begin */
static int find_common_code(const struct mhp_agenda_report *report)
{
	int code = 0;

	for (size_t i = 0; i < report->n_results; i++) {
		const struct mhp_agenda_result *result = &report->results[i];

		if (result->item->state != MHP_ITEM_TO_DO)
			continue;
		if (result->report || !result->code)
			return 0;
		if (!code)
			code = result->code;
	}
	return code;
}

static int apply_items(struct round *round, struct mhp_agenda_report *report)
{
	int r = 0;

	for (size_t i = 0; i < report->n_results; i++)
		if (report->results[i].item->state == MHP_ITEM_TO_DO)
			round->total_bytes += bytes_of(report->results[i].item->plan);
	for (size_t i = 0; i < report->n_results && !round->cancelled; i++) {
		if (report->results[i].item->state != MHP_ITEM_TO_DO)
			continue;
		r = handle(round, &report->results[i]);
		if (r < 0 && !round->has_written)
			return r;
		/* what was done is told, however little memory there is */
		if (r < 0) {
			report->results[i].outcome = MHP_OUTCOME_REFUSED;
			report->results[i].reason = MHP_REASON_NO_MEMORY;
			report->results[i].code = r;
			break;
		}
	}
	r = find_common_code(report);
	agenda_report_conclude(report);
	return r;
}

static int check_opts(const struct mhp_apply_opts *opts, struct round *round)
{
	int r = opts ? opts_take(&round->opts, sizeof(round->opts), opts, opts->size) : 0;

	if (r == 0 && round->opts.flags & ~(uint64_t)MHP_APPLY_BY_TIME)
		r = -E2BIG;
	if (r == 0 && (round->opts.timeout_ms < MHP_TIMEOUT_NONE ||
		       round->opts.undo_timeout_ms < MHP_TIMEOUT_NONE))
		r = -EINVAL;
	round->opts.size = sizeof(round->opts);
	round->progress = round->opts.progress;
	round->progress_data = round->opts.progress_data;
	if (round->progress) {
		round->opts.progress = tell_progress;
		round->opts.progress_data = round;
	}
	return r;
}

MHP_EXPORT int mhp_agenda_apply(struct mhp_ctx *ctx, struct mhp_agenda *agenda,
				const struct mhp_apply_opts *opts,
				struct mhp_agenda_report **ret_report)
{
	struct round round = { .ctx = ctx, .agenda = agenda };
	struct mhp_agenda_report *report;
	int r;

	r = check_opts(opts, &round);
	if (r == 0)
		r = agenda_report_new(agenda, &report);
	if (r)
		return r;
	r = apply_items(&round, report);
	if (r < 0) {
		mhp_agenda_report_free(report);
		return r;
	}
	*ret_report = report;
	return 0;
}
