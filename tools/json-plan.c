// SPDX-License-Identifier: LGPL-2.1-or-later
/* A plan and a report as JSON. */
#include <inttypes.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "tool.h"

/* One word of the vocabulary of "wanted": state and kind of zone in one. */
static const char *condition(enum mhp_state state, enum mhp_zone zone)
{
	if (state != MHP_STATE_ONLINE)
		return mhp_state_to_str(state);
	switch (zone) {
	case MHP_ZONE_MOVABLE:
		return "online_movable";
	case MHP_ZONE_DMA:
	case MHP_ZONE_DMA32:
	case MHP_ZONE_NORMAL:
	case MHP_ZONE_HIGHMEM:
		return "online_kernel";
	default:
		return "online";
	}
}

static const char *zone_text(enum mhp_zone zone)
{
	return zone == MHP_ZONE_UNKNOWN ? NULL : mhp_zone_to_str(zone);
}

static void add_rules(struct json_object *object, uint64_t rules)
{
	static const struct {
		uint64_t rule;
		const char *word;
	} words[] = {
		{ MHP_RULE_KEEP, "keep" },
		{ MHP_RULE_REZONE, "rezone" },
		{ MHP_RULE_PER_BLOCK, "per-block" },
	};
	struct json_object *array = json_new_array();

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct json_object *word;

		if (!(rules & words[i].rule))
			continue;
		word = json_object_new_string(words[i].word);
		if (!word)
			out_of_memory();
		json_append(array, word);
	}
	json_add(object, "rules", array);
}

/* What was asked for: the same in a plan and in a report. */
static void add_request(struct json_object *top, const struct mhp_plan *plan)
{
	enum mhp_goal goal = mhp_plan_get_goal(plan);
	const char *type = NULL;

	if (goal == MHP_GOAL_ONLINE)
		type = mhp_online_type_to_str(mhp_plan_get_online_type(plan));
	json_add_text(top, "region", mhp_plan_get_region(plan));
	json_add_text(top, "goal", mhp_goal_to_str(goal));
	json_add_text(top, "type", type);
	add_rules(top, mhp_plan_get_rules(plan));
}

static struct json_object *conflict_object(const struct mhp_conflict *conflict)
{
	struct json_object *object = json_new_object();

	json_add_text(object, "code", mhp_conflict_code_to_str(mhp_conflict_get_code(conflict)));
	json_add_text(object, "message", mhp_conflict_get_message(conflict));
	json_add_text(object, "hint", mhp_conflict_get_hint(conflict));
	json_add_list(object, "blocks", text_conflict_blocks(conflict));
	return object;
}

static void add_conflicts(struct json_object *top, const struct mhp_plan *plan)
{
	struct json_object *conflicts = json_new_array(), *warnings = json_new_array();
	const struct mhp_conflict *conflict;

	for (size_t i = 0; (conflict = mhp_plan_get_conflict(plan, i)); i++)
		json_append(conflicts, conflict_object(conflict));
	for (size_t i = 0; (conflict = mhp_plan_get_warning(plan, i)); i++)
		json_append(warnings, conflict_object(conflict));
	json_add(top, "conflicts", conflicts);
	json_add(top, "warnings", warnings);
}

static struct json_object *step_object(const struct mhp_step *step)
{
	struct json_object *object = json_new_object(), *ranges = json_new_array();
	uint64_t start, size_bytes;
	enum mhp_online_type type;
	enum mhp_state state;
	enum mhp_zone zone;
	char *path;

	if (mhp_step_copy_path(step, &path) < 0)
		out_of_memory();
	for (size_t i = 0; mhp_step_get_range(step, i, &start, &size_bytes) == 0; i++)
		json_add_range(ranges, start, size_bytes);

	json_add_text(object, "kind", mhp_step_kind_to_str(mhp_step_get_kind(step)));
	json_add_text(object, "path", path);
	json_add_text(object, "word", mhp_step_get_word(step));
	json_add(object, "ranges", ranges);
	mhp_step_get_expected(step, &state, &zone);
	json_add_text(object, "expected", condition(state, zone));
	mhp_step_get_wanted(step, &state, &type);
	json_add_text(object, "wanted", state == MHP_STATE_ONLINE ?
		      mhp_online_type_to_str(type) : mhp_state_to_str(state));
	json_add_text(object, "undo", mhp_step_get_undo_word(step));
	free(path);
	return object;
}

void json_plan(const struct mhp_plan *plan)
{
	struct json_object *top = json_begin(), *steps = json_new_array();
	const struct mhp_step *step;

	add_request(top, plan);
	for (size_t i = 0; (step = mhp_plan_get_step(plan, i)); i++)
		json_append(steps, step_object(step));
	json_add(top, "steps", steps);
	add_conflicts(top, plan);
	json_print(top);
}

static struct json_object *result_object(const struct mhp_result *result)
{
	enum mhp_state before, after;
	enum mhp_zone zone_before, zone_after;
	struct json_object *object = json_new_object();

	mhp_result_get_before(result, &before, &zone_before);
	mhp_result_get_after(result, &after, &zone_after);
	json_add_number(object, "id", mhp_result_get_id(result));
	json_add_text(object, "wanted", mhp_result_get_wanted_word(result));
	json_add_text(object, "before", condition(before, zone_before));
	json_add_text(object, "after", condition(after, zone_after));
	json_add_number(object, "errno", (uint64_t)-mhp_result_get_code(result));
	json_add_text(object, "reason", mhp_reason_to_str(mhp_result_get_reason(result)));
	json_add_text(object, "zone_before", zone_text(zone_before));
	json_add_text(object, "zone_after", zone_text(zone_after));
	return object;
}

static void add_writes(struct json_object *top, const struct mhp_report *report)
{
	struct json_object *writes = json_new_array();
	const char *path, *word;
	bool undo;
	int code;

	for (size_t i = 0; mhp_report_get_write(report, i, &path, &word, &code, &undo) == 0; i++) {
		struct json_object *object = json_new_object();

		json_add_text(object, "path", path);
		json_add_text(object, "word", word);
		json_add_number(object, "errno", (uint64_t)-code);
		json_add_bool(object, "undo", undo);
		json_append(writes, object);
	}
	json_add(top, "writes", writes);
}

void json_report(const struct mhp_report *report)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	struct json_object *top = json_begin(), *blocks = json_new_array();
	const struct mhp_result *result;
	const char *before, *after;

	json_add_text(top, "outcome", mhp_outcome_to_str(mhp_report_get_outcome(report)));
	add_request(top, plan);
	json_add_text(top, "reason", mhp_reason_to_str(mhp_report_get_reason(report)));
	json_add_number(top, "errno", (uint64_t)-mhp_report_get_code(report));
	json_add_text(top, "message", mhp_report_get_message(report));
	json_add_text(top, "hint", mhp_report_get_hint(report));
	mhp_report_get_device_words(report, &before, &after);
	json_add_text(top, "device_state_before", before);
	json_add_text(top, "device_state_after", after);
	for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++)
		json_append(blocks, result_object(result));
	json_add(top, "blocks", blocks);
	add_writes(top, report);
	add_conflicts(top, plan);
	json_print(top);
}
