// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * dax regions: what devices are cut from, and devices that are made and deleted. See
 * drivers/dax/bus.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"
#include "words.h"

#define DEVICES_PATH "/sys/bus/dax/devices"
#define DEFAULT_ALIGN (UINT64_C(2) << 20)

void region_free(struct region *region)
{
	node_unref(region->dir);
	free(region);
}

/* ---- what is free ---- */

uint64_t region_available(const struct model *model, const struct region *region)
{
	uint64_t used = 0;

	for (size_t i = 0; i < model->n_daxes; i++) {
		const struct dax *dax = model->daxes[i];

		for (size_t j = 0; j < dax->n_ranges && dax->region == region; j++)
			used += dax->ranges[j].range.size;
	}
	return region->range.size > used ? region->range.size - used : 0;
}

const struct dax_range *region_next(const struct model *model, const struct region *region,
				    uint64_t from, struct dax **ret_dax)
{
	const struct dax_range *next = NULL;

	for (size_t i = 0; i < model->n_daxes; i++) {
		struct dax *dax = model->daxes[i];

		for (size_t j = 0; j < dax->n_ranges && dax->region == region; j++) {
			const struct dax_range *range = &dax->ranges[j];

			if (range->range.start < from ||
			    (next && next->range.start < range->range.start))
				continue;
			next = range;
			*ret_dax = dax;
		}
	}
	return next;
}

static int available_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	buf_add(buf, "%" PRIu64 "\n", region_available(&sim->model, owner));
	return 0;
}

static const struct attr available_attr = { .show = available_show };

/* ---- a device is made ---- */

/* daxX.Y: the Y. */
static unsigned int device_id(const struct dax *dax)
{
	return (unsigned int)strtoul(strchr(dax->name, '.') + 1, NULL, 10);
}

/* The file dev: "251:0" */
static bool device_number(const struct dax *dax, unsigned int *ret_major, unsigned int *ret_minor)
{
	const struct node *file = tree_child(dax->dir, "dev");

	return file && file->type == NODE_FILE && file->text &&
	       sscanf(file->text, "%9u:%9u", ret_major, ret_minor) == 2;
}

static bool has_id(const struct model *model, const struct region *region, unsigned int id)
{
	for (size_t i = 0; i < model->n_daxes; i++)
		if (model->daxes[i]->region == region && device_id(model->daxes[i]) == id)
			return true;
	return false;
}

static bool has_minor(const struct model *model, unsigned int minor)
{
	unsigned int major, other;

	for (size_t i = 0; i < model->n_daxes; i++)
		if (device_number(model->daxes[i], &major, &other) && other == minor)
			return true;
	return false;
}

/* The lowest numbers that nobody has. */
static unsigned int free_id(const struct model *model, const struct region *region)
{
	unsigned int id = 0;

	while (has_id(model, region, id))
		id++;
	return id;
}

static unsigned int free_minor(const struct model *model)
{
	unsigned int minor = 0;

	while (has_minor(model, minor))
		minor++;
	return minor;
}

void dax_free_number(const struct mhp_sim *sim, unsigned int *ret_major,
		     unsigned int *ret_minor)
{
	const struct model *model = &sim->model;
	unsigned int minor;

	/* as in the captures, unless a device says otherwise */
	*ret_major = model_is_since(sim, 7, 3) ? 251 : 252;
	for (size_t i = 0; i < model->n_daxes; i++)
		(void)device_number(model->daxes[i], ret_major, &minor);
	*ret_minor = free_minor(model);
}

/* A file of a new device, as the one of its sibling. */
static int add_file(struct dax *dax, const struct node *like, const struct dax *sibling,
		    unsigned int minor)
{
	static const char *const same[] = { "subsystem", "modalias", "numa_node", "target_node" };
	static const char *const rendered[] = {
		"align", "memmap_on_memory", "resource", "size", "uevent",
	};
	unsigned int major, other;
	char text[32];

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!strcmp(like->name, same[i]))
			return tree_add(dax->dir, tree_clone(like, NULL));
	for (size_t i = 0; i < sizeof(rendered) / sizeof(rendered[0]); i++)
		if (!strcmp(like->name, rendered[i]))
			return tree_add_new(dax->dir, NODE_FILE, like->name, "", NULL);
	if (!strcmp(like->name, "mapping"))
		return tree_add_new(dax->dir, NODE_FILE, like->name, NULL, NULL);
	if (strcmp(like->name, "dev") || !device_number(sibling, &major, &other))
		return 0;
	snprintf(text, sizeof(text), "%u:%u\n", major, minor);
	return tree_add_new(dax->dir, NODE_FILE, like->name, text, NULL);
}

static int add_files(struct mhp_sim *sim, struct dax *dax, const struct dax *sibling)
{
	unsigned int minor = free_minor(&sim->model);
	struct node **children;
	size_t count;
	int r;

	r = tree_copy_children(sibling->dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_file(dax, children[i], sibling, minor);
	tree_free_children(children, count);
	return r;
}

/* "MAJOR=251\nMINOR=1\nDEVNAME=dax0.1\nMODALIAS=dax:t0\n" */
static int make_uevent(struct dax *dax)
{
	struct node *alias = tree_child(dax->dir, "modalias");
	struct buf buf = { 0 };
	unsigned int major, minor;
	int r;

	if (device_number(dax, &major, &minor))
		buf_add(&buf, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\n", major, minor, dax->name);
	if (alias && alias->text)
		buf_add(&buf, "MODALIAS=%s", alias->text);
	r = buf_finish(&buf, &dax->uevent);
	if (r == 0)
		dax_set_uevent(dax);
	return r;
}

/* The link of the bus to it. */
static int add_to_bus(struct mhp_sim *sim, const struct dax *dax)
{
	struct node *dir = model_dir(sim, DEVICES_PATH);

	return dir ? tree_add_link(dir, dax->name, dax->dir) : -ENOMEM;
}

static int fill_device(struct mhp_sim *sim, struct dax *dax, const struct dax *sibling)
{
	int r;

	r = add_files(sim, dax, sibling);
	if (r == 0)
		r = make_uevent(dax);
	if (r == 0)
		r = add_to_bus(sim, dax);
	if (r == 0)
		resize_set_attrs(dax);
	return r;
}

static struct dax *any_device(const struct model *model, const struct region *region)
{
	for (size_t i = 0; i < model->n_daxes; i++)
		if (model->daxes[i]->region == region)
			return model->daxes[i];
	return NULL;
}

/* A device of no size. No driver takes such a one. */
static int make_device(struct mhp_sim *sim, struct region *region)
{
	struct model *model = &sim->model;
	const struct dax *sibling = any_device(model, region);
	struct node *dir;
	struct dax **list, *dax;
	char name[48];
	int r;

	if (!sibling)
		return -EOPNOTSUPP;
	list = reallocarray(model->daxes, model->n_daxes + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	model->daxes = list;
	dax = calloc(1, sizeof(*dax));
	if (!dax)
		return -ENOMEM;
	*dax = (struct dax){
		.region = region, .align = region->align, .has_ranges = true,
		.target_node = sibling->target_node,
	};
	snprintf(name, sizeof(name), "%.*s.%u", (int)strcspn(sibling->name, "."), sibling->name,
		 free_id(model, region));
	r = tree_add_new(region->dir->parent, NODE_DIR, name, NULL, &dir);
	if (r == 0) {
		node_keep(&dax->dir, dir);
		dax->name = dax->dir->name;
		r = fill_device(sim, dax, sibling);
	}
	if (r < 0) {
		if (dax->dir)
			tree_remove(dax->dir);
		dax_free(dax);
		return r;
	}
	model->daxes[model->n_daxes++] = dax;
	region->youngest = dax;
	if (!region->seed)
		region->seed = dax;
	dax_tell(sim, dax, "add");
	return 0;
}

static int create_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct region *region = owner;
	uint64_t number;
	int r;

	if (!*word)
		return 0;
	r = parse_number(word, 0, INT_MAX, &number);
	if (r < 0)
		return r;
	if (number != 1 && holds(model, RULE_CREATE_ONE))
		return -EINVAL;
	if (!region->is_known)
		return -EOPNOTSUPP;
	if (!region_available(model, region) && holds(model, RULE_CREATE_FULL))
		return -ENOSPC;
	return make_device(sim, region);
}

static int create_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct region *region = owner;

	(void)sim;
	buf_add(buf, "%s\n", region->youngest ? region->youngest->name : "");
	return 0;
}

static int seed_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct region *region = owner;

	(void)sim;
	buf_add(buf, "%s\n", region->seed ? region->seed->name : "");
	return 0;
}

static const struct attr create_attr = { .show = create_show, .store = create_store };
static const struct attr seed_attr = { .show = seed_show };

void region_bound(struct dax *dax)
{
	if (dax->region && dax->region->seed == dax)
		dax->region->seed = NULL;
}

/* ---- a device is deleted ---- */

void dax_remove(struct mhp_sim *sim, struct dax *dax)
{
	struct model *model = &sim->model;
	struct region *region = dax->region;
	size_t at = 0;

	if (dax->driver)
		(void)driver_detach(sim, dax);
	/* without memory to note that, /proc/iomem still has it */
	for (size_t i = 0; i < dax->n_ranges; i++)
		(void)dax_leave_behind(model, &dax->ranges[i]);
	dax_tell(sim, dax, "remove");
	tree_remove_child(model_dir(sim, DEVICES_PATH), dax->name);
	tree_remove(dax->dir);
	if (region && region->seed == dax)
		region->seed = NULL;
	if (region && region->youngest == dax)
		region->youngest = NULL;
	while (model->daxes[at] != dax)
		at++;
	memmove(&model->daxes[at], &model->daxes[at + 1],
		(--model->n_daxes - at) * sizeof(*model->daxes));
	dax_free(dax);
}

static int delete_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct dax *dax = dax_find(model, word);

	if (!*word)
		return 0;
	if (!dax || dax->region != owner)
		return -ENXIO;
	if ((dax->driver || dax->n_ranges) && holds(model, RULE_DELETE_IN_USE))
		return -EBUSY;
	/* the first one always stays */
	if (device_id(dax) == 0 && holds(model, RULE_DELETE_FIRST))
		return -EBUSY;
	if (dax->driver || dax->n_ranges || !dax->has_ranges)
		return -EOPNOTSUPP;
	dax_remove(sim, dax);
	return 0;
}

static const struct attr delete_attr = { .store = delete_store };

/* ---- from the capture ---- */

/* The address that a device of size 0 shows is the region's. */
static bool find_in_device(const struct dax *dax, uint64_t *ret_start)
{
	const struct node *file = tree_child(dax->dir, "resource");

	return dax->has_ranges && !dax->n_ranges && file && file->text &&
	       parse_0x_hex(file->text, ret_start) == 0;
}

/* Up to 6.12 the region itself stands in /proc/iomem. */
static bool find_in_iomem(const struct model *model, const struct range *used, uint64_t size,
			  uint64_t *ret_start)
{
	for (size_t i = 0; i < model->n_iomem; i++) {
		const struct iomem_entry *entry = &model->iomem[i];

		if (entry->end - entry->start != size - 1 || entry->start > used->start ||
		    entry->end < used->start + used->size - 1)
			continue;
		*ret_start = entry->start;
		return true;
	}
	return false;
}

/*
 * Where it is, no file tells: a device without size, /proc/iomem, or the lowest range of its
 * devices, for these are cut from the beginning.
 */
static void locate(const struct model *model, struct region *region, uint64_t size)
{
	uint64_t start = UINT64_MAX, last = 0;
	struct range used;
	bool is_found = false;

	for (size_t i = 0; i < model->n_daxes; i++) {
		const struct dax *dax = model->daxes[i];

		if (dax->region != region)
			continue;
		if (!dax->has_ranges)
			return;
		is_found |= find_in_device(dax, &region->range.start);
		for (size_t j = 0; j < dax->n_ranges; j++) {
			const struct range *range = &dax->ranges[j].range;

			if (range->start < start)
				start = range->start;
			if (range->start + range->size - 1 > last)
				last = range->start + range->size - 1;
		}
	}
	if (is_found)
		start = region->range.start;
	else if (range_from_bounds(start, last, &used) < 0)
		return;
	else
		find_in_iomem(model, &used, size, &start);
	region->is_known = range_from_size(start, size, &region->range) == 0 &&
			   (!last || last <= start + size - 1);
}

static const struct dax *find_named(const struct model *model, const struct region *region,
				    const char *file)
{
	const struct node *node = tree_child(region->dir, file);
	const struct dax *dax;

	if (!node || node->type != NODE_FILE || !node->text)
		return NULL;
	dax = dax_find(model, node->text);
	return dax && dax->region == region ? dax : NULL;
}

static int load_region(struct mhp_sim *sim, const struct complaints *complaints,
		       struct region *region)
{
	struct model *model = &sim->model;
	uint64_t size = 0;
	int r;

	region->align = DEFAULT_ALIGN;
	r = model_read_number(complaints, tree_child(region->dir, "align"), parse_dec,
			      &region->align);
	if (r >= 0)
		r = model_read_number(complaints, tree_child(region->dir, "size"), parse_dec,
				      &size);
	if (r < 0)
		return r;
	if (size)
		locate(model, region, size);
	region->seed = find_named(model, region, "seed");
	region->youngest = find_named(model, region, "create");
	model_set_attr(tree_child(region->dir, "seed"), &seed_attr, region);
	model_set_attr(tree_child(region->dir, "create"), &create_attr, region);
	model_set_attr(tree_child(region->dir, "delete"), &delete_attr, region);
	if (region->is_known)
		model_set_attr(tree_child(region->dir, "available_size"), &available_attr, region);
	return 0;
}

static struct region *region_at(struct model *model, struct node *dir)
{
	struct region **list, *region;

	for (size_t i = 0; i < model->n_regions; i++)
		if (model->regions[i]->dir == dir)
			return model->regions[i];
	list = reallocarray(model->regions, model->n_regions + 1, sizeof(*list));
	if (list)
		model->regions = list;
	region = list ? calloc(1, sizeof(*region)) : NULL;
	if (region) {
		node_keep(&region->dir, dir);
		list[model->n_regions++] = region;
	}
	return region;
}

/* A device finds its region. */
static int join(struct mhp_sim *sim, const struct complaints *complaints, struct dax *dax)
{
	struct node *dir = tree_child(dax->dir->parent, "dax_region");
	int r;

	dax->align = DEFAULT_ALIGN;
	r = model_read_number(complaints, tree_child(dax->dir, "align"), parse_dec, &dax->align);
	if (r < 0)
		return r;
	if (dax->is_static || !dir || dir->type != NODE_DIR)
		return 0;
	dax->region = region_at(&sim->model, dir);
	return dax->region ? 0 : -ENOMEM;
}

int region_load_new(struct mhp_sim *sim, struct dax *dax)
{
	static const struct complaints nobody;
	int r;

	r = join(sim, &nobody, dax);
	if (r == 0 && dax->region)
		r = load_region(sim, &nobody, dax->region);
	if (r == 0)
		resize_set_attrs(dax);
	return r;
}

void regions_forget(struct model *model, const struct node *above)
{
	size_t left = 0;

	for (size_t i = 0; i < model->n_regions; i++) {
		struct region *region = model->regions[i];

		if (region->dir->parent == above)
			region_free(region);
		else
			model->regions[left++] = region;
	}
	model->n_regions = left;
}

int regions_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct model *model = &sim->model;
	int r = 0;

	for (size_t i = 0; i < model->n_daxes && r == 0; i++)
		r = join(sim, complaints, model->daxes[i]);
	for (size_t i = 0; i < model->n_regions && r == 0; i++)
		r = load_region(sim, complaints, model->regions[i]);
	for (size_t i = 0; i < model->n_daxes && r == 0; i++)
		resize_set_attrs(model->daxes[i]);
	return r;
}
