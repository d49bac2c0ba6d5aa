// SPDX-License-Identifier: LGPL-2.1-or-later
/* The words of the kernel, and ours: one table per enumeration. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <mhp/types.h>

#include "internal.h"
#include "parse.h"

struct word {
	int value;
	const char *text;
	bool ours;		/* we print it, the kernel never does */
};

static const struct word online_types[] = {
	{ MHP_OFFLINE, "offline", false },
	{ MHP_ONLINE, "online", false },
	{ MHP_ONLINE_KERNEL, "online_kernel", false },
	{ MHP_ONLINE_MOVABLE, "online_movable", false },
	{ 0, NULL, false },
};

static const struct word states[] = {
	{ MHP_STATE_UNKNOWN, "unknown", true },
	{ MHP_STATE_ABSENT, "absent", true },
	{ MHP_STATE_OFFLINE, "offline", false },
	{ MHP_STATE_ONLINE, "online", false },
	{ MHP_STATE_GOING_OFFLINE, "going-offline", false },
	{ MHP_STATE_MIXED, "mixed", true },
	{ 0, NULL, false },
};

static const struct word zones[] = {
	{ MHP_ZONE_UNKNOWN, "unknown", true },
	{ MHP_ZONE_NONE, "none", false },
	{ MHP_ZONE_DMA, "DMA", false },
	{ MHP_ZONE_DMA32, "DMA32", false },
	{ MHP_ZONE_NORMAL, "Normal", false },
	{ MHP_ZONE_HIGHMEM, "HighMem", false },
	{ MHP_ZONE_MOVABLE, "Movable", false },
	{ MHP_ZONE_DEVICE, "Device", false },
	{ MHP_ZONE_MIXED, "mixed", true },
	{ 0, NULL, false },
};

static const struct word device_states[] = {
	{ MHP_DEVICE_STATE_UNKNOWN, "unknown", false },
	{ MHP_DEVICE_STATE_UNPLUGGED, "unplugged", false },
	{ MHP_DEVICE_STATE_OFFLINE, "offline", false },
	{ MHP_DEVICE_STATE_ONLINE, "online", false },
	{ MHP_DEVICE_STATE_ONLINE_KERNEL, "online_kernel", false },
	{ MHP_DEVICE_STATE_ONLINE_MOVABLE, "online_movable", false },
	{ 0, NULL, false },
};

static const struct word region_kinds[] = {
	{ MHP_REGION_UNKNOWN, "unknown", true },
	{ MHP_REGION_DAX, "dax", true },
	{ MHP_REGION_CXL, "cxl", true },
	{ MHP_REGION_VIRTIO_MEM, "virtio-mem", true },
	{ MHP_REGION_DIMM, "dimm", true },
	{ MHP_REGION_S390_STANDBY, "s390-standby", true },
	{ MHP_REGION_PPC64_LMB, "ppc64-lmb", true },
	{ MHP_REGION_MANAGED, "managed", true },
	{ MHP_REGION_BOOT, "boot", true },
	{ 0, NULL, false },
};

static const struct word node_kinds[] = {
	{ MHP_NODE_UNKNOWN, "unknown", true },
	{ MHP_NODE_CPU, "cpu", true },
	{ MHP_NODE_CPU_LESS, "cpu-less", true },
	{ 0, NULL, false },
};

static const char *text_of(const struct word *table, int value)
{
	for (; table->text; table++)
		if (table->value == value)
			return table->text;
	return NULL;
}

/* For a table whose first entry is the unknown. */
static const char *text_or_unknown(const struct word *table, int value)
{
	const char *text = text_of(table, value);

	return text ? text : table->text;
}

static const struct word *find(const struct word *table, const char *word, size_t length)
{
	for (; table->text; table++)
		if (!table->ours && strlen(table->text) == length &&
		    memcmp(table->text, word, length) == 0)
			return table;
	return NULL;
}

MHP_EXPORT int mhp_online_type_from_str(const char *str, enum mhp_online_type *ret_type)
{
	const struct word *word;
	size_t length;

	if (!str)
		return -EINVAL;
	length = strlen(str);
	if (length > 0 && str[length - 1] == '\n')
		length--;
	word = find(online_types, str, length);
	if (!word)
		return -EINVAL;
	*ret_type = (enum mhp_online_type)word->value;
	return 0;
}

MHP_EXPORT const char *mhp_online_type_to_str(enum mhp_online_type type)
{
	return text_of(online_types, (int)type);
}

MHP_EXPORT const char *mhp_state_to_str(enum mhp_state state)
{
	return text_or_unknown(states, (int)state);
}

MHP_EXPORT const char *mhp_zone_to_str(enum mhp_zone zone)
{
	return text_or_unknown(zones, (int)zone);
}

MHP_EXPORT const char *mhp_device_state_to_str(enum mhp_device_state state)
{
	return text_or_unknown(device_states, (int)state);
}

MHP_EXPORT const char *mhp_region_kind_to_str(enum mhp_region_kind kind)
{
	return text_or_unknown(region_kinds, (int)kind);
}

MHP_EXPORT int mhp_region_kind_from_str(const char *str, enum mhp_region_kind *ret_kind)
{
	if (!str)
		return -EINVAL;
	/* the first one is the unknown */
	for (const struct word *word = region_kinds + 1; word->text; word++) {
		if (!strcmp(word->text, str)) {
			*ret_kind = (enum mhp_region_kind)word->value;
			return 0;
		}
	}
	return -EINVAL;
}

MHP_EXPORT const char *mhp_node_kind_to_str(enum mhp_node_kind kind)
{
	return text_or_unknown(node_kinds, (int)kind);
}

enum mhp_state parse_state_word(const char *word, size_t length)
{
	const struct word *found = find(states, word, length);

	return found ? (enum mhp_state)found->value : MHP_STATE_UNKNOWN;
}

enum mhp_device_state parse_device_state_word(const char *word, size_t length)
{
	const struct word *found = find(device_states, word, length);

	return found ? (enum mhp_device_state)found->value : MHP_DEVICE_STATE_UNKNOWN;
}

enum mhp_zone parse_zone_word(const char *word, size_t length)
{
	const struct word *found = find(zones, word, length);

	return found ? (enum mhp_zone)found->value : MHP_ZONE_UNKNOWN;
}
