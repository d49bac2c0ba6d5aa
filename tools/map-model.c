// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a map shows: blocks that are alike, by node and region, and cells of them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

/* ---- runs ---- */

struct builder {
	struct map *map;
	size_t room;
};

static bool is_alike(const struct map_run *a, const struct map_run *b)
{
	return a->first + a->count == b->first && a->region == b->region &&
	       a->node == b->node && a->state == b->state && a->zone == b->zone;
}

static void add_run(struct builder *builder, const struct map_run *run)
{
	struct map *map = builder->map;

	if (map->n_runs && is_alike(&map->runs[map->n_runs - 1], run)) {
		map->runs[map->n_runs - 1].count += run->count;
		return;
	}
	if (map->n_runs == builder->room) {
		builder->room = builder->room ? 2 * builder->room : 64;
		map->runs = reallocarray(map->runs, builder->room, sizeof(*map->runs));
		if (!map->runs)
			out_of_memory();
	}
	map->runs[map->n_runs++] = *run;
}

static enum map_state state_of(const struct mhp_block *block)
{
	switch (mhp_block_get_state(block)) {
	case MHP_STATE_ONLINE:
		return MAP_ONLINE;
	case MHP_STATE_OFFLINE:
		return MAP_OFFLINE;
	case MHP_STATE_GOING_OFFLINE:
		return MAP_GOING_OFFLINE;
	default:
		return MAP_UNKNOWN;
	}
}

static void add_block(struct builder *builder, const struct mhp_block *block)
{
	struct map_run run = {
		.first = mhp_block_get_id(block),
		.count = 1,
		.region = mhp_snapshot_get_block_region(builder->map->snap, block),
		.state = state_of(block),
	};

	if (mhp_block_get_node_id(block, &run.node) < 0)
		run.node = -1;
	if (run.state == MAP_ONLINE)
		run.zone = mhp_block_get_zone(block);
	if ((unsigned int)run.zone >= MAP_ZONES)
		run.zone = MHP_ZONE_MIXED;
	add_run(builder, &run);
}

static bool is_made_from(const struct mhp_region *region, const struct mhp_region *from)
{
	while ((region = mhp_region_get_parent(region)))
		if (region == from)
			return true;
	return false;
}

/* Where what is made from the region ends, if the block is of it; *limit: where it begins. */
static uint64_t skip_made(const struct mhp_snapshot *snap, const struct mhp_region *from,
			  uint64_t id, uint64_t *limit)
{
	const struct mhp_region *region;
	uint64_t first, count;

	/* of most nothing is: to walk over all others for each would be quadratic */
	if (!mhp_region_has_children(from))
		return id;
	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++) {
		if (!is_made_from(region, from))
			continue;
		for (size_t j = 0; mhp_region_get_block_run(region, j, &first, &count) == 0; j++) {
			if (first <= id && id - first < count)
				return first + count;
			if (first > id && first < *limit)
				*limit = first;
		}
	}
	return id;
}

size_t map_find_block(const struct mhp_snapshot *snap, uint64_t id)
{
	size_t low = 0, high = mhp_snapshot_count_blocks(snap);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mhp_block_get_id(mhp_snapshot_get_block(snap, middle)) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Between first and end there is room that nothing deeper has. */
static void add_absent_between(struct builder *builder, const struct mhp_region *region,
			       uint64_t first, uint64_t end)
{
	const struct mhp_snapshot *snap = builder->map->snap;
	struct map_run run = { .region = region, .first = first, .state = MAP_ABSENT };
	const struct mhp_block *block;

	if (mhp_region_get_node_id(region, &run.node) < 0)
		run.node = -1;
	for (size_t i = map_find_block(snap, first); run.first < end; i++) {
		uint64_t id = end;

		block = mhp_snapshot_get_block(snap, i);
		if (block && mhp_block_get_id(block) < end)
			id = mhp_block_get_id(block);
		run.count = id - run.first;
		if (run.count)
			add_run(builder, &run);
		run.first = id + 1;
	}
}

/* A region can have room for more blocks than can be walked one by one. */
static void add_absent(struct builder *builder, const struct mhp_region *region)
{
	uint64_t first, count;

	for (size_t i = 0; mhp_region_get_block_run(region, i, &first, &count) == 0; i++) {
		uint64_t end = first + count;

		while (first < end) {
			uint64_t limit = end;
			uint64_t next = skip_made(builder->map->snap, region, first, &limit);

			if (next == first) {
				add_absent_between(builder, region, first, limit);
				next = limit;
			}
			first = next;
		}
	}
}

static int compare_regions(const struct mhp_region *a, const struct mhp_region *b)
{
	if (a == b || !a || !b)
		return !!a - !!b;
	/* a snapshot's names are not twice the same, as they are file names */
	return strcmp(mhp_region_get_name(a), mhp_region_get_name(b));
}

static int compare_nodes(int a, int b)
{
	/* no node comes last */
	return (unsigned int)a < (unsigned int)b ? -1 : a != b;
}

static int compare_runs(const void *left, const void *right)
{
	const struct map_run *a = left, *b = right;

	if (a->node != b->node)
		return compare_nodes(a->node, b->node);
	if (a->region != b->region)
		return compare_regions(a->region, b->region);
	return a->first < b->first ? -1 : a->first > b->first;
}

/* ---- sections ---- */

static int compare_sections(const void *left, const void *right)
{
	const struct map_section *a = left, *b = right;

	if (a->node != b->node)
		return compare_nodes(a->node, b->node);
	if (a->runs->first == b->runs->first)
		return compare_regions(a->region, b->region);
	return a->runs->first < b->runs->first ? -1 : 1;
}

static void make_sections(struct map *map)
{
	map->sections = calloc(map->n_runs + 1, sizeof(*map->sections));
	if (!map->sections)
		out_of_memory();
	for (size_t i = 0; i < map->n_runs; i++) {
		const struct map_run *run = &map->runs[i];
		struct map_section *section = &map->sections[map->n_sections];

		if (!map->n_sections || section[-1].node != run->node ||
		    section[-1].region != run->region) {
			section->node = run->node;
			section->region = run->region;
			section->runs = run;
			map->n_sections++;
		} else {
			section--;
		}
		section->n_runs++;
	}
	qsort(map->sections, map->n_sections, sizeof(*map->sections), compare_sections);
}

struct map *map_new(const struct mhp_snapshot *snap)
{
	struct map *map = calloc(1, sizeof(*map));
	struct builder builder = { .map = map };
	const struct mhp_region *region;

	if (!map)
		out_of_memory();
	map->snap = snap;
	map->block_size = mhp_snapshot_get_block_size_bytes(snap);
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++)
		add_block(&builder, mhp_snapshot_get_block(snap, i));
	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++)
		add_absent(&builder, region);
	if (map->n_runs)
		qsort(map->runs, map->n_runs, sizeof(*map->runs), compare_runs);
	make_sections(map);
	return map;
}

void map_free(struct map *map)
{
	if (!map)
		return;
	free(map->runs);
	free(map->sections);
	free(map);
}

/* ---- counts ---- */

static void count_run(struct map_count *count, const struct map_run *run, uint64_t blocks)
{
	count->state[run->state] += blocks;
	if (run->state == MAP_ONLINE)
		count->zone[run->zone] += blocks;
	count->all += blocks;
}

void map_count_section(const struct map_section *section, struct map_count *count)
{
	for (size_t i = 0; i < section->n_runs; i++)
		count_run(count, &section->runs[i], section->runs[i].count);
}

const char *map_zone_name(enum mhp_zone zone)
{
	/* libmhp's words for these are about regions, and valid_zones */
	return zone == MHP_ZONE_NONE ? "spans zones" :
	       zone == MHP_ZONE_MIXED || zone == MHP_ZONE_UNKNOWN ? "zone unknown" :
	       mhp_zone_to_str(zone);
}

static void add_word(char **text, const char *between, const char *word)
{
	char *more = text_format("%s%s%s", *text, **text ? between : "", word);

	free(*text);
	*text = more;
}

static char *zones_text(const struct map *map, const struct map_count *count)
{
	char size[TEXT_SIZE_MAX], *text = text_format("%s", "");

	for (int zone = 0; zone < MAP_ZONES; zone++) {
		const char *name = map_zone_name((enum mhp_zone)zone);
		char *word;

		if (!count->zone[zone])
			continue;
		if (count->zone[zone] == count->state[MAP_ONLINE])
			word = text_format("%s", name);
		else
			word = text_format("%s %s", name,
					   text_size(count->zone[zone] * map->block_size, size));
		add_word(&text, ", ", word);
		free(word);
	}
	return text;
}

char *map_count_text(const struct map *map, const struct map_count *count)
{
	static const char *const names[MAP_STATES] = {
		"", "absent", "in a state that could not be read", "offline", "going offline",
		"online",
	};
	char size[TEXT_SIZE_MAX], *text = text_format("%s", "");

	for (int state = MAP_ONLINE; state > MAP_HOLE; state--) {
		char *zones, *word;

		if (!count->state[state])
			continue;
		zones = state == MAP_ONLINE ? zones_text(map, count) : text_format("%s", "");
		word = text_format("%s %s%s%s%s",
				   text_size(count->state[state] * map->block_size, size),
				   names[state], *zones ? " (" : "", zones, *zones ? ")" : "");
		add_word(&text, ", ", word);
		free(zones);
		free(word);
	}
	return text;
}

/* "dax0.0 (dax on region0, kmem)" */
char *map_section_name(const struct map_section *section)
{
	const struct mhp_region *region = section->region, *parent;
	const char *driver, *kind;

	if (!region)
		return text_format("owner not known");
	kind = mhp_region_kind_to_str(mhp_region_get_kind(region));
	if (mhp_region_get_kind(region) == MHP_REGION_BOOT)
		return text_format("%s", mhp_region_get_name(region));
	if (mhp_region_get_driver(region, &driver) < 0)
		driver = NULL;
	parent = mhp_region_get_parent(region);
	return text_format("%s (%s%s%s%s%s)", mhp_region_get_name(region), kind,
			   parent ? " on " : "", parent ? mhp_region_get_name(parent) : "",
			   driver ? ", " : "", driver ? driver : "");
}

/* ---- rows and cells ---- */

static uint64_t row_blocks(struct map_scale scale)
{
	uint64_t blocks;

	return __builtin_mul_overflow(scale.per_cell, scale.row_cells, &blocks) ? UINT64_MAX :
	       blocks;
}

/* A gap as long as a row says nothing that words do not say better. */
static bool is_gap(struct map_scale scale, uint64_t blocks)
{
	return blocks > row_blocks(scale);
}

bool map_next_piece(const struct map_section *section, struct map_scale scale,
		    struct map_piece *piece)
{
	size_t i = piece->next_run;
	const struct map_run *run = &section->runs[i];

	if (i == section->n_runs)
		return false;
	if (i && piece->gap != MAP_HOLE && is_gap(scale, run->first - piece->end)) {
		piece->gap = MAP_HOLE;
		piece->first = piece->end;
		piece->end = run->first;
		return true;
	}
	piece->gap = MAP_STATES;
	piece->first = piece->next = run->first;
	if (run->state == MAP_ABSENT && is_gap(scale, run->count)) {
		piece->gap = MAP_ABSENT;
		piece->end = run->first + run->count;
		piece->next_run++;
		return true;
	}
	for (; i < section->n_runs; i++, run++) {
		if (run->state == MAP_ABSENT && is_gap(scale, run->count))
			break;
		if (run->first != piece->first && is_gap(scale, run->first - piece->end))
			break;
		piece->end = run->first + run->count;
	}
	return true;
}

/* At the lively end of the list is what is to be seen. */
static void judge_cell(struct map_cell *cell)
{
	uint64_t blocks = cell->end - cell->first, most = 0, second = 0;

	cell->count.state[MAP_HOLE] = blocks - cell->count.all;
	cell->state = MAP_ONLINE;
	while (!cell->count.state[cell->state])
		cell->state--;
	cell->partly = cell->count.state[cell->state] != blocks;
	cell->zone = cell->other_zone = MHP_ZONE_UNKNOWN;
	for (int zone = 0; zone < MAP_ZONES; zone++) {
		uint64_t count = cell->count.zone[zone];

		if (count > most) {
			second = most;
			cell->other_zone = cell->zone;
			most = count;
			cell->zone = (enum mhp_zone)zone;
		} else if (count > second) {
			second = count;
			cell->other_zone = (enum mhp_zone)zone;
		}
	}
	if (!second)
		cell->other_zone = cell->zone;
}

bool map_next_cell(const struct map_section *section, struct map_scale scale,
		   struct map_piece *piece, struct map_cell *cell)
{
	uint64_t edge = piece->next - piece->next % scale.per_cell;

	if (piece->next == piece->end)
		return false;
	memset(cell, 0, sizeof(*cell));
	cell->first = piece->next;
	cell->end = piece->end - edge > scale.per_cell ? edge + scale.per_cell : piece->end;
	for (; piece->next_run < section->n_runs; piece->next_run++) {
		const struct map_run *run = &section->runs[piece->next_run];
		uint64_t end = run->first + run->count;
		uint64_t from = run->first > cell->first ? run->first : cell->first;
		uint64_t to = end < cell->end ? end : cell->end;

		if (from < to)
			count_run(&cell->count, run, to - from);
		if (end > cell->end)
			break;
	}
	piece->next = cell->end;
	judge_cell(cell);
	return true;
}

bool map_cell_looks_like(const struct map_cell *a, const struct map_cell *b)
{
	return a->state == b->state && a->partly == b->partly && a->zone == b->zone &&
	       a->other_zone == b->other_zone;
}

/* Cells begin at multiples of their size, so that the first one can be cut. */
static uint64_t count_rows(const struct map_section *section, struct map_scale scale)
{
	struct map_piece piece = { 0 };
	uint64_t rows = 0;

	while (map_next_piece(section, scale, &piece)) {
		uint64_t first = piece.first / scale.per_cell;
		uint64_t last = (piece.end - 1) / scale.per_cell;

		if (piece.gap != MAP_STATES)
			continue;
		rows += (last - first) / scale.row_cells + 1;
		while (piece.next_run < section->n_runs &&
		       section->runs[piece.next_run].first < piece.end)
			piece.next_run++;
	}
	return rows;
}

struct map_scale map_fit(const struct map *map, unsigned int row_cells, uint64_t rows)
{
	struct map_scale scale = { .per_cell = 1, .row_cells = row_cells };

	/* more than so many blocks no snapshot has */
	for (; scale.per_cell < UINT64_C(1) << 32; scale.per_cell *= 2) {
		uint64_t sum = 0;

		for (size_t i = 0; i < map->n_sections; i++)
			sum += count_rows(&map->sections[i], scale);
		/* a row of its own each section needs, however coarse */
		if (sum <= rows || sum <= map->n_sections)
			break;
	}
	return scale;
}
