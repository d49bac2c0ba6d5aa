// SPDX-License-Identifier: LGPL-2.1-or-later
/* The files of a machine's standing policy: which ones there are, and what is in them. */
#include <errno.h>

#include "policy.h"

MHP_EXPORT int mhp_standing_new(struct mhp_ctx *ctx, struct mhp_standing **ret_standing)
{
	(void)ctx;
	return standing_new(ret_standing);
}
