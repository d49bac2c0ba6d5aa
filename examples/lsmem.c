// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What lsmem(1) of util-linux shows, from a snapshot: ranges of blocks that look alike,
 * and the totals. Its options have the same names here.
 *
 *	cc lsmem.c -o lsmem $(pkg-config --cflags --libs libmhp)
 *	./lsmem [-a] [-b] [-r] [-o COLUMN,...] [-s ROOT]
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <mhp/mhp.h>

enum column { RANGE, SIZE, STATE, REMOVABLE, BLOCK, NODE, ZONES, COLUMNS };

static const char *const names[COLUMNS] = {
	"RANGE", "SIZE", "STATE", "REMOVABLE", "BLOCK", "NODE", "ZONES"
};

struct view {
	const struct mhp_snapshot *snap;
	enum column columns[COLUMNS];	/* to be shown, in this order */
	size_t count;
	bool all, bytes, raw;
};

/* Blocks with neighbouring numbers that look like the first one. */
struct run {
	const struct mhp_block *block;
	uint64_t count;
};

struct cell {
	char text[256];
};

/* "3G", "1.5G": one decimal, rounded. */
static struct cell size_cell(const struct view *view, uint64_t size)
{
	struct cell cell;
	int unit = 0;

	while (!view->bytes && unit < 6 && size >> 10 * (unit + 1))
		unit++;
	if (view->bytes) {
		snprintf(cell.text, sizeof(cell.text), "%" PRIu64, size);
	} else {
		uint64_t part = unit ? (size >> 10 * (unit - 1) & 1023) * 1000 / 1024 : 0;
		uint64_t tenths = (size >> 10 * unit) * 10 + (part + 50) / 100;

		snprintf(cell.text, sizeof(cell.text), "%" PRIu64 "%.*s%.*u%c", tenths / 10,
			 tenths % 10 != 0, ".", tenths % 10 != 0, (unsigned int)(tenths % 10),
			 "BKMGTPE"[unit]);
	}
	return cell;
}

static struct cell zones_cell(const struct mhp_block *block)
{
	struct cell cell = { "" };

	for (size_t i = 0; i < mhp_block_count_zones(block); i++) {
		enum mhp_zone zone = mhp_block_get_zone_at(block, i);
		size_t used = strlen(cell.text);

		/* three words are spelt otherwise than the kernel does it */
		snprintf(cell.text + used, sizeof(cell.text) - used, "%s%s", i ? "/" : "",
			 zone == MHP_ZONE_NONE ? "None" : zone == MHP_ZONE_HIGHMEM ? "Highmem" :
			 zone == MHP_ZONE_UNKNOWN ? "Unknown" : mhp_zone_to_str(zone));
	}
	return cell;
}

static struct cell cell_of(const struct view *view, const struct run *run, enum column column)
{
	uint64_t block_size = mhp_snapshot_get_block_size_bytes(view->snap);
	uint64_t first = mhp_block_get_id(run->block), last = first + run->count - 1;
	enum mhp_state state = mhp_block_get_state(run->block);
	struct cell cell = { "" };
	bool can_remove = false;
	int node;

	switch (column) {
	case RANGE:
		snprintf(cell.text, sizeof(cell.text), "0x%016" PRIx64 "-0x%016" PRIx64,
			 first * block_size, last * block_size + (block_size - 1));
		break;
	case SIZE:
		return size_cell(view, run->count * block_size);
	case STATE:
		strcpy(cell.text, state == MHP_STATE_UNKNOWN ? "?" :
		       state == MHP_STATE_GOING_OFFLINE ? "on->off" : mhp_state_to_str(state));
		break;
	case REMOVABLE:
		/* since Linux 5.7 it is about the kernel, not about the block */
		mhp_snapshot_get_has_hotremove(view->snap, &can_remove);
		if (state == MHP_STATE_ONLINE)
			strcpy(cell.text, can_remove ? "yes" : "no");
		break;
	case BLOCK:
		snprintf(cell.text, sizeof(cell.text), first == last ? "%" PRIu64 :
			 "%" PRIu64 "-%" PRIu64, first, last);
		break;
	case NODE:
		if (mhp_block_get_node_id(run->block, &node) == 0)
			snprintf(cell.text, sizeof(cell.text), "%d", node);
		break;
	case ZONES:
		return zones_cell(run->block);
	case COLUMNS:
		break;
	}
	return cell;
}

/* In one line? If what is shown of them is the same; "removable" is so for all blocks. */
static bool look_alike(const struct view *view, const struct run *run, const struct run *next)
{
	uint64_t end = mhp_block_get_id(run->block) + run->count;

	if (view->all || mhp_block_get_id(next->block) != end)
		return false;
	for (size_t i = 0; i < view->count; i++) {
		enum column column = view->columns[i];

		if (column == STATE || column == NODE || column == ZONES) {
			struct cell a = cell_of(view, run, column);
			struct cell b = cell_of(view, next, column);

			if (strcmp(a.text, b.text) != 0)
				return false;
		}
	}
	return true;
}

static void print_runs(const struct view *view, const struct run *runs, size_t count)
{
	int widths[COLUMNS] = { 0 };

	for (size_t row = 0; row <= count; row++)
		for (size_t i = 0; i < view->count; i++) {
			enum column column = view->columns[i];
			struct cell cell;
			int width;

			if (row < count)
				cell = cell_of(view, &runs[row], column);
			width = (int)strlen(row < count ? cell.text : names[column]);
			if (width > widths[column])
				widths[column] = width;
		}
	for (size_t row = 0; row <= count; row++)	/* the first one is the names */
		for (size_t i = 0; i < view->count; i++) {
			enum column column = view->columns[i];
			bool last = i + 1 == view->count, left = column == RANGE;
			int width = view->raw || (left && last) ? 0 : widths[column];
			struct cell cell;

			if (row)
				cell = cell_of(view, &runs[row - 1], column);
			printf("%*s%c", left ? -width : width, row ? cell.text : names[column],
			       last ? '\n' : ' ');
		}
}

static void print_all(const struct view *view)
{
	size_t blocks = mhp_snapshot_count_blocks(view->snap), count = 0;
	uint64_t block_size = mhp_snapshot_get_block_size_bytes(view->snap), online = 0;
	struct run *runs = calloc(blocks + 1, sizeof(*runs));
	int width = view->bytes ? 15 : 5;

	if (!runs)
		exit(1);
	for (size_t i = 0; i < blocks; i++) {
		struct run next = { mhp_snapshot_get_block(view->snap, i), 1 };

		online += mhp_block_get_state(next.block) == MHP_STATE_ONLINE;
		if (count && look_alike(view, &runs[count - 1], &next))
			runs[count - 1].count++;
		else
			runs[count++] = next;
	}
	print_runs(view, runs, count);
	free(runs);
	if (view->raw)
		return;
	printf("\nMemory block size:      %*s\n", width, size_cell(view, block_size).text);
	printf("Total online memory:    %*s\n", width, size_cell(view, online * block_size).text);
	printf("Total offline memory:   %*s\n", width,
	       size_cell(view, (blocks - online) * block_size).text);
}

static bool parse_columns(struct view *view, char *list)
{
	view->count = 0;
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		enum column column = RANGE;

		while (column < COLUMNS && strcasecmp(word, names[column]) != 0)
			column++;
		if (column == COLUMNS || view->count == COLUMNS)
			return false;
		view->columns[view->count++] = column;
	}
	return view->count > 0;
}

int main(int argc, char **argv)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts),
		.flags = MHP_SNAPSHOT_OFFLINE_ZONES | MHP_SNAPSHOT_FOR_PLANS,
	};
	struct view view = { .columns = { RANGE, SIZE, STATE, REMOVABLE, BLOCK }, .count = 5 };
	struct mhp_snapshot *snap = NULL;
	struct mhp_ctx *ctx = NULL;
	const char *root = NULL;
	int option, r;

	while ((option = getopt(argc, argv, "abro:s:")) != -1) {
		view.all |= option == 'a';
		view.bytes |= option == 'b';
		view.raw |= option == 'r';
		if (option == 's')
			root = optarg;
		if (option == '?' || (option == 'o' && !parse_columns(&view, optarg))) {
			fprintf(stderr, "usage: lsmem [-a] [-b] [-r] [-o COLUMN,...] [-s ROOT]\n");
			return 2;
		}
	}
	r = mhp_ctx_new(root, &ctx);
	if (r == 0)
		r = mhp_snapshot_new(ctx, &opts, &snap);
	mhp_ctx_unref(ctx);
	if (r < 0) {
		fprintf(stderr, "lsmem: %s: %s\n", root ? root : "/", strerror(-r));
		return 1;
	}
	view.snap = snap;
	print_all(&view);
	mhp_snapshot_unref(snap);
	return 0;
}
