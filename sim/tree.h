/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file tree in memory: directories, files, symbolic links. A file has fixed
 * text, or an attribute that renders it when it is read and acts when it is
 * written. Children are kept sorted, numbers in names by value: memory9 comes
 * before memory10.
 *
 * Thousands of directories that are alike need not have a node for each of their
 * files. Such a directory is like another one, which is not part of the tree: what
 * that has, it has too, but for what its own children have the name of. A node of it
 * is made as somebody finds it, and tree_forget() drops it again unless it is held: so
 * take a reference to what is to last beyond the next walk or the end of an access.
 *
 * A node that was removed from the tree stays valid for whoever holds a
 * reference; it has no children and no attribute any more.
 */
#ifndef SIM_TREE_H
#define SIM_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "names.h"

struct mhp_sim;

#define MAX_NAME 255		/* bytes of a name */

enum node_type {
	NODE_DIR,
	NODE_FILE,
	NODE_LINK,
};

/* What reading a file of fixed text gives, in node.code; a negative errno value too. */
#define NODE_READABLE	0
#define NODE_WRITE_ONLY	1
#define NODE_BINARY	2
#define NODE_HEX	3	/* bytes: its fixed text is of two digits for each */

/* Whether a write needs the kernel's lock for memory hotplug, and how it waits for that. */
enum need {
	NEEDS_NOTHING,
	NEEDS_HOTPLUG,		/* a fatal signal ends the waiting */
	NEEDS_HOTPLUG_D,	/* nothing does */
};

/* A file that the model renders, or acts upon. A missing function is -EACCES. */
struct attr {
	int (*show)(struct mhp_sim *sim, void *owner, struct buf *buf);
	/* word has a newline only where the writer gave one */
	int (*store)(struct mhp_sim *sim, void *owner, const char *word);
	/* NULL: NEEDS_NOTHING, whatever is written */
	enum need (*need)(struct mhp_sim *sim, void *owner, const char *word);
};

struct node {
	const char *name;
	unsigned int refs;
	enum node_type type;
	int code;		/* NODE_FILE */
	bool ours;		/* of the simulated /run: not for a capture by itself */
	unsigned int group;	/* which sorted part of the capture it is written to */
	unsigned int line;	/* of the capture, 0 if made since */
	unsigned int n_children, n_sorted;	/* see tree.c */
	struct node *parent;	/* NULL: the root, or removed */
	struct node **children;	/* NODE_DIR: its own */
	struct node *like;	/* NODE_DIR: see above; else what it was made from: its name,
				   and the text if that is the same, are that one's */
	char *text;		/* NODE_FILE: as it is read; NODE_LINK: its target */
	const struct attr *attr;
	void *owner;		/* handed to attr; a directory's, to what it has by being like */
};

/* Text is copied; NULL is fine for a directory. NULL upon lack of memory. */
struct node *node_new(enum node_type type, const char *name, size_t length, const char *text);
struct node *node_ref(struct node *node);
void node_unref(struct node *node);
/* Has *at keep node, which may be NULL, instead of what it keeps, by reference. */
void node_keep(struct node **at, struct node *node);
/* Takes text over, which may be NULL. */
void node_set_text(struct node *node, char *text);
/* Is it still part of the tree that has this root? */
bool node_is_alive(const struct node *node, const struct node *root);

/*
 * Takes the caller's reference over, also upon failure. -EEXIST; -ENOMEM, also for
 * a node of NULL
 */
int tree_add(struct node *dir, struct node *node);
/* node_new() and tree_add(); ret_node is borrowed and may be NULL */
int tree_add_new(struct node *dir, enum node_type type, const char *name, const char *text,
		 struct node **ret_node);
/*
 * Takes node and all below it out of the tree; fine if it is not in it any more. Not for
 * what a directory has by being like.
 */
void tree_remove(struct node *node);
/* A child by name; NULL if there is none, or memory for it. Borrowed. */
struct node *tree_find(const struct node *dir, const char *name, size_t length);
struct node *tree_child(const struct node *dir, const char *name);
/* The same: 0, -ENOENT, -ENOMEM */
int tree_look_up(struct node *dir, const char *name, size_t length, struct node **ret_node);
bool tree_has_children(const struct node *dir);
/* A copy, by name if that is not NULL, that is not part of the tree: fixed text only. */
struct node *tree_clone(const struct node *node, const char *name);

/*
 * Children in order, each with a reference of the caller's; free the array with
 * tree_free_children().
 */
int tree_copy_children(const struct node *dir, struct node ***ret_nodes, size_t *ret_count);
void tree_free_children(struct node **nodes, size_t count);

/*
 * Has dir be like another one from now on, with those nodes dropped that are the
 * same there and that nobody holds. Does nothing if dir lacks any of like's files,
 * or has a directory in it, or files for more than one part of the capture.
 */
void tree_become_like(struct node *dir, struct node *like);
/* The same for one that has nothing yet, and that will have all of like's. */
void tree_begin_like(struct node *dir, struct node *like);
/* Gives dir nodes of its own for all that it has. -ENOMEM */
int tree_become_own(struct node *dir);
/* Drops what can be made again and nobody holds. NULL and any node are fine. */
void tree_forget(struct node *dir);

/* ---- tree-walk.c ---- */

/*
 * Walks a path from dir, below root. With follow, symbolic links on the way are
 * followed, and so is the last part; without, a link on the way is -ELOOP, and
 * the last part is given as it is. ".." is -EXDEV without follow, and stops at
 * the root with it. -ENOENT, -ENOTDIR, -ELOOP, -ENAMETOOLONG, -ENOMEM. Borrowed.
 */
int tree_walk(struct node *root, struct node *dir, const char *path, bool follow,
	      struct node **ret_node);
/* Path below the root, "/" for the root itself; NULL upon lack of memory. */
char *tree_path(const struct node *node);
/* Text for a link in from_dir that points to a node of the same tree. */
char *tree_relative_path(const struct node *from_dir, const struct node *to);
/* Such a link. -EEXIST, -ENOMEM */
int tree_add_link(struct node *dir, const char *name, const struct node *to);
/* Fine if there is none. */
void tree_remove_child(const struct node *dir, const char *name);

#endif /* SIM_TREE_H */
