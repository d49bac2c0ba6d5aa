// SPDX-License-Identifier: LGPL-2.1-or-later
/* A memory block: its record in a snapshot, and a look at it just now. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

MHP_EXPORT uint64_t mhp_block_get_id(const struct mhp_block *block)
{
	return block->id;
}

MHP_EXPORT enum mhp_state mhp_block_get_state(const struct mhp_block *block)
{
	return block->state;
}

MHP_EXPORT bool mhp_block_is_inferred(const struct mhp_block *block)
{
	return block->inferred;
}

MHP_EXPORT int mhp_block_get_node_id(const struct mhp_block *block, int *ret_node)
{
	if (block->node == BLOCK_NO_NODE)
		return -ENODATA;
	*ret_node = (int)block->node;
	return 0;
}

MHP_EXPORT enum mhp_zone mhp_block_get_zone(const struct mhp_block *block)
{
	if (block->state != MHP_STATE_ONLINE || block->n_zones != 1)
		return MHP_ZONE_UNKNOWN;
	return mhp_block_get_zone_at(block, 0);
}

MHP_EXPORT size_t mhp_block_count_zones(const struct mhp_block *block)
{
	return block->n_zones;
}

MHP_EXPORT enum mhp_zone mhp_block_get_zone_at(const struct mhp_block *block, size_t index)
{
	if (index >= block->n_zones)
		return MHP_ZONE_UNKNOWN;
	return (enum mhp_zone)(block->zones >> (4 * index) & 0xf);
}

/* The guard before valid_zones: is the block linked to its node yet? */
struct node_link {
	int lowest;		/* -1: there is none */
};

static int find_node_link(void *data, const char *name)
{
	struct node_link *link = data;
	int node;

	if (parse_node_name(name, &node) == 0 && (link->lowest < 0 || node < link->lowest))
		link->lowest = node;
	return 0;
}

int block_find_node(struct sysfs_dir *mem, uint64_t id, int hint)
{
	struct node_link link = { .lowest = -1 };
	char name[64];

	if (hint >= 0) {
		snprintf(name, sizeof(name), "memory%" PRIu64 "/node%d", id, hint);
		if (sysfs_exists(mem, name) == 0)
			return hint;
	}
	snprintf(name, sizeof(name), "memory%" PRIu64, id);
	sysfs_list(mem, name, find_node_link, &link);
	return link.lowest;
}

/*
 * Guard and read in one: nodeK/memoryN is a link to the block, so the path leads to the
 * file only once that link is there. drivers/base/node.c:
 * do_register_memory_block_under_node() sets the block's node id before it makes this
 * link, and that before memoryN/nodeK.
 */
int block_read_by_node(struct sysfs_dir *mem, uint64_t id, int node, const char *file,
		       char buf[MHP_ATTR_SIZE + 1])
{
	char path[128];

	snprintf(path, sizeof(path), NODE_PATH "/node%d/memory%" PRIu64 "/%s", node, id, file);
	return sysfs_read_path(mem->ctx, path, buf);
}

int block_read_zones(struct sysfs_dir *mem, uint64_t id, int node, bool numa,
		     char buf[MHP_ATTR_SIZE + 1])
{
	char name[64];
	int r;

	if (numa && node >= 0) {
		r = block_read_by_node(mem, id, node, "valid_zones", buf);
		if (r != -ENOENT)
			return r;
	}
	/* it is another node's, or the kernel could not make that link */
	if (numa && block_find_node(mem, id, -1) < 0)
		return -ENOLINK;
	snprintf(name, sizeof(name), "memory%" PRIu64 "/valid_zones", id);
	r = sysfs_read(mem, name, buf);
	/* a kernel without CONFIG_MEMORY_HOTREMOVE has no such file */
	return r == -ENOENT ? -ENODATA : r;
}

static void look_at_zone(struct sysfs_dir *mem, uint64_t id, int node, bool numa,
			 struct block_now *now)
{
	enum mhp_zone zones[PARSE_MAX_ZONES];
	char buf[MHP_ATTR_SIZE + 1];
	size_t count;
	int r;

	now->file = "valid_zones";
	r = block_read_zones(mem, id, node, numa, buf);
	if (r == 0) {
		r = parse_zones(buf, zones, &count);
		/* more than one word: it went offline between the two reads */
		if (r < 0 || count != 1)
			r = -EBADMSG;
	}
	now->code = r;
	if (r == 0)
		now->zone = zones[0];
}

static void look_once(struct sysfs_dir *mem, uint64_t id, int node, bool numa,
		      struct block_now *ret_now)
{
	struct block_now now = { .file = "state" };
	char name[64], buf[MHP_ATTR_SIZE + 1];
	int r;

	snprintf(name, sizeof(name), "memory%" PRIu64 "/state", id);
	r = sysfs_read(mem, name, buf);
	if (r == -ENOENT) {
		now.state = MHP_STATE_ABSENT;
	} else if (r < 0 || (parse_state(buf, &now.state) < 0 && (r = -EBADMSG))) {
		now.code = r;
	} else if (now.state == MHP_STATE_UNKNOWN) {
		now.code = -EBADMSG;
	} else if (now.state == MHP_STATE_ONLINE) {
		look_at_zone(mem, id, node, numa, &now);
	}
	*ret_now = now;
}

bool block_look_online(struct sysfs_dir *mem, uint64_t id, int node, bool numa,
		       struct block_now *ret_now)
{
	struct block_now now = { .state = MHP_STATE_ONLINE };

	look_at_zone(mem, id, node, numa, &now);
	if (now.code || now.zone == MHP_ZONE_UNKNOWN)
		return false;
	now.file = NULL;
	*ret_now = now;
	return true;
}

void block_look(struct sysfs_dir *mem, uint64_t id, int node, bool numa,
		struct block_now *ret_now)
{
	/* state and zone are two files, and others are at work: one answer may be torn */
	for (int i = 0; i < 3; i++) {
		look_once(mem, id, node, numa, ret_now);
		if (!ret_now->code)
			return;
	}
	/* a file that outlived its block */
	if (ret_now->code == -ENODEV)
		*ret_now = (struct block_now){ .state = MHP_STATE_ABSENT };
}
