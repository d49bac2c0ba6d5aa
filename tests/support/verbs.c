// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/honest.h"
#include "support/verbs.h"

/* the rest is only counted */
#define MAX_TOLD 40

const struct verb verbs[VERBS] = {
	{ AS_IT_IS, "dax0.0 online online_movable", false, NULL, 0 },
	{ AS_IT_IS, "dax0.0 online online_kernel", false, NULL, 0 },
	{ AS_IT_IS, "dax0.0 online online_movable keep", false, NULL, 0 },
	{ AS_IT_IS, "dax0.0 online online_movable per-block", true, NULL, 0 },
	{ UNPLUGGED, "dax0.0 online online_movable", true, NULL, 0 },
	{ NORMAL, "dax0.0 online online_movable rezone", false, NULL, 0 },
	{ NORMAL, "dax0.0 online online_movable rezone keep", false, NULL, 0 },
	{ NORMAL, "dax0.0 online online_movable rezone per-block", true, NULL, 0 },
	{ MOVABLE, "dax0.0 online online_kernel rezone", false, NULL, 0 },
	{ MIXED, "dax0.0 online online_movable rezone", false, NULL, 0 },
	{ MIXED, "dax0.0 online online_movable rezone per-block keep", true, NULL, 0 },
	{ MOVABLE, "dax0.0 offline", false, NULL, 0 },
	{ MIXED, "dax0.0 offline", false, NULL, 0 },
	{ MIXED, "dax0.0 offline keep", false, NULL, 0 },
	{ AS_IT_IS, "dax0.0 unplugged", false, NULL, 0 },
	{ MOVABLE, "dax0.0 unplugged", false, NULL, 0 },
	{ MIXED, "dax0.0 unplugged", false, NULL, 0 },
	{ MIXED, "dax0.0 unplugged keep", false, NULL, 0 },
	{ MOVABLE, "dax0.0 unplugged to:device_dax borrow", false, NULL, 0 },
	{ UNPLUGGED, "dax0.0 unplugged to:device_dax", true, NULL, 0 },
	{ MOVABLE_NO_DEVICE_DAX, "dax0.0 unplugged to:device_dax borrow", false, NULL, 0 },
	{ UNBOUND, "dax0.0 unplugged to:device_dax borrow", false, NULL, 0 },
	{ UNBOUND, "dax0.0 plugged online_movable borrow", false, NULL, 0 },
	{ UNBOUND, "dax0.0 plugged online_movable borrow keep", false, NULL, 0 },
	{ UNBOUND, "dax0.0 plugged online_movable", false, NULL, 0 },
	{ MOVABLE_POLICY, "dax0.0 plugged offline borrow", false, NULL, 0 },
	{ NO_KMEM, "dax0.0 plugged online_movable borrow", false, NULL, 0 },
	{ ON_DEVICE_DAX, "dax0.0 plugged online_movable borrow", false, NULL, 0 },
	{ ON_DEVICE_DAX_NO_KMEM, "dax0.0 plugged online_kernel borrow", false, NULL, 0 },
	{ UNPLUGGED, "dax0.0 plugged offline borrow", true, NULL, 0 },
	{ MOVABLE_POLICY, "dax0.0 plugged online_kernel per-block borrow", false, NULL, 0 },
	{ MOVABLE_POLICY, "dax0.0 plugged online_kernel per-block borrow keep", false, NULL, 0 },
	{ NO_KMEM, "dax0.0 plugged online_movable per-block borrow", true, NULL, 0 },
	{ UNPLUGGED_POLICY, "dax0.0 online online_movable per-block borrow", true, NULL, 0 },
	{ AS_IT_IS, "blocks:33-34 online online_movable", false, NULL, 0 },
	{ MIXED, "blocks:32-34 offline", false, NULL, 0 },
	{ MIXED, "node:1 online online_kernel rezone", false, NULL, 0 },
	{ MOVABLE, "dax0.0 offline size:256", false, NULL, 0 },

	/* the last one to go refuses, and then the way back is made to fail */
	{ AS_IT_IS, "dax0.0 online online_movable", false, "online", 32 },
	{ AS_IT_IS, "dax0.0 online online_movable per-block", true, "online", 32 },
	{ UNPLUGGED, "dax0.0 online online_movable", true, "online", 33 },
	{ NORMAL, "dax0.0 online online_movable rezone", false, "online", 32 },
	{ MIXED, "dax0.0 online online_movable rezone", false, "offline", 32 },
	{ MIXED, "dax0.0 offline", false, "offline", 32 },
	{ MIXED, "dax0.0 unplugged", false, "offline", 35 },
	{ MIXED, "dax0.0 unplugged to:device_dax borrow", false, "bind", 0 },
	{ MOVABLE_NO_DEVICE_DAX, "dax0.0 unplugged to:device_dax borrow", false, "offline", 34 },
	{ UNBOUND, "dax0.0 plugged online_movable borrow", false, "online", 33 },
	{ UNBOUND, "dax0.0 plugged online_movable", false, "online", 33 },
	{ UNBOUND, "dax0.0 plugged online_movable borrow", false, "add", 32 },
	{ ON_DEVICE_DAX_NO_KMEM, "dax0.0 plugged online_kernel borrow", false, "online", 34 },
	{ ON_DEVICE_DAX, "dax0.0 plugged online_kernel borrow", false, "add", 32 },
	{ UNPLUGGED, "dax0.0 plugged offline borrow", true, "add", 32 },
	{ MOVABLE_POLICY, "dax0.0 plugged online_kernel per-block borrow", false, "online", 33 },
	{ UNPLUGGED_POLICY, "dax0.0 online online_kernel per-block borrow", true, "online", 32 },
	{ UNPLUGGED_POLICY, "dax0.0 online online_kernel per-block borrow", true, "add", 33 },
	{ MIXED, "node:1 online online_kernel rezone", false, "online", 33 },
};

const char *const verb_machines[VERB_MACHINES] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

size_t complaints;

void complain(const struct run *run, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (++complaints <= MAX_TOLD)
		print_error("%.4s begin %d \"%s\"%s%s, %s: %s\n\t%s: %s\n",
			    run->machine, (int)run->verb->begin, run->verb->wish,
			    run->verb->refuses ? " refused " : "",
			    run->verb->refuses ? run->verb->refuses : "", run->fault, text,
			    run->report ? mhp_outcome_to_str(mhp_report_get_outcome(run->report)) :
					  "no report",
			    run->report ? mhp_report_get_message(run->report) : "");
}

bool verb_fits(const struct verb *verb, const char *machine)
{
	return !verb->only_7_3 || !strcmp(machine, HMEM_7_3);
}

/* ---- the machine ---- */

#define MAX_MACHINES 16

/* As the simulated machine says it itself, which is read faster. */
static const char *machine_text(const char *machine)
{
	static struct {
		const char *machine;
		char *text;
	} known[MAX_MACHINES];
	struct bench bench;
	size_t at = 0;

	while (known[at].machine && strcmp(known[at].machine, machine))
		assert_true(++at < MAX_MACHINES);
	if (!known[at].machine) {
		set_up(&bench, machine);
		assert_int_equal(mhp_sim_copy_capture(bench.sim, &known[at].text), 0);
		tear_down(&bench);
		known[at].machine = machine;
	}
	return known[at].text;
}

static void put_all(struct bench *bench, enum begin begin)
{
	static const char *const mixed[] = {
		"online_kernel", "online_movable", NULL, "online_movable",
	};

	for (unsigned int i = 0; i < 4; i++) {
		const char *word = begin == MIXED ? mixed[i] :
				   begin == NORMAL ? "online_kernel" : "online_movable";

		if (word)
			put(bench, block_file(32 + i, "state"), word);
	}
}

static void prepare(struct mhp_sim *sim, enum begin begin)
{
	struct bench bench = { .sim = sim };

	switch (begin) {
	case AS_IT_IS:
		return;
	case MOVABLE:
	case NORMAL:
	case MIXED:
		put_all(&bench, begin);
		return;
	case MOVABLE_NO_DEVICE_DAX:
		put_all(&bench, begin);
		unload(&bench, "device_dax");
		return;
	case UNPLUGGED:
	case UNPLUGGED_POLICY:
		put(&bench, DEVICE, "unplugged");
		if (begin == UNPLUGGED_POLICY)
			put(&bench, POLICY_PATH, "online_movable");
		return;
	default:
		release_device(&bench);
	}
	if (begin == MOVABLE_POLICY)
		put(&bench, POLICY_PATH, "online_movable");
	if (begin == NO_KMEM || begin == ON_DEVICE_DAX_NO_KMEM)
		unload(&bench, "kmem");
	if (begin == ON_DEVICE_DAX || begin == ON_DEVICE_DAX_NO_KMEM)
		give_to_device_dax(&bench);
}

static void refuse(struct mhp_sim *sim, const struct verb *verb)
{
	int r;

	if (!strcmp(verb->refuses, "bind"))
		r = mhp_sim_fail_write(sim, DEVICE_DAX "/bind", NULL, -EIO, 0);
	else
		r = mhp_sim_fail_block(sim, verb->block, verb->refuses, -EPERM, 0);
	assert_int_equal(r, 0);
}

/* ---- one run ---- */

static struct mhp_ctx *new_ctx(struct mhp_sim *sim)
{
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	return ctx;
}

static size_t count_writes(struct mhp_sim *sim)
{
	return mhp_sim_count(sim, MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_LOAD);
}

static const struct reach own_reach = {
	.new_ctx = new_ctx, .count_writes = count_writes, .world_of = world_of,
};

void run_begin(struct run *run)
{
	const char *text = machine_text(run->machine);

	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &run->sim), 0);
	prepare(run->sim, run->verb->begin);
	if (!run->reach)
		run->reach = &own_reach;
	run->ctx = run->reach->new_ctx(run->sim);
	run->request = ask(run->verb->wish);
	run->before = run->reach->world_of(run->sim);
	if (run->verb->refuses)
		refuse(run->sim, run->verb);
}

int run_fulfil(struct run *run, void (*on_planned)(void *data), void *data)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_snapshot *snap;
	size_t writes;
	int r;

	r = mhp_snapshot_new(run->ctx, &opts, &snap);
	if (r == 0) {
		r = mhp_plan_new(snap, run->request, &run->plan);
		mhp_snapshot_unref(snap);
	}
	if (on_planned)
		on_planned(data);
	writes = run->reach->count_writes(run->sim);
	if (r == 0)
		r = mhp_apply(run->ctx, run->plan, NULL, &run->report);
	run->writes = run->reach->count_writes(run->sim) - writes;
	return r;
}

/* ---- what must hold ---- */

static void complain_of(void *data, const char *text)
{
	complain(data, "%s", text);
}

static struct deed deed_of(struct run *run)
{
	return (struct deed){
		.sim = run->sim, .plan = run->plan, .report = run->report,
		.before = run->before, .after = run->after, .writes = run->writes,
		.slack = (run->verb->refuses ? SLACK_UNDO : 0) |
			 (run->is_lasting ? SLACK_LASTING : 0) |
			 (run->reach->may_lack_writes ? SLACK_WRITES : 0),
		.new_ctx = run->reach->new_ctx, .world_of = run->reach->world_of,
		.complain = complain_of, .data = run,
	};
}

void run_check(struct run *run, int code)
{
	struct deed deed;

	run->after = run->reach->world_of(run->sim);
	deed = deed_of(run);
	if (run->report)
		check_report(&deed);
	else if (run->writes || !same_drivers(&run->before, &run->after) ||
		 memcmp(run->before.blocks, run->after.blocks, sizeof(run->after.blocks)))
		complain(run, "%d, but something was written", code);
}

void run_check_as_expected(const struct run *run, int code)
{
	if (code < 0 || (mhp_report_get_outcome(run->report) == MHP_OUTCOME_DONE) ==
			(run->verb->refuses != NULL))
		complain(run, "not as expected where nothing else fails: %d", code);
}

void run_check_recovery(struct run *run)
{
	struct deed deed = deed_of(run);

	check_recovery_of(&deed);
}

void run_end(struct run *run)
{
	mhp_report_free(run->report);
	mhp_plan_unref(run->plan);
	mhp_request_free(run->request);
	mhp_ctx_unref(run->ctx);
	mhp_sim_unref(run->sim);
}
