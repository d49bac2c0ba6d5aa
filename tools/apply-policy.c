// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp apply without a file: bring the machine to its standing policy, once. */
#include <errno.h>
#include <stdlib.h>

#include "tool.h"

static const char *item_name(const struct mhp_agenda_item *item)
{
	return mhp_region_get_name(mhp_agenda_item_get_region(item));
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* All is as it should be. */
static void say_wanted(size_t count)
{
	if (count)
		say("%zu region%s as wanted\n", count, plural(count));
	else
		say("nothing to do: no rule wants anything of the memory that is here\n");
}

/* Names in one line, of many the first ones. */
struct names {
	char *text;
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	char *more;

	if (names->count++ >= 8)
		return;
	more = text_format("%s%s%s", names->text ? names->text : "", names->text ? ", " : "",
			   name);
	free(names->text);
	names->text = more;
}

static void note_names(struct names *names, const char *what)
{
	if (names->count)
		complain("note: %s: %s%s", what, names->text, names->count > 8 ? ", ..." : "");
	free(names->text);
}

/* Short, as nothing is wrong: what the standing policy is not about. */
static void note_others(const struct mhp_agenda *agenda)
{
	struct names none = { 0 }, alone = { 0 };
	const struct mhp_agenda_item *item;

	for (size_t i = 0; (item = mhp_agenda_get_item(agenda, i)); i++) {
		enum mhp_item_state state = mhp_agenda_item_get_state(item);

		if (state == MHP_ITEM_LEFT_ALONE)
			add_name(&alone, item_name(item));
		else if (state == MHP_ITEM_NO_RULE && !item_is_idle(item))
			add_name(&none, item_name(item));
	}
	note_names(&alone, "left alone, as their rules say");
	if (mhp_standing_count_rules(mhp_agenda_get_standing(agenda)))
		note_names(&none, "no rule is about");
	else
		free(none.text);
}

/* One line for an item that is not as wanted, and that nothing was tried with. */
static void complain_item(const struct options *options, const struct mhp_agenda_item *item,
			  const char *message)
{
	report_complain(item_name(item), message, NULL,
			permission_way_out(options, mhp_agenda_item_get_way_out(item)));
}

/* ---- what would be done ---- */

static bool is_stuck(const struct mhp_agenda_item *item)
{
	enum mhp_item_state state = mhp_agenda_item_get_state(item);

	return state == MHP_ITEM_BLOCKED || state == MHP_ITEM_UNDECIDED;
}

static void say_counts(const struct mhp_agenda *agenda, size_t stuck)
{
	size_t to_do = mhp_agenda_count_in_state(agenda, MHP_ITEM_TO_DO);
	size_t met = mhp_agenda_count_in_state(agenda, MHP_ITEM_MET);

	if (!to_do && !stuck) {
		say_wanted(met);
		return;
	}
	say("%zu region%s to be changed, %zu as wanted", to_do, plural(to_do), met);
	if (stuck)
		say(", %zu not as wanted, and %s so", stuck, stuck == 1 ? "stays" : "stay");
	say("\n");
}

static void say_plan(const struct mhp_agenda_item *item)
{
	const char *guard = mhp_agenda_item_get_guard(item);

	item_say_plan(mhp_agenda_item_get_plan(item), "");
	if (guard)
		say("note: %s\n", guard);
}

static int show_agenda(const struct machine *machine, const struct mhp_agenda *agenda)
{
	const struct mhp_agenda_item *item;
	bool json = machine->options->json;
	size_t stuck = 0, denied = 0;

	if (json) {
		struct json_object *top = json_begin();

		json_add_items(top, machine->options, agenda);
		json_print(top);
	}
	for (size_t i = 0; (item = mhp_agenda_get_item(agenda, i)); i++) {
		if (mhp_agenda_item_get_state(item) == MHP_ITEM_TO_DO && !json)
			say_plan(item);
		if (!is_stuck(item))
			continue;
		stuck++;
		denied += exit_of_stuck_item(item) == EXIT_NO_PERMISSION;
	}
	if (!json)
		say_counts(agenda, stuck);
	for (size_t i = 0; (item = mhp_agenda_get_item(agenda, i)); i++)
		if (is_stuck(item))
			complain_item(machine->options, item, mhp_agenda_item_get_why(item));
	if (!json)
		note_others(agenda);
	return !stuck ? EXIT_AS_ASKED : denied == stuck ? EXIT_NO_PERMISSION : EXIT_REFUSED;
}

/* ---- what was done ---- */

static struct json_object *result_object(const struct options *options,
					 const struct mhp_agenda *agenda,
					 const struct mhp_agenda_result *result)
{
	struct json_object *object = json_item(options, agenda,
					       mhp_agenda_result_get_item(result));
	const struct mhp_report *report = mhp_agenda_result_get_report(result);
	struct json_object *details = NULL;

	json_add_text(object, "outcome",
		      mhp_outcome_to_str(mhp_agenda_result_get_outcome(result)));
	json_add_text(object, "reason",
		      mhp_reason_to_str(mhp_agenda_result_get_reason(result)));
	json_add_number(object, "errno", (uint64_t)-mhp_agenda_result_get_code(result));
	json_add_text(object, "message", mhp_agenda_result_get_message(result));
	if (report) {
		details = json_new_object();
		json_fill_report(details, report, mhp_agenda_result_get_first_report(result));
	}
	json_add(object, "report", details);
	return object;
}

static void print_json(const struct options *options, const struct mhp_agenda_report *report)
{
	struct json_object *top = json_begin(), *items = json_new_array();
	const struct mhp_agenda_result *result;

	json_add_text(top, "outcome",
		      mhp_outcome_to_str(mhp_agenda_report_get_outcome(report)));
	for (size_t i = 0; (result = mhp_agenda_report_get_result(report, i)); i++)
		json_append(items, result_object(options, mhp_agenda_report_get_agenda(report),
						 result));
	json_add(top, "items", items);
	json_print(top);
}

static bool is_failure(const struct mhp_agenda_result *result)
{
	return mhp_agenda_result_get_outcome(result) != MHP_OUTCOME_DONE;
}

/* Was it about a rule's wish, and is as that says? */
static bool is_as_wanted(const struct mhp_agenda_result *result)
{
	enum mhp_item_state state =
		mhp_agenda_item_get_state(mhp_agenda_result_get_item(result));

	return !is_failure(result) && (state == MHP_ITEM_MET || state == MHP_ITEM_TO_DO);
}

/* A result as the verbs for one region tell it. */
static void say_result(const struct machine *machine, const struct mhp_agenda_result *result,
		       uint64_t block_size)
{
	const struct mhp_agenda_item *item = mhp_agenda_result_get_item(result);
	const struct mhp_report *report = mhp_agenda_result_get_report(result);

	if (report)
		report_say(machine, report, mhp_agenda_result_get_first_report(result),
			   block_size);
	else if (is_failure(result))
		complain_item(machine->options, item, mhp_agenda_result_get_message(result));
	else if (mhp_agenda_result_get_reason(result) == MHP_REASON_GONE)
		complain("%s: note: %s", item_name(item),
			 mhp_agenda_result_get_message(result));
	if (mhp_agenda_item_get_guard(item) && is_as_wanted(result))
		complain("%s: note: %s", item_name(item), mhp_agenda_item_get_guard(item));
}

static void print_text(const struct machine *machine, const struct mhp_agenda_report *report)
{
	const struct mhp_agenda *agenda = mhp_agenda_report_get_agenda(report);
	uint64_t block_size =
		mhp_snapshot_get_block_size_bytes(mhp_agenda_get_snapshot(agenda));
	const struct mhp_agenda_result *result;
	size_t wanted = 0, failed = 0;

	for (size_t i = 0; (result = mhp_agenda_report_get_result(report, i)); i++) {
		say_result(machine, result, block_size);
		wanted += is_as_wanted(result);
		failed += is_failure(result);
	}
	if (failed)
		say("%zu of %zu region%s as wanted\n", wanted, wanted + failed,
		    plural(wanted + failed));
	else
		say_wanted(wanted);
	note_others(agenda);
}

static int exit_of_agenda_report(const struct mhp_agenda_report *report)
{
	const struct mhp_agenda_result *result;
	size_t failed = 0, denied = 0;

	switch (mhp_agenda_report_get_outcome(report)) {
	case MHP_OUTCOME_DONE:
		return EXIT_AS_ASKED;
	case MHP_OUTCOME_REFUSED:
	case MHP_OUTCOME_UNDONE:
		for (size_t i = 0; (result = mhp_agenda_report_get_result(report, i)); i++) {
			const struct mhp_report *one = mhp_agenda_result_get_report(result);
			int code = mhp_agenda_result_get_code(result);

			if (!is_failure(result))
				continue;
			failed++;
			denied += (one ? exit_of_report(one) : code ? exit_of_code(code) :
				   exit_of_stuck_item(mhp_agenda_result_get_item(result))) ==
				  EXIT_NO_PERMISSION;
		}
		return failed && denied == failed ? EXIT_NO_PERMISSION : EXIT_REFUSED;
	case MHP_OUTCOME_PARTIAL:
	case MHP_OUTCOME_UNKNOWN:
	default:
		return EXIT_PARTIAL;
	}
}

/* With JSON one line of each item that failed; text has told already. */
static void complain_results(const struct options *options,
			     const struct mhp_agenda_report *report)
{
	const struct mhp_agenda_result *result;

	for (size_t i = 0; (result = mhp_agenda_report_get_result(report, i)); i++)
		if (is_failure(result))
			complain_item(options, mhp_agenda_result_get_item(result),
				      mhp_agenda_result_get_message(result));
}

static int carry_out(struct machine *machine, struct mhp_agenda *agenda)
{
	struct mhp_apply_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = machine->options->timeout_ms,
	};
	struct mhp_agenda_report *report = NULL;
	struct progress progress;
	int code, r;

	machine_forget_message(machine);
	progress_begin(&progress, &opts, "the region at work is put back, and those before it are "
		       "kept (again: stop that too)");
	code = mhp_agenda_apply(machine->ctx, agenda, &opts, &report);
	progress_end(&progress);
	if (code == 0)
		set_exit_without_memory(exit_of_untold(exit_of_agenda_report(report)));
	if (machine_is_killed(machine)) {
		r = EXIT_KILLED;
	} else if (code < 0) {
		machine_complain(machine, "the standing policy", code, NULL);
		r = exit_of_code(code);
	} else {
		if (machine->options->json) {
			print_json(machine->options, report);
			complain_results(machine->options, report);
		} else {
			print_text(machine, report);
		}
		r = exit_of_agenda_report(report);
	}
	mhp_agenda_report_free(report);
	return r;
}

int verb_apply_policy(struct machine *machine)
{
	struct mhp_agenda *agenda = NULL;
	int r;

	r = policy_agenda(machine, &agenda);
	if (r)
		return r;
	if (!machine->options->json)
		policy_note_none(machine, mhp_agenda_get_standing(agenda));
	if (machine->options->dry_run)
		r = show_agenda(machine, agenda);
	else
		r = carry_out(machine, agenda);
	mhp_agenda_unref(agenda);
	return r;
}
