// SPDX-License-Identifier: LGPL-2.1-or-later
/* A rule of the standing policy for people: its text, by key and value. */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

char *policy_rule_text(const struct mhp_standing_rule *rule)
{
	char *text;

	if (mhp_standing_rule_copy_text(rule, &text) < 0)
		out_of_memory();
	return text;
}

/* A line that goes on in the next one, which begins with a blank, becomes one. */
static char *end_of_value(char *at)
{
	for (;;) {
		at = strchrnul(at, '\n');
		if (!*at || (at[1] != ' ' && at[1] != '\t'))
			return at;
		*at++ = ' ';
		while (*at == '\t')
			*at++ = ' ';
	}
}

/* Each "key = value" of a rule's text in turn, which is changed; false at its end. */
bool policy_next_line(char **text, struct rule_line *ret)
{
	while (**text) {
		char *line = *text, *end = end_of_value(line), *equals;

		*text = *end ? end + 1 : end;
		*end = '\0';
		equals = strstr(line, " = ");
		if (*line == '[' || !equals)
			continue;
		*equals = '\0';
		ret->key = line;
		ret->value = equals + 3;
		return true;
	}
	return false;
}

/* Does the key say what a rule is about, rather than what becomes of it? */
static bool is_match_key(const char *key)
{
	static const char *const keys[] = {
		"kind", "driver", "identity", "name", "node", "tier", "cpu-less", "min-size",
		"max-size", "ram",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static void append(char **list, const struct rule_line *line)
{
	char *more = text_format("%s%s%s = %s", *list ? *list : "", *list ? ", " : "", line->key,
				 line->value);

	free(*list);
	*list = more;
}

/* Both lists are the caller's to free, and NULL if there is nothing in them. */
void policy_rule_lists(const struct mhp_standing_rule *rule, char **ret_match, char **ret_other)
{
	char *text = policy_rule_text(rule), *at = text;
	struct rule_line line;

	*ret_match = *ret_other = NULL;
	while (policy_next_line(&at, &line)) {
		if (strcmp(line.key, "type") == 0 || strcmp(line.key, "order") == 0)
			continue;
		append(is_match_key(line.key) ? ret_match : ret_other, &line);
	}
	free(text);
}

const char *policy_wish_word(const struct mhp_standing_rule *rule)
{
	enum mhp_online_type type;

	switch (mhp_standing_rule_get_wish(rule)) {
	case MHP_WISH_LEAVE_ALONE:
		return "leave-alone";
	case MHP_WISH_DEFAULT:
		return "default";
	case MHP_WISH_TYPE:
		return mhp_standing_rule_get_online_type(rule, &type) == 0 ?
		       mhp_online_type_to_str(type) : "?";
	case MHP_WISH_UNKNOWN:
	default:
		return "?";
	}
}
