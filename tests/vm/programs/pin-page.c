// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Pin a page of a memory block until killed, so that taking the block offline never ends.
 *
 *	pin-page BLOCK
 *
 * The block must be online. Pages that vmsplice() has put into a pipe cannot be moved; locked
 * pages and those of io_uring can.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MEMORY "/sys/devices/system/memory"
#define CHUNK ((size_t)2 << 20)
#define PAGE ((size_t)4096)
#define SPARE ((uint64_t)16 << 20)	/* of the node, so that nobody is killed for memory */
#define MPOL_BIND_POLICY 2

__attribute__((noreturn))
static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t block_size(void)
{
	FILE *f = fopen(MEMORY "/block_size_bytes", "re");
	uint64_t size;

	if (!f || fscanf(f, "%" SCNx64, &size) != 1)
		fail("block_size_bytes");
	fclose(f);
	return size;
}

static int node_of(uint64_t block)
{
	char path[PATH_MAX];

	for (int node = 0; node < 64; node++) {
		snprintf(path, sizeof(path), MEMORY "/memory%" PRIu64 "/node%d", block, node);
		if (access(path, F_OK) == 0)
			return node;
	}
	fprintf(stderr, "block %" PRIu64 " has no node\n", block);
	exit(1);
}

static uint64_t free_bytes(int node)
{
	char path[PATH_MAX], line[256];
	uint64_t kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo", node);
	f = fopen(path, "re");
	if (!f)
		fail(path);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Node %*d MemFree: %" SCNu64, &kb) == 1)
			break;
	fclose(f);
	return kb << 10;
}

/* The address of a page of the chunk that lies in the block; NULL if none does. */
static char *find_page(int pagemap, char *chunk, uint64_t first, uint64_t end)
{
	uint64_t entries[CHUNK / PAGE];
	off_t at = (off_t)((uintptr_t)chunk / PAGE * sizeof(*entries));

	if (pread(pagemap, entries, sizeof(entries), at) != (ssize_t)sizeof(entries))
		fail("pagemap");
	for (size_t i = 0; i < CHUNK / PAGE; i++) {
		/* bit 63: present; bits 0 to 54: the page's number */
		uint64_t address = (entries[i] & ((UINT64_C(1) << 55) - 1)) * PAGE;

		if (entries[i] >> 63 && address >= first && address < end)
			return chunk + i * PAGE;
	}
	return NULL;
}

/*
 * Takes the node's memory, a chunk at a time, until a page of the block is in it. All but that
 * page is given back: it would have to be moved when its blocks go offline.
 */
static char *page_of(uint64_t first, uint64_t end, int node)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t bytes = free_bytes(node);
	size_t size = 0, most;
	char *page = NULL, *all;

	if (pagemap < 0)
		fail("pagemap");
	bytes = bytes > SPARE ? (bytes - SPARE) / CHUNK * CHUNK : 0;
	/* as much as there may be room for */
	most = bytes < SIZE_MAX / 4 ? (size_t)bytes : SIZE_MAX / 4 / CHUNK * CHUNK;
	all = mmap(NULL, most + CHUNK, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (all == MAP_FAILED)
		fail("mmap");
	/* A huge page would be moved. */
	madvise(all, most, MADV_NOHUGEPAGE);
	for (; !page && size < most; size += CHUNK) {
		for (size_t i = 0; i < CHUNK; i += PAGE)
			*(volatile char *)(all + size + i) = 1;
		page = find_page(pagemap, all + size, first, end);
	}
	if (page) {
		munmap(all, (size_t)(page - all));
		munmap(page + PAGE, (size_t)(all + size - page) - PAGE);
	}
	return page;
}

int main(int argc, char **argv)
{
	uint64_t block, size = block_size();
	unsigned long mask;
	struct iovec iov = { .iov_len = PAGE };
	int node, pipes[2];

	if (argc != 2) {
		fprintf(stderr, "usage: %s BLOCK\n", argv[0]);
		return 2;
	}
	block = strtoull(argv[1], NULL, 10);
	node = node_of(block);
	mask = 1UL << node;
	if (syscall(SYS_set_mempolicy, MPOL_BIND_POLICY, &mask, sizeof(mask) * CHAR_BIT) < 0)
		fail("set_mempolicy");
	iov.iov_base = page_of(block * size, (block + 1) * size, node);
	if (!iov.iov_base) {
		fprintf(stderr, "no page of block %" PRIu64 " to be had\n", block);
		return 1;
	}
	if (pipe2(pipes, O_CLOEXEC) < 0 || vmsplice(pipes[1], &iov, 1, 0) != (ssize_t)PAGE)
		fail("vmsplice");
	printf("pinned\n");
	fflush(stdout);
	for (;;)
		pause();
}
