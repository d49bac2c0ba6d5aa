// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the driver kmem does with a dax device's memory, and daxX.Y/state. */
#include <errno.h>
#include <stdlib.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define RAM_NAME "System RAM (kmem)"

/* ---- ranges in /proc/iomem ---- */

/* What is reserved of a range, both inclusive. */
static void reserved_bounds(const struct model *model, const struct dax_range *range,
			    uint64_t *ret_start, uint64_t *ret_last)
{
	uint64_t start = range->range.start, last = start + range->range.size - 1;

	*ret_start = run_start(model, &range->run);
	*ret_last = run_last(model, &range->run);
	if ((*ret_start != start || *ret_last != last) && !holds(model, RULE_KMEM_RESERVES)) {
		*ret_start = start;
		*ret_last = last;
	}
}

static int reserve_run(struct model *model, const struct dax *dax, struct dax_range *range)
{
	uint64_t start, last;
	int r;

	reserved_bounds(model, range, &start, &last);
	r = iomem_insert(model, start, last, dax->name);
	if (r == 0)
		range->reserved = true;
	return r;
}

static void release_run(struct model *model, const struct dax *dax, struct dax_range *range)
{
	uint64_t start, last;

	reserved_bounds(model, range, &start, &last);
	iomem_remove(model, start, last, dax->name);
	range->reserved = false;
}

/* ---- memory comes ---- */

static bool has_altmap(const struct model *model, const struct dax *dax)
{
	return model->memmap_on_memory && dax->memmap_on_memory && holds(model, RULE_KMEM_ALTMAP);
}

static int insert_ram(struct model *model, const struct dax_range *range)
{
	if (!holds(model, RULE_KMEM_RAM))
		return 0;
	return iomem_insert(model, run_start(model, &range->run), run_last(model, &range->run),
			    RAM_NAME);
}

/* One range becomes System RAM, offline. */
static int add_range(struct mhp_sim *sim, struct dax *dax, struct dax_range *range)
{
	struct model *model = &sim->model;
	int r;

	if (!range->run.count)
		return -EINVAL;
	if (range_is_taken(model, range))
		return holds(model, RULE_KMEM_TAKEN) ? -EBUSY : -EEXIST;
	r = reserve_run(model, dax, range);
	if (r < 0)
		return r;
	r = insert_ram(model, range);
	if (r == 0)
		r = blocks_add(sim, dax->target_node, &range->run, has_altmap(model, dax));
	if (r < 0) {
		/* takes what is below it, too */
		release_run(model, dax, range);
		return r;
	}
	group_take(model, dax->group, &range->run);
	range->ours = true;
	return 0;
}

/* Upwards; a block that refuses ends it: drivers/base/memory.c, walk_memory_blocks() */
static int online_run(struct mhp_sim *sim, const struct block_run *run, enum mhp_online_type type)
{
	int r = 0;

	if (type == MHP_OFFLINE)
		return 0;
	for (uint64_t i = 0; i < run->count; i++) {
		struct block *block = block_find(&sim->model, run->first + i);

		r = block ? block_online(sim, block, type) : 0;
		if (r < 0 && holds(&sim->model, RULE_KMEM_STOPS))
			break;
	}
	return r;
}

/* Memory that does not come online is there all the same, and nobody is told. */
static int plug_range(struct mhp_sim *sim, struct dax *dax, struct dax_range *range,
		      enum mhp_online_type type)
{
	int r;

	r = add_range(sim, dax, range);
	if (r < 0)
		return r;
	r = online_run(sim, &range->run, type);
	return r < 0 && !holds(&sim->model, RULE_KMEM_SILENT) ? r : 0;
}

/*
 * All ranges become System RAM. Once one has, the others may fail: memory that
 * is online might not go away again.
 */
static int hotplug(struct mhp_sim *sim, struct dax *dax, enum mhp_online_type type)
{
	const struct model *model = &sim->model;
	size_t added = 0;
	int r;

	for (size_t i = 0; i < dax->n_ranges; i++) {
		struct dax_range *range = &dax->ranges[i];

		if (!range->run.count && holds(model, RULE_KMEM_EMPTY_RANGE))
			continue;
		r = plug_range(sim, dax, range, type);
		if (r == 0)
			added++;
		else if (added ? !holds(model, RULE_KMEM_LATER_RANGE) :
				 holds(model, RULE_KMEM_FIRST_RANGE))
			return r;
	}
	return 0;
}

/* ---- memory goes ---- */

static void remove_range(struct mhp_sim *sim, struct dax *dax, struct dax_range *range)
{
	blocks_remove(sim, &range->run);
	release_run(&sim->model, dax, range);
	range->ours = false;
}

/* Blocks that were taken offline go back to where they were, in the order they went. */
struct undo {
	struct block *block;
	enum mhp_zone zone;
};

/* Kernel zone or Movable is all that the kernel remembers. */
static enum mhp_online_type to_put_back(const struct model *model, const struct undo *undo)
{
	if (undo->zone == MHP_ZONE_MOVABLE)
		return holds(model, RULE_UNPLUG_MOVABLE) ? MHP_ONLINE_MOVABLE : MHP_ONLINE_KERNEL;
	return holds(model, RULE_UNPLUG_KERNEL) ? MHP_ONLINE_KERNEL : MHP_ONLINE_MOVABLE;
}

static void put_back(struct mhp_sim *sim, const struct undo *undo, size_t count)
{
	const struct model *model = &sim->model;

	for (size_t i = 0; i < count; i++) {
		size_t at = holds(model, RULE_UNPLUG_ORDER) ? i : count - 1 - i;

		/* failures are only logged */
		(void)block_online(sim, undo[at].block, to_put_back(model, &undo[at]));
	}
}

/* Added by the driver as it is bound now: what was left behind before is not looked at. */
static bool is_ours(const struct model *model, const struct dax_range *range)
{
	return range->ours || (range->reserved && !holds(model, RULE_UNPLUG_OURS));
}

static size_t count_blocks(const struct model *model, const struct dax *dax)
{
	size_t count = 0;

	for (size_t i = 0; i < dax->n_ranges; i++) {
		const struct block_run *run = &dax->ranges[i].run;

		if (is_ours(model, &dax->ranges[i]))
			count += blocks_lower_bound(model, run->first + run->count) -
				 blocks_lower_bound(model, run->first);
	}
	return count;
}

static int offline_run(struct mhp_sim *sim, const struct block_run *run, struct undo *undo,
		       size_t *count)
{
	const struct model *model = &sim->model;
	size_t first = blocks_lower_bound(model, run->first);
	size_t end = blocks_lower_bound(model, run->first + run->count);

	for (; first < end; first++) {
		struct block *block = model->blocks[first];
		enum mhp_zone zone = block->zone;
		int r = block_offline(sim, block);

		if (r < 0)
			return r;
		if (r == 0 || !holds(model, RULE_UNPLUG_OFFLINE))
			undo[(*count)++] = (struct undo){ block, zone };
	}
	return 0;
}

/* All blocks go offline, then all ranges go; or nothing changes. */
static int unplug(struct mhp_sim *sim, struct dax *dax)
{
	const struct model *model = &sim->model;
	size_t count = 0;
	struct undo *undo;
	int r = 0;

	undo = calloc(count_blocks(model, dax) + 1, sizeof(*undo));
	if (!undo)
		return -ENOMEM;
	for (size_t i = 0; i < dax->n_ranges && r == 0; i++)
		if (is_ours(model, &dax->ranges[i]))
			r = offline_run(sim, &dax->ranges[i].run, undo, &count);
	if (r < 0 && holds(model, RULE_UNPLUG_PUTS_BACK))
		put_back(sim, undo, count);
	free(undo);
	if (r < 0)
		return r;
	for (size_t i = 0; i < dax->n_ranges; i++)
		if (is_ours(model, &dax->ranges[i]))
			remove_range(sim, dax, &dax->ranges[i]);
	return 0;
}

/* ---- daxX.Y/state ---- */

static enum mhp_device_state to_device_state(enum mhp_online_type type)
{
	switch (type) {
	case MHP_OFFLINE:
		return MHP_DEVICE_STATE_OFFLINE;
	case MHP_ONLINE:
		return MHP_DEVICE_STATE_ONLINE;
	case MHP_ONLINE_KERNEL:
		return MHP_DEVICE_STATE_ONLINE_KERNEL;
	case MHP_ONLINE_MOVABLE:
		return MHP_DEVICE_STATE_ONLINE_MOVABLE;
	}
	return MHP_DEVICE_STATE_UNKNOWN;
}

static int state_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct dax *dax = owner;

	(void)sim;
	buf_add(buf, "%s\n", mhp_device_state_to_str(dax->state));
	return 0;
}

enum device_act {
	STAY,		/* the word is believed, the memory not looked at */
	PLUG,
	UNPLUG,
	BE_BUSY,
};

/* What a device does in a state, by the state that is asked for: a rule for each. */
static const struct {
	enum device_act act;
	enum rule rule;
} device_acts[][MHP_DEVICE_STATE_ONLINE_MOVABLE + 1] = {
	[MHP_DEVICE_STATE_UNPLUGGED] = {
		[MHP_DEVICE_STATE_UNPLUGGED]	  = { STAY, RULE_UNPLUGGED_UNPLUGGED },
		[MHP_DEVICE_STATE_ONLINE]	  = { PLUG, RULE_UNPLUGGED_ONLINE },
		[MHP_DEVICE_STATE_ONLINE_KERNEL]  = { PLUG, RULE_UNPLUGGED_KERNEL },
		[MHP_DEVICE_STATE_ONLINE_MOVABLE] = { PLUG, RULE_UNPLUGGED_MOVABLE },
	},
	[MHP_DEVICE_STATE_OFFLINE] = {
		[MHP_DEVICE_STATE_UNPLUGGED]	  = { UNPLUG, RULE_OFFLINE_UNPLUGGED },
		[MHP_DEVICE_STATE_ONLINE]	  = { BE_BUSY, RULE_OFFLINE_ONLINE },
		[MHP_DEVICE_STATE_ONLINE_KERNEL]  = { BE_BUSY, RULE_OFFLINE_KERNEL },
		[MHP_DEVICE_STATE_ONLINE_MOVABLE] = { BE_BUSY, RULE_OFFLINE_MOVABLE },
	},
	[MHP_DEVICE_STATE_ONLINE] = {
		[MHP_DEVICE_STATE_UNPLUGGED]	  = { UNPLUG, RULE_ONLINE_UNPLUGGED },
		[MHP_DEVICE_STATE_ONLINE]	  = { STAY, RULE_ONLINE_ONLINE },
		[MHP_DEVICE_STATE_ONLINE_KERNEL]  = { BE_BUSY, RULE_ONLINE_TO_KERNEL },
		[MHP_DEVICE_STATE_ONLINE_MOVABLE] = { BE_BUSY, RULE_ONLINE_TO_MOVABLE },
	},
	[MHP_DEVICE_STATE_ONLINE_KERNEL] = {
		[MHP_DEVICE_STATE_UNPLUGGED]	  = { UNPLUG, RULE_KERNEL_UNPLUGGED },
		[MHP_DEVICE_STATE_ONLINE]	  = { BE_BUSY, RULE_KERNEL_ONLINE },
		[MHP_DEVICE_STATE_ONLINE_KERNEL]  = { STAY, RULE_KERNEL_KERNEL },
		[MHP_DEVICE_STATE_ONLINE_MOVABLE] = { BE_BUSY, RULE_KERNEL_MOVABLE },
	},
	[MHP_DEVICE_STATE_ONLINE_MOVABLE] = {
		[MHP_DEVICE_STATE_UNPLUGGED]	  = { UNPLUG, RULE_MOVABLE_UNPLUGGED },
		[MHP_DEVICE_STATE_ONLINE]	  = { BE_BUSY, RULE_MOVABLE_ONLINE },
		[MHP_DEVICE_STATE_ONLINE_KERNEL]  = { BE_BUSY, RULE_MOVABLE_KERNEL },
		[MHP_DEVICE_STATE_ONLINE_MOVABLE] = { STAY, RULE_MOVABLE_MOVABLE },
	},
};

static enum device_act act_for(const struct model *model, const struct dax *dax,
			       enum mhp_device_state wanted)
{
	enum mhp_device_state from = dax->state;
	enum device_act act;

	if (from == MHP_DEVICE_STATE_UNKNOWN)
		/* what it may be is not "unplugged", and not what is wanted */
		from = MHP_DEVICE_STATE_OFFLINE;
	act = device_acts[from][wanted].act;
	if (holds(model, device_acts[from][wanted].rule))
		return act;
	return act == BE_BUSY ? STAY : BE_BUSY;
}

/* "offline" is a word that is only read: drivers/dax/kmem.c, state_store() */
static int parse_wanted(const struct model *model, const char *word,
			enum mhp_device_state *ret_wanted)
{
	enum mhp_online_type type;

	if (is_unplugged_word(model, word)) {
		*ret_wanted = MHP_DEVICE_STATE_UNPLUGGED;
		return 0;
	}
	if (parse_online_type(model, word, &type) < 0)
		return holds(model, RULE_DEVICE_JUNK) ? -EINVAL : -EBUSY;
	if (type == MHP_OFFLINE)
		return holds(model, RULE_DEVICE_OFFLINE) ? -EINVAL : -EBUSY;
	*ret_wanted = to_device_state(type);
	return 0;
}

static enum mhp_online_type to_online_type(enum mhp_device_state state)
{
	switch (state) {
	case MHP_DEVICE_STATE_ONLINE:
		return MHP_ONLINE;
	case MHP_DEVICE_STATE_ONLINE_KERNEL:
		return MHP_ONLINE_KERNEL;
	case MHP_DEVICE_STATE_ONLINE_MOVABLE:
		return MHP_ONLINE_MOVABLE;
	default:
		return MHP_OFFLINE;
	}
}

static int state_store(struct mhp_sim *sim, void *owner, const char *word)
{
	enum mhp_device_state wanted;
	struct dax *dax = owner;
	int r;

	r = parse_wanted(&sim->model, word, &wanted);
	if (r < 0)
		return r;
	switch (act_for(&sim->model, dax, wanted)) {
	case STAY:
		return 0;
	case BE_BUSY:
		return -EBUSY;
	case PLUG:
		r = hotplug(sim, dax, to_online_type(wanted));
		break;
	case UNPLUG:
		r = unplug(sim, dax);
		break;
	}
	if (r == 0)
		dax->state = wanted;
	return r;
}

/* A word that changes nothing is answered without looking at the memory. */
static enum need state_need(struct mhp_sim *sim, void *owner, const char *word)
{
	enum mhp_device_state wanted;
	enum device_act act;

	if (parse_wanted(&sim->model, word, &wanted) < 0)
		return NEEDS_NOTHING;
	act = act_for(&sim->model, owner, wanted);
	return act == PLUG || act == UNPLUG ? NEEDS_HOTPLUG_D : NEEDS_NOTHING;
}

static const struct attr state_attr = {
	.show = state_show, .store = state_store, .need = state_need,
};

int kmem_load(const struct complaints *complaints, struct dax *dax)
{
	struct node *file = tree_child(dax->dir, "state");

	if (!file || file->type != NODE_FILE || !file->text || !dax->has_ranges)
		return 0;
	if (parse_device_state(file->text, &dax->state) < 0)
		return model_complain(complaints, file);
	model_set_attr(file, &state_attr, dax);
	return 0;
}

/* ---- binding ---- */

/* Policy is looked at once, when a device is bound. */
static enum mhp_online_type sample_policy(const struct model *model)
{
	if (model->auto_online != MHP_OFFLINE && !holds(model, RULE_KMEM_POLICY))
		return MHP_OFFLINE;
	return model->auto_online;
}

static enum mhp_device_state first_state(const struct model *model, enum mhp_online_type policy)
{
	if (policy != MHP_OFFLINE && !holds(model, RULE_KMEM_STATE_WORD))
		return MHP_DEVICE_STATE_OFFLINE;
	return to_device_state(policy);
}

int kmem_probe(struct mhp_sim *sim, struct dax *dax)
{
	const struct model *model = &sim->model;
	enum mhp_online_type policy = sample_policy(model);
	struct node *file = NULL;
	int r;

	if (!dax->has_ranges)
		/* the capture does not tell where its memory is */
		return -EOPNOTSUPP;
	for (size_t i = 0; i < dax->n_ranges; i++)
		if (!dax->ranges[i].reserved)
			dax_range_align(model, &dax->ranges[i]);
	if (dax->target_node < 0)
		return -EINVAL;
	if (!dax_whole_blocks(dax) && holds(model, RULE_KMEM_ALL_EMPTY))
		return -EINVAL;
	if (model->has_device_state && holds(model, RULE_KMEM_STATE)) {
		r = tree_add_new(dax->dir, NODE_FILE, "state", NULL, &file);
		if (r < 0)
			return r;
	}
	dax->group = group_new(dax_whole_blocks(dax) * sim->model.block_pages);
	r = dax->group ? hotplug(sim, dax, policy) : -ENOMEM;
	if (r < 0) {
		dax->group = group_unref(dax->group);
		if (file)
			tree_remove(file);
		return r;
	}
	dax->state = model->has_device_state ? first_state(model, policy) :
					       MHP_DEVICE_STATE_UNKNOWN;
	model_set_attr(file, &state_attr, dax);
	return 0;
}

static bool is_run_offline(const struct model *model, const struct block_run *run)
{
	size_t first = blocks_lower_bound(model, run->first);
	size_t end = blocks_lower_bound(model, run->first + run->count);

	for (; first < end; first++)
		if (model->blocks[first]->state != MHP_STATE_OFFLINE)
			return false;
	return true;
}

static bool is_online(const struct model *model, const struct dax *dax)
{
	for (size_t i = 0; i < dax->n_ranges; i++)
		if (dax->ranges[i].reserved && !is_run_offline(model, &dax->ranges[i].run))
			return true;
	return false;
}

/* A range with a block online stays behind until the machine is started anew. */
static bool is_stuck(const struct model *model, const struct dax *dax,
		     const struct dax_range *range)
{
	if (!is_run_offline(model, &range->run))
		return holds(model, RULE_UNBIND_STRANDS);
	return is_online(model, dax) && !holds(model, RULE_UNBIND_EACH);
}

bool kmem_remove(struct mhp_sim *sim, struct dax *dax)
{
	const struct model *model = &sim->model;
	struct node *file;
	bool stays = false;

	for (size_t i = 0; i < dax->n_ranges; i++) {
		struct dax_range *range = &dax->ranges[i];

		if (!range->ours)
			continue;
		if (is_stuck(model, dax, range))
			stays = true;
		else
			remove_range(sim, dax, range);
		range->ours = false;
	}
	/* what stays behind keeps it */
	dax->group = group_unref(dax->group);
	/* not looked for before: where a device lies in a block, its files went with that */
	file = tree_child(dax->dir, "state");
	if (file && holds(model, RULE_UNBIND_STATE))
		tree_remove(file);
	return stays;
}
