/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests as tests write them down. */
#ifndef SUPPORT_ASK_H
#define SUPPORT_ASK_H

#include "internal.h"

/*
 * "TARGET GOAL [TYPE] [keep] [rezone] [per-block] [borrow]
 * [kernel-zone] [release] [to:DRIVER] [size:MIB]".
 * TARGET: a region, node:N, blocks:FIRST-LAST[,...], range:START-LAST, kind:KIND. TYPE, for
 * the goals "online" and "plugged", may be "default".
 */
struct mhp_request *ask(const char *wish);

#endif /* SUPPORT_ASK_H */
