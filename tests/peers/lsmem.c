// SPDX-License-Identifier: LGPL-2.1-or-later
/* Defects of lsmem (util-linux 2.42.4): what libmhp does where it goes wrong; README.md. */
#include <locale.h>

#include "peers.h"
#include "../support/fakesys.h"
#include "../support/regions.h"

/* Its JSON has states in the user's language, and "on->off". */
static void lsmem_states_are_the_kernels_words(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-pinned-going-offline");
	struct mhp_snapshot *snap;

	(void)state;
	setenv("LANGUAGE", "de", 1);
	setlocale(LC_ALL, "");
	snap = take_fake(fs, MHP_SNAPSHOT_EXACT);
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i);
		const char *path = block_file((unsigned int)mhp_block_get_id(block), "state");
		const struct fakesys_entry *entry = fakesys_find(fs, path);
		const char *word = mhp_state_to_str(mhp_block_get_state(block));

		assert_int_equal(strlen(word) + 1, entry->length);
		assert_memory_equal(word, entry->bytes, strlen(word));
	}
	mhp_snapshot_unref(snap);
}

struct counts {
	size_t all, zones;
};

static void count_reads(void *data, const char *path)
{
	struct counts *counts = data;
	const char *name = strrchr(path, '/');

	counts->all++;
	counts->zones += !strcmp(name, "/valid_zones");
	assert_string_not_equal(name, "/removable");
	assert_string_not_equal(name, "/phys_index");
}

/* It opens each block's directory and four of its files; 21 system calls a block. */
static void lsmem_few_files_are_read(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-online");
	struct counts counts = { 0 };
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;
	size_t blocks;

	(void)state;
	fs->on_read = count_reads;
	fs->data = &counts;
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	blocks = mhp_snapshot_count_blocks(snap);
	/* at most the state and the zone of each, and what there is once */
	assert_in_range(counts.all, 1, 2 * blocks + 20);
	assert_in_range(counts.zones, 0, blocks);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
}

/* No zones are shown where blocks do not begin at 0, no nodes where the first one has none. */
static void lsmem_first_block_decides_nothing(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-online");
	struct mhp_snapshot *snap;
	int node;

	(void)state;
	fakesys_remove(fs, MEMORY_PATH "/memory0");
	fakesys_remove(fs, NODE_PATH "/node0/memory0");
	fakesys_remove(fs, MEMORY_PATH "/memory1/node0");
	fakesys_remove(fs, NODE_PATH "/node0/memory1");
	snap = take_fake(fs, 0);
	assert_int_equal(mhp_block_get_id(mhp_snapshot_get_block(snap, 0)), 1);
	assert_int_not_equal(mhp_block_get_node_id(mhp_snapshot_get_block(snap, 0), &node), 0);
	assert_int_equal(mhp_block_get_zone(mhp_snapshot_find_block(snap, 2)), MHP_ZONE_DMA32);
	assert_int_equal(mhp_block_get_node_id(mhp_snapshot_find_block(snap, 33), &node), 0);
	assert_int_equal(node, 1);
	mhp_snapshot_unref(snap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(lsmem_states_are_the_kernels_words, fakesys_free_all),
		cmocka_unit_test_teardown(lsmem_few_files_are_read, fakesys_free_all),
		cmocka_unit_test_teardown(lsmem_first_block_decides_nothing, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
