// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp drift: where device word, blocks, zones and the standing policy disagree, who is likely
 * to have done it, and what would repair it.
 */
#include <errno.h>
#include <stdlib.h>

#include "tool.h"

static void say_drifts(const struct options *options, const struct mhp_agenda *agenda,
		       const struct mhp_agenda_item *item)
{
	const char *name = mhp_region_get_name(mhp_agenda_item_get_region(item));
	const struct mhp_standing_rule *rule = mhp_agenda_item_get_rule(item);
	const struct mhp_drift *drift;

	for (size_t i = 0; (drift = mhp_agenda_item_get_drift(item, i)); i++)
		say("%s: %s\n", name, mhp_drift_get_message(drift));
	if (rule) {
		char *place = policy_rule_place(rule);

		say("  rule     [%s] %s: %s\n", mhp_standing_rule_get_name(rule), place,
		    policy_wish_word(rule));
		free(place);
	}
	if (mhp_agenda_item_get_guard(item))
		say("           %s\n", mhp_agenda_item_get_guard(item));
	item_say_remedy(options, agenda, item);
}

/* What cannot be told may be drift: it is no success. Returns an exit code. */
static int complain_undecided(const struct options *options, const struct mhp_agenda_item *item)
{
	report_complain(mhp_region_get_name(mhp_agenda_item_get_region(item)),
			mhp_agenda_item_get_why(item), NULL,
			permission_way_out(options, mhp_agenda_item_get_way_out(item)));
	return exit_of_stuck_item(item);
}

static int tell(const struct machine *machine, const struct mhp_agenda *agenda,
		const struct mhp_agenda_item *only)
{
	struct json_object *items = json_new_array();
	bool json = machine->options->json;
	const struct mhp_agenda_item *item;
	size_t drifted = 0, count = 0;
	int r = EXIT_AS_ASKED;

	for (size_t i = 0; (item = mhp_agenda_get_item(agenda, i)); i++) {
		bool has_drift = mhp_agenda_item_count_drifts(item) != 0;
		bool is_known = mhp_agenda_item_get_state(item) != MHP_ITEM_UNDECIDED;

		if (only && item != only)
			continue;
		count += !item_is_idle(item);
		drifted += has_drift;
		if (has_drift && !json)
			say_drifts(machine->options, agenda, item);
		if (json && (has_drift || !is_known))
			json_append(items, json_item(machine->options, agenda, item));
		if (!has_drift && !is_known)
			r = complain_undecided(machine->options, item);
	}
	if (json) {
		struct json_object *top = json_begin();

		json_add(top, "items", items);
		json_print(top);
	} else {
		json_free(items);
		if (!drifted && r == EXIT_AS_ASKED) {
			policy_note_none(machine, mhp_agenda_get_standing(agenda));
			say("no drift in %zu region%s\n", count, count == 1 ? "" : "s");
		}
	}
	if (drifted)
		complain("%zu of %zu region%s %s drifted", drifted, count, count == 1 ? "" : "s",
			 drifted == 1 ? "has" : "have");
	return drifted ? EXIT_REFUSED : r;
}

int verb_drift(struct machine *machine)
{
	const char *name = machine->options->region;
	const struct mhp_agenda_item *only = NULL;
	struct mhp_agenda *agenda = NULL;
	int r;

	r = policy_agenda(machine, &agenda);
	if (r)
		return r;
	if (name)
		only = mhp_agenda_find_item(agenda, name);
	if (name && !only &&
	    mhp_snapshot_find_region(mhp_agenda_get_snapshot(agenda), name)) {
		complain("%s: its memory belongs to regions that are made of it: see mhp list "
			 "--tree, and ask for these", name);
		r = EXIT_REFUSED;
	} else if (name && !only) {
		machine_complain_no_region(mhp_agenda_get_snapshot(agenda), name);
		r = EXIT_REFUSED;
	} else {
		r = tell(machine, agenda, only);
	}
	mhp_agenda_unref(agenda);
	return r;
}
