// SPDX-License-Identifier: LGPL-2.1-or-later
/* The machine as a back end of libmhp. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static int open_dir(struct mhp_sim *sim, const char *path, struct mhp_dir **ret_dir)
{
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

static int sim_open_dir(struct mhp_backend *be, const char *path, struct mhp_dir **ret_dir)
{
	struct sim_backend *mine = to_sim(be);
	struct mhp_sim *sim = mine->sim;
	int r;

	sim_lock(sim);
	r = access_begin(mine, MHP_SIM_ACCESS_LOOK, sim->root, path, true);
	if (r == 0)
		r = open_dir(sim, path, ret_dir);
	r = access_end(mine, r);
	sim_unlock(sim);
	return r;
}

static void sim_close_dir(struct mhp_backend *be, struct mhp_dir *dir)
{
	struct mhp_sim *sim = to_sim(be)->sim;

	sim_lock(sim);
	node_unref(dir->node);
	sim_unlock(sim);
	free(dir);
}

int dir_find(struct mhp_sim *sim, const struct mhp_dir *dir, const char *name,
	     struct node **ret_node)
{
	if (name[0] == '/')
		return -EINVAL;
	if (!node_is_alive(dir->node, sim->root))
		return -ENOENT;
	return tree_walk(sim->root, dir->node, name, false, ret_node);
}

/* An access to something below dir begins, and finds it. */
static int begin(struct sim_backend *be, enum mhp_sim_access what, const struct mhp_dir *dir,
		 const char *name, struct node **ret_node)
{
	int r = access_begin(be, what, dir->node, name, false);

	return r < 0 ? r : dir_find(be->sim, dir, name, ret_node);
}

static int begin_by_path(struct sim_backend *be, enum mhp_sim_access what, const char *path,
			 struct node **ret_node)
{
	struct node *root = be->sim->root;
	int r = access_begin(be, what, root, path, true);

	return r < 0 ? r : tree_walk(root, root, path, true, ret_node);
}

/* It is over; node was found by it, or is NULL. */
static int end(struct sim_backend *be, struct node *node, int r)
{
	if (node)
		tree_forget(node->parent);
	return access_end(be, r);
}

/* ret_dir comes with a reference. */
static int copy_children(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			 struct node **ret_dir, struct node ***ret_children, size_t *ret_count)
{
	struct sim_backend *mine = to_sim(be);
	struct node *node = NULL;
	int r;

	sim_lock(mine->sim);
	r = begin(mine, MHP_SIM_ACCESS_LOOK, dir, name, &node);
	if (r == 0 && node->type != NODE_DIR)
		r = node->type == NODE_LINK ? -ELOOP : -ENOTDIR;
	if (r == 0)
		r = tree_copy_children(node, ret_children, ret_count);
	if (r == 0)
		*ret_dir = node_ref(node);
	r = end(mine, node, r);
	sim_unlock(mine->sim);
	return r;
}

static int sim_list(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    mhp_list_fn fn, void *data)
{
	struct node *node = NULL, **children;
	size_t count;
	int r;

	/* fn may have the directory change */
	r = copy_children(be, dir, name, &node, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		r = fn(data, children[i]->name);
		if (r)
			break;
	}
	sim_lock(to_sim(be)->sim);
	tree_free_children(children, count);
	tree_forget(node);
	node_unref(node);
	sim_unlock(to_sim(be)->sim);
	return r;
}

/* dir NULL: name is a path, in which symbolic links are followed */
static int render(struct mhp_backend *be, struct mhp_dir *dir, const char *name, struct buf *buf)
{
	struct sim_backend *mine = to_sim(be);
	struct node *node = NULL;
	int r;

	sim_lock(mine->sim);
	if (dir)
		r = begin(mine, MHP_SIM_ACCESS_READ, dir, name, &node);
	else
		r = begin_by_path(mine, MHP_SIM_ACCESS_READ, name, &node);
	if (r == 0)
		r = may_read(mine->sim, node);
	if (r == 0)
		r = sim_fails_read(mine->sim, node);
	if (r == 0)
		r = node_render(mine->sim, node, buf);
	if (r == 0)
		hide_addresses(mine->sim, node, buf);
	r = end(mine, node, r);
	sim_unlock(mine->sim);
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

static int sim_read_linked(struct mhp_backend *be, const char *path, char *bytes, size_t size,
			   size_t *ret_length)
{
	return sim_read(be, NULL, path, bytes, size, ret_length);
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

static int sim_read_at(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		       uint64_t offset, void *buf, size_t size, size_t *ret_length)
{
	struct sim_backend *mine = to_sim(be);
	struct mhp_sim *sim = mine->sim;
	int r;

	sim_lock(sim);
	r = access_begin(mine, MHP_SIM_ACCESS_READ, dir->node, name, false);
	/* a capture does not have the only file that is read so */
	if (r == 0 && (sim->read_only || dir->node->parent != sim->root ||
		       strcmp(dir->node->name, "proc") || strcmp(name, "kpageflags")))
		r = -ENOENT;
	if (r == 0)
		r = pages_read(sim, offset, buf, size, ret_length);
	r = access_end(mine, r);
	sim_unlock(sim);
	return r;
}

static bool sim_is_live(struct mhp_backend *be)
{
	(void)be;
	return true;
}

static uint64_t sim_page_size(struct mhp_backend *be)
{
	return to_sim(be)->sim->read_only ? 0 : PAGE_BYTES;
}

/* ---- writing ---- */

/* As with a file that was opened before it went. */
static int check_alive(const struct writer *writer)
{
	return node_is_alive(writer->file, writer->sim->root) ? 0 : -ENODEV;
}

static int write_file(struct writer *writer)
{
	struct mhp_sim *sim = writer->sim;
	int r;

	r = may_write(sim, writer->file);
	if (r < 0) {
		note_write(sim, writer->path, writer->word, r);
		return r;
	}
	race_act(sim, writer->path);
	r = check_alive(writer);
	if (r == 0)
		r = hotplug_wait(writer);
	if (r == 0)
		r = check_alive(writer);
	if (r == 0 && !sim->read_only)
		r = sim_fails_write(sim, writer->path, writer->word);
	if (r < 0) {
		note_write(sim, writer->path, writer->word, r);
		return r;
	}
	while ((r = node_write(sim, writer->file, writer->path, writer->word)) == HANGS) {
		r = hotplug_hang(writer);
		if (r < 0) {
			note_write(sim, writer->path, writer->word, r);
			break;
		}
	}
	follow_up(sim);
	return r;
}

/* It was made to fail, before the file was even looked for. */
static void note_failure(struct mhp_sim *sim, const struct mhp_dir *dir, const char *name,
			 const char *word, int code)
{
	char *path = access_path(sim, dir->node, name, false);

	if (path)
		note_write(sim, path, word, code);
	free(path);
}

static int sim_write(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     const char *word, bool can_end)
{
	struct sim_backend *mine = to_sim(be);
	struct writer writer = {
		.sim = mine->sim, .be = mine, .word = word, .can_end = can_end,
	};
	struct node *in_dir;
	int r;

	sim_lock(mine->sim);
	r = access_begin(mine, MHP_SIM_ACCESS_WRITE, dir->node, name, false);
	if (r < 0 && !is_dead(mine))
		note_failure(mine->sim, dir, name, word, r);
	if (r == 0)
		r = dir_find(mine->sim, dir, name, &writer.file);
	if (r == 0) {
		node_ref(writer.file);
		writer.path = tree_path(writer.file);
		r = writer.path ? write_file(&writer) : -ENOMEM;
		in_dir = writer.file->parent;
		writer_end(&writer);
		tree_forget(in_dir);
	}
	r = access_end(mine, r);
	sim_unlock(mine->sim);
	return r;
}

static int sim_load_module(struct mhp_backend *be, const char *name)
{
	struct sim_backend *mine = to_sim(be);
	struct mhp_sim *sim = mine->sim;
	char path[MHP_PATH_SIZE];
	int r;

	if (snprintf(path, sizeof(path), DRIVERS_PATH "/%s", name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	sim_lock(sim);
	r = access_begin(mine, MHP_SIM_ACCESS_LOAD, sim->root, path, true);
	if (r == 0 && !sim->is_plain)
		r = hotplug_wait_to_load(mine);
	if (r == 0) {
		r = module_load(sim, name);
		follow_up(sim);
	}
	r = access_end(mine, r);
	sim_unlock(sim);
	return r;
}

/* ---- looking ---- */

static int copy_target(const struct node *node, char *bytes, size_t size)
{
	size_t length;

	if (node->type != NODE_LINK)
		return -EINVAL;
	length = strlen(node->text);
	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(bytes, node->text, length + 1);
	return 0;
}

static int sim_read_link(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			 char *bytes, size_t size)
{
	struct sim_backend *mine = to_sim(be);
	struct node *node = NULL;
	int r;

	sim_lock(mine->sim);
	r = begin(mine, MHP_SIM_ACCESS_LOOK, dir, name, &node);
	if (r == 0)
		r = copy_target(node, bytes, size);
	r = end(mine, node, r);
	sim_unlock(mine->sim);
	return r;
}

static int sim_exists(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	struct sim_backend *mine = to_sim(be);
	struct node *node = NULL;
	int r;

	sim_lock(mine->sim);
	r = begin(mine, MHP_SIM_ACCESS_LOOK, dir, name, &node);
	r = end(mine, node, r);
	sim_unlock(mine->sim);
	return r;
}

static void describe(const struct node *node, struct mhp_entry *ret)
{
	*ret = (struct mhp_entry){
		.type = node->type == NODE_DIR ? MHP_ENTRY_DIR :
			node->type == NODE_LINK ? MHP_ENTRY_LINK : MHP_ENTRY_FILE,
		.readable = node->attr ? node->attr->show != NULL : node->code != NODE_WRITE_ONLY,
		.unknown = !node->attr && node->code == NODE_BINARY,
	};
}

static int sim_look(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    struct mhp_entry *ret)
{
	struct sim_backend *mine = to_sim(be);
	struct node *node = NULL;
	int r;

	sim_lock(mine->sim);
	r = begin(mine, MHP_SIM_ACCESS_LOOK, dir, name, &node);
	if (r == 0)
		describe(node, ret);
	r = end(mine, node, r);
	sim_unlock(mine->sim);
	return r;
}

static void sim_free(struct mhp_backend *be)
{
	struct sim_backend *mine = to_sim(be);

	sim_lock(mine->sim);
	locks_free(mine);
	sim_unlock(mine->sim);
	mhp_sim_unref(mine->sim);
	free(mine);
}

static const struct mhp_backend_ops sim_ops = {
	.open_dir = sim_open_dir,
	.close_dir = sim_close_dir,
	.list = sim_list,
	.read = sim_read,
	.read_linked = sim_read_linked,
	.read_all = sim_read_all,
	.read_at = sim_read_at,
	.write = sim_write,
	.read_link = sim_read_link,
	.exists = sim_exists,
	.look = sim_look,
	.load_module = sim_load_module,
	.make_dir = run_make_dir,
	.replace = run_replace,
	.remove = run_remove,
	.lock = run_lock,
	.unlock = run_unlock,
	.is_locked = run_is_locked,
	.is_contained = run_is_contained,
	.open_events = sim_open_events,
	.get_events_fd = sim_get_events_fd,
	.receive_event = sim_receive_event,
	.close_events = sim_close_events,
	.page_size = sim_page_size,
	.is_live = sim_is_live,
	.free = sim_free,
};

int backend_new(struct mhp_sim *sim, struct mhp_backend **ret_be)
{
	struct sim_backend *be = calloc(1, sizeof(*be));

	if (!be)
		return -ENOMEM;
	be->be.ops = &sim_ops;
	be->sim = mhp_sim_ref(sim);
	sim_lock(sim);
	be->number = ++sim->n_contexts;
	sim_unlock(sim);
	*ret_be = &be->be;
	return 0;
}
