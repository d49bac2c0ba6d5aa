// SPDX-License-Identifier: LGPL-2.1-or-later
/* The back end of this machine, or of a directory tree that looks like one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host.h"

static int host_open_dir(struct mhp_backend *be, const char *path, struct mhp_dir **ret_dir)
{
	struct host *host = to_host(be);
	struct mhp_dir *dir;
	struct statfs fs;
	int fd;

	fd = open_below_root(host->root_fd, path, host->use_openat2);
	if (fd < 0)
		return fd;
	dir = calloc(1, sizeof(*dir));
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	dir->fd = fd;
	dir->kernel = fstatfs(fd, &fs) == 0 &&
		      (fs.f_type == SYSFS_MAGIC || fs.f_type == PROC_SUPER_MAGIC);
	*ret_dir = dir;
	return 0;
}

static void host_close_dir(struct mhp_backend *be, struct mhp_dir *dir)
{
	(void)be;
	close(dir->fd);
	free(dir);
}

static int host_list(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     mhp_list_fn fn, void *data)
{
	struct dirent *entry;
	DIR *stream;
	int fd, r = 0;

	fd = open_beneath(dir->fd, name, O_RDONLY | O_DIRECTORY, to_host(be)->use_openat2);
	if (fd < 0)
		return fd;
	stream = fdopendir(fd);
	if (!stream) {
		r = -errno;
		close(fd);
		return r;
	}
	for (;;) {
		errno = 0;
		entry = readdir(stream);
		if (!entry) {
			r = -errno;
			break;
		}
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		r = fn(data, entry->d_name);
		if (r)
			break;
	}
	closedir(stream);
	return r;
}

/* Closes fd. */
static int check_regular(int fd)
{
	struct stat st;
	int r = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (S_ISLNK(st.st_mode))
		r = -ELOOP;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	close(fd);
	return r;
}

int host_check_regular(struct host *host, struct mhp_dir *dir, const char *name)
{
	return check_regular(open_beneath(dir->fd, name, O_PATH | O_NOFOLLOW, host->use_openat2));
}

static int open_file(struct host *host, struct mhp_dir *dir, const char *name, int flags)
{
	int r;

	if (!dir->kernel) {
		r = host_check_regular(host, dir, name);
		if (r < 0)
			return r;
		/* a plain file would keep the tail of a longer word */
		if (flags == O_WRONLY)
			flags |= O_TRUNC;
	}
	return open_beneath(dir->fd, name, flags | O_NOCTTY | O_NONBLOCK, host->use_openat2);
}

/* One read of an attribute. Closes fd. */
static int read_once(int fd, char *buf, size_t size, size_t *ret_length)
{
	ssize_t n;
	int r = 0;

	if (fd < 0)
		return fd;
	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		r = -errno;
	else
		*ret_length = (size_t)n;
	close(fd);
	return r;
}

static int host_read(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     char *buf, size_t size, size_t *ret_length)
{
	return read_once(open_file(to_host(be), dir, name, O_RDONLY), buf, size, ret_length);
}

static int open_file_above(struct host *host, const char *path)
{
	struct mhp_dir dir = { 0 };
	char name[NAME_MAX + 1];
	int fd;

	dir.fd = open_above(host->root_fd, path, name);
	if (dir.fd < 0)
		return dir.fd;
	fd = open_file(host, &dir, name, O_RDONLY);
	close(dir.fd);
	return fd;
}

static int host_read_linked(struct mhp_backend *be, const char *path, char *buf, size_t size,
			    size_t *ret_length)
{
	struct host *host = to_host(be);
	int fd;

	if (!host->use_openat2) {
		fd = open_file_above(host, path);
	} else {
		fd = check_regular(open_linked(host->root_fd, path, O_PATH));
		if (fd == 0)
			fd = open_linked(host->root_fd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	}
	return read_once(fd, buf, size, ret_length);
}

static int read_to_end(int fd, char **ret_text, size_t *ret_length)
{
	size_t size = 16384, length = 0;
	char *text = malloc(size + 1), *more;
	ssize_t n;
	int r = -ENOMEM;

	if (!text)
		return -ENOMEM;
	for (;;) {
		n = read(fd, text + length, size - length);
		if (n == 0)
			break;
		if (n < 0) {
			if (errno == EINTR)
				continue;
			r = -errno;
			goto fail;
		}
		length += (size_t)n;
		if (length > MHP_FILE_MAX) {
			r = -EFBIG;
			goto fail;
		}
		if (length < size)
			continue;
		size *= 2;
		more = realloc(text, size + 1);
		if (!more)
			goto fail;
		text = more;
	}
	text[length] = '\0';
	*ret_text = text;
	*ret_length = length;
	return 0;
fail:
	free(text);
	return r;
}

static int host_read_all(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			 char **ret_text, size_t *ret_length)
{
	int fd, r;

	fd = open_file(to_host(be), dir, name, O_RDONLY);
	if (fd < 0)
		return fd;
	r = read_to_end(fd, ret_text, ret_length);
	close(fd);
	return r;
}

static int host_read_at(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			uint64_t offset, void *buf, size_t size, size_t *ret_length)
{
	ssize_t n;
	int fd, r = 0;

	if (offset > INT64_MAX)
		return -EINVAL;
	fd = open_file(to_host(be), dir, name, O_RDONLY);
	if (fd < 0)
		return fd;
	do
		n = pread(fd, buf, size, (off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		r = -errno;
	else
		*ret_length = (size_t)n;
	close(fd);
	return r;
}

/* Only the real root is sure to be this kernel's. */
static uint64_t host_page_size(struct mhp_backend *be)
{
	long size = to_host(be)->is_real ? sysconf(_SC_PAGESIZE) : 0;

	return size > 0 ? (uint64_t)size : 0;
}

static void close_fd(void *fd)
{
	close(*(int *)fd);
}

/* Closes fd, also if the thread is ended. */
static int write_word(int fd, const char *word, size_t length, bool can_end)
{
	ssize_t n;
	int state;

	pthread_cleanup_push(close_fd, &fd);
	/* until it is disabled again, write() is the only point where a thread ends */
	if (can_end)
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
	/* no retry: EINTR is how an offline that would never end is ended */
	n = write(fd, word, length);
	if (n < 0)
		n = -errno;
	if (can_end)
		pthread_setcancelstate(state, NULL);
	pthread_cleanup_pop(1);
	if (n < 0)
		return (int)n;
	return (size_t)n == length ? 0 : -EIO;
}

static int host_write(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		      const char *word, bool can_end)
{
	int fd;

	fd = open_file(to_host(be), dir, name, O_WRONLY);
	if (fd < 0)
		return fd;
	return write_word(fd, word, strlen(word), can_end);
}

static int host_read_link(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			  char *buf, size_t size)
{
	ssize_t n;
	int fd, r = 0;

	fd = open_beneath(dir->fd, name, O_PATH | O_NOFOLLOW, to_host(be)->use_openat2);
	if (fd < 0)
		return fd;
	n = readlinkat(fd, "", buf, size);
	if (n < 0)
		/* ENOENT: an empty path works on a link only */
		r = errno == ENOENT ? -EINVAL : -errno;
	else if ((size_t)n >= size)
		r = -ENAMETOOLONG;
	else
		buf[n] = '\0';
	close(fd);
	return r;
}

static int stat_entry(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		      struct stat *ret)
{
	int fd, r;

	r = check_beneath(name);
	if (r < 0)
		return r;
	/* in sysfs a block's directory is no link: one call instead of two */
	if (dir->kernel || !strchr(name, '/'))
		return fstatat(dir->fd, name, ret, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
	fd = open_beneath(dir->fd, name, O_PATH | O_NOFOLLOW, to_host(be)->use_openat2);
	if (fd < 0)
		return fd;
	r = fstat(fd, ret) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int host_exists(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	struct stat st;

	return stat_entry(be, dir, name, &st);
}

static int host_look(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     struct mhp_entry *ret)
{
	struct stat st;
	int r;

	r = stat_entry(be, dir, name, &st);
	if (r < 0)
		return r;
	*ret = (struct mhp_entry){
		.type = S_ISDIR(st.st_mode) ? MHP_ENTRY_DIR :
			S_ISREG(st.st_mode) ? MHP_ENTRY_FILE :
			S_ISLNK(st.st_mode) ? MHP_ENTRY_LINK : MHP_ENTRY_OTHER,
		.readable = st.st_mode & (S_IRUSR | S_IRGRP | S_IROTH),
		.links = S_ISDIR(st.st_mode) ? st.st_nlink : 0,
	};
	return 0;
}

static void host_free(struct mhp_backend *be)
{
	struct host *host = to_host(be);

	close(host->root_fd);
	free(host);
}

static const struct mhp_backend_ops host_ops = {
	.open_dir = host_open_dir,
	.close_dir = host_close_dir,
	.list = host_list,
	.read = host_read,
	.read_linked = host_read_linked,
	.read_all = host_read_all,
	.read_at = host_read_at,
	.write = host_write,
	.read_link = host_read_link,
	.exists = host_exists,
	.look = host_look,
	.load_module = host_load_module,
	.make_dir = host_make_dir,
	.replace = host_replace,
	.remove = host_remove,
	.lock = host_lock,
	.unlock = host_unlock,
	.is_locked = host_is_locked,
	.is_contained = host_is_contained,
	.open_events = host_open_events,
	.get_events_fd = host_get_events_fd,
	.receive_event = host_receive_event,
	.close_events = host_close_events,
	.page_size = host_page_size,
	.free = host_free,
};

int host_new(const char *root, bool use_openat2, struct mhp_backend **ret_be)
{
	struct host *host = calloc(1, sizeof(*host));
	int r;

	if (!host)
		return -ENOMEM;
	host->be.ops = &host_ops;
	host->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host->root_fd < 0) {
		r = -errno;
		free(host);
		return r;
	}
	host->is_real = !strcmp(root, "/");
	host->use_openat2 = use_openat2 && have_openat2(host->root_fd);
	*ret_be = &host->be;
	return 0;
}
