// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What mhp agent could not change it tries again after a second, then after twice as
 * long each time, up to ten minutes; and at some point not any more, until the region
 * looks different. What a failed try itself has left behind is no difference: looks are
 * compared with those after it.
 */
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "tool.h"

static struct backoff_entry *find(const struct backoff *backoff, const char *key)
{
	for (size_t i = 0; i < backoff->count; i++)
		if (strcmp(backoff->entries[i].key, key) == 0)
			return &backoff->entries[i];
	return NULL;
}

static void drop(struct backoff *backoff, struct backoff_entry *entry)
{
	free(entry->key);
	*entry = backoff->entries[--backoff->count];
}

static struct backoff_entry *add(struct backoff *backoff, const char *key)
{
	struct backoff_entry *entries, *entry;

	entries = realloc(backoff->entries, (backoff->count + 1) * sizeof(*entries));
	if (!entries)
		out_of_memory();
	backoff->entries = entries;
	entry = &entries[backoff->count++];
	*entry = (struct backoff_entry){ .key = text_format("%s", key), .seen = true };
	return entry;
}

enum backoff_answer backoff_ask(struct backoff *backoff, const char *key, uint64_t looks,
				int64_t now_ns)
{
	struct backoff_entry *entry = find(backoff, key);

	if (!entry)
		return BACKOFF_TRY;
	entry->seen = true;
	if (entry->looks && looks && entry->looks != looks) {
		drop(backoff, entry);
		return BACKOFF_TRY;
	}
	if (!entry->looks)
		entry->looks = looks;
	if (entry->next_ns == NEVER_DUE)
		return BACKOFF_GIVEN_UP;
	return now_ns < entry->next_ns ? BACKOFF_WAIT : BACKOFF_TRY;
}

static int64_t pause_after(unsigned int failures)
{
	int64_t pause_ns = BACKOFF_FIRST_NS;

	while (--failures && pause_ns < BACKOFF_LONGEST_NS)
		pause_ns *= 2;
	return pause_ns < BACKOFF_LONGEST_NS ? pause_ns : BACKOFF_LONGEST_NS;
}

const struct backoff_entry *backoff_failed(struct backoff *backoff, const char *key,
					   uint64_t looks, bool endless, int64_t now_ns)
{
	struct backoff_entry *entry = find(backoff, key);

	if (!entry)
		entry = add(backoff, key);
	entry->seen = true;
	entry->looks = looks;
	entry->failures++;
	entry->next_ns = endless || entry->failures < BACKOFF_TRIES ?
			 now_ns + pause_after(entry->failures) : NEVER_DUE;
	return entry;
}

void backoff_succeeded(struct backoff *backoff, const char *key)
{
	struct backoff_entry *entry = find(backoff, key);

	if (entry)
		drop(backoff, entry);
}

int64_t backoff_due(const struct backoff *backoff)
{
	int64_t due_ns = NEVER_DUE;

	for (size_t i = 0; i < backoff->count; i++)
		if (backoff->entries[i].next_ns < due_ns)
			due_ns = backoff->entries[i].next_ns;
	return due_ns;
}

void backoff_begin_sweep(struct backoff *backoff)
{
	for (size_t i = 0; i < backoff->count; i++)
		backoff->entries[i].seen = false;
}

void backoff_end_sweep(struct backoff *backoff)
{
	for (size_t i = backoff->count; i-- > 0;)
		if (!backoff->entries[i].seen)
			drop(backoff, &backoff->entries[i]);
}

void backoff_forget(struct backoff *backoff)
{
	for (size_t i = 0; i < backoff->count; i++)
		free(backoff->entries[i].key);
	free(backoff->entries);
	*backoff = (struct backoff){ 0 };
}
