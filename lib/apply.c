// SPDX-License-Identifier: LGPL-2.1-or-later
/* Applies a plan: the lock, is it still for these regions, all steps, the way back, the report. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "acts.h"
#include "provider.h"

/* Is the device still the one that was planned for? 1: concluded already */
static int check_region(struct apply *apply, size_t index)
{
	const struct plan_part *part = &apply->plan->parts[index];
	const struct found_region was = {
		.provider = part->provider, .name = part->region, .path = part->path,
		.driver = part->driver, .runs = part->runs, .n_runs = part->n_runs,
		.part = part,
	};
	const char *moved;
	int r, code;

	r = find_moved(apply, &was, &moved, &code);
	if (r == 0 && moved) {
		conclude_moved(apply, part->region, code ? NULL : moved, code);
		return 1;
	}
	return r;
}

/* A plan may have been saved, and the machine may be another one since, or anew. */
static int check_machine(struct apply *apply)
{
	char buf[MHP_ATTR_SIZE + 1];
	uint64_t block_size;
	int r;

	/* whether valid_zones may be read rests on it */
	r = sysfs_dir_exists(apply->ctx, NODE_PATH);
	if (r < 0)
		return r;
	apply->has_nodes = r;
	r = sysfs_read(&apply->mem, "block_size_bytes", buf);
	if (r < 0)
		return r;
	if (parse_bare_hex(buf, &block_size) == 0 && block_size == apply->plan->block_size)
		return 0;
	conclude_other_machine(apply, buf);
	return 1;
}

/* 1: concluded already */
static int open_memory(struct apply *apply)
{
	int r = sysfs_open(apply->ctx, MEMORY_PATH, &apply->mem);

	return r < 0 ? r : check_machine(apply);
}

/* "plug dax0.0 as online_movable" */
static int copy_what(const struct mhp_plan *plan, char **ret_what)
{
	static const char *const verbs[] = {
		[MHP_GOAL_OFFLINE] = "offline", [MHP_GOAL_ONLINE] = "online",
		[MHP_GOAL_UNPLUGGED] = "unplug", [MHP_GOAL_PLUGGED] = "plug",
	};
	bool typed = plan->goal == MHP_GOAL_ONLINE || plan->goal == MHP_GOAL_PLUGGED;

	return copy_text(ret_what, "%s %s%s%s%s%s", verbs[plan->goal], plan->target,
			 typed ? " as " : "", typed ? online_word(plan->type) : "",
			 plan->to_driver ? " to " : "", plan->to_driver ? plan->to_driver : "");
}

/* 1: concluded already */
static int take_lock(struct apply *apply)
{
	char *what = NULL, *holder = NULL;
	int r;

	r = copy_what(apply->plan, &what);
	if (r == 0)
		r = lock_copy_who(apply->ctx, what, &apply->who);
	free(what);
	if (r == 0)
		r = lock_take(apply->ctx, apply->who, apply->deadline, ask_caller, apply,
			      &apply->lock, &holder);
	if (r == -ETIMEDOUT || r == -ECANCELED) {
		conclude_locked(apply->report, r, holder);
		r = 1;
	}
	free(holder);
	if (r == 0)
		r = recover(apply->ctx, &apply->lock.run, &apply->report->recovery);
	if (r == 0 && apply->report->recovery &&
	    !mhp_recovery_is_complete(apply->report->recovery)) {
		conclude_pending(apply->report);
		r = 1;
	}
	return r;
}

/* Was a user killed who has left something to put back? */
static bool is_pending(struct mhp_ctx *ctx)
{
	struct pending pending = { 0 };
	bool left;

	left = pending_read(ctx, &pending) == 0 && pending.code == 0 && pending.what &&
	       !pending.running;
	pending_free(&pending);
	return left;
}

/* For a request that is met anyway. */
static void recover_if_possible(struct apply *apply)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 1000 };

	if (mhp_recover(apply->ctx, &opts, &apply->report->recovery) < 0)
		ctx_log(apply->ctx, 0, RUN_PATH "/" JOURNAL_NAME,
			"what was left behind was not put back");
}

static int begin(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;
	int r = 0;

	/* what is met already is neither written nor waited for */
	if (plan->n_steps)
		r = take_lock(apply);
	else if (is_pending(apply->ctx))
		recover_if_possible(apply);
	if (r == 0)
		r = open_memory(apply);
	for (size_t i = 0; i < plan->n_parts && r == 0; i++)
		if (plan->parts[i].region)
			r = check_region(apply, i);
	for (size_t i = 0; i < plan->n_parts && r == 0; i++)
		if (plan->parts[i].path)
			r = sysfs_open(apply->ctx, plan->parts[i].path, &apply->parts[i].device);
	if (r == 0)
		r = open_releases(apply);
	if (r == 0 && plan->n_steps)
		r = journal_begin(&apply->journal, &apply->lock.run, apply->who);
	return r;
}

static int carry_out(struct apply *apply)
{
	int r;

	r = begin(apply);
	if (r)
		return r < 0 ? r : 0;
	apply->report->reason = MHP_REASON_DONE;
	read_device_word(apply, apply->report->device_before);
	run_steps(apply);
	look_at_end(apply);
	if (!is_all_met(apply)) {
		if (!is_failure(apply->report->reason))
			blame_changed(apply);
		if (!(apply->plan->rules & MHP_RULE_KEEP))
			undo(apply);
	}
	return_all(apply);
	note_end(apply);
	conclude(apply);
	if (apply->plan->n_steps)
		journal_end(&apply->journal);
	return 0;
}

static int apply_new(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;

	apply->parts = calloc(plan->n_parts + 1, sizeof(*apply->parts));
	apply->releases = calloc(plan->n_releases + 1, sizeof(*apply->releases));
	apply->now = calloc(plan->n_blocks + 1, sizeof(*apply->now));
	apply->looked = calloc(plan->n_blocks + 1, sizeof(*apply->looked));
	apply->foretold = calloc(plan->n_blocks + 1, sizeof(*apply->foretold));
	apply->unconfirmed = calloc(plan->n_blocks + 1, sizeof(*apply->unconfirmed));
	apply->acted = calloc(plan->n_blocks + 1, sizeof(*apply->acted));
	apply->deferred = calloc(plan->n_blocks + 1, sizeof(*apply->deferred));
	if (!apply->parts || !apply->releases || !apply->now || !apply->looked ||
	    !apply->foretold || !apply->unconfirmed || !apply->acted || !apply->deferred)
		return -ENOMEM;
	if (apply->ctx->be->ops->page_size)
		apply->page_size = apply->ctx->be->ops->page_size(apply->ctx->be);
	apply->deadline = deadline_ns(apply->opts->timeout_ms, MHP_TIMEOUT_DEFAULT_MS);
	return worker_new(&apply->worker);
}

static void apply_free_members(struct apply *apply)
{
	worker_free(apply->worker);
	sysfs_close(&apply->mem);
	sysfs_close(&apply->drivers);
	for (size_t i = 0; i < apply->plan->n_parts && apply->parts; i++)
		sysfs_close(&apply->parts[i].device);
	close_releases(apply);
	free(apply->acts);
	journal_free(&apply->journal);
	lock_release(&apply->lock);
	free(apply->who);
	free(apply->present);
	free(apply->parts);
	free(apply->now);
	free(apply->looked);
	free(apply->foretold);
	free(apply->unconfirmed);
	free(apply->acted);
	free(apply->deferred);
}

static bool is_timeout(int64_t timeout_ms)
{
	return timeout_ms >= 0 || timeout_ms == MHP_TIMEOUT_NONE;
}

static int apply_known(struct mhp_ctx *ctx, struct mhp_plan *plan,
		       const struct mhp_apply_opts *opts, struct mhp_report **ret_report)
{
	struct apply apply = { .ctx = ctx, .plan = plan, .opts = opts };
	int r;

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

MHP_EXPORT int mhp_apply(struct mhp_ctx *ctx, struct mhp_plan *plan,
			 const struct mhp_apply_opts *opts, struct mhp_report **ret_report)
{
	struct mhp_apply_opts known = { 0 };
	int r = 0, cancel;

	if (opts)
		r = opts_take(&known, sizeof(known), opts, opts->size);
	if (r == 0 && known.flags & ~(uint64_t)MHP_APPLY_BY_TIME)
		r = -E2BIG;
	if (r == 0 && (!is_timeout(known.timeout_ms) || !is_timeout(known.undo_timeout_ms)))
		r = -EINVAL;
	if (r < 0)
		return r;
	/* a thread that is ended half-way would leave everything as it is then */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	r = apply_known(ctx, plan, &known, ret_report);
	pthread_setcancelstate(cancel, NULL);
	return r;
}
