// SPDX-License-Identifier: LGPL-2.1-or-later
/* virtio-mem devices: their driver binds and unbinds, the host asks; from the capture. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define DEVICES_PATH	"/sys/bus/virtio/devices"
#define DRIVER_PATH	"/sys/bus/virtio/drivers/virtio_mem"
#define DRIVER_LINE	"DRIVER=virtio_mem\n"
#define VIRTIO_ID_MEM	24
/* what QEMU has on x86, and the least that the driver works with: a huge page */
#define DEVICE_BLOCK	((uint64_t)2 << 20)

void vmem_free(struct vmem *vmem)
{
	node_unref(vmem->dir);
	group_unref(vmem->group);
	free(vmem);
}

/* virtio_mem_init_hotplug(): one group, though it has no memory yet */
static void adjust_group(const struct model *model, struct vmem *vmem)
{
	vmem->group->unit_pages = vmem_unit_bytes(model, vmem) / PAGE_BYTES;
	vmem->group->node = vmem->node;
}

static struct vmem *find(const struct model *model, const char *word)
{
	for (size_t i = 0; i < model->n_vmems; i++)
		if (same_word(word, model->vmems[i]->name))
			return model->vmems[i];
	return NULL;
}

/* ---- bind and unbind ---- */

static struct node *uevent_of(const struct vmem *vmem)
{
	struct node *file = tree_child(vmem->dir, "uevent");

	return file && file->type == NODE_FILE && file->text ? file : NULL;
}

static void set_status(struct vmem *vmem, const char *text)
{
	struct node *file = tree_child(vmem->dir, "status");

	/* texts are of one length: "0x0000000f" */
	if (file && file->type == NODE_FILE && file->text && strlen(file->text) == strlen(text))
		strcpy(file->text, text);
}

static void remove_links(const struct model *model, struct vmem *vmem)
{
	struct node *file = uevent_of(vmem);
	size_t length = strlen(DRIVER_LINE);

	if (file && !strncmp(file->text, DRIVER_LINE, length))
		memmove(file->text, file->text + length, strlen(file->text + length) + 1);
	tree_remove_child(vmem->dir, "driver");
	tree_remove_child(model->vmem_driver, vmem->name);
}

static int add_links(const struct model *model, struct vmem *vmem)
{
	struct node *file = uevent_of(vmem);
	struct buf buf = { 0 };
	char *text;
	int r;

	r = tree_add_link(vmem->dir, "driver", model->vmem_driver);
	if (r == 0)
		r = tree_add_link(model->vmem_driver, vmem->name, vmem->dir);
	if (r == 0 && file) {
		buf_add(&buf, DRIVER_LINE "%s", file->text);
		r = buf_finish(&buf, &text);
	}
	if (r == 0 && file)
		node_set_text(file, text);
	return r;
}

/* "unbind" has no keys, as with dax devices. */
static void tell(struct mhp_sim *sim, struct vmem *vmem, const char *action)
{
	struct node *file = uevent_of(vmem);

	event_send(sim, action, vmem->dir, "virtio",
		   file && vmem->bound ? file->text : NULL);
}

static int probe(struct mhp_sim *sim, struct vmem *vmem)
{
	struct model *model = &sim->model;
	int r;

	/* what a driver left behind cannot be taken over: its range is in use */
	if (vmem_has_any_block(model, vmem) && holds(model, RULE_VMEM_LEFT_BUSY))
		return -EBUSY;
	r = add_links(model, vmem);
	if (r == 0)
		r = iomem_insert(model, vmem->start, vmem->last, vmem->name);
	if (r < 0) {
		remove_links(model, vmem);
		return r;
	}
	/* memory that the host still has down as given is given back first of all */
	vmem->plugged = 0;
	vmem->bound = vmem->is_due = true;
	vmem->broken = vmem->retries = false;
	return 0;
}

static int attach(struct mhp_sim *sim, struct vmem *vmem)
{
	int r;

	if (vmem->bound)
		return -EBUSY;
	if (!vmem->has_region)
		/* the capture does not tell where its memory is */
		return -EOPNOTSUPP;
	r = probe(sim, vmem);
	if (r == 0)
		tell(sim, vmem, "bind");
	/* include/uapi/linux/virtio_config.h: the driver is fine, or has failed */
	set_status(vmem, r < 0 ? "0x0000008b\n" : "0x0000000f\n");
	return r;
}

/* Blocks that are offline, and in part with the host, go: nobody may online them. */
static bool is_left_part(const struct model *model, const struct block *block)
{
	return block->state == MHP_STATE_OFFLINE && block->unplugged_pages &&
	       holds(model, RULE_VMEM_LEFT_PART);
}

static void remove_partial(struct mhp_sim *sim, struct vmem *vmem)
{
	struct model *model = &sim->model;
	struct block_run all = vmem_blocks(model, vmem);

	for (uint64_t j = 0; j < all.count; j++) {
		struct block_run run = { all.first + j, 1 };
		struct block *block = block_find(model, run.first);

		if (!block || (!is_left_part(model, block) && holds(model, RULE_VMEM_LEFT_BEHIND)))
			continue;
		vmem_remove_run(sim, &run);
	}
}

/* virtio_mem_remove(): all other memory stays */
static void detach(struct mhp_sim *sim, struct vmem *vmem)
{
	struct model *model = &sim->model;

	remove_partial(sim, vmem);
	if (!vmem_has_any_block(model, vmem))
		iomem_remove(model, vmem->start, vmem->last, vmem->name);
	remove_links(model, vmem);
	vmem->bound = false;
	set_status(vmem, "0x00000001\n");
	tell(sim, vmem, "unbind");
}

static int bind_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct vmem *vmem = find(&sim->model, word);

	(void)owner;
	return vmem ? attach(sim, vmem) : -ENODEV;
}

static int unbind_store(struct mhp_sim *sim, void *owner, const char *word)
{
	struct vmem *vmem = find(&sim->model, word);

	(void)owner;
	if (!vmem || !vmem->bound)
		return -ENODEV;
	detach(sim, vmem);
	return 0;
}

static enum need driver_need(struct mhp_sim *sim, void *owner, const char *word)
{
	(void)sim;
	(void)owner;
	return *word ? NEEDS_HOTPLUG_D : NEEDS_NOTHING;
}

static const struct attr bind_attr = { .store = bind_store, .need = driver_need };
static const struct attr unbind_attr = { .store = unbind_store, .need = driver_need };

/* ---- by the host ---- */

/* It has to be one that the model knows enough of. */
static int find_active(struct mhp_sim *sim, const char *device, struct vmem **ret_vmem)
{
	if (sim->read_only)
		return -EROFS;
	*ret_vmem = device ? find(&sim->model, device) : NULL;
	if (!*ret_vmem)
		return device ? -ENODEV : -EINVAL;
	return (*ret_vmem)->has_region ? 0 : -EOPNOTSUPP;
}

static int resize(struct mhp_sim *sim, const char *device, uint64_t size)
{
	struct vmem *vmem;
	int r;

	r = find_active(sim, device, &vmem);
	if (r < 0)
		return r;
	if (size % vmem->device_block || size > vmem->last - vmem->start + 1)
		return -EINVAL;
	vmem->requested = size;
	vmem->is_due = true;
	return 0;
}

MHP_EXPORT int mhp_sim_resize_virtio_mem(struct mhp_sim *sim, const char *device, uint64_t size)
{
	int r;

	sim_lock(sim);
	r = resize(sim, device, size);
	note_host(sim, r, "resize-virtio-mem %s %" PRIu64, device ? device : "", size);
	follow_up(sim);
	sim_unlock(sim);
	return r;
}

int vmem_set_up(struct mhp_sim *sim, const char *device, int node, uint64_t block_size)
{
	struct vmem *vmem;
	int r;

	r = find_active(sim, device, &vmem);
	if (r < 0)
		return r;
	if (!numa_is_possible(sim, node) || block_size < DEVICE_BLOCK ||
	    block_size > MAX_ADDRESS / 2 || (block_size & (block_size - 1)))
		return -EINVAL;
	vmem->node = node;
	vmem->device_block = block_size;
	adjust_group(&sim->model, vmem);
	return 0;
}

MHP_EXPORT int mhp_sim_set_virtio_mem(struct mhp_sim *sim, const char *device, int node,
				      uint64_t block_size)
{
	int r;

	sim_lock(sim);
	r = vmem_set_up(sim, device, node, block_size);
	sim_unlock(sim);
	return r;
}

/* ---- from the capture ---- */

/* Its blocks are taken to be wholly there: a capture does not tell. */
static void load_blocks(const struct model *model, struct vmem *vmem)
{
	struct block_run all = vmem_blocks(model, vmem);
	size_t first = blocks_lower_bound(model, all.first);
	size_t end = blocks_lower_bound(model, all.first + all.count);

	for (; first < end; first++) {
		vmem->node = model->blocks[first]->numa->id;
		vmem->plugged += model->block_size;
	}
	group_take(model, vmem->group, &all);
	vmem->requested = vmem->plugged;
}

static int load_vmem(struct mhp_sim *sim, struct node *dir)
{
	struct model *model = &sim->model;
	struct vmem *vmem = calloc(1, sizeof(*vmem));

	if (!vmem)
		return -ENOMEM;
	/* the model's from here on, and freed with it */
	model->vmems[model->n_vmems++] = vmem;
	vmem->name = dir->name;
	node_keep(&vmem->dir, dir);
	vmem->device_block = DEVICE_BLOCK;
	vmem->bound = model->vmem_driver && tree_child(dir, "driver");
	vmem->has_region = model->has_iomem &&
			   iomem_find(model, vmem->name, &vmem->start, &vmem->last) &&
			   vmem->last < MAX_ADDRESS &&
			   vmem_blocks(model, vmem).count <= MAX_BLOCKS;
	vmem->group = group_new(0);
	if (!vmem->group)
		return -ENOMEM;
	if (vmem->has_region)
		load_blocks(model, vmem);
	adjust_group(model, vmem);
	return 0;
}

/* "0x0018"; what has another name may be a block, whose files are not its own */
static bool is_vmem(const struct node *dir)
{
	const struct node *file = tree_child(dir, "device");
	uint64_t id;

	return !strncmp(dir->name, "virtio", 6) && file && file->type == NODE_FILE && file->text &&
	       parse_0x_hex(file->text, &id) == 0 && id == VIRTIO_ID_MEM;
}

int vmems_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *dir = model_dir(sim, DEVICES_PATH), *device, **children;
	struct model *model = &sim->model;
	size_t count;
	int r;

	(void)complaints;
	if (!dir)
		return 0;
	r = tree_copy_children(dir, &children, &count);
	if (r < 0)
		return r;
	model->vmems = calloc(count + 1, sizeof(struct vmem *));
	if (!model->vmems)
		r = -ENOMEM;
	node_keep(&model->vmem_driver, model_dir(sim, DRIVER_PATH));
	for (size_t i = 0; i < count && r == 0; i++) {
		r = tree_walk(sim->root, dir, children[i]->name, true, &device);
		if (r == 0 && device->type == NODE_DIR && is_vmem(device) &&
		    !strcmp(device->name, children[i]->name) && !find(model, device->name))
			r = load_vmem(sim, device);
		else if (r != -ENOMEM)
			r = 0;
	}
	tree_free_children(children, count);
	if (r == 0 && model->vmem_driver) {
		model_set_attr(tree_child(model->vmem_driver, "bind"), &bind_attr, NULL);
		model_set_attr(tree_child(model->vmem_driver, "unbind"), &unbind_attr, NULL);
	}
	return r;
}
