// SPDX-License-Identifier: LGPL-2.1-or-later
/* A plan as JSON, and what a report has of it. */
#include <inttypes.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "tool.h"

/* One word of the vocabulary of "wanted". */
const char *json_condition(enum mhp_state state, enum mhp_zone zone)
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

void json_add_rules(struct json_object *object, uint64_t rules)
{
	static const struct {
		uint64_t rule;
		const char *word;
	} words[] = {
		{ MHP_RULE_KEEP, "keep" },
		{ MHP_RULE_REZONE, "rezone" },
		{ MHP_RULE_PER_BLOCK, "per-block" },
		{ MHP_RULE_BORROW, "borrow" },
		{ MHP_RULE_RELEASE, "release" },
		{ MHP_RULE_KERNEL_ZONE, "kernel-zone" },
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

void json_add_request(struct json_object *top, const struct mhp_plan *plan)
{
	enum mhp_goal goal = mhp_plan_get_goal(plan);
	const char *type = NULL;

	if (goal == MHP_GOAL_ONLINE || goal == MHP_GOAL_PLUGGED)
		type = mhp_online_type_to_str(mhp_plan_get_online_type(plan));
	json_add_text(top, "target", mhp_plan_get_target(plan));
	json_add_text(top, "region", mhp_plan_get_region_name(plan));
	json_add_text(top, "goal", mhp_goal_to_str(goal));
	json_add_text(top, "type", type);
	json_add_rules(top, mhp_plan_get_rules(plan));
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

void json_add_conflicts(struct json_object *top, const struct mhp_plan *plan)
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

/* A setting or a module has no state of memory. */
static bool is_about_memory(const struct mhp_step *step)
{
	switch (mhp_step_get_kind(step)) {
	case MHP_STEP_LOAD:
	case MHP_STEP_BORROW:
	case MHP_STEP_RETURN:
		return false;
	default:
		return true;
	}
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
	json_add_text(object, "expected",
		      is_about_memory(step) ? json_condition(state, zone) : NULL);
	mhp_step_get_wanted(step, &state, &type);
	json_add_text(object, "wanted", !is_about_memory(step) ? NULL : state == MHP_STATE_ONLINE ?
		      mhp_online_type_to_str(type) : mhp_state_to_str(state));
	json_add_text(object, "undo", mhp_step_get_undo_word(step));
	free(path);
	return object;
}

void json_fill_plan(struct json_object *object, const struct mhp_plan *plan)
{
	struct json_object *steps = json_new_array();
	const struct mhp_step *step;

	json_add_request(object, plan);
	for (size_t i = 0; (step = mhp_plan_get_step(plan, i)); i++)
		json_append(steps, step_object(step));
	json_add(object, "steps", steps);
	json_add_conflicts(object, plan);
}

void json_plan(const struct mhp_plan *plan)
{
	struct json_object *top = json_begin();

	json_fill_plan(top, plan);
	json_print(top);
}
