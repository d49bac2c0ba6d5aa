// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What is tracked beside a fresh snapshot. What came is told before the blocks that are
 * part of it, and what went after them, as the kernel does.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor.h"

enum { CAME, BLOCKS_GONE, BLOCKS, GONE, END };

static void set_thing(struct mhp_monitor *monitor, const struct thing *thing, bool is_there)
{
	struct goal *goal = &monitor->goal;

	*goal = (struct goal){ .is_set = true, .subject = thing->subject, .is_there = is_there };
	copy_name(goal->name, thing->name);
	copy_name(goal->driver, is_there ? thing->driver : "");
}

/* The next one in any of the lists; false: the list is at its end. */
static bool take_came(struct mhp_monitor *monitor, size_t at)
{
	const struct things *things = &monitor->difference.things;

	if (at >= things->count)
		return false;
	set_thing(monitor, &things->list[at], true);
	return true;
}

static bool take_block(struct mhp_monitor *monitor, size_t at)
{
	const struct mhp_snapshot *snap = monitor->snap;
	const struct mhp_block *block;

	if (at >= snap->n_blocks)
		return false;
	block = &snap->blocks[at];
	monitor->goal = (struct goal){
		.is_set = true,
		.subject = SUBJECT_BLOCK,
		.id = block->id,
		.state = monitor_state(block->state),
		.zone = mhp_block_get_zone(block),
	};
	return true;
}

static bool take_block_gone(struct mhp_monitor *monitor, size_t at)
{
	const struct difference *difference = &monitor->difference;

	if (at >= difference->n_gone)
		return false;
	monitor->goal = (struct goal){
		.is_set = true,
		.subject = SUBJECT_BLOCK,
		.id = difference->gone[at],
		.state = MHP_STATE_ABSENT,
	};
	return true;
}

/* Not all devices that messages tell of are in snapshots: a CXL region may not be volatile. */
static bool is_still_there(struct mhp_monitor *monitor, const struct thing *thing)
{
	static const char *const buses[] = { "/sys/bus/cxl/devices", "/sys/bus/virtio/devices" };

	if (thing->subject != SUBJECT_DEVICE || is_dax_name(thing->name))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(buses); i++) {
		char path[MHP_PATH_SIZE];

		snprintf(path, sizeof(path), "%s/%s", buses[i], thing->name);
		if (sysfs_dir_exists(monitor->ctx, path) != 0)
			return true;
	}
	return false;
}

static bool take_gone(struct mhp_monitor *monitor, size_t *at)
{
	for (; *at < monitor->things.count; (*at)++) {
		const struct thing *thing = &monitor->things.list[*at];

		if (things_find(&monitor->difference.things, thing->name) ||
		    is_still_there(monitor, thing))
			continue;
		/* once it is gone, the next one is where it was */
		set_thing(monitor, thing, false);
		return true;
	}
	return false;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int difference_begin(const struct tracked *tracked, const struct mhp_snapshot *snap,
		     struct things *things, struct difference *ret)
{
	struct difference difference = { .things = *things };

	difference.gone = calloc(tracked->counts[MHP_STATE_ABSENT] + 1, sizeof(uint64_t));
	if (!difference.gone)
		return -ENOMEM;
	for (size_t i = 0; i < tracked->n_slots; i++) {
		uint64_t key = tracked->slots[i].key;

		if (key && !snapshot_find_block(snap, key - 1))
			difference.gone[difference.n_gone++] = key - 1;
	}
	qsort(difference.gone, difference.n_gone, sizeof(uint64_t), compare_ids);
	*things = (struct things){ 0 };
	difference_end(ret);
	*ret = difference;
	return 0;
}

void difference_end(struct difference *difference)
{
	things_free(&difference->things);
	free(difference->gone);
	*difference = (struct difference){ 0 };
}

bool difference_next(struct mhp_monitor *monitor)
{
	struct difference *difference = &monitor->difference;
	bool some = false;

	while (!some && difference->list != END) {
		switch (difference->list) {
		case CAME:
			some = take_came(monitor, difference->at++);
			break;
		case BLOCKS_GONE:
			some = take_block_gone(monitor, difference->at++);
			break;
		case BLOCKS:
			some = take_block(monitor, difference->at++);
			break;
		default:
			some = take_gone(monitor, &difference->at);
			break;
		}
		if (!some) {
			difference->list++;
			difference->at = 0;
		}
	}
	return some;
}
