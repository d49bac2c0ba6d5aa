// SPDX-License-Identifier: LGPL-2.1-or-later
/* What ThreadSanitizer has to find. */
#include <pthread.h>

static int shared;

static void *add(void *data)
{
	(void)data;
	shared++;
	return NULL;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, add, NULL))
		return 1;
	shared++;
	pthread_join(thread, NULL);
	return 0;
}
