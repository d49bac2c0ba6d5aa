// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "internal.h"

MHP_EXPORT int mhp_plan_save(const struct mhp_plan *plan, char **ret_text)
{ (void)plan; (void)ret_text; return -EOPNOTSUPP; }
MHP_EXPORT int mhp_plan_new_from_text(const char *text, size_t length, struct mhp_plan **ret_plan,
				      unsigned int *ret_line)
{ (void)text; (void)length; (void)ret_plan; (void)ret_line; return -EOPNOTSUPP; }
