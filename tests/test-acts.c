// SPDX-License-Identifier: LGPL-2.1-or-later
/* Notes of what was done: the file, what may stand in it, and what of it apply() writes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "acts.h"
#include "support/device.h"
#include "support/errno-name.h"

#define ACTS_PATH RUN_PATH "/" ACTS_NAME
#define HEAD "libmhp acts 1\n"
#define ACT "act \"a[1]: online dax0.0\""

/* ---- text ---- */

static const char full[] =
	HEAD "boot \"6f6b\"\n"
	ACT " seq 100 140 time 17 18 blocks 32-35,40 policy\n"
	"act \"x\\x22[2]\" time 19 - about 0,7-9\n"
	"act \"c[3]\" seq 140 140 time 20 20 killed\n"
	"end\n";

static void there_and_back(void **state)
{
	struct acts acts;
	char *boot, *text;
	unsigned int line;

	(void)state;
	assert_int_equal(acts_parse(full, strlen(full), &acts, &boot, &line), 0);
	assert_string_equal(boot, "6f6b");
	assert_int_equal(acts.count, 3);
	assert_string_equal(acts.list[1].who, "x\"[2]");
	assert_true(acts.list[0].ended && acts.list[0].policy && !acts.list[0].is_rough);
	assert_true(!acts.list[1].ended && !acts.list[1].has_seqnums && acts.list[1].is_rough);
	assert_true(act_has_block(&acts.list[0], 32) && act_has_block(&acts.list[0], 35));
	assert_true(act_has_block(&acts.list[0], 40));
	assert_false(act_has_block(&acts.list[0], 31) || act_has_block(&acts.list[0], 36));
	assert_int_equal(acts_render(&acts, boot, &text), 0);
	assert_string_equal(text, full);
	free(text);
	free(boot);
}

static void damaged(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
	} rows[] = {
		{ "", 0 },
		{ "libmhp acts 2\nend\n", 1 },
		{ HEAD, 1 },
		{ HEAD "end", 2 },
		{ HEAD "end\n\n", 3 },
		{ HEAD "boot\nend\n", 2 },
		{ HEAD "boot \"a\" \nend\n", 2 },
		{ HEAD "boot \"a\"\nboot \"a\"\nend\n", 3 },
		{ HEAD ACT "\nend\n", 2 },
		{ HEAD ACT " time 1\nend\n", 2 },
		{ HEAD ACT " time - 1\nend\n", 2 },
		{ HEAD ACT " time 2 1\nend\n", 2 },
		{ HEAD ACT " time 1 9223372036854775808\nend\n", 2 },
		{ HEAD ACT "  time 1 2\nend\n", 2 },
		{ HEAD ACT " time 1 2 \nend\n", 2 },
		{ HEAD ACT " time 1 2 junk\nend\n", 2 },
		{ HEAD ACT " seq 1 - time 1 2\nend\n", 2 },
		{ HEAD ACT " seq 2 1 time 1 2\nend\n", 2 },
		{ HEAD ACT " time 1 2 blocks\nend\n", 2 },
		{ HEAD ACT " time 1 2 blocks policy\nend\n", 2 },
		{ HEAD ACT " time 1 2 blocks 1,\nend\n", 2 },
		{ HEAD ACT " time 1 2 blocks 2-1\nend\n", 2 },
		{ HEAD ACT " time 1 2 blocks 1-1099511627776\nend\n", 2 },
		{ HEAD ACT " time 1 2 blocks 1,2,3,4,5,6,7,8,9,1,1,1,1,1,1,1,1\nend\n", 2 },
		{ HEAD ACT " time 1 2 killed policy\nend\n", 2 },
		{ HEAD ACT " time 1 2 policy killed 1 2 3 4 5 6 7 8 9 10 11 12 13 14\nend\n", 2 },
		{ HEAD "act \"a\\x0a\" time 1 2\nend\n", 2 },
		{ HEAD "act a time 1 2\nend\n", 2 },
		{ HEAD "did \"a\" time 1 2\nend\n", 2 },
	};
	struct acts acts;
	char *boot = NULL;
	unsigned int line;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int r = acts_parse(rows[i].text, strlen(rows[i].text), &acts, &boot, &line);

		if (r != -EBADMSG || acts.count || line != rows[i].line)
			fail_msg("%s: %d, line %u", rows[i].text, r, line);
	}
	assert_null(boot);
	/* a NUL in it, and each beginning of a good one */
	assert_int_equal(acts_parse(HEAD "end\0\n", strlen(HEAD) + 5, &acts, &boot, &line),
			 -EBADMSG);
	for (size_t length = 0; length < strlen(full); length++) {
		char *copy = strndup(full, length);

		assert_non_null(copy);
		assert_int_equal(acts_parse(copy, length, &acts, &boot, &line), -EBADMSG);
		free(copy);
	}
}

static void bounded(void **state)
{
	struct acts acts = { 0 };
	struct act act = { .ended = true };
	char *text, *boot;
	unsigned int line;

	(void)state;
	memset(act.who, '"', sizeof(act.who) - 1);
	act.n_runs = MAX_ACT_RUNS;
	for (size_t i = 0; i < MAX_ACT_RUNS; i++)
		act.runs[i] = (struct block_run){ BLOCK_MAX_ID - 9 - 10 * i, 10 };
	for (int i = 0; i < MAX_ACTS + 3; i++) {
		act.begin_ns = act.end_ns = INT64_MAX - 100 + i;
		acts_append(&acts, &act);
	}
	assert_int_equal(acts.count, MAX_ACTS);
	assert_true(acts.list[0].begin_ns == INT64_MAX - 97);
	/* the largest that is written is read again */
	assert_int_equal(acts_render(&acts, "boot", &text), 0);
	assert_int_equal(acts_parse(text, strlen(text), &acts, &boot, &line), 0);
	assert_int_equal(acts.count, MAX_ACTS);
	free(text);
	free(boot);
}

/* ---- by mhp_apply() ---- */

/* A machine that counts uevents, as real ones do. */
static void set_up_counting(struct bench *bench, const char *machine)
{
	char *text, *more;

	set_up(bench, machine);
	assert_int_equal(mhp_sim_copy_capture(bench->sim, &text), 0);
	tear_down(bench);
	memset(bench, 0, sizeof(*bench));
	assert_true(asprintf(&more, "%s/sys/kernel/uevent_seqnum: 100\n", text) > 0);
	assert_int_equal(mhp_sim_new_from_text(more, strlen(more), NULL, &bench->sim), 0);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	free(text);
	free(more);
}

/* What the file says. */
static struct acts noted(struct bench *bench)
{
	struct acts acts;
	char *text, *boot;
	unsigned int line;

	assert_int_equal(mhp_sim_read(bench->sim, ACTS_PATH, &text), 0);
	assert_int_equal(acts_parse(text, strlen(text), &acts, &boot, &line), 0);
	free(boot);
	free(text);
	return acts;
}

static const char *who(const char *what)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s[%d]: %s", program_invocation_short_name, (int)getpid(),
		 what);
	return text;
}

static void by_apply(void **state)
{
	struct bench bench;
	struct acts acts;

	(void)state;
	set_up_counting(&bench, HMEM_7_3);
	assert_int_equal(fulfil(&bench, "blocks:33-34 online online_movable", NULL),
			 MHP_OUTCOME_DONE);
	acts = noted(&bench);
	assert_int_equal(acts.count, 1);
	assert_string_equal(acts.list[0].who, who("online blocks 33-34 as online_movable"));
	assert_true(acts.list[0].ended && acts.list[0].has_seqnums && !acts.list[0].policy);
	assert_int_equal(acts.list[0].first_seqnum, 100);
	/* the tier, and the two blocks */
	assert_int_equal(acts.list[0].last_seqnum, 103);
	assert_int_equal(acts.list[0].n_runs, 1);
	assert_int_equal(acts.list[0].runs[0].first, 33);
	assert_int_equal(acts.list[0].runs[0].count, 2);
	assert_true(acts.list[0].begin_ns > 0 && acts.list[0].end_ns >= acts.list[0].begin_ns);
	/* and the context knows it by itself */
	assert_int_equal(bench.ctx->own->count, 1);
	assert_memory_equal(&bench.ctx->own->list[0], &acts.list[0], sizeof(struct act));

	/* what is met already is no act; what fails and is undone is one */
	assert_int_equal(fulfil(&bench, "blocks:33-34 online online_movable", NULL),
			 MHP_OUTCOME_DONE);
	assert_int_equal(noted(&bench).count, 1);
	mhp_sim_fail_block(bench.sim, 32, "online", -EBUSY, 0);
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL),
			 MHP_OUTCOME_UNDONE);
	acts = noted(&bench);
	assert_int_equal(acts.count, 2);
	assert_true(acts.list[1].ended && acts.list[1].last_seqnum > acts.list[1].first_seqnum);
	tear_down(&bench);
}

static void borrowing(void **state)
{
	struct bench bench;
	struct acts acts;

	(void)state;
	/* this one does not count */
	set_up_free(&bench, HMEM_6_12);
	assert_int_equal(fulfil(&bench, PLUG, NULL), MHP_OUTCOME_DONE);
	acts = noted(&bench);
	assert_int_equal(acts.count, 1);
	assert_true(acts.list[0].policy && acts.list[0].ended && !acts.list[0].has_seqnums);
	assert_int_equal(acts.list[0].runs[0].first, 32);
	assert_int_equal(acts.list[0].runs[0].count, 4);
	tear_down(&bench);
}

/* A machine with forty blocks that are offline, from 32 on. */
static void set_up_large(struct bench *bench)
{
	const uint64_t block = 128 << 20;
	struct mhp_sim_builder *builder;

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(MHP_SIM_KERNEL_6_12, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 1), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, 8 * block), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax0.0", 0, 32 * block, 40 * block), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_online_blocks", "offline"), 0);
	assert_int_equal(mhp_sim_builder_load(builder, "kmem"), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
}

static void many_runs(void **state)
{
	struct bench bench;
	struct acts acts;

	(void)state;
	set_up_large(&bench);
	assert_int_equal(fulfil(&bench, "blocks:32,34,36 online online_movable", NULL),
			 MHP_OUTCOME_DONE);
	acts = noted(&bench);
	assert_int_equal(acts.list[0].n_runs, 3);
	assert_false(acts.list[0].is_rough || act_has_block(&acts.list[0], 33));
	assert_int_equal(fulfil(&bench, "blocks:33,35,37,39,41,43,45,47,49,51,53,55,57,59,61,63,"
				"65,67,69-70 online online_movable", NULL), MHP_OUTCOME_DONE);
	acts = noted(&bench);
	assert_int_equal(acts.list[1].n_runs, MAX_ACT_RUNS);
	assert_true(acts.list[1].is_rough && act_has_block(&acts.list[1], 70));
	assert_true(act_has_block(&acts.list[1], 64));
	assert_false(act_has_block(&acts.list[1], 62) || act_has_block(&acts.list[1], 71));
	tear_down(&bench);
}

static void killed(void **state)
{
	struct mhp_plan *plan;
	struct bench bench;
	struct acts acts;

	(void)state;
	set_up_counting(&bench, HMEM_7_3);
	plan = plan_of(&bench, "dax0.0 online online_movable per-block");
	/* the directory, the lock, the journal, the act, one block */
	mhp_sim_kill_after(bench.sim, 5);
	assert_int_equal(mhp_apply(bench.ctx, plan, NULL, &bench.report), 0);
	mhp_report_free(bench.report);
	bench.report = NULL;
	mhp_plan_unref(plan);
	mhp_ctx_unref(bench.ctx);
	assert_int_equal(mhp_sim_new_ctx(bench.sim, &bench.ctx), 0);
	assert_string_equal(is(&bench, 35), "Movable");
	acts = noted(&bench);
	assert_int_equal(acts.count, 1);
	assert_false(acts.list[0].ended);
	/* the next one sees that it is at its end */
	assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL),
			 MHP_OUTCOME_DONE);
	acts = noted(&bench);
	assert_int_equal(acts.count, 2);
	assert_true(acts.list[0].ended && acts.list[0].was_killed);
	assert_int_equal(acts.list[0].last_seqnum, acts.list[1].first_seqnum);
	assert_false(acts.list[1].was_killed);
	tear_down(&bench);
}

static char logged[2048];

static void keep_log(void *data, int code, const char *path, const char *message)
{
	size_t length = strlen(logged);

	(void)data;
	snprintf(logged + length, sizeof(logged) - length, "%s: %s: %s\n",
		 errno_name(-code), path, message);
}

static void what_stood_there(void **state)
{
	static const struct {
		const char *text;
		size_t count;		/* with the one that is added */
		const char *told;
	} rows[] = {
		{ "junk\n", 1, "EBADMSG: " ACTS_PATH ": line 1 makes no sense" },
		{ HEAD "boot \"another\"\nend\n", 1, NULL },
		{ HEAD ACT " time 1 2\nend\n", 2, NULL },
	};
	struct mhp_ctx *other;
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sysfs_dir run;

		set_up(&bench, HMEM_6_12);
		assert_int_equal(mhp_sim_new_ctx(bench.sim, &other), 0);
		assert_int_equal(other->be->ops->make_dir(other->be, RUN_PATH), 0);
		assert_int_equal(sysfs_open(other, RUN_PATH, &run), 0);
		assert_int_equal(other->be->ops->replace(other->be, run.dir, ACTS_NAME,
							 rows[i].text), 0);
		sysfs_close(&run);
		mhp_ctx_unref(other);
		*logged = '\0';
		mhp_ctx_set_log_fn(bench.ctx, keep_log, NULL);
		assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL),
				 MHP_OUTCOME_DONE);
		assert_int_equal(noted(&bench).count, rows[i].count);
		if (!rows[i].told)
			assert_string_equal(logged, "");
		else
			assert_non_null(strstr(logged, rows[i].told));
		tear_down(&bench);
	}
}

/* Whatever happens to the file: the same outcome, and it is told. */
static void not_to_be_written(void **state)
{
	static const struct {
		uint64_t what;
		const char *path;
		bool told;
	} rows[] = {
		{ MHP_SIM_ACCESS_RUN, ACTS_PATH, true }, { MHP_SIM_ACCESS_READ, ACTS_PATH, true },
		{ MHP_SIM_ACCESS_READ, "/sys/kernel/uevent_seqnum", false },
	};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_up_counting(&bench, HMEM_7_3);
		assert_int_equal(fulfil(&bench, "blocks:35 online online_movable", NULL),
				 MHP_OUTCOME_DONE);
		*logged = '\0';
		mhp_ctx_set_log_fn(bench.ctx, keep_log, NULL);
		/* each time that it is read or written */
		for (size_t n = 1; n <= 8; n++)
			mhp_sim_fail_at(bench.sim, rows[i].what, rows[i].path, n, -ENOSPC);
		assert_int_equal(fulfil(&bench, "dax0.0 online online_movable", NULL),
				 MHP_OUTCOME_DONE);
		mhp_sim_clear_failures(bench.sim);
		assert_int_equal(rows[i].told, strstr(logged, ACTS_PATH) != NULL);
		assert_int_equal(bench.ctx->own->count, 2);
		assert_true(bench.ctx->own->list[1].ended);
		assert_int_equal(bench.ctx->own->list[1].has_seqnums, rows[i].told);
		tear_down(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(damaged),
		cmocka_unit_test(bounded),
		cmocka_unit_test(by_apply),
		cmocka_unit_test(borrowing),
		cmocka_unit_test(many_runs),
		cmocka_unit_test(killed),
		cmocka_unit_test(what_stood_there),
		cmocka_unit_test(not_to_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
