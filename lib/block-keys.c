// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Blocks as directories name them, in no order and some of them more than once, to records
 * that are sorted. Half a record's size each, so that both fit where the records will be.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/*
 * A key is a block's number, and below it the node whose directory names it. Of one block they
 * are added with the lowest node first, and last the directory of all blocks, which is no node's.
 */
#define NODE_BITS 12
_Static_assert(BLOCK_NO_NODE == (1 << NODE_BITS) - 1, "a key has room for each node");
#define SHARED (UINT64_C(1) << 63)	/* several nodes have it; once each block has one key */
_Static_assert(BLOCK_MAX_ID < SHARED >> NODE_BITS, "a key has room for each number");

static uint64_t id_of(uint64_t key)
{
	return (key & ~SHARED) >> NODE_BITS;
}

static unsigned int node_of(uint64_t key)
{
	return key & BLOCK_NO_NODE;
}

int block_keys_reserve(struct block_keys *keys, size_t room)
{
	uint64_t *list;

	if (room <= keys->room)
		return 0;
	list = reallocarray(keys->list, room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	keys->list = list;
	keys->room = room;
	return 0;
}

/* ---- names ---- */

/* "memory" and this many digits, as hardly a name is longer; there are very many of them. */
#define SHORT_DIGITS 9

/* False: to be looked at with care. */
static bool parse_short(const char *p, uint64_t *ret_id)
{
	const char *begin;
	uint32_t value = 0;	/* wraps where there are too many digits */

	if (*p++ != 'm' || *p++ != 'e' || *p++ != 'm' || *p++ != 'o' || *p++ != 'r' || *p++ != 'y')
		return false;
	for (begin = p; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (uint32_t)(*p - '0');
	*ret_id = value;
	return !*p && p > begin && p - begin <= SHORT_DIGITS && (*begin != '0' || p - begin == 1);
}

int block_keys_take(struct block_keys *keys, const char *name, unsigned int node, uint64_t max_id)
{
	uint64_t id;
	int r = 0;

	if (!parse_short(name, &id))
		r = parse_block_name(name, &id);
	if (r == 0 && id > max_id)
		r = -ERANGE;
	if (r == 0 && keys->count == keys->room)
		r = block_keys_reserve(keys, keys->room ? 2 * keys->room : 256);
	if (r == 0)
		keys->list[keys->count++] = id << NODE_BITS | node;
	return r;
}

/* ---- sorted ---- */

#define DIGIT_BITS 11
#define DIGITS (1 << DIGIT_BITS)

static unsigned int digit_of(uint64_t key, unsigned int shift)
{
	return key >> shift & (DIGITS - 1);
}

/* Sorts by one digit, from one list to the other. */
static void sort_digit(const uint64_t *from, uint64_t *to, size_t count, unsigned int shift)
{
	size_t starts[DIGITS] = { 0 }, at = 0, n;

	for (size_t i = 0; i < count; i++)
		starts[digit_of(from[i], shift)]++;
	for (size_t i = 0; i < DIGITS; i++) {
		n = starts[i];
		starts[i] = at;
		at += n;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[digit_of(from[i], shift)]++] = from[i];
}

/*
 * By each digit of the numbers in which they differ, the lowest first; keys of one block stay
 * as they came, nodes upwards. spare has as much room.
 */
static void sort(uint64_t *list, uint64_t *spare, size_t count)
{
	uint64_t *from = list, *to = spare, *swap, differ = 0;

	for (size_t i = 1; i < count; i++)
		differ |= list[i] ^ list[0];
	for (unsigned int shift = NODE_BITS; shift < 64; shift += DIGIT_BITS) {
		if (!digit_of(differ, shift))
			continue;
		sort_digit(from, to, count, shift);
		swap = from;
		from = to;
		to = swap;
	}
	if (from != list)
		memcpy(list, from, count * sizeof(*list));
}

/* ---- each once ---- */

static void count_for_node(struct mhp_snapshot *snap, unsigned int id, struct mhp_node **last)
{
	/* neighbours are mostly on the same node */
	if (!*last || (*last)->id != (int)id)
		*last = snapshot_find_node(snap, (int)id);
	if (*last)
		(*last)->n_blocks++;
}

/*
 * Leaves one key of each block. Where all blocks were listed, too, one that only a node names
 * came after that, and is left out.
 */
static void merge(struct block_keys *keys, bool all_listed, struct mhp_snapshot *snap)
{
	uint64_t *list = keys->list;
	struct mhp_node *last = NULL;
	size_t kept = 0;

	for (size_t i = 0, end; i < keys->count; i = end) {
		uint64_t key = list[i];

		for (end = i + 1; end < keys->count && list[end] >> NODE_BITS == key >> NODE_BITS;
		     end++)
			if (node_of(list[end]) != BLOCK_NO_NODE)
				list[i] |= SHARED;
		if (all_listed && node_of(list[end - 1]) != BLOCK_NO_NODE)
			continue;
		for (size_t j = i; j < end && node_of(list[j]) != BLOCK_NO_NODE; j++)
			count_for_node(snap, node_of(list[j]), &last);
		list[kept++] = list[i];
	}
	keys->count = kept;
}

/* Keys that were added after the last time come behind those of the same block. */
static int sort_keys(struct block_keys *keys)
{
	int r = block_keys_reserve(keys, 2 * keys->count);

	if (r == 0 && keys->n_sorted != keys->count)
		sort(keys->list, keys->list + keys->count, keys->count);
	keys->n_sorted = keys->count;
	return r;
}

int block_keys_count_blocks(struct block_keys *keys, size_t *ret_count)
{
	int r = sort_keys(keys);

	*ret_count = 0;
	for (size_t i = 0; i < keys->count && r == 0; i++)
		*ret_count += !i || id_of(keys->list[i]) != id_of(keys->list[i - 1]);
	return r;
}

int block_keys_finish(struct block_keys *keys, bool all_listed, struct mhp_snapshot *snap)
{
	struct mhp_block *blocks;
	int r;

	_Static_assert(sizeof(*blocks) == 2 * sizeof(*keys->list), "two keys in place of one");
	r = sort_keys(keys);
	if (r < 0 || !keys->count)
		return r;
	merge(keys, all_listed, snap);
	/* from the last one on, each takes the place of keys that are done with */
	blocks = (struct mhp_block *)(void *)keys->list;
	for (size_t i = keys->count; i-- > 0;) {
		uint64_t key = keys->list[i];

		blocks[i] = (struct mhp_block){
			.id = id_of(key) & BLOCK_MAX_ID, .node = node_of(key) & BLOCK_NO_NODE,
			.shared = key >= SHARED, .region = BLOCK_NO_REGION,
		};
	}
	snap->blocks = blocks;
	snap->n_blocks = keys->count;
	*keys = (struct block_keys){ 0 };
	return 0;
}
