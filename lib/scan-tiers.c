// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which memory tier a node is in (mm/memory-tiers.c).
 *
 * Linux 6.12 may list anything once memory was stranded. So a list is taken only
 * if each node in it exists, and a node only if no other tier has it, too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* So many are looked at where there are n_nodes; more than that is no order. */
#define LISTED_MAX(n_nodes) (8 * (n_nodes) + 1024)

struct tier_scan {
	struct scan *scan;
	int *tiers;		/* which there are */
	size_t count, room;
	int tier;		/* the one that is being read */
	bool doubled;		/* a node of it is another one's */
	size_t listed;		/* nodes, in all lists so far */
	int unsure;		/* why a node that is in none may be in one */
};

static int take_tier(void *data, const char *name)
{
	struct tier_scan *tiers = data;
	int *list;
	int tier, r;

	/* its device, subsystem and so on */
	if (strncmp(name, "memory_tier", strlen("memory_tier")))
		return 0;
	r = parse_tier_name(name, &tier);
	if (r < 0) {
		tiers->unsure = r == -EINVAL ? -EBADMSG : r;
		return scan_note(tiers->scan, tiers->unsure, name, TIERS_PATH, name);
	}
	if (tiers->count == tiers->room) {
		size_t room = tiers->room ? 2 * tiers->room : 8;

		list = reallocarray(tiers->tiers, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		tiers->tiers = list;
		tiers->room = room;
	}
	tiers->tiers[tiers->count++] = tier;
	return 0;
}

/* A node that the snapshot has not may have come meanwhile. Ends at the first that is none. */
static int check_nodes(void *data, unsigned int first, unsigned int last)
{
	struct tier_scan *tiers = data;
	char path[64];
	int r;

	for (unsigned int id = first; id <= last; id++) {
		/* each is in one list: what has all of them in all lists is not gone through */
		if (tiers->listed++ > LISTED_MAX(tiers->scan->snap->n_nodes))
			return -EBADMSG;
		if (snapshot_find_node(tiers->scan->snap, (int)id))
			continue;
		snprintf(path, sizeof(path), NODE_PATH "/node%u", id);
		r = sysfs_dir_exists(tiers->scan->ctx, path);
		if (r <= 0)
			return r == -ENOMEM ? r : -EBADMSG;
	}
	return 0;
}

static int mark_nodes(void *data, unsigned int first, unsigned int last)
{
	struct tier_scan *tiers = data;
	struct mhp_snapshot *snap = tiers->scan->snap;

	/* check_nodes() has been there */
	for (unsigned int id = first; id <= last; id++) {
		struct mhp_node *node = snapshot_find_node(snap, (int)id);

		if (!node)
			continue;
		tiers->doubled |= node->tier_code != -ENODATA;
		node->tier_code = node->tier_code == -ENODATA ? 0 : -EBADMSG;
		node->tier = tiers->tier;
	}
	return 0;
}

static int read_tier(struct tier_scan *tiers, struct sysfs_dir *dir)
{
	char name[64], buf[MHP_ATTR_SIZE + 1];
	int r;

	snprintf(name, sizeof(name), "memory_tier%d/nodelist", tiers->tier);
	r = sysfs_read(dir, name, buf);
	if (r == -ENOENT)
		return 0;	/* its last block went offline meanwhile */
	if (r == 0)
		r = parse_list(buf, check_nodes, tiers);
	if (r == -EINVAL || r == -ERANGE)
		r = -EBADMSG;
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		tiers->unsure = r;
	} else {
		tiers->doubled = false;
		parse_list(buf, mark_nodes, tiers);
		r = tiers->doubled ? -EBADMSG : 0;
	}
	return r < 0 ? scan_note(tiers->scan, r, r == -EBADMSG ? buf : NULL, TIERS_PATH, name) : 0;
}

static int compare_tiers(const void *a, const void *b)
{
	return *(const int *)a < *(const int *)b ? -1 : *(const int *)a > *(const int *)b;
}

static int read_tiers(struct tier_scan *tiers, struct sysfs_dir *dir)
{
	struct mhp_snapshot *snap = tiers->scan->snap;
	int r = 0;

	if (tiers->count)
		qsort(tiers->tiers, tiers->count, sizeof(*tiers->tiers), compare_tiers);
	for (size_t i = 0; i < tiers->count && r == 0; i++) {
		tiers->tier = tiers->tiers[i];
		r = read_tier(tiers, dir);
	}
	for (size_t i = 0; i < snap->n_nodes && tiers->unsure < 0; i++)
		if (snap->nodes[i].tier_code == -ENODATA)
			snap->nodes[i].tier_code = tiers->unsure;
	return r;
}

int scan_tiers(struct scan *scan)
{
	struct tier_scan tiers = { .scan = scan };
	struct sysfs_dir dir = { 0 };
	int r;

	if (!scan->snap->n_nodes)
		return 0;
	r = sysfs_open(scan->ctx, TIERS_PATH, &dir);
	if (r == -ENOENT)
		return 0;	/* before 6.1 */
	if (r == 0)
		r = sysfs_list(&dir, "", take_tier, &tiers);
	if (r < 0 && r != -ENOMEM) {
		tiers.unsure = r;
		r = scan_note(scan, r, NULL, TIERS_PATH, "");
	}
	if (r == 0)
		r = read_tiers(&tiers, &dir);
	sysfs_close(&dir);
	free(tiers.tiers);
	return r;
}
