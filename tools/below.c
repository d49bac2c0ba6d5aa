// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Files below the root of a machine, or of its image: whatever links are there, none
 * leads outside of it. Of what libmhp reads itself the library sees to that; this is for
 * files of others that it has no use for.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tool.h"

/* No file that is read here is as large: modules.builtin has 100 KiB. */
#define READ_MAX_BYTES (4u << 20)
/* as the library has it */
#define OPEN_TRIES 32

int below_begin(struct below *below, const char *root)
{
	struct stat here, real;

	below->root = root ? root : "/";
	below->root_fd = open(below->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (below->root_fd < 0)
		return -errno;
	below->is_real = fstat(below->root_fd, &here) == 0 && stat("/", &real) == 0 &&
			 here.st_dev == real.st_dev && here.st_ino == real.st_ino;
	return 0;
}

void below_end(struct below *below)
{
	close(below->root_fd);
}

/* A descriptor or a negative errno value. */
static int open_at(const struct below *below, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	if (flags & O_PATH)
		how.flags &= ~(uint64_t)(O_NOCTTY | O_NONBLOCK);
	path += strspn(path, "/");
	/* EAGAIN: something was renamed meanwhile; or its owner has a lease, and keeps it */
	for (int tries = 0; fd < 0 && tries < OPEN_TRIES; tries++) {
		fd = (int)syscall(SYS_openat2, below->root_fd, *path ? path : ".", &how,
				  sizeof(how));
		if (fd < 0 && errno != EINTR && errno != EAGAIN)
			break;
	}
	/* where it is filtered away: nothing is outside of the real root */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && below->is_real)
		fd = openat(below->root_fd, *path ? path : ".", (int)how.flags);
	return fd < 0 ? -errno : fd;
}

static int look(const struct below *below, const char *path, struct stat *ret)
{
	int fd = open_at(below, path, O_PATH), code = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, ret) < 0)
		code = -errno;
	close(fd);
	return code;
}

/* Also a link that leads nowhere: in an image, to what only the running system has. */
bool below_has(const struct below *below, const char *path)
{
	int fd = open_at(below, path, O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

bool below_is_link(const struct below *below, const char *path)
{
	int fd = open_at(below, path, O_PATH | O_NOFOLLOW);
	struct stat st;
	bool is_link;

	if (fd < 0)
		return false;
	is_link = fstat(fd, &st) == 0 && S_ISLNK(st.st_mode);
	close(fd);
	return is_link;
}

bool below_is_program(const struct below *below, const char *path)
{
	struct stat st;

	return look(below, path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

static int read_text(int fd, char **ret_text)
{
	size_t size = 4096, length = 0;
	char *text = NULL;
	ssize_t n;

	for (;;) {
		if (!text || length + 1 == size) {
			size *= 2;
			text = realloc(text, size);
			if (!text)
				out_of_memory();
		}
		n = read(fd, text + length, size - 1 - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || (length += (size_t)n) > READ_MAX_BYTES)
			break;
	}
	if (n != 0) {
		int code = n < 0 ? -errno : -EFBIG;

		free(text);
		return code;
	}
	text[length] = '\0';
	*ret_text = text;
	return 0;
}

/* What is behind a NUL is not seen: none of these files has one. */
int below_read(const struct below *below, const char *path, char **ret_text)
{
	struct stat st;
	int fd, code;

	code = look(below, path, &st);
	if (code < 0)
		return code;
	/* a device might do something when it is opened */
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	fd = open_at(below, path, O_RDONLY);
	if (fd < 0)
		return fd;
	code = read_text(fd, ret_text);
	close(fd);
	return code;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int below_list(const struct below *below, const char *path, char ***ret_names)
{
	size_t count = 0, room = 0;
	struct dirent *entry;
	char **names = NULL;
	DIR *stream;
	int fd;

	fd = open_at(below, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	stream = fdopendir(fd);
	if (!stream)
		out_of_memory();
	for (;;) {
		if (count == room) {
			room = room ? 2 * room : 16;
			names = realloc(names, room * sizeof(*names));
			if (!names)
				out_of_memory();
		}
		names[count] = NULL;
		entry = readdir(stream);
		if (!entry)
			break;
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			names[count++] = text_format("%s", entry->d_name);
	}
	closedir(stream);
	qsort(names, count, sizeof(*names), compare_names);
	*ret_names = names;
	return 0;
}

/* A directory to write into, made if it is missing. */
static int open_dir(const struct below *below, const char *dir)
{
	char *parent = text_format("%s", dir), *slash = strrchr(parent, '/');
	int fd, parent_fd, code = 0;

	fd = open_at(below, dir, O_RDONLY | O_DIRECTORY);
	if (fd == -ENOENT && slash) {
		*slash = '\0';
		parent_fd = open_at(below, parent, O_RDONLY | O_DIRECTORY);
		if (parent_fd < 0)
			code = parent_fd;
		else if (mkdirat(parent_fd, slash + 1, 0755) < 0 && errno != EEXIST)
			code = -errno;
		else if (fsync(parent_fd) < 0)
			code = -errno;
		if (parent_fd >= 0)
			close(parent_fd);
		fd = code < 0 ? code : open_at(below, dir, O_RDONLY | O_DIRECTORY);
	}
	free(parent);
	return fd;
}

static int write_all(int fd, const char *text)
{
	size_t length = strlen(text);

	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		length -= (size_t)n;
	}
	/* others read it, whatever the umask */
	if (fchmod(fd, 0644) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

int below_replace(const struct below *below, const char *dir, const char *name,
		  const char *text)
{
	char *temporary = text_format(".%s.%ld", name, (long)getpid());
	int dir_fd = open_dir(below, dir), fd, code;

	if (dir_fd < 0) {
		free(temporary);
		return dir_fd;
	}
	/* left by another process of that number, which is no more */
	unlinkat(dir_fd, temporary, 0);
	fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	code = fd < 0 ? -errno : write_all(fd, text);
	if (fd >= 0 && close(fd) < 0 && code == 0)
		code = -errno;
	if (code == 0 && renameat(dir_fd, temporary, dir_fd, name) < 0)
		code = -errno;
	if (code < 0 && fd >= 0)
		unlinkat(dir_fd, temporary, 0);
	if (code == 0 && fsync(dir_fd) < 0)
		code = -errno;
	close(dir_fd);
	free(temporary);
	return code;
}

int below_remove(const struct below *below, const char *dir, const char *name)
{
	int dir_fd = open_at(below, dir, O_RDONLY | O_DIRECTORY), code = 0;

	if (dir_fd < 0)
		return dir_fd;
	if (unlinkat(dir_fd, name, 0) < 0 || fsync(dir_fd) < 0)
		code = -errno;
	close(dir_fd);
	return code;
}
