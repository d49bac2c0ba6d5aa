// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp policy claim: the early claim, by which udev leaves memory of dax devices to mhp. It
 * is one file; all else is said, and left to the administrator.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

#define CLAIM_PATH CLAIM_DIR "/" CLAIM_NAME
#define AGENT_UNIT "mhp-agent.service"

/* The first line is what it is known by. */
#define MARK "# The early claim of mhp(1), written by: mhp policy claim\n"

static const char claim_text[] =
MARK
"# To take it back: mhp policy claim --remove\n"
"#\n"
"# Without it udev loads the module kmem at boot for the first dax device, and kmem makes\n"
"# each of them System RAM with the one online type that the system has for all memory.\n"
"# With it they stay as they are until mhp-agent.service or \"mhp apply\" plugs each one with\n"
"# the type that the standing policy has for it: /etc/mhp/policy.d, mhp-policy(5).\n"
"#\n"
"# It is about module aliases only: \"modprobe kmem\" and mhp load kmem as before.\n"
"# An initrd has a copy of this file, or of its absence, from when it was built.\n"
"blacklist kmem\n";

enum outcome {
	OUTCOME_WRITTEN,
	OUTCOME_ALREADY,
	OUTCOME_REMOVED,
	OUTCOME_ABSENT,
};

static const char *const outcome_words[] = { "written", "already", "removed", "absent" };

struct claim {
	const struct options *options;
	struct below below;
	struct claim_look look;
	enum outcome outcome;
	char *initrd;			/* the command, or NULL */
	const char *agent;		/* "enabled", "installed" or "missing" */
};

static int complain_file(const struct options *options, int code, const char *hint)
{
	char *why = text_error(code);

	if (!hint && exit_of_code(code) == EXIT_NO_PERMISSION)
		hint = permission_hint(options);
	complain("%s: %s%s%s", CLAIM_PATH, why, hint ? "; " : "", hint ? hint : "");
	free(why);
	return exit_of_code(code);
}

/* Has somebody added lines that do something? */
static bool is_changed(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		size_t blank = strspn(text, " \t\r");

		if (blank < length && text[blank] != '#' &&
		    (length != strlen("blacklist kmem") ||
		     strncmp(text, "blacklist kmem", length) != 0))
			return true;
		text += length + (text[length] == '\n');
	}
	return false;
}

/*
 * What is there: a text that is ours, which the caller frees, or NULL. Returns an exit
 * code, having said why it is to be left alone.
 */
static int read_own(const struct claim *claim, char **ret_text)
{
	char *text = NULL;
	int code;

	*ret_text = NULL;
	if (!below_has(&claim->below, CLAIM_PATH))
		return EXIT_AS_ASKED;
	if (below_is_link(&claim->below, CLAIM_PATH)) {
		complain("%s: it is a link, not written by mhp, and left alone: remove it, and try "
			 "again", CLAIM_PATH);
		return EXIT_REFUSED;
	}
	code = below_read(&claim->below, CLAIM_PATH, &text);
	if (code < 0)
		return complain_file(claim->options, code, NULL);
	if (strncmp(text, MARK, strlen(MARK)) == 0 && !is_changed(text)) {
		*ret_text = text;
		return EXIT_AS_ASKED;
	}
	complain("%s: %s: it is left alone; move it away, and try again", CLAIM_PATH,
		 strncmp(text, MARK, strlen(MARK)) ? "not written by mhp" :
		 "somebody added other lines");
	free(text);
	return EXIT_REFUSED;
}

/* Writes or removes the file, unless it is only to be shown. Returns an exit code. */
static int carry_out(struct claim *claim)
{
	const struct options *options = claim->options;
	char *text;
	int code = 0, r;

	r = read_own(claim, &text);
	if (r)
		return r;
	if (options->remove)
		claim->outcome = text ? OUTCOME_REMOVED : OUTCOME_ABSENT;
	else
		claim->outcome = text && strcmp(text, claim_text) == 0 ? OUTCOME_ALREADY :
									 OUTCOME_WRITTEN;
	free(text);
	if (options->dry_run)
		return EXIT_AS_ASKED;
	if (claim->outcome == OUTCOME_WRITTEN)
		code = below_replace(&claim->below, CLAIM_DIR, CLAIM_NAME, claim_text);
	else if (claim->outcome == OUTCOME_REMOVED)
		code = below_remove(&claim->below, CLAIM_DIR, CLAIM_NAME);
	return code < 0 ? complain_file(claim->options, code, NULL) : EXIT_AS_ASKED;
}

/* ---- mhp-agent.service ---- */

static bool is_installed(const struct below *below)
{
	static const char *const dirs[] = {
		"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
		"/usr/lib/systemd/system", "/lib/systemd/system",
	};
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(dirs) && !found; i++) {
		char *path = text_format("%s/" AGENT_UNIT, dirs[i]);

		found = below_has(below, path);
		free(path);
	}
	return found;
}

/* By what "systemctl enable" leaves: a link in a directory of what a unit wants. */
static bool is_enabled(const struct below *below)
{
	bool found = false;
	char **names;

	if (below_list(below, "/etc/systemd/system", &names) < 0)
		return false;
	for (size_t i = 0; names[i]; i++) {
		char *path = text_format("/etc/systemd/system/%s/" AGENT_UNIT, names[i]);

		if (strstr(names[i], ".wants") || strstr(names[i], ".requires"))
			found |= below_has(below, path);
		free(path);
		free(names[i]);
	}
	free(names);
	return found;
}

/* ---- what to say ---- */

static bool is_changing(const struct claim *claim)
{
	return claim->outcome == OUTCOME_WRITTEN || claim->outcome == OUTCOME_REMOVED;
}

static void say_outcome(const struct claim *claim)
{
	static const char *const now[] = {
		"written: udev loads kmem for no dax device any more",
		"already there, nothing to do",
		"removed: udev loads kmem for dax devices again",
		"not there, nothing to do",
	};
	static const char *const then[] = {
		"to be written", "already there, nothing to do", "to be removed",
		"not there, nothing to do",
	};

	say("%s: %s\n", CLAIM_PATH,
	    claim->options->dry_run ? then[claim->outcome] : now[claim->outcome]);
	if (!claim->options->dry_run || claim->outcome != OUTCOME_WRITTEN)
		return;
	for (const char *line = claim_text; *line;) {
		int length = (int)strcspn(line, "\n");

		say("  %.*s\n", length, line);
		line += length + 1;
	}
}

static void say_next(const struct claim *claim)
{
	const char *chroot = claim->below.is_real ? "" : "chroot ";
	const char *root = claim->below.is_real ? "" : claim->below.root;
	const char *blank = claim->below.is_real ? "" : " ";

	if (!claim->options->initrd && claim->initrd)
		say("next: %s\n      so that the initrd has %s\n", claim->initrd,
		    claim->options->remove ? "it no more" : "it, too");
	else if (!claim->options->initrd && is_changing(claim))
		say("next: build the initrd anew, if there is one: no program was found that does "
		    "so\n");
	if (claim->options->remove)
		return;
	if (strcmp(claim->agent, "installed") == 0)
		say("next: %s%s%ssystemctl enable " AGENT_UNIT "\n"
		    "      which plugs each region at boot, as the standing policy says\n",
		    chroot, root, blank);
	else if (strcmp(claim->agent, "missing") == 0)
		say("next: see to it that \"mhp apply\" runs at boot: nothing else plugs the memory, "
		    "and\n      " AGENT_UNIT " is not installed\n");
}

static void say_notes(const struct claim *claim)
{
	for (size_t i = 0; i < claim->look.count; i++) {
		const struct claim_note *note = &claim->look.notes[i];

		if (note->line)
			complain("note: %s:%u: %s", note->path, note->line, note->text);
		else
			complain("note: %s: %s", note->path, note->text);
	}
}

static void print_json(const struct claim *claim)
{
	struct json_object *top = json_begin(), *notes = json_new_array();

	json_add_text(top, "path", CLAIM_PATH);
	json_add_text(top, "outcome", outcome_words[claim->outcome]);
	json_add_bool(top, "dry_run", claim->options->dry_run);
	json_add_number(top, "kernels", claim->look.kernels);
	json_add_number(top, "kernels_built_in", claim->look.built_in);
	json_add_text(top, "initrd_command", claim->initrd);
	json_add_text(top, "agent", claim->agent);
	for (size_t i = 0; i < claim->look.count; i++) {
		const struct claim_note *note = &claim->look.notes[i];
		struct json_object *object = json_new_object();

		json_add_text(object, "code", note->code);
		json_add_text(object, "path", note->path);
		if (note->line)
			json_add_number(object, "line", note->line);
		else
			json_add(object, "line", NULL);
		json_add_text(object, "message", note->text);
		json_append(notes, object);
	}
	json_add(top, "notes", notes);
	json_print(top);
}

static int claim_and_tell(struct claim *claim)
{
	int r = carry_out(claim);

	if (r)
		return r;
	claim_look(&claim->look, &claim->below);
	claim->initrd = initrd_command(&claim->below);
	claim->agent = is_enabled(&claim->below) ? "enabled" :
		       is_installed(&claim->below) ? "installed" : "missing";
	if (claim->options->json)
		print_json(claim);
	else
		say_outcome(claim);
	if (claim->options->initrd)
		r = initrd_build(&claim->below, claim->options->json);
	if (!claim->options->json) {
		say_next(claim);
		say_notes(claim);
	}
	free(claim->initrd);
	claim_look_end(&claim->look);
	return r;
}

int verb_policy_claim(const struct options *options)
{
	struct claim claim = { .options = options };
	const char *root = options->root ? options->root : "/";
	int code, r;

	if (options->initrd && geteuid() != 0) {
		complain("policy claim: --initrd: only root can build an initrd; nothing was changed");
		return EXIT_NO_PERMISSION;
	}
	code = below_begin(&claim.below, root);
	if (code < 0) {
		char *why = text_error(code);

		complain("%s: %s", root, why);
		free(why);
		return exit_of_code(code);
	}
	r = claim_and_tell(&claim);
	below_end(&claim.below);
	return r;
}
