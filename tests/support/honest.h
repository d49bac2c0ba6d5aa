/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is a report a lie? What it says of a call is compared with what the machine itself was
 * before and is after it.
 */
#ifndef SUPPORT_HONEST_H
#define SUPPORT_HONEST_H

#include "internal.h"
#include "world.h"

/* What is not to be expected of a call, to be joined by |. */
enum slack {
	SLACK_UNDO = 1,		/* more than one thing failed: the way back may not be found */
	SLACK_OTHERS = 2,	/* others act meanwhile: what is there now may be theirs */
	SLACK_LASTING = 4,	/* what failed goes on to: nothing can be put back, or read */
	SLACK_WRITES = 8,	/* writes are told of whose file could not be opened */
};

/* A call of mhp_apply() on a machine. */
struct deed {
	struct mhp_sim *sim;
	const struct mhp_plan *plan;
	const struct mhp_report *report;
	struct world before, after;
	size_t writes;			/* that reached the machine, loads too */
	unsigned int slack;		/* enum slack */
	/* how the machine is reached; NULL: as any simulated one */
	struct mhp_ctx *(*new_ctx)(struct mhp_sim *sim);
	struct world (*world_of)(struct mhp_sim *sim);
	/* told of what is not so */
	void (*complain)(void *data, const char *text);
	void *data;
};

/* Blocks, outcome, reasons, writes. */
void check_report(const struct deed *deed);
/*
 * Whatever was left behind, also by one that was killed, is told of by a journal; a context of
 * its own puts it back, and nobody has the lock. NULL report: none was given.
 */
void check_recovery_of(const struct deed *deed);

#endif /* SUPPORT_HONEST_H */
