/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Captures of real machines; what was done to these, done again to the simulated one. */
#ifndef SUPPORT_REPLAY_H
#define SUPPORT_REPLAY_H

#include "../../sim/sim.h"

/* tests/machines/NAME */
const char *machine_path(const char *name, char path[4096]);
char *read_file(const char *path);

/* Fails the test unless they show the same; both texts are taken apart. */
void compare_captures(const char *name, char *got, char *wanted);

/* The events of a step of KERNEL-SCENARIO.uevents, and only these, are what was sent. */
void compare_events(struct mhp_sim_listener *listener, const char *scenario,
		    const char *step);

/* A page of the kernel's, or somebody's, in a block: the machine is told of these. */
struct pinned {
	unsigned int block;
	int code;
	const char *before;	/* the step */
};

/*
 * Does all that was done since the step start, which tests/machines/SCENARIO.steps
 * tells; after each step of which there is a capture, compares, and events after all.
 * NULL: as it should be; else what differs first, to be freed. wrong: a rule that the
 * model has the other way round; hits, if not NULL, are added to.
 */
char *replay_diff(const char *scenario, const char *start, const struct pinned *pinned,
		  enum rule wrong, size_t *ret_captures, unsigned long hits[RULES_COUNT]);
void replay(const char *scenario, const char *start, const struct pinned *pinned,
	    size_t wanted_captures);

/* One of the replays that are to show that the model acts by a rule. */
struct scenario {
	const char *name, *start;
	const struct pinned *pinned;
};

/*
 * Of each rule whose name begins with one of prefixes: is it met by the scenarios, and
 * does one of them fail with the rule turned round?
 */
void check_rules(const struct scenario *scenarios, size_t count, const char *const *prefixes);

#endif /* SUPPORT_REPLAY_H */
