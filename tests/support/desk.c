// SPDX-License-Identifier: LGPL-2.1-or-later
/* A simulated machine, and back ends on it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

struct mhp_sim *desk_machine(const char *name)
{
	const char *data = getenv("TEST_DATA");
	struct mhp_sim *sim;
	char path[4096];

	snprintf(path, sizeof(path), "%s/machines/%s", data ? data : "tests", name);
	assert_int_equal(mhp_sim_new_from_capture(path, NULL, &sim), 0);
	return sim;
}

struct desk desk_at(struct mhp_sim *sim)
{
	struct desk desk = { .sim = sim };

	assert_int_equal(backend_new(sim, &desk.be), 0);
	desk.ops = desk.be->ops;
	assert_int_equal(desk.ops->open_dir(desk.be, "/", &desk.root), 0);
	return desk;
}

void desk_leave(struct desk *desk)
{
	desk->ops->close_dir(desk->be, desk->root);
	desk->ops->free(desk->be);
}

int desk_write(struct desk *desk, const char *path, const char *word, bool can_end)
{
	return desk->ops->write(desk->be, desk->root, path + 1, word, can_end);
}

int desk_put(struct desk *desk, const char *path, const char *word)
{
	const char *slash = strrchr(path, '/');
	struct mhp_dir *dir;
	char above[256];
	int r;

	snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
	r = desk->ops->open_dir(desk->be, above, &dir);
	if (r < 0)
		return r;
	r = desk->ops->write(desk->be, dir, slash + 1, word, false);
	desk->ops->close_dir(desk->be, dir);
	return r;
}

int desk_get(struct desk *desk, const char *path, char **ret_text)
{
	const char *slash = strrchr(path, '/');
	struct mhp_dir *dir;
	char above[256];
	size_t length;
	int r;

	snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
	r = desk->ops->open_dir(desk->be, above, &dir);
	if (r < 0)
		return r;
	r = desk->ops->read_all(desk->be, dir, slash + 1, ret_text, &length);
	desk->ops->close_dir(desk->be, dir);
	return r;
}

int desk_read(struct desk *desk, const char *path, const char *wanted)
{
	char bytes[MHP_ATTR_SIZE];
	size_t length;
	int r;

	r = desk->ops->read(desk->be, desk->root, path + 1, bytes, sizeof(bytes), &length);
	if (r < 0 || !wanted)
		return r;
	if (length != strlen(wanted) || memcmp(bytes, wanted, length))
		fail_msg("%s: \"%.*s\" and not \"%s\"", path, (int)length, bytes, wanted);
	return 0;
}

void check_shows(struct mhp_sim *sim, const char *path, const char *wanted)
{
	char *text = NULL;
	int r = mhp_sim_read(sim, path, &text);

	if (!wanted) {
		free(text);
		if (r != -ENOENT)
			fail_msg("%s: %d and not -ENOENT", path, r);
		return;
	}
	if (r < 0)
		fail_msg("%s: %d", path, r);
	if (strncmp(text, wanted, strlen(wanted)) || strcmp(text + strlen(wanted), "\n"))
		fail_msg("%s: %sand not %s", path, text, wanted);
	free(text);
}

void check_is(struct mhp_sim *sim, unsigned int id, const char *wanted)
{
	char path[128];

	snprintf(path, sizeof(path), MEMORY "memory%u/state", id);
	if (!strcmp(wanted, "absent")) {
		check_shows(sim, path, NULL);
		return;
	}
	if (!strcmp(wanted, "offline")) {
		check_shows(sim, path, wanted);
		return;
	}
	check_shows(sim, path, "online");
	snprintf(path, sizeof(path), MEMORY "memory%u/valid_zones", id);
	check_shows(sim, path, wanted);
}
