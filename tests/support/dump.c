// SPDX-License-Identifier: LGPL-2.1-or-later
/* Snapshots as text, and what must hold for any of them. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/dump.h"
#include "support/errno-name.h"

static char *finish(struct text *text)
{
	char *str;

	assert_int_equal(text_finish(text, &str), 0);
	return str;
}

static const char *code_name(int code)
{
	const char *name = errno_name(-code);

	return name ? name : "?";
}

/* A string that could not be read, or is none. */
static void add_word(struct text *text, int code, const char *word)
{
	text_add(text, " ");
	if (code < 0)
		text_add(text, "%s", code_name(code));
	else
		text_add_escaped(text, word ? word : "-");
}

static void add_number(struct text *text, int code, int number)
{
	if (code < 0)
		text_add(text, " %s", code_name(code));
	else
		text_add(text, " %d", number);
}

static char *block_text(const struct mhp_snapshot *snap, const struct mhp_block *block)
{
	const struct mhp_region *region = mhp_snapshot_get_block_region(snap, block);
	const char *zones = mhp_snapshot_get_block_zones_text(snap, block);
	struct text text = { 0 };
	int node = -1, r;

	text_add(&text, " %s", mhp_state_to_str(mhp_block_get_state(block)));
	for (size_t i = 0; i < mhp_block_count_zones(block); i++)
		text_add(&text, " %s", mhp_zone_to_str(mhp_block_get_zone_at(block, i)));
	if (zones) {
		text_add(&text, " \"");
		text_add_escaped(&text, zones);
		text_add(&text, "\"");
	}
	text_add(&text, " node");
	r = mhp_block_get_node_id(block, &node);
	add_number(&text, r, node);
	if (region)
		add_word(&text, 0, mhp_region_get_name(region));
	text_add(&text, "\n");
	return finish(&text);
}

static void dump_blocks(struct text *text, const struct mhp_snapshot *snap, bool group)
{
	size_t count = mhp_snapshot_count_blocks(snap);
	char *line, *next = NULL;
	uint64_t first, last;

	for (size_t i = 0; i < count; ) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i++);

		line = block_text(snap, block);
		for (first = last = mhp_block_get_id(block); group && i < count; last++, i++) {
			block = mhp_snapshot_get_block(snap, i);
			next = block_text(snap, block);
			if (mhp_block_get_id(block) != last + 1 || strcmp(next, line))
				break;
			free(next);
			next = NULL;
		}
		free(next);
		next = NULL;
		text_add(text, "%" PRIu64, first);
		if (last > first)
			text_add(text, "-%" PRIu64, last);
		text_add(text, "%s", line);
		free(line);
	}
}

static void dump_runs(struct text *text, const struct mhp_region *region)
{
	uint64_t first, count;

	for (size_t i = 0; i < mhp_region_count_block_runs(region); i++) {
		mhp_region_get_block_run(region, i, &first, &count);
		text_add(text, "%s%" PRIu64, i ? "," : " = ", first);
		if (count > 1)
			text_add(text, "-%" PRIu64, first + count - 1);
	}
}

static void dump_region(struct text *text, const struct mhp_region *region)
{
	uint64_t start, size, online;
	const char *word = NULL;
	size_t n_ranges = 0;
	int r, node = -1;

	text_add_escaped(text, mhp_region_get_name(region));
	r = mhp_region_get_range_count(region, &n_ranges);
	if (r < 0 || !n_ranges)
		add_word(text, r, "empty");
	for (size_t i = 0; i < n_ranges; i++) {
		mhp_region_get_range(region, i, &start, &size);
		text_add(text, "%s0x%" PRIx64 "+0x%" PRIx64, i ? "," : " ", start, size);
	}
	dump_runs(text, region);
	text_add(text, ", %zu blocks %s", mhp_region_count_blocks(region),
		 mhp_state_to_str(mhp_region_get_state(region)));
	if (mhp_region_get_online_bytes(region, &online) == 0 && online)
		text_add(text, " %s", mhp_zone_to_str(mhp_region_get_zone(region)));
	text_add(text, ", lost");
	r = mhp_region_get_lost_bytes(region, &size);
	if (r < 0)
		add_word(text, r, NULL);
	else
		text_add(text, " %" PRIu64, size);
	text_add(text, "%s; node", region->overlaps ? ", overlaps" : "");
	r = mhp_region_get_node_id(region, &node);
	add_number(text, r, node);
	r = mhp_region_get_driver(region, &word);
	add_word(text, r, word);
	r = mhp_region_get_device_state(region, NULL, &word);
	add_word(text, r, word);
	r = mhp_region_get_ram_driver(region, &word);
	text_add(text, " ram");
	add_word(text, r, word);
	text_add(text, "\n");
}

static void add_flag(struct text *text, const char *name,
		     int (*get)(const struct mhp_node *node, bool *ret), const struct mhp_node *node)
{
	bool flag = false;
	int r = get(node, &flag);

	if (flag)
		text_add(text, " %s", name);
	else if (r < 0 && r != -ENODATA)
		text_add(text, " %s: %s", name, code_name(r));
}

static void add_value(struct text *text, const char *name, int code, uint64_t value)
{
	if (code == 0)
		text_add(text, " %s %" PRIu64, name, value);
	else if (code != -ENODATA)
		text_add(text, " %s: %s", name, code_name(code));
}

/* "any read 1000 MB/s" and so on; nothing of what is not known */
static void dump_access(struct text *text, const struct mhp_node *node, enum mhp_access access,
			const char *name)
{
	static const struct {
		const char *name;
		int (*get)(const struct mhp_node *node, enum mhp_access access, uint64_t *ret);
	} values[] = {
		{ "read MB/s", mhp_node_get_read_bandwidth_mb_per_s },
		{ "write MB/s", mhp_node_get_write_bandwidth_mb_per_s },
		{ "read ns", mhp_node_get_read_latency_ns },
		{ "write ns", mhp_node_get_write_latency_ns },
	};
	int code = mhp_node_get_initiators_code(node, access), from = -1;

	if (code == -ENODATA)
		return;
	text_add(text, "; %s from", name);
	if (code < 0)
		add_word(text, code, NULL);
	for (size_t i = 0; i < mhp_node_count_initiators(node, access); i++) {
		assert_int_equal(mhp_node_get_initiator_id(node, access, i, &from), 0);
		add_number(text, 0, from);
	}
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		uint64_t value = 0;

		code = values[i].get(node, access, &value);
		assert_true(code < 0 || value);
		add_value(text, values[i].name, code, value);
	}
}

/* Nothing of what was not asked for. */
static void dump_topology(struct text *text, const struct mhp_snapshot *snap,
			  const struct mhp_node *node)
{
	unsigned int distance = 0, level = 0;
	uint64_t size = 0;
	int r, tier = -1;

	add_flag(text, "initiator", mhp_node_get_has_generic_initiator, node);
	r = mhp_node_get_tier(node, &tier);
	add_value(text, "tier", r, (uint64_t)tier);
	for (size_t i = 0; i < mhp_snapshot_count_nodes(snap); i++) {
		int to = mhp_node_get_id(mhp_snapshot_get_node(snap, i));

		r = mhp_node_get_distance(node, to, &distance);
		if (!i && r != -ENODATA)
			text_add(text, " distance");
		if (r == 0)
			text_add(text, " %u", distance);
		else if (!i && r != -ENODATA)
			add_word(text, r, NULL);
	}
	dump_access(text, node, MHP_ACCESS_ANY, "any");
	dump_access(text, node, MHP_ACCESS_CPU, "cpu");
	r = mhp_node_get_caches_code(node);
	if (r < 0 && r != -ENODATA)
		text_add(text, "; caches: %s", code_name(r));
	for (size_t i = 0; i < mhp_node_count_caches(node); i++) {
		r = mhp_node_get_cache(node, i, &level, &size);
		text_add(text, r == 0 ? "; cache %u" : "; cache", level);
		add_value(text, "size", r, size);
	}
	text_add(text, "\n");
}

char *dump(const struct mhp_snapshot *snap, bool group)
{
	enum mhp_online_type type = MHP_OFFLINE;
	const char *policy = NULL, *pending = NULL;
	struct text text = { 0 };
	bool running = false;
	int r;

	dump_blocks(&text, snap, group);
	for (size_t i = 0; i < mhp_snapshot_count_nodes(snap); i++) {
		const struct mhp_node *node = mhp_snapshot_get_node(snap, i);

		text_add(&text, "node%d", mhp_node_get_id(node));
		add_flag(&text, "cpu", mhp_node_get_has_cpu, node);
		add_flag(&text, "memory", mhp_node_get_has_memory, node);
		add_flag(&text, "normal", mhp_node_get_has_normal_memory, node);
		text_add(&text, " %zu blocks", mhp_node_count_blocks(node));
		dump_topology(&text, snap, node);
	}
	text_add(&text, "policy");
	r = mhp_snapshot_get_default_online_type(snap, &type);
	add_word(&text, r, mhp_online_type_to_str(type));
	r = mhp_snapshot_get_online_policy(snap, &policy);
	add_word(&text, r, policy);
	text_add(&text, "\n");
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++)
		dump_region(&text, mhp_snapshot_get_region(snap, i));
	r = mhp_snapshot_get_pending(snap, &pending, &running);
	if (r < 0 || pending) {
		text_add(&text, running ? "running" : "pending");
		add_word(&text, r, pending);
		text_add(&text, "\n");
	}
	return finish(&text);
}

char *dump_problems(const struct mhp_snapshot *snap)
{
	struct text out = { 0 };
	const char *path, *text;
	int code;

	for (size_t i = 0; i < mhp_snapshot_count_problems(snap); i++) {
		assert_int_equal(mhp_snapshot_get_problem(snap, i, &path, &code, &text), 0);
		text_add_escaped(&out, path);
		text_add(&out, " %s", code_name(code));
		if (text) {
			text_add(&out, " \"");
			text_add_escaped(&out, text);
			text_add(&out, "\"");
		}
		text_add(&out, "\n");
	}
	return finish(&out);
}

static bool has_line(const char *text, const char *line, size_t length)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		if (strcspn(text, "\n") == length && !strncmp(text, line, length))
			return true;
	return false;
}

static int count_lines(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

char *new_lines(const char *before, const char *after)
{
	int gone = count_lines(before) - count_lines(after);
	struct text text = { 0 };

	for (size_t length; *after; after += length + 1) {
		length = strcspn(after, "\n");
		if (!has_line(before, after, length))
			text_add(&text, "%.*s\n", (int)length, after);
	}
	if (gone > 0)
		text_add(&text, "-%d\n", gone);
	return finish(&text);
}

/* ---- what must hold ---- */

static void check_blocks(const struct mhp_snapshot *snap)
{
	const struct mhp_block *last = NULL, *block;
	const struct mhp_region *region;
	uint64_t block_size = mhp_snapshot_get_block_size_bytes(snap), id;

	assert_true(block_size && !(block_size & (block_size - 1)));
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap); i++, last = block) {
		block = mhp_snapshot_get_block(snap, i);
		id = mhp_block_get_id(block);
		assert_true(!last || mhp_block_get_id(last) < id);
		assert_true(id <= UINT64_MAX / block_size - 1);
		assert_ptr_equal(mhp_snapshot_find_block(snap, id), block);
		assert_true(mhp_block_get_state(block) != MHP_STATE_ABSENT &&
			    mhp_block_get_state(block) < MHP_STATE_MIXED);
		assert_true(mhp_block_count_zones(block) <= PARSE_MAX_ZONES);
		for (size_t j = 0; j <= PARSE_MAX_ZONES; j++)
			assert_true(mhp_block_get_zone_at(block, j) < MHP_ZONE_MIXED);
		region = mhp_snapshot_get_block_region(snap, block);
		assert_true(region || block->region == BLOCK_NO_REGION);
	}
}

/* Is there a whole block id in one of the ranges? */
static bool range_has(const struct mhp_region *region, uint64_t id, uint64_t block_size)
{
	uint64_t start, size;
	size_t count;

	assert_int_equal(mhp_region_get_range_count(region, &count), 0);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(mhp_region_get_range(region, i, &start, &size), 0);
		if (id * block_size >= start && size >= block_size &&
		    id * block_size - start <= size - block_size)
			return true;
	}
	return false;
}

static void check_region(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	uint64_t block_size = mhp_snapshot_get_block_size_bytes(snap);
	uint64_t first, count, end = 0, whole = 0, start, size, sum = 0, online = 0, bytes;
	size_t n_ranges = 0, total = 0, n_blocks = mhp_region_count_blocks(region);
	int r = mhp_region_get_range_count(region, &n_ranges);

	for (size_t i = 0; i < n_ranges; i++) {
		assert_int_equal(mhp_region_get_range(region, i, &start, &size), 0);
		assert_true(size && start + size > start);
		sum += size;
	}
	for (size_t i = 0; i < mhp_region_count_block_runs(region); i++) {
		assert_int_equal(mhp_region_get_block_run(region, i, &first, &count), 0);
		assert_true(count && (!i || first > end));
		assert_true(range_has(region, first, block_size) &&
			    range_has(region, first + count - 1, block_size));
		end = first + count;
		whole += count;
	}
	for (size_t i = 0; i < n_blocks; i++) {
		const struct mhp_block *block = mhp_region_get_block(region, i);

		assert_ptr_equal(mhp_snapshot_get_block_region(snap, block), region);
		assert_true(range_has(region, mhp_block_get_id(block), block_size));
	}
	for (size_t i = 0; i < mhp_snapshot_count_blocks(snap) && r == 0; i++) {
		const struct mhp_block *block = mhp_snapshot_get_block(snap, i);

		if (!range_has(region, mhp_block_get_id(block), block_size))
			continue;
		total++;
		online += mhp_block_get_state(block) == MHP_STATE_ONLINE ? block_size : 0;
	}
	assert_null(mhp_region_get_block(region, n_blocks));
	assert_int_equal(mhp_region_count_total_blocks(region), total);
	assert_true(n_blocks <= total && total <= whole);
	assert_int_equal(mhp_region_get_online_bytes(region, &bytes), r);
	if (r == 0) {
		assert_int_equal(bytes, online);
		assert_int_equal(mhp_region_get_size_bytes(region, &bytes), 0);
		/* the size may be known where no addresses are given yet */
		if (n_ranges)
			assert_int_equal(bytes, sum);
		assert_int_equal(mhp_region_get_lost_bytes(region, &bytes), 0);
		assert_int_equal(bytes, sum - whole * block_size);
	} else {
		assert_int_equal(n_blocks, 0);
		assert_int_equal(mhp_region_get_state(region), MHP_STATE_UNKNOWN);
	}
}

static void check_plan(const struct mhp_snapshot *snap, const struct mhp_region *region,
		       enum mhp_goal goal, uint64_t rules)
{
	struct mhp_request *request;
	struct mhp_plan *plan;
	char *text;

	assert_int_equal(mhp_request_new(&request), 0);
	assert_int_equal(mhp_request_set_region(request, mhp_region_get_name(region)), 0);
	assert_int_equal(mhp_request_set_goal(request, goal), 0);
	if (goal == MHP_GOAL_ONLINE)
		assert_int_equal(mhp_request_set_online_type(request, MHP_ONLINE_MOVABLE), 0);
	assert_int_equal(mhp_request_set_rules(request, rules), 0);
	assert_int_equal(mhp_plan_new(snap, request, &plan), 0);
	assert_int_equal(mhp_plan_copy_text(plan, &text), 0);
	/* whatever the machine's words are: what is wrong with them is told in lines of ours */
	for (char *at = text; (at = strchr(at, '\n'));)
		*at = ' ';
	assert_true(is_printable(text));
	free(text);
	mhp_plan_unref(plan);
	mhp_request_free(request);
}

/* What was not asked for is not told. */
static void check_unidentified(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	const char *text;

	assert_int_equal(mhp_region_get_identity(region, &text), -ENODATA);
	assert_int_equal(mhp_region_count_facts(region), 0);
	assert_int_equal(mhp_region_get_fact(region, 0, &text, NULL, NULL), -EINVAL);
	assert_int_equal(mhp_region_find_fact(region, "origin", &text), -ENODATA);
	assert_int_equal(mhp_region_find_fact(region, "committed", &text), -ENODATA);
	assert_int_equal(mhp_region_count_devices(region), 0);
	assert_null(region->identity);
	assert_null(mhp_snapshot_find_region(snap, "s390-standby"));
}

void check_snapshot(const struct mhp_snapshot *snap)
{
	const char *path, *text;
	int code;

	check_blocks(snap);
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++) {
		const struct mhp_region *region = mhp_snapshot_get_region(snap, i);

		check_region(snap, region);
		if (!(mhp_snapshot_get_flags(snap) & MHP_SNAPSHOT_IDENTITY))
			check_unidentified(snap, region);
		check_plan(snap, region, MHP_GOAL_ONLINE, 0);
		check_plan(snap, region, MHP_GOAL_ONLINE, MHP_RULE_REZONE);
		check_plan(snap, region, MHP_GOAL_OFFLINE, MHP_RULE_KEEP);
		check_plan(snap, region, MHP_GOAL_UNPLUGGED, MHP_RULE_PER_BLOCK);
	}
	for (size_t i = 0; i < mhp_snapshot_count_problems(snap); i++) {
		assert_int_equal(mhp_snapshot_get_problem(snap, i, &path, &code, &text), 0);
		assert_true(*path == '/' && code < 0);
		assert_true(!text || code == -EBADMSG || code == -ERANGE);
	}
}
