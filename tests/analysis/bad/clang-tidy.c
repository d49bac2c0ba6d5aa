// SPDX-License-Identifier: LGPL-2.1-or-later
/* What clang-tidy has to find. */
#include <string.h>

int main(int argc, char **argv)
{
	return argc > 1 && strtok(argv[1], " ");
}
