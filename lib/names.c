// SPDX-License-Identifier: LGPL-2.1-or-later
/* The words and the order of a capture. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "names.h"

#define MAX_NAME 255

/* ---- order ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Compares the numbers at *a and *b, and moves behind them. */
static int compare_numbers(const char **a, const char **b)
{
	const char *x = *a, *y = *b;
	int r = 0;

	for (; *x == '0'; x++)
		;
	for (; *y == '0'; y++)
		;
	for (; is_digit(*x) && is_digit(*y); x++, y++)
		if (!r && *x != *y)
			r = *x < *y ? -1 : 1;
	*a = x;
	*b = y;
	/* the longer one is the larger one */
	return is_digit(*x) ? 1 : is_digit(*y) ? -1 : r;
}

int compare_names(const char *a, const char *b)
{
	const char *x = a, *y = b;
	int r;

	for (; *x == *y && *x; x++, y++)
		;
	/* back to the beginning of the number that they may differ in */
	for (; x > a && is_digit(x[-1]); x--, y--)
		;
	while (*x && *y) {
		if (is_digit(*x) && is_digit(*y)) {
			r = compare_numbers(&x, &y);
			if (r)
				return r;
			continue;
		}
		if (*x != *y)
			return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
		x++;
		y++;
	}
	if (*x || *y)
		return *x ? 1 : -1;
	/* "01" and "1" are two names */
	return strcmp(a, b);
}

/* Copies a part of a path; its end. */
static const char *take_part(const char *path, const char *end, char part[MAX_NAME + 1])
{
	const char *slash = memchr(path, '/', (size_t)(end - path));
	size_t length = (size_t)((slash ? slash : end) - path);

	memcpy(part, path, length);
	part[length] = '\0';
	return path + length;
}

int compare_paths(const char *a, size_t a_length, const char *b, size_t b_length)
{
	const char *a_end = a + a_length, *b_end = b + b_length;
	char x[MAX_NAME + 1], y[MAX_NAME + 1];
	const char *a_begin = a;
	int r;

	for (; a < a_end && b < b_end && *a == *b; a++, b++)
		;
	/* back to the slash before the part that they differ in */
	for (; a > a_begin && (a == a_end || b == b_end || *a != '/' || *b != '/'); a--, b--)
		;
	while (a < a_end && b < b_end) {
		a = take_part(a + 1, a_end, x);
		b = take_part(b + 1, b_end, y);
		r = compare_names(x, y);
		if (r)
			return r;
	}
	return a < a_end ? 1 : b < b_end ? -1 : 0;
}

/* ---- errno values ---- */

static const struct {
	int code;
	const char *name;
} code_names[] = {
	{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { ESRCH, "ESRCH" }, { EINTR, "EINTR" },
	{ EIO, "EIO" }, { ENXIO, "ENXIO" }, { E2BIG, "E2BIG" }, { EBADF, "EBADF" },
	{ EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" }, { EACCES, "EACCES" }, { EFAULT, "EFAULT" },
	{ EBUSY, "EBUSY" }, { EEXIST, "EEXIST" }, { ENODEV, "ENODEV" }, { ENOTDIR, "ENOTDIR" },
	{ EISDIR, "EISDIR" }, { EINVAL, "EINVAL" }, { ENOTTY, "ENOTTY" }, { EFBIG, "EFBIG" },
	{ ENOSPC, "ENOSPC" }, { ESPIPE, "ESPIPE" }, { EROFS, "EROFS" }, { ERANGE, "ERANGE" },
	{ EDEADLK, "EDEADLK" }, { ENOSYS, "ENOSYS" }, { ELOOP, "ELOOP" },
	{ ENODATA, "ENODATA" }, { EMFILE, "EMFILE" },
	{ ENFILE, "ENFILE" }, { ENAMETOOLONG, "ENAMETOOLONG" }, { EXDEV, "EXDEV" },
	{ ETIME, "ETIME" }, { EPROTO, "EPROTO" },
	{ EBADMSG, "EBADMSG" }, { EOVERFLOW, "EOVERFLOW" }, { EOPNOTSUPP, "EOPNOTSUPP" },
	{ ENETDOWN, "ENETDOWN" }, { ECONNRESET, "ECONNRESET" }, { ENOTCONN, "ENOTCONN" },
	{ ETIMEDOUT, "ETIMEDOUT" }, { EALREADY, "EALREADY" }, { ESTALE, "ESTALE" },
	{ EREMOTEIO, "EREMOTEIO" }, { ENOTUNIQ, "ENOTUNIQ" }, { ECANCELED, "ECANCELED" },
#ifdef EHWPOISON
	{ EHWPOISON, "EHWPOISON" },
#endif
};

const char *code_to_name(int code)
{
	for (size_t i = 0; i < sizeof(code_names) / sizeof(code_names[0]); i++)
		if (code_names[i].code == code)
			return code_names[i].name;
	return NULL;
}

int name_to_code(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(code_names) / sizeof(code_names[0]); i++)
		if (!strncmp(code_names[i].name, name, length) && !code_names[i].name[length])
			return code_names[i].code;
	return 0;
}
