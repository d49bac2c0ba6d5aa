// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel's rules by name: found, counted, turned round. Scripts meet each rule
 * on each kernel that has it, and show something else if it is wrong.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "support/desk.h"
#include "support/golden.h"

static void test_table(void **state)
{
	(void)state;
	for (enum rule rule = 0; rule < RULES_COUNT; rule++) {
		assert_int_equal(rule_find(rule_name(rule)), rule);
		assert_true(strlen(rule_text(rule)) > 0 && strlen(rule_text(rule)) < 100);
		assert_true(rule_kernels(rule) &&
			    !(rule_kernels(rule) & ~(unsigned int)(ON_ALL | ON_REPLAY | ON_DOCS | APART)));
	}
	assert_int_equal(rule_find("NO_SUCH_RULE"), RULES_COUNT);
}

static void test_wrong_model(void **state)
{
	static const char file[] = "/sys/devices/system/memory/memory32/state";
	struct mhp_sim *sim = open_machine("7.3-hmem-online.txt");

	(void)state;
	assert_int_equal(sim->rules.hits[RULE_ONLINE_TWICE], 0);
	assert_int_equal(mhp_sim_write(sim, file, "online"), -EINVAL);
	assert_int_equal(sim->rules.hits[RULE_ONLINE_TWICE], 1);
	sim->rules.is_wrong[RULE_ONLINE_TWICE] = true;
	assert_int_equal(mhp_sim_write(sim, file, "online"), 0);
	mhp_sim_unref(sim);
}

/* ---- scripts ---- */

enum kernel {
	KERNEL_6_1,
	KERNEL_6_12,
	KERNEL_7_3,
	KERNELS,
};

static const char *const kernel_names[KERNELS] = { "6.1", "6.12", "7.3" };
static const unsigned int kernel_masks[KERNELS] = { ON_6_1, ON_6_12, ON_7_3 };

/* what a script starts from; all have memory0 to memory7 on node 0 */
enum start {
	BOUND,		/* dax0.0, all of memory32 to memory35, has kmem and is offline */
	FREE,		/* nobody has dax0.0 */
	PAIR,		/* dax0.0 and dax0.1 have kmem */
	STARTS,
	CXL,		/* made by calls: two devices of 1 GiB, and no region yet */
};

static const char *const machines[KERNELS][STARTS] = {
	[KERNEL_6_1] = { "6.1-hmem-bound.txt", "6.1-hmem-bound.txt", "6.1-hmem-split-bound.txt" },
	[KERNEL_6_12] = {
		"6.12-hmem-bound.txt", "6.12-hmem-bound.txt", "6.12-hmem-ranges-bound.txt"
	},
	[KERNEL_7_3] = { "7.3-hmem-bound.txt", "7.3-hmem-bound.txt", "7.3-hmem-split-bound.txt" },
};

/* A piece of the capture gives way to another; "@" there: its line up to from. */
struct edit {
	const char *from, *to;
};

static const struct edit two_ranges = {
	"mapping0/end: 0x11fffffff\n",
	"mapping0/end: 0x10fffffff\n@mapping1/start: 0x110000000\n@mapping1/end: 0x11fffffff\n",
};
static const struct edit empty_range = {
	"mapping0/end: 0x11fffffff\n",
	"mapping0/end: 0x103ffffff\n@mapping1/start: 0x110000000\n@mapping1/end: 0x11fffffff\n",
};
static const struct edit tiny = { "mapping0/end: 0x11fffffff\n", "mapping0/end: 0x103ffffff\n" };
static const struct edit late_start = { "mapping0/start: 0x100", "mapping0/start: 0x104" };
static const struct edit early_end = { "mapping0/end: 0x11f", "mapping0/end: 0x11b" };
static const struct edit no_size[] = {
	{ "dax0.0/size: 536870912\n", "dax0.0/size: 0\n" },
	{ "mapping0/start: 0x100000000\n", "" },
	{ "mapping0/end: 0x11fffffff\n", "" },
};
static const struct edit movable_node = {
	"/sys/devices/system/memory/auto_online_blocks:",
	"/proc/cmdline: quiet movable_node\n/sys/devices/system/memory/auto_online_blocks:",
};
static const struct edit going = { "memory33/state: offline", "memory33/state: going-offline" };
static const struct edit has_cpu = { "node1/cpulist: \n", "node1/cpulist: 2\n" };
static const struct edit same_tier = { "tier4/nodelist: 0\n", "tier4/nodelist: 0-1\n" };
static const struct edit lock = { "decoder2.0/locked: 0", "decoder2.0/locked: 1" };
static const struct edit maps[] = {
	{ "parameters/memmap_on_memory: N", "parameters/memmap_on_memory: Y" },
	{ "dax0.0/memmap_on_memory: 0", "dax0.0/memmap_on_memory: 1" },
};

#define PARAMETERS "/sys/module/memory_hotplug/parameters/"
static const struct {
	const char *target, *path;
} files[] = {
	{ "policy", "/sys/devices/system/memory/auto_online_blocks" },
	{ "probe", "/sys/bus/dax/drivers_autoprobe" },
	{ "online_policy", PARAMETERS "online_policy" },
	{ "ratio", PARAMETERS "auto_movable_ratio" },
	{ "numa_aware", PARAMETERS "auto_movable_numa_aware" },
	{ "hard", "/sys/devices/system/memory/hard_offline_page" },
	{ "soft", "/sys/devices/system/memory/soft_offline_page" },
	{ "create", "/sys/bus/dax/devices/dax0.0/../dax_region/create" },
	{ "delete", "/sys/bus/dax/devices/dax0.0/../dax_region/delete" },
};

/*
 * "32 WORD" to memory32/state, "32= WORD" to its "online", "32! WORD" to its uevent,
 * "dax0.0 WORD" to the device's state, "dax0.0/FILE WORD" to another file of it,
 * "kmem/bind WORD" and the like to a driver's file, "@region0/FILE WORD" to a device of
 * CXL, "%cxl_region/FILE WORD" to a driver of that, others to one of files[]; the rest do
 * what test_step() tells.
 */
struct script {
	const char *name;
	unsigned int kernels;
	enum start start;
	const struct edit *edits[3];
	const char *steps[32];
};

static const struct script scripts[] = {
	{ "words", ON_ALL, BOUND, { NULL }, {
		"policy ", "policy junk", "policy Online", "policy online ", "policy offline\n",
		"32 ", "32 junk", "32 Online", "32 online ", "32 online\n", "32 offline\n",
		"32= ", "32= 2", "32= on", "32= off\n", "32= 1x", "32= 0", "kmem/bind ",
		"probe ", "probe x", "probe 0", "probe 1",
	} },
	{ "twice", ON_ALL, BOUND, { NULL }, {
		"32 offline", "32= 0", "32 online_movable", "32 online_movable", "32 online",
		"32= 1", "32 offline", "32= 1", "32= 0",
	} },
	{ "blocks that stay", ON_ALL, BOUND, { NULL }, {
		"0 offline", "7 offline", "pin 33 online", "33 online", "33 offline",
	} },
	{ "going offline", ON_ALL, BOUND, { &going }, { "33 online", "33 offline" } },
	{ "zones", ON_ALL, BOUND, { NULL }, {
		"32 online_movable", "33 online_movable", "35 online_movable", "34 online",
		"34 offline", "34 online_kernel", "34 offline", "33 offline", "35 offline",
		"32 offline", "32 online", "35 online_kernel", "33 online", "33 offline",
		"33 online_movable",
	} },
	{ "zones of boot memory", ON_ALL, BOUND, { NULL }, {
		"6 offline", "6 online_kernel", "2 offline", "3 offline", "4 offline",
		"2 online_movable", "4 online_movable", "3 online",
	} },
	{ "movable_node", ON_ALL, BOUND, { &movable_node }, { "32 online" } },
	{ "spans", ON_ALL, BOUND, { NULL }, {
		"33 online_movable", "34 online_movable", "35 online_movable",
		"32 online_movable", "33 offline", "32 offline", "35 offline", "34 offline",
		"35 online_movable", "32 online_movable", "34 online_movable", "35 offline",
		"34 offline", "32 offline",
	} },
	{ "own map", SINCE_6_12, FREE, { &maps[0], &maps[1] }, {
		"kmem/bind dax0.0", "32 online_movable", "33 online_movable", "32 offline",
	} },
	{ "node", ON_ALL, BOUND, { NULL }, {
		"32 online_movable", "32 offline", "kmem/unbind dax0.0", "kmem/new_id dax0.0",
		"32 online_movable",
	} },
	{ "a node not seen before", ON_ALL, FREE, { NULL }, {
		"kmem/new_id dax0.0", "32 online_kernel", "32 offline", "kmem/unbind dax0.0",
	} },
	{ "node with a CPU", ON_ALL, BOUND, { &has_cpu }, { "kmem/unbind dax0.0" } },
	{ "tier of two nodes", ON_ALL, BOUND, { &same_tier }, { "32 online", "32 offline" } },
	{ "unaligned", ON_ALL, FREE, { &late_start, &early_end }, {
		"kmem/new_id dax0.0", "33 online", "33 offline", "kmem/unbind dax0.0",
	} },
	{ "no whole block", ON_ALL, FREE, { &tiny }, {
		"kmem/new_id dax0.0", "kmem/bind dax0.0",
	} },
	{ "an empty range", ON_ALL, FREE, { &empty_range }, {
		"kmem/new_id dax0.0", "34 online", "kmem/unbind dax0.0",
	} },
	{ "no size", ON_ALL, FREE, { &no_size[0], &no_size[1], &no_size[2] }, {
		"kmem/new_id dax0.0", "kmem/bind dax0.0",
	} },
	{ "policy", ON_ALL, BOUND, { NULL }, {
		"kmem/unbind dax0.0", "policy online_movable", "kmem/bind dax0.0",
	} },
	{ "a block does not online", ON_ALL, FREE, { NULL }, {
		"probe 0", "kmem/new_id dax0.0", "kmem/unbind dax0.0", "policy online_movable",
		"refuse 33 online", "kmem/bind dax0.0",
	} },
	{ "left behind", ON_ALL, BOUND, { NULL }, {
		"32 online_movable", "device_dax/new_id dax0.0", "kmem/unbind dax0.0",
		"kmem/bind dax0.0", "kmem/new_id dax0.0", "device_dax/bind dax0.0",
		"device_dax/bind dax0.0", "32 offline", "kmem/bind dax0.0",
	} },
	{ "the second range left behind", ON_ALL, FREE, { &two_ranges }, {
		"kmem/new_id dax0.0", "35 online_movable", "kmem/unbind dax0.0",
		"kmem/bind dax0.0", "35 offline", "dax0.0 unplugged",
	} },
	{ "all or nothing", ON_7_3, BOUND, { NULL }, {
		"32 online_movable", "33 online_kernel", "35 online_movable",
		"refuse 35 offline", "dax0.0 unplugged", "dax0.0 unplugged",
	} },
	{ "device state", ON_7_3, BOUND, { NULL }, {
		"dax0.0 ", "dax0.0 junk", "dax0.0 offline", "dax0.0 online",
		"dax0.0 online_kernel", "dax0.0 online_movable", "dax0.0 unplugged",
		"dax0.0 unplugged\n", "dax0.0 offline", "dax0.0 online", "dax0.0 online",
		"dax0.0 online_kernel", "dax0.0 online_movable", "dax0.0 unplugged",
		"dax0.0 online_kernel", "dax0.0 online", "dax0.0 online_kernel",
		"dax0.0 online_movable", "dax0.0 unplugged", "dax0.0 online_movable",
		"dax0.0 online", "dax0.0 online_kernel", "dax0.0 online_movable",
		"dax0.0 unplugged",
	} },
	{ "bind", ON_ALL, BOUND, { NULL }, {
		"kmem/bind dax0.0", "kmem/bind dax9.9", "device_dax/unbind dax0.0",
		"kmem/unbind dax0.0", "device_dax/bind dax0.0", "device_dax/unbind dax0.0",
		"kmem/remove_id dax0.0", "kmem/bind dax0.0",
	} },
	{ "ids", ON_ALL, BOUND, { NULL }, {
		"kmem/new_id junk", "kmem/remove_id junk", "device_dax/remove_id dax0.0",
		"device_dax/new_id dax0.0", "device_dax/remove_id dax0.0", "kmem/unbind dax0.0",
		"device_dax/bind dax0.0", "device_dax/unbind dax0.0", "kmem/remove_id dax0.0",
		"kmem/remove_id dax0.0", "kmem/bind dax0.0",
	} },
	{ "ids of others", ON_ALL, PAIR, { NULL }, {
		"kmem/unbind dax0.0", "kmem/unbind dax0.1", "kmem/new_id dax0.1",
	} },
	{ "modules", ON_ALL, BOUND, { NULL }, {
		"kmem/unbind dax0.0", "unload kmem", "unload device_dax", "load device_dax",
		"load kmem",
	} },
	{ "modules without autoprobe", ON_ALL, BOUND, { NULL }, {
		"kmem/unbind dax0.0", "unload kmem", "unload device_dax", "probe 0",
		"load device_dax", "load kmem",
	} },
	{ "events asked for", ON_ALL, BOUND, { NULL }, {
		"32! change", "32! junk", "32! add 01234567-89ab-cdef-0123-456789abcdef A=B",
		"dax0.0/mapping0/uevent change",
	} },
	{ "module of two devices", ON_ALL, PAIR, { NULL }, { "unload kmem" } },
	{ "type that was refused", ON_ALL, BOUND, { NULL }, {
		"32 online_movable", "32 online_movable", "32 offline", "32= 1",
	} },
	{ "module of memory in use", ON_ALL, BOUND, { NULL }, { "32 online", "unload kmem" } },
	{ "parameters", ON_ALL, BOUND, { NULL }, {
		"online_policy junk", "ratio junk", "ratio 4294967296", "numa_aware junk",
	} },
	/* the boot has 1 GiB on node 0; all of dax0.0, on node 1, is a bit more than half of it */
	{ "auto-movable", ON_ALL, BOUND, { NULL }, {
		"online_policy auto-movable", "numa_aware 0", "ratio 51", "32 online",
		"32 offline", "ratio 50", "32 online", "32 offline", "ratio 0", "ratio 301",
		"33 online_kernel", "32 online",
	} },
	/* ... and so is dax0.1, or a quarter of it */
	{ "auto-movable of two devices", ON_ALL, PAIR, { NULL }, {
		"online_policy auto-movable", "numa_aware 0", "32 online_kernel", "ratio 50",
		"ratio 25",
	} },
	{ "broken memory", ON_ALL, BOUND, { NULL }, {
		"hard 0xd0000000", "soft 0xd0000000", "hard 0x108000000", "soft 0x108000000",
		"poison 32", "32 online", "33 online", "hard 0x108000000", "hard 0x108000000",
		"33 offline", "33 online", "hard 0x108000000",
	} },
	{ "broken memory of the kernel", ON_ALL, BOUND, { NULL }, {
		"soft 0xa0000", "hard 0xa0000",
	} },
	{ "devices made and deleted", ON_ALL, FREE, { NULL }, {
		"create 2", "create 1", "dax0.0/size 0x10000000", "create 1",
		"dax0.1/size 0x8000000", "delete dax0.1", "dax0.1/size 0", "delete dax0.1",
		"dax0.0/size 0", "delete dax0.0",
	} },
	/* dax0.0 has memory32, dax0.1 memory34 */
	{ "sizes", ON_ALL, FREE, { NULL }, {
		"dax0.0/size 0x8100000", "dax0.0/size 0x8000000", "create 1",
		"dax0.1/mapping 110000000-117ffffff", "dax0.0/mapping 110000000-1101fffff",
		"dax0.0/mapping 118000000-1180fffff", "dax0.0/size 0x10000000",
		"dax0.0/size 0x20000000", "kmem/new_id dax0.0", "kmem/bind dax0.0",
		"dax0.0/size 0x8000000",
	} },
	{ "alignment", ON_ALL, FREE, { NULL }, {
		"dax0.0/align x", "dax0.0/align 8192", "dax0.0/align 0x40000000",
		"dax0.0/align 4096", "kmem/new_id dax0.0", "kmem/bind dax0.0",
		"dax0.0/align 0x200000",
	} },
	{ "no own map", SINCE_6_12, BOUND, { NULL }, { "dax0.0/memmap_on_memory 1" } },
	{ "own map while bound", SINCE_6_12, BOUND, { &maps[0] }, {
		"dax0.0/memmap_on_memory 1",
	} },
	{ "a CXL region is made", SINCE_6_12, CXL, { NULL }, {
		"@decoder0.0/create_ram_region junk", "@decoder0.0/create_ram_region region7",
		"@decoder0.0/create_ram_region region0", "@decoder0.0/delete_region region7",
		"@region0/size 0x20000000", "@region0/interleave_ways 5",
		"@region0/interleave_granularity 100", "@region0/interleave_ways 2",
		"@region0/interleave_granularity 256", "@region0/size 0x10000000",
		"@region0/size 0x200000000", "@decoder2.0/mode junk",
		"@decoder2.0/dpa_size 0x10000000", "@decoder2.0/mode pmem",
		"@region0/target0 decoder2.0", "@decoder2.0/mode ram",
		"@decoder2.0/dpa_size 0x1000", "@decoder2.0/dpa_size 0x80000000",
		"@decoder2.1/mode ram", "@decoder2.1/dpa_size 0x10000000",
		"@decoder2.0/dpa_size 0x10000000", "@region0/target0 decoder2.0",
	} },
	{ "a CXL region gets its targets", SINCE_6_12, CXL, { NULL }, {
		"@decoder0.0/create_ram_region region0", "@region0/interleave_ways 2",
		"@region0/interleave_granularity 256", "@region0/size 0x40000000",
		"@region0/interleave_ways 1", "@region0/interleave_granularity 512",
		"@region0/size 0x20000000", "@decoder2.0/mode ram",
		"@region0/target0 decoder2.0", "@decoder2.0/dpa_size 0x10000000",
		"@region0/target0 decoder2.0", "@decoder2.0/dpa_size 0x20000000",
		"@region0/target0 decoder9.9", "@region0/target0 decoder2.0",
		"@decoder2.0/dpa_size 0", "@decoder2.1/mode ram",
		"@decoder2.1/dpa_size 0x20000000", "@region0/target0 decoder2.1",
		"@region0/target1 decoder2.1", "@region0/commit 1", "%cxl_region/bind region0",
		"%cxl_region/bind region9", "%cxl_region/unbind region0",
	} },
	{ "a CXL region in use", SINCE_6_12, CXL, { NULL }, {
		"@decoder0.0/create_ram_region region0", "@region0/interleave_ways 1",
		"@region0/interleave_granularity 256", "@region0/size 0x20000000",
		"@decoder2.0/mode ram", "@decoder2.0/dpa_size 0x20000000",
		"@region0/target0 decoder2.0", "@region0/size 0", "@decoder3.0/mode ram",
		"@region0/target0 decoder3.0", "@region0/commit 1", "@region0/commit 1",
		"@decoder2.0/mode ram", "%cxl_region/bind region0", "34 online_movable",
		"@region0/commit 0", "@region0/commit 1", "%cxl_region/bind region0",
		"@decoder0.0/delete_region region0",
	} },
	{ "two CXL regions", SINCE_6_12, CXL, { NULL }, {
		"@decoder0.0/create_ram_region region0", "@region0/interleave_ways 1",
		"@region0/interleave_granularity 256", "@region0/size 0x10000000",
		"@decoder0.0/create_ram_region region1", "@region1/interleave_ways 1",
		"@region1/interleave_granularity 256", "@region1/size 0x10000000",
		"@decoder2.0/mode ram", "@decoder2.0/dpa_size 0x10000000",
		"@decoder3.0/mode ram", "@decoder3.0/dpa_size 0x10000000",
		"@region1/target0 decoder3.0", "@region0/target0 decoder2.0",
		"@region1/target0 \n", "@region0/target0 decoder2.0",
		"@region1/target0 decoder3.0", "@region1/commit 1",
	} },
	{ "a CXL region that is locked", SINCE_6_12, CXL, { &lock }, {
		"@decoder0.0/create_ram_region region0", "@region0/interleave_ways 1",
		"@region0/interleave_granularity 256", "@region0/size 0x10000000",
		"@decoder2.0/mode ram", "@decoder2.0/dpa_size 0x10000000",
		"@region0/target0 decoder2.0", "@region0/commit 1", "@region0/commit 0",
	} },
	{ "a plain user", ON_ALL, BOUND, { NULL }, {
		"user /proc/iomem", "user /sys/bus/dax/devices/dax0.0/resource",
		"user /sys/devices/system/memory/memory32/state online",
	} },
};
#define N_SCRIPTS (sizeof(scripts) / sizeof(scripts[0]))

/* ---- acting by them ---- */

/* Replaces a piece of a text, which is freed. */
static char *apply_edit(char *text, const struct edit *edit)
{
	char *at = strstr(text, edit->from), *line, *result;
	struct buf buf = { 0 };

	if (!at)
		fail_msg("no \"%s\" in the capture", edit->from);
	for (line = at; line > text && line[-1] != '\n'; line--)
		;
	if (*edit->to)
		buf_add_bytes(&buf, text, (size_t)(at - text));
	else
		/* the whole line goes */
		buf_add_bytes(&buf, text, (size_t)(line - text));
	for (const char *c = edit->to; *c; c++)
		if (*c == '@')
			buf_add_bytes(&buf, line, (size_t)(at - line));
		else
			buf_add_bytes(&buf, c, 1);
	buf_add_str(&buf, at + strlen(edit->from));
	assert_int_equal(buf_finish(&buf, &result), 0);
	free(text);
	return result;
}

static struct mhp_sim *make_cxl(enum kernel kernel)
{
	static const enum mhp_sim_kernel kernels[KERNELS] = {
		MHP_SIM_KERNEL_6_1, MHP_SIM_KERNEL_6_12, MHP_SIM_KERNEL_7_3,
	};
	const uint64_t gib = UINT64_C(1) << 30;
	struct mhp_sim_builder *builder;
	struct mhp_sim *sim;
	int r;

	assert_int_equal(mhp_sim_builder_new(kernels[kernel], &builder), 0);
	r = mhp_sim_builder_add_node(builder, 0, 2);
	r |= mhp_sim_builder_add_node(builder, 1, 0);
	r |= mhp_sim_builder_add_memory(builder, 0, 0, gib);
	r |= mhp_sim_builder_add_cxl_memdev(builder, "mem0", 0, gib, 1);
	r |= mhp_sim_builder_add_cxl_memdev(builder, "mem1", 0, gib, 2);
	r |= mhp_sim_builder_add_cxl_window(builder, 1, 0x110000000, 4 * gib);
	r |= mhp_sim_builder_set(builder, "auto_online_blocks", "offline");
	r |= mhp_sim_builder_load(builder, "kmem");
	assert_int_equal(r, 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &sim), 0);
	mhp_sim_builder_free(builder);
	return sim;
}

static char *make_text(enum kernel kernel, const struct script *script)
{
	struct mhp_sim *sim = script->start == CXL ? make_cxl(kernel) :
			      open_machine(machines[kernel][script->start]);
	char *text;

	if (script->start == FREE)
		assert_int_equal(mhp_sim_write(sim, "/sys/bus/dax/drivers/kmem/unbind", "dax0.0"),
				 0);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	for (size_t i = 0; i < 3 && script->edits[i]; i++)
		text = apply_edit(text, script->edits[i]);
	return text;
}

static int load_driver(struct mhp_sim *sim, const char *name)
{
	int r;

	sim_lock(sim);
	r = module_load(sim, name);
	sim_unlock(sim);
	return r;
}

static void find_file(const char *target, char *path, size_t size)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!strcmp(target, files[i].target)) {
			snprintf(path, size, "%s", files[i].path);
			return;
		}
	if (target[0] == '@')
		snprintf(path, size, "/sys/bus/cxl/devices/%s", target + 1);
	else if (target[0] == '%')
		snprintf(path, size, "/sys/bus/cxl/drivers/%s", target + 1);
	else if (!strncmp(target, "dax", 3))
		snprintf(path, size, "/sys/bus/dax/devices/%s%s", target,
			 strchr(target, '/') ? "" : "/state");
	else if (strchr(target, '/'))
		snprintf(path, size, "/sys/bus/dax/drivers/%s", target);
	else
		snprintf(path, size, "/sys/devices/system/memory/memory%d/%s", atoi(target),
			 strchr(target, '=') ? "online" :
			 strchr(target, '!') ? "uevent" : "state");
}

static uint64_t add_to_hash(uint64_t hash, const void *data, size_t length)
{
	for (const unsigned char *at = data; length; at++, length--)
		hash = (hash ^ *at) * UINT64_C(0x100000001b3);
	return hash;
}

/* A plain user writes "PATH WORD", or reads "PATH": a number for what is read. */
static int act_as_user(struct mhp_sim *sim, const char *rest)
{
	struct desk desk = desk_at(sim);
	char path[128], word[32] = "", *text;
	int r, n = sscanf(rest, "%127s %31s", path, word);

	mhp_sim_set_privileged(sim, false);
	r = n == 2 ? desk_put(&desk, path, word) : desk_get(&desk, path, &text);
	if (r == 0 && n == 1) {
		r = (int)(add_to_hash(0, text, strlen(text)) & INT32_MAX);
		free(text);
	}
	mhp_sim_set_privileged(sim, true);
	desk_leave(&desk);
	return r;
}

static int test_step(struct mhp_sim *sim, const char *step)
{
	char target[32], path[128], word[32] = "";
	const char *rest = strchr(step, ' ') + 1;
	unsigned int id;

	assert_int_equal(sscanf(step, "%31s", target), 1);
	if (!strcmp(target, "load"))
		return load_driver(sim, rest);
	if (!strcmp(target, "unload"))
		return mhp_sim_unload_module(sim, rest);
	if (!strcmp(target, "user"))
		return act_as_user(sim, rest);
	if (!strcmp(target, "pin") && sscanf(rest, "%u %31s", &id, word) == 2)
		return mhp_sim_pin_block(sim, id, word);
	if (!strcmp(target, "refuse") && sscanf(rest, "%u %31s", &id, word) == 2)
		return mhp_sim_fail_block(sim, id, word, -EAGAIN, 1);
	if (!strcmp(target, "hang") && sscanf(rest, "%u", &id) == 1)
		return mhp_sim_hang_block(sim, id, 1);
	if (!strcmp(target, "poison") && sscanf(rest, "%u", &id) == 1)
		return mhp_sim_poison_block(sim, id);
	if (!strcmp(target, "vanish") && sscanf(rest, "%u", &id) == 1)
		return mhp_sim_race_remove(sim, NULL, id);
	find_file(target, path, sizeof(path));
	return mhp_sim_write(sim, path, rest);
}

/* A number for all that the machine shows; its capture has the answers, too. */
static uint64_t hash_of(struct mhp_sim *sim, uint64_t hash)
{
	char *text;

	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	hash = add_to_hash(hash, text, strlen(text));
	free(text);
	return hash;
}

/* Its events, too. */
static uint64_t hash_of_events(struct mhp_sim_listener *listener, uint64_t hash)
{
	char *text;

	while (mhp_sim_listener_receive(listener, &text) == 0 && text) {
		hash = add_to_hash(hash, text, strlen(text));
		free(text);
	}
	return hash;
}

/* Of all that it shows on its way; the rules that it meets are counted. */
static uint64_t run_script(const char *text, const struct script *script, enum rule wrong,
			   struct rules *met)
{
	struct mhp_sim_listener *listener;
	struct mhp_sim *sim;
	uint64_t hash = 0;

	if (mhp_sim_new_from_text(text, strlen(text), NULL, &sim) < 0)
		fail_msg("%s: no machine to start from", script->name);
	assert_int_equal(mhp_sim_listener_new(sim, 0, &listener), 0);
	if (wrong < RULES_COUNT)
		sim->rules.is_wrong[wrong] = true;
	hash = hash_of(sim, hash);
	for (size_t i = 0; i < 32 && script->steps[i]; i++) {
		int r = test_step(sim, script->steps[i]);

		hash = hash_of(sim, add_to_hash(hash, &r, sizeof(r)));
		hash = hash_of_events(listener, hash);
	}
	if (met)
		*met = sim->rules;
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
	return hash;
}

/* ---- each rule on each kernel ---- */

struct run {
	char *text;
	uint64_t hash;
	struct rules met;
};

/* Is there a script on this kernel that meets the rule, and one that tells if it is wrong? */
static void look_for(const struct run *runs, enum rule rule, bool *ret_met, bool *ret_seen)
{
	*ret_met = *ret_seen = false;
	for (size_t i = 0; i < N_SCRIPTS && !*ret_seen; i++) {
		if (!runs[i].text || !runs[i].met.hits[rule])
			continue;
		*ret_met = true;
		*ret_seen = run_script(runs[i].text, &scripts[i], rule, NULL) != runs[i].hash;
	}
}

static void check_kernel(enum kernel kernel)
{
	struct run runs[N_SCRIPTS] = { 0 };
	size_t bad = 0;

	for (size_t i = 0; i < N_SCRIPTS; i++) {
		if (!(scripts[i].kernels & kernel_masks[kernel]))
			continue;
		runs[i].text = make_text(kernel, &scripts[i]);
		runs[i].hash = run_script(runs[i].text, &scripts[i], RULES_COUNT, &runs[i].met);
	}
	for (enum rule rule = 0; rule < RULES_COUNT; rule++) {
		bool is_there = rule_kernels(rule) & kernel_masks[kernel], is_met, is_seen;

		look_for(runs, rule, &is_met, &is_seen);
		if (is_met == is_there && is_seen == is_there)
			continue;
		print_error("%s: %s: %s%s\n", kernel_names[kernel], rule_name(rule),
			    !is_there ? "not this kernel's, but " : "",
			    is_seen ? "seen" : is_met ? "met, and wrong it looks the same" :
			    "not met");
		bad++;
	}
	for (size_t i = 0; i < N_SCRIPTS; i++)
		free(runs[i].text);
	assert_int_equal(bad, 0);
}

static void test_each_6_1(void **state)
{
	(void)state;
	check_kernel(KERNEL_6_1);
}

static void test_each_6_12(void **state)
{
	(void)state;
	check_kernel(KERNEL_6_12);
}

static void test_each_7_3(void **state)
{
	(void)state;
	check_kernel(KERNEL_7_3);
}

/* ---- a wrong machine is still a machine ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* Anything; often what does something. */
static void random_step(struct mhp_sim *sim, uint32_t *seed)
{
	static const char *const steps[] = {
		"kmem/bind dax0.0", "kmem/bind dax0.0", "kmem/unbind dax0.0", "kmem/new_id dax0.0",
		"kmem/remove_id dax0.0", "kmem/bind dax0.1", "kmem/unbind dax0.1",
		"kmem/new_id dax0.1", "device_dax/new_id dax0.0", "device_dax/bind dax0.0",
		"device_dax/unbind dax0.0", "device_dax/unbind dax0.1",
		"device_dax/remove_id dax0.0",
		"dax0.0 unplugged", "dax0.0 unplugged", "dax0.0 online", "dax0.0 online_movable",
		"dax0.1 online_kernel", "dax0.1 unplugged", "policy offline", "policy online",
		"policy online_movable", "probe 0", "probe 1", "load kmem", "unload kmem",
		"load device_dax", "unload device_dax", "vanish 3", "vanish 34", "hang 34",
		"hang 36", "refuse 33 online",
		"refuse 35 offline", "refuse 34 add", "pin 35 online_kernel", "0 offline",
		"kmem/bind ", "6 offline", "6 online_movable", "5 offline", "5 online",
		"online_policy auto-movable", "numa_aware 0", "ratio 50", "ratio 301",
		"poison 34", "hard 0x108000000", "soft 0x110000000", "hard 0xa0000",
		"create 1", "delete dax0.1", "delete dax0.2", "dax0.0/size 0",
		"dax0.0/size 0x8000000", "dax0.1/size 0x20000000", "dax0.1/size 0",
		"dax0.1/mapping 118000000-11fffffff", "dax0.0/align 0x40000000",
		"dax0.0/memmap_on_memory 1", "dax0.2/size 0x8000000", "kmem/bind dax0.2",
		"user /proc/iomem",
	};
	static const char *const words[] = {
		" offline", " offline", " online", " online_kernel", " online_movable",
		"= 1", "= 0", " Online ",
	};
	uint32_t n = next_random(seed) % 120;
	char step[64];

	if (n < sizeof(steps) / sizeof(steps[0])) {
		(void)test_step(sim, steps[n]);
		return;
	}
	n = next_random(seed);
	snprintf(step, sizeof(step), "%u%s", 32 + next_random(seed) % 8, words[n % 8]);
	(void)test_step(sim, step);
}

/* ... to a region of CXL, and what it is made of */
static void random_cxl_step(struct mhp_sim *sim, uint32_t *seed)
{
	static const char *const of_region[] = {
		"commit", "size", "target0", "target1", "interleave_ways",
		"interleave_granularity", "commit", "size",
	};
	static const char *const of_decoder[] = {
		"0/mode", "0/dpa_size", "1/mode", "1/dpa_size", "0/create_ram_region",
		"0/delete_region", "0/create_ram_region", "0/dpa_size",
	};
	static const char *const of_driver[] = {
		"%cxl_region/bind", "%cxl_region/unbind", "kmem/bind", "kmem/unbind",
	};
	static const char *const words[] = {
		"0", "1", "2", "0", "1", "2", "256", "512", "0x10000000", "0x20000000",
		"0x40000000", "ram", "ram", "pmem", "none", "region0", "region1", "region2",
		"region0", "region1", "decoder2.0", "decoder3.0", "decoder2.1", "decoder1.0",
		"decoder0.0", "dax0.0", "dax1.0", "\n", "",
	};
	const char *word = words[next_random(seed) % (sizeof(words) / sizeof(words[0]))];
	uint32_t n = next_random(seed), which = next_random(seed) % 8;
	char step[80];

	if (n % 8 == 0) {
		random_step(sim, seed);
		return;
	}
	n = next_random(seed);
	if (n % 8 < 4)
		snprintf(step, sizeof(step), "@region%u/%s %s", n / 8 % 3, of_region[which], word);
	else if (n % 8 < 7)
		snprintf(step, sizeof(step), "@decoder%u.%s %s", n / 8 % 4, of_decoder[which],
			 word);
	else
		snprintf(step, sizeof(step), "%s %s", of_driver[which / 2], word);
	(void)test_step(sim, step);
}

/* A few of the rules, or one, are wrong, and become so in the course of events. */
static void survive(const char *name, enum rule wrong, uint32_t seed)
{
	bool is_cxl = strstr(name, "-cxl-");
	struct mhp_sim *sim = open_machine(name), *again;
	char *text;

	for (int i = 0; i < 60; i++) {
		if (wrong < RULES_COUNT)
			sim->rules.is_wrong[wrong] = i >= 10;
		else if (i % 10 == 0)
			sim->rules.is_wrong[next_random(&seed) % RULES_COUNT] ^= true;
		for (int j = 0; j < 8 && is_cxl; j++)
			random_cxl_step(sim, &seed);
		if (!is_cxl)
			random_step(sim, &seed);
	}
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	/* it may show what no kernel does; that is told, not suffered */
	if (mhp_sim_new_from_text(text, strlen(text), NULL, &again) == 0)
		mhp_sim_unref(again);
	free(text);
}

static void test_wrong_machines(void **state)
{
	static const char *const names[] = {
		"6.1-hmem-split-bound.txt", "6.12-hmem-ranges-bound.txt",
		"7.3-hmem-ranges-bound.txt", "7.3-hmem-unaligned-bound.txt",
		"7.3-cxl-regions-region.txt",
	};

	(void)state;
	for (enum rule rule = 0; rule < RULES_COUNT; rule++) {
		bool is_cxl = !strncmp(rule_name(rule), "CXL_", 4);

		/* only one of the machines can meet those of CXL */
		for (size_t i = is_cxl ? 4 : 0; i < (is_cxl ? 5 : 4); i++)
			survive(names[i], rule, rule * 4 + (uint32_t)i);
	}
	for (uint32_t i = 0; i < 100; i++)
		survive(names[i % 5], RULES_COUNT, i);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_wrong_model),
		cmocka_unit_test(test_each_6_1),
		cmocka_unit_test(test_each_6_12),
		cmocka_unit_test(test_each_7_3),
		cmocka_unit_test(test_wrong_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
