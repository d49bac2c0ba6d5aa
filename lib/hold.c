// SPDX-License-Identifier: LGPL-2.1-or-later
/* One of a kind per root, for as long as a program runs: a lock file by name in RUN_PATH. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define NAME_LENGTH_MAX 32
#define SUFFIX ".lock"

struct mhp_hold {
	struct mhp_ctx *ctx;
	struct mhp_lock *lock;
};

static bool is_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return *name >= 'a' && *name <= 'z' && !name[length] && length <= NAME_LENGTH_MAX;
}

static int take(struct mhp_hold *hold, const char *file, const char *who, char **ret_holder)
{
	struct mhp_ctx *ctx = hold->ctx;
	char path[sizeof(RUN_PATH "/" SUFFIX) + NAME_LENGTH_MAX];
	struct sysfs_dir run;
	int r;

	r = lock_open_run(ctx, &run);
	if (r < 0)
		return r;
	r = ctx->be->ops->lock(ctx->be, run.dir, file, who, &hold->lock);
	if (r == -EAGAIN && ret_holder) {
		*ret_holder = lock_copy_holder(&run, file);
	} else if (r < 0 && r != -EAGAIN) {
		snprintf(path, sizeof(path), RUN_PATH "/%s", file);
		ctx_log(ctx, r, path, "cannot take the lock");
	}
	sysfs_close(&run);
	return r;
}

MHP_EXPORT int mhp_hold_take(struct mhp_ctx *ctx, const char *name, const char *what,
			     struct mhp_hold **ret_hold, char **ret_holder)
{
	char file[NAME_LENGTH_MAX + sizeof(SUFFIX)], *who;
	struct mhp_hold *hold;
	int r;

	if (ret_holder)
		*ret_holder = NULL;
	if (!is_name(name))
		return -EINVAL;
	snprintf(file, sizeof(file), "%s" SUFFIX, name);
	hold = calloc(1, sizeof(*hold));
	if (!hold)
		return -ENOMEM;
	hold->ctx = mhp_ctx_ref(ctx);
	r = lock_copy_who(ctx, what, &who);
	if (r == 0) {
		r = take(hold, file, who, ret_holder);
		free(who);
	}
	if (r < 0)
		mhp_hold_free(hold);
	else
		*ret_hold = hold;
	return r;
}

MHP_EXPORT void mhp_hold_free(struct mhp_hold *hold)
{
	struct mhp_ctx *ctx;

	if (!hold)
		return;
	ctx = hold->ctx;
	if (hold->lock)
		ctx->be->ops->unlock(ctx->be, hold->lock);
	mhp_ctx_unref(ctx);
	free(hold);
}
