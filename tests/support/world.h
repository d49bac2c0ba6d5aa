/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a simulated machine is like, read from the machine itself and not through the
 * library: what an outcome promises is compared with it.
 */
#ifndef SUPPORT_WORLD_H
#define SUPPORT_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include <mhp/sim.h>

#define WORLD_BLOCKS 64
#define WORLD_DEVICES 5
#define JOURNAL "/run/libmhp/journal"

struct world {
	char blocks[WORLD_BLOCKS][16];	/* "absent", "offline", or the zone */
	char drivers[WORLD_DEVICES][16];	/* "" for none; world_devices[] has the names */
	char policy[16], autoprobe[16];
	size_t ids;			/* that new_id was told, and remove_id was not */
	bool journal;
};

extern const char *const world_devices[WORLD_DEVICES];

struct world world_of(struct mhp_sim *sim);
/* NULL: none, or no such device */
const char *driver_of(const struct world *world, const char *device);
/* Of a block that is online its zone counts, too. */
bool same_block(const struct world *a, const struct world *b, unsigned int id);
/* Policy, autoprobe, and ids. */
bool same_settings(const struct world *a, const struct world *b);
bool same_drivers(const struct world *a, const struct world *b);
/* Fails with the first difference, a test's name or row before it; but for the journal. */
void assert_same_world(const struct world *now, const struct world *before, const char *what);

#endif /* SUPPORT_WORLD_H */
