// SPDX-License-Identifier: LGPL-2.1-or-later
/* System RAM and its drivers, as /proc/iomem names them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int add_ram(struct iomem *iomem, const struct iomem_line *line, const char *driver,
		   size_t length)
{
	struct iomem_ram *ram;
	struct range range;

	if (range_from_bounds(line->start, line->end, &range) < 0)
		return -EBADMSG;
	if (iomem->count == iomem->room) {
		size_t room = iomem->room ? 2 * iomem->room : 16;

		ram = reallocarray(iomem->ram, room, sizeof(*ram));
		if (!ram)
			return -ENOMEM;
		iomem->ram = ram;
		iomem->room = room;
	}
	ram = &iomem->ram[iomem->count];
	iomem->is_unsorted |= iomem->count &&
			      range.start < ram[-1].range.start + ram[-1].range.size;
	*ram = (struct iomem_ram){ .range = range };
	if (driver) {
		ram->driver = strndup(driver, length);
		if (!ram->driver)
			return -ENOMEM;
	}
	iomem->count++;
	return 0;
}

bool iomem_line_is_ram(const struct iomem_line *line)
{
	static const char word[] = "System RAM";

	return line->name_length >= strlen(word) && !memcmp(line->name, word, strlen(word));
}

/* *hidden: every address so far was zero, as they are for who lacks CAP_SYS_ADMIN. */
static int take_line(struct iomem *iomem, const char *str, size_t length, bool *hidden)
{
	struct iomem_line line;
	const char *driver;
	size_t driver_length;

	if (parse_iomem_line(str, length, &line) < 0)
		return -EBADMSG;
	if (line.start || line.end)
		*hidden = false;
	if (!iomem_line_is_ram(&line))
		return 0;
	if (parse_system_ram(line.name, line.name_length, &driver, &driver_length) < 0)
		return -EBADMSG;
	return add_ram(iomem, &line, driver, driver_length);
}

static int note_line(const char *line, size_t length, struct problems *problems)
{
	char bad[128];

	snprintf(bad, sizeof(bad), "%.*s", (int)length, line);
	return problems_add(problems, -EBADMSG, bad, "/proc/iomem", "");
}

static int take_text(struct iomem *iomem, const char *text, size_t length,
		     struct problems *problems)
{
	bool some = false, hidden = true, noted = false;
	const char *at = text, *end = text + length, *newline;
	int r;

	for (; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			newline = end;
		if (newline == at)
			continue;
		some = true;
		r = take_line(iomem, at, (size_t)(newline - at), &hidden);
		if (r == -EBADMSG) {
			/* one line is enough: there may be millions */
			r = noted ? 0 : note_line(at, (size_t)(newline - at), problems);
			noted = true;
			hidden = false;
		}
		if (r < 0)
			return r;
	}
	if (!some) {
		iomem->code = -EBADMSG;
		return problems_add(problems, -EBADMSG, "", "/proc/iomem", "");
	}
	if (hidden) {
		iomem->code = -EACCES;
		return problems_add(problems, -EACCES, NULL, "/proc/iomem", "");
	}
	return 0;
}

int iomem_read(struct mhp_ctx *ctx, struct iomem *ret, struct problems *problems)
{
	struct mhp_dir *proc = NULL;
	char *text = NULL;
	size_t length;
	int r;

	r = ctx->be->ops->open_dir(ctx->be, "/proc", &proc);
	if (r == 0)
		r = ctx->be->ops->read_all(ctx->be, proc, "iomem", &text, &length);
	if (proc)
		ctx->be->ops->close_dir(ctx->be, proc);
	if (r) {
		ret->code = r;
		return problems_add(problems, r, NULL, "/proc/iomem", "");
	}
	ret->text = text;
	ret->length = length;
	return take_text(ret, text, length, problems);
}

bool iomem_line_is_named(const struct iomem_line *line, const char *name)
{
	return line->name_length == strlen(name) && !memcmp(line->name, name, line->name_length);
}

int iomem_walk(const struct iomem *iomem, iomem_line_fn fn, void *data)
{
	const char *at = iomem->text, *end = at + iomem->length, *newline;
	struct iomem_line above[IOMEM_MAX_LEVEL + 2];	/* levels rise */
	size_t depth = 0;
	int r = 0;

	for (; iomem->code == 0 && at && at < end && r == 0; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			newline = end;
		if (parse_iomem_line(at, (size_t)(newline - at), &above[depth]) < 0)
			continue;
		while (depth && above[depth - 1].level >= above[depth].level) {
			above[depth - 1] = above[depth];
			depth--;
		}
		r = fn(data, &above[depth], above, depth);
		depth++;
	}
	return r;
}

void iomem_forget_lines(struct iomem *iomem)
{
	free(iomem->text);
	iomem->text = NULL;
	iomem->length = 0;
}

void iomem_free(struct iomem *iomem)
{
	for (size_t i = 0; i < iomem->count; i++)
		free(iomem->ram[i].driver);
	free(iomem->ram);
	free(iomem->text);
}

/*
 * Where those begin that may reach beyond an address. The kernel has them sorted, each by
 * itself; what anybody may have made is looked at from the beginning.
 */
static size_t find_first(const struct iomem *iomem, uint64_t address)
{
	size_t low = 0, high = iomem->is_unsorted ? 0 : iomem->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct range *range = &iomem->ram[mid].range;

		if (range->start + range->size <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Are there no more from here on, that begin below an address? */
static bool is_beyond(const struct iomem *iomem, size_t index, uint64_t end)
{
	return index == iomem->count ||
	       (!iomem->is_unsorted && iomem->ram[index].range.start >= end);
}

const char *iomem_find_driver(const struct iomem *iomem, const struct range *range)
{
	uint64_t end = range->start + range->size;

	for (size_t i = find_first(iomem, range->start); !is_beyond(iomem, i, end); i++)
		if (ranges_overlap(&iomem->ram[i].range, range) && iomem->ram[i].driver)
			return iomem->ram[i].driver;
	return NULL;
}

const char *iomem_find_block_driver(const struct iomem *iomem, uint64_t id, uint64_t block_size,
				    uint64_t *ret_end)
{
	struct range block = { id * block_size, block_size };
	uint64_t end = block.start + block_size;
	size_t i;

	*ret_end = id + 1;
	for (i = find_first(iomem, block.start); !is_beyond(iomem, i, end); i++) {
		const struct iomem_ram *ram = &iomem->ram[i];

		if (!ram->driver || !ranges_overlap(&ram->range, &block))
			continue;
		if (ram->range.start <= block.start && !iomem->is_unsorted &&
		    (ram->range.start + ram->range.size) / block_size > *ret_end)
			*ret_end = (ram->range.start + ram->range.size) / block_size;
		return ram->driver;
	}
	while (i < iomem->count && !iomem->ram[i].driver)
		i++;
	if (!iomem->is_unsorted)
		*ret_end = i < iomem->count ? iomem->ram[i].range.start / block_size : UINT64_MAX;
	return NULL;
}

uint64_t iomem_count_bytes(const struct iomem *iomem)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < iomem->count; i++)
		if (__builtin_add_overflow(bytes, iomem->ram[i].range.size, &bytes))
			return UINT64_MAX;
	return bytes;
}

bool iomem_covers(const struct iomem *iomem, const struct range *range)
{
	uint64_t covered = 0, end = range->start + range->size;

	/* entries of the same kind do not overlap */
	for (size_t i = find_first(iomem, range->start); !is_beyond(iomem, i, end); i++) {
		const struct range *ram = &iomem->ram[i].range;
		uint64_t from = ram->start > range->start ? ram->start : range->start;
		uint64_t to = ram->start + ram->size < end ? ram->start + ram->size : end;

		if (from < to)
			covered += to - from;
	}
	return covered == range->size;
}
