// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How far nodes are from one another, what their memory is rated at, and the caches
 * before it (drivers/base/node.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct topology_scan {
	struct scan *scan;
	struct sysfs_dir nodes;	/* NODE_PATH */
	struct mhp_node *node;	/* the one that is looked at */
	struct node_access *access;
	char name[128];		/* of the directory that is being listed */
	bool has[ACCESS_VALUES];
};

static const char *const value_names[ACCESS_VALUES] = {
	[READ_BANDWIDTH] = "read_bandwidth",
	[WRITE_BANDWIDTH] = "write_bandwidth",
	[READ_LATENCY] = "read_latency",
	[WRITE_LATENCY] = "write_latency",
};

static int note(struct topology_scan *topology, int code, const char *text, const char *name)
{
	return code == -ENOMEM ? code : scan_note(topology->scan, code, text, NODE_PATH, name);
}

/* A name, in the directory that is being listed. */
static int note_name(struct topology_scan *topology, int code, const char *name)
{
	char *path;
	int r;

	if (copy_text(&path, "%s/%s", topology->name, name) < 0)
		return -ENOMEM;
	r = note(topology, code, name, path);
	free(path);
	return r;
}

/* -ENOMEM; anything else is ret->code, and noted. */
static int read_number(struct topology_scan *topology, const char *name, struct node_number *ret)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_read(&topology->nodes, name, buf);
	if (r == 0 && parse_dec(buf, &ret->value) < 0)
		r = -EBADMSG;
	/* went away meanwhile; or the firmware has told nothing, and the kernel says 0 */
	if (r == -ENOENT || (r == 0 && !ret->value))
		ret->code = -ENODATA;
	else
		ret->code = r;
	return r < 0 && r != -ENOENT ? note(topology, r, r == -EBADMSG ? buf : NULL, name) : 0;
}

/* ---- distances ---- */

static int count_nodes(void *data, unsigned int first, unsigned int last)
{
	*(uint64_t *)data += (uint64_t)last - first + 1;
	return 0;
}

/* Has a node come, or gone, since they were listed? */
static bool have_nodes_changed(struct topology_scan *topology)
{
	char buf[MHP_ATTR_SIZE + 1];
	uint64_t count = 0;

	return sysfs_read(&topology->nodes, "online", buf) == 0 &&
	       parse_list(buf, count_nodes, &count) == 0 &&
	       count != topology->scan->snap->n_nodes;
}

/* The columns are the nodes that are online, in order: those that have a directory. */
static int read_distances(struct topology_scan *topology)
{
	struct mhp_node *node = topology->node;
	size_t count = topology->scan->snap->n_nodes;
	char name[64], buf[MHP_ATTR_SIZE + 1];
	int r;

	node->distances = calloc(count, sizeof(*node->distances));
	if (!node->distances)
		return -ENOMEM;
	snprintf(name, sizeof(name), "node%d/distance", node->id);
	r = sysfs_read(&topology->nodes, name, buf);
	if (r == 0 && parse_numbers(buf, node->distances, count) < 0)
		r = -EBADMSG;
	if (r == -EBADMSG && have_nodes_changed(topology)) {
		node->distance_code = -ESTALE;
		return 0;
	}
	node->distance_code = r == -ENOENT ? -ENODATA : r;
	return r < 0 && r != -ENOENT ? note(topology, r, r == -EBADMSG ? buf : NULL, name) : 0;
}

/* ---- access classes ---- */

static int take_initiator(struct topology_scan *topology, int id)
{
	struct node_access *access = topology->access;
	int *list;

	if (access->n_initiators == access->room) {
		size_t room = access->room ? 2 * access->room : 4;

		list = reallocarray(access->initiators, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		access->initiators = list;
		access->room = room;
	}
	access->initiators[access->n_initiators++] = id;
	return 0;
}

/* Links to the nodes, which need not be followed: their names say it; and the values. */
static int take_access_entry(void *data, const char *name)
{
	struct topology_scan *topology = data;
	int id, r;

	for (size_t i = 0; i < ACCESS_VALUES; i++)
		if (!strcmp(name, value_names[i])) {
			topology->has[i] = true;
			return 0;
		}
	r = parse_node_name(name, &id);
	if (r == 0)
		return take_initiator(topology, id);
	if (r == -EINVAL && strncmp(name, "node", strlen("node")))
		return 0;
	topology->access->code = r == -EINVAL ? -EBADMSG : r;
	return note_name(topology, topology->access->code, name);
}

static int compare_ids(const void *a, const void *b)
{
	return *(const int *)a < *(const int *)b ? -1 : *(const int *)a > *(const int *)b;
}

static void fail_access(struct node_access *access, int code)
{
	access->code = code;
	for (size_t i = 0; i < ACCESS_VALUES; i++)
		access->values[i].code = code;
}

static int read_access(struct topology_scan *topology, unsigned int class)
{
	struct node_access *access = &topology->node->access[class];
	char name[192];
	int r;

	topology->access = access;
	memset(topology->has, 0, sizeof(topology->has));
	snprintf(topology->name, sizeof(topology->name), "node%d/access%u/initiators",
		 topology->node->id, class);
	access->code = 0;
	r = sysfs_list(&topology->nodes, topology->name, take_access_entry, topology);
	if (r < 0) {
		fail_access(access, r == -ENOENT ? -ENODATA : r);
		return r == -ENOENT ? 0 : note(topology, r, NULL, topology->name);
	}
	if (access->n_initiators)
		qsort(access->initiators, access->n_initiators, sizeof(int), compare_ids);
	for (size_t i = 0; i < ACCESS_VALUES && r == 0; i++) {
		snprintf(name, sizeof(name), "%s/%s", topology->name, value_names[i]);
		if (topology->has[i])
			r = read_number(topology, name, &access->values[i]);
	}
	return r;
}

/* ---- caches ---- */

static int take_cache(void *data, const char *name)
{
	struct topology_scan *topology = data;
	struct mhp_node *node = topology->node;
	struct node_cache *list;
	unsigned int level;
	int r;

	r = parse_cache_name(name, &level);
	if (r == -EINVAL)
		return 0;	/* power, uevent */
	if (r < 0) {
		node->caches_code = r;
		return note_name(topology, r, name);
	}
	if (node->n_caches == node->caches_room) {
		size_t room = node->caches_room ? 2 * node->caches_room : 2;

		list = reallocarray(node->caches, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		node->caches = list;
		node->caches_room = room;
	}
	node->caches[node->n_caches++] = (struct node_cache){ .level = level };
	return 0;
}

static int compare_caches(const void *a, const void *b)
{
	const struct node_cache *x = a, *y = b;

	return x->level < y->level ? -1 : x->level > y->level;
}

static int read_caches(struct topology_scan *topology)
{
	struct mhp_node *node = topology->node;
	char name[192];
	int r;

	node->caches_code = 0;
	snprintf(topology->name, sizeof(topology->name), "node%d/memory_side_cache", node->id);
	r = sysfs_list(&topology->nodes, topology->name, take_cache, topology);
	if (r < 0) {
		node->caches_code = r == -ENOENT ? -ENODATA : r;
		return r == -ENOENT ? 0 : note(topology, r, NULL, topology->name);
	}
	if (node->n_caches)
		qsort(node->caches, node->n_caches, sizeof(*node->caches), compare_caches);
	for (size_t i = 0; i < node->n_caches && r == 0; i++) {
		snprintf(name, sizeof(name), "%s/index%u/size", topology->name,
			 node->caches[i].level);
		r = read_number(topology, name, &node->caches[i].size);
	}
	return r;
}

static void fail_node(struct mhp_node *node, int code)
{
	node->distance_code = node->caches_code = code;
	for (size_t i = 0; i < ACCESS_CLASSES; i++)
		fail_access(&node->access[i], code);
}

int scan_topology(struct scan *scan)
{
	struct topology_scan topology = { .scan = scan };
	struct mhp_snapshot *snap = scan->snap;
	int r;

	if (!snap->n_nodes)
		return 0;
	r = sysfs_open(scan->ctx, NODE_PATH, &topology.nodes);
	for (size_t i = 0; i < snap->n_nodes && r < 0; i++)
		fail_node(&snap->nodes[i], r);
	if (r < 0)
		return note(&topology, r, NULL, "");
	for (size_t i = 0; i < snap->n_nodes && r == 0; i++) {
		topology.node = &snap->nodes[i];
		r = read_distances(&topology);
		for (unsigned int class = 0; class < ACCESS_CLASSES && r == 0; class++)
			r = read_access(&topology, class);
		if (r == 0)
			r = read_caches(&topology);
	}
	sysfs_close(&topology.nodes);
	return r;
}
