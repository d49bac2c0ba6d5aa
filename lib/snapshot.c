// SPDX-License-Identifier: LGPL-2.1-or-later
/* Takes the picture, and hands out what is in it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "provider.h"

int scan_note(struct scan *scan, int code, const char *text, const char *dir, const char *name)
{
	return problems_add(&scan->snap->problems, code, text, dir, name);
}

static int find_pending(struct scan *scan)
{
	struct pending *pending = &scan->snap->pending;
	int r;

	r = pending_read(scan->ctx, pending);
	if (r == 0 && pending->code < 0)
		r = scan_note(scan, pending->code, pending->text, pending->path, "");
	return r;
}

/* ---- the whole ---- */

#define ALL_FLAGS \
	((uint64_t)(MHP_SNAPSHOT_OFFLINE_ZONES | MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY | \
		    MHP_SNAPSHOT_PLUGGED | MHP_SNAPSHOT_EXACT | MHP_SNAPSHOT_IDENTITY | \
		    MHP_SNAPSHOT_BLOCKS_ONLY))
/* what is about regions */
#define REGION_FLAGS \
	((uint64_t)(MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_PLUGGED | MHP_SNAPSHOT_IDENTITY))

/* ... with what they imply. */
static uint64_t all_of(const struct mhp_snapshot_opts *opts)
{
	bool is_one = opts->region && !opts->base;
	uint64_t flags = opts->flags;

	/* states as they are: of one region they are few enough, all of them */
	if (is_one || flags & MHP_SNAPSHOT_FOR_PLANS)
		flags |= MHP_SNAPSHOT_EXACT;
	/* a request may name a region by its identity */
	if (!is_one && flags & MHP_SNAPSHOT_FOR_PLANS)
		flags |= MHP_SNAPSHOT_IDENTITY;
	return flags;
}

static int scan_begin(struct scan *scan)
{
	int r = scan_open_memory(scan);

	return r == 0 && scan->base && scan->base->block_size != scan->snap->block_size ?
	       -EINVAL : r;
}

/* Of one region alone they are read once it is known which ones are its. */
static int read_states(struct scan *scan)
{
	if (scan->base)
		return scan_take_over(scan);
	return scan->region && !scan->needs_all ? 0 : scan_block_states(scan);
}

/*
 * Blocks are named by nodes, and all of them listed after that where it is needed: one that
 * is not in that list is a newer one. What is inferred of them is of a moment after both.
 */
static int scan_all_blocks(struct scan *scan)
{
	int r;

	scan->has_seqnum = read_uevent_seqnum(scan->ctx, &scan->seqnum);
	r = scan_expect_blocks(scan);
	if (r == 0)
		r = scan_nodes(scan);
	if (r == 0)
		r = scan_block_names(scan);
	return r < 0 ? r : read_states(scan);
}

static int scan_blocks(struct scan *scan)
{
	int r = scan->region && !scan->base ? scan_region_alone(scan) : 1;

	if (r == 1)
		r = scan_all_blocks(scan);
	if (r == 0 && scan->flags & MHP_SNAPSHOT_TOPOLOGY)
		r = scan_tiers(scan);
	if (r == 0 && scan->flags & MHP_SNAPSHOT_TOPOLOGY)
		r = scan_topology(scan);
	return r;
}

/* Whose the blocks are, and what the system does with new ones. */
static int scan_regions(struct scan *scan)
{
	struct mhp_snapshot *snap = scan->snap;
	struct finder finder = {
		.ctx = scan->ctx, .snap = snap, .block_size = snap->block_size,
		.regions = &snap->regions, .problems = &snap->problems,
		.wants_identity = scan->flags & MHP_SNAPSHOT_IDENTITY,
	};
	int r;

	r = policy_read(scan->ctx, &scan->mem, &snap->policy, &snap->problems);
	if (r == 0 && !scan->is_alone)
		r = find_regions(&finder, snap);
	if (r == 0 && scan->region && !scan->is_alone)
		r = scan_read_region(scan);
	if (r == 0)
		r = nodes_find_regions(snap);
	if (r == 0)
		r = dax_read_bus(scan->ctx, &snap->dax, &snap->problems);
	return r;
}

static void forget_regions(struct mhp_snapshot *snap)
{
	struct system_policy *policy = &snap->policy;

	snap->regions.code = snap->owners_code = snap->iomem.code = -ENODATA;
	policy->default_code = policy->online_policy_code = policy->memmap_code = -ENODATA;
	policy->ratio_code = policy->numa_aware_code = -ENODATA;
}

static int scan_all(struct scan *scan)
{
	struct mhp_backend *be = scan->ctx->be;
	int r;

	r = scan_begin(scan);
	if (r == 0)
		r = scan_blocks(scan);
	if (r == 0 && scan->flags & MHP_SNAPSHOT_BLOCKS_ONLY)
		forget_regions(scan->snap);
	else if (r == 0)
		r = scan_regions(scan);
	scan->snap->contained = be->ops->is_contained && be->ops->is_contained(be);
	if (r == 0)
		r = scan_facts(scan);
	if (r == 0)
		r = scan_plugged(scan);
	if (r == 0)
		r = find_pending(scan);
	return r;
}

MHP_EXPORT int mhp_snapshot_new(struct mhp_ctx *ctx, const struct mhp_snapshot_opts *opts,
				struct mhp_snapshot **ret_snap)
{
	struct mhp_snapshot_opts known = { 0 };
	struct scan scan = { .ctx = ctx };
	int r = 0;

	if (opts)
		r = opts_take(&known, sizeof(known), opts, opts->size);
	if (r < 0)
		return r;
	if (known.flags & ~ALL_FLAGS)
		return -E2BIG;
	if (known.flags & MHP_SNAPSHOT_BLOCKS_ONLY && (known.flags & REGION_FLAGS || known.region))
		return -EINVAL;
	scan.flags = all_of(&known);
	scan.region = known.region;
	scan.base = known.base;
	scan.snap = calloc(1, sizeof(*scan.snap));
	if (!scan.snap)
		return -ENOMEM;
	scan.snap->refs = 1;
	scan.snap->flags = scan.flags;

	r = scan_all(&scan);
	free(scan.keys.list);
	sysfs_close(&scan.mem);
	if (r < 0) {
		mhp_snapshot_unref(scan.snap);
		return r;
	}
	*ret_snap = scan.snap;
	return 0;
}

MHP_EXPORT struct mhp_snapshot *mhp_snapshot_ref(struct mhp_snapshot *snap)
{
	if (snap)
		__atomic_add_fetch(&snap->refs, 1, __ATOMIC_RELAXED);
	return snap;
}

MHP_EXPORT struct mhp_snapshot *mhp_snapshot_unref(struct mhp_snapshot *snap)
{
	if (!snap || __atomic_sub_fetch(&snap->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	for (size_t i = 0; i < snap->n_odd; i++)
		free(snap->odd[i].text);
	regions_free(&snap->regions);
	free(snap->odd);
	nodes_free(snap);
	free(snap->plugged);
	free(snap->blocks);
	iomem_free(&snap->iomem);
	policy_free(&snap->policy);
	facts_free(&snap->facts);
	pending_free(&snap->pending);
	problems_free(&snap->problems);
	free(snap);
	return NULL;
}

MHP_EXPORT uint64_t mhp_snapshot_get_flags(const struct mhp_snapshot *snap)
{
	return snap->flags;
}

MHP_EXPORT uint64_t mhp_snapshot_get_block_size_bytes(const struct mhp_snapshot *snap)
{
	return snap->block_size;
}

MHP_EXPORT size_t mhp_snapshot_count_blocks(const struct mhp_snapshot *snap)
{
	return snap->n_blocks;
}

MHP_EXPORT const struct mhp_block *mhp_snapshot_get_block(const struct mhp_snapshot *snap,
							  size_t index)
{
	return index < snap->n_blocks ? &snap->blocks[index] : NULL;
}

MHP_EXPORT const struct mhp_block *mhp_snapshot_find_block(const struct mhp_snapshot *snap,
							   uint64_t id)
{
	return snapshot_find_block(snap, id);
}

MHP_EXPORT const struct mhp_region *
mhp_snapshot_get_block_region(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	return mhp_snapshot_get_region(snap, block->region);
}

MHP_EXPORT const char *mhp_snapshot_get_block_zones_text(const struct mhp_snapshot *snap,
							 const struct mhp_block *block)
{
	size_t low = 0, high = snap->n_odd;

	if (!block->odd_zones)
		return NULL;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (snap->odd[mid].id < block->id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < snap->n_odd && snap->odd[low].id == block->id ? snap->odd[low].text : NULL;
}

MHP_EXPORT size_t mhp_snapshot_count_nodes(const struct mhp_snapshot *snap)
{
	return snap->n_nodes;
}

MHP_EXPORT const struct mhp_node *mhp_snapshot_get_node(const struct mhp_snapshot *snap,
							size_t index)
{
	return index < snap->n_nodes ? &snap->nodes[index] : NULL;
}

MHP_EXPORT const struct mhp_node *mhp_snapshot_find_node(const struct mhp_snapshot *snap, int id)
{
	return snapshot_find_node(snap, id);
}

MHP_EXPORT int mhp_snapshot_get_nodes_code(const struct mhp_snapshot *snap)
{
	return snap->nodes_code;
}

MHP_EXPORT int mhp_snapshot_get_regions_code(const struct mhp_snapshot *snap)
{
	return snap->regions.code;
}

MHP_EXPORT size_t mhp_snapshot_count_regions(const struct mhp_snapshot *snap)
{
	return snap->regions.count;
}

MHP_EXPORT const struct mhp_region *mhp_snapshot_get_region(const struct mhp_snapshot *snap,
							    size_t index)
{
	return index < snap->regions.count ? &snap->regions.list[index] : NULL;
}

MHP_EXPORT const struct mhp_region *mhp_snapshot_find_region(const struct mhp_snapshot *snap,
							     const char *name)
{
	const struct mhp_region *region = regions_find_name(&snap->regions, name);

	if (region)
		return region;
	for (size_t i = 0; i < snap->regions.count; i++)
		if (is_same(snap->regions.list[i].identity, name))
			return &snap->regions.list[i];
	return NULL;
}

MHP_EXPORT size_t mhp_snapshot_count_problems(const struct mhp_snapshot *snap)
{
	return snap->problems.count;
}

MHP_EXPORT int mhp_snapshot_get_problem(const struct mhp_snapshot *snap, size_t index,
					const char **ret_path, int *ret_code,
					const char **ret_text)
{
	const struct problem *problem;

	if (index >= snap->problems.count)
		return -EINVAL;
	problem = &snap->problems.list[index];
	if (ret_path)
		*ret_path = problem->path;
	if (ret_code)
		*ret_code = problem->code;
	if (ret_text)
		*ret_text = problem->text;
	return 0;
}

MHP_EXPORT int mhp_snapshot_get_pending(const struct mhp_snapshot *snap, const char **ret_what,
					bool *ret_running)
{
	if (snap->pending.code < 0)
		return snap->pending.code;
	if (ret_what)
		*ret_what = snap->pending.what;
	if (ret_running)
		*ret_running = snap->pending.running;
	return 0;
}
