// SPDX-License-Identifier: LGPL-2.1-or-later
/* What gcc -fanalyzer has to find. */
#include <stdlib.h>

int main(void)
{
	int *number = malloc(sizeof(*number));

	if (!number)
		return 1;
	*number = 1;
	free(number);
	return *number;
}
