// SPDX-License-Identifier: LGPL-2.1-or-later
/* State and zones of a snapshot's blocks: inferred where that can be, else read. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "infer.h"

/* ---- read ---- */

int scan_keep_odd_zones(struct mhp_snapshot *snap, uint64_t id, const char *text)
{
	struct odd_zones *odd;

	if (snap->n_odd == snap->odd_room) {
		size_t room = snap->odd_room ? 2 * snap->odd_room : 8;

		odd = reallocarray(snap->odd, room, sizeof(*odd));
		if (!odd)
			return -ENOMEM;
		snap->odd = odd;
		snap->odd_room = room;
	}
	odd = &snap->odd[snap->n_odd];
	odd->id = id;
	odd->text = strdup(text);
	if (!odd->text)
		return -ENOMEM;
	snap->n_odd++;
	return 0;
}

int scan_block_state(struct scan *scan, struct mhp_block *block)
{
	char buf[MHP_ATTR_SIZE + 1], name[64];
	enum mhp_state state = MHP_STATE_UNKNOWN;
	int r;

	snprintf(name, sizeof(name), "memory%" PRIu64, (uint64_t)block->id);
	strcat(name, "/state");
	r = sysfs_read(&scan->mem, name, buf);
	if (r == -ENODEV)
		/* it went while it was open: does it exist? */
		r = sysfs_read(&scan->mem, name, buf);
	if (r == -ENODEV)
		return 1;
	if (r == -ENOENT) {
		*strrchr(name, '/') = '\0';
		if (sysfs_exists(&scan->mem, name) == -ENOENT)
			return 1;
		strcat(name, "/state");
	}
	if (r == 0 && (parse_state(buf, &state) < 0 || state == MHP_STATE_UNKNOWN))
		r = -EBADMSG;
	block->state = (uint8_t)state;
	if (r < 0)
		return scan_note(scan, r, r == -EBADMSG ? buf : NULL, MEMORY_PATH, name);
	return 0;
}

int scan_take_zones(struct scan *scan, struct mhp_block *block, int code, const char *text)
{
	enum mhp_zone zones[PARSE_MAX_ZONES];
	size_t count = 0;
	char name[64];
	int r = code;

	if (r == -ENODATA)
		return 0;
	if (r == 0 && parse_zones(text, zones, &count) < 0)
		r = -EBADMSG;
	if (r == 0 && count > 1 && block->state == MHP_STATE_ONLINE) {
		/* an online block is in one zone: did it go offline between the reads? */
		block->inferred = false;
		r = scan_block_state(scan, block);
		if (r || block->state != MHP_STATE_ONLINE)
			return r;
		r = -EBADMSG;
	}
	if (r < 0) {
		snprintf(name, sizeof(name), "memory%" PRIu64 "/valid_zones", (uint64_t)block->id);
		return scan_note(scan, r, r == -EBADMSG ? text : NULL, MEMORY_PATH, name);
	}
	for (size_t i = 0; i < count; i++) {
		block->zones = (block->zones | (uint64_t)zones[i] << (4 * i)) & 0xfff;
		if (zones[i] == MHP_ZONE_UNKNOWN)
			block->odd_zones = 1;
	}
	block->n_zones = (uint8_t)count;
	return block->odd_zones ? scan_keep_odd_zones(scan->snap, block->id, text) : 0;
}

int scan_block_zones(struct scan *scan, struct mhp_block *block)
{
	int node = block->node == BLOCK_NO_NODE ? -1 : (int)block->node;
	char buf[MHP_ATTR_SIZE + 1];
	int r = block_read_zones(&scan->mem, block->id, node, scan->snap->numa, buf);

	return scan_take_zones(scan, block, r, buf);
}

/* ---- inferred ---- */

/* For fewer, reading them is cheaper than /proc/zoneinfo, which has lines for each processor. */
#define MIN_BLOCKS 64

static bool pays(const struct scan *scan)
{
	return scan->snap->n_blocks >= MIN_BLOCKS;
}

/* Since this many uevents nothing has happened; where they have no number, nothing ever does. */
static bool is_steady(const struct scan *scan, uint64_t seqnum, uint64_t *ret_now)
{
	*ret_now = 0;
	return read_uevent_seqnum(scan->ctx, ret_now) == scan->has_seqnum && *ret_now == seqnum;
}

/*
 * Zones while no uevent was sent. Then at most one block has changed meanwhile, for the next
 * one has to wait until the first one is announced (online_store() and device_online() in
 * drivers/base/core.c): what two looks say alike is so. -EAGAIN in ret->code: not to be had.
 *
 * *ret_listed: there was none since before the blocks were listed, so that the zones are of just
 * these. A block that came and was onlined was announced before it was onlined.
 */
static int look_at_zones(struct scan *scan, struct zoneinfo *ret, bool *ret_listed)
{
	/* a tree of files has no events; of a machine that hides their number nothing is known */
	int tries = !scan->has_seqnum && ctx_is_live(scan->ctx) ? 3 : 0;
	uint64_t before = scan->seqnum, now;
	int r;

	*ret_listed = false;
	for (; tries < 3; tries++) {
		*ret_listed = tries == 0;
		r = zoneinfo_look(scan->ctx, ret);
		if (r < 0 || is_steady(scan, before, &now)) {
			scan->seqnum = before;
			return r;
		}
		zoneinfo_free(ret);
		before = now;
	}
	ret->code = -EAGAIN;
	return 0;
}

/* A kernel without NUMA has all zones in node 0. -1: not known, or several */
static int node_of(const struct scan *scan, const struct mhp_block *block)
{
	if (!scan->snap->numa)
		return 0;
	return block->shared || block->node == BLOCK_NO_NODE ? -1 : (int)block->node;
}

/* The zone of an online block may be open still, and zones of offline ones be asked for. */
static bool needs_zones(const struct scan *scan, enum mhp_state state)
{
	return state == MHP_STATE_ONLINE || scan->flags & MHP_SNAPSHOT_OFFLINE_ZONES;
}

/* Does a file have to be read of such blocks? */
static bool leaves_open(const struct scan *scan, const struct inferred *inferred)
{
	return inferred->state == MHP_STATE_UNKNOWN ||
	       (inferred->zone == MHP_ZONE_UNKNOWN && needs_zones(scan, inferred->state));
}

/*
 * Of each run of blocks that are inferred alike, the last one, as far as there is room: enough
 * to see a zoneinfo that is another machine's, as in a container or a tree made by hand.
 */
#define MAX_RUNS 16

struct runs {
	size_t ends[MAX_RUNS], count;
};

static void end_run(struct runs *runs, size_t end, const struct inferred *was,
		    const struct inferred *now)
{
	if (was->state != MHP_STATE_UNKNOWN && runs->count < MAX_RUNS &&
	    (!now || was->node != now->node || was->state != now->state))
		runs->ends[runs->count++] = end;
}

/* Blocks of which files have to be read, and perhaps others between them. */
struct open_blocks {
	size_t first, end;
};

static void keep_open(struct open_blocks *open, size_t first, size_t end)
{
	if (!open->end)
		open->first = first;
	open->end = end;
}

/* Of one run: where it ends. */
static size_t apply_run(const struct scan *scan, const struct inferred *run, size_t first)
{
	struct mhp_snapshot *snap = scan->snap;
	size_t at = first;

	for (; at < snap->n_blocks; at++) {
		struct mhp_block *block = &snap->blocks[at];

		if (block->id > run->last || node_of(scan, block) != run->node)
			break;
		block->state = (uint8_t)run->state;
		block->inferred = run->state != MHP_STATE_UNKNOWN;
		if (run->zone == MHP_ZONE_UNKNOWN)
			continue;
		block->zones = run->zone;
		block->told = true;
		block->n_zones = run->state == MHP_STATE_ONLINE;
	}
	return at;
}

static void apply_inference(const struct scan *scan, const struct inference *inference,
			    bool listed, struct runs *runs, struct open_blocks *ret_open)
{
	const struct mhp_snapshot *snap = scan->snap;
	struct open_blocks open = { 0 };
	struct inferred now = { .node = -2 }, was;

	for (size_t i = 0, end; i < snap->n_blocks; i = end) {
		was = now;
		infer(inference, node_of(scan, &snap->blocks[i]), snap->blocks[i].id, &now);
		/* one that was gone by then, or is of another node, is in no zone of this one */
		if (scan->flags & MHP_SNAPSHOT_EXACT || (!listed && now.state == MHP_STATE_OFFLINE))
			now.state = MHP_STATE_UNKNOWN;
		end_run(runs, i - 1, &was, &now);
		end = apply_run(scan, &now, i);
		if (leaves_open(scan, &now))
			keep_open(&open, i, end);
	}
	end_run(runs, snap->n_blocks - 1, &now, NULL);
	*ret_open = open;
}

/* False: they do not fit. -ENOMEM */
static int check_runs(struct scan *scan, const struct runs *runs, bool *ret_fits)
{
	int r = 0;

	*ret_fits = true;
	for (size_t i = 0; i < runs->count && *ret_fits && r >= 0; i++) {
		const struct mhp_block *block = &scan->snap->blocks[runs->ends[i]];
		struct mhp_block now = *block;

		r = scan_block_state(scan, &now);
		if (r == 0)
			*ret_fits = now.state == block->state;
	}
	return r < 0 ? r : 0;
}

static void forget_inferred(struct scan *scan)
{
	for (size_t i = 0; i < scan->snap->n_blocks; i++) {
		struct mhp_block *block = &scan->snap->blocks[i];

		block->state = MHP_STATE_UNKNOWN;
		block->zones = block->n_zones = block->inferred = block->told = 0;
	}
}

/* 0: not known, or not for sure */
static uint64_t find_page_size(struct scan *scan, const struct zoneinfo *zones)
{
	const struct mhp_snapshot *snap = scan->snap;
	uint64_t size = scan_page_size(scan);

	if (!size)
		size = infer_page_size(zones, snap->block_size, snap->blocks, snap->n_blocks);
	return size <= snap->block_size ? size : 0;
}

static int infer_from(struct scan *scan, const struct zoneinfo *zones, uint64_t page_size,
		      bool listed, struct open_blocks *ret_open)
{
	const struct mhp_snapshot *snap = scan->snap;
	struct inference inference;
	struct runs runs = { 0 };
	bool fits;
	int r;

	r = infer_begin(zones, snap->block_size, page_size, &inference);
	if (r < 0)
		return r;
	if (listed)
		infer_count(&inference, snap->blocks, snap->n_blocks);
	apply_inference(scan, &inference, listed, &runs, ret_open);
	infer_end(&inference);
	r = check_runs(scan, &runs, &fits);
	if (r == 0 && !fits) {
		forget_inferred(scan);
		*ret_open = (struct open_blocks){ 0, snap->n_blocks };
	}
	return r;
}

static int infer_blocks(struct scan *scan, struct open_blocks *open)
{
	struct zoneinfo zones = { 0 };
	uint64_t page_size;
	bool listed;
	int r;

	r = look_at_zones(scan, &zones, &listed);
	page_size = r == 0 && zones.code == 0 ? find_page_size(scan, &zones) : 0;
	if (page_size)
		r = infer_from(scan, &zones, page_size, listed, open);
	zoneinfo_free(&zones);
	return r;
}

/* ---- all ---- */

/* Those from end on follow the ones that were kept. */
static void drop_gone(struct mhp_snapshot *snap, size_t kept, size_t end)
{
	size_t count = snap->n_blocks - end + kept;
	struct mhp_block *blocks;

	if (kept == end)
		return;
	memmove(&snap->blocks[kept], &snap->blocks[end], (snap->n_blocks - end) *
		sizeof(*snap->blocks));
	snap->n_blocks = count;
	blocks = count ? reallocarray(snap->blocks, count, sizeof(*blocks)) : NULL;
	if (blocks)
		snap->blocks = blocks;
}

int scan_block(struct scan *scan, struct mhp_block *block)
{
	int r;

	block->inferred = false;
	r = scan_block_state(scan, block);
	if (r == 0 && needs_zones(scan, (enum mhp_state)block->state))
		r = scan_block_zones(scan, block);
	return r;
}

/*
 * Neighbours that are told to be in the same zone, if they are online: so they are, if the
 * first one that is online is.
 */
struct told_run {
	unsigned int node;
	enum mhp_zone zone;
	bool is_right;
};

static bool is_of(const struct told_run *run, const struct mhp_block *block)
{
	return run->is_right && block->told && run->zone == (enum mhp_zone)block->zones &&
	       run->node == block->node;
}

static int read_first_of(struct scan *scan, struct mhp_block *block, struct told_run *run)
{
	enum mhp_zone told = block->told ? (enum mhp_zone)block->zones : MHP_ZONE_UNKNOWN;
	int r;

	block->told = 0;
	block->zones = 0;
	r = scan_block_zones(scan, block);
	if (block->state == MHP_STATE_ONLINE)
		*run = (struct told_run){
			.node = block->node, .zone = told,
			.is_right = r == 0 && told != MHP_ZONE_UNKNOWN &&
				    told == mhp_block_get_zone(block),
		};
	return r;
}

/* 1 if the block went away meanwhile. */
static int read_block(struct scan *scan, struct mhp_block *block, struct told_run *run)
{
	int r = scan_block_state(scan, block);

	if (r == 0 && block->state == MHP_STATE_ONLINE && is_of(run, block)) {
		block->n_zones = 1;
		return 0;
	}
	if (r == 0 && needs_zones(scan, (enum mhp_state)block->state))
		return read_first_of(scan, block, run);
	block->told = 0;
	block->zones = 0;
	return r;
}

static int compare_odd(const void *a, const void *b)
{
	const struct odd_zones *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Of those whose zone was told before their state was read: now it may be another one. */
static int read_told_zones(struct scan *scan, const struct open_blocks *open)
{
	struct mhp_snapshot *snap = scan->snap;
	size_t kept = open->first;
	int r;

	for (size_t i = open->first; i < open->end; i++) {
		struct mhp_block *block = &snap->blocks[i];

		r = 0;
		if (block->told && !block->inferred) {
			block->told = 0;
			block->zones = 0;
			block->n_zones = 0;
			r = scan_block_zones(scan, block);
		}
		if (r < 0)
			return r;
		if (r == 0)
			snap->blocks[kept++] = *block;
	}
	drop_gone(snap, kept, open->end);
	/* some may be of before */
	if (snap->n_odd)
		qsort(snap->odd, snap->n_odd, sizeof(*snap->odd), compare_odd);
	return 0;
}

static int read_blocks(struct scan *scan, struct open_blocks *open)
{
	struct mhp_snapshot *snap = scan->snap;
	struct told_run run = { 0 };
	size_t kept = open->first;
	bool any_told = false;
	uint64_t now;
	int r;

	for (size_t i = open->first; i < open->end; i++) {
		struct mhp_block *block = &snap->blocks[i];

		r = 0;
		if (!block->inferred)
			r = read_block(scan, block, &run);
		else if (!block->n_zones && needs_zones(scan, (enum mhp_state)block->state))
			r = scan_block_zones(scan, block);
		if (r < 0)
			return r;
		any_told |= block->told && !block->inferred;
		if (r == 0)
			snap->blocks[kept++] = *block;
	}
	drop_gone(snap, kept, open->end);
	open->end = kept;
	return any_told && !is_steady(scan, scan->seqnum, &now) ? read_told_zones(scan, open) : 0;
}

int scan_block_states(struct scan *scan)
{
	struct open_blocks open = { 0, scan->snap->n_blocks };
	int r;

	r = pays(scan) ? infer_blocks(scan, &open) : 0;
	return r < 0 ? r : read_blocks(scan, &open);
}
