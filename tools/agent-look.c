// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whether a region that refused looks different by now. */
#include <string.h>

#include "agent.h"
#include "tool.h"

/* FNV-1a; it need not stand against anybody who means harm */
#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static void hash_bytes(uint64_t *hash, const void *data, size_t size)
{
	const unsigned char *byte = data;

	while (size--)
		*hash = (*hash ^ *byte++) * HASH_PRIME;
}

static void hash_text(uint64_t *hash, const char *text)
{
	/* with the NUL, and something of its own for none at all */
	hash_bytes(hash, text ? text : "\xff", text ? strlen(text) + 1 : 1);
}

static void hash_number(uint64_t *hash, uint64_t number)
{
	hash_bytes(hash, &number, sizeof(number));
}

const char *agent_key(const struct mhp_region *region)
{
	const char *identity;

	return mhp_region_get_identity(region, &identity) == 0 ? identity :
	       mhp_region_get_name(region);
}

uint64_t agent_looks(const struct mhp_region *region)
{
	enum mhp_device_state state = MHP_DEVICE_STATE_UNKNOWN;
	const struct mhp_block *block;
	uint64_t hash = HASH_BEGIN, first, count;
	const char *driver = NULL;

	(void)mhp_region_get_driver(region, &driver);
	(void)mhp_region_get_device_state(region, &state, NULL);
	hash_text(&hash, mhp_region_get_name(region));
	hash_text(&hash, driver);
	hash_number(&hash, state);
	for (size_t i = 0; mhp_region_get_block_run(region, i, &first, &count) == 0; i++) {
		hash_number(&hash, first);
		hash_number(&hash, count);
	}
	for (size_t i = 0; (block = mhp_region_get_block(region, i)); i++) {
		hash_number(&hash, mhp_block_get_id(block));
		hash_number(&hash, mhp_block_get_state(block));
		hash_number(&hash, mhp_block_get_zone(block));
	}
	return hash ? hash : 1;
}
