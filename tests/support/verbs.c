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

static bool is_unknown(const struct mhp_result *result)
{
	enum mhp_state state;
	enum mhp_zone zone;

	mhp_result_get_after(result, &state, &zone);
	return state == MHP_STATE_UNKNOWN ||
	       (state == MHP_STATE_ONLINE && zone == MHP_ZONE_UNKNOWN);
}

static const char *after_word(const struct mhp_result *result)
{
	enum mhp_state state;
	enum mhp_zone zone;

	mhp_result_get_after(result, &state, &zone);
	return state == MHP_STATE_ONLINE ? mhp_zone_to_str(zone) : mhp_state_to_str(state);
}

static bool is_wanted(const struct run *run, unsigned int id)
{
	const char *word = run->after.blocks[id];
	enum mhp_online_type type = mhp_plan_get_online_type(run->plan);
	enum mhp_goal goal = mhp_plan_get_goal(run->plan);

	if (goal == MHP_GOAL_UNPLUGGED)
		return !strcmp(word, "absent");
	if (goal == MHP_GOAL_OFFLINE || type == MHP_OFFLINE)
		return !strcmp(word, "offline");
	return !strcmp(word, type == MHP_ONLINE_MOVABLE ? "Movable" : "Normal");
}

static bool is_driver_wanted(const struct run *run)
{
	const char *driver = driver_of(&run->after, "dax0.0");

	if (mhp_plan_get_goal(run->plan) == MHP_GOAL_PLUGGED && !strncmp(run->verb->wish, "dax", 3))
		return driver && !strcmp(driver, "kmem");
	return !strstr(run->verb->wish, "to:") || (driver && !strcmp(driver, "device_dax"));
}

/* What kmem let go of nobody gives it back as it was. */
static bool can_be_undone(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < mhp_plan_count_steps(plan); i++) {
		const struct mhp_step *step = mhp_plan_get_step(plan, i);

		if (mhp_step_get_kind(step) == MHP_STEP_UNBIND && !mhp_step_get_undo_word(step))
			return false;
	}
	return !(mhp_plan_get_rules(plan) & MHP_RULE_KEEP);
}

struct sums {
	size_t wanted, same, unknown, all;
	bool in_target[WORLD_BLOCKS];
};

/* Each block is what the report says, and is named if it is neither as wanted nor as before. */
static struct sums check_blocks(const struct run *run)
{
	struct sums sums = { .all = mhp_report_count_results(run->report) };

	for (size_t i = 0; i < sums.all; i++) {
		const struct mhp_result *result = mhp_report_get_result(run->report, i);
		unsigned int id = (unsigned int)mhp_result_get_id(result);
		bool same = same_block(&run->before, &run->after, id);
		enum mhp_reason reason = mhp_result_get_reason(result);
		bool failed = mhp_reason_is_failure(reason);

		sums.in_target[id] = true;
		sums.same += same;
		sums.wanted += is_wanted(run, id);
		sums.unknown += is_unknown(result);
		if (!is_unknown(result) && strcmp(after_word(result), run->after.blocks[id]))
			complain(run, "memory%u is %s, and not %s", id, run->after.blocks[id],
				 after_word(result));
		if (!same && !is_wanted(run, id) && !failed)
			complain(run, "memory%u was %s, is %s, and is said to be \"%s\"", id,
				 run->before.blocks[id], run->after.blocks[id],
				 mhp_reason_to_str(reason));
		if (is_wanted(run, id) && failed && reason != MHP_REASON_NOT_PUT_BACK &&
		    !is_unknown(result) &&
		    mhp_report_get_outcome(run->report) != MHP_OUTCOME_REFUSED)
			complain(run, "memory%u is as wanted, and is said to be \"%s\"", id,
				 mhp_reason_to_str(reason));
	}
	for (unsigned int id = 0; id < WORLD_BLOCKS; id++)
		if (!sums.in_target[id] && !same_block(&run->before, &run->after, id))
			complain(run, "memory%u is not of the target, was %s, and is %s", id,
				 run->before.blocks[id], run->after.blocks[id]);
	return sums;
}

static void check_outcome(const struct run *run)
{
	struct sums sums = check_blocks(run);
	bool same = sums.same == sums.all && same_drivers(&run->before, &run->after);
	bool settings = same_settings(&run->before, &run->after);
	bool met = sums.wanted == sums.all && is_driver_wanted(run);
	enum mhp_outcome outcome = mhp_report_get_outcome(run->report);

	if (outcome == MHP_OUTCOME_DONE && !met)
		complain(run, "is not as wanted");
	if (outcome == MHP_OUTCOME_DONE && !settings)
		complain(run, "the settings are not as before");
	if ((outcome == MHP_OUTCOME_UNDONE || outcome == MHP_OUTCOME_REFUSED) &&
	    !(same && settings))
		complain(run, "is not as before: policy %s, autoprobe %s, %zu ids, driver %s",
			 run->after.policy, run->after.autoprobe, run->after.ids,
			 run->after.drivers[0]);
	if (outcome == MHP_OUTCOME_PARTIAL && same && settings && !run->after.journal &&
	    !sums.unknown && !run->is_lasting)
		complain(run, "all is as before");
	/* one failure is no reason not to find the way back */
	if (outcome == MHP_OUTCOME_PARTIAL && !run->verb->refuses && !run->is_lasting &&
	    can_be_undone(run->plan))
		complain(run, "was not put back");
	if (outcome == MHP_OUTCOME_UNKNOWN && !sums.unknown)
		complain(run, "nothing is unknown");
	if (outcome != MHP_OUTCOME_DONE && met && settings && !run->after.journal &&
	    !sums.unknown && !same && !run->is_lasting)
		complain(run, "all is as wanted");
	if ((outcome != MHP_OUTCOME_DONE) !=
	    (mhp_reason_is_failure(mhp_report_get_reason(run->report)) ||
	     mhp_report_get_reason(run->report) == MHP_REASON_CONFLICT))
		complain(run, "the reason is \"%s\"",
			 mhp_reason_to_str(mhp_report_get_reason(run->report)));
	if (mhp_report_count_writes(run->report) != run->writes &&
	    (!run->reach->may_lack_writes ||
	     mhp_report_count_writes(run->report) < run->writes))
		complain(run, "%zu writes are told of, %zu were made",
			 mhp_report_count_writes(run->report), run->writes);
}

void run_check(struct run *run, int code)
{
	run->after = run->reach->world_of(run->sim);
	if (run->report)
		check_outcome(run);
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
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };
	struct mhp_recovery *recovery = NULL;
	struct world now;
	struct mhp_ctx *ctx;
	int r;

	if (!same_settings(&run->before, &run->after) && !run->after.journal)
		complain(run, "policy %s, autoprobe %s, %zu ids, and no journal tells of it",
			 run->after.policy, run->after.autoprobe, run->after.ids);
	ctx = run->reach->new_ctx(run->sim);
	r = mhp_recover(ctx, &opts, &recovery);
	if (r < 0)
		complain(run, "recovery: %d", r);
	if (run->after.journal && !(recovery && mhp_recovery_is_complete(recovery)))
		complain(run, "recovery is not complete");
	now = run->reach->world_of(run->sim);
	if (!same_settings(&run->before, &now) || now.journal)
		complain(run, "recovered, but policy %s, autoprobe %s, %zu ids%s", now.policy,
			 now.autoprobe, now.ids, now.journal ? ", and a journal" : "");
	mhp_recovery_free(recovery);
	mhp_ctx_unref(ctx);
}

void run_end(struct run *run)
{
	mhp_report_free(run->report);
	mhp_plan_unref(run->plan);
	mhp_request_free(run->request);
	mhp_ctx_unref(run->ctx);
	mhp_sim_unref(run->sim);
}
