// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How big a dax device is, where its parts are, and with what memory map it becomes System
 * RAM: size, mapping, align, memmap_on_memory. See drivers/dax/bus.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"
#include "words.h"

/* x86's memremap_compat_align(): no part is smaller, whatever the alignment */
#define SMALLEST_PART (UINT64_C(2) << 20)

static bool is_aligned(const struct dax *dax, uint64_t size)
{
	uint64_t unit = dax->align > SMALLEST_PART ? dax->align : SMALLEST_PART;

	return size % unit == 0;
}

static uint64_t dax_size(const struct dax *dax)
{
	uint64_t size = 0;

	for (size_t i = 0; i < dax->n_ranges; i++)
		size += dax->ranges[i].range.size;
	return size;
}

/* ---- mappingK ---- */

static int set_address(struct node *dir, const char *name, uint64_t address)
{
	struct node *file = tree_child(dir, name);
	char text[24], *copy;

	if (!file)
		return 0;
	snprintf(text, sizeof(text), "0x%" PRIx64 "\n", address);
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	node_set_text(file, copy);
	return 0;
}

static int fill_mapping(struct node *dir, const struct dax_range *range)
{
	static const char *const files[] = { "end", "page_offset", "start", "uevent" };
	int r = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++)
		r = tree_add_new(dir, NODE_FILE, files[i], "", NULL);
	if (r == 0)
		r = set_address(dir, "start", range->range.start);
	if (r == 0)
		r = set_address(dir, "end", range->range.start + range->range.size - 1);
	if (r == 0)
		r = set_address(dir, "page_offset", range->page_offset);
	return r;
}

static int make_mapping(struct dax *dax, struct dax_range *range)
{
	struct node *dir;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "mapping%u", range->mapping);
	r = tree_add_new(dax->dir, NODE_DIR, name, NULL, &dir);
	if (r < 0)
		return r;
	r = fill_mapping(dir, range);
	if (r < 0) {
		tree_remove(dir);
		return r;
	}
	event_set_attr(dir, "mapping");
	node_keep(&range->dir, dir);
	return 0;
}

static bool has_mapping(const struct dax *dax, unsigned int number)
{
	for (size_t i = 0; i < dax->n_ranges; i++)
		if (dax->ranges[i].mapping == number)
			return true;
	return false;
}

/* The lowest number that no mapping has. */
static unsigned int free_mapping(const struct dax *dax)
{
	unsigned int number = 0;

	while (has_mapping(dax, number))
		number++;
	return number;
}

/* ---- ranges come and go ---- */

static int alloc_range(struct mhp_sim *sim, struct dax *dax, uint64_t start, uint64_t size)
{
	struct model *model = &sim->model;
	const struct range *region = &dax->region->range;
	struct range range;
	int r;

	if (!size)
		/* the kernel takes it for a device that is made, and that has none yet */
		return dax->n_ranges ? -EBUSY : 0;
	if (range_from_size(start, size, &range) < 0 || start < region->start ||
	    start + size > region->start + region->size)
		return -ENOMEM;
	for (size_t i = 0; i < model->n_daxes; i++) {
		const struct dax *other = model->daxes[i];

		for (size_t j = 0; j < other->n_ranges; j++)
			if (ranges_overlap(&other->ranges[j].range, &range) &&
			    holds(model, RULE_MAPPING_BUSY))
				return -ENOMEM;
	}
	r = dax_add_range(model, dax, &range, free_mapping(dax));
	if (r == 0) {
		r = make_mapping(dax, &dax->ranges[dax->n_ranges - 1]);
		if (r < 0)
			dax->n_ranges--;
	}
	return r;
}

int dax_leave_behind(struct model *model, struct dax_range *range)
{
	struct range *list;

	if (!range->reserved)
		return 0;
	list = reallocarray(model->left_behind, model->n_left_behind + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	model->left_behind = list;
	list[model->n_left_behind++] = range->range;
	range->reserved = false;
	return 0;
}

static int set_range_size(struct model *model, struct dax_range *range, uint64_t size)
{
	int r;

	r = dax_leave_behind(model, range);
	if (r == 0)
		r = set_address(range->dir, "end", range->range.start + size - 1);
	if (r < 0)
		return r;
	range->range.size = size;
	dax_range_align(model, range);
	return 0;
}

static int shrink(struct model *model, struct dax *dax, uint64_t size)
{
	uint64_t less = dax_size(dax) - size;
	int r;

	while (less) {
		struct dax_range *last = &dax->ranges[dax->n_ranges - 1];

		if (less < last->range.size)
			return set_range_size(model, last, last->range.size - less);
		r = dax_leave_behind(model, last);
		if (r < 0)
			return r;
		less -= last->range.size;
		if (last->dir)
			tree_remove(last->dir);
		node_unref(last->dir);
		dax->n_ranges--;
	}
	return 0;
}

/* Only what stays behind all other parts of a device can grow. */
static bool can_extend(const struct dax *dax, const struct dax_range *range)
{
	const struct dax_range *last = dax->n_ranges ? &dax->ranges[dax->n_ranges - 1] : NULL;

	if (range != last)
		return false;
	for (size_t i = 0; i + 1 < dax->n_ranges; i++)
		if (dax->ranges[i].page_offset > last->page_offset)
			return false;
	return true;
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Takes the lowest free piece, or as much of it as is wanted: dev_dax_resize(). */
static int take_piece(struct mhp_sim *sim, struct dax *dax, uint64_t *more)
{
	struct model *model = &sim->model;
	const struct range *region = &dax->region->range;
	uint64_t at = region->start, end = region->start + region->size, size;
	const struct dax_range *before = NULL, *next;
	struct dax *owner = NULL, *next_owner = NULL;
	int r;

	for (;;) {
		next = region_next(model, dax->region, at, &next_owner);
		size = min((next ? next->range.start : end) - at, *more);
		if (size)
			break;
		if (!next)
			return -ENOSPC;
		before = next;
		owner = next_owner;
		at = next->range.start + next->range.size;
	}
	if (before && owner == dax && can_extend(dax, before) && holds(model, RULE_SIZE_EXTENDS))
		r = set_range_size(model, &dax->ranges[dax->n_ranges - 1],
				   before->range.size + size);
	else
		r = alloc_range(sim, dax, at, size);
	*more -= size;
	return r;
}

static int grow(struct mhp_sim *sim, struct dax *dax, uint64_t more)
{
	int r = 0;

	while (more && r == 0)
		r = take_piece(sim, dax, &more);
	return r;
}

/* ---- size ---- */

static int size_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)sim;
	buf_add(buf, "%" PRIu64 "\n", dax_size(owner));
	return 0;
}

static bool is_known(const struct dax *dax)
{
	return dax->region && dax->region->is_known;
}

static int size_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct dax *dax = owner;
	uint64_t size, now = dax_size(dax);
	int r;

	if (!*word)
		return 0;
	r = parse_number(word, 0, UINT64_MAX, &size);
	if (r < 0)
		return r;
	if (!is_aligned(dax, size) && holds(model, RULE_SIZE_UNIT))
		return -EINVAL;
	if (dax->driver && holds(model, RULE_SIZE_BOUND))
		return -EBUSY;
	if (!is_known(dax))
		return -EOPNOTSUPP;
	if (size <= now)
		return shrink(model, dax, size);
	if (size - now > region_available(model, dax->region) && holds(model, RULE_SIZE_NO_SPACE))
		return -ENOSPC;
	return grow(sim, dax, size - now);
}

static const struct attr size_attr = { .show = size_show, .store = size_store };

/* ---- mapping ---- */

/* "START-END", in hex */
static int parse_bounds(const char *word, uint64_t *ret_start, uint64_t *ret_end)
{
	const char *dash = strchr(word, '-');
	char *start;
	int r;

	if (!dash)
		return -EINVAL;
	start = strndup(word, (size_t)(dash - word));
	if (!start)
		return -ENOMEM;
	r = parse_number(start, 16, UINT64_MAX, ret_start);
	free(start);
	return r < 0 ? r : parse_number(dash + 1, 16, UINT64_MAX, ret_end);
}

/* Of a device that is bound, too: its driver does not hear of it. */
static int mapping_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct dax *dax = owner;
	uint64_t start, end;
	int r;

	if (!*word)
		return 0;
	r = parse_bounds(word, &start, &end);
	if (r < 0)
		return r;
	if (!is_aligned(dax, end - start + 1) && holds(model, RULE_MAPPING_UNIT))
		/* since 6.8 or so that is taken, and nothing comes of it */
		return model->kmem_by_default ? 0 : -ENXIO;
	if (!is_known(dax))
		return -EOPNOTSUPP;
	return alloc_range(sim, dax, start, end - start + 1);
}

static const struct attr mapping_attr = { .store = mapping_store };

/* ---- align ---- */

static int align_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct dax *dax = owner;

	(void)sim;
	buf_add(buf, "%" PRIu64 "\n", dax->align);
	return 0;
}

/* A page, or what a page table has one entry for. */
static bool is_align(uint64_t align)
{
	return align == PAGE_BYTES || align == UINT64_C(2) << 20 || align == UINT64_C(1) << 30;
}

static int align_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct dax *dax = owner;
	uint64_t align, before = dax->align;

	if (!*word)
		return 0;
	if (parse_number(word, 0, UINT64_MAX, &align) < 0)
		return holds(model, RULE_ALIGN_NUMBER) ? -ENXIO : -EINVAL;
	if (!is_align(align) && holds(model, RULE_ALIGN_PAGES))
		return -EINVAL;
	if (dax->driver && holds(model, RULE_ALIGN_BOUND))
		return -EBUSY;
	if (!dax->has_ranges)
		return -EOPNOTSUPP;
	dax->align = align;
	for (size_t i = 0; i < dax->n_ranges; i++)
		if (!is_aligned(dax, dax->ranges[i].range.size) &&
		    holds(model, RULE_ALIGN_RANGES)) {
			dax->align = before;
			return -EINVAL;
		}
	return 0;
}

static const struct attr align_attr = { .show = align_show, .store = align_store };

/* ---- resource ---- */

static int resource_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct dax *dax = owner;

	(void)sim;
	buf_add(buf, "0x%" PRIx64 "\n",
		dax->n_ranges ? dax->ranges[0].range.start : dax->region->range.start);
	return 0;
}

static const struct attr resource_attr = { .show = resource_show };

/* ---- memmap_on_memory ---- */

static int memmap_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct dax *dax = owner;

	(void)sim;
	buf_add(buf, "%d\n", dax->memmap_on_memory);
	return 0;
}

static int memmap_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;
	struct dax *dax = owner;
	bool on;
	int r;

	if (!*word)
		return 0;
	r = parse_bool(word, &on);
	if (r < 0)
		return r;
	if (on && !model->memmap_on_memory && holds(model, RULE_MEMMAP_UNSUPPORTED))
		return -EOPNOTSUPP;
	if (on != dax->memmap_on_memory && is_kmem(dax->driver) && holds(model, RULE_MEMMAP_BOUND))
		return -EBUSY;
	dax->memmap_on_memory = on;
	return 0;
}

static const struct attr memmap_attr = { .show = memmap_show, .store = memmap_store };

/* What could be read is rendered; what is not to be written stays as it is. */
static void set_attr(struct dax *dax, const char *name, const struct attr *attr)
{
	struct node *file = tree_child(dax->dir, name);

	if (file && file->type == NODE_FILE && (!attr->show || file->text))
		model_set_attr(file, attr, dax);
}

void resize_set_attrs(struct dax *dax)
{
	set_attr(dax, "memmap_on_memory", &memmap_attr);
	if (dax->is_static)
		return;
	set_attr(dax, "align", &align_attr);
	set_attr(dax, "mapping", &mapping_attr);
	if (!dax->has_ranges)
		return;
	set_attr(dax, "size", &size_attr);
	if (is_known(dax))
		set_attr(dax, "resource", &resource_attr);
}
