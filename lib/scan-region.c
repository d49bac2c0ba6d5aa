// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A snapshot of one region: found by its provider alone, its blocks by arithmetic. Nothing is
 * listed that grows with the machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cxl.h"
#include "provider.h"

/* Of a region that may have more than that, those that there are are listed. */
#define MOST_ASKED_FOR 65536

/* ---- what else must be known ---- */

static bool wants_page_size(const struct scan *scan)
{
	return scan->flags & (MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY |
			      MHP_SNAPSHOT_PLUGGED);
}

/* With larger ones, of 16384 bytes, more would be present than there is RAM. */
static bool has_usual_pages(const struct zoneinfo *zones, const struct iomem *iomem)
{
	uint64_t ram = iomem_count_bytes(iomem), pages;
	struct zone_sums sums;

	zoneinfo_sum(zones, -1, &sums);
	return iomem->code == 0 &&
	       !__builtin_add_overflow(sums.movable_present, sums.kernel_present, &pages) &&
	       pages > ram / 16384 && pages / 2 <= ram / 4096;
}

/*
 * Of a root that is not this kernel's the size of a page is guessed from all online blocks
 * (zoneinfo_guess_page_size()): here it must follow from what is read anyway.
 */
static int find_page_size(struct scan *scan)
{
	struct problems unused = { 0 };
	struct zoneinfo zones = { 0 };
	struct iomem iomem = { 0 };
	int r;

	if (!wants_page_size(scan) || scan_page_size(scan))
		return 0;
	r = zoneinfo_look(scan->ctx, &zones);
	if (r == 0 && zones.code == 0)
		r = iomem_read(scan->ctx, &iomem, &unused);
	if (r == 0)
		scan->has_usual_pages = zones.code == 0 && has_usual_pages(&zones, &iomem);
	/* without zones nobody asks for it */
	scan->needs_all = !scan->has_usual_pages && zones.code == 0;
	zoneinfo_free(&zones);
	iomem_free(&iomem);
	problems_free(&unused);
	return r;
}

/* ---- the region ---- */

static const struct provider *find_provider(const char *name)
{
	for (size_t i = 0; i < n_providers; i++)
		if (providers[i]->is_told_alone && providers[i]->is_name(name))
			return providers[i];
	return NULL;
}

/* What identifies it may be its parent's, of another kind. 1, 0 or -ENOMEM */
static int is_made_from_region(const char *path)
{
	char *above = strdup(path), *slash;
	int is = 0;

	if (!above)
		return -ENOMEM;
	while ((slash = strrchr(above, '/')) && slash != above && !is) {
		*slash = '\0';
		is = cxl_is_region_name(path_name(above));
	}
	free(above);
	return is;
}

/* What /proc/iomem says of it is asked for only where that is to be shown. */
static int find_region(struct scan *scan, const struct provider *provider)
{
	bool wants_identity = scan->flags & MHP_SNAPSHOT_IDENTITY;
	struct mhp_snapshot *snap = scan->snap;
	struct finder finder = {
		.ctx = scan->ctx, .wants_identity = wants_identity,
		.block_size = snap->block_size, .regions = &snap->regions,
		.problems = &snap->problems,
	};
	const struct iomem *iomem;
	int r = wants_identity ? finder_iomem(&finder, &iomem) : 0;

	if (r == 0)
		r = provider->find_again(&finder, scan->region);
	if (finder.iomem)
		snap->iomem = finder.own_iomem;
	else
		snap->iomem.code = -ENODATA;
	iomem_forget_lines(&snap->iomem);
	if (r == 0 && !snap->regions.count)
		r = -ENOENT;
	return r == 0 && wants_identity ? is_made_from_region(snap->regions.list[0].path) : r;
}

static void forget_region(struct mhp_snapshot *snap)
{
	regions_free(&snap->regions);
	problems_free(&snap->problems);
	iomem_free(&snap->iomem);
	snap->iomem = (struct iomem){ 0 };
}

/* ---- its blocks ---- */

static void read_node(struct scan *scan, struct mhp_block *block, int *hint)
{
	int node = block_find_node(&scan->mem, block->id, *hint);

	if (node < 0 || node >= BLOCK_NO_NODE)
		return;
	block->node = (uint64_t)node & BLOCK_NO_NODE;
	*hint = node;
}

/* By way of the node that those before it are on, which it then is on, too. */
static bool read_zones(struct scan *scan, struct mhp_block *block, int hint, int *ret_r)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	if (hint < 0 || hint >= BLOCK_NO_NODE)
		return false;
	r = block_read_by_node(&scan->mem, block->id, hint, "valid_zones", buf);
	if (r < 0 && r != -EBADMSG)
		return false;
	block->node = (uint64_t)hint & BLOCK_NO_NODE;
	*ret_r = scan_take_zones(scan, block, r, buf);
	return true;
}

/*
 * By way of the node that those before it are on: that it is on it, too, is told by the same
 * file. False: to be read with care.
 */
static bool read_state(struct scan *scan, struct mhp_block *block, int hint)
{
	enum mhp_state state = MHP_STATE_UNKNOWN;
	char buf[MHP_ATTR_SIZE + 1];

	if (hint < 0 || hint >= BLOCK_NO_NODE || !scan->snap->numa ||
	    block_read_by_node(&scan->mem, block->id, hint, "state", buf) < 0 ||
	    parse_state(buf, &state) < 0 || state == MHP_STATE_UNKNOWN)
		return false;
	block->state = (uint8_t)state;
	block->node = (uint64_t)hint & BLOCK_NO_NODE;
	return true;
}

/* valid_zones of an online block alone: no other one has a single zone there. False: neither. */
static bool read_online(struct scan *scan, struct mhp_block *block, int hint)
{
	enum mhp_zone zones[PARSE_MAX_ZONES];
	char buf[MHP_ATTR_SIZE + 1];
	size_t count = 0;

	if (hint < 0 || hint >= BLOCK_NO_NODE || !scan->snap->numa ||
	    block_read_by_node(&scan->mem, block->id, hint, "valid_zones", buf) < 0 ||
	    parse_zones(buf, zones, &count) < 0 || count != 1 || zones[0] <= MHP_ZONE_NONE)
		return false;
	block->state = MHP_STATE_ONLINE;
	block->zones = zones[0] & 0xf;
	block->n_zones = 1;
	block->node = (uint64_t)hint & BLOCK_NO_NODE;
	return true;
}

/* 1: there is none */
static int read_block(struct scan *scan, struct mhp_block *block, int *hint)
{
	bool is_read = read_state(scan, block, *hint);
	int r = is_read ? 0 : scan_block_state(scan, block);
	bool wants_zones = block->state == MHP_STATE_ONLINE ||
			   scan->flags & MHP_SNAPSHOT_OFFLINE_ZONES;

	if (r || (wants_zones && scan->snap->numa && read_zones(scan, block, *hint, &r)))
		return r;
	if (scan->snap->numa && !is_read)
		read_node(scan, block, hint);
	return wants_zones ? scan_block_zones(scan, block) : 0;
}

static int list_blocks(struct scan *scan, const struct mhp_region *region)
{
	struct mhp_snapshot *snap = scan->snap;
	size_t kept = 0;
	int r = scan_block_names(scan);

	for (size_t i = 0; i < snap->n_blocks && r == 0; i++)
		if (region_has_block(region, snap->blocks[i].id))
			snap->blocks[kept++] = snap->blocks[i];
	snap->n_blocks = kept;
	return r;
}

static int number_blocks(struct mhp_snapshot *snap, const struct mhp_region *region)
{
	size_t count = region_count_whole_blocks(region);

	snap->blocks = count ? calloc(count, sizeof(*snap->blocks)) : NULL;
	if (count && !snap->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < region->n_runs; i++) {
		const struct block_run *run = &region->runs[i];

		for (uint64_t id = run->first; id - run->first < run->count; id++)
			if (id <= BLOCK_MAX_ID)
				snap->blocks[snap->n_blocks++] = (struct mhp_block){
					.id = id & BLOCK_MAX_ID, .node = BLOCK_NO_NODE,
					.region = BLOCK_NO_REGION,
				};
	}
	return 0;
}

static int read_blocks(struct scan *scan, const struct mhp_region *region)
{
	int hint = region->node_code == 0 ? region->node : -1, r = 0;
	struct mhp_snapshot *snap = scan->snap;
	bool online = false;	/* as the one before it, then */
	size_t kept = 0;

	for (size_t i = 0; i < snap->n_blocks && r >= 0; i++) {
		struct mhp_block *block = &snap->blocks[i];

		r = online && read_online(scan, block, hint) ? 0 : read_block(scan, block, &hint);
		online = r == 0 && block->state == MHP_STATE_ONLINE;
		if (r == 0)
			snap->blocks[kept++] = *block;
	}
	snap->n_blocks = kept;
	return r < 0 ? r : 0;
}

/* There may be far fewer than its ranges have room for. */
static void trim_blocks(struct mhp_snapshot *snap)
{
	struct mhp_block *blocks;

	blocks = snap->n_blocks ? reallocarray(snap->blocks, snap->n_blocks, sizeof(*blocks)) :
				  NULL;
	if (!snap->n_blocks)
		free(snap->blocks);
	if (blocks || !snap->n_blocks)
		snap->blocks = blocks;
}

static int find_blocks(struct scan *scan, const struct mhp_region *region)
{
	int r;

	r = region_count_whole_blocks(region) > MOST_ASKED_FOR ?
	    list_blocks(scan, region) : number_blocks(scan->snap, region);
	if (r == 0)
		r = read_blocks(scan, region);
	trim_blocks(scan->snap);
	return r;
}

/* ---- its nodes ---- */

static int add_node(struct mhp_snapshot *snap, int id)
{
	struct mhp_node node = node_unknown(snap, id), *nodes;
	size_t at = 0;

	if (snapshot_find_node(snap, id))
		return 0;
	nodes = reallocarray(snap->nodes, snap->n_nodes + 1, sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	snap->nodes = nodes;
	while (at < snap->n_nodes && nodes[at].id < id)
		at++;
	memmove(&nodes[at + 1], &nodes[at], (snap->n_nodes - at) * sizeof(*nodes));
	node.blocks_code = -ENODATA;
	node.has_cpu.code = node.has_memory.code = node.has_normal_memory.code = -ENODATA;
	nodes[at] = node;
	snap->n_nodes++;
	return 0;
}

/* Its device may name one that has no memory yet, and no directory. */
static int add_device_node(struct scan *scan, const struct mhp_region *region)
{
	char *path;
	int r;

	if (region->node_code < 0 || snapshot_find_node(scan->snap, region->node))
		return 0;
	if (copy_text(&path, NODE_PATH "/node%d", region->node) < 0)
		return -ENOMEM;
	r = sysfs_dir_exists(scan->ctx, path);
	free(path);
	return r == 1 ? add_node(scan->snap, region->node) : r == -ENOMEM ? r : 0;
}

static int find_nodes(struct scan *scan, const struct mhp_region *region)
{
	struct mhp_snapshot *snap = scan->snap;
	int r = 0;

	if (scan->flags & MHP_SNAPSHOT_TOPOLOGY)
		return scan_node_names(scan);
	for (size_t i = 0; i < snap->n_blocks && r == 0; i++)
		if (snap->blocks[i].node != BLOCK_NO_NODE)
			r = add_node(snap, (int)snap->blocks[i].node);
	return r < 0 || !snap->numa ? r : add_device_node(scan, region);
}

/* Whatever is wrong with it: valid_zones stays behind its guard. */
static int find_numa(struct scan *scan)
{
	int r = sysfs_dir_exists(scan->ctx, NODE_PATH);

	scan->snap->numa = r != 0;
	if (r >= 0 || r == -ENOMEM)
		return r < 0 ? r : 0;
	scan->snap->nodes_code = r;
	return scan_note(scan, r, NULL, NODE_PATH, "");
}

/* ---- the whole ---- */

int scan_region_alone(struct scan *scan)
{
	const struct provider *provider = find_provider(scan->region);
	struct mhp_snapshot *snap = scan->snap;
	int r = find_page_size(scan);

	if (r < 0 || scan->needs_all || !provider)
		return r < 0 ? r : 1;
	r = find_region(scan, provider);
	if (r == -ENOENT || r == -ENOMEM)
		return r;
	/* what is wrong with its bus is a problem of all of them */
	if (r) {
		forget_region(snap);
		return 1;
	}
	scan->is_alone = snap->has_only = true;
	r = find_numa(scan);
	if (r == 0)
		r = find_blocks(scan, &snap->regions.list[0]);
	if (r == 0)
		r = find_nodes(scan, &snap->regions.list[0]);
	return r < 0 ? r : take_only_region(snap);
}
