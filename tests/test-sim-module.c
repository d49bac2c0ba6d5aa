// SPDX-License-Identifier: LGPL-2.1-or-later
/* Modules of the simulated machine, and which devices their drivers take. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

#define AUTOPROBE "/sys/bus/dax/drivers_autoprobe"
/* dax0.0 has 32 and 33, dax1.0 36 to 38, dax2.0 and dax3.0 more */
#define FOUR "6.12-hmem-multi-bound.txt"

static void put(struct mhp_sim *sim, const char *path, const char *word, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put %s %s: %d and not %d", word, path, r, wanted);
}

/* Is the device bound to this driver, as both ends of the link say? NULL: to none. */
static void check_driver(struct mhp_sim *sim, const char *device, const char *driver)
{
	struct node *link = NULL, *other, *dir;
	char path[128];

	snprintf(path, sizeof(path), DAX "%s", device);
	assert_int_equal(tree_walk(sim->root, sim->root, path, true, &dir), 0);
	link = tree_child(dir, "driver");
	if (!driver) {
		if (link)
			fail_msg("%s: bound to %s", device, link->text);
		return;
	}
	if (!link || strcmp(strrchr(link->text, '/') + 1, driver))
		fail_msg("%s: not bound to %s", device, driver);
	snprintf(path, sizeof(path), DRIVERS_PATH "/%s/%s", driver, device);
	assert_int_equal(tree_walk(sim->root, sim->root, path, true, &other), 0);
	assert_ptr_equal(other, dir);
}

/* Four devices that nobody has, and kmem not loaded. */
static struct mhp_sim *four_free(void)
{
	struct mhp_sim *sim = desk_machine(FOUR);

	put(sim, POLICY, "offline", 0);
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	check_shows(sim, KMEM "bind", NULL);
	for (char device[] = "dax0.0"; device[3] < '4'; device[3]++)
		check_driver(sim, device, NULL);
	return sim;
}

static int load(struct mhp_sim *sim, const char *name)
{
	struct desk desk = desk_at(sim);
	int r = desk.ops->load_module(desk.be, name);

	desk_leave(&desk);
	return r;
}

/* kernel-abi 4.1: a driver that comes takes all that it matches, or none */
static void test_load(void **state)
{
	struct mhp_sim *sim = four_free();

	(void)state;
	check_is(sim, 32, "absent");
	assert_int_equal(load(sim, "device_dax"), 0);
	assert_int_equal(load(sim, "kmem"), 0);
	for (char device[] = "dax0.0"; device[3] < '4'; device[3]++)
		check_driver(sim, device, "kmem");
	check_is(sim, 32, "offline");
	/* it is there already */
	put(sim, KMEM "unbind", "dax0.0", 0);
	assert_int_equal(load(sim, "kmem"), 0);
	check_driver(sim, "dax0.0", NULL);
	mhp_sim_unref(sim);
}

static void test_load_policy(void **state)
{
	struct mhp_sim *sim = four_free();

	(void)state;
	put(sim, POLICY, "online_movable", 0);
	assert_int_equal(load(sim, "kmem"), 0);
	check_is(sim, 32, "Movable");
	check_is(sim, 36, "Movable");
	mhp_sim_unref(sim);
}

static void test_load_no_autoprobe(void **state)
{
	struct mhp_sim *sim = four_free();

	(void)state;
	put(sim, AUTOPROBE, "0", 0);
	assert_int_equal(load(sim, "kmem"), 0);
	for (char device[] = "dax0.0"; device[3] < '4'; device[3]++)
		check_driver(sim, device, NULL);
	/* bind takes the one that it names */
	put(sim, KMEM "bind", "dax1.0", 0);
	check_driver(sim, "dax1.0", "kmem");
	check_driver(sim, "dax0.0", NULL);
	/* new_id takes all, whatever autoprobe says */
	put(sim, KMEM "new_id", "dax0.0", 0);
	for (char device[] = "dax0.0"; device[3] < '4'; device[3]++)
		check_driver(sim, device, "kmem");
	mhp_sim_unref(sim);
}

/* Before 6.3 kmem takes what it is told to, device_dax all else. */
static void test_load_6_1(void **state)
{
	struct mhp_sim *sim = desk_machine("6.1-hmem-split-bound.txt");

	(void)state;
	put(sim, POLICY, "offline", 0);
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	assert_int_equal(mhp_sim_unload_module(sim, "device_dax"), 0);
	check_driver(sim, "dax0.0", NULL);
	check_driver(sim, "dax0.1", NULL);
	assert_int_equal(load(sim, "kmem"), 0);
	check_driver(sim, "dax0.0", NULL);
	put(sim, KMEM "bind", "dax0.1", -ENODEV);
	put(sim, KMEM "new_id", "dax0.1", 0);
	check_driver(sim, "dax0.0", NULL);
	check_driver(sim, "dax0.1", "kmem");
	/* once it is taken back, nothing is known of it */
	put(sim, KMEM "remove_id", "dax0.1", 0);
	put(sim, KMEM "unbind", "dax0.1", 0);
	put(sim, KMEM "bind", "dax0.1", -ENODEV);
	assert_int_equal(load(sim, "device_dax"), 0);
	check_driver(sim, "dax0.0", "device_dax");
	check_driver(sim, "dax0.1", "device_dax");
	put(sim, KMEM "new_id", "dax0.1", 0);
	put(sim, KMEM "bind", "dax0.1", -EBUSY);
	mhp_sim_unref(sim);
}

/* An id goes with the driver that was told it. */
static void test_unload_forgets(void **state)
{
	struct mhp_sim *sim = desk_machine("6.1-hmem-unbound.txt");

	(void)state;
	put(sim, KMEM "new_id", "dax0.0", 0);
	check_driver(sim, "dax0.0", "kmem");
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	assert_int_equal(load(sim, "kmem"), 0);
	check_driver(sim, "dax0.0", NULL);
	put(sim, KMEM "bind", "dax0.0", -ENODEV);
	mhp_sim_unref(sim);
}

/* kernel-abi 12, 20: memory that is online stays, and there is no way back */
static void test_unload_strands(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-bound.txt");

	(void)state;
	put(sim, STATE32, "online_movable", 0);
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	check_is(sim, 32, "Movable");
	check_is(sim, 35, "offline");
	assert_int_equal(load(sim, "kmem"), 0);
	check_driver(sim, "dax0.0", NULL);
	put(sim, KMEM "bind", "dax0.0", -EBUSY);
	put(sim, DEVDAX "new_id", "dax0.0", 0);
	put(sim, DEVDAX "bind", "dax0.0", -EINVAL);
	mhp_sim_unref(sim);
}

static char *copy(struct mhp_sim *sim)
{
	char *text;

	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	return text;
}

/* A driver that came and went, and came again, is as the capture has it. */
static void test_capture(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-unbound.txt");
	char *before = copy(sim), *after;

	(void)state;
	assert_int_equal(mhp_sim_unload_module(sim, "device_dax"), 0);
	assert_int_equal(load(sim, "device_dax"), 0);
	after = copy(sim);
	assert_non_null(strstr(after, "# did: unload device_dax: ok\n"
				      "# did: load device_dax: ok\n"));
	assert_string_equal(strstr(after, "\n/"), strstr(before, "\n/"));
	free(before);
	free(after);
	mhp_sim_unref(sim);
}

/* A capture without the driver tells of a machine where it is not loaded. */
static void test_capture_unloaded(void **state)
{
	struct mhp_sim *sim = four_free();
	char *text = copy(sim);

	(void)state;
	mhp_sim_unref(sim);
	assert_null(strstr(text, KMEM));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	assert_int_equal(load(sim, "kmem"), 0);
	for (char device[] = "dax0.0"; device[3] < '4'; device[3]++)
		check_driver(sim, device, "kmem");
	mhp_sim_unref(sim);
}

static void test_set_module(void **state)
{
	struct mhp_sim *sim = four_free();

	(void)state;
	assert_int_equal(load(sim, "fsdev_dax"), -ENOENT);
	assert_int_equal(mhp_sim_set_module(sim, "kmem", -EPERM), 0);
	assert_int_equal(load(sim, "kmem"), -EPERM);
	assert_int_equal(mhp_sim_set_module(sim, "kmem", -ENOENT), 0);
	assert_int_equal(load(sim, "kmem"), -ENOENT);
	check_shows(sim, KMEM "bind", NULL);
	assert_int_equal(mhp_sim_set_module(sim, "kmem", 0), 0);
	assert_int_equal(load(sim, "kmem"), 0);
	/* what is loaded is not asked for again */
	assert_int_equal(mhp_sim_set_module(sim, "kmem", -EPERM), 0);
	assert_int_equal(load(sim, "kmem"), 0);
	/* never matches by itself */
	assert_int_equal(mhp_sim_set_module(sim, "fsdev_dax", 0), 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	assert_int_equal(load(sim, "fsdev_dax"), 0);
	check_driver(sim, "dax0.0", NULL);
	assert_int_equal(mhp_sim_set_module(sim, NULL, 0), -EINVAL);
	assert_int_equal(mhp_sim_set_module(sim, "kmem", 1), -EINVAL);
	assert_int_equal(mhp_sim_unload_module(sim, NULL), -EINVAL);
	assert_int_equal(mhp_sim_unload_module(sim, "none"), -ENOENT);
	mhp_sim_unref(sim);
}

static void test_no_bus(void **state)
{
	static const char text[] = "/sys/devices/system/memory/block_size_bytes: 8000000\n"
				   "/sys/devices/system/memory/memory0/state: online\n";
	struct mhp_sim_opts opts = { .size = sizeof(opts), .flags = MHP_SIM_READ_ONLY };
	struct mhp_sim *sim;

	(void)state;
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	assert_int_equal(load(sim, "kmem"), -ENOENT);
	mhp_sim_unref(sim);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), &opts, &sim), 0);
	assert_int_equal(load(sim, "kmem"), -EROFS);
	mhp_sim_unref(sim);
}

/* Persistent memory's regions cannot be divided, and are device_dax's on all kernels. */
static void test_static_region(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-unbound.txt");
	char *text, *line;

	(void)state;
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	line = strstr(text, "/dax_region/create: ");
	assert_non_null(line);
	line[strlen("/dax_region/")] = 'C';
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	put(sim, KMEM "bind", "dax0.0", -ENODEV);
	put(sim, DEVDAX "bind", "dax0.0", -EBUSY);
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_load_policy),
		cmocka_unit_test(test_load_no_autoprobe),
		cmocka_unit_test(test_load_6_1),
		cmocka_unit_test(test_unload_forgets),
		cmocka_unit_test(test_unload_strands),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_capture_unloaded),
		cmocka_unit_test(test_set_module),
		cmocka_unit_test(test_no_bus),
		cmocka_unit_test(test_static_region),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
