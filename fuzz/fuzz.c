// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the targets share. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

void fuzz_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: %s:%d: ", fuzz_name, file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	abort();
}

void fuzz_check_same(const char *text, const char *wanted, const char *what)
{
	size_t at = 0;

	while (text[at] && text[at] == wanted[at])
		at++;
	if (text[at] == wanted[at])
		return;
	while (at > 0 && text[at - 1] != '\n')
		at--;
	FUZZ_FAIL("%s: \"%.*s\", and not \"%.*s\"", what, (int)strcspn(text + at, "\n"), text + at,
		  (int)strcspn(wanted + at, "\n"), wanted + at);
}

char *fuzz_bytes(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);

	if (!copy)
		FUZZ_FAIL("no memory");
	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *copy = strndup((const char *)data, size);

	if (!copy)
		FUZZ_FAIL("no memory");
	return copy;
}

bool fuzz_is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			return false;
	return true;
}

void fuzz_log_fn(void *data, int code, const char *path, const char *message)
{
	struct fuzz_log *log = data;

	(void)path;
	log->count++;
	log->code = code;
	snprintf(log->last, sizeof(log->last), "%s", message);
	if (!*message)
		FUZZ_FAIL("a message without text");
	if (!fuzz_is_printable(message))
		FUZZ_FAIL("a message that cannot be shown: \"%s\"", message);
}
