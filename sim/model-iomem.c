// SPDX-License-Identifier: LGPL-2.1-or-later
/* /proc/iomem: physical ranges and who has them, one inside the other. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "parse.h"
#include "sim.h"

#define MAX_SHOWN_LEVEL 8

static int iomem_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	const struct model *model = &sim->model;

	(void)owner;
	for (size_t i = 0; i < model->n_iomem; i++) {
		const struct iomem_entry *entry = &model->iomem[i];

		for (unsigned int j = 0; j < entry->level && j < MAX_SHOWN_LEVEL; j++)
			buf_add_str(buf, "  ");
		buf_add(buf, "%08" PRIx64 "-%08" PRIx64 " : %s\n", entry->start, entry->end,
			entry->name);
	}
	return 0;
}

static const struct attr iomem_attr = { .show = iomem_show };

/* Makes room at a place, and fills it. */
static int insert_at(struct model *model, size_t at, unsigned int level, uint64_t start,
		     uint64_t end, const char *name, size_t name_length)
{
	char *copy = strndup(name, name_length);

	if (!copy)
		return -ENOMEM;
	if (model->n_iomem == model->iomem_room) {
		size_t room = model->iomem_room ? model->iomem_room * 2 : 64;
		void *list = reallocarray(model->iomem, room, sizeof(*model->iomem));

		if (!list) {
			free(copy);
			return -ENOMEM;
		}
		model->iomem = list;
		model->iomem_room = room;
	}
	memmove(&model->iomem[at + 1], &model->iomem[at],
		(model->n_iomem - at) * sizeof(*model->iomem));
	model->iomem[at] = (struct iomem_entry){ level, start, end, copy };
	model->n_iomem++;
	return 0;
}

int iomem_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct model *model = &sim->model;
	struct node *file = model_file(sim, "/proc/iomem");
	struct iomem_line line;
	const char *at, *end;
	int r;

	if (!file || !file->text)
		return 0;
	for (at = file->text; *at; at = end + 1) {
		end = strchr(at, '\n');
		if (!end || parse_iomem_line(at, (size_t)(end - at), &line) < 0)
			return model_complain_line(complaints, file, at);
		r = insert_at(model, model->n_iomem, line.level, line.start, line.end, line.name,
			      line.name_length);
		if (r < 0)
			return r;
		/* who may not see the addresses sees zeros */
		model->has_iomem |= line.end != 0;
	}
	if (model->has_iomem)
		model_set_attr(file, &iomem_attr, NULL);
	return 0;
}

int iomem_insert(struct model *model, uint64_t start, uint64_t last, const char *name)
{
	unsigned int level = 0;
	size_t at = 0;

	if (!model->has_iomem)
		return 0;
	/* down into whatever contains it, past whatever lies below it */
	for (; at < model->n_iomem; at++) {
		const struct iomem_entry *entry = &model->iomem[at];

		if (entry->level > level)
			continue;
		if (entry->level < level)
			break;
		if (entry->start <= start && entry->end >= last)
			level += holds(model, RULE_IOMEM_NESTS);
		else if (entry->start > start)
			break;
	}
	return insert_at(model, at, level, start, last, name, strlen(name));
}

static size_t find(const struct model *model, uint64_t start, uint64_t last, const char *name)
{
	size_t i;

	for (i = 0; i < model->n_iomem; i++) {
		const struct iomem_entry *entry = &model->iomem[i];

		if (entry->start == start && entry->end == last && !strcmp(entry->name, name))
			break;
	}
	return i;
}

bool iomem_has(const struct model *model, uint64_t start, uint64_t last, const char *name)
{
	return find(model, start, last, name) < model->n_iomem;
}

/* Takes entries out, those before end. */
static void drop(struct model *model, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		free(model->iomem[i].name);
	memmove(&model->iomem[first], &model->iomem[end],
		(model->n_iomem - end) * sizeof(*model->iomem));
	model->n_iomem -= end - first;
}

void iomem_remove(struct model *model, uint64_t start, uint64_t last, const char *name)
{
	size_t at = find(model, start, last, name), end = at + 1;

	if (at >= model->n_iomem)
		return;
	while (end < model->n_iomem && model->iomem[end].level > model->iomem[at].level)
		end++;
	drop(model, at, end);
}

void iomem_take_out(struct model *model, uint64_t start, uint64_t last, const char *name)
{
	size_t at = find(model, start, last, name);

	if (at >= model->n_iomem)
		return;
	for (size_t i = at + 1; i < model->n_iomem; i++) {
		if (model->iomem[i].level <= model->iomem[at].level)
			break;
		model->iomem[i].level--;
	}
	drop(model, at, at + 1);
}

/*
 * The entry that has all of this, with what is below it, if anything, all before this;
 * n_iomem if there is none. *ret_next is the one behind that.
 */
static size_t find_around(const struct model *model, uint64_t start, uint64_t last,
			  const char *name, size_t *ret_next)
{
	size_t i;

	for (i = 0; i < model->n_iomem; i++) {
		const struct iomem_entry *entry = &model->iomem[i];

		if (entry->start <= start && entry->end >= last && !strcmp(entry->name, name))
			break;
	}
	if (i == model->n_iomem)
		return i;
	for (*ret_next = i + 1; *ret_next < model->n_iomem &&
	     model->iomem[*ret_next].level > model->iomem[i].level; ++*ret_next)
		if (model->iomem[*ret_next].end >= start)
			return model->n_iomem;
	return i;
}

int iomem_cut(struct model *model, uint64_t start, uint64_t last, const char *name)
{
	size_t next = 0, at = find_around(model, start, last, name, &next);
	struct iomem_entry *entry;
	int r = 0;

	if (at >= model->n_iomem)
		return 0;
	entry = &model->iomem[at];
	if (entry->start == start && entry->end == last) {
		iomem_remove(model, start, last, name);
	} else if (entry->start == start) {
		entry->start = last + 1;
	} else if (entry->end == last) {
		entry->end = start - 1;
	} else {
		r = insert_at(model, next, entry->level, last + 1, entry->end, name,
			      strlen(name));
		if (r == 0)
			model->iomem[at].end = start - 1;
	}
	return r;
}

/* kernel/resource.c, system_ram_resources_mergeable() */
static bool can_merge(const struct model *model, size_t at)
{
	const struct iomem_entry *entry = &model->iomem[at], *next = entry + 1;

	return at + 1 < model->n_iomem && entry->level == next->level &&
	       entry->end + 1 == next->start && !strcmp(entry->name, next->name);
}

/* Two entries become one. */
static void merge(struct model *model, size_t at)
{
	model->iomem[at + 1].start = model->iomem[at].start;
	drop(model, at, at + 1);
}

void iomem_merge(struct model *model, uint64_t start, uint64_t last, const char *name)
{
	size_t at = find(model, start, last, name);

	if (at < model->n_iomem && can_merge(model, at))
		merge(model, at);
	if (at > 0 && at < model->n_iomem && can_merge(model, at - 1))
		merge(model, at - 1);
}

bool iomem_is_taken(const struct model *model, uint64_t start, uint64_t last)
{
	for (size_t i = 0; i < model->n_iomem; i++)
		if (model->iomem[i].start <= last && model->iomem[i].end >= start)
			return true;
	return false;
}

bool iomem_find(const struct model *model, const char *name, uint64_t *ret_start,
		uint64_t *ret_last)
{
	for (size_t i = 0; i < model->n_iomem; i++)
		if (!strcmp(model->iomem[i].name, name)) {
			*ret_start = model->iomem[i].start;
			*ret_last = model->iomem[i].end;
			return true;
		}
	return false;
}

bool iomem_has_ram(const struct model *model, uint64_t start, uint64_t last)
{
	for (size_t i = 0; i < model->n_iomem; i++) {
		const struct iomem_entry *entry = &model->iomem[i];

		if (!strncmp(entry->name, "System RAM", 10) && entry->start <= last &&
		    entry->end >= start)
			return true;
	}
	return false;
}

bool iomem_is_ram(const struct model *model, uint64_t start, uint64_t last)
{
	if (!model->has_iomem)
		return true;
	for (size_t i = 0; i < model->n_iomem; i++) {
		const struct iomem_entry *entry = &model->iomem[i];

		if (strncmp(entry->name, "System RAM", 10) || entry->end < start)
			continue;
		if (entry->start > start)
			continue;
		if (entry->end >= last)
			return true;
		/* the rest may be the next entry's */
		start = entry->end + 1;
	}
	return false;
}
