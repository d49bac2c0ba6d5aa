/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the program share: one banner per source file.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <mhp/mhp.h>
#include <mhp/sim.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* ---- mhp.c: options ---- */

enum verb {
	VERB_NONE,
	VERB_LIST,
	VERB_SHOW,
	VERB_PLAN,
	VERB_ONLINE,
	VERB_OFFLINE,
	VERB_UNPLUG,
};

/* A failure that the simulated machine is told to act out. */
struct sim_fail {
	uint64_t block;
	const char *word;
	int code;
};

struct options {
	enum verb verb;			/* never VERB_PLAN: that is dry_run */
	const char *region;
	const char *type_word;		/* NULL if not given */
	bool type_is_default;
	enum mhp_online_type type;
	uint64_t rules;
	bool dry_run;
	bool json;
	const char *root;
	const char *capture;
	const char *sim;
	const char *sim_save;
	struct sim_fail sim_fail[16];
	size_t sim_fail_count;
};

/* ---- exit.c: what the program's exit code says ---- */

enum exit_code {
	EXIT_AS_ASKED = 0,
	EXIT_REFUSED = 1,		/* or undone, or failed otherwise */
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,
	EXIT_NO_PERMISSION = 4,
};

int exit_of_code(int code);
int exit_of_plan(const struct mhp_plan *plan);
int exit_of_report(const struct mhp_report *report);

/* ---- text.c: nothing of the system's text reaches a terminal raw ---- */

#define TEXT_SIZE_MAX 40

size_t text_utf8_length(const char *text, uint32_t *ret_char);
void text_put(FILE *file, const char *text);
char *text_copy(const char *text);
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void out_of_memory(void) __attribute__((noreturn));

const char *text_size(uint64_t bytes, char buffer[TEXT_SIZE_MAX]);
const char *text_errno_name(int code);
int text_errno_value(const char *name);
char *text_error(int code);

/* Block numbers as "32-34,36"; begin with zeros, and add in ascending order. */
struct text_list {
	char *text;
	size_t length;
	uint64_t first;
	uint64_t last;
	bool pending;
};

void text_list_add(struct text_list *list, uint64_t first, uint64_t count);
char *text_list_end(struct text_list *list);

char *text_region_blocks(const struct mhp_region *region);
char *text_conflict_blocks(const struct mhp_conflict *conflict);

/* ---- machine.c: which machine, and what is wrong with it ---- */

struct machine {
	struct mhp_ctx *ctx;
	struct mhp_sim *sim;		/* NULL unless simulated or a capture */
	char *message;			/* last one of the library, or NULL */
	const struct options *options;
};

int machine_open(struct machine *machine, const struct options *options);
int machine_close(struct machine *machine);
int machine_snapshot(struct machine *machine, uint64_t flags, struct mhp_snapshot **ret_snap);
void machine_complain(const struct machine *machine, const char *about, int code);
void machine_complain_no_region(const struct mhp_snapshot *snap, const char *name);
void machine_notes(const struct mhp_snapshot *snap);

/* ---- list.c, show.c, act.c: the verbs; all return an exit code ---- */

int verb_list(struct machine *machine);
int verb_show(struct machine *machine);
int verb_act(struct machine *machine);

/* True if the driver's word for the device contradicts the blocks. */
bool region_word_disagrees(const struct mhp_region *region);

/* ---- json.c, json-plan.c: everything as JSON, on standard output ---- */

struct json_object;

void json_list(const struct mhp_snapshot *snap);
void json_show(const struct mhp_snapshot *snap, const struct mhp_region *region);
void json_plan(const struct mhp_plan *plan);
void json_report(const struct mhp_report *report);

struct json_object *json_begin(void);
void json_print(struct json_object *object);
struct json_object *json_new_array(void);
struct json_object *json_new_object(void);
void json_append(struct json_object *array, struct json_object *value);
void json_add(struct json_object *object, const char *key, struct json_object *value);
void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_number(struct json_object *object, const char *key, uint64_t number);
void json_add_bool(struct json_object *object, const char *key, bool value);
void json_add_range(struct json_object *array, uint64_t start, uint64_t size_bytes);
void json_add_list(struct json_object *object, const char *key, char *list);

#endif /* TOOL_H */
