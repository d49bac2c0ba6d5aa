// SPDX-License-Identifier: LGPL-2.1-or-later
/* Attributes of an open directory, through whichever back end. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int sysfs_open(struct mhp_ctx *ctx, const char *path, struct sysfs_dir *ret)
{
	struct sysfs_dir dir = { .ctx = ctx };
	int r;

	dir.path = strdup(path);
	if (!dir.path)
		return -ENOMEM;
	r = ctx->be->ops->open_dir(ctx->be, path, &dir.dir);
	if (r < 0) {
		free(dir.path);
		return r;
	}
	*ret = dir;
	return 0;
}

void sysfs_close(struct sysfs_dir *dir)
{
	if (dir->dir)
		dir->ctx->be->ops->close_dir(dir->ctx->be, dir->dir);
	free(dir->path);
	*dir = (struct sysfs_dir){ 0 };
}

int sysfs_list(struct sysfs_dir *dir, const char *name, mhp_list_fn fn, void *data)
{
	return dir->ctx->be->ops->list(dir->ctx->be, dir->dir, name, fn, data);
}

/* What reading answered, as a string. */
static int finish_read(int r, char buf[MHP_ATTR_SIZE + 1], size_t length)
{
	if (r == -EBADMSG || r == -ENODATA)
		/* words of a damaged disk; here they speak of the text, or of no file */
		return -EIO;
	if (r < 0)
		return r;
	if (length > MHP_ATTR_SIZE || memchr(buf, '\0', length)) {
		/* what can be shown of it, for the message */
		buf[length > 64 ? 64 : length] = '\0';
		return -EBADMSG;
	}
	if (length && buf[length - 1] == '\n')
		length--;
	buf[length] = '\0';
	return 0;
}

int sysfs_read(struct sysfs_dir *dir, const char *name, char buf[MHP_ATTR_SIZE + 1])
{
	struct mhp_backend *be = dir->ctx->be;
	size_t length = 0;
	int r;

	r = be->ops->read(be, dir->dir, name, buf, MHP_ATTR_SIZE + 1, &length);
	return finish_read(r, buf, length);
}

int sysfs_read_path(struct mhp_ctx *ctx, const char *path, char buf[MHP_ATTR_SIZE + 1])
{
	size_t length = 0;
	int r;

	r = ctx->be->ops->read_linked(ctx->be, path, buf, MHP_ATTR_SIZE + 1, &length);
	return finish_read(r, buf, length);
}

int sysfs_write(struct sysfs_dir *dir, const char *name, const char *word, bool can_end)
{
	return dir->ctx->be->ops->write(dir->ctx->be, dir->dir, name, word, can_end);
}

int sysfs_exists(struct sysfs_dir *dir, const char *name)
{
	return dir->ctx->be->ops->exists(dir->ctx->be, dir->dir, name);
}

bool sysfs_is_foreign(struct sysfs_dir *dir, const char *name)
{
	struct mhp_backend *be = dir->ctx->be;
	struct mhp_entry entry;

	return be->ops->look(be, dir->dir, name, &entry) == 0 && entry.foreign;
}

int sysfs_dir_exists(struct mhp_ctx *ctx, const char *path)
{
	struct mhp_dir *dir;
	int r;

	r = ctx->be->ops->open_dir(ctx->be, path, &dir);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	ctx->be->ops->close_dir(ctx->be, dir);
	return 1;
}

static int read_link(struct sysfs_dir *dir, const char *name, char buf[MHP_PATH_SIZE])
{
	return dir->ctx->be->ops->read_link(dir->ctx->be, dir->dir, name, buf, MHP_PATH_SIZE);
}

int sysfs_read_link_name(struct sysfs_dir *dir, const char *name, char **ret_name)
{
	char buf[MHP_PATH_SIZE];
	const char *slash;
	char *copy;
	int r;

	r = read_link(dir, name, buf);
	if (r < 0)
		return r;
	slash = strrchr(buf, '/');
	copy = strdup(slash ? slash + 1 : buf);
	if (!copy)
		return -ENOMEM;
	*ret_name = copy;
	return 0;
}

int sysfs_copy_link_path(struct sysfs_dir *dir, const char *name, char **ret_path)
{
	char buf[MHP_PATH_SIZE], joined[2 * MHP_PATH_SIZE + 2];
	char *path, *part, *rest = NULL;
	size_t length = 0;
	int r;

	r = read_link(dir, name, buf);
	if (r == -EINVAL)
		snprintf(buf, sizeof(buf), "%s", name);
	else if (r < 0)
		return r;
	if (buf[0] == '/')
		snprintf(joined, sizeof(joined), "%s", buf);
	else
		snprintf(joined, sizeof(joined), "%s/%s", dir->path, buf);

	path = malloc(strlen(joined) + 2);
	if (!path)
		return -ENOMEM;
	for (part = strtok_r(joined, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) {
		if (!strcmp(part, "."))
			continue;
		if (!strcmp(part, "..")) {
			while (length && path[--length] != '/')
				;
			continue;
		}
		path[length++] = '/';
		memcpy(path + length, part, strlen(part));
		length += strlen(part);
	}
	if (!length)
		path[length++] = '/';
	path[length] = '\0';
	*ret_path = path;
	return 0;
}
