// SPDX-License-Identifier: LGPL-2.1-or-later
/* dax regions: devices that are made and deleted, as Linux 7.3, 6.12 and 6.1 do it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

/* dax0.0 has memory32 to memory35, all of its region */
#define BOUND "7.3-hmem-bound.txt"
#define REGION DAX "dax0.0/../dax_region/"
#define CREATE REGION "create"
#define DELETE REGION "delete"
#define SEED REGION "seed"

static void put(struct mhp_sim *sim, const char *path, const char *word, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put \"%s\" %s: %d and not %d", word, path, r, wanted);
}

/* The device is nobody's. */
static struct mhp_sim *open_unbound(void)
{
	struct mhp_sim *sim = desk_machine(BOUND);

	put(sim, KMEM "unbind", "dax0.0", 0);
	return sim;
}

/* Room for three blocks. */
static struct mhp_sim *open_small(void)
{
	struct mhp_sim *sim = open_unbound();

	put(sim, DAX "dax0.0/size", "134217728", 0);
	return sim;
}

static void test_words(void **state)
{
	struct mhp_sim *sim = open_unbound();

	(void)state;
	put(sim, CREATE, "1", -ENOSPC);
	put(sim, CREATE, "0", -EINVAL);
	put(sim, CREATE, "x", -EINVAL);
	put(sim, CREATE, "-1", -EINVAL);
	put(sim, CREATE, " 1", -EINVAL);
	put(sim, CREATE, "4294967297", -ERANGE);
	put(sim, CREATE, "", 0);
	check_shows(sim, CREATE, "");
	put(sim, DELETE, "", 0);
	put(sim, DELETE, "x", -ENXIO);
	put(sim, DELETE, "dax0.1", -ENXIO);
	put(sim, DELETE, "dax0.0", -EBUSY);
	put(sim, DAX "dax0.0/size", "0", 0);
	put(sim, DELETE, "dax0.0", -EBUSY);
	mhp_sim_unref(sim);
}

static void test_create(void **state)
{
	struct mhp_sim *sim = open_small();
	struct node *dir;

	(void)state;
	put(sim, CREATE, "1\n", 0);
	check_shows(sim, CREATE, "dax0.1");
	check_shows(sim, SEED, "dax0.1");
	check_shows(sim, DAX "dax0.1/size", "0");
	check_shows(sim, DAX "dax0.1/resource", "0x100000000");
	check_shows(sim, DAX "dax0.1/align", "2097152");
	check_shows(sim, DAX "dax0.1/memmap_on_memory", "0");
	check_shows(sim, DAX "dax0.1/target_node", "1");
	check_shows(sim, DAX "dax0.1/modalias", "dax:t0");
	check_shows(sim, DAX "dax0.1/dev", "251:1");
	check_shows(sim, DAX "dax0.1/uevent", "MAJOR=251\nMINOR=1\nDEVNAME=dax0.1\nMODALIAS=dax:t0");
	assert_int_equal(tree_walk(sim->root, sim->root, DAX "dax0.1", true, &dir), 0);
	assert_non_null(tree_child(dir, "subsystem"));
	assert_null(tree_child(dir, "driver"));
	put(sim, CREATE, "+1", 0);
	put(sim, CREATE, "0x1", 0);
	check_shows(sim, CREATE, "dax0.3");
	check_shows(sim, SEED, "dax0.1");
	/* the lowest number is taken again */
	put(sim, DELETE, "dax0.2", 0);
	put(sim, DELETE, "dax0.1\n", 0);
	check_shows(sim, DAX "dax0.1/size", NULL);
	check_shows(sim, SEED, "");
	put(sim, CREATE, "1", 0);
	check_shows(sim, CREATE, "dax0.1");
	check_shows(sim, SEED, "dax0.1");
	check_shows(sim, DAX "dax0.1/dev", "251:1");
	put(sim, DELETE, "dax0.1", 0);
	check_shows(sim, CREATE, "");
	mhp_sim_unref(sim);
}

static void test_use(void **state)
{
	struct mhp_sim *sim = open_small();

	(void)state;
	put(sim, CREATE, "1", 0);
	put(sim, KMEM "bind", "dax0.1", -ENXIO);
	check_shows(sim, SEED, "dax0.1");
	put(sim, DAX "dax0.1/size", "268435456", 0);
	put(sim, DELETE, "dax0.1", -EBUSY);
	put(sim, KMEM "bind", "dax0.1", 0);
	check_shows(sim, SEED, "");
	check_shows(sim, CREATE, "dax0.1");
	check_is(sim, 32, "absent");
	check_is(sim, 33, "offline");
	check_is(sim, 34, "offline");
	put(sim, DELETE, "dax0.1", -EBUSY);
	put(sim, KMEM "unbind", "dax0.1", 0);
	put(sim, DAX "dax0.1/size", "0", 0);
	put(sim, DELETE, "dax0.1", 0);
	check_shows(sim, REGION "available_size", "402653184");
	mhp_sim_unref(sim);
}

/* As many as there may be: what is full, and what is put away. */
static void test_many(void **state)
{
	struct mhp_sim *sim = open_small();
	char name[32];

	(void)state;
	for (unsigned int i = 1; i < 100; i++)
		put(sim, CREATE, "1", 0);
	check_shows(sim, CREATE, "dax0.99");
	check_shows(sim, DAX "dax0.99/dev", "251:99");
	for (unsigned int i = 99; i > 0; i--) {
		snprintf(name, sizeof(name), "dax0.%u", i);
		put(sim, DELETE, name, 0);
	}
	mhp_sim_unref(sim);
}

static void test_capture(void **state)
{
	struct mhp_sim *sim = open_small();
	char *text;

	(void)state;
	put(sim, DAX "dax0.0/size", "0", 0);
	put(sim, CREATE, "1", 0);
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	check_shows(sim, SEED, "dax0.1");
	put(sim, DAX "dax0.1/mapping", "118000000-11fffffff", 0);
	put(sim, KMEM "bind", "dax0.1", 0);
	check_is(sim, 35, "offline");
	check_shows(sim, SEED, "");
	mhp_sim_unref(sim);
}

/* What is heard next is of dax0.1; NULL: nothing is. */
static void check_event(struct mhp_sim_listener *listener, const char *action,
			const char *parent, unsigned int major, unsigned int number)
{
	char wanted[512], *text;

	assert_int_equal(mhp_sim_listener_receive(listener, &text), 0);
	if (!action) {
		assert_null(text);
		return;
	}
	snprintf(wanted, sizeof(wanted),
		 "%s@%s/dax0.1\nACTION=%s\nDEVPATH=%s/dax0.1\nSUBSYSTEM=dax\nMAJOR=%u\nMINOR=1\n"
		 "DEVNAME=dax0.1\nMODALIAS=dax:t0\nSEQNUM=%u\n",
		 action, parent, action, parent, major, number);
	assert_non_null(text);
	assert_string_equal(text, wanted);
	free(text);
}

/* One for each device that comes or goes; sizes, mappings and alignment send none. */
static void check_events(struct mhp_sim *sim, const char *parent, unsigned int major)
{
	struct mhp_sim_listener *listener;
	unsigned int number = (unsigned int)sim->seqnum;

	assert_int_equal(mhp_sim_listener_new(sim, 0, &listener), 0);
	put(sim, CREATE, "1", -ENOSPC);
	put(sim, DAX "dax0.0/size", "134217728", 0);
	check_event(listener, NULL, NULL, 0, 0);
	put(sim, CREATE, "1", 0);
	check_event(listener, "add", parent, major, number + 1);
	put(sim, DAX "dax0.1/size", "134217728", 0);
	put(sim, DAX "dax0.1/mapping", "110000000-117ffffff", 0);
	put(sim, DAX "dax0.1/align", "4096", 0);
	put(sim, DELETE, "dax0.1", -EBUSY);
	put(sim, DAX "dax0.1/size", "0", 0);
	check_event(listener, NULL, NULL, 0, 0);
	put(sim, DELETE, "dax0.1", 0);
	check_event(listener, "remove", parent, major, number + 2);
	put(sim, DELETE, "dax0.1", -ENXIO);
	check_event(listener, NULL, NULL, 0, 0);
	put(sim, CREATE, "1", 0);
	check_event(listener, "add", parent, major, number + 3);
	put(sim, DAX "dax0.0/size", "0", 0);
	put(sim, DELETE, "dax0.0", -EBUSY);
	check_event(listener, NULL, NULL, 0, 0);
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
}

static void test_events(void **state)
{
	struct mhp_sim *sim;

	(void)state;
	check_events(open_unbound(), "/devices/platform/hmem_platform.0/hmem.0", 251);
	sim = desk_machine("6.1-hmem-bound.txt");
	put(sim, KMEM "unbind", "dax0.0", 0);
	check_events(sim, "/devices/platform/hmem.0", 252);
}

static void check_wrong(enum rule rule, const char *path, const char *word, int right)
{
	struct mhp_sim *sim = open_unbound();

	if (rule == RULE_DELETE_FIRST)
		put(sim, DAX "dax0.0/size", "0", 0);
	put(sim, path, word, right);
	sim->rules.is_wrong[rule] = true;
	assert_int_not_equal(mhp_sim_write(sim, path, word), right);
	mhp_sim_unref(sim);
}

static void test_wrong(void **state)
{
	(void)state;
	check_wrong(RULE_CREATE_ONE, CREATE, "2", -EINVAL);
	check_wrong(RULE_CREATE_FULL, CREATE, "1", -ENOSPC);
	check_wrong(RULE_DELETE_FIRST, DELETE, "dax0.0", -EBUSY);
}

static void test_wrong_delete(void **state)
{
	struct mhp_sim *sim = open_small();

	(void)state;
	put(sim, CREATE, "1", 0);
	put(sim, DAX "dax0.1/size", "134217728", 0);
	put(sim, DELETE, "dax0.1", -EBUSY);
	sim->rules.is_wrong[RULE_DELETE_IN_USE] = true;
	put(sim, DELETE, "dax0.1", -EOPNOTSUPP);
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_use),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_wrong_delete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
