// SPDX-License-Identifier: LGPL-2.1-or-later
/* What standard output can show. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tool.h"

/*
 * By what the user's locale is called: to load it would open files that are none of the
 * machine's below --root, and it need not be installed where its terminal is.
 */
bool terminal_has_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

/* word: auto, always or never; NULL is auto */
bool terminal_wants_colour(const char *word)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (word && strcmp(word, "auto") != 0)
		return strcmp(word, "always") == 0;
	/* no-color.org: if it is there and not empty */
	return isatty(STDOUT_FILENO) && !(none && *none) && !(term && strcmp(term, "dumb") == 0);
}

unsigned int terminal_width(void)
{
	struct winsize window;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col)
		return window.ws_col;
	return 80;
}
