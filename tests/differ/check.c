// SPDX-License-Identifier: LGPL-2.1-or-later
/* A script on a machine: its answers checked, or recorded. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

static bool is_at(const char *path, const char *end)
{
	size_t length = strlen(path), tail = strlen(end);

	return length >= tail && !strcmp(path + length - tail, end);
}

/* Is a block that the kernel may use for itself online? */
static bool is_kernel_block(const char *line)
{
	return !strncmp(line, "memory", 6) && strstr(line, ": online ") &&
	       (is_at(line, " Normal") || is_at(line, " DMA32"));
}

bool may_be_in_use(const struct lines *view, const struct op *op)
{
	if (op->act != ACT_PUT || (!is_at(op->path, "/state") && !is_at(op->path, "/online")))
		return false;
	for (size_t i = 0; i < view->count; i++)
		if (is_kernel_block(view->str[i]))
			return true;
	return false;
}

/* ---- differences ---- */

static void tell_lines(FILE *out, const struct lines *a, const struct lines *b, const char *mark,
		       const char *word)
{
	for (size_t i = 0; i < a->count; i++) {
		bool found = false;

		for (size_t j = 0; j < b->count && !found; j++)
			found = !strcmp(a->str[i], b->str[j]);
		if (!found)
			fprintf(out, "%s%s%s\n", mark, word, a->str[i]);
	}
}

static void tell_list(FILE *out, const struct lines *lines, const char *mark)
{
	struct lines folded;

	lines_fold(lines, &folded);
	for (size_t i = 0; i < folded.count; i++)
		fprintf(out, "%sevent %s\n", mark, folded.str[i]);
	lines_free(&folded);
}

/* What was wanted, and what was got instead. */
static void tell(FILE *out, const struct answer *wanted, const struct answer *got)
{
	if (wanted->code != got->code) {
		fprintf(out, "  - = %s\n", code_text(wanted->code));
		fprintf(out, "  + = %s\n", code_text(got->code));
	}
	if (!lines_same(&wanted->events, &got->events)) {
		tell_list(out, &wanted->events, "  - ");
		tell_list(out, &got->events, "  + ");
	}
	tell_lines(out, &wanted->changes, &got->changes, "  - ", "");
	tell_lines(out, &got->changes, &wanted->changes, "  + ", "");
}

static bool is_same(const struct answer *wanted, const struct answer *got)
{
	return wanted->code == got->code &&
	       lines_same(&wanted->events, &got->events) &&
	       lines_same(&wanted->changes, &got->changes);
}

/* ---- around a script ---- */

static bool just_do(void *data, const struct op *op)
{
	struct runner *runner = data;
	struct answer answer;

	runner_step(runner, op, &answer);
	answer_free(&answer);
	return true;
}

static void unpin_all(const struct script *script, struct runner *runner)
{
	for (size_t i = 0; i < script->count; i++)
		if (script->steps[i].op.act == ACT_PIN) {
			struct op op = script->steps[i].op;

			op.act = ACT_UNPIN;
			just_do(runner, &op);
		}
}

/* Takes the machine back to where it began; false: not all of it. */
static bool end_script(const struct script *script, const struct check *check)
{
	const struct op root = { .act = ACT_USER, .word = (char *)"root" };
	struct lines changes;
	bool clean;

	if (script->alone)
		/* what it leaves behind may well crash the kernel */
		return false;
	unpin_all(script, check->runner);
	subject_do(check->runner->subject, &root);
	clean_up(check->runner, check->boot, just_do, check->runner);
	view_changes(check->boot, &check->runner->view, &changes);
	clean = !changes.count;
	for (size_t i = 0; i < changes.count && check->out; i++)
		fprintf(check->out, "%s: left behind: %s\n", script->path, changes.str[i]);
	lines_free(&changes);
	return clean;
}

static bool is_clean(const struct check *check)
{
	return lines_same(check->boot, &check->runner->view);
}

static enum verdict step_check(const struct script *script, struct step *step,
			       struct check *check, bool in_use)
{
	const struct answer *wanted = &step->answers[check->kernel];
	enum verdict verdict = VERDICT_SAME;
	struct answer got;
	char *op;

	runner_step(check->runner, &step->op, &got);
	check->steps++;
	if (!wanted->known) {
		if (check->out)
			fprintf(check->out, "%s:%u: no answer is written there for %s\n",
				script->path, step->line, kernel_names[check->kernel]);
		verdict = VERDICT_DIFFERENT;
	} else if (!is_same(wanted, &got)) {
		verdict = VERDICT_DIFFERENT;
		if (check->here && in_use && wanted->code != -EBUSY && got.code == -EBUSY)
			verdict = VERDICT_IN_USE;
		op = op_text(&step->op);
		if (check->out)
			fprintf(check->out, "%s:%u: %s\n", script->path, step->line, op);
		if (check->out)
			tell(check->out, wanted, &got);
		free(op);
	}
	answer_free(&got);
	if (verdict == VERDICT_DIFFERENT && !check->step)
		check->step = step;
	return verdict;
}

enum verdict script_check(const struct script *script, struct check *check)
{
	enum verdict verdict = VERDICT_SAME, one;

	if (!is_clean(check))
		return VERDICT_NOT_CLEAN;
	check->step = NULL;
	for (size_t i = 0; i < script->count && verdict != VERDICT_IN_USE; i++) {
		struct step *step = &script->steps[i];

		if (!(step->kernels & 1U << check->kernel))
			continue;
		one = step_check(script, step, check,
				 may_be_in_use(&check->runner->view, &step->op));
		if (one == VERDICT_IN_USE || verdict == VERDICT_SAME)
			verdict = one;
		if (verdict == VERDICT_DIFFERENT && !check->out)
			break;
	}
	end_script(script, check);
	return verdict;
}

enum verdict script_record(struct script *script, struct check *check)
{
	if (!is_clean(check))
		return VERDICT_NOT_CLEAN;
	for (size_t i = 0; i < script->count; i++) {
		struct step *step = &script->steps[i];
		struct answer *answer = &step->answers[check->kernel];

		answer_free(answer);
		if (step->kernels & 1U << check->kernel)
			runner_step(check->runner, &step->op, answer);
	}
	end_script(script, check);
	return VERDICT_SAME;
}
