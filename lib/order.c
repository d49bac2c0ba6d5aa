// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The steps of a plan, in their order: after each block the kernel looks again
 * through its zone for holes, up to the first one (set_zone_contiguous() in
 * mm/mm_init.c). Onlining downwards, and offlining with the lowest block last,
 * keep that walk short.
 */
#include "internal.h"

static int add_block_step(struct plan_part *part, size_t index, enum mhp_state expected,
			  enum mhp_state wanted)
{
	struct mhp_plan *plan = part->plan;
	const struct plan_block *block = &plan->blocks[index];
	struct mhp_step step = {
		.kind = MHP_STEP_BLOCK,
		.part = part_index(part),
		.block = index,
		.expected_state = expected,
		.wanted_state = wanted,
	};

	if (wanted == MHP_STATE_ONLINE) {
		step.type = plan->type;
		step.word = online_word(plan->type);
		step.undo_word = online_word(MHP_OFFLINE);
	} else {
		step.expected_zone = block->zone;
		step.word = online_word(MHP_OFFLINE);
		step.undo_word = online_word(zone_online_type(block->zone));
	}
	return plan_add_step(plan, &step);
}

static int offline_one(struct plan_part *part, size_t index, block_test test)
{
	if (!test(part->plan, &part->plan->blocks[index]))
		return 0;
	return add_block_step(part, index, MHP_STATE_ONLINE, MHP_STATE_OFFLINE);
}

/* Upwards, but the lowest block last. */
int plan_offline_blocks(struct plan_part *part, block_test test)
{
	size_t lowest = part->first, end = part->first + part->count;
	int r = 0;

	while (lowest < end && !test(part->plan, &part->plan->blocks[lowest]))
		lowest++;
	for (size_t i = lowest + 1; i < end && r == 0; i++)
		r = offline_one(part, i, test);
	if (lowest < end && r == 0)
		r = offline_one(part, lowest, test);
	return r;
}

/* Downwards for a zone that is named; where the kernel chooses, upwards, after its neighbours. */
int plan_online_some(struct plan_part *part, block_test test)
{
	struct mhp_plan *plan = part->plan;
	int r = 0;

	for (size_t i = 0; i < part->count && r == 0; i++) {
		size_t index = part->first +
			       (plan->type == MHP_ONLINE ? i : part->count - 1 - i);

		if (test(plan, &plan->blocks[index]))
			r = add_block_step(part, index, MHP_STATE_OFFLINE, MHP_STATE_ONLINE);
	}
	return r;
}

static bool is_unmet(const struct mhp_plan *plan, const struct plan_block *block)
{
	return !is_met(plan, block);
}

int plan_online_blocks(struct plan_part *part)
{
	return plan_online_some(part, is_unmet);
}

/* State and zone of all blocks together. */
static void sum_blocks(const struct plan_part *part, enum mhp_state *ret_state,
		       enum mhp_zone *ret_zone)
{
	const struct plan_block *blocks = &part->plan->blocks[part->first];

	*ret_state = blocks[0].state;
	*ret_zone = blocks[0].zone;
	for (size_t i = 1; i < part->count; i++) {
		if (blocks[i].state != *ret_state)
			*ret_state = MHP_STATE_MIXED;
		if (blocks[i].zone != *ret_zone)
			*ret_zone = MHP_ZONE_MIXED;
	}
}

enum mhp_online_type way_back(const struct plan_block *was, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (was[i].state != MHP_STATE_ABSENT && !zone_is_kernel(was[i].zone))
			return MHP_ONLINE_MOVABLE;
	return MHP_ONLINE_KERNEL;
}

int plan_unplug_device(struct plan_part *part)
{
	struct mhp_plan *plan = part->plan;
	struct mhp_step step = {
		.kind = MHP_STEP_DEVICE,
		.part = part_index(part),
		.word = "unplugged",
		.wanted_state = MHP_STATE_ABSENT,
	};

	sum_blocks(part, &step.expected_state, &step.expected_zone);
	step.undo_word = online_word(way_back(&plan->blocks[part->first], part->count));
	return plan_add_step(plan, &step);
}

int plan_online_device(struct plan_part *part)
{
	struct mhp_plan *plan = part->plan;
	struct mhp_step step = {
		.kind = MHP_STEP_DEVICE,
		.part = part_index(part),
		.word = online_word(plan->type),
		.undo_word = "unplugged",
		.expected_state = MHP_STATE_ABSENT,
		.wanted_state = MHP_STATE_ONLINE,
		.type = plan->type,
	};

	return plan_add_step(plan, &step);
}
