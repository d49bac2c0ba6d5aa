// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a capture has of udev's rules: files with a rule that onlines memory, without
 * their other rules, and files of the same name, which one of these hides or is hidden by.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "udev.h"

/* ---- one file ---- */

struct lines {
	unsigned int (*list)[2];	/* first and last of each piece that is kept, ascending */
	size_t count, room;
};

static int add_lines(struct lines *lines, unsigned int first, unsigned int last)
{
	void *list;

	if (lines->count == lines->room) {
		size_t room = lines->room ? 2 * lines->room : 16;

		list = reallocarray(lines->list, room, sizeof(*lines->list));
		if (!list)
			return -ENOMEM;
		lines->list = list;
		lines->room = room;
	}
	lines->list[lines->count][0] = first;
	lines->list[lines->count++][1] = last;
	return 0;
}

static int note_rule(void *data, const struct udev_rule *rule)
{
	return add_lines(data, rule->line, rule->line);
}

static bool has_line(const struct lines *lines, size_t *at, unsigned int line)
{
	while (*at < lines->count && lines->list[*at][1] < line)
		++*at;
	return *at < lines->count && lines->list[*at][0] <= line;
}

/* Does the rule say something by a variable, which others may have set? */
static bool asks_variable(const struct udev_reader *reader)
{
	for (size_t i = 0; i < reader->n_tokens; i++)
		if (strstr(reader->tokens[i].value, "$env{") ||
		    strstr(reader->tokens[i].value, "%E{"))
			return true;
	return false;
}

/* Where the rule that was read leads to, or what it sets, counts for others. */
static bool counts_for_others(const struct udev_reader *reader, bool variables)
{
	if (udev_find(reader, "GOTO") || udev_find(reader, "LABEL"))
		return true;
	return variables && (udev_find(reader, "ENV") || udev_find(reader, "IMPORT"));
}

static int find_lines(struct udev_reader *reader, const char *text, size_t length,
		      const struct lines *rules, struct lines *kept)
{
	bool variables = false;
	size_t at = 0;
	int r = 0;

	udev_reader_init(reader, text, length);
	while (udev_read(reader))
		if (has_line(rules, &at, reader->line) || counts_for_others(reader, false))
			variables |= asks_variable(reader);
	udev_reader_init(reader, text, length);
	at = 0;
	while (r == 0 && udev_read(reader))
		if (has_line(rules, &at, reader->line) || counts_for_others(reader, variables))
			r = add_lines(kept, reader->line, reader->number);
	return r;
}

/* Lines end as udev_read() has them end. */
static size_t line_length(const char *at, const char *end, const char **ret_next)
{
	const char *stop = at;

	while (stop < end && *stop != '\n' && *stop != '\r' && *stop != '\0')
		stop++;
	*ret_next = end - stop >= 2 && stop[0] == '\r' && stop[1] == '\n' ? stop + 2 :
		    stop < end ? stop + 1 : end;
	return (size_t)(stop - at);
}

static void keep_line(struct text *out, const char *line, size_t length)
{
	size_t blank = 0;

	while (blank < length && (line[blank] == ' ' || line[blank] == '\t'))
		blank++;
	/* a comment between continued lines must not become an empty line */
	if (blank < length && line[blank] == '#')
		length = blank = 0, text_add(out, "#");
	for (size_t i = 0; i < length; i++)
		text_add(out, "%c", (line[i] < ' ' || line[i] > '~') && line[i] != '\t' ?
			 '?' : line[i]);
}

static int keep_lines(const char *text, size_t length, const struct lines *kept, char **ret)
{
	const char *at = text, *end = text + length, *next;
	struct text out = { 0 };
	unsigned int number = 1;
	size_t piece = 0, line;

	for (; at < end && piece < kept->count; at = next, number++) {
		line = line_length(at, end, &next);
		if (has_line(kept, &piece, number))
			keep_line(&out, at, line);
		if (piece < kept->count)
			text_add(&out, "\n");
	}
	return text_finish(&out, ret);
}

int reduce_rules(const char *text, size_t length, char **ret, bool *ret_any)
{
	struct udev_reader *reader = malloc(sizeof(*reader));
	struct lines rules = { 0 }, kept = { 0 };
	int r;

	if (!reader)
		return -ENOMEM;
	r = udev_parse_rules(text, length, note_rule, &rules);
	if (r == 0 && rules.count)
		r = find_lines(reader, text, length, &rules, &kept);
	if (r == 0)
		r = keep_lines(text, length, &kept, ret);
	*ret_any = rules.count > 0;
	free(rules.list);
	free(kept.list);
	free(reader);
	return r;
}

/* ---- all files ---- */

struct file {
	char *path;
	const char *name;	/* in path */
	char *text;
	int code;		/* -ENOENT: masked */
	bool counts;
};

struct file_scan {
	struct sysfs_dir dir;
	struct file *files;
	size_t count, room;
};

static int read_file(struct file_scan *scan, const char *name, struct file *file)
{
	char *text;
	size_t length;
	int r;

	r = copy_text(&file->path, "%s/%s", scan->dir.path, name);
	if (r)
		return r;
	file->name = strrchr(file->path, '/') + 1;
	file->code = udev_read_file(&scan->dir, name, &text, &length);
	if (file->code == 0) {
		r = reduce_rules(text, length, &file->text, &file->counts);
		free(text);
	} else {
		file->counts = file->code != -ENOENT;
	}
	return file->code == -ENOMEM ? -ENOMEM : r;
}

static int take_file(void *data, const char *name)
{
	struct file_scan *scan = data;
	struct file *files;

	if (!udev_is_file_name(name) || !is_capture_name(name))
		return 0;
	if (scan->count == scan->room) {
		size_t room = scan->room ? 2 * scan->room : 64;

		files = reallocarray(scan->files, room, sizeof(*files));
		if (!files)
			return -ENOMEM;
		scan->files = files;
		scan->room = room;
	}
	files = &scan->files[scan->count++];
	*files = (struct file){ 0 };
	return read_file(scan, name, files);
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static int read_files(struct mhp_ctx *ctx, struct file_scan *scan, struct places *places)
{
	int r = 0;

	for (size_t i = 0; i < UDEV_DIRS && r == 0; i++) {
		r = sysfs_open(ctx, udev_dirs[i], &scan->dir);
		if (r == 0)
			r = sysfs_list(&scan->dir, "", take_file, scan);
		sysfs_close(&scan->dir);
		if (r == -ENOMEM)
			return r;
		if (r < 0 && r != -ENOENT)
			r = places_add(places, udev_dirs[i], TAKE_FILES, NULL, r);
		else
			r = 0;
	}
	return r;
}

/* Adds the files of one name; the text is handed over. */
static int add_files(struct file *files, size_t count, struct places *places)
{
	bool counts = false;
	int r = 0;

	for (size_t i = 0; i < count; i++)
		counts |= files[i].counts;
	for (size_t i = 0; i < count && counts && r == 0; i++) {
		int code = files[i].code == -ENOENT ? 0 : files[i].code;

		r = places_add(places, files[i].path, TAKE_FILES, files[i].text, code);
		files[i].text = NULL;
	}
	return r;
}

int places_add_udev(struct mhp_ctx *ctx, struct places *places)
{
	struct file_scan scan = { 0 };
	int r;

	r = read_files(ctx, &scan, places);
	if (scan.count && r == 0)
		qsort(scan.files, scan.count, sizeof(*scan.files), compare_files);
	for (size_t i = 0, next; i < scan.count && r == 0; i = next) {
		for (next = i + 1; next < scan.count; next++)
			if (strcmp(scan.files[i].name, scan.files[next].name))
				break;
		r = add_files(scan.files + i, next - i, places);
	}
	for (size_t i = 0; i < scan.count; i++) {
		free(scan.files[i].path);
		free(scan.files[i].text);
	}
	free(scan.files);
	return r;
}
