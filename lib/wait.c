// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Waits, by the public functions of a monitor. Each burst of events is followed by a look
 * at the whole; bursts that go on are taken as one for as long as the last look took, so
 * that at most half of the time is spent on looking, however large the machine is.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor.h"
#include "provider.h"

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
/* longer than that is waited for in parts */
#define MAX_WAIT_NS (3600 * NS_PER_S)

struct wait {
	struct mhp_ctx *ctx;
	struct mhp_wait_opts opts;
	struct mhp_monitor *monitor;
	struct pollfd fd;
	int64_t deadline;
	int64_t look_ns;	/* how long the last look took */
	struct mhp_snapshot *snap;	/* of the last look */

	const char *region;	/* NULL: request is waited for */
	enum mhp_wait what;
	const struct mhp_request *request;

	struct text missing;
};

/* ---- is it so? ---- */

static bool is_there(const struct mhp_region *region)
{
	return region && !region->is_empty;
}

static bool has_all_blocks(const struct mhp_region *region)
{
	uint64_t whole = region_count_whole_blocks(region);

	return whole && region->n_total == whole;
}

/* Is who has the device done with adding its blocks? */
static bool is_probed(const struct wait *wait, const struct mhp_region *region)
{
	if (!region->driver)
		return false;
	/* other drivers of such devices add no blocks */
	return region->kind != MHP_REGION_DAX || strcmp(region->driver, "kmem") ||
	       region->device_state_code == 0 || has_all_blocks(region) ||
	       monitor_saw_probe(wait->monitor, region->name);
}

static bool is_ready(const struct wait *wait, const struct mhp_region *region)
{
	return monitor_is_device(region) ? is_probed(wait, region) : has_all_blocks(region);
}

static void say_not_ready(struct wait *wait, const struct mhp_region *region)
{
	uint64_t whole = region_count_whole_blocks(region);

	if (region->driver || !monitor_is_device(region))
		text_add(&wait->missing, "%zu of %" PRIu64 " blocks of %s are there",
			 region->n_total, whole, region->name);
	else
		text_add(&wait->missing, "no driver has %s", region->name);
}

/* It is not among those that were found. Is it gone for sure? 0, or why that is not known */
static int doubt_gone(const struct wait *wait)
{
	const struct regions *regions = &wait->snap->regions;
	int code = regions->code;

	for (size_t i = 0; i < regions->count && code == 0 && may_be_identity(wait->region); i++)
		if (regions->list[i].identity_code != -ENODATA)
			code = regions->list[i].identity_code;
	return code;
}

static bool is_gone(struct wait *wait, const struct mhp_region *region)
{
	int code = region ? 0 : doubt_gone(wait);

	if (is_there(region)) {
		text_add(&wait->missing, "%s is still there", region->name);
		return false;
	}
	if (code < 0) {
		text_add(&wait->missing, "whether ");
		text_add_escaped(&wait->missing, wait->region);
		text_add(&wait->missing, " is still there is not known: ");
		text_add_code(&wait->missing, code);
	}
	return code == 0;
}

/* What is missing is told to wait->missing. */
static bool is_region_met(struct wait *wait)
{
	const struct mhp_region *region = mhp_snapshot_find_region(wait->snap, wait->region);

	if (wait->what == MHP_WAIT_GONE)
		return is_gone(wait, region);
	if (!is_there(region)) {
		text_add(&wait->missing, "no region ");
		text_add_escaped(&wait->missing, wait->region);
		return false;
	}
	if (wait->what == MHP_WAIT_PRESENT || is_ready(wait, region))
		return true;
	say_not_ready(wait, region);
	return false;
}

static void say_step(struct wait *wait, const struct mhp_plan *plan)
{
	const struct mhp_step *step = mhp_plan_get_step(plan, 0);
	const char *word = mhp_step_get_word(step);
	char *path;

	text_add(&wait->missing, "%zu steps to be done, the first: ",
		 mhp_plan_count_steps(plan));
	if (mhp_step_copy_path(step, &path) < 0)
		path = NULL;
	text_add(&wait->missing, "%s", word ? word : mhp_step_kind_to_str(step->kind));
	if (path)
		text_add(&wait->missing, " to %s", path);
	free(path);
}

static int check_request(struct wait *wait, bool *ret_met)
{
	struct mhp_plan *plan;
	char *why;
	int r = mhp_plan_new_why(wait->snap, wait->request, &plan, &why);

	*ret_met = false;
	if (r < 0) {
		if (why && r == -ENOENT)
			text_add(&wait->missing, "%s", why);
		else if (why)
			ctx_log(wait->ctx, r, NULL, "%s", why);
		free(why);
		return r == -ENOENT ? 0 : r;
	}
	if (mhp_plan_count_conflicts(plan))
		text_add(&wait->missing, "%s",
			 mhp_conflict_get_message(mhp_plan_get_conflict(plan, 0)));
	else if (mhp_plan_count_steps(plan))
		say_step(wait, plan);
	else
		*ret_met = true;
	mhp_plan_unref(plan);
	return 0;
}

static int check(struct wait *wait, bool *ret_met)
{
	free(wait->missing.str);
	wait->missing = (struct text){ 0 };
	if (!wait->region)
		return check_request(wait, ret_met);
	*ret_met = is_region_met(wait);
	return 0;
}

static int look_again(struct wait *wait, bool *ret_met)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts),
		.flags = wait->opts.snapshot_flags,
	};
	int64_t begin = now_ns();
	struct mhp_snapshot *snap;
	int r;

	r = mhp_snapshot_new(wait->ctx, &opts, &snap);
	if (r < 0)
		return r;
	mhp_snapshot_unref(wait->snap);
	wait->snap = snap;
	r = check(wait, ret_met);
	wait->look_ns = now_ns() - begin;
	return r;
}

/* ---- events ---- */

static int take_events(struct wait *wait, bool *ret_some)
{
	const struct mhp_event *event;
	int r;

	for (;;) {
		r = mhp_monitor_next(wait->monitor, &event);
		if (r < 0 || !event)
			return r;
		*ret_some = true;
	}
}

/*
 * 0; -ETIMEDOUT; -EINTR: a signal was caught, or nothing happened for very long. mask, if
 * not NULL, is that of signals meanwhile.
 */
static int wait_until(struct wait *wait, int64_t moment, const sigset_t *mask)
{
	int64_t now = now_ns(), left = moment > now ? moment - now : 0;
	struct timespec timeout;
	int r;

	if (left > MAX_WAIT_NS)
		left = MAX_WAIT_NS;
	timeout.tv_sec = (time_t)(left / NS_PER_S);
	timeout.tv_nsec = (long)(left % NS_PER_S);
	r = ppoll(&wait->fd, 1, &timeout, mask);
	if (r < 0)
		return -errno;
	if (r > 0)
		return 0;
	return now_ns() < moment ? -EINTR : -ETIMEDOUT;
}

/* Takes what comes for as long as the last look took. */
static int take_burst(struct wait *wait, bool *ret_some)
{
	int64_t end = now_ns() + wait->look_ns;
	int r;

	if (end > wait->deadline)
		end = wait->deadline;
	do {
		r = take_events(wait, ret_some);
		if (r == 0)
			r = wait_until(wait, end, NULL);
	} while (r == 0 && now_ns() < end);
	return r == -ETIMEDOUT || r == -EINTR ? 0 : r;
}

static int tick(const struct wait *wait)
{
	return wait->opts.tick && wait->opts.tick(wait->opts.tick_data) ? -ECANCELED : 0;
}

/* When tick is to be asked again, or it is over. */
static int64_t next_moment(const struct wait *wait)
{
	int64_t next = now_ns() + wait->opts.tick_ms * NS_PER_MS;

	return wait->opts.tick && wait->opts.tick_ms && next < wait->deadline ? next :
									       wait->deadline;
}

/* A signal that comes after tick has looked ends the waiting, and tick looks again. */
static int tick_and_wait(struct wait *wait)
{
	/* run times of other languages make exceptions of them: never to be blocked */
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
	sigset_t all, before;
	int64_t moment;
	int r;

	sigfillset(&all);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		sigdelset(&all, faults[i]);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = tick(wait);
	moment = next_moment(wait);
	if (r == 0)
		r = wait_until(wait, moment, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r == -ETIMEDOUT && moment < wait->deadline ? -EINTR : r;
}

/* Until something happened. -ETIMEDOUT */
static int wait_for_events(struct wait *wait)
{
	bool some = false;
	int r = 0;

	while (r == 0 && !some) {
		r = tick_and_wait(wait);
		if (r == 0)
			r = take_burst(wait, &some);
		else if (r == -EINTR)
			r = 0;
		/* what keeps happening, or signals that do, do not put it off */
		if (r == 0 && now_ns() >= wait->deadline)
			r = -ETIMEDOUT;
	}
	return r;
}

static void say_timeout(struct wait *wait)
{
	char *missing;

	if (text_finish(&wait->missing, &missing) < 0)
		missing = NULL;
	ctx_log(wait->ctx, -ETIMEDOUT, NULL, "waited until the deadline: %s",
		missing ? missing : "what is missing cannot be told");
	free(missing);
}

static int wait_until_met(struct wait *wait)
{
	bool met, late = false;
	int r;

	/* the monitor's first snapshot is one, too */
	wait->snap = mhp_snapshot_ref(mhp_monitor_get_snapshot(wait->monitor));
	r = check(wait, &met);
	while (r == 0 && !met && !late) {
		r = wait_for_events(wait);
		/* once more at the deadline: not all that matters has an event */
		late = r == -ETIMEDOUT;
		if (r == 0 || late)
			r = look_again(wait, &met);
	}
	if (r == 0 && !met) {
		say_timeout(wait);
		r = -ETIMEDOUT;
	}
	return r;
}

/* What is waited for may be named by its identity. */
static uint64_t flags_for(const struct wait *wait)
{
	const char *region = wait->region;

	if (wait->request && wait->request->target == TARGET_REGION)
		region = wait->request->region;
	return region && may_be_identity(region) ? MHP_SNAPSHOT_IDENTITY : 0;
}

static int begin(struct wait *wait)
{
	struct mhp_monitor_opts opts = {
		.size = sizeof(opts),
		.source = wait->opts.source,
		.snapshot_flags = wait->opts.snapshot_flags,
	};
	int64_t start = now_ns();
	int r;

	wait->deadline = deadline_ns(wait->opts.timeout_ms, MHP_TIMEOUT_DEFAULT_MS);
	r = mhp_monitor_new(wait->ctx, &opts, &wait->monitor);
	if (r < 0)
		return r;
	wait->look_ns = now_ns() - start;
	wait->fd.events = POLLIN;
	return mhp_monitor_get_fd(wait->monitor, &wait->fd.fd);
}

static int run(struct wait *wait, const struct mhp_wait_opts *opts,
	       struct mhp_snapshot **ret_snap)
{
	int r = 0, cancel;

	if (opts)
		r = opts_take(&wait->opts, sizeof(wait->opts), opts, opts->size);
	if (r == 0 && wait->opts.timeout_ms < MHP_TIMEOUT_NONE)
		r = -EINVAL;
	if (r < 0)
		return r;
	wait->opts.snapshot_flags |= flags_for(wait);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	r = begin(wait);
	if (r == 0)
		r = wait_until_met(wait);
	if (r == 0 && ret_snap)
		*ret_snap = mhp_snapshot_ref(wait->snap);
	mhp_snapshot_unref(wait->snap);
	mhp_monitor_free(wait->monitor);
	free(wait->missing.str);
	pthread_setcancelstate(cancel, NULL);
	return r;
}

MHP_EXPORT int mhp_wait_region(struct mhp_ctx *ctx, const char *region, enum mhp_wait what,
			       const struct mhp_wait_opts *opts, struct mhp_snapshot **ret_snap)
{
	struct wait wait = { .ctx = ctx, .region = region, .what = what };

	if (!region || what < MHP_WAIT_PRESENT || what > MHP_WAIT_GONE)
		return -EINVAL;
	return run(&wait, opts, ret_snap);
}

MHP_EXPORT int mhp_wait_request(struct mhp_ctx *ctx, const struct mhp_request *request,
				const struct mhp_wait_opts *opts, struct mhp_snapshot **ret_snap)
{
	struct wait wait = { .ctx = ctx, .request = request };

	if (!request)
		return -EINVAL;
	return run(&wait, opts, ret_snap);
}
