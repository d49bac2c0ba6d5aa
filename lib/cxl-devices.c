// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What is behind a CXL region: targetN names an endpoint decoder, its endpoint's uport is
 * the memory device (drivers/cxl/core/region.c, port.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cxl.h"

/* drivers/cxl/cxl.h: CXL_DECODER_MAX_INTERLEAVE */
#define MAX_WAYS 16

static bool is_number(const char *str)
{
	size_t length = strspn(str, "0123456789");

	return length && length < 10 && !str[length];
}

bool cxl_is_region_name(const char *name)
{
	return !strncmp(name, "region", 6) && is_number(name + 6);
}

/* "decoder2.0" */
static bool is_decoder_name(const char *name)
{
	const char *dot = strchr(name, '.');
	char port[16];

	if (strncmp(name, "decoder", 7) || !dot || dot - name - 7 >= (int)sizeof(port))
		return false;
	memcpy(port, name + 7, (size_t)(dot - name) - 7);
	port[dot - name - 7] = '\0';
	return is_number(port) && is_number(dot + 1);
}

/* ---- locks ---- */

/* It may be locked, and serve any region. */
static int lose_decoder(struct bus *bus, const char *name, int code)
{
	struct cxl_decoders *decoders = bus->data;

	if (code == -ENOMEM)
		return code;
	decoders->code = code;
	return problems_add(bus->finder->problems, code, NULL, bus->dir.path, name);
}

/* Switch and endpoint decoders have the name of the region that they serve. */
static int add_decoder(struct bus *bus, const char *name)
{
	struct cxl_decoders *decoders = bus->data;
	struct cxl_decoder decoder = { 0 }, *list;
	char buf[MHP_ATTR_SIZE + 1], *path;
	struct sysfs_dir dir = { 0 };
	int r;

	r = sysfs_copy_link_path(&bus->dir, name, &path);
	if (r == 0) {
		r = sysfs_open(bus->dir.ctx, path, &dir);
		free(path);
	}
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return lose_decoder(bus, name, r);
	r = attr_read(&dir, "region", true, buf, bus->finder->problems);
	/* empty where it serves none (region_show(), drivers/cxl/core/region.c) */
	if (r == 0 && *buf && !cxl_is_region_name(buf))
		r = attr_bad(&dir, "region", buf, bus->finder->problems);
	if (r < 0 && r != -ENODATA)
		decoders->code = r;
	if (r == 0 && *buf) {
		list = reallocarray(decoders->list, decoders->count + 1, sizeof(*list));
		decoder.region = strdup(buf);
		if (list)
			decoders->list = list;
		if (list && decoder.region) {
			decoder.code = attr_read_bool(&dir, "locked", true, &decoder.is_locked,
						      bus->finder->problems);
			list[decoders->count++] = decoder;
		} else {
			free(decoder.region);
			r = -ENOMEM;
		}
	}
	sysfs_close(&dir);
	return r == -ENOMEM || decoder.code == -ENOMEM ? -ENOMEM : 0;
}

static int find_decoders(struct bus *bus)
{
	struct cxl_decoders *decoders = bus->data;
	struct name_list names = { 0 };
	int r = 0;

	if (!decoders->has_asked)
		r = names_list(&bus->dir, is_decoder_name, &names);
	if (r < 0)
		decoders->code = r;
	for (size_t i = 0; i < names.count && r == 0; i++)
		r = add_decoder(bus, names.list[i]);
	decoders->has_asked = true;
	names_free(&names);
	return r == -ENOMEM ? r : 0;
}

/* The window that the region lies in: "decoder0.0/region0". */
static int read_root_lock(struct sysfs_dir *dir, struct problems *problems, bool *ret_locked)
{
	struct sysfs_dir root = { 0 };
	char *path;
	int r = path_copy_parent(dir->path, &path);

	if (r < 0)
		return r;
	r = sysfs_open(dir->ctx, path, &root);
	if (r == 0)
		r = attr_read_bool(&root, "locked", true, ret_locked, problems);
	sysfs_close(&root);
	free(path);
	return r;
}

/*
 * Its own word (Linux 7.1), its window's, or that of any decoder that serves it: one that
 * is locked stays on until the hardware is reset (CXL 3.1, 8.2.4.20.7).
 */
int cxl_find_lock(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region)
{
	const struct cxl_decoders *decoders = bus->data;
	bool locked = false, any = false;
	int r, code = 0;

	r = attr_read_bool(dir, "locked", true, &locked, bus->finder->problems);
	any |= r == 0 && locked;
	if (r < 0 && r != -ENODATA)
		code = r;
	r = read_root_lock(dir, bus->finder->problems, &locked);
	any |= r == 0 && locked;
	if (r < 0 && r != -ENODATA && !code)
		code = r;
	/* one is enough: there may be many decoders */
	if (!any && find_decoders(bus) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < decoders->count; i++) {
		const struct cxl_decoder *decoder = &decoders->list[i];

		if (strcmp(decoder->region, region->name))
			continue;
		any |= decoder->code == 0 && decoder->is_locked;
		if (decoder->code < 0 && decoder->code != -ENODATA && !code)
			code = decoder->code;
	}
	if (!code)
		code = decoders->code;
	if (code == -ENOMEM)
		return code;
	return region_add_fact(region, "locked", any ? 0 : code, any ? "yes" : "no");
}

/* ---- targets ---- */

/* What is known of one. */
struct target {
	char *memdev;		/* its path, or NULL */
	struct region_device device;
	int dpa_code;		/* 0: dpa, the first of the device's own addresses, holds */
	uint64_t dpa;
};

static int read_serial(struct sysfs_dir *dir, uint64_t *ret, struct problems *problems)
{
	int r = attr_read_number(dir, "serial", true, parse_0x_hex, ret, problems);

	/* pci_get_dsn() says 0 where a device has none */
	return r == 0 && !*ret ? -ENODATA : r;
}

/* What leads to a device cannot be followed; what is missing is known. Returns the code. */
static int note_lost(struct bus *bus, int code, const char *dir, const char *name)
{
	if (code < 0 && code != -ENOENT && code != -ENOMEM &&
	    problems_add(bus->finder->problems, code, NULL, dir, name) < 0)
		return -ENOMEM;
	return code;
}

/* Takes path over. */
static int find_memdev(struct bus *bus, char *path, struct target *target)
{
	struct region_device *device = &target->device;
	struct sysfs_dir dir = { 0 };
	int r;

	target->memdev = device->path = path;
	r = sysfs_open(bus->dir.ctx, path, &dir);
	if (r == 0) {
		device->serial_code = read_serial(&dir, &device->serial, bus->finder->problems);
		device->node_code = attr_read_node(&dir, "numa_node", &device->node,
						   bus->finder->problems);
	} else {
		device->serial_code = device->node_code = r == -ENOENT ? -ENODATA : r;
		r = note_lost(bus, r, path, "");
	}
	sysfs_close(&dir);
	return device->serial_code == -ENOMEM || device->node_code == -ENOMEM ? -ENOMEM : r;
}

static int find_endpoint(struct bus *bus, const char *decoder, struct target *target)
{
	const char *at = bus->dir.path, *name = decoder;
	char *path = NULL, *endpoint = NULL, *memdev = NULL;
	struct sysfs_dir dir = { 0 };
	int r;

	r = sysfs_copy_link_path(&bus->dir, decoder, &path);
	if (r == 0) {
		at = path;
		name = "";
		r = sysfs_open(bus->dir.ctx, path, &dir);
	}
	if (r == 0) {
		target->dpa_code = attr_read_number(&dir, "dpa_resource", true, parse_0x_hex,
						    &target->dpa, bus->finder->problems);
		if (target->dpa_code == 0 && target->dpa == UINT64_MAX)
			target->dpa_code = -ENODATA;
		sysfs_close(&dir);
		r = path_copy_parent(path, &endpoint);
	}
	if (r == 0) {
		at = endpoint;
		r = sysfs_open(bus->dir.ctx, endpoint, &dir);
	}
	if (r == 0) {
		name = "uport";
		r = sysfs_copy_link_path(&dir, name, &memdev);
	}
	r = r == 0 ? find_memdev(bus, memdev, target) : note_lost(bus, r, at, name);
	sysfs_close(&dir);
	free(endpoint);
	free(path);
	return target->dpa_code == -ENOMEM ? -ENOMEM : r;
}

/* What cannot be found keeps its place: the order is what the interleaving is. */
static int find_target(struct bus *bus, struct sysfs_dir *dir, unsigned int index,
		       struct target *target)
{
	char buf[MHP_ATTR_SIZE + 1], name[16];
	int r;

	snprintf(name, sizeof(name), "target%u", index);
	*target = (struct target){ 0 };
	r = attr_read(dir, name, true, buf, bus->finder->problems);
	if (r == 0 && !*buf)
		r = -ENODATA;	/* none yet */
	else if (r == 0 && !is_decoder_name(buf))
		r = attr_bad(dir, name, buf, bus->finder->problems);
	if (r == 0)
		r = find_endpoint(bus, buf, target);
	if (r == -ENOMEM)
		return r;
	if (!target->memdev) {
		r = r == -ENOENT ? -ENODATA : r;
		target->device.serial_code = target->device.node_code = target->dpa_code = r;
	}
	return copy_text(&target->device.name, "%s",
			 target->memdev ? path_name(target->memdev) : name);
}

/* ---- identity ---- */

/*
 * "cxl:SERIAL@DPA,..." in the order of the targets: a device has one region at each of its
 * own addresses.
 */
static void add_identity(struct text *text, const struct target *target, int *code)
{
	if (*code == 0)
		*code = target->device.serial_code < 0 ? target->device.serial_code :
							  target->dpa_code;
	text_add(text, "%s0x%" PRIx64 "@0x%" PRIx64, text->length ? "," : "cxl:",
		 target->device.serial, target->dpa);
}

static int add_targets(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region,
		       unsigned int ways)
{
	struct text text = { 0 };
	int r = 0, code = 0;

	for (unsigned int i = 0; i < ways && r == 0; i++) {
		struct target target;

		r = find_target(bus, dir, i, &target);
		if (r == 0)
			r = region_add_device(region, &target.device);
		if (r == 0)
			add_identity(&text, &target, &code);
		free(target.device.name);
		free(target.memdev);
	}
	if (r == 0 && code == 0) {
		r = text_finish(&text, &region->identity);
		region->identity_code = r;
		return r;
	}
	free(text.str);
	region->identity_code = code;
	return r;
}

/* A number that may be absent, as a fact, in decimal. */
static int add_number(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region,
		      const char *name, uint64_t max, uint64_t *ret)
{
	char text[32] = "";
	int r = attr_read_number(dir, name, true, parse_dec, ret, bus->finder->problems);

	snprintf(text, sizeof(text), "%" PRIu64, r == 0 ? *ret : 0);
	if (r == 0 && (*ret == 0 || *ret > max))
		r = attr_bad(dir, name, text, bus->finder->problems);
	return r == -ENOMEM ? r : region_add_fact(region, name, r, text);
}

int cxl_find_devices(struct bus *bus, struct sysfs_dir *dir, struct mhp_region *region)
{
	uint64_t ways = 0, granularity;
	const char *text;
	int r;

	r = add_number(bus, dir, region, "interleave_ways", MAX_WAYS, &ways);
	if (r == 0)
		r = add_number(bus, dir, region, "interleave_granularity", UINT32_MAX,
			       &granularity);
	if (r < 0)
		return r;
	/* which targets there are, nobody knows then */
	region->identity_code = region_find_fact(region, "interleave_ways", &text);
	if (region->identity_code < 0)
		return 0;
	return add_targets(bus, dir, region, (unsigned int)ways);
}

void cxl_decoders_free(struct cxl_decoders *decoders)
{
	for (size_t i = 0; i < decoders->count; i++)
		free(decoders->list[i].region);
	free(decoders->list);
}
