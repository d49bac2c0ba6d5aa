/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counts and fails allocations: of ours and of what is linked statically, in the
 * programs that tests/Makemodule.am links so.
 */
#ifndef MHP_TESTS_ALLOC_H
#define MHP_TESTS_ALLOC_H

#include <stddef.h>

extern size_t fail_at;			/* the one that fails, from 1; 0: none */
extern size_t calls;
extern size_t live_bytes, live_count;	/* a difference tells, not the number */
extern size_t peak_bytes;		/* the most that live_bytes was; may be set */

#endif /* MHP_TESTS_ALLOC_H */
