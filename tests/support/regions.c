// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/dump.h"
#include "support/regions.h"

struct mhp_snapshot *take_snapshot(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	check_snapshot(snap);
	return snap;
}

struct mhp_snapshot *take_fake(struct fakesys *fs, uint64_t flags)
{
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	struct mhp_snapshot *snap = take_snapshot(ctx, flags);

	mhp_ctx_unref(ctx);
	return snap;
}

const struct mhp_region *find_region(const struct mhp_snapshot *snap, const char *name)
{
	const struct mhp_region *region = mhp_snapshot_find_region(snap, name);

	if (!region)
		fail_msg("no region %s", name);
	return region;
}

const char *owner_of(const struct mhp_snapshot *snap, uint64_t id)
{
	const struct mhp_block *block = mhp_snapshot_find_block(snap, id);
	const struct mhp_region *region;

	if (!block)
		return "absent";
	region = mhp_snapshot_get_block_region(snap, block);
	return region ? mhp_region_get_name(region) : "";
}

size_t count_owned(const struct mhp_snapshot *snap)
{
	size_t count = 0;

	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++)
		count += mhp_region_count_blocks(mhp_snapshot_get_region(snap, i));
	return count;
}

const char *runs_of(const struct mhp_snapshot *snap, const char *name)
{
	const struct mhp_region *region = mhp_snapshot_find_region(snap, name);
	static char text[256];
	uint64_t first, count;
	size_t n = 0;

	*text = '\0';
	if (!region)
		return "none";
	for (size_t i = 0; mhp_region_get_block_run(region, i, &first, &count) == 0; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%" PRIu64 "-%" PRIu64,
				      i ? "," : "", first, first + count - 1);
	return text;
}

const char *fact_of(const struct mhp_region *region, const char *name)
{
	const char *text;
	int r = mhp_region_find_fact(region, name, &text);

	return r == 0 ? text : r == -ENODATA ? "" : strerrorname_np(-r);
}

int fact_code(const struct mhp_region *region, const char *name)
{
	const char *text;

	return mhp_region_find_fact(region, name, &text);
}

void check_fact(const struct mhp_region *region, const char *name, const char *expected)
{
	int code = fact_code(region, name);

	if (code < 0)
		fail_msg("%s: %d", name, code);
	assert_string_equal(fact_of(region, name), expected);
}
