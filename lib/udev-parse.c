// SPDX-License-Identifier: LGPL-2.1-or-later
/* The text of a udev rules file: lines that are joined, and the keys in them. */
#include <string.h>

#include "udev.h"

#define BLANKS " \t\n\r"

void udev_reader_init(struct udev_reader *reader, const char *text, size_t length)
{
	reader->at = text;
	reader->end = text + length;
	reader->number = 0;
	reader->line = 0;
	reader->n_tokens = 0;
}

/* ---- lines ---- */

/* Takes one line off; as udev does, a NUL or a carriage return ends it too. */
static size_t take_line(struct udev_reader *reader, const char **ret_line)
{
	const char *at = reader->at;
	size_t length;

	while (at < reader->end && *at != '\n' && *at != '\r' && *at != '\0')
		at++;
	*ret_line = reader->at;
	length = (size_t)(at - reader->at);
	if (reader->end - at >= 2 && at[0] == '\r' && at[1] == '\n')
		at++;
	reader->at = at < reader->end ? at + 1 : at;
	reader->number++;
	return length;
}

/*
 * Joins the lines of the next rule in text. A comment between continued lines is left
 * out, an empty line ends them; a rule that the file's end cuts off is none.
 */
static bool join_lines(struct udev_reader *reader, bool *ret_too_long)
{
	size_t length = 0, more, blank;
	bool begun = false, continues;
	const char *line;

	*ret_too_long = false;
	while (reader->at < reader->end) {
		more = take_line(reader, &line);
		for (blank = 0; blank < more && strchr(BLANKS, line[blank]); blank++)
			;
		line += blank;
		more -= blank;
		if (more && *line == '#')
			continue;
		if (!begun && !more)
			continue;
		if (!begun)
			reader->line = reader->number;
		begun = true;
		continues = more && line[more - 1] == '\\';
		more -= continues;
		if (more >= UDEV_LINE_SIZE - length) {
			*ret_too_long = true;
			more = UDEV_LINE_SIZE - length - 1;
		}
		memcpy(reader->text + length, line, more);
		length += more;
		reader->text[length] = '\0';
		if (!continues)
			return true;
	}
	return false;
}

/* ---- keys ---- */

static char *skip(char *at, const char *what)
{
	return at + strspn(at, what);
}

/* Where the key ends; NULL: it does not. */
static char *find_key_end(char *at)
{
	for (; *at; at++)
		if (strchr(BLANKS "={", *at) || (strchr("+-!:", *at) && at[1] == '='))
			return at;
	return NULL;
}

static bool take_op(char **at, enum udev_op *ret_op)
{
	static const struct {
		const char *text;
		enum udev_op op;
	} ops[] = {
		{ "==", UDEV_MATCH }, { "!=", UDEV_NOMATCH }, { "+=", UDEV_ADD },
		{ "-=", UDEV_REMOVE }, { ":=", UDEV_FINAL }, { "=", UDEV_ASSIGN },
	};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		size_t length = strlen(ops[i].text);

		if (strncmp(*at, ops[i].text, length))
			continue;
		*at += length;
		*ret_op = ops[i].op;
		return true;
	}
	return false;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/*
 * Takes what stands behind a backslash in e"...", as in C; not the forms of more digits
 * that C has as well, which nobody needs for rules. NULL: it is none of them.
 */
static char *take_escape(char *at, char *to)
{
	static const char from[] = "abfnrtv\\\"'s", into[] = "\a\b\f\n\r\t\v\\\"' ";
	const char *found;
	int high, low;

	if (*at == 'x') {
		high = hex_digit(at[1]);
		low = high < 0 ? -1 : hex_digit(at[2]);
		if (low < 0)
			return NULL;
		*to = (char)(high << 4 | low);
		return *to ? at + 3 : NULL;
	}
	found = *at ? strchr(from, *at) : NULL;
	if (!found)
		return NULL;
	*to = into[found - from];
	return at + 1;
}

/*
 * Takes a value, with its quotes off. In a plain one the backslash is for a quote
 * only.
 */
static char *take_value(char *at, struct udev_token *token)
{
	bool escapes = false;
	char *to;

	for (; *at == 'e' || *at == 'i'; at++) {
		escapes |= *at == 'e';
		token->nocase |= *at == 'i';
	}
	if (*at++ != '"')
		return NULL;
	token->value = to = at;
	while (*at != '"') {
		if (!*at)
			return NULL;
		if (*at == '\\' && escapes) {
			at = take_escape(at + 1, to++);
			if (!at)
				return NULL;
			continue;
		}
		if (*at == '\\' && at[1] == '"')
			at++;
		*to++ = *at++;
	}
	*to = '\0';
	return at + 1;
}

/* Takes one token off the text; NULL: it is none. */
static char *take_token(char *at, struct udev_token *token)
{
	char *end = find_key_end(at), *brace;

	*token = (struct udev_token){ .key = at };
	if (!end)
		return NULL;
	at = end;
	if (*at == '{') {
		token->attr = at + 1;
		brace = strchr(at, '}');
		if (!brace)
			return NULL;
		*brace = '\0';
		at = brace + 1;
	}
	at = skip(at, BLANKS);
	if (!take_op(&at, &token->op))
		return NULL;
	*end = '\0';
	return take_value(skip(at, BLANKS), token);
}

static bool is_suspect(const char *text)
{
	return (strstr(text, "memory") || strstr(text, "dax")) &&
	       (strstr(text, "online") || strstr(text, "state") || strstr(text, "RUN"));
}

bool udev_read(struct udev_reader *reader)
{
	bool too_long;
	char *at;

	reader->n_tokens = 0;
	if (!join_lines(reader, &too_long))
		return false;
	reader->suspect = is_suspect(reader->text);
	reader->valid = !too_long;
	for (at = skip(reader->text, BLANKS ","); reader->valid && *at;
	     at = skip(at, BLANKS ",")) {
		at = reader->n_tokens < UDEV_MAX_TOKENS ?
		     take_token(at, &reader->tokens[reader->n_tokens]) : NULL;
		reader->valid = at != NULL;
		if (!at)
			break;
		reader->n_tokens++;
	}
	if (!reader->valid)
		reader->n_tokens = 0;
	return true;
}

const struct udev_token *udev_find(const struct udev_reader *reader, const char *key)
{
	for (size_t i = reader->n_tokens; i > 0; i--)
		if (!strcmp(reader->tokens[i - 1].key, key))
			return &reader->tokens[i - 1];
	return NULL;
}
