// SPDX-License-Identifier: LGPL-2.1-or-later
/* Option structs: old callers with a new library, new callers with an old one. */
#include <errno.h>
#include <string.h>

#include "internal.h"

int opts_take(void *mine, size_t my_size, const void *theirs, size_t their_size)
{
	const unsigned char *tail = theirs;

	if (their_size < sizeof(size_t))
		return -EINVAL;
	for (size_t i = my_size; i < their_size; i++)
		if (tail[i])
			return -E2BIG;
	memcpy(mine, theirs, their_size < my_size ? their_size : my_size);
	return 0;
}
