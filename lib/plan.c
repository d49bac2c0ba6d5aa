// SPDX-License-Identifier: LGPL-2.1-or-later
/* A plan as a value: its steps, conflicts and warnings, and its text. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

MHP_EXPORT struct mhp_plan *mhp_plan_ref(struct mhp_plan *plan)
{
	if (plan)
		__atomic_add_fetch(&plan->refs, 1, __ATOMIC_RELAXED);
	return plan;
}

MHP_EXPORT struct mhp_plan *mhp_plan_unref(struct mhp_plan *plan)
{
	if (!plan || __atomic_sub_fetch(&plan->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	conflicts_free(&plan->conflicts);
	conflicts_free(&plan->warnings);
	for (size_t i = 0; i < plan->n_parts; i++) {
		struct plan_part *part = &plan->parts[i];

		free(part->region);
		free(part->path);
		free(part->driver);
		free(part->device_word);
		free(part->runs);
		free(part->units);
	}
	for (size_t i = 0; i < plan->n_texts; i++)
		free(plan->texts[i]);
	free(plan->texts);
	for (size_t i = 0; i < plan->n_releases; i++) {
		free(plan->releases[i].region);
		free(plan->releases[i].path);
		free(plan->releases[i].runs);
	}
	for (size_t i = 0; i < plan->n_hints; i++)
		free(plan->hints[i]);
	free(plan->hints);
	free(plan->target);
	free(plan->to_driver);
	free(plan->parts);
	free(plan->releases);
	free(plan->blocks);
	free(plan->steps);
	free(plan);
	return NULL;
}

/* Room for one more in a list that grows; NULL: no memory. */
static void *make_room(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 16;
	void *larger;

	if (count < *room)
		return list;
	larger = reallocarray(list, more, size);
	if (larger)
		*room = more;
	return larger;
}

int plan_keep_text(struct mhp_plan *plan, char *text)
{
	char **texts = make_room(plan->texts, plan->n_texts, &plan->texts_room, sizeof(*texts));

	if (!texts) {
		free(text);
		return -ENOMEM;
	}
	plan->texts = texts;
	texts[plan->n_texts++] = text;
	return 0;
}

int plan_add_step(struct mhp_plan *plan, const struct mhp_step *step)
{
	struct mhp_step *steps = make_room(plan->steps, plan->n_steps, &plan->steps_room,
					   sizeof(*steps));

	if (!steps)
		return -ENOMEM;
	plan->steps = steps;
	steps[plan->n_steps] = *step;
	steps[plan->n_steps++].plan = plan;
	return 0;
}

int plan_add_part(struct mhp_plan *plan, struct plan_part **ret_part)
{
	struct plan_part *parts = make_room(plan->parts, plan->n_parts, &plan->parts_room,
					    sizeof(*parts));

	if (!parts)
		return -ENOMEM;
	plan->parts = parts;
	*ret_part = &parts[plan->n_parts++];
	**ret_part = (struct plan_part){ .plan = plan, .first = plan->n_blocks };
	return 0;
}

int plan_add_release(struct mhp_plan *plan, struct plan_release **ret_release)
{
	struct plan_release *releases = make_room(plan->releases, plan->n_releases,
						  &plan->releases_room, sizeof(*releases));

	if (!releases)
		return -ENOMEM;
	plan->releases = releases;
	*ret_release = &releases[plan->n_releases++];
	**ret_release = (struct plan_release){ 0 };
	return 0;
}

int plan_add_block(struct mhp_plan *plan, const struct plan_block *block)
{
	struct plan_block *blocks = make_room(plan->blocks, plan->n_blocks, &plan->blocks_room,
					      sizeof(*blocks));

	if (!blocks)
		return -ENOMEM;
	plan->blocks = blocks;
	blocks[plan->n_blocks++] = *block;
	plan->parts[plan->n_parts - 1].count++;
	return 0;
}

struct plan_part *plan_find_part(const struct mhp_plan *plan, size_t index)
{
	size_t low = 0, high = plan->n_parts;

	/* a part without blocks begins where the next one does */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (plan->parts[middle].first <= index)
			low = middle;
		else
			high = middle;
	}
	return &plan->parts[low];
}

const char *part_name(const struct plan_part *part)
{
	return part->region ? part->region : part->plan->target;
}

size_t part_index(const struct plan_part *part)
{
	return (size_t)(part - part->plan->parts);
}

MHP_EXPORT const char *mhp_plan_get_region_name(const struct mhp_plan *plan)
{
	return plan->n_parts == 1 ? plan->parts[0].region : NULL;
}

MHP_EXPORT const char *mhp_plan_get_target(const struct mhp_plan *plan)
{
	return plan->target;
}

MHP_EXPORT enum mhp_goal mhp_plan_get_goal(const struct mhp_plan *plan)
{
	return plan->goal;
}

MHP_EXPORT enum mhp_online_type mhp_plan_get_online_type(const struct mhp_plan *plan)
{
	return plan->type;
}

MHP_EXPORT uint64_t mhp_plan_get_rules(const struct mhp_plan *plan)
{
	return plan->rules;
}

MHP_EXPORT size_t mhp_plan_count_steps(const struct mhp_plan *plan)
{
	return plan->n_steps;
}

MHP_EXPORT const struct mhp_step *mhp_plan_get_step(const struct mhp_plan *plan, size_t index)
{
	return index < plan->n_steps ? &plan->steps[index] : NULL;
}

MHP_EXPORT size_t mhp_plan_count_conflicts(const struct mhp_plan *plan)
{
	return plan->conflicts.count;
}

MHP_EXPORT const struct mhp_conflict *mhp_plan_get_conflict(const struct mhp_plan *plan,
							    size_t index)
{
	return index < plan->conflicts.count ? &plan->conflicts.list[index] : NULL;
}

MHP_EXPORT size_t mhp_plan_count_warnings(const struct mhp_plan *plan)
{
	return plan->warnings.count;
}

MHP_EXPORT const struct mhp_conflict *mhp_plan_get_warning(const struct mhp_plan *plan,
							   size_t index)
{
	return index < plan->warnings.count ? &plan->warnings.list[index] : NULL;
}

/* ---- steps ---- */

MHP_EXPORT enum mhp_step_kind mhp_step_get_kind(const struct mhp_step *step)
{
	return step->kind;
}

static const struct plan_part *step_part(const struct mhp_step *step)
{
	return &step->plan->parts[step->part];
}

static const struct plan_release *step_release(const struct mhp_step *step)
{
	return &step->plan->releases[step->release];
}

MHP_EXPORT size_t mhp_step_count_ranges(const struct mhp_step *step)
{
	switch (step->kind) {
	case MHP_STEP_BLOCK:
	case MHP_STEP_CONFIGURE:
		return 1;
	case MHP_STEP_DEVICE:
	case MHP_STEP_UNBIND:
	case MHP_STEP_BIND:
	case MHP_STEP_EJECT:
		return step_part(step)->n_runs;
	case MHP_STEP_RELEASE:
		return step_release(step)->n_runs;
	case MHP_STEP_LOAD:
	case MHP_STEP_BORROW:
	case MHP_STEP_RETURN:
	case MHP_STEP_UNKNOWN:
		break;
	}
	return 0;
}

MHP_EXPORT int mhp_step_get_range(const struct mhp_step *step, size_t index,
				  uint64_t *ret_start, uint64_t *ret_size_bytes)
{
	const struct mhp_plan *plan = step->plan;
	struct block_run run;

	if (index >= mhp_step_count_ranges(step))
		return -EINVAL;
	if (step->kind == MHP_STEP_BLOCK)
		run = (struct block_run){ plan->blocks[step->block].id, 1 };
	else if (step->kind == MHP_STEP_CONFIGURE)
		run = (struct block_run){ plan->blocks[step->block].id, step->n_blocks };
	else if (step->kind == MHP_STEP_RELEASE)
		run = step_release(step)->runs[index];
	else
		run = step_part(step)->runs[index];
	*ret_start = run.first * plan->block_size;
	*ret_size_bytes = run.count * plan->block_size;
	return 0;
}

MHP_EXPORT int mhp_step_copy_path(const struct mhp_step *step, char **ret_path)
{
	switch (step->kind) {
	case MHP_STEP_BLOCK:
		return copy_text(ret_path, MEMORY_PATH "/memory%" PRIu64 "/state",
				 step->plan->blocks[step->block].id);
	case MHP_STEP_DEVICE:
		return copy_text(ret_path, "%s/state", step_part(step)->path);
	case MHP_STEP_UNBIND:
		return copy_text(ret_path, DAX_DRIVERS_PATH "/%s/unbind", step->driver);
	case MHP_STEP_BIND:
		return copy_text(ret_path, DAX_DRIVERS_PATH "/%s/bind", step->driver);
	case MHP_STEP_LOAD:
		return copy_text(ret_path, MODULE_PATH "/%s", step->driver);
	case MHP_STEP_EJECT:
		return copy_text(ret_path, "%s/eject", step_part(step)->path);
	case MHP_STEP_RELEASE:
		return copy_text(ret_path, "%s/commit", step_release(step)->path);
	case MHP_STEP_BORROW:
	case MHP_STEP_RETURN:
	case MHP_STEP_CONFIGURE:
	case MHP_STEP_UNKNOWN:
		break;
	}
	return copy_text(ret_path, "%s", step->path);
}

MHP_EXPORT const char *mhp_step_get_word(const struct mhp_step *step)
{
	return step->word;
}

MHP_EXPORT void mhp_step_get_expected(const struct mhp_step *step, enum mhp_state *ret_state,
				      enum mhp_zone *ret_zone)
{
	if (ret_state)
		*ret_state = step->expected_state;
	if (ret_zone)
		*ret_zone = step->expected_zone;
}

MHP_EXPORT void mhp_step_get_wanted(const struct mhp_step *step, enum mhp_state *ret_state,
				    enum mhp_online_type *ret_type)
{
	if (ret_state)
		*ret_state = step->wanted_state;
	if (ret_type)
		*ret_type = step->type;
}

MHP_EXPORT const char *mhp_step_get_undo_word(const struct mhp_step *step)
{
	return step->undo_word;
}

MHP_EXPORT const char *mhp_step_kind_to_str(enum mhp_step_kind kind)
{
	switch (kind) {
	case MHP_STEP_BLOCK:
		return "block";
	case MHP_STEP_DEVICE:
		return "device";
	case MHP_STEP_UNBIND:
		return "unbind";
	case MHP_STEP_BIND:
		return "bind";
	case MHP_STEP_LOAD:
		return "load";
	case MHP_STEP_BORROW:
		return "borrow";
	case MHP_STEP_RETURN:
		return "return";
	case MHP_STEP_EJECT:
		return "eject";
	case MHP_STEP_CONFIGURE:
		return "configure";
	case MHP_STEP_RELEASE:
		return "release";
	case MHP_STEP_UNKNOWN:
		break;
	}
	return "unknown";
}

/* ---- text ---- */

static void add_situation(struct text *text, enum mhp_state state, enum mhp_zone zone)
{
	text_add(text, "%s", mhp_state_to_str(state));
	if (zone != MHP_ZONE_UNKNOWN)
		text_add(text, " %s", mhp_zone_to_str(zone));
}

static void add_wanted(struct text *text, const struct mhp_step *step)
{
	if (step->wanted_state == MHP_STATE_ONLINE)
		text_add(text, "%s", online_word(step->type));
	else
		text_add(text, "%s", mhp_state_to_str(step->wanted_state));
}

static void add_write(struct text *text, const struct mhp_step *step, const char *path)
{
	switch (step->kind) {
	case MHP_STEP_LOAD:
		text_add(text, "load the module %s", step->word);
		return;
	case MHP_STEP_BORROW:
		text_add(text, "borrow ");
		text_add_escaped(text, path);
		text_add(text, " as \"%s\"", step->word);
		return;
	case MHP_STEP_RETURN:
		text_add(text, "put \"%s\" back to ", step->word);
		text_add_escaped(text, path);
		return;
	case MHP_STEP_RELEASE:
		text_add(text, "release ");
		text_add_escaped(text, step_release(step)->region);
		text_add(text, ": its decoders are turned off, the pool slice is free");
		break;
	case MHP_STEP_BLOCK:
		text_add(text, "memory%" PRIu64, step->plan->blocks[step->block].id);
		break;
	default:
		text_add_escaped(text, step_part(step)->region);
		break;
	}
	text_add(text, ": write \"%s\" to ", step->word);
	text_add_escaped(text, path);
}

static void add_undo(struct text *text, const struct mhp_step *step)
{
	switch (step->kind) {
	case MHP_STEP_LOAD:
		text_add(text, "; stays loaded");
		return;
	case MHP_STEP_RETURN:
		return;
	case MHP_STEP_BIND:
	case MHP_STEP_UNBIND:
		if (step->undo_word)
			text_add(text, "; undo: %s", step->kind == MHP_STEP_BIND ? "unbind" : "bind");
		else
			text_add(text, "; cannot be undone");
		return;
	default:
		if (step->undo_word)
			text_add(text, "; undo: \"%s\"", step->undo_word);
		else
			text_add(text, "; cannot be undone");
		return;
	}
}

static void add_step(struct text *text, const struct mhp_step *step)
{
	bool of_blocks = mhp_step_count_ranges(step) > 0;
	struct text undo = { 0 };
	char *path, *way;

	add_undo(&undo, step);
	if (mhp_step_copy_path(step, &path) < 0) {
		text->failed = true;
		path = NULL;
	}
	if (text_finish(&undo, &way) < 0) {
		text->failed = true;
		way = NULL;
	}
	if (!text->failed) {
		add_write(text, step, path);
		if (of_blocks && !(step->expected_state == step->wanted_state)) {
			text_add(text, " (");
			add_situation(text, step->expected_state, step->expected_zone);
			text_add(text, " -> ");
			add_wanted(text, step);
			text_add(text, "%s)\n", way);
		} else {
			text_add(text, "%s%s%s\n", *way ? " (" : "", *way ? way + 2 : "",
				 *way ? ")" : "");
		}
	}
	free(path);
	free(way);
}

MHP_EXPORT int mhp_plan_copy_text(const struct mhp_plan *plan, char **ret_text)
{
	struct text text = { 0 };

	text_add(&text, "%s: %s", plan->target, mhp_goal_to_str(plan->goal));
	if (plan->goal == MHP_GOAL_ONLINE || plan->goal == MHP_GOAL_PLUGGED)
		text_add(&text, " as %s", plan->type == MHP_OFFLINE && plan->goal == MHP_GOAL_ONLINE ?
					  "default" : online_word(plan->type));
	if (plan->to_driver)
		text_add(&text, " to %s", plan->to_driver);
	if (plan->conflicts.count)
		text_add(&text, ": cannot be done\n");
	else if (!plan->n_steps)
		text_add(&text, ": nothing to do\n");
	else
		text_add(&text, ": %zu step%s\n", plan->n_steps, plan->n_steps == 1 ? "" : "s");
	text_add_conflicts(&text, "conflict", &plan->conflicts);
	text_add_conflicts(&text, "warning", &plan->warnings);
	for (size_t i = 0; i < plan->n_steps; i++) {
		text_add(&text, "%zu. ", i + 1);
		add_step(&text, &plan->steps[i]);
	}
	return text_finish(&text, ret_text);
}
