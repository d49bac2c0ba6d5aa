// SPDX-License-Identifier: LGPL-2.1-or-later
/* The files of a machine's standing policy: which ones there are, and what is in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

/* A file that is no answer: it may have had rules. */
static int add_error(struct mhp_standing *standing, const char *path, int code)
{
	struct text text = { 0 };

	if (code == -ENOENT) {
		text_add(&text, "a link that leads nowhere");
	} else if (code == -EISDIR || code == -EINVAL) {
		text_add(&text, "is no regular file");
	} else {
		text_add(&text, "could not be read: ");
		text_add_code(&text, code);
	}
	return notes_add(&standing->errors, path, 0, &text);
}

/* Whoever can write there would act as root, by the agent's hand. */
static int add_foreign(struct mhp_standing *standing, const char *path)
{
	struct text text = { 0 };

	text_add(&text, "others than root may change it, so it is no policy of root's: "
		 "chown root, chmod o-w");
	return notes_add(&standing->errors, path, 0, &text);
}

/* Files of one name follow one another, the one that hides the others first. */
static const char *find_path(const struct mhp_standing *standing, const char *path)
{
	for (size_t i = standing->n_files; i-- > 0;)
		if (!strcmp(standing->files[i].path, path))
			return standing->files[i].path;
	return NULL;
}

/* A capture does not tell an empty file from an empty line. */
static bool is_mask(const struct mhp_private_conf_file *file)
{
	if (file->code < 0)
		return file->masks;
	return !file->length || (file->length == 1 && *file->text == '\n');
}

static int take_file(void *data, const struct mhp_private_conf_file *file)
{
	struct mhp_standing *standing = data;
	struct standing_file *mine;
	struct text text = { 0 };
	const char *path;
	int r;

	if (file->is_dir && file->foreign)
		return add_foreign(standing, file->path);
	if (file->is_dir)
		return add_error(standing, file->path, file->code);
	if (standing->n_files == MAX_FILES) {
		text_add(&text, "one file more than 1000: it, and what follows, is not read");
		r = standing_add_file(standing, file->path, &path);
		return r < 0 ? r : notes_add(&standing->errors, path, 0, &text);
	}
	if (standing->n_files > MAX_FILES)
		return 0;
	r = standing_add_file(standing, file->path, &path);
	if (r < 0)
		return r;
	mine = &standing->files[standing->n_files - 1];
	if (file->hidden_by) {
		mine->hidden_by = find_path(standing, file->hidden_by);
		return 0;
	}
	if (file->foreign)
		return add_foreign(standing, path);
	mine->masks = is_mask(file);
	if (mine->masks)
		return 0;
	if (file->code < 0)
		return add_error(standing, path, file->code);
	return parse_file(standing, path, file->text, file->length);
}

MHP_EXPORT int mhp_standing_new(struct mhp_ctx *ctx, struct mhp_standing **ret_standing)
{
	struct mhp_standing *standing;
	int r;

	r = standing_new(&standing);
	if (r < 0)
		return r;
	r = mhp_private_read_policy_files(ctx, take_file, standing);
	if (r == 0)
		r = find_warnings(standing);
	if (r < 0)
		mhp_standing_unref(standing);
	else
		*ret_standing = standing;
	return r;
}
