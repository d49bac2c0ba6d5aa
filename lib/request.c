// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the caller wants, and what a goal means for a block. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

MHP_EXPORT int mhp_request_new(struct mhp_request **ret_request)
{
	struct mhp_request *request = calloc(1, sizeof(*request));

	if (!request)
		return -ENOMEM;
	*ret_request = request;
	return 0;
}

MHP_EXPORT void mhp_request_free(struct mhp_request *request)
{
	if (!request)
		return;
	free(request->region);
	free(request->runs);
	free(request->driver);
	free(request);
}

MHP_EXPORT int mhp_request_set_region(struct mhp_request *request, const char *name)
{
	char *copy;

	if (!name || !*name)
		return -EINVAL;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	free(request->region);
	request->region = copy;
	request->target = TARGET_REGION;
	return 0;
}

MHP_EXPORT int mhp_request_set_range(struct mhp_request *request, uint64_t start,
				     uint64_t size_bytes)
{
	struct range range;
	int r = range_from_size(start, size_bytes, &range);

	if (r < 0)
		return -EINVAL;
	request->range = range;
	request->target = TARGET_RANGE;
	return 0;
}

MHP_EXPORT int mhp_request_add_blocks(struct mhp_request *request, uint64_t first,
				      uint64_t count)
{
	struct block_run *runs;

	if (!count || first > BLOCK_MAX_ID || count - 1 > BLOCK_MAX_ID - first)
		return -EINVAL;
	if (request->target != TARGET_BLOCKS)
		request->n_runs = 0;
	/* twice as many whenever it is full: there may be thousands */
	if (!(request->n_runs & (request->n_runs - 1))) {
		runs = reallocarray(request->runs, request->n_runs ? 2 * request->n_runs : 1,
				    sizeof(*runs));
		if (!runs)
			return -ENOMEM;
		request->runs = runs;
	}
	request->runs[request->n_runs++] = (struct block_run){ first, count };
	request->target = TARGET_BLOCKS;
	return 0;
}

MHP_EXPORT int mhp_request_set_node(struct mhp_request *request, int node)
{
	if (node < 0)
		return -EINVAL;
	request->node = node;
	request->target = TARGET_NODE;
	return 0;
}

MHP_EXPORT int mhp_request_set_kind(struct mhp_request *request, enum mhp_region_kind kind)
{
	if (kind <= MHP_REGION_UNKNOWN || kind > MHP_REGION_BOOT)
		return -EINVAL;
	request->kind = kind;
	request->target = TARGET_KIND;
	return 0;
}

MHP_EXPORT void mhp_request_set_size_bytes(struct mhp_request *request, uint64_t size_bytes)
{
	request->size_bytes = size_bytes;
}

MHP_EXPORT int mhp_request_set_driver(struct mhp_request *request, const char *driver)
{
	char *copy = NULL;

	if (driver && strcmp(driver, "device_dax"))
		return -EINVAL;
	if (driver) {
		copy = strdup(driver);
		if (!copy)
			return -ENOMEM;
	}
	free(request->driver);
	request->driver = copy;
	return 0;
}

MHP_EXPORT int mhp_request_set_goal(struct mhp_request *request, enum mhp_goal goal)
{
	if (goal < MHP_GOAL_OFFLINE || goal > MHP_GOAL_PLUGGED)
		return -EINVAL;
	request->goal = goal;
	return 0;
}

bool request_is_typed(const struct mhp_request *request)
{
	return request->goal == MHP_GOAL_ONLINE || request->goal == MHP_GOAL_PLUGGED;
}

MHP_EXPORT int mhp_request_set_online_type(struct mhp_request *request,
					   enum mhp_online_type type)
{
	if (!mhp_online_type_to_str(type))
		return -EINVAL;
	request->type = type;
	request->type_set = true;
	request->type_default = false;
	return 0;
}

MHP_EXPORT void mhp_request_set_default_type(struct mhp_request *request)
{
	request->type = MHP_OFFLINE;
	request->type_set = true;
	request->type_default = true;
}

MHP_EXPORT int mhp_request_set_rules(struct mhp_request *request, uint64_t rules)
{
	if (rules & ~ALL_RULES)
		return -E2BIG;
	request->rules = rules;
	return 0;
}

MHP_EXPORT const char *mhp_goal_to_str(enum mhp_goal goal)
{
	switch (goal) {
	case MHP_GOAL_OFFLINE:
		return "offline";
	case MHP_GOAL_ONLINE:
		return "online";
	case MHP_GOAL_UNPLUGGED:
		return "unplugged";
	case MHP_GOAL_PLUGGED:
		return "plugged";
	case MHP_GOAL_UNKNOWN:
		break;
	}
	return "unknown";
}

bool zone_is_kernel(enum mhp_zone zone)
{
	return zone == MHP_ZONE_DMA || zone == MHP_ZONE_DMA32 || zone == MHP_ZONE_NORMAL ||
	       zone == MHP_ZONE_HIGHMEM;
}

const char *online_word(enum mhp_online_type type)
{
	const char *word = mhp_online_type_to_str(type);

	return word ? word : "unknown";
}

enum mhp_online_type zone_online_type(enum mhp_zone zone)
{
	return zone == MHP_ZONE_MOVABLE ? MHP_ONLINE_MOVABLE : MHP_ONLINE_KERNEL;
}

bool is_as_wanted(enum mhp_goal goal, enum mhp_online_type type, enum mhp_state state,
		  enum mhp_zone zone)
{
	if (goal == MHP_GOAL_UNPLUGGED)
		return state == MHP_STATE_ABSENT;
	if (goal == MHP_GOAL_OFFLINE || type == MHP_OFFLINE)
		return state == MHP_STATE_OFFLINE;
	if (state != MHP_STATE_ONLINE)
		return false;
	if (type == MHP_ONLINE_MOVABLE)
		return zone == MHP_ZONE_MOVABLE;
	return type == MHP_ONLINE || zone_is_kernel(zone);
}
