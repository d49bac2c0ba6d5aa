// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Could libmhp have found what a plan's text says? Anybody may have written it, and what it
 * names is opened and written to.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* What a plan with steps must not rest on; see check.c. */
static bool is_block_sound(const struct mhp_plan *plan, const struct plan_block *block)
{
	bool online = plan->goal == MHP_GOAL_ONLINE || plan->goal == MHP_GOAL_PLUGGED;

	if (block->state == MHP_STATE_UNKNOWN || block->state == MHP_STATE_GOING_OFFLINE)
		return false;
	return block->state != MHP_STATE_ONLINE || block->zone != MHP_ZONE_UNKNOWN ||
	       is_met(plan, block) || (!online && plan->rules & MHP_RULE_KEEP);
}

/* Of memory of that kind there is such a plan with a conflict only. */
static bool has_steps(const struct provider *provider, enum mhp_goal goal)
{
	switch (goal) {
	case MHP_GOAL_OFFLINE:
		return provider->plan_offline;
	case MHP_GOAL_ONLINE:
		return provider->plan_online;
	case MHP_GOAL_UNPLUGGED:
		return provider->plan_unplug;
	case MHP_GOAL_PLUGGED:
		return provider->plan_plug;
	case MHP_GOAL_UNKNOWN:
		break;
	}
	return false;
}

/* Names and paths are opened. */
static bool is_region_sound(const struct provider *provider, const char *name, const char *path)
{
	if (provider->is_name && !provider->is_name(name))
		return false;
	if (provider->path)
		return !strcmp(path, provider->path);
	if (strlen(path) >= MHP_PATH_SIZE)
		return false;
	return !strncmp(path, "/sys/devices/", 13) && !strstr(path, "/..");
}

/* Is each block of the part in exactly one unit, if it has units at all? */
static bool are_units_sound(const struct plan_part *part)
{
	const struct plan_block *blocks = part->plan->blocks;
	size_t at = part->first, end = part->first + part->count;

	if (!part->n_units)
		return true;
	if (!part->provider || !part->provider->plugs_blocks)
		return false;
	for (size_t i = 0; i < part->n_units; i++) {
		const struct block_unit *unit = &part->units[i];

		if (unit->count > end - at || blocks[at].id != unit->first ||
		    blocks[at + unit->count - 1].id != unit->first + unit->count - 1)
			return false;
		at += unit->count;
	}
	return at == end;
}

/* With the rule there are some, and the plan is about nothing else; a conflict says why not. */
static bool are_releases_sound(const struct mhp_plan *plan)
{
	bool wanted = plan->rules & MHP_RULE_RELEASE;

	if (!wanted || plan->conflicts.count)
		return !plan->n_releases || wanted;
	if (plan->goal != MHP_GOAL_UNPLUGGED || plan->to_driver)
		return false;
	for (size_t i = 0; i < plan->n_releases; i++) {
		const struct plan_release *release = &plan->releases[i];

		if (!release->provider->is_released ||
		    !is_region_sound(release->provider, release->region, release->path))
			return false;
	}
	return plan->n_releases > 0;
}

static int compare_paths_of(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The begin of a path, as long as a directory's. */
struct begin {
	const char *path;
	size_t length;
};

static int compare_begin(const void *key, const void *path)
{
	const struct begin *begin = key;
	const char *other = *(const char *const *)path;
	int r = strncmp(begin->path, other, begin->length);

	return r ? r : other[begin->length] ? -1 : 0;
}

/* Is what is at the path a region itself, or made from one? */
static bool is_made_from(const char *path, const char *const *regions, size_t count)
{
	for (struct begin begin = { path, 1 }; path[begin.length - 1]; begin.length++)
		if ((path[begin.length] == '/' || !path[begin.length]) &&
		    bsearch(&begin, regions, count, sizeof(*regions), compare_begin))
			return true;
	return false;
}

/* Is each part released together with the others? */
static int check_released(const struct mhp_plan *plan)
{
	const char **regions;
	int r = 0;

	if (!plan->n_releases || plan->conflicts.count)
		return 0;
	regions = calloc(plan->n_releases, sizeof(*regions));
	if (!regions)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_releases; i++)
		regions[i] = plan->releases[i].path;
	qsort(regions, plan->n_releases, sizeof(*regions), compare_paths_of);
	for (size_t i = 0; i < plan->n_parts && r == 0; i++)
		if (!plan->parts[i].path ||
		    !is_made_from(plan->parts[i].path, regions, plan->n_releases))
			r = -EBADMSG;
	free(regions);
	return r;
}

static bool is_part_sound(const struct plan_part *part)
{
	const struct mhp_plan *plan = part->plan;
	uint64_t count = 0;

	if (!part->region != !part->path || !part->region != !part->provider ||
	    (!part->region && (part->driver || part->device_word)))
		return false;
	if (part->region && !(plan->conflicts.count || has_steps(part->provider, plan->goal)))
		return false;
	/* with a conflict nothing is opened; where the region is may not have been to be read */
	if (part->region && !plan->conflicts.count &&
	    !is_region_sound(part->provider, part->region, part->path))
		return false;
	for (size_t i = 0; i < part->n_runs; i++)
		count += part->runs[i].count;
	if (count != part->count)
		return false;
	/* a conflict says why it is not */
	if (plan->conflicts.count)
		return true;
	if (!are_units_sound(part))
		return false;
	for (size_t i = part->first; i < part->first + part->count; i++)
		if (!is_block_sound(plan, &plan->blocks[i]))
			return false;
	/* a slot that is empty is unplugged, and so is what holds no whole block */
	return part->count > 0 || (part->provider && plan->goal == MHP_GOAL_UNPLUGGED &&
				   (part->provider->has_left || plan->rules & MHP_RULE_RELEASE));
}

static int compare_runs(const void *a, const void *b)
{
	const struct block_run *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Is no block in two parts? */
static int check_overlap(const struct mhp_plan *plan)
{
	struct block_run *runs;
	size_t count = 0, n = 0;
	int r = 0;

	for (size_t i = 0; i < plan->n_parts; i++)
		count += plan->parts[i].n_runs;
	runs = calloc(count + 1, sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_parts; i++)
		for (size_t j = 0; j < plan->parts[i].n_runs; j++)
			runs[n++] = plan->parts[i].runs[j];
	qsort(runs, n, sizeof(*runs), compare_runs);
	for (size_t i = 1; i < n && r == 0; i++)
		if (runs[i].first < runs[i - 1].first + runs[i - 1].count)
			r = -EBADMSG;
	free(runs);
	return r;
}

static bool is_goal_sound(const struct mhp_plan *plan)
{
	bool ends = plan->goal == MHP_GOAL_OFFLINE || plan->goal == MHP_GOAL_UNPLUGGED;

	if (ends && plan->type)
		return false;
	if (plan->goal == MHP_GOAL_ONLINE && plan->type == MHP_OFFLINE && !plan->conflicts.count)
		return false;
	return !plan->to_driver || !strcmp(plan->to_driver, "device_dax");
}

int plan_check_sound(const struct mhp_plan *plan)
{
	int r;

	if ((!plan->n_parts && !plan->conflicts.count) || !is_goal_sound(plan) ||
	    !are_releases_sound(plan))
		return -EBADMSG;
	for (size_t i = 0; i < plan->n_parts; i++)
		if (!is_part_sound(&plan->parts[i]))
			return -EBADMSG;
	r = check_released(plan);
	return r < 0 ? r : check_overlap(plan);
}
