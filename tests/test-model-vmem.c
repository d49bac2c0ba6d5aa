// SPDX-License-Identifier: LGPL-2.1-or-later
/* virtio-mem: as real kernels did it, and what the host and a program may meet. */
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

#define DEVICE "/sys/bus/virtio/devices/virtio0/"
#define DRIVER "/sys/bus/virtio/drivers/virtio_mem/"
#define AUTO_MOVABLE "/sys/module/memory_hotplug/parameters/auto_movable_"
#define MIB ((uint64_t)1 << 20)

static const struct scenario scenarios[] = {
	{ "7.3-virtio-mem", "start", NULL },
	{ "6.12-virtio-mem", "start", NULL },
	{ "6.1-virtio-mem-big", "start", NULL },
	{ "7.3-virtio-mem-parts", "start", NULL },
	{ "6.12-virtio-mem-parts", "start", NULL },
	{ "7.3-virtio-mem-units", "start", NULL },
	{ "6.12-virtio-mem-units", "start", NULL },
	{ "7.3-virtio-mem-bind", "start", NULL },
	{ "6.12-virtio-mem-bind", "start", NULL },
	{ "7.3-virtio-mem-auto", "start", NULL },
	{ "7.3-virtio-mem-auto-units", "start", NULL },
};

static void test_replay(void **state)
{
	(void)state;
	replay("7.3-virtio-mem", "start", NULL, 2);
	replay("6.12-virtio-mem", "start", NULL, 2);
	replay("6.1-virtio-mem-big", "start", NULL, 2);
	replay("7.3-virtio-mem-parts", "start", NULL, 7);
	replay("6.12-virtio-mem-parts", "start", NULL, 3);
	replay("7.3-virtio-mem-units", "start", NULL, 3);
	replay("6.12-virtio-mem-units", "start", NULL, 2);
	replay("7.3-virtio-mem-bind", "start", NULL, 3);
	replay("6.12-virtio-mem-bind", "start", NULL, 2);
	replay("7.3-virtio-mem-auto", "start", NULL, 5);
	replay("7.3-virtio-mem-auto-units", "start", NULL, 3);
	/* what a capture tells is enough to go on from */
	replay("7.3-virtio-mem-auto", "earned", NULL, 4);
}

static void test_rules(void **state)
{
	static const char *const prefixes[] = { "VMEM_", NULL };

	(void)state;
	check_rules(scenarios, sizeof(scenarios) / sizeof(scenarios[0]), prefixes);
}

/* ---- helpers ---- */

static void put(struct mhp_sim *sim, const char *path, const char *word, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put %s %s: %d and not %d", word, path, r, wanted);
}

static void put_state(struct mhp_sim *sim, unsigned int id, const char *word, int wanted)
{
	char path[128];

	snprintf(path, sizeof(path), MEMORY "memory%u/state", id);
	put(sim, path, word, wanted);
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

static void resize(struct mhp_sim *sim, uint64_t mib)
{
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", mib * MIB), 0);
}

/* All blocks of [first, last] are so; their neighbours are not there. */
static void check_all(struct mhp_sim *sim, unsigned int first, unsigned int last,
		      const char *wanted)
{
	check_is(sim, first - 1, "absent");
	for (unsigned int id = first; id <= last; id++)
		check_is(sim, id, wanted);
	check_is(sim, last + 1, "absent");
}

/* virtio0 of up to 2 GiB, from memory40 on, node 1; nothing of it is there. */
static struct mhp_sim *empty_device(const char *policy)
{
	struct mhp_sim *sim = desk_machine("7.3-virtio-mem-parts-start.txt");

	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 1, 2 * MIB), 0);
	put(sim, POLICY, policy, 0);
	return sim;
}

/* ---- what the host may ask for ---- */

static void test_refused(void **state)
{
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = MHP_SIM_READ_ONLY };
	struct mhp_sim *sim = empty_device("offline");
	char path[4096], *before, *after, *text;

	(void)state;
	assert_int_equal(mhp_sim_copy_capture(sim, &before), 0);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, NULL, 0), -EINVAL);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio1", 0), -ENODEV);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "", 0), -ENODEV);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", MIB), -EINVAL);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 2050 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", -(2 * MIB)), -EINVAL);
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio1", 1, 2 * MIB), -ENODEV);
	assert_int_equal(mhp_sim_set_virtio_mem(sim, NULL, 1, 2 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 3, 2 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", -1, 2 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 1, MIB), -EINVAL);
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 1, 3 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 1, UINT64_C(1) << 63), -EINVAL);
	assert_int_equal(mhp_sim_copy_capture(sim, &after), 0);
	compare_captures("after nothing", after, before);
	free(before);
	free(after);
	mhp_sim_unref(sim);

	machine_path("7.3-virtio-mem-parts-start.txt", path);
	assert_int_equal(mhp_sim_new_from_capture(path, &opts, &sim), 0);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 0), -EROFS);
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 1, 2 * MIB), -EROFS);
	mhp_sim_unref(sim);

	/* nobody tells where its memory is */
	text = read_file(path);
	memcpy(strstr(text, " : virtio0\n"), " : virtio9", 10);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 0), -EOPNOTSUPP);
	put(sim, DRIVER "unbind", "virtio0", 0);
	put(sim, DRIVER "bind", "virtio0", -EOPNOTSUPP);
	mhp_sim_unref(sim);
}

/* Without being told, it is on the first node, in blocks of 2 MiB. */
static void test_defaults(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-virtio-mem-parts-start.txt");
	char *text;

	(void)state;
	resize(sim, 130);
	check_all(sim, 40, 41, "offline");
	check_shows(sim, "/sys/devices/system/node/node0/memory40/state", "offline");
	assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 129 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_non_null(strstr(text, "# did: host resize-virtio-mem virtio0 136314880: ok\n"
				     "# did: host resize-virtio-mem virtio0 135266304: EINVAL\n"));
	free(text);
	mhp_sim_unref(sim);
}

/* ---- more ---- */

/* A udev rule that onlines has it grow without end; policy does, too. */
static void test_grows_online(void **state)
{
	struct mhp_sim *sim = empty_device("offline");

	(void)state;
	resize(sim, 2048);
	check_all(sim, 40, 47, "offline");
	mhp_sim_unref(sim);

	sim = empty_device("offline");
	assert_int_equal(mhp_sim_set_udev_rule(sim, "online_movable"), 0);
	resize(sim, 2048);
	check_all(sim, 40, 55, "Movable");
	mhp_sim_unref(sim);

	sim = empty_device("online_kernel");
	resize(sim, 2048);
	check_all(sim, 40, 55, "Normal");
	assert_true(shows(sim, "/proc/iomem", "  140000000-1bfffffff : System RAM (virtio_mem)\n"));
	mhp_sim_unref(sim);
}

/* Blocks that policy cannot online wait to be onlined, like any. */
static void test_online_fails(void **state)
{
	struct mhp_sim *sim = empty_device("online_movable");

	(void)state;
	assert_int_equal(mhp_sim_fail_block(sim, 41, "online", -EPERM, 1), 0);
	resize(sim, 384);
	check_is(sim, 40, "Movable");
	check_is(sim, 41, "offline");
	check_is(sim, 42, "Movable");
	mhp_sim_unref(sim);
}

/* Without memory, or if it is in use, it tries again; with any other error never again. */
static void test_add_fails(void **state)
{
	struct mhp_sim *sim = empty_device("offline");

	(void)state;
	assert_int_equal(mhp_sim_fail_block(sim, 41, "add", -ENOMEM, 2), 0);
	resize(sim, 384);
	check_all(sim, 40, 40, "offline");
	put(sim, POLICY, "offline", 0);
	check_all(sim, 40, 40, "offline");
	put(sim, POLICY, "offline", 0);
	check_all(sim, 40, 42, "offline");
	assert_int_equal(mhp_sim_fail_block(sim, 43, "add", -EPERM, 1), 0);
	resize(sim, 512);
	check_all(sim, 40, 42, "offline");
	assert_true(shows(sim, "/proc/iomem", "  140000000-157ffffff : System RAM (virtio_mem)\n"));
	resize(sim, 0);
	check_all(sim, 40, 42, "offline");
	mhp_sim_unref(sim);
}

/* A hole is filled before more is added, and joins what is next to it. */
static void test_hole(void **state)
{
	struct mhp_sim *sim = empty_device("online_movable");

	(void)state;
	resize(sim, 512);
	put_state(sim, 41, "offline", 0);
	resize(sim, 384);
	check_is(sim, 41, "absent");
	assert_true(shows(sim, "/proc/iomem", "  140000000-147ffffff : System RAM (virtio_mem)\n"
					      "  150000000-15fffffff : System RAM (virtio_mem)\n"));
	resize(sim, 512);
	check_all(sim, 40, 43, "Movable");
	assert_true(shows(sim, "/proc/iomem", "  140000000-15fffffff : System RAM (virtio_mem)\n"));
	mhp_sim_unref(sim);
}

/* ---- less ---- */

/* What refuses stays, the next one goes instead; it is asked again later. */
static void test_busy(void **state)
{
	struct mhp_sim *sim = empty_device("online_movable");

	(void)state;
	assert_int_equal(mhp_sim_pin_block(sim, 42, "online_movable"), 0);
	resize(sim, 512);
	put_state(sim, 42, "offline", -EBUSY);
	resize(sim, 128);
	check_all(sim, 42, 42, "Movable");
	/* not a part of it either */
	resize(sim, 64);
	assert_true(shows(sim, "/proc/zoneinfo", "managed  32768\n  start_pfn:           1376256"));
	mhp_sim_unref(sim);

	sim = empty_device("online_movable");
	resize(sim, 256);
	assert_int_equal(mhp_sim_fail_block(sim, 41, "offline", -EBUSY, 1), 0);
	assert_int_equal(mhp_sim_fail_block(sim, 40, "offline", -EBUSY, 2), 0);
	resize(sim, 0);
	check_all(sim, 40, 41, "Movable");
	put(sim, POLICY, "offline", 0);
	check_all(sim, 40, 40, "Movable");
	put(sim, POLICY, "offline", 0);
	check_is(sim, 40, "absent");
	mhp_sim_unref(sim);

	/* it gives up on pages, and so does not hang */
	sim = empty_device("online_movable");
	resize(sim, 256);
	assert_int_equal(mhp_sim_hang_block(sim, 41, 1), 0);
	resize(sim, 128);
	check_all(sim, 41, 41, "Movable");
	mhp_sim_unref(sim);
}

/* Whoever takes a block offline while the host waits for memory has it taken. */
static void test_offline_by_hand(void **state)
{
	struct mhp_sim *sim = empty_device("online_kernel");

	(void)state;
	assert_int_equal(mhp_sim_fail_block(sim, 40, "offline", -EBUSY, 1), 0);
	assert_int_equal(mhp_sim_fail_block(sim, 41, "offline", -EBUSY, 1), 0);
	resize(sim, 256);
	resize(sim, 128);
	check_all(sim, 40, 41, "Normal");
	put_state(sim, 40, "offline", 0);
	check_all(sim, 41, 41, "Normal");
	mhp_sim_unref(sim);
}

/* A block of the device's is all there or not: what was taken is put back where it was. */
static void test_big_block(void **state)
{
	struct mhp_sim *sim = empty_device("offline");

	(void)state;
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 1, 256 * MIB), 0);
	resize(sim, 512);
	put_state(sim, 40, "online_movable", 0);
	put_state(sim, 41, "online_movable", 0);
	put_state(sim, 42, "online_movable", 0);
	put_state(sim, 43, "online_kernel", 0);
	assert_int_equal(mhp_sim_fail_block(sim, 41, "offline", -EBUSY, 0), 0);
	assert_int_equal(mhp_sim_fail_block(sim, 43, "offline", -EBUSY, 1), 0);
	resize(sim, 256);
	check_is(sim, 40, "Movable");
	check_is(sim, 41, "Movable");
	check_is(sim, 42, "Movable");
	check_is(sim, 43, "Normal");
	put(sim, POLICY, "offline", 0);
	check_all(sim, 40, 41, "Movable");
	mhp_sim_unref(sim);
}

/* ---- online_policy=auto-movable ---- */

static void check_zones(struct mhp_sim *sim, unsigned int id, const char *wanted)
{
	char path[128];

	snprintf(path, sizeof(path), MEMORY "memory%u/valid_zones", id);
	check_shows(sim, path, wanted);
}

/* virtio0 has 40, 42 and 47 in Movable, 41 and 43 to 46 in Normal, all of node 0; ratio 25 */
static struct mhp_sim *auto_movable(void)
{
	return desk_machine("7.3-virtio-mem-auto-earned.txt");
}

/* What is left behind earns as before. */
static void test_auto_left_behind(void **state)
{
	struct mhp_sim *sim = auto_movable();

	(void)state;
	put(sim, DRIVER "unbind", "virtio0", 0);
	put_state(sim, 40, "offline", 0);
	check_zones(sim, 40, "Movable Normal");
	put_state(sim, 46, "offline", 0);
	check_zones(sim, 40, "Normal Movable");
	mhp_sim_unref(sim);
}

/* Two blocks of it at a time: 41 to 43 are bound by their neighbours. */
static void test_auto_units(void **state)
{
	struct mhp_sim *sim = auto_movable();

	(void)state;
	put(sim, AUTO_MOVABLE "ratio", "301", 0);
	put_state(sim, 41, "offline", 0);
	put_state(sim, 42, "offline", 0);
	check_zones(sim, 42, "Movable Normal");
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 0, 256 * MIB), 0);
	check_zones(sim, 41, "Movable Normal");
	check_zones(sim, 42, "Normal Movable");
	mhp_sim_unref(sim);
}

/* Boot memory of another node is not what it needs; with a ratio of 0, nothing is Movable. */
static void test_auto_nodes(void **state)
{
	struct mhp_sim *sim = auto_movable();

	(void)state;
	put(sim, POLICY, "offline", 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, UINT64_C(0x1e0000000), 128 * MIB), 0);
	for (unsigned int id = 43; id < 47; id++)
		put_state(sim, id, "offline", 0);
	/* it needs as many pages as node 1 has since boot */
	put(sim, AUTO_MOVABLE "ratio", "150", 0);
	check_zones(sim, 60, "Movable Normal");
	assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 1, 2 * MIB), 0);
	check_zones(sim, 60, "Normal Movable");
	mhp_sim_unref(sim);

	sim = auto_movable();
	put(sim, AUTO_MOVABLE "ratio", "0", 0);
	put_state(sim, 40, "offline", 0);
	check_zones(sim, 40, "Normal Movable");
	mhp_sim_unref(sim);
}

/* ---- when it is done ---- */

static void test_queue(void **state)
{
	struct mhp_sim *sim = empty_device("offline");

	(void)state;
	assert_int_equal(mhp_sim_hold_hotplug(sim), 0);
	resize(sim, 256);
	check_is(sim, 40, "absent");
	put(sim, DRIVER "unbind", "virtio0", -EINTR);
	mhp_sim_release_hotplug(sim);
	check_all(sim, 40, 41, "offline");
	mhp_sim_unref(sim);
}

/* ---- bind and unbind ---- */

static void test_bind(void **state)
{
	struct mhp_sim *sim = empty_device("offline");

	(void)state;
	put(sim, DRIVER "unbind", "virtio9", -ENODEV);
	put(sim, DRIVER "bind", "virtio0", -EBUSY);
	put(sim, DRIVER "unbind", "virtio0\n", 0);
	put(sim, DRIVER "unbind", "virtio0", -ENODEV);
	check_shows(sim, DEVICE "driver/uevent", NULL);
	check_shows(sim, DEVICE "uevent", "MODALIAS=virtio:d00000018v00001AF4");
	assert_false(shows(sim, "/proc/iomem", "virtio0"));
	/* nobody does what the host wants */
	resize(sim, 256);
	check_is(sim, 40, "absent");
	put(sim, DRIVER "bind", "virtio0", 0);
	check_all(sim, 40, 41, "offline");
	check_shows(sim, DEVICE "uevent",
		    "DRIVER=virtio_mem\nMODALIAS=virtio:d00000018v00001AF4");
	assert_true(shows(sim, "/proc/iomem", "140000000-1bfffffff : virtio0\n"
					      "  140000000-14fffffff : System RAM (virtio_mem)\n"));
	/* without its driver memory stays as it is, whatever the host wants */
	put(sim, DRIVER "unbind", "virtio0", 0);
	resize(sim, 0);
	check_all(sim, 40, 41, "offline");
	mhp_sim_unref(sim);
}

/* What a machine shows of a device is enough to go on from, but for parts of blocks. */
static void test_copy(void **state)
{
	struct mhp_sim *sim = empty_device("online_movable"), *copy;
	char *text, *again;

	(void)state;
	resize(sim, 512);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &copy), 0);
	free(text);
	for (uint64_t mib = 640; mib; mib -= 320) {
		resize(sim, mib);
		resize(copy, mib);
		assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
		assert_int_equal(mhp_sim_copy_capture(copy, &again), 0);
		compare_captures("copy", again, text);
		free(text);
		free(again);
	}
	mhp_sim_unref(copy);
	mhp_sim_unref(sim);
}

/* ---- nonsense ---- */

static void test_hostile(void **state)
{
	static const char base[] = MEMORY "block_size_bytes: 8000000\n"
		MEMORY "memory32/state: offline\n"
		DRIVER "bind: <write-only>\n" DRIVER "unbind: <write-only>\n";
	static const char iomem[] = "/proc/iomem:\n\t100000000-1ffffffff : virtio0\n";
	static const struct {
		const char *device, *iomem;
	} cases[] = {
		{ DEVICE "device: 0x0018\n", "" },
		{ DEVICE "device: 0x0018\n", iomem },
		{ DEVICE "device: 0x0018\n" DEVICE "driver: x\n", iomem },
		{ DEVICE "device: 0x0018\n" DEVICE "driver -> ../../drivers/virtio_mem\n", iomem },
		{ DEVICE "device: 24\n", iomem },
		{ DEVICE "device/\n", iomem },
		{ DEVICE "device: 0x0018\n" DEVICE "status: 0x1\n" DEVICE "uevent: \n", iomem },
		{ DEVICE "device: 0x0018\n" DEVICE "driver -> ../../drivers/virtio_mem\n",
		  "/proc/iomem:\n\t00000000-ffffffffffffffff : virtio0\n" },
		{ DEVICE "device: 0x0018\n" DEVICE "driver -> ../../drivers/virtio_mem\n",
		  "/proc/iomem:\n\t100000000-100000fff : virtio0\n" },
		{ "/sys/bus/virtio/devices/virtio0 -> ../nowhere\n", iomem },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mhp_sim *sim;
		char text[2048];

		snprintf(text, sizeof(text), "%s%s%s", cases[i].device, base, cases[i].iomem);
		assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
		for (uint64_t mib = 0; mib < 1024; mib += 256) {
			(void)mhp_sim_resize_virtio_mem(sim, "virtio0", mib * MIB);
			(void)mhp_sim_write(sim, DRIVER "unbind", "virtio0");
			(void)mhp_sim_write(sim, DRIVER "bind", "virtio0");
			(void)mhp_sim_set_virtio_mem(sim, "virtio0", 0, 512 * MIB >> (i % 3));
		}
		mhp_sim_unref(sim);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_grows_online),
		cmocka_unit_test(test_online_fails),
		cmocka_unit_test(test_add_fails),
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_offline_by_hand),
		cmocka_unit_test(test_big_block),
		cmocka_unit_test(test_auto_left_behind),
		cmocka_unit_test(test_auto_units),
		cmocka_unit_test(test_auto_nodes),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
