// SPDX-License-Identifier: LGPL-2.1-or-later
/* dax devices, and what the driver kmem does with their memory. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define RAM_NAME "System RAM (kmem)"

bool is_kmem(const struct driver *driver)
{
	return driver && !strcmp(driver->name, "kmem");
}

void dax_free(struct dax *dax)
{
	free(dax->ranges);
	free(dax->uevent);
	free(dax);
}

struct dax *dax_find(const struct model *model, const char *word)
{
	for (size_t i = 0; i < model->n_daxes; i++)
		if (same_word(word, model->daxes[i]->name))
			return model->daxes[i];
	return NULL;
}

/* ---- ranges in /proc/iomem ---- */

static uint64_t run_start(const struct model *model, const struct block_run *run)
{
	return run->first * model->block_size;
}

static uint64_t run_last(const struct model *model, const struct block_run *run)
{
	return (run->first + run->count) * model->block_size - 1;
}

/* Does another device, or other memory, have any of this range? */
static bool is_taken(const struct model *model, const struct dax_range *range)
{
	for (size_t i = 0; i < model->n_daxes; i++) {
		const struct dax *dax = model->daxes[i];

		for (size_t j = 0; j < dax->n_ranges; j++)
			if (dax->ranges[j].reserved &&
			    ranges_overlap(&dax->ranges[j].range, &range->range))
				return true;
	}
	return false;
}

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

/* ---- kmem: memory comes ---- */

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
		r = is_taken(&sim->model, range) ? -EBUSY : add_range(sim, dax, range);
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

/* ---- kmem: memory goes ---- */

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

int devdax_probe(struct mhp_sim *sim, struct dax *dax)
{
	struct model *model = &sim->model;
	size_t i;
	int r = 0;

	for (i = 0; i < dax->n_ranges; i++)
		if (is_taken(model, &dax->ranges[i])) {
			/* its page map is left over from the first try */
			r = dax->leaked ? -EINVAL : -EBUSY;
			dax->leaked = true;
			return r;
		}
	for (i = 0; i < dax->n_ranges && r == 0; i++) {
		const struct range *range = &dax->ranges[i].range;

		r = iomem_insert(model, range->start, range->start + range->size - 1, dax->name);
		dax->ranges[i].reserved = r == 0;
	}
	if (r < 0)
		devdax_remove(sim, dax);
	return r;
}

void devdax_remove(struct mhp_sim *sim, struct dax *dax)
{
	for (size_t i = 0; i < dax->n_ranges; i++) {
		struct dax_range *range = &dax->ranges[i];

		if (!range->reserved)
			continue;
		iomem_remove(&sim->model, range->range.start,
			     range->range.start + range->range.size - 1, dax->name);
		range->reserved = false;
	}
}

/* ---- from the capture ---- */

static int add_range_to(struct model *model, struct dax *dax, const struct range *range)
{
	struct dax_range *list;

	list = reallocarray(dax->ranges, dax->n_ranges + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	dax->ranges = list;
	list[dax->n_ranges] = (struct dax_range){ .range = *range };
	if (!range_whole_blocks(range, model->block_size, &list[dax->n_ranges].run))
		list[dax->n_ranges].run.count = 0;
	dax->n_ranges++;
	return 0;
}

/* 0: there is none, or it cannot be read */
static int load_number(const struct complaints *complaints, const struct node *file,
		       int (*parse)(const char *str, uint64_t *ret), uint64_t *ret_number)
{
	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	return parse(file->text, ret_number) < 0 ? model_complain(complaints, file) : 1;
}

static int load_mapping(struct mhp_sim *sim, const struct complaints *complaints,
			struct dax *dax, const struct node *dir)
{
	struct node *end = tree_child(dir, "end");
	uint64_t start, last;
	struct range range;
	int r;

	r = load_number(complaints, tree_child(dir, "start"), parse_0x_hex, &start);
	if (r > 0)
		r = load_number(complaints, end, parse_0x_hex, &last);
	if (r <= 0)
		return r;
	if (range_from_bounds(start, last, &range) < 0)
		return model_complain(complaints, end);
	dax->has_ranges = true;
	return add_range_to(&sim->model, dax, &range);
}

/* Without mappings, which old kernels do not show, resource and size tell the only range. */
static int load_resource(struct mhp_sim *sim, const struct complaints *complaints,
			 struct dax *dax)
{
	struct node *size_file = tree_child(dax->dir, "size");
	struct range range;
	uint64_t start, size;
	int r;

	r = load_number(complaints, size_file, parse_dec, &size);
	if (r <= 0)
		return r;
	if (size == 0) {
		dax->has_ranges = true;
		return 0;
	}
	r = load_number(complaints, tree_child(dax->dir, "resource"), parse_0x_hex, &start);
	if (r <= 0)
		return r;
	if (range_from_size(start, size, &range) < 0)
		return model_complain(complaints, size_file);
	dax->has_ranges = true;
	return add_range_to(&sim->model, dax, &range);
}

static int load_ranges(struct mhp_sim *sim, const struct complaints *complaints, struct dax *dax)
{
	struct node **children;
	unsigned int index;
	size_t count;
	int r;

	r = tree_copy_children(dax->dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++)
		if (children[i]->type == NODE_DIR &&
		    parse_mapping_name(children[i]->name, &index) == 0)
			r = load_mapping(sim, complaints, dax, children[i]);
	tree_free_children(children, count);
	if (r == 0 && !dax->n_ranges)
		r = load_resource(sim, complaints, dax);
	return r;
}

static int load_target_node(const struct complaints *complaints, struct dax *dax)
{
	struct node *file = tree_child(dax->dir, "target_node");
	uint64_t node;
	int r;

	dax->target_node = -1;
	r = load_number(complaints, file, parse_dec, &node);
	if (r <= 0)
		return r;
	if (node >= MAX_NODES)
		return model_complain(complaints, file);
	dax->target_node = (int)node;
	return 0;
}

static int uevent_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct dax *dax = owner;
	const char *alias = strstr(dax->uevent, "MODALIAS=");

	(void)sim;
	if (!alias)
		alias = dax->uevent + strlen(dax->uevent);
	buf_add_bytes(buf, dax->uevent, (size_t)(alias - dax->uevent));
	if (dax->driver)
		buf_add(buf, "DRIVER=%s\n", dax->driver->name);
	buf_add_str(buf, alias);
	return 0;
}

static const struct attr uevent_attr = { .show = uevent_show };

static int load_uevent(struct dax *dax)
{
	struct node *file = tree_child(dax->dir, "uevent");
	struct buf buf = { 0 };
	const char *line, *next;
	int r;

	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	for (line = file->text; *line; line = next) {
		next = line + strcspn(line, "\n");
		next += *next == '\n';
		if (strncmp(line, "DRIVER=", 7))
			buf_add_bytes(&buf, line, (size_t)(next - line));
	}
	r = buf_finish(&buf, &dax->uevent);
	if (r == 0)
		model_set_attr(file, &uevent_attr, dax);
	return r;
}

/* drivers/dax/bus.c, dax_region_visible(): nothing can be made in such a region. */
static bool is_static(const struct node *dir)
{
	const struct node *region = tree_child(dir->parent, "dax_region");

	return tree_child(region, "id") && !tree_child(region, "create");
}

static void load_driver(struct mhp_sim *sim, struct dax *dax)
{
	struct node *link = tree_child(dax->dir, "driver");
	const char *slash;

	if (!link || link->type != NODE_LINK)
		return;
	slash = strrchr(link->text, '/');
	dax->driver = driver_find(&sim->model, slash ? slash + 1 : link->text);
}

static int load_dax(struct mhp_sim *sim, const struct complaints *complaints, struct node *dir)
{
	struct model *model = &sim->model;
	struct dax *dax = calloc(1, sizeof(*dax));
	struct node *file;
	uint64_t on = 0;
	int r;

	if (!dax)
		return -ENOMEM;
	/* the model's from here on, and freed with it */
	model->daxes[model->n_daxes++] = dax;
	dax->name = dir->name;
	dax->dir = dir;
	dax->is_static = is_static(dir);
	load_driver(sim, dax);
	r = load_ranges(sim, complaints, dax);
	if (r == 0)
		r = load_target_node(complaints, dax);
	if (r == 0)
		r = load_uevent(dax);
	if (r == 0)
		r = load_number(complaints, tree_child(dir, "memmap_on_memory"), parse_dec, &on);
	dax->memmap_on_memory = on == 1;
	if (r < 0)
		return r;
	file = tree_child(dir, "state");
	if (!is_kmem(dax->driver) || !file || file->type != NODE_FILE || !file->text ||
	    !dax->has_ranges)
		return 0;
	if (parse_device_state(file->text, &dax->state) < 0)
		return model_complain(complaints, file);
	model_set_attr(file, &state_attr, dax);
	return 0;
}

int daxes_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *dir = model_dir(sim, "/sys/bus/dax/devices"), *device;
	struct node **children;
	size_t count;
	int r;

	if (!dir)
		return 0;
	r = tree_copy_children(dir, &children, &count);
	if (r < 0)
		return r;
	sim->model.daxes = calloc(count + 1, sizeof(struct dax *));
	if (!sim->model.daxes)
		r = -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++) {
		if (!is_dax_name(children[i]->name))
			continue;
		r = tree_walk(sim->root, dir, children[i]->name, true, &device);
		if (r == -ENOMEM)
			break;
		/* a link that leads nowhere, or into another device, is no device */
		if (r < 0 || device->type != NODE_DIR || strcmp(device->name, children[i]->name) ||
		    dax_find(&sim->model, device->name)) {
			r = 0;
			continue;
		}
		r = load_dax(sim, complaints, device);
	}
	tree_free_children(children, count);
	return r;
}

/* What of the memory that is there does a device have? */
static void adopt(struct mhp_sim *sim, struct dax *dax)
{
	struct model *model = &sim->model;
	bool altmap = model->memmap_on_memory && dax->memmap_on_memory;

	for (size_t i = 0; i < dax->n_ranges; i++) {
		struct dax_range *range = &dax->ranges[i];
		size_t first, end;

		if (dax->driver && !is_kmem(dax->driver)) {
			range->reserved = true;
			continue;
		}
		if (!range->run.count)
			continue;
		first = blocks_lower_bound(model, range->run.first);
		end = blocks_lower_bound(model, range->run.first + range->run.count);
		range->reserved = model->has_iomem ?
				  iomem_has(model, run_start(model, &range->run),
					    run_last(model, &range->run), dax->name) :
				  first < end;
		range->ours = range->reserved && is_kmem(dax->driver);
		for (; range->reserved && altmap && first < end; first++)
			model->blocks[first]->altmap_pages = model->block_pages / MEMMAP_SHARE;
	}
}

int daxes_adopt(struct mhp_sim *sim)
{
	struct model *model = &sim->model;
	int r = 0;

	for (size_t i = 0; i < model->n_daxes && r == 0; i++) {
		struct dax *dax = model->daxes[i];

		adopt(sim, dax);
		/* a driver that took a device against its habit was told to */
		if (dax->driver && !driver_is_for(model, dax->driver, dax))
			r = driver_add_id(dax->driver, dax->name, strlen(dax->name));
	}
	return r;
}
