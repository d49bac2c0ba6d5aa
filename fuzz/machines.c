// SPDX-License-Identifier: LGPL-2.1-or-later
/* Recorded machines, and what others do to them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>

#include "../sim/sim.h"
#include "machines.h"

#define MEM "/sys/devices/system/memory/"
#define BUS "/sys/bus/dax/"
#define CXL "/sys/bus/cxl/devices/"
#define PARAMETERS "/sys/module/memory_hotplug/parameters/"

static struct machine machines[] = {
	{ .name = "7.3-hmem-bound" }, { .name = "6.12-hmem-bound" }, { .name = "6.1-hmem-bound" },
	{ .name = "7.3-hmem-ranges-bound" }, { .name = "7.3-dimm-online" },
	{ .name = "7.3-virtio-mem-online" }, { .name = "7.3-s390-standby" },
	{ .name = "6.12-ppc64-lmb-pairs" }, { .name = "7.3-cxl-region-region" },
	{ .name = "7.3-hmem-unbound" }, { .name = "6.12-hmem-unbound" },
	{ .name = "6.1-hmem-unbound" }, { .name = "6.12-hmem-multi-bound" },
	{ .name = "7.3-hmem-unaligned-bound" }, { .name = "6.12-dimm-mixed-plugged" },
	{ .name = "6.1-virtio-mem-big-online" }, { .name = "7.3-virtio-mem-parts-part" },
	{ .name = "6.12-s390-attached" }, { .name = "7.3-ppc64-lmb" },
	{ .name = "7.3-boot-node-bound" }, { .name = "7.3-hmem-split-unbound" },
	{ .name = "7.3-dimm-mixed-new-node" }, { .name = "7.3-eight-bound" },
	{ .name = "7.3-cxl-region-devices" }, { .name = "6.12-virtio-mem-units-start" },
	{ .name = "7.3-hmem-tiny-bound" }, { .name = "7.3-cxl-many" }, { .name = "6.1-hmem-split-bound" },
};

/* ---- machines ---- */

static void load(struct machine *machine)
{
	const char *data = getenv("TEST_DATA");
	char path[4096];
	size_t size = 0;
	ssize_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/machines/%s.txt", data ? data : FUZZ_DATA, machine->name);
	file = fopen(path, "r");
	if (!file)
		FUZZ_FAIL("%s: %s", path, strerror(errno));
	length = getdelim(&machine->text, &size, '\0', file);
	FUZZ_CHECK(length > 0);
	machine->length = (size_t)length;
	fclose(file);
}

static void add_blocks(struct machine *machine, const struct mhp_region *region)
{
	const size_t room = sizeof(machine->blocks) / sizeof(machine->blocks[0]);
	uint64_t first, count;

	for (size_t i = 0; mhp_region_get_block_run(region, i, &first, &count) == 0; i++)
		for (uint64_t j = 0; j < count && machine->n_blocks < room; j++)
			machine->blocks[machine->n_blocks++] = first + j;
}

static void look_at_regions(struct machine *machine)
{
	struct mhp_sim *sim = machine_start(machine);
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	FUZZ_CHECK(mhp_sim_new_ctx(sim, &ctx) == 0);
	FUZZ_CHECK(mhp_snapshot_new(ctx, NULL, &snap) == 0);
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++) {
		const struct mhp_region *region = mhp_snapshot_get_region(snap, i);

		if (mhp_region_get_kind(region) == MHP_REGION_BOOT)
			continue;
		FUZZ_CHECK(machine->n_regions < MACHINE_REGIONS);
		machine->regions[machine->n_regions++] = strdup(mhp_region_get_name(region));
		add_blocks(machine, region);
	}
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
}

const struct machine *machine_get(unsigned int number)
{
	struct machine *machine = &PICK(machines, number);

	if (!machine->text) {
		load(machine);
		look_at_regions(machine);
	}
	return machine;
}

struct mhp_sim *machine_start(const struct machine *machine)
{
	struct mhp_sim *sim;

	FUZZ_CHECK(mhp_sim_new_from_text(machine->text, machine->length, NULL, &sim) == 0);
	return sim;
}

/* ---- input ---- */

uint8_t input_byte(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->data++;
}

bool input_op(struct input *input, struct op *ret)
{
	bool some = input->left;

	ret->code = input_byte(input);
	ret->a = input_byte(input);
	ret->b = input_byte(input);
	ret->c = input_byte(input);
	ret->d = input_byte(input);
	ret->e = input_byte(input);
	return some;
}

const char *pick_region(const struct machine *machine, uint8_t byte)
{
	/* some come later */
	static const char *const others[] = {
		"dax0.0", "dax0.1", "PNP0C80:00", "PNP0C80:01", "region0", "virtio0", "standby",
		"none",
	};
	size_t n = machine->n_regions;

	return byte < 224 && n ? machine->regions[byte % n] : PICK(others, byte);
}

uint64_t pick_block(const struct machine *machine, uint8_t byte)
{
	return byte < 224 && machine->n_blocks ? machine->blocks[byte % machine->n_blocks] :
						 byte % 64;
}

int pick_code(uint8_t byte)
{
	static const int codes[] = {
		-EBUSY, -EINVAL, -EIO, -ENOMEM, -ENODEV, -EINTR, -EAGAIN, -ENOENT, -EACCES, -EPERM,
		-EOPNOTSUPP, -EHWPOISON, -E2BIG, -EEXIST, -ENOSPC, -EBADMSG,
	};

	return PICK(codes, byte);
}

/* ---- files ---- */

static const char *const block_words[] = {
	"offline", "online_movable", "online", "online_kernel", "online_movable\n", "Online", "",
};
static const char *const policies[] = {
	"offline", "online", "online_movable", "online_kernel", "junk",
};
static const char *const bits[] = { "0", "1", "y", "2", "" };

struct file {
	const char *path;
	const char *words[8];
};

/* Those whose name does not depend on the machine. */
static const struct file files[] = {
	{ MEM "auto_online_blocks", { "offline", "online", "online_movable", "online_kernel", "x" } },
	{ BUS "drivers_autoprobe", { "0", "1", "junk" } },
	{ PARAMETERS "online_policy", { "auto-movable", "contig-zones", "x" } },
	{ PARAMETERS "auto_movable_ratio", { "301", "0", "100", "-1" } },
	{ PARAMETERS "auto_movable_numa_aware", { "N", "Y" } },
	{ MEM "hard_offline_page", { "0x100000000", "0x108000000", "0x0", "junk" } },
	{ MEM "soft_offline_page", { "0x100000000", "0x110000000" } },
	{ "/sys/kernel/dlpar", { "memory add index 0x80000010", "memory remove index 0x80000010",
				 "memory add index 0x80000011", "memory remove index 0x8000000e",
				 "junk" } },
	{ CXL "region0/commit", { "0", "1" } },
	{ CXL "decoder0.0/delete_region", { "region0", "region1" } },
	{ CXL "decoder0.0/create_ram_region", { "region0", "region1" } },
	{ CXL "decoder2.0/dpa_size", { "0", "0x20000000" } },
	{ CXL "region0/size", { "0x20000000", "0" } },
	{ CXL "region0/target0", { "decoder2.0", "\n" } },
	{ "/sys/bus/cxl/drivers/cxl_region/bind", { "region0", "region1" } },
	{ "/sys/bus/cxl/drivers/cxl_region/unbind", { "region0", "region1" } },
	{ "/sys/bus/virtio/drivers/virtio_mem/unbind", { "virtio0", "virtio1", "virtio2" } },
	{ "/sys/bus/virtio/drivers/virtio_mem/bind", { "virtio0", "virtio1", "virtio2" } },
};

static const char *word_of(const struct file *file, uint8_t byte)
{
	size_t n = 0;

	while (n < sizeof(file->words) / sizeof(file->words[0]) && file->words[n])
		n++;
	return file->words[byte % n];
}

const char *pick_file(const struct machine *machine, const struct op *op, const char **ret_word)
{
	static const char *const driver_files[] = {
		"kmem/unbind", "kmem/bind", "kmem/new_id", "kmem/remove_id", "device_dax/bind",
		"device_dax/unbind", "device_dax/new_id", "device_dax/remove_id",
	};
	static const char *const states[] = {
		"unplugged", "online_movable", "online", "online_kernel", "offline", "junk",
	};
	static const char *const sizes[] = { "0", "134217728", "268435456", "536870912", "1" };
	static const char *const uevents[] = { "change", "add", "online", "offline", "junk" };
	const char *region = pick_region(machine, op->c), *word = PICK(policies, op->d);
	static char path[160];

	snprintf(path, sizeof(path), MEM "memory%" PRIu64 "/state", pick_block(machine, op->c));
	switch (op->b % 12) {
	case 0:
	case 1:
	case 2:
		word = PICK(block_words, op->d);
		break;
	case 3:
		snprintf(path, sizeof(path), MEM "auto_online_blocks");
		break;
	case 4:
		snprintf(path, sizeof(path), BUS "devices/%s/state", region);
		word = PICK(states, op->d);
		break;
	case 5:
	case 6:
		snprintf(path, sizeof(path), BUS "drivers/%s", PICK(driver_files, op->d));
		word = region;
		break;
	case 7:
		snprintf(path, sizeof(path), "%s", PICK(files, op->c).path);
		word = word_of(&PICK(files, op->c), op->d);
		break;
	case 8:
		snprintf(path, sizeof(path), BUS "devices/%s/size", region);
		word = PICK(sizes, op->d);
		break;
	case 9:
		snprintf(path, sizeof(path), "/sys/firmware/memory/memory%" PRIu64 "/%s",
			 pick_block(machine, op->c), op->d & 1 ? "config" : "memmap_on_memory");
		word = PICK(bits, op->d >> 1);
		break;
	case 10:
		snprintf(path, sizeof(path), "/sys/bus/acpi/devices/PNP0C80:0%u/eject", op->c % 4);
		word = PICK(bits, op->d + 1);
		break;
	default:
		if (op->d & 0x80)
			snprintf(path, sizeof(path), BUS "devices/%s/uevent", region);
		else
			strcpy(strrchr(path, '/'), "/uevent");
		word = PICK(uevents, op->d);
	}
	*ret_word = word;
	return path;
}

/* ---- others ---- */

static void act_as_host(struct mhp_sim *sim, const struct op *op)
{
	uint64_t size = sim->model.block_size;
	char device[16];

	snprintf(device, sizeof(device), "virtio%u", op->c % 4);
	switch (op->b % 4) {
	case 0:
		(void)mhp_sim_plug_dimm(sim, op->c % 4, op->d % 3, (32 + op->e % 24) * size,
					(1 + op->d / 64) * size);
		break;
	case 1:
		(void)mhp_sim_request_unplug_dimm(sim, op->c % 4);
		break;
	case 2:
		(void)mhp_sim_resize_virtio_mem(sim, device, (uint64_t)op->d << 26);
		break;
	default:
		(void)mhp_sim_set_virtio_mem(sim, device, op->d % 3, (uint64_t)1 << (21 + op->e % 8));
	}
}

void act_as_other(struct mhp_sim *sim, const struct machine *machine, const struct op *op)
{
	const char *path, *word;

	switch (op->a % 8) {
	case 0:
		act_as_host(sim, op);
		break;
	case 1:
		(void)mhp_sim_unload_module(sim, op->b & 1 ? "kmem" : "device_dax");
		break;
	case 2:
		(void)mhp_sim_race_remove(sim, NULL, pick_block(machine, op->c));
		break;
	default:
		path = pick_file(machine, op, &word);
		(void)mhp_sim_write(sim, path, word);
	}
}
