/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counts and fails allocations: of ours and of what is linked statically, in the
 * programs that tests/Makemodule.am links so.
 */
#ifndef MHP_TESTS_ALLOC_H
#define MHP_TESTS_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

extern size_t fail_at;			/* the one that fails, from 1; 0: none */
extern bool fail_on;			/* ... and so do all that come after it */
/* a write has a thread of its own; to be asked and set while there is none at work */
extern _Atomic size_t calls;
extern _Atomic size_t live_bytes, live_count;	/* a difference tells, not the number */
extern _Atomic size_t peak_bytes;	/* the most that live_bytes was; may be set */

#endif /* MHP_TESTS_ALLOC_H */
