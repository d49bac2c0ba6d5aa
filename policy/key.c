// SPDX-License-Identifier: LGPL-2.1-or-later
/* The keys of a rule, one table: how a word of each is taken, and written again. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

#define LAST_KIND MHP_REGION_BOOT
/* Percent; no machine comes near it. */
#define MAX_RATIO 1000000
/* Where a line of a rule's text is broken. */
#define MAX_COLUMN 90

/* ---- words and numbers ---- */

static int add_word(struct words *words, const char *word)
{
	char **list;

	if (words->count == words->room) {
		size_t room = words->room ? 2 * words->room : 4;

		list = reallocarray(words->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		words->list = list;
		words->room = room;
	}
	words->list[words->count] = strdup(word);
	if (!words->list[words->count])
		return -ENOMEM;
	words->count++;
	return 0;
}

static int take_number(const char *word, uint64_t min, uint64_t max, unsigned int *ret)
{
	uint64_t value;

	/* a trailing newline, which it allows, cannot be in a word */
	if (parse_dec(word, &value) < 0 || value < min || value > max)
		return -EINVAL;
	*ret = (unsigned int)value;
	return 0;
}

/* "3" or "3-5" */
static int add_span(struct spans *spans, const char *word)
{
	const char *dash = strchr(word, '-');
	struct span span, *list;
	char first[16];
	int r;

	if (dash) {
		if ((size_t)(dash - word) >= sizeof(first))
			return -EINVAL;
		memcpy(first, word, (size_t)(dash - word));
		first[dash - word] = '\0';
	}
	r = take_number(dash ? first : word, 0, INT_MAX, &span.first);
	if (r == 0)
		r = take_number(dash ? dash + 1 : word, 0, INT_MAX, &span.last);
	if (r < 0 || span.first > span.last)
		return -EINVAL;
	if (spans->count == spans->room) {
		size_t room = spans->room ? 2 * spans->room : 4;

		list = reallocarray(spans->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		spans->list = list;
		spans->room = room;
	}
	spans->list[spans->count++] = span;
	return 0;
}

static const char size_units[] = "KMGTP";

/* "4G" */
static int take_size(const char *word, uint64_t *ret)
{
	size_t length = strspn(word, "0123456789");
	const char *unit = word[length] ? strchr(size_units, word[length]) : NULL;
	unsigned int shift = unit ? 10 * (unsigned int)(unit - size_units + 1) : 0;
	char digits[24];
	uint64_t value;

	if (length >= sizeof(digits) || (unit ? word[length + 1] : word[length]) != '\0')
		return -EINVAL;
	memcpy(digits, word, length);
	digits[length] = '\0';
	if (parse_dec(digits, &value) < 0 || value > UINT64_MAX >> shift)
		return -EINVAL;
	*ret = value << shift;
	return 0;
}

static int take_choice(const char *word, const char *const *choices, unsigned int *ret)
{
	for (unsigned int i = 0; choices[i]; i++)
		if (!strcmp(word, choices[i])) {
			*ret = i;
			return 0;
		}
	return -EINVAL;
}

static int take_yes(const char *word, bool *ret)
{
	if (strcmp(word, "yes") && strcmp(word, "no"))
		return -EINVAL;
	*ret = *word == 'y';
	return 0;
}

/* ---- one for each key ---- */

static int take_kind(struct mhp_standing_rule *rule, const char *word)
{
	enum mhp_region_kind kind;

	if (mhp_region_kind_from_str(word, &kind) < 0)
		return -EINVAL;
	rule->kinds |= 1U << kind;
	return 0;
}

static int take_name(struct mhp_standing_rule *rule, const char *word)
{
	return add_word(&rule->names, word);
}

static int take_identity(struct mhp_standing_rule *rule, const char *word)
{
	return add_word(&rule->identities, word);
}

/* It is compared as it stands: a pattern, which is taken elsewhere, would match nothing. */
static int take_driver(struct mhp_standing_rule *rule, const char *word)
{
	if (strpbrk(word, "*?[\\"))
		return -EINVAL;
	return add_word(&rule->drivers, word);
}

static int take_ram(struct mhp_standing_rule *rule, const char *word)
{
	rule->ram = strdup(word);
	return rule->ram ? 0 : -ENOMEM;
}

static int take_node(struct mhp_standing_rule *rule, const char *word)
{
	return add_span(&rule->nodes, word);
}

static int take_tier(struct mhp_standing_rule *rule, const char *word)
{
	return add_span(&rule->tiers, word);
}

static int take_cpu_less(struct mhp_standing_rule *rule, const char *word)
{
	return take_yes(word, &rule->cpu_less);
}

static int take_min_size(struct mhp_standing_rule *rule, const char *word)
{
	return take_size(word, &rule->min_bytes);
}

static int take_max_size(struct mhp_standing_rule *rule, const char *word)
{
	return take_size(word, &rule->max_bytes);
}

static int take_type(struct mhp_standing_rule *rule, const char *word)
{
	if (!strcmp(word, "leave-alone"))
		rule->wish = MHP_WISH_LEAVE_ALONE;
	else if (!strcmp(word, "default"))
		rule->wish = MHP_WISH_DEFAULT;
	else if (mhp_online_type_from_str(word, &rule->type) == 0)
		rule->wish = MHP_WISH_TYPE;
	else
		return -EINVAL;
	return 0;
}

static int take_order(struct mhp_standing_rule *rule, const char *word)
{
	return take_number(word, 0, 65535, &rule->order);
}

static int take_ratio(struct mhp_standing_rule *rule, const char *word)
{
	return take_number(word, 1, MAX_RATIO, &rule->ratio);
}

static int take_elsewhere(struct mhp_standing_rule *rule, const char *word)
{
	static const char *const choices[] = { "report", "rezone", NULL };
	unsigned int choice;
	int r = take_choice(word, choices, &choice);

	if (r == 0)
		rule->rezone = choice == 1;
	return r;
}

static const char *const plug_words[] = {
	[PLUG_YES] = "yes", [PLUG_NO] = "no", [PLUG_PERSISTENT] = "persistent", NULL,
};

static int take_plug(struct mhp_standing_rule *rule, const char *word)
{
	unsigned int choice;
	int r = take_choice(word, plug_words, &choice);

	if (r == 0)
		rule->plug = (enum plug)choice;
	return r;
}

static int take_per_block(struct mhp_standing_rule *rule, const char *word)
{
	return take_yes(word, &rule->per_block);
}

static int take_kernel_zone(struct mhp_standing_rule *rule, const char *word)
{
	return take_yes(word, &rule->kernel_zone);
}

#define NOT_NUMBERS "not a number such as 1, or two such as 3-5"
#define NOT_YES "not one of yes, no"

static const struct form {
	const char *name;
	bool is_list;
	int (*take)(struct mhp_standing_rule *rule, const char *word);
	const char *allowed;
} forms[KEYS] = {
	[KEY_KIND] = { "kind", true, take_kind,
		       "not one of dax, cxl, virtio-mem, dimm, s390-standby, ppc64-lmb, "
		       "managed, boot" },
	[KEY_NAME] = { "name", true, take_name, "not a name or pattern" },
	[KEY_IDENTITY] = { "identity", true, take_identity, "not an identity or pattern" },
	[KEY_DRIVER] = { "driver", true, take_driver, "not a driver's name" },
	[KEY_RAM] = { "ram", false, take_ram, "not a pattern such as System RAM (kmem)" },
	[KEY_NODE] = { "node", true, take_node, NOT_NUMBERS },
	[KEY_TIER] = { "tier", true, take_tier, NOT_NUMBERS },
	[KEY_CPU_LESS] = { "cpu-less", false, take_cpu_less, NOT_YES },
	[KEY_MIN_SIZE] = { "min-size", false, take_min_size,
			   "not a size such as 4G (bytes, or K, M, G, T, P)" },
	[KEY_MAX_SIZE] = { "max-size", false, take_max_size,
			   "not a size such as 4G (bytes, or K, M, G, T, P)" },
	[KEY_TYPE] = { "type", false, take_type,
		       "not one of online_movable, online_kernel, online, offline, default, "
		       "leave-alone" },
	[KEY_ORDER] = { "order", false, take_order, "not a number from 0 to 65535" },
	[KEY_MAX_MOVABLE_RATIO] = { "max-movable-ratio", false, take_ratio,
				    "not a percentage from 1 to 1000000" },
	[KEY_ELSEWHERE] = { "elsewhere", false, take_elsewhere, "not one of report, rezone" },
	[KEY_PLUG] = { "plug", false, take_plug, "not one of yes, no, persistent" },
	[KEY_PER_BLOCK] = { "per-block", false, take_per_block, NOT_YES },
	[KEY_KERNEL_ZONE] = { "kernel-zone", false, take_kernel_zone, NOT_YES },
};
_Static_assert(MAX_RATIO == 1000000, "as the text above says");

/* ---- the table ---- */

enum key key_find(const char *name)
{
	enum key key;

	for (key = 0; key < KEYS; key++)
		if (!strcmp(name, forms[key].name))
			break;
	return key;
}

/* Letters to be changed, added or taken away; more than a few are all the same. */
static size_t distance(const char *a, const char *b)
{
	size_t row[32], above, left, length = strlen(b);

	if (length >= ARRAY_SIZE(row) || strlen(a) >= ARRAY_SIZE(row))
		return SIZE_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		above = row[0];
		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			left = above + (a[i - 1] != b[j - 1]);
			above = row[j];
			if (row[j] + 1 < left)
				left = row[j] + 1;
			if (row[j - 1] + 1 < left)
				left = row[j - 1] + 1;
			row[j] = left;
		}
	}
	return row[length];
}

enum key key_find_near(const char *name)
{
	enum key best = KEYS;
	size_t least = 3;

	for (enum key key = 0; key < KEYS; key++) {
		size_t far = distance(name, forms[key].name);

		if (far < least && far < strlen(forms[key].name)) {
			best = key;
			least = far;
		}
	}
	return best;
}

const char *key_name(enum key key)
{
	return forms[key].name;
}

const char *key_allowed(enum key key)
{
	return forms[key].allowed;
}

bool key_is_list(enum key key)
{
	return forms[key].is_list;
}

/*
 * What could not be written again, or is hardly meant: it would begin a comment or a
 * section, or be another key where a line is continued.
 */
static bool is_odd(enum key key, const char *word)
{
	if (!*word || !is_printable(word) || strchr("#;[", *word) || strchr(word, '"'))
		return true;
	return forms[key].is_list && strchr(word, '=');
}

int key_take(enum key key, struct mhp_standing_rule *rule, const char *word)
{
	if (is_odd(key, word) || strlen(word) > MAX_WORD)
		return -EINVAL;
	return forms[key].take(rule, word);
}

/* ---- written again ---- */

struct printer {
	struct text *out;
	bool may_break, any;
	size_t begin;		/* of the line */
};

static void print_word(struct printer *printer, const char *word)
{
	struct text *out = printer->out;

	if (printer->any && printer->may_break &&
	    out->length - printer->begin + strlen(word) >= MAX_COLUMN) {
		text_add(out, "\n\t%s", word);
		printer->begin = out->length - strlen(word);
	} else {
		text_add(out, "%s%s", printer->any ? " " : "", word);
	}
	printer->any = true;
}

static void print_words(struct printer *printer, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		print_word(printer, words->list[i]);
}

static void print_spans(struct printer *printer, const struct spans *spans)
{
	char *word;

	for (size_t i = 0; i < spans->count; i++) {
		const struct span *span = &spans->list[i];
		int r = span->first == span->last ? copy_text(&word, "%u", span->first) :
			copy_text(&word, "%u-%u", span->first, span->last);

		if (r < 0) {
			printer->out->failed = true;
			return;
		}
		print_word(printer, word);
		free(word);
	}
}

static void print_kinds(struct printer *printer, unsigned int kinds)
{
	for (unsigned int kind = 1; kind <= LAST_KIND; kind++)
		if (kinds & 1U << kind)
			print_word(printer, mhp_region_kind_to_str((enum mhp_region_kind)kind));
}

static void print_size(struct text *out, uint64_t bytes)
{
	size_t unit = 0;

	while (bytes && bytes % 1024 == 0 && size_units[unit]) {
		bytes /= 1024;
		unit++;
	}
	text_add(out, "%" PRIu64, bytes);
	if (unit)
		text_add(out, "%c", size_units[unit - 1]);
}

static const char *type_word(const struct mhp_standing_rule *rule)
{
	switch (rule->wish) {
	case MHP_WISH_LEAVE_ALONE:
		return "leave-alone";
	case MHP_WISH_DEFAULT:
		return "default";
	case MHP_WISH_TYPE:
		return mhp_online_type_to_str(rule->type);
	case MHP_WISH_UNKNOWN:
		break;
	}
	return "";
}

static const char *yes_word(bool yes)
{
	return yes ? "yes" : "no";
}

void key_print(enum key key, const struct mhp_standing_rule *rule, bool may_break,
	       struct text *out)
{
	struct printer printer = { .out = out, .may_break = may_break, .begin = out->length };

	switch (key) {
	case KEY_KIND:
		print_kinds(&printer, rule->kinds);
		break;
	case KEY_NAME:
		print_words(&printer, &rule->names);
		break;
	case KEY_IDENTITY:
		print_words(&printer, &rule->identities);
		break;
	case KEY_DRIVER:
		print_words(&printer, &rule->drivers);
		break;
	case KEY_RAM:
		text_add(out, "%s", rule->ram ? rule->ram : "");
		break;
	case KEY_NODE:
		print_spans(&printer, &rule->nodes);
		break;
	case KEY_TIER:
		print_spans(&printer, &rule->tiers);
		break;
	case KEY_CPU_LESS:
		text_add(out, "%s", yes_word(rule->cpu_less));
		break;
	case KEY_MIN_SIZE:
		print_size(out, rule->min_bytes);
		break;
	case KEY_MAX_SIZE:
		print_size(out, rule->max_bytes);
		break;
	case KEY_TYPE:
		text_add(out, "%s", type_word(rule));
		break;
	case KEY_ORDER:
		text_add(out, "%u", rule->order);
		break;
	case KEY_MAX_MOVABLE_RATIO:
		text_add(out, "%u", rule->ratio);
		break;
	case KEY_ELSEWHERE:
		text_add(out, "%s", rule->rezone ? "rezone" : "report");
		break;
	case KEY_PLUG:
		text_add(out, "%s", plug_words[rule->plug]);
		break;
	case KEY_PER_BLOCK:
		text_add(out, "%s", yes_word(rule->per_block));
		break;
	case KEY_KERNEL_ZONE:
		text_add(out, "%s", yes_word(rule->kernel_zone));
		break;
	}
}

/* ---- which allows more? ---- */

static bool words_cover(const struct words *a, const struct words *b)
{
	for (size_t i = 0; i < b->count; i++) {
		size_t j = 0;

		while (j < a->count && strcmp(a->list[j], b->list[i]) && strcmp(a->list[j], "*"))
			j++;
		if (j == a->count)
			return false;
	}
	return true;
}

static bool spans_cover(const struct spans *a, const struct spans *b)
{
	for (size_t i = 0; i < b->count; i++) {
		size_t j = 0;

		while (j < a->count && (a->list[j].first > b->list[i].first ||
					a->list[j].last < b->list[i].last))
			j++;
		if (j == a->count)
			return false;
	}
	return true;
}

bool key_covers(enum key key, const struct mhp_standing_rule *a,
		const struct mhp_standing_rule *b)
{
	switch (key) {
	case KEY_KIND:
		return (a->kinds & b->kinds) == b->kinds;
	case KEY_NAME:
		return words_cover(&a->names, &b->names);
	case KEY_IDENTITY:
		return words_cover(&a->identities, &b->identities);
	case KEY_DRIVER:
		return words_cover(&a->drivers, &b->drivers);
	case KEY_RAM:
		return is_same(a->ram, b->ram);
	case KEY_NODE:
		return spans_cover(&a->nodes, &b->nodes);
	case KEY_TIER:
		return spans_cover(&a->tiers, &b->tiers);
	case KEY_CPU_LESS:
		return a->cpu_less == b->cpu_less;
	case KEY_MIN_SIZE:
		return a->min_bytes <= b->min_bytes;
	case KEY_MAX_SIZE:
		return a->max_bytes >= b->max_bytes;
	default:
		return false;
	}
}
