// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The leanest listing that reads /proc/zoneinfo instead of states, and only those states
 * that it leaves open. For a zone with "present" pages, P pages a block and C, the
 * blocks of its node that its span meets:
 *  - a block that meets no zone of its node with pages is offline;
 *  - present > (|C| - 1) * P: all of C is online, as a block gives at most P pages;
 *  - all others are read.
 * Only a judge of cost: lib/infer.c is careful about more.
 *
 * floor-zone [-r ROUNDS] [-l] [ROOT]     -l: a line a block, to compare: ID NODE STATE
 */
#include <stdlib.h>

#include "lean.h"

struct block {
	short node;
	char state;	/* 0: there is none; '?' */
	bool met;
};

static struct block *blocks;
static int64_t capacity, last;
static uint64_t block_pages;
static int memory, nodes;
static char zoneinfo[4 << 20];

static void add(int64_t id, short node)
{
	if (id >= capacity) {
		int64_t more = id < 2048 ? 4096 : id * 2;

		blocks = realloc(blocks, (size_t)more * sizeof(*blocks));
		if (!blocks)
			exit(1);
		memset(blocks + capacity, 0, (size_t)(more - capacity) * sizeof(*blocks));
		capacity = more;
	}
	blocks[id] = (struct block){ node, '?', false };
	if (id > last)
		last = id;
}

static void find_blocks(void)
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
			add(id, node);
		close(fd);
	}
}

static void take_zone(short node, uint64_t start, uint64_t spanned, uint64_t present)
{
	int64_t first = (int64_t)(start / block_pages);
	int64_t end = (int64_t)((start + spanned - 1) / block_pages) + 1;
	uint64_t count = 0;

	if (end > last + 1)
		end = last + 1;
	for (int64_t id = first; id < end; id++)
		if (blocks[id].state && blocks[id].node == node) {
			blocks[id].met = true;
			count++;
		}
	if (count == 0 || present <= (count - 1) * block_pages)
		return;
	for (int64_t id = first; id < end; id++)
		if (blocks[id].state && blocks[id].node == node)
			blocks[id].state = 'n';
}

static void read_zoneinfo(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = 0, n;

	while (length < (ssize_t)sizeof(zoneinfo) - 1 &&
	       (n = read(fd, zoneinfo + length, sizeof(zoneinfo) - 1 - (size_t)length)) > 0)
		length += n;
	close(fd);
	zoneinfo[length] = '\0';
}

static void take_zones(void)
{
	uint64_t spanned = 0, present = 0;
	short node = -1;
	char *end;

	for (char *s = zoneinfo; (end = strchr(s, '\n')); s = end + 1)
		if (!memcmp(s, "Node ", 5))
			node = (short)atoi(s + 5);
		else if (!memcmp(s, "        spanned  ", 17))
			spanned = strtoul(s + 17, NULL, 10);
		else if (!memcmp(s, "        present  ", 17))
			present = strtoul(s + 17, NULL, 10);
		else if (!memcmp(s, "  start_pfn:", 12) && present)
			take_zone(node, strtoul(s + 12, NULL, 10), spanned, present);
}

static void scan(const char *root, const char *zones)
{
	char size[32];

	memory = lean_open(root, "sys/devices/system/memory");
	nodes = lean_open(root, "sys/devices/system/node");
	if (lean_read(memory, "block_size_bytes", size, sizeof(size)) <= 0)
		exit(1);
	block_pages = strtoull(size, NULL, 16) / (uint64_t)sysconf(_SC_PAGESIZE);
	last = -1;
	find_blocks();
	read_zoneinfo(zones);
	take_zones();
	for (int64_t id = 0; id <= last; id++)
		if (blocks[id].state == '?')
			blocks[id].state = blocks[id].met ? lean_state(memory, id) : 'f';
	close(memory);
	close(nodes);
}

int main(int argc, char **argv)
{
	int option, rounds = 1, lines = 0;
	double best = 1e18;
	char path[4096];
	const char *root;

	while ((option = getopt(argc, argv, "r:l")) != -1)
		if (option == 'r')
			rounds = atoi(optarg);
		else if (option == 'l')
			lines = 1;
		else
			return 2;
	root = optind < argc ? argv[optind] : "";
	snprintf(path, sizeof(path), "%s/proc/zoneinfo", root);
	for (int i = 0; i < rounds; i++) {
		double start = now_us(), took;

		scan(root, path);
		took = now_us() - start;
		best = took < best ? took : best;
	}
	for (int64_t id = 0; lines && id <= last; id++)
		if (blocks[id].state)
			printf("%jd %d %s\n", (intmax_t)id, blocks[id].node,
			       lean_word(blocks[id].state));
	tell_inside(best);
	return 0;
}
