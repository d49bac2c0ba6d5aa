// SPDX-License-Identifier: LGPL-2.1-or-later
/* The back end of this machine, or of a directory tree that looks like one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host.h"

/* ---- what may be opened without a look ---- */

/* Asked once: what is mounted over it later is the doing of who has the machine anyway. */
static bool is_mounted(struct host *host, const char *name, long magic, enum mounted *known)
{
	struct statfs fs;
	int fd;

	if (*known != MOUNTED_UNKNOWN)
		return *known == MOUNTED;
	fd = open_beneath(host->root_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW,
			  host->use_openat2);
	if (fd < 0)
		return false;
	if (fstatfs(fd, &fs) == 0)
		*known = (long)fs.f_type == magic ? MOUNTED : MOUNTED_NOT;
	close(fd);
	return *known == MOUNTED;
}

static bool is_below(const char *path, const char *name)
{
	size_t length = strlen(name);

	path += strspn(path, "/");
	return !strncmp(path, name, length) && (!path[length] || path[length] == '/') &&
	       check_beneath(path) == 0;
}

/*
 * Does it lead into sysfs or proc? Their links lead nowhere else, but for those of proc
 * that openat2() does not follow (RESOLVE_NO_MAGICLINKS); nobody but the kernel makes any.
 */
static bool is_kernel_path(struct host *host, const char *path)
{
	if (is_below(path, "sys"))
		return is_mounted(host, "sys", SYSFS_MAGIC, &host->sys);
	if (is_below(path, "proc") && host->use_openat2)
		return is_mounted(host, "proc", PROC_SUPER_MAGIC, &host->proc);
	return false;
}

/* ---- directories ---- */

static void find_trust(struct host *host, const char *path, struct mhp_dir *dir)
{
	struct statfs fs;

	dir->kernel = is_kernel_path(host, path);
	dir->trusted = dir->kernel || host->is_real;
	if (dir->trusted || fstatfs(dir->fd, &fs) < 0)
		return;
	dir->kernel = fs.f_type == SYSFS_MAGIC || fs.f_type == PROC_SUPER_MAGIC;
	dir->trusted = dir->kernel || fs.f_flags & ST_NODEV;
}

static int host_open_dir(struct mhp_backend *be, const char *path, struct mhp_dir **ret_dir)
{
	struct host *host = to_host(be);
	struct mhp_dir *dir;
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
	find_trust(host, path, dir);
	*ret_dir = dir;
	return 0;
}

static void host_close_dir(struct mhp_backend *be, struct mhp_dir *dir)
{
	(void)be;
	close(dir->fd);
	free(dir);
}

/* ---- files ---- */

/* Is it no regular file? */
static int check_type(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

/* Closes fd. */
static int check_regular(int fd)
{
	int r;

	if (fd < 0)
		return fd;
	r = check_type(fd);
	close(fd);
	return r;
}

int host_check_regular(struct host *host, struct mhp_dir *dir, const char *name)
{
	return check_regular(open_beneath(dir->fd, name, O_PATH | O_NOFOLLOW, host->use_openat2));
}

/* What a socket, a FIFO or a device answers; a look at it tells which. */
static bool may_be_odd(int fd)
{
	return fd == -ENXIO || fd == -EACCES || fd == -ENODEV;
}

/*
 * A FIFO does not wait with O_NONBLOCK, and says by ESPIPE what it is; only a device may do
 * something when it is opened. Of these the kernel's own file systems have none, and one
 * that is mounted nodev opens none. On this machine itself ("/", also in a chroot or a
 * container) only root can put one there, who has the machine anyway. All others are looked
 * at before they are opened.
 */
static int open_file(struct host *host, struct mhp_dir *dir, const char *name, int flags)
{
	int fd, r;

	/* a plain file would keep the tail of a longer word */
	if (flags == O_WRONLY && !dir->kernel)
		flags |= O_TRUNC;
	flags |= O_NOCTTY | O_NONBLOCK;
	if (dir->trusted) {
		fd = open_beneath(dir->fd, name, flags, host->use_openat2);
		if (dir->kernel || !may_be_odd(fd))
			return fd;
	}
	r = host_check_regular(host, dir, name);
	if (r < 0)
		return r;
	return open_beneath(dir->fd, name, flags, host->use_openat2);
}

/* By a path; dir gets what is known of where the file is. */
static int open_file_by_path(struct host *host, const char *path, struct mhp_dir *dir)
{
	const int flags = O_RDONLY | O_NOCTTY | O_NONBLOCK;
	char name[NAME_MAX + 1];
	int fd, r;

	dir->kernel = is_kernel_path(host, path);
	dir->trusted = dir->kernel || host->is_real;
	if (!host->use_openat2) {
		dir->fd = open_above(host->root_fd, path, name);
		if (dir->fd < 0)
			return dir->fd;
		fd = open_file(host, dir, name, O_RDONLY);
		close(dir->fd);
		return fd;
	}
	if (dir->trusted || host->is_nodev) {
		fd = open_linked(host->root_fd, path, flags, !dir->trusted);
		if (dir->kernel || (fd != -EXDEV && !may_be_odd(fd)))
			return fd;
	}
	r = check_regular(open_linked(host->root_fd, path, O_PATH, false));
	return r < 0 ? r : open_linked(host->root_fd, path, flags, false);
}

/* One read of an attribute. Closes fd. */
static int read_once(int fd, const struct mhp_dir *dir, char *buf, size_t size,
		     size_t *ret_length)
{
	ssize_t n;
	int r = 0;

	if (fd < 0)
		return fd;
	do
		n = pread(fd, buf, size, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		r = errno == ESPIPE ? -EINVAL : -errno;
	else if (!dir->kernel && (n == 0 || (size_t)n == size))
		/* as of a device with nothing in it, or no end */
		r = check_type(fd);
	if (r == 0)
		*ret_length = (size_t)n;
	close(fd);
	return r;
}

static int host_read(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     char *buf, size_t size, size_t *ret_length)
{
	return read_once(open_file(to_host(be), dir, name, O_RDONLY), dir, buf, size, ret_length);
}

static int host_read_linked(struct mhp_backend *be, const char *path, char *buf, size_t size,
			    size_t *ret_length)
{
	struct mhp_dir dir = { 0 };
	int fd = open_file_by_path(to_host(be), path, &dir);

	return read_once(fd, &dir, buf, size, ret_length);
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
	r = dir->trusted && !dir->kernel ? check_type(fd) : 0;
	if (r == 0)
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
		r = errno == ESPIPE ? -EINVAL : -errno;
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

/* Asked of the directory of the blocks, which may be mounted there by itself; not known: yes. */
static bool host_is_live(struct mhp_backend *be)
{
	struct host *host = to_host(be);
	struct mhp_dir *dir;

	if (!host->knows_live) {
		host->is_live = true;
		if (host_open_dir(be, MEMORY_PATH, &dir) == 0) {
			host->is_live = dir->kernel;
			host_close_dir(be, dir);
		}
		host->knows_live = true;
	}
	return host->is_live;
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
	/* until it is disabled again, pwrite() is the only point where a thread ends */
	if (can_end)
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
	/* no retry: EINTR is how an offline that would never end is ended */
	n = pwrite(fd, word, length, 0);
	if (n < 0)
		n = errno == ESPIPE ? -EINVAL : -errno;
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

/* Can there be no link but in the last part of the name? Then a call can take it whole. */
static bool is_direct(const struct mhp_dir *dir, const char *name)
{
	/* in sysfs a block's directory is no link */
	return *name && (dir->kernel || !strchr(name, '/'));
}

static int host_read_link(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			  char *buf, size_t size)
{
	int fd = dir->fd, r;
	ssize_t n;

	r = check_beneath(name);
	if (r < 0)
		return r;
	if (!is_direct(dir, name)) {
		fd = open_beneath(dir->fd, name, O_PATH | O_NOFOLLOW, to_host(be)->use_openat2);
		if (fd < 0)
			return fd;
	}
	n = readlinkat(fd, fd == dir->fd ? name : "", buf, size);
	if (n < 0)
		/* ENOENT: an empty path works on a link only */
		r = errno == ENOENT && fd != dir->fd ? -EINVAL : -errno;
	else if ((size_t)n >= size)
		r = -ENAMETOOLONG;
	else
		buf[n] = '\0';
	if (fd != dir->fd)
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
	if (is_direct(dir, name))
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

/* Also "/." and the like, whose files are the machine's. Not known: yes. */
static bool is_machine(struct host *host)
{
	struct stat root, real;

	if (!host->knows_machine) {
		host->is_machine = host->is_real || fstat(host->root_fd, &root) < 0 ||
				   stat("/", &real) < 0 ||
				   (root.st_dev == real.st_dev && root.st_ino == real.st_ino);
		host->knows_machine = true;
	}
	return host->is_machine;
}

/*
 * Can others than root, and who we are, say what is in it? So it is where one of them owns
 * it, or everybody may write, and could: kubelet makes directories for all, and mounts them
 * read-only. A group was given that by root. In a user namespace the machine's root has another
 * number, which "/" tells. A tree's owners say nothing.
 */
static bool is_foreign(struct host *host, const struct mhp_dir *dir, const struct stat *st)
{
	struct statvfs fs;
	struct stat root;

	/* most are neither */
	if ((!(st->st_mode & S_IWOTH) && st->st_uid == 0) || !is_machine(host))
		return false;
	if (st->st_mode & S_IWOTH && !S_ISLNK(st->st_mode) &&
	    (fstatvfs(dir->fd, &fs) < 0 || !(fs.f_flag & ST_RDONLY)))
		return true;
	return st->st_uid != 0 && st->st_uid != geteuid() &&
	       (fstat(host->root_fd, &root) < 0 || st->st_uid != root.st_uid);
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
		.foreign = is_foreign(to_host(be), dir, &st),
		.links = S_ISDIR(st.st_mode) ? st.st_nlink : 0,
	};
	return 0;
}

static void host_free(struct mhp_backend *be)
{
	struct host *host = to_host(be);

	close(host->root_fd);
	free(host->entries);
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
	.is_live = host_is_live,
	.free = host_free,
};

int host_new(const char *root, bool use_openat2, struct mhp_backend **ret_be)
{
	struct host *host = calloc(1, sizeof(*host));
	struct statfs fs;
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
	host->is_nodev = !host->is_real && fstatfs(host->root_fd, &fs) == 0 && fs.f_flags & ST_NODEV;
	*ret_be = &host->be;
	return 0;
}
