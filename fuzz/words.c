// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Words, numbers, names and lists of the kernel. The first byte chooses the parser, the rest is
 * its text. What a parser takes is printed, and is the same
 * when it is read again; what it refuses leaves the outputs as they were.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sim/words.h"
#include "fuzz.h"
#include "internal.h"
#include "lmb.h"
#include "names.h"

const char fuzz_name[] = "words";

/* What stands in an output that nobody wrote to. */
#define UNTOUCHED UINT64_C(0xa5a5a5a5a5a5a5a5)

static void check_code(int r, bool is_touched)
{
	FUZZ_CHECK(r == 0 || r == -EINVAL || r == -ERANGE);
	if (r < 0 && is_touched)
		FUZZ_FAIL("%d, and an output was written", r);
}

/* The text without its one newline is what was printed. */
__attribute__((format(printf, 2, 3)))
static void check_printed(const char *text, const char *format, ...)
{
	size_t length = strlen(text);
	char printed[128];
	va_list args;

	va_start(args, format);
	vsnprintf(printed, sizeof(printed), format, args);
	va_end(args);
	if (length && text[length - 1] == '\n')
		length--;
	if (strlen(printed) != length || memcmp(printed, text, length))
		FUZZ_FAIL("\"%s\" was taken for \"%s\"", text, printed);
}

/* ---- numbers ---- */

static void try_number(const char *text, int (*parse)(const char *str, uint64_t *ret),
		       const char *prefix, bool is_hex)
{
	uint64_t number = UNTOUCHED, again;
	char printed[32];
	int r = parse(text, &number);

	check_code(r, number != UNTOUCHED);
	if (r < 0)
		return;
	snprintf(printed, sizeof(printed), is_hex ? "%s%" PRIx64 : "%s%" PRIu64, prefix, number);
	FUZZ_CHECK(parse(printed, &again) == 0 && again == number);
	if (!is_hex)
		check_printed(text, "%s", printed);
}

static void try_numbers(const char *text, size_t size)
{
	(void)size;
	try_number(text, parse_dec, "", false);
	try_number(text, parse_bare_hex, "", true);
	try_number(text, parse_0x_hex, "0x", true);
}

static void try_row(const char *text, size_t size)
{
	unsigned int numbers[8];
	size_t count;
	char printed[128] = "";
	int r;

	if (!size)
		return;
	count = (unsigned char)*text++ % (ARRAY_SIZE(numbers) + 1);
	memset(numbers, 0xa5, sizeof(numbers));
	r = parse_numbers(text, numbers, count);
	FUZZ_CHECK(r == 0 || r == -EINVAL || r == -ERANGE);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (r < 0 || i >= count)
			FUZZ_CHECK(numbers[i] == 0xa5a5a5a5);
		else
			FUZZ_CHECK(numbers[i] <= INT_MAX);
	if (r < 0)
		return;
	for (size_t i = 0; i < count; i++)
		snprintf(printed + strlen(printed), sizeof(printed) - strlen(printed), "%s%u",
			 i ? " " : "", numbers[i]);
	check_printed(text + (*text == ' '), "%s", printed);
}

/* ---- names ---- */

static void try_names(const char *text, size_t size)
{
	unsigned int number = 0xa5a5a5a5;
	uint64_t id = UNTOUCHED;
	int node = -1, r;

	(void)size;
	r = parse_block_name(text, &id);
	check_code(r, id != UNTOUCHED);
	if (r == 0) {
		FUZZ_CHECK(id < UINT64_MAX);
		check_printed(text, "memory%" PRIu64, id);
	}
	r = parse_node_name(text, &node);
	check_code(r, node != -1);
	if (r == 0) {
		FUZZ_CHECK(node >= 0);
		check_printed(text, "node%d", node);
	}
	node = -1;
	r = parse_tier_name(text, &node);
	check_code(r, node != -1);
	if (r == 0)
		check_printed(text, "memory_tier%d", node);
	r = parse_mapping_name(text, &number);
	check_code(r, number != 0xa5a5a5a5);
	if (r == 0)
		check_printed(text, "mapping%u", number);
	number = 0xa5a5a5a5;
	r = parse_cache_name(text, &number);
	check_code(r, number != 0xa5a5a5a5);
	if (r == 0)
		check_printed(text, "index%u", number);
	/* what is shown, and a part of paths */
	if (is_dax_name(text) || is_virtio_name(text))
		FUZZ_CHECK(is_printable(text) && !strchr(text, '/'));
}

/* ---- lists ---- */

struct list {
	struct text text;
	int64_t last;
	size_t count;
};

static int note_part(void *data, unsigned int first, unsigned int last)
{
	struct list *list = data;

	FUZZ_CHECK(first <= last && last <= INT_MAX && (int64_t)first > list->last);
	list->last = last;
	text_add(&list->text, first < last ? "%s%u-%u" : "%s%u", list->count++ ? "," : "", first,
		 last);
	return 0;
}

static int stop_at_first(void *data, unsigned int first, unsigned int last)
{
	(void)data, (void)first, (void)last;
	return 77;
}

static void try_list(const char *text, size_t size)
{
	struct list list = { .last = -1 }, again = { .last = -1 };
	char *once, *twice;
	int r = parse_list(text, note_part, &list);

	(void)size;
	check_code(r, list.count);
	FUZZ_CHECK(text_finish(&list.text, &once) == 0);
	if (r == 0) {
		FUZZ_CHECK(parse_list(once, note_part, &again) == 0);
		FUZZ_CHECK(text_finish(&again.text, &twice) == 0);
		FUZZ_SAME(twice, once, "a list");
		free(twice);
		FUZZ_CHECK(parse_list(text, stop_at_first, NULL) == (list.count ? 77 : 0));
	}
	free(once);
}

/* ---- words ---- */

static void try_types(const char *text, size_t size)
{
	enum mhp_online_type type = MHP_OFFLINE;
	enum mhp_region_kind kind;

	(void)size;
	if (mhp_online_type_from_str(text, &type) == 0)
		check_printed(text, "%s", mhp_online_type_to_str(type));
	if (mhp_region_kind_from_str(text, &kind) == 0)
		FUZZ_CHECK(!strcmp(mhp_region_kind_to_str(kind), text));
}

static void try_states(const char *text, size_t size)
{
	enum mhp_state state = (enum mhp_state)77;
	enum mhp_device_state word = (enum mhp_device_state)77;
	int r = parse_state(text, &state);

	(void)size;
	check_code(r, (int)state != 77);
	if (r == 0 && state)
		check_printed(text, "%s", mhp_state_to_str(state));
	r = parse_device_state(text, &word);
	check_code(r, (int)word != 77);
	if (r == 0 && word)
		check_printed(text, "%s", mhp_device_state_to_str(word));
}

static void try_zones(const char *text, size_t size)
{
	enum mhp_zone zones[PARSE_MAX_ZONES];
	char printed[128] = "";
	size_t count = 77;
	bool known = true;
	int r;

	(void)size;
	for (size_t i = 0; i < PARSE_MAX_ZONES; i++)
		zones[i] = (enum mhp_zone)77;
	r = parse_zones(text, zones, &count);
	check_code(r, count != 77);
	for (size_t i = 0; i < PARSE_MAX_ZONES; i++)
		FUZZ_CHECK(((int)zones[i] == 77) == (r < 0 || i >= count));
	if (r < 0)
		return;
	FUZZ_CHECK(count > 0 && count <= PARSE_MAX_ZONES);
	for (size_t i = 0; i < count; i++) {
		known = known && zones[i];
		FUZZ_CHECK(zones[i] != MHP_ZONE_NONE || count == 1);
		snprintf(printed + strlen(printed), sizeof(printed) - strlen(printed), "%s%s",
			 i ? " " : "", mhp_zone_to_str(zones[i]));
	}
	if (known)
		check_printed(text, "%s", printed);
}

/* ---- strings of our own files ---- */

static void try_quoted(const char *text, size_t size)
{
	struct text quoted = { 0 };
	char *line = fuzz_text((const uint8_t *)text, size), *rest = line, *str, *printed, *again;

	/* whatever is quoted is read as the same */
	text_add_quoted(&quoted, text);
	FUZZ_CHECK(text_finish(&quoted, &printed) == 0 && is_printable(printed));
	again = printed;
	str = take_quoted(&again);
	FUZZ_CHECK(str && !*again);
	FUZZ_SAME(str, text, "a quoted string");
	free(printed);
	/* whatever is read is quoted as the same */
	str = take_quoted(&rest);
	FUZZ_CHECK(str || rest == line);
	if (str) {
		quoted = (struct text){ 0 };
		text_add_quoted(&quoted, str);
		FUZZ_CHECK(text_finish(&quoted, &printed) == 0);
		again = printed;
		FUZZ_SAME(take_quoted(&again), str, "a string");
		free(printed);
	}
	free(line);
}

/* ---- LMBs ---- */

static void try_lmbs(const char *bytes, size_t size)
{
	uint64_t lmb_size = UNTOUCHED;
	struct lmb *lmbs = NULL;
	size_t count = 0;
	bool is_v2;
	int r;

	r = lmb_parse_size(bytes, size < 8 ? size : 8, &lmb_size);
	FUZZ_CHECK(r == 0 ? lmb_size && !(lmb_size & (lmb_size - 1)) :
			    r == -EBADMSG && lmb_size == UNTOUCHED);
	if (r < 0 || size < 9)
		return;
	is_v2 = bytes[8] & 1;
	r = lmb_parse_list(bytes + 9, size - 9, is_v2, lmb_size, &lmbs, &count);
	if (r < 0) {
		FUZZ_CHECK((r == -EBADMSG || r == -E2BIG) && !lmbs && !count);
		return;
	}
	FUZZ_CHECK(count <= MAX_LMBS);
	for (size_t i = 0; i < count; i++) {
		FUZZ_CHECK(!(lmbs[i].address % lmb_size));
		FUZZ_CHECK(!i || lmbs[i].address > lmbs[i - 1].address);
	}
	free(lmbs);
}

/* ---- words as the simulated machine takes them ---- */

static void try_kernel_words(const char *text, size_t size)
{
	static const unsigned int bases[] = { 0, 8, 10, 16 };
	uint64_t number = UNTOUCHED;
	bool yes = false;
	int r;

	if (!size)
		return;
	r = parse_bool(text + 1, &yes);
	FUZZ_CHECK(r == 0 || (r == -EINVAL && !yes));
	r = parse_number(text + 1, bases[*text & 3], 1 << 20, &number);
	check_code(r, number != UNTOUCHED);
	FUZZ_CHECK(r < 0 || number <= 1 << 20);
}

/* ---- the order of captures ---- */

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

/* Lines; any three of them have one order. */
static void try_order(const char *text, size_t size)
{
	char *copy = fuzz_text((const uint8_t *)text, size), *rest, *line;
	const char *names[3];
	size_t count = 0;

	for (line = strtok_r(copy, "\n/", &rest); line && count < ARRAY_SIZE(names);
	     line = strtok_r(NULL, "\n/", &rest))
		names[count++] = line;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int r = sign(compare_names(names[i], names[j]));

			FUZZ_CHECK(r == -sign(compare_names(names[j], names[i])));
			FUZZ_CHECK(!r == !strcmp(names[i], names[j]));
			for (size_t k = 0; k < count; k++)
				FUZZ_CHECK(r >= 0 || compare_names(names[j], names[k]) > 0 ||
					   compare_names(names[i], names[k]) < 0);
		}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		void (*try)(const char *text, size_t size);
		bool is_bytes;
	} parsers[] = {
		{ try_numbers, false }, { try_row, false }, { try_names, false },
		{ try_list, false }, { try_types, false }, { try_states, false },
		{ try_zones, false }, { try_quoted, false }, { try_lmbs, true },
		{ try_kernel_words, false }, { try_order, false },
	};
	size_t which, length;
	char *text;

	if (!size)
		return 0;
	which = (data[0] - (size_t)'a') % ARRAY_SIZE(parsers);
	text = parsers[which].is_bytes ? fuzz_bytes(data + 1, size - 1) :
					 fuzz_text(data + 1, size - 1);
	length = parsers[which].is_bytes ? size - 1 : strlen(text);
	parsers[which].try(text, length);
	free(text);
	return 0;
}
