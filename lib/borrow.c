// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Settings of the whole system that a plan changes for a while. Each is written into
 * the journal first, and put back only if it still is what was written.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Opens the directory of a setting; *ret_name is the file in it. */
static int open_setting(struct apply *apply, const char *path, struct sysfs_dir *ret_dir,
			const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char *dir = strndup(path, (size_t)(slash - path));
	int r;

	if (!dir)
		return -ENOMEM;
	r = sysfs_open(apply->ctx, dir, ret_dir);
	free(dir);
	*ret_name = slash + 1;
	return r;
}

/* ---- what others add meanwhile ---- */

static int take_present(void *data, const char *name)
{
	struct apply *apply = data;
	uint64_t id, *more;

	if (parse_block_name(name, &id) < 0)
		return 0;
	if (apply->n_present == apply->present_room) {
		size_t room = apply->present_room ? 2 * apply->present_room : 256;

		more = reallocarray(apply->present, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		apply->present = more;
		apply->present_room = room;
	}
	apply->present[apply->n_present++] = id;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool is_planned(const struct mhp_plan *plan, uint64_t id)
{
	for (size_t i = 0; i < plan->n_parts; i++)
		for (size_t j = 0; j < plan->parts[i].n_runs; j++) {
			const struct block_run *run = &plan->parts[i].runs[j];

			if (id >= run->first && id - run->first < run->count)
				return true;
		}
	return false;
}

static int take_new(void *data, const char *name)
{
	struct apply *apply = data;
	struct mhp_report *report = apply->report;
	uint64_t id, *more;

	if (parse_block_name(name, &id) < 0 || is_planned(apply->plan, id) ||
	    (apply->n_present && bsearch(&id, apply->present, apply->n_present, sizeof(id),
					 compare_ids)))
		return 0;
	more = reallocarray(report->others, report->n_others + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	report->others = more;
	more[report->n_others++] = id;
	return 0;
}

static void find_new_blocks(struct apply *apply)
{
	struct mhp_report *report = apply->report;
	int r = sysfs_list(&apply->mem, "", take_new, apply);

	if (r < 0)
		apply->others_code = r;
	if (report->n_others)
		qsort(report->others, report->n_others, sizeof(uint64_t), compare_ids);
}

/* ---- borrow ---- */

static void blame_contained(struct apply *apply, const struct mhp_step *step)
{
	struct text text = { 0 };

	text_add(&text, "%s is not borrowed in a container with a " RUN_PATH " of its own, or "
		 "without /proc, by which that is told", step->path);
	blame_text(apply, 0, 0, MHP_REASON_UNSUPPORTED,
		   "run it on the host, or share the host's " RUN_PATH, &text);
}

/* What is to be done before it is written did not work. */
static int blame_early(struct apply *apply, const struct mhp_step *step, const char *what, int code)
{
	struct text text = { 0 };

	text_add(&text, "%s, to borrow %s: ", what, step->path);
	text_add_code(&text, code);
	blame_text(apply, 0, code, judge_code(code), NULL, &text);
	return 1;
}

/* 1: not as planned for, or could not be, and told so */
static int borrow(struct apply *apply, const struct mhp_step *step, struct sysfs_dir *dir,
		  const char *name)
{
	char now[MHP_ATTR_SIZE + 1];
	int r, code;

	if (apply->ctx->be->ops->is_contained(apply->ctx->be)) {
		blame_contained(apply, step);
		return 1;
	}
	r = sysfs_read(dir, name, now);
	if (r < 0)
		return blame_early(apply, step, "reading", r);
	if (strcmp(now, step->undo_word)) {
		blame_setting_moved(apply, 0, step->path, 0, now, step->undo_word, NULL);
		return 1;
	}
	if (!strcmp(step->path, POLICY_PATH)) {
		r = sysfs_list(&apply->mem, "", take_present, apply);
		if (r < 0)
			return blame_early(apply, step, "listing blocks", r);
		if (apply->n_present)
			qsort(apply->present, apply->n_present, sizeof(uint64_t), compare_ids);
	}
	r = journal_add(&apply->journal, JOURNAL_SETTING, step->path, step->word, step->undo_word);
	if (r < 0)
		return blame_early(apply, step, "writing " RUN_PATH "/" JOURNAL_NAME, r);
	apply->borrowed[apply->n_borrowed++] = (struct borrowed){
		.path = step->path, .ours = step->word, .before = step->undo_word,
	};
	code = write_file(apply, dir, name, step->path, step->word);
	r = sysfs_read(dir, name, now);
	return code < 0 ? code : r < 0 ? r : strcmp(now, step->word) ? -EIO : 0;
}

void run_borrow_step(struct apply *apply, const struct mhp_step *step)
{
	struct sysfs_dir dir = { 0 };
	const char *name;
	int r;

	r = open_setting(apply, step->path, &dir, &name);
	if (r == 0)
		r = borrow(apply, step, &dir, name);
	sysfs_close(&dir);
	if (r < 0)
		blame_setting(apply, r, apply->cut ? apply->cut : judge_code(r), step->path,
			      step->word);
	if (r)
		apply->over = true;
}

/* ---- return ---- */

/* 0 also where somebody else changed it: then it is his */
static int give_back(struct apply *apply, const struct borrowed *borrowed)
{
	struct sysfs_dir dir = { 0 };
	char now[MHP_ATTR_SIZE + 1];
	const char *name;
	int r, code = 0;

	r = open_setting(apply, borrowed->path, &dir, &name);
	if (r == 0)
		r = sysfs_read(&dir, name, now);
	if (r == 0 && !strcmp(now, borrowed->ours)) {
		code = write_in_any_case(apply, &dir, name, borrowed->path, borrowed->before);
		r = sysfs_read(&dir, name, now);
		if (r == 0 && !strcmp(now, borrowed->ours))
			r = code < 0 ? code : -EIO;
	}
	sysfs_close(&dir);
	return r;
}

static void return_last(struct apply *apply)
{
	struct borrowed borrowed = apply->borrowed[--apply->n_borrowed];
	int r = -EIO;

	if (!strcmp(borrowed.path, POLICY_PATH))
		find_new_blocks(apply);
	/* what stays borrowed is everybody's trouble: some patience */
	for (int i = 0; i < 3 && r < 0; i++)
		r = give_back(apply, &borrowed);
	if (r < 0)
		blame_borrowed(apply, r, borrowed.path, borrowed.before);
	else if (!apply->not_returned)
		journal_drop(&apply->journal);
}

void run_return_step(struct apply *apply, const struct mhp_step *step)
{
	if (apply->n_borrowed && !strcmp(apply->borrowed[apply->n_borrowed - 1].path, step->path))
		return_last(apply);
}

void return_all(struct apply *apply)
{
	while (apply->n_borrowed)
		return_last(apply);
}
