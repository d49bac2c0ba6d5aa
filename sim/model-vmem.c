// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * virtio-mem: devices that grow and shrink as the host says, block by block. What the
 * driver has to do it does in a thread of its own (drivers/virtio/virtio_mem.c,
 * virtio_mem_run_wq()): here, as soon as nobody else has the lock for hotplug.
 *
 * The driver has two modes: memory blocks, of which the host may give a part only,
 * and "big blocks" of several memory blocks, for devices whose own blocks are so large.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "sim.h"

#define RAM_NAME	"System RAM (virtio_mem)"
/* VIRTIO_MEM_DEFAULT_OFFLINE_THRESHOLD */
#define OFFLINE_BYTES	((uint64_t)1 << 30)

/* ---- its blocks ---- */

uint64_t vmem_unit_bytes(const struct model *model, const struct vmem *vmem)
{
	return vmem->device_block > model->block_size ? vmem->device_block : model->block_size;
}

static bool has_big_blocks(const struct model *model, const struct vmem *vmem)
{
	return vmem->device_block > model->block_size;
}

static uint64_t unit_blocks(const struct model *model, const struct vmem *vmem)
{
	return vmem_unit_bytes(model, vmem) / model->block_size;
}

/* All memory blocks that it can have; units begin with the first of them. */
struct block_run vmem_blocks(const struct model *model, const struct vmem *vmem)
{
	uint64_t unit = vmem_unit_bytes(model, vmem);
	uint64_t first = (vmem->start + unit - 1) / unit, end = (vmem->last + 1) / unit;
	uint64_t count = unit_blocks(model, vmem);

	return (struct block_run){ first * count, end > first ? (end - first) * count : 0 };
}

static bool has_block(const struct model *model, const struct vmem *vmem,
		      const struct block *block)
{
	struct block_run all = vmem_blocks(model, vmem);

	return vmem->has_region && block->id >= all.first && block->id - all.first < all.count;
}

static uint64_t plugged_bytes(const struct model *model, const struct block *block)
{
	return (model->block_pages - block->unplugged_pages) * PAGE_BYTES;
}

bool vmem_has_any_block(const struct model *model, const struct vmem *vmem)
{
	struct block_run all = vmem_blocks(model, vmem);

	return blocks_lower_bound(model, all.first) <
	       blocks_lower_bound(model, all.first + all.count);
}

static uint64_t offline_bytes(const struct model *model, const struct vmem *vmem)
{
	struct block_run all = vmem_blocks(model, vmem);
	size_t at = blocks_lower_bound(model, all.first);
	uint64_t bytes = 0;

	for (; at < model->n_blocks && model->blocks[at]->id < all.first + all.count; at++)
		if (model->blocks[at]->state == MHP_STATE_OFFLINE)
			bytes += model->block_size;
	return bytes;
}

static uint64_t offline_threshold(const struct model *model, const struct vmem *vmem)
{
	uint64_t two = 2 * vmem_unit_bytes(model, vmem);

	return two > OFFLINE_BYTES ? two : OFFLINE_BYTES;
}

/* Not if too much would wait to be onlined. */
static bool could_add(const struct model *model, const struct vmem *vmem, uint64_t bytes)
{
	return offline_bytes(model, vmem) + bytes <= offline_threshold(model, vmem) ||
	       !holds(model, RULE_VMEM_WAITS);
}

/* ---- more ---- */

/* A unit comes, of which the host gives so much. */
static int add_unit(struct mhp_sim *sim, struct vmem *vmem, uint64_t first, uint64_t plugged)
{
	struct model *model = &sim->model;
	struct block_run run = { first, unit_blocks(model, vmem) };
	uint64_t start = run_start(model, &run), last = run_last(model, &run);
	int r;

	r = numa_get_plain(sim, vmem->node);
	if (r == 0)
		r = iomem_insert(model, start, last, RAM_NAME);
	if (r < 0)
		return r;
	r = blocks_add(sim, vmem->node, &run, false);
	if (r < 0) {
		iomem_remove(model, start, last, RAM_NAME);
		return r;
	}
	group_take(model, vmem->group, &run);
	if (holds(model, RULE_VMEM_MERGES))
		iomem_merge(model, start, last, RAM_NAME);
	if (!has_big_blocks(model, vmem))
		zone_set_unplugged(model, block_find(model, first),
				   model->block_pages - plugged / PAGE_BYTES);
	vmem->plugged += plugged;
	if (holds(model, RULE_VMEM_POLICY))
		blocks_online(sim, &run);
	return 0;
}

/* What blocks are asked in turn; of each kind the lower ones, or the higher ones, first. */
enum kind {
	OFFLINE_PARTIAL,
	OFFLINE,
	MOVABLE_PARTIAL,
	KERNEL_PARTIAL,
	MOVABLE,
	KERNEL,
};

static enum kind kind_of(const struct model *model, const struct block *block)
{
	bool partial = block->unplugged_pages > 0 && holds(model, RULE_VMEM_PART_FIRST);

	if (block->state == MHP_STATE_OFFLINE && holds(model, RULE_VMEM_OFFLINE_FIRST))
		return partial ? OFFLINE_PARTIAL : OFFLINE;
	if (block->zone == MHP_ZONE_MOVABLE || !holds(model, RULE_VMEM_KERNEL_LAST))
		return partial ? MOVABLE_PARTIAL : MOVABLE;
	return partial ? KERNEL_PARTIAL : KERNEL;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Fills what the host gave a part of only. */
static bool fill(struct mhp_sim *sim, struct vmem *vmem)
{
	static const enum kind kinds[] = { KERNEL_PARTIAL, MOVABLE_PARTIAL, OFFLINE_PARTIAL };
	struct model *model = &sim->model;
	struct block_run all = vmem_blocks(model, vmem);
	bool worked = false;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (uint64_t j = 0; j < all.count && vmem->plugged < vmem->requested; j++) {
			struct block *block = block_find(model, all.first + j);
			uint64_t bytes;

			if (!block || kind_of(model, block) != kinds[i])
				continue;
			bytes = least(block->unplugged_pages * PAGE_BYTES,
				      vmem->requested - vmem->plugged);
			zone_set_unplugged(model, block,
					   block->unplugged_pages - bytes / PAGE_BYTES);
			vmem->plugged += bytes;
			worked = true;
		}
	return worked;
}

static int grow(struct mhp_sim *sim, struct vmem *vmem, bool *worked)
{
	struct model *model = &sim->model;
	struct block_run all = vmem_blocks(model, vmem);
	uint64_t unit = vmem_unit_bytes(model, vmem), step = unit_blocks(model, vmem);
	int r;

	if (holds(model, RULE_VMEM_FILLS))
		*worked |= fill(sim, vmem);
	for (uint64_t j = 0; j < all.count && vmem->plugged < vmem->requested; j += step) {
		uint64_t at = holds(model, RULE_VMEM_LOW_FIRST) ? j : all.count - step - j;

		if (block_find(model, all.first + at))
			continue;
		if (!could_add(model, vmem, unit))
			return -ENOSPC;
		r = add_unit(sim, vmem, all.first + at,
			     least(unit, vmem->requested - vmem->plugged));
		if (r < 0)
			return r;
		*worked = true;
	}
	return vmem->plugged < vmem->requested ? -ENOSPC : 0;
}

/* ---- less ---- */

/* Its blocks are offline. */
void vmem_remove_run(struct mhp_sim *sim, const struct block_run *run)
{
	struct model *model = &sim->model;

	/* where there is no memory for that, its line stays */
	(void)iomem_cut(model, run_start(model, run), run_last(model, run), RAM_NAME);
	blocks_remove(sim, run);
}

/* Pages that are in use, or that are told to be, are not given back: nor is a hang. */
static int take_offline(struct mhp_sim *sim, struct block *block)
{
	int r = block_offline(sim, block);

	return r == HANGS ? -EBUSY : r;
}

/* Part of a block that stays. */
static bool take_part(struct mhp_sim *sim, struct vmem *vmem, struct block *block,
		      uint64_t bytes)
{
	if (block->state != MHP_STATE_OFFLINE &&
	    (block->pinned || sim_fails_block(sim, block->id, BLOCK_OFFLINE) < 0))
		return false;
	zone_set_unplugged(&sim->model, block, block->unplugged_pages + bytes / PAGE_BYTES);
	vmem->plugged -= bytes;
	return true;
}

/* Gives as much of a block back as is wanted; one of which nothing is left goes. */
static bool take(struct mhp_sim *sim, struct vmem *vmem, struct block *block)
{
	uint64_t wanted = vmem->plugged - vmem->requested;
	uint64_t bytes = plugged_bytes(&sim->model, block);
	struct block_run run = { block->id, 1 };

	if (wanted < bytes)
		return take_part(sim, vmem, block, wanted);
	if (take_offline(sim, block) < 0)
		return false;
	vmem->plugged -= bytes;
	vmem_remove_run(sim, &run);
	return true;
}

static int shrink(struct mhp_sim *sim, struct vmem *vmem, bool *worked)
{
	struct model *model = &sim->model;
	struct block_run all = vmem_blocks(model, vmem);

	for (enum kind kind = OFFLINE_PARTIAL; kind <= KERNEL; kind++)
		for (uint64_t j = all.count; j > 0 && vmem->plugged > vmem->requested; j--) {
			uint64_t at = holds(model, RULE_VMEM_HIGH_FIRST) ? j - 1 : all.count - j;
			struct block *block = block_find(model, all.first + at);

			if (block && kind_of(model, block) == kind)
				*worked |= take(sim, vmem, block);
		}
	return vmem->plugged > vmem->requested ? -EBUSY : 0;
}

/* Which big blocks are asked first: those offline, then those in Movable. */
static enum kind kind_of_unit(const struct model *model, uint64_t first, uint64_t count)
{
	enum kind kind = OFFLINE;

	for (uint64_t i = 0; i < count; i++) {
		const struct block *block = block_find(model, first + i);

		if (block && kind_of(model, block) > kind)
			kind = kind_of(model, block);
	}
	return kind;
}

/* Kernel zone or Movable is all that the kernel remembers. */
static void put_back(struct mhp_sim *sim, const struct block_run *run,
		     const enum mhp_zone *zones)
{
	for (uint64_t i = 0; i < run->count; i++) {
		struct block *block = block_find(&sim->model, run->first + i);

		if (zones[i] != MHP_ZONE_UNKNOWN)
			(void)block_online(sim, block, zones[i] == MHP_ZONE_MOVABLE ?
						       MHP_ONLINE_MOVABLE : MHP_ONLINE_KERNEL);
	}
}

static int offline_all(struct mhp_sim *sim, const struct block_run *run, enum mhp_zone *zones)
{
	for (uint64_t i = 0; i < run->count; i++) {
		struct block *block = block_find(&sim->model, run->first + i);
		enum mhp_zone zone = block ? block->zone : MHP_ZONE_UNKNOWN;
		int r = block ? take_offline(sim, block) : 1;

		if (r < 0)
			return r;
		if (r == 0)
			zones[i] = zone;
	}
	return 0;
}

/* All of its blocks, or none: offline_and_remove_memory(). */
static int take_unit(struct mhp_sim *sim, struct vmem *vmem, const struct block_run *run)
{
	enum mhp_zone *zones = NULL;
	int r;

	if (run->count <= SIZE_MAX)
		zones = calloc((size_t)run->count, sizeof(*zones));
	if (!zones)
		return -ENOMEM;
	for (uint64_t i = 0; i < run->count; i++)
		zones[i] = MHP_ZONE_UNKNOWN;
	r = offline_all(sim, run, zones);
	if (r == 0) {
		vmem->plugged -= least(vmem->plugged, vmem_unit_bytes(&sim->model, vmem));
		vmem_remove_run(sim, run);
	} else {
		put_back(sim, run, zones);
	}
	free(zones);
	return r;
}

static int shrink_big(struct mhp_sim *sim, struct vmem *vmem, bool *worked)
{
	static const enum kind kinds[] = { OFFLINE, MOVABLE, KERNEL };
	struct model *model = &sim->model;
	struct block_run all = vmem_blocks(model, vmem);
	uint64_t step = unit_blocks(model, vmem);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (uint64_t j = all.count; j > 0 && vmem->plugged > vmem->requested; j -= step) {
			uint64_t at = holds(model, RULE_VMEM_HIGH_FIRST) ? j - step : all.count - j;
			struct block_run run = { all.first + at, step };
			int r;

			if (!block_find(model, run.first) ||
			    kind_of_unit(model, run.first, step) != kinds[i])
				continue;
			r = take_unit(sim, vmem, &run);
			if (r == -ENOMEM)
				return r;
			*worked |= r == 0;
		}
	return vmem->plugged > vmem->requested ? -EBUSY : 0;
}

/* ---- the driver's work ---- */

/* virtio_mem_run_wq(): what comes of a failure */
static void conclude(struct vmem *vmem, int r)
{
	switch (r) {
	case 0:
	case -ENOSPC:
		/* goes on once memory comes online */
		break;
	case -EBUSY:
	case -ENOMEM:
	case -EAGAIN:
		vmem->retries = true;
		break;
	default:
		vmem->broken = true;
	}
}

static bool work(struct mhp_sim *sim, struct vmem *vmem)
{
	struct model *model = &sim->model;
	bool worked = false;
	int r = 0;

	vmem->is_due = false;
	vmem->retries = false;
	model->vmem_works = true;
	if (vmem->plugged < vmem->requested)
		r = grow(sim, vmem, &worked);
	else if (vmem->plugged > vmem->requested)
		r = has_big_blocks(model, vmem) && holds(model, RULE_VMEM_BIG_BLOCKS) ?
		    shrink_big(sim, vmem, &worked) : shrink(sim, vmem, &worked);
	model->vmem_works = false;
	conclude(vmem, r);
	return worked;
}

bool vmems_work(struct mhp_sim *sim)
{
	struct model *model = &sim->model;
	bool worked = false;

	for (size_t i = 0; i < model->n_vmems && !hotplug_is_taken(sim); i++) {
		struct vmem *vmem = model->vmems[i];

		if (vmem->is_due && vmem->bound && !vmem->broken)
			worked |= work(sim, vmem);
	}
	return worked;
}

void vmems_retry(struct mhp_sim *sim)
{
	for (size_t i = 0; i < sim->model.n_vmems; i++)
		sim->model.vmems[i]->is_due |= sim->model.vmems[i]->retries;
}

void vmem_note_online(struct mhp_sim *sim, const struct block *block)
{
	struct model *model = &sim->model;

	if (model->vmem_works)
		return;
	for (size_t i = 0; i < model->n_vmems; i++) {
		struct vmem *vmem = model->vmems[i];

		if (has_block(model, vmem, block) &&
		    could_add(model, vmem, offline_threshold(model, vmem) / 2) &&
		    holds(model, RULE_VMEM_GOES_ON))
			vmem->is_due = true;
	}
}

bool vmem_keeps(const struct mhp_sim *sim, const struct block *block)
{
	const struct model *model = &sim->model;

	for (size_t i = 0; block->unplugged_pages && i < model->n_vmems; i++)
		if (has_block(model, model->vmems[i], block))
			return !model->vmems[i]->bound;
	return false;
}
