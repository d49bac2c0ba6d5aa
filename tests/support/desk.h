/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated machine, and back ends on it: what the tests of its misbehaviour share. */
#ifndef SUPPORT_DESK_H
#define SUPPORT_DESK_H

#include "../sim/sim.h"

#define MEMORY "/sys/devices/system/memory/"
#define STATE32 MEMORY "memory32/state"
#define STATE33 MEMORY "memory33/state"
#define POLICY MEMORY "auto_online_blocks"
#define DAX "/sys/bus/dax/devices/"
#define KMEM "/sys/bus/dax/drivers/kmem/"
#define DEVDAX "/sys/bus/dax/drivers/device_dax/"
#define RUN "/run/libmhp"

/* One context's place at the machine. */
struct desk {
	struct mhp_sim *sim;
	struct mhp_backend *be;
	const struct mhp_backend_ops *ops;
	struct mhp_dir *root;
};

struct mhp_sim *desk_machine(const char *name);
/* Takes no reference of the caller's. */
struct desk desk_at(struct mhp_sim *sim);
void desk_leave(struct desk *desk);

/* By whole path, as contexts do: relative to the root's directory, no links. */
int desk_write(struct desk *desk, const char *path, const char *word, bool can_end);
/* 0 or negative; the text is compared if wanted is not NULL */
int desk_read(struct desk *desk, const char *path, const char *wanted);
/* as desk_write(), with links followed up to the last part */
int desk_put(struct desk *desk, const char *path, const char *word);
/* ... and all of a file */
int desk_get(struct desk *desk, const char *path, char **ret_text);

/* By mhp_sim_read(); a newline is expected behind wanted. NULL: there is no such file. */
void check_shows(struct mhp_sim *sim, const char *path, const char *wanted);
/* "offline", "absent", or its zone */
void check_is(struct mhp_sim *sim, unsigned int id, const char *wanted);

#endif /* SUPPORT_DESK_H */
