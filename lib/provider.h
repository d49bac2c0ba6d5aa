/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Providers: where memory can come from. What one kind of memory is recognised by, and
 * what may be done to it, is in its provider-*.c; everybody else asks the table.
 */
#ifndef MHP_PROVIDER_H
#define MHP_PROVIDER_H

#include "internal.h"

/* Where regions are looked for. */
struct finder {
	struct mhp_ctx *ctx;
	uint64_t block_size;
	const struct mhp_snapshot *snap;	/* blocks and nodes are known; NULL: find_again() */
	bool wants_identity;		/* and facts, and devices: what only shows or names */
	struct iomem *iomem;		/* finder_iomem() */
	struct iomem own_iomem;
	struct regions *regions;
	struct problems *problems;
};

struct provider {
	enum mhp_region_kind kind;

	/*
	 * Adds all regions of the kind, sorted by name, with regions_add(); what cannot be
	 * read is noted and kept in the region. 0, also where there is nothing of that kind;
	 * -ENOMEM. Regions that were found before own their blocks already.
	 */
	int (*find)(struct finder *finder);
	/* The same for one of them, to see whether it still is what it was; NULL: nothing to see. */
	int (*find_again)(struct finder *finder, const char *name);
	/* That is enough to tell its blocks: none of another kind could have them. */
	bool is_told_alone;
	/* The node of its blocks is its own; else its device, or describe(), tells. */
	bool has_node_of_blocks;
	/* A name and a path that a saved plan may have. */
	bool (*is_name)(const char *name);
	/* Once all regions, their blocks and parents are known; NULL: nothing to add. -ENOMEM */
	int (*describe)(const struct mhp_snapshot *snap, struct mhp_region *region);

	/*
	 * Is the hardware behind it given back already? plan-release.c does it, unless
	 * region->cannot[] says why not. NULL: it never can be.
	 */
	bool (*is_released)(const struct mhp_region *region);
	/* Of what is in its ranges it owns only what /proc/iomem says that a driver manages. */
	bool owns_managed_only;
	/* What nobody else owns: one that is named by range or node is not meant as a whole. */
	bool is_remainder;
	/* What a node has of it was there when the machine was booted, for all that is known. */
	bool is_from_boot;
	/* Its device goes from driver to driver (daxX.Y). */
	bool changes_driver;
	/*
	 * It is not for us to plug and unplug: its driver adds and removes blocks, and parts
	 * of blocks, as the host says and at any time. What we see of its ranges is what it
	 * has just now.
	 */
	bool host_decides;
	/* What one region of the kind cannot, as its cannot[] says, is forbidden to all plans. */
	bool heeds_abilities;
	/* The file of the device that a step for the whole of it writes; NULL: "state". */
	const char *device_file;
	/* There is one such region on a machine, and this is its path; NULL: a device's. */
	const char *path;

	/*
	 * A part of it can be plugged and unplugged, unit by unit: plan-configure.c makes
	 * the steps, configure.c carries them out.
	 */
	bool plugs_blocks;
	/* Such a unit is onlined by the kernel even where the system's policy is "offline". */
	bool onlines_itself;
	/* What is written where, to have a unit come or go; new texts. -ENOMEM */
	int (*copy_path)(const struct block_unit *unit, char **ret_path);
	int (*copy_word)(const struct block_unit *unit, bool come, char **ret_word);

	/* Steps for a part of a plan; NULL: it cannot be, and region->cannot[] says why. */
	int (*plan_online)(struct plan_part *part);
	int (*plan_offline)(struct plan_part *part);
	int (*plan_plug)(struct plan_part *part);
	int (*plan_unplug)(struct plan_part *part);
	/* After the steps of all parts: what cannot be undone; NULL: nothing. */
	int (*plan_leave)(struct plan_part *part);
	/*
	 * Once no block is left: has the hardware gone, too? 1, 0, or why that is not known.
	 * Needed where there are steps to eject it.
	 */
	int (*has_left)(struct sysfs_dir *device);
};

/* In the order in which they own blocks: what is deeper first. */
extern const struct provider *const providers[];
extern const size_t n_providers;
/* NULL: none */
const struct provider *provider_of(enum mhp_region_kind kind);
/* May this be an identity, and no name that a region of some kind has? */
bool may_be_identity(const char *region);

/* /proc/iomem, read once. -ENOMEM; else *ret, of which the code tells whether it could be read. */
int finder_iomem(struct finder *finder, const struct iomem **ret);
void finder_end(struct finder *finder);

/* ---- what a provider finds ---- */

struct range_list {
	struct range *list;
	size_t count, room;
};
int ranges_add(struct range_list *ranges, const struct range *range);
/* As part of the last one, where they touch. */
int ranges_join(struct range_list *ranges, const struct range *range);

/* ---- what a provider says of a region; strings are copied, -ENOMEM ---- */

/* Takes the region's members over, upon failure too. */
int regions_add(struct regions *regions, struct mhp_region *region);
/* As mhp_region_find_fact(), whether facts were asked for or not. */
int region_find_fact(const struct mhp_region *region, const char *name, const char **ret_text);
/* name is constant. With a negative code there is no text. */
int region_add_fact(struct mhp_region *region, const char *name, int code, const char *text);
/* ... of a number */
int region_add_number(struct mhp_region *region, const char *name, uint64_t number);
/* path is NULL if it is not known; codes as the getters' of mhp/region.h */
struct region_device {
	char *name, *path;
	int serial_code, node_code;
	uint64_t serial;
	int node;
};
int region_add_device(struct mhp_region *region, const struct region_device *device);
/* Constant texts: "dax0.0 WHY", and what helps, or NULL. */
void region_cannot(struct mhp_region *region, enum mhp_capability what,
		   enum mhp_conflict_code code, const char *why, const char *hint);

/* ---- attribute.c: 0, the code of the region's member, or -ENOMEM ---- */

/* A problem is noted unless the file may be absent and is: -ENODATA. */
int attr_read(struct sysfs_dir *dir, const char *name, bool optional,
	      char buf[MHP_ATTR_SIZE + 1], struct problems *problems);
/* Notes what stands there; -EBADMSG */
int attr_bad(struct sysfs_dir *dir, const char *name, const char *text,
	     struct problems *problems);
typedef int (*attr_parse_fn)(const char *str, uint64_t *ret);
int attr_read_number(struct sysfs_dir *dir, const char *name, bool optional, attr_parse_fn parse,
		     uint64_t *ret, struct problems *problems);
/* "0" or "1" */
int attr_read_bool(struct sysfs_dir *dir, const char *name, bool optional, bool *ret,
		   struct problems *problems);
/* -ENODATA: no such file, or a numa_node of -1 */
int attr_read_node(struct sysfs_dir *dir, const char *name, int *ret_node,
		   struct problems *problems);
/* -ENOMEM only */
int attr_read_driver(struct sysfs_dir *dir, struct mhp_region *region, struct problems *problems);

/* What is behind, and before, the last slash. */
const char *path_name(const char *path);
int path_copy_parent(const char *path, char **ret_parent);

/* ---- bus.c: devices of a bus, each of which may be a region ---- */

struct bus;
struct bus_type {
	const char *path;	/* links to the devices' directories */
	bool (*is_name)(const char *name);
	/* Of two char *const *, for qsort(); NULL: "x9" before "x10". */
	int (*compare)(const void *a, const void *b);
	struct mhp_region unread;	/* its kind, and codes of what nothing will tell */
	/* What stands in the device's directory. 1: it is no such region; -ENOMEM */
	int (*read)(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region);
	/*
	 * A device whose directory cannot be opened is listed all the same, with the code
	 * where it belongs. NULL: not listed, it may be anything.
	 */
	void (*set_unknown)(struct mhp_region *region, int code);
};
/* While it is looked through. */
struct bus {
	const struct bus_type *type;
	struct finder *finder;
	struct sysfs_dir dir;
	void *data;		/* the provider's */
};
/* As find() and find_again() of a provider. */
int bus_find(struct finder *finder, const struct bus_type *type, void *data);
int bus_find_again(struct finder *finder, const struct bus_type *type, const char *name,
		   void *data);

struct name_list {
	char **list;
	size_t count, room;
};
/* Those of a directory that pass the test, "x9" before "x10"; some of them upon failure, too. */
int names_list(struct sysfs_dir *dir, bool (*is_name)(const char *name), struct name_list *ret);
void names_free(struct name_list *names);

/* ---- firmware.c: what the hypervisor gives unit by unit, one region of a machine ---- */

struct firmware {
	struct finder *finder;
	const char *name, *path, *identity;	/* of the region; constant */
	struct range_list ranges;	/* of what can come and go */
	size_t n_boot;		/* units that were there at boot */
	size_t at;		/* firmware_find_added(): of the lines of /proc/iomem */
	int code;		/* why it is not known which ones can come and go */
};
/*
 * Of a unit that is there: was it added since boot? Not, which is counted, or not known, which
 * is the code. Of many units the lowest one is to be asked for first. -ENOMEM
 */
int firmware_find_added(struct firmware *firmware, const struct range *range, bool *ret_added);
/* A fact that rests on that. -ENOMEM */
int firmware_add_number(const struct firmware *firmware, struct mhp_region *region,
			const char *name, uint64_t number);
/* Name, path, identity and ranges, or why there are none. -ENOMEM */
int firmware_fill_region(struct firmware *firmware, struct mhp_region *region);
void firmware_describe(struct mhp_region *region);

/* ---- owner.c ---- */

/* A dax device that has no size: what it had is, or will be, that of another one. */
bool region_is_void(const struct mhp_region *region);
/* Does it matter for its parent? One without any memory does if no other child has some. */
bool region_is_counted(const struct mhp_snapshot *snap, const struct mhp_region *child);

/* All regions with what they own. -ENOMEM */
int find_regions(struct finder *finder, struct mhp_snapshot *snap);
/* The same of one that was found, with its blocks: they are its own. -ENOMEM */
int take_only_region(struct mhp_snapshot *snap);
/* Once blocks were read that all regions know: what they make of each. -ENOMEM */
int regions_count_again(struct mhp_snapshot *snap);

/* ---- provider-rest.c: what no device stands behind ---- */

/* "System RAM (X)" that no other region has; and, last of all, every other block. */
extern const struct provider provider_managed, provider_boot;

/* ---- provider-dax.c ---- */

extern const struct provider provider_dax;

/* ---- dax-region.c: what a dax device is made from ---- */

/* Facts of its dax region, and the device that this one is of. -ENOMEM */
int dax_find_origin(struct mhp_ctx *ctx, struct mhp_region *region, struct problems *problems);
/*
 * Where its addresses are for root only: those of its CXL region, if it is as large as
 * that. Others keep what they have. -ENOMEM
 */
int dax_infer_ranges(struct mhp_ctx *ctx, struct mhp_region *region, uint64_t block_size);
/* Once ranges and parent are known. -ENOMEM */
int dax_find_identity(struct mhp_region *region);

/* ---- provider-cxl.c ---- */

extern const struct provider provider_cxl;

/* ---- provider-virtio-mem.c ---- */

extern const struct provider provider_virtio_mem;

/* ---- provider-s390.c ---- */

extern const struct provider provider_s390;

/* ---- provider-ppc64.c ---- */

extern const struct provider provider_ppc64;

/* ---- provider-dimm.c ---- */

extern const struct provider provider_dimm;

#endif /* MHP_PROVIDER_H */
