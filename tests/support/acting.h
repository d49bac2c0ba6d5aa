/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A tree on disk that acts: the host back end reads plain files, and what it writes to those
 * of /sys a simulated machine answers, whose files they then are. For the test programs that
 * tests/Makemodule.am links with --wrap=pwrite. What is below /run is the disk's own.
 */
#ifndef SUPPORT_ACTING_H
#define SUPPORT_ACTING_H

#include <mhp/sim.h>

#include "fakesys.h"

/* The tree shows that machine from now on, as after a boot; NULL: none, and the tree is gone. */
void acting_show(struct mhp_sim *sim);
const char *acting_root(void);
/* A context on the tree. */
struct mhp_ctx *acting_ctx(enum fakesys_way way);
/* Writes that the machine has answered, and modules that were loaded. */
size_t acting_count_writes(void);

#endif /* SUPPORT_ACTING_H */
