/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A machine's sysfs and proc as a list of entries, made from a capture and from
 * calls; the library sees it on disk, below a temporary directory, or in memory.
 * What goes wrong here fails the test. Tests end with fakesys_free_all() as their
 * teardown, so that a failed one leaves no directory behind.
 */
#ifndef MHP_TESTS_FAKESYS_H
#define MHP_TESTS_FAKESYS_H

#include <stdbool.h>
#include <stddef.h>

#include "internal.h"

enum fakesys_type {
	FAKESYS_DIR,
	FAKESYS_FILE,
	FAKESYS_LINK,
	FAKESYS_FIFO,
	FAKESYS_SOCKET,
};

struct fakesys_entry {
	char *path;
	enum fakesys_type type;
	bool implied;		/* a directory, because something is in it */
	size_t order;
	char *bytes;		/* of a file, or a link's target; NUL behind them */
	size_t length;
	int code;		/* in memory: what opening it answers */
	bool was_refused;	/* ... and has answered */
};

struct fakesys {
	struct fakesys_entry *entries;
	size_t count, room, last_order;
	bool sorted;
	char *root;		/* the temporary directory, once there is one */
	struct fakesys *next;
	size_t read_at_most;	/* in memory: bytes that one read_at() gives; 0: all */
	/* in memory: called with the path of each file that is read */
	void (*on_read)(void *data, const char *path);
	void *data;
};

struct fakesys *fakesys_new(void);
/* From tests/machines, such as "7.3-hmem-bound". */
struct fakesys *fakesys_new_machine(const char *name);
/* Another one of its own, with the same entries. */
struct fakesys *fakesys_copy(struct fakesys *fs);
/* Removes the temporary directory too. */
void fakesys_free(struct fakesys *fs);
/* A cmocka teardown. */
int fakesys_free_all(void **state);

/* Adds what a capture's text says; a value gets its newline back. */
void fakesys_add_capture(struct fakesys *fs, const char *text);
/* Each of these replaces what was there. */
void fakesys_set(struct fakesys *fs, enum fakesys_type type, const char *path,
		 const void *bytes, size_t length);
void fakesys_file(struct fakesys *fs, const char *path, const char *text);
void fakesys_link(struct fakesys *fs, const char *path, const char *target);
void fakesys_dir(struct fakesys *fs, const char *path);
/* Together with all that is below. */
void fakesys_remove(struct fakesys *fs, const char *path);
/* NULL if there is none. */
struct fakesys_entry *fakesys_find(struct fakesys *fs, const char *path);

/* Puts it on disk and returns the root; what is changed later stays in memory. */
const char *fakesys_root(struct fakesys *fs);
/* A context on it, which must go before fs does. */
enum fakesys_way { FAKESYS_OPENAT2, FAKESYS_WALK, FAKESYS_MEMORY };
struct mhp_ctx *fakesys_ctx(struct fakesys *fs, enum fakesys_way way);

/* xorshift64*: the same numbers in every run */
size_t fakesys_random(uint64_t *seed, size_t limit);

#endif /* MHP_TESTS_FAKESYS_H */
