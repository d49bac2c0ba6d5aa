// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Lines of files that configure modprobe, udev and those who build an initrd: as far as
 * these are alike, which is enough to find a word in them. Where they are is below_*().
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Calls fn for each line that is neither empty nor a comment. text is changed. */
static void read_lines(char *text, const char *path, conf_line_fn fn, void *data)
{
	unsigned int number = 0;
	char *next = text;

	while (*next) {
		unsigned int first = ++number;
		char *line = next, *end;

		for (;;) {
			end = strchrnul(next, '\n');
			next = *end ? end + 1 : end;
			/* the line goes on: both are one with blanks between */
			if (!*end || end == line || end[-1] != '\\')
				break;
			end[-1] = end[0] = ' ';
			number++;
		}
		*end = '\0';
		line += strspn(line, " \t\r");
		if (*line && *line != '#')
			fn(data, path, first, line);
	}
}

void conf_read_file(const struct below *below, const char *path, conf_line_fn fn, void *data)
{
	char *text;

	if (below_read(below, path, &text) < 0)
		return;
	read_lines(text, path, fn, data);
	free(text);
}

static bool has_ending(const char *name, const char *ending)
{
	size_t length = strlen(name), wanted = strlen(ending);

	return *name != '.' && length >= wanted && strcmp(name + length - wanted, ending) == 0;
}

/* Is it in an earlier directory, too? */
static bool is_hidden(const struct below *below, const char *const *dirs, const char *const *dir,
		      const char *name)
{
	bool hidden = false;

	for (; dirs < dir && !hidden; dirs++) {
		char *path = text_format("%s/%s", *dirs, name);

		hidden = below_has(below, path);
		free(path);
	}
	return hidden;
}

void conf_read_dirs(const struct below *below, const char *const *dirs, const char *ending,
		    conf_line_fn fn, void *data)
{
	for (const char *const *dir = dirs; *dir; dir++) {
		char **names;

		if (below_list(below, *dir, &names) < 0)
			continue;
		for (size_t i = 0; names[i]; i++) {
			if (has_ending(names[i], ending) &&
			    !is_hidden(below, dirs, dir, names[i])) {
				char *path = text_format("%s/%s", *dir, names[i]);

				conf_read_file(below, path, fn, data);
				free(path);
			}
			free(names[i]);
		}
		free(names);
	}
}

/* Is it the line's first word? */
bool conf_begins(const char *line, const char *word, const char **ret_rest)
{
	size_t length = strlen(word);

	if (strncmp(line, word, length) != 0 || !isblank((unsigned char)line[length]))
		return false;
	line += length;
	*ret_rest = line + strspn(line, " \t");
	return true;
}

static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Is it somewhere in the line, not as a part of a longer word? */
bool conf_mentions(const char *line, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = line; (at = strstr(at, word)); at++)
		if ((at == line || !is_of_word(at[-1])) && !is_of_word(at[length]))
			return true;
	return false;
}
