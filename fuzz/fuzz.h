/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the targets share. A target is what libFuzzer calls with bytes that it made up: it
 * has them parsed, and ends the process where something does not hold. It is deterministic,
 * keeps nothing between calls, leaks nothing, and touches no file.
 */
#ifndef MHP_FUZZ_H
#define MHP_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* The target's name, which folders and tables have, too. */
extern const char fuzz_name[];

/* Ends the process with what was found. */
__attribute__((format(printf, 3, 4), noreturn))
void fuzz_fail(const char *file, int line, const char *format, ...);

#define FUZZ_FAIL(...) fuzz_fail(__FILE__, __LINE__, __VA_ARGS__)
/* The condition is the message. */
#define FUZZ_CHECK(condition) \
	do { \
		if (!(condition)) \
			FUZZ_FAIL("not so: %s", #condition); \
	} while (0)

/* Two texts are the same; a finding shows the first lines that differ. */
void fuzz_check_same(const char *text, const char *wanted, const char *what);
#define FUZZ_SAME(text, wanted, what) fuzz_check_same(text, wanted, what)

/* A copy with nothing behind it, so that what reads beyond the end is noticed. */
char *fuzz_bytes(const uint8_t *data, size_t size);
/* ... with a NUL; text ends at a NUL among the bytes. */
char *fuzz_text(const uint8_t *data, size_t size);

/* ASCII that can be shown as it is; UTF-8 counts as well. */
bool fuzz_is_printable(const char *text);

/* For a log_fn: counts what it is told, and looks at it. */
struct fuzz_log {
	size_t count;
	int code;		/* of the last one */
	char last[512];		/* its text, as far as it fits */
};

void fuzz_log_fn(void *data, int code, const char *path, const char *message);

#endif /* MHP_FUZZ_H */
