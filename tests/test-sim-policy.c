// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Parameters of memory_hotplug, and where online_policy=auto-movable puts memory. The
 * boundaries were seen on Linux 7.3, 6.12 and 6.1.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

#define POLICIES "/sys/module/memory_hotplug/parameters/"
#define ONLINE_POLICY POLICIES "online_policy"
#define RATIO POLICIES "auto_movable_ratio"
#define NUMA_AWARE POLICIES "auto_movable_numa_aware"

/* dax0.0 has 32 to 35, half as much as the memory of the boot, which is of its node */
#define BOOT_NODE "7.3-boot-node-bound.txt"
/* dax0.0 has 32 to 39; node 1 has no other memory */
#define EIGHT "7.3-eight-bound.txt"

static void put(struct mhp_sim *sim, const char *path, const char *word, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put \"%s\" %s: %d and not %d", word, path, r, wanted);
}

static const char *block_file(unsigned int id, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), MEMORY "memory%u/%s", id, name);
	return path;
}

static void put_block(struct mhp_sim *sim, unsigned int id, const char *word)
{
	put(sim, block_file(id, "state"), word, 0);
}

/* as valid_zones has it */
static void check_zones(struct mhp_sim *sim, unsigned int first, unsigned int last,
			const char *wanted)
{
	for (; first <= last; first++)
		check_shows(sim, block_file(first, "valid_zones"), wanted);
}

static struct mhp_sim *auto_movable(const char *machine)
{
	struct mhp_sim *sim = desk_machine(machine);

	put(sim, ONLINE_POLICY, "auto-movable\n", 0);
	return sim;
}

/* ---- the files ---- */

static void test_online_policy(void **state)
{
	static const char *const bad[] = {
		"\n", "auto", "Auto-movable", " contig-zones", "contig-zones ", "contig_zones",
		"auto-movable\n\n",
	};
	struct mhp_sim *sim = desk_machine(EIGHT);

	(void)state;
	check_shows(sim, ONLINE_POLICY, "contig-zones");
	put(sim, ONLINE_POLICY, "auto-movable", 0);
	check_shows(sim, ONLINE_POLICY, "auto-movable");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		put(sim, ONLINE_POLICY, bad[i], -EINVAL);
	put(sim, ONLINE_POLICY, "", 0);
	check_shows(sim, ONLINE_POLICY, "auto-movable");
	put(sim, ONLINE_POLICY, "contig-zones\n", 0);
	check_shows(sim, ONLINE_POLICY, "contig-zones");
	mhp_sim_unref(sim);
}

static void test_numbers(void **state)
{
	struct mhp_sim *sim = desk_machine(EIGHT);

	(void)state;
	check_shows(sim, RATIO, "301");
	put(sim, RATIO, "0x10", 0);
	check_shows(sim, RATIO, "16");
	put(sim, RATIO, "-1", -EINVAL);
	put(sim, RATIO, "4294967296", -ERANGE);
	put(sim, RATIO, "", 0);
	check_shows(sim, RATIO, "16");
	put(sim, RATIO, "4294967295\n", 0);
	check_shows(sim, RATIO, "4294967295");
	check_shows(sim, NUMA_AWARE, "Y");
	put(sim, NUMA_AWARE, "off", 0);
	check_shows(sim, NUMA_AWARE, "N");
	put(sim, NUMA_AWARE, "2", -EINVAL);
	put(sim, NUMA_AWARE, "", 0);
	check_shows(sim, NUMA_AWARE, "N");
	put(sim, NUMA_AWARE, "1", 0);
	check_shows(sim, NUMA_AWARE, "Y");
	put(sim, POLICIES "memmap_on_memory", "Y", -EACCES);
	mhp_sim_unref(sim);
}

static int change_parameter(const char *from, const char *to)
{
	struct mhp_sim *sim = desk_machine(EIGHT);
	char *text, *at;
	int r;

	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	at = strstr(text, from);
	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	r = mhp_sim_new_from_text(text, strlen(text), NULL, &sim);
	if (r == 0)
		mhp_sim_unref(sim);
	free(text);
	return r;
}

static void test_bad_capture(void **state)
{
	(void)state;
	assert_int_equal(change_parameter("ratio: 301", "ratio: 7\n#"), 0);
	assert_int_equal(change_parameter("ratio: 301", "ratio: 3x1"), -EBADMSG);
	assert_int_equal(change_parameter("policy: contig-zones", "policy: contig-zonex"),
			 -EBADMSG);
	assert_int_equal(change_parameter("numa_aware: Y", "numa_aware: X"), -EBADMSG);
}

/* A machine remembers its parameters in a capture. */
static void test_capture(void **state)
{
	struct mhp_sim *sim = auto_movable(BOOT_NODE);
	char *text;

	(void)state;
	put(sim, RATIO, "51", 0);
	put_block(sim, 32, "online");
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	check_zones(sim, 32, 32, "Movable");
	check_zones(sim, 33, 35, "Movable Normal");
	put_block(sim, 33, "online_kernel");
	check_zones(sim, 34, 35, "Normal Movable");
	put_block(sim, 33, "offline");
	put(sim, RATIO, "50", 0);
	check_zones(sim, 33, 35, "Normal Movable");
	mhp_sim_unref(sim);
}

/* ---- where memory goes ---- */

static void test_ratio(void **state)
{
	struct mhp_sim *sim = desk_machine(BOOT_NODE);

	(void)state;
	check_zones(sim, 32, 35, "Normal Movable");
	put(sim, ONLINE_POLICY, "auto-movable", 0);
	check_zones(sim, 32, 35, "Movable Normal");
	put(sim, RATIO, "51", 0);
	check_zones(sim, 32, 35, "Movable Normal");
	/* one block would do, and all four would not */
	put(sim, RATIO, "50", 0);
	check_zones(sim, 32, 35, "Normal Movable");
	put(sim, RATIO, "0", 0);
	check_zones(sim, 32, 35, "Normal Movable");
	put(sim, RATIO, "301", 0);
	for (unsigned int id = 32; id < 36; id++)
		put(sim, block_file(id, "online"), "1", 0);
	check_zones(sim, 32, 35, "Movable");
	mhp_sim_unref(sim);
}

static void test_group(void **state)
{
	struct mhp_sim *sim = auto_movable(BOOT_NODE);

	(void)state;
	put(sim, RATIO, "51", 0);
	put_block(sim, 32, "online");
	check_zones(sim, 32, 32, "Movable");
	check_zones(sim, 33, 35, "Movable Normal");
	put_block(sim, 33, "online_kernel");
	check_zones(sim, 34, 35, "Normal Movable");
	put_block(sim, 34, "online");
	check_zones(sim, 34, 34, "Normal");
	/* 34 still is a kernel block */
	put_block(sim, 33, "offline");
	check_zones(sim, 33, 33, "Normal Movable");
	put_block(sim, 34, "offline");
	check_zones(sim, 33, 35, "Movable Normal");
	mhp_sim_unref(sim);
}

/* On a node without boot memory nothing is Movable, but the node need not be asked. */
static void test_numa_aware(void **state)
{
	struct mhp_sim *sim = auto_movable(EIGHT);

	(void)state;
	check_zones(sim, 32, 39, "Normal Movable");
	put(sim, NUMA_AWARE, "N", 0);
	check_zones(sim, 32, 39, "Movable Normal");
	/* a bit less than 1 GiB of boot memory */
	put(sim, RATIO, "100", 0);
	check_zones(sim, 32, 39, "Normal Movable");
	put(sim, RATIO, "101", 0);
	check_zones(sim, 32, 39, "Movable Normal");
	/* kernel memory that came later earns none */
	put(sim, RATIO, "100", 0);
	put_block(sim, 32, "online_kernel");
	put_block(sim, 33, "online_kernel");
	put_block(sim, 32, "offline");
	check_zones(sim, 34, 39, "Normal Movable");
	mhp_sim_unref(sim);
}

/* Boot memory that goes offline is less to go by. */
static void test_boot_memory(void **state)
{
	struct mhp_sim *sim = auto_movable(EIGHT);

	(void)state;
	put(sim, NUMA_AWARE, "N", 0);
	put(sim, RATIO, "101", 0);
	check_zones(sim, 32, 39, "Movable Normal");
	put_block(sim, 2, "offline");
	check_zones(sim, 32, 39, "Normal Movable");
	put(sim, RATIO, "115", 0);
	check_zones(sim, 32, 39, "Movable Normal");
	/* it is in no group: as good as any that fits */
	check_zones(sim, 2, 2, "Movable DMA32");
	put_block(sim, 2, "online_movable");
	check_zones(sim, 32, 39, "Normal Movable");
	put(sim, RATIO, "129", 0);
	check_zones(sim, 32, 39, "Movable Normal");
	mhp_sim_unref(sim);
}

static void test_bind(void **state)
{
	struct mhp_sim *sim = auto_movable(BOOT_NODE);

	(void)state;
	put(sim, POLICY, "online", 0);
	put(sim, RATIO, "51", 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, KMEM "bind", "dax0.0", 0);
	check_zones(sim, 32, 35, "Movable");
	put(sim, DAX "dax0.0/state", "unplugged", 0);
	put(sim, RATIO, "50", 0);
	put(sim, DAX "dax0.0/state", "online", 0);
	check_zones(sim, 32, 35, "Normal");
	/* left behind it is still one group */
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, RATIO, "301", 0);
	put_block(sim, 33, "offline");
	check_zones(sim, 33, 33, "Normal Movable");
	mhp_sim_unref(sim);
}

/* ---- the rules, turned round ---- */

static void check_wrong(const char *machine, enum rule rule, const char *ratio,
			const char *right, const char *wrong)
{
	struct mhp_sim *sim = auto_movable(machine);

	put(sim, RATIO, ratio, 0);
	put_block(sim, 32, "online_kernel");
	if (rule != RULE_GROUP_STAYS_KERNEL && rule != RULE_ONLY_BOOT_EARNS)
		put_block(sim, 32, "offline");
	if (rule == RULE_ONLY_BOOT_EARNS) {
		put(sim, NUMA_AWARE, "N", 0);
		sim->rules.is_wrong[RULE_GROUP_STAYS_KERNEL] = true;
	}
	check_zones(sim, 33, 33, right);
	sim->rules.is_wrong[rule] = true;
	check_zones(sim, 33, 33, wrong);
	assert_true(sim->rules.hits[rule] > 0);
	mhp_sim_unref(sim);
}

static void test_wrong(void **state)
{
	static const char normal[] = "Normal Movable", movable[] = "Movable Normal";

	(void)state;
	check_wrong(BOOT_NODE, RULE_AUTO_MOVABLE, "301", movable, normal);
	check_wrong(BOOT_NODE, RULE_GROUP_AS_WHOLE, "50", normal, movable);
	check_wrong(BOOT_NODE, RULE_GROUP_STAYS_KERNEL, "301", normal, movable);
	check_wrong(EIGHT, RULE_RATIO_OF_NODE, "301", normal, movable);
	check_wrong(EIGHT, RULE_ONLY_BOOT_EARNS, "95", normal, movable);
}

static void test_wrong_global(void **state)
{
	struct mhp_sim *sim = auto_movable(EIGHT);

	(void)state;
	put(sim, NUMA_AWARE, "N", 0);
	put(sim, RATIO, "50", 0);
	check_zones(sim, 32, 39, "Normal Movable");
	sim->rules.is_wrong[RULE_RATIO_OF_ALL] = true;
	check_zones(sim, 32, 39, "Movable Normal");
	sim->rules.is_wrong[RULE_POLICY_WORD] = true;
	put(sim, ONLINE_POLICY, "x", 0);
	sim->rules.is_wrong[RULE_RATIO_NUMBER] = true;
	put(sim, RATIO, "x", 0);
	sim->rules.is_wrong[RULE_NUMA_AWARE_WORD] = true;
	put(sim, NUMA_AWARE, "x", 0);
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_online_policy),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bad_capture),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_ratio),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_numa_aware),
		cmocka_unit_test(test_boot_memory),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_wrong_global),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
