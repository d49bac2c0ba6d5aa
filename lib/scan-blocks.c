// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory blocks of a snapshot: which there are, their states and zones. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* ---- block size ---- */

static int read_block_size(struct scan *scan)
{
	char buf[MHP_ATTR_SIZE + 1];
	uint64_t size;
	int r;

	r = sysfs_read(&scan->mem, "block_size_bytes", buf);
	if (r == 0 && (parse_bare_hex(buf, &size) < 0 || size < 1 << 20 ||
		       (size & (size - 1))))
		r = -EBADMSG;
	if (r == 0) {
		scan->snap->block_size = size;
		return 0;
	}
	if (r == -EBADMSG) {
		struct text text = { 0 };
		char *shown;

		text_add(&text, "block size is no power of two in hex: \"");
		text_add_escaped(&text, buf);
		text_add(&text, "\"");
		if (text_finish(&text, &shown) < 0)
			return -ENOMEM;
		ctx_log(scan->ctx, r, MEMORY_PATH "/block_size_bytes", "%s", shown);
		free(shown);
		return r;
	}
	ctx_log(scan->ctx, r, MEMORY_PATH "/block_size_bytes", "cannot read the block size");
	return r == -ENOENT ? -ENODEV : r;
}

int scan_open_memory(struct scan *scan)
{
	int r = sysfs_open(scan->ctx, MEMORY_PATH, &scan->mem);

	if (r == 0)
		return read_block_size(scan);
	if (r == -ENOENT || r == -ENOTDIR) {
		ctx_log(scan->ctx, -ENODEV, MEMORY_PATH, "no memory hotplug here");
		return -ENODEV;
	}
	ctx_log(scan->ctx, r, MEMORY_PATH, "cannot open the directory of memory blocks");
	return r;
}

/* ---- which there are ---- */

static int take_block(void *data, const char *name)
{
	struct scan *scan = data;
	struct mhp_snapshot *snap = scan->snap;
	struct mhp_block *blocks;
	uint64_t id;
	int r;

	r = parse_block_name(name, &id);
	if (r == -EINVAL)
		return 0;	/* power, auto_online_blocks, memory_failure, ... */
	if (r == -ERANGE || id > BLOCK_MAX_ID || id > UINT64_MAX / snap->block_size - 1)
		return scan_note(scan, -ERANGE, name, MEMORY_PATH, name);
	if (snap->n_blocks == scan->blocks_room) {
		size_t room = scan->blocks_room ? 2 * scan->blocks_room : 256;

		blocks = reallocarray(snap->blocks, room, sizeof(*blocks));
		if (!blocks)
			return -ENOMEM;
		snap->blocks = blocks;
		scan->blocks_room = room;
	}
	snap->blocks[snap->n_blocks++] = (struct mhp_block){
		.id = id, .node = BLOCK_NO_NODE, .region = BLOCK_NO_REGION,
	};
	return 0;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct mhp_block *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

int scan_block_names(struct scan *scan)
{
	struct mhp_snapshot *snap = scan->snap;
	int r = sysfs_list(&scan->mem, "", take_block, scan);

	if (r < 0) {
		/* a block that is not in the list would pass for absent */
		ctx_log(scan->ctx, r, MEMORY_PATH, "cannot list the memory blocks");
		return r;
	}
	if (snap->n_blocks)
		qsort(snap->blocks, snap->n_blocks, sizeof(*snap->blocks), compare_blocks);
	return 0;
}

struct mhp_block *snapshot_find_block(const struct mhp_snapshot *snap, uint64_t id)
{
	struct mhp_block key = { .id = id & BLOCK_MAX_ID };

	if (id > BLOCK_MAX_ID || !snap->n_blocks)
		return NULL;
	return bsearch(&key, snap->blocks, snap->n_blocks, sizeof(key), compare_blocks);
}

/* ---- states and zones ---- */

static int keep_odd_zones(struct mhp_snapshot *snap, uint64_t id, const char *text)
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

/* 1 if the block went away meanwhile */
static int read_state(struct scan *scan, struct mhp_block *block)
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

/* 1 if the block went away meanwhile */
static int read_zones(struct scan *scan, struct mhp_block *block)
{
	int node = block->node == BLOCK_NO_NODE ? -1 : (int)block->node;
	enum mhp_zone zones[PARSE_MAX_ZONES];
	char buf[MHP_ATTR_SIZE + 1], name[64];
	size_t count = 0;
	int r;

	r = block_read_zones(&scan->mem, block->id, node, scan->snap->numa, buf);
	if (r == -ENODATA)
		return 0;
	if (r == 0 && parse_zones(buf, zones, &count) < 0)
		r = -EBADMSG;
	if (r == 0 && count > 1 && block->state == MHP_STATE_ONLINE) {
		/* an online block is in one zone: did it go offline between the reads? */
		r = read_state(scan, block);
		if (r || block->state != MHP_STATE_ONLINE)
			return r;
		r = -EBADMSG;
	}
	if (r < 0) {
		snprintf(name, sizeof(name), "memory%" PRIu64 "/valid_zones", (uint64_t)block->id);
		return scan_note(scan, r, r == -EBADMSG ? buf : NULL, MEMORY_PATH, name);
	}
	for (size_t i = 0; i < count; i++) {
		block->zones |= (uint64_t)zones[i] << (4 * i) & 0xfff;
		if (zones[i] == MHP_ZONE_UNKNOWN)
			block->odd_zones = 1;
	}
	block->n_zones = (uint8_t)count;
	return block->odd_zones ? keep_odd_zones(scan->snap, block->id, buf) : 0;
}

/* What grew by doubling is up to twice as large as it needs to be. */
static void trim_blocks(struct mhp_snapshot *snap)
{
	struct mhp_block *blocks;

	if (!snap->n_blocks)
		return;
	blocks = reallocarray(snap->blocks, snap->n_blocks, sizeof(*blocks));
	if (blocks)
		snap->blocks = blocks;
}

int scan_block_states(struct scan *scan)
{
	struct mhp_snapshot *snap = scan->snap;
	size_t kept = 0;
	int r;

	for (size_t i = 0; i < snap->n_blocks; i++) {
		struct mhp_block *block = &snap->blocks[i];

		r = read_state(scan, block);
		if (r == 0 && (block->state == MHP_STATE_ONLINE ||
			       scan->flags & MHP_SNAPSHOT_OFFLINE_ZONES))
			r = read_zones(scan, block);
		if (r < 0)
			return r;
		if (r > 0)
			continue;
		snap->blocks[kept++] = *block;
	}
	snap->n_blocks = kept;
	trim_blocks(snap);
	return 0;
}

