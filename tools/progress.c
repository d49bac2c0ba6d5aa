// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What is to be seen while memory is changed: a bar, where standard error is a
 * terminal. It is one line, erased at the end; JSON on standard output is not
 * touched by it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define COLUMNS_DEFAULT 80
#define BAR_MIN 10
#define BAR_MAX 40
#define DRAW_NS 50000000	/* a terminal on a slow line should not be what takes long */

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static size_t columns(void)
{
	struct winsize window;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) < 0 || window.ws_col == 0)
		return COLUMNS_DEFAULT;
	return window.ws_col < PROGRESS_COLUMNS_MAX ? window.ws_col : PROGRESS_COLUMNS_MAX;
}

/* In the background "stty tostop" would stop us at a write, with all half done. */
static bool may_draw(const struct progress *progress)
{
	return progress->terminal && tcgetpgrp(STDERR_FILENO) == getpgrp();
}

static void erase(struct progress *progress)
{
	if (!progress->drawn)
		return;
	if (may_draw(progress))
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}

static unsigned int percent_of(uint64_t done, uint64_t total)
{
	if (!total)
		return 0;
	return (unsigned int)((double)(done < total ? done : total) * 100 / (double)total);
}

/* "[####------]  42%  1.5 GiB of 3.5 GiB  0:12", as much of it as fits. */
static void make_line(char line[PROGRESS_COLUMNS_MAX], uint64_t done, uint64_t total,
		      int64_t seconds)
{
	size_t room = columns() - 1;		/* a full line would wrap */
	char done_size[TEXT_SIZE_MAX], total_size[TEXT_SIZE_MAX], tail[160];
	unsigned int percent = percent_of(done, total);
	size_t length = 0, bar, full;

	snprintf(tail, sizeof(tail), "%3u%%  %s of %s  %" PRId64 ":%02" PRId64, percent,
		 text_size(done, done_size), text_size(total, total_size), seconds / 60,
		 seconds % 60);
	if (!total)				/* waiting for others: nobody knows how much */
		snprintf(tail, sizeof(tail), "%" PRId64 ":%02" PRId64, seconds / 60,
			 seconds % 60);
	if (strlen(tail) + BAR_MIN + 4 <= room) {
		bar = room - strlen(tail) - 4;
		bar = bar < BAR_MAX ? bar : BAR_MAX;
		full = bar * percent / 100;
		line[length++] = '[';
		memset(line + length, '#', full);
		memset(line + length + full, '-', bar - full);
		length += bar;
		line[length++] = ']';
		memset(line + length, ' ', 2);
		length += 2;
	}
	snprintf(line + length, room + 1 - length, "%s", tail);
}

static void draw(struct progress *progress, uint64_t done, uint64_t total)
{
	unsigned int percent = percent_of(done, total);
	int64_t now = now_ns();
	char line[PROGRESS_COLUMNS_MAX];

	/* each step of the bar, and the time now and then */
	if (!may_draw(progress) || (progress->drawn && percent == progress->percent &&
				    now - progress->drawn_ns < DRAW_NS))
		return;
	progress->percent = percent;
	make_line(line, done, total, (now - progress->begin_ns) / 1000000000);
	if (progress->drawn && strcmp(line, progress->line) == 0)
		return;
	strcpy(progress->line, line);
	fprintf(stderr, "\r%s\033[K", line);
	fflush(stderr);
	progress->drawn = true;
	progress->drawn_ns = now;
}

/* The progress function of the library. */
static int tick(void *data, uint64_t done, uint64_t total)
{
	struct progress *progress = data;
	int asked = cancel_asked();

	if (asked > progress->told) {
		erase(progress);
		if (asked > 1)
			complain("putting back is stopped, too (again: end at once)");
		else
			complain("cancelling%s%s", progress->then ? "; " : "",
				 progress->then ? progress->then : "");
		progress->told = asked;
	}
	draw(progress, done, total);
	return asked > 1 ? MHP_CANCEL_UNDO : asked ? MHP_CANCEL : 0;
}

/*
 * From here to progress_end() signals only ask to cancel; then, or NULL, is what
 * comes of that.
 */
void progress_begin(struct progress *progress, struct mhp_apply_opts *opts, const char *then)
{
	const char *term = getenv("TERM");

	*progress = (struct progress){
		.terminal = isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0,
		.then = then,
		.begin_ns = now_ns(),
	};
	opts->flags |= MHP_APPLY_BY_TIME;
	opts->progress = tick;
	opts->progress_data = progress;
	cancel_begin();
}

void progress_end(struct progress *progress)
{
	erase(progress);
	cancel_end();
}
