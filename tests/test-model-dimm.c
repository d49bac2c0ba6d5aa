// SPDX-License-Identifier: LGPL-2.1-or-later
/* DIMMs: as real kernels did it, then what a host and a program may meet. */
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

#define SLOT(nn) "/sys/bus/acpi/devices/PNP0C80:" nn "/"
#define EJECT SLOT("00") "eject"
#define STATUS SLOT("00") "status"
#define MIB ((uint64_t)1 << 20)
#define START ((uint64_t)0x140000000)

/* ---- what real kernels did ---- */

/* In the only kernel zone of that kind on its node, the kernel used it at once. */
static const struct pinned used = { 42, -EBUSY, "ejected" };
static const struct pinned used_mixed = { 42, -EBUSY, "refused" };

static const struct scenario scenarios[] = {
	{ "7.3-dimm", "plugged", &used },
	{ "6.1-dimm", "plugged", &used },
	{ "7.3-dimm-mixed", "plugged", &used_mixed },
	{ "6.12-dimm-mixed", "plugged", &used_mixed },
	{ "6.1-dimm-mixed", "plugged", &used_mixed },
	{ "7.3-dimm-auto", "plugged", NULL },
};

static void test_replay(void **state)
{
	(void)state;
	replay("7.3-dimm", "plugged", &used, 4);
	replay("6.1-dimm", "plugged", &used, 3);
	replay("7.3-dimm-mixed", "plugged", &used_mixed, 4);
	replay("6.12-dimm-mixed", "plugged", &used_mixed, 2);
	replay("6.1-dimm-mixed", "plugged", &used_mixed, 2);
	replay("7.3-dimm-auto", "plugged", NULL, 5);
	/* what a capture tells of a DIMM is enough to go on from */
	replay("7.3-dimm-auto", "mixed", NULL, 2);
}

static void test_rules(void **state)
{
	static const char *const prefixes[] = { "DIMM_", "EJECT_", "TIER_PLAIN", NULL };

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

static void put_state(struct mhp_sim *sim, unsigned int id, const char *word)
{
	char path[128];

	snprintf(path, sizeof(path), MEMORY "memory%u/state", id);
	put(sim, path, word, 0);
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

/* A DIMM of memory40 and memory41 in slot 0, on node 1, all Movable. */
static struct mhp_sim *movable_dimm(void)
{
	struct mhp_sim *sim = desk_machine("7.3-dimm-plugged.txt");

	put_state(sim, 40, "online_movable");
	put_state(sim, 41, "online_movable");
	return sim;
}

static void check_gone(struct mhp_sim *sim)
{
	check_is(sim, 40, "absent");
	check_is(sim, 41, "absent");
	check_shows(sim, STATUS, "0");
	assert_false(shows(sim, "/proc/iomem", "140000000"));
}

/* ---- what the host may ask for ---- */

static void test_plug_refused(void **state)
{
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = MHP_SIM_READ_ONLY };
	struct mhp_sim *sim = desk_machine("7.3-dimm-plugged.txt");
	char path[4096], *before, *after;

	(void)state;
	assert_int_equal(mhp_sim_copy_capture(sim, &before), 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 0, 1, START + 256 * MIB, 128 * MIB), -EBUSY);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, START, 128 * MIB), -EEXIST);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, 0x40000000, 128 * MIB), -EEXIST);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, START + 256 * MIB, 0), -EINVAL);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, START + 256 * MIB, 64 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, START + 257 * MIB, 128 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 2, START + 256 * MIB, 128 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, -1, START + 256 * MIB, 128 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_plug_dimm(sim, 256, 1, START + 256 * MIB, 128 * MIB), -EINVAL);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, UINT64_C(1) << 52, 128 * MIB), -E2BIG);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, START + 256 * MIB, UINT64_C(1) << 52),
			 -E2BIG);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, -(128 * MIB), 128 * MIB), -E2BIG);
	assert_int_equal(mhp_sim_request_unplug_dimm(sim, 1), -ENODEV);
	assert_int_equal(mhp_sim_copy_capture(sim, &after), 0);
	compare_captures("after nothing", after, before);
	free(before);
	free(after);
	mhp_sim_unref(sim);

	machine_path("7.3-dimm-plugged.txt", path);
	assert_int_equal(mhp_sim_new_from_capture(path, &opts, &sim), 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, START, 128 * MIB), -EROFS);
	assert_int_equal(mhp_sim_request_unplug_dimm(sim, 0), -EROFS);
	mhp_sim_unref(sim);

	assert_int_equal(mhp_sim_new_from_text("/proc/uptime: 1\n", 16, NULL, &sim), 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 0, 0, START, 128 * MIB), -EOPNOTSUPP);
	assert_int_equal(mhp_sim_request_unplug_dimm(sim, 0), -ENODEV);
	mhp_sim_unref(sim);
}

/* A machine that has shown no slot so far; the slot outlives its DIMM. */
static void test_new_slot(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-bound.txt"), *copy;
	char *text, *again;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mhp_sim_plug_dimm(sim, 10, 1, START, 256 * MIB), 0);
		check_is(sim, 40, "offline");
		check_is(sim, 41, "offline");
		check_shows(sim, SLOT("0a") "status", "15");
		check_shows(sim, SLOT("0a") "uid", "0x0a");
		check_shows(sim, SLOT("0a") "hid", "PNP0C80");
		check_shows(sim, SLOT("0a") "path", "\\_SB_.MHPC.MP0A");
		check_shows(sim, SLOT("0a") "physical_node1/phys_index", "00000029");
		check_shows(sim, MEMORY "memory40/firmware_node/uid", "0x0a");
		assert_true(shows(sim, "/proc/iomem", "140000000-14fffffff : System RAM\n"));
		assert_int_equal(mhp_sim_request_unplug_dimm(sim, 10), 0);
		check_is(sim, 40, "absent");
		check_shows(sim, SLOT("0a") "status", "0");
		check_shows(sim, SLOT("0a") "physical_node/state", NULL);
		put(sim, SLOT("0a") "eject", "1", -ENODEV);
	}
	/* what the machine shows is enough to go on from */
	assert_int_equal(mhp_sim_plug_dimm(sim, 11, 0, START, 128 * MIB), 0);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &copy), 0);
	free(text);
	put(sim, SLOT("0b") "eject", "1", 0);
	put(copy, SLOT("0b") "eject", "1", 0);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_int_equal(mhp_sim_copy_capture(copy, &again), 0);
	compare_captures("copy", again, text);
	free(text);
	free(again);
	mhp_sim_unref(copy);
	mhp_sim_unref(sim);
}

static void test_did(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-dimm-plugged.txt");
	char *text;

	(void)state;
	mhp_sim_plug_dimm(sim, 1, 0, START + 256 * MIB, 128 * MIB);
	mhp_sim_plug_dimm(sim, 1, 0, START + 256 * MIB, 128 * MIB);
	mhp_sim_request_unplug_dimm(sim, 1);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_non_null(strstr(text, "# did: host plug-dimm 1 0x150000000 134217728 0: ok\n"
				     "# did: host plug-dimm 1 0x150000000 134217728 0: EBUSY\n"
				     "# did: host unplug-dimm 1: ok\n"));
	free(text);
	mhp_sim_unref(sim);
}

/* ---- memory that does not come ---- */

/* The DIMM is in its slot, without memory; nobody is told. */
static void test_add_fails(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-dimm-plugged.txt");

	(void)state;
	assert_int_equal(mhp_sim_fail_block(sim, 43, "add", -ENOMEM, 1), 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 0, START + 256 * MIB, 256 * MIB), 0);
	check_shows(sim, SLOT("01") "status", "15");
	check_is(sim, 42, "absent");
	assert_false(shows(sim, "/proc/iomem", "150000000"));
	check_shows(sim, SLOT("01") "physical_node/state", NULL);
	put(sim, SLOT("01") "eject", "1", -ENODEV);
	/* its addresses are taken all the same */
	assert_int_equal(mhp_sim_plug_dimm(sim, 2, 0, START + 256 * MIB, 128 * MIB), -EEXIST);
	assert_int_equal(mhp_sim_request_unplug_dimm(sim, 1), 0);
	check_shows(sim, SLOT("01") "status", "0");
	assert_int_equal(mhp_sim_plug_dimm(sim, 2, 0, START + 256 * MIB, 128 * MIB), 0);
	check_is(sim, 42, "offline");
	mhp_sim_unref(sim);
}

/* Policy's onlining ends with the first block that refuses; udev's rule does not. */
static void test_online_fails(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-dimm-plugged.txt");

	(void)state;
	put(sim, POLICY, "online_movable", 0);
	assert_int_equal(mhp_sim_fail_block(sim, 43, "online", -EPERM, 1), 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 0, START + 256 * MIB, 384 * MIB), 0);
	check_is(sim, 42, "Movable");
	check_is(sim, 43, "offline");
	check_is(sim, 44, "offline");
	put(sim, POLICY, "offline", 0);
	assert_int_equal(mhp_sim_set_udev_rule(sim, "online_kernel"), 0);
	assert_int_equal(mhp_sim_fail_block(sim, 45, "online", -EPERM, 1), 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 2, 0, START + 640 * MIB, 256 * MIB), 0);
	check_is(sim, 45, "offline");
	check_is(sim, 46, "Normal");
	mhp_sim_unref(sim);
}

/* With memmap_on_memory the memory map is on the DIMM; before 6.8 only for single blocks. */
static void test_memmap_on_memory(void **state)
{
	static const struct {
		const char *machine, *managed;
	} cases[] = {
		{ "7.3-dimm-plugged.txt", "managed  96768\n" },
		{ "6.1-dimm-plugged.txt", "managed  97792\n" },
	};
	static const char off[] = "memmap_on_memory: N";
	char path[4096], *text;
	struct mhp_sim *sim;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		text = read_file(machine_path(cases[i].machine, path));
		memcpy(strstr(text, off), "memmap_on_memory: Y", strlen(off));
		assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
		free(text);
		put(sim, POLICY, "online_movable", 0);
		/* one of two blocks, one of one: 512 pages of each block are the map */
		assert_int_equal(mhp_sim_plug_dimm(sim, 1, 0, START + 256 * MIB, 256 * MIB), 0);
		assert_int_equal(mhp_sim_plug_dimm(sim, 2, 0, START + 512 * MIB, 128 * MIB), 0);
		assert_true(shows(sim, "/proc/zoneinfo", cases[i].managed));
		mhp_sim_unref(sim);
	}
}

/* ---- memory that does not go ---- */

/* A second pass tries again what failed in the first. */
static void test_two_passes(void **state)
{
	struct mhp_sim *sim = movable_dimm();

	(void)state;
	assert_int_equal(mhp_sim_fail_block(sim, 40, "offline", -EBUSY, 1), 0);
	put(sim, EJECT, "1", 0);
	check_gone(sim);
	mhp_sim_unref(sim);

	sim = movable_dimm();
	assert_int_equal(mhp_sim_fail_block(sim, 40, "offline", -EBUSY, 2), 0);
	put(sim, EJECT, "1\n", 0);
	check_shows(sim, STATUS, "15");
	check_is(sim, 40, "Movable");
	/* Movable has shrunk to memory40: as by a plain "online", it goes to Normal */
	check_is(sim, 41, "Normal");
	put(sim, EJECT, "1", 0);
	check_gone(sim);
	mhp_sim_unref(sim);
}

/* What cannot be brought back stays offline. */
static void test_no_way_back(void **state)
{
	struct mhp_sim *sim = movable_dimm();

	(void)state;
	assert_int_equal(mhp_sim_fail_block(sim, 41, "offline", -EBUSY, 2), 0);
	assert_int_equal(mhp_sim_fail_block(sim, 40, "online", -EPERM, 1), 0);
	put(sim, EJECT, "1", 0);
	check_is(sim, 40, "offline");
	check_is(sim, 41, "Movable");
	mhp_sim_unref(sim);
}

/* Memory that was there at boot, too, may be a DIMM's: its line is larger then. */
static void test_boot_dimm(void **state)
{
	static const char old[] = "\t100000000-107ffffff : System RAM\n"
				  "\t140000000-14fffffff : System RAM\n";
	static const char whole[] = "\t100000000-17fffffff : System RAM\n";
	char path[4096], *text = read_file(machine_path("7.3-dimm-plugged.txt", path)), *at;
	struct mhp_sim *sim;

	(void)state;
	at = strstr(text, old);
	memmove(at + strlen(whole), at + strlen(old), strlen(at + strlen(old)) + 1);
	memcpy(at, whole, strlen(whole));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	put(sim, EJECT, "1", 0);
	check_is(sim, 40, "absent");
	assert_true(shows(sim, "/proc/iomem", "100000000-13fffffff : System RAM\n"
					      "150000000-17fffffff : System RAM\n"));
	mhp_sim_unref(sim);
}

/* A block that went by itself is no longer linked to, and is not waited for. */
static void test_block_vanishes(void **state)
{
	struct mhp_sim *sim = movable_dimm();

	(void)state;
	assert_int_equal(mhp_sim_race_remove(sim, NULL, 40), 0);
	check_shows(sim, SLOT("00") "physical_node/state", NULL);
	check_shows(sim, SLOT("00") "physical_node1/state", "online");
	assert_int_equal(mhp_sim_request_unplug_dimm(sim, 0), 0);
	check_gone(sim);
	mhp_sim_unref(sim);
}

/* ---- when it is done ---- */

/* While somebody has the lock everything is only asked for. */
static void test_queue(void **state)
{
	struct mhp_sim *sim = movable_dimm();

	(void)state;
	assert_int_equal(mhp_sim_hold_hotplug(sim), 0);
	put(sim, EJECT, "1", 0);
	put(sim, EJECT, "1", 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 0, START + 256 * MIB, 128 * MIB), 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 2, 0, START + 384 * MIB, 128 * MIB), 0);
	assert_int_equal(mhp_sim_request_unplug_dimm(sim, 2), 0);
	check_is(sim, 40, "Movable");
	check_shows(sim, STATUS, "15");
	check_shows(sim, SLOT("01") "status", "15");
	check_is(sim, 42, "absent");
	mhp_sim_release_hotplug(sim);
	check_gone(sim);
	check_is(sim, 42, "offline");
	check_is(sim, 43, "absent");
	check_shows(sim, SLOT("02") "status", "0");
	mhp_sim_unref(sim);
}

/* By a context, too, it is done before anybody can look. */
static void test_context(void **state)
{
	struct mhp_sim *sim = movable_dimm();
	struct desk desk = desk_at(sim);

	(void)state;
	assert_int_equal(desk_put(&desk, SLOT("00") "eject", "0"), -EINVAL);
	assert_int_equal(desk_put(&desk, SLOT("00") "eject", "1"), 0);
	assert_int_equal(desk_read(&desk, MEMORY "memory40/state", NULL), -ENOENT);
	desk_leave(&desk);
	check_gone(sim);
	mhp_sim_unref(sim);
}

/* What the kernel was told to do it does, whoever told it is dead. */
static void test_killed(void **state)
{
	struct mhp_sim *sim = movable_dimm();
	struct desk desk = desk_at(sim);

	(void)state;
	mhp_sim_kill_after(sim, 1);
	assert_int_equal(desk_put(&desk, SLOT("00") "eject", "1"), -EIO);
	desk_leave(&desk);
	check_gone(sim);
	mhp_sim_unref(sim);
}

/* The kernel's thread hangs, and keeps the lock. */
static void test_hang(void **state)
{
	struct mhp_sim *sim = movable_dimm();

	(void)state;
	assert_int_equal(mhp_sim_hang_block(sim, 41, 0), 0);
	put(sim, EJECT, "1", 0);
	check_is(sim, 40, "offline");
	check_shows(sim, MEMORY "memory41/state", "going-offline");
	assert_int_equal(mhp_sim_hold_hotplug(sim), -EBUSY);
	assert_int_equal(mhp_sim_race_remove(sim, NULL, 41), -EBUSY);
	put(sim, MEMORY "memory32/state", "offline", -EINTR);
	/* who is killed does not matter to it */
	mhp_sim_kill_after(sim, 0);
	put(sim, EJECT, "1", 0);
	assert_int_equal(mhp_sim_plug_dimm(sim, 1, 0, START + 256 * MIB, 128 * MIB), 0);
	check_is(sim, 42, "absent");
	mhp_sim_release_block(sim, 41);
	check_gone(sim);
	check_is(sim, 42, "offline");
	assert_int_equal(mhp_sim_hold_hotplug(sim), 0);
	mhp_sim_release_hotplug(sim);
	mhp_sim_unref(sim);

	/* it goes on where it was: what went before is known, and is put back */
	sim = movable_dimm();
	assert_int_equal(mhp_sim_hang_block(sim, 41, 1), 0);
	assert_int_equal(mhp_sim_request_unplug_dimm(sim, 0), 0);
	assert_int_equal(mhp_sim_fail_block(sim, 41, "offline", -EBUSY, 0), 0);
	mhp_sim_release_block(sim, 41);
	check_is(sim, 40, "Normal");
	check_is(sim, 41, "Movable");
	check_shows(sim, STATUS, "15");
	mhp_sim_unref(sim);

	/* a machine that hangs can go */
	sim = movable_dimm();
	assert_int_equal(mhp_sim_hang_block(sim, 40, 0), 0);
	put(sim, EJECT, "1", 0);
	mhp_sim_unref(sim);
}

/* ---- nonsense ---- */

static void test_hostile(void **state)
{
	static const char base[] = MEMORY "block_size_bytes: 8000000\n"
		MEMORY "memory32/state: offline\n";
	static const struct {
		const char *text;
		int result;
	} cases[] = {
		{ SLOT("00") "status: 15\n", 0 },
		{ SLOT("00") "status: x\n", -EBADMSG },
		{ SLOT("00") "status: <EACCES>\n", 0 },
		{ SLOT("00") "status/\n", 0 },
		{ SLOT("100") "status: 15\n", 0 },
		{ SLOT("zz") "status: 15\n", 0 },
		{ SLOT("00") "status: 15\n" SLOT("00") "physical_node -> ../nowhere\n", 0 },
		{ SLOT("00") "status: 15\n" SLOT("00") "physical_node -> physical_node\n", 0 },
		{ SLOT("00") "status: 15\n" SLOT("00") "physical_node -> "
		  "../../../../devices/system/memory/memory32\n"
		  SLOT("00") "physical_node1 -> ../../../../devices/system/memory/memory32\n", 0 },
		{ "/sys/firmware/memmap: 1\n", 0 },
		{ "/sys/firmware/memmap/18446744073709551615/end: 0x0\n", 0 },
		{ "/sys/firmware/memmap/0: 1\n", 0 },
		{ "/sys/bus/acpi: 1\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mhp_sim *sim;
		char text[2048];
		int r;

		snprintf(text, sizeof(text), "%s%s", cases[i].text, base);
		r = mhp_sim_new_from_text(text, strlen(text), NULL, &sim);
		if (r != cases[i].result)
			fail_msg("%s: %d and not %d", cases[i].text, r, cases[i].result);
		if (r < 0)
			continue;
		(void)mhp_sim_plug_dimm(sim, 0, 0, START, 128 * MIB);
		(void)mhp_sim_plug_dimm(sim, 1, 0, START + 128 * MIB, 128 * MIB);
		(void)mhp_sim_write(sim, EJECT, "1");
		(void)mhp_sim_request_unplug_dimm(sim, 0);
		(void)mhp_sim_request_unplug_dimm(sim, 1);
		mhp_sim_unref(sim);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_plug_refused),
		cmocka_unit_test(test_new_slot),
		cmocka_unit_test(test_did),
		cmocka_unit_test(test_add_fails),
		cmocka_unit_test(test_online_fails),
		cmocka_unit_test(test_memmap_on_memory),
		cmocka_unit_test(test_two_passes),
		cmocka_unit_test(test_no_way_back),
		cmocka_unit_test(test_boot_dimm),
		cmocka_unit_test(test_block_vanishes),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_context),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_hang),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
