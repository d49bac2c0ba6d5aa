// SPDX-License-Identifier: LGPL-2.1-or-later
/* The list of LMBs in the device tree: bytes that anybody may have made. */
#include <errno.h>
#include <stdlib.h>

#include "lmb.h"

/* both forms have such entries, behind the number of them */
#define ENTRY_BYTES 24

/* What is left of a property. */
struct cells {
	const unsigned char *at;
	size_t left;
};

/* A number of so many bytes; the caller knows that they are there. */
static uint64_t take(struct cells *cells, size_t bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes; i++)
		number = number << 8 | *cells->at++;
	cells->left -= bytes;
	return number;
}

int lmb_parse_size(const char *bytes, size_t length, uint64_t *ret_size)
{
	struct cells cells = { (const unsigned char *)bytes, length };
	uint64_t size;

	if (length != sizeof(size))
		return -EBADMSG;
	size = take(&cells, sizeof(size));
	if (!size || size & (size - 1))
		return -EBADMSG;
	*ret_size = size;
	return 0;
}

/* An entry of either form: LMBs in a row. */
struct entry {
	uint32_t count, index, place, flags;
	uint64_t address;
};

static struct entry take_entry(struct cells *cells, bool is_v2)
{
	struct entry entry = { .count = 1 };

	if (is_v2)
		entry.count = (uint32_t)take(cells, 4);
	entry.address = take(cells, 8);
	entry.index = (uint32_t)take(cells, 4);
	if (!is_v2)
		take(cells, 4);		/* reserved */
	entry.place = (uint32_t)take(cells, 4);
	entry.flags = (uint32_t)take(cells, 4);
	return entry;
}

/* Do its addresses and indices fit, and does it begin where an LMB can? */
static bool is_sound(const struct entry *entry, uint64_t lmb_size)
{
	uint64_t bytes, end;

	return !(entry->address & (lmb_size - 1)) &&
	       !__builtin_mul_overflow((uint64_t)entry->count, lmb_size, &bytes) &&
	       !__builtin_add_overflow(entry->address, bytes, &end) &&
	       entry->index <= UINT32_MAX - entry->count;
}

/* How many LMBs there are, or what is wrong with the entries. */
static int count_lmbs(struct cells cells, bool is_v2, uint64_t lmb_size, uint64_t *ret_entries,
		      uint64_t *ret_count)
{
	uint64_t entries, count = 0;

	if (cells.left < 4)
		return -EBADMSG;
	entries = take(&cells, 4);
	if (entries > cells.left / ENTRY_BYTES)
		return -EBADMSG;
	for (uint64_t i = 0; i < entries; i++) {
		struct entry entry = take_entry(&cells, is_v2);

		if (!is_sound(&entry, lmb_size))
			return -EBADMSG;
		count += entry.count;
		if (count > MAX_LMBS)
			return -E2BIG;
	}
	*ret_entries = entries;
	*ret_count = count;
	return 0;
}

static int compare_lmbs(const void *a, const void *b)
{
	const struct lmb *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

int lmb_parse_list(const char *bytes, size_t length, bool is_v2, uint64_t lmb_size,
		   struct lmb **ret_lmbs, size_t *ret_count)
{
	struct cells cells = { (const unsigned char *)bytes, length };
	uint64_t entries, count;
	struct lmb *lmbs;
	size_t n = 0;
	int r;

	r = count_lmbs(cells, is_v2, lmb_size, &entries, &count);
	if (r < 0)
		return r;
	lmbs = calloc((size_t)count + 1, sizeof(*lmbs));
	if (!lmbs)
		return -ENOMEM;
	take(&cells, 4);
	for (uint64_t i = 0; i < entries; i++) {
		struct entry entry = take_entry(&cells, is_v2);

		for (uint32_t j = 0; j < entry.count; j++)
			lmbs[n++] = (struct lmb){
				.address = entry.address + j * lmb_size,
				.index = entry.index + j,
				.place = entry.place,
				.flags = entry.flags,
			};
	}
	qsort(lmbs, n, sizeof(*lmbs), compare_lmbs);
	for (size_t i = 1; i < n; i++)
		if (lmbs[i].address == lmbs[i - 1].address) {
			free(lmbs);
			return -EBADMSG;
		}
	*ret_lmbs = lmbs;
	*ret_count = n;
	return 0;
}
