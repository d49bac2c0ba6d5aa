// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A simulated machine and what is done to it: requests of all kinds, with failures, with others
 * at work, with kills. After each call the machine itself (tests/support/world.h) is as the
 * report says, outcomes are no lies, and what is left behind is put back by recovery.
 *
 * A byte for the machine, then operations of six bytes, fuzz/machines.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>
#include <mhp/agenda.h>
#include <mhp/standing.h>

#include "../sim/sim.h"
#include "clock.h"
#include "machines.h"
#include "support/honest.h"

#define MAX_OPS 24
#define ANY (MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN |	\
	     MHP_SIM_ACCESS_LOAD | MHP_SIM_ACCESS_LOOK)
#define DRIVERS "/sys/bus/dax/drivers/"

const char fuzz_name[] = "operation";

struct stage {
	const struct machine *machine;
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	struct mhp_plan *plan;		/* made before, to be applied later */
	/* another context that has the lock */
	struct mhp_ctx *holder;
	struct mhp_dir *run;
	struct mhp_lock *lock;
	unsigned int faults;		/* more than one: the way back may fail, too */
	bool has_failed_at;		/* one access, some time */
	int failed_code;		/* ... with this */
};

static bool is_loud(void)
{
	static int loud = -1;

	if (loud < 0)
		loud = getenv("FUZZ_TELL") != NULL;
	return loud;
}

#define TELL(...) (is_loud() ? (void)fprintf(stderr, __VA_ARGS__) : (void)0)

/* ---- requests ---- */

static void set_target(const struct stage *stage, struct mhp_request *request, const struct op *op)
{
	uint64_t block = pick_block(stage->machine, op->d), size = stage->sim->model.block_size;
	/* at what is behind these blocks nobody would look */
	uint64_t end = WORLD_BLOCKS * size, start = block * size, bytes = size * (1 + op->a % 5);

	FUZZ_CHECK(block < WORLD_BLOCKS);
	switch (op->a >> 5) {
	case 5:
		if (bytes > end - start)
			bytes = end - start;
		FUZZ_CHECK(mhp_request_add_blocks(request, block, bytes / size) == 0);
		break;
	case 6:
		FUZZ_CHECK(mhp_request_set_node(request, op->a % 4) == 0);
		break;
	case 7:
		start += op->a % 4 * 4096;
		bytes = size * (1 + op->a % 8) - op->a % 3;
		if (bytes > end - start)
			bytes = end - start;
		if (op->a & 16)
			FUZZ_CHECK(mhp_request_set_range(request, start, bytes) == 0);
		else
			FUZZ_CHECK(mhp_request_set_kind(request, (enum mhp_region_kind)
				(MHP_REGION_DAX + op->a % (MHP_REGION_BOOT - MHP_REGION_DAX + 1))) == 0);
		break;
	default:
		FUZZ_CHECK(mhp_request_set_region(request, pick_region(stage->machine,
								       op->a & 0x1f)) == 0);
	}
}

/* a: the target, with d; b: goal, type, driver; c: rules; d: size, if the target is a region */
static struct mhp_request *request_of(const struct stage *stage, const struct op *op)
{
	enum mhp_goal goal = (enum mhp_goal)(MHP_GOAL_OFFLINE + op->b % 4);
	struct mhp_request *request;

	FUZZ_CHECK(mhp_request_new(&request) == 0);
	set_target(stage, request, op);
	FUZZ_CHECK(mhp_request_set_goal(request, goal) == 0);
	if ((op->b >> 2 & 7) == 7)
		mhp_request_set_default_type(request);
	else
		FUZZ_CHECK(mhp_request_set_online_type(request, (enum mhp_online_type)
						       (op->b >> 2 & 3)) == 0);
	if (op->b >> 5 == 7)
		FUZZ_CHECK(mhp_request_set_driver(request, "device_dax") == 0);
	FUZZ_CHECK(mhp_request_set_rules(request, op->c & 0x3f) == 0);
	if (op->d >= 0xe0 && op->a >> 5 < 5)
		mhp_request_set_size_bytes(request, (op->d & 0x1f) * stage->sim->model.block_size);
	return request;
}

/* Asks to end after so many calls, and again. */
struct asker {
	unsigned int after, calls;
	bool undo_too;
};

static int on_progress(void *data, uint64_t done, uint64_t total)
{
	struct asker *asker = data;

	FUZZ_CHECK(done <= total);
	if (!asker->after || ++asker->calls < asker->after)
		return 0;
	return asker->undo_too && asker->calls > asker->after + 1 ? MHP_CANCEL_UNDO : MHP_CANCEL;
}

static struct mhp_apply_opts opts_of(struct asker *asker, const struct op *op)
{
	*asker = (struct asker){ .after = op->e & 0x1f, .undo_too = op->e & 0x20 };
	return (struct mhp_apply_opts){
		.size = sizeof(struct mhp_apply_opts), .progress = on_progress,
		.progress_data = asker, .timeout_ms = op->e & 0x40 ? 50 : 5000,
		.undo_timeout_ms = 5000, .flags = op->e & 0x80 ? MHP_APPLY_BY_TIME : 0,
	};
}

static struct mhp_snapshot *take_snapshot(struct stage *stage)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_snapshot *snap = NULL;
	int r = mhp_snapshot_new(stage->ctx, &opts, &snap);

	FUZZ_CHECK((r == 0) == (snap != NULL));
	return snap;
}

static struct mhp_plan *plan_of(struct stage *stage, const struct op *op)
{
	struct mhp_snapshot *snap = take_snapshot(stage);
	struct mhp_request *request;
	struct mhp_plan *plan = NULL;
	char *why = NULL, *text;
	int r;

	if (!snap)
		return NULL;
	request = request_of(stage, op);
	r = mhp_plan_new_why(snap, request, &plan, &why);
	FUZZ_CHECK((r == 0) == (plan != NULL));
	FUZZ_CHECK((r == 0) == (why == NULL));
	if (is_loud()) {
		if (plan)
			FUZZ_CHECK(mhp_plan_copy_text(plan, &text) == 0);
		TELL("%s\n", plan ? text : why);
		if (plan)
			free(text);
	}
	free(why);
	mhp_request_free(request);
	mhp_snapshot_unref(snap);
	return plan;
}

/* ---- what must hold ---- */

struct witness {
	const struct stage *stage;
	struct deed deed;
};

static void complain(void *data, const char *text)
{
	const struct witness *witness = data;
	const struct mhp_report *report = witness->deed.report;

	FUZZ_FAIL("%s: %s: %s: %s (%s)", witness->stage->machine->name, text,
		  report ? mhp_plan_get_target(mhp_report_get_plan(report)) : "no report",
		  report ? mhp_report_get_message(report) : "",
		  report ? mhp_outcome_to_str(mhp_report_get_outcome(report)) : "");
}

static size_t count_writes(const struct stage *stage)
{
	return mhp_sim_count(stage->sim, MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_LOAD);
}

/* Somebody is to act in the middle of the call; or the kernel, or the host, by itself. */
static bool is_restless(const struct stage *stage)
{
	const struct model *model = &stage->sim->model;

	if (stage->sim->n_races || model->n_dimm_works || stage->sim->udev_word)
		return true;
	for (size_t i = 0; i < stage->sim->n_countdowns; i++)
		if (stage->sim->countdowns[i].act_path && stage->sim->countdowns[i].left)
			return true;
	for (size_t i = 0; i < model->n_vmems; i++)
		if (model->vmems[i]->requested != model->vmems[i]->plugged ||
		    model->vmems[i]->is_due || model->vmems[i]->retries)
			return true;
	return false;
}

static struct witness begin(const struct stage *stage)
{
	return (struct witness){
		.stage = stage,
		.deed = {
			.sim = stage->sim, .before = world_of(stage->sim),
			.slack = (stage->faults ? SLACK_UNDO : 0) |
				 (is_restless(stage) ? SLACK_OTHERS : 0),
			.writes = count_writes(stage), .complain = complain,
		},
	};
}

static void forget_faults(struct stage *stage)
{
	mhp_sim_clear_failures(stage->sim);
	mhp_sim_set_read_only(stage->sim, 0);
	mhp_sim_set_privileged(stage->sim, true);
	stage->faults = 0;
	stage->has_failed_at = false;
}

/* The kernel itself refused something, and what was to fail once was the way back. */
static bool has_failed_twice(const struct stage *stage, const struct mhp_report *report)
{
	const char *back = strstr(mhp_report_get_message(report), "; putting it back: ");

	return stage->has_failed_at && back && strstr(back, code_to_name(-stage->failed_code));
}

/* The call is over; report may be NULL. */
static void end(struct stage *stage, struct witness *witness, const struct mhp_report *report)
{
	struct deed *deed = &witness->deed;

	deed->data = witness;
	deed->after = world_of(stage->sim);
	deed->writes = count_writes(stage) - deed->writes;
	deed->report = report;
	if (is_restless(stage))
		deed->slack |= SLACK_OTHERS;
	if (report) {
		deed->plan = mhp_report_get_plan(report);
		TELL("%s: %s\n", mhp_outcome_to_str(mhp_report_get_outcome(report)),
		     mhp_report_get_message(report));
		/* what was put back before is told elsewhere */
		if (mhp_report_get_recovery(report))
			deed->slack |= SLACK_OTHERS;
		if (has_failed_twice(stage, report))
			deed->slack |= SLACK_UNDO;
		check_report(deed);
	} else if (deed->writes && !(deed->slack & SLACK_OTHERS)) {
		complain(witness, "there is no report, but something was written");
	}
	if (!deed->after.journal || stage->lock)
		return;
	forget_faults(stage);
	check_recovery_of(deed);
}

/* ---- operations ---- */

static void apply(struct stage *stage, struct mhp_plan *plan, const struct op *op)
{
	struct asker asker;
	struct mhp_apply_opts opts = opts_of(&asker, op);
	struct witness witness = begin(stage);
	struct mhp_report *report = NULL;
	int r;

	r = mhp_apply(stage->ctx, plan, &opts, &report);
	FUZZ_CHECK((r == 0) == (report != NULL));
	if (opts.progress && asker.after)
		witness.deed.slack |= SLACK_UNDO;
	end(stage, &witness, report);
	mhp_report_free(report);
}

static void fulfil(struct stage *stage, const struct op *op)
{
	struct mhp_plan *plan = plan_of(stage, op);

	if (plan)
		apply(stage, plan, op);
	mhp_plan_unref(plan);
}

static void fulfil_simply(struct stage *stage, const struct op *op)
{
	const char *region = pick_region(stage->machine, op->a);
	enum mhp_online_type type = (enum mhp_online_type)(op->b >> 2 & 3);
	struct witness witness = begin(stage);
	struct mhp_report *report = NULL;
	int r;

	TELL("simply %d %s %d\n", op->b % 4, region, (int)type);
	switch (op->b % 4) {
	case 0:
		r = mhp_online_region(stage->ctx, region, type, op->c & 0x3f, &report);
		break;
	case 1:
		r = mhp_offline_region(stage->ctx, region, op->c & 0x3f, &report);
		break;
	case 2:
		r = mhp_unplug_region(stage->ctx, region, op->c & 0x3f, &report);
		break;
	default:
		r = mhp_plug_region(stage->ctx, region, type, op->c & 0x3f, &report);
	}
	FUZZ_CHECK((r == 0) == (report != NULL));
	end(stage, &witness, report);
	mhp_report_free(report);
}

/* A plan is made now, maybe written down and read again, and applied whenever it is wanted. */
static void keep_plan(struct stage *stage, const struct op *op)
{
	struct mhp_plan *plan = plan_of(stage, op), *again;
	char *text, *text_again;

	mhp_plan_unref(stage->plan);
	stage->plan = plan;
	if (!plan || !(op->e & 1))
		return;
	FUZZ_CHECK(mhp_plan_copy_saved(plan, &text) == 0);
	FUZZ_CHECK(mhp_plan_new_from_text(text, strlen(text), &again, NULL) == 0);
	FUZZ_CHECK(mhp_plan_copy_saved(again, &text_again) == 0);
	FUZZ_SAME(text_again, text, "a plan that was saved");
	free(text);
	free(text_again);
	stage->plan = again;
	mhp_plan_unref(plan);
}

static void apply_kept(struct stage *stage, const struct op *op)
{
	if (stage->plan)
		apply(stage, stage->plan, op);
}

static const char *path_of(const struct stage *stage, const struct op *op)
{
	static const char *const paths[] = {
		"/run/libmhp/journal", "/run/libmhp/lock", "/run/libmhp", "/proc/iomem",
		"/proc/zoneinfo", "/sys/devices/system/memory/block_size_bytes", DRIVERS "kmem",
	};
	const char *word;

	return op->b & 0x80 ? PICK(paths, op->c) : pick_file(stage->machine, op, &word);
}

/*
 * Of a block's file or directory ENODEV and ENOENT are the word that the block is gone: no failure
 * of a read, but a lie.
 */
static int pick_read_code(uint8_t byte)
{
	int code = pick_code(byte);

	return code == -ENODEV || code == -ENOENT ? -EIO : code;
}

static void have_access_fail(struct stage *stage, const struct op *op)
{
	static const uint64_t whats[] = {
		ANY, ANY, MHP_SIM_ACCESS_WRITE, MHP_SIM_ACCESS_RUN, MHP_SIM_ACCESS_READ,
		MHP_SIM_ACCESS_LOOK, MHP_SIM_ACCESS_LOAD,
	};
	unsigned int n = 1 + op->b + (op->c & 7u) * 256;
	uint64_t what = PICK(whats, op->a);
	int code = what & (MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK) ? pick_read_code(op->d) :
								      pick_code(op->d);

	TELL("access %u fails\n", n);
	mhp_sim_fail_at(stage->sim, what, NULL, n, code);
	/* the first one does not count */
	if (stage->has_failed_at)
		stage->faults++;
	stage->has_failed_at = true;
	stage->failed_code = code;
}

static void have_file_fail(struct stage *stage, const struct op *op)
{
	const char *path = path_of(stage, op);

	TELL("%s fails\n", path);
	if (op->a & 1)
		mhp_sim_fail_read(stage->sim, path, pick_read_code(op->e), op->a >> 6);
	else
		mhp_sim_fail_write(stage->sim, path, NULL, pick_code(op->e), op->a >> 6);
	stage->faults++;
}

static void have_block_fail(struct stage *stage, const struct op *op)
{
	static const char *const acts[] = { "offline", "online", "add" };
	static const char *const pins[] = { "online", "online_kernel", "online_movable" };
	uint64_t block = pick_block(stage->machine, op->b);

	TELL("block %d: %d\n", (int)block, op->a % 8);
	switch (op->a % 8) {
	case 0:
		mhp_sim_hang_block(stage->sim, block, op->c & 3);
		break;
	case 1:
		mhp_sim_pin_block(stage->sim, block, PICK(pins, op->c));
		break;
	case 2:
		mhp_sim_poison_block(stage->sim, block);
		break;
	case 3:
		mhp_sim_release_block(stage->sim, block);
		break;
	default:
		mhp_sim_fail_block(stage->sim, op->b == 0xff ? MHP_SIM_ANY_BLOCK : block,
				   PICK(acts, op->c), pick_code(op->d), op->e & 3);
	}
	stage->faults++;
}

static void have_race(struct stage *stage, const struct op *op)
{
	struct op act = *op, path = *op;
	const char *word, *act_path;
	char copy[160];

	path.b = op->e;
	snprintf(copy, sizeof(copy), "%s", path_of(stage, &path));
	act_path = pick_file(stage->machine, &act, &word);
	TELL("race: %s > %s\n", word, act_path);
	if (op->a & 1)
		mhp_sim_race_at(stage->sim, ANY, NULL, 1 + op->e + (op->a >> 4) * 16u, act_path,
				word);
	else if (op->a & 2)
		mhp_sim_race(stage->sim, copy, act_path, word);
	else
		mhp_sim_race_remove(stage->sim, copy, pick_block(stage->machine, op->c));
}

static void change_machine(struct stage *stage, const struct op *op)
{
	static const char *const words[] = { NULL, "online", "online_kernel", "online_movable" };
	static const int codes[] = { 0, 0, -ENOENT, -EPERM, -ENOMEM };

	TELL("machine: %d\n", op->a % 8);
	switch (op->a % 8) {
	case 0:
		if (mhp_sim_hold_hotplug(stage->sim) == 0)
			stage->faults++;
		break;
	case 1:
		mhp_sim_release_hotplug(stage->sim);
		break;
	case 2:
		mhp_sim_set_read_only(stage->sim, op->b & (MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN));
		break;
	case 3:
		mhp_sim_set_privileged(stage->sim, op->b & 1);
		break;
	case 4:
		mhp_sim_set_contained(stage->sim, op->b & 1);
		break;
	case 5:
		mhp_sim_set_udev_rule(stage->sim, PICK(words, op->b));
		break;
	case 6:
		mhp_sim_set_module(stage->sim, op->b & 1 ? "kmem" : "device_dax", PICK(codes, op->c));
		break;
	default:
		forget_faults(stage);
	}
}

static void leave_lock(struct stage *stage)
{
	const struct mhp_backend_ops *ops;

	if (!stage->holder)
		return;
	ops = stage->holder->be->ops;
	if (stage->lock)
		ops->unlock(stage->holder->be, stage->lock);
	if (stage->run)
		ops->close_dir(stage->holder->be, stage->run);
	mhp_ctx_unref(stage->holder);
	stage->holder = NULL;
	stage->lock = NULL;
	stage->run = NULL;
}

/* Another user of libmhp is at work, or no longer. */
static void take_lock(struct stage *stage)
{
	struct mhp_backend *be;

	if (stage->holder) {
		leave_lock(stage);
		return;
	}
	FUZZ_CHECK(mhp_sim_new_ctx(stage->sim, &stage->holder) == 0);
	be = stage->holder->be;
	if (be->ops->make_dir(be, RUN_PATH) < 0 ||
	    be->ops->open_dir(be, RUN_PATH, &stage->run) < 0 ||
	    be->ops->lock(be, stage->run, "lock", "somebody[1]: rest", &stage->lock) < 0)
		leave_lock(stage);
}

static void recover_now(struct stage *stage, const struct op *op)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 10 + op->a };
	struct mhp_recovery *recovery = NULL;

	if (mhp_recover(stage->ctx, &opts, &recovery) < 0)
		FUZZ_CHECK(!recovery);
	mhp_recovery_free(recovery);
}

/* The context's user is killed while he is at it. */
static void be_killed(struct stage *stage, const struct op *op)
{
	struct asker asker;
	struct op how = *op;
	struct mhp_apply_opts opts = opts_of(&asker, &how);
	struct mhp_report *report = NULL;
	struct witness witness;
	struct mhp_plan *plan;

	if (stage->lock)
		return;
	asker.after = 0;
	plan = plan_of(stage, op);
	witness = begin(stage);
	mhp_sim_kill_after(stage->sim, 1 + op->e % 32);
	if (plan)
		(void)mhp_apply(stage->ctx, plan, &opts, &report);
	mhp_report_free(report);
	mhp_plan_unref(plan);
	mhp_sim_kill_after(stage->sim, 0);
	mhp_ctx_unref(stage->ctx);
	FUZZ_CHECK(mhp_sim_new_ctx(stage->sim, &stage->ctx) == 0);
	forget_faults(stage);
	witness.deed.data = &witness;
	witness.deed.after = world_of(stage->sim);
	if (is_restless(stage))
		witness.deed.slack |= SLACK_OTHERS;
	/* what he was to put back himself */
	if (!witness.deed.before.journal)
		check_recovery_of(&witness.deed);
}

/* As an agent does it. */
static void follow_policy(struct stage *stage, const struct op *op)
{
	static const char *const policies[] = {
		"[all]\ntype = online_movable\nelsewhere = rezone\n",
		"[all]\ntype = online_movable\nplug = yes\n",
		"[a]\nkind = dax cxl\ntype = online_kernel\nelsewhere = rezone\nplug = yes\n",
		"[a]\nkind = dax\ntype = offline\nelsewhere = rezone\n[b]\ntype = default\n",
		"[a]\ntype = online_movable\nmax-movable-ratio = 100\nelsewhere = rezone\n",
		"[a]\nkind = dimm virtio-mem\ntype = online_movable\norder = 5\n[b]\ntype = online\n",
	};
	struct mhp_agenda_opts opts = { sizeof(opts), op->c & 0x2f, op->d & 0x2f };
	const char *policy = PICK(policies, op->a);
	struct mhp_agenda_report *report = NULL;
	struct mhp_snapshot *snap = take_snapshot(stage);
	struct mhp_apply_opts how;
	struct asker asker;
	struct mhp_standing *standing;
	struct mhp_agenda *agenda;
	struct witness witness;

	if (!snap)
		return;
	FUZZ_CHECK(mhp_standing_new_from_text("p.conf", policy, strlen(policy), &standing) == 0);
	if (mhp_agenda_new(snap, standing, &opts, &agenda) == 0) {
		how = opts_of(&asker, op);
		witness = begin(stage);
		(void)mhp_agenda_apply(stage->ctx, agenda, &how, &report);
		/* what it did to each is told by several reports */
		witness.deed.slack |= SLACK_OTHERS;
		if (report)
			TELL("agenda: %s\n", mhp_outcome_to_str(mhp_agenda_report_get_outcome(report)));
		witness.deed.data = &witness;
		witness.deed.after = world_of(stage->sim);
		if (witness.deed.after.journal && !stage->lock) {
			forget_faults(stage);
			check_recovery_of(&witness.deed);
		}
		mhp_agenda_report_free(report);
		mhp_agenda_unref(agenda);
	}
	mhp_standing_unref(standing);
	mhp_snapshot_unref(snap);
}

static void act(struct stage *stage, const struct op *op)
{
	TELL("-- %02x %02x %02x %02x %02x %02x\n", op->code, op->a, op->b, op->c, op->d, op->e);
	switch (op->code % 20) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		fulfil(stage, op);
		break;
	case 5:
		fulfil_simply(stage, op);
		break;
	case 6:
		keep_plan(stage, op);
		break;
	case 7:
		apply_kept(stage, op);
		break;
	case 8:
	case 9:
		have_access_fail(stage, op);
		break;
	case 10:
		have_file_fail(stage, op);
		break;
	case 11:
		have_block_fail(stage, op);
		break;
	case 12:
		have_race(stage, op);
		break;
	case 13:
		change_machine(stage, op);
		break;
	case 14:
		take_lock(stage);
		break;
	case 15:
		recover_now(stage, op);
		break;
	case 16:
		be_killed(stage, op);
		break;
	case 17:
		follow_policy(stage, op);
		break;
	default:
		act_as_other(stage->sim, stage->machine, op);
	}
}

/* Nobody is at work any more, and all that was left behind is put back. */
static void leave(struct stage *stage)
{
	struct mhp_recovery *recovery = NULL;
	struct world now;

	leave_lock(stage);
	forget_faults(stage);
	mhp_sim_release_hotplug(stage->sim);
	now = world_of(stage->sim);
	if (mhp_recover(stage->ctx, NULL, &recovery) < 0)
		FUZZ_FAIL("cannot recover");
	FUZZ_CHECK(now.journal == (recovery != NULL));
	FUZZ_CHECK(!world_of(stage->sim).journal);
	mhp_recovery_free(recovery);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct stage stage = { .machine = machine_get(input_byte(&input)) };
	struct op op;

	setenv("CMOCKA_TEST_ABORT", "1", 1);
	TELL("== %s\n", stage.machine->name);
	stage.sim = machine_start(stage.machine);
	clock_watch(stage.sim);
	FUZZ_CHECK(mhp_sim_new_ctx(stage.sim, &stage.ctx) == 0);
	for (size_t i = 0; i < MAX_OPS && input_op(&input, &op); i++)
		act(&stage, &op);
	leave(&stage);
	mhp_plan_unref(stage.plan);
	mhp_ctx_unref(stage.ctx);
	mhp_sim_unref(stage.sim);
	clock_watch(NULL);
	return 0;
}
