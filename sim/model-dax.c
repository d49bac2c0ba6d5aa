// SPDX-License-Identifier: LGPL-2.1-or-later
/* dax devices: what the capture tells of them, and drivers that only claim their ranges. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

bool is_kmem(const struct driver *driver)
{
	return driver && !strcmp(driver->name, "kmem");
}

void dax_free(struct dax *dax)
{
	for (size_t i = 0; i < dax->n_ranges; i++)
		node_unref(dax->ranges[i].dir);
	node_unref(dax->dir);
	group_unref(dax->group);
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

uint64_t run_start(const struct model *model, const struct block_run *run)
{
	return run->first * model->block_size;
}

uint64_t run_last(const struct model *model, const struct block_run *run)
{
	return (run->first + run->count) * model->block_size - 1;
}

/* include/linux/memory.h, memory_block_aligned_range() */
void dax_range_align(const struct model *model, struct dax_range *range)
{
	uint64_t size = model->block_size;
	uint64_t start = range->range.start, end = start + range->range.size;
	uint64_t first = start / size, behind = end / size;

	if (start % size && holds(model, RULE_ALIGN_UP))
		first++;
	if (end % size && !holds(model, RULE_ALIGN_DOWN))
		behind++;
	range->run = (struct block_run){ first, behind > first ? behind - first : 0 };
}

bool range_is_taken(const struct model *model, const struct dax_range *range)
{
	for (size_t i = 0; i < model->n_left_behind; i++)
		if (ranges_overlap(&model->left_behind[i], &range->range))
			return true;
	for (size_t i = 0; i < model->n_daxes; i++) {
		const struct dax *dax = model->daxes[i];

		for (size_t j = 0; j < dax->n_ranges; j++)
			if (dax->ranges[j].reserved &&
			    ranges_overlap(&dax->ranges[j].range, &range->range))
				return true;
	}
	return false;
}

uint64_t dax_whole_blocks(const struct dax *dax)
{
	uint64_t count = 0;

	for (size_t i = 0; i < dax->n_ranges; i++)
		count += dax->ranges[i].run.count;
	return count;
}

/* ---- device_dax ---- */

int devdax_probe(struct mhp_sim *sim, struct dax *dax)
{
	struct model *model = &sim->model;
	size_t i;
	int r = 0;

	for (i = 0; i < dax->n_ranges; i++)
		if (range_is_taken(model, &dax->ranges[i])) {
			if (dax->leaked)
				/* its page map is left over from the first try */
				return holds(model, RULE_DEVDAX_LEAK) ? -EINVAL : -EBUSY;
			dax->leaked = true;
			return holds(model, RULE_DEVDAX_BUSY) ? -EBUSY : -EINVAL;
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

int dax_add_range(struct model *model, struct dax *dax, const struct range *range,
		  unsigned int mapping)
{
	struct dax_range *list;
	uint64_t pages = 0;

	for (size_t i = 0; i < dax->n_ranges; i++)
		pages += dax->ranges[i].range.size / PAGE_BYTES;

	list = reallocarray(dax->ranges, dax->n_ranges + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	dax->ranges = list;
	list[dax->n_ranges] = (struct dax_range){
		.range = *range, .mapping = mapping, .page_offset = pages,
	};
	dax_range_align(model, &list[dax->n_ranges++]);
	return 0;
}

static int load_mapping(struct mhp_sim *sim, const struct complaints *complaints,
			struct dax *dax, struct node *dir, unsigned int index)
{
	struct node *end = tree_child(dir, "end");
	uint64_t start, last;
	struct range range;
	int r;

	r = model_read_number(complaints, tree_child(dir, "start"), parse_0x_hex, &start);
	if (r > 0)
		r = model_read_number(complaints, end, parse_0x_hex, &last);
	if (r <= 0)
		return r;
	if (range_from_bounds(start, last, &range) < 0)
		return model_complain(complaints, end);
	dax->has_ranges = true;
	r = dax_add_range(&sim->model, dax, &range, index);
	if (r == 0) {
		node_keep(&dax->ranges[dax->n_ranges - 1].dir, dir);
		event_set_attr(dir, "mapping");
		r = model_read_number(complaints, tree_child(dir, "page_offset"), parse_0x_hex,
				&dax->ranges[dax->n_ranges - 1].page_offset);
	}
	return r < 0 ? r : 0;
}

/* Without mappings, which old kernels do not show, resource and size tell the only range. */
static int load_resource(struct mhp_sim *sim, const struct complaints *complaints,
			 struct dax *dax)
{
	struct node *size_file = tree_child(dax->dir, "size");
	struct range range;
	uint64_t start, size;
	int r;

	r = model_read_number(complaints, size_file, parse_dec, &size);
	if (r <= 0)
		return r;
	if (size == 0) {
		dax->has_ranges = true;
		return 0;
	}
	r = model_read_number(complaints, tree_child(dax->dir, "resource"), parse_0x_hex, &start);
	if (r <= 0)
		return r;
	if (range_from_size(start, size, &range) < 0)
		return model_complain(complaints, size_file);
	dax->has_ranges = true;
	return dax_add_range(&sim->model, dax, &range, 0);
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
			r = load_mapping(sim, complaints, dax, children[i], index);
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
	r = model_read_number(complaints, file, parse_dec, &node);
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

	if (!alias)
		alias = dax->uevent + strlen(dax->uevent);
	buf_add_bytes(buf, dax->uevent, (size_t)(alias - dax->uevent));
	if (dax->driver && holds(&sim->model, RULE_UEVENT_DRIVER))
		buf_add(buf, "DRIVER=%s\n", dax->driver->name);
	buf_add_str(buf, alias);
	return 0;
}

static int uevent_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct dax *dax = owner;
	struct buf keys = { 0 };
	int r;

	uevent_show(sim, owner, &keys);
	r = keys.failed ? -ENOMEM : event_synth(sim, word, dax->dir, "dax", keys.str);
	buf_free(&keys);
	return r;
}

static const struct attr uevent_attr = { .show = uevent_show, .store = uevent_store };

void dax_tell(struct mhp_sim *sim, struct dax *dax, const char *action)
{
	struct buf keys = { 0 };

	if (dax->uevent && event_is_heard(sim))
		uevent_show(sim, dax, &keys);
	event_send(sim, action, dax->dir, "dax", keys.str);
	buf_free(&keys);
}

void dax_set_uevent(struct dax *dax)
{
	model_set_attr(tree_child(dax->dir, "uevent"), &uevent_attr, dax);
}

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
		dax_set_uevent(dax);
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
	uint64_t on = 0;
	int r;

	if (!dax)
		return -ENOMEM;
	/* the model's from here on, and freed with it */
	model->daxes[model->n_daxes++] = dax;
	dax->name = dir->name;
	node_keep(&dax->dir, dir);
	dax->is_static = is_static(dir);
	load_driver(sim, dax);
	r = load_ranges(sim, complaints, dax);
	if (r == 0)
		r = load_target_node(complaints, dax);
	if (r == 0)
		r = load_uevent(dax);
	if (r == 0)
		r = model_read_number(complaints, tree_child(dir, "memmap_on_memory"), parse_dec,
				      &on);
	dax->memmap_on_memory = on == 1;
	if (r < 0)
		return r;
	return is_kmem(dax->driver) ? kmem_load(complaints, dax) : 0;
}

int dax_load_new(struct mhp_sim *sim, struct node *dir, struct dax **ret_dax)
{
	static const struct complaints nobody;
	struct model *model = &sim->model;
	struct dax **list;
	size_t before = model->n_daxes;
	int r;

	list = reallocarray(model->daxes, model->n_daxes + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	model->daxes = list;
	r = load_dax(sim, &nobody, dir);
	if (r == 0)
		r = region_load_new(sim, list[before]);
	if (r < 0 && model->n_daxes > before)
		dax_free(list[--model->n_daxes]);
	if (r == 0)
		*ret_dax = list[before];
	return r;
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
static int adopt(struct mhp_sim *sim, struct dax *dax)
{
	struct model *model = &sim->model;
	bool altmap = model->memmap_on_memory && dax->memmap_on_memory;

	dax->group = group_new(dax_whole_blocks(dax) * model->block_pages);
	if (!dax->group)
		return -ENOMEM;

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
		if (range->reserved)
			group_take(model, dax->group, &range->run);
	}
	/* what was left behind keeps it */
	if (!is_kmem(dax->driver))
		dax->group = group_unref(dax->group);
	return 0;
}

int daxes_adopt(struct mhp_sim *sim)
{
	struct model *model = &sim->model;
	int r = 0;

	for (size_t i = 0; i < model->n_daxes && r == 0; i++) {
		struct dax *dax = model->daxes[i];

		r = adopt(sim, dax);
		/* a driver that took a device against its habit was told to */
		if (r == 0 && dax->driver && !driver_is_for(model, dax->driver, dax))
			r = driver_add_id(dax->driver, dax->name, strlen(dax->name));
	}
	return r;
}
