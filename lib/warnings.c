// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is to be known about a plan and does not stop it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

bool device_says(const struct plan_part *part, const char *word)
{
	return part->device_word && !strcmp(part->device_word, word);
}

/* Does the device's word say what the blocks are? "offline" and "online*" can be wrong. */
static bool word_is_true(const struct plan_part *part, enum mhp_device_state word)
{
	const struct plan_block *blocks = part->plan->blocks;
	size_t online = count_blocks(part, is_online);
	size_t present = count_blocks(part, is_present);

	switch (word) {
	case MHP_DEVICE_STATE_UNPLUGGED:
		return present == 0;
	case MHP_DEVICE_STATE_OFFLINE:
		return present > 0 && online == 0;
	case MHP_DEVICE_STATE_ONLINE:
		return online == part->count;
	case MHP_DEVICE_STATE_ONLINE_KERNEL:
	case MHP_DEVICE_STATE_ONLINE_MOVABLE:
		for (size_t i = part->first; i < part->first + part->count; i++)
			if (!is_as_wanted(MHP_GOAL_ONLINE,
					  word == MHP_DEVICE_STATE_ONLINE_KERNEL ?
						  MHP_ONLINE_KERNEL : MHP_ONLINE_MOVABLE,
					  blocks[i].state, blocks[i].zone))
				return false;
		return true;
	case MHP_DEVICE_STATE_UNKNOWN:
		break;
	}
	return false;
}

static int warn_word(struct mhp_plan *plan, enum mhp_conflict_code code, const char *region,
		     const char *says, const char *word)
{
	struct mhp_conflict warning = { .code = code };
	struct text text = { 0 };

	text_add(&text, "the driver's word for %s %s \"", region, says);
	text_add_escaped(&text, word);
	text_add(&text, "\", which is not what the blocks %s",
		 code == MHP_WARNING_STALE_WORD ? "are" : "will be");
	return conflicts_add(&plan->warnings, &warning, &text);
}

/* What the steps do to the blocks of a part. */
struct deeds {
	size_t by_block;
	bool as_whole;
};

/* Of each part. */
static void find_deeds(const struct mhp_plan *plan, struct deeds *deeds)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct mhp_step *step = &plan->steps[i];

		if (!mhp_step_count_ranges(step))
			continue;
		deeds[step->part].by_block += step->kind == MHP_STEP_BLOCK;
		deeds[step->part].as_whole |= step->kind != MHP_STEP_BLOCK;
	}
}

/* Block writes leave the word as it is: will it be right afterwards? */
static bool word_will_lie(const struct plan_part *part, const struct deeds *deeds)
{
	const struct mhp_plan *plan = part->plan;

	if (!deeds->by_block || deeds->as_whole)
		return false;
	if (plan->goal == MHP_GOAL_OFFLINE)
		return !device_says(part, "offline");
	return !device_says(part, online_word(plan->type));
}

static int warn_part(struct plan_part *part, const struct deeds *deeds)
{
	struct mhp_conflict warning = { .code = MHP_WARNING_LOST_BYTES };
	struct mhp_plan *plan = part->plan;
	struct text text = { 0 };
	int r = 0;

	if (part->lost_bytes) {
		text_add_bytes(&text, part->lost_bytes);
		text_add(&text, " of %s lie outside of whole memory blocks of ", part->region);
		text_add_bytes(&text, plan->block_size);
		text_add(&text, " and stay unused");
		r = conflicts_add(&plan->warnings, &warning, &text);
	}
	if (r == 0 && part->device_word && !word_is_true(part, part->device_state))
		r = warn_word(plan, MHP_WARNING_STALE_WORD, part->region, "says",
			      part->device_word);
	if (r == 0 && part->device_word && is_added_per_block(part))
		/* it is bound under that policy */
		r = warn_word(plan, MHP_WARNING_WORD_WILL_LIE, part->region, "will say",
			      online_word(MHP_OFFLINE));
	else if (r == 0 && part->device_word && word_will_lie(part, deeds))
		r = warn_word(plan, MHP_WARNING_WORD_WILL_LIE, part->region, "will still say",
			      part->device_word);
	return r;
}

/* Blocks that were named may be a region's, whose driver is not told. */
static int warn_owners(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	const struct mhp_region *last = NULL;
	int r = 0;

	for (size_t i = 0; i < plan->n_steps && r == 0; i++) {
		const struct mhp_step *step = &plan->steps[i];
		const struct mhp_region *owner;
		const struct mhp_block *block;

		if (step->kind != MHP_STEP_BLOCK || plan->parts[step->part].region)
			continue;
		block = mhp_snapshot_find_block(snap, plan->blocks[step->block].id);
		owner = block ? mhp_snapshot_get_block_region(snap, block) : NULL;
		if (!owner || owner == last || !owner->device_word ||
		    !strcmp(owner->device_word, step->word))
			continue;
		last = owner;
		r = warn_word(plan, MHP_WARNING_WORD_WILL_LIE, owner->name, "will still say",
			      owner->device_word);
	}
	return r;
}

static int warn_parts(struct mhp_plan *plan)
{
	struct deeds *deeds = calloc(plan->n_parts + 1, sizeof(*deeds));
	int r = 0;

	if (!deeds)
		return -ENOMEM;
	find_deeds(plan, deeds);
	for (size_t i = 0; i < plan->n_parts && r == 0; i++)
		r = warn_part(&plan->parts[i], &deeds[i]);
	free(deeds);
	return r;
}

int plan_add_warnings(struct mhp_plan *plan, const struct mhp_snapshot *snap)
{
	int r = plan_add_host_warnings(plan, snap);

	if (r == 0)
		r = warn_parts(plan);
	return r < 0 ? r : warn_owners(plan, snap);
}
