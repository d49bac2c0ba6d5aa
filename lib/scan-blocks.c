// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory blocks of a snapshot: how large they are, and which there are. */
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
		scan->max_id = UINT64_MAX / size - 1;
		if (scan->max_id > BLOCK_MAX_ID)
			scan->max_id = BLOCK_MAX_ID;
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

/* Of what directories' links tell: room is made for no more before the blocks are named. */
#define MAX_EXPECTED (UINT64_C(1) << 20)

int scan_take_block(struct scan *scan, unsigned int node, const char *name)
{
	int r = block_keys_take(&scan->keys, name, node, scan->max_id);

	if (r == -EINVAL)
		return 0;	/* power, auto_online_blocks, memory_failure, ... */
	if (r != -ERANGE)
		return r;
	scan->is_strange = true;
	/* told once: of the directory of all */
	return node == BLOCK_NO_NODE ? scan_note(scan, -ERANGE, name, MEMORY_PATH, name) : 0;
}

static int take_name(void *data, const char *name)
{
	return scan_take_block(data, BLOCK_NO_NODE, name);
}

/* How many directories there are, as the links of the one that they are in tell. 0: not known */
static uint64_t count_dirs(struct scan *scan)
{
	const struct mhp_backend_ops *ops = scan->ctx->be->ops;
	struct mhp_entry entry = { 0 };

	if (ops->look(scan->ctx->be, scan->mem.dir, ".", &entry) < 0 || entry.links < 2)
		return 0;
	return entry.links - 2;
}

/* Other than those of blocks: each device has a directory "power". */
static uint64_t count_other_dirs(struct scan *scan)
{
	return sysfs_exists(&scan->mem, "power") == 0;
}

int scan_expect_blocks(struct scan *scan)
{
	uint64_t count = count_dirs(scan);

	/* twice: a record has the size of two keys */
	return block_keys_reserve(&scan->keys, count < MAX_EXPECTED ? 2 * (size_t)count : 0);
}

/* Do the nodes' directories name just as many as there are? */
static int are_all_named(struct scan *scan, bool *ret_are)
{
	uint64_t dirs = count_dirs(scan);
	size_t named;
	int r;

	*ret_are = false;
	if (!scan->snap->numa || scan->snap->nodes_code < 0 || scan->is_strange || !dirs ||
	    dirs > scan->keys.count + 1)
		return 0;
	r = block_keys_count_blocks(&scan->keys, &named);
	*ret_are = r == 0 && named && dirs == named + count_other_dirs(scan);
	return r;
}

int scan_block_names(struct scan *scan)
{
	bool all_named;
	int r = are_all_named(scan, &all_named);

	if (r < 0)
		return r;
	if (!all_named)
		r = sysfs_list(&scan->mem, "", take_name, scan);
	if (r < 0) {
		/* a block that is not in the list would pass for absent */
		ctx_log(scan->ctx, r, MEMORY_PATH, "cannot list the memory blocks");
		return r;
	}
	return block_keys_finish(&scan->keys, !all_named, scan->snap);
}

static int compare_blocks(const void *a, const void *b)
{
	const struct mhp_block *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

struct mhp_block *snapshot_find_block(const struct mhp_snapshot *snap, uint64_t id)
{
	struct mhp_block key = { .id = id & BLOCK_MAX_ID };

	if (id > BLOCK_MAX_ID || !snap->n_blocks)
		return NULL;
	return bsearch(&key, snap->blocks, snap->n_blocks, sizeof(key), compare_blocks);
}
