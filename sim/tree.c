// SPDX-License-Identifier: LGPL-2.1-or-later
/* A file tree in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "tree.h"

#define MAX_LINKS 40		/* as the kernel's own MAXSYMLINKS */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Compares the numbers at *a and *b, and moves behind them. */
static int compare_numbers(const char **a, const char **b)
{
	const char *x = *a, *y = *b;
	int r = 0;

	for (; *x == '0'; x++)
		;
	for (; *y == '0'; y++)
		;
	for (; is_digit(*x) && is_digit(*y); x++, y++)
		if (!r && *x != *y)
			r = *x < *y ? -1 : 1;
	*a = x;
	*b = y;
	/* the longer one is the larger one */
	return is_digit(*x) ? 1 : is_digit(*y) ? -1 : r;
}

int compare_names(const char *a, const char *b)
{
	const char *x = a, *y = b;
	int r;

	for (; *x == *y && *x; x++, y++)
		;
	/* back to the beginning of the number that they may differ in */
	for (; x > a && is_digit(x[-1]); x--, y--)
		;
	while (*x && *y) {
		if (is_digit(*x) && is_digit(*y)) {
			r = compare_numbers(&x, &y);
			if (r)
				return r;
			continue;
		}
		if (*x != *y)
			return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
		x++;
		y++;
	}
	if (*x || *y)
		return *x ? 1 : -1;
	/* "01" and "1" are two names */
	return strcmp(a, b);
}

struct node *node_new(enum node_type type, const char *name, size_t length, const char *text)
{
	struct node *node = malloc(sizeof(*node) + length + 1);
	char *copy;

	if (!node)
		return NULL;
	*node = (struct node){ .refs = 1, .type = type };
	copy = (char *)(node + 1);
	memcpy(copy, name, length);
	copy[length] = '\0';
	node->name = copy;
	if (text) {
		node->text = strdup(text);
		if (!node->text) {
			free(node);
			return NULL;
		}
	}
	return node;
}

struct node *node_ref(struct node *node)
{
	node->refs++;
	return node;
}

static bool has_own_text(const struct node *node)
{
	return !node->like || node->text != node->like->text;
}

void node_set_text(struct node *node, char *text)
{
	if (has_own_text(node))
		free(node->text);
	node->text = text;
}

static void drop_children(struct node *dir)
{
	while (dir->n_children) {
		struct node *child = dir->children[--dir->n_children];

		child->parent = NULL;
		child->attr = NULL;
		child->owner = NULL;
		if (child->type == NODE_DIR)
			drop_children(child);
		node_unref(child);
	}
	free(dir->children);
	dir->children = NULL;
	dir->room = 0;
	node_unref(dir->like);
	dir->like = NULL;
}

void node_unref(struct node *node)
{
	if (!node || --node->refs > 0)
		return;
	if (node->type == NODE_DIR)
		drop_children(node);
	if (has_own_text(node))
		free(node->text);
	node_unref(node->like);
	free(node);
}

bool node_is_alive(const struct node *node, const struct node *root)
{
	while (node->parent)
		node = node->parent;
	return node == root;
}

/* ---- children ---- */

/* Where the own child of this name is, or would be. */
static unsigned int lower_bound(const struct node *dir, const char *name, bool *ret_found)
{
	unsigned int low = 0, high = dir->n_children;
	int r;

	*ret_found = false;
	/* most come in order */
	if (high && compare_names(dir->children[high - 1]->name, name) < 0)
		return high;
	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		r = compare_names(dir->children[middle]->name, name);
		if (r == 0) {
			*ret_found = true;
			return middle;
		}
		if (r < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct node *find_own(const struct node *dir, const char *name)
{
	bool found;
	unsigned int at;

	if (!dir)
		return NULL;
	at = lower_bound(dir, name, &found);
	return found ? dir->children[at] : NULL;
}

static int insert(struct node *dir, struct node *node, unsigned int at)
{
	if (dir->n_children == dir->room) {
		unsigned int room = dir->room ? dir->room * 2 : 1;
		void *children = reallocarray(dir->children, room, sizeof(*dir->children));

		if (!children)
			return -ENOMEM;
		dir->children = children;
		dir->room = room;
	}
	memmove(&dir->children[at + 1], &dir->children[at],
		(dir->n_children - at) * sizeof(*dir->children));
	dir->children[at] = node;
	dir->n_children++;
	node->parent = dir;
	if (!node->line)
		node->group = dir->group;
	return 0;
}

int tree_add(struct node *dir, struct node *node)
{
	unsigned int at;
	bool found;
	int r;

	if (!node)
		return -ENOMEM;
	at = lower_bound(dir, node->name, &found);
	r = found || find_own(dir->like, node->name) ? -EEXIST : insert(dir, node, at);
	if (r < 0)
		node_unref(node);
	return r;
}

int tree_add_new(struct node *dir, enum node_type type, const char *name, const char *text,
		 struct node **ret_node)
{
	struct node *node = node_new(type, name, strlen(name), text);
	int r;

	if (!node)
		return -ENOMEM;
	r = tree_add(dir, node);
	if (r < 0)
		return r;
	if (ret_node)
		*ret_node = node;
	return 0;
}

static void remove_at(struct node *dir, unsigned int at)
{
	dir->n_children--;
	memmove(&dir->children[at], &dir->children[at + 1],
		(dir->n_children - at) * sizeof(*dir->children));
}

void tree_remove(struct node *node)
{
	bool found;

	remove_at(node->parent, lower_bound(node->parent, node->name, &found));
	node->parent = NULL;
	node->attr = NULL;
	node->owner = NULL;
	if (node->type == NODE_DIR)
		drop_children(node);
	node_unref(node);
}

/* Makes what dir has by being like, at its place. */
static int make(struct node *dir, struct node *like, struct node **ret_node)
{
	struct node *node = malloc(sizeof(*node));
	bool found;
	int r;

	if (!node)
		return -ENOMEM;
	*node = (struct node){
		.name = like->name, .refs = 1, .type = like->type, .code = like->code,
		.like = node_ref(like), .text = like->text, .attr = like->attr,
		.owner = like->attr ? dir->owner : NULL,
	};
	r = insert(dir, node, lower_bound(dir, node->name, &found));
	if (r < 0) {
		node_unref(node);
		return r;
	}
	*ret_node = node;
	return 0;
}

/* -ENOENT, -ENOMEM */
static int find(struct node *dir, const char *name, size_t length, struct node **ret_node)
{
	char copy[MAX_NAME + 1];
	struct node *like;

	if (dir->type != NODE_DIR || length > MAX_NAME)
		return -ENOENT;
	memcpy(copy, name, length);
	copy[length] = '\0';
	*ret_node = find_own(dir, copy);
	if (*ret_node)
		return 0;
	like = find_own(dir->like, copy);
	return like ? make(dir, like, ret_node) : -ENOENT;
}

struct node *tree_find(const struct node *dir, const char *name, size_t length)
{
	struct node *node;

	/* to be made upon demand does not change what dir is */
	return find((struct node *)dir, name, length, &node) < 0 ? NULL : node;
}

struct node *tree_child(const struct node *dir, const char *name)
{
	return dir ? tree_find(dir, name, strlen(name)) : NULL;
}

bool tree_has_children(const struct node *dir)
{
	return dir->n_children || (dir->like && dir->like->n_children);
}

static int make_all(struct node *dir)
{
	const struct node *like = dir->like;
	struct node *node;
	int r = 0;

	for (unsigned int i = 0; like && i < like->n_children && r == 0; i++)
		if (!find_own(dir, like->children[i]->name))
			r = make(dir, like->children[i], &node);
	return r;
}

int tree_copy_children(const struct node *dir, struct node ***ret_nodes, size_t *ret_count)
{
	struct node **nodes;
	int r;

	/* as in tree_find() */
	r = make_all((struct node *)dir);
	if (r < 0)
		return r;
	nodes = calloc((size_t)dir->n_children + 1, sizeof(struct node *));
	if (!nodes)
		return -ENOMEM;
	for (unsigned int i = 0; i < dir->n_children; i++)
		nodes[i] = node_ref(dir->children[i]);
	*ret_nodes = nodes;
	*ret_count = dir->n_children;
	return 0;
}

void tree_free_children(struct node **nodes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		node_unref(nodes[i]);
	free(nodes);
}

struct node *tree_clone(const struct node *node, const char *name)
{
	struct node *copy;
	struct node **children, *child;
	size_t count;
	int r = 0;

	if (!name)
		name = node->name;
	copy = node_new(node->type, name, strlen(name), node->text);
	if (!copy)
		return NULL;
	copy->code = node->code;
	copy->group = node->group;
	if (node->type != NODE_DIR)
		return copy;
	if (tree_copy_children(node, &children, &count) < 0) {
		node_unref(copy);
		return NULL;
	}
	for (size_t i = 0; i < count && r == 0; i++) {
		child = tree_clone(children[i], NULL);
		r = tree_add(copy, child);
	}
	tree_free_children(children, count);
	if (r < 0) {
		node_unref(copy);
		return NULL;
	}
	return copy;
}

/* ---- directories that are alike ---- */

/* Could node be made from like again, if it was dropped? */
static bool is_same(const struct node *node, const struct node *like)
{
	const char *a = node->text, *b = like->text;

	return node->type != NODE_DIR && node->type == like->type && node->code == like->code &&
	       !node->ours && node->attr == like->attr &&
	       (!node->attr || node->owner == node->parent->owner) &&
	       (a == b || (a && b && !strcmp(a, b)));
}

void tree_forget(struct node *dir)
{
	unsigned int kept = 0;

	if (!dir || dir->type != NODE_DIR || !dir->like)
		return;
	for (unsigned int i = 0; i < dir->n_children; i++) {
		struct node *child = dir->children[i];
		const struct node *like = find_own(dir->like, child->name);

		if (like && child->refs == 1 && is_same(child, like))
			node_unref(child);
		else
			dir->children[kept++] = child;
	}
	dir->n_children = kept;
	if (!kept) {
		free(dir->children);
		dir->children = NULL;
		dir->room = 0;
	}
}

void tree_become_like(struct node *dir, struct node *like)
{
	if (dir->like)
		return;
	for (unsigned int i = 0; i < like->n_children; i++)
		if (!find_own(dir, like->children[i]->name))
			return;
	for (unsigned int i = 0; i < dir->n_children; i++)
		if (dir->children[i]->type == NODE_DIR || dir->children[i]->group != dir->group)
			return;
	dir->like = node_ref(like);
	tree_forget(dir);
}

void tree_begin_like(struct node *dir, struct node *like)
{
	dir->like = node_ref(like);
}

int tree_become_own(struct node *dir)
{
	int r = make_all(dir);

	if (r < 0)
		return r;
	/* what was made from it holds it by itself */
	node_unref(dir->like);
	dir->like = NULL;
	return 0;
}

/* ---- walking ---- */

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
	r = find(walk->at, part, length, &next);
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
