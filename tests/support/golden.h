/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Golden plans, below tests/golden/. A file: lines "# machine: FILE" (below
 * tests/machines), any number of "# put: WORD FILE" (done to the simulated machine
 * first), "# request: WISH" (see ask.h), and the plan's text.
 */
#ifndef SUPPORT_GOLDEN_H
#define SUPPORT_GOLDEN_H

#include <mhp/sim.h>

#include "internal.h"

struct golden {
	const char *path;
	struct mhp_sim *sim;
	struct mhp_request *request;
	char *header, *expected;
};

/* A machine of tests/machines. */
struct mhp_sim *open_machine(const char *name);
/* All that a plan may want to know of it. */
struct mhp_snapshot *look_at(struct mhp_sim *sim);
/* Calls fn with each of them; the number of files. */
size_t for_each_golden(void (*fn)(const struct golden *golden));

#endif /* SUPPORT_GOLDEN_H */
