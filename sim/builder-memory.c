// SPDX-License-Identifier: LGPL-2.1-or-later
/* Boot memory of a machine that is made by calls: its blocks, nodes and zones. */
#include <errno.h>
#include <stdlib.h>

#include "builder.h"

/* ---- zones ---- */

/* A page counts in a zone if it is memory; below 1 MiB a PC has holes. */
static const struct range pc_memory[] = {
	{ 0x1000, 0x9f000 - 0x1000 },
	{ 0x100000, MAX_ADDRESS - 0x100000 },
};

/* where zones begin: arch/x86/mm/init.c, zone_sizes_init() */
#define DMA_END		(UINT64_C(16) << 20)
#define DMA32_END	(UINT64_C(4) << 30)

static void zone_bounds(enum mhp_zone zone, uint64_t *ret_start, uint64_t *ret_end)
{
	*ret_start = zone == MHP_ZONE_DMA32 ? DMA_END : zone == MHP_ZONE_NORMAL ? DMA32_END : 0;
	*ret_end = zone == MHP_ZONE_DMA ? DMA_END : zone == MHP_ZONE_DMA32 ? DMA32_END :
		   zone == MHP_ZONE_NORMAL ? MAX_ADDRESS : 0;
}

/* Adds what of a range is memory and inside these bounds. */
static void add_to_zone(struct built_zone *zone, const struct range *range, uint64_t start,
			uint64_t end)
{
	if (start < range->start)
		start = range->start;
	if (end > range->start + range->size)
		end = range->start + range->size;
	for (size_t i = 0; i < sizeof(pc_memory) / sizeof(pc_memory[0]); i++) {
		uint64_t a = pc_memory[i].start, b = a + pc_memory[i].size;

		if (a < start)
			a = start;
		if (b > end)
			b = end;
		if (a >= b)
			continue;
		a /= PAGE_BYTES;
		b /= PAGE_BYTES;
		if (!zone->present)
			zone->start = a;
		zone->end = b;
		zone->present += b - a;
	}
}

void built_zone_get(const struct built_memory *memory, int node, enum mhp_zone zone,
		    struct built_zone *ret_zone)
{
	uint64_t start, end;

	zone_bounds(zone, &start, &end);
	*ret_zone = (struct built_zone){ 0 };
	for (size_t i = 0; i < memory->n_ram; i++)
		if (memory->ram[i].node == node)
			add_to_zone(ret_zone, &memory->ram[i].range, start, end);
}

/* NONE: of several; drivers/base/memory.c, early_node_zone_for_memory_block() */
static enum mhp_zone zone_of_block(const struct built_zone zones[ZONES], uint64_t id,
				   uint64_t pages)
{
	enum mhp_zone found = MHP_ZONE_UNKNOWN;

	for (enum mhp_zone zone = 0; zone < ZONES; zone++) {
		if (!zones[zone].present || zones[zone].start >= (id + 1) * pages ||
		    zones[zone].end <= id * pages)
			continue;
		if (found != MHP_ZONE_UNKNOWN)
			return MHP_ZONE_NONE;
		found = zone;
	}
	return found;
}

/* ---- blocks ---- */

bool built_memory_has(const struct built_memory *memory, int node, uint64_t start, uint64_t size)
{
	const struct range range = { start, size };

	for (size_t i = 0; i < memory->n_ram; i++)
		if (memory->ram[i].node == node && ranges_overlap(&memory->ram[i].range, &range))
			return true;
	return false;
}

static bool is_shared(const struct mhp_sim_builder *builder, const struct built_memory *memory,
		      int node, uint64_t id)
{
	for (size_t i = 0; i < builder->n_nodes; i++)
		if (builder->nodes[i].id != node &&
		    built_memory_has(memory, builder->nodes[i].id, id * builder->block_size,
				     builder->block_size))
			return true;
	return false;
}

/* Blocks from first to last, both inclusive, as runs of one zone each. */
static int add_runs(const struct mhp_sim_builder *builder, struct built_memory *memory,
		    uint64_t first, uint64_t last, int node)
{
	uint64_t pages = builder->block_size / PAGE_BYTES;
	struct built_zone zones[ZONES];
	struct boot_run *run = NULL;

	for (enum mhp_zone zone = 0; zone < ZONES; zone++)
		built_zone_get(memory, node, zone, &zones[zone]);
	for (uint64_t id = first; id <= last; id++) {
		enum mhp_zone zone = zone_of_block(zones, id, pages);
		struct boot_run *runs;

		/* nothing but holes */
		if (zone == MHP_ZONE_UNKNOWN)
			continue;
		if (run && run->zone == zone) {
			run->run.count++;
			continue;
		}
		runs = reallocarray(memory->runs, memory->n_runs + 1, sizeof(*runs));
		if (!runs)
			return -ENOMEM;
		memory->runs = runs;
		run = &runs[memory->n_runs++];
		*run = (struct boot_run){ { id, 1 }, node, zone };
	}
	return 0;
}

static int add_shared(struct built_memory *memory, uint64_t id)
{
	uint64_t *shared = reallocarray(memory->shared, memory->n_shared + 1, sizeof(*shared));

	if (!shared)
		return -ENOMEM;
	memory->shared = shared;
	shared[memory->n_shared++] = id;
	return 0;
}

/* Blocks of a range; those before next are done. Only the first and the last can be shared. */
static int add_blocks(const struct mhp_sim_builder *builder, struct built_memory *memory,
		      const struct built_range *ram, uint64_t *next)
{
	uint64_t first = ram->range.start / builder->block_size;
	uint64_t last = (ram->range.start + ram->range.size - 1) / builder->block_size;
	bool last_is_shared;
	int r = 0;

	if (first < *next)
		first = *next;
	*next = last + 1;
	if (first <= last && is_shared(builder, memory, ram->node, first))
		r = add_shared(memory, first++);
	if (r < 0 || first > last)
		return r;
	last_is_shared = is_shared(builder, memory, ram->node, last);
	if (first < last || !last_is_shared)
		r = add_runs(builder, memory, first, last - last_is_shared, ram->node);
	if (r == 0 && last_is_shared)
		r = add_shared(memory, last);
	return r;
}

static int compare_starts(const void *a, const void *b)
{
	const struct built_range *x = a, *y = b;

	return x->range.start < y->range.start ? -1 : x->range.start > y->range.start;
}

int built_memory_init(const struct mhp_sim_builder *builder, struct built_memory *memory)
{
	uint64_t bytes = 0, next = 0;
	int r = 0;

	*memory = (struct built_memory){ 0 };
	memory->ram = calloc(builder->n_ranges + 1, sizeof(*memory->ram));
	if (!memory->ram)
		return -ENOMEM;
	for (size_t i = 0; i < builder->n_ranges; i++) {
		if (builder->ranges[i].dax)
			continue;
		memory->ram[memory->n_ram++] = builder->ranges[i];
		bytes += builder->ranges[i].range.size;
	}
	if (bytes / builder->block_size + memory->n_ram > MAX_BLOCKS)
		return -ERANGE;
	if (memory->n_ram)
		qsort(memory->ram, memory->n_ram, sizeof(*memory->ram), compare_starts);
	for (size_t i = 0; i < memory->n_ram && r == 0; i++)
		r = add_blocks(builder, memory, &memory->ram[i], &next);
	return r;
}

struct range dax_region_range(const struct mhp_sim_builder *builder, unsigned int id)
{
	uint64_t start = UINT64_MAX, end = 0;

	for (size_t i = 0; i < builder->n_ranges; i++) {
		const struct built_range *part = &builder->ranges[i];

		if (!part->dax || dax_region_id(part->dax) != id)
			continue;
		if (part->range.start < start)
			start = part->range.start;
		if (part->range.start + part->range.size > end)
			end = part->range.start + part->range.size;
	}
	return (struct range){ start, end > start ? end - start : 0 };
}

void built_memory_free(struct built_memory *memory)
{
	free(memory->ram);
	free(memory->runs);
	free(memory->shared);
}
