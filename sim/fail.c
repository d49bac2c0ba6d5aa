// SPDX-License-Identifier: LGPL-2.1-or-later
/* Failures upon request: of a file, of a block. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define MAX_ERRNO 4095

static void failure_free(struct failure *failure)
{
	free(failure->path);
	free(failure->word);
}

void failures_free(struct mhp_sim *sim)
{
	for (size_t i = 0; i < sim->n_failures; i++)
		failure_free(&sim->failures[i]);
	free(sim->failures);
}

/* Takes what failure holds over, also upon failure. */
static int add_failure(struct mhp_sim *sim, struct failure *failure, unsigned int times)
{
	struct failure *list;

	failure->times = times;
	failure->always = times == 0;
	sim_lock(sim);
	list = reallocarray(sim->failures, sim->n_failures + 1, sizeof(*list));
	if (list) {
		sim->failures = list;
		list[sim->n_failures++] = *failure;
	} else {
		failure_free(failure);
	}
	sim_unlock(sim);
	return list ? 0 : -ENOMEM;
}

MHP_EXPORT void mhp_sim_clear_failures(struct mhp_sim *sim)
{
	sim_lock(sim);
	failures_free(sim);
	sim->failures = NULL;
	sim->n_failures = 0;
	countdowns_clear_failures(sim);
	sim_unlock(sim);
}

bool is_code(int code)
{
	return code < 0 && code >= -MAX_ERRNO;
}

int real_path(struct mhp_sim *sim, const char *path, char **ret_path)
{
	struct node *file;
	int r;

	if (!path || path[0] != '/')
		return -EINVAL;
	sim_lock(sim);
	r = tree_walk(sim->root, sim->root, path, true, &file);
	if (r == 0)
		*ret_path = tree_path(file);
	else if (r == -ENOENT)
		*ret_path = strdup(path);
	sim_unlock(sim);
	if (r < 0 && r != -ENOENT)
		return r;
	return *ret_path ? 0 : -ENOMEM;
}

MHP_EXPORT int mhp_sim_fail_read(struct mhp_sim *sim, const char *path, int code,
				 unsigned int times)
{
	struct failure failure = { .code = code, .read = true };
	int r;

	if (!is_code(code))
		return -EINVAL;
	r = real_path(sim, path, &failure.path);
	return r < 0 ? r : add_failure(sim, &failure, times);
}

MHP_EXPORT int mhp_sim_fail_write(struct mhp_sim *sim, const char *path, const char *word,
				  int code, unsigned int times)
{
	struct failure failure = { .code = code };
	int r;

	if (!is_code(code))
		return -EINVAL;
	r = real_path(sim, path, &failure.path);
	if (r < 0)
		return r;
	failure.word = word ? strdup(word) : NULL;
	if (word && !failure.word) {
		failure_free(&failure);
		return -ENOMEM;
	}
	return add_failure(sim, &failure, times);
}

MHP_EXPORT int mhp_sim_fail_block(struct mhp_sim *sim, uint64_t id, const char *word, int code,
				  unsigned int times)
{
	static const char *const words[] = { "offline", "online", "add" };
	struct failure failure = { .code = code, .block = id };

	if (!word || !is_code(code))
		return -EINVAL;
	for (unsigned int act = BLOCK_OFFLINE; act <= BLOCK_ADD; act++)
		if (!strcmp(word, words[act])) {
			failure.act = act;
			return add_failure(sim, &failure, times);
		}
	return -EINVAL;
}

/* It happens now: is it used up? Its place is kept, so that the oldest goes first. */
static int use_failure(struct failure *failure)
{
	if (!failure->always)
		failure->times--;
	return failure->code;
}

static bool is_left(const struct failure *failure)
{
	return failure->always || failure->times > 0;
}

int sim_fails_read(struct mhp_sim *sim, const struct node *file)
{
	char *path = NULL;
	int r = 0;

	for (size_t i = 0; i < sim->n_failures && r == 0; i++) {
		struct failure *failure = &sim->failures[i];

		if (!failure->read || !is_left(failure))
			continue;
		if (!path)
			path = tree_path(file);
		if (!path)
			return -ENOMEM;
		if (!strcmp(failure->path, path))
			r = use_failure(failure);
	}
	free(path);
	return r;
}

int sim_fails_write(struct mhp_sim *sim, const char *path, const char *word)
{
	for (size_t i = 0; i < sim->n_failures; i++) {
		struct failure *failure = &sim->failures[i];

		if (failure->path && !failure->read && is_left(failure) &&
		    !strcmp(failure->path, path) &&
		    (!failure->word || same_word(word, failure->word)))
			return use_failure(failure);
	}
	return 0;
}

int sim_fails_block(struct mhp_sim *sim, uint64_t id, enum block_act act)
{
	for (size_t i = 0; i < sim->n_failures; i++) {
		struct failure *failure = &sim->failures[i];

		if (!failure->path && is_left(failure) && failure->act == act &&
		    (failure->block == id || failure->block == MHP_SIM_ANY_BLOCK))
			return use_failure(failure);
	}
	return 0;
}
