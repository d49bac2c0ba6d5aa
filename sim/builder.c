// SPDX-License-Identifier: LGPL-2.1-or-later
/* A machine by calls: what it is to have is checked and kept, and made at the end. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "parse.h"
#include "sim.h"

/* as Linux on x86: CONFIG_NODES_SHIFT 10, CONFIG_NR_CPUS 8192 */
#define MAX_NODE_ID	1023
#define MAX_CPUS	8192
#define MIN_BLOCK_SIZE	(UINT64_C(16) << 20)
#define MAX_BLOCK_SIZE	(UINT64_C(64) << 30)
/* dax_region/align: that of huge pages */
#define DAX_ALIGN	(UINT64_C(2) << 20)
#define LOCAL_DISTANCE	10
#define REMOTE_DISTANCE	20
#define MAX_DISTANCE	254

int refuse(const struct mhp_sim_builder *builder, int code, const char *format, ...)
{
	char message[512];
	va_list ap;

	if (!builder->log_fn)
		return code;
	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	builder->log_fn(builder->log_data, code, NULL, message);
	return code;
}

int refuse_word(const struct mhp_sim_builder *builder, const char *why, const char *word)
{
	struct buf buf = { 0 };
	char *escaped;

	buf_add_escaped(&buf, word, strlen(word));
	if (buf_finish(&buf, &escaped) < 0)
		return -ENOMEM;
	refuse(builder, -EINVAL, "\"%s\": %s", escaped, why);
	free(escaped);
	return -EINVAL;
}

/* ---- as a whole ---- */

MHP_EXPORT int mhp_sim_builder_new(enum mhp_sim_kernel kernel,
				   struct mhp_sim_builder **ret_builder)
{
	struct mhp_sim_builder *builder;

	if (!ret_builder || kernel < MHP_SIM_KERNEL_6_1 || kernel > MHP_SIM_KERNEL_7_3)
		return -EINVAL;
	builder = calloc(1, sizeof(*builder));
	if (!builder)
		return -ENOMEM;
	builder->kernel = kernel;
	builder->block_size = UINT64_C(128) << 20;
	*ret_builder = builder;
	return 0;
}

MHP_EXPORT void mhp_sim_builder_free(struct mhp_sim_builder *builder)
{
	if (!builder)
		return;
	for (size_t i = 0; i < builder->n_ranges; i++)
		free(builder->ranges[i].dax);
	for (size_t i = 0; i < builder->n_files; i++) {
		free(builder->files[i].path);
		free(builder->files[i].text);
	}
	free(builder->nodes);
	free(builder->ranges);
	free(builder->vmems);
	built_cxl_free(builder);
	free(builder->distances);
	free(builder->files);
	free(builder);
}

MHP_EXPORT void mhp_sim_builder_set_log_fn(struct mhp_sim_builder *builder, mhp_log_fn fn,
					   void *data)
{
	builder->log_fn = fn;
	builder->log_data = data;
}

MHP_EXPORT int mhp_sim_builder_set_block_size_bytes(struct mhp_sim_builder *builder,
						    uint64_t bytes)
{
	if (bytes < MIN_BLOCK_SIZE || bytes > MAX_BLOCK_SIZE)
		return refuse(builder, -ERANGE, "blocks of %" PRIu64 " bytes", bytes);
	if (bytes & (bytes - 1))
		return refuse(builder, -EINVAL, "blocks of %" PRIu64 " bytes: no power of two",
			      bytes);
	builder->block_size = bytes;
	return 0;
}

/* ---- nodes ---- */

const struct built_node *builder_node(const struct mhp_sim_builder *builder, int id)
{
	for (size_t i = 0; i < builder->n_nodes; i++)
		if (builder->nodes[i].id == id)
			return &builder->nodes[i];
	return NULL;
}

static void number_cpus(struct mhp_sim_builder *builder)
{
	unsigned int next = 0;

	for (size_t i = 0; i < builder->n_nodes; i++) {
		builder->nodes[i].first_cpu = next;
		next += builder->nodes[i].n_cpus;
	}
}

MHP_EXPORT int mhp_sim_builder_add_node(struct mhp_sim_builder *builder, int id,
					unsigned int n_cpus)
{
	struct built_node *nodes;
	unsigned int cpus = 0;
	size_t at = 0;

	if (id < 0 || id > MAX_NODE_ID)
		return refuse(builder, -ERANGE, "node %d", id);
	if (builder_node(builder, id))
		return refuse(builder, -EEXIST, "node %d is there already", id);
	for (size_t i = 0; i < builder->n_nodes; i++)
		cpus += builder->nodes[i].n_cpus;
	if (n_cpus > MAX_CPUS - cpus)
		return refuse(builder, -ERANGE, "node %d: %u CPUs are too many", id, n_cpus);
	nodes = reallocarray(builder->nodes, builder->n_nodes + 1, sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	builder->nodes = nodes;
	while (at < builder->n_nodes && nodes[at].id < id)
		at++;
	memmove(&nodes[at + 1], &nodes[at], (builder->n_nodes - at) * sizeof(*nodes));
	nodes[at] = (struct built_node){ .id = id, .n_cpus = n_cpus };
	builder->n_nodes++;
	number_cpus(builder);
	return 0;
}

static int check_node(const struct mhp_sim_builder *builder, int id)
{
	return builder_node(builder, id) ? 0 :
	       refuse(builder, -EINVAL, "node %d was not added", id);
}

unsigned int builder_distance(const struct mhp_sim_builder *builder, int from, int to)
{
	for (size_t i = builder->n_distances; i > 0; i--)
		if (builder->distances[i - 1].from == from && builder->distances[i - 1].to == to)
			return builder->distances[i - 1].value;
	return from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
}

MHP_EXPORT int mhp_sim_builder_set_distance(struct mhp_sim_builder *builder, int from, int to,
					    unsigned int distance)
{
	struct built_distance *distances;
	int r;

	r = check_node(builder, from);
	if (r == 0)
		r = check_node(builder, to);
	if (r < 0)
		return r;
	if (from == to)
		return refuse(builder, -EINVAL, "node %d: the distance to itself is %d", from,
			      LOCAL_DISTANCE);
	if (distance <= LOCAL_DISTANCE || distance > MAX_DISTANCE)
		return refuse(builder, -ERANGE, "distance %u from node %d to node %d", distance,
			      from, to);
	distances = reallocarray(builder->distances, builder->n_distances + 1, sizeof(*distances));
	if (!distances)
		return -ENOMEM;
	builder->distances = distances;
	distances[builder->n_distances++] = (struct built_distance){ from, to, distance };
	return 0;
}

/* ---- memory ---- */

int check_is_free(const struct mhp_sim_builder *builder, const struct range *range)
{
	bool is_free = true;

	for (size_t i = 0; i < builder->n_ranges; i++)
		is_free &= !ranges_overlap(&builder->ranges[i].range, range);
	for (size_t i = 0; i < builder->n_vmems; i++)
		is_free &= !ranges_overlap(&builder->vmems[i].range, range);
	return is_free ? 0 : refuse(builder, -EEXIST, "0x%" PRIx64 "-0x%" PRIx64
				    ": other memory is there", range->start,
				    range->start + range->size - 1);
}

/* Takes dax over, also upon failure. */
static int add_range(struct mhp_sim_builder *builder, char *dax, int node, uint64_t start,
		     uint64_t size)
{
	const struct range range = { start, size };
	struct built_range *ranges = NULL;
	int r;

	r = check_is_free(builder, &range);
	if (r == 0)
		ranges = reallocarray(builder->ranges, builder->n_ranges + 1, sizeof(*ranges));
	if (!ranges) {
		free(dax);
		return r < 0 ? r : -ENOMEM;
	}
	builder->ranges = ranges;
	ranges[builder->n_ranges++] = (struct built_range){ range, node, dax };
	return 0;
}

int check_range(const struct mhp_sim_builder *builder, int node, uint64_t start, uint64_t size,
		uint64_t align)
{
	int r = check_node(builder, node);

	if (r < 0)
		return r;
	if (!size)
		return refuse(builder, -EINVAL, "no memory at 0x%" PRIx64 ": size is 0", start);
	if (start % align || size % align)
		return refuse(builder, -EINVAL, "memory at 0x%" PRIx64 ", 0x%" PRIx64
			      " bytes: no multiple of 0x%" PRIx64, start, size, align);
	if (start >= MAX_ADDRESS || size > MAX_ADDRESS - start)
		return refuse(builder, -ERANGE, "memory at 0x%" PRIx64 ", 0x%" PRIx64
			      " bytes: no machine has such addresses", start, size);
	return 0;
}

MHP_EXPORT int mhp_sim_builder_add_memory(struct mhp_sim_builder *builder, int node,
					  uint64_t start, uint64_t size)
{
	int r = check_range(builder, node, start, size, PAGE_BYTES);

	return r < 0 ? r : add_range(builder, NULL, node, start, size);
}

unsigned int dax_region_id(const char *name)
{
	return (unsigned int)strtoul(name + strlen("dax"), NULL, 10);
}

MHP_EXPORT int mhp_sim_builder_add_dax(struct mhp_sim_builder *builder, const char *name,
				       int node, uint64_t start, uint64_t size)
{
	char *copy;
	int r;

	if (!name)
		return -EINVAL;
	if (!is_dax_name(name) || dax_region_id(name) > MAX_NODE_ID)
		return refuse_word(builder, "no name of a dax device", name);
	r = check_range(builder, node, start, size, DAX_ALIGN);
	if (r == 0)
		r = check_no_window(builder, &(struct range){ start, size });
	if (r < 0)
		return r;
	for (size_t i = 0; i < builder->n_ranges; i++) {
		const struct built_range *other = &builder->ranges[i];

		if (other->dax && dax_region_id(other->dax) == dax_region_id(name) &&
		    other->node != node)
			return refuse(builder, -EINVAL, "%s on node %d: "
				      "%s of its region is on node %d", name, node, other->dax,
				      other->node);
	}
	copy = strdup(name);
	return copy ? add_range(builder, copy, node, start, size) : -ENOMEM;
}

/* ---- modules ---- */

MHP_EXPORT int mhp_sim_builder_load(struct mhp_sim_builder *builder, const char *module)
{
	static const char *const known[] = { "device_dax", "kmem" };
	const char *found = NULL;

	if (!module)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i], module))
			found = known[i];
	if (!found)
		return refuse_word(builder, "no module with a driver for dax devices", module);
	for (size_t i = 0; i < builder->n_modules; i++)
		if (builder->modules[i] == found)
			return refuse(builder, -EEXIST, "%s is loaded already", module);
	builder->modules[builder->n_modules++] = found;
	return 0;
}

/* ---- the machine ---- */

static int check_region(const struct mhp_sim_builder *builder, const char *dax)
{
	unsigned int id = dax_region_id(dax);
	struct range region = dax_region_range(builder, id);
	bool is_alone = true;

	for (size_t i = 0; i < builder->n_ranges; i++) {
		const struct built_range *other = &builder->ranges[i];

		if (ranges_overlap(&region, &other->range) &&
		    (!other->dax || dax_region_id(other->dax) != id))
			is_alone = false;
	}
	for (size_t i = 0; i < builder->n_vmems; i++)
		is_alone &= !ranges_overlap(&region, &builder->vmems[i].range);
	return is_alone ? 0 : refuse(builder, -EEXIST, "the region of %s, 0x%" PRIx64
				     "-0x%" PRIx64 ", reaches over other memory", dax,
				     region.start, region.start + region.size - 1);
}

/* Of what was told, what is wrong only as a whole. */
static int check_whole(const struct mhp_sim_builder *builder, const struct built_memory *memory)
{
	int r = 0;

	if (!memory->n_ram)
		return refuse(builder, -EINVAL, "there is no boot memory");
	for (size_t i = 0; i < builder->n_ranges && r == 0; i++)
		if (builder->ranges[i].dax)
			r = check_region(builder, builder->ranges[i].dax);
	for (size_t i = 0; i < builder->n_vmems && r == 0; i++)
		if (builder->vmems[i].range.size / builder->block_size > MAX_BLOCKS)
			r = refuse(builder, -ERANGE, "virtio%u: more than %" PRIu64 " blocks",
				   builder->vmems[i].number, MAX_BLOCKS);
	return r < 0 ? r : check_cxl(builder, memory);
}

/* As the machine would be after it has booted. */
static int boot(const struct mhp_sim_builder *builder, struct mhp_sim *sim)
{
	int r = 0;

	for (size_t i = 0; i < builder->n_distances && r == 0; i++)
		r = numa_set_distance(sim, builder->distances[i].from, builder->distances[i].to,
				      builder->distances[i].value);
	if (r == 0)
		r = built_vmems_boot(builder, sim);
	if (r == 0)
		r = built_cxl_boot(builder, sim);
	for (size_t i = 0; i < builder->n_modules && r == 0; i++)
		r = module_load(sim, builder->modules[i]);
	/* that was not done to it, it is how it was made */
	buf_free(&sim->did);
	return r;
}

static int make_machine(const struct mhp_sim_builder *builder, const struct built_memory *memory,
			bool read_only, struct mhp_sim **ret_sim)
{
	const struct complaints complaints = {
		.log_fn = builder->log_fn, .log_data = builder->log_data,
	};
	struct capture capture = {
		.boot_runs = memory->runs, .n_boot_runs = memory->n_runs,
	};
	struct mhp_sim *sim;
	char *text;
	int r;

	r = built_text(builder, memory, &text);
	if (r < 0)
		return r;
	r = capture_parse(text, strlen(text), &complaints, &capture);
	free(text);
	if (r < 0)
		return r;
	r = builder_add_files(builder, capture.root);
	if (r < 0) {
		capture_free(&capture);
		return r;
	}
	r = machine_new(&capture, &complaints, false, &sim);
	if (r < 0)
		return r;
	r = boot(builder, sim);
	if (r < 0) {
		mhp_sim_unref(sim);
		return r;
	}
	sim->read_only = read_only;
	*ret_sim = sim;
	return 0;
}

MHP_EXPORT int mhp_sim_new_from_builder(const struct mhp_sim_builder *builder,
					const struct mhp_sim_opts *opts, struct mhp_sim **ret_sim)
{
	struct mhp_sim_builder mine;
	struct mhp_sim_opts known;
	struct built_memory memory;
	int r;

	if (!builder || !ret_sim)
		return -EINVAL;
	r = sim_take_opts(opts, &known);
	if (r < 0)
		return r;
	mine = *builder;
	if (!mine.log_fn) {
		mine.log_fn = known.log_fn;
		mine.log_data = known.log_data;
	}
	r = built_memory_init(&mine, &memory);
	if (r == -ERANGE)
		refuse(&mine, r, "more than %" PRIu64 " blocks", MAX_BLOCKS);
	if (r == 0)
		r = check_whole(&mine, &memory);
	if (r == 0)
		r = make_machine(&mine, &memory, known.flags & MHP_SIM_READ_ONLY, ret_sim);
	built_memory_free(&memory);
	return r;
}
