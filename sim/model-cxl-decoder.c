// SPDX-License-Identifier: LGPL-2.1-or-later
/* CXL decoders: what they show, and an endpoint's piece of memory. See
 * drivers/cxl/core/{port,hdm}.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model-cxl.h"
#include "parse.h"
#include "sim.h"
#include "words.h"

/* ---- ports ---- */

static int committed_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_port *port = owner;

	(void)sim;
	buf_add(buf, "%u\n", port->committed);
	return 0;
}

static const struct attr committed_attr = { .show = committed_show };

static void set_attr(struct node *dir, const char *name, const struct attr *attr, void *owner)
{
	struct node *file = tree_child(dir, name);

	/* one that could not be read in the capture stays so */
	if (file && file->type == NODE_FILE && (!attr->show || file->text))
		model_set_attr(file, attr, owner);
}

void cxl_port_set_attrs(struct cxl_port *port)
{
	set_attr(port->dir, "decoders_committed", &committed_attr, port);
}

/* ---- an endpoint's memory ---- */

/* How much the device has of a kind; UINT64_MAX: the capture does not show it. */
static uint64_t capacity_of(struct mhp_sim *sim, const struct cxl_port *endpoint,
			    enum cxl_mode mode)
{
	struct node *device;
	char path[32];
	const struct node *file;
	uint64_t size;

	snprintf(path, sizeof(path), "%s/size", cxl_mode_name(mode));
	if (tree_walk(sim->root, endpoint->dir, "uport", true, &device) < 0 ||
	    tree_walk(sim->root, device, path, true, &device) < 0)
		return UINT64_MAX;
	file = device;
	if (file->type != NODE_FILE || !file->text || parse_0x_hex(file->text, &size) < 0)
		return UINT64_MAX;
	return size;
}

/* What the decoders of an endpoint have taken of a kind: from the first byte on. */
static uint64_t end_of_taken(const struct cxl *cxl, const struct cxl_port *port,
			     enum cxl_mode mode, uint64_t start)
{
	for (size_t i = 0; i < cxl->n_decoders; i++) {
		const struct cxl_decoder *decoder = cxl->decoders[i];

		if (decoder->port == port && decoder->has_dpa && decoder->mode == mode &&
		    decoder->dpa_start + decoder->dpa_size > start)
			start = decoder->dpa_start + decoder->dpa_size;
	}
	return start;
}

/* The number of those that have memory, which are the first ones. */
static unsigned int count_with_dpa(const struct cxl *cxl, const struct cxl_port *port)
{
	unsigned int count = 0;

	for (size_t i = 0; i < cxl->n_decoders; i++) {
		const struct cxl_decoder *decoder = cxl->decoders[i];

		if (decoder->port == port && decoder->has_dpa && decoder->id >= count)
			count = decoder->id + 1;
	}
	return count;
}

static int free_dpa(struct model *model, struct cxl_decoder *decoder)
{
	if (!decoder->has_dpa)
		return 0;
	if ((decoder->region || decoder->is_enabled) && holds(model, RULE_CXL_DPA_USED))
		return -EBUSY;
	if (decoder->id + 1 != count_with_dpa(model->cxl, decoder->port) &&
	    holds(model, RULE_CXL_DPA_ORDER))
		return -EBUSY;
	decoder->has_dpa = false;
	decoder->dpa_start = decoder->dpa_size = 0;
	return 0;
}

static int take_dpa(struct mhp_sim *sim, struct cxl_decoder *decoder, uint64_t size)
{
	struct model *model = &sim->model;
	uint64_t first = 0, capacity, start;

	if (decoder->mode == CXL_MODE_NONE)
		return holds(model, RULE_CXL_DPA_MODE) ? -EINVAL : 0;
	capacity = capacity_of(sim, decoder->port, decoder->mode);
	if (decoder->mode == CXL_MODE_PMEM)
		/* behind all that is RAM */
		first = capacity_of(sim, decoder->port, CXL_MODE_RAM);
	if (first == UINT64_MAX)
		first = 0;
	start = end_of_taken(model->cxl, decoder->port, decoder->mode, first);
	if ((capacity < start - first || size > capacity - (start - first)) &&
	    holds(model, RULE_CXL_DPA_NO_SPACE))
		return -ENOSPC;
	if (decoder->id != count_with_dpa(model->cxl, decoder->port) &&
	    holds(model, RULE_CXL_DPA_ORDER))
		return -EBUSY;
	if (start > MAX_ADDRESS || size > MAX_ADDRESS)
		return -ENOSPC;
	decoder->has_dpa = true;
	decoder->dpa_start = start;
	decoder->dpa_size = size;
	return 0;
}

static int dpa_size_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "0x%016" PRIx64 "\n", decoder->dpa_size);
	return 0;
}

/* core/port.c, dpa_size_store(): what was taken before is given back first */
static int dpa_size_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct cxl_decoder *decoder = owner;
	uint64_t size;
	int r;

	r = parse_number(word, 0, UINT64_MAX, &size);
	if (r < 0)
		return r;
	if (size % CXL_UNIT && holds(&sim->model, RULE_CXL_DPA_UNIT))
		return -EINVAL;
	r = free_dpa(&sim->model, decoder);
	return r < 0 || !size ? r : take_dpa(sim, decoder, size);
}

static int dpa_resource_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "0x%" PRIx64 "\n", decoder->has_dpa ? decoder->dpa_start : UINT64_MAX);
	return 0;
}

static int mode_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "%s\n", cxl_mode_name(decoder->mode));
	return 0;
}

static int mode_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct cxl_decoder *decoder = owner;
	enum cxl_mode mode = CXL_MODE_NONE;

	if (same_word(word, "ram"))
		mode = CXL_MODE_RAM;
	else if (same_word(word, "pmem"))
		mode = CXL_MODE_PMEM;
	else if (holds(&sim->model, RULE_CXL_MODE_WORD))
		return -EINVAL;
	if (decoder->is_enabled && holds(&sim->model, RULE_CXL_MODE_USED))
		return -EBUSY;
	if (mode && !capacity_of(sim, decoder->port, mode) &&
	    holds(&sim->model, RULE_CXL_MODE_ABSENT))
		return -ENXIO;
	decoder->mode = mode;
	return 0;
}

/* ---- what a decoder shows ---- */

static int region_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "%s\n", decoder->region ? decoder->region->dir->name : "");
	return 0;
}

static int start_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "0x%" PRIx64 "\n", decoder->start);
	return 0;
}

static int size_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "0x%" PRIx64 "\n", decoder->size);
	return 0;
}

static int ways_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "%" PRIu64 "\n", decoder->ways);
	return 0;
}

static int granularity_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "%" PRIu64 "\n", decoder->granularity);
	return 0;
}

static int locked_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	buf_add(buf, "%d\n", decoder->is_locked);
	return 0;
}

static int targets_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct cxl_decoder *decoder = owner;

	(void)sim;
	for (size_t i = 0; i < decoder->n_targets; i++)
		buf_add(buf, "%s%u", i ? "," : "", decoder->targets[i]);
	buf_add_str(buf, "\n");
	return 0;
}

static const struct attr region_attr = { .show = region_show };
static const struct attr start_attr = { .show = start_show };
static const struct attr size_attr = { .show = size_show };
static const struct attr ways_attr = { .show = ways_show };
static const struct attr granularity_attr = { .show = granularity_show };
static const struct attr locked_attr = { .show = locked_show };
static const struct attr targets_attr = { .show = targets_show };
static const struct attr mode_attr = { .show = mode_show, .store = mode_store };
static const struct attr dpa_size_attr = { .show = dpa_size_show, .store = dpa_size_store };
static const struct attr dpa_resource_attr = { .show = dpa_resource_show };

/* A root's stays as it was built, but for what regions are made with. */
void cxl_decoder_set_attrs(struct cxl_decoder *decoder)
{
	struct node *dir = decoder->dir;

	if (decoder->type == CXL_ROOT) {
		set_attr(dir, "create_ram_region", &cxl_create_ram_attr, decoder);
		set_attr(dir, "create_pmem_region", &cxl_create_pmem_attr, decoder);
		set_attr(dir, "delete_region", &cxl_delete_attr, decoder);
		return;
	}
	set_attr(dir, "locked", &locked_attr, decoder);
	set_attr(dir, "region", &region_attr, decoder);
	set_attr(dir, "start", &start_attr, decoder);
	set_attr(dir, "size", &size_attr, decoder);
	set_attr(dir, "interleave_ways", &ways_attr, decoder);
	set_attr(dir, "interleave_granularity", &granularity_attr, decoder);
	if (decoder->type == CXL_SWITCH) {
		set_attr(dir, "target_list", &targets_attr, decoder);
		return;
	}
	set_attr(dir, "mode", &mode_attr, decoder);
	set_attr(dir, "dpa_size", &dpa_size_attr, decoder);
	set_attr(dir, "dpa_resource", &dpa_resource_attr, decoder);
}
