// SPDX-License-Identifier: LGPL-2.1-or-later
/* Strings and lists of them; kernels; errno values by name. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("differ: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(2);
}

void *must(void *p)
{
	if (!p)
		die("no memory");
	return p;
}

char *text_new(const char *format, ...)
{
	va_list args;
	char *text;
	int r;

	va_start(args, format);
	r = vasprintf(&text, format, args);
	va_end(args);
	return must(r < 0 ? NULL : text);
}

void lines_add(struct lines *lines, char *str)
{
	/* room for a power of two */
	if (!(lines->count & (lines->count - 1)))
		lines->str = must(reallocarray(lines->str, lines->count ? lines->count * 2 : 1,
					       sizeof(char *)));
	lines->str[lines->count++] = str;
}

void lines_free(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->str[i]);
	free(lines->str);
	*lines = (struct lines){ 0 };
}

bool lines_same(const struct lines *a, const struct lines *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->str[i], b->str[i]))
			return false;
	return true;
}

static int compare_lines(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

void lines_sort(struct lines *lines)
{
	if (lines->count)
		qsort(lines->str, lines->count, sizeof(char *), compare_lines);
}

char *file_read(const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	struct buf buf = { 0 };
	char bytes[4096], *text;
	size_t n;

	if (!file)
		die("%s: %s", path, strerror(errno));
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add_bytes(&buf, bytes, n);
	if (ferror(file))
		die("%s: %s", path, strerror(errno));
	if (file != stdin)
		fclose(file);
	if (buf_finish(&buf, &text) < 0)
		die("no memory");
	return text;
}

/* ---- errno values ---- */

static const struct {
	int code;
	const char *name;
} codes[] = {
	{ EACCES, "EACCES" }, { EAGAIN, "EAGAIN" }, { EBUSY, "EBUSY" }, { EEXIST, "EEXIST" },
	{ E2BIG, "E2BIG" }, { EHWPOISON, "EHWPOISON" }, { EINTR, "EINTR" },
	{ EINVAL, "EINVAL" }, { EIO, "EIO" }, { EISDIR, "EISDIR" }, { ENODEV, "ENODEV" },
	{ ENOENT, "ENOENT" }, { ENOMEM, "ENOMEM" }, { ENOSPC, "ENOSPC" },
	{ ENOTDIR, "ENOTDIR" }, { ENOTRECOVERABLE, "ENOTRECOVERABLE" },
	{ ENXIO, "ENXIO" }, { EOPNOTSUPP, "EOPNOTSUPP" },
	{ EPERM, "EPERM" }, { ERANGE, "ERANGE" }, { EROFS, "EROFS" },
};

const char *code_text(int code)
{
	static char number[16];

	if (code == 0)
		return "0";
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].code == -code)
			return codes[i].name;
	snprintf(number, sizeof(number), "%d", code);
	return number;
}

bool code_from_text(const char *text, int *ret_code)
{
	char *end;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!strcmp(text, codes[i].name)) {
			*ret_code = -codes[i].code;
			return true;
		}
	*ret_code = (int)strtol(text, &end, 10);
	return end != text && !*end && *ret_code <= 0;
}

/* ---- kernels ---- */

const char *const kernel_names[KERNELS] = { "6.1", "6.12", "7.3" };

int kernel_find(const char *name)
{
	for (int i = 0; i < KERNELS; i++)
		if (!strcmp(kernel_names[i], name))
			return i;
	return -1;
}

char *mask_text(unsigned int mask, unsigned int all)
{
	char names[64] = "";

	if (mask == all)
		return text_new("%s", "");
	for (int i = KERNELS - 1; i >= 0; i--) {
		if (!(mask & 1U << i))
			continue;
		strcat(names, *names ? " " : "[");
		strcat(names, kernel_names[i]);
	}
	return text_new("%s] ", names);
}

unsigned int mask_take(const char **text, unsigned int all)
{
	unsigned int mask = 0;
	const char *at = *text;

	if (*at != '[')
		return all;
	for (at++; *at && *at != ']'; at += *at == ' ') {
		size_t length = strcspn(at, " ]");
		char name[16];
		int kernel;

		if (length >= sizeof(name))
			return 0;
		memcpy(name, at, length);
		name[length] = '\0';
		kernel = kernel_find(name);
		if (kernel < 0)
			return 0;
		mask |= 1U << kernel;
		at += length;
	}
	if (*at != ']')
		return 0;
	at++;
	*text = at + strspn(at, " ");
	return mask;
}
