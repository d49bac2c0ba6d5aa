// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp policy check: all that is wrong with the files of the standing policy, what is hardly
 * meant, which files are not read, and whether somebody else will be faster.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

typedef int (*get_note_fn)(const struct mhp_standing *standing, size_t index,
			   const char **ret_file, unsigned int *ret_line,
			   const char **ret_message);

static void say_notes(const struct mhp_standing *standing, get_note_fn get, const char *word)
{
	const char *file, *message;
	unsigned int line;

	for (size_t i = 0; get(standing, i, &file, &line, &message) == 0; i++) {
		char *place = policy_place(file, line);

		say("%s: %s%s\n", place, word, message);
		free(place);
	}
}

static struct json_object *notes_array(const struct mhp_standing *standing, get_note_fn get)
{
	struct json_object *array = json_new_array();
	const char *file, *message;
	unsigned int line;

	for (size_t i = 0; get(standing, i, &file, &line, &message) == 0; i++) {
		struct json_object *object = json_new_object();

		json_add_text(object, "file", file);
		if (line)
			json_add_number(object, "line", line);
		else
			json_add(object, "line", NULL);
		json_add_text(object, "message", message);
		json_append(array, object);
	}
	return array;
}

/* ---- who else onlines what the rules are about ---- */

/* Could the rule be about the memory of a dax device? */
static bool is_about_dax(const struct mhp_standing_rule *rule)
{
	struct rule_line kinds;
	bool found = false;
	char *text;

	if (mhp_standing_rule_get_wish(rule) != MHP_WISH_TYPE ||
	    !mhp_standing_rule_can_plug(rule))
		return false;
	if (!mhp_standing_rule_get_key_line(rule, "kind"))
		return true;
	text = policy_rule_text(rule);
	for (char *at = text; !found && policy_next_line(&at, &kinds);)
		found = strcmp(kinds.key, "kind") == 0 &&
			(conf_mentions(kinds.value, "dax") || conf_mentions(kinds.value, "cxl"));
	free(text);
	return found;
}

/* Who onlines memory before we do; NULL: nobody is known to. The caller frees it. */
static char *faster_one(const struct mhp_snapshot *snap, enum mhp_online_type wanted)
{
	const char *path, *word;
	enum mhp_online_type type;
	unsigned int line;

	if (mhp_snapshot_get_default_online_type(snap, &type) == 0 && type != MHP_OFFLINE)
		return type == wanted ? NULL :
		       text_format("the system's policy (auto_online_blocks is %s)",
				   mhp_online_type_to_str(type));
	if (wanted == MHP_OFFLINE || mhp_snapshot_get_udev_rule(snap, 0, &path, &line, &word, NULL))
		return mhp_snapshot_count_udev_rules(snap) == 0 ? NULL : text_format("a udev rule");
	if (word && strcmp(word, mhp_online_type_to_str(wanted)) == 0)
		return NULL;
	return text_format("a udev rule (%s:%u)", path, line);
}

/* One line, which the caller frees: the first rule for which the claim is missing; or NULL. */
static char *missing_claim(struct machine *machine, const struct mhp_standing *standing)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	const struct options *options = machine->options;
	const struct mhp_standing_rule *rule;
	struct mhp_snapshot *snap;
	char *text = NULL, *who = NULL;

	/* what a capture has of a machine is not its modprobe.d */
	if (options->capture || options->sim)
		return NULL;
	/* an image has no memory, and its rules can be checked all the same */
	if (mhp_snapshot_new(machine->ctx, &opts, &snap) < 0)
		return NULL;
	for (size_t i = 0; !text && (rule = mhp_standing_get_rule(standing, i)); i++) {
		enum mhp_online_type type;

		if (!is_about_dax(rule) || mhp_standing_rule_get_online_type(rule, &type) < 0)
			continue;
		who = faster_one(snap, type);
		if (!who)
			continue;
		/* where kmem is built in a claim would be of no use */
		if (claim_find(options) != CLAIM_MISSING) {
			free(who);
			break;
		}
		text = text_format("[%s] wants %s of dax devices: until it is applied %s onlines "
				   "them at boot; mhp policy claim has udev leave them alone",
				   mhp_standing_rule_get_name(rule),
				   mhp_online_type_to_str(type), who);
		free(who);
	}
	mhp_snapshot_unref(snap);
	return text;
}

/* ---- output ---- */

static void say_files(const struct mhp_standing *standing, size_t *ret_read)
{
	const char *path, *hidden_by;
	bool masks;

	*ret_read = 0;
	for (size_t i = 0; mhp_standing_get_file(standing, i, &path, &masks, &hidden_by) == 0; i++) {
		if (hidden_by)
			say("%s: not read: %s hides it\n", path, hidden_by);
		else if (masks)
			say("%s: empty: it has no rules, and hides those of the same name\n", path);
		else
			++*ret_read;
	}
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void print_text(const struct mhp_standing *standing, const char *claim)
{
	size_t errors = mhp_standing_count_errors(standing);
	size_t rules = mhp_standing_count_rules(standing), files;

	say_notes(standing, mhp_standing_get_error, "");
	say_notes(standing, mhp_standing_get_warning, "warning: ");
	say_files(standing, &files);
	if (claim)
		say("warning: %s\n", claim);
	if (errors == 0)
		say("%zu file%s, %zu rule%s: no errors\n", files, plural(files), rules,
		    plural(rules));
}

static void print_json(const struct mhp_standing *standing, const char *claim)
{
	struct json_object *top = json_begin(), *files = json_new_array();
	const char *path, *hidden_by;
	bool masks;

	json_add(top, "errors", notes_array(standing, mhp_standing_get_error));
	json_add(top, "warnings", notes_array(standing, mhp_standing_get_warning));
	json_add_text(top, "missing_claim", claim);
	for (size_t i = 0; mhp_standing_get_file(standing, i, &path, &masks, &hidden_by) == 0; i++) {
		struct json_object *object = json_new_object();

		json_add_text(object, "path", path);
		json_add_bool(object, "masks", masks);
		json_add_text(object, "hidden_by", hidden_by);
		json_append(files, object);
	}
	json_add(top, "files", files);
	json_add_policy_rules(top, standing);
	json_print(top);
}

int verb_policy_check(struct machine *machine)
{
	struct mhp_standing *standing = NULL;
	size_t errors;
	char *claim;
	int r;

	r = policy_read(machine, &standing);
	if (r)
		return r;
	claim = missing_claim(machine, standing);
	if (machine->options->json)
		print_json(standing, claim);
	else
		print_text(standing, claim);
	free(claim);
	errors = mhp_standing_count_errors(standing);
	if (errors)
		complain("the standing policy has %zu error%s, and is not acted upon", errors,
			 plural(errors));
	else
		policy_note_none(machine, standing);
	mhp_standing_unref(standing);
	return errors ? EXIT_REFUSED : EXIT_AS_ASKED;
}
