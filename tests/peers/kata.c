// SPDX-License-Identifier: LGPL-2.1-or-later
/* Defects of kata-agent: what libmhp does where it goes wrong; README.md. */
#include <errno.h>

#include "peers.h"

/* A write that fails is dropped: the count stays 0, and the call cannot fail. */
static void kata_failed_write_is_told(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	for (unsigned int id = 32; id <= 35; id++)
		mhp_sim_fail_block(bench.sim, id, "online", -ENOMEM, 0);
	assert_int_equal(fulfil(&bench, "dax0.0 online online keep", NULL), MHP_OUTCOME_UNDONE);
	assert_int_equal(mhp_report_get_code(bench.report), -ENOMEM);
	for (uint64_t id = 32; id <= 35; id++)
		assert_reason(&bench, id, "no-memory");
	tear_down(&bench);
}

/* The kernel chooses the zone, and a block's "online" takes any word for a 1. */
static void kata_type_goes_where_it_is_read(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	/* this is what its pull request 13376 does */
	put(&bench, block_file(35, "online"), "online_movable");
	assert_string_equal(is(&bench, 35), "Normal");
	put(&bench, block_file(35, "state"), "offline");
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_DONE);
	for (unsigned int i = 0; i < 4; i++)
		assert_write(&bench, i, block_file(35 - i, "state"), "online_movable");
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

/* Of 128 GB 256 events arrive, as the buffer overflows; the rest stays offline unseen. */
static void kata_burst_of_events_is_not_lost(void **state)
{
	struct mhp_monitor *monitor;
	const struct mhp_event *event;
	bool lost = false, resynced = false;
	struct bench bench;
	size_t added = 0;

	(void)state;
	set_up(&bench, HMEM_7_3);
	release_device(&bench);
	assert_int_equal(mhp_monitor_new(bench.ctx, NULL, &monitor), 0);
	mhp_sim_lose_events(bench.sim, 1000);
	put(&bench, KMEM "/new_id", "dax0.0");
	assert_blocks(&bench, 32, 35, "offline");
	while (mhp_monitor_next(monitor, &event) == 0 && event) {
		lost |= mhp_event_get_kind(event) == MHP_EVENT_LOST;
		resynced |= mhp_event_get_kind(event) == MHP_EVENT_RESYNCED;
		added += mhp_event_get_kind(event) == MHP_EVENT_BLOCK_ADDED;
	}
	assert_true(lost);
	assert_true(resynced);
	assert_int_equal(added, 4);
	assert_int_equal(mhp_monitor_count_blocks(monitor, MHP_STATE_OFFLINE), 4);
	mhp_monitor_free(monitor);
	tear_down(&bench);
}

static int plug_meanwhile(void *data)
{
	struct bench *bench = data;

	if (!strcmp(is(bench, 32), "absent"))
		put(bench, KMEM "/new_id", "dax0.0");
	return 0;
}

/* It looks once, and what comes a moment later stays as it is. */
static void kata_memory_is_waited_for(void **state)
{
	struct mhp_wait_opts opts = { .size = sizeof(opts), .tick = plug_meanwhile, .tick_ms = 1 };
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	release_device(&bench);
	opts.tick_data = &bench;
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_READY, &opts, &snap), 0);
	assert_int_equal(mhp_region_count_blocks(mhp_snapshot_find_region(snap, "dax0.0")), 4);
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kata_failed_write_is_told),
		cmocka_unit_test(kata_type_goes_where_it_is_read),
		cmocka_unit_test(kata_burst_of_events_is_not_lost),
		cmocka_unit_test(kata_memory_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
