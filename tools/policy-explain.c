// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp policy explain: which rule decides about a region and why, why no rule before it
 * does, and what that comes to just now.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const char *match_word(enum mhp_match match)
{
	return match == MHP_MATCH_YES ? "yes" : match == MHP_MATCH_NO ? "no" : "unknown";
}

/* Does the answer end the search? Returned in *ret_why is what the caller frees. */
static bool decides(const struct mhp_standing_rule *rule, const struct mhp_snapshot *snap,
		    const struct mhp_region *region, enum mhp_match *ret_match, char **ret_why)
{
	*ret_why = NULL;
	*ret_match = mhp_standing_rule_match(rule, snap, region, ret_why);
	if (!*ret_why)
		out_of_memory();
	return *ret_match != MHP_MATCH_NO;
}

static void say_region(const struct mhp_region *region)
{
	char size[TEXT_SIZE_MAX];
	const char *driver;
	uint64_t bytes;
	int node;

	say("%s: %s", mhp_region_get_name(region),
	    mhp_region_kind_to_str(mhp_region_get_kind(region)));
	for (const struct mhp_region *parent = region; (parent = mhp_region_get_parent(parent));)
		say(", made from %s (%s)", mhp_region_get_name(parent),
		    mhp_region_kind_to_str(mhp_region_get_kind(parent)));
	if (mhp_region_get_size_bytes(region, &bytes) == 0)
		say(", %s", text_size(bytes, size));
	if (mhp_region_get_node_id(region, &node) == 0)
		say(", node %d", node);
	if (mhp_region_get_driver(region, &driver) == 0 && driver)
		say(", driver %s", driver);
	say("\n");
}

/* What the rule wants, in words: what can come true of this region. */
static void say_wish(const struct mhp_standing_rule *rule, const struct mhp_region *region)
{
	unsigned int line = mhp_standing_rule_get_key_line(rule, "type");
	enum mhp_region_kind kind = mhp_region_get_kind(region);
	uint64_t rules = mhp_standing_rule_get_rules(rule);
	unsigned int percent;

	say("  wants    %s (line %u)", policy_wish_word(rule), line);
	if (mhp_standing_rule_get_wish(rule) == MHP_WISH_LEAVE_ALONE) {
		say(": nothing is done to it\n");
		return;
	}
	say("\n");
	if (kind == MHP_REGION_BOOT) {
		say("           nothing is done to boot memory, whatever a rule wants\n");
		return;
	}
	if (mhp_region_can(region, MHP_CAN_PLUG, NULL))
		say("           %s\n", mhp_standing_rule_can_plug_persistent(rule) ?
		    "plugged if it is not System RAM, persistent memory too" :
		    mhp_standing_rule_can_plug(rule) ? "plugged if it is not System RAM" :
		    "only if it is System RAM already");
	if (mhp_standing_rule_get_max_movable_ratio(rule, &percent) == 0)
		say("           in a kernel zone instead, if MOVABLE:KERNEL would be above %u %%\n",
		    percent);
	say("           online elsewhere: %s\n", rules & MHP_RULE_REZONE ?
	    "taken offline first" : "reported, and left so");
	if (rules & MHP_RULE_KERNEL_ZONE && kind == MHP_REGION_VIRTIO_MEM)
		say("           in a kernel zone also what the host is to have back\n");
}

/* The rules up to the one that decides; returns that, or NULL. */
static const struct mhp_standing_rule *say_rules(const struct mhp_standing *standing,
						 const struct mhp_snapshot *snap,
						 const struct mhp_region *region)
{
	const struct mhp_standing_rule *rule;

	for (size_t i = 0; (rule = mhp_standing_get_rule(standing, i)); i++) {
		char *place = policy_rule_place(rule), *why;
		enum mhp_match match;
		bool last = decides(rule, snap, region, &match, &why);

		say("rule [%s] %s\n  %-8s %s\n", mhp_standing_rule_get_name(rule), place,
		    match == MHP_MATCH_YES ? "matches" : match == MHP_MATCH_NO ? "no" : "unknown",
		    why);
		free(place);
		free(why);
		if (last)
			return match == MHP_MATCH_YES ? rule : NULL;
	}
	return NULL;
}

static void say_item(const struct options *options, const struct mhp_agenda *agenda,
		     const struct mhp_agenda_item *item)
{
	const char *guard = mhp_agenda_item_get_guard(item);
	const struct mhp_drift *drift;
	enum mhp_online_type type;
	char *now = item_now(item);

	say("now\n  is       %s\n", now);
	if (mhp_agenda_item_get_online_type(item, &type) == 0)
		say("  wanted   %s\n", mhp_online_type_to_str(type));
	if (guard)
		say("           %s\n", guard);
	say("  state    %s\n", item_state_text(item));
	for (size_t i = 0; (drift = mhp_agenda_item_get_drift(item, i)); i++)
		say("  drift    %s\n", mhp_drift_get_message(drift));
	item_say_remedy(options, agenda, item);
	free(now);
}

/* Those that are made of it, and have its memory. */
static void say_children(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	const struct mhp_region *other;

	say("now\n  its memory belongs to what is made of it:");
	for (size_t i = 0; (other = mhp_snapshot_get_region(snap, i)); i++)
		if (mhp_region_get_parent(other) == region)
			say(" %s", mhp_region_get_name(other));
	say("; mhp policy explain tells about these\n");
}

static void print_text(const struct options *options, const struct mhp_agenda *agenda,
		       const struct mhp_region *region, const struct mhp_agenda_item *item)
{
	const struct mhp_standing *standing = mhp_agenda_get_standing(agenda);
	const struct mhp_snapshot *snap = mhp_agenda_get_snapshot(agenda);
	const struct mhp_standing_rule *rule;

	say_region(region);
	rule = say_rules(standing, snap, region);
	if (rule)
		say_wish(rule, region);
	else if (mhp_standing_count_rules(standing) == 0)
		say("there are no rules\n");
	else if (item && mhp_agenda_item_get_state(item) == MHP_ITEM_NO_RULE)
		say("no rule is about it\n");
	if (item)
		say_item(options, agenda, item);
	else
		say_children(snap, region);
}

static void print_json(const struct options *options, const struct mhp_agenda *agenda,
		       const struct mhp_region *region, const struct mhp_agenda_item *item)
{
	const struct mhp_standing *standing = mhp_agenda_get_standing(agenda);
	struct json_object *top = json_begin(), *rules = json_new_array();
	const struct mhp_standing_rule *rule, *found = NULL;

	json_add_text(top, "region", mhp_region_get_name(region));
	for (size_t i = 0; !found && (rule = mhp_standing_get_rule(standing, i)); i++) {
		struct json_object *object = json_rule_place(rule);
		enum mhp_match match;
		char *why;

		if (decides(rule, mhp_agenda_get_snapshot(agenda), region, &match, &why))
			found = rule;
		json_add_text(object, "match", match_word(match));
		json_add_list(object, "why", why);
		json_append(rules, object);
	}
	json_add(top, "rules", rules);
	json_add(top, "item", item ? json_item(options, agenda, item) : NULL);
	json_print(top);
}

int verb_policy_explain(struct machine *machine)
{
	const char *name = machine->options->region;
	const struct mhp_agenda_item *item;
	const struct mhp_region *region;
	struct mhp_agenda *agenda = NULL;
	int r;

	r = policy_agenda(machine, &agenda);
	if (r)
		return r;
	item = mhp_agenda_find_item(agenda, name);
	region = item ? mhp_agenda_item_get_region(item) :
			mhp_snapshot_find_region(mhp_agenda_get_snapshot(agenda), name);
	if (!region) {
		machine_complain_no_region(mhp_agenda_get_snapshot(agenda), name);
		r = EXIT_REFUSED;
	} else if (machine->options->json) {
		print_json(machine->options, agenda, region, item);
	} else {
		print_text(machine->options, agenda, region, item);
	}
	mhp_agenda_unref(agenda);
	return r;
}
