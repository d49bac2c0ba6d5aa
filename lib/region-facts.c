// SPDX-License-Identifier: LGPL-2.1-or-later
/* What its provider tells of a region: identity, parent, facts, devices, abilities. */
#include <errno.h>
#include <string.h>

#include "provider.h"

MHP_EXPORT int mhp_region_get_identity(const struct mhp_region *region, const char **ret_identity)
{
	if (!region->is_identified)
		return -ENODATA;
	if (region->identity_code < 0)
		return region->identity_code;
	*ret_identity = region->identity;
	return 0;
}

MHP_EXPORT const struct mhp_region *mhp_region_get_parent(const struct mhp_region *region)
{
	return region->parent;
}

MHP_EXPORT bool mhp_region_has_children(const struct mhp_region *region)
{
	return region->has_children;
}

MHP_EXPORT bool mhp_region_can(const struct mhp_region *region, enum mhp_capability what,
			       const char **ret_why)
{
	const char *why = "is asked for something that is not known";

	if (what >= MHP_CAN_ONLINE && what < MHP_CAPABILITIES)
		why = region->cannot[what].why;
	if (ret_why)
		*ret_why = why;
	return !why;
}

MHP_EXPORT size_t mhp_region_count_facts(const struct mhp_region *region)
{
	return region->is_identified ? region->n_facts : 0;
}

MHP_EXPORT int mhp_region_get_fact(const struct mhp_region *region, size_t index,
				   const char **ret_name, const char **ret_text, int *ret_code)
{
	if (index >= mhp_region_count_facts(region))
		return -EINVAL;
	*ret_name = region->facts[index].name;
	if (ret_text)
		*ret_text = region->facts[index].text;
	if (ret_code)
		*ret_code = region->facts[index].code;
	return 0;
}

int region_find_fact(const struct mhp_region *region, const char *name, const char **ret_text)
{
	for (size_t i = 0; i < region->n_facts; i++) {
		if (strcmp(region->facts[i].name, name))
			continue;
		*ret_text = region->facts[i].text;
		return region->facts[i].code;
	}
	return -ENODATA;
}

MHP_EXPORT int mhp_region_find_fact(const struct mhp_region *region, const char *name,
				    const char **ret_text)
{
	return region->is_identified ? region_find_fact(region, name, ret_text) : -ENODATA;
}

MHP_EXPORT size_t mhp_region_count_devices(const struct mhp_region *region)
{
	return region->n_devices;
}

MHP_EXPORT int mhp_region_get_device(const struct mhp_region *region, size_t index,
				     const char **ret_name, const char **ret_path)
{
	if (index >= region->n_devices)
		return -EINVAL;
	if (ret_name)
		*ret_name = region->devices[index].name;
	if (ret_path)
		*ret_path = region->devices[index].path;
	return 0;
}

MHP_EXPORT int mhp_region_get_device_serial(const struct mhp_region *region, size_t index,
					    uint64_t *ret_serial)
{
	if (index >= region->n_devices)
		return -EINVAL;
	if (region->devices[index].serial_code < 0)
		return region->devices[index].serial_code;
	*ret_serial = region->devices[index].serial;
	return 0;
}

MHP_EXPORT int mhp_region_get_device_node_id(const struct mhp_region *region, size_t index,
					     int *ret_node)
{
	if (index >= region->n_devices)
		return -EINVAL;
	if (region->devices[index].node_code < 0)
		return region->devices[index].node_code;
	*ret_node = region->devices[index].node;
	return 0;
}
