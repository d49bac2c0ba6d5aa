/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a machine is to have: builder.c, builder-vmem.c, builder-cxl.c and builder-set.c
 * take it, builder-memory.c works out its blocks and zones, builder-text.c and
 * builder-cxl-text.c write its files.
 */
#ifndef SIM_BUILDER_H
#define SIM_BUILDER_H

#include <mhp/sim-builder.h>

#include "buf.h"
#include "model.h"
#include "range.h"

struct built_node {
	int id;
	unsigned int n_cpus, first_cpu;
	bool has_memory;
};

/* boot memory, or a range of a dax device */
struct built_range {
	struct range range;
	int node;
	char *dax;		/* NULL: boot memory */
};

struct built_vmem {
	struct range range;
	int node;
	uint64_t block_size;	/* the device's own */
	unsigned int number;	/* the N of virtioN */
};

/* memory of CXL: a device, */
struct built_memdev {
	unsigned int number;	/* the N of memN */
	int node;		/* of the device, not of its memory */
	uint64_t size, serial;
};

/* addresses that it can have, */
struct built_window {
	struct range range;
	int node;		/* of the memory there */
};

/* and what is made of both */
struct built_cxl_region {
	struct range range;
	unsigned int number;	/* the N of regionN */
	unsigned int members[16];	/* memdevs, by number */
	size_t n_members;
	uint64_t flags;
};

/* decoders of a port, and of a device, as QEMU has them: so many regions can be there */
#define CXL_DECODERS 4

struct built_distance {
	int from, to;
	unsigned int value;
};

struct built_file {
	char *path;
	char *text;
};

struct mhp_sim_builder {
	enum mhp_sim_kernel kernel;
	uint64_t block_size;
	struct built_node *nodes;	/* sorted by id */
	size_t n_nodes;
	struct built_range *ranges;	/* in the order of the calls */
	size_t n_ranges;
	struct built_vmem *vmems;
	size_t n_vmems;
	struct built_memdev *memdevs;	/* sorted by number */
	size_t n_memdevs;
	struct built_window *windows;
	size_t n_windows;
	struct built_cxl_region *cxl_regions;	/* sorted by address */
	size_t n_cxl_regions;
	struct built_distance *distances;
	size_t n_distances;
	struct built_file *files;
	size_t n_files;
	const char *modules[2];
	size_t n_modules;
	mhp_log_fn log_fn;
	void *log_data;
};

/* ---- builder.c ---- */

/* Says why; code. */
__attribute__((format(printf, 3, 4)))
int refuse(const struct mhp_sim_builder *builder, int code, const char *format, ...);
/* refuse() with -EINVAL about a word, which may hold any byte; -ENOMEM */
int refuse_word(const struct mhp_sim_builder *builder, const char *why, const char *word);
const struct built_node *builder_node(const struct mhp_sim_builder *builder, int id);
unsigned int builder_distance(const struct mhp_sim_builder *builder, int from, int to);
/* Can memory be there, by itself? */
int check_range(const struct mhp_sim_builder *builder, int node, uint64_t start, uint64_t size,
		uint64_t align);
/* -EEXIST other memory is there */
int check_is_free(const struct mhp_sim_builder *builder, const struct range *range);
/* "dax1.0" -> 1 */
unsigned int dax_region_id(const char *name);

/* ---- builder-vmem.c ---- */

void built_vmems_text(const struct mhp_sim_builder *builder, struct buf *buf);
/* Is it below a device's directory, where all files follow from the device? */
bool built_vmems_have(const struct mhp_sim_builder *builder, const char *path);
/* What no file tells. */
int built_vmems_boot(const struct mhp_sim_builder *builder, struct mhp_sim *sim);

struct built_memory;

/* ---- builder-cxl.c ---- */

/* -EEXIST a window of CXL is there */
int check_no_window(const struct mhp_sim_builder *builder, const struct range *range);
/* What is wrong only as a whole. */
int check_cxl(const struct mhp_sim_builder *builder, const struct built_memory *memory);
/* Is it of these devices, where all files follow from the calls? */
bool built_cxl_has(const struct mhp_sim_builder *builder, const char *path);
/* Makes the regions, as firmware and the kernel would. */
int built_cxl_boot(const struct mhp_sim_builder *builder, struct mhp_sim *sim);
unsigned int built_port_decoders(const struct mhp_sim_builder *builder);
void built_cxl_free(struct mhp_sim_builder *builder);

/* ---- builder-cxl-text.c ---- */

/* What no file tells: comments for the header. */
void built_cxl_header(const struct mhp_sim_builder *builder, struct buf *buf);
/* Devices and windows, without any region; what is on the bus comes before. */
void built_cxl_bus_text(const struct mhp_sim_builder *builder, struct buf *buf);
void built_cxl_text(const struct mhp_sim_builder *builder, struct buf *buf);
/* Lines of /proc/iomem for a window, with the boot memory in it. */
void built_window_iomem(const struct mhp_sim_builder *builder,
			const struct built_memory *memory, size_t window, struct buf *buf);

/* ---- builder-set.c ---- */

int builder_add_files(const struct mhp_sim_builder *builder, struct node *root);

/* ---- builder-memory.c ---- */

/* System RAM, as the firmware tells of it. All arrays are sorted by address. */
struct built_memory {
	struct built_range *ram;	/* boot memory; dax is NULL */
	size_t n_ram;
	struct boot_run *runs;		/* blocks of one node */
	size_t n_runs;
	uint64_t *shared;		/* blocks that several nodes have a part of */
	size_t n_shared;
};

/* in pages; present is 0 if the node has nothing of it */
struct built_zone {
	uint64_t start, end, present;
};

/* -ERANGE there are too many blocks, -ENOMEM */
int built_memory_init(const struct mhp_sim_builder *builder, struct built_memory *memory);
void built_memory_free(struct built_memory *memory);
void built_zone_get(const struct built_memory *memory, int node, enum mhp_zone zone,
		    struct built_zone *ret_zone);
bool built_memory_has(const struct built_memory *memory, int node, uint64_t start,
		      uint64_t size);

/* From the first byte of a region's devices to the last; size 0 if there are none. */
struct range dax_region_range(const struct mhp_sim_builder *builder, unsigned int id);

/* ---- builder-text.c ---- */

/* All files but the blocks', as a capture; of those, the ones that are shared. */
int built_text(const struct mhp_sim_builder *builder, const struct built_memory *memory,
	       char **ret_text);

#endif /* SIM_BUILDER_H */
