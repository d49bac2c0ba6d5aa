// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a udev rule compares, asked about a device of which only the kind is known.
 * Whatever the text does not tell (an architecture, a program's answer, a variable) is
 * MAYBE.
 */
#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "udev.h"

/* Some of the names that such a device may have, and how all of them begin. */
struct names {
	const char *examples[5];
	const char *stem;	/* digits follow; NULL: it may be any name */
};

#define DAX_NAMES { "dax0.0", "dax1.0", "dax12.3" }
#define DAX_PATHS \
	{ "/devices/platform/hmem.0/dax0.0", "/devices/pci0000:00/dax_region1/dax1.0" }

static const struct {
	const char *subsystem;
	struct names kernel, path;
	const char *actions[3];
} subjects[UDEV_SUBJECTS] = {
	[UDEV_OTHER] = {
		"other", { { "other0" }, "other" },
		{ { "/devices/other/other0" }, "/devices/other/other" },
		{ "add" },
	},
	[UDEV_BLOCK] = {
		"memory", { { "memory0", "memory7", "memory42", "memory32768" }, "memory" },
		{ { "/devices/system/memory/memory0", "/devices/system/memory/memory7",
		    "/devices/system/memory/memory42", "/devices/system/memory/memory32768" },
		  "/devices/system/memory/memory" },
		{ "add" },
	},
	[UDEV_DAX] = { "dax", { DAX_NAMES, "dax" }, { DAX_PATHS, NULL }, { "add", "bind" } },
	[UDEV_BOUND_DAX] = {
		"dax", { DAX_NAMES, "dax" }, { DAX_PATHS, NULL }, { "bind", "unbind" },
	},
};

/* ---- patterns ---- */

/* Does value, which may be a|b|c, match the word? With fnmatch(), as udev does it. */
static bool matches(const struct udev_token *token, const char *word)
{
	char *at = token->value, *bar;
	bool found = false;

	for (; at && !found; at = bar ? bar + 1 : NULL) {
		bar = strchr(at, '|');
		if (bar)
			*bar = '\0';
		found = fnmatch(at, word, token->nocase ? FNM_CASEFOLD : 0) == 0;
		if (bar)
			*bar = '|';
	}
	return found;
}

static enum udev_answer answer_if(bool yes)
{
	return yes ? YES : NO;
}

static enum udev_answer match_any(const struct udev_token *token, const char *const *words)
{
	for (; *words; words++)
		if (matches(token, *words))
			return YES;
	return NO;
}

/* Could one of the alternatives match a name that begins with stem and goes on in digits? */
static bool could_match(const struct udev_token *token, const char *stem)
{
	size_t length = strlen(stem), literal;
	const char *at = token->value;

	for (; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL) {
		literal = strcspn(at, "*?[\\|");
		if (literal <= length && at[literal] && at[literal] != '|' &&
		    !strncasecmp(at, stem, literal))
			return true;
		if (literal > length && !strncasecmp(at, stem, length) && at[length] >= '0' &&
		    at[length] <= '9')
			return true;
	}
	return false;
}

static enum udev_answer match_names(const struct udev_token *token, const struct names *names)
{
	size_t count = 0, found = 0;

	for (; names->examples[count]; count++)
		found += matches(token, names->examples[count]);
	if (found == count)
		return YES;
	return found || !names->stem || could_match(token, names->stem) ? MAYBE : NO;
}

/* ---- keys ---- */

enum key {
	KEY_ACTION, KEY_ATTR, KEY_ATTRS, KEY_CONST, KEY_DEVPATH, KEY_DRIVER, KEY_DRIVERS,
	KEY_ENV, KEY_GOTO, KEY_GROUP, KEY_IMPORT, KEY_KERNEL, KEY_KERNELS, KEY_LABEL, KEY_MODE,
	KEY_NAME, KEY_OPTIONS, KEY_OWNER, KEY_PROGRAM, KEY_RESULT, KEY_RUN, KEY_SECLABEL,
	KEY_SUBSYSTEM, KEY_SUBSYSTEMS, KEY_SYMLINK, KEY_SYSCTL, KEY_TAG, KEY_TAGS, KEY_TEST,
	KEYS,
};

/* How a key may be used. */
#define COMPARED 1
#define SET 2
#define CALLED 4		/* compared, whatever the operator */
#define NAMED 8			/* has braces with a name in them */

static const struct {
	const char *name;
	unsigned int use;
} keys[KEYS] = {
	[KEY_ACTION] = { "ACTION", COMPARED },
	[KEY_ATTR] = { "ATTR", COMPARED | SET | NAMED },
	[KEY_ATTRS] = { "ATTRS", COMPARED | NAMED },
	[KEY_CONST] = { "CONST", COMPARED | NAMED },
	[KEY_DEVPATH] = { "DEVPATH", COMPARED },
	[KEY_DRIVER] = { "DRIVER", COMPARED },
	[KEY_DRIVERS] = { "DRIVERS", COMPARED },
	[KEY_ENV] = { "ENV", COMPARED | SET | NAMED },
	[KEY_GOTO] = { "GOTO", SET },
	[KEY_GROUP] = { "GROUP", SET },
	[KEY_IMPORT] = { "IMPORT", CALLED | NAMED },
	[KEY_KERNEL] = { "KERNEL", COMPARED },
	[KEY_KERNELS] = { "KERNELS", COMPARED },
	[KEY_LABEL] = { "LABEL", SET },
	[KEY_MODE] = { "MODE", SET },
	[KEY_NAME] = { "NAME", COMPARED | SET },
	[KEY_OPTIONS] = { "OPTIONS", SET },
	[KEY_OWNER] = { "OWNER", SET },
	[KEY_PROGRAM] = { "PROGRAM", CALLED },
	[KEY_RESULT] = { "RESULT", COMPARED },
	[KEY_RUN] = { "RUN", SET },
	[KEY_SECLABEL] = { "SECLABEL", SET | NAMED },
	[KEY_SUBSYSTEM] = { "SUBSYSTEM", COMPARED },
	[KEY_SUBSYSTEMS] = { "SUBSYSTEMS", COMPARED },
	[KEY_SYMLINK] = { "SYMLINK", COMPARED | SET },
	[KEY_SYSCTL] = { "SYSCTL", COMPARED | SET | NAMED },
	[KEY_TAG] = { "TAG", COMPARED | SET },
	[KEY_TAGS] = { "TAGS", COMPARED },
	[KEY_TEST] = { "TEST", COMPARED },
};

static enum key find_key(const char *name)
{
	enum key key = 0;

	while (key < KEYS && strcmp(keys[key].name, name))
		key++;
	return key;
}

static bool is_compared(const struct udev_token *token, enum key key)
{
	return keys[key].use & CALLED || token->op == UDEV_MATCH || token->op == UDEV_NOMATCH;
}

bool udev_is_compared(const struct udev_token *token)
{
	return is_compared(token, find_key(token->key));
}

bool udev_is_rule(const struct udev_reader *reader)
{
	for (size_t i = 0; i < reader->n_tokens; i++) {
		const struct udev_token *token = &reader->tokens[i];
		enum key key = find_key(token->key);

		if (key == KEYS)
			return false;
		if (keys[key].use & NAMED && (!token->attr || !*token->attr))
			return false;
		if (!(keys[key].use & (is_compared(token, key) ? COMPARED | CALLED : SET)))
			return false;
	}
	return reader->valid;
}

/* ---- what is known ---- */

static enum udev_answer match_attr(const struct udev_token *token, enum udev_subject subject)
{
	if (subject == UDEV_BLOCK && !strcmp(token->attr, "state"))
		return answer_if(matches(token, "offline"));
	if (subject == UDEV_BLOCK && !strcmp(token->attr, "online"))
		return answer_if(matches(token, "0"));
	return MAYBE;
}

static enum udev_answer match_env(const struct udev_token *token, enum udev_subject subject)
{
	if (!strcmp(token->attr, "ACTION"))
		return match_any(token, subjects[subject].actions);
	if (!strcmp(token->attr, "SUBSYSTEM"))
		return answer_if(matches(token, subjects[subject].subsystem));
	if (!strcmp(token->attr, "DEVPATH"))
		return match_names(token, &subjects[subject].path);
	return MAYBE;
}

static enum udev_answer match_driver(const struct udev_token *token, enum udev_subject subject)
{
	/* blocks have none */
	return subject == UDEV_BLOCK ? answer_if(matches(token, "")) : MAYBE;
}

/*
 * What a parent has will do, too. A block has one, the directory of all blocks, without a
 * subsystem or a driver; those of a dax device may be anything.
 */
static enum udev_answer match_parents(const struct udev_token *token, enum udev_subject subject,
				      const char *of_block, enum udev_answer itself)
{
	if (itself == NO && (subject == UDEV_DAX || subject == UDEV_BOUND_DAX))
		return MAYBE;
	if (itself != YES && subject == UDEV_BLOCK && of_block && matches(token, of_block))
		return YES;
	return itself;
}

static enum udev_answer match_test(const struct udev_token *token, enum udev_subject subject)
{
	static const char *const names[] = {
		"state", "online", "phys_index", "phys_device", "removable", "uevent",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names) && subject == UDEV_BLOCK; i++)
		if (!strcmp(token->value, names[i]))
			return YES;
	return MAYBE;
}

static enum udev_answer match(const struct udev_token *token, enum key key,
			      enum udev_subject subject)
{
	const struct names *kernel = &subjects[subject].kernel;

	switch (key) {
	case KEY_ACTION:
		return match_any(token, subjects[subject].actions);
	case KEY_ATTR:
	case KEY_ATTRS:
		return match_attr(token, subject);
	case KEY_DEVPATH:
		return match_names(token, &subjects[subject].path);
	case KEY_DRIVER:
		return match_driver(token, subject);
	case KEY_DRIVERS:
		return match_parents(token, subject, NULL, match_driver(token, subject));
	case KEY_ENV:
		return match_env(token, subject);
	case KEY_KERNEL:
		return match_names(token, kernel);
	case KEY_KERNELS:
		return match_parents(token, subject, "memory", match_names(token, kernel));
	case KEY_SUBSYSTEM:
		return answer_if(matches(token, subjects[subject].subsystem));
	case KEY_SUBSYSTEMS:
		return match_parents(token, subject, NULL,
				     answer_if(matches(token, subjects[subject].subsystem)));
	case KEY_TEST:
		return match_test(token, subject);
	default:
		return MAYBE;
	}
}

enum udev_answer udev_match(const struct udev_reader *reader, enum udev_subject subject)
{
	enum udev_answer all = YES, one;

	for (size_t i = 0; i < reader->n_tokens && all != NO; i++) {
		const struct udev_token *token = &reader->tokens[i];
		enum key key = find_key(token->key);

		if (!is_compared(token, key))
			continue;
		one = match(token, key, subject);
		if (token->op == UDEV_NOMATCH)
			one = YES - one;
		if (one < all)
			all = one;
	}
	return all;
}
