/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What mhp agent is made of. All but agent.c and notify.c is without time and
 * descriptors of its own, so that tests can play hours on a simulated machine.
 */
#ifndef AGENT_H
#define AGENT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <mhp/event.h>

#include "early.h"

#define NEVER_DUE INT64_MAX
#define NS_PER_SECOND INT64_C(1000000000)

/* ---- debounce.c: when a pass is due; all times are of one clock that only goes on ---- */

#define DEBOUNCE_QUIET_NS (NS_PER_SECOND / 5)	/* after the last event of a burst */
#define DEBOUNCE_LONGEST_NS (2 * NS_PER_SECOND)	/* after its first one */
#define DEBOUNCE_PASSES 20			/* at once; then one at each interval */
#define DEBOUNCE_INTERVAL_NS (3 * NS_PER_SECOND)

struct debounce {
	bool waits;			/* something happened since the last pass began */
	int64_t first_ns, last_ns;	/* events of this burst */
	int64_t spent;			/* passes that have not been earned back ... */
	int64_t earned_ns;		/* ... as of this time */
	bool was_told;			/* that the limit bites */
};

void debounce_event(struct debounce *debounce, int64_t now_ns);
/* Not earlier than the limit allows, whatever it is that is due at wanted_ns. */
int64_t debounce_limit(const struct debounce *debounce, int64_t wanted_ns);
/* When a pass is due for what happened; NEVER_DUE. */
int64_t debounce_due(const struct debounce *debounce);
/* A pass begins. True if none is left, and the next one has to wait; once, until it calms down. */
bool debounce_pass(struct debounce *debounce, int64_t now_ns);

/* ---- backoff.c: what failed is tried again later, and not for ever ---- */

#define BACKOFF_FIRST_NS NS_PER_SECOND
#define BACKOFF_LONGEST_NS (600 * NS_PER_SECOND)
#define BACKOFF_TRIES 10

struct backoff_entry {
	char *key;
	uint64_t looks;			/* fingerprint after the last try; 0: not known */
	unsigned int failures;
	int64_t next_ns;		/* NEVER_DUE: given up */
	bool seen;			/* since backoff_begin_sweep() */
};

struct backoff {
	struct backoff_entry *entries;
	size_t count;
};

enum backoff_answer { BACKOFF_TRY, BACKOFF_WAIT, BACKOFF_GIVEN_UP };

/*
 * May it be tried? What looks different than after the last try begins anew. looks: a
 * fingerprint, 0 if it is not known.
 */
enum backoff_answer backoff_ask(struct backoff *backoff, const char *key, uint64_t looks,
				int64_t now_ns);
/*
 * It failed, and looks like that now; one that endless is never given up. Returns the
 * entry, which lives until the next call.
 */
const struct backoff_entry *backoff_failed(struct backoff *backoff, const char *key,
					   uint64_t looks, bool endless, int64_t now_ns);
void backoff_succeeded(struct backoff *backoff, const char *key);
/* When something is to be tried again; NEVER_DUE. */
int64_t backoff_due(const struct backoff *backoff);
/* Forgets those that nobody has asked for between the two. */
void backoff_begin_sweep(struct backoff *backoff);
void backoff_end_sweep(struct backoff *backoff);
void backoff_forget(struct backoff *backoff);

/* ---- told.c: what was said of something, so that it is said once ---- */

struct told {
	struct told_entry {
		char *key, *text;
		bool seen;
	} *entries;
	size_t count;
};

/* Is it something else than what was said last? From now on it is not. */
bool told_anew(struct told *told, const char *key, const char *text);
/* It need not be said again. */
void told_keep(struct told *told, const char *key);
void told_begin_sweep(struct told *told);
void told_end_sweep(struct told *told);
void told_forget(struct told *told);

/* ---- changes.c: what others did, a line for each of many blocks at once ---- */

#define CHANGES_MAX 64

struct mhp_event;

struct changes {
	struct change {
		char *region, *cause;	/* NULL: not known */
		char *text;		/* of what is no block */
		enum mhp_event_kind kind;
		enum mhp_zone zone;
		int64_t first_ns;	/* since the epoch */
		uint64_t *ids;
		size_t n_ids, room;
	} *all;
	size_t count;
	size_t left_out;
};

void changes_add(struct changes *changes, const struct mhp_event *event);
/* A line of text for each, from the first on; then they are forgotten. */
void changes_take(struct changes *changes, void (*fn)(void *data, const char *line), void *data);

/* ---- agent-pass.c: what the agent does ---- */

struct mhp_ctx;
struct mhp_hold;
struct mhp_region;
struct mhp_recovery;
struct mhp_standing;
struct mhp_agenda;
struct mhp_agenda_item;

struct agent {
	/* from whoever has it run; data is handed to all five */
	struct mhp_ctx *ctx;		/* its log function is the agent's meanwhile */
	int64_t (*now)(void *data);
	int (*asked)(void *data);	/* is it to end? as a progress function answers */
	int (*load)(void *data, struct mhp_standing **ret_standing);
	enum claimed (*claim)(void *data);
	/* priority: as of syslog(3) */
	void (*say)(void *data, int priority, const char *line);
	void *data;
	bool dry_run;
	int64_t timeout_ms;		/* of each try */
	const char *refused_hint;	/* what helps where we are refused; NULL: root */

	/* its own: zeros at first */
	struct mhp_hold *hold;
	struct mhp_standing *standing;	/* the last good one; NULL: none, and nothing is done */
	struct debounce debounce;
	struct backoff backoff;		/* of regions */
	struct backoff machine;		/* of what is no region's fault */
	struct told told;
	struct changes changes;
	char *message;			/* last one of the library, or NULL */
	size_t n_met, n_to_do, n_unmet;	/* regions, when they were looked at last */
	bool is_second;			/* another agent is at work: give up */
	bool is_refused;		/* for want of permission */
	bool has_recovered;
	bool is_pending;		/* what somebody has left behind is still there */
};

/* Once what comes from others is set: a pass is due at once. */
void agent_begin(struct agent *agent);
void agent_end(struct agent *agent);
/* Read the files again, and forget what was given up. The last good ones are kept. */
void agent_load(struct agent *agent);
/* NULL: nobody knows what has happened */
void agent_event(struct agent *agent, const struct mhp_event *event);
/* When agent_pass() is to be called, by the clock of now; NEVER_DUE */
int64_t agent_due(const struct agent *agent);
void agent_pass(struct agent *agent);
/* "5 regions as wanted, 1 not"; the caller frees it */
char *agent_copy_status(const struct agent *agent);

/* ---- agent-look.c: whether a region looks as before ---- */

/* What a region is known by: its identity, else its name. */
const char *agent_key(const struct mhp_region *region);
/* A fingerprint of driver, word, ranges, and blocks with state and zone; never 0. */
uint64_t agent_looks(const struct mhp_region *region);

/* ---- agent-try.c: one region ---- */

enum agent_tried {
	AGENT_DONE,
	AGENT_FAILED,			/* the region refused */
	AGENT_HINDERED,			/* nothing was tried: that is no fault of the region's */
	AGENT_MOVED,			/* it was not as the plan had found it */
	AGENT_CANCELLED,
};

void agent_tell_recovery(struct agent *agent, const struct mhp_recovery *recovery);
/* *ret_why: a line that the caller frees, unless it is done or cancelled */
enum agent_tried agent_try(struct agent *agent, const struct mhp_agenda_item *item,
			   char **ret_why);

/* ---- agent-tell.c ---- */

void agent_say(struct agent *agent, int priority, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Why a call of the library failed: its message, or the code in words; the caller frees it. */
char *agent_copy_why(struct agent *agent, int code);
void agent_forget_message(struct agent *agent);
/* Rounded up. */
int agent_seconds(int64_t ns);
/* The library's messages name the region, some of them first. */
const char *agent_skip_name(const char *name, const char *message);
char *agent_copy_rule(const struct mhp_agenda_item *item);
/* What keeps it from being online otherwise before we come, if it was. */
void agent_tell_early(struct agent *agent, const struct mhp_agenda *agenda,
		      const struct mhp_agenda_item *item);
/* is_said: what there is to say was said when it was done */
void agent_tell_item(struct agent *agent, const struct mhp_agenda *agenda,
		     const struct mhp_agenda_item *item, bool is_said);

/* ---- agent-log.c ---- */

/* Is this descriptor the stream of $JOURNAL_STREAM? NULL: there is none. */
bool agent_log_is_journal(const char *stream, int fd);
void agent_log_put(FILE *file, bool is_journal, int priority, const char *line);
void agent_log_put_plain(FILE *file, bool is_journal, int priority, const char *line);

/* ---- drop.c: rights that are not needed ---- */

/*
 * Lets go of them for good. Returns the names of what is left, which the caller frees;
 * *ret_more: more than that, as something did not let us.
 */
char *drop_privileges(bool *ret_more);

/* ---- notify.c: what systemd is told ---- */

void notify_ready(const char *status);
void notify_ready_at_work(void);
void notify_status(const char *status);
void notify_reloading(void);
void notify_stopping(void);

#endif /* AGENT_H */
