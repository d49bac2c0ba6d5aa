// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Storage of an s390 machine: what the hypervisor keeps ready is asked for, and given
 * back, block by block (drivers/s390/char/sclp_mem.c, Linux 7.2).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define STORAGE_PATH	"/sys/firmware/memory"
#define RAM		"System RAM"

/* ---- config ---- */

static int config_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct storage *storage = owner;

	(void)sim;
	buf_add(buf, "%d\n", storage->config);
	return 0;
}

/* Assigned and added; what comes is onlined under the same lock. */
static int configure(struct mhp_sim *sim, struct storage *storage)
{
	struct model *model = &sim->model;
	struct block_run run = { storage->id, 1 };
	uint64_t start = run_start(model, &run), last = run_last(model, &run);
	int r;

	r = numa_get_plain(sim, 0);
	if (r == 0)
		r = iomem_insert(model, start, last, RAM);
	if (r < 0)
		return r;
	r = blocks_add(sim, 0, &run, storage->memmap_on_memory && model->memmap_on_memory);
	if (r < 0) {
		iomem_remove(model, start, last, RAM);
		return r;
	}
	storage->config = true;
	if (holds(model, RULE_CONFIG_POLICY))
		blocks_online(sim, &run);
	return 0;
}

static int deconfigure(struct mhp_sim *sim, struct storage *storage)
{
	struct model *model = &sim->model;
	const struct block *block = block_find(model, storage->id);
	struct block_run run = { storage->id, 1 };

	if (block && block->state != MHP_STATE_OFFLINE && holds(model, RULE_CONFIG_BUSY))
		return -EBUSY;
	/* a piece of what is there since boot may be cut off; without memory its line stays */
	(void)iomem_cut(model, run_start(model, &run), run_last(model, &run), RAM);
	blocks_remove(sim, &run);
	storage->config = false;
	return 0;
}

static int config_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct storage *storage = owner;
	bool config;
	int r;

	r = parse_kernel_bool(&sim->model, word, &config);
	if (r < 0)
		return r;
	if (config == storage->config)
		return holds(&sim->model, RULE_CONFIG_TWICE) ? 0 : -EINVAL;
	return config ? configure(sim, storage) : deconfigure(sim, storage);
}

/* lock_device_hotplug_sysfs(): what is no boolean is told before */
static enum need lock_need(struct mhp_sim *sim, void *owner, const char *word)
{
	bool value;

	(void)owner;
	return parse_kernel_bool(&sim->model, word, &value) < 0 ? NEEDS_NOTHING : NEEDS_HOTPLUG;
}

static const struct attr config_attr = {
	.show = config_show, .store = config_store, .need = lock_need,
};

/* ---- memmap_on_memory ---- */

static int memmap_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct storage *storage = owner;

	(void)sim;
	buf_add(buf, "%d\n", storage->memmap_on_memory);
	return 0;
}

static int memmap_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct storage *storage = owner;
	struct model *model = &sim->model;
	bool value;
	int r;

	r = parse_kernel_bool(model, word, &value);
	if (r < 0)
		return r;
	if (value && !model->memmap_on_memory && holds(model, RULE_CONFIG_NO_MEMMAP))
		return -EOPNOTSUPP;
	if (block_find(model, storage->id) && holds(model, RULE_CONFIG_MEMMAP))
		return -EBUSY;
	storage->memmap_on_memory = value;
	return 0;
}

static const struct attr memmap_attr = {
	.show = memmap_show, .store = memmap_store, .need = lock_need,
};

/* ---- from the capture ---- */

/* Without its file a block of storage cannot be configured: nothing acts. */
static int load_bool(const struct complaints *complaints, struct storage *storage,
		     const char *name, const struct attr *attr, bool *ret)
{
	struct node *file = tree_child(storage->dir, name);
	uint64_t number;
	int r;

	r = model_read_number(complaints, file, parse_dec, &number);
	if (r <= 0)
		return r;
	if (number > 1)
		return model_complain(complaints, file);
	*ret = number;
	model_set_attr(file, attr, storage);
	return 0;
}

static int load_storage(struct mhp_sim *sim, const struct complaints *complaints, uint64_t id,
			struct node *dir)
{
	struct model *model = &sim->model;
	struct storage *storage;
	int r;

	if (id >= MAX_ADDRESS / model->block_size)
		return model_complain(complaints, dir);
	/* the files of many that are alike are shared */
	r = tree_become_own(dir);
	if (r < 0)
		return r;
	storage = calloc(1, sizeof(*storage));
	if (!storage)
		return -ENOMEM;
	model->storages[model->n_storages++] = storage;
	storage->id = id;
	node_keep(&storage->dir, dir);
	r = load_bool(complaints, storage, "config", &config_attr, &storage->config);
	if (r == 0)
		r = load_bool(complaints, storage, "memmap_on_memory", &memmap_attr,
			      &storage->memmap_on_memory);
	return r;
}

int storages_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *dir = model_dir(sim, STORAGE_PATH), **children;
	size_t count;
	uint64_t id;
	int r;

	if (!dir)
		return 0;
	r = tree_copy_children(dir, &children, &count);
	if (r < 0)
		return r;
	sim->model.storages = calloc(count + 1, sizeof(struct storage *));
	if (!sim->model.storages)
		r = -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++)
		if (children[i]->type == NODE_DIR && !parse_block_name(children[i]->name, &id))
			r = load_storage(sim, complaints, id, children[i]);
	tree_free_children(children, count);
	return r;
}

void storage_free(struct storage *storage)
{
	node_unref(storage->dir);
	free(storage);
}
