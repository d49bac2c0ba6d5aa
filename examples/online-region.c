// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Online a region with an explicit type, and be sure of it.
 *
 *	cc online-region.c -o online-region $(pkg-config --cflags --libs libmhp)
 *	./online-region dax0.0 online_movable [ROOT]
 *
 * Either every block ends online in the zone that the type names, or everything
 * is as it was before.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <mhp/mhp.h>

int main(int argc, char **argv)
{
	enum mhp_online_type type;
	struct mhp_report *report;
	struct mhp_ctx *ctx;
	int r;

	if (argc < 3 || argc > 4 || mhp_online_type_from_str(argv[2], &type) < 0) {
		fprintf(stderr, "usage: %s REGION online|online_kernel|online_movable [ROOT]\n",
			argv[0]);
		return 2;
	}

	r = mhp_ctx_new(argc > 3 ? argv[3] : NULL, &ctx);
	if (r < 0) {
		fprintf(stderr, "cannot open the root: %s\n", strerror(-r));
		return 1;
	}

	/*
	 * Snapshot, plan, apply in one call. No rules: memory that is online in
	 * another zone is left alone, and upon failure everything is put back.
	 */
	r = mhp_online_region(ctx, argv[1], type, 0, &report);
	mhp_ctx_unref(ctx);
	if (r < 0) {
		/* the machine was not touched; -ENOENT: no such region */
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-r));
		return 1;
	}

	/* That the machine refused is no error of the call: the report tells. */
	printf("%s: %s\n", mhp_outcome_to_str(mhp_report_get_outcome(report)),
	       mhp_report_get_message(report));

	/* The state and zone of every block were read back. */
	for (size_t i = 0; i < mhp_report_count_results(report); i++) {
		const struct mhp_result *block = mhp_report_get_result(report, i);
		enum mhp_state state;
		enum mhp_zone zone;

		mhp_result_get_after(block, &state, &zone);
		printf("  memory%" PRIu64 " %s, zone %s\n", mhp_result_get_id(block),
		       mhp_state_to_str(state), mhp_zone_to_str(zone));
	}

	r = mhp_report_get_outcome(report) == MHP_OUTCOME_DONE ? 0 : 1;
	mhp_report_free(report);
	return r;
}
