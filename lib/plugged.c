// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How much of a block is there: a host may give only a part of one, and the block looks
 * like any other. The pages of the rest are told from /proc/kpageflags, by the flag that
 * says "logically offline".
 */
#include <errno.h>
#include <stdlib.h>

#include "provider.h"

/* include/uapi/linux/kernel-page-flags.h: bits of a word of 8 bytes for each page */
#define KPF_NOPAGE	(UINT64_C(1) << 20)
#define KPF_OFFLINE	(UINT64_C(1) << 23)

#define FILE_NAME	"kpageflags"
#define FILE_PATH	"/proc/" FILE_NAME
/* what is read at once: a block of 128 MiB has as much */
#define CHUNK_WORDS	32768

struct reader {
	struct mhp_ctx *ctx;
	struct mhp_dir *proc;
	uint64_t block_size, page_size;
	uint64_t *words;
	int code;		/* of the file: it is not tried again */
};

/* Up to wanted words from the one at index on; 0 words: there are no more. */
static int read_words(struct reader *reader, uint64_t index, uint64_t wanted, size_t *ret_count)
{
	size_t most = wanted < CHUNK_WORDS ? (size_t)wanted : CHUNK_WORDS;
	struct mhp_backend *be = reader->ctx->be;
	size_t length;
	int r;

	r = be->ops->read_at(be, reader->proc, FILE_NAME, index * sizeof(*reader->words),
			     reader->words, most * sizeof(*reader->words), &length);
	if (r == 0)
		*ret_count = length / sizeof(*reader->words);
	return r;
}

/* -ENODATA: it is not all there, or no longer. */
static int read_block(struct reader *reader, uint64_t id, uint64_t *ret_bytes)
{
	uint64_t pages = reader->block_size / reader->page_size;
	uint64_t index = id * pages, end = index + pages, plugged = 0;
	size_t count = 0;
	int r;

	while (index < end) {
		r = read_words(reader, index, end - index, &count);
		if (r < 0)
			return r;
		if (!count)
			return -ENODATA;
		for (size_t i = 0; i < count; i++) {
			if (reader->words[i] & KPF_NOPAGE)
				return -ENODATA;
			plugged += !(reader->words[i] & KPF_OFFLINE);
		}
		index += count;
	}
	*ret_bytes = plugged * reader->page_size;
	return 0;
}

static void look_at_block(struct reader *reader, const struct mhp_block *block,
			  struct plugged *plugged)
{
	plugged->id = block->id;
	plugged->code = reader->code;
	/* of one that is offline the kernel tells nothing */
	if (block->state != MHP_STATE_ONLINE)
		plugged->code = -ENODATA;
	else if (reader->code == 0)
		plugged->code = read_block(reader, block->id, &plugged->bytes);
	/* what is wrong with the file is so for all blocks */
	if (plugged->code < 0 && plugged->code != -ENODATA)
		reader->code = plugged->code;
}

/* ---- the whole ---- */

static bool is_hosted(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	return block->region != BLOCK_NO_REGION &&
	       provider_of(snap->regions.list[block->region].kind)->host_decides;
}

static int look_at_blocks(struct mhp_snapshot *snap, struct reader *reader)
{
	size_t count = 0;

	for (size_t i = 0; i < snap->n_blocks; i++)
		count += is_hosted(snap, &snap->blocks[i]);
	snap->plugged = calloc(count + 1, sizeof(*snap->plugged));
	if (!snap->plugged)
		return -ENOMEM;
	for (size_t i = 0; i < snap->n_blocks; i++)
		if (is_hosted(snap, &snap->blocks[i]))
			look_at_block(reader, &snap->blocks[i], &snap->plugged[snap->n_plugged++]);
	return 0;
}

static void sum_region(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	region->plugged_code = region->ranges_code;
	for (size_t i = 0; i < region->n_blocks && region->plugged_code == 0; i++) {
		const struct mhp_block *block = mhp_region_get_block(region, i);
		uint64_t bytes;
		int r = mhp_snapshot_get_block_plugged_bytes(snap, block, &bytes);

		if (r == 0)
			region->plugged_bytes += bytes;
		else if (block->state == MHP_STATE_ONLINE)
			region->plugged_code = r;
	}
}

static void sum_regions(struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < snap->regions.count; i++) {
		struct mhp_region *region = &snap->regions.list[i];

		region->has_plugged = provider_of(region->kind)->host_decides;
		if (region->has_plugged)
			sum_region(snap, region);
	}
}

static bool has_hosted(const struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < snap->regions.count; i++)
		if (provider_of(snap->regions.list[i].kind)->host_decides)
			return true;
	return false;
}

static int open_file(struct reader *reader)
{
	struct mhp_backend *be = reader->ctx->be;

	if (!be->ops->read_at)
		return -ENOENT;
	/* no block would be a whole number of such pages */
	if (reader->block_size < reader->page_size)
		return -EBADMSG;
	return be->ops->open_dir(be, "/proc", &reader->proc);
}

static int read_all(struct scan *scan, struct reader *reader)
{
	struct mhp_backend *be = scan->ctx->be;
	int r;

	reader->words = calloc(CHUNK_WORDS, sizeof(*reader->words));
	if (!reader->words)
		return -ENOMEM;
	reader->code = open_file(reader);
	r = look_at_blocks(scan->snap, reader);
	if (reader->proc)
		be->ops->close_dir(be, reader->proc);
	free(reader->words);
	return r == 0 && reader->code == -ENOMEM ? -ENOMEM : r;
}

int scan_plugged(struct scan *scan)
{
	struct reader reader = { .ctx = scan->ctx, .block_size = scan->snap->block_size };
	int r;

	if (!(scan->flags & MHP_SNAPSHOT_PLUGGED) || !has_hosted(scan->snap))
		return 0;
	r = snapshot_page_size(scan, &reader.page_size);
	if (r == 0)
		r = read_all(scan, &reader);
	if (r < 0)
		return r;
	sum_regions(scan->snap);
	/* a kernel may have no such file (CONFIG_PROC_PAGE_MONITOR) */
	return reader.code == 0 || reader.code == -ENOENT ? 0 :
	       scan_note(scan, reader.code, NULL, FILE_PATH, "");
}

MHP_EXPORT int mhp_snapshot_get_block_plugged_bytes(const struct mhp_snapshot *snap,
						    const struct mhp_block *block,
						    uint64_t *ret_bytes)
{
	size_t low = 0, high = snap->n_plugged;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (snap->plugged[mid].id < block->id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == snap->n_plugged || snap->plugged[low].id != block->id)
		return -ENODATA;
	if (snap->plugged[low].code == 0)
		*ret_bytes = snap->plugged[low].bytes;
	return snap->plugged[low].code;
}

MHP_EXPORT int mhp_region_get_plugged_bytes(const struct mhp_region *region, uint64_t *ret_bytes)
{
	if (!region->has_plugged)
		return -ENODATA;
	if (region->plugged_code == 0)
		*ret_bytes = region->plugged_bytes;
	return region->plugged_code;
}
