// SPDX-License-Identifier: LGPL-2.1-or-later
/* A machine with several regions, and what a standing policy makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/pool.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define VIRTIO_BLOCK (128 * MIB)

void set_up_pool(struct bench *bench, enum mhp_sim_kernel kernel)
{
	struct mhp_sim_builder *builder;

	memset(bench, 0, sizeof(*bench));
	assert_int_equal(mhp_sim_builder_new(kernel, &builder), 0);
	for (int node = 0; node < 5; node++)
		assert_int_equal(mhp_sim_builder_add_node(builder, node, node ? 0 : 2), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, GIB), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax0.0", 1, 4 * GIB, 512 * MIB), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax1.0", 2, 8 * GIB, 512 * MIB), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax2.0", 3, 12 * GIB, 512 * MIB), 0);
	assert_int_equal(mhp_sim_builder_add_virtio_mem(builder, "virtio0", 4, 16 * GIB, GIB,
							VIRTIO_BLOCK), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &bench->sim), 0);
	mhp_sim_builder_free(builder);
	assert_int_equal(mhp_sim_new_ctx(bench->sim, &bench->ctx), 0);
}

void resize_pool(struct bench *bench, unsigned int blocks)
{
	assert_int_equal(mhp_sim_resize_virtio_mem(bench->sim, "virtio0",
						   blocks * VIRTIO_BLOCK), 0);
}

/* ---- agendas ---- */

struct mhp_standing *standing_of(const char *text)
{
	struct mhp_standing *standing;
	const char *message;

	assert_int_equal(mhp_standing_new_from_text(POLICY_D "50-test.conf", text, strlen(text),
						    &standing), 0);
	if (mhp_standing_get_error(standing, 0, NULL, NULL, &message) == 0)
		fail_msg("%s: %s", text, message);
	return standing;
}

struct mhp_snapshot *look_by(struct mhp_ctx *ctx)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_snapshot *snap;

	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	return snap;
}

struct mhp_agenda *agenda_with(struct bench *bench, const char *policy, uint64_t rules,
			       uint64_t no_rules)
{
	struct mhp_agenda_opts opts = { sizeof(opts), rules, no_rules };
	struct mhp_standing *standing = standing_of(policy);
	struct mhp_snapshot *snap = look_by(bench->ctx);
	struct mhp_agenda *agenda;

	assert_int_equal(mhp_agenda_new(snap, standing, &opts, &agenda), 0);
	/* it keeps what it needs */
	mhp_snapshot_unref(snap);
	mhp_standing_unref(standing);
	return agenda;
}

struct mhp_agenda *agenda_of(struct bench *bench, const char *policy)
{
	return agenda_with(bench, policy, 0, 0);
}

const char *item_text(const struct mhp_agenda *agenda, const char *region)
{
	const struct mhp_agenda_item *item = mhp_agenda_find_item(agenda, region);
	static char text[160];
	enum mhp_online_type type;

	if (!item)
		return "none";
	snprintf(text, sizeof(text), "%s", mhp_item_state_to_str(mhp_agenda_item_get_state(item)));
	if (mhp_agenda_item_get_online_type(item, &type) == 0) {
		strcat(text, " ");
		strcat(text, mhp_online_type_to_str(type));
	}
	if (mhp_agenda_item_get_guard(item))
		strcat(text, " guarded");
	for (size_t i = 0; i < mhp_agenda_item_count_drifts(item); i++) {
		const struct mhp_drift *drift = mhp_agenda_item_get_drift(item, i);

		strcat(text, " ");
		strcat(text, mhp_drift_kind_to_str(mhp_drift_get_kind(drift)));
	}
	return text;
}

void check_item(struct bench *bench, const char *policy, const char *region,
		const char *expected)
{
	struct mhp_agenda *agenda = agenda_of(bench, policy);

	if (strcmp(item_text(agenda, region), expected))
		fail_msg("%s is \"%s\", not \"%s\", by\n%s", region, item_text(agenda, region),
			 expected, policy);
	mhp_agenda_unref(agenda);
}

const struct mhp_agenda_item *item_of(const struct mhp_agenda *agenda, const char *region)
{
	const struct mhp_agenda_item *item = mhp_agenda_find_item(agenda, region);

	assert_non_null(item);
	return item;
}

const struct mhp_drift *drift_of(const struct mhp_agenda *agenda, const char *region,
				 enum mhp_drift_kind kind)
{
	const struct mhp_agenda_item *item = item_of(agenda, region);

	for (size_t i = 0; i < mhp_agenda_item_count_drifts(item); i++)
		if (mhp_drift_get_kind(mhp_agenda_item_get_drift(item, i)) == kind)
			return mhp_agenda_item_get_drift(item, i);
	return NULL;
}

/* ---- carried out ---- */

struct mhp_agenda_report *carry_out(struct bench *bench, const char *policy,
				    const struct mhp_apply_opts *opts)
{
	struct mhp_agenda *agenda = agenda_of(bench, policy);
	struct mhp_agenda_report *report;

	assert_int_equal(mhp_agenda_apply(bench->ctx, agenda, opts, &report), 0);
	assert_ptr_equal(mhp_agenda_report_get_agenda(report), agenda);
	assert_int_equal(mhp_agenda_report_count_results(report), mhp_agenda_count_items(agenda));
	mhp_agenda_unref(agenda);
	return report;
}

const struct mhp_agenda_result *result_of(const struct mhp_agenda_report *report,
					  const char *region)
{
	const struct mhp_agenda_item *item =
		item_of(mhp_agenda_report_get_agenda(report), region);

	for (size_t i = 0; i < mhp_agenda_report_count_results(report); i++) {
		const struct mhp_agenda_result *result = mhp_agenda_report_get_result(report, i);

		if (mhp_agenda_result_get_item(result) == item)
			return result;
	}
	fail_msg("%s: has no result", region);
	return NULL;
}

size_t count_acts(struct bench *bench)
{
	return mhp_sim_count(bench->sim,
			     MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | MHP_SIM_ACCESS_LOAD);
}

void assert_settled(struct bench *bench, const char *policy)
{
	struct mhp_agenda *agenda = agenda_of(bench, policy);
	struct mhp_agenda_report *report;
	size_t before = count_acts(bench);
	char *text;

	if (mhp_agenda_count_in_state(agenda, MHP_ITEM_TO_DO)) {
		assert_int_equal(mhp_agenda_copy_text(agenda, &text), 0);
		fail_msg("there is something left to do by\n%s\n%s", policy, text);
	}
	mhp_agenda_unref(agenda);
	report = carry_out(bench, policy, NULL);
	assert_int_equal(count_acts(bench), before);
	mhp_agenda_report_free(report);
}
