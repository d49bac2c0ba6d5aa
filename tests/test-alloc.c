// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a snapshot costs in memory, and what happens when there is none. */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/ask.h"
#include "support/desk.h"
#include "support/dump.h"
#include "support/fakesys.h"

#define DIMM "/sys/devices/PNP0C80:"
#define JOURNAL_PATH RUN_PATH "/" JOURNAL_NAME
#define JOURNAL "libmhp journal 1\nboot \"here\"\nwho \"mhp[1]: plug dax0.0\"\n" \
	"setting \"" POLICY_PATH "\" \"online_movable\" \"offline\"\n" \
	"id \"" DAX_DRIVERS_PATH "/kmem/remove_id\" \"dax0.0\"\nend\n"

/* ---- 16 bytes a block ---- */

#define BESIDES 16384	/* nodes, regions, what malloc() rounds up to */
#define MAX_ALLOCATIONS 64	/* of a snapshot of 1,024 blocks */
#define MAX_PEAK ((size_t)3 << 19)	/* bytes, while one of 65,536 is taken */

static void bytes_a_block(void **state)
{
	/* the last number is the worst one for what grows by doubling */
	static const size_t numbers[] = { 1024, 65536, 65537 };
	static const char mem[] = MEMORY_PATH;
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx;
	struct mhp_snapshot *snap;
	size_t before, at_first = 0, n = 0;
	char path[128];

	(void)state;
	fakesys_file(fs, MEMORY_PATH "/block_size_bytes", "8000000\n");
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		for (; n < numbers[i]; n++) {
			snprintf(path, sizeof(path), "%s/memory%zu/state", mem, n);
			fakesys_file(fs, path, "online\n");
			snprintf(path, sizeof(path), "%s/memory%zu/valid_zones", mem, n);
			fakesys_file(fs, path, n ? "Movable\n" : "none\n");
		}
		ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
		before = live_bytes;
		peak_bytes = before;
		calls = 0;
		assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
		/* not one for each block, and with 64 times as many no more than doubling takes */
		if (i == 0)
			at_first = calls;
		assert_in_range(calls, 1, i == 0 ? MAX_ALLOCATIONS : at_first + 7);
		if (n <= 65536)
			assert_in_range(peak_bytes - before, 8 * n, MAX_PEAK);
		assert_int_equal(mhp_snapshot_count_blocks(snap), n);
		assert_int_equal(mhp_block_get_zone(mhp_snapshot_get_block(snap, n - 1)),
				 MHP_ZONE_MOVABLE);
		assert_in_range(live_bytes - before, 8 * n, 16 * n + BESIDES);
		mhp_snapshot_unref(snap);
		assert_int_equal(live_bytes, before);
		mhp_ctx_unref(ctx);
	}
	assert_true(sizeof(struct mhp_block) <= 16);
}

/* ---- each allocation fails once ---- */

/* A device that a host plugs, with block 40, and a line that makes no sense. */
static void add_virtio_mem(struct fakesys *fs)
{
	static const char lines[] = "140000000-17fffffff : virtio2\n"
		"  140000000-147ffffff : System RAM (virtio_mem)\n"
		"180000000-1bfffffff : virtio3\n"
		"  140000000-147ffffff : System RAM (virtio_mem)\n";
	struct fakesys_entry *iomem = fakesys_find(fs, "/proc/iomem");
	char *text;

	assert_int_equal(copy_text(&text, "%s%s", iomem->bytes, lines), 0);
	fakesys_file(fs, "/proc/iomem", text);
	free(text);
	fakesys_file(fs, MEMORY_PATH "/memory40/state", "online\n");
	fakesys_file(fs, "/sys/devices/pci0/1/virtio2/device", "0x0018\n");
	fakesys_file(fs, "/sys/devices/pci0/1/numa_node", "1\n");
	fakesys_link(fs, "/sys/bus/virtio/devices/virtio2", "../../../devices/pci0/1/virtio2");
	fakesys_file(fs, "/sys/devices/pci0/2/virtio3/device", "0x0018\n");
	fakesys_link(fs, "/sys/bus/virtio/devices/virtio3", "../../../devices/pci0/2/virtio3");
	fakesys_file(fs, "/sys/module/virtio_mem/parameters/unplug_online", "Y\n");
	fakesys_file(fs, "/proc/kpageflags", "too short\n");
}

/* Boot memory that is two DIMMs', one of which does not say so; a third slot is empty. */
static void add_dimms(struct fakesys *fs)
{
	static const char *const files[][2] = {
		{ "00/status", "15\n" }, { "00/path", "\\_SB_.A\n" }, { "00/hid", "PNP0C80\n" },
		{ "01/status", "15\n" }, { "01/uid", "1\n" }, { "02/status", "zero\n" },
	};
	char path[256], target[256];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), DIMM "%s", files[i][0]);
		fakesys_file(fs, path, files[i][1]);
	}
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), DIMM "%02x/eject", i);
		fakesys_file(fs, path, "");
		snprintf(path, sizeof(path), "/sys/bus/acpi/devices/PNP0C80:%02x", i);
		snprintf(target, sizeof(target), DIMM "%02x", i);
		fakesys_link(fs, path, target);
	}
	fakesys_link(fs, DIMM "00/physical_node", "../../system/memory/memory5");
	fakesys_link(fs, DIMM "00/physical_node1", "../../system/memory/memory6");
	fakesys_link(fs, MEMORY_PATH "/memory4/firmware_node", "../../../PNP0C80:01");
}

/* Flaws too, so that what keeps them is tried. */
static struct fakesys *flawed_machine(void)
{
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-ranges-bound");

	add_virtio_mem(fs);

	fakesys_file(fs, MEMORY_PATH "/memory7/valid_zones", "Frozen\n");
	fakesys_file(fs, MEMORY_PATH "/memory33/state", "frozen\n");
	fakesys_file(fs, NODE_PATH "/has_cpu", "zero\n");
	fakesys_file(fs, NODE_PATH "/node0/distance", "10\n");
	fakesys_file(fs, NODE_PATH "/node1/access0/initiators/read_latency", "250\n");
	fakesys_link(fs, NODE_PATH "/node1/access0/initiators/node0", "../../../node0");
	fakesys_link(fs, NODE_PATH "/node1/access1/initiators/node99999999999", "node0");
	fakesys_file(fs, NODE_PATH "/node1/memory_side_cache/index1/size", "1048576\n");
	fakesys_file(fs, TIERS_PATH "/memory_tier22/nodelist", "1,7\n");
	fakesys_file(fs, "/sys/module/memory_hotplug/parameters/auto_movable_ratio", "much\n");
	fakesys_file(fs, "/etc/udev/rules.d/1.rules",
		     "SUBSYSTEM!=\"memory\", GOTO=\"end\"\nATTR{state}=\"online\"\nLABEL=\"end\"\n");
	fakesys_link(fs, "/etc/udev/rules.d/2.rules", "1.rules");
	fakesys_link(fs, "/etc/udev/rules.d/3.rules", "3.rules");
	fakesys_file(fs, JOURNAL_PATH, JOURNAL);
	add_dimms(fs);
	return fs;
}

static bool tells_no_memory(const struct mhp_snapshot *snap)
{
	char *problems = dump_problems(snap);
	bool found = strstr(problems, " ENOMEM\n");

	free(problems);
	return found;
}

static void take_without_memory(struct fakesys *fs, enum fakesys_way first_way)
{
	for (enum fakesys_way way = first_way; way <= FAKESYS_MEMORY; way++) {
		struct mhp_snapshot_opts opts = {
			.size = sizeof(opts),
			.flags = MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY |
				 MHP_SNAPSHOT_PLUGGED,
		};
		struct mhp_snapshot *snap;
		struct mhp_ctx *ctx;
		char *good = NULL, *now;
		int r;

		/* the tree gets ready; then with a new context each, for one keeps room */
		mhp_ctx_unref(fakesys_ctx(fs, way));
		for (size_t at = 0; !at || calls >= at - 1; at++) {
			size_t bytes = live_bytes, number = live_count, last;

			ctx = fakesys_ctx(fs, way);
			calls = 0;
			fail_at = at;
			snap = NULL;
			r = mhp_snapshot_new(ctx, &opts, &snap);
			fail_at = 0;
			last = calls;
			if (r < 0) {
				assert_int_equal(r, -ENOMEM);
				assert_null(snap);
			} else {
				/* nothing is missing that it does not tell of */
				now = dump(snap, false);
				if (!at)
					good = strdup(now);
				else if (!tells_no_memory(snap))
					assert_string_equal(now, good);
				free(now);
				mhp_snapshot_unref(snap);
				number += !at;	/* good */
				bytes += at ? 0 : malloc_usable_size(good);
			}
			mhp_ctx_unref(ctx);
			calls = last;
			assert_int_equal(live_count, number);
			assert_int_equal(live_bytes, bytes);
		}
		free(good);
	}
}

static void snapshot_without_memory(void **state)
{
	(void)state;
	take_without_memory(flawed_machine(), FAKESYS_OPENAT2);
	take_without_memory(fakesys_new_machine("7.3-s390-standby"), FAKESYS_MEMORY);
	take_without_memory(fakesys_new_machine("6.12-ppc64-lmb-pairs"), FAKESYS_MEMORY);
}

/* Parts of regions, which are saved and read again too. */
static void units_without_memory(void **state)
{
	static const char *const machines[] = { "7.3-s390-standby", "6.12-ppc64-lmb-pairs" };
	static const char *const wishes[] = {
		"standby plugged online_movable borrow size:1024",
		"lmb plugged online_movable borrow size:64",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct fakesys *fs = fakesys_new_machine(machines[i]);
		struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
		struct mhp_request *request = ask(wishes[i]);
		struct mhp_snapshot *snap;

		assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
		calls = 0;
		for (size_t at = 1; calls >= at - 1; at++) {
			struct mhp_plan *plan = NULL, *again = NULL;
			size_t number = live_count, last;
			char *text = NULL;
			int r;

			calls = 0;
			fail_at = at;
			r = mhp_plan_new(snap, request, &plan);
			if (r == 0)
				r = mhp_plan_copy_saved(plan, &text);
			if (r == 0)
				r = mhp_plan_new_from_text(text, strlen(text), &again, NULL);
			fail_at = 0;
			last = calls;
			assert_int_equal(r, last >= at ? -ENOMEM : 0);
			if (r == 0)
				assert_int_equal(mhp_plan_count_steps(again),
						 mhp_plan_count_steps(plan));
			mhp_plan_unref(plan);
			mhp_plan_unref(again);
			free(text);
			assert_int_equal(live_count, number);
			calls = last;
		}
		mhp_request_free(request);
		mhp_snapshot_unref(snap);
		mhp_ctx_unref(ctx);
		fakesys_free(fs);
	}
}

static void plan_without_memory(void **state)
{
	static const struct {
		const char *region;
		enum mhp_goal goal;
	} wishes[] = {
		{ "dax0.1", MHP_GOAL_OFFLINE }, { "dax0.0", MHP_GOAL_ONLINE },
		{ "dax0.1", MHP_GOAL_UNPLUGGED }, { "PNP0C80:00", MHP_GOAL_UNPLUGGED },
	};
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_ctx *ctx = fakesys_ctx(flawed_machine(), FAKESYS_MEMORY);
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan;
	int r;

	(void)state;
	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	assert_int_equal(mhp_request_new(&request), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		assert_int_equal(mhp_request_set_region(request, wishes[i].region), 0);
		assert_int_equal(mhp_request_set_goal(request, wishes[i].goal), 0);
		mhp_request_set_default_type(request);
		calls = 0;
		for (size_t at = 1; calls >= at - 1; at++) {
			size_t number = live_count;

			calls = 0;
			fail_at = at;
			plan = NULL;
			r = mhp_plan_new(snap, request, &plan);
			fail_at = 0;
			assert_int_equal(r, calls >= at ? -ENOMEM : 0);
			assert_int_equal(plan != NULL, r == 0);
			mhp_plan_unref(plan);
			assert_int_equal(live_count, number);
		}
	}
	assert_int_equal(mhp_request_set_region(request, "dax9.9"), 0);
	plan = NULL;
	calls = 0;
	for (size_t at = 1; calls >= at - 1; at++) {
		size_t number = live_count;
		char *why;

		calls = 0;
		fail_at = at;
		r = mhp_plan_new_why(snap, request, &plan, &why);
		fail_at = 0;
		assert_int_equal(r, calls >= at ? -ENOMEM : -ENOENT);
		assert_int_equal(why != NULL, r == -ENOENT);
		assert_null(plan);
		free(why);
		assert_int_equal(live_count, number);
	}
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	assert_int_equal(mhp_ctx_set_program(ctx, "before"), 0);
	fail_at = 1;
	calls = 0;
	assert_int_equal(mhp_ctx_set_program(ctx, "after"), -ENOMEM);
	fail_at = 0;
	assert_string_equal(ctx->program, "before");
	mhp_ctx_unref(ctx);
}

/* All or nothing of what is behind a CXL region, and of a plan that releases it. */
static int plan_release_of(struct mhp_ctx *ctx, char **ret_text)
{
	struct mhp_plan *plan = NULL, *again = NULL;
	struct mhp_request *request = NULL;
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_IDENTITY };
	struct mhp_snapshot *snap = NULL;
	const char *identity;
	char *text = NULL;
	int r;

	r = mhp_snapshot_new(ctx, &opts, &snap);
	if (r == 0)
		r = mhp_request_new(&request);
	if (r == 0)
		r = mhp_request_set_region(request, "region1");
	if (r == 0)
		r = mhp_request_set_rules(request, MHP_RULE_RELEASE);
	if (r == 0)
		r = mhp_request_set_goal(request, MHP_GOAL_UNPLUGGED);
	if (r == 0)
		r = mhp_plan_new(snap, request, &plan);
	if (r == 0)
		r = mhp_plan_copy_saved(plan, &text);
	if (r == 0)
		r = mhp_plan_new_from_text(text, strlen(text), &again, NULL);
	if (r == 0)
		r = mhp_region_get_identity(mhp_snapshot_find_region(snap, "dax0.0"), &identity);
	if (r == 0)
		r = mhp_plan_count_steps(again) == 1 ? 0 : -EINVAL;
	mhp_plan_unref(again);
	mhp_plan_unref(plan);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	*ret_text = text;
	return r;
}

static void release_without_memory(void **state)
{
	struct mhp_ctx *ctx = fakesys_ctx(fakesys_new_machine("7.3-cxl-many"), FAKESYS_MEMORY);
	char *good, *text;

	(void)state;
	assert_int_equal(plan_release_of(ctx, &good), 0);
	calls = 0;
	for (size_t at = 1; calls >= at - 1; at++) {
		size_t number = live_count, last;
		int r;

		calls = 0;
		fail_at = at;
		text = NULL;
		r = plan_release_of(ctx, &text);
		fail_at = 0;
		last = calls;
		/* some can be done without */
		assert_true(r == 0 || (r == -ENOMEM && last >= at));
		if (r == 0)
			assert_string_equal(text, good);
		free(text);
		assert_int_equal(live_count, number);
		calls = last;
	}
	free(good);
	mhp_ctx_unref(ctx);
}

static void context_without_memory(void **state)
{
	struct mhp_ctx *ctx;
	int r = -ENOMEM;

	(void)state;
	for (size_t at = 1; r < 0; at++) {
		size_t number = live_count;

		calls = 0;
		fail_at = at;
		ctx = NULL;
		r = mhp_ctx_new("/", &ctx);
		fail_at = 0;
		assert_int_equal(r, calls >= at ? -ENOMEM : 0);
		assert_int_equal(ctx != NULL, r == 0);
		mhp_ctx_unref(ctx);
		assert_int_equal(live_count, number);
	}
}

/* ---- what was borrowed ---- */

static void put(struct fakesys *fs, const char *path, const char *text)
{
	char full[512];
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", fakesys_root(fs), path);
	file = fopen(full, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fclose(file);
}

/* Never forgotten before it is put back. */
static void recover_without_memory(void **state)
{
	struct fakesys *fs = flawed_machine();
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_OPENAT2);
	char policy[MHP_ATTR_SIZE + 1];
	struct mhp_recovery *recovery;
	struct sysfs_dir mem, run;
	bool put_back = false, left = true;
	int r;

	(void)state;
	assert_int_equal(sysfs_open(ctx, MEMORY_PATH, &mem), 0);
	assert_int_equal(sysfs_open(ctx, RUN_PATH, &run), 0);
	calls = 0;
	for (size_t at = 1; calls >= at - 1; at++) {
		size_t number = live_count, last;

		put(fs, JOURNAL_PATH, JOURNAL);
		put(fs, POLICY_PATH, "online_movable\n");
		number = live_count;
		calls = 0;
		fail_at = at;
		recovery = NULL;
		r = mhp_recover(ctx, NULL, &recovery);
		fail_at = 0;
		last = calls;
		assert_true(r == 0 || (r == -ENOMEM && !recovery));
		assert_int_equal(sysfs_read(&mem, "auto_online_blocks", policy), 0);
		put_back = !strcmp(policy, "offline");
		left = sysfs_exists(&run, JOURNAL_NAME) == 0;
		assert_true(put_back || left);
		if (r == 0)
			assert_int_equal(mhp_recovery_is_complete(recovery), put_back && !left);
		mhp_recovery_free(recovery);
		assert_int_equal(live_count, number);
		calls = last;
	}
	assert_true(put_back && !left);
	sysfs_close(&mem);
	sysfs_close(&run);
	mhp_ctx_unref(ctx);
}

/* Nobody is kept from what nobody has. */
static void hold_without_memory(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_OPENAT2);
	struct mhp_hold *hold;
	int r = -ENOMEM;

	(void)state;
	for (size_t at = 1; r < 0; at++) {
		size_t number = live_count;

		calls = 0;
		fail_at = at;
		r = mhp_hold_take(ctx, "agent", "test", &hold, NULL);
		fail_at = 0;
		assert_int_equal(r, calls >= at ? -ENOMEM : 0);
		if (r == 0)
			mhp_hold_free(hold);
		assert_int_equal(live_count, number);
	}
	mhp_ctx_unref(ctx);
}

/* What is not on disk is not taken for noted. */
static void journal_without_memory(void **state)
{
	struct fakesys *fs = fakesys_new();
	struct mhp_ctx *ctx;
	struct sysfs_dir run;
	size_t noted = 0;

	(void)state;
	fakesys_dir(fs, RUN_PATH);
	ctx = fakesys_ctx(fs, FAKESYS_OPENAT2);
	assert_int_equal(sysfs_open(ctx, RUN_PATH, &run), 0);
	calls = 0;
	for (size_t at = 1; calls >= at - 1; at++) {
		struct journal journal = { 0 }, loaded = { 0 };
		size_t number = live_count, last;
		int r;

		calls = 0;
		fail_at = at;
		r = journal_begin(&journal, &run, "mhp[1]: test");
		for (noted = 0; r == 0 && noted < 6; noted++) {
			r = journal_add(&journal, JOURNAL_SETTING, POLICY_PATH, "online", "offline");
			if (r < 0)
				break;
		}
		fail_at = 0;
		last = calls;
		assert_int_equal(r, last >= at ? -ENOMEM : 0);
		assert_int_equal(journal.count, noted);
		if (journal.who) {
			assert_int_equal(journal_load(&run, &loaded), 0);
			assert_int_equal(loaded.count, noted);
		}
		journal_free(&loaded);
		journal_free(&journal);
		assert_int_equal(journal_remove(&run), 0);
		assert_int_equal(live_count, number);
		calls = last;
	}
	assert_int_equal(noted, 6);
	sysfs_close(&run);
	mhp_ctx_unref(ctx);
}

/* What is written is whole, or there is none. */
static void capture_without_memory(void **state)
{
	struct fakesys *fs = flawed_machine();
	struct mhp_ctx *ctx;
	char *good = NULL, *text;

	(void)state;
	fakesys_file(fs, "/etc/udev/rules.d/10-x.rules",
		     "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"online\"\n");
	fakesys_file(fs, "/proc/cmdline", "root=/dev/sda movable_node\n");
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_ctx_copy_capture(ctx, NULL, &good), 0);
	calls = 0;
	/* each of the first ones, which read the bus and the rules; then some */
	for (size_t at = 1; calls >= at - 1; at += at < 500 ? 1 : 17) {
		size_t number = live_count, last;
		int r;

		calls = 0;
		fail_at = at;
		text = NULL;
		r = mhp_ctx_copy_capture(ctx, NULL, &text);
		fail_at = 0;
		last = calls;
		assert_int_equal(r, last >= at ? -ENOMEM : 0);
		if (r == 0)
			assert_string_equal(text, good);
		else
			assert_null(text);
		free(text);
		assert_int_equal(live_count, number);
		calls = last;
	}
	free(good);
	mhp_ctx_unref(ctx);
}

static void worker_without_memory(void **state)
{
	struct worker *worker = NULL;
	size_t number = live_count;

	(void)state;
	calls = 0;
	fail_at = 1;
	assert_int_equal(worker_new(&worker), -ENOMEM);
	fail_at = 0;
	assert_null(worker);
	assert_int_equal(live_count, number);
}

/* An event that there is no memory for is lost, which is told; what it tells of is not. */
static void event_without_memory(void **state)
{
	struct mhp_sim *sim = desk_machine("7.3-hmem-online.txt");
	struct mhp_sim_listener *listener;
	size_t number = live_count, last, got;
	char *text;
	int r;

	(void)state;
	calls = 0;
	for (size_t at = 1; calls >= at - 1; at++) {
		calls = 0;
		fail_at = at;
		r = mhp_sim_listener_new(sim, 0, &listener);
		if (r == 0) {
			sim_lock(sim);
			assert_int_equal(block_offline(sim, block_find(&sim->model, 33)), 0);
			assert_int_equal(block_online(sim, block_find(&sim->model, 33),
						      MHP_ONLINE_MOVABLE), 0);
			sim_unlock(sim);
		}
		fail_at = 0;
		last = calls;
		assert_int_equal(r, at == 1 ? -ENOMEM : 0);
		got = 0;
		while (r == 0) {
			int code = mhp_sim_listener_receive(listener, &text);

			/* once, and first */
			assert_int_equal(code, got == 0 && last >= at ? -ENOBUFS : 0);
			got++;
			if (code == 0 && !text)
				break;
			if (code == 0)
				free(text);
		}
		if (r == 0)
			mhp_sim_listener_free(listener);
		assert_int_equal(live_count, number);
		calls = last;
	}
	assert_int_equal(got, 3);
	mhp_sim_unref(sim);
}

/* A DIMM comes and goes, or does not: then it can the next time. */
static void dimm_without_memory(void **state)
{
	static const uint64_t start = 0x140000000, size = 0x10000000;
	struct mhp_sim *sim;
	size_t number, last = 0;
	int r;

	(void)state;
	for (size_t at = 1; at == 1 || last >= at - 1; at++) {
		number = live_count;
		sim = desk_machine("7.3-hmem-bound.txt");
		assert_int_equal(mhp_sim_write(sim, POLICY, "online_movable"), 0);
		calls = 0;
		fail_at = at;
		r = mhp_sim_plug_dimm(sim, 1, 1, start, size);
		assert_true(r == 0 || r == -ENOMEM);
		if (r == 0) {
			r = mhp_sim_request_unplug_dimm(sim, 1);
			assert_true(r == 0 || r == -ENOMEM);
		}
		fail_at = 0;
		last = calls;
		if (mhp_sim_request_unplug_dimm(sim, 1) < 0)
			check_is(sim, 40, "absent");
		assert_int_equal(mhp_sim_plug_dimm(sim, 1, 1, start, size), 0);
		check_is(sim, 40, "Movable");
		check_is(sim, 41, "Movable");
		check_shows(sim, "/sys/bus/acpi/devices/PNP0C80:01/physical_node1/state", "online");
		mhp_sim_unref(sim);
		assert_int_equal(live_count, number);
	}
	assert_true(last > 30);
}

/* What is asked of the firmware comes as a whole, or not at all, and can the next time. */
static void unit_without_memory(void **state)
{
	static const struct {
		const char *machine, *file, *come, *go;
	} rows[] = {
		{ "7.3-s390-standby.txt", "/sys/firmware/memory/memory16/config", "1", "0" },
		{ "6.12-ppc64-lmb-pairs.txt", "/sys/kernel/dlpar",
		  "memory add index 0x80000008", "memory remove index 0x80000008" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t last = 0;

		for (size_t at = 1; at == 1 || last >= at - 1; at++) {
			size_t number = live_count;
			struct mhp_sim *sim = desk_machine(rows[i].machine);
			int r;

			assert_int_equal(mhp_sim_write(sim, POLICY, "online_movable"), 0);
			calls = 0;
			fail_at = at;
			r = mhp_sim_write(sim, rows[i].file, rows[i].come);
			fail_at = 0;
			last = calls;
			assert_true(r == 0 || r == -ENOMEM);
			check_is(sim, 16, r == 0 ? "Movable" : "absent");
			if (r < 0)
				assert_int_equal(mhp_sim_write(sim, rows[i].file, rows[i].come), 0);
			check_is(sim, 16, "Movable");
			mhp_sim_write(sim, MEMORY_PATH "/memory16/state", "offline");
			assert_int_equal(mhp_sim_write(sim, rows[i].file, rows[i].go), 0);
			check_is(sim, 16, "absent");
			mhp_sim_unref(sim);
			assert_int_equal(live_count, number);
		}
		assert_true(last > 5);
	}
}

/* A virtio-mem device tries again, whatever it was that it had no memory for. */
static void vmem_without_memory(void **state)
{
	static const char file[] = "/sys/bus/virtio/drivers/virtio_mem/bind";
	struct mhp_sim *sim;
	size_t number, last = 0;
	int r;

	(void)state;
	for (size_t at = 1; at == 1 || last >= at - 1; at++) {
		number = live_count;
		sim = desk_machine("7.3-virtio-mem-parts-start.txt");
		assert_int_equal(mhp_sim_write(sim, POLICY, "online_movable"), 0);
		assert_int_equal(mhp_sim_set_virtio_mem(sim, "virtio0", 1, 1 << 28), 0);
		assert_int_equal(mhp_sim_write(sim, "/sys/bus/virtio/drivers/virtio_mem/unbind",
					       "virtio0"), 0);
		calls = 0;
		fail_at = at;
		r = mhp_sim_write(sim, file, "virtio0");
		assert_true(r == 0 || r == -ENOMEM);
		assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 1 << 29), 0);
		assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 1 << 28), 0);
		fail_at = 0;
		last = calls;
		if (r < 0)
			assert_int_equal(mhp_sim_write(sim, file, "virtio0"), 0);
		assert_int_equal(mhp_sim_write(sim, POLICY, "offline"), 0);
		check_is(sim, 41, "Movable");
		check_is(sim, 42, "absent");
		assert_int_equal(mhp_sim_resize_virtio_mem(sim, "virtio0", 0), 0);
		check_is(sim, 40, "absent");
		mhp_sim_unref(sim);
		assert_int_equal(live_count, number);
	}
	assert_true(last > 30);
}

/* Makes region1 of two devices anew, and binds it: 0, or the first answer that is not. */
static int make_region(struct mhp_sim *sim)
{
	static const char *const steps[][2] = {
		{ "devices/decoder0.0/create_ram_region", "region1" },
		{ "devices/region1/interleave_ways", "2" },
		{ "devices/region1/interleave_granularity", "256" },
		{ "devices/region1/size", "0x40000000" },
		{ "devices/region1/target0", "decoder4.0" },
		{ "devices/region1/target1", "decoder5.0" },
		{ "devices/region1/commit", "1" }, { "drivers/cxl_region/bind", "region1" },
	};
	char path[80];
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++) {
		snprintf(path, sizeof(path), "/sys/bus/cxl/%s", steps[i][0]);
		r = mhp_sim_write(sim, path, steps[i][1]);
	}
	return r;
}

/* A region that could not be made, or got no dax device, can be deleted and made again. */
static void cxl_without_memory(void **state)
{
	static const char file[] = "/sys/bus/cxl/devices/decoder0.0/delete_region";
	struct mhp_sim *sim;
	size_t number, last = 0;
	int r;

	(void)state;
	for (size_t at = 1; at == 1 || last >= at - 1; at++) {
		number = live_count;
		sim = desk_machine("7.3-cxl-many.txt");
		assert_int_equal(mhp_sim_write(sim, POLICY, "online_movable"), 0);
		assert_int_equal(mhp_sim_write(sim, file, "region1"), 0);
		calls = 0;
		fail_at = at;
		r = make_region(sim);
		assert_true(r == 0 || r == -ENOMEM);
		fail_at = 0;
		last = calls;
		/* only what is online could not go */
		for (unsigned int id = 42; id < 50; id++) {
			char path[64];

			snprintf(path, sizeof(path), MEMORY "memory%u/state", id);
			(void)mhp_sim_write(sim, path, "offline");
		}
		r = mhp_sim_write(sim, file, "region1");
		assert_true(r == 0 || r == -ENODEV);
		check_is(sim, 42, "absent");
		assert_int_equal(make_region(sim), 0);
		check_is(sim, 42, "Movable");
		check_is(sim, 49, "Movable");
		mhp_sim_unref(sim);
		assert_int_equal(live_count, number);
	}
	assert_true(last > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(bytes_a_block, fakesys_free_all),
		cmocka_unit_test_teardown(snapshot_without_memory, fakesys_free_all),
		cmocka_unit_test_teardown(plan_without_memory, fakesys_free_all),
		cmocka_unit_test_teardown(units_without_memory, fakesys_free_all),
		cmocka_unit_test_teardown(release_without_memory, fakesys_free_all),
		cmocka_unit_test_teardown(context_without_memory, fakesys_free_all),
		cmocka_unit_test_teardown(recover_without_memory, fakesys_free_all),
		cmocka_unit_test_teardown(hold_without_memory, fakesys_free_all),
		cmocka_unit_test_teardown(journal_without_memory, fakesys_free_all),
		cmocka_unit_test_teardown(capture_without_memory, fakesys_free_all),
		cmocka_unit_test(worker_without_memory),
		cmocka_unit_test(event_without_memory),
		cmocka_unit_test(dimm_without_memory),
		cmocka_unit_test(unit_without_memory),
		cmocka_unit_test(vmem_without_memory),
		cmocka_unit_test(cxl_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
