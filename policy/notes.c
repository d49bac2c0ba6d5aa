// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is wrong in the files, and where. */
#include <errno.h>
#include <stdlib.h>

#include "policy.h"

int notes_add(struct notes *notes, const char *file, unsigned int line, struct text *message)
{
	struct note note = { .file = file, .line = line };
	struct note *list;

	if (text_finish(message, &note.message) < 0)
		return -ENOMEM;
	if (notes->count == notes->room) {
		size_t room = notes->room ? 2 * notes->room : 8;

		list = reallocarray(notes->list, room, sizeof(*list));
		if (!list) {
			free(note.message);
			return -ENOMEM;
		}
		notes->list = list;
		notes->room = room;
	}
	notes->list[notes->count++] = note;
	return 0;
}

int notes_get(const struct notes *notes, size_t index, const char **ret_file,
	      unsigned int *ret_line, const char **ret_message)
{
	const struct note *note;

	if (index >= notes->count)
		return -EINVAL;
	note = &notes->list[index];
	if (ret_file)
		*ret_file = note->file;
	if (ret_line)
		*ret_line = note->line;
	if (ret_message)
		*ret_message = note->message;
	return 0;
}

void notes_free(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->list[i].message);
	free(notes->list);
	*notes = (struct notes){ 0 };
}
