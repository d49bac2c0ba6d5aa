// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A capture file. What the simulated machine takes it writes, and takes again as the same;
 * what it refuses it says why, of which line. Of any machine that it makes a snapshot can
 * be taken, and a capture.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>
#include <mhp/sim.h>

#include "fuzz.h"

const char fuzz_name[] = "capture";

static int load(const char *text, size_t length, uint64_t flags, struct fuzz_log *log,
		struct mhp_sim **ret_sim)
{
	struct mhp_sim_opts opts = {
		.size = sizeof(opts), .flags = flags, .log_fn = fuzz_log_fn, .log_data = log,
	};

	return mhp_sim_new_from_text(text, length, &opts, ret_sim);
}

static struct mhp_sim *load_again(const char *text, uint64_t flags)
{
	struct fuzz_log log = { 0 };
	struct mhp_sim *sim;

	if (load(text, strlen(text), flags, &log, &sim) < 0)
		FUZZ_FAIL("refused, though it was written: %s\n%s", log.last, text);
	return sim;
}

static char *text_of(struct mhp_sim *sim)
{
	char *text;

	FUZZ_CHECK(mhp_sim_copy_capture(sim, &text) == 0);
	return text;
}

/* Written, read again, and written again. */
static void check_again(struct mhp_sim *sim, uint64_t flags)
{
	char *once = text_of(sim), *twice;
	struct mhp_sim *again = load_again(once, flags);

	twice = text_of(again);
	FUZZ_SAME(twice, once, "a machine of its own capture");
	mhp_sim_unref(again);
	free(once);
	free(twice);
}

static void check_snapshot(struct mhp_ctx *ctx)
{
	static const uint64_t flags[] = {
		0, MHP_SNAPSHOT_BLOCKS_ONLY, MHP_SNAPSHOT_OFFLINE_ZONES | MHP_SNAPSHOT_FOR_PLANS |
		MHP_SNAPSHOT_TOPOLOGY | MHP_SNAPSHOT_PLUGGED | MHP_SNAPSHOT_EXACT |
		MHP_SNAPSHOT_IDENTITY,
	};
	const char *path;
	int code;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags[i] };
		struct mhp_snapshot *snap = NULL;

		if (mhp_snapshot_new(ctx, &opts, &snap) < 0) {
			FUZZ_CHECK(!snap);
			continue;
		}
		for (size_t j = 0; j < mhp_snapshot_count_problems(snap); j++) {
			FUZZ_CHECK(mhp_snapshot_get_problem(snap, j, &path, &code, NULL) == 0);
			FUZZ_CHECK(code < 0 && path && *path == '/');
		}
		mhp_snapshot_unref(snap);
	}
}

/* The library's own, of what it reads; a capture of that capture is the same. */
static void check_taken(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_capture_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_sim *sim;
	char *once = NULL, *twice;

	if (mhp_ctx_copy_capture(ctx, &opts, &once) < 0) {
		FUZZ_CHECK(!once);
		return;
	}
	sim = load_again(once, MHP_SIM_READ_ONLY);
	FUZZ_CHECK(mhp_sim_new_ctx(sim, &ctx) == 0);
	FUZZ_CHECK(mhp_ctx_copy_capture(ctx, &opts, &twice) == 0);
	FUZZ_SAME(twice, once, "a capture of a capture");
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
	free(once);
	free(twice);
}

static void check_machine(struct mhp_sim *sim, uint64_t flags)
{
	struct mhp_ctx *ctx;

	check_again(sim, flags);
	FUZZ_CHECK(mhp_sim_new_ctx(sim, &ctx) == 0);
	check_snapshot(ctx);
	check_taken(ctx, 0);
	check_taken(ctx, MHP_CAPTURE_IDENTITY);
	mhp_ctx_unref(ctx);
}

static bool try_to_load(const char *text, size_t length, uint64_t flags)
{
	struct fuzz_log log = { 0 };
	struct mhp_sim *sim = NULL;
	int r = load(text, length, flags, &log, &sim);

	if (r < 0) {
		FUZZ_CHECK(r == -EBADMSG && !sim);
		FUZZ_CHECK(log.count == 1 && log.code == r);
		return false;
	}
	FUZZ_CHECK(r == 0 && sim && !log.count);
	check_machine(sim, flags);
	mhp_sim_unref(sim);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size);
	bool shown;

	/* a file that answers so cannot be told from a program that has no memory left */
	if (memmem(data, size, "ENOMEM", 6)) {
		free(text);
		return 0;
	}
	shown = try_to_load(text, size, MHP_SIM_READ_ONLY);
	/* what acts is more than what is only shown */
	if (try_to_load(text, size, 0) && !shown)
		FUZZ_FAIL("a machine that acts, and cannot be looked at");
	free(text);
	return 0;
}
