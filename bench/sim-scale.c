// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a large simulated machine costs: CPU time and memory, by calls and from a
 * capture. Prints a table, writes no file. "make bench-sim"; to look at, not a test:
 * tests/test-sim-scale.c counts, and has limits.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mhp/mhp.h>
#include <mhp/sim-builder.h>
#include <mhp/sim.h>

#define NODES 8
#define BLOCK (UINT64_C(128) << 20)
#define ROUNDS 3	/* the best of them counts */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* 0 where the C library does not tell */
static size_t bytes_in_use(void)
{
#ifdef __GLIBC__
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

static void expect(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(-r));
	exit(1);
}

static struct mhp_sim *build(uint64_t blocks)
{
	uint64_t size = blocks / NODES * BLOCK;
	struct mhp_sim_builder *builder;
	struct mhp_sim *sim;

	expect(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), "builder");
	for (int node = 0; node < NODES; node++) {
		expect(mhp_sim_builder_add_node(builder, node, 8), "node");
		expect(mhp_sim_builder_add_memory(builder, node, (uint64_t)node * size, size),
		       "memory");
	}
	expect(mhp_sim_new_from_builder(builder, NULL, &sim), "machine");
	mhp_sim_builder_free(builder);
	return sim;
}

/* The CPU time of reading the state of every block. */
static double scan(struct mhp_sim *sim, uint64_t blocks)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_EXACT };
	struct mhp_snapshot *snapshot;
	struct mhp_ctx *ctx;
	double start, took;

	expect(mhp_sim_new_ctx(sim, &ctx), "context");
	start = now();
	expect(mhp_snapshot_new(ctx, &opts, &snapshot), "snapshot");
	took = now() - start;
	if (mhp_snapshot_count_blocks(snapshot) != blocks) {
		fprintf(stderr, "%zu blocks found\n", mhp_snapshot_count_blocks(snapshot));
		exit(1);
	}
	mhp_snapshot_unref(snapshot);
	mhp_ctx_unref(ctx);
	return took;
}

struct cost {
	double by_calls, from_text, scan, capture;	/* seconds */
	size_t calls_bytes, text_bytes, scanned_bytes, text_length;
};

static void less(double *best, double value)
{
	if (*best == 0 || value < *best)
		*best = value;
}

static void measure(struct cost *cost, uint64_t blocks)
{
	size_t before = bytes_in_use();
	double start = now();
	struct mhp_sim *sim = build(blocks);
	char *text;

	less(&cost->by_calls, now() - start);
	cost->calls_bytes = bytes_in_use() - before;
	less(&cost->scan, scan(sim, blocks));
	cost->scanned_bytes = bytes_in_use() - before;
	start = now();
	expect(mhp_sim_copy_capture(sim, &text), "capture");
	less(&cost->capture, now() - start);
	mhp_sim_unref(sim);
	cost->text_length = strlen(text);
	before = bytes_in_use();
	start = now();
	expect(mhp_sim_new_from_text(text, cost->text_length, NULL, &sim), "text");
	less(&cost->from_text, now() - start);
	cost->text_bytes = bytes_in_use() - before;
	mhp_sim_unref(sim);
	free(text);
}

int main(int argc, char **argv)
{
	static const size_t defaults[] = { 1024, 8192, 65536 };

	printf("CPU seconds, best of %d; bytes of heap for each block\n", ROUNDS);
	printf("%8s %9s %9s %9s %9s %9s %9s %9s %9s\n", "blocks", "by calls", "from text",
	       "scan", "capture", "B calls", "B text", "B scanned", "text");
	for (size_t i = 0; i < 3; i++) {
		size_t blocks = argc > 1 ? strtoul(argv[1], NULL, 10) : defaults[i];
		struct cost cost = { 0 };

		if (blocks < 256 || blocks % NODES) {
			fprintf(stderr, "blocks: a multiple of %d, 256 or more\n", NODES);
			return 2;
		}
		for (int round = 0; round < ROUNDS; round++)
			measure(&cost, blocks);
		printf("%8llu %9.4f %9.4f %9.4f %9.4f %9llu %9llu %9llu %9llu\n",
		       (unsigned long long)blocks, cost.by_calls, cost.from_text, cost.scan,
		       cost.capture, (unsigned long long)(cost.calls_bytes / blocks),
		       (unsigned long long)(cost.text_bytes / blocks),
		       (unsigned long long)(cost.scanned_bytes / blocks),
		       (unsigned long long)(cost.text_length / blocks));
		if (argc > 1)
			break;
	}
	return 0;
}
