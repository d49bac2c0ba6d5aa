/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of the kernel that the model acts by, each with a name. Where the
 * model decides by one, it asks holds(): so that tests can tell which rules
 * they have met, and what they would make of a model that has one wrong.
 */
#ifndef SIM_RULES_H
#define SIM_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct model;

/* on which kernels a rule can be met */
#define ON_6_1		1
#define ON_6_12		2
#define ON_7_3		4
#define ON_ALL		(ON_6_1 | ON_6_12 | ON_7_3)
#define SINCE_6_12	(ON_6_12 | ON_7_3)
#define UNTIL_6_12	(ON_6_1 | ON_6_12)

/* X(NAME, kernels, what the kernel does) */
#define RULES(X)								\
	X(ONLINE_TWICE, ON_ALL, "state: online* of an online block is EINVAL")

enum rule {
#define RULE_ENUM(name, kernels, text) RULE_##name,
	RULES(RULE_ENUM)
#undef RULE_ENUM
	RULES_COUNT
};

struct rules {
	unsigned long hits[RULES_COUNT];	/* how often it decided something */
	bool is_wrong[RULES_COUNT];		/* the model has it the other way round */
};

/*
 * Does the model act by this rule? True, but where a test had it turned round.
 * Asked last, where all else says that the rule decides:
 * if (block->state == MHP_STATE_ONLINE && holds(model, RULE_ONLINE_TWICE))
 */
bool holds(const struct model *model, enum rule rule);

const char *rule_name(enum rule rule);
const char *rule_text(enum rule rule);
unsigned int rule_kernels(enum rule rule);
/* RULES_COUNT: there is no such rule */
enum rule rule_find(const char *name);

#endif /* SIM_RULES_H */
