// SPDX-License-Identifier: LGPL-2.1-or-later
/* Nodes: they come with their first block and go with their last one. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define LOCAL_DISTANCE	10
#define REMOTE_DISTANCE	20
/* Abstract distance of memory of which nothing is known is 5 times DRAM's. */
#define TIER_DRAM	4
#define TIER_SLOW	22
#define TIER_SUBSYSTEM	"memory_tiering"

/* ---- finding ---- */

static size_t numa_lower_bound(const struct model *model, int id)
{
	size_t low = 0, high = model->n_numas;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (model->numas[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct numa *numa_find(const struct model *model, int id)
{
	size_t at = numa_lower_bound(model, id);

	return at < model->n_numas && model->numas[at]->id == id ? model->numas[at] : NULL;
}

int numa_get(struct mhp_sim *sim, int id, struct numa **ret_numa)
{
	struct model *model = &sim->model;
	size_t at = numa_lower_bound(model, id);
	struct numa *numa, **numas;

	if (at < model->n_numas && model->numas[at]->id == id) {
		*ret_numa = model->numas[at];
		return 0;
	}
	numas = reallocarray(model->numas, model->n_numas + 1, sizeof(struct numa *));
	if (!numas)
		return -ENOMEM;
	model->numas = numas;
	numa = calloc(1, sizeof(*numa));
	if (!numa)
		return -ENOMEM;
	numa->id = id;
	numa->tier = -1;
	memmove(&numas[at + 1], &numas[at], (model->n_numas - at) * sizeof(struct numa *));
	numas[at] = numa;
	model->n_numas++;
	*ret_numa = numa;
	return 0;
}

void numa_free(struct numa *numa)
{
	node_unref(numa->dir);
	for (size_t i = 0; i < numa->n_sections; i++) {
		free(numa->sections[i].header);
		free(numa->sections[i].body);
	}
	free(numa->sections);
	free(numa->distances);
	node_unref(numa->saved);
	node_unref(numa->block_like);
	free(numa);
}

/* ---- lists of nodes ---- */

typedef bool (*has_fn)(const struct numa *numa, int tier);

static void show_list(const struct model *model, struct buf *buf, has_fn has, int tier)
{
	struct numa *const *numas = model->numas;
	const char *comma = "";

	for (size_t i = 0; i < model->n_numas; i++) {
		int first = numas[i]->id, last = first;

		if (!has(numas[i], tier))
			continue;
		while (i + 1 < model->n_numas && numas[i + 1]->id == last + 1 &&
		       has(numas[i + 1], tier)) {
			last++;
			i++;
		}
		buf_add(buf, "%s%d", comma, first);
		if (last > first)
			buf_add(buf, "-%d", last);
		comma = ",";
	}
	buf_add_str(buf, "\n");
}

static bool is_online(const struct numa *numa, int tier)
{
	(void)tier;
	return numa->online;
}

static bool has_memory(const struct numa *numa, int tier)
{
	(void)tier;
	return numa->has_memory;
}

static bool has_normal_memory(const struct numa *numa, int tier)
{
	(void)tier;
	return numa->has_normal_memory;
}

static bool is_in_tier(const struct numa *numa, int tier)
{
	return numa->in_tier && numa->tier == tier;
}

static int online_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	show_list(&sim->model, buf, is_online, 0);
	return 0;
}

static int has_memory_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	show_list(&sim->model, buf, has_memory, 0);
	return 0;
}

static int has_normal_memory_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	show_list(&sim->model, buf, has_normal_memory, 0);
	return 0;
}

/* owner is the tier's number, not a pointer */
static int nodelist_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	show_list(&sim->model, buf, is_in_tier, (int)(intptr_t)owner);
	return 0;
}

static const struct attr nodelist_attr = { .show = nodelist_show };
static const struct attr online_attr = { .show = online_show };
static const struct attr has_memory_attr = { .show = has_memory_show };
static const struct attr has_normal_memory_attr = { .show = has_normal_memory_show };

struct list_load {
	struct mhp_sim *sim;
	size_t flag;		/* offset of a bool in struct numa */
	int tier;		/* -1: leave it alone */
};

static int mark_nodes(void *data, unsigned int first, unsigned int last)
{
	struct list_load *load = data;
	struct numa *numa;
	int r;

	if (last >= MAX_NODES)
		return -ERANGE;
	for (unsigned int id = first; id <= last; id++) {
		r = numa_get(load->sim, (int)id, &numa);
		if (r < 0)
			return r;
		*(bool *)((char *)numa + load->flag) = true;
		if (load->tier >= 0)
			numa->tier = load->tier;
	}
	return 0;
}

static int load_list(struct mhp_sim *sim, const struct complaints *complaints,
		     struct node *file, size_t flag, int tier)
{
	struct list_load load = { sim, flag, tier };
	int r;

	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	r = parse_list(file->text, mark_nodes, &load);
	return r == -EINVAL || r == -ERANGE ? model_complain(complaints, file) : r;
}

static int find_id(void *data, unsigned int first, unsigned int last)
{
	unsigned int id = *(const unsigned int *)data;

	return first <= id && id <= last;
}

bool numa_is_possible(struct mhp_sim *sim, int id)
{
	struct node *file = tree_child(sim->model.node_dir, "possible");
	unsigned int wanted = (unsigned int)id;

	if (id < 0 || id >= MAX_NODES)
		return false;
	if (!file || file->type != NODE_FILE || !file->text)
		return true;
	return parse_list(file->text, find_id, &wanted) == 1;
}

/* ---- distances ---- */

static uint64_t get_distance(const struct model *model, const struct numa *numa,
			     const struct numa *other)
{
	for (size_t i = 0; i < numa->n_distances; i++)
		if (numa->distances[i].other == other->id)
			return numa->distances[i].value;
	return numa != other && holds(model, RULE_DISTANCE_REMOTE) ? REMOTE_DISTANCE :
								     LOCAL_DISTANCE;
}

int numa_set_distance(struct mhp_sim *sim, int from, int to, uint64_t value)
{
	struct distance *distances;
	struct numa *numa;
	int r;

	r = numa_get(sim, from, &numa);
	if (r < 0)
		return r;
	for (size_t i = 0; i < numa->n_distances; i++)
		if (numa->distances[i].other == to) {
			numa->distances[i].value = value;
			return 0;
		}
	distances = reallocarray(numa->distances, numa->n_distances + 1, sizeof(*distances));
	if (!distances)
		return -ENOMEM;
	numa->distances = distances;
	distances[numa->n_distances++] = (struct distance){ to, value };
	return 0;
}

static int distance_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct model *model = &sim->model;
	const char *space = "";

	for (size_t i = 0; i < model->n_numas; i++) {
		if (!model->numas[i]->online && holds(model, RULE_DISTANCE_ONLINE))
			continue;
		buf_add(buf, "%s%" PRIu64, space, get_distance(model, owner, model->numas[i]));
		space = " ";
	}
	buf_add_str(buf, "\n");
	return 0;
}

static const struct attr distance_attr = { .show = distance_show };

/* The columns are the nodes that are online, in order. */
static int load_distance(struct mhp_sim *sim, const struct complaints *complaints,
			 struct numa *numa)
{
	const struct model *model = &sim->model;
	struct node *file = tree_child(numa->dir, "distance");
	char *text, *word, *rest;
	int r;

	r = model_copy_text(file, &text);
	if (r < 0 || !text)
		return r;
	numa->distances = calloc(model->n_numas + 1, sizeof(*numa->distances));
	if (!numa->distances) {
		free(text);
		return -ENOMEM;
	}
	rest = text;
	for (size_t i = 0; i < model->n_numas && r == 0; i++) {
		struct distance *distance = &numa->distances[numa->n_distances];

		if (!model->numas[i]->online)
			continue;
		word = strsep(&rest, " ");
		if (!word || parse_dec(word, &distance->value) < 0) {
			r = model_complain(complaints, file);
			break;
		}
		distance->other = model->numas[i]->id;
		numa->n_distances++;
	}
	if (r == 0 && rest)
		r = model_complain(complaints, file);
	free(text);
	if (r == 0)
		model_set_attr(file, &distance_attr, numa);
	return r;
}

/* ---- tiers ---- */

static int load_tiers(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node **children, *file;
	uint64_t tier;
	size_t count;
	int r;

	if (!sim->model.tier_dir)
		return 0;
	r = tree_copy_children(sim->model.tier_dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++) {
		if (strncmp(children[i]->name, "memory_tier", 11) ||
		    parse_dec(children[i]->name + 11, &tier) < 0 || tier > INT16_MAX)
			continue;
		file = tree_child(children[i], "nodelist");
		r = load_list(sim, complaints, file, offsetof(struct numa, in_tier), (int)tier);
		if (r == 0)
			model_set_attr(file, &nodelist_attr, (void *)(intptr_t)tier);
		event_set_attr(children[i], TIER_SUBSYSTEM);
	}
	tree_free_children(children, count);
	return r;
}

static void tier_name(int tier, char name[32])
{
	snprintf(name, 32, "memory_tier%d", tier);
}

/* A tier has a directory as long as a node is in it. */
static int tier_appear(struct mhp_sim *sim, int tier)
{
	struct model *model = &sim->model;
	struct node *dir, *file;
	char name[32];
	int r;

	tier_name(tier, name);
	r = tree_add_new(model->tier_dir, NODE_DIR, name, NULL, &dir);
	if (r < 0)
		return r == -EEXIST ? 0 : r;
	r = tree_add_new(dir, NODE_LINK, "subsystem", "../../../../bus/memory_tiering", NULL);
	if (r == 0)
		r = tree_add_new(dir, NODE_FILE, "uevent", "", NULL);
	if (r == 0)
		r = tree_add_new(dir, NODE_FILE, "nodelist", NULL, &file);
	if (r < 0) {
		tree_remove(dir);
		return r;
	}
	model_set_attr(file, &nodelist_attr, (void *)(intptr_t)tier);
	event_set_attr(dir, TIER_SUBSYSTEM);
	event_send(sim, "add", dir, TIER_SUBSYSTEM, NULL);
	return 0;
}

static void tier_vanish(struct mhp_sim *sim, int tier)
{
	struct model *model = &sim->model;
	struct node *dir;
	char name[32];

	for (size_t i = 0; i < model->n_numas; i++)
		if (is_in_tier(model->numas[i], tier) && holds(model, RULE_TIER_SHARED))
			return;
	tier_name(tier, name);
	dir = tree_child(model->tier_dir, name);
	if (!dir)
		return;
	event_send(sim, "remove", dir, TIER_SUBSYSTEM, NULL);
	tree_remove(dir);
}

bool numa_changes_tier(const struct model *model, const struct numa *numa)
{
	return model->tier_dir && numa->in_tier != numa_has_memory(model, numa);
}

void numa_memory_changed(struct mhp_sim *sim, struct numa *numa)
{
	struct model *model = &sim->model;

	numa->has_memory = numa_has_memory(model, numa);
	numa->has_normal_memory = numa_has_normal_memory(model, numa);
	if (!model->tier_dir || numa->in_tier == numa->has_memory)
		return;
	if (!holds(model, numa->has_memory ? RULE_TIER_COMES : RULE_TIER_GOES))
		return;
	if (numa->tier < 0)
		numa->tier = !numa->has_cpu && holds(model, RULE_TIER_SLOW) ? TIER_SLOW :
									       TIER_DRAM;
	numa->in_tier = numa->has_memory;
	if (!numa->in_tier)
		tier_vanish(sim, numa->tier);
	else if (tier_appear(sim, numa->tier) < 0)
		/* the kernel, too, onlines memory that it finds no tier for */
		numa->in_tier = false;
}

/* Only kmem tells of its memory that it may be slow (mm/memory-tiers.c, default_dram_type). */
int numa_get_plain(struct mhp_sim *sim, int id)
{
	struct numa *numa;
	int r;

	r = numa_get(sim, sim->model.has_nodes ? id : 0, &numa);
	if (r == 0 && numa->tier < 0 && holds(&sim->model, RULE_TIER_PLAIN))
		numa->tier = TIER_DRAM;
	return r;
}

/* ---- coming and going ---- */

/* Entries that every node has, as those of a node without CPU. */
static int add_to_template(struct node *template, const struct node *like)
{
	static const char *const write_only[] = { "compact", "reclaim" };
	static const char *const same[] = { "subsystem", "uevent", "distance" };
	struct node *node = NULL;
	char *text;
	int r;

	for (size_t i = 0; i < sizeof(write_only) / sizeof(write_only[0]); i++)
		if (!strcmp(like->name, write_only[i]))
			return tree_add(template, tree_clone(like, NULL));
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!strcmp(like->name, same[i]))
			return tree_add(template, tree_clone(like, NULL));
	if (!strcmp(like->name, "x86"))
		return tree_add_new(template, NODE_DIR, like->name, NULL, NULL);
	if (!strcmp(like->name, "cpulist"))
		return tree_add_new(template, NODE_FILE, like->name, "\n", NULL);
	if (strcmp(like->name, "cpumap") || like->type != NODE_FILE || !like->text)
		return 0;
	r = tree_add_new(template, NODE_FILE, like->name, like->text, &node);
	for (text = r == 0 ? node->text : NULL; text && *text; text++)
		if (*text != ',' && *text != '\n')
			*text = '0';
	return r;
}

static int make_template(struct model *model, const struct node *like)
{
	struct node **children;
	size_t count;
	int r;

	model->numa_template = node_new(NODE_DIR, "node", 4, NULL);
	if (!model->numa_template)
		return -ENOMEM;
	r = tree_copy_children(like, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_to_template(model->numa_template, children[i]);
	tree_free_children(children, count);
	return r;
}

int numa_appear(struct mhp_sim *sim, struct numa *numa)
{
	struct model *model = &sim->model;
	const struct node *like = numa->saved ? numa->saved : model->numa_template;
	struct node *dir;
	char name[32];
	int r;

	if (numa->online || !holds(model, RULE_NODE_COMES))
		return 0;
	r = zones_init(model, numa);
	if (r < 0)
		return r;
	if (model->node_dir && like) {
		snprintf(name, sizeof(name), "node%d", numa->id);
		dir = tree_clone(like, name);
		r = dir ? tree_add(model->node_dir, dir) : -ENOMEM;
		if (r < 0)
			return r;
		model_set_attr(tree_child(dir, "distance"), &distance_attr, numa);
		event_set_attr(dir, "node");
		node_keep(&numa->dir, dir);
	}
	numa->online = true;
	return 0;
}

void numa_tell(struct mhp_sim *sim, const struct numa *numa, const char *action)
{
	event_send(sim, action, numa->dir, "node", NULL);
}

void numa_vanish(struct mhp_sim *sim, struct numa *numa, bool told)
{
	const struct model *model = &sim->model;

	if (numa->n_blocks || !numa->online)
		return;
	if (numa->has_cpu && holds(model, RULE_NODE_CPU_STAYS))
		return;
	if (!numa->has_cpu && !holds(model, RULE_NODE_GOES))
		return;
	if (told)
		numa_tell(sim, numa, "remove");
	if (numa->dir) {
		node_unref(numa->saved);
		numa->saved = tree_clone(numa->dir, NULL);
		tree_remove(numa->dir);
		node_keep(&numa->dir, NULL);
	}
	numa->online = false;
}

/* ---- from the capture ---- */

static int load_dirs(struct mhp_sim *sim, struct node **children, size_t count)
{
	struct model *model = &sim->model;
	struct numa *numa;
	char *cpus;
	int id, r;

	for (size_t i = 0; i < count; i++) {
		if (children[i]->type != NODE_DIR || parse_node_name(children[i]->name, &id) < 0 ||
		    id >= MAX_NODES)
			continue;
		r = numa_get(sim, id, &numa);
		if (r < 0)
			return r;
		node_keep(&numa->dir, children[i]);
		numa->online = true;
		event_set_attr(numa->dir, "node");
		r = model_copy_text(tree_child(numa->dir, "cpulist"), &cpus);
		if (r < 0)
			return r;
		numa->has_cpu = cpus && *cpus;
		free(cpus);
		r = model->numa_template ? 0 : make_template(model, numa->dir);
		if (r < 0)
			return r;
	}
	return 0;
}

int numas_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct model *model = &sim->model;
	struct node **children;
	struct numa *numa;
	size_t count;
	int r;

	if (!model->node_dir) {
		/* a kernel without nodes still has the memory of one */
		r = numa_get(sim, 0, &numa);
		if (r == 0)
			numa->online = true;
		return r;
	}
	r = tree_copy_children(model->node_dir, &children, &count);
	if (r < 0)
		return r;
	r = load_dirs(sim, children, count);
	tree_free_children(children, count);
	if (r == 0)
		r = load_list(sim, complaints, tree_child(model->node_dir, "online"),
			      offsetof(struct numa, online), -1);
	if (r == 0)
		r = load_list(sim, complaints, tree_child(model->node_dir, "has_cpu"),
			      offsetof(struct numa, has_cpu), -1);
	for (size_t i = 0; i < model->n_numas && r == 0; i++)
		if (model->numas[i]->dir)
			r = load_distance(sim, complaints, model->numas[i]);
	if (r == 0)
		r = load_tiers(sim, complaints);
	return r;
}

int numas_load_memory(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *dir = sim->model.node_dir;
	struct node *memory = tree_child(dir, "has_memory");
	struct node *normal = tree_child(dir, "has_normal_memory");
	int r;

	r = load_list(sim, complaints, memory, offsetof(struct numa, has_memory), -1);
	if (r == 0)
		r = load_list(sim, complaints, normal, offsetof(struct numa, has_normal_memory),
			      -1);
	if (r < 0)
		return r;
	/* text that could not be read stays so */
	if (memory && memory->text)
		model_set_attr(memory, &has_memory_attr, NULL);
	if (normal && normal->text)
		model_set_attr(normal, &has_normal_memory_attr, NULL);
	dir = tree_child(dir, "online");
	if (dir && dir->text)
		model_set_attr(dir, &online_attr, NULL);
	return 0;
}
