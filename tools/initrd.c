// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who builds the initrd of a machine: by looking for the programs, which a PATH may lack. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

/* For every kernel that is installed: nobody knows which one is booted next. */
static const struct builder {
	const char *name;
	const char *args[4];
} builders[] = {
	{ "update-initramfs", { "-u", "-k", "all" } },
	{ "dracut", { "--force", "--regenerate-all" } },
	{ "mkinitcpio", { "-P" } },
};

static const char *const dirs[] = {
	"/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin",
};

/* Its path, which the caller frees; NULL if there is none. */
static char *find(const struct below *below, const struct builder **ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(builders); i++)
		for (size_t k = 0; k < ARRAY_SIZE(dirs); k++) {
			char *path = text_format("%s/%s", dirs[k], builders[i].name);

			if (below_is_program(below, path)) {
				*ret = &builders[i];
				return path;
			}
			free(path);
		}
	return NULL;
}

char *initrd_command(const struct below *below)
{
	const struct builder *builder;
	char *path = find(below, &builder), *text, *more;

	if (!path)
		return NULL;
	free(path);
	text = below->is_real ? text_format("%s", builder->name) :
				text_format("chroot %s %s", below->root, builder->name);
	for (size_t i = 0; i < ARRAY_SIZE(builder->args) && builder->args[i]; i++) {
		more = text_format("%s %s", text, builder->args[i]);
		free(text);
		text = more;
	}
	return text;
}

static int wait_for(pid_t pid, const char *path)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_REFUSED;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return EXIT_AS_ASKED;
	if (WIFEXITED(status))
		complain("%s: it ended with exit code %d; the initrd may be the old one", path,
			 WEXITSTATUS(status));
	else
		complain("%s: it was ended by signal %d; the initrd may be the old one", path,
			 WTERMSIG(status));
	return EXIT_REFUSED;
}

/* quiet: what it prints goes to standard error, as standard output is for others. */
int initrd_build(const struct below *below, bool quiet)
{
	posix_spawn_file_actions_t actions;
	const struct builder *builder;
	char *path = find(below, &builder);
	char *argv[6] = { path };
	size_t count = 1;
	pid_t pid;
	int r;

	if (!path) {
		complain("none of update-initramfs, dracut and mkinitcpio is here; if there is an "
			 "initrd, build it anew by hand");
		return EXIT_REFUSED;
	}
	for (size_t i = 0; i < ARRAY_SIZE(builder->args) && builder->args[i]; i++)
		argv[count++] = (char *)builder->args[i];
	fflush(stdout);
	if (posix_spawn_file_actions_init(&actions) != 0)
		out_of_memory();
	r = quiet ? posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) : 0;
	if (r == 0)
		r = posix_spawn(&pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (r != 0) {
		char *why = text_error(r);

		complain("%s: %s", path, why);
		free(why);
		r = exit_of_code(-r);
	} else {
		r = wait_for(pid, path);
	}
	free(path);
	return r;
}
