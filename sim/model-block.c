// SPDX-License-Identifier: LGPL-2.1-or-later
/* Blocks: their states, how they come and go. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

/* ---- finding ---- */

size_t blocks_lower_bound(const struct model *model, uint64_t id)
{
	size_t low = 0, high = model->n_blocks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (model->blocks[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct block *block_find(const struct model *model, uint64_t id)
{
	size_t at = blocks_lower_bound(model, id);

	return at < model->n_blocks && model->blocks[at]->id == id ? model->blocks[at] : NULL;
}

void block_free(struct block *block)
{
	node_unref(block->dir);
	group_unref(block->group);
	poison_free(block);
	free(block);
}

/* ---- online and offline ---- */

/*
 * The capture caught somebody in the middle of taking a block offline. He gives
 * up before anybody else gets the lock.
 */
static void settle(struct block *block)
{
	if (block->state == MHP_STATE_GOING_OFFLINE)
		block->state = MHP_STATE_ONLINE;
}

static void tell(struct mhp_sim *sim, const struct block *block, const char *action)
{
	event_send(sim, action, block->dir, "memory", NULL);
}

/* The node and its tier follow, and all is told. */
static void tell_change(struct mhp_sim *sim, const struct block *block, const char *action)
{
	bool tier_first = !numa_changes_tier(&sim->model, block->numa) ||
			  holds(&sim->model, RULE_EVENT_TIER_FIRST);

	if (!tier_first)
		tell(sim, block, action);
	numa_memory_changed(sim, block->numa);
	if (tier_first)
		tell(sim, block, action);
}

int block_online(struct mhp_sim *sim, struct block *block, enum mhp_online_type type)
{
	int r;

	settle(block);
	if (block->state == MHP_STATE_ONLINE)
		return 1;
	block->refused_type = MHP_OFFLINE;
	if (poison_refuses_online(&sim->model, block))
		return -EHWPOISON;
	r = sim_fails_block(sim, block->id, BLOCK_ONLINE);
	if (r < 0)
		return r;
	block->zone = zone_choose(&sim->model, block, type);
	block->state = MHP_STATE_ONLINE;
	block->pinned = sim_pins(sim, block);
	zone_add_block(&sim->model, block);
	tell_change(sim, block, "online");
	vmem_note_online(sim, block);
	return 0;
}

void block_go(struct mhp_sim *sim, struct block *block)
{
	if (block->state == MHP_STATE_OFFLINE)
		return;
	zone_remove_block(&sim->model, block);
	block->state = MHP_STATE_OFFLINE;
	block->zone = MHP_ZONE_UNKNOWN;
	poison_went_offline(&sim->model, block);
	tell_change(sim, block, "offline");
}

int block_offline(struct mhp_sim *sim, struct block *block)
{
	const struct model *model = &sim->model;
	int r;

	settle(block);
	if (block->state == MHP_STATE_OFFLINE)
		return 1;
	if (block->zone == MHP_ZONE_NONE)
		return holds(model, RULE_SPANNING_STAYS) ? -EINVAL : -EBUSY;
	if (block->has_hole)
		return holds(model, RULE_HOLE_STAYS) ? -EINVAL : -EBUSY;
	if (block->pinned && holds(model, RULE_UNMOVABLE_STAYS))
		return -EBUSY;
	if (vmem_keeps(sim, block) && holds(model, RULE_VMEM_LEFT_ONLINE))
		return -EBUSY;
	r = sim_fails_block(sim, block->id, BLOCK_OFFLINE);
	if (r < 0)
		return r;
	if (sim_hangs(sim, block))
		return HANGS;
	block_go(sim, block);
	return 0;
}

/* ---- from the capture ---- */

/* The block's node, by its link; several: it spans them. */
static int load_node(struct mhp_sim *sim, struct block *block, bool *ret_spans)
{
	struct node **children;
	size_t count;
	int id, r;

	*ret_spans = false;
	r = tree_copy_children(block->dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++) {
		if (children[i]->type != NODE_LINK ||
		    parse_node_name(children[i]->name, &id) < 0 || id >= MAX_NODES)
			continue;
		if (block->numa)
			*ret_spans = true;
		else
			r = numa_get(sim, id, &block->numa);
	}
	tree_free_children(children, count);
	if (r == 0 && !block->numa)
		r = numa_get(sim, sim->model.n_numas ? sim->model.numas[0]->id : 0, &block->numa);
	return r;
}

/* Zone of an online block; of one that is going offline, where it most likely was. */
static int load_zone(const struct complaints *complaints, struct block *block)
{
	struct node *file = tree_child(block->dir, "valid_zones");
	enum mhp_zone zones[PARSE_MAX_ZONES];
	size_t count;

	if (block->state == MHP_STATE_OFFLINE)
		return 0;
	block->zone = MHP_ZONE_NORMAL;
	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	if (parse_zones(file->text, zones, &count) < 0 || zones[0] == MHP_ZONE_UNKNOWN ||
	    zones[0] >= ZONES)
		return model_complain(complaints, file);
	block->zone = zones[0];
	return 0;
}

static int load_block(struct mhp_sim *sim, const struct complaints *complaints, uint64_t id,
		      struct node *dir)
{
	struct model *model = &sim->model;
	struct block *block;
	struct node *file;
	uint64_t start;
	bool spans = false;
	int r;

	if (id >= MAX_ADDRESS / model->block_size)
		return model_complain(complaints, dir);
	r = tree_become_own(dir);
	if (r < 0)
		return r;
	file = tree_child(dir, "state");
	if (!file || file->type != NODE_FILE || !file->text)
		/* nothing is known of it, so nothing is done with it */
		return 0;
	block = calloc(1, sizeof(*block));
	if (!block)
		return -ENOMEM;
	/* the model's from here on, and freed with it */
	model->blocks[model->n_blocks++] = block;
	block->id = id;
	node_keep(&block->dir, dir);
	if (parse_state(file->text, &block->state) < 0 || block->state == MHP_STATE_UNKNOWN)
		return model_complain(complaints, file);
	r = load_zone(complaints, block);
	if (r == 0)
		r = load_node(sim, block, &spans);
	if (r < 0)
		return r;
	if (spans)
		block->zone = MHP_ZONE_NONE;
	start = id * model->block_size;
	block->has_hole = block->state == MHP_STATE_ONLINE &&
			  !iomem_is_ram(model, start, start + model->block_size - 1);
	block->numa->n_blocks++;
	block->numa->online = true;
	return block_take_dir(model, block);
}

/* ---- coming and going ---- */

static int reserve_blocks(struct model *model, uint64_t more)
{
	struct block **blocks;
	size_t room;

	if (__builtin_add_overflow(model->n_blocks, more, &room))
		return -ENOMEM;
	if (room <= model->blocks_room)
		return 0;
	blocks = reallocarray(model->blocks, room, sizeof(struct block *));
	if (!blocks)
		return -ENOMEM;
	model->blocks = blocks;
	model->blocks_room = room;
	return 0;
}

/* Their pages are in their zone already. */
static int add_boot_run(struct mhp_sim *sim, const struct boot_run *boot)
{
	struct model *model = &sim->model;
	struct numa *numa;
	int r;

	r = numa_get(sim, boot->node, &numa);
	if (r == 0)
		r = reserve_blocks(model, boot->run.count);
	for (uint64_t i = 0; i < boot->run.count && r == 0; i++) {
		uint64_t id = boot->run.first + i, start = id * model->block_size;
		size_t at = blocks_lower_bound(model, id);
		struct block *block = calloc(1, sizeof(*block));

		if (!block)
			return -ENOMEM;
		block->id = id;
		block->numa = numa;
		block->state = MHP_STATE_ONLINE;
		block->zone = boot->zone;
		block->has_hole = !iomem_is_ram(model, start, start + model->block_size - 1);
		memmove(&model->blocks[at + 1], &model->blocks[at],
			(model->n_blocks - at) * sizeof(struct block *));
		model->blocks[at] = block;
		model->n_blocks++;
		numa->n_blocks++;
		r = block_make_dir(model, block);
	}
	return r;
}

int blocks_load(struct mhp_sim *sim, const struct capture *capture,
		const struct complaints *complaints)
{
	struct model *model = &sim->model;
	struct node **children;
	size_t count;
	uint64_t id;
	int r;

	r = tree_copy_children(model->memory_dir, &children, &count);
	if (r < 0)
		return r;
	/* children come in order of their numbers, and so do the blocks */
	model->blocks = calloc(count + 1, sizeof(struct block *));
	if (!model->blocks)
		r = -ENOMEM;
	model->blocks_room = count + 1;
	for (size_t i = 0; i < count && r == 0; i++)
		if (children[i]->type == NODE_DIR && !parse_block_name(children[i]->name, &id))
			r = load_block(sim, complaints, id, children[i]);
	tree_free_children(children, count);
	if (r < 0)
		return r;
	r = blocks_make_template(model);
	for (size_t i = 0; i < capture->n_boot_runs && r == 0; i++)
		r = add_boot_run(sim, &capture->boot_runs[i]);
	return r;
}

void blocks_online(struct mhp_sim *sim, const struct block_run *run)
{
	enum mhp_online_type type = sim->model.auto_online;

	for (uint64_t i = 0; type != MHP_OFFLINE && i < run->count; i++) {
		struct block *block = block_find(&sim->model, run->first + i);

		if (block && block_online(sim, block, type) < 0)
			break;
	}
}

static void remove_run(struct mhp_sim *sim, const struct block_run *run, bool told)
{
	struct model *model = &sim->model;
	size_t first = blocks_lower_bound(model, run->first);
	size_t end = blocks_lower_bound(model, run->first + run->count);
	struct numa *numa = NULL;

	for (size_t i = first; i < end; i++)
		block_go(sim, model->blocks[i]);
	/* nodes are few, and a run is on one of them */
	for (size_t i = first; i < end; i++) {
		struct block *block = model->blocks[i];

		if (numa && numa != block->numa)
			numa_vanish(sim, numa, told);
		numa = block->numa;
		if (told)
			tell(sim, block, "remove");
		block_remove_dir(block);
		numa->n_blocks--;
		block_free(block);
	}
	memmove(&model->blocks[first], &model->blocks[end],
		(model->n_blocks - end) * sizeof(struct block *));
	model->n_blocks -= end - first;
	if (numa)
		numa_vanish(sim, numa, told);
}

void blocks_remove(struct mhp_sim *sim, const struct block_run *run)
{
	remove_run(sim, run, true);
}

/* A run is there, and its node, if that came with it. */
static void tell_added(struct mhp_sim *sim, const struct block_run *run,
		       const struct numa *new_numa)
{
	struct model *model = &sim->model;
	size_t first = blocks_lower_bound(model, run->first);
	bool node_first;

	node_first = new_numa && (model->node_first ? holds(model, RULE_EVENT_NODE_FIRST) :
						      !holds(model, RULE_EVENT_NODE_LATER));
	if (node_first)
		numa_tell(sim, new_numa, "add");
	for (size_t i = 0; i < run->count; i++)
		tell(sim, model->blocks[first + i], "add");
	if (new_numa && !node_first)
		numa_tell(sim, new_numa, "add");
}

static int fails_to_come(struct mhp_sim *sim, const struct block_run *run)
{
	int r = 0;

	for (uint64_t i = 0; i < run->count && r == 0; i++)
		r = sim_fails_block(sim, run->first + i, BLOCK_ADD);
	return r;
}

static int check_run(struct mhp_sim *sim, int node, const struct block_run *run)
{
	struct model *model = &sim->model;
	uint64_t end = MAX_ADDRESS / model->block_size;

	if (run->first >= end || run->count > end - run->first ||
	    run->count > MAX_BLOCKS - (model->n_blocks < MAX_BLOCKS ? model->n_blocks : MAX_BLOCKS))
		return -E2BIG;
	if (blocks_lower_bound(model, run->first) !=
	    blocks_lower_bound(model, run->first + run->count))
		return -EEXIST;
	if (!numa_is_possible(sim, node))
		return -EINVAL;
	return fails_to_come(sim, run);
}

int blocks_add(struct mhp_sim *sim, int node, const struct block_run *run, bool altmap)
{
	struct model *model = &sim->model;
	struct block_run done = *run;
	struct numa *numa;
	bool is_new = false;
	size_t at;
	int r;

	r = check_run(sim, node, run);
	if (r == 0)
		r = udev_reserve(sim);
	if (r == 0)
		r = reserve_blocks(model, run->count);
	if (r == 0)
		r = numa_get(sim, model->has_nodes ? node : 0, &numa);
	if (r == 0) {
		is_new = !numa->online;
		r = numa_appear(sim, numa);
	}
	if (r < 0)
		return r;
	at = blocks_lower_bound(model, run->first);
	memmove(&model->blocks[at + run->count], &model->blocks[at],
		(model->n_blocks - at) * sizeof(struct block *));
	for (done.count = 0; done.count < run->count && r == 0; done.count++) {
		struct block *block = calloc(1, sizeof(*block));

		if (!block) {
			r = -ENOMEM;
			break;
		}
		block->id = run->first + done.count;
		block->numa = numa;
		block->state = MHP_STATE_OFFLINE;
		block->altmap_pages = altmap ? model->block_pages / MEMMAP_SHARE : 0;
		model->blocks[at + done.count] = block;
		numa->n_blocks++;
		r = block_make_dir(model, block);
	}
	/* close the gap where not all could be made */
	memmove(&model->blocks[at + done.count], &model->blocks[at + run->count],
		(model->n_blocks - at) * sizeof(struct block *));
	model->n_blocks += (size_t)done.count;
	if (r < 0) {
		/* as if nothing had been */
		if (done.count)
			remove_run(sim, &done, false);
		else
			numa_vanish(sim, numa, false);
	} else {
		tell_added(sim, run, is_new ? numa : NULL);
		udev_note(sim, run);
	}
	return r;
}
