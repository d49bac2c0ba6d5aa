// SPDX-License-Identifier: LGPL-2.1-or-later
/* The verbs that change memory; mhp plan, which stops before that; mhp apply. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define PLAN_AGAIN (-1)

/* Returns an exit code, having said why. */
static int save_plan(const struct mhp_plan *plan, const char *path)
{
	char *text = NULL, *why;
	int code;

	code = mhp_plan_copy_saved(plan, &text);
	if (code == 0)
		code = file_save(path, text);
	if (code < 0) {
		why = text_error(code);
		complain("%s: the plan was not saved: %s", path, why);
		free(why);
	}
	free(text);
	return exit_of_code(code);
}

static int show_plan(const struct options *options, const struct mhp_plan *plan)
{
	char *text;
	int r;

	if (options->save) {
		r = save_plan(plan, options->save);
		if (r)
			return r;
	}
	if (options->json) {
		json_plan(plan);
	} else {
		if (mhp_plan_copy_text(plan, &text) < 0)
			out_of_memory();
		say_lines(text);
		free(text);
	}
	if (mhp_plan_count_conflicts(plan))
		report_complain_conflicts(options, plan);
	return exit_of_plan(plan);
}

/* Planned for settings that a killed user had left borrowed, and that are put back by now? */
static bool is_to_repeat(const struct mhp_report *report)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(report);

	return mhp_report_get_recovery(report) &&
	       mhp_report_get_reason(report) == MHP_REASON_STALE &&
	       (outcome == MHP_OUTCOME_REFUSED || outcome == MHP_OUTCOME_UNDONE);
}

/*
 * PLAN_AGAIN, with the report, where planning anew will help and earlier is there to
 * take it: the next one is the last, and tells what the earlier one has recovered.
 */
static int carry_out(struct machine *machine, struct mhp_plan *plan, uint64_t block_size,
		     struct mhp_report **earlier)
{
	const char *then = mhp_plan_get_rules(plan) & MHP_RULE_KEEP ? "what worked is kept" :
			   "what was changed is put back (again: stop that too)";
	struct mhp_apply_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = machine->options->timeout_ms,
	};
	struct mhp_report *report = NULL;
	struct progress progress;
	int code, r;

	machine_forget_message(machine);
	progress_begin(&progress, &opts, then);
	code = mhp_apply(machine->ctx, plan, &opts, &report);
	progress_end(&progress);
	/* what was done must be told; without memory it is not */
	if (code == 0)
		set_exit_without_memory(exit_of_untold(exit_of_report(report)));
	if (machine_is_killed(machine)) {
		r = EXIT_KILLED;
	} else if (code < 0) {
		machine_complain(machine, mhp_plan_get_target(plan), code,
				 machine->options->capture && code == -EROFS ?
				 "a capture can only be looked at; --sim makes a machine of it" :
				 NULL);
		r = exit_of_code(code);
	} else if (earlier && !*earlier && is_to_repeat(report)) {
		*earlier = report;
		return PLAN_AGAIN;
	} else {
		r = report_show(machine, report, earlier ? *earlier : NULL, block_size);
	}
	mhp_report_free(report);
	return r;
}

/* There is no plan for the request: say why. Returns an exit code. */
static int complain_no_plan(const struct machine *machine, const struct mhp_snapshot *snap,
			    int code)
{
	const struct options *options = machine->options;
	bool is_regions_code = code == mhp_snapshot_get_regions_code(snap);
	char *target = request_target(options);

	if (code == -EINVAL)
		complain("%s: it is more than a plan can be about", target);
	else if (is_regions_code || (code == -ENOENT && options->region))
		machine_complain_no_region(snap, target);
	else if (code == -ENOENT)
		complain("%s: there is no such memory; mhp list shows what there is", target);
	else
		machine_complain(machine, target, code, NULL);
	free(target);
	return exit_of_code(code);
}

static int act(struct machine *machine, struct mhp_report **earlier)
{
	const struct options *options = machine->options;
	struct mhp_plan *plan = NULL;
	struct mhp_snapshot *snap;
	int code, r;

	/* of a part, whatever is in the way of it counts */
	r = machine_snapshot_for(machine, MHP_SNAPSHOT_FOR_PLANS,
				 options->size ? NULL : options->region, &snap);
	if (r)
		return r;
	code = mhp_plan_new(snap, options->request, &plan);
	if (code < 0)
		r = complain_no_plan(machine, snap, code);
	else if (options->dry_run)
		r = show_plan(options, plan);
	else
		r = carry_out(machine, plan, mhp_snapshot_get_block_size_bytes(snap), earlier);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	return r;
}

int verb_act(struct machine *machine)
{
	struct mhp_report *earlier = NULL;
	int r = act(machine, &earlier);

	if (r == PLAN_AGAIN)
		r = act(machine, &earlier);
	mhp_report_free(earlier);
	return r;
}

/* Rules where a saved plan is expected; also those with errors, by their name. */
static bool is_standing_policy(const char *path, const char *text, size_t length)
{
	size_t end = strlen(path), suffix = strlen(".conf");
	struct mhp_standing *standing = NULL;
	bool is;

	if (end > suffix && strcmp(path + end - suffix, ".conf") == 0)
		return true;
	if (mhp_standing_new_from_text(path, text, length, &standing) < 0)
		return false;
	is = mhp_standing_count_rules(standing) && !mhp_standing_count_errors(standing);
	mhp_standing_unref(standing);
	return is;
}

/* Returns an exit code, having said why. */
static int load_plan(const char *path, struct mhp_plan **ret_plan)
{
	unsigned int line = 0;
	size_t length;
	char *text = NULL, *why;
	int code;

	code = file_load(path, &text, &length);
	if (code == 0)
		code = mhp_plan_new_from_text(text, length, ret_plan, &line);
	if (code == -EBADMSG && is_standing_policy(path, text, length)) {
		complain("%s: no saved plan; for a standing policy: mhp apply --policy %s", path,
			 path);
	} else if (code == -EBADMSG) {
		complain("%s: line %u is of no plan that mhp plan --save writes", path, line);
	} else if (code == -E2BIG) {
		complain("%s: a newer mhp saved this plan; apply it with that one", path);
	} else if (code < 0) {
		why = text_error(code);
		complain("%s: %s%s%s", path, why, code == -EISDIR ?
			 "; for a standing policy in a directory: mhp apply --policy " : "",
			 code == -EISDIR ? path : "");
		free(why);
	}
	free(text);
	return exit_of_code(code);
}

int verb_apply(struct machine *machine)
{
	const struct options *options = machine->options;
	struct mhp_snapshot *snap = NULL;
	struct mhp_plan *plan;
	int r;

	r = load_plan(options->plan_file, &plan);
	if (r)
		return r;
	if (options->dry_run) {
		r = show_plan(options, plan);
	} else {
		/* for the size of a block, which a plan does not tell */
		r = machine_snapshot(machine, 0, &snap);
		if (r == EXIT_AS_ASKED)
			r = carry_out(machine, plan, mhp_snapshot_get_block_size_bytes(snap),
				      NULL);
	}
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	return r;
}
