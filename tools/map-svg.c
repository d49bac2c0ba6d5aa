// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp map --svg: the picture as a file of its own, without scripts, fonts or images from
 * elsewhere. Colours are those of Okabe and Ito, which all can tell apart; what is not
 * online differs by its pattern too, for print.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

#define WIDTH 1240U
#define MARGIN 32U
#define GRID_X 164U			/* of cells; left of it are addresses */
#define GRID_WIDTH 1024U
#define ROW_CELLS_FEW 64		/* a row of them is as wide as one of many */
#define ROW_CELLS_MANY 128
#define ROW_STEP 22U
#define CELL_HEIGHT 18U
#define ROWS_FEW 24
#define ROWS_MANY 72
#define LABEL_MIN 76			/* as wide as the longest word in a cell needs */

struct svg {
	FILE *file;
	const struct map *map;
	struct map_scale scale;
	double cell_width;
	unsigned int y;
	struct map_cell before;		/* the run that was drawn last, if it was in this piece */
	bool has_before;
	bool seen_zone[MAP_ZONES], seen_state[MAP_STATES], seen_partly, seen_several;
};

static const struct {
	const char *colour, *text;
} zones[MAP_ZONES] = {
	[MHP_ZONE_UNKNOWN] = { "#6b7280", "#ffffff" },
	[MHP_ZONE_NONE] = { "#d55e00", "#ffffff" },
	[MHP_ZONE_DMA] = { "#cc79a7", "#1f2933" },
	[MHP_ZONE_DMA32] = { "#56b4e9", "#1f2933" },
	[MHP_ZONE_NORMAL] = { "#0072b2", "#ffffff" },
	[MHP_ZONE_HIGHMEM] = { "#e69f00", "#1f2933" },
	[MHP_ZONE_MOVABLE] = { "#009e73", "#ffffff" },
	[MHP_ZONE_DEVICE] = { "#7f5539", "#ffffff" },
	[MHP_ZONE_MIXED] = { "#6b7280", "#ffffff" },
};

static const struct {
	const char *name, *fill, *stroke, *text;
} states[MAP_STATES] = {
	[MAP_HOLE] = { "no memory", "#e4e7eb", "none", "#52606d" },
	[MAP_ABSENT] = { "absent", "#ffffff", "#9aa5b1\" stroke-dasharray=\"2 3", "#52606d" },
	[MAP_UNKNOWN] = { "state unknown", "url(#unknown)", "#b91c1c", "#b91c1c" },
	[MAP_OFFLINE] = { "offline", "#e4e7eb", "#9aa5b1", "#323f4b" },
	[MAP_GOING_OFFLINE] = { "going offline", "url(#going)", "#b45309", "#1f2933" },
	[MAP_ONLINE] = { "online", "none", "none", "#ffffff" },
};

/* Bytes that XML may not have are shown as those that a terminal may not see: \xNN. */
static void put_text(FILE *file, const char *text)
{
	char *safe = text_copy(text);

	for (const char *at = safe; *at;) {
		uint32_t c = 0;
		size_t length = text_utf8_length(at, &c);
		const char *entity = *at == '&' ? "&amp;" : *at == '<' ? "&lt;" :
				     *at == '>' ? "&gt;" : *at == '"' ? "&quot;" :
				     *at == '\'' ? "&#39;" : NULL;

		if (entity)
			fputs(entity, file);
		else if ((c & 0xfffe) == 0xfffe)	/* no characters, whatever the plane */
			for (size_t i = 0; i < length; i++)
				fprintf(file, "\\x%02x", (unsigned char)at[i]);
		else
			fwrite(at, 1, length, file);
		at += length;
	}
	free(safe);
}

/* ---- cells ---- */

static void put_tooltip(struct svg *svg, const struct map_section *section,
			const struct map_cell *cell)
{
	uint64_t size = svg->map->block_size, last = cell->end - 1;
	char *name = map_section_name(section), *text = map_count_text(svg->map, &cell->count);

	fputs("<title>", svg->file);
	if (cell->first == last)
		fprintf(svg->file, "memory%" PRIu64, last);
	else
		fprintf(svg->file, "memory%" PRIu64 "–%" PRIu64, cell->first, last);
	fprintf(svg->file, "\n0x%" PRIx64 "–0x%" PRIx64 "\n", cell->first * size,
		last * size + (size - 1));
	put_text(svg->file, cell->count.all ? text : "no memory");
	fputc('\n', svg->file);
	put_text(svg->file, name);
	if (section->node >= 0)
		fprintf(svg->file, ", node %d", section->node);
	fputs("</title>", svg->file);
	free(name);
	free(text);
}

static void put_rect(FILE *file, double x, double y, double width, double height,
		     const char *fill, const char *stroke)
{
	/* a stroke lies on the edge, half of it outside */
	double in = strcmp(stroke, "none") ? 0.5 : 0;

	fprintf(file, "<rect x=\"%.4g\" y=\"%.6g\" width=\"%.4g\" height=\"%.4g\" rx=\"2\" "
		"fill=\"%s\" stroke=\"%s\"/>", x + in, y + in, width - 2 * in, height - 2 * in,
		fill, stroke);
}

static void put_shape(FILE *file, const struct map_cell *cell, double x, double y, double width)
{
	bool several = cell->zone != cell->other_zone;

	if (cell->state == MAP_HOLE) {
		put_rect(file, x, y + CELL_HEIGHT / 2 - 1, width, 2, states[MAP_HOLE].fill,
			 "none");
	} else if (cell->state != MAP_ONLINE) {
		put_rect(file, x, y, width, CELL_HEIGHT, states[cell->state].fill,
			 states[cell->state].stroke);
	} else {
		put_rect(file, x, y, width, CELL_HEIGHT, zones[cell->zone].colour, "none");
		if (several)
			put_rect(file, x, y + CELL_HEIGHT / 2, width, CELL_HEIGHT / 2,
				 zones[cell->other_zone].colour, "none");
	}
	if (cell->partly && cell->state != MAP_HOLE)
		put_rect(file, x, y, width, CELL_HEIGHT, "url(#partly)", "none");
}

static const char *word_of(const struct map_cell *cell)
{
	if (cell->state != MAP_ONLINE)
		return states[cell->state].name;
	return cell->zone != cell->other_zone ? "several zones" : map_zone_name(cell->zone);
}

/* Cells in a row that look alike, as one shape. */
static void put_cells(struct svg *svg, const struct map_section *section,
		      const struct map_cell *cell, unsigned int column, unsigned int count)
{
	double x = GRID_X + column * svg->cell_width, width = count * svg->cell_width - 1;
	bool again = svg->has_before && map_cell_looks_like(&svg->before, cell);

	svg->before = *cell;
	svg->has_before = true;
	if (cell->zone != cell->other_zone)
		svg->seen_several = true;
	else if (cell->state == MAP_ONLINE)
		svg->seen_zone[cell->zone] = true;
	svg->seen_state[cell->state] = true;
	svg->seen_partly |= cell->partly && cell->state != MAP_HOLE;

	fputs("<g>", svg->file);
	put_tooltip(svg, section, cell);
	put_shape(svg->file, cell, x, svg->y, width);
	/* thin lines, so that cells can be counted */
	if (count > 1 && cell->state != MAP_HOLE)
		fprintf(svg->file, "<rect x=\"%.4g\" y=\"%u\" width=\"%.4g\" height=\"%u\" "
			"fill=\"url(#grid)\"/>", x, svg->y, width, CELL_HEIGHT);
	/* a word where it fits, and not on each row of the same */
	if (!again && width >= LABEL_MIN && !cell->partly && cell->state != MAP_HOLE)
		fprintf(svg->file, "<text x=\"%.4g\" y=\"%u\" class=\"word\" style=\"fill:%s\">%s"
			"</text>", x + 6, svg->y + 13, cell->state == MAP_ONLINE ?
			zones[cell->zone].text : states[cell->state].text, word_of(cell));
	fputs("</g>\n", svg->file);
}

static void add_cell(struct map_cell *run, const struct map_cell *cell)
{
	run->end = cell->end;
	for (int i = 0; i < MAP_STATES; i++)
		run->count.state[i] += cell->count.state[i];
	for (int i = 0; i < MAP_ZONES; i++)
		run->count.zone[i] += cell->count.zone[i];
	run->count.all += cell->count.all;
}

static void put_address(struct svg *svg, uint64_t block)
{
	fprintf(svg->file, "<text x=\"%u\" y=\"%u\" class=\"address\">0x%" PRIx64 "</text>\n",
		GRID_X - 10, svg->y + 13, block * svg->map->block_size);
}

static void put_rows(struct svg *svg, const struct map_section *section, struct map_piece *piece)
{
	unsigned int column = 0, begin = 0;
	struct map_cell run, cell;

	svg->has_before = false;
	while (map_next_cell(section, svg->scale, piece, &cell)) {
		bool at_end = column == svg->scale.row_cells;

		if (column && (at_end || !map_cell_looks_like(&run, &cell))) {
			put_cells(svg, section, &run, begin, column - begin);
			begin = column;
		}
		if (at_end) {
			svg->y += ROW_STEP;
			column = begin = 0;
		}
		if (column == 0)
			put_address(svg, cell.first);
		if (column == begin)
			run = cell;
		else
			add_cell(&run, &cell);
		column++;
	}
	put_cells(svg, section, &run, begin, column - begin);
	svg->y += ROW_STEP;
}

static void put_gap(struct svg *svg, const struct map_piece *piece)
{
	char size[TEXT_SIZE_MAX];

	put_address(svg, piece->first);
	fprintf(svg->file, "<path d=\"M%u %u h60 m8 0\" class=\"gap\"/><text x=\"%u\" y=\"%u\" "
		"class=\"quiet\">%s %s</text>\n", GRID_X, svg->y + 9, GRID_X + 70, svg->y + 13,
		text_size((piece->end - piece->first) * svg->map->block_size, size),
		piece->gap == MAP_HOLE ? "without memory" : "absent");
	svg->y += ROW_STEP;
}

/* ---- sections and nodes ---- */

static void put_section(struct svg *svg, const struct map_section *section, bool alone)
{
	char *name = map_section_name(section), *text;
	struct map_count count = { 0 };
	struct map_piece piece = { 0 };

	map_count_section(section, &count);
	text = map_count_text(svg->map, &count);
	fprintf(svg->file, "<text x=\"%u\" y=\"%u\"><tspan class=\"name\">", MARGIN + 16,
		svg->y + 14);
	put_text(svg->file, name);
	fputs("</tspan>", svg->file);
	if (!alone) {
		fputs("<tspan dx=\"12\" class=\"quiet\">", svg->file);
		put_text(svg->file, text);
		fputs("</tspan>", svg->file);
	}
	fputs("</text>\n", svg->file);
	free(name);
	free(text);
	svg->y += 22;
	while (map_next_piece(section, svg->scale, &piece)) {
		if (piece.gap == MAP_STATES)
			put_rows(svg, section, &piece);
		else
			put_gap(svg, &piece);
	}
	svg->y += 8;
}

/* Returns where the next node begins. The card's height is known at its end only. */
static size_t put_node(struct svg *svg, size_t first)
{
	const struct map *map = svg->map;
	int node = map->sections[first].node;
	struct map_count count = { 0 };
	unsigned int top = svg->y;
	FILE *file = svg->file;
	size_t end = first, length;
	char *inside, *text;

	for (; end < map->n_sections && map->sections[end].node == node; end++)
		map_count_section(&map->sections[end], &count);
	svg->file = open_memstream(&inside, &length);
	if (!svg->file)
		out_of_memory();
	svg->y += 44;
	for (size_t i = first; i < end; i++)
		put_section(svg, &map->sections[i], end - first == 1);
	if (fclose(svg->file) != 0)
		out_of_memory();
	svg->file = file;

	fprintf(file, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"8\" "
		"class=\"card\"/>\n", MARGIN, top, WIDTH - 2 * MARGIN, svg->y - top);
	fprintf(file, "<text x=\"%u\" y=\"%u\"><tspan class=\"node\">", MARGIN + 16, top + 28);
	if (node < 0)
		fputs("no node", file);
	else
		fprintf(file, "node %d", node);
	text = map_count_text(map, &count);
	fputs("</tspan><tspan dx=\"14\" class=\"quiet\">", file);
	put_text(file, text);
	fprintf(file, "</tspan></text>\n%s", inside);
	free(text);
	free(inside);
	svg->y += 16;
	return end;
}

/* ---- head and foot ---- */

static void put_key(FILE *file, const struct map_cell *cell, const char *name, unsigned int *x,
		    unsigned int *y)
{
	unsigned int width = 54 + 7 * (unsigned int)strlen(name);

	if (*x + width > WIDTH - MARGIN) {
		*x = MARGIN;
		*y += 26;
	}
	put_shape(file, cell, *x, *y, 22);
	fprintf(file, "<text x=\"%u\" y=\"%u\">%s</text>\n", *x + 29, *y + 13, name);
	*x += width;
}

/* What was drawn, and no more. */
static void put_legend(FILE *file, const struct svg *svg, unsigned int *y)
{
	struct map_cell cell = { .state = MAP_ONLINE };
	unsigned int x = MARGIN;

	for (int zone = MAP_ZONES - 1; zone >= 0; zone--) {
		cell.zone = cell.other_zone = (enum mhp_zone)zone;
		if (svg->seen_zone[zone])
			put_key(file, &cell, map_zone_name(cell.zone), &x, y);
	}
	if (svg->seen_several) {
		cell.zone = MHP_ZONE_NORMAL;
		cell.other_zone = MHP_ZONE_MOVABLE;
		put_key(file, &cell, "several zones", &x, y);
	}
	for (int state = MAP_GOING_OFFLINE; state > MAP_HOLE; state--) {
		cell = (struct map_cell){ .state = (enum map_state)state };
		if (svg->seen_state[state])
			put_key(file, &cell, states[state].name, &x, y);
	}
	if (svg->seen_partly) {
		cell = (struct map_cell){ .state = MAP_ONLINE, .zone = MHP_ZONE_UNKNOWN,
					  .partly = true };
		put_key(file, &cell, "only a part of it", &x, y);
	}
	*y += 40;
}

static void put_definitions(FILE *file, double cell_width)
{
	fputs("<style>text{font:13px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;"
	      "fill:#1f2933}.title{font-size:24px;font-weight:600}.node{font-size:16px;"
	      "font-weight:600}.name{font-weight:600}.quiet{fill:#52606d}.aside{font-size:13px;"
	      "font-weight:400;fill:#52606d}.word{font-size:11px}.address{font:11px "
	      "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#52606d;"
	      "text-anchor:end}.card{fill:#ffffff;stroke:#cbd2d9}.gap{stroke:#9aa5b1;"
	      "stroke-dasharray:1 5;stroke-width:3;stroke-linecap:round}"
	      "g:hover>rect{filter:brightness(1.12)}</style>\n<defs>\n", file);
	fprintf(file, "<pattern id=\"grid\" x=\"%u\" width=\"%.6g\" height=\"%u\" "
		"patternUnits=\"userSpaceOnUse\"><rect x=\"%.6g\" width=\"1\" height=\"%u\" "
		"fill=\"#ffffff\" fill-opacity=\"%s\"/></pattern>\n", GRID_X, cell_width, ROW_STEP,
		cell_width - 1, ROW_STEP, cell_width > 12 ? "0.6" : "0.3");
	fputs("<pattern id=\"partly\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
	      "patternTransform=\"rotate(45)\"><rect width=\"3\" height=\"6\" fill=\"#ffffff\" "
	      "fill-opacity=\"0.75\"/></pattern>\n"
	      "<pattern id=\"going\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
	      "patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#fde68a\"/>"
	      "<rect width=\"3\" height=\"6\" fill=\"#f59e0b\"/></pattern>\n"
	      "<pattern id=\"unknown\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
	      "<rect width=\"6\" height=\"6\" fill=\"#ffffff\"/><circle cx=\"3\" cy=\"3\" r=\"1\" "
	      "fill=\"#b91c1c\"/></pattern>\n</defs>\n", file);
}

static void put_head(FILE *file, const struct svg *svg, unsigned int height)
{
	uint64_t size = svg->map->block_size;
	char block[TEXT_SIZE_MAX], cell[TEXT_SIZE_MAX];
	struct map_count count = { 0 };
	char *text;

	for (size_t i = 0; i < svg->map->n_sections; i++)
		map_count_section(&svg->map->sections[i], &count);
	text = map_count_text(svg->map, &count);
	fprintf(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
		"height=\"%u\" role=\"img\">\n<title>Memory by block</title>\n", WIDTH, height,
		WIDTH, height);
	put_definitions(file, svg->cell_width);
	fprintf(file, "<rect width=\"%u\" height=\"%u\" fill=\"#ffffff\"/>\n"
		"<text x=\"%u\" y=\"56\" class=\"title\">Memory by block<tspan dx=\"16\" "
		"class=\"aside\">", WIDTH, height, MARGIN);
	text_size(size, block);
	if (svg->scale.per_cell == 1)
		fprintf(file, "a cell is one block of %s", block);
	else
		fprintf(file, "a cell is %" PRIu64 " blocks of %s, together %s",
			svg->scale.per_cell, block, text_size(svg->scale.per_cell * size, cell));
	fprintf(file, "</tspan></text>\n<text x=\"%u\" y=\"82\" class=\"quiet\"", MARGIN);
	if (strlen(text) > 170)		/* all zones and states there are do not fit */
		fputs(" textLength=\"1170\" lengthAdjust=\"spacingAndGlyphs\"", file);
	fputc('>', file);
	put_text(file, *text ? text : "no blocks");
	fputs("</text>\n", file);
	free(text);
}

/* Regions of which nothing can be drawn. */
static void put_unknown(struct svg *svg)
{
	const struct mhp_region *region;
	size_t count;

	for (size_t i = 0; (region = mhp_snapshot_get_region(svg->map->snap, i)); i++) {
		int code = mhp_region_get_range_count(region, &count);
		char *why;

		if (code == 0)
			continue;
		why = text_unreadable(code);
		fprintf(svg->file, "<text x=\"%u\" y=\"%u\"><tspan class=\"name\">", MARGIN,
			svg->y + 14);
		put_text(svg->file, mhp_region_get_name(region));
		fputs("</tspan><tspan dx=\"12\" class=\"quiet\">addresses ",
		      svg->file);
		put_text(svg->file, why);
		fputs("</tspan></text>\n", svg->file);
		svg->y += ROW_STEP;
		free(why);
	}
}

/* Nodes first, into memory: what the legend has to tell, and the height, follow from them. */
char *map_svg(const struct map *map)
{
	struct svg svg = { .map = map };
	char *nodes, *legend, *whole;
	unsigned int y = 104;
	size_t length;
	FILE *file;

	svg.scale = map_fit(map, ROW_CELLS_FEW, ROWS_FEW);
	if (svg.scale.per_cell > 1)
		svg.scale = map_fit(map, ROW_CELLS_MANY, ROWS_MANY);
	svg.cell_width = (double)GRID_WIDTH / svg.scale.row_cells;
	svg.file = open_memstream(&nodes, &length);
	if (!svg.file)
		out_of_memory();
	for (size_t i = 0; i < map->n_sections;)
		i = put_node(&svg, i);
	put_unknown(&svg);
	if (fclose(svg.file) != 0)
		out_of_memory();

	file = open_memstream(&legend, &length);
	if (!file)
		out_of_memory();
	put_legend(file, &svg, &y);
	if (fclose(file) != 0)
		out_of_memory();

	file = open_memstream(&whole, &length);
	if (!file)
		out_of_memory();
	put_head(file, &svg, y + svg.y + 16);
	fprintf(file, "%s<g transform=\"translate(0 %u)\">\n%s</g>\n</svg>\n", legend, y, nodes);
	if (fclose(file) != 0)
		out_of_memory();
	free(nodes);
	free(legend);
	return whole;
}
