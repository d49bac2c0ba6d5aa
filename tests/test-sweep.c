// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Each access of each verb fails once: no outcome is ever a lie. What the report says
 * is compared with the machine itself (support/world.h).
 *
 * Each access fails with one errno value, in turn, and those of the snapshot not all.
 * MHP_FULL_SWEEP=1 takes all of them, with all values ("make check-full", minutes).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/errno-name.h"
#include "support/verbs.h"

static const int codes[] = { -EBUSY, -EINVAL, -EINTR, -ENOMEM, -ENODEV, -EIO };

/* ---- one run ---- */

struct sweep {
	struct run run;
	size_t n;			/* which access fails; 0: none */
	int code;
	size_t planned, all;		/* accesses until the plan was made, and in all */
};

static size_t count(const struct sweep *sweep)
{
	return mhp_sim_count(sweep->run.sim, ANY);
}

static void on_planned(void *data)
{
	struct sweep *sweep = data;

	sweep->planned = count(sweep);
}

static void run_once(struct sweep *sweep)
{
	struct run *run = &sweep->run;
	size_t before;
	bool met;
	int r;

	run_begin(run);
	before = count(sweep);
	snprintf(run->fault, sizeof(run->fault), "access %zu %s", sweep->n,
		 sweep->n ? errno_name(-sweep->code) : "");
	if (sweep->n)
		assert_int_equal(mhp_sim_fail_at(run->sim, ANY, NULL, sweep->n, sweep->code), 0);
	r = run_fulfil(run, on_planned, sweep);
	sweep->all = count(sweep);
	/* on a busy machine more is looked at while a write takes its time, so once less */
	met = sweep->all - before >= sweep->n;
	run_check(run, r);
	/* else it would be the recovery that fails */
	if (met)
		run_check_recovery(run);
	if (!sweep->n)
		run_check_as_expected(run, r);
	run_end(run);
}

/* ---- all of them ---- */

static void sweep_verb(const char *machine, const struct verb *verb, size_t number, bool full)
{
	struct sweep clean = { .run = { .machine = machine, .verb = verb } };

	run_once(&clean);
	for (size_t n = 1; n <= clean.all; n++) {
		/* the snapshot's failures make other plans, or none */
		if (!full && n <= clean.planned && n % 23 != number % 23)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
			struct sweep sweep = {
				.run = { .machine = machine, .verb = verb },
				.n = n, .code = codes[i],
			};

			if (full || i == (n + number) % ARRAY_SIZE(codes))
				run_once(&sweep);
		}
	}
}

static void sweep_machine(const char *machine)
{
	bool full = getenv("MHP_FULL_SWEEP");

	complaints = 0;
	for (size_t i = 0; i < VERBS; i++)
		if (verb_fits(&verbs[i], machine))
			sweep_verb(machine, &verbs[i], i, full);
	if (complaints)
		fail_msg("%zu complaints", complaints);
}

static void test_7_3(void **state)
{
	(void)state;
	sweep_machine(HMEM_7_3);
}

static void test_6_12(void **state)
{
	(void)state;
	sweep_machine(HMEM_6_12);
}

static void test_6_1(void **state)
{
	(void)state;
	sweep_machine(HMEM_6_1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_7_3),
		cmocka_unit_test(test_6_12),
		cmocka_unit_test(test_6_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
