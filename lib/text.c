// SPDX-License-Identifier: LGPL-2.1-or-later
/* Text for people: a growing string, escaping, sizes, errno names. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "names.h"

static bool text_reserve(struct text *text, size_t more)
{
	size_t need = text->length + more + 1;
	size_t size = text->size ? text->size : 128;
	char *str;

	if (text->failed)
		return false;
	if (need <= text->size)
		return true;
	while (size < need)
		size *= 2;
	str = realloc(text->str, size);
	if (!str) {
		text->failed = true;
		return false;
	}
	text->str = str;
	text->size = size;
	return true;
}

__attribute__((format(printf, 2, 0)))
static void text_add_va(struct text *text, const char *format, va_list ap)
{
	size_t room = text->size - text->length;
	va_list again;
	int n;

	if (text->failed)
		return;
	va_copy(again, ap);
	n = vsnprintf(room ? text->str + text->length : NULL, room, format, again);
	va_end(again);
	if (n < 0)
		text->failed = true;
	else if ((size_t)n < room)
		text->length += (size_t)n;
	else if (text_reserve(text, (size_t)n))
		text->length += (size_t)vsnprintf(text->str + text->length, (size_t)n + 1,
						  format, ap);
}

void text_add(struct text *text, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	text_add_va(text, format, ap);
	va_end(ap);
}

void text_add_raw(struct text *text, const char *bytes, size_t length)
{
	if (!length || !text_reserve(text, length))
		return;
	memcpy(text->str + text->length, bytes, length);
	text->length += length;
}

/* As many bytes at the start stay as they are. */
static size_t count_plain(const char *str)
{
	size_t length = 0;

	while (str[length] >= ' ' && str[length] <= '~' && str[length] != '\\')
		length++;
	return length;
}

void text_add_escaped(struct text *text, const char *str)
{
	size_t length;

	for (;; str += length + 1) {
		length = count_plain(str);
		text_add_raw(text, str, length);
		if (!str[length])
			return;
		text_add(text, "\\x%02x", (unsigned char)str[length]);
	}
}

bool is_printable(const char *str)
{
	for (; *str; str++)
		if (*str < ' ' || *str > '~')
			return false;
	return true;
}

void text_add_bytes(struct text *text, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t unit = 0;

	while (bytes && bytes % 1024 == 0 && unit + 1 < ARRAY_SIZE(units)) {
		bytes /= 1024;
		unit++;
	}
	text_add(text, "%" PRIu64 " %s", bytes, units[unit]);
}

/* In English: a program's locale must not reach into the library's messages. */
static const char *code_text(int code)
{
#ifdef HAVE_STRERRORDESC_NP
	const char *text = strerrordesc_np(code);

	return text ? text : "unknown error";
#else
	return strerror(code);
#endif
}

void text_add_code(struct text *text, int code)
{
	const char *name = code_to_name(-code);

	if (name)
		text_add(text, "%s (%s)", name, code_text(-code));
	else
		text_add(text, "error %d (%s)", -code, code_text(-code));
}

int text_finish(struct text *text, char **ret_str)
{
	if (!text_reserve(text, 0)) {
		free(text->str);
		*text = (struct text){ 0 };
		return -ENOMEM;
	}
	text->str[text->length] = '\0';
	*ret_str = text->str;
	*text = (struct text){ 0 };
	return 0;
}

int copy_text(char **ret_str, const char *format, ...)
{
	struct text text = { 0 };
	va_list ap;

	va_start(ap, format);
	text_add_va(&text, format, ap);
	va_end(ap);
	return text_finish(&text, ret_str);
}

bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}
