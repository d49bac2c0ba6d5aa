// SPDX-License-Identifier: LGPL-2.1-or-later
/* mhp capture: the machine as text, to standard output or a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Tell which files may not be read: the line that the capture itself has about it. */
static void note_denied(const struct options *options, const char *text)
{
	static const char mark[] = "# not permitted: ";
	static const char such[] = ", such as ";
	const char *line = text, *end, *hint;
	char *said, *path;

	for (; *line == '#'; line = end + 1) {
		end = strchr(line, '\n');
		if (strncmp(line, mark, strlen(mark)) == 0) {
			line += strlen(mark);
			said = text_format("%.*s", (int)(end - line), line);
			path = strstr(said, such);
			hint = permission_file_hint(options, path ? path + strlen(such) : "",
						    -EACCES);
			complain("files that may not be read: %s%s%s", said, hint ? "; " : "",
				 hint ? hint : "");
			free(said);
		}
	}
}

int verb_capture(struct machine *machine)
{
	const struct options *options = machine->options;
	struct mhp_capture_opts opts = {
		.size = sizeof(opts), .flags = options->identity ? MHP_CAPTURE_IDENTITY : 0,
	};
	char *text;
	int code;

	code = mhp_ctx_copy_capture(machine->ctx, &opts, &text);
	if (code < 0) {
		machine_complain(machine, NULL, code, NULL);
		return exit_of_code(code);
	}
	if (!options->save) {
		/* ASCII, and nothing in it that a terminal would obey */
		fputs(text, stdout);
	} else {
		code = file_save(options->save, text);
		if (code < 0) {
			char *why = text_error(code);

			complain("%s: the capture was not saved: %s", options->save, why);
			free(why);
		}
	}
	if (code == 0)
		note_denied(options, text);
	free(text);
	return exit_of_code(code);
}
