/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of policy/ share; a banner for each source file. */
#ifndef MHP_POLICY_POLICY_H
#define MHP_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mhp/standing.h>

#include "internal.h"

/* ---- notes.c: errors and warnings ---- */

struct note {
	const char *file;	/* the standing policy's */
	unsigned int line;	/* 0: the file as a whole */
	char *message;
};
struct notes {
	struct note *list;
	size_t count, room;
};
/* 0; -ENOMEM. The text is used up in any case. */
int notes_add(struct notes *notes, const char *file, unsigned int line, struct text *message);
int notes_get(const struct notes *notes, size_t index, const char **ret_file,
	      unsigned int *ret_line, const char **ret_message);
void notes_free(struct notes *notes);

/* ---- key.c: what a rule may say, and with which words ---- */

enum key {
	/* what is compared */
	KEY_KIND,
	KEY_NAME,
	KEY_IDENTITY,
	KEY_DRIVER,
	KEY_RAM,
	KEY_NODE,
	KEY_TIER,
	KEY_CPU_LESS,
	KEY_MIN_SIZE,
	KEY_MAX_SIZE,
	/* what is wanted */
	KEY_TYPE,
	KEY_ORDER,
	KEY_MAX_MOVABLE_RATIO,
	KEY_ELSEWHERE,
	KEY_PLUG,
	KEY_PER_BLOCK,
	KEY_KERNEL_ZONE,
};
#define COMPARED_KEYS KEY_TYPE
#define KEYS (KEY_KERNEL_ZONE + 1)

#define DEFAULT_ORDER 100
#define NO_DRIVER "none"
/* Of a list: so that a line of a rule's text has room for one. */
#define MAX_WORD 150

struct words {
	char **list;
	size_t count, room;
};
struct spans {
	struct span {
		unsigned int first, last;
	} *list;
	size_t count, room;
};
enum plug { PLUG_YES, PLUG_NO, PLUG_PERSISTENT };

struct mhp_standing_rule {
	char *name;
	const char *file;	/* the standing policy's */
	unsigned int line;
	bool broken;		/* has errors */
	unsigned int lines[KEYS];	/* where each key stands; 0: not given */
	unsigned int kinds;	/* 1 << MHP_REGION_... */
	struct words names, identities, drivers;
	char *ram;
	struct spans nodes, tiers;
	bool cpu_less;
	uint64_t min_bytes, max_bytes;
	enum mhp_wish wish;
	enum mhp_online_type type;
	unsigned int order, ratio;
	bool rezone, per_block, kernel_zone;
	enum plug plug;
};

/* The key of this name; KEYS: there is none. */
enum key key_find(const char *name);
/* The one whose name is most like it; KEYS: none is. */
enum key key_find_near(const char *name);
const char *key_name(enum key key);
/* "not one of yes, no": what to say of a word that is not allowed */
const char *key_allowed(enum key key);
/* Does it take several words? */
bool key_is_list(enum key key);
/* Takes a word, or a value that is no list. -EINVAL: not allowed; -ENOMEM. */
int key_take(enum key key, struct mhp_standing_rule *rule, const char *word);
/* The value, or "dax cxl"; lines are broken if may_break. */
void key_print(enum key key, const struct mhp_standing_rule *rule, bool may_break,
	       struct text *out);
/* Is all that the value of b allows allowed by that of a? Both have the key. */
bool key_covers(enum key key, const struct mhp_standing_rule *a,
		const struct mhp_standing_rule *b);

/* ---- rule.c ---- */

/* -ENOMEM */
int rule_new(const char *name, const char *file, unsigned int line,
	     struct mhp_standing_rule **ret);
void rule_free(struct mhp_standing_rule *rule);

/* ---- standing.c ---- */

/* Beyond what anybody writes. */
#define MAX_FILES 1000
#define MAX_RULES 1000
#define MAX_FILE_BYTES (1 << 20)
/* Of a file; what is beyond is not listed. */
#define MAX_ERRORS 100

struct standing_file {
	char *path;
	bool masks;
	const char *hidden_by;	/* the path of another one */
};
struct mhp_standing {
	int refs;
	struct standing_file *files;
	size_t n_files, files_room;
	struct mhp_standing_rule **rules;
	size_t n_rules, rules_room;
	struct notes errors, warnings;
};
/* Its path stays where it is, whatever is added; -ENOMEM */
int standing_add_file(struct mhp_standing *standing, const char *path, const char **ret_path);
/* Takes the rule over, also upon failure; -ENOMEM */
int standing_add_rule(struct mhp_standing *standing, struct mhp_standing_rule *rule);
/* An empty one; -ENOMEM */
int standing_new(struct mhp_standing **ret);

/* ---- parse.c ---- */

/* Adds rules and errors; file is the standing policy's. -ENOMEM */
int parse_file(struct mhp_standing *standing, const char *file, const char *text, size_t length);

/* ---- warn.c ---- */

/* All warnings anew, once rules were added; -ENOMEM */
int find_warnings(struct mhp_standing *standing);

#endif /* MHP_POLICY_POLICY_H */
