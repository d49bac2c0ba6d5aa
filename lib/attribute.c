// SPDX-License-Identifier: LGPL-2.1-or-later
/* Attributes as providers read them: what is wrong is noted. */
#include <errno.h>
#include <string.h>

#include "capture.h"
#include "provider.h"

int attr_read(struct sysfs_dir *dir, const char *name, bool optional,
	      char buf[MHP_ATTR_SIZE + 1], struct problems *problems)
{
	int r, added;

	r = sysfs_read(dir, name, buf);
	/* in a capture: nothing is wrong with the machine that it was taken from */
	if (r == 0 && optional && !strcmp(buf, LEFT_OUT))
		return -ENODATA;
	if (r == 0)
		return 0;
	if (r == -ENOENT && optional)
		return -ENODATA;
	added = problems_add(problems, r, r == -EBADMSG ? buf : NULL, dir->path, name);
	return added < 0 ? added : r;
}

int attr_bad(struct sysfs_dir *dir, const char *name, const char *text, struct problems *problems)
{
	int r = problems_add(problems, -EBADMSG, text, dir->path, name);

	return r < 0 ? r : -EBADMSG;
}

int attr_read_number(struct sysfs_dir *dir, const char *name, bool optional, attr_parse_fn parse,
		     uint64_t *ret, struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = attr_read(dir, name, optional, buf, problems);
	if (r == 0 && parse(buf, ret) < 0)
		r = attr_bad(dir, name, buf, problems);
	return r;
}

int attr_read_bool(struct sysfs_dir *dir, const char *name, bool optional, bool *ret,
		   struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	r = attr_read(dir, name, optional, buf, problems);
	if (r == 0 && strcmp(buf, "0") && strcmp(buf, "1"))
		r = attr_bad(dir, name, buf, problems);
	if (r == 0)
		*ret = *buf == '1';
	return r;
}

int attr_read_driver(struct sysfs_dir *dir, struct mhp_region *region, struct problems *problems)
{
	int r = sysfs_read_link_name(dir, "driver", &region->driver);

	if (r == 0 || r == -ENOENT)
		return 0;
	region->driver_code = r;
	return r == -ENOMEM ? r : problems_add(problems, r, NULL, dir->path, "driver");
}

int attr_read_node(struct sysfs_dir *dir, const char *name, int *ret_node,
		   struct problems *problems)
{
	char buf[MHP_ATTR_SIZE + 1];
	uint64_t node;
	int r;

	r = attr_read(dir, name, true, buf, problems);
	if (r < 0)
		return r;
	/* as NUMA_NO_NODE is printed; a driver's own file is absent then */
	if (!strcmp(name, "numa_node") && !strcmp(buf, "-1"))
		return -ENODATA;
	if (parse_dec(buf, &node) < 0 || node >= BLOCK_NO_NODE)
		return attr_bad(dir, name, buf, problems);
	*ret_node = (int)node;
	return 0;
}

/* ---- paths ---- */

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int path_copy_parent(const char *path, char **ret_parent)
{
	const char *slash = strrchr(path, '/');

	*ret_parent = strndup(path, slash ? (size_t)(slash - path) : 0);
	return *ret_parent ? 0 : -ENOMEM;
}
