// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The last step of an unplug that gives the hardware behind a region back: nothing of it
 * may be memory any more. Writing 0 to a CXL region's commit unbinds its driver first,
 * which ends the dax device and strands what is online of it (commit_store() in
 * drivers/cxl/core/region.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

static int refuse(struct mhp_plan *plan, const char *name, enum mhp_conflict_code code,
		  const char *why, const char *hint)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };
	struct text text = { 0 };

	text_add_escaped(&text, name);
	text_add(&text, " %s", why);
	return conflicts_add(&plan->conflicts, &conflict, &text);
}

static int copy_region(struct plan_release *release, const struct mhp_region *region)
{
	release->provider = provider_of(region->kind);
	release->is_done = release->provider->is_released(region);
	release->region = strdup(region->name);
	release->path = strdup(region->path);
	release->runs = calloc(region->n_runs + 1, sizeof(*release->runs));
	if (!release->region || !release->path || !release->runs)
		return -ENOMEM;
	for (size_t i = 0; i < region->n_runs; i++)
		release->runs[i] = region->runs[i];
	release->n_runs = region->n_runs;
	return 0;
}

static int add_release(struct mhp_plan *plan, const struct mhp_region *region)
{
	const struct cannot *cannot = &region->cannot[MHP_CAN_RELEASE];
	const struct provider *provider = provider_of(region->kind);
	struct plan_release *release;
	int r;

	if (!provider->is_released || (cannot->why && !provider->is_released(region)))
		return refuse(plan, region->name, cannot->code, cannot->why, cannot->hint);
	r = plan_add_release(plan, &release);
	return r < 0 ? r : copy_region(release, region);
}

int plan_find_releases(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		       const struct mhp_request *request, const struct mhp_region *region)
{
	int r = 0;

	if (plan->goal != MHP_GOAL_UNPLUGGED || plan->to_driver)
		return refuse(plan, plan->target, MHP_CONFLICT_NOT_ABLE,
			      "cannot be released but by being unplugged, to no driver", NULL);
	if (!region && request->target != TARGET_KIND)
		return refuse(plan, plan->target, MHP_CONFLICT_NOT_ABLE,
			      "cannot be released: what can be is a CXL region as a whole",
			      "name the region, or all of the kind");
	if (region)
		return add_release(plan, region);
	for (size_t i = 0; i < snap->regions.count && r == 0; i++)
		if (snap->regions.list[i].kind == request->kind)
			r = add_release(plan, &snap->regions.list[i]);
	return r;
}

static int warn(struct mhp_plan *plan, const struct plan_release *release)
{
	struct mhp_conflict warning = {
		.code = MHP_WARNING_NOT_UNDOABLE,
		.hint = "the region can be committed again, while nobody else has taken the "
			"hardware",
	};
	struct text text = { 0 };

	text_add(&text, "releasing %s cannot be undone: its dax devices go, and what another "
		 "program plugs of it just before it stays without a driver until reboot",
		 release->region);
	return conflicts_add(&plan->warnings, &warning, &text);
}

/* A device that a driver has for programs would go while they have it mapped. */
static int find_users(struct mhp_plan *plan)
{
	int r = 0;

	for (size_t i = 0; i < plan->n_parts && r == 0; i++) {
		struct plan_part *part = &plan->parts[i];

		if (part->provider && part->provider->changes_driver && part->driver &&
		    !is_bound(part))
			r = find_fault(part, MHP_CONFLICT_NOT_DEVICE,
				       "has another driver, for programs that may have it mapped",
				       "unbind it from that driver first");
	}
	return r;
}

int plan_release(struct mhp_plan *plan)
{
	int r = plan->n_releases ? find_users(plan) : 0;

	for (size_t i = 0; i < plan->n_releases && r == 0; i++) {
		struct mhp_step step = {
			.kind = MHP_STEP_RELEASE, .release = i, .word = "0",
			.expected_state = MHP_STATE_ABSENT, .wanted_state = MHP_STATE_ABSENT,
		};

		if (plan->releases[i].is_done)
			continue;
		r = plan_add_step(plan, &step);
		if (r == 0)
			r = warn(plan, &plan->releases[i]);
	}
	return r;
}
