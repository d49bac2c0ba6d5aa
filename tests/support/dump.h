/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot as text, through the public functions, and checks of one. */
#ifndef MHP_TESTS_DUMP_H
#define MHP_TESTS_DUMP_H

#include <stdbool.h>

#include "internal.h"

/*
 * A line for each block (with group: for each run of like ones), node and region,
 * one for the policy. What could not be read is an errno's name. The caller frees it.
 *
 *	32-35 online Normal node 1 dax0.0
 *	node1 cpu memory normal 4 blocks
 *	policy offline contig-zones
 *	dax0.0 0x100000000+0x20000000 = 32-35, 4 blocks online Normal, lost 0; \
 *		node 1 kmem online ram kmem
 */
char *dump(const struct mhp_snapshot *snap, bool group);
/* path, code and text of each problem, a line each; the caller frees it */
char *dump_problems(const struct mhp_snapshot *snap);
/*
 * The lines of after that are not in before, and the number of those that went, if
 * any, as a last line "-1"; the caller frees it.
 */
char *new_lines(const char *before, const char *after);

/* Whatever the machine said: sorted, in range, sums are right, plans can be made. */
void check_snapshot(const struct mhp_snapshot *snap);

#endif /* MHP_TESTS_DUMP_H */
