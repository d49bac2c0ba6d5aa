// SPDX-License-Identifier: LGPL-2.1-or-later
/* Each word that the libraries have for a value stands in the manual, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <mhp/agenda.h>
#include <mhp/mhp.h>

#define VALUES 256

/* enumerations differ in type only: one row of casts for each */
#define WORD_OF(name, type) \
	static const char *name##_word(int value) { return mhp_##name##_to_str((enum type)value); }
WORD_OF(cause_kind, mhp_cause_kind)
WORD_OF(conflict_code, mhp_conflict_code)
WORD_OF(device_state, mhp_device_state)
WORD_OF(drift_kind, mhp_drift_kind)
WORD_OF(event_kind, mhp_event_kind)
WORD_OF(goal, mhp_goal)
WORD_OF(item_state, mhp_item_state)
WORD_OF(node_kind, mhp_node_kind)
WORD_OF(online_type, mhp_online_type)
WORD_OF(outcome, mhp_outcome)
WORD_OF(reason, mhp_reason)
WORD_OF(region_kind, mhp_region_kind)
WORD_OF(returned, mhp_returned)
WORD_OF(state, mhp_state)
WORD_OF(step_kind, mhp_step_kind)

static const struct {
	const char *(*word)(int value);
	const char *page;
	const char *section;	/* which lists them, one .It each, and nothing else; or NULL */
} enumerations[] = {
	{ cause_kind_word, "mhp.1", NULL },
	{ conflict_code_word, "libmhp.7", ".Ss Conflicts and warnings\n" },
	{ device_state_word, "mhp.1", NULL },
	{ drift_kind_word, "mhp-policy.5", NULL },
	{ drift_kind_word, "mhp.1", NULL },
	{ event_kind_word, "mhp.1", NULL },
	{ goal_word, "mhp.1", NULL },
	{ item_state_word, "mhp-policy.5", NULL },
	{ item_state_word, "mhp.1", NULL },
	{ node_kind_word, "mhp.1", NULL },
	{ online_type_word, "mhp.1", NULL },
	{ online_type_word, "mhp-policy.5", NULL },
	{ outcome_word, "libmhp.7", ".Ss Outcomes\n" },
	{ outcome_word, "mhp.1", NULL },
	{ reason_word, "libmhp.7", ".Ss Reasons\n" },
	{ region_kind_word, "libmhp.7", NULL },
	{ region_kind_word, "mhp.1", NULL },
	{ region_kind_word, "mhp-policy.5", NULL },
	{ returned_word, "mhp.1", NULL },
	{ state_word, "mhp.1", NULL },
	{ step_kind_word, "mhp.1", NULL },
};

static char *read_page(const char *name)
{
	const char *data = getenv("TEST_DATA");
	char path[4096], *text = calloc(1, 1 << 20);
	FILE *file;

	assert_non_null(text);
	snprintf(path, sizeof(path), "%s/../man/%s", data ? data : "tests", name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

/* The part behind a heading, up to the next one. */
static char *cut_section(char *text, const char *heading)
{
	char *begin, *end;

	if (!heading)
		return text;
	begin = strstr(text, heading);
	assert_non_null(begin);
	begin += strlen(heading);
	end = strstr(begin, "\n.S");	/* .Ss, .Sh */
	assert_non_null(end);
	end[1] = '\0';
	return begin;
}

/* Whether one of the words of a line of macros is that word. */
static bool has_word(const char *text, const char *prefix, const char *word)
{
	size_t length = strlen(word);

	for (const char *line = text; line; line = (line = strchr(line, '\n')) ? line + 1 : NULL) {
		const char *end = line + strcspn(line, "\n");

		if (strncmp(line, prefix, strlen(prefix)))
			continue;
		/* a line of macros begins with a dot, so there is one before each word */
		for (const char *at = line; (at = memmem(at, (size_t)(end - at), word, length)); at++)
			if (strchr(" (", at[-1]) && strchr(" \n", at[length]))
				return true;
	}
	return false;
}

static bool is_known(const char *(*word)(int value), const char *name)
{
	for (int i = 0; i < VALUES; i++)
		if (word(i) && !strcmp(word(i), name))
			return true;
	return false;
}

/* What a section lists, as ".It word" or ".It word , word". */
static void check_listed(const char *section, const char *(*word)(int value), size_t *errors)
{
	for (const char *line = section; (line = strstr(line, "\n.It ")); line++) {
		char copy[256], *rest = copy, *name;

		snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line + 5, "\n"), line + 5);
		while ((name = strsep(&rest, " ,")))
			if (*name && !is_known(word, name)) {
				print_error("the manual has \"%s\", and the library has not\n", name);
				++*errors;
			}
	}
}

static void test_words(void **state)
{
	size_t errors = 0, words = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(enumerations) / sizeof(*enumerations); i++) {
		const char *(*word)(int value) = enumerations[i].word, *unknown = word(VALUES - 1);
		const char *heading = enumerations[i].section;
		char *text = read_page(enumerations[i].page), *part = cut_section(text, heading);

		for (int value = 0; value < VALUES; value++) {
			const char *name = word(value);

			if (!name || (unknown && !strcmp(name, unknown)))
				continue;
			words++;
			if (has_word(part, heading ? ".It " : ".", name))
				continue;
			print_error("%s has no \"%s\"\n", enumerations[i].page, name);
			errors++;
		}
		if (heading)
			check_listed(part, word, &errors);
		free(text);
	}
	assert_true(words > 100);
	assert_int_equal(errors, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
