// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Text for people: escaped, with sizes and error numbers that can be read.
 *
 * Names and words come from the system, or from a capture that somebody sent:
 * they may hold anything but NUL. Every line of text that the program prints
 * goes through text_put().
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static int exit_without_memory = EXIT_REFUSED;

void set_exit_without_memory(int code)
{
	exit_without_memory = code;
}

void out_of_memory(void)
{
	fputs("mhp: out of memory\n", stderr);
	exit(exit_without_memory);
}

/*
 * Length of the character that text begins with, and its number; 0 if it is not
 * well-formed UTF-8. Not mbrtowc(): what is printed must not depend on the
 * locale.
 */
size_t text_utf8_length(const char *text, uint32_t *ret_char)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *byte = (const unsigned char *)text;
	size_t length;
	uint32_t c;

	if (byte[0] < 0x80) {
		*ret_char = byte[0];
		return 1;
	}
	if ((byte[0] & 0xe0) == 0xc0)
		length = 2;
	else if ((byte[0] & 0xf0) == 0xe0)
		length = 3;
	else if ((byte[0] & 0xf8) == 0xf0)
		length = 4;
	else
		return 0;

	c = byte[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		/* the NUL at the end is no continuation either */
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (byte[i] & 0x3f);
	}
	if (c < smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_char = c;
	return length;
}

/* Control characters, and those that make a line look like another one. */
static bool harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	       c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c >= 0xe0000;
}

/* The bytes of the character at text, at least one; what they are is in *ret_harmful. */
static size_t next_length(const char *text, bool *ret_harmful)
{
	uint32_t c = 0;
	size_t length = text_utf8_length(text, &c);

	*ret_harmful = !length || harmful(c);
	return length ? length : 1;
}

/*
 * One line: what is harmful is shown as \xNN. All between is written at once: on a stream
 * without a buffer, as standard error is, each call is a system call.
 */
void text_put(FILE *file, const char *text)
{
	const char *at = text;

	while (*at) {
		bool is_harmful;
		size_t length = next_length(at, &is_harmful);

		if (is_harmful) {
			fwrite(text, 1, (size_t)(at - text), file);
			for (text = at + length; at < text; at++)
				fprintf(file, "\\x%02x", (unsigned char)*at);
		} else {
			at += length;
		}
	}
	fwrite(text, 1, (size_t)(at - text), file);
}

/* Nothing but printable ASCII? Nearly all is, and text_put() leaves it as it is. */
static bool is_plain(const char *text)
{
	while (*text >= ' ' && *text <= '~')
		text++;
	return !*text;
}

/* As text_put(), into memory that the caller frees. */
char *text_copy(const char *text)
{
	char *copy = NULL;
	size_t length;
	FILE *file;

	/* a stream's buffer costs more than all else in a table */
	if (is_plain(text)) {
		copy = strdup(text);
		if (!copy)
			out_of_memory();
		return copy;
	}
	file = open_memstream(&copy, &length);
	if (!file)
		out_of_memory();
	text_put(file, text);
	if (fclose(file) != 0)
		out_of_memory();
	return copy;
}

__attribute__((format(printf, 1, 0)))
static char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		out_of_memory();
	return text;
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	return text;
}

/* NULL without memory: for what is called half-way, where nobody may exit. */
char *text_try_format(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	return n < 0 ? NULL : text;
}

/*
 * Print on standard output. Newlines of the format stay, all else is escaped: a name with a
 * newline in it makes no line of its own. Which is which is told by a second text, for which
 * the format had blanks instead.
 */
void say(const char *format, ...)
{
	char *blank = text_format("%s", format), *text, *same, *line;
	va_list args, again;

	for (char *at = blank; (at = strchr(at, '\n'));)
		*at = ' ';
	va_start(args, format);
	va_copy(again, args);
	text = format_text(format, args);
	/* as good as format, which the compiler has checked */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	same = format_text(blank, again);
#pragma GCC diagnostic pop
	va_end(again);
	va_end(args);
	line = text;
	for (size_t i = 0; text[i]; i++) {
		if (text[i] != '\n' || same[i] == '\n')
			continue;
		text[i] = '\0';
		text_put(stdout, line);
		fputc('\n', stdout);
		line = &text[i + 1];
	}
	text_put(stdout, line);
	free(same);
	free(text);
	free(blank);
}

/* As say(), of a text that has lines. */
void say_lines(const char *text)
{
	while (*text) {
		int length = (int)strcspn(text, "\n");

		say("%.*s\n", length, text);
		text += length + (text[length] == '\n');
	}
}

/* Print one line on standard error: "mhp: ..."; without memory its first part. */
void complain(const char *format, ...)
{
	char *text, part[1024];
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		va_start(args, format);
		vsnprintf(part, sizeof(part), format, args);
		va_end(args);
	}
	fflush(stdout);		/* in order, where both go to a terminal */
	fputs("mhp: ", stderr);
	text_put(stderr, n < 0 ? part : text);
	fputc('\n', stderr);
	if (n >= 0)
		free(text);
}

/* "512 MiB", "1.5 GiB"; at most two decimals, cut off. */
const char *text_size(uint64_t bytes, char buffer[TEXT_SIZE_MAX])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t unit = 0;
	uint64_t one = 1;
	unsigned int cents;

	while (unit + 1 < ARRAY_SIZE(units) && bytes / one >= 1024) {
		one *= 1024;
		unit++;
	}
	/* one is at most 2^60: the product overflows only above that, so scale */
	cents = one > 1 ? (unsigned int)(bytes % one / (one / 1024) * 100 / 1024) : 0;
	if (cents == 0)
		snprintf(buffer, TEXT_SIZE_MAX, "%" PRIu64 " %s", bytes / one, units[unit]);
	else if (cents % 10 == 0)
		snprintf(buffer, TEXT_SIZE_MAX, "%" PRIu64 ".%u %s", bytes / one, cents / 10,
			 units[unit]);
	else
		snprintf(buffer, TEXT_SIZE_MAX, "%" PRIu64 ".%02u %s", bytes / one, cents,
			 units[unit]);
	return buffer;
}

/* What memory hotplug answers with; strerrorname_np() is not everywhere. */
static const struct {
	int code;
	const char *name;
} errnos[] = {
#define NAMED(code) { code, #code }
	NAMED(E2BIG), NAMED(EACCES), NAMED(EAGAIN), NAMED(EBADF), NAMED(EBADMSG),
	NAMED(EBUSY), NAMED(ECANCELED), NAMED(EEXIST), NAMED(EFAULT), NAMED(EFBIG),
	NAMED(EHWPOISON), NAMED(EINTR), NAMED(EINVAL), NAMED(EIO), NAMED(EISDIR),
	NAMED(ELOOP), NAMED(EMFILE), NAMED(ENAMETOOLONG), NAMED(ENFILE), NAMED(ENODATA),
	NAMED(ENODEV), NAMED(ENOENT), NAMED(ENOMEM), NAMED(ENOSPC), NAMED(ENOSYS),
	NAMED(ENOTDIR), NAMED(ENOTUNIQ), NAMED(ENXIO), NAMED(EOPNOTSUPP), NAMED(EOVERFLOW),
	NAMED(EPERM), NAMED(EPIPE), NAMED(ERANGE), NAMED(EROFS), NAMED(ESTALE), NAMED(ETIMEDOUT),
	NAMED(EXDEV),
#undef NAMED
};

/* Name of a positive or negative errno value; NULL for a rare one. */
const char *text_errno_name(int code)
{
	if (code < 0)
		code = -code;
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].code == code)
			return errnos[i].name;
	return NULL;
}

/* Positive errno value of a name; 0 if there is none. */
int text_errno_value(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (strcmp(errnos[i].name, name) == 0)
			return errnos[i].code;
	return 0;
}

/* As text_error(), NULL without memory. */
char *text_try_error(int code)
{
	const char *name = text_errno_name(code);

	if (code < 0)
		code = -code;
	if (!name)
		return text_try_format("error %d (%s)", code, strerror(code));
	return text_try_format("%s (%s)", name, strerror(code));
}

/* "EACCES (Permission denied)"; the caller frees it. */
char *text_error(int code)
{
	char *text = text_try_error(code);

	if (!text)
		out_of_memory();
	return text;
}

/* "unreadable: EACCES (Permission denied), needs root"; the caller frees it. */
char *text_unreadable(int code)
{
	char *why = text_error(code);
	char *text = text_format("unreadable: %s%s", why,
				 code == -EACCES || code == -EPERM ? ", needs root" : "");

	free(why);
	return text;
}

static void text_list_flush(struct text_list *list)
{
	char range[2 * 20 + 3];
	size_t length;
	char *text;

	if (!list->pending)
		return;
	snprintf(range, sizeof(range), "%s%" PRIu64, list->length ? "," : "", list->first);
	length = strlen(range);
	if (list->last != list->first)
		length += (size_t)snprintf(range + length, sizeof(range) - length,
					   "-%" PRIu64, list->last);
	text = realloc(list->text, list->length + length + 1);
	if (!text)
		out_of_memory();
	memcpy(text + list->length, range, length + 1);
	list->text = text;
	list->length += length;
}

void text_list_add(struct text_list *list, uint64_t first, uint64_t count)
{
	if (count == 0)
		return;
	if (!list->pending || first == 0 || list->last != first - 1) {
		text_list_flush(list);
		list->first = first;
	}
	list->last = first + (count - 1);
	list->pending = true;
}

/* The list, which the caller frees; "" if nothing was added. */
char *text_list_end(struct text_list *list)
{
	text_list_flush(list);
	return list->text ? list->text : text_format("%s", "");
}

/* The whole blocks inside a region's ranges, present or not. */
char *text_region_blocks(const struct mhp_region *region)
{
	struct text_list list = { 0 };
	uint64_t first, count;

	for (size_t i = 0; mhp_region_get_block_run(region, i, &first, &count) == 0; i++)
		text_list_add(&list, first, count);
	return text_list_end(&list);
}

char *text_conflict_blocks(const struct mhp_conflict *conflict)
{
	struct text_list list = { 0 };
	uint64_t id;

	for (size_t i = 0; mhp_conflict_get_block_id(conflict, i, &id) == 0; i++)
		text_list_add(&list, id, 1);
	return text_list_end(&list);
}
