// SPDX-License-Identifier: LGPL-2.1-or-later
/* An agenda as text for people. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agenda.h"

/* "dax0.0: to-do: online_movable by rule pool (50-pool.conf:3)" */
static void add_head(struct text *text, const struct mhp_agenda_item *item)
{
	const char *identity;

	text_add_escaped(text, mhp_region_get_name(item->region));
	if (mhp_region_get_identity(item->region, &identity) == 0)
		text_add(text, " (%s)", identity);
	text_add(text, ": %s", mhp_item_state_to_str(item->state));
	if (item->rule) {
		text_add(text, ": ");
		if (item->typed)
			text_add(text, "%s by ", mhp_online_type_to_str(item->type));
		text_add_rule(text, item->rule, NULL);
	}
	text_add(text, "\n");
}

static void add_line(struct text *text, const char *what, const char *line)
{
	if (line)
		text_add(text, "  %s: %s\n", what, line);
}

/* The plan's lines, further to the right. */
static int add_plan(struct text *text, const char *what, const struct mhp_plan *plan)
{
	char *lines, *line, *rest;
	int r;

	if (!plan || !mhp_plan_count_steps(plan))
		return 0;
	r = mhp_plan_copy_text(plan, &lines);
	if (r < 0)
		return r;
	text_add(text, "  %s:\n", what);
	for (line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		text_add(text, "    %s\n", line);
	free(lines);
	return 0;
}

static int add_item(struct text *text, const struct mhp_agenda_item *item)
{
	int r;

	add_head(text, item);
	add_line(text, "guard", item->guard);
	for (size_t i = 0; i < item->n_drifts; i++)
		text_add(text, "  drift %s: %s\n", mhp_drift_kind_to_str(item->drifts[i].kind),
			 item->drifts[i].message);
	add_line(text, "cause", item->cause);
	add_line(text, "why", item->why);
	add_line(text, "way out", item->way_out);
	r = add_plan(text, "plan", item->plan);
	return r < 0 ? r : add_plan(text, "repair, which is not carried out", item->repair);
}

MHP_EXPORT int mhp_agenda_copy_text(const struct mhp_agenda *agenda, char **ret_text)
{
	struct text text = { 0 };
	int r = 0;

	for (size_t i = 0; i < agenda->n_items && r == 0; i++)
		r = add_item(&text, &agenda->items[i]);
	if (r < 0) {
		free(text.str);
		return r;
	}
	return text_finish(&text, ret_text);
}
