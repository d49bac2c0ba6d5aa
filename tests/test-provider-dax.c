// SPDX-License-Identifier: LGPL-2.1-or-later
/* DAX devices: how many files each of them costs, and the ways to its ranges. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>
#include <mhp/sim.h>

#include "support/ask.h"
#include "support/fakesys.h"
#include "support/regions.h"

#define GIB (UINT64_C(1) << 30)
#define MACHINE "7.3-hmem-ranges-bound"	/* dax0.0 has blocks 32, 33 and 36, 37 */
#define DEVICE "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0"

/* ---- what one costs ---- */

static struct mhp_sim *build(unsigned int devices, unsigned int ranges)
{
	struct mhp_sim_builder *builder;
	struct mhp_sim *sim;
	char name[32];

	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 4), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, GIB), 0);
	for (unsigned int i = 0; i < devices; i++) {
		snprintf(name, sizeof(name), "dax%u.0", i);
		for (unsigned int j = 0; j < ranges; j++)
			assert_int_equal(mhp_sim_builder_add_dax(builder, name, 1,
								 (4 + 8 * i + 2 * j) * GIB, GIB),
					 0);
	}
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &sim), 0);
	mhp_sim_builder_free(builder);
	return sim;
}

struct cost {
	size_t reads, looks;
};

static struct cost measure(unsigned int devices, unsigned int ranges, uint64_t flags)
{
	struct mhp_sim *sim = build(devices, ranges);
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;
	struct cost cost;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	snap = take_snapshot(ctx, flags);
	assert_int_equal(mhp_snapshot_count_problems(snap), 0);
	assert_non_null(mhp_snapshot_find_region(snap, "dax7.0"));
	cost.reads = mhp_sim_count(sim, MHP_SIM_ACCESS_READ);
	cost.looks = mhp_sim_count(sim, MHP_SIM_ACCESS_LOOK);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
	return cost;
}

/*
 * size, mapping0/start and end, target_node, state; the directory, the link to it and that to
 * the driver. Nothing is listed, and no block is there to be read.
 */
static void budget(void **state)
{
	struct cost few = measure(8, 1, 0), many = measure(64, 1, 0), parts = measure(8, 3, 0);

	(void)state;
	assert_int_equal(many.reads - few.reads, 56 * 5);
	assert_int_equal(many.looks - few.looks, 56 * 3);
	assert_int_equal(parts.reads - few.reads, 8 * 2 * 2);
	assert_int_equal(parts.looks, few.looks);
}

/* ... and of its dax region five files and one name, of its device two more and a directory. */
static void budget_of_identity(void **state)
{
	struct cost few = measure(8, 1, MHP_SNAPSHOT_IDENTITY);
	struct cost many = measure(64, 1, MHP_SNAPSHOT_IDENTITY);

	(void)state;
	assert_int_equal(many.reads - few.reads, 56 * (5 + 6));
	assert_int_equal(many.looks - few.looks, 56 * (3 + 3));
}

/* A plan needs no more of a device but where its memmap goes. */
static void budget_of_plans(void **state)
{
	struct cost identity = measure(8, 1, MHP_SNAPSHOT_IDENTITY);
	struct cost identities = measure(64, 1, MHP_SNAPSHOT_IDENTITY);
	struct cost plans = measure(8, 1, MHP_SNAPSHOT_FOR_PLANS);
	struct cost more_plans = measure(64, 1, MHP_SNAPSHOT_FOR_PLANS);

	(void)state;
	assert_int_equal(more_plans.reads - plans.reads, identities.reads - identity.reads + 56);
	assert_int_equal(more_plans.looks - plans.looks, identities.looks - identity.looks + 56);
}

/* ---- its ranges ---- */

/* Names of the files of the device that were read, in that order. */
static char read_files[1024];

static void note(void *data, const char *path)
{
	size_t length = strlen(DEVICE);

	(void)data;
	if (strncmp(path, DEVICE "/", length + 1) || strlen(read_files) > 900)
		return;
	strcat(read_files, " ");
	strcat(read_files, path + length + 1);
}

static struct mhp_snapshot *take_and_note(struct fakesys *fs)
{
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	struct mhp_snapshot *snap;

	*read_files = '\0';
	fs->on_read = note;
	snap = take_snapshot(ctx, 0);
	fs->on_read = NULL;
	mhp_ctx_unref(ctx);
	return snap;
}

/* What the first mappings do not make up is looked for among all of them. */
static void ranges(void **state)
{
	static const struct {
		const char *size, *files;
	} rows[] = {
		{ "536870912\n", "size mapping0/start mapping0/end mapping1/start mapping1/end "
				 "target_node state" },
		{ "402653184\n", "size mapping0/start mapping0/end mapping1/start mapping1/end "
				 "mapping0/start mapping0/end mapping1/start mapping1/end "
				 "target_node state" },
		{ "1073741824\n", "size mapping0/start mapping0/end mapping1/start mapping1/end "
				  "mapping0/start mapping0/end mapping1/start mapping1/end "
				  "target_node state" },
		{ "0x20000000\n", "size mapping0/start mapping0/end mapping1/start mapping1/end "
				  "target_node state" },
		{ NULL, "mapping0/start mapping0/end mapping1/start mapping1/end "
			"target_node state" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine(MACHINE);
		struct mhp_snapshot *snap;

		if (rows[i].size)
			fakesys_file(fs, DEVICE "/size", rows[i].size);
		else
			fakesys_remove(fs, DEVICE "/size");
		snap = take_and_note(fs);
		assert_string_equal(read_files + 1, rows[i].files);
		assert_string_equal(runs_of(snap, "dax0.0"), "32-33,36-37");
		assert_int_equal(mhp_snapshot_count_problems(snap), 0);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* A seed, or one that somebody has emptied: its size says that there is nothing to find. */
static void empty(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;
	size_t count = 1;

	(void)state;
	fakesys_file(fs, DEVICE "/size", "0\n");
	fakesys_remove(fs, DEVICE "/mapping0");
	fakesys_remove(fs, DEVICE "/mapping1");
	snap = take_and_note(fs);
	assert_string_equal(read_files, " size target_node state");
	assert_int_equal(mhp_region_get_range_count(find_region(snap, "dax0.0"), &count), 0);
	assert_int_equal(count, 0);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* Nothing of the addresses, and its size all the same; one problem, however many mappings. */
static void plain_user(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;
	const char *path;
	uint64_t bytes;
	size_t count;
	int code;

	(void)state;
	for (int i = 0; i < 2; i++) {
		char name[128];

		snprintf(name, sizeof(name), DEVICE "/mapping%d/start", i);
		fakesys_find(fs, name)->code = -EACCES;
		snprintf(name, sizeof(name), DEVICE "/mapping%d/end", i);
		fakesys_find(fs, name)->code = -EACCES;
	}
	snap = take_and_note(fs);
	assert_int_equal(mhp_region_get_range_count(find_region(snap, "dax0.0"), &count), -EACCES);
	assert_int_equal(mhp_region_get_size_bytes(find_region(snap, "dax0.0"), &bytes), 0);
	assert_int_equal(bytes, 512 << 20);
	assert_int_equal(mhp_snapshot_count_problems(snap), 1);
	assert_int_equal(mhp_snapshot_get_problem(snap, 0, &path, &code, NULL), 0);
	assert_string_equal(path, DEVICE "/mapping0/start");
	assert_int_equal(code, -EACCES);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* The first conflict of a plan to plug a device that has no driver; 0: none. */
static enum mhp_conflict_code plug_conflict(const struct mhp_snapshot *snap)
{
	struct mhp_request *request = ask("dax0.1 plugged online_movable");
	enum mhp_conflict_code code = 0;
	struct mhp_plan *plan;

	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	if (mhp_plan_count_conflicts(plan))
		code = mhp_conflict_get_code(mhp_plan_get_conflict(plan, 0));
	mhp_plan_unref(plan);
	mhp_request_free(request);
	return code;
}

/* Where it is not known whether the bus binds every device, no driver is loaded. */
static void autoprobe_refused(void **state)
{
	static const struct {
		const char *word;
		int code;
		enum mhp_conflict_code conflict;
	} rows[] = {
		{ "1\n", 0, MHP_CONFLICT_OTHER_DEVICES }, { "0\n", 0, 0 },
		{ "0\n", -EACCES, MHP_CONFLICT_OTHER_DEVICES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine("7.3-hmem-split-unbound");
		struct mhp_snapshot *snap;

		fakesys_file(fs, "/sys/devices/system/memory/auto_online_blocks",
			     "online_movable\n");
		fakesys_remove(fs, DAX_BUS_PATH "/drivers/kmem");
		fakesys_file(fs, DAX_AUTOPROBE_PATH, rows[i].word);
		fakesys_find(fs, DAX_AUTOPROBE_PATH)->code = rows[i].code;
		snap = take_fake(fs, MHP_SNAPSHOT_FOR_PLANS);
		assert_int_equal(plug_conflict(snap), rows[i].conflict);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* Whether there are drivers is not known then. */
static void bus_refused(void **state)
{
	struct fakesys *fs = fakesys_new_machine(MACHINE);
	struct mhp_snapshot *snap;
	bool is_told = false;
	const char *path;
	int code;

	(void)state;
	fakesys_find(fs, DAX_BUS_PATH)->code = -EIO;
	snap = take_and_note(fs);
	for (size_t i = 0; mhp_snapshot_get_problem(snap, i, &path, &code, NULL) == 0; i++)
		is_told |= !strcmp(path, DAX_BUS_PATH) && code == -EIO;
	assert_true(is_told);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(budget),
		cmocka_unit_test(budget_of_identity),
		cmocka_unit_test(budget_of_plans),
		cmocka_unit_test_teardown(ranges, fakesys_free_all),
		cmocka_unit_test_teardown(empty, fakesys_free_all),
		cmocka_unit_test_teardown(plain_user, fakesys_free_all),
		cmocka_unit_test_teardown(bus_refused, fakesys_free_all),
		cmocka_unit_test_teardown(autoprobe_refused, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
