// SPDX-License-Identifier: LGPL-2.1-or-later
/* The machine as a back end of libmhp. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct sim_backend {
	struct mhp_backend be;
	struct mhp_sim *sim;
};

/* Held by reference: it stays valid, and empty, when its directory goes. */
struct mhp_dir {
	struct node *node;
};

static struct mhp_sim *to_sim(struct mhp_backend *be)
{
	return ((struct sim_backend *)be)->sim;
}

static int sim_open_dir(struct mhp_backend *be, const char *path, struct mhp_dir **ret_dir)
{
	struct mhp_sim *sim = to_sim(be);
	struct mhp_dir *dir;
	struct node *node;
	int r;

	r = tree_walk(sim->root, sim->root, path, true, &node);
	if (r < 0)
		return r;
	if (node->type != NODE_DIR)
		return -ENOTDIR;
	dir = malloc(sizeof(*dir));
	if (!dir)
		return -ENOMEM;
	dir->node = node_ref(node);
	*ret_dir = dir;
	return 0;
}

static void sim_close_dir(struct mhp_backend *be, struct mhp_dir *dir)
{
	(void)be;
	node_unref(dir->node);
	free(dir);
}

/* Finds what name means below dir; borrowed. */
static int find(struct mhp_sim *sim, const struct mhp_dir *dir, const char *name,
		struct node **ret_node)
{
	if (name[0] == '/')
		return -EINVAL;
	if (!node_is_alive(dir->node, sim->root))
		return -ENOENT;
	return tree_walk(sim->root, dir->node, name, false, ret_node);
}

static int sim_list(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    mhp_list_fn fn, void *data)
{
	struct node **children, *node;
	size_t count;
	int r;

	r = find(to_sim(be), dir, name, &node);
	if (r < 0)
		return r;
	if (node->type != NODE_DIR)
		return node->type == NODE_LINK ? -ELOOP : -ENOTDIR;
	/* fn may have the directory change */
	r = tree_copy_children(node, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		r = fn(data, children[i]->name);
		if (r)
			break;
	}
	tree_free_children(children, count);
	return r;
}

static int render(struct mhp_backend *be, struct mhp_dir *dir, const char *name, struct buf *buf)
{
	struct mhp_sim *sim = to_sim(be);
	struct node *node;
	int r;

	sim->n_reads++;
	r = find(sim, dir, name, &node);
	if (r < 0)
		return r;
	r = sim_fails_read(sim, node);
	if (r == 0)
		r = node_render(sim, node, buf);
	return r < 0 ? r : buf->failed ? -ENOMEM : 0;
}

static int sim_read(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    char *bytes, size_t size, size_t *ret_length)
{
	struct buf buf = { 0 };
	size_t length;
	int r;

	r = render(be, dir, name, &buf);
	if (r == 0) {
		length = buf.length < size ? buf.length : size;
		if (length)
			memcpy(bytes, buf.str, length);
		*ret_length = length;
	}
	buf_free(&buf);
	return r;
}

static int sim_read_all(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			char **ret_text, size_t *ret_length)
{
	struct buf buf = { 0 };
	size_t length;
	int r;

	r = render(be, dir, name, &buf);
	if (r == 0 && buf.length > MHP_FILE_MAX)
		r = -EFBIG;
	if (r < 0) {
		buf_free(&buf);
		return r;
	}
	length = buf.length;
	r = buf_finish(&buf, ret_text);
	if (r == 0)
		*ret_length = length;
	return r;
}

static int write_found(struct mhp_sim *sim, struct node *node, const char *path, const char *word)
{
	int r;

	race_act(sim, path);
	if (!node_is_alive(node, sim->root))
		/* as with a file that was opened before it went */
		r = -ENODEV;
	else
		r = sim->read_only ? 0 : sim_fails_write(sim, path, word);
	if (r == 0)
		return node_write(sim, node, path, word);
	note_write(sim, path, word, r);
	return r;
}

static int sim_write(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     const char *word, bool can_end)
{
	(void)can_end;
	struct mhp_sim *sim = to_sim(be);
	struct node *node;
	char *path;
	int r;

	sim->n_writes++;
	r = find(sim, dir, name, &node);
	if (r < 0)
		return r;
	path = tree_path(node);
	if (!path)
		return -ENOMEM;
	node_ref(node);
	r = write_found(sim, node, path, word);
	node_unref(node);
	free(path);
	return r;
}

static int sim_read_link(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			 char *bytes, size_t size)
{
	struct node *node;
	size_t length;
	int r;

	r = find(to_sim(be), dir, name, &node);
	if (r < 0)
		return r;
	if (node->type != NODE_LINK)
		return -EINVAL;
	length = strlen(node->text);
	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(bytes, node->text, length + 1);
	return 0;
}

static int sim_exists(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	struct node *node;

	return find(to_sim(be), dir, name, &node);
}

static void sim_free(struct mhp_backend *be)
{
	mhp_sim_unref(to_sim(be));
	free(be);
}

static const struct mhp_backend_ops sim_ops = {
	.open_dir = sim_open_dir,
	.close_dir = sim_close_dir,
	.list = sim_list,
	.read = sim_read,
	.read_all = sim_read_all,
	.write = sim_write,
	.read_link = sim_read_link,
	.exists = sim_exists,
	.free = sim_free,
};

int backend_new(struct mhp_sim *sim, struct mhp_backend **ret_be)
{
	struct sim_backend *be = malloc(sizeof(*be));

	if (!be)
		return -ENOMEM;
	be->be.ops = &sim_ops;
	be->sim = mhp_sim_ref(sim);
	*ret_be = &be->be;
	return 0;
}
