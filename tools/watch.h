/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of mhp watch share: one banner per source file. */
#ifndef WATCH_H
#define WATCH_H

#include "tool.h"

/* ---- watch-filter.c: which events are asked for ---- */

struct filter {
	const char *region;		/* as it was given, or its name if that was its identity */
	char *region_copy;
	const char *sought;		/* what may be its identity, as long as it is not there */
	const char *kind;
	struct mhp_snapshot *snap;	/* knows regions that came since the monitor began */
	bool is_no_use;			/* a newer one would not tell more */
};

void filter_begin(struct filter *filter, const struct options *options,
		  const struct mhp_monitor *monitor);
/* To be called for each event, before the others. Returns an exit code, having said why. */
int filter_follow(struct filter *filter, struct machine *machine,
		  const struct mhp_monitor *monitor, const struct mhp_event *event);
/* Name of the region that it is about, or NULL. */
const char *filter_region(const struct filter *filter, const struct mhp_event *event);
bool filter_wants(const struct filter *filter, const struct mhp_event *event);
/* Is the region, which may be NULL, one of those asked for? */
bool filter_wants_region(const struct filter *filter, const struct mhp_region *region);
void filter_end(struct filter *filter);

/* ---- watch-text.c: a line for people ---- */

void watch_text_begin(const struct mhp_monitor *monitor, const struct filter *filter);
void watch_text(const struct mhp_event *event, const char *region);

/* ---- json-event.c: a line of JSON ---- */

void json_watch_begin(const struct mhp_monitor *monitor, const struct filter *filter);
void json_event(const struct mhp_event *event, const char *region);

/* "udev", "kernel", "auto" */
const char *watch_source_word(enum mhp_event_source source);

#endif /* WATCH_H */
