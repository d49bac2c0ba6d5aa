// SPDX-License-Identifier: LGPL-2.1-or-later
/* What must hold of any report, and of what is left when there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/honest.h"

__attribute__((format(printf, 2, 3)))
static void complain(const struct deed *deed, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	deed->complain(deed->data, text);
}

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

/* Others changed it after it was planned for. */
static bool was_moved(const struct deed *deed, const struct mhp_result *result)
{
	enum mhp_state state;
	enum mhp_zone zone;
	const char *planned, *was = deed->before.blocks[mhp_result_get_id(result)];

	mhp_result_get_before(result, &state, &zone);
	planned = state == MHP_STATE_ONLINE ? mhp_zone_to_str(zone) : mhp_state_to_str(state);
	return state != MHP_STATE_UNKNOWN && strcmp(planned, was);
}

static bool is_wanted(const struct deed *deed, unsigned int id)
{
	const char *word = deed->after.blocks[id];
	enum mhp_online_type type = mhp_plan_get_online_type(deed->plan);
	enum mhp_goal goal = mhp_plan_get_goal(deed->plan);
	bool online = strcmp(word, "absent") && strcmp(word, "offline") &&
		      strcmp(word, "going-offline");

	if (goal == MHP_GOAL_UNPLUGGED)
		return !strcmp(word, "absent");
	if (goal == MHP_GOAL_OFFLINE || type == MHP_OFFLINE)
		return !strcmp(word, "offline");
	if (type == MHP_ONLINE)
		return online;
	return online && (type == MHP_ONLINE_MOVABLE) == !strcmp(word, "Movable") &&
	       strcmp(word, "none");
}

/* Of dax devices only. */
static bool is_driver_wanted(const struct deed *deed)
{
	const struct mhp_plan *plan = deed->plan;
	const char *wanted = plan->goal == MHP_GOAL_PLUGGED ? "kmem" : plan->to_driver, *driver;

	for (size_t i = 0; i < plan->n_parts && wanted; i++) {
		if (!plan->parts[i].region || strncmp(plan->parts[i].region, "dax", 3))
			continue;
		driver = driver_of(&deed->after, plan->parts[i].region);
		if (!driver || strcmp(driver, wanted))
			return false;
	}
	return true;
}

/* What kmem let go of nobody gives it back as it was. */
static bool can_be_undone(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < mhp_plan_count_steps(plan); i++) {
		const struct mhp_step *step = mhp_plan_get_step(plan, i);

		enum mhp_step_kind kind = mhp_step_get_kind(step);

		if (kind != MHP_STEP_RETURN && kind != MHP_STEP_LOAD &&
		    !mhp_step_get_undo_word(step))
			return false;
	}
	return !(mhp_plan_get_rules(plan) & MHP_RULE_KEEP);
}

struct sums {
	size_t wanted, same, unknown, moved, all;
	bool in_target[WORLD_BLOCKS];
};

/* Else the report says what was planned for. */
static bool was_looked_at(const struct mhp_report *report)
{
	enum mhp_reason reason = mhp_report_get_reason(report);

	return reason != MHP_REASON_CONFLICT && reason != MHP_REASON_LOCKED &&
	       reason != MHP_REASON_PENDING;
}

/* It is what the report says, and named if it is neither as wanted nor as before. */
static void check_block(const struct deed *deed, const struct mhp_result *result)
{
	unsigned int id = (unsigned int)mhp_result_get_id(result);
	enum mhp_reason reason = mhp_result_get_reason(result);
	bool failed = mhp_reason_is_failure(reason);

	if (was_looked_at(deed->report) && !is_unknown(result) &&
	    strcmp(after_word(result), deed->after.blocks[id]))
		complain(deed, "memory%u is %s, and not %s", id, deed->after.blocks[id],
			 after_word(result));
	if (!same_block(&deed->before, &deed->after, id) && !is_wanted(deed, id) && !failed)
		complain(deed, "memory%u was %s, is %s, and is said to be \"%s\"", id,
			 deed->before.blocks[id], deed->after.blocks[id],
			 mhp_reason_to_str(reason));
	if (is_wanted(deed, id) && failed && reason != MHP_REASON_NOT_PUT_BACK &&
	    !is_unknown(result) &&
	    mhp_report_get_outcome(deed->report) != MHP_OUTCOME_REFUSED)
		complain(deed, "memory%u is as wanted, and is said to be \"%s\"", id,
			 mhp_reason_to_str(reason));
}

static struct sums check_blocks(const struct deed *deed)
{
	struct sums sums = { .all = mhp_report_count_results(deed->report) };

	for (size_t i = 0; i < sums.all; i++) {
		const struct mhp_result *result = mhp_report_get_result(deed->report, i);
		uint64_t id = mhp_result_get_id(result);

		assert_true(id < WORLD_BLOCKS);
		sums.in_target[id] = true;
		sums.same += same_block(&deed->before, &deed->after, (unsigned int)id);
		sums.wanted += is_wanted(deed, (unsigned int)id);
		sums.unknown += is_unknown(result);
		sums.moved += was_moved(deed, result);
		check_block(deed, result);
	}
	for (unsigned int id = 0; id < WORLD_BLOCKS; id++)
		if (!sums.in_target[id] && !same_block(&deed->before, &deed->after, id))
			complain(deed, "memory%u is not of the target, was %s, and is %s", id,
				 deed->before.blocks[id], deed->after.blocks[id]);
	return sums;
}

static void check_outcome(const struct deed *deed)
{
	struct sums sums = check_blocks(deed);
	bool same = sums.same == sums.all && same_drivers(&deed->before, &deed->after);
	bool settings = same_settings(&deed->before, &deed->after);
	bool met = sums.wanted == sums.all && is_driver_wanted(deed);
	enum mhp_outcome outcome = mhp_report_get_outcome(deed->report);
	bool lasting = deed->slack & SLACK_LASTING;

	if (outcome == MHP_OUTCOME_DONE && !met)
		complain(deed, "is not as wanted");
	if (outcome == MHP_OUTCOME_DONE && !settings)
		complain(deed, "the settings are not as before");
	if ((outcome == MHP_OUTCOME_UNDONE || outcome == MHP_OUTCOME_REFUSED) &&
	    !(same && settings))
		complain(deed, "is not as before: policy %s, autoprobe %s, %zu ids, driver %s",
			 deed->after.policy, deed->after.autoprobe, deed->after.ids,
			 deed->after.drivers[0]);
	/* what is kept may have been as wanted before */
	if (outcome == MHP_OUTCOME_PARTIAL && same && settings && !deed->after.journal &&
	    !sums.unknown && !sums.moved && !lasting &&
	    !(sums.wanted && mhp_plan_get_rules(deed->plan) & MHP_RULE_KEEP))
		complain(deed, "all is as before");
	/* one failure is no reason not to find the way back */
	if (outcome == MHP_OUTCOME_PARTIAL && !(deed->slack & SLACK_UNDO) && !lasting &&
	    !sums.moved && can_be_undone(deed->plan))
		complain(deed, "was not put back");
	/* an eject may still come, whatever the blocks are */
	if (outcome == MHP_OUTCOME_UNKNOWN && !sums.unknown &&
	    mhp_report_get_reason(deed->report) != MHP_REASON_QUEUED)
		complain(deed, "nothing is unknown");
	if (outcome != MHP_OUTCOME_DONE && met && settings && !deed->after.journal &&
	    !sums.unknown && !same && !lasting)
		complain(deed, "all is as wanted");
}

void check_report(const struct deed *deed)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(deed->report);
	enum mhp_reason reason = mhp_report_get_reason(deed->report);
	size_t told = mhp_report_count_writes(deed->report);

	if (!(deed->slack & SLACK_OTHERS))
		check_outcome(deed);
	if ((outcome != MHP_OUTCOME_DONE) !=
	    (mhp_reason_is_failure(reason) || reason == MHP_REASON_CONFLICT))
		complain(deed, "the reason is \"%s\"", mhp_reason_to_str(reason));
	if (deed->slack & SLACK_WRITES ? told < deed->writes : told != deed->writes)
		complain(deed, "%zu writes are told of, %zu were made", told, deed->writes);
}

void check_recovery_of(const struct deed *deed)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };
	bool others = deed->slack & SLACK_OTHERS;
	struct mhp_recovery *recovery = NULL;
	struct mhp_ctx *ctx;
	struct world now;
	int r;

	if (!others && !same_settings(&deed->before, &deed->after) && !deed->after.journal)
		complain(deed, "policy %s, autoprobe %s, %zu ids, and no journal tells of it",
			 deed->after.policy, deed->after.autoprobe, deed->after.ids);
	if (deed->new_ctx)
		ctx = deed->new_ctx(deed->sim);
	else
		assert_int_equal(mhp_sim_new_ctx(deed->sim, &ctx), 0);
	r = mhp_recover(ctx, &opts, &recovery);
	if (r < 0)
		complain(deed, "recovery: %d", r);
	if (deed->after.journal && !(recovery && mhp_recovery_is_complete(recovery)))
		complain(deed, "recovery is not complete");
	now = deed->world_of ? deed->world_of(deed->sim) : world_of(deed->sim);
	if ((!others && !same_settings(&deed->before, &now)) || now.journal)
		complain(deed, "recovered, but policy %s, autoprobe %s, %zu ids%s", now.policy,
			 now.autoprobe, now.ids, now.journal ? ", and a journal" : "");
	mhp_recovery_free(recovery);
	mhp_ctx_unref(ctx);
}
