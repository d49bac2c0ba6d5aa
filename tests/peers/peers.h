/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests named after other programs' defects share. */
#ifndef PEERS_PEERS_H
#define PEERS_PEERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/bench.h"

#define PARAMETERS "/sys/module/memory_hotplug/parameters/"

/* The wish is refused for that, before anything is written, in words that have part in them. */
static inline void check_refused(struct bench *bench, const char *wish,
				 enum mhp_conflict_code code, const char *part)
{
	struct mhp_plan *plan = plan_of(bench, wish);
	const struct mhp_conflict *conflict = mhp_plan_get_conflict(plan, 0);

	if (!conflict)
		fail_msg("%s: nothing stands against it", wish);
	assert_string_equal(mhp_conflict_code_to_str(mhp_conflict_get_code(conflict)),
			    mhp_conflict_code_to_str(code));
	if (!strstr(mhp_conflict_get_message(conflict), part))
		fail_msg("%s: %s", wish, mhp_conflict_get_message(conflict));
	assert_int_equal(apply_plan(bench, plan, NULL), MHP_OUTCOME_REFUSED);
	assert_int_equal(bench->writes, 0);
}

/* The deadline passes while that block is being written; not before, however busy we are. */
static inline enum mhp_outcome fulfil_until_stuck(struct bench *bench, const char *wish,
						  uint64_t id)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts) };

	for (opts.timeout_ms = 20;; opts.timeout_ms *= 2) {
		enum mhp_outcome outcome = fulfil(bench, wish, &opts);

		assert_int_equal(mhp_report_get_reason(bench->report), MHP_REASON_DEADLINE);
		if (mhp_result_get_reason(result(bench, id)) == MHP_REASON_DEADLINE)
			return outcome;
		assert_true(opts.timeout_ms < 20000);
	}
}

#endif /* PEERS_PEERS_H */
