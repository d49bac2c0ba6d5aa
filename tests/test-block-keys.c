// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of blocks, in any order and more than once, to sorted records. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "internal.h"
#include "support/fakesys.h"

static void take(struct block_keys *keys, unsigned int node, uint64_t id)
{
	char name[32];

	snprintf(name, sizeof(name), "memory%" PRIu64, id);
	assert_int_equal(block_keys_take(keys, name, node, BLOCK_MAX_ID), 0);
}

static struct mhp_snapshot *finish(struct block_keys *keys, bool all_listed)
{
	struct mhp_snapshot *snap = calloc(1, sizeof(*snap));

	assert_non_null(snap);
	snap->refs = 1;
	snap->nodes = calloc(3, sizeof(*snap->nodes));
	assert_non_null(snap->nodes);
	for (int i = 0; i < 3; i++)
		snap->nodes[snap->n_nodes++] = node_unknown(snap, 2 * i);
	assert_int_equal(block_keys_finish(keys, all_listed, snap), 0);
	assert_null(keys->list);
	return snap;
}

/* "3:0 4:2* 7:-": block 4 is shared, the lowest node is 2; 7 is of no node */
static void assert_blocks(struct mhp_snapshot *snap, const char *expected)
{
	struct text text = { 0 };
	char *str;

	for (size_t i = 0; i < snap->n_blocks; i++) {
		const struct mhp_block *block = &snap->blocks[i];

		text_add(&text, "%s%" PRIu64 ":", i ? " " : "", (uint64_t)block->id);
		if (block->node == BLOCK_NO_NODE)
			text_add(&text, "-");
		else
			text_add(&text, "%u", (unsigned int)block->node);
		text_add(&text, "%s", block->shared ? "*" : "");
		assert_int_equal(block->region, BLOCK_NO_REGION);
		assert_int_equal(block->state, MHP_STATE_UNKNOWN);
	}
	text_add(&text, ";");
	for (size_t i = 0; i < snap->n_nodes; i++)
		text_add(&text, " %zu", snap->nodes[i].n_blocks);
	assert_int_equal(text_finish(&text, &str), 0);
	assert_string_equal(str, expected);
	free(str);
	mhp_snapshot_unref(snap);
}

static void names(void **state)
{
	static const struct {
		const char *name;
		int r;
		uint64_t id;
	} cases[] = {
		{ "memory0", 0, 0 },
		{ "memory7", 0, 7 },
		{ "memory999999999", 0, 999999999 },
		{ "memory1000000000", 0, 1000000000 },
		{ "memory4294967296", 0, UINT64_C(1) << 32 },
		{ "memory1099511627775", 0, BLOCK_MAX_ID },
		{ "memory1099511627776", -ERANGE, 0 },
		{ "memory18446744073709551615", -ERANGE, 0 },
		{ "memory99999999999999999999", -ERANGE, 0 },
		{ "memory", -EINVAL, 0 },
		{ "memory00", -EINVAL, 0 },
		{ "memory01", -EINVAL, 0 },
		{ "memory1\n", -EINVAL, 0 },
		{ "memory1x", -EINVAL, 0 },
		{ "memory-1", -EINVAL, 0 },
		{ "memory_failure", -EINVAL, 0 },
		{ "memor", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "power", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct block_keys keys = { 0 };
		struct mhp_snapshot *snap;

		assert_int_equal(block_keys_take(&keys, cases[i].name, 0, BLOCK_MAX_ID),
				 cases[i].r);
		assert_int_equal(keys.count, cases[i].r == 0);
		snap = finish(&keys, false);
		if (cases[i].r == 0)
			assert_int_equal(snap->blocks[0].id, cases[i].id);
		mhp_snapshot_unref(snap);
		free(keys.list);
	}
}

static void of_nodes_and_of_all(void **state)
{
	struct block_keys keys = { 0 };

	(void)state;
	assert_blocks(finish(&keys, false), "; 0 0 0");
	take(&keys, 0, 9);
	take(&keys, 0, 3);
	take(&keys, 2, 4);
	take(&keys, 2, 9);
	take(&keys, 4, 1000000);
	take(&keys, 4, 9);
	assert_blocks(finish(&keys, false), "3:0 4:2 9:0* 1000000:4; 2 2 2");
	/* 3 came after all were listed, and of 7 no node tells; one is named by a node not known */
	take(&keys, 0, 9);
	take(&keys, 0, 3);
	take(&keys, 2, 9);
	take(&keys, 3, 5);
	take(&keys, BLOCK_NO_NODE, 7);
	take(&keys, BLOCK_NO_NODE, 9);
	take(&keys, BLOCK_NO_NODE, 5);
	assert_blocks(finish(&keys, true), "5:3 7:- 9:0*; 1 1 0");
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void random_order(void **state)
{
	enum { N = 5000 };
	static uint64_t ids[N];
	uint64_t seed = 3;

	(void)state;
	for (unsigned int bits = 12; bits <= 40; bits += 7) {
		struct block_keys keys = { 0 };
		struct mhp_snapshot *snap;
		size_t n = 0;

		for (size_t i = 0; i < N; i++) {
			ids[i] = fakesys_random(&seed, SIZE_MAX) & ((UINT64_C(1) << bits) - 1);
			take(&keys, 0, ids[i]);
		}
		snap = finish(&keys, false);
		qsort(ids, N, sizeof(*ids), compare);
		for (size_t i = 0; i < N; i++)
			if (!i || ids[i] != ids[i - 1])
				assert_int_equal(snap->blocks[n++].id, ids[i]);
		assert_int_equal(snap->n_blocks, n);
		mhp_snapshot_unref(snap);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(of_nodes_and_of_all),
		cmocka_unit_test(random_order),
	};

	return cmocka_run_group_tests(tests, NULL, fakesys_free_all);
}
