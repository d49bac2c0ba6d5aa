// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DIMMs: slots that ACPI tells of (PNP0C80), what the host puts in and wants back.
 * What the firmware tells the kernel, and what is written to "eject", is queued and
 * done by a thread of the kernel's, under the lock for hotplug (drivers/acpi/scan.c,
 * acpi_device_hotplug()): here, as soon as nobody else has that lock.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "sim.h"

/* _STA: present, enabled, shown, working */
#define STATUS_PRESENT	15

static const char *ram_name(const struct model *model)
{
	return holds(model, RULE_DIMM_RAM) ? "System RAM" : "System RAM (acpi)";
}

/* ---- it comes ---- */

static int add_memory(struct mhp_sim *sim, struct dimm *dimm, const struct block_run *run)
{
	struct model *model = &sim->model;
	uint64_t start = run_start(model, run), last = run_last(model, run);
	bool altmap = model->memmap_on_memory && (model->altmap_per_block || run->count == 1);
	int r;

	r = numa_get_plain(sim, dimm->node);
	if (r == 0)
		r = iomem_insert(model, start, last, ram_name(model));
	if (r < 0)
		return r;
	r = blocks_add(sim, dimm->node, run, altmap);
	if (r == 0) {
		if (dimm->group)
			group_take(model, dimm->group, run);
		r = dimm_link_blocks(model, dimm);
		if (r == 0)
			r = firmware_add(sim, run);
		if (r < 0) {
			dimm_unlink_blocks(dimm);
			blocks_remove(sim, run);
		}
	}
	if (r < 0)
		iomem_remove(model, start, last, ram_name(model));
	return r;
}

static bool is_container(const char *name)
{
	static const char *const ids[] = { "ACPI0004:", "PNP0A05:", "PNP0A06:" };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (!strncmp(name, ids[i], strlen(ids[i])))
			return true;
	return false;
}

/* A container that a DIMM comes to is told to be online: drivers/acpi/container.c */
static void tell_container(struct mhp_sim *sim, const struct dimm *dimm)
{
	const struct node *parent = dimm->dir->parent;
	struct buf path = { 0 };

	if (!sim->model.tells_container || !parent || !is_container(parent->name) ||
	    !holds(&sim->model, RULE_DIMM_CONTAINER))
		return;
	if (event_is_heard(sim))
		buf_add(&path, "/devices/system/container/%s", parent->name);
	event_send_path(sim, "online", path.failed ? NULL : path.str, "container", NULL);
	buf_free(&path);
}

/* Nobody but the kernel's log is told that it fails; the DIMM is there all the same. */
static void attach(struct mhp_sim *sim, struct dimm *dimm)
{
	if (!dimm->status || dimm->attached)
		return;
	/* acpi_memory_enable_device(): a group comes before its memory */
	if (holds(&sim->model, RULE_DIMM_GROUP) && dimm_make_group(&sim->model, dimm) < 0)
		return;
	if (add_memory(sim, dimm, &dimm->runs[0]) < 0) {
		dimm->group = group_unref(dimm->group);
		return;
	}
	dimm->attached = true;
	if (holds(&sim->model, RULE_DIMM_POLICY))
		blocks_online(sim, &dimm->runs[0]);
	tell_container(sim, dimm);
}

/* ---- it goes ---- */

/* All blocks are offline: acpi_memory_device_remove(), then _EJ0. */
static void detach(struct mhp_sim *sim, struct dimm *dimm)
{
	struct model *model = &sim->model;

	dimm_unlink_blocks(dimm);
	for (size_t i = 0; dimm->attached && i < dimm->n_runs; i++) {
		const struct block_run *run = &dimm->runs[i];

		firmware_remove(sim, run);
		/* where there is no memory for that, its line stays */
		(void)iomem_cut(model, run_start(model, run), run_last(model, run), ram_name(model));
		blocks_remove(sim, run);
	}
	dimm->group = group_unref(dimm->group);
	dimm->n_runs = 0;
	dimm->attached = false;
	dimm->status = 0;
}

/* acpi_bus_online(): what was offlined is onlined as by a plain "online". */
static void give_up(struct mhp_sim *sim, struct dimm *dimm)
{
	struct model *model = &sim->model;
	uint64_t count = dimm_count_blocks(dimm);

	for (uint64_t i = 0; i < count; i++) {
		struct block *block = dimm_nth_block(model, dimm, i);

		if (block && block->put_online && holds(model, RULE_DIMM_PUTS_BACK))
			(void)block_online(sim, block, holds(model, RULE_DIMM_FORGETS_ZONE) ?
						       MHP_ONLINE : MHP_ONLINE_MOVABLE);
	}
}

/*
 * acpi_bus_offline(): of a first pass failures do not matter, as blocks may depend on
 * each other; a second one, if there were any, ends with the first failure. HANGS: it
 * goes on later with the same block.
 */
static int offline_pass(struct mhp_sim *sim, struct dimm_work *work, uint64_t count)
{
	for (; work->at < count; work->at++) {
		struct block *block = dimm_nth_block(&sim->model, work->dimm, work->at);
		int r;

		if (!block || (work->second_pass && block->put_online))
			continue;
		block->put_online = false;
		r = block_offline(sim, block);
		if (r == HANGS)
			return r;
		block->put_online = r == 0 ||
				    (r > 0 && !holds(&sim->model, RULE_DIMM_KEEPS_OFFLINE));
		work->failed |= r < 0;
		if (r < 0 && work->second_pass)
			break;
	}
	return 0;
}

/* true: it is over, one way or the other */
static bool eject(struct mhp_sim *sim, struct dimm_work *work)
{
	struct dimm *dimm = work->dimm;
	uint64_t count = dimm->attached ? dimm_count_blocks(dimm) : 0;

	if (offline_pass(sim, work, count) == HANGS) {
		hotplug_hang_worker(sim);
		return false;
	}
	if (work->failed && !work->second_pass) {
		work->second_pass = true;
		work->failed = false;
		work->at = 0;
		return eject(sim, work);
	}
	if (work->failed)
		give_up(sim, dimm);
	else
		detach(sim, dimm);
	return true;
}

bool dimms_work(struct mhp_sim *sim)
{
	struct model *model = &sim->model;
	bool worked = false;

	while (model->n_dimm_works && !hotplug_is_taken(sim)) {
		struct dimm_work *work = &model->dimm_works[0];

		worked = true;
		if (!work->is_eject)
			attach(sim, work->dimm);
		else if (work->dimm->status && !eject(sim, work))
			break;
		memmove(work, work + 1, --model->n_dimm_works * sizeof(*work));
	}
	return worked;
}

static int queue(struct model *model, struct dimm *dimm, bool is_eject)
{
	struct dimm_work *list;

	list = reallocarray(model->dimm_works, model->n_dimm_works + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	model->dimm_works = list;
	list[model->n_dimm_works++] = (struct dimm_work){ .dimm = dimm, .is_eject = is_eject };
	return 0;
}

/* ---- files ---- */

static int status_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct dimm *dimm = owner;

	(void)sim;
	buf_add(buf, "%" PRIu64 "\n", dimm->status);
	return 0;
}

/* drivers/acpi/device_sysfs.c, eject_store(): it is queued, and that is all it tells */
static int eject_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct dimm *dimm = owner;

	if (word[0] != '1' && holds(model, RULE_EJECT_WORD))
		return -EINVAL;
	if (word[0] == '1' && !same_word(word, "1") && !holds(model, RULE_EJECT_TAIL))
		return -EINVAL;
	if (!dimm->attached && holds(model, RULE_EJECT_EMPTY))
		return -ENODEV;
	return queue(&sim->model, dimm, true);
}

static const struct attr status_attr = { .show = status_show };
static const struct attr eject_attr = { .store = eject_store };

void dimm_set_attrs(struct dimm *dimm)
{
	model_set_attr(tree_child(dimm->dir, "status"), &status_attr, dimm);
	model_set_attr(tree_child(dimm->dir, "eject"), &eject_attr, dimm);
}

/* ---- by the host ---- */

static int check_range(struct model *model, const struct block_run *run)
{
	uint64_t end = MAX_ADDRESS / model->block_size;

	if (run->first >= end || run->count > end - run->first || run->count > MAX_BLOCKS)
		return -E2BIG;
	if (blocks_lower_bound(model, run->first) !=
	    blocks_lower_bound(model, run->first + run->count) ||
	    iomem_is_taken(model, run_start(model, run), run_last(model, run)))
		return -EEXIST;
	for (size_t i = 0; i < model->n_dimms; i++)
		for (size_t j = 0; j < model->dimms[i]->n_runs; j++) {
			const struct block_run *other = &model->dimms[i]->runs[j];

			if (run->first < other->first + other->count &&
			    other->first < run->first + run->count)
				return -EEXIST;
		}
	return 0;
}

static int plug(struct mhp_sim *sim, unsigned int slot, int node, uint64_t start, uint64_t size)
{
	struct model *model = &sim->model;
	struct block_run run;
	struct dimm *dimm;
	int r;

	if (!model->active)
		return sim->read_only ? -EROFS : -EOPNOTSUPP;
	if (slot > MAX_SLOT || !size || (start | size) & (model->block_size - 1) ||
	    !numa_is_possible(sim, node))
		return -EINVAL;
	run = (struct block_run){ start / model->block_size, size / model->block_size };
	dimm = dimm_find(model, slot);
	if (dimm && dimm->status)
		return -EBUSY;
	r = check_range(model, &run);
	if (r == 0 && !dimm)
		r = dimm_make_slot(sim, slot, &dimm);
	if (r == 0)
		r = dimm_add_run(dimm, &run);
	if (r < 0)
		return r;
	r = queue(model, dimm, false);
	if (r < 0) {
		dimm->n_runs = 0;
		return r;
	}
	dimm->node = node;
	dimm->status = STATUS_PRESENT;
	return 0;
}

MHP_EXPORT int mhp_sim_plug_dimm(struct mhp_sim *sim, unsigned int slot, int node,
				 uint64_t start, uint64_t size)
{
	int r;

	sim_lock(sim);
	r = plug(sim, slot, node, start, size);
	note_host(sim, r, "plug-dimm %u %#" PRIx64 " %" PRIu64 " %d", slot, start, size, node);
	follow_up(sim);
	sim_unlock(sim);
	return r;
}

MHP_EXPORT int mhp_sim_request_unplug_dimm(struct mhp_sim *sim, unsigned int slot)
{
	struct dimm *dimm;
	int r;

	sim_lock(sim);
	dimm = dimm_find(&sim->model, slot);
	if (sim->read_only)
		r = -EROFS;
	else
		r = dimm && dimm->status ? queue(&sim->model, dimm, true) : -ENODEV;
	note_host(sim, r, "unplug-dimm %u", slot);
	follow_up(sim);
	sim_unlock(sim);
	return r;
}
