// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * /proc/zoneinfo and /proc/iomem, by the first byte. Zones that were read are the same once
 * they were printed; what is found in RAM by searching is what walking finds.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/sim.h>

#include "fuzz.h"
#include "internal.h"

const char fuzz_name[] = "proc";

/* ---- zones ---- */

static int parse_zones_of(const char *text, size_t length, struct zoneinfo *ret)
{
	const char *line = NULL;
	size_t bad = 0;
	int r;

	*ret = (struct zoneinfo){ 0 };
	r = zoneinfo_parse(text, length, ret, &line, &bad);
	FUZZ_CHECK(r == 0 || r == -EBADMSG);
	FUZZ_CHECK(r < 0 || ret->count);
	if (r < 0)
		FUZZ_CHECK(line >= text && line + bad <= text + length);
	return r;
}

static void check_zones_again(const struct zoneinfo *info)
{
	struct text text = { 0 };
	struct zoneinfo again;
	char *printed;

	for (size_t i = 0; i < info->count; i++) {
		const struct zone_info *zone = &info->zones[i];

		text_add(&text, "Node %d, zone %8s\n  pages free %" PRIu64 "\n", zone->node,
			 mhp_zone_to_str(zone->zone), zone->free);
		if (zone->has_spanned)
			text_add(&text, "        spanned  %" PRIu64 "\n", zone->spanned);
		if (zone->has_present)
			text_add(&text, "        present  %" PRIu64 "\n", zone->present);
		text_add(&text, "        managed  %" PRIu64 "\n", zone->managed);
		if (zone->has_start)
			text_add(&text, "  start_pfn:           %" PRIu64 "\n", zone->start_pfn);
	}
	FUZZ_CHECK(text_finish(&text, &printed) == 0);
	FUZZ_CHECK(parse_zones_of(printed, strlen(printed), &again) == 0);
	FUZZ_CHECK(again.count == info->count);
	for (size_t i = 0; i < info->count; i++) {
		const struct zone_info *a = &info->zones[i], *b = &again.zones[i];

		FUZZ_CHECK(a->node == b->node && a->zone == b->zone && a->free == b->free &&
			   a->spanned == b->spanned && a->present == b->present &&
			   a->managed == b->managed && a->start_pfn == b->start_pfn &&
			   a->has_spanned == b->has_spanned && a->has_start == b->has_start &&
			   a->has_present == b->has_present);
	}
	zoneinfo_free(&again);
	free(printed);
}

static void try_zoneinfo(const char *text, size_t length)
{
	struct zone_sums all, one;
	struct zoneinfo info;
	uint64_t size;

	if (parse_zones_of(text, length, &info) == 0) {
		check_zones_again(&info);
		zoneinfo_sum(&info, -1, &all);
		for (size_t i = 0; i < info.count; i++) {
			FUZZ_CHECK(info.zones[i].node >= 0 && info.zones[i].node < BLOCK_NO_NODE);
			zoneinfo_sum(&info, info.zones[i].node, &one);
			FUZZ_CHECK(one.kernel_present <= all.kernel_present &&
				   one.movable_present <= all.movable_present &&
				   one.kernel_free <= all.kernel_free);
		}
		size = zoneinfo_guess_page_size(&info, length << 20);
		FUZZ_CHECK(size == 4096 || size == 16384 || size == 65536);
		zoneinfo_fits(&info, size, length << 20);
	}
	zoneinfo_free(&info);
}

/* ---- RAM ---- */

/* A machine with nothing but that file. */
static struct mhp_ctx *machine_of(const char *bytes, size_t length)
{
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = MHP_SIM_READ_ONLY };
	struct text text = { 0 };
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	char *capture;

	text_add(&text, "/proc/iomem: <hex ");
	for (size_t i = 0; i < length; i++)
		text_add(&text, "%02x", (unsigned char)bytes[i]);
	text_add(&text, ">\n");
	FUZZ_CHECK(text_finish(&text, &capture) == 0);
	FUZZ_CHECK(mhp_sim_new_from_text(capture, strlen(capture), &opts, &sim) == 0);
	FUZZ_CHECK(mhp_sim_new_ctx(sim, &ctx) == 0);
	mhp_sim_unref(sim);
	free(capture);
	return ctx;
}

static const char *walk_for_driver(const struct iomem *iomem, const struct range *range)
{
	for (size_t i = 0; i < iomem->count; i++)
		if (ranges_overlap(&iomem->ram[i].range, range) && iomem->ram[i].driver)
			return iomem->ram[i].driver;
	return NULL;
}

/* All blocks up to where the answer ends have it. */
static void check_block(const struct iomem *iomem, uint64_t id, uint64_t size)
{
	uint64_t end, ids[3];
	const char *driver = iomem_find_block_driver(iomem, id, size, &end);

	FUZZ_CHECK(end > id);
	ids[0] = id;
	ids[1] = id + (end - id) / 2;
	ids[2] = end - 1;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct range block = { ids[i] * size, size };

		/* beyond all addresses there is no block */
		if (ids[i] < UINT64_MAX / size)
			FUZZ_CHECK(is_same(walk_for_driver(iomem, &block), driver));
	}
}

static bool overlaps_another(const struct iomem *iomem)
{
	for (size_t i = 0; i < iomem->count; i++)
		for (size_t j = 0; j < i; j++)
			if (ranges_overlap(&iomem->ram[i].range, &iomem->ram[j].range))
				return true;
	return false;
}

static int check_line(void *data, const struct iomem_line *line, const struct iomem_line *above,
		      size_t depth)
{
	size_t *count = data;

	++*count;
	FUZZ_CHECK(line->start <= line->end && line->level <= IOMEM_MAX_LEVEL);
	for (size_t i = 0; i < depth; i++)
		FUZZ_CHECK(above[i].level < (i + 1 < depth ? above[i + 1].level : line->level));
	return 0;
}

static void check_ram(const struct iomem *iomem)
{
	static const uint64_t sizes[] = { 4096, UINT64_C(128) << 20 };
	size_t lines = 0;

	FUZZ_CHECK(iomem_walk(iomem, check_line, &lines) == 0);
	FUZZ_CHECK(iomem->code < 0 || lines >= iomem->count);
	FUZZ_CHECK(iomem->is_unsorted || !overlaps_another(iomem));
	for (size_t i = 0; i < iomem->count && i < 16; i++) {
		const struct range *range = &iomem->ram[i].range;

		FUZZ_CHECK(range->size && range->start + range->size > range->start);
		FUZZ_CHECK(is_same(iomem_find_driver(iomem, range), walk_for_driver(iomem, range)));
		if (!overlaps_another(iomem))
			FUZZ_CHECK(iomem_covers(iomem, range));
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			check_block(iomem, range->start / sizes[j], sizes[j]);
			if (range->start / sizes[j])
				check_block(iomem, range->start / sizes[j] - 1, sizes[j]);
			if ((range->start + range->size) / sizes[j] < UINT64_MAX / sizes[j])
				check_block(iomem, (range->start + range->size) / sizes[j], sizes[j]);
		}
	}
	iomem_count_bytes(iomem);
}

static void try_iomem(const char *text, size_t length)
{
	struct mhp_ctx *ctx = machine_of(text, length);
	struct problems problems = { 0 };
	struct iomem iomem = { 0 };

	FUZZ_CHECK(iomem_read(ctx, &iomem, &problems) == 0);
	FUZZ_CHECK(iomem.code == 0 || iomem.code == -EBADMSG || iomem.code == -EACCES);
	FUZZ_CHECK(iomem.code == 0 || problems.count);
	check_ram(&iomem);
	iomem_free(&iomem);
	problems_free(&problems);
	mhp_ctx_unref(ctx);
}

/* ---- lines ---- */

static void try_line(const char *line, size_t length)
{
	struct iomem_line parsed = { .level = 77 };
	const char *driver = line;
	size_t driver_length = 77;
	int r = parse_iomem_line(line, length, &parsed);

	FUZZ_CHECK(r == 0 || ((r == -EINVAL || r == -ERANGE) && parsed.level == 77));
	if (r == 0) {
		FUZZ_CHECK(parsed.level <= IOMEM_MAX_LEVEL && parsed.start <= parsed.end);
		FUZZ_CHECK(parsed.name >= line && parsed.name + parsed.name_length == line + length);
	}
	r = parse_system_ram(line, length, &driver, &driver_length);
	FUZZ_CHECK(r == 0 || (r == -EINVAL && driver == line && driver_length == 77));
	if (r == 0 && driver)
		FUZZ_CHECK(driver_length && driver > line &&
			   driver + driver_length + 1 == line + length);
	else if (r == 0)
		FUZZ_CHECK(!driver_length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = fuzz_bytes(data + 1, size - 1);
	if (data[0] == 'z')
		try_zoneinfo(text, size - 1);
	else if (data[0] == 'l')
		try_line(text, size - 1);
	else
		try_iomem(text, size - 1);
	free(text);
	return 0;
}
