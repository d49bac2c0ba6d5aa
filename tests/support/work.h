/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counts the calls that a walk over regions is made of, in the programs that
 * tests/Makemodule.am links so: what is quadratic is seen however fast it is.
 */
#ifndef MHP_TESTS_WORK_H
#define MHP_TESTS_WORK_H

#include <stdbool.h>
#include <stddef.h>

/* False where the compiler compares in line, as it does for s390x: skip what needs the numbers. */
bool work_is_counted(void);

extern size_t work;			/* a difference tells, not the number */

#endif /* MHP_TESTS_WORK_H */
