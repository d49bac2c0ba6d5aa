// SPDX-License-Identifier: LGPL-2.1-or-later
/* A fake machine as the library sees it: in memory, or through the host. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fakesys.h"

struct fake_backend {
	struct mhp_backend be;
	struct fakesys *fs;
};

struct mhp_dir {
	char path[MHP_PATH_SIZE];
};

static struct fakesys *to_fs(struct mhp_backend *be)
{
	return ((struct fake_backend *)be)->fs;
}

/* Goes from the directory path, which it changes, along name; 1: a link comes first. */
static int walk(struct fakesys *fs, char path[MHP_PATH_SIZE], const char **name,
		struct fakesys_entry **ret)
{
	struct fakesys_entry *entry = fakesys_find(fs, path);

	while (entry && *(*name += strspn(*name, "/"))) {
		size_t length = strcspn(*name, "/"), before = strlen(path);

		if (entry->type == FAKESYS_LINK)
			return 1;
		if (entry->type != FAKESYS_DIR)
			return -ENOTDIR;
		if (length == 2 && !strncmp(*name, "..", 2)) {
			if (before)
				*strrchr(path, '/') = '\0';
		} else if (length != 1 || **name != '.') {
			if (before + length + 2 > MHP_PATH_SIZE)
				return -ENAMETOOLONG;
			sprintf(path + before, "/%.*s", (int)length, *name);
		}
		*name += length;
		entry = fakesys_find(fs, path);
	}
	if (!entry)
		return -ENOENT;
	*ret = entry;
	return entry->code;
}

/* For who only wants to know whether it is there: that is told, whatever the code. */
static int look_for(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    struct fakesys_entry **ret)
{
	char path[MHP_PATH_SIZE];
	int r;

	strcpy(path, dir->path);
	r = walk(to_fs(be), path, &name, ret);
	return r > 0 ? -ELOOP : r;
}

/* Below a directory no link is followed. */
static int find(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		struct fakesys_entry **ret)
{
	int r;

	*ret = NULL;
	r = look_for(be, dir, name, ret);
	if (r < 0 && *ret)
		(*ret)->was_refused = true;
	return r;
}

/* By a path, in which links are followed; where it ends goes to at. */
static int find_linked(struct mhp_backend *be, const char *path, char at[MHP_PATH_SIZE],
		       struct fakesys_entry **ret)
{
	char todo[2 * MHP_PATH_SIZE], rest[MHP_PATH_SIZE];
	struct fakesys_entry *entry = NULL;
	const char *name = todo;
	int r;

	*at = '\0';
	if ((size_t)snprintf(todo, sizeof(todo), "%s", path) >= MHP_PATH_SIZE)
		return -ENAMETOOLONG;
	for (int links = 0; links <= 40; links++) {
		entry = NULL;
		r = walk(to_fs(be), at, &name, &entry);
		if (r < 0 && entry)
			entry->was_refused = true;
		if (r < 0)
			return r;
		if (r == 0 && entry->type != FAKESYS_LINK) {
			*ret = entry;
			return 0;
		}
		entry = fakesys_find(to_fs(be), at);
		entry->was_refused |= entry->code < 0;
		if (entry->code < 0)
			return entry->code;
		if (strlen(name) >= sizeof(rest))
			return -ENAMETOOLONG;
		strcpy(rest, name);
		if ((size_t)snprintf(todo, sizeof(todo), "%s/%s", entry->bytes, rest) >=
		    sizeof(todo))
			return -ENAMETOOLONG;
		name = todo;
		*strrchr(at, '/') = '\0';
		if (*entry->bytes == '/')
			*at = '\0';
	}
	return -ELOOP;
}

static int fake_open_dir(struct mhp_backend *be, const char *path, struct mhp_dir **ret_dir)
{
	struct fakesys_entry *entry;
	char at[MHP_PATH_SIZE];
	int r = find_linked(be, path, at, &entry);

	if (r < 0)
		return r;
	if (entry->type != FAKESYS_DIR)
		return -ENOTDIR;
	*ret_dir = malloc(sizeof(**ret_dir));
	if (!*ret_dir)
		return -ENOMEM;
	strcpy((*ret_dir)->path, at);
	return 0;
}

static void fake_close_dir(struct mhp_backend *be, struct mhp_dir *dir)
{
	(void)be;
	free(dir);
}

static int fake_list(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     mhp_list_fn fn, void *data)
{
	struct fakesys *fs = to_fs(be);
	struct fakesys_entry *entry, *end = fs->entries + fs->count;
	const char *child;
	size_t length;
	int r;

	r = find(be, dir, name, &entry);
	if (r == 0 && entry->type != FAKESYS_DIR)
		r = entry->type == FAKESYS_LINK ? -ELOOP : -ENOTDIR;
	if (r < 0)
		return r;
	length = strlen(entry->path);
	for (struct fakesys_entry *below = entry + 1; below < end; below++) {
		if (strncmp(below->path, entry->path, length) || below->path[length] != '/')
			break;
		child = below->path + length + 1;
		r = strchr(child, '/') || below->code == -ENOENT ? 0 : fn(data, child);
		if (r)
			return r;
	}
	return 0;
}

/* dir NULL: name is a path, in which links are followed */
static int find_any(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    struct fakesys_entry **ret)
{
	char at[MHP_PATH_SIZE];

	return dir ? find(be, dir, name, ret) : find_linked(be, name, at, ret);
}

static int find_file(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     struct fakesys_entry **ret)
{
	struct fakesys *fs = to_fs(be);
	int r = find_any(be, dir, name, ret);

	if (r < 0)
		return r;
	if (fs->on_read) {
		fs->on_read(fs->data, (*ret)->path);
		/* it may have added or removed others, which moves them all */
		r = find_any(be, dir, name, ret);
		if (r < 0)
			return r;
	}
	switch ((*ret)->type) {
	case FAKESYS_DIR:
		return -EISDIR;
	case FAKESYS_FILE:
		return 0;
	case FAKESYS_LINK:
		return -ELOOP;
	default:
		return -EINVAL;
	}
}

static int fake_read(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     char *buf, size_t size, size_t *ret_length)
{
	struct fakesys_entry *entry;
	int r = find_file(be, dir, name, &entry);

	if (r < 0)
		return r;
	*ret_length = entry->length < size ? entry->length : size;
	memcpy(buf, entry->bytes, *ret_length);
	return 0;
}

static int fake_read_linked(struct mhp_backend *be, const char *path, char *buf, size_t size,
			    size_t *ret_length)
{
	return fake_read(be, NULL, path, buf, size, ret_length);
}

static int fake_read_all(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			 char **ret_text, size_t *ret_length)
{
	struct fakesys_entry *entry;
	int r = find_file(be, dir, name, &entry);
	char *text;

	if (r < 0)
		return r;
	text = malloc(entry->length + 1);
	if (!text)
		return -ENOMEM;
	memcpy(text, entry->bytes, entry->length + 1);
	*ret_text = text;
	*ret_length = entry->length;
	return 0;
}

static int fake_read_at(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			uint64_t offset, void *buf, size_t size, size_t *ret_length)
{
	size_t most = to_fs(be)->read_at_most, length;
	struct fakesys_entry *entry;
	int r = find_file(be, dir, name, &entry);

	if (r < 0)
		return r;
	length = offset < entry->length ? entry->length - (size_t)offset : 0;
	if (length > size)
		length = size;
	if (most && length > most)
		length = most;
	if (length)
		memcpy(buf, entry->bytes + offset, length);
	*ret_length = length;
	return 0;
}

/* A snapshot only looks. */
static int fake_write(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		      const char *word, bool can_end)
{
	(void)can_end;
	(void)be, (void)dir, (void)name, (void)word;
	return -EROFS;
}

static int fake_read_link(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			  char *buf, size_t size)
{
	struct fakesys_entry *entry;
	int r = find(be, dir, name, &entry);

	if (r < 0)
		return r;
	if (entry->type != FAKESYS_LINK)
		return -EINVAL;
	if (strlen(entry->bytes) >= size)
		return -ENAMETOOLONG;
	strcpy(buf, entry->bytes);
	return 0;
}

static int fake_exists(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	struct fakesys_entry *entry;
	int r = look_for(be, dir, name, &entry);

	return r == -ENOENT || r == -ENOTDIR || r == -ELOOP ? r : 0;
}

static int fake_look(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     struct mhp_entry *ret)
{
	struct fakesys_entry *entry = NULL;
	int r = look_for(be, dir, name, &entry);

	/* what opening it answers is not of interest */
	if (!entry || r == -ENOENT)
		return r;
	*ret = (struct mhp_entry){
		.type = entry->type == FAKESYS_DIR ? MHP_ENTRY_DIR :
			entry->type == FAKESYS_FILE ? MHP_ENTRY_FILE :
			entry->type == FAKESYS_LINK ? MHP_ENTRY_LINK : MHP_ENTRY_OTHER,
		.readable = true,
	};
	return 0;
}

/* ---- nothing of our own is here, and nothing can be made ---- */

static int fake_load_module(struct mhp_backend *be, const char *name)
{
	(void)be, (void)name;
	return -EOPNOTSUPP;
}

/* ... unless the test has made /run/libmhp/lock: then all seems to work. */
static int seem_to_write(struct mhp_backend *be)
{
	return fakesys_find(to_fs(be), RUN_PATH "/lock") ? 0 : -EROFS;
}

static int fake_make_dir(struct mhp_backend *be, const char *path)
{
	(void)path;
	return seem_to_write(be);
}

static int fake_replace(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			const char *text)
{
	(void)dir, (void)name, (void)text;
	return seem_to_write(be);
}

static int fake_remove(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	(void)dir, (void)name;
	return seem_to_write(be);
}

static int fake_lock(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     const char *holder, struct mhp_lock **ret_lock)
{
	(void)dir, (void)name, (void)holder;
	/* of no use, but not NULL */
	*ret_lock = (struct mhp_lock *)be;
	return seem_to_write(be);
}

static void fake_unlock(struct mhp_backend *be, struct mhp_lock *lock)
{
	(void)be, (void)lock;
}

static int fake_is_locked(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	(void)be, (void)dir, (void)name;
	return 0;
}

static bool fake_is_contained(struct mhp_backend *be)
{
	(void)be;
	return false;
}

static void fake_free(struct mhp_backend *be)
{
	free(be);
}

static const struct mhp_backend_ops fake_ops = {
	.open_dir = fake_open_dir,
	.close_dir = fake_close_dir,
	.list = fake_list,
	.read = fake_read,
	.read_linked = fake_read_linked,
	.read_all = fake_read_all,
	.read_at = fake_read_at,
	.write = fake_write,
	.read_link = fake_read_link,
	.exists = fake_exists,
	.look = fake_look,
	.load_module = fake_load_module,
	.make_dir = fake_make_dir,
	.replace = fake_replace,
	.remove = fake_remove,
	.lock = fake_lock,
	.unlock = fake_unlock,
	.is_locked = fake_is_locked,
	.is_contained = fake_is_contained,
	.free = fake_free,
};

struct mhp_ctx *fakesys_ctx(struct fakesys *fs, enum fakesys_way way)
{
	struct fake_backend *fake;
	struct mhp_backend *be;
	struct mhp_ctx *ctx;

	if (way == FAKESYS_MEMORY) {
		fake = calloc(1, sizeof(*fake));
		assert_non_null(fake);
		fake->be.ops = &fake_ops;
		fake->fs = fs;
		be = &fake->be;
		fakesys_find(fs, "");	/* sorted before a test counts anything */
	} else {
		assert_int_equal(host_new(fakesys_root(fs), way == FAKESYS_OPENAT2, &be), 0);
	}
	assert_int_equal(mhp_private_ctx_new(be, &ctx), 0);
	return ctx;
}
