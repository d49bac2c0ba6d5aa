// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads a plugin that does what consumer.c does, and unloads it, as an interpreter would: no
 * thread, no file and no library of ours is left behind, and a second time works as well.
 *
 *	load ./plugin.so
 */
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static int count(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static int is_mapped(const char *what)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[4096];
	int found = 0;

	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, what) != NULL;
	if (maps)
		fclose(maps);
	return found;
}

int main(int argc, char **argv)
{
	for (int i = 0; i < 2; i++) {
		int files = count("/proc/self/fd"), threads = count("/proc/self/task");
		void *plugin = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
		int (*run)(void);

		if (!plugin)
			return fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "usage"), 1;
		*(void **)&run = dlsym(plugin, "consume");
		if (!run || run() != 0 || !is_mapped("/libmhp.so"))
			return fprintf(stderr, "round %d: does not work\n", i), 1;
		dlclose(plugin);
		if (count("/proc/self/fd") != files)
			return fprintf(stderr, "round %d: a file is left open\n", i), 1;
		if (count("/proc/self/task") != threads)
			return fprintf(stderr, "round %d: a thread is left\n", i), 1;
		if (is_mapped("/libmhp"))
			return fprintf(stderr, "round %d: a library stays loaded\n", i), 1;
	}
	return 0;
}
