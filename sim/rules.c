// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's rules: their names, and whether the model acts by them. */
#include <string.h>

#include "model.h"
#include "rules.h"

static const struct {
	const char *name, *text;
	unsigned int kernels;
} rules[RULES_COUNT] = {
#define RULE_ROW(name, kernels, text) [RULE_##name] = { #name, text, kernels },
	RULES(RULE_ROW)
#undef RULE_ROW
};

bool holds(const struct model *model, enum rule rule)
{
	model->rules->hits[rule]++;
	return !model->rules->is_wrong[rule];
}

const char *rule_name(enum rule rule)
{
	return rules[rule].name;
}

const char *rule_text(enum rule rule)
{
	return rules[rule].text;
}

unsigned int rule_kernels(enum rule rule)
{
	return rules[rule].kernels;
}

enum rule rule_find(const char *name)
{
	enum rule rule;

	for (rule = 0; rule < RULES_COUNT; rule++)
		if (!strcmp(rules[rule].name, name))
			break;
	return rule;
}
