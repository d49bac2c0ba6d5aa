/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the floors are made of: the fewest system calls for names and for small files.
 * In a header, so that no call stands between a floor and the kernel. And what all
 * programs here tell of time.
 */
#ifndef MHP_BENCH_LEAN_H
#define MHP_BENCH_LEAN_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* CPU time, as others may be at work, too. */
static inline double now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* What was done, without start-up; measure reads it from standard error. */
static inline void tell_inside(double us)
{
	fprintf(stderr, "inside_us %.2f\n", us);
}

struct lean_entry {
	uint64_t inode;
	int64_t next;
	unsigned short length;
	unsigned char type;
	char name[];
};

struct lean_names {
	long length, at;
	_Alignas(8) char buffer[128 << 10];
};

/* The number of the next entry that is memoryN; -1 at the end. */
static inline int64_t lean_next_block(struct lean_names *names, int fd)
{
	for (;;) {
		const struct lean_entry *entry;
		int64_t number = 0;
		const char *s;

		if (names->at >= names->length) {
			names->length = syscall(SYS_getdents64, fd, names->buffer,
						sizeof(names->buffer));
			names->at = 0;
			if (names->length <= 0)
				return -1;
		}
		entry = (const void *)(names->buffer + names->at);
		names->at += entry->length;
		if (memcmp(entry->name, "memory", 6) != 0)
			continue;
		for (s = entry->name + 6; *s >= '0' && *s <= '9'; s++)
			number = number * 10 + (*s - '0');
		if (*s == '\0' && s > entry->name + 6)
			return number;
	}
}

/* The first bytes of a file, with a NUL; length as read() gives it. */
static inline ssize_t lean_read(int folder, const char *path, char *buffer, size_t size)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, buffer, size - 1);

	if (fd >= 0)
		close(fd);
	buffer[length > 0 ? length : 0] = '\0';
	return length;
}

/* 'n', 'f' or 'g': of online, offline, going-offline; 0 if it cannot be read. */
static inline char lean_state(int memory, int64_t id)
{
	char path[48], word[32];

	snprintf(path, sizeof(path), "memory%lld/state", (long long)id);
	return lean_read(memory, path, word, sizeof(word)) < 2 ? 0 :
	       word[1] == 'o' ? 'g' : word[1];
}

static inline const char *lean_word(char state)
{
	return state == 'n' ? "online" : state == 'f' ? "offline" :
	       state == 'g' ? "going-offline" : "unknown";
}

/* DIR below ROOT. */
static inline int lean_open(const char *root, const char *path)
{
	char full[4096];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	return open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

#endif /* MHP_BENCH_LEAN_H */
