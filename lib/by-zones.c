// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What /proc/zoneinfo tells of a plan's blocks, so that their files need not be read. One glance
 * is enough: if others were at work meanwhile, all is looked at again in the end. It cannot
 * tell one that is offline from one that is gone, nor one that is going offline from an
 * online one. A write tells: it fails then, and after that files are read in any case.
 */
#include "infer.h"
#include "provider.h"

bool zones_pay(const struct apply *apply, size_t part, size_t n_blocks)
{
	const struct provider *provider = apply->plan->parts[part].provider;

	/* blocks that are in no region may be of two nodes; a host takes away what is offline */
	return n_blocks >= MANY_BLOCKS && apply->page_size && apply->has_nodes &&
	       provider && !provider->host_decides;
}

/* false: it tells nothing */
static bool begin(struct apply *apply, int (*look_at)(struct mhp_ctx *ctx, struct zoneinfo *ret),
		  struct inference *ret)
{
	struct zoneinfo info = { 0 };
	bool known;

	known = apply->plan->block_size >= apply->page_size &&
		look_at(apply->ctx, &info) == 0 && info.code == 0 &&
		infer_begin(&info, apply->plan->block_size, apply->page_size, ret) == 0;
	zoneinfo_free(&info);
	return known;
}

static bool tell(const struct apply *apply, const struct inference *inference, size_t index,
		 struct block_now *ret)
{
	const struct plan_block *block = &apply->plan->blocks[index];

	*ret = (struct block_now){ 0 };
	ret->state = infer_state(inference, block->node, block->id, &ret->zone);
	return ret->state == MHP_STATE_OFFLINE ||
	       (ret->state == MHP_STATE_ONLINE && ret->zone != MHP_ZONE_UNKNOWN);
}

/* One of many that are online is looked at right before it is written: once is enough. */
static bool has_its_turn(const struct apply *apply, const struct plan_block *was)
{
	return was->state == MHP_STATE_ONLINE && apply->plan->n_blocks >= MANY_BLOCKS &&
	       !apply->plan->is_saved && !is_met(apply->plan, was) && ctx_is_live(apply->ctx);
}

/* As it was planned for, or else by its files. */
static void look_as_planned(struct apply *apply, const struct inference *inference, size_t index)
{
	const struct plan_block *was = &apply->plan->blocks[index];
	struct block_now now;

	if (inference && tell(apply, inference, index, &now) && now.state == was->state &&
	    (now.state == MHP_STATE_OFFLINE || now.zone == was->zone))
		apply->now[index] = now;
	else if (has_its_turn(apply, was))
		apply->now[index] = (struct block_now){ was->state, was->zone, 0, NULL };
	else if (was->state == MHP_STATE_ONLINE)
		look_online(apply, index);
	else
		look(apply, index);
}

void zones_look_first(struct apply *apply, size_t part)
{
	const struct plan_part *its = &apply->plan->parts[part];
	struct inference inference = { 0 };
	bool known = zones_pay(apply, part, its->count) &&
		     begin(apply, zoneinfo_glance, &inference);

	for (size_t i = its->first; i < its->first + its->count; i++)
		if (is_to_check(apply->plan, &apply->plan->blocks[i]))
			look_as_planned(apply, known ? &inference : NULL, i);
	infer_end(&inference);
}

void zones_foretell(struct apply *apply, size_t first, size_t end)
{
	struct inference inference = { 0 };
	bool known = begin(apply, zoneinfo_glance, &inference);
	struct block_now now;

	for (size_t i = first; i < end; i++) {
		const struct mhp_step *step = &apply->plan->steps[i];

		apply->foretold[step->block] = known &&
					       tell(apply, &inference, step->block, &now) &&
					       is_as_expected(step, &now);
		if (apply->foretold[step->block])
			apply->now[step->block] = now;
	}
	infer_end(&inference);
}

void zones_confirm(struct apply *apply, size_t first, size_t end)
{
	struct inference inference = { 0 };
	bool known = begin(apply, zoneinfo_glance, &inference);

	for (size_t i = first; i < end; i++) {
		const struct mhp_step *step = &apply->plan->steps[i];

		if (!apply->unconfirmed[step->block])
			continue;
		apply->unconfirmed[step->block] = false;
		apply->looked[step->block] = true;
		if (!known || !tell(apply, &inference, step->block, &apply->now[step->block]) ||
		    !is_changed(apply, step->block, step_type(step)))
			look_after_write(apply, step->block, step_type(step), 0);
	}
	infer_end(&inference);
}

void zones_look_again(struct apply *apply)
{
	const struct mhp_plan *plan = apply->plan;
	struct inference inference = { 0 };
	bool known = plan->n_blocks >= MANY_BLOCKS && begin(apply, zoneinfo_look, &inference);

	for (size_t i = 0; i < plan->n_blocks; i++) {
		const struct block_now *now = &apply->now[i];
		struct block_now told;

		if (known && apply->looked[i] && !now->code &&
		    zones_pay(apply, part_index(plan_find_part(plan, i)), plan->n_blocks) &&
		    tell(apply, &inference, i, &told) && told.state == now->state &&
		    told.zone == now->zone && (told.state == MHP_STATE_ONLINE || apply->acted[i]))
			continue;
		if (now->state == MHP_STATE_ONLINE)
			look_online(apply, i);
		else
			look(apply, i);
	}
	infer_end(&inference);
}
