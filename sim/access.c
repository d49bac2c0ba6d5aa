// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What comes through contexts: counted, made to fail at a certain place, and ended
 * with the context, as a program is by SIGKILL.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* what can change the machine, or another user of libmhp can see */
#define ACTS (MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN | MHP_SIM_ACCESS_LOAD)
#define ALL (ACTS | MHP_SIM_ACCESS_READ | MHP_SIM_ACCESS_LOOK)

static unsigned int kind_of(enum mhp_sim_access what)
{
	return (unsigned int)__builtin_ctz(what);
}

static void countdown_free(struct countdown *countdown)
{
	free(countdown->path);
	free(countdown->act_path);
	free(countdown->act_word);
}

void accesses_free(struct mhp_sim *sim)
{
	for (size_t i = 0; i < sim->n_countdowns; i++)
		countdown_free(&sim->countdowns[i]);
	free(sim->countdowns);
}

/* ---- counting ---- */

MHP_EXPORT size_t mhp_sim_count(const struct mhp_sim *sim, uint64_t what)
{
	size_t count = 0;

	sim_lock(sim);
	for (unsigned int kind = 0; kind < ACCESS_KINDS; kind++)
		if (what & (1u << kind))
			count += sim->counts[kind];
	sim_unlock(sim);
	return count;
}

MHP_EXPORT size_t mhp_sim_count_writes(const struct mhp_sim *sim)
{
	return mhp_sim_count(sim, MHP_SIM_ACCESS_WRITE);
}

MHP_EXPORT size_t mhp_sim_count_reads(const struct mhp_sim *sim)
{
	return mhp_sim_count(sim, MHP_SIM_ACCESS_READ);
}

/* ---- the n-th of them ---- */

/* Takes what countdown holds over, also upon failure. */
static int add_countdown(struct mhp_sim *sim, struct countdown *countdown, const char *path)
{
	struct countdown *list = NULL;
	int r = 0;

	if (!countdown->what || (countdown->what & ~(uint64_t)ALL) || !countdown->left)
		r = -EINVAL;
	if (r == 0 && path)
		r = real_path(sim, path, &countdown->path);
	if (r < 0) {
		countdown_free(countdown);
		return r;
	}
	sim_lock(sim);
	list = reallocarray(sim->countdowns, sim->n_countdowns + 1, sizeof(*list));
	if (list) {
		sim->countdowns = list;
		list[sim->n_countdowns++] = *countdown;
	} else {
		countdown_free(countdown);
	}
	sim_unlock(sim);
	return list ? 0 : -ENOMEM;
}

MHP_EXPORT int mhp_sim_fail_at(struct mhp_sim *sim, uint64_t what, const char *path,
			       size_t n, int code)
{
	struct countdown countdown = { .what = what, .left = n, .code = code };

	return is_code(code) ? add_countdown(sim, &countdown, path) : -EINVAL;
}

/* Their places are kept, as those of the ones that have come due. */
void countdowns_clear_failures(struct mhp_sim *sim)
{
	for (size_t i = 0; i < sim->n_countdowns; i++)
		if (!sim->countdowns[i].act_path)
			sim->countdowns[i].left = 0;
}

MHP_EXPORT int mhp_sim_race_at(struct mhp_sim *sim, uint64_t what, const char *path,
			       size_t n, const char *act_path, const char *act_word)
{
	struct countdown countdown = { .what = what, .left = n };

	if (!act_path || act_path[0] != '/' || !act_word)
		return -EINVAL;
	countdown.act_path = strdup(act_path);
	countdown.act_word = strdup(act_word);
	if (!countdown.act_path || !countdown.act_word) {
		countdown_free(&countdown);
		return -ENOMEM;
	}
	return add_countdown(sim, &countdown, path);
}

char *access_path(struct mhp_sim *sim, struct node *from, const char *name, bool follow)
{
	struct buf buf = { 0 };
	struct node *node;
	char *path;

	if (tree_walk(sim->root, from, name, follow, &node) == 0)
		return tree_path(node);
	if (follow)
		return strdup(name);
	path = tree_path(from);
	if (!path)
		return NULL;
	buf_add(&buf, "%s/%s", path, name);
	free(path);
	return buf_finish(&buf, &path) < 0 ? NULL : path;
}

/* It is due: another program acts, as in race_act(), or the access fails. */
static int come_due(struct mhp_sim *sim, const struct countdown *countdown)
{
	if (countdown->act_path) {
		(void)write_as_other(sim, countdown->act_path, countdown->act_word);
		follow_up(sim);
	}
	return countdown->code;
}

/* All that await this access count it; of failures the oldest that is due is told. */
static int count_down(struct mhp_sim *sim, enum mhp_sim_access what, struct node *from,
		      const char *name, bool follow)
{
	char *path = NULL;
	int r = 0;

	for (size_t i = 0; i < sim->n_countdowns; i++) {
		struct countdown *countdown = &sim->countdowns[i];

		if (!(countdown->what & what) || !countdown->left)
			continue;
		if (countdown->path && !path)
			path = access_path(sim, from, name, follow);
		if (countdown->path && !path)
			return -ENOMEM;
		if (countdown->path && strcmp(countdown->path, path))
			continue;
		if (--countdown->left == 0) {
			int code = come_due(sim, countdown);

			r = r ? r : code;
		}
	}
	free(path);
	return r;
}

/* ---- being refused ---- */

MHP_EXPORT int mhp_sim_set_read_only(struct mhp_sim *sim, uint64_t what)
{
	if (what & ~(uint64_t)(MHP_SIM_ACCESS_WRITE | MHP_SIM_ACCESS_RUN))
		return -EINVAL;
	sim_lock(sim);
	sim->refused = what;
	sim_unlock(sim);
	return 0;
}

/* ---- being killed ---- */

bool is_dead(const struct sim_backend *be)
{
	return be->number <= be->sim->n_dead;
}

static void kill_all(struct mhp_sim *sim)
{
	sim->kill_is_due = false;
	sim->n_dead = sim->n_contexts;
	locks_drop_dead(sim);
	/* those that hang or wait end, too */
	pthread_cond_broadcast(&sim->changed);
}

MHP_EXPORT void mhp_sim_kill_after(struct mhp_sim *sim, size_t n)
{
	sim_lock(sim);
	sim->kill_is_due = n > 0;
	sim->kill_left = n;
	if (!n)
		kill_all(sim);
	sim_unlock(sim);
}

int access_begin(struct sim_backend *be, enum mhp_sim_access what, struct node *from,
		 const char *name, bool follow)
{
	struct mhp_sim *sim = be->sim;
	int r;

	if (is_dead(be))
		return -EIO;
	sim->counts[kind_of(what)]++;
	if ((what & ACTS) && sim->kill_is_due && !--sim->kill_left) {
		sim->kill_is_due = false;
		be->dies = true;
	}
	r = count_down(sim, what, from, name, follow);
	if (r == 0 && (sim->refused & what))
		r = -EROFS;
	return r;
}

int access_end(struct sim_backend *be, int r)
{
	if (be->dies) {
		be->dies = false;
		kill_all(be->sim);
	}
	return is_dead(be) ? -EIO : r;
}
