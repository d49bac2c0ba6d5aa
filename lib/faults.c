// SPDX-License-Identifier: LGPL-2.1-or-later
/* What blocks are found like, and conflicts about them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

size_t count_blocks(const struct plan_part *part, block_test test)
{
	const struct mhp_plan *plan = part->plan;
	size_t count = 0;

	for (size_t i = part->first; i < part->first + part->count; i++)
		count += test(plan, &plan->blocks[i]);
	return count;
}

bool is_met(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_as_wanted(plan->goal, plan->type, block->state, block->zone);
}

bool is_absent(const struct mhp_plan *plan, const struct plan_block *block)
{
	(void)plan;
	return block->state == MHP_STATE_ABSENT;
}

bool is_present(const struct mhp_plan *plan, const struct plan_block *block)
{
	return !is_absent(plan, block);
}

bool is_online(const struct mhp_plan *plan, const struct plan_block *block)
{
	(void)plan;
	return block->state == MHP_STATE_ONLINE;
}

bool is_online_elsewhere(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online(plan, block) && !is_met(plan, block);
}

bool spans_zones(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_online(plan, block) && block->zone == MHP_ZONE_NONE;
}

int find_fault(struct plan_part *part, enum mhp_conflict_code code, const char *message,
	       const char *hint)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };
	struct text text = { 0 };

	text_add(&text, "%s %s", part_name(part), message);
	return conflicts_add(&part->plan->conflicts, &conflict, &text);
}

/* "are offline" of one block: "is offline" */
static void add_message(struct text *text, size_t count, const char *message)
{
	static const struct {
		const char *many, *one;
	} verbs[] = {
		{ "are ", "is " }, { "do ", "does " }, { "have ", "has " }, { "span ", "spans " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(verbs) && count == 1; i++)
		if (!strncmp(message, verbs[i].many, strlen(verbs[i].many))) {
			text_add(text, "%s", verbs[i].one);
			message += strlen(verbs[i].many);
			break;
		}
	text_add(text, "%s", message);
}

int find_faults(struct plan_part *part, enum mhp_conflict_code code, block_test test,
		const char *message, const char *hint)
{
	struct mhp_conflict conflict = { .code = code, .hint = hint };
	struct mhp_plan *plan = part->plan;
	size_t count = count_blocks(part, test);
	struct text text = { 0 };

	if (!count)
		return 0;
	conflict.blocks = calloc(count, sizeof(*conflict.blocks));
	if (!conflict.blocks)
		return -ENOMEM;
	for (size_t i = part->first; i < part->first + part->count; i++)
		if (test(plan, &plan->blocks[i]))
			conflict.blocks[conflict.n_blocks++] = plan->blocks[i].id;
	text_add(&text, "%zu of %zu blocks%s%s (", count, part->count, part->region ? " of " : "",
		 part->region ? part->region : "");
	text_add_ids(&text, conflict.blocks, count);
	text_add(&text, ") ");
	add_message(&text, count, message);
	return conflicts_add(&plan->conflicts, &conflict, &text);
}
