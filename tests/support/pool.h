/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine with several regions, and agendas as tests write them down. */
#ifndef SUPPORT_POOL_H
#define SUPPORT_POOL_H

#include <mhp/agenda.h>
#include <mhp/sim-builder.h>
#include <mhp/standing.h>

#include "bench.h"

#define POLICY_D "/etc/mhp/policy.d/"

/*
 * Boot memory, memory0 to memory7; dax0.0: memory32 to memory35, node 1; dax1.0: memory64 to
 * memory67, node 2; dax2.0: memory96 to memory99, node 3; virtio0: memory128 to memory135,
 * node 4, of which the host gives nothing yet. No driver has the dax devices.
 */
void set_up_pool(struct bench *bench, enum mhp_sim_kernel kernel);
/* The host's virtio0 has so many blocks. */
void resize_pool(struct bench *bench, unsigned int blocks);

/* It has no errors. */
struct mhp_standing *standing_of(const char *text);
struct mhp_snapshot *look_by(struct mhp_ctx *ctx);
struct mhp_agenda *agenda_of(struct bench *bench, const char *policy);
struct mhp_agenda *agenda_with(struct bench *bench, const char *policy, uint64_t rules,
			       uint64_t no_rules);

/*
 * State, type, "guarded", kinds of drifts: "to-do online_movable not-plugged"; "none" where
 * there is no item. Good until the next call.
 */
const char *item_text(const struct mhp_agenda *agenda, const char *region);
#define assert_item(agenda, region, expected) \
	assert_string_equal(item_text(agenda, region), expected)
/* The same of an agenda made for it. */
void check_item(struct bench *bench, const char *policy, const char *region,
		const char *expected);
const struct mhp_agenda_item *item_of(const struct mhp_agenda *agenda, const char *region);
/* NULL where there is none of that kind */
const struct mhp_drift *drift_of(const struct mhp_agenda *agenda, const char *region,
				 enum mhp_drift_kind kind);

/* Both are dropped but for the report. */
struct mhp_agenda_report *carry_out(struct bench *bench, const char *policy,
				    const struct mhp_apply_opts *opts);
const struct mhp_agenda_result *result_of(const struct mhp_agenda_report *report,
					  const char *region);
/* Writes and all that is done in /run. */
size_t count_acts(struct bench *bench);
/* A second time there is nothing to do, and nothing is written. */
void assert_settled(struct bench *bench, const char *policy);

#endif /* SUPPORT_POOL_H */
