// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Files of the contexts' own, below /run, and the lock. They live as long as the
 * machine. What the machine's capture shows of them is what a context put there:
 * not directories, nor lock files, which say nothing once nobody holds them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* Elsewhere nothing is made: a real sysfs answers the same. */
static bool is_in_run(struct mhp_sim *sim, const struct node *node)
{
	const struct node *run = tree_child(sim->root, "run");

	while (run && node != run && node->parent)
		node = node->parent;
	return run && node == run;
}

/* ---- directories ---- */

static int make_one(struct mhp_sim *sim, struct node *dir, const char *name, size_t length)
{
	bool is_run = dir == sim->root && length == 3 && !strncmp(name, "run", 3);
	struct node *node;

	if (sim->is_plain || (!is_run && !is_in_run(sim, dir)))
		return -EACCES;
	node = node_new(NODE_DIR, name, length, NULL);
	if (!node)
		return -ENOMEM;
	node->ours = true;
	return tree_add(dir, node);
}

/* Each beginning of the path in turn. */
static int make_dirs(struct mhp_sim *sim, const char *path)
{
	char begin[MHP_PATH_SIZE];
	struct node *dir = sim->root, *next;
	size_t end = 0, name;
	int r;

	if (path[0] != '/')
		return -EINVAL;
	if (strlen(path) >= sizeof(begin))
		return -ENAMETOOLONG;
	for (;;) {
		name = end + strspn(path + end, "/");
		end = name + strcspn(path + name, "/");
		if (end == name)
			return 0;
		memcpy(begin, path, end);
		begin[end] = '\0';
		r = tree_walk(sim->root, sim->root, begin, true, &next);
		if (r == -ENOENT) {
			r = make_one(sim, dir, path + name, end - name);
			if (r == 0)
				next = tree_find(dir, path + name, end - name);
		}
		if (r < 0)
			return r;
		if (next->type != NODE_DIR)
			return -ENOTDIR;
		dir = next;
	}
}

int run_make_dir(struct mhp_backend *be, const char *path)
{
	struct sim_backend *mine = to_sim(be);
	struct mhp_sim *sim = mine->sim;
	struct node *node;
	int r;

	sim_lock(sim);
	r = access_begin(mine, MHP_SIM_ACCESS_RUN, sim->root, path, true);
	if (r == 0 && sim->read_only &&
	    (tree_walk(sim->root, sim->root, path, true, &node) < 0 || node->type != NODE_DIR))
		r = -EROFS;
	if (r == 0)
		r = make_dirs(sim, path);
	r = access_end(mine, r);
	sim_unlock(sim);
	return r;
}

/* ---- files ---- */

/* The file of that name, or the directory where it may be made. */
static int find_place(struct mhp_sim *sim, const struct mhp_dir *dir, const char *name,
		      struct node **ret_dir, struct node **ret_file)
{
	const char *slash = strrchr(name, '/');
	char above[MHP_PATH_SIZE];
	size_t length = slash ? (size_t)(slash - name) : 0;
	struct node *parent;
	int r;

	if (length >= sizeof(above))
		return -ENAMETOOLONG;
	memcpy(above, name, length);
	above[length] = '\0';
	r = dir_find(sim, dir, name, ret_file);
	if (r == -ENOENT)
		*ret_file = NULL;
	else if (r < 0)
		return r;
	r = dir_find(sim, dir, above, &parent);
	if (r < 0)
		return r;
	if (parent->type != NODE_DIR)
		return parent->type == NODE_LINK ? -ELOOP : -ENOTDIR;
	if (sim->read_only)
		return -EROFS;
	if (!is_in_run(sim, parent))
		return -EACCES;
	if (*ret_file && (*ret_file)->type != NODE_FILE)
		return (*ret_file)->type == NODE_DIR ? -EISDIR : -ELOOP;
	*ret_dir = parent;
	return 0;
}

static int put(struct mhp_sim *sim, const struct mhp_dir *dir, const char *name,
	       const char *text, bool make_ours, struct node **ret_file)
{
	const char *slash = strrchr(name, '/');
	struct node *parent, *file;
	char *copy;
	int r;

	r = find_place(sim, dir, name, &parent, &file);
	if (r == 0 && sim->is_plain)
		r = -EACCES;
	if (r < 0)
		return r;
	if (!file) {
		r = tree_add_new(parent, NODE_FILE, slash ? slash + 1 : name, text, &file);
		if (r < 0)
			return r;
		file->ours = make_ours;
	} else {
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
		node_set_text(file, copy);
		file->code = NODE_READABLE;
	}
	if (ret_file)
		*ret_file = file;
	return 0;
}

int run_replace(struct mhp_backend *be, struct mhp_dir *dir, const char *name, const char *text)
{
	struct sim_backend *mine = to_sim(be);
	int r;

	sim_lock(mine->sim);
	r = access_begin(mine, MHP_SIM_ACCESS_RUN, dir->node, name, false);
	if (r == 0)
		r = put(mine->sim, dir, name, text, false, NULL);
	r = access_end(mine, r);
	sim_unlock(mine->sim);
	return r;
}

int run_remove(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	struct sim_backend *mine = to_sim(be);
	struct node *parent, *file;
	int r;

	sim_lock(mine->sim);
	r = access_begin(mine, MHP_SIM_ACCESS_RUN, dir->node, name, false);
	if (r == 0)
		r = find_place(mine->sim, dir, name, &parent, &file);
	if (r == 0 && file && mine->sim->is_plain)
		r = -EACCES;
	if (r == 0 && file)
		tree_remove(file);
	r = access_end(mine, r);
	sim_unlock(mine->sim);
	return r;
}

/* ---- the lock ---- */

static bool is_held(const struct mhp_sim *sim, const struct node *file)
{
	for (const struct mhp_lock *lock = sim->locks; lock; lock = lock->next)
		if (lock->file == file)
			return true;
	return false;
}

static void lock_drop(struct mhp_sim *sim, struct mhp_lock *lock)
{
	for (struct mhp_lock **at = &sim->locks; *at; at = &(*at)->next)
		if (*at == lock) {
			*at = lock->next;
			break;
		}
	node_unref(lock->file);
	lock->file = NULL;
}

void locks_drop_dead(struct mhp_sim *sim)
{
	struct mhp_lock *next;

	for (struct mhp_lock *lock = sim->locks; lock; lock = next) {
		next = lock->next;
		if (is_dead(lock->be))
			lock_drop(sim, lock);
	}
}

void locks_free(struct sim_backend *be)
{
	struct mhp_lock *next;

	for (struct mhp_lock *lock = be->sim->locks; lock; lock = next) {
		next = lock->next;
		if (lock->be == be) {
			lock_drop(be->sim, lock);
			free(lock);
		}
	}
}

static int take(struct sim_backend *be, const struct mhp_dir *dir, const char *name,
		const char *holder, struct mhp_lock **ret_lock)
{
	struct node *parent, *file;
	struct mhp_lock *lock;
	int r;

	r = find_place(be->sim, dir, name, &parent, &file);
	if (r == 0 && be->sim->is_plain)
		r = -EACCES;
	if (r < 0)
		return r;
	if (file && is_held(be->sim, file))
		return -EAGAIN;
	lock = malloc(sizeof(*lock));
	if (!lock)
		return -ENOMEM;
	r = put(be->sim, dir, name, holder, true, &file);
	if (r < 0) {
		free(lock);
		return r;
	}
	*lock = (struct mhp_lock){ .next = be->sim->locks, .be = be, .file = node_ref(file) };
	be->sim->locks = lock;
	*ret_lock = lock;
	return 0;
}

int run_lock(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
	     const char *holder, struct mhp_lock **ret_lock)
{
	struct sim_backend *mine = to_sim(be);
	struct mhp_lock *lock = NULL;
	int r;

	sim_lock(mine->sim);
	r = access_begin(mine, MHP_SIM_ACCESS_RUN, dir->node, name, false);
	if (r == 0)
		r = take(mine, dir, name, holder, &lock);
	r = access_end(mine, r);
	if (r == 0)
		*ret_lock = lock;
	else
		/* killed with it in its hands */
		free(lock);
	sim_unlock(mine->sim);
	return r;
}

void run_unlock(struct mhp_backend *be, struct mhp_lock *lock)
{
	struct mhp_sim *sim = to_sim(be)->sim;

	sim_lock(sim);
	if (lock->file)
		lock_drop(sim, lock);
	free(lock);
	sim_unlock(sim);
}

int run_is_locked(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	struct sim_backend *mine = to_sim(be);
	struct node *file;
	int r;

	sim_lock(mine->sim);
	r = access_begin(mine, MHP_SIM_ACCESS_LOOK, dir->node, name, false);
	if (r == 0) {
		r = dir_find(mine->sim, dir, name, &file);
		if (r == 0)
			r = may_read(mine->sim, file);
		r = r == -ENOENT ? 0 : r < 0 ? r : is_held(mine->sim, file);
	}
	r = access_end(mine, r);
	sim_unlock(mine->sim);
	return r;
}

/* ---- containers ---- */

MHP_EXPORT void mhp_sim_set_contained(struct mhp_sim *sim, bool contained)
{
	sim_lock(sim);
	sim->contained = contained;
	sim_unlock(sim);
}

bool run_is_contained(struct mhp_backend *be)
{
	struct mhp_sim *sim = to_sim(be)->sim;
	bool contained;

	sim_lock(sim);
	contained = sim->contained;
	sim_unlock(sim);
	return contained;
}
