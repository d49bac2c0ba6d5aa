// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Strings in our own files in RUN_PATH: in quotes, and each byte that is not printable, a
 * quote or a backslash is \xNN.
 */
#include <string.h>

#include "internal.h"

void text_add_quoted(struct text *text, const char *str)
{
	text_add(text, " \"");
	for (; *str; str++) {
		unsigned char c = (unsigned char)*str;

		text_add(text, c >= ' ' && c <= '~' && c != '"' && c != '\\' ? "%c" : "\\x%02x",
			 c);
	}
	text_add(text, "\"");
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

char *take_quoted(char **line)
{
	char *from = *line, *str, *to;

	if (strncmp(from, " \"", 2))
		return NULL;
	from += 2;
	for (str = to = from; *from != '"'; from++) {
		int high, low;

		if (*from < ' ' || *from > '~')
			return NULL;
		if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		if (from[1] != 'x')
			return NULL;
		high = hex_digit(from[2]);
		low = high < 0 ? -1 : hex_digit(from[3]);
		if (low < 0 || (!high && !low))
			return NULL;
		*to++ = (char)(16 * high + low);
		from += 3;
	}
	*to = '\0';
	*line = from + 1;
	return str;
}
