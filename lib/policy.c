// SPDX-License-Identifier: LGPL-2.1-or-later
/* The system's policy for memory that is added without a type. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

MHP_EXPORT int mhp_snapshot_get_default_online_type(const struct mhp_snapshot *snap,
						    enum mhp_online_type *ret_type)
{
	if (snap->policy.default_code < 0)
		return snap->policy.default_code;
	*ret_type = snap->policy.default_type;
	return 0;
}

MHP_EXPORT int mhp_snapshot_get_online_policy(const struct mhp_snapshot *snap,
					      const char **ret_policy)
{
	if (snap->policy.online_policy_code < 0)
		return snap->policy.online_policy_code;
	*ret_policy = snap->policy.online_policy;
	return 0;
}

static int read_default(struct sysfs_dir *mem, struct system_policy *policy,
			struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_read(mem, "auto_online_blocks", buf);
	if (r == -ENOENT) {
		policy->default_code = -ENODATA;
		return 0;
	}
	if (r == 0 && mhp_online_type_from_str(buf, &policy->default_type) < 0)
		r = -EBADMSG;
	policy->default_code = r;
	if (r < 0)
		return problems_add(problems, r, r == -EBADMSG ? buf : NULL, mem->path,
				    "auto_online_blocks");
	return 0;
}

static int read_online_policy(struct mhp_ctx *ctx, struct system_policy *policy,
			      struct problems *problems)
{
	static const char path[] = "/sys/module/memory_hotplug/parameters";
	struct sysfs_dir dir = { 0 };
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = sysfs_open(ctx, path, &dir);
	if (r == 0)
		r = sysfs_read(&dir, "online_policy", buf);
	sysfs_close(&dir);
	if (r == -ENOENT) {
		policy->online_policy_code = -ENODATA;	/* before 5.15 */
		return 0;
	}
	if (r == 0) {
		policy->online_policy = strdup(buf);
		return policy->online_policy ? 0 : -ENOMEM;
	}
	policy->online_policy_code = r;
	return problems_add(problems, r, r == -EBADMSG ? buf : NULL, path, "online_policy");
}

int policy_read(struct mhp_ctx *ctx, struct sysfs_dir *mem, struct system_policy *ret,
		struct problems *problems)
{
	int r = read_default(mem, ret, problems);

	return r < 0 ? r : read_online_policy(ctx, ret, problems);
}

void policy_free(struct system_policy *policy)
{
	free(policy->online_policy);
}
