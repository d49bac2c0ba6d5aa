/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * differ: the same operations on the simulated machine and on a real kernel, and
 * what comes of them compared. What its files share, a banner for each.
 */
#ifndef DIFFER_H
#define DIFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../../sim/sim.h"

/* ---- text.c: strings; lack of memory ends the program ---- */

struct lines {
	char **str;
	size_t count;
};

__attribute__((noreturn, format(printf, 1, 2)))
void die(const char *format, ...);
/* p, which is not NULL then */
void *must(void *p);
__attribute__((format(printf, 1, 2)))
char *text_new(const char *format, ...);
/* Takes str over. */
void lines_add(struct lines *lines, char *str);
void lines_free(struct lines *lines);
bool lines_same(const struct lines *a, const struct lines *b);
/* Numbers within the lines by their value. */
void lines_sort(struct lines *lines);
/* A negative errno value as "EBUSY", 0 as "0", and back; false: it is none. */
const char *code_text(int code);
bool code_from_text(const char *text, int *ret_code);
char *file_read(const char *path);

/* ---- kernels: indexed so, bit i of a mask is ON_... of sim/rules.h ---- */

#define KERNELS 3
extern const char *const kernel_names[KERNELS];
/* -1: there is none */
int kernel_find(const char *name);
/* "[7.3 6.12] "; nothing for all of them */
char *mask_text(unsigned int mask, unsigned int all);
/* Takes such a prefix, if there is one, off *text. 0: it is nonsense */
unsigned int mask_take(const char **text, unsigned int all);

/* ---- operation.c: what is done to a machine ---- */

enum act {
	ACT_PUT,		/* word to file */
	ACT_BIND,		/* device to kmem, as that kernel wants it */
	ACT_LOAD,		/* module */
	ACT_UNLOAD,
	ACT_VETO,		/* online or offline, with code 0: no more */
	ACT_PIN,		/* block */
	ACT_UNPIN,
	ACT_USER,		/* from now on one of these acts, and looks: root, nobody */
};

struct op {
	enum act act;
	char *word;		/* of put; name of a module; what is vetoed; a user */
	char *path;		/* of put, whole */
	int code;		/* of veto */
	uint64_t block;
};

/* False, and *ret_why in static storage: it is none. */
bool op_parse(const char *text, struct op *ret, const char **ret_why);
char *op_text(const struct op *op);
void op_free(struct op *op);
struct op op_put(const char *word, const char *path);
/* "memory34/state" means a whole path, and the other way round */
char *path_expand(const char *path);
const char *path_shorten(const char *path, char buf[MHP_PATH_SIZE]);

/* ---- subject: a machine to do it to ---- */

struct subject {
	const struct subject_ops *ops;
	struct mhp_backend *be;
	/* kept open, for view.c */
	struct mhp_dir *dirs[8];
};

struct subject_ops {
	/* All: 0 or a negative errno value. */
	int (*put)(struct subject *subject, const char *path, const char *word);
	int (*load)(struct subject *subject, const char *module);
	int (*unload)(struct subject *subject, const char *module);
	/* Every block refuses from now on; code 0: no more. */
	int (*veto)(struct subject *subject, const char *act, int code);
	/* From now on this block never gets offline: who tries is interrupted. */
	int (*pin)(struct subject *subject, uint64_t block);
	int (*unpin)(struct subject *subject, uint64_t block);
	int (*user)(struct subject *subject, bool root);
	/* The next message, as "ACTION@PATH\nKEY=VALUE\n..."; NULL: there is none now */
	char *(*next_event)(struct subject *subject);
	void (*free)(struct subject *subject);
};

int subject_do(struct subject *subject, const struct op *op);
void subject_free(struct subject *subject);

/* ---- subject-sim.c, subject-here.c ---- */

struct subject *subject_sim_new(const char *capture, size_t length, const char *name);
struct mhp_sim *subject_sim(struct subject *subject);
struct subject *subject_here_new(void);

/* ---- view.c: all that is compared, as sorted lines "KEY: VALUE" ---- */

/* before: what it was, of which what never changes is taken; or NULL */
void view_take(struct subject *subject, const struct lines *before, struct lines *ret);
/* Lines that are new or other now, and "KEY: gone". */
void view_changes(const struct lines *before, const struct lines *after, struct lines *ret);

/* ---- event.c ---- */

/* All that there are: "online memory34", "bind dax0.0 kmem" */
void events_take(struct subject *subject, struct lines *ret);

/* ---- script.c: operations and the answers that are expected ---- */

struct answer {
	bool known;
	int code;
	struct lines events, changes;
};

struct step {
	char *comment;		/* before it, with its newlines */
	unsigned int line;	/* 0: of no file */
	unsigned int kernels;	/* mask */
	struct op op;
	struct answer answers[KERNELS];
};

struct script {
	char *path;
	char *header;
	char *what;		/* of "# what:", or NULL */
	unsigned int kernels;
	bool alone;		/* "# alone:": nothing can be done after it */
	struct step *steps;
	size_t count;
	char *end;		/* comments behind the last step */
};

/* Ends the program, with the line, if it is none. */
void script_read(const char *path, struct script *ret);
void script_print(const struct script *script, FILE *file);
void script_free(struct script *script);
struct step *script_add(struct script *script, const struct op *op);
/* An answer as lines of text, each after prefix. */
void answer_print(const struct answer *answer, const char *prefix, FILE *file);
void answer_free(struct answer *answer);
/* "memory34: X" and "memory35: X" are "memory34-35: X" in a script. */
void lines_fold(const struct lines *lines, struct lines *ret);

/* ---- run.c: one step, and the machine before and after ---- */

struct runner {
	struct subject *subject;
	struct lines view;	/* now */
};

void runner_init(struct runner *runner, struct subject *subject);
/* Does it, and tells what the machine said. */
void runner_step(struct runner *runner, const struct op *op, struct answer *ret);
/*
 * Puts back all that can be: memory goes, drivers go, settings are as in boot. Each
 * operation is for fn to do, false from which ends it.
 */
typedef bool (*op_fn)(void *data, const struct op *op);
bool clean_up(struct runner *runner, const struct lines *boot, op_fn fn, void *data);
/* Value of a line of a view; NULL */
const char *view_value(const struct lines *view, const char *key);
void runner_free(struct runner *runner);

/* ---- check.c ---- */

struct check {
	struct runner *runner;
	const struct lines *boot;	/* the view to begin with, and to come back to */
	int kernel;
	bool here;		/* a real kernel, which may need its memory itself */
	FILE *out;		/* NULL: says nothing */
	const struct step *step;	/* the first one that differed */
	size_t steps;
};

enum verdict {
	VERDICT_SAME,
	VERDICT_DIFFERENT,
	VERDICT_IN_USE,		/* cut short: the kernel used memory that was to go */
	VERDICT_NOT_CLEAN,	/* not run: an earlier one left something behind */
};

enum verdict script_check(const struct script *script, struct check *check);
/* Sets the answers of a kernel. */
enum verdict script_record(struct script *script, struct check *check);
/* May a real kernel say EBUSY to that? Memory in a kernel zone is for it to use. */
bool may_be_in_use(const struct lines *view, const struct op *op);

/* ---- random.c: operations by chance ---- */

struct chance {
	uint64_t state;
};

void chance_seed(struct chance *chance, uint64_t seed, uint64_t sequence);
uint64_t chance_next(struct chance *chance);
/* 0 to n - 1 */
uint64_t chance_below(struct chance *chance, uint64_t n);

/* What there is to do something to. */
struct topology {
	const struct mhp_sim *sim;
	uint64_t block_size;
	uint64_t *blocks;	/* that dax devices may have */
	size_t n_blocks;
	uint64_t *boot;		/* that never go offline: they span zones, or have holes */
	size_t n_boot;
	char **devices;
	size_t n_devices;
};

void topology_read(const struct mhp_sim *sim, struct topology *ret);
void topology_free(struct topology *topology);
/* Tells the operations of a sequence; false: fn did not want more. */
bool random_sequence(const struct topology *topology, uint64_t seed, uint64_t sequence,
		     op_fn fn, void *data);

/* ---- compare.c: two machines side by side ---- */

struct pair {
	struct runner real;	/* or the other simulated machine */
	struct runner model;
	bool here;
	struct script history;
	struct block *in_use;	/* the kernel used this block, in a kernel zone, itself */
	size_t excused;		/* so often */
	bool may_strand;	/* memory may be left behind: the last of what a kernel is for */
	bool has_stranded;
	size_t skipped;		/* operations that would have left memory behind, or crashed */
	size_t done;
	FILE *out;
};

/* False: they differ, which was told. */
bool pair_step(struct pair *pair, const struct op *op);
void pair_free(struct pair *pair);

/* ---- capture.c ---- */

char *capture_take(struct subject *subject, const char *kernel);

/* ---- hits.c, wrong.c: exit statuses ---- */

void hits_add(const char *path, const struct mhp_sim *sim);
int coverage(int kernel, char **paths, size_t count);
int wrong_models(const char *machines, const char *elsewhere, uint64_t seed, uint64_t count,
		 char **paths, size_t n_paths);

#endif /* DIFFER_H */
