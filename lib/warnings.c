// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is to be known about a plan and does not stop it. */
#include <string.h>

#include "internal.h"

bool device_says(const struct mhp_plan *plan, const char *word)
{
	return plan->device_word && !strcmp(plan->device_word, word);
}

/* Does the device's word say what the blocks are? "offline" and "online*" can be wrong. */
static bool word_is_true(const struct mhp_plan *plan, enum mhp_device_state word)
{
	size_t online = count_blocks(plan, is_online);
	size_t present = count_blocks(plan, is_present);

	switch (word) {
	case MHP_DEVICE_STATE_UNPLUGGED:
		return present == 0;
	case MHP_DEVICE_STATE_OFFLINE:
		return present > 0 && online == 0;
	case MHP_DEVICE_STATE_ONLINE:
		return online == plan->n_blocks;
	case MHP_DEVICE_STATE_ONLINE_KERNEL:
	case MHP_DEVICE_STATE_ONLINE_MOVABLE:
		for (size_t i = 0; i < plan->n_blocks; i++)
			if (!is_as_wanted(MHP_GOAL_ONLINE,
					  word == MHP_DEVICE_STATE_ONLINE_KERNEL ?
						  MHP_ONLINE_KERNEL : MHP_ONLINE_MOVABLE,
					  plan->blocks[i].state, plan->blocks[i].zone))
				return false;
		return true;
	case MHP_DEVICE_STATE_UNKNOWN:
		break;
	}
	return false;
}

static int warn_word(struct mhp_plan *plan, enum mhp_conflict_code code, const char *format)
{
	struct mhp_conflict warning = { .code = code };
	struct text text = { 0 };

	text_add(&text, "the driver's word for %s ", plan->region);
	text_add(&text, "%s \"", format);
	text_add_escaped(&text, plan->device_word);
	text_add(&text, "\", which is not what the blocks %s",
		 code == MHP_WARNING_STALE_WORD ? "are" : "will be");
	return conflicts_add(&plan->warnings, &warning, &text);
}

/* Block writes leave the word as it is: will it be right afterwards? */
static bool word_will_lie(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind != MHP_STEP_BLOCK)
			return false;
	if (!plan->n_steps)
		return false;
	if (plan->goal == MHP_GOAL_OFFLINE)
		return !device_says(plan, "offline");
	return !device_says(plan, online_word(plan->type));
}

int plan_add_warnings(struct mhp_plan *plan, const struct mhp_region *region)
{
	struct mhp_conflict warning = { .code = MHP_WARNING_LOST_BYTES };
	struct text text = { 0 };
	int r = 0;

	if (region->lost_bytes) {
		text_add_bytes(&text, region->lost_bytes);
		text_add(&text, " of %s lie outside of whole memory blocks of ", plan->region);
		text_add_bytes(&text, plan->block_size);
		text_add(&text, " and stay unused");
		r = conflicts_add(&plan->warnings, &warning, &text);
	}
	if (r == 0 && plan->device_word && !word_is_true(plan, region->device_state))
		r = warn_word(plan, MHP_WARNING_STALE_WORD, "says");
	if (r == 0 && plan->device_word && word_will_lie(plan))
		r = warn_word(plan, MHP_WARNING_WORD_WILL_LIE, "will still say");
	return r;
}
