// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Test a program that uses libmhp without root and without the hardware, also
 * against a machine that misbehaves: here, with a block that does not go online.
 *
 *	cc simulate.c -o simulate $(pkg-config --cflags --libs libmhp-sim)
 *	./simulate /usr/local/share/libmhp/machines/7.3-cxl-region-region.txt
 *
 * Everything of libmhp works on the context of a simulated machine; only how the
 * context is made differs.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <mhp/mhp.h>
#include <mhp/sim.h>

/* What is to be tested: it has no idea which kind of machine this is. */
static int add_memory(struct mhp_ctx *ctx, enum mhp_outcome *ret_outcome)
{
	struct mhp_report *report;
	int r;

	r = mhp_plug_region(ctx, "dax0.0", MHP_ONLINE_MOVABLE, 0, &report);
	if (r < 0)
		return r;
	*ret_outcome = mhp_report_get_outcome(report);
	printf("%s: %s\n", mhp_outcome_to_str(*ret_outcome), mhp_report_get_message(report));
	mhp_report_free(report);
	return 0;
}

/* The test: a new machine, with a fault unless code is 0, and what is to come of it. */
static int test(const char *capture, uint64_t block, int code, enum mhp_outcome expected)
{
	enum mhp_outcome outcome = MHP_OUTCOME_UNKNOWN;
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;
	int r;

	r = mhp_sim_new_from_capture(capture, NULL, &sim);
	if (r < 0)
		return r;
	if (code)
		r = mhp_sim_fail_block(sim, block, "online", code, 0);
	if (r == 0)
		r = mhp_sim_new_ctx(sim, &ctx);
	mhp_sim_unref(sim);		/* the context has a reference of its own */
	if (r < 0)
		return r;
	r = add_memory(ctx, &outcome);
	mhp_ctx_unref(ctx);
	return r < 0 ? r : outcome != expected;
}

int main(int argc, char **argv)
{
	int r;

	if (argc != 2) {
		fprintf(stderr, "usage: %s CAPTURE\n", argv[0]);
		return 2;
	}
	r = test(argv[1], 0, 0, MHP_OUTCOME_DONE);
	if (r == 0)
		r = test(argv[1], 36, -EBUSY, MHP_OUTCOME_UNDONE);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-r));
	return r != 0;
}
