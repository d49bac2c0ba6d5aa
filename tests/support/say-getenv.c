// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * To be preloaded: writes the name of each environment variable that is asked for to the file
 * SAY_GETENV, whichever library asks. libc's own questions go another way.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

char *getenv(const char *name);
char *secure_getenv(const char *name);

static char *find(const char *name)
{
	size_t length = strlen(name);

	for (char **at = environ; at && *at; at++)
		if (!strncmp(*at, name, length) && (*at)[length] == '=')
			return *at + length + 1;
	return NULL;
}

static void say(const char *name)
{
	const char *path = find("SAY_GETENV");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return;
	if (write(fd, name, strlen(name)) < 0 || write(fd, "\n", 1) < 0)
		_exit(99);
	close(fd);
}

char *getenv(const char *name)
{
	say(name);
	return find(name);
}

char *secure_getenv(const char *name)
{
	return getenv(name);
}
