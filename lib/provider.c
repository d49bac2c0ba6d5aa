// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of providers, and what they share when they look for regions. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

const struct provider *const providers[] = {
	&provider_dax,
	&provider_cxl,
	&provider_virtio_mem,
	&provider_dimm,
	&provider_s390,
	&provider_ppc64,
	&provider_managed,
	&provider_boot,
};
const size_t n_providers = ARRAY_SIZE(providers);

const struct provider *provider_of(enum mhp_region_kind kind)
{
	for (size_t i = 0; i < n_providers; i++)
		if (providers[i]->kind == kind)
			return providers[i];
	return NULL;
}

bool may_be_identity(const char *region)
{
	for (size_t i = 0; i < n_providers; i++)
		if (providers[i]->is_name && providers[i]->is_name(region))
			return false;
	return true;
}

int finder_iomem(struct finder *finder, const struct iomem **ret)
{
	int r = 0;

	if (!finder->iomem) {
		r = iomem_read(finder->ctx, &finder->own_iomem, finder->problems);
		finder->iomem = &finder->own_iomem;
	}
	*ret = finder->iomem;
	return r;
}

void finder_end(struct finder *finder)
{
	iomem_free(&finder->own_iomem);
}

int ranges_add(struct range_list *ranges, const struct range *range)
{
	struct range *list;

	if (ranges->count == ranges->room) {
		size_t room = ranges->room ? 2 * ranges->room : 16;

		list = reallocarray(ranges->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		ranges->list = list;
		ranges->room = room;
	}
	ranges->list[ranges->count++] = *range;
	return 0;
}

int ranges_join(struct range_list *ranges, const struct range *range)
{
	struct range *last = ranges->count ? &ranges->list[ranges->count - 1] : NULL;

	if (!last || last->start + last->size != range->start)
		return ranges_add(ranges, range);
	last->size += range->size;
	return 0;
}

int regions_add(struct regions *regions, struct mhp_region *region)
{
	struct mhp_region *list;

	regions_forget_index(regions);
	if (regions->count == regions->room) {
		size_t room = regions->room ? 2 * regions->room : 16;

		list = reallocarray(regions->list, room, sizeof(*list));
		if (!list) {
			region_free_members(region);
			return -ENOMEM;
		}
		regions->list = list;
		regions->room = room;
	}
	regions->list[regions->count++] = *region;
	return 0;
}

int region_add_fact(struct mhp_region *region, const char *name, int code, const char *text)
{
	struct region_fact *facts = reallocarray(region->facts, region->n_facts + 1,
						 sizeof(*facts));

	if (!facts)
		return -ENOMEM;
	region->facts = facts;
	facts[region->n_facts] = (struct region_fact){ .name = name, .code = code };
	if (code == 0) {
		facts[region->n_facts].text = strdup(text);
		if (!facts[region->n_facts].text)
			return -ENOMEM;
	}
	region->n_facts++;
	return 0;
}

int region_add_number(struct mhp_region *region, const char *name, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return region_add_fact(region, name, 0, text);
}

int region_add_device(struct mhp_region *region, const struct region_device *device)
{
	struct region_device *devices = reallocarray(region->devices, region->n_devices + 1,
						     sizeof(*devices));
	struct region_device *mine;

	if (!devices)
		return -ENOMEM;
	region->devices = devices;
	mine = &devices[region->n_devices];
	*mine = *device;
	mine->name = strdup(device->name);
	mine->path = device->path ? strdup(device->path) : NULL;
	region->n_devices++;
	return !mine->name || !mine->path != !device->path ? -ENOMEM : 0;
}

void region_cannot(struct mhp_region *region, enum mhp_capability what,
		   enum mhp_conflict_code code, const char *why, const char *hint)
{
	region->cannot[what] = (struct cannot){ code, why, hint };
}
