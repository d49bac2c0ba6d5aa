// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Preloaded into a program by starve.c: one call of a kind fails, or it and all that come
 * after it. FAIL_CALLS is "FD KIND NUMBER ON ERRNO": a file that is mapped for the count, kind
 * "memory", "open" or "thread", which call fails (0: none), 1 if later ones do too, and what is
 * answered. glibc only, of whose own calls these of malloc() count too.
 */
/* Every name of a call is defined here: none may stand for another. */
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_size_t *count;
static size_t fail_at;
static int is_lasting, code;
static char kind[16];

static int (*real_openat)(int dir_fd, const char *path, int flags, ...);
static FILE *(*real_fopen)(const char *path, const char *mode);
static int (*real_pthread_create)(pthread_t *thread, const pthread_attr_t *attr,
				  void *(*fn)(void *), void *data);
static long (*real_syscall)(long number, ...);
static int (*real_socket)(int domain, int type, int protocol);
static int (*real_eventfd)(unsigned int value, int flags);
static int (*real_signalfd)(int fd, const sigset_t *mask, int flags);

static void *find(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		abort();
	return found;
}

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("FAIL_CALLS");
	void *shared;
	int fd;

	real_openat = find("openat64");
	real_fopen = find("fopen64");
	real_pthread_create = find("pthread_create");
	real_syscall = find("syscall");
	real_socket = find("socket");
	real_eventfd = find("eventfd");
	real_signalfd = find("signalfd");
	if (!text || sscanf(text, "%d %15s %zu %d %d", &fd, kind, &fail_at, &is_lasting,
			    &code) != 5)
		return;
	shared = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		abort();
	close(fd);
	count = shared;
}

static bool fails(const char *of)
{
	size_t now;

	if (!count || strcmp(kind, of))
		return false;
	now = atomic_fetch_add(count, 1) + 1;
	if (!fail_at || (is_lasting ? now < fail_at : now != fail_at))
		return false;
	errno = code;
	return true;
}

/* ---- memory ---- */

EXPORT void *malloc(size_t size)
{
	return fails("memory") ? NULL : __libc_malloc(size);
}

EXPORT void *calloc(size_t number, size_t size)
{
	return fails("memory") ? NULL : __libc_calloc(number, size);
}

EXPORT void *realloc(void *old, size_t size)
{
	return fails("memory") ? NULL : __libc_realloc(old, size);
}

EXPORT void *reallocarray(void *old, size_t number, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(number, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}

/* ---- descriptors ---- */

/* Made from scratch: the variants of open() differ in nothing else. */
static int open_at(int dir_fd, const char *path, int flags, va_list ap)
{
	mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;

	return fails("open") ? -1 : real_openat(dir_fd, path, flags, mode);
}

#define OPEN(name, ...)						\
	EXPORT int name(__VA_ARGS__ const char *path, int flags, ...)	\
	{								\
		va_list ap;						\
		int fd;							\
									\
		va_start(ap, flags);					\
		fd = open_at(DIR_FD, path, flags, ap);			\
		va_end(ap);						\
		return fd;						\
	}

#define DIR_FD AT_FDCWD
OPEN(open)
OPEN(open64)
#undef DIR_FD
#define DIR_FD dir_fd
OPEN(openat, int dir_fd,)
OPEN(openat64, int dir_fd,)
#undef DIR_FD

EXPORT FILE *fopen(const char *path, const char *mode)
{
	return fails("open") ? NULL : real_fopen(path, mode);
}

EXPORT FILE *fopen64(const char *path, const char *mode)
{
	return fopen(path, mode);
}

EXPORT int socket(int domain, int type, int protocol)
{
	return fails("open") ? -1 : real_socket(domain, type, protocol);
}

EXPORT int eventfd(unsigned int value, int flags)
{
	return fails("open") ? -1 : real_eventfd(value, flags);
}

EXPORT int signalfd(int fd, const sigset_t *mask, int flags)
{
	return fd < 0 && fails("open") ? -1 : real_signalfd(fd, mask, flags);
}

/* openat2(), for which there is no function */
EXPORT long syscall(long number, ...)
{
	long arguments[6];
	va_list ap;

	va_start(ap, number);
	for (size_t i = 0; i < 6; i++)
		arguments[i] = va_arg(ap, long);
	va_end(ap);
#ifdef SYS_openat2
	if (number == SYS_openat2 && fails("open"))
		return -1;
#endif
	return real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
			    arguments[4], arguments[5]);
}

/* ---- threads ---- */

EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *data)
{
	return fails("thread") ? code : real_pthread_create(thread, attr, fn, data);
}
