/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table between libmhp and a machine: the host (host.c) or the simulated
 * machine (libmhp-sim). Internal; the two libraries are released in lockstep.
 *
 * A directory is opened by its path below the root; symbolic links in that path
 * are followed, below the root. Everything else, but for read_linked(), is named
 * relative to an open directory, and there no symbolic link is followed: a name may
 * have several parts ("memory32/state"), none of them "..".
 *
 * All return 0 or a negative errno value, outputs last. Paths are at most
 * MHP_PATH_SIZE bytes with their NUL (-ENAMETOOLONG).
 */
#ifndef MHP_BACKEND_H
#define MHP_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/monitor.h>

#define MHP_PATH_SIZE 4096
/* one read() of this much gets every attribute whole (kernel-abi hazard 25) */
#define MHP_ATTR_SIZE 4096
/* /proc/iomem of a machine with very many devices is some hundred KiB */
#define MHP_FILE_MAX (16 << 20)

struct mhp_ctx;
struct mhp_backend;
struct mhp_dir;			/* each back end has its own */
struct mhp_lock;		/* likewise */
struct mhp_events;		/* likewise */

enum mhp_entry_type {
	MHP_ENTRY_DIR,
	MHP_ENTRY_FILE,
	MHP_ENTRY_LINK,
	MHP_ENTRY_OTHER,	/* a FIFO, a socket, a device */
};

/* What there is to know of an entry without opening it. */
struct mhp_entry {
	enum mhp_entry_type type;
	bool readable;		/* for somebody; a file that is not is for writing only */
	bool unknown;		/* a capture tells of it, but not what is in it */
	bool foreign;		/* of this machine, and in the hands of others than root and us */
	uint64_t links;		/* of a directory: those in it, and 2; 0: not known */
};

/*
 * A uevent. All strings are the back end's, good until the next one is received; NULL
 * where the message has no such key. Nothing about them is checked.
 */
struct mhp_message {
	const char *action;
	const char *devpath;
	const char *subsystem;
	const char *driver;
	const char *modalias;
	const char *synth_uuid;	/* asked for by writing to a file named uevent; else NULL */
	uint64_t seqnum;	/* 0: none, or malformed; the kernel's begin with 1 */
};

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
	 * -EINVAL and never waits; so is a device, unless root has put one into this
	 * machine's own tree that gives a few bytes.
	 */
	int (*read)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    char *buf, size_t size, size_t *ret_length);
	/*
	 * The same for a file by its path below the root; symbolic links in it are
	 * followed, below the root.
	 */
	int (*read_linked)(struct mhp_backend *be, const char *path, char *buf, size_t size,
			   size_t *ret_length);
	/*
	 * The whole of a file of /proc, with a NUL behind it that does not count;
	 * the caller frees it. -EFBIG beyond MHP_FILE_MAX.
	 */
	int (*read_all)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			char **ret_text, size_t *ret_length);
	/*
	 * One open and one read(2) of up to size bytes from an offset, of a file of /proc;
	 * fewer bytes, or none, are no error. NULL: this back end has no such file.
	 */
	int (*read_at)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		       uint64_t offset, void *buf, size_t size, size_t *ret_length);
	/*
	 * One open, one write of the word; success means that all of it was taken.
	 * Called with cancellation of the thread disabled. With can_end it is enabled
	 * while the kernel has the word, so that pthread_cancel() ends that, and
	 * nothing is leaked.
	 */
	int (*write)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		     const char *word, bool can_end);
	/* Text of a symbolic link, with NUL; -EINVAL if it is none. */
	int (*read_link)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
			 char *buf, size_t size);
	/* 0 if there is an entry of this name, of whatever type; -ENOENT */
	int (*exists)(struct mhp_backend *be, struct mhp_dir *dir, const char *name);
	/* Opens nothing, so that nothing waits or happens. -ENOENT */
	int (*look)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    struct mhp_entry *ret);
	/*
	 * Loads a module by its name, as modprobe does: a blacklist line does not
	 * stop it, "install" commands are not run. 0 also if it is there already;
	 * -ENOENT no such module; -EPERM it, or one that it needs, has an install
	 * command, or an alias line gives its name to another; -EACCES the kernel loads
	 * none for us; -EOPNOTSUPP this root has no modules to load, or libmhp was built
	 * without libkmod.
	 */
	int (*load_module)(struct mhp_backend *be, const char *name);

	/* ---- files of our own, all in RUN_PATH ---- */

	/* Makes a directory (mode 0755), and those above it, if need be. */
	int (*make_dir)(struct mhp_backend *be, const char *path);
	/* Puts a whole file there, or another one in its place: never a part of it. */
	int (*replace)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		       const char *text);
	/* 0 also if there is none */
	int (*remove)(struct mhp_backend *be, struct mhp_dir *dir, const char *name);
	/*
	 * Takes the lock on a file, which is made if need be, and writes holder into
	 * it; -EAGAIN: somebody has it. The lock goes with unlock(), or with the
	 * process; it is not inherited by children.
	 */
	int (*lock)(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		    const char *holder, struct mhp_lock **ret_lock);
	void (*unlock)(struct mhp_backend *be, struct mhp_lock *lock);
	/* 1: somebody has it; 0: nobody, or there is no such file; -EACCES: not for us to ask */
	int (*is_locked)(struct mhp_backend *be, struct mhp_dir *dir, const char *name);
	/*
	 * Is the kernel another one's too, who cannot see our RUN_PATH? As in a
	 * container, unless it has the host's directory there.
	 */
	bool (*is_contained)(struct mhp_backend *be);

	/* ---- uevents ---- */

	/*
	 * Begins to listen, with that much room for what waits. -EOPNOTSUPP: not of this
	 * source, or not here; *ret_why then says why, a constant.
	 */
	int (*open_events)(struct mhp_backend *be, enum mhp_event_source source,
			   size_t buffer_bytes, enum mhp_event_source *ret_source,
			   struct mhp_events **ret_events, const char **ret_why);
	int (*get_events_fd)(struct mhp_backend *be, struct mhp_events *events, int *ret_fd);
	/*
	 * *ret_some false: no message waits. -ENOBUFS: some were lost; older ones that still
	 * wait come after it, and until all are received more may be lost without a word
	 * (netlink_overrun() in net/netlink/af_netlink.c). -ENOMEM: one may be lost.
	 */
	int (*receive_event)(struct mhp_backend *be, struct mhp_events *events,
			     struct mhp_message *ret_message, bool *ret_some);
	void (*close_events)(struct mhp_backend *be, struct mhp_events *events);

	/* Of the kernel whose files they are, in bytes; 0, or NULL: not known. */
	uint64_t (*page_size)(struct mhp_backend *be);
	/*
	 * May files change though we did not write them? NULL: no, it is a tree of plain files,
	 * where nobody acts.
	 */
	bool (*is_live)(struct mhp_backend *be);
	void (*free)(struct mhp_backend *be);
};

struct mhp_backend {
	const struct mhp_backend_ops *ops;
};

/* Takes be over; it is freed with the context, and upon failure. */
int mhp_private_ctx_new(struct mhp_backend *be, struct mhp_ctx **ret_ctx);

#endif /* MHP_BACKEND_H */
