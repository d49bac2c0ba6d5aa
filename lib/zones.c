// SPDX-License-Identifier: LGPL-2.1-or-later
/* What lies in the zones of a node, or of all: pages to bytes. */
#include <errno.h>

#include "internal.h"

#define ALL_NODES (-1)

static int code_of(const struct mhp_snapshot *snap)
{
	return snap->facts.zones.code;
}

static int to_bytes(const struct mhp_snapshot *snap, uint64_t pages, uint64_t *ret_bytes)
{
	if (code_of(snap) < 0)
		return code_of(snap);
	/* 0 is 0, whatever a page is */
	if (pages && !snap->facts.is_page_size_known)
		return pages == UINT64_MAX ? -ERANGE : -ENODATA;
	return pages == UINT64_MAX ||
	       __builtin_mul_overflow(pages, snap->facts.page_size, ret_bytes) ? -ERANGE : 0;
}

/* Stays UINT64_MAX once it is too much. */
static void add(uint64_t *sum, uint64_t pages)
{
	if (__builtin_add_overflow(*sum, pages, sum))
		*sum = UINT64_MAX;
}

static int get_zone(const struct mhp_snapshot *snap, int node, enum mhp_zone zone,
		    uint64_t *ret_present, uint64_t *ret_managed, uint64_t *ret_free)
{
	uint64_t present = 0, managed = 0, free = 0;
	const struct zoneinfo *info = &snap->facts.zones;
	int r;

	if (zone == MHP_ZONE_NONE || zone < MHP_ZONE_UNKNOWN || zone > MHP_ZONE_DEVICE)
		return -EINVAL;
	for (size_t i = 0; i < info->count; i++) {
		const struct zone_info *its = &info->zones[i];

		if (its->zone != zone || (node != ALL_NODES && its->node != node))
			continue;
		add(&present, its->present);
		add(&managed, its->managed);
		add(&free, its->free);
	}
	r = to_bytes(snap, present, &present);
	if (r == 0)
		r = to_bytes(snap, managed, &managed);
	if (r == 0)
		r = to_bytes(snap, free, &free);
	if (r < 0)
		return r;
	if (ret_present)
		*ret_present = present;
	if (ret_managed)
		*ret_managed = managed;
	if (ret_free)
		*ret_free = free;
	return 0;
}

static int get_percent(const struct mhp_snapshot *snap, int node, uint64_t *ret_percent)
{
	struct zone_sums sums;
	uint64_t percent;

	if (code_of(snap) < 0)
		return code_of(snap);
	zoneinfo_sum(&snap->facts.zones, node, &sums);
	if (!sums.kernel_present && !sums.movable_present)
		return -ENODATA;
	percent = ratio_percent(sums.movable_present, sums.kernel_present);
	if (percent == UINT64_MAX || sums.kernel_present == UINT64_MAX)
		return -ERANGE;
	*ret_percent = percent;
	return 0;
}

static int get_kernel(const struct mhp_snapshot *snap, int node, uint64_t *ret_bytes)
{
	struct zone_sums sums;

	zoneinfo_sum(&snap->facts.zones, node, &sums);
	return to_bytes(snap, sums.kernel_present, ret_bytes);
}

static int get_movable(const struct mhp_snapshot *snap, int node, uint64_t *ret_bytes)
{
	struct zone_sums sums;

	zoneinfo_sum(&snap->facts.zones, node, &sums);
	return to_bytes(snap, sums.movable_present, ret_bytes);
}

/* ---- of a node ---- */

MHP_EXPORT int mhp_node_get_zone_bytes(const struct mhp_node *node, enum mhp_zone zone,
				       uint64_t *ret_present, uint64_t *ret_managed,
				       uint64_t *ret_free)
{
	return get_zone(node->snap, node->id, zone, ret_present, ret_managed, ret_free);
}

MHP_EXPORT int mhp_node_get_kernel_bytes(const struct mhp_node *node, uint64_t *ret_bytes)
{
	return get_kernel(node->snap, node->id, ret_bytes);
}

MHP_EXPORT int mhp_node_get_movable_bytes(const struct mhp_node *node, uint64_t *ret_bytes)
{
	return get_movable(node->snap, node->id, ret_bytes);
}

MHP_EXPORT int mhp_node_get_movable_percent(const struct mhp_node *node, uint64_t *ret_percent)
{
	return get_percent(node->snap, node->id, ret_percent);
}

/* ---- of all ---- */

MHP_EXPORT int mhp_snapshot_get_zone_bytes(const struct mhp_snapshot *snap, enum mhp_zone zone,
					   uint64_t *ret_present, uint64_t *ret_managed,
					   uint64_t *ret_free)
{
	return get_zone(snap, ALL_NODES, zone, ret_present, ret_managed, ret_free);
}

MHP_EXPORT int mhp_snapshot_get_kernel_bytes(const struct mhp_snapshot *snap, uint64_t *ret_bytes)
{
	return get_kernel(snap, ALL_NODES, ret_bytes);
}

MHP_EXPORT int mhp_snapshot_get_movable_bytes(const struct mhp_snapshot *snap,
					      uint64_t *ret_bytes)
{
	return get_movable(snap, ALL_NODES, ret_bytes);
}

MHP_EXPORT int mhp_snapshot_get_movable_percent(const struct mhp_snapshot *snap,
						uint64_t *ret_percent)
{
	return get_percent(snap, ALL_NODES, ret_percent);
}
