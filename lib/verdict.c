// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a write did not do what it was meant to do, and how that is told. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum mhp_reason judge_code(int code)
{
	static const struct {
		int code;
		enum mhp_reason reason;
	} known[] = {
		{ EBUSY, MHP_REASON_BUSY }, { EAGAIN, MHP_REASON_TRY_AGAIN },
		{ EINTR, MHP_REASON_INTERRUPTED }, { EPERM, MHP_REASON_VETOED },
		{ EACCES, MHP_REASON_NO_PERMISSION }, { EROFS, MHP_REASON_READ_ONLY },
		{ ENOMEM, MHP_REASON_NO_MEMORY }, { ENOENT, MHP_REASON_GONE },
		{ ENODEV, MHP_REASON_GONE }, { EINVAL, MHP_REASON_INVALID },
#ifdef EHWPOISON
		{ EHWPOISON, MHP_REASON_POISONED },
#endif
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].code == -code)
			return known[i].reason;
	return MHP_REASON_UNKNOWN;
}

enum mhp_reason judge(const struct block_now *now, int code, const char *word)
{
	bool onlining = !strncmp(word, "online", strlen("online"));

	if (now->state == MHP_STATE_ABSENT)
		return MHP_REASON_GONE;
	if (now->state == MHP_STATE_UNKNOWN)
		return code < 0 && judge_code(code) ? judge_code(code) : MHP_REASON_UNREADABLE;
	if (code < 0 && code != -EINVAL)
		return judge_code(code);
	/* EINVAL says "already so" and half a dozen other things: the block tells */
	if (now->state == MHP_STATE_ONLINE && now->zone == MHP_ZONE_NONE)
		return MHP_REASON_SPANS_ZONES;
	if (now->state == MHP_STATE_ONLINE && now->zone == MHP_ZONE_UNKNOWN)
		return MHP_REASON_UNREADABLE;
	if (onlining && now->state == MHP_STATE_ONLINE)
		return MHP_REASON_WRONG_ZONE;
	return code == 0 ? MHP_REASON_NOT_TAKEN : MHP_REASON_INVALID;
}

/* "online in Movable" */
static void add_state(struct text *text, enum mhp_state state, enum mhp_zone zone)
{
	text_add(text, "%s", mhp_state_to_str(state));
	if (state == MHP_STATE_ONLINE && zone != MHP_ZONE_UNKNOWN)
		text_add(text, " in %s", mhp_zone_to_str(zone));
}

static void add_write(struct text *text, const char *path, const char *word)
{
	text_add(text, ": writing \"%s\" to ", word);
	text_add_escaped(text, path);
	text_add(text, ": ");
}

/*
 * The first failure is what the report is about; of those on the way back, the
 * first is told behind it. Takes the text over.
 */
static void blame(struct apply *apply, int code, enum mhp_reason reason, const char *hint,
		  struct text *text)
{
	struct mhp_report *report = apply->report;
	char *message = NULL;

	if (!(apply->plan->rules & MHP_RULE_KEEP))
		apply->over = true;
	if (text_finish(text, &message) < 0)
		message = NULL;
	if (!mhp_reason_is_failure(report->reason)) {
		report->reason = reason;
		report->code = code;
		report->hint = hint ? hint : reason_hint(reason);
		report_say(report, "%s%s%s", apply->plan->region,
			   message ? message : ": ", message ? "" : mhp_reason_to_str(reason));
	} else if (apply->undoing && !apply->undo_failed) {
		apply->undo_failed = true;
		report_add(report, "; putting it back%s%s", message ? message : ": ",
			   message ? "" : mhp_reason_to_str(reason));
	}
	free(message);
}

static void note(struct apply *apply, size_t index, int code, enum mhp_reason reason)
{
	struct mhp_result *result = &apply->report->blocks[index];

	result->code = code;
	result->reason = apply->undoing ? MHP_REASON_NOT_PUT_BACK : reason;
}

void blame_unreadable(struct apply *apply, size_t index)
{
	struct mhp_result *result = &apply->report->blocks[index];
	const struct block_now *now = &apply->now[index];
	struct text text = { 0 };

	/* a word that no kernel had yet leaves no code */
	note(apply, index, now->code ? now->code : -EBADMSG, MHP_REASON_UNREADABLE);
	text_add(&text, ": reading " MEMORY_PATH "/memory%" PRIu64 "/%s: ", result->id, now->file);
	text_add_code(&text, result->code);
	blame(apply, result->code, MHP_REASON_UNREADABLE, NULL, &text);
}

void blame_block(struct apply *apply, size_t index, int code, enum mhp_reason reason,
		 const char *path, const char *word)
{
	struct mhp_result *result = &apply->report->blocks[index];
	const struct block_now *now = &apply->now[index];
	struct text text = { 0 };

	if (reason == MHP_REASON_UNREADABLE) {
		blame_unreadable(apply, index);
		return;
	}
	note(apply, index, code, reason);
	text_add(&text, ": memory%" PRIu64, result->id);
	add_write(&text, path, word);
	if (code < 0) {
		text_add_code(&text, code);
	} else {
		text_add(&text, "the kernel took it, but the block is ");
		add_state(&text, now->state, now->zone);
	}
	blame(apply, code, reason, NULL, &text);
}

void blame_device(struct apply *apply, int code, enum mhp_reason reason, const char *path,
		  const char *word)
{
	bool onlining = !strncmp(word, "online", strlen("online"));
	struct text text = { 0 };

	add_write(&text, path, word);
	if (code < 0)
		text_add_code(&text, code);
	else
		text_add(&text, "the kernel took it, without effect");
	for (size_t i = 0; i < apply->plan->n_blocks; i++)
		if (!is_goal_met(apply, i) &&
		    !mhp_reason_is_failure(apply->report->blocks[i].reason))
			note(apply, i, code, reason);
	blame(apply, code, reason, code == -EBUSY && onlining ?
	      "it is plugged already, or its addresses are taken: look and plan again" : NULL, &text);
}

void blame_stale(struct apply *apply, size_t index, enum mhp_state state, enum mhp_zone zone)
{
	struct mhp_result *result = &apply->report->blocks[index];
	const struct block_now *now = &apply->now[index];
	struct text text = { 0 };

	if (now->code) {
		blame_unreadable(apply, index);
		return;
	}
	/* whatever we did before it: what they made of it is not ours to undo */
	apply->acted[index] = false;
	note(apply, index, 0, MHP_REASON_STALE);
	text_add(&text, ": memory%" PRIu64 " is ", result->id);
	add_state(&text, now->state, now->zone);
	text_add(&text, ", not as planned for (");
	add_state(&text, state, zone);
	text_add(&text, ")");
	blame(apply, 0, MHP_REASON_STALE, NULL, &text);
}

void blame_cancelled(struct apply *apply)
{
	struct text text = { 0 };

	text_add(&text, ": %s", mhp_reason_to_str(MHP_REASON_CANCELLED));
	blame(apply, 0, MHP_REASON_CANCELLED, NULL, &text);
	apply->over = true;
}
