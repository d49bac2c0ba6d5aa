// SPDX-License-Identifier: LGPL-2.1-or-later
/* Jobs that end, jobs that are ended, and what the caller may notice of it: nothing. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "internal.h"
#include "support/entries.h"

static pid_t own_tid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

/*
 * What there must be no more of afterwards. Less there may be: of threads also one is counted
 * that an earlier test joined, until the kernel is done with it.
 */
struct before {
	int files, threads;
	sigset_t mask;
};

static struct before look_around(void)
{
	struct before now = {
		.files = count_entries("/proc/self/fd"),
		.threads = count_entries("/proc/self/task"),
	};

	pthread_sigmask(SIG_SETMASK, NULL, &now.mask);
	return now;
}

static void assert_as_before(const struct before *before)
{
	struct before now = look_around();

	assert_int_equal(now.files, before->files);
	assert_true(count_threads(before->threads) <= before->threads);
	for (int sig = 1; sig < NSIG; sig++)
		assert_int_equal(sigismember(&now.mask, sig), sigismember(&before->mask, sig));
}

static struct worker *new_worker(void)
{
	struct worker *worker;

	/* only a test that hangs gets to know of it */
	alarm(60);
	assert_int_equal(worker_new(&worker), 0);
	return worker;
}

/* ---- jobs ---- */

struct job {
	int pipe[2];
	int runs;
	pid_t tid;
	int cancel_state;
	sigset_t mask;
	bool cleaned_up;
};

static void open_job(struct job *job)
{
	*job = (struct job){ 0 };
	assert_int_equal(pipe(job->pipe), 0);
}

static void close_job(struct job *job)
{
	close(job->pipe[0]);
	close(job->pipe[1]);
}

static int note(void *data)
{
	struct job *job = data;

	__atomic_add_fetch(&job->runs, 1, __ATOMIC_SEQ_CST);
	job->tid = own_tid();
	pthread_sigmask(SIG_SETMASK, NULL, &job->mask);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &job->cancel_state);
	return -EBUSY;
}

/* Nothing but ending the thread ends this. */
static void clean_up(void *data)
{
	((struct job *)data)->cleaned_up = true;
}

static int wait_for_ever(void *data)
{
	struct job *job = data;
	volatile ssize_t n = 0;
	char byte;

	__atomic_add_fetch(&job->runs, 1, __ATOMIC_SEQ_CST);
	pthread_cleanup_push(clean_up, job);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	n = read(job->pipe[0], &byte, 1);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cleanup_pop(0);
	return (int)n;
}

/* As a write to a device's state that the kernel does not give up. */
static int wait_stubbornly(void *data)
{
	struct job *job = data;
	char byte;

	__atomic_add_fetch(&job->runs, 1, __ATOMIC_SEQ_CST);
	return read(job->pipe[0], &byte, 1) == 1 ? -EIO : 0;
}

struct ticks {
	int count, cancel_at;
	const int *begun;	/* nothing is done while that is 0; NULL: at once */
	pid_t tid;
	int write_to;		/* what a job waits for; -1: nothing */
	int ring_to;		/* 0: nothing; else where the alarm writes from now on */
};

static volatile sig_atomic_t alarms, alarm_tid, alarm_fd;

static int tick(void *data)
{
	struct ticks *ticks = data;

	/* on a busy machine the job may not even have begun */
	if (ticks->begun && !__atomic_load_n(ticks->begun, __ATOMIC_SEQ_CST))
		return 0;
	ticks->count++;
	ticks->tid = own_tid();
	if (ticks->write_to >= 0)
		assert_int_equal(write(ticks->write_to, "", 1), 1);
	if (ticks->ring_to)
		alarm_fd = ticks->ring_to;
	return ticks->count >= ticks->cancel_at;
}

/* ---- jobs that come to their end ---- */

static void results(void **state)
{
	struct before before = look_around();
	struct worker *worker = new_worker();
	struct job job = { 0 };
	int code = 1;
	pid_t tid;

	(void)state;
	/* it takes no thread to have none */
	assert_as_before(&before);
	assert_int_equal(worker_run(worker, note, &job, NEVER_NS, NULL, NULL, &code), 0);
	assert_int_equal(code, -EBUSY);
	assert_int_equal(job.cancel_state, PTHREAD_CANCEL_DISABLE);
	assert_int_not_equal(job.tid, own_tid());
	for (int sig = 1; sig < NSIG; sig++) {
		/* these two cannot be; the C library keeps some to itself */
		if (sig != SIGKILL && sig != SIGSTOP && (sig < 32 || sig >= SIGRTMIN))
			assert_true(sigismember(&job.mask, sig));
	}
	/* the same thread again */
	tid = job.tid;
	code = 1;
	assert_int_equal(worker_run(worker, note, &job, deadline_ns(50000, 0), NULL, NULL,
				    &code), 0);
	assert_int_equal(code, -EBUSY);
	assert_int_equal(job.tid, tid);
	assert_int_equal(job.runs, 2);
	worker_free(worker);
	assert_as_before(&before);
	worker_free(NULL);
}

/* The job waits for what only the caller's tick does. */
static void ticks(void **state)
{
	struct worker *worker = new_worker();
	struct ticks ticks = { .cancel_at = 100 };
	struct job job;
	int code = 1;

	(void)state;
	open_job(&job);
	ticks.write_to = job.pipe[1];
	assert_int_equal(worker_run(worker, wait_stubbornly, &job, NEVER_NS, tick, &ticks,
				    &code), 0);
	assert_int_equal(code, -EIO);
	assert_true(ticks.count >= 1);
	assert_int_equal(ticks.tid, own_tid());
	worker_free(worker);
	close_job(&job);
}

/* ---- jobs that are ended ---- */

static void deadline(void **state)
{
	struct before before = look_around();
	struct worker *worker = new_worker();
	struct job job;
	int code = 1;

	(void)state;
	open_job(&job);
	for (int i = 1; i <= 10; i++) {
		job.cleaned_up = false;
		job.runs = 0;
		/* long enough for the thread to get there, most of the time */
		assert_int_equal(worker_run(worker, wait_for_ever, &job, deadline_ns(20, 0),
					    NULL, NULL, &code), -ETIMEDOUT);
		assert_int_equal(code, 1);
		assert_int_equal(job.cleaned_up, job.runs);
		assert_true(count_threads(before.threads) <= before.threads);
	}
	/* and it is as good as new */
	assert_int_equal(worker_run(worker, note, &job, NEVER_NS, NULL, NULL, &code), 0);
	assert_int_equal(code, -EBUSY);
	worker_free(worker);
	close_job(&job);
	assert_as_before(&before);
}

static void cancelled(void **state)
{
	struct before before = look_around();
	struct worker *worker = new_worker();
	struct ticks ticks = { .cancel_at = 2, .write_to = -1 };
	struct job job;
	int code = 1;

	(void)state;
	open_job(&job);
	ticks.begun = &job.runs;
	assert_int_equal(worker_run(worker, wait_for_ever, &job, deadline_ns(50000, 0), tick,
				    &ticks, &code), -ECANCELED);
	assert_int_equal(ticks.count, 2);
	assert_int_equal(code, 1);
	assert_true(job.cleaned_up);
	/* the thread went with the job */
	close_job(&job);
	assert_as_before(&before);
	worker_free(worker);
}

/* Too late to begin. */
static void deadline_passed(void **state)
{
	struct worker *worker = new_worker();
	struct job job = { 0 };
	int code = 1;

	(void)state;
	assert_int_equal(worker_run(worker, note, &job, now_ns() - 1, NULL, NULL, &code),
			 -ETIMEDOUT);
	assert_int_equal(code, 1);
	assert_int_equal(job.runs, 0);
	worker_free(worker);
}

/* It comes to its end in the moment in which it is to be ended: that is what counts. */
static void at_the_same_moment(void **state)
{
	struct before before = look_around();
	struct worker *worker = new_worker();
	struct ticks ticks = { .cancel_at = 1 };
	struct job job;

	(void)state;
	open_job(&job);
	ticks.write_to = job.pipe[1];
	ticks.begun = &job.runs;
	for (int i = 1; i <= 3; i++) {
		int code = 1;

		ticks.count = 0;
		job.runs = 0;
		assert_int_equal(worker_run(worker, wait_stubbornly, &job, NEVER_NS, tick,
					    &ticks, &code), 0);
		assert_int_equal(code, -EIO);
		assert_int_equal(job.runs, 1);
	}
	worker_free(worker);
	close_job(&job);
	assert_as_before(&before);
}

/* ---- signals are the caller's ---- */

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
	alarm_tid = own_tid();
	if (alarm_fd >= 0)
		(void)!write(alarm_fd, "", 1);
}

/* A timer of the caller's rings until its handler has ended the job, or we have. */
static void signals(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm }, before_action, after_action;
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { { 0, 0 }, { 0, 0 } };
	struct ticks ticks = { .cancel_at = 1, .write_to = -1 };
	struct worker *worker = new_worker();
	struct before before;
	struct job job, other;
	sigset_t mask;
	int code = 1;

	(void)state;
	alarm(0);
	open_job(&job);
	open_job(&other);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
	before = look_around();
	alarm_fd = job.pipe[1];
	assert_int_equal(sigaction(SIGALRM, &action, &before_action), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	/* the job waits for the handler */
	assert_int_equal(worker_run(worker, wait_stubbornly, &job, NEVER_NS, NULL, NULL,
				    &code), 0);
	assert_int_equal(code, -EIO);
	assert_true(alarms >= 1);
	assert_int_equal(alarm_tid, own_tid());
	/* the handler is called meanwhile, and ends nothing */
	alarm_fd = -1;
	alarms = 0;
	assert_int_equal(worker_run(worker, wait_for_ever, &other, NEVER_NS, tick, &ticks,
				    &code), -ECANCELED);
	assert_true(alarms >= 1);
	assert_int_equal(alarm_tid, own_tid());
	/* what cannot be ended is waited for, and its result counts */
	ticks = (struct ticks){ .cancel_at = 1, .write_to = -1, .ring_to = other.pipe[1] };
	assert_int_equal(worker_run(worker, wait_stubbornly, &other, NEVER_NS, tick, &ticks,
				    &code), 0);
	assert_int_equal(code, -EIO);
	assert_int_equal(sigaction(SIGALRM, NULL, &after_action), 0);
	assert_ptr_equal(after_action.sa_handler, on_alarm);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before_action, NULL), 0);
	worker_free(worker);
	assert_as_before(&before);
	pthread_sigmask(SIG_UNBLOCK, &mask, NULL);
	close_job(&job);
	close_job(&other);
}

/* ---- no thread to be had ---- */

/* The first thing that is wrong, or 0. */
static int try_without_threads(void)
{
	const struct rlimit none = { 0, 0 };
	struct job job = { 0 };
	struct worker *worker;
	int code = 1;

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 99;
	if (setrlimit(RLIMIT_NPROC, &none) < 0 || worker_new(&worker) < 0)
		return 98;
	if (worker_run(worker, note, &job, NEVER_NS, NULL, NULL, &code) != -EAGAIN)
		return 1;
	worker_free(worker);
	return code == 1 && !job.runs ? 0 : 2;
}

static void no_thread(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit(try_without_threads());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- time ---- */

static void deadlines(void **state)
{
	int64_t before = now_ns(), given;

	(void)state;
	assert_true(before > 0);
	given = deadline_ns(1500, 60000) - 1500 * INT64_C(1000000);
	assert_true(given >= before && given <= now_ns());
	given = deadline_ns(0, 60000) - 60000 * INT64_C(1000000);
	assert_true(given >= before && given <= now_ns());
	assert_true(deadline_ns(MHP_TIMEOUT_NONE, 60000) == NEVER_NS);
	assert_true(deadline_ns(0, MHP_TIMEOUT_NONE) == NEVER_NS);
	assert_true(deadline_ns(INT64_MAX, 1) == NEVER_NS);
	assert_true(deadline_ns(INT64_MAX / 1000000, 1) == NEVER_NS);
	/* the largest one that is none yet: a year before the end of time */
	assert_true(deadline_ns(INT64_MAX / 1000000 - INT64_C(31536000000), 1) < NEVER_NS);
}

static int nothing(void *data)
{
	(void)data;
	return 0;
}

/* ThreadSanitizer has a thread of its own, from when there is another one. */
static int warm_up(void **state)
{
	struct worker *worker = new_worker();
	int code;

	(void)state;
	assert_int_equal(worker_run(worker, nothing, NULL, NEVER_NS, NULL, NULL, &code), 0);
	worker_free(worker);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results),
		cmocka_unit_test(ticks),
		cmocka_unit_test(deadline),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(deadline_passed),
		cmocka_unit_test(at_the_same_moment),
		cmocka_unit_test(signals),
		cmocka_unit_test(no_thread),
		cmocka_unit_test(deadlines),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
