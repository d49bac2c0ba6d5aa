// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libmhp's discovery, to be measured beside the floors.
 *
 * ours-scan [-e | -b] [-r ROUNDS] [-d] [-l] [-m] [ROOT]
 *
 * -e  MHP_SNAPSHOT_EXACT: each state is read
 * -b  MHP_SNAPSHOT_BLOCKS_ONLY
 * -d  ask each dax device for its state, too; a line each
 * -l  a line a block, to compare: ID NODE STATE
 * -m  bytes of heap that a snapshot keeps, and that 100 more leave behind
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include <mhp/mhp.h>

#include "lean.h"

#define REFRESHES 100

static struct mhp_snapshot_opts opts = { .size = sizeof(opts) };
static struct mhp_ctx *ctx;
static bool devices;

static struct mhp_snapshot *take(void)
{
	struct mhp_snapshot *snap;
	int r = mhp_snapshot_new(ctx, &opts, &snap);

	if (r == 0)
		return snap;
	fprintf(stderr, "snapshot: %s\n", strerror(-r));
	exit(1);
}

static uint64_t online_bytes(const struct mhp_snapshot *snap, bool print)
{
	uint64_t total = 0;

	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++) {
		const struct mhp_region *region = mhp_snapshot_get_region(snap, i);
		uint64_t bytes = 0;

		if (mhp_region_get_kind(region) != MHP_REGION_DAX)
			continue;
		mhp_region_get_online_bytes(region, &bytes);
		total += bytes;
		if (print)
			printf("%s %s %" PRIu64 "\n", mhp_region_get_name(region),
			       mhp_state_to_str(mhp_region_get_state(region)), bytes);
	}
	return total;
}

static void list(const struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i);
		int node = -1;

		mhp_block_get_node_id(block, &node);
		printf("%" PRIu64 " %d %s\n", mhp_block_get_id(block), node,
		       mhp_state_to_str(mhp_block_get_state(block)));
	}
}

/* 0 where the C library does not tell */
static size_t in_use(void)
{
#ifdef __GLIBC__
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

static void tell_memory(void)
{
	size_t before, first, after;
	struct mhp_snapshot *snap;

	mhp_snapshot_unref(take());	/* what is made once is there */
	before = in_use();
	snap = take();
	first = in_use();
	for (int i = 0; i < REFRESHES; i++) {
		mhp_snapshot_unref(snap);
		snap = take();
	}
	after = in_use();
	printf("kept_bytes %zu\nblock_bytes %.2f\ngrowth_bytes %jd\n", first - before,
	       (double)(first - before) / (double)mhp_snapshot_count_blocks(snap),
	       (intmax_t)after - (intmax_t)first);
	mhp_snapshot_unref(snap);
}

static void measure(int rounds, bool lines)
{
	double best = 1e18;

	for (int i = 1; i <= rounds; i++) {
		double start = now_us(), took;
		struct mhp_snapshot *snap = take();
		uint64_t bytes = devices ? online_bytes(snap, false) : 0;

		took = now_us() - start;
		best = took < best ? took : best;
		if (i == rounds) {
			if (devices)
				online_bytes(snap, true);
			if (lines)
				list(snap);
			else
				printf("%zu blocks, %" PRIu64 "\n",
				       mhp_snapshot_count_blocks(snap), bytes);
		}
		mhp_snapshot_unref(snap);
	}
	tell_inside(best);
}

int main(int argc, char **argv)
{
	bool lines = false, memory = false;
	int option, rounds = 1, r;

	while ((option = getopt(argc, argv, "ebr:dlm")) != -1)
		switch (option) {
		case 'e': opts.flags |= MHP_SNAPSHOT_EXACT; break;
		case 'b': opts.flags |= MHP_SNAPSHOT_BLOCKS_ONLY; break;
		case 'r': rounds = atoi(optarg); break;
		case 'd': devices = true; break;
		case 'l': lines = true; break;
		case 'm': memory = true; break;
		default: return 2;
		}
	r = mhp_ctx_new(optind < argc ? argv[optind] : NULL, &ctx);
	if (r < 0) {
		fprintf(stderr, "root: %s\n", strerror(-r));
		return 1;
	}
	if (memory)
		tell_memory();
	else
		measure(rounds, lines);
	mhp_ctx_unref(ctx);
	return 0;
}
