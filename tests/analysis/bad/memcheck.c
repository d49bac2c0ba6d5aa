// SPDX-License-Identifier: LGPL-2.1-or-later
/* What valgrind has to find: a value that nobody has set, a leak, a file that is left open. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	volatile char *text = malloc(4);

	if (!text || open("/dev/zero", O_RDONLY) < 0)
		return 1;
	if (text[2] == 'x')
		puts("x");
	text = NULL;
	return 0;
}
