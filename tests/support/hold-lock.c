// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a command while the lock of a file is held, as another user of libmhp would.
 *
 *	hold-lock FILE COMMAND [ARG]...
 *
 * The command inherits the file, and with it the lock: it goes when the command ends.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;

	if (argc < 3) {
		fputs("usage: hold-lock FILE COMMAND [ARG]...\n", stderr);
		return 125;
	}
	fd = open(argv[1], O_RDWR | O_CREAT, 0644);
	if (fd < 0 || fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		perror(argv[1]);
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 125;
}
