// SPDX-License-Identifier: LGPL-2.1-or-later
/* Paths: from directory to directory, through symbolic links, and back to text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "tree.h"

#define MAX_LINKS 40		/* as the kernel's own MAXSYMLINKS */

/* What is left to walk; links put their targets in front. */
struct walk {
	struct node *root, *at;
	char *pending;
	unsigned int links;
	bool follow;
};

static int walk_link(struct walk *walk, const struct node *link, const char *rest)
{
	size_t target = strlen(link->text), length = strlen(rest);
	const char *slash = length ? "/" : "";
	struct buf buf = { 0 };
	char *pending;

	if (++walk->links > MAX_LINKS)
		return -ELOOP;
	if (target + 1 + length >= MHP_PATH_SIZE)
		return -ENAMETOOLONG;
	buf_add(&buf, "%s%s%s", link->text, slash, rest);
	if (buf_finish(&buf, &pending) < 0)
		return -ENOMEM;
	free(walk->pending);
	walk->pending = pending;
	if (link->text[0] == '/')
		walk->at = walk->root;
	/* it has told all */
	tree_forget(link->parent);
	return 0;
}

/* One part of the path; 1: a link was met, go on with pending. */
static int walk_part(struct walk *walk, const char *part, size_t length, const char *rest)
{
	struct node *next;
	int r;

	if (walk->at->type != NODE_DIR)
		return -ENOTDIR;
	if (length > MAX_NAME)
		return -ENAMETOOLONG;
	if (length == 1 && part[0] == '.')
		return 0;
	if (length == 2 && part[0] == '.' && part[1] == '.') {
		if (!walk->follow)
			return -EXDEV;
		if (walk->at != walk->root && walk->at->parent)
			walk->at = walk->at->parent;
		return 0;
	}
	r = tree_look_up(walk->at, part, length, &next);
	if (r < 0)
		return r;
	if (next->type != NODE_LINK) {
		walk->at = next;
		return 0;
	}
	if (!walk->follow) {
		walk->at = next;
		return *rest ? -ELOOP : 0;
	}
	r = walk_link(walk, next, rest);
	return r < 0 ? r : 1;
}

int tree_walk(struct node *root, struct node *dir, const char *path, bool follow,
	      struct node **ret_node)
{
	struct walk walk = { .root = root, .at = dir, .follow = follow };
	const char *at = path;
	size_t length;
	int r = 0;

	if (strlen(path) >= MHP_PATH_SIZE)
		return -ENAMETOOLONG;
	for (;;) {
		const char *part = at + strspn(at, "/");

		length = strcspn(part, "/");
		if (!length) {
			/* "file/" asks for a directory */
			if (part > at && walk.at->type == NODE_FILE)
				r = -ENOTDIR;
			break;
		}
		at = part + length;
		r = walk_part(&walk, part, length, at + strspn(at, "/"));
		if (r < 0)
			break;
		if (r > 0)
			at = walk.pending;
		r = 0;
	}
	free(walk.pending);
	if (r < 0)
		return r;
	*ret_node = walk.at;
	return 0;
}

char *tree_path(const struct node *node)
{
	size_t length = 0;
	const struct node *at;
	char *path;

	if (!node->parent)
		return strdup("/");
	for (at = node; at->parent; at = at->parent)
		length += 1 + strlen(at->name);
	path = malloc(length + 1);
	if (!path)
		return NULL;
	path[length] = '\0';
	for (at = node; at->parent; at = at->parent) {
		size_t part = strlen(at->name);

		length -= part;
		memcpy(path + length, at->name, part);
		path[--length] = '/';
	}
	return path;
}

static size_t depth_of(const struct node *node)
{
	size_t depth = 0;

	for (; node->parent; node = node->parent)
		depth++;
	return depth;
}

static void add_path_below(struct buf *buf, const struct node *node, const struct node *top)
{
	if (node == top)
		return;
	add_path_below(buf, node->parent, top);
	buf_add(buf, "%s%s", node->parent == top ? "" : "/", node->name);
}

char *tree_relative_path(const struct node *from_dir, const struct node *to)
{
	size_t from_depth = depth_of(from_dir), to_depth = depth_of(to);
	const struct node *a = from_dir, *b = to;
	struct buf buf = { 0 };
	char *text;

	for (; from_depth > to_depth; from_depth--) {
		a = a->parent;
		buf_add_str(&buf, "../");
	}
	for (; to_depth > from_depth; to_depth--)
		b = b->parent;
	for (; a != b; a = a->parent, b = b->parent)
		buf_add_str(&buf, "../");
	add_path_below(&buf, to, b);
	return buf_finish(&buf, &text) < 0 ? NULL : text;
}

int tree_add_link(struct node *dir, const char *name, const struct node *to)
{
	char *target = tree_relative_path(dir, to);
	int r;

	if (!target)
		return -ENOMEM;
	r = tree_add_new(dir, NODE_LINK, name, target, NULL);
	free(target);
	return r;
}

void tree_remove_child(const struct node *dir, const char *name)
{
	struct node *child = tree_child(dir, name);

	if (child)
		tree_remove(child);
}
