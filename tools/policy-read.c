// SPDX-License-Identifier: LGPL-2.1-or-later
/* The standing policy that a verb is about: the machine's, or that of --policy. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"

static int complain_file(const char *path, int code)
{
	char *why = text_error(code);

	complain("%s: %s", path, why);
	free(why);
	return exit_of_code(code);
}

/* Both of these return an exit code, having said why. *standing is NULL at first. */
static int add_file(struct mhp_standing **standing, const char *path)
{
	char *text = NULL;
	size_t length = 0;
	int code = file_load(path, &text, &length);

	if (code < 0)
		return complain_file(path, code);
	code = *standing ? mhp_standing_add_text(*standing, path, text, length) :
			   mhp_standing_new_from_text(path, text, length, standing);
	if (code < 0)
		out_of_memory();
	free(text);
	return EXIT_AS_ASKED;
}

static int is_rule_file(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 &&
	       strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_directory(struct mhp_standing **standing, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_rule_file, compare_entries);
	int r = EXIT_AS_ASKED;

	if (count < 0)
		return complain_file(path, -errno);
	for (int i = 0; i < count; i++) {
		char *file = text_format("%s%s%s", path,
					 path[strlen(path) - 1] == '/' ? "" : "/",
					 entries[i]->d_name);

		if (r == EXIT_AS_ASKED)
			r = add_file(standing, file);
		free(file);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int read_given(const char *const *paths, size_t count, struct mhp_standing **ret)
{
	struct mhp_standing *standing = NULL;
	int r = EXIT_AS_ASKED;

	for (size_t i = 0; i < count && r == EXIT_AS_ASKED; i++) {
		struct stat st;

		if (stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
			r = add_directory(&standing, paths[i]);
		else
			r = add_file(&standing, paths[i]);
	}
	if (r != EXIT_AS_ASKED)
		standing = mhp_standing_unref(standing);
	else if (!standing && mhp_standing_new_from_text(paths[0], "", 0, &standing) < 0)
		out_of_memory();	/* directories without files */
	*ret = standing;
	return r;
}

int policy_read(struct machine *machine, struct mhp_standing **ret)
{
	const struct options *options = machine->options;
	int code;

	if (options->file_count)
		return read_given((const char *const *)options->files, options->file_count, ret);
	if (options->policy_count)
		return read_given(options->policy, options->policy_count, ret);
	code = mhp_standing_new(machine->ctx, ret);
	if (code < 0)
		machine_complain(machine, "the standing policy", code, NULL);
	return exit_of_code(code);
}

/* "FILE:LINE" or "FILE", which the caller frees */
char *policy_place(const char *file, unsigned int line)
{
	return line ? text_format("%s:%u", file, line) : text_format("%s", file);
}

char *policy_rule_place(const struct mhp_standing_rule *rule)
{
	return policy_place(mhp_standing_rule_get_file(rule), mhp_standing_rule_get_line(rule));
}

/* Rules with errors decide nothing: say so, in one line. Returns an exit code. */
static int refuse_errors(const struct mhp_standing *standing)
{
	size_t count = mhp_standing_count_errors(standing);
	const char *file = "", *message = "";
	unsigned int line = 0;
	char *place;

	if (count == 0)
		return EXIT_AS_ASKED;
	mhp_standing_get_error(standing, 0, &file, &line, &message);
	place = policy_place(file, line);
	if (count > 1)
		complain("%s: %s; and %zu more: see mhp policy check", place, message, count - 1);
	else
		complain("%s: %s", place, message);
	free(place);
	return EXIT_REFUSED;
}

/* For verbs that act upon it, or tell what acting would be. */
int policy_agenda(struct machine *machine, struct mhp_agenda **ret)
{
	struct mhp_standing *standing = NULL;
	struct mhp_snapshot *snap = NULL;
	int code, r;

	r = policy_read(machine, &standing);
	if (r == EXIT_AS_ASKED)
		r = refuse_errors(standing);
	if (r == EXIT_AS_ASKED)
		r = machine_snapshot(machine, MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY, &snap);
	if (r == EXIT_AS_ASKED) {
		code = mhp_agenda_new(snap, standing, NULL, ret);
		if (code < 0 && code == mhp_snapshot_get_regions_code(snap))
			machine_complain_no_region(snap, "the standing policy");
		else if (code < 0)
			machine_complain(machine, "the standing policy", code, NULL);
		r = exit_of_code(code);
	}
	mhp_snapshot_unref(snap);
	mhp_standing_unref(standing);
	return r;
}

/* A machine without rules is no mistake, and yet hardly what was meant. */
void policy_note_none(const struct machine *machine, const struct mhp_standing *standing)
{
	bool given = machine->options->policy_count || machine->options->file_count;

	if (mhp_standing_count_rules(standing) == 0)
		complain("note: the standing policy has no rules%s; mhp-policy(5) tells what to "
			 "write", given ? "" : ": there are none in /etc/mhp/policy.d/*.conf");
}
