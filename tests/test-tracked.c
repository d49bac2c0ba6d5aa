// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of blocks, beside a plain array. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor.h"

#define IDS 600

/* Some together, some far apart, the largest there is. */
static uint64_t id_of(unsigned int index)
{
	if (index == IDS - 1)
		return BLOCK_MAX_ID;
	return index % 3 == 0 ? index : index % 3 == 1 ? index + (UINT64_C(1) << 20) :
	       (uint64_t)index << 24;
}

static void check_all(const struct tracked *tracked, const enum mhp_state *states)
{
	size_t counts[MHP_STATE_MIXED + 1] = { 0 };

	for (unsigned int i = 0; i < IDS; i++) {
		const struct tracked_block *block = tracked_find(tracked, id_of(i));

		assert_int_equal(block ? block->state : MHP_STATE_ABSENT, states[i]);
		if (!block)
			continue;
		assert_int_equal(block->key, id_of(i) + 1);
		counts[states[i]]++;
		counts[MHP_STATE_ABSENT]++;
	}
	assert_memory_equal(counts, tracked->counts, sizeof(counts));
}

static void test_random(void **state)
{
	enum mhp_state states[IDS];
	unsigned int seed = 1;
	struct tracked tracked = { 0 };

	(void)state;
	assert_null(tracked_find(&tracked, 0));
	for (unsigned int i = 0; i < IDS; i++)
		states[i] = MHP_STATE_ABSENT;
	for (int round = 0; round < 60000; round++) {
		/* for a while more come than go, then the other way round */
		unsigned int index = (unsigned int)rand_r(&seed) % IDS;
		bool come = rand_r(&seed) % 10 < (round / 5000 % 2 ? 1 : 8);
		enum mhp_state wanted = !come ? MHP_STATE_ABSENT :
			rand_r(&seed) % 2 ? MHP_STATE_ONLINE : MHP_STATE_OFFLINE;

		assert_int_equal(tracked_set(&tracked, id_of(index), wanted, MHP_ZONE_MOVABLE), 0);
		states[index] = wanted;
		if (round % 500 == 0)
			check_all(&tracked, states);
	}
	check_all(&tracked, states);
	tracked_free(&tracked);
}

/* What comes and goes for ever leaves nothing behind. */
static void test_no_marks(void **state)
{
	struct tracked tracked = { 0 };

	(void)state;
	for (uint64_t id = 0; id < 100000; id++) {
		assert_int_equal(tracked_set(&tracked, id, MHP_STATE_ONLINE, MHP_ZONE_NORMAL), 0);
		if (id >= 10)
			assert_int_equal(tracked_set(&tracked, id - 10, MHP_STATE_ABSENT, 0), 0);
	}
	assert_true(tracked.n_slots <= 64);
	assert_int_equal(tracked.counts[MHP_STATE_ONLINE], 10);
	tracked_free(&tracked);
}

/* Blocks at the same place of each TiB do not crowd. */
static void test_no_crowd(void **state)
{
	struct tracked tracked = { 0 };
	size_t longest = 0, row = 0;

	(void)state;
	for (uint64_t tib = 0; tib < 64; tib++)
		for (uint64_t id = 0; id < 64; id++)
			assert_int_equal(tracked_set(&tracked, tib * 8192 + id, MHP_STATE_ONLINE,
						     MHP_ZONE_NORMAL), 0);
	for (size_t i = 0; i < tracked.n_slots; i++) {
		row = tracked.slots[i].key ? row + 1 : 0;
		longest = row > longest ? row : longest;
	}
	assert_true(longest < 64);
	tracked_free(&tracked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_no_marks),
		cmocka_unit_test(test_no_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
