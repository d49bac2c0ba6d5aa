// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Ejecting DIMMs, on the simulated machine: as asked, refused, and not known to have ended.
 * Whatever happens, each block is back in the zone it was in, or the report names it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../sim/sim.h"
#include "support/bench.h"

#define SLOT(nn) "/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/PNP0C80:" nn "/"
#define EJECT SLOT("00") "eject"
#define STATUS SLOT("00") "status"
#define UNPLUG_DIMM "PNP0C80:00 unplugged"
#define SHORT_MS 30
#define MIB (UINT64_C(1) << 20)

static const char *const machines[] = {
	"7.3-dimm-mixed-plugged.txt", "6.12-dimm-mixed-plugged.txt", "6.1-dimm-mixed-plugged.txt",
};

static const char *file_of(unsigned int id)
{
	return block_file(id, "state");
}

/* A DIMM of memory40 to memory43: two blocks in Movable, one in Normal, one offline. */
static void set_up_mixed(struct bench *bench, const char *machine)
{
	/* only a test that hangs gets to know of it */
	alarm(60);
	set_up(bench, machine);
	put_blocks(bench, 40, 41, "online_movable");
	put(bench, file_of(42), "online_kernel");
}

static void assert_mixed(struct bench *bench)
{
	assert_blocks(bench, 40, 41, "Movable");
	assert_string_equal(is(bench, 42), "Normal");
	assert_string_equal(is(bench, 43), "offline");
}

static bool shows(struct bench *bench, const char *path, const char *text)
{
	char *found;
	bool same;

	assert_int_equal(mhp_sim_read(bench->sim, path, &found), 0);
	same = !strncmp(found, text, strlen(text)) && !strcmp(found + strlen(text), "\n");
	free(found);
	return same;
}

static void assert_gone(struct bench *bench, unsigned int first, unsigned int last)
{
	assert_blocks(bench, first, last, "absent");
	assert_true(shows(bench, STATUS, "0"));
}

/* ---- time, which passes when a test says so ---- */

static int64_t skew_ns;

int64_t __real_now_ns(void);
int64_t __wrap_now_ns(void);

int64_t __wrap_now_ns(void)
{
	return __real_now_ns() + skew_ns;
}

/* ---- somebody who acts once all blocks are offline, and later ---- */

struct other {
	struct bench *bench;
	/* once, when all of 40 to 43 are offline */
	bool holds_lock;		/* the kernel's, for hotplug */
	bool ejects;			/* its blocks go; the slot is empty at releases_at */
	const char *races[4];		/* "41 online_movable", just before the eject */
	unsigned int hangs;		/* this block, when the kernel takes it offline */
	int refuses;			/* ... and in the end with this code */
	int status_code;		/* reads of status fail with it */
	/* then, at these calls of the progress function from there on */
	int cancels_at, releases_at;
	int late_at;			/* the deadline has passed, until the next call */
	bool stays;			/* what was let go is in its slot all the same */

	bool begun;
	int calls;
};

static bool is_all_offline(struct bench *bench)
{
	for (unsigned int id = 40; id <= 43; id++)
		if (strcmp(is(bench, id), "offline"))
			return false;
	return true;
}

static void begin(struct other *other)
{
	struct bench *bench = other->bench;
	char path[128], word[32];
	unsigned int id;

	other->begun = true;
	for (size_t i = 0; i < ARRAY_SIZE(other->races) && other->races[i]; i++) {
		assert_int_equal(sscanf(other->races[i], "%u %31s", &id, word), 2);
		snprintf(path, sizeof(path), "%s", file_of(id));
		assert_int_equal(mhp_sim_race(bench->sim, EJECT, path, word), 0);
	}
	if (other->hangs)
		assert_int_equal(mhp_sim_hang_block(bench->sim, other->hangs, 0), 0);
	if (other->status_code)
		assert_int_equal(mhp_sim_fail_read(bench->sim, STATUS, other->status_code, 0), 0);
	for (id = 40; id <= 43 && other->ejects; id++)
		assert_int_equal(mhp_sim_race_remove(bench->sim, NULL, id), 0);
	if (other->holds_lock)
		assert_int_equal(mhp_sim_hold_hotplug(bench->sim), 0);
}

static int act(void *data, uint64_t done, uint64_t total)
{
	struct other *other = data;

	(void)done;
	(void)total;
	if (!other->begun && is_all_offline(other->bench)) {
		begin(other);
		return 0;
	}
	if (!other->begun)
		return 0;
	skew_ns = ++other->calls == other->late_at ? INT64_C(3600) * 1000000000 : 0;
	if (other->calls == other->releases_at) {
		if (other->refuses)
			assert_int_equal(mhp_sim_fail_block(other->bench->sim, other->hangs, "offline",
							    other->refuses, 0), 0);
		if (other->hangs)
			mhp_sim_release_block(other->bench->sim, other->hangs);
		mhp_sim_release_hotplug(other->bench->sim);
		if (other->ejects)
			dimm_find(&other->bench->sim->model, 0)->status = 0;
		if (other->stays)
			dimm_find(&other->bench->sim->model, 0)->status = 15;
	}
	return other->calls == other->cancels_at ? MHP_CANCEL : 0;
}

static enum mhp_outcome unplug_with(struct bench *bench, struct other *other,
				    int64_t undo_timeout_ms)
{
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = act, .progress_data = other,
		.undo_timeout_ms = undo_timeout_ms,
	};
	enum mhp_outcome outcome;

	other->bench = bench;
	outcome = fulfil(bench, UNPLUG_DIMM, &opts);
	skew_ns = 0;
	return outcome;
}

static void assert_report(struct bench *bench, enum mhp_reason reason, int code, const char *text)
{
	assert_string_equal(mhp_reason_to_str(mhp_report_get_reason(bench->report)),
			    mhp_reason_to_str(reason));
	assert_int_equal(mhp_report_get_code(bench->report), code);
	assert_says(bench, "PNP0C80:00/eject");
	assert_says(bench, text);
}

/* ---- as asked ---- */

static void test_eject(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up_mixed(&bench, machines[i]);
		assert_int_equal(fulfil(&bench, UNPLUG_DIMM, NULL), MHP_OUTCOME_DONE);
		/* what is in Movable first, and of each zone the lowest block last */
		assert_writes(&bench, "41 40 42 1");
		assert_write(&bench, 3, EJECT, "1");
		assert_gone(&bench, 40, 43);
		assert_reason(&bench, 40, "done");
		assert_reason(&bench, 43, "done");
		assert_int_equal(fulfil(&bench, UNPLUG_DIMM, NULL), MHP_OUTCOME_DONE);
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_ALREADY);
		assert_int_equal(bench.writes, 0);
		tear_down(&bench);
	}
}

/* Offline and online go by block, and eject nothing. */
static void test_offline_and_online(void **state)
{
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	assert_int_equal(fulfil(&bench, "PNP0C80:00 offline", NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 40, 43, "offline");
	assert_int_equal(fulfil(&bench, "PNP0C80:00 online online_movable", NULL),
			 MHP_OUTCOME_DONE);
	assert_blocks(&bench, 40, 43, "Movable");
	assert_true(shows(&bench, STATUS, "15"));
	tear_down(&bench);
}

/* The kernel does it when somebody lets its lock go. */
static void test_late_eject(void **state)
{
	struct other other = { .holds_lock = true, .releases_at = 3 };
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	assert_int_equal(unplug_with(&bench, &other, 0), MHP_OUTCOME_DONE);
	assert_writes(&bench, "41 40 42 1");
	assert_gone(&bench, 40, 43);
	tear_down(&bench);
}

/* Somebody else ejects it: that its blocks are gone is not all, its slot must be empty, too. */
static void test_ejected_by_another(void **state)
{
	struct other other = { .ejects = true, .releases_at = 3 };
	struct other stuck = { .ejects = true, .late_at = 3 };
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	assert_int_equal(unplug_with(&bench, &other, 0), MHP_OUTCOME_DONE);
	assert_writes(&bench, "41 40 42");
	assert_gone(&bench, 40, 43);
	tear_down(&bench);

	set_up_mixed(&bench, machines[0]);
	assert_int_equal(unplug_with(&bench, &stuck, 0), MHP_OUTCOME_UNKNOWN);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_QUEUED);
	assert_says(&bench, "waiting for somebody else to eject it: not done by the deadline");
	assert_says(&bench, "its status says that it is still there");
	assert_writes(&bench, "41 40 42");
	tear_down(&bench);
}

/* Blocks of a kernel zone may depend on each other: a second try. */
static void test_two_passes(void **state)
{
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	put(&bench, file_of(43), "online_kernel");
	mhp_sim_fail_block(bench.sim, 43, "offline", -EBUSY, 1);
	assert_int_equal(fulfil(&bench, UNPLUG_DIMM, NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "41 40 43! 42 43 1");
	assert_gone(&bench, 40, 43);
	tear_down(&bench);
}

static void test_saved_plan(void **state)
{
	struct bench bench;
	struct mhp_plan *plan;
	char *text;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	/* the second time its slot is empty */
	for (int i = 0; i < 2; i++) {
		plan = plan_of(&bench, UNPLUG_DIMM);
		assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
		mhp_plan_unref(plan);
		assert_int_equal(mhp_plan_new_from_text(text, strlen(text), &plan, NULL), 0);
		free(text);
		assert_int_equal(mhp_plan_count_steps(plan), i ? 0 : 4);
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
		assert_gone(&bench, 40, 43);
	}
	tear_down(&bench);
}

/* Its blocks are another DIMM's by now, or its slot is empty. */
static void test_stale_plan(void **state)
{
	struct bench bench;
	struct mhp_plan *plan;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	plan = plan_of(&bench, UNPLUG_DIMM);
	put_blocks(&bench, 40, 42, "offline");
	put(&bench, EJECT, "1");
	assert_int_equal(apply_plan(&bench, mhp_plan_ref(plan), NULL), MHP_OUTCOME_REFUSED);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
	assert_int_equal(mhp_sim_plug_dimm(bench.sim, 0, 0, 0x140000000, 256 * MIB), 0);
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
	assert_blocks(&bench, 40, 41, "offline");
	tear_down(&bench);
}

/* ---- refused, and put back ---- */

static void test_busy_block(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up_mixed(&bench, machines[i]);
		mhp_sim_fail_block(bench.sim, 42, "offline", -EBUSY, 0);
		assert_int_equal(fulfil(&bench, UNPLUG_DIMM, NULL), MHP_OUTCOME_UNDONE);
		assert_writes(&bench, "41 40 42! 42! 41 40");
		assert_mixed(&bench);
		assert_reason(&bench, 42, "busy");
		assert_reason(&bench, 41, "undone");
		assert_true(shows(&bench, STATUS, "15"));
		tear_down(&bench);
	}
}

static int cancel_going(void *data, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	return !strcmp(is(data, 40), "going-offline") ? MHP_CANCEL : 0;
}

/* A page that something holds, in Movable: for ever, but for the caller. */
static void test_held_block(void **state)
{
	struct bench bench;
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = cancel_going, .progress_data = &bench,
	};

	(void)state;
	set_up_mixed(&bench, machines[0]);
	mhp_sim_hang_block(bench.sim, 40, 0);
	assert_int_equal(fulfil(&bench, UNPLUG_DIMM, &opts), MHP_OUTCOME_UNDONE);
	assert_writes(&bench, "41 40! 41");
	assert_mixed(&bench);
	assert_reason(&bench, 40, "cancelled");
	tear_down(&bench);
}

/* The kernel says no at once: nothing is queued. */
static void test_write_refused(void **state)
{
	static const struct {
		int code;
		enum mhp_reason reason;
	} rows[] = {
		{ -EINVAL, MHP_REASON_INVALID }, { -ENODEV, MHP_REASON_GONE },
		{ -EAGAIN, MHP_REASON_TRY_AGAIN }, { -ENOMEM, MHP_REASON_NO_MEMORY },
		{ -EACCES, MHP_REASON_NO_PERMISSION }, { -EROFS, MHP_REASON_READ_ONLY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench bench;

		set_up_mixed(&bench, machines[i % ARRAY_SIZE(machines)]);
		mhp_sim_fail_write(bench.sim, EJECT, NULL, rows[i].code, 0);
		assert_int_equal(fulfil(&bench, UNPLUG_DIMM, NULL), MHP_OUTCOME_UNDONE);
		assert_writes(&bench, "41 40 42 1! 42 41 40");
		assert_mixed(&bench);
		assert_report(&bench, rows[i].reason, rows[i].code, "\"1\"");
		assert_reason(&bench, 40, "undone");
		/* it was offline before */
		assert_string_equal(mhp_reason_to_str(rows[i].reason),
				    mhp_reason_to_str(mhp_result_get_reason(result(&bench, 43))));
		tear_down(&bench);
	}
}

static void test_keep(void **state)
{
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	mhp_sim_fail_write(bench.sim, EJECT, NULL, -EAGAIN, 1);
	assert_int_equal(fulfil(&bench, UNPLUG_DIMM " keep", NULL), MHP_OUTCOME_PARTIAL);
	assert_blocks(&bench, 40, 43, "offline");
	assert_reason(&bench, 40, "try-again");
	/* a block that stays online is not ejected */
	put(&bench, file_of(41), "online_kernel");
	mhp_sim_fail_block(bench.sim, 41, "offline", -EBUSY, 0);
	assert_int_equal(fulfil(&bench, UNPLUG_DIMM " keep", NULL), MHP_OUTCOME_UNDONE);
	assert_writes(&bench, "41! 41!");
	assert_true(shows(&bench, STATUS, "15"));
	tear_down(&bench);
}

/* ---- others are at it, too ---- */

/* Brought online by another program before the last look: the kernel is not asked. */
static void test_online_before_the_eject(void **state)
{
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	mhp_sim_race(bench.sim, MEMORY_PATH "/memory42/state", MEMORY_PATH "/memory40/state",
		     "online_kernel");
	assert_int_equal(fulfil(&bench, UNPLUG_DIMM, NULL), MHP_OUTCOME_PARTIAL);
	assert_writes(&bench, "41 40 42 42 41");
	assert_reason(&bench, 40, "stale");
	assert_string_equal(is(&bench, 40), "Normal");
	assert_string_equal(is(&bench, 41), "Movable");
	assert_string_equal(is(&bench, 42), "Normal");
	assert_true(shows(&bench, STATUS, "15"));
	tear_down(&bench);
}

/* After it, the kernel takes the block offline itself, and all is well. */
static void test_online_after_the_look(void **state)
{
	struct other other = { .races = { "41 online_movable" } };
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	assert_int_equal(unplug_with(&bench, &other, 0), MHP_OUTCOME_DONE);
	assert_gone(&bench, 40, 43);
	tear_down(&bench);
}

/* A page is pinned between the look and the eject: the kernel gives up, and nobody is told. */
static void test_pinned_after_the_look(void **state)
{
	struct other other = { .races = { "41 online_movable" } };
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	/* from the next time that it comes online */
	mhp_sim_pin_block(bench.sim, 41, "online");
	assert_int_equal(unplug_with(&bench, &other, 0), MHP_OUTCOME_UNKNOWN);
	assert_writes(&bench, "41 40 42 1 42 40");
	assert_report(&bench, MHP_REASON_QUEUED, 0, "memory41 is online in Movable");
	assert_says(&bench, "may still be queued");
	assert_mixed(&bench);
	assert_reason(&bench, 40, "undone");
	tear_down(&bench);
}

/* What the kernel brought back by its default policy goes back into its own zone. */
static void test_zones_after_giving_up(void **state)
{
	struct other other = { .races = { "40 online_movable", "41 online_kernel" } };
	struct bench bench;

	(void)state;
	set_up(&bench, machines[2]);
	put_blocks(&bench, 40, 41, "online_movable");
	mhp_sim_pin_block(bench.sim, 41, "online_kernel");
	assert_int_equal(unplug_with(&bench, &other, 0), MHP_OUTCOME_UNKNOWN);
	/* Normal it was when the kernel gave up, which it is no more; 41 is pinned there */
	assert_writes(&bench, "41 40 1 41! 40 41! 40");
	assert_string_equal(is(&bench, 40), "Movable");
	assert_string_equal(is(&bench, 41), "Normal");
	assert_reason(&bench, 40, "undone");
	assert_reason(&bench, 41, "not-put-back");
	tear_down(&bench);
}

/* It was seen to try, and then the block was online: that is the end of it. */
static void test_gives_up(void **state)
{
	struct other other = {
		.races = { "41 online_movable" }, .hangs = 41, .refuses = -EBUSY,
		.releases_at = 3,
	};
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[1]);
	assert_int_equal(unplug_with(&bench, &other, 0), MHP_OUTCOME_UNDONE);
	assert_report(&bench, MHP_REASON_GIVEN_UP, 0, "gave up; memory41");
	assert_mixed(&bench);
	tear_down(&bench);
}

/* ---- not known to have ended ---- */

/* Until the deadline, or the caller's wish to end it; and then it is done after all. */
static void test_queued(void **state)
{
	static const struct {
		int cancels_at, late_at, code;
		const char *text;
	} rows[] = {
		{ 2, 0, -ECANCELED, "cancelled; the eject may still be queued" },
		{ 0, 2, -ETIMEDOUT, "not done by the deadline; the eject may" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct other other = {
			.holds_lock = true, .cancels_at = rows[i].cancels_at,
			.late_at = rows[i].late_at,
		};
		struct bench bench;

		set_up_mixed(&bench, machines[0]);
		assert_int_equal(unplug_with(&bench, &other, SHORT_MS), MHP_OUTCOME_UNKNOWN);
		assert_report(&bench, MHP_REASON_QUEUED, rows[i].code, rows[i].text);
		/* they wait for the same lock */
		assert_blocks(&bench, 40, 43, "offline");
		assert_reason(&bench, 42, "not-put-back");
		mhp_sim_release_hotplug(bench.sim);
		assert_gone(&bench, 40, 43);
		tear_down(&bench);
	}
}

/* Done while all is put back: nothing is left to be put back. */
static void test_done_after_all(void **state)
{
	struct other other = { .holds_lock = true, .cancels_at = 2, .releases_at = 5 };
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	assert_int_equal(unplug_with(&bench, &other, 0), MHP_OUTCOME_DONE);
	assert_gone(&bench, 40, 43);
	for (unsigned int id = 40; id <= 43; id++)
		assert_reason(&bench, id, "done");
	tear_down(&bench);
}

/* The kernel is at a block, and does not come to its end. */
static void test_eject_hangs(void **state)
{
	struct other other = { .races = { "41 online_movable" }, .hangs = 41, .late_at = 2 };
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	assert_int_equal(unplug_with(&bench, &other, SHORT_MS), MHP_OUTCOME_UNKNOWN);
	assert_report(&bench, MHP_REASON_QUEUED, -ETIMEDOUT, "memory41 is going-offline");
	assert_string_equal(is(&bench, 41), "going-offline");
	mhp_sim_release_block(bench.sim, 41);
	assert_gone(&bench, 40, 43);
	tear_down(&bench);
}

/* Its blocks are gone, and nobody can say whether its hardware is. */
static void test_status_unreadable(void **state)
{
	struct other other = { .status_code = -EIO, .late_at = 1 };
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	assert_int_equal(unplug_with(&bench, &other, SHORT_MS), MHP_OUTCOME_UNKNOWN);
	assert_report(&bench, MHP_REASON_QUEUED, -ETIMEDOUT, "its blocks are gone");
	assert_says(&bench, "EIO");
	assert_writes(&bench, "41 40 42 1");
	assert_reason(&bench, 40, "done");
	tear_down(&bench);
}

/* Firmware that does not let it go: the kernel only notes it in its log. */
static void test_stays_in_its_slot(void **state)
{
	struct other other = {
		.holds_lock = true, .releases_at = 1, .stays = true, .late_at = 2,
	};
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up_mixed(&bench, machines[0]);
	assert_int_equal(unplug_with(&bench, &other, SHORT_MS), MHP_OUTCOME_UNKNOWN);
	assert_report(&bench, MHP_REASON_QUEUED, -ETIMEDOUT,
		      "its blocks are gone, but its status says that it is still there");
	assert_writes(&bench, "41 40 42 1");
	assert_reason(&bench, 40, "done");
	plan = plan_of(&bench, UNPLUG_DIMM);
	assert_int_equal(mhp_plan_count_conflicts(plan), 1);
	mhp_plan_unref(plan);
	tear_down(&bench);
}

/* ---- several ---- */

static void set_up_two(struct bench *bench)
{
	set_up_mixed(bench, machines[0]);
	assert_int_equal(mhp_sim_plug_dimm(bench->sim, 1, 0, 0x160000000, 256 * MIB), 0);
	put_blocks(bench, 44, 45, "online_movable");
}

static void test_two(void **state)
{
	struct bench bench;

	(void)state;
	set_up_two(&bench);
	assert_int_equal(fulfil(&bench, "kind:dimm unplugged", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "41 40 42 45 44 1 1");
	assert_gone(&bench, 40, 45);
	assert_true(shows(&bench, SLOT("01") "status", "0"));
	/* empty slots are no matter */
	assert_int_equal(fulfil(&bench, "kind:dimm unplugged", NULL), MHP_OUTCOME_DONE);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_ALREADY);
	tear_down(&bench);
}

static void test_one_of_two_is_busy(void **state)
{
	struct bench bench;

	(void)state;
	set_up_two(&bench);
	mhp_sim_fail_block(bench.sim, 44, "offline", -EPERM, 0);
	assert_int_equal(fulfil(&bench, "kind:dimm unplugged", NULL), MHP_OUTCOME_UNDONE);
	assert_writes(&bench, "41 40 42 45 44! 45 42 41 40");
	assert_mixed(&bench);
	assert_blocks(&bench, 44, 45, "Movable");
	tear_down(&bench);
}

/* The first one has gone for good. */
static void test_second_of_two_is_refused(void **state)
{
	struct bench bench;

	(void)state;
	set_up_two(&bench);
	mhp_sim_fail_write(bench.sim, SLOT("01") "eject", NULL, -ENODEV, 0);
	assert_int_equal(fulfil(&bench, "kind:dimm unplugged", NULL), MHP_OUTCOME_PARTIAL);
	assert_gone(&bench, 40, 43);
	assert_blocks(&bench, 44, 45, "Movable");
	assert_reason(&bench, 40, "not-put-back");
	assert_reason(&bench, 44, "undone");
	assert_says(&bench, "PNP0C80:01/eject");
	tear_down(&bench);
}

/* ---- killed ---- */

/* Before each write, and after the last: what is done stays, and the next one goes on. */
static void test_killed(void **state)
{
	(void)state;
	for (size_t n = 0; n < 12; n++) {
		struct bench bench;
		struct mhp_plan *plan;

		set_up_mixed(&bench, machines[0]);
		plan = plan_of(&bench, UNPLUG_DIMM);
		mhp_sim_kill_after(bench.sim, n);
		mhp_apply(bench.ctx, plan, NULL, &bench.report);
		mhp_plan_unref(plan);
		mhp_ctx_unref(bench.ctx);
		assert_int_equal(mhp_sim_new_ctx(bench.sim, &bench.ctx), 0);
		assert_int_equal(fulfil(&bench, UNPLUG_DIMM, NULL), MHP_OUTCOME_DONE);
		assert_gone(&bench, 40, 43);
		tear_down(&bench);
	}
}

/* ---- each access fails once ---- */

#define ANY (MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | MHP_SIM_ACCESS_LOOK)

/* No outcome is a lie, and no block is left in another zone without a word. */
static void check_report(struct bench *bench, size_t n, int code)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(bench->report);
	static const char *const before[] = { "Movable", "Movable", "Normal", "offline" };
	bool same = true, gone = shows(bench, STATUS, "0");

	for (unsigned int i = 0; i < 4; i++) {
		bool mine = !strcmp(is(bench, 40 + i), before[i]);
		enum mhp_reason reason = mhp_result_get_reason(result(bench, 40 + i));

		same &= mine;
		if (!mine && !gone && !mhp_reason_is_failure(reason))
			fail_msg("access %zu, %d: memory%u is %s, said to be %s", n, code, 40 + i,
				 is(bench, 40 + i), mhp_reason_to_str(reason));
	}
	if (outcome == MHP_OUTCOME_DONE ? !gone :
	    outcome == MHP_OUTCOME_UNDONE || outcome == MHP_OUTCOME_REFUSED ? !same : false)
		fail_msg("access %zu, %d: %s: %s", n, code, mhp_outcome_to_str(outcome),
			 mhp_report_get_message(bench->report));
}

static void sweep(bool refused, int code)
{
	size_t all = 1;

	for (size_t n = 1; n <= all; n++) {
		struct bench bench;
		struct mhp_plan *plan;
		size_t before;
		int r;

		set_up_mixed(&bench, machines[n % ARRAY_SIZE(machines)]);
		plan = plan_of(&bench, UNPLUG_DIMM);
		if (refused)
			mhp_sim_fail_write(bench.sim, EJECT, NULL, -EAGAIN, 0);
		before = mhp_sim_count(bench.sim, ANY);
		mhp_sim_fail_at(bench.sim, ANY, NULL, n, code);
		r = mhp_apply(bench.ctx, plan, NULL, &bench.report);
		mhp_plan_unref(plan);
		all = mhp_sim_count(bench.sim, ANY) - before;
		if (r == 0)
			check_report(&bench, n, code);
		else
			assert_mixed(&bench);
		tear_down(&bench);
	}
}

static void test_each_access_fails(void **state)
{
	(void)state;
	sweep(false, -EIO);
	sweep(false, -ENOENT);
	sweep(true, -EIO);
	sweep(true, -EBUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_eject),
		cmocka_unit_test(test_offline_and_online),
		cmocka_unit_test(test_late_eject),
		cmocka_unit_test(test_ejected_by_another),
		cmocka_unit_test(test_two_passes),
		cmocka_unit_test(test_saved_plan),
		cmocka_unit_test(test_stale_plan),
		cmocka_unit_test(test_busy_block),
		cmocka_unit_test(test_held_block),
		cmocka_unit_test(test_write_refused),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_online_before_the_eject),
		cmocka_unit_test(test_online_after_the_look),
		cmocka_unit_test(test_pinned_after_the_look),
		cmocka_unit_test(test_zones_after_giving_up),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_queued),
		cmocka_unit_test(test_done_after_all),
		cmocka_unit_test(test_eject_hangs),
		cmocka_unit_test(test_status_unreadable),
		cmocka_unit_test(test_stays_in_its_slot),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_one_of_two_is_busy),
		cmocka_unit_test(test_second_of_two_is_refused),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_each_access_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
