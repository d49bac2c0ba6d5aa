/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many files, threads or open descriptors there are. */
#ifndef MHP_TESTS_ENTRIES_H
#define MHP_TESTS_ENTRIES_H

/*
 * Entries of the directory at path, "." and ".." left out; fails the test without one.
 * In /proc/self/fd the descriptor that counts is one of them.
 */
int count_entries(const char *path);

#endif /* MHP_TESTS_ENTRIES_H */
