// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What is to be put back if we are killed: a file that is always ahead of what is
 * done. A line for each fact, and "end", without which it is not whole:
 *
 *	libmhp journal 1
 *	boot "6f6b4f3c-..."
 *	who "mhp[123]: plug dax0.0 as online_movable"
 *	setting "/sys/.../auto_online_blocks" "online_movable" "offline"
 *	id "/sys/bus/dax/drivers/kmem/remove_id" "dax0.0"
 *	end
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define VERSION_LINE "libmhp journal 1"
#define JOURNAL_PATH RUN_PATH "/" JOURNAL_NAME

static void free_entry(struct journal_entry *entry)
{
	free(entry->path);
	free(entry->ours);
	free(entry->before);
}

void journal_free(struct journal *journal)
{
	for (size_t i = 0; i < journal->count; i++)
		free_entry(&journal->entries[i]);
	free(journal->entries);
	free(journal->boot);
	free(journal->who);
	*journal = (struct journal){ 0 };
}

/* A file of sysfs, and nothing else, whoever has written the journal. */
static bool is_good_path(const char *path)
{
	const char *name = strrchr(path, '/');

	return !strncmp(path, "/sys/", strlen("/sys/")) && name[1] &&
	       strlen(path) < MHP_PATH_SIZE && check_beneath(path + 1) == 0;
}

/*
 * An id is written without a look at what is there, which cannot be read: only a driver of the
 * dax bus is told one, and only to forget it.
 */
static bool is_good_id(const char *path, const char *id)
{
	return is_dax_name(id) && (!strcmp(path, DAX_DRIVERS_PATH "/kmem/remove_id") ||
				   !strcmp(path, DAX_DRIVERS_PATH "/device_dax/remove_id"));
}

static int append(struct journal *journal, enum journal_kind kind, const char *path,
		  const char *ours, const char *before)
{
	struct journal_entry entry = { .kind = kind };

	if (journal->count == journal->room) {
		size_t room = journal->room ? 2 * journal->room : 4;
		struct journal_entry *more;

		more = reallocarray(journal->entries, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		journal->entries = more;
		journal->room = room;
	}
	entry.path = strdup(path);
	entry.ours = strdup(ours);
	entry.before = before ? strdup(before) : NULL;
	if (!entry.path || !entry.ours || (before && !entry.before)) {
		free_entry(&entry);
		return -ENOMEM;
	}
	journal->entries[journal->count++] = entry;
	return 0;
}

int read_boot(struct mhp_ctx *ctx, char **ret_boot)
{
	char buf[MHP_ATTR_SIZE + 1];
	int r;

	*ret_boot = NULL;
	r = sysfs_read_path(ctx, "/proc/sys/kernel/random/boot_id", buf);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	*ret_boot = strdup(buf);
	return *ret_boot ? 0 : -ENOMEM;
}

/* ---- writing ---- */

static int render(const struct journal *journal, char **ret_str)
{
	struct text text = { 0 };

	text_add(&text, VERSION_LINE "\n");
	if (journal->boot) {
		text_add(&text, "boot");
		text_add_quoted(&text, journal->boot);
		text_add(&text, "\n");
	}
	text_add(&text, "who");
	text_add_quoted(&text, journal->who);
	text_add(&text, "\n");
	for (size_t i = 0; i < journal->count; i++) {
		const struct journal_entry *entry = &journal->entries[i];

		text_add(&text, entry->kind == JOURNAL_ID ? "id" : "setting");
		text_add_quoted(&text, entry->path);
		text_add_quoted(&text, entry->ours);
		if (entry->kind != JOURNAL_ID)
			text_add_quoted(&text, entry->before);
		text_add(&text, "\n");
	}
	text_add(&text, "end\n");
	return text_finish(&text, ret_str);
}

int journal_write(const struct journal *journal)
{
	struct mhp_ctx *ctx = journal->run->ctx;
	char *text;
	int r;

	r = render(journal, &text);
	if (r < 0)
		return r;
	r = ctx->be->ops->replace(ctx->be, journal->run->dir, JOURNAL_NAME, text);
	free(text);
	if (r < 0)
		ctx_log(ctx, r, JOURNAL_PATH, "cannot write the journal");
	return r;
}

int journal_begin(struct journal *journal, struct sysfs_dir *run, const char *who)
{
	struct journal begun = { .run = run };
	int r;

	if (!is_printable(who))
		return -EINVAL;
	r = sysfs_exists(run, JOURNAL_NAME);
	if (r == 0) {
		ctx_log(run->ctx, -EEXIST, JOURNAL_PATH, "has what is still to be put back");
		return -EEXIST;
	}
	if (r != -ENOENT) {
		ctx_log(run->ctx, r, JOURNAL_PATH, "cannot look for a journal");
		return r;
	}
	r = read_boot(run->ctx, &begun.boot);
	if (r == 0) {
		begun.who = strdup(who);
		r = begun.who ? journal_write(&begun) : -ENOMEM;
	}
	if (r < 0) {
		journal_free(&begun);
		return r;
	}
	*journal = begun;
	return 0;
}

int journal_add(struct journal *journal, enum journal_kind kind, const char *path,
		const char *ours, const char *before)
{
	int r;

	if (!is_good_path(path) || (kind == JOURNAL_SETTING) != (before != NULL) ||
	    (kind == JOURNAL_ID && !is_good_id(path, ours)))
		return -EINVAL;
	r = append(journal, kind, path, ours, before);
	if (r < 0)
		return r;
	r = journal_write(journal);
	if (r < 0)
		free_entry(&journal->entries[--journal->count]);
	return r;
}

int journal_drop(struct journal *journal)
{
	if (!journal->count)
		return -EINVAL;
	/* a file that says more than there is to do does no harm */
	free_entry(&journal->entries[--journal->count]);
	return journal_write(journal);
}

int journal_remove(struct sysfs_dir *run)
{
	struct mhp_ctx *ctx = run->ctx;
	int r;

	r = ctx->be->ops->remove(ctx->be, run->dir, JOURNAL_NAME);
	if (r < 0)
		ctx_log(ctx, r, JOURNAL_PATH, "cannot remove the journal");
	return r;
}

int journal_end(struct journal *journal)
{
	return journal->count ? 0 : journal_remove(journal->run);
}

/* ---- reading ---- */

/* The strings behind a word, all of them; 0: the line has another word. */
static int take_line(char *line, const char *word, size_t count, char *ret[])
{
	size_t length = strlen(word);

	if (strncmp(line, word, length) || (line[length] && line[length] != ' '))
		return 0;
	line += length;
	for (size_t i = 0; i < count; i++) {
		ret[i] = take_quoted(&line);
		if (!ret[i])
			return -EBADMSG;
	}
	return *line ? -EBADMSG : 1;
}

enum part { PART_VERSION, PART_BOOT, PART_WHO, PART_ENTRIES, PART_END };

static int parse_head(struct journal *journal, char *line, enum part *part)
{
	char *str;
	int r;

	if (*part == PART_VERSION) {
		*part = PART_BOOT;
		return strcmp(line, VERSION_LINE) ? -EBADMSG : 0;
	}
	if (*part == PART_BOOT) {
		*part = PART_WHO;
		r = take_line(line, "boot", 1, &str);
		if (r > 0)
			journal->boot = strdup(str);
		if (r)
			return r < 0 ? r : journal->boot ? 0 : -ENOMEM;
	}
	*part = PART_ENTRIES;
	r = take_line(line, "who", 1, &str);
	if (r <= 0 || !is_printable(str))
		return -EBADMSG;
	journal->who = strdup(str);
	return journal->who ? 0 : -ENOMEM;
}

static int parse_line(struct journal *journal, char *line, enum part *part)
{
	char *str[3] = { NULL };
	enum journal_kind kind = JOURNAL_SETTING;
	int r;

	if (*part < PART_ENTRIES)
		return parse_head(journal, line, part);
	if (*part == PART_END)
		return -EBADMSG;
	if (!strcmp(line, "end")) {
		*part = PART_END;
		return 0;
	}
	r = take_line(line, "setting", 3, str);
	if (r == 0) {
		kind = JOURNAL_ID;
		r = take_line(line, "id", 2, str);
	}
	if (r <= 0 || !is_good_path(str[0]) || (kind == JOURNAL_ID && !is_good_id(str[0], str[1])))
		return -EBADMSG;
	return append(journal, kind, str[0], str[1], str[2]);
}

/* In *ret_bad where it makes no sense: "line 3: ..." as it is, or NULL. */
static int parse(struct journal *journal, const char *text, size_t size, char **ret_bad)
{
	enum part part = PART_VERSION;
	unsigned int number = 1;
	size_t length;
	char *line;
	int r = 0;

	for (const char *end = text + size; r == 0 && text < end; text += length + 1, number++) {
		/* up to a NUL at most, which is not what a line ends with */
		length = strcspn(text, "\n");
		line = strndup(text, length);
		if (!line)
			return -ENOMEM;
		r = text[length] == '\n' ? parse_line(journal, line, &part) : -EBADMSG;
		free(line);
		if (r == -EBADMSG && copy_text(ret_bad, "line %u: %.*s", number,
					       length > 100 ? 100 : (int)length, text) < 0)
			return -ENOMEM;
	}
	if (r == 0 && part != PART_END)
		r = copy_text(ret_bad, "line %u: the end is missing", number) < 0 ?
		    -ENOMEM : -EBADMSG;
	return r;
}

/* -ESTALE: whatever it says went with another boot of the machine */
static int check_boot(struct mhp_ctx *ctx, const struct journal *journal)
{
	char *boot;
	int r;

	if (!journal->boot)
		return 0;
	r = read_boot(ctx, &boot);
	if (r == 0 && boot && strcmp(boot, journal->boot))
		r = -ESTALE;
	free(boot);
	return r;
}

int journal_read(struct sysfs_dir *run, struct journal *ret, char **ret_bad)
{
	struct journal journal = { .run = run };
	struct mhp_ctx *ctx = run->ctx;
	size_t length;
	char *text;
	int r;

	*ret_bad = NULL;
	r = ctx->be->ops->read_all(ctx->be, run->dir, JOURNAL_NAME, &text, &length);
	if (r < 0)
		/* the word of a damaged disk; here it speaks of the text */
		return r == -EBADMSG ? -EIO : r;
	r = parse(&journal, text, length, ret_bad);
	free(text);
	if (r == 0)
		r = check_boot(ctx, &journal);
	if (r < 0) {
		journal_free(&journal);
		return r;
	}
	*ret = journal;
	return 0;
}

static void log_bad(struct mhp_ctx *ctx, const char *bad)
{
	struct text text = { 0 };
	char *shown;

	text_add_escaped(&text, bad);
	if (text_finish(&text, &shown) < 0)
		shown = NULL;
	ctx_log(ctx, -EBADMSG, JOURNAL_PATH,
		"the journal makes no sense, and is left for you to remove: %s",
		shown ? shown : "");
	free(shown);
}

int journal_load(struct sysfs_dir *run, struct journal *ret)
{
	char *bad;
	int r;

	r = journal_read(run, ret, &bad);
	if (r == -EBADMSG)
		log_bad(run->ctx, bad);
	else if (r < 0 && r != -ENOENT && r != -ESTALE && r != -ENOMEM)
		ctx_log(run->ctx, r, JOURNAL_PATH, "cannot read the journal");
	free(bad);
	return r;
}
