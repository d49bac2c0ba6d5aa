// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a write did not do what it was meant to do, and how that is told. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

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
		{ EEXIST, MHP_REASON_TAKEN }, { E2BIG, MHP_REASON_BEYOND },
		{ EOPNOTSUPP, MHP_REASON_UNSUPPORTED },
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
	/* a notifier's: the block is there */
	if (code == -ENOENT || code == -ENODEV)
		return MHP_REASON_UNKNOWN;
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
	if (!is_failure(report->reason)) {
		report->reason = reason;
		report->code = code;
		report->hint = hint ? hint : reason_hint(reason);
		report_say(report, "%s%s%s", apply->plan->target,
			   message ? message : ": ", message ? "" : mhp_reason_to_str(reason));
	} else if (apply->undoing && !apply->undo_failed) {
		apply->undo_failed = true;
		snprintf(apply->undo_message, sizeof(apply->undo_message),
			 "; putting it back%s%s", message ? message : ": ",
			 message ? "" : mhp_reason_to_str(reason));
	}
	free(message);
}

static void note(struct apply *apply, size_t index, int code, enum mhp_reason reason)
{
	struct mhp_result *result = &apply->report->blocks[index];

	result->code = code;
	result->reason = apply->undoing && reason != MHP_REASON_STRANDED ?
			 MHP_REASON_NOT_PUT_BACK : reason;
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

/* A driver who has promised a block to the host denies that it goes online again. */
static const char *veto_hint(const struct apply *apply, size_t index, enum mhp_reason reason,
			     const char *word)
{
	const struct plan_part *part = plan_find_part(apply->plan, index);

	if (reason != MHP_REASON_VETOED || !part->provider || !part->provider->host_decides ||
	    !strcmp(word, online_word(MHP_OFFLINE)))
		return NULL;
	return "its driver does not let it go online: the host has it, or is to have it back";
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
	if (reason == MHP_REASON_DEADLINE || reason == MHP_REASON_CANCELLED) {
		text_add(&text, reason == MHP_REASON_DEADLINE ? "not done by the deadline" :
								"cancelled");
	} else if (code < 0) {
		text_add_code(&text, code);
	} else {
		text_add(&text, "the kernel took it, but the block is ");
		add_state(&text, now->state, now->zone);
	}
	if (reason == MHP_REASON_STRANDED)
		text_add(&text, " and stays without a driver until a reboot");
	blame(apply, code, reason, veto_hint(apply, index, reason, word), &text);
}

void blame_text(struct apply *apply, size_t index, int code, enum mhp_reason reason,
		const char *hint, struct text *what)
{
	const struct plan_part *part = &apply->plan->parts[index];
	struct text text = { 0 };
	char *message = NULL;

	for (size_t i = part->first; i < part->first + part->count; i++)
		if (!is_goal_met(apply, i) &&
		    !is_failure(apply->report->blocks[i].reason))
			note(apply, i, code, reason);
	if (text_finish(what, &message) < 0)
		message = NULL;
	text_add(&text, ": %s", message ? message : mhp_reason_to_str(reason));
	free(message);
	blame(apply, code, reason, hint, &text);
}

void blame_device(struct apply *apply, size_t part, int code, enum mhp_reason reason,
		  const char *path, const char *word)
{
	struct text text = { 0 };

	text_add(&text, "writing \"%s\" to ", word);
	text_add_escaped(&text, path);
	text_add(&text, ": ");
	if (reason == MHP_REASON_DEADLINE)
		text_add(&text, "not done by the deadline");
	else if (reason == MHP_REASON_CANCELLED)
		text_add(&text, "cancelled");
	else if (code < 0)
		text_add_code(&text, code);
	else
		text_add(&text, "the kernel took it, without effect");
	blame_text(apply, part, code, reason, reason == MHP_REASON_TAKEN && code == -EBUSY ?
		   "it is plugged already, or its addresses are taken: look and plan again" : NULL,
		   &text);
}

void blame_eject(struct apply *apply, size_t index, int code, enum mhp_reason reason,
		 const char *path, const char *word, struct text *what)
{
	const struct plan_part *part = &apply->plan->parts[index];
	struct text text = { 0 };
	char *message = NULL;

	for (size_t i = part->first; i < part->first + part->count; i++)
		if (!apply->acted[i] && !is_goal_met(apply, i) &&
		    !is_failure(apply->report->blocks[i].reason))
			note(apply, i, code, reason);
	add_write(&text, path, word);
	if (what && text_finish(what, &message) < 0)
		message = NULL;
	if (message)
		text_add(&text, "%s", message);
	else
		text_add_code(&text, code);
	free(message);
	blame(apply, code, reason, NULL, &text);
}

void blame_release(struct apply *apply, int code, enum mhp_reason reason, const char *hint,
		   struct text *what)
{
	blame(apply, code, reason, hint, what);
}

void blame_setting(struct apply *apply, int code, enum mhp_reason reason, const char *path,
		   const char *word)
{
	struct text text = { 0 };

	add_write(&text, path, word);
	text_add_code(&text, code);
	blame(apply, code, reason, NULL, &text);
}

void blame_setting_moved(struct apply *apply, size_t part, const char *path, int code,
			 const char *now, const char *planned, const char *why)
{
	struct text text = { 0 };

	text_add(&text, "%s ", path);
	if (code < 0) {
		text_add(&text, "could not be read: ");
		text_add_code(&text, code);
	} else {
		text_add(&text, "says \"");
		text_add_escaped(&text, now);
		text_add(&text, "\", not \"%s\" as planned for", planned);
	}
	if (why)
		text_add(&text, ": %s", why);
	blame_text(apply, part, code, code < 0 ? MHP_REASON_UNREADABLE : MHP_REASON_STALE, NULL,
		   &text);
}

void blame_borrowed(struct apply *apply, int code, const char *path, const char *word)
{
	struct text text = { 0 };
	char *message;

	/* the first one is told */
	if (apply->not_returned)
		return;
	apply->not_returned = true;
	apply->not_returned_code = code;
	text_add(&text, "writing \"%s\" to ", word);
	text_add_escaped(&text, path);
	text_add(&text, ": ");
	text_add_code(&text, code);
	text_add(&text, ": it stays as it is until the next user of libmhp, or mhp_recover(), "
		 "puts it back");
	if (text_finish(&text, &message) < 0)
		message = NULL;
	snprintf(apply->borrowed_message, sizeof(apply->borrowed_message), "%s",
		 message ? message : path);
	free(message);
}

void blame_not_put_back(struct apply *apply)
{
	int code = apply->cut == MHP_REASON_CANCELLED ? -ECANCELED : -ETIMEDOUT;
	struct text text = { 0 };
	size_t left = 0, first = 0;

	for (size_t i = apply->plan->n_blocks; i-- > 0;) {
		if (!apply->acted[i] || is_as_before(apply, i))
			continue;
		left++;
		first = i;
		if (apply->report->blocks[i].reason != MHP_REASON_NOT_PUT_BACK &&
		    apply->report->blocks[i].reason != MHP_REASON_STRANDED)
			note(apply, i, apply->undo_over ? code : 0, MHP_REASON_NOT_PUT_BACK);
	}
	if (!left)
		return;
	text_add(&text, ": memory%" PRIu64, apply->report->blocks[first].id);
	if (left > 1)
		text_add(&text, " and %zu more", left - 1);
	text_add(&text, left > 1 ? " are not as before" : " is not as before");
	if (apply->undo_over)
		text_add(&text, code == -ECANCELED ? ": cancelled" : ": the time for it is over");
	blame(apply, apply->undo_over ? code : 0, MHP_REASON_NOT_PUT_BACK, NULL, &text);
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
	/*
	 * Whatever we did before it: what they made of it is not ours to undo; but for what
	 * would not be there without us.
	 */
	apply->acted[index] &= apply->parts[part_index(plan_find_part(apply->plan, index))].bound;
	note(apply, index, 0, MHP_REASON_STALE);
	text_add(&text, ": memory%" PRIu64 " is ", result->id);
	add_state(&text, now->state, now->zone);
	text_add(&text, ", not as planned for (");
	add_state(&text, state, zone);
	text_add(&text, ")");
	blame(apply, 0, MHP_REASON_STALE, NULL, &text);
}

/* If it is not given back, or that is not known: says so. Returns the code of the latter, or 0. */
static int add_committed(struct apply *apply, size_t index, struct text *text)
{
	int code = is_committed(apply, index);

	if (code > 0) {
		text_add(text, ": somebody else has committed %s again",
			 apply->plan->releases[index].region);
	} else if (code < 0) {
		text_add(text, ": whether %s is committed could not be read: ",
			 apply->plan->releases[index].region);
		text_add_code(text, code);
	}
	return code < 0 ? code : 0;
}

void blame_changed(struct apply *apply)
{
	struct text text = { 0 };
	int code = 0;

	for (size_t i = 0; i < apply->plan->n_blocks; i++) {
		const struct block_now *now = &apply->now[i];

		if (is_goal_met(apply, i) || is_failure(apply->report->blocks[i].reason))
			continue;
		if (now->code) {
			blame_unreadable(apply, i);
			continue;
		}
		/* what they made of it is theirs */
		apply->acted[i] = false;
		note(apply, i, 0, MHP_REASON_STALE);
		text_add(&text, ": memory%" PRIu64 " is ", apply->report->blocks[i].id);
		add_state(&text, now->state, now->zone);
		text_add(&text, ": somebody else changed it");
		blame(apply, 0, MHP_REASON_STALE, NULL, &text);
		text = (struct text){ 0 };
	}
	if (is_failure(apply->report->reason))
		return;
	for (size_t i = 0; i < apply->plan->n_releases && !text.length; i++)
		code = add_committed(apply, i, &text);
	if (!text.length)
		text_add(&text, ": somebody else changed which driver has it");
	blame(apply, code, code < 0 ? MHP_REASON_UNREADABLE : MHP_REASON_STALE, NULL, &text);
}

void blame_end(struct apply *apply, enum mhp_reason reason)
{
	int code = reason == MHP_REASON_DEADLINE ? -ETIMEDOUT : -ECANCELED;
	struct text text = { 0 };

	text_add(&text, reason == MHP_REASON_DEADLINE ? ": the deadline has passed" : ": cancelled");
	blame(apply, code, reason, NULL, &text);
	apply->over = true;
}
