// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Size, mappings, alignment and memory map of a dax device, with the answers of Linux 7.3,
 * 6.12 and 6.1.
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

/* dax0.0 has memory32 to memory35, all of its region */
#define BOUND "7.3-hmem-bound.txt"
/* dax0.0 has 32, 33, 36 and 37; dax0.1 has 34 and 35; there is room for two blocks behind */
#define RANGES "7.3-hmem-ranges-unbound.txt"
#define DAX0 DAX "dax0.0/"
#define SIZE DAX0 "size"
#define MAPPING DAX0 "mapping"
#define ALIGN DAX0 "align"
#define MEMMAP DAX0 "memmap_on_memory"
#define AVAILABLE DAX0 "../dax_region/available_size"

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

/* bounds: "0x100000000 0x107ffffff 0x0", start, end and page_offset; NULL: there is none */
static void check_mapping(struct mhp_sim *sim, unsigned int number, const char *bounds)
{
	static const char *const files[] = { "start", "end", "page_offset" };
	char path[128], word[32];
	const char *at = bounds;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		size_t length = at ? strcspn(at, " ") : 0;

		snprintf(path, sizeof(path), DAX0 "mapping%u/%s", number, files[i]);
		if (at) {
			snprintf(word, sizeof(word), "%.*s", (int)length, at);
			at += length + (at[length] == ' ');
		}
		check_shows(sim, path, bounds ? word : NULL);
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *path, *word;
		int r;
	} words[] = {
		{ SIZE, "", 0 }, { SIZE, "x", -EINVAL }, { SIZE, "-1", -EINVAL },
		{ SIZE, "99999999999999999999999", -ERANGE }, { SIZE, "1", -EINVAL },
		{ SIZE, "4096", -EINVAL }, { SIZE, "0x20000000\n", 0 },
		{ SIZE, "0x20200000", -ENOSPC },
		{ MAPPING, "", 0 }, { MAPPING, "x", -EINVAL }, { MAPPING, "1-2-3", -EINVAL },
		{ MAPPING, "108000000", -EINVAL }, { MAPPING, "108000000-", -EINVAL },
		{ MAPPING, "-108000000", -EINVAL }, { MAPPING, " 1-2", -EINVAL },
		{ MAPPING, "108600000-ffffffffffffffffff", -ERANGE },
		{ MAPPING, "100000000-107ffffff", -ENOMEM },
		{ MAPPING, "120000000-1201fffff", -ENOMEM },
		{ MAPPING, "f0000000-107ffffff", -ENOMEM },
		{ MAPPING, "1-0", -EBUSY }, { MAPPING, "0-0", 0 },
		{ MAPPING, "100000000-107fffffe", 0 }, { MAPPING, "ffffffffffffffff-0", 0 },
		{ ALIGN, "", 0 }, { ALIGN, "x", -ENXIO }, { ALIGN, "0", -EINVAL },
		{ ALIGN, "99999999999999999999999", -ENXIO }, { ALIGN, "8192", -EINVAL },
		{ ALIGN, "134217728", -EINVAL }, { ALIGN, "1073741824", -EINVAL },
		{ ALIGN, "4096", 0 }, { ALIGN, "0x200000", 0 },
		{ MEMMAP, "", 0 }, { MEMMAP, "2", -EINVAL }, { MEMMAP, "x", -EINVAL },
		{ MEMMAP, "on", -EOPNOTSUPP }, { MEMMAP, "N", 0 },
	};
	struct mhp_sim *sim = open_unbound();

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		put(sim, words[i].path, words[i].word, words[i].r);
	check_shows(sim, SIZE, "536870912");
	check_shows(sim, ALIGN, "2097152");
	check_shows(sim, MEMMAP, "0");
	check_mapping(sim, 0, "0x100000000 0x11fffffff 0x0");
	check_mapping(sim, 1, NULL);
	mhp_sim_unref(sim);
	sim = desk_machine("6.1-hmem-unbound.txt");
	put(sim, MAPPING, "0-0", -ENXIO);
	put(sim, MAPPING, "100000000-107fffffe", -ENXIO);
	put(sim, MAPPING, "100000000-107ffffff", -ENOMEM);
	mhp_sim_unref(sim);
}

static void test_bound(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);

	(void)state;
	put(sim, SIZE, "0", -EBUSY);
	put(sim, SIZE, "536870912", -EBUSY);
	put(sim, SIZE, "1", -EINVAL);
	put(sim, ALIGN, "2097152", -EBUSY);
	put(sim, ALIGN, "3", -EINVAL);
	put(sim, DAX0 "state", "unplugged", 0);
	put(sim, SIZE, "0", -EBUSY);
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, SIZE, "134217728", 0);
	put(sim, KMEM "bind", "dax0.0", 0);
	/* a driver that has the device does not hear of it */
	put(sim, MAPPING, "110000000-117ffffff", 0);
	check_shows(sim, SIZE, "268435456");
	check_is(sim, 32, "offline");
	check_is(sim, 34, "absent");
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, KMEM "bind", "dax0.0", 0);
	check_is(sim, 34, "offline");
	check_is(sim, 33, "absent");
	mhp_sim_unref(sim);
}

static void test_size(void **state)
{
	struct mhp_sim *sim = open_unbound();

	(void)state;
	put(sim, SIZE, "0", 0);
	check_shows(sim, SIZE, "0");
	check_shows(sim, AVAILABLE, "536870912");
	check_mapping(sim, 0, NULL);
	check_shows(sim, DAX0 "resource", "0x100000000");
	put(sim, KMEM "bind", "dax0.0", -ENXIO);
	put(sim, SIZE, "402653184", 0);
	check_mapping(sim, 0, "0x100000000 0x117ffffff 0x0");
	put(sim, SIZE, "268435456", 0);
	check_mapping(sim, 0, "0x100000000 0x10fffffff 0x0");
	check_shows(sim, AVAILABLE, "268435456");
	put(sim, KMEM "bind", "dax0.0", 0);
	check_is(sim, 33, "offline");
	check_is(sim, 34, "absent");
	mhp_sim_unref(sim);
}

/* It takes what is free, from below; only its last part grows. */
static void test_pieces(void **state)
{
	struct mhp_sim *sim = open_unbound();

	(void)state;
	put(sim, SIZE, "0", 0);
	put(sim, MAPPING, "108000000-10fffffff", 0);
	put(sim, MAPPING, "0x118000000-0x1181fffff\n", 0);
	check_shows(sim, DAX0 "resource", "0x108000000");
	put(sim, SIZE, "0x20000000", 0);
	check_mapping(sim, 0, "0x108000000 0x10fffffff 0x0");
	check_mapping(sim, 1, "0x118000000 0x1181fffff 0x8000");
	check_mapping(sim, 2, "0x100000000 0x107ffffff 0x8200");
	check_mapping(sim, 3, "0x110000000 0x117ffffff 0x10200");
	check_mapping(sim, 4, "0x118200000 0x11fffffff 0x18200");
	/* the last ones go first, and give their numbers back */
	put(sim, SIZE, "0x8100000", -EINVAL);
	put(sim, SIZE, "0x8200000", 0);
	check_mapping(sim, 1, "0x118000000 0x1181fffff 0x8000");
	check_mapping(sim, 2, NULL);
	put(sim, SIZE, "0x8000000", 0);
	check_mapping(sim, 1, NULL);
	put(sim, MAPPING, "100000000-107ffffff", 0);
	check_mapping(sim, 1, "0x100000000 0x107ffffff 0x8000");
	mhp_sim_unref(sim);
}

static void test_two_devices(void **state)
{
	struct mhp_sim *sim = desk_machine(RANGES);

	(void)state;
	check_shows(sim, AVAILABLE, "268435456");
	check_mapping(sim, 1, "0x120000000 0x12fffffff 0x10000");
	put(sim, SIZE, "0x28000000", 0);
	check_mapping(sim, 1, "0x120000000 0x137ffffff 0x10000");
	put(sim, MAPPING, "110000000-117ffffff", -ENOMEM);
	put(sim, DAX "dax0.1/size", "0x8000000", 0);
	put(sim, MAPPING, "118000000-11fffffff", 0);
	put(sim, SIZE, "0x40000000", -ENOSPC);
	put(sim, SIZE, "0x38000000", 0);
	check_mapping(sim, 3, "0x138000000 0x13fffffff 0x30000");
	check_shows(sim, AVAILABLE, "0");
	mhp_sim_unref(sim);
}

static void test_align(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-eight-bound.txt");

	(void)state;
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, ALIGN, "1073741824", 0);
	put(sim, SIZE, "0x20000000", -EINVAL);
	put(sim, ALIGN, "4096", 0);
	/* a part is of 2 MiB all the same */
	put(sim, SIZE, "4096", -EINVAL);
	put(sim, SIZE, "0x200000", 0);
	put(sim, ALIGN, "1073741824", -EINVAL);
	check_shows(sim, ALIGN, "4096");
	mhp_sim_unref(sim);
}

static void test_memmap(void **state)
{
	struct mhp_sim *sim = desk_machine("6.12-hmem-mom-bound.txt");

	(void)state;
	check_shows(sim, MEMMAP, "1");
	put(sim, MEMMAP, "0", -EBUSY);
	put(sim, MEMMAP, "1", 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, MEMMAP, "0", 0);
	put(sim, KMEM "bind", "dax0.0", 0);
	put(sim, STATE32, "online_movable", 0);
	assert_int_equal(block_find(&sim->model, 32)->altmap_pages, 0);
	put(sim, MEMMAP, "Y\n", -EBUSY);
	mhp_sim_unref(sim);
	sim = desk_machine("6.1-hmem-bound.txt");
	put(sim, MEMMAP, "0", -ENOENT);
	mhp_sim_unref(sim);
}

/* What a driver left behind is in the way of whoever gets the range. */
static void test_left_behind(void **state)
{
	struct mhp_sim *sim = desk_machine(BOUND);

	(void)state;
	put(sim, MEMORY "memory34/state", "online", 0);
	put(sim, KMEM "unbind", "dax0.0", 0);
	put(sim, SIZE, "0", 0);
	check_is(sim, 34, "Normal");
	put(sim, MAPPING, "100000000-107ffffff", 0);
	put(sim, KMEM "bind", "dax0.0", -EBUSY);
	check_shows(sim, MEMORY "memory32/state", "offline");
	mhp_sim_unref(sim);
}

/* A machine that was changed can be read again, and goes on. */
static void test_capture(void **state)
{
	struct mhp_sim *sim = desk_machine(RANGES);
	char *text;

	(void)state;
	put(sim, DAX "dax0.1/size", "0", 0);
	put(sim, SIZE, "0x10200000", 0);
	put(sim, SIZE, "0x28000000", 0);
	check_mapping(sim, 1, "0x120000000 0x1201fffff 0x10000");
	check_mapping(sim, 2, "0x110000000 0x11fffffff 0x10200");
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	check_mapping(sim, 2, "0x110000000 0x11fffffff 0x10200");
	put(sim, DAX "dax0.1/mapping", "138000000-13fffffff", 0);
	put(sim, SIZE, "0x38000000", 0);
	check_shows(sim, AVAILABLE, "0");
	check_mapping(sim, 3, "0x120200000 0x137ffffff 0x20200");
	mhp_sim_unref(sim);
}

/* Where the region is cannot be told: nothing is made up. */
static void test_unknown(void **state)
{
	struct mhp_sim *sim = open_unbound();
	char *text, *at;

	(void)state;
	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	mhp_sim_unref(sim);
	at = strstr(text, "/dax_region/size: ");
	assert_non_null(at);
	memcpy(at, "/dax_region/sizE: ", strlen("/dax_region/sizE: "));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	put(sim, SIZE, "1", -EINVAL);
	put(sim, SIZE, "0", -EOPNOTSUPP);
	put(sim, MAPPING, "x", -EINVAL);
	put(sim, MAPPING, "100000000-107ffffff", -EOPNOTSUPP);
	check_shows(sim, SIZE, "536870912");
	check_shows(sim, AVAILABLE, "0");
	put(sim, KMEM "bind", "dax0.0", 0);
	put(sim, SIZE, "0", -EBUSY);
	mhp_sim_unref(sim);
}

/* Each rule turned round shows. */
static void test_wrong(void **state)
{
	static const struct {
		enum rule rule;
		const char *machine, *path, *word;
		int right, wrong;
	} rules[] = {
		{ RULE_SIZE_UNIT, NULL, SIZE, "0x8100000", -EINVAL, 0 },
		{ RULE_SIZE_BOUND, BOUND, SIZE, "536870912", -EBUSY, 0 },
		{ RULE_MAPPING_BUSY, NULL, MAPPING, "100000000-1001fffff", -ENOMEM, 0 },
		{ RULE_MAPPING_UNIT, RANGES, MAPPING, "130000000-1300fffff", 0, 0 },
		{ RULE_ALIGN_NUMBER, NULL, ALIGN, "x", -ENXIO, -EINVAL },
		{ RULE_ALIGN_PAGES, NULL, ALIGN, "8192", -EINVAL, 0 },
		{ RULE_ALIGN_BOUND, BOUND, ALIGN, "4096", -EBUSY, 0 },
		{ RULE_ALIGN_RANGES, NULL, ALIGN, "1073741824", -EINVAL, 0 },
		{ RULE_MEMMAP_UNSUPPORTED, NULL, MEMMAP, "1", -EOPNOTSUPP, 0 },
		{ RULE_MEMMAP_BOUND, "6.12-hmem-mom-bound.txt", MEMMAP, "0", -EBUSY, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct mhp_sim *sim = rules[i].machine ? desk_machine(rules[i].machine) :
							 open_unbound();

		put(sim, rules[i].path, rules[i].word, rules[i].right);
		sim->rules.is_wrong[rules[i].rule] = true;
		put(sim, rules[i].path, rules[i].word, rules[i].wrong);
		if (rules[i].rule == RULE_MAPPING_UNIT)
			check_mapping(sim, 2, "0x130000000 0x1300fffff 0x20000");
		mhp_sim_unref(sim);
	}
}

static void test_wrong_pieces(void **state)
{
	struct mhp_sim *sim = desk_machine(RANGES);

	(void)state;
	sim->rules.is_wrong[RULE_SIZE_EXTENDS] = true;
	put(sim, SIZE, "0x28000000", 0);
	check_mapping(sim, 2, "0x130000000 0x137ffffff 0x20000");
	/* more than there is: it takes what it can get */
	sim->rules.is_wrong[RULE_SIZE_NO_SPACE] = true;
	put(sim, SIZE, "0x60000000", -ENOSPC);
	check_shows(sim, SIZE, "805306368");
	mhp_sim_unref(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_two_devices),
		cmocka_unit_test(test_align),
		cmocka_unit_test(test_memmap),
		cmocka_unit_test(test_left_behind),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_wrong_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
