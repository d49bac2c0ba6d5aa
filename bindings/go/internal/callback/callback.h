/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MHP_GO_CALLBACK_H
#define MHP_GO_CALLBACK_H

#include <stdint.h>
#include <mhp/mhp.h>

void mhp_go_log(void *data, int code, const char *path, const char *message);
int mhp_go_progress(void *data, uint64_t done_bytes, uint64_t total_bytes);
int mhp_go_tick(void *data);

#endif /* MHP_GO_CALLBACK_H */
