/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * udev's rules, as text and without I/O: as udev reads them (udev(7), and what
 * systemd's udev-rules.c makes of it), so that a line that udev ignores is one here.
 */
#ifndef MHP_UDEV_H
#define MHP_UDEV_H

#include <stdbool.h>
#include <stddef.h>

/* ---- udev-parse.c: lines, and the keys in them ---- */

/* udev ignores a longer one, all continued lines together */
#define UDEV_LINE_SIZE 16384
/* more than such a line has that anybody wrote */
#define UDEV_MAX_TOKENS 1024

enum udev_op {
	UDEV_MATCH,		/* == */
	UDEV_NOMATCH,		/* != */
	UDEV_ASSIGN,		/* = */
	UDEV_ADD,		/* += */
	UDEV_REMOVE,		/* -= */
	UDEV_FINAL,		/* := */
};

/* ATTR{state}=="offline" */
struct udev_token {
	const char *key;
	const char *attr;	/* NULL: no braces */
	enum udev_op op;
	bool nocase;		/* i"..." */
	char *value;
};

struct udev_reader {
	const char *at, *end;
	unsigned int number;	/* of the line before at, from 1 */
	/* the rule that was read last */
	unsigned int line;	/* where it begins */
	char text[UDEV_LINE_SIZE];	/* what the tokens point into */
	size_t n_tokens;
	struct udev_token tokens[UDEV_MAX_TOKENS];
	bool valid;		/* else udev ignores it, and it has no tokens */
	bool suspect;		/* ... while it speaks of memory and of onlining */
};
void udev_reader_init(struct udev_reader *reader, const char *text, size_t length);
/* Reads the next rule; false at the end. */
bool udev_read(struct udev_reader *reader);
/* The last token of this key, or NULL. */
const struct udev_token *udev_find(const struct udev_reader *reader, const char *key);

/* ---- udev-match.c: what a rule compares ---- */

/* The devices that rules are asked about, of which no more than the kind is known. */
enum udev_subject {
	UDEV_OTHER,		/* one of some other kind: what applies to it is not
				   about memory */
	UDEV_BLOCK,		/* a memory block that was just added and is offline */
	UDEV_DAX,		/* a dax device that was just added, or bound to a driver */
	UDEV_BOUND_DAX,		/* the same, but one that was there before */
};
#define UDEV_SUBJECTS 4

enum udev_answer { NO, MAYBE, YES };

/* Is the token compared, or else set? For a rule that udev_is_rule(). */
bool udev_is_compared(const struct udev_token *token);
/* Would udev take the rule that was read? It ignores one with an unknown key, as a whole. */
bool udev_is_rule(const struct udev_reader *reader);
/* Do all keys that are compared match, in whatever order? */
enum udev_answer udev_match(const struct udev_reader *reader, enum udev_subject subject);

/* ---- udev-rules.c: which rules online memory ---- */

struct udev_rule {
	char *path;		/* of the file; not from udev_parse_rules() */
	unsigned int line;
	unsigned int types;	/* 1 << MHP_ONLINE and so on: as one of them; 0: not known */
	bool may;		/* depends on what the text does not tell; else it would */
	bool dax;		/* about a dax device, not about a block */
	bool bound;		/* ... also when one that is there changes drivers */
};
typedef int (*udev_rule_fn)(void *data, const struct udev_rule *rule);
/*
 * Calls fn for each rule that would, or may, online a block or a dax device.
 * Non-zero from fn ends it, and is returned; -ENOMEM.
 */
int udev_parse_rules(const char *text, size_t length, udev_rule_fn fn, void *data);

#endif /* MHP_UDEV_H */
