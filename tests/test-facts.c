// SPDX-License-Identifier: LGPL-2.1-or-later
/* What surrounds a plan: types that clash, rules in order, memory needed, the ratio. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "internal.h"
#include "udev.h"

static void types(void **state)
{
	/* by row what onlines it, by column what is wanted */
	static const bool elsewhere[4][4] = {
		/*		     offline online kernel movable */
		[MHP_OFFLINE] =		{ false, false, false, false },
		[MHP_ONLINE] =		{ true,  false, true,  true },
		[MHP_ONLINE_KERNEL] =	{ true,  false, false, true },
		[MHP_ONLINE_MOVABLE] =	{ true,  false, true,  false },
	};

	(void)state;
	for (enum mhp_online_type type = MHP_OFFLINE; type <= MHP_ONLINE_MOVABLE; type++)
		for (enum mhp_online_type wish = MHP_OFFLINE; wish <= MHP_ONLINE_MOVABLE; wish++)
			assert_int_equal(is_elsewhere(type, wish), elsewhere[type][wish]);
}

#define ONLINE (1U << MHP_ONLINE)
#define KERNEL (1U << MHP_ONLINE_KERNEL)
#define MOVABLE (1U << MHP_ONLINE_MOVABLE)
#define WOULD(types) { NULL, 1, types, false, false, false }
#define MAY(types) { NULL, 1, types, true, false, false }
#define DAX(types) { NULL, 1, types, true, true, true }
#define MAX_RULES 3

static const struct {
	struct udev_rule rules[MAX_RULES];
	size_t count;
	enum mhp_online_type wanted;
	enum rule_danger danger;
	size_t which;
} rows[] = {
	{ { WOULD(ONLINE) }, 0, MHP_ONLINE_MOVABLE, RULE_NONE, 0 },
	{ { WOULD(ONLINE) }, 1, MHP_ONLINE_MOVABLE, RULE_WOULD, 0 },
	{ { WOULD(ONLINE) }, 1, MHP_ONLINE_KERNEL, RULE_WOULD, 0 },
	{ { WOULD(ONLINE) }, 1, MHP_ONLINE, RULE_NONE, 0 },
	{ { WOULD(ONLINE) }, 1, MHP_OFFLINE, RULE_WOULD, 0 },
	{ { WOULD(MOVABLE) }, 1, MHP_ONLINE_MOVABLE, RULE_NONE, 0 },
	{ { WOULD(MOVABLE) }, 1, MHP_ONLINE_KERNEL, RULE_WOULD, 0 },
	{ { WOULD(MOVABLE) }, 1, MHP_ONLINE, RULE_NONE, 0 },
	{ { WOULD(MOVABLE) }, 1, MHP_OFFLINE, RULE_WOULD, 0 },
	/* one of several words: for offline all are wrong */
	{ { WOULD(ONLINE | MOVABLE) }, 1, MHP_ONLINE_MOVABLE, RULE_MAY, 0 },
	{ { WOULD(ONLINE | MOVABLE) }, 1, MHP_ONLINE_KERNEL, RULE_WOULD, 0 },
	{ { WOULD(ONLINE | MOVABLE) }, 1, MHP_OFFLINE, RULE_WOULD, 0 },
	{ { MAY(ONLINE) }, 1, MHP_ONLINE_MOVABLE, RULE_MAY, 0 },
	{ { MAY(MOVABLE) }, 1, MHP_ONLINE_MOVABLE, RULE_NONE, 0 },
	{ { MAY(ONLINE) }, 1, MHP_OFFLINE, RULE_MAY, 0 },
	{ { MAY(0) }, 1, MHP_ONLINE_MOVABLE, RULE_MAY, 0 },
	{ { MAY(0) }, 1, MHP_ONLINE, RULE_NONE, 0 },
	{ { MAY(0) }, 1, MHP_OFFLINE, RULE_MAY, 0 },
	/* the first that is certain decides */
	{ { WOULD(MOVABLE), WOULD(ONLINE) }, 2, MHP_ONLINE_MOVABLE, RULE_NONE, 0 },
	{ { WOULD(ONLINE), WOULD(MOVABLE) }, 2, MHP_ONLINE_MOVABLE, RULE_WOULD, 0 },
	{ { MAY(ONLINE), WOULD(MOVABLE) }, 2, MHP_ONLINE_MOVABLE, RULE_MAY, 0 },
	{ { MAY(MOVABLE), WOULD(ONLINE) }, 2, MHP_ONLINE_MOVABLE, RULE_WOULD, 1 },
	{ { MAY(ONLINE), WOULD(ONLINE) }, 2, MHP_ONLINE_MOVABLE, RULE_WOULD, 1 },
	{ { MAY(MOVABLE), MAY(0), MAY(ONLINE) }, 3, MHP_ONLINE_MOVABLE, RULE_MAY, 1 },
	{ { WOULD(ONLINE | MOVABLE), WOULD(ONLINE) }, 2, MHP_ONLINE_MOVABLE, RULE_MAY, 0 },
	/* one about dax devices only if there is no other */
	{ { DAX(0) }, 1, MHP_ONLINE_MOVABLE, RULE_MAY, 0 },
	{ { DAX(MOVABLE) }, 1, MHP_ONLINE_MOVABLE, RULE_NONE, 0 },
	{ { DAX(0), MAY(ONLINE) }, 2, MHP_ONLINE_MOVABLE, RULE_MAY, 1 },
};

static void rules_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct udev_rule list[MAX_RULES];
		struct udev_rules rules = { 0, list, rows[i].count, 0 };
		const struct udev_rule *rule = NULL;
		enum rule_danger danger;

		for (size_t k = 0; k < MAX_RULES; k++)
			list[k] = rows[i].rules[k];
		danger = find_dangerous_rule(&rules, rows[i].wanted, &rule);
		if (danger != rows[i].danger ||
		    rule != (danger == RULE_NONE ? NULL : &list[rows[i].which]))
			fail_msg("row %zu: %d", i, danger);
	}
}

static void memory_needed(void **state)
{
	(void)state;
	assert_int_equal(memmap_bytes(0, 4096), 0);
	assert_int_equal(memmap_bytes(128 << 20, 4096), 2 << 20);
	assert_int_equal(memmap_bytes(512 << 20, 65536), 512 << 10);
	assert_int_equal(memmap_bytes(1, 4096), 64);
	assert_int_equal(memmap_bytes(4097, 4096), 128);
	assert_true(memmap_bytes(UINT64_MAX, 4096) == UINT64_C(1) << 58);
	assert_true(memmap_bytes(UINT64_MAX, 1) == UINT64_MAX);
}

static void ratio(void **state)
{
	(void)state;
	assert_false(is_above_ratio(0, 0, 0));
	assert_true(is_above_ratio(1, 0, 301));
	assert_false(is_above_ratio(301, 100, 301));
	assert_true(is_above_ratio(302, 100, 301));
	assert_true(is_above_ratio(1, 100, 0));
	assert_false(is_above_ratio(UINT64_MAX, UINT64_MAX, 301));
	assert_true(is_above_ratio(UINT64_MAX, 1, 301));
	assert_false(is_above_ratio(1, UINT64_MAX, 301));
	assert_false(is_above_ratio(UINT64_MAX / 100, UINT64_MAX / UINT32_MAX, UINT32_MAX));

	assert_int_equal(ratio_percent(301, 100), 301);
	assert_int_equal(ratio_percent(3011, 1000), 302);
	assert_int_equal(ratio_percent(0, 5), 0);
	assert_true(ratio_percent(1, 0) == UINT64_MAX);
	assert_true(ratio_percent(UINT64_MAX, 5) == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test(rules_in_order),
		cmocka_unit_test(memory_needed),
		cmocka_unit_test(ratio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
