// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A file of udev's rules. Rules come in order, each once. A capture takes of the file what
 * counts for memory: there the same rules online memory, on the same lines, and it is taken
 * of itself as the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "fuzz.h"
#include "internal.h"
#include "udev.h"

const char fuzz_name[] = "rules";

struct verdicts {
	struct text text;
	unsigned int last_line;
	size_t count;
};

static int note_rule(void *data, const struct udev_rule *rule)
{
	struct verdicts *verdicts = data;

	FUZZ_CHECK(!rule->path && rule->line > verdicts->last_line);
	FUZZ_CHECK(!(rule->types & ~(1U << MHP_ONLINE | 1U << MHP_ONLINE_KERNEL |
				     1U << MHP_ONLINE_MOVABLE)));
	/* what is certain may be written after what is not known: then no type is */
	FUZZ_CHECK(rule->dax || !rule->bound);
	verdicts->last_line = rule->line;
	verdicts->count++;
	text_add(&verdicts->text, "line %u: %s online %s as %x\n", rule->line,
		 rule->may ? "may" : "would", rule->bound ? "bound" : rule->dax ? "dax" : "block",
		 rule->types);
	return 0;
}

static int stop(void *data, const struct udev_rule *rule)
{
	(void)data, (void)rule;
	return 77;
}

static char *verdicts_of(const char *text, size_t length, size_t *ret_count)
{
	struct verdicts verdicts = { 0 };
	char *all;
	int r;

	FUZZ_CHECK(udev_parse_rules(text, length, note_rule, &verdicts) == 0);
	r = udev_parse_rules(text, length, stop, NULL);
	FUZZ_CHECK(r == (verdicts.count ? 77 : 0));
	FUZZ_CHECK(text_finish(&verdicts.text, &all) == 0);
	*ret_count = verdicts.count;
	return all;
}

/* Tokens of a rule point into its text. */
static void check_tokens(const char *text, size_t length)
{
	struct udev_reader *reader = malloc(sizeof(*reader));
	unsigned int last = 0;

	FUZZ_CHECK(reader);
	udev_reader_init(reader, text, length);
	while (udev_read(reader)) {
		const char *end = reader->text + sizeof(reader->text);

		FUZZ_CHECK(reader->line > last && reader->number >= reader->line);
		last = reader->number;
		FUZZ_CHECK(reader->valid || !reader->n_tokens);
		for (size_t i = 0; i < reader->n_tokens; i++) {
			const struct udev_token *token = &reader->tokens[i];

			FUZZ_CHECK(token->key >= reader->text && token->value > token->key);
			FUZZ_CHECK(token->value + strlen(token->value) < end);
			FUZZ_CHECK(!token->attr || (token->attr > token->key &&
						    token->attr < token->value));
			FUZZ_CHECK(!strpbrk(token->key, " \t\n\r={"));
		}
	}
	free(reader);
}

/* A capture has "?" for what is not ASCII. */
static bool is_ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((text[i] < ' ' || text[i] > '~') && text[i] != '\t' && text[i] != '\n' &&
		    text[i] != '\r')
			return false;
	return true;
}

static void check_reduced(const char *text, size_t length, const char *verdicts, size_t count)
{
	char *reduced = NULL, *twice = NULL, *again;
	bool any, any_again;
	size_t kept;

	FUZZ_CHECK(reduce_rules(text, length, &reduced, &any) == 0);
	FUZZ_CHECK(any == (count > 0));
	for (const char *at = reduced; *at; at++)
		FUZZ_CHECK((*at >= ' ' && *at <= '~') || *at == '\t' || *at == '\n');
	if (is_ascii(text, length)) {
		again = verdicts_of(reduced, strlen(reduced), &kept);
		FUZZ_SAME(again, verdicts, "verdicts of what a capture takes");
		free(again);
		FUZZ_CHECK(reduce_rules(reduced, strlen(reduced), &twice, &any_again) == 0);
		FUZZ_SAME(twice, reduced, "what a capture takes of a capture");
		FUZZ_CHECK(any_again == any);
		free(twice);
	}
	free(reduced);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size), *verdicts;
	size_t count;

	check_tokens(text, size);
	verdicts = verdicts_of(text, size, &count);
	check_reduced(text, size, verdicts, count);
	free(verdicts);
	free(text);
	return 0;
}
