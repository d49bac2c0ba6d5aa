// SPDX-License-Identifier: LGPL-2.1-or-later
/* The udev rules of a machine: which files there are, and what is in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "udev.h"

#define UDEV_ENDING ".rules"

/* In the order in which one hides another of the same name. /lib may be /usr/lib. */
const char *const udev_dirs[UDEV_DIRS] = {
	"/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
	"/usr/lib/udev/rules.d", "/lib/udev/rules.d",
};

struct udev_scan {
	struct udev_rules *rules;
	struct problems *problems;
	const char *path;	/* of the file that is being read */
};

bool udev_is_file_name(const char *name)
{
	return conf_is_name(name, UDEV_ENDING);
}

int udev_read_file(struct sysfs_dir *dir, const char *name, char **ret_text, size_t *ret_length)
{
	struct mhp_private_conf_file file = { .code = 0 };

	conf_read(dir, name, false, &file, ret_text);
	*ret_length = file.length;
	return file.code;
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

static int take_file(void *data, const struct mhp_private_conf_file *file)
{
	struct udev_scan *scan = data;

	if (file->hidden_by || file->code == -ENOENT)
		return 0;
	/* rules that are not known: the answer is no answer */
	if (file->code < 0) {
		if (scan->rules->code == 0)
			scan->rules->code = file->code;
		return problems_add(scan->problems, file->code, NULL, file->path, "");
	}
	scan->path = file->path;
	return udev_parse_rules(file->text, file->length, add_rule, scan);
}

int udev_rules_read(struct mhp_ctx *ctx, struct udev_rules *ret, struct problems *problems)
{
	struct udev_scan scan = { .rules = ret, .problems = problems };

	return conf_files_read(ctx, udev_dirs, UDEV_DIRS, UDEV_ENDING, false, take_file, &scan);
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
