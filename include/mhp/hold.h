/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/hold.h
 * @brief One of a kind per machine: programs that keep memory as it is wanted, of which
 * two would work against each other.
 *
 * Users of libmhp take turns anyway, each for as long as a plan takes. A hold is for as
 * long as a program runs, and keeps nobody but those who ask for the same name. It is
 * gone with the process, however that ends, and with its children that were forked meanwhile
 * and called none of exec(3).
 *
 *	struct mhp_hold *hold;
 *	char *holder = NULL;
 *	int r = mhp_hold_take(ctx, "agent", "standing policy", &hold, &holder);
 *	if (r == -EAGAIN)
 *		fprintf(stderr, "at work already: %s\n", holder ? holder : "another one");
 *	...
 *	mhp_hold_free(hold);
 */
#ifndef MHP_HOLD_H
#define MHP_HOLD_H

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_ctx;
struct mhp_hold;

/**
 * Be the only one of a name, below this context's root, if nobody is yet. Waits for
 * nobody.
 *
 * @param ctx         the context, to which the hold keeps a reference
 * @param name        of 1 to 32 letters "a" to "z", digits and "-", which begins with a
 *                    letter: the file is /run/libmhp/NAME.lock below the root. "agent" is
 *                    what mhp agent takes
 * @param what        what others get to see, behind the program's name and PID
 * @param ret_hold    the hold, which the caller lets go of with mhp_hold_free()
 * @param ret_holder  upon -EAGAIN the one who has it, as in "mhp[123]: WHAT", printable, or
 *                    NULL if that is not known; the caller frees it with free(). Else
 *                    NULL. May be NULL itself
 * @return 0; -EAGAIN somebody has it; -EINVAL no such name can be; -EACCES, -EROFS, -ENOSPC
 *         and others: directory or file cannot be made, of which the log function is told;
 *         -ENOMEM
 * @since 1.0
 */
int mhp_hold_take(struct mhp_ctx *ctx, const char *name, const char *what,
		  struct mhp_hold **ret_hold, char **ret_holder);

/**
 * Let go of it. NULL is fine. The file stays, and says nothing. In a forked child this
 * frees the child's copy only: the parent still has it.
 *
 * @param hold  the hold; may be NULL
 * @since 1.0
 */
void mhp_hold_free(struct mhp_hold *hold);

#ifdef __cplusplus
}
#endif

#endif /* MHP_HOLD_H */
