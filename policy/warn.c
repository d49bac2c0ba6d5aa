// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is allowed in a standing policy and yet hardly meant. */
#include <errno.h>

#include "policy.h"

/* Does a match whatever b does? */
static bool covers(const struct mhp_standing_rule *a, const struct mhp_standing_rule *b)
{
	if (a->broken || b->broken)
		return false;
	/* boot memory has to be asked for */
	if (!a->lines[KEY_KIND] && b->kinds & 1U << MHP_REGION_BOOT)
		return false;
	for (enum key key = 0; key < COMPARED_KEYS; key++)
		if (a->lines[key] && (!b->lines[key] || !key_covers(key, a, b)))
			return false;
	return true;
}

static int find_unreached(struct mhp_standing *standing, size_t index)
{
	const struct mhp_standing_rule *rule = standing->rules[index];
	struct text text = { 0 };

	for (size_t i = 0; i < index; i++) {
		const struct mhp_standing_rule *first = standing->rules[i];

		if (!covers(first, rule))
			continue;
		text_add(&text, "[%s] is never reached: whatever it matches, [%s] (", rule->name,
			 first->name);
		text_add_escaped(&text, first->file);
		text_add(&text, ":%u) matches before", first->line);
		return notes_add(&standing->warnings, rule->file, rule->line, &text);
	}
	return 0;
}

/* What the key is for, if the rule has it for nothing. */
static const char *why_useless(const struct mhp_standing_rule *rule, enum key key)
{
	bool movable = rule->wish == MHP_WISH_DEFAULT || (rule->wish == MHP_WISH_TYPE &&
							  rule->type == MHP_ONLINE_MOVABLE);

	if (rule->wish == MHP_WISH_LEAVE_ALONE)
		return "nothing is done to this memory";
	switch (key) {
	case KEY_MAX_MOVABLE_RATIO:
		return movable ? NULL : "it does not go to zone Movable";
	case KEY_ELSEWHERE:
		if (rule->wish != MHP_WISH_TYPE || !rule->rezone)
			return NULL;
		return rule->type == MHP_ONLINE ? "any zone is as wanted" : NULL;
	case KEY_KERNEL_ZONE:
		if (!rule->kernel_zone || rule->wish != MHP_WISH_TYPE)
			return NULL;
		return rule->type == MHP_OFFLINE ? "it has no zone" :
		       movable && !rule->ratio ? "it goes to zone Movable" : NULL;
	default:
		return NULL;
	}
}

static int find_useless(struct mhp_standing *standing, const struct mhp_standing_rule *rule)
{
	int r = 0;

	for (enum key key = KEY_TYPE + 1; key < KEYS && r == 0; key++) {
		const char *why = rule->lines[key] && !rule->broken ? why_useless(rule, key) :
				  NULL;
		struct text text = { 0 };

		if (!why)
			continue;
		text_add(&text, "%s = ", key_name(key));
		key_print(key, rule, false, &text);
		text_add(&text, " has no effect with type = ");
		key_print(KEY_TYPE, rule, false, &text);
		text_add(&text, ": %s", why);
		r = notes_add(&standing->warnings, rule->file, rule->lines[key], &text);
	}
	return r;
}

/* Boot memory is changed by block, range or node only, which rules do not name. */
static int find_boot(struct mhp_standing *standing, const struct mhp_standing_rule *rule)
{
	struct text text = { 0 };

	if (rule->broken || rule->wish == MHP_WISH_LEAVE_ALONE ||
	    !(rule->kinds & 1U << MHP_REGION_BOOT))
		return 0;
	text_add(&text, "kind = boot has no effect but with type = leave-alone: no rule changes "
		 "boot memory");
	return notes_add(&standing->warnings, rule->file, rule->lines[KEY_KIND], &text);
}

int find_warnings(struct mhp_standing *standing)
{
	int r = 0;

	notes_free(&standing->warnings);
	for (size_t i = 0; i < standing->n_rules && r == 0; i++) {
		r = find_unreached(standing, i);
		if (r == 0)
			r = find_useless(standing, standing->rules[i]);
		if (r == 0)
			r = find_boot(standing, standing->rules[i]);
	}
	return r;
}
