// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From what was found and what is wanted to steps: a pure function, without I/O.
 *
 * Which file a step writes:
 *   online   the device's state file where it has one (7.3), all blocks are
 *            absent or offline, or may be taken offline; else, or if that is asked
 *            for, block by block
 *   offline  block by block
 *   unplug, plug   see plan-plug.c
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

static bool is_met_online(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online(plan, block) && is_met(plan, block);
}

bool is_bound(const struct plan_part *part)
{
	return part->driver && !strcmp(part->driver, "kmem");
}

#define HINT_REBOOT "such memory can be onlined and offlined block by block, and leaves upon a reboot only"
#define HINT_NOT_BOUND "plug it: that binds the device to the kmem driver"

/* "are online in Normal, not in Movable" */
int find_wrong_zone(struct plan_part *part)
{
	const struct mhp_plan *plan = part->plan;
	enum mhp_zone zone = MHP_ZONE_UNKNOWN;
	struct text text = { 0 };
	char *message;
	int r;

	for (size_t i = part->first; i < part->first + part->count; i++) {
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
	r = find_faults(part, MHP_CONFLICT_WRONG_ZONE, is_online_elsewhere, message,
			"a zone is changed by going offline first, which the request must allow");
	free(message);
	return r;
}

static const char *absent_hint(const struct plan_part *part)
{
	if (!part->region)
		return "name the region that they belong to";
	return part->device_word ? "unplug the region, then online it as a whole" :
				   "unplug the region, then plug it again";
}

/* Online blocks that are elsewhere go offline first, then all that is not met goes online. */
static int plan_online_per_block(struct plan_part *part)
{
	int r;

	r = find_faults(part, MHP_CONFLICT_SPANS_ZONES, spans_zones,
			"span zones and can never go offline", NULL);
	if (r == 0)
		r = find_faults(part, MHP_CONFLICT_ABSENT, is_absent,
				"do not exist, and no write to a block brings them back",
				absent_hint(part));
	if (r == 0)
		r = plan_offline_blocks(part, is_online_elsewhere);
	if (r == 0)
		r = plan_online_blocks(part);
	return r;
}

int plan_online_by_blocks(struct plan_part *part)
{
	if (count_blocks(part, is_online_elsewhere) && !(part->plan->rules & MHP_RULE_REZONE))
		return find_wrong_zone(part);
	return plan_online_per_block(part);
}

int plan_online(struct plan_part *part)
{
	size_t present = count_blocks(part, is_present);
	size_t elsewhere = count_blocks(part, is_online_elsewhere);
	size_t right = count_blocks(part, is_met_online);
	bool unplugged = is_bound(part) && device_says(part, "unplugged");
	uint64_t rules = part->plan->rules;
	int r;

	if (elsewhere && !(rules & MHP_RULE_REZONE))
		return find_wrong_zone(part);
	if (part->region && !is_bound(part) && present < part->count)
		return find_fault(part, MHP_CONFLICT_NOT_BOUND,
				  "is not System RAM: its device is not bound to the kmem driver",
				  HINT_NOT_BOUND);
	if (unplugged && present &&
	    (present < part->count || !(right || rules & MHP_RULE_PER_BLOCK)))
		return find_faults(part, MHP_CONFLICT_STRANDED, is_present,
				   "stayed behind when the driver was unbound from them",
				   HINT_REBOOT);
	if (is_added_per_block(part))
		return plan_bind(part);
	if (!part->device_word || !is_bound(part) || (right && !elsewhere) ||
	    (rules & MHP_RULE_PER_BLOCK && !(unplugged && !present)))
		return plan_online_per_block(part);
	r = !unplugged ? plan_unplug_device(part) : 0;
	return r < 0 ? r : plan_online_device(part);
}

int plan_offline(struct plan_part *part)
{
	int r;

	if (part->region)
		r = find_faults(part, MHP_CONFLICT_ABSENT, is_absent,
				"do not exist: the region is not plugged, or in part only",
				"online the region first; or leave it as it is, unplugged");
	else
		r = find_faults(part, MHP_CONFLICT_ABSENT, is_absent,
				"do not exist: no memory is plugged there",
				"name only blocks that exist");
	if (r == 0)
		r = find_faults(part, MHP_CONFLICT_SPANS_ZONES, spans_zones,
				"span zones and can never go offline", NULL);
	return r < 0 ? r : plan_offline_blocks(part, is_online);
}

/* Where no kernel could put back what the driver said. */
static int find_odd_word(struct plan_part *part, size_t first_step)
{
	const struct mhp_plan *plan = part->plan;
	bool writes_device = false;

	for (size_t i = first_step; i < plan->n_steps; i++)
		writes_device |= plan->steps[i].kind == MHP_STEP_DEVICE;
	if (!writes_device || !part->device_word ||
	    part->device_state != MHP_DEVICE_STATE_UNKNOWN)
		return 0;
	return find_fault(part, MHP_CONFLICT_UNREADABLE,
			  "has a driver whose word for it no kernel had yet, so that none can "
			  "be put back", "online or offline it block by block");
}

/* Blocks that were named one by one. */
static const struct provider no_provider = {
	.plan_online = plan_online_by_blocks,
	.plan_offline = plan_offline,
	.plan_plug = plan_plug,
	.plan_unplug = plan_unplug,
};

/* Whoever has no function for a goal has said why not, when the part was checked. */
static int plan_part(struct plan_part *part)
{
	const struct provider *provider = part->provider ? part->provider : &no_provider;
	size_t first_step = part->plan->n_steps;
	int r = 0;

	switch (part->plan->goal) {
	case MHP_GOAL_ONLINE:
		if (count_blocks(part, is_met) < part->count)
			r = provider->plan_online(part);
		break;
	case MHP_GOAL_OFFLINE:
		r = provider->plan_offline(part);
		break;
	case MHP_GOAL_UNPLUGGED:
		r = part->plan->to_driver && part->provider && !provider->changes_driver ?
		    find_fault(part, MHP_CONFLICT_NOT_DEVICE,
			       "is no device that a driver could be given", NULL) :
		    provider->plan_unplug(part);
		break;
	case MHP_GOAL_PLUGGED:
		r = provider->plan_plug(part);
		break;
	case MHP_GOAL_UNKNOWN:
		break;
	}
	return r < 0 ? r : find_odd_word(part, first_step);
}

static bool needs_hotremove(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		/* what comes offline takes nothing offline */
		if (plan->steps[i].wanted_state != plan->steps[i].expected_state &&
		    plan->steps[i].expected_state != MHP_STATE_ABSENT &&
		    (plan->steps[i].wanted_state == MHP_STATE_OFFLINE ||
		     plan->steps[i].wanted_state == MHP_STATE_ABSENT))
			return true;
	return false;
}

int plan_make_steps(struct mhp_plan *plan)
{
	struct mhp_conflict conflict = { .code = MHP_CONFLICT_NO_HOTREMOVE };
	struct text text = { 0 };
	int r;

	r = plan_begin_borrowing(plan);
	for (size_t i = 0; i < plan->n_parts && r == 0; i++)
		r = plan_part(&plan->parts[i]);
	for (size_t i = 0; i < plan->n_parts && r == 0 && plan->goal == MHP_GOAL_UNPLUGGED; i++)
		if (plan->parts[i].provider && plan->parts[i].provider->plan_leave)
			r = plan->parts[i].provider->plan_leave(&plan->parts[i]);
	if (r == 0)
		r = plan_end_borrowing(plan);
	/* the policy is back before what may take long */
	if (r == 0)
		r = plan_online_added(plan);
	if (r == 0)
		r = plan_release(plan);
	if (r == 0 && !plan->system.has_hotremove && needs_hotremove(plan)) {
		text_add(&text, "%s: this kernel takes no memory offline (no "
			 "CONFIG_MEMORY_HOTREMOVE: a block has no valid_zones)", plan->target);
		r = conflicts_add(&plan->conflicts, &conflict, &text);
	}
	if (plan->conflicts.count)
		plan->n_steps = 0;
	return r;
}

/* ---- from a snapshot and a request ---- */

static int copy_request(struct mhp_plan *plan, const struct mhp_request *request)
{
	plan->goal = request->goal;
	plan->rules = request->rules;
	if (request->driver && plan->goal == MHP_GOAL_UNPLUGGED) {
		plan->to_driver = strdup(request->driver);
		if (!plan->to_driver)
			return -ENOMEM;
	}
	if (plan->goal != MHP_GOAL_ONLINE && plan->goal != MHP_GOAL_PLUGGED)
		return 0;
	plan->type = request->type;
	if (request->type_default && plan->system.policy_code == 0)
		plan->type = plan->system.policy;
	if (plan->type == MHP_OFFLINE && plan->goal == MHP_GOAL_ONLINE &&
	    !(request->type_default && plan->system.policy_code < 0))
		plan->goal = MHP_GOAL_OFFLINE;
	return 0;
}

static void copy_system(struct plan_system *system, const struct mhp_snapshot *snap)
{
	*system = (struct plan_system){
		.policy_code = snap->policy.default_code,
		.policy = snap->policy.default_type,
		.has_kmem = snap->dax.has_kmem,
		.has_device_dax = snap->dax.has_device_dax,
		.autoprobe = snap->dax.autoprobe,
		.contained = snap->contained,
		.has_nodes = snap->numa,
		/* not known is taken for yes, as all distributions have it */
		.has_hotremove = snap->facts.hotremove_code < 0 || snap->facts.has_hotremove,
	};
}

static bool has_run(const struct mhp_region *region, const struct block_run *run)
{
	for (size_t i = 0; i < region->n_runs; i++)
		if (run->first >= region->runs[i].first &&
		    run->first - region->runs[i].first < region->runs[i].count &&
		    run->count <= region->runs[i].count - (run->first - region->runs[i].first))
			return true;
	return false;
}

/* A snapshot for one region does not know what else a target would have. */
static bool is_within(const struct mhp_snapshot *snap, const struct mhp_request *request)
{
	const struct mhp_region *only = snap->has_only ? &snap->regions.list[snap->only] : NULL;
	const struct mhp_region *region;

	if (!only)
		return true;
	if (request->target == TARGET_REGION) {
		region = mhp_snapshot_find_region(snap, request->region);
		return !region || region == only;
	}
	for (size_t i = 0; i < request->n_runs; i++)
		if (!has_run(only, &request->runs[i]))
			return false;
	return request->target == TARGET_BLOCKS;
}

static int make_plan(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		     const struct mhp_request *request)
{
	bool online;
	int r;

	copy_system(&plan->system, snap);
	plan->block_size = snap->block_size;
	r = copy_request(plan, request);
	if (r == 0)
		r = plan_resolve_target(plan, snap, request);
	if (r < 0 || plan->conflicts.count)
		return r;
	online = plan->goal == MHP_GOAL_ONLINE || plan->goal == MHP_GOAL_PLUGGED;
	if (online && request->type_default && plan->system.policy_code < 0)
		return plan_find_no_default(plan, snap);
	for (size_t i = 0; i < plan->n_parts && r == 0; i++)
		r = plan_check_part(&plan->parts[i], snap, plan->parts[i].region ?
				    mhp_snapshot_find_region(snap, plan->parts[i].region) : NULL);
	for (size_t i = 0; i < plan->n_parts && r == 0 && !plan->conflicts.count; i++)
		r = plan_check_zones(&plan->parts[i], snap);
	if (r == 0 && plan->goal == MHP_GOAL_UNPLUGGED)
		r = plan_find_host_decides(plan, snap);
	if (r == 0)
		r = plan_find_kernel_zones(plan, snap);
	if (r < 0 || plan->conflicts.count)
		return r;
	r = plan_make_steps(plan);
	if (r == 0)
		r = plan_add_warnings(plan, snap);
	if (r == 0)
		r = plan_add_fact_warnings(plan, snap);
	if (plan->conflicts.count)
		plan->n_steps = 0;
	return r;
}

static int new_plan(const struct mhp_snapshot *snap, const struct mhp_request *request,
		    struct mhp_plan **ret_plan)
{
	struct mhp_plan *plan;
	int r;

	if (!request->target || !request->goal ||
	    (request_is_typed(request) && !request->type_set) || !is_within(snap, request))
		return -EINVAL;
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	plan->refs = 1;
	r = make_plan(plan, snap, request);
	if (r < 0) {
		mhp_plan_unref(plan);
		return r;
	}
	*ret_plan = plan;
	return 0;
}

MHP_EXPORT int mhp_plan_new_why(const struct mhp_snapshot *snap,
				const struct mhp_request *request, struct mhp_plan **ret_plan,
				char **ret_why)
{
	int r = new_plan(snap, request, ret_plan);

	*ret_why = NULL;
	if (r < 0 && r != -ENOMEM && plan_copy_why(snap, request, r, ret_why) < 0)
		return -ENOMEM;
	return r;
}

MHP_EXPORT int mhp_plan_new(const struct mhp_snapshot *snap, const struct mhp_request *request,
			    struct mhp_plan **ret_plan)
{
	return new_plan(snap, request, ret_plan);
}
