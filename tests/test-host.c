// SPDX-License-Identifier: LGPL-2.1-or-later
/* The host back end on a tree on disk; both ways of opening must agree. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host.h"
#include "support/errno-name.h"
#include "support/fakesys.h"

#define X16 "xxxxxxxxxxxxxxxx"
#define X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16

/* The library's root is /root; what is beside it must stay out of reach. */
static struct fakesys *tree(void)
{
	struct fakesys *fs = fakesys_new();
	char path[64], target[64], outside[512];

	fakesys_file(fs, "/secret/mark", "secret");
	fakesys_file(fs, "/secret/attr", "secret");
	fakesys_file(fs, "/root/mark", "root");
	fakesys_file(fs, "/root/a/mark", "a");
	fakesys_file(fs, "/root/a/b/mark", "b");
	fakesys_file(fs, "/root/c/mark", "c");
	fakesys_link(fs, "/root/relative", "a/b");
	fakesys_link(fs, "/root/absolute", "/a/b");
	fakesys_link(fs, "/root/dots", "./a/./b/../b/.");
	fakesys_link(fs, "/root/a/up", "../c");
	fakesys_link(fs, "/root/nested", "relative/../up");
	fakesys_link(fs, "/root/beyond", "../../../secret");
	fakesys_link(fs, "/root/beyond-c", "../../../c");
	fakesys_link(fs, "/root/absolute-beyond", "/../../c");
	fakesys_link(fs, "/root/to-root", "/");
	fakesys_link(fs, "/root/self", "self");
	fakesys_link(fs, "/root/loop", "a/loop");
	fakesys_link(fs, "/root/a/loop", "../loop");
	fakesys_link(fs, "/root/dangling", "nowhere");
	fakesys_link(fs, "/root/to-file", "mark");
	fakesys_link(fs, "/root/link0", "a");
	for (int i = 1; i <= 40; i++) {
		snprintf(path, sizeof(path), "/root/link%d", i);
		snprintf(target, sizeof(target), "link%d", i - 1);
		fakesys_link(fs, path, target);
	}
	/* for names below a directory */
	fakesys_file(fs, "/root/a/attr", "text\n");
	fakesys_file(fs, "/root/a/b/attr", "deep\n");
	fakesys_file(fs, "/root/a/empty", "");
	fakesys_link(fs, "/root/a/link", "attr");
	fakesys_link(fs, "/root/a/link-dir", "b");
	fakesys_link(fs, "/root/a/link-out", "../../secret");
	fakesys_link(fs, "/root/a/dangling", "nowhere");
	fakesys_set(fs, FAKESYS_FIFO, "/root/a/fifo", NULL, 0);
	fakesys_set(fs, FAKESYS_SOCKET, "/root/a/socket", NULL, 0);
	fakesys_file(fs, "/root/a/put", "");
	snprintf(outside, sizeof(outside), "%s/root/a/put", fakesys_root(fs));
	assert_int_equal(chmod(outside, 0200), 0);
	/* with the real path of what is outside */
	snprintf(outside, sizeof(outside), "%s/secret", fakesys_root(fs));
	snprintf(target, sizeof(target), "%s/root/escape", fakesys_root(fs));
	assert_int_equal(symlink(outside, target), 0);
	return fs;
}

/* Each way must give the same answers: with openat2() or without, and with a look or without. */
#define NO_OPENAT2 1
#define AS_REAL 2
#define AS_NODEV 4
#define WAYS 8

static struct mhp_backend *host(struct fakesys *fs, const char *root, int way)
{
	struct mhp_backend *be;
	char path[512];

	/* only a test that hangs gets to know of it */
	alarm(30);
	snprintf(path, sizeof(path), "%s%s", fakesys_root(fs), root);
	assert_int_equal(host_new(path, !(way & NO_OPENAT2), &be), 0);
	to_host(be)->is_real = way & AS_REAL;
	to_host(be)->is_nodev = way & AS_NODEV;
	return be;
}

/* Is it the text that was expected, or the name of the errno? */
static void check(int way, const char *path, int r, const char *answer, const char *expected)
{
	if (r < 0)
		answer = errno_name(-r);
	if (strcmp(answer, expected))
		fail_msg("\"%s\", way %d: \"%s\" is not \"%s\"", path, way, answer, expected);
}

/* ---- directories ---- */

static void directories(void **state)
{
	static const struct {
		const char *path;
		const char *answer;	/* what the mark there says, or an errno */
	} cases[] = {
		{ "/", "root" }, { "", "root" }, { ".", "root" },
		{ "/a/b", "b" }, { "a/b", "b" }, { "//a///b//", "b" },
		{ "/a/./b/../b/.", "b" }, { "/..", "root" }, { "/../../c", "c" },
		{ "/a/b/../../../../c", "c" },
		{ "/relative", "b" }, { "/relative/", "b" }, { "/relative/..", "a" },
		{ "/absolute", "b" }, { "/absolute/..", "a" }, { "/dots", "b" },
		{ "/a/up", "c" }, { "/nested", "c" }, { "/nested/../a", "a" },
		{ "/beyond-c", "c" }, { "/absolute-beyond", "c" },
		{ "/to-root", "root" }, { "/a/../to-root/a/b/../up", "c" },
		{ "/link39", "a" }, { "/link39/b", "b" },
		{ "/link40", "ELOOP" }, { "/link39/../link0", "ELOOP" },
		{ "/beyond", "ENOENT" }, { "/escape", "ENOENT" }, { "/../secret", "ENOENT" },
		{ "/self", "ELOOP" }, { "/loop", "ELOOP" }, { "/self/a", "ELOOP" },
		{ "/dangling", "ENOENT" }, { "/dangling/..", "ENOENT" },
		{ "/missing", "ENOENT" }, { "/missing/..", "ENOENT" }, { "/missing/b", "ENOENT" },
		{ "/mark", "ENOTDIR" }, { "/mark/..", "ENOTDIR" }, { "/mark/.", "ENOTDIR" },
		{ "/mark/x", "ENOTDIR" }, { "/to-file", "ENOTDIR" }, { "/a/fifo", "ENOTDIR" },
		{ "/a/socket", "ENOTDIR" },
		{ "/" X256, "ENAMETOOLONG" }, { "/missing/" X256, "ENOENT" },
	};
	struct fakesys *fs = tree();

	(void)state;
	for (int way = 0; way < WAYS; way++) {
		struct mhp_backend *be = host(fs, "/root", way);

		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			struct mhp_dir *dir = NULL;
			char mark[16] = "";
			size_t length;
			int r;

			r = be->ops->open_dir(be, cases[i].path, &dir);
			if (r == 0) {
				r = be->ops->read(be, dir, "mark", mark, 15, &length);
				be->ops->close_dir(be, dir);
			}
			check(way, cases[i].path, r, mark, cases[i].answer);
		}
		be->ops->free(be);
	}
}

/* Files by their paths, in which links are followed. */
static void linked_files(void **state)
{
	static const struct {
		const char *path;
		const char *answer;
	} cases[] = {
		{ "/mark", "root" }, { "mark", "root" }, { "//a//b/mark", "b" },
		{ "/a/./b/../b/mark", "b" }, { "/../../c/mark", "c" },
		{ "/relative/mark", "b" }, { "/absolute/mark", "b" }, { "/dots/mark", "b" },
		{ "/relative/../mark", "a" }, { "/a/up/mark", "c" }, { "/nested/mark", "c" },
		{ "/beyond-c/mark", "c" }, { "/absolute-beyond/mark", "c" },
		{ "/to-root/mark", "root" }, { "/to-file", "root" }, { "/a/link", "text\n" },
		{ "/a/link-dir/attr", "deep\n" }, { "/a/empty", "" },
		{ "/link39/mark", "a" }, { "/link40/mark", "ELOOP" },
		{ "/beyond/mark", "ENOENT" }, { "/escape/mark", "ENOENT" },
		{ "/a/link-out/mark", "ENOENT" }, { "/../secret/mark", "ENOENT" },
		{ "/self", "ELOOP" }, { "/loop/mark", "ELOOP" }, { "/dangling", "ENOENT" },
		{ "/missing", "ENOENT" }, { "/missing/mark", "ENOENT" }, { "/a/missing", "ENOENT" },
		{ "/mark/", "ENOTDIR" }, { "/mark/x", "ENOTDIR" }, { "/mark/..", "ENOTDIR" },
		{ "/a", "EISDIR" }, { "/a/", "EISDIR" }, { "/a/.", "EISDIR" }, { "/", "EISDIR" },
		{ "", "EISDIR" }, { "/relative", "EISDIR" }, { "/a/..", "EISDIR" },
		{ "/a/fifo", "EINVAL" }, { "/a/socket", "EINVAL" },
		{ "/" X256, "ENAMETOOLONG" }, { "/a/" X256, "ENAMETOOLONG" },
	};
	struct fakesys *fs = tree();

	(void)state;
	for (int way = 0; way < WAYS; way++) {
		struct mhp_backend *be = host(fs, "/root", way);

		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			char text[16] = "";
			size_t length;
			int r = be->ops->read_linked(be, cases[i].path, text, 15, &length);

			check(way, cases[i].path, r, text, cases[i].answer);
			if (r == 0)
				assert_int_equal(length, strlen(text));
		}
		be->ops->free(be);
	}
}

/* "././ ... ./a", as long as a path may be, and longer */
static void long_paths(void **state)
{
	struct fakesys *fs = tree();
	char path[MHP_PATH_SIZE + 2];

	(void)state;
	for (int way = 0; way < WAYS; way++) {
		struct mhp_backend *be = host(fs, "/root", way);
		struct mhp_dir *dir;

		for (size_t i = 0; i < MHP_PATH_SIZE; i++)
			path[i] = i % 2 ? '/' : '.';
		strcpy(path + MHP_PATH_SIZE - 2, "a");
		assert_int_equal(be->ops->open_dir(be, path, &dir), 0);
		be->ops->close_dir(be, dir);
		assert_int_equal(be->ops->open_dir(be, ".", &dir), 0);
		assert_int_equal(be->ops->exists(be, dir, path), 0);
		strcpy(path + MHP_PATH_SIZE - 2, "./");
		assert_int_equal(be->ops->exists(be, dir, path), -ENAMETOOLONG);
		be->ops->close_dir(be, dir);
		assert_int_equal(be->ops->open_dir(be, path, &dir), -ENAMETOOLONG);
		be->ops->free(be);
	}
}

static void no_root(void **state)
{
	struct fakesys *fs = tree();
	struct mhp_backend *be;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/missing", fakesys_root(fs));
	assert_int_equal(host_new(path, true, &be), -ENOENT);
	snprintf(path, sizeof(path), "%s/root/mark", fakesys_root(fs));
	assert_int_equal(host_new(path, true, &be), -ENOTDIR);
	assert_int_equal(host_new("", true, &be), -ENOENT);
}

/* ---- names below a directory ---- */

enum op { READ, READ_ALL, WRITE, LIST, LINK, EXISTS, LOOK };

static int count_entry(void *data, const char *name)
{
	char *answer = data;

	/* in any order, so only the number of them */
	assert_true(*name && strcmp(name, ".") && strcmp(name, ".."));
	sprintf(answer, "%d", atoi(answer) + 1);
	return 0;
}

/* What the operation hands out goes to answer, as a string. */
static int call(struct mhp_backend *be, struct mhp_dir *dir, enum op op, const char *name,
		char answer[64])
{
	static const char *const types[] = { "dir", "file", "link", "other" };
	struct mhp_entry entry = { 0 };
	size_t length = 0;
	char *text = NULL;
	int r = -1;

	memset(answer, 0, 64);
	switch (op) {
	case READ:
		return be->ops->read(be, dir, name, answer, 63, &length);
	case READ_ALL:
		r = be->ops->read_all(be, dir, name, &text, &length);
		if (r == 0) {
			assert_int_equal(strlen(text), length);
			snprintf(answer, 64, "%s", text);
		}
		free(text);
		return r;
	case WRITE:
		r = be->ops->write(be, dir, name, "text", false);
		return r < 0 ? r : call(be, dir, READ, name, answer);
	case LIST:
		return be->ops->list(be, dir, name, count_entry, answer);
	case LINK:
		return be->ops->read_link(be, dir, name, answer, 63);
	case EXISTS:
		return be->ops->exists(be, dir, name);
	case LOOK:
		r = be->ops->look(be, dir, name, &entry);
		if (r == 0)
			snprintf(answer, 64, "%s%s", types[entry.type],
				 entry.readable ? " r" : "");
		assert_false(entry.unknown);
		return r;
	}
	return r;
}

static void check_text(const char *path, const char *expected)
{
	char text[64] = "";
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text) - 1, file), strlen(expected));
	fclose(file);
	assert_string_equal(text, expected);
}

static void names(void **state)
{
	static const struct {
		enum op op;
		const char *name;
		const char *answer;
	} cases[] = {
		{ READ, "attr", "text\n" }, { READ, "b/attr", "deep\n" },
		{ READ, "b//attr", "deep\n" }, { READ, "./b/./attr", "deep\n" },
		{ READ, "empty", "" }, { READ_ALL, "empty", "" },
		{ READ_ALL, "b/attr", "deep\n" },
		{ READ, "link", "ELOOP" }, { READ_ALL, "link", "ELOOP" },
		{ READ, "dangling", "ELOOP" }, { READ, "link-dir/attr", "ELOOP" },
		{ READ, "link-out/attr", "ELOOP" }, { READ, "link-dir", "ELOOP" },
		{ READ, "../c/mark", "EXDEV" }, { READ, "b/../attr", "EXDEV" },
		{ READ, "..", "EXDEV" }, { READ, "b/..", "EXDEV" }, { READ, "link-dir/../attr", "EXDEV" },
		{ READ, "..attr", "ENOENT" }, { READ, "/a/attr", "EINVAL" },
		{ READ, "missing", "ENOENT" }, { READ, "missing/attr", "ENOENT" },
		{ READ, "attr/x", "ENOTDIR" }, { READ, "fifo/x", "ENOTDIR" },
		{ READ, "b", "EISDIR" }, { READ, "", "EISDIR" }, { READ_ALL, "b", "EISDIR" },
		{ READ, "fifo", "EINVAL" }, { READ_ALL, "fifo", "EINVAL" },
		{ READ, "socket", "EINVAL" },
		{ READ, X256, "ENAMETOOLONG" }, { READ, "b/" X256, "ENAMETOOLONG" },
		/* a longer text leaves no tail */
		{ WRITE, "attr", "text" }, { WRITE, "b/attr", "text" },
		{ WRITE, "link", "ELOOP" }, { WRITE, "link-dir/attr", "ELOOP" },
		{ WRITE, "link-out/attr", "ELOOP" }, { WRITE, "../c/mark", "EXDEV" },
		{ WRITE, "missing", "ENOENT" }, { WRITE, "fifo", "EINVAL" },
		{ WRITE, "socket", "EINVAL" }, { WRITE, "b", "EISDIR" },
		{ WRITE, "/a/attr", "EINVAL" },
		{ LIST, "b", "2" }, { LIST, "", "13" }, { LIST, ".", "13" },
		{ LIST, "link-dir", "ELOOP" }, { LIST, "link-out", "ELOOP" },
		{ LIST, "link-dir/x", "ELOOP" }, { LIST, "attr", "ENOTDIR" },
		{ LIST, "fifo", "ENOTDIR" }, { LIST, "..", "EXDEV" }, { LIST, "missing", "ENOENT" },
		{ LIST, "/", "EINVAL" },
		{ LINK, "link", "attr" }, { LINK, "dangling", "nowhere" },
		{ LINK, "link-dir/up", "ELOOP" }, { LINK, "attr", "EINVAL" },
		{ LINK, "b", "EINVAL" }, { LINK, "fifo", "EINVAL" }, { LINK, "missing", "ENOENT" },
		{ LINK, "../link0", "EXDEV" },
		{ EXISTS, "attr", "" }, { EXISTS, "b/attr", "" }, { EXISTS, "link", "" },
		{ EXISTS, "dangling", "" }, { EXISTS, "fifo", "" }, { EXISTS, "b", "" },
		{ EXISTS, "missing", "ENOENT" }, { EXISTS, "b/missing", "ENOENT" },
		{ EXISTS, "link-dir/attr", "ELOOP" }, { EXISTS, "attr/x", "ENOTDIR" },
		{ EXISTS, "..", "EXDEV" }, { EXISTS, "../c", "EXDEV" }, { EXISTS, "/etc", "EINVAL" },
		{ LOOK, "attr", "file r" }, { LOOK, "b/attr", "file r" },
		{ LOOK, "put", "file" }, { LOOK, "link", "link r" },
		{ LOOK, "dangling", "link r" }, { LOOK, "b", "dir r" },
		{ LOOK, "fifo", "other r" }, { LOOK, "socket", "other r" },
		{ LOOK, "missing", "ENOENT" }, { LOOK, "attr/x", "ENOTDIR" },
		{ LOOK, "link-dir/attr", "ELOOP" }, { LOOK, "..", "EXDEV" },
		{ LOOK, "/etc", "EINVAL" },
	};

	(void)state;
	for (int way = 0; way < WAYS; way++) {
		struct fakesys *fs = tree();
		struct mhp_backend *be = host(fs, "/root", way);
		struct mhp_dir *dir;
		char answer[64];

		assert_int_equal(be->ops->open_dir(be, "/a", &dir), 0);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			int r = call(be, dir, cases[i].op, cases[i].name, answer);

			check(way, cases[i].name, r, answer, cases[i].answer);
		}
		assert_int_equal(be->ops->read_link(be, dir, "link", answer, 4), -ENAMETOOLONG);
		be->ops->close_dir(be, dir);
		be->ops->free(be);
		/* nothing was written outside */
		be = host(fs, "/secret", way);
		assert_int_equal(be->ops->open_dir(be, "/", &dir), 0);
		assert_int_equal(call(be, dir, READ, "attr", answer), 0);
		assert_string_equal(answer, "secret");
		be->ops->close_dir(be, dir);
		be->ops->free(be);
	}
}

/* ---- somebody changes what is on the way ---- */

struct swapper {
	const char *one, *other;
	int over;
};

/* renameat2(2): both names are there at any time, and one moment they are the other's */
static void *swap(void *data)
{
	struct swapper *swapper = data;

	while (!__atomic_load_n(&swapper->over, __ATOMIC_RELAXED))
		if (syscall(SYS_renameat2, AT_FDCWD, swapper->one, AT_FDCWD, swapper->other,
			    RENAME_EXCHANGE) < 0)
			break;
	return NULL;
}

/* A directory becomes a link that leads out of the root, and a directory again, all the time. */
static void swapped_links(void **state)
{
	static const enum op ops[] = { READ, READ_ALL, WRITE, LIST, LOOK };
	struct fakesys *fs = tree();
	struct swapper swapper = { 0 };
	char one[512], other[512], text[64];
	size_t seen = 0, length;
	pthread_t thread;

	(void)state;
	snprintf(one, sizeof(one), "%s/root/a/b", fakesys_root(fs));
	snprintf(other, sizeof(other), "%s/root/a/link-out", fakesys_root(fs));
	swapper.one = one;
	swapper.other = other;
	if (syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) < 0)
		skip();
	assert_int_equal(pthread_create(&thread, NULL, swap, &swapper), 0);
	for (int way = 0; way < WAYS; way++) {
		struct mhp_backend *be = host(fs, "/root", way);
		struct mhp_dir *dir, *below;

		assert_int_equal(be->ops->open_dir(be, "/a", &dir), 0);
		for (size_t i = 0; i < 500; i++) {
			enum op op = ops[i % ARRAY_SIZE(ops)];
			int r = call(be, dir, op, op == LIST ? "b" : "b/attr", text);

			seen += r == 0;
			if (op == LIST)
				assert_true(r < 0 || !strcmp(text, "2"));
			assert_null(strstr(text, "secret"));
			/* here links are followed, and below the root there is no secret */
			memset(text, 0, sizeof(text));
			if (be->ops->read_linked(be, "/a/b/mark", text, 63, &length) == 0)
				assert_string_equal(text, "b");
			if (be->ops->open_dir(be, "/a/b", &below) == 0) {
				assert_int_equal(call(be, below, READ, "mark", text), 0);
				assert_string_equal(text, "b");
				be->ops->close_dir(be, below);
			}
		}
		be->ops->close_dir(be, dir);
		be->ops->free(be);
	}
	__atomic_store_n(&swapper.over, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	assert_true(seen > 0);
	/* and nothing was written there */
	snprintf(one, sizeof(one), "%s/secret/attr", fakesys_root(fs));
	check_text(one, "secret");
}

/* What is no file, but answers; none of the ways takes a look first. */
static void odd_files(void **state)
{
	static const enum op ops[] = { READ, READ_ALL, WRITE };
	static const char *const devices[] = { "null", "zero" };
	static const unsigned int numbers[] = { 3, 5 };
	struct fakesys *fs = tree();
	char path[512], answer[64];
	bool has_devices = true;
	int fifo, waits = 0;
	size_t length;

	(void)state;
	snprintf(path, sizeof(path), "%s/root/a/fifo", fakesys_root(fs));
	fifo = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(write(fifo, "text\n", 5), 5);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		snprintf(path, sizeof(path), "%s/root/a/%s", fakesys_root(fs), devices[i]);
		if (mknod(path, S_IFCHR | 0666, makedev(1, numbers[i])) < 0)
			has_devices = false;	/* not permitted */
	}
	for (int way = 0; way < WAYS; way++) {
		struct mhp_backend *be = host(fs, "/root", way);
		struct mhp_dir *dir;

		assert_int_equal(be->ops->open_dir(be, "/a", &dir), 0);
		for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
			assert_int_equal(call(be, dir, ops[i], "fifo", answer), -EINVAL);
			for (size_t j = 0; j < ARRAY_SIZE(devices) && has_devices; j++)
				/* a word is written before it is read */
				if (ops[i] != WRITE)
					assert_int_equal(call(be, dir, ops[i], devices[j], answer),
							 -EINVAL);
		}
		assert_int_equal(be->ops->read_linked(be, "/a/fifo", answer, 64, &length), -EINVAL);
		for (size_t j = 0; j < ARRAY_SIZE(devices) && has_devices; j++) {
			snprintf(path, sizeof(path), "/a/%s", devices[j]);
			assert_int_equal(be->ops->read_linked(be, path, answer, 64, &length),
					 -EINVAL);
		}
		be->ops->close_dir(be, dir);
		be->ops->free(be);
	}
	/* nothing was taken out of it, and nothing put in */
	assert_int_equal(ioctl(fifo, FIONREAD, &waits), 0);
	assert_int_equal(waits, 5);
	close(fifo);
}

/* ---- listings ---- */

/* more than one call gives */
#define MANY 1500

struct listing {
	struct mhp_backend *be;
	struct mhp_dir *dir;
	unsigned char seen[MANY];
	size_t count, end_at;
	bool nests;
};

static int take_many(void *data, const char *name)
{
	struct listing *listing = data, inner = { 0 };
	unsigned int i;

	assert_int_equal(sscanf(name, "%u-", &i), 1);
	assert_in_range(i, 0, MANY - 1);
	assert_int_equal(listing->seen[i]++, 0);
	if (++listing->count == listing->end_at)
		return 17;
	if (listing->nests && listing->count == MANY / 2) {
		/* ... in another one of the same directory */
		assert_int_equal(listing->be->ops->list(listing->be, listing->dir, "", take_many,
							&inner), 0);
		assert_int_equal(inner.count, MANY);
	}
	return 0;
}

static void list_many(struct mhp_backend *be, struct mhp_dir *dir, const char *name, bool nests,
		      size_t end_at)
{
	struct listing listing = { .be = be, .dir = dir, .nests = nests, .end_at = end_at };

	assert_int_equal(be->ops->list(be, dir, name, take_many, &listing), end_at ? 17 : 0);
	assert_int_equal(listing.count, end_at ? end_at : MANY);
}

static void listings(void **state)
{
	struct fakesys *fs = tree();
	char path[1024];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/root/many", fakesys_root(fs));
	assert_int_equal(mkdir(path, 0755), 0);
	for (unsigned int i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "%s/root/many/%u-%.200s", fakesys_root(fs), i, X256);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_true(fd >= 0);
		close(fd);
	}
	for (int way = 0; way < WAYS; way++) {
		struct mhp_backend *be = host(fs, "/root", way);
		struct mhp_dir *dir, *above;

		assert_int_equal(be->ops->open_dir(be, "/many", &dir), 0);
		assert_int_equal(be->ops->open_dir(be, "/", &above), 0);
		/* each begins at the first entry, whatever was before */
		list_many(be, dir, "", false, 0);
		list_many(be, dir, "", false, 10);
		list_many(be, dir, "", true, 0);
		list_many(be, dir, "", false, 0);
		list_many(be, above, "many", false, MANY - 1);
		be->ops->close_dir(be, above);
		be->ops->close_dir(be, dir);
		be->ops->free(be);
	}
}

/* One that is removed meanwhile is not an empty one. */
static void removed_directory(void **state)
{
	struct fakesys *fs = tree();
	char path[512], answer[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/root/gone", fakesys_root(fs));
	for (int way = 0; way < WAYS; way++) {
		struct mhp_backend *be = host(fs, "/root", way);
		struct mhp_dir *dir;

		assert_int_equal(mkdir(path, 0755), 0);
		assert_int_equal(be->ops->open_dir(be, "/gone", &dir), 0);
		assert_int_equal(call(be, dir, LIST, "", answer), 0);
		assert_int_equal(rmdir(path), 0);
		assert_int_equal(call(be, dir, LIST, "", answer), -ENOENT);
		be->ops->close_dir(be, dir);
		be->ops->free(be);
	}
}

/* ---- whose files are what they seem ---- */

static bool is_kernels(struct mhp_backend *be, const char *path)
{
	struct mhp_dir *dir;
	bool kernel;

	assert_int_equal(be->ops->open_dir(be, path, &dir), 0);
	kernel = dir->kernel;
	assert_true(dir->trusted || !kernel);
	be->ops->close_dir(be, dir);
	return kernel;
}

static void trust(void **state)
{
	static const char *const dirs[] = { "sys", "sys/devices", "proc", "proc/sys" };
	struct fakesys *fs = tree();
	struct mhp_backend *be;
	struct statfs at;
	char path[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/root/%s", fakesys_root(fs), dirs[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	for (int way = 0; way < WAYS; way++) {
		be = host(fs, "/root", way);
		assert_false(is_kernels(be, "/sys/devices"));
		assert_false(is_kernels(be, "/sys/devices"));
		assert_false(is_kernels(be, "proc/sys"));
		be->ops->free(be);
	}
	if (statfs("/sys", &at) < 0 || at.f_type != SYSFS_MAGIC || statfs("/proc", &at) < 0 ||
	    at.f_type != PROC_SUPER_MAGIC)
		skip();
	assert_int_equal(host_new("/", true, &be), 0);
	assert_true(is_kernels(be, "/sys/devices"));
	assert_true(is_kernels(be, "//sys"));
	assert_true(is_kernels(be, "/proc/sys"));
	assert_false(is_kernels(be, "/sys/.."));
	assert_false(is_kernels(be, "/sys/../proc/.."));
	assert_false(is_kernels(be, "/"));
	be->ops->free(be);
}

/* Whose a file of the machine is counts by whatever name its root goes; a tree's does not. */
static void foreign(void **state)
{
	static const char *const roots[] = { "/", "//", "/.", "/proc/.." };
	struct fakesys *fs = fakesys_new();
	struct mhp_backend *be;
	struct mhp_entry entry;
	struct mhp_dir *dir;
	char path[512];

	(void)state;
	fakesys_file(fs, "/theirs", "");
	snprintf(path, sizeof(path), "%s/theirs", fakesys_root(fs));
	assert_int_equal(chmod(path, 0666), 0);
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		assert_int_equal(host_new(roots[i], true, &be), 0);
		assert_int_equal(be->ops->open_dir(be, fakesys_root(fs), &dir), 0);
		assert_int_equal(be->ops->look(be, dir, "theirs", &entry), 0);
		if (!entry.foreign)
			fail_msg("%s: whose it is, is not asked", roots[i]);
		be->ops->close_dir(be, dir);
		be->ops->free(be);
	}
	be = host(fs, "", 0);
	assert_int_equal(be->ops->open_dir(be, "/", &dir), 0);
	assert_int_equal(be->ops->look(be, dir, "theirs", &entry), 0);
	assert_false(entry.foreign);
	be->ops->close_dir(be, dir);
	be->ops->free(be);
}

/* Of the machine itself: files there are read without a look at their type. */
static void real_kernel(void **state)
{
	struct mhp_backend *be;
	struct mhp_dir *dir;
	char answer[64];
	size_t length;

	(void)state;
	assert_int_equal(host_new("/", true, &be), 0);
	if (be->ops->open_dir(be, "/proc/sys", &dir) < 0) {
		be->ops->free(be);
		skip();
	}
	assert_int_equal(call(be, dir, READ, "kernel/ostype", answer), 0);
	assert_string_equal(answer, "Linux\n");
	assert_int_equal(call(be, dir, READ, "kernel", answer), -EISDIR);
	assert_int_equal(call(be, dir, EXISTS, "kernel/ostype", answer), 0);
	/* these would leave the directory */
	assert_int_equal(call(be, dir, EXISTS, "/proc", answer), -EINVAL);
	assert_int_equal(call(be, dir, EXISTS, "..", answer), -EXDEV);
	assert_int_equal(call(be, dir, EXISTS, "../sys", answer), -EXDEV);
	assert_int_equal(call(be, dir, LOOK, "kernel/ostype", answer), 0);
	assert_string_equal(answer, "file r");
	assert_int_equal(call(be, dir, LOOK, "../sys", answer), -EXDEV);
	assert_int_equal(be->ops->read_linked(be, "/proc/sys/kernel/ostype", answer, 63, &length),
			 0);
	assert_int_equal(length, 6);
	/* one that opens another process's files */
	assert_int_equal(be->ops->read_linked(be, "/proc/self/root/proc/sys/kernel/ostype", answer,
					      63, &length), -ELOOP);
	be->ops->close_dir(be, dir);
	be->ops->free(be);
}

/* ---- sizes ---- */

static void sizes(void **state)
{
	static const size_t attributes[] = { 0, 1, 4095, 4096, 4097, 5000 };
	static const off_t files[] = { 0, 16383, 16384, 16385, MHP_FILE_MAX, MHP_FILE_MAX + 1,
					INT64_C(1) << 40 };
	struct fakesys *fs = tree();
	struct mhp_backend *be = host(fs, "/root", 0);
	char buf[MHP_ATTR_SIZE + 1], path[512], *text;
	struct mhp_dir *dir;
	size_t length;
	int fd, r;

	(void)state;
	assert_int_equal(be->ops->open_dir(be, "/", &dir), 0);
	snprintf(path, sizeof(path), "%s/root/sparse", fakesys_root(fs));
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		assert_int_equal(ftruncate(fd, (off_t)attributes[i]), 0);
		assert_int_equal(be->ops->read(be, dir, "sparse", buf, sizeof(buf), &length), 0);
		assert_int_equal(length, attributes[i] < sizeof(buf) ? attributes[i] : sizeof(buf));
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (ftruncate(fd, files[i]) < 0)
			continue;	/* this file system has none so large */
		r = be->ops->read_all(be, dir, "sparse", &text, &length);
		assert_int_equal(r, files[i] > MHP_FILE_MAX ? -EFBIG : 0);
		if (r < 0)
			continue;
		assert_int_equal(length, (size_t)files[i]);
		assert_int_equal(text[length], '\0');
		free(text);
	}
	close(fd);
	be->ops->close_dir(be, dir);
	be->ops->free(be);
}

/* ---- somebody else's files ---- */

/* In a child, which may give root away: the first thing that is wrong, or 0. */
static int try_as_nobody(struct mhp_backend *be)
{
	struct mhp_dir *dir;
	char answer[64];

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 99;
	if (be->ops->open_dir(be, "/a", &dir) != 0)
		return 1;
	if (call(be, dir, READ, "attr", answer) != -EACCES)
		return 2;
	if (call(be, dir, READ_ALL, "attr", answer) != -EACCES)
		return 3;
	if (call(be, dir, WRITE, "b/attr", answer) != -EACCES)
		return 4;
	if (call(be, dir, READ, "b/attr", answer) != 0)
		return 5;
	if (call(be, dir, EXISTS, "attr", answer) != 0)
		return 6;
	be->ops->close_dir(be, dir);
	return be->ops->open_dir(be, "/c", &dir) == -EACCES ? 0 : 7;
}

static void no_permission(void **state)
{
	static const struct {
		const char *path;
		mode_t mode;
	} modes[] = { { "/root/a/attr", 0 }, { "/root/a/b/attr", 0444 }, { "/root/c", 0 } };
	struct fakesys *fs = tree();
	char path[512];
	int status;
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		snprintf(path, sizeof(path), "%s%s", fakesys_root(fs), modes[i].path);
		assert_int_equal(chmod(path, modes[i].mode), 0);
	}
	for (int way = 0; way < WAYS; way++) {
		struct mhp_backend *be = host(fs, "/root", way);

		pid = fork();
		if (pid == 0)
			_exit(try_as_nobody(be));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		be->ops->free(be);
	}
	/* so that it can be removed */
	snprintf(path, sizeof(path), "%s/root/c", fakesys_root(fs));
	assert_int_equal(chmod(path, 0755), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(directories, fakesys_free_all),
		cmocka_unit_test_teardown(linked_files, fakesys_free_all),
		cmocka_unit_test_teardown(long_paths, fakesys_free_all),
		cmocka_unit_test_teardown(no_root, fakesys_free_all),
		cmocka_unit_test_teardown(names, fakesys_free_all),
		cmocka_unit_test_teardown(swapped_links, fakesys_free_all),
		cmocka_unit_test_teardown(odd_files, fakesys_free_all),
		cmocka_unit_test_teardown(listings, fakesys_free_all),
		cmocka_unit_test_teardown(removed_directory, fakesys_free_all),
		cmocka_unit_test_teardown(trust, fakesys_free_all),
		cmocka_unit_test_teardown(foreign, fakesys_free_all),
		cmocka_unit_test_teardown(real_kernel, fakesys_free_all),
		cmocka_unit_test_teardown(sizes, fakesys_free_all),
		cmocka_unit_test_teardown(no_permission, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
