// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The parameters of memory_hotplug, and what online_policy=auto-movable makes of a plain
 * "online": mm/memory_hotplug.c, auto_movable_zone_for_pfn().
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"
#include "words.h"

#define PARAMETERS "/sys/module/memory_hotplug/parameters/"

/* ---- groups ---- */

struct group *group_new(uint64_t max_pages)
{
	struct group *group = calloc(1, sizeof(*group));

	if (group) {
		group->refs = 1;
		group->max_pages = max_pages;
	}
	return group;
}

struct group *group_unref(struct group *group)
{
	if (group && !--group->refs)
		free(group);
	return NULL;
}

/* What is online of a block counts for its group and for what the zone had at boot. */
static void count_block(const struct model *model, const struct block *block, bool is_there)
{
	uint64_t pages = is_there ? model->block_pages : -model->block_pages;

	if (block->group && block->zone == MHP_ZONE_MOVABLE)
		block->group->movable_pages += pages;
	else if (block->group)
		block->group->kernel_pages += pages;
}

void policy_count(const struct model *model, const struct block *block, bool is_there)
{
	uint64_t pages = is_there ? model->block_pages : -model->block_pages;

	count_block(model, block, is_there);
	if (block->is_early)
		block->numa->zones[block->zone].early += pages;
}

void group_take(const struct model *model, struct group *group, const struct block_run *run)
{
	size_t first = blocks_lower_bound(model, run->first);
	size_t end = blocks_lower_bound(model, run->first + run->count);

	for (; first < end; first++) {
		struct block *block = model->blocks[first];

		if (block->group)
			continue;
		group->refs++;
		block->group = group;
		block->is_early = false;
		if (block->state != MHP_STATE_OFFLINE)
			count_block(model, block, true);
	}
}

/* ---- the choice ---- */

struct stats {
	uint64_t early;		/* pages of kernel zones that are there since boot */
	uint64_t movable;
};

static void add_stats(const struct model *model, const struct numa *numa, struct stats *stats)
{
	for (enum mhp_zone i = 0; i < ZONES; i++) {
		const struct zone *zone = &numa->zones[i];

		if (i == MHP_ZONE_MOVABLE)
			stats->movable += zone->present;
		else if (zone->present != zone->early && !holds(model, RULE_ONLY_BOOT_EARNS))
			stats->early += zone->present;
		else
			stats->early += zone->early;
	}
}

static uint64_t take_away(uint64_t from, uint64_t pages)
{
	return from > pages ? from - pages : 0;
}

/*
 * auto_movable_stats_account_group(): a dynamic group's Movable memory is no concern of
 * others, but for the boot memory that it needs in addition to its own kernel memory.
 */
static void leave_out(const struct model *model, const struct group *group, struct stats *stats)
{
	uint64_t needs = group->movable_pages * 100 / model->auto_movable_ratio;
	uint64_t owed = take_away(needs, group->kernel_pages);

	if (owed && holds(model, RULE_VMEM_OWES))
		stats->early = take_away(stats->early, owed);
	if (group->movable_pages && holds(model, RULE_VMEM_APART))
		stats->movable = take_away(stats->movable, group->movable_pages);
}

/* What is there of a node or, without one, of all, as this group sees it. */
static struct stats get_stats(const struct model *model, const struct numa *numa,
			      const struct group *group)
{
	struct stats stats = { 0 };

	for (size_t i = 0; i < model->n_numas; i++)
		if (!numa || model->numas[i] == numa)
			add_stats(model, model->numas[i], &stats);
	for (size_t i = 0; i < model->n_vmems; i++) {
		const struct group *other = model->vmems[i]->group;

		if (other != group && (!numa || numa->id == other->node))
			leave_out(model, other, &stats);
	}
	return stats;
}

/* auto_movable_can_online_movable(): may so many more pages be Movable? */
static bool has_ratio(const struct model *model, const struct numa *numa,
		      const struct group *group, uint64_t pages)
{
	struct stats stats = get_stats(model, numa, group);

	/* where there is no boot memory, that of a group does not help */
	if (!stats.early)
		return false;
	if (group && group->unit_pages && group->kernel_pages && holds(model, RULE_VMEM_EARNS))
		stats.early += group->kernel_pages;
	/* 32 bits times what fits into 52: no overflow below 16 EiB */
	return stats.movable + pages <= model->auto_movable_ratio * stats.early / 100;
}

/* What of a unit is not online yet; false: some of it is in a kernel zone. */
static bool count_unit(const struct model *model, const struct block *block, uint64_t *ret_pages)
{
	uint64_t count = block->group->unit_pages / model->block_pages;
	uint64_t first = block->id / count * count, pages = block->group->unit_pages;
	size_t end = blocks_lower_bound(model, first + count);

	for (size_t i = blocks_lower_bound(model, first); i < end; i++) {
		const struct block *other = model->blocks[i];

		if (other->state == MHP_STATE_OFFLINE)
			continue;
		if (other->zone != MHP_ZONE_MOVABLE && holds(model, RULE_VMEM_UNIT_KERNEL))
			return false;
		pages -= model->block_pages;
	}
	if (count > 1 && !holds(model, RULE_VMEM_UNIT_WHOLE))
		pages = model->block_pages;
	*ret_pages = pages;
	return true;
}

/* What is to go the same way and not online yet; false: some of it is in a kernel zone. */
static bool count_rest(const struct model *model, const struct block *block, uint64_t *ret_pages)
{
	const struct group *group = block->group;

	*ret_pages = model->block_pages;
	if (!group)
		return true;
	if (group->unit_pages)
		return count_unit(model, block, ret_pages);
	if (group->kernel_pages && holds(model, RULE_GROUP_STAYS_KERNEL))
		return false;
	if (holds(model, RULE_GROUP_AS_WHOLE))
		*ret_pages = take_away(group->max_pages, group->movable_pages);
	return true;
}

/* What came together is to go the same way, so there must be room for all of it. */
bool policy_is_movable(const struct model *model, const struct block *block)
{
	const struct group *group = block->group;
	uint64_t pages;

	if (!model->auto_movable_ratio || !count_rest(model, block, &pages))
		return false;
	if (!has_ratio(model, NULL, group, pages) && holds(model, RULE_RATIO_OF_ALL))
		return false;
	if (model->numa_aware && !has_ratio(model, block->numa, group, pages) &&
	    holds(model, RULE_RATIO_OF_NODE))
		return false;
	return true;
}

/* ---- online_policy ---- */

static const char *const policies[] = { "contig-zones", "auto-movable" };

static int policy_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	buf_add(buf, "%s\n", policies[sim->model.auto_movable]);
	return 0;
}

static int policy_store(struct mhp_sim *sim, void *owner, const char *word)
{
	(void)owner;
	if (!*word)
		return 0;
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		if (same_word(word, policies[i])) {
			sim->model.auto_movable = i;
			return 0;
		}
	return holds(&sim->model, RULE_POLICY_WORD) ? -EINVAL : 0;
}

static const struct attr policy_attr = { .show = policy_show, .store = policy_store };

/* ---- auto_movable_ratio ---- */

static int ratio_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	buf_add(buf, "%" PRIu64 "\n", sim->model.auto_movable_ratio);
	return 0;
}

static int ratio_store(struct mhp_sim *sim, void *owner, const char *word)
{
	int r;

	(void)owner;
	if (!*word)
		return 0;
	r = parse_number(word, 0, UINT32_MAX, &sim->model.auto_movable_ratio);
	return r < 0 && holds(&sim->model, RULE_RATIO_NUMBER) ? r : 0;
}

static const struct attr ratio_attr = { .show = ratio_show, .store = ratio_store };

/* ---- auto_movable_numa_aware ---- */

static int numa_aware_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	buf_add_str(buf, sim->model.numa_aware ? "Y\n" : "N\n");
	return 0;
}

static int numa_aware_store(struct mhp_sim *sim, void *owner, const char *word)
{
	int r;

	(void)owner;
	if (!*word)
		return 0;
	r = parse_bool(word, &sim->model.numa_aware);
	return r < 0 && holds(&sim->model, RULE_NUMA_AWARE_WORD) ? r : 0;
}

static const struct attr numa_aware_attr = {
	.show = numa_aware_show, .store = numa_aware_store,
};

/* ---- from the capture ---- */

static int load_parameter(struct mhp_sim *sim, const struct complaints *complaints,
			  const char *path, const struct attr *attr)
{
	struct node *file = model_file(sim, path);

	if (!file || !file->text)
		return 0;
	if (attr->store(sim, NULL, file->text) < 0)
		return model_complain(complaints, file);
	model_set_attr(file, attr, NULL);
	return 0;
}

int policies_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	int r;

	sim->model.auto_movable_ratio = 301;
	sim->model.numa_aware = true;
	r = load_parameter(sim, complaints, PARAMETERS "online_policy", &policy_attr);
	if (r == 0)
		r = load_parameter(sim, complaints, PARAMETERS "auto_movable_ratio", &ratio_attr);
	if (r == 0)
		r = load_parameter(sim, complaints, PARAMETERS "auto_movable_numa_aware",
				   &numa_aware_attr);
	return r;
}

static bool is_driver_managed(const struct model *model, uint64_t start, uint64_t last)
{
	for (size_t i = 0; i < model->n_iomem; i++) {
		const struct iomem_entry *entry = &model->iomem[i];

		if (entry->start <= last && entry->end >= start &&
		    !strncmp(entry->name, "System RAM (", 12))
			return true;
	}
	return false;
}

/* Boot memory is "System RAM" and no more, and no device of the firmware's. */
static bool is_early(const struct model *model, const struct block *block)
{
	uint64_t start = block->id * model->block_size;

	return !block->group && !tree_child(block->dir, "firmware_node") &&
	       !(model->has_iomem &&
		 is_driver_managed(model, start, start + model->block_size - 1));
}

void policies_adopt(struct model *model)
{
	for (size_t i = 0; i < model->n_numas; i++)
		for (enum mhp_zone zone = 0; zone < ZONES; zone++)
			model->numas[i]->zones[zone].early = model->numas[i]->zones[zone].present;
	for (size_t i = 0; i < model->n_blocks; i++) {
		struct block *block = model->blocks[i];

		block->is_early = is_early(model, block);
		if (!block->is_early && block->state != MHP_STATE_OFFLINE &&
		    block->zone < ZONES) {
			struct zone *zone = &block->numa->zones[block->zone];

			zone->early -= zone->early < model->block_pages ? zone->early :
									  model->block_pages;
		}
	}
}
