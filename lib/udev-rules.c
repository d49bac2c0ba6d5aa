// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which udev rules online memory: the rules of a file are followed, one after the
 * other, for each kind of device. A rule that can be jumped over because of something
 * that nobody knows "may" act, and so does one that runs another program.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "udev.h"

#define WORD_BIT(type) (1U << (type))
#define ONLINE_WORDS \
	(WORD_BIT(MHP_ONLINE) | WORD_BIT(MHP_ONLINE_KERNEL) | WORD_BIT(MHP_ONLINE_MOVABLE))
#define OTHER_WORD WORD_BIT(8)		/* a text that is no online type */
#define UNKNOWN_WORD WORD_BIT(9)	/* nobody knows what */

struct label {
	char *name;
	size_t place;		/* how many labels stand before it */
};

/* What a variable that the file sets may hold: RHEL's own rule takes its word from one. */
struct variable {
	char name[32];
	unsigned int words;
	size_t set_at;		/* number of the rule, from 1 */
};

/* Where one kind of device has got to. */
struct flow {
	bool alive;		/* not every way jumps over this rule */
	size_t n_pending;	/* labels that were jumped to and are still ahead */
	size_t *jumped_at;	/* for each label: number of the first rule that jumps to it */
	struct variable variables[16];
	size_t n_variables;
};

struct walk {
	struct udev_reader reader;
	struct label *labels;	/* by name, then by place */
	size_t n_labels, room;
	size_t rule;		/* number of the one at hand, from 1 */
	size_t place;		/* labels passed */
	struct flow flows[UDEV_SUBJECTS];
};

/* ---- jumps ---- */

static int compare_labels(const void *va, const void *vb)
{
	const struct label *a = va, *b = vb;
	int r = strcmp(a->name, b->name);

	return r ? r : a->place < b->place ? -1 : 1;
}

/* The next label of this name; NULL: there is none ahead, and udev ignores the jump. */
static const struct label *find_label(const struct walk *walk, const char *name)
{
	size_t low = 0, high = walk->n_labels;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int r = strcmp(walk->labels[mid].name, name);

		if (r < 0 || (r == 0 && walk->labels[mid].place < walk->place))
			low = mid + 1;
		else
			high = mid;
	}
	return low < walk->n_labels && !strcmp(walk->labels[low].name, name) ?
	       &walk->labels[low] : NULL;
}

static void jump(struct walk *walk, struct flow *flow, const char *name, enum udev_answer sure)
{
	const struct label *label = find_label(walk, name);

	if (!label)
		return;
	if (!flow->jumped_at[label->place]) {
		flow->jumped_at[label->place] = walk->rule;
		flow->n_pending++;
	}
	if (sure == YES)
		flow->alive = false;
}

/* Ways meet: what was set on one of them is not known for certain any more. */
static void land(struct flow *flow, size_t place)
{
	if (!flow->jumped_at[place])
		return;
	for (size_t i = 0; i < flow->n_variables; i++)
		if (flow->variables[i].set_at > flow->jumped_at[place])
			flow->variables[i].words |= UNKNOWN_WORD;
	flow->jumped_at[place] = 0;
	flow->n_pending--;
	flow->alive = true;
}

static int collect_labels(struct walk *walk, const char *text, size_t length)
{
	const struct udev_token *token;
	struct label *labels;

	udev_reader_init(&walk->reader, text, length);
	while (udev_read(&walk->reader)) {
		token = udev_find(&walk->reader, "LABEL");
		if (!token || !udev_is_rule(&walk->reader))
			continue;
		if (walk->n_labels == walk->room) {
			walk->room = walk->room ? 2 * walk->room : 16;
			labels = reallocarray(walk->labels, walk->room, sizeof(*labels));
			if (!labels)
				return -ENOMEM;
			walk->labels = labels;
		}
		labels = &walk->labels[walk->n_labels];
		*labels = (struct label){ strdup(token->value), walk->n_labels };
		if (!labels->name)
			return -ENOMEM;
		walk->n_labels++;
	}
	if (walk->n_labels)
		qsort(walk->labels, walk->n_labels, sizeof(*walk->labels), compare_labels);
	return 0;
}

/* ---- variables, and the words that are written ---- */

static struct variable *find_variable(struct flow *flow, const char *name, size_t length)
{
	for (size_t i = 0; i < flow->n_variables; i++)
		if (!strncmp(flow->variables[i].name, name, length) &&
		    !flow->variables[i].name[length])
			return &flow->variables[i];
	return NULL;
}

/* What a value may come to: a word, or a variable as a whole; else nobody knows. */
static unsigned int value_words(struct flow *flow, const char *value)
{
	enum mhp_online_type type;
	struct variable *variable;
	size_t length;

	if (!strncmp(value, "$env{", 5) || !strncmp(value, "%E{", 3)) {
		value = strchr(value, '{') + 1;
		length = strcspn(value, "}");
		if (strcmp(value + length, "}") || length >= sizeof(variable->name))
			return UNKNOWN_WORD;
		variable = find_variable(flow, value, length);
		return variable ? variable->words : UNKNOWN_WORD;
	}
	if (strpbrk(value, "$%"))
		return UNKNOWN_WORD;
	return mhp_online_type_from_str(value, &type) == 0 ? WORD_BIT(type) : OTHER_WORD;
}

/* One that does not fit stays unknown, as all are that the file does not set. */
static void set_variable(struct walk *walk, struct flow *flow, const struct udev_token *token,
			 enum udev_answer sure)
{
	unsigned int words = token->op == UDEV_ADD ? UNKNOWN_WORD :
						     value_words(flow, token->value);
	size_t length = strlen(token->attr);
	struct variable *variable;

	if (length >= sizeof(variable->name))
		return;
	variable = find_variable(flow, token->attr, length);
	if (!variable) {
		if (flow->n_variables == ARRAY_SIZE(flow->variables))
			return;
		variable = &flow->variables[flow->n_variables++];
		memcpy(variable->name, token->attr, length + 1);
		variable->words = UNKNOWN_WORD;
	}
	variable->words = sure == YES ? words : variable->words | words;
	variable->set_at = walk->rule;
}

static void forget_variables(struct flow *flow)
{
	for (size_t i = 0; i < flow->n_variables; i++)
		flow->variables[i].words |= UNKNOWN_WORD;
}

/* ---- what a rule does ---- */

struct effect {
	bool any, may;
	unsigned int types;	/* 0: not known */
};

/* Of several the first that is certain counts: it leaves the others nothing to do. */
static void add_effect(struct effect *effect, unsigned int types, bool may)
{
	if (effect->any && !effect->may)
		return;
	effect->types = effect->any && !(effect->types && types) ? 0 : effect->types | types;
	effect->may = may;
	effect->any = true;
}

/* words: what may be written to a file that takes an online type */
static void add_write(struct effect *effect, unsigned int words)
{
	unsigned int types = words & ONLINE_WORDS;

	if (words & UNKNOWN_WORD)
		add_effect(effect, 0, true);
	else if (types)
		add_effect(effect, types, words != types);
}

/* memoryN/online takes what the kernel's kstrtobool() does; the policy chooses the zone. */
static unsigned int bool_words(struct flow *flow, const char *value)
{
	static const char *const yes[] = {
		"1", "y", "Y", "t", "T", "on", "On", "oN", "ON",
	};
	unsigned int words = value_words(flow, value);

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if (!strcmp(value, yes[i]))
			return WORD_BIT(MHP_ONLINE);
	return words & UNKNOWN_WORD ? UNKNOWN_WORD : OTHER_WORD;
}

/* ATTR{[memory/memory32]state} is that of a block by name. */
static bool is_named_state(const char *attr)
{
	const char *close = strchr(attr, ']');

	return !strncmp(attr, "[memory/", 8) && close && !strcmp(close, "]state");
}

static void add_attr(struct effect *effect, struct flow *flow, const struct udev_token *token,
		     enum udev_subject subject)
{
	if (!strcmp(token->attr, "state"))
		add_write(effect, value_words(flow, token->value));
	else if (!strcmp(token->attr, "online") && subject == UDEV_BLOCK)
		add_write(effect, bool_words(flow, token->value));
	else if (is_named_state(token->attr))
		add_write(effect, value_words(flow, token->value) | OTHER_WORD);
}

/* Does a command, or the name of a service, speak of onlining memory? */
static bool speaks_of_onlining(const char *command)
{
	return strstr(command, "daxctl") || strstr(command, "daxdev") ||
	       strstr(command, "chmem") ||
	       (strstr(command, "online") &&
		(strstr(command, "state") || strstr(command, "memory")));
}

/* What distributions run for each block, and which leaves it as it is. */
static bool is_harmless(const char *command)
{
	return strstr(command, "kdump") || strstr(command, "kexec") ||
	       strstr(command, "remount");
}

/* The one word that a command names. */
static unsigned int command_types(const char *command)
{
	bool movable = strstr(command, "online_movable"), kernel = strstr(command, "online_kernel");

	if (movable && kernel)
		return 0;
	if (movable || kernel)
		return WORD_BIT(movable ? MHP_ONLINE_MOVABLE : MHP_ONLINE_KERNEL);
	return strstr(command, "echo online ") ? WORD_BIT(MHP_ONLINE) : 0;
}

/* about_memory: the rule is for such devices in particular, whatever it runs */
static void add_command(struct effect *effect, const char *command, bool about_memory)
{
	if (speaks_of_onlining(command))
		add_effect(effect, command_types(command), true);
	else if (about_memory && *command && !is_harmless(command))
		add_effect(effect, 0, true);
}

static bool is_program(const struct udev_token *token)
{
	return !token->attr || !strcmp(token->attr, "program");
}

static void add_token(struct effect *effect, struct flow *flow, const struct udev_token *token,
		      enum udev_subject subject, bool about_memory)
{
	bool set = !udev_is_compared(token) && token->op != UDEV_REMOVE;

	if (!strcmp(token->key, "ATTR") && set)
		add_attr(effect, flow, token, subject);
	else if (!strcmp(token->key, "RUN") && set && is_program(token))
		add_command(effect, token->value, about_memory);
	else if (!strcmp(token->key, "ENV") && set && !strcmp(token->attr, "SYSTEMD_WANTS"))
		add_command(effect, token->value, about_memory);
	/* what asks the system something mostly leaves it as it is */
	else if ((!strcmp(token->key, "PROGRAM") || !strcmp(token->key, "IMPORT")) &&
		 is_program(token))
		add_command(effect, token->value, false);
}

/* ---- one rule, the whole ---- */

/* Is the rule reached and does it apply? What it sets, and where it jumps, is noted. */
static enum udev_answer follow(struct walk *walk, enum udev_subject subject,
			       struct effect *effect, bool about_memory)
{
	const struct udev_reader *reader = &walk->reader;
	struct flow *flow = &walk->flows[subject];
	const struct udev_token *token;
	enum udev_answer sure;
	bool all_come_here = !flow->n_pending;

	sure = flow->alive ? udev_match(reader, subject) : NO;
	if (sure == NO)
		return NO;
	if (udev_find(reader, "IMPORT"))
		forget_variables(flow);
	for (size_t i = 0; i < reader->n_tokens; i++) {
		token = &reader->tokens[i];
		/* udev sorts them before what is written */
		if (!strcmp(token->key, "ENV") && !udev_is_compared(token))
			set_variable(walk, flow, token, sure);
	}
	for (size_t i = 0; i < reader->n_tokens; i++)
		add_token(effect, flow, &reader->tokens[i], subject, about_memory);
	token = udev_find(reader, "GOTO");
	if (token)
		jump(walk, flow, token->value, sure);
	return all_come_here ? sure : MAYBE;
}

static int tell(const struct walk *walk, const struct effect *effect, bool may,
		udev_rule_fn fn, void *data)
{
	struct udev_rule rule = {
		.line = walk->reader.line, .types = effect->types, .may = may,
	};

	return fn(data, &rule);
}

static int tell_dax(const struct walk *walk, const struct effect *effect, bool bound,
		    udev_rule_fn fn, void *data)
{
	struct udev_rule rule = {
		.line = walk->reader.line, .types = effect->types, .may = true, .dax = true,
		.bound = bound,
	};

	return fn(data, &rule);
}

static int take_rule(struct walk *walk, udev_rule_fn fn, void *data)
{
	struct effect any = { 0 }, block = { 0 }, dax = { 0 }, bound = { 0 };
	enum udev_answer sure;
	bool about_memory;

	if (udev_find(&walk->reader, "LABEL")) {
		for (size_t i = 0; i < UDEV_SUBJECTS; i++)
			land(&walk->flows[i], walk->place);
		walk->place++;
	}
	about_memory = follow(walk, UDEV_OTHER, &any, false) == NO;
	sure = follow(walk, UDEV_BLOCK, &block, about_memory);
	if (follow(walk, UDEV_DAX, &dax, about_memory) == NO || !about_memory)
		dax.any = false;
	if (follow(walk, UDEV_BOUND_DAX, &bound, about_memory) == NO || !about_memory)
		bound.any = false;
	if (sure != NO && block.any)
		return tell(walk, &block, block.may || sure == MAYBE, fn, data);
	if (dax.any || bound.any)
		return tell_dax(walk, dax.any ? &dax : &bound, bound.any, fn, data);
	return 0;
}

static int take_text(struct walk *walk, const char *text, size_t length, udev_rule_fn fn,
		     void *data)
{
	static const struct effect unknown = { .any = true };
	int r = 0;

	udev_reader_init(&walk->reader, text, length);
	while (r == 0 && udev_read(&walk->reader)) {
		walk->rule++;
		if (udev_is_rule(&walk->reader))
			r = take_rule(walk, fn, data);
		/* another udev may understand what this one would ignore */
		else if (walk->reader.suspect && walk->flows[UDEV_BLOCK].alive)
			r = tell(walk, &unknown, true, fn, data);
	}
	return r;
}

static void walk_free(struct walk *walk)
{
	for (size_t i = 0; i < UDEV_SUBJECTS; i++)
		free(walk->flows[i].jumped_at);
	for (size_t i = 0; i < walk->n_labels; i++)
		free(walk->labels[i].name);
	free(walk->labels);
	free(walk);
}

int udev_parse_rules(const char *text, size_t length, udev_rule_fn fn, void *data)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	int r;

	if (!walk)
		return -ENOMEM;
	r = collect_labels(walk, text, length);
	for (size_t i = 0; i < UDEV_SUBJECTS && r == 0; i++) {
		walk->flows[i].alive = true;
		walk->flows[i].jumped_at = calloc(walk->n_labels + 1, sizeof(size_t));
		r = walk->flows[i].jumped_at ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = take_text(walk, text, length, fn, data);
	walk_free(walk);
	return r;
}
