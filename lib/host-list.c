// SPDX-License-Identifier: LGPL-2.1-or-later
/* The back end of this machine: what is in a directory. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"

/*
 * 4,096 memory blocks in a call; readdir() gets a quarter of that. One for all listings of
 * a context, for it is large enough that each would get it from the kernel anew.
 */
#define ENTRIES_SIZE ((size_t)128 << 10)

/* include/linux/dirent.h: struct linux_dirent64 */
struct record {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

static bool is_record(const struct record *record, size_t left)
{
	size_t before = offsetof(struct record, name);

	return left > before && record->length > before && record->length <= left &&
	       record->length % _Alignof(struct record) == 0 &&
	       memchr(record->name, '\0', record->length - before);
}

static int take_records(const char *entries, size_t size, mhp_list_fn fn, void *data)
{
	const struct record *record;
	int r = 0;

	for (size_t at = 0; at < size && r == 0; at += record->length) {
		record = (const struct record *)(entries + at);
		if (!is_record(record, size - at))
			return -EIO;
		if (strcmp(record->name, ".") && strcmp(record->name, ".."))
			r = fn(data, record->name);
	}
	return r;
}

/* To the end: fewer entries than there is room for are no sign of it, as a signal may be why. */
static int read_entries(int fd, char *entries, mhp_list_fn fn, void *data)
{
	long n;
	int r;

	for (;;) {
		n = syscall(SYS_getdents64, fd, entries, ENTRIES_SIZE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = take_records(entries, (size_t)n, fn, data);
		if (r)
			return r;
	}
}

/* fn may list another directory meanwhile, or the same one. */
static int list_fd(struct host *host, int fd, mhp_list_fn fn, void *data)
{
	char *entries = host->entries_used ? NULL : host->entries;
	bool is_common = !host->entries_used;
	int r;

	if (!entries)
		entries = malloc(ENTRIES_SIZE);
	if (!entries)
		return -ENOMEM;
	if (is_common) {
		host->entries = entries;
		host->entries_used = true;
	}
	r = read_entries(fd, entries, fn, data);
	if (is_common)
		host->entries_used = false;
	else
		free(entries);
	return r;
}

static int list_dir(struct host *host, struct mhp_dir *dir, mhp_list_fn fn, void *data)
{
	int r;

	if (dir->listed && lseek(dir->fd, 0, SEEK_SET) < 0)
		return -errno;
	dir->listed = true;
	dir->in_list = true;
	r = list_fd(host, dir->fd, fn, data);
	dir->in_list = false;
	return r;
}

int host_list(struct mhp_backend *be, struct mhp_dir *dir, const char *name, mhp_list_fn fn,
	      void *data)
{
	struct host *host = to_host(be);
	int fd, r;

	if (!*name && !dir->in_list)
		return list_dir(host, dir, fn, data);
	fd = open_beneath(dir->fd, name, O_RDONLY | O_DIRECTORY, host->use_openat2);
	if (fd < 0)
		return fd;
	r = list_fd(host, fd, fn, data);
	close(fd);
	return r;
}
