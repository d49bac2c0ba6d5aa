/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the machine does: blocks, zones, nodes, /proc/iomem, dax devices, their
 * drivers, DIMMs, virtio-mem. A banner for each source file. See the kernel's
 * mm/memory_hotplug.c, drivers/base/memory.c, drivers/dax/{bus,kmem}.c,
 * drivers/acpi/{acpi_memhotplug,scan}.c, drivers/virtio/virtio_mem.c for what is
 * acted out.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/types.h>

#include "capture.h"
#include "range.h"
#include "rules.h"
#include "tree.h"

#define ZONES		(MHP_ZONE_DEVICE + 1)	/* indexed by enum mhp_zone */
#define PAGE_BYTES	4096			/* x86's, as the captures */
/* a block's memmap, a struct page of 64 bytes for each page, takes this part of it */
#define MEMMAP_SHARE	(PAGE_BYTES / 64)
/* no memory ends beyond this address: 2^52 is what x86 can have */
#define MAX_ADDRESS	(UINT64_C(1) << 52)
#define MAX_BLOCKS	(UINT64_C(1) << 20)
#define MAX_NODES	4096
#define MAX_SLOT	0xff

struct mhp_sim;

/*
 * Nodes of the tree are kept by reference: in a capture that no machine made, any directory
 * may lie in one that goes.
 */

/* All in pages. A zone without memory has start == end. */
struct zone {
	uint64_t start, end;
	uint64_t present, managed, free;
	uint64_t early;		/* of present: there since boot */
	bool touched;		/* differs from what the capture has */
};

/* "Node 1, zone  Movable" of /proc/zoneinfo, as it stood in the capture */
struct zone_section {
	enum mhp_zone zone;	/* MHP_ZONE_UNKNOWN: one that we know nothing of */
	char *header;
	char *body;
};

struct numa {
	int id;
	bool online;			/* has a directory, or would have one */
	bool has_cpu;
	bool has_memory, has_normal_memory;
	bool in_tier;
	int tier;			/* -1: not known */
	struct node *dir;		/* NULL: not there now */
	struct node *saved;		/* what it looked like before it went */
	size_t n_blocks;
	struct node *block_like;	/* what the directories of its blocks are like */
	struct zone zones[ZONES];
	struct zone_section *sections;
	size_t n_sections;
	struct distance {
		int other;
		uint64_t value;
	} *distances;
	size_t n_distances;
};

/*
 * Memory that came together: a dax device's, or a DIMM's. With online_policy=auto-movable
 * it goes the same way. Kept by its device, as long as that has it, and by its blocks.
 * Of a virtio-mem device, as often as it grows: a dynamic one, of which each unit goes
 * the same way, and whose kernel memory earns it Movable memory.
 */
struct group {
	unsigned int refs;
	uint64_t max_pages;	/* what it can become; of a dynamic one: 0 */
	uint64_t unit_pages;	/* of a dynamic one, else 0 */
	int node;		/* ... and where it is */
	uint64_t movable_pages, kernel_pages;	/* what is online of it */
};

struct block {
	uint64_t id;
	struct numa *numa;
	struct node *dir;
	enum mhp_state state;
	enum mhp_zone zone;	/* of an online block; MHP_ZONE_NONE: spans zones or nodes */
	bool has_hole;		/* boot memory with a hole in it never goes offline */
	bool pinned;		/* the kernel put it to a use that has it stay online */
	bool is_early;		/* boot memory */
	enum mhp_online_type refused_type;	/* asked for while it was online */
	struct group *group;	/* or NULL */
	uint64_t *poisoned;	/* pages that are broken */
	size_t n_poisoned;
	uint64_t altmap_pages;	/* memmap_on_memory: present, not managed */
	uint64_t unplugged_pages;	/* the host has them (virtio-mem): present, not managed */
	bool put_online;	/* taken offline by an eject, which may yet fail */
};

/* online since the machine was made, without a directory in the capture */
struct boot_run {
	struct block_run run;
	int node;
	enum mhp_zone zone;
};

struct iomem_entry {
	unsigned int level;
	uint64_t start, end;	/* both inclusive */
	char *name;
};

struct dax_range {
	struct range range;
	struct block_run run;	/* whole blocks inside; count 0 if there is none */
	bool reserved;		/* stands in /proc/iomem */
	bool ours;		/* added by the driver that is bound now */
	unsigned int mapping;	/* K of its mappingK */
	struct node *dir;	/* of that; NULL: not shown */
	uint64_t page_offset;	/* of the device, where it begins */
};

struct driver {
	const char *name;	/* of dir */
	struct node *dir;
	char **ids;		/* what new_id was told */
	size_t n_ids;
};

/* What devices are cut from. */
struct region {
	struct node *dir;	/* of the files; its devices are beside it */
	bool is_known;		/* where it is */
	struct range range;
	uint64_t align;		/* of new devices */
	const struct dax *seed;	/* the oldest that was made and not bound yet, or NULL */
	const struct dax *youngest;
};

struct dax {
	struct mhp_sim *sim;
	const char *name;	/* of dir */
	struct node *dir;
	struct dax_range *ranges;
	size_t n_ranges;
	bool has_ranges;	/* they could be read */
	bool memmap_on_memory;
	int target_node;	/* -1: none */
	struct driver *driver;
	uint64_t turn;		/* when the driver took it; 0: before the capture */
	enum mhp_device_state state;
	struct region *region;	/* NULL: none that can be divided */
	uint64_t align;
	bool is_static;		/* of a region that cannot be divided: persistent memory */
	struct group *group;	/* of its memory, while kmem has it */
	bool leaked;		/* device_dax met memory that was left behind */
	char *uevent;		/* without its DRIVER= line */
};

/* A slot for a DIMM, as ACPI has it. */
struct dimm {
	unsigned int slot;	/* the NN of PNP0C80:NN */
	struct node *dir;
	struct block_run *runs;
	size_t n_runs;
	int node;
	uint64_t status;	/* as ACPI's _STA; 0: it is empty */
	struct group *group;	/* of its memory, while that is there */
	bool attached;		/* the kernel's driver has it, and its memory is there */
};

/* What the firmware, or a writer of "eject", has told the kernel of a slot. */
struct dimm_work {
	struct dimm *dimm;
	bool is_eject;
	/* an eject that has begun */
	bool second_pass, failed;
	uint64_t at;		/* which block of the DIMM is next */
};

struct vmem {
	const char *name;	/* of dir */
	struct node *dir;
	bool has_region;	/* it could be read where its memory is */
	uint64_t start, last;	/* both inclusive */
	int node;
	uint64_t device_block;	/* bytes that the host gives or takes at a time */
	uint64_t requested, plugged;	/* bytes */
	struct group *group;	/* of all its memory, also of what is left behind */
	bool bound;		/* to virtio_mem */
	bool is_due;		/* its driver has something to do */
	bool retries;		/* ... and will try again */
	bool broken;		/* its driver has given up */
};

/* A block of s390 storage. */
struct storage {
	uint64_t id;
	struct node *dir;
	bool config;		/* the machine has it */
	bool memmap_on_memory;
};

struct lmb;

/* The LMBs of a POWER partition. */
struct partition {
	uint64_t lmb_size;
	struct lmb *lmbs;	/* sorted by address; NULL: none that we understand */
	size_t n_lmbs;
	struct node *list;	/* the property that tells of them */
	bool is_v2;
};

struct model {
	struct rules *rules;	/* the machine's */
	bool active;		/* there is a memory directory that we understand */
	uint64_t block_size;
	uint64_t block_pages;

	/* what the kernel can, from the capture */
	bool has_nodes;		/* CONFIG_NUMA */
	bool has_device_state;	/* kmem has daxX.Y/state: 7.3 */
	bool kmem_by_default;	/* kmem takes a dax device that nobody claims: 6.3 */
	bool node_first;	/* a node's event precedes those of its blocks: 6.18 */
	bool counts_poison;	/* and refuses to online it: 6.2 */
	bool movable_node;	/* booted with movable_node */
	bool memmap_on_memory;	/* module parameter */
	bool tells_container;	/* that a DIMM came to it: by 6.12 */
	bool altmap_per_block;	/* ... whatever the size of a range: 6.8 */

	struct node *memory_dir, *node_dir, *tier_dir;
	enum mhp_online_type auto_online;

	/* parameters of memory_hotplug */
	bool auto_movable;	/* online_policy, else contig-zones */
	uint64_t auto_movable_ratio;	/* percent */
	bool numa_aware;

	struct block **blocks;	/* sorted by id */
	size_t n_blocks, blocks_room;
	struct node *block_template;

	struct numa **numas;	/* sorted by id */
	size_t n_numas;
	struct node *numa_template;

	struct iomem_entry *iomem;
	size_t n_iomem, iomem_room;
	bool has_iomem;		/* ... and it shows addresses */

	struct dax **daxes;
	size_t n_daxes;
	uint64_t turns;		/* a driver took a device so often */
	struct region **regions;
	size_t n_regions;
	struct range *left_behind;	/* memory of devices that were cut anew since */
	size_t n_left_behind;
	struct driver **drivers;
	size_t n_drivers;
	bool autoprobe;

	struct dimm **dimms;
	size_t n_dimms;
	struct dimm_work *dimm_works;	/* in the order in which they came */
	size_t n_dimm_works;
	uint64_t next_memmap;	/* number of the next entry in /sys/firmware/memmap */

	struct vmem **vmems;
	size_t n_vmems;
	bool vmem_works;	/* onlining is by the driver itself */
	struct node *vmem_driver;

	struct cxl *cxl;	/* see model-cxl.h; NULL: there is none */

	struct storage **storages;
	size_t n_storages;
	struct partition partition;
};

/* ---- model.c ---- */

/* Finds out what the tree holds and has the model render it from now on. */
int model_load(struct mhp_sim *sim, const struct capture *capture,
	       const struct complaints *complaints);
void model_free(struct model *model);
/* A file by path from the root; NULL if there is none, or it is no file. */
struct node *model_file(struct mhp_sim *sim, const char *path);
struct node *model_dir(struct mhp_sim *sim, const char *path);
/* Its fixed text without the last newline, to be freed; NULL if it has none. -ENOMEM */
int model_copy_text(const struct node *file, char **ret_text);
/* 1 and the number that a file holds; 0: there is none, or it cannot be read; model_complain() */
int model_read_number(const struct complaints *complaints, const struct node *file,
		      int (*parse)(const char *str, uint64_t *ret), uint64_t *ret_number);
/* capture_complain() that a file holds nonsense, or that there is such a directory */
int model_complain(const struct complaints *complaints, const struct node *file);
/* ... and in which line of its text, NULL for none */
int model_complain_line(const struct complaints *complaints, const struct node *file,
			const char *line);
/* Is the kernel, by its number, that one or a later one? */
bool model_is_since(const struct mhp_sim *sim, unsigned int major, unsigned int minor);
/* Has a file rendered by the model; fine on NULL. */
void model_set_attr(struct node *file, const struct attr *attr, void *owner);
/* word as the kernel compares it: one newline at the end does not count */
bool same_word(const char *word, const char *wanted);
/* The four words that onlining and offlining have in common; -EINVAL */
int parse_online_type(const struct model *model, const char *word,
		      enum mhp_online_type *ret_type);
/* ... and the one that only a device's state has */
bool is_unplugged_word(const struct model *model, const char *word);

/* ---- model-block.c ---- */

int blocks_load(struct mhp_sim *sim, const struct capture *capture,
		const struct complaints *complaints);
/* First block with at least this id: its place in the array. */
size_t blocks_lower_bound(const struct model *model, uint64_t id);
/* NULL if there is none */
struct block *block_find(const struct model *model, uint64_t id);
/* 1: it is online already */
int block_online(struct mhp_sim *sim, struct block *block, enum mhp_online_type type);
/* 1: it is offline already */
int block_offline(struct mhp_sim *sim, struct block *block);
/* It goes offline, or it would be removed while it is online. */
void block_go(struct mhp_sim *sim, struct block *block);
/* Adds offline blocks; all or nothing. -EEXIST, -E2BIG, -EINVAL, -ENOMEM */
int blocks_add(struct mhp_sim *sim, int node, const struct block_run *run, bool altmap);
/* Upwards, by policy; a block that refuses ends it, and nobody is told. */
void blocks_online(struct mhp_sim *sim, const struct block_run *run);
/* Removes those of a run that are there, online or not. */
void blocks_remove(struct mhp_sim *sim, const struct block_run *run);
void block_free(struct block *block);

/* ---- model-block-dir.c ---- */

/* lib/kstrtox.c, kstrtobool(), as far as the rules hold; -EINVAL */
int parse_kernel_bool(const struct model *model, const char *word, bool *ret);

/* What a block that comes looks like, if the capture has none to tell. */
int blocks_make_template(struct model *model);
/* Has a directory of the capture act. */
int block_take_dir(struct model *model, struct block *block);
int block_make_dir(struct model *model, struct block *block);
void block_remove_dir(struct block *block);

/* ---- model-zone.c ---- */

int zones_load(struct mhp_sim *sim, const struct complaints *complaints);
enum mhp_zone zone_choose(const struct model *model, const struct block *block,
			  enum mhp_online_type type);
/* Puts an online block's pages into its zone, or takes them out. */
void zone_add_block(const struct model *model, const struct block *block);
void zone_remove_block(const struct model *model, const struct block *block);
/* The host takes pages of a block, or gives them. */
void zone_set_unplugged(const struct model *model, struct block *block, uint64_t pages);
bool numa_has_normal_memory(const struct model *model, const struct numa *numa);
bool numa_has_memory(const struct model *model, const struct numa *numa);
/* Sections of /proc/zoneinfo for a node that had none. */
int zones_init(const struct model *model, struct numa *numa);

/* ---- model-policy.c: what auto-movable makes of a plain "online" ---- */

int policies_load(struct mhp_sim *sim, const struct complaints *complaints);
/* once blocks, zones and devices are known */
void policies_adopt(struct model *model);
/* NULL upon lack of memory; one reference; whoever gives it units makes it a dynamic one */
struct group *group_new(uint64_t max_pages);
struct group *group_unref(struct group *group);
/* Those blocks of a run that are in no group yet are from now on. */
void group_take(const struct model *model, struct group *group, const struct block_run *run);
/* A block came online in its zone, or goes from it. */
void policy_count(const struct model *model, const struct block *block, bool is_there);
bool policy_is_movable(const struct model *model, const struct block *block);

/* ---- poison.c: broken memory ---- */

void poison_load(struct model *model);
void poison_free(struct block *block);
bool poison_refuses_online(const struct model *model, const struct block *block);
void poison_went_offline(const struct model *model, struct block *block);

/* ---- model-node.c ---- */

int numas_load(struct mhp_sim *sim, const struct complaints *complaints);
/* once blocks are known */
int numas_load_memory(struct mhp_sim *sim, const struct complaints *complaints);
struct numa *numa_find(const struct model *model, int id);
/* Finds or makes one, not online. */
int numa_get(struct mhp_sim *sim, int id, struct numa **ret_numa);
/* Memory of no special kind is to come to it. */
int numa_get_plain(struct mhp_sim *sim, int id);
/* A node that may come by the machine's own word. */
bool numa_is_possible(struct mhp_sim *sim, int id);
/* Its first block comes; its last one went. */
int numa_appear(struct mhp_sim *sim, struct numa *numa);
void numa_vanish(struct mhp_sim *sim, struct numa *numa, bool told);
/* Its event; none without a directory. */
void numa_tell(struct mhp_sim *sim, const struct numa *numa, const char *action);
/* A block of it went online or offline. */
void numa_memory_changed(struct mhp_sim *sim, struct numa *numa);
/* ... and is it the first one, or was it the last one? */
bool numa_changes_tier(const struct model *model, const struct numa *numa);
/* Also of one that is not there yet. -ENOMEM */
int numa_set_distance(struct mhp_sim *sim, int from, int to, uint64_t value);
void numa_free(struct numa *numa);

/* ---- model-iomem.c ---- */

int iomem_load(struct mhp_sim *sim, const struct complaints *complaints);
/* Puts an entry at its place; a range that has no place is not shown. -ENOMEM */
int iomem_insert(struct model *model, uint64_t start, uint64_t last, const char *name);
/* Takes an entry out, with all below it. */
void iomem_remove(struct model *model, uint64_t start, uint64_t last, const char *name);
/* ... and only a piece of it, if it is larger. -ENOMEM: it stays as it is */
int iomem_cut(struct model *model, uint64_t start, uint64_t last, const char *name);
/* An entry and its neighbours of that name become one. */
void iomem_merge(struct model *model, uint64_t start, uint64_t last, const char *name);
bool iomem_has(const struct model *model, uint64_t start, uint64_t last, const char *name);
/* Takes out an entry, but not what is below it. */
void iomem_take_out(struct model *model, uint64_t start, uint64_t last, const char *name);
/* Is any of this System RAM, of whatever kind? */
bool iomem_has_ram(const struct model *model, uint64_t start, uint64_t last);
/* Is any of this told of? */
bool iomem_is_taken(const struct model *model, uint64_t start, uint64_t last);
/* Where the first entry of this name is. */
bool iomem_find(const struct model *model, const char *name, uint64_t *ret_start,
		uint64_t *ret_last);
/* Is all of this System RAM? */
bool iomem_is_ram(const struct model *model, uint64_t start, uint64_t last);

/* ---- model-dax.c: devices ---- */

int daxes_load(struct mhp_sim *sim, const struct complaints *complaints);
/* once the kernel's features are known */
int daxes_adopt(struct mhp_sim *sim);
struct dax *dax_find(const struct model *model, const char *word);
/* One whose directory has come; of no driver yet. */
int dax_load_new(struct mhp_sim *sim, struct node *dir, struct dax **ret_dax);
/* One more range, the last; mapping is the K of its mappingK. -ENOMEM */
int dax_add_range(struct model *model, struct dax *dax, const struct range *range,
		  unsigned int mapping);
/* Has it rendered. */
void dax_set_uevent(struct dax *dax);
/* Bounds of a run's addresses, both inclusive. */
uint64_t run_start(const struct model *model, const struct block_run *run);
uint64_t run_last(const struct model *model, const struct block_run *run);
/* Sets a range's run: the blocks that memory is made of. */
void dax_range_align(const struct model *model, struct dax_range *range);
/* Number of blocks that its ranges have room for. */
uint64_t dax_whole_blocks(const struct dax *dax);
/* Does another device, or other memory, have any of this range? */
bool range_is_taken(const struct model *model, const struct dax_range *range);
/* device_dax, and any other driver that only claims the ranges */
int devdax_probe(struct mhp_sim *sim, struct dax *dax);
void devdax_remove(struct mhp_sim *sim, struct dax *dax);
/* Its event, with the keys that its uevent shows now. */
void dax_tell(struct mhp_sim *sim, struct dax *dax, const char *action);
void dax_free(struct dax *dax);
bool is_kmem(const struct driver *driver);

/* ---- model-region.c: what devices are cut from ---- */

int regions_load(struct mhp_sim *sim, const struct complaints *complaints);
/* ... of a device that came */
int region_load_new(struct mhp_sim *sim, struct dax *dax);
void region_free(struct region *region);
/* Those below a directory are gone; no device is in one any more. */
void regions_forget(struct model *model, const struct node *above);
/* Takes it from its driver first; what that leaves behind stays. */
void dax_remove(struct mhp_sim *sim, struct dax *dax);
/* Of the device file that one more is to have. */
void dax_free_number(const struct mhp_sim *sim, unsigned int *ret_major,
		     unsigned int *ret_minor);
/* What of it no device has; a region that is known. */
uint64_t region_available(const struct model *model, const struct region *region);
/* The lowest range that begins at an address or behind it; NULL: none. */
const struct dax_range *region_next(const struct model *model, const struct region *region,
				    uint64_t from, struct dax **ret_dax);
/* A device was bound for the first time. */
void region_bound(struct dax *dax);

/* ---- model-resize.c: how big a device is ---- */

/* Has a device's files rendered. */
void resize_set_attrs(struct dax *dax);
/* Memory that a driver left behind stays where it is, whosever range that is now. */
int dax_leave_behind(struct model *model, struct dax_range *range);

/* ---- model-kmem.c: a device's memory as System RAM ---- */

/* One that it has already: its state. */
int kmem_load(const struct complaints *complaints, struct dax *dax);
int kmem_probe(struct mhp_sim *sim, struct dax *dax);
/* Does memory of it stay behind? */
bool kmem_remove(struct mhp_sim *sim, struct dax *dax);

/* ---- model-dimm-slot.c ---- */

int dimms_load(struct mhp_sim *sim, const struct complaints *complaints);
/* NULL: no such slot */
struct dimm *dimm_find(const struct model *model, unsigned int slot);
int dimm_make_slot(struct mhp_sim *sim, unsigned int slot, struct dimm **ret_dimm);
uint64_t dimm_count_blocks(const struct dimm *dimm);
/* NULL: it went by itself */
struct block *dimm_nth_block(const struct model *model, const struct dimm *dimm, uint64_t n);
int dimm_add_run(struct dimm *dimm, const struct block_run *run);
/* Links from the slot to its blocks and back; those back go with the blocks. */
int dimm_link_blocks(const struct model *model, struct dimm *dimm);
void dimm_unlink_blocks(struct dimm *dimm);
/* Its blocks are to be one group. */
int dimm_make_group(const struct model *model, struct dimm *dimm);
/* A block of it went by itself. */
void dimm_forget_block(struct mhp_sim *sim, const struct block *block);
void dimm_free(struct dimm *dimm);

/* ---- model-dimm.c: DIMMs come and go ---- */

/* Has the model render the slot's files. */
void dimm_set_attrs(struct dimm *dimm);
/* Does what is due, unless somebody has the lock. Was there anything? */
bool dimms_work(struct mhp_sim *sim);

/* ---- model-firmware.c: /sys/firmware/memmap ---- */

int firmware_load(struct mhp_sim *sim);
int firmware_add(struct mhp_sim *sim, const struct block_run *run);
void firmware_remove(struct mhp_sim *sim, const struct block_run *run);

/* ---- model-pages.c: /proc/kpageflags ---- */

int pages_read(const struct mhp_sim *sim, uint64_t offset, void *buf, size_t size,
	       size_t *ret_length);

/* ---- model-vmem.c: virtio-mem grows and shrinks ---- */

/* What comes and goes as a whole. */
uint64_t vmem_unit_bytes(const struct model *model, const struct vmem *vmem);
/* All memory blocks that it can have; count 0 if there are none. */
struct block_run vmem_blocks(const struct model *model, const struct vmem *vmem);
bool vmem_has_any_block(const struct model *model, const struct vmem *vmem);
/* These, which are offline, go. */
void vmem_remove_run(struct mhp_sim *sim, const struct block_run *run);
/* as dimms_work() */
bool vmems_work(struct mhp_sim *sim);
/* Whoever was refused tries again. */
void vmems_retry(struct mhp_sim *sim);
/* A block came online: there may be room for more. */
void vmem_note_online(struct mhp_sim *sim, const struct block *block);
/* Is part of it with the host, and nobody there who knows how to offline it? */
bool vmem_keeps(const struct mhp_sim *sim, const struct block *block);

/* ---- model-vmem-driver.c: bind, unbind, the host ---- */

int vmems_load(struct mhp_sim *sim, const struct complaints *complaints);
/* mhp_sim_set_virtio_mem(), by one who has the machine for itself */
int vmem_set_up(struct mhp_sim *sim, const char *device, int node, uint64_t block_size);
void vmem_free(struct vmem *vmem);

/* ---- model-driver.c: bind, unbind, new_id ---- */

int drivers_load(struct mhp_sim *sim);
struct driver *driver_find(const struct model *model, const char *name);
/* Does it take this device without being told to? */
bool driver_is_for(const struct model *model, const struct driver *driver, const struct dax *dax);
/* A driver whose directory is there; ret_driver may be NULL. */
int driver_add(struct mhp_sim *sim, struct node *dir, struct driver **ret_driver);
/* A device came: the first driver that matches it, and that can, takes it. */
void drivers_offer(struct mhp_sim *sim, struct dax *dax);
/* Its driver gives it back; does memory of it stay behind? */
bool driver_detach(struct mhp_sim *sim, struct dax *dax);
/* Takes every device that it matches and nobody has, or tries to. */
void driver_attach_all(struct mhp_sim *sim, struct driver *driver);
/* Gives all its devices back, and goes, with its directory; as with kmem_remove(). */
bool driver_remove(struct mhp_sim *sim, struct driver *driver);
int driver_add_id(struct driver *driver, const char *id, size_t length);
void driver_free(struct driver *driver);

/* ---- model-s390.c: /sys/firmware/memory ---- */

int storages_load(struct mhp_sim *sim, const struct complaints *complaints);
void storage_free(struct storage *storage);

/* ---- model-dlpar.c: /sys/kernel/dlpar, and the list in the device tree ---- */

int partition_load(struct mhp_sim *sim, const struct complaints *complaints);
void partition_free(struct partition *partition);

#endif /* SIM_MODEL_H */
