// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is to be known beside blocks, nodes and regions: of zones, and what a plan needs. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/*
 * Only a kernel with CONFIG_MEMORY_HOTREMOVE has valid_zones. Any block will do; it is
 * looked for and not read, so that its node link does not matter.
 */
static int scan_hotremove(struct scan *scan)
{
	const struct mhp_snapshot *snap = scan->snap;
	struct facts *facts = &scan->snap->facts;
	char name[64];
	int r = -ENOENT;

	facts->hotremove_code = -ENODATA;
	for (size_t i = 0; i < snap->n_blocks && r == -ENOENT; i++) {
		snprintf(name, sizeof(name), "memory%" PRIu64, (uint64_t)snap->blocks[i].id);
		r = sysfs_exists(&scan->mem, name);
		if (r == -ENOENT)
			continue;	/* went away meanwhile */
		strcat(name, "/valid_zones");
		r = sysfs_exists(&scan->mem, name);
		facts->has_hotremove = r == 0;
		facts->hotremove_code = r == -ENOENT ? 0 : r;
		break;
	}
	if (facts->hotremove_code == 0 || facts->hotremove_code == -ENODATA)
		return 0;
	return scan_note(scan, facts->hotremove_code, NULL, MEMORY_PATH, name);
}

/* Does the device ask for what it needs to be taken from its own memory (6.8)? */
static int scan_region(struct scan *scan, struct mhp_region *region)
{
	static const char name[] = "memmap_on_memory";
	struct sysfs_dir dir = { 0 };
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_open(scan->ctx, region->path, &dir);
	if (r == 0)
		r = sysfs_read(&dir, name, buf);
	sysfs_close(&dir);
	if (r == 0 && strcmp(buf, "0") && strcmp(buf, "1"))
		return scan_note(scan, -EBADMSG, buf, region->path, name);
	region->holds_memmap = r == 0 && *buf == '1';
	/* without an answer it is as if it did not */
	return r < 0 && r != -ENOENT ?
	       scan_note(scan, r, r == -EBADMSG ? buf : NULL, region->path, name) : 0;
}

static uint64_t count_online_bytes(const struct mhp_snapshot *snap)
{
	uint64_t count = 0, bytes;

	for (size_t i = 0; i < snap->n_blocks; i++)
		count += snap->blocks[i].state == MHP_STATE_ONLINE;
	return __builtin_mul_overflow(count, snap->block_size, &bytes) ? UINT64_MAX : bytes;
}

uint64_t scan_page_size(struct scan *scan)
{
	struct mhp_backend *be = scan->ctx->be;

	if (scan->has_usual_pages)
		return 4096;
	return be->ops->page_size ? be->ops->page_size(be) : 0;
}

static uint64_t page_size(struct scan *scan, const struct zoneinfo *zones)
{
	uint64_t known = scan_page_size(scan);

	return known ? known : zoneinfo_guess_page_size(zones, count_online_bytes(scan->snap));
}

int scan_facts(struct scan *scan)
{
	struct mhp_snapshot *snap = scan->snap;
	struct facts *facts = &snap->facts;
	int r = 0;

	facts->gathered = scan->flags & MHP_SNAPSHOT_FOR_PLANS;
	facts->hotremove_code = facts->udev.code = facts->zones.code = -ENODATA;
	if (scan->flags & (MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY))
		r = zoneinfo_read(scan->ctx, facts->gathered, &facts->zones, &snap->problems);
	facts->page_size = page_size(scan, &facts->zones);
	facts->is_page_size_known = scan_page_size(scan) ||
				    zoneinfo_fits(&facts->zones, facts->page_size,
						  count_online_bytes(snap));
	if (!facts->gathered)
		return r;
	if (r == 0)
		r = scan_hotremove(scan);
	if (r == 0) {
		facts->udev.code = 0;
		r = udev_rules_read(scan->ctx, &facts->udev, &snap->problems);
	}
	for (size_t i = 0; i < snap->regions.count && r == 0; i++)
		r = scan_region(scan, &snap->regions.list[i]);
	return r;
}

int snapshot_page_size(struct scan *scan, uint64_t *ret_bytes)
{
	struct zoneinfo zones = { 0 };
	int r = 0;

	if (scan->snap->facts.zones.code == 0) {
		*ret_bytes = scan->snap->facts.page_size;
		return 0;
	}
	if (!scan_page_size(scan))
		r = zoneinfo_read(scan->ctx, true, &zones, &scan->snap->problems);
	*ret_bytes = page_size(scan, &zones);
	zoneinfo_free(&zones);
	return r;
}

void facts_free(struct facts *facts)
{
	zoneinfo_free(&facts->zones);
	udev_rules_free(&facts->udev);
}

MHP_EXPORT int mhp_snapshot_get_has_hotremove(const struct mhp_snapshot *snap, bool *ret_has)
{
	if (snap->facts.hotremove_code < 0)
		return snap->facts.hotremove_code;
	*ret_has = snap->facts.has_hotremove;
	return 0;
}
