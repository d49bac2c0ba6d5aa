// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The files of a machine that is made by calls, as captures of real machines have
 * them, in that order; which kernel has which is seen there (tests/machines).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"

#define MEMORY	"/sys/devices/system/memory"
#define NODE	"/sys/devices/system/node"
#define DAX_BUS	"/sys/bus/dax"
#define TIERING	"/sys/devices/virtual/memory_tiering"
#define HMEM_PLATFORM "/sys/devices/platform/hmem_platform.0"

struct text {
	const struct mhp_sim_builder *builder;
	const struct built_memory *memory;
	struct buf buf;
};

static bool is_since(const struct text *text, enum mhp_sim_kernel kernel)
{
	return text->builder->kernel >= kernel;
}

static void add(struct text *text, const char *line)
{
	buf_add_str(&text->buf, line);
}

/* ---- nodes ---- */

static bool has_memory(const struct text *text, const struct built_node *node)
{
	return built_memory_has(text->memory, node->id, 0, MAX_ADDRESS);
}

static bool has_cpu(const struct text *text, const struct built_node *node)
{
	(void)text;
	return node->n_cpus > 0;
}

static bool is_online(const struct text *text, const struct built_node *node)
{
	return has_cpu(text, node) || has_memory(text, node);
}

static bool is_possible(const struct text *text, const struct built_node *node)
{
	(void)text;
	(void)node;
	return true;
}

/* "0-1,4" */
static void add_list(struct text *text,
		     bool (*has)(const struct text *text, const struct built_node *node))
{
	const struct built_node *nodes = text->builder->nodes;
	const char *comma = "";

	for (size_t i = 0; i < text->builder->n_nodes; i++) {
		size_t first = i;

		if (!has(text, &nodes[i]))
			continue;
		while (i + 1 < text->builder->n_nodes && nodes[i + 1].id == nodes[i].id + 1 &&
		       has(text, &nodes[i + 1]))
			i++;
		buf_add(&text->buf, "%s%d", comma, nodes[first].id);
		if (i > first)
			buf_add(&text->buf, "-%d", nodes[i].id);
		comma = ",";
	}
	add(text, "\n");
}

/* One bit for each CPU of the machine, 32 to a word. */
static void add_cpumap(struct text *text, const struct built_node *node)
{
	const struct built_node *last = &text->builder->nodes[text->builder->n_nodes - 1];
	unsigned int n = last->first_cpu + last->n_cpus, words = n ? (n + 31) / 32 : 1;
	unsigned int digits = n % 32 ? (n % 32 + 3) / 4 : n ? 8 : 1;

	for (unsigned int i = words; i > 0; i--) {
		uint32_t word = 0;

		for (unsigned int bit = 0; bit < 32; bit++)
			if ((i - 1) * 32 + bit - node->first_cpu < node->n_cpus)
				word |= UINT32_C(1) << bit;
		buf_add(&text->buf, "%0*" PRIx32 "%s", digits, word, i > 1 ? "," : "\n");
		digits = 8;
	}
}

static void add_cpus(struct text *text, const struct built_node *node)
{
	unsigned int first = node->first_cpu, last = first + node->n_cpus - 1;

	for (unsigned int cpu = first; node->n_cpus && cpu <= last; cpu++)
		buf_add(&text->buf, NODE "/node%d/cpu%u -> ../../cpu/cpu%u\n", node->id, cpu, cpu);
	buf_add(&text->buf, NODE "/node%d/cpulist: ", node->id);
	if (node->n_cpus > 1)
		buf_add(&text->buf, "%u-%u", first, last);
	else if (node->n_cpus)
		buf_add(&text->buf, "%u", first);
	buf_add(&text->buf, "\n" NODE "/node%d/cpumap: ", node->id);
	add_cpumap(text, node);
}

static void add_distances(struct text *text, const struct built_node *node)
{
	const struct mhp_sim_builder *builder = text->builder;
	const char *space = "";

	buf_add(&text->buf, NODE "/node%d/distance: ", node->id);
	for (size_t i = 0; i < builder->n_nodes; i++) {
		if (!is_online(text, &builder->nodes[i]))
			continue;
		buf_add(&text->buf, "%s%u", space,
			builder_distance(builder, node->id, builder->nodes[i].id));
		space = " ";
	}
	add(text, "\n");
}

static bool is_block_of(const struct text *text, uint64_t block, int node)
{
	uint64_t size = text->builder->block_size;

	return built_memory_has(text->memory, node, block * size, size);
}

static void add_node(struct text *text, const struct built_node *node)
{
	const struct built_memory *memory = text->memory;
	int id = node->id;

	buf_add(&text->buf, NODE "/node%d/compact: <write-only>\n", id);
	add_cpus(text, node);
	add_distances(text, node);
	for (size_t i = 0; i < memory->n_shared; i++)
		if (is_block_of(text, memory->shared[i], id))
			buf_add(&text->buf, NODE "/node%d/memory%" PRIu64
				" -> ../../memory/memory%" PRIu64 "\n", id, memory->shared[i],
				memory->shared[i]);
	if (is_since(text, MHP_SIM_KERNEL_7_3))
		buf_add(&text->buf, NODE "/node%d/reclaim: <write-only>\n", id);
	buf_add(&text->buf, NODE "/node%d/subsystem -> ../../../../bus/node\n", id);
	buf_add(&text->buf, NODE "/node%d/uevent: \n", id);
	buf_add(&text->buf, NODE "/node%d/x86/\n", id);
}

static void add_nodes(struct text *text)
{
	add(text, NODE "/has_cpu: ");
	add_list(text, has_cpu);
	add(text, NODE "/has_generic_initiator: \n" NODE "/has_memory: ");
	add_list(text, has_memory);
	/* nothing is Movable at boot */
	add(text, NODE "/has_normal_memory: ");
	add_list(text, has_memory);
	for (size_t i = 0; i < text->builder->n_nodes; i++)
		if (is_online(text, &text->builder->nodes[i]))
			add_node(text, &text->builder->nodes[i]);
	add(text, NODE "/online: ");
	add_list(text, is_online);
	add(text, NODE "/possible: ");
	add_list(text, is_possible);
	add(text, NODE "/uevent: \n");
}

/* Boot memory is DRAM, whatever node it is on. */
static void add_tiers(struct text *text)
{
	add(text, TIERING "/memory_tier4/nodelist: ");
	add_list(text, has_memory);
	add(text, TIERING "/memory_tier4/subsystem -> ../../../../bus/memory_tiering\n"
		  TIERING "/memory_tier4/uevent: \n"
		  TIERING "/uevent: \n");
}

/* ---- blocks ---- */

static void add_shared_block(struct text *text, uint64_t id)
{
	const struct mhp_sim_builder *builder = text->builder;
	struct buf *buf = &text->buf;

	for (size_t i = 0; i < builder->n_nodes; i++)
		if (is_block_of(text, id, builder->nodes[i].id))
			buf_add(buf, MEMORY "/memory%" PRIu64 "/node%d -> ../../node/node%d\n", id,
				builder->nodes[i].id, builder->nodes[i].id);
	buf_add(buf, MEMORY "/memory%" PRIu64 "/online: 1\n", id);
	buf_add(buf, MEMORY "/memory%" PRIu64 "/phys_device: 0\n", id);
	buf_add(buf, MEMORY "/memory%" PRIu64 "/phys_index: %08" PRIx64 "\n", id, id);
	buf_add(buf, MEMORY "/memory%" PRIu64 "/removable: 1\n", id);
	buf_add(buf, MEMORY "/memory%" PRIu64 "/state: online\n", id);
	buf_add(buf, MEMORY "/memory%" PRIu64 "/subsystem -> ../../../../bus/memory\n", id);
	buf_add(buf, MEMORY "/memory%" PRIu64 "/uevent: \n", id);
	buf_add(buf, MEMORY "/memory%" PRIu64 "/valid_zones: none\n", id);
}

static void add_blocks(struct text *text)
{
	buf_add(&text->buf, MEMORY "/auto_online_blocks: %s\n",
		is_since(text, MHP_SIM_KERNEL_6_12) ? "online" : "offline");
	buf_add(&text->buf, MEMORY "/block_size_bytes: %" PRIx64 "\n", text->builder->block_size);
	if (is_since(text, MHP_SIM_KERNEL_6_12))
		add(text, MEMORY "/crash_hotplug: 0\n");
	add(text, MEMORY "/hard_offline_page: <write-only>\n");
	for (size_t i = 0; i < text->memory->n_shared; i++)
		add_shared_block(text, text->memory->shared[i]);
	add(text, MEMORY "/soft_offline_page: <write-only>\n" MEMORY "/uevent: \n");
}

static void add_parameters(struct text *text)
{
	static const char parameters[] = "/sys/module/memory_hotplug/parameters";

	buf_add(&text->buf, "%s/auto_movable_numa_aware: Y\n", parameters);
	buf_add(&text->buf, "%s/auto_movable_ratio: 301\n", parameters);
	buf_add(&text->buf, "%s/memmap_on_memory: N\n", parameters);
	buf_add(&text->buf, "%s/online_policy: contig-zones\n", parameters);
	add(text, "/sys/module/memory_hotplug/uevent: <write-only>\n");
}

/* ---- dax ---- */

/* Is this range the first one of its device; of its region? */
static bool is_first(const struct mhp_sim_builder *builder, size_t at, bool of_region)
{
	const char *name = builder->ranges[at].dax;

	for (size_t i = 0; name && i < at; i++) {
		const char *other = builder->ranges[i].dax;

		if (other && (of_region ? dax_region_id(other) == dax_region_id(name) :
			      !strcmp(other, name)))
			return false;
	}
	return name != NULL;
}

static void add_region_path(struct text *text, unsigned int region)
{
	buf_add(&text->buf, "%s/hmem.%u", is_since(text, MHP_SIM_KERNEL_7_3) ? HMEM_PLATFORM :
		"/sys/devices/platform", region);
}

/* "KEY: " of a device, for its value to follow */
static void add_device_key(struct text *text, const char *name, const char *key)
{
	add_region_path(text, dax_region_id(name));
	buf_add(&text->buf, "/%s/%s: ", name, key);
}

static void add_region_key(struct text *text, unsigned int region, const char *key)
{
	add_region_path(text, region);
	buf_add(&text->buf, "/%s: ", key);
}

static const char *up(const struct text *text)
{
	return is_since(text, MHP_SIM_KERNEL_7_3) ? "../" : "";
}

/* The online node that is nearest to where the memory will be. */
static int nearest_node(const struct text *text, int to)
{
	const struct mhp_sim_builder *builder = text->builder;
	unsigned int best = UINT32_MAX;
	int found = to;

	for (size_t i = 0; i < builder->n_nodes; i++) {
		unsigned int distance = builder_distance(builder, to, builder->nodes[i].id);

		if (is_online(text, &builder->nodes[i]) && distance < best) {
			best = distance;
			found = builder->nodes[i].id;
		}
	}
	return found;
}

static uint64_t add_mappings(struct text *text, const char *name)
{
	const struct mhp_sim_builder *builder = text->builder;
	unsigned int number = 0;
	uint64_t offset = 0;
	char key[48];

	for (size_t i = 0; i < builder->n_ranges; i++) {
		const struct range *range = &builder->ranges[i].range;

		if (!builder->ranges[i].dax || strcmp(builder->ranges[i].dax, name))
			continue;
		snprintf(key, sizeof(key), "mapping%u/end", number);
		add_device_key(text, name, key);
		buf_add(&text->buf, "0x%" PRIx64 "\n", range->start + range->size - 1);
		snprintf(key, sizeof(key), "mapping%u/page_offset", number);
		add_device_key(text, name, key);
		buf_add(&text->buf, "0x%" PRIx64 "\n", offset / PAGE_BYTES);
		snprintf(key, sizeof(key), "mapping%u/start", number);
		add_device_key(text, name, key);
		buf_add(&text->buf, "0x%" PRIx64 "\n", range->start);
		snprintf(key, sizeof(key), "mapping%u/uevent", number++);
		add_device_key(text, name, key);
		add(text, "\n");
		offset += range->size;
	}
	return offset;
}

static void add_device(struct text *text, const struct built_range *first, unsigned int minor)
{
	unsigned int major = is_since(text, MHP_SIM_KERNEL_7_3) ? 251 : 252;
	const char *name = first->dax;
	struct buf *buf = &text->buf;
	uint64_t size;

	add_device_key(text, name, "align");
	add(text, "2097152\n");
	add_device_key(text, name, "dev");
	buf_add(buf, "%u:%u\n", major, minor);
	add_device_key(text, name, "mapping");
	add(text, "<write-only>\n");
	size = add_mappings(text, name);
	if (is_since(text, MHP_SIM_KERNEL_6_12)) {
		add_device_key(text, name, "memmap_on_memory");
		add(text, "0\n");
	}
	add_device_key(text, name, "modalias");
	add(text, "dax:t0\n");
	add_device_key(text, name, "numa_node");
	buf_add(buf, "%d\n", nearest_node(text, first->node));
	add_device_key(text, name, "resource");
	buf_add(buf, "0x%" PRIx64 "\n", first->range.start);
	add_device_key(text, name, "size");
	buf_add(buf, "%" PRIu64 "\n", size);
	add_region_path(text, dax_region_id(name));
	buf_add(buf, "/%s/subsystem -> %s../../../../bus/dax\n", name, up(text));
	add_device_key(text, name, "target_node");
	buf_add(buf, "%d\n", first->node);
	add_region_path(text, dax_region_id(name));
	buf_add(buf, "/%s/uevent:\n\tMAJOR=%u\n\tMINOR=%u\n\tDEVNAME=%s\n\tMODALIAS=dax:t0\n",
		name, major, minor, name);
}

/* What its devices leave of it. */
static uint64_t available(const struct mhp_sim_builder *builder, unsigned int region)
{
	uint64_t left = dax_region_range(builder, region).size;

	for (size_t i = 0; i < builder->n_ranges; i++)
		if (builder->ranges[i].dax && dax_region_id(builder->ranges[i].dax) == region)
			left -= builder->ranges[i].range.size;
	return left;
}

static void add_region(struct text *text, unsigned int region, int node)
{
	const struct mhp_sim_builder *builder = text->builder;
	struct buf *buf = &text->buf;

	add_region_key(text, region, "dax_region/align");
	add(text, "2097152\n");
	add_region_key(text, region, "dax_region/available_size");
	buf_add(buf, "%" PRIu64 "\n", available(builder, region));
	add_region_key(text, region, "dax_region/create");
	add(text, "\n");
	add_region_key(text, region, "dax_region/delete");
	add(text, "<write-only>\n");
	add_region_key(text, region, "dax_region/id");
	buf_add(buf, "%u\n", region);
	add_region_key(text, region, "dax_region/seed");
	add(text, "\n");
	add_region_key(text, region, "dax_region/size");
	buf_add(buf, "%" PRIu64 "\n", dax_region_range(builder, region).size);
	add_region_path(text, region);
	buf_add(buf, "/driver -> %s../../../bus/platform/drivers/hmem\n", up(text));
	add_region_key(text, region, "driver_override");
	add(text, "(null)\n");
	add_region_key(text, region, "modalias");
	add(text, "platform:hmem\n");
	add_region_key(text, region, "numa_node");
	buf_add(buf, "%d\n", nearest_node(text, node));
	add_region_path(text, region);
	buf_add(buf, "/subsystem -> %s../../../bus/platform\n", up(text));
	add_region_path(text, region);
	add(text, "/uevent:\n\tDRIVER=hmem\n\tMODALIAS=platform:hmem\n");
}

/* A region's devices, in the order of the calls, and what it says of itself. */
static void add_devices(struct text *text, size_t first, unsigned int *minor)
{
	const struct mhp_sim_builder *builder = text->builder;
	unsigned int region = dax_region_id(builder->ranges[first].dax);

	for (size_t i = first; i < builder->n_ranges; i++)
		if (is_first(builder, i, false) &&
		    dax_region_id(builder->ranges[i].dax) == region)
			add_device(text, &builder->ranges[i], (*minor)++);
	add_region(text, region, builder->ranges[first].node);
}

static void add_dax(struct text *text)
{
	static const char before[] =
		HMEM_PLATFORM "/driver -> ../../../bus/platform/drivers/hmem_platform\n"
		HMEM_PLATFORM "/driver_override: (null)\n";
	static const char after[] =
		HMEM_PLATFORM "/modalias: platform:hmem_platform\n"
		HMEM_PLATFORM "/subsystem -> ../../../bus/platform\n"
		HMEM_PLATFORM "/uevent:\n\tDRIVER=hmem_platform\n"
		"\tMODALIAS=platform:hmem_platform\n";
	const struct mhp_sim_builder *builder = text->builder;
	unsigned int minor = 0;
	bool any = false;

	for (size_t i = 0; i < builder->n_ranges; i++)
		any |= builder->ranges[i].dax != NULL;
	/* where the regions are in this directory, they come between */
	if (any && is_since(text, MHP_SIM_KERNEL_7_3))
		add(text, before);
	for (size_t i = 0; i < builder->n_ranges; i++)
		if (is_first(builder, i, true))
			add_devices(text, i, &minor);
	if (any && builder->kernel == MHP_SIM_KERNEL_6_12)
		add(text, before);
	if (any && is_since(text, MHP_SIM_KERNEL_6_12))
		add(text, after);
}

static void add_bus(struct text *text)
{
	const struct mhp_sim_builder *builder = text->builder;
	bool any = false;

	for (size_t i = 0; i < builder->n_ranges; i++) {
		const char *name = builder->ranges[i].dax;

		if (!is_first(builder, i, false))
			continue;
		any = true;
		buf_add(&text->buf, DAX_BUS "/devices/%s -> ../../../devices/platform/"
			"%shmem.%u/%s\n", name,
			is_since(text, MHP_SIM_KERNEL_7_3) ? "hmem_platform.0/" : "",
			dax_region_id(name), name);
	}
	if (!any)
		add(text, DAX_BUS "/devices/\n");
	add(text, DAX_BUS "/drivers/\n"
		  DAX_BUS "/drivers_autoprobe: 1\n"
		  DAX_BUS "/drivers_probe: <write-only>\n"
		  DAX_BUS "/uevent: <write-only>\n");
}

/* ---- /proc/iomem ---- */

static void add_resource(struct text *text, uint64_t start, uint64_t end, const char *name)
{
	if (start < end)
		buf_add(&text->buf, "\t%08" PRIx64 "-%08" PRIx64 " : %s\n", start, end - 1, name);
}

/* What firmware tells of a PC's first megabyte, if there is memory beyond it. */
static void add_ram(struct text *text, uint64_t start, uint64_t end)
{
	if (!start && end > 0x100000) {
		add_resource(text, 0, 0x1000, "Reserved");
		add_resource(text, 0x1000, 0x9fc00, "System RAM");
		add_resource(text, 0x9fc00, 0xa0000, "Reserved");
		add_resource(text, 0xf0000, 0x100000, "Reserved");
		start = 0x100000;
	}
	add_resource(text, start, end, "System RAM");
}

/*
 * A region of soft-reserved memory. 7.3 keeps a list of its own for these, others
 * show them; 6.1 shows the device as well.
 */
static void add_soft_reserved(struct text *text, unsigned int region)
{
	struct range range = dax_region_range(text->builder, region);

	if (is_since(text, MHP_SIM_KERNEL_7_3))
		return;
	if (is_since(text, MHP_SIM_KERNEL_6_12)) {
		add_resource(text, range.start, range.start + range.size, "Soft Reserved");
		return;
	}
	buf_add(&text->buf, "\t%08" PRIx64 "-%08" PRIx64 " : hmem.%u\n", range.start,
		range.start + range.size - 1, region);
	buf_add(&text->buf, "\t  %08" PRIx64 "-%08" PRIx64 " : Soft Reserved\n", range.start,
		range.start + range.size - 1);
}

/* What is there besides RAM: a dax region, a virtio-mem device, or a window of CXL. */
struct device_memory {
	struct range range;
	unsigned int number;	/* of the region, the N of virtioN, or which window */
	bool is_vmem, is_window;
};

/* The one that begins first at or behind an address. */
static bool next_device(const struct mhp_sim_builder *builder, uint64_t from,
			struct device_memory *ret_next)
{
	struct device_memory next = { .range.start = UINT64_MAX };

	for (size_t i = 0; i < builder->n_ranges; i++) {
		const struct built_range *range = &builder->ranges[i];

		if (!range->dax || range->range.start < from ||
		    range->range.start >= next.range.start || !is_first(builder, i, true))
			continue;
		next.number = dax_region_id(range->dax);
		next.range = dax_region_range(builder, next.number);
	}
	for (size_t i = 0; i < builder->n_vmems; i++) {
		const struct built_vmem *vmem = &builder->vmems[i];

		if (vmem->range.start >= from && vmem->range.start < next.range.start)
			next = (struct device_memory){ vmem->range, vmem->number, true, false };
	}
	for (size_t i = 0; i < builder->n_windows; i++) {
		const struct range *range = &builder->windows[i].range;

		if (range->start >= from && range->start < next.range.start)
			next = (struct device_memory){ *range, (unsigned int)i, false, true };
	}
	*ret_next = next;
	return next.range.start < UINT64_MAX;
}

static void add_devices_before(struct text *text, uint64_t *from, uint64_t end)
{
	struct device_memory next;

	while (next_device(text->builder, *from, &next) && next.range.start < end) {
		if (next.is_window)
			built_window_iomem(text->builder, text->memory, next.number, &text->buf);
		else if (next.is_vmem)
			buf_add(&text->buf, "\t%08" PRIx64 "-%08" PRIx64 " : virtio%u\n",
				next.range.start, next.range.start + next.range.size - 1,
				next.number);
		else
			add_soft_reserved(text, next.number);
		*from = next.range.start + next.range.size;
	}
}

static bool is_window_start(const struct text *text, uint64_t address)
{
	for (size_t i = 0; i < text->builder->n_windows; i++)
		if (text->builder->windows[i].range.start == address)
			return true;
	return false;
}

static void add_iomem(struct text *text)
{
	const struct built_memory *memory = text->memory;
	uint64_t devices_from = 0;

	add(text, "/proc/iomem:\n");
	for (size_t i = 0; i < memory->n_ram; i++) {
		uint64_t start = memory->ram[i].range.start;
		uint64_t end = start + memory->ram[i].range.size;

		add_devices_before(text, &devices_from, start + 1);
		if (start < devices_from)
			/* in a window, with which it was told */
			continue;
		/* firmware knows nothing of the border between two nodes */
		while (i + 1 < memory->n_ram && memory->ram[i + 1].range.start == end &&
		       !is_window_start(text, end))
			end += memory->ram[++i].range.size;
		add_ram(text, start, end);
	}
	add_devices_before(text, &devices_from, UINT64_MAX);
}

/* ---- /proc/zoneinfo ---- */

static void add_zone(struct text *text, int node, const char *name, const struct built_zone *zone)
{
	buf_add(&text->buf, "\tNode %d, zone %8s\n", node, name);
	buf_add(&text->buf, "\t  pages free     %" PRIu64 "\n", zone->present);
	buf_add(&text->buf, "\t        spanned  %" PRIu64 "\n", zone->end - zone->start);
	buf_add(&text->buf, "\t        present  %" PRIu64 "\n", zone->present);
	buf_add(&text->buf, "\t        managed  %" PRIu64 "\n", zone->present);
	if (zone->present)
		buf_add(&text->buf, "\t  start_pfn:           %" PRIu64 "\n", zone->start);
}

static void add_zoneinfo(struct text *text)
{
	static const enum mhp_zone zones[] = {
		MHP_ZONE_DMA, MHP_ZONE_DMA32, MHP_ZONE_NORMAL, MHP_ZONE_MOVABLE, MHP_ZONE_DEVICE,
	};
	const struct mhp_sim_builder *builder = text->builder;
	struct built_zone zone;

	add(text, "/proc/zoneinfo:\n");
	for (size_t i = 0; i < builder->n_nodes; i++) {
		if (!is_online(text, &builder->nodes[i]))
			continue;
		for (size_t j = 0; j < sizeof(zones) / sizeof(zones[0]); j++) {
			built_zone_get(text->memory, builder->nodes[i].id, zones[j], &zone);
			add_zone(text, builder->nodes[i].id, mhp_zone_to_str(zones[j]), &zone);
		}
	}
}

int built_text(const struct mhp_sim_builder *builder, const struct built_memory *memory,
	       char **ret_text)
{
	static const char *const versions[] = {
		[MHP_SIM_KERNEL_6_1] = "6.1", [MHP_SIM_KERNEL_6_12] = "6.12",
		[MHP_SIM_KERNEL_7_3] = "7.3",
	};
	struct text text = { .builder = builder, .memory = memory };

	buf_add(&text.buf, "# kernel: %s\n# note: made by calls, not recorded\n",
		versions[builder->kernel]);
	built_cxl_header(builder, &text.buf);
	add_blocks(&text);
	add_nodes(&text);
	add_parameters(&text);
	built_cxl_bus_text(builder, &text.buf);
	add_bus(&text);
	add_tiers(&text);
	add_dax(&text);
	built_vmems_text(builder, &text.buf);
	built_cxl_text(builder, &text.buf);
	/* one that was booted has sent some */
	add(&text, "/sys/kernel/uevent_seqnum: 1000\n");
	add_iomem(&text);
	add_zoneinfo(&text);
	return buf_finish(&text.buf, ret_text);
}
