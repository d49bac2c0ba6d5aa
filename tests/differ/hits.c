// SPDX-License-Identifier: LGPL-2.1-or-later
/* How often each rule of the model decided something: summed up in files "NAME HITS". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

#define ENOUGH 95		/* percent of a kernel's rules */

static void read_hits(const char *path, unsigned long hits[RULES_COUNT])
{
	FILE *file = fopen(path, "re");
	char name[64], word[16];
	unsigned long n;

	if (!file)
		return;
	/* "rule NAME HITS" */
	while (fscanf(file, "%15s %63s %lu\n", word, name, &n) == 3)
		if (rule_find(name) < RULES_COUNT)
			hits[rule_find(name)] += n;
	fclose(file);
}

void hits_add(const char *path, const struct mhp_sim *sim)
{
	unsigned long hits[RULES_COUNT] = { 0 };
	FILE *file;

	read_hits(path, hits);
	file = fopen(path, "we");
	if (!file)
		die("%s: %s", path, strerror(errno));
	for (enum rule rule = 0; rule < RULES_COUNT; rule++)
		fprintf(file, "rule %s %lu\n", rule_name(rule),
			hits[rule] + sim->rules.hits[rule]);
	if (fclose(file))
		die("%s: %s", path, strerror(errno));
}

static bool is_counted(enum rule rule, int kernel)
{
	return rule_kernels(rule) & 1U << kernel && !(rule_kernels(rule) & APART);
}

int coverage(int kernel, char **paths, size_t count)
{
	unsigned long hits[RULES_COUNT] = { 0 };
	unsigned int met = 0, all = 0;

	if (kernel < 0)
		die("--kernel is missing");
	for (size_t i = 0; i < count; i++)
		read_hits(paths[i], hits);
	for (enum rule rule = 0; rule < RULES_COUNT; rule++) {
		if (!is_counted(rule, kernel))
			continue;
		printf("rule %s %lu\n", rule_name(rule), hits[rule]);
		all++;
		met += hits[rule] > 0;
	}
	for (enum rule rule = 0; rule < RULES_COUNT; rule++)
		if (is_counted(rule, kernel) && !hits[rule])
			printf("not met: %s: %s\n", rule_name(rule), rule_text(rule));
	printf("%u of %u rules of %s met, %u are needed\n", met, all, kernel_names[kernel],
	       (all * ENOUGH + 99) / 100);
	return met * 100 >= all * ENOUGH ? 0 : 1;
}
