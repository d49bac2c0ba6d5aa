// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An agent to begin with: each dax region that appears becomes System RAM in zone Movable.
 * Each attempt is told in a line: outcome, what happened, what helps. Ctrl-C ends it, also
 * while memory is being changed, which is put back then; SIGHUP has it look at all regions
 * again, and try those again that have failed too often.
 *
 *	cc agent.c -o agent $(pkg-config --cflags --libs libmhp-sim)
 *	./agent					this machine, as root
 *	./agent --sim CAPTURE [PATH=WORD]... [-BLOCK=online]...
 *
 * The latter is a simulated machine, where others write these words one after another, and
 * blocks refuse from then on.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <mhp/mhp.h>
#include <mhp/sim.h>

#define TRIES 3
#define FAILURES_MAX 96
#define NAME_SIZE 64

struct agent {
	struct mhp_ctx *ctx;
	struct mhp_monitor *monitor;
	int signals;
	bool is_over;
	bool is_to_look;	/* at all regions, not just at those that events name */
	char failed[FAILURES_MAX][NAME_SIZE];	/* names, one for each time */
	size_t n_failed;
};

static void take_signals(struct agent *agent)
{
	struct signalfd_siginfo info;

	while (read(agent->signals, &info, sizeof(info)) == sizeof(info)) {
		*(info.ssi_signo == SIGHUP ? &agent->is_to_look : &agent->is_over) = true;
		agent->n_failed = 0;
	}
}

/* Called every 100 ms or so while memory is changed. */
static int progress(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	struct agent *agent = data;

	(void)done_bytes;
	(void)total_bytes;
	take_signals(agent);
	return agent->is_over ? MHP_CANCEL : 0;
}

/* What is put back are events, too: without an end to it the agent would try for ever. */
static bool is_given_up(const struct agent *agent, const char *name)
{
	int failures = 0;

	for (size_t i = 0; i < agent->n_failed; i++)
		failures += strcmp(agent->failed[i], name) == 0;
	return failures == TRIES || agent->n_failed == FAILURES_MAX;
}

/* undone: all is as it was. Partial, unknown: look at mhp_report_get_result() */
static void tell(struct agent *agent, const char *name, const struct mhp_report *report)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(report);
	enum mhp_reason reason = mhp_report_get_reason(report);
	const char *hint = mhp_report_get_hint(report);

	if (reason == MHP_REASON_ALREADY)
		return;
	printf("%s: %s%s%s\n", mhp_outcome_to_str(outcome), mhp_report_get_message(report),
	       hint ? "; " : "", hint ? hint : "");
	fflush(stdout);
	/* of a conflict nothing was written, so that no events come of it */
	if (outcome != MHP_OUTCOME_DONE && reason != MHP_REASON_CONFLICT &&
	    agent->n_failed < FAILURES_MAX)
		snprintf(agent->failed[agent->n_failed++], NAME_SIZE, "%s", name);
}

/* All of it online in Movable; the system's policy is borrowed meanwhile. */
static int plug(struct agent *agent, const char *name)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 30000,
				       .progress = progress, .progress_data = agent };
	struct mhp_request *request = NULL;
	struct mhp_report *report;
	int r;

	if ((r = mhp_request_new(&request)) == 0 &&
	    (r = mhp_request_set_region(request, name)) == 0 &&
	    (r = mhp_request_set_goal(request, MHP_GOAL_PLUGGED)) == 0 &&
	    (r = mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE)) == 0 &&
	    (r = mhp_request_set_rules(request, MHP_RULE_BORROW)) == 0 &&
	    (r = mhp_fulfil(agent->ctx, request, &opts, &report)) == 0) {
		tell(agent, name, report);
		mhp_report_free(report);
	}
	mhp_request_free(request);
	return r;
}

/* At the region of that name, or at all of them. */
static void look(struct agent *agent, const char *name)
{
	const struct mhp_region *region;
	struct mhp_snapshot *snap = NULL;
	int r = mhp_snapshot_new(agent->ctx, NULL, &snap);

	if (r < 0)
		fprintf(stderr, "cannot look at the memory: %s\n", strerror(-r));
	for (size_t i = 0; r == 0 && (region = mhp_snapshot_get_region(snap, i)); i++) {
		const char *found = mhp_region_get_name(region);
		int code;

		if (agent->is_over || mhp_region_get_kind(region) != MHP_REGION_DAX ||
		    (name && strcmp(name, found)) || is_given_up(agent, found))
			continue;
		code = plug(agent, found);
		if (code < 0)	/* of this one; the others have their turn */
			fprintf(stderr, "%s: %s\n", found, strerror(-code));
	}
	mhp_snapshot_unref(snap);
}

static int take_events(struct agent *agent)
{
	const struct mhp_event *event;
	char name[NAME_SIZE];
	int r = 0;

	while (!agent->is_over && (r = mhp_monitor_next(agent->monitor, &event)) == 0 && event) {
		enum mhp_event_kind kind = mhp_event_get_kind(event);

		if (kind == MHP_EVENT_LOST)	/* what they told of is found now, and looked at */
			agent->is_to_look = true;
		/* kmem may be adding memory when it is added: once that is done it is bound */
		if (kind != MHP_EVENT_DEVICE_ADDED && kind != MHP_EVENT_DEVICE_BOUND)
			continue;	/* blocks that come and go are others' business */
		snprintf(name, sizeof(name), "%s", mhp_event_get_name(event));
		look(agent, name);
	}
	return r;
}

/* Sleeps until something happens; of a simulated machine until nothing is to do. */
static int run(struct agent *agent, bool is_simulated)
{
	struct pollfd fds[] = { { .fd = -1, .events = POLLIN },
				{ .fd = agent->signals, .events = POLLIN } };
	int r = mhp_monitor_get_fd(agent->monitor, &fds[0].fd);

	while (r == 0 && !agent->is_over) {
		if (agent->is_to_look) {
			agent->is_to_look = false;
			look(agent, NULL);
		}
		if (poll(fds, 2, is_simulated ? 0 : -1) == 0)
			break;
		take_signals(agent);
		r = take_events(agent);
	}
	return r;
}

int main(int argc, char **argv)
{
	bool is_simulated = argc > 2 && strcmp(argv[1], "--sim") == 0;
	struct agent agent = { .is_to_look = true };
	struct mhp_sim *sim = NULL;
	sigset_t heeded;
	int r = 0;

	if (argc > 1 && !is_simulated)
		return fprintf(stderr, "usage: %s [--sim CAPTURE [PATH=WORD]...]\n", argv[0]), 2;
	sigemptyset(&heeded);
	sigaddset(&heeded, SIGINT);
	sigaddset(&heeded, SIGTERM);
	sigaddset(&heeded, SIGHUP);
	sigprocmask(SIG_BLOCK, &heeded, NULL);
	agent.signals = signalfd(-1, &heeded, SFD_CLOEXEC | SFD_NONBLOCK);

	if (is_simulated)
		r = mhp_sim_new_from_capture(argv[2], NULL, &sim);
	if (r == 0)
		r = sim ? mhp_sim_new_ctx(sim, &agent.ctx) : mhp_ctx_new(NULL, &agent.ctx);
	if (r == 0)	/* it listens from here on: nothing is missed before the first look */
		r = mhp_monitor_new(agent.ctx, NULL, &agent.monitor);
	if (r == 0)
		r = run(&agent, sim);
	for (char **arg = argv + 3; r == 0 && is_simulated && *arg; arg++) {
		char *path = strtok(*arg, "="), *word = strtok(NULL, "");

		r = !path || !word ? -EINVAL : *path == '-' ?
			mhp_sim_fail_block(sim, strtoull(path + 1, NULL, 10), word, -EBUSY, 0) :
			mhp_sim_write(sim, path, word);
		if (r == 0)
			r = run(&agent, true);
	}
	if (r < 0)
		fprintf(stderr, "%s: %s\n", argv[0], strerror(-r));
	mhp_monitor_free(agent.monitor);
	mhp_ctx_unref(agent.ctx);
	mhp_sim_unref(sim);
	close(agent.signals);
	return r ? 1 : 0;
}
