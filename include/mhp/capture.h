/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/capture.h
 * @brief The machine as text, to look at elsewhere, or to make a simulated one of.
 *
 * A capture has all that libmhp reads, and what libmhp-sim acts on; libmhp(7)
 * describes the form. It is ASCII. Taking one writes nothing, opens no file that
 * does something when it is read, and waits for no memory block.
 *
 * Taken of a capture that was made so, or of a machine simulated from one, it is the
 * same text again, byte by byte. Recorded texts, such as those in share/libmhp/machines,
 * and what mhp_sim_copy_capture() has made may have other comments and several parts.
 *
 *	char *text;
 *	r = mhp_ctx_copy_capture(ctx, NULL, &text);
 *	... write it to a file, then ...
 *	r = mhp_sim_new_from_capture("machine.txt", NULL, &sim);
 */
#ifndef MHP_CAPTURE_H
#define MHP_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include <mhp/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Flags of a capture, to be joined by |. @since 1.0 */
enum mhp_capture_flag {
	MHP_CAPTURE_IDENTITY = 1,	/**< with serial numbers and the like, by which
					     the machine, or a part of it, is known */
};

/** What to take. Set size to sizeof(struct mhp_capture_opts), all else to 0. @since 1.0 */
struct mhp_capture_opts {
	size_t size;		/**< bytes of the struct that the caller knows */
	uint64_t flags;		/**< MHP_CAPTURE_..., or 0 */
};

/**
 * Take a capture of the machine. What cannot be read is in it as the name of the
 * errno value; what vanishes meanwhile is not. Of the kernel's command line and of
 * udev's rules only what is about memory is taken, whatever the flags.
 *
 * @param ctx       the machine; another root, a capture or a simulated one as well
 * @param opts      NULL for the defaults
 * @param ret_text  the capture; the caller frees it with free()
 * @return 0; -ENODEV there is nothing to take; -EFBIG it would be larger than 512 MiB;
 *         -E2BIG opts asks for what this library does not know; -EINVAL; -EMFILE,
 *         -ENFILE no more files can be opened; -ENOMEM
 * @since 1.0
 */
int mhp_ctx_copy_capture(struct mhp_ctx *ctx, const struct mhp_capture_opts *opts,
			 char **ret_text);

#ifdef __cplusplus
}
#endif

#endif /* MHP_CAPTURE_H */
