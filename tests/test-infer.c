// SPDX-License-Identifier: LGPL-2.1-or-later
/* What zones imply of blocks, and what they do not. Blocks of 128 MiB, pages of 4 KiB. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "infer.h"
#include "support/fakesys.h"

#define BLOCK (UINT64_C(128) << 20)
#define PAGES (BLOCK / 4096)
#define NORMAL MHP_ZONE_NORMAL
#define MOVABLE MHP_ZONE_MOVABLE

/* A zone from block first on, spanning and having so many blocks' pages. */
#define ZONE(n, z, first, blocks, has)                                                       \
	{ .node = (n), .zone = (z), .start_pfn = (first) * PAGES, .spanned = (blocks) * PAGES, \
	  .present = (has), .has_spanned = true, .has_present = true, .has_start = true }

/* "O" online, "M" online and in Movable, "N" in Normal, "-" offline, "?" to be read; from block 0 */
static void check(const struct zone_info *zones, size_t count, const struct mhp_block *blocks,
		  size_t n_blocks, int node, const char *expected)
{
	struct zoneinfo info = { .zones = (struct zone_info *)zones, .count = count };
	struct inference inference;
	char found[64];
	size_t n = strlen(expected);

	assert_int_equal(infer_begin(&info, BLOCK, 4096, &inference), 0);
	if (blocks)
		infer_count(&inference, blocks, n_blocks);
	for (size_t i = 0; i < n; i++) {
		enum mhp_zone zone;
		enum mhp_state state = infer_state(&inference, node, i, &zone);
		struct inferred run;

		found[i] = state == MHP_STATE_OFFLINE ? '-' : state == MHP_STATE_UNKNOWN ? '?' :
			   zone == MHP_ZONE_MOVABLE ? 'M' : zone == MHP_ZONE_NORMAL ? 'N' : 'O';
		/* what is so for a run is so for each in it */
		infer(&inference, node, i, &run);
		assert_in_range(i, run.first, run.last);
		for (size_t k = (size_t)run.first; k <= run.last && k < n; k++) {
			assert_int_equal(infer_state(&inference, node, k, &zone), run.state);
			if (run.state == MHP_STATE_ONLINE)
				assert_int_equal(zone, run.zone);
		}
	}
	found[n] = '\0';
	assert_string_equal(found, expected);
	infer_end(&inference);
}

#define CHECK(expected, node, ...)                                                   \
	do {                                                                         \
		static const struct zone_info zones_[] = { __VA_ARGS__ };            \
		check(zones_, ARRAY_SIZE(zones_), NULL, 0, node, expected);          \
	} while (0)

static void whatever_blocks_there_are(void **state)
{
	(void)state;
	CHECK("NNNN----", 0, ZONE(0, NORMAL, 0, 4, 4 * PAGES));
	CHECK("--MM--", 0, ZONE(0, MOVABLE, 2, 2, 2 * PAGES));
	/* a page of the last one is enough, as a block gives no more than its own */
	CHECK("NNNN", 0, ZONE(0, NORMAL, 0, 4, 3 * PAGES + 1));
	CHECK("????", 0, ZONE(0, NORMAL, 0, 4, 3 * PAGES));
	CHECK("????", 0, ZONE(0, NORMAL, 0, 4, 1));
	/* a zone that has nothing spans nothing, whatever it says */
	CHECK("NN--", 0, ZONE(0, NORMAL, 0, 2, 2 * PAGES), ZONE(0, MOVABLE, 2, 2, 0));
	CHECK("NNMM", 0, ZONE(0, NORMAL, 0, 2, 2 * PAGES), ZONE(0, MOVABLE, 2, 2, 2 * PAGES));
	/* another node's is no matter, and of a block that is on none nothing is known */
	CHECK("----", 1, ZONE(0, NORMAL, 0, 4, 4 * PAGES));
	CHECK("????", -1, ZONE(0, NORMAL, 0, 4, 4 * PAGES));
}

static void overlapping_zones(void **state)
{
	(void)state;
	/* 0 to 3 full, and 2 to 5 partly: 2 and 3 are online, in either */
	CHECK("NNOO??", 0, ZONE(0, NORMAL, 0, 4, 4 * PAGES), ZONE(0, MOVABLE, 2, 4, PAGES));
	CHECK("??????", 0, ZONE(0, NORMAL, 0, 6, 3 * PAGES), ZONE(0, MOVABLE, 1, 2, PAGES));
	/* a border within a block */
	{
		struct zone_info zones[] = {
			ZONE(0, MHP_ZONE_DMA32, 0, 2, 2 * PAGES + 50),
			ZONE(0, NORMAL, 2, 2, 2 * PAGES - 100),
		};

		zones[0].spanned += 100;
		zones[1].start_pfn += 100;
		zones[1].spanned -= 100;
		check(zones, 2, NULL, 0, 0, "OOON");
	}
}

static void with_all_blocks_known(void **state)
{
	static const struct mhp_block blocks[] = {
		{ .id = 0 }, { .id = 1 }, { .id = 4 }, { .id = 5, .node = 1 },
	};
	static const struct mhp_block shared[] = {
		{ .id = 0 }, { .id = 1 }, { .id = 4, .shared = true }, { .id = 5, .node = 1 },
	};
	static const struct mhp_block lost[] = {
		{ .id = 0 }, { .id = 1 }, { .id = 4 }, { .id = 5, .node = BLOCK_NO_NODE },
	};
	static const struct zone_info zones[] = { ZONE(0, NORMAL, 0, 6, 3 * PAGES) };
	static const struct zone_info zones_of_1[] = {
		ZONE(0, NORMAL, 0, 6, 3 * PAGES), ZONE(1, NORMAL, 4, 2, PAGES),
	};

	(void)state;
	check(zones, 1, NULL, 0, 0, "??????");
	check(zones, 1, blocks, ARRAY_SIZE(blocks), 0, "NNNNNN");
	check(zones, 1, lost, ARRAY_SIZE(lost), 0, "??????");
	check(zones, 1, blocks, 0, 0, "??????");
	check(zones_of_1, 2, blocks, ARRAY_SIZE(blocks), 1, "----NN");
	/* the shared one may be what gave node 1 its pages */
	check(zones_of_1, 2, shared, ARRAY_SIZE(shared), 1, "----??");
}

static void strange_zones(void **state)
{
	struct zone_info zone = ZONE(0, NORMAL, 0, 4, 4 * PAGES);

	(void)state;
	CHECK("???", 0, ZONE(0, NORMAL, 0, 2, 3 * PAGES));
	CHECK("???", 0, ZONE(0, NORMAL, 0, 0, PAGES));
	CHECK("---", 0, ZONE(0, MHP_ZONE_DEVICE, 0, 3, 3 * PAGES));
	CHECK("OOO", 0, ZONE(0, MHP_ZONE_UNKNOWN, 0, 3, 3 * PAGES));
	zone.has_start = false;
	check(&zone, 1, NULL, 0, 0, "?????");
	zone.has_start = true;
	zone.has_present = false;
	zone.present = 0;
	check(&zone, 1, NULL, 0, 0, "???" "?-");
	zone = (struct zone_info)ZONE(0, NORMAL, 0, 4, 4 * PAGES);
	zone.start_pfn = UINT64_MAX - 7;
	check(&zone, 1, NULL, 0, 0, "?????");
	zone.start_pfn = 0;
	zone.spanned = zone.present = UINT64_MAX;
	check(&zone, 1, NULL, 0, 0, "NN");
	CHECK("--", 0, ZONE(0, NORMAL, 0, 0, 0));
}

/* Every zone of a machine, with random blocks in random zones, against the truth. */
static void random_machines(void **state)
{
	uint64_t seed = 7;
	size_t inferred = 0;

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		enum { N = 12 };
		struct mhp_block blocks[N];
		struct zone_info zones[2][3] = { 0 };
		enum mhp_zone truth[N];
		size_t n = 0, lazy = fakesys_random(&seed, 4);
		struct zoneinfo info = { .zones = zones[0], .count = 6 };
		struct inference inference;

		for (int node = 0; node < 2; node++)
			for (int z = 0; z < 3; z++) {
				zones[node][z] = (struct zone_info)ZONE(node, NORMAL, 0, 0, 0);
				zones[node][z].zone = z == 2 ? MOVABLE : z ? NORMAL : MHP_ZONE_DMA32;
			}
		for (size_t id = 0; id < N; id++) {
			struct zone_info *zone;
			size_t node = fakesys_random(&seed, 2), z = fakesys_random(&seed, 3);
			uint64_t end = (id + 1) * PAGES, pages = PAGES - fakesys_random(&seed, 2) * 9;

			if (!fakesys_random(&seed, 5))
				continue;
			blocks[n] = (struct mhp_block){ .id = id & BLOCK_MAX_ID, .node = node & 0xfff };
			truth[n++] = MHP_ZONE_NONE;
			if (lazy && !fakesys_random(&seed, lazy))
				continue;
			zone = &zones[node][z];
			truth[n - 1] = zone->zone;
			if (!zone->spanned)
				zone->start_pfn = id * PAGES;
			zone->spanned = end - zone->start_pfn;
			zone->present += pages;
		}
		assert_int_equal(infer_begin(&info, BLOCK, 4096, &inference), 0);
		if (fakesys_random(&seed, 2))
			infer_count(&inference, blocks, n);
		for (size_t i = 0; i < n; i++) {
			struct inferred run;
			enum mhp_zone zone;
			enum mhp_state now = infer_state(&inference, blocks[i].node,
							 blocks[i].id, &zone);

			infer(&inference, blocks[i].node, blocks[i].id, &run);
			if (run.zone != MHP_ZONE_UNKNOWN && truth[i] != MHP_ZONE_NONE)
				assert_int_equal(run.zone, truth[i]);
			inferred += now != MHP_STATE_UNKNOWN;
			if (now == MHP_STATE_OFFLINE)
				assert_int_equal(truth[i], MHP_ZONE_NONE);
			if (now == MHP_STATE_ONLINE)
				assert_int_not_equal(truth[i], MHP_ZONE_NONE);
			if (zone != MHP_ZONE_UNKNOWN)
				assert_int_equal(zone, truth[i]);
		}
		infer_end(&inference);
	}
	assert_in_range(inferred, 50000, 200000);
}

static void page_sizes(void **state)
{
	static const struct mhp_block blocks[] = { { .id = 0 }, { .id = 1 }, { .id = 2 }, { .id = 3 } };
	static const struct {
		struct zone_info zone;
		uint64_t size;
	} cases[] = {
		/* of 16 KiB they would be more than there is */
		{ ZONE(0, NORMAL, 0, 4, 4 * PAGES), 4096 },
		{ ZONE(0, NORMAL, 0, 4, PAGES + 1), 4096 },
		/* might be either */
		{ ZONE(0, NORMAL, 0, 4, PAGES), 0 },
		/* would begin beyond the last one */
		{ ZONE(0, NORMAL, 1, 1, 1), 4096 },
		{ ZONE(0, NORMAL, 4, 1, 1), 0 },
		{ ZONE(0, NORMAL, 0, 5, 5 * PAGES), 0 },
		{ ZONE(0, NORMAL, 0, 5, UINT64_MAX), 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone_info zone = cases[i].zone;
		struct zoneinfo info = { .zones = &zone, .count = 1 };

		assert_int_equal(infer_page_size(&info, BLOCK, blocks, 4), cases[i].size);
		assert_int_equal(infer_page_size(&info, BLOCK, blocks, 0), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_blocks_there_are),
		cmocka_unit_test(overlapping_zones),
		cmocka_unit_test(with_all_blocks_known),
		cmocka_unit_test(strange_zones),
		cmocka_unit_test(random_machines),
		cmocka_unit_test(page_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, fakesys_free_all);
}
