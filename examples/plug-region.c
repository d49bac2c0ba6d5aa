// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Make a DAX device System RAM in zone Movable, with a deadline, and show how far
 * it is, on standard error: how often depends on how long it takes.
 *
 *	cc plug-region.c -o plug-region $(pkg-config --cflags --libs libmhp)
 *	./plug-region dax0.0 SECONDS [ROOT]
 *
 * No block of it is online in another zone at any moment: while the kernel adds
 * the memory, the system's policy is set to what is wanted here, and put back
 * afterwards. Upon failure, or at the deadline, the device is as it was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>

/* Called every 100 ms or so. A program with an event loop asks it here whether to go on. */
static int show(void *data, uint64_t done, uint64_t total)
{
	const char *region = data;

	fprintf(stderr, "%s: %" PRIu64 " of %" PRIu64 " MiB\n", region, done >> 20, total >> 20);
	return 0;			/* MHP_CANCEL: stop, and put everything back */
}

static int plug(struct mhp_ctx *ctx, const char *region, const struct mhp_apply_opts *opts,
		struct mhp_report **ret_report)
{
	struct mhp_request *request;
	int r;

	r = mhp_request_new(&request);
	if (r < 0)
		return r;
	r = mhp_request_set_region(request, region);
	if (r == 0)
		r = mhp_request_set_goal(request, MHP_GOAL_PLUGGED);
	if (r == 0)
		r = mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE);
	if (r == 0)			/* without it a policy that does not fit is a conflict */
		r = mhp_request_set_rules(request, MHP_RULE_BORROW);
	if (r == 0)
		r = mhp_fulfil(ctx, request, opts, ret_report);
	mhp_request_free(request);
	return r;
}

int main(int argc, char **argv)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .progress = show };
	struct mhp_report *report;
	struct mhp_ctx *ctx;
	int r;

	if (argc < 3 || argc > 4 || atoi(argv[2]) <= 0) {
		fprintf(stderr, "usage: %s REGION SECONDS [ROOT]\n", argv[0]);
		return 2;
	}
	opts.progress_data = argv[1];
	opts.timeout_ms = INT64_C(1000) * atoi(argv[2]);
	r = mhp_ctx_new(argc > 3 ? argv[3] : NULL, &ctx);
	if (r < 0) {
		fprintf(stderr, "cannot open the root: %s\n", strerror(-r));
		return 1;
	}
	r = plug(ctx, argv[1], &opts, &report);
	mhp_ctx_unref(ctx);
	if (r < 0) {
		/* the machine was not touched; -ENOENT: no such region */
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-r));
		return 1;
	}

	/* MHP_REASON_DEADLINE, MHP_REASON_LOCKED, ... are told in words, too. */
	printf("%s: %s\n", mhp_outcome_to_str(mhp_report_get_outcome(report)),
	       mhp_report_get_message(report));
	if (mhp_report_get_hint(report))
		printf("what helps: %s\n", mhp_report_get_hint(report));
	r = mhp_report_get_outcome(report) == MHP_OUTCOME_DONE ? 0 : 1;
	mhp_report_free(report);
	return r;
}
