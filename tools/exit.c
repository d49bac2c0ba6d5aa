// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The program's exit code, all of it:
 *
 *	0  as asked; also if it was so already
 *	1  refused, undone, or failed before anything was changed; there is drift
 *	2  the command line makes no sense
 *	3  some of the memory is changed and some is not, or nobody knows, or there was
 *	   no memory to tell it; with --keep some is as asked and some is not
 *	4  refused for want of permission
 */
#include <errno.h>

#include "tool.h"

/* Of a call that failed with a negative errno value. */
int exit_of_code(int code)
{
	if (code == 0)
		return EXIT_AS_ASKED;
	return code == -EACCES || code == -EPERM ? EXIT_NO_PERMISSION : EXIT_REFUSED;
}

/* Of what was done, and what became of it, with that exit code, cannot be told. */
int exit_of_untold(int code)
{
	return code == EXIT_AS_ASKED ? EXIT_PARTIAL : code;
}

/* Of a plan that is shown: what would become of it, as far as it can be known. */
int exit_of_plan(const struct mhp_plan *plan)
{
	const struct mhp_conflict *conflict;

	if (mhp_plan_count_conflicts(plan) == 0)
		return EXIT_AS_ASKED;
	for (size_t i = 0; (conflict = mhp_plan_get_conflict(plan, i)); i++)
		if (mhp_conflict_get_code(conflict) == MHP_CONFLICT_NO_PERMISSION)
			return EXIT_NO_PERMISSION;
	return EXIT_REFUSED;
}

/* Of an item that is not as wanted, and stays so. */
int exit_of_stuck_item(const struct mhp_agenda_item *item)
{
	const struct mhp_plan *plan = mhp_agenda_item_get_plan(item);

	return plan && mhp_plan_count_conflicts(plan) ? exit_of_plan(plan) : EXIT_REFUSED;
}

/* Of a plan that was carried out. */
int exit_of_report(const struct mhp_report *report)
{
	enum mhp_reason reason = mhp_report_get_reason(report);

	switch (mhp_report_get_outcome(report)) {
	case MHP_OUTCOME_DONE:
		return EXIT_AS_ASKED;
	case MHP_OUTCOME_UNDONE:
	case MHP_OUTCOME_REFUSED:
		if (reason == MHP_REASON_NO_PERMISSION)
			return EXIT_NO_PERMISSION;
		if (reason == MHP_REASON_CONFLICT)
			return exit_of_plan(mhp_report_get_plan(report));
		return EXIT_REFUSED;
	case MHP_OUTCOME_PARTIAL:
	case MHP_OUTCOME_UNKNOWN:
	default:
		return EXIT_PARTIAL;
	}
}
