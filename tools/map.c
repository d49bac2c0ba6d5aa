// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp map: memory by block, on a terminal, or as a file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

/* Beside the cells: blanks before and behind an address. */
#define LABEL_BLANKS 3
/* So that it is taken in at one look, more or less. */
#define ROWS_WANTED 40

struct pen {
	bool colour;
	bool utf8;
	unsigned int width;		/* of the terminal */
	int label_width;		/* of addresses */
	int now, ground;		/* colours that are set */
	bool seen[MAP_STATES][MAP_ZONES];	/* for the legend */
	bool seen_partly[MAP_STATES], seen_several;
};

/* ---- how a cell looks ---- */

static const struct {
	char letter;
	int colour;			/* of the terminal's own ones, which its user chose */
} zones[MAP_ZONES] = {
	[MHP_ZONE_UNKNOWN] = { 'O', 37 },
	[MHP_ZONE_NONE] = { 'X', 31 },
	[MHP_ZONE_DMA] = { 'D', 35 },
	[MHP_ZONE_DMA32] = { 'T', 36 },
	[MHP_ZONE_NORMAL] = { 'N', 34 },
	[MHP_ZONE_HIGHMEM] = { 'H', 33 },
	[MHP_ZONE_MOVABLE] = { 'M', 32 },
	[MHP_ZONE_DEVICE] = { 'V', 95 },
	[MHP_ZONE_MIXED] = { 'O', 37 },
};

/* The second one of a pair: of a cell that is so in part. */
static const struct {
	const char *name;
	const char *ascii[2], *utf8[2];
	int colour;			/* 0: the terminal's usual one */
} states[MAP_STATES] = {
	[MAP_HOLE] = { "no memory", { " ", " " }, { " ", " " }, 0 },
	[MAP_ABSENT] = { "absent", { ".", "." }, { "·", "·" }, 90 },
	[MAP_UNKNOWN] = { "state unknown", { "?", "?" }, { "?", "?" }, 91 },
	[MAP_OFFLINE] = { "offline", { "-", "," }, { "░", "┄" }, 0 },
	[MAP_GOING_OFFLINE] = { "going offline", { "~", "~" }, { "▽", "▽" }, 93 },
	[MAP_ONLINE] = { "online", { "", "" }, { "█", "▒" }, 0 },
};

/* 0: as usual */
static void set_colour(struct pen *pen, int colour, int ground)
{
	if (!pen->colour || (pen->now == colour && pen->ground == ground))
		return;
	fputs("\033[0", stdout);
	if (colour)
		printf(";%d", colour);
	if (ground)
		printf(";%d", ground);
	putchar('m');
	pen->now = colour;
	pen->ground = ground;
}

/* Without colours a letter tells the zone, and a small one that not all of it is online. */
static void draw_online(struct pen *pen, const struct map_cell *cell)
{
	bool several = cell->zone != cell->other_zone;
	char letter = zones[cell->zone].letter;

	set_colour(pen, zones[cell->zone].colour,
		   several ? zones[cell->other_zone].colour + 10 : 0);
	if (pen->colour && pen->utf8)
		fputs(several ? "▚" : states[MAP_ONLINE].utf8[cell->partly], stdout);
	else
		putchar(several ? '*' : cell->partly ? letter - 'A' + 'a' : letter);
}

static void draw_cell(struct pen *pen, const struct map_cell *cell)
{
	if (cell->state == MAP_ONLINE) {
		draw_online(pen, cell);
		return;
	}
	set_colour(pen, states[cell->state].colour, 0);
	fputs(pen->utf8 ? states[cell->state].utf8[cell->partly] :
	      states[cell->state].ascii[cell->partly], stdout);
}

static void remember_cell(struct pen *pen, const struct map_cell *cell)
{
	if (cell->zone != cell->other_zone) {
		pen->seen_several = true;
		return;
	}
	pen->seen[cell->state][cell->zone] |= !cell->partly || cell->state != MAP_OFFLINE;
	pen->seen_partly[cell->state] |= cell->partly;
}

/* ---- the legend: what was drawn, and no more ---- */

static void explain(struct pen *pen, const struct map_cell *cell, const char *name,
		    size_t *column)
{
	size_t width = strlen(name) + 4;

	if (*column && *column + width > pen->width) {
		say("\n");
		*column = 0;
	}
	say("%s", *column ? "  " : "");
	draw_cell(pen, cell);
	set_colour(pen, 0, 0);
	say(" %s", name);
	*column += width;
}

static void print_legend(struct pen *pen, const struct map_scale *scale, uint64_t block_size)
{
	char size[TEXT_SIZE_MAX], all[TEXT_SIZE_MAX];
	struct map_cell cell = { .state = MAP_ONLINE };
	size_t column = 0;

	text_size(block_size, size);
	if (scale->per_cell == 1)
		say("\nA cell is one block of %s.\n", size);
	else
		say("\nA cell is %" PRIu64 " blocks of %s, together %s.\n", scale->per_cell,
		    size, text_size(scale->per_cell * block_size, all));
	for (int zone = MAP_ZONES - 1; zone >= 0; zone--) {
		cell.zone = cell.other_zone = (enum mhp_zone)zone;
		if (pen->seen[MAP_ONLINE][zone])
			explain(pen, &cell, map_zone_name(cell.zone), &column);
	}
	if (pen->seen_several) {
		cell.zone = MHP_ZONE_NONE;
		cell.other_zone = MHP_ZONE_MOVABLE;
		explain(pen, &cell, "several zones", &column);
	}
	cell.zone = cell.other_zone = MHP_ZONE_UNKNOWN;
	for (int state = MAP_GOING_OFFLINE; state > MAP_HOLE; state--) {
		cell.state = (enum map_state)state;
		if (pen->seen[state][MHP_ZONE_UNKNOWN])
			explain(pen, &cell, states[state].name, &column);
	}
	if (pen->seen_partly[MAP_OFFLINE]) {
		cell = (struct map_cell){ .state = MAP_OFFLINE, .partly = true };
		explain(pen, &cell, "offline, a part of it", &column);
	}
	if (column)
		say("\n");
	if (pen->seen_partly[MAP_ONLINE])
		say("%s: only a part of it is online\n",
		    pen->colour && pen->utf8 ? states[MAP_ONLINE].utf8[1] : "small letter");
}

/* ---- the picture ---- */

static void print_label(const struct pen *pen, uint64_t address)
{
	char label[32];

	snprintf(label, sizeof(label), "0x%" PRIx64, address);
	say("  %-*s ", pen->label_width, label);
}

static void end_row(struct pen *pen)
{
	set_colour(pen, 0, 0);
	say("\n");
}

static void print_rows(struct pen *pen, const struct map *map, const struct map_section *section,
		       struct map_scale scale, struct map_piece *piece)
{
	struct map_cell cell;
	unsigned int column = 0;

	while (map_next_cell(section, scale, piece, &cell)) {
		if (column == 0)
			print_label(pen, cell.first * map->block_size);
		draw_cell(pen, &cell);
		remember_cell(pen, &cell);
		column = (column + 1) % scale.row_cells;
		if (column == 0)
			end_row(pen);
	}
	if (column)
		end_row(pen);
}

static void print_gap(const struct pen *pen, const struct map *map,
		      const struct map_piece *piece)
{
	char size[TEXT_SIZE_MAX];

	print_label(pen, piece->first * map->block_size);
	say("(%s: %s)\n", states[piece->gap].name,
	    text_size((piece->end - piece->first) * map->block_size, size));
}

static void print_section(struct pen *pen, const struct map *map,
			  const struct map_section *section, bool alone,
			  struct map_scale scale)
{
	char *name = map_section_name(section);
	struct map_count count = { 0 };
	struct map_piece piece = { 0 };

	if (alone) {			/* its node's line says it all */
		say("  %s\n", name);
	} else {
		char *text;

		map_count_section(section, &count);
		text = map_count_text(map, &count);
		say("  %s: %s\n", name, text);
		free(text);
	}
	free(name);
	while (map_next_piece(section, scale, &piece)) {
		if (piece.gap == MAP_STATES)
			print_rows(pen, map, section, scale, &piece);
		else
			print_gap(pen, map, &piece);
	}
}

/* Returns where the next node begins. */
static size_t print_node(struct pen *pen, const struct map *map, size_t first,
			 struct map_scale scale)
{
	int node = map->sections[first].node;
	struct map_count count = { 0 };
	size_t end = first;
	char *text;

	for (; end < map->n_sections && map->sections[end].node == node; end++)
		map_count_section(&map->sections[end], &count);
	text = map_count_text(map, &count);
	if (first)
		say("\n");
	if (node < 0)
		say("no node: %s\n", text);
	else
		say("node %d: %s\n", node, text);
	free(text);
	for (size_t i = first; i < end; i++)
		print_section(pen, map, &map->sections[i], end - first == 1, scale);
	return end;
}

/* Regions of which nothing can be drawn. */
static void print_unknown(const struct mhp_snapshot *snap)
{
	const struct mhp_region *region;
	size_t count;

	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++) {
		int code = mhp_region_get_range_count(region, &count);
		char *why;

		if (code == 0)
			continue;
		why = text_unreadable(code);
		say("\n%s: addresses %s\n", mhp_region_get_name(region), why);
		free(why);
	}
}

/* ---- the verb ---- */

static int label_width(const struct map *map)
{
	int width = 0;

	for (size_t i = 0; i < map->n_runs; i++) {
		int length = snprintf(NULL, 0, "0x%" PRIx64, map->runs[i].first * map->block_size);

		if (length > width)
			width = length;
	}
	return width;
}

/* A power of two, so that addresses of rows are round. */
static unsigned int row_cells(const struct pen *pen)
{
	unsigned int cells = 16, beside = LABEL_BLANKS + (unsigned int)pen->label_width;

	while (cells < 256 && 2 * cells + beside <= pen->width)
		cells *= 2;
	return cells;
}

static void print_map(const struct map *map, const struct options *options)
{
	struct pen pen = {
		.colour = terminal_wants_colour(options->colour),
		.utf8 = terminal_has_utf8(),
		.width = terminal_width(),
		.label_width = label_width(map),
	};
	struct map_scale scale;

	scale = map_fit(map, row_cells(&pen), ROWS_WANTED);
	if (options->per_cell)
		scale.per_cell = options->per_cell;
	for (size_t i = 0; i < map->n_sections;)
		i = print_node(&pen, map, i, scale);
	if (map->n_sections == 0)
		say("no blocks\n");
	print_unknown(map->snap);
	print_legend(&pen, &scale, map->block_size);
}

static int save_svg(const struct map *map, const char *path)
{
	char *text = map_svg(map), *why;
	int code = file_save(path, text);

	free(text);
	if (code < 0) {
		why = text_error(code);
		complain("%s: the map was not saved: %s", path, why);
		free(why);
	}
	return exit_of_code(code);
}

int verb_map(struct machine *machine)
{
	const struct options *options = machine->options;
	struct mhp_snapshot *snap;
	struct map *map;
	int r;

	r = machine_snapshot(machine, 0, &snap);
	if (r)
		return r;
	map = map_new(snap);
	if (options->svg)
		r = save_svg(map, options->svg);
	else
		print_map(map, options);
	machine_notes(machine, snap);
	map_free(map);
	mhp_snapshot_unref(snap);
	return r;
}
