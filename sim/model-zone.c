// SPDX-License-Identifier: LGPL-2.1-or-later
/* Zones: where a block goes, what they span, /proc/zoneinfo. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

static const char *const zone_names[ZONES] = {
	[MHP_ZONE_DMA] = "DMA",
	[MHP_ZONE_DMA32] = "DMA32",
	[MHP_ZONE_NORMAL] = "Normal",
	[MHP_ZONE_HIGHMEM] = "HighMem",
	[MHP_ZONE_MOVABLE] = "Movable",
	[MHP_ZONE_DEVICE] = "Device",
};

/* ---- where a block goes ---- */

static bool zone_has(const struct zone *zone, uint64_t start, uint64_t end)
{
	return zone->start < zone->end && start < zone->end && end > zone->start;
}

static enum mhp_zone choose_kernel_zone(const struct model *model, const struct numa *numa,
					uint64_t start, uint64_t end)
{
	static const enum mhp_zone zones[] = { MHP_ZONE_DMA, MHP_ZONE_DMA32 };

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (zone_has(&numa->zones[zones[i]], start, end) &&
		    holds(model, RULE_KERNEL_ZONE))
			return zones[i];
	return MHP_ZONE_NORMAL;
}

/* mm/memory_hotplug.c, default_zone_for_pfn() */
static bool is_for_movable(const struct model *model, bool in_kernel_zone, bool in_movable)
{
	if (in_movable && !in_kernel_zone)
		return holds(model, RULE_CONTIG_MOVABLE);
	if (in_kernel_zone && !in_movable)
		return !holds(model, RULE_CONTIG_KERNEL);
	if (model->movable_node)
		return holds(model, RULE_MOVABLE_NODE);
	return !holds(model, in_movable ? RULE_CONTIG_BOTH : RULE_CONTIG_NONE);
}

enum mhp_zone zone_choose(const struct model *model, const struct block *block,
			  enum mhp_online_type type)
{
	uint64_t start = block->id * model->block_pages, end = start + model->block_pages;
	const struct numa *numa = block->numa;
	enum mhp_zone kernel_zone = choose_kernel_zone(model, numa, start, end);
	bool in_kernel_zone, in_movable;

	if (type == MHP_ONLINE_MOVABLE)
		return holds(model, RULE_ONLINE_MOVABLE) ? MHP_ZONE_MOVABLE : kernel_zone;
	if (type == MHP_ONLINE_KERNEL)
		return holds(model, RULE_ONLINE_KERNEL) ? kernel_zone : MHP_ZONE_MOVABLE;
	if (model->auto_movable && holds(model, RULE_AUTO_MOVABLE))
		return policy_is_movable(model, block) ? MHP_ZONE_MOVABLE : kernel_zone;
	in_kernel_zone = zone_has(&numa->zones[kernel_zone], start, end);
	in_movable = zone_has(&numa->zones[MHP_ZONE_MOVABLE], start, end);
	return is_for_movable(model, in_kernel_zone, in_movable) ? MHP_ZONE_MOVABLE : kernel_zone;
}

/* ---- what a zone spans ---- */

static uint64_t managed_pages(const struct model *model, const struct block *block)
{
	uint64_t pages = model->block_pages;

	if (block->unplugged_pages && holds(model, RULE_VMEM_NOT_MANAGED))
		pages -= block->unplugged_pages;
	if (block->altmap_pages && holds(model, RULE_ALTMAP_NOT_MANAGED))
		return pages - block->altmap_pages;
	return pages;
}

void zone_add_block(const struct model *model, const struct block *block)
{
	uint64_t start = block->id * model->block_pages, end = start + model->block_pages;
	uint64_t managed = managed_pages(model, block);
	struct zone *zone = &block->numa->zones[block->zone];

	if (zone->start == zone->end) {
		zone->start = start;
		zone->end = end;
	}
	if (start < zone->start && holds(model, RULE_SPAN_GROWS_DOWN))
		zone->start = start;
	if (end > zone->end && holds(model, RULE_SPAN_GROWS_UP))
		zone->end = end;
	zone->present += model->block_pages;
	zone->managed += managed;
	zone->free += managed;
	zone->touched = true;
	policy_count(model, block, true);
}

static uint64_t less(uint64_t from, uint64_t amount)
{
	return from > amount ? from - amount : 0;
}

/* Does a zone end at this block, now that another one of it goes? */
static bool ends_at(const struct model *model, const struct block *block,
		    const struct block *gone)
{
	if (block->numa == gone->numa && block->state != MHP_STATE_OFFLINE &&
	    (block->zone == gone->zone || block->zone == MHP_ZONE_NONE))
		return true;
	return !holds(model, RULE_SPAN_SKIPS);
}

/* Where a zone starts without its lowest block. */
static uint64_t find_start(const struct model *model, const struct zone *zone,
			   const struct block *gone)
{
	size_t i = blocks_lower_bound(model, gone->id) + 1;

	for (; i < model->n_blocks; i++) {
		uint64_t start = model->blocks[i]->id * model->block_pages;

		if (start >= zone->end)
			break;
		if (ends_at(model, model->blocks[i], gone))
			return start;
	}
	return zone->end;
}

/* Where it ends without its highest one. */
static uint64_t find_end(const struct model *model, const struct zone *zone,
			 const struct block *gone)
{
	size_t i = blocks_lower_bound(model, gone->id);

	for (; i > 0; i--) {
		uint64_t end = (model->blocks[i - 1]->id + 1) * model->block_pages;

		if (end <= zone->start)
			break;
		if (ends_at(model, model->blocks[i - 1], gone))
			return end;
	}
	return zone->start;
}

/* The span ends where memory does: move its edges to what is left of it. */
static void shrink(const struct model *model, struct zone *zone, const struct block *gone)
{
	uint64_t start = gone->id * model->block_pages, end = start + model->block_pages;
	bool is_lowest = zone->start >= start && zone->start < end;
	bool is_highest = zone->end > start && zone->end <= end;

	if (is_lowest && holds(model, RULE_SPAN_SHRINKS_LOW))
		zone->start = find_start(model, zone, gone);
	if (is_highest && holds(model, RULE_SPAN_SHRINKS_HIGH))
		zone->end = find_end(model, zone, gone);
	if (zone_has(zone, start, end) && !is_lowest && !is_highest &&
	    !holds(model, RULE_SPAN_KEEPS_HOLES))
		zone->end = start;
}

void zone_remove_block(const struct model *model, const struct block *block)
{
	uint64_t managed = managed_pages(model, block);
	struct zone *zone = &block->numa->zones[block->zone];

	zone->present = less(zone->present, model->block_pages);
	zone->managed = less(zone->managed, managed);
	zone->free = less(zone->free, managed);
	zone->touched = true;
	policy_count(model, block, false);
	if (zone->present)
		shrink(model, zone, block);
	else if (holds(model, RULE_SPAN_EMPTY))
		zone->start = zone->end = 0;
}

void zone_set_unplugged(const struct model *model, struct block *block, uint64_t pages)
{
	struct zone *zone = &block->numa->zones[block->zone];
	uint64_t before = managed_pages(model, block), managed;

	block->unplugged_pages = pages;
	if (block->state == MHP_STATE_OFFLINE)
		return;
	managed = managed_pages(model, block);
	zone->managed = less(zone->managed, before) + managed;
	zone->free = less(zone->free, before) + managed;
	zone->touched = true;
}

static bool is_kernel_zone(enum mhp_zone zone)
{
	return zone == MHP_ZONE_DMA || zone == MHP_ZONE_DMA32 || zone == MHP_ZONE_NORMAL;
}

static bool has_kernel_memory(const struct numa *numa)
{
	for (enum mhp_zone zone = 0; zone < ZONES; zone++)
		if (is_kernel_zone(zone) && numa->zones[zone].present)
			return true;
	return false;
}

bool numa_has_normal_memory(const struct model *model, const struct numa *numa)
{
	if (has_kernel_memory(numa))
		return true;
	return numa->zones[MHP_ZONE_MOVABLE].present && !holds(model, RULE_MOVABLE_NOT_NORMAL);
}

bool numa_has_memory(const struct model *model, const struct numa *numa)
{
	if (has_kernel_memory(numa) || numa->zones[MHP_ZONE_HIGHMEM].present)
		return true;
	if (numa->zones[MHP_ZONE_MOVABLE].present)
		return holds(model, RULE_MOVABLE_IS_MEMORY);
	return numa->n_blocks && !holds(model, RULE_OFFLINE_NO_MEMORY);
}

/* ---- /proc/zoneinfo ---- */

/* lines of a section that follow the zone's size */
static const struct {
	const char *prefix;
	size_t offset;
} size_lines[] = {
	{ "  pages free     ", offsetof(struct zone, free) },
	{ "        spanned  ", 0 },
	{ "        present  ", offsetof(struct zone, present) },
	{ "        managed  ", offsetof(struct zone, managed) },
};
#define SPANNED 1
#define START_PFN "  start_pfn:           "

/* If line, up to its newline, begins with prefix: the number behind it. */
static bool match_line(const char *line, const char *prefix, uint64_t *ret_number, bool *ret_bad)
{
	size_t length = strlen(prefix), digits;
	char number[24];

	if (strncmp(line, prefix, length))
		return false;
	digits = strcspn(line + length, "\n");
	if (digits >= sizeof(number)) {
		*ret_bad = true;
		return true;
	}
	memcpy(number, line + length, digits);
	number[digits] = '\0';
	if (parse_dec(number, ret_number) < 0)
		*ret_bad = true;
	return true;
}

static bool parse_section_body(const char *body, struct zone *zone)
{
	uint64_t spanned = 0, start = 0, number = 0;
	const char *line;
	bool bad = false;

	for (line = body; *line && !bad; line += strcspn(line, "\n") + 1) {
		for (size_t i = 0; i < sizeof(size_lines) / sizeof(size_lines[0]); i++) {
			if (!match_line(line, size_lines[i].prefix, &number, &bad))
				continue;
			if (i == SPANNED)
				spanned = number;
			else
				*(uint64_t *)((char *)zone + size_lines[i].offset) = number;
		}
		match_line(line, START_PFN, &start, &bad);
	}
	if (bad || spanned > MAX_ADDRESS / PAGE_BYTES || start > MAX_ADDRESS / PAGE_BYTES)
		return false;
	if (!zone->present)
		/* what it spans no longer matters, and is not told */
		return true;
	zone->start = start;
	zone->end = start + spanned;
	return true;
}

static int add_section(struct numa *numa, enum mhp_zone zone, char *header, char *body)
{
	struct zone_section *list;

	list = header && body ? reallocarray(numa->sections, numa->n_sections + 1, sizeof(*list)) :
				NULL;
	if (!list) {
		free(header);
		free(body);
		return -ENOMEM;
	}
	numa->sections = list;
	list[numa->n_sections++] = (struct zone_section){ zone, header, body };
	return 0;
}

static enum mhp_zone zone_of_header(const char *header, int *ret_node)
{
	char name[24];

	/* what begins otherwise is of the section before, as soon as there is one */
	if (strncmp(header, "Node ", 5) ||
	    sscanf(header, "Node %7d, zone %23s", ret_node, name) != 2 || *ret_node < 0)
		return MHP_ZONE_UNKNOWN;
	for (enum mhp_zone zone = 0; zone < ZONES; zone++)
		if (zone_names[zone] && !strcmp(zone_names[zone], name))
			return zone;
	return MHP_ZONE_UNKNOWN;
}

static int load_section(struct mhp_sim *sim, const struct complaints *complaints,
			const struct node *file, const char *header, const char *body,
			const char *end)
{
	struct numa *numa;
	enum mhp_zone zone;
	int node = -1, r;

	zone = zone_of_header(header, &node);
	if (node < 0 || node >= MAX_NODES)
		return model_complain_line(complaints, file, header);
	r = numa_get(sim, node, &numa);
	if (r < 0)
		return r;
	r = add_section(numa, zone, strndup(header, (size_t)(body - header)),
			strndup(body, (size_t)(end - body)));
	if (r < 0 || zone == MHP_ZONE_UNKNOWN)
		return r;
	if (!parse_section_body(numa->sections[numa->n_sections - 1].body, &numa->zones[zone]))
		return model_complain_line(complaints, file, header);
	return 0;
}

static void show_size_line(struct buf *buf, const struct zone *zone, size_t i)
{
	uint64_t number = i == SPANNED ? zone->end - zone->start :
			  *(const uint64_t *)((const char *)zone + size_lines[i].offset);

	buf_add(buf, "%s%" PRIu64 "\n", size_lines[i].prefix, number);
}

static void show_section(struct buf *buf, const struct numa *numa,
			 const struct zone_section *section)
{
	const struct zone *zone = &numa->zones[section->zone];
	const char *line, *next;
	bool start_shown = !zone->present, is_size;

	buf_add_str(buf, section->header);
	if (section->zone == MHP_ZONE_UNKNOWN || !zone->touched) {
		buf_add_str(buf, section->body);
		return;
	}
	for (line = section->body; *line; line = next) {
		next = line + strcspn(line, "\n");
		next += *next == '\n';
		if (!strncmp(line, START_PFN, strlen(START_PFN)))
			continue;
		is_size = false;
		for (size_t i = 0; i < sizeof(size_lines) / sizeof(size_lines[0]); i++) {
			const char *prefix = size_lines[i].prefix;

			if (strncmp(line, prefix, strlen(prefix)))
				continue;
			show_size_line(buf, zone, i);
			is_size = true;
		}
		if (!is_size)
			buf_add_bytes(buf, line, (size_t)(next - line));
		if (!start_shown && !strncmp(line, "  node_unreclaimable:", 21)) {
			buf_add(buf, START_PFN "%" PRIu64 "\n", zone->start);
			start_shown = true;
		}
	}
	if (!start_shown)
		buf_add(buf, START_PFN "%" PRIu64 "\n", zone->start);
}

static int zoneinfo_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	struct model *model = &sim->model;

	(void)owner;
	for (size_t i = 0; i < model->n_numas; i++) {
		struct numa *numa = model->numas[i];

		if (model->has_nodes && !numa->online)
			continue;
		for (size_t j = 0; j < numa->n_sections; j++)
			show_section(buf, numa, &numa->sections[j]);
	}
	return 0;
}

static const struct attr zoneinfo_attr = { .show = zoneinfo_show };

/* Without /proc/zoneinfo: what the blocks make of it. */
static void zones_from_blocks(const struct model *model)
{
	for (size_t i = 0; i < model->n_blocks; i++) {
		const struct block *block = model->blocks[i];

		if (block->state != MHP_STATE_OFFLINE && block->zone != MHP_ZONE_NONE &&
		    block->zone != MHP_ZONE_UNKNOWN)
			zone_add_block(model, block);
	}
}

int zones_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *file = model_file(sim, "/proc/zoneinfo");
	const char *header, *body, *end;
	int r;

	if (!file || !file->text) {
		zones_from_blocks(&sim->model);
		return 0;
	}
	/* of nodes that are not online nothing is told: maybe nothing at all */
	for (header = strcmp(file->text, "\n") ? file->text : ""; *header; header = end) {
		body = header + strcspn(header, "\n");
		body += *body == '\n';
		for (end = body; *end && strncmp(end, "Node ", 5); end += *end == '\n')
			end += strcspn(end, "\n");
		r = load_section(sim, complaints, file, header, body, end);
		if (r < 0)
			return r;
	}
	model_set_attr(file, &zoneinfo_attr, NULL);
	return 0;
}

int zones_init(const struct model *model, struct numa *numa)
{
	const struct numa *other = NULL;
	struct buf buf;
	char *header;
	int r = 0;

	for (size_t i = 0; i < model->n_numas && !other; i++)
		if (model->numas[i]->n_sections)
			other = model->numas[i];
	if (!other || numa->n_sections)
		return 0;
	for (size_t i = 0; i < other->n_sections && r == 0; i++) {
		const char *name = strstr(other->sections[i].header, ", zone");

		buf = (struct buf){ 0 };
		buf_add(&buf, "Node %d%s", numa->id, name ? name : "\n");
		r = buf_finish(&buf, &header);
		if (r == 0)
			r = add_section(numa, other->sections[i].zone, header,
					strdup("  pages free     0\n"
					       "        spanned  0\n"
					       "        present  0\n"
					       "        managed  0\n"));
	}
	return r;
}
