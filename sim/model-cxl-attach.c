// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * CXL decoders become part of a region, with one of each port on the way, and are programmed.
 * See drivers/cxl/core/{region,hdm}.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model-cxl.h"
#include "sim.h"

/* ---- ports ---- */

/* "../../pci0000:0c" -> "pci0000:0c": links to one place say the same from any depth */
static const char *link_target(const struct node *dir, const char *name)
{
	const struct node *link = tree_child(dir, name);
	const char *text = link && link->type == NODE_LINK ? link->text : NULL;

	while (text && !strncmp(text, "../", 3))
		text += 3;
	return text;
}

/* Number of the port's dport that a port below it hangs on. */
static bool find_dport(const struct cxl_port *child, unsigned int *ret_number)
{
	const char *wanted = link_target(child->dir, "parent_dport"), *target;
	const struct node *dir = child->parent->dir;

	for (unsigned int i = 0; wanted && i < dir->n_children; i++) {
		const struct node *link = dir->children[i];

		if (sscanf(link->name, "dport%4u", ret_number) != 1)
			continue;
		target = link_target(dir, link->name);
		if (target && !strcmp(target, wanted))
			return true;
	}
	return false;
}

/*
 * A host bridge with a single way to go has nothing to program: core/hdm.c,
 * devm_cxl_add_passthrough_decoder(). Its decoder is the only one.
 */
static bool is_passthrough(const struct cxl *cxl, const struct cxl_decoder *decoder)
{
	const struct node *dir = decoder->port->dir;
	unsigned int number, count = 0;

	for (unsigned int i = 0; i < dir->n_children; i++)
		count += sscanf(dir->children[i]->name, "dport%4u", &number) == 1;
	return decoder->type == CXL_SWITCH && count == 1 &&
	       !cxl_port_decoder(cxl, decoder->port, 1);
}

/* The port right below an endpoint's root. */
static const struct cxl_port *top_port(const struct cxl_port *port)
{
	while (port->parent && port->parent->parent)
		port = port->parent;
	return port;
}

/* ---- becoming part of a region ---- */

static struct cxl_decoder *region_decoder(const struct cxl *cxl, const struct cxl_port *port,
					  const struct cxl_region *region)
{
	for (size_t i = 0; i < cxl->n_decoders; i++)
		if (cxl->decoders[i]->port == port && cxl->decoders[i]->region == region)
			return cxl->decoders[i];
	return NULL;
}

/* core/region.c, match_free_decoder(): in their order, none is passed over. */
static struct cxl_decoder *free_decoder(const struct cxl *cxl, const struct cxl_port *port)
{
	struct cxl_decoder *decoder;
	unsigned int id = 0;

	while ((decoder = cxl_port_decoder(cxl, port, id)) && decoder->region)
		id++;
	return decoder;
}

/* Regions are to use a port in the order of their addresses. */
static bool has_later_region(const struct cxl *cxl, const struct cxl_port *port,
			     const struct cxl_region *region)
{
	for (size_t i = 0; i < cxl->n_decoders; i++) {
		const struct cxl_decoder *decoder = cxl->decoders[i];

		if (decoder->port == port && decoder->region &&
		    decoder->region->start > region->start)
			return true;
	}
	return false;
}

/* Is some endpoint below this port in the region? */
static bool is_needed(const struct cxl_region *region, const struct cxl_port *port)
{
	for (size_t i = 0; i < region->ways; i++) {
		const struct cxl_decoder *decoder = region->targets[i].decoder;

		for (const struct cxl_port *at = decoder ? decoder->port : NULL; at;
		     at = at->parent)
			if (at == port)
				return true;
	}
	return false;
}

/* Gives back the decoders of ports that lead to none of its endpoints any more. */
static void free_ports(struct cxl *cxl, struct cxl_region *region)
{
	for (size_t i = 0; i < cxl->n_decoders; i++) {
		struct cxl_decoder *decoder = cxl->decoders[i];

		if (decoder->region == region && !is_needed(region, decoder->port))
			decoder->region = NULL;
	}
}

static int take_ports(struct model *model, struct cxl_region *region,
		      struct cxl_decoder *endpoint)
{
	struct cxl *cxl = model->cxl;

	for (struct cxl_port *port = endpoint->port; port->parent; port = port->parent) {
		struct cxl_decoder *decoder = endpoint;

		if (has_later_region(cxl, port, region) && holds(model, RULE_CXL_HPA_ORDER))
			return -EBUSY;
		if (port != endpoint->port)
			decoder = region_decoder(cxl, port, region);
		if (!decoder)
			decoder = free_decoder(cxl, port);
		if (!decoder)
			return -EBUSY;
		decoder->region = region;
	}
	return 0;
}

/* What a region wants of an endpoint: core/region.c, cxl_region_attach(). */
static int check_endpoint(const struct model *model, const struct cxl_target *target,
			  const struct cxl_decoder *endpoint)
{
	const struct cxl_region *region = target->region;
	const struct cxl_decoder *root = region->root;
	unsigned int dport;

	if (endpoint->mode != region->mode && holds(model, RULE_CXL_TARGET_MODE))
		return -EINVAL;
	if (region->state > CXL_HAS_SIZE && holds(model, RULE_CXL_TARGET_FULL))
		return -EBUSY;
	if (region->state < CXL_HAS_SIZE && holds(model, RULE_CXL_TARGET_EARLY))
		return -ENXIO;
	if (top_port(endpoint->port)->parent != root->port ||
	    !find_dport(top_port(endpoint->port), &dport))
		return -ENXIO;
	if (!endpoint->has_dpa && holds(model, RULE_CXL_TARGET_NO_DPA))
		return -ENXIO;
	if (endpoint->dpa_size * region->ways != region->size &&
	    holds(model, RULE_CXL_TARGET_SIZE))
		return -EINVAL;
	if (target->decoder && holds(model, RULE_CXL_TARGET_TAKEN))
		return -EBUSY;
	for (size_t i = 0; i < region->ways; i++)
		if (region->targets[i].decoder &&
		    region->targets[i].decoder->port == endpoint->port &&
		    holds(model, RULE_CXL_TARGET_TWICE))
			return -EINVAL;
	if (root->n_targets && root->targets[target->position % root->n_targets] != dport)
		return -ENXIO;
	return 0;
}

/* Adds a dport to those that a decoder leads to; once only. */
static void add_dport(struct cxl_decoder *decoder, unsigned int dport)
{
	for (size_t i = 0; i < decoder->n_targets; i++)
		if (decoder->targets[i] == dport)
			return;
	if (decoder->n_targets < CXL_MAX_WAYS)
		decoder->targets[decoder->n_targets++] = dport;
}

/* ... and where that interleaves: core/region.c, cxl_port_setup_targets(). */
static void set_up_port(const struct cxl *cxl, struct cxl_region *region,
			const struct cxl_port *port)
{
	struct cxl_decoder *decoder = region_decoder(cxl, port, region), *above;
	unsigned int dport;

	if (!decoder)
		return;
	decoder->n_targets = 0;
	for (size_t i = 0; i < region->ways; i++) {
		const struct cxl_port *at = region->targets[i].decoder->port;

		while (at && at->parent != port)
			at = at->parent;
		if (at && find_dport(at, &dport))
			add_dport(decoder, dport);
	}
	above = port->parent->parent ? region_decoder(cxl, port->parent, region) : NULL;
	decoder->ways = decoder->n_targets;
	decoder->granularity = above ? above->granularity * above->ways :
				       region->granularity * region->root->ways;
	decoder->start = region->start;
	decoder->size = region->size;
}

/* The ports from the root down to an endpoint, whose own decoder is set up elsewhere. */
static void set_up_above(const struct cxl *cxl, struct cxl_region *region,
			 const struct cxl_port *port)
{
	if (!port || !port->parent)
		return;
	set_up_above(cxl, region, port->parent);
	set_up_port(cxl, region, port);
}

static void set_up_endpoint(const struct cxl_region *region, struct cxl_decoder *endpoint)
{
	endpoint->ways = region->ways;
	endpoint->granularity = region->granularity;
	endpoint->start = region->start;
	endpoint->size = region->size;
}

static bool is_full(const struct cxl_region *region)
{
	for (size_t i = 0; i < region->ways; i++)
		if (!region->targets[i].decoder)
			return false;
	return region->ways > 0;
}

int cxl_attach(struct mhp_sim *sim, struct cxl_target *target, struct cxl_decoder *endpoint)
{
	struct model *model = &sim->model;
	struct cxl_region *region = target->region;
	int r;

	if (target->decoder == endpoint)
		return 0;
	if (endpoint->region)
		return -EBUSY;
	r = check_endpoint(model, target, endpoint);
	if (r == 0)
		r = take_ports(model, region, endpoint);
	if (r < 0) {
		free_ports(model->cxl, region);
		return r;
	}
	if (target->decoder)
		target->decoder->region = NULL;
	target->decoder = endpoint;
	region->is_locked |= endpoint->is_locked;
	set_up_endpoint(region, endpoint);
	if (!is_full(region))
		return 0;
	for (size_t i = 0; i < region->ways; i++)
		set_up_above(model->cxl, region, region->targets[i].decoder->port->parent);
	if (region->state < CXL_ACTIVE)
		region->state = CXL_ACTIVE;
	return 0;
}

void cxl_detach(struct mhp_sim *sim, struct cxl_target *target)
{
	struct cxl_region *region = target->region;
	struct cxl_decoder *endpoint = target->decoder;

	if (!endpoint)
		return;
	if (region->state > CXL_ACTIVE)
		cxl_reset(sim, region);
	region->state = CXL_HAS_SIZE;
	target->decoder = NULL;
	endpoint->region = NULL;
	/* of the ports above, where they led to is still to be seen */
	endpoint->start = endpoint->size = 0;
	free_ports(sim->model.cxl, region);
	cxl_unbind(sim, region);
}

/* ---- programming ---- */

static void disable(const struct cxl *cxl, struct cxl_decoder *decoder)
{
	struct cxl_port *port = decoder->port;
	const struct cxl_decoder *last;

	decoder->is_enabled = false;
	/* core/hdm.c, cxl_port_commit_reap(): counted until those behind it are done, too */
	while (port->committed) {
		last = cxl_port_decoder(cxl, port, port->committed - 1);
		if (last && last->is_enabled)
			break;
		port->committed--;
	}
}

static int enable(struct model *model, struct cxl_decoder *decoder)
{
	if (decoder->is_enabled || is_passthrough(model->cxl, decoder))
		return 0;
	if (decoder->id != decoder->port->committed && holds(model, RULE_CXL_COMMIT_ORDER))
		return -EBUSY;
	decoder->is_enabled = true;
	if (decoder->port->committed <= decoder->id)
		decoder->port->committed = decoder->id + 1;
	return 0;
}

int cxl_commit(struct mhp_sim *sim, struct cxl_region *region)
{
	struct cxl *cxl = sim->model.cxl;
	int r = 0;

	for (size_t i = 0; i < cxl->n_decoders && r == 0; i++)
		if (cxl->decoders[i]->region == region)
			r = enable(&sim->model, cxl->decoders[i]);
	if (r < 0)
		cxl_reset(sim, region);
	else
		region->state = CXL_COMMITTED;
	return r;
}

/* What firmware has locked stays programmed: core/hdm.c, cxl_decoder_reset() */
void cxl_reset(struct mhp_sim *sim, struct cxl_region *region)
{
	struct cxl *cxl = sim->model.cxl;

	for (size_t i = 0; i < cxl->n_decoders; i++) {
		struct cxl_decoder *decoder = cxl->decoders[i];

		if (decoder->region == region && decoder->is_enabled && !decoder->is_locked)
			disable(cxl, decoder);
	}
	if (region->state > CXL_ACTIVE)
		region->state = CXL_ACTIVE;
}
