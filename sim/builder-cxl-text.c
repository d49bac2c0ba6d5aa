// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The files of CXL devices and windows of a machine that is made by calls, in the order of
 * captures. What regions need of them is as recorded machines have it; the files of memN,
 * which no recorded machine shows, are those of drivers/cxl/core/memdev.c.
 */
#include <inttypes.h>
#include <stdio.h>

#include "builder.h"
#include "model-cxl.h"

#define BUS	"/sys/bus/cxl"
#define ACPI	"/sys/devices/platform/ACPI0017:00"
#define ROOT	ACPI "/root0"
#define PORT	ROOT "/port1"
#define BRIDGE	"pci0000:0c"
/* number of the host bridge, as ACPI has it */
#define BRIDGE_UID 12
/* root0 and port1 come before the devices' endpoints */
#define FIRST_ENDPOINT 2
#define FIRST_BUS 0x0d

/* below /sys/devices: the port that a device hangs on, and the device */
#define PORT_FORMAT	BRIDGE "/0000:0c:%02zx.0"
#define MEM_FORMAT	PORT_FORMAT "/0000:%02zx:00.0/mem%u"
#define MEM_VALUES(builder, i)	(i), FIRST_BUS + (i), (builder)->memdevs[i].number

/* Of recorded kernels, 6.1 has no RAM regions, and some files less. */
static bool is_since_6_12(const struct mhp_sim_builder *builder)
{
	return builder->kernel >= MHP_SIM_KERNEL_6_12;
}

/* What is the host bridge to the kernel, below /sys/devices. */
static const char *bridge(const struct mhp_sim_builder *builder)
{
	return is_since_6_12(builder) ? BRIDGE : "LNXSYSTM:00/LNXSYBUS:00/ACPI0016:00";
}

void built_cxl_header(const struct mhp_sim_builder *builder, struct buf *buf)
{
	for (size_t i = 0; i < builder->n_windows; i++)
		buf_add(buf, "# window: decoder0.%zu node %d\n", i, builder->windows[i].node);
}

/* ---- the bus ---- */

static void add_links(const struct mhp_sim_builder *builder, struct buf *buf)
{
	static const char devices[] = BUS "/devices";
	static const char root[] = "../../../devices/platform/ACPI0017:00/root0";

	for (size_t i = 0; i < builder->n_windows; i++)
		buf_add(buf, "%s/decoder0.%zu -> %s/decoder0.%zu\n", devices, i, root, i);
	for (unsigned int id = 0; id < built_port_decoders(builder); id++)
		buf_add(buf, "%s/decoder1.%u -> %s/port1/decoder1.%u\n", devices, id, root, id);
	for (size_t i = 0; i < builder->n_memdevs; i++)
		for (unsigned int id = 0; id < CXL_DECODERS; id++)
			buf_add(buf, "%s/decoder%zu.%u -> %s/port1/endpoint%zu/decoder%zu.%u\n",
				devices, FIRST_ENDPOINT + i, id, root, FIRST_ENDPOINT + i,
				FIRST_ENDPOINT + i, id);
	for (size_t i = 0; i < builder->n_memdevs; i++)
		buf_add(buf, "%s/endpoint%zu -> %s/port1/endpoint%zu\n", devices,
			FIRST_ENDPOINT + i, root, FIRST_ENDPOINT + i);
	for (size_t i = 0; i < builder->n_memdevs; i++)
		buf_add(buf, "%s/mem%u -> ../../../devices/" MEM_FORMAT "\n", devices,
			builder->memdevs[i].number, MEM_VALUES(builder, i));
	buf_add(buf, "%s/port1 -> %s/port1\n", devices, root);
	buf_add(buf, "%s/root0 -> %s\n", devices, root);
}

static void add_drivers(const struct mhp_sim_builder *builder, struct buf *buf)
{
	static const char port[] = "../../../../devices/platform/ACPI0017:00/root0/port1";

	if (is_since_6_12(builder))
		buf_add_str(buf, BUS "/drivers/cxl_dax_region/module -> "
				 "../../../../module/dax_cxl\n"
				 BUS "/drivers/cxl_dax_region/uevent: <write-only>\n");
	buf_add_str(buf, BUS "/drivers/cxl_mem/bind: <write-only>\n");
	for (size_t i = 0; i < builder->n_memdevs; i++)
		buf_add(buf, BUS "/drivers/cxl_mem/mem%u -> ../../../../devices/" MEM_FORMAT "\n",
			builder->memdevs[i].number, MEM_VALUES(builder, i));
	buf_add_str(buf, BUS "/drivers/cxl_mem/module -> ../../../../module/cxl_mem\n"
			 BUS "/drivers/cxl_mem/uevent: <write-only>\n"
			 BUS "/drivers/cxl_mem/unbind: <write-only>\n"
			 BUS "/drivers/cxl_port/bind: <write-only>\n");
	for (size_t i = 0; i < builder->n_memdevs; i++)
		buf_add(buf, BUS "/drivers/cxl_port/endpoint%zu -> %s/endpoint%zu\n",
			FIRST_ENDPOINT + i, port, FIRST_ENDPOINT + i);
	if (is_since_6_12(builder))
		buf_add_str(buf, BUS "/drivers/cxl_port/module -> ../../../../module/cxl_port\n");
	buf_add(buf, BUS "/drivers/cxl_port/port1 -> %s\n", port);
	buf_add_str(buf, BUS "/drivers/cxl_port/uevent: <write-only>\n"
			 BUS "/drivers/cxl_port/unbind: <write-only>\n"
			 BUS "/drivers/cxl_region/bind: <write-only>\n"
			 BUS "/drivers/cxl_region/module -> ../../../../module/cxl_core\n"
			 BUS "/drivers/cxl_region/uevent: <write-only>\n"
			 BUS "/drivers/cxl_region/unbind: <write-only>\n"
			 BUS "/drivers_autoprobe: 1\n"
			 BUS "/drivers_probe: <write-only>\n"
			 BUS "/flush: <write-only>\n"
			 BUS "/uevent: <write-only>\n");
}

/* ---- decoders ---- */

static const char *const decoder_types[] = {
	[CXL_ROOT] = "cxl_decoder_root", [CXL_SWITCH] = "cxl_decoder_switch",
	[CXL_ENDPOINT] = "cxl_decoder_endpoint",
};

/* Not yet part of anything, but for a window. up: to /sys/devices/platform */
static void add_decoder(const struct mhp_sim_builder *builder, struct buf *buf, const char *dir,
			const char *up, enum cxl_decoder_type type, const struct range *range)
{
	bool passes_on = type == CXL_SWITCH && built_port_decoders(builder) == 1;

	buf_add(buf, "%s/devtype: %s\n", dir, decoder_types[type]);
	if (type == CXL_ENDPOINT)
		buf_add(buf, "%s/dpa_resource: 0xffffffffffffffff\n"
			"%s/dpa_size: 0x0000000000000000\n", dir, dir);
	/* one that only passes on has a page there */
	buf_add(buf, "%s/interleave_granularity: %d\n", dir, passes_on ? PAGE_BYTES : 256);
	buf_add(buf, "%s/interleave_ways: 1\n", dir);
	buf_add(buf, "%s/locked: 0\n", dir);
	buf_add(buf, "%s/modalias: cxl:t0\n", dir);
	if (type == CXL_ENDPOINT)
		buf_add(buf, "%s/mode: none\n", dir);
	if (type == CXL_ROOT && is_since_6_12(builder))
		buf_add(buf, "%s/qos_class: 0\n", dir);
	if (type != CXL_ROOT)
		buf_add(buf, "%s/region: \n", dir);
	buf_add(buf, "%s/size: 0x%" PRIx64 "\n", dir, range->size);
	buf_add(buf, "%s/start: 0x%" PRIx64 "\n", dir, range->start);
	buf_add(buf, "%s/subsystem -> %s../../../bus/cxl\n", dir, up);
	if (type != CXL_ENDPOINT)
		buf_add(buf, "%s/target_list: %d\n", dir, type == CXL_ROOT ? BRIDGE_UID : 0);
	if (type != CXL_ROOT)
		buf_add(buf, "%s/target_type: expander\n", dir);
	buf_add(buf, "%s/uevent:\n\tDEVTYPE=%s\n\tMODALIAS=cxl:t0\n", dir,
		decoder_types[type]);
}

static void add_window(const struct mhp_sim_builder *builder, struct buf *buf, size_t i)
{
	char dir[128];

	snprintf(dir, sizeof(dir), ROOT "/decoder0.%zu", i);
	buf_add(buf, "%s/cap_pmem: 1\n%s/cap_ram: 1\n%s/cap_type2: 1\n%s/cap_type3: 1\n", dir,
		dir, dir, dir);
	buf_add(buf, "%s/create_pmem_region: region%zu\n", dir, i);
	if (is_since_6_12(builder))
		buf_add(buf, "%s/create_ram_region: region%zu\n", dir, i);
	buf_add(buf, "%s/delete_region: <write-only>\n", dir);
	add_decoder(builder, buf, dir, "../../", CXL_ROOT, &builder->windows[i].range);
}

/* ---- ports ---- */

static void add_port_type(const struct mhp_sim_builder *builder, struct buf *buf,
			  const char *dir)
{
	if (is_since_6_12(builder))
		buf_add(buf, "%s/decoders_committed: 0\n", dir);
	buf_add(buf, "%s/devtype: cxl_port\n", dir);
}

static void add_port_driver(struct buf *buf, const char *dir, const char *up)
{
	buf_add(buf, "%s/driver -> %s../../../bus/cxl/drivers/cxl_port\n", dir, up);
}

static void add_port_alias(struct buf *buf, const char *dir, const char *alias)
{
	buf_add(buf, "%s/modalias: %s\n", dir, alias);
}

static void add_port_uevent(struct buf *buf, const char *dir, const char *up, const char *alias,
			    bool has_driver)
{
	buf_add(buf, "%s/subsystem -> %s../../../bus/cxl\n", dir, up);
	buf_add(buf, "%s/uevent:\n\tDEVTYPE=cxl_port\n%s\tMODALIAS=%s\n", dir,
		has_driver ? "\tDRIVER=cxl_port\n" : "", alias);
}

static void add_endpoint(const struct mhp_sim_builder *builder, struct buf *buf, size_t i)
{
	static const struct range nowhere;
	char dir[128], decoder[160];

	snprintf(dir, sizeof(dir), PORT "/endpoint%zu", FIRST_ENDPOINT + i);
	buf_add(buf, "%s/CDAT: <binary>\n", dir);
	for (unsigned int id = 0; id < CXL_DECODERS; id++) {
		snprintf(decoder, sizeof(decoder), "%s/decoder%zu.%u", dir, FIRST_ENDPOINT + i,
			 id);
		add_decoder(builder, buf, decoder, "../../../../", CXL_ENDPOINT, &nowhere);
	}
	add_port_type(builder, buf, dir);
	add_port_driver(buf, dir, "../../../");
	add_port_alias(buf, dir, "cxl:t3");
	if (is_since_6_12(builder))
		buf_add(buf, "%s/parent_dport -> ../../../../../" PORT_FORMAT "\n", dir, i);
	add_port_uevent(buf, dir, "../../../", "cxl:t3", true);
	buf_add(buf, "%s/uport -> ../../../../../" MEM_FORMAT "\n", dir, MEM_VALUES(builder, i));
}

/* The host bridge's, with all devices below it. */
static void add_port(const struct mhp_sim_builder *builder, struct buf *buf)
{
	static const struct range nowhere;
	char dir[128];

	for (unsigned int id = 0; id < built_port_decoders(builder); id++) {
		snprintf(dir, sizeof(dir), PORT "/decoder1.%u", id);
		add_decoder(builder, buf, dir, "../../../", CXL_SWITCH, &nowhere);
	}
	add_port_type(builder, buf, PORT);
	for (size_t i = 0; i < builder->n_memdevs; i++)
		buf_add(buf, PORT "/dport%zu -> ../../../../" PORT_FORMAT "\n", i, i);
	add_port_driver(buf, PORT, "../../");
	for (size_t i = 0; i < builder->n_memdevs; i++)
		add_endpoint(builder, buf, i);
	add_port_alias(buf, PORT, "cxl:t3");
	if (is_since_6_12(builder))
		buf_add(buf, PORT "/parent_dport -> ../../../../%s\n", bridge(builder));
	add_port_uevent(buf, PORT, "../../", "cxl:t3", true);
	buf_add(buf, PORT "/uport -> ../../../../%s\n", bridge(builder));
}

static void add_root(const struct mhp_sim_builder *builder, struct buf *buf)
{
	for (size_t i = 0; i < builder->n_windows; i++)
		add_window(builder, buf, i);
	add_port_type(builder, buf, ROOT);
	buf_add(buf, ROOT "/dport%d -> ../../../%s\n", BRIDGE_UID, bridge(builder));
	add_port_alias(buf, ROOT, "cxl:t4");
	add_port(builder, buf);
	add_port_uevent(buf, ROOT, "../", "cxl:t4", false);
	buf_add_str(buf, ROOT "/uport -> ../../ACPI0017:00\n");
}

/* ---- memory devices ---- */

static void add_memdev(const struct mhp_sim_builder *builder, struct buf *buf, size_t i)
{
	const struct built_memdev *memdev = &builder->memdevs[i];
	char dir[128];

	snprintf(dir, sizeof(dir), "/sys/devices/" MEM_FORMAT, MEM_VALUES(builder, i));
	buf_add(buf, "%s/dev: 250:%u\n", dir, memdev->number);
	buf_add(buf, "%s/driver -> ../../../../../bus/cxl/drivers/cxl_mem\n", dir);
	buf_add(buf, "%s/firmware_version: BWFW VERSION 00\n", dir);
	buf_add(buf, "%s/label_storage_size: 0\n", dir);
	buf_add(buf, "%s/numa_node: %d\n", dir, memdev->node);
	buf_add(buf, "%s/payload_max: 2048\n", dir);
	if (is_since_6_12(builder))
		buf_add(buf, "%s/pmem/qos_class: -1\n", dir);
	buf_add(buf, "%s/pmem/size: 0x0\n", dir);
	if (is_since_6_12(builder))
		buf_add(buf, "%s/ram/qos_class: 0\n", dir);
	buf_add(buf, "%s/ram/size: 0x%" PRIx64 "\n", dir, memdev->size);
	buf_add(buf, "%s/serial: 0x%" PRIx64 "\n", dir, memdev->serial);
	buf_add(buf, "%s/subsystem -> ../../../../../bus/cxl\n", dir);
	buf_add(buf, "%s/uevent:\n\tMAJOR=250\n\tMINOR=%u\n\tDEVNAME=cxl/mem%u\n"
		"\tDEVTYPE=cxl_memdev\n\tDRIVER=cxl_mem\n\tMODALIAS=cxl:t5\n", dir,
		memdev->number, memdev->number);
}

static bool has_cxl(const struct mhp_sim_builder *builder)
{
	return builder->n_windows || builder->n_memdevs;
}

void built_cxl_bus_text(const struct mhp_sim_builder *builder, struct buf *buf)
{
	if (!has_cxl(builder))
		return;
	add_links(builder, buf);
	add_drivers(builder, buf);
}

void built_cxl_text(const struct mhp_sim_builder *builder, struct buf *buf)
{
	if (!has_cxl(builder))
		return;
	buf_add_str(buf, ACPI "/driver -> ../../../bus/platform/drivers/cxl_acpi\n"
			 ACPI "/driver_override: (null)\n"
			 ACPI "/firmware_node -> ../../LNXSYSTM:00/LNXSYBUS:00/ACPI0017:00\n"
			 ACPI "/modalias: acpi:ACPI0017:\n");
	add_root(builder, buf);
	buf_add_str(buf, ACPI "/subsystem -> ../../../bus/platform\n"
			 ACPI "/uevent:\n\tDRIVER=cxl_acpi\n\tMODALIAS=acpi:ACPI0017:\n");
	for (size_t i = 0; i < builder->n_memdevs; i++)
		add_memdev(builder, buf, i);
}

/* ---- /proc/iomem ---- */

static void add_line(struct buf *buf, unsigned int level, const struct range *range)
{
	buf_add(buf, "\t%*s%08" PRIx64 "-%08" PRIx64 " : ", (int)(2 * level), "", range->start,
		range->start + range->size - 1);
}

/* Other regions get theirs as they are made, in which nothing is below them yet. */
void built_window_iomem(const struct mhp_sim_builder *builder,
			const struct built_memory *memory, size_t window, struct buf *buf)
{
	const struct range *range = &builder->windows[window].range;

	add_line(buf, 0, range);
	buf_add(buf, "CXL Window %zu\n", window);
	for (size_t i = 0; i < builder->n_cxl_regions; i++) {
		const struct built_cxl_region *region = &builder->cxl_regions[i];
		bool is_told = false;

		if (!ranges_overlap(range, &region->range))
			continue;
		for (size_t j = 0; j < memory->n_ram; j++) {
			if (!ranges_overlap(&region->range, &memory->ram[j].range))
				continue;
			if (!is_told) {
				add_line(buf, 1, &region->range);
				buf_add(buf, "region%u\n", region->number);
			}
			is_told = true;
			add_line(buf, 2, &memory->ram[j].range);
			buf_add_str(buf, "System RAM\n");
		}
	}
}
