/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A picture of memory, before it is drawn: blocks that are alike as runs, by node and
 * region, and cells that stand for so many blocks.
 */
#ifndef MAP_H
#define MAP_H

#include "tool.h"

enum map_state {
	MAP_HOLE,			/* no block, and no region that could have one */
	MAP_ABSENT,			/* a region's block that does not exist */
	MAP_UNKNOWN,
	MAP_OFFLINE,
	MAP_GOING_OFFLINE,
	MAP_ONLINE,
	MAP_STATES,
};

#define MAP_ZONES (MHP_ZONE_MIXED + 1)	/* MIXED: one that this program does not know */

/* Blocks in a row that are alike. */
struct map_run {
	uint64_t first, count;
	const struct mhp_region *region;	/* NULL: of none */
	int node;			/* -1: not known */
	enum map_state state;
	enum mhp_zone zone;		/* of online ones */
};

/* What a node has of a region, by address. */
struct map_section {
	const struct mhp_region *region;
	int node;
	const struct map_run *runs;
	size_t n_runs;
};

struct map {
	const struct mhp_snapshot *snap;
	uint64_t block_size;
	struct map_run *runs;
	size_t n_runs;
	struct map_section *sections;	/* by node, then by address */
	size_t n_sections;
};

/* Position of the first block with that number, or a higher one. */
size_t map_find_block(const struct mhp_snapshot *snap, uint64_t id);

struct map *map_new(const struct mhp_snapshot *snap);
void map_free(struct map *map);

/* Blocks by state, and of the online ones by zone. */
struct map_count {
	uint64_t state[MAP_STATES];
	uint64_t zone[MAP_ZONES];
	uint64_t all;
};

/* adds to *count; holes are not counted */
void map_count_section(const struct map_section *section, struct map_count *count);
/* "1 GiB online (Normal 512 MiB, Movable 512 MiB), 2 GiB offline"; the caller frees it */
char *map_count_text(const struct map *map, const struct map_count *count);

/* How it is drawn: rows of so many cells, of so many blocks each. */
struct map_scale {
	uint64_t per_cell;
	unsigned int row_cells;
};

/* The finest one with which all of it has no more than so many rows, if there is one. */
struct map_scale map_fit(const struct map *map, unsigned int row_cells, uint64_t rows);

/* A part of a section: so many rows, or a gap that is longer than a row and not drawn. */
struct map_piece {
	uint64_t first, end;		/* blocks */
	enum map_state gap;		/* MAP_HOLE or MAP_ABSENT; MAP_STATES: drawn */
	size_t next_run;		/* for map_next_*() */
	uint64_t next;
};

/* Begin with zeros; false at the end. */
bool map_next_piece(const struct map_section *section, struct map_scale scale,
		    struct map_piece *piece);

/* A cell and what it looks like. */
struct map_cell {
	uint64_t first, end;		/* blocks */
	struct map_count count;
	enum map_state state;		/* the liveliest one of its blocks */
	bool partly;			/* others are in another state */
	enum mhp_zone zone, other_zone;	/* most, and second most of it; UNKNOWN: none */
};

/* Cells of a piece, one after the other; false at its end. */
bool map_next_cell(const struct map_section *section, struct map_scale scale,
		   struct map_piece *piece, struct map_cell *cell);
bool map_cell_looks_like(const struct map_cell *a, const struct map_cell *b);

/* "dax0.0 (dax on region0, kmem)"; not escaped, the caller frees it */
char *map_section_name(const struct map_section *section);
const char *map_zone_name(enum mhp_zone zone);

/* ---- map-svg.c ---- */

/* The picture as a file; the caller frees it. */
char *map_svg(const struct map *map);

#endif /* MAP_H */
