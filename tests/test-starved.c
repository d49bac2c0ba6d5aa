// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Each verb, while memory or threads run out: each allocation fails once, or it and all that
 * come after it. Either there is -ENOMEM and nothing was written, or the report is true; what
 * was borrowed is put back, or a journal tells of it; nothing is leaked; and the same can be
 * done once there is memory again.
 *
 * The allocations of the simulated machine fail too, as those of a kernel do. Of those of a
 * snapshot, which test-alloc.c has, not all are tried here. MHP_FULL_SWEEP=1 tries all, on all
 * machines ("make check-full").
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/alloc.h"
#include "support/verbs.h"

/* ---- threads ---- */

static size_t thread_fail_at, threads;
static bool thread_fail_on;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *data);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *data);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *data)
{
	size_t now = ++threads;

	if (thread_fail_at && (thread_fail_on ? now >= thread_fail_at : now == thread_fail_at))
		return EAGAIN;
	return __real_pthread_create(thread, attr, fn, data);
}

/* ---- one run ---- */

enum fault { MEMORY, MEMORY_ON, THREADS, THREADS_ON };

struct starve {
	struct run run;
	enum fault fault;
	size_t at;			/* 0: nothing fails */
	size_t planned, all;		/* allocations, or threads, until there was a plan; in all */
};

static bool is_of_threads(const struct starve *starve)
{
	return starve->fault == THREADS || starve->fault == THREADS_ON;
}

static size_t used(const struct starve *starve)
{
	return is_of_threads(starve) ? threads : calls;
}

static void on_planned(void *data)
{
	struct starve *starve = data;

	starve->planned = used(starve);
}

static void arm(const struct starve *starve)
{
	calls = threads = 0;
	fail_on = starve->fault == MEMORY_ON;
	thread_fail_on = starve->fault == THREADS_ON;
	*(is_of_threads(starve) ? &thread_fail_at : &fail_at) = starve->at;
}

static void disarm(void)
{
	fail_at = thread_fail_at = 0;
	fail_on = thread_fail_on = false;
}

/* There is memory again, and whatever was in the way has gone: now it can be done. */
static void check_again(const struct run *run)
{
	struct run again = { .machine = run->machine, .verb = run->verb };
	int r;

	strcpy(again.fault, run->fault);
	again.sim = run->sim;
	again.ctx = run->ctx;
	again.request = run->request;
	again.reach = run->reach;
	again.before = run->reach->world_of(run->sim);
	r = run_fulfil(&again, NULL, NULL);
	run_check(&again, r);
	if (r < 0)
		complain(&again, "now it is %d", r);
	/* what could not be put back may not be there any more */
	else if (!run->verb->refuses && !run->is_lasting &&
		 mhp_report_get_outcome(again.report) != MHP_OUTCOME_DONE)
		complain(&again, "is not done now");
	mhp_report_free(again.report);
	mhp_plan_unref(again.plan);
}

static void run_once(struct starve *starve)
{
	static const char *const words[] = {
		"allocation", "allocation", "thread", "thread",
	};
	size_t number = live_count, bytes = live_bytes;
	struct run *run = &starve->run;
	int r;

	run->is_lasting = starve->fault == MEMORY_ON || starve->fault == THREADS_ON;
	run_begin(run);
	snprintf(run->fault, sizeof(run->fault), "%s %zu%s", words[starve->fault], starve->at,
		 run->is_lasting ? " and later" : "");
	arm(starve);
	r = run_fulfil(run, on_planned, starve);
	disarm();
	starve->all = used(starve);
	if (r < 0 && r != -ENOMEM)
		complain(run, "%d", r);
	run_check(run, r);
	run_check_recovery(run);
	check_again(run);
	if (!starve->at)
		run_check_as_expected(run, r);
	run_end(run);
	if (live_count != number || live_bytes != bytes)
		complain(&(struct run){ .machine = run->machine, .verb = run->verb },
			 "%s: %zu bytes in %zu pieces are left", run->fault, live_bytes - bytes,
			 live_count - number);
}

/* ---- all of them ---- */

static void starve_verb(const char *machine, const struct verb *verb, enum fault fault,
			size_t number, size_t stride)
{
	struct starve clean = { .run = { .machine = machine, .verb = verb }, .fault = fault };

	/* what the machine's text takes is kept */
	run_begin(&clean.run);
	run_end(&clean.run);
	clean = (struct starve){ .run = { .machine = machine, .verb = verb }, .fault = fault };
	run_once(&clean);
	for (size_t at = 1; at <= clean.all; at++) {
		struct starve starve = {
			.run = { .machine = machine, .verb = verb }, .fault = fault, .at = at,
		};

		size_t every = at > clean.planned ? stride : 10 * stride;

		if (at % every == number % every)
			run_once(&starve);
	}
}

static void starve_machine(const char *machine, enum fault fault, size_t stride)
{
	if (getenv("MHP_FULL_SWEEP"))
		stride = 1;
	complaints = 0;
	for (size_t i = 0; i < VERBS; i++)
		if (verb_fits(&verbs[i], machine))
			starve_verb(machine, &verbs[i], fault, i, stride);
	if (complaints)
		fail_msg("%zu complaints", complaints);
}

/* On machines of their own. */
static const struct {
	const char *machine;
	struct verb verb;
} others[] = {
	{ S390_7_3, { .wish = "standby plugged online_movable borrow size:256" } },
	{ S390_7_3, { .wish = "standby plugged online_kernel size:256", .refuses = "online",
		      .block = 16 } },
	{ PPC64_7_3, { .wish = "lmb plugged online_movable borrow size:256" } },
	{ "7.3-dimm-online.txt", { .wish = "PNP0C80:00 unplugged" } },
	{ "7.3-dimm-online.txt", { .wish = "PNP0C80:00 unplugged", .refuses = "offline",
				   .block = 40 } },
	{ "7.3-dimm-mixed-plugged.txt", { .wish = "PNP0C80:00 online online_movable" } },
	{ "7.3-virtio-mem-online.txt", { .wish = "virtio1 offline" } },
	{ "7.3-cxl-region-region.txt", { .wish = "region0 unplugged release" } },
	{ "7.3-cxl-region-region.txt", { .wish = "region0 online online_movable" } },
};

static void test_others(void **state)
{
	size_t stride = getenv("MHP_FULL_SWEEP") ? 1 : 17;

	(void)state;
	complaints = 0;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		for (enum fault fault = MEMORY; fault <= THREADS_ON; fault++)
			starve_verb(others[i].machine, &others[i].verb, fault, i, stride);
	if (complaints)
		fail_msg("%zu complaints", complaints);
}

static void test_memory(void **state)
{
	(void)state;
	starve_machine(HMEM_7_3, MEMORY, 7);
}

static void test_memory_on(void **state)
{
	(void)state;
	starve_machine(HMEM_7_3, MEMORY_ON, 11);
}

static void test_6_12(void **state)
{
	(void)state;
	starve_machine(HMEM_6_12, MEMORY, 23);
}

static void test_threads(void **state)
{
	(void)state;
	starve_machine(HMEM_7_3, THREADS, 1);
}

static void test_threads_on(void **state)
{
	(void)state;
	starve_machine(HMEM_7_3, THREADS_ON, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_memory_on),
		cmocka_unit_test(test_6_12),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_threads_on),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
