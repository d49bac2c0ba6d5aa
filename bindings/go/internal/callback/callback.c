// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What libmhp calls. A Go function has no const in its prototype, and data is no pointer of Go's,
 * but one to a number that stands for one.
 */
#include "callback.h"
#include "_cgo_export.h"

void mhp_go_log(void *data, int code, const char *path, const char *message)
{
	mhpGoLog(*(uintptr_t *)data, code, (char *)path, (char *)message);
}

int mhp_go_progress(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	return mhpGoProgress(*(uintptr_t *)data, done_bytes, total_bytes);
}

int mhp_go_tick(void *data)
{
	return mhpGoTick(*(uintptr_t *)data);
}
