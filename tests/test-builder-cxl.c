// SPDX-License-Identifier: LGPL-2.1-or-later
/* CXL memory by calls: what is refused, and what comes of it. That real machines are the
 * same, test-builder.c looks at. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "support/desk.h"
#include "support/replay.h"

#define CXL "/sys/bus/cxl/devices/"
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define WINDOW UINT64_C(0x110000000)

static char complaint[1024];

static void note_complaint(void *data, int code, const char *path, const char *message)
{
	(void)data;
	(void)code;
	assert_null(path);
	snprintf(complaint, sizeof(complaint), "%s", message);
}

static void check_refused(int r, int code, const char *piece)
{
	if (r != code || !strstr(complaint, piece))
		fail_msg("%d, \"%s\", and not %d, \"%s\"", r, complaint, code, piece);
	complaint[0] = '\0';
}

/* Four devices of 512 MiB, a window of 4 GiB on node 1, boot memory of 1 GiB on node 0. */
static struct mhp_sim_builder *new_builder(enum mhp_sim_kernel kernel)
{
	static const char *const devices[] = { "mem0", "mem1", "mem2", "mem3" };
	struct mhp_sim_builder *builder;

	assert_int_equal(mhp_sim_builder_new(kernel, &builder), 0);
	mhp_sim_builder_set_log_fn(builder, note_complaint, NULL);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 2), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, GIB), 0);
	/* in any order */
	for (unsigned int i = 4; i > 0; i--)
		assert_int_equal(mhp_sim_builder_add_cxl_memdev(builder, devices[i - 1], 0,
								512 * MIB,
								UINT64_C(0x1a2b00000000) + i),
				 0);
	assert_int_equal(mhp_sim_builder_add_cxl_window(builder, 1, WINDOW, 4 * GIB), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_online_blocks", "offline"), 0);
	assert_int_equal(mhp_sim_builder_load(builder, "kmem"), 0);
	complaint[0] = '\0';
	return builder;
}

static int add_memdev(struct mhp_sim_builder *builder, const char *name, int node, uint64_t size)
{
	return mhp_sim_builder_add_cxl_memdev(builder, name, node, size, 1);
}

static int add_region(struct mhp_sim_builder *builder, const char *name, uint64_t start,
		      uint64_t size, const char *x, const char *y, unsigned int flags)
{
	const char *const devices[] = { x, y };

	return mhp_sim_builder_add_cxl_region(builder, name, start, size, devices, y ? 2 : 1,
					      flags);
}

static struct mhp_sim *make(struct mhp_sim_builder *builder)
{
	struct mhp_sim *sim = NULL;
	int r = mhp_sim_new_from_builder(builder, NULL, &sim);

	if (r < 0)
		fail_msg("%d: %s", r, complaint);
	mhp_sim_builder_free(builder);
	return sim;
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

/* ---- what is refused ---- */

static void test_bad_devices(void **state)
{
	struct mhp_sim_builder *builder = new_builder(MHP_SIM_KERNEL_7_3);

	(void)state;
	assert_int_equal(add_memdev(builder, NULL, 0, GIB), -EINVAL);
	check_refused(add_memdev(builder, "mem16", 0, GIB), -EINVAL, "mem16");
	check_refused(add_memdev(builder, "mem04", 0, GIB), -EINVAL, "mem04");
	check_refused(add_memdev(builder, "mem", 0, GIB), -EINVAL, "mem");
	check_refused(add_memdev(builder, "mem4\n", 0, GIB), -EINVAL, "mem4");
	check_refused(add_memdev(builder, "mem3", 0, GIB), -EEXIST, "mem3");
	check_refused(add_memdev(builder, "mem4", 7, GIB), -EINVAL, "node 7");
	check_refused(add_memdev(builder, "mem4", 0, GIB + 1), -EINVAL,
		      "no multiple");
	check_refused(add_memdev(builder, "mem4", 0, 0), -EINVAL, "size is 0");
	check_refused(add_memdev(builder, "mem4", 0, UINT64_C(1) << 60), -ERANGE,
		      "addresses");
	mhp_sim_builder_free(builder);
}

static void test_bad_windows(void **state)
{
	struct mhp_sim_builder *builder = new_builder(MHP_SIM_KERNEL_7_3);

	(void)state;
	check_refused(mhp_sim_builder_add_cxl_window(builder, 1, WINDOW + GIB, GIB), -EEXIST,
		      "window");
	check_refused(mhp_sim_builder_add_cxl_window(builder, 2, 64 * GIB, GIB), -EINVAL, "node 2");
	check_refused(mhp_sim_builder_add_cxl_window(builder, 1, 64 * GIB + MIB, GIB), -EINVAL,
		      "no multiple");
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax4.0", 1, 64 * GIB, GIB), 0);
	check_refused(mhp_sim_builder_add_cxl_window(builder, 1, 63 * GIB, 2 * GIB), -EEXIST,
		      "device's memory");
	check_refused(mhp_sim_builder_add_dax(builder, "dax5.0", 1, WINDOW, GIB), -EEXIST,
		      "window");
	check_refused(mhp_sim_builder_add_virtio_mem(builder, "virtio0", 1, WINDOW, GIB, 2 * MIB),
		      -EEXIST, "window");
	mhp_sim_builder_free(builder);
}

static void test_bad_regions(void **state)
{
	static const char *const five[] = { "mem0", "mem1", "mem2", "mem3", "mem0" };
	struct mhp_sim_builder *builder = new_builder(MHP_SIM_KERNEL_7_3);
	const uint64_t unit = 256 * MIB;

	(void)state;
	assert_int_equal(add_region(builder, NULL, WINDOW, unit, "mem0", NULL, 0), -EINVAL);
	check_refused(add_region(builder, "region", WINDOW, unit, "mem0", NULL, 0), -EINVAL,
		      "region");
	check_refused(add_region(builder, "region0", WINDOW, unit, "mem9", NULL, 0), -EINVAL,
		      "mem9");
	check_refused(add_region(builder, "region0", WINDOW, unit, NULL, NULL, 0), -EINVAL,
		      "device");
	check_refused(add_region(builder, "region0", WINDOW, 2 * unit, "mem0", "mem0", 0), -EINVAL,
		      "twice");
	check_refused(mhp_sim_builder_add_cxl_region(builder, "region0", WINDOW, 5 * unit, five, 5,
						     0), -EINVAL, "5 devices");
	check_refused(mhp_sim_builder_add_cxl_region(builder, "region0", WINDOW, unit, five, 0, 0),
		      -EINVAL, "0 devices");
	check_refused(add_region(builder, "region0", WINDOW, unit, "mem0", NULL, 8), -EINVAL,
		      "flags");
	check_refused(add_region(builder, "region0", WINDOW, unit, "mem0", "mem1", 0), -EINVAL,
		      "no multiple");
	check_refused(add_region(builder, "region0", WINDOW + MIB, unit, "mem0", NULL, 0), -EINVAL,
		      "no multiple");
	check_refused(add_region(builder, "region0", WINDOW - unit, unit, "mem0", NULL, 0), -EINVAL,
		      "in no window");
	check_refused(add_region(builder, "region0", WINDOW, 3 * unit, "mem0", NULL, 0), -ERANGE,
		      "mem0 has");
	assert_int_equal(add_region(builder, "region0", WINDOW, 2 * unit, "mem0", "mem1", 0), 0);
	check_refused(add_region(builder, "region0", WINDOW + GIB, unit, "mem0", NULL, 0), -EEXIST,
		      "region0");
	check_refused(add_region(builder, "region1", WINDOW + unit, unit, "mem0", NULL, 0), -EEXIST,
		      "region0 is there");
	check_refused(add_region(builder, "region1", WINDOW + GIB, 2 * unit, "mem0", NULL, 0),
		      -ERANGE, "mem0 has");
	for (unsigned int i = 1; i < 4; i++) {
		char name[16];

		snprintf(name, sizeof(name), "region%u", i);
		assert_int_equal(add_region(builder, name, WINDOW + i * GIB, unit, five[i], NULL,
					    0), 0);
	}
	check_refused(add_region(builder, "region4", WINDOW + 5 * unit, unit, "mem0", NULL, 0),
		      -ERANGE, "decoders");
	mhp_sim_builder_free(builder);

	builder = new_builder(MHP_SIM_KERNEL_6_1);
	check_refused(add_region(builder, "region0", WINDOW, unit, "mem0", NULL, 0), -EINVAL,
		      "no RAM regions");
	mhp_sim_builder_free(builder);
}

/* What is wrong only as a whole. */
static void test_bad_machines(void **state)
{
	struct mhp_sim_builder *builder = new_builder(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *sim;

	(void)state;
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, WINDOW, 512 * MIB), 0);
	check_refused(mhp_sim_new_from_builder(builder, NULL, &sim), -EEXIST, "window of CXL");
	assert_int_equal(add_region(builder, "region0", WINDOW, 256 * MIB, "mem0", NULL, 0), 0);
	check_refused(mhp_sim_new_from_builder(builder, NULL, &sim), -EEXIST, "window of CXL");
	mhp_sim_builder_free(builder);

	builder = new_builder(MHP_SIM_KERNEL_7_3);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax0.0", 1, 64 * GIB, GIB), 0);
	assert_int_equal(add_region(builder, "region0", WINDOW, 256 * MIB, "mem0", NULL, 0), 0);
	check_refused(mhp_sim_new_from_builder(builder, NULL, &sim), -EEXIST, "region0");
	mhp_sim_builder_free(builder);

	builder = new_builder(MHP_SIM_KERNEL_7_3);
	assert_int_equal(mhp_sim_builder_set(builder, CXL "x", "1"), 0);
	check_refused(mhp_sim_new_from_builder(builder, NULL, &sim), -EINVAL, CXL "x");
	mhp_sim_builder_free(builder);
}

/* ---- what comes of it ---- */

/* The machine that was put together by hand is what calls make. */
static void test_many(void **state)
{
	static const char *const files[] = {
		CXL "region0/locked", CXL "region0/resource", CXL "region0/size",
		CXL "region0/interleave_ways", CXL "region0/target0", CXL "region0/target1",
		CXL "region0/commit", CXL "region0/dax_region0/dax0.0/state",
		CXL "region1/locked", CXL "region1/target1", CXL "region1/commit",
		CXL "region1/uevent", CXL "decoder0.0/create_ram_region",
		CXL "decoder1.0/target_list", CXL "decoder1.0/locked", CXL "decoder1.1/target_list",
		CXL "decoder2.0/size", CXL "decoder2.0/dpa_size", CXL "decoder5.0/region",
		CXL "decoder5.1/region", CXL "port1/decoders_committed",
		CXL "endpoint5/decoders_committed", CXL "mem0/serial", CXL "mem3/ram/size",
		CXL "mem3/numa_node", CXL "mem1/uevent",
	};
	struct mhp_sim_builder *builder = new_builder(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *hand = desk_machine("7.3-cxl-many.txt"), *sim;

	(void)state;
	/* the higher one first */
	assert_int_equal(add_region(builder, "region1", WINDOW + GIB, GIB, "mem2", "mem3",
				    MHP_SIM_CXL_UNBOUND), 0);
	assert_int_equal(add_region(builder, "region0", WINDOW, GIB, "mem0", "mem1",
				    MHP_SIM_CXL_LOCKED), 0);
	sim = make(builder);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *x, *y;

		assert_int_equal(mhp_sim_read(hand, files[i], &x), 0);
		assert_int_equal(mhp_sim_read(sim, files[i], &y), 0);
		if (strcmp(x, y))
			fail_msg("%s: by hand \"%s\", by calls \"%s\"", files[i], x, y);
		free(x);
		free(y);
	}
	check_shows(sim, CXL "dax_region1/devtype", NULL);
	assert_true(shows(sim, "/proc/iomem", "110000000-20fffffff : CXL Window 0\n"
			  "  110000000-14fffffff : region0\n"
			  "    110000000-14fffffff : dax0.0\n"
			  "      110000000-14fffffff : System RAM (kmem)\n"
			  "  150000000-18fffffff : region1\n"));
	mhp_sim_unref(hand);
	mhp_sim_unref(sim);
}

/* Firmware gave it to the kernel: a region without a dax device, boot memory. */
static void test_boot_memory(void **state)
{
	struct mhp_sim_builder *builder = new_builder(MHP_SIM_KERNEL_6_12);
	struct mhp_sim *sim;

	(void)state;
	assert_int_equal(mhp_sim_builder_add_memory(builder, 1, WINDOW, 512 * MIB), 0);
	/* just before it, on the same node, and no part of it */
	assert_int_equal(mhp_sim_builder_add_memory(builder, 1, WINDOW - 128 * MIB, 128 * MIB), 0);
	assert_int_equal(add_region(builder, "region0", WINDOW, 512 * MIB, "mem0", NULL, 0), 0);
	assert_int_equal(add_region(builder, "region2", WINDOW + GIB, 512 * MIB, "mem1", NULL, 0),
			 0);
	sim = make(builder);
	check_shows(sim, CXL "region0/commit", "1");
	assert_true(shows(sim, CXL "region0/uevent", "DRIVER=cxl_region\n"));
	check_shows(sim, CXL "region0/dax_region0/devtype", NULL);
	check_shows(sim, CXL "region0/locked", NULL);
	check_shows(sim, CXL "decoder0.0/create_ram_region", "region1");
	check_is(sim, 34, "Normal");
	check_is(sim, 42, "offline");
	check_shows(sim, "/sys/devices/system/node/node1/memory34/state", "online");
	check_shows(sim, DAX "dax2.0/target_node", "1");
	check_shows(sim, DAX "dax2.0/dev", "252:0");
	assert_true(shows(sim, "/proc/iomem", "108000000-10fffffff : System RAM\n"
			  "110000000-20fffffff : CXL Window 0\n"
			  "  110000000-12fffffff : region0\n"
			  "    110000000-12fffffff : System RAM\n"
			  "  150000000-16fffffff : region2\n"
			  "    150000000-16fffffff : dax2.0\n"
			  "      150000000-16fffffff : System RAM (kmem)\n"));
	/* it stays that, whatever becomes of the region */
	assert_int_equal(mhp_sim_write(sim, CXL "decoder0.0/delete_region", "region0"), 0);
	assert_true(shows(sim, "/proc/iomem", "  110000000-12fffffff : System RAM\n"));
	check_is(sim, 34, "Normal");
	mhp_sim_unref(sim);
}

/* Two windows, each on a node of its own; a capture of that is enough to go on from. */
static void test_windows(void **state)
{
	struct mhp_sim_builder *builder = new_builder(MHP_SIM_KERNEL_7_3);
	struct mhp_sim *sim;
	char *text;

	(void)state;
	assert_int_equal(mhp_sim_builder_add_node(builder, 3, 0), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 5, 0), 0);
	assert_int_equal(mhp_sim_builder_add_cxl_window(builder, 3, 64 * GIB, GIB), 0);
	assert_int_equal(add_region(builder, "region7", 64 * GIB, 512 * MIB, "mem0", NULL,
				    MHP_SIM_CXL_UNBOUND), 0);
	sim = make(builder);
	check_shows(sim, CXL "decoder0.0/create_ram_region", "region0");
	check_shows(sim, CXL "decoder0.1/create_ram_region", "region1");
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	assert_int_equal(mhp_sim_write(sim, "/sys/bus/cxl/drivers/cxl_region/bind", "region7"), 0);
	check_shows(sim, DAX "dax7.0/target_node", "3");
	check_shows(sim, "/sys/devices/system/node/node3/memory512/state", "offline");
	check_shows(sim, "/sys/devices/system/node/node1/cpulist", NULL);
	mhp_sim_unref(sim);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_devices),
		cmocka_unit_test(test_bad_windows),
		cmocka_unit_test(test_bad_regions),
		cmocka_unit_test(test_bad_machines),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_boot_memory),
		cmocka_unit_test(test_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
