// SPDX-License-Identifier: LGPL-2.1-or-later
/* virtio-mem devices of a machine that is made by calls. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "parse.h"
#include "sim.h"

#define BUS	"/sys/bus/virtio"
#define DRIVER	BUS "/drivers/virtio_mem"
#define PREFIX	"virtio"
/* a bus has 32 slots; 0 and 1 are the chipset's and the screen's, as recorded machines have it */
#define FIRST_SLOT	2
#define MAX_NUMBER	29
/* a huge page: drivers/virtio/virtio_mem.c works with no less */
#define MIN_BLOCK	((uint64_t)2 << 20)
#define MAX_BLOCK	(MAX_ADDRESS / 2)

/* ---- what is told ---- */

static bool parse_name(const char *name, unsigned int *ret_number)
{
	char again[sizeof(PREFIX) + 2];
	uint64_t number;

	if (strncmp(name, PREFIX, strlen(PREFIX)) ||
	    parse_dec(name + strlen(PREFIX), &number) < 0 || number > MAX_NUMBER)
		return false;
	*ret_number = (unsigned int)number;
	/* no zero before it, nothing behind */
	snprintf(again, sizeof(again), PREFIX "%u", *ret_number % 100);
	return !strcmp(again, name);
}

static int check_block(const struct mhp_sim_builder *builder, uint64_t bytes)
{
	if (bytes < MIN_BLOCK || (bytes & (bytes - 1)))
		return refuse(builder, -EINVAL, "virtio-mem in blocks of %" PRIu64
			      " bytes: no power of two from %" PRIu64 " on", bytes, MIN_BLOCK);
	if (bytes > MAX_BLOCK)
		return refuse(builder, -ERANGE, "virtio-mem in blocks of %" PRIu64 " bytes", bytes);
	return 0;
}

static int check_vmem(const struct mhp_sim_builder *builder, const struct built_vmem *vmem)
{
	int r;

	for (size_t i = 0; i < builder->n_vmems; i++)
		if (builder->vmems[i].number == vmem->number)
			return refuse(builder, -EEXIST, "virtio%u is there already",
				      vmem->number);
	r = check_block(builder, vmem->block_size);
	if (r == 0)
		r = check_range(builder, vmem->node, vmem->range.start, vmem->range.size,
				vmem->block_size);
	if (r == 0)
		r = check_no_window(builder, &vmem->range);
	return r < 0 ? r : check_is_free(builder, &vmem->range);
}

MHP_EXPORT int mhp_sim_builder_add_virtio_mem(struct mhp_sim_builder *builder,
					      const char *device, int node, uint64_t start,
					      uint64_t size, uint64_t block_size)
{
	struct built_vmem vmem = { { start, size }, node, block_size, 0 }, *vmems;
	int r;

	if (!device)
		return -EINVAL;
	if (!parse_name(device, &vmem.number))
		return refuse_word(builder, "no name of a virtio device", device);
	r = check_vmem(builder, &vmem);
	if (r < 0)
		return r;
	vmems = reallocarray(builder->vmems, builder->n_vmems + 1, sizeof(*vmems));
	if (!vmems)
		return -ENOMEM;
	builder->vmems = vmems;
	vmems[builder->n_vmems++] = vmem;
	return 0;
}

/* ---- its files ---- */

#define DIR_FORMAT	"/devices/pci0000:00/0000:00:%02x.0/virtio%u"
#define DIR_VALUES(n)	FIRST_SLOT + (n), (n)

static void add_key(struct buf *buf, unsigned int number, const char *key, const char *value)
{
	buf_add(buf, "/sys" DIR_FORMAT "/%s%s\n", DIR_VALUES(number), key, value);
}

/*
 * What driver and host have agreed upon, bit 0 first: the three of virtio-mem, of which
 * VIRTIO_MEM_F_PERSISTENT_SUSPEND is newer, then those of any device. 7.3 shows 128.
 */
static void add_features(const struct mhp_sim_builder *builder, struct buf *buf,
			 unsigned int number)
{
	static const char zeros[] =
		"0000000000000000000000000000000000000000000000000000000000000000";

	buf_add(buf, "/sys" DIR_FORMAT "/features: %s%s%s\n", DIR_VALUES(number),
		builder->kernel < MHP_SIM_KERNEL_6_12 ? "110" : "111",
		"0000000000000000000000000110010000000100000000000000000000000",
		builder->kernel < MHP_SIM_KERNEL_7_3 ? "" : zeros);
}

static void add_vmem(const struct mhp_sim_builder *builder, struct buf *buf, unsigned int number)
{
	add_key(buf, number, "device", ": 0x0018");
	add_key(buf, number, "driver", " -> ../../../../bus/virtio/drivers/virtio_mem");
	add_features(builder, buf, number);
	add_key(buf, number, "modalias", ": virtio:d00000018v00001AF4");
	add_key(buf, number, "status", ": 0x0000000f");
	add_key(buf, number, "subsystem", " -> ../../../../bus/virtio");
	add_key(buf, number, "uevent",
		":\n\tDRIVER=virtio_mem\n\tMODALIAS=virtio:d00000018v00001AF4");
	add_key(buf, number, "vendor", ": 0x1af4");
}

void built_vmems_text(const struct mhp_sim_builder *builder, struct buf *buf)
{
	if (!builder->n_vmems)
		return;
	buf_add_str(buf, DRIVER "/bind: <write-only>\n"
			 DRIVER "/module -> ../../../../module/virtio_mem\n"
			 DRIVER "/uevent: <write-only>\n"
			 DRIVER "/unbind: <write-only>\n");
	for (size_t i = 0; i < builder->n_vmems; i++) {
		unsigned int number = builder->vmems[i].number;

		buf_add(buf, DRIVER "/virtio%u -> ../../../.." DIR_FORMAT "\n", number,
			DIR_VALUES(number));
		buf_add(buf, BUS "/devices/virtio%u -> ../../.." DIR_FORMAT "\n", number,
			DIR_VALUES(number));
	}
	for (size_t i = 0; i < builder->n_vmems; i++)
		add_vmem(builder, buf, builder->vmems[i].number);
}

bool built_vmems_have(const struct mhp_sim_builder *builder, const char *path)
{
	char dir[64];

	for (size_t i = 0; i < builder->n_vmems; i++) {
		snprintf(dir, sizeof(dir), "/sys" DIR_FORMAT "/",
			 DIR_VALUES(builder->vmems[i].number));
		if (!strncmp(path, dir, strlen(dir)))
			return true;
	}
	return false;
}

int built_vmems_boot(const struct mhp_sim_builder *builder, struct mhp_sim *sim)
{
	int r = 0;

	for (size_t i = 0; i < builder->n_vmems && r == 0; i++) {
		const struct built_vmem *vmem = &builder->vmems[i];
		char name[sizeof(PREFIX) + 10];

		snprintf(name, sizeof(name), PREFIX "%u", vmem->number);
		r = vmem_set_up(sim, name, vmem->node, vmem->block_size);
	}
	return r;
}
