// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Steps of memory that the firmware gives unit by unit: a block of s390 storage, an LMB
 * of a POWER partition. What comes is onlined by the system's policy, which is borrowed
 * as for a device that is bound to kmem (plan-plug.c).
 */
#include <errno.h>

#include "provider.h"

/* ---- units ---- */

/* The unit that begins with a block of the plan. */
static struct block_unit unit_at(const struct plan_part *part, size_t index)
{
	uint64_t id = part->plan->blocks[index].id;
	size_t low = 0, high = part->n_units;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (part->units[middle].first <= id)
			low = middle;
		else
			high = middle;
	}
	return part->n_units ? part->units[low] : (struct block_unit){ id, 1, 0 };
}

/* Is any of its blocks there? They are next to each other in the plan. */
static bool is_unit_present(const struct plan_part *part, size_t index, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (part->plan->blocks[index + i].state != MHP_STATE_ABSENT)
			return true;
	return false;
}

static int add_step(struct plan_part *part, size_t index, bool come, enum mhp_online_type type)
{
	const struct provider *provider = part->provider;
	const struct block_unit unit = unit_at(part, index);
	struct mhp_plan *plan = part->plan;
	enum mhp_state there = come && type != MHP_OFFLINE ? MHP_STATE_ONLINE : MHP_STATE_OFFLINE;
	struct mhp_step step = {
		.kind = MHP_STEP_CONFIGURE,
		.part = part_index(part),
		.block = index,
		.n_blocks = (unsigned int)unit.count,
		.expected_state = come ? MHP_STATE_ABSENT : MHP_STATE_OFFLINE,
		.wanted_state = come ? there : MHP_STATE_ABSENT,
		.type = come ? type : MHP_OFFLINE,
	};
	char *path, *word;
	int r;

	r = provider->copy_path(&unit, &path);
	if (r == 0)
		r = plan_keep_text(plan, path);
	if (r < 0)
		return r;
	step.path = path;
	for (int i = 0; i < 2 && r == 0; i++) {
		r = provider->copy_word(&unit, i ? !come : come, &word);
		if (r == 0)
			r = plan_keep_text(plan, word);
		if (r == 0)
			*(i ? &step.undo_word : &step.word) = word;
	}
	return r < 0 ? r : plan_add_step(plan, &step);
}

/* ---- plug ---- */

/* Downwards for a zone that is named, as in order.c; else upwards, after its neighbours. */
static int add_units(struct plan_part *part, enum mhp_online_type type)
{
	bool down = type == MHP_ONLINE_KERNEL || type == MHP_ONLINE_MOVABLE;
	size_t end = part->first + part->count, left = part->count;
	int r = 0;

	for (size_t i = down ? end : part->first; left && r == 0;) {
		struct block_unit unit = unit_at(part, down ? i - 1 : i);
		size_t n = unit.count, first = down ? i - n : i;

		if (!is_unit_present(part, first, unit.count))
			r = add_step(part, first, true, type);
		i = down ? first : i + n;
		left -= n;
	}
	return r;
}

static bool is_here_and_unmet(const struct mhp_plan *plan, const struct plan_block *block)
{
	return is_present(plan, block) && !is_met(plan, block);
}

/* What the kernel makes of a unit that comes. */
static enum mhp_online_type type_at_adding(const struct plan_part *part)
{
	enum mhp_online_type type = plan_type_at_adding(part->plan);

	/* as a plain "online": memory_subsys_online() in drivers/base/memory.c */
	return type == MHP_OFFLINE && part->provider->onlines_itself ? MHP_ONLINE : type;
}

/* The policy is not borrowed, and what it makes of them is not what is wanted. */
static int find_policy_fault(struct plan_part *part, enum mhp_online_type type)
{
	if (part->plan->type == MHP_OFFLINE)
		return find_fault(part, MHP_CONFLICT_NOT_ABLE,
				  "is onlined by the kernel whenever some of it comes, so that it "
				  "cannot be plugged and stay offline",
				  "plug it as Movable, then take it offline");
	if (!is_elsewhere(type, part->plan->type))
		return 0;
	return find_fault(part, MHP_CONFLICT_POLICY,
			  "is onlined by the kernel when it comes, in the zone that the system's "
			  "policy (" POLICY_PATH ") says",
			  "allow the policy to be borrowed, or set it to the wanted type first");
}

static int plan_what_comes(struct plan_part *part)
{
	enum mhp_online_type type = type_at_adding(part);
	int r = 0;

	if (part->provider->onlines_itself)
		r = find_policy_fault(part, type);
	if (r == 0)
		r = add_units(part, type);
	if (r < 0 || part->plan->type == MHP_OFFLINE)
		return r;
	return type == MHP_OFFLINE ? plan_online_blocks(part) :
				     plan_online_some(part, is_here_and_unmet);
}

int plan_configure(struct plan_part *part)
{
	enum mhp_online_type wanted = part->plan->type;
	int r;

	if (wanted != MHP_OFFLINE && count_blocks(part, is_online_elsewhere) &&
	    !(part->plan->rules & MHP_RULE_REZONE))
		return find_wrong_zone(part);
	r = find_faults(part, MHP_CONFLICT_SPANS_ZONES, spans_zones,
			"span zones and can never go offline", NULL);
	if (r == 0)
		r = plan_offline_blocks(part, is_online_elsewhere);
	if (r == 0 && count_blocks(part, is_absent))
		return plan_what_comes(part);
	return r < 0 || wanted == MHP_OFFLINE ? r : plan_online_some(part, is_here_and_unmet);
}

/* ---- unplug ---- */

/* The highest one first: what came last, most likely, goes first. */
int plan_deconfigure(struct plan_part *part)
{
	size_t end = part->first + part->count;
	int r;

	r = find_faults(part, MHP_CONFLICT_SPANS_ZONES, spans_zones,
			"span zones and can never go offline", NULL);
	if (r == 0)
		r = plan_offline_blocks(part, is_online);
	for (size_t i = end; i > part->first && r == 0;) {
		struct block_unit unit = unit_at(part, i - 1);

		i -= unit.count;
		if (is_unit_present(part, i, unit.count))
			r = add_step(part, i, false, MHP_OFFLINE);
	}
	return r;
}
