// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "internal.h"

MHP_EXPORT int mhp_recover(struct mhp_ctx *ctx, const struct mhp_apply_opts *opts,
			   struct mhp_recovery **ret_recovery)
{
	(void)ctx; (void)opts; (void)ret_recovery;
	return -EOPNOTSUPP;
}
MHP_EXPORT void mhp_recovery_free(struct mhp_recovery *recovery) { (void)recovery; }
MHP_EXPORT const char *mhp_recovery_get_transaction(const struct mhp_recovery *recovery)
{ (void)recovery; return ""; }
MHP_EXPORT bool mhp_recovery_is_complete(const struct mhp_recovery *recovery)
{ (void)recovery; return false; }
MHP_EXPORT size_t mhp_recovery_count_settings(const struct mhp_recovery *recovery)
{ (void)recovery; return 0; }
MHP_EXPORT enum mhp_returned mhp_recovery_get_setting(const struct mhp_recovery *recovery,
	size_t index, const char **ret_path, const char **ret_before, const char **ret_ours,
	int *ret_code)
{ (void)recovery; (void)index; (void)ret_path; (void)ret_before; (void)ret_ours; (void)ret_code;
  return MHP_RETURNED_UNKNOWN; }
MHP_EXPORT const char *mhp_returned_to_str(enum mhp_returned returned)
{ (void)returned; return "unknown"; }
MHP_EXPORT int mhp_snapshot_get_pending(const struct mhp_snapshot *snap, const char **ret_what,
					bool *ret_running)
{ (void)snap; (void)ret_running; *ret_what = NULL; return 0; }
