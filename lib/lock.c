// SPDX-License-Identifier: LGPL-2.1-or-later
/* One user of libmhp at a time, per root: they queue for a file in RUN_PATH. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define NS_PER_MS INT64_C(1000000)
#define TICK_NS (100 * NS_PER_MS)
/* between two tries; nobody is told when the lock becomes free */
#define MIN_PAUSE_NS (5 * NS_PER_MS)
#define MAX_PAUSE_NS (50 * NS_PER_MS)

int lock_copy_who(const struct mhp_ctx *ctx, const char *what, char **ret_who)
{
	char name[PROGRAM_LENGTH_MAX + 1];
	struct text text = { 0 };

	/* whatever the program calls itself, it must fit the file together with what */
	snprintf(name, sizeof(name), "%s",
		 ctx->program ? ctx->program : program_invocation_short_name);
	text_add_escaped(&text, name);
	text_add(&text, "[%d]: ", (int)getpid());
	text_add_escaped(&text, what);
	return text_finish(&text, ret_who);
}

char *lock_copy_holder(struct sysfs_dir *run, const char *name)
{
	char buf[MHP_ATTR_SIZE + 1], *holder;
	struct text text = { 0 };

	if (sysfs_read(run, name, buf) < 0 || !*buf)
		return NULL;
	/* as lock_copy_who() made it, or as somebody else did */
	if (is_printable(buf))
		return strdup(buf);
	text_add_escaped(&text, buf);
	return text_finish(&text, &holder) < 0 ? NULL : holder;
}

void pause_ns(int64_t ns)
{
	struct timespec pause = { .tv_nsec = (long)ns };

	nanosleep(&pause, NULL);
}

static int try_lock(struct run_lock *lock, const char *who)
{
	struct mhp_backend *be = lock->run.ctx->be;

	return be->ops->lock(be, lock->run.dir, LOCK_NAME, who, &lock->lock);
}

static int wait_for_lock(struct run_lock *lock, const char *who, int64_t deadline,
			 int (*tick)(void *tick_data), void *tick_data)
{
	int64_t next_tick = now_ns() + TICK_NS, pause = MIN_PAUSE_NS, now;
	int r;

	for (;;) {
		r = try_lock(lock, who);
		if (r != -EAGAIN)
			return r;
		now = now_ns();
		if (now >= deadline)
			return -ETIMEDOUT;
		if (now >= next_tick) {
			if (tick && tick(tick_data))
				return -ECANCELED;
			next_tick = now + TICK_NS;
		}
		pause_ns(pause < deadline - now ? pause : deadline - now);
		pause = 2 * pause < MAX_PAUSE_NS ? 2 * pause : MAX_PAUSE_NS;
	}
}

int lock_open_run(struct mhp_ctx *ctx, struct sysfs_dir *ret_run)
{
	int r;

	/* follows no link, unlike the opening of a directory */
	r = ctx->be->ops->make_dir(ctx->be, RUN_PATH);
	if (r < 0) {
		ctx_log(ctx, r, RUN_PATH, "cannot make the directory");
		return r;
	}
	r = sysfs_open(ctx, RUN_PATH, ret_run);
	if (r < 0) {
		ctx_log(ctx, r, RUN_PATH, "cannot open the directory");
		return r;
	}
	/* a journal says what is to be written to /sys */
	if (sysfs_is_foreign(ret_run, ".")) {
		sysfs_close(ret_run);
		ctx_log(ctx, -EPERM, RUN_PATH, "others than root may write to it: chown root, "
			"chmod 755");
		return -EPERM;
	}
	return 0;
}

int lock_take(struct mhp_ctx *ctx, const char *who, int64_t deadline,
	      int (*tick)(void *tick_data), void *tick_data, struct run_lock *ret_lock,
	      char **ret_holder)
{
	struct run_lock lock = { 0 };
	int r;

	r = lock_open_run(ctx, &lock.run);
	if (r < 0)
		return r;
	r = wait_for_lock(&lock, who, deadline, tick, tick_data);
	if (r == 0) {
		*ret_lock = lock;
		return 0;
	}
	if (r == -ETIMEDOUT)
		*ret_holder = lock_copy_holder(&lock.run, LOCK_NAME);
	else if (r != -ECANCELED)
		ctx_log(ctx, r, RUN_PATH "/" LOCK_NAME, "cannot take the lock");
	sysfs_close(&lock.run);
	return r;
}

void lock_release(struct run_lock *lock)
{
	struct mhp_ctx *ctx = lock->run.ctx;

	if (lock->lock)
		ctx->be->ops->unlock(ctx->be, lock->lock);
	lock->lock = NULL;
	sysfs_close(&lock->run);
}
