// SPDX-License-Identifier: LGPL-2.1-or-later
/* What of a snapshot need not be read: blocks that an earlier one has, and others than a region's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* ---- from an earlier snapshot ---- */

static bool wants_zones(const struct scan *scan, const struct mhp_block *block)
{
	return block->state == MHP_STATE_ONLINE || scan->flags & MHP_SNAPSHOT_OFFLINE_ZONES;
}

/* Is all known that is asked for, and will it last? NULL: it was not there. */
static bool is_usable(const struct scan *scan, const struct mhp_block *was)
{
	const uint64_t exact = MHP_SNAPSHOT_EXACT | MHP_SNAPSHOT_FOR_PLANS;

	return was && (was->state == MHP_STATE_ONLINE || was->state == MHP_STATE_OFFLINE) &&
	       (was->n_zones || !wants_zones(scan, was)) &&
	       !(was->inferred && scan->flags & exact);
}

static int copy_block(struct scan *scan, const struct mhp_block *was, struct mhp_block *block)
{
	const char *odd = mhp_snapshot_get_block_zones_text(scan->base, was);

	block->state = was->state;
	block->inferred = was->inferred;
	if (!wants_zones(scan, was))
		return 0;
	block->zones = was->zones;
	block->n_zones = was->n_zones;
	block->odd_zones = odd != NULL;
	return odd ? scan_keep_odd_zones(scan->snap, block->id, odd) : 0;
}

int scan_take_over(struct scan *scan)
{
	const struct mhp_snapshot *base = scan->base;
	struct mhp_snapshot *snap = scan->snap;
	size_t kept = 0, at = 0;
	int r = 0;

	for (size_t i = 0; i < snap->n_blocks && r >= 0; i++) {
		struct mhp_block *block = &snap->blocks[i];
		const struct mhp_block *was;

		while (at < base->n_blocks && base->blocks[at].id < block->id)
			at++;
		was = at < base->n_blocks && base->blocks[at].id == block->id ?
		      &base->blocks[at] : NULL;
		r = is_usable(scan, was) ? copy_block(scan, was, block) : scan_block(scan, block);
		if (r == 0)
			snap->blocks[kept++] = *block;
	}
	snap->n_blocks = kept;
	return r < 0 ? r : 0;
}

/* ---- with all regions known ---- */

static int compare_odd(const void *a, const void *b)
{
	const struct odd_zones *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* What base does not have was read just now. */
static bool is_to_read(const struct scan *scan, uint64_t id)
{
	return !scan->base || is_usable(scan, snapshot_find_block(scan->base, id));
}

/* Blocks of the snapshot that are in a run: from *ret_end on there are no more. */
static size_t find_run(const struct mhp_snapshot *snap, const struct block_run *run,
		       size_t *ret_end)
{
	*ret_end = blocks_find_first(snap->blocks, snap->n_blocks, run->first + run->count);
	return blocks_find_first(snap->blocks, snap->n_blocks, run->first);
}

static void forget_odd_zones(struct scan *scan, const struct mhp_region *region)
{
	struct mhp_snapshot *snap = scan->snap;
	size_t kept = 0;

	for (size_t i = 0; i < snap->n_odd; i++) {
		struct odd_zones *odd = &snap->odd[i];

		if (region_has_block(region, odd->id) && is_to_read(scan, odd->id))
			free(odd->text);
		else
			snap->odd[kept++] = *odd;
	}
	snap->n_odd = kept;
}

static int read_run(struct scan *scan, const struct block_run *run)
{
	struct mhp_snapshot *snap = scan->snap;
	size_t end, at = find_run(snap, run, &end), kept = at;
	int r = 0;

	for (; at < end && r >= 0; at++) {
		struct mhp_block *block = &snap->blocks[at];

		r = 0;
		if (is_to_read(scan, block->id)) {
			block->zones = block->n_zones = block->odd_zones = 0;
			r = scan_block(scan, block);
		}
		if (r == 0)
			snap->blocks[kept++] = *block;
	}
	memmove(&snap->blocks[kept], &snap->blocks[end],
		(snap->n_blocks - end) * sizeof(*snap->blocks));
	snap->n_blocks -= end - kept;
	return r < 0 ? r : 0;
}

static int read_blocks(struct scan *scan, const struct mhp_region *region)
{
	struct mhp_snapshot *snap = scan->snap;
	int r = 0;

	forget_odd_zones(scan, region);
	for (size_t i = 0; i < region->n_runs && r == 0; i++)
		r = read_run(scan, &region->runs[i]);
	if (snap->n_odd)
		qsort(snap->odd, snap->n_odd, sizeof(*snap->odd), compare_odd);
	return r < 0 ? r : regions_count_again(snap);
}

int scan_read_region(struct scan *scan)
{
	struct mhp_snapshot *snap = scan->snap;
	const struct mhp_region *region = mhp_snapshot_find_region(snap, scan->region);

	if (!region && scan->base)
		return 0;
	if (!region)
		return snap->regions.code < 0 ? snap->regions.code : -ENOENT;
	snap->has_only = !scan->base;
	snap->only = (size_t)(region - snap->regions.list);
	return scan->needs_all ? 0 : read_blocks(scan, region);
}
