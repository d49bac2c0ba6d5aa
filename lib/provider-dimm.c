// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DIMMs: slots that ACPI tells of (PNP0C80). The host, or somebody's hand, puts one in and
 * the firmware tells the kernel; "eject" gives it back. Which blocks are whose is told by
 * links both ways (acpi_bind_one() in drivers/acpi/glue.c), so that no address is needed and
 * nobody has to be root.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

#define DEVICES_PATH "/sys/bus/acpi/devices"
#define HOTPLUG_PATH "/sys/firmware/acpi/hotplug/memory"
#define NAME "PNP0C80:"
#define NODE_NAME "physical_node"

/* What is found once for all of them. */
struct dimms {
	struct finder *finder;
	bool has_asked;			/* the kernel about ejects */
	bool disabled;			/* it ejects no memory at all */

	bool has_links;			/* blocks were asked whose they are */
	struct link {
		uint64_t block;
		char *device;
	} *links;
	size_t n_links, links_room;
	int links_code;			/* < 0: a block did not say it */
};

/* Numbers from the names of what a directory holds. */
struct numbers {
	int (*parse)(const char *name, uint64_t *ret);
	uint64_t *list;
	size_t count, room;
};

/* ---- names ---- */

/* As acpi_device_set_name() in drivers/acpi/scan.c makes it. */
static void make_dimm_name(uint64_t instance, char name[64])
{
	snprintf(name, 64, NAME "%02" PRIx64, instance);
}

static bool is_dimm_name(const char *name)
{
	uint64_t instance;
	char again[64];

	if (strncmp(name, NAME, strlen(NAME)) ||
	    parse_bare_hex(name + strlen(NAME), &instance) < 0)
		return false;
	make_dimm_name(instance, again);
	return !strcmp(name, again);
}

/* "physical_node", "physical_node1", ... */
static int parse_node_link(const char *name, uint64_t *ret)
{
	if (strncmp(name, NODE_NAME, strlen(NODE_NAME)))
		return -EINVAL;
	name += strlen(NODE_NAME);
	if (*name)
		return parse_dec(name, ret);
	*ret = 0;
	return 0;
}

static int take_number(void *data, const char *name)
{
	struct numbers *numbers = data;
	uint64_t number, *list;

	if (numbers->parse(name, &number) < 0)
		return 0;
	if (numbers->count == numbers->room) {
		size_t room = numbers->room ? 2 * numbers->room : 16;

		list = reallocarray(numbers->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		numbers->list = list;
		numbers->room = room;
	}
	numbers->list[numbers->count++] = number;
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Sorted; the caller frees the list, upon failure too. */
static int list_numbers(struct sysfs_dir *dir, struct numbers *numbers)
{
	int r = sysfs_list(dir, "", take_number, numbers);

	if (numbers->count)
		qsort(numbers->list, numbers->count, sizeof(*numbers->list), compare_numbers);
	return r;
}

/* ---- files of a slot ---- */

static int find_fact(struct sysfs_dir *dir, struct mhp_region *region, const char *name,
		     struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r = attr_read(dir, name, true, buf, problems);

	if (r == -ENODATA || r == -ENOMEM)
		return r == -ENOMEM ? r : 0;
	return region_add_fact(region, name, r, buf);
}

/*
 * By _STA of the slot: what firmware has switched off may still be there to be seen
 * (acpi_scan_hot_remove() in drivers/acpi/scan.c looks at the same bit).
 */
static bool is_in(uint64_t status)
{
	const uint64_t enabled = 2;

	return status & enabled;
}

static int has_left(struct sysfs_dir *dir)
{
	char buf[MHP_ATTR_SIZE + 1];
	uint64_t status;
	int r = sysfs_read(dir, "status", buf);

	if (r == 0 && parse_dec(buf, &status) < 0)
		r = -EBADMSG;
	if (r == -ENOENT || r == -ENODEV)
		return 1;	/* and its slot with it */
	return r < 0 ? r : !is_in(status);
}

/* *ret_code: 0 if *ret_status is what _STA of the slot says. */
static int find_status(struct sysfs_dir *dir, struct mhp_region *region, int *ret_code,
		       uint64_t *ret_status, struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r = attr_read(dir, "status", true, buf, problems);

	if (r == 0 && parse_dec(buf, ret_status) < 0)
		r = attr_bad(dir, "status", buf, problems);
	*ret_code = r;
	if (r == -ENODATA || r == -ENOMEM)
		return r == -ENOMEM ? r : 0;
	return region_add_fact(region, "status", r, buf);
}

/* ---- identity ---- */

static bool is_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at <= ' ' || *at > '~' || *at == '\\')
			return false;
	return *text;
}

/* Where firmware has it, as "\_SB_.MHPC.MP03", is one slot's only; a uid should be. */
static int find_identity(struct mhp_region *region)
{
	const char *text = NULL;
	int r = region->identity_code = region_find_fact(region, "path", &text);

	if (r == 0 && *text == '\\' && is_plain(text + 1))
		return copy_text(&region->identity, "dimm:%s", text + 1);
	r = region_find_fact(region, "uid", &text);
	if (r == 0 && is_plain(text)) {
		region->identity_code = 0;
		return copy_text(&region->identity, "dimm:uid:%s", text);
	}
	if (region->identity_code == 0)
		region->identity_code = r < 0 ? r : -ENODATA;
	return 0;
}

/* ---- blocks that say whose they are: one system call each ---- */

static int add_link(struct dimms *dimms, uint64_t block, char *device)
{
	struct link *list;

	if (dimms->n_links == dimms->links_room) {
		size_t room = dimms->links_room ? 2 * dimms->links_room : 16;

		list = reallocarray(dimms->links, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		dimms->links = list;
		dimms->links_room = room;
	}
	dimms->links[dimms->n_links++] = (struct link){ block, device };
	return 0;
}

static int ask_block(struct dimms *dimms, struct sysfs_dir *memory, uint64_t block)
{
	char name[64], *device;
	int r;

	snprintf(name, sizeof(name), "memory%" PRIu64 "/firmware_node", block);
	r = sysfs_read_link_name(memory, name, &device);
	if (r == -ENOENT)
		return 0;	/* nobody's, or the block has just gone */
	if (r < 0) {
		dimms->links_code = r;
		return r == -ENOMEM ? r : problems_add(dimms->finder->problems, r, NULL,
						       memory->path, name);
	}
	r = is_dimm_name(device) ? add_link(dimms, block, device) : 1;
	if (r)
		free(device);
	return r < 0 ? r : 0;
}

static int ask_blocks(struct dimms *dimms)
{
	struct numbers blocks = { .parse = parse_block_name };
	struct sysfs_dir memory = { 0 };
	int r;

	if (dimms->has_links)
		return 0;
	dimms->has_links = true;
	r = sysfs_open(dimms->finder->ctx, MEMORY_PATH, &memory);
	if (r == 0)
		r = list_numbers(&memory, &blocks);
	if (r < 0 && r != -ENOENT)
		dimms->links_code = r;
	for (size_t i = 0; i < blocks.count && r == 0; i++)
		r = ask_block(dimms, &memory, blocks.list[i]);
	free(blocks.list);
	sysfs_close(&memory);
	return r == -ENOMEM ? r : 0;
}

/* ---- ranges ---- */

/* *ret_runs has room for all links. */
static int read_node_links(struct dimms *dimms, struct sysfs_dir *dir,
			   const struct numbers *links, struct block_run *runs, size_t *ret_count)
{
	char name[64], *target;
	size_t count = 0;
	uint64_t block;
	int r = 0;

	for (size_t i = 0; i < links->count; i++) {
		snprintf(name, sizeof(name), links->list[i] ? NODE_NAME "%" PRIu64 : NODE_NAME,
			 links->list[i]);
		r = sysfs_read_link_name(dir, name, &target);
		if (r == -ENOENT)
			continue;	/* its block has just gone */
		if (r < 0) {
			int added = r == -ENOMEM ? r : problems_add(dimms->finder->problems, r, NULL,
								    dir->path, name);

			return added < 0 ? added : r;
		}
		if (parse_block_name(target, &block) == 0)
			runs[count++] = (struct block_run){ block, 1 };
		free(target);
	}
	*ret_count = count;
	return 0;
}

/* Where the slot has no link to a block, blocks may have one to the slot. */
static int find_runs(struct dimms *dimms, struct sysfs_dir *dir, const char *name, bool has_dimm,
		     struct block_run **ret_runs, size_t *ret_count)
{
	struct numbers links = { .parse = parse_node_link };
	struct block_run *runs = NULL;
	size_t count = 0;
	int r;

	r = list_numbers(dir, &links);
	if (r < 0 && r != -ENOMEM &&
	    problems_add(dimms->finder->problems, r, NULL, dir->path, "") < 0)
		r = -ENOMEM;
	if (r == 0 && !links.count && has_dimm) {
		r = ask_blocks(dimms);
		/* what did not say whose it is may be its block */
		if (r == 0)
			r = dimms->links_code;
	}
	if (r == 0) {
		runs = calloc(links.count + dimms->n_links + 1, sizeof(*runs));
		r = runs ? read_node_links(dimms, dir, &links, runs, &count) : -ENOMEM;
	}
	for (size_t i = 0; i < dimms->n_links && r == 0 && !links.count; i++)
		if (!strcmp(dimms->links[i].device, name))
			runs[count++] = (struct block_run){ dimms->links[i].block, 1 };
	free(links.list);
	if (r < 0) {
		free(runs);
		return r;
	}
	*ret_runs = runs;
	*ret_count = count ? block_runs_merge(runs, count) : 0;
	return 0;
}

static int set_ranges(struct mhp_region *region, const struct block_run *runs, size_t count,
		      uint64_t block_size)
{
	struct range *ranges = calloc(count ? count : 1, sizeof(*ranges));
	uint64_t start, size;
	size_t bad;
	int r = 0;

	if (!ranges)
		return -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++)
		if (__builtin_mul_overflow(runs[i].first, block_size, &start) ||
		    __builtin_mul_overflow(runs[i].count, block_size, &size) ||
		    range_from_size(start, size, &ranges[i]) < 0)
			r = -EBADMSG;
	if (r == 0)
		r = region_set_ranges(region, ranges, count, block_size, &bad);
	if (r < 0)
		free(ranges);
	return r;
}

static int find_ranges(struct dimms *dimms, struct sysfs_dir *dir, struct mhp_region *region,
		       bool has_dimm)
{
	struct block_run *runs = NULL;
	size_t count = 0;
	int r;

	r = find_runs(dimms, dir, region->name, has_dimm, &runs, &count);
	if (r == 0) {
		r = set_ranges(region, runs, count, dimms->finder->block_size);
		if (r == -EBADMSG &&
		    problems_add(dimms->finder->problems, r, NULL, dir->path, NODE_NAME) < 0)
			r = -ENOMEM;
	}
	free(runs);
	region->ranges_code = r;
	/* all blocks of a DIMM are on one node, but those from boot may be on several */
	if (r == 0 && dimms->finder->snap)
		region_find_node(region, dimms->finder->snap);
	return r == -ENOMEM ? r : 0;
}

/* ---- what may be done to it ---- */

/* What is not there, or not to be read: then the eject itself tells. */
static void ask_hotplug(struct dimms *dimms)
{
	struct sysfs_dir hotplug = { 0 };
	char buf[MHP_ATTR_SIZE + 1];

	if (!dimms->has_asked && sysfs_open(dimms->finder->ctx, HOTPLUG_PATH, &hotplug) == 0)
		dimms->disabled = sysfs_read(&hotplug, "enabled", buf) == 0 && !strcmp(buf, "0");
	dimms->has_asked = true;
	sysfs_close(&hotplug);
}

#define BY_HOST "is plugged by the host, or by hand: the firmware then tells the kernel of it"

static void describe_abilities(const struct dimms *dimms, struct sysfs_dir *dir,
			       struct mhp_region *region)
{
	const char *none = region->is_empty ? "is an empty slot" :
			   "has no memory here: the kernel could not add it, or it was ejected "
			   "and has not left its slot";
	const char *hint = region->is_empty ? "a DIMM is plugged by the host, or by hand" :
					      "the kernel log may say why";

	region_cannot(region, MHP_CAN_ONLINE_WHOLE, MHP_CONFLICT_NOT_ABLE,
		      "is onlined block by block only", NULL);
	region_cannot(region, MHP_CAN_PLUG_BLOCKS, MHP_CONFLICT_NOT_WHOLE,
		      "is plugged and unplugged as a whole", NULL);
	region_cannot(region, MHP_CAN_RELEASE, MHP_CONFLICT_NOT_ABLE,
		      "is hardware that goes when it is unplugged", NULL);
	if (dimms->disabled)
		region_cannot(region, MHP_CAN_UNPLUG, MHP_CONFLICT_NOT_ABLE,
			      "cannot be ejected: " HOTPLUG_PATH "/enabled says 0",
			      "write 1 to that file");
	if (sysfs_exists(dir, "eject") == -ENOENT)
		region_cannot(region, MHP_CAN_UNPLUG, MHP_CONFLICT_NOT_ABLE,
			      "cannot be ejected: the firmware has no way to do it, and so it has "
			      "no eject file", "it can be taken offline");
	if (region->ranges_code == 0 && !region->n_runs)
		for (enum mhp_capability i = MHP_CAN_ONLINE; i <= MHP_CAN_UNPLUG; i++)
			region_cannot(region, i, region->is_empty ? MHP_CONFLICT_ABSENT :
				      MHP_CONFLICT_NOT_ABLE, none, hint);
	region_cannot(region, MHP_CAN_PLUG, MHP_CONFLICT_HOST_DECIDES, BY_HOST, NULL);
}

/* ---- all of them ---- */

static int read_slot(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region)
{
	static const char *const facts[] = { "uid", "path", "hid" };
	struct problems *problems = bus->finder->problems;
	struct dimms *dimms = bus->data;
	uint64_t status = 0;
	int code, r;

	r = find_status(dir, region, &code, &status, problems);
	for (size_t i = 0; i < ARRAY_SIZE(facts) && r == 0 && bus->finder->wants_identity; i++)
		r = find_fact(dir, region, facts[i], problems);
	if (r == 0 && bus->finder->wants_identity)
		r = find_identity(region);
	if (r == 0)
		r = find_ranges(dimms, dir, region, code == 0 && is_in(status));
	if (r < 0)
		return r;
	region->is_empty = code == 0 && !is_in(status) && region->ranges_code == 0 &&
			   !region->n_runs;
	ask_hotplug(dimms);
	describe_abilities(dimms, dir, region);
	return 0;
}

static void set_unknown(struct mhp_region *region, int code)
{
	region->ranges_code = region->identity_code = code;
}

/* By number: what is larger has no fewer digits. */
static int compare_slots(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	size_t x_length = strlen(x), y_length = strlen(y);

	return x_length != y_length ? (x_length < y_length ? -1 : 1) : strcmp(x, y);
}

static const struct bus_type type = {
	.path = DEVICES_PATH,
	.is_name = is_dimm_name,
	.compare = compare_slots,
	.unread = {
		.kind = MHP_REGION_DIMM, .node_code = -ENODATA, .device_state_code = -ENODATA,
		.identity_code = -ENODATA,
	},
	.read = read_slot,
	.set_unknown = set_unknown,
};

static void dimms_free(struct dimms *dimms)
{
	for (size_t i = 0; i < dimms->n_links; i++)
		free(dimms->links[i].device);
	free(dimms->links);
}

static int find(struct finder *finder)
{
	struct dimms dimms = { .finder = finder };
	int r = bus_find(finder, &type, &dimms);

	dimms_free(&dimms);
	return r;
}

static int find_again(struct finder *finder, const char *name)
{
	struct dimms dimms = { .finder = finder };
	int r = bus_find_again(finder, &type, name, &dimms);

	dimms_free(&dimms);
	return r;
}

const struct provider provider_dimm = {
	.kind = MHP_REGION_DIMM,
	.find = find,
	.find_again = find_again,
	.is_told_alone = true,
	.has_node_of_blocks = true,
	.is_name = is_dimm_name,
	.heeds_abilities = true,
	.device_file = "eject",
	.plan_online = plan_online_by_blocks,
	.plan_offline = plan_offline,
	.plan_unplug = plan_eject_blocks,
	.plan_leave = plan_eject,
	.has_left = has_left,
};
