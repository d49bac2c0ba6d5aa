// SPDX-License-Identifier: LGPL-2.1-or-later
/* NUMA nodes of a snapshot, and which blocks are theirs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

static int take_node(void *data, const char *name)
{
	struct scan *scan = data;
	struct mhp_snapshot *snap = scan->snap;
	struct mhp_node *nodes;
	int id, r;

	r = parse_node_name(name, &id);
	if (r == -EINVAL)
		return 0;
	if (r == -ERANGE || id >= BLOCK_NO_NODE)
		return scan_note(scan, -ERANGE, name, NODE_PATH, name);
	if (snap->n_nodes == scan->nodes_room) {
		size_t room = scan->nodes_room ? 2 * scan->nodes_room : 8;

		nodes = reallocarray(snap->nodes, room, sizeof(*nodes));
		if (!nodes)
			return -ENOMEM;
		snap->nodes = nodes;
		scan->nodes_room = room;
	}
	snap->nodes[snap->n_nodes++] = node_unknown(snap, id);
	return 0;
}

static int take_node_block(void *data, const char *name)
{
	struct scan *scan = data;

	return scan_take_block(scan, (unsigned int)scan->snap->nodes[scan->node].id, name);
}

static int compare_nodes(const void *a, const void *b)
{
	return ((const struct mhp_node *)a)->id - ((const struct mhp_node *)b)->id;
}

/* Which flag of a node a list sets. */
struct node_list {
	struct mhp_snapshot *snap;
	size_t offset;
};

static struct node_flag *flag_of(struct node_list *list, size_t i)
{
	return (struct node_flag *)((char *)&list->snap->nodes[i] + list->offset);
}

static int mark_nodes(void *data, unsigned int first, unsigned int last)
{
	struct node_list *list = data;

	for (size_t i = 0; i < list->snap->n_nodes; i++) {
		unsigned int id = (unsigned int)list->snap->nodes[i].id;

		if (id >= first && id <= last)
			flag_of(list, i)->set = true;
	}
	return 0;
}

static int read_node_list(struct scan *scan, struct sysfs_dir *dir, const char *name,
			  size_t offset)
{
	struct node_list list = { .snap = scan->snap, .offset = offset };
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_read(dir, name, buf);
	if (r == 0 && parse_list(buf, mark_nodes, &list) < 0)
		r = -EBADMSG;
	for (size_t i = 0; i < scan->snap->n_nodes; i++)
		flag_of(&list, i)->code = r == -ENOENT ? -ENODATA : r;
	if (r == -ENOENT)
		return 0;	/* the later ones are not on every kernel */
	return r < 0 ? scan_note(scan, r, r == -EBADMSG ? buf : NULL, NODE_PATH, name) : 0;
}

static int read_node_blocks(struct scan *scan, struct sysfs_dir *dir)
{
	struct mhp_snapshot *snap = scan->snap;
	char name[32];
	int r = 0;

	for (scan->node = 0; (size_t)scan->node < snap->n_nodes && r == 0; scan->node++) {
		snprintf(name, sizeof(name), "node%d", snap->nodes[scan->node].id);
		r = sysfs_list(dir, name, take_node_block, scan);
		snap->nodes[scan->node].blocks_code = r == -ENOENT ? 0 : r;
		if (r < 0 && r != -ENOENT)
			r = scan_note(scan, r, NULL, NODE_PATH, name);
		else if (r == -ENOENT)
			r = 0;	/* went away meanwhile; its blocks did before it */
	}
	return r;
}

static int scan_all(struct scan *scan, bool has_blocks)
{
	struct sysfs_dir dir = { 0 };
	int r;

	r = sysfs_open(scan->ctx, NODE_PATH, &dir);
	if (r == -ENOENT)
		return 0;	/* a kernel without NUMA */
	/* whatever else is wrong: valid_zones stays behind its guard */
	scan->snap->numa = true;
	if (r == 0)
		r = sysfs_list(&dir, "", take_node, scan);
	scan->snap->nodes_code = r;
	if (r < 0 && r != -ENOMEM)
		r = scan_note(scan, r, NULL, NODE_PATH, "");
	if (r == 0 && scan->snap->n_nodes)
		qsort(scan->snap->nodes, scan->snap->n_nodes, sizeof(*scan->snap->nodes),
		      compare_nodes);
	if (r == 0 && has_blocks)
		r = read_node_blocks(scan, &dir);
	if (r == 0 && scan->snap->n_nodes)
		r = read_node_list(scan, &dir, "has_cpu", offsetof(struct mhp_node, has_cpu));
	if (r == 0 && scan->snap->n_nodes)
		r = read_node_list(scan, &dir, "has_memory",
				   offsetof(struct mhp_node, has_memory));
	if (r == 0 && scan->snap->n_nodes)
		r = read_node_list(scan, &dir, "has_normal_memory",
				   offsetof(struct mhp_node, has_normal_memory));
	if (r == 0 && scan->snap->n_nodes && scan->flags & MHP_SNAPSHOT_TOPOLOGY)
		r = read_node_list(scan, &dir, "has_generic_initiator",
				   offsetof(struct mhp_node, has_generic_initiator));
	sysfs_close(&dir);
	return r;
}

int scan_nodes(struct scan *scan)
{
	return scan_all(scan, true);
}

int scan_node_names(struct scan *scan)
{
	int r = scan_all(scan, false);

	for (size_t i = 0; i < scan->snap->n_nodes; i++)
		scan->snap->nodes[i].blocks_code = -ENODATA;
	return r;
}
