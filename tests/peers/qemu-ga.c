// SPDX-License-Identifier: LGPL-2.1-or-later
/* Defects of the QEMU guest agent 11.1: what libmhp does where it goes wrong; README.md. */
#include <errno.h>

#include "peers.h"
#include "../support/fakesys.h"
#include "../support/regions.h"

/* It has two words, "online" and "offline", and does not say where memory went. */
static void qemu_ga_zone_is_asked_for_and_told(void **state)
{
	enum mhp_state after;
	enum mhp_zone zone;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	assert_int_equal(fulfil(&bench, "blocks:34-35 online online_movable", NULL),
			 MHP_OUTCOME_DONE);
	for (uint64_t id = 34; id <= 35; id++) {
		mhp_result_get_after(result(&bench, id), &after, &zone);
		assert_int_equal(after, MHP_STATE_ONLINE);
		assert_int_equal(zone, MHP_ZONE_MOVABLE);
		assert_string_equal(mhp_result_get_wanted_word(result(&bench, id)),
				    "online_movable");
	}
	tear_down(&bench);
}

/* "can-offline" is what "removable" says: always yes, also of a block that spans zones. */
static void qemu_ga_can_offline_is_not_removable(void **state)
{
	struct bench bench;
	char *text;

	(void)state;
	set_up(&bench, HMEM_6_12);
	assert_int_equal(mhp_sim_read(bench.sim, block_file(0, "removable"), &text), 0);
	assert_string_equal(text, "1\n");
	free(text);
	check_refused(&bench, "blocks:0 offline", MHP_CONFLICT_SPANS_ZONES, "(0)");
	tear_down(&bench);
}

/* Its error-code is errno after other calls were made; here it is what the write answered. */
static void qemu_ga_code_is_the_writes_own(void **state)
{
	static const int codes[] = { -EBUSY, -EAGAIN, -EHWPOISON, -ENOSPC };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct bench bench;

		set_up(&bench, HMEM_6_12);
		put_blocks(&bench, 32, 35, "online_movable");
		mhp_sim_fail_block(bench.sim, 34, "offline", codes[i], 0);
		assert_int_equal(fulfil(&bench, "blocks:32-35 offline keep", NULL),
				 MHP_OUTCOME_PARTIAL);
		assert_int_equal(mhp_result_get_code(result(&bench, 34)), codes[i]);
		assert_int_equal(mhp_result_get_code(result(&bench, 33)), 0);
		tear_down(&bench);
	}
}

/* Any directory whose name begins with "memory" is a block to it. */
static void qemu_ga_blocks_have_a_number(void **state)
{
	static const char *const names[] = {
		"memory_failure", "memory", "memory007", "memory-1", "memory5x", "memory 5",
		"memory0x10", "memory+6",
	};
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-online");
	struct mhp_snapshot *snap = take_fake(fs, 0);
	size_t count = mhp_snapshot_count_blocks(snap);
	char path[128];

	(void)state;
	mhp_snapshot_unref(snap);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), MEMORY_PATH "/%s/state", names[i]);
		fakesys_file(fs, path, "online\n");
	}
	snap = take_fake(fs, 0);
	assert_int_equal(mhp_snapshot_count_blocks(snap), count);
	assert_int_equal(mhp_snapshot_count_problems(snap), 0);
	mhp_snapshot_unref(snap);
}

struct asked {
	struct bench *bench;
	size_t times;
};

/* The caller is at work while the write hangs: it looks at the machine, then has enough. */
static int look_and_cancel(void *data, uint64_t done, uint64_t total)
{
	struct asked *asked = data;

	(void)done, (void)total;
	if (strcmp(is(asked->bench, 33), "going-offline"))
		return 0;
	asked->times++;
	return MHP_CANCEL;
}

/* One thread: while an offline spins the agent answers nothing, not even guest-ping. */
static void qemu_ga_caller_is_heard_while_an_offline_spins(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts) };
	struct asked asked = { 0 };
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_hang_block(bench.sim, 33, 0);
	asked.bench = &bench;
	opts.progress = look_and_cancel;
	opts.progress_data = &asked;
	opts.timeout_ms = MHP_TIMEOUT_NONE;
	assert_int_equal(fulfil(&bench, "blocks:33 offline", &opts), MHP_OUTCOME_UNDONE);
	assert_true(asked.times > 0);
	assert_reason(&bench, 33, "cancelled");
	assert_string_equal(is(&bench, 33), "Movable");
	tear_down(&bench);
}

/* A block that somebody else took offline just before is an error with code 22. */
static void qemu_ga_lost_race_is_no_error(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_race(bench.sim, block_file(34, "state"), block_file(34, "state"), "offline");
	assert_int_equal(fulfil(&bench, "blocks:32-35 offline", NULL), MHP_OUTCOME_DONE);
	assert_reason(&bench, 34, "already");
	assert_int_equal(mhp_result_get_code(result(&bench, 34)), 0);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(qemu_ga_zone_is_asked_for_and_told),
		cmocka_unit_test(qemu_ga_can_offline_is_not_removable),
		cmocka_unit_test(qemu_ga_code_is_the_writes_own),
		cmocka_unit_test_teardown(qemu_ga_blocks_have_a_number, fakesys_free_all),
		cmocka_unit_test(qemu_ga_caller_is_heard_while_an_offline_spins),
		cmocka_unit_test(qemu_ga_lost_race_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
