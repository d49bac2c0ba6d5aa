// SPDX-License-Identifier: LGPL-2.1-or-later
/* /sys/firmware/memmap: what the next kernel, by kexec, is told (drivers/firmware/memmap.c). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define MEMMAP_PATH	"/sys/firmware/memmap"

static int add_memmap_file(struct node *dir, const char *name, uint64_t address)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64 "\n", address);
	return tree_add_new(dir, NODE_FILE, name, text, NULL);
}

int firmware_add(struct mhp_sim *sim, const struct block_run *run)
{
	struct node *all = model_dir(sim, MEMMAP_PATH), *dir;
	struct model *model = &sim->model;
	char name[24];
	int r;

	if (!all || !holds(model, RULE_DIMM_MEMMAP))
		return 0;
	snprintf(name, sizeof(name), "%" PRIu64, model->next_memmap);
	r = tree_add_new(all, NODE_DIR, name, NULL, &dir);
	if (r < 0)
		return r;
	model->next_memmap++;
	r = add_memmap_file(dir, "end", run_last(model, run));
	if (r == 0)
		r = add_memmap_file(dir, "start", run_start(model, run));
	if (r == 0)
		r = tree_add_new(dir, NODE_FILE, "type", "System RAM\n", NULL);
	if (r < 0)
		tree_remove(dir);
	return r;
}

static bool has_address(const struct node *dir, const char *name, uint64_t address)
{
	const struct node *file = tree_child(dir, name);
	uint64_t value;

	return file && file->type == NODE_FILE && file->text &&
	       parse_0x_hex(file->text, &value) == 0 && value == address;
}

void firmware_remove(struct mhp_sim *sim, const struct block_run *run)
{
	struct node *all = model_dir(sim, MEMMAP_PATH);
	struct model *model = &sim->model;
	char name[24];

	for (uint64_t i = 0; all && i < model->next_memmap; i++) {
		struct node *dir;

		snprintf(name, sizeof(name), "%" PRIu64, i);
		dir = tree_child(all, name);
		if (has_address(dir, "start", run_start(model, run)) &&
		    has_address(dir, "end", run_last(model, run))) {
			tree_remove(dir);
			return;
		}
	}
}

int firmware_load(struct mhp_sim *sim)
{
	struct node *all = model_dir(sim, MEMMAP_PATH), **children;
	uint64_t number;
	size_t count;
	int r;

	if (!all)
		return 0;
	r = tree_copy_children(all, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		if (parse_dec(children[i]->name, &number) == 0 && number < MAX_BLOCKS &&
		    number >= sim->model.next_memmap)
			sim->model.next_memmap = number + 1;
	tree_free_children(children, count);
	return 0;
}
