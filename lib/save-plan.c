// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A plan as text, to be applied later: one fact a line, "key: value", values escaped
 * as \xNN. read-plan.c reads it: change both together, and PLAN_FORMAT where an older
 * one would go wrong.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

static void add_str(struct text *text, const char *key, const char *value)
{
	if (!value)
		return;
	text_add(text, "%s: ", key);
	text_add_escaped(text, value);
	text_add(text, "\n");
}

/* A key with numbers behind it. */
__attribute__((format(printf, 3, 4)))
static void add_fact(struct text *text, const char *key, const char *format, ...)
{
	char value[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(value, sizeof(value), format, ap);
	va_end(ap);
	text_add(text, "%s: %s\n", key, value);
}

static void add_part(struct text *text, const struct plan_part *part)
{
	const struct mhp_plan *plan = part->plan;

	text_add(text, "part: %s\n", part->region ? "region" : "blocks");
	if (part->provider)
		add_str(text, "kind", mhp_region_kind_to_str(part->provider->kind));
	add_str(text, "region", part->region);
	add_str(text, "path", part->path);
	add_str(text, "driver", part->driver);
	add_str(text, "device-word", part->device_word);
	add_fact(text, "lost-bytes", "%" PRIu64, part->lost_bytes);
	for (size_t i = 0; i < part->n_runs; i++)
		add_fact(text, "run", "%" PRIu64 " %" PRIu64, part->runs[i].first,
			 part->runs[i].count);
	for (size_t i = 0; i < part->n_units; i++)
		add_fact(text, "unit", "%" PRIu64 " %zu %" PRIu64, part->units[i].first,
			 part->units[i].count, part->units[i].handle);
	for (size_t i = part->first; i < part->first + part->count; i++) {
		const struct plan_block *block = &plan->blocks[i];

		add_fact(text, "block", "%" PRIu64 " %d %d %d", block->id, block->node,
			 (int)block->state, (int)block->zone);
	}
}

static void add_release(struct text *text, const struct plan_release *release)
{
	add_str(text, "release", release->region);
	add_str(text, "kind", mhp_region_kind_to_str(release->provider->kind));
	add_str(text, "path", release->path);
	add_fact(text, "is-done", "%d", release->is_done);
	for (size_t i = 0; i < release->n_runs; i++)
		add_fact(text, "run", "%" PRIu64 " %" PRIu64, release->runs[i].first,
			 release->runs[i].count);
}

static void add_finding(struct text *text, const char *key, const struct conflicts *found)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct mhp_conflict *conflict = &found->list[i];

		add_fact(text, key, "%d", (int)conflict->code);
		add_str(text, "message", conflict->message);
		add_str(text, "hint", conflict->hint);
		for (size_t j = 0; j < conflict->n_blocks; j++)
			add_fact(text, "about", "%" PRIu64, conflict->blocks[j]);
	}
}

/* For people who look into the file. */
static int add_comment(struct text *text, const struct mhp_plan *plan)
{
	char *str, *line, *rest;
	int r;

	r = mhp_plan_copy_text(plan, &str);
	if (r < 0)
		return r;
	for (line = strtok_r(str, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		text_add(text, "# %s\n", line);
	free(str);
	return 0;
}

MHP_EXPORT int mhp_plan_copy_saved(const struct mhp_plan *plan, char **ret_text)
{
	const struct plan_system *system = &plan->system;
	struct text text = { 0 };

	text_add(&text, "libmhp plan %d\n", PLAN_FORMAT);
	if (add_comment(&text, plan) < 0)
		text.failed = true;
	add_str(&text, "target", plan->target);
	add_fact(&text, "goal", "%d", (int)plan->goal);
	add_fact(&text, "type", "%d", (int)plan->type);
	add_fact(&text, "rules", "%" PRIu64, plan->rules);
	add_str(&text, "to-driver", plan->to_driver);
	add_fact(&text, "block-size", "%" PRIu64, plan->block_size);
	add_fact(&text, "system", "%d %d %d %d %d %d %d %d", system->policy_code,
		 (int)system->policy, system->has_kmem, system->has_device_dax, system->autoprobe,
		 system->contained, system->has_nodes, system->has_hotremove);
	for (size_t i = 0; i < plan->n_parts; i++)
		add_part(&text, &plan->parts[i]);
	for (size_t i = 0; i < plan->n_releases; i++)
		add_release(&text, &plan->releases[i]);
	add_finding(&text, "conflict", &plan->conflicts);
	add_finding(&text, "warning", &plan->warnings);
	text_add(&text, "end\n");
	return text_finish(&text, ret_text);
}
