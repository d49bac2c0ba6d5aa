// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a plan needs to know beside blocks: hot-remove, page size, who holds the memmap. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/dump.h"
#include "support/fakesys.h"

#define DAX "/sys/devices/platform/hmem_platform.0/hmem.0/dax0.0"

static struct mhp_snapshot *take(struct fakesys *fs, enum fakesys_way way)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_ctx *ctx = fakesys_ctx(fs, way);
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	mhp_ctx_unref(ctx);
	check_snapshot(snap);
	return snap;
}

static void recorded_machines(void **state)
{
	static const struct {
		const char *name;
		bool holds_memmap;
	} machines[] = {
		{ "6.1-hmem-bound", false }, { "6.12-hmem-bound", false },
		{ "7.3-hmem-bound", false }, { "6.12-hmem-mom-bound", true },
	};
	bool has;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct fakesys *fs = fakesys_new_machine(machines[i].name);

		for (enum fakesys_way way = FAKESYS_OPENAT2; way <= FAKESYS_MEMORY; way++) {
			struct mhp_snapshot *snap = take(fs, way);
			char *problems = dump_problems(snap);

			assert_string_equal(problems, "");
			free(problems);
			assert_int_equal(mhp_snapshot_get_has_hotremove(snap, &has), 0);
			assert_true(has);
			assert_int_equal(mhp_snapshot_get_udev_rules_code(snap), 0);
			assert_int_equal(mhp_snapshot_count_udev_rules(snap), 0);
			assert_int_equal(snap->facts.page_size, 4096);
			assert_int_equal(snap->facts.zones.code, 0);
			assert_int_equal(snap->regions.list[0].holds_memmap,
					 machines[i].holds_memmap);
			mhp_snapshot_unref(snap);
		}
		fakesys_free(fs);
	}
}

static void no_hotremove(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_snapshot *snap;
	char path[128];
	bool has = true;

	(void)state;
	for (unsigned int id = 0; id < 64; id++) {
		snprintf(path, sizeof(path), MEMORY_PATH "/memory%u/valid_zones", id);
		fakesys_remove(fs, path);
	}
	snap = take(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_get_has_hotremove(snap, &has), 0);
	assert_false(has);
	mhp_snapshot_unref(snap);
}

static void no_block(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_snapshot *snap;
	char path[128];
	bool has;

	(void)state;
	for (unsigned int id = 0; id < 64; id++) {
		snprintf(path, sizeof(path), MEMORY_PATH "/memory%u", id);
		fakesys_remove(fs, path);
	}
	snap = take(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_get_has_hotremove(snap, &has), -ENODATA);
	assert_int_equal(snap->facts.page_size, 4096);
	mhp_snapshot_unref(snap);
}

/* The first block goes between being listed and being looked at. */
static void block_vanishes(void *data, const char *path)
{
	struct fakesys *fs = data;

	if (!strcmp(path, MEMORY_PATH "/auto_online_blocks"))
		fakesys_find(fs, MEMORY_PATH "/memory0")->code = -ENOENT;
}

static void vanished_block(void **state)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_snapshot *snap;
	bool has = false;

	(void)state;
	fs->on_read = block_vanishes;
	fs->data = fs;
	snap = take(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_get_has_hotremove(snap, &has), 0);
	assert_true(has);
	mhp_snapshot_unref(snap);
}

/* Looking for valid_zones must not read it: a block may lack its node link yet. */
static void note_read(void *data, const char *path)
{
	if (strstr(path, "valid_zones"))
		++*(int *)data;
}

static void is_not_read(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_snapshot *snap;
	int reads = 0;
	bool has = false;

	(void)state;
	fakesys_file(fs, MEMORY_PATH "/block_size_bytes", "8000000\n");
	fakesys_file(fs, MEMORY_PATH "/memory3/state", "online\n");
	fakesys_file(fs, MEMORY_PATH "/memory3/valid_zones", "Normal\n");
	fakesys_dir(fs, NODE_PATH "/node0");
	fs->on_read = note_read;
	fs->data = &reads;
	snap = take(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_get_has_hotremove(snap, &has), 0);
	assert_true(has);
	assert_int_equal(reads, 0);
	mhp_snapshot_unref(snap);
}

static void hostile_memmap(void **state)
{
	static const struct {
		const char *text;
		int code;
		bool holds;
		const char *problems;
	} rows[] = {
		{ "0\n", 0, false, "" },
		{ "1\n", 0, true, "" },
		{ NULL, 0, false, "" },
		{ "2\n", 0, false, DAX "/memmap_on_memory EBADMSG \"2\"\n" },
		{ "", 0, false, DAX "/memmap_on_memory EBADMSG \"\"\n" },
		{ "1\n", -EIO, false, DAX "/memmap_on_memory EIO\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
		struct mhp_snapshot *snap;
		char *problems;

		fakesys_remove(fs, DAX "/memmap_on_memory");
		if (rows[i].text)
			fakesys_file(fs, DAX "/memmap_on_memory", rows[i].text);
		if (rows[i].code)
			fakesys_find(fs, DAX "/memmap_on_memory")->code = rows[i].code;
		snap = take(fs, FAKESYS_MEMORY);
		problems = dump_problems(snap);
		assert_string_equal(problems, rows[i].problems);
		free(problems);
		assert_int_equal(snap->regions.list[0].holds_memmap, rows[i].holds);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(recorded_machines, fakesys_free_all),
		cmocka_unit_test_teardown(no_hotremove, fakesys_free_all),
		cmocka_unit_test_teardown(no_block, fakesys_free_all),
		cmocka_unit_test_teardown(vanished_block, fakesys_free_all),
		cmocka_unit_test_teardown(is_not_read, fakesys_free_all),
		cmocka_unit_test_teardown(hostile_memmap, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
