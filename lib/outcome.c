// SPDX-License-Identifier: LGPL-2.1-or-later
/* How it ended: for each block, and for the whole. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* A word that no kernel has may be of any length; its beginning is enough. */
static void keep_word(char ret[REPORT_WORD_SIZE], const char *word)
{
	size_t length = strnlen(word, REPORT_WORD_SIZE - 1);

	memcpy(ret, word, length);
	ret[length] = '\0';
}

void read_device_word(struct apply *apply, char ret[REPORT_WORD_SIZE])
{
	char buf[MHP_ATTR_SIZE + 1];

	/* of several devices none is told */
	if (apply->plan->n_parts != 1)
		return;
	/* where there was no such file, only who gets a driver gets one */
	if (!apply->plan->parts[0].device_word && !apply->other_writes)
		return;
	if (apply->parts[0].device.dir &&
	    sysfs_read(&apply->parts[0].device, "state", buf) == 0)
		keep_word(ret, buf);
}

static void finish_block(struct apply *apply, size_t index)
{
	struct mhp_report *report = apply->report;
	struct mhp_result *result = &report->blocks[index];
	const struct block_now *now = &apply->now[index];
	bool failed = is_failure(report->reason);
	bool as_before = is_as_before(apply, index);
	bool acted = apply->acted[index];

	result->after_state = now->state;
	result->after_zone = now->zone;
	if (result->reason == MHP_REASON_NOT_PUT_BACK && as_before) {
		result->reason = MHP_REASON_UNDONE;
		result->code = 0;
	} else if (result->reason == MHP_REASON_NOT_PUT_BACK ||
		   (result->reason == MHP_REASON_STRANDED && !as_before)) {
		return;
	} else if (is_goal_met(apply, index)) {
		result->reason = !acted ? MHP_REASON_ALREADY :
				 as_before && failed ? MHP_REASON_UNDONE : MHP_REASON_DONE;
		result->code = 0;
	} else if (is_failure(result->reason)) {
		return;
	} else if (now->code && !(as_before && !acted)) {
		result->reason = MHP_REASON_UNREADABLE;
		result->code = now->code;
	} else if (as_before) {
		result->reason = acted ? MHP_REASON_UNDONE : MHP_REASON_NOT_TRIED;
	} else {
		/* kept half-way, or another program changed it after us */
		result->reason = acted && failed ? report->reason : MHP_REASON_STALE;
	}
}

static void say_done(struct apply *apply)
{
	struct mhp_report *report = apply->report;
	bool acted = false;

	for (size_t i = 0; i < report->n_blocks; i++)
		acted |= apply->acted[i];
	for (size_t i = 0; i < apply->plan->n_parts; i++)
		acted |= apply->parts[i].bound || apply->parts[i].unbound;
	for (size_t i = 0; i < report->n_writes; i++)
		acted |= report->writes[i].code == 0;
	if (apply->not_returned) {
		/* the memory is as wanted, the system is not as it was */
		report->outcome = MHP_OUTCOME_PARTIAL;
		report->reason = judge_code(apply->not_returned_code);
		report->code = apply->not_returned_code;
		report->hint = NULL;
		report_say(report, "%s: is as wanted, but %s", apply->plan->target,
			   apply->borrowed_message);
		for (size_t i = 0; i < report->n_blocks; i++)
			finish_block(apply, i);
		return;
	}
	report->outcome = MHP_OUTCOME_DONE;
	report->reason = acted ? MHP_REASON_DONE : MHP_REASON_ALREADY;
	report->code = 0;
	report->hint = NULL;
	report_say(report, acted ? "%s: done" : "%s: nothing to do", apply->plan->target);
	for (size_t i = 0; i < report->n_blocks; i++)
		finish_block(apply, i);
}

/*
 * Is an eject perhaps still to come? One that was waited for in vain may have been carried out
 * since: then nothing of what was done about that matters.
 */
static bool settle(struct apply *apply)
{
	bool was_queued = false, queued;

	for (size_t i = 0; i < apply->plan->n_parts; i++)
		was_queued |= apply->parts[i].queued;
	queued = is_any_queued(apply);
	for (size_t i = 0; i < apply->plan->n_blocks && was_queued && !queued; i++)
		if (is_goal_met(apply, i)) {
			apply->acted[i] = true;
			apply->report->blocks[i].reason = MHP_REASON_NOT_TRIED;
		}
	return queued;
}

static void say_others(struct apply *apply)
{
	struct text text = { 0 };
	char *message;

	if (!apply->others_code)
		return;
	text_add_code(&text, apply->others_code);
	if (text_finish(&text, &message) < 0)
		message = NULL;
	report_add(apply->report, "; which blocks others added meanwhile is not known: listing "
		   MEMORY_PATH ": %s", message ? message : "ENOMEM");
	free(message);
}

static void find_outcome(struct apply *apply)
{
	struct mhp_report *report = apply->report;
	size_t count = report->n_blocks, met = 0, before = 0, unknown = 0;
	bool same_system = !apply->not_returned, queued, is_met;

	if (!apply->is_seen)
		look_at_all(apply);
	read_device_word(apply, report->device_after);
	queued = settle(apply);
	is_met = is_all_met(apply);
	/* where nothing has failed, what could not be read is looked at again */
	if (!is_met && !is_failure(report->reason))
		is_met = is_all_met(apply);
	if (is_met && !queued) {
		say_done(apply);
		return;
	}
	if (!is_failure(report->reason))
		/* a plan without steps, or somebody undid what we did */
		blame_changed(apply);
	for (size_t i = 0; i < count; i++) {
		bool same = is_as_before(apply, i);

		finish_block(apply, i);
		met += is_goal_met(apply, i);
		before += same;
		unknown += apply->now[i].code && !is_goal_met(apply, i) &&
			   !(same && !apply->acted[i]);
	}
	for (size_t i = 0; i < apply->plan->n_parts; i++)
		same_system &= is_driver_as_before(apply, i);
	for (size_t i = 0; i < apply->plan->n_releases; i++)
		same_system &= !apply->releases[i].written;
	if (unknown || queued)
		report->outcome = MHP_OUTCOME_UNKNOWN;
	else if (!report->n_writes)
		report->outcome = MHP_OUTCOME_REFUSED;
	else if (before == count && same_system &&
		 !(met && apply->plan->rules & MHP_RULE_KEEP))
		report->outcome = MHP_OUTCOME_UNDONE;
	else
		report->outcome = MHP_OUTCOME_PARTIAL;
	if (report->outcome != MHP_OUTCOME_UNDONE)
		report_add(report, "%s", apply->undo_message);
	if (apply->not_returned)
		report_add(report, "; %s", apply->borrowed_message);
}

void conclude(struct apply *apply)
{
	find_outcome(apply);
	say_others(apply);
}

void conclude_conflicts(struct mhp_report *report)
{
	const struct conflicts *conflicts = &report->plan->conflicts;

	report->outcome = MHP_OUTCOME_REFUSED;
	report->reason = MHP_REASON_CONFLICT;
	report->hint = conflicts->list[0].hint;
	report_say(report, "%s", conflicts->list[0].message);
	for (size_t i = 0; i < conflicts->count; i++)
		for (size_t j = 0, k = 0; j < conflicts->list[i].n_blocks && k < report->n_blocks; j++) {
			/* both have the same order, but the conflict's are of one part */
			while (k < report->n_blocks &&
			       report->blocks[k].id != conflicts->list[i].blocks[j])
				k++;
			if (k < report->n_blocks)
				report->blocks[k].reason = MHP_REASON_CONFLICT;
		}
	if (report->plan->n_parts == 1 && report->plan->parts[0].device_word) {
		keep_word(report->device_before, report->plan->parts[0].device_word);
		keep_word(report->device_after, report->plan->parts[0].device_word);
	}
}

static void conclude_refused(struct mhp_report *report, enum mhp_reason reason)
{
	report->outcome = MHP_OUTCOME_REFUSED;
	report->reason = reason;
	report->hint = reason_hint(reason);
	for (size_t i = 0; i < report->n_blocks; i++)
		report->blocks[i].reason = reason;
}

void conclude_moved(struct apply *apply, const char *region, const char *moved, int code)
{
	struct mhp_report *report = apply->report;

	conclude_refused(report, code ? MHP_REASON_UNREADABLE : MHP_REASON_STALE);
	report->code = code;
	if (code)
		report_say(report, "%s: its ranges, or its driver, can no longer be read", region);
	else
		report_say(report, "%s: the region %s: it is not what was planned for", region,
			   moved);
	look_at_all(apply);
	for (size_t i = 0; i < report->n_blocks; i++) {
		report->blocks[i].after_state = apply->now[i].state;
		report->blocks[i].after_zone = apply->now[i].zone;
	}
}

void conclude_other_machine(struct apply *apply, const char *block_size)
{
	struct text text = { 0 };
	char *escaped;

	conclude_refused(apply->report, MHP_REASON_STALE);
	text_add_escaped(&text, block_size);
	if (text_finish(&text, &escaped) < 0)
		escaped = NULL;
	report_say(apply->report, "%s: this machine has memory blocks of 0x%s bytes, not of 0x%"
		   PRIx64 " as planned for", apply->plan->target, escaped ? escaped : "?",
		   apply->plan->block_size);
	free(escaped);
}

void conclude_pending(struct mhp_report *report)
{
	const struct mhp_recovery *recovery = report->recovery;
	enum mhp_returned returned = MHP_RETURNED_ALREADY;
	const char *path = NULL;

	conclude_refused(report, MHP_REASON_PENDING);
	for (size_t i = 0; returned != MHP_RETURNED_UNKNOWN &&
	     mhp_recovery_get_setting(recovery, i, &returned, &path, NULL, NULL,
				      &report->code) == 0; i++)
		;
	report_say(report, "%s: what %s has left behind could not be put back: %s",
		   report->plan->target, mhp_recovery_get_transaction(recovery), path ? path : "");
}

void conclude_locked(struct mhp_report *report, int code, const char *holder)
{
	conclude_refused(report, code == -ECANCELED ? MHP_REASON_CANCELLED : MHP_REASON_LOCKED);
	report->code = code;
	if (code == -ECANCELED)
		report_say(report, "%s: cancelled while another user of libmhp was at work",
			   report->plan->target);
	else
		report_say(report, "%s: another user of libmhp was at work until the deadline: %s",
			   report->plan->target, holder ? holder : "who, is not known");
}
