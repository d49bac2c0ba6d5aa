// SPDX-License-Identifier: LGPL-2.1-or-later
/* A file tree in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

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
	dir->n_sorted = 0;
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

void node_keep(struct node **at, struct node *node)
{
	if (node)
		node_ref(node);
	node_unref(*at);
	*at = node;
}

bool node_is_alive(const struct node *node, const struct node *root)
{
	while (node->parent)
		node = node->parent;
	return node == root;
}

/*
 * ---- children ----
 *
 * The first n_sorted are in order. Those behind them, in order, too, came late to a
 * directory that is large: thousands of pointers are not moved for each of them.
 */

#define MAX_LATE 1024u

/* Where from first to end the own child of this name is, or would be. */
static unsigned int lower_bound(const struct node *dir, unsigned int first, unsigned int end,
				const char *name, bool *ret_found)
{
	int r;

	*ret_found = false;
	/* most come in order */
	if (end > first && compare_names(dir->children[end - 1]->name, name) < 0)
		return end;
	while (first < end) {
		unsigned int middle = first + (end - first) / 2;

		r = compare_names(dir->children[middle]->name, name);
		if (r == 0) {
			*ret_found = true;
			return middle;
		}
		if (r < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

/* The place of the own child of this name; n_children: there is none. */
static unsigned int place_of(const struct node *dir, const char *name)
{
	unsigned int at;
	bool found;

	at = lower_bound(dir, 0, dir->n_sorted, name, &found);
	if (!found)
		at = lower_bound(dir, dir->n_sorted, dir->n_children, name, &found);
	return found ? at : dir->n_children;
}

static struct node *find_own(const struct node *dir, const char *name)
{
	unsigned int at = dir ? place_of(dir, name) : 0;

	return dir && at < dir->n_children ? dir->children[at] : NULL;
}

/* Puts those that came late at their places. */
static void sort_children(struct node *dir)
{
	unsigned int n_late = dir->n_children - dir->n_sorted, end = dir->n_sorted, at;
	struct node *late[MAX_LATE];
	bool found;

	if (!n_late)
		return;
	memcpy(late, &dir->children[end], n_late * sizeof(*late));
	for (; n_late > 0; n_late--) {
		at = lower_bound(dir, 0, end, late[n_late - 1]->name, &found);
		memmove(&dir->children[at + n_late], &dir->children[at],
			(end - at) * sizeof(*late));
		dir->children[at + n_late - 1] = late[n_late - 1];
		end = at;
	}
	dir->n_sorted = dir->n_children;
}

/* There is always room for the next power of two. */
static int make_room(struct node *dir)
{
	unsigned int n = dir->n_children;
	void *children;

	if (n & (n - 1))
		return 0;
	children = reallocarray(dir->children, n ? (size_t)n * 2 : 1, sizeof(*dir->children));
	if (!children)
		return -ENOMEM;
	dir->children = children;
	return 0;
}

/* There is none of this name. */
static int insert(struct node *dir, struct node *node)
{
	unsigned int at;
	bool found;

	if (make_room(dir) < 0)
		return -ENOMEM;
	if (dir->n_children - dir->n_sorted == MAX_LATE)
		sort_children(dir);
	at = dir->n_sorted;
	if (at == dir->n_children)
		at = lower_bound(dir, 0, dir->n_sorted, node->name, &found);
	if (dir->n_sorted == dir->n_children &&
	    (at == dir->n_children || dir->n_children <= MAX_LATE))
		dir->n_sorted++;
	else
		at = lower_bound(dir, dir->n_sorted, dir->n_children, node->name, &found);
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
	int r;

	if (!node)
		return -ENOMEM;
	r = find_own(dir, node->name) || find_own(dir->like, node->name) ? -EEXIST :
	    insert(dir, node);
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

void tree_remove(struct node *node)
{
	struct node *dir = node->parent;
	unsigned int at;

	if (!dir)
		return;
	at = place_of(dir, node->name);
	if (at < dir->n_sorted)
		dir->n_sorted--;
	dir->n_children--;
	memmove(&dir->children[at], &dir->children[at + 1],
		(dir->n_children - at) * sizeof(*dir->children));
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
	int r;

	if (!node)
		return -ENOMEM;
	*node = (struct node){
		.name = like->name, .refs = 1, .type = like->type, .code = like->code,
		.like = node_ref(like), .text = like->text, .attr = like->attr,
		.owner = like->attr ? dir->owner : NULL,
	};
	r = insert(dir, node);
	if (r < 0) {
		node_unref(node);
		return r;
	}
	*ret_node = node;
	return 0;
}

int tree_look_up(struct node *dir, const char *name, size_t length, struct node **ret_node)
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
	return tree_look_up((struct node *)dir, name, length, &node) < 0 ? NULL : node;
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
	sort_children((struct node *)dir);
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
	sort_children(dir);
	for (unsigned int i = 0; i < dir->n_children; i++) {
		struct node *child = dir->children[i];
		const struct node *like = find_own(dir->like, child->name);

		if (like && child->refs == 1 && is_same(child, like))
			node_unref(child);
		else
			dir->children[kept++] = child;
	}
	dir->n_children = dir->n_sorted = kept;
	if (!kept) {
		free(dir->children);
		dir->children = NULL;
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
