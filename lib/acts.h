/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What users of libmhp did of late, so that others, and they themselves, can tell it from
 * what somebody else did. A note, not a promise: that it cannot be written changes nothing.
 */
#ifndef MHP_ACTS_H
#define MHP_ACTS_H

#include "internal.h"

#define ACTS_NAME "acts"
#define MAX_ACTS 64
#define MAX_ACT_RUNS 16
#define ACT_WHO_SIZE 256

/* Of one mhp_apply(), from its first write to its last one. */
struct act {
	char who[ACT_WHO_SIZE];		/* printable; what is longer is cut */
	bool ended;
	bool was_killed;		/* found without an end by the next one */
	bool has_seqnums;		/* its uevents are those above first, up to last */
	uint64_t first_seqnum, last_seqnum;
	int64_t begin_ns, end_ns;	/* CLOCK_REALTIME */
	struct block_run runs[MAX_ACT_RUNS];	/* what it was about */
	size_t n_runs;
	bool is_rough;			/* there were more of them: the last one spans all those */
	bool policy;			/* it wrote auto_online_blocks */
};

/* The oldest first. */
struct acts {
	size_t count;
	struct act list[MAX_ACTS];
};

/* A new one is last; the oldest makes room. */
struct act *acts_append(struct acts *acts, const struct act *act);
/* Does the act touch the block? */
bool act_has_block(const struct act *act, uint64_t id);

/* The file's text. -ENOMEM; -EBADMSG, with the number of the line in *ret_line */
int acts_render(const struct acts *acts, const char *boot, char **ret_text);
int acts_parse(const char *text, size_t size, struct acts *ret, char **ret_boot,
	       unsigned int *ret_line);
/*
 * run: RUN_PATH, open. None at all upon failure: -ENOENT; -ESTALE: of another boot; -EBADMSG;
 * others.
 */
int acts_read(struct sysfs_dir *run, struct acts *ret);

/* ---- note.c: by mhp_apply(), which holds the lock ---- */

/* Before each write; the first one is noted. */
void note_begin(struct apply *apply);
/* Once no write can follow. */
void note_end(struct apply *apply);
/* CLOCK_REALTIME */
int64_t clock_ns(void);
/* Of the last uevent that was sent; false: not known. */
bool read_uevent_seqnum(struct mhp_ctx *ctx, uint64_t *ret);

#endif /* MHP_ACTS_H */
