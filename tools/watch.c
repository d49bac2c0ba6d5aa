// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp watch: a line for each event. It waits in poll(2) and wakes for events and signals
 * only: nothing is looked at by the clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "watch.h"

enum { POLL_EVENTS, POLL_SIGNALS, POLL_OUTPUT, POLL_COUNT };

struct watch {
	struct machine *machine;
	struct mhp_monitor *monitor;
	struct filter filter;
	int signals;
	int64_t end_ms;			/* of CLOCK_MONOTONIC; 0: none */
	uint64_t told;
	bool is_over;
	bool is_left;			/* somebody ended it, rather than the time */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Returns an exit code, having said why. */
static int open_monitor(struct watch *watch)
{
	const struct options *options = watch->machine->options;
	struct mhp_monitor_opts opts = {
		.size = sizeof(opts),
		.flags = MHP_MONITOR_ZONES | MHP_MONITOR_CAUSES,
		.source = options->source,
		.buffer_bytes = options->buffer_bytes,
		/* it may be named by that */
		.snapshot_flags = options->region ? MHP_SNAPSHOT_IDENTITY : 0,
	};
	int code;

	machine_forget_message(watch->machine);
	code = mhp_monitor_new(watch->machine->ctx, &opts, &watch->monitor);
	if (code < 0) {
		machine_complain(watch->machine, "watch", code, NULL);
		return exit_of_code(code);
	}
	filter_begin(&watch->filter, options, watch->monitor);
	return EXIT_AS_ASKED;
}

/* Who read what we print is gone: no reason to go on, nor to complain. */
static void leave_quietly(struct watch *watch)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		close(fd);
	}
	fflush(stdout);
	clearerr(stdout);
	watch->is_over = watch->is_left = true;
}

/* Each line is to be seen at once. Other errors are told at the end, by main(). */
static void flush(struct watch *watch)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return;
	if (errno == EPIPE)
		leave_quietly(watch);
	watch->is_over = true;
}

static void tell(struct watch *watch, const struct mhp_event *event)
{
	const struct options *options = watch->machine->options;
	const char *region = filter_region(&watch->filter, event);

	if (options->json)
		json_event(event, region);
	else
		watch_text(event, region);
	flush(watch);
	if (options->count && ++watch->told >= options->count)
		watch->is_over = true;
}

static int complain_of_monitor(const struct watch *watch, int code)
{
	machine_complain(watch->machine, "watch", code, NULL);
	return exit_of_code(code);
}

/* What waits. Returns an exit code, having said why. */
static int take_events(struct watch *watch)
{
	const struct mhp_event *event;
	int code, r = EXIT_AS_ASKED;

	while (!watch->is_over && r == EXIT_AS_ASKED) {
		machine_forget_message(watch->machine);
		code = mhp_monitor_next(watch->monitor, &event);
		if (code < 0)
			return complain_of_monitor(watch, code);
		if (!event)		/* or it was long enough; then more can be polled for */
			break;
		r = filter_follow(&watch->filter, watch->machine, watch->monitor, event);
		if (r == EXIT_AS_ASKED && filter_wants(&watch->filter, event))
			tell(watch, event);
	}
	return r;
}

/* The settings of the system, of which no event tells. */
static int check(struct watch *watch)
{
	int code;

	machine_forget_message(watch->machine);
	code = mhp_monitor_check(watch->monitor);
	if (code < 0)
		return complain_of_monitor(watch, code);
	return take_events(watch);
}

static int take_signals(struct watch *watch)
{
	int number, r = EXIT_AS_ASKED;

	while (r == EXIT_AS_ASKED && (number = signals_next(watch->signals)) != 0) {
		if (number == SIGUSR1)
			r = check(watch);
		else
			watch->is_over = watch->is_left = true;
	}
	return r;
}

/* For poll(2); rounded up, so that it is over then. */
static int milliseconds_left(const struct watch *watch)
{
	int64_t left = watch->end_ms - now_ms();

	if (!watch->end_ms)
		return -1;
	return left < 0 ? 0 : left < INT32_MAX ? (int)left : INT32_MAX;
}

static int follow(struct watch *watch)
{
	struct pollfd fds[POLL_COUNT] = {
		[POLL_SIGNALS] = { .fd = watch->signals, .events = POLLIN },
		[POLL_OUTPUT] = { .fd = STDOUT_FILENO },	/* a reader that goes */
	};
	int code, r;

	code = mhp_monitor_get_fd(watch->monitor, &fds[POLL_EVENTS].fd);
	if (code < 0)
		return complain_of_monitor(watch, code);
	fds[POLL_EVENTS].events = POLLIN;
	/* some may wait already, without a message */
	r = take_events(watch);
	while (r == EXIT_AS_ASKED && !watch->is_over) {
		int left = milliseconds_left(watch);
		int ready = poll(fds, POLL_COUNT, left);

		if (ready < 0 && errno != EINTR)
			return complain_of_monitor(watch, -errno);
		if (ready <= 0) {
			watch->is_over = ready == 0 && milliseconds_left(watch) == 0;
			continue;
		}
		if (fds[POLL_OUTPUT].revents)
			leave_quietly(watch);
		if (fds[POLL_SIGNALS].revents)
			r = take_signals(watch);
		if (r == EXIT_AS_ASKED && fds[POLL_EVENTS].revents)
			r = take_events(watch);
	}
	return r;
}

/* On a simulated machine: others act, one after the other, and then nothing happens any more. */
static int follow_simulated(struct watch *watch)
{
	int failed = EXIT_AS_ASKED, r = sim_act_begin(watch->machine);

	for (size_t i = 0; r == EXIT_AS_ASKED && !watch->is_over &&
			   sim_act_is_left(watch->machine, i); i++) {
		int one = sim_act_do(watch->machine, i);

		failed = failed ? failed : one;
		r = take_events(watch);
		if (r == EXIT_AS_ASKED)
			r = take_signals(watch);
	}
	if (r == EXIT_AS_ASKED && !watch->is_over)
		r = check(watch);
	return r ? r : failed;
}

/* With --count less than that is no success. */
static int finish(const struct watch *watch)
{
	const struct options *options = watch->machine->options;

	if (!options->count || watch->told >= options->count || watch->is_left)
		return EXIT_AS_ASKED;
	complain("watch: it ended after %zu of %zu events", (size_t)watch->told,
		 (size_t)options->count);
	return EXIT_REFUSED;
}

int verb_watch(struct machine *machine)
{
	const struct options *options = machine->options;
	struct watch watch = { .machine = machine, .signals = -1 };
	int code, r;

	if (options->timeout_ms > 0)
		watch.end_ms = now_ms() + options->timeout_ms;
	code = signals_open(&watch.signals);
	if (code < 0) {
		machine_complain(machine, "signals", code, NULL);
		return exit_of_code(code);
	}
	signal(SIGPIPE, SIG_IGN);		/* EPIPE tells it */
	r = open_monitor(&watch);
	if (r == EXIT_AS_ASKED) {
		if (options->json)
			json_watch_begin(watch.monitor, &watch.filter);
		else
			watch_text_begin(watch.monitor, &watch.filter);
		flush(&watch);
		r = machine->sim ? follow_simulated(&watch) : follow(&watch);
		filter_end(&watch.filter);
	}
	mhp_monitor_free(watch.monitor);
	close(watch.signals);
	return r ? r : finish(&watch);
}
