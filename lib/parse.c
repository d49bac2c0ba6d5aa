// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Each text is walked as [p, end). Own digits and white space instead of
 * strtoull() and isspace(): those take signs, spaces and the locale into account.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "parse.h"

/* Where str ends, its one newline left out. */
static const char *text_end(const char *str)
{
	size_t length = strlen(str);

	if (length > 0 && str[length - 1] == '\n')
		length--;
	return str + length;
}

/* Is text next? Then it is skipped. */
static bool take(const char **p, const char *end, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(end - *p) < length || memcmp(*p, text, length) != 0)
		return false;
	*p += length;
	return true;
}

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	return UINT_MAX;
}

/*
 * All digits from *p on. After -ERANGE too *p is behind them, so that the caller
 * can tell a text with junk (-EINVAL) from one whose only flaw is the size.
 */
static int take_number(const char **p, const char *end, unsigned int base, uint64_t max,
		       uint64_t *ret)
{
	const char *begin = *p;
	uint64_t value = 0;
	bool too_large = false;

	for (; *p < end; (*p)++) {
		unsigned int digit = digit_value(**p);

		if (digit >= base)
			break;
		if (digit > max || value > (max - digit) / base)
			too_large = true;
		else
			value = value * base + digit;
	}
	if (*p == begin || (base == 10 && *begin == '0' && *p - begin > 1))
		return -EINVAL;
	if (too_large)
		return -ERANGE;
	*ret = value;
	return 0;
}

/* Nothing but a number. */
static int parse_number(const char *p, const char *end, unsigned int base, uint64_t max,
			uint64_t *ret)
{
	uint64_t value = 0;
	int r;

	r = take_number(&p, end, base, max, &value);
	if (p != end)
		return -EINVAL;
	if (r < 0)
		return r;
	*ret = value;
	return 0;
}

int parse_dec(const char *str, uint64_t *ret)
{
	return parse_number(str, text_end(str), 10, UINT64_MAX, ret);
}

int parse_bare_hex(const char *str, uint64_t *ret)
{
	return parse_number(str, text_end(str), 16, UINT64_MAX, ret);
}

int parse_0x_hex(const char *str, uint64_t *ret)
{
	const char *end = text_end(str);

	if (!take(&str, end, "0x"))
		return -EINVAL;
	return parse_number(str, end, 16, UINT64_MAX, ret);
}

/* A name is a whole file name: here a newline would be part of it. */
static int parse_name(const char *name, const char *prefix, uint64_t max, uint64_t *ret)
{
	const char *end = name + strlen(name);

	if (!take(&name, end, prefix))
		return -EINVAL;
	return parse_number(name, end, 10, max, ret);
}

int parse_block_name(const char *name, uint64_t *ret_id)
{
	return parse_name(name, "memory", UINT64_MAX - 1, ret_id);
}

int parse_node_name(const char *name, int *ret_node)
{
	uint64_t value = 0;
	int r;

	r = parse_name(name, "node", INT_MAX, &value);
	if (r < 0)
		return r;
	*ret_node = (int)value;
	return 0;
}

int parse_mapping_name(const char *name, unsigned int *ret_index)
{
	uint64_t value = 0;
	int r;

	r = parse_name(name, "mapping", INT_MAX, &value);
	if (r < 0)
		return r;
	*ret_index = (unsigned int)value;
	return 0;
}

int parse_tier_name(const char *name, int *ret_tier)
{
	uint64_t value = 0;
	int r;

	r = parse_name(name, "memory_tier", INT_MAX, &value);
	if (r < 0)
		return r;
	*ret_tier = (int)value;
	return 0;
}

int parse_cache_name(const char *name, unsigned int *ret_level)
{
	uint64_t value = 0;
	int r;

	r = parse_name(name, "index", INT_MAX, &value);
	if (r < 0)
		return r;
	*ret_level = (unsigned int)value;
	return 0;
}

bool is_dax_name(const char *name)
{
	const char *end = name + strlen(name);
	uint64_t value;

	return take(&name, end, "dax") &&
	       take_number(&name, end, 10, INT_MAX, &value) == 0 &&
	       take(&name, end, ".") &&
	       parse_number(name, end, 10, INT_MAX, &value) == 0;
}

bool is_virtio_name(const char *name)
{
	uint64_t value;

	return parse_name(name, "virtio", INT_MAX, &value) == 0;
}

/* "4" or "0-1"; *ret_last on -ERANGE is of no use */
static int take_part(const char **p, const char *end, uint64_t *ret_first, uint64_t *ret_last)
{
	int r, r2;

	r = take_number(p, end, 10, INT_MAX, ret_first);
	if (r == -EINVAL)
		return r;
	if (!take(p, end, "-")) {
		*ret_last = *ret_first;
		return r;
	}
	r2 = take_number(p, end, 10, INT_MAX, ret_last);
	if (r2 == -EINVAL)
		return r2;
	return r < 0 ? r : r2;
}

/* One walk through a list that is not empty; without fn it only checks. */
static int walk_list(const char *p, const char *end, parse_list_fn fn, void *data)
{
	uint64_t first = 0, last = 0, next = 0;
	bool too_large = false;
	int r;

	do {
		r = take_part(&p, end, &first, &last);
		if (r == -EINVAL)
			return r;
		if (r == -ERANGE) {
			too_large = true;
		} else if (!too_large) {
			if (first < next || last < first)
				return -EINVAL;
			next = last + 1;
			r = fn ? fn(data, (unsigned int)first, (unsigned int)last) : 0;
			if (r != 0)
				return r;
		}
	} while (take(&p, end, ","));
	if (p != end)
		return -EINVAL;
	return too_large ? -ERANGE : 0;
}

int parse_list(const char *str, parse_list_fn fn, void *data)
{
	const char *end = text_end(str);
	int r;

	if (str == end)
		return 0;
	r = walk_list(str, end, NULL, NULL);
	if (r < 0)
		return r;
	return walk_list(str, end, fn, data);
}

/* ret may be NULL: only whether they are numbers */
static int walk_numbers(const char *p, const char *end, unsigned int *ret, size_t count)
{
	bool too_large = false;
	uint64_t value = 0;
	int r;

	take(&p, end, " ");
	for (size_t i = 0; i < count; i++) {
		if (i && !take(&p, end, " "))
			return -EINVAL;
		r = take_number(&p, end, 10, INT_MAX, &value);
		if (r == -EINVAL)
			return r;
		too_large |= r < 0;
		if (ret)
			ret[i] = (unsigned int)value;
	}
	return p != end ? -EINVAL : too_large ? -ERANGE : 0;
}

int parse_numbers(const char *str, unsigned int *ret, size_t count)
{
	int r = walk_numbers(str, text_end(str), NULL, count);

	return r < 0 ? r : walk_numbers(str, text_end(str), ret, count);
}

static bool is_white_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Skips the word at *p, returns its length; 0 if there is none that could be one. */
static size_t take_word(const char **p, const char *end)
{
	const char *begin = *p;

	while (*p < end && !is_white_space(**p))
		(*p)++;
	return *p - begin > PARSE_MAX_WORD ? 0 : (size_t)(*p - begin);
}

int parse_state(const char *str, enum mhp_state *ret)
{
	const char *end = text_end(str), *p = str;
	size_t length = take_word(&p, end);

	if (length == 0 || p != end)
		return -EINVAL;
	*ret = parse_state_word(str, length);
	return 0;
}

int parse_device_state(const char *str, enum mhp_device_state *ret)
{
	const char *end = text_end(str), *p = str;
	size_t length = take_word(&p, end);

	if (length == 0 || p != end)
		return -EINVAL;
	*ret = parse_device_state_word(str, length);
	return 0;
}

int parse_zones(const char *str, enum mhp_zone ret_zones[PARSE_MAX_ZONES], size_t *ret_count)
{
	const char *end = text_end(str), *p = str;
	enum mhp_zone zones[PARSE_MAX_ZONES];
	size_t count = 0, length, i;
	bool none = false;

	do {
		const char *word = p;

		length = take_word(&p, end);
		if (length == 0 || count == PARSE_MAX_ZONES)
			return -EINVAL;
		zones[count] = parse_zone_word(word, length);
		if (zones[count] == MHP_ZONE_NONE)
			none = true;
		count++;
	} while (take(&p, end, " "));
	if (p != end || (none && count > 1))
		return -EINVAL;
	for (i = 0; i < count; i++)
		ret_zones[i] = zones[i];
	*ret_count = count;
	return 0;
}

int parse_iomem_line(const char *line, size_t length, struct iomem_line *ret)
{
	const char *p = line, *end = line + length;
	uint64_t first = 0, last = 0;
	unsigned int level = 0;
	int r, r2;

	while (take(&p, end, "  "))
		if (++level > IOMEM_MAX_LEVEL)
			return -EINVAL;
	r = take_number(&p, end, 16, UINT64_MAX, &first);
	if (r == -EINVAL || !take(&p, end, "-"))
		return -EINVAL;
	r2 = take_number(&p, end, 16, UINT64_MAX, &last);
	if (r2 == -EINVAL || !take(&p, end, " : "))
		return -EINVAL;
	if (memchr(p, '\n', (size_t)(end - p)))
		return -EINVAL;
	if (r < 0 || r2 < 0)
		return -ERANGE;
	if (last < first)
		return -EINVAL;
	*ret = (struct iomem_line) {
		.level = level,
		.start = first,
		.end = last,
		.name = p,
		.name_length = (size_t)(end - p),
	};
	return 0;
}

int parse_system_ram(const char *name, size_t length, const char **ret_driver,
		     size_t *ret_length)
{
	const char *p = name, *end = name + length;

	if (!take(&p, end, "System RAM"))
		return -EINVAL;
	if (p == end) {
		*ret_driver = NULL;
		*ret_length = 0;
		return 0;
	}
	/* at least one byte, and then the bracket */
	if (!take(&p, end, " (") || end - p < 2 || end[-1] != ')')
		return -EINVAL;
	/* a region may be called so, in whatever is told of it */
	for (const char *at = p; at < end; at++)
		if (*at < ' ' || *at > '~')
			return -EINVAL;
	*ret_driver = p;
	*ret_length = (size_t)(end - p) - 1;
	return 0;
}
