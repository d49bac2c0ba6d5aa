// SPDX-License-Identifier: LGPL-2.1-or-later
/* Does a rule match a region? */
#include <errno.h>

#include "policy.h"

MHP_EXPORT enum mhp_match mhp_standing_rule_match(const struct mhp_standing_rule *rule,
						  const struct mhp_snapshot *snap,
						  const struct mhp_region *region, char **ret_why)
{
	(void)rule, (void)snap, (void)region;
	if (ret_why)
		*ret_why = NULL;
	return MHP_MATCH_UNKNOWN;
}

MHP_EXPORT enum mhp_match mhp_standing_find_rule(const struct mhp_standing *standing,
						 const struct mhp_snapshot *snap,
						 const struct mhp_region *region,
						 const struct mhp_standing_rule **ret_rule,
						 char **ret_why)
{
	enum mhp_match match;

	for (size_t i = 0; i < standing->n_rules; i++) {
		match = mhp_standing_rule_match(standing->rules[i], snap, region, ret_why);
		if (match == MHP_MATCH_NO)
			continue;
		*ret_rule = standing->rules[i];
		return match;
	}
	*ret_rule = NULL;
	return MHP_MATCH_NO;
}
