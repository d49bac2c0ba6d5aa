// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a request is about: regions as a whole where all of one is meant, and blocks.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* ---- the name for people ---- */

/* "blocks 32-35,40"; of very many the first ones, and how many are left. */
static void add_runs(struct text *text, const struct mhp_request *request)
{
	const size_t most = 8;

	text_add(text, "blocks ");
	for (size_t i = 0; i < request->n_runs && i < most; i++) {
		const struct block_run *run = &request->runs[i];

		text_add(text, i ? ",%" PRIu64 : "%" PRIu64, run->first);
		if (run->count > 1)
			text_add(text, "-%" PRIu64, run->first + run->count - 1);
	}
	if (request->n_runs > most)
		text_add(text, " and %zu more", request->n_runs - most);
}

static void add_base(struct text *text, const struct mhp_request *request)
{
	switch (request->target) {
	case TARGET_REGION:
		text_add_escaped(text, request->region);
		break;
	case TARGET_RANGE:
		text_add(text, "0x%" PRIx64 "-0x%" PRIx64, request->range.start,
			 request->range.start + request->range.size - 1);
		break;
	case TARGET_BLOCKS:
		add_runs(text, request);
		break;
	case TARGET_NODE:
		text_add(text, "node %d", request->node);
		break;
	case TARGET_KIND:
		text_add(text, "all %s regions", mhp_region_kind_to_str(request->kind));
		break;
	case TARGET_NONE:
		break;
	}
}

void text_add_target(struct text *text, const struct mhp_request *request)
{
	if (request->size_bytes) {
		text_add_bytes(text, request->size_bytes);
		text_add(text, " of ");
	}
	add_base(text, request);
}

static int name_target(struct mhp_plan *plan, const struct mhp_request *request)
{
	struct text text = { 0 };

	text_add_target(&text, request);
	return text_finish(&text, &plan->target);
}

/* ---- parts ---- */

static int copy_str(char **ret, const char *str)
{
	*ret = str ? strdup(str) : NULL;
	return str && !*ret ? -ENOMEM : 0;
}

int plan_copy_region(struct plan_part *part, const struct mhp_region *region)
{
	int r;

	part->provider = provider_of(region->kind);
	r = copy_str(&part->region, region->name);
	if (r == 0)
		r = copy_str(&part->path, region->path);
	if (r == 0)
		r = copy_str(&part->driver, region->driver);
	if (r == 0)
		r = copy_str(&part->device_word, region->device_word);
	part->device_state = region->device_state;
	part->lost_bytes = region->lost_bytes;
	return r;
}

static int copy_all(struct plan_part *part, const struct mhp_region *region)
{
	int r = plan_copy_region(part, region);

	part->runs = calloc(region->n_runs ? region->n_runs : 1, sizeof(*part->runs));
	if (r < 0 || !part->runs)
		return -ENOMEM;
	if (region->n_runs)
		memcpy(part->runs, region->runs, region->n_runs * sizeof(*part->runs));
	part->n_runs = region->n_runs;
	return 0;
}

int plan_add_found(struct mhp_plan *plan, uint64_t id, int node, const struct mhp_block *block)
{
	struct plan_block mine = { .id = id, .node = node, .state = MHP_STATE_ABSENT };

	if (block) {
		mine.state = block->state;
		mine.zone = mhp_block_get_zone(block);
		if (block->node != BLOCK_NO_NODE)
			mine.node = (int)block->node;
	}
	return plan_add_block(plan, &mine);
}

static int add_leaf(struct mhp_plan *plan, const struct mhp_region *region)
{
	int node = region->node_code == 0 ? region->node : -1;
	struct plan_part *part;
	size_t next = 0;
	int r;

	r = plan_add_part(plan, &part);
	if (r == 0)
		r = copy_all(part, region);
	for (size_t i = 0; i < region->n_runs && r == 0; i++) {
		const struct block_run *run = &region->runs[i];

		for (uint64_t id = run->first; id < run->first + run->count && r == 0; id++) {
			const struct mhp_block *block = mhp_region_get_block(region, next);

			if (block && block->id != id)
				block = NULL;
			next += block != NULL;
			r = plan_add_found(plan, id, node, block);
		}
	}
	return r;
}

/* A parent stands for all that is made from it. */
static int add_region(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		      const struct mhp_request *request, const struct mhp_region *region)
{
	int r = 0;

	if (!region->has_children)
		return takes_blocks(plan, region) ? plan_add_units(plan, snap, request, region) :
						    add_leaf(plan, region);
	for (size_t i = 0; i < snap->regions.count && r == 0; i++)
		if (snap->regions.list[i].parent == region &&
		    region_is_counted(snap, &snap->regions.list[i]))
			r = add_region(plan, snap, request, &snap->regions.list[i]);
	return r;
}

static int add_loose(struct mhp_plan *plan, const struct mhp_snapshot *snap, const uint64_t *ids,
		     size_t count)
{
	struct plan_part *part;
	int r;

	r = plan_add_part(plan, &part);
	if (r == 0) {
		part->runs = calloc(count, sizeof(*part->runs));
		if (!part->runs)
			r = -ENOMEM;
	}
	for (size_t i = 0; i < count && r == 0; i++) {
		part->runs[i] = (struct block_run){ ids[i], 1 };
		r = plan_add_found(plan, ids[i], -1, mhp_snapshot_find_block(snap, ids[i]));
	}
	if (r == 0)
		part->n_runs = block_runs_merge(part->runs, count);
	return r;
}

/* ---- which blocks ---- */

struct ids {
	uint64_t *list;		/* sorted; with ID_TAKEN: some part has it */
	size_t count;
};
/* No block has such a number. */
#define ID_TAKEN (UINT64_C(1) << 63)

/* A part of a kind is of what its regions own, or what is made from them. */
static bool is_of_kind(const struct mhp_snapshot *snap, const struct mhp_block *block,
		       const struct mhp_request *request)
{
	const struct mhp_region *owner = block->region == BLOCK_NO_REGION ? NULL :
					 &snap->regions.list[block->region];

	while (owner && owner->kind != request->kind)
		/* as a whole they come with their parent: add_regions() */
		owner = request->size_bytes ? owner->parent : NULL;
	return owner != NULL;
}

static int take_blocks(struct ids *ids, const struct mhp_snapshot *snap,
		       const struct mhp_request *request)
{
	struct block_run run = { 0 };

	ids->list = calloc(snap->n_blocks + 1, sizeof(*ids->list));
	if (!ids->list)
		return -ENOMEM;
	if (request->target == TARGET_RANGE)
		/* none: run stays empty */
		range_whole_blocks(&request->range, snap->block_size, &run);
	for (size_t i = 0; i < snap->n_blocks; i++) {
		const struct mhp_block *block = &snap->blocks[i];
		bool meant;

		if (request->target == TARGET_NODE)
			meant = block->node != BLOCK_NO_NODE && (int)block->node == request->node;
		else if (request->target == TARGET_KIND)
			meant = is_of_kind(snap, block, request);
		else
			meant = block->id >= run.first && block->id - run.first < run.count;
		if (meant)
			ids->list[ids->count++] = block->id;
	}
	return 0;
}

/* Blocks by number: also those that are not there. */
static int take_named(struct ids *ids, const struct mhp_request *request)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < request->n_runs; i++)
		sum += request->runs[i].count;
	if (sum > MAX_REGION_BLOCKS)
		return -EINVAL;
	ids->list = calloc((size_t)sum, sizeof(*ids->list));
	if (!ids->list)
		return -ENOMEM;
	for (size_t i = 0; i < request->n_runs; i++) {
		const struct block_run *run = &request->runs[i];

		for (uint64_t id = run->first; id < run->first + run->count; id++)
			ids->list[ids->count++] = id;
	}
	return 0;
}

/* Those of a parent are owned by its children. */
static int take_region(struct ids *ids, const struct mhp_snapshot *snap,
		       const struct mhp_region *region)
{
	ids->list = calloc(region->n_total + 1, sizeof(*ids->list));
	if (!ids->list)
		return -ENOMEM;
	for (size_t i = 0; i < snap->n_blocks; i++) {
		const struct mhp_region *owner = snap->blocks[i].region == BLOCK_NO_REGION ? NULL :
						 &snap->regions.list[snap->blocks[i].region];

		while (owner && owner != region)
			owner = owner->parent;
		if (owner)
			ids->list[ids->count++] = snap->blocks[i].id;
	}
	return 0;
}

/* Where in the list is the first id that is not below this one? */
static size_t find_id(const struct ids *ids, uint64_t id)
{
	size_t low = 0, high = ids->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((ids->list[mid] & ~ID_TAKEN) < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* All of the run, and none of it taken? */
static bool has_run(const struct ids *ids, const struct block_run *run)
{
	size_t at = find_id(ids, run->first);

	if (run->count > ids->count - at)
		return false;
	for (uint64_t i = 0; i < run->count; i++)
		if (ids->list[at + i] != run->first + i)
			return false;
	return true;
}

/* Are all blocks of the region there, and meant? */
static bool is_whole(const struct ids *ids, const struct mhp_region *region)
{
	if (region->has_children || provider_of(region->kind)->is_remainder)
		return false;
	if (region->ranges_code < 0 || region->overlaps || !region->n_runs ||
	    region->n_blocks != region_count_whole_blocks(region))
		return false;
	for (size_t i = 0; i < region->n_runs; i++)
		if (!has_run(ids, &region->runs[i]))
			return false;
	return true;
}

/* Marked only: to move all that are behind it, for each region, would be quadratic. */
static void take_region_off(struct ids *ids, const struct mhp_region *region)
{
	for (size_t i = 0; i < region->n_runs; i++) {
		uint64_t end = region->runs[i].first + region->runs[i].count;
		size_t at = find_id(ids, region->runs[i].first);

		for (; at < ids->count && (ids->list[at] & ~ID_TAKEN) < end; at++)
			ids->list[at] |= ID_TAKEN;
	}
}

static int add_left(struct mhp_plan *plan, const struct mhp_snapshot *snap, struct ids *ids)
{
	size_t count = 0;

	for (size_t i = 0; i < ids->count; i++)
		if (!(ids->list[i] & ID_TAKEN))
			ids->list[count++] = ids->list[i];
	ids->count = count;
	return count ? add_loose(plan, snap, ids->list, count) : 0;
}

/* Regions that are meant as a whole, then what blocks are left. */
static int add_ids(struct mhp_plan *plan, const struct mhp_snapshot *snap, struct ids *ids)
{
	int r = 0;

	for (size_t i = 0; i < snap->regions.count && r == 0; i++) {
		const struct mhp_region *region = &snap->regions.list[i];

		if (!is_whole(ids, region))
			continue;
		take_region_off(ids, region);
		r = add_leaf(plan, region);
	}
	return r < 0 ? r : add_left(plan, snap, ids);
}

/* ---- which regions ---- */

/* Of what is not, blocks are left, which stand against it. */
static bool is_able(const struct mhp_region *region, enum mhp_goal goal)
{
	const struct provider *provider = provider_of(region->kind);

	return goal == MHP_GOAL_PLUGGED ? provider->plan_plug != NULL :
					  provider->plan_unplug != NULL ||
					  (region->n_blocks && !provider->is_remainder);
}

/*
 * There is nothing to online or offline in an empty slot, and in what the host gives no memory;
 * of a device without a size nothing comes.
 */
static bool has_nothing(const struct mhp_region *region, enum mhp_goal goal)
{
	return region_is_void(region) ||
	       ((goal == MHP_GOAL_ONLINE || goal == MHP_GOAL_OFFLINE) &&
		(region->is_empty ||
		 (provider_of(region->kind)->host_decides && region->ranges_code == 0 &&
		  !region->n_runs)));
}

/* Is the run in one of these? They are sorted, and do not touch. */
static bool is_inside(const struct block_run *mine, const struct block_run *runs, size_t count)
{
	size_t low = 0, high = count;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (runs[mid].first <= mine->first)
			low = mid;
		else
			high = mid;
	}
	return count && mine->first >= runs[low].first &&
	       mine->first - runs[low].first + mine->count <= runs[low].count;
}

/* Does a device that may have no blocks yet belong to the target? */
static bool is_meant(const struct mhp_request *request, const struct mhp_snapshot *snap,
		     const struct mhp_region *region)
{
	struct block_run run;
	bool meant = region->ranges_code == 0 && region->n_runs;

	if (request->target == TARGET_KIND)
		return region->kind == request->kind && !has_nothing(region, request->goal);
	if (region->has_children || region_is_void(region) || !is_able(region, request->goal))
		return false;
	if (request->target == TARGET_NODE)
		return region->node_code == 0 && region->node == request->node;
	if (request->target == TARGET_RANGE &&
	    !range_whole_blocks(&request->range, snap->block_size, &run))
		return false;
	for (size_t i = 0; i < region->n_runs && meant; i++)
		meant = request->target == TARGET_RANGE ?
			is_inside(&region->runs[i], &run, 1) :
			is_inside(&region->runs[i], request->runs, request->n_runs);
	return meant;
}

static int add_regions(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		       const struct mhp_request *request, struct ids *left)
{
	int r = 0;

	for (size_t i = 0; i < snap->regions.count && r == 0; i++) {
		const struct mhp_region *region = &snap->regions.list[i];

		if (takes_blocks(plan, region)) {
			r = plan_add_units(plan, snap, request, region);
			take_region_off(left, region);
			continue;
		}
		if (!is_meant(request, snap, region))
			continue;
		take_region_off(left, region);
		r = add_region(plan, snap, request, region);
	}
	return r;
}

/* Where single blocks can be plugged, one that was named and cannot be is not passed over. */
static bool any_takes_blocks(const struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < snap->regions.count; i++)
		if (takes_blocks(plan, &snap->regions.list[i]))
			return true;
	return false;
}

/*
 * Devices as a whole, and parts of what can be plugged in part; to unplug, also the blocks
 * that are neither, which stand against it.
 */
static int resolve_devices(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			   const struct mhp_request *request)
{
	struct ids left = { 0 };
	int r = 0;

	if (plan->goal == MHP_GOAL_UNPLUGGED ||
	    (plan->goal == MHP_GOAL_PLUGGED && request->target == TARGET_BLOCKS &&
	     any_takes_blocks(plan, snap)))
		r = request->target == TARGET_BLOCKS ? take_named(&left, request) :
						       take_blocks(&left, snap, request);
	if (r == 0)
		r = add_regions(plan, snap, request, &left);
	if (r == 0)
		r = add_left(plan, snap, &left);
	free(left.list);
	return r;
}

/* ---- the whole ---- */

static int choose(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		  const struct mhp_request *request, struct ids *ids)
{
	return request->size_bytes ?
	       plan_choose(plan, snap, request->size_bytes, ids->list, &ids->count) : 0;
}

static int resolve_blocks(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			  const struct mhp_request *request, const struct mhp_region *region)
{
	struct ids ids = { 0 };
	int r;

	if (region)
		r = take_region(&ids, snap, region);
	else if (request->target == TARGET_BLOCKS)
		r = take_named(&ids, request);
	else
		r = take_blocks(&ids, snap, request);
	if (r == 0)
		r = choose(plan, snap, request, &ids);
	if (r == 0 && !plan->conflicts.count)
		r = add_ids(plan, snap, &ids);
	free(ids.list);
	return r;
}

static int find_nothing(struct mhp_plan *plan, const struct mhp_request *request, bool whole)
{
	struct mhp_conflict conflict = { .code = whole ? MHP_CONFLICT_NOT_DEVICE :
							 MHP_CONFLICT_NO_BLOCK };
	bool many = request->target == TARGET_KIND && !request->size_bytes;
	struct text text = { 0 };

	text_add(&text, "%s %s no %s", plan->target, many ? "have" : "has",
		 whole ? "device as a whole" :
		 request->target == TARGET_RANGE ? "whole memory block now" : "memory block now");
	return conflicts_add(&plan->conflicts, &conflict, &text);
}

/* What no part of can be had, as its host has to be asked for that; NULL if it is no host's. */
static const struct mhp_region *find_hosted(const struct mhp_snapshot *snap,
					    const struct mhp_request *request,
					    const struct mhp_region *region)
{
	for (size_t i = 0; !region && i < snap->regions.count; i++)
		if (request->target == TARGET_KIND && snap->regions.list[i].kind == request->kind)
			region = &snap->regions.list[i];
	return region && provider_of(region->kind)->host_decides ? region : NULL;
}

static int find_no_units(struct mhp_plan *plan, const struct mhp_region *hosted, bool any)
{
	bool plug = plan->goal == MHP_GOAL_PLUGGED;
	struct mhp_conflict conflict = { .code = MHP_CONFLICT_NOT_WHOLE };
	const struct cannot *cannot;
	struct text text = { 0 };

	if (hosted) {
		cannot = &hosted->cannot[plug ? MHP_CAN_PLUG : MHP_CAN_UNPLUG];
		conflict.code = cannot->code;
		conflict.hint = cannot->hint;
		text_add(&text, "%s: %s %s", plan->target, hosted->name, cannot->why);
	} else {
		text_add(&text, "%s cannot be %s: %s", plan->target, mhp_goal_to_str(plan->goal),
			 any ? "none of it comes and goes in part" :
			 "regions are plugged and unplugged as a whole");
	}
	return conflicts_add(&plan->conflicts, &conflict, &text);
}

/* So much of what can be plugged in part. */
static int resolve_units(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			 const struct mhp_request *request, const struct mhp_region *region)
{
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < snap->regions.count && r == 0; i++) {
		const struct mhp_region *one = &snap->regions.list[i];

		if ((region && region != one) || !takes_blocks(plan, one))
			continue;
		any = true;
		r = plan_add_units(plan, snap, request, one);
	}
	if (r < 0 || plan->n_parts || plan->conflicts.count)
		return r;
	return find_no_units(plan, find_hosted(snap, request, region), any);
}

static bool is_node_known(const struct mhp_snapshot *snap, int node)
{
	for (size_t i = 0; i < snap->regions.count; i++)
		if (snap->regions.list[i].node_code == 0 && snap->regions.list[i].node == node)
			return true;
	return mhp_snapshot_find_node(snap, node) != NULL;
}

/* Which blocks are a node's its directory tells: if that could not be listed, nobody knows. */
static int check_node(const struct mhp_plan *plan, const struct mhp_snapshot *snap, int id)
{
	const struct mhp_node *node = mhp_snapshot_find_node(snap, id);

	/* what comes are devices, and these say where they belong */
	if (plan->goal == MHP_GOAL_PLUGGED)
		return 0;
	/* -ENODATA: it is about one region, and its blocks say so themselves */
	if (node)
		return node->blocks_code == -ENODATA ? 0 : node->blocks_code;
	if (snap->nodes_code < 0)
		return snap->nodes_code;
	/* without memory a node has no directory; but a region may be about to bring it some */
	return plan->goal == MHP_GOAL_UNPLUGGED || is_node_known(snap, id) ? 0 : -ENOENT;
}

static int resolve_target(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			  const struct mhp_request *request)
{
	bool whole = plan->goal == MHP_GOAL_PLUGGED || plan->goal == MHP_GOAL_UNPLUGGED;
	const struct mhp_region *region = NULL;
	int r;

	r = name_target(plan, request);
	if (r < 0)
		return r;
	if (request->target == TARGET_REGION) {
		region = mhp_snapshot_find_region(snap, request->region);
		if (!region)
			return snap->regions.code < 0 ? snap->regions.code : -ENOENT;
	}
	if (request->target == TARGET_KIND && snap->regions.code < 0)
		return snap->regions.code;
	if (request->target == TARGET_NODE)
		r = check_node(plan, snap, request->node);
	if (r < 0)
		return r;
	if (whole && request->size_bytes)
		r = resolve_units(plan, snap, request, region);
	else if (region && !request->size_bytes)
		r = add_region(plan, snap, request, region);
	else if (whole || (request->target == TARGET_KIND && !request->size_bytes))
		r = resolve_devices(plan, snap, request);
	else
		r = resolve_blocks(plan, snap, request, region);
	if (r == 0 && !plan->n_parts && !plan->conflicts.count)
		r = find_nothing(plan, request, whole);
	if (r == 0 && plan->rules & MHP_RULE_RELEASE)
		r = plan_find_releases(plan, snap, request, region);
	return r;
}

int plan_resolve_target(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			const struct mhp_request *request)
{
	struct mhp_request merged = *request;
	int r;

	if (request->target != TARGET_BLOCKS)
		return resolve_target(plan, snap, request);
	/* named one by one they may be a whole region all the same */
	merged.runs = calloc(request->n_runs, sizeof(*merged.runs));
	if (!merged.runs)
		return -ENOMEM;
	memcpy(merged.runs, request->runs, request->n_runs * sizeof(*merged.runs));
	merged.n_runs = block_runs_merge(merged.runs, request->n_runs);
	r = resolve_target(plan, snap, &merged);
	free(merged.runs);
	return r;
}
