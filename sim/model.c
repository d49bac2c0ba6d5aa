// SPDX-License-Identifier: LGPL-2.1-or-later
/* The model as a whole: what the capture tells of the machine and its kernel. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model-cxl.h"
#include "model.h"
#include "parse.h"
#include "sim.h"

struct node *model_dir(struct mhp_sim *sim, const char *path)
{
	struct node *node;

	if (tree_walk(sim->root, sim->root, path, true, &node) < 0 || node->type != NODE_DIR)
		return NULL;
	return node;
}

struct node *model_file(struct mhp_sim *sim, const char *path)
{
	struct node *node;

	if (tree_walk(sim->root, sim->root, path, true, &node) < 0 || node->type != NODE_FILE)
		return NULL;
	return node;
}

int model_copy_text(const struct node *file, char **ret_text)
{
	size_t length;

	*ret_text = NULL;
	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	length = strlen(file->text);
	if (length && file->text[length - 1] == '\n')
		length--;
	*ret_text = strndup(file->text, length);
	return *ret_text ? 0 : -ENOMEM;
}

int model_complain_line(const struct complaints *complaints, const struct node *file,
			const char *line)
{
	struct buf buf = { 0 };
	unsigned int number = file->line;
	const char *end, *at;
	char *path = tree_path(file), *text;
	int r;

	if (!path)
		return -ENOMEM;
	buf_add_escaped(&buf, path, strlen(path));
	free(path);
	if (line) {
		buf_add_str(&buf, ": no kernel says \"");
		buf_add_escaped(&buf, line, strcspn(line, "\n"));
		buf_add_str(&buf, "\" there");
		/* the lines of such a file follow the one with its name */
		end = strchr(file->text, '\n');
		if (end && end[1])
			for (at = file->text, number++; at < line; at++)
				number += *at == '\n';
	} else {
		buf_add_str(&buf, ": no kernel has this");
	}
	if (buf_finish(&buf, &text) < 0)
		return -ENOMEM;
	r = capture_complain(complaints, number, "%s", text);
	free(text);
	return r;
}

int model_complain(const struct complaints *complaints, const struct node *file)
{
	return model_complain_line(complaints, file, file->text);
}

int model_read_number(const struct complaints *complaints, const struct node *file,
		      int (*parse)(const char *str, uint64_t *ret), uint64_t *ret_number)
{
	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	return parse(file->text, ret_number) < 0 ? model_complain(complaints, file) : 1;
}

void model_set_attr(struct node *file, const struct attr *attr, void *owner)
{
	if (!file || file->type != NODE_FILE)
		return;
	file->attr = attr;
	file->owner = owner;
	node_set_text(file, NULL);
}

bool same_word(const char *word, const char *wanted)
{
	size_t length = strlen(wanted);

	return !strncmp(word, wanted, length) &&
	       (!word[length] || (word[length] == '\n' && !word[length + 1]));
}

/* lib/string_helpers.c, sysfs_streq() */
static bool is_word(const struct model *model, const char *word, const char *wanted)
{
	size_t length = strlen(wanted);
	const char *rest;

	if (strncasecmp(word, wanted, length))
		return false;
	if (strncmp(word, wanted, length) && holds(model, RULE_WORD_CASE))
		return false;
	rest = word + length;
	if (*rest == ' ' && !holds(model, RULE_WORD_BLANK))
		rest++;
	if (!strcmp(rest, "\n"))
		return holds(model, RULE_WORD_NEWLINE);
	return !*rest;
}

int parse_online_type(const struct model *model, const char *word,
		      enum mhp_online_type *ret_type)
{
	for (enum mhp_online_type type = MHP_OFFLINE; type <= MHP_ONLINE_MOVABLE; type++)
		if (is_word(model, word, mhp_online_type_to_str(type))) {
			*ret_type = type;
			return 0;
		}
	return -EINVAL;
}

bool is_unplugged_word(const struct model *model, const char *word)
{
	return is_word(model, word, "unplugged");
}

/* ---- memory/auto_online_blocks ---- */

static int auto_online_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	buf_add(buf, "%s\n", mhp_online_type_to_str(sim->model.auto_online));
	return 0;
}

static int auto_online_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct model *model = &sim->model;

	(void)owner;
	if (parse_online_type(model, word, &model->auto_online) == 0)
		return 0;
	return holds(model, RULE_POLICY_JUNK) ? -EINVAL : 0;
}

static const struct attr auto_online_attr = {
	.show = auto_online_show, .store = auto_online_store,
};

static int load_auto_online(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *file = tree_child(sim->model.memory_dir, "auto_online_blocks");

	sim->model.auto_online = MHP_OFFLINE;
	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	if (mhp_online_type_from_str(file->text, &sim->model.auto_online) < 0)
		return model_complain(complaints, file);
	model_set_attr(file, &auto_online_attr, NULL);
	return 0;
}

/* ---- what the kernel can ---- */

static int load_block_size(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct model *model = &sim->model;
	struct node *file = tree_child(model->memory_dir, "block_size_bytes");
	uint64_t size;

	if (!file || file->type != NODE_FILE || !file->text)
		return 0;
	if (parse_bare_hex(file->text, &size) < 0 || size < PAGE_BYTES ||
	    size > MAX_ADDRESS / 2 || (size & (size - 1)))
		return model_complain(complaints, file);
	model->block_size = size;
	model->block_pages = size / PAGE_BYTES;
	model->active = true;
	return 0;
}

/* "# kernel: 7.3.4+deb13-amd64" */
bool model_is_since(const struct mhp_sim *sim, unsigned int major, unsigned int minor)
{
	const char *line = strstr(sim->header, "# kernel: ");
	unsigned int x, y;

	if (!line || sscanf(line, "# kernel: %5u.%5u", &x, &y) != 2)
		return false;
	return x > major || (x == major && y >= minor);
}

static bool parameter_is(struct mhp_sim *sim, const char *name, const char *value)
{
	struct node *dir = model_dir(sim, "/sys/module/memory_hotplug/parameters");
	struct node *file = tree_child(dir, name);

	return file && file->type == NODE_FILE && file->text && same_word(file->text, value);
}

static bool is_on_command_line(struct mhp_sim *sim, const char *word)
{
	struct node *file = model_file(sim, "/proc/cmdline");
	size_t length = strlen(word);
	const char *at;

	if (!file || !file->text)
		return false;
	for (at = file->text; (at = strstr(at, word)); at += length)
		if ((at == file->text || at[-1] == ' ') && strchr(" \n", at[length]))
			return true;
	return false;
}

/*
 * A kernel is known by what it shows; by its number only where it shows nothing
 * yet. Of a dax device's files, memmap_on_memory came soon after kmem began to
 * take devices by itself.
 */
static void load_features(struct mhp_sim *sim)
{
	struct model *model = &sim->model;
	bool state_seen = false, kmem_seen = false, memmap_seen = false;

	for (size_t i = 0; i < model->n_daxes; i++) {
		struct dax *dax = model->daxes[i];

		if (is_kmem(dax->driver)) {
			kmem_seen = true;
			state_seen |= tree_child(dax->dir, "state") != NULL;
		}
		memmap_seen |= tree_child(dax->dir, "memmap_on_memory") != NULL;
	}
	model->has_device_state = kmem_seen ? state_seen : model_is_since(sim, 7, 3);
	model->kmem_by_default = model->n_daxes ? memmap_seen : model_is_since(sim, 6, 3);
	model->tells_container = model_is_since(sim, 6, 12);
	model->altmap_per_block = memmap_seen || model_is_since(sim, 6, 8);
	/* mm/memory_hotplug.c, add_memory_resource() */
	model->node_first = model->has_device_state || model_is_since(sim, 6, 18);
	/* came with 6.2, soon before */
	model->counts_poison = model->kmem_by_default;
	model->movable_node = is_on_command_line(sim, "movable_node");
	model->memmap_on_memory = parameter_is(sim, "memmap_on_memory", "Y") ||
				  parameter_is(sim, "memmap_on_memory", "force");
}

int model_load(struct mhp_sim *sim, const struct capture *capture,
	       const struct complaints *complaints)
{
	struct model *model = &sim->model;
	int r;

	r = events_load(sim, complaints);
	if (r < 0)
		return r;
	node_keep(&model->memory_dir, model_dir(sim, "/sys/devices/system/memory"));
	node_keep(&model->node_dir, model_dir(sim, "/sys/devices/system/node"));
	node_keep(&model->tier_dir, model_dir(sim, "/sys/devices/virtual/memory_tiering"));
	model->has_nodes = model->node_dir != NULL;
	if (!model->memory_dir)
		/* a kernel without memory hotplug: there is nothing to act on */
		return 0;
	r = load_block_size(sim, complaints);
	if (r < 0 || !model->active)
		return r;
	r = load_auto_online(sim, complaints);
	if (r == 0)
		r = policies_load(sim, complaints);
	if (r == 0)
		r = iomem_load(sim, complaints);
	if (r == 0)
		r = numas_load(sim, complaints);
	if (r == 0)
		r = blocks_load(sim, capture, complaints);
	if (r == 0)
		r = zones_load(sim, complaints);
	if (r == 0)
		r = numas_load_memory(sim, complaints);
	if (r == 0)
		r = drivers_load(sim);
	if (r == 0)
		r = daxes_load(sim, complaints);
	if (r == 0)
		r = regions_load(sim, complaints);
	if (r < 0)
		return r;
	load_features(sim);
	poison_load(model);
	r = daxes_adopt(sim);
	if (r == 0)
		r = cxl_load(sim, complaints);
	if (r == 0)
		r = dimms_load(sim, complaints);
	if (r == 0)
		r = vmems_load(sim, complaints);
	if (r == 0)
		r = storages_load(sim, complaints);
	if (r == 0)
		r = partition_load(sim, complaints);
	if (r == 0)
		policies_adopt(model);
	return r;
}

void model_free(struct model *model)
{
	for (size_t i = 0; i < model->n_blocks; i++)
		block_free(model->blocks[i]);
	free(model->blocks);
	for (size_t i = 0; i < model->n_numas; i++)
		numa_free(model->numas[i]);
	free(model->numas);
	for (size_t i = 0; i < model->n_iomem; i++)
		free(model->iomem[i].name);
	free(model->iomem);
	for (size_t i = 0; i < model->n_daxes; i++)
		dax_free(model->daxes[i]);
	free(model->daxes);
	for (size_t i = 0; i < model->n_regions; i++)
		region_free(model->regions[i]);
	free(model->regions);
	free(model->left_behind);
	for (size_t i = 0; i < model->n_drivers; i++)
		driver_free(model->drivers[i]);
	free(model->drivers);
	for (size_t i = 0; i < model->n_dimms; i++)
		dimm_free(model->dimms[i]);
	free(model->dimms);
	free(model->dimm_works);
	for (size_t i = 0; i < model->n_vmems; i++)
		vmem_free(model->vmems[i]);
	free(model->vmems);
	for (size_t i = 0; i < model->n_storages; i++)
		storage_free(model->storages[i]);
	free(model->storages);
	partition_free(&model->partition);
	node_unref(model->vmem_driver);
	cxl_free(model->cxl);
	node_unref(model->memory_dir);
	node_unref(model->node_dir);
	node_unref(model->tier_dir);
	node_unref(model->block_template);
	node_unref(model->numa_template);
}
