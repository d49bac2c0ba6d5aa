// SPDX-License-Identifier: LGPL-2.1-or-later
/* Slots for DIMMs, PNP0C80 of ACPI: their directories, and links to and from blocks. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define DEVICES_PATH	"/sys/bus/acpi/devices"
/* where a machine has them that shows none yet: as QEMU's */
#define PARENT_PATH	"/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04"

void dimm_free(struct dimm *dimm)
{
	node_unref(dimm->dir);
	group_unref(dimm->group);
	free(dimm->runs);
	free(dimm);
}

struct dimm *dimm_find(const struct model *model, unsigned int slot)
{
	for (size_t i = 0; i < model->n_dimms; i++)
		if (model->dimms[i]->slot == slot)
			return model->dimms[i];
	return NULL;
}

/* "PNP0C80:0a" */
static bool parse_name(const char *name, unsigned int *ret_slot)
{
	uint64_t slot;

	if (strncmp(name, "PNP0C80:", 8) || parse_bare_hex(name + 8, &slot) < 0 || slot > MAX_SLOT)
		return false;
	*ret_slot = (unsigned int)slot;
	return true;
}

/* ---- its blocks ---- */

uint64_t dimm_count_blocks(const struct dimm *dimm)
{
	uint64_t count = 0;

	for (size_t i = 0; i < dimm->n_runs; i++)
		count += dimm->runs[i].count;
	return count;
}

/* NULL: it went by itself */
struct block *dimm_nth_block(const struct model *model, const struct dimm *dimm, uint64_t n)
{
	const struct block_run *run = dimm->runs;

	while (n >= run->count) {
		n -= run->count;
		run++;
	}
	return block_find(model, run->first + n);
}

int dimm_add_run(struct dimm *dimm, const struct block_run *run)
{
	struct block_run *list;

	list = reallocarray(dimm->runs, dimm->n_runs + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	dimm->runs = list;
	list[dimm->n_runs++] = *run;
	return 0;
}

int dimm_make_group(const struct model *model, struct dimm *dimm)
{
	dimm->group = group_new(dimm_count_blocks(dimm) * model->block_pages);
	return dimm->group ? 0 : -ENOMEM;
}

static void physical_node_name(uint64_t n, char name[40])
{
	snprintf(name, 40, n ? "physical_node%" PRIu64 : "physical_node", n);
}

/* drivers/acpi/glue.c, acpi_bind_one(): a link each way */
int dimm_link_blocks(const struct model *model, struct dimm *dimm)
{
	uint64_t count = dimm_count_blocks(dimm);
	char name[40];
	int r = 0;

	for (uint64_t i = 0; i < count && r == 0; i++) {
		struct block *block = dimm_nth_block(model, dimm, i);

		physical_node_name(i, name);
		r = tree_add_link(dimm->dir, name, block->dir);
		if (r == 0)
			r = tree_add_link(block->dir, "firmware_node", dimm->dir);
	}
	return r;
}

void dimm_unlink_blocks(struct dimm *dimm)
{
	uint64_t count = dimm_count_blocks(dimm);
	char name[40];

	for (uint64_t i = 0; i < count; i++) {
		physical_node_name(i, name);
		tree_remove_child(dimm->dir, name);
	}
}

void dimm_forget_block(struct mhp_sim *sim, const struct block *block)
{
	struct model *model = &sim->model;
	char name[40];

	for (size_t i = 0; i < model->n_dimms; i++) {
		const struct dimm *dimm = model->dimms[i];
		uint64_t before = 0;

		for (size_t j = 0; j < dimm->n_runs; j++) {
			const struct block_run *run = &dimm->runs[j];

			if (block->id >= run->first && block->id - run->first < run->count) {
				physical_node_name(before + block->id - run->first, name);
				tree_remove_child(dimm->dir, name);
			}
			before += run->count;
		}
	}
}

/* ---- a slot that the machine has not shown so far ---- */

static int add_dimm(struct model *model, struct node *dir, unsigned int slot,
		    struct dimm **ret_dimm)
{
	struct dimm **list, *dimm;

	list = reallocarray(model->dimms, model->n_dimms + 1, sizeof(struct dimm *));
	if (!list)
		return -ENOMEM;
	model->dimms = list;
	dimm = calloc(1, sizeof(*dimm));
	if (!dimm)
		return -ENOMEM;
	list[model->n_dimms++] = dimm;
	dimm->slot = slot;
	node_keep(&dimm->dir, dir);
	*ret_dimm = dimm;
	return 0;
}

static int make_dir(struct mhp_sim *sim, const char *path, struct node **ret_dir)
{
	struct node *dir = sim->root, *next;
	size_t length;
	int r = 0;

	while (*path && r == 0) {
		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (dir->type != NODE_DIR)
			return -ENOTDIR;
		next = tree_find(dir, path, length);
		if (!next) {
			next = node_new(NODE_DIR, path, length, NULL);
			r = tree_add(dir, next);
		}
		dir = next;
		path += length;
	}
	*ret_dir = dir;
	return r < 0 ? r : dir->type == NODE_DIR ? 0 : -ENOTDIR;
}

static int fill_dir(struct node *dir, unsigned int slot)
{
	static const struct {
		const char *name, *text;
	} files[] = {
		{ "hid", "PNP0C80\n" },
		{ "modalias", "acpi:PNP0C80:\n" },
		{ "status", "" },
		{ "uevent", "MODALIAS=acpi:PNP0C80:\n" },
	};
	struct node *file;
	char text[40];
	int r;

	snprintf(text, sizeof(text), "\\_SB_.MHPC.MP%02X\n", slot);
	r = tree_add_new(dir, NODE_FILE, "path", text, NULL);
	snprintf(text, sizeof(text), "0x%02x\n", slot);
	if (r == 0)
		r = tree_add_new(dir, NODE_FILE, "uid", text, NULL);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++)
		r = tree_add_new(dir, NODE_FILE, files[i].name, files[i].text, NULL);
	if (r == 0)
		r = tree_add_new(dir, NODE_FILE, "eject", NULL, &file);
	if (r == 0)
		file->code = NODE_WRITE_ONLY;
	return r;
}

int dimm_make_slot(struct mhp_sim *sim, unsigned int slot, struct dimm **ret_dimm)
{
	struct model *model = &sim->model;
	struct node *devices, *parent = NULL, *dir;
	char name[24];
	int r;

	r = make_dir(sim, DEVICES_PATH, &devices);
	if (model->n_dimms)
		parent = model->dimms[0]->dir->parent;
	if (r == 0 && !parent)
		r = make_dir(sim, PARENT_PATH, &parent);
	if (r < 0)
		return r;
	snprintf(name, sizeof(name), "PNP0C80:%02x", slot);
	r = tree_add_new(parent, NODE_DIR, name, NULL, &dir);
	if (r < 0)
		return r;
	r = fill_dir(dir, slot);
	if (r == 0)
		r = tree_add_link(dir, "subsystem", devices->parent);
	if (r == 0 && parent != devices)
		r = tree_add_link(devices, name, dir);
	if (r == 0) {
		r = add_dimm(model, dir, slot, ret_dimm);
		if (r < 0 && parent != devices)
			tree_remove_child(devices, name);
	}
	if (r < 0)
		tree_remove(dir);
	else
		dimm_set_attrs(*ret_dimm);
	return r;
}

/* ---- from the capture ---- */

/* Its blocks, by its links to them. */
static int load_runs(struct mhp_sim *sim, struct dimm *dimm)
{
	struct node **children, *target;
	struct block *block;
	size_t count;
	uint64_t id;
	int r;

	r = tree_copy_children(dimm->dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++) {
		if (children[i]->type != NODE_LINK ||
		    strncmp(children[i]->name, "physical_node", 13))
			continue;
		r = tree_walk(sim->root, dimm->dir, children[i]->name, true, &target);
		block = r == 0 && parse_block_name(target->name, &id) == 0 ?
			block_find(&sim->model, id) : NULL;
		if (r != -ENOMEM)
			r = 0;
		if (block && block->dir == target) {
			r = dimm_add_run(dimm, &(struct block_run){ id, 1 });
			dimm->node = block->numa->id;
		}
	}
	tree_free_children(children, count);
	if (dimm->n_runs)
		dimm->n_runs = block_runs_merge(dimm->runs, dimm->n_runs);
	return r;
}

static int load_group(const struct model *model, struct dimm *dimm)
{
	int r = dimm->n_runs ? dimm_make_group(model, dimm) : 0;

	for (size_t i = 0; i < dimm->n_runs && r == 0; i++)
		group_take(model, dimm->group, &dimm->runs[i]);
	return r;
}

static int load_dimm(struct mhp_sim *sim, const struct complaints *complaints, struct node *dir,
		     unsigned int slot)
{
	struct node *file = tree_child(dir, "status");
	struct dimm *dimm;
	uint64_t status;
	int r;

	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	if (parse_dec(file->text, &status) < 0)
		return model_complain(complaints, file);
	r = add_dimm(&sim->model, dir, slot, &dimm);
	/* an empty slot has no memory, wherever links of it lead */
	if (r == 0 && status)
		r = load_runs(sim, dimm);
	if (r == 0)
		r = load_group(&sim->model, dimm);
	if (r < 0)
		return r;
	dimm->status = status;
	dimm->attached = dimm->n_runs > 0;
	dimm_set_attrs(dimm);
	return 0;
}

int dimms_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *dir = model_dir(sim, DEVICES_PATH), *device, **children;
	unsigned int slot;
	size_t count;
	int r;

	r = firmware_load(sim);
	if (r < 0 || !dir)
		return r;
	r = tree_copy_children(dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++) {
		if (!parse_name(children[i]->name, &slot) || dimm_find(&sim->model, slot))
			continue;
		r = tree_walk(sim->root, dir, children[i]->name, true, &device);
		if (r == 0 && device->type == NODE_DIR &&
		    !strcmp(device->name, children[i]->name))
			r = load_dimm(sim, complaints, device, slot);
		else if (r != -ENOMEM)
			/* a link that leads nowhere is no device */
			r = 0;
	}
	tree_free_children(children, count);
	return r;
}
