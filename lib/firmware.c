// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory that the hypervisor gives and takes unit by unit, as firmware lists it: one region
 * of it on a machine, for it has no parts but units. What was there at boot is in the list
 * as well, and could be taken like any other, but it stays guarded: the kernel lives there.
 */
#include <errno.h>
#include <string.h>

#include "provider.h"

/*
 * Was this range added to the machine by itself, after boot? The kernel keeps a line of
 * /proc/iomem for each range that is added, and memory from boot is there in large ones
 * (register_memory_resource() in mm/memory_hotplug.c). Of many ranges the lowest one is to
 * be asked for first; *at, 0 at first, is where it goes on.
 */
static bool is_added(const struct iomem *iomem, const struct range *range, size_t *at)
{
	const struct iomem_ram *ram;

	while (*at < iomem->count && iomem->ram[*at].range.start < range->start)
		++*at;
	/* the lowest one is from boot, however small */
	if (!*at || *at == iomem->count)
		return false;
	ram = &iomem->ram[*at];
	return ram->range.start == range->start && ram->range.size == range->size && !ram->driver;
}

int firmware_find_added(struct firmware *firmware, const struct range *range, bool *ret_added)
{
	const struct iomem *iomem;
	int r = finder_iomem(firmware->finder, &iomem);

	*ret_added = false;
	if (r < 0)
		return r;
	if (iomem->code < 0) {
		firmware->code = iomem->code;
		return 0;
	}
	*ret_added = is_added(iomem, range, &firmware->at);
	firmware->n_boot += !*ret_added;
	return 0;
}

int firmware_add_number(const struct firmware *firmware, struct mhp_region *region,
			const char *name, uint64_t number)
{
	return firmware->code < 0 ? region_add_fact(region, name, firmware->code, NULL) :
				    region_add_number(region, name, number);
}

int firmware_fill_region(struct firmware *firmware, struct mhp_region *region)
{
	struct finder *finder = firmware->finder;
	size_t bad;
	int r;

	region->name = strdup(firmware->name);
	region->path = strdup(firmware->path);
	if (finder->wants_identity)
		region->identity = strdup(firmware->identity);
	if (!region->name || !region->path || (finder->wants_identity && !region->identity))
		return -ENOMEM;
	region->ranges_code = firmware->code;
	if (firmware->code < 0)
		return 0;
	r = region_set_ranges(region, firmware->ranges.list, firmware->ranges.count,
			      finder->block_size, &bad);
	if (r == 0)
		firmware->ranges = (struct range_list){ 0 };
	region->ranges_code = r;
	return r == -EBADMSG ? problems_add(finder->problems, r, NULL, firmware->path, "") : r;
}

void firmware_describe(struct mhp_region *region)
{
	region_cannot(region, MHP_CAN_ONLINE_WHOLE, MHP_CONFLICT_NOT_ABLE,
		      "has no file for all of it: its blocks are onlined one by one", NULL);
	region_cannot(region, MHP_CAN_RELEASE, MHP_CONFLICT_NOT_ABLE,
		      "goes back to the hypervisor as it is unplugged", "unplug it");
}
