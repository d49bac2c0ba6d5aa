// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Devices become System RAM, and give it back: on simulated machines of three kernels.
 * Whatever happens, the system's settings are as they were, and so is who has the
 * device if the outcome says so.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/device.h"

static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };
static const char *const words[] = { "offline", "online", "online_kernel", "online_movable" };

#define PLUG_PER_BLOCK PLUG " per-block"
#define ONLINE_PER_BLOCK "dax0.0 online online_movable borrow per-block"

static bool is_6_1(const char *machine)
{
	return !strncmp(machine, "6.1-", 4);
}

/* ---- all that there is ---- */

static const char *zone_of(const char *type)
{
	/* the node has nothing but this: a plain "online" begins it with Normal */
	return !strcmp(type, "offline") ? type :
	       !strcmp(type, "online_movable") ? "Movable" : "Normal";
}

static void plug_once(const char *machine, const char *type, const char *policy, bool loaded,
		      bool from_device_dax, const char *rules)
{
	struct world before, now;
	struct bench bench;
	char wish[64];

	set_up_free(&bench, machine);
	put(&bench, POLICY_PATH, policy);
	if (!loaded)
		unload(&bench, "kmem");
	if (from_device_dax)
		give_to_device_dax(&bench);
	before = world_of(bench.sim);
	snprintf(wish, sizeof(wish), "dax0.0 plugged %s %s", type, rules);
	if (fulfil(&bench, wish, NULL) != MHP_OUTCOME_DONE)
		fail_msg("%s: %s, %s, policy %s%s%s: %s", machine, type, rules, policy,
			 loaded ? "" : ", not loaded", from_device_dax ? ", from device_dax" : "",
			 mhp_report_get_message(bench.report));
	assert_blocks(&bench, 32, 35, zone_of(type));
	now = world_of(bench.sim);
	assert_true(same_settings(&now, &before));
	assert_false(now.journal);
	assert_string_equal(driver_of(&now, "dax0.0"), "kmem");
	for (unsigned int id = 0; id < 32; id++)
		assert_true(same_block(&now, &before, id));
	tear_down(&bench);
}

static void test_plug(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		for (size_t type = 0; type < ARRAY_SIZE(words); type++)
			for (size_t policy = 0; policy < ARRAY_SIZE(words); policy++)
				for (int how = 0; how < 8; how++)
					plug_once(machines[i], words[type], words[policy], how & 1,
						  how & 2, how & 4 ? "borrow per-block" : "borrow");
}

/* What is written, and in which order. */
static void test_writes(void **state)
{
	static const struct {
		const char *machine, *policy;
		bool loaded, from_device_dax;
		const char *writes;
	} rows[] = {
		{ HMEM_7_3, "offline", true, false,
		  "policy=online_movable bind policy=offline" },
		{ HMEM_7_3, "online_movable", true, false, "bind" },
		{ HMEM_7_3, "online", false, false,
		  "autoprobe=0 load:kmem autoprobe=1 policy=online_movable bind policy=online" },
		{ HMEM_7_3, "offline", true, true,
		  "policy=online_movable dax:unbind bind policy=offline" },
		/* before 6.3 kmem has to be told the name */
		{ HMEM_6_1, "offline", true, false,
		  "policy=online_movable bind! new_id remove_id policy=offline" },
		{ HMEM_6_1, "offline", false, true,
		  "autoprobe=0 load:kmem autoprobe=1 policy=online_movable dax:unbind bind! "
		  "new_id remove_id policy=offline" },
	};
	/* the policy is back before blocks are onlined, downwards */
	static const struct {
		const char *machine, *policy;
		bool from_device_dax;
		const char *writes;
	} per_block[] = {
		{ HMEM_7_3, "online", false, "policy=offline bind policy=online 35 34 33 32" },
		{ HMEM_7_3, "offline", true, "dax:unbind bind 35 34 33 32" },
		{ HMEM_6_12, "online_movable", false,
		  "policy=offline bind policy=online_movable 35 34 33 32" },
		{ HMEM_6_1, "online", true, "policy=offline dax:unbind bind! new_id remove_id "
		  "policy=online 35 34 33 32" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench bench;

		set_up_free(&bench, rows[i].machine);
		put(&bench, POLICY_PATH, rows[i].policy);
		if (!rows[i].loaded)
			unload(&bench, "kmem");
		if (rows[i].from_device_dax)
			give_to_device_dax(&bench);
		assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
		assert_writes(&bench, rows[i].writes);
		tear_down(&bench);
	}
	for (size_t i = 0; i < ARRAY_SIZE(per_block); i++) {
		struct bench bench;

		set_up_free(&bench, per_block[i].machine);
		put(&bench, POLICY_PATH, per_block[i].policy);
		if (per_block[i].from_device_dax)
			give_to_device_dax(&bench);
		assert_int_equal(fulfil(&bench, PLUG_PER_BLOCK, NULL), MHP_OUTCOME_DONE);
		assert_writes(&bench, per_block[i].writes);
		tear_down(&bench);
	}
}

/* It is System RAM already: only what is not as wanted is written. */
static void test_plug_what_is_bound(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-hmem-unplugged.txt");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "online_movable");
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "");
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_ALREADY);
	tear_down(&bench);

	/* unplugged: nothing but a bind brings it back offline */
	set_up(&bench, "7.3-hmem-unplugged.txt");
	put(&bench, POLICY_PATH, "online_kernel");
	assert_int_equal(fulfil(&bench, "dax0.0 plugged offline borrow", NULL), MHP_OUTCOME_DONE);
	assert_writes(&bench, "policy=offline unbind bind policy=online_kernel");
	assert_blocks(&bench, 32, 35, "offline");
	tear_down(&bench);
}

/* kmem has it, without a block: nothing but a bind adds them and leaves them offline (7.3). */
static void test_unplugged_per_block(void **state)
{
	static const char *const wishes[] = { PLUG_PER_BLOCK, ONLINE_PER_BLOCK };
	struct world before;
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		set_up(&bench, "7.3-hmem-unplugged.txt");
		put(&bench, POLICY_PATH, "online_kernel");
		before = world_of(bench.sim);
		assert_int_equal(fulfil(&bench, wishes[i], NULL), MHP_OUTCOME_DONE);
		assert_writes(&bench, "policy=offline unbind bind policy=online_kernel "
			      "35 34 33 32");
		assert_blocks(&bench, 32, 35, "Movable");
		check_driver(&bench, "dax0.0", "kmem");
		check_settings(&bench, &before);
		/* what is there is online already */
		assert_int_equal(fulfil(&bench, wishes[i], NULL), MHP_OUTCOME_DONE);
		assert_writes(&bench, "");
		/* "offline" is the word now, with which the kernel does unplug, and nothing else */
		assert_int_equal(fulfil(&bench, "dax0.0 unplugged", NULL), MHP_OUTCOME_DONE);
		assert_writes(&bench, "unplugged");
		tear_down(&bench);
	}
	/* without being asked for it the device is written at once, without a window */
	set_up(&bench, "7.3-hmem-unplugged.txt");
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable borrow", NULL),
			 MHP_OUTCOME_DONE);
	assert_writes(&bench, "online_movable");
	tear_down(&bench);
}

/* Several devices, downwards through all of their blocks. */
static void test_order_of_several(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-hmem-ranges-bound.txt");
	put(&bench, DEVICE, "unplugged");
	put(&bench, "/sys/bus/dax/devices/dax0.1/state", "unplugged");
	put(&bench, POLICY_PATH, "online");
	assert_int_equal(fulfil(&bench, "kind:dax online online_movable borrow per-block", NULL),
			 MHP_OUTCOME_DONE);
	assert_writes(&bench, "policy=offline unbind bind unbind bind policy=online "
		      "37 36 35 34 33 32");
	tear_down(&bench);
}

/* Somebody onlines a block before it is its turn. */
static void window_once(const char *machine, const char *type, enum mhp_outcome outcome)
{
	struct world before, now;
	struct bench bench;

	set_up_free(&bench, machine);
	put(&bench, POLICY_PATH, "online");
	before = world_of(bench.sim);
	assert_int_equal(mhp_sim_race(bench.sim, MEMORY_PATH "/memory35/state",
				      MEMORY_PATH "/memory33/state", type), 0);
	if (fulfil(&bench, PLUG_PER_BLOCK, NULL) != outcome)
		fail_msg("%s: %s: %s", machine, type, mhp_report_get_message(bench.report));
	now = world_of(bench.sim);
	if (outcome == MHP_OUTCOME_DONE) {
		assert_blocks(&bench, 32, 35, "Movable");
		check_settings(&bench, &before);
	} else {
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
		assert_says(&bench, "memory33 is online in Normal");
		assert_same_world(&now, &before, machine);
		assert_false(now.journal);
	}
	tear_down(&bench);
}

static void test_window(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct world before, now;
		struct bench bench;

		window_once(machines[i], "online_movable", MHP_OUTCOME_DONE);
		window_once(machines[i], "online_kernel", MHP_OUTCOME_UNDONE);
		/* a program that no rule tells of */
		set_up_free(&bench, machines[i]);
		before = world_of(bench.sim);
		assert_int_equal(mhp_sim_set_udev_rule(bench.sim, "online_kernel"), 0);
		assert_int_equal(fulfil(&bench, PLUG_PER_BLOCK, NULL), MHP_OUTCOME_UNDONE);
		assert_reason(&bench, 35, "wrong-zone");
		now = world_of(bench.sim);
		assert_same_world(&now, &before, machines[i]);
		tear_down(&bench);
	}
}

/* A rule of udev has nothing to do where the kernel onlines, and is too late. */
static void test_plug_against_udev(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct bench bench;

		set_up_free(&bench, machines[i]);
		assert_int_equal(mhp_sim_set_udev_rule(bench.sim, "online"), 0);
		assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
		assert_blocks(&bench, 32, 35, "Movable");
		tear_down(&bench);
		/* without borrowing it wins, and that is told */
		set_up_free(&bench, machines[i]);
		assert_int_equal(mhp_sim_set_udev_rule(bench.sim, "online_kernel"), 0);
		assert_int_equal(fulfil(&bench, "dax0.0 plugged online_movable", NULL),
				 MHP_OUTCOME_UNDONE);
		assert_reason(&bench, 35, "wrong-zone");
		assert_blocks(&bench, 32, 35, "absent");
		check_driver(&bench, "dax0.0", NULL);
		tear_down(&bench);
		/* nothing keeps it from memory that is to stay offline: the kernel's log
		   would not tell who it was */
		set_up_free(&bench, machines[i]);
		assert_int_equal(mhp_sim_set_udev_rule(bench.sim, "online"), 0);
		assert_int_equal(fulfil(&bench, "dax0.0 plugged offline borrow", NULL),
				 MHP_OUTCOME_UNDONE);
		assert_reason(&bench, 35, "not-taken");
		assert_non_null(strstr(mhp_report_get_hint(bench.report), "udev"));
		assert_blocks(&bench, 32, 35, "absent");
		tear_down(&bench);
	}
}

/* ---- it fails, and is put back ---- */

struct failure {
	const char *path, *word;	/* "": as what the policy is borrowed */
	int code;
	enum mhp_reason reason;
	unsigned int block;		/* beside it, or instead: this one refuses */
};

static const struct failure failures[] = {
	{ POLICY_PATH, "", -EACCES, MHP_REASON_NO_PERMISSION, 0 },
	{ DAX_AUTOPROBE_PATH, "0", -EROFS, MHP_REASON_READ_ONLY, 0 },
	{ DEVICE_DAX "/unbind", NULL, -EIO, MHP_REASON_UNKNOWN, 0 },
	{ BIND, NULL, -ENOMEM, MHP_REASON_NO_MEMORY, 0 },
	{ BIND, NULL, -EBUSY, MHP_REASON_TAKEN, 0 },
	{ BIND, NULL, -E2BIG, MHP_REASON_BEYOND, 0 },
	{ NULL, "online", -EHWPOISON, MHP_REASON_POISONED, 33 },
	{ NULL, "online", -EPERM, MHP_REASON_VETOED, 32 },
	{ NULL, "online", -ENOMEM, MHP_REASON_NO_MEMORY, 35 },
	{ NULL, "add", -EEXIST, MHP_REASON_TAKEN, 32 },
};

static void fail_plug(const char *machine, const struct failure *failure, const char *wish)
{
	const char *borrowed = strstr(wish, "per-block") ? "offline" : "online_movable";
	struct world before, now;
	struct bench bench;
	char what[160];

	set_up_free(&bench, machine);
	put(&bench, POLICY_PATH, "online");
	unload(&bench, "kmem");
	give_to_device_dax(&bench);
	before = world_of(bench.sim);
	if (failure->path)
		mhp_sim_fail_write(bench.sim, failure->path,
				   failure->word && !*failure->word ? borrowed : failure->word,
				   failure->code, 0);
	else
		mhp_sim_fail_block(bench.sim, failure->block, failure->word, failure->code, 0);
	snprintf(what, sizeof(what), "%s: %s %d", machine,
		 failure->path ? failure->path : failure->word, failure->code);
	if (fulfil(&bench, wish, NULL) != MHP_OUTCOME_UNDONE)
		fail_msg("%s: %s: %s", what,
			 mhp_outcome_to_str(mhp_report_get_outcome(bench.report)),
			 mhp_report_get_message(bench.report));
	now = world_of(bench.sim);
	assert_same_world(&now, &before, what);
	assert_false(now.journal);
	if (mhp_report_get_reason(bench.report) != failure->reason)
		fail_msg("%s: %s", what, mhp_reason_to_str(mhp_report_get_reason(bench.report)));
	assert_int_equal(mhp_report_get_code(bench.report), failure->code);
	tear_down(&bench);
}

static void test_failures_are_undone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		for (size_t j = 0; j < ARRAY_SIZE(failures); j++)
			/* before 6.3 bind is tried in vain, and new_id tells of no failure */
			if (!is_6_1(machines[i]) ||
			    !(failures[j].path && !strcmp(failures[j].path, BIND)))
				for (int k = 0; k < 2; k++)
					fail_plug(machines[i], &failures[j],
						  k ? PLUG_PER_BLOCK : PLUG);
}

/* What was unplugged is so again: bound, and without a block. */
static void test_unplugged_is_undone(void **state)
{
	static const struct failure rows[] = {
		{ KMEM "/unbind", NULL, -EIO, MHP_REASON_UNKNOWN, 0 },
		{ BIND, NULL, -ENOMEM, MHP_REASON_NO_MEMORY, 0 },
		{ NULL, "add", -EEXIST, MHP_REASON_TAKEN, 32 },
		{ NULL, "online", -EHWPOISON, MHP_REASON_POISONED, 35 },
		{ NULL, "online", -EPERM, MHP_REASON_VETOED, 32 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world before, now;
		struct bench bench;
		char *word;

		set_up(&bench, "7.3-hmem-unplugged.txt");
		put(&bench, POLICY_PATH, "online");
		before = world_of(bench.sim);
		/* once: the way back is open */
		if (rows[i].path)
			mhp_sim_fail_write(bench.sim, rows[i].path, NULL, rows[i].code, 1);
		else
			mhp_sim_fail_block(bench.sim, rows[i].block, rows[i].word, rows[i].code, 1);
		if (fulfil(&bench, ONLINE_PER_BLOCK, NULL) != MHP_OUTCOME_UNDONE)
			fail_msg("row %zu: %s", i, mhp_report_get_message(bench.report));
		assert_int_equal(mhp_report_get_reason(bench.report), rows[i].reason);
		now = world_of(bench.sim);
		assert_same_world(&now, &before, "unplugged");
		assert_false(now.journal);
		assert_int_equal(mhp_sim_read(bench.sim, DEVICE, &word), 0);
		assert_string_equal(word, "unplugged\n");
		free(word);
		tear_down(&bench);
	}
}

/* Somebody sets the policy just before the way back: what is bound then, it would online. */
static void test_no_way_back(void **state)
{
	struct bench bench;

	(void)state;
	set_up(&bench, "7.3-hmem-unplugged.txt");
	mhp_sim_fail_write(bench.sim, BIND, NULL, -ENOMEM, 1);
	mhp_sim_race(bench.sim, BIND, POLICY_PATH, "online");
	assert_int_equal(fulfil(&bench, ONLINE_PER_BLOCK, NULL), MHP_OUTCOME_PARTIAL);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_NO_MEMORY);
	assert_writes(&bench, "unbind bind!");
	assert_blocks(&bench, 32, 35, "absent");
	check_driver(&bench, "dax0.0", NULL);
	tear_down(&bench);
}

static void test_module_does_not_load(void **state)
{
	static const struct {
		int code;
		const char *says;
	} rows[] = {
		{ -ENOENT, "loading the module kmem: ENOENT" },
		{ -EPERM, "install command" },
		{ -ENOMEM, "ENOMEM" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world before, now;
		struct bench bench;

		set_up_free(&bench, HMEM_6_12);
		unload(&bench, "kmem");
		before = world_of(bench.sim);
		assert_int_equal(mhp_sim_set_module(bench.sim, "kmem", rows[i].code), 0);
		assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_UNDONE);
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_MODULE);
		assert_int_equal(mhp_report_get_code(bench.report), rows[i].code);
		assert_says(&bench, rows[i].says);
		now = world_of(bench.sim);
		assert_same_world(&now, &before, rows[i].says);
		assert_false(now.journal);
		tear_down(&bench);
	}
}

/* Blocks that do not go offline any more keep the driver, and the outcome is partial. */
static void test_plugged_in_part_stays(void **state)
{
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		set_up_free(&bench, machines[i]);
		assert_int_equal(mhp_sim_fail_block(bench.sim, 33, "online", -EPERM, 0), 0);
		assert_int_equal(mhp_sim_pin_block(bench.sim, 35, "online"), 0);
		assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_PARTIAL);
		assert_reason(&bench, 35, "not-put-back");
		assert_string_equal(is(&bench, 35), "Movable");
		check_driver(&bench, "dax0.0", "kmem");
		assert_string_equal(world_of(bench.sim).policy, "offline");
		tear_down(&bench);
	}
}

/* ---- unplug ---- */

static void unplug_once(const char *machine, const char *type, bool to_device_dax, bool loaded)
{
	const char *wish = to_device_dax ? "dax0.0 unplugged to:device_dax borrow" :
					   "dax0.0 unplugged";
	struct world before, now;
	struct bench bench;

	set_up(&bench, machine);
	if (strcmp(type, "offline"))
		put_blocks(&bench, 32, 35, type);
	if (!loaded)
		unload(&bench, "device_dax");
	before = world_of(bench.sim);
	assert_int_equal(fulfil(&bench, wish, NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "absent");
	now = world_of(bench.sim);
	assert_true(same_settings(&now, &before));
	assert_false(now.journal);
	check_driver(&bench, "dax0.0", to_device_dax ? "device_dax" :
		     strcmp(machine, HMEM_7_3) ? NULL : "kmem");
	for (unsigned int id = 0; id < 32; id++)
		assert_true(same_block(&now, &before, id));
	/* and back */
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	assert_blocks(&bench, 32, 35, "Movable");
	tear_down(&bench);
}

static void test_unplug(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		for (size_t type = 0; type < ARRAY_SIZE(words); type++)
			for (int how = 0; how < 4; how++)
				unplug_once(machines[i], words[type], how & 1, how & 2);
}

/* Before 7.3 a block that another one onlines just before the unbind stays until reboot. */
static void test_stranded(void **state)
{
	static const char *const wishes[] = {
		"dax0.0 unplugged", "dax0.0 unplugged to:device_dax borrow",
		"dax0.0 unplugged keep",
	};

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(machines); i++)
		for (size_t j = 0; j < ARRAY_SIZE(wishes); j++) {
			struct world before;
			struct bench bench;

			set_up(&bench, machines[i]);
			put_blocks(&bench, 32, 35, "online_movable");
			before = world_of(bench.sim);
			mhp_sim_race(bench.sim, UNBIND, block_file(33, "state"), "online_kernel");
			assert_int_equal(fulfil(&bench, wishes[j], NULL), MHP_OUTCOME_PARTIAL);
			assert_int_equal(mhp_report_get_reason(bench.report),
					 MHP_REASON_STRANDED);
			assert_reason(&bench, 33, "stranded");
			assert_says(&bench, "memory");
			assert_string_not_equal(is(&bench, 33), "absent");
			check_driver(&bench, "dax0.0", NULL);
			check_settings(&bench, &before);
			tear_down(&bench);
		}
}

/* What is online is never left without its driver. */
static void test_unbind_is_not_tried(void **state)
{
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		set_up(&bench, machines[i]);
		put_blocks(&bench, 32, 35, "online_movable");
		mhp_sim_fail_block(bench.sim, 34, "offline", -EBUSY, 0);
		assert_int_equal(fulfil(&bench, "dax0.0 unplugged to:device_dax borrow", NULL),
				 MHP_OUTCOME_UNDONE);
		assert_blocks(&bench, 32, 35, "Movable");
		assert_reason(&bench, 34, "busy");
		check_driver(&bench, "dax0.0", "kmem");
		tear_down(&bench);
	}
}

/* kmem let go of it, and nobody can give it back: the outcome says so. */
static void test_to_fails(void **state)
{
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		set_up(&bench, machines[i]);
		mhp_sim_fail_write(bench.sim, DEVICE_DAX "/bind", NULL, -EIO, 0);
		assert_int_equal(fulfil(&bench, "dax0.0 unplugged to:device_dax borrow", NULL),
				 MHP_OUTCOME_PARTIAL);
		assert_int_equal(mhp_report_get_code(bench.report), -EIO);
		assert_says(&bench, DEVICE_DAX "/bind");
		assert_blocks(&bench, 32, 35, "absent");
		check_driver(&bench, "dax0.0", NULL);
		tear_down(&bench);
	}
}

/* A driver that is neither kmem nor device_dax has reasons of its own. */
static void test_other_driver(void **state)
{
	static const struct {
		const char *wish, *message;
	} rows[] = {
		{ PLUG, "has the driver q\\x0a" },
		{ "dax0.0 unplugged to:device_dax borrow", "has another driver" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_request *request = ask(rows[i].wish);
		struct mhp_snapshot_opts opts = {
			.size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS,
		};
		const struct mhp_conflict *conflict;
		struct mhp_snapshot *snap;
		struct mhp_region *region;
		struct mhp_plan *plan;
		struct bench bench;

		set_up_free(&bench, HMEM_7_3);
		assert_int_equal(mhp_snapshot_new(bench.ctx, &opts, &snap), 0);
		region = (struct mhp_region *)mhp_snapshot_find_region(snap, "dax0.0");
		assert_null(region->driver);
		region->driver = strdup("q\n");
		assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
		assert_int_equal(mhp_plan_count_conflicts(plan), 1);
		conflict = mhp_plan_get_conflict(plan, 0);
		assert_int_equal(mhp_conflict_get_code(conflict), MHP_CONFLICT_NOT_DEVICE);
		assert_non_null(strstr(mhp_conflict_get_message(conflict), rows[i].message));
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
		assert_int_equal(bench.writes, 0);
		mhp_snapshot_unref(snap);
		mhp_request_free(request);
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plug),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_plug_what_is_bound),
		cmocka_unit_test(test_unplugged_per_block),
		cmocka_unit_test(test_order_of_several),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_plug_against_udev),
		cmocka_unit_test(test_failures_are_undone),
		cmocka_unit_test(test_unplugged_is_undone),
		cmocka_unit_test(test_no_way_back),
		cmocka_unit_test(test_module_does_not_load),
		cmocka_unit_test(test_plugged_in_part_stays),
		cmocka_unit_test(test_unplug),
		cmocka_unit_test(test_stranded),
		cmocka_unit_test(test_unbind_is_not_tried),
		cmocka_unit_test(test_to_fails),
		cmocka_unit_test(test_other_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
