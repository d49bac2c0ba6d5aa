// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp recover; and what other verbs say about what was left behind. */
#include <errno.h>
#include <stdlib.h>

#include "tool.h"

/* What became of a setting, in one line that the caller frees. */
static char *setting_text(const struct mhp_recovery *recovery, size_t index, int *ret_code)
{
	const char *path = "?", *before = "", *ours = "";
	enum mhp_returned returned = MHP_RETURNED_UNKNOWN;
	char *text, *why;

	mhp_recovery_get_setting(recovery, index, &returned, &path, &before, &ours, ret_code);
	switch (returned) {
	case MHP_RETURNED_DONE:
		if (!*before)		/* a device's name that a driver was told */
			return text_format("%s: \"%s\" taken back", path, ours);
		return text_format("%s: put back: \"%s\" was written where \"%s\" stood", path,
				   ours, before);
	case MHP_RETURNED_ALREADY:
		return text_format("%s: as before already", path);
	case MHP_RETURNED_CHANGED:
		if (*ret_code)
			return text_format("%s: gone, and with it what was written there", path);
		return text_format("%s: left alone: somebody changed it after \"%s\" was written "
				   "where \"%s\" stood", path, ours, before);
	case MHP_RETURNED_UNKNOWN:
	default:
		why = text_error(*ret_code);
		if (!*before)
			text = text_format("%s: \"%s\" not taken back: %s", path, ours, why);
		else
			text = text_format("%s: not put back: %s; \"%s\" was written where \"%s\" "
					   "stood", path, *ret_code ? why :
					   "it cannot be told what it is now", ours, before);
		free(why);
		return text;
	}
}

/* The first setting that could not be put back; the caller frees it. */
static char *first_failure(const struct mhp_recovery *recovery, int *ret_code)
{
	enum mhp_returned returned;

	for (size_t i = 0; mhp_recovery_get_setting(recovery, i, &returned, NULL, NULL, NULL,
						    NULL) == 0; i++)
		if (returned == MHP_RETURNED_UNKNOWN)
			return setting_text(recovery, i, ret_code);
	*ret_code = 0;
	return text_format("not all could be put back");
}

static void print_recovery(const struct mhp_recovery *recovery)
{
	say("unfinished: %s\n", mhp_recovery_get_transaction(recovery));
	for (size_t i = 0; i < mhp_recovery_count_settings(recovery); i++) {
		int code = 0;
		char *text = setting_text(recovery, i, &code);

		say("  %s\n", text);
		free(text);
	}
	if (!mhp_recovery_count_settings(recovery))
		say("  nothing was borrowed\n");
	say("  its blocks stay as they are; mhp list shows them\n");
}

static int show_recovery(const struct options *options, const struct mhp_recovery *recovery)
{
	const char *hint;
	int code = 0, r;
	char *text;

	if (options->json)
		json_recovery(recovery);
	else if (recovery)
		print_recovery(recovery);
	else
		say("nothing to recover\n");
	if (!recovery || mhp_recovery_is_complete(recovery))
		return EXIT_AS_ASKED;

	text = first_failure(recovery, &code);
	r = exit_of_code(code);
	hint = r == EXIT_NO_PERMISSION ? permission_hint(options) : "mhp recover tries it again";
	complain("%s%s%s", text, hint ? "; " : "", hint ? hint : "");
	free(text);
	return r ? r : EXIT_REFUSED;
}

static const char *hint_of(int code)
{
	if (code == -ETIMEDOUT)
		return "wait for him, or give it more time with --timeout";
	if (code == -EBADMSG)
		return "before that put back by hand what it tells of";
	return NULL;
}

int verb_recover(struct machine *machine)
{
	const struct options *options = machine->options;
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = options->timeout_ms };
	struct mhp_recovery *recovery = NULL;
	struct progress progress;
	int code, r;

	machine_forget_message(machine);
	progress_begin(&progress, &opts, NULL);
	code = mhp_recover(machine->ctx, &opts, &recovery);
	progress_end(&progress);
	if (recovery)
		set_exit_without_memory(EXIT_PARTIAL);
	if (machine_is_killed(machine)) {
		r = EXIT_KILLED;
	} else if (code < 0) {
		machine_complain(machine, "recover", code, hint_of(code));
		r = exit_of_code(code);
	} else {
		r = show_recovery(options, recovery);
	}
	mhp_recovery_free(recovery);
	return r;
}

void recovery_note(const struct mhp_recovery *recovery)
{
	if (!recovery)
		return;
	complain("note: recovered first what was not finished: %s",
		 mhp_recovery_get_transaction(recovery));
	for (size_t i = 0; i < mhp_recovery_count_settings(recovery); i++) {
		int code = 0;
		char *text = setting_text(recovery, i, &code);

		complain("note: %s", text);
		free(text);
	}
}

/* That it could not be read is one of the snapshot's problems. */
void pending_say(const struct mhp_snapshot *snap)
{
	const char *what = NULL;
	bool running = false;

	if (mhp_snapshot_get_pending(snap, &what, &running) < 0 || !what)
		return;
	if (running)
		say("at work: %s\n", what);
	else
		say("recovery pending: %s; mhp recover puts back what it borrowed\n", what);
}
