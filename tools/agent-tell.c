// SPDX-License-Identifier: LGPL-2.1-or-later
/* What mhp agent says of a region that it does nothing about: once, until that changes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <mhp/agenda.h>
#include <mhp/cause.h>
#include <mhp/standing.h>

#include "agent.h"
#include "tool.h"

void agent_say(struct agent *agent, int priority, const char *format, ...)
{
	char *text, *line;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		out_of_memory();
	va_end(args);
	line = text_copy(text);
	agent->say(agent->data, priority, line);
	free(line);
	free(text);
}

char *agent_copy_why(struct agent *agent, int code)
{
	return agent->message ? text_format("%s", agent->message) : text_error(code);
}

void agent_forget_message(struct agent *agent)
{
	free(agent->message);
	agent->message = NULL;
}

/* "[pool] (/etc/mhp/policy.d/50-pool.conf:3)" */
char *agent_copy_rule(const struct mhp_agenda_item *item)
{
	const struct mhp_standing_rule *rule = mhp_agenda_item_get_rule(item);

	if (!rule)
		return text_format("no rule");
	return text_format("[%s] (%s:%u)", mhp_standing_rule_get_name(rule),
			   mhp_standing_rule_get_file(rule), mhp_standing_rule_get_line(rule));
}

/* ---- all that there is to say, as lines of one text ---- */

static void add_line(char **text, const char *before, const char *line)
{
	char *longer = text_format("%s%s%s%s", *text, **text ? "\n" : "", before, line);

	free(*text);
	*text = longer;
}

static void add_drifts(char **text, const struct mhp_agenda_item *item)
{
	const struct mhp_drift *drift;

	for (size_t i = 0; (drift = mhp_agenda_item_get_drift(item, i)); i++)
		add_line(text, "", mhp_drift_get_message(drift));
}

static void add_cause(char **text, const struct mhp_agenda_item *item,
		      const struct mhp_agenda *agenda)
{
	char *cause = NULL;

	if (mhp_agenda_item_count_drifts(item) == 0)
		return;
	if (mhp_region_guess_cause(mhp_agenda_get_snapshot(agenda),
				   mhp_agenda_item_get_region(item), NULL, &cause) < 0)
		return;
	add_line(text, "cause: ", cause);
	free(cause);
}

static void add_wish(char **text, const struct mhp_agenda_item *item, const char *what)
{
	const char *guard = mhp_agenda_item_get_guard(item);
	char *rule = agent_copy_rule(item), *line = text_format("%s %s", what, rule);

	add_line(text, "", line);
	if (guard)
		add_line(text, "", guard);
	free(line);
	free(rule);
}

static void add_plan(char **text, const struct mhp_agenda_item *item)
{
	struct mhp_plan *plan = mhp_agenda_item_get_plan(item);
	char *steps = NULL, *rest = NULL;

	if (!plan)
		return;
	if (mhp_plan_copy_text(plan, &steps) < 0)
		out_of_memory();
	for (char *line = strtok_r(steps, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		add_line(text, "would: ", line + strspn(line, " "));
	free(steps);
}

static void add_all(char **text, const struct mhp_agenda *agenda,
		    const struct mhp_agenda_item *item)
{
	const char *why = mhp_agenda_item_get_why(item);
	const char *way_out = mhp_agenda_item_get_way_out(item);

	switch (mhp_agenda_item_get_state(item)) {
	case MHP_ITEM_MET:
		add_wish(text, item, "as wanted by");
		add_drifts(text, item);
		return;
	case MHP_ITEM_LEFT_ALONE:
		add_wish(text, item, "left alone, as wanted by");
		return;
	case MHP_ITEM_NO_RULE:
		if (mhp_region_get_kind(mhp_agenda_item_get_region(item)) != MHP_REGION_BOOT)
			add_line(text, "", "no rule is about it");
		return;
	case MHP_ITEM_TO_DO:
		add_wish(text, item, "not yet as wanted by");
		add_plan(text, item);
		return;
	case MHP_ITEM_NOTHING:
		return;
	case MHP_ITEM_UNDECIDED:
		add_line(text, "nothing is done: ", why ? why : "it is not known what is wanted");
		return;
	default:
		add_wish(text, item, "not as wanted, and left so:");
		/* most of the time both say the same */
		if (why)
			add_line(text, "", why);
		else
			add_drifts(text, item);
		add_cause(text, item, agenda);
		if (way_out)
			add_line(text, "way out: ", way_out);
	}
}

static int priority_of(const struct mhp_agenda_item *item)
{
	switch (mhp_agenda_item_get_state(item)) {
	case MHP_ITEM_MET:
	case MHP_ITEM_LEFT_ALONE:
	case MHP_ITEM_NO_RULE:
		return LOG_INFO;
	case MHP_ITEM_TO_DO:
		return LOG_NOTICE;
	default:
		return LOG_WARNING;
	}
}

int agent_seconds(int64_t ns)
{
	return (int)((ns + NS_PER_SECOND - 1) / NS_PER_SECOND);
}

const char *agent_skip_name(const char *name, const char *message)
{
	size_t length = strlen(name);

	return strncmp(message, name, length) == 0 && strncmp(message + length, ": ", 2) == 0 ?
	       message + length + 2 : message;
}

/* Whether there is a claim is asked when it is said, not at each look. */
void agent_tell_early(struct agent *agent, const struct mhp_agenda *agenda,
		      const struct mhp_agenda_item *item)
{
	if (item_is_early(agenda, item))
		agent_say(agent, LOG_WARNING, "%s: way out at boot: %s",
			  mhp_region_get_name(mhp_agenda_item_get_region(item)),
			  early_way_out(agent->claim(agent->data)));
}

void agent_tell_item(struct agent *agent, const struct mhp_agenda *agenda,
		     const struct mhp_agenda_item *item, bool is_said)
{
	const struct mhp_region *region = mhp_agenda_item_get_region(item);
	const char *name = mhp_region_get_name(region);
	char *text, *rest = NULL;

	/* of that is told when it is tried */
	if (mhp_agenda_item_get_state(item) == MHP_ITEM_TO_DO && !agent->dry_run) {
		told_keep(&agent->told, agent_key(region));
		return;
	}
	text = text_format("%s", "");
	add_all(&text, agenda, item);
	if (told_anew(&agent->told, agent_key(region), text) && !is_said) {
		for (char *line = strtok_r(text, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest))
			agent_say(agent, priority_of(item), "%s: %s", name,
				  agent_skip_name(name, line));
		agent_tell_early(agent, agenda, item);
	}
	free(text);
}
