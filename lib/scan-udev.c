// SPDX-License-Identifier: LGPL-2.1-or-later
/* The udev rules of a machine: which files there are, and what is in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "udev.h"

/* In the order in which one hides another of the same name. /lib may be /usr/lib. */
const char *const udev_dirs[UDEV_DIRS] = {
	"/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
	"/usr/lib/udev/rules.d", "/lib/udev/rules.d",
};

#define MAX_LINKS 8	/* udev itself has no more than one, to /dev/null */

struct file {
	char *name;
	size_t dir;
};

struct udev_scan {
	struct mhp_ctx *ctx;
	struct udev_rules *rules;
	struct problems *problems;
	struct sysfs_dir open[UDEV_DIRS];
	struct file *files;
	size_t count, room;
	size_t dir;		/* the one that is being listed */
	char *path;		/* of the file that is being read */
};

/* ---- names ---- */

bool udev_is_file_name(const char *name)
{
	static const char ending[] = ".rules";
	size_t length = strlen(name);

	return *name != '.' && length >= strlen(ending) &&
	       !strcmp(name + length - strlen(ending), ending);
}

static int take_name(void *data, const char *name)
{
	struct udev_scan *scan = data;
	struct file *files;

	if (!udev_is_file_name(name))
		return 0;
	if (scan->count == scan->room) {
		size_t room = scan->room ? 2 * scan->room : 64;

		files = reallocarray(scan->files, room, sizeof(*files));
		if (!files)
			return -ENOMEM;
		scan->files = files;
		scan->room = room;
	}
	files = &scan->files[scan->count];
	*files = (struct file){ strdup(name), scan->dir };
	if (!files->name)
		return -ENOMEM;
	scan->count++;
	return 0;
}

static int compare_files(const void *va, const void *vb)
{
	const struct file *a = va, *b = vb;
	int r = strcmp(a->name, b->name);

	return r ? r : a->dir < b->dir ? -1 : 1;
}

/* Rules that are not known: the answer is no answer. */
static int note(struct udev_scan *scan, int code, const char *dir, const char *name)
{
	if (code == -ENOMEM)
		return code;
	if (scan->rules->code == 0)
		scan->rules->code = code;
	return problems_add(scan->problems, code, NULL, dir, name);
}

static int list_dirs(struct udev_scan *scan)
{
	int r;

	for (scan->dir = 0; scan->dir < UDEV_DIRS; scan->dir++) {
		struct sysfs_dir *dir = &scan->open[scan->dir];

		r = sysfs_open(scan->ctx, udev_dirs[scan->dir], dir);
		if (r == 0)
			r = sysfs_list(dir, "", take_name, scan);
		if (r < 0 && r != -ENOENT)
			r = note(scan, r, udev_dirs[scan->dir], "");
		if (r < 0 && r != -ENOENT)
			return r;
	}
	if (scan->count)
		qsort(scan->files, scan->count, sizeof(*scan->files), compare_files);
	return 0;
}

/* ---- text ---- */

/* What a rules file is not, and reading it might do something. */
static bool is_kernel_path(const char *path)
{
	static const char *const places[] = { "/dev", "/proc", "/sys" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!strncmp(path, places[i], strlen(places[i])) &&
		    (!path[strlen(places[i])] || path[strlen(places[i])] == '/'))
			return true;
	return false;
}

/* Opens the directory that a path names a file in; name points into the path. */
static int open_parent(struct mhp_ctx *ctx, char *path, struct sysfs_dir *ret_dir,
		       const char **ret_name)
{
	char *slash = strrchr(path, '/');

	*ret_name = slash + 1;
	if (slash == path)
		return sysfs_open(ctx, "/", ret_dir);
	*slash = '\0';
	return sysfs_open(ctx, path, ret_dir);
}

/*
 * Reads a file that is a link, to wherever it leads below the root. -ENOENT: to
 * nothing, or to /dev/null, which is how a file is masked.
 */
static int read_linked(struct sysfs_dir *dir, const char *name, int links, char **ret_text,
		       size_t *ret_length)
{
	struct mhp_ctx *ctx = dir->ctx;
	struct sysfs_dir parent = { 0 };
	const char *base;
	char *path;
	int r;

	if (links > MAX_LINKS)
		return -ELOOP;
	r = sysfs_copy_link_path(dir, name, &path);
	if (r < 0)
		return r;
	if (!strcmp(path, "/dev/null"))
		r = -ENOENT;
	else if (is_kernel_path(path))
		r = -EINVAL;
	else
		r = open_parent(ctx, path, &parent, &base);
	if (r == 0)
		r = ctx->be->ops->read_all(ctx->be, parent.dir, base, ret_text, ret_length);
	if (r == -ELOOP)
		r = read_linked(&parent, base, links + 1, ret_text, ret_length);
	sysfs_close(&parent);
	free(path);
	return r;
}

int udev_read_file(struct sysfs_dir *dir, const char *name, char **ret_text, size_t *ret_length)
{
	int r = dir->ctx->be->ops->read_all(dir->ctx->be, dir->dir, name, ret_text, ret_length);

	return r == -ELOOP ? read_linked(dir, name, 1, ret_text, ret_length) : r;
}

static int add_rule(void *data, const struct udev_rule *rule)
{
	struct udev_scan *scan = data;
	struct udev_rules *rules = scan->rules;
	struct udev_rule *list;

	if (rules->count == rules->room) {
		size_t room = rules->room ? 2 * rules->room : 8;

		list = reallocarray(rules->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		rules->list = list;
		rules->room = room;
	}
	list = &rules->list[rules->count];
	*list = *rule;
	list->path = strdup(scan->path);
	if (!list->path)
		return -ENOMEM;
	rules->count++;
	return 0;
}

static int read_file(struct udev_scan *scan, const struct file *file)
{
	struct sysfs_dir *dir = &scan->open[file->dir];
	char *text = NULL;
	size_t length;
	int r;

	r = udev_read_file(dir, file->name, &text, &length);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return note(scan, r, dir->path, file->name);
	r = copy_text(&scan->path, "%s/%s", dir->path, file->name);
	if (r == 0)
		r = udev_parse_rules(text, length, add_rule, scan);
	free(scan->path);
	scan->path = NULL;
	free(text);
	return r;
}

int udev_rules_read(struct mhp_ctx *ctx, struct udev_rules *ret, struct problems *problems)
{
	struct udev_scan scan = { .ctx = ctx, .rules = ret, .problems = problems };
	int r;

	r = list_dirs(&scan);
	for (size_t i = 0; i < scan.count && r == 0; i++)
		if (!i || strcmp(scan.files[i].name, scan.files[i - 1].name))
			r = read_file(&scan, &scan.files[i]);
	for (size_t i = 0; i < scan.count; i++)
		free(scan.files[i].name);
	free(scan.files);
	for (size_t i = 0; i < UDEV_DIRS; i++)
		sysfs_close(&scan.open[i]);
	return r;
}

void udev_rules_free(struct udev_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		free(rules->list[i].path);
	free(rules->list);
	*rules = (struct udev_rules){ 0 };
}

/* ---- what is handed out ---- */

/* "online|online_movable"; index: the types, shifted so that MHP_ONLINE is the lowest bit */
static const char *const type_words[] = {
	NULL, "online", "online_kernel", "online|online_kernel", "online_movable",
	"online|online_movable", "online_kernel|online_movable",
	"online|online_kernel|online_movable",
};
_Static_assert(MHP_ONLINE == 1 && MHP_ONLINE_KERNEL == 2 && MHP_ONLINE_MOVABLE == 3,
	       "the words stand in the order of their bits");

const char *udev_rule_word(const struct udev_rule *rule)
{
	return type_words[rule->types >> MHP_ONLINE & 7];
}

MHP_EXPORT int mhp_snapshot_get_udev_rules_code(const struct mhp_snapshot *snap)
{
	return snap->facts.udev.code;
}

MHP_EXPORT size_t mhp_snapshot_count_udev_rules(const struct mhp_snapshot *snap)
{
	return snap->facts.udev.count;
}

MHP_EXPORT int mhp_snapshot_get_udev_rule(const struct mhp_snapshot *snap, size_t index,
					  const char **ret_path, unsigned int *ret_line,
					  const char **ret_word, bool *ret_may)
{
	const struct udev_rule *rule;

	if (index >= snap->facts.udev.count)
		return -EINVAL;
	rule = &snap->facts.udev.list[index];
	if (ret_path)
		*ret_path = rule->path;
	if (ret_line)
		*ret_line = rule->line;
	if (ret_word)
		*ret_word = udev_rule_word(rule);
	if (ret_may)
		*ret_may = rule->may;
	return 0;
}
