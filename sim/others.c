// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Others at work on the machine: programs that win a race, a udev rule, whoever
 * takes memory away, and the kernel, who puts memory to use.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static void race_free(struct race *race)
{
	free(race->path);
	free(race->act_path);
	free(race->act_word);
}

void others_free(struct mhp_sim *sim)
{
	for (size_t i = 0; i < sim->n_races; i++)
		race_free(&sim->races[i]);
	free(sim->races);
	free(sim->pins);
	free(sim->udev_word);
	free(sim->added);
}

/* ---- a block that vanishes ---- */

/* As a firmware's eject request, or the driver of another kind of memory, has it go. */
static int vanish(struct mhp_sim *sim, uint64_t id)
{
	struct block *block = block_find(&sim->model, id);
	struct block_run run = { .first = id, .count = 1 };

	if (!block)
		return sim->read_only ? -EROFS : -ENOENT;
	if (hotplug_is_taken(sim))
		return -EBUSY;
	dimm_forget_block(sim, block);
	blocks_remove(sim, &run);
	return 0;
}

/* ---- races ---- */

/* Takes what race holds over, also upon failure. */
static int add_race(struct mhp_sim *sim, struct race *race)
{
	struct race *list;

	sim_lock(sim);
	list = reallocarray(sim->races, sim->n_races + 1, sizeof(*list));
	if (list) {
		sim->races = list;
		list[sim->n_races++] = *race;
	} else {
		race_free(race);
	}
	sim_unlock(sim);
	return list ? 0 : -ENOMEM;
}

MHP_EXPORT int mhp_sim_race(struct mhp_sim *sim, const char *path, const char *act_path,
			    const char *act_word)
{
	struct race race = { 0 };
	int r;

	if (!act_path || act_path[0] != '/' || !act_word)
		return -EINVAL;
	r = real_path(sim, path, &race.path);
	if (r < 0)
		return r;
	race.act_path = strdup(act_path);
	race.act_word = strdup(act_word);
	if (!race.act_path || !race.act_word) {
		race_free(&race);
		return -ENOMEM;
	}
	return add_race(sim, &race);
}

MHP_EXPORT int mhp_sim_race_remove(struct mhp_sim *sim, const char *path, uint64_t id)
{
	struct race race = { .block = id };
	int r;

	if (!path) {
		sim_lock(sim);
		r = vanish(sim, id);
		sim_unlock(sim);
		return r;
	}
	r = real_path(sim, path, &race.path);
	return r < 0 ? r : add_race(sim, &race);
}

void race_act(struct mhp_sim *sim, const char *path)
{
	size_t i = 0;

	while (i < sim->n_races) {
		struct race race = sim->races[i];

		if (strcmp(race.path, path)) {
			i++;
			continue;
		}
		memmove(&sim->races[i], &sim->races[i + 1],
			(--sim->n_races - i) * sizeof(*sim->races));
		/* like any other program: whether it works is its own business */
		if (race.act_path)
			(void)write_as_other(sim, race.act_path, race.act_word);
		else
			(void)vanish(sim, race.block);
		follow_up(sim);
		race_free(&race);
	}
}

/* ---- a udev rule ---- */

MHP_EXPORT int mhp_sim_set_udev_rule(struct mhp_sim *sim, const char *word)
{
	enum mhp_online_type type;
	char *copy = NULL;

	if (word) {
		if (mhp_online_type_from_str(word, &type) < 0 || type == MHP_OFFLINE)
			return -EINVAL;
		copy = strdup(word);
		if (!copy)
			return -ENOMEM;
	}
	sim_lock(sim);
	free(sim->udev_word);
	sim->udev_word = copy;
	sim_unlock(sim);
	return 0;
}

int udev_reserve(struct mhp_sim *sim)
{
	struct block_run *list;

	if (!sim->udev_word)
		return 0;
	list = reallocarray(sim->added, sim->n_added + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	sim->added = list;
	return 0;
}

void udev_note(struct mhp_sim *sim, const struct block_run *run)
{
	if (sim->udev_word)
		sim->added[sim->n_added++] = *run;
}

static void udev_online(struct mhp_sim *sim, uint64_t id)
{
	const struct block *block = block_find(&sim->model, id);
	char path[80];

	if (!block || block->state != MHP_STATE_OFFLINE)
		return;
	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%" PRIu64 "/state", id);
	(void)write_as_other(sim, path, sim->udev_word);
}

/*
 * The "add" events of all blocks were sent, and the kernel is done with onlining. Were
 * there any?
 */
static bool udev_act(struct mhp_sim *sim)
{
	size_t count = sim->n_added;

	/* writes are followed up later, so the list stays as it is */
	sim->n_added = 0;
	for (size_t i = 0; i < count && sim->udev_word; i++)
		for (uint64_t j = 0; j < sim->added[i].count; j++)
			udev_online(sim, sim->added[i].first + j);
	return count > 0;
}

void follow_up(struct mhp_sim *sim)
{
	vmems_retry(sim);
	while (dimms_work(sim) || vmems_work(sim) || udev_act(sim))
		;
}

/* ---- memory that stays ---- */

MHP_EXPORT int mhp_sim_pin_block(struct mhp_sim *sim, uint64_t id, const char *word)
{
	enum mhp_online_type type;
	struct pin *list;

	if (!word || mhp_online_type_from_str(word, &type) < 0 || type == MHP_OFFLINE)
		return -EINVAL;
	sim_lock(sim);
	list = reallocarray(sim->pins, sim->n_pins + 1, sizeof(*list));
	if (list) {
		sim->pins = list;
		list[sim->n_pins++] = (struct pin){ id, type };
	}
	sim_unlock(sim);
	return list ? 0 : -ENOMEM;
}

bool sim_pins(const struct mhp_sim *sim, const struct block *block)
{
	bool movable = block->zone == MHP_ZONE_MOVABLE;

	for (size_t i = 0; i < sim->n_pins; i++) {
		const struct pin *pin = &sim->pins[i];

		if (pin->block == block->id &&
		    (pin->type == MHP_ONLINE || (pin->type == MHP_ONLINE_MOVABLE) == movable))
			return true;
	}
	return false;
}
