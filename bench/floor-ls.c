// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The leanest listing that reads the state of every block: names from the directory of
 * blocks, nodes from theirs, and 3 system calls a block. Prints ranges as JSON, as lsmem
 * does.
 *
 * floor-ls [-r ROUNDS] [-l] [ROOT]     -l: a line a block, to compare: ID NODE STATE
 */
#include <stdlib.h>

#include "lean.h"

struct block {
	short node;
	char state;	/* 0: there is none */
};

static struct block *blocks;
static int64_t capacity, last;
static int memory, nodes;

static void add(int64_t id)
{
	if (id >= capacity) {
		int64_t more = id < 2048 ? 4096 : id * 2;

		blocks = realloc(blocks, (size_t)more * sizeof(*blocks));
		if (!blocks)
			exit(1);
		memset(blocks + capacity, 0, (size_t)(more - capacity) * sizeof(*blocks));
		capacity = more;
	}
	blocks[id] = (struct block){ -1, 1 };
	if (id > last)
		last = id;
}

/* Node numbers are dense here: the first gap is the end. */
static void find_nodes(void)
{
	static struct lean_names names;
	char path[32];

	for (short node = 0; ; node++) {
		int64_t id;
		int fd;

		snprintf(path, sizeof(path), "node%d", node);
		fd = openat(nodes, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return;
		while ((id = lean_next_block(&names, fd)) >= 0)
			if (id <= last && blocks[id].state)
				blocks[id].node = node;
		close(fd);
	}
}

static void scan(const char *root)
{
	static struct lean_names names;
	int64_t id;

	memory = lean_open(root, "sys/devices/system/memory");
	nodes = lean_open(root, "sys/devices/system/node");
	last = -1;
	while ((id = lean_next_block(&names, memory)) >= 0)
		add(id);
	find_nodes();
	for (id = 0; id <= last; id++)
		if (blocks[id].state)
			blocks[id].state = lean_state(memory, id);
	close(memory);
	close(nodes);
}

static void print_range(int64_t first, int64_t end, uint64_t size)
{
	printf("%s\n  {\"range\": \"0x%016jx-0x%016jx\", \"size\": %ju, \"state\": \"%s\", "
	       "\"block\": \"%jd-%jd\", \"node\": %d}", first ? "," : "",
	       (uintmax_t)first * size, (uintmax_t)end * size - 1,
	       (uintmax_t)(end - first) * size, lean_word(blocks[first].state), (intmax_t)first,
	       (intmax_t)end - 1, blocks[first].node);
}

static void print(uint64_t size)
{
	printf("{\"memory\": [");
	for (int64_t first = 0, end; first <= last; first = end) {
		end = first + 1;
		while (end <= last && blocks[end].state == blocks[first].state &&
		       blocks[end].node == blocks[first].node)
			end++;
		if (blocks[first].state)
			print_range(first, end, size);
	}
	printf("\n]}\n");
}

int main(int argc, char **argv)
{
	int option, rounds = 1, lines = 0;
	double best = 1e18;
	const char *root;
	char size[32];

	while ((option = getopt(argc, argv, "r:l")) != -1)
		if (option == 'r')
			rounds = atoi(optarg);
		else if (option == 'l')
			lines = 1;
		else
			return 2;
	root = optind < argc ? argv[optind] : "";
	for (int i = 0; i < rounds; i++) {
		double start = now_us(), took;

		scan(root);
		took = now_us() - start;
		best = took < best ? took : best;
	}
	memory = lean_open(root, "sys/devices/system/memory");
	if (lean_read(memory, "block_size_bytes", size, sizeof(size)) <= 0)
		return 1;
	if (!lines)
		print(strtoull(size, NULL, 16));
	for (int64_t id = 0; lines && id <= last; id++)
		if (blocks[id].state)
			printf("%jd %d %s\n", (intmax_t)id, blocks[id].node,
			       lean_word(blocks[id].state));
	tell_inside(best);
	return 0;
}
