// SPDX-License-Identifier: LGPL-2.1-or-later
/* Applies a plan: is it still for this region, all steps, the way back, the report. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static uint64_t step_bytes(const struct mhp_step *step)
{
	uint64_t start, size, sum = 0;

	for (size_t i = 0; mhp_step_get_range(step, i, &start, &size) == 0; i++)
		sum += size;
	return sum;
}

static void run_steps(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;

	for (size_t i = 0; i < plan->n_steps; i++)
		apply->total_bytes += step_bytes(&plan->steps[i]);
	for (size_t i = 0; i < plan->n_steps && !apply->over; i++) {
		run_step(apply, &plan->steps[i]);
		apply->done_bytes += step_bytes(&plan->steps[i]);
		goes_on(apply);
	}
}

/*
 * Is the device still the one that was planned for? Names and paths are used
 * again: its ranges may be another device's by now.
 */
static int check_region(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;
	const struct mhp_region *region;
	struct problems problems = { 0 };
	struct regions found = { 0 };
	int r;

	r = dax_find_region(apply->ctx, plan->region, plan->block_size, &found, &problems);
	region = found.count ? &found.list[0] : NULL;
	if (r == 0 && !region)
		apply->moved = "is gone";
	else if (r == 0 && (region->ranges_code < 0 || region->driver_code < 0))
		apply->moved = "can no longer be read";
	else if (r == 0 && !is_same(region->driver, plan->driver))
		apply->moved = "has another driver now";
	else if (r == 0 && (region->n_runs != plan->n_runs || !is_same(region->path, plan->path) ||
			    memcmp(region->runs, plan->runs, plan->n_runs * sizeof(*plan->runs))))
		apply->moved = "has other ranges now";
	regions_free(&found);
	problems_free(&problems);
	return r;
}

static int open_files(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;
	int r;

	r = sysfs_open(apply->ctx, MEMORY_PATH, &apply->mem);
	if (r == 0 && plan->device_word)
		r = sysfs_open(apply->ctx, plan->path, &apply->device);
	for (size_t i = 0; i < plan->n_steps && r == 0; i++)
		if (plan->steps[i].kind == MHP_STEP_UNBIND)
			r = sysfs_open(apply->ctx, DAX_DRIVERS_PATH "/kmem", &apply->driver);
	return r;
}

static int carry_out(struct apply *apply)
{
	int r;

	r = check_region(apply);
	if (r == 0 && apply->moved) {
		conclude_moved(apply);
		return 0;
	}
	if (r == 0)
		r = open_files(apply);
	if (r < 0)
		return r;
	apply->report->reason = MHP_REASON_DONE;
	read_device_word(apply, apply->report->device_before);
	run_steps(apply);
	look_at_all(apply);
	if (apply->over && !(apply->plan->rules & MHP_RULE_KEEP) && !is_all_met(apply))
		undo(apply);
	conclude(apply);
	return 0;
}

static int apply_new(struct apply *apply)
{
	apply->now = calloc(apply->plan->n_blocks + 1, sizeof(*apply->now));
	apply->acted = calloc(apply->plan->n_blocks + 1, sizeof(*apply->acted));
	return apply->now && apply->acted ? 0 : -ENOMEM;
}

static void apply_free_members(struct apply *apply)
{
	sysfs_close(&apply->mem);
	sysfs_close(&apply->device);
	sysfs_close(&apply->driver);
	free(apply->now);
	free(apply->acted);
}

MHP_EXPORT int mhp_apply(struct mhp_ctx *ctx, struct mhp_plan *plan,
			 const struct mhp_apply_opts *opts, struct mhp_report **ret_report)
{
	struct mhp_apply_opts known = { 0 };
	struct apply apply = { .ctx = ctx, .plan = plan, .opts = &known };
	int r = 0;

	if (opts)
		r = opts_take(&known, sizeof(known), opts, opts->size);
	if (r == 0)
		r = report_new(plan, &apply.report);
	if (r < 0)
		return r;
	if (plan->conflicts.count) {
		conclude_conflicts(apply.report);
	} else {
		r = apply_new(&apply);
		if (r == 0)
			r = carry_out(&apply);
		apply_free_members(&apply);
	}
	if (r < 0) {
		mhp_report_free(apply.report);
		return r;
	}
	*ret_report = apply.report;
	return 0;
}
