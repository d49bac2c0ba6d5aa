// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp online, offline, unplug; and mhp plan, which stops before the first write. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static int on_progress(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	(void)data;
	(void)done_bytes;
	(void)total_bytes;
	return interrupted;
}

/*
 * Let the first Ctrl-C end the write that is under way (there is no SA_RESTART)
 * and have everything put back; the second one ends the program.
 */
static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct sigaction old;

		/* nohup and shells without job control say so with SIG_IGN */
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &action, NULL);
	}
}

static struct mhp_request *make_request(const struct options *options)
{
	struct mhp_request *request;
	int code;

	code = mhp_request_new(&request);
	if (code == 0)
		code = mhp_request_set_region(request, options->region);
	if (code == 0)
		code = mhp_request_set_rules(request, options->rules);
	if (code == 0 && options->verb == VERB_OFFLINE)
		code = mhp_request_set_goal(request, MHP_GOAL_OFFLINE);
	if (code == 0 && options->verb == VERB_UNPLUG)
		code = mhp_request_set_goal(request, MHP_GOAL_UNPLUGGED);
	if (code == 0 && options->verb == VERB_ONLINE) {
		code = mhp_request_set_goal(request, MHP_GOAL_ONLINE);
		if (code == 0 && options->type_is_default)
			mhp_request_set_default_type(request);
		else if (code == 0)
			code = mhp_request_set_online_type(request, options->type);
	}
	if (code < 0)		/* options were checked: nothing else is left */
		out_of_memory();
	return request;
}

/* What to do about a conflict, with the option's name where there is one. */
static const char *way_out(const struct mhp_conflict *conflict)
{
	switch (mhp_conflict_get_code(conflict)) {
	case MHP_CONFLICT_WRONG_ZONE:
		return "--rezone takes them offline first";
	case MHP_CONFLICT_NO_DEFAULT:
		return "name a type with --type";
	default:
		return mhp_conflict_get_hint(conflict);
	}
}

/*
 * One line: "REGION: what happened; what became of it; what to do". The library's
 * messages name the region already, some of them first.
 */
static void complain_about(const char *region, const char *message, const char *became,
			   const char *hint)
{
	size_t length = strlen(region);

	if (strncmp(message, region, length) == 0 && strncmp(message + length, ": ", 2) == 0)
		message += length + 2;
	else if (strncmp(message, region, length) == 0 && message[length] == ' ')
		message += length + 1;
	complain("%s: %s%s%s%s%s", region, message, became ? "; " : "", became ? became : "",
		 hint ? "; " : "", hint ? hint : "");
}

/* One line for all conflicts of a plan. */
static void complain_conflicts(const struct mhp_plan *plan)
{
	const struct mhp_conflict *conflict = mhp_plan_get_conflict(plan, 0);
	size_t more = mhp_plan_count_conflicts(plan) - 1;
	char *became = more ? text_format("and %zu more: see mhp plan", more) : NULL;

	complain_about(mhp_plan_get_region(plan), mhp_conflict_get_message(conflict), became,
		       way_out(conflict));
	free(became);
}

/*
 * What is worth knowing although all is as asked. The plan's warnings look ahead,
 * so most of them are over now.
 */
static void print_notes(const struct mhp_report *report)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	const char *region = mhp_plan_get_region(plan);
	const struct mhp_conflict *warning;
	const char *word;

	mhp_report_get_device_words(report, NULL, &word);
	for (size_t i = 0; (warning = mhp_plan_get_warning(plan, i)); i++) {
		switch (mhp_conflict_get_code(warning)) {
		case MHP_WARNING_LOST_BYTES:
			complain("%s: note: %s", region, mhp_conflict_get_message(warning));
			break;
		case MHP_WARNING_STALE_WORD:
			if (mhp_plan_count_steps(plan))
				break;
			/* fall through */
		case MHP_WARNING_WORD_WILL_LIE:
			complain("%s: note: the driver's word for it is \"%s\"; the blocks are "
				 "right", region, word ? word : "");
			break;
		default:
			break;
		}
	}
}

static int show_plan(const struct mhp_plan *plan, bool json)
{
	char *text;

	if (json) {
		json_plan(plan);
	} else {
		if (mhp_plan_copy_text(plan, &text) < 0)
			out_of_memory();
		say("%s", text);
		free(text);
	}
	if (mhp_plan_count_conflicts(plan))
		complain_conflicts(plan);
	return exit_of_plan(plan);
}

/* Blocks of a report that are alike now. */
struct group {
	enum mhp_state state;
	enum mhp_zone zone;
	size_t count;
	struct text_list ids;
};

/* "7 blocks online in Movable (896 MiB), 1 block offline (128 MiB): 35" */
static void print_blocks(const struct mhp_report *report, uint64_t block_size)
{
	const char *region = mhp_plan_get_region(mhp_report_get_plan(report));
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
		group->count++;
		text_list_add(&group->ids, mhp_result_get_id(result), 1);
	}

	say("%s: ", region);
	for (size_t k = 0; k < count; k++) {
		struct group *group = &groups[k];
		bool in_zone = group->zone != MHP_ZONE_UNKNOWN && group->zone != MHP_ZONE_NONE;
		char *ids = text_list_end(&group->ids);
		char size[TEXT_SIZE_MAX];

		say("%s%zu block%s %s%s%s (%s)%s%s", k ? "; " : "", group->count,
		    group->count == 1 ? "" : "s", mhp_state_to_str(group->state),
		    in_zone ? " in " : "", in_zone ? mhp_zone_to_str(group->zone) : "",
		    text_size(group->count * block_size, size),
		    count > 1 ? ": " : "", count > 1 ? ids : "");
		free(ids);
	}
	say("\n");
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
	say("%s: already %s%s%s, nothing to do\n", mhp_plan_get_region(plan),
	    mhp_goal_to_str(mhp_plan_get_goal(plan)), zone == MHP_ZONE_UNKNOWN ? "" : " in ",
	    zone == MHP_ZONE_UNKNOWN ? "" : mhp_zone_to_str(zone));
}

static void print_done(const struct mhp_report *report, uint64_t block_size)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	char size[TEXT_SIZE_MAX];

	if (mhp_report_get_reason(report) == MHP_REASON_ALREADY)
		print_already(report);
	else if (mhp_plan_get_goal(plan) == MHP_GOAL_UNPLUGGED)
		say("%s: unplugged, no blocks left (%s)\n", mhp_plan_get_region(plan),
		    text_size(mhp_report_count_results(report) * block_size, size));
	else
		print_blocks(report, block_size);
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
		return "how it is now could not be read";
	}
}

/* One line for a plan that was not carried out as asked. */
static void complain_report(const struct machine *machine, const struct mhp_report *report)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	const char *hint = mhp_report_get_hint(report);

	if (mhp_plan_count_conflicts(plan)) {
		complain_conflicts(plan);
		return;
	}
	if (machine->options->capture && mhp_report_get_reason(report) == MHP_REASON_READ_ONLY)
		hint = "a capture can only be looked at; --sim makes a machine of it";
	complain_about(mhp_plan_get_region(plan), mhp_report_get_message(report),
		       what_became(report), hint);
}

static int show_report(const struct machine *machine, const struct mhp_report *report,
		       const struct mhp_snapshot *snap)
{
	uint64_t block_size = mhp_snapshot_get_block_size_bytes(snap);
	enum mhp_outcome outcome = mhp_report_get_outcome(report);
	bool json = machine->options->json;

	if (json)
		json_report(report);
	else if (outcome == MHP_OUTCOME_DONE)
		print_done(report, block_size);
	else if (outcome != MHP_OUTCOME_UNDONE && outcome != MHP_OUTCOME_REFUSED)
		print_blocks(report, block_size);

	if (outcome != MHP_OUTCOME_DONE)
		complain_report(machine, report);
	else if (!json)
		print_notes(report);
	return exit_of_report(report);
}

static int apply(struct machine *machine, struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .progress = on_progress };
	struct mhp_report *report = NULL;
	int code, r;

	catch_signals();
	code = mhp_apply(machine->ctx, plan, &opts, &report);
	if (code < 0) {
		machine_complain(machine, mhp_plan_get_region(plan), code);
		r = exit_of_code(code);
	} else {
		r = show_report(machine, report, snap);
	}
	mhp_report_free(report);
	return r;
}

int verb_act(struct machine *machine)
{
	const struct options *options = machine->options;
	struct mhp_plan *plan = NULL;
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	int code, r;

	r = machine_snapshot(machine, MHP_SNAPSHOT_FOR_PLANS, &snap);
	if (r)
		return r;
	request = make_request(options);
	code = mhp_plan_new(snap, request, &plan);
	if (code == -ENOENT || (code < 0 && code == mhp_snapshot_get_regions_code(snap))) {
		machine_complain_no_region(snap, options->region);
		r = exit_of_code(code);
	} else if (code < 0) {
		machine_complain(machine, options->region, code);
		r = exit_of_code(code);
	} else if (options->dry_run) {
		r = show_plan(plan, options->json);
	} else {
		r = apply(machine, plan, snap);
	}
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	return r;
}
