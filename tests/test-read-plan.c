// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Plans that are saved and read: the same ones, or none. Whatever a text says, a plan that
 * is made of it is one that this library could have made.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/bench.h"
#include "support/fakesys.h"
#include "support/golden.h"
#include "support/world.h"

static char *save(const struct mhp_plan *plan)
{
	char *text;

	assert_int_equal(mhp_plan_copy_saved(plan, &text), 0);
	return text;
}

static char *show(const struct mhp_plan *plan)
{
	char *text;

	assert_int_equal(mhp_plan_copy_text(plan, &text), 0);
	return text;
}

static struct mhp_plan *read_plan(const char *text)
{
	struct mhp_plan *plan = NULL;
	unsigned int line = 0;
	int r;

	r = mhp_plan_new_from_text(text, strlen(text), &plan, &line);
	if (r < 0)
		fail_msg("%d in line %u of\n%s", r, line, text);
	return plan;
}

static struct mhp_plan *plan_of_golden(const struct golden *golden)
{
	struct mhp_snapshot *snap = look_at(golden->sim);
	struct mhp_plan *plan;

	assert_int_equal(mhp_plan_new(snap, golden->request, &plan), 0);
	mhp_snapshot_unref(snap);
	return plan;
}

static void assert_same_text(char *mine, char *its)
{
	assert_string_equal(mine, its);
	free(mine);
	free(its);
}

/* ---- the same plan ---- */

static void check_steps(const struct mhp_plan *a, const struct mhp_plan *b)
{
	assert_int_equal(mhp_plan_count_steps(a), mhp_plan_count_steps(b));
	for (size_t i = 0; i < mhp_plan_count_steps(a); i++) {
		const struct mhp_step *mine = mhp_plan_get_step(a, i);
		const struct mhp_step *its = mhp_plan_get_step(b, i);
		char *my_path, *its_path;

		assert_int_equal(mhp_step_get_kind(mine), mhp_step_get_kind(its));
		assert_int_equal(mhp_step_copy_path(mine, &my_path), 0);
		assert_int_equal(mhp_step_copy_path(its, &its_path), 0);
		assert_same_text(my_path, its_path);
		assert_string_equal(mhp_step_get_word(mine), mhp_step_get_word(its));
		assert_int_equal(mhp_step_count_ranges(mine), mhp_step_count_ranges(its));
	}
}

static void check_same_findings(const struct mhp_plan *a, const struct mhp_plan *b)
{
	assert_int_equal(mhp_plan_count_conflicts(a), mhp_plan_count_conflicts(b));
	assert_int_equal(mhp_plan_count_warnings(a), mhp_plan_count_warnings(b));
	for (size_t i = 0; i < mhp_plan_count_warnings(a); i++) {
		const struct mhp_conflict *mine = mhp_plan_get_warning(a, i);
		const struct mhp_conflict *its = mhp_plan_get_warning(b, i);

		assert_int_equal(mhp_conflict_get_code(mine), mhp_conflict_get_code(its));
		assert_int_equal(mhp_conflict_count_blocks(mine), mhp_conflict_count_blocks(its));
	}
}

static void check_round(const struct golden *golden)
{
	struct mhp_plan *plan = plan_of_golden(golden), *again;
	char *text = save(plan);

	again = read_plan(text);
	assert_same_text(show(plan), show(again));
	assert_same_text(text, save(again));
	assert_int_equal(mhp_plan_get_goal(plan), mhp_plan_get_goal(again));
	assert_int_equal(mhp_plan_get_online_type(plan), mhp_plan_get_online_type(again));
	assert_true(mhp_plan_get_rules(plan) == mhp_plan_get_rules(again));
	assert_string_equal(mhp_plan_get_target(plan), mhp_plan_get_target(again));
	assert_true(is_same(mhp_plan_get_region_name(plan), mhp_plan_get_region_name(again)));
	check_steps(plan, again);
	check_same_findings(plan, again);
	mhp_plan_unref(plan);
	mhp_plan_unref(again);
}

static void test_round(void **state)
{
	(void)state;
	assert_true(for_each_golden(check_round) >= 50);
}

/* Where a device is cannot be known if its link leads nowhere; a conflict says so. */
static void test_unreadable_region(void **state)
{
	static const char *const wishes[] = {
		"dax0.0 offline", "dax0.0 unplugged", "dax0.0 plugged online_movable",
		"dax0.0 offline release",
	};
	struct fakesys *fs = fakesys_new_machine("7.3-hmem-bound");
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	(void)state;
	fakesys_remove(fs, DAX_DEVICES_PATH "/dax0.0");
	fakesys_link(fs, DAX_DEVICES_PATH "/dax0.0", "dax0.0");
	ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_snapshot_new(ctx, NULL, &snap), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		struct mhp_request *request = ask(wishes[i]);
		struct mhp_plan *plan, *again;
		char *text;

		assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
		assert_true(mhp_plan_count_conflicts(plan) > 0);
		text = save(plan);
		again = read_plan(text);
		assert_same_text(text, save(again));
		assert_same_text(show(plan), show(again));
		mhp_plan_unref(plan);
		mhp_plan_unref(again);
		mhp_request_free(request);
	}
	mhp_snapshot_unref(snap);
	mhp_ctx_unref(ctx);
	fakesys_free(fs);
}

static enum mhp_outcome apply_to(struct mhp_sim *sim, struct mhp_plan *plan,
				 struct mhp_report **ret_report)
{
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_apply(ctx, plan, NULL, ret_report), 0);
	mhp_ctx_unref(ctx);
	return mhp_report_get_outcome(*ret_report);
}

/* A machine as this one is now, and with its state of /run. */
static struct mhp_sim *copy_of(struct mhp_sim *sim)
{
	struct mhp_sim *copy;
	char *text;

	assert_int_equal(mhp_sim_copy_capture(sim, &text), 0);
	assert_int_equal(mhp_sim_new_from_text(text, strlen(text), NULL, &copy), 0);
	free(text);
	return copy;
}

/* It does what the plan itself would have done. */
static void check_applied(const struct golden *golden)
{
	struct mhp_sim *first = copy_of(golden->sim), *second = copy_of(golden->sim);
	struct mhp_plan *plan = plan_of_golden(golden), *again;
	struct mhp_report *mine, *its;
	struct world a, b;
	char *text = save(plan);

	again = read_plan(text);
	free(text);
	assert_int_equal(apply_to(first, plan, &mine), apply_to(second, again, &its));
	assert_string_equal(mhp_report_get_message(mine), mhp_report_get_message(its));
	assert_int_equal(mhp_report_count_writes(mine), mhp_report_count_writes(its));
	a = world_of(first);
	b = world_of(second);
	assert_same_world(&a, &b, golden->path);
	mhp_report_free(mine);
	mhp_report_free(its);
	mhp_plan_unref(plan);
	mhp_plan_unref(again);
	mhp_sim_unref(first);
	mhp_sim_unref(second);
}

static void test_applied(void **state)
{
	(void)state;
	for_each_golden(check_applied);
}

/* ---- the machine moved meanwhile ---- */

static struct mhp_plan *saved(struct bench *bench, const char *wish)
{
	struct mhp_plan *plan = plan_of(bench, wish), *again;
	char *text = save(plan);

	mhp_plan_unref(plan);
	again = read_plan(text);
	free(text);
	return again;
}

static void test_stale(void **state)
{
	static const struct {
		const char *machine;
		bool free;		/* nobody has the device */
		const char *wish;
		const char *path, *word, *says;
	} rows[] = {
		{ HMEM_6_12, false, "dax0.0 online online_movable",
		  MEMORY_PATH "/memory35/state", "online_kernel", "memory35 is online in Normal" },
		{ HMEM_7_3, false, "dax0.0 online online_movable",
		  MEMORY_PATH "/memory32/state", "online_kernel", "memory32 is online in Normal" },
		{ HMEM_7_3, false, "dax0.0 online online_movable", UNBIND, "dax0.0",
		  "has another driver now" },
		{ HMEM_6_12, true, "dax0.0 plugged online_movable borrow", KMEM "/bind", "dax0.0",
		  "has another driver now" },
		{ HMEM_6_12, true, "dax0.0 plugged online_movable borrow", POLICY_PATH, "online",
		  "says \"online\", not \"offline\" as planned for" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_plan *plan;
		struct world before, now;
		struct bench bench;

		set_up(&bench, rows[i].machine);
		if (rows[i].free)
			release_device(&bench);
		plan = saved(&bench, rows[i].wish);
		put(&bench, rows[i].path, rows[i].word);
		before = world_of(bench.sim);
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
		assert_says(&bench, rows[i].says);
		assert_int_equal(bench.writes, 0);
		now = world_of(bench.sim);
		assert_same_world(&now, &before, rows[i].says);
		tear_down(&bench);
	}
}

/* It moved to where it was to go. */
static void test_met_meanwhile(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;

	(void)state;
	set_up(&bench, HMEM_6_12);
	plan = saved(&bench, "dax0.0 online online_movable");
	put_blocks(&bench, 32, 35, "online_movable");
	assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_DONE);
	assert_int_equal(bench.writes, 0);
	assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_ALREADY);
	tear_down(&bench);
}

/* A plan of another machine: what has the same name there is something else. */
static void test_other_machine(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ HMEM_6_12, HMEM_7_3 }, { HMEM_7_3, HMEM_6_1 }, { HMEM_7_3, RANGES_7_3 },
		{ RANGES_7_3, HMEM_7_3 }, { "7.3-eight-bound.txt", HMEM_7_3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world before, now;
		struct mhp_plan *plan;
		struct bench bench;

		set_up(&bench, rows[i].from);
		plan = saved(&bench, "dax0.0 online online_movable");
		tear_down(&bench);
		set_up(&bench, rows[i].to);
		before = world_of(bench.sim);
		assert_int_equal(apply_plan(&bench, plan, NULL), MHP_OUTCOME_REFUSED);
		assert_int_equal(mhp_report_get_reason(bench.report), MHP_REASON_STALE);
		now = world_of(bench.sim);
		assert_same_world(&now, &before, rows[i].to);
		tear_down(&bench);
	}
}

/* ---- texts that are none ---- */

static int read_bytes(const char *text, size_t length, struct mhp_plan **ret_plan)
{
	struct mhp_plan *untouched = (void *)(uintptr_t)1, *plan = untouched;
	unsigned int line = 0;
	int r;

	r = mhp_plan_new_from_text(text, length, &plan, &line);
	if (r == 0) {
		*ret_plan = plan;
		return 0;
	}
	assert_ptr_equal(plan, untouched);
	if (r != -EBADMSG && r != -E2BIG)
		fail_msg("%d of\n%.*s", r, (int)length, text);
	if (r == -EBADMSG && length && !line)
		fail_msg("no line for\n%.*s", (int)length, text);
	return r;
}

static void assert_bad(const char *text, size_t length, int code)
{
	struct mhp_plan *plan;

	assert_int_equal(read_bytes(text, length, &plan), code);
}

#define HEAD "libmhp plan 1\ntarget: x\ngoal: 1\ntype: 0\nrules: 0\nblock-size: 134217728\n" \
	"system: 0 0 1 1 1 0 1 1\n"
#define BLOCKS "part: blocks\nlost-bytes: 0\nrun: 32 1\nblock: 32 1 2 0\n"

static void test_not_a_plan(void **state)
{
	static const struct {
		const char *text;
		int code;
	} rows[] = {
		{ "", -EBADMSG },
		{ "\n", -EBADMSG },
		{ "libmhp plan", -EBADMSG },
		{ "libmhp plan \n", -EBADMSG },
		{ "libmhp plan 1", -EBADMSG },
		{ "libmhp plan 0\n", -EBADMSG },
		{ "libmhp plan -1\n", -EBADMSG },
		{ "libmhp plan 2\n", -E2BIG },
		{ "libmhp plan 9223372036854775807\nwhatever\n", -E2BIG },
		{ "libmhp plan 99999999999999999999\n", -EBADMSG },
		{ "libmhp plan 1\n", -EBADMSG },
		{ "libmhp plan 1\nend\n", -EBADMSG },
		{ "libmhp plan 1\r\nend\r\n", -EBADMSG },
		{ "LIBMHP PLAN 1\n", -EBADMSG },
		{ HEAD "end\n", -EBADMSG },
		{ HEAD BLOCKS, -EBADMSG },
		{ HEAD BLOCKS "end", -EBADMSG },
		{ HEAD BLOCKS "end\nend\n", -EBADMSG },
		{ HEAD BLOCKS "end\n\n", -EBADMSG },
		{ HEAD BLOCKS "color: blue\nend\n", -EBADMSG },
		{ HEAD BLOCKS "goal: 1\nend\n", -EBADMSG },
		{ HEAD "part: everything\nend\n", -EBADMSG },
		/* blocks that are not of its runs, or too few, or twice */
		{ HEAD "part: blocks\nrun: 32 1\nblock: 33 1 2 0\nend\n", -EBADMSG },
		{ HEAD "part: blocks\nrun: 32 2\nblock: 32 1 2 0\nend\n", -EBADMSG },
		{ HEAD "part: blocks\nrun: 32 1\nblock: 32 1 2 0\nblock: 32 1 2 0\nend\n",
		  -EBADMSG },
		{ HEAD "part: blocks\nrun: 32 2\nrun: 33 1\nend\n", -EBADMSG },
		{ HEAD "part: blocks\nrun: 32 0\nend\n", -EBADMSG },
		{ HEAD "part: blocks\nrun: -1 1\nend\n", -EBADMSG },
		{ HEAD "part: blocks\nrun: 0 9223372036854775807\nend\n", -EBADMSG },
		{ HEAD "part: blocks\nrun: 1099511627775 16777216\nend\n", -EBADMSG },
		{ HEAD "part: blocks\nrun: 0 16777216\nend\n", -EBADMSG },
		/* a part of the same blocks again */
		{ HEAD BLOCKS BLOCKS "end\n", -EBADMSG },
		{ HEAD "part: blocks\nregion: x\nrun: 32 1\nblock: 32 1 2 0\nend\n", -EBADMSG },
		{ HEAD BLOCKS "message: of what\nend\n", -EBADMSG },
	};
	struct mhp_plan *plan;
	char *text;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int r = read_bytes(rows[i].text, strlen(rows[i].text), &plan);

		if (r != rows[i].code)
			fail_msg("%d, not %d, of\n%s", r, rows[i].code, rows[i].text);
	}
	/* this one is */
	plan = read_plan(HEAD BLOCKS "end\n");
	text = show(plan);
	assert_string_equal(text, "x: offline: nothing to do\n");
	free(text);
	mhp_plan_unref(plan);
	/* bytes that are no text */
	assert_bad(HEAD "\0" BLOCKS "end\n", sizeof(HEAD "\0" BLOCKS "end\n") - 1, -EBADMSG);
	assert_bad(HEAD BLOCKS "end\n\0", sizeof(HEAD BLOCKS "end\n\0") - 1, -EBADMSG);
	assert_int_equal(mhp_plan_new_from_text("", 0, &plan, NULL), -EBADMSG);
}

static void test_line_is_told(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
	} rows[] = {
		{ "what?\n", 1 },
		{ "libmhp plan 1\n# a comment\ngoal: 9\n", 3 },
		{ HEAD "part: blocks\nrun: 32 1\nblock: 32 1 99 0\nend\n", 10 },
		{ HEAD BLOCKS "block: 33 1 2 0\nend\n", 12 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mhp_plan *plan;
		unsigned int line = 0;

		assert_int_equal(mhp_plan_new_from_text(rows[i].text, strlen(rows[i].text), &plan,
							&line), -EBADMSG);
		assert_int_equal(line, rows[i].line);
	}
}

/* ---- changed in every way ---- */

static size_t accepted, tried;

static bool is_planned(const struct mhp_plan *plan, uint64_t id)
{
	for (size_t i = 0; i < plan->n_blocks; i++)
		if (plan->blocks[i].id == id)
			return true;
	return false;
}

/*
 * It may be another plan by now, but a sound one: it can be shown, saved and read again,
 * and what it does is what it says.
 */
static void check_sound(const struct golden *golden, struct mhp_plan *plan)
{
	struct mhp_plan *again;
	char *text = save(plan);

	again = read_plan(text);
	free(text);
	assert_same_text(show(plan), show(again));
	mhp_plan_unref(again);
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct mhp_step *step = &plan->steps[i];
		char *path;

		assert_true(step->kind == MHP_STEP_LOAD || step->part < plan->n_parts);
		assert_true(step->kind != MHP_STEP_BLOCK || step->block < plan->n_blocks);
		assert_int_equal(mhp_step_copy_path(step, &path), 0);
		free(path);
	}
	/* on the machine itself it is refused, or does no harm to others */
	if (++accepted % 40 == 0) {
		struct mhp_sim *sim = copy_of(golden->sim);
		struct world before = world_of(sim), now;
		struct mhp_report *report = NULL;
		struct mhp_ctx *ctx;

		assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
		if (mhp_apply(ctx, plan, NULL, &report) == 0 &&
		    mhp_report_get_outcome(report) == MHP_OUTCOME_REFUSED) {
			now = world_of(sim);
			assert_same_world(&now, &before, "refused");
		}
		now = world_of(sim);
		for (unsigned int id = 0; id < 32; id++)
			assert_true(is_planned(plan, id) || same_block(&now, &before, id));
		mhp_report_free(report);
		mhp_ctx_unref(ctx);
		mhp_sim_unref(sim);
	}
}

static void try_text(const struct golden *golden, const char *text, size_t length)
{
	struct mhp_plan *plan;
	char *copy = malloc(length + 1);

	/* of its own size: whoever reads beyond it is seen */
	assert_non_null(copy);
	memcpy(copy, text, length);
	tried++;
	if (read_bytes(copy, length, &plan) == 0) {
		check_sound(golden, plan);
		mhp_plan_unref(plan);
	}
	free(copy);
}

static void cut(const struct golden *golden, const char *text)
{
	size_t length = strlen(text);

	for (size_t n = 0; n < length; n++) {
		struct mhp_plan *plan;
		int r = read_bytes(text, n, &plan);

		/* all of it is needed, to the last newline */
		if (r != -EBADMSG)
			fail_msg("%s: %d of %zu bytes", golden->path, r, n);
	}
}

/* Calls for each line: without it, twice, and with the next one before it. */
static void change_lines(const struct golden *golden, const char *text)
{
	size_t length = strlen(text);
	char *changed = malloc(2 * length + 2);

	assert_non_null(changed);
	for (const char *line = text, *next; *line; line = next) {
		size_t before = (size_t)(line - text), size, rest;
		const char *after;

		next = strchr(line, '\n') + 1;
		size = (size_t)(next - line);
		rest = length - before - size;
		memcpy(changed, text, before);
		memcpy(changed + before, next, rest);
		try_text(golden, changed, before + rest);

		memcpy(changed + before, line, size);
		memcpy(changed + before + size, line, size + rest);
		try_text(golden, changed, length + size);

		after = *next ? strchr(next, '\n') + 1 : next;
		memcpy(changed, text, length);
		memcpy(changed + before, next, (size_t)(after - next));
		memcpy(changed + before + (after - next), line, size);
		try_text(golden, changed, length);
	}
	free(changed);
}

/* Each number becomes others, the largest and the wrong ones. */
static void change_numbers(const struct golden *golden, const char *text)
{
	static const char *const numbers[] = {
		"-1", "0", "1", "2", "3", "7", "4095", "16777217", "4294967296",
		"1099511627776", "9223372036854775807", "99999999999999999999", "", "0x10", "1e3",
	};
	size_t length = strlen(text);
	char *changed = malloc(length + 32);

	assert_non_null(changed);
	for (const char *at = text; *at;) {
		size_t digits = strspn(at, "0123456789");

		for (size_t i = 0; digits && i < ARRAY_SIZE(numbers); i++) {
			size_t before = (size_t)(at - text), size = strlen(numbers[i]);

			memcpy(changed, text, before);
			memcpy(changed + before, numbers[i], size);
			strcpy(changed + before + size, at + digits);
			try_text(golden, changed, length - digits + size);
		}
		at += digits ? digits : 1;
	}
	free(changed);
}

static void change_bytes(const struct golden *golden, const char *text)
{
	static const char bytes[] = {
		'\0', '\n', ' ', '0', '9', '-', ':', '\\', 'x', '\x7f', '\xff',
	};
	size_t length = strlen(text);
	char *changed = strdup(text);

	assert_non_null(changed);
	for (size_t at = 0; at < length; at++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			changed[at] = bytes[i];
			try_text(golden, changed, length);
		}
		changed[at] = text[at];
	}
	free(changed);
}

static void change_golden(const struct golden *golden)
{
	struct mhp_plan *plan = plan_of_golden(golden);
	char *text = save(plan);

	mhp_plan_unref(plan);
	cut(golden, text);
	change_lines(golden, text);
	change_numbers(golden, text);
	if (strstr(golden->path, "plug-7.3.plan") || strstr(golden->path, "rezone-6.12.plan"))
		change_bytes(golden, text);
	free(text);
}

static void test_changed(void **state)
{
	(void)state;
	for_each_golden(change_golden);
	/* comments, messages and some numbers may change */
	assert_true(accepted > 100 && accepted < tried);
}

#define UNPLUG_HEAD \
	"libmhp plan 1\ntarget: cxl\ngoal: 3\ntype: 0\nrules: 24\nblock-size: 134217728\n" \
	"system: 0 0 1 1 1 0 1 1\n"
#define DAX_PART "part: region\nkind: dax\nregion: dax%u.0\npath: %s\nlost-bytes: 0\n"
#define RELEASE "release: region%u\nkind: cxl\npath: /sys/devices/%u\nis-done: 0\n"

static void check_part_of_releases(const char *path, int expected)
{
	static const unsigned int regions[] = { 10, 2, 1, 100, 3 };
	struct mhp_plan *plan = NULL;
	struct text text = { 0 };
	char *str;
	int r;

	text_add(&text, UNPLUG_HEAD DAX_PART, 0, path);
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		text_add(&text, RELEASE, regions[i], regions[i]);
	text_add(&text, "end\n");
	assert_int_equal(text_finish(&text, &str), 0);
	r = mhp_plan_new_from_text(str, strlen(str), &plan, NULL);
	if (r != expected)
		fail_msg("%.60s: %d", path, r);
	mhp_plan_unref(plan);
	free(str);
}

/* All that is unplugged is of what is released. */
static void test_parts_of_releases(void **state)
{
	char path[2 * MHP_PATH_SIZE] = "/sys/devices/1/", *end = path + strlen(path);

	(void)state;
	check_part_of_releases("/sys/devices/1/dax0.0", 0);
	check_part_of_releases("/sys/devices/1", 0);
	check_part_of_releases("/sys/devices/1/10/100", 0);
	check_part_of_releases("/sys/devices/10/dax0.0", 0);
	check_part_of_releases("/sys/devices/100/x/dax0.0", 0);
	check_part_of_releases("/sys/devices/2/dax0.0", 0);
	check_part_of_releases("/sys/devices/3/dax0.0", 0);
	check_part_of_releases("/sys/devices/4/dax0.0", -EBADMSG);
	check_part_of_releases("/sys/devices/1000/dax0.0", -EBADMSG);
	check_part_of_releases("/sys/devices/dax0.0", -EBADMSG);
	check_part_of_releases("/sys/devices/", -EBADMSG);
	check_part_of_releases("/sys/1/dax0.0", -EBADMSG);
	memset(end, 'x', MHP_PATH_SIZE - 1 - strlen(path));
	check_part_of_releases(path, 0);
	/* nobody could open that */
	strcat(path, "x");
	check_part_of_releases(path, -EBADMSG);
}

static size_t compared;

int __real_strncmp(const char *a, const char *b, size_t n);
int __wrap_strncmp(const char *a, const char *b, size_t n);

int __wrap_strncmp(const char *a, const char *b, size_t n)
{
	compared++;
	return __real_strncmp(a, b, n);
}

/* How often begins are compared where each of so many parts is of the last of as many. */
static size_t compared_for(unsigned int count)
{
	struct mhp_plan *plan = NULL;
	struct text text = { 0 };
	char path[64], *str;

	text_add(&text, UNPLUG_HEAD);
	for (unsigned int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/sys/devices/%u/dax%u.0", count - 1, i);
		text_add(&text, DAX_PART, i, path);
	}
	for (unsigned int i = 0; i < count; i++)
		text_add(&text, RELEASE, i, i);
	text_add(&text, "end\n");
	assert_int_equal(text_finish(&text, &str), 0);
	compared = 0;
	assert_int_equal(mhp_plan_new_from_text(str, strlen(str), &plan, NULL), 0);
	assert_int_equal(mhp_plan_count_steps(plan), count);
	mhp_plan_unref(plan);
	free(str);
	return compared;
}

/* Not all releases are gone through for each part. */
static void test_many_releases(void **state)
{
	size_t few = compared_for(1000), many = compared_for(2000);

	(void)state;
	/* where the compiler compares in line few are counted */
	assert_in_range(many, 0, 3 * few + 100);
}

/* What it is about is not only for machines to read. */
static void test_words_are_escaped(void **state)
{
	static const char text[] =
		"libmhp plan 1\ntarget: a\\x0ab\ngoal: 1\ntype: 0\nrules: 0\n"
		"block-size: 134217728\nsystem: 0 0 1 1 1 0 1 1\n" BLOCKS "end\n";
	struct mhp_plan *plan;
	char *shown;

	(void)state;
	if (read_bytes(text, strlen(text), &plan) < 0)
		return;
	/* printable, says the header */
	for (const char *c = mhp_plan_get_target(plan); *c; c++)
		assert_in_range((unsigned char)*c, ' ', '~');
	shown = show(plan);
	assert_null(strstr(shown, "a\nb"));
	free(shown);
	mhp_plan_unref(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test_teardown(test_unreadable_region, fakesys_free_all),
		cmocka_unit_test(test_applied),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_met_meanwhile),
		cmocka_unit_test(test_other_machine),
		cmocka_unit_test(test_not_a_plan),
		cmocka_unit_test(test_line_is_told),
		cmocka_unit_test(test_parts_of_releases),
		cmocka_unit_test(test_many_releases),
		cmocka_unit_test(test_words_are_escaped),
		cmocka_unit_test(test_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
