// SPDX-License-Identifier: LGPL-2.1-or-later
/* CXL regions: made, given ways, a size and targets, committed, deleted. See
 * drivers/cxl/core/region.c. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model-cxl.h"
#include "sim.h"
#include "words.h"

/* ---- ways and granularity ---- */

/* cxl.h, ways_to_eiw() */
static bool is_ways(uint64_t ways)
{
	if (ways % 3 == 0)
		ways /= 3;
	return ways >= 1 && ways <= CXL_MAX_WAYS && !(ways & (ways - 1));
}

/* granularity_to_eig() */
static bool is_granularity(uint64_t granularity)
{
	return granularity >= 256 && granularity <= 16384 && !(granularity & (granularity - 1));
}

static int ways_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_region *region = owner;

	(void)sim;
	buf_add(buf, "%" PRIu64 "\n", region->ways);
	return 0;
}

static int granularity_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_region *region = owner;

	(void)sim;
	buf_add(buf, "%" PRIu64 "\n", region->granularity);
	return 0;
}

static int target_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_target *target = owner;

	(void)sim;
	buf_add(buf, "%s\n", target->decoder ? target->decoder->dir->name : "");
	return 0;
}

/* An endpoint's decoder by name, or nothing: one newline. */
static int target_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct cxl_target *target = owner;
	struct cxl_decoder *decoder;

	if (same_word(word, "")) {
		cxl_detach(sim, target);
		return 0;
	}
	decoder = cxl_find_decoder(sim->model.cxl, word);
	if (!decoder)
		return holds(&sim->model, RULE_CXL_TARGET_UNKNOWN) ? -ENODEV : -EINVAL;
	if (decoder->type != CXL_ENDPOINT)
		return -EINVAL;
	return cxl_attach(sim, target, decoder);
}

static const struct attr target_attr = {
	.show = target_show, .store = target_store, .need = cxl_need,
};

static void target_name(unsigned int position, char name[32])
{
	snprintf(name, 32, "target%u", position);
}

/* There are as many of these files as ways. */
static int make_targets(struct cxl_region *region, uint64_t ways)
{
	struct node *file;
	char name[32];
	int r = 0;

	for (unsigned int i = 0; i < ways && r == 0; i++) {
		target_name(i, name);
		if (tree_child(region->dir, name))
			continue;
		r = tree_add_new(region->dir, NODE_FILE, name, "", &file);
		if (r == 0)
			model_set_attr(file, &target_attr, &region->targets[i]);
	}
	return r;
}

static void drop_targets(struct cxl_region *region, uint64_t ways)
{
	char name[32];

	for (unsigned int i = (unsigned int)ways; i < CXL_MAX_WAYS; i++) {
		target_name(i, name);
		tree_remove_child(region->dir, name);
	}
}

static int ways_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct model *model = &sim->model;
	struct cxl_region *region = owner;
	uint64_t ways, of_root = region->root->ways ? region->root->ways : 1;
	int r;

	r = parse_number(word, 0, UINT_MAX, &ways);
	if (r < 0)
		return r;
	if (!is_ways(ways) || ways % of_root || ((ways / of_root) & (ways / of_root - 1)))
		if (holds(model, RULE_CXL_WAYS_NUMBER) || ways > CXL_MAX_WAYS)
			return -EINVAL;
	if (region->state >= CXL_HAS_SIZE && holds(model, RULE_CXL_WAYS_LATE))
		return -EBUSY;
	if (region->state >= CXL_HAS_SIZE)
		return 0;
	r = make_targets(region, ways);
	if (r == 0)
		region->ways = ways;
	drop_targets(region, region->ways);
	return r;
}

static int granularity_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct model *model = &sim->model;
	struct cxl_region *region = owner;
	uint64_t granularity;
	int r;

	r = parse_number(word, 0, INT_MAX, &granularity);
	if (r < 0)
		return r;
	if (!is_granularity(granularity) && holds(model, RULE_CXL_GRANULARITY_NUMBER))
		return -EINVAL;
	if (region->root->ways > 1 && granularity != region->root->granularity)
		return -EINVAL;
	if (region->state >= CXL_HAS_SIZE && holds(model, RULE_CXL_GRANULARITY_LATE))
		return -EBUSY;
	region->granularity = granularity;
	return 0;
}

/* ---- size ---- */

static uint64_t align_up(uint64_t address)
{
	return (address + CXL_UNIT - 1) / CXL_UNIT * CXL_UNIT;
}

/* Is something there? Then *ret_end is where it ends. */
static bool is_in_use(const struct model *model, const struct range *wanted,
		      const struct cxl_decoder *window, uint64_t *ret_end)
{
	uint64_t last = wanted->start + wanted->size - 1;

	for (size_t i = 0; i < model->cxl->n_regions; i++) {
		const struct cxl_region *other = model->cxl->regions[i];
		const struct range range = { other->start, other->size };

		if (other->size && ranges_overlap(&range, wanted)) {
			*ret_end = range.start + range.size;
			return true;
		}
	}
	for (size_t i = 0; model->has_iomem && i < model->n_iomem; i++) {
		const struct iomem_entry *entry = &model->iomem[i];

		/* not the window itself, and what that is part of */
		if (entry->start <= window->start &&
		    entry->end >= window->start + window->size - 1)
			continue;
		if (entry->start <= last && entry->end >= wanted->start) {
			*ret_end = entry->end + 1;
			return true;
		}
	}
	return false;
}

/* kernel/resource.c, alloc_free_mem_region(): the lowest place */
static int find_place(const struct model *model, const struct cxl_decoder *window,
		      uint64_t size, uint64_t *ret_start)
{
	uint64_t start = align_up(window->start), end = window->start + window->size;

	while (start < end && size <= end - start) {
		const struct range range = { start, size };

		if (!is_in_use(model, &range, window, &start)) {
			*ret_start = range.start;
			return 0;
		}
		start = align_up(start);
	}
	return -ERANGE;
}

int cxl_place(struct mhp_sim *sim, struct cxl_region *region, uint64_t start, uint64_t size)
{
	struct model *model = &sim->model;
	const char *name = region->dir->name;
	int r = 0;

	/* where firmware has put memory into it, its line is there already */
	if (!iomem_has(model, start, start + size - 1, name))
		r = iomem_insert(model, start, start + size - 1, name);
	if (r < 0)
		return r;
	region->start = start;
	region->size = size;
	region->state = CXL_HAS_SIZE;
	return 0;
}

static int take_addresses(struct mhp_sim *sim, struct cxl_region *region, uint64_t size)
{
	struct model *model = &sim->model;
	uint64_t start;
	int r;

	if (region->size == size)
		return 0;
	if (region->size)
		return holds(model, RULE_CXL_SIZE_TWICE) ? -EBUSY : 0;
	if (!region->ways || !region->granularity)
		return holds(model, RULE_CXL_SIZE_EARLY) ? -ENXIO : -EINVAL;
	if (size % (CXL_UNIT * region->ways) && holds(model, RULE_CXL_SIZE_UNIT))
		return -EINVAL;
	r = find_place(model, region->root, size, &start);
	if (r < 0)
		return holds(model, RULE_CXL_SIZE_NO_SPACE) ? r : -ENOSPC;
	return cxl_place(sim, region, start, size);
}

/* What is below its line, memory that was left behind, stays there: remove_resource() */
static void give_addresses(struct model *model, struct cxl_region *region)
{
	if (region->size)
		iomem_take_out(model, region->start, region->start + region->size - 1,
			       region->dir->name);
	region->start = region->size = 0;
	region->state = CXL_IDLE;
}

static int size_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct cxl_region *region = owner;
	uint64_t size;
	int r;

	r = parse_number(word, 0, UINT64_MAX, &size);
	if (r < 0)
		return r;
	if (size)
		return take_addresses(sim, region, size);
	if (region->state >= CXL_ACTIVE)
		return holds(&sim->model, RULE_CXL_SIZE_USED) ? -EBUSY : 0;
	give_addresses(&sim->model, region);
	return 0;
}

static int size_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_region *region = owner;

	(void)sim;
	buf_add(buf, "0x%" PRIx64 "\n", region->size);
	return 0;
}

static int resource_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_region *region = owner;

	(void)sim;
	buf_add(buf, "0x%" PRIx64 "\n", region->size ? region->start : UINT64_MAX);
	return 0;
}

/* ---- commit ---- */

static int commit_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_region *region = owner;

	(void)sim;
	buf_add(buf, "%d\n", region->state == CXL_COMMITTED);
	return 0;
}

static int commit_one(struct mhp_sim *sim, struct cxl_region *region)
{
	const struct model *model = &sim->model;

	if (region->state == CXL_COMMITTED)
		return holds(model, RULE_CXL_COMMIT_TWICE) ? 0 : -EBUSY;
	if (region->state < CXL_ACTIVE && holds(model, RULE_CXL_COMMIT_EARLY))
		return -ENXIO;
	return cxl_commit(sim, region);
}

static int commit_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct model *model = &sim->model;
	struct cxl_region *region = owner;
	bool on;
	int r;

	r = parse_bool(word, &on);
	if (r < 0)
		return r;
	if (on)
		return commit_one(sim, region);
	if (region->is_locked && model->cxl->shows_locked && holds(model, RULE_CXL_COMMIT_LOCKED))
		return -EPERM;
	if (!region->is_bound || holds(model, RULE_CXL_COMMIT_UNBINDS))
		cxl_unbind(sim, region);
	if (region->state == CXL_COMMITTED)
		cxl_reset(sim, region);
	return 0;
}

static int locked_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_region *region = owner;

	(void)sim;
	buf_add(buf, "%d\n", region->is_locked);
	return 0;
}

static int uevent_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_region *region = owner;

	(void)sim;
	buf_add(buf, "DEVTYPE=cxl_region\n%sMODALIAS=cxl:t6\n",
		region->is_bound ? "DRIVER=cxl_region\n" : "");
	return 0;
}

static int uevent_store(struct mhp_sim *sim, void *owner, const char *word)
{
	const struct cxl_region *region = owner;
	struct buf keys = { 0 };
	int r;

	uevent_show(sim, owner, &keys);
	r = keys.failed ? -ENOMEM : event_synth(sim, word, region->dir, "cxl", keys.str);
	buf_free(&keys);
	return r;
}

void cxl_region_tell(struct mhp_sim *sim, const struct cxl_region *region, const char *action)
{
	struct buf keys = { 0 };

	if (event_is_heard(sim))
		uevent_show(sim, (void *)region, &keys);
	event_send(sim, action, region->dir, "cxl", keys.str);
	buf_free(&keys);
}

/* ---- files ---- */

static const struct {
	const char *name;
	struct attr attr;
} files[] = {
	{ "commit", { .show = commit_show, .store = commit_store, .need = cxl_need } },
	{ "interleave_granularity", { .show = granularity_show, .store = granularity_store } },
	{ "interleave_ways", { .show = ways_show, .store = ways_store } },
	{ "locked", { .show = locked_show } },
	{ "resource", { .show = resource_show } },
	{ "size", { .show = size_show, .store = size_store } },
	{ "uevent", { .show = uevent_show, .store = uevent_store } },
};
#define N_FILES (sizeof(files) / sizeof(files[0]))

void cxl_region_set_attrs(struct mhp_sim *sim, struct cxl_region *region)
{
	struct node *file;
	char name[32];

	(void)sim;
	for (size_t i = 0; i < N_FILES; i++) {
		file = tree_child(region->dir, files[i].name);
		if (file && file->type == NODE_FILE && file->text)
			model_set_attr(file, &files[i].attr, region);
	}
	for (unsigned int i = 0; i < region->ways; i++) {
		target_name(i, name);
		file = tree_child(region->dir, name);
		if (file && file->type == NODE_FILE && file->text)
			model_set_attr(file, &target_attr, &region->targets[i]);
	}
}

/* The files of a region that nobody has told anything yet. */
static int fill_dir(struct mhp_sim *sim, struct cxl_region *region)
{
	static const char *const texts[][2] = {
		{ "devtype", "cxl_region\n" }, { "modalias", "cxl:t6\n" }, { "mode", "ram\n" },
		{ "uuid", "\n" },
	};
	struct node *dir = region->dir;
	int r;

	r = tree_add_new(dir, NODE_DIR, "access0", NULL, NULL);
	if (r == 0)
		r = tree_add_new(dir, NODE_DIR, "access1", NULL, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && r == 0; i++)
		r = tree_add_new(dir, NODE_FILE, texts[i][0], texts[i][1], NULL);
	for (size_t i = 0; i < N_FILES && r == 0; i++)
		if (strcmp(files[i].name, "locked") || sim->model.cxl->shows_locked)
			r = tree_add_new(dir, NODE_FILE, files[i].name, "", NULL);
	if (r == 0)
		r = cxl_add_subsystem(sim, dir, "/sys/bus/cxl");
	return r;
}

/* ---- create_ram_region, delete_region ---- */

static int next_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *root = owner;

	(void)sim;
	buf_add(buf, "region%u\n", root->next_region);
	return 0;
}

static void drop_region(struct cxl *cxl, struct cxl_region *region)
{
	size_t at = 0;

	while (cxl->regions[at] != region)
		at++;
	memmove(&cxl->regions[at], &cxl->regions[at + 1],
		(--cxl->n_regions - at) * sizeof(*cxl->regions));
	node_unref(region->dir);
	node_unref(region->dax_dir);
	free(region);
}

static int make_region(struct mhp_sim *sim, struct cxl_decoder *root)
{
	struct cxl *cxl = sim->model.cxl;
	struct cxl_region *region;
	struct node *dir;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "region%u", root->next_region);
	r = tree_add_new(root->dir, NODE_DIR, name, NULL, &dir);
	if (r < 0)
		return r;
	region = cxl_add_region(cxl, dir, root, root->next_region);
	if (!region) {
		tree_remove(dir);
		return -ENOMEM;
	}
	region->mode = CXL_MODE_RAM;
	region->is_locked = root->is_locked;
	r = fill_dir(sim, region);
	if (r == 0)
		r = tree_add_link(cxl->devices, name, dir);
	if (r < 0) {
		tree_remove(dir);
		drop_region(cxl, region);
		return r;
	}
	cxl_region_set_attrs(sim, region);
	root->next_region = cxl_free_number(&sim->model);
	cxl_region_tell(sim, region, "add");
	return 0;
}

static int create_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct cxl_decoder *root = owner;
	unsigned int number;

	if (sscanf(word, "region%9u", &number) != 1)
		return holds(&sim->model, RULE_CXL_CREATE_NAME) ? -EINVAL : -ENODEV;
	if (number != root->next_region && holds(&sim->model, RULE_CXL_CREATE_NEXT))
		return -EBUSY;
	return make_region(sim, root);
}

/* Persistent memory has namespaces, which are not acted out here. */
static int create_pmem_store(struct mhp_sim *sim, void *owner, const char *word)
{
	(void)sim;
	(void)owner;
	(void)word;
	return -EOPNOTSUPP;
}

/* core/region.c, cxl_region_release(): rather the lower number than the next one */
static void reuse_number(struct mhp_sim *sim, struct cxl_decoder *root, unsigned int number)
{
	if (number < root->next_region && holds(&sim->model, RULE_CXL_NUMBER_REUSED))
		root->next_region = number;
}

static void delete_region(struct mhp_sim *sim, struct cxl_region *region)
{
	struct cxl *cxl = sim->model.cxl;

	cxl_unbind(sim, region);
	cxl_region_tell(sim, region, "remove");
	for (size_t i = 0; i < CXL_MAX_WAYS; i++)
		cxl_detach(sim, &region->targets[i]);
	for (size_t i = 0; i < cxl->n_decoders; i++)
		if (cxl->decoders[i]->region == region)
			cxl->decoders[i]->region = NULL;
	give_addresses(&sim->model, region);
	reuse_number(sim, region->root, region->id);
	tree_remove_child(cxl->devices, region->dir->name);
	tree_remove(region->dir);
	drop_region(cxl, region);
}

static int delete_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct cxl_region *region = cxl_find_region(sim->model.cxl, word);

	if (!region || region->root != owner)
		return holds(&sim->model, RULE_CXL_DELETE_UNKNOWN) ? -ENODEV : -ENXIO;
	delete_region(sim, region);
	return 0;
}

const struct attr cxl_create_ram_attr = { .show = next_show, .store = create_store };
const struct attr cxl_create_pmem_attr = { .show = next_show, .store = create_pmem_store };
const struct attr cxl_delete_attr = { .store = delete_store, .need = cxl_need };
