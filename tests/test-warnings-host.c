// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a plan says of memory that a host plugs and unplugs; more of it in tests/golden. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/bench.h"

#define MIB ((uint64_t)1 << 20)
#define ONLINE "7.3-virtio-mem-online.txt"	/* virtio1 has blocks 40 to 43, in Movable */
#define PARAMETERS "/sys/module/memory_hotplug/parameters/"

static struct mhp_plan *plan_with(struct bench *bench, const char *wish, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_request *request = ask(wish);
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;

	assert_int_equal(mhp_snapshot_new(bench->ctx, &opts, &snap), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	mhp_snapshot_unref(snap);
	mhp_request_free(request);
	return plan;
}

/* Its message; "" if there is none. Good until the plan goes. */
static const char *warning(const struct mhp_plan *plan, enum mhp_conflict_code code)
{
	for (size_t i = 0; i < mhp_plan_count_warnings(plan); i++)
		if (mhp_conflict_get_code(mhp_plan_get_warning(plan, i)) == code)
			return mhp_conflict_get_message(mhp_plan_get_warning(plan, i));
	return "";
}

static void check_has(const struct mhp_plan *plan, enum mhp_conflict_code code, const char *part)
{
	const char *message = warning(plan, code);

	if (part ? !strstr(message, part) : *message)
		fail_msg("\"%s\" instead of \"%s\"", message, part ? part : "");
}

/* Where a plain "online" goes, by the best that there is to tell. */
static void plain_online(void **state)
{
	static const struct {
		unsigned int offline_first, offline_last;
		const char *policy;
		uint64_t flags;
		const char *says;	/* NULL: no warning */
	} rows[] = {
		/* between two that are Movable */
		{ 41, 41, "contig-zones", MHP_SNAPSHOT_FOR_PLANS, NULL },
		{ 41, 41, "contig-zones", MHP_SNAPSHOT_OFFLINE_ZONES, NULL },
		/* at the edge, and all of it */
		{ 40, 40, "contig-zones", MHP_SNAPSHOT_FOR_PLANS, "(40) will go" },
		{ 40, 40, "contig-zones", MHP_SNAPSHOT_OFFLINE_ZONES, "(40) will go" },
		{ 40, 43, "contig-zones", MHP_SNAPSHOT_FOR_PLANS, "4 blocks of virtio1 (40-43) will go" },
		/* nothing is known of zones, or a policy that weighs them */
		{ 41, 41, "contig-zones", 0, "(41) may go" },
		{ 41, 41, "auto-movable", MHP_SNAPSHOT_FOR_PLANS, "(41) may go" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, ONLINE);
		put_blocks(&bench, rows[i].offline_first, rows[i].offline_last, "offline");
		put(&bench, PARAMETERS "online_policy", rows[i].policy);
		plan = plan_with(&bench, "virtio1 online online", rows[i].flags);
		check_has(plan, MHP_WARNING_KERNEL_ZONE, rows[i].says);
		check_has(plan, MHP_WARNING_HOST_DECIDES, NULL);
		mhp_plan_unref(plan);
		/* with a zone that is named it is no matter; nor for others' memory */
		plan = plan_with(&bench, "virtio1 online online_movable", rows[i].flags);
		check_has(plan, MHP_WARNING_KERNEL_ZONE, NULL);
		mhp_plan_unref(plan);
		tear_down(&bench);
	}
}

/* Told as it will be, so is it: the same block, onlined. */
static void goes_as_told(void **state)
{
	(void)state;
	for (unsigned int id = 40; id <= 43; id++) {
		struct mhp_plan *plan;
		struct bench bench;
		char wish[64];
		bool warned;

		set_up(&bench, ONLINE);
		put_blocks(&bench, id, id, "offline");
		snprintf(wish, sizeof(wish), "blocks:%u-%u online online", id, id);
		plan = plan_of(&bench, wish);
		check_has(plan, MHP_WARNING_HOST_DECIDES, "the driver of virtio1 may");
		warned = *warning(plan, MHP_WARNING_KERNEL_ZONE);
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
		assert_string_equal(is(&bench, id), warned ? "Normal" : "Movable");
		tear_down(&bench);
	}
}

static void offline_memory(void **state)
{
	static const struct {
		uint64_t mib;		/* the host gives, all online, of 2 GiB */
		const char *wish;
		const char *says;
	} rows[] = {
		{ 1280, "blocks:40-40 offline", NULL },
		{ 1280, "blocks:40-47 offline", NULL },
		{ 1280, "blocks:40-48 offline", "1152 MiB offline: its driver brings no more" },
		{ 1280, "virtio0 offline", "all of its memory offline: its driver brings no more" },
		{ 256, "virtio0 offline", "all of its memory offline: its driver may give it back" },
		{ 256, "blocks:40-40 offline", NULL },
		{ 1280, "virtio0 online online_kernel rezone kernel-zone", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, "7.3-virtio-mem-parts-start.txt");
		put(&bench, POLICY_PATH, "online_movable");
		assert_int_equal(mhp_sim_resize_virtio_mem(bench.sim, "virtio0",
							   rows[i].mib * MIB), 0);
		plan = plan_with(&bench, rows[i].wish, 0);
		assert_int_equal(mhp_plan_count_conflicts(plan), 0);
		if (rows[i].says && !*rows[i].says)
			/* comes back at once; that it is offline for a moment does no harm */
			check_has(plan, MHP_WARNING_HELD_OFFLINE, NULL);
		else
			check_has(plan, MHP_WARNING_HELD_OFFLINE, rows[i].says);
		mhp_plan_unref(plan);
		tear_down(&bench);
	}
}

/* A plan that changes nothing there has nothing to say of it. */
static void no_matter(void **state)
{
	static const char *const wishes[] = {
		"virtio1 online online_movable", "virtio1 online online", "blocks:7-7 offline",
		"blocks:7-7 online online",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, ONLINE);
		plan = plan_of(&bench, wishes[i]);
		check_has(plan, MHP_WARNING_HOST_DECIDES, NULL);
		check_has(plan, MHP_WARNING_KERNEL_ZONE, NULL);
		check_has(plan, MHP_WARNING_HELD_OFFLINE, NULL);
		mhp_plan_unref(plan);
		tear_down(&bench);
	}
}

/* A kernel zone is refused however the memory, and the type, are named. */
static void kernel_zone(void **state)
{
	static const char *const targets[] = {
		"virtio1", "virtio-mem:0000:00:03.0", "kind:virtio-mem", "node:1", "blocks:40-43",
		"blocks:41-41", "range:0x100000000-0x17fffffff", "blocks:7-7,42-42",
	};
	static const char *const types[] = { "online_kernel", "default" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(targets) * ARRAY_SIZE(types); i++) {
		struct bench bench;
		char wish[128];
		struct mhp_plan *plan;

		set_up(&bench, ONLINE);
		put_blocks(&bench, 40, 43, "offline");
		put(&bench, POLICY_PATH, "online_kernel");
		snprintf(wish, sizeof(wish), "%s online %s", targets[i / 2], types[i % 2]);
		plan = plan_of(&bench, wish);
		assert_int_equal(mhp_plan_count_conflicts(plan), 1);
		assert_int_equal(mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0)),
				 MHP_CONFLICT_KERNEL_ZONE);
		mhp_plan_unref(plan);
		strcat(wish, " kernel-zone");
		plan = plan_of(&bench, wish);
		assert_int_equal(mhp_plan_count_conflicts(plan), 0);
		assert_in_range(mhp_plan_count_steps(plan), 1, 4);
		mhp_plan_unref(plan);
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_online),
		cmocka_unit_test(goes_as_told),
		cmocka_unit_test(offline_memory),
		cmocka_unit_test(no_matter),
		cmocka_unit_test(kernel_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
