// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Snapshot and request to plan: a pure function, without I/O.
 *
 * Which file a step writes:
 *   online   the device's state file where it has one (7.3), all blocks are
 *            absent or offline, or may be taken offline; else block by block
 *   offline  block by block
 *   unplug   the device's state file where it has one; else offline block by
 *            block, then unbind
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* ---- what is found ---- */

size_t count_blocks(const struct mhp_plan *plan, block_test test)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->n_blocks; i++)
		count += test(plan, &plan->blocks[i]);
	return count;
}

bool is_met(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_as_wanted(plan->goal, plan->type, block->state, block->zone);
}

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

static bool is_absent(const struct mhp_plan *plan, const struct plan_block *block)
{
	(void)plan;
	return block->state == MHP_STATE_ABSENT;
}

bool is_present(const struct mhp_plan *plan, const struct plan_block *block)
{
	return !is_absent(plan, block);
}

bool is_online(const struct mhp_plan *plan, const struct plan_block *block)
{
	(void)plan;
	return block->state == MHP_STATE_ONLINE;
}

static bool is_online_elsewhere(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online(plan, block) && !is_met(plan, block);
}

static bool is_met_online(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online(plan, block) && is_met(plan, block);
}

/* Online, and not as wanted or nobody knows; it could not be put back either. */
static bool is_in_unknown_zone(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online_elsewhere(plan, block) && block->zone == MHP_ZONE_UNKNOWN;
}

static bool spans_zones(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online(plan, block) && block->zone == MHP_ZONE_NONE;
}

/* ---- conflicts and warnings ---- */

/* About the region: "dax0.0 MESSAGE". */
static int find_fault(struct mhp_plan *plan, enum mhp_conflict_code code, const char *message,
		      const char *hint)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };
	struct text text = { 0 };

	text_add(&text, "%s %s", plan->region, message);
	return conflicts_add(&plan->conflicts, &conflict, &text);
}

/* About blocks: "2 blocks of dax0.0 (32,35) MESSAGE"; nothing if there are none. */
static int find_faults(struct mhp_plan *plan, enum mhp_conflict_code code, block_test test,
		       const char *message, const char *hint)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };
	struct text text = { 0 };
	size_t count = count_blocks(plan, test);

	if (!count)
		return 0;
	conflict.blocks = calloc(count, sizeof(*conflict.blocks));
	if (!conflict.blocks)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n_blocks; i++)
		if (test(plan, &plan->blocks[i]))
			conflict.blocks[conflict.n_blocks++] = plan->blocks[i].id;
	text_add(&text, "%zu of %zu blocks of %s (", count, plan->n_blocks, plan->region);
	text_add_ids(&text, conflict.blocks, count);
	text_add(&text, ") %s", message);
	return conflicts_add(&plan->conflicts, &conflict, &text);
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
static int find_unreadable_blocks(struct mhp_plan *plan, const struct mhp_snapshot *snap,
				  block_test test, const char *message, const char *hint)
{
	enum mhp_conflict_code code = MHP_CONFLICT_UNREADABLE;
	struct text text = { 0 };
	bool found = false;
	char *whole;
	int r;

	text_add(&text, "%s", message);
	for (size_t i = 0; i < plan->n_blocks && !found; i++)
		if (test(plan, &plan->blocks[i]))
			found = add_block_problem(&text, snap, plan->blocks[i].id, &code);
	r = text_finish(&text, &whole);
	if (r < 0)
		return r;
	r = find_faults(plan, code, test, whole,
			code == MHP_CONFLICT_NO_PERMISSION ? HINT_ROOT : hint);
	free(whole);
	return r;
}

/* ---- goals ---- */

static bool is_bound(const struct mhp_plan *plan)
{
	return plan->driver && !strcmp(plan->driver, "kmem");
}

#define HINT_REBOOT "such memory can be onlined and offlined block by block, and leaves upon a reboot only"
#define HINT_NOT_BOUND "bind the device to the kmem driver first"

/* "are online in Normal, not in Movable" */
static int find_wrong_zone(struct mhp_plan *plan)
{
	enum mhp_zone zone = MHP_ZONE_UNKNOWN;
	struct text text = { 0 };
	char *message;
	int r;

	for (size_t i = 0; i < plan->n_blocks; i++) {
		if (!is_online_elsewhere(plan, &plan->blocks[i]))
			continue;
		if (zone != MHP_ZONE_UNKNOWN && zone != plan->blocks[i].zone)
			zone = MHP_ZONE_MIXED;
		else
			zone = plan->blocks[i].zone;
	}
	text_add(&text, "are online in %s, not in %s",
		 zone == MHP_ZONE_MIXED ? "several zones" :
		 zone == MHP_ZONE_NONE ? "more than one zone each" : mhp_zone_to_str(zone),
		 plan->type == MHP_ONLINE_MOVABLE ? "Movable" : "a kernel zone");
	r = text_finish(&text, &message);
	if (r < 0)
		return r;
	r = find_faults(plan, MHP_CONFLICT_WRONG_ZONE, is_online_elsewhere, message,
			"a zone is changed by going offline first, which the request must allow");
	free(message);
	return r;
}

/* Online blocks that are elsewhere go offline first, then all that is not met goes online. */
static int plan_online_per_block(struct mhp_plan *plan)
{
	int r;

	r = find_faults(plan, MHP_CONFLICT_SPANS_ZONES, spans_zones,
			"span zones and can never go offline", NULL);
	if (r == 0)
		r = find_faults(plan, MHP_CONFLICT_ABSENT, is_absent,
				"do not exist, and no write to a block brings them back",
				device_says(plan, "unplugged") ?
				"online the region as a whole, not block by block" :
				plan->device_word ? "unplug the region, then online it as a whole" :
						    "unplug the region, then bind it again");
	if (r == 0)
		r = plan_offline_blocks(plan, is_online_elsewhere);
	if (r == 0)
		r = plan_online_blocks(plan);
	return r;
}

static int plan_online(struct mhp_plan *plan)
{
	size_t present = count_blocks(plan, is_present);
	size_t elsewhere = count_blocks(plan, is_online_elsewhere);
	size_t right = count_blocks(plan, is_met_online);
	bool unplugged = is_bound(plan) && device_says(plan, "unplugged");
	int r;

	if (elsewhere && !(plan->rules & MHP_RULE_REZONE))
		return find_wrong_zone(plan);
	if (!is_bound(plan) && present < plan->n_blocks)
		return find_fault(plan, MHP_CONFLICT_NOT_BOUND,
				  "is not System RAM: its device is not bound to the kmem driver",
				  HINT_NOT_BOUND);
	if (unplugged && present &&
	    (present < plan->n_blocks || !(right || plan->rules & MHP_RULE_PER_BLOCK)))
		return find_faults(plan, MHP_CONFLICT_STRANDED, is_present,
				   "stayed behind when the driver was unbound from them",
				   HINT_REBOOT);
	if (!plan->device_word || !is_bound(plan) || (right && !elsewhere) ||
	    plan->rules & MHP_RULE_PER_BLOCK)
		return plan_online_per_block(plan);
	r = !unplugged ? plan_unplug_device(plan) : 0;
	return r < 0 ? r : plan_online_device(plan);
}

static int plan_offline(struct mhp_plan *plan)
{
	int r;

	r = find_faults(plan, MHP_CONFLICT_ABSENT, is_absent,
			"do not exist: the region is not plugged, or in part only",
			"online the region first; or leave it as it is, unplugged");
	if (r == 0)
		r = find_faults(plan, MHP_CONFLICT_SPANS_ZONES, spans_zones,
				"span zones and can never go offline", NULL);
	return r < 0 ? r : plan_offline_blocks(plan, is_online);
}

static int plan_unplug(struct mhp_plan *plan)
{
	struct mhp_conflict warning = { .code = MHP_WARNING_NOT_UNDOABLE };
	struct text text = { 0 };
	int r;

	if (!is_bound(plan) || device_says(plan, "unplugged"))
		return find_faults(plan, MHP_CONFLICT_STRANDED, is_present,
				   "stayed behind when the driver was unbound from them",
				   HINT_REBOOT);
	if (plan->device_word)
		return plan_unplug_device(plan);
	r = find_faults(plan, MHP_CONFLICT_SPANS_ZONES, spans_zones,
			"span zones and can never go offline", NULL);
	if (r == 0)
		r = plan_offline_blocks(plan, is_online);
	if (r == 0)
		r = plan_unbind_device(plan);
	if (r < 0)
		return r;
	text_add(&text, "unbinding %s from kmem cannot be undone; a block that another program "
		 "onlines just before it stays without a driver until reboot", plan->region);
	return conflicts_add(&plan->warnings, &warning, &text);
}

/* ---- the whole ---- */

/* The file of a region that is at fault: name, or any that tells of its ranges. */
static const struct problem *find_problem(const struct mhp_snapshot *snap,
					  const struct mhp_region *region, const char *name)
{
	static const char *const names[] = { "mapping", "size", "resource" };
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

static int find_unreadable(struct mhp_plan *plan, const struct mhp_snapshot *snap,
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
	text_add(&text, "cannot be planned for: its %s could not be read", what);
	add_problem(&text, problem ? problem->path : region->path, problem ? problem->text : NULL,
		    code);
	r = text_finish(&text, &message);
	if (r < 0)
		return r;
	r = find_fault(plan, unreadable(code), message,
		       unreadable(code) == MHP_CONFLICT_NO_PERMISSION ? HINT_ROOT :
		       HINT_FILE);
	free(message);
	return r;
}

/* What forbids any plan at all. */
static int check_region(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			const struct mhp_region *region)
{
	struct text text = { 0 };
	char *message;
	int r;

	r = find_unreadable(plan, snap, region);
	if (r < 0 || plan->conflicts.count)
		return r;
	if (!plan->n_blocks) {
		text_add(&text, "holds no whole memory block: it has ");
		text_add_bytes(&text, region->size_bytes);
		text_add(&text, ", a block ");
		text_add_bytes(&text, plan->block_size);
		r = text_finish(&text, &message);
		if (r < 0)
			return r;
		r = find_fault(plan, MHP_CONFLICT_NO_BLOCK, message,
			       "the device must reach from one block boundary to another");
		free(message);
		return r;
	}
	if (region->overlaps)
		return find_fault(plan, MHP_CONFLICT_OVERLAP,
				  "shares a memory block with another region", NULL);
	r = find_unreadable_blocks(plan, snap, is_unknown,
				   "have a state that could not be read or is not known",
				   HINT_FILE);
	if (r == 0)
		r = find_faults(plan, MHP_CONFLICT_GOING_OFFLINE, is_going_offline,
				"are being taken offline by another program just now",
				"wait for it, or end it");
	return r;
}

/* Without the zone nobody knows whether it is the right one, or the way back. */
static int check_zones(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	if (plan->goal != MHP_GOAL_ONLINE && plan->rules & MHP_RULE_KEEP)
		return 0;
	return find_unreadable_blocks(plan, snap, is_in_unknown_zone,
				      "are online in a zone that could not be read or is not known",
				      plan->goal == MHP_GOAL_ONLINE ? HINT_FILE :
				      "a request that keeps what worked needs no way back");
}

static int copy_region(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		       const struct mhp_region *region)
{
	size_t count = (size_t)region_count_whole_blocks(region), n = 0;

	plan->region = strdup(region->name);
	plan->path = strdup(region->path);
	plan->driver = region->driver ? strdup(region->driver) : NULL;
	plan->device_word = region->device_word ? strdup(region->device_word) : NULL;
	plan->runs = calloc(region->n_runs ? region->n_runs : 1, sizeof(*plan->runs));
	plan->blocks = calloc(count ? count : 1, sizeof(*plan->blocks));
	if (!plan->region || !plan->path || (region->driver && !plan->driver) ||
	    (region->device_word && !plan->device_word) || !plan->runs || !plan->blocks)
		return -ENOMEM;
	if (region->n_runs)
		memcpy(plan->runs, region->runs, region->n_runs * sizeof(*plan->runs));
	plan->n_runs = region->n_runs;
	plan->n_blocks = count;
	for (size_t i = 0, next = 0; i < region->n_runs; i++) {
		const struct block_run *run = &region->runs[i];

		for (uint64_t id = run->first; id < run->first + run->count; id++) {
			const struct mhp_block *block = mhp_region_get_block(region, next);
			struct plan_block *mine = &plan->blocks[n++];

			mine->id = id;
			mine->state = MHP_STATE_ABSENT;
			if (!block || block->id != id)
				continue;
			mine->state = block->state;
			mine->zone = mhp_block_get_zone(block);
			next++;
		}
	}
	plan->node = region->node_code == 0 ? region->node : -1;
	plan->numa = snap->numa;
	plan->block_size = snap->block_size;
	return 0;
}

static int find_no_default(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	static const char path[] = MEMORY_PATH "/auto_online_blocks";
	const struct problem *problem = problems_find(&snap->problems, path);
	int code = snap->policy.default_code, r;
	struct text text = { 0 };
	char *message;

	text_add(&text, "is to be onlined as the system does by default, which is not known");
	add_problem(&text, path, problem ? problem->text : NULL, code);
	r = text_finish(&text, &message);
	if (r < 0)
		return r;
	r = find_fault(plan, code == -ENODATA ? MHP_CONFLICT_NO_DEFAULT : unreadable(code),
		       message, "name an online type");
	free(message);
	return r;
}

static int copy_request(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			const struct mhp_request *request)
{
	plan->goal = request->goal;
	plan->rules = request->rules;
	if (plan->goal != MHP_GOAL_ONLINE)
		return 0;
	plan->type = request->type;
	if (request->type_default && snap->policy.default_code == 0)
		plan->type = snap->policy.default_type;
	else if (request->type_default)
		return find_no_default(plan, snap);
	if (plan->type == MHP_OFFLINE)
		plan->goal = MHP_GOAL_OFFLINE;
	return 0;
}

static bool writes_device(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind == MHP_STEP_DEVICE)
			return true;
	return false;
}

static int make_plan(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		     const struct mhp_region *region)
{
	int r;

	r = check_region(plan, snap, region);
	if (r == 0 && !plan->conflicts.count)
		r = check_zones(plan, snap);
	if (r < 0 || plan->conflicts.count)
		return r;
	if (count_blocks(plan, is_met) != plan->n_blocks)
		r = plan->goal == MHP_GOAL_ONLINE ? plan_online(plan) :
		    plan->goal == MHP_GOAL_OFFLINE ? plan_offline(plan) : plan_unplug(plan);
	if (r < 0)
		return r;
	if (r == 0 && writes_device(plan) && region->device_state == MHP_DEVICE_STATE_UNKNOWN)
		r = find_fault(plan, MHP_CONFLICT_UNREADABLE,
			       "has a driver whose word for it no kernel had yet, so that none can "
			       "be put back", "online or offline it block by block");
	if (r == 0)
		r = plan_add_fact_warnings(plan, snap);
	if (r < 0)
		return r;
	if (plan->conflicts.count)
		plan->n_steps = 0;
	return plan_add_warnings(plan, region);
}

MHP_EXPORT int mhp_plan_new(const struct mhp_snapshot *snap, const struct mhp_request *request,
			    struct mhp_plan **ret_plan)
{
	const struct mhp_region *region;
	struct mhp_plan *plan;
	int r;

	if (!request->region || !request->goal ||
	    (request->goal == MHP_GOAL_ONLINE && !request->type_set))
		return -EINVAL;
	region = mhp_snapshot_find_region(snap, request->region);
	if (!region)
		return snap->regions.code < 0 ? snap->regions.code : -ENOENT;
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	plan->refs = 1;
	r = copy_region(plan, snap, region);
	if (r == 0)
		r = copy_request(plan, snap, request);
	if (r == 0 && !plan->conflicts.count)
		r = make_plan(plan, snap, region);
	if (r < 0) {
		mhp_plan_unref(plan);
		return r;
	}
	*ret_plan = plan;
	return 0;
}
