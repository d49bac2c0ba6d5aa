// SPDX-License-Identifier: LGPL-2.1-or-later
/* What became of an agenda: the outcome of each item, and of all. */
#include <errno.h>
#include <stdlib.h>

#include "agenda.h"

/* As long as it is not tried. */
static void begin_result(struct mhp_agenda_result *result, const struct mhp_agenda_item *item)
{
	result->item = item;
	result->outcome = MHP_OUTCOME_DONE;
	result->reason = MHP_REASON_ALREADY;
	switch (item->state) {
	case MHP_ITEM_TO_DO:
		result->outcome = MHP_OUTCOME_REFUSED;
		result->reason = MHP_REASON_NOT_TRIED;
		break;
	case MHP_ITEM_BLOCKED:
		result->outcome = MHP_OUTCOME_REFUSED;
		result->reason = MHP_REASON_CONFLICT;
		break;
	case MHP_ITEM_UNDECIDED:
		result->outcome = MHP_OUTCOME_REFUSED;
		result->reason = MHP_REASON_UNREADABLE;
		break;
	default:
		break;
	}
}

int agenda_report_new(struct mhp_agenda *agenda, struct mhp_agenda_report **ret_report)
{
	struct mhp_agenda_report *report = calloc(1, sizeof(*report));

	if (!report)
		return -ENOMEM;
	report->results = calloc(agenda->n_items + 1, sizeof(*report->results));
	if (!report->results) {
		free(report);
		return -ENOMEM;
	}
	report->agenda = mhp_agenda_ref(agenda);
	report->n_results = agenda->n_items;
	for (size_t i = 0; i < agenda->n_items; i++)
		begin_result(&report->results[i], &agenda->items[i]);
	*ret_report = report;
	return 0;
}

MHP_EXPORT void mhp_agenda_report_free(struct mhp_agenda_report *report)
{
	if (!report)
		return;
	for (size_t i = 0; i < report->n_results; i++) {
		mhp_report_free(report->results[i].report);
		mhp_report_free(report->results[i].first_report);
		free(report->results[i].message);
	}
	free(report->results);
	mhp_agenda_unref(report->agenda);
	free(report);
}

/* ---- the outcome ---- */

void agenda_report_conclude(struct mhp_agenda_report *report)
{
	size_t n[MHP_OUTCOME_REFUSED + 1] = { 0 }, changed = 0;

	for (size_t i = 0; i < report->n_results; i++) {
		const struct mhp_agenda_result *result = &report->results[i];

		n[result->outcome]++;
		changed += result->outcome == MHP_OUTCOME_DONE &&
			   result->reason == MHP_REASON_DONE;
	}
	if (n[MHP_OUTCOME_UNKNOWN])
		report->outcome = MHP_OUTCOME_UNKNOWN;
	else if (n[MHP_OUTCOME_PARTIAL])
		report->outcome = MHP_OUTCOME_PARTIAL;
	else if (!n[MHP_OUTCOME_REFUSED] && !n[MHP_OUTCOME_UNDONE])
		report->outcome = MHP_OUTCOME_DONE;
	else if (changed)
		report->outcome = MHP_OUTCOME_PARTIAL;
	else
		report->outcome = n[MHP_OUTCOME_UNDONE] ? MHP_OUTCOME_UNDONE :
							   MHP_OUTCOME_REFUSED;
}

/* ---- for users ---- */

MHP_EXPORT enum mhp_outcome
mhp_agenda_report_get_outcome(const struct mhp_agenda_report *report)
{
	return report->outcome;
}

MHP_EXPORT struct mhp_agenda *mhp_agenda_report_get_agenda(const struct mhp_agenda_report *report)
{
	return report->agenda;
}

MHP_EXPORT size_t mhp_agenda_report_count_results(const struct mhp_agenda_report *report)
{
	return report->n_results;
}

MHP_EXPORT const struct mhp_agenda_result *
mhp_agenda_report_get_result(const struct mhp_agenda_report *report, size_t index)
{
	return index < report->n_results ? &report->results[index] : NULL;
}

MHP_EXPORT const struct mhp_agenda_item *
mhp_agenda_result_get_item(const struct mhp_agenda_result *result)
{
	return result->item;
}

MHP_EXPORT enum mhp_outcome mhp_agenda_result_get_outcome(const struct mhp_agenda_result *result)
{
	return result->outcome;
}

MHP_EXPORT enum mhp_reason mhp_agenda_result_get_reason(const struct mhp_agenda_result *result)
{
	return result->reason;
}

MHP_EXPORT int mhp_agenda_result_get_code(const struct mhp_agenda_result *result)
{
	return result->code;
}

/* Of an item that was not tried. */
static const char *state_message(const struct mhp_agenda_item *item)
{
	switch (item->state) {
	case MHP_ITEM_MET:
		return "is as wanted already";
	case MHP_ITEM_LEFT_ALONE:
		return "is left alone";
	case MHP_ITEM_NO_RULE:
		return "has no rule";
	case MHP_ITEM_TO_DO:
		return "not tried";
	default:
		return item->why ? item->why : "nothing to do";
	}
}

MHP_EXPORT const char *mhp_agenda_result_get_message(const struct mhp_agenda_result *result)
{
	if (result->message)
		return result->message;
	return result->report ? mhp_report_get_message(result->report) :
				state_message(result->item);
}

MHP_EXPORT const struct mhp_report *
mhp_agenda_result_get_report(const struct mhp_agenda_result *result)
{
	return result->report;
}

MHP_EXPORT const struct mhp_report *
mhp_agenda_result_get_first_report(const struct mhp_agenda_result *result)
{
	return result->first_report;
}
