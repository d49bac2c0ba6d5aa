// SPDX-License-Identifier: LGPL-2.1-or-later
/* Scripts: read, and written again with the answers of several kernels. README.md has the form. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

void answer_free(struct answer *answer)
{
	lines_free(&answer->events);
	lines_free(&answer->changes);
	*answer = (struct answer){ 0 };
}

void script_free(struct script *script)
{
	for (size_t i = 0; i < script->count; i++) {
		free(script->steps[i].comment);
		op_free(&script->steps[i].op);
		for (size_t j = 0; j < KERNELS; j++)
			answer_free(&script->steps[i].answers[j]);
	}
	free(script->steps);
	free(script->path);
	free(script->header);
	free(script->what);
	free(script->end);
	*script = (struct script){ 0 };
}

/* Takes op over. */
struct step *script_add(struct script *script, const struct op *op)
{
	if (!(script->count & (script->count - 1)))
		script->steps = must(reallocarray(script->steps,
						  script->count ? script->count * 2 : 1,
						  sizeof(*script->steps)));
	script->steps[script->count] = (struct step){ .op = *op, .kernels = ON_ALL };
	return &script->steps[script->count++];
}

/* ---- runs of blocks ---- */

/* Where the number N of the first "memoryN" stands; NULL. */
static const char *find_number(const char *line)
{
	for (; (line = strstr(line, "memory")); line += 6)
		if (line[6] >= '0' && line[6] <= '9')
			return line + 6;
	return NULL;
}

/* Are the lines the same but for the numbers, of which b's is the next to last? */
static bool follows(const char *a, const char *b, uint64_t last)
{
	const char *x = find_number(a), *y = find_number(b);
	char *x_end, *y_end;

	if (!x || !y || x - a != y - b || strncmp(a, b, (size_t)(x - a)))
		return false;
	strtoull(x, &x_end, 10);
	return strtoull(y, &y_end, 10) == last + 1 && !strcmp(x_end, y_end);
}

void lines_fold(const struct lines *lines, struct lines *ret)
{
	*ret = (struct lines){ 0 };
	for (size_t i = 0, next; i < lines->count; i = next) {
		const char *line = lines->str[i], *number = find_number(line);
		uint64_t first, last;
		char *end;

		next = i + 1;
		if (!number) {
			lines_add(ret, text_new("%s", line));
			continue;
		}
		first = last = strtoull(number, &end, 10);
		while (next < lines->count && follows(line, lines->str[next], last)) {
			last++;
			next++;
		}
		if (first == last)
			lines_add(ret, text_new("%s", line));
		else
			lines_add(ret, text_new("%.*s%" PRIu64 "-%" PRIu64 "%s",
						(int)(number - line), line, first, last, end));
	}
}

/* The other way round. */
static void add_unfolded(struct lines *lines, const char *line)
{
	const char *number = find_number(line);
	uint64_t first, last;
	char *end;

	if (!number) {
		lines_add(lines, text_new("%s", line));
		return;
	}
	first = last = strtoull(number, &end, 10);
	if (*end == '-')
		last = strtoull(end + 1, &end, 10);
	for (; first <= last; first++)
		lines_add(lines, text_new("%.*s%" PRIu64 "%s", (int)(number - line), line, first,
					  end));
}

/* ---- reading ---- */

struct parser {
	struct script *script;
	unsigned int line;
	struct buf comment;
	bool in_header;
};

__attribute__((noreturn))
static void refuse(const struct parser *parser, const char *why)
{
	die("%s:%u: %s", parser->script->path, parser->line, why);
}

static char *take_comment(struct parser *parser)
{
	char *text;

	if (buf_finish(&parser->comment, &text) < 0)
		die("no memory");
	parser->comment = (struct buf){ 0 };
	return text;
}

static void parse_header(struct parser *parser, const char *line)
{
	struct script *script = parser->script;
	const char *text;
	char *list;

	if (!strncmp(line, "# what: ", 8)) {
		free(script->what);
		script->what = text_new("%s", line + 8);
	} else if (!strncmp(line, "# alone:", 8)) {
		script->alone = true;
	} else if (!strncmp(line, "# kernels: ", 11)) {
		list = text_new("[%s]", line + 11);
		text = list;
		script->kernels = mask_take(&text, ON_ALL);
		free(list);
		if (!script->kernels)
			refuse(parser, "no such kernel");
	}
}

static void parse_answer(struct parser *parser, const char *line)
{
	struct script *script = parser->script;
	struct step *step = script->count ? &script->steps[script->count - 1] : NULL;
	unsigned int mask;

	if (!step)
		refuse(parser, "an answer to nothing");
	mask = mask_take(&line, step->kernels & script->kernels);
	if (!mask)
		refuse(parser, "no such kernel");
	for (int i = 0; i < KERNELS; i++) {
		struct answer *answer = &step->answers[i];

		if (!(mask & 1U << i))
			continue;
		if (!strncmp(line, "= ", 2)) {
			answer->known = true;
			if (!code_from_text(line + 2, &answer->code))
				refuse(parser, "no errno value");
		} else if (!strncmp(line, "event ", 6)) {
			add_unfolded(&answer->events, line + 6);
		} else if (strstr(line, ": ")) {
			add_unfolded(&answer->changes, line);
		} else {
			refuse(parser, "neither \"= CODE\", \"event ...\" nor \"KEY: VALUE\"");
		}
	}
}

static void parse_op(struct parser *parser, const char *line)
{
	unsigned int mask = mask_take(&line, ON_ALL);
	struct step *step;
	const char *why;
	struct op op;

	if (!mask)
		refuse(parser, "no such kernel");
	if (!op_parse(line, &op, &why))
		refuse(parser, why);
	step = script_add(parser->script, &op);
	step->line = parser->line;
	step->kernels = mask;
	step->comment = take_comment(parser);
}

static void parse_line(struct parser *parser, const char *line)
{
	if (*line == '#' || !*line) {
		if (parser->in_header && *line)
			parse_header(parser, line);
		buf_add(&parser->comment, "%s\n", line);
		if (parser->in_header && !*line) {
			parser->in_header = false;
			parser->script->header = take_comment(parser);
		}
		return;
	}
	if (parser->in_header) {
		parser->in_header = false;
		parser->script->header = take_comment(parser);
	}
	if (*line == '\t' || *line == ' ')
		parse_answer(parser, line + strspn(line, " \t"));
	else
		parse_op(parser, line);
}

void script_read(const char *path, struct script *ret)
{
	struct parser parser = { .script = ret, .in_header = true };
	char *text = file_read(path), *rest = text, *line;

	*ret = (struct script){ .path = text_new("%s", path), .kernels = ON_ALL };
	while ((line = strsep(&rest, "\n"))) {
		parser.line++;
		if (rest || *line)
			parse_line(&parser, line);
	}
	ret->end = take_comment(&parser);
	for (size_t i = 0; i < ret->count; i++)
		for (int j = 0; j < KERNELS; j++)
			lines_sort(&ret->steps[i].answers[j].changes);
	if (!ret->header)
		ret->header = text_new("%s", "");
	free(text);
}

/* ---- writing ---- */

static void print_lines(FILE *file, const char *prefix, const char *word,
			const struct lines *lines)
{
	struct lines folded;

	lines_fold(lines, &folded);
	for (size_t i = 0; i < folded.count; i++)
		fprintf(file, "%s%s%s\n", prefix, word, folded.str[i]);
	lines_free(&folded);
}

void answer_print(const struct answer *answer, const char *prefix, FILE *file)
{
	fprintf(file, "%s= %s\n", prefix, code_text(answer->code));
	print_lines(file, prefix, "event ", &answer->events);
	print_lines(file, prefix, "", &answer->changes);
}

typedef bool (*same_fn)(const struct answer *a, const struct answer *b);

static bool same_code(const struct answer *a, const struct answer *b)
{
	return a->code == b->code;
}

static bool same_events(const struct answer *a, const struct answer *b)
{
	return lines_same(&a->events, &b->events);
}

/* Kernels from i downwards that answered as i did, and were not told yet. */
static unsigned int find_group(const struct step *step, unsigned int told, int i, same_fn same)
{
	unsigned int mask = 0;

	for (int j = i; j >= 0; j--)
		if (step->answers[j].known && !(told & 1U << j) &&
		    same(&step->answers[i], &step->answers[j]))
			mask |= 1U << j;
	return mask;
}

static char *group_prefix(unsigned int mask, unsigned int all)
{
	char *names = mask_text(mask, all), *prefix = text_new("\t%s", names);

	free(names);
	return prefix;
}

static void print_groups(const struct step *step, unsigned int all, same_fn same, FILE *file)
{
	unsigned int told = 0, mask;
	char *prefix;

	for (int i = KERNELS - 1; i >= 0; i--) {
		mask = find_group(step, told, i, same);
		if (!mask)
			continue;
		told |= mask;
		prefix = group_prefix(mask, all);
		if (same == same_code)
			fprintf(file, "%s= %s\n", prefix, code_text(step->answers[i].code));
		else
			print_lines(file, prefix, "event ", &step->answers[i].events);
		free(prefix);
	}
}

static bool has_line(const struct lines *lines, const char *line)
{
	for (size_t i = 0; i < lines->count; i++)
		if (!strcmp(lines->str[i], line))
			return true;
	return false;
}

static unsigned int who_has(const struct step *step, const char *line)
{
	unsigned int mask = 0;

	for (int i = 0; i < KERNELS; i++)
		if (step->answers[i].known && has_line(&step->answers[i].changes, line))
			mask |= 1U << i;
	return mask;
}

static void print_changes(const struct step *step, unsigned int all, FILE *file)
{
	for (unsigned int mask = ON_ALL; mask; mask--) {
		int first = 0;
		struct lines lines = { 0 };
		char *prefix;

		while (!(mask & 1U << first))
			first++;
		for (size_t i = 0; i < step->answers[first].changes.count; i++) {
			const char *line = step->answers[first].changes.str[i];

			if (who_has(step, line) == mask)
				lines_add(&lines, text_new("%s", line));
		}
		prefix = group_prefix(mask, all);
		print_lines(file, prefix, "", &lines);
		free(prefix);
		lines_free(&lines);
	}
}

void script_print(const struct script *script, FILE *file)
{
	fputs(script->header ? script->header : "", file);
	for (size_t i = 0; i < script->count; i++) {
		const struct step *step = &script->steps[i];
		unsigned int all = step->kernels & script->kernels;
		char *mask = mask_text(step->kernels, ON_ALL), *op = op_text(&step->op);

		fprintf(file, "%s%s%s\n", step->comment ? step->comment : "", mask, op);
		print_groups(step, all, same_code, file);
		print_groups(step, all, same_events, file);
		print_changes(step, all, file);
		free(mask);
		free(op);
	}
	fputs(script->end ? script->end : "", file);
}
