// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The simulated machine's LMBs: each rule met, and another answer where it is wrong. No
 * kernel of ours shows them: they are those of arch/powerpc/platforms/pseries.
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
#include "support/bench.h"

#define DLPAR "/sys/kernel/dlpar"
#define ADD "memory add index 0x80000010"
#define REMOVE "memory remove index 0x80000010"

static int dlpar(struct bench *bench, const char *word)
{
	return mhp_sim_write(bench->sim, DLPAR, word);
}

static int wrong(struct bench *bench, enum rule rule, const char *word)
{
	int r;

	bench->sim->rules.is_wrong[rule] = true;
	r = dlpar(bench, word);
	assert_true(bench->sim->rules.hits[rule] > 0);
	bench->sim->rules.is_wrong[rule] = false;
	return r;
}

static void test_words(void **state)
{
	static const char *const bad[] = {
		"", "memory", "memory add", "memory add index", "memory add index 0x",
		"memory add index 0xg", "memory add index 0x80000010 ", "cpu add index 0x10",
		"memory add index 0x-1", "memory remove index 0x99999999999999999999",
		"Memory add index 0x80000010", "memory add  index 0x80000010",
	};
	struct bench bench;
	char *text;

	(void)state;
	set_up(&bench, PPC64_7_3);
	assert_int_equal(mhp_sim_read(bench.sim, DLPAR, &text), 0);
	assert_string_equal(text, "memory,cpu,dt\n");
	free(text);
	for (size_t i = 1; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(dlpar(&bench, bad[i]), -EINVAL);
	assert_int_equal(dlpar(&bench, "memory add index 0x1"), -EINVAL);
	assert_int_equal(wrong(&bench, RULE_DLPAR_WORD, "memory add index 0x1"), 0);
	tear_down(&bench);
}

static void test_add_and_remove(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, PPC64_7_3);
	assert_int_equal(dlpar(&bench, REMOVE), -EINVAL);
	/* whatever the policy says */
	assert_int_equal(dlpar(&bench, ADD "\n"), 0);
	assert_string_equal(is(&bench, 16), "Normal");
	assert_int_equal(dlpar(&bench, ADD), -EINVAL);
	assert_int_equal(wrong(&bench, RULE_DLPAR_TWICE, ADD), -EEXIST);
	assert_int_equal(dlpar(&bench, REMOVE), 0);
	assert_string_equal(is(&bench, 16), "absent");
	put(&bench, POLICY_PATH, "online_movable");
	assert_int_equal(dlpar(&bench, ADD), 0);
	assert_string_equal(is(&bench, 16), "Movable");
	assert_int_equal(wrong(&bench, RULE_DLPAR_OFFLINES, REMOVE), -EBUSY);
	assert_int_equal(dlpar(&bench, REMOVE), 0);
	assert_int_equal(wrong(&bench, RULE_DLPAR_POLICY, ADD), 0);
	assert_string_equal(is(&bench, 16), "Normal");
	assert_int_equal(dlpar(&bench, REMOVE), 0);
	put(&bench, POLICY_PATH, "offline");
	assert_int_equal(wrong(&bench, RULE_DLPAR_ONLINES, ADD), 0);
	assert_string_equal(is(&bench, 16), "offline");
	tear_down(&bench);
}

static void test_fails(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, PPC64_7_3);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 16, "add", -ENOMEM, 1), 0);
	assert_int_equal(dlpar(&bench, ADD), -ENOMEM);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 16, "online", -EBUSY, 2), 0);
	assert_int_equal(dlpar(&bench, ADD), -EBUSY);
	assert_string_equal(is(&bench, 16), "absent");
	assert_int_equal(wrong(&bench, RULE_DLPAR_UNADDS, ADD), -EBUSY);
	assert_string_equal(is(&bench, 16), "offline");
	put(&bench, block_file(16, "state"), "online");
	assert_int_equal(mhp_sim_fail_block(bench.sim, 16, "offline", -EBUSY, 1), 0);
	assert_int_equal(dlpar(&bench, REMOVE), -EBUSY);
	assert_string_equal(is(&bench, 16), "Normal");
	/* one that is in use for ever */
	assert_int_equal(mhp_sim_hang_block(bench.sim, 16, 1), 0);
	assert_int_equal(dlpar(&bench, REMOVE), -EINTR);
	assert_string_equal(is(&bench, 16), "Normal");
	assert_int_equal(dlpar(&bench, REMOVE), 0);
	tear_down(&bench);
}

/* The device tree tells what is there; a capture of that goes on from it. */
static void check_list(const char *machine, const char *word, const char *list)
{
	struct bench bench;
	struct mhp_sim *sim;
	char *text, *again;

	set_up(&bench, machine);
	/* as it came, to the byte */
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &text), 0);
	assert_null(strstr(text, list));
	free(text);
	assert_int_equal(dlpar(&bench, word), 0);
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &text), 0);
	tear_down(&bench);
	assert_non_null(strstr(text, list));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	assert_int_equal(mhp_sim_copy_capture(sim, &again), 0);
	assert_string_equal(again, text);
	mhp_sim_unref(sim);
	free(again);
	free(text);
}

static void test_list(void **state)
{
	(void)state;
	/* two sets have become three, for one has no neighbour that is like it */
	check_list(PPC64_7_3, "memory add index 0x80000014",
		   "ibm,dynamic-memory-v2: <hex 00000004"
		   "000000100000000000000000800000000000000000000008"
		   "000000040000000100000000800000100000000000000000"
		   "000000010000000140000000800000140000000000000008"
		   "0000000b0000000150000000800000150000000000000000>\n");
	check_list(PPC64_6_12, "memory add index 0x80000008",
		   "0000000010000000800000080000000000000000000000080000000012000000");
}

/* Captures that no kernel makes, and some that tell too little to act on. */
static void test_captures(void **state)
{
	static const struct {
		const char *size, *list;
		int code;
	} rows[] = {
		{ "<hex 0000000010000000>", "<hex 00000000>", 0 },
		{ "<hex 0000000010000000>", "<binary>", 0 },
		{ "<binary>", "<hex 00>", 0 },
		{ "<hex 0000000001000000>", "<hex 00>", 0 },
		{ "<hex 0000000010000000>", "<hex 00000001>", -EBADMSG },
		{ "<hex 000000001000>", "<hex 00000000>", -EBADMSG },
		{ "<hex 000000001000000>", "<hex 00000000>", -EBADMSG },
		{ "<hex 00000000100000gg>", "<hex 00000000>", -EBADMSG },
		{ "<hex >", "<hex 00000000>", -EBADMSG },
		{ "<hex 00 00>", "<hex 00000000>", -EBADMSG },
		{ "<hex 0000000010000000>",
		  "<hex 00000001ffffffff0000000000000000000000000000000000000000>", -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_sim *sim;
		char *text, *again;
		int r;

		assert_int_equal(copy_text(&text, "# kernel: 7.3.4\n"
			"/sys/devices/system/memory/block_size_bytes: 10000000\n"
			"/sys/firmware/devicetree/base/ibm,dynamic-reconfiguration-memory/"
			"ibm,dynamic-memory-v2: %s\n"
			"/sys/firmware/devicetree/base/ibm,dynamic-reconfiguration-memory/"
			"ibm,lmb-size: %s\n", rows[i].list, rows[i].size), 0);
		r = mhp_sim_new_from_text(text, strlen(text), NULL, &sim);
		if (r != rows[i].code)
			fail_msg("%s %s: %d", rows[i].size, rows[i].list, r);
		if (r == 0) {
			assert_int_equal(mhp_sim_copy_capture(sim, &again), 0);
			assert_string_equal(again, text);
			free(again);
			mhp_sim_unref(sim);
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_add_and_remove),
		cmocka_unit_test(test_fails),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_captures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
