// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The leanest way to change the state of a region: one openat(), write() and close() a
 * block, nothing read. Only in a tree of make-tree.
 *
 * floor-write [-R ROOT] FIRST LAST WORD
 */
#include <stdlib.h>

#include "lean.h"

static bool put(int memory, long id, const char *word)
{
	char path[48];
	bool done;
	int fd;

	snprintf(path, sizeof(path), "memory%ld/state", id);
	fd = openat(memory, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	done = write(fd, word, strlen(word)) == (ssize_t)strlen(word);
	close(fd);
	return done;
}

int main(int argc, char **argv)
{
	const char *root = "";
	char mark[4096];
	long id, last;
	double start;
	int memory;

	if (argc > 2 && strcmp(argv[1], "-R") == 0) {
		root = argv[2];
		argv += 2;
		argc -= 2;
	}
	snprintf(mark, sizeof(mark), "%s/.faketree", root);
	if (argc != 4 || access(mark, F_OK) != 0) {
		fprintf(stderr, "usage: floor-write [-R ROOT] FIRST LAST WORD; in a made tree\n");
		return 2;
	}
	start = now_us();
	memory = lean_open(root, "sys/devices/system/memory");
	last = atol(argv[2]);
	for (id = atol(argv[1]); id <= last; id++)
		if (!put(memory, id, argv[3]))
			return 1;
	close(memory);
	tell_inside(now_us() - start);
	return 0;
}
