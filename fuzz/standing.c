// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A file of a standing policy. Every error has its file and line, and a message that can be
 * shown; rules without errors are the same once they were written and read again; what a
 * capture takes of the file has the same rules.
 */
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>
#include <mhp/sim-builder.h>
#include <mhp/standing.h>

#include "capture.h"
#include "fuzz.h"
#include "internal.h"

const char fuzz_name[] = "standing";

#define FILE_NAME "fuzz.conf"
#define GIB (UINT64_C(1) << 30)

/* Regions for rules to match: it never changes. */
static struct mhp_snapshot *make_snapshot(void)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts), .flags = MHP_SNAPSHOT_TOPOLOGY | MHP_SNAPSHOT_IDENTITY,
	};
	struct mhp_sim_builder *builder;
	struct mhp_snapshot *snap;
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;

	FUZZ_CHECK(mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_node(builder, 0, 2) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_node(builder, 1, 0) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_memory(builder, 0, 0, GIB) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_dax(builder, "dax9.0", 1, 4 * GIB, GIB) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_virtio_mem(builder, "virtio0", 1, 8 * GIB, 2 * GIB,
						  GIB / 4) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_cxl_memdev(builder, "mem0", 1, 2 * GIB, 0x1234) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_cxl_window(builder, 1, 16 * GIB, 4 * GIB) == 0);
	FUZZ_CHECK(mhp_sim_builder_add_cxl_region(builder, "region0", 16 * GIB, GIB,
						  (const char *const []){ "mem0" }, 1, 0) == 0);
	FUZZ_CHECK(mhp_sim_new_from_builder(builder, NULL, &sim) == 0);
	mhp_sim_builder_free(builder);
	FUZZ_CHECK(mhp_sim_new_ctx(sim, &ctx) == 0);
	FUZZ_CHECK(mhp_snapshot_new(ctx, &opts, &snap) == 0);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
	return snap;
}

static struct mhp_standing *parse(const char *text, size_t length)
{
	struct mhp_standing *standing;

	FUZZ_CHECK(mhp_standing_new_from_text(FILE_NAME, text, length, &standing) == 0);
	return standing;
}

/* ---- errors and warnings ---- */

static void check_note(const char *file, unsigned int line, const char *message,
		       unsigned int lines)
{
	FUZZ_CHECK(!strcmp(file, FILE_NAME));
	FUZZ_CHECK(line && line <= lines);
	if (!*message || !is_printable(message))
		FUZZ_FAIL("a message that cannot be shown: \"%s\"", message);
	if (!strcmp(message, "is not understood"))
		FUZZ_FAIL("line %u: libinih reads it otherwise than we do", line);
}

static void check_notes(const struct mhp_standing *standing, const char *text, size_t length)
{
	unsigned int lines = 1, line;
	const char *file, *message;

	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	for (size_t i = 0; i < mhp_standing_count_errors(standing); i++) {
		FUZZ_CHECK(mhp_standing_get_error(standing, i, &file, &line, &message) == 0);
		check_note(file, line, message, lines);
	}
	for (size_t i = 0; mhp_standing_get_warning(standing, i, &file, &line, &message) == 0; i++)
		check_note(file, line, message, lines);
}

/* ---- rules ---- */

static char *text_of(const struct mhp_standing *standing)
{
	struct text text = { 0 };
	char *str;

	for (size_t i = 0; i < mhp_standing_count_rules(standing); i++) {
		FUZZ_CHECK(mhp_standing_rule_copy_text(mhp_standing_get_rule(standing, i),
						       &str) == 0);
		text_add(&text, "%s", str);
		free(str);
	}
	FUZZ_CHECK(text_finish(&text, &str) == 0);
	return str;
}

static bool is_same_rule(const struct mhp_standing_rule *a, const struct mhp_standing_rule *b)
{
	enum mhp_online_type a_type = MHP_OFFLINE, b_type = MHP_OFFLINE;
	unsigned int a_ratio = 0, b_ratio = 0;

	mhp_standing_rule_get_online_type(a, &a_type);
	mhp_standing_rule_get_online_type(b, &b_type);
	mhp_standing_rule_get_max_movable_ratio(a, &a_ratio);
	mhp_standing_rule_get_max_movable_ratio(b, &b_ratio);
	return !strcmp(mhp_standing_rule_get_name(a), mhp_standing_rule_get_name(b)) &&
	       mhp_standing_rule_get_wish(a) == mhp_standing_rule_get_wish(b) &&
	       mhp_standing_rule_get_order(a) == mhp_standing_rule_get_order(b) &&
	       mhp_standing_rule_get_rules(a) == mhp_standing_rule_get_rules(b) &&
	       mhp_standing_rule_can_plug(a) == mhp_standing_rule_can_plug(b) &&
	       mhp_standing_rule_can_plug_persistent(a) ==
	       mhp_standing_rule_can_plug_persistent(b) && a_type == b_type && a_ratio == b_ratio;
}

static void check_same_rules(const struct mhp_standing *standing, const char *text)
{
	struct mhp_standing *again = parse(text, strlen(text));
	size_t count = mhp_standing_count_rules(standing);

	FUZZ_CHECK(!mhp_standing_count_errors(again));
	FUZZ_CHECK(mhp_standing_count_rules(again) == count);
	for (size_t i = 0; i < count; i++)
		if (!is_same_rule(mhp_standing_get_rule(standing, i),
				  mhp_standing_get_rule(again, i)))
			FUZZ_FAIL("rule %zu is another one once it was written", i);
	mhp_standing_unref(again);
}

/* Lines that begin a rule, if there is no error. */
static size_t count_sections(const char *text, size_t length)
{
	size_t count = 0, bom = length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;

	for (size_t i = bom; i < length; i++)
		count += text[i] == '[' && (i == bom || text[i - 1] == '\n');
	return count;
}

static void check_again(const struct mhp_standing *standing, const char *text, size_t length)
{
	char *once = text_of(standing), *twice;
	struct mhp_standing *again;

	if (mhp_standing_count_rules(standing) != count_sections(text, length))
		FUZZ_FAIL("a rule was lost");
	check_same_rules(standing, once);
	again = parse(once, strlen(once));
	twice = text_of(again);
	FUZZ_SAME(twice, once, "the text of rules");
	mhp_standing_unref(again);
	free(twice);
	free(once);
}

static void check_matches(const struct mhp_standing *standing)
{
	static struct mhp_snapshot *snap;
	const struct mhp_standing_rule *rule;
	enum mhp_match match;
	char *why;

	if (!snap)
		snap = make_snapshot();
	for (size_t i = 0; i < mhp_snapshot_count_regions(snap); i++) {
		match = mhp_standing_find_rule(standing, snap, mhp_snapshot_get_region(snap, i),
					       &rule, &why);
		FUZZ_CHECK(!rule == (match == MHP_MATCH_NO) && !rule == !why);
		FUZZ_CHECK(!why || is_printable(why));
		free(why);
	}
}

/* ---- the whole ---- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size), *reduced;
	struct mhp_standing *standing = parse(text, size);

	check_notes(standing, text, size);
	check_matches(standing);
	FUZZ_CHECK(reduce_policy(text, size, true, &reduced) == 0);
	if (!mhp_standing_count_errors(standing)) {
		check_again(standing, text, size);
		check_same_rules(standing, reduced);
	} else {
		free(text_of(standing));
	}
	free(reduced);
	mhp_standing_unref(standing);
	free(text);
	return 0;
}
