/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many files, threads or open descriptors there are. */
#ifndef MHP_TESTS_ENTRIES_H
#define MHP_TESTS_ENTRIES_H

/*
 * Entries of the directory at path, "." and ".." left out; fails the test without one.
 * In /proc/self/fd the descriptor that counts is one of them.
 */
int count_entries(const char *path);

/*
 * Threads of this process. One that was joined stays in /proc for a moment: the kernel wakes who
 * joins it first (mm_release() in kernel/fork.c), so others are given way as long as there are
 * more than expected, which one that was forgotten would be for ever.
 */
int count_threads(int expected);

#endif /* MHP_TESTS_ENTRIES_H */
