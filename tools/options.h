/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files that read the command line share.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "tool.h"

#define TYPE_WORDS "online, online_kernel, online_movable, offline or default"

/* Those up to OPT_SIZE only some verbs have a use for. */
enum {
	OPT_TYPE = 256, OPT_DRY_RUN, OPT_REZONE, OPT_KEEP, OPT_PER_BLOCK, OPT_KERNEL_ZONE, OPT_TO,
	OPT_NO_BORROW, OPT_RELEASE,
	OPT_TIMEOUT, OPT_SAVE, OPT_IDENTITY, OPT_TREE, OPT_EXACT, OPT_SVG, OPT_COLOR, OPT_CELL,
	OPT_COUNT, OPT_BUFFER, OPT_SOURCE, OPT_FOR,
	OPT_POLICY, OPT_REMOVE, OPT_INITRD,
	OPT_RANGE, OPT_BLOCKS, OPT_NODE, OPT_KIND, OPT_SIZE,
	OPT_JSON, OPT_ROOT, OPT_CAPTURE, OPT_SIM, OPT_SIM_SAVE, OPT_SIM_FAIL,
	OPT_SIM_HANG, OPT_SIM_KILL, OPT_SIM_ACT, OPT_SIM_LOSE,
};

const char *option_name(int value);

/* ---- options-take.c: each takes one of its options; false if it is another one ---- */

bool take_deed(struct options *options, int option, const char *value);
bool take_watched(struct options *options, int option, const char *value);
bool take_object(struct options *options, int option, const char *value);

#endif /* OPTIONS_H */
