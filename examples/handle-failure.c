// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * React to a failure: find out which block it was, and why, and whether asking
 * again with another rule helps.
 *
 *	cc handle-failure.c -o handle-failure $(pkg-config --cflags --libs libmhp)
 *	./handle-failure dax0.0 ask|rezone [ROOT]
 *
 * The region is to be online in zone Movable. With "rezone" memory that is
 * online in another zone may be taken offline for it.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <mhp/mhp.h>

/* Before anything was written: does this conflict stand in the way? */
static bool has_conflict(const struct mhp_report *report, enum mhp_conflict_code code)
{
	const struct mhp_plan *plan = mhp_report_get_plan(report);

	for (size_t i = 0; i < mhp_plan_count_conflicts(plan); i++)
		if (mhp_conflict_get_code(mhp_plan_get_conflict(plan, i)) == code)
			return true;
	return false;
}

/* What happened, and the blocks to blame for it. */
static void explain(const struct mhp_report *report)
{
	printf("%s: %s\n", mhp_outcome_to_str(mhp_report_get_outcome(report)),
	       mhp_report_get_message(report));
	if (mhp_report_get_hint(report))
		printf("what helps: %s\n", mhp_report_get_hint(report));

	for (size_t i = 0; i < mhp_report_count_results(report); i++) {
		const struct mhp_result *block = mhp_report_get_result(report, i);

		/* busy, poisoned, ...; not those put back because another one failed */
		if (mhp_reason_is_failure(mhp_result_get_reason(block)))
			printf("memory%" PRIu64 ": %s\n", mhp_result_get_id(block),
			       mhp_reason_to_str(mhp_result_get_reason(block)));
	}
}

int main(int argc, char **argv)
{
	struct mhp_report *report;
	struct mhp_ctx *ctx;
	bool rezone;
	int r;

	if (argc < 3 || argc > 4 || (strcmp(argv[2], "ask") && strcmp(argv[2], "rezone"))) {
		fprintf(stderr, "usage: %s REGION ask|rezone [ROOT]\n", argv[0]);
		return 2;
	}
	rezone = strcmp(argv[2], "rezone") == 0;
	r = mhp_ctx_new(argc > 3 ? argv[3] : NULL, &ctx);
	if (r < 0) {
		fprintf(stderr, "cannot open the root: %s\n", strerror(-r));
		return 1;
	}

	r = mhp_online_region(ctx, argv[1], MHP_ONLINE_MOVABLE, 0, &report);
	if (r == 0 && rezone && has_conflict(report, MHP_CONFLICT_WRONG_ZONE)) {
		/* its contents have to move elsewhere meanwhile: never without being asked */
		mhp_report_free(report);
		r = mhp_online_region(ctx, argv[1], MHP_ONLINE_MOVABLE, MHP_RULE_REZONE, &report);
	}
	mhp_ctx_unref(ctx);
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-r));
		return 1;
	}

	explain(report);
	switch (mhp_report_get_outcome(report)) {
	case MHP_OUTCOME_DONE:
		r = 0;
		break;
	case MHP_OUTCOME_REFUSED:
	case MHP_OUTCOME_UNDONE:	/* all is as it was: it may be tried again later */
		r = 1;
		break;
	default:			/* some is changed: somebody must look at it */
		r = 3;
	}
	mhp_report_free(report);
	return r;
}
