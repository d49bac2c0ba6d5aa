// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Waiting. Others act by the tick, which is called before the call goes to sleep; where it
 * has to be woken up, by a thread that the tick has begin.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/ask.h"
#include "support/bench.h"

static size_t times;

int64_t __real_now_ns(void);
int64_t __wrap_now_ns(void);

int64_t __wrap_now_ns(void)
{
	times++;
	return __real_now_ns();
}

static char last_message[512];

static void note(void *data, int code, const char *path, const char *message)
{
	(void)data;
	(void)path;
	snprintf(last_message, sizeof(last_message), "%s", message);
	assert_int_equal(code, -ETIMEDOUT);
}

static void begin(struct bench *bench, const char *machine)
{
	set_up(bench, machine);
	mhp_ctx_set_log_fn(bench->ctx, note, NULL);
	last_message[0] = '\0';
}

/* ---- others ---- */

struct act {
	const char *path, *word;
};
struct others {
	struct bench *bench;
	const struct act *acts;		/* one for each call of the tick */
	size_t n_acts, at;
	uint64_t vanishes;		/* once all acts are done, or 0 */
	size_t ticks;
	size_t cancel_at;		/* which tick ends it; 0: none */
};

static int act(void *data)
{
	struct others *others = data;

	others->ticks++;
	if (others->at < others->n_acts) {
		const struct act *next = &others->acts[others->at++];

		put(others->bench, next->path, next->word);
		if (others->at == others->n_acts && others->vanishes)
			assert_int_equal(mhp_sim_race_remove(others->bench->sim, NULL,
							     others->vanishes), 0);
	}
	return others->ticks == others->cancel_at;
}

static int await(struct others *others, const char *region, enum mhp_wait what)
{
	struct mhp_wait_opts opts = {
		.size = sizeof(opts),
		/* if all goes wrong */
		.timeout_ms = 20000,
		.tick = act,
		.tick_data = others,
	};
	struct mhp_snapshot *snap = NULL;
	int r = mhp_wait_region(others->bench->ctx, region, what, &opts, &snap);

	assert_true(!snap == (r < 0));
	mhp_snapshot_unref(snap);
	return r;
}

/* Gives up at once. */
static int glance(struct bench *bench, const char *region, enum mhp_wait what)
{
	struct mhp_wait_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };

	return mhp_wait_region(bench->ctx, region, what, &opts, NULL);
}

/* ---- regions ---- */

static void test_is_so(void **state)
{
	struct bench bench;
	struct others others = { .bench = &bench };

	(void)state;
	begin(&bench, HMEM_7_3);
	assert_int_equal(await(&others, "dax0.0", MHP_WAIT_PRESENT), 0);
	assert_int_equal(await(&others, "dax0.0", MHP_WAIT_READY), 0);
	assert_int_equal(await(&others, "dax9.9", MHP_WAIT_GONE), 0);
	assert_int_equal(others.ticks, 0);
	tear_down(&bench);
}

/* Its identity is known here, whatever snapshots are asked for: it is not "gone" without. */
static void test_by_identity(void **state)
{
	const char *identity = "hmem:0x100000000";
	struct mhp_wait_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };
	struct mhp_request *request;
	struct mhp_snapshot *snap;
	struct bench bench;
	struct others others = { .bench = &bench };

	(void)state;
	begin(&bench, HMEM_7_3);
	assert_int_equal(await(&others, identity, MHP_WAIT_READY), 0);
	assert_int_equal(glance(&bench, identity, MHP_WAIT_GONE), -ETIMEDOUT);
	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, identity), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_OFFLINE), 0);
	assert_int_equal(mhp_wait_request(bench.ctx, request, &opts, &snap), 0);
	assert_int_equal(mhp_snapshot_get_flags(snap), MHP_SNAPSHOT_IDENTITY);
	mhp_snapshot_unref(snap);
	/* by a name it does not have to be */
	assert_int_equal(mhp_request_set_region(request, "dax0.0"), 0);
	assert_int_equal(mhp_wait_request(bench.ctx, request, &opts, &snap), 0);
	assert_int_equal(mhp_snapshot_get_flags(snap), 0);
	mhp_snapshot_unref(snap);
	mhp_request_free(request);
	tear_down(&bench);
}

static void test_ready_by_state(void **state)
{
	static const struct act acts[] = {
		{ POLICY_PATH, "online_movable" },
		{ KMEM "/bind", "dax0.0" },
	};
	struct bench bench;
	struct others others = { .bench = &bench, .acts = acts, .n_acts = 1 };

	(void)state;
	begin(&bench, HMEM_7_3);
	release_device(&bench);
	others.acts = &acts[1];
	assert_int_equal(await(&others, "dax0.0", MHP_WAIT_READY), 0);
	assert_int_equal(others.ticks, 1);
	/* no block is there, but the driver is done: that is what the state file tells */
	put(&bench, DEVICE, "unplugged");
	assert_int_equal(await(&others, "dax0.0", MHP_WAIT_READY), 0);
	assert_int_equal(others.ticks, 1);
	tear_down(&bench);
}

static void test_ready_by_blocks(void **state)
{
	static const struct act acts[] = { { KMEM "/bind", "dax0.0" } };
	struct bench bench;
	struct others others = { .bench = &bench, .acts = acts, .n_acts = 1 };

	(void)state;
	begin(&bench, HMEM_6_12);
	assert_int_equal(glance(&bench, "dax0.0", MHP_WAIT_READY), 0);
	release_device(&bench);
	assert_int_equal(glance(&bench, "dax0.0", MHP_WAIT_READY), -ETIMEDOUT);
	assert_string_equal(last_message, "waited until the deadline: no driver has dax0.0");
	assert_int_equal(await(&others, "dax0.0", MHP_WAIT_READY), 0);
	tear_down(&bench);
}

/* Not all of its blocks are there, so that nothing but the message tells. */
static void test_ready_by_message(void **state)
{
	static const struct act acts[] = { { KMEM "/bind", "dax0.0" } };
	struct bench bench;
	struct others others = { .bench = &bench, .acts = acts, .n_acts = 1, .vanishes = 33 };

	(void)state;
	begin(&bench, HMEM_6_12);
	release_device(&bench);
	assert_int_equal(await(&others, "dax0.0", MHP_WAIT_READY), 0);
	/* who comes later did not hear it */
	assert_int_equal(glance(&bench, "dax0.0", MHP_WAIT_READY), -ETIMEDOUT);
	assert_string_equal(last_message,
			    "waited until the deadline: 3 of 4 blocks of dax0.0 are there");
	tear_down(&bench);
}

/* Who may not see which one has it has not seen that it is gone. */
static void test_gone_is_not_known(void **state)
{
	const char *identity = "hmem:0x100000000";
	struct bench bench;

	(void)state;
	begin(&bench, HMEM_7_3);
	assert_int_equal(mhp_sim_fail_read(bench.sim, DAX "/mapping0/start", -EACCES, 0), 0);
	assert_int_equal(glance(&bench, identity, MHP_WAIT_GONE), -ETIMEDOUT);
	assert_non_null(strstr(last_message, "whether hmem:0x100000000 is still there is not known: "
			       "EACCES"));
	assert_int_equal(glance(&bench, "dax9.9", MHP_WAIT_GONE), 0);
	tear_down(&bench);
}

static void test_dimm(void **state)
{
	struct bench bench;
	const char *slot;

	(void)state;
	begin(&bench, "7.3-dimm-plugged.txt");
	slot = "PNP0C80:00";
	assert_int_equal(glance(&bench, slot, MHP_WAIT_PRESENT), 0);
	assert_int_equal(glance(&bench, slot, MHP_WAIT_READY), 0);
	assert_int_equal(glance(&bench, slot, MHP_WAIT_GONE), -ETIMEDOUT);
	assert_string_equal(last_message, "waited until the deadline: PNP0C80:00 is still there");
	assert_int_equal(mhp_sim_request_unplug_dimm(bench.sim, 0), 0);
	assert_int_equal(glance(&bench, slot, MHP_WAIT_GONE), 0);
	assert_int_equal(glance(&bench, slot, MHP_WAIT_PRESENT), -ETIMEDOUT);
	assert_string_equal(last_message, "waited until the deadline: no region PNP0C80:00");
	tear_down(&bench);
}

static void test_odd_name(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, HMEM_7_3);
	assert_int_equal(glance(&bench, "dax\n%s", MHP_WAIT_PRESENT), -ETIMEDOUT);
	assert_string_equal(last_message, "waited until the deadline: no region dax\\x0a%s");
	tear_down(&bench);
}

/* ---- requests ---- */

static int await_request(struct others *others, const char *wish, int64_t timeout_ms)
{
	struct mhp_wait_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = timeout_ms,
		.tick = act,
		.tick_data = others,
	};
	struct mhp_request *request = ask(wish);
	int r = mhp_wait_request(others->bench->ctx, request, &opts, NULL);

	mhp_request_free(request);
	return r;
}

static void test_request(void **state)
{
	static const struct act acts[] = {
		{ MEMORY_PATH "/memory35/state", "online_movable" },
		{ MEMORY_PATH "/memory34/state", "online_movable" },
		{ MEMORY_PATH "/memory33/state", "online_movable" },
		{ MEMORY_PATH "/memory32/state", "online_movable" },
	};
	struct bench bench;
	struct others others = { .bench = &bench, .acts = acts, .n_acts = 4 };

	(void)state;
	begin(&bench, HMEM_6_12);
	assert_int_equal(await_request(&others, "dax0.0 online online_movable", 20000), 0);
	assert_int_equal(others.ticks, 4);
	assert_int_equal(await_request(&others, "dax0.0 online online_movable", 1), 0);
	assert_int_equal(await_request(&others, "dax0.0 offline", 1), -ETIMEDOUT);
	assert_string_equal(last_message, "waited until the deadline: 4 steps to be done, "
			    "the first: offline to /sys/devices/system/memory/memory33/state");
	assert_int_equal(await_request(&others, "dax0.0 online online_kernel", 1), -ETIMEDOUT);
	assert_non_null(strstr(last_message, "Movable"));
	assert_int_equal(await_request(&others, "dax9.9 offline", 1), -ETIMEDOUT);
	assert_string_equal(last_message, "waited until the deadline: dax9.9: there is no such region");
	tear_down(&bench);
}

/* ---- being woken up ---- */

struct helper {
	struct others others;
	pthread_t thread, waits;
	void *(*work)(void *data);
	bool begun, done;
};

static void *bind_device(void *data)
{
	struct helper *helper = data;

	put(helper->others.bench, KMEM "/bind", "dax0.0");
	return NULL;
}

static int begin_thread(void *data)
{
	struct helper *helper = data;

	helper->others.ticks++;
	if (!helper->begun)
		assert_int_equal(pthread_create(&helper->thread, NULL, helper->work, helper), 0);
	helper->begun = true;
	return helper->others.ticks == helper->others.cancel_at;
}

static void test_woken_by_event(void **state)
{
	struct bench bench;
	struct helper helper = { .others.bench = &bench, .work = bind_device };
	struct mhp_wait_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
		.tick = begin_thread,
		.tick_data = &helper,
	};

	(void)state;
	begin(&bench, HMEM_7_3);
	release_device(&bench);
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_READY, &opts, NULL), 0);
	pthread_join(helper.thread, NULL);
	tear_down(&bench);
}

static void on_signal(int number)
{
	(void)number;
}

/* Only one: it ends the sleep, whenever it comes. */
static void *send_signal(void *data)
{
	struct helper *helper = data;

	pthread_kill(helper->waits, SIGUSR1);
	return NULL;
}

static void test_woken_by_signal(void **state)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct bench bench;
	struct helper helper = {
		.others = { .bench = &bench, .cancel_at = 2 },
		.waits = pthread_self(),
		.work = send_signal,
	};
	struct mhp_wait_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 20000,
		.tick = begin_thread,
		.tick_data = &helper,
	};
	sigset_t mask;

	(void)state;
	sigaction(SIGUSR1, &action, NULL);
	begin(&bench, HMEM_7_3);
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_GONE, &opts, NULL),
			 -ECANCELED);
	pthread_join(helper.thread, NULL);
	/* as before */
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	assert_int_equal(sigismember(&mask, SIGUSR1), 0);
	tear_down(&bench);
}

static int keep_mask(void *data)
{
	pthread_sigmask(SIG_SETMASK, NULL, data);
	return 1;
}

/* A fault in tick is for the handler of the program's run time. */
static void test_faults_are_not_blocked(void **state)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
	struct bench bench;
	sigset_t mask;
	struct mhp_wait_opts opts = {
		.size = sizeof(opts), .tick = keep_mask, .tick_data = &mask,
	};

	(void)state;
	begin(&bench, HMEM_7_3);
	sigemptyset(&mask);
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_GONE, &opts, NULL),
			 -ECANCELED);
	assert_int_equal(sigismember(&mask, SIGINT), 1);
	assert_int_equal(sigismember(&mask, SIGUSR1), 1);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		assert_int_equal(sigismember(&mask, faults[i]), 0);
	tear_down(&bench);
}

static volatile sig_atomic_t is_caught;

static void note_signal(int number)
{
	(void)number;
	is_caught = 1;
}

/* It comes after the look, and would be slept through. */
static int look_then_signal(void *data)
{
	bool was_caught = is_caught;

	(void)data;
	if (!was_caught)
		raise(SIGUSR1);
	return was_caught;
}

static void test_signal_after_tick(void **state)
{
	struct sigaction action = { .sa_handler = note_signal, .sa_flags = SA_RESTART };
	struct mhp_wait_opts opts = {
		.size = sizeof(opts), .timeout_ms = 2000, .tick = look_then_signal,
	};
	struct bench bench;

	(void)state;
	sigaction(SIGUSR1, &action, NULL);
	begin(&bench, HMEM_7_3);
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_GONE, &opts, NULL),
			 -ECANCELED);
	tear_down(&bench);
}

/* ---- tick_ms: nothing happens, and tick is asked all the same ---- */

static struct mhp_wait_opts ticking(struct others *others, uint32_t tick_ms)
{
	return (struct mhp_wait_opts){
		.size = sizeof(struct mhp_wait_opts),
		/* if all goes wrong */
		.timeout_ms = 20000,
		.tick_ms = tick_ms,
		.tick = act,
		.tick_data = others,
	};
}

static void test_ticks(void **state)
{
	struct bench bench;
	struct others others = { .bench = &bench, .cancel_at = 5 };
	struct mhp_wait_opts opts = ticking(&others, 1);

	(void)state;
	begin(&bench, HMEM_7_3);
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_GONE, &opts, NULL),
			 -ECANCELED);
	assert_int_equal(others.ticks, 5);
	assert_string_equal(last_message, "");
	tear_down(&bench);
}

/* A tick that would come after the deadline does not put it off, nor does none at all. */
static void test_ticks_and_deadline(void **state)
{
	struct bench bench;
	struct others others = { .bench = &bench };
	struct mhp_wait_opts opts = ticking(&others, UINT32_MAX);

	(void)state;
	begin(&bench, HMEM_7_3);
	opts.timeout_ms = 1;
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_GONE, &opts, NULL),
			 -ETIMEDOUT);
	assert_int_equal(others.ticks, 1);
	tear_down(&bench);
}

/* Somebody who goes on for ever; a call that would wait as long is ended in the end. */
static int toggle(void *data)
{
	struct others *others = data;

	put(others->bench, block_file(35, "state"),
	    others->ticks++ % 2 ? "offline" : "online_movable");
	return others->ticks == 2000;
}

/* What keeps happening, faster than it can be looked at, does not put the deadline off. */
static void test_deadline_in_a_storm(void **state)
{
	struct bench bench;
	struct others others = { .bench = &bench };
	struct mhp_wait_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };

	(void)state;
	begin(&bench, HMEM_7_3);
	opts.tick = toggle;
	opts.tick_data = &others;
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_GONE, &opts, NULL),
			 -ETIMEDOUT);
	tear_down(&bench);
}

/* How often was the time looked at? After each sleep it is. */
static size_t count_times(struct bench *bench, uint32_t tick_ms)
{
	struct mhp_wait_opts opts = {
		.size = sizeof(opts), .timeout_ms = 20, .tick_ms = tick_ms,
	};

	times = 0;
	assert_int_equal(mhp_wait_region(bench->ctx, "dax0.0", MHP_WAIT_GONE, &opts, NULL),
			 -ETIMEDOUT);
	return times;
}

/* Nobody is to be asked: it sleeps through. */
static void test_no_tick_to_ask(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, HMEM_7_3);
	assert_int_equal(count_times(&bench, 1), count_times(&bench, 0));
	tear_down(&bench);
}

static void *raise_flag(void *data)
{
	struct helper *helper = data;

	__atomic_store_n(&helper->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static int ask_flag(void *data)
{
	struct helper *helper = data;

	begin_thread(helper);
	return __atomic_load_n(&helper->done, __ATOMIC_ACQUIRE);
}

/* What bindings need: neither an event nor a signal, just somebody who has lost interest. */
static void test_cancel_by_thread(void **state)
{
	struct bench bench;
	struct helper helper = { .others.bench = &bench, .work = raise_flag };
	struct mhp_wait_opts opts = ticking(NULL, 1);

	(void)state;
	opts.tick = ask_flag;
	opts.tick_data = &helper;
	begin(&bench, HMEM_7_3);
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_GONE, &opts, NULL),
			 -ECANCELED);
	pthread_join(helper.thread, NULL);
	assert_true(helper.done);
	tear_down(&bench);
}

static void test_cancel(void **state)
{
	struct bench bench;
	struct others others = { .bench = &bench, .cancel_at = 1 };

	(void)state;
	begin(&bench, HMEM_7_3);
	assert_int_equal(await(&others, "dax0.0", MHP_WAIT_GONE), -ECANCELED);
	assert_string_equal(last_message, "");
	tear_down(&bench);
}

/* ---- losses, and errors ---- */

static void test_lost(void **state)
{
	static const struct act acts[] = { { KMEM "/bind", "dax0.0" } };
	struct bench bench;
	struct others others = { .bench = &bench, .acts = acts, .n_acts = 1 };

	(void)state;
	begin(&bench, HMEM_7_3);
	release_device(&bench);
	mhp_sim_lose_events(bench.sim, 1000);
	assert_int_equal(await(&others, "dax0.0", MHP_WAIT_READY), 0);
	tear_down(&bench);
}

static void test_arguments(void **state)
{
	struct mhp_wait_opts opts;
	struct bench bench;

	(void)state;
	begin(&bench, HMEM_7_3);
	assert_int_equal(mhp_wait_region(bench.ctx, NULL, MHP_WAIT_READY, NULL, NULL), -EINVAL);
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", 0, NULL, NULL), -EINVAL);
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", 4, NULL, NULL), -EINVAL);
	assert_int_equal(mhp_wait_request(bench.ctx, NULL, NULL, NULL), -EINVAL);
	/* what is left of a deadline that has passed is not for ever */
	opts = (struct mhp_wait_opts){ .size = sizeof(opts), .timeout_ms = -2 };
	assert_int_equal(mhp_wait_region(bench.ctx, "dax0.0", MHP_WAIT_PRESENT, &opts, NULL),
			 -EINVAL);
	mhp_sim_fail_read(bench.sim, MEMORY_PATH "/block_size_bytes", -EIO, 1);
	mhp_ctx_set_log_fn(bench.ctx, NULL, NULL);
	assert_int_equal(glance(&bench, "dax0.0", MHP_WAIT_READY), -EIO);
	tear_down(&bench);
}

static void test_no_memory(void **state)
{
	struct bench bench;
	size_t before;
	int r = -ENOMEM;

	(void)state;
	begin(&bench, HMEM_7_3);
	mhp_ctx_set_log_fn(bench.ctx, NULL, NULL);
	before = live_count;
	for (size_t n = 1; r == -ENOMEM; n++) {
		calls = 0;
		fail_at = n;
		r = glance(&bench, "dax0.0", MHP_WAIT_GONE);
		fail_at = 0;
		assert_int_equal(live_count, before);
	}
	assert_int_equal(r, -ETIMEDOUT);
	tear_down(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_so),
		cmocka_unit_test(test_by_identity),
		cmocka_unit_test(test_gone_is_not_known),
		cmocka_unit_test(test_ready_by_state),
		cmocka_unit_test(test_ready_by_blocks),
		cmocka_unit_test(test_ready_by_message),
		cmocka_unit_test(test_dimm),
		cmocka_unit_test(test_odd_name),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_woken_by_event),
		cmocka_unit_test(test_woken_by_signal),
		cmocka_unit_test(test_faults_are_not_blocked),
		cmocka_unit_test(test_signal_after_tick),
		cmocka_unit_test(test_ticks),
		cmocka_unit_test(test_ticks_and_deadline),
		cmocka_unit_test(test_deadline_in_a_storm),
		cmocka_unit_test(test_no_tick_to_ask),
		cmocka_unit_test(test_cancel_by_thread),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
