// SPDX-License-Identifier: LGPL-2.1-or-later
/* A context: a root with its back end, and where messages go. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

MHP_EXPORT int mhp_private_ctx_new(struct mhp_backend *be, struct mhp_ctx **ret_ctx)
{
	struct mhp_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx) {
		be->ops->free(be);
		return -ENOMEM;
	}
	ctx->refs = 1;
	ctx->be = be;
	*ret_ctx = ctx;
	return 0;
}

MHP_EXPORT int mhp_ctx_new(const char *root, struct mhp_ctx **ret_ctx)
{
	struct mhp_backend *be;
	int r;

	r = host_new(root ? root : "/", true, &be);
	if (r < 0)
		return r;
	return mhp_private_ctx_new(be, ret_ctx);
}

MHP_EXPORT struct mhp_ctx *mhp_ctx_ref(struct mhp_ctx *ctx)
{
	if (ctx)
		__atomic_add_fetch(&ctx->refs, 1, __ATOMIC_RELAXED);
	return ctx;
}

MHP_EXPORT struct mhp_ctx *mhp_ctx_unref(struct mhp_ctx *ctx)
{
	if (!ctx || __atomic_sub_fetch(&ctx->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	ctx->be->ops->free(ctx->be);
	free(ctx->own);
	free(ctx->program);
	free(ctx);
	return NULL;
}

MHP_EXPORT void mhp_ctx_set_log_fn(struct mhp_ctx *ctx, mhp_log_fn fn, void *data)
{
	ctx->log_fn = fn;
	ctx->log_data = data;
}

MHP_EXPORT int mhp_ctx_set_program(struct mhp_ctx *ctx, const char *name)
{
	char *copy = NULL;

	if (name && (!*name || strlen(name) > PROGRAM_LENGTH_MAX))
		return -EINVAL;
	if (name) {
		copy = strdup(name);
		if (!copy)
			return -ENOMEM;
	}
	free(ctx->program);
	ctx->program = copy;
	return 0;
}

bool ctx_is_live(struct mhp_ctx *ctx)
{
	return ctx->be->ops->is_live && ctx->be->ops->is_live(ctx->be);
}

void ctx_log(struct mhp_ctx *ctx, int code, const char *path, const char *format, ...)
{
	char message[512];
	va_list ap;

	if (!ctx->log_fn)
		return;
	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	ctx->log_fn(ctx->log_data, code, path, message);
}
