// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * List the regions of hot-pluggable memory: where they are, and what they do.
 *
 *	cc list-regions.c -o list-regions $(pkg-config --cflags --libs libmhp)
 *	./list-regions [ROOT]
 *
 * Run it as root: addresses of memory are a secret of the administrator's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <mhp/mhp.h>

static void print_region(const struct mhp_region *region)
{
	uint64_t start, size, online, lost;
	size_t count;
	int r;

	printf("%s: %s", mhp_region_get_name(region),
	       mhp_state_to_str(mhp_region_get_state(region)));
	if (mhp_region_get_zone(region) != MHP_ZONE_UNKNOWN)
		printf(" in %s", mhp_zone_to_str(mhp_region_get_zone(region)));
	/* A region is a list of ranges, and other memory may lie between them. */
	r = mhp_region_get_range_count(region, &count);
	if (r < 0) {
		printf(", its addresses could not be read\n");
		return;
	}
	if (mhp_region_get_size_bytes(region, &size) == 0 &&
	    mhp_region_get_online_bytes(region, &online) == 0 &&
	    mhp_region_get_lost_bytes(region, &lost) == 0)
		printf(", %" PRIu64 " of %" PRIu64 " MiB in use, %" PRIu64 " MiB lost to alignment",
		       online >> 20, size >> 20, lost >> 20);
	putchar('\n');
	for (size_t i = 0; mhp_region_get_range(region, i, &start, &size) == 0; i++)
		printf("  0x%" PRIx64 "-0x%" PRIx64 "\n", start, start + size - 1);

	/* Its blocks are the whole blocks inside the ranges, as far as they exist. */
	for (size_t i = 0; i < mhp_region_count_blocks(region); i++) {
		const struct mhp_block *block = mhp_region_get_block(region, i);

		printf("  memory%" PRIu64 " %s\n", mhp_block_get_id(block),
		       mhp_state_to_str(mhp_block_get_state(block)));
	}
}

int main(int argc, char **argv)
{
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;
	const char *path;
	int r, code;

	r = mhp_ctx_new(argc > 1 ? argv[1] : NULL, &ctx);
	if (r < 0) {
		fprintf(stderr, "cannot open %s: %s\n", argc > 1 ? argv[1] : "/", strerror(-r));
		return 1;
	}
	r = mhp_snapshot_new(ctx, NULL, &snap);
	mhp_ctx_unref(ctx);		/* a snapshot needs it no more */
	if (r < 0) {
		fprintf(stderr, "cannot look at the memory: %s\n", strerror(-r));
		return 1;
	}

	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++)
		print_region(mhp_snapshot_get_region(snap, i));

	/* What could not be read is "unknown" above, and never left out here. */
	for (size_t i = 0; mhp_snapshot_get_problem(snap, i, &path, &code, NULL) == 0; i++)
		fprintf(stderr, "%s: %s\n", path, strerror(-code));

	mhp_snapshot_unref(snap);
	return 0;
}
