// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which machine the program works on: this one, another root, a capture to look
 * at, or a simulated machine. And what to say when it cannot be read.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* The last message tells most about the call that then fails. */
static void keep_message(void *data, int code, const char *path, const char *message)
{
	struct machine *machine = data;
	char *why = text_try_error(code);
	/* these codes stand for what the message says in words */
	bool told = code == 0 || code == -EBADMSG || code == -ENODEV || code == -ETIMEDOUT;

	free(machine->message);
	/* the library is half-way with something: no reason to leave it so */
	machine->message = !why ? NULL :
			   text_try_format("%s%s%s%s%s", path ? path : "", path ? ": " : "",
					   message, told ? "" : ": ", told ? "" : why);
	free(why);
}

/* What was said before a call does not explain its failure. */
void machine_forget_message(struct machine *machine)
{
	free(machine->message);
	machine->message = NULL;
}

/*
 * Say why a call failed; about is the region or file in question, hint what can be
 * done. Both may be NULL.
 */
void machine_complain(const struct machine *machine, const char *about, int code,
		      const char *hint)
{
	char *why = text_error(code);

	if (!hint && exit_of_code(code) == EXIT_NO_PERMISSION)
		hint = permission_hint(machine->options);
	if (!hint && code == -EROFS && machine->options->capture)
		hint = HINT_CAPTURE;
	complain("%s%s%s%s%s", about ? about : "", about ? ": " : "",
		 machine->message ? machine->message : why, hint ? "; " : "", hint ? hint : "");
	free(why);
}

static int open_simulated(struct machine *machine, const char *path, uint64_t flags)
{
	const struct options *options = machine->options;
	struct mhp_sim_opts opts = {
		.size = sizeof(opts),
		.flags = flags,
		.log_fn = keep_message,
		.log_data = machine,
	};
	int code;

	code = mhp_sim_new_from_capture(path, &opts, &machine->sim);
	if (code < 0)
		return code;
	for (size_t i = 0; i < options->sim_fail_count && code == 0; i++) {
		const struct sim_fail *fail = &options->sim_fail[i];

		code = mhp_sim_fail_block(machine->sim, fail->block, fail->word, -fail->code, 0);
	}
	if (code == 0 && options->sim_hang_word)
		code = mhp_sim_hang_block(machine->sim, options->sim_hang, 0);
	if (code == 0)
		code = mhp_sim_new_ctx(machine->sim, &machine->ctx);
	if (code == 0 && options->sim_kill_word)
		mhp_sim_kill_after(machine->sim, (size_t)options->sim_kill);
	return code;
}

/* Was it the last thing we did, as --sim-kill asks? Then what we know is worth nothing. */
bool machine_is_killed(const struct machine *machine)
{
	uint64_t writes = MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | MHP_SIM_ACCESS_LOAD;

	if (!machine->options->sim_kill_word ||
	    mhp_sim_count(machine->sim, writes) < machine->options->sim_kill)
		return false;
	complain("killed by --sim-kill at write %" PRIu64, machine->options->sim_kill);
	return true;
}

/* Returns an exit code, having said why. */
int machine_open(struct machine *machine, const struct options *options)
{
	const char *path;
	int code;

	memset(machine, 0, sizeof(*machine));
	machine->options = options;

	if (options->capture) {
		path = options->capture;
		code = open_simulated(machine, path, MHP_SIM_READ_ONLY);
	} else if (options->sim) {
		path = options->sim;
		code = open_simulated(machine, path, 0);
	} else {
		path = options->root ? options->root : "/";
		code = mhp_ctx_new(options->root, &machine->ctx);
	}
	if (code < 0) {
		/* the simulated machine's messages name the file themselves */
		machine_complain(machine, machine->message ? NULL : path, code, NULL);
		return exit_of_code(code);
	}
	mhp_ctx_set_log_fn(machine->ctx, keep_message, machine);
	return EXIT_AS_ASKED;
}

/* Save the simulated machine if that was asked for, and let go of it. */
int machine_close(struct machine *machine)
{
	const char *path = machine->options->sim_save;
	char *text = NULL;
	int code = 0;

	if (path && machine->ctx) {
		code = mhp_sim_copy_capture(machine->sim, &text);
		if (code == 0)
			code = file_save(path, text);
		if (code < 0) {
			char *why = text_error(code);

			complain("%s: the simulated machine was not saved: %s", path, why);
			free(why);
		}
		free(text);
	}
	mhp_ctx_unref(machine->ctx);
	mhp_sim_unref(machine->sim);
	free(machine->message);
	return exit_of_code(code);
}

/* Returns an exit code, having said why. */
int machine_snapshot(struct machine *machine, uint64_t flags, struct mhp_snapshot **ret_snap)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = flags };
	int code;

	if (machine->options->exact)
		opts.flags |= MHP_SNAPSHOT_EXACT;
	code = mhp_snapshot_new(machine->ctx, &opts, ret_snap);
	if (code < 0)
		machine_complain(machine, NULL, code, NULL);
	return exit_of_code(code);
}

/*
 * As machine_snapshot(), for what is about one region: of others nothing is read, if it is one by
 * its name. What is wrong with that, the whole machine tells.
 */
int machine_snapshot_for(struct machine *machine, uint64_t flags, const char *region,
			 struct mhp_snapshot **ret_snap)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts), .flags = flags, .region = region,
	};

	if (region && mhp_snapshot_new(machine->ctx, &opts, ret_snap) == 0)
		return EXIT_AS_ASKED;
	machine_forget_message(machine);
	return machine_snapshot(machine, flags, ret_snap);
}

void machine_complain_no_region(const struct mhp_snapshot *snap, const char *name)
{
	int code = mhp_snapshot_get_regions_code(snap);
	char *names = text_format("%s", "");
	const struct mhp_region *region;
	size_t count = 0;

	if (code < 0) {
		char *why = text_error(code);
		const char *path = "regions";
		int other = 0;

		for (size_t i = 0; other != code &&
				   mhp_snapshot_get_problem(snap, i, &path, &other, NULL) == 0; i++)
			;
		complain("%s: %s: %s; regions could not be listed", name, path, why);
		free(why);
		free(names);
		return;
	}
	/* enough to find a slip of the finger, and still one line */
	for (size_t i = 0; (region = mhp_snapshot_get_region(snap, i)) && count < 9; i++) {
		char *more;

		/* nothing is done to it by its name */
		if (mhp_region_get_kind(region) == MHP_REGION_BOOT || count++ == 8)
			continue;
		more = text_format("%s%s%s", names, count > 1 ? ", " : "",
				   mhp_region_get_name(region));
		free(names);
		names = more;
	}
	if (count == 0)
		complain("%s: no such region; there is none on this machine", name);
	else
		complain("%s: no such region; there %s %s%s", name, count == 1 ? "is" : "are",
			 names, count > 8 ? ", ..." : "");
	free(names);
}

/* Tell on standard error which files could not be read. */
void machine_notes(const struct machine *machine, const struct mhp_snapshot *snap)
{
	const char *path, *text, *hint, *denied = NULL;
	size_t others = 0, count_denied = 0;
	int code;

	for (size_t i = 0; mhp_snapshot_get_problem(snap, i, &path, &code, &text) == 0; i++) {
		char *why;

		if (exit_of_code(code) == EXIT_NO_PERMISSION) {
			if (count_denied++ == 0)
				denied = path;
			continue;
		}
		if (others++ >= 5)
			continue;
		why = text_error(code);
		hint = permission_file_hint(machine->options, path, code);
		if (code == -EBADMSG && text)
			complain("%s: makes no sense: \"%.64s\"", path, text);
		else if (code == -EBADMSG)
			complain("%s: makes no sense", path);
		else
			complain("%s: %s%s%s", path, why, hint ? "; " : "", hint ? hint : "");
		free(why);
	}
	if (others > 5)
		complain("%zu more files could not be read; --json lists them", others - 5);
	if (!denied)
		return;
	hint = permission_file_hint(machine->options, denied, -EACCES);
	if (count_denied == 1)
		complain("%s: not permitted to read it%s%s", denied, hint ? "; " : "",
			 hint ? hint : "");
	else
		complain("%zu files may not be read, such as %s%s%s", count_denied, denied,
			 hint ? "; " : "", hint ? hint : "");
}
