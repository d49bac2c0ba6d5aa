// SPDX-License-Identifier: LGPL-2.1-or-later
/* How it ended: for each block, and for the whole. */
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

	if (apply->device.dir && sysfs_read(&apply->device, "state", buf) == 0)
		keep_word(ret, buf);
}

static void finish_block(struct apply *apply, size_t index)
{
	struct mhp_report *report = apply->report;
	struct mhp_result *result = &report->blocks[index];
	const struct block_now *now = &apply->now[index];
	bool failed = mhp_reason_is_failure(report->reason);
	bool as_before = is_as_before(apply, index);
	bool acted = apply->acted[index];

	result->after_state = now->state;
	result->after_zone = now->zone;
	if (result->reason == MHP_REASON_NOT_PUT_BACK && !as_before) {
		return;
	} else if (is_goal_met(apply, index)) {
		result->reason = !acted ? MHP_REASON_ALREADY :
				 as_before && failed ? MHP_REASON_UNDONE : MHP_REASON_DONE;
		result->code = 0;
	} else if (mhp_reason_is_failure(result->reason)) {
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
	report->outcome = MHP_OUTCOME_DONE;
	report->reason = acted ? MHP_REASON_DONE : MHP_REASON_ALREADY;
	report->code = 0;
	report->hint = NULL;
	report_say(report, acted ? "%s: done" : "%s: nothing to do", apply->plan->region);
	for (size_t i = 0; i < report->n_blocks; i++)
		finish_block(apply, i);
}

void conclude(struct apply *apply)
{
	struct mhp_report *report = apply->report;
	size_t count = report->n_blocks, met = 0, before = 0, unknown = 0;

	look_at_all(apply);
	read_device_word(apply, report->device_after);
	if (is_all_met(apply)) {
		say_done(apply);
		return;
	}
	if (!mhp_reason_is_failure(report->reason)) {
		/* a plan without steps, or somebody undid what we did */
		report->reason = MHP_REASON_STALE;
		report->hint = reason_hint(MHP_REASON_STALE);
		report_say(report, "%s: changed since it was planned for", apply->plan->region);
	}
	for (size_t i = 0; i < count; i++) {
		bool same = is_as_before(apply, i);

		finish_block(apply, i);
		met += is_goal_met(apply, i);
		before += same;
		unknown += apply->now[i].code && !is_goal_met(apply, i) &&
			   !(same && !apply->acted[i]);
	}
	if (unknown)
		report->outcome = MHP_OUTCOME_UNKNOWN;
	else if (!report->n_writes)
		report->outcome = MHP_OUTCOME_REFUSED;
	else if (before == count && !apply->unbound &&
		 !(met && apply->plan->rules & MHP_RULE_KEEP))
		report->outcome = MHP_OUTCOME_UNDONE;
	else
		report->outcome = MHP_OUTCOME_PARTIAL;
}

void conclude_conflicts(struct mhp_report *report)
{
	const struct conflicts *conflicts = &report->plan->conflicts;

	report->outcome = MHP_OUTCOME_REFUSED;
	report->reason = MHP_REASON_CONFLICT;
	report->hint = conflicts->list[0].hint;
	report_say(report, "%s", conflicts->list[0].message);
	for (size_t i = 0; i < conflicts->count; i++)
		for (size_t j = 0, k = 0; j < conflicts->list[i].n_blocks; j++) {
			/* both are sorted */
			while (report->blocks[k].id != conflicts->list[i].blocks[j])
				k++;
			report->blocks[k].reason = MHP_REASON_CONFLICT;
		}
	if (report->plan->device_word) {
		keep_word(report->device_before, report->plan->device_word);
		keep_word(report->device_after, report->plan->device_word);
	}
}

void conclude_moved(struct apply *apply)
{
	struct mhp_report *report = apply->report;

	report->outcome = MHP_OUTCOME_REFUSED;
	report->reason = MHP_REASON_STALE;
	report->hint = reason_hint(MHP_REASON_STALE);
	report_say(report, "%s: the region %s: it is not what was planned for",
		   apply->plan->region, apply->moved);
	for (size_t i = 0; i < report->n_blocks; i++)
		report->blocks[i].reason = MHP_REASON_STALE;
}
