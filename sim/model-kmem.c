// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the driver kmem does with a dax device's memory, and daxX.Y/state. */
#include <errno.h>
#include <stdlib.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define RAM_NAME "System RAM (kmem)"

/* ---- ranges in /proc/iomem ---- */

static int reserve_run(struct model *model, const struct dax *dax, struct dax_range *range)
{
	int r;

	r = iomem_insert(model, run_start(model, &range->run), run_last(model, &range->run),
			 dax->name);
	if (r == 0)
		range->reserved = true;
	return r;
}

static void release_run(struct model *model, const struct dax *dax, struct dax_range *range)
{
	iomem_remove(model, run_start(model, &range->run), run_last(model, &range->run),
		     dax->name);
	range->reserved = false;
}

/* ---- memory comes ---- */

/* One range becomes System RAM, offline. */
static int add_range(struct mhp_sim *sim, struct dax *dax, struct dax_range *range)
{
	struct model *model = &sim->model;
	bool altmap = dax->memmap_on_memory && model->memmap_on_memory;
	int r;

	r = reserve_run(model, dax, range);
	if (r < 0)
		return r;
	r = iomem_insert(model, run_start(model, &range->run), run_last(model, &range->run),
			 RAM_NAME);
	if (r == 0)
		r = blocks_add(sim, dax->target_node, &range->run, altmap);
	if (r < 0)
		/* takes what is below it, too */
		release_run(model, dax, range);
	else
		range->ours = true;
	return r;
}

/* Upwards; the first block that refuses ends it, and nobody is told. */
static void online_run(struct mhp_sim *sim, const struct block_run *run, enum mhp_online_type type)
{
	if (type == MHP_OFFLINE)
		return;
	for (uint64_t i = 0; i < run->count; i++) {
		struct block *block = block_find(&sim->model, run->first + i);

		if (block && block_online(sim, block, type) < 0)
			break;
	}
}

/*
 * All ranges become System RAM. Once one has, the others may fail: memory that
 * is online might not go away again.
 */
static int hotplug(struct mhp_sim *sim, struct dax *dax, enum mhp_online_type type)
{
	size_t added = 0;
	int r;

	for (size_t i = 0; i < dax->n_ranges; i++) {
		struct dax_range *range = &dax->ranges[i];

		if (!range->run.count)
			continue;
		r = range_is_taken(&sim->model, range) ? -EBUSY : add_range(sim, dax, range);
		if (r == 0) {
			added++;
			online_run(sim, &range->run, type);
		} else if (!added) {
			return r;
		}
	}
	return 0;
}

static bool has_whole_blocks(const struct dax *dax)
{
	for (size_t i = 0; i < dax->n_ranges; i++)
		if (dax->ranges[i].run.count)
			return true;
	return false;
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

static void put_back(struct mhp_sim *sim, const struct undo *undo, size_t count)
{
	/* kernel zone or Movable is all that the kernel remembers; failures are only logged */
	for (size_t i = 0; i < count; i++)
		(void)block_online(sim, undo[i].block, undo[i].zone == MHP_ZONE_MOVABLE ?
						       MHP_ONLINE_MOVABLE : MHP_ONLINE_KERNEL);
}

static size_t count_blocks(const struct dax *dax)
{
	size_t count = 0;

	for (size_t i = 0; i < dax->n_ranges; i++)
		if (dax->ranges[i].ours)
			count += dax->ranges[i].run.count;
	return count;
}

static int offline_run(struct mhp_sim *sim, const struct block_run *run, struct undo *undo,
		       size_t *count)
{
	for (uint64_t i = 0; i < run->count; i++) {
		struct block *block = block_find(&sim->model, run->first + i);
		enum mhp_zone zone;
		int r;

		if (!block)
			continue;
		zone = block->zone;
		r = block_offline(sim, block);
		if (r < 0)
			return r;
		if (r == 0)
			undo[(*count)++] = (struct undo){ block, zone };
	}
	return 0;
}

/* All blocks go offline, then all ranges go; or nothing changes. */
static int unplug(struct mhp_sim *sim, struct dax *dax)
{
	size_t count = 0;
	struct undo *undo;
	int r = 0;

	undo = calloc(count_blocks(dax) + 1, sizeof(*undo));
	if (!undo)
		return -ENOMEM;
	for (size_t i = 0; i < dax->n_ranges && r == 0; i++)
		if (dax->ranges[i].ours)
			r = offline_run(sim, &dax->ranges[i].run, undo, &count);
	if (r < 0)
		put_back(sim, undo, count);
	free(undo);
	if (r < 0)
		return r;
	for (size_t i = 0; i < dax->n_ranges; i++)
		if (dax->ranges[i].ours)
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

/* The word is believed: one that is there already is not looked into. */
static int state_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct dax *dax = owner;
	enum mhp_online_type type;
	int r;

	if (!*word)
		return 0;
	if (same_word(word, "unplugged")) {
		if (dax->state == MHP_DEVICE_STATE_UNPLUGGED)
			return 0;
		r = unplug(sim, dax);
		if (r == 0)
			dax->state = MHP_DEVICE_STATE_UNPLUGGED;
		return r;
	}
	if (mhp_online_type_from_str(word, &type) < 0 || type == MHP_OFFLINE)
		return -EINVAL;
	if (dax->state == to_device_state(type))
		return 0;
	if (dax->state != MHP_DEVICE_STATE_UNPLUGGED)
		return -EBUSY;
	r = hotplug(sim, dax, type);
	if (r == 0)
		dax->state = to_device_state(type);
	return r;
}

/* A word that changes nothing is answered without looking at the memory. */
static enum need state_need(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct dax *dax = owner;
	enum mhp_online_type type;

	(void)sim;
	if (same_word(word, "unplugged"))
		return dax->state == MHP_DEVICE_STATE_UNPLUGGED ? NEEDS_NOTHING :
								  NEEDS_HOTPLUG_D;
	if (mhp_online_type_from_str(word, &type) < 0 || type == MHP_OFFLINE)
		return NEEDS_NOTHING;
	return dax->state == MHP_DEVICE_STATE_UNPLUGGED ? NEEDS_HOTPLUG_D : NEEDS_NOTHING;
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

int kmem_probe(struct mhp_sim *sim, struct dax *dax)
{
	/* looked at once, now */
	enum mhp_online_type type = sim->model.auto_online;
	struct node *file = NULL;
	int r;

	if (!dax->has_ranges)
		/* the capture does not tell where its memory is */
		return -EOPNOTSUPP;
	if (dax->target_node < 0 || !has_whole_blocks(dax))
		return -EINVAL;
	if (sim->model.has_device_state) {
		r = tree_add_new(dax->dir, NODE_FILE, "state", NULL, &file);
		if (r < 0)
			return r;
	}
	r = hotplug(sim, dax, type);
	if (r < 0) {
		if (file)
			tree_remove(file);
		return r;
	}
	dax->state = to_device_state(type);
	model_set_attr(file, &state_attr, dax);
	return 0;
}

static bool is_run_offline(const struct model *model, const struct block_run *run)
{
	for (uint64_t i = 0; i < run->count; i++) {
		const struct block *block = block_find(model, run->first + i);

		if (block && block->state != MHP_STATE_OFFLINE)
			return false;
	}
	return true;
}

/* Range by range: one with a block online stays behind until the machine is started anew. */
void kmem_remove(struct mhp_sim *sim, struct dax *dax)
{
	struct node *file = tree_child(dax->dir, "state");

	for (size_t i = 0; i < dax->n_ranges; i++) {
		struct dax_range *range = &dax->ranges[i];

		if (!range->ours)
			continue;
		if (is_run_offline(&sim->model, &range->run))
			remove_range(sim, dax, range);
		range->ours = false;
	}
	if (file)
		tree_remove(file);
}
