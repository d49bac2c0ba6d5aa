// SPDX-License-Identifier: LGPL-2.1-or-later
/* How much of a block a host gives: /proc/kpageflags, whole, in pieces, and wrong. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bench.h"
#include "support/fakesys.h"
#include "support/regions.h"

#define MIB ((uint64_t)1 << 20)
#define ONLINE "7.3-virtio-mem-online"	/* virtio1 has blocks 40 to 43 */
#define FLAGS "/proc/kpageflags"
#define KPF_BUDDY	((uint64_t)1 << 10)
#define KPF_NOPAGE	((uint64_t)1 << 20)
#define KPF_OFFLINE	((uint64_t)1 << 23)
#define PAGES 32768			/* of a block */

/* No pages of boot memory are asked for: they are not made up either. */
static struct fakesys *make(size_t page_size, uint64_t **ret_words)
{
	struct fakesys *fs = fakesys_new_machine(ONLINE);
	size_t pages = 44 * (128 * MIB / page_size);
	uint64_t *words = calloc(pages, sizeof(*words));

	assert_non_null(words);
	for (size_t i = 0; i < pages; i++)
		words[i] = i < pages / 44 * 40 ? KPF_NOPAGE : KPF_BUDDY;
	fakesys_set(fs, FAKESYS_FILE, FLAGS, words, pages * sizeof(*words));
	free(words);
	*ret_words = (uint64_t *)(void *)fakesys_find(fs, FLAGS)->bytes;
	return fs;
}

/* MiB of a block, or a negative errno value */
static int of_block(const struct mhp_snapshot *snap, uint64_t id)
{
	uint64_t bytes = 0;
	int r = mhp_snapshot_get_block_plugged_bytes(snap, mhp_snapshot_find_block(snap, id),
						     &bytes);

	return r < 0 ? r : (int)(bytes / MIB);
}

static int of_region(const struct mhp_snapshot *snap, const char *name)
{
	uint64_t bytes = 0;
	int r = mhp_region_get_plugged_bytes(mhp_snapshot_find_region(snap, name), &bytes);

	return r < 0 ? r : (int)(bytes / MIB);
}

static void set(uint64_t *words, size_t first, size_t count, uint64_t flags)
{
	for (size_t i = first; i < first + count; i++)
		words[i] = flags;
}

static void parts(void **state)
{
	static const size_t pieces[] = { 0, 8, 12, 4096, 100000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct mhp_snapshot *snap;
		struct fakesys *fs;
		uint64_t *words;

		fs = make(4096, &words);
		/* one sub-block is all that there is of block 41; a hole in 42; none of 43 */
		set(words, 41 * PAGES + 512, PAGES - 512, KPF_OFFLINE | 1);
		set(words, 42 * PAGES + 1024, 512, KPF_OFFLINE);
		set(words, 43 * PAGES, PAGES, KPF_OFFLINE);
		fs->read_at_most = pieces[i];
		snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED);
		assert_int_equal(of_block(snap, 40), 128);
		assert_int_equal(of_block(snap, 41), 2);
		assert_int_equal(of_block(snap, 42), 126);
		assert_int_equal(of_block(snap, 43), 0);
		assert_int_equal(of_region(snap, "virtio1"), 256);
		/* boot memory is all there, and nobody asked */
		assert_int_equal(of_block(snap, 7), -ENODATA);
		assert_int_equal(of_region(snap, "boot"), -ENODATA);
		assert_null(problems_find(&snap->problems, FLAGS));
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* As on arm64 with pages of 64 KiB: the size is told from /proc/zoneinfo. */
static void large_pages(void **state)
{
	struct mhp_snapshot *snap;
	struct fakesys *fs;
	uint64_t *words;

	(void)state;
	fs = make(65536, &words);
	fakesys_file(fs, "/proc/zoneinfo", "Node 0, zone   Normal\n  pages free     8000\n"
		     "        spanned  18432\n        present  18432\n        managed  18000\n"
		     "  start_pfn:           0\nNode 1, zone  Movable\n  pages free     8000\n"
		     "        spanned  8192\n        present  8192\n        managed  8192\n"
		     "  start_pfn:           81920\n");
	set(words, 41 * 2048 + 1024, 1024, KPF_OFFLINE);
	snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(of_block(snap, 40), 128);
	assert_int_equal(of_block(snap, 41), 64);
	assert_int_equal(of_region(snap, "virtio1"), 448);
	mhp_snapshot_unref(snap);
	/* the same with what plans need */
	snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED | MHP_SNAPSHOT_FOR_PLANS);
	assert_int_equal(of_region(snap, "virtio1"), 448);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static int reads;

static void count_read(void *data, const char *path)
{
	(void)data;
	reads += !strcmp(path, FLAGS);
}

/* Not without the flag, and in no more pieces than need be. */
static void on_request(void **state)
{
	struct mhp_snapshot *snap;
	struct fakesys *fs;
	uint64_t *words;

	(void)state;
	fs = make(4096, &words);
	fs->on_read = count_read;
	reads = 0;
	snap = take_fake(fs, MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_OFFLINE_ZONES);
	assert_int_equal(reads, 0);
	assert_int_equal(of_block(snap, 40), -ENODATA);
	assert_int_equal(of_region(snap, "virtio1"), -ENODATA);
	mhp_snapshot_unref(snap);
	snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(reads, 4);
	mhp_snapshot_unref(snap);
	/* nothing there that a host plugs */
	fakesys_remove(fs, "/sys/bus/virtio");
	snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(reads, 4);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

/* A block that goes offline meanwhile, or is: the kernel tells nothing of its pages. */
static void not_there(void **state)
{
	struct mhp_snapshot *snap;
	struct fakesys *fs;
	uint64_t *words;

	(void)state;
	fs = make(4096, &words);
	fakesys_file(fs, block_file(40, "state"), "offline\n");
	set(words, 40 * PAGES, PAGES, KPF_NOPAGE);
	snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(of_block(snap, 40), -ENODATA);
	/* of what is online all is known */
	assert_int_equal(of_region(snap, "virtio1"), 384);
	mhp_snapshot_unref(snap);

	set(words, 42 * PAGES + 7, 1, KPF_NOPAGE);
	snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(of_block(snap, 42), -ENODATA);
	assert_int_equal(of_block(snap, 43), 128);
	assert_int_equal(of_region(snap, "virtio1"), -ENODATA);
	mhp_snapshot_unref(snap);

	/* the file ends before */
	set(words, 42 * PAGES + 7, 1, 0);
	fakesys_find(fs, FLAGS)->length = (43 * PAGES + 100) * 8 + 5;
	snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(of_block(snap, 42), 128);
	assert_int_equal(of_block(snap, 43), -ENODATA);
	assert_int_equal(of_region(snap, "virtio1"), -ENODATA);
	mhp_snapshot_unref(snap);
	fakesys_free(fs);
}

static void unreadable(void **state)
{
	static const struct {
		int code;
		bool is_noted;
	} rows[] = { { -EACCES, true }, { -EIO, true }, { -ENOENT, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_snapshot *snap;
		struct fakesys *fs;
		uint64_t *words;

		fs = make(4096, &words);
		fakesys_find(fs, FLAGS)->code = rows[i].code;
		fs->on_read = count_read;
		snap = take_fake(fs, MHP_SNAPSHOT_PLUGGED);
		assert_int_equal(of_block(snap, 40), rows[i].code);
		assert_int_equal(of_block(snap, 43), rows[i].code);
		assert_int_equal(of_region(snap, "virtio1"), rows[i].code);
		assert_int_equal(problems_find(&snap->problems, FLAGS) != NULL, rows[i].is_noted);
		mhp_snapshot_unref(snap);
		fakesys_free(fs);
	}
}

/* Through the host's own calls, with a file on disk. */
static void on_disk(void **state)
{
	struct mhp_snapshot *snap;
	struct fakesys *fs;
	struct mhp_ctx *ctx;
	uint64_t *words;

	(void)state;
	fs = make(4096, &words);
	set(words, 43 * PAGES, 512, KPF_OFFLINE);
	ctx = fakesys_ctx(fs, FAKESYS_WALK);
	snap = take_snapshot(ctx, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(of_block(snap, 43), 126);
	assert_int_equal(of_region(snap, "virtio1"), 510);
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

/* The simulated machine gives what its host does. */
static void simulated(void **state)
{
	struct mhp_snapshot *snap;
	struct bench bench;

	(void)state;
	set_up(&bench, ONLINE ".txt");
	assert_int_equal(mhp_sim_resize_virtio_mem(bench.sim, "virtio1", 514 * MIB), 0);
	put_blocks(&bench, 44, 44, "online_movable");
	snap = take_snapshot(bench.ctx, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(of_block(snap, 43), 128);
	assert_int_equal(of_block(snap, 44), 2);
	assert_int_equal(of_region(snap, "virtio1"), 514);
	mhp_snapshot_unref(snap);
	assert_int_equal(mhp_sim_resize_virtio_mem(bench.sim, "virtio1", 300 * MIB), 0);
	snap = take_snapshot(bench.ctx, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(of_region(snap, "virtio1"), 300);
	mhp_snapshot_unref(snap);
	/* it is made to fail like any other file */
	assert_int_equal(mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_READ, FLAGS, 2, -EIO), 0);
	snap = take_snapshot(bench.ctx, MHP_SNAPSHOT_PLUGGED);
	assert_int_equal(of_block(snap, 40), 128);
	assert_int_equal(of_block(snap, 41), -EIO);
	assert_int_equal(of_region(snap, "virtio1"), -EIO);
	mhp_snapshot_unref(snap);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(parts, fakesys_free_all),
		cmocka_unit_test_teardown(large_pages, fakesys_free_all),
		cmocka_unit_test_teardown(on_request, fakesys_free_all),
		cmocka_unit_test_teardown(not_there, fakesys_free_all),
		cmocka_unit_test_teardown(unreadable, fakesys_free_all),
		cmocka_unit_test_teardown(on_disk, fakesys_free_all),
		cmocka_unit_test(simulated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
