// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "acting.h"

static struct mhp_sim *shown_sim;
static struct fakesys *shown;
static char root[256];
static size_t n_writes;

ssize_t __real_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset);

/* In whichever thread: nothing here may end a test, as cmocka's functions would. */
static void must(bool good, const char *path)
{
	if (good)
		return;
	perror(path);
	abort();
}

/* ---- from one machine's files to the next one's ---- */

static void full_path(const struct fakesys_entry *entry, char path[4096])
{
	snprintf(path, 4096, "%s%s", root, entry->path);
}

static void drop(const struct fakesys_entry *entry)
{
	char path[4096];

	full_path(entry, path);
	must(remove(path) == 0, path);
}

static void put(const struct fakesys_entry *entry)
{
	char path[4096];
	int fd;

	full_path(entry, path);
	if (entry->type == FAKESYS_DIR) {
		must(mkdir(path, 0755) == 0 || errno == EEXIST, path);
	} else if (entry->type == FAKESYS_LINK) {
		must(symlink(entry->bytes, path) == 0, path);
	} else {
		/* in place, as the kernel's files are */
		fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		must(fd >= 0 && __real_pwrite(fd, entry->bytes, entry->length, 0) ==
				(ssize_t)entry->length, path);
		close(fd);
	}
}

static bool is_equal(const struct fakesys_entry *was, const struct fakesys_entry *now)
{
	return was->type == now->type && was->length == now->length &&
	       (!was->length || !memcmp(was->bytes, now->bytes, was->length));
}

/* Both are sorted, what is in a directory behind it. always: a path that is put anyway */
static void change_tree(struct fakesys *from, struct fakesys *to, const char *always)
{
	struct fakesys_entry *was, *now;

	for (size_t i = from->count; i-- > 0;) {
		was = &from->entries[i];
		now = fakesys_find(to, was->path);
		if (!now || now->type != was->type ||
		    (now->type == FAKESYS_LINK && !is_equal(was, now)))
			drop(was);
	}
	for (size_t i = 0; i < to->count; i++) {
		now = &to->entries[i];
		was = fakesys_find(from, now->path);
		if (!was || !is_equal(was, now) || (always && !strcmp(now->path, always)))
			put(now);
	}
}

static struct fakesys *files_of(struct mhp_sim *sim)
{
	struct fakesys *fs = fakesys_new();
	char *text;

	must(mhp_sim_copy_capture(sim, &text) == 0, "mhp_sim_copy_capture");
	fakesys_add_capture(fs, text);
	free(text);
	/* of its own that is not shown */
	fakesys_remove(fs, "/run");
	/* sorted */
	fakesys_find(fs, "");
	return fs;
}

static void refresh(const char *always)
{
	struct fakesys *now = files_of(shown_sim);

	change_tree(shown, now, always);
	/* the directory on disk is the first one's */
	now->root = shown->root;
	shown->root = NULL;
	fakesys_free(shown);
	shown = now;
}

void acting_show(struct mhp_sim *sim)
{
	static const char *const ours[] = { "/run/libmhp/journal", "/run/libmhp/journal.new",
					    "/run/libmhp/lock", "/run/libmhp" };
	char path[4096];

	shown_sim = sim;
	n_writes = 0;
	if (!sim) {
		if (shown)
			fakesys_free(shown);
		shown = NULL;
	} else if (!shown) {
		shown = files_of(sim);
		fakesys_dir(shown, "/run");
		snprintf(root, sizeof(root), "%s", fakesys_root(shown));
		fakesys_remove(shown, "/run");
		fakesys_find(shown, "");
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
			snprintf(path, sizeof(path), "%s%s", root, ours[i]);
			(void)remove(path);
		}
		refresh(NULL);
	}
}

const char *acting_root(void)
{
	return root;
}

size_t acting_count_writes(void)
{
	return n_writes;
}

/* ---- the back end ---- */

/* To a file of /sys: the machine's answer. Whatever it was, the file is as before, or anew. */
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	char link[64], path[4096], word[256];
	size_t skip = strlen(root);
	ssize_t n;
	int r;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -1;
	path[n] = '\0';
	if (!shown_sim || strncmp(path, root, skip) || strncmp(path + skip, "/sys/", 5))
		return __real_pwrite(fd, bytes, length, offset);
	must(length < sizeof(word), path);
	memcpy(word, bytes, length);
	word[length] = '\0';
	n_writes++;
	r = mhp_sim_write(shown_sim, path + skip, word);
	refresh(path + skip);
	if (r == 0)
		return (ssize_t)length;
	errno = -r;
	return -1;
}

static int load_into(struct mhp_backend *be, const char *name)
{
	struct mhp_ctx *ctx;
	int r;

	(void)be;
	must(mhp_sim_new_ctx(shown_sim, &ctx) == 0, "mhp_sim_new_ctx");
	n_writes++;
	r = ctx->be->ops->load_module(ctx->be, name);
	mhp_ctx_unref(ctx);
	refresh(NULL);
	return r;
}

static bool is_live(struct mhp_backend *be)
{
	(void)be;
	return true;
}

struct mhp_ctx *acting_ctx(enum fakesys_way way)
{
	static struct mhp_backend_ops ops;
	struct mhp_ctx *ctx = fakesys_ctx(shown, way);

	ops = *ctx->be->ops;
	ops.load_module = load_into;
	ops.is_live = is_live;
	ctx->be->ops = &ops;
	return ctx;
}
