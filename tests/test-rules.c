// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's rules by name: found, counted, turned round. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/sim.h"

static void test_table(void **state)
{
	(void)state;
	for (enum rule rule = 0; rule < RULES_COUNT; rule++) {
		assert_int_equal(rule_find(rule_name(rule)), rule);
		assert_true(strlen(rule_text(rule)) > 0 && strlen(rule_text(rule)) < 100);
		assert_true(rule_kernels(rule) && !(rule_kernels(rule) & ~ON_ALL));
	}
	assert_int_equal(rule_find("NO_SUCH_RULE"), RULES_COUNT);
}

static void test_wrong_model(void **state)
{
	static const char file[] = "/sys/devices/system/memory/memory32/state";
	const char *data = getenv("TEST_DATA");
	struct mhp_sim *sim;
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/machines/7.3-hmem-online.txt", data ? data : "tests");
	assert_int_equal(mhp_sim_new_from_capture(path, NULL, &sim), 0);
	assert_int_equal(sim->rules.hits[RULE_ONLINE_TWICE], 0);
	assert_int_equal(mhp_sim_write(sim, file, "online"), -EINVAL);
	assert_int_equal(sim->rules.hits[RULE_ONLINE_TWICE], 1);
	sim->rules.is_wrong[RULE_ONLINE_TWICE] = true;
	assert_int_equal(mhp_sim_write(sim, file, "online"), 0);
	mhp_sim_unref(sim);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_wrong_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
