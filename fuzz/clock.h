/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time that passes only where somebody waits, so that a target is as fast as it can be, and
 * the same in each run. In place of the library's clock and of its worker, by --wrap.
 */
#ifndef MHP_FUZZ_CLOCK_H
#define MHP_FUZZ_CLOCK_H

#include <mhp/sim.h>

/*
 * The machine whose contexts are used from now on: a write to it that hangs or waits is what
 * time passes for. NULL: none. What can be ended by nobody ends when others at work on the
 * machine do, at the deadline.
 */
void clock_watch(struct mhp_sim *sim);

#endif /* MHP_FUZZ_CLOCK_H */
