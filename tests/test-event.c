// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events in words. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor.h"

static void check_text(const struct mhp_event *event, const char *wanted)
{
	char *text;

	assert_int_equal(mhp_event_copy_text(event, &text), 0);
	assert_string_equal(text, wanted);
	free(text);
}

static void test_texts(void **state)
{
	static const struct {
		struct mhp_event event;
		const char *text;
	} cases[] = {
		{ { .kind = MHP_EVENT_BLOCK_ADDED, .name = "memory36" }, "memory36 added" },
		{ { .kind = MHP_EVENT_BLOCK_REMOVED, .name = "memory36", .region = "dax0.0",
		    .before_state = MHP_STATE_OFFLINE }, "memory36 removed (dax0.0)" },
		{ { .kind = MHP_EVENT_BLOCK_REMOVED, .name = "memory36",
		    .before_state = MHP_STATE_ONLINE, .before_zone = MHP_ZONE_NORMAL },
		  "memory36 removed while online in Normal" },
		{ { .kind = MHP_EVENT_BLOCK_ONLINE, .name = "memory36", .region = "dax0.0",
		    .after_state = MHP_STATE_ONLINE, .after_zone = MHP_ZONE_MOVABLE },
		  "memory36 online in Movable (dax0.0)" },
		{ { .kind = MHP_EVENT_BLOCK_ONLINE, .name = "memory36" }, "memory36 online" },
		{ { .kind = MHP_EVENT_BLOCK_OFFLINE, .name = "memory36",
		    .before_zone = MHP_ZONE_NORMAL }, "memory36 offline, was in Normal" },
		{ { .kind = MHP_EVENT_BLOCK_ZONE, .name = "memory36",
		    .before_zone = MHP_ZONE_NORMAL, .after_zone = MHP_ZONE_MOVABLE },
		  "memory36 is in Movable, was in Normal" },
		{ { .kind = MHP_EVENT_NODE_ADDED, .name = "node1" }, "node1 added" },
		{ { .kind = MHP_EVENT_NODE_REMOVED, .name = "node1" }, "node1 removed" },
		{ { .kind = MHP_EVENT_TIER_ADDED, .name = "memory_tier4" }, "memory_tier4 added" },
		{ { .kind = MHP_EVENT_TIER_REMOVED, .name = "memory_tier4" },
		  "memory_tier4 removed" },
		{ { .kind = MHP_EVENT_DEVICE_ADDED, .name = "dax0.0", .region = "dax0.0" },
		  "dax0.0 added" },
		{ { .kind = MHP_EVENT_DEVICE_REMOVED, .name = "dax0.0" }, "dax0.0 removed" },
		{ { .kind = MHP_EVENT_DEVICE_BOUND, .name = "dax0.0", .word_after = "kmem" },
		  "dax0.0 bound to kmem" },
		{ { .kind = MHP_EVENT_DEVICE_BOUND, .name = "dax0.0" }, "dax0.0 bound" },
		{ { .kind = MHP_EVENT_DEVICE_UNBOUND, .name = "dax0.0", .word_before = "kmem" },
		  "dax0.0 unbound from kmem" },
		{ { .kind = MHP_EVENT_POLICY_CHANGED, .name = "auto_online_blocks",
		    .word_before = "offline", .word_after = "online_movable" },
		  "auto_online_blocks is online_movable, was offline" },
		{ { .kind = MHP_EVENT_POLICY_CHANGED, .name = "auto_online_blocks",
		    .word_before = "off\nline" },
		  "auto_online_blocks is not there, was off\\x0aline" },
		{ { .kind = MHP_EVENT_LOST }, "events were lost" },
		{ { .kind = MHP_EVENT_RESYNCED }, "compared with a fresh snapshot" },
		{ { .kind = MHP_EVENT_DEVICE_ADDED, .name = "x", .region = "a\x1b" },
		  "x added (a\\x1b)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_text(&cases[i].event, cases[i].text);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_string_equal(mhp_event_kind_to_str(MHP_EVENT_UNKNOWN), "unknown");
	assert_string_equal(mhp_event_kind_to_str(MHP_EVENT_BLOCK_ADDED), "block-added");
	assert_string_equal(mhp_event_kind_to_str(MHP_EVENT_POLICY_CHANGED), "policy-changed");
	assert_string_equal(mhp_event_kind_to_str(MHP_EVENT_LOST), "lost");
	assert_string_equal(mhp_event_kind_to_str(MHP_EVENT_BLOCK_ZONE), "block-zone");
	assert_string_equal(mhp_event_kind_to_str(MHP_EVENT_BLOCK_ZONE + 1), "unknown");
	assert_string_equal(mhp_event_kind_to_str((enum mhp_event_kind)-1), "unknown");
	for (int i = 1; i <= MHP_EVENT_BLOCK_ZONE; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(mhp_event_kind_to_str((enum mhp_event_kind)i),
						mhp_event_kind_to_str((enum mhp_event_kind)j));
}

static void test_names_are_cut(void **state)
{
	char name[EVENT_NAME_SIZE], longest[2 * EVENT_NAME_SIZE];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_false(copy_name(name, longest));
	assert_int_equal(strlen(name), EVENT_NAME_SIZE - 1);
	longest[EVENT_NAME_SIZE] = '\0';
	assert_false(copy_name(name, longest));
	longest[EVENT_NAME_SIZE - 1] = '\0';
	assert_true(copy_name(name, longest));
	assert_string_equal(name, longest);
}

/* What a caller does not want he need not take. */
static void test_parts(void **state)
{
	const struct mhp_event event = {
		.before_state = MHP_STATE_OFFLINE, .before_zone = MHP_ZONE_NONE,
		.after_state = MHP_STATE_ONLINE, .after_zone = MHP_ZONE_MOVABLE,
		.word_after = "kmem",
	};
	enum mhp_state its;
	enum mhp_zone zone;

	(void)state;
	mhp_event_get_before(&event, &its, NULL);
	mhp_event_get_before(&event, NULL, &zone);
	assert_int_equal(its, MHP_STATE_OFFLINE);
	assert_int_equal(zone, MHP_ZONE_NONE);
	mhp_event_get_after(&event, &its, NULL);
	mhp_event_get_after(&event, NULL, &zone);
	assert_int_equal(its, MHP_STATE_ONLINE);
	assert_int_equal(zone, MHP_ZONE_MOVABLE);
	/* no word, which is not an empty one */
	assert_null(mhp_event_get_word_before(&event));
	assert_string_equal(mhp_event_get_word_after(&event), "kmem");
	assert_null(mhp_event_get_word_after(&(struct mhp_event){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_names_are_cut),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
