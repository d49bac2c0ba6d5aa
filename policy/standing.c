// SPDX-License-Identifier: LGPL-2.1-or-later
/* The standing policy as a whole: its files, rules, errors and warnings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

int standing_new(struct mhp_standing **ret)
{
	struct mhp_standing *standing = calloc(1, sizeof(*standing));

	if (!standing)
		return -ENOMEM;
	standing->refs = 1;
	*ret = standing;
	return 0;
}

int standing_add_file(struct mhp_standing *standing, const char *path, const char **ret_path)
{
	struct standing_file *list;

	if (standing->n_files == standing->files_room) {
		size_t room = standing->files_room ? 2 * standing->files_room : 8;

		list = reallocarray(standing->files, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		standing->files = list;
		standing->files_room = room;
	}
	list = &standing->files[standing->n_files];
	*list = (struct standing_file){ .path = strdup(path) };
	if (!list->path)
		return -ENOMEM;
	standing->n_files++;
	*ret_path = list->path;
	return 0;
}

int standing_add_rule(struct mhp_standing *standing, struct mhp_standing_rule *rule)
{
	struct mhp_standing_rule **list;

	if (standing->n_rules == standing->rules_room) {
		size_t room = standing->rules_room ? 2 * standing->rules_room : 8;

		list = reallocarray(standing->rules, room, sizeof(struct mhp_standing_rule *));
		if (!list) {
			rule_free(rule);
			return -ENOMEM;
		}
		standing->rules = list;
		standing->rules_room = room;
	}
	standing->rules[standing->n_rules++] = rule;
	return 0;
}

static int add_text(struct mhp_standing *standing, const char *file, const char *text,
		    size_t length)
{
	const char *path;
	int r;

	r = standing_add_file(standing, file, &path);
	if (r == 0) {
		standing->files[standing->n_files - 1].masks = !length;
		r = parse_file(standing, path, text, length);
	}
	return r == 0 ? find_warnings(standing) : r;
}

MHP_EXPORT int mhp_standing_add_text(struct mhp_standing *standing, const char *file,
				     const char *text, size_t length)
{
	/* an agenda that has it was made of what it says, and so may be another thread's work */
	if (__atomic_load_n(&standing->refs, __ATOMIC_ACQUIRE) != 1)
		return -EBUSY;
	return add_text(standing, file, text, length);
}

MHP_EXPORT int mhp_standing_new_from_text(const char *file, const char *text, size_t length,
					  struct mhp_standing **ret_standing)
{
	struct mhp_standing *standing;
	int r;

	r = standing_new(&standing);
	if (r < 0)
		return r;
	r = add_text(standing, file, text, length);
	if (r < 0)
		mhp_standing_unref(standing);
	else
		*ret_standing = standing;
	return r;
}

MHP_EXPORT struct mhp_standing *mhp_standing_ref(struct mhp_standing *standing)
{
	if (standing)
		__atomic_add_fetch(&standing->refs, 1, __ATOMIC_RELAXED);
	return standing;
}

MHP_EXPORT struct mhp_standing *mhp_standing_unref(struct mhp_standing *standing)
{
	if (!standing || __atomic_sub_fetch(&standing->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	for (size_t i = 0; i < standing->n_files; i++)
		free(standing->files[i].path);
	for (size_t i = 0; i < standing->n_rules; i++)
		rule_free(standing->rules[i]);
	free(standing->files);
	free(standing->rules);
	notes_free(&standing->errors);
	notes_free(&standing->warnings);
	free(standing);
	return NULL;
}

MHP_EXPORT size_t mhp_standing_count_errors(const struct mhp_standing *standing)
{
	return standing->errors.count;
}

MHP_EXPORT int mhp_standing_get_error(const struct mhp_standing *standing, size_t index,
				      const char **ret_file, unsigned int *ret_line,
				      const char **ret_message)
{
	return notes_get(&standing->errors, index, ret_file, ret_line, ret_message);
}

MHP_EXPORT size_t mhp_standing_count_warnings(const struct mhp_standing *standing)
{
	return standing->warnings.count;
}

MHP_EXPORT int mhp_standing_get_warning(const struct mhp_standing *standing, size_t index,
					const char **ret_file, unsigned int *ret_line,
					const char **ret_message)
{
	return notes_get(&standing->warnings, index, ret_file, ret_line, ret_message);
}

MHP_EXPORT size_t mhp_standing_count_files(const struct mhp_standing *standing)
{
	return standing->n_files;
}

MHP_EXPORT int mhp_standing_get_file(const struct mhp_standing *standing, size_t index,
				     const char **ret_path, bool *ret_masks,
				     const char **ret_hidden_by)
{
	const struct standing_file *file;

	if (index >= standing->n_files)
		return -EINVAL;
	file = &standing->files[index];
	if (ret_path)
		*ret_path = file->path;
	if (ret_masks)
		*ret_masks = file->masks;
	if (ret_hidden_by)
		*ret_hidden_by = file->hidden_by;
	return 0;
}

MHP_EXPORT size_t mhp_standing_count_rules(const struct mhp_standing *standing)
{
	return standing->n_rules;
}

MHP_EXPORT const struct mhp_standing_rule *
mhp_standing_get_rule(const struct mhp_standing *standing, size_t index)
{
	return index < standing->n_rules ? standing->rules[index] : NULL;
}
