// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * LMBs of a POWER partition come and go by index (arch/powerpc/platforms/pseries/dlpar.c,
 * hotplug-memory.c), and the device tree tells which ones are there. Asking for a number
 * of LMBs, whichever they are, is not acted out.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lmb.h"
#include "model.h"
#include "parse.h"
#include "sim.h"

#define LMBS_PATH	"/sys/firmware/devicetree/base/ibm,dynamic-reconfiguration-memory"
#define DLPAR_PATH	"/sys/kernel/dlpar"
#define RAM		"System RAM"

static struct block_run lmb_run(const struct model *model, const struct lmb *lmb)
{
	return (struct block_run){
		lmb->address / model->block_size, model->partition.lmb_size / model->block_size,
	};
}

/* ---- they come and go ---- */

static void remove_memory(struct mhp_sim *sim, struct lmb *lmb)
{
	struct model *model = &sim->model;
	struct block_run run = lmb_run(model, lmb);

	/* without memory for that its line stays */
	(void)iomem_cut(model, run_start(model, &run), run_last(model, &run), RAM);
	blocks_remove(sim, &run);
	lmb->flags &= ~(uint32_t)LMB_ASSIGNED;
}

/* dlpar_online_lmb(): as if 1 were written to each block's "online" */
static int online_lmb(struct mhp_sim *sim, const struct block_run *run)
{
	for (uint64_t i = 0; i < run->count; i++) {
		struct block *block = block_find(&sim->model, run->first + i);
		int r = block ? block_online(sim, block, MHP_ONLINE) : -EINVAL;

		if (r < 0)
			return r;
	}
	return 0;
}

static int add_lmb(struct mhp_sim *sim, struct lmb *lmb)
{
	struct model *model = &sim->model;
	struct block_run run = lmb_run(model, lmb);
	uint64_t start = run_start(model, &run), last = run_last(model, &run);
	int r;

	if ((lmb->flags & LMB_ASSIGNED) && holds(model, RULE_DLPAR_TWICE))
		return -EINVAL;
	r = numa_get_plain(sim, 0);
	if (r == 0)
		r = iomem_insert(model, start, last, RAM);
	if (r < 0)
		return r;
	r = blocks_add(sim, 0, &run, false);
	if (r < 0) {
		iomem_remove(model, start, last, RAM);
		return r;
	}
	lmb->flags |= LMB_ASSIGNED;
	if (holds(model, RULE_DLPAR_POLICY))
		blocks_online(sim, &run);
	if (holds(model, RULE_DLPAR_ONLINES))
		r = online_lmb(sim, &run);
	if (r < 0 && holds(model, RULE_DLPAR_UNADDS))
		remove_memory(sim, lmb);
	return r < 0 ? r : 0;
}

/* HANGS: what is offline by then is passed over the next time. */
static int remove_lmb(struct mhp_sim *sim, struct lmb *lmb)
{
	struct model *model = &sim->model;
	struct block_run run = lmb_run(model, lmb);

	if (!(lmb->flags & LMB_ASSIGNED))
		return -EINVAL;
	for (uint64_t i = 0; i < run.count; i++) {
		struct block *block = block_find(model, run.first + i);
		int r = 0;

		if (block && holds(model, RULE_DLPAR_OFFLINES))
			r = block_offline(sim, block);
		else if (block && block->state != MHP_STATE_OFFLINE)
			r = -EBUSY;
		if (r < 0)
			return r;
	}
	remove_memory(sim, lmb);
	return 0;
}

/* ---- dlpar ---- */

static int dlpar_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)sim, (void)owner;
	buf_add_str(buf, "memory,cpu,dt\n");
	return 0;
}

/* "memory add index 0x80000010" */
static int parse_request(const char *word, bool *ret_add, uint64_t *ret_index)
{
	static const char add[] = "memory add index 0x", remove[] = "memory remove index 0x";
	char *end;

	*ret_add = !strncmp(word, add, strlen(add));
	if (!*ret_add && strncmp(word, remove, strlen(remove)))
		return -EINVAL;
	word += strlen(*ret_add ? add : remove);
	if (!isxdigit((unsigned char)*word))
		return -EINVAL;
	errno = 0;
	*ret_index = strtoull(word, &end, 16);
	return errno || (*end && strcmp(end, "\n")) ? -EINVAL : 0;
}

static int dlpar_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct partition *partition = owner;
	uint64_t index;
	bool add;

	if (parse_request(word, &add, &index) < 0)
		return -EINVAL;
	for (size_t i = 0; i < partition->n_lmbs; i++) {
		struct lmb *lmb = &partition->lmbs[i];

		if (lmb->index == index)
			return add ? add_lmb(sim, lmb) : remove_lmb(sim, lmb);
	}
	return holds(&sim->model, RULE_DLPAR_WORD) ? -EINVAL : 0;
}

/* lock_device_hotplug() */
static enum need dlpar_need(struct mhp_sim *sim, void *owner, const char *word)
{
	uint64_t index;
	bool add;

	(void)sim, (void)owner;
	return parse_request(word, &add, &index) < 0 ? NEEDS_NOTHING : NEEDS_HOTPLUG_D;
}

static const struct attr dlpar_attr = {
	.show = dlpar_show, .store = dlpar_store, .need = dlpar_need,
};

/* ---- the device tree ---- */

static void put(struct buf *buf, uint64_t number, int bytes)
{
	while (bytes-- > 0) {
		char byte = (char)(number >> 8 * bytes & 0xff);

		buf_add_bytes(buf, &byte, 1);
	}
}

/* arch/powerpc/mm/drmem.c, drmem_update_dt_v2(): those in a row that are alike are one */
static size_t count_alike(const struct partition *partition, size_t first)
{
	const struct lmb *lmbs = partition->lmbs;
	size_t i = first + 1;

	while (i < partition->n_lmbs && lmbs[i].place == lmbs[first].place &&
	       lmbs[i].flags == lmbs[first].flags &&
	       lmbs[i].index == lmbs[first].index + (i - first) &&
	       lmbs[i].address == lmbs[first].address + (i - first) * partition->lmb_size)
		i++;
	return i - first;
}

static int list_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct partition *partition = owner;
	size_t entries = 0, step;

	(void)sim;
	for (size_t i = 0; i < partition->n_lmbs; i += step, entries++)
		step = partition->is_v2 ? count_alike(partition, i) : 1;
	put(buf, entries, 4);
	for (size_t i = 0; i < partition->n_lmbs; i += step) {
		const struct lmb *lmb = &partition->lmbs[i];

		step = partition->is_v2 ? count_alike(partition, i) : 1;
		if (partition->is_v2)
			put(buf, step, 4);
		put(buf, lmb->address, 8);
		put(buf, lmb->index, 4);
		if (!partition->is_v2)
			put(buf, 0, 4);
		put(buf, lmb->place, 4);
		put(buf, lmb->flags, 4);
	}
	return 0;
}

static const struct attr list_attr = { .show = list_show };

/* ---- from the capture ---- */

static struct node *find_property(const struct node *dir, const char *name)
{
	struct node *file = tree_child(dir, name);

	return file && file->type == NODE_FILE && file->code == NODE_HEX && file->text ? file : NULL;
}

static int load_size(struct mhp_sim *sim, const struct complaints *complaints,
		     struct node *file)
{
	struct partition *partition = &sim->model.partition;
	struct buf bytes = { 0 };
	int r;

	r = node_render(sim, file, &bytes);
	if (r == 0)
		r = bytes.failed ? -ENOMEM : lmb_parse_size(bytes.str ? bytes.str : "",
							    bytes.length, &partition->lmb_size);
	buf_free(&bytes);
	return r == -EBADMSG ? model_complain(complaints, file) : r;
}

static int load_list(struct mhp_sim *sim, const struct complaints *complaints,
		     struct node *file)
{
	struct partition *partition = &sim->model.partition;
	struct buf bytes = { 0 };
	int r;

	r = node_render(sim, file, &bytes);
	if (r == 0)
		r = bytes.failed ? -ENOMEM :
		    lmb_parse_list(bytes.str ? bytes.str : "", bytes.length, partition->is_v2,
				   partition->lmb_size, &partition->lmbs, &partition->n_lmbs);
	buf_free(&bytes);
	return r == -EBADMSG || r == -E2BIG ? model_complain(complaints, file) : r;
}

int partition_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct partition *partition = &sim->model.partition;
	struct node *dir = model_dir(sim, LMBS_PATH);
	struct node *size = dir ? find_property(dir, "ibm,lmb-size") : NULL;
	struct node *list = dir ? find_property(dir, "ibm,dynamic-memory-v2") : NULL;
	int r;

	partition->is_v2 = list != NULL;
	if (dir && !list)
		list = find_property(dir, "ibm,dynamic-memory");
	if (!size || !list)
		return 0;
	r = load_size(sim, complaints, size);
	/* where LMBs are smaller than blocks nothing comes and goes */
	if (r < 0 || partition->lmb_size < sim->model.block_size)
		return r;
	r = load_list(sim, complaints, list);
	if (r < 0)
		return r;
	node_keep(&partition->list, list);
	model_set_attr(list, &list_attr, partition);
	model_set_attr(model_file(sim, DLPAR_PATH), &dlpar_attr, partition);
	return 0;
}

void partition_free(struct partition *partition)
{
	free(partition->lmbs);
	node_unref(partition->list);
}
