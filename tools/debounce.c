// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * When mhp agent looks at the machine: once a burst of events has come to its end, and
 * while one goes on now and then. And a limit, so that two who do not agree about a block
 * do not keep a processor busy: some passes at once, then as many as are earned by waiting.
 */
#include "agent.h"

void debounce_event(struct debounce *debounce, int64_t now_ns)
{
	if (!debounce->waits)
		debounce->first_ns = now_ns;
	debounce->waits = true;
	debounce->last_ns = now_ns;
}

/* Passes that have been spent and not earned back by then. */
static int64_t owed(const struct debounce *debounce, int64_t now_ns)
{
	int64_t earned = (now_ns - debounce->earned_ns) / DEBOUNCE_INTERVAL_NS;

	return earned < debounce->spent ? debounce->spent - earned : 0;
}

int64_t debounce_limit(const struct debounce *debounce, int64_t wanted_ns)
{
	int64_t excess = debounce->spent - DEBOUNCE_PASSES + 1;
	int64_t allowed_ns = debounce->earned_ns + excess * DEBOUNCE_INTERVAL_NS;

	return wanted_ns != NEVER_DUE && excess > 0 && allowed_ns > wanted_ns ? allowed_ns :
	       wanted_ns;
}

static int64_t wanted(const struct debounce *debounce)
{
	int64_t quiet_ns = debounce->last_ns + DEBOUNCE_QUIET_NS;
	int64_t longest_ns = debounce->first_ns + DEBOUNCE_LONGEST_NS;

	if (!debounce->waits)
		return NEVER_DUE;
	return quiet_ns < longest_ns ? quiet_ns : longest_ns;
}

int64_t debounce_due(const struct debounce *debounce)
{
	return debounce_limit(debounce, wanted(debounce));
}

bool debounce_pass(struct debounce *debounce, int64_t now_ns)
{
	int64_t left = owed(debounce, now_ns);
	bool bites = left + 1 >= DEBOUNCE_PASSES, tell = bites && !debounce->was_told;

	/* what was earned in part is kept, unless there is nothing to pay for */
	if (left)
		debounce->earned_ns += (debounce->spent - left) * DEBOUNCE_INTERVAL_NS;
	else
		debounce->earned_ns = now_ns;
	debounce->spent = left + 1;
	debounce->waits = false;
	debounce->was_told = bites || (debounce->was_told && left > DEBOUNCE_PASSES / 2);
	return tell;
}
