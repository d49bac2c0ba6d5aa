// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp agent but for its loop: others act on a simulated machine, events come or are lost,
 * and time is a number. Whatever happens, in the end every region is as its rule wants it,
 * or it was said once why not.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <mhp/monitor.h>

#include "../tools/agent.h"
#include "support/device.h"
#include "support/pool.h"

#define ACTS (MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | MHP_SIM_ACCESS_LOAD)
#define MOVABLE "[pool]\nkind = dax\ntype = online_movable\n"
#define BROKEN "[pool]\nkind = dax\ntype = sideways\n"
#define PASSES_MAX 200

struct stage {
	struct bench bench;
	struct agent agent;
	struct mhp_monitor *monitor;
	const char *policy;
	int load_code, answer;
	enum claimed claim;
	unsigned int claim_asked;
	int64_t now_ns;
	unsigned int passes;
	char log[32768];
};

static int64_t stage_now(void *data)
{
	return ((struct stage *)data)->now_ns;
}

static int stage_asked(void *data)
{
	return ((struct stage *)data)->answer;
}

static int stage_load(void *data, struct mhp_standing **ret_standing)
{
	struct stage *stage = data;

	if (stage->load_code)
		return stage->load_code;
	return mhp_standing_new_from_text(POLICY_D "50-test.conf", stage->policy,
					  strlen(stage->policy), ret_standing);
}

static enum claimed stage_claim(void *data)
{
	struct stage *stage = data;

	stage->claim_asked++;
	return stage->claim;
}

static void stage_say(void *data, int priority, const char *line)
{
	struct stage *stage = data;
	size_t length = strlen(stage->log);

	(void)priority;
	assert_null(strchr(line, '\n'));
	if (getenv("MHP_TEST_SAY"))
		fprintf(stderr, "%d %s\n", priority, line);
	snprintf(stage->log + length, sizeof(stage->log) - length, "%s\n", line);
}

static void begin_agent(struct stage *stage)
{
	struct mhp_monitor_opts opts = {
		.size = sizeof(opts), .flags = MHP_MONITOR_ZONES | MHP_MONITOR_CAUSES,
	};

	stage->agent = (struct agent){
		.ctx = stage->bench.ctx, .now = stage_now, .asked = stage_asked,
		.load = stage_load, .claim = stage_claim, .say = stage_say, .data = stage,
	};
	agent_begin(&stage->agent);
	assert_int_equal(mhp_monitor_new(stage->bench.ctx, &opts, &stage->monitor), 0);
	agent_load(&stage->agent);
}

static void end_agent(struct stage *stage)
{
	mhp_monitor_free(stage->monitor);
	stage->monitor = NULL;
	agent_end(&stage->agent);
}

/* Has the machine count uevents, as real ones do: so it can be told who did what. */
static void count_events(struct bench *bench)
{
	char *text, *more;

	assert_int_equal(mhp_sim_copy_capture(bench->sim, &text), 0);
	tear_down(bench);
	*bench = (struct bench){ 0 };
	assert_true(asprintf(&more, "%s/sys/kernel/uevent_seqnum: 100\n", text) > 0);
	assert_int_equal(mhp_sim_new_from_text(more, strlen(more), NULL, &bench->sim), 0);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
	free(text);
	free(more);
}

static void begin(struct stage *stage, const char *policy)
{
	/* only a test that hangs gets to know of it */
	alarm(120);
	*stage = (struct stage){ .policy = policy, .now_ns = 1000 * NS_PER_SECOND };
	set_up_pool(&stage->bench, MHP_SIM_KERNEL_7_3);
}

static void end(struct stage *stage)
{
	end_agent(stage);
	tear_down(&stage->bench);
}

static void take_events(struct stage *stage)
{
	const struct mhp_event *event;

	while (mhp_monitor_next(stage->monitor, &event) == 0 && event)
		agent_event(&stage->agent, event);
}

/* Until the agent would wait for ever; an hour is no time. */
static void settle(struct stage *stage)
{
	int64_t due_ns;

	for (stage->passes = 0;; stage->passes++) {
		take_events(stage);
		due_ns = agent_due(&stage->agent);
		if (due_ns == NEVER_DUE)
			return;
		if (due_ns > stage->now_ns)
			stage->now_ns = due_ns;
		agent_pass(&stage->agent);
		if (stage->passes > PASSES_MAX)
			fail_msg("it never rests: %s", stage->log);
	}
}

static unsigned int count_in(const char *text, const char *part)
{
	unsigned int count = 0;

	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		count++;
	return count;
}

#define assert_said(stage, times, part) \
	do { \
		if (count_in((stage)->log, part) != (times)) \
			fail_msg("\"%s\" is there %u times:\n%s", part, \
				 count_in((stage)->log, part), (stage)->log); \
	} while (0)

static const char *const devices[] = { "dax0.0", "dax1.0", "dax2.0" };

static void assert_pool(struct stage *stage, const char *expected)
{
	assert_blocks(&stage->bench, 32, 35, expected);
	assert_blocks(&stage->bench, 64, 67, expected);
	assert_blocks(&stage->bench, 96, 99, expected);
}

/* Nothing is left of it, and nothing to be done. */
static void assert_clean(struct stage *stage, const struct world *before)
{
	size_t writes = mhp_sim_count(stage->bench.sim, MHP_SIM_ACCESS_WRITE);

	check_settings(&stage->bench, before);
	agent_event(&stage->agent, NULL);
	settle(stage);
	assert_int_equal(mhp_sim_count(stage->bench.sim, MHP_SIM_ACCESS_WRITE), writes);
}

static void put_one(struct stage *stage, const char *device, const char *file, const char *word)
{
	char path[160];

	snprintf(path, sizeof(path), "/sys/bus/dax/devices/%s/%s", device, file);
	assert_int_equal(mhp_sim_write(stage->bench.sim, path, word), 0);
}

/* ---- what it is for ---- */

static void at_start(void **state)
{
	struct stage stage;
	struct world before;

	(void)state;
	begin(&stage, MOVABLE);
	before = world_of(stage.bench.sim);
	begin_agent(&stage);
	settle(&stage);
	assert_pool(&stage, "Movable");
	assert_said(&stage, 3, "done, as wanted by [pool] (" POLICY_D "50-test.conf:1)");
	assert_int_equal(stage.agent.n_met, 3);
	/* its own doing is nothing to tell of */
	assert_said(&stage, 0, "not by this agent");
	assert_clean(&stage, &before);
	end(&stage);
}

/* A policy of the system, and a rule of udev, that online everything: others plug all the time. */
static void twenty_rounds(void **state)
{
	struct stage stage;
	struct world before;

	(void)state;
	begin(&stage, MOVABLE);
	put(&stage.bench, POLICY_PATH, "online");
	assert_int_equal(mhp_sim_set_udev_rule(stage.bench.sim, "online"), 0);
	before = world_of(stage.bench.sim);
	begin_agent(&stage);
	settle(&stage);
	for (int round = 0; round < 20; round++) {
		const char *device = devices[round % 3];

		assert_pool(&stage, "Movable");
		put_one(&stage, device, "state", "unplugged");
		if (round % 2)
			put(&stage.bench, UNBIND, device);
		settle(&stage);
		stage.now_ns += 3 * NS_PER_SECOND;
	}
	assert_pool(&stage, "Movable");
	assert_clean(&stage, &before);
	end(&stage);
}

/* All that the events of a change of others would have told is seen nevertheless. */
static void events_lost(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage, MOVABLE);
	begin_agent(&stage);
	settle(&stage);
	for (int round = 0; round < 3; round++) {
		mhp_sim_lose_events(stage.bench.sim, 1000000);
		for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
			put_one(&stage, devices[i], "state", "unplugged");
		mhp_sim_lose_events(stage.bench.sim, 0);
		settle(&stage);
		assert_pool(&stage, "Movable");
	}
	end(&stage);
}

/* Others are told of, a line for all blocks to which the same happened. */
static void others(void **state)
{
	struct stage stage = { .policy = MOVABLE "elsewhere = rezone\n" };

	(void)state;
	stage.now_ns = 1000 * NS_PER_SECOND;
	set_up(&stage.bench, HMEM_7_3);
	count_events(&stage.bench);
	begin_agent(&stage);
	settle(&stage);
	assert_blocks(&stage.bench, 32, 35, "Movable");
	assert_said(&stage, 0, "not by this agent");
	put(&stage.bench, DEVICE, "unplugged");
	put(&stage.bench, DEVICE, "online_kernel");
	put(&stage.bench, POLICY_PATH, "online_kernel");
	settle(&stage);
	assert_blocks(&stage.bench, 32, 35, "Movable");
	assert_said(&stage, 1, "Z: memory32-35 offline (dax0.0); cause: ");
	assert_said(&stage, 1, "Z: memory32-35 online: Normal (dax0.0); cause: ");
	assert_said(&stage, 1, "auto_online_blocks is online_kernel, was offline; cause: ");
	end(&stage);
}

/* ---- what cannot be done ---- */

static void begin_offline(struct stage *stage)
{
	begin(stage, MOVABLE);
	begin_agent(stage);
	settle(stage);
	assert_pool(stage, "Movable");
	stage->policy = "[pool]\nkind = dax\ntype = offline\n";
	*stage->log = '\0';
}

/* Tried so often, later and later, given up, and told once; the others are not held up. */
static void never_goes_offline(void **state)
{
	struct stage stage;
	int64_t begin_ns;

	(void)state;
	begin_offline(&stage);
	assert_int_equal(mhp_sim_hang_block(stage.bench.sim, 64, 0), 0);
	begin_ns = stage.now_ns;
	stage.agent.timeout_ms = 100;
	agent_load(&stage.agent);
	settle(&stage);
	assert_blocks(&stage.bench, 32, 35, "offline");
	assert_blocks(&stage.bench, 64, 67, "Movable");
	assert_blocks(&stage.bench, 96, 99, "offline");
	assert_said(&stage, BACKOFF_TRIES - 1, "dax1.0: try ");
	assert_said(&stage, 1, "dax1.0: given up after 10 tries");
	/* 511 s of waiting */
	assert_true(stage.now_ns - begin_ns > 511 * NS_PER_SECOND);
	assert_in_range(stage.passes, BACKOFF_TRIES, 3 * BACKOFF_TRIES);

	/* what happens elsewhere changes nothing */
	put_blocks(&stage.bench, 32, 32, "online_movable");
	settle(&stage);
	assert_blocks(&stage.bench, 32, 35, "offline");
	assert_said(&stage, 1, "given up");
	/* but it looks different now */
	stage.agent.timeout_ms = 0;
	mhp_sim_release_block(stage.bench.sim, 64);
	put_blocks(&stage.bench, 67, 67, "offline");
	settle(&stage);
	assert_pool(&stage, "offline");
	end(&stage);
}

/* Somebody asks for it. */
static void given_up_and_asked(void **state)
{
	struct stage stage;

	(void)state;
	begin_offline(&stage);
	assert_int_equal(mhp_sim_fail_block(stage.bench.sim, 64, "offline", -EBUSY, 0), 0);
	agent_load(&stage.agent);
	settle(&stage);
	assert_said(&stage, 1, "given up");
	mhp_sim_clear_failures(stage.bench.sim);
	agent_event(&stage.agent, NULL);
	settle(&stage);
	assert_blocks(&stage.bench, 64, 67, "Movable");
	agent_load(&stage.agent);
	settle(&stage);
	assert_pool(&stage, "offline");
	end(&stage);
}

/* It may well work the next time. */
static void works_later(void **state)
{
	struct stage stage;

	(void)state;
	begin_offline(&stage);
	/* the library itself tries twice */
	assert_int_equal(mhp_sim_fail_block(stage.bench.sim, 64, "offline", -EBUSY, 5), 0);
	agent_load(&stage.agent);
	settle(&stage);
	assert_pool(&stage, "offline");
	assert_said(&stage, 0, "given up");
	assert_said(&stage, 1, "dax1.0: try 1 of 10 failed");
	end(&stage);
}

static void online_elsewhere(void **state)
{
	struct stage stage;
	size_t writes;

	(void)state;
	begin(&stage, MOVABLE "elsewhere = report\n");
	begin_agent(&stage);
	settle(&stage);
	put_one(&stage, "dax0.0", "state", "unplugged");
	put_one(&stage, "dax0.0", "state", "online_kernel");
	writes = mhp_sim_count(stage.bench.sim, MHP_SIM_ACCESS_WRITE);
	settle(&stage);
	assert_blocks(&stage.bench, 32, 35, "Normal");
	assert_int_equal(mhp_sim_count(stage.bench.sim, MHP_SIM_ACCESS_WRITE), writes);
	assert_said(&stage, 1, "dax0.0: not as wanted, and left so: [pool]");
	assert_said(&stage, 1, "dax0.0: cause: ");
	assert_said(&stage, 1, "dax0.0: way out: ");
	/* not at each pass */
	for (int i = 0; i < 5; i++) {
		agent_event(&stage.agent, NULL);
		settle(&stage);
	}
	assert_said(&stage, 1, "dax0.0: way out: ");
	assert_int_equal(stage.agent.n_unmet, 1);
	/* once it was well again, it is told again */
	put_one(&stage, "dax0.0", "state", "unplugged");
	settle(&stage);
	assert_blocks(&stage.bench, 32, 35, "Movable");
	put_one(&stage, "dax0.0", "state", "unplugged");
	put_one(&stage, "dax0.0", "state", "online_kernel");
	settle(&stage);
	assert_said(&stage, 2, "dax0.0: way out: ");
	/* somebody wrote to its state file: it was brought here by the driver, as at boot */
	assert_said(&stage, 2, "dax0.0: way out at boot: mhp policy claim, if it is not there");
	/* files are looked at when it is said, and not at each pass */
	assert_int_equal(stage.claim_asked, 2);
	end(&stage);
}

/* Nobody can be told by the machine that /run has room again. */
static void full_run(void **state)
{
	struct stage stage;

	(void)state;
	for (unsigned int n = 1; n < 12; n++) {
		begin(&stage, MOVABLE);
		for (unsigned int i = n; i < n + 20; i++)
			assert_int_equal(mhp_sim_fail_at(stage.bench.sim, MHP_SIM_ACCESS_RUN, NULL,
							 i,
							 -ENOSPC), 0);
		begin_agent(&stage);
		settle(&stage);
		assert_pool(&stage, "Movable");
		assert_non_null(strstr(stage.log, "ENOSPC"));
		assert_said(&stage, 0, "given up");
		end(&stage);
	}
}

static void read_only_run(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage, MOVABLE);
	assert_int_equal(mhp_sim_set_read_only(stage.bench.sim, MHP_SIM_ACCESS_RUN), 0);
	begin_agent(&stage);
	/* a day */
	for (int i = 0; i < 144 + 10; i++) {
		assert_true(agent_due(&stage.agent) != NEVER_DUE);
		stage.now_ns = agent_due(&stage.agent);
		agent_pass(&stage.agent);
	}
	assert_true(stage.now_ns > (1000 + 20 * 3600) * NS_PER_SECOND);
	assert_said(&stage, 1, "EROFS");
	assert_int_equal(mhp_sim_count(stage.bench.sim, MHP_SIM_ACCESS_WRITE), 0);
	assert_int_equal(mhp_sim_set_read_only(stage.bench.sim, 0), 0);
	settle(&stage);
	assert_pool(&stage, "Movable");
	assert_said(&stage, 1, "what stood in the way is gone");
	end(&stage);
}

/* Passes for what happens meanwhile are no reason to look less often whether it has gone. */
static void hindrance_while_much_happens(void **state)
{
	struct stage stage;
	int64_t end_ns;

	(void)state;
	begin(&stage, MOVABLE);
	begin_agent(&stage);
	assert_int_equal(mhp_sim_set_read_only(stage.bench.sim, MHP_SIM_ACCESS_RUN), 0);
	for (int i = 0; i < 12; i++) {
		agent_event(&stage.agent, NULL);
		stage.now_ns += NS_PER_SECOND / 2;
		assert_true(agent_due(&stage.agent) <= stage.now_ns);
		agent_pass(&stage.agent);
	}
	assert_int_equal(mhp_sim_set_read_only(stage.bench.sim, 0), 0);
	/* six seconds so far: tried again after 1, 2 and 4 of them, then after 8 more */
	end_ns = stage.now_ns + 8 * NS_PER_SECOND;
	settle(&stage);
	assert_pool(&stage, "Movable");
	assert_true(stage.now_ns <= end_ns);
	end(&stage);
}

static void cancelled(void **state)
{
	struct stage stage;
	struct world before;

	(void)state;
	begin_offline(&stage);
	before = world_of(stage.bench.sim);
	stage.answer = MHP_CANCEL;
	agent_load(&stage.agent);
	settle(&stage);
	assert_pool(&stage, "Movable");
	assert_clean(&stage, &before);
	end(&stage);
}

/* ---- the standing policy ---- */

static void broken_at_start(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage, BROKEN "[rest]\ntype = online_movable\n");
	begin_agent(&stage);
	settle(&stage);
	assert_pool(&stage, "absent");
	assert_int_equal(mhp_sim_count(stage.bench.sim, MHP_SIM_ACCESS_WRITE), 0);
	assert_said(&stage, 1, POLICY_D "50-test.conf:3: ");
	assert_said(&stage, 1, "no rule of it is acted upon");
	stage.policy = MOVABLE;
	agent_load(&stage.agent);
	settle(&stage);
	assert_pool(&stage, "Movable");
	end(&stage);
}

static void broken_later(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage, MOVABLE);
	begin_agent(&stage);
	settle(&stage);
	stage.policy = BROKEN;
	agent_load(&stage.agent);
	put_one(&stage, "dax0.0", "state", "unplugged");
	settle(&stage);
	assert_pool(&stage, "Movable");
	assert_said(&stage, 1, POLICY_D "50-test.conf:3: ");
	assert_said(&stage, 1, "the last good one is kept");
	stage.load_code = -EIO;
	agent_load(&stage.agent);
	put_one(&stage, "dax0.0", "state", "unplugged");
	settle(&stage);
	assert_pool(&stage, "Movable");
	assert_said(&stage, 1, "could not be read: EIO");
	end(&stage);
}

static void dry_run(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage, MOVABLE);
	begin_agent(&stage);
	stage.agent.dry_run = true;
	settle(&stage);
	agent_event(&stage.agent, NULL);
	settle(&stage);
	assert_int_equal(mhp_sim_count(stage.bench.sim, ACTS), 0);
	assert_said(&stage, 1, "dax0.0: not yet as wanted by [pool]");
	assert_true(count_in(stage.log, "dax0.0: would: ") > 0);
	end(&stage);
}

/* ---- more than one, and those that are killed ---- */

static void second(void **state)
{
	struct stage first, other;

	(void)state;
	begin(&first, MOVABLE);
	begin_agent(&first);
	settle(&first);
	other = (struct stage){ .policy = "[pool]\ntype = offline\n", .now_ns = first.now_ns };
	other.bench.sim = mhp_sim_ref(first.bench.sim);
	assert_int_equal(mhp_sim_new_ctx(other.bench.sim, &other.bench.ctx), 0);
	begin_agent(&other);
	agent_pass(&other.agent);
	assert_true(other.agent.is_second);
	assert_said(&other, 1, "another agent is at work: test-agent[");
	assert_pool(&first, "Movable");
	end(&other);
	end(&first);
}

static void plain_user(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage, MOVABLE);
	assert_int_equal(mhp_sim_set_privileged(stage.bench.sim, false), 0);
	begin_agent(&stage);
	agent_pass(&stage.agent);
	assert_true(stage.agent.is_refused);
	assert_said(&stage, 1, "run it as root");
	end(&stage);
}

static size_t count_acts_of(const char *policy)
{
	struct stage stage;
	size_t acts;

	begin(&stage, policy);
	begin_agent(&stage);
	settle(&stage);
	acts = mhp_sim_count(stage.bench.sim, ACTS);
	end(&stage);
	return acts;
}

/* Killed at each act, and another one comes: it converges, and nothing is left borrowed. */
static void killed(void **state)
{
	size_t acts = count_acts_of(MOVABLE);
	struct stage stage;
	struct world before;

	(void)state;
	assert_true(acts > 10);
	for (size_t n = 1; n <= acts; n++) {
		begin(&stage, MOVABLE);
		put(&stage.bench, POLICY_PATH, "online");
		before = world_of(stage.bench.sim);
		mhp_sim_kill_after(stage.bench.sim, n);
		begin_agent(&stage);
		for (int i = 0; i < 3 && agent_due(&stage.agent) != NEVER_DUE; i++) {
			stage.now_ns = agent_due(&stage.agent);
			agent_pass(&stage.agent);
		}
		end_agent(&stage);
		mhp_ctx_unref(stage.bench.ctx);
		*stage.log = '\0';

		assert_int_equal(mhp_sim_new_ctx(stage.bench.sim, &stage.bench.ctx), 0);
		begin_agent(&stage);
		settle(&stage);
		assert_pool(&stage, "Movable");
		assert_said(&stage, 0, "try ");
		assert_clean(&stage, &before);
		end(&stage);
	}
}

/* As a user of libmhp leaves it who is killed while he has the system's policy. */
static void leave_borrowed(struct stage *stage, const char *policy)
{
	struct journal journal = { 0 };
	struct sysfs_dir run = { 0 };
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(stage->bench.sim, &ctx), 0);
	assert_int_equal(lock_open_run(ctx, &run), 0);
	assert_int_equal(journal_begin(&journal, &run, "mhp[7]: plug dax9.0"), 0);
	assert_int_equal(journal_add(&journal, JOURNAL_SETTING, POLICY_PATH, "online_kernel",
				     policy), 0);
	journal_free(&journal);
	sysfs_close(&run);
	mhp_ctx_unref(ctx);
	put(&stage->bench, POLICY_PATH, "online_kernel");
}

/* Others are killed too, at any time, and perhaps there is nothing to do for a year. */
static void killed_beside_it(void **state)
{
	struct stage stage;
	struct world before;

	(void)state;
	begin(&stage, MOVABLE);
	before = world_of(stage.bench.sim);
	begin_agent(&stage);
	settle(&stage);
	for (int i = 0; i < 2; i++) {
		leave_borrowed(&stage, before.policy);
		agent_event(&stage.agent, NULL);
		settle(&stage);
		assert_false(world_of(stage.bench.sim).journal);
		assert_said(&stage, (unsigned int)i + 1, "recovered what was not finished: mhp[7]");
		assert_clean(&stage, &before);
	}
	end(&stage);
}

/* What could not be put back at once is tried again, in its time and not at each event. */
static void recovered_later(void **state)
{
	struct stage stage;
	struct world before;

	(void)state;
	begin(&stage, "");
	before = world_of(stage.bench.sim);
	leave_borrowed(&stage, before.policy);
	assert_int_equal(mhp_sim_fail_write(stage.bench.sim, POLICY_PATH, NULL, -EIO, 3), 0);
	begin_agent(&stage);
	for (int i = 0; i < 4; i++) {
		agent_event(&stage.agent, NULL);
		agent_pass(&stage.agent);
	}
	assert_said(&stage, 1, "recovered what was not finished: mhp[7]");
	settle(&stage);
	assert_false(world_of(stage.bench.sim).journal);
	assert_said(&stage, 4, "recovered what was not finished: mhp[7]");
	assert_clean(&stage, &before);
	end(&stage);
}

/* Two who do not agree: the limit is told, and the agent does not get faster by that. */
static void quarrel(void **state)
{
	struct stage stage;
	int64_t begin_ns;
	unsigned int rounds = 60;

	(void)state;
	begin(&stage, MOVABLE);
	begin_agent(&stage);
	settle(&stage);
	begin_ns = stage.now_ns;
	for (unsigned int i = 0; i < rounds; i++) {
		put_one(&stage, "dax0.0", "state", "unplugged");
		settle(&stage);
	}
	assert_pool(&stage, "Movable");
	assert_said(&stage, 1, "the machine changes all the time");
	assert_true(stage.now_ns - begin_ns >
		    (rounds - DEBOUNCE_PASSES) * DEBOUNCE_INTERVAL_NS);
	end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_start),
		cmocka_unit_test(twenty_rounds),
		cmocka_unit_test(events_lost),
		cmocka_unit_test(others),
		cmocka_unit_test(never_goes_offline),
		cmocka_unit_test(given_up_and_asked),
		cmocka_unit_test(works_later),
		cmocka_unit_test(online_elsewhere),
		cmocka_unit_test(full_run),
		cmocka_unit_test(read_only_run),
		cmocka_unit_test(hindrance_while_much_happens),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(broken_at_start),
		cmocka_unit_test(broken_later),
		cmocka_unit_test(dry_run),
		cmocka_unit_test(second),
		cmocka_unit_test(plain_user),
		cmocka_unit_test(killed),
		cmocka_unit_test(killed_beside_it),
		cmocka_unit_test(recovered_later),
		cmocka_unit_test(quarrel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
