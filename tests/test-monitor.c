// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Following a simulated machine: what is told, what is lost, and that the state which events
 * lead to is the machine's in the end.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "monitor.h"
#include "support/alloc.h"
#include "support/bench.h"
#include "support/mirror.h"
#include "support/work.h"

#define POLICY POLICY_PATH

/* The machine with a number of its events, which captures do not have. */
static void set_up_counted(struct bench *bench, const char *machine)
{
	const char *dir = getenv("TEST_DATA");
	char path[4096], *text, *counted;
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/machines/%s", dir ? dir : "tests", machine);
	file = fopen(path, "r");
	assert_non_null(file);
	text = calloc(1, 1 << 22);
	assert_non_null(text);
	length = fread(text, 1, (1 << 22) - 1, file);
	fclose(file);
	assert_true(length > 0 && length < (1 << 22) - 1);
	assert_true(asprintf(&counted, "%s/sys/kernel/uevent_seqnum: 805\n", text) > 0);
	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_new_from_text(counted, strlen(counted), NULL, &bench->sim), 0);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	free(counted);
	free(text);
}

static void heard(struct mirror *mirror, const char *wanted)
{
	char *all = mirror_copy_heard(mirror);

	assert_string_equal(all, wanted);
	free(all);
}

/* ---- what is told ---- */

static void test_blocks(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	heard(&mirror, "");
	put_blocks(&bench, 32, 33, "online_movable");
	heard(&mirror, "memory_tier22 added; memory32 online in Movable (dax0.0); "
		       "memory33 online in Movable (dax0.0)");
	put_blocks(&bench, 32, 32, "offline");
	heard(&mirror, "memory32 offline, was in Movable (dax0.0)");
	put_blocks(&bench, 33, 33, "offline");
	heard(&mirror, "memory_tier22 removed; memory33 offline, was in Movable (dax0.0)");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

static void test_device(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	put(&bench, DEVICE, "unplugged");
	put(&bench, UNBIND, "dax0.0");
	heard(&mirror,
	      "memory32 removed (dax0.0); memory33 removed (dax0.0); memory34 removed (dax0.0); "
	      "memory35 removed (dax0.0); node1 removed; dax0.0 unbound from kmem");
	put(&bench, POLICY, "online_movable");
	put(&bench, KMEM "/bind", "dax0.0");
	heard(&mirror,
	      "auto_online_blocks is online_movable, was offline!; node1 added; "
	      "memory32 added (dax0.0); memory33 added (dax0.0); memory34 added (dax0.0); "
	      "memory35 added (dax0.0); memory_tier22 added; "
	      "memory32 online in Movable (dax0.0); memory33 online in Movable (dax0.0); "
	      "memory34 online in Movable (dax0.0); memory35 online in Movable (dax0.0); "
	      "dax0.0 bound to kmem");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

/* What is known already is not told again, and what no kernel sends is no event. */
static void test_nothing_new(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	put(&bench, block_file(32, "uevent"), "offline");
	put(&bench, block_file(32, "uevent"), "add");
	put(&bench, block_file(32, "uevent"), "change");
	put(&bench, DAX "/uevent", "add");
	put(&bench, DAX "/uevent", "change");
	heard(&mirror, "");
	mirror_end(&mirror);
	tear_down(&bench);
}

/* By "udevadm trigger", at each boot and by anybody: nothing has happened. */
static void test_asked_for(void **state)
{
	static const char *const actions[] = {
		"add", "remove", "online", "offline", "change", "move", "bind", "unbind",
	};
	static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mirror mirror;
		struct bench bench;

		set_up(&bench, machines[i]);
		put_blocks(&bench, 33, 33, "online_movable");
		mirror_begin(&mirror, bench.ctx, 0);
		for (size_t j = 0; j < ARRAY_SIZE(actions); j++) {
			put(&bench, block_file(32, "uevent"), actions[j]);
			put(&bench, block_file(33, "uevent"), actions[j]);
			put(&bench, NODE_PATH "/node1/uevent", actions[j]);
			put(&bench, DAX_DEVICES_PATH "/dax0.0/uevent", actions[j]);
			heard(&mirror, strcmp(actions[j], "bind") ? "" : "dax0.0 bound to kmem");
		}
		mirror_check(&mirror, bench.ctx, machines[i]);
		mirror_end(&mirror);
		tear_down(&bench);
	}
}

/* The driver was known, but not that its probe has ended: the message of that is told once. */
static void test_probed(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	put(&bench, DAX "/uevent", "bind");
	heard(&mirror, "dax0.0 bound to kmem");
	put(&bench, DAX "/uevent", "bind");
	heard(&mirror, "");
	/* somebody may have bound it meanwhile */
	mhp_sim_lose_events(bench.sim, 1);
	put(&bench, DAX "/uevent", "bind");
	heard(&mirror, "events were lost; compared with a fresh snapshot!");
	put(&bench, DAX "/uevent", "bind");
	heard(&mirror, "dax0.0 bound to kmem");
	mirror_end(&mirror);
	tear_down(&bench);
}

static void test_policy(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	put(&bench, POLICY, "online_kernel");
	heard(&mirror, "");
	assert_int_equal(mhp_monitor_check(mirror.monitor), 0);
	heard(&mirror, "auto_online_blocks is online_kernel, was offline!");
	assert_int_equal(mhp_monitor_check(mirror.monitor), 0);
	heard(&mirror, "");
	put(&bench, "/sys/module/memory_hotplug/parameters/online_policy", "auto-movable");
	assert_int_equal(mhp_monitor_check(mirror.monitor), 0);
	heard(&mirror, "online_policy is auto-movable, was contig-zones!");
	/* one that cannot be read has not changed */
	mhp_sim_fail_read(bench.sim, POLICY, -EIO, 0);
	assert_int_equal(mhp_monitor_check(mirror.monitor), 0);
	heard(&mirror, "");
	mirror_end(&mirror);
	tear_down(&bench);
}

#define HMEM "/sys/devices/platform/hmem_platform.0/hmem.0"

/* Two blocks of dax0.0 become dax0.1's, and the driver takes both. */
static void cut_in_two(struct bench *bench)
{
	put(bench, DEVICE, "unplugged");
	put(bench, UNBIND, "dax0.0");
	put(bench, DAX "/size", "268435456");
	put(bench, HMEM "/dax_region/create", "1");
	put(bench, HMEM "/dax0.1/size", "268435456");
	put(bench, KMEM "/new_id", "dax0.1");
}

/* No message tells that a device was resized: dax0.0 is not blamed for what dax0.1 has now. */
static void test_cut_in_two(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	for (int at_once = 0; at_once < 2; at_once++) {
		set_up(&bench, HMEM_7_3);
		mirror_begin(&mirror, bench.ctx, 0);
		put(&bench, DEVICE, "unplugged");
		put(&bench, UNBIND, "dax0.0");
		mirror_drain(&mirror);
		put(&bench, DAX "/size", "268435456");
		put(&bench, HMEM "/dax_region/create", "1");
		/* it is looked at once more when its memory comes: now it has none */
		if (!at_once)
			heard(&mirror, "dax0.1 added");
		put(&bench, HMEM "/dax0.1/size", "268435456");
		put(&bench, KMEM "/new_id", "dax0.1");
		put_blocks(&bench, 35, 35, "online_movable");
		heard(&mirror, at_once ?
		      "dax0.1 added; node1 added; memory32 added (dax0.0); "
		      "memory33 added (dax0.0); dax0.0 bound to kmem; "
		      "memory34 added (dax0.1); memory35 added (dax0.1); "
		      "dax0.1 bound to kmem; memory_tier22 added; "
		      "memory35 online in Movable (dax0.1)" :
		      "node1 added; memory32 added (dax0.0); memory33 added (dax0.0); "
		      "dax0.0 bound to kmem; memory34 added (dax0.1); memory35 added (dax0.1); "
		      "dax0.1 bound to kmem; memory_tier22 added; "
		      "memory35 online in Movable (dax0.1)");
		mirror_end(&mirror);
		tear_down(&bench);
	}
}

/* What a device had that is gone is nobody's. */
static void test_device_is_gone(void **state)
{
	const struct mhp_event *event;
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	cut_in_two(&bench);
	put(&bench, DEVICE, "unplugged");
	put(&bench, UNBIND, "dax0.0");
	mirror_begin(&mirror, bench.ctx, 0);
	put(&bench, HMEM "/dax0.1/state", "unplugged");
	put(&bench, UNBIND, "dax0.1");
	put(&bench, HMEM "/dax0.1/size", "0");
	put(&bench, HMEM "/dax_region/delete", "dax0.1");
	do {
		assert_int_equal(mhp_monitor_next(mirror.monitor, &event), 0);
		assert_non_null(event);
		if (mhp_event_get_kind(event) == MHP_EVENT_BLOCK_REMOVED)
			assert_string_equal(mhp_event_get_region_name(event), "dax0.1");
	} while (mhp_event_get_kind(event) != MHP_EVENT_DEVICE_REMOVED);
	assert_string_equal(mhp_event_get_region_name(event), "dax0.1");
	put(&bench, DAX "/size", "536870912");
	put(&bench, KMEM "/bind", "dax0.0");
	do {
		assert_int_equal(mhp_monitor_next(mirror.monitor, &event), 0);
		assert_non_null(event);
		if (mhp_event_get_kind(event) == MHP_EVENT_BLOCK_ADDED)
			assert_string_equal(mhp_event_get_region_name(event), "dax0.0");
	} while (mhp_event_get_kind(event) != MHP_EVENT_DEVICE_BOUND);
	mirror_end(&mirror);
	tear_down(&bench);
}

/* One that came and went since the snapshot is forgotten. */
static void test_device_came_and_went(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	cut_in_two(&bench);
	mirror_drain(&mirror);
	assert_non_null(monitor_find_device(mirror.monitor, "dax0.1"));
	assert_string_equal(monitor_find_region(mirror.monitor, 35)->name, "dax0.1");
	put(&bench, HMEM "/dax0.1/state", "unplugged");
	put(&bench, UNBIND, "dax0.1");
	put(&bench, HMEM "/dax0.1/size", "0");
	put(&bench, HMEM "/dax_region/delete", "dax0.1");
	mirror_drain(&mirror);
	assert_null(monitor_find_device(mirror.monitor, "dax0.1"));
	assert_null(monitor_find_region(mirror.monitor, 35));
	mirror_end(&mirror);
	tear_down(&bench);
}

/* The machine with a CXL region that is none of memory. */
static void set_up_pmem(struct bench *bench, const char *region)
{
	char path[256], *text, *pmem, *at;

	set_up(bench, "7.3-cxl-region-unbound.txt");
	assert_int_equal(mhp_sim_copy_capture(bench->sim, &text), 0);
	tear_down(bench);
	snprintf(path, sizeof(path), "%s/mode: ram", region);
	at = strstr(text, path);
	assert_non_null(at);
	at += strlen(path) - strlen("ram");
	*at = '\0';
	assert_true(asprintf(&pmem, "%spmem%s", text, at + strlen("ram")) > 0);
	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_new_from_text(pmem, strlen(pmem), NULL, &bench->sim), 0);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	free(pmem);
	free(text);
}

/* A device that messages tell of, and snapshots do not, is not gone with the next of these. */
static void test_device_of_no_memory(void **state)
{
	static const char region[] = "/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region0";
	char uevent[256];
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up_pmem(&bench, region);
	mirror_begin(&mirror, bench.ctx, 0);
	snprintf(uevent, sizeof(uevent), "%s/uevent", region);
	put(&bench, uevent, "add");
	heard(&mirror, "region0 added; region0 bound to cxl_region");
	assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
	heard(&mirror, "compared with a fresh snapshot!");
	/* nor where that cannot be seen */
	for (size_t n = 1; n <= 5; n++) {
		mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_LOOK, region, n, -EIO);
		assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
		heard(&mirror, "compared with a fresh snapshot!");
		mhp_sim_clear_failures(bench.sim);
	}
	mirror_end(&mirror);
	tear_down(&bench);
}

static void test_event_values(void **state)
{
	const struct mhp_event *event;
	enum mhp_state before, after;
	struct mirror mirror;
	struct bench bench;
	enum mhp_zone zone;
	uint64_t id;
	int node;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	put(&bench, block_file(33, "state"), "online_movable");
	assert_int_equal(mhp_monitor_next(mirror.monitor, &event), 0);
	assert_int_equal(mhp_event_get_kind(event), MHP_EVENT_TIER_ADDED);
	assert_int_equal(mhp_event_get_block_id(event, &id), -ENODATA);
	assert_int_equal(mhp_event_get_node_id(event, &node), -ENODATA);
	assert_null(mhp_event_get_region_name(event));
	assert_int_equal(mhp_event_get_seqnum(event), 1);
	assert_int_equal(mhp_monitor_next(mirror.monitor, &event), 0);
	assert_int_equal(mhp_event_get_kind(event), MHP_EVENT_BLOCK_ONLINE);
	assert_int_equal(mhp_event_get_block_id(event, &id), 0);
	assert_int_equal(id, 33);
	assert_int_equal(mhp_event_get_node_id(event, &node), 0);
	assert_int_equal(node, 1);
	assert_string_equal(mhp_event_get_name(event), "memory33");
	assert_string_equal(mhp_event_get_region_name(event), "dax0.0");
	assert_int_equal(mhp_event_get_seqnum(event), 2);
	assert_false(mhp_event_is_found(event));
	assert_true(mhp_event_get_time_ns(event) > 0);
	mhp_event_get_before(event, &before, &zone);
	assert_int_equal(before, MHP_STATE_OFFLINE);
	assert_int_equal(zone, MHP_ZONE_UNKNOWN);
	mhp_event_get_after(event, &after, &zone);
	assert_int_equal(after, MHP_STATE_ONLINE);
	assert_int_equal(zone, MHP_ZONE_MOVABLE);
	assert_null(mhp_event_get_word_before(event));
	assert_null(mhp_event_get_word_after(event));
	mirror_end(&mirror);
	tear_down(&bench);
}

/* Without the flag no zone is looked for, and none is claimed. */
static void test_no_zones(void **state)
{
	const struct mhp_event *event;
	struct mhp_monitor *monitor;
	struct bench bench;
	size_t reads;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 32, "online_movable");
	assert_int_equal(mhp_monitor_new(bench.ctx, NULL, &monitor), 0);
	put_blocks(&bench, 33, 33, "online_movable");
	reads = mhp_sim_count_reads(bench.sim);
	assert_int_equal(mhp_monitor_next(monitor, &event), 0);
	assert_int_equal(mhp_event_get_kind(event), MHP_EVENT_BLOCK_ONLINE);
	assert_int_equal(mhp_sim_count_reads(bench.sim) - reads, 1);
	mhp_monitor_get_block(monitor, 33, NULL, &(enum mhp_zone){ 0 });
	assert_int_equal(mhp_monitor_refresh(monitor), 0);
	/* the zone that is found then is no event */
	assert_int_equal(mhp_monitor_next(monitor, &event), 0);
	assert_int_equal(mhp_event_get_kind(event), MHP_EVENT_RESYNCED);
	mhp_monitor_free(monitor);
	tear_down(&bench);
}

/* ---- lost, and found ---- */

static void test_lost(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	put_blocks(&bench, 32, 32, "online_movable");
	mhp_sim_lose_events(bench.sim, 1);
	put_blocks(&bench, 33, 33, "online_movable");
	put(&bench, POLICY, "online_kernel");
	put_blocks(&bench, 32, 32, "offline");
	put_blocks(&bench, 32, 32, "online_kernel");
	heard(&mirror, "events were lost; auto_online_blocks is online_kernel, was offline!; "
		       "memory_tier22 added!; memory32 online in Normal (dax0.0)!; "
		       "memory33 online in Movable (dax0.0)!; compared with a fresh snapshot!");
	put_blocks(&bench, 33, 33, "offline");
	heard(&mirror, "memory33 offline, was in Movable (dax0.0)");
	/* in between it went somewhere else */
	mhp_sim_lose_events(bench.sim, 2);
	put_blocks(&bench, 32, 32, "offline");
	put_blocks(&bench, 32, 32, "online_movable");
	heard(&mirror, "events were lost; memory32 is in Movable, was in Normal (dax0.0)!; "
		       "compared with a fresh snapshot!");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

static void test_lost_device(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	mhp_sim_lose_events(bench.sim, 1000);
	put(&bench, DEVICE, "unplugged");
	put(&bench, UNBIND, "dax0.0");
	heard(&mirror, "events were lost; dax0.0 unbound from kmem!; "
		       "memory32 removed (dax0.0)!; memory33 removed (dax0.0)!; "
		       "memory34 removed (dax0.0)!; memory35 removed (dax0.0)!; node1 removed!; "
		       "compared with a fresh snapshot!");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

/* What came and was onlined is told as the kernel tells it. */
static void test_lost_coming(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	release_device(&bench);
	put(&bench, POLICY, "online_movable");
	mirror_begin(&mirror, bench.ctx, 0);
	mhp_sim_lose_events(bench.sim, 1000);
	put(&bench, KMEM "/bind", "dax0.0");
	heard(&mirror, "events were lost; dax0.0 bound to kmem!; memory_tier22 added!; "
		       "node1 added!; memory32 added (dax0.0)!; "
		       "memory32 online in Movable (dax0.0)!; memory33 added (dax0.0)!; "
		       "memory33 online in Movable (dax0.0)!; memory34 added (dax0.0)!; "
		       "memory34 online in Movable (dax0.0)!; memory35 added (dax0.0)!; "
		       "memory35 online in Movable (dax0.0)!; compared with a fresh snapshot!");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

/* What the fresh snapshot cannot list, or read, is not gone. */
static void test_lost_and_not_listed(void **state)
{
	static const char *const paths[] = {
		TIERS_PATH, NODE_PATH, DAX_BUS_PATH "/devices", DAX,
	};
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	put_blocks(&bench, 32, 33, "online_movable");
	mirror_begin(&mirror, bench.ctx, 0);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(paths); i++) {
		/* opened, and listed or looked at */
		assert_int_equal(mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_LOOK, paths[i / 2],
						 1 + i % 2,
						 -EIO), 0);
		assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
		heard(&mirror, "compared with a fresh snapshot!");
		mhp_sim_clear_failures(bench.sim);
	}
	/* that there is no such directory is an answer */
	mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_LOOK, TIERS_PATH, 1, -ENOENT);
	assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
	heard(&mirror, "memory_tier22 removed!; memory_tier4 removed!; "
		       "compared with a fresh snapshot!");
	assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
	heard(&mirror, "memory_tier22 added!; memory_tier4 added!; "
		       "compared with a fresh snapshot!");
	mhp_sim_lose_events(bench.sim, 1000);
	put(&bench, DEVICE, "unplugged");
	heard(&mirror, "events were lost; memory32 removed while online in Movable (dax0.0)!; "
		       "memory33 removed while online in Movable (dax0.0)!; "
		       "memory34 removed (dax0.0)!; "
		       "memory35 removed (dax0.0)!; "
		       "memory_tier22 removed!; node1 removed!; "
		       "compared with a fresh snapshot!");
	mirror_end(&mirror);
	tear_down(&bench);
}

static void test_refresh(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	put_blocks(&bench, 32, 33, "online_movable");
	assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
	/* it has overtaken the messages */
	heard(&mirror, "memory_tier22 added!; memory32 online in Movable (dax0.0)!; "
		       "memory33 online in Movable (dax0.0)!; compared with a fresh snapshot!");
	/* once more, in the middle of it */
	put_blocks(&bench, 32, 33, "offline");
	assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
	assert_true(mirror_next(&mirror));
	put_blocks(&bench, 34, 35, "online_kernel");
	assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
	mirror_drain(&mirror);
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

/* The snapshot that is needed cannot be had at first. */
static void test_snapshot_fails(void **state)
{
	const struct mhp_event *event;
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	mhp_sim_lose_events(bench.sim, 1);
	put_blocks(&bench, 32, 32, "online_movable");
	assert_true(mirror_next(&mirror));
	mhp_sim_fail_read(bench.sim, MEMORY_PATH "/block_size_bytes", -EIO, 2);
	assert_int_equal(mhp_monitor_next(mirror.monitor, &event), -EIO);
	assert_int_equal(mhp_monitor_next(mirror.monitor, &event), -EIO);
	mirror_drain(&mirror);
	mhp_sim_fail_read(bench.sim, MEMORY_PATH "/block_size_bytes", -EIO, 1);
	put_blocks(&bench, 33, 33, "online_movable");
	assert_int_equal(mhp_monitor_refresh(mirror.monitor), -EIO);
	/* as before then: the message counts */
	heard(&mirror, "memory33 online in Movable (dax0.0)");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

/* Each call comes to an end, and each third one or so tells something. */
static void test_loses_for_ever(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 1);
	for (int i = 0; i < 300; i++) {
		put_blocks(&bench, 32, 35, i & 1 ? "offline" : "online_movable");
		mirror_next(&mirror);
	}
	assert_true(mirror.n_lost > 10);
	assert_true(mirror.n_resynced > 10);
	mirror_drain(&mirror);
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

/* ---- very many at once ---- */

#define BLOCK (UINT64_C(128) << 20)
#define MANY 8192

/* dax0.0 has so many blocks, from memory32 on. */
static void set_up_large(struct bench *bench, uint64_t blocks)
{
	struct mhp_sim_builder *builder;

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 4), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, 16 * BLOCK), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax0.0", 1, 32 * BLOCK,
						 blocks * BLOCK), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	put(bench, POLICY, "online_movable");
}

static void plug_all(struct bench *bench)
{
	assert_int_equal(mhp_sim_set_module(bench->sim, "kmem", 0), 0);
	assert_int_equal(bench->ctx->be->ops->load_module(bench->ctx->be, "kmem"), 0);
}

static void test_many_at_once(void **state)
{
	struct mirror *mirror = malloc(sizeof(*mirror));
	struct bench bench;

	(void)state;
	assert_non_null(mirror);
	set_up_large(&bench, MANY);
	mirror_begin(mirror, bench.ctx, 208);
	plug_all(&bench);
	mirror_drain(mirror);
	assert_int_equal(mirror->n_lost, 1);
	assert_int_equal(mirror->n_resynced, 1);
	assert_true(mirror->n_found > MANY);
	assert_int_equal(mhp_monitor_count_blocks(mirror->monitor, MHP_STATE_ONLINE), MANY + 16);
	mirror_check(mirror, bench.ctx, "plugged");
	put(&bench, "/sys/bus/dax/devices/dax0.0/state", "unplugged");
	mirror_drain(mirror);
	assert_int_equal(mirror->n_lost, 2);
	assert_int_equal(mhp_monitor_count_blocks(mirror->monitor, MHP_STATE_UNKNOWN), 16);
	mirror_check(mirror, bench.ctx, "unplugged");
	mirror_end(mirror);
	tear_down(&bench);
	free(mirror);
}

/* With room for all of them nothing is lost: no snapshot is needed. */
static void test_room_for_all(void **state)
{
	struct mirror *mirror = malloc(sizeof(*mirror));
	struct bench bench;

	(void)state;
	assert_non_null(mirror);
	set_up_large(&bench, MANY);
	mirror_begin(mirror, bench.ctx, 0);
	plug_all(&bench);
	mirror_drain(mirror);
	assert_int_equal(mirror->n_lost, 0);
	assert_int_equal(mirror->n_found, 0);
	mirror_check(mirror, bench.ctx, "plugged");
	mirror_end(mirror);
	tear_down(&bench);
	free(mirror);
}

/* ---- what an event costs ---- */

/* The machine's own memory does not count. */
static const struct mhp_backend_ops *real_ops;

static int read_for_nothing(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			    char *buf, size_t size, size_t *ret_length)
{
	size_t before = calls;
	int r = real_ops->read(be, dir, name, buf, size, ret_length);

	calls = before;
	return r;
}

static int read_linked_for_nothing(struct mhp_backend *be, const char *path, char *buf,
				   size_t size, size_t *ret_length)
{
	size_t before = calls;
	int r = real_ops->read_linked(be, path, buf, size, ret_length);

	calls = before;
	return r;
}

static int exists_for_nothing(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	size_t before = calls;
	int r = real_ops->exists(be, dir, name);

	calls = before;
	return r;
}

static int list_for_nothing(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			    mhp_list_fn fn, void *data)
{
	size_t before = calls;
	int r = real_ops->list(be, dir, name, fn, data);

	calls = before;
	return r;
}

struct cost {
	size_t events, reads, looks, calls;
};

static struct cost cost_of_plugging(uint64_t blocks)
{
	struct mirror *mirror = malloc(sizeof(*mirror));
	struct mhp_backend_ops ops;
	struct bench bench;
	struct cost cost;

	set_up_large(&bench, blocks);
	mirror_begin(mirror, bench.ctx, 0);
	plug_all(&bench);
	real_ops = bench.ctx->be->ops;
	ops = *real_ops;
	ops.read = read_for_nothing;
	ops.read_linked = read_linked_for_nothing;
	ops.exists = exists_for_nothing;
	ops.list = list_for_nothing;
	bench.ctx->be->ops = &ops;
	cost.reads = mhp_sim_count_reads(bench.sim);
	cost.looks = mhp_sim_count(bench.sim, MHP_SIM_ACCESS_LOOK);
	cost.calls = calls;
	cost.events = mirror_drain(mirror);
	cost.calls = calls - cost.calls;
	cost.reads = mhp_sim_count_reads(bench.sim) - cost.reads;
	cost.looks = mhp_sim_count(bench.sim, MHP_SIM_ACCESS_LOOK) - cost.looks;
	bench.ctx->be->ops = real_ops;
	mirror_end(mirror);
	tear_down(&bench);
	free(mirror);
	return cost;
}

static void test_cost(void **state)
{
	struct cost small = cost_of_plugging(64), large = cost_of_plugging(4096);
	const size_t more = 4096 - 64;

	(void)state;
	/* added and online; the policy before each, then state and zone of what is online */
	assert_int_equal(large.events - small.events, 2 * more);
	assert_int_equal(large.reads - small.reads, 4 * more);
	/* whose node is not known */
	assert_int_equal(large.looks - small.looks, more);
	/* memory is for the devices that are read again, however many blocks these have */
	assert_int_equal(large.calls, small.calls);
}

/* ---- on a machine with many devices ---- */

#define EACH 4				/* blocks of a device */

/* dax0.0, dax1.0 and so on, all of node 1; kmem is there, and has none of them yet. */
static void set_up_devices(struct bench *bench, unsigned int devices)
{
	struct mhp_sim_builder *builder;
	char name[32];

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 4), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, 16 * BLOCK), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	for (unsigned int i = 0; i < devices; i++) {
		snprintf(name, sizeof(name), "dax%u.0", i);
		assert_int_equal(mhp_sim_builder_add_dax(builder, name, 1,
							 (32 + 2 * EACH * i) * BLOCK,
							 EACH * BLOCK), 0);
	}
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	put(bench, POLICY, "online_movable");
	put(bench, DAX_AUTOPROBE_PATH, "0");
	plug_all(bench);
}

struct spent {
	size_t files;			/* read, or looked at, in all */
	size_t most_work;		/* of a block that came online */
};

/* How many blocks came online. */
static size_t hear_device(struct bench *bench, struct mhp_monitor *monitor, struct spent *spent)
{
	size_t files = mhp_sim_count(bench->sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK),
		events = 0;
	const struct mhp_event *event;

	for (;;) {
		size_t before = work;

		assert_int_equal(mhp_monitor_next(monitor, &event), 0);
		if (!event)
			break;
		if (mhp_event_get_kind(event) != MHP_EVENT_BLOCK_ONLINE)
			continue;
		assert_non_null(mhp_event_get_region_name(event));
		events++;
		if (work - before > spent->most_work)
			spent->most_work = work - before;
	}
	spent->files += mhp_sim_count(bench->sim,
				      MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK) - files;
	return events;
}

static struct spent spent_on_devices(unsigned int devices)
{
	struct mhp_monitor_opts opts = {
		.size = sizeof(opts), .flags = MHP_MONITOR_CAUSES, .buffer_bytes = 64 << 20,
	};
	struct mhp_monitor *monitor;
	struct spent spent = { 0 };
	struct bench bench;
	char name[32];

	set_up_devices(&bench, devices);
	assert_int_equal(mhp_monitor_new(bench.ctx, &opts, &monitor), 0);
	for (unsigned int i = 0; i < devices; i++) {
		snprintf(name, sizeof(name), "dax%u.0", i);
		put(&bench, KMEM "/bind", name);
		assert_int_equal(hear_device(&bench, monitor, &spent), EACH);
	}
	mhp_monitor_free(monitor);
	tear_down(&bench);
	return spent;
}

/* Each device is read for itself, however many there are; a block's event walks over none. */
static void test_many_devices(void **state)
{
	struct spent small = spent_on_devices(8), middle = spent_on_devices(16);
	struct spent large = spent_on_devices(128);

	(void)state;
	assert_int_equal(large.files - middle.files, 14 * (middle.files - small.files));
	/* names are looked up among all, by halves */
	assert_true(large.most_work <= small.most_work + 16);
}

static const struct mhp_message *to_come;
static int receive_to_come(struct mhp_backend *be, struct mhp_events *events,
			   struct mhp_message *ret_message, bool *ret_some);

/* Of one more block that is nobody's, once all devices have been looked at for it. */
static struct spent spent_on_stranger(unsigned int devices)
{
	struct mhp_monitor_opts opts = { .size = sizeof(opts), .flags = MHP_MONITOR_CAUSES };
	const struct mhp_event *event;
	struct mhp_backend_ops ops;
	struct mhp_monitor *monitor;
	struct spent spent = { 0 };
	struct bench bench;
	size_t before = 0;

	set_up_devices(&bench, devices);
	assert_int_equal(mhp_monitor_new(bench.ctx, &opts, &monitor), 0);
	real_ops = bench.ctx->be->ops;
	ops = *real_ops;
	ops.receive_event = receive_to_come;
	bench.ctx->be->ops = &ops;
	for (unsigned int i = 0; i < 8; i++) {
		char path[64];
		struct mhp_message message = {
			.action = "add", .devpath = path, .subsystem = "memory",
			.seqnum = monitor->seqnum + 1 + i,
		};

		snprintf(path, sizeof(path), "/devices/system/memory/memory%u", 20000 + i);
		to_come = &message;
		before = work;
		spent.files = mhp_sim_count(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK);
		assert_int_equal(mhp_monitor_next(monitor, &event), 0);
		assert_non_null(event);
		assert_int_equal(mhp_event_get_kind(event), MHP_EVENT_BLOCK_ADDED);
		assert_null(mhp_event_get_region_name(event));
		spent.files = mhp_sim_count(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK) -
			      spent.files;
	}
	spent.most_work = work - before;
	bench.ctx->be->ops = real_ops;
	mhp_monitor_free(monitor);
	tear_down(&bench);
	return spent;
}

static void test_block_of_nobody(void **state)
{
	struct spent small = spent_on_stranger(8), large = spent_on_stranger(128);

	(void)state;
	assert_int_equal(large.files, small.files);
	assert_int_equal(large.most_work, small.most_work);
}

/* ---- while the snapshot is taken ---- */

/* The next message: as sent before the snapshot was begun, or while it was taken. */

static int receive_to_come(struct mhp_backend *be, struct mhp_events *events,
			   struct mhp_message *ret_message, bool *ret_some)
{
	if (!to_come)
		return real_ops->receive_event(be, events, ret_message, ret_some);
	*ret_some = true;
	*ret_message = *to_come;
	to_come = NULL;
	return 0;
}

enum { OLD, MEANWHILE };

/* fails: which look at the device, from 1; 0: none */
static void hear_of(struct mhp_message message, int when, size_t fails, const char *wanted)
{
	struct mhp_backend_ops ops;
	struct mirror mirror;
	struct bench bench;

	set_up_counted(&bench, HMEM_7_3);
	put_blocks(&bench, 33, 33, "online_movable");
	mirror_begin(&mirror, bench.ctx, 0);
	message.seqnum = mirror.monitor->old_seqnum + (when == MEANWHILE);
	mirror.monitor->seqnum = mirror.monitor->old_seqnum + 1;
	to_come = &message;
	real_ops = bench.ctx->be->ops;
	ops = *real_ops;
	ops.receive_event = receive_to_come;
	bench.ctx->be->ops = &ops;
	/* by now the block is gone; while the snapshot is taken it is still to be seen */
	if (when == OLD)
		mhp_sim_fail_read(bench.sim, block_file(33, "state"), -ENOENT, 0);
	if (fails)
		mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_LOOK, DAX, fails, -EIO);
	heard(&mirror, wanted);
	bench.ctx->be->ops = real_ops;
	mirror_end(&mirror);
	tear_down(&bench);
}

/* A removal is told before it is done, and no file tells that a probe has ended. */
static void test_told_early(void **state)
{
	const struct mhp_message removed = {
		.action = "remove", .devpath = "/devices/system/memory/memory33",
		.subsystem = "memory",
	}, online = {
		.action = "online", .devpath = "/devices/system/memory/memory32",
		.subsystem = "memory",
	}, unknown = {
		.action = "remove", .devpath = "/devices/system/memory/memory99",
		.subsystem = "memory",
	}, bound = {
		.action = "bind", .devpath = &DAX[strlen("/sys")], .subsystem = "dax",
		.driver = "kmem",
	}, bound_before = {
		.action = "bind", .devpath = &DAX[strlen("/sys")], .subsystem = "dax",
		.driver = "device_dax",
	};

	(void)state;
	for (int when = OLD; when <= MEANWHILE; when++) {
		hear_of(removed, when, 0, "memory33 removed while online in Movable (dax0.0)");
		hear_of(unknown, when, 0, "");
		/* it is not so any more */
		hear_of(online, when, 0, "");
		hear_of(bound_before, when, 0, "");
		/* whether it still is may not be to be seen */
		for (size_t fails = 0; fails <= 3; fails++)
			hear_of(bound, when, fails, "dax0.0 bound to kmem");
	}
}

/* Another one acts between any two accesses: no state is missed, and none is made up. */
static size_t race_with_begin(const char *machine, const char *path, const char *word, size_t n)
{
	struct mirror mirror;
	struct bench bench;
	size_t count;

	set_up_counted(&bench, machine);
	put_blocks(&bench, 34, 34, "online_movable");
	assert_int_equal(mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK,
					 NULL, n, path,
					 word), 0);
	mirror_begin(&mirror, bench.ctx, 0);
	count = mhp_sim_count(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK);
	mirror_drain(&mirror);
	mirror_check(&mirror, bench.ctx, path);
	mirror_end(&mirror);
	tear_down(&bench);
	return count;
}

static void race(const char *machine, const char *path, const char *word)
{
	size_t n = 1;

	while (race_with_begin(machine, path, word, n) >= n)
		n++;
	assert_true(n > 20);
}

static void test_races(void **state)
{
	(void)state;
	race(HMEM_7_3, block_file(33, "state"), "online_movable");
	race(HMEM_7_3, block_file(34, "state"), "offline");
	race(HMEM_7_3, DEVICE, "unplugged");
	race(HMEM_6_1, UNBIND, "dax0.0");
}

/*
 * A message that the snapshot has overtaken does not make the block have been where it
 * never was: it went from Normal to Movable, and was not in Movable before.
 */
static void test_overtaken(void **state)
{
	size_t count = SIZE_MAX;

	(void)state;
	for (size_t n = 1; n < count; n++) {
		const struct mhp_event *event;
		struct mirror mirror;
		struct bench bench;
		enum mhp_zone zone;

		set_up_counted(&bench, HMEM_7_3);
		put_blocks(&bench, 34, 34, "online_kernel");
		mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK, NULL, n,
				block_file(34, "state"), "offline");
		mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK, NULL, n,
				block_file(34, "state"), "online_movable");
		mirror_begin(&mirror, bench.ctx, 0);
		count = mhp_sim_count(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK);
		do {
			assert_int_equal(mhp_monitor_next(mirror.monitor, &event), 0);
			if (!event)
				break;
			mhp_event_get_before(event, NULL, &zone);
			assert_int_not_equal(zone, MHP_ZONE_MOVABLE);
		} while (true);
		mhp_monitor_get_block(mirror.monitor, 34, NULL, &zone);
		assert_int_equal(zone, MHP_ZONE_MOVABLE);
		mirror_end(&mirror);
		tear_down(&bench);
	}
}

/* The same while what differs is found. */
static void test_races_with_lost(void **state)
{
	size_t n, count = SIZE_MAX;

	(void)state;
	for (n = 1; n < count; n++) {
		struct mirror mirror;
		struct bench bench;
		size_t before;

		set_up_counted(&bench, HMEM_7_3);
		mirror_begin(&mirror, bench.ctx, 0);
		mhp_sim_lose_events(bench.sim, 1);
		put_blocks(&bench, 33, 33, "online_kernel");
		put_blocks(&bench, 34, 34, "online_movable");
		before = mhp_sim_count(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK);
		mhp_sim_race_at(bench.sim, MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK, NULL, n,
				n % 2 ? DEVICE : block_file(34, "state"),
				n % 2 ? "unplugged" : "offline");
		mirror_drain(&mirror);
		count = mhp_sim_count(bench.sim,
				      MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK) - before;
		mirror_check(&mirror, bench.ctx, "lost");
		mirror_end(&mirror);
		tear_down(&bench);
	}
	assert_true(n > 20);
}

/* ---- at random ---- */

static unsigned int seed;

static unsigned int roll(unsigned int sides)
{
	return (unsigned int)(rand_r(&seed) >> 4) % sides;
}

static void act_at_random(struct bench *bench)
{
	static const char *const words[] = { "offline", "online_movable", "online_kernel", "online" };
	unsigned int id = 32 + roll(4);

	switch (roll(10)) {
	case 0:
		mhp_sim_write(bench->sim, DEVICE, roll(2) ? "unplugged" : words[roll(4)]);
		break;
	case 1:
		mhp_sim_write(bench->sim, POLICY, words[roll(4)]);
		break;
	case 2:
		mhp_sim_write(bench->sim, roll(2) ? UNBIND : KMEM "/bind", "dax0.0");
		break;
	case 3:
		mhp_sim_lose_events(bench->sim, roll(4));
		break;
	case 4:
		mhp_sim_race_at(bench->sim, MHP_SIM_ACCESS_READ, NULL, 1 + roll(30),
				block_file(id, "state"), words[roll(4)]);
		break;
	default:
		mhp_sim_write(bench->sim, block_file(id, "state"), words[roll(4)]);
		break;
	}
}

static void test_random(void **state)
{
	static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1, RANGES_7_3 };
	unsigned int first = getenv("MHP_SEED") ? (unsigned int)atoi(getenv("MHP_SEED")) : 1;

	(void)state;
	for (unsigned int run = first; run < first + 60; run++) {
		struct mirror mirror;
		struct bench bench;
		char when[64];

		snprintf(when, sizeof(when), "MHP_SEED=%u", run);
		seed = run;
		set_up_counted(&bench, machines[run % ARRAY_SIZE(machines)]);
		mirror_begin(&mirror, bench.ctx, 1 + roll(12));
		for (int i = 0; i < 100; i++) {
			act_at_random(&bench);
			for (unsigned int n = roll(5); n; n--)
				mirror_next(&mirror);
			if (!roll(40))
				assert_int_equal(mhp_monitor_refresh(mirror.monitor), 0);
		}
		mhp_sim_clear_failures(bench.sim);
		mirror_drain(&mirror);
		mirror_check(&mirror, bench.ctx, when);
		mirror_end(&mirror);
		tear_down(&bench);
	}
}

/* ---- lack of memory ---- */

/* Each allocation fails once; what was not told then is told by the next call. */
static void test_no_memory(void **state)
{
	bool failed = true;

	(void)state;
	for (size_t n = 1; failed; n++) {
		const struct mhp_event *event;
		struct mirror mirror;
		struct bench bench;
		int r;

		set_up(&bench, HMEM_7_3);
		mirror_begin(&mirror, bench.ctx, 0);
		put_blocks(&bench, 32, 33, "online_movable");
		mhp_sim_lose_events(bench.sim, 1);
		put_blocks(&bench, 32, 33, "offline");
		put(&bench, DEVICE, "unplugged");
		assert_true(mirror_next(&mirror));
		failed = false;
		calls = 0;
		fail_at = n;
		r = mhp_monitor_next(mirror.monitor, &event);
		failed = calls >= n;
		fail_at = 0;
		if (r < 0) {
			assert_int_equal(r, -ENOMEM);
			mirror_drain(&mirror);
			mirror_check(&mirror, bench.ctx, "no memory");
		}
		mirror_end(&mirror);
		tear_down(&bench);
	}
}

static int (*sim_receive)(struct mhp_backend *be, struct mhp_events *events,
			  struct mhp_message *ret_message, bool *ret_some);

/* As libudev, where it has no memory for a message that it has received. */
static int drop_one(struct mhp_backend *be, struct mhp_events *events,
		    struct mhp_message *ret_message, bool *ret_some)
{
	static int calls_left = 2;

	sim_receive(be, events, ret_message, ret_some);
	return --calls_left ? 0 : -ENOMEM;
}

static void test_message_without_memory(void **state)
{
	struct mhp_backend_ops ops;
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	ops = *bench.ctx->be->ops;
	sim_receive = ops.receive_event;
	ops.receive_event = drop_one;
	mirror_begin(&mirror, bench.ctx, 0);
	bench.ctx->be->ops = &ops;
	put_blocks(&bench, 32, 34, "online_movable");
	heard(&mirror, "memory_tier22 added; events were lost; "
		       "memory32 online in Movable (dax0.0)!; "
		       "memory33 online in Movable (dax0.0)!; "
		       "memory34 online in Movable (dax0.0)!; compared with a fresh snapshot!");
	mirror_check(&mirror, bench.ctx, "in the end");
	mirror_end(&mirror);
	tear_down(&bench);
}

static void test_new_without_memory(void **state)
{
	struct mhp_monitor *monitor = NULL;
	struct bench bench;
	size_t before;
	int r = -ENOMEM;

	(void)state;
	set_up(&bench, HMEM_7_3);
	before = live_count;
	for (size_t n = 1; r < 0; n++) {
		calls = 0;
		fail_at = n;
		r = mhp_monitor_new(bench.ctx, NULL, &monitor);
		fail_at = 0;
		if (r < 0) {
			assert_int_equal(r, -ENOMEM);
			assert_int_equal(live_count, before);
		}
		assert_true(n < 100000);
	}
	mhp_monitor_free(monitor);
	assert_int_equal(live_count, before);
	tear_down(&bench);
}

/* ---- options ---- */

static char last_message[256];

static void note(void *data, int code, const char *path, const char *message)
{
	(void)data;
	(void)code;
	(void)path;
	snprintf(last_message, sizeof(last_message), "%s", message);
}

static void test_options(void **state)
{
	struct mhp_monitor_opts opts = { .size = sizeof(opts), .flags = UINT64_C(1) << 40 };
	struct mhp_monitor *monitor = NULL;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mhp_ctx_set_log_fn(bench.ctx, note, NULL);
	assert_int_equal(mhp_monitor_new(bench.ctx, &opts, &monitor), -E2BIG);
	opts = (struct mhp_monitor_opts){ .size = sizeof(opts), .reserved = 1 };
	assert_int_equal(mhp_monitor_new(bench.ctx, &opts, &monitor), -E2BIG);
	opts = (struct mhp_monitor_opts){ .size = sizeof(opts), .source = 3 };
	assert_int_equal(mhp_monitor_new(bench.ctx, &opts, &monitor), -EINVAL);
	opts = (struct mhp_monitor_opts){ .size = sizeof(opts), .snapshot_flags = 1 << 30 };
	assert_int_equal(mhp_monitor_new(bench.ctx, &opts, &monitor), -E2BIG);
	opts = (struct mhp_monitor_opts){ .size = sizeof(opts), .source = MHP_EVENT_SOURCE_UDEV };
	assert_int_equal(mhp_monitor_new(bench.ctx, &opts, &monitor), -EOPNOTSUPP);
	assert_string_equal(last_message, "no udevd runs on the simulated machine");
	opts = (struct mhp_monitor_opts){ .size = sizeof(opts), .source = MHP_EVENT_SOURCE_KERNEL };
	assert_null(monitor);
	assert_int_equal(mhp_monitor_new(bench.ctx, &opts, &monitor), 0);
	assert_int_equal(mhp_monitor_get_source(monitor), MHP_EVENT_SOURCE_KERNEL);
	mhp_monitor_free(monitor);
	mhp_monitor_free(NULL);
	tear_down(&bench);
}

static bool is_readable(struct mhp_monitor *monitor)
{
	struct pollfd fd = { .events = POLLIN };

	assert_int_equal(mhp_monitor_get_fd(monitor, &fd.fd), 0);
	return poll(&fd, 1, 0) == 1;
}

static void test_fd(void **state)
{
	struct mirror mirror;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	mirror_begin(&mirror, bench.ctx, 0);
	assert_false(is_readable(mirror.monitor));
	put_blocks(&bench, 32, 32, "online_movable");
	assert_true(is_readable(mirror.monitor));
	mirror_drain(&mirror);
	assert_false(is_readable(mirror.monitor));
	mhp_sim_lose_events(bench.sim, 1);
	put_blocks(&bench, 32, 32, "offline");
	assert_true(is_readable(mirror.monitor));
	mirror_drain(&mirror);
	assert_false(is_readable(mirror.monitor));
	mirror_end(&mirror);
	tear_down(&bench);
}

/* It keeps what it needs. */
/* Who was killed hears no more. */
static void test_killed(void **state)
{
	const struct mhp_event *event;
	struct mhp_monitor *monitor;
	struct bench bench;
	struct mhp_plan *plan;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_int_equal(mhp_monitor_new(bench.ctx, NULL, &monitor), 0);
	plan = planned(&bench, MHP_GOAL_ONLINE, MHP_ONLINE_MOVABLE, 0);
	mhp_sim_kill_after(bench.sim, 1);
	mhp_apply(bench.ctx, plan, NULL, &bench.report);
	mhp_plan_unref(plan);
	put_blocks(&bench, 32, 32, "online_movable");
	assert_int_equal(mhp_monitor_next(monitor, &event), -EIO);
	mhp_monitor_free(monitor);
	tear_down(&bench);
}

static void test_outlives_context(void **state)
{
	struct mhp_monitor *monitor;
	const struct mhp_event *event;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_7_3);
	assert_int_equal(mhp_monitor_new(bench.ctx, NULL, &monitor), 0);
	bench.ctx = mhp_ctx_unref(bench.ctx);
	put_blocks(&bench, 32, 32, "online_movable");
	assert_int_equal(mhp_monitor_next(monitor, &event), 0);
	assert_non_null(event);
	mhp_monitor_free(monitor);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_nothing_new),
		cmocka_unit_test(test_asked_for),
		cmocka_unit_test(test_probed),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_cut_in_two),
		cmocka_unit_test(test_device_is_gone),
		cmocka_unit_test(test_device_came_and_went),
		cmocka_unit_test(test_device_of_no_memory),
		cmocka_unit_test(test_event_values),
		cmocka_unit_test(test_no_zones),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_lost_device),
		cmocka_unit_test(test_lost_coming),
		cmocka_unit_test(test_lost_and_not_listed),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_snapshot_fails),
		cmocka_unit_test(test_loses_for_ever),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_room_for_all),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_many_devices),
		cmocka_unit_test(test_block_of_nobody),
		cmocka_unit_test(test_told_early),
		cmocka_unit_test(test_races),
		cmocka_unit_test(test_overtaken),
		cmocka_unit_test(test_races_with_lost),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_message_without_memory),
		cmocka_unit_test(test_new_without_memory),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_fd),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_outlives_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
