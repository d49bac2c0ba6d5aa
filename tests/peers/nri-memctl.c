// SPDX-License-Identifier: LGPL-2.1-or-later
/* Limits of nri-plugins' memctl: what libmhp does where it goes wrong; README.md. */
#include <errno.h>

#include "peers.h"

/* Its first error ends it, and what was onlined before stays. */
static void nri_memctl_first_error_is_put_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	release_device(&bench);
	mhp_sim_fail_block(bench.sim, 33, "online", -EBUSY, 0);
	assert_int_equal(fulfil(&bench, "dax0.0 plugged online_movable borrow per-block", NULL),
			 MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 33, "busy");
	assert_blocks(&bench, 32, 35, "absent");
	tear_down(&bench);
}

static int cancel_in_write(void *data, uint64_t done, uint64_t total)
{
	(void)done, (void)total;
	return !strcmp(is(data, 34), "going-offline") ? MHP_CANCEL : 0;
}

/* An offline that has begun cannot be called off. */
static void nri_memctl_offline_can_be_cancelled(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .progress = cancel_in_write };
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	put_blocks(&bench, 32, 35, "online_movable");
	mhp_sim_hang_block(bench.sim, 34, 0);
	opts.progress_data = &bench;
	assert_int_equal(fulfil(&bench, "dax0.0 offline", &opts), MHP_OUTCOME_UNDONE);
	assert_reason(&bench, 34, "cancelled");
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

/* It waits for (start + size) / block - start / block blocks, which never come if kmem trims. */
static void nri_memctl_trimmed_device_is_ready(void **state)
{
	struct mhp_wait_opts opts = { .size = sizeof(opts) };
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-hmem-unaligned-bound.txt");
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_READY, &opts, &snap), 0);
	region = mhp_snapshot_find_region(snap, "dax0.0");
	/* 0x102000000-0x11bffffff: by that sum there would be three */
	assert_int_equal(mhp_region_count_total_blocks(region), 2);
	assert_int_equal(mhp_region_count_blocks(region), 2);
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

/* It does not know daxX.Y/state, which is right or wrong for all of a device at once. */
static void nri_memctl_device_is_written_as_a_whole(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_DONE);
	assert_writes(&bench, "unplugged online_movable");
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nri_memctl_first_error_is_put_back),
		cmocka_unit_test(nri_memctl_offline_can_be_cancelled),
		cmocka_unit_test(nri_memctl_trimmed_device_is_ready),
		cmocka_unit_test(nri_memctl_device_is_written_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
