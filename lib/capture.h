/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of a capture share; sim/capture.h has its form. */
#ifndef MHP_LIB_CAPTURE_H
#define MHP_LIB_CAPTURE_H

#include "internal.h"

/* Directories below each other, beyond which nobody looks: sysfs has a third of it. */
#define MAX_DEPTH 32

/* What a place of the file tree has that goes into a capture. */
enum take {
	TAKE_NOTHING,
	TAKE_FILES,		/* itself; of a directory its files and links */
	TAKE_ALL,		/* and all below */
};

struct place {
	char *path;
	enum take take;
	char *text;		/* instead of what is in the file, or NULL */
	int code;		/* or why it cannot be read, or 0 */
};

struct places {
	struct place *list;
	size_t count, room;
};

/* ---- capture-places.c: where to look ---- */

/* The text is handed over, also upon failure. A path that no capture can have is none. */
int places_add(struct places *places, const char *path, enum take take, char *text, int code);
/* All places of the machine, in the order of a capture, each once. */
int places_find(struct mhp_ctx *ctx, bool identity, struct places *places);
void places_free(struct places *places);
/* Can it be a name in a capture? */
bool is_capture_name(const char *name);
/* Is it of no use in this directory? */
bool is_left_out(const char *dir, const char *name);
/* Is it for writing only, whatever its mode says? */
bool is_never_read(const char *name);

/* ---- capture-text.c: what is in a file, as far as it goes into a capture ---- */

/* Properties of a device tree, which are bytes, are told as such. */
#define DEVICE_TREE "/sys/firmware/devicetree/"
#define LEFT_OUT "<left-out>"

/*
 * What to write of a file: *ret is a new text, or NULL for the bytes as they are.
 * -EACCES: what it hides makes it worthless; -ENOMEM
 */
int reduce_text(const char *path, const char *bytes, size_t length, bool identity, char **ret);
/* Can it stand in a capture as it is? */
bool is_capture_text(const char *bytes, size_t length);

/* ---- capture-udev.c: what is to be known of udev's rules ---- */

int places_add_udev(struct mhp_ctx *ctx, struct places *places);
/*
 * A rules file without what has nothing to do with memory; lines keep their numbers.
 * The same rules online memory in it, for the same reason.
 */
int reduce_rules(const char *text, size_t length, char **ret, bool *ret_any);

/* ---- capture-policy.c: the standing policy ---- */

int places_add_policy(struct mhp_ctx *ctx, bool identity, struct places *places);
/* A file of it without comments and, unless identity is set, without serial numbers; -ENOMEM */
int reduce_policy(const char *text, size_t length, bool identity, char **ret);

#endif /* MHP_LIB_CAPTURE_H */
