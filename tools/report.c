// SPDX-License-Identifier: LGPL-2.1-or-later
/* What became of a plan, for people: a line of success, or one of what is wrong. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* What to do about a conflict, with the option's name where there is one. */
static const char *way_out(const struct options *options, const struct mhp_plan *plan,
			   const struct mhp_conflict *conflict)
{
	switch (mhp_conflict_get_code(conflict)) {
	case MHP_CONFLICT_WRONG_ZONE:
		return mhp_plan_get_goal(plan) == MHP_GOAL_PLUGGED ?
		       "mhp online --rezone takes them offline first" :
		       "--rezone takes them offline first";
	case MHP_CONFLICT_KERNEL_ZONE:
		return "online it as online_movable; --kernel-zone allows a kernel zone";
	case MHP_CONFLICT_NO_DEFAULT:
		return "name a type with --type";
	case MHP_CONFLICT_POLICY:
		return mhp_plan_get_rules(plan) & MHP_RULE_BORROW ?
		       mhp_conflict_get_hint(conflict) :
		       "without --no-borrow it is set to something else meanwhile";
	default:
		return permission_way_out(options, mhp_conflict_get_hint(conflict));
	}
}

/*
 * One line: "TARGET: what happened; what became of it; what to do". The library's
 * messages name a region already, some of them first.
 */
void report_complain(const char *target, const char *message, const char *became,
		     const char *hint)
{
	size_t length = strlen(target);

	if (strncmp(message, target, length) == 0 && strncmp(message + length, ": ", 2) == 0)
		message += length + 2;
	else if (strncmp(message, target, length) == 0 && message[length] == ' ')
		message += length + 1;
	complain("%s: %s%s%s%s%s", target, message, became ? "; " : "", became ? became : "",
		 hint ? "; " : "", hint ? hint : "");
}

/* One line for all conflicts of a plan. */
void report_complain_conflicts(const struct options *options, const struct mhp_plan *plan)
{
	const struct mhp_conflict *conflict = mhp_plan_get_conflict(plan, 0);
	size_t more = mhp_plan_count_conflicts(plan) - 1;
	char *became = more ? text_format("and %zu more: see mhp plan", more) : NULL;

	report_complain(mhp_plan_get_target(plan), mhp_conflict_get_message(conflict), became,
			way_out(options, plan, conflict));
	free(became);
}

/*
 * The plan's warnings look ahead, so most of them are over now. Those that are
 * still worth knowing are told.
 */
static void note_warning(const struct mhp_report *report, const struct mhp_conflict *warning)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	const char *target = mhp_plan_get_target(plan);
	const char *word;

	switch (mhp_conflict_get_code(warning)) {
	case MHP_WARNING_UDEV_RULE:
		if (mhp_plan_get_goal(plan) != MHP_GOAL_OFFLINE)
			break;		/* it was not faster: the zones were read back */
		/* fall through */
	case MHP_WARNING_LOST_BYTES:
	case MHP_WARNING_RATIO:
	case MHP_WARNING_HOST_DECIDES:
	case MHP_WARNING_HELD_OFFLINE:
		complain("%s: note: %s", target, mhp_conflict_get_message(warning));
		break;
	case MHP_WARNING_STALE_WORD:
		if (mhp_plan_count_steps(plan))
			break;
		/* fall through */
	case MHP_WARNING_WORD_WILL_LIE:
		mhp_report_get_device_words(report, NULL, &word);
		if (word)
			complain("%s: note: the driver's word for it is \"%s\"; the blocks are "
				 "right", target, word);
		else			/* about a part, or several */
			complain("%s: note: the driver's word for the device is out of date; the "
				 "blocks are right", target);
		break;
	default:
		break;
	}
}

/* What others did meanwhile was done to them by what we borrowed. */
static void note_others(const struct mhp_report *report)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	struct text_list list = { 0 };
	uint64_t id;
	char *ids;

	if (mhp_report_count_other_blocks(report) == 0)
		return;
	for (size_t i = 0; mhp_report_get_other_block_id(report, i, &id) == 0; i++)
		text_list_add(&list, id, 1);
	ids = text_list_end(&list);
	complain("%s: note: blocks that others added meanwhile were onlined by the borrowed "
		 "policy: %s", mhp_plan_get_target(plan), ids);
	free(ids);
}

/* Blocks of a report that are alike now. */
struct group {
	enum mhp_state state;
	enum mhp_zone zone;
	size_t count;
	uint64_t *ids;
};

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The group's blocks, which the caller frees; several regions may lie between each other. */
static char *group_ids(struct group *group)
{
	struct text_list list = { 0 };

	qsort(group->ids, group->count, sizeof(*group->ids), compare_ids);
	for (size_t i = 0; i < group->count; i++)
		text_list_add(&list, group->ids[i], 1);
	return text_list_end(&list);
}

static struct group *group_blocks(const struct mhp_report *report, size_t *ret_count)
{
	const struct mhp_result *result;
	struct group *groups = NULL;
	size_t count = 0;

	for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++) {
		struct group *group = NULL;
		enum mhp_state state;
		enum mhp_zone zone;

		mhp_result_get_after(result, &state, &zone);
		for (size_t k = 0; k < count && !group; k++)
			if (groups[k].state == state && groups[k].zone == zone)
				group = &groups[k];
		if (!group) {
			groups = realloc(groups, (count + 1) * sizeof(*groups));
			if (!groups)
				out_of_memory();
			group = &groups[count++];
			*group = (struct group){ .state = state, .zone = zone };
		}
		if (!group->ids)
			group->ids = calloc(mhp_report_count_results(report), sizeof(*group->ids));
		if (!group->ids)
			out_of_memory();
		group->ids[group->count++] = mhp_result_get_id(result);
	}
	*ret_count = count;
	return groups;
}

/* "7 blocks online in Movable (896 MiB): 32-34,36-39; 1 block offline (128 MiB): 35" */
static void print_blocks(const struct mhp_report *report, uint64_t block_size)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	bool plugged = mhp_plan_get_goal(plan) == MHP_GOAL_PLUGGED &&
		       mhp_report_get_outcome(report) == MHP_OUTCOME_DONE;
	size_t count;
	struct group *groups = group_blocks(report, &count);

	say("%s: %s", mhp_plan_get_target(plan), plugged ? "plugged: " : "");
	for (size_t k = 0; k < count; k++) {
		struct group *group = &groups[k];
		bool in_zone = group->zone != MHP_ZONE_UNKNOWN && group->zone != MHP_ZONE_NONE;
		char *ids = group_ids(group);
		char size[TEXT_SIZE_MAX];

		say("%s%zu block%s %s%s%s (%s)%s%s", k ? "; " : "", group->count,
		    group->count == 1 ? "" : "s", mhp_state_to_str(group->state),
		    in_zone ? " in " : "", in_zone ? mhp_zone_to_str(group->zone) : "",
		    text_size(group->count * block_size, size),
		    count > 1 ? ": " : "", count > 1 ? ids : "");
		free(ids);
		free(group->ids);
	}
	say("%s\n", count ? "" : "no blocks");
	free(groups);
}

/* "already online in Movable, nothing to do" */
static void print_already(const struct mhp_report *report)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	enum mhp_zone zone = MHP_ZONE_UNKNOWN;
	const struct mhp_result *result;

	for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++) {
		enum mhp_zone one;

		mhp_result_get_after(result, NULL, &one);
		if (i && one != zone) {
			zone = MHP_ZONE_UNKNOWN;
			break;
		}
		zone = one;
	}
	say("%s: already %s%s%s%s, nothing to do\n", mhp_plan_get_target(plan),
	    mhp_goal_to_str(mhp_plan_get_goal(plan)), zone == MHP_ZONE_UNKNOWN ? "" : " in ",
	    zone == MHP_ZONE_UNKNOWN ? "" : mhp_zone_to_str(zone),
	    mhp_plan_get_rules(plan) & MHP_RULE_RELEASE ? " and released" : "");
}

/* Those that were there before. */
static size_t count_gone(const struct mhp_report *report)
{
	const struct mhp_result *result;
	enum mhp_state before;
	size_t count = 0;

	for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++) {
		mhp_result_get_before(result, &before, NULL);
		count += before != MHP_STATE_ABSENT;
	}
	return count;
}

static void print_done(const struct mhp_report *report, uint64_t block_size)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	char size[TEXT_SIZE_MAX];

	if (mhp_report_get_reason(report) == MHP_REASON_ALREADY)
		print_already(report);
	else if (mhp_plan_get_rules(plan) & MHP_RULE_RELEASE)
		say("%s: unplugged and released: no blocks left (%s), its decoders are off, the pool "
		    "slice is free\n", mhp_plan_get_target(plan),
		    text_size(mhp_report_count_results(report) * block_size, size));
	else if (mhp_plan_get_goal(plan) == MHP_GOAL_UNPLUGGED)
		say("%s: unplugged, no blocks left (%s)\n", mhp_plan_get_target(plan),
		    text_size(count_gone(report) * block_size, size));
	else
		print_blocks(report, block_size);
}

/* While an eject may still be carried out. */
static const char *what_is_so_far(const struct mhp_report *report)
{
	const struct mhp_result *result;

	for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++)
		if (mhp_result_get_reason(result) != MHP_REASON_UNDONE &&
		    mhp_result_get_reason(result) != MHP_REASON_NOT_TRIED)
			return NULL;	/* the blocks are told anyway */
	return "until then all was put back as it was";
}

static const char *what_became(const struct mhp_report *report)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	const struct mhp_result *result;
	const char *before, *after;
	int code = -1;

	switch (mhp_report_get_outcome(report)) {
	case MHP_OUTCOME_UNDONE:
		mhp_report_get_device_words(report, &before, &after);
		if (before && after && strcmp(before, after))
			return "all blocks were put back, but the driver's word for the device "
			       "is another one now";
		for (size_t i = 0; mhp_report_get_write(report, i, NULL, NULL, &code, NULL) == 0; i++)
			if (code == 0)
				return "all was put back as it was";
		return "nothing was changed";
	case MHP_OUTCOME_PARTIAL:
		if (mhp_plan_get_rules(plan) & MHP_RULE_KEEP)
			return "what worked was kept";
		for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++)
			if (mhp_result_get_reason(result) == MHP_REASON_NOT_PUT_BACK ||
			    mhp_result_get_reason(result) == MHP_REASON_STRANDED)
				return "not all could be put back";
		return "what was changed was put back, but another program changed more";
	case MHP_OUTCOME_REFUSED:
		return "nothing was changed";
	default:
		if (mhp_report_get_reason(report) == MHP_REASON_QUEUED)
			return what_is_so_far(report);
		return "how it is now could not be read";
	}
}

/* One line for a plan that was not carried out as asked. */
static void complain_report(const struct machine *machine, const struct mhp_report *report)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	const char *hint = permission_way_out(machine->options, mhp_report_get_hint(report));

	if (mhp_plan_count_conflicts(plan)) {
		report_complain_conflicts(machine->options, plan);
		return;
	}
	if (machine->options->capture && mhp_report_get_reason(report) == MHP_REASON_READ_ONLY)
		hint = HINT_CAPTURE;
	report_complain(mhp_plan_get_target(plan), mhp_report_get_message(report),
			what_became(report), hint);
}

/* What is to be known beside the outcome. */
static void print_notes(const struct mhp_report *report, const struct mhp_report *earlier)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	const struct mhp_conflict *warning;

	if (mhp_report_get_outcome(report) == MHP_OUTCOME_DONE)
		for (size_t i = 0; (warning = mhp_plan_get_warning(plan, i)); i++)
			note_warning(report, warning);
	note_others(report);
	if (earlier)
		recovery_note(mhp_report_get_recovery(earlier));
	recovery_note(mhp_report_get_recovery(report));
}

/* Text for people, and what is wrong on standard error. */
void report_say(const struct machine *machine, const struct mhp_report *report,
		const struct mhp_report *earlier, uint64_t block_size)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(report);

	if (outcome == MHP_OUTCOME_DONE)
		print_done(report, block_size);
	else if (outcome != MHP_OUTCOME_UNDONE && outcome != MHP_OUTCOME_REFUSED)
		print_blocks(report, block_size);
	if (outcome != MHP_OUTCOME_DONE)
		complain_report(machine, report);
	print_notes(report, earlier);
}

int report_show(const struct machine *machine, const struct mhp_report *report,
		const struct mhp_report *earlier, uint64_t block_size)
{
	if (!machine->options->json) {
		report_say(machine, report, earlier, block_size);
	} else {
		json_report(report, earlier);
		if (mhp_report_get_outcome(report) != MHP_OUTCOME_DONE)
			complain_report(machine, report);
	}
	return exit_of_report(report);
}
