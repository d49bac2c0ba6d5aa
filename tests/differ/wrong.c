// SPDX-License-Identifier: LGPL-2.1-or-later
/* Each rule turned round in turn: the scripts, or sequences by chance, must notice. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

/* what a script asks of the right model: a rule that it does not ask for is not caught by it */
struct asks {
	unsigned long hits[KERNELS][RULES_COUNT];
};

struct court {
	char *captures[KERNELS];	/* text */
	struct lines views[KERNELS];	/* of the right machines: wrong ones may begin otherwise */
	struct asks *asks;		/* of each script */
	struct script *scripts;
	size_t n_scripts;
	uint64_t seed, count;
	char *elsewhere;		/* lines "RULE: why it is not met here"; or NULL */
};

static bool is_elsewhere(const struct court *court, enum rule rule)
{
	char *line = text_new("\n%s: ", rule_name(rule));
	/* some are only met where captures of other machines are replayed */
	bool found = !(rule_kernels(rule) & ON_ALL) ||
		     (court->elsewhere && strstr(court->elsewhere, line));

	free(line);
	return found;
}

static struct subject *new_machine(const struct court *court, int kernel, enum rule rule)
{
	struct subject *subject = subject_sim_new(court->captures[kernel],
						  strlen(court->captures[kernel]),
						  kernel_names[kernel]);

	if (rule < RULES_COUNT)
		subject_sim(subject)->rules.is_wrong[rule] = true;
	return subject;
}

static enum verdict try_script(const struct court *court, int kernel, enum rule rule, size_t i,
			       const struct step **ret_step)
{
	struct runner runner;
	struct check check = {
		.runner = &runner, .boot = &court->views[kernel], .kernel = kernel,
	};
	enum verdict verdict;

	runner_init(&runner, new_machine(court, kernel, rule));
	verdict = script_check(&court->scripts[i], &check);
	if (rule == RULES_COUNT)
		memcpy(court->asks[i].hits[kernel], subject_sim(runner.subject)->rules.hits,
		       sizeof(court->asks[i].hits[kernel]));
	*ret_step = check.step;
	runner_free(&runner);
	return verdict;
}

static bool caught_by_script(const struct court *court, int kernel, enum rule rule, size_t i)
{
	const char *path = court->scripts[i].path;
	const struct step *step;
	enum verdict verdict = try_script(court, kernel, rule, i, &step);

	if (verdict == VERDICT_NOT_CLEAN)
		printf("rule %s: caught at the beginning, on %s\n", rule_name(rule),
		       kernel_names[kernel]);
	else if (verdict == VERDICT_DIFFERENT)
		printf("rule %s: caught by %s:%u, on %s\n", rule_name(rule), path, step->line,
		       kernel_names[kernel]);
	return verdict != VERDICT_SAME;
}

static bool by_scripts(const struct court *court, enum rule rule)
{
	for (size_t i = 0; i < court->n_scripts; i++)
		for (int kernel = KERNELS - 1; kernel >= 0; kernel--)
			if (court->asks[i].hits[kernel][rule] &&
			    caught_by_script(court, kernel, rule, i))
				return true;
	return false;
}

static bool step_of_pair(void *data, const struct op *op)
{
	return pair_step(data, op);
}

static bool caught_by_chance(const struct court *court, int kernel, enum rule rule)
{
	struct pair pair = { 0 };
	struct topology topology;
	bool same = true;
	uint64_t i;

	runner_init(&pair.real, new_machine(court, kernel, RULES_COUNT));
	runner_init(&pair.model, new_machine(court, kernel, rule));
	topology_read(subject_sim(pair.real.subject), &topology);
	for (i = 0; i < court->count && same; i++)
		same = random_sequence(&topology, court->seed, i, step_of_pair, &pair) &&
		       clean_up(&pair.real, &court->views[kernel], step_of_pair, &pair);
	if (!same)
		printf("rule %s: caught by chance, sequence %" PRIu64 ", on %s\n", rule_name(rule),
		       i - 1, kernel_names[kernel]);
	topology_free(&topology);
	pair_free(&pair);
	return !same;
}

static bool by_chance(const struct court *court, enum rule rule)
{
	for (int kernel = KERNELS - 1; kernel >= 0; kernel--)
		if (rule_kernels(rule) & 1U << kernel && caught_by_chance(court, kernel, rule))
			return true;
	return false;
}

static void court_open(struct court *court, const char *machines, char **paths)
{
	const struct step *step;

	for (int i = 0; i < KERNELS; i++) {
		char *path = text_new("%s/%s.txt", machines, kernel_names[i]);
		struct subject *subject;

		court->captures[i] = file_read(path);
		subject = new_machine(court, i, RULES_COUNT);
		view_take(subject, NULL, &court->views[i]);
		subject_free(subject);
		free(path);
	}
	court->scripts = must(calloc(court->n_scripts + 1, sizeof(*court->scripts)));
	court->asks = must(calloc(court->n_scripts + 1, sizeof(*court->asks)));
	for (size_t i = 0; i < court->n_scripts; i++) {
		script_read(paths[i], &court->scripts[i]);
		for (int kernel = 0; kernel < KERNELS; kernel++)
			if (court->scripts[i].kernels & 1U << kernel &&
			    try_script(court, kernel, RULES_COUNT, i, &step) != VERDICT_SAME)
				die("%s: the right model does not pass as %s", paths[i],
				    kernel_names[kernel]);
	}
}

static void court_close(struct court *court)
{
	for (size_t i = 0; i < court->n_scripts; i++)
		script_free(&court->scripts[i]);
	free(court->scripts);
	free(court->asks);
	free(court->elsewhere);
	for (int i = 0; i < KERNELS; i++) {
		free(court->captures[i]);
		lines_free(&court->views[i]);
	}
}

int wrong_models(const char *machines, const char *elsewhere, uint64_t seed, uint64_t count,
		 char **paths, size_t n_paths)
{
	struct court court = { .n_scripts = n_paths, .seed = seed, .count = count };
	unsigned int caught = 0, others = 0;

	if (!machines)
		die("--machines is missing");
	court.elsewhere = elsewhere ? file_read(elsewhere) : NULL;
	court_open(&court, machines, paths);
	printf("seed %" PRIu64 "\n", seed);
	for (enum rule rule = 0; rule < RULES_COUNT; rule++) {
		if (is_elsewhere(&court, rule))
			others++;
		else if (by_scripts(&court, rule) || by_chance(&court, rule))
			caught++;
		else
			printf("rule %s: NOT CAUGHT\n", rule_name(rule));
	}
	printf("%u of %u rules that are turned round are caught, %u are tested elsewhere\n",
	       caught, RULES_COUNT, others);
	court_close(&court);
	return caught + others == RULES_COUNT ? 0 : 1;
}
