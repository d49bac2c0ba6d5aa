// SPDX-License-Identifier: LGPL-2.1-or-later
/* What forbids any plan at all: what could not be read, or makes no sense. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

static bool is_unknown(const struct mhp_plan *plan, const struct plan_block *block)
{
	(void)plan;
	return block->state == MHP_STATE_UNKNOWN;
}

static bool is_going_offline(const struct mhp_plan *plan, const struct plan_block *block)
{
	(void)plan;
	return block->state == MHP_STATE_GOING_OFFLINE;
}

/* Online, and not as wanted or nobody knows; it could not be put back either. */
static bool is_in_unknown_zone(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online_elsewhere(plan, block) && block->zone == MHP_ZONE_UNKNOWN;
}

static enum mhp_conflict_code unreadable(int code)
{
	return code == -EACCES || code == -EPERM ? MHP_CONFLICT_NO_PERMISSION :
						   MHP_CONFLICT_UNREADABLE;
}

#define HINT_ROOT "run as root"
#define HINT_FILE "try again; if it stays so, report it with the file's text"

/* ": PATH: "text" is not understood", or the errno */
static void add_problem(struct text *text, const char *path, const char *found, int code)
{
	text_add(text, ": ");
	text_add_escaped(text, path);
	text_add(text, ": ");
	if (found) {
		text_add(text, "\"");
		text_add_escaped(text, found);
		text_add(text, "\" is not understood");
	} else {
		text_add_code(text, code);
	}
}

/* What is wrong with the files of a block; the code is that of the conflict. */
static bool add_block_problem(struct text *text, const struct mhp_snapshot *snap, uint64_t id,
			      enum mhp_conflict_code *ret_code)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
	const char *odd = block ? mhp_snapshot_get_block_zones_text(snap, block) : NULL;
	const struct problem *problem;
	char path[128];

	snprintf(path, sizeof(path), MEMORY_PATH "/memory%" PRIu64, id);
	problem = problems_find(&snap->problems, path);
	strcat(path, "/valid_zones");
	if (problem)
		add_problem(text, problem->path, problem->text, problem->code);
	else
		add_problem(text, path, odd, -ENODATA);
	*ret_code = problem ? unreadable(problem->code) : MHP_CONFLICT_UNREADABLE;
	return true;
}

/* About blocks whose files are at fault: names the first such file. */
static int find_unreadable_blocks(struct plan_part *part, const struct mhp_snapshot *snap,
				  block_test test, const char *message, const char *hint)
{
	enum mhp_conflict_code code = MHP_CONFLICT_UNREADABLE;
	const struct mhp_plan *plan = part->plan;
	struct text text = { 0 };
	bool found = false;
	char *whole;
	int r;

	text_add(&text, "%s", message);
	for (size_t i = part->first; i < part->first + part->count && !found; i++)
		if (test(plan, &plan->blocks[i]))
			found = add_block_problem(&text, snap, plan->blocks[i].id, &code);
	r = text_finish(&text, &whole);
	if (r < 0)
		return r;
	r = find_faults(part, code, test, whole,
			code == MHP_CONFLICT_NO_PERMISSION ? HINT_ROOT : hint);
	free(whole);
	return r;
}

/* The file of a region that is at fault: name, or any that tells of its ranges. */
static const struct problem *find_problem(const struct mhp_snapshot *snap,
					  const struct mhp_region *region, const char *name)
{
	static const char *const names[] = { "mapping", "size", "resource", "physical_node" };
	size_t length = strlen(region->path);

	for (size_t i = 0; i < snap->problems.count; i++) {
		const struct problem *problem = &snap->problems.list[i];
		const char *rest = problem->path + length;

		if (strncmp(problem->path, region->path, length) || (*rest && *rest++ != '/'))
			continue;
		/* the directory itself */
		if (!*rest || (name && !strcmp(rest, name)))
			return problem;
		for (size_t j = 0; !name && j < ARRAY_SIZE(names); j++)
			if (!strncmp(rest, names[j], strlen(names[j])))
				return problem;
	}
	return NULL;
}

static int find_unreadable(struct plan_part *part, const struct mhp_snapshot *snap,
			   const struct mhp_region *region)
{
	const char *what = NULL, *name = NULL;
	const struct problem *problem;
	struct text text = { 0 };
	char *message;
	int code = 0, r;

	if (region->ranges_code < 0)
		what = "physical ranges", code = region->ranges_code;
	else if (region->driver_code < 0)
		what = name = "driver", code = region->driver_code;
	else if (region->device_state_code < 0 && region->device_state_code != -ENODATA)
		what = name = "state", code = region->device_state_code;
	if (!what)
		return 0;
	problem = find_problem(snap, region, name);
	/* the ranges of some are told there only */
	if (!problem && !name)
		problem = problems_find(&snap->problems, "/proc/iomem");
	text_add(&text, "cannot be planned for: its %s could not be read", what);
	/* whose memory it is may stand there only */
	if (!problem && snap->iomem.code == code)
		problem = problems_find(&snap->problems, "/proc/iomem");
	add_problem(&text, problem ? problem->path : region->path, problem ? problem->text : NULL,
		    code);
	r = text_finish(&text, &message);
	if (r < 0)
		return r;
	r = find_fault(part, unreadable(code), message,
		       unreadable(code) == MHP_CONFLICT_NO_PERMISSION ? HINT_ROOT :
		       HINT_FILE);
	free(message);
	return r;
}

/*
 * What the kind of memory is not able to do, or this region, or this one while it has none; a
 * met goal is no matter.
 */
static int find_not_able(struct plan_part *part, const struct mhp_region *region)
{
	const struct provider *provider = part->provider;
	bool has_some = part->count || !provider->host_decides;
	const struct {
		bool is_able;
		enum mhp_capability what;
	} goals[] = {
		[MHP_GOAL_ONLINE] = { has_some && provider->plan_online, MHP_CAN_ONLINE },
		[MHP_GOAL_OFFLINE] = { has_some && provider->plan_offline, MHP_CAN_OFFLINE },
		[MHP_GOAL_PLUGGED] = { provider->plan_plug != NULL, MHP_CAN_PLUG },
		[MHP_GOAL_UNPLUGGED] = { provider->plan_unplug != NULL, MHP_CAN_UNPLUG },
	};
	enum mhp_goal goal = part->plan->goal;
	const struct cannot *cannot = &region->cannot[goals[goal].what];

	if (goals[goal].is_able && !(provider->heeds_abilities && cannot->why))
		return 0;
	return find_fault(part, cannot->code, cannot->why, cannot->hint);
}

/* No memory ever comes of it, so that nothing has to go before the hardware does. */
static bool is_released_as_it_is(const struct plan_part *part, const struct mhp_region *region)
{
	return part->plan->goal == MHP_GOAL_UNPLUGGED && part->plan->rules & MHP_RULE_RELEASE &&
	       region->ranges_code == 0 && !region->n_runs;
}

static int check_region(struct plan_part *part, const struct mhp_snapshot *snap,
			const struct mhp_region *region)
{
	struct text text = { 0 };
	size_t before = part->plan->conflicts.count;
	char *message;
	int r;

	if (region->is_empty && part->plan->goal == MHP_GOAL_UNPLUGGED)
		return 0;
	r = find_unreadable(part, snap, region);
	if (r == 0 && is_released_as_it_is(part, region))
		return 0;
	if (r == 0 && part->plan->conflicts.count == before)
		r = find_not_able(part, region);
	if (r < 0 || part->plan->conflicts.count > before)
		return r;
	if (!part->count) {
		text_add(&text, "holds no whole memory block: it has ");
		text_add_bytes(&text, region->size_bytes);
		text_add(&text, ", a block ");
		text_add_bytes(&text, part->plan->block_size);
		r = text_finish(&text, &message);
		if (r < 0)
			return r;
		r = find_fault(part, MHP_CONFLICT_NO_BLOCK, message,
			       "the device must reach from one block boundary to another");
		free(message);
		return r;
	}
	if (region->overlaps)
		return find_fault(part, MHP_CONFLICT_OVERLAP,
				  "shares a memory block with another region", NULL);
	return 0;
}

int plan_check_part(struct plan_part *part, const struct mhp_snapshot *snap,
		    const struct mhp_region *region)
{
	size_t before = part->plan->conflicts.count;
	int r = region ? check_region(part, snap, region) : 0;

	if (r < 0 || part->plan->conflicts.count > before)
		return r;
	r = find_unreadable_blocks(part, snap, is_unknown,
				   "have a state that could not be read or is not known",
				   HINT_FILE);
	if (r == 0)
		r = find_faults(part, MHP_CONFLICT_GOING_OFFLINE, is_going_offline,
				"are being taken offline by another program just now",
				"wait for it, or end it");
	return r;
}

int plan_check_zones(struct plan_part *part, const struct mhp_snapshot *snap)
{
	enum mhp_goal goal = part->plan->goal;
	bool online = goal == MHP_GOAL_ONLINE || goal == MHP_GOAL_PLUGGED;

	if (!online && part->plan->rules & MHP_RULE_KEEP)
		return 0;
	return find_unreadable_blocks(part, snap, is_in_unknown_zone,
				      "are online in a zone that could not be read or is not known",
				      online ? HINT_FILE :
				      "a request that keeps what worked needs no way back");
}

int plan_find_no_default(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	const struct problem *problem = problems_find(&snap->problems, POLICY_PATH);
	int code = snap->policy.default_code;
	struct mhp_conflict conflict = { .hint = "name an online type" };
	struct text text = { 0 };

	conflict.code = code == -ENODATA ? MHP_CONFLICT_NO_DEFAULT : unreadable(code);
	text_add(&text, "%s is to be onlined as the system does by default, which is not known",
		 plan->target);
	add_problem(&text, POLICY_PATH, problem ? problem->text : NULL, code);
	return conflicts_add(&plan->conflicts, &conflict, &text);
}
