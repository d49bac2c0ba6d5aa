// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The simulated machine against real kernels: what was done to them is done to
 * it, and all that it shows is compared with what they showed. Then the kernel's
 * rules one by one.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/sim.h"
#include "support/golden.h"
#include "support/replay.h"

#define MEMORY "/sys/devices/system/memory/"
#define NODE "/sys/devices/system/node/"
#define DAX "/sys/bus/dax/devices/"
#define KMEM "/sys/bus/dax/drivers/kmem/"

/* ---- helpers ---- */

static void check_put(struct mhp_sim *sim, const char *word, const char *path, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put \"%s\" %s: %d and not %d", word, path, r, wanted);
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
	int r = mhp_sim_read(sim, path, &text);

	if (r != -ENOENT)
		fail_msg("%s: %d and not -ENOENT", path, r);
}

static const char *block_path(unsigned int id, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), MEMORY "memory%u/%s", id, name);
	return path;
}

static void put_block(struct mhp_sim *sim, unsigned int id, const char *word, int wanted)
{
	check_put(sim, word, block_path(id, "state"), wanted);
}

/* zones as valid_zones has it; NULL: there is no such block */
static void check_block(struct mhp_sim *sim, unsigned int id, const char *zones)
{
	bool online = zones && !strchr(zones, ' ');

	if (!zones) {
		check_absent(sim, block_path(id, "state"));
		return;
	}
	check_read(sim, block_path(id, "state"), online ? "online" : "offline");
	check_read(sim, block_path(id, "online"), online ? "1" : "0");
	check_read(sim, block_path(id, "valid_zones"), zones);
}

static void check_blocks(struct mhp_sim *sim, unsigned int first, unsigned int last,
			 const char *zones)
{
	for (; first <= last; first++)
		check_block(sim, first, zones);
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

/* ---- what real kernels did ---- */

/* In a kernel zone on a node of its own, the lowest block could not go. */
static const struct pinned lowest = { 32, -EBUSY, "unbound" };

static void test_replay_hmem_7_3(void **state)
{
	(void)state;
	replay("7.3-hmem", "bound", &lowest, 7);
	replay("7.3-hmem", "offline", &lowest, 4);
}

static void test_replay_ranges_7_3(void **state)
{
	(void)state;
	replay("7.3-hmem-ranges", "bound", &lowest, 4);
}

static void test_replay_unaligned_7_3(void **state)
{
	(void)state;
	/* this node has boot memory: the kernel zone let go */
	replay("7.3-hmem-unaligned", "bound", NULL, 4);
}

static void test_replay_split_7_3(void **state)
{
	(void)state;
	replay("7.3-hmem-split", "bound", &lowest, 2);
}

static void test_replay_plain_7_3(void **state)
{
	(void)state;
	replay("7.3-plain", "start", NULL, 2);
}

static void test_replay_6_12(void **state)
{
	(void)state;
	replay("6.12-hmem", "bound", NULL, 3);
	replay("6.12-hmem-ranges", "bound", NULL, 2);
	replay("6.12-hmem-multi", "bound", NULL, 2);
	/* with memmap_on_memory fewer pages are managed than present */
	replay("6.12-hmem-mom", "bound", NULL, 2);
}

static void test_replay_6_1(void **state)
{
	(void)state;
	replay("6.1-hmem", "bound", NULL, 3);
	replay("6.1-hmem-split", "bound", NULL, 2);
}

static void load_kmem(struct mhp_sim *sim)
{
	sim_lock(sim);
	assert_int_equal(module_load(sim, "kmem"), 0);
	sim_unlock(sim);
}

/* Bound again, a device shows what it showed, and sends what it sent, when it was first. */
static void test_replay_bind(void **state)
{
	/* these were bound when their drivers came; without a word, that is done again */
	static const struct {
		const char *unbound, *bound, *word, *file, *scenario;
	} cases[] = {
		{ "6.1-hmem-unbound.txt", "6.1-hmem-bound.txt", "dax0.0", KMEM "new_id",
		  "6.1-hmem" },
		{ "6.12-hmem-unbound.txt", "6.12-hmem-bound.txt", "dax0.0", KMEM "bind", NULL },
		{ "6.12-hmem-unbound.txt", "6.12-hmem-bound.txt", NULL, NULL, "6.12-hmem" },
		{ "6.12-hmem-ranges-unbound.txt", "6.12-hmem-ranges-bound.txt", "dax0.1",
		  KMEM "new_id", NULL },
		{ "6.12-hmem-ranges-unbound.txt", "6.12-hmem-ranges-bound.txt", NULL, NULL,
		  "6.12-hmem-ranges" },
		{ "7.3-hmem-unaligned-unbound.txt", "7.3-hmem-unaligned-bound.txt", "dax1.0",
		  KMEM "new_id", NULL },
		{ "7.3-hmem-unaligned-unbound.txt", "7.3-hmem-unaligned-bound.txt", NULL, NULL,
		  "7.3-hmem-unaligned" },
	};
	char path[4096], *wanted, *got;
	struct mhp_sim_listener *listener;
	struct mhp_sim *sim;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sim = open_machine(cases[i].unbound);
		if (!cases[i].word)
			assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
		assert_int_equal(mhp_sim_listener_new(sim, 0, &listener), 0);
		if (cases[i].word)
			check_put(sim, cases[i].word, cases[i].file, 0);
		else
			load_kmem(sim);
		if (cases[i].scenario)
			compare_events(listener, cases[i].scenario, "bound");
		mhp_sim_listener_free(listener);
		assert_int_equal(mhp_sim_copy_capture(sim, &got), 0);
		wanted = read_file(machine_path(cases[i].bound, path));
		compare_captures(cases[i].bound, got, wanted);
		free(wanted);
		free(got);
		mhp_sim_unref(sim);
	}
}

/* Each block carries its own memory map, also when it comes anew. */
static void test_replay_memmap(void **state)
{
	struct mhp_sim *sim = open_machine("6.12-hmem-mom-bound.txt");
	char path[4096], *wanted, *got;

	(void)state;
	check_put(sim, "dax0.0", KMEM "unbind", 0);
	check_put(sim, "online_movable", MEMORY "auto_online_blocks", 0);
	check_put(sim, "dax0.0", KMEM "bind", 0);
	check_put(sim, "offline", MEMORY "auto_online_blocks", 0);
	assert_int_equal(mhp_sim_copy_capture(sim, &got), 0);
	wanted = read_file(machine_path("6.12-hmem-mom-online.txt", path));
	compare_captures("6.12-hmem-mom-online.txt", got, wanted);
	free(wanted);
	free(got);
	mhp_sim_unref(sim);
}

/* ---- blocks ---- */

/* kernel-abi 1.3 */
static void test_block_words(void **state)
{
	static const char *const online[] = { "online", "online_kernel", "online_movable\n" };
	static const char *const bad[] = {
		"Online", "online ", " online", "online\n\n", "online\njunk", "onlin", "onlinex",
		"1", "unplugged", "\n", "going-offline", "online_movable ",
	};
	static const char *const yes[] = { "1", "y", "Y", "t", "on", "On\n", "1x" };
	static const char *const no[] = { "0", "n", "N", "f", "off", "OFF\n" };
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		put_block(sim, 32, bad[i], -EINVAL);
	put_block(sim, 32, "", 0);
	put_block(sim, 32, "offline", -EINVAL);
	check_block(sim, 32, "Normal Movable");
	for (size_t i = 0; i < sizeof(online) / sizeof(online[0]); i++) {
		put_block(sim, 32, online[i], 0);
		/* online already, in whichever zone */
		for (size_t j = 0; j < sizeof(online) / sizeof(online[0]); j++)
			put_block(sim, 32, online[j], -EINVAL);
		check_block(sim, 32, i == 2 ? "Movable" : "Normal");
		put_block(sim, 32, "offline\n", 0);
		put_block(sim, 32, "offline", -EINVAL);
		check_block(sim, 32, "Normal Movable");
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		check_put(sim, yes[i], block_path(32, "online"), 0);
		check_put(sim, yes[i], block_path(32, "online"), 0);
		/* the word that was refused last, above, is remembered once */
		check_block(sim, 32, i == 0 ? "Movable" : "Normal");
		check_put(sim, no[i], block_path(32, "online"), 0);
		check_put(sim, no[i], block_path(32, "online"), 0);
		check_block(sim, 32, "Normal Movable");
	}
	check_put(sim, "2", block_path(32, "online"), -EINVAL);
	check_put(sim, "o", block_path(32, "online"), -EINVAL);
	check_put(sim, "", block_path(32, "online"), 0);
	check_put(sim, "x", block_path(32, "valid_zones"), -EACCES);
	check_put(sim, "x", block_path(32, "phys_index"), -EACCES);
	check_put(sim, "8000000", MEMORY "block_size_bytes", -EACCES);
	check_put(sim, "online", block_path(99, "state"), -ENOENT);
	mhp_sim_unref(sim);
}

/* kernel-abi 2.1, 1.4 */
static void test_zone_choice(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");

	(void)state;
	/* the first block of a node goes to a kernel zone */
	put_block(sim, 33, "online_movable", 0);
	check_block(sim, 32, "Normal Movable");
	check_block(sim, 34, "Normal Movable");
	/* between Movable ones: Movable */
	put_block(sim, 35, "online_movable", 0);
	check_block(sim, 32, "Normal Movable");
	check_block(sim, 34, "Movable Normal");
	put_block(sim, 34, "online", 0);
	check_block(sim, 34, "Movable");
	put_block(sim, 34, "offline", 0);
	put_block(sim, 34, "online_kernel", 0);
	check_block(sim, 34, "Normal");
	mhp_sim_unref(sim);

	/* both zones span it: the kernel zone */
	sim = open_machine("7.3-eight-bound.txt");
	put_block(sim, 32, "online_kernel", 0);
	put_block(sim, 33, "online_movable", 0);
	put_block(sim, 35, "online_kernel", 0);
	put_block(sim, 36, "online_movable", 0);
	check_block(sim, 34, "Normal Movable");
	put_block(sim, 34, "online", 0);
	check_block(sim, 34, "Normal");
	mhp_sim_unref(sim);
}

/* A zone that spans a hole shrinks to what is left, at either end. */
static void test_zone_span(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");

	(void)state;
	put_block(sim, 32, "online_movable", 0);
	put_block(sim, 33, "online_movable", 0);
	put_block(sim, 35, "online_movable", 0);
	check_block(sim, 34, "Movable Normal");
	put_block(sim, 35, "offline", 0);
	check_block(sim, 34, "Normal Movable");
	put_block(sim, 35, "online_movable", 0);
	put_block(sim, 33, "offline", 0);
	check_block(sim, 33, "Movable Normal");
	put_block(sim, 32, "offline", 0);
	check_blocks(sim, 32, 34, "Normal Movable");
	check_block(sim, 35, "Movable");
	assert_true(shows(sim, "/proc/zoneinfo", "start_pfn:           1146880\n"));
	put_block(sim, 35, "offline", 0);
	assert_false(shows(sim, "/proc/zoneinfo", "start_pfn:           11"));
	mhp_sim_unref(sim);
}

static void test_boot_memory(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");

	(void)state;
	/* spans zones */
	check_block(sim, 0, "none");
	put_block(sim, 0, "offline", -EINVAL);
	check_put(sim, "0", block_path(0, "online"), -EINVAL);
	put_block(sim, 0, "online", -EINVAL);
	/* memory7 has a hole: the firmware's tables */
	put_block(sim, 7, "offline", -EINVAL);
	put_block(sim, 6, "offline", 0);
	check_block(sim, 6, "DMA32 Movable");
	put_block(sim, 6, "online_kernel", 0);
	check_block(sim, 6, "DMA32");
	mhp_sim_unref(sim);
}

static void test_auto_online(void **state)
{
	static const char *const words[] = { "online", "online_kernel", "online_movable", "offline" };
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		check_put(sim, words[i], MEMORY "auto_online_blocks", 0);
		check_read(sim, MEMORY "auto_online_blocks", words[i]);
		check_put(sim, "movable", MEMORY "auto_online_blocks", -EINVAL);
		check_put(sim, "online ", MEMORY "auto_online_blocks", -EINVAL);
		check_put(sim, "", MEMORY "auto_online_blocks", 0);
		check_read(sim, MEMORY "auto_online_blocks", words[i]);
	}
	check_put(sim, "online\n", MEMORY "auto_online_blocks", 0);
	check_read(sim, MEMORY "auto_online_blocks", "online");
	/* for blocks that come later only */
	check_blocks(sim, 32, 35, "Normal Movable");
	mhp_sim_unref(sim);
}

/* The capture caught a block on its way: he who offlines it gives up first. */
static void test_going_offline(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-online.txt");
	struct buf buf = { 0 };
	char *text, *at;

	(void)state;
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	at = strstr(text, "memory33/state: online\n");
	assert_non_null(at);
	at += strlen("memory33/state: ");
	buf_add_bytes(&buf, text, (size_t)(at - text));
	buf_add(&buf, "going-offline%s", at + strlen("online"));
	assert_int_equal(mhp_sim_new_from_text(buf.str, buf.length, NULL, &sim), 0);
	buf_free(&buf);
	free(text);
	check_read(sim, block_path(33, "state"), "going-offline");
	check_read(sim, block_path(33, "valid_zones"), "Movable Normal");
	put_block(sim, 33, "online_movable", -EINVAL);
	check_block(sim, 33, "Movable");
	put_block(sim, 33, "offline", 0);
	mhp_sim_unref(sim);
}

/* ---- daxX.Y/state: kernel-abi 4.4 ---- */

/* A machine whose dax0.0 is in the given state, in the way that leads there. */
static struct mhp_sim *make_device(const char *current)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");

	check_read(sim, DAX "dax0.0/state", "offline");
	if (strcmp(current, "offline"))
		check_put(sim, "unplugged", DAX "dax0.0/state", 0);
	if (!strncmp(current, "online", 6))
		check_put(sim, current, DAX "dax0.0/state", 0);
	check_read(sim, DAX "dax0.0/state", current);
	return sim;
}

static const char *zone_of_device(const char *word)
{
	if (!strcmp(word, "unplugged"))
		return NULL;
	if (!strcmp(word, "offline"))
		return "Normal Movable";
	return strcmp(word, "online_movable") ? "Normal" : "Movable";
}

static void test_device_table(void **state)
{
	static const char *const words[] = {
		"unplugged", "online", "online_kernel", "online_movable", "offline",
	};
	static const struct {
		const char *current;
		int result[5];
	} rows[] = {
		{ "unplugged", { 0, 0, 0, 0, -EINVAL } },
		{ "offline", { 0, -EBUSY, -EBUSY, -EBUSY, -EINVAL } },
		{ "online", { 0, 0, -EBUSY, -EBUSY, -EINVAL } },
		{ "online_kernel", { 0, -EBUSY, 0, -EBUSY, -EINVAL } },
		{ "online_movable", { 0, -EBUSY, -EBUSY, 0, -EINVAL } },
	};
	static const char *const junk[] = {
		"bogus", "Online", "online ", "unplugged ", "unplug", "unplugged\n\n", "\n", "1",
		"unknown", " unplugged",
	};

	(void)state;
	for (size_t row = 0; row < 5; row++) {
		for (size_t word = 0; word < 5; word++) {
			struct mhp_sim *sim = make_device(rows[row].current);
			int wanted = rows[row].result[word];
			const char *now = wanted ? rows[row].current : words[word];

			check_put(sim, words[word], DAX "dax0.0/state", wanted);
			check_read(sim, DAX "dax0.0/state", now);
			check_blocks(sim, 32, 35, zone_of_device(now));
			mhp_sim_unref(sim);
		}
		for (size_t word = 0; word < sizeof(junk) / sizeof(junk[0]); word++) {
			struct mhp_sim *sim = make_device(rows[row].current);

			check_put(sim, junk[word], DAX "dax0.0/state", -EINVAL);
			check_put(sim, "", DAX "dax0.0/state", 0);
			check_read(sim, DAX "dax0.0/state", rows[row].current);
			check_blocks(sim, 32, 35, zone_of_device(rows[row].current));
			mhp_sim_unref(sim);
		}
	}
}

static void test_device_newline(void **state)
{
	struct mhp_sim *sim = make_device("offline");

	(void)state;
	check_put(sim, "unplugged\n", DAX "dax0.0/state", 0);
	check_put(sim, "online_movable\n", DAX "dax0.0/state", 0);
	check_blocks(sim, 32, 35, "Movable");
	mhp_sim_unref(sim);
}

/* The word is a memory of the last request, never a measurement. */
static void test_device_stale(void **state)
{
	struct mhp_sim *sim = make_device("offline");

	(void)state;
	/* bound under the policy offline, onlined by somebody else */
	put_block(sim, 32, "online_movable", 0);
	put_block(sim, 33, "online_movable", 0);
	check_read(sim, DAX "dax0.0/state", "offline");
	check_put(sim, "online_movable", DAX "dax0.0/state", -EBUSY);
	check_put(sim, "unplugged", DAX "dax0.0/state", 0);
	check_blocks(sim, 32, 35, NULL);
	/* all offlined one by one: the word is believed, and nothing happens */
	check_put(sim, "online_movable", DAX "dax0.0/state", 0);
	for (unsigned int id = 32; id <= 35; id++)
		put_block(sim, id, "offline", 0);
	check_read(sim, DAX "dax0.0/state", "online_movable");
	check_put(sim, "online_movable", DAX "dax0.0/state", 0);
	check_blocks(sim, 32, 35, "Normal Movable");
	/* one block in another zone */
	put_block(sim, 34, "online_kernel", 0);
	check_read(sim, DAX "dax0.0/state", "online_movable");
	mhp_sim_unref(sim);
}

/* A plain "online" of the device puts the first block of the node into Normal. */
static void test_device_plain_online(void **state)
{
	struct mhp_sim *sim = make_device("unplugged");

	(void)state;
	check_put(sim, "online", DAX "dax0.0/state", 0);
	check_blocks(sim, 32, 35, "Normal");
	check_read(sim, NODE "has_normal_memory", "0-1");
	mhp_sim_unref(sim);
}

/* The write succeeds; the block that refused and the rest of its range stay offline. */
static void test_device_online_fails(void **state)
{
	struct mhp_sim *sim = make_device("unplugged");

	(void)state;
	mhp_sim_fail_block(sim, 33, "online", -ENOMEM, 1);
	check_put(sim, "online_movable", DAX "dax0.0/state", 0);
	check_read(sim, DAX "dax0.0/state", "online_movable");
	check_block(sim, 32, "Movable");
	check_blocks(sim, 33, 35, "Normal Movable");
	put_block(sim, 33, "online_movable", 0);
	mhp_sim_unref(sim);

	/* another range goes on; a neighbour is not touched */
	sim = open_machine("7.3-hmem-ranges-unplugged.txt");
	mhp_sim_fail_block(sim, 32, "online", -EPERM, 0);
	check_put(sim, "online_movable", DAX "dax0.0/state", 0);
	check_blocks(sim, 32, 33, "Normal Movable");
	check_blocks(sim, 34, 35, NULL);
	check_blocks(sim, 36, 37, "Movable");
	put_block(sim, 32, "online", -EPERM);
	mhp_sim_unref(sim);
}

/* All or nothing: each block goes back to the zone it was in. */
static void test_device_unplug_fails(void **state)
{
	struct mhp_sim *sim = make_device("offline");

	(void)state;
	put_block(sim, 32, "online_movable", 0);
	put_block(sim, 33, "online_kernel", 0);
	put_block(sim, 35, "online_movable", 0);
	mhp_sim_fail_block(sim, 35, "offline", -EBUSY, 2);
	check_put(sim, "unplugged", DAX "dax0.0/state", -EBUSY);
	check_put(sim, "unplugged", DAX "dax0.0/state", -EBUSY);
	check_read(sim, DAX "dax0.0/state", "offline");
	check_block(sim, 32, "Movable");
	check_block(sim, 33, "Normal");
	check_read(sim, block_path(34, "state"), "offline");
	check_block(sim, 35, "Movable");
	check_put(sim, "unplugged", DAX "dax0.0/state", 0);
	check_blocks(sim, 32, 35, NULL);
	mhp_sim_unref(sim);

	/* over all ranges */
	sim = open_machine("7.3-hmem-ranges-online.txt");
	mhp_sim_fail_block(sim, 37, "offline", -EINTR, 1);
	check_put(sim, "unplugged", DAX "dax0.0/state", -EINTR);
	check_blocks(sim, 32, 37, "Movable");
	/* the way back may fail too, and nobody is told */
	mhp_sim_fail_block(sim, 37, "offline", -EAGAIN, 1);
	mhp_sim_fail_block(sim, 33, "online", -ENOMEM, 1);
	check_put(sim, "unplugged", DAX "dax0.0/state", -EAGAIN);
	check_read(sim, block_path(33, "state"), "offline");
	check_block(sim, 32, "Movable");
	check_blocks(sim, 34, 37, "Movable");
	mhp_sim_unref(sim);
}

/* Two devices on a node: the one that goes leaves the other's blocks and the node alone. */
static void test_device_neighbour(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-ranges-online.txt");

	(void)state;
	check_put(sim, "unplugged", DAX "dax0.0/state", 0);
	check_blocks(sim, 32, 33, NULL);
	check_blocks(sim, 34, 35, "Movable");
	check_blocks(sim, 36, 37, NULL);
	check_read(sim, NODE "online", "0-1");
	assert_false(shows(sim, "/proc/iomem", "dax0.0"));
	assert_true(shows(sim, "/proc/iomem",
			  "110000000-11fffffff : dax0.1\n  110000000-11fffffff : System RAM (kmem)\n"));
	check_put(sim, "unplugged", DAX "dax0.1/state", 0);
	check_read(sim, NODE "online", "0");
	check_read(sim, NODE "node0/distance", "10");
	check_absent(sim, NODE "node1/distance");
	assert_false(shows(sim, "/proc/zoneinfo", "Node 1"));
	check_put(sim, "online_kernel", DAX "dax0.1/state", 0);
	check_read(sim, NODE "online", "0-1");
	check_read(sim, NODE "node1/distance", "20 10");
	mhp_sim_unref(sim);
}

/* ---- unbind and bind: kernel-abi 4.2, 4.5 ---- */

static void test_unbind_offline(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");

	(void)state;
	check_put(sim, "dax0.1", KMEM "unbind", -ENODEV);
	check_put(sim, "dax0.0", "/sys/bus/dax/drivers/device_dax/unbind", -ENODEV);
	check_put(sim, "dax0.0\n", KMEM "unbind", 0);
	check_put(sim, "dax0.0", KMEM "unbind", -ENODEV);
	check_blocks(sim, 32, 35, NULL);
	check_absent(sim, DAX "dax0.0/state");
	check_absent(sim, DAX "dax0.0/driver");
	check_absent(sim, KMEM "dax0.0");
	assert_false(shows(sim, DAX "dax0.0/uevent", "DRIVER="));
	assert_false(shows(sim, "/proc/iomem", "dax0.0"));
	mhp_sim_unref(sim);
}

static void test_unbind_stranded(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-bound.txt");

	(void)state;
	put_block(sim, 33, "online_movable", 0);
	check_put(sim, "dax0.0", KMEM "unbind", 0);
	/* the whole range stays, with its lines, and without a driver */
	check_block(sim, 33, "Movable");
	check_block(sim, 34, "Normal Movable");
	check_absent(sim, DAX "dax0.0/state");
	assert_true(shows(sim, "/proc/iomem",
			  "100000000-11fffffff : dax0.0\n  100000000-11fffffff : System RAM (kmem)\n"));
	check_put(sim, "dax0.0", KMEM "bind", -EBUSY);
	check_absent(sim, DAX "dax0.0/driver");
	/* nobody else takes it either; the first try leaves something behind */
	check_put(sim, "dax0.0", "/sys/bus/dax/drivers/device_dax/bind", -ENODEV);
	check_put(sim, "dax0.0", "/sys/bus/dax/drivers/device_dax/new_id", 0);
	check_put(sim, "dax0.0", "/sys/bus/dax/drivers/device_dax/bind", -EINVAL);
	check_absent(sim, DAX "dax0.0/driver");
	/* its blocks are as good as any */
	put_block(sim, 33, "offline", 0);
	put_block(sim, 32, "online_kernel", 0);
	put_block(sim, 32, "offline", 0);
	check_put(sim, "dax0.0", KMEM "bind", -EBUSY);
	check_blocks(sim, 32, 35, "Normal Movable");
	mhp_sim_unref(sim);
}

/* Range by range: one is stranded, the other goes, and comes back with a new bind. */
static void test_unbind_ranges(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-ranges-bound.txt");

	(void)state;
	put_block(sim, 36, "online_movable", 0);
	check_put(sim, "dax0.0", KMEM "unbind", 0);
	check_blocks(sim, 32, 33, NULL);
	check_block(sim, 36, "Movable");
	check_block(sim, 37, "Normal Movable");
	check_put(sim, "online_kernel", MEMORY "auto_online_blocks", 0);
	/* the first range is free, so the bind succeeds without the second one */
	check_put(sim, "dax0.0", KMEM "bind", 0);
	check_read(sim, DAX "dax0.0/state", "online_kernel");
	check_blocks(sim, 32, 33, "Normal");
	check_block(sim, 36, "Movable");
	check_block(sim, 37, "Normal Movable");
	/* and unplugged takes away no more than that */
	check_put(sim, "unplugged", DAX "dax0.0/state", 0);
	check_read(sim, DAX "dax0.0/state", "unplugged");
	check_blocks(sim, 32, 33, NULL);
	check_block(sim, 36, "Movable");
	mhp_sim_unref(sim);

	sim = open_machine("7.3-hmem-ranges-bound.txt");
	put_block(sim, 32, "online_movable", 0);
	check_put(sim, "dax0.0", KMEM "unbind", 0);
	check_blocks(sim, 36, 37, NULL);
	check_put(sim, "dax0.0", KMEM "bind", -EBUSY);
	check_blocks(sim, 36, 37, NULL);
	mhp_sim_unref(sim);
}

static void test_bind_policy(void **state)
{
	static const struct {
		const char *policy, *zones;
	} cases[] = {
		{ "offline", "Normal Movable" }, { "online", "Normal" },
		{ "online_kernel", "Normal" }, { "online_movable", "Movable" },
	};
	static const char *const machines[] = { "6.12-hmem-unbound.txt", "7.3-hmem-bound.txt" };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct mhp_sim *sim = open_machine(machines[i / 4]);

		if (i / 4)
			check_put(sim, "dax0.0", KMEM "unbind", 0);
		check_put(sim, cases[i % 4].policy, MEMORY "auto_online_blocks", 0);
		check_put(sim, "dax0.0", KMEM "bind", 0);
		check_put(sim, "dax0.0", KMEM "bind", -EBUSY);
		check_blocks(sim, 32, 35, cases[i % 4].zones);
		if (i / 4)
			check_read(sim, DAX "dax0.0/state", cases[i % 4].policy);
		else
			check_absent(sim, DAX "dax0.0/state");
		assert_true(shows(sim, DAX "dax0.0/uevent", "DRIVER=kmem\nMODALIAS="));
		mhp_sim_unref(sim);
	}
}

/* Onlining by policy fails silently, and stops there. */
static void test_bind_online_fails(void **state)
{
	struct mhp_sim *sim = open_machine("6.12-hmem-unbound.txt");

	(void)state;
	check_put(sim, "online_movable", MEMORY "auto_online_blocks", 0);
	mhp_sim_fail_block(sim, 34, "online", -EPERM, 1);
	check_put(sim, "dax0.0", KMEM "bind", 0);
	check_blocks(sim, 32, 33, "Movable");
	check_block(sim, 34, "Normal Movable");
	check_block(sim, 35, "Normal Movable");
	mhp_sim_unref(sim);
}

static void test_bind_refused(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-tiny-bound.txt");

	(void)state;
	/* no whole block in it */
	check_put(sim, "dax0.0", KMEM "bind", -EINVAL);
	check_absent(sim, DAX "dax0.0/state");
	check_absent(sim, DAX "dax0.0/driver");
	check_put(sim, "dax1.0", KMEM "bind", -EBUSY);
	check_put(sim, "dax9.0", KMEM "bind", -ENODEV);
	check_put(sim, "", KMEM "bind", 0);
	mhp_sim_unref(sim);
}

static void test_new_id(void **state)
{
	static const char *const bad[] = { "dax", "dax0", "dax0.", "dax0.0.0", "x", "dax0.0 ",
					   "dax0.0\n\n", "DAX0.0", "dax_region" };
	struct mhp_sim *sim = open_machine("6.1-hmem-unbound.txt");

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		check_put(sim, bad[i], KMEM "new_id", -EINVAL);
		check_put(sim, bad[i], KMEM "remove_id", -EINVAL);
	}
	/* before 6.3 kmem takes no device by itself */
	check_put(sim, "dax0.0", KMEM "bind", -ENODEV);
	check_put(sim, "dax7.7", KMEM "new_id", 0);
	check_put(sim, "dax0.0", KMEM "bind", -ENODEV);
	check_put(sim, "dax0.0\n", KMEM "new_id", 0);
	check_blocks(sim, 32, 35, "Normal Movable");
	check_put(sim, "dax0.0", KMEM "unbind", 0);
	check_put(sim, "dax0.0", KMEM "bind", 0);
	check_put(sim, "dax0.0", KMEM "remove_id", 0);
	check_put(sim, "dax0.0", KMEM "remove_id", 0);
	check_put(sim, "dax0.0", KMEM "unbind", 0);
	check_put(sim, "dax0.0", KMEM "bind", -ENODEV);
	/* device_dax does */
	check_put(sim, "dax0.0", "/sys/bus/dax/drivers/device_dax/bind", 0);
	assert_true(shows(sim, "/proc/iomem", "100000000-11fffffff : dax0.0\n"));
	check_put(sim, "dax0.0", KMEM "new_id", 0);
	assert_true(shows(sim, DAX "dax0.0/uevent", "DRIVER=device_dax\n"));
	check_put(sim, "dax0.0", "/sys/bus/dax/drivers/device_dax/unbind", 0);
	assert_false(shows(sim, "/proc/iomem", "dax0.0"));
	mhp_sim_unref(sim);
}

/* A machine that was changed, written as a capture and made anew is the same machine. */
static void test_copy_goes_on(void **state)
{
	struct mhp_sim *sim = open_machine("7.3-hmem-ranges-bound.txt"), *copy;
	char *text, *again;

	(void)state;
	put_block(sim, 36, "online_movable", 0);
	check_put(sim, "dax0.0", KMEM "unbind", 0);
	check_put(sim, "unplugged", DAX "dax0.1/state", 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
		assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &copy), 0);
		assert_int_equal(mhp_sim_copy_capture(copy, &again), 0);
		assert_string_equal(again, text);
		free(text);
		free(again);
		/* the copy goes on where the other one stopped */
		check_put(sim, "dax0.0", KMEM "bind", 0);
		check_put(copy, "dax0.0", KMEM "bind", 0);
		check_put(sim, "online_kernel", DAX "dax0.1/state", 0);
		check_put(copy, "online_kernel", DAX "dax0.1/state", 0);
		assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
		assert_int_equal(mhp_sim_copy_capture(copy, &again), 0);
		compare_captures("copy", again, text);
		free(text);
		free(again);
		mhp_sim_unref(sim);
		sim = copy;
		check_put(sim, "dax0.0", KMEM "unbind", 0);
		check_put(sim, "unplugged", DAX "dax0.1/state", 0);
	}
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay_hmem_7_3),
		cmocka_unit_test(test_replay_ranges_7_3),
		cmocka_unit_test(test_replay_unaligned_7_3),
		cmocka_unit_test(test_replay_split_7_3),
		cmocka_unit_test(test_replay_plain_7_3),
		cmocka_unit_test(test_replay_6_12),
		cmocka_unit_test(test_replay_6_1),
		cmocka_unit_test(test_replay_bind),
		cmocka_unit_test(test_replay_memmap),
		cmocka_unit_test(test_block_words),
		cmocka_unit_test(test_zone_choice),
		cmocka_unit_test(test_zone_span),
		cmocka_unit_test(test_boot_memory),
		cmocka_unit_test(test_auto_online),
		cmocka_unit_test(test_going_offline),
		cmocka_unit_test(test_device_table),
		cmocka_unit_test(test_device_newline),
		cmocka_unit_test(test_device_stale),
		cmocka_unit_test(test_device_plain_online),
		cmocka_unit_test(test_device_online_fails),
		cmocka_unit_test(test_device_unplug_fails),
		cmocka_unit_test(test_device_neighbour),
		cmocka_unit_test(test_unbind_offline),
		cmocka_unit_test(test_unbind_stranded),
		cmocka_unit_test(test_unbind_ranges),
		cmocka_unit_test(test_bind_policy),
		cmocka_unit_test(test_bind_online_fails),
		cmocka_unit_test(test_bind_refused),
		cmocka_unit_test(test_new_id),
		cmocka_unit_test(test_copy_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
