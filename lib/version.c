// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which release this is. */
#include "internal.h"

MHP_EXPORT const char *mhp_get_version(void)
{
	return MHP_VERSION;
}
