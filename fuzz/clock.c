// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Time of the targets. What the worker is to do is done here and now, but where it could
 * hang: then in a thread, of which each tick asks as lib/worker.c does.
 */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "../sim/sim.h"
#include "clock.h"
#include "fuzz.h"
#include "internal.h"

#define NS_PER_MS INT64_C(1000000)
#define TICK_NS (100 * NS_PER_MS)
/* of the machine's state, while it is not known whether a write will come to its end */
#define LOOK_NS 20000

int64_t __wrap_now_ns(void);
int64_t __wrap_deadline_ns(int64_t timeout_ms, int64_t default_ms);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *ret_left);
/* its names where time_t has become 64 bits wide: of glibc, of musl */
int __wrap___nanosleep64(const struct timespec *pause, struct timespec *ret_left)
	__attribute__((alias("__wrap_nanosleep")));
int __wrap___nanosleep_time64(const struct timespec *pause, struct timespec *ret_left)
	__attribute__((alias("__wrap_nanosleep")));
int __wrap_worker_run(struct worker *worker, int (*fn)(void *data), void *data,
		      int64_t deadline, int (*tick)(void *tick_data), void *tick_data,
		      int *ret_code);

static int64_t now;
static struct mhp_sim *machine;

void clock_watch(struct mhp_sim *sim)
{
	machine = sim;
	now = NS_PER_MS;
}

int64_t __wrap_now_ns(void)
{
	return now;
}

int64_t __wrap_deadline_ns(int64_t timeout_ms, int64_t default_ms)
{
	if (timeout_ms == 0)
		timeout_ms = default_ms;
	if (timeout_ms < 0 || timeout_ms > (NEVER_NS - now) / NS_PER_MS)
		return NEVER_NS;
	return now + timeout_ms * NS_PER_MS;
}

int __wrap_nanosleep(const struct timespec *pause, struct timespec *ret_left)
{
	(void)ret_left;
	now += pause->tv_sec * 1000 * NS_PER_MS + pause->tv_nsec;
	return 0;
}

/* ---- what may hang ---- */

struct job {
	int (*fn)(void *data);
	void *data;
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	bool is_done;
	int code;
};

static void *work(void *data)
{
	struct job *job = data;
	int code;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	code = job->fn(job->data);
	pthread_mutex_lock(&job->mutex);
	job->code = code;
	job->is_done = true;
	pthread_cond_signal(&job->ended);
	pthread_mutex_unlock(&job->mutex);
	return NULL;
}

static bool is_done(struct job *job)
{
	bool done;

	pthread_mutex_lock(&job->mutex);
	done = job->is_done;
	pthread_mutex_unlock(&job->mutex);
	return done;
}

enum stuck { NOT_STUCK, CAN_BE_ENDED, CANNOT_BE_ENDED };

static enum stuck how_stuck(const struct writer *writer)
{
	const struct attr *attr = writer->file ? writer->file->attr : NULL;

	if (!writer->waits(writer))
		return NOT_STUCK;
	/* as in sim/hotplug.c */
	return writer->hangs_at || (writer->can_end && attr && attr->need &&
				    attr->need(machine, writer->file->owner, writer->word) ==
				    NEEDS_HOTPLUG) ?
	       CAN_BE_ENDED : CANNOT_BE_ENDED;
}

static enum stuck is_stuck(void)
{
	enum stuck stuck;

	sim_lock(machine);
	/* there is only one */
	stuck = machine->waiting ? how_stuck(machine->waiting) : NOT_STUCK;
	sim_unlock(machine);
	return stuck;
}

/* false: it is stuck */
static bool wait_for(struct job *job)
{
	struct timespec until;

	while (!is_done(job)) {
		if (is_stuck())
			return false;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_NS;
		if (until.tv_nsec >= 1000 * NS_PER_MS) {
			until.tv_nsec -= 1000 * NS_PER_MS;
			until.tv_sec++;
		}
		pthread_mutex_lock(&job->mutex);
		if (!job->is_done)
			pthread_cond_timedwait(&job->ended, &job->mutex, &until);
		pthread_mutex_unlock(&job->mutex);
	}
	return true;
}

/* What nobody can end goes on when all others have ended. */
static void release_all(void)
{
	mhp_sim_release_hotplug(machine);
	for (size_t i = 0; i < machine->model.n_blocks; i++)
		if (machine->model.blocks[i]->state == MHP_STATE_GOING_OFFLINE)
			mhp_sim_release_block(machine, machine->model.blocks[i]->id);
}

static int run_in_thread(struct job *job, int64_t deadline, int (*tick)(void *tick_data),
			 void *tick_data)
{
	pthread_t thread;
	int ticks = 0, r = 0;

	if (pthread_create(&thread, NULL, work, job))
		FUZZ_FAIL("no thread");
	while (r == 0 && !wait_for(job)) {
		now = deadline - now > TICK_NS ? now + TICK_NS : deadline;
		if (now >= deadline)
			r = -ETIMEDOUT;
		if (tick && tick(tick_data) && r == 0)
			r = -ECANCELED;
		/* without a deadline it could go on for ever */
		if (++ticks == 1000)
			release_all();
	}
	if (r < 0) {
		pthread_cancel(thread);
		/* it goes on waiting */
		if (is_stuck() == CANNOT_BE_ENDED)
			release_all();
	}
	pthread_join(thread, NULL);
	return r;
}

static bool may_hang(void)
{
	return machine && (machine->n_hangs || machine->hotplug_held || machine->hotplug);
}

int __wrap_worker_run(struct worker *worker, int (*fn)(void *data), void *data,
		      int64_t deadline, int (*tick)(void *tick_data), void *tick_data,
		      int *ret_code)
{
	struct job job = { .fn = fn, .data = data };
	int r = 0;

	(void)worker;
	if (now >= deadline)
		return -ETIMEDOUT;
	/* it takes a little */
	now += NS_PER_MS / 100;
	if (!may_hang()) {
		*ret_code = fn(data);
		return 0;
	}
	pthread_mutex_init(&job.mutex, NULL);
	pthread_cond_init(&job.ended, NULL);
	r = run_in_thread(&job, deadline, tick, tick_data);
	if (job.is_done) {
		*ret_code = job.code;
		r = 0;
	}
	pthread_cond_destroy(&job.ended);
	pthread_mutex_destroy(&job.mutex);
	return r;
}
