// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * --sim-act, --sim-lose: on a simulated machine nobody else does anything, so that there
 * would be nothing to watch, and nothing to wait for.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Returns an exit code. */
int sim_act_begin(const struct machine *machine)
{
	const struct options *options = machine->options;

	if (!options->sim_lose_word)
		return EXIT_AS_ASKED;
	return exit_of_code(mhp_sim_lose_events(machine->sim, (size_t)options->sim_lose));
}

bool sim_act_is_left(const struct machine *machine, size_t done)
{
	return done < machine->options->sim_act_count;
}

/* PATH=WORD, done by somebody else. Returns an exit code, having said why. */
int sim_act_do(const struct machine *machine, size_t index)
{
	const char *act = machine->options->sim_act[index];
	const char *word = strchr(act, '=') + 1;	/* options.c has looked */
	char *path = text_format("%.*s", (int)(word - 1 - act), act), *why;
	int code;

	code = mhp_sim_write(machine->sim, path, word);
	if (code < 0) {
		why = text_error(code);
		complain("--sim-act: %s: \"%s\": %s", path, word, why);
		free(why);
	}
	free(path);
	return exit_of_code(code);
}
