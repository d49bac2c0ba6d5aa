// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp agent: keeps the machine as the standing policy wants it. It waits in poll(2), and
 * wakes for events, signals, and what is due: nothing is looked at by the clock. Where
 * nothing is due it waits for ever.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <mhp/event.h>
#include <mhp/monitor.h>
#include <mhp/standing.h>

#include "agent.h"
#include "tool.h"

enum { POLL_EVENTS, POLL_SIGNALS, POLL_COUNT };

/* A boot waits for the first pass, but not for a region that cannot be changed. */
#define READY_LATEST_NS (15 * NS_PER_SECOND)
/* So many events, and then it is asked what is due, however many there are. */
#define EVENTS_AT_ONCE 1024

struct loop {
	struct machine *machine;
	struct agent agent;
	struct mhp_monitor *monitor;
	struct backoff monitor_again;	/* why there is none */
	int signals;
	int stops;			/* how often we were asked to stop */
	bool is_journal;
	bool is_ready;
	bool is_reload_due, is_look_due;
	int64_t begin_ns;
	size_t acts;			/* done on a simulated machine */
	int exit;
};

/* ---- what the agent asks for ---- */

static int64_t now_ns(void *data)
{
	struct timespec now;

	(void)data;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static void say_line(void *data, int priority, const char *line)
{
	const struct loop *loop = data;

	agent_log_put(stderr, loop->is_journal, priority, line);
}

static int load(void *data, struct mhp_standing **ret_standing)
{
	struct loop *loop = data;

	if (!loop->machine->options->policy_count)
		return mhp_standing_new(loop->machine->ctx, ret_standing);
	if (policy_read(loop->machine, ret_standing) == EXIT_AS_ASKED)
		return 0;
	agent_forget_message(&loop->agent);
	loop->agent.message = text_format("see the line before");
	return -EIO;
}

static enum claimed ask_claim(void *data)
{
	const struct loop *loop = data;

	return claim_find(loop->machine->options);
}

static void be_ready(struct loop *loop)
{
	char *status = agent_copy_status(&loop->agent);

	if (loop->is_ready)
		notify_status(status);
	else
		notify_ready(status);
	loop->is_ready = true;
	free(status);
}

/* Takes no memory, as asked(). */
static void take_signals(struct loop *loop)
{
	int number;

	while ((number = signals_next(loop->signals)) != 0) {
		if (number == SIGHUP) {
			loop->is_reload_due = true;
		} else if (number == SIGUSR1) {
			loop->is_look_due = true;
		} else if (loop->stops++ == 0) {
			notify_stopping();
			agent_log_put_plain(stderr, loop->is_journal, LOG_NOTICE,
					    number == SIGINT ? "stopping (SIGINT)" :
							       "stopping (SIGTERM)");
		}
	}
}

/* All the time while memory is changed, when nobody may exit as there is no memory to tell. */
static int asked(void *data)
{
	struct loop *loop = data;

	take_signals(loop);
	if (!loop->is_ready && now_ns(NULL) - loop->begin_ns >= READY_LATEST_NS) {
		notify_ready_at_work();
		loop->is_ready = true;
	}
	return loop->stops > 1 ? MHP_CANCEL_UNDO : loop->stops ? MHP_CANCEL : 0;
}

/* ---- the monitor ---- */

static int64_t monitor_due(const struct loop *loop)
{
	if (loop->monitor)
		return NEVER_DUE;
	return loop->monitor_again.count ? backoff_due(&loop->monitor_again) : 0;
}

static void lose_monitor(struct loop *loop, int code)
{
	const struct backoff_entry *entry;
	char *why = agent_copy_why(&loop->agent, code);

	mhp_monitor_free(loop->monitor);
	loop->monitor = NULL;
	entry = backoff_failed(&loop->monitor_again, "events", 0, true, now_ns(NULL));
	agent_say(&loop->agent, LOG_ERR, "events cannot be had: %s; next try in %d s", why,
		  agent_seconds(entry->next_ns - now_ns(NULL)));
	free(why);
}

/* It listens before the pass that is due then. */
static void open_monitor(struct loop *loop)
{
	struct mhp_monitor_opts opts = {
		.size = sizeof(opts),
		.flags = MHP_MONITOR_ZONES | MHP_MONITOR_CAUSES,
		.source = loop->machine->options->source,
		.buffer_bytes = loop->machine->options->buffer_bytes,
	};
	int code;

	agent_forget_message(&loop->agent);
	code = mhp_monitor_new(loop->machine->ctx, &opts, &loop->monitor);
	if (code == -EOPNOTSUPP || exit_of_code(code) == EXIT_NO_PERMISSION) {
		/* not by waiting */
		agent_say(&loop->agent, LOG_ERR, "events cannot be had: %s",
			  loop->agent.message ? loop->agent.message : strerror(-code));
		loop->exit = exit_of_code(code);
	} else if (code < 0) {
		lose_monitor(loop, code);
	} else {
		backoff_forget(&loop->monitor_again);
		agent_event(&loop->agent, NULL);
	}
}

/* What waits, up to a limit. Returns true if there may be more. */
static bool take_events(struct loop *loop)
{
	const struct mhp_event *event = NULL;
	int code;

	for (size_t i = 0; loop->monitor && i < EVENTS_AT_ONCE; i++) {
		agent_forget_message(&loop->agent);
		code = mhp_monitor_next(loop->monitor, &event);
		if (code < 0)
			lose_monitor(loop, code);
		if (code < 0 || !event)
			return false;
		agent_event(&loop->agent, event);
	}
	return loop->monitor != NULL;
}

/* ---- the loop ---- */

static void pass(struct loop *loop)
{
	/* what no event tells, such as the system's policy, is seen by now */
	if (loop->monitor)
		(void)mhp_monitor_check(loop->monitor);
	(void)take_events(loop);
	agent_pass(&loop->agent);
	if (loop->agent.is_second)
		loop->exit = EXIT_REFUSED;
	else if (loop->agent.is_refused)
		loop->exit = EXIT_NO_PERMISSION;
	else if (machine_is_killed(loop->machine))
		loop->exit = EXIT_KILLED;
	else
		be_ready(loop);
}

static void reload(struct loop *loop)
{
	loop->is_reload_due = false;
	notify_reloading();
	agent_load(&loop->agent);
	loop->is_ready = false;
	be_ready(loop);
}

static int64_t next_due(const struct loop *loop)
{
	int64_t due_ns = agent_due(&loop->agent), monitor_ns = monitor_due(loop);

	return due_ns < monitor_ns ? due_ns : monitor_ns;
}

/* For poll(2); rounded up, so that it is due then. */
static int milliseconds_until(int64_t due_ns)
{
	int64_t left_ns = due_ns - now_ns(NULL);

	if (due_ns == NEVER_DUE)
		return -1;
	if (left_ns <= 0)
		return 0;
	return left_ns / 1000000 < INT32_MAX ? (int)((left_ns + 999999) / 1000000) : INT32_MAX;
}

/* Others act on a simulated machine one by one, each once all is done about the one before. */
static bool act(struct loop *loop)
{
	if (!loop->machine->sim || loop->agent.debounce.waits)
		return false;
	if (loop->acts == 0)
		(void)sim_act_begin(loop->machine);
	if (!sim_act_is_left(loop->machine, loop->acts)) {
		loop->stops++;
		return true;
	}
	(void)sim_act_do(loop->machine, loop->acts++);
	(void)take_events(loop);
	return true;
}

static void wait_for_something(struct loop *loop)
{
	struct pollfd fds[POLL_COUNT] = {
		[POLL_EVENTS] = { .fd = -1, .events = POLLIN },
		[POLL_SIGNALS] = { .fd = loop->signals, .events = POLLIN },
	};
	int code;

	if (loop->monitor) {
		code = mhp_monitor_get_fd(loop->monitor, &fds[POLL_EVENTS].fd);
		if (code < 0) {
			lose_monitor(loop, code);
			fds[POLL_EVENTS].fd = -1;
		}
	}
	if (poll(fds, POLL_COUNT, milliseconds_until(next_due(loop))) <= 0)
		return;
	if (fds[POLL_SIGNALS].revents)
		take_signals(loop);
	if (fds[POLL_EVENTS].revents)
		(void)take_events(loop);
}

static void run(struct loop *loop)
{
	agent_load(&loop->agent);
	while (!loop->stops && !loop->exit) {
		if (loop->is_look_due)
			agent_event(&loop->agent, NULL);
		loop->is_look_due = false;
		if (loop->is_reload_due)
			reload(loop);
		else if (monitor_due(loop) <= now_ns(NULL))
			open_monitor(loop);
		else if (agent_due(&loop->agent) <= now_ns(NULL))
			pass(loop);
		else if (!act(loop))
			wait_for_something(loop);
	}
}

/* Said where there was something: root, or somebody with capabilities. */
static void let_go(struct loop *loop)
{
	bool more;
	char *left = drop_privileges(&more);

	if (more)
		agent_say(&loop->agent, LOG_WARNING, "it has more rights than it needs, and cannot "
			  "let go of them; capabilities it needs: %s", *left ? left : "none");
	else if (geteuid() == 0 || *left)
		agent_say(&loop->agent, LOG_INFO, "capabilities: %s; no new ones", *left ? left : "none");
	free(left);
}

int verb_agent(struct machine *machine)
{
	struct loop loop = {
		.machine = machine,
		.is_journal = agent_log_is_journal(getenv("JOURNAL_STREAM"), STDERR_FILENO),
		.begin_ns = now_ns(NULL),
		.agent = {
			.ctx = machine->ctx, .now = now_ns, .asked = asked, .load = load,
			.claim = ask_claim, .say = say_line, .dry_run = machine->options->dry_run,
			.timeout_ms = machine->options->timeout_ms,
		},
	};
	int code;

	code = signals_open(&loop.signals);
	if (code < 0) {
		machine_complain(machine, "signals", code, NULL);
		return exit_of_code(code);
	}
	/* who reads our log may go: no reason to die */
	signal(SIGPIPE, SIG_IGN);
	loop.agent.data = &loop;
	if (!machine->sim) {
		loop.agent.refused_hint = geteuid() ? NULL : permission_hint(machine->options);
		let_go(&loop);
	}
	agent_begin(&loop.agent);
	run(&loop);
	notify_stopping();
	mhp_monitor_free(loop.monitor);
	backoff_forget(&loop.monitor_again);
	agent_end(&loop.agent);
	close(loop.signals);
	return loop.exit;
}
