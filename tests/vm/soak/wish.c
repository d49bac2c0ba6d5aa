// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the driver wants of the machine, by chance or for certain. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "soak.h"

void wish_say(struct wish *wish, const char *format, ...)
{
	size_t n = strlen(wish->text);
	va_list args;

	va_start(args, format);
	vsnprintf(wish->text + n, sizeof(wish->text) - n, format, args);
	va_end(args);
}

static void want_region(struct wish *wish, const struct region *region)
{
	must(mhp_request_set_region(wish->request, region->name), "mhp_request_set_region");
	wish->target = region->ids;
	wish_say(wish, "%s", region->name);
}

/* Some of its blocks, by number or by address, or so many bytes of it. */
static void want_part(struct wish *wish, struct chance *chance, const struct region *region)
{
	size_t first = below(chance, (unsigned int)region->count);
	uint64_t most = region->count - first, n = 1 + below(chance, (unsigned int)most);

	if (one_in(chance, 4)) {
		want_region(wish, region);
		mhp_request_set_size_bytes(wish->request, n * block_size);
		wish_say(wish, ", %" PRIu64 " blocks of it", n);
		return;
	}
	/* a hole in a region that has two ranges is another region's */
	while (region->id[first + n - 1] != region->id[first] + n - 1)
		n--;
	if (one_in(chance, 2))
		must(mhp_request_add_blocks(wish->request, region->id[first], n), "add_blocks");
	else
		must(mhp_request_set_range(wish->request, region->id[first] * block_size,
					   n * block_size), "set_range");
	for (size_t i = first; i < first + n; i++)
		wish->target.has[region->id[i]] = true;
	wish_say(wish, "blocks %" PRIu64 "+%" PRIu64, region->id[first], n);
}

/* All regions: only for those who may change all. */
static void want_all(struct wish *wish)
{
	must(mhp_request_set_kind(wish->request, MHP_REGION_DAX), "set_kind");
	wish_say(wish, "all of kind dax");
	for (size_t i = 0; i < region_count; i++)
		add_ids(&wish->target, &regions[i].ids);
}

static void want_type(struct wish *wish, struct chance *chance)
{
	static const enum mhp_online_type types[] = {
		MHP_ONLINE_MOVABLE, MHP_ONLINE_MOVABLE, MHP_ONLINE_MOVABLE, MHP_ONLINE, MHP_OFFLINE,
	};

	wish->type = types[below(chance, 5)];
	if (wish->kernel && one_in(chance, 4))
		wish->type = MHP_ONLINE_KERNEL;
	must(mhp_request_set_online_type(wish->request, wish->type), "set_online_type");
	wish_say(wish, " %s", mhp_online_type_to_str(wish->type));
}

static void want_goal(struct wish *wish, struct chance *chance, enum mhp_goal goal)
{
	wish->goal = goal;
	must(mhp_request_set_goal(wish->request, goal), "mhp_request_set_goal");
	wish_say(wish, ": %s", mhp_goal_to_str(goal));
	if (goal == MHP_GOAL_ONLINE || goal == MHP_GOAL_PLUGGED)
		want_type(wish, chance);
	if (goal == MHP_GOAL_UNPLUGGED && one_in(chance, 2)) {
		must(mhp_request_set_driver(wish->request, "device_dax"), "set_driver");
		wish_say(wish, " to device_dax");
	}
}

static void want_rules(struct wish *wish, struct chance *chance)
{
	if (!one_in(chance, 4))
		wish->rules |= MHP_RULE_BORROW;
	if (one_in(chance, 3))
		wish->rules |= MHP_RULE_REZONE;
	if (one_in(chance, 4))
		wish->rules |= MHP_RULE_PER_BLOCK;
	if (one_in(chance, 8))
		wish->rules |= MHP_RULE_KEEP;
	must(mhp_request_set_rules(wish->request, wish->rules), "mhp_request_set_rules");
	wish_say(wish, ", rules %#" PRIx64, wish->rules);
}

void wish_make(struct wish *wish, struct chance *chance, unsigned int mask)
{
	static const enum mhp_goal goals[] = {
		MHP_GOAL_OFFLINE, MHP_GOAL_ONLINE, MHP_GOAL_ONLINE, MHP_GOAL_UNPLUGGED,
		MHP_GOAL_PLUGGED, MHP_GOAL_PLUGGED,
	};
	enum mhp_goal goal = goals[below(chance, sizeof(goals) / sizeof(goals[0]))];
	bool is_all = mask == (1U << region_count) - 1;
	const struct region *region = any_region(chance, mask);

	*wish = (struct wish){ 0 };
	must(mhp_request_new(&wish->request), "mhp_request_new");
	if (is_all && one_in(chance, 12)) {
		want_all(wish);
	} else if (one_in(chance, 3)) {
		wish->kernel = region->kernel;
		want_part(wish, chance, region);
	} else {
		wish->kernel = region->kernel;
		want_region(wish, region);
	}
	want_goal(wish, chance, goal);
	want_rules(wish, chance);
}

void wish_make_certain(struct wish *wish, const struct region *region, enum mhp_goal goal)
{
	*wish = (struct wish){ .goal = goal, .type = MHP_ONLINE_MOVABLE, .is_certain = true,
			       .rules = MHP_RULE_BORROW | MHP_RULE_REZONE };
	must(mhp_request_new(&wish->request), "mhp_request_new");
	want_region(wish, region);
	must(mhp_request_set_goal(wish->request, goal), "mhp_request_set_goal");
	if (goal == MHP_GOAL_UNPLUGGED)
		must(mhp_request_set_driver(wish->request, "device_dax"), "set_driver");
	else
		must(mhp_request_set_online_type(wish->request, wish->type), "set_online_type");
	must(mhp_request_set_rules(wish->request, wish->rules), "mhp_request_set_rules");
	wish_say(wish, ": %s, certainly", mhp_goal_to_str(goal));
}
