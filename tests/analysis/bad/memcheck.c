// SPDX-License-Identifier: LGPL-2.1-or-later
/* What valgrind has to find, one at a time: a value, a leak, a descriptor. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	char *volatile text = malloc(4);

	if (argc < 2 || !text)
		return 1;
	if (!strcmp(argv[1], "value") && text[2] == 'x')
		puts("x");
	if (!strcmp(argv[1], "descriptor") && open("/dev/zero", O_RDONLY) < 0)
		return 1;
	if (strcmp(argv[1], "leak"))
		free(text);
	text = NULL;
	return 0;
}
