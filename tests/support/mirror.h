/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A consumer of events, who knows a machine by the snapshot that a monitor began with, and
 * from then on by events alone.
 */
#ifndef MHP_TESTS_MIRROR_H
#define MHP_TESTS_MIRROR_H

#include <mhp/mhp.h>
#include <mhp/sim.h>

#define MIRROR_BLOCKS 16384

struct mirror {
	struct mhp_monitor *monitor;
	uint64_t n_blocks;		/* of which the rest has none; at most, and at first, all */
	unsigned char states[MIRROR_BLOCKS], zones[MIRROR_BLOCKS];
	size_t n_events, n_lost, n_resynced, n_found;
};

/* What the monitor's snapshot has is what is known. */
void mirror_begin_at(struct mirror *mirror, struct mhp_monitor *monitor);
/* What an event tells of a block leads from what is known to something else. */
void mirror_apply(struct mirror *mirror, const struct mhp_event *event);
/* room: of messages that may wait; 0: the default */
void mirror_begin(struct mirror *mirror, struct mhp_ctx *ctx, size_t room);
/* The next event, applied; false: none waits. Each begins where the last one ended. */
bool mirror_next(struct mirror *mirror);
/* All that wait; how many. */
size_t mirror_drain(struct mirror *mirror);
/* What waits, as texts joined by ", ", with ! behind what was found; to be freed. */
char *mirror_copy_heard(struct mirror *mirror);
/* Is what events have led to what a fresh snapshot has, block by block, with zones? */
void mirror_check(struct mirror *mirror, struct mhp_ctx *ctx, const char *when);
void mirror_end(struct mirror *mirror);

#endif /* MHP_TESTS_MIRROR_H */
