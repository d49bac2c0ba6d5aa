/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of sim/ share: the machine itself, failures upon request. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <mhp/sim.h>

#include "backend.h"
#include "model.h"
#include "tree.h"

#define MHP_EXPORT __attribute__((visibility("default")))

/* what was done is told in a capture; no more than this of it is kept */
#define MAX_DID (1 << 20)

struct failure {
	char *path;		/* of a file, or NULL: of a block */
	bool read;		/* of the file, else a write to it */
	char *word;		/* NULL: any */
	uint64_t block;
	bool online;
	int code;
	unsigned int times;	/* how often it still happens */
	bool always;
};

struct race {
	char *path;
	char *act_path;
	char *act_word;
};

struct mhp_sim {
	unsigned int refs;
	bool read_only;
	struct node *root;
	char *header;
	struct model model;

	struct failure *failures;
	size_t n_failures;
	struct race *races;
	size_t n_races;

	size_t n_writes, n_reads;
	struct buf did;		/* "# did: put WORD FILE: RESULT", all writes */
};

/* ---- machine.c ---- */

/* What a file holds now: its text, or the errno value of reading it. */
int node_render(struct mhp_sim *sim, struct node *file, struct buf *buf);
/* Remembers a write and its result, for the next capture. */
void note_write(struct mhp_sim *sim, const char *path, const char *word, int code);
/* Writes a file; path is where it is. */
int node_write(struct mhp_sim *sim, struct node *file, const char *path, const char *word);

/* ---- fail.c ---- */

/* A negative errno value if this read, or write, is to fail, else 0. */
int sim_fails_read(struct mhp_sim *sim, const struct node *file);
int sim_fails_write(struct mhp_sim *sim, const char *path, const char *word);
int sim_fails_block(struct mhp_sim *sim, uint64_t id, bool online);
/* Others act that were told to await a write to path. */
void race_act(struct mhp_sim *sim, const char *path);
void failures_free(struct mhp_sim *sim);

/* ---- backend.c ---- */

/* Takes a reference to the machine. */
int backend_new(struct mhp_sim *sim, struct mhp_backend **ret_be);

#endif /* SIM_SIM_H */
