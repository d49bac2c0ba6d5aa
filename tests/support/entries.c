// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/entries.h"

int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = -2;		/* "." and ".." */

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

#define MOST_YIELDS 100000

int count_threads(int expected)
{
	int count = count_entries("/proc/self/task");

	for (int i = 0; count > expected && i < MOST_YIELDS; i++) {
		sched_yield();
		count = count_entries("/proc/self/task");
	}
	return count;
}
