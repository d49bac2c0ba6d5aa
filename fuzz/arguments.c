// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Numbers, sizes, ranges and blocks on the command line of mhp. What is taken is within its
 * limits, and the same in other words for it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "tool.h"

const char fuzz_name[] = "arguments";

static void check_code(int r)
{
	FUZZ_CHECK(r == 0 || r == -EINVAL || r == -ERANGE);
}

static void try_number(const char *text)
{
	uint64_t number = 0, bytes = 0;
	char printed[32];
	int r = value_number(text, &number), r_size;

	check_code(r);
	r_size = value_size(text, &bytes);
	check_code(r_size);
	/* a number is a size in bytes */
	if (r == 0)
		FUZZ_CHECK(r_size == 0 && bytes == number);
	if (r_size < 0)
		return;
	snprintf(printed, sizeof(printed), "%" PRIu64, bytes);
	FUZZ_CHECK(value_number(printed, &number) == 0 && number == bytes);
}

static void try_range(const char *text)
{
	uint64_t start = 1, end = 0, start_again, end_again;
	char printed[64];
	int r = value_range(text, &start, &end);

	check_code(r);
	if (r < 0)
		return;
	FUZZ_CHECK(start <= end);
	snprintf(printed, sizeof(printed), "0x%" PRIx64 "-0x%" PRIx64, start, end);
	FUZZ_CHECK(value_range(printed, &start_again, &end_again) == 0);
	FUZZ_CHECK(start == start_again && end == end_again);
}

static void try_blocks(const char *text)
{
	uint64_t first, last;
	const char *was;
	int r;

	do {
		was = text;
		r = value_next_blocks(&text, &first, &last);
		check_code(r);
		FUZZ_CHECK(r < 0 || (first <= last && text > was));
	} while (r == 0 && *text);
}

static void try_time(const char *text)
{
	int64_t ms = -1;
	int r = value_milliseconds(text, &ms);

	check_code(r);
	FUZZ_CHECK(r < 0 || ms >= 0);
	/* nothing that was asked for becomes no time at all */
	if (r == 0 && strpbrk(text, "123456789"))
		FUZZ_CHECK(ms > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	try_number(text);
	try_range(text);
	try_blocks(text);
	try_time(text);
	free(text);
	return 0;
}
