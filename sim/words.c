// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words as the kernel takes them, more kindly than libmhp does: lib/kstrtox.c. */
#include <errno.h>
#include <string.h>

#include "words.h"

int parse_bool(const char *word, bool *ret)
{
	char c = word[0];

	if (c == 'o' || c == 'O')
		c = (char)(word[1] == 'n' || word[1] == 'N' ? '1' :
			   word[1] == 'f' || word[1] == 'F' ? '0' : '\0');
	if (!c || !strchr("yYtT1nNfF0", c))
		return -EINVAL;
	*ret = strchr("yYtT1", c) != NULL;
	return 0;
}

static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 16;
}

/* Skips 0x, and says what base a number of base 0 has. */
static const char *skip_prefix(const char *at, unsigned int *base)
{
	bool is_0x = at[0] == '0' && (at[1] | 0x20) == 'x';

	if (*base == 0) {
		*base = at[0] == '0' ? 8 : 10;
		if (is_0x && digit_of(at[2]) < 16)
			*base = 16;
	}
	return *base == 16 && is_0x ? at + 2 : at;
}

int parse_number(const char *word, unsigned int base, uint64_t max, uint64_t *ret)
{
	const char *at = skip_prefix(word + (word[0] == '+'), &base), *digits = at;
	uint64_t number = 0;
	bool overflow = false;

	for (; digit_of(*at) < base; at++) {
		unsigned int digit = digit_of(*at);

		overflow |= number > (UINT64_MAX - digit) / base;
		number = number * base + digit;
	}
	/* more than 64 bits is told before what follows, less than that after it */
	if (overflow)
		return -ERANGE;
	if (at == digits || (*at && strcmp(at, "\n")))
		return -EINVAL;
	if (number > max)
		return -ERANGE;
	*ret = number;
	return 0;
}
