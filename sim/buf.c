// SPDX-License-Identifier: LGPL-2.1-or-later
/* A growing text. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define MAX_ESCAPED 60

static bool buf_reserve(struct buf *buf, size_t more)
{
	size_t need, size = buf->size ? buf->size : 64;
	char *str;

	if (buf->failed)
		return false;
	if (more >= SIZE_MAX / 2 - buf->length) {
		buf->failed = true;
		return false;
	}
	need = buf->length + more + 1;
	if (need <= buf->size)
		return true;
	while (size < need)
		size *= 2;
	str = realloc(buf->str, size);
	if (!str) {
		buf->failed = true;
		return false;
	}
	buf->str = str;
	buf->size = size;
	return true;
}

void buf_add_bytes(struct buf *buf, const char *bytes, size_t length)
{
	if (!buf_reserve(buf, length))
		return;
	if (length)
		memcpy(buf->str + buf->length, bytes, length);
	buf->length += length;
	buf->str[buf->length] = '\0';
}

void buf_add_str(struct buf *buf, const char *str)
{
	buf_add_bytes(buf, str, strlen(str));
}

void buf_add(struct buf *buf, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0) {
		buf->failed = true;
		return;
	}
	if (!buf_reserve(buf, (size_t)n))
		return;
	va_start(ap, format);
	vsnprintf(buf->str + buf->length, (size_t)n + 1, format, ap);
	va_end(ap);
	buf->length += (size_t)n;
}

void buf_add_escaped(struct buf *buf, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length && i < MAX_ESCAPED; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= ' ' && c <= '~' && c != '\\')
			buf_add(buf, "%c", c);
		else
			buf_add(buf, "\\x%02x", c);
	}
	if (length > MAX_ESCAPED)
		buf_add_str(buf, "...");
}

void buf_free(struct buf *buf)
{
	free(buf->str);
	*buf = (struct buf){ 0 };
}

int buf_finish(struct buf *buf, char **ret_str)
{
	if (!buf_reserve(buf, 0)) {
		buf_free(buf);
		return -ENOMEM;
	}
	buf->str[buf->length] = '\0';
	*ret_str = buf->str;
	*buf = (struct buf){ 0 };
	return 0;
}
