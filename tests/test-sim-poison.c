// SPDX-License-Identifier: LGPL-2.1-or-later
/* Broken memory, with the answers of Linux 7.3, 6.12 and 6.1. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

#define HARD MEMORY "hard_offline_page"
#define SOFT MEMORY "soft_offline_page"

/* dax0.0 has 32 to 35 */
#define HMEM_7_3 "7.3-hmem-bound.txt"
#define HMEM_6_12 "6.12-hmem-bound.txt"
#define HMEM_6_1 "6.1-hmem-bound.txt"
#define ALTMAP "6.12-hmem-mom-bound.txt"

static void put(struct mhp_sim *sim, const char *path, const char *word, int wanted)
{
	int r = mhp_sim_write(sim, path, word);

	if (r != wanted)
		fail_msg("put \"%s\" %s: %d and not %d", word, path, r, wanted);
}

static void test_words(void **state)
{
	static const char *const bad[] = {
		"\n", "x", "-1", " 1", "0x", "09", "0xd0000000\n\n", "99999999999999999999999",
	};
	static const char *const files[] = { HARD, SOFT };
	struct mhp_sim *sim = desk_machine(HMEM_7_3);
	char *text;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		put(sim, files[i], "", 0);
		for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++)
			put(sim, files[i], bad[j], -EINVAL);
		assert_int_equal(mhp_sim_read(sim, files[i], &text), -EACCES);
	}
	/* in a capture they look as before */
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_non_null(strstr(text, HARD ": <write-only>\n"));
	free(text);
	mhp_sim_unref(sim);
}

static void test_absent(void **state)
{
	static const struct {
		const char *machine;
		int r;
	} kernels[] = { { HMEM_7_3, -EBUSY }, { HMEM_6_12, -ENXIO }, { HMEM_6_1, -ENXIO } };
	static const char *const addresses[] = {
		"0xd0000000", "0xd0000000\n", "0x800000000", "18446744073709551615",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct mhp_sim *sim = desk_machine(kernels[i].machine);

		for (size_t j = 0; j < sizeof(addresses) / sizeof(addresses[0]); j++) {
			put(sim, HARD, addresses[j], kernels[i].r);
			put(sim, SOFT, addresses[j], -ENXIO);
		}
		/* there, but offline */
		put(sim, HARD, "0x100000000", -ENXIO);
		put(sim, SOFT, "0x100000000", -EIO);
		put(sim, STATE32, "online", 0);
		mhp_sim_unref(sim);
	}
}

static void test_kernel_page(void **state)
{
	struct mhp_sim *sim = desk_machine(HMEM_7_3);

	(void)state;
	put(sim, SOFT, "0xa0000", -ENOTRECOVERABLE);
	put(sim, HARD, "0xa0000", -EBUSY);
	put(sim, HARD, "0xa0000", -EHWPOISON);
	put(sim, SOFT, "0xa0000", 0);
	mhp_sim_unref(sim);
	sim = desk_machine(ALTMAP);
	put(sim, STATE32, "online", 0);
	put(sim, SOFT, "0x1001ff000", -EIO);
	put(sim, HARD, "0x1001ff000", -EBUSY);
	put(sim, HARD, "0x100200000", 0);
	mhp_sim_unref(sim);
}

static void test_broken(void **state)
{
	struct mhp_sim *sim = desk_machine(HMEM_7_3);

	(void)state;
	put(sim, STATE32, "online_movable", 0);
	put(sim, STATE33, "online_movable", 0);
	put(sim, HARD, "0x100003000", 0);
	put(sim, HARD, "0x100003fff", -EHWPOISON);
	put(sim, SOFT, "0x100003000", 0);
	put(sim, SOFT, "0x108003000", 0);
	put(sim, HARD, "0x108003000", -EHWPOISON);
	check_is(sim, 32, "Movable");
	put(sim, STATE32, "offline", 0);
	put(sim, STATE32, "online", -EHWPOISON);
	put(sim, STATE32, "online_kernel", -EHWPOISON);
	put(sim, MEMORY "memory32/online", "1", -EHWPOISON);
	put(sim, STATE33, "offline", 0);
	put(sim, STATE33, "online", -EHWPOISON);
	check_is(sim, 33, "offline");
	/* the block is another one then */
	put(sim, DAX "dax0.0/state", "unplugged", 0);
	put(sim, HARD, "0x100003000", -EBUSY);
	put(sim, DAX "dax0.0/state", "online_movable", 0);
	check_is(sim, 32, "Movable");
	put(sim, HARD, "0x100003000", 0);
	put(sim, DAX "dax0.0/state", "unplugged", 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, KMEM "bind", "dax0.0", 0);
	put(sim, STATE32, "online_movable", 0);
	mhp_sim_unref(sim);
}

static void test_6_12(void **state)
{
	struct mhp_sim *sim = desk_machine(HMEM_6_12);

	(void)state;
	assert_int_equal(mhp_sim_poison_block(sim, 34), 0);
	put(sim, STATE32, "online", 0);
	put(sim, MEMORY "memory34/state", "online", -EHWPOISON);
	put(sim, STATE32, "offline", 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, KMEM "bind", "dax0.0", 0);
	put(sim, MEMORY "memory34/state", "online", 0);
	mhp_sim_unref(sim);
}

static void test_6_1(void **state)
{
	struct mhp_sim *sim = desk_machine(HMEM_6_1);

	(void)state;
	put(sim, STATE32, "online", 0);
	put(sim, HARD, "0x100003000", 0);
	put(sim, HARD, "0x100003000", -EHWPOISON);
	put(sim, STATE32, "offline", 0);
	put(sim, STATE32, "online", 0);
	put(sim, HARD, "0x100003000", 0);
	/* with the rule turned round it stays broken, and online all the same */
	sim->rules.is_wrong[RULE_POISON_FORGOTTEN] = true;
	put(sim, STATE32, "offline", 0);
	put(sim, STATE32, "online", 0);
	put(sim, HARD, "0x100003000", -EHWPOISON);
	mhp_sim_unref(sim);
}

static void test_poison_block(void **state)
{
	struct mhp_sim *sim = desk_machine(HMEM_7_3);

	(void)state;
	assert_int_equal(mhp_sim_poison_block(sim, 999), -ENOENT);
	assert_int_equal(mhp_sim_poison_block(sim, 32), 0);
	assert_int_equal(mhp_sim_poison_block(sim, 32), 0);
	put(sim, STATE32, "online", -EHWPOISON);
	put(sim, STATE33, "online", 0);
	assert_int_equal(mhp_sim_poison_block(sim, 33), 0);
	check_is(sim, 33, "Normal");
	put(sim, STATE33, "offline", 0);
	put(sim, STATE33, "online", -EHWPOISON);
	/* that is found out before anybody is asked */
	assert_int_equal(mhp_sim_fail_block(sim, 33, "online", -EAGAIN, 0), 0);
	put(sim, STATE33, "online", -EHWPOISON);
	mhp_sim_unref(sim);
}

/* Each rule turned round shows. */
static void test_wrong(void **state)
{
	static const struct {
		enum rule rule;
		const char *machine, *path, *word;
		int r;
	} rules[] = {
		{ RULE_POISON_REFUSES_ONLINE, HMEM_7_3, STATE32, "online", 0 },
		{ RULE_HARD_ABSENT, HMEM_7_3, HARD, "0xd0000000", -ENXIO },
		{ RULE_HARD_BLOCK_OFFLINE, HMEM_7_3, HARD, "0x108000000", 0 },
		{ RULE_HARD_TWICE, HMEM_7_3, HARD, "0x8000000", 0 },
		{ RULE_HARD_KERNEL_PAGE, HMEM_7_3, HARD, "0xa0000", 0 },
		{ RULE_SOFT_ABSENT, HMEM_7_3, SOFT, "0xd0000000", -EIO },
		{ RULE_SOFT_BLOCK_OFFLINE, HMEM_7_3, SOFT, "0x108000000", 0 },
		{ RULE_SOFT_KERNEL_PAGE, HMEM_7_3, SOFT, "0xa0000", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct mhp_sim *sim = desk_machine(rules[i].machine);

		assert_int_equal(mhp_sim_poison_block(sim, 32), 0);
		assert_int_equal(mhp_sim_poison_block(sim, 1), 0);
		assert_int_not_equal(mhp_sim_write(sim, rules[i].path, rules[i].word),
				     rules[i].r);
		mhp_sim_unref(sim);
		sim = desk_machine(rules[i].machine);
		sim->rules.is_wrong[rules[i].rule] = true;
		assert_int_equal(mhp_sim_poison_block(sim, 32), 0);
		assert_int_equal(mhp_sim_poison_block(sim, 1), 0);
		put(sim, rules[i].path, rules[i].word, rules[i].r);
		assert_int_equal(sim->rules.hits[rules[i].rule], 1);
		mhp_sim_unref(sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_kernel_page),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_6_12),
		cmocka_unit_test(test_6_1),
		cmocka_unit_test(test_poison_block),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
