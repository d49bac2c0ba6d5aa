// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a capture has of the standing policy: the files that count, without their comments.
 * Lines keep their numbers, and rules and errors are the same.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

struct policy_scan {
	struct places *places;
	bool identity;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* So many hexadecimal digits are no address of a bus, and may be a serial number. */
#define SECRET_DIGITS 8

/* As in "*0x3c4d00000003@*", which names no kind. */
static bool has_number(const char *word, size_t length)
{
	size_t digits = 0;

	for (size_t i = 0; i < length && digits < SECRET_DIGITS; i++)
		digits = isxdigit((unsigned char)word[i]) ? digits + 1 : 0;
	return digits == SECRET_DIGITS;
}

/* Length of a word that is a serial number or a UUID, or has one; what it begins with may stay. */
static size_t secret_length(const char *at, size_t length, const char **ret_kind)
{
	static const char *const kinds[] = { "cxl:", "pmem:" };
	size_t n = 0;

	*ret_kind = "";
	while (n < length && !is_blank(at[n]))
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (n > strlen(kinds[i]) && !strncmp(at, kinds[i], strlen(kinds[i])))
			*ret_kind = kinds[i];
	if ((**ret_kind && at[strlen(*ret_kind)] != '*') || has_number(at, n))
		return n;
	return 0;
}

/* A word of a list, or what else stands between blanks. */
static void keep_content(struct text *out, const char *line, size_t length, bool identity)
{
	bool is_name = length && *line == '[';

	for (size_t i = 0; i < length; i++) {
		bool begins = !i || is_blank(line[i - 1]) || line[i - 1] == '=';
		const char *kind;
		size_t n = identity || is_name || !begins ? 0 :
			secret_length(line + i, length - i, &kind);

		if (n) {
			text_add(out, "%s" LEFT_OUT, kind);
			i += n - 1;
		} else {
			text_add_raw(out, line + i, 1);
		}
	}
}

static void keep_line(struct text *out, const char *line, size_t length, bool identity)
{
	size_t n = 0;

	while (n < length && is_blank(line[n]))
		n++;
	if (n < length && line[n] == '#')
		length = 0;
	for (n = 0; n < length; n++)
		if (line[n] == ';' && (!n || is_blank(line[n - 1])))
			break;
	while (n && is_blank(line[n - 1]))
		n--;
	keep_content(out, line, n, identity);
}

int reduce_policy(const char *text, size_t length, bool identity, char **ret)
{
	const char *at = text, *end = text + length, *stop;
	struct text out = { 0 };

	for (; at < end; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		keep_line(&out, at, (size_t)((stop ? stop : end) - at), identity);
		if (!stop)
			break;
		text_add(&out, "\n");
	}
	return text_finish(&out, ret);
}

static int take_file(void *data, const struct mhp_private_conf_file *file)
{
	struct policy_scan *scan = data;
	char *text = NULL;
	int r = 0;

	if (file->hidden_by)
		return 0;
	if (file->code == 0)
		r = reduce_policy(file->text, file->length, scan->identity, &text);
	if (r < 0)
		return r;
	/* a link to nothing is taken as such */
	return places_add(scan->places, file->path, TAKE_FILES, text,
			  file->code == -ENOENT ? 0 : file->code);
}

int places_add_policy(struct mhp_ctx *ctx, bool identity, struct places *places)
{
	struct policy_scan scan = { places, identity };

	return mhp_private_read_policy_files(ctx, take_file, &scan);
}
