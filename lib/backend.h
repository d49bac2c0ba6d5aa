/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table between libmhp and a machine: the host (host.c) or the simulated
 * machine (libmhp-sim). Internal; the two libraries are released in lockstep.
 *
 * A directory is opened by its path below the root; symbolic links in that path
 * are followed, below the root. Everything else is named relative to an open
 * directory, and there no symbolic link is followed: a name may have several
 * parts ("memory32/state"), none of them "..".
 *
 * All return 0 or a negative errno value, outputs last. Paths are at most
 * MHP_PATH_SIZE bytes with their NUL (-ENAMETOOLONG).
 */
#ifndef MHP_BACKEND_H
#define MHP_BACKEND_H

#include <stddef.h>

#define MHP_PATH_SIZE 4096
/* one read() of this much gets every attribute whole (kernel-abi hazard 25) */
#define MHP_ATTR_SIZE 4096
/* /proc/iomem of a machine with very many devices is some hundred KiB */
#define MHP_FILE_MAX (16 << 20)

struct mhp_ctx;
struct mhp_backend;
struct mhp_dir;			/* each back end has its own */

/* Called for each entry but "." and ".."; non-zero ends the listing, which returns it. */
typedef int (*mhp_list_fn)(void *data, const char *name);

struct mhp_backend_ops {
	int (*open_dir)(struct mhp_backend *be, const char *path, struct mhp_dir **ret_dir);
	void (*close_dir)(struct mhp_backend *be, struct mhp_dir *dir);
	/* name "" lists dir itself */
	int (*list)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    mhp_list_fn fn, void *data);
	/*
	 * One open and one read(2) of up to size bytes from the start: enough for
	 * an attribute of sysfs. No NUL is added. Anything but a regular file is
	 * -EINVAL and never waits.
	 */
	int (*read)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    char *buf, size_t size, size_t *ret_length);
	/*
	 * The whole of a file of /proc, with a NUL behind it that does not count;
	 * the caller frees it. -EFBIG beyond MHP_FILE_MAX.
	 */
	int (*read_all)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			char **ret_text, size_t *ret_length);
	/* One open, one write of the word; success means that all of it was taken. */
	int (*write)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     const char *word);
	/* Text of a symbolic link, with NUL; -EINVAL if it is none. */
	int (*read_link)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			 char *buf, size_t size);
	/* 0 if there is an entry of this name, of whatever type; -ENOENT */
	int (*exists)(struct mhp_backend *be, struct mhp_dir *dir, const char *name);
	void (*free)(struct mhp_backend *be);
};

struct mhp_backend {
	const struct mhp_backend_ops *ops;
};

/* Takes be over; it is freed with the context, and upon failure. */
int mhp_private_ctx_new(struct mhp_backend *be, struct mhp_ctx **ret_ctx);

#endif /* MHP_BACKEND_H */
