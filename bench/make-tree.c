// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes a sysfs of N memory blocks, as Linux 7.3 lays it out: nodes, dax devices with
 * the driver kmem, and what /proc/zoneinfo and /proc/iomem say of them. It is files
 * only: nothing happens when one is written to.
 *
 * make-tree [-n BLOCKS] [-d DEVICES] [-m BLOCKS OF A DEVICE] [-f] DIRECTORY
 *
 * The RAM is on two nodes and online; the devices follow it, on a node of their own,
 * offline. -f: fragmented, every second block of the RAM is offline, so that
 * /proc/zoneinfo implies nothing. Blocks have 128 MiB; below 4 GiB there is a hole of
 * 1 GiB, as on a PC. DIRECTORY is made; DIRECTORY/.faketree marks it, and programs that
 * write to a tree look for that. Files that nobody reads (power/) are hard links.
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
#include <sys/sysmacros.h>
#include <unistd.h>

#define MEMORY "sys/devices/system/memory"
#define NODES "sys/devices/system/node"
#define PLATFORM "sys/devices/platform/hmem_platform.0"
#define BLOCK (UINT64_C(128) << 20)
#define PAGES (BLOCK >> 12)		/* of 4 KiB, in a block */
#define HOLE_FIRST UINT64_C(24)		/* block at 3 GiB */
#define HOLE_COUNT UINT64_C(8)
#define RAM_NODES 2
#define DEVICE_NODE RAM_NODES
#define DEVICE_MAJOR 509		/* nobody's */

enum zone { DMA, DMA32, NORMAL, MOVABLE, ZONES };

struct span {
	uint64_t start, end, present;	/* pages */
};

struct tree {
	uint64_t blocks, devices, device_blocks;
	bool fragmented;
	int root;
	struct span zones[RAM_NODES + 1][ZONES];
};

static struct tree tree = { .blocks = 1024, .device_blocks = 64 };

static void die(const char *what)
{
	fprintf(stderr, "make-tree: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* One of a few buffers, in turn: for an argument, not to be kept. */
__attribute__((format(printf, 1, 2)))
static const char *text(const char *format, ...)
{
	static char buffers[4][512];
	static unsigned int next;
	char *buffer = buffers[next++ % 4];
	va_list args;

	va_start(args, format);
	vsnprintf(buffer, sizeof(buffers[0]), format, args);
	va_end(args);
	return buffer;
}

static void directory(const char *path)
{
	char part[512];

	for (size_t i = 0; i == 0 || path[i - 1]; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdirat(tree.root, part, 0755) < 0 && errno != EEXIST)
			die(part);
	}
}

static void file(const char *folder, const char *name, int mode, const char *content)
{
	const char *path = text("%s/%s", folder, name);
	size_t length = strlen(content);
	int fd = openat(tree.root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, content, length) != (ssize_t)length)
		die(path);
	close(fd);
}

static void symbolic(const char *path, const char *to)
{
	if (symlinkat(to, tree.root, path) < 0)
		die(path);
}

static void power(const char *folder)
{
	static const char *const names[] = { "autosuspend_delay_ms", "control",
		"runtime_active_time", "runtime_status", "runtime_suspended_time" };
	bool original = strcmp(folder, ".") == 0;

	directory(text("%s/power", folder));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *path = text("%s/power/%s", folder, names[i]);

		if (original)
			file("./power", names[i], 0644, "0\n");
		else if (linkat(tree.root, text("power/%s", names[i]), tree.root, path, 0) < 0)
			die(path);
	}
}

static void bus(const char *name)
{
	char folder[64];

	snprintf(folder, sizeof(folder), "sys/bus/%s", name);
	directory(text("%s/devices", folder));
	directory(text("%s/drivers", folder));
	file(folder, "drivers_autoprobe", 0644, "1\n");
	file(folder, "drivers_probe", 0200, "");
	file(folder, "uevent", 0200, "");
}

static void driver(const char *name)
{
	static const char *const files[] = { "uevent", "bind", "unbind", "new_id", "remove_id" };
	char folder[64];

	snprintf(folder, sizeof(folder), "sys/bus/dax/drivers/%s", name);
	directory(folder);
	directory(text("sys/module/%s", name));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		file(folder, files[i], 0200, "");
	symbolic(text("%s/module", folder), text("../../../../module/%s", name));
}

static uint64_t block_id(uint64_t index)
{
	return index < HOLE_FIRST ? index : index + HOLE_COUNT;
}

static void add_to_zone(unsigned int node, enum zone zone, uint64_t start, uint64_t end)
{
	struct span *span = &tree.zones[node][zone];

	if (span->present == 0 || start < span->start)
		span->start = start;
	if (end > span->end)
		span->end = end;
	span->present += end - start;
}

/* Of an online block. */
static void count_pages(unsigned int node, uint64_t id)
{
	uint64_t start = id * PAGES, end = start + PAGES;

	if (id >= HOLE_FIRST + HOLE_COUNT) {
		add_to_zone(node, NORMAL, start, end);
	} else if (id == 0) {
		add_to_zone(node, DMA, 1, 4096);
		add_to_zone(node, DMA32, 4096, end);
	} else {
		add_to_zone(node, DMA32, start, end);
	}
}

static void zoneinfo(unsigned int nodes)
{
	static const char *const names[] = { "DMA", "DMA32", "Normal", "Movable" };
	int fd = openat(tree.root, "proc/zoneinfo", O_WRONLY | O_CREAT | O_CLOEXEC, 0444);

	if (fd < 0)
		die("proc/zoneinfo");
	for (unsigned int i = 0; i < nodes * ZONES; i++) {
		const struct span *s = &tree.zones[i / ZONES][i % ZONES];

		dprintf(fd, "Node %u, zone %8s\n  pages free     %ju\n        boost    0\n"
			"        min      0\n        spanned  %ju\n        present  %ju\n"
			"        managed  %ju\n", i / ZONES, names[i % ZONES], s->present,
			s->end - s->start, s->present, s->present);
		if (s->present)
			dprintf(fd, "  node_unreclaimable:  0\n  start_pfn:           %ju\n",
				s->start);
	}
	close(fd);
}

static void block(uint64_t id, unsigned int node, bool online, const char *zones)
{
	char folder[64];

	if (online)
		count_pages(node, id);
	snprintf(folder, sizeof(folder), MEMORY "/memory%ju", id);
	directory(folder);
	file(folder, "online", 0644, online ? "1\n" : "0\n");
	file(folder, "phys_device", 0444, "0\n");
	file(folder, "phys_index", 0444, text("%08jx\n", id));
	file(folder, "removable", 0444, "1\n");
	file(folder, "state", 0644, online ? "online\n" : "offline\n");
	file(folder, "uevent", 0644, "");
	file(folder, "valid_zones", 0444, zones);
	power(folder);
	symbolic(text("%s/subsystem", folder), "../../../../bus/memory");
	symbolic(text("%s/node%u", folder, node), text("../../node/node%u", node));
	symbolic(text(NODES "/node%u/memory%ju", node, id), text("../../memory/memory%ju", id));
	symbolic(text("sys/bus/memory/devices/memory%ju", id),
		 text("../../../devices/system/memory/memory%ju", id));
}

static void node(unsigned int id, unsigned int nodes)
{
	char folder[64], distance[64] = "";

	snprintf(folder, sizeof(folder), NODES "/node%u", id);
	directory(folder);
	for (unsigned int other = 0; other < nodes; other++)
		strcat(distance, other == id ? "10 " : "20 ");
	distance[strlen(distance) - 1] = '\n';
	file(folder, "distance", 0444, distance);
	file(folder, "cpulist", 0444, id ? "\n" : "0-1\n");
	file(folder, "cpumap", 0444, id ? "0\n" : "3\n");
	file(folder, "meminfo", 0444, text("Node %u MemTotal: 1024 kB\n", id));
	file(folder, "numastat", 0444, "");
	file(folder, "vmstat", 0444, "");
	file(folder, "uevent", 0644, "");
	file(folder, "compact", 0200, "");
	power(folder);
	symbolic(text("%s/subsystem", folder), "../../../../bus/node");
	symbolic(text("sys/bus/node/devices/node%u", id),
		 text("../../../devices/system/node/node%u", id));
}

static void nodes_files(unsigned int nodes)
{
	static const char *const with_memory[] = { "online", "possible", "has_memory" };

	for (size_t i = 0; i < sizeof(with_memory) / sizeof(with_memory[0]); i++)
		file(NODES, with_memory[i], 0444, text("0-%u\n", nodes - 1));
	file(NODES, "has_normal_memory", 0444, text("0-%u\n", RAM_NODES - 1));
	file(NODES, "has_cpu", 0444, "0\n");
	file(NODES, "uevent", 0644, "");
	for (unsigned int id = 0; id < nodes; id++)
		node(id, nodes);
}

static void dax_region(uint64_t id, const char *parent)
{
	char folder[96];

	snprintf(folder, sizeof(folder), "%s/dax_region", parent);
	directory(folder);
	file(folder, "id", 0444, text("%ju\n", id));
	file(folder, "align", 0400, "2097152\n");
	file(folder, "size", 0444, text("%ju\n", tree.device_blocks * BLOCK));
	file(folder, "available_size", 0444, "0\n");
	file(folder, "create", 0644, "\n");
	file(folder, "delete", 0200, "");
	file(folder, "seed", 0444, "\n");
	file(parent, "numa_node", 0444, text("%u\n", DEVICE_NODE));
	file(parent, "uevent", 0644, "DRIVER=hmem\nMODALIAS=platform:hmem\n");
	file(parent, "modalias", 0444, "platform:hmem\n");
	file(parent, "driver_override", 0644, "(null)\n");
	power(parent);
	symbolic(text("%s/subsystem", parent), "../../../../bus/platform");
	symbolic(text("%s/driver", parent), "../../../../bus/platform/drivers/hmem");
}

static void dax_mapping(const char *folder, uint64_t start, uint64_t size)
{
	char mapping[128];

	snprintf(mapping, sizeof(mapping), "%s/mapping0", folder);
	directory(mapping);
	file(mapping, "start", 0400, text("%#jx\n", start));
	file(mapping, "end", 0400, text("%#jx\n", start + size - 1));
	file(mapping, "page_offset", 0400, "0x0\n");
	file(mapping, "uevent", 0644, "");
	file(folder, "resource", 0400, text("%#jx\n", start));
	file(folder, "size", 0644, text("%ju\n", size));
}

/* libdaxctl stats the node, and looks it up by number; it never opens it. */
static void device_node(uint64_t id, const char *path)
{
	static bool told;

	symbolic(text("sys/dev/char/%u:%ju", DEVICE_MAJOR, id), text("../../%s", path + 4));
	if (mknodat(tree.root, text("dev/dax%ju.0", id), S_IFCHR | 0600,
		    makedev(DEVICE_MAJOR, (unsigned int)id)) == 0 || told)
		return;
	fprintf(stderr, "make-tree: no device nodes for daxctl: %s\n", strerror(errno));
	told = true;
}

static void device(uint64_t id, uint64_t start)
{
	char parent[64], folder[96];

	snprintf(parent, sizeof(parent), PLATFORM "/hmem.%ju", id);
	snprintf(folder, sizeof(folder), "%s/dax%ju.0", parent, id);
	dax_region(id, parent);
	dax_mapping(folder, start, tree.device_blocks * BLOCK);
	file(folder, "uevent", 0644, text("MAJOR=%u\nMINOR=%ju\nDEVNAME=dax%ju.0\nDRIVER=kmem\n"
					  "MODALIAS=dax:t0\n", DEVICE_MAJOR, id, id));
	file(folder, "dev", 0444, text("%u:%ju\n", DEVICE_MAJOR, id));
	file(folder, "target_node", 0444, text("%u\n", DEVICE_NODE));
	file(folder, "numa_node", 0444, text("%u\n", DEVICE_NODE));
	file(folder, "align", 0644, "2097152\n");
	file(folder, "memmap_on_memory", 0644, "0\n");
	file(folder, "mapping", 0200, "");
	file(folder, "modalias", 0444, "dax:t0\n");
	file(folder, "state", 0644, "offline\n");
	power(folder);
	symbolic(text("%s/subsystem", folder), "../../../../../bus/dax");
	symbolic(text("%s/driver", folder), "../../../../../bus/dax/drivers/kmem");
	symbolic(text("sys/bus/dax/devices/dax%ju.0", id), text("../../../%s", folder + 4));
	symbolic(text("sys/bus/dax/drivers/kmem/dax%ju.0", id),
		 text("../../../../%s", folder + 4));
	device_node(id, folder);
}

/* At the places of memory_hotplug's parameters and of the buses, as all trees have them. */
static void frame(void)
{
	static const char *const folders[] = { MEMORY, NODES, "dev", "proc", "sys/class",
		"sys/firmware", "sys/dev/char", "sys/dev/block",
		"sys/module/memory_hotplug/parameters" };
	static const char *const buses[] = { "memory", "node", "cpu", "platform" };
	const char *parameters = "sys/module/memory_hotplug/parameters";

	file(".", ".faketree", 0444, "");
	power(".");
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		directory(folders[i]);
	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++)
		bus(buses[i]);
	file(MEMORY, "auto_online_blocks", 0644, "offline\n");
	file(MEMORY, "block_size_bytes", 0444, text("%jx\n", BLOCK));
	file(MEMORY, "crash_hotplug", 0444, "0\n");
	file(MEMORY, "uevent", 0644, "");
	power(MEMORY);
	file(parameters, "memmap_on_memory", 0444, "N\n");
	file(parameters, "online_policy", 0644, "contig-zones\n");
	file(parameters, "auto_movable_ratio", 0644, "301\n");
	file(parameters, "auto_movable_numa_aware", 0644, "Y\n");
}

static void ram(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		bool online = !tree.fragmented || i % 2 == 0;
		uint64_t id = block_id(i);
		const char *zones = id < HOLE_FIRST ? "DMA32\n" : online ? "Normal\n" :
				    "Normal Movable\n";

		block(id, (unsigned int)(i * RAM_NODES / count), online, i ? zones : "none\n");
	}
}

static void devices(uint64_t first)
{
	if (tree.devices == 0)
		return;
	bus("dax");
	driver("kmem");
	driver("device_dax");
	directory("sys/bus/platform/drivers/hmem");
	directory(PLATFORM);
	file(PLATFORM, "uevent", 0644, "DRIVER=hmem_platform\nMODALIAS=platform:hmem_platform\n");
	for (uint64_t i = 0; i < tree.devices; i++) {
		uint64_t id = block_id(first + i * tree.device_blocks);

		for (uint64_t j = 0; j < tree.device_blocks; j++)
			block(id + j, DEVICE_NODE, false, "Normal Movable\n");
		device(i, id * BLOCK);
	}
}

static void iomem(uint64_t ram_blocks)
{
	int fd = openat(tree.root, "proc/iomem", O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	uint64_t size = tree.device_blocks * BLOCK;

	if (fd < 0)
		die("proc/iomem");
	dprintf(fd, "00000000-00000fff : Reserved\n00001000-%08jx : System RAM\n"
		"%08jx-%08jx : System RAM\n", HOLE_FIRST * BLOCK - 1,
		(HOLE_FIRST + HOLE_COUNT) * BLOCK, (block_id(ram_blocks - 1) + 1) * BLOCK - 1);
	for (uint64_t i = 0; i < tree.devices; i++) {
		uint64_t start = block_id(ram_blocks) * BLOCK + i * size;

		dprintf(fd, "%08jx-%08jx : dax%ju.0\n  %08jx-%08jx : System RAM (kmem)\n",
			start, start + size - 1, i, start, start + size - 1);
	}
	close(fd);
}

static int take_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:d:m:f")) != -1)
		switch (option) {
		case 'n': tree.blocks = strtoull(optarg, NULL, 10); break;
		case 'd': tree.devices = strtoull(optarg, NULL, 10); break;
		case 'm': tree.device_blocks = strtoull(optarg, NULL, 10); break;
		case 'f': tree.fragmented = true; break;
		default: return -EINVAL;
		}
	if (optind + 1 != argc || tree.device_blocks == 0 ||
	    tree.devices * tree.device_blocks + 2 * (HOLE_FIRST + HOLE_COUNT) > tree.blocks)
		return -EINVAL;
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t ram_blocks;
	unsigned int nodes;

	if (take_options(argc, argv) < 0) {
		fprintf(stderr, "usage: make-tree [-n BLOCKS] [-d DEVICES] [-m BLOCKS] [-f] "
			"DIRECTORY; at least 64 blocks of RAM\n");
		return 2;
	}
	umask(0);
	if (mkdir(argv[optind], 0755) < 0)
		die(argv[optind]);
	tree.root = open(argv[optind], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree.root < 0)
		die(argv[optind]);
	ram_blocks = tree.blocks - tree.devices * tree.device_blocks;
	nodes = tree.devices ? RAM_NODES + 1 : RAM_NODES;
	frame();
	nodes_files(nodes);
	ram(ram_blocks);
	devices(ram_blocks);
	iomem(ram_blocks);
	zoneinfo(nodes);
	return 0;
}
