// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Machines made by calls: the same as real ones of the same shape, file by file, and
 * acting the same; what they are made of; calls that are refused, and why.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "../sim/sim.h"

#define MEMORY "/sys/devices/system/memory/"
#define NODE "/sys/devices/system/node/"
#define DRIVERS "/sys/bus/dax/drivers/"
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* ---- helpers ---- */

static char complaint[1024];

static void note_complaint(void *data, int code, const char *path, const char *message)
{
	(void)data;
	assert_null(path);
	snprintf(complaint, sizeof(complaint), "%d %s", code, message);
}

static struct mhp_sim_builder *new_builder(enum mhp_sim_kernel kernel)
{
	struct mhp_sim_builder *builder;

	assert_int_equal(mhp_sim_builder_new(kernel, &builder), 0);
	mhp_sim_builder_set_log_fn(builder, note_complaint, NULL);
	complaint[0] = '\0';
	return builder;
}

/* Node 0 with two CPUs, node 1 for what comes. */
static struct mhp_sim_builder *two_nodes(enum mhp_sim_kernel kernel)
{
	struct mhp_sim_builder *builder = new_builder(kernel);

	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 2), 0);
	return builder;
}

/* The builder goes. */
static struct mhp_sim *make(struct mhp_sim_builder *builder)
{
	struct mhp_sim *sim = NULL;
	int r = mhp_sim_new_from_builder(builder, NULL, &sim);

	if (r < 0)
		fail_msg("%d: %s", r, complaint);
	mhp_sim_builder_free(builder);
	return sim;
}

static void check_read(struct mhp_sim *sim, const char *path, const char *wanted)
{
	char *text = NULL;
	int r = mhp_sim_read(sim, path, &text);

	if (r < 0)
		fail_msg("%s: %d", path, r);
	if (strncmp(text, wanted, strlen(wanted)) || strcmp(text + strlen(wanted), "\n"))
		fail_msg("%s: %sand not %s", path, text, wanted);
	free(text);
}

static void check_absent(struct mhp_sim *sim, const char *path)
{
	char *text;

	if (mhp_sim_read(sim, path, &text) != -ENOENT)
		fail_msg("%s is there", path);
}

static bool shows(struct mhp_sim *sim, const char *path, const char *piece)
{
	char *text;
	bool found;

	assert_int_equal(mhp_sim_read(sim, path, &text), 0);
	found = strstr(text, piece) != NULL;
	free(text);
	return found;
}

/* ---- as real machines ---- */

/* What recorded machines have that nobody asked the builder for. */
static const char *const hardware[] = {
	"PCI Bus ", "0000:00:0", "0000:00:1", "virtio-pci-modern", "Video ROM", "System ROM",
	"Kernel ", "IOAPIC ", "HPET ", "PNP0103:00", "Local APIC", "Reserved", "RAM buffer",
	/* of CXL: registers */
	"PCI ECAM ", "PCI MMCONFIG ", "PNP0C01:00", "pnp 00:04", "0000:0c:0", "0000:0d:0",
	"0000:0e:0", "port1", "endpoint",
};

/* What regions have nothing to do with. */
static const char *const other_devices[] = {
	"/nvdimm-bridge0", "/cxl_nvdimm", "/cxl_nvdimm_bridge", "/cxl_pmem_region",
	"ACPI0017:00/wakeup", "/meminfo",
};
/* ... and what only the machine made by calls has: recorded ones do not show the first, and
 * some had not loaded the other yet. */
static const char *const made_only[] = { "/sys/devices/pci0000:0c", "/cxl_dax_region" };

struct shape {
	const char *capture, *steps;
	enum mhp_sim_kernel kernel;
	const char *calls;	/* separated by ';' */
	/* "WORD PATH", separated by ';', as "setup" did it; or "DEVICE SIZE", as the host did */
	const char *puts;
	bool region_is_larger;	/* the real one has more than its devices take */
};

#define HMEM "node 0 2;node 1 0;ram 0 0 3ffe0000;dax dax0.0 1 100000000 20000000;" \
	     "load device_dax;load kmem;set auto_online_blocks offline"
#define RANGES "node 0 2;node 1 0;ram 0 0 3ffe0000;dax dax0.0 1 100000000 10000000;" \
	       "dax dax0.0 1 120000000 10000000;dax dax0.1 1 110000000 10000000;" \
	       "load device_dax;load kmem;set auto_online_blocks offline"

/* The device is on a node with boot memory. */
#define VMEM "node 0 2;node 1 0;ram 0 0 3ffe0000;ram 1 100000000 8000000;" \
	     "set auto_online_blocks offline;"

#define ONE_CXL "node 0 2;node 1 0;ram 0 0 3ffe0000;mem mem0 0 20000000 1;" \
		"window 1 110000000 100000000;set auto_online_blocks offline"
#define TWO_CXL ONE_CXL ";mem mem1 0 20000000 2"

static const struct shape shapes[] = {
	{ "6.1-cxl-region-devices.txt", NULL, MHP_SIM_KERNEL_6_1, ONE_CXL, NULL, false },
	{ "7.3-cxl-region-devices.txt", NULL, MHP_SIM_KERNEL_7_3, ONE_CXL, NULL, false },
	{ "7.3-cxl-regions-devices.txt", NULL, MHP_SIM_KERNEL_7_3, TWO_CXL, NULL, false },
	{ "7.3-cxl-region-region.txt", "7.3-cxl-region.steps", MHP_SIM_KERNEL_7_3,
	  ONE_CXL ";region region0 110000000 20000000 mem0;load device_dax;load kmem", NULL,
	  false },
	{ "7.3-cxl-regions-region.txt", "7.3-cxl-regions.steps", MHP_SIM_KERNEL_7_3,
	  TWO_CXL ";region region1 130000000 20000000 mem1;"
	  "region region0 110000000 20000000 mem0;load device_dax;load kmem", NULL, false },
	{ "6.1-hmem-bound.txt", "6.1-hmem.steps", MHP_SIM_KERNEL_6_1, HMEM,
	  "dax0.0 " DRIVERS "device_dax/unbind;dax0.0 " DRIVERS "kmem/new_id", false },
	{ "6.12-hmem-bound.txt", "6.12-hmem.steps", MHP_SIM_KERNEL_6_12, HMEM, NULL, false },
	{ "6.12-hmem-ranges-bound.txt", "6.12-hmem-ranges.steps", MHP_SIM_KERNEL_6_12, RANGES,
	  NULL, true },
	{ "6.12-hmem-multi-bound.txt", "6.12-hmem-multi.steps", MHP_SIM_KERNEL_6_12,
	  "node 0 2;node 1 0;node 2 0;node 3 0;ram 0 0 3ffe0000;ram 3 130000000 8000000;"
	  "dax dax0.0 1 100000000 10000000;dax dax1.0 2 110000000 18000000;"
	  "dax dax2.0 3 128000000 8000000;dax dax3.0 3 138000000 10000000;"
	  "load device_dax;load kmem;set auto_online_blocks offline", NULL, false },
	{ "7.3-hmem-bound.txt", "7.3-hmem.steps", MHP_SIM_KERNEL_7_3, HMEM, NULL, false },
	{ "7.3-hmem-ranges-bound.txt", "7.3-hmem-ranges.steps", MHP_SIM_KERNEL_7_3, RANGES,
	  NULL, true },
	{ "7.3-hmem-unaligned-bound.txt", "7.3-hmem-unaligned.steps", MHP_SIM_KERNEL_7_3,
	  "node 0 2;node 1 0;node 2 0;ram 0 0 3ffe0000;ram 1 100000000 2000000;"
	  "ram 1 11c000000 4000000;ram 2 120000000 8000000;ram 2 13e000000 2000000;"
	  "dax dax0.0 1 102000000 1a000000;dax dax1.0 2 128000000 16000000;"
	  "load device_dax;load kmem;set auto_online_blocks offline", NULL, false },
	{ "7.3-eight-bound.txt", NULL, MHP_SIM_KERNEL_7_3,
	  "node 0 2;node 1 0;ram 0 0 3ffe0000;dax dax0.0 1 100000000 40000000;"
	  "load device_dax;load kmem;set auto_online_blocks offline", NULL, false },
	{ "7.3-boot-node-bound.txt", NULL, MHP_SIM_KERNEL_7_3,
	  "node 0 2;node 1 0;ram 0 0 3ffe0000;dax dax0.0 0 100000000 20000000;"
	  "load device_dax;load kmem;set auto_online_blocks offline", NULL, false },
	{ "6.12-virtio-mem-start.txt", NULL, MHP_SIM_KERNEL_6_12,
	  VMEM "vmem virtio1 1 140000000 40000000 200000", NULL, false },
	{ "7.3-virtio-mem-start.txt", "7.3-virtio-mem.steps", MHP_SIM_KERNEL_7_3,
	  VMEM "vmem virtio1 1 140000000 40000000 200000", NULL, false },
	{ "6.12-virtio-mem-bind-start.txt", "6.12-virtio-mem-bind.steps", MHP_SIM_KERNEL_6_12,
	  VMEM "node 2 0;vmem virtio0 1 140000000 40000000 200000", NULL, false },
	{ "7.3-virtio-mem-bind-start.txt", "7.3-virtio-mem-bind.steps", MHP_SIM_KERNEL_7_3,
	  VMEM "node 2 0;vmem virtio0 1 140000000 40000000 200000", NULL, false },
	{ "7.3-virtio-mem-parts-start.txt", "7.3-virtio-mem-parts.steps", MHP_SIM_KERNEL_7_3,
	  VMEM "node 2 0;vmem virtio0 1 140000000 80000000 200000", NULL, false },
	{ "6.1-virtio-mem-big-start.txt", "6.1-virtio-mem-big.steps", MHP_SIM_KERNEL_6_1,
	  VMEM "vmem virtio1 1 140000000 40000000 10000000", "virtio1 536870912", false },
	{ "7.3-virtio-mem-units-start.txt", "7.3-virtio-mem-units.steps", MHP_SIM_KERNEL_7_3,
	  VMEM "node 2 0;vmem virtio0 1 140000000 40000000 10000000", "virtio0 536870912",
	  false },
};

#define HEX " %" SCNx64

static void call(struct mhp_sim_builder *builder, const char *line)
{
	char name[32], word[32];
	const char *const device = word;
	uint64_t start, size, block;
	unsigned int n_cpus;
	int node, r = -1;

	if (sscanf(line, "node %d %u", &node, &n_cpus) == 2)
		r = mhp_sim_builder_add_node(builder, node, n_cpus);
	else if (sscanf(line, "ram %d" HEX HEX, &node, &start, &size) == 3)
		r = mhp_sim_builder_add_memory(builder, node, start, size);
	else if (sscanf(line, "dax %31s %d" HEX HEX, name, &node, &start, &size) == 4)
		r = mhp_sim_builder_add_dax(builder, name, node, start, size);
	else if (sscanf(line, "vmem %31s %d" HEX HEX HEX, name, &node, &start, &size,
			&block) == 5)
		r = mhp_sim_builder_add_virtio_mem(builder, name, node, start, size, block);
	else if (sscanf(line, "mem %31s %d" HEX HEX, name, &node, &size, &start) == 4)
		r = mhp_sim_builder_add_cxl_memdev(builder, name, node, size, start);
	else if (sscanf(line, "window %d" HEX HEX, &node, &start, &size) == 3)
		r = mhp_sim_builder_add_cxl_window(builder, node, start, size);
	else if (sscanf(line, "region %31s" HEX HEX " %31s", name, &start, &size, word) == 4)
		r = mhp_sim_builder_add_cxl_region(builder, name, start, size, &device, 1, 0);
	else if (sscanf(line, "load %31s", name) == 1)
		r = mhp_sim_builder_load(builder, name);
	else if (sscanf(line, "set %31s %31s", name, word) == 2)
		r = mhp_sim_builder_set(builder, name, word);
	if (r)
		fail_msg("%s: %d, %s", line, r, complaint);
}

static struct mhp_sim *make_shape(const struct shape *shape)
{
	struct mhp_sim_builder *builder = new_builder(shape->kernel);
	char *calls = strdup(shape->calls), *puts = strdup(shape->puts ? shape->puts : ""), *rest;
	struct mhp_sim *sim;

	rest = calls;
	while (rest)
		call(builder, strsep(&rest, ";"));
	free(calls);
	sim = make(builder);
	rest = shape->puts ? puts : NULL;
	while (rest) {
		const char *word = strsep(&rest, " "), *path = strsep(&rest, ";");

		assert_int_equal(*path == '/' ? mhp_sim_write(sim, path, word) :
				 mhp_sim_resize_virtio_mem(sim, word, strtoull(path, NULL, 10)),
				 0);
	}
	free(puts);
	return sim;
}

static struct mhp_sim *open_machine(const char *name)
{
	const char *data = getenv("TEST_DATA");
	struct mhp_sim *sim;
	char path[4096];

	snprintf(path, sizeof(path), "%s/machines/%s", data ? data : "tests", name);
	assert_int_equal(mhp_sim_new_from_capture(path, NULL, &sim), 0);
	return sim;
}

static bool has_line(const char *text, const char *line, size_t length)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		if (!strncmp(text, line, length) && text[length] == '\n')
			return true;
	return false;
}

static bool is_hardware(const char *line)
{
	const char *name = strstr(line, " : ") + 3;

	for (size_t i = 0; i < sizeof(hardware) / sizeof(hardware[0]); i++)
		if (!strncmp(name, hardware[i], strlen(hardware[i])))
			return true;
	return false;
}

/* Lines of a that b has not. */
static void check_iomem(const struct shape *shape, const char *a, const char *b,
			bool may_be_hardware)
{
	for (const char *line = a; *line; line += strcspn(line, "\n") + 1) {
		size_t length = strcspn(line, "\n");

		if (has_line(b, line, length) || (may_be_hardware && is_hardware(line)))
			continue;
		/* not all firmware tells of the first megabyte in the same pieces */
		if (!strncmp(line, "0009fc00-0009ffff : Reserved", length) ||
		    !strncmp(line, "000f0000-000fffff : Reserved", length))
			continue;
		if (shape->region_is_larger && strstr(line, "Soft Reserved") == line + length - 13)
			continue;
		fail_msg("%s: /proc/iomem: %.*s", shape->capture, (int)length, line);
	}
}

/*
 * The kernel takes memory for itself; nothing of that in a machine made by calls. On 6.1
 * what device_dax had stays in the span of zone Device, of which the model knows nothing.
 */
static void check_zoneinfo(const struct shape *shape, const char *a, const char *b)
{
	bool is_device = false;

	while (*a || *b) {
		size_t x = strcspn(a, "\n"), y = strcspn(b, "\n");

		if (!strncmp(a, "Node ", 5))
			is_device = !strncmp(a + x - 6, "Device", 6);
		if ((x != y || strncmp(a, b, x)) && strncmp(a, "  pages free ", 13) &&
		    strncmp(a, "        managed ", 16) &&
		    !(is_device && shape->kernel == MHP_SIM_KERNEL_6_1 &&
		      !strncmp(a, "        spanned ", 16)))
			fail_msg("%s: /proc/zoneinfo: \"%.*s\", made: \"%.*s\"", shape->capture,
				 (int)x, a, (int)y, b);
		a += x + (a[x] == '\n');
		b += y + (b[y] == '\n');
	}
}

static bool ends_in(const char *path, const char *end)
{
	size_t length = strlen(path), n = strlen(end);

	return length >= n && !strcmp(path + length - n, end);
}

static void check_text(const struct shape *shape, const char *path, const char *a, const char *b)
{
	/* one made by calls has no more of the release than the series */
	if (!strcmp(a, b) || ends_in(path, "/osrelease"))
		return;
	/* the host of some had the first three switched off: those of virtio-mem */
	if (ends_in(path, "/features") && strlen(a) > 3 && strlen(b) > 3 && !strcmp(a + 3, b + 3))
		return;
	if (!strcmp(path, "/proc/iomem")) {
		check_iomem(shape, a, b, true);
		check_iomem(shape, b, a, false);
	} else if (!strcmp(path, "/proc/zoneinfo")) {
		/* all of it was recorded in a scenario's first step only */
		if (!strstr(a, "per-node stats"))
			check_zoneinfo(shape, a, b);
	} else if (!shape->region_is_larger || !(ends_in(path, "/dax_region/available_size") ||
						 ends_in(path, "/dax_region/size") ||
						 /* dax0.1 was made by hand */
						 ends_in(path, "/dax_region/create"))) {
		fail_msg("%s: %s: \"%s\", made: \"%s\"", shape->capture, path, a, b);
	}
}

static void compare_files(const struct shape *shape, struct mhp_sim *real, struct node *a,
			  struct mhp_sim *made, struct node *b, const char *path)
{
	struct buf x = { 0 }, y = { 0 };

	buf_add_str(&x, a->type == NODE_LINK ? a->text : "");
	buf_add_str(&y, b->type == NODE_LINK ? b->text : "");
	if (a->type == NODE_FILE)
		assert_int_equal(node_render(real, a, &x), node_render(made, b, &y));
	check_text(shape, path, x.str, y.str);
	buf_free(&x);
	buf_free(&y);
}

static bool is_one_of(const char *path, const char *const *ends, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ends_in(path, ends[i]))
			return true;
	return false;
}

static void compare(const struct shape *shape, struct mhp_sim *real, struct node *a,
		    struct mhp_sim *made, struct node *b)
{
	struct node **children, *other;
	size_t count;

	assert_int_equal(tree_copy_children(a, &children, &count), 0);
	for (size_t i = 0; i < count; i++) {
		char *path = tree_path(children[i]);

		if (is_one_of(path, other_devices,
			      sizeof(other_devices) / sizeof(other_devices[0]))) {
			free(path);
			continue;
		}
		other = tree_child(b, children[i]->name);
		if (!other || other->type != children[i]->type)
			fail_msg("%s: only the real machine has %s", shape->capture, path);
		if (other->type == NODE_DIR)
			compare(shape, real, children[i], made, other);
		else
			compare_files(shape, real, children[i], made, other, path);
		free(path);
	}
	tree_free_children(children, count);
	assert_int_equal(tree_copy_children(b, &children, &count), 0);
	for (size_t i = 0; i < count; i++) {
		char *path = tree_path(children[i]);

		/* some that have no dax device were recorded without the bus, all without uevents */
		if (!tree_child(a, children[i]->name) && strcmp(path, "/sys/bus/dax") &&
		    strcmp(path, "/sys/kernel") && !is_one_of(path, made_only, 2))
			fail_msg("%s: only the made machine has %s", shape->capture, path);
		free(path);
	}
	tree_free_children(children, count);
}

/* What was done to the real machine, on both; of what the host is, only the real one is told. */
static bool do_alike(const char *line, struct mhp_sim *real, struct mhp_sim *made)
{
	char word[128], place[256];
	uint64_t size;
	int node;

	if (sscanf(line, "# host: %127s %d %" SCNu64, word, &node, &size) == 3) {
		assert_int_equal(mhp_sim_set_virtio_mem(real, word, node, size), 0);
		return false;
	}
	if (sscanf(line, "# did: host resize-virtio-mem %127s %" SCNu64, word, &size) == 2) {
		assert_int_equal(mhp_sim_resize_virtio_mem(real, word, size),
				 mhp_sim_resize_virtio_mem(made, word, size));
		return true;
	}
	if (sscanf(line, "# did: put %127s %255[^:]", word, place) != 2)
		return false;
	assert_int_equal(mhp_sim_write(real, place, word), mhp_sim_write(made, place, word));
	return true;
}

/* What is done to real machines after the step "bound", or "start", on both. */
static void act_alike(const struct shape *shape, struct mhp_sim *real, struct mhp_sim *made)
{
	const char *data = getenv("TEST_DATA");
	char path[4096], line[512];
	bool active = false, has_begun = false;
	size_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/machines/%s", data ? data : "tests", shape->steps);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "## ", 3)) {
			if (active)
				compare(shape, real, real->root, made, made->root);
			active |= has_begun || !strcmp(line, "## bound\n") ||
				  !strcmp(line, "## start\n");
			has_begun = !strcmp(line, "## region\n");
		}
		if (active)
			count += do_alike(line, real, made);
	}
	fclose(file);
	assert_true(count > 4);
	compare(shape, real, real->root, made, made->root);
}

static void test_same_as_real(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct mhp_sim *real = open_machine(shapes[i].capture);
		struct mhp_sim *made = make_shape(&shapes[i]);

		compare(&shapes[i], real, real->root, made, made->root);
		if (shapes[i].steps)
			act_alike(&shapes[i], real, made);
		mhp_sim_unref(real);
		mhp_sim_unref(made);
	}
}

/* ---- what it is made of ---- */

static void test_kernels(void **state)
{
	static const struct {
		enum mhp_sim_kernel kernel;
		const char *policy, *hmem;
		bool new_files;
	} kernels[] = {
		{ MHP_SIM_KERNEL_6_1, "offline", "/sys/devices/platform/hmem.0/", false },
		{ MHP_SIM_KERNEL_6_12, "online", "/sys/devices/platform/hmem.0/", true },
		{ MHP_SIM_KERNEL_7_3, "online",
		  "/sys/devices/platform/hmem_platform.0/hmem.0/", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct mhp_sim_builder *builder = two_nodes(kernels[i].kernel);
		char path[256], *text;
		struct mhp_sim *sim;
		int wanted = kernels[i].new_files ? 0 : -ENOENT;

		mhp_sim_builder_add_memory(builder, 0, 0, GIB);
		mhp_sim_builder_add_dax(builder, "dax0.0", 1, 4 * GIB, GIB);
		sim = make(builder);
		check_read(sim, MEMORY "auto_online_blocks", kernels[i].policy);
		text = NULL;
		assert_int_equal(mhp_sim_read(sim, MEMORY "crash_hotplug", &text), wanted);
		free(text);
		snprintf(path, sizeof(path), "%sdax0.0/memmap_on_memory", kernels[i].hmem);
		text = NULL;
		assert_int_equal(mhp_sim_read(sim, path, &text), wanted);
		free(text);
		check_absent(sim, MEMORY "memory32/state");
		check_absent(sim, DRIVERS "kmem/bind");
		mhp_sim_unref(sim);
	}
}

static void test_zones_and_holes(void **state)
{
	struct mhp_sim_builder *builder = two_nodes(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *sim;

	(void)state;
	mhp_sim_builder_add_memory(builder, 0, 0, 3 * GIB);
	/* from the middle of memory32 to the middle of memory40, which has both nodes */
	mhp_sim_builder_add_memory(builder, 0, 4 * GIB + 64 * MIB, GIB);
	mhp_sim_builder_add_memory(builder, 1, 5 * GIB + 64 * MIB, GIB);
	sim = make(builder);
	check_read(sim, MEMORY "memory0/valid_zones", "none");
	check_read(sim, MEMORY "memory1/valid_zones", "DMA32");
	check_read(sim, MEMORY "memory32/valid_zones", "Normal");
	check_read(sim, MEMORY "memory40/valid_zones", "none");
	check_read(sim, MEMORY "memory40/node1/cpulist", "");
	check_read(sim, NODE "node0/memory40/state", "online");
	check_read(sim, NODE "node1/memory40/state", "online");
	check_absent(sim, MEMORY "memory24/state");
	check_absent(sim, NODE "node1/memory32/state");
	check_read(sim, NODE "has_memory", "0-1");
	assert_int_equal(mhp_sim_write(sim, MEMORY "memory0/state", "offline"), -EINVAL);
	assert_int_equal(mhp_sim_write(sim, MEMORY "memory32/state", "offline"), -EINVAL);
	assert_int_equal(mhp_sim_write(sim, MEMORY "memory40/state", "offline"), -EINVAL);
	assert_int_equal(mhp_sim_write(sim, MEMORY "memory33/state", "offline"), 0);
	assert_true(shows(sim, "/proc/iomem", "\n00100000-bfffffff : System RAM\n"));
	/* firmware does not tell of nodes */
	assert_true(shows(sim, "/proc/iomem", "\n104000000-183ffffff : System RAM\n"));
	assert_true(shows(sim, "/proc/zoneinfo", "Node 0, zone   Normal\n  pages free     229376\n"
			  "        spanned  262144\n        present  229376\n"));
	mhp_sim_unref(sim);
}

static void test_nodes(void **state)
{
	struct mhp_sim_builder *builder = new_builder(MHP_SIM_KERNEL_6_12);
	struct mhp_sim *sim;

	(void)state;
	assert_int_equal(mhp_sim_builder_add_node(builder, 5, 0), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 2, 8), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 33), 0);
	assert_int_equal(mhp_sim_builder_set_distance(builder, 2, 5, 31), 0);
	assert_int_equal(mhp_sim_builder_set_distance(builder, 5, 2, 30), 0);
	assert_int_equal(mhp_sim_builder_set_distance(builder, 5, 0, 40), 0);
	mhp_sim_builder_add_memory(builder, 0, 0, 6 * GIB);
	mhp_sim_builder_add_dax(builder, "dax3.7", 5, 8 * GIB, GIB);
	mhp_sim_builder_load(builder, "kmem");
	mhp_sim_builder_set(builder, "drivers_autoprobe", "0");
	sim = make(builder);
	check_read(sim, NODE "online", "0,2");
	check_read(sim, NODE "possible", "0,2,5");
	check_read(sim, NODE "has_cpu", "0,2");
	check_read(sim, NODE "node0/cpulist", "0-32");
	check_read(sim, NODE "node0/cpumap", "001,ffffffff");
	check_read(sim, NODE "node2/cpulist", "33-40");
	check_read(sim, NODE "node2/cpumap", "1fe,00000000");
	check_read(sim, NODE "node2/distance", "20 10");
	check_read(sim, "/sys/bus/dax/devices/dax3.7/numa_node", "2");
	assert_int_equal(mhp_sim_write(sim, DRIVERS "kmem/bind", "dax3.7"), 0);
	check_read(sim, NODE "online", "0,2,5");
	check_read(sim, NODE "node5/distance", "40 30 10");
	check_read(sim, NODE "node2/distance", "20 10 31");
	mhp_sim_unref(sim);
}

/* Bound at boot, under the policy: what each kernel makes of it. */
static void test_modules(void **state)
{
	struct mhp_sim_builder *builder = two_nodes(MHP_SIM_KERNEL_6_12);
	struct mhp_sim *sim;
	char *text;

	(void)state;
	mhp_sim_builder_add_memory(builder, 0, 0, GIB);
	mhp_sim_builder_add_dax(builder, "dax0.0", 1, 4 * GIB, GIB);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_online_blocks", "online_movable\n"),
			 0);
	assert_int_equal(mhp_sim_builder_load(builder, "kmem"), 0);
	/* two machines of one builder */
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &sim), 0);
	mhp_sim_unref(sim);
	sim = make(builder);
	check_read(sim, MEMORY "memory39/valid_zones", "Movable");
	/* that is how it was made, nothing that was done to it */
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_null(strstr(text, "# did:"));
	free(text);
	mhp_sim_unref(sim);
}

static void test_words(void **state)
{
	struct mhp_sim_builder *builder = two_nodes(MHP_SIM_KERNEL_6_12);
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = MHP_SIM_READ_ONLY };
	struct mhp_sim *sim;

	(void)state;
	mhp_sim_builder_add_memory(builder, 0, 0, GIB);
	mhp_sim_builder_add_memory(builder, 0, 4 * GIB, GIB);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_movable_ratio", "100"), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_movable_ratio", "200"), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "memmap_on_memory", "force"), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "cmdline", "quiet movable_node"), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "/etc/udev/rules.d/10.rules", "a\nb"), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, &opts, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, MEMORY "memory32/state", "offline"), -EROFS);
	check_read(sim, MEMORY "memory32/state", "online");
	mhp_sim_unref(sim);
	sim = make(builder);
	check_read(sim, "/sys/module/memory_hotplug/parameters/auto_movable_ratio", "200");
	check_read(sim, "/sys/module/memory_hotplug/parameters/memmap_on_memory", "force");
	check_read(sim, "/proc/cmdline", "quiet movable_node");
	check_read(sim, "/etc/udev/rules.d/10.rules", "a\nb");
	mhp_sim_unref(sim);
}

/* Their memory is on a node that has none yet; each has its place; larger ones wait. */
static void test_virtio_mem(void **state)
{
	struct mhp_sim_builder *builder = two_nodes(MHP_SIM_KERNEL_6_12);
	struct mhp_sim *sim;

	(void)state;
	mhp_sim_builder_add_memory(builder, 0, 0, GIB);
	mhp_sim_builder_add_memory(builder, 0, 8 * GIB, GIB);
	mhp_sim_builder_add_dax(builder, "dax0.0", 1, 6 * GIB, GIB);
	assert_int_equal(mhp_sim_builder_add_virtio_mem(builder, "virtio29", 0, 12 * GIB, GIB,
							256 * MIB), 0);
	/* not aligned to blocks of 128 MiB */
	assert_int_equal(mhp_sim_builder_add_virtio_mem(builder, "virtio0", 1, 4 * GIB + 2 * MIB,
							GIB, 2 * MIB), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_online_blocks", "online_movable"), 0);
	sim = make(builder);
	check_read(sim, "/sys/bus/virtio/devices/virtio29/device", "0x0018");
	check_read(sim, "/sys/devices/pci0000:00/0000:00:1f.0/virtio29/status", "0x0000000f");
	check_read(sim, "/sys/bus/virtio/drivers/virtio_mem/virtio0/vendor", "0x1af4");
	check_read(sim, NODE "online", "0");
	assert_true(shows(sim, "/proc/iomem", "\n100200000-1401fffff : virtio0\n"
			  "180000000-1bfffffff : Soft Reserved\n"
			  "200000000-23fffffff : System RAM\n300000000-33fffffff : virtio29\n"));
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 130 * MIB), 0);
	check_read(sim, NODE "online", "0-1");
	check_read(sim, NODE "node1/memory33/valid_zones", "Movable");
	check_read(sim, NODE "node1/memory34/state", "online");
	check_absent(sim, MEMORY "memory32/state");
	check_absent(sim, MEMORY "memory35/state");
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio29", 130 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio29", 256 * MIB), 0);
	check_read(sim, NODE "node0/memory97/state", "online");
	check_absent(sim, MEMORY "memory98/state");
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 0), 0);
	check_absent(sim, MEMORY "memory33/state");
	check_read(sim, NODE "online", "0");
	mhp_sim_unref(sim);
}

/* A slot comes with its DIMM; both ways of giving one back. */
static void test_dimms(void **state)
{
	static const char slot[] = "/sys/bus/acpi/devices/PNP0C80:02/";
	struct mhp_sim_builder *builder = two_nodes(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *sim;
	char path[128];

	(void)state;
	mhp_sim_builder_add_memory(builder, 0, 0, GIB);
	mhp_sim_builder_add_dax(builder, "dax0.0", 1, 6 * GIB, GIB);
	mhp_sim_builder_set(builder, "auto_online_blocks", "online_movable");
	sim = make(builder);
	assert_int_equal(mhp_sim_plug_dimm(sim, 2, 2, 4 * GIB, 256 * MIB), -EINVAL);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(mhp_sim_plug_dimm(sim, 2, 1, 4 * GIB, 256 * MIB), 0);
		assert_int_equal(mhp_sim_plug_dimm(sim, 2, 1, 5 * GIB, 256 * MIB), -EBUSY);
		check_read(sim, NODE "node1/memory33/valid_zones", "Movable");
		snprintf(path, sizeof(path), "%sstatus", slot);
		check_read(sim, path, "15");
		snprintf(path, sizeof(path), "%seject", slot);
		assert_int_equal(i ? mhp_sim_write(sim, path, "1") :
				 mhp_sim_request_unplug_dimm(sim, 2), 0);
		check_absent(sim, MEMORY "memory32/state");
		check_read(sim, NODE "online", "0");
		snprintf(path, sizeof(path), "%sstatus", slot);
		check_read(sim, path, "0");
	}
	assert_int_equal(mhp_sim_request_unplug_dimm(sim, 2), -ENODEV);
	mhp_sim_unref(sim);
}

/* As text it is the same machine. */
static void test_round_trip(void **state)
{
	struct mhp_sim_builder *builder = two_nodes(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *sim, *again;
	char *text, *second;

	(void)state;
	mhp_sim_builder_add_memory(builder, 0, 0, 4 * GIB);
	mhp_sim_builder_add_memory(builder, 1, 4 * GIB, 4 * GIB);
	mhp_sim_builder_add_dax(builder, "dax1.0", 1, 16 * GIB, GIB);
	mhp_sim_builder_add_dax(builder, "dax0.0", 0, 12 * GIB, GIB);
	mhp_sim_builder_add_virtio_mem(builder, "virtio3", 1, 20 * GIB, GIB, 2 * MIB);
	mhp_sim_builder_add_virtio_mem(builder, "virtio0", 1, 14 * GIB, GIB, 2 * MIB);
	mhp_sim_builder_set(builder, "/etc/x", "y");
	mhp_sim_builder_load(builder, "kmem");
	sim = make(builder);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &again), 0);
	assert_int_equal(mhp_sim_copy_capture(again, &second), 0);
	assert_string_equal(second, text);
	free(text);
	free(second);
	mhp_sim_unref(sim);
	mhp_sim_unref(again);
}

/* ---- what is refused ---- */

#define check_refused(wanted, message, expression) do { \
	complaint[0] = '\0'; \
	assert_int_equal(expression, wanted); \
	if (!strstr(complaint, message)) \
		fail_msg("%s: \"%s\"", #expression, complaint); \
} while (0)

static void test_bad_nodes(void **state)
{
	struct mhp_sim_builder *b = two_nodes(MHP_SIM_KERNEL_7_3);

	(void)state;
	check_refused(-ERANGE, "-1", mhp_sim_builder_add_node(b, -1, 0));
	check_refused(-ERANGE, "1024", mhp_sim_builder_add_node(b, 1024, 0));
	check_refused(-EEXIST, "node 1", mhp_sim_builder_add_node(b, 1, 0));
	check_refused(-ERANGE, "4294967295 CPUs", mhp_sim_builder_add_node(b, 2, UINT32_MAX));
	check_refused(-ERANGE, "8191 CPUs", mhp_sim_builder_add_node(b, 2, 8191));
	check_refused(-EINVAL, "node 7", mhp_sim_builder_set_distance(b, 0, 7, 20));
	check_refused(-EINVAL, "node 1", mhp_sim_builder_set_distance(b, 1, 1, 20));
	check_refused(-ERANGE, "distance 10", mhp_sim_builder_set_distance(b, 0, 1, 10));
	check_refused(-ERANGE, "distance 255", mhp_sim_builder_set_distance(b, 0, 1, 255));
	mhp_sim_builder_free(b);
}

static void test_bad_memory(void **state)
{
	struct mhp_sim_builder *b = two_nodes(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *sim;

	(void)state;
	check_refused(-EINVAL, "no boot memory", mhp_sim_new_from_builder(b, NULL, &sim));
	check_refused(-EINVAL, "node 2", mhp_sim_builder_add_memory(b, 2, 0, GIB));
	check_refused(-EINVAL, "size is 0", mhp_sim_builder_add_memory(b, 0, GIB, 0));
	check_refused(-EINVAL, "0x800", mhp_sim_builder_add_memory(b, 0, 0x800, GIB));
	check_refused(-EINVAL, "0x40000001", mhp_sim_builder_add_memory(b, 0, 0, GIB + 1));
	check_refused(-ERANGE, "0x10000000000000",
		      mhp_sim_builder_add_memory(b, 0, UINT64_C(1) << 52, GIB));
	check_refused(-ERANGE, "0xfffffffffffff000",
		      mhp_sim_builder_add_memory(b, 0, 4096, UINT64_MAX - 4095));
	assert_int_equal(mhp_sim_builder_add_memory(b, 0, GIB, GIB), 0);
	check_refused(-EEXIST, "0x7ffff000-0x8fffefff",
		      mhp_sim_builder_add_memory(b, 1, 2 * GIB - 4096, 256 * MIB));
	check_refused(-ERANGE, "1048575 bytes", mhp_sim_builder_set_block_size_bytes(b, 1048575));
	check_refused(-ERANGE, "bytes", mhp_sim_builder_set_block_size_bytes(b,
									     UINT64_C(1) << 40));
	check_refused(-EINVAL, "50331648", mhp_sim_builder_set_block_size_bytes(b, 48 * MIB));
	assert_int_equal(mhp_sim_builder_add_memory(b, 0, GIB * 1024, GIB * 1024 * 1024), 0);
	assert_int_equal(mhp_sim_builder_set_block_size_bytes(b, 16 * MIB), 0);
	check_refused(-ERANGE, "blocks", mhp_sim_new_from_builder(b, NULL, &sim));
	mhp_sim_builder_free(b);
}

static void test_bad_dax(void **state)
{
	struct mhp_sim_builder *b = two_nodes(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *sim;

	(void)state;
	mhp_sim_builder_add_memory(b, 0, 0, GIB);
	check_refused(-EINVAL, "\"dax0\"", mhp_sim_builder_add_dax(b, "dax0", 1, 4 * GIB, GIB));
	check_refused(-EINVAL, "\"dax1024.0\"",
		      mhp_sim_builder_add_dax(b, "dax1024.0", 1, 4 * GIB, GIB));
	check_refused(-EINVAL, "\\x0a", mhp_sim_builder_add_dax(b, "dax0.0\n", 1, 4 * GIB, GIB));
	check_refused(-EINVAL, "0x100001000",
		      mhp_sim_builder_add_dax(b, "dax0.0", 1, 4 * GIB + 4096, GIB));
	check_refused(-EINVAL, "node 9", mhp_sim_builder_add_dax(b, "dax0.0", 9, 4 * GIB, GIB));
	check_refused(-EEXIST, "0x3fe00000",
		      mhp_sim_builder_add_dax(b, "dax0.0", 1, GIB - 2 * MIB, GIB));
	assert_int_equal(mhp_sim_builder_add_dax(b, "dax0.0", 1, 4 * GIB, GIB), 0);
	check_refused(-EINVAL, "dax0.1 on node 0",
		      mhp_sim_builder_add_dax(b, "dax0.1", 0, 6 * GIB, GIB));
	assert_int_equal(mhp_sim_builder_add_dax(b, "dax0.0", 1, 6 * GIB, GIB), 0);
	assert_int_equal(mhp_sim_builder_add_dax(b, "dax1.0", 1, 5 * GIB, GIB), 0);
	check_refused(-EEXIST, "region of dax0.0", mhp_sim_new_from_builder(b, NULL, &sim));
	mhp_sim_builder_free(b);
}

static void test_bad_virtio_mem(void **state)
{
	static const char *const names[] = {
		"", "virtio", "virtio30", "virtio00", "virtio01", "virtio-1", "virtio1x",
		"virtio1\n", "virtio4294967296", "Virtio0", "dax0.0",
	};
	struct mhp_sim_builder *b = two_nodes(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *sim;

#define add(name, node, start, size, block) \
	mhp_sim_builder_add_virtio_mem(b, name, node, start, size, block)
	(void)state;
	mhp_sim_builder_add_memory(b, 0, 0, GIB);
	assert_int_equal(add(NULL, 1, 4 * GIB, GIB, 2 * MIB), -EINVAL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_refused(-EINVAL, "virtio device", add(names[i], 1, 4 * GIB, GIB, 2 * MIB));
	check_refused(-EINVAL, "virtio1\\x0a", add("virtio1\n", 1, 4 * GIB, GIB, 2 * MIB));
	check_refused(-EINVAL, "node 2", add("virtio0", 2, 4 * GIB, GIB, 2 * MIB));
	check_refused(-EINVAL, "1048576 bytes", add("virtio0", 1, 4 * GIB, GIB, MIB));
	check_refused(-EINVAL, "6291456 bytes", add("virtio0", 1, 4 * GIB, GIB, 6 * MIB));
	check_refused(-EINVAL, "of 0 bytes", add("virtio0", 1, 4 * GIB, GIB, 0));
	check_refused(-ERANGE, "4503599627370496 bytes",
		      add("virtio0", 1, 0, UINT64_C(1) << 52, UINT64_C(1) << 52));
	check_refused(-EINVAL, "0x100200000", add("virtio0", 1, 4 * GIB + 2 * MIB, GIB, 4 * MIB));
	check_refused(-EINVAL, "0x40200000", add("virtio0", 1, 4 * GIB, GIB + 2 * MIB, 4 * MIB));
	check_refused(-EINVAL, "size is 0", add("virtio0", 1, 4 * GIB, 0, 2 * MIB));
	check_refused(-ERANGE, "0xffffffffffe00000",
		      add("virtio0", 1, -(2 * MIB), 4 * MIB, 2 * MIB));
	check_refused(-EEXIST, "0x3fe00000", add("virtio0", 1, GIB - 2 * MIB, GIB, 2 * MIB));
	assert_int_equal(add("virtio0", 1, 4 * GIB, GIB, 2 * MIB), 0);
	check_refused(-EEXIST, "virtio0", add("virtio0", 1, 6 * GIB, GIB, 2 * MIB));
	check_refused(-EEXIST, "0x13fe00000", add("virtio1", 1, 5 * GIB - 2 * MIB, GIB, 2 * MIB));
	check_refused(-EEXIST, "0x13fe00000",
		      mhp_sim_builder_add_memory(b, 1, 5 * GIB - 2 * MIB, GIB));
	assert_int_equal(mhp_sim_builder_set(b, "/sys/devices/pci0000:00/0000:00:02.0/virtio0/"
					     "device", "0x0001"), 0);
	check_refused(-EINVAL, "virtio0/device", mhp_sim_new_from_builder(b, NULL, &sim));
	check_refused(-EINVAL, "virtio_mem/bind",
		      mhp_sim_builder_set(b, "/sys/bus/virtio/drivers/virtio_mem/bind", "x"));
	mhp_sim_builder_free(b);

	b = two_nodes(MHP_SIM_KERNEL_6_1);
	mhp_sim_builder_add_memory(b, 0, 0, GIB);
	assert_int_equal(add("virtio0", 1, 5 * GIB, GIB, 2 * MIB), 0);
	assert_int_equal(mhp_sim_builder_add_dax(b, "dax0.0", 1, 4 * GIB, GIB), 0);
	assert_int_equal(mhp_sim_builder_add_dax(b, "dax0.1", 1, 6 * GIB, GIB), 0);
	check_refused(-EEXIST, "region of dax0.0", mhp_sim_new_from_builder(b, NULL, &sim));
	mhp_sim_builder_free(b);

	b = two_nodes(MHP_SIM_KERNEL_6_1);
	mhp_sim_builder_add_memory(b, 0, 0, GIB);
	assert_int_equal(add("virtio7", 1, GIB, GIB << 18, 2 * MIB), 0);
	check_refused(-ERANGE, "virtio7", mhp_sim_new_from_builder(b, NULL, &sim));
	mhp_sim_builder_free(b);
#undef add
}

static void test_bad_words(void **state)
{
	struct mhp_sim_builder *b = two_nodes(MHP_SIM_KERNEL_6_1);
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = 1 << 7 };
	struct mhp_sim *sim;

	(void)state;
	mhp_sim_builder_add_memory(b, 0, 0, GIB);
	check_refused(-EINVAL, "Online", mhp_sim_builder_set(b, "auto_online_blocks", "Online"));
	check_refused(-EINVAL, "never",
		      mhp_sim_builder_set(b, MEMORY "auto_online_blocks", "never"));
	check_refused(-EINVAL, "force", mhp_sim_builder_set(b, "memmap_on_memory", "force"));
	check_refused(-EINVAL, "-1", mhp_sim_builder_set(b, "auto_movable_ratio", "-1"));
	check_refused(-EINVAL, "auto", mhp_sim_builder_set(b, "online_policy", "auto"));
	check_refused(-EINVAL, "2", mhp_sim_builder_set(b, "drivers_autoprobe", "2"));
	check_refused(-EINVAL, "\\x0a", mhp_sim_builder_set(b, "cmdline", "a\nb"));
	check_refused(-EINVAL, "policy", mhp_sim_builder_set(b, "policy", "1"));
	check_refused(-EINVAL, "..", mhp_sim_builder_set(b, "/etc/../x", "1"));
	check_refused(-EINVAL, "memory0",
		      mhp_sim_builder_set(b, MEMORY "memory0/state", "offline"));
	check_refused(-EINVAL, "dax_hmem", mhp_sim_builder_load(b, "dax_hmem"));
	assert_int_equal(mhp_sim_builder_load(b, "kmem"), 0);
	check_refused(-EEXIST, "kmem", mhp_sim_builder_load(b, "kmem"));
	assert_int_equal(mhp_sim_new_from_builder(b, &opts, &sim), -E2BIG);
	assert_int_equal(mhp_sim_builder_set(b, "/sys/kernel/uevent_seqnum", "x"), 0);
	check_refused(-EBADMSG, "uevent_seqnum", mhp_sim_new_from_builder(b, NULL, &sim));
	assert_int_equal(mhp_sim_builder_set(b, "/sys/kernel/uevent_seqnum", "1"), 0);
	assert_int_equal(mhp_sim_builder_set(b, "/proc", "1"), 0);
	check_refused(-EINVAL, "/proc", mhp_sim_new_from_builder(b, NULL, &sim));
	mhp_sim_builder_free(b);
	assert_int_equal(mhp_sim_builder_new(0, &b), -EINVAL);
	assert_int_equal(mhp_sim_builder_new(4, &b), -EINVAL);
	mhp_sim_builder_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_real),
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_zones_and_holes),
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_virtio_mem),
		cmocka_unit_test(test_dimms),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_bad_nodes),
		cmocka_unit_test(test_bad_memory),
		cmocka_unit_test(test_bad_dax),
		cmocka_unit_test(test_bad_virtio_mem),
		cmocka_unit_test(test_bad_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
