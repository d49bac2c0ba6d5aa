// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread for what may have to be ended: a write that the kernel works at for ever
 * ends with the thread that has made it, by pthread_cancel() (kernel-abi 0, rule 6).
 * So no signal is sent that the caller could see, and no handler is set.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unwind.h>

#include "internal.h"

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define TICK_NS (100 * NS_PER_MS)
/* longer than that is waited for in parts: no overflow, whatever time_t is */
#define MAX_WAIT_NS (3600 * NS_PER_S)

enum job { JOB_NONE, JOB_THERE, JOB_DONE };

struct worker {
	pthread_mutex_t mutex;
	pthread_cond_t begin, end;	/* end: by CLOCK_MONOTONIC */
	pthread_t thread;
	bool has_thread;
	bool quit;			/* no further job for this thread */
	enum job job;
	int (*fn)(void *data);
	void *data;
	int code;
};

int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t deadline_ns(int64_t timeout_ms, int64_t default_ms)
{
	int64_t now = now_ns();

	if (timeout_ms == 0)
		timeout_ms = default_ms;
	if (timeout_ms < 0 || timeout_ms > (NEVER_NS - now) / NS_PER_MS)
		return NEVER_NS;
	return now + timeout_ms * NS_PER_MS;
}

/* ---- the thread ---- */

static void *work(void *data)
{
	struct worker *worker = data;
	int code;

	/* pthread_cancel() may have been called by now; it counts where fn enables it */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	/* for who asks top(1) what is so busy */
	prctl(PR_SET_NAME, "mhp-worker");
	pthread_mutex_lock(&worker->mutex);
	for (;;) {
		while (worker->job != JOB_THERE && !worker->quit)
			pthread_cond_wait(&worker->begin, &worker->mutex);
		if (worker->quit)
			break;
		pthread_mutex_unlock(&worker->mutex);
		code = worker->fn(worker->data);
		pthread_mutex_lock(&worker->mutex);
		worker->code = code;
		worker->job = JOB_DONE;
		pthread_cond_signal(&worker->end);
	}
	pthread_mutex_unlock(&worker->mutex);
	return NULL;
}

static int begin_thread(struct worker *worker)
{
	sigset_t all, before;
	int r;

	worker->quit = false;
	/* it begins with the mask of who makes it: the caller's handlers are not for it */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker->has_thread = r == 0;
	return r == 0 ? 0 : -EAGAIN;
}

/*
 * glibc ends a thread with the help of libgcc_s, opens that when it comes to it, and aborts
 * the program where it is not installed, as in an initrd. So we refer to it: whoever is
 * linked with us says that it needs it, also with libmhp.a, and there -static works too.
 */
static void need_unwinder(void)
{
#ifdef __GLIBC__
	__asm__ volatile("" : : "r"(_Unwind_ForcedUnwind));
#endif
}

/* Waits until the thread is gone, and with it what it was at. */
static void end_thread(struct worker *worker, bool cancel)
{
	pthread_mutex_lock(&worker->mutex);
	worker->quit = true;
	pthread_cond_signal(&worker->begin);
	pthread_mutex_unlock(&worker->mutex);
	if (cancel) {
		need_unwinder();
		pthread_cancel(worker->thread);
	}
	pthread_join(worker->thread, NULL);
	worker->has_thread = false;
}

/* ---- the caller ---- */

int worker_new(struct worker **ret_worker)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	pthread_condattr_t attr;
	int r;

	if (!worker)
		return -ENOMEM;
	r = pthread_condattr_init(&attr);
	if (r) {
		free(worker);
		return -r;
	}
	/* these three cannot fail on Linux: they only fill in what is there */
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->end, &attr);
	pthread_cond_init(&worker->begin, NULL);
	pthread_mutex_init(&worker->mutex, NULL);
	pthread_condattr_destroy(&attr);
	*ret_worker = worker;
	return 0;
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	if (worker->has_thread)
		end_thread(worker, false);
	pthread_cond_destroy(&worker->end);
	pthread_cond_destroy(&worker->begin);
	pthread_mutex_destroy(&worker->mutex);
	free(worker);
}

/* Until the job is done, at most until a moment; with the mutex held. */
static void wait_until(struct worker *worker, int64_t moment)
{
	int64_t now = now_ns();
	struct timespec until;

	if (moment > now + MAX_WAIT_NS)
		moment = now + MAX_WAIT_NS;
	until.tv_sec = (time_t)(moment / NS_PER_S);
	until.tv_nsec = (long)(moment % NS_PER_S);
	if (worker->job != JOB_DONE)
		pthread_cond_timedwait(&worker->end, &worker->mutex, &until);
}

/* 0: the job is done; why it is to be ended. */
static int wait_for_job(struct worker *worker, int64_t deadline,
			int (*tick)(void *tick_data), void *tick_data)
{
	int64_t next_tick = tick ? now_ns() + TICK_NS : NEVER_NS, now;
	int r = 0;

	pthread_mutex_lock(&worker->mutex);
	while (r == 0 && worker->job != JOB_DONE) {
		wait_until(worker, deadline < next_tick ? deadline : next_tick);
		now = now_ns();
		if (worker->job == JOB_DONE)
			break;
		if (now >= deadline) {
			/* the last look at what is under way */
			pthread_mutex_unlock(&worker->mutex);
			if (tick)
				tick(tick_data);
			pthread_mutex_lock(&worker->mutex);
			r = -ETIMEDOUT;
		} else if (now >= next_tick) {
			/* not while it waits for us to tell that it is done */
			pthread_mutex_unlock(&worker->mutex);
			if (tick(tick_data))
				r = -ECANCELED;
			next_tick = now_ns() + TICK_NS;
			pthread_mutex_lock(&worker->mutex);
		}
	}
	pthread_mutex_unlock(&worker->mutex);
	return r;
}

int worker_run(struct worker *worker, int (*fn)(void *data), void *data, int64_t deadline,
	       int (*tick)(void *tick_data), void *tick_data, int *ret_code)
{
	int r = 0;

	if (now_ns() >= deadline)
		return -ETIMEDOUT;
	if (!worker->has_thread)
		r = begin_thread(worker);
	if (r < 0)
		return r;
	pthread_mutex_lock(&worker->mutex);
	worker->fn = fn;
	worker->data = data;
	worker->job = JOB_THERE;
	pthread_cond_signal(&worker->begin);
	pthread_mutex_unlock(&worker->mutex);

	r = wait_for_job(worker, deadline, tick, tick_data);
	if (r < 0)
		end_thread(worker, true);
	/* it may have come to its end before it was ended; then that is what counts */
	if (worker->job == JOB_DONE) {
		*ret_code = worker->code;
		r = 0;
	}
	worker->job = JOB_NONE;
	return r;
}
