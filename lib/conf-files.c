// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Files of configuration in several directories, as udev and systemd have them: all in
 * the order of their names, and one hides those of the same name in later directories.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define MAX_LINKS 8	/* udev itself has no more than one, to /dev/null */

struct file {
	char *name;
	size_t dir;
};

struct scan_files {
	struct mhp_ctx *ctx;
	const char *const *dirs;
	size_t n_dirs;
	const char *ending;
	bool whose;		/* is to be asked */
	struct sysfs_dir *open;	/* one for each directory */
	struct file *files;
	size_t count, room;
	size_t dir;		/* the one that is being listed */
	mhp_private_conf_fn fn;
	void *data;
};

/* ---- names ---- */

bool conf_is_name(const char *name, const char *ending)
{
	size_t length = strlen(name);

	return *name != '.' && length >= strlen(ending) &&
	       !strcmp(name + length - strlen(ending), ending);
}

static int take_name(void *data, const char *name)
{
	struct scan_files *scan = data;
	struct file *files;

	if (!conf_is_name(name, scan->ending))
		return 0;
	if (scan->count == scan->room) {
		size_t room = scan->room ? 2 * scan->room : 64;

		files = reallocarray(scan->files, room, sizeof(*files));
		if (!files)
			return -ENOMEM;
		scan->files = files;
		scan->room = room;
	}
	files = &scan->files[scan->count];
	*files = (struct file){ strdup(name), scan->dir };
	if (!files->name)
		return -ENOMEM;
	scan->count++;
	return 0;
}

static int compare_files(const void *va, const void *vb)
{
	const struct file *a = va, *b = vb;
	int r = strcmp(a->name, b->name);

	return r ? r : a->dir < b->dir ? -1 : 1;
}

static int list_dirs(struct scan_files *scan)
{
	int r;

	for (scan->dir = 0; scan->dir < scan->n_dirs; scan->dir++) {
		struct sysfs_dir *dir = &scan->open[scan->dir];
		struct mhp_private_conf_file file = {
			.path = scan->dirs[scan->dir], .is_dir = true,
		};

		r = sysfs_open(scan->ctx, scan->dirs[scan->dir], dir);
		if (r == 0)
			r = sysfs_list(dir, "", take_name, scan);
		file.code = r;
		file.foreign = r == 0 && scan->whose && sysfs_is_foreign(dir, ".");
		if ((r < 0 && r != -ENOENT) || file.foreign)
			r = r == -ENOMEM ? r : scan->fn(scan->data, &file);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	if (scan->count)
		qsort(scan->files, scan->count, sizeof(*scan->files), compare_files);
	return 0;
}

/* ---- text ---- */

/* What a file of configuration is not, and reading it might do something. */
static bool is_kernel_path(const char *path)
{
	static const char *const places[] = { "/dev", "/proc", "/sys" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!strncmp(path, places[i], strlen(places[i])) &&
		    (!path[strlen(places[i])] || path[strlen(places[i])] == '/'))
			return true;
	return false;
}

/* Opens the directory that a path names a file in; name points into the path. */
static int open_parent(struct mhp_ctx *ctx, char *path, struct sysfs_dir *ret_dir,
		       const char **ret_name)
{
	char *slash = strrchr(path, '/');

	*ret_name = slash + 1;
	if (slash == path)
		return sysfs_open(ctx, "/", ret_dir);
	*slash = '\0';
	return sysfs_open(ctx, path, ret_dir);
}

/* Whose it is, is asked of what was read: only its owner could make it look better meanwhile. */
static int read_plain(struct sysfs_dir *dir, const char *name, bool whose,
		      struct mhp_private_conf_file *file, char **ret_text)
{
	struct mhp_backend *be = dir->ctx->be;
	int r = be->ops->read_all(be, dir->dir, name, ret_text, &file->length);

	file->foreign = r == 0 && whose && sysfs_is_foreign(dir, name);
	return r;
}

/* Reads a file that is a link, to wherever it leads below the root. */
static int read_linked(struct sysfs_dir *dir, const char *name, int links, bool whose,
		       struct mhp_private_conf_file *file, char **ret_text)
{
	struct mhp_ctx *ctx = dir->ctx;
	struct sysfs_dir parent = { 0 };
	const char *base;
	char *path;
	int r;

	if (links > MAX_LINKS)
		return -ELOOP;
	r = sysfs_copy_link_path(dir, name, &path);
	if (r < 0)
		return r;
	if (!strcmp(path, "/dev/null")) {
		file->masks = true;
		r = -ENOENT;
	} else if (is_kernel_path(path)) {
		r = -EINVAL;
	} else {
		r = open_parent(ctx, path, &parent, &base);
	}
	if (r == 0) {
		/* -ELOOP of the directory is no link that could be followed */
		r = read_plain(&parent, base, whose, file, ret_text);
		if (r == -ELOOP)
			r = read_linked(&parent, base, links + 1, whose, file, ret_text);
		/* who has the directory can put another file of root's in its place */
		if (r == 0 && whose)
			file->foreign |= sysfs_is_foreign(&parent, ".");
	}
	sysfs_close(&parent);
	free(path);
	return r;
}

void conf_read(struct sysfs_dir *dir, const char *name, bool whose,
	       struct mhp_private_conf_file *ret, char **ret_text)
{
	ret->code = read_plain(dir, name, whose, ret, ret_text);
	if (ret->code == -ELOOP)
		ret->code = read_linked(dir, name, 1, whose, ret, ret_text);
}

/* ---- all of them ---- */

static int tell_file(struct scan_files *scan, const struct file *file, const char *path,
		     const char *hidden_by)
{
	struct mhp_private_conf_file told = { .path = path, .hidden_by = hidden_by };
	char *text = NULL;
	int r;

	if (!hidden_by) {
		conf_read(&scan->open[file->dir], file->name, scan->whose, &told, &text);
		told.text = text;
	}
	r = told.code == -ENOMEM ? -ENOMEM : scan->fn(scan->data, &told);
	free(text);
	return r;
}

static int tell_files(struct scan_files *scan)
{
	char *first = NULL, *path;	/* first: of this name */
	int r = 0;

	for (size_t i = 0; i < scan->count && r == 0; i++) {
		const struct file *file = &scan->files[i];
		bool is_hidden = i && !strcmp(file->name, scan->files[i - 1].name);

		r = copy_text(&path, "%s/%s", scan->dirs[file->dir], file->name);
		if (r < 0)
			break;
		r = tell_file(scan, file, path, is_hidden ? first : NULL);
		if (is_hidden) {
			free(path);
		} else {
			free(first);
			first = path;
		}
	}
	free(first);
	return r;
}

int conf_files_read(struct mhp_ctx *ctx, const char *const *dirs, size_t n_dirs,
		    const char *ending, bool whose, mhp_private_conf_fn fn, void *data)
{
	struct scan_files scan = {
		.ctx = ctx, .dirs = dirs, .n_dirs = n_dirs, .ending = ending, .whose = whose,
		.fn = fn, .data = data,
	};
	int r;

	scan.open = calloc(n_dirs, sizeof(*scan.open));
	if (!scan.open)
		return -ENOMEM;
	r = list_dirs(&scan);
	if (r == 0)
		r = tell_files(&scan);
	for (size_t i = 0; i < scan.count; i++)
		free(scan.files[i].name);
	free(scan.files);
	for (size_t i = 0; i < n_dirs; i++)
		sysfs_close(&scan.open[i]);
	free(scan.open);
	return r;
}

MHP_EXPORT int mhp_private_read_policy_files(struct mhp_ctx *ctx, mhp_private_conf_fn fn,
					     void *data)
{
	static const char *const dirs[] = {
		"/etc/mhp/policy.d", "/run/mhp/policy.d", "/usr/local/lib/mhp/policy.d",
		"/usr/lib/mhp/policy.d",
	};

	return conf_files_read(ctx, dirs, ARRAY_SIZE(dirs), ".conf", true, fn, data);
}
