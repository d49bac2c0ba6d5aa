// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/dump.h"
#include "support/errno-name.h"
#include "support/regions.h"

struct mhp_snapshot *take_snapshot(struct mhp_ctx *ctx, uint64_t flags)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	check_snapshot(snap);
	return snap;
}

static void add_release(struct text *text, const struct mhp_snapshot *snap,
			const struct mhp_region *region)
{
	struct mhp_request *request;
	struct mhp_plan *plan;
	char *str;

	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, mhp_region_get_name(region)), 0);
	assert_int_equal(mhp_request_set_goal(request, MHP_GOAL_UNPLUGGED), 0);
	assert_int_equal(mhp_request_set_rules(request, MHP_RULE_RELEASE), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	assert_int_equal(mhp_plan_copy_text(plan, &str), 0);
	text_add(text, "%s", str);
	free(str);
	mhp_plan_unref(plan);
	mhp_request_free(request);
}

/* All but identities, facts and devices. */
static char *describe(const struct mhp_snapshot *snap)
{
	const struct mhp_region *region, *parent;
	char *str = dump(snap, true);
	struct text text = { 0 };
	const char *why;

	text_add(&text, "%s", str);
	free(str);
	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)); i++) {
		parent = mhp_region_get_parent(region);
		text_add(&text, "%s %s of %s\n", mhp_region_get_name(region),
			 mhp_region_get_path(region), parent ? mhp_region_get_name(parent) : "-");
		for (enum mhp_capability what = MHP_CAN_ONLINE; what < MHP_CAPABILITIES; what++)
			text_add(&text, "%d %s\n", (int)what,
				 mhp_region_can(region, what, &why) ? "yes" : why);
		add_release(&text, snap, region);
	}
	assert_int_equal(text_finish(&text, &str), 0);
	return str;
}

/* What is not about them does not depend on whether they were asked for. */
static void compare_without_identity(struct mhp_ctx *ctx, uint64_t flags,
				     const struct mhp_snapshot *snap)
{
	struct mhp_snapshot *plain = take_snapshot(ctx, flags & ~(uint64_t)MHP_SNAPSHOT_IDENTITY);
	char *with = describe(snap), *without = describe(plain);

	assert_string_equal(without, with);
	assert_true(mhp_snapshot_count_problems(plain) <= mhp_snapshot_count_problems(snap));
	free(with);
	free(without);
	mhp_snapshot_unref(plain);
}

struct mhp_snapshot *take_fake(struct fakesys *fs, uint64_t flags)
{
	struct mhp_ctx *ctx = fakesys_ctx(fs, FAKESYS_MEMORY);
	struct mhp_snapshot *snap = take_snapshot(ctx, flags);

	if (flags & MHP_SNAPSHOT_IDENTITY)
		compare_without_identity(ctx, flags, snap);
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

	return r == 0 ? text : r == -ENODATA ? "" : errno_name(-r);
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
