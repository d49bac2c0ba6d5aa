// SPDX-License-Identifier: LGPL-2.1-or-later
/* A rule of the standing policy: what it wants, and its text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

int rule_new(const char *name, const char *file, unsigned int line,
	     struct mhp_standing_rule **ret)
{
	struct mhp_standing_rule *rule = calloc(1, sizeof(*rule));

	if (rule)
		rule->name = strdup(name);
	if (!rule || !rule->name) {
		free(rule);
		return -ENOMEM;
	}
	rule->file = file;
	rule->line = line;
	rule->order = DEFAULT_ORDER;
	*ret = rule;
	return 0;
}

static void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->list[i]);
	free(words->list);
}

void rule_free(struct mhp_standing_rule *rule)
{
	if (!rule)
		return;
	words_free(&rule->names);
	words_free(&rule->identities);
	words_free(&rule->drivers);
	free(rule->nodes.list);
	free(rule->tiers.list);
	free(rule->ram);
	free(rule->name);
	free(rule);
}

MHP_EXPORT const char *mhp_standing_rule_get_name(const struct mhp_standing_rule *rule)
{
	return rule->name;
}

MHP_EXPORT const char *mhp_standing_rule_get_file(const struct mhp_standing_rule *rule)
{
	return rule->file;
}

MHP_EXPORT unsigned int mhp_standing_rule_get_line(const struct mhp_standing_rule *rule)
{
	return rule->line;
}

MHP_EXPORT unsigned int mhp_standing_rule_get_key_line(const struct mhp_standing_rule *rule,
						       const char *key)
{
	enum key found = key_find(key);

	return found == KEYS ? 0 : rule->lines[found];
}

MHP_EXPORT enum mhp_wish mhp_standing_rule_get_wish(const struct mhp_standing_rule *rule)
{
	return rule->broken ? MHP_WISH_UNKNOWN : rule->wish;
}

MHP_EXPORT int mhp_standing_rule_get_online_type(const struct mhp_standing_rule *rule,
						 enum mhp_online_type *ret_type)
{
	if (mhp_standing_rule_get_wish(rule) != MHP_WISH_TYPE)
		return -ENODATA;
	*ret_type = rule->type;
	return 0;
}

MHP_EXPORT unsigned int mhp_standing_rule_get_order(const struct mhp_standing_rule *rule)
{
	return rule->order;
}

MHP_EXPORT int mhp_standing_rule_get_max_movable_ratio(const struct mhp_standing_rule *rule,
						       unsigned int *ret_percent)
{
	if (!rule->ratio)
		return -ENODATA;
	*ret_percent = rule->ratio;
	return 0;
}

MHP_EXPORT uint64_t mhp_standing_rule_get_rules(const struct mhp_standing_rule *rule)
{
	return (rule->rezone ? (uint64_t)MHP_RULE_REZONE : 0) |
	       (rule->per_block ? (uint64_t)MHP_RULE_PER_BLOCK : 0) |
	       (rule->kernel_zone ? (uint64_t)MHP_RULE_KERNEL_ZONE : 0);
}

MHP_EXPORT bool mhp_standing_rule_can_plug(const struct mhp_standing_rule *rule)
{
	enum mhp_wish wish = mhp_standing_rule_get_wish(rule);

	return rule->plug != PLUG_NO && wish != MHP_WISH_UNKNOWN && wish != MHP_WISH_LEAVE_ALONE;
}

MHP_EXPORT bool mhp_standing_rule_can_plug_persistent(const struct mhp_standing_rule *rule)
{
	return rule->plug == PLUG_PERSISTENT && mhp_standing_rule_can_plug(rule);
}

MHP_EXPORT int mhp_standing_rule_copy_text(const struct mhp_standing_rule *rule, char **ret_text)
{
	struct text text = { 0 };

	text_add(&text, "[%s]\n", rule->name);
	for (enum key key = 0; key < KEYS; key++) {
		size_t before, value;

		if (!rule->lines[key])
			continue;
		before = text.length;
		text_add(&text, "%s = ", key_name(key));
		value = text.length;
		key_print(key, rule, true, &text);
		if (text.length == value)
			text.length = before;	/* nothing of it was understood */
		else
			text_add(&text, "\n");
	}
	return text_finish(&text, ret_text);
}
