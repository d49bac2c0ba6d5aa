// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Numbers on the command line: exactly what was meant, or an error. Nothing of
 * strtoull(), which takes blanks, signs and, for 2^64 + 1, any number.
 *
 * All return 0, -EINVAL if it is nonsense, or -ERANGE if it is too large.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "tool.h"

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return UINT_MAX;
}

/* Digits at the beginning of *text, which moves behind them. */
static int take_digits(const char **text, unsigned int base, uint64_t *ret)
{
	const char *p = *text;
	uint64_t number = 0;
	bool fits = true;

	for (; digit_value(*p) < base; p++)
		fits = fits && !__builtin_mul_overflow(number, base, &number) &&
		       !__builtin_add_overflow(number, digit_value(*p), &number);
	if (p == *text)
		return -EINVAL;
	*text = p;
	*ret = number;
	return fits ? 0 : -ERANGE;
}

int value_number(const char *text, uint64_t *ret)
{
	int code = take_digits(&text, 10, ret);

	return *text ? -EINVAL : code;
}

/* 4G, 4GiB, 512m, 134217728: units are binary. "GB" is not: it may mean another one. */
int value_size(const char *text, uint64_t *ret_bytes)
{
	static const char units[] = "KMGTPE";
	uint64_t number = 0;
	unsigned int shift = 0;
	int code = take_digits(&text, 10, &number);

	if (code == -EINVAL)
		return code;
	if (*text) {
		/* of a blank nothing would be left, and units ends with that */
		const char *unit = *text == ' ' ? NULL : strchr(units, *text & ~('a' - 'A'));

		if (!unit || (text[1] && strcmp(text + 1, "iB")))
			return -EINVAL;
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (code < 0 || number > UINT64_MAX >> shift)
		return -ERANGE;
	*ret_bytes = number << shift;
	return 0;
}

/* 0xSTART-0xEND, the last byte included */
int value_range(const char *text, uint64_t *ret_start, uint64_t *ret_end)
{
	uint64_t ends[2] = { 0 };
	int code = 0;

	for (int i = 0; i < 2; i++) {
		int one;

		if (i && *text++ != '-')
			return -EINVAL;
		if (strncmp(text, "0x", 2) != 0)
			return -EINVAL;
		text += 2;
		one = take_digits(&text, 16, &ends[i]);
		if (one == -EINVAL)
			return one;
		code = code ? code : one;
	}
	if (*text)
		return -EINVAL;
	if (code == 0 && ends[1] < ends[0])
		return -EINVAL;
	*ret_start = ends[0];
	*ret_end = ends[1];
	return code;
}

/* The next one of 32-35,40; *text moves behind it and its comma. */
int value_next_blocks(const char **text, uint64_t *ret_first, uint64_t *ret_last)
{
	int code, last_code = 0;

	code = take_digits(text, 10, ret_first);
	if (code == -EINVAL)
		return code;
	*ret_last = *ret_first;
	if (**text == '-') {
		++*text;
		last_code = take_digits(text, 10, ret_last);
	}
	if (last_code == -EINVAL)
		return last_code;
	code = code ? code : last_code;
	if (code == 0 && *ret_last < *ret_first)
		return -EINVAL;
	if (**text == ',' && (*text)[1])
		++*text;
	else if (**text)
		return -EINVAL;
	return code;
}

/* Seconds, with a fraction or without, as milliseconds; what is below one counts as one. */
int value_milliseconds(const char *text, int64_t *ret)
{
	uint64_t whole, thousandths = 0, unit = 100;
	bool more = false;
	int code = take_digits(&text, 10, &whole);

	if (code == -EINVAL)
		return code;
	if (*text == '.') {
		if (digit_value(*++text) >= 10)
			return -EINVAL;
		for (; digit_value(*text) < 10; text++, unit /= 10) {
			thousandths += digit_value(*text) * unit;
			more = more || (unit == 0 && *text != '0');
		}
	}
	if (*text)
		return -EINVAL;
	if (code < 0 || whole > (uint64_t)INT64_MAX / 1000 - 1)
		return -ERANGE;
	*ret = (int64_t)(whole * 1000 + thousandths + more);
	return 0;
}
