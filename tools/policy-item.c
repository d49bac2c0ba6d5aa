// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the standing policy has to do with a region, for people. */
#include <stdlib.h>
#include <string.h>

#include <mhp/cause.h>

#include "tool.h"

char *item_now(const struct mhp_agenda_item *item)
{
	const struct mhp_region *region = mhp_agenda_item_get_region(item);
	enum mhp_state state = mhp_region_get_state(region);
	enum mhp_zone zone = mhp_region_get_zone(region);

	if (zone == MHP_ZONE_UNKNOWN || zone == MHP_ZONE_NONE)
		return text_format("%s", mhp_state_to_str(state));
	return text_format("%s in %s", mhp_state_to_str(state),
			   zone == MHP_ZONE_MIXED ? "several zones" : mhp_zone_to_str(zone));
}

const char *item_state_text(const struct mhp_agenda_item *item)
{
	switch (mhp_agenda_item_get_state(item)) {
	case MHP_ITEM_MET:
		return "as wanted";
	case MHP_ITEM_TO_DO:
		return "to be done by mhp apply";
	case MHP_ITEM_BLOCKED:
		return "not as wanted, and stays so";
	case MHP_ITEM_LEFT_ALONE:
		return "left alone";
	case MHP_ITEM_NO_RULE:
		return "no rule is about it";
	case MHP_ITEM_UNDECIDED:
		return "not known";
	case MHP_ITEM_NOTHING:
		return "nothing to do";
	case MHP_ITEM_UNKNOWN:
	default:
		return "?";
	}
}

bool item_is_idle(const struct mhp_agenda_item *item)
{
	return mhp_agenda_item_get_state(item) == MHP_ITEM_NO_RULE &&
	       mhp_region_get_kind(mhp_agenda_item_get_region(item)) == MHP_REGION_BOOT;
}

/* Each line of the plan behind the indent. */
void item_say_plan(const struct mhp_plan *plan, const char *indent)
{
	char *text;

	if (mhp_plan_copy_text(plan, &text) < 0)
		out_of_memory();
	for (const char *line = text; *line;) {
		int length = (int)strcspn(line, "\n");

		say("%s%.*s\n", indent, length, line);
		line += length + (line[length] == '\n');
	}
	free(text);
}

static void say_cause(const struct mhp_agenda *agenda, const struct mhp_agenda_item *item)
{
	enum mhp_cause_kind kind;
	char *text;

	if (mhp_region_guess_cause(mhp_agenda_get_snapshot(agenda),
				   mhp_agenda_item_get_region(item), &kind, &text) < 0)
		out_of_memory();
	say("  cause    %s\n", text);
	free(text);
}

static void say_repair(const struct mhp_agenda_item *item, const struct mhp_plan *repair)
{
	const char *name = mhp_region_get_name(mhp_agenda_item_get_region(item));
	uint64_t rules = mhp_plan_get_rules(repair);

	if (mhp_agenda_item_get_state(item) == MHP_ITEM_TO_DO)
		say("  repair   mhp apply\n");
	else if (mhp_plan_get_goal(repair) == MHP_GOAL_ONLINE)
		say("  repair   mhp online %s --type %s --rezone%s%s\n", name,
		    mhp_online_type_to_str(mhp_plan_get_online_type(repair)),
		    rules & MHP_RULE_PER_BLOCK ? " --per-block" : "",
		    rules & MHP_RULE_KERNEL_ZONE ? " --kernel-zone" : "");
	else
		say("  repair   by hand:\n");
	item_say_plan(repair, "           ");
}

const char *item_at_boot(const struct options *options, const struct mhp_agenda *agenda,
			 const struct mhp_agenda_item *item)
{
	return item_is_early(agenda, item) ? early_way_out(claim_find(options)) : NULL;
}

void item_say_remedy(const struct options *options, const struct mhp_agenda *agenda,
		     const struct mhp_agenda_item *item)
{
	const struct mhp_plan *repair = mhp_agenda_item_get_repair(item);
	const char *why = mhp_agenda_item_get_why(item);
	const char *way_out = mhp_agenda_item_get_way_out(item);
	const char *at_boot = item_at_boot(options, agenda, item);

	if (mhp_agenda_item_count_drifts(item))
		say_cause(agenda, item);
	/* where it could be rezoned the drift has said it */
	if (why && !repair)
		say("  because  %s\n", why);
	if (way_out)
		say("  way out  %s\n", way_out);
	if (at_boot)
		say("  at boot  %s\n", at_boot);
	if (repair)
		say_repair(item, repair);
}
