// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The text of a file to rules, by libinih, and to errors, each with its line.
 *
 * What libinih would cut or misread without a word is refused here, before it gets to
 * see the line: NULs, names beyond its 50 bytes, lines beyond its buffer, a section or a
 * key that is indented and thus continues the key before it, text after a section's "]",
 * ":" in place of "=". It gets lines without comments, because versions differ in where
 * they look for these. What of that it still reads otherwise than meant is an error.
 */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

/* libinih's MAX_SECTION and MAX_NAME, with their NUL */
#define NAME_SIZE 50
/* As it is built by default: INI_MAX_LINE, with newline and NUL. */
#define LINE_SIZE 200
#define BOM "\xef\xbb\xbf"

/* What libinih is to make of a line. */
enum expect { NOTHING, A_KEY, MORE };

struct parser {
	struct mhp_standing *standing;
	const char *file;
	const char *at, *end;	/* what is still to be read */
	unsigned int line;	/* the one before at, from 1 */
	size_t first_rule;	/* of this file */
	size_t n_errors;
	struct mhp_standing_rule *rule;	/* of the section; NULL: none has begun */
	bool has_type;
	bool is_known;		/* the last key is one that exists and was not there before */
	bool can_continue;	/* there is a last key for libinih */
	enum key key;		/* the last one, if it is known */
	bool has_value;		/* it got a word, right or wrong */
	unsigned int key_line;
	enum expect expect;
	char section[NAME_SIZE];
	char name[NAME_SIZE];	/* of the last key */
	int code;
};

/* ---- errors ---- */

/* The text is used up. */
static void complain(struct parser *p, unsigned int line, struct text *text)
{
	int r;

	if (p->rule)
		p->rule->broken = true;
	if (p->n_errors >= MAX_ERRORS) {
		free(text->str);
		*text = (struct text){ 0 };
		if (p->n_errors++ > MAX_ERRORS)
			return;
		text_add(text, "more errors, from here on, are not listed");
	} else {
		p->n_errors++;
	}
	r = notes_add(&p->standing->errors, p->file, line, text);
	if (r < 0)
		p->code = r;
}

static void complain_about(struct parser *p, const char *subject, const char *message)
{
	struct text text = { 0 };

	if (subject)
		text_add_escaped(&text, subject);
	text_add(&text, "%s%s", subject ? ": " : "", message);
	complain(p, p->line, &text);
}

/* ---- keys ---- */

static void refuse_word(struct parser *p, const char *word)
{
	struct text text = { 0 };

	text_add(&text, "%s = ", key_name(p->key));
	text_add_escaped(&text, word);
	if (strlen(word) > MAX_WORD)
		text_add(&text, ": longer than %d bytes", MAX_WORD);
	else
		text_add(&text, ": %s", key_allowed(p->key));
	if (strchr(word, '#'))
		text_add(&text, "; a comment behind a value begins with ';'");
	else if (strchr(word, '"'))
		text_add(&text, "; values have no quotes");
	else if (strchr(word, ',') && key_is_list(p->key))
		text_add(&text, "; words have blanks between them");
	complain(p, p->line, &text);
}

static void take_word(struct parser *p, const char *word)
{
	int r = key_take(p->key, p->rule, word);

	p->has_value = true;
	if (r == -EINVAL)
		refuse_word(p, word);
	else if (r < 0)
		p->code = r;
}

static void take_value(struct parser *p, const char *value)
{
	char copy[LINE_SIZE], *rest = copy, *word;

	if (!key_is_list(p->key)) {
		if (*value)
			take_word(p, value);
		return;
	}
	strcpy(copy, value);
	while ((word = strsep(&rest, " \t")))
		if (*word)
			take_word(p, word);
}

static void refuse_key(struct parser *p, const char *name)
{
	enum key near = key_find_near(name);
	struct text text = { 0 };

	text_add_escaped(&text, name);
	if (near != KEYS) {
		text_add(&text, ": no such key; it may be %s that is meant", key_name(near));
	} else {
		text_add(&text, ": no such key; there are");
		for (enum key key = 0; key < KEYS; key++)
			text_add(&text, "%s %s", key ? "," : "", key_name(key));
	}
	complain(p, p->line, &text);
}

static void begin_key(struct parser *p)
{
	struct text text = { 0 };

	p->is_known = false;
	p->key_line = p->line;
	p->has_value = false;
	p->key = key_find(p->name);
	if (p->key == KEY_TYPE)
		p->has_type = true;
	if (!p->rule) {
		complain_about(p, p->name, "stands before the first [rule]");
	} else if (p->key == KEYS) {
		refuse_key(p, p->name);
	} else if (p->rule->lines[p->key]) {
		text_add(&text, "%s: given twice, in line %u too", p->name,
			 p->rule->lines[p->key]);
		complain(p, p->line, &text);
	} else {
		p->is_known = true;
		p->rule->lines[p->key] = p->line;
	}
}

/* No word behind the "=", nor in lines after it? */
static void end_key(struct parser *p)
{
	struct text text = { 0 };

	if (p->is_known && !p->has_value) {
		text_add(&text, "%s: has no value: %s", key_name(p->key), key_allowed(p->key));
		complain(p, p->key_line, &text);
	}
	p->is_known = false;
	p->can_continue = false;
}

/* An ini_handler. */
static int handle(void *data, const char *section, const char *name, const char *value)
{
	struct parser *p = data;

	/* an error for libinih: it is one of ours then */
	if (p->expect == NOTHING || !name || !value || strcmp(section, p->section) ||
	    strcmp(name, p->name) || strlen(value) >= LINE_SIZE)
		return 0;
	p->expect = NOTHING;
	if (p->is_known)
		take_value(p, value);
	return 1;
}

/* ---- rules ---- */

static void check_rule(struct parser *p)
{
	struct mhp_standing_rule *rule = p->rule;
	struct text text = { 0 };

	if (!p->has_type) {
		text_add(&text, "[%s]: type is missing: one of %s", rule->name,
			 key_allowed(KEY_TYPE) + strlen("not one of "));
		complain(p, rule->line, &text);
	}
	if (rule->lines[KEY_MIN_SIZE] && rule->lines[KEY_MAX_SIZE] && !rule->broken &&
	    rule->min_bytes > rule->max_bytes) {
		text_add(&text, "min-size = ");
		key_print(KEY_MIN_SIZE, rule, false, &text);
		text_add(&text, ": more than max-size = ");
		key_print(KEY_MAX_SIZE, rule, false, &text);
		complain(p, rule->lines[KEY_MIN_SIZE], &text);
	}
}

static void end_rule(struct parser *p)
{
	end_key(p);
	if (p->rule)
		check_rule(p);
	p->rule = NULL;
}

/* The section's name is in p->section. */
static void begin_rule(struct parser *p, const char *error)
{
	struct text text = { 0 };
	const struct mhp_standing_rule *other = NULL;
	struct mhp_standing_rule *rule;
	int r;

	for (size_t i = p->first_rule; i < p->standing->n_rules && !error && !other; i++)
		if (!strcmp(p->standing->rules[i]->name, p->section))
			other = p->standing->rules[i];
	r = rule_new(p->section, p->file, p->line, &rule);
	if (r == 0)
		r = standing_add_rule(p->standing, rule);
	if (r < 0) {
		p->code = r;
		return;
	}
	p->rule = rule;
	p->has_type = false;
	if (error) {
		complain_about(p, NULL, error);
	} else if (other) {
		text_add(&text, "[%s]: there is one in line %u, too", rule->name, other->line);
		complain(p, p->line, &text);
	}
}

/* ---- lines ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What is wrong with the bytes of a line, as such. */
static const char *find_bad_byte(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!line[i])
			return "a NUL byte";
		if ((line[i] > 0 && line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
			return "a control character";
	}
	return NULL;
}

/* Without a comment, and without blanks at the end. */
static size_t content_length(const char *line, size_t length)
{
	size_t n = 0, i;

	for (i = 0; i < length; i++) {
		if (line[i] == ';' && (!i || is_blank(line[i - 1])))
			break;
		if (line[i] == '#' && !n)
			break;
		if (!is_blank(line[i]))
			n = i + 1;
	}
	return n;
}

/* Letters of another script are for comments only. */
static bool is_ascii(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] > '~')
			return false;
	return true;
}

static bool is_rule_name(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.",
			    name[i]))
			return false;
	return length > 0;
}

/* "[pool]" */
static void take_section(struct parser *p, const char *line, size_t length)
{
	const char *end = memchr(line, ']', length);
	size_t n = end ? (size_t)(end - line) - 1 : 0;
	const char *error = NULL;

	end_rule(p);
	if (!end)
		error = "\"[\" without \"]\": a rule begins with [NAME]";
	else if (end + 1 != line + length)
		error = "text behind \"]\"";
	else if (n >= NAME_SIZE)
		error = "the name of a rule has at most 49 bytes";
	else if (!is_rule_name(line + 1, n))
		error = "the name of a rule has letters, digits, \"-\", \"_\" and \".\" only";
	if (error) {
		strcpy(p->section, "?");
	} else {
		memcpy(p->section, line + 1, n);
		p->section[n] = '\0';
	}
	begin_rule(p, error);
}

/* "kind = dax" */
static const char *take_key(struct parser *p, const char *line, size_t length)
{
	size_t n = 0;

	end_key(p);
	while (n < length && line[n] != '=' && line[n] != ':')
		n++;
	if (n == length)
		return "neither [NAME] of a rule, nor KEY = VALUE";
	if (line[n] == ':')
		return "\":\" where \"=\" should be: KEY = VALUE";
	while (n && is_blank(line[n - 1]))
		n--;
	if (!n)
		return "no key before \"=\"";
	if (n >= NAME_SIZE)
		return "no key has so long a name";
	memcpy(p->name, line, n);
	p->name[n] = '\0';
	begin_key(p);
	p->can_continue = true;
	p->expect = A_KEY;
	return NULL;
}

/* "   cxl", after a line with a key */
static const char *take_more(struct parser *p, const char *line, size_t length)
{
	const char *at = line;

	while (is_blank(*at))
		at++;
	if (!p->can_continue)
		return "begins with a blank, as what continues a key: there is none before it";
	if (*at == '[')
		return "begins with a blank, and thus continues the key before it: "
		       "[NAME] stands at the begin of a line";
	if (p->is_known && key_is_list(p->key) && memchr(at, '=', (size_t)(line + length - at)))
		return "begins with a blank, and thus continues the key before it: "
		       "KEY = VALUE stands at the begin of a line";
	if (p->is_known && !key_is_list(p->key)) {
		complain_about(p, p->name, "has one value, which is not continued");
		p->is_known = false;
	}
	p->expect = MORE;
	return NULL;
}

/* Makes of the line what libinih gets to see: returns its length. */
static size_t take_line(struct parser *p, const char *line, size_t length, size_t room)
{
	const char *error = find_bad_byte(line, length);
	size_t n = content_length(line, length);
	struct text text = { 0 };

	p->expect = NOTHING;
	if (!n && !error)
		return 0;
	if (!error && !is_ascii(line, n))
		error = "a byte that is not ASCII, outside of a comment";
	if (!error && n + 2 > room) {
		text_add(&text, "%zu bytes: a line has at most %zu, without its comment; "
			 "a list goes on in the next line, behind a blank", n, room - 2);
		complain(p, p->line, &text);
		end_key(p);
		return 0;
	}
	if (!error && *line == '[')
		take_section(p, line, n);
	else if (!error)
		error = is_blank(*line) ? take_more(p, line, n) : take_key(p, line, n);
	if (error) {
		complain_about(p, NULL, error);
		/* libinih must not get lines that would continue this one */
		p->has_value = true;
		end_key(p);
		return 0;
	}
	return n;
}

/* libinih read the last line otherwise than it should have. */
static void check_answer(struct parser *p)
{
	if (p->expect != NOTHING)
		complain_about(p, NULL, "is not understood");
	p->expect = NOTHING;
}

/* An ini_reader, which is fgets() with its own stream; each line comes as a whole. */
static char *read_line(char *buf, int size, void *data)
{
	struct parser *p = data;
	size_t room = size < LINE_SIZE ? (size_t)size : LINE_SIZE;
	const char *line = p->at;
	size_t length, n;

	check_answer(p);
	if (p->at == p->end || p->code < 0 || p->standing->n_rules > MAX_RULES)
		return NULL;
	p->line++;
	p->at = memchr(line, '\n', (size_t)(p->end - line));
	length = (size_t)((p->at ? p->at : p->end) - line);
	p->at = p->at ? p->at + 1 : p->end;
	if (length && line[length - 1] == '\r')
		length--;
	n = take_line(p, line, length, room);
	if (n && *line == '[')
		n = (size_t)snprintf(buf, room, "[%s]", p->section);
	else
		memcpy(buf, line, n);
	buf[n] = '\n';
	buf[n + 1] = '\0';
	return buf;
}

int parse_file(struct mhp_standing *standing, const char *file, const char *text, size_t length)
{
	struct parser p = {
		.standing = standing, .file = file, .at = text, .end = text + length,
		.first_rule = standing->n_rules,
	};
	int r;

	if (length > MAX_FILE_BYTES) {
		p.line = 1;
		complain_about(&p, NULL, "larger than 1 MiB");
		return p.code;
	}
	if (length >= strlen(BOM) && !memcmp(text, BOM, strlen(BOM)))
		p.at += strlen(BOM);
	r = ini_parse_stream(read_line, &p, handle, &p);
	/* a positive one is a line that handle() did not get, or refused: it is told */
	if (r < 0)
		p.code = -ENOMEM;
	if (p.code == 0 && standing->n_rules > MAX_RULES)
		complain_about(&p, NULL, "the standing policy has more than 1000 rules");
	end_rule(&p);
	return p.code;
}
