/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done to memory, each verb in each way that it begins, while something fails. No
 * outcome may be a lie: what the report says is compared with the machine itself (world.h).
 */
#ifndef SUPPORT_VERBS_H
#define SUPPORT_VERBS_H

#include "device.h"

#define ANY (MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN |	\
	     MHP_SIM_ACCESS_LOAD | MHP_SIM_ACCESS_LOOK)

/* What the machine is like before. */
enum begin {
	AS_IT_IS,		/* bound, all blocks offline */
	MOVABLE, NORMAL, MIXED,
	UNPLUGGED,		/* 7.3 only */
	UNBOUND,
	NO_KMEM,		/* unbound, and the module is not loaded */
	ON_DEVICE_DAX,
	ON_DEVICE_DAX_NO_KMEM,
	MOVABLE_NO_DEVICE_DAX,
	MOVABLE_POLICY,		/* unbound, and the policy is online_movable */
	UNPLUGGED_POLICY,	/* 7.3 only, and so is the policy */
};

struct verb {
	enum begin begin;
	const char *wish;
	bool only_7_3;
	/* it fails anyway, so that it is put back: this block refuses, or all of bind's file */
	const char *refuses;
	unsigned int block;
};

#define VERBS 57
#define VERB_MACHINES 3

extern const struct verb verbs[VERBS];
extern const char *const verb_machines[VERB_MACHINES];

/* How the machine is reached. */
struct reach {
	struct mhp_ctx *(*new_ctx)(struct mhp_sim *sim);
	size_t (*count_writes)(struct mhp_sim *sim);	/* and modules loaded */
	bool may_lack_writes;		/* those whose file could not be opened */
	struct world (*world_of)(struct mhp_sim *sim);
};

/* One of them, once. */
struct run {
	const char *machine;
	const struct verb *verb;
	char fault[64];			/* what fails, for who reads a complaint */
	bool is_lasting;		/* ... and goes on to: nothing can be put back, or read */
	const struct reach *reach;	/* NULL: by the simulated machine's own back end */

	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	struct mhp_request *request;
	struct world before, after;
	size_t writes;
	struct mhp_plan *plan;
	struct mhp_report *report;
};

/* Of all runs; the test sets it to 0, and fails in the end if it is not. */
extern size_t complaints;

__attribute__((format(printf, 2, 3)))
void complain(const struct run *run, const char *format, ...);

/* Does the verb make sense there? */
bool verb_fits(const struct verb *verb, const char *machine);
/* The machine as the verb finds it. */
void run_begin(struct run *run);
/*
 * From the look at the machine to the report; plan and report may be missing. on_planned is
 * called once there is a plan, or none; NULL: nobody is.
 */
int run_fulfil(struct run *run, void (*on_planned)(void *data), void *data);
/* What run_fulfil() gave, beside the machine. */
void run_check(struct run *run, int code);
/* ... where nothing was made to fail, but for what the verb is refused by. */
void run_check_as_expected(const struct run *run, int code);
/*
 * Whatever is left behind is known, and recovery puts it back; nobody has the lock. By now
 * nothing may fail any more.
 */
void run_check_recovery(struct run *run);
void run_end(struct run *run);

#endif /* SUPPORT_VERBS_H */
