// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Broken memory: hard_offline_page and soft_offline_page, and what becomes of a block with
 * such a page. See mm/memory-failure.c, drivers/base/memory.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "sim.h"
#include "words.h"

static bool is_poisoned(const struct block *block, uint64_t page)
{
	for (size_t i = 0; i < block->n_poisoned; i++)
		if (block->poisoned[i] == page)
			return true;
	return false;
}

static int poison_page(struct block *block, uint64_t page)
{
	uint64_t *list;

	if (is_poisoned(block, page))
		return 0;
	list = reallocarray(block->poisoned, block->n_poisoned + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	block->poisoned = list;
	list[block->n_poisoned++] = page;
	return 0;
}

void poison_free(struct block *block)
{
	free(block->poisoned);
	block->poisoned = NULL;
	block->n_poisoned = 0;
}

bool poison_refuses_online(const struct model *model, const struct block *block)
{
	return block->n_poisoned && model->counts_poison &&
	       holds(model, RULE_POISON_REFUSES_ONLINE);
}

/* Until 6.1 pages are as new once they come online again. */
void poison_went_offline(const struct model *model, struct block *block)
{
	if (block->n_poisoned && !model->counts_poison && holds(model, RULE_POISON_FORGOTTEN))
		poison_free(block);
}

/* ---- files ---- */

/* The block of an address; NULL: there is no memory. Any fault of the word is one answer. */
static int find_page(struct mhp_sim *sim, const char *word, uint64_t *ret_page,
		     struct block **ret_block)
{
	struct model *model = &sim->model;
	uint64_t address;

	if (parse_number(word, 0, UINT64_MAX, &address) < 0)
		return -EINVAL;
	*ret_page = address / PAGE_BYTES;
	*ret_block = block_find(model, *ret_page / model->block_pages);
	return 0;
}

/* A page of the memory map that the block holds. */
static bool is_map(const struct model *model, const struct block *block, uint64_t page)
{
	return page - block->id * model->block_pages < block->altmap_pages;
}

static bool is_kernel_image(const struct model *model, uint64_t address)
{
	for (size_t i = 0; i < model->n_iomem; i++)
		if (model->iomem[i].start <= address && address <= model->iomem[i].end &&
		    !strncmp(model->iomem[i].name, "Kernel ", 7))
			return true;
	return false;
}

/* A page that the kernel has for itself: of its memory map, of itself, or in a hole. */
static bool is_kernel_page(const struct model *model, const struct block *block, uint64_t page)
{
	return is_map(model, block, page) || is_kernel_image(model, page * PAGE_BYTES) ||
	       (block->has_hole && !iomem_is_ram(model, page * PAGE_BYTES,
						 page * PAGE_BYTES + PAGE_BYTES - 1));
}

static int hard_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct block *block;
	uint64_t page;
	int r;

	(void)owner;
	if (!*word)
		return 0;
	r = find_page(sim, word, &page, &block);
	if (r < 0)
		return r;
	if (!block)
		return model->has_device_state && holds(model, RULE_HARD_ABSENT) ? -EBUSY : -ENXIO;
	if (block->state == MHP_STATE_OFFLINE && holds(model, RULE_HARD_BLOCK_OFFLINE))
		return -ENXIO;
	if (is_poisoned(block, page) && holds(model, RULE_HARD_TWICE))
		return -EHWPOISON;
	r = poison_page(block, page);
	if (r == 0 && is_kernel_page(model, block, page) && holds(model, RULE_HARD_KERNEL_PAGE))
		/* broken it is all the same */
		r = -EBUSY;
	return r;
}

static int soft_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct block *block;
	uint64_t page;
	int r;

	(void)owner;
	if (!*word)
		return 0;
	r = find_page(sim, word, &page, &block);
	if (r < 0)
		return r;
	if (!block)
		return holds(model, RULE_SOFT_ABSENT) ? -ENXIO : -EIO;
	if (block->state == MHP_STATE_OFFLINE && holds(model, RULE_SOFT_BLOCK_OFFLINE))
		return -EIO;
	if (!is_poisoned(block, page) && is_kernel_page(model, block, page) &&
	    holds(model, RULE_SOFT_KERNEL_PAGE))
		return model->has_device_state && !is_map(model, block, page) ?
		       -ENOTRECOVERABLE : -EIO;
	return poison_page(block, page);
}

static const struct attr hard_attr = { .store = hard_store };
static const struct attr soft_attr = { .store = soft_store };

void poison_load(struct model *model)
{
	model_set_attr(tree_child(model->memory_dir, "hard_offline_page"), &hard_attr, NULL);
	model_set_attr(tree_child(model->memory_dir, "soft_offline_page"), &soft_attr, NULL);
}

/* ---- upon request ---- */

MHP_EXPORT int mhp_sim_poison_block(struct mhp_sim *sim, uint64_t id)
{
	struct block *block;
	int r = sim->read_only ? -EROFS : -ENOENT;

	sim_lock(sim);
	block = block_find(&sim->model, id);
	if (block)
		r = poison_page(block, id * sim->model.block_pages + block->altmap_pages);
	sim_unlock(sim);
	return r;
}
