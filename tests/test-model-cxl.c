// SPDX-License-Identifier: LGPL-2.1-or-later
/* CXL regions: as a real kernel made and deleted them, and what a program may meet. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"
#include "support/replay.h"

#define CXL "/sys/bus/cxl/devices/"
#define BIND "/sys/bus/cxl/drivers/cxl_region/bind"
#define UNBIND "/sys/bus/cxl/drivers/cxl_region/unbind"
#define MANY "7.3-cxl-many.txt"
#define ONE "7.3-cxl-region-region.txt"
#define TWO "7.3-cxl-regions-region.txt"

static void test_replay(void **state)
{
	(void)state;
	replay("7.3-cxl-region", "devices", NULL, 5);
	replay("7.3-cxl-regions", "devices", NULL, 5);
	/* what a capture tells is enough to go on from */
	replay("7.3-cxl-region", "region", NULL, 4);
	replay("7.3-cxl-regions", "region", NULL, 4);
	replay("7.3-cxl-regions", "unbound", NULL, 2);
}

/* ---- helpers ---- */

static void put(struct mhp_sim *sim, const char *path, const char *word, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put %s %s: %d and not %d", word, path, r, wanted);
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

static void check_count(struct mhp_sim *sim, const char *devices)
{
	check_shows(sim, CXL "port1/decoders_committed", devices);
}

/* ---- commit ---- */

/* What is online when its dax device goes stays behind until the next boot. */
static void test_strands(void **state)
{
	struct mhp_sim *sim = desk_machine(ONE);

	(void)state;
	put(sim, MEMORY "memory35/state", "online_movable", 0);
	put(sim, CXL "region0/commit", "0", 0);
	check_shows(sim, CXL "region0/commit", "0");
	check_shows(sim, DAX "dax0.0/size", NULL);
	check_shows(sim, CXL "dax_region0/devtype", NULL);
	check_is(sim, 34, "offline");
	check_is(sim, 35, "Movable");
	assert_true(shows(sim, "/proc/iomem", "  110000000-12fffffff : region0\n"
			  "    110000000-12fffffff : dax0.0\n"
			  "      110000000-12fffffff : System RAM (kmem)\n"));
	put(sim, MEMORY "memory35/state", "offline", 0);
	check_is(sim, 35, "offline");
	/* it is System RAM, so that the region gets no dax device any more */
	put(sim, CXL "region0/commit", "1", 0);
	put(sim, BIND, "region0", 0);
	check_shows(sim, CXL "dax_region0/devtype", NULL);
	/* what is left behind is where the region was */
	put(sim, CXL "decoder0.0/delete_region", "region0", 0);
	assert_true(shows(sim, "/proc/iomem", "110000000-20fffffff : CXL Window 0\n"
			  "  110000000-12fffffff : dax0.0\n"
			  "    110000000-12fffffff : System RAM (kmem)\n"));
	check_is(sim, 35, "offline");
	/* ... and none other comes there */
	put(sim, CXL "decoder0.0/create_ram_region", "region0", 0);
	put(sim, CXL "region0/interleave_ways", "1", 0);
	put(sim, CXL "region0/interleave_granularity", "256", 0);
	put(sim, CXL "region0/size", "0x20000000", 0);
	check_shows(sim, CXL "region0/resource", "0x130000000");
	mhp_sim_unref(sim);
}

/* All offline, it goes, and comes again, by policy. */
static void test_again(void **state)
{
	struct mhp_sim *sim = desk_machine(ONE);

	(void)state;
	put(sim, CXL "region0/commit", "0", 0);
	check_is(sim, 34, "absent");
	check_shows(sim, CXL "decoder2.0/region", "region0");
	check_shows(sim, CXL "endpoint2/decoders_committed", "0");
	put(sim, BIND, "region0", -ENXIO);
	put(sim, CXL "region0/commit", "n", 0);
	put(sim, POLICY, "online_movable", 0);
	put(sim, CXL "region0/commit", "1", 0);
	check_shows(sim, CXL "endpoint2/decoders_committed", "1");
	check_is(sim, 34, "absent");
	put(sim, BIND, "region0", 0);
	put(sim, BIND, "region0", -EBUSY);
	check_is(sim, 34, "Movable");
	check_shows(sim, DAX "dax0.0/state", "online_movable");
	check_shows(sim, DAX "dax0.0/target_node", "1");
	/* the driver alone is unbound: it stays committed */
	put(sim, DAX "dax0.0/state", "unplugged", 0);
	put(sim, UNBIND, "region0", 0);
	check_shows(sim, CXL "region0/commit", "1");
	check_shows(sim, DAX "dax0.0/size", NULL);
	put(sim, UNBIND, "region0", -ENODEV);
	put(sim, BIND, "region0\n", 0);
	check_shows(sim, DAX "dax0.0/size", "536870912");
	mhp_sim_unref(sim);
}

/* No driver takes a device by itself, if nobody wants that. */
static void test_no_autoprobe(void **state)
{
	struct mhp_sim *sim = desk_machine(ONE);

	(void)state;
	put(sim, UNBIND, "region0", 0);
	put(sim, "/sys/bus/dax/drivers_autoprobe", "0", 0);
	put(sim, BIND, "region0", 0);
	check_shows(sim, DAX "dax0.0/size", "536870912");
	check_shows(sim, DAX "dax0.0/state", NULL);
	put(sim, KMEM "bind", "dax0.0", 0);
	check_is(sim, 34, "offline");
	mhp_sim_unref(sim);
}

/* Devices that were cut from it go, too. */
static void test_more_devices(void **state)
{
	struct mhp_sim *sim = desk_machine(ONE);

	(void)state;
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, DAX "dax0.0/size", "0x10000000", 0);
	put(sim, CXL "dax_region0/dax_region/create", "1", 0);
	put(sim, DAX "dax0.1/size", "0x10000000", 0);
	put(sim, KMEM "bind", "dax0.1", 0);
	check_is(sim, 36, "offline");
	put(sim, CXL "region0/commit", "0", 0);
	check_is(sim, 36, "absent");
	check_shows(sim, DAX "dax0.0/size", NULL);
	check_shows(sim, DAX "dax0.1/size", NULL);
	put(sim, CXL "region0/commit", "1", 0);
	put(sim, BIND, "region0", 0);
	check_shows(sim, DAX "dax0.0/size", "536870912");
	check_shows(sim, CXL "dax_region0/dax_region/available_size", "0");
	mhp_sim_unref(sim);
}

static void test_locked(void **state)
{
	struct mhp_sim *sim = desk_machine(MANY);

	(void)state;
	put(sim, CXL "region0/commit", "0", -EPERM);
	check_shows(sim, CXL "region0/commit", "1");
	check_is(sim, 34, "offline");
	put(sim, CXL "region0/commit", "1", 0);
	put(sim, CXL "region0/commit", "2", -EINVAL);
	put(sim, CXL "region1/commit", "0", 0);
	/* region0's decoder is the first one */
	check_count(sim, "1");
	/* deleted it may be, but its decoders stay as firmware has them */
	put(sim, CXL "decoder0.0/delete_region", "region0", 0);
	check_count(sim, "1");
	check_is(sim, 34, "absent");
	check_shows(sim, CXL "decoder2.0/region", "");
	check_shows(sim, CXL "decoder0.0/create_ram_region", "region0");
	mhp_sim_unref(sim);
}

/* Without its driver there is no dax device; with it there is. */
static void test_without_driver(void **state)
{
	struct mhp_sim *sim = desk_machine(MANY);

	(void)state;
	check_shows(sim, CXL "region1/target1", "decoder5.0");
	put(sim, BIND, "region1", 0);
	check_shows(sim, DAX "dax1.0/resource", "0x150000000");
	check_shows(sim, DAX "dax1.0/size", "1073741824");
	check_shows(sim, DAX "dax1.0/dev", "251:1");
	check_is(sim, 49, "offline");
	assert_true(shows(sim, "/proc/iomem", "  150000000-18fffffff : region1\n"
			  "    150000000-18fffffff : dax1.0\n"
			  "      150000000-18fffffff : System RAM (kmem)\n"));
	mhp_sim_unref(sim);
}

/* ---- targets ---- */

/* Two ways by hand, out of devices that are free. */
static void test_two_ways(void **state)
{
	struct mhp_sim *sim = desk_machine(MANY);

	(void)state;
	put(sim, CXL "decoder0.0/delete_region", "region1", 0);
	check_shows(sim, CXL "decoder4.0/region", "");
	check_shows(sim, CXL "decoder4.0/size", "0x0");
	check_shows(sim, CXL "decoder4.0/dpa_size", "0x0000000020000000");
	put(sim, CXL "decoder0.0/create_ram_region", "region1", 0);
	check_shows(sim, CXL "region1/resource", "0xffffffffffffffff");
	check_shows(sim, CXL "region1/target0", NULL);
	put(sim, CXL "region1/interleave_ways", "4", 0);
	check_shows(sim, CXL "region1/target3", "");
	put(sim, CXL "region1/interleave_ways", "2", 0);
	check_shows(sim, CXL "region1/target2", NULL);
	put(sim, CXL "region1/interleave_granularity", "1024", 0);
	put(sim, CXL "region1/size", "0x20000000", 0);
	put(sim, CXL "region1/size", "0", 0);
	put(sim, CXL "region1/size", "0x40000000", 0);
	put(sim, CXL "region1/target0", "decoder5.0", 0);
	put(sim, CXL "region1/target1", "decoder1.1", -EINVAL);
	put(sim, CXL "region1/target1", "decoder4.0", 0);
	put(sim, CXL "region1/target1", "decoder4.0", 0);
	check_shows(sim, CXL "decoder1.1/target_list", "3,2");
	check_shows(sim, CXL "decoder1.1/interleave_granularity", "1024");
	check_shows(sim, CXL "decoder4.0/interleave_ways", "2");
	check_shows(sim, CXL "decoder4.0/start", "0x150000000");
	put(sim, CXL "region1/commit", "1", 0);
	check_count(sim, "2");
	put(sim, BIND, "region1", 0);
	check_is(sim, 42, "offline");
	/* a target that leaves takes the region from its driver */
	put(sim, CXL "region1/target0", "\n", 0);
	check_is(sim, 42, "absent");
	check_count(sim, "1");
	check_shows(sim, CXL "region1/commit", "0");
	check_shows(sim, CXL "decoder1.1/region", "region1");
	put(sim, CXL "region1/target1", "\n", 0);
	check_shows(sim, CXL "decoder1.1/region", "");
	put(sim, CXL "decoder4.0/dpa_size", "0", 0);
	check_shows(sim, CXL "decoder4.0/dpa_resource", "0xffffffffffffffff");
	/* half of each device, and the other half */
	put(sim, CXL "decoder4.0/dpa_size", "0x10000000", 0);
	put(sim, CXL "decoder4.1/mode", "ram", 0);
	put(sim, CXL "decoder4.1/dpa_size", "0x20000000", -ENOSPC);
	put(sim, CXL "decoder4.1/dpa_size", "0x10000000", 0);
	check_shows(sim, CXL "decoder4.1/dpa_resource", "0x10000000");
	put(sim, CXL "decoder4.0/dpa_size", "0", -EBUSY);
	mhp_sim_unref(sim);
}

/* The first one's decoder is counted until the second one's is given up, too. */
static void test_out_of_order(void **state)
{
	struct mhp_sim *sim = desk_machine(TWO);

	(void)state;
	check_count(sim, "2");
	put(sim, CXL "region0/commit", "0", 0);
	check_count(sim, "2");
	check_shows(sim, CXL "endpoint2/decoders_committed", "0");
	put(sim, CXL "region1/commit", "0", 0);
	check_count(sim, "0");
	mhp_sim_unref(sim);
}

/* ---- who may what ---- */

static void test_plain_user(void **state)
{
	static const char *const shown[] = {
		CXL "region0/resource", CXL "region0/size", CXL "region0/commit",
		CXL "region0/target0", CXL "mem0/serial", CXL "decoder2.0/dpa_resource",
		CXL "decoder0.0/create_ram_region", DAX "dax0.0/size",
	};
	static const char *const hidden[] = {
		CXL "decoder0.0/delete_region", CXL "decoder0.0/start", CXL "decoder2.0/start",
		DAX "dax0.0/resource", DAX "dax0.0/mapping0/start", BIND,
	};
	struct mhp_sim *sim = desk_machine(MANY);
	struct desk desk = desk_at(sim);
	char *text;

	(void)state;
	mhp_sim_set_privileged(sim, false);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (desk_get(&desk, shown[i], &text) < 0)
			fail_msg("%s cannot be read", shown[i]);
		free(text);
	}
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (desk_get(&desk, hidden[i], &text) != -EACCES)
			fail_msg("%s can be read", hidden[i]);
	assert_int_equal(desk_put(&desk, CXL "region1/commit", "0"), -EACCES);
	assert_int_equal(desk_put(&desk, BIND, "region1"), -EACCES);
	desk_leave(&desk);
	mhp_sim_unref(sim);
}

/* Persistent memory is not acted out, and 6.1 has no other regions. */
static void test_left_out(void **state)
{
	struct mhp_sim *sim = desk_machine(MANY);

	(void)state;
	put(sim, CXL "decoder0.0/create_pmem_region", "region2", -EOPNOTSUPP);
	check_shows(sim, CXL "decoder0.0/create_pmem_region", "region2");
	put(sim, CXL "region1/uevent", "change", 0);
	put(sim, CXL "region1/uevent", "junk", -EINVAL);
	put(sim, CXL "dax_region0/uevent", "change", 0);
	put(sim, CXL "region1/resource", "0", -EACCES);
	mhp_sim_unref(sim);

	sim = desk_machine("6.1-cxl-region-devices.txt");
	check_shows(sim, CXL "decoder0.0/create_ram_region", NULL);
	check_shows(sim, CXL "decoder0.0/create_pmem_region", "region0");
	mhp_sim_unref(sim);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_strands),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_no_autoprobe),
		cmocka_unit_test(test_more_devices),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_without_driver),
		cmocka_unit_test(test_two_ways),
		cmocka_unit_test(test_out_of_order),
		cmocka_unit_test(test_plain_user),
		cmocka_unit_test(test_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
