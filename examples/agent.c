// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An agent to begin with: each dax region that appears becomes System RAM in zone
 * Movable, and what became of it is told as JSON, one object a line.
 *
 *	cc agent.c -o agent $(pkg-config --cflags --libs libmhp-sim)
 *	./agent						this machine, as root
 *	./agent --sim CAPTURE [-BLOCK]... [PATH=WORD]...	a simulated one
 *
 * It sleeps in poll(2) until something happens. Ctrl-C ends it, also while memory is being
 * changed, which is put back then; SIGHUP has it try again what has failed too often. On a
 * simulated machine block BLOCK refuses to come online, each WORD is written by somebody
 * else once the agent is done with what came before, and at the end it ends.
 */
#include <errno.h>
#include <inttypes.h>
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

#define ATTEMPTS 3		/* then a region that always fails is left alone */
#define FAILURES_MAX 96
#define DEADLINE_MS 30000

struct agent {
	struct mhp_ctx *ctx;
	struct mhp_monitor *monitor;
	int signals;
	bool is_over;
	bool is_to_look;		/* something came that may want to be plugged */
	char failed[FAILURES_MAX][64];	/* names, one for each time */
	size_t n_failed;
};

/* ---- JSON, by hand: texts may hold any byte ---- */

static void put(const char *before, const char *text)
{
	printf("%s%s", before, text ? "\"" : "null");
	for (const char *c = text; c && *c; c++)
		printf(*c < ' ' || *c > '~' ? "\\u%04x" : *c == '"' || *c == '\\' ? "\\%c" : "%c",
		       (unsigned char)*c);
	printf("%s", text ? "\"" : "");
}

static void tell(const char *region, const char *outcome, const char *message, const char *hint,
		 const struct mhp_report *report)
{
	put("{\"region\":", region);
	put(",\"outcome\":", outcome);
	put(",\"message\":", message);
	put(",\"hint\":", hint);
	printf(",\"blocks\":[");
	for (size_t i = 0; report && i < mhp_report_count_results(report); i++) {
		const struct mhp_result *block = mhp_report_get_result(report, i);

		printf("%s{\"id\":%" PRIu64, i ? "," : "", mhp_result_get_id(block));
		put(",\"reason\":", mhp_reason_to_str(mhp_result_get_reason(block)));
		printf("}");
	}
	puts("]}");
}

/* ---- plan, apply, report ---- */

static void take_signals(struct agent *agent)
{
	struct signalfd_siginfo info;

	while (read(agent->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGHUP)
			agent->is_over = true;
		agent->n_failed = 0;
		agent->is_to_look = true;
	}
}

/* Called every 100 ms or so while memory is changed. */
static int progress(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	struct agent *agent = data;

	fprintf(stderr, "%" PRIu64 " of %" PRIu64 " MiB\n", done_bytes >> 20, total_bytes >> 20);
	take_signals(agent);
	return agent->is_over ? MHP_CANCEL : 0;
}

static void apply(struct agent *agent, const char *region, struct mhp_plan *plan)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = DEADLINE_MS,
				       .progress = progress, .progress_data = agent };
	struct mhp_report *report = NULL;
	int r = mhp_apply(agent->ctx, plan, &opts, &report);

	tell(region, r ? "refused" : mhp_outcome_to_str(mhp_report_get_outcome(report)),
	     r ? strerror(-r) : mhp_report_get_message(report),
	     r ? NULL : mhp_report_get_hint(report), report);
	/* undone: all is as it was. Partial, unknown: somebody must look at it. */
	if ((r < 0 || mhp_report_get_outcome(report) != MHP_OUTCOME_DONE) &&
	    agent->n_failed < FAILURES_MAX)
		snprintf(agent->failed[agent->n_failed++], sizeof(agent->failed[0]), "%s", region);
	mhp_report_free(report);
}

/* Each dax region is to be System RAM, all of it online in Movable; the policy is borrowed. */
static int make_plan(const struct mhp_snapshot *snap, const char *region,
		     struct mhp_plan **ret_plan)
{
	struct mhp_request *request;
	int r = mhp_request_new(&request);

	if (r < 0)
		return r;
	if ((r = mhp_request_set_region(request, region)) == 0 &&
	    (r = mhp_request_set_goal(request, MHP_GOAL_PLUGGED)) == 0 &&
	    (r = mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE)) == 0 &&
	    (r = mhp_request_set_rules(request, MHP_RULE_BORROW)) == 0)
		r = mhp_plan_new(snap, request, ret_plan);
	mhp_request_free(request);
	return r;
}

/* By its name: the snapshot that told of it is old by now. */
static void handle(struct agent *agent, const char *region)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	const struct mhp_conflict *conflict;
	struct mhp_snapshot *snap = NULL;
	struct mhp_plan *plan = NULL;
	int r = mhp_snapshot_new(agent->ctx, &opts, &snap);

	if (r == 0)
		r = make_plan(snap, region, &plan);
	if (r < 0)
		tell(region, "refused", strerror(-r), NULL, NULL);
	else if ((conflict = mhp_plan_get_conflict(plan, 0)))	/* nothing is written */
		tell(region, "refused", mhp_conflict_get_message(conflict),
		     mhp_conflict_get_hint(conflict), NULL);
	else if (mhp_plan_get_step(plan, 0))	/* else it is as wanted */
		apply(agent, region, plan);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
}

static bool is_given_up(const struct agent *agent, const char *region)
{
	size_t failures = 0;

	for (size_t i = 0; i < agent->n_failed; i++)
		failures += strcmp(agent->failed[i], region) == 0;
	return failures >= ATTEMPTS || agent->n_failed == FAILURES_MAX;
}

/* kmem may have a device and still be adding its memory: what is not there is not planned for. */
static bool is_ready(struct agent *agent, const struct mhp_region *region)
{
	struct mhp_wait_opts opts = { .size = sizeof(opts), .timeout_ms = DEADLINE_MS };
	const char *driver;

	if (mhp_region_get_driver(region, &driver) < 0 || !driver || strcmp(driver, "kmem"))
		return true;
	return mhp_wait_region(agent->ctx, mhp_region_get_name(region), MHP_WAIT_READY, &opts,
			       NULL) == 0;
}

static void look(struct agent *agent)
{
	const struct mhp_region *region;
	struct mhp_snapshot *snap;

	agent->is_to_look = false;
	if (mhp_snapshot_new(agent->ctx, NULL, &snap) < 0)
		return;
	for (size_t i = 0; !agent->is_over && (region = mhp_snapshot_get_region(snap, i)); i++)
		if (mhp_region_get_kind(region) == MHP_REGION_DAX &&
		    !is_given_up(agent, mhp_region_get_name(region)) && is_ready(agent, region))
			handle(agent, mhp_region_get_name(region));
	mhp_snapshot_unref(snap);
	fflush(stdout);
}

/* ---- the main loop ---- */

/* Blocks that come and go are others' business, and our own. */
static int take_events(struct agent *agent)
{
	const struct mhp_event *event;
	int r;

	while ((r = mhp_monitor_next(agent->monitor, &event)) == 0 && event)
		switch (mhp_event_get_kind(event)) {
		case MHP_EVENT_DEVICE_ADDED:
		case MHP_EVENT_DEVICE_BOUND:
		case MHP_EVENT_RESYNCED:	/* some were lost; what they told is known now */
			agent->is_to_look = true;
			break;
		default:
			break;
		}
	return r;
}

/* With wait false until nothing is to do any more. */
static int run(struct agent *agent, bool wait)
{
	struct pollfd fds[] = { { .fd = -1, .events = POLLIN },
				{ .fd = agent->signals, .events = POLLIN } };
	int r = mhp_monitor_get_fd(agent->monitor, &fds[0].fd);

	while (r == 0 && !agent->is_over) {
		if (agent->is_to_look)
			look(agent);
		if (poll(fds, 2, wait ? -1 : 0) == 0)
			break;
		if (fds[1].revents)
			take_signals(agent);
		if (fds[0].revents)
			r = take_events(agent);
	}
	return r;
}

/* What the command line says of a machine where nobody else does anything. */
static int run_simulated(struct agent *agent, struct mhp_sim *sim, char **words)
{
	int r = 0;

	for (; r == 0 && *words && **words == '-'; words++)
		r = mhp_sim_fail_block(sim, strtoull(*words + 1, NULL, 10), "online", -EBUSY, 0);
	if (r == 0)
		r = run(agent, false);
	for (; r == 0 && *words; words++) {
		char *word = strchr(*words, '=');

		if (!word)
			return -EINVAL;
		*word = '\0';
		r = mhp_sim_write(sim, *words, word + 1);
		if (r == 0)
			r = run(agent, false);
	}
	return r;
}

int main(int argc, char **argv)
{
	struct agent agent = { .is_to_look = true };
	bool is_simulated = argc > 2 && strcmp(argv[1], "--sim") == 0;
	struct mhp_sim *sim = NULL;
	sigset_t heeded;
	int r;

	if (argc > 1 && !is_simulated) {
		fprintf(stderr, "usage: %s [--sim CAPTURE [-BLOCK]... [PATH=WORD]...]\n", argv[0]);
		return 2;
	}
	sigemptyset(&heeded);
	sigaddset(&heeded, SIGINT);
	sigaddset(&heeded, SIGTERM);
	sigaddset(&heeded, SIGHUP);
	sigprocmask(SIG_BLOCK, &heeded, NULL);
	agent.signals = signalfd(-1, &heeded, SFD_CLOEXEC | SFD_NONBLOCK);

	r = is_simulated ? mhp_sim_new_from_capture(argv[2], NULL, &sim) : 0;
	if (r == 0)
		r = is_simulated ? mhp_sim_new_ctx(sim, &agent.ctx) : mhp_ctx_new(NULL, &agent.ctx);
	if (r == 0)	/* it listens from here on: nothing is missed before the first look */
		r = mhp_monitor_new(agent.ctx, NULL, &agent.monitor);
	if (r == 0)
		r = is_simulated ? run_simulated(&agent, sim, argv + 3) : run(&agent, true);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", argv[0], strerror(-r));
	mhp_monitor_free(agent.monitor);
	mhp_ctx_unref(agent.ctx);
	mhp_sim_unref(sim);
	close(agent.signals);
	return r ? 1 : 0;
}
