// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The file of acts: a line for each, and "end", without which it is not whole.
 *
 *	libmhp acts 1
 *	boot "6f6b4f3c-..."
 *	act "mhp[123]: plug dax0.0 as online_movable" seq 1200 1216 time 17...000 17...000
 *	  blocks 32-35,40 policy		(all on one line)
 *	end
 *
 * Of one that goes on both last numbers are "-". Without /sys/kernel/uevent_seqnum there is no
 * "seq". "about" in place of "blocks": the last part spans more than was touched.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"

#define VERSION_LINE "libmhp acts 1"
#define ACTS_PATH RUN_PATH "/" ACTS_NAME
/* of a file that we wrote ourselves; more is not ours */
#define MAX_SIZE ((size_t)MAX_ACTS * 4 * 1024)

struct act *acts_append(struct acts *acts, const struct act *act)
{
	if (acts->count == MAX_ACTS)
		memmove(acts->list, acts->list + 1, --acts->count * sizeof(*acts->list));
	acts->list[acts->count] = *act;
	return &acts->list[acts->count++];
}

bool act_has_block(const struct act *act, uint64_t id)
{
	for (size_t i = 0; i < act->n_runs; i++)
		if (id >= act->runs[i].first && id - act->runs[i].first < act->runs[i].count)
			return true;
	return false;
}

/* ---- text ---- */

static void add_pair(struct text *text, const char *word, uint64_t first, uint64_t last,
		     bool ended)
{
	text_add(text, " %s %" PRIu64, word, first);
	if (ended)
		text_add(text, " %" PRIu64, last);
	else
		text_add(text, " -");
}

static void add_act(struct text *text, const struct act *act)
{
	text_add(text, "act");
	text_add_quoted(text, act->who);
	if (act->has_seqnums)
		add_pair(text, "seq", act->first_seqnum, act->last_seqnum, act->ended);
	add_pair(text, "time", (uint64_t)act->begin_ns, (uint64_t)act->end_ns, act->ended);
	for (size_t i = 0; i < act->n_runs; i++) {
		const struct block_run *run = &act->runs[i];

		if (i)
			text_add(text, ",");
		else
			text_add(text, " %s ", act->is_rough ? "about" : "blocks");
		text_add(text, "%" PRIu64, run->first);
		if (run->count > 1)
			text_add(text, "-%" PRIu64, run->first + run->count - 1);
	}
	text_add(text, "%s%s\n", act->policy ? " policy" : "", act->was_killed ? " killed" : "");
}

int acts_render(const struct acts *acts, const char *boot, char **ret_text)
{
	struct text text = { 0 };

	text_add(&text, VERSION_LINE "\n");
	if (boot) {
		text_add(&text, "boot");
		text_add_quoted(&text, boot);
		text_add(&text, "\n");
	}
	for (size_t i = 0; i < acts->count; i++)
		add_act(&text, &acts->list[i]);
	text_add(&text, "end\n");
	return text_finish(&text, ret_text);
}

/* What stands behind the string, split at its spaces. */
struct parts {
	char *list[16];
	size_t count, at;
};

/* Each part with a single space before it. */
static int split(char *line, struct parts *ret)
{
	while (*line) {
		if (*line != ' ' || line[1] == ' ' || !line[1] ||
		    ret->count == ARRAY_SIZE(ret->list))
			return -EBADMSG;
		*line++ = '\0';
		ret->list[ret->count++] = line;
		line += strcspn(line, " ");
	}
	return 0;
}

static char *take_part(struct parts *parts)
{
	return parts->at < parts->count ? parts->list[parts->at++] : NULL;
}

static bool take_word(struct parts *parts, const char *word)
{
	if (parts->at == parts->count || strcmp(parts->list[parts->at], word))
		return false;
	parts->at++;
	return true;
}

/* "FIRST LAST" or "FIRST -" */
static int take_pair(struct parts *parts, uint64_t *ret_first, uint64_t *ret_last,
		     bool *ret_ended)
{
	const char *first = take_part(parts), *last = take_part(parts);

	if (!first || !last || parse_dec(first, ret_first) < 0)
		return -EBADMSG;
	*ret_ended = strcmp(last, "-") != 0;
	if (*ret_ended && (parse_dec(last, ret_last) < 0 || *ret_last < *ret_first))
		return -EBADMSG;
	return 0;
}

static int parse_run(char *str, struct block_run *ret)
{
	char *dash = strchr(str, '-');
	uint64_t first, last;

	if (dash)
		*dash = '\0';
	if (parse_dec(str, &first) < 0)
		return -EBADMSG;
	last = first;
	if (dash && (parse_dec(dash + 1, &last) < 0 || last <= first))
		return -EBADMSG;
	if (last > BLOCK_MAX_ID)
		return -EBADMSG;
	*ret = (struct block_run){ first, last - first + 1 };
	return 0;
}

static int parse_runs(char *str, struct act *act)
{
	char *comma;
	int r = str ? 0 : -EBADMSG;

	for (; r == 0 && str; str = comma ? comma + 1 : NULL) {
		comma = strchr(str, ',');
		if (comma)
			*comma = '\0';
		if (act->n_runs == MAX_ACT_RUNS)
			return -EBADMSG;
		r = parse_run(str, &act->runs[act->n_runs++]);
	}
	return r;
}

static int parse_parts(struct parts *parts, struct act *act)
{
	uint64_t begin, end = 0;
	bool ended;

	act->has_seqnums = take_word(parts, "seq");
	if (act->has_seqnums &&
	    take_pair(parts, &act->first_seqnum, &act->last_seqnum, &ended) < 0)
		return -EBADMSG;
	if (!take_word(parts, "time") || take_pair(parts, &begin, &end, &act->ended) < 0 ||
	    (act->has_seqnums && ended != act->ended) || begin > INT64_MAX || end > INT64_MAX)
		return -EBADMSG;
	act->begin_ns = (int64_t)begin;
	act->end_ns = (int64_t)end;
	act->is_rough = take_word(parts, "about");
	if ((act->is_rough || take_word(parts, "blocks")) &&
	    parse_runs(take_part(parts), act) < 0)
		return -EBADMSG;
	act->policy = take_word(parts, "policy");
	act->was_killed = take_word(parts, "killed");
	return parts->at == parts->count ? 0 : -EBADMSG;
}

static int parse_act(char *line, struct act *act)
{
	struct parts parts = { 0 };
	const char *who = take_quoted(&line);

	if (!who || !is_printable(who) || strlen(who) >= sizeof(act->who))
		return -EBADMSG;
	strcpy(act->who, who);
	return split(line, &parts) < 0 ? -EBADMSG : parse_parts(&parts, act);
}

struct reader {
	struct acts *acts;
	char *boot;
	unsigned int line;
	bool ended;
};

static int parse_line(struct reader *reader, char *line)
{
	struct act act = { 0 };

	if (reader->line == 1)
		return strcmp(line, VERSION_LINE) ? -EBADMSG : 0;
	if (reader->line == 2 && !strncmp(line, "boot ", strlen("boot "))) {
		char *rest = line + strlen("boot"), *boot = take_quoted(&rest);

		if (!boot || *rest)
			return -EBADMSG;
		reader->boot = strdup(boot);
		return reader->boot ? 0 : -ENOMEM;
	}
	if (!strcmp(line, "end")) {
		reader->ended = true;
		return 0;
	}
	if (strncmp(line, "act ", strlen("act ")) || reader->acts->count == MAX_ACTS ||
	    parse_act(line + strlen("act"), &act) < 0)
		return -EBADMSG;
	acts_append(reader->acts, &act);
	return 0;
}

int acts_parse(const char *text, size_t size, struct acts *ret, char **ret_boot,
	       unsigned int *ret_line)
{
	struct reader reader = { .acts = ret };
	const char *end = text + size;
	size_t length;
	char *line;
	int r = 0;

	ret->count = 0;
	for (; r == 0 && text < end && size <= MAX_SIZE; text += length + 1) {
		/* up to a NUL at most, which is not what a line ends with */
		length = strcspn(text, "\n");
		reader.line++;
		line = strndup(text, length);
		if (!line)
			r = -ENOMEM;
		else if (text[length] != '\n' || reader.ended)
			r = -EBADMSG;
		else
			r = parse_line(&reader, line);
		free(line);
	}
	if (r == 0 && !reader.ended)
		r = -EBADMSG;
	if (r < 0) {
		free(reader.boot);
		ret->count = 0;
		*ret_line = reader.line;
		return r;
	}
	*ret_boot = reader.boot;
	return 0;
}

/* ---- the file ---- */

/* Which boot it is of must be known, or neither of the two. */
static int check_boot(struct mhp_ctx *ctx, const char *boot)
{
	char *now;
	int r;

	r = read_boot(ctx, &now);
	if (r == 0 && !is_same(now, boot))
		r = -ESTALE;
	free(now);
	return r;
}

int acts_read(struct sysfs_dir *run, struct acts *ret)
{
	struct mhp_ctx *ctx = run->ctx;
	char *text, *boot = NULL;
	unsigned int line = 0;
	size_t length;
	int r;

	ret->count = 0;
	r = ctx->be->ops->read_all(ctx->be, run->dir, ACTS_NAME, &text, &length);
	if (r == -EBADMSG)
		r = -EIO;
	if (r < 0) {
		if (r != -ENOENT)
			ctx_log(ctx, r, ACTS_PATH, "cannot read what was done before");
		return r;
	}
	r = acts_parse(text, length, ret, &boot, &line);
	free(text);
	if (r == -EBADMSG)
		ctx_log(ctx, r, ACTS_PATH,
			"line %u makes no sense: what was done before is not known", line);
	if (r == 0)
		r = check_boot(ctx, boot);
	free(boot);
	if (r < 0)
		ret->count = 0;
	return r;
}
