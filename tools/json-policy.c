// SPDX-License-Identifier: LGPL-2.1-or-later
/* The standing policy as JSON, and what it has to do with a machine. */
#include <stdlib.h>

#include <mhp/cause.h>

#include "tool.h"

/* Which rule; NULL, which becomes null, for none. */
struct json_object *json_rule_place(const struct mhp_standing_rule *rule)
{
	struct json_object *object;

	if (!rule)
		return NULL;
	object = json_new_object();
	json_add_text(object, "name", mhp_standing_rule_get_name(rule));
	json_add_text(object, "file", mhp_standing_rule_get_file(rule));
	json_add_number(object, "line", mhp_standing_rule_get_line(rule));
	return object;
}

static const char *plug_word(const struct mhp_standing_rule *rule)
{
	return mhp_standing_rule_can_plug_persistent(rule) ? "persistent" :
	       mhp_standing_rule_can_plug(rule) ? "yes" : "no";
}

static struct json_object *rule_object(const struct mhp_standing_rule *rule)
{
	struct json_object *object = json_rule_place(rule), *keys = json_new_object();
	char *text = policy_rule_text(rule), *at = text;
	struct rule_line line;
	unsigned int percent;

	json_add_text(object, "type", mhp_standing_rule_get_wish(rule) == MHP_WISH_UNKNOWN ? NULL :
				      policy_wish_word(rule));
	json_add_number(object, "order", mhp_standing_rule_get_order(rule));
	if (mhp_standing_rule_get_max_movable_ratio(rule, &percent) == 0)
		json_add_number(object, "max_movable_ratio", percent);
	else
		json_add(object, "max_movable_ratio", NULL);
	json_add_text(object, "plug", plug_word(rule));
	json_add_rules(object, mhp_standing_rule_get_rules(rule));
	while (policy_next_line(&at, &line))
		json_add_text(keys, line.key, line.value);
	json_add(object, "keys", keys);
	free(text);
	return object;
}

void json_add_policy_rules(struct json_object *top, const struct mhp_standing *standing)
{
	struct json_object *rules = json_new_array();
	const struct mhp_standing_rule *rule;

	for (size_t i = 0; (rule = mhp_standing_get_rule(standing, i)); i++)
		json_append(rules, rule_object(rule));
	json_add(top, "rules", rules);
}

/* ---- items ---- */

static struct json_object *drift_object(const struct mhp_drift *drift)
{
	struct json_object *object = json_new_object();
	struct text_list blocks = { 0 };
	uint64_t id;

	for (size_t i = 0; mhp_drift_get_block_id(drift, i, &id) == 0; i++)
		text_list_add(&blocks, id, 1);
	json_add_text(object, "kind", mhp_drift_kind_to_str(mhp_drift_get_kind(drift)));
	json_add_text(object, "message", mhp_drift_get_message(drift));
	json_add_list(object, "blocks", text_list_end(&blocks));
	return object;
}

static struct json_object *cause_object(const struct mhp_agenda *agenda,
					const struct mhp_region *region)
{
	struct json_object *object = json_new_object();
	enum mhp_cause_kind kind;
	char *text;

	if (mhp_region_guess_cause(mhp_agenda_get_snapshot(agenda), region, &kind, &text) < 0)
		out_of_memory();
	json_add_text(object, "kind", mhp_cause_kind_to_str(kind));
	json_add_list(object, "text", text);
	return object;
}

static struct json_object *plan_object(const struct mhp_plan *plan)
{
	struct json_object *object;

	if (!plan)
		return NULL;
	object = json_new_object();
	json_fill_plan(object, plan);
	return object;
}

struct json_object *json_item(const struct options *options, const struct mhp_agenda *agenda,
			      const struct mhp_agenda_item *item)
{
	const struct mhp_region *region = mhp_agenda_item_get_region(item);
	struct json_object *object = json_new_object(), *drifts = json_new_array();
	enum mhp_online_type type;
	const struct mhp_drift *drift;
	const char *identity;

	json_add_text(object, "region", mhp_region_get_name(region));
	if (mhp_region_get_identity(region, &identity) < 0)
		identity = NULL;
	json_add_text(object, "identity", identity);
	json_add_text(object, "kind", mhp_region_kind_to_str(mhp_region_get_kind(region)));
	json_add_text(object, "now", json_condition(mhp_region_get_state(region),
						    mhp_region_get_zone(region)));
	json_add(object, "rule", json_rule_place(mhp_agenda_item_get_rule(item)));
	json_add_text(object, "state", mhp_item_state_to_str(mhp_agenda_item_get_state(item)));
	json_add_text(object, "type", mhp_agenda_item_get_online_type(item, &type) == 0 ?
				      mhp_online_type_to_str(type) : NULL);
	json_add_text(object, "guard", mhp_agenda_item_get_guard(item));
	json_add_text(object, "why", mhp_agenda_item_get_why(item));
	json_add_text(object, "way_out", mhp_agenda_item_get_way_out(item));
	json_add_text(object, "at_boot", item_at_boot(options, agenda, item));
	for (size_t i = 0; (drift = mhp_agenda_item_get_drift(item, i)); i++)
		json_append(drifts, drift_object(drift));
	json_add(object, "drifts", drifts);
	json_add(object, "cause", mhp_agenda_item_count_drifts(item) ?
				  cause_object(agenda, region) : NULL);
	json_add(object, "repair", plan_object(mhp_agenda_item_get_repair(item)));
	return object;
}

void json_add_items(struct json_object *top, const struct options *options,
		    const struct mhp_agenda *agenda)
{
	struct json_object *items = json_new_array();
	const struct mhp_agenda_item *item;

	for (size_t i = 0; (item = mhp_agenda_get_item(agenda, i)); i++)
		json_append(items, json_item(options, agenda, item));
	json_add(top, "items", items);
}
