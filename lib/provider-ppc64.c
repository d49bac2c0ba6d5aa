// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Logical memory blocks (LMBs) of a POWER partition. The device tree lists all that it
 * may ever have, and what is asked for or given back is told to the kernel by index
 * (arch/powerpc/platforms/pseries/dlpar.c, hotplug-memory.c). They are one region: those
 * that are not assigned, and those that can be told to be no boot memory, as of s390
 * storage: the firmware calls them removable, or /proc/iomem has a line for each. The
 * kernel would try to give back any other as well, but who unplugs LMBs does not mean
 * those that the kernel lives in.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lmb.h"
#include "provider.h"

/* /proc/device-tree is a link to the tree's base */
#define LMBS_PATH "/sys/firmware/devicetree/base/ibm,dynamic-reconfiguration-memory"
#define DLPAR_DIR "/sys/kernel"
#define DLPAR_NAME "dlpar"
#define NAME "lmb"

struct found {
	struct firmware firmware;
	struct sysfs_dir dir;
	uint64_t lmb_size;
	struct lmb *lmbs;
	size_t count;
	struct block_unit *units;
	size_t n_units;
	size_t n_assigned, n_unassigned, n_reserved;
	const char *file;	/* which the firmware's code is about */
};

/* ---- the device tree ---- */

static int read_property(struct found *found, const char *name, char **ret, size_t *ret_length)
{
	struct mhp_backend *be = found->firmware.finder->ctx->be;
	int r = be->ops->read_all(be, found->dir.dir, name, ret, ret_length);

	found->file = name;
	/* words of a damaged disk; here they speak of what is in it */
	return r == -EBADMSG || r == -ENODATA ? -EIO : r;
}

static int read_size(struct found *found)
{
	size_t length;
	char *bytes;
	int r;

	r = read_property(found, "ibm,lmb-size", &bytes, &length);
	if (r < 0)
		return r;
	r = lmb_parse_size(bytes, length, &found->lmb_size);
	free(bytes);
	return r;
}

static int read_list(struct found *found, const char *name, bool is_v2)
{
	size_t length;
	char *bytes;
	int r;

	r = read_property(found, name, &bytes, &length);
	if (r < 0)
		return r;
	r = lmb_parse_list(bytes, length, is_v2, found->lmb_size, &found->lmbs, &found->count);
	free(bytes);
	return r;
}

static int read_lmbs(struct found *found)
{
	int r = read_size(found);

	if (r < 0)
		return r;
	r = read_list(found, "ibm,dynamic-memory-v2", true);
	return r == -ENOENT ? read_list(found, "ibm,dynamic-memory", false) : r;
}

/* Can the kernel be told to add and remove any? What is not known is taken for yes. */
static bool has_dlpar(struct mhp_ctx *ctx)
{
	struct sysfs_dir dir = { 0 };
	int r;

	r = sysfs_open(ctx, DLPAR_DIR, &dir);
	if (r == 0)
		r = sysfs_exists(&dir, DLPAR_NAME);
	sysfs_close(&dir);
	return r != -ENOENT;
}

/* ---- which ones ---- */

static int add_lmb(struct found *found, const struct lmb *lmb)
{
	struct range range = { lmb->address, found->lmb_size };
	uint64_t block_size = found->firmware.finder->block_size;

	/* where blocks are larger nothing can be plugged by LMB: describe() */
	if (found->lmb_size >= block_size)
		found->units[found->n_units++] = (struct block_unit){
			lmb->address / block_size, (size_t)(found->lmb_size / block_size),
			lmb->index,
		};
	return ranges_join(&found->firmware.ranges, &range);
}

/* One that is assigned: since boot? */
static int take_assigned(struct found *found, const struct lmb *lmb)
{
	struct range range = { lmb->address, found->lmb_size };
	bool added = lmb->flags & LMB_HOTREMOVABLE;
	int r = added ? 0 : firmware_find_added(&found->firmware, &range, &added);

	if (r < 0 || !added)
		return r;
	found->n_assigned++;
	return add_lmb(found, lmb);
}

static int take_lmbs(struct found *found)
{
	int r = 0;

	found->units = calloc(found->count + 1, sizeof(*found->units));
	if (!found->units)
		return -ENOMEM;
	for (size_t i = 0; i < found->count && r == 0; i++) {
		const struct lmb *lmb = &found->lmbs[i];

		if (lmb->flags & LMB_ASSIGNED) {
			r = take_assigned(found, lmb);
		} else if (lmb->flags & (LMB_RESERVED | LMB_DRC_INVALID)) {
			found->n_reserved++;
		} else {
			found->n_unassigned++;
			r = add_lmb(found, lmb);
		}
	}
	return r;
}

/* ---- the region ---- */

static int add_facts(struct mhp_region *region, const struct found *found)
{
	const struct {
		const char *name;
		uint64_t number;
	} facts[] = {
		{ "lmb_bytes", found->lmb_size }, { "assigned_lmbs", found->n_assigned },
		{ "unassigned_lmbs", found->n_unassigned },
		{ "boot_lmbs", found->firmware.n_boot },
		{ "reserved_lmbs", found->n_reserved },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(facts) && r == 0; i++)
		r = firmware_add_number(&found->firmware, region, facts[i].name, facts[i].number);
	return r;
}

static int fill_region(struct mhp_region *region, struct found *found)
{
	int r = add_facts(region, found);

	if (r == 0)
		r = firmware_fill_region(&found->firmware, region);
	if (r < 0 || region->ranges_code < 0)
		return r;
	region->units = found->units;
	region->n_units = found->n_units;
	found->units = NULL;
	return 0;
}

static int add_region(struct found *found)
{
	struct mhp_region region = {
		.kind = MHP_REGION_PPC64_LMB, .device_state_code = -ENODATA, .node_code = -ENODATA,
	};
	int r = fill_region(&region, found);

	if (r == 0)
		return regions_add(found->firmware.finder->regions, &region);
	region_free_members(&region);
	return r;
}

static int find(struct finder *finder)
{
	struct found found = {
		.firmware = {
			.finder = finder, .name = NAME, .path = LMBS_PATH, .identity = "ppc64-lmb",
		},
		.file = "",
	};
	int r;

	r = sysfs_open(finder->ctx, LMBS_PATH, &found.dir);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (!has_dlpar(finder->ctx)) {
		sysfs_close(&found.dir);
		return 0;
	}
	if (r == 0)
		r = read_lmbs(&found);
	if (r == 0)
		r = take_lmbs(&found);
	if (r < 0 && r != -ENOMEM) {
		r = found.firmware.code = r == -E2BIG ? -EBADMSG : r;
		r = problems_add(finder->problems, r, NULL, LMBS_PATH, found.file);
	}
	/* a partition that has all it can ever have has boot memory there alone */
	if (r == 0 && (found.firmware.ranges.count || found.firmware.code < 0))
		r = add_region(&found);
	sysfs_close(&found.dir);
	free(found.lmbs);
	free(found.firmware.ranges.list);
	free(found.units);
	return r;
}

static int find_again(struct finder *finder, const char *name)
{
	(void)name;
	return find(finder);
}

static bool is_name(const char *name)
{
	return !strcmp(name, NAME);
}

static int describe(const struct mhp_snapshot *snap, struct mhp_region *region)
{
	/* of what is not there only the hypervisor knows */
	region_find_node(region, snap);
	firmware_describe(region);
	if (region->ranges_code == 0 && !region->n_units)
		for (enum mhp_capability i = MHP_CAN_PLUG; i <= MHP_CAN_UNPLUG; i++)
			region_cannot(region, i, MHP_CONFLICT_NOT_WHOLE,
				      "has LMBs that are smaller than a memory block", NULL);
	return 0;
}

/* ---- steps ---- */

static int copy_path(const struct block_unit *unit, char **ret_path)
{
	(void)unit;
	return copy_text(ret_path, DLPAR_DIR "/" DLPAR_NAME);
}

static int copy_word(const struct block_unit *unit, bool come, char **ret_word)
{
	return copy_text(ret_word, "memory %s index 0x%" PRIx64, come ? "add" : "remove",
			 unit->handle);
}

/* An LMB that is a part of a block has no unit, and its index is not known. */
static int find_no_unit(struct plan_part *part)
{
	return find_fault(part, MHP_CONFLICT_NOT_WHOLE,
			  "has LMBs that are smaller than a memory block", NULL);
}

static int plan_lmbs_plug(struct plan_part *part)
{
	return part->n_units ? plan_configure(part) : find_no_unit(part);
}

static int plan_lmbs_unplug(struct plan_part *part)
{
	return part->n_units ? plan_deconfigure(part) : find_no_unit(part);
}

const struct provider provider_ppc64 = {
	.kind = MHP_REGION_PPC64_LMB,
	.find = find,
	.find_again = find_again,
	.is_told_alone = true,
	.is_name = is_name,
	.path = LMBS_PATH,
	.describe = describe,
	.plugs_blocks = true,
	.onlines_itself = true,
	.copy_path = copy_path,
	.copy_word = copy_word,
	.plan_online = plan_online_by_blocks,
	.plan_offline = plan_offline,
	.plan_plug = plan_lmbs_plug,
	.plan_unplug = plan_lmbs_unplug,
};
