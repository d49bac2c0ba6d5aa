// SPDX-License-Identifier: LGPL-2.1-or-later
/* What mhp agent has said of each region: nothing is said again at each pass. */
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "tool.h"

static struct told_entry *find(const struct told *told, const char *key)
{
	for (size_t i = 0; i < told->count; i++)
		if (strcmp(told->entries[i].key, key) == 0)
			return &told->entries[i];
	return NULL;
}

void told_keep(struct told *told, const char *key)
{
	struct told_entry *entry = find(told, key);

	if (entry)
		entry->seen = true;
}

bool told_anew(struct told *told, const char *key, const char *text)
{
	struct told_entry *entries, *entry = find(told, key);

	if (entry) {
		entry->seen = true;
		if (strcmp(entry->text, text) == 0)
			return false;
		free(entry->text);
		entry->text = text_format("%s", text);
		return true;
	}
	entries = realloc(told->entries, (told->count + 1) * sizeof(*entries));
	if (!entries)
		out_of_memory();
	told->entries = entries;
	entries[told->count++] = (struct told_entry){
		.key = text_format("%s", key), .text = text_format("%s", text), .seen = true,
	};
	return true;
}

static void drop(struct told *told, struct told_entry *entry)
{
	free(entry->key);
	free(entry->text);
	*entry = told->entries[--told->count];
}

void told_begin_sweep(struct told *told)
{
	for (size_t i = 0; i < told->count; i++)
		told->entries[i].seen = false;
}

void told_end_sweep(struct told *told)
{
	for (size_t i = told->count; i-- > 0;)
		if (!told->entries[i].seen)
			drop(told, &told->entries[i]);
}

void told_forget(struct told *told)
{
	while (told->count)
		drop(told, told->entries);
	free(told->entries);
	*told = (struct told){ 0 };
}
