// SPDX-License-Identifier: LGPL-2.1-or-later
/* CXL memory of a machine that is made by calls: devices, windows, regions. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "model-cxl.h"
#include "parse.h"
#include "sim.h"

#define MAX_MEMDEV	15
#define MAX_REGION	1023

void built_cxl_free(struct mhp_sim_builder *builder)
{
	free(builder->memdevs);
	free(builder->windows);
	free(builder->cxl_regions);
}

/* "mem3" -> 3; no zero before it, nothing behind */
static bool parse_name(const char *name, const char *prefix, unsigned int max,
		       unsigned int *ret_number)
{
	size_t length = strlen(prefix);
	const char *digits;
	uint64_t number;

	if (strncmp(name, prefix, length))
		return false;
	digits = name + length;
	if (digits[strspn(digits, "0123456789")] || (digits[0] == '0' && digits[1]) ||
	    parse_dec(digits, &number) < 0 || number > max)
		return false;
	*ret_number = (unsigned int)number;
	return true;
}

/* ---- devices ---- */

static const struct built_memdev *find_memdev(const struct mhp_sim_builder *builder,
					      unsigned int number)
{
	for (size_t i = 0; i < builder->n_memdevs; i++)
		if (builder->memdevs[i].number == number)
			return &builder->memdevs[i];
	return NULL;
}

MHP_EXPORT int mhp_sim_builder_add_cxl_memdev(struct mhp_sim_builder *builder,
					      const char *device, int node, uint64_t size,
					      uint64_t serial)
{
	struct built_memdev memdev = { .node = node, .size = size, .serial = serial }, *list;
	size_t at = 0;
	int r;

	if (!device)
		return -EINVAL;
	if (!parse_name(device, "mem", MAX_MEMDEV, &memdev.number))
		return refuse_word(builder, "no name of a CXL memory device", device);
	if (find_memdev(builder, memdev.number))
		return refuse(builder, -EEXIST, "%s is there already", device);
	/* in its own addresses, from 0 on */
	r = check_range(builder, node, 0, size, CXL_UNIT);
	if (r < 0)
		return r;
	list = reallocarray(builder->memdevs, builder->n_memdevs + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	builder->memdevs = list;
	while (at < builder->n_memdevs && list[at].number < memdev.number)
		at++;
	memmove(&list[at + 1], &list[at], (builder->n_memdevs++ - at) * sizeof(*list));
	list[at] = memdev;
	return 0;
}

/* ---- windows ---- */

int check_no_window(const struct mhp_sim_builder *builder, const struct range *range)
{
	for (size_t i = 0; i < builder->n_windows; i++)
		if (ranges_overlap(&builder->windows[i].range, range))
			return refuse(builder, -EEXIST, "0x%" PRIx64 "-0x%" PRIx64
				      ": a window of CXL is there", range->start,
				      range->start + range->size - 1);
	return 0;
}

/* Boot memory may be in a window, once there is a region. */
static int check_no_device(const struct mhp_sim_builder *builder, const struct range *range)
{
	bool is_free = true;

	for (size_t i = 0; i < builder->n_ranges; i++)
		is_free &= !builder->ranges[i].dax ||
			   !ranges_overlap(&builder->ranges[i].range, range);
	for (size_t i = 0; i < builder->n_vmems; i++)
		is_free &= !ranges_overlap(&builder->vmems[i].range, range);
	return is_free ? 0 : refuse(builder, -EEXIST, "0x%" PRIx64 "-0x%" PRIx64
				    ": a device's memory is there", range->start,
				    range->start + range->size - 1);
}

MHP_EXPORT int mhp_sim_builder_add_cxl_window(struct mhp_sim_builder *builder, int node,
					      uint64_t start, uint64_t size)
{
	const struct built_window window = { { start, size }, node };
	struct built_window *list;
	int r;

	r = check_range(builder, node, start, size, CXL_UNIT);
	if (r == 0)
		r = check_no_window(builder, &window.range);
	if (r == 0)
		r = check_no_device(builder, &window.range);
	if (r < 0)
		return r;
	list = reallocarray(builder->windows, builder->n_windows + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	builder->windows = list;
	list[builder->n_windows++] = window;
	return 0;
}

/* ---- regions ---- */

static bool contains(const struct range *outer, const struct range *inner)
{
	return inner->start >= outer->start && inner->size <= outer->size &&
	       inner->start - outer->start <= outer->size - inner->size;
}

/* NULL: it is in none */
static const struct built_window *window_of(const struct mhp_sim_builder *builder,
					    const struct range *range)
{
	for (size_t i = 0; i < builder->n_windows; i++)
		if (contains(&builder->windows[i].range, range))
			return &builder->windows[i];
	return NULL;
}

static bool has_member(const struct built_cxl_region *region, unsigned int number)
{
	for (size_t i = 0; i < region->n_members; i++)
		if (region->members[i] == number)
			return true;
	return false;
}

static uint64_t share_of(const struct built_cxl_region *region)
{
	return region->range.size / region->n_members;
}

static int check_member(const struct mhp_sim_builder *builder,
			const struct built_cxl_region *region, unsigned int number)
{
	const struct built_memdev *memdev = find_memdev(builder, number);
	uint64_t taken = share_of(region);

	/* which take_members() has not let in */
	if (!memdev)
		return -ENODEV;
	for (size_t i = 0; i < builder->n_cxl_regions; i++)
		if (has_member(&builder->cxl_regions[i], number))
			taken += share_of(&builder->cxl_regions[i]);
	return taken <= memdev->size ? 0 :
	       refuse(builder, -ERANGE, "region%u: mem%u has 0x%" PRIx64 " bytes, not 0x%" PRIx64,
		      region->number, number, memdev->size, taken);
}

/* drivers/cxl/cxl.h, ways_to_eiw() */
static bool is_ways(size_t count)
{
	if (count % 3 == 0)
		count /= 3;
	return count && !(count & (count - 1));
}

static int take_members(const struct mhp_sim_builder *builder, struct built_cxl_region *region,
			const char *const *devices, size_t count)
{
	unsigned int number;

	if (count > CXL_MAX_WAYS || !is_ways(count))
		return refuse(builder, -EINVAL, "region%u: %zu devices cannot be interleaved",
			      region->number, count);
	for (size_t i = 0; i < count; i++) {
		if (!devices[i] || !parse_name(devices[i], "mem", MAX_MEMDEV, &number) ||
		    !find_memdev(builder, number))
			return refuse_word(builder, "no CXL memory device that was added",
					   devices[i] ? devices[i] : "");
		if (has_member(region, number))
			return refuse(builder, -EINVAL, "region%u: %s is in it twice",
				      region->number, devices[i]);
		region->members[region->n_members++] = number;
	}
	return 0;
}

static int check_place(const struct mhp_sim_builder *builder,
		       const struct built_cxl_region *region)
{
	const struct range *range = &region->range;
	uint64_t unit = CXL_UNIT * region->n_members;

	if (range->start % CXL_UNIT || !range->size || range->size % unit)
		return refuse(builder, -EINVAL, "region%u at 0x%" PRIx64 ", 0x%" PRIx64
			      " bytes: no multiple of 0x%" PRIx64, region->number, range->start,
			      range->size, unit);
	if (!window_of(builder, range))
		return refuse(builder, -EINVAL, "region%u at 0x%" PRIx64 ", 0x%" PRIx64
			      " bytes: in no window", region->number, range->start, range->size);
	for (size_t i = 0; i < builder->n_cxl_regions; i++)
		if (ranges_overlap(&builder->cxl_regions[i].range, range))
			return refuse(builder, -EEXIST, "region%u: region%u is there",
				      region->number, builder->cxl_regions[i].number);
	return 0;
}

static int check_region(const struct mhp_sim_builder *builder,
			const struct built_cxl_region *region)
{
	int r;

	if (builder->kernel < MHP_SIM_KERNEL_6_12)
		return refuse(builder, -EINVAL, "region%u: this kernel has no RAM regions",
			      region->number);
	for (size_t i = 0; i < builder->n_cxl_regions; i++)
		if (builder->cxl_regions[i].number == region->number)
			return refuse(builder, -EEXIST, "region%u is there already",
				      region->number);
	if (builder->n_cxl_regions == CXL_DECODERS)
		return refuse(builder, -ERANGE, "region%u: there are no more than %d decoders",
			      region->number, CXL_DECODERS);
	r = check_place(builder, region);
	for (size_t i = 0; i < region->n_members && r == 0; i++)
		r = check_member(builder, region, region->members[i]);
	return r;
}

MHP_EXPORT int mhp_sim_builder_add_cxl_region(struct mhp_sim_builder *builder,
					      const char *name, uint64_t start, uint64_t size,
					      const char *const *devices, size_t n_devices,
					      uint64_t flags)
{
	struct built_cxl_region region = { .range = { start, size }, .flags = flags }, *list;
	size_t at = 0;
	int r;

	if (!name || (!devices && n_devices))
		return -EINVAL;
	if (!parse_name(name, "region", MAX_REGION, &region.number))
		return refuse_word(builder, "no name of a CXL region", name);
	if (flags & ~(uint64_t)(MHP_SIM_CXL_LOCKED | MHP_SIM_CXL_UNBOUND))
		return refuse(builder, -EINVAL, "%s: unknown flags 0x%" PRIx64, name, flags);
	r = take_members(builder, &region, devices, n_devices);
	if (r == 0)
		r = check_region(builder, &region);
	if (r < 0)
		return r;
	list = reallocarray(builder->cxl_regions, builder->n_cxl_regions + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	builder->cxl_regions = list;
	while (at < builder->n_cxl_regions && list[at].range.start < start)
		at++;
	memmove(&list[at + 1], &list[at], (builder->n_cxl_regions++ - at) * sizeof(*list));
	list[at] = region;
	return 0;
}

/* ---- as a whole ---- */

static int check_boot_memory(const struct mhp_sim_builder *builder, const struct range *ram)
{
	bool in_window = false, in_region = false;

	for (size_t i = 0; i < builder->n_windows; i++)
		in_window |= ranges_overlap(&builder->windows[i].range, ram);
	for (size_t i = 0; i < builder->n_cxl_regions; i++)
		in_region |= contains(&builder->cxl_regions[i].range, ram);
	return !in_window || in_region ? 0 :
	       refuse(builder, -EEXIST, "boot memory at 0x%" PRIx64
		      " is in a window of CXL, and not all in one region", ram->start);
}

int check_cxl(const struct mhp_sim_builder *builder, const struct built_memory *memory)
{
	int r = 0;

	for (size_t i = 0; i < memory->n_ram && r == 0; i++)
		r = check_boot_memory(builder, &memory->ram[i].range);
	for (size_t i = 0; i < builder->n_cxl_regions && r == 0; i++)
		if (dax_region_range(builder, builder->cxl_regions[i].number).size)
			r = refuse(builder, -EEXIST, "region%u: a dax region has this number",
				   builder->cxl_regions[i].number);
	return r;
}

bool built_cxl_has(const struct mhp_sim_builder *builder, const char *path)
{
	static const char *const places[] = {
		"/sys/bus/cxl/", "/sys/devices/platform/ACPI0017:00/", "/sys/devices/pci0000:0c/",
	};

	if (!builder->n_windows && !builder->n_memdevs)
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!strncmp(path, places[i], strlen(places[i])))
			return true;
	return false;
}

/* A host bridge with a single device needs no decoder, and has one that only passes on. */
unsigned int built_port_decoders(const struct mhp_sim_builder *builder)
{
	return builder->n_memdevs == 1 && builder->n_cxl_regions <= 1 ? 1 : CXL_DECODERS;
}

/* ---- regions are made as a program would ---- */

__attribute__((format(printf, 3, 4)))
static int put(struct mhp_sim *sim, const char *word, const char *format, ...)
{
	char path[128] = CXL_DEVICES_PATH "/";
	size_t length = strlen(path);
	va_list args;

	va_start(args, format);
	vsnprintf(path + length, sizeof(path) - length, format, args);
	va_end(args);
	return write_as_other(sim, path, word);
}

/* The first decoder of a device that is of no region; the Nth device is endpointN+2. */
static struct cxl_decoder *next_decoder(const struct mhp_sim_builder *builder,
					const struct cxl *cxl, unsigned int number)
{
	unsigned int port = 2;
	char name[32];

	for (size_t i = 0; builder->memdevs[i].number != number; i++)
		port++;
	for (unsigned int id = 0; id < CXL_DECODERS; id++) {
		struct cxl_decoder *decoder;

		snprintf(name, sizeof(name), "decoder%u.%u", port, id);
		decoder = cxl_find_decoder(cxl, name);
		if (decoder && !decoder->region)
			return decoder;
	}
	return NULL;
}

static int add_member(const struct mhp_sim_builder *builder, struct mhp_sim *sim,
		      const struct built_cxl_region *region, unsigned int position)
{
	struct cxl_decoder *decoder = next_decoder(builder, sim->model.cxl,
						   region->members[position]);
	char size[32];
	int r;

	if (!decoder)
		return -ENOMEM;
	snprintf(size, sizeof(size), "%" PRIu64, share_of(region));
	decoder->is_locked = region->flags & MHP_SIM_CXL_LOCKED;
	r = put(sim, "ram", "%s/mode", decoder->dir->name);
	if (r == 0)
		r = put(sim, size, "%s/dpa_size", decoder->dir->name);
	return r < 0 ? r : put(sim, decoder->dir->name, "region%u/target%u", region->number,
			       position);
}

static struct cxl_decoder *root_of(const struct mhp_sim_builder *builder, const struct cxl *cxl,
				   const struct built_cxl_region *region)
{
	char name[32];

	snprintf(name, sizeof(name), "decoder0.%zu",
		 (size_t)(window_of(builder, &region->range) - builder->windows));
	return cxl_find_decoder(cxl, name);
}

static void lock_decoders(const struct cxl *cxl, const struct cxl_region *region)
{
	for (size_t i = 0; i < cxl->n_decoders; i++)
		if (cxl->decoders[i]->region == region)
			cxl->decoders[i]->is_locked = true;
}

static int make_region(const struct mhp_sim_builder *builder, struct mhp_sim *sim,
		       const struct built_cxl_region *built)
{
	struct cxl *cxl = sim->model.cxl;
	struct cxl_decoder *root = root_of(builder, cxl, built);
	struct cxl_region *region = NULL;
	char name[32], ways[32];
	int r;

	snprintf(name, sizeof(name), "region%u", built->number);
	snprintf(ways, sizeof(ways), "%zu", built->n_members);
	root->next_region = built->number;
	r = put(sim, name, "%s/create_ram_region", root->dir->name);
	if (r == 0)
		r = put(sim, ways, "%s/interleave_ways", name);
	if (r == 0)
		r = put(sim, "256", "%s/interleave_granularity", name);
	if (r == 0) {
		region = cxl_find_region(cxl, name);
		r = cxl_place(sim, region, built->range.start, built->range.size);
	}
	for (unsigned int i = 0; i < built->n_members && r == 0; i++)
		r = add_member(builder, sim, built, i);
	if (r == 0)
		r = put(sim, "1", "%s/commit", name);
	if (r == 0 && (built->flags & MHP_SIM_CXL_LOCKED))
		lock_decoders(cxl, region);
	if (r == 0 && !(built->flags & MHP_SIM_CXL_UNBOUND))
		r = cxl_bind(sim, region);
	return r;
}

int built_cxl_boot(const struct mhp_sim_builder *builder, struct mhp_sim *sim)
{
	struct cxl *cxl = sim->model.cxl;
	int r = 0;

	for (size_t i = 0; i < builder->n_cxl_regions && r == 0; i++)
		r = make_region(builder, sim, &builder->cxl_regions[i]);
	for (size_t i = 0; cxl && i < cxl->n_decoders; i++)
		cxl->decoders[i]->next_region = UINT32_MAX;
	for (size_t i = 0; cxl && i < cxl->n_decoders; i++)
		if (cxl->decoders[i]->type == CXL_ROOT)
			cxl->decoders[i]->next_region = cxl_free_number(&sim->model);
	return r;
}
