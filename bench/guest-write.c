// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The leanest way to change the state of memory blocks of a guest's kernel, in some order: one
 * openat(), write() and close() a block, nothing read. What it took goes to standard output, in
 * nanoseconds of the clock: instructions, in a guest with -icount.
 *
 * guest-write up|down|lowest-last FIRST LAST WORD
 * guest-write whole FILE WORD		one write, of a whole device
 * guest-write run COMMAND [ARGUMENT ...]	a process, its output thrown away
 *
 * It changes the machine that it runs on: only in a guest (bench/vm/run).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEMORY "/sys/devices/system/memory"

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

__attribute__((noreturn))
static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void put(int folder, const char *path, const char *word)
{
	int fd = openat(folder, path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, word, strlen(word)) != (ssize_t)strlen(word))
		fail(path);
	close(fd);
}

/* The block that is written as the Nth of so many. */
static unsigned long at(const char *order, unsigned long n, unsigned long count)
{
	if (order[0] == 'd')
		return count - 1 - n;
	if (order[0] == 'l')
		return n + 1 < count ? n + 1 : 0;
	return n;
}

static void write_blocks(const char *order, unsigned long first, unsigned long last,
			 const char *word)
{
	int memory = open(MEMORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned long count = last - first + 1;
	char path[48];

	if (memory < 0)
		fail(MEMORY);
	for (unsigned long i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "memory%lu/state", first + at(order, i, count));
		put(memory, path, word);
	}
	close(memory);
}

static void run(char **command)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, STDOUT_FILENO);
		execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		fail(command[0]);
	if (status) {
		fprintf(stderr, "%s: status %#x\n", command[0], (unsigned int)status);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	uint64_t start = now_ns();

	if (argc == 5 && strchr("udl", argv[1][0])) {
		write_blocks(argv[1], strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10),
			     argv[4]);
	} else if (argc == 4 && strcmp(argv[1], "whole") == 0) {
		put(AT_FDCWD, argv[2], argv[3]);
	} else if (argc > 2 && strcmp(argv[1], "run") == 0) {
		run(argv + 2);
	} else {
		fprintf(stderr, "usage: %s up|down|lowest-last FIRST LAST WORD\n", argv[0]);
		return 2;
	}
	printf("%llu\n", (unsigned long long)(now_ns() - start));
	return 0;
}
