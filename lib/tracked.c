// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Blocks as events have led to: a hash table with open addressing, where what is
 * removed leaves no mark behind, so that it stays fast however long events go on.
 */
#include <errno.h>
#include <stdlib.h>

#include "monitor.h"

#define LEAST_SLOTS 64

/*
 * Where a block should be. Its low bits alone would not do: ranges that begin at the same
 * place of different TiB would all want the same slots.
 */
static size_t home_of(const struct tracked *tracked, uint64_t key)
{
	return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (tracked->n_slots - 1);
}

static size_t next_of(const struct tracked *tracked, size_t slot)
{
	return (slot + 1) & (tracked->n_slots - 1);
}

/* Where it is, or where it would be put. There is always an empty slot. */
static size_t find_slot(const struct tracked *tracked, uint64_t key)
{
	size_t slot = home_of(tracked, key);

	while (tracked->slots[slot].key && tracked->slots[slot].key != key)
		slot = next_of(tracked, slot);
	return slot;
}

/* At most half of the slots are in use, so that few have to be looked at. */
static int grow(struct tracked *tracked, size_t count)
{
	struct tracked larger = { .n_slots = LEAST_SLOTS };

	while (larger.n_slots / 2 < count)
		if (__builtin_mul_overflow(larger.n_slots, 2, &larger.n_slots))
			return -ENOMEM;
	if (larger.n_slots <= tracked->n_slots)
		return 0;
	larger.slots = calloc(larger.n_slots, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < tracked->n_slots; i++)
		if (tracked->slots[i].key)
			larger.slots[find_slot(&larger, tracked->slots[i].key)] =
				tracked->slots[i];
	free(tracked->slots);
	tracked->slots = larger.slots;
	tracked->n_slots = larger.n_slots;
	return 0;
}

int tracked_reserve(struct tracked *tracked, size_t count)
{
	return grow(tracked, count);
}

const struct tracked_block *tracked_find(const struct tracked *tracked, uint64_t id)
{
	const struct tracked_block *block;

	if (!tracked->n_slots)
		return NULL;
	block = &tracked->slots[find_slot(tracked, id + 1)];
	return block->key ? block : NULL;
}

/* Moves those behind it, that would no longer be found, into the hole. */
static void empty_slot(struct tracked *tracked, size_t hole)
{
	size_t mask = tracked->n_slots - 1, slot = hole;

	for (;;) {
		size_t home;

		tracked->slots[hole] = (struct tracked_block){ 0 };
		do {
			slot = next_of(tracked, slot);
			if (!tracked->slots[slot].key)
				return;
			home = home_of(tracked, tracked->slots[slot].key);
			/* as far from home as the hole is, or farther: home is not behind it */
		} while (((slot - home) & mask) < ((slot - hole) & mask));
		tracked->slots[hole] = tracked->slots[slot];
		hole = slot;
	}
}

static void remove_block(struct tracked *tracked, uint64_t id)
{
	size_t slot;

	if (!tracked_find(tracked, id))
		return;
	slot = find_slot(tracked, id + 1);
	tracked->counts[tracked->slots[slot].state]--;
	tracked->counts[MHP_STATE_ABSENT]--;
	empty_slot(tracked, slot);
}

int tracked_set(struct tracked *tracked, uint64_t id, enum mhp_state state, enum mhp_zone zone)
{
	struct tracked_block *block;
	int r;

	if (state == MHP_STATE_ABSENT) {
		remove_block(tracked, id);
		return 0;
	}
	r = grow(tracked, tracked->counts[MHP_STATE_ABSENT] + 1);
	if (r < 0)
		return r;
	block = &tracked->slots[find_slot(tracked, id + 1)];
	if (block->key)
		tracked->counts[block->state]--;
	else
		tracked->counts[MHP_STATE_ABSENT]++;
	tracked->counts[state]++;
	*block = (struct tracked_block){ id + 1, (uint8_t)state, (uint8_t)zone, false, 0 };
	return 0;
}

void tracked_mark_new(struct tracked *tracked, uint64_t id)
{
	struct tracked_block *block = &tracked->slots[find_slot(tracked, id + 1)];

	block->is_new = true;
	block->added_s = (uint32_t)(now_ns() / 1000000000);
}

void tracked_free(struct tracked *tracked)
{
	free(tracked->slots);
	*tracked = (struct tracked){ 0 };
}
