// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes a tree that looks like a machine with many blocks, of which it has no more than
 * libmhp reads.
 *
 *	make-tree DIR BLOCKS
 *
 * The last 64 blocks are dax0.0's, on node 1 and online in Movable; the others are boot
 * memory on node 0, in Normal. Prints how many system calls a read of an attribute may take
 * there: 3, or 6 where a device could be opened, so that each file is looked at before.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BLOCK (UINT64_C(128) << 20)
#define BLOCK_PAGES (BLOCK / 4096)
#define DAX_BLOCKS 64
#define MEMORY "sys/devices/system/memory"
#define NODE "sys/devices/system/node"
#define DAX "sys/devices/platform/hmem_platform.0/hmem.0/dax0.0"
#define KMEM "sys/bus/dax/drivers/kmem"
/* some file systems allow 65,000 names of a file */
#define MAX_LINKS 32000

/* A file with names in many blocks. */
struct shared {
	const char *name, *text;
	unsigned int links;
	char path[128];
};

static void fail(const char *path)
{
	perror(path);
	exit(1);
}

/* Makes what is above path. */
static void make_dirs(const char *path)
{
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			fail(copy);
		*slash = '/';
	}
}

__attribute__((format(printf, 2, 3)))
static void put(const char *path, const char *format, ...)
{
	FILE *file;
	va_list ap;

	make_dirs(path);
	file = fopen(path, "we");
	if (!file)
		fail(path);
	va_start(ap, format);
	vfprintf(file, format, ap);
	va_end(ap);
	if (fclose(file) != 0)
		fail(path);
}

static void put_link(const char *path, const char *target)
{
	make_dirs(path);
	if (symlink(target, path) < 0)
		fail(path);
}

static void put_shared(const char *dir, struct shared *shared)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, shared->name);
	if (shared->links == 0) {
		put(path, "%s\n", shared->text);
		snprintf(shared->path, sizeof(shared->path), "%s", path);
	} else if (link(shared->path, path) < 0) {
		fail(path);
	}
	shared->links = (shared->links + 1) % MAX_LINKS;
}

static void put_block(unsigned int id, unsigned int node, struct shared *state,
		      struct shared *zones)
{
	char path[128], target[64];

	snprintf(path, sizeof(path), MEMORY "/memory%u", id);
	if (mkdir(path, 0755) < 0)
		fail(path);
	put_shared(path, state);
	put_shared(path, zones);
	snprintf(path, sizeof(path), MEMORY "/memory%u/node%u", id, node);
	snprintf(target, sizeof(target), "../../node/node%u", node);
	put_link(path, target);
	snprintf(path, sizeof(path), NODE "/node%u/memory%u", node, id);
	snprintf(target, sizeof(target), "../../memory/memory%u", id);
	put_link(path, target);
}

static void put_blocks(unsigned int blocks)
{
	struct shared state = { .name = "state", .text = "online" };
	struct shared normal = { .name = "valid_zones", .text = "Normal" };
	struct shared movable = { .name = "valid_zones", .text = "Movable" };
	unsigned int boot = blocks - DAX_BLOCKS;

	put(MEMORY "/block_size_bytes", "%llx\n", (unsigned long long)BLOCK);
	put(MEMORY "/auto_online_blocks", "offline\n");
	put(NODE "/has_cpu", "0\n");
	put(NODE "/has_memory", "0-1\n");
	put(NODE "/has_normal_memory", "0\n");
	make_dirs(NODE "/node0/");
	make_dirs(NODE "/node1/");
	for (unsigned int id = 0; id < blocks; id++)
		put_block(id, id >= boot, &state, id >= boot ? &movable : &normal);
}

static void put_zone(FILE *file, int node, const char *zone, uint64_t start, uint64_t pages)
{
	fprintf(file, "Node %d, zone %8s\n  pages free     %llu\n        spanned  %llu\n"
		"        present  %llu\n        managed  %llu\n", node, zone,
		(unsigned long long)pages, (unsigned long long)pages, (unsigned long long)pages,
		(unsigned long long)pages);
	if (pages)
		fprintf(file, "  node_unreclaimable:  0\n  start_pfn:           %llu\n",
			(unsigned long long)start);
}

static void put_proc(unsigned int blocks)
{
	uint64_t boot = blocks - DAX_BLOCKS;
	FILE *file;

	make_dirs("proc/");
	put("proc/iomem", "00000000-%08llx : System RAM\n%08llx-%08llx : dax0.0\n"
	    "  %08llx-%08llx : System RAM (kmem)\n", (unsigned long long)(boot * BLOCK - 1),
	    (unsigned long long)(boot * BLOCK), (unsigned long long)(blocks * BLOCK - 1),
	    (unsigned long long)(boot * BLOCK), (unsigned long long)(blocks * BLOCK - 1));
	file = fopen("proc/zoneinfo", "we");
	if (!file)
		fail("proc/zoneinfo");
	put_zone(file, 0, "Normal", 0, boot * BLOCK_PAGES);
	put_zone(file, 0, "Movable", 0, 0);
	put_zone(file, 1, "Normal", 0, 0);
	put_zone(file, 1, "Movable", boot * BLOCK_PAGES, DAX_BLOCKS * BLOCK_PAGES);
	if (fclose(file) != 0)
		fail("proc/zoneinfo");
}

static void put_device(unsigned int blocks)
{
	uint64_t start = (blocks - DAX_BLOCKS) * BLOCK;

	put(DAX "/resource", "0x%llx\n", (unsigned long long)start);
	put(DAX "/size", "%llu\n", (unsigned long long)(DAX_BLOCKS * BLOCK));
	put(DAX "/align", "2097152\n");
	put(DAX "/target_node", "1\n");
	put(DAX "/numa_node", "1\n");
	put(DAX "/memmap_on_memory", "0\n");
	put(DAX "/mapping0/start", "0x%llx\n", (unsigned long long)start);
	put(DAX "/mapping0/end", "0x%llx\n", (unsigned long long)(blocks * BLOCK - 1));
	put(DAX "/mapping0/page_offset", "0x0\n");
	put_link(DAX "/driver", "../../../../../bus/dax/drivers/kmem");
	put_link(DAX "/subsystem", "../../../../../bus/dax");
	put(KMEM "/bind", "%s", "");
	put(KMEM "/unbind", "%s", "");
	put_link(KMEM "/dax0.0", "../../../../devices/platform/hmem_platform.0/hmem.0/dax0.0");
	put_link("sys/bus/dax/devices/dax0.0",
		 "../../../devices/platform/hmem_platform.0/hmem.0/dax0.0");
}

int main(int argc, char **argv)
{
	unsigned int blocks = argc == 3 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
	struct statvfs fs;

	if (blocks < 2 * DAX_BLOCKS) {
		fprintf(stderr, "usage: %s DIR BLOCKS\n", argv[0]);
		return 1;
	}
	if ((mkdir(argv[1], 0755) < 0 && errno != EEXIST) || chdir(argv[1]) < 0 ||
	    statvfs(".", &fs) < 0)
		fail(argv[1]);
	put_blocks(blocks);
	put_device(blocks);
	put_proc(blocks);
	printf("%d\n", fs.f_flag & ST_NODEV ? 3 : 6);
	return 0;
}
