// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Asks a qemu-ga that runs already for the memory blocks, and tells how long the answer
 * took.
 *
 * peer-ga SOCKET
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lean.h"

/* The agent is at work, not we. */
static double wall_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static const char question[] = "{\"execute\": \"guest-get-memory-blocks\"}\n";

/* The answer is one line. Returns the number of blocks in it. */
static size_t read_answer(int fd)
{
	static char buffer[1 << 20];
	size_t blocks = 0;
	ssize_t length;

	while ((length = read(fd, buffer, sizeof(buffer))) > 0) {
		const char *end = buffer + length;

		for (const char *s = buffer; (s = memchr(s, '{', (size_t)(end - s))); s++)
			blocks++;
		if (end[-1] == '\n')
			break;
	}
	return blocks ? blocks - 1 : 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	double start = wall_us();
	size_t blocks;
	int fd;

	if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 2;
	strcpy(address.sun_path, argv[1]);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (const void *)&address, sizeof(address)) < 0 ||
	    write(fd, question, strlen(question)) < 0) {
		fprintf(stderr, "qemu-ga does not answer\n");
		return 1;
	}
	blocks = read_answer(fd);
	tell_inside(wall_us() - start);
	close(fd);
	if (blocks == 0)
		fprintf(stderr, "no blocks\n");
	return blocks == 0;
}
