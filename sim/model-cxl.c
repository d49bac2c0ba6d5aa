// SPDX-License-Identifier: LGPL-2.1-or-later
/* CXL: what the capture tells of ports, decoders and regions. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model-cxl.h"
#include "parse.h"
#include "sim.h"

#define MAX_NUMBER 4096		/* of a region, a port, a decoder */

/* ---- finding ---- */

struct cxl_decoder *cxl_find_decoder(const struct cxl *cxl, const char *word)
{
	for (size_t i = 0; i < cxl->n_decoders; i++)
		if (same_word(word, cxl->decoders[i]->dir->name))
			return cxl->decoders[i];
	return NULL;
}

struct cxl_region *cxl_find_region(const struct cxl *cxl, const char *word)
{
	for (size_t i = 0; i < cxl->n_regions; i++)
		if (same_word(word, cxl->regions[i]->dir->name))
			return cxl->regions[i];
	return NULL;
}

struct cxl_decoder *cxl_port_decoder(const struct cxl *cxl, const struct cxl_port *port,
				     unsigned int id)
{
	for (size_t i = 0; i < cxl->n_decoders; i++)
		if (cxl->decoders[i]->port == port && cxl->decoders[i]->id == id)
			return cxl->decoders[i];
	return NULL;
}

static struct cxl_port *port_at(const struct cxl *cxl, const struct node *dir)
{
	for (size_t i = 0; i < cxl->n_ports; i++)
		if (cxl->ports[i]->dir == dir)
			return cxl->ports[i];
	return NULL;
}

static struct cxl_decoder *root_at(const struct cxl *cxl, const struct node *dir)
{
	for (size_t i = 0; i < cxl->n_decoders; i++)
		if (cxl->decoders[i]->dir == dir && cxl->decoders[i]->type == CXL_ROOT)
			return cxl->decoders[i];
	return NULL;
}

static bool is_used_number(const struct model *model, unsigned int number)
{
	const struct cxl *cxl = model->cxl;

	for (size_t i = 0; i < cxl->n_regions; i++)
		if (cxl->regions[i]->id == number)
			return true;
	for (size_t i = 0; i < cxl->n_decoders; i++)
		if (cxl->decoders[i]->type == CXL_ROOT &&
		    cxl->decoders[i]->next_region == number)
			return true;
	/* lib/memregion.c: the numbers of all dax regions are of one series */
	for (size_t i = 0; i < model->n_daxes; i++)
		if (strtoul(model->daxes[i]->name + strlen("dax"), NULL, 10) == number)
			return true;
	return false;
}

unsigned int cxl_free_number(const struct model *model)
{
	unsigned int number = 0;

	while (is_used_number(model, number))
		number++;
	return number;
}

const char *cxl_mode_name(enum cxl_mode mode)
{
	static const char *const names[] = {
		[CXL_MODE_NONE] = "none", [CXL_MODE_RAM] = "ram", [CXL_MODE_PMEM] = "pmem",
	};

	return names[mode];
}

/* ---- reading ---- */

/* NULL if it cannot be read */
static const char *text_of(const struct node *dir, const char *name)
{
	const struct node *file = tree_child(dir, name);

	return file && file->type == NODE_FILE && file->text ? file->text : NULL;
}

static bool says(const struct node *dir, const char *name, const char *word)
{
	const char *text = text_of(dir, name);

	return text && same_word(text, word);
}

/* A number that need not be there; *ret_number stays as it is then. */
static int load_number(const struct complaints *complaints, const struct node *dir,
		       const char *name, int (*parse)(const char *str, uint64_t *ret),
		       uint64_t *ret_number)
{
	int r = model_read_number(complaints, tree_child(dir, name), parse, ret_number);

	return r < 0 ? r : 0;
}

static enum cxl_mode load_mode(const struct node *dir)
{
	for (enum cxl_mode mode = CXL_MODE_RAM; mode <= CXL_MODE_PMEM; mode++)
		if (says(dir, "mode", cxl_mode_name(mode)))
			return mode;
	return CXL_MODE_NONE;
}

/* One that is not there, or is nowhere, has size 0. */
static int load_range(const struct complaints *complaints, const struct node *dir,
		      const char *start_name, uint64_t *ret_start, uint64_t *ret_size)
{
	struct range range;
	int r;

	r = load_number(complaints, dir, start_name, parse_0x_hex, ret_start);
	if (r == 0)
		r = load_number(complaints, dir, "size", parse_0x_hex, ret_size);
	if (r < 0 || !*ret_size)
		return r;
	if (range_from_size(*ret_start, *ret_size, &range) < 0 ||
	    *ret_size > MAX_ADDRESS || *ret_start > MAX_ADDRESS - *ret_size)
		return model_complain(complaints, tree_child(dir, "size"));
	return 0;
}

static int load_interleave(const struct complaints *complaints, const struct node *dir,
			   uint64_t *ret_ways, uint64_t *ret_granularity)
{
	int r;

	r = load_number(complaints, dir, "interleave_ways", parse_dec, ret_ways);
	if (r == 0)
		r = load_number(complaints, dir, "interleave_granularity", parse_dec,
				ret_granularity);
	if (r == 0 && (*ret_ways > CXL_MAX_WAYS || *ret_granularity > UINT32_MAX))
		r = model_complain(complaints, tree_child(dir, "interleave_ways"));
	return r;
}

/* ---- ports ---- */

static int add_port(struct cxl *cxl, const struct complaints *complaints, struct node *dir)
{
	struct cxl_port **list, *port;
	uint64_t committed = 0;
	int r;

	r = load_number(complaints, dir, "decoders_committed", parse_dec, &committed);
	if (r < 0)
		return r;
	list = reallocarray(cxl->ports, cxl->n_ports + 1, sizeof(*list));
	if (list)
		cxl->ports = list;
	port = list ? calloc(1, sizeof(*port)) : NULL;
	if (!port)
		return -ENOMEM;
	node_keep(&port->dir, dir);
	port->is_endpoint = !strncmp(dir->name, "endpoint", strlen("endpoint"));
	port->committed = committed < MAX_NUMBER ? (unsigned int)committed : 0;
	list[cxl->n_ports++] = port;
	cxl_port_set_attrs(port);
	return 0;
}

static void link_ports(struct cxl *cxl)
{
	for (size_t i = 0; i < cxl->n_ports; i++)
		cxl->ports[i]->parent = port_at(cxl, cxl->ports[i]->dir->parent);
}

/* ---- decoders ---- */

/* "0,1" */
static void load_targets(struct cxl_decoder *decoder)
{
	const char *at = text_of(decoder->dir, "target_list");
	char *end;

	for (; at && *at >= '0' && *at <= '9'; at = *end == ',' ? end + 1 : end) {
		if (decoder->n_targets == CXL_MAX_WAYS)
			break;
		decoder->targets[decoder->n_targets++] = (unsigned int)strtoul(at, &end, 10);
	}
}

static int load_dpa(const struct complaints *complaints, struct cxl_decoder *decoder)
{
	int r;

	r = load_number(complaints, decoder->dir, "dpa_size", parse_0x_hex, &decoder->dpa_size);
	if (r == 0 && decoder->dpa_size)
		r = load_number(complaints, decoder->dir, "dpa_resource", parse_0x_hex,
				&decoder->dpa_start);
	decoder->has_dpa = decoder->dpa_size > 0;
	decoder->mode = load_mode(decoder->dir);
	return r;
}

static void load_next(struct cxl_decoder *decoder)
{
	const char *text = text_of(decoder->dir, "create_ram_region");
	unsigned int number;

	/* both count alike; 6.1 has only this one */
	if (!text)
		text = text_of(decoder->dir, "create_pmem_region");
	decoder->next_region = UINT32_MAX;
	if (text && sscanf(text, "region%4u", &number) == 1)
		decoder->next_region = number;
}

static int fill_decoder(const struct complaints *complaints, struct cxl_decoder *decoder)
{
	int r;

	r = load_range(complaints, decoder->dir, "start", &decoder->start, &decoder->size);
	if (r == 0)
		r = load_interleave(complaints, decoder->dir, &decoder->ways,
				    &decoder->granularity);
	decoder->is_locked = says(decoder->dir, "locked", "1");
	load_targets(decoder);
	if (decoder->type == CXL_ROOT)
		load_next(decoder);
	if (r == 0 && decoder->type == CXL_ENDPOINT)
		r = load_dpa(complaints, decoder);
	return r;
}

static int add_decoder(struct cxl *cxl, const struct complaints *complaints, struct node *dir)
{
	struct cxl_port *port = port_at(cxl, dir->parent);
	struct cxl_decoder **list, *decoder;
	unsigned int id;

	if (!port || sscanf(dir->name, "decoder%*u.%4u", &id) != 1 ||
	    cxl_port_decoder(cxl, port, id))
		return 0;
	list = reallocarray(cxl->decoders, cxl->n_decoders + 1, sizeof(*list));
	if (list)
		cxl->decoders = list;
	decoder = list ? calloc(1, sizeof(*decoder)) : NULL;
	if (!decoder)
		return -ENOMEM;
	node_keep(&decoder->dir, dir);
	decoder->port = port;
	decoder->id = id;
	decoder->type = !port->parent ? CXL_ROOT : port->is_endpoint ? CXL_ENDPOINT : CXL_SWITCH;
	decoder->is_enabled = decoder->type != CXL_ROOT && id < port->committed;
	decoder->node = -1;
	list[cxl->n_decoders++] = decoder;
	return fill_decoder(complaints, decoder);
}

/* ---- regions ---- */

struct cxl_region *cxl_add_region(struct cxl *cxl, struct node *dir, struct cxl_decoder *root,
				  unsigned int id)
{
	struct cxl_region **list, *region;

	list = reallocarray(cxl->regions, cxl->n_regions + 1, sizeof(*list));
	if (list)
		cxl->regions = list;
	region = list ? calloc(1, sizeof(*region)) : NULL;
	if (!region)
		return NULL;
	node_keep(&region->dir, dir);
	region->root = root;
	region->id = id;
	for (unsigned int i = 0; i < CXL_MAX_WAYS; i++)
		region->targets[i] = (struct cxl_target){ .region = region, .position = i };
	list[cxl->n_regions++] = region;
	return region;
}

/* target0, target1, ...; are they all there? */
static bool load_members(const struct cxl *cxl, struct cxl_region *region)
{
	bool all = region->ways > 0;

	for (unsigned int i = 0; i < region->ways; i++) {
		struct cxl_decoder *decoder;
		const char *text;
		char name[32];

		snprintf(name, sizeof(name), "target%u", i);
		text = text_of(region->dir, name);
		decoder = text ? cxl_find_decoder(cxl, text) : NULL;
		if (!decoder || decoder->type != CXL_ENDPOINT || decoder->region)
			all = false;
		else
			region->targets[i].decoder = decoder;
		if (region->targets[i].decoder)
			decoder->region = region;
	}
	return all;
}

static void load_state(const struct cxl *cxl, struct cxl_region *region)
{
	bool all = load_members(cxl, region);

	if (says(region->dir, "commit", "1") && region->size)
		region->state = CXL_COMMITTED;
	else if (region->size)
		region->state = all ? CXL_ACTIVE : CXL_HAS_SIZE;
}

static int add_region(struct mhp_sim *sim, const struct complaints *complaints,
		      struct node *dir)
{
	struct cxl *cxl = sim->model.cxl;
	struct cxl_decoder *root = root_at(cxl, dir->parent);
	struct cxl_region *region;
	unsigned int id;
	int r;

	if (!root || sscanf(dir->name, "region%4u", &id) != 1 || cxl_find_region(cxl, dir->name))
		return 0;
	region = cxl_add_region(cxl, dir, root, id);
	if (!region)
		return -ENOMEM;
	region->mode = load_mode(dir);
	region->is_locked = says(dir, "locked", "1");
	r = load_range(complaints, dir, "resource", &region->start, &region->size);
	if (r == 0)
		r = load_interleave(complaints, dir, &region->ways, &region->granularity);
	if (r < 0)
		return r;
	load_state(cxl, region);
	cxl->shows_locked |= tree_child(dir, "locked") != NULL;
	return 0;
}

/* The decoders of switches that are a region's say so. */
static void link_decoders(struct cxl *cxl)
{
	for (size_t i = 0; i < cxl->n_decoders; i++) {
		struct cxl_decoder *decoder = cxl->decoders[i];
		const char *text = text_of(decoder->dir, "region");

		if (decoder->type == CXL_SWITCH && text)
			decoder->region = cxl_find_region(cxl, text);
	}
}

/* ---- the node of a window ---- */

void cxl_set_node(struct cxl *cxl, const char *name, int node)
{
	struct cxl_decoder *decoder = cxl_find_decoder(cxl, name);

	if (decoder && decoder->type == CXL_ROOT)
		decoder->node = node;
}

/* "# window: decoder0.0 node 1", as the builder writes it */
static void load_notes(struct cxl *cxl, const char *header)
{
	static const char mark[] = "# window: ";
	char name[64];
	int node;

	for (const char *line = header; (line = strstr(line, mark)); line += strlen(mark))
		if (sscanf(line, "# window: %63s node %4d", name, &node) == 2 &&
		    node >= 0 && node < MAX_NODES)
			cxl_set_node(cxl, name, node);
}

static bool has_above(const struct node *node, const struct node *above)
{
	for (; node; node = node->parent)
		if (node == above)
			return true;
	return false;
}

/* The highest node that is possible: windows come behind all that firmware tells of. */
static int last_node(struct mhp_sim *sim)
{
	const struct model *model = &sim->model;
	int last = model->n_numas ? model->numas[model->n_numas - 1]->id : 0;

	/* where no file says so, all are */
	for (int id = 0; id < MAX_NODES && !numa_is_possible(sim, MAX_NODES - 1); id++)
		if (numa_is_possible(sim, id))
			last = id;
	return last;
}

/* No file tells; but memory that was in the window, and is there now, is on that node. */
static void guess_nodes(struct mhp_sim *sim)
{
	const struct model *model = &sim->model;
	struct cxl *cxl = model->cxl;

	for (size_t i = 0; i < cxl->n_decoders; i++) {
		struct cxl_decoder *decoder = cxl->decoders[i];

		if (decoder->type != CXL_ROOT || decoder->node >= 0)
			continue;
		for (size_t j = 0; j < model->n_daxes; j++)
			if (has_above(model->daxes[j]->dir, decoder->dir))
				decoder->node = model->daxes[j]->target_node;
		if (decoder->node < 0)
			decoder->node = last_node(sim);
	}
}

/* ---- as a whole ---- */

enum kind {
	PORT,
	DECODER,
	REGION,
};

static bool is_of_kind(const char *name, enum kind kind)
{
	static const char *const prefixes[][3] = {
		[PORT] = { "root", "port", "endpoint" }, [DECODER] = { "decoder" },
		[REGION] = { "region" },
	};

	for (size_t i = 0; i < 3 && prefixes[kind][i]; i++) {
		size_t length = strlen(prefixes[kind][i]);

		if (!strncmp(name, prefixes[kind][i], length) && name[length] >= '0' &&
		    name[length] <= '9')
			return true;
	}
	return false;
}

/* All of one kind: what they are part of comes before. */
static int load_kind(struct mhp_sim *sim, const struct complaints *complaints,
		     struct node **links, size_t count, enum kind kind)
{
	struct cxl *cxl = sim->model.cxl;
	struct node *dir;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		if (!is_of_kind(links[i]->name, kind))
			continue;
		r = tree_walk(sim->root, cxl->devices, links[i]->name, true, &dir);
		if (r == -ENOMEM)
			break;
		/* a link that leads nowhere, or to something else, is no device */
		if (r < 0 || dir->type != NODE_DIR || strcmp(dir->name, links[i]->name)) {
			r = 0;
			continue;
		}
		if (kind == PORT)
			r = port_at(cxl, dir) ? 0 : add_port(cxl, complaints, dir);
		else if (kind == DECODER)
			r = add_decoder(cxl, complaints, dir);
		else
			r = add_region(sim, complaints, dir);
	}
	return r;
}

static int load_devices(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct cxl *cxl = sim->model.cxl;
	struct node **links;
	size_t count;
	int r;

	r = tree_copy_children(cxl->devices, &links, &count);
	if (r < 0)
		return r;
	r = load_kind(sim, complaints, links, count, PORT);
	if (r == 0) {
		link_ports(cxl);
		r = load_kind(sim, complaints, links, count, DECODER);
	}
	if (r == 0)
		r = load_kind(sim, complaints, links, count, REGION);
	tree_free_children(links, count);
	if (r == 0)
		link_decoders(cxl);
	return r;
}

int cxl_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *devices = model_dir(sim, CXL_DEVICES_PATH);
	struct cxl *cxl;
	int r;

	if (!devices)
		return 0;
	cxl = calloc(1, sizeof(*cxl));
	if (!cxl)
		return -ENOMEM;
	sim->model.cxl = cxl;
	node_keep(&cxl->devices, devices);
	r = load_devices(sim, complaints);
	if (r < 0)
		return r;
	cxl->shows_locked |= model_is_since(sim, 7, 1);
	load_notes(cxl, sim->header);
	guess_nodes(sim);
	r = cxl_drivers_load(sim);
	if (r < 0)
		return r;
	for (size_t i = 0; i < cxl->n_decoders; i++)
		cxl_decoder_set_attrs(cxl->decoders[i]);
	for (size_t i = 0; i < cxl->n_regions; i++)
		cxl_region_set_attrs(sim, cxl->regions[i]);
	return 0;
}

void cxl_free(struct cxl *cxl)
{
	if (!cxl)
		return;
	for (size_t i = 0; i < cxl->n_ports; i++) {
		node_unref(cxl->ports[i]->dir);
		free(cxl->ports[i]);
	}
	free(cxl->ports);
	for (size_t i = 0; i < cxl->n_decoders; i++) {
		node_unref(cxl->decoders[i]->dir);
		free(cxl->decoders[i]);
	}
	free(cxl->decoders);
	for (size_t i = 0; i < cxl->n_regions; i++) {
		node_unref(cxl->regions[i]->dir);
		node_unref(cxl->regions[i]->dax_dir);
		free(cxl->regions[i]);
	}
	free(cxl->regions);
	node_unref(cxl->devices);
	node_unref(cxl->region_driver);
	node_unref(cxl->dax_driver);
	free(cxl);
}
