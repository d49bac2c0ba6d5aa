// SPDX-License-Identifier: LGPL-2.1-or-later
/* One region is brought to what its rule wants; and what is logged of that. */
#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include <mhp/agenda.h>

#include "agent.h"
#include "tool.h"

static void say_setting(struct agent *agent, const struct mhp_recovery *recovery, size_t index)
{
	const char *path = "?", *before = "", *ours = "";
	enum mhp_returned returned = MHP_RETURNED_UNKNOWN;
	int code = 0;
	char *why;

	mhp_recovery_get_setting(recovery, index, &returned, &path, &before, &ours, &code);
	why = code ? text_error(code) : NULL;
	agent_say(agent, returned == MHP_RETURNED_UNKNOWN ? LOG_ERR : LOG_NOTICE,
		  "recovered: %s: %s: \"%s\" had been written where \"%s\" stood%s%s", path,
		  mhp_returned_to_str(returned), ours, before, why ? ": " : "", why ? why : "");
	free(why);
}

void agent_tell_recovery(struct agent *agent, const struct mhp_recovery *recovery)
{
	if (!recovery)
		return;
	agent_say(agent, LOG_NOTICE, "recovered what was not finished: %s",
		  mhp_recovery_get_transaction(recovery));
	for (size_t i = 0; i < mhp_recovery_count_settings(recovery); i++)
		say_setting(agent, recovery, i);
}

static int on_progress(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	struct agent *agent = data;

	(void)done_bytes;
	(void)total_bytes;
	return agent->asked(agent->data);
}

/* Memory that others added while a setting was borrowed, and that got the type, too. */
static void say_others(struct agent *agent, const char *name, const struct mhp_report *report)
{
	struct text_list list = { 0 };
	char *blocks;
	uint64_t id;

	if (mhp_report_count_other_blocks(report) == 0)
		return;
	for (size_t i = 0; mhp_report_get_other_block_id(report, i, &id) == 0; i++)
		text_list_add(&list, id, 1);
	blocks = text_list_end(&list);
	agent_say(agent, LOG_WARNING, "%s: memory%s, which others added meanwhile, got the same "
		  "type", name, blocks);
	free(blocks);
}

static const char *what_became(enum mhp_outcome outcome)
{
	switch (outcome) {
	case MHP_OUTCOME_UNDONE:
		return "what was changed is as it was before";
	case MHP_OUTCOME_REFUSED:
		return "nothing was changed";
	case MHP_OUTCOME_PARTIAL:
		return "not all is as it was before";
	default:
		return "how it is now is not known";
	}
}

static char *copy_failure(const struct agent *agent, const char *name,
			  const struct mhp_report *report)
{
	const char *hint = mhp_report_get_hint(report);

	if (mhp_report_get_reason(report) == MHP_REASON_NO_PERMISSION && agent->refused_hint)
		hint = agent->refused_hint;
	return text_format("%s; %s%s%s",
			   agent_skip_name(name, mhp_report_get_message(report)),
			   what_became(mhp_report_get_outcome(report)), hint ? "; " : "",
			   hint ? hint : "");
}

/* That a region's memory refuses is another matter than that nothing can be tried. */
static enum agent_tried judge(const struct mhp_report *report)
{
	switch (mhp_report_get_reason(report)) {
	case MHP_REASON_CANCELLED:
		return AGENT_CANCELLED;
	case MHP_REASON_STALE:
		return AGENT_MOVED;
	case MHP_REASON_LOCKED:
	case MHP_REASON_PENDING:
	case MHP_REASON_NO_PERMISSION:
	case MHP_REASON_READ_ONLY:
		return AGENT_HINDERED;
	default:
		return AGENT_FAILED;
	}
}

static void say_done(struct agent *agent, const struct mhp_agenda_item *item,
		     const struct mhp_report *report)
{
	char *rule = agent_copy_rule(item);
	const char *guard = mhp_agenda_item_get_guard(item);

	agent_say(agent, LOG_NOTICE, "%s: done, as wanted by %s (%zu blocks)%s%s",
		  mhp_region_get_name(mhp_agenda_item_get_region(item)), rule,
		  mhp_report_count_results(report), guard ? "; " : "", guard ? guard : "");
	free(rule);
}

/* It may take its time. */
static void say_begin(struct agent *agent, const char *name, const struct mhp_agenda_item *item)
{
	char *rule = agent_copy_rule(item);
	size_t steps = mhp_plan_count_steps(mhp_agenda_item_get_plan(item));

	agent_say(agent, LOG_INFO, "%s: %zu step%s to what %s wants", name, steps,
		  steps == 1 ? "" : "s", rule);
	free(rule);
}

enum agent_tried agent_try(struct agent *agent, const struct mhp_agenda_item *item,
			   char **ret_why)
{
	const char *name = mhp_region_get_name(mhp_agenda_item_get_region(item));
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = on_progress, .progress_data = agent,
		.timeout_ms = agent->timeout_ms,
	};
	struct mhp_report *report = NULL;
	enum agent_tried tried = AGENT_DONE;
	int code;

	say_begin(agent, name, item);
	agent_forget_message(agent);
	code = mhp_apply(agent->ctx, mhp_agenda_item_get_plan(item), &opts, &report);
	if (code < 0) {
		*ret_why = agent_copy_why(agent, code);
		return AGENT_HINDERED;
	}
	agent_tell_recovery(agent, mhp_report_get_recovery(report));
	if (mhp_report_get_outcome(report) == MHP_OUTCOME_DONE) {
		say_done(agent, item, report);
	} else {
		tried = judge(report);
		if (tried != AGENT_CANCELLED)
			*ret_why = copy_failure(agent, name, report);
		else
			agent_say(agent, LOG_NOTICE, "%s: cancelled; %s", name,
				  what_became(mhp_report_get_outcome(report)));
	}
	say_others(agent, name, report);
	mhp_report_free(report);
	return tried;
}
