// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a dax device is made from: its dax region, and the device that registered
 * that (alloc_dax_region() in drivers/dax/bus.c), whose directory is the parent's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cxl.h"

/* Who registers dax regions, by the bus of its device: drivers/dax/{hmem/hmem,pmem,cxl}.c */
static const struct {
	const char *bus, *origin;
} origins[] = {
	{ "platform", "hmem" }, { "nd", "pmem" }, { "cxl", "cxl" },
};

/* ---- facts ---- */

/* A number as the kernel prints it. What root only may read is no problem of the machine. */
static int add_number(struct sysfs_dir *dir, struct mhp_region *region, const char *file,
		      const char *fact, struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1] = "";
	uint64_t number;
	int r = sysfs_read(dir, file, buf);

	if (r == -ENOENT)
		r = -ENODATA;
	else if (r == -EBADMSG || (r == 0 && parse_dec(buf, &number) < 0))
		r = attr_bad(dir, file, buf, problems);
	else if (r < 0 && r != -EACCES && problems_add(problems, r, NULL, dir->path, file) < 0)
		r = -ENOMEM;
	return r == -ENOMEM ? r : region_add_fact(region, fact, r, buf);
}

/* The device that is sized next; empty if all have a size. */
static int add_seed(struct sysfs_dir *dir, struct mhp_region *region, struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1] = "";
	int r = attr_read(dir, "dax_region/seed", true, buf, problems);

	if (r == 0 && !*buf)
		r = -ENODATA;
	else if (r == 0 && !is_dax_name(buf))
		r = attr_bad(dir, "dax_region/seed", buf, problems);
	return r == -ENOMEM ? r : region_add_fact(region, "dax_region_seed", r, buf);
}

static int add_dax_region(struct sysfs_dir *dir, struct mhp_region *region,
			  struct problems *problems)
{
	static const struct {
		const char *file, *fact;
	} numbers[] = {
		{ "dax_region/id", "dax_region" },
		{ "dax_region/size", "dax_region_size" },
		{ "dax_region/available_size", "dax_region_available_size" },
		{ "dax_region/align", "dax_region_align" },
	};
	int r = 0, dynamic;

	for (size_t i = 0; i < ARRAY_SIZE(numbers) && r == 0; i++)
		r = add_number(dir, region, numbers[i].file, numbers[i].fact, problems);
	if (r == 0)
		r = add_seed(dir, region, problems);
	if (r < 0)
		return r;
	/* is_static() in drivers/dax/bus.c: of pmem, which has its device for good */
	dynamic = sysfs_exists(dir, "dax_region/create");
	if (dynamic == -ENOENT)
		return region_add_fact(region, "dax_region_static", 0, "yes");
	return region_add_fact(region, "dax_region_static", dynamic, "no");
}

/* ---- the device ---- */

static int add_device(struct sysfs_dir *dir, struct mhp_region *region, struct problems *problems)
{
	struct region_device device = {
		.path = dir->path, .serial_code = -ENODATA,
	};
	char *name = strdup(path_name(dir->path));
	int r = name ? 0 : -ENOMEM;

	device.name = name;
	if (r == 0)
		device.node_code = attr_read_node(dir, "numa_node", &device.node, problems);
	if (r == 0 && device.node_code != -ENOMEM)
		r = region_add_device(region, &device);
	free(name);
	return device.node_code == -ENOMEM ? -ENOMEM : r;
}

/* "namespace0.0": it becomes part of a path */
static bool is_namespace_name(const char *name)
{
	const char *number = name + 9;

	return !strncmp(name, "namespace", 9) && *number &&
	       !number[strspn(number, "0123456789.")];
}

/* Upper or lower case, as it was set; uuid_show() in drivers/nvdimm/namespace_devs.c */
static bool is_uuid(const char *str)
{
	return strlen(str) == 36 && strspn(str, "0123456789abcdefABCDEF-") == 36;
}

/*
 * Of pmem: "dax0.1" of the nd bus sits on a namespace, whose uuid is in its label on the
 * medium. Without labels there is none, and no file.
 */
static int find_uuid(struct mhp_ctx *ctx, struct sysfs_dir *nd, struct mhp_region *region,
		     struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1], *parent = NULL, *path = NULL;
	struct sysfs_dir dir = { 0 };
	int r;

	r = attr_read(nd, "namespace", true, buf, problems);
	if (r == 0 && !is_namespace_name(buf))
		r = attr_bad(nd, "namespace", buf, problems);
	if (r == 0)
		r = path_copy_parent(nd->path, &parent);
	if (r == 0)
		r = copy_text(&path, "%s/%s", parent, buf);
	if (r == 0)
		r = sysfs_open(ctx, path, &dir);
	if (r == -ENOENT)
		r = -ENODATA;
	if (r == 0)
		r = attr_read(&dir, "uuid", true, buf, problems);
	if (r == 0 && !*buf)
		r = -ENODATA;
	else if (r == 0 && !is_uuid(buf))
		r = attr_bad(&dir, "uuid", buf, problems);
	if (r == 0)
		r = copy_text(&region->identity, "pmem:%s", buf);
	region->identity_code = r;
	sysfs_close(&dir);
	free(parent);
	free(path);
	return r == -ENOMEM ? r : 0;
}

static int add_origin(struct mhp_ctx *ctx, struct sysfs_dir *dir, struct mhp_region *region,
		      struct problems *problems)
{
	const char *origin = NULL;
	char *bus = NULL;
	int r = sysfs_read_link_name(dir, "subsystem", &bus), code = r == -ENOENT ? -ENODATA : r;

	if (r < 0 && r != -ENOENT && r != -ENOMEM)
		r = problems_add(problems, r, NULL, dir->path, "subsystem");
	if (r == -ENOMEM)
		return r;
	if (code < 0)
		return region_add_fact(region, "origin", code, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(origins); i++)
		if (!strcmp(bus, origins[i].bus))
			origin = origins[i].origin;
	/* of a bus never seen its own name is told */
	r = region_add_fact(region, "origin", 0, origin ? origin : bus);
	if (r == 0 && is_same(origin, "pmem"))
		r = find_uuid(ctx, dir, region, problems);
	/* the memory devices of CXL are the parent's: see dax_find_identity() */
	if (r == 0 && !is_same(origin, "cxl"))
		r = add_device(dir, region, problems);
	free(bus);
	return r;
}

int dax_find_origin(struct mhp_ctx *ctx, struct mhp_region *region, struct problems *problems)
{
	struct sysfs_dir dir = { 0 };
	char *parent;
	int r, code;

	r = path_copy_parent(region->path, &parent);
	if (r < 0)
		return r;
	code = sysfs_open(ctx, parent, &dir);
	if (code == 0)
		r = add_origin(ctx, &dir, region, problems);
	else
		r = code == -ENOMEM ? code : region_add_fact(region, "origin", code, NULL);
	if (r == 0 && code == 0)
		r = add_dax_region(&dir, region, problems);
	sysfs_close(&dir);
	free(parent);
	return r;
}

/* ---- addresses for those who are not root ---- */

/* Of ".../region0/dax_region0/dax0.0" the first one; NULL if it is none such. */
static int copy_cxl_region(const char *path, char **ret_region)
{
	char *parent, *region = NULL;
	int r = path_copy_parent(path, &parent);

	*ret_region = NULL;
	if (r == 0 && !strncmp(path_name(parent), "dax_region", 10))
		r = path_copy_parent(parent, &region);
	free(parent);
	if (region && cxl_is_region_name(path_name(region)))
		*ret_region = region;
	else
		free(region);
	return r;
}

static int take_ranges(struct mhp_region *region, uint64_t start, uint64_t size,
		       uint64_t block_size)
{
	struct range *range = malloc(sizeof(*range));
	size_t bad;
	int r;

	if (!range)
		return -ENOMEM;
	r = range_from_size(start, size, range);
	if (r == 0)
		r = region_set_ranges(region, range, 1, block_size, &bad);
	if (r < 0)
		free(range);
	return r;
}

/*
 * No guess: the dax region has all of the CXL region's addresses (cxl_dax_region_probe()
 * in drivers/dax/cxl.c), so a device of that size has them all, too. What is wrong with
 * the files is for provider-cxl.c to note.
 */
int dax_infer_ranges(struct mhp_ctx *ctx, struct mhp_region *region, uint64_t block_size)
{
	struct problems unused = { 0 };
	struct sysfs_dir dir = { 0 };
	uint64_t start, size;
	char *path, *text;
	int r;

	r = copy_cxl_region(region->path, &path);
	if (r < 0 || !path)
		return r;
	r = sysfs_open(ctx, path, &dir);
	if (r == 0)
		r = cxl_read_resource(&dir, &start, &unused);
	if (r == 0)
		r = cxl_read_size(&dir, &size, &unused);
	if (r == 0 && start != UINT64_MAX && size && size == region->size_bytes)
		r = take_ranges(region, start, size, block_size);
	else if (r == 0)
		r = -ENODATA;
	if (r == 0) {
		region->ranges_code = 0;
		r = copy_text(&text, "inferred from %s", path_name(path));
		if (r == 0) {
			r = region_add_fact(region, "ranges", 0, text);
			free(text);
		}
	}
	problems_free(&unused);
	sysfs_close(&dir);
	free(path);
	return r == -ENOMEM ? r : 0;
}

/* ---- identity ---- */

/* Its parent's, and which of the parent's devices it is. */
static int find_cxl_identity(struct mhp_region *region)
{
	const struct mhp_region *parent = region->parent;
	const char *dot = strchr(region->name, '.');
	int r = 0;

	if (!parent)
		return 0;
	for (size_t i = 0; i < parent->n_devices && r == 0; i++)
		r = region_add_device(region, &parent->devices[i]);
	if (r < 0)
		return r;
	region->identity_code = parent->identity_code;
	if (parent->identity_code < 0 || !dot)
		return 0;
	return copy_text(&region->identity, "%s/%s", parent->identity, dot + 1);
}

/*
 * Soft-reserved memory has no other name than its address, which the firmware gives it.
 * That of the device is taken: for the usual device it is the dax region's, which has
 * no file for its own.
 */
static int find_hmem_identity(struct mhp_region *region)
{
	uint64_t start = UINT64_MAX;

	if (region->ranges_code < 0 || !region->n_ranges) {
		region->identity_code = region->ranges_code < 0 ? region->ranges_code : -ENODATA;
		return 0;
	}
	for (size_t i = 0; i < region->n_ranges; i++)
		if (region->ranges[i].start < start)
			start = region->ranges[i].start;
	region->identity_code = 0;
	return copy_text(&region->identity, "hmem:0x%" PRIx64, start);
}

int dax_find_identity(struct mhp_region *region)
{
	const char *origin;

	if (region_find_fact(region, "origin", &origin) < 0)
		return 0;
	if (!strcmp(origin, "cxl"))
		return find_cxl_identity(region);
	return !strcmp(origin, "hmem") ? find_hmem_identity(region) : 0;
}
