// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel's lock for memory hotplug, where somebody keeps it: taking a block
 * offline that never ends, or another program. Nothing else takes any time here, so
 * nobody else needs to have it.
 *
 * Who writes memoryN/state and "online" tries for the lock, sleeps, and tries
 * again, so a fatal signal ends that (drivers/base/core.c,
 * lock_device_hotplug_sysfs()). Devices take it by mutex_lock(), which nothing ends
 * (mm/memory_hotplug.c, offline_and_remove_memory_ranges() and others).
 */
#include <errno.h>
#include <stdlib.h>

#include "sim.h"

void hotplug_free(struct mhp_sim *sim)
{
	free(sim->hangs);
	pthread_cond_destroy(&sim->changed);
	pthread_mutex_destroy(&sim->mutex);
}

bool hotplug_is_taken(const struct mhp_sim *sim)
{
	return sim->hotplug || sim->hotplug_held;
}

/* ---- waiting ---- */

void writer_end(struct writer *writer)
{
	node_unref(writer->file);
	free(writer->path);
	writer->file = NULL;
	writer->path = NULL;
}

/* The memory is put back, and others may have the lock. */
static void stop_hanging(struct writer *writer)
{
	if (!writer->hangs_at)
		return;
	writer->hangs_at->state = MHP_STATE_ONLINE;
	writer->hangs_at = NULL;
	writer->sim->hotplug = NULL;
	pthread_cond_broadcast(&writer->sim->changed);
}

static void stop_waiting(struct writer *writer)
{
	for (struct writer **at = &writer->sim->waiting; *at; at = &(*at)->next)
		if (*at == writer) {
			*at = writer->next;
			break;
		}
}

/* The thread is ended where it waits; it has the mutex again. */
static void cancelled(void *data)
{
	struct writer *writer = data;
	struct mhp_sim *sim = writer->sim;
	struct node *in_dir = writer->file->parent;

	stop_waiting(writer);
	stop_hanging(writer);
	note_write(sim, writer->path, writer->word, -EINTR);
	writer_end(writer);
	tree_forget(in_dir);
	access_end(writer->be, -EINTR);
	follow_up(sim);
	sim_unlock(sim);
}

/* As write(2) does first of all: its thread may have been told to end already. */
static void end_if_told(struct writer *writer)
{
	int before;

	pthread_cleanup_push(cancelled, writer);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
	pthread_testcancel();
	pthread_setcancelstate(before, NULL);
	pthread_cleanup_pop(0);
}

static void wait_on(const struct writer *writer, wait_test test)
{
	while (test(writer))
		pthread_cond_wait(&writer->sim->changed, &writer->sim->mutex);
}

/* The waiting ends with the thread. */
static void wait_to_the_end(struct writer *writer, wait_test test)
{
	pthread_cleanup_push(cancelled, writer);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	wait_on(writer, test);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cleanup_pop(0);
}

/* With can_end the waiting ends with the thread. */
static void wait_while(struct writer *writer, wait_test test, bool can_end)
{
	struct mhp_sim *sim = writer->sim;
	int before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	writer->waits = test;
	writer->next = sim->waiting;
	sim->waiting = writer;
	pthread_cond_broadcast(&sim->changed);
	if (can_end)
		wait_to_the_end(writer, test);
	else
		wait_on(writer, test);
	stop_waiting(writer);
	pthread_setcancelstate(before, NULL);
}

/* ---- for the lock ---- */

static enum need need_of(const struct writer *writer)
{
	const struct attr *attr = writer->file->attr;

	if (!attr || !attr->need)
		return NEEDS_NOTHING;
	return attr->need(writer->sim, writer->file->owner, writer->word);
}

static bool has_to_wait(const struct writer *writer)
{
	const struct mhp_sim *sim = writer->sim;

	if (!hotplug_is_taken(sim) || is_dead(writer->be))
		return false;
	/* a device's state has a lock of its own (drivers/dax/kmem.c) */
	if (sim->hotplug && sim->hotplug->file == writer->file)
		return true;
	return need_of(writer) != NEEDS_NOTHING;
}

static bool lock_is_taken(const struct writer *writer)
{
	return hotplug_is_taken(writer->sim) && !is_dead(writer->be);
}

int hotplug_wait(struct writer *writer)
{
	if (!writer->be)
		return hotplug_is_taken(writer->sim) && need_of(writer) != NEEDS_NOTHING ?
		       -EINTR : 0;
	if (writer->can_end)
		end_if_told(writer);
	if (has_to_wait(writer))
		/* what is asked for then may need no lock any more: never mind */
		wait_while(writer, lock_is_taken,
			   writer->can_end && need_of(writer) == NEEDS_HOTPLUG);
	return is_dead(writer->be) ? -EIO : 0;
}

int hotplug_wait_to_load(struct sim_backend *be)
{
	struct writer writer = { .sim = be->sim, .be = be };

	if (lock_is_taken(&writer))
		wait_while(&writer, lock_is_taken, false);
	return is_dead(be) ? -EIO : 0;
}

/* ---- a block that will not go offline ---- */

bool sim_hangs(struct mhp_sim *sim, struct block *block)
{
	for (size_t i = 0; i < sim->n_hangs; i++) {
		struct hang *hang = &sim->hangs[i];

		if (hang->block != block->id || (!hang->always && !hang->times))
			continue;
		hang->times -= !hang->always;
		sim->hangs_at = block;
		return true;
	}
	return false;
}

static bool does_hang(const struct writer *writer)
{
	return !writer->released && !is_dead(writer->be);
}

int hotplug_hang(struct writer *writer)
{
	struct mhp_sim *sim = writer->sim;

	if (!writer->can_end)
		return -EINTR;
	writer->hangs_at = sim->hangs_at;
	writer->hangs_at->state = MHP_STATE_GOING_OFFLINE;
	writer->released = false;
	sim->hotplug = writer;
	wait_while(writer, does_hang, true);
	stop_hanging(writer);
	return is_dead(writer->be) ? -EIO : 0;
}

void hotplug_hang_worker(struct mhp_sim *sim)
{
	struct writer *worker = &sim->worker;

	worker->sim = sim;
	worker->hangs_at = sim->hangs_at;
	worker->hangs_at->state = MHP_STATE_GOING_OFFLINE;
	sim->hotplug = worker;
}

MHP_EXPORT int mhp_sim_hang_block(struct mhp_sim *sim, uint64_t id, unsigned int times)
{
	struct hang *list;

	sim_lock(sim);
	list = reallocarray(sim->hangs, sim->n_hangs + 1, sizeof(*list));
	if (list) {
		sim->hangs = list;
		list[sim->n_hangs++] = (struct hang){ id, times, times == 0 };
	}
	sim_unlock(sim);
	return list ? 0 : -ENOMEM;
}

MHP_EXPORT void mhp_sim_release_block(struct mhp_sim *sim, uint64_t id)
{
	size_t count = 0;

	sim_lock(sim);
	for (size_t i = 0; i < sim->n_hangs; i++)
		if (sim->hangs[i].block != id)
			sim->hangs[count++] = sim->hangs[i];
	sim->n_hangs = count;
	if (sim->hotplug && sim->hotplug->hangs_at->id == id) {
		sim->hotplug->released = true;
		pthread_cond_broadcast(&sim->changed);
		if (sim->hotplug == &sim->worker) {
			stop_hanging(&sim->worker);
			follow_up(sim);
		}
	}
	sim_unlock(sim);
}

/* ---- another program that has the lock ---- */

MHP_EXPORT int mhp_sim_hold_hotplug(struct mhp_sim *sim)
{
	int r = 0;

	sim_lock(sim);
	if (hotplug_is_taken(sim))
		r = -EBUSY;
	else
		sim->hotplug_held = true;
	sim_unlock(sim);
	return r;
}

MHP_EXPORT void mhp_sim_release_hotplug(struct mhp_sim *sim)
{
	sim_lock(sim);
	sim->hotplug_held = false;
	pthread_cond_broadcast(&sim->changed);
	follow_up(sim);
	sim_unlock(sim);
}

/* Who may go on, and has yet to wake up, does not count. */
static size_t count_stuck(const struct mhp_sim *sim)
{
	size_t count = 0;

	for (const struct writer *writer = sim->waiting; writer; writer = writer->next)
		count += writer->waits(writer);
	return count;
}

MHP_EXPORT void mhp_sim_await_stuck(struct mhp_sim *sim, size_t n)
{
	int before;

	/* nobody would give the mutex back */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	sim_lock(sim);
	while (count_stuck(sim) < n)
		pthread_cond_wait(&sim->changed, &sim->mutex);
	sim_unlock(sim);
	pthread_setcancelstate(before, NULL);
}
