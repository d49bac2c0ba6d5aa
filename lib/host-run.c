// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The back end of this machine, its other half: files of our own below RUN_PATH,
 * and what only the machine itself has: modules, and containers.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

struct mhp_lock {
	int fd;
	pid_t owner;		/* the process that took it */
};

/* ---- whose machine it is ---- */

int host_load_module(struct mhp_backend *be, const char *name)
{
	return to_host(be)->is_real ? kmod_load(name) : -EOPNOTSUPP;
}

/* include/linux/proc_ns.h: PROC_PID_INIT_INO */
#define INITIAL_PID_NAMESPACE 0xEFFFFFFCU

/* Without /proc it cannot be told: then it may be one. */
static bool may_be_container(int root_fd)
{
	static const char *const marks[] = {
		"run/systemd/container", "run/.containerenv", ".dockerenv",
	};
	struct stat st;

	if (fstatat(root_fd, "proc/self/ns/pid", &st, 0) < 0 ||
	    st.st_ino != INITIAL_PID_NAMESPACE)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (fstatat(root_fd, marks[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	return false;
}

bool host_is_contained(struct mhp_backend *be)
{
	struct host *host = to_host(be);
	struct stat run, ours;

	if (!host->is_real || !may_be_container(host->root_fd))
		return false;
	/* a mount of its own is the host's, which somebody has put there for us */
	return fstatat(host->root_fd, "run", &run, 0) < 0 ||
	       fstatat(host->root_fd, &RUN_PATH[1], &ours, AT_SYMLINK_NOFOLLOW) < 0 ||
	       run.st_dev == ours.st_dev;
}

/* ---- directories and whole files ---- */

/* Opens a directory, which it makes if need be, whatever the umask says. */
static int enter_dir(struct host *host, int dir_fd, const char *name)
{
	bool made;
	int fd, r;

	fd = open_beneath(dir_fd, name, O_PATH | O_DIRECTORY, host->use_openat2);
	if (fd != -ENOENT)
		return fd;
	made = mkdirat(dir_fd, name, 0755) == 0;
	if (!made && errno != EEXIST)
		return -errno;
	r = fd = open_beneath(dir_fd, name, O_RDONLY | O_DIRECTORY, host->use_openat2);
	if (fd >= 0 && fchmod(fd, 0755) < 0) {
		r = -errno;
		close(fd);
	}
	/* what the umask made of it would stay: the next one finds it, and enters */
	if (r < 0 && made)
		unlinkat(dir_fd, name, AT_REMOVEDIR);
	return r;
}

int host_make_dir(struct mhp_backend *be, const char *path)
{
	struct host *host = to_host(be);
	int fd = host->root_fd, next, r;
	char copy[MHP_PATH_SIZE];
	char *part, *rest = NULL;

	path += strspn(path, "/");
	r = check_beneath(path);
	if (r < 0)
		return r;
	strcpy(copy, path);
	for (part = strtok_r(copy, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) {
		next = enter_dir(host, fd, part);
		if (fd != host->root_fd)
			close(fd);
		if (next < 0)
			return next;
		fd = next;
	}
	if (fd != host->root_fd)
		close(fd);
	return 0;
}

static int write_whole(int fd, const char *text, size_t length)
{
	ssize_t n;

	while (length) {
		n = write(fd, text, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

static int open_new(struct mhp_dir *dir, const char *name)
{
	int fd = openat(dir->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : fd;
}

/*
 * The name of what is not whole yet can be a fixed one, for whoever writes has the
 * lock. No fsync(): what is to survive is the end of the process, not of the machine.
 */
int host_replace(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		 const char *text)
{
	char other[NAME_MAX + 1];
	int fd, r;

	(void)be;
	if (strchr(name, '/'))
		return -EINVAL;
	if ((size_t)snprintf(other, sizeof(other), "%s.new", name) >= sizeof(other))
		return -ENAMETOOLONG;
	fd = open_new(dir, other);
	/* left by one who was killed, or put there by somebody with a plan */
	if (fd == -EEXIST)
		fd = unlinkat(dir->fd, other, 0) < 0 ? -errno : open_new(dir, other);
	if (fd < 0)
		return fd;
	r = write_whole(fd, text, strlen(text));
	/* for all to read, whatever the umask says */
	if (r == 0 && fchmod(fd, 0644) < 0)
		r = -errno;
	close(fd);
	if (r == 0 && renameat(dir->fd, other, dir->fd, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir->fd, other, 0);
	return r;
}

int host_remove(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	(void)be;
	if (strchr(name, '/'))
		return -EINVAL;
	return unlinkat(dir->fd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* ---- the lock ---- */

/* Somebody else's file by another name must not get our text. */
static int check_lock_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		return -EINVAL;
	/* who may read it can lock it for reading, and hold up everybody */
	if ((st.st_mode & 0777) != 0600)
		fchmod(fd, 0600);
	return 0;
}

static int open_lock_file(struct host *host, struct mhp_dir *dir, const char *name)
{
	int fd, r;

	if (strchr(name, '/'))
		return -EINVAL;
	r = host_check_regular(host, dir, name);
	if (r < 0 && r != -ENOENT)
		return r;
	fd = openat(dir->fd, name,
		    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = check_lock_file(fd);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

/* That it cannot be told who holds the lock is no reason not to hold it. */
static void write_holder(int fd, const char *holder)
{
	size_t length = strlen(holder);

	if (ftruncate(fd, 0) == 0 && pwrite(fd, holder, length, 0) != (ssize_t)length)
		(void)!ftruncate(fd, 0);
}

/*
 * The lock is one of an open file, not of the process, as fcntl(2) calls them: it
 * excludes threads too, and does not go when the same file is closed elsewhere.
 */
int host_lock(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
	      const char *holder, struct mhp_lock **ret_lock)
{
	struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct mhp_lock *lock = malloc(sizeof(*lock));
	int r;

	if (!lock)
		return -ENOMEM;
	lock->fd = open_lock_file(to_host(be), dir, name);
	if (lock->fd < 0) {
		r = lock->fd;
		free(lock);
		return r;
	}
	if (fcntl(lock->fd, F_OFD_SETLK, &want) < 0) {
		r = errno == EACCES ? -EAGAIN : -errno;
		close(lock->fd);
		free(lock);
		return r;
	}
	lock->owner = getpid();
	write_holder(lock->fd, holder);
	*ret_lock = lock;
	return 0;
}

void host_unlock(struct mhp_backend *be, struct mhp_lock *lock)
{
	struct flock want = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	(void)be;
	/* a forked child has a copy of what is its parent's to let go of */
	if (lock->owner == getpid()) {
		(void)!ftruncate(lock->fd, 0);
		/* not left to close(): a child that was forked meanwhile has it open too */
		fcntl(lock->fd, F_OFD_SETLK, &want);
	}
	close(lock->fd);
	free(lock);
}

int host_is_locked(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	/* what a reader may ask about, who could not take it */
	struct flock want = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	struct host *host = to_host(be);
	int fd, r;

	r = host_check_regular(host, dir, name);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	fd = open_beneath(dir->fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, host->use_openat2);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	r = fcntl(fd, F_OFD_GETLK, &want) < 0 ? -errno : want.l_type != F_UNLCK;
	close(fd);
	return r;
}
