// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files that could not be read or understood: kept, never dropped. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int problems_add(struct problems *problems, int code, const char *text,
		 const char *dir, const char *name)
{
	struct problem *problem;

	if (problems->count == problems->room) {
		size_t room = problems->room ? 2 * problems->room : 8;

		problem = reallocarray(problems->list, room, sizeof(*problem));
		if (!problem)
			return -ENOMEM;
		problems->list = problem;
		problems->room = room;
	}
	problem = &problems->list[problems->count];
	*problem = (struct problem){ .code = code };
	if (copy_text(&problem->path, *name ? "%s/%s" : "%s%s", dir, name) < 0)
		return -ENOMEM;
	if (text) {
		problem->text = strdup(text);
		if (!problem->text) {
			free(problem->path);
			return -ENOMEM;
		}
	}
	problems->count++;
	return 0;
}

const struct problem *problems_find(const struct problems *problems, const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < problems->count; i++) {
		const char *at = problems->list[i].path;

		if (!strncmp(at, path, length) && (!at[length] || at[length] == '/'))
			return &problems->list[i];
	}
	return NULL;
}

void text_add_problem(struct text *text, const struct problem *problem)
{
	text_add_escaped(text, problem->path);
	text_add(text, ": ");
	if (problem->text) {
		text_add(text, "\"");
		text_add_escaped(text, problem->text);
		text_add(text, "\" is not understood");
	} else {
		text_add_code(text, problem->code);
	}
}

void problems_free(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		free(problems->list[i].path);
		free(problems->list[i].text);
	}
	free(problems->list);
	*problems = (struct problems){ 0 };
}
