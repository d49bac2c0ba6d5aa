// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An agenda carried out: all regions in one go, each by itself; what fails, what was moved
 * by others, what is cancelled; and nothing to do the second time.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/device.h"
#include "support/pool.h"

static const enum mhp_sim_kernel kernels[] = {
	MHP_SIM_KERNEL_6_1, MHP_SIM_KERNEL_6_12, MHP_SIM_KERNEL_7_3,
};

/* Each region its own type. */
static const char all_types[] =
	"[movable]\nname = dax0.0\ntype = online_movable\norder = 1\n"
	"[kernel]\nname = dax1.0\ntype = online_kernel\norder = 2\n"
	"[offline]\nname = dax2.0\ntype = offline\norder = 3\n"
	"[host]\nkind = virtio-mem\ntype = online_movable\norder = 4\n";

static void assert_outcome(const struct mhp_agenda_report *report, enum mhp_outcome expected)
{
	if (mhp_agenda_report_get_outcome(report) == expected)
		return;
	for (size_t i = 0; i < mhp_agenda_report_count_results(report); i++) {
		const struct mhp_agenda_result *result = mhp_agenda_report_get_result(report, i);
		const struct mhp_agenda_item *item = mhp_agenda_result_get_item(result);

		print_message("%s: %s: %s\n",
			      mhp_region_get_name(mhp_agenda_item_get_region(item)),
			      mhp_outcome_to_str(mhp_agenda_result_get_outcome(result)),
			      mhp_agenda_result_get_message(result));
	}
	fail_msg("it is %s, not %s", mhp_outcome_to_str(mhp_agenda_report_get_outcome(report)),
		 mhp_outcome_to_str(expected));
}

static void assert_result(const struct mhp_agenda_report *report, const char *region,
			  enum mhp_outcome outcome, enum mhp_reason reason)
{
	const struct mhp_agenda_result *result = result_of(report, region);

	if (mhp_agenda_result_get_outcome(result) != outcome ||
	    mhp_agenda_result_get_reason(result) != reason)
		fail_msg("%s: %s, %s: %s", region,
			 mhp_outcome_to_str(mhp_agenda_result_get_outcome(result)),
			 mhp_reason_to_str(mhp_agenda_result_get_reason(result)),
			 mhp_agenda_result_get_message(result));
}

/* ---- what others see of it ---- */

/* How often a block came online, and went offline, as uevents tell. */
struct witness {
	struct mhp_sim_listener *listener;
	unsigned int online[256], offline[256];
};

static void begin_to_witness(struct bench *bench, struct witness *witness)
{
	*witness = (struct witness){ 0 };
	assert_int_equal(mhp_sim_listener_new(bench->sim, 4096, &witness->listener), 0);
}

static void end_witness(struct witness *witness)
{
	unsigned int id;
	char *text;

	while (mhp_sim_listener_receive(witness->listener, &text) == 0 && text) {
		if (sscanf(text, "online@/devices/system/memory/memory%u", &id) == 1)
			witness->online[id % 256]++;
		if (sscanf(text, "offline@/devices/system/memory/memory%u", &id) == 1)
			witness->offline[id % 256]++;
		free(text);
	}
	mhp_sim_listener_free(witness->listener);
}

/* A block changes its zone by going offline only: so it never was in another one. */
static void assert_at_once(const struct witness *witness, unsigned int first, unsigned int last)
{
	for (unsigned int id = first; id <= last; id++) {
		/* of what comes online with its device there is no such event in all kernels */
		assert_in_range(witness->online[id], 0, 1);
		assert_int_equal(witness->offline[id], 0);
	}
}

/* ---- all is done ---- */

/* The kernel's own wish for all of it is another one, and so is a udev rule's. */
static void test_all_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(kernels); i++) {
		struct mhp_agenda_report *report;
		struct world before, now;
		struct witness witness;
		struct bench bench;

		set_up_pool(&bench, kernels[i / 2]);
		put(&bench, POLICY_PATH, i % 2 ? "online" : "offline");
		if (i % 2)
			/* what it leaves offline a rule of udev would bring online */
			resize_pool(&bench, 0);
		else
			resize_pool(&bench, 8);
		before = world_of(bench.sim);
		begin_to_witness(&bench, &witness);
		report = carry_out(&bench, all_types, NULL);
		end_witness(&witness);
		assert_outcome(report, MHP_OUTCOME_DONE);
		assert_result(report, "dax0.0", MHP_OUTCOME_DONE, MHP_REASON_DONE);
		assert_result(report, "boot", MHP_OUTCOME_DONE, MHP_REASON_ALREADY);
		assert_non_null(mhp_agenda_result_get_report(result_of(report, "dax1.0")));
		assert_null(mhp_agenda_result_get_report(result_of(report, "boot")));
		assert_null(mhp_agenda_report_get_result(report, 5));
		mhp_agenda_report_free(report);
		assert_blocks(&bench, 32, 35, "Movable");
		assert_blocks(&bench, 64, 67, "Normal");
		assert_blocks(&bench, 96, 99, "offline");
		assert_blocks(&bench, 128, 135, i % 2 ? "absent" : "Movable");
		assert_at_once(&witness, 32, 99);
		assert_at_once(&witness, 128, 135);
		now = world_of(bench.sim);
		assert_true(same_settings(&now, &before));
		assert_settled(&bench, all_types);
		tear_down(&bench);
	}
}

/* As the early claim leaves them: another driver has them, and kmem has yet to be loaded. */
static void test_device_dax(void **state)
{
	static const char *const policy = "[pool]\nkind = dax\ndriver = device_dax\n"
					  "type = online_movable\n"
					  "[after]\nkind = dax\ntype = online_movable\n";
	static const char *const machines[] = { HMEM_7_3, HMEM_6_12, HMEM_6_1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct mhp_agenda_report *report;
		struct witness witness;
		struct bench bench;

		set_up_free(&bench, machines[i]);
		give_to_device_dax(&bench);
		unload(&bench, "kmem");
		check_driver(&bench, "dax0.0", "device_dax");
		put(&bench, POLICY_PATH, "online");
		assert_int_equal(mhp_sim_set_udev_rule(bench.sim, "online"), 0);
		begin_to_witness(&bench, &witness);
		report = carry_out(&bench, policy, NULL);
		end_witness(&witness);
		assert_outcome(report, MHP_OUTCOME_DONE);
		mhp_agenda_report_free(report);
		assert_blocks(&bench, 32, 35, "Movable");
		assert_at_once(&witness, 32, 35);
		check_driver(&bench, "dax0.0", "kmem");
		assert_settled(&bench, policy);
		tear_down(&bench);
	}
}

/* Nobody is waited for, nothing is written, and no lock is made. */
static void test_nothing_to_do(void **state)
{
	struct mhp_agenda_report *report;
	struct bench bench;
	size_t before;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	before = count_acts(&bench);
	report = carry_out(&bench, "[a]\nname = *\ntype = leave-alone\n", NULL);
	assert_outcome(report, MHP_OUTCOME_DONE);
	assert_string_equal(mhp_agenda_result_get_message(result_of(report, "dax0.0")),
			    "is left alone");
	mhp_agenda_report_free(report);
	/* what is blocked is not tried */
	report = carry_out(&bench, "[a]\nkind = boot\ntype = offline\n", NULL);
	assert_outcome(report, MHP_OUTCOME_REFUSED);
	assert_result(report, "boot", MHP_OUTCOME_REFUSED, MHP_REASON_CONFLICT);
	mhp_agenda_report_free(report);
	assert_int_equal(count_acts(&bench), before);
	tear_down(&bench);
}

/* Of some, the rest is done. */
static void test_blocked_beside_others(void **state)
{
	const char *const policy = "[b]\nkind = boot\ntype = offline\norder = 1\n"
				   "[d]\nname = dax0.0\ntype = online_movable\n";
	struct mhp_agenda_report *report;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_6_12);
	report = carry_out(&bench, policy, NULL);
	assert_outcome(report, MHP_OUTCOME_PARTIAL);
	assert_blocks(&bench, 32, 35, "Movable");
	assert_blocks(&bench, 4, 5, "DMA32");
	mhp_agenda_report_free(report);
	assert_settled(&bench, policy);
	tear_down(&bench);
}

/* ---- one fails ---- */

static void test_failing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct mhp_agenda_report *report;
		struct bench bench;

		set_up_pool(&bench, kernels[i]);
		assert_int_equal(mhp_sim_fail_block(bench.sim, 65, "online", -ENOMEM, 0), 0);
		report = carry_out(&bench, all_types, NULL);
		assert_outcome(report, MHP_OUTCOME_PARTIAL);
		assert_result(report, "dax0.0", MHP_OUTCOME_DONE, MHP_REASON_DONE);
		assert_result(report, "dax1.0", MHP_OUTCOME_UNDONE, MHP_REASON_NO_MEMORY);
		assert_result(report, "dax2.0", MHP_OUTCOME_DONE, MHP_REASON_DONE);
		mhp_agenda_report_free(report);
		assert_blocks(&bench, 32, 35, "Movable");
		assert_blocks(&bench, 64, 67, "absent");
		assert_blocks(&bench, 96, 99, "offline");
		/* with nothing else to do, nothing else is told */
		report = carry_out(&bench, all_types, NULL);
		assert_outcome(report, MHP_OUTCOME_UNDONE);
		mhp_agenda_report_free(report);
		mhp_sim_clear_failures(bench.sim);
		report = carry_out(&bench, all_types, NULL);
		assert_outcome(report, MHP_OUTCOME_DONE);
		mhp_agenda_report_free(report);
		assert_blocks(&bench, 64, 67, "Normal");
		assert_settled(&bench, all_types);
		tear_down(&bench);
	}
}

/* That nothing can begin is an error of the call; else it is told of the item. */
static void test_cannot_begin(void **state)
{
	struct mhp_agenda_report *report = NULL;
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	agenda = agenda_of(&bench, all_types);
	assert_int_equal(mhp_sim_set_read_only(bench.sim, MHP_SIM_ACCESS_RUN), 0);
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, NULL, &report), -EROFS);
	assert_null(report);
	assert_int_equal(mhp_sim_set_read_only(bench.sim, 0), 0);
	/* one of them only: its lock cannot be made once */
	assert_int_equal(mhp_sim_fail_at(bench.sim, MHP_SIM_ACCESS_RUN, NULL, 1, -EACCES), 0);
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, NULL, &report), 0);
	assert_outcome(report, MHP_OUTCOME_PARTIAL);
	assert_result(report, "dax0.0", MHP_OUTCOME_REFUSED, MHP_REASON_NO_PERMISSION);
	assert_int_equal(mhp_agenda_result_get_code(result_of(report, "dax0.0")), -EACCES);
	assert_result(report, "dax1.0", MHP_OUTCOME_DONE, MHP_REASON_DONE);
	mhp_agenda_report_free(report);
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

static void test_opts(void **state)
{
	struct {
		struct mhp_apply_opts opts;
		uint64_t more;
	} opts = { { .size = sizeof(opts) }, 1 };
	struct mhp_agenda_report *report = NULL;
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	agenda = agenda_of(&bench, "");
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, &opts.opts, &report), -E2BIG);
	opts.opts.size = 0;
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, &opts.opts, &report), -EINVAL);
	opts.opts.size = sizeof(opts.opts);
	opts.opts.timeout_ms = -2;
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, &opts.opts, &report), -EINVAL);
	opts.opts.timeout_ms = MHP_TIMEOUT_NONE;
	opts.opts.flags = UINT64_C(1) << 63;
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, &opts.opts, &report), -E2BIG);
	opts.opts.flags = 0;
	assert_null(report);
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, &opts.opts, &report), 0);
	mhp_agenda_report_free(report);
	mhp_agenda_report_free(NULL);
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* ---- progress, and an end to it ---- */

struct teller {
	struct bench *bench;
	uint64_t done, total, end_at;
	bool went_back;
};

static int tell(void *data, uint64_t done, uint64_t total)
{
	struct teller *teller = data;

	teller->went_back |= done < teller->done || (teller->total && total != teller->total);
	teller->done = done;
	teller->total = total;
	return teller->end_at && done >= teller->end_at ? MHP_CANCEL : 0;
}

#define DEVICE_BYTES (UINT64_C(512) << 20)

static void test_progress(void **state)
{
	struct teller teller = { 0 };
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = tell, .progress_data = &teller,
	};
	struct mhp_agenda_report *report;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	report = carry_out(&bench, all_types, &opts);
	assert_outcome(report, MHP_OUTCOME_DONE);
	mhp_agenda_report_free(report);
	assert_int_equal(teller.total, 3 * DEVICE_BYTES);
	assert_int_equal(teller.done, teller.total);
	assert_false(teller.went_back);
	tear_down(&bench);
}

/* Once it is cancelled, no other item is begun. */
static void test_cancel(void **state)
{
	(void)state;
	for (uint64_t end_at = 1; end_at <= DEVICE_BYTES; end_at += DEVICE_BYTES - 1) {
		struct teller teller = { .end_at = end_at };
		struct mhp_apply_opts opts = {
			.size = sizeof(opts), .progress = tell, .progress_data = &teller,
		};
		struct mhp_agenda_report *report;
		struct bench bench;

		set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
		report = carry_out(&bench, all_types, &opts);
		/* too late for the first one: all of it was done */
		assert_outcome(report, MHP_OUTCOME_PARTIAL);
		assert_result(report, "dax0.0", MHP_OUTCOME_DONE, MHP_REASON_DONE);
		assert_result(report, "dax1.0", MHP_OUTCOME_REFUSED, MHP_REASON_NOT_TRIED);
		assert_result(report, "dax2.0", MHP_OUTCOME_REFUSED, MHP_REASON_NOT_TRIED);
		assert_string_equal(mhp_agenda_result_get_message(result_of(report, "dax2.0")),
				    "not tried");
		assert_blocks(&bench, 64, 99, "absent");
		mhp_agenda_report_free(report);
		tear_down(&bench);
	}
}

static void test_deadline(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };
	const char *const policy = "[o]\nname = dax0.0\ntype = offline\norder = 1\n"
				   "[m]\nname = dax1.0\ntype = online_movable\n";
	struct mhp_agenda_report *report;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	mhp_agenda_report_free(carry_out(&bench, "[m]\nname = dax0.0\ntype = online_movable\n",
					 NULL));
	assert_int_equal(mhp_sim_hang_block(bench.sim, 33, 0), 0);
	report = carry_out(&bench, policy, &opts);
	/* each item has its own time; that of the second may be over, too, on a slow machine */
	assert_result(report, "dax0.0", mhp_agenda_result_get_outcome(result_of(report, "dax0.0")),
		      MHP_REASON_DEADLINE);
	assert_blocks(&bench, 32, 35, "Movable");
	assert_int_not_equal(mhp_agenda_result_get_reason(result_of(report, "dax1.0")),
			     MHP_REASON_NOT_TRIED);
	mhp_agenda_report_free(report);
	tear_down(&bench);
}

/* ---- others are at work ---- */

/* Planned for what was offline, and somebody has onlined a block meanwhile. */
static void test_stale(void **state)
{
	static const struct {
		const char *word, *more;
		enum mhp_outcome outcome;
		enum mhp_reason reason;
	} rows[] = {
		/* elsewhere, and may be moved; in the right zone; elsewhere for good */
		{ "online_kernel", "elsewhere = rezone\n", MHP_OUTCOME_DONE, MHP_REASON_DONE },
		{ "online_kernel", "", MHP_OUTCOME_REFUSED, MHP_REASON_CONFLICT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_agenda_report *report;
		struct mhp_agenda *agenda;
		struct bench bench;
		char policy[120];

		set_up(&bench, HMEM_6_12);
		snprintf(policy, sizeof(policy), "[a]\nkind = dax\ntype = online_movable\n%s",
			 rows[i].more);
		agenda = agenda_of(&bench, policy);
		put(&bench, block_file(34, "state"), rows[i].word);
		assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, NULL, &report), 0);
		assert_result(report, "dax0.0", rows[i].outcome, rows[i].reason);
		assert_outcome(report, rows[i].outcome);
		if (rows[i].outcome == MHP_OUTCOME_DONE) {
			const struct mhp_agenda_result *result = result_of(report, "dax0.0");

			assert_int_equal(mhp_report_get_reason(
				mhp_agenda_result_get_first_report(result)), MHP_REASON_STALE);
			assert_blocks(&bench, 32, 35, "Movable");
		}
		mhp_agenda_report_free(report);
		mhp_agenda_unref(agenda);
		tear_down(&bench);
	}
}

/* Somebody plugs it the same way before we come to it: that is as wanted. */
static void test_done_by_others(void **state)
{
	struct mhp_agenda_report *report;
	struct mhp_agenda *agenda;
	struct bench bench;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	agenda = agenda_of(&bench, "[a]\nname = dax0.0\ntype = online_movable\n");
	mhp_agenda_report_free(carry_out(&bench, "[b]\nname = dax0.0\ntype = online_movable\n",
					 NULL));
	assert_int_equal(mhp_agenda_apply(bench.ctx, agenda, NULL, &report), 0);
	assert_outcome(report, MHP_OUTCOME_DONE);
	assert_result(report, "dax0.0", MHP_OUTCOME_DONE, MHP_REASON_ALREADY);
	mhp_agenda_report_free(report);
	mhp_agenda_unref(agenda);
	tear_down(&bench);
}

/* Between two items the host takes a DIMM back, or the device goes for good. */
static int take_away(void *data, uint64_t done, uint64_t total)
{
	struct teller *teller = data;

	(void)done, (void)total;
	if (!teller->went_back) {
		assert_int_equal(mhp_sim_request_unplug_dimm(teller->bench->sim, 1), 0);
		teller->went_back = true;
	}
	return 0;
}

static void test_gone_meanwhile(void **state)
{
	struct bench bench;
	struct teller teller = { .bench = &bench };
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = take_away, .progress_data = &teller,
	};
	struct mhp_agenda_report *report;

	(void)state;
	set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
	put(&bench, POLICY_PATH, "offline");
	assert_int_equal(mhp_sim_plug_dimm(bench.sim, 1, 0, UINT64_C(64) << 30, UINT64_C(1) << 30),
			 0);
	report = carry_out(&bench, "[a]\nname = dax0.0\ntype = online_movable\norder = 1\n"
				   "[d]\nkind = dimm\ntype = online_movable\n", &opts);
	assert_true(teller.went_back);
	assert_outcome(report, MHP_OUTCOME_DONE);
	assert_result(report, "PNP0C80:01", MHP_OUTCOME_DONE, MHP_REASON_ALREADY);
	/* it was looked at again before, so that nothing had to be found stale */
	assert_null(mhp_agenda_result_get_report(result_of(report, "PNP0C80:01")));
	mhp_agenda_report_free(report);
	tear_down(&bench);
}

/* Between two items somebody makes the second device smaller. */
static int make_smaller(void *data, uint64_t done, uint64_t total)
{
	struct teller *teller = data;

	(void)done, (void)total;
	if (!teller->went_back)
		put(teller->bench, "/sys/devices/platform/hmem_platform.0/hmem.1/dax1.0/size",
		    "268435456");
	teller->went_back = true;
	return 0;
}

/* Another rule, or none, is about it by now: that is not what was wanted. */
static void test_other_rule_meanwhile(void **state)
{
	static const char *const others[] = {
		"", "[c]\nname = dax1.0\ntype = online_movable\norder = 3\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct bench bench;
		struct teller teller = { .bench = &bench };
		struct mhp_apply_opts opts = {
			.size = sizeof(opts), .progress = make_smaller, .progress_data = &teller,
		};
		struct mhp_agenda_report *report;
		char policy[240];

		set_up_pool(&bench, MHP_SIM_KERNEL_7_3);
		snprintf(policy, sizeof(policy),
			 "[a]\nname = dax0.0\ntype = online_movable\norder = 1\n"
			 "[b]\nname = dax1.0\nmin-size = 512M\ntype = online_movable\norder = 2\n%s",
			 others[i]);
		report = carry_out(&bench, policy, &opts);
		assert_outcome(report, MHP_OUTCOME_PARTIAL);
		assert_result(report, "dax0.0", MHP_OUTCOME_DONE, MHP_REASON_DONE);
		assert_result(report, "dax1.0", MHP_OUTCOME_REFUSED, MHP_REASON_STALE);
		assert_blocks(&bench, 64, 67, "absent");
		mhp_agenda_report_free(report);
		tear_down(&bench);
	}
}

/* ---- whatever it is, it comes to rest ---- */

static uint32_t seed;

static uint32_t chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static const char *const types[] = {
	"online_movable", "online_kernel", "online", "offline", "default", "leave-alone",
};

static void random_policy(char *ret, size_t size)
{
	static const char *const names[] = { "dax0.*", "dax1.*", "dax2.*", "virtio*", "*" };
	char *end = ret + size;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!chance(5))
			continue;
		ret += snprintf(ret, (size_t)(end - ret), "[r%zu]\nname = %s\ntype = %s\norder = %u\n",
				i, names[i], types[chance(2) ? 0 : chance(ARRAY_SIZE(types))],
				chance(4));
		if (chance(2))
			ret += snprintf(ret, (size_t)(end - ret), "max-movable-ratio = %u\n",
					25 * (1 + chance(8)));
		ret += snprintf(ret, (size_t)(end - ret),
				"elsewhere = %s\nplug = %s\nper-block = %s\nkernel-zone = %s\n",
				chance(3) ? "rezone" : "report", chance(4) ? "yes" : "no",
				chance(2) ? "yes" : "no", chance(2) ? "yes" : "no");
	}
	*ret = '\0';
}

static void shake(struct bench *bench)
{
	static const char *const devices[] = { "dax0.0", "dax1.0", "dax2.0" };
	static const unsigned int firsts[] = { 32, 64, 96, 128 };
	char first[1000];

	mhp_sim_write(bench->sim, POLICY_PATH, types[chance(4)]);
	resize_pool(bench, chance(9));
	/* some come by the kernel's own ways, some by another policy */
	if (chance(2)) {
		random_policy(first, sizeof(first));
		if (chance(2))
			mhp_agenda_report_free(carry_out(bench, first, NULL));
	}
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (!chance(3))
			mhp_sim_write(bench->sim, KMEM "/bind", devices[i]);
	for (int n = (int)chance(12); n > 0; n--)
		mhp_sim_write(bench->sim,
			      block_file(firsts[chance(ARRAY_SIZE(firsts))] + chance(4), "state"),
			      types[chance(4)]);
	mhp_sim_write(bench->sim, POLICY_PATH, types[chance(4)]);
}

static bool may_be_plain(struct bench *bench, const char *policy)
{
	char *text;
	bool plain;

	assert_int_equal(mhp_sim_read(bench->sim, POLICY_PATH, &text), 0);
	plain = strstr(policy, "type = online\n") ||
		(strstr(policy, "type = default\n") && !strcmp(text, "online\n"));
	free(text);
	return plain;
}

static void run_random(uint32_t run)
{
	struct mhp_agenda_report *report;
	struct mhp_agenda *agenda;
	char policy[1000], *text;
	struct bench bench;
	size_t left;

	seed = run * 2654435761U + 1;
	set_up_pool(&bench, kernels[chance(ARRAY_SIZE(kernels))]);
	shake(&bench);
	random_policy(policy, sizeof(policy));
	report = carry_out(&bench, policy, NULL);
	agenda = agenda_of(&bench, policy);
	left = mhp_agenda_count_in_state(agenda, MHP_ITEM_TO_DO);
	/* the kernel chooses the zone, and then there may be room for more */
	if (left && may_be_plain(&bench, policy)) {
		mhp_agenda_report_free(report);
		report = carry_out(&bench, policy, NULL);
	} else if (left) {
		assert_int_equal(mhp_agenda_copy_text(mhp_agenda_report_get_agenda(report), &text), 0);
		print_message("run %u\n%s\n%s\n", run, policy, text);
		free(text);
		assert_outcome(report, MHP_OUTCOME_UNKNOWN);
	}
	/* what was not to be done is as it was, and is told */
	if (!mhp_agenda_count_in_state(agenda, MHP_ITEM_BLOCKED) &&
	    !mhp_agenda_count_in_state(agenda, MHP_ITEM_UNDECIDED))
		assert_outcome(report, MHP_OUTCOME_DONE);
	mhp_agenda_unref(agenda);
	mhp_agenda_report_free(report);
	assert_settled(&bench, policy);
	tear_down(&bench);
}

static void test_random(void **state)
{
	(void)state;
	for (uint32_t run = 0; run < 200; run++)
		run_random(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_types),
		cmocka_unit_test(test_device_dax),
		cmocka_unit_test(test_nothing_to_do),
		cmocka_unit_test(test_blocked_beside_others),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_cannot_begin),
		cmocka_unit_test(test_opts),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_done_by_others),
		cmocka_unit_test(test_gone_meanwhile),
		cmocka_unit_test(test_other_rule_meanwhile),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
