// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What /proc/zoneinfo implies of blocks, so that their files need not be read. A zone tells
 * what it spans and how many of its pages are present, which those of offline blocks are not
 * (adjust_present_page_count() in mm/memory_hotplug.c):
 *
 *  - a block that no populated zone of its node meets is offline;
 *  - a block gives a zone at most its own pages. So if more pages are present than all but one
 *    of the node's blocks in the span could give, each of them gave some: all are online;
 *  - an online block that one zone of its node meets, and no other, is in that zone.
 *
 * Whatever else there is has to be read. A block that is going offline has its pages until the
 * end: it is online here.
 */
#include <errno.h>
#include <stdlib.h>

#include "infer.h"

/* What cannot be true; as what it is, it might be any block's. */
static void reach_anything(struct zone_reach *reach)
{
	reach->first = 0;
	reach->last = UINT64_MAX;
}

static void find_reach(const struct zone_info *zone, uint64_t block_pages,
		       struct zone_reach *ret)
{
	uint64_t last;

	*ret = (struct zone_reach){
		.node = zone->node,
		.zone = zone->zone,
		.first = zone->start_pfn / block_pages,
		.pages = zone->present,
	};
	if (!zone->has_start || !zone->spanned || zone->present > zone->spanned ||
	    __builtin_add_overflow(zone->start_pfn, zone->spanned - 1, &last))
		reach_anything(ret);
	else
		ret->last = last / block_pages;
}

/* Could all but one of so many blocks not have given these pages? */
static bool is_full(const struct inference *inference, const struct zone_reach *reach,
		    uint64_t blocks)
{
	uint64_t most;

	return blocks && !__builtin_mul_overflow(blocks - 1, inference->block_pages, &most) &&
	       reach->pages > most && reach->last != UINT64_MAX;
}

int infer_begin(const struct zoneinfo *info, uint64_t block_size, uint64_t page_size,
		struct inference *ret)
{
	struct inference inference = { .block_pages = block_size / page_size };

	inference.list = calloc(info->count ? info->count : 1, sizeof(*inference.list));
	if (!inference.list)
		return -ENOMEM;
	for (size_t i = 0; i < info->count; i++) {
		const struct zone_info *zone = &info->zones[i];
		struct zone_reach *reach = &inference.list[inference.count];

		/* device memory is in no block's pages */
		if ((zone->has_present && !zone->present) || zone->zone == MHP_ZONE_DEVICE)
			continue;
		find_reach(zone, inference.block_pages, reach);
		/* even if each number were a block */
		reach->full = is_full(&inference, reach, reach->last - reach->first + 1);
		inference.count++;
	}
	*ret = inference;
	return 0;
}

void infer_end(struct inference *inference)
{
	free(inference->list);
	*inference = (struct inference){ 0 };
}

void infer_count(struct inference *inference, const struct mhp_block *blocks, size_t count)
{
	for (size_t i = 0; i < inference->count; i++) {
		struct zone_reach *reach = &inference->list[i];
		uint64_t met = 0;

		/* it is not full in any case */
		if (reach->last == UINT64_MAX)
			continue;
		for (size_t j = blocks_find_first(blocks, count, reach->first);
		     j < count && blocks[j].id <= reach->last; j++)
			/* of one whose nodes are not known, or several, any may be the zone's */
			met += blocks[j].node == (unsigned int)reach->node ||
			       blocks[j].node == BLOCK_NO_NODE || blocks[j].shared;
		reach->full = is_full(inference, reach, met);
	}
}

/* What holds for a block holds for its neighbours, up to where any zone of the node begins or ends. */
static void narrow(struct inferred *inferred, const struct zone_reach *reach, uint64_t id)
{
	uint64_t first = reach->first, last = reach->last;

	if (id < reach->first) {
		first = 0;
		last = reach->first - 1;
	} else if (id > reach->last) {
		first = reach->last + 1;
		last = UINT64_MAX;
	}
	if (first > inferred->first)
		inferred->first = first;
	if (last < inferred->last)
		inferred->last = last;
}

void infer(const struct inference *inference, int node, uint64_t id, struct inferred *ret)
{
	struct inferred inferred = { .node = node, .last = UINT64_MAX };
	bool full = false;
	size_t met = 0;

	for (size_t i = 0; i < inference->count && node >= 0; i++) {
		const struct zone_reach *reach = &inference->list[i];

		if (reach->node != node)
			continue;
		narrow(&inferred, reach, id);
		if (id < reach->first || id > reach->last)
			continue;
		inferred.zone = reach->zone;
		full |= reach->full;
		met++;
	}
	if (!met && node >= 0)
		inferred.state = MHP_STATE_OFFLINE;
	else if (full)
		inferred.state = MHP_STATE_ONLINE;
	if (met != 1)
		inferred.zone = MHP_ZONE_UNKNOWN;
	*ret = inferred;
}

enum mhp_state infer_state(const struct inference *inference, int node, uint64_t id,
			   enum mhp_zone *ret_zone)
{
	struct inferred inferred;

	infer(inference, node, id, &inferred);
	*ret_zone = inferred.state == MHP_STATE_ONLINE ? inferred.zone : MHP_ZONE_UNKNOWN;
	return inferred.state;
}

uint64_t infer_page_size(const struct zoneinfo *info, uint64_t block_size,
			 const struct mhp_block *blocks, size_t count)
{
	/* what a kernel may have, upwards: if the second is too large, it is the first */
	static const uint64_t sizes[] = { 4096, 16384 };
	uint64_t end = count ? blocks[count - 1].id + 1 : 0, pages, bytes, last, most;
	bool fits[ARRAY_SIZE(sizes)];

	if (__builtin_mul_overflow(count, block_size, &most))
		most = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		fits[i] = end != 0;
		pages = 0;
		for (size_t j = 0; j < info->count && fits[i]; j++) {
			const struct zone_info *zone = &info->zones[j];

			if (!zone->present)
				continue;
			fits[i] = !__builtin_add_overflow(pages, zone->present, &pages) &&
				  !__builtin_mul_overflow(pages, sizes[i], &bytes) &&
				  bytes <= most &&
				  !__builtin_mul_overflow(zone->start_pfn, sizes[i], &last) &&
				  last / block_size < end;
		}
	}
	return fits[0] && !fits[1] ? sizes[0] : 0;
}
