// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a simulated machine is like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/sim.h"
#include "support/world.h"

#define MEMORY "/sys/devices/system/memory"

const char *const world_devices[WORLD_DEVICES] = {
	"dax0.0", "dax0.1", "dax1.0", "dax2.0", "dax3.0",
};

/* "" if there is no such file */
static void read_to(struct mhp_sim *sim, const char *path, char ret[16])
{
	char *text = NULL;

	*ret = '\0';
	if (mhp_sim_read(sim, path, &text) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	snprintf(ret, 16, "%s", text);
	free(text);
}

static void look_at_block(struct mhp_sim *sim, unsigned int id, char ret[16])
{
	char path[96];

	snprintf(path, sizeof(path), MEMORY "/memory%u/state", id);
	read_to(sim, path, ret);
	if (!strcmp(ret, "online")) {
		snprintf(path, sizeof(path), MEMORY "/memory%u/valid_zones", id);
		read_to(sim, path, ret);
	} else if (!*ret) {
		strcpy(ret, "absent");
	}
}

struct world world_of(struct mhp_sim *sim)
{
	struct world world = { 0 };
	char *journal = NULL;

	for (unsigned int id = 0; id < WORLD_BLOCKS; id++)
		look_at_block(sim, id, world.blocks[id]);
	read_to(sim, MEMORY "/auto_online_blocks", world.policy);
	read_to(sim, "/sys/bus/dax/drivers_autoprobe", world.autoprobe);
	world.journal = mhp_sim_read(sim, JOURNAL, &journal) == 0;
	free(journal);
	sim_lock(sim);
	for (size_t i = 0; i < sim->model.n_drivers; i++)
		world.ids += sim->model.drivers[i]->n_ids;
	for (size_t i = 0; i < WORLD_DEVICES; i++) {
		const struct dax *dax = dax_find(&sim->model, world_devices[i]);

		if (dax && dax->driver)
			snprintf(world.drivers[i], sizeof(world.drivers[i]), "%s",
				 dax->driver->name);
	}
	sim_unlock(sim);
	return world;
}

const char *driver_of(const struct world *world, const char *device)
{
	for (size_t i = 0; i < WORLD_DEVICES; i++)
		if (!strcmp(world_devices[i], device) && *world->drivers[i])
			return world->drivers[i];
	return NULL;
}

bool same_block(const struct world *a, const struct world *b, unsigned int id)
{
	return !strcmp(a->blocks[id], b->blocks[id]);
}

bool same_settings(const struct world *a, const struct world *b)
{
	return !strcmp(a->policy, b->policy) && !strcmp(a->autoprobe, b->autoprobe) &&
	       a->ids == b->ids;
}

bool same_drivers(const struct world *a, const struct world *b)
{
	return !memcmp(a->drivers, b->drivers, sizeof(a->drivers));
}

void assert_same_world(const struct world *now, const struct world *before, const char *what)
{
	for (unsigned int id = 0; id < WORLD_BLOCKS; id++)
		if (!same_block(now, before, id))
			fail_msg("%s: memory%u is %s and was %s", what, id, now->blocks[id],
				 before->blocks[id]);
	for (size_t i = 0; i < WORLD_DEVICES; i++)
		if (strcmp(now->drivers[i], before->drivers[i]))
			fail_msg("%s: the driver of %s is \"%s\" and was \"%s\"", what,
				 world_devices[i], now->drivers[i], before->drivers[i]);
	if (!same_settings(now, before))
		fail_msg("%s: policy %s, autoprobe %s, %zu ids; was %s, %s, %zu", what,
			 now->policy, now->autoprobe, now->ids, before->policy,
			 before->autoprobe, before->ids);
}
