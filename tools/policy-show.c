// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp policy show: the rules in the order in which they are asked, and what each decides. */
#include <stdlib.h>

#include "tool.h"

enum { RULE_NAME, RULE_PLACE, RULE_MATCH, RULE_TYPE, RULE_ORDER, RULE_OTHER, RULE_COUNT };

static const struct table_column rule_columns[RULE_COUNT] = {
	[RULE_NAME] = { "RULE", false },
	[RULE_PLACE] = { "FILE:LINE", false },
	[RULE_MATCH] = { "MATCH", false },
	[RULE_TYPE] = { "TYPE", false },
	[RULE_ORDER] = { "ORDER", true },
	[RULE_OTHER] = { "OTHER", false },
};

enum { ITEM_REGION, ITEM_KIND, ITEM_NOW, ITEM_RULE, ITEM_WANTED, ITEM_STATE, ITEM_COUNT };

static const struct table_column item_columns[ITEM_COUNT] = {
	[ITEM_REGION] = { "REGION", false },
	[ITEM_KIND] = { "KIND", false },
	[ITEM_NOW] = { "NOW", false },
	[ITEM_RULE] = { "RULE", false },
	[ITEM_WANTED] = { "WANTED", false },
	[ITEM_STATE] = { "STATE", false },
};

static void print_rules(const struct mhp_standing *standing)
{
	struct libscols_table *table = table_new(rule_columns, RULE_COUNT);
	const struct mhp_standing_rule *rule;
	bool has_other = false;

	for (size_t i = 0; (rule = mhp_standing_get_rule(standing, i)); i++) {
		struct libscols_line *line = table_add_line(table);
		char *place = policy_rule_place(rule), *match, *other;
		char order[16];

		policy_rule_lists(rule, &match, &other);
		snprintf(order, sizeof(order), "%u", mhp_standing_rule_get_order(rule));
		table_set(line, RULE_NAME, mhp_standing_rule_get_name(rule));
		table_set(line, RULE_PLACE, place);
		table_set(line, RULE_MATCH, match ? match : "everything");
		table_set(line, RULE_TYPE, policy_wish_word(rule));
		table_set(line, RULE_ORDER, order);
		table_set(line, RULE_OTHER, other ? other : "-");
		has_other |= other != NULL;
		free(place);
		free(match);
		free(other);
	}
	if (!has_other)
		table_hide(table, RULE_OTHER);
	if (mhp_standing_count_rules(standing))
		table_print(table);
	table_free(table);
}

static void print_items(const struct mhp_agenda *agenda)
{
	struct libscols_table *table = table_new(item_columns, ITEM_COUNT);
	const struct mhp_agenda_item *item;
	size_t count = 0;

	for (size_t i = 0; (item = mhp_agenda_get_item(agenda, i)); i++) {
		const struct mhp_standing_rule *rule = mhp_agenda_item_get_rule(item);
		const struct mhp_region *region = mhp_agenda_item_get_region(item);
		struct libscols_line *line;
		enum mhp_online_type type;
		char *now;

		if (item_is_idle(item))
			continue;
		line = table_add_line(table);
		now = item_now(item);
		table_set(line, ITEM_REGION, mhp_region_get_name(region));
		table_set(line, ITEM_KIND, mhp_region_kind_to_str(mhp_region_get_kind(region)));
		table_set(line, ITEM_NOW, now);
		table_set(line, ITEM_RULE, rule ? mhp_standing_rule_get_name(rule) : "-");
		table_set(line, ITEM_WANTED, mhp_agenda_item_get_online_type(item, &type) == 0 ?
					     mhp_online_type_to_str(type) : "-");
		table_set(line, ITEM_STATE, item_state_text(item));
		free(now);
		count++;
	}
	if (count && mhp_standing_count_rules(mhp_agenda_get_standing(agenda)))
		say("\n");
	if (count)
		table_print(table);
	table_free(table);
}

int verb_policy_show(struct machine *machine)
{
	struct mhp_agenda *agenda = NULL;
	const struct mhp_standing *standing;
	int r;

	r = policy_agenda(machine, &agenda);
	if (r)
		return r;
	standing = mhp_agenda_get_standing(agenda);
	if (machine->options->json) {
		struct json_object *top = json_begin();

		json_add_policy_rules(top, standing);
		json_add_items(top, machine->options, agenda);
		json_print(top);
	} else {
		print_rules(standing);
		print_items(agenda);
		policy_note_none(machine, standing);
	}
	mhp_agenda_unref(agenda);
	return EXIT_AS_ASKED;
}
