// SPDX-License-Identifier: LGPL-2.1-or-later
/* Golden plans. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/ask.h"
#include "support/golden.h"

static const char *data(void)
{
	const char *dir = getenv("TEST_DATA");

	return dir ? dir : "tests";
}

struct mhp_sim *open_machine(const char *name)
{
	struct mhp_sim *sim;
	char path[4096];

	snprintf(path, sizeof(path), "%s/machines/%s", data(), name);
	assert_int_equal(mhp_sim_new_from_capture(path, NULL, &sim), 0);
	return sim;
}

struct mhp_snapshot *look_at(struct mhp_sim *sim)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_snapshot *snap;
	struct mhp_ctx *ctx;

	assert_int_equal(mhp_sim_new_ctx(sim, &ctx), 0);
	assert_int_equal(mhp_snapshot_new(ctx, &opts, &snap), 0);
	mhp_ctx_unref(ctx);
	return snap;
}

static void take_line(struct golden *golden, char *line)
{
	char *at;

	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, "# machine: ", 11)) {
		golden->sim = open_machine(line + 11);
	} else if (!strncmp(line, "# put: ", 7)) {
		at = strchr(line + 7, ' ');
		assert_non_null(at);
		*at = '\0';
		assert_int_equal(mhp_sim_write(golden->sim, at + 1, line + 7), 0);
	} else if (!strncmp(line, "# request: ", 11)) {
		golden->request = ask(line + 11);
	}
}

static void golden_read(const char *path, struct golden *golden)
{
	struct text header = { 0 }, expected = { 0 };
	FILE *file = fopen(path, "r");
	char line[1024];

	assert_non_null(file);
	golden->path = path;
	while (fgets(line, sizeof(line), file)) {
		text_add(*line == '#' ? &header : &expected, "%s", line);
		take_line(golden, line);
	}
	fclose(file);
	assert_non_null(golden->sim);
	assert_non_null(golden->request);
	assert_int_equal(text_finish(&header, &golden->header), 0);
	assert_int_equal(text_finish(&expected, &golden->expected), 0);
}

static void golden_free(struct golden *golden)
{
	free(golden->header);
	free(golden->expected);
	mhp_request_free(golden->request);
	mhp_sim_unref(golden->sim);
}

size_t for_each_golden(void (*fn)(const struct golden *golden))
{
	struct dirent *entry;
	char path[4096];
	size_t count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/golden", data());
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct golden golden = { 0 };

		if (!strstr(entry->d_name, ".plan"))
			continue;
		snprintf(path, sizeof(path), "%s/golden/%s", data(), entry->d_name);
		golden_read(path, &golden);
		fn(&golden);
		golden_free(&golden);
		count++;
	}
	closedir(dir);
	return count;
}
