// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Defects of libdaxctl and daxctl 85, and of cxl, which is built on it: what libmhp does where
 * they go wrong. README.md has the list.
 */
#include <errno.h>
#include <pthread.h>

#include "peers.h"
#include "../support/device.h"
#include "../support/dump.h"
#include "../support/fakesys.h"
#include "../support/regions.h"

/* the device has a word of its own, and has none */
static const char *const machines[] = { HMEM_7_3, HMEM_6_12 };

/* Just before block 32 is looked at again, somebody has moved all of them to a kernel zone. */
static void move_all(struct bench *bench)
{
	for (unsigned int id = 32; id <= 35; id++) {
		char file[128];

		snprintf(file, sizeof(file), "%s", block_file(id, "state"));
		for (int i = 0; i < 2; i++)
			assert_int_equal(mhp_sim_race_at(bench->sim, MHP_SIM_ACCESS_READ,
							 block_file(id, "valid_zones"), 1, file,
							 i ? "online_kernel" : "offline"), 0);
	}
}

/*
 * Every write says success, and all memory is in Normal: daxctl says "8 memory sections
 * onlined" and exits 0, as its check of the zone is behind "if (rc) return rc".
 */
static void daxctl_D1_zone_is_checked_after_onlining(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, machines[i]);
		plan = planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, MHP_RULE_KEEP);
		move_all(&bench);
		assert_int_not_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
		for (size_t j = 0; j < mhp_report_count_writes(bench.report); j++) {
			const char *path, *word;
			int code;

			assert_int_equal(mhp_report_get_write(bench.report, j, &path, &word,
							      &code, NULL), 0);
			assert_int_equal(code, 0);
		}
		assert_reason(&bench, 35, "wrong-zone");
		assert_says(&bench, "Normal");
		assert_blocks(&bench, 35, 35, "Normal");
		tear_down(&bench);
	}
}

/*
 * Two ranges with a neighbour's between: daxctl takes the first address and the sum of all
 * sizes, acts on the neighbour's blocks, leaves its own alone, and reports 4 of 4.
 */
static void daxctl_D2_two_ranges_leave_the_neighbour_alone(void **state)
{
	static const uint64_t rules[] = { 0, MHP_RULE_PER_BLOCK };
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		set_up(&bench, RANGES_7_3);
		put(&bench, block_file(34, "state"), "online_kernel");
		assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, rules[i]), MHP_OUTCOME_DONE);
		assert_blocks(&bench, 32, 33, "Movable");
		assert_blocks(&bench, 36, 37, "Movable");
		assert_string_equal(is(&bench, 34), "Normal");
		assert_string_equal(is(&bench, 35), "offline");
		assert_int_equal(offline(&bench, 0), MHP_OUTCOME_DONE);
		assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_DONE);
		assert_blocks(&bench, 36, 37, "absent");
		assert_string_equal(is(&bench, 34), "Normal");
		assert_string_equal(is(&bench, 35), "offline");
		tear_down(&bench);
	}
}

/* A device of 2.5 blocks: daxctl acts on a third one, which is somebody else's. */
static void daxctl_D3_cut_block_is_not_ours(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	uint64_t bytes;

	(void)state;
	fakesys_file(fs, DAX "/mapping0/end", "0x113ffffff\n");
	fakesys_file(fs, DAX "/size", "335544320\n");
	snap = take_fake(fs, MHP_SNAPSHOT_FOR_PLANS);
	region = find_region(snap, "dax0.0");
	assert_string_equal(runs_of(snap, "dax0.0"), "32-33");
	assert_int_equal(mhp_region_count_blocks(region), 2);
	assert_int_equal(mhp_region_get_lost_bytes(region, &bytes), 0);
	assert_int_equal(bytes, 64 << 20);
	assert_string_not_equal(owner_of(snap, 34), "dax0.0");
	mhp_snapshot_unref(snap);
}

/* One bad block of four, and daxctl has an errno and "onlined memory for 0 devices" to say. */
static void daxctl_D4_bad_block_undoes_the_others(void **state)
{
	static const char *const three[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(three); i++) {
		struct bench bench;

		set_up(&bench, three[i]);
		mhp_sim_fail_block(bench.sim, 33, "online", -EBUSY, 0);
		assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_UNDONE);
		assert_blocks(&bench, 32, 35, "offline");
		assert_reason(&bench, 33, "busy");
		assert_int_equal(mhp_result_get_code(result(&bench, 33)), -EBUSY);
		assert_reason(&bench, 35, "undone");
		assert_says(&bench, "memory33");
		assert_says(&bench, "\"online_movable\"");
		assert_says(&bench, "EBUSY");
		/* downwards, and not beyond the failure; then what was changed goes back */
		assert_writes(&bench, i == 0 ? "unplugged online_movable 35 34 33! 34 35 32" :
				      "35 34 33! 35 34");
		tear_down(&bench);
	}
}

/* The same, to be kept as it is: each block has its answer. */
static void daxctl_D4_what_worked_is_told_block_by_block(void **state)
{
	static const char *const three[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(three); i++) {
		struct bench bench;

		set_up(&bench, three[i]);
		mhp_sim_fail_block(bench.sim, 33, "online", -ENOMEM, 0);
		assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, MHP_RULE_KEEP),
				 MHP_OUTCOME_PARTIAL);
		assert_string_equal(is(&bench, 32), "Movable");
		assert_string_equal(is(&bench, 33), "offline");
		assert_blocks(&bench, 34, 35, "Movable");
		assert_int_equal(mhp_report_count_results(bench.report), 4);
		assert_reason(&bench, 32, "done");
		assert_reason(&bench, 33, "no-memory");
		assert_reason(&bench, 34, "done");
		assert_reason(&bench, 35, "done");
		tear_down(&bench);
	}
}

/* --no-movable writes "online", and with online_policy=auto-movable the kernel takes Movable. */
static void daxctl_D5_kernel_zone_is_asked_for_by_its_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up(&bench, machines[i]);
		put(&bench, PARAMETERS "online_policy", "auto-movable");
		put(&bench, PARAMETERS "auto_movable_numa_aware", "0");
		/* this is what a plain "online" gets */
		put(&bench, block_file(33, "state"), "online");
		assert_string_equal(is(&bench, 33), "Movable");
		put(&bench, block_file(33, "state"), "offline");
		assert_int_equal(online(&bench, MHP_ONLINE_KERNEL, MHP_RULE_PER_BLOCK),
				 MHP_OUTCOME_DONE);
		assert_write(&bench, 0, block_file(35, "state"), "online_kernel");
		assert_blocks(&bench, 32, 35, "Normal");
		tear_down(&bench);
	}
}

/* A second call exits 1, with "detected a race" and "onlined memory for 0 devices". */
static void daxctl_D6_already_so_is_success(void **state)
{
	static const char *const three[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(three); i++) {
		struct bench bench;

		set_up(&bench, three[i]);
		assert_int_equal(offline(&bench, 0), MHP_OUTCOME_DONE);
		assert_int_equal(bench.writes, 0);
		assert_int_equal(online(&bench, MHP_ONLINE_KERNEL, 0), MHP_OUTCOME_DONE);
		assert_int_equal(online(&bench, MHP_ONLINE_KERNEL, 0), MHP_OUTCOME_DONE);
		assert_int_equal(bench.writes, 0);
		assert_int_equal(online(&bench, MHP_ONLINE, 0), MHP_OUTCOME_DONE);
		assert_int_equal(bench.writes, 0);
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_ALREADY);
		assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_DONE);
		assert_int_equal(unplug(&bench, 0), MHP_OUTCOME_DONE);
		assert_int_equal(bench.writes, 0);
		tear_down(&bench);
	}
}

/* While somebody's offline still runs, daxctl says "all memory sections already offline". */
static void daxctl_D7_going_offline_is_not_offline(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-pinned-going-offline");
	const struct mhp_conflict *conflict;
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;

	(void)state;
	snap = take_fake(fs, MHP_SNAPSHOT_FOR_PLANS);
	assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 33)),
			 MHP_STATE_GOING_OFFLINE);
	assert_int_not_equal(mhp_region_get_state(find_region(snap, "dax0.0")),
			     MHP_STATE_OFFLINE);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_add_blocks(request, 33, 1), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_OFFLINE), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	conflict = mhp_plan_get_conflict(plan, 0);
	assert_non_null(conflict);
	assert_int_equal(mhp_conflict_get_code(conflict), MHP_CONFLICT_GOING_OFFLINE);
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
}

static const char *const types[] = { "offline", "online", "online_kernel", "online_movable" };

static void plug_under(const char *machine, const char *policy, const char *type)
{
	/* a plain "online" is any zone */
	bool fits = !strcmp(policy, type) || !strcmp(policy, "offline") || !strcmp(type, "online");
	bool movable = !strcmp(!strcmp(type, "online") ? policy : type, "online_movable");
	struct bench bench;
	char wish[64];

	set_up_free(&bench, machine);
	put(&bench, POLICY_PATH, policy);
	snprintf(wish, sizeof(wish), "dax0.0 plugged %s", type);
	if (fits) {
		/* that is as wanted, or nobody is there before us */
		if (fulfil(&bench, wish, NULL) != MHP_OUTCOME_DONE)
			fail_msg("%s under %s: %s", wish, policy,
				 mhp_report_get_message(bench.report));
	} else {
		check_refused(&bench, wish, MHP_CONFLICT_POLICY, policy);
		assert_blocks(&bench, 32, 35, "absent");
		strcat(wish, " borrow");
		assert_int_equal(fulfil(&bench, wish, NULL), MHP_OUTCOME_DONE);
	}
	assert_blocks(&bench, 32, 35, !strcmp(type, "offline") ? "offline" :
		      movable ? "Movable" : "Normal");
	tear_down(&bench);
}

/*
 * daxctl refuses online_movable where that is the policy too, lets an online_movable policy win
 * over --no-movable without a word, and compares with what happens to be in memory where the
 * policy cannot be read.
 */
static void daxctl_D8_policy_is_compared_with_the_request(void **state)
{
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		for (size_t policy = 0; policy < ARRAY_SIZE(types); policy++)
			for (size_t type = 0; type < ARRAY_SIZE(types); type++)
				plug_under(machines[i], types[policy], types[type]);
	set_up_free(&bench, HMEM_6_12);
	assert_int_equal(mhp_sim_fail_read(bench.sim, POLICY_PATH, -EIO, 0), 0);
	check_refused(&bench, "dax0.0 plugged online_movable", MHP_CONFLICT_UNREADABLE,
		      POLICY_PATH);
	tear_down(&bench);
}

/* Without /dev/dax0.0, as in a container, the device is not in daxctl's list. */
static void daxctl_D9_no_device_node_is_needed(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_snapshot *snap;

	(void)state;
	fakesys_remove(fs, "/dev");
	for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
		struct mhp_ctx *ctx = fakesys_ctx(fs, way);

		snap = take_snapshot(ctx, 0);
		assert_int_equal(mhp_region_get_kind(find_region(snap, "dax0.0")),
				 MHP_REGION_DAX);
		assert_string_equal(runs_of(snap, "dax0.0"), "32-35");
		mhp_snapshot_unref(snap);
		mhp_ctx_unref(ctx);
	}
}

/* A plain user's list has nothing of blocks, and online-memory ends with exit code 243. */
static void daxctl_D10_plain_user_sees_blocks_and_is_told(void **state)
{
	const struct mhp_region *region;
	struct mhp_snapshot *snap;
	struct bench bench;
	uint64_t bytes;
	size_t count;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_DONE);
	assert_int_equal(mhp_sim_set_privileged(bench.sim, false), 0);
	snap = take_snapshot(bench.ctx, 0);
	for (uint64_t id = 32; id <= 35; id++) {
		const struct mhp_block *block = mhp_snapshot_find_block(snap, id);

		assert_int_equal(mhp_block_get_state(block), MHP_STATE_ONLINE);
		assert_int_equal(mhp_block_get_zone(block), MHP_ZONE_MOVABLE);
	}
	region = find_region(snap, "dax0.0");
	assert_int_equal(mhp_region_get_size_bytes(region, &bytes), 0);
	assert_int_equal(bytes, 512 << 20);
	assert_int_equal(mhp_region_get_range_count(region, &count), -EACCES);
	mhp_snapshot_unref(snap);
	check_refused(&bench, "dax0.0 online online_kernel", MHP_CONFLICT_NO_PERMISSION, "EACCES");
	tear_down(&bench);
}

static void no_removable(void *data, const char *path)
{
	(void)data;
	assert_string_not_equal(strrchr(path, '/'), "/removable");
}

/* "removable" has been constant for years; daxctl still asks it. */
static void daxctl_D11_removable_is_not_asked(void **state)
{
	static const char *const words[] = { "0\n", "1\n", "no\n" };
	char *first = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct fakesys *fs = fakesys_new_machine("7.3-hmem-online");
		struct mhp_snapshot *snap;
		char *text;

		for (unsigned int id = 32; id <= 35; id++)
			fakesys_file(fs, block_file(id, "removable"), words[i]);
		fs->on_read = no_removable;
		snap = take_fake(fs, MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY);
		assert_int_equal(mhp_snapshot_count_problems(snap), 0);
		assert_true(mhp_region_can(find_region(snap, "dax0.0"), MHP_CAN_OFFLINE, NULL));
		text = dump(snap, false);
		if (first)
			assert_string_equal(text, first);
		if (first)
			free(text);
		else
			first = text;
		mhp_snapshot_unref(snap);
	}
	free(first);
}

struct looker {
	struct mhp_ctx *ctx;
	char *expected;
	bool differs;
};

static void *look_again(void *data)
{
	struct looker *looker = data;

	for (int i = 0; i < 20; i++) {
		struct mhp_snapshot *snap;
		char *text;

		if (mhp_snapshot_new(looker->ctx, NULL, &snap) < 0) {
			looker->differs = true;
			break;
		}
		text = dump(snap, false);
		looker->differs |= strcmp(text, looker->expected) != 0;
		free(text);
		mhp_snapshot_unref(snap);
	}
	return NULL;
}

/* /sys is wired in, and a memory object has one buffer for paths: no two threads may use it. */
static void daxctl_D12_any_root_and_many_threads(void **state)
{
	static const char *const roots[] = {
		"7.3-hmem-online", "6.12-hmem-bound", "7.3-hmem-ranges-bound",
	};
	struct looker lookers[2 * ARRAY_SIZE(roots)];
	pthread_t threads[ARRAY_SIZE(lookers)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lookers); i++) {
		struct fakesys *fs = fakesys_new_machine(roots[i / 2]);
		struct mhp_snapshot *snap;

		lookers[i] = (struct looker){ .ctx = fakesys_ctx(fs, FAKESYS_OPENAT2) };
		snap = take_snapshot(lookers[i].ctx, 0);
		lookers[i].expected = dump(snap, false);
		mhp_snapshot_unref(snap);
	}
	assert_string_not_equal(lookers[0].expected, lookers[2].expected);
	assert_string_not_equal(lookers[2].expected, lookers[4].expected);
	for (size_t i = 0; i < ARRAY_SIZE(lookers); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_again, &lookers[i]), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lookers); i++) {
		pthread_join(threads[i], NULL);
		assert_false(lookers[i].differs);
		free(lookers[i].expected);
		mhp_ctx_unref(lookers[i].ctx);
	}
}

#define CXL_REGION "7.3-cxl-region-region.txt"	/* region0 with dax0.0: 34 to 37, offline */
#define COMMIT "/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0/commit"

static void check_committed(struct bench *bench)
{
	char *text;

	assert_int_equal(mhp_sim_read(bench->sim, COMMIT, &text), 0);
	assert_string_equal(text, "1\n");
	free(text);
}

/*
 * cxl disable-region takes the negative errno of a look for "online", and with -f goes on after
 * an offline that failed, so that the addresses are lost until a reboot.
 */
static void daxctl_D13_error_is_no_state(void **state)
{
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up(&bench, CXL_REGION);
	assert_int_equal(mhp_sim_fail_read(bench.sim, block_file(35, "state"), -EIO, 0), 0);
	snap = take_snapshot(bench.ctx, MHP_SNAPSHOT_EXACT);
	assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 35)),
			 MHP_STATE_UNKNOWN);
	assert_int_equal(mhp_block_get_state(mhp_snapshot_find_block(snap, 36)),
			 MHP_STATE_OFFLINE);
	mhp_snapshot_unref(snap);
	check_refused(&bench, "region0 unplugged release", MHP_CONFLICT_UNREADABLE, "EIO");
	tear_down(&bench);

	/* what does not go offline keeps its hardware, whatever is to be kept of the rest */
	set_up(&bench, CXL_REGION);
	put_blocks(&bench, 34, 37, "online_movable");
	mhp_sim_fail_block(bench.sim, 35, "offline", -EBUSY, 0);
	assert_int_equal(fulfil(&bench, "region0 unplugged release keep", NULL),
			 MHP_OUTCOME_PARTIAL);
	assert_reason(&bench, 35, "busy");
	check_committed(&bench);
	assert_int_equal(fulfil(&bench, "region0 unplugged release", NULL), MHP_OUTCOME_UNDONE);
	check_committed(&bench);
	tear_down(&bench);
}

/* After per-block writes daxX.Y/state (Linux 7.3) is stale, which daxctl never looks at. */
static void daxctl_D14_stale_device_state_is_told(void **state)
{
	enum mhp_device_state claimed;
	const struct mhp_region *region;
	const char *before, *after;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	struct bench bench;
	bool told = false;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_int_equal(online(&bench, MHP_ONLINE_MOVABLE, 0), MHP_OUTCOME_DONE);
	put_blocks(&bench, 32, 35, "offline");
	put_blocks(&bench, 32, 35, "online_kernel");
	snap = take_snapshot(bench.ctx, 0);
	region = find_region(snap, "dax0.0");
	/* the word is a claim beside what the blocks are */
	assert_int_equal(mhp_region_get_device_state(region, &claimed, NULL), 0);
	assert_int_equal(claimed, MHP_DEVICE_STATE_ONLINE_MOVABLE);
	assert_int_equal(mhp_region_get_zone(region), MHP_ZONE_NORMAL);
	mhp_snapshot_unref(snap);
	plan = plan_of(&bench, "dax0.0 online online_movable rezone");
	for (size_t i = 0; i < mhp_plan_count_warnings(plan); i++)
		told |= mhp_conflict_get_code(mhp_plan_get_warning(plan, i)) ==
			MHP_WARNING_STALE_WORD;
	assert_true(told);
	/* and is true again once the device was told */
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	mhp_report_get_device_words(bench.report, &before, &after);
	assert_string_equal(before, "online_movable");
	assert_string_equal(after, "online_movable");
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(daxctl_D1_zone_is_checked_after_onlining),
		cmocka_unit_test(daxctl_D2_two_ranges_leave_the_neighbour_alone),
		cmocka_unit_test_teardown(daxctl_D3_cut_block_is_not_ours, fakesys_free_all),
		cmocka_unit_test(daxctl_D4_bad_block_undoes_the_others),
		cmocka_unit_test(daxctl_D4_what_worked_is_told_block_by_block),
		cmocka_unit_test(daxctl_D5_kernel_zone_is_asked_for_by_its_word),
		cmocka_unit_test(daxctl_D6_already_so_is_success),
		cmocka_unit_test_teardown(daxctl_D7_going_offline_is_not_offline, fakesys_free_all),
		cmocka_unit_test(daxctl_D8_policy_is_compared_with_the_request),
		cmocka_unit_test_teardown(daxctl_D9_no_device_node_is_needed, fakesys_free_all),
		cmocka_unit_test(daxctl_D10_plain_user_sees_blocks_and_is_told),
		cmocka_unit_test_teardown(daxctl_D11_removable_is_not_asked, fakesys_free_all),
		cmocka_unit_test_teardown(daxctl_D12_any_root_and_many_threads, fakesys_free_all),
		cmocka_unit_test(daxctl_D13_error_is_no_state),
		cmocka_unit_test(daxctl_D14_stale_device_state_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
