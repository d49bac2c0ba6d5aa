// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What would help who was refused. The library says "run as root", and cannot know more; but
 * root may be refused as well, or be the root of a user namespace only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

#define RUN_AS_ROOT "run as root"

/* Where that cannot be read nothing is claimed. */
static bool is_in_user_namespace(void)
{
	unsigned int inside, outside, count;
	FILE *file = fopen("/proc/self/uid_map", "re");
	bool is;

	if (!file)
		return false;
	is = fscanf(file, "%u %u %u", &inside, &outside, &count) != 3 || inside || outside ||
	     count != UINT32_MAX;
	fclose(file);
	return is;
}

static bool is_simulated(const struct options *options)
{
	return options->capture || options->sim;
}

/* NULL: nothing that is known */
const char *permission_hint(const struct options *options)
{
	if (geteuid() != 0)
		return RUN_AS_ROOT;
	if (is_simulated(options))
		return NULL;
	if (is_in_user_namespace())
		return "the root of a user namespace is not the machine's: run it outside of it";
	return "root is refused, too: by SELinux or AppArmor, or as a capability is missing";
}

/* Of a hint of the library: what helps us. */
const char *permission_way_out(const struct options *options, const char *hint)
{
	const char *ours;

	if (!hint || strcmp(hint, RUN_AS_ROOT) != 0)
		return hint;
	ours = permission_hint(options);
	return ours ? ours : hint;
}

/* Of a file that could not be read. */
const char *permission_file_hint(const struct options *options, const char *path, int code)
{
	if (code == -ENOENT && strncmp(path, "/proc/", strlen("/proc/")) == 0)
		return "is /proc mounted?";
	if (exit_of_code(code) != EXIT_NO_PERMISSION)
		return NULL;
	/* the kernel shows addresses as 0, even to root in a user namespace */
	if (geteuid() == 0 && !is_simulated(options) && strcmp(path, "/proc/iomem") == 0 &&
	    !is_in_user_namespace())
		return "addresses are shown with CAP_SYS_ADMIN only";
	return permission_hint(options);
}
