// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Snapshots of trees that no kernel makes: each flaw is told with its file and
 * what stood there, and costs nothing but what it is about.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/dump.h"
#include "support/fakesys.h"

/* dax0.0 has blocks 32, 33, 36 and 37, dax0.1 has 34 and 35 between */
#define MACHINE "7.3-hmem-ranges-bound"
#define MEM MEMORY_PATH
#define NODE NODE_PATH
#define BUS DAX_DEVICES_PATH
#define HMEM "/sys/devices/platform/hmem_platform.0/hmem.0"
#define DAX HMEM "/dax0.0"
#define DAX1 HMEM "/dax0.1"
#define PARAMETERS "/sys/module/memory_hotplug/parameters"

/* How a file is changed; a missing one is made. */
struct change {
	const char *path;
	enum { GONE, TEXT, BYTES, DIRECTORY, LINK, FIFO } to;
	const char *bytes;
	size_t length;
};
#define GONE(path) { path, GONE, NULL, 0 }
#define TEXT(path, text) { path, TEXT, text, 0 }
#define BYTES(path, bytes) { path, BYTES, bytes, sizeof(bytes) - 1 }
#define DIRECTORY(path) { path, DIRECTORY, NULL, 0 }
#define LINK(path, target) { path, LINK, target, 0 }
#define FIFO(path) { path, FIFO, NULL, 0 }
#define MAX_CHANGES 5

struct hostile {
	const char *what;
	struct change changes[MAX_CHANGES];
	const char *differs;	/* new_lines() against the machine as it was */
	const char *problems;	/* dump_problems() */
};

/* Is it a file or link that a snapshot looks at? */
static bool is_of_use(const struct fakesys_entry *entry)
{
	static const char *const places[] = { MEM, NODE, HMEM, BUS, PARAMETERS, TIERS_PATH,
					      "/proc/iomem", "/proc/zoneinfo" };
	static const char *const names[] = { "online", "phys_index", "phys_device", "removable",
					     "uevent", "subsystem", "page_offset" };
	const char *name = strrchr(entry->path, '/');

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (entry->type == FAKESYS_DIR || !strcmp(name + 1, names[i]))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!strncmp(entry->path, places[i], strlen(places[i])))
			return true;
	return false;
}

/* There are many trees to make: leave out what nobody reads. */
static struct fakesys *small_machine(void)
{
	struct fakesys *all = fakesys_new_machine(MACHINE), *fs = fakesys_new();

	for (size_t i = 0; i < all->count; i++)
		if (is_of_use(&all->entries[i]))
			fakesys_set(fs, all->entries[i].type, all->entries[i].path,
				    all->entries[i].bytes, all->entries[i].length);
	fakesys_free(all);
	return fs;
}

static void change(struct fakesys *fs, const struct change *changes)
{
	for (size_t i = 0; i < MAX_CHANGES && changes[i].path; i++) {
		const struct change *now = &changes[i];

		fakesys_remove(fs, now->path);
		switch (now->to) {
		case GONE:
			break;
		case TEXT:
			fakesys_file(fs, now->path, now->bytes);
			break;
		case BYTES:
			fakesys_set(fs, FAKESYS_FILE, now->path, now->bytes, now->length);
			break;
		case DIRECTORY:
			fakesys_dir(fs, now->path);
			break;
		case LINK:
			fakesys_link(fs, now->path, now->bytes);
			break;
		case FIFO:
			fakesys_set(fs, FAKESYS_FIFO, now->path, NULL, 0);
			break;
		}
	}
}

/* The path may hold any byte, as it is what it is; the message none that does harm. */
static void check_message(void *data, int code, const char *path, const char *message)
{
	(void)data, (void)path;
	assert_in_range(-code, 0, 4095);
	assert_true(is_printable(message));
}

static struct mhp_snapshot *take(struct fakesys *fs, enum fakesys_way way)
{
	struct mhp_ctx *ctx = fakesys_ctx(fs, way);
	struct mhp_snapshot *snap;

	mhp_ctx_set_log_fn(ctx, check_message, NULL);
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	mhp_ctx_unref(ctx);
	check_snapshot(snap);
	return snap;
}

/* What boot memory is comes from what all the others are: test-snapshot.c. */
static char *dump_devices(const struct mhp_snapshot *snap)
{
	char *text = dump(snap, false), *to = text;

	for (char *line = text, *next; *line; line = next) {
		size_t length = strcspn(line, "\n");

		next = line + length + 1;
		if (!strncmp(line, "boot ", 5))
			continue;
		if (length > 5 && !strncmp(line + length - 5, " boot", 5))
			length -= 5;
		memmove(to, line, length);
		to += length;
		*to++ = '\n';
	}
	*to = '\0';
	return text;
}

static bool row_is_right(const struct hostile *row, const char *before)
{
	struct fakesys *fs = small_machine();
	bool right = true;

	change(fs, row->changes);
	for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
		struct mhp_snapshot *snap = take(fs, way);
		char *after = dump_devices(snap), *differs, *problems;

		differs = new_lines(before, after);
		problems = dump_problems(snap);
		if (strcmp(differs, row->differs) || strcmp(problems, row->problems)) {
			print_error("%s, way %u:\n%s-- not\n%s-- and\n%s-- not\n%s", row->what,
				    way, differs, row->differs, problems, row->problems);
			right = false;
		}
		free(after);
		free(differs);
		free(problems);
		mhp_snapshot_unref(snap);
	}
	fakesys_free(fs);
	return right;
}

static void check_rows(const struct hostile *rows, size_t count)
{
	struct fakesys *fs = small_machine();
	struct mhp_snapshot *snap = take(fs, FAKESYS_MEMORY);
	char *before = dump_devices(snap);
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += !row_is_right(&rows[i], before);
	free(before);
	mhp_snapshot_unref(snap);
	assert_int_equal(wrong, 0);
}

/* ---- blocks ---- */

#define RANGES "0x100000000+0x10000000,0x120000000+0x10000000 = 32-33,36-37"
#define DAX_STATE_UNKNOWN \
	"dax0.0 " RANGES ", 4 blocks unknown, lost 0; node 1 kmem offline ram kmem\n"
#define BLOCK33 MEM "/memory33"
#define BLOCK33_UNKNOWN "33 unknown node 1 dax0.0\n" DAX_STATE_UNKNOWN
#define ZONES7 MEM "/memory7/valid_zones"
#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16
#define X1024 X64 X64 X64 X64 X64 X64 X64 X64 X64 X64 X64 X64 X64 X64 X64 X64
#define HUGE_NAME MEM "/memory99999999999999999999"

static const struct hostile blocks[] = {
	{ "empty state", { TEXT(BLOCK33 "/state", "") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EBADMSG \"\"\n" },
	{ "truncated state", { TEXT(BLOCK33 "/state", "offl") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EBADMSG \"offl\"\n" },
	{ "state never seen", { TEXT(BLOCK33 "/state", "frozen\n") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EBADMSG \"frozen\"\n" },
	{ "two states", { TEXT(BLOCK33 "/state", "online offline\n") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EBADMSG \"online offline\"\n" },
	{ "libmhp's own word", { TEXT(BLOCK33 "/state", "absent\n") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EBADMSG \"absent\"\n" },
	{ "a NUL", { BYTES(BLOCK33 "/state", "off\0line\n") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EBADMSG \"off\"\n" },
	{ "junk", { BYTES(BLOCK33 "/state", "\xff\x1b[2J\n") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EBADMSG \"\\xff\\x1b[2J\"\n" },
	{ "more than an attribute", { TEXT(BLOCK33 "/state", X1024 X1024 X1024 X1024 "x") },
	  BLOCK33_UNKNOWN, BLOCK33 "/state EBADMSG \"" X64 "\"\n" },
	{ "no state", { GONE(BLOCK33 "/state") }, BLOCK33_UNKNOWN, BLOCK33 "/state ENOENT\n" },
	{ "state is a FIFO", { FIFO(BLOCK33 "/state") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EINVAL\n" },
	{ "state is a directory", { DIRECTORY(BLOCK33 "/state") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state EISDIR\n" },
	{ "state is a link", { LINK(BLOCK33 "/state", "../memory32/state") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state ELOOP\n" },
	{ "block is a file", { TEXT(BLOCK33, "") }, BLOCK33_UNKNOWN, BLOCK33 "/state ENOTDIR\n" },
	{ "block is a link to itself", { LINK(BLOCK33, "memory33") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state ELOOP\n" },
	{ "block is a link", { LINK(BLOCK33, "memory32") }, BLOCK33_UNKNOWN,
	  BLOCK33 "/state ELOOP\n" },
	{ "zone never seen", { TEXT(ZONES7, "Nor\x1bmal\n") },
	  "7 online unknown \"Nor\\x1bmal\" node 0\n", "" },
	{ "no zones", { TEXT(ZONES7, "\n") }, "7 online node 0\n", ZONES7 " EBADMSG \"\"\n" },
	{ "too many zones", { TEXT(ZONES7, "DMA DMA32 Normal Movable\n") }, "7 online node 0\n",
	  ZONES7 " EBADMSG \"DMA DMA32 Normal Movable\"\n" },
	{ "zones with two spaces", { TEXT(ZONES7, "DMA32  Movable\n") }, "7 online node 0\n",
	  ZONES7 " EBADMSG \"DMA32  Movable\"\n" },
	{ "online in two zones", { TEXT(ZONES7, "DMA32 Movable\n") }, "7 online node 0\n",
	  ZONES7 " EBADMSG \"DMA32 Movable\"\n" },
	{ "no such file", { GONE(ZONES7) }, "7 online node 0\n", "" },
	/* the kernel makes the other one first, once the zones are safe to read */
	{ "no link to its node", { GONE(MEM "/memory7/node0") }, "", "" },
	{ "no link from its node", { GONE(NODE "/node0/memory7") },
	  "7 online DMA32 node ENODATA\nnode0 cpu memory normal 7 blocks\n", "" },
	{ "no link at all", { GONE(MEM "/memory7/node0"), GONE(NODE "/node0/memory7") },
	  "7 online node ENODATA\nnode0 cpu memory normal 7 blocks\n", ZONES7 " ENOLINK\n" },
	{ "its node's link to it leads in a circle", { LINK(NODE "/node0/memory7", "memory7") },
	  "7 online node 0\n", ZONES7 " ELOOP\n" },
	{ "its node's link to it leads nowhere", { LINK(NODE "/node0/memory7", "nowhere") },
	  "", "" },
	{ "its node's link leads up and out",
	  { LINK(NODE "/node0/memory7", "../../../../../../../../etc/passwd") }, "", "" },
	{ "zones are a FIFO", { FIFO(ZONES7) }, "7 online node 0\n", ZONES7 " EINVAL\n" },
	{ "no block", { DIRECTORY(MEM "/memory_failure"), DIRECTORY(MEM "/memory007"),
			DIRECTORY(MEM "/memory"), DIRECTORY(MEM "/memory-1"),
			DIRECTORY(MEM "/memory5\n") }, "", "" },
	{ "block number of 2^64", { DIRECTORY(HUGE_NAME) }, "",
	  HUGE_NAME " ERANGE \"memory99999999999999999999\"\n" },
	{ "address of 2^64", { DIRECTORY(MEM "/memory137438953472") }, "",
	  MEM "/memory137438953472 ERANGE \"memory137438953472\"\n" },
	{ "block number of 2^40", { DIRECTORY(MEM "/memory1099511627776") }, "",
	  MEM "/memory1099511627776 ERANGE \"memory1099511627776\"\n" },
	{ "highest block", { TEXT(MEM "/memory137438953470/state", "offline\n") },
	  "137438953470 offline node ENODATA\n", "" },
};

static void hostile_blocks(void **state)
{
	(void)state;
	check_rows(blocks, ARRAY_SIZE(blocks));
}

/* ---- nodes and policy ---- */

#define WITHOUT_NODE \
	"32 offline node ENODATA dax0.0\n33 offline node ENODATA dax0.0\n" \
	"34 offline node ENODATA dax0.1\n35 offline node ENODATA dax0.1\n" \
	"36 offline node ENODATA dax0.0\n37 offline node ENODATA dax0.0\n"
#define BOOT_WITHOUT_NODE \
	"0 online none node ENODATA\n1 online DMA32 node ENODATA\n" \
	"2 online DMA32 node ENODATA\n3 online DMA32 node ENODATA\n" \
	"4 online DMA32 node ENODATA\n5 online DMA32 node ENODATA\n" \
	"6 online DMA32 node ENODATA\n7 online DMA32 node ENODATA\n"

static const struct hostile nodes[] = {
	{ "list with a hole", { TEXT(NODE "/has_cpu", "0-\n") },
	  "node0 cpu: EBADMSG memory normal 8 blocks\nnode1 cpu: EBADMSG 6 blocks\n",
	  NODE "/has_cpu EBADMSG \"0-\"\n" },
	{ "list backwards", { TEXT(NODE "/has_memory", "1-0\n") },
	  "node0 cpu memory: EBADMSG normal 8 blocks\nnode1 memory: EBADMSG 6 blocks\n",
	  NODE "/has_memory EBADMSG \"1-0\"\n" },
	{ "no number", { TEXT(NODE "/has_normal_memory", "0,\x07\n") },
	  "node0 cpu memory normal: EBADMSG 8 blocks\nnode1 normal: EBADMSG 6 blocks\n",
	  NODE "/has_normal_memory EBADMSG \"0,\\x07\"\n" },
	{ "number too large", { TEXT(NODE "/has_memory", "0,99999999999999999999\n") },
	  "node0 cpu memory: EBADMSG normal 8 blocks\nnode1 memory: EBADMSG 6 blocks\n",
	  NODE "/has_memory EBADMSG \"0,99999999999999999999\"\n" },
	{ "all nodes there can be", { TEXT(NODE "/has_cpu", "0-2147483647\n") },
	  "node1 cpu 6 blocks\n", "" },
	{ "list is a FIFO", { FIFO(NODE "/has_cpu") },
	  "node0 cpu: EINVAL memory normal 8 blocks\nnode1 cpu: EINVAL 6 blocks\n",
	  NODE "/has_cpu EINVAL\n" },
	{ "no list", { GONE(NODE "/has_normal_memory") }, "node0 cpu memory 8 blocks\n", "" },
	{ "no node", { DIRECTORY(NODE "/node01"), DIRECTORY(NODE "/nodes"),
		       DIRECTORY(NODE "/node") }, "", "" },
	{ "node numbers too large", { DIRECTORY(NODE "/node4095") }, "",
	  NODE "/node4095 ERANGE \"node4095\"\n" },
	{ "node number of 2^64", { DIRECTORY(NODE "/node99999999999999999999") }, "",
	  NODE "/node99999999999999999999 ERANGE \"node99999999999999999999\"\n" },
	{ "node is a file", { TEXT(NODE "/node1", "") },
	  WITHOUT_NODE "node1 0 blocks\n", NODE "/node1 ENOTDIR\n" },
	{ "node is a link", { LINK(NODE "/node1", "node0") },
	  WITHOUT_NODE "node1 0 blocks\n", NODE "/node1 ELOOP\n" },
	{ "nodes are a loop", { LINK(NODE, "node") },
	  BOOT_WITHOUT_NODE WITHOUT_NODE "-2\n", NODE " ELOOP\n" },
	{ "a block that is not", { LINK(NODE "/node1/memory99", "../../memory/memory99"),
				   DIRECTORY(NODE "/node1/memory_side_cache") }, "", "" },
	{ "a block on two nodes", { LINK(NODE "/node1/memory7", "../../memory/memory7") },
	  "node1 7 blocks\n", "" },
	{ "unknown default", { TEXT(MEM "/auto_online_blocks", "sometimes\n") },
	  "policy EBADMSG contig-zones\n", MEM "/auto_online_blocks EBADMSG \"sometimes\"\n" },
	{ "empty default", { TEXT(MEM "/auto_online_blocks", "") },
	  "policy EBADMSG contig-zones\n", MEM "/auto_online_blocks EBADMSG \"\"\n" },
	{ "no default", { GONE(MEM "/auto_online_blocks") }, "policy ENODATA contig-zones\n", "" },
	{ "policy is junk", { BYTES(PARAMETERS "/online_policy", "a\0b") },
	  "policy offline EBADMSG\n", PARAMETERS "/online_policy EBADMSG \"a\"\n" },
	{ "policy is a link", { LINK(PARAMETERS "/online_policy", "/etc/passwd") },
	  "policy offline ELOOP\n", PARAMETERS "/online_policy ELOOP\n" },
	{ "no parameters", { GONE("/sys/module") }, "policy offline ENODATA\n", "" },
};

static void hostile_nodes(void **state)
{
	(void)state;
	check_rows(nodes, ARRAY_SIZE(nodes));
}

/* ---- regions ---- */

#define NOBODYS_BLOCKS \
	"32 offline node 1\n33 offline node 1\n36 offline node 1\n37 offline node 1\n"
#define NO_REGIONS \
	"32 offline node 1\n33 offline node 1\n34 offline node 1\n" \
	"35 offline node 1\n36 offline node 1\n37 offline node 1\n-2\n"
/* with nobody else to claim them they are the driver's that /proc/iomem names */
#define NO_DEVICES \
	"32 offline node 1 kmem\n33 offline node 1 kmem\n34 offline node 1 kmem\n" \
	"35 offline node 1 kmem\n36 offline node 1 kmem\n37 offline node 1 kmem\n" \
	"kmem 0x100000000+0x30000000 = 32-37, 6 blocks offline, lost 0;" \
	" node 1 - ENODATA ram kmem\n-1\n"
#define NO_RANGES(code) \
	NOBODYS_BLOCKS "dax0.0 " code ", 0 blocks unknown, lost " code ";" \
	" node 1 kmem offline ram " code "\n"
#define LIKE_BEFORE "dax0.0 " RANGES ", 4 blocks offline, lost 0; "
#define OPEN_FAILS(code) \
	NOBODYS_BLOCKS "dax0.0 " code ", 0 blocks unknown, lost " code ";" \
	" node " code " " code " " code " ram " code "\n"

static const struct hostile regions[] = {
	{ "end before start", { TEXT(DAX "/mapping1/end", "0x11fffffff\n") },
	  NO_RANGES("EBADMSG"),
	  DAX "/mapping1/end EBADMSG \"0x120000000-0x11fffffff\"\n" },
	/* a region with fewer ranges than it has would be a lie */
	{ "mapping of a number too large", { DIRECTORY(DAX "/mapping99999999999"),
					     TEXT(DAX "/size", "2147483648\n") },
	  NO_RANGES("ERANGE"), DAX "/mapping99999999999 ERANGE \"mapping99999999999\"\n" },
	/* the size is only a way not to list them */
	{ "no size", { GONE(DAX "/size") }, "", "" },
	{ "size of a part", { TEXT(DAX "/size", "134217728\n") }, "", "" },
	{ "size in between", { TEXT(DAX "/size", "402653184\n") }, "", "" },
	{ "size of more", { TEXT(DAX "/size", "2147483648\n") }, "", "" },
	{ "size is no number", { TEXT(DAX "/size", "0x20000000\n") }, "", "" },
	{ "size of 2^64", { TEXT(DAX "/size", "18446744073709551616\n") }, "", "" },
	{ "no mapping 0", { GONE(DAX "/mapping0") },
	  "32 offline node 1 kmem\n33 offline node 1 kmem\n"
	  "dax0.0 0x120000000+0x10000000 = 36-37, 2 blocks offline, lost 0;"
	  " node 1 kmem offline ram kmem\n"
	  "kmem 0x100000000+0x10000000 = 32-33, 2 blocks offline, lost 0;"
	  " node 1 - ENODATA ram kmem\n", "" },
	{ "empty end", { TEXT(DAX "/mapping0/end", "") }, NO_RANGES("EBADMSG"),
	  DAX "/mapping0/end EBADMSG \"\"\n" },
	{ "no 0x", { TEXT(DAX "/mapping0/start", "100000000\n") }, NO_RANGES("EBADMSG"),
	  DAX "/mapping0/start EBADMSG \"100000000\"\n" },
	{ "start of 2^64", { TEXT(DAX "/mapping0/start", "0x10000000000000000\n") },
	  NO_RANGES("EBADMSG"), DAX "/mapping0/start EBADMSG \"0x10000000000000000\"\n" },
	{ "end of 2^64 - 1", { TEXT(DAX "/mapping1/end", "0xffffffffffffffff\n") },
	  NO_RANGES("EBADMSG"),
	  DAX "/mapping1/end EBADMSG \"0x120000000-0xffffffffffffffff\"\n" },
	{ "range of 2^63", { TEXT(DAX "/mapping0/start", "0x0\n"),
			     TEXT(DAX "/mapping0/end", "0x7fffffffffffffff\n"),
			     GONE(DAX "/mapping1") }, NO_RANGES("EBADMSG"),
	  DAX "/mapping0 EBADMSG \"0x0-0x7fffffffffffffff\"\n" },
	{ "mappings overlap", { TEXT(DAX "/mapping1/start", "0x10fffffff\n") },
	  NO_RANGES("EBADMSG"), DAX "/mapping1 EBADMSG \"0x10fffffff-0x12fffffff\"\n" },
	{ "no start", { GONE(DAX "/mapping0/start") }, NO_RANGES("ENOENT"),
	  DAX "/mapping0/start ENOENT\n" },
	{ "mapping is a file", { TEXT(DAX "/mapping0", "") }, NO_RANGES("ENOTDIR"),
	  DAX "/mapping0/start ENOTDIR\n" },
	{ "mapping is a link", { LINK(DAX "/mapping0", "mapping1") }, NO_RANGES("ELOOP"),
	  DAX "/mapping0/start ELOOP\n" },
	{ "names like a mapping", { DIRECTORY(DAX "/mapping01"), DIRECTORY(DAX "/mapping_x"),
				    TEXT(DAX "/mapping", "") }, "", "" },
	{ "one range by size", { GONE(DAX1 "/mapping0") }, "", "" },
	{ "size 0", { GONE(DAX1 "/mapping0"), TEXT(DAX1 "/size", "0\n") },
	  "34 offline node 1 kmem\n35 offline node 1 kmem\n"
	  "dax0.1 empty, 0 blocks absent, lost 0; node 1 kmem offline ram -\n"
	  "kmem 0x110000000+0x10000000 = 34-35, 2 blocks offline, lost 0;"
	  " node 1 - ENODATA ram kmem\n", "" },
	{ "size of 2^64", { GONE(DAX1 "/mapping0"), TEXT(DAX1 "/size", "18446744073709551616\n") },
	  "34 offline node 1\n35 offline node 1\n"
	  "dax0.1 EBADMSG, 0 blocks unknown, lost EBADMSG; node 1 kmem offline ram EBADMSG\n",
	  DAX1 "/size EBADMSG \"18446744073709551616\"\n" },
	{ "end of 2^64 by size",
	  { GONE(DAX1 "/mapping0"), TEXT(DAX1 "/size", "18446744073709551615\n") },
	  "34 offline node 1\n35 offline node 1\n"
	  "dax0.1 EBADMSG, 0 blocks unknown, lost EBADMSG; node 1 kmem offline ram EBADMSG\n",
	  DAX1 "/size EBADMSG \"18446744073709551615\"\n" },
	{ "range of 2^62 by size",
	  { GONE(DAX1 "/mapping0"), TEXT(DAX1 "/size", "4611686018427387904\n") },
	  "34 offline node 1\n35 offline node 1\n"
	  "dax0.1 EBADMSG, 0 blocks unknown, lost EBADMSG; node 1 kmem offline ram EBADMSG\n",
	  DAX1 "/size EBADMSG \"4611686018427387904\"\n" },
	{ "no size either", { GONE(DAX1 "/mapping0"), GONE(DAX1 "/size") },
	  "34 offline node 1\n35 offline node 1\n"
	  "dax0.1 ENOENT, 0 blocks unknown, lost ENOENT; node 1 kmem offline ram ENOENT\n",
	  DAX1 "/size ENOENT\n" },
	{ "resource is junk", { GONE(DAX1 "/mapping0"), TEXT(DAX1 "/resource", "0x\n") },
	  "34 offline node 1\n35 offline node 1\n"
	  "dax0.1 EBADMSG, 0 blocks unknown, lost EBADMSG; node 1 kmem offline ram EBADMSG\n",
	  DAX1 "/resource EBADMSG \"0x\"\n" },
	/* one that says nothing of mappings claims what lies between, too */
	{ "regions overlap", { TEXT(DAX1 "/mapping0/start", "0x108000000\n"),
			       TEXT(DAX1 "/mapping0/end", "0x117ffffff\n") },
	  "35 offline node 1 kmem\n"
	  "dax0.0 " RANGES ", 4 blocks offline, lost 0, overlaps; node 1 kmem offline ram kmem\n"
	  "dax0.1 0x108000000+0x10000000 = 33-34, 1 blocks offline, lost 0, overlaps;"
	  " node 1 kmem offline ram kmem\n"
	  "kmem 0x118000000+0x8000000 = 35, 1 blocks offline, lost 0;"
	  " node 1 - ENODATA ram kmem\n", "" },
	{ "negative node", { TEXT(DAX "/target_node", "-1\n") },
	  LIKE_BEFORE "node EBADMSG kmem offline ram kmem\n",
	  DAX "/target_node EBADMSG \"-1\"\n" },
	{ "node too large", { TEXT(DAX "/target_node", "4095\n") },
	  LIKE_BEFORE "node EBADMSG kmem offline ram kmem\n",
	  DAX "/target_node EBADMSG \"4095\"\n" },
	{ "no node", { GONE(DAX "/target_node") },
	  LIKE_BEFORE "node ENODATA kmem offline ram kmem\n", "" },
	{ "driver is a file", { TEXT(DAX "/driver", "kmem\n") },
	  LIKE_BEFORE "node 1 EINVAL offline ram kmem\n", DAX "/driver EINVAL\n" },
	{ "driver with control characters", { LINK(DAX "/driver", "../../\x1b[2Jkmem\n") },
	  LIKE_BEFORE "node 1 \\x1b[2Jkmem\\x0a offline ram kmem\n", "" },
	{ "no driver", { GONE(DAX "/driver") }, LIKE_BEFORE "node 1 - offline ram kmem\n", "" },
	{ "device state never seen", { TEXT(DAX "/state", "frozen\n") },
	  LIKE_BEFORE "node 1 kmem frozen ram kmem\n", "" },
	{ "device state is empty", { TEXT(DAX "/state", "") },
	  LIKE_BEFORE "node 1 kmem EBADMSG ram kmem\n", DAX "/state EBADMSG \"\"\n" },
	{ "device state is a FIFO", { FIFO(DAX "/state") },
	  LIKE_BEFORE "node 1 kmem EINVAL ram kmem\n", DAX "/state EINVAL\n" },
	{ "link to itself", { LINK(BUS "/dax0.0", "dax0.0") }, OPEN_FAILS("ELOOP"),
	  BUS "/dax0.0 ELOOP\n" },
	{ "link in a circle", { LINK(BUS "/dax0.0", "../x"), LINK("/sys/bus/dax/x", "y"),
				LINK("/sys/bus/dax/y", "x") }, OPEN_FAILS("ELOOP"),
	  BUS "/dax0.0 ELOOP\n" },
	{ "link out of the root", { LINK(BUS "/dax0.0", "../../../../../../../../etc") },
	  OPEN_FAILS("ENOENT"), BUS "/dax0.0 ENOENT\n" },
	{ "absolute link", { LINK(BUS "/dax0.0", DAX) }, "", "" },
	{ "device is a file", { TEXT(BUS "/dax0.0", "") }, OPEN_FAILS("ENOTDIR"),
	  BUS "/dax0.0 ENOTDIR\n" },
	{ "no device", { LINK(BUS "/dax_region", DAX), LINK(BUS "/dax00.1", DAX),
			 LINK(BUS "/dax0.0\n", DAX), LINK(BUS "/dax0", DAX) }, "", "" },
	{ "no bus", { GONE("/sys/bus") },
	  NO_DEVICES, "" },
	{ "bus is a file", { TEXT(BUS, "") },
	  NO_REGIONS, BUS " ENOTDIR\n" },
	{ "empty bus", { GONE(BUS "/dax0.0"), GONE(BUS "/dax0.1") },
	  NO_DEVICES, "" },
};

static void hostile_regions(void **state)
{
	(void)state;
	check_rows(regions, ARRAY_SIZE(regions));
}

/* ---- /proc/iomem ---- */

#define RAM(word) \
	LIKE_BEFORE "node 1 kmem offline ram " word "\n" \
	"dax0.1 0x110000000+0x10000000 = 34-35, 2 blocks offline, lost 0;" \
	" node 1 kmem offline ram " word "\n"
#define IOMEM "/proc/iomem"
#define RAM_0 "100000000-10fffffff : System RAM (kmem)\n"
#define RAM_1 "110000000-11fffffff : System RAM (kmem)\n"

static const struct hostile iomems[] = {
	{ "no /proc", { GONE("/proc") }, RAM("ENOENT"), IOMEM " ENOENT\n" },
	{ "no iomem", { GONE(IOMEM) }, RAM("ENOENT"), IOMEM " ENOENT\n" },
	{ "iomem is a FIFO", { FIFO(IOMEM) }, RAM("EINVAL"), IOMEM " EINVAL\n" },
	{ "addresses are hidden",
	  { TEXT(IOMEM, "00000000-00000000 : System RAM\n"
			"00000000-00000000 : System RAM (kmem)\n") },
	  RAM("EACCES"), IOMEM " EACCES\n" },
	{ "empty", { TEXT(IOMEM, "") }, RAM("EBADMSG"), IOMEM " EBADMSG \"\"\n" },
	{ "junk between lines", { TEXT(IOMEM, "junk\n" RAM_0 "12-\x01\n" RAM_1) }, "",
	  IOMEM " EBADMSG \"junk\"\n" },
	{ "binary", { BYTES(IOMEM, RAM_0 RAM_1 "\0\xff\0") }, "", IOMEM " EBADMSG \"\"\n" },
	{ "end before start", { TEXT(IOMEM, RAM_0 RAM_1 "2-1 : System RAM\n") }, "",
	  IOMEM " EBADMSG \"2-1 : System RAM\"\n" },
	{ "end of 2^64 - 1",
	  { TEXT(IOMEM, RAM_0 RAM_1 "f000000000000000-ffffffffffffffff : System RAM\n") }, "",
	  IOMEM " EBADMSG \"f000000000000000-ffffffffffffffff : System RAM\"\n" },
	{ "plain RAM", { TEXT(IOMEM, "100000000-1ffffffff : System RAM\n") }, RAM("-"), "" },
	{ "another driver", { TEXT(IOMEM, "100000000-1ffffffff : System RAM (virtio_mem)\n") },
	  RAM("virtio_mem"), "" },
};

static void hostile_iomem(void **state)
{
	(void)state;
	check_rows(iomems, ARRAY_SIZE(iomems));
}

/* ---- without a block size there is nothing to tell ---- */

static void keep_message(void *data, int code, const char *path, const char *message)
{
	snprintf(data, 512, "%d %s: %s", code, path, message);
}

static void no_snapshot(void **state)
{
	static const char not_a_size[] = "block size is no power of two in hex: ";
	static const struct {
		struct change change[MAX_CHANGES];
		int r;
		const char *shown;	/* the end of the message */
	} cases[] = {
		{ { TEXT(MEM "/block_size_bytes", "0\n") }, -EBADMSG, "\"0\"" },
		{ { TEXT(MEM "/block_size_bytes", "") }, -EBADMSG, "\"\"" },
		{ { TEXT(MEM "/block_size_bytes", "8000001\n") }, -EBADMSG, "\"8000001\"" },
		{ { TEXT(MEM "/block_size_bytes", "0x8000000\n") }, -EBADMSG, "\"0x8000000\"" },
		{ { TEXT(MEM "/block_size_bytes", "80000000000000000\n") }, -EBADMSG,
		  "\"80000000000000000\"" },
		{ { TEXT(MEM "/block_size_bytes", "1000\n") }, -EBADMSG, "\"1000\"" },
		{ { TEXT(MEM "/block_size_bytes", "\x1b[2J\n") }, -EBADMSG, "\"\\x1b[2J\"" },
		{ { BYTES(MEM "/block_size_bytes", "8000000\0\n") }, -EBADMSG, "\"8000000\"" },
		{ { FIFO(MEM "/block_size_bytes") }, -EINVAL, "cannot read the block size" },
		{ { GONE(MEM "/block_size_bytes") }, -ENODEV, "cannot read the block size" },
		{ { GONE(MEM) }, -ENODEV, "no memory hotplug here" },
		{ { GONE("/sys") }, -ENODEV, "no memory hotplug here" },
		{ { TEXT(MEM, "") }, -ENODEV, "no memory hotplug here" },
		{ { LINK(MEM, "memory") }, -ELOOP,
		  "cannot open the directory of memory blocks" },
	};
	char message[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = small_machine();

		change(fs, cases[i].change);
		for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
			struct mhp_ctx *ctx = fakesys_ctx(fs, way);
			struct mhp_snapshot *snap = (void *)fs;

			mhp_ctx_set_log_fn(ctx, keep_message, message);
			*message = '\0';
			assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), cases[i].r);
			assert_ptr_equal(snap, fs);
			assert_non_null(strstr(message, MEM));
			assert_string_equal(message + strlen(message) - strlen(cases[i].shown),
					    cases[i].shown);
			assert_int_equal(!!strstr(message, not_a_size),
					 cases[i].r == -EBADMSG);
			mhp_ctx_unref(ctx);
		}
		fakesys_free(fs);
	}
}

/* ---- whatever stands there ---- */

#define ROUNDS 2000

static const char *const odd[] = {
	"", "\n", "0", "-1", "0x0\n", "0xffffffffffffffff\n", "0xfffffffffffffffe\n",
	"0x8000000000000000\n", "0x7ffffff\n", "18446744073709551615\n", "1\n", "4094\n",
	"online\n", "offline\n", "going-offline\n", "none\n", "Movable\n", "Normal Movable\n",
	"A B C\n", "unplugged\n", "100000\n", "8000000000000000\n", "4000000\n", "0-4094\n",
	"/", "..", "../../../../../../../..", "0x110000000\n", "0x11fffffff\n",
};

static void spoil(struct fakesys_entry *entry, uint64_t *seed)
{
	static const int codes[] = { EIO, EACCES, ENOENT, ENODEV, EBADMSG, ENODATA };
	const char *text;

	switch (fakesys_random(seed, 6)) {
	case 0:
		if (entry->length)
			entry->bytes[fakesys_random(seed, entry->length)] ^=
				(char)(1 << fakesys_random(seed, 8));
		break;
	case 1:
		entry->length = fakesys_random(seed, entry->length + 1);
		break;
	case 2:
		if (entry->length)
			entry->bytes[fakesys_random(seed, entry->length)] =
				(char)fakesys_random(seed, 256);
		break;
	case 3:
		entry->code = -codes[fakesys_random(seed, ARRAY_SIZE(codes))];
		break;
	case 4:
		entry->type = (enum fakesys_type)fakesys_random(seed, FAKESYS_SOCKET + 1);
		break;
	default:
		text = odd[fakesys_random(seed, ARRAY_SIZE(odd))];
		free(entry->bytes);
		entry->bytes = strdup(text);
		entry->length = strlen(text);
		break;
	}
	entry->bytes[entry->length] = '\0';
}

static void spoilt_machines(void **state)
{
	struct fakesys *fs = small_machine();
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	struct mhp_snapshot_opts opts = { .size = sizeof(opts) };
	size_t *of_use, count = 0, taken = 0;
	uint64_t seed = 1;

	(void)state;
	fakesys_file(fs, NODE "/node1/access0/initiators/read_latency", "250\n");
	fakesys_link(fs, NODE "/node1/access0/initiators/node0", "../../../node0");
	fakesys_file(fs, NODE "/node1/memory_side_cache/index1/size", "4096\n");
	/* sorts them: entries stay where they are from here on */
	fakesys_find(fs, NODE);
	of_use = calloc(fs->count, sizeof(*of_use));
	for (size_t i = 0; i < fs->count; i++)
		if (is_of_use(&fs->entries[i]))
			of_use[count++] = i;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct fakesys_entry *entries[4], before[4];
		size_t n = 1 + fakesys_random(&seed, 4);
		struct mhp_snapshot *snap;

		for (size_t j = 0; j < n; j++) {
			entries[j] = &fs->entries[of_use[fakesys_random(&seed, count)]];
			before[j] = *entries[j];
			entries[j]->bytes = calloc(1, before[j].length + 1);
			memcpy(entries[j]->bytes, before[j].bytes, before[j].length);
			spoil(entries[j], &seed);
		}
		opts.flags = fakesys_random(&seed, 2) ? MHP_SNAPSHOT_OFFLINE_ZONES :
						       MHP_SNAPSHOT_TOPOLOGY;
		if (fakesys_random(&seed, 2))
			opts.flags |= MHP_SNAPSHOT_IDENTITY;
		if (mhp_snapshot_new(ctx, &opts, &snap) == 0) {
			check_snapshot(snap);
			free(dump(snap, true));
			mhp_snapshot_unref(snap);
			taken++;
		}
		while (n-- > 0) {
			free(entries[n]->bytes);
			*entries[n] = before[n];
		}
	}
	/* a few spoil the block size */
	assert_in_range(taken, ROUNDS * 9 / 10, ROUNDS - 1);
	free(of_use);
	mhp_ctx_unref(ctx);
}

/* ---- what changes while it is read ---- */

/* From the nth read on, of one file or of any of them. */
struct turnover {
	struct fakesys *fs;
	const char *path;		/* NULL: any of the device */
	size_t n;
	const struct change *to;
	size_t n_changes;
};

static void turn_over(void *data, const char *path)
{
	struct turnover *turn = data;

	if (turn->path ? strcmp(path, turn->path) : strncmp(path, DAX "/", strlen(DAX "/")))
		return;
	if (turn->n && --turn->n == 0)
		for (size_t i = 0; i < turn->n_changes; i++)
			fakesys_file(turn->fs, turn->to[i].path, turn->to[i].bytes);
}

/* Whatever comes in the place of a file, at its first or its second read. */
static void changing_files(void **state)
{
	static const char *const files[] = {
		DAX "/mapping0/start", DAX "/mapping1/end", DAX "/size", DAX "/target_node",
		DAX "/state", MEM "/memory33/state", MEM "/memory7/valid_zones", "/proc/iomem",
		NODE "/has_memory", MEM "/auto_online_blocks",
	};
	struct fakesys *fs = small_machine();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char *before = strdup(fakesys_find(fs, files[i])->bytes);

		for (size_t j = 0; j < 2 * ARRAY_SIZE(odd); j++) {
			struct change to = TEXT(files[i], odd[j / 2]);
			struct turnover turn = { fs, files[i], 1 + j % 2, &to, 1 };
			struct mhp_snapshot *snap;

			fs->on_read = turn_over;
			fs->data = &turn;
			snap = take(fs, FAKESYS_MEMORY);
			free(dump(snap, true));
			mhp_snapshot_unref(snap);
			fakesys_file(fs, files[i], before);
		}
		free(before);
	}
}

/* A device that is made anew meanwhile: never where one begins and the other one ends. */
static void device_made_anew(void **state)
{
	static const struct change anew[] = {
		TEXT(DAX "/mapping0/start", "0x200000000\n"), TEXT(DAX "/mapping0/end", "0x20fffffff\n"),
		TEXT(DAX "/mapping1/start", "0x220000000\n"), TEXT(DAX "/mapping1/end", "0x22fffffff\n"),
	};
	size_t moved = 0;

	(void)state;
	for (size_t n = 1; n <= 12; n++) {
		struct fakesys *fs = small_machine();
		struct turnover turn = { fs, NULL, n, anew, ARRAY_SIZE(anew) };
		const struct mhp_region *region;
		struct mhp_snapshot *snap;
		uint64_t start, size;
		size_t count = 0;

		fs->on_read = turn_over;
		fs->data = &turn;
		snap = take(fs, FAKESYS_MEMORY);
		region = mhp_snapshot_find_region(snap, "dax0.0");
		if (mhp_region_get_range_count(region, &count) < 0)
			assert_true(mhp_snapshot_count_problems(snap) > 0);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(mhp_region_get_range(region, i, &start, &size), 0);
			assert_int_equal(size, 0x10000000);
			assert_true(!(start & 0x1fffffff) && (start >> 32 == 1 || start >> 32 == 2));
			moved += start >> 32 == 2;
		}
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
	assert_true(moved > 0);
}

/* ---- sizes ---- */

/* A block of any size that there can be, and of those that there cannot. */
static void block_sizes(void **state)
{
	struct fakesys *fs = small_machine();
	size_t taken = 0;

	(void)state;
	for (unsigned int i = 0; i < 64; i++) {
		struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
		struct mhp_snapshot *snap;
		char text[32];

		snprintf(text, sizeof(text), "%llx\n", 1ULL << i);
		fakesys_file(fs, MEM "/block_size_bytes", text);
		if (mhp_snapshot_new(ctx, NULL, &snap) == 0) {
			assert_int_equal(mhp_snapshot_get_block_size_bytes(snap), UINT64_C(1) << i);
			check_snapshot(snap);
			free(dump(snap, true));
			mhp_snapshot_unref(snap);
			taken++;
		}
		mhp_ctx_unref(ctx);
	}
	assert_in_range(taken, 20, 52);
}

/* ---- directories with a million names ---- */

#define MANY 1000000

static const struct mhp_backend_ops *plain_ops;
static struct mhp_backend_ops crowded_ops;
static size_t lists, others;

/* Whatever is there, and names that are nearly those that are looked for. */
static int list_crowd(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		      mhp_list_fn fn, void *data)
{
	static const char *const names[] = {
		"memory_1", "node_1", "mapping_1", "dax1", "memory01", "1", "region_1",
	};
	int r = plain_ops->list(be, dir, name, fn, data);

	lists++;
	for (size_t i = 0; r == 0 && i < MANY; i++)
		r = fn(data, names[i % ARRAY_SIZE(names)]);
	return r;
}

static int read_counted(struct mhp_backend *be, struct mhp_dir *dir, const char *name, char *buf,
			size_t size, size_t *ret_length)
{
	others++;
	return plain_ops->read(be, dir, name, buf, size, ret_length);
}

static int open_counted(struct mhp_backend *be, const char *path, struct mhp_dir **ret_dir)
{
	others++;
	return plain_ops->open_dir(be, path, ret_dir);
}

static int exists_counted(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	others++;
	return plain_ops->exists(be, dir, name);
}

static int link_counted(struct mhp_backend *be, struct mhp_dir *dir, const char *name, char *buf,
			size_t size)
{
	others++;
	return plain_ops->read_link(be, dir, name, buf, size);
}

/* They are passed over: nothing more is opened, read or kept. */
static void crowded_directories(void **state)
{
	struct fakesys *fs = small_machine();
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	size_t calls[2];
	char *texts[2];

	(void)state;
	plain_ops = ctx->be->ops;
	crowded_ops = *plain_ops;
	crowded_ops.read = read_counted;
	crowded_ops.open_dir = open_counted;
	crowded_ops.exists = exists_counted;
	crowded_ops.read_link = link_counted;
	ctx->be->ops = &crowded_ops;
	for (int i = 0; i < 2; i++) {
		struct mhp_snapshot *snap;

		others = 0;
		assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
		calls[i] = others;
		texts[i] = dump(snap, true);
		assert_int_equal(mhp_snapshot_count_problems(snap), 0);
		mhp_snapshot_unref(snap);
		crowded_ops.list = list_crowd;
	}
	assert_true(lists > 3);
	assert_int_equal(calls[1], calls[0]);
	assert_string_equal(texts[1], texts[0]);
	free(texts[0]);
	free(texts[1]);
	ctx->be->ops = plain_ops;
	mhp_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(hostile_blocks, fakesys_free_all),
		cmocka_unit_test_teardown(hostile_nodes, fakesys_free_all),
		cmocka_unit_test_teardown(hostile_regions, fakesys_free_all),
		cmocka_unit_test_teardown(hostile_iomem, fakesys_free_all),
		cmocka_unit_test_teardown(no_snapshot, fakesys_free_all),
		cmocka_unit_test_teardown(spoilt_machines, fakesys_free_all),
		cmocka_unit_test_teardown(changing_files, fakesys_free_all),
		cmocka_unit_test_teardown(device_made_anew, fakesys_free_all),
		cmocka_unit_test_teardown(block_sizes, fakesys_free_all),
		cmocka_unit_test_teardown(crowded_directories, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
