// SPDX-License-Identifier: LGPL-2.1-or-later
/* In place of malloc() and the others, by the linker's --wrap. */
#include <malloc.h>

#include "alloc.h"

size_t fail_at;
bool fail_on;
_Atomic size_t calls, live_bytes, live_count, peak_bytes;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *str);
char *__real_strndup(const char *str, size_t size);
void __real_free(void *ptr);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *str);
char *__wrap_strndup(const char *str, size_t size);
void __wrap_free(void *ptr);

static bool fails(void)
{
	size_t now = ++calls;

	return fail_at && (fail_on ? now >= fail_at : now == fail_at);
}

static void *count(void *ptr)
{
	live_bytes += ptr ? malloc_usable_size(ptr) : 0;
	live_count += ptr != NULL;
	if (live_bytes > peak_bytes)
		peak_bytes = live_bytes;
	return ptr;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t number, size_t size)
{
	return fails() ? NULL : count(__real_calloc(number, size));
}

void *__wrap_reallocarray(void *old, size_t number, size_t size)
{
	size_t before = old ? malloc_usable_size(old) : 0;
	void *ptr = fails() ? NULL : __real_reallocarray(old, number, size);

	if (ptr) {
		live_bytes -= before;
		live_count -= old != NULL;
	}
	return count(ptr);
}

void *__wrap_realloc(void *old, size_t size)
{
	return __wrap_reallocarray(old, 1, size);
}

char *__wrap_strdup(const char *str)
{
	return fails() ? NULL : count(__real_strdup(str));
}

char *__wrap_strndup(const char *str, size_t size)
{
	return fails() ? NULL : count(__real_strndup(str, size));
}

void __wrap_free(void *ptr)
{
	live_bytes -= ptr ? malloc_usable_size(ptr) : 0;
	live_count -= ptr != NULL;
	__real_free(ptr);
}
