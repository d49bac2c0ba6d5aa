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

#include <mhp/agenda.h>
#include <mhp/mhp.h>
#include <mhp/sim.h>
#include <mhp/standing.h>

#include "early.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct waited;

/* ---- options.c: the command line ---- */

enum verb {
	VERB_NONE,
	VERB_LIST,
	VERB_SHOW,
	VERB_MAP,
	VERB_PLAN,
	VERB_ONLINE,
	VERB_OFFLINE,
	VERB_PLUG,
	VERB_UNPLUG,
	VERB_APPLY,
	VERB_RECOVER,
	VERB_CAPTURE,
	VERB_WATCH,
	VERB_WAIT,
	VERB_DRIFT,
	VERB_POLICY_CHECK,
	VERB_POLICY_SHOW,
	VERB_POLICY_EXPLAIN,
	VERB_POLICY_CLAIM,
	VERB_AGENT,
};

/* A failure that the simulated machine is told to act out. */
struct sim_fail {
	uint64_t block;
	const char *word;
	int code;
};

/* Texts are as given, and NULL if not. */
struct options {
	enum verb verb;			/* never VERB_PLAN: that is dry_run */
	const char *region;		/* the target is one of these five */
	const char *range;
	const char *blocks;
	const char *node;
	const char *kind;
	const char *size;
	const char *type_word;
	bool type_is_default;
	enum mhp_online_type type;
	const char *driver;
	const char *timeout;
	int64_t timeout_ms;		/* as in struct mhp_apply_opts */
	uint64_t rules;
	bool no_borrow;
	bool dry_run;
	bool json;
	bool identity;
	bool tree, exact;
	const char *svg;
	const char *colour;		/* NULL: auto */
	uint64_t per_cell;		/* 0: so that it fits */
	const char *per_cell_word;
	const char *save;
	const char *plan_file;		/* apply: NULL: the standing policy */
	char **files;			/* policy check: none: those of the machine */
	size_t file_count;
	const char *policy[16];		/* files and directories: none: those of the machine */
	size_t policy_count;
	bool remove;
	bool initrd;
	char **words;			/* that files is part of */
	const char *root;
	const char *capture;
	const char *sim;
	const char *sim_save;
	struct sim_fail sim_fail[16];
	size_t sim_fail_count;
	const char *sim_hang_word;
	uint64_t sim_hang;
	const char *sim_kill_word;
	uint64_t sim_kill;
	const char *sim_act[16];	/* PATH=WORD */
	size_t sim_act_count;
	const char *sim_lose_word;
	uint64_t sim_lose;
	uint64_t count;			/* 0: all */
	const char *count_word;
	size_t buffer_bytes;		/* 0: the library's default */
	const char *buffer;
	enum mhp_event_source source;
	const char *source_word;
	const struct waited *waited;	/* NULL: the default */
	const char *wait_for;
	struct mhp_request *request;	/* of the verbs that have a target */
};

bool options_parse(struct options *options, int argc, char **argv);
void usage(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* ---- options-watch.c: those of watch and wait ---- */

void take_count(struct options *options, const char *word);
void take_buffer(struct options *options, const char *word);
void take_source(struct options *options, const char *word);
void take_wait_for(struct options *options, const char *word);
void take_sim_act(struct options *options, const char *word);
void take_sim_lose(struct options *options, const char *word);
/* Ends the program if it is none. */
enum mhp_region_kind kind_of(const char *word);

/* ---- help.c ---- */

void help_say(void);

/* ---- value.c: numbers of the command line ---- */

int value_number(const char *text, uint64_t *ret);
int value_size(const char *text, uint64_t *ret_bytes);
int value_range(const char *text, uint64_t *ret_start, uint64_t *ret_end);
int value_next_blocks(const char **text, uint64_t *ret_first, uint64_t *ret_last);
int value_milliseconds(const char *text, int64_t *ret);

/* ---- request.c ---- */

struct mhp_request *request_new(const struct options *options);
char *request_target(const struct options *options);

/* ---- exit.c: what the program's exit code says ---- */

enum exit_code {
	EXIT_AS_ASKED = 0,
	EXIT_REFUSED = 1,		/* or undone, or failed otherwise */
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,
	EXIT_NO_PERMISSION = 4,
	EXIT_KILLED = 137,		/* --sim-kill: what a shell says of SIGKILL */
};

int exit_of_code(int code);
int exit_of_plan(const struct mhp_plan *plan);
int exit_of_stuck_item(const struct mhp_agenda_item *item);
int exit_of_report(const struct mhp_report *report);
int exit_of_untold(int code);

/* ---- permission.c: what would help who was refused; all may be NULL ---- */

const char *permission_hint(const struct options *options);
const char *permission_way_out(const struct options *options, const char *hint);
const char *permission_file_hint(const struct options *options, const char *path, int code);

/* ---- text.c: nothing of the system's text reaches a terminal raw ---- */

#define TEXT_SIZE_MAX 40

size_t text_utf8_length(const char *text, uint32_t *ret_char);
void text_put(FILE *file, const char *text);
char *text_copy(const char *text);
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_lines(const char *text);
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void out_of_memory(void) __attribute__((noreturn));
/* What that ends with from now on, by what was begun. */
void set_exit_without_memory(int code);
/* NULL without memory, and complain() does without: while something is half done, nobody exits. */
char *text_try_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_try_error(int code);

const char *text_size(uint64_t bytes, char buffer[TEXT_SIZE_MAX]);
const char *text_errno_name(int code);
int text_errno_value(const char *name);
char *text_error(int code);
char *text_unreadable(int code);

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

/* ---- table.c: tables; the names are escaped, cells are when they are set ---- */

struct libscols_table;
struct libscols_line;

struct table_column {
	const char *name;
	bool right;			/* aligned, for numbers */
};

struct libscols_table *table_new(const struct table_column *columns, size_t count);
struct libscols_line *table_add_line(struct libscols_table *table);
void table_set(struct libscols_line *line, size_t column, const char *text);
void table_hide(struct libscols_table *table, size_t column);
void table_print(struct libscols_table *table);
void table_free(struct libscols_table *table);
struct libscols_table *table_new_tree(const struct table_column *columns, size_t count);
struct libscols_line *table_add_below(struct libscols_table *table, struct libscols_line *above);
void table_print_tree(struct libscols_table *table);

/* ---- machine.c: which machine, and what is wrong with it ---- */

struct machine {
	struct mhp_ctx *ctx;
	struct mhp_sim *sim;		/* NULL unless simulated or a capture */
	char *message;			/* last one of the library, or NULL */
	const struct options *options;
};

#define HINT_CAPTURE "a capture can only be looked at; --sim makes a machine of it"

int machine_open(struct machine *machine, const struct options *options);
int machine_close(struct machine *machine);
int machine_snapshot(struct machine *machine, uint64_t flags, struct mhp_snapshot **ret_snap);
int machine_snapshot_for(struct machine *machine, uint64_t flags, const char *region,
			 struct mhp_snapshot **ret_snap);
bool machine_is_killed(const struct machine *machine);
void machine_forget_message(struct machine *machine);
void machine_complain(const struct machine *machine, const char *about, int code,
		      const char *hint);
void machine_complain_no_region(const struct mhp_snapshot *snap, const char *name);
void machine_notes(const struct machine *machine, const struct mhp_snapshot *snap);

/* ---- file.c: files of the user's own; 0 or a negative errno value ---- */

int file_save(const char *path, const char *text);
int file_load(const char *path, char **ret_text, size_t *ret_length);

/* ---- below.c: files of a machine below its root, none of them outside of it ---- */

struct below {
	int root_fd;
	bool is_real;			/* "/" */
	const char *root;		/* as it was named; "/" */
};

/* Paths begin with "/" and are those below the root; 0 or a negative errno value. */
int below_begin(struct below *below, const char *root);
void below_end(struct below *below);
bool below_has(const struct below *below, const char *path);
bool below_is_link(const struct below *below, const char *path);
bool below_is_program(const struct below *below, const char *path);
int below_read(const struct below *below, const char *path, char **ret_text);
/* The names in it, ascending, with NULL at the end; the caller frees each and all. */
int below_list(const struct below *below, const char *path, char ***ret_names);
/* As a whole or not at all: dir is made where it is missing, its parents are not. */
int below_replace(const struct below *below, const char *dir, const char *name,
		  const char *text);
int below_remove(const struct below *below, const char *dir, const char *name);

/* ---- conf-lines.c: lines of configuration files of others ---- */

/* A line without its comment, with those that continue it; number: of the first one. */
typedef void (*conf_line_fn)(void *data, const char *path, unsigned int number,
			     const char *line);

void conf_read_file(const struct below *below, const char *path, conf_line_fn fn, void *data);
/* All that end so in several directories; a file hides those of its name in later ones. */
void conf_read_dirs(const struct below *below, const char *const *dirs, const char *ending,
		    conf_line_fn fn, void *data);
bool conf_begins(const char *line, const char *word, const char **ret_rest);
bool conf_mentions(const char *line, const char *word);

/* ---- claim-look.c: what the early claim meets on a machine ---- */

#define CLAIM_DIR "/etc/modprobe.d"
#define CLAIM_NAME "mhp-claim.conf"

struct claim_note {
	const char *code;		/* a word that stays the same */
	char *path;
	unsigned int line;		/* 0: it is about the file */
	char *text;
};

struct claim_look {
	struct claim_note *notes;
	size_t count;
	size_t kernels;			/* that are installed */
	size_t built_in;		/* how many of them have kmem built in */
	bool is_claimed;		/* by whichever file */
};

void claim_look(struct claim_look *look, const struct below *below);
void claim_look_end(struct claim_look *look);
/* Of the machine that the options name. */
enum claimed claim_find(const struct options *options);

/* ---- policy-read.c: the standing policy of the machine, or of --policy ---- */

/* These return an exit code, having said why; policy_read() also where there are errors. */
int policy_read(struct machine *machine, struct mhp_standing **ret);
int policy_agenda(struct machine *machine, struct mhp_agenda **ret);
char *policy_place(const char *file, unsigned int line);
char *policy_rule_place(const struct mhp_standing_rule *rule);
void policy_note_none(const struct machine *machine, const struct mhp_standing *standing);

/* ---- policy-rule.c: a rule by key and value ---- */

struct rule_line {
	const char *key, *value;
};

char *policy_rule_text(const struct mhp_standing_rule *rule);
bool policy_next_line(char **text, struct rule_line *ret);
void policy_rule_lists(const struct mhp_standing_rule *rule, char **ret_match,
		       char **ret_other);
const char *policy_wish_word(const struct mhp_standing_rule *rule);

/* ---- policy-item.c: what the standing policy has to do with a region, as text ---- */

/* "online in Movable", "absent"; the caller frees it. */
char *item_now(const struct mhp_agenda_item *item);
/* "as wanted", "to be done", ...; a constant */
const char *item_state_text(const struct mhp_agenda_item *item);
/* Is it there only for completeness, such as boot memory that no rule is about? */
bool item_is_idle(const struct mhp_agenda_item *item);
/* Lines about cause, repair and way out of what is not as it should be, indented. */
void item_say_remedy(const struct options *options, const struct mhp_agenda *agenda,
		     const struct mhp_agenda_item *item);
/* What keeps it from happening at the next boot, a constant; NULL: nothing has to. */
const char *item_at_boot(const struct options *options, const struct mhp_agenda *agenda,
			 const struct mhp_agenda_item *item);
void item_say_plan(const struct mhp_plan *plan, const char *indent);

/* ---- initrd.c: who builds the initrd ---- */

/* The command, or NULL; the caller frees it. Where it would be run in an image it says so. */
char *initrd_command(const struct below *below);
/* Runs it; an exit code, having said why it failed. */
int initrd_build(const struct below *below, bool quiet);

/* ---- cancel.c: signals while memory is changed ---- */

void cancel_begin(void);
int cancel_asked(void);
void cancel_end(void);

/* ---- signals.c: signals to poll for ---- */

int signals_open(int *ret_fd);
int signals_next(int fd);

/* ---- sim-act.c: what others do on a simulated machine ---- */

int sim_act_begin(const struct machine *machine);
bool sim_act_is_left(const struct machine *machine, size_t done);
int sim_act_do(const struct machine *machine, size_t index);

/* ---- progress.c: the bar on a terminal, and the library's progress function ---- */

#define PROGRESS_COLUMNS_MAX 512

struct progress {
	bool terminal;
	bool drawn;
	char line[PROGRESS_COLUMNS_MAX];	/* that is to be seen */
	const char *then;
	int told;			/* how often cancelling was told of */
	int64_t begin_ns, drawn_ns;
	unsigned int percent;			/* when it was drawn */
};

void progress_begin(struct progress *progress, struct mhp_apply_opts *opts, const char *then);
void progress_end(struct progress *progress);

/* ---- terminal.c: what standard output can show ---- */

bool terminal_has_utf8(void);
bool terminal_wants_colour(const char *word);
unsigned int terminal_width(void);

/* ---- tree.c: mhp list --tree ---- */

void tree_print(const struct mhp_snapshot *snap);
struct json_object *tree_json(const struct mhp_snapshot *snap);

/* ---- show-origin.c: what a region is made from, and what can be done to it ---- */

void show_text(const char *key, int code, const char *text);
void show_family(const struct mhp_snapshot *snap, const struct mhp_region *region);
void show_devices(const struct mhp_region *region);
void show_facts(const struct mhp_region *region);
void show_capabilities(const struct mhp_region *region);
/* The word for a capability, from 1 on; NULL: there are no more. */
const char *capability_word(int capability);

/* ---- show-node.c: the node that its memory belongs to ---- */

void show_node(const struct mhp_snapshot *snap, int id);

/* ---- json-origin.c: the same as JSON ---- */

void json_add_origin(struct json_object *object, const struct mhp_region *region);
struct json_object *json_devices(const struct mhp_region *region);

/* ---- report.c: what became of a plan, as text ---- */

void report_complain(const char *target, const char *message, const char *became,
		     const char *hint);
void report_complain_conflicts(const struct options *options, const struct mhp_plan *plan);
/* earlier, or NULL: the same request's report that has recovered, before it was planned anew */
void report_say(const struct machine *machine, const struct mhp_report *report,
		const struct mhp_report *earlier, uint64_t block_size);
int report_show(const struct machine *machine, const struct mhp_report *report,
		const struct mhp_report *earlier, uint64_t block_size);

/* ---- watch.c and watch.h, wait.c ---- */

int verb_agent(struct machine *machine);
int verb_watch(struct machine *machine);
int verb_wait(struct machine *machine);
/* NULL: it cannot be waited for */
const struct waited *wait_find(const char *word);

/* ---- list.c, show.c, map.c, act.c, recover.c, capture.c: the verbs; an exit code ---- */

int verb_list(struct machine *machine);
int verb_show(struct machine *machine);
int verb_map(struct machine *machine);
int verb_act(struct machine *machine);
int verb_apply(struct machine *machine);
int verb_apply_policy(struct machine *machine);
int verb_recover(struct machine *machine);
int verb_capture(struct machine *machine);
int verb_drift(struct machine *machine);
int verb_policy_check(struct machine *machine);
int verb_policy_show(struct machine *machine);
int verb_policy_explain(struct machine *machine);
int verb_policy_claim(const struct options *options);	/* needs no machine */

/* True if the driver's word for the device contradicts the blocks. */
bool region_word_disagrees(const struct mhp_region *region);

/* ---- nodes.c: the table of nodes, and a line about the machine's zones ---- */

void nodes_say(const struct mhp_snapshot *snap);
void nodes_say_ratio(const struct mhp_snapshot *snap);

/* A line about what others have begun and not ended, if there is something. */
void pending_say(const struct mhp_snapshot *snap);
/* Lines about what was put back before our own plan. */
void recovery_note(const struct mhp_recovery *recovery);

/* ---- json.c, json-nodes.c, json-plan.c, json-report.c: everything as JSON, on standard output ---- */

struct json_object;

void json_list(const struct mhp_snapshot *snap, bool tree);
void json_show(const struct mhp_snapshot *snap, const struct mhp_region *region);
void json_plan(const struct mhp_plan *plan);
void json_report(const struct mhp_report *report, const struct mhp_report *earlier);
void json_recovery(const struct mhp_recovery *recovery);
/* What was waited for; region NULL: it is gone. */
void json_waited(const struct mhp_snapshot *snap, const struct mhp_region *region);

/* "nodes", and what lies in the zones of all. */
struct json_object *json_node(const struct mhp_snapshot *snap, const struct mhp_node *node);
void json_add_nodes(struct json_object *top, const struct mhp_snapshot *snap);
/* All that json_plan() and json_report() print. */
void json_fill_plan(struct json_object *object, const struct mhp_plan *plan);
void json_fill_report(struct json_object *top, const struct mhp_report *report,
		      const struct mhp_report *earlier);
void json_add_rules(struct json_object *object, uint64_t rules);

/* ---- json-policy.c: the standing policy, and what it has to do ---- */

struct json_object *json_rule_place(const struct mhp_standing_rule *rule);
void json_add_policy_rules(struct json_object *top, const struct mhp_standing *standing);
struct json_object *json_item(const struct options *options, const struct mhp_agenda *agenda,
			      const struct mhp_agenda_item *item);
void json_add_items(struct json_object *top, const struct options *options,
		    const struct mhp_agenda *agenda);

/* What was asked for, and what stands against it: the same in a plan and a report. */
void json_add_request(struct json_object *top, const struct mhp_plan *plan);
void json_add_conflicts(struct json_object *top, const struct mhp_plan *plan);
/* State and kind of zone in one word. */
const char *json_condition(enum mhp_state state, enum mhp_zone zone);

struct json_object *json_begin(void);
void json_print(struct json_object *object);
void json_print_line(struct json_object *object);
struct json_object *json_new_array(void);
struct json_object *json_new_object(void);
void json_append(struct json_object *array, struct json_object *value);
void json_append_text(struct json_object *array, const char *text);
void json_append_number(struct json_object *array, uint64_t number);
/* One that was added nowhere. */
void json_free(struct json_object *value);
void json_add(struct json_object *object, const char *key, struct json_object *value);
void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_number(struct json_object *object, const char *key, uint64_t number);
void json_add_bool(struct json_object *object, const char *key, bool value);
void json_add_range(struct json_object *array, uint64_t start, uint64_t size_bytes);
void json_add_list(struct json_object *object, const char *key, char *list);

#endif /* TOOL_H */
