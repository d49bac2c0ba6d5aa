/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots of fake trees, and what they say of regions. */
#ifndef SUPPORT_REGIONS_H
#define SUPPORT_REGIONS_H

#include "internal.h"
#include "fakesys.h"

/*
 * They pass check_snapshot(); with MHP_SNAPSHOT_IDENTITY that of a fake tree is also compared
 * with one without.
 */
struct mhp_snapshot *take_snapshot(struct mhp_ctx *ctx, uint64_t flags);
struct mhp_snapshot *take_fake(struct fakesys *fs, uint64_t flags);

/* Fails where there is none. */
const struct mhp_region *find_region(const struct mhp_snapshot *snap, const char *name);
/* Its name, "" for none, or "absent" where there is no such block. */
const char *owner_of(const struct mhp_snapshot *snap, uint64_t id);
/* Of all blocks those that have an owner. */
size_t count_owned(const struct mhp_snapshot *snap);
/* "16-19,24-31", or "none" where there is no such region; good until the next call */
const char *runs_of(const struct mhp_snapshot *snap, const char *name);

/* Its text; "" if there is none, or the name of an errno, such as "EACCES" */
const char *fact_of(const struct mhp_region *region, const char *name);
int fact_code(const struct mhp_region *region, const char *name);
void check_fact(const struct mhp_region *region, const char *name, const char *expected);

#endif /* SUPPORT_REGIONS_H */
