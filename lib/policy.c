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

MHP_EXPORT int mhp_snapshot_get_auto_movable_ratio(const struct mhp_snapshot *snap,
						   unsigned int *ret_percent)
{
	if (snap->policy.ratio_code < 0)
		return snap->policy.ratio_code;
	*ret_percent = snap->policy.ratio_percent;
	return 0;
}

MHP_EXPORT int mhp_snapshot_get_auto_movable_numa_aware(const struct mhp_snapshot *snap,
							bool *ret_aware)
{
	if (snap->policy.numa_aware_code < 0)
		return snap->policy.numa_aware_code;
	*ret_aware = snap->policy.numa_aware;
	return 0;
}

MHP_EXPORT int mhp_snapshot_get_memmap_on_memory(const struct mhp_snapshot *snap,
						 const char **ret_word)
{
	if (snap->policy.memmap_code < 0)
		return snap->policy.memmap_code;
	*ret_word = snap->policy.memmap;
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

/* ---- parameters of memory_hotplug ---- */

#define PARAMETERS_PATH "/sys/module/memory_hotplug/parameters"

/*
 * One file as text. *ret_code: -ENODATA if there is none, as on kernels before it; what
 * else is wrong with it is noted. -ENOMEM.
 */
static int read_parameter(struct sysfs_dir *dir, const char *name, char buf[MHP_ATTR_SIZE + 1],
			  int *ret_code, struct problems *problems)
{
	int r = sysfs_read(dir, name, buf);

	*ret_code = r == -ENOENT ? -ENODATA : r;
	if (r == 0 || r == -ENOENT)
		return 0;
	return problems_add(problems, r, r == -EBADMSG ? buf : NULL, PARAMETERS_PATH, name);
}

/* It was read, and makes no sense. */
static int refuse_parameter(const char *name, const char *text, int *ret_code,
			    struct problems *problems)
{
	*ret_code = -EBADMSG;
	return problems_add(problems, -EBADMSG, text, PARAMETERS_PATH, name);
}

static int read_word(struct sysfs_dir *dir, const char *name, char **ret_word, int *ret_code,
		     struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r = read_parameter(dir, name, buf, ret_code, problems);

	if (r < 0 || *ret_code < 0)
		return r;
	*ret_word = strdup(buf);
	return *ret_word ? 0 : -ENOMEM;
}

static int read_ratio(struct sysfs_dir *dir, struct system_policy *policy,
		      struct problems *problems)
{
	static const char name[] = "auto_movable_ratio";
	char buf[MHP_ATTR_SIZE + 1];
	int r = read_parameter(dir, name, buf, &policy->ratio_code, problems);
	uint64_t percent;

	if (r < 0 || policy->ratio_code < 0)
		return r;
	/* the kernel's own is an unsigned int */
	if (parse_dec(buf, &percent) < 0 || percent > UINT32_MAX)
		return refuse_parameter(name, buf, &policy->ratio_code, problems);
	policy->ratio_percent = (unsigned int)percent;
	return 0;
}

static int read_numa_aware(struct sysfs_dir *dir, struct system_policy *policy,
			   struct problems *problems)
{
	static const char name[] = "auto_movable_numa_aware";
	char buf[MHP_ATTR_SIZE + 1];
	int r = read_parameter(dir, name, buf, &policy->numa_aware_code, problems);

	if (r < 0 || policy->numa_aware_code < 0)
		return r;
	if (strcmp(buf, "Y") && strcmp(buf, "N"))
		return refuse_parameter(name, buf, &policy->numa_aware_code, problems);
	policy->numa_aware = *buf == 'Y';
	return 0;
}

static int read_parameters(struct mhp_ctx *ctx, struct system_policy *policy,
			   struct problems *problems)
{
	struct sysfs_dir dir = { 0 };
	int r;

	r = sysfs_open(ctx, PARAMETERS_PATH, &dir);
	if (r < 0) {
		policy->online_policy_code = policy->ratio_code = policy->numa_aware_code =
			policy->memmap_code = r == -ENOENT ? -ENODATA : r;
		return r == -ENOENT ? 0 : problems_add(problems, r, NULL, PARAMETERS_PATH, "");
	}
	r = read_word(&dir, "online_policy", &policy->online_policy, &policy->online_policy_code,
		      problems);
	if (r == 0)
		r = read_word(&dir, "memmap_on_memory", &policy->memmap, &policy->memmap_code,
			      problems);
	if (r == 0)
		r = read_ratio(&dir, policy, problems);
	if (r == 0)
		r = read_numa_aware(&dir, policy, problems);
	sysfs_close(&dir);
	return r;
}

int policy_read(struct mhp_ctx *ctx, struct sysfs_dir *mem, struct system_policy *ret,
		struct problems *problems)
{
	int r = read_default(mem, ret, problems);

	return r < 0 ? r : read_parameters(ctx, ret, problems);
}

void policy_free(struct system_policy *policy)
{
	free(policy->online_policy);
	free(policy->memmap);
}
