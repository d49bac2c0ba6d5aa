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
 * A key is a block's number, and below it the node whose directory names it. So of one block
 * the lowest node comes first, and last the directory of all blocks, which is no node's.
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

int block_keys_add(struct block_keys *keys, uint64_t id, unsigned int node)
{
	int r = 0;

	if (keys->count == keys->room)
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

/* By each digit in which they differ, the lowest first; spare has as much room. */
static void sort(uint64_t *list, uint64_t *spare, size_t count)
{
	uint64_t *from = list, *to = spare, *swap, differ = 0;

	for (size_t i = 1; i < count; i++)
		differ |= list[i] ^ list[0];
	for (unsigned int shift = 0; shift < 64; shift += DIGIT_BITS) {
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

/* Neighbours are mostly on the same node. */
static void count_for_node(struct mhp_snapshot *snap, unsigned int id, struct mhp_node **last)
{
	if (id == BLOCK_NO_NODE)
		return;
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
		for (end = i + 1; end < keys->count && id_of(list[end]) == id_of(list[i]); end++)
			;
		if (all_listed && node_of(list[end - 1]) != BLOCK_NO_NODE)
			continue;
		for (size_t j = i; j < end; j++)
			count_for_node(snap, node_of(list[j]), &last);
		list[kept] = list[i];
		if (end - i > 1 && node_of(list[i + 1]) != BLOCK_NO_NODE)
			list[kept] |= SHARED;
		kept++;
	}
	keys->count = kept;
}

int block_keys_finish(struct block_keys *keys, bool all_listed, struct mhp_snapshot *snap)
{
	struct mhp_block *blocks;
	int r;

	_Static_assert(sizeof(*blocks) == 2 * sizeof(*keys->list), "two keys in place of one");
	r = block_keys_reserve(keys, 2 * keys->count);
	if (r < 0 || !keys->count)
		return r;
	sort(keys->list, keys->list + keys->count, keys->count);
	merge(keys, all_listed, snap);
	/* from the last one on, each takes the place of keys that are done with */
	blocks = (struct mhp_block *)(void *)keys->list;
	for (size_t i = keys->count; i-- > 0;) {
		uint64_t key = keys->list[i];

		blocks[i] = (struct mhp_block){
			.id = id_of(key), .node = node_of(key), .shared = key >= SHARED,
			.region = BLOCK_NO_REGION,
		};
	}
	snap->blocks = blocks;
	snap->n_blocks = keys->count;
	*keys = (struct block_keys){ 0 };
	return 0;
}
