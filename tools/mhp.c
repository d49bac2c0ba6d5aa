// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp: memory hotplug from the command line. Which verb runs, and how it ends. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tool.h"

/* Upon exit: what was printed must have arrived. */
static int finish(int r)
{
	char *why;

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout) && close(STDOUT_FILENO) == 0)
		return r;
	why = errno ? text_error(errno) : text_format("some of it could not be written");
	complain("standard output: %s", why);
	free(why);
	return r ? r : EXIT_REFUSED;
}

/*
 * A program may be started with standard output closed. The next file opened
 * would take its place, and be written to.
 */
static void occupy_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(EXIT_REFUSED);
}

static int run_verb(struct machine *machine)
{
	switch (machine->options->verb) {
	case VERB_LIST:
		return verb_list(machine);
	case VERB_SHOW:
		return verb_show(machine);
	case VERB_MAP:
		return verb_map(machine);
	case VERB_APPLY:
		return machine->options->plan_file ? verb_apply(machine) :
						     verb_apply_policy(machine);
	case VERB_RECOVER:
		return verb_recover(machine);
	case VERB_CAPTURE:
		return verb_capture(machine);
	case VERB_WATCH:
		return verb_watch(machine);
	case VERB_WAIT:
		return verb_wait(machine);
	case VERB_DRIFT:
		return verb_drift(machine);
	case VERB_POLICY_CHECK:
		return verb_policy_check(machine);
	case VERB_POLICY_SHOW:
		return verb_policy_show(machine);
	case VERB_POLICY_EXPLAIN:
		return verb_policy_explain(machine);
	case VERB_AGENT:
		return verb_agent(machine);
	default:
		return verb_act(machine);
	}
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct machine machine;
	int r, saved;

	occupy_standard_files();
	if (!options_parse(&options, argc, argv))
		return finish(EXIT_AS_ASKED);

	if (options.verb == VERB_POLICY_CLAIM) {
		r = verb_policy_claim(&options);
		free(options.words);
		return finish(r);
	}
	r = machine_open(&machine, &options);
	if (r == EXIT_AS_ASKED)
		r = run_verb(&machine);
	saved = machine_close(&machine);
	mhp_request_free(options.request);
	free(options.words);
	return finish(r ? r : saved);
}
