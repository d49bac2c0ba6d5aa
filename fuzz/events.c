// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A simulated machine that others change, and who follows it: with events lost, files that
 * cannot be read, and messages about what is not so. In the end what events have led to is the
 * machine's state (tests/support/mirror.h), and each event led somewhere.
 *
 * A byte for the machine, one for how it is followed, then operations of six bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>
#include <mhp/cause.h>

#include "../sim/sim.h"
#include "clock.h"
#include "internal.h"
#include "machines.h"
#include "monitor.h"
#include "support/mirror.h"

#define MAX_OPS 40
#define BLOCKS 256
#define DEVICES 64
#define LOOKS (MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK)

const char fuzz_name[] = "events";

struct device {
	char name[64];
	bool is_there;
};

struct stage {
	const struct machine *machine;
	struct mhp_sim *sim;
	struct mhp_ctx *ctx, *other;
	struct mirror mirror;
	struct mhp_backend_ops ops;
	struct device devices[DEVICES];
	size_t n_devices;
	uint64_t seqnum;
	bool believes;		/* it may have been lied to */
};

static bool is_loud(void)
{
	static int loud = -1;

	if (loud < 0)
		loud = getenv("FUZZ_TELL") != NULL;
	return loud;
}

#define TELL(...) (is_loud() ? (void)fprintf(stderr, __VA_ARGS__) : (void)0)

/* ---- devices, as events tell of them ---- */

static struct device *device_of(struct stage *stage, const char *name)
{
	for (size_t i = 0; i < stage->n_devices; i++)
		if (!strcmp(stage->devices[i].name, name))
			return &stage->devices[i];
	FUZZ_CHECK(stage->n_devices < DEVICES);
	snprintf(stage->devices[stage->n_devices].name, sizeof(stage->devices[0].name), "%s", name);
	return &stage->devices[stage->n_devices++];
}

static bool is_device(const struct mhp_region *region)
{
	enum mhp_region_kind kind = mhp_region_get_kind(region);

	return kind == MHP_REGION_DAX || kind == MHP_REGION_CXL || kind == MHP_REGION_VIRTIO_MEM;
}

static void begin_devices(struct stage *stage, const struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++)
		if (is_device(mhp_snapshot_get_region(snap, i)))
			device_of(stage, mhp_region_get_name(mhp_snapshot_get_region(snap, i)))
				->is_there = true;
}

static void check_devices(struct stage *stage, const struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++) {
		const struct mhp_region *region = mhp_snapshot_get_region(snap, i);

		if (is_device(region) && !device_of(stage, mhp_region_get_name(region))->is_there)
			FUZZ_FAIL("%s is there, and events say it is not",
				  mhp_region_get_name(region));
	}
	for (size_t i = 0; i < stage->n_devices; i++)
		if (stage->devices[i].is_there &&
		    !mhp_snapshot_find_region(snap, stage->devices[i].name))
			FUZZ_FAIL("%s is not there, and events say it is", stage->devices[i].name);
}

/* ---- events ---- */

static void check_event(struct stage *stage, const struct mhp_event *event)
{
	enum mhp_event_kind kind = mhp_event_get_kind(event);
	const char *name = mhp_event_get_name(event);
	uint64_t seqnum = mhp_event_get_seqnum(event);
	char *text;

	FUZZ_CHECK(mhp_event_copy_text(event, &text) == 0);
	TELL("   %s\n", text);
	FUZZ_CHECK(*text && fuzz_is_printable(text));
	free(text);
	FUZZ_CHECK(fuzz_is_printable(name));
	FUZZ_CHECK(!*name == (kind == MHP_EVENT_LOST || kind == MHP_EVENT_RESYNCED));
	FUZZ_CHECK(mhp_event_is_found(event) || kind != MHP_EVENT_RESYNCED);
	FUZZ_CHECK(!seqnum || seqnum >= stage->seqnum || stage->believes);
	if (seqnum)
		stage->seqnum = seqnum;
	mhp_event_get_region_name(event);
	mhp_event_get_cause(event);
	mirror_apply(&stage->mirror, event);
	if (kind == MHP_EVENT_DEVICE_ADDED || kind == MHP_EVENT_DEVICE_REMOVED) {
		struct device *device = device_of(stage, name);

		if (device->is_there == (kind == MHP_EVENT_DEVICE_ADDED))
			FUZZ_FAIL("%s: told twice that it %s", name,
				  device->is_there ? "came" : "went");
		device->is_there = kind == MHP_EVENT_DEVICE_ADDED;
	}
}

/* 0: there may be more */
static int hear(struct stage *stage, unsigned int most)
{
	const struct mhp_event *event;
	int r;

	while (most--) {
		event = NULL;
		r = mhp_monitor_next(stage->mirror.monitor, &event);
		if (r < 0)
			return r;
		if (!event)
			return 1;
		check_event(stage, event);
	}
	return 0;
}

/* ---- messages that nobody sent ---- */

static struct mhp_message to_come;
static bool comes;
static const struct mhp_backend_ops *real_ops;

static int receive(struct mhp_backend *be, struct mhp_events *events,
		   struct mhp_message *ret_message, bool *ret_some)
{
	if (!comes)
		return real_ops->receive_event(be, events, ret_message, ret_some);
	comes = false;
	*ret_message = to_come;
	*ret_some = true;
	return 0;
}

/*
 * Numbers up to that of the snapshot are of what may be in it: there the monitor looks. It believes
 * what has a later one, until it looks anew.
 */
static uint64_t pick_seqnum(struct stage *stage, uint8_t byte)
{
	const struct mhp_monitor *monitor = stage->mirror.monitor;
	uint64_t now;

	sim_lock(stage->sim);
	now = stage->sim->seqnum;
	sim_unlock(stage->sim);
	switch (byte % 8) {
	case 0:
		return 0;
	case 1:
		return 1;
	case 2:
		return monitor->old_seqnum;
	case 3:
		return now;
	case 4:
		return now + 1;
	case 5:
		return monitor->seqnum + 1;
	default:
		return monitor->seqnum;
	}
}

/* Not of a removal, or of a driver: of these nothing else tells. */
static void forge(struct stage *stage, const struct op *op)
{
	static const char *const actions[] = { "online", "offline", "add", "change", "move", "", NULL };
	static const char *const systems[] = { "memory", "dax", "node", "virtio", "cxl", "x", NULL };
	static const char *const paths[] = {
		"/devices/system/memory/memory32", "/devices/system/memory/memory33",
		"/devices/system/memory/memory99", "/devices/system/memory/memory",
		"/devices/system/memory/memory18446744073709551615", "/devices/system/node/node1",
		"/devices/platform/hmem_platform.0/hmem.0/dax0.0", "/devices/../x", "", NULL,
		"/devices/system/memory/memory32/", "/devices/virtual/memory_tiering/memory_tier4",
	};

	to_come = (struct mhp_message){
		.action = PICK(actions, op->a), .subsystem = PICK(systems, op->b),
		.devpath = PICK(paths, op->c), .driver = op->d & 1 ? "kmem" : NULL,
		.modalias = op->d & 2 ? "dax:t0" : NULL, .seqnum = pick_seqnum(stage, op->d >> 2),
		.synth_uuid = op->d & 0x20 ? "0" : NULL,
	};
	stage->believes |= to_come.seqnum > stage->mirror.monitor->seqnum;
	comes = true;
	hear(stage, 1 + op->e % 4);
	comes = false;
}

/* ---- operations ---- */

static void use_libmhp(struct stage *stage, const struct op *op)
{
	const char *region = pick_region(stage->machine, op->a);
	uint64_t rules = op->c & 0x3f;
	struct mhp_report *report = NULL;

	switch (op->b % 4) {
	case 0:
		(void)mhp_online_region(stage->other, region, (enum mhp_online_type)(op->d & 3), rules,
					&report);
		break;
	case 1:
		(void)mhp_offline_region(stage->other, region, rules, &report);
		break;
	case 2:
		(void)mhp_unplug_region(stage->other, region, rules, &report);
		break;
	default:
		(void)mhp_plug_region(stage->other, region, (enum mhp_online_type)(op->d & 3), rules,
				      &report);
	}
	mhp_report_free(report);
}

static void act(struct stage *stage, const struct op *op)
{
	const char *path, *word;

	TELL("-- %02x %02x %02x %02x %02x %02x\n", op->code, op->a, op->b, op->c, op->d, op->e);
	switch (op->code % 20) {
	case 0:
	case 1:
	case 2:
		hear(stage, op->a % 8);
		break;
	case 3:
		mhp_sim_lose_events(stage->sim, op->a % 8);
		break;
	case 4:
		(void)mhp_monitor_check(stage->mirror.monitor);
		break;
	case 5:
		(void)mhp_monitor_refresh(stage->mirror.monitor);
		break;
	case 6:
		mhp_sim_fail_at(stage->sim, LOOKS, NULL, 1 + op->a % 64, pick_code(op->b));
		break;
	case 7:
		path = pick_file(stage->machine, op, &word);
		mhp_sim_race_at(stage->sim, LOOKS, NULL, 1 + op->a % 64, path, word);
		break;
	case 8:
		use_libmhp(stage, op);
		break;
	case 9:
		forge(stage, op);
		break;
	case 10:
		mhp_sim_clear_failures(stage->sim);
		break;
	default:
		if (is_loud() && op->a % 8 > 2) {
			path = pick_file(stage->machine, op, &word);
			TELL("%s > %s\n", word, path);
		}
		act_as_other(stage->sim, stage->machine, op);
	}
}

/* Whoever calls again gets to the end. */
static void hear_to_end(struct stage *stage)
{
	int r;

	for (int tries = 0; (r = hear(stage, 100000)) != 1; tries++)
		if (tries == 10)
			FUZZ_FAIL("events do not end: %d", r);
}

/* Of what could not be read when all was looked at nothing was told: it is still as it was. */
static bool has_unknown(const struct mhp_snapshot *snap)
{
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i);

		if (mhp_block_get_state(block) == MHP_STATE_UNKNOWN ||
		    (mhp_block_get_state(block) == MHP_STATE_ONLINE &&
		     mhp_block_get_zone(block) == MHP_ZONE_UNKNOWN))
			return true;
	}
	return false;
}

/* Who has not acted yet would do so behind the last event. */
static void forget_races(struct mhp_sim *sim)
{
	sim_lock(sim);
	for (size_t i = 0; i < sim->n_countdowns; i++)
		if (sim->countdowns[i].act_path)
			sim->countdowns[i].left = 0;
	sim_unlock(sim);
}

static void hear_all(struct stage *stage)
{
	struct mhp_monitor *monitor = stage->mirror.monitor;

	forget_races(stage->sim);
	mhp_sim_clear_failures(stage->sim);
	mhp_sim_lose_events(stage->sim, 0);
	hear_to_end(stage);
	if (stage->believes || has_unknown(mhp_monitor_get_snapshot(monitor))) {
		FUZZ_CHECK(mhp_monitor_refresh(monitor) == 0);
		hear_to_end(stage);
	}
}

static bool begin(struct stage *stage, uint8_t how)
{
	struct mhp_monitor_opts opts = {
		.size = sizeof(opts), .flags = MHP_MONITOR_ZONES | (how & 1 ? MHP_MONITOR_CAUSES : 0),
		.buffer_bytes = (size_t)(how >> 1 & 15) * 1024,
		.snapshot_flags = how & 0x20 ? MHP_SNAPSHOT_EXACT : 0,
	};
	struct mhp_monitor *monitor;

	if (mhp_monitor_new(stage->ctx, &opts, &monitor) < 0)
		return false;
	mirror_begin_at(&stage->mirror, monitor);
	stage->mirror.n_blocks = BLOCKS;
	begin_devices(stage, mhp_monitor_get_snapshot(monitor));
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	static struct stage stage;
	struct mhp_snapshot *snap;
	struct op op;

	setenv("CMOCKA_TEST_ABORT", "1", 1);
	stage.machine = machine_get(input_byte(&input));
	stage.n_devices = 0;
	stage.seqnum = 0;
	stage.believes = false;
	memset(stage.devices, 0, sizeof(stage.devices));
	TELL("== %s\n", stage.machine->name);
	stage.sim = machine_start(stage.machine);
	clock_watch(stage.sim);
	FUZZ_CHECK(mhp_sim_new_ctx(stage.sim, &stage.ctx) == 0);
	FUZZ_CHECK(mhp_sim_new_ctx(stage.sim, &stage.other) == 0);
	real_ops = stage.ctx->be->ops;
	stage.ops = *real_ops;
	stage.ops.receive_event = receive;
	stage.ctx->be->ops = &stage.ops;
	FUZZ_CHECK(begin(&stage, input_byte(&input)));
	for (size_t i = 0; i < MAX_OPS && input_op(&input, &op); i++)
		act(&stage, &op);
	hear_all(&stage);
	mirror_check(&stage.mirror, stage.other, stage.machine->name);
	FUZZ_CHECK(mhp_snapshot_new(stage.other, NULL, &snap) == 0);
	check_devices(&stage, snap);
	mhp_snapshot_unref(snap);
	mirror_end(&stage.mirror);
	stage.ctx->be->ops = real_ops;
	mhp_ctx_unref(stage.ctx);
	mhp_ctx_unref(stage.other);
	mhp_sim_unref(stage.sim);
	clock_watch(NULL);
	return 0;
}
