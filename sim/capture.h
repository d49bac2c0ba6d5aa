/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text form of a machine: a line for each file, link and empty directory.
 *
 *	# kernel: 7.3.4			comments
 *	/sys/.../state: online		an attribute of one line (or empty)
 *	/sys/.../uevent:		one of several lines,
 *	<TAB>MAJOR=251			each after a tab; also one that looks like a reason
 *	/sys/.../node1 -> ../node1	a symbolic link
 *	/sys/.../x86/			a directory
 *	/sys/.../probe: <write-only>	what could not be read: that, <binary> or <EACCES>
 *	/sys/.../ibm,lmb-size: <hex 0000000010000000>	the bytes of a device tree's property
 */
#ifndef SIM_CAPTURE_H
#define SIM_CAPTURE_H

#include <stddef.h>

#include <mhp/context.h>

#include "names.h"
#include "tree.h"

/* Whom to tell why a capture is refused. */
struct complaints {
	const char *path;	/* of the capture, or NULL */
	mhp_log_fn log_fn;	/* or NULL */
	void *log_data;
};

/* Says why, line 0: about the whole. Always -EBADMSG, except upon lack of memory. */
__attribute__((format(printf, 3, 4)))
int capture_complain(const struct complaints *complaints, unsigned int line,
		     const char *format, ...);

struct boot_run;

struct capture {
	struct node *root;
	char *header;		/* the comments before the first entry, each with its newline */
	/* not from text: blocks of boot memory beside those that have directories */
	const struct boot_run *boot_runs;
	size_t n_boot_runs;
};

/* -EBADMSG, -ENOMEM */
int capture_parse(const char *text, size_t length, const struct complaints *complaints,
		  struct capture *ret);
void capture_free(struct capture *capture);
/* Writes all that is below root, after header. */
int capture_format(struct mhp_sim *sim, struct node *root, const char *header, char **ret_text);

#endif /* SIM_CAPTURE_H */
