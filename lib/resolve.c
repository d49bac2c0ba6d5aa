// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Open files below a directory and never outside of it: by openat2() where the
 * kernel has it (5.6), else part by part with O_NOFOLLOW.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#define MAX_LINKS 40		/* as the kernel's own MAXSYMLINKS */
#define MAX_DEPTH 64

static int sys_openat2(int dir_fd, const char *name, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.resolve = resolve | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	/* EAGAIN: something was renamed meanwhile, and ".." could not be trusted */
	for (int tries = 0; tries < 32; tries++) {
		fd = (int)syscall(SYS_openat2, dir_fd, name, &how, sizeof(how));
		if (fd >= 0)
			return fd;
		if (errno != EAGAIN && errno != EINTR)
			break;
	}
	return -errno;
}

bool have_openat2(int root_fd)
{
	int fd = sys_openat2(root_fd, ".", O_PATH, RESOLVE_IN_ROOT);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Splits the first part off a path; false at its end. */
static bool next_part(const char **path, char part[NAME_MAX + 1], int *ret_error)
{
	const char *start = *path + strspn(*path, "/");
	size_t length = strcspn(start, "/");

	*ret_error = 0;
	if (!length)
		return false;
	if (length > NAME_MAX) {
		*ret_error = -ENAMETOOLONG;
		return false;
	}
	memcpy(part, start, length);
	part[length] = '\0';
	*path = start + length;
	return true;
}

/* The directories passed on the way down, so that ".." needs no trust in the disk. */
struct walk {
	int fds[MAX_DEPTH];	/* fds[0] is the root and not ours */
	int depth;
	int links;
	char pending[MHP_PATH_SIZE];
};

static void walk_up(struct walk *walk, int depth)
{
	while (walk->depth > depth)
		close(walk->fds[walk->depth--]);
}

/* Puts a link's target in front of what is still to be walked: nothing, or "/" and so on. */
static int walk_link(struct walk *walk, int fd, const char *rest)
{
	char target[MHP_PATH_SIZE], tail[MHP_PATH_SIZE];
	ssize_t n;

	n = readlinkat(fd, "", target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	if (++walk->links > MAX_LINKS)
		return -ELOOP;
	if (target[0] == '/')
		walk_up(walk, 0);
	snprintf(tail, sizeof(tail), "%s", rest);
	if ((size_t)snprintf(walk->pending, sizeof(walk->pending), "%s%s", target, tail) >=
	    sizeof(walk->pending))
		return -ENAMETOOLONG;
	return 1;
}

/* Goes one part down; 1 if it was a link and pending is new. */
static int walk_part(struct walk *walk, const char *part, const char *rest)
{
	struct stat st;
	int fd, r;

	if (!strcmp(part, "."))
		return 0;
	if (!strcmp(part, "..")) {
		if (walk->depth > 0)
			walk_up(walk, walk->depth - 1);
		return 0;
	}
	fd = openat(walk->fds[walk->depth], part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (S_ISLNK(st.st_mode))
		r = walk_link(walk, fd, rest);
	else if (!S_ISDIR(st.st_mode))
		r = -ENOTDIR;
	else if (walk->depth + 1 >= MAX_DEPTH)
		r = -ENAMETOOLONG;
	else {
		walk->fds[++walk->depth] = fd;
		return 0;
	}
	close(fd);
	return r;
}

/* Is part, the last one, something that does not lead any further? */
static bool is_end(const struct walk *walk, const char *part)
{
	struct stat st;

	return fstatat(walk->fds[walk->depth], part, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       !S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode);
}

/* With ret_name to the file that path ends in, of which that gets the name. */
static int walk_below_root(int root_fd, const char *path, char *ret_name)
{
	struct walk walk = { .fds = { root_fd } };
	char part[NAME_MAX + 1];
	const char *at = walk.pending;
	bool ended = false;
	int r = 0, fd;

	if ((size_t)snprintf(walk.pending, sizeof(walk.pending), "%s", path) >=
	    sizeof(walk.pending))
		return -ENAMETOOLONG;
	while (next_part(&at, part, &r)) {
		ended = ret_name && !*at && is_end(&walk, part);
		if (ended)
			break;
		r = walk_part(&walk, part, at);
		if (r < 0)
			break;
		if (r > 0)
			at = walk.pending;
		r = 0;
	}
	if (r == 0 && ret_name && !ended)
		r = -EISDIR;
	if (r == 0) {
		fd = openat(walk.fds[walk.depth], ".",
			    (ret_name ? O_PATH : O_RDONLY) | O_DIRECTORY | O_CLOEXEC);
		r = fd < 0 ? -errno : fd;
	}
	walk_up(&walk, 0);
	if (r >= 0 && ret_name)
		strcpy(ret_name, part);
	return r;
}

int open_below_root(int root_fd, const char *path, bool use_openat2)
{
	path += strspn(path, "/");
	if (use_openat2)
		return sys_openat2(root_fd, *path ? path : ".", O_RDONLY | O_DIRECTORY,
				   RESOLVE_IN_ROOT);
	return walk_below_root(root_fd, path, NULL);
}

int open_linked(int root_fd, const char *path, int flags, bool one_fs)
{
	path += strspn(path, "/");
	return sys_openat2(root_fd, *path ? path : ".", flags,
			   RESOLVE_IN_ROOT | (one_fs ? RESOLVE_NO_XDEV : 0));
}

int open_above(int root_fd, const char *path, char *ret_name)
{
	return walk_below_root(root_fd, path, ret_name);
}

int check_beneath(const char *name)
{
	if (*name == '/')
		return -EINVAL;
	if (strlen(name) >= MHP_PATH_SIZE)
		return -ENAMETOOLONG;
	for (; *name; name += strspn(name, "/")) {
		size_t length = strcspn(name, "/");

		if (length == 2 && !memcmp(name, "..", 2))
			return -EXDEV;
		name += length;
	}
	return 0;
}

/* openat2() says ELOOP of a link wherever it stands, openat() ENOTDIR of some. */
static int open_part_error(int fd, const char *part)
{
	int r = -errno;
	struct stat st;

	if (r == -ENOTDIR && fstatat(fd, part, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		r = -ELOOP;
	return r;
}

int open_beneath(int dir_fd, const char *name, int flags, bool use_openat2)
{
	char part[NAME_MAX + 1];
	int fd = dir_fd, next, r;

	r = check_beneath(name);
	if (r < 0)
		return r;
	if (use_openat2)
		/* with neither links nor "..", RESOLVE_BENEATH would have nothing to add */
		return sys_openat2(dir_fd, *name ? name : ".", flags, RESOLVE_NO_SYMLINKS);
	if (!*name)
		name = ".";
	while (next_part(&name, part, &r)) {
		bool last = !name[strspn(name, "/")];

		next = openat(fd, part, O_NOFOLLOW | O_CLOEXEC |
			      (last ? flags : O_PATH | O_DIRECTORY));
		r = next < 0 ? open_part_error(fd, part) : 0;
		if (fd != dir_fd)
			close(fd);
		if (r < 0)
			return r;
		fd = next;
		if (last)
			return fd;
	}
	return r < 0 ? r : -ENOENT;
}
