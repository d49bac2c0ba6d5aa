// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The simulated machine's s390 storage: each rule met, and another answer where it is
 * wrong. No kernel of ours shows them: they are those of drivers/s390/char/sclp_mem.c.
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

#define CONFIG "/sys/firmware/memory/memory16/config"
#define MEMMAP "/sys/firmware/memory/memory16/memmap_on_memory"

static void assert_file(struct bench *bench, const char *path, const char *expected)
{
	char *text;

	assert_int_equal(mhp_sim_read(bench->sim, path, &text), 0);
	assert_string_equal(text, expected);
	free(text);
}

static bool iomem_says(struct bench *bench, const char *line)
{
	char *text;
	bool found;

	assert_int_equal(mhp_sim_read(bench->sim, "/proc/iomem", &text), 0);
	found = strstr(text, line) != NULL;
	free(text);
	return found;
}

static int wrong(struct bench *bench, enum rule rule, const char *path, const char *word)
{
	int r;

	bench->sim->rules.is_wrong[rule] = true;
	r = mhp_sim_write(bench->sim, path, word);
	assert_true(bench->sim->rules.hits[rule] > 0);
	bench->sim->rules.is_wrong[rule] = false;
	return r;
}

static void test_config(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	assert_file(&bench, CONFIG, "0\n");
	put(&bench, CONFIG, "0");
	put(&bench, CONFIG, "1\n");
	assert_file(&bench, CONFIG, "1\n");
	assert_string_equal(is(&bench, 16), "offline");
	assert_true(iomem_says(&bench, "\n100000000-10fffffff : System RAM\n"));
	put(&bench, CONFIG, "yes");
	assert_int_equal(wrong(&bench, RULE_CONFIG_TWICE, CONFIG, "1"), -EINVAL);
	assert_int_equal(mhp_sim_write(bench.sim, CONFIG, "2"), -EINVAL);
	assert_int_equal(mhp_sim_write(bench.sim, CONFIG, "maybe"), -EINVAL);
	put(&bench, block_file(16, "state"), "online_movable");
	assert_int_equal(mhp_sim_write(bench.sim, CONFIG, "0"), -EBUSY);
	assert_string_equal(is(&bench, 16), "Movable");
	put(&bench, block_file(16, "state"), "offline");
	put(&bench, CONFIG, "0");
	assert_string_equal(is(&bench, 16), "absent");
	assert_false(iomem_says(&bench, "100000000-"));

	put(&bench, POLICY_PATH, "online_movable");
	put(&bench, CONFIG, "1");
	assert_string_equal(is(&bench, 16), "Movable");
	assert_int_equal(wrong(&bench, RULE_CONFIG_BUSY, CONFIG, "0"), 0);
	assert_int_equal(wrong(&bench, RULE_CONFIG_POLICY, CONFIG, "1"), 0);
	assert_string_equal(is(&bench, 16), "offline");
	tear_down(&bench);
}

/* A piece of boot memory goes, and comes back as a piece of its own. */
static void test_boot(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	assert_int_equal(mhp_sim_write(bench.sim, "/sys/firmware/memory/memory15/config", "0"),
			 -EBUSY);
	put(&bench, block_file(15, "state"), "offline");
	put(&bench, "/sys/firmware/memory/memory15/config", "0");
	assert_string_equal(is(&bench, 15), "absent");
	assert_true(iomem_says(&bench, "00000000-efffffff : System RAM\n"));
	put(&bench, "/sys/firmware/memory/memory15/config", "1");
	assert_true(iomem_says(&bench, "f0000000-ffffffff : System RAM\n"));
	tear_down(&bench);
}

static void test_fails(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, S390_7_3);
	assert_int_equal(mhp_sim_fail_block(bench.sim, 16, "add", -ENOMEM, 1), 0);
	assert_int_equal(mhp_sim_write(bench.sim, CONFIG, "1"), -ENOMEM);
	assert_file(&bench, CONFIG, "0\n");
	assert_string_equal(is(&bench, 16), "absent");
	assert_false(iomem_says(&bench, "100000000-"));
	tear_down(&bench);
}

static void test_memmap(void **state)
{
	struct bench bench;
	struct mhp_sim *sim;
	char *text, *at;

	(void)state;
	set_up(&bench, S390_7_3);
	assert_int_equal(mhp_sim_write(bench.sim, MEMMAP, "1"), -EOPNOTSUPP);
	put(&bench, MEMMAP, "0");
	assert_int_equal(wrong(&bench, RULE_CONFIG_NO_MEMMAP, MEMMAP, "1"), 0);
	put(&bench, MEMMAP, "0");
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &text), 0);
	tear_down(&bench);

	at = strstr(text, "/memmap_on_memory: N");
	assert_non_null(at);
	at[strlen("/memmap_on_memory: ")] = 'Y';
	memset(&bench, 0, sizeof(bench));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	free(text);
	bench.sim = sim;
	assert_int_equal(mhp_sim_new_ctx(sim, &bench.ctx), 0);
	put(&bench, MEMMAP, "1");
	put(&bench, CONFIG, "1");
	assert_int_equal(mhp_sim_write(bench.sim, MEMMAP, "0"), -EBUSY);
	assert_file(&bench, MEMMAP, "1\n");
	assert_int_equal(wrong(&bench, RULE_CONFIG_MEMMAP, MEMMAP, "0"), 0);
	tear_down(&bench);
}

/* What was done is in the capture, and goes on from there. */
static void test_again(void **state)
{
	struct bench bench;
	struct mhp_sim *sim;
	char *text, *again;

	(void)state;
	set_up(&bench, S390_7_3);
	put(&bench, CONFIG, "1");
	assert_int_equal(mhp_sim_copy_capture(bench.sim, &text), 0);
	tear_down(&bench);
	assert_non_null(strstr(text, CONFIG ": 1\n"));
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), 0);
	assert_int_equal(mhp_sim_write(sim, CONFIG, "0"), 0);
	assert_int_equal(mhp_sim_copy_capture(sim, &again), 0);
	assert_non_null(strstr(again, CONFIG ": 0\n"));
	assert_null(strstr(again, "memory/memory16/state"));
	mhp_sim_unref(sim);
	free(again);
	free(text);
}

/* Captures that no kernel makes. */
static void test_refused(void **state)
{
	static const char *const lines[] = {
		"/sys/firmware/memory/memory16/config: 2\n", "/sys/firmware/memory/memory16/config: x\n",
		"/sys/firmware/memory/memory16/memmap_on_memory: -1\n",
		"/sys/firmware/memory/memory18446744073709551/config: 0\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct mhp_sim *sim;
		char *text;

		assert_int_equal(copy_text(&text, "# kernel: 7.3.4\n"
			"/sys/devices/system/memory/block_size_bytes: 10000000\n%s", lines[i]), 0);
		assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &sim), -EBADMSG);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_fails),
		cmocka_unit_test(test_memmap),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
