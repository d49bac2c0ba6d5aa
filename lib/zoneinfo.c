// SPDX-License-Identifier: LGPL-2.1-or-later
/* What /proc/zoneinfo tells of each node's zones; the much else in it is passed over. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* ---- text to zones ---- */

/* A line without its leading blanks. */
struct line {
	const char *at;
	size_t length;
};

static void take(struct line *line, size_t length)
{
	line->at += length;
	line->length -= length;
}

static void skip_blanks(struct line *line)
{
	while (line->length && *line->at == ' ')
		take(line, 1);
}

static bool take_word(struct line *line, const char *word)
{
	size_t length = strlen(word);

	if (line->length < length || memcmp(line->at, word, length))
		return false;
	take(line, length);
	return true;
}

/* The line's rest, up to where stop stands, is a number. */
static int take_number(struct line *line, char stop, uint64_t *ret)
{
	const char *end = stop ? memchr(line->at, stop, line->length) : line->at + line->length;
	char digits[24];
	size_t length;

	if (!end)
		return -EBADMSG;
	length = (size_t)(end - line->at);
	if (length >= sizeof(digits) || memchr(line->at, '\0', length) ||
	    memchr(line->at, '\n', length))
		return -EBADMSG;
	memcpy(digits, line->at, length);
	digits[length] = '\0';
	take(line, length);
	return parse_dec(digits, ret) < 0 ? -EBADMSG : 0;
}

/* "Node 1, zone  Movable", behind its first word */
static int begin_zone(struct zoneinfo *info, struct line *line)
{
	struct zone_info *zones;
	uint64_t node;

	if (take_number(line, ',', &node) < 0 || node >= BLOCK_NO_NODE ||
	    !take_word(line, ", zone "))
		return -EBADMSG;
	skip_blanks(line);
	if (!line->length)
		return -EBADMSG;
	if (info->count == info->room) {
		size_t room = info->room ? 2 * info->room : 16;

		zones = reallocarray(info->zones, room, sizeof(*zones));
		if (!zones)
			return -ENOMEM;
		info->zones = zones;
		info->room = room;
	}
	info->zones[info->count++] = (struct zone_info){
		.node = (int)node, .zone = parse_zone_word(line->at, line->length),
	};
	return 0;
}

static int take_line(struct zoneinfo *info, struct line line)
{
	static const struct {
		const char *word;
		size_t offset;
		size_t seen;	/* 0: nobody asks */
	} fields[] = {
		{ "pages free ", offsetof(struct zone_info, free), 0 },
		{ "spanned ", offsetof(struct zone_info, spanned),
		  offsetof(struct zone_info, has_spanned) },
		{ "present ", offsetof(struct zone_info, present),
		  offsetof(struct zone_info, has_present) },
		{ "managed ", offsetof(struct zone_info, managed), 0 },
		{ "start_pfn:", offsetof(struct zone_info, start_pfn),
		  offsetof(struct zone_info, has_start) },
	};
	struct zone_info *zone = info->count ? &info->zones[info->count - 1] : NULL;

	if (take_word(&line, "Node "))
		return begin_zone(info, &line);
	skip_blanks(&line);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!take_word(&line, fields[i].word))
			continue;
		skip_blanks(&line);
		if (!zone)
			return -EBADMSG;
		if (fields[i].seen)
			*(bool *)((char *)zone + fields[i].seen) = true;
		return take_number(&line, '\0', (uint64_t *)((char *)zone + fields[i].offset));
	}
	return 0;
}

int zoneinfo_parse(const char *text, size_t length, struct zoneinfo *ret, const char **ret_line,
		   size_t *ret_length)
{
	const char *at = text, *end = text + length, *newline;
	int r = 0;

	for (; at < end && r == 0; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			newline = end;
		r = take_line(ret, (struct line){ at, (size_t)(newline - at) });
		*ret_line = at;
		*ret_length = (size_t)(newline - at);
	}
	if (r == 0 && !ret->count) {
		*ret_line = text;
		*ret_length = 0;
		r = -EBADMSG;
	}
	return r;
}

/* With -EBADMSG *ret_bad is the line, if there was memory for it. */
static int read_zones(struct mhp_ctx *ctx, struct zoneinfo *ret, char **ret_bad)
{
	struct sysfs_dir proc = { 0 };
	const char *line = NULL;
	size_t length, bad = 0;
	char *text = NULL;
	int r;

	r = sysfs_open(ctx, "/proc", &proc);
	if (r == 0)
		r = ctx->be->ops->read_all(ctx->be, proc.dir, "zoneinfo", &text, &length);
	sysfs_close(&proc);
	if (r == 0) {
		r = zoneinfo_parse(text, length, ret, &line, &bad);
		if (r == -EBADMSG)
			*ret_bad = strndup(line, bad < 64 ? bad : 64);
	}
	free(text);
	if (r < 0)
		zoneinfo_free(ret);
	ret->code = r;
	return r;
}

int zoneinfo_read(struct mhp_ctx *ctx, bool needed, struct zoneinfo *ret,
		  struct problems *problems)
{
	char *bad = NULL;
	int r = read_zones(ctx, ret, &bad);

	if (r == -ENOENT && !needed) {
		ret->code = -ENODATA;
		return 0;
	}
	if (r == -EBADMSG && !bad)
		r = -ENOMEM;
	if (r < 0 && r != -ENOMEM)
		r = problems_add(problems, r, bad, "/proc/zoneinfo", "");
	free(bad);
	return r;
}

/*
 * The lines of a zone are not of one moment: the kernel prints "spanned", and 100 lines later
 * "start_pfn", under no lock that onlining takes (zoneinfo_show_print() in mm/vmstat.c), so that
 * together they may be about blocks that were never the zone's. What two looks say alike is so.
 */
static void keep_alike(struct zoneinfo *info, const struct zoneinfo *again)
{
	if (again->code < 0 || again->count != info->count)
		info->code = -EAGAIN;
	for (size_t i = 0; i < info->count && info->code == 0; i++) {
		struct zone_info *zone = &info->zones[i];
		const struct zone_info *its = &again->zones[i];

		if (zone->node != its->node || zone->zone != its->zone)
			info->code = -EAGAIN;
		if (zone->spanned == its->spanned && zone->present == its->present &&
		    zone->start_pfn == its->start_pfn)
			continue;
		/* it might span any block of its node */
		zone->has_start = false;
		if (zone->present < its->present)
			zone->present = its->present;
	}
}

int zoneinfo_glance(struct mhp_ctx *ctx, struct zoneinfo *ret)
{
	char *bad = NULL;
	int r = read_zones(ctx, ret, &bad);

	free(bad);
	return r == -ENOMEM ? r : 0;
}

int zoneinfo_look(struct mhp_ctx *ctx, struct zoneinfo *ret)
{
	struct zoneinfo again = { 0 };
	int r = zoneinfo_glance(ctx, ret);

	if (r < 0 || ret->code < 0)
		return r;
	r = zoneinfo_glance(ctx, &again);
	keep_alike(ret, &again);
	zoneinfo_free(&again);
	return r;
}

void zoneinfo_free(struct zoneinfo *info)
{
	free(info->zones);
	*info = (struct zoneinfo){ 0 };
}

/* ---- sums ---- */

static void add(uint64_t *sum, uint64_t pages)
{
	if (__builtin_add_overflow(*sum, pages, sum))
		*sum = UINT64_MAX;
}

void zoneinfo_sum(const struct zoneinfo *info, int node, struct zone_sums *ret)
{
	*ret = (struct zone_sums){ 0 };
	for (size_t i = 0; i < info->count; i++) {
		const struct zone_info *zone = &info->zones[i];

		if (node >= 0 && zone->node != node)
			continue;
		if (zone->zone == MHP_ZONE_MOVABLE) {
			add(&ret->movable_present, zone->present);
		} else if (zone_is_kernel(zone->zone)) {
			add(&ret->kernel_present, zone->present);
			/* what the kernel needs for itself does not come from there */
			if (zone->zone != MHP_ZONE_HIGHMEM)
				add(&ret->kernel_free, zone->free);
		}
	}
}

/* UINT64_MAX: more than that */
static uint64_t count_pages(const struct zoneinfo *info)
{
	struct zone_sums sums;
	uint64_t pages;

	zoneinfo_sum(info, -1, &sums);
	pages = sums.movable_present;
	add(&pages, sums.kernel_present);
	return pages;
}

uint64_t zoneinfo_guess_page_size(const struct zoneinfo *info, uint64_t online_bytes)
{
	static const uint64_t sizes[] = { 4096, 16384, 65536 };
	uint64_t pages = count_pages(info), bytes;

	/* holes make the blocks seem larger, but not four times so */
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (pages && !__builtin_mul_overflow(pages, sizes[i], &bytes) &&
		    online_bytes / 2 <= bytes)
			return sizes[i];
	return sizes[0];
}

bool zoneinfo_fits(const struct zoneinfo *info, uint64_t page_size, uint64_t online_bytes)
{
	uint64_t bytes;

	return !__builtin_mul_overflow(count_pages(info), page_size, &bytes) &&
	       online_bytes / 2 <= bytes && bytes / 2 <= online_bytes;
}
