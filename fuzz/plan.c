// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The text of a plan. What is taken is saved as what is taken again, with the same steps,
 * and the steps stay with the target; what is refused is told with its line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/mhp.h>

#include "fuzz.h"
#include "internal.h"

const char fuzz_name[] = "plan";

static char *saved(const struct mhp_plan *plan)
{
	char *text;

	FUZZ_CHECK(mhp_plan_copy_saved(plan, &text) == 0);
	return text;
}

static char *shown(const struct mhp_plan *plan)
{
	char *text;

	FUZZ_CHECK(mhp_plan_copy_text(plan, &text) == 0);
	for (const char *at = text; *at; at++)
		FUZZ_CHECK((*at >= ' ' && *at <= '~') || *at == '\n');
	return text;
}

static void check_again(const struct mhp_plan *plan)
{
	char *once = saved(plan), *twice, *steps = shown(plan), *steps_again;
	unsigned int line = 0;
	struct mhp_plan *again;

	if (mhp_plan_new_from_text(once, strlen(once), &again, &line) < 0)
		FUZZ_FAIL("line %u of a plan that was saved is refused", line);
	twice = saved(again);
	steps_again = shown(again);
	FUZZ_SAME(twice, once, "a saved plan");
	FUZZ_SAME(steps_again, steps, "its steps");
	mhp_plan_unref(again);
	free(once);
	free(twice);
	free(steps);
	free(steps_again);
}

/* A step writes below /sys, or loads a module, and changes no block but those of the plan. */
static void check_steps(const struct mhp_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct mhp_step *step = &plan->steps[i];

		if (step->path)
			FUZZ_CHECK(!strncmp(step->path, "/sys/", 5) && !strstr(step->path, "/../"));
	}
	FUZZ_CHECK(!plan->conflicts.count || !plan->n_steps);
}

static unsigned int count_lines(const char *text, size_t length)
{
	unsigned int lines = 0;

	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_bytes(data, size);
	struct mhp_plan *plan = NULL;
	unsigned int line = 0;
	int r = mhp_plan_new_from_text(text, size, &plan, &line);

	if (r < 0) {
		FUZZ_CHECK((r == -EBADMSG || r == -E2BIG) && !plan);
		FUZZ_CHECK(line >= 1 && line <= count_lines(text, size) + 1);
	} else {
		check_steps(plan);
		check_again(plan);
		mhp_plan_unref(plan);
	}
	free(text);
	return 0;
}
