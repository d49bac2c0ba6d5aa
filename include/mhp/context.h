/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/context.h
 * @brief Where the library looks, and whom it tells what it meets.
 *
 * A context is a root directory. Nothing outside it is ever opened: symbolic
 * links are resolved below the root, also absolute ones. It serves one thread
 * at a time. Snapshots, plans and reports do not need it any more once made.
 *
 *	struct mhp_ctx *ctx;
 *	int r = mhp_ctx_new(NULL, &ctx);
 *	if (r < 0)
 *		return r;
 *	...
 *	mhp_ctx_unref(ctx);
 */
#ifndef MHP_CONTEXT_H
#define MHP_CONTEXT_H

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;

/**
 * Make a context.
 *
 * @param root     directory that stands for "/" (below it sys/ and proc/); NULL or "/" for
 *                 this machine
 * @param ret_ctx  the context, with one reference, which the caller drops with
 *                 mhp_ctx_unref()
 * @return 0; -ENOENT, -ENOTDIR, -EACCES and others if root cannot be opened; -ENOMEM
 * @since 1.0
 */
int mhp_ctx_new(const char *root, struct mhp_ctx **ret_ctx);

/**
 * Take a reference.
 *
 * @param ctx  the context; may be NULL
 * @return ctx, with one more reference; NULL if it is NULL
 * @since 1.0
 */
struct mhp_ctx *mhp_ctx_ref(struct mhp_ctx *ctx);

/**
 * Drop a reference; the last one frees the context. NULL is fine.
 *
 * @param ctx  the context; may be NULL
 * @return NULL
 * @since 1.0
 */
struct mhp_ctx *mhp_ctx_unref(struct mhp_ctx *ctx);

/**
 * Receives messages: each tells of a failure, or of something that is not as it should be.
 *
 * @param data     as given to mhp_ctx_set_log_fn()
 * @param code     a negative errno value; 0 if there is none for it
 * @param path     the file it is about, below the root, or NULL; may hold any
 *                 byte but NUL: escape it before it goes to a terminal
 * @param message  one line of English without a newline, printable
 * @since 1.0
 */
typedef void (*mhp_log_fn)(void *data, int code, const char *path, const char *message);

/**
 * Have messages delivered: why mhp_snapshot_new(), mhp_fulfil(), mhp_apply() or
 * mhp_recover() failed, or what they could not put back, with the file that it is about.
 *
 * @param ctx   the context
 * @param fn    called in the thread that calls the library, and must not call it
 *              with this context; NULL for none
 * @param data  handed to fn until another is set, or as long as the context lives: until
 *              the last of its references goes, of which monitors and holds have one each
 * @since 1.0
 */
void mhp_ctx_set_log_fn(struct mhp_ctx *ctx, mhp_log_fn fn, void *data);

/**
 * Say by which name others get to see who works with this context, with the process's ID
 * behind it: who keeps them waiting (mhp_apply(), mhp_recover()), has a hold
 * (mhp_hold_take()), or did what an event tells of (mhp_event_get_cause()). For programs that
 * an interpreter runs, which all would be "python3".
 *
 * @param ctx   the context
 * @param name  what counts from now on, of which a copy is kept; others see it escaped. NULL:
 *              the process's own, as at first
 * @return 0; -EINVAL it is empty, or has more than 63 bytes; -ENOMEM: it is as before
 * @since 1.0
 */
int mhp_ctx_set_program(struct mhp_ctx *ctx, const char *name);

#ifdef __cplusplus
}
#endif

#endif /* MHP_CONTEXT_H */
