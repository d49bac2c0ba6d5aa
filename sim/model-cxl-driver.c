// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The drivers cxl_region and cxl_dax_region: what makes a dax device of a CXL region. See
 * drivers/cxl/core/region.c, drivers/dax/cxl.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model-cxl.h"
#include "sim.h"

#define DAX_DEVICES_PATH "/sys/bus/dax/devices"
#define DAX_KEYS "DEVTYPE=cxl_dax_region\n%sMODALIAS=cxl:t8\n"
/* dax_region/align: that of huge pages */
#define DAX_ALIGN (2 << 20)

enum need cxl_need(struct mhp_sim *sim, void *owner, const char *word)
{
	(void)sim;
	(void)owner;
	return *word ? NEEDS_HOTPLUG_D : NEEDS_NOTHING;
}

/* ---- directories of devices ---- */

int cxl_add_subsystem(struct mhp_sim *sim, struct node *dir, const char *bus_path)
{
	struct node *bus = model_dir(sim, bus_path);

	return bus ? tree_add_link(dir, "subsystem", bus) : 0;
}

struct text_file {
	const char *name, *text;
};

static int add_files(struct node *dir, const struct text_file *files, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = tree_add_new(dir, NODE_FILE, files[i].name, files[i].text, NULL);
	return r;
}

/* A file that can only be written. */
static int add_write_only(struct node *dir, const char *name)
{
	struct node *file;
	int r = tree_add_new(dir, NODE_FILE, name, NULL, &file);

	if (r == 0)
		file->code = NODE_WRITE_ONLY;
	return r;
}

/* A device and its driver point to each other, or no longer. */
static int link_driver(struct node *dir, struct node *driver)
{
	int r = tree_add_link(dir, "driver", driver);

	return r < 0 ? r : tree_add_link(driver, dir->name, dir);
}

static void unlink_driver(struct node *dir, struct node *driver)
{
	tree_remove_child(dir, "driver");
	tree_remove_child(driver, dir->name);
}

/* ---- the dax device ---- */

static int fill_dax_region(const struct cxl_region *region, struct node *dir)
{
	char id[16], size[32], align[16];
	const struct text_file files[] = {
		{ "align", align }, { "available_size", "0\n" }, { "create", "\n" },
		{ "id", id }, { "seed", "\n" }, { "size", size },
	};
	int r;

	snprintf(id, sizeof(id), "%u\n", region->id);
	snprintf(size, sizeof(size), "%" PRIu64 "\n", region->size);
	snprintf(align, sizeof(align), "%d\n", DAX_ALIGN);
	r = add_files(dir, files, sizeof(files) / sizeof(files[0]));
	return r < 0 ? r : add_write_only(dir, "delete");
}

static int fill_mapping(const struct cxl_region *region, struct node *dir)
{
	char start[32], end[32];
	const struct text_file files[] = {
		{ "end", end }, { "page_offset", "0x0\n" }, { "start", start }, { "uevent", "" },
	};

	snprintf(start, sizeof(start), "0x%" PRIx64 "\n", region->start);
	snprintf(end, sizeof(end), "0x%" PRIx64 "\n", region->start + region->size - 1);
	return add_files(dir, files, sizeof(files) / sizeof(files[0]));
}

/* On the region's own node, of which the device itself is told nothing. */
static int fill_dax(struct mhp_sim *sim, const struct cxl_region *region, struct node *dir)
{
	char align[16], dev[32], size[32], start[32], node[16], uevent[96];
	const struct text_file files[] = {
		{ "align", align }, { "dev", dev }, { "memmap_on_memory", "1\n" },
		{ "modalias", "dax:t0\n" }, { "numa_node", "-1\n" }, { "resource", start },
		{ "size", size }, { "target_node", node }, { "uevent", uevent },
	};
	unsigned int major, minor;
	struct node *mapping;
	int r;

	dax_free_number(sim, &major, &minor);
	snprintf(align, sizeof(align), "%d\n", DAX_ALIGN);
	snprintf(dev, sizeof(dev), "%u:%u\n", major, minor);
	snprintf(size, sizeof(size), "%" PRIu64 "\n", region->size);
	snprintf(start, sizeof(start), "0x%" PRIx64 "\n", region->start);
	snprintf(node, sizeof(node), "%d\n", region->root->node);
	snprintf(uevent, sizeof(uevent), "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\nMODALIAS=dax:t0\n",
		 major, minor, dir->name);
	r = add_files(dir, files, sizeof(files) / sizeof(files[0]));
	if (r == 0)
		r = add_write_only(dir, "mapping");
	if (r == 0)
		r = tree_add_new(dir, NODE_DIR, "mapping0", NULL, &mapping);
	if (r == 0)
		r = fill_mapping(region, mapping);
	return r;
}

/* The directories; the model reads these as it does those of a capture. */
static int make_dax(struct mhp_sim *sim, struct cxl_region *region, struct dax **ret_dax)
{
	struct node *bus = model_dir(sim, DAX_DEVICES_PATH), *dir, *files;
	char name[32];
	int r;

	if (!bus)
		return -ENODEV;
	snprintf(name, sizeof(name), "dax%u.0", region->id);
	if (tree_child(bus, name))
		return -EEXIST;
	r = tree_add_new(region->dax_dir, NODE_DIR, "dax_region", NULL, &files);
	if (r == 0)
		r = fill_dax_region(region, files);
	if (r == 0)
		r = tree_add_new(region->dax_dir, NODE_DIR, name, NULL, &dir);
	if (r == 0)
		r = fill_dax(sim, region, dir);
	if (r == 0)
		r = cxl_add_subsystem(sim, dir, "/sys/bus/dax");
	if (r == 0)
		r = tree_add_link(bus, name, dir);
	if (r == 0)
		r = dax_load_new(sim, dir, ret_dax);
	if (r < 0) {
		tree_remove_child(bus, name);
		tree_remove_child(region->dax_dir, name);
		tree_remove_child(region->dax_dir, "dax_region");
	}
	return r;
}

/* Its devices go, those that were cut from it, too. */
static void remove_daxes(struct mhp_sim *sim, const struct cxl_region *region)
{
	struct model *model = &sim->model;

	for (size_t i = model->n_daxes; i > 0; i--)
		if (i <= model->n_daxes && model->daxes[i - 1]->dir->parent == region->dax_dir)
			dax_remove(sim, model->daxes[i - 1]);
	regions_forget(model, region->dax_dir);
}

/* ---- cxl_dax_region ---- */

static void dax_region_tell(struct mhp_sim *sim, const struct cxl_region *region,
			    const char *action)
{
	struct buf keys = { 0 };

	if (event_is_heard(sim))
		buf_add(&keys, DAX_KEYS, region->dax_is_bound ? "DRIVER=cxl_dax_region\n" : "");
	event_send(sim, action, region->dax_dir, "cxl", keys.str);
	buf_free(&keys);
}

static int dax_uevent_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_region *region = owner;

	(void)sim;
	buf_add(buf, DAX_KEYS, region->dax_is_bound ? "DRIVER=cxl_dax_region\n" : "");
	return 0;
}

static int dax_uevent_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct cxl_region *region = owner;
	struct buf keys = { 0 };
	int r;

	dax_uevent_show(sim, owner, &keys);
	r = keys.failed ? -ENOMEM : event_synth(sim, word, region->dax_dir, "cxl", keys.str);
	buf_free(&keys);
	return r;
}

static const struct attr dax_uevent_attr = {
	.show = dax_uevent_show, .store = dax_uevent_store,
};

/* Takes the dax_regionN; what does not work out is only logged. */
static void probe_dax_region(struct mhp_sim *sim, struct cxl_region *region)
{
	struct cxl *cxl = sim->model.cxl;
	struct dax *dax = NULL;
	int r;

	if (!cxl->dax_driver || !region->dax_dir || region->dax_is_bound)
		return;
	r = link_driver(region->dax_dir, cxl->dax_driver);
	if (r == 0)
		r = make_dax(sim, region, &dax);
	if (r < 0) {
		unlink_driver(region->dax_dir, cxl->dax_driver);
		return;
	}
	dax_tell(sim, dax, "add");
	drivers_offer(sim, dax);
	region->dax_is_bound = true;
	dax_region_tell(sim, region, "bind");
}

static void release_dax_region(struct mhp_sim *sim, struct cxl_region *region)
{
	if (!region->dax_is_bound)
		return;
	remove_daxes(sim, region);
	tree_remove_child(region->dax_dir, "dax_region");
	unlink_driver(region->dax_dir, sim->model.cxl->dax_driver);
	region->dax_is_bound = false;
	dax_region_tell(sim, region, "unbind");
}

void cxl_dax_driver_add(struct mhp_sim *sim, struct node *dir)
{
	struct cxl *cxl = sim->model.cxl;

	node_keep(&cxl->dax_driver, dir);
	event_set_attr(dir, "drivers");
	for (size_t i = 0; i < cxl->n_regions; i++)
		probe_dax_region(sim, cxl->regions[i]);
}

/* ---- cxl_region ---- */

static int make_dax_region(struct mhp_sim *sim, struct cxl_region *region)
{
	static const struct text_file files[] = {
		{ "devtype", "cxl_dax_region\n" }, { "modalias", "cxl:t8\n" }, { "uevent", "" },
	};
	struct cxl *cxl = sim->model.cxl;
	struct node *dir;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "dax_region%u", region->id);
	r = tree_add_new(region->dir, NODE_DIR, name, NULL, &dir);
	if (r < 0)
		return r;
	r = add_files(dir, files, sizeof(files) / sizeof(files[0]));
	if (r == 0)
		r = cxl_add_subsystem(sim, dir, "/sys/bus/cxl");
	if (r == 0)
		r = tree_add_link(cxl->devices, name, dir);
	if (r < 0) {
		tree_remove(dir);
		return r;
	}
	node_keep(&region->dax_dir, dir);
	model_set_attr(tree_child(dir, "uevent"), &dax_uevent_attr, region);
	dax_region_tell(sim, region, "add");
	return 0;
}

static void remove_dax_region(struct mhp_sim *sim, struct cxl_region *region)
{
	if (!region->dax_dir)
		return;
	release_dax_region(sim, region);
	/* those that a capture shows without the driver */
	remove_daxes(sim, region);
	dax_region_tell(sim, region, "remove");
	tree_remove_child(sim->model.cxl->devices, region->dax_dir->name);
	tree_remove(region->dax_dir);
	node_keep(&region->dax_dir, NULL);
}

/* Is any of it System RAM already? Firmware may have given it to the kernel at boot. */
static bool has_ram(const struct model *model, const struct cxl_region *region)
{
	uint64_t last = region->start + region->size - 1;
	size_t at;

	if (model->has_iomem)
		return iomem_has_ram(model, region->start, last);
	at = blocks_lower_bound(model, region->start / model->block_size);
	return at < model->n_blocks && model->blocks[at]->id <= last / model->block_size;
}

int cxl_bind(struct mhp_sim *sim, struct cxl_region *region)
{
	struct model *model = &sim->model;
	struct node *driver = model->cxl->region_driver;
	int r;

	if (region->is_bound)
		return -EBUSY;
	if (region->state < CXL_COMMITTED && holds(model, RULE_CXL_BIND_EARLY))
		return -ENXIO;
	if (!region->size)
		return -ENXIO;
	if (region->mode != CXL_MODE_RAM)
		return -EOPNOTSUPP;
	r = link_driver(region->dir, driver);
	if (r == 0 && (!has_ram(model, region) || !holds(model, RULE_CXL_BIND_RAM)))
		r = make_dax_region(sim, region);
	if (r < 0) {
		unlink_driver(region->dir, driver);
		return r;
	}
	/* the driver of dax regions is a thread of its own */
	if (!holds(model, RULE_CXL_EVENT_DAX_LATER))
		probe_dax_region(sim, region);
	region->is_bound = true;
	cxl_region_tell(sim, region, "bind");
	probe_dax_region(sim, region);
	return 0;
}

void cxl_unbind(struct mhp_sim *sim, struct cxl_region *region)
{
	if (!region->is_bound)
		return;
	remove_dax_region(sim, region);
	unlink_driver(region->dir, sim->model.cxl->region_driver);
	region->is_bound = false;
	cxl_region_tell(sim, region, "unbind");
}

static int bind_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct cxl_region *region = cxl_find_region(sim->model.cxl, word);

	(void)owner;
	if (!region)
		return holds(&sim->model, RULE_CXL_BIND_UNKNOWN) ? -ENODEV : -ENXIO;
	return cxl_bind(sim, region);
}

static int unbind_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct cxl_region *region = cxl_find_region(sim->model.cxl, word);

	(void)owner;
	if (!region || !region->is_bound)
		return holds(&sim->model, RULE_CXL_UNBIND_NOT_BOUND) ? -ENODEV : 0;
	cxl_unbind(sim, region);
	return 0;
}

static const struct attr bind_attr = { .store = bind_store, .need = cxl_need };
static const struct attr unbind_attr = { .store = unbind_store, .need = cxl_need };

/* ---- from the capture ---- */

/* Does it have the driver of this name? */
static bool has_driver(const struct node *dir, const struct node *driver)
{
	const struct node *link = tree_child(dir, "driver");
	const char *slash;

	if (!driver || !link || link->type != NODE_LINK)
		return false;
	slash = strrchr(link->text, '/');
	return !strcmp(slash ? slash + 1 : link->text, driver->name);
}

static void load_region(struct mhp_sim *sim, struct cxl_region *region)
{
	struct cxl *cxl = sim->model.cxl;
	struct node *dir;
	char name[32];

	region->is_bound = has_driver(region->dir, cxl->region_driver);
	snprintf(name, sizeof(name), "dax_region%u", region->id);
	dir = tree_child(region->dir, name);
	if (!region->is_bound || !dir || dir->type != NODE_DIR)
		return;
	node_keep(&region->dax_dir, dir);
	region->dax_is_bound = has_driver(dir, cxl->dax_driver);
	model_set_attr(tree_child(dir, "uevent"), &dax_uevent_attr, region);
}

int cxl_drivers_load(struct mhp_sim *sim)
{
	struct cxl *cxl = sim->model.cxl;
	struct node *drivers = model_dir(sim, CXL_DRIVERS_PATH), *dir;

	dir = drivers ? tree_child(drivers, "cxl_region") : NULL;
	if (dir && dir->type == NODE_DIR) {
		node_keep(&cxl->region_driver, dir);
		model_set_attr(tree_child(dir, "bind"), &bind_attr, NULL);
		model_set_attr(tree_child(dir, "unbind"), &unbind_attr, NULL);
		event_set_attr(dir, "drivers");
	}
	dir = drivers ? tree_child(drivers, "cxl_dax_region") : NULL;
	if (dir && dir->type == NODE_DIR) {
		node_keep(&cxl->dax_driver, dir);
		event_set_attr(dir, "drivers");
	}
	for (size_t i = 0; i < cxl->n_regions; i++)
		load_region(sim, cxl->regions[i]);
	return 0;
}
