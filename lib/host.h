/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host back end: what host.c and host-run.c share. */
#ifndef MHP_HOST_H
#define MHP_HOST_H

#include "internal.h"

/* Is the kernel's own file system at a place of the root? */
enum mounted { MOUNTED_UNKNOWN, MOUNTED_NOT, MOUNTED };

struct host {
	struct mhp_backend be;
	int root_fd;
	bool use_openat2;
	bool is_real;		/* "/": the machine's own, with modules to load */
	bool is_nodev;		/* the root is on a file system whose devices cannot be opened */
	enum mounted sys, proc;
	bool knows_live, is_live;	/* does the kernel answer for memory blocks? */
	bool knows_machine, is_machine;	/* "/", by whatever name */
	char *entries;		/* of the directory that is being listed */
	bool entries_used;
};

struct mhp_dir {
	int fd;
	bool kernel;		/* sysfs or proc: its files are what they seem */
	bool trusted;		/* opening what is in it has no effect: see open_file() */
	bool listed;		/* so fd is no more at its first entry */
	bool in_list;
};

static inline struct host *to_host(struct mhp_backend *be)
{
	return (struct host *)be;
}

/*
 * Outside of sysfs and proc a name may be a FIFO, which would wait, or a device,
 * which might do something when opened: look before opening.
 */
int host_check_regular(struct host *host, struct mhp_dir *dir, const char *name);

/* ---- host-list.c ---- */

int host_list(struct mhp_backend *be, struct mhp_dir *dir, const char *name, mhp_list_fn fn,
	      void *data);

/* ---- host-run.c: the back end's own files; see mhp_backend_ops ---- */

int host_load_module(struct mhp_backend *be, const char *name);
int host_make_dir(struct mhp_backend *be, const char *path);
int host_replace(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
		 const char *text);
int host_remove(struct mhp_backend *be, struct mhp_dir *dir, const char *name);
int host_lock(struct mhp_backend *be, struct mhp_dir *dir, const char *name,
	      const char *holder, struct mhp_lock **ret_lock);
void host_unlock(struct mhp_backend *be, struct mhp_lock *lock);
int host_is_locked(struct mhp_backend *be, struct mhp_dir *dir, const char *name);
bool host_is_contained(struct mhp_backend *be);

/* ---- udev-monitor.c: the only caller of libudev; see mhp_backend_ops ---- */

int host_open_events(struct mhp_backend *be, enum mhp_event_source source,
		     size_t buffer_bytes, enum mhp_event_source *ret_source,
		     struct mhp_events **ret_events, const char **ret_why);
int host_get_events_fd(struct mhp_backend *be, struct mhp_events *events, int *ret_fd);
int host_receive_event(struct mhp_backend *be, struct mhp_events *events,
		       struct mhp_message *ret_message, bool *ret_some);
void host_close_events(struct mhp_backend *be, struct mhp_events *events);

#endif /* MHP_HOST_H */
