// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * main() of a target where there is no libFuzzer: runs it with the files, and those in the
 * folders, that are named; without any, with all its seeds.
 *
 *	fuzz/NAME [FILE|FOLDER]...
 */
#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

static size_t count;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void run_file(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t length = 0, room = 65536;
	uint8_t *bytes = malloc(room);

	if (!file || !bytes)
		die(path);
	while ((length += fread(bytes + length, 1, room - length, file)) == room) {
		room *= 2;
		bytes = realloc(bytes, room);
		if (!bytes)
			die(path);
	}
	if (ferror(file))
		die(path);
	fclose(file);
	/* what breaks here ends the process */
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes, length);
	free(bytes);
	count++;
}

static void run_path(const char *path)
{
	char inside[4096];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	if (stat(path, &st) < 0)
		die(path);
	if (!S_ISDIR(st.st_mode)) {
		run_file(path);
		return;
	}
	dir = opendir(path);
	if (!dir)
		die(path);
	while ((entry = readdir(dir))) {
		snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			run_path(inside);
	}
	closedir(dir);
}

static void run_pattern(const char *top, const char *pattern)
{
	char path[4096];
	glob_t found;

	snprintf(path, sizeof(path), "%s/%s", top, pattern);
	if (glob(path, 0, NULL, &found)) {
		fprintf(stderr, "%s: no such seeds\n", path);
		exit(2);
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		run_path(found.gl_pathv[i]);
	globfree(&found);
}

/* The target's folder, and what the table says. */
static void run_seeds(void)
{
	const char *top = getenv("top_srcdir"), *separators = " \t\n";
	char line[1024], *name, *pattern;
	bool is_listed = false;
	FILE *table;

	if (!top)
		top = ".";
	snprintf(line, sizeof(line), "fuzz/corpus/%s", fuzz_name);
	run_pattern(top, line);
	snprintf(line, sizeof(line), "%s/fuzz/targets", top);
	table = fopen(line, "r");
	if (!table)
		die(line);
	while (fgets(line, sizeof(line), table)) {
		name = strtok(line, separators);
		if (!name || strcmp(name, fuzz_name))
			continue;
		is_listed = strtok(NULL, separators);
		while ((pattern = strtok(NULL, separators)))
			run_pattern(top, pattern);
	}
	fclose(table);
	if (!is_listed) {
		fprintf(stderr, "%s is not in fuzz/targets\n", fuzz_name);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	if (argc < 2)
		run_seeds();
	printf("%s: %zu inputs\n", fuzz_name, count);
	return count ? 0 : 1;
}
