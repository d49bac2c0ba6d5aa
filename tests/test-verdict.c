// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a write did not do what it was meant to do. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "internal.h"

static void test_codes(void **state)
{
	static const struct {
		int code;
		const char *reason;
	} rows[] = {
		{ -EBUSY, "busy" }, { -EAGAIN, "try-again" }, { -EINTR, "interrupted" },
		{ -EPERM, "vetoed" }, { -EACCES, "no-permission" }, { -EROFS, "read-only" },
		{ -ENOMEM, "no-memory" }, { -ENOENT, "gone" }, { -ENODEV, "gone" },
		{ -EINVAL, "invalid" }, { -EHWPOISON, "poisoned" }, { -EIO, "unknown" },
		{ 0, "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(mhp_reason_to_str(judge_code(rows[i].code)), rows[i].reason);
}

/* The block is looked at first: EINVAL alone says nothing. */
static void test_blocks(void **state)
{
	static const struct {
		enum mhp_state state;
		enum mhp_zone zone;
		int code;
		const char *word, *reason;
	} rows[] = {
		{ MHP_STATE_ABSENT, 0, -EBUSY, "offline", "gone" },
		{ MHP_STATE_ABSENT, 0, 0, "online", "gone" },
		{ MHP_STATE_UNKNOWN, 0, -EBUSY, "offline", "busy" },
		{ MHP_STATE_UNKNOWN, 0, -EIO, "offline", "unreadable" },
		{ MHP_STATE_UNKNOWN, 0, 0, "offline", "unreadable" },
		{ MHP_STATE_ONLINE, MHP_ZONE_MOVABLE, -EBUSY, "offline", "busy" },
		{ MHP_STATE_ONLINE, MHP_ZONE_NONE, -EINVAL, "offline", "spans-zones" },
		{ MHP_STATE_ONLINE, MHP_ZONE_UNKNOWN, 0, "online_movable", "unreadable" },
		{ MHP_STATE_ONLINE, MHP_ZONE_NORMAL, -EINVAL, "online_movable", "wrong-zone" },
		{ MHP_STATE_ONLINE, MHP_ZONE_NORMAL, 0, "online_movable", "wrong-zone" },
		{ MHP_STATE_ONLINE, MHP_ZONE_NORMAL, -EINVAL, "offline", "invalid" },
		{ MHP_STATE_ONLINE, MHP_ZONE_NORMAL, 0, "offline", "not-taken" },
		{ MHP_STATE_OFFLINE, 0, 0, "online_kernel", "not-taken" },
		{ MHP_STATE_OFFLINE, 0, -EINVAL, "online_kernel", "invalid" },
		{ MHP_STATE_GOING_OFFLINE, 0, -EINVAL, "online_kernel", "invalid" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct block_now now = { .state = rows[i].state, .zone = rows[i].zone };

		assert_string_equal(mhp_reason_to_str(judge(&now, rows[i].code, rows[i].word)),
				    rows[i].reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
