// SPDX-License-Identifier: LGPL-2.1-or-later
/* The program: README.md has its commands. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

static void usage(FILE *file)
{
	fputs("usage: differ COMMAND OPTIONS, where MACHINE is --here or --machine CAPTURE:\n"
	      "  check MACHINE --kernel SERIES [--hits FILE] [--wrong RULE] SCRIPT...\n"
	      "  record MACHINE --kernel SERIES SCRIPT...\n"
	      "  compare MACHINE --kernel SERIES [--wrong RULE] SCRIPT\n"
	      "  random MACHINE --kernel SERIES [--wrong RULE] --seed S\n"
	      "         [--first I] [--count N] [--hits FILE]\n"
	      "  wrong --machines DIR [--elsewhere FILE] [--seed S] [--count N] SCRIPT...\n"
	      "  coverage --kernel SERIES HITS...\n"
	      "  capture --here --kernel SERIES\n"
	      "  view MACHINE\n", file);
}

struct options {
	const char *machine, *machines, *elsewhere, *kernel_name, *wrong, *hits;
	bool here;
	int kernel;
	uint64_t seed, first, count;
	char **rest;
	size_t n_rest;
};

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (end == text || *end)
		die("\"%s\" is no number", text);
	return value;
}

/* False: name wants no value, or is none of ours. */
static bool take_option(struct options *options, const char *name, const char *value)
{
	if (!strcmp(name, "--machine"))
		options->machine = value;
	else if (!strcmp(name, "--machines"))
		options->machines = value;
	else if (!strcmp(name, "--elsewhere"))
		options->elsewhere = value;
	else if (!strcmp(name, "--kernel"))
		options->kernel_name = value;
	else if (!strcmp(name, "--wrong"))
		options->wrong = value;
	else if (!strcmp(name, "--hits"))
		options->hits = value;
	else if (!strcmp(name, "--seed"))
		options->seed = number(value);
	else if (!strcmp(name, "--first"))
		options->first = number(value);
	else if (!strcmp(name, "--count"))
		options->count = number(value);
	else
		return false;
	return true;
}

static void parse_options(int argc, char **argv, struct options *options)
{
	*options = (struct options){ .kernel = -1, .count = 1 };
	options->rest = must(calloc((size_t)argc + 1, sizeof(char *)));
	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--here")) {
			options->here = true;
		} else if (strncmp(argv[i], "--", 2)) {
			options->rest[options->n_rest++] = argv[i];
		} else if (i + 1 == argc || !take_option(options, argv[i], argv[i + 1])) {
			usage(stderr);
			exit(2);
		} else {
			i++;
		}
	}
	if (options->kernel_name)
		options->kernel = kernel_find(options->kernel_name);
	if (options->kernel_name && options->kernel < 0)
		die("\"%s\" is no kernel that is known", options->kernel_name);
}

static void want_kernel(const struct options *options)
{
	if (options->kernel < 0)
		die("--kernel is missing");
}

static struct subject *open_machine(const char *path)
{
	char *text = file_read(path);
	struct subject *subject = subject_sim_new(text, strlen(text), path);

	free(text);
	return subject;
}

static struct subject *open_subject(const struct options *options)
{
	if (options->here == !!options->machine)
		die("either --machine or --here");
	return options->here ? subject_here_new() : open_machine(options->machine);
}

static enum rule find_rule(const char *name)
{
	enum rule rule = rule_find(name);

	if (rule == RULES_COUNT)
		die("there is no rule %s", name);
	return rule;
}

static void copy_lines(const struct lines *from, struct lines *to)
{
	*to = (struct lines){ 0 };
	for (size_t i = 0; i < from->count; i++)
		lines_add(to, text_new("%s", from->str[i]));
}

/* ---- check and record ---- */

/* A simulated machine is made anew for each script; a kernel goes on. */
struct session {
	const struct options *options;
	struct runner runner;
	struct lines boot;
	bool open;
};

static void session_end(struct session *session)
{
	if (!session->open)
		return;
	if (!session->options->here && session->options->hits)
		hits_add(session->options->hits, subject_sim(session->runner.subject));
	runner_free(&session->runner);
	lines_free(&session->boot);
	session->open = false;
}

static void session_begin(struct session *session)
{
	if (session->open && session->options->here)
		return;
	session_end(session);
	runner_init(&session->runner, open_subject(session->options));
	copy_lines(&session->runner.view, &session->boot);
	session->open = true;
	if (session->options->wrong)
		subject_sim(session->runner.subject)
			->rules.is_wrong[find_rule(session->options->wrong)] = true;
}

static const char *const verdicts[] = {
	[VERDICT_SAME] = "ok", [VERDICT_DIFFERENT] = "DIFFERENT",
	[VERDICT_IN_USE] = "cut short: the kernel used memory that was to go",
	[VERDICT_NOT_CLEAN] = "NOT RUN: one before left something behind",
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int run_scripts(const struct options *options, bool record)
{
	struct session session = { .options = options };
	int status = 0;

	want_kernel(options);
	for (size_t i = 0; i < options->n_rest; i++) {
		struct check check = {
			.runner = &session.runner, .boot = &session.boot,
			.kernel = options->kernel, .here = options->here,
			.out = stdout,
		};
		enum verdict verdict;
		struct script script;

		script_read(options->rest[i], &script);
		if (script.kernels & 1U << options->kernel) {
			session_begin(&session);
			verdict = record ? script_record(&script, &check) :
					   script_check(&script, &check);
			fprintf(stdout, "script %s: %s\n", base_name(options->rest[i]),
				verdicts[verdict]);
			if (verdict == VERDICT_DIFFERENT || verdict == VERDICT_NOT_CLEAN)
				status = 1;
		}
		if (record) {
			printf("%%%%script %s\n", base_name(options->rest[i]));
			script_print(&script, stdout);
			printf("%%%%end\n");
		}
		fflush(stdout);
		script_free(&script);
	}
	session_end(&session);
	return status;
}

/* ---- two machines ---- */

static void pair_open(const struct options *options, struct pair *pair)
{
	struct subject *real, *model;
	char *text;

	*pair = (struct pair){ .here = options->here, .out = stdout };
	want_kernel(options);
	real = open_subject(options);
	if (options->here) {
		text = capture_take(real, options->kernel_name);
		model = subject_sim_new(text, strlen(text), "the capture of this kernel");
		free(text);
	} else {
		model = open_machine(options->machine);
	}
	if (options->wrong)
		subject_sim(model)->rules.is_wrong[find_rule(options->wrong)] = true;
	runner_init(&pair->real, real);
	runner_init(&pair->model, model);
}

/* To begin with. */
static bool same_views(const struct pair *pair)
{
	struct lines changes;
	bool same;

	view_changes(&pair->real.view, &pair->model.view, &changes);
	same = !changes.count;
	for (size_t i = 0; i < changes.count; i++)
		fprintf(pair->out, "differ: the model begins with %s\n", changes.str[i]);
	lines_free(&changes);
	return same;
}

static bool step_of_pair(void *data, const struct op *op)
{
	return pair_step(data, op);
}

static void pair_end(const struct options *options, struct pair *pair)
{
	if (options->hits)
		hits_add(options->hits, subject_sim(pair->model.subject));
	pair_free(pair);
}

static int compare(const struct options *options)
{
	struct script script;
	struct pair pair;
	bool same;

	if (options->n_rest != 1)
		die("compare wants one script");
	script_read(options->rest[0], &script);
	pair_open(options, &pair);
	pair.may_strand = true;
	same = same_views(&pair);
	for (size_t i = 0; i < script.count && same; i++)
		if (script.steps[i].kernels & 1U << options->kernel)
			same = pair_step(&pair, &script.steps[i].op);
	pair_end(options, &pair);
	script_free(&script);
	return same ? 0 : 1;
}

static int random_run(const struct options *options)
{
	struct topology topology;
	struct lines boot;
	struct pair pair;
	uint64_t i = 0;
	bool same;

	pair_open(options, &pair);
	copy_lines(&pair.real.view, &boot);
	topology_read(subject_sim(pair.model.subject), &topology);
	same = same_views(&pair);
	for (; i < options->count && same; i++) {
		/* what is left behind is for the last one */
		pair.may_strand = i + 1 == options->count;
		same = random_sequence(&topology, options->seed, options->first + i,
				       step_of_pair, &pair) &&
		       clean_up(&pair.real, &boot, step_of_pair, &pair);
	}
	printf("seed %" PRIu64 ", sequences %" PRIu64 " to %" PRIu64 ": %zu operations, %s; "
	       "%zu times the kernel used memory that was to go, %zu operations left out\n",
	       options->seed, options->first, options->first + i - 1, pair.done,
	       same ? "all the same" : "DIFFERENT", pair.excused, pair.skipped);
	topology_free(&topology);
	lines_free(&boot);
	pair_end(options, &pair);
	return same ? 0 : 1;
}

/* ---- the rest ---- */

static int capture(const struct options *options)
{
	struct subject *subject, *machine;
	char *text, *sorted;

	want_kernel(options);
	subject = open_subject(options);
	text = capture_take(subject, options->kernel_name);
	machine = subject_sim_new(text, strlen(text), "the capture of this kernel");
	if (mhp_sim_copy_capture(subject_sim(machine), &sorted) < 0)
		die("no memory");
	fputs(sorted, stdout);
	free(sorted);
	free(text);
	subject_free(machine);
	subject_free(subject);
	return 0;
}

static int show_view(const struct options *options)
{
	struct runner runner;

	runner_init(&runner, open_subject(options));
	for (size_t i = 0; i < runner.view.count; i++)
		puts(runner.view.str[i]);
	runner_free(&runner);
	return 0;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	struct options options;
	int status = 2;

	setvbuf(stdout, NULL, _IOLBF, 1 << 16);
	parse_options(argc, argv, &options);
	if (!strcmp(command, "check"))
		status = run_scripts(&options, false);
	else if (!strcmp(command, "record"))
		status = run_scripts(&options, true);
	else if (!strcmp(command, "compare"))
		status = compare(&options);
	else if (!strcmp(command, "random"))
		status = random_run(&options);
	else if (!strcmp(command, "capture"))
		status = capture(&options);
	else if (!strcmp(command, "view"))
		status = show_view(&options);
	else if (!strcmp(command, "coverage"))
		status = coverage(options.kernel, options.rest, options.n_rest);
	else if (!strcmp(command, "wrong"))
		status = wrong_models(options.machines, options.elsewhere, options.seed,
				      options.count, options.rest, options.n_rest);
	else
		usage(stderr);
	free(options.rest);
	return status;
}
