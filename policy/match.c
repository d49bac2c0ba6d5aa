// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Does a rule match a region? Key by key, each with what the region has. "No" needs to be
 * known for sure: what could not be read, or is not known yet, is no "no".
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>

#include "policy.h"

struct question {
	const struct mhp_standing_rule *rule;
	const struct mhp_snapshot *snap;
	const struct mhp_region *region;
	struct text has;	/* what the region has: a part of a sentence */
};

/* ---- kind, name, identity: also of what the region is made from ---- */

static bool is_one_of(const struct words *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (fnmatch(patterns->list[i], name, 0) == 0)
			return true;
	return false;
}

static void add_unread(struct text *text, int code)
{
	text_add(text, "could not be read: ");
	text_add_code(text, code);
}

static enum mhp_match ask_identity_of(struct question *q, const struct mhp_region *region)
{
	const char *identity;
	int r = mhp_region_get_identity(region, &identity);

	if (!(mhp_snapshot_get_flags(q->snap) & MHP_SNAPSHOT_IDENTITY)) {
		text_add(&q->has, "that was not asked for: the snapshot was made without "
			 "MHP_SNAPSHOT_IDENTITY");
		return MHP_MATCH_UNKNOWN;
	}
	if (r == -ENODATA) {
		text_add(&q->has, "it has none");
		return MHP_MATCH_NO;
	}
	if (r == -ENOTUNIQ)
		text_add(&q->has, "another region has the same");
	else if (r < 0)
		add_unread(&q->has, r);
	if (r < 0)
		return MHP_MATCH_UNKNOWN;
	text_add(&q->has, "it is ");
	text_add_escaped(&q->has, identity);
	return is_one_of(&q->rule->identities, identity) ? MHP_MATCH_YES : MHP_MATCH_NO;
}

static enum mhp_match ask_one(struct question *q, enum key key, const struct mhp_region *region)
{
	bool is;

	if (key == KEY_IDENTITY)
		return ask_identity_of(q, region);
	text_add(&q->has, "it is ");
	if (key == KEY_KIND) {
		text_add(&q->has, "%s", mhp_region_kind_to_str(mhp_region_get_kind(region)));
		is = q->rule->kinds & 1U << mhp_region_get_kind(region);
	} else {
		text_add_escaped(&q->has, mhp_region_get_name(region));
		is = is_one_of(&q->rule->names, mhp_region_get_name(region));
	}
	return is ? MHP_MATCH_YES : MHP_MATCH_NO;
}

/* Yes from one of them is enough. */
static enum mhp_match ask_ancestors(struct question *q, enum key key)
{
	enum mhp_match match, all = MHP_MATCH_NO;

	for (const struct mhp_region *region = q->region; region;
	     region = mhp_region_get_parent(region)) {
		if (region != q->region) {
			text_add(&q->has, "; of ");
			text_add_escaped(&q->has, mhp_region_get_name(region));
			text_add(&q->has, ", which it is made from: ");
		}
		match = ask_one(q, key, region);
		if (match == MHP_MATCH_YES)
			return match;
		if (match == MHP_MATCH_UNKNOWN)
			all = match;
	}
	return all;
}

/* ---- driver, ram ---- */

static enum mhp_match ask_driver(struct question *q)
{
	const char *driver;
	int r = mhp_region_get_driver(q->region, &driver);

	if (r < 0) {
		add_unread(&q->has, r);
		return MHP_MATCH_UNKNOWN;
	}
	text_add(&q->has, driver ? "it has " : "it has none");
	if (driver)
		text_add_escaped(&q->has, driver);
	else
		driver = NO_DRIVER;
	for (size_t i = 0; i < q->rule->drivers.count; i++)
		if (!strcmp(q->rule->drivers.list[i], driver))
			return MHP_MATCH_YES;
	return MHP_MATCH_NO;
}

static enum mhp_match ask_ram(struct question *q)
{
	struct text name = { 0 };
	enum mhp_match match;
	const char *driver;
	char *str;
	int r = mhp_region_get_ram_driver(q->region, &driver);

	if (r < 0) {
		add_unread(&q->has, r);
		return MHP_MATCH_UNKNOWN;
	}
	if (!driver && !mhp_region_count_total_blocks(q->region)) {
		text_add(&q->has, "it is not System RAM");
		return MHP_MATCH_NO;
	}
	text_add(&name, "System RAM");
	if (driver)
		text_add(&name, " (%s)", driver);
	if (text_finish(&name, &str) < 0)
		return MHP_MATCH_UNKNOWN;
	match = fnmatch(q->rule->ram, str, 0) == 0 ? MHP_MATCH_YES : MHP_MATCH_NO;
	text_add(&q->has, "it is ");
	text_add_escaped(&q->has, str);
	free(str);
	return match;
}

/* ---- node, and what nodes are like ---- */

static bool is_in(const struct spans *spans, int number)
{
	for (size_t i = 0; i < spans->count; i++)
		if ((unsigned int)number >= spans->list[i].first &&
		    (unsigned int)number <= spans->list[i].last)
			return true;
	return false;
}

static enum mhp_match ask_tier_of(struct question *q, int id)
{
	const struct mhp_node *node = mhp_snapshot_find_node(q->snap, id);
	int tier, r = node ? mhp_node_get_tier(node, &tier) : -ENODATA;

	if (r == -ENODATA)
		text_add(&q->has, "node %d is in no memory tier, or that was not asked for", id);
	else if (r < 0)
		add_unread(&q->has, r);
	if (r < 0)
		return MHP_MATCH_UNKNOWN;
	text_add(&q->has, "node %d is in tier %d", id, tier);
	return is_in(&q->rule->tiers, tier) ? MHP_MATCH_YES : MHP_MATCH_NO;
}

static enum mhp_match ask_cpus_of(struct question *q, int id)
{
	const struct mhp_node *node = mhp_snapshot_find_node(q->snap, id);
	int r = mhp_snapshot_get_nodes_code(q->snap);
	bool has_cpu = false;

	/* one that its first memory brings has no processors */
	if (node)
		r = mhp_node_get_has_cpu(node, &has_cpu);
	if (r < 0) {
		text_add(&q->has, "whether node %d has processors ", id);
		add_unread(&q->has, r);
		return MHP_MATCH_UNKNOWN;
	}
	text_add(&q->has, "node %d has %s", id, has_cpu ? "processors" : "none");
	return has_cpu != q->rule->cpu_less ? MHP_MATCH_YES : MHP_MATCH_NO;
}

static enum mhp_match ask_node_of(struct question *q, enum key key, int id)
{
	if (key == KEY_TIER)
		return ask_tier_of(q, id);
	if (key == KEY_CPU_LESS)
		return ask_cpus_of(q, id);
	text_add(&q->has, "it is on node %d", id);
	return is_in(&q->rule->nodes, id) ? MHP_MATCH_YES : MHP_MATCH_NO;
}

/* The region has no node for itself, but its blocks may: then all must match. */
static enum mhp_match ask_blocks(struct question *q, enum key key)
{
	enum mhp_match match, all = MHP_MATCH_YES;
	size_t count = mhp_region_count_blocks(q->region);
	int node, last = -1;

	if (!count || count != mhp_region_count_total_blocks(q->region)) {
		text_add(&q->has, "its node is not known");
		return MHP_MATCH_UNKNOWN;
	}
	for (size_t i = 0; i < count && all != MHP_MATCH_NO; i++) {
		if (mhp_block_get_node_id(mhp_region_get_block(q->region, i), &node) < 0) {
			if (all == MHP_MATCH_YES)
				text_add(&q->has, "%sthe node of a block is not known",
					 last < 0 ? "" : "; ");
			all = MHP_MATCH_UNKNOWN;
			continue;
		}
		if (node == last)
			continue;
		text_add(&q->has, "%s", last < 0 ? "" : "; ");
		match = ask_node_of(q, key, node);
		last = node;
		if (match == MHP_MATCH_NO || all == MHP_MATCH_YES)
			all = match;
	}
	return all;
}

static enum mhp_match ask_node(struct question *q, enum key key)
{
	int node, r = mhp_region_get_node_id(q->region, &node);

	if (r == 0)
		return ask_node_of(q, key, node);
	if (!mhp_snapshot_count_nodes(q->snap) && mhp_snapshot_get_nodes_code(q->snap) == 0) {
		text_add(&q->has, "there are no nodes");
		return MHP_MATCH_NO;
	}
	if (r == -ENODATA)
		return ask_blocks(q, key);
	text_add(&q->has, "its node ");
	add_unread(&q->has, r);
	return MHP_MATCH_UNKNOWN;
}

/* ---- size ---- */

static enum mhp_match ask_size(struct question *q, enum key key)
{
	uint64_t bytes;
	int r = mhp_region_get_size_bytes(q->region, &bytes);
	bool is;

	if (r < 0) {
		add_unread(&q->has, r);
		return MHP_MATCH_UNKNOWN;
	}
	text_add(&q->has, "it has ");
	text_add_bytes(&q->has, bytes);
	is = key == KEY_MIN_SIZE ? bytes >= q->rule->min_bytes : bytes <= q->rule->max_bytes;
	return is ? MHP_MATCH_YES : MHP_MATCH_NO;
}

/* ---- all keys ---- */

static enum mhp_match ask(struct question *q, enum key key)
{
	switch (key) {
	case KEY_KIND:
	case KEY_NAME:
	case KEY_IDENTITY:
		return ask_ancestors(q, key);
	case KEY_DRIVER:
		return ask_driver(q);
	case KEY_RAM:
		return ask_ram(q);
	case KEY_NODE:
	case KEY_TIER:
	case KEY_CPU_LESS:
		return ask_node(q, key);
	case KEY_MIN_SIZE:
	case KEY_MAX_SIZE:
		return ask_size(q, key);
	default:
		return MHP_MATCH_YES;
	}
}

static void add_key(struct text *why, const struct mhp_standing_rule *rule, enum key key,
		    struct text *has)
{
	text_add(why, "%s%s = ", why->length ? "; " : "", key_name(key));
	key_print(key, rule, false, why);
	text_add(why, " (line %u): ", rule->lines[key]);
	text_add_raw(why, has->str, has->length);
	why->failed |= has->failed;
}

/* Boot memory is matched only by a rule that names it. */
static bool is_unnamed_boot(const struct question *q)
{
	return mhp_region_get_kind(q->region) == MHP_REGION_BOOT &&
	       !(q->rule->kinds & 1U << MHP_REGION_BOOT);
}

/* Texts of the keys that say so are kept: of the first "no", of all else. */
static enum mhp_match ask_all(struct question *q, struct text *why)
{
	enum mhp_match match, all = MHP_MATCH_YES;

	for (enum key key = 0; key < COMPARED_KEYS; key++) {
		if (!q->rule->lines[key])
			continue;
		q->has = (struct text){ 0 };
		match = ask(q, key);
		if (match == MHP_MATCH_NO || (match == MHP_MATCH_UNKNOWN && all == MHP_MATCH_YES)) {
			why->length = 0;
			all = match;
		}
		if (match == all)
			add_key(why, q->rule, key, &q->has);
		free(q->has.str);
		if (match == MHP_MATCH_NO)
			return match;
	}
	if (all == MHP_MATCH_YES && !why->length)
		text_add(why, "[%s] (line %u) matches all but boot memory", q->rule->name,
			 q->rule->line);
	return all;
}

MHP_EXPORT enum mhp_match mhp_standing_rule_match(const struct mhp_standing_rule *rule,
						  const struct mhp_snapshot *snap,
						  const struct mhp_region *region, char **ret_why)
{
	struct question q = { .rule = rule, .snap = snap, .region = region };
	struct text why = { 0 };
	enum mhp_match match;

	if (rule->broken) {
		match = MHP_MATCH_UNKNOWN;
		text_add(&why, "[%s] (line %u) has an error", rule->name, rule->line);
	} else if (is_unnamed_boot(&q)) {
		match = MHP_MATCH_NO;
		text_add(&why, "[%s] (line %u): it is boot memory, which is matched only by "
			 "kind = boot", rule->name, rule->line);
	} else {
		match = ask_all(&q, &why);
	}
	if (!ret_why)
		free(why.str);
	else if (text_finish(&why, ret_why) < 0)
		*ret_why = NULL;
	return match;
}

MHP_EXPORT enum mhp_match mhp_standing_find_rule(const struct mhp_standing *standing,
						 const struct mhp_snapshot *snap,
						 const struct mhp_region *region,
						 const struct mhp_standing_rule **ret_rule,
						 char **ret_why)
{
	enum mhp_match match;

	for (size_t i = 0; i < standing->n_rules; i++) {
		match = mhp_standing_rule_match(standing->rules[i], snap, region, NULL);
		if (match == MHP_MATCH_NO)
			continue;
		*ret_rule = standing->rules[i];
		if (ret_why)
			mhp_standing_rule_match(standing->rules[i], snap, region, ret_why);
		return match;
	}
	*ret_rule = NULL;
	if (ret_why)
		*ret_why = NULL;
	return MHP_MATCH_NO;
}
