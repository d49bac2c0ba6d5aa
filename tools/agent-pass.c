// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A pass of mhp agent: look at the machine, and do what there is to do, region by region,
 * each from a fresh look. Whatever events told, or did not, the look decides: an event is
 * no more than a reason for a pass.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <mhp/agenda.h>
#include <mhp/event.h>
#include <mhp/hold.h>
#include <mhp/recover.h>
#include <mhp/standing.h>

#include "agent.h"
#include "tool.h"

#define HOLD_NAME "agent"
#define MACHINE ""		/* the only key of agent->machine */
#define ERRORS_TOLD 20

static void keep_message(void *data, int code, const char *path, const char *message)
{
	struct agent *agent = data;
	/* these codes stand for what the message says in words */
	bool told = code == 0 || code == -EBADMSG || code == -ENODEV || code == -ETIMEDOUT;
	char *why = text_try_error(code);

	free(agent->message);
	/* the library is half-way with something: no reason to leave it so */
	agent->message = !why ? NULL :
			 text_try_format("%s%s%s%s%s", path ? path : "", path ? ": " : "",
					 message, told ? "" : ": ", told ? "" : why);
	free(why);
}

void agent_begin(struct agent *agent)
{
	mhp_ctx_set_log_fn(agent->ctx, keep_message, agent);
	debounce_event(&agent->debounce, agent->now(agent->data) - DEBOUNCE_LONGEST_NS);
}

void agent_end(struct agent *agent)
{
	mhp_ctx_set_log_fn(agent->ctx, NULL, NULL);
	mhp_hold_free(agent->hold);
	agent->hold = NULL;
	agent->standing = mhp_standing_unref(agent->standing);
	backoff_forget(&agent->backoff);
	backoff_forget(&agent->machine);
	told_forget(&agent->told);
	changes_take(&agent->changes, NULL, NULL);
	agent_forget_message(agent);
}

/* ---- the standing policy ---- */

/* As mhp policy check does; where there is no journal nothing else tells warnings from errors. */
static void say_file(struct agent *agent, int priority, const char *file, unsigned int line,
		     const char *message)
{
	const char *word = priority == LOG_WARNING ? "warning: " : "";

	if (line)
		agent_say(agent, priority, "%s:%u: %s%s", file, line, word, message);
	else
		agent_say(agent, priority, "%s: %s%s", file, word, message);
}

static void say_errors(struct agent *agent, const struct mhp_standing *standing)
{
	size_t count = mhp_standing_count_errors(standing);
	const char *file = "", *message = "";
	unsigned int line = 0;

	for (size_t i = 0; i < count && i < ERRORS_TOLD; i++)
		if (mhp_standing_get_error(standing, i, &file, &line, &message) == 0)
			say_file(agent, LOG_ERR, file, line, message);
	if (count > ERRORS_TOLD)
		agent_say(agent, LOG_ERR, "and %zu more errors", count - ERRORS_TOLD);
}

static void say_warnings(struct agent *agent, const struct mhp_standing *standing)
{
	const char *file = "", *message = "";
	unsigned int line = 0;

	for (size_t i = 0; i < ERRORS_TOLD &&
	     mhp_standing_get_warning(standing, i, &file, &line, &message) == 0; i++)
		say_file(agent, LOG_WARNING, file, line, message);
}

/* A part of the rules could do what all of them would not: it is all or nothing. */
static void take_policy(struct agent *agent, struct mhp_standing *standing)
{
	size_t rules = mhp_standing_count_rules(standing);

	say_errors(agent, standing);
	if (mhp_standing_count_errors(standing)) {
		mhp_standing_unref(standing);
		agent_say(agent, LOG_ERR, agent->standing ?
			  "the standing policy has errors: the last good one is kept" :
			  "the standing policy has errors: no rule of it is acted upon; correct "
			  "it, then have it read again (SIGHUP)");
		return;
	}
	say_warnings(agent, standing);
	mhp_standing_unref(agent->standing);
	agent->standing = standing;
	if (rules)
		agent_say(agent, LOG_INFO, "standing policy: %zu rule%s", rules,
			  rules == 1 ? "" : "s");
	else
		agent_say(agent, LOG_NOTICE, "standing policy: no rules, nothing will be done; "
			  "see mhp-policy(5)");
}

void agent_load(struct agent *agent)
{
	struct mhp_standing *standing = NULL;
	char *why;
	int code;

	agent_forget_message(agent);
	code = agent->load(agent->data, &standing);
	if (code == 0) {
		take_policy(agent, standing);
	} else {
		why = agent_copy_why(agent, code);
		agent_say(agent, LOG_ERR, "the standing policy could not be read: %s%s", why,
			  agent->standing ? "; the last good one is kept" : "");
		free(why);
	}
	/* whoever asks for it has set something right, perhaps */
	backoff_forget(&agent->backoff);
	backoff_forget(&agent->machine);
	told_forget(&agent->told);
	debounce_event(&agent->debounce, agent->now(agent->data) - DEBOUNCE_LONGEST_NS);
}

/* ---- what is no region's fault ---- */

/* Tried again for ever: nobody would tell us that it has gone. Said when it is new. */
static void note_hindrance(struct agent *agent, const char *why)
{
	int64_t now_ns = agent->now(agent->data);

	/* what happens meanwhile has it looked at, too, and does not put the next try off */
	if (backoff_ask(&agent->machine, MACHINE, 0, now_ns) == BACKOFF_TRY)
		(void)backoff_failed(&agent->machine, MACHINE, 0, true, now_ns);
	if (told_anew(&agent->told, MACHINE, why))
		agent_say(agent, LOG_ERR, "%s; it is tried again, first in %d s, then less often",
			  why, agent_seconds(backoff_due(&agent->machine) - now_ns));
}

static void note_code(struct agent *agent, const char *what, int code)
{
	char *why = agent_copy_why(agent, code);
	char *line = text_format("%s%s%s", what, *what ? ": " : "", why);

	note_hindrance(agent, line);
	free(line);
	free(why);
}

static void note_no_hindrance(struct agent *agent)
{
	if (agent->machine.count == 0)
		return;
	backoff_forget(&agent->machine);
	/* so that it is said anew if it comes back */
	(void)told_anew(&agent->told, MACHINE, "");
	agent_say(agent, LOG_NOTICE, "what stood in the way is gone");
}

/* Nothing is changed unless we are the only one. */
static bool take_hold(struct agent *agent)
{
	char *holder = NULL, *why;
	int code;

	if (agent->hold || agent->dry_run)
		return true;
	agent_forget_message(agent);
	code = mhp_hold_take(agent->ctx, HOLD_NAME, "standing policy", &agent->hold, &holder);
	if (code == -EAGAIN) {
		agent_say(agent, LOG_ERR, "another agent is at work: %s",
			  holder ? holder : "it does not say which one");
		agent->is_second = true;
	} else if (code == -EACCES || code == -EPERM) {
		why = agent_copy_why(agent, code);
		agent_say(agent, LOG_ERR, "%s; %s", why,
			  agent->refused_hint ? agent->refused_hint : "run it as root");
		free(why);
		agent->is_refused = true;
	} else if (code < 0) {
		note_code(agent, "", code);
	}
	free(holder);
	return code == 0;
}

/* Passes for what happens meanwhile are many. */
static bool is_recovered_later(const struct agent *agent)
{
	return agent->is_pending && agent->now(agent->data) < backoff_due(&agent->machine);
}

/*
 * Who comes after an agent that was killed finds what it had borrowed. Each apply would
 * put that back, too, but perhaps there is nothing to do.
 */
static bool recover_once(struct agent *agent)
{
	struct mhp_recovery *recovery = NULL;
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = agent->timeout_ms };
	int code;

	if (agent->has_recovered || agent->dry_run || is_recovered_later(agent))
		return true;
	agent_forget_message(agent);
	code = mhp_recover(agent->ctx, &opts, &recovery);
	if (code < 0)
		note_code(agent, "recover", code);
	else
		agent_tell_recovery(agent, recovery);
	agent->has_recovered = code == 0;
	agent->is_pending = false;
	mhp_recovery_free(recovery);
	return code == 0;
}

/* ---- looking ---- */

static struct mhp_agenda *look(struct agent *agent)
{
	struct mhp_snapshot_opts opts = {
		.size = sizeof(opts),
		.flags = MHP_SNAPSHOT_FOR_PLANS | MHP_SNAPSHOT_TOPOLOGY,
	};
	struct mhp_agenda *agenda = NULL;
	struct mhp_snapshot *snap = NULL;
	int code;

	agent_forget_message(agent);
	code = mhp_snapshot_new(agent->ctx, &opts, &snap);
	if (code == 0)
		code = mhp_agenda_new(snap, agent->standing, NULL, &agenda);
	mhp_snapshot_unref(snap);
	if (code < 0)
		note_code(agent, "the machine cannot be looked at", code);
	return code < 0 ? NULL : agenda;
}

/* ---- a pass ---- */

/* What was tried in this pass, and how often. */
struct tries {
	struct try {
		char *key, *name;
		unsigned int count;
		char *why;		/* it failed; the next look tells how it is now */
		enum agent_tried tried;
	} *all;
	size_t count;
};

static struct try *find_try(const struct tries *tries, const char *key)
{
	for (size_t i = 0; i < tries->count; i++)
		if (strcmp(tries->all[i].key, key) == 0)
			return &tries->all[i];
	return NULL;
}

static struct try *begin_try(struct tries *tries, const struct mhp_region *region)
{
	const char *key = agent_key(region);
	struct try *try = find_try(tries, key), *all;

	if (!try) {
		all = realloc(tries->all, (tries->count + 1) * sizeof(*all));
		if (!all)
			out_of_memory();
		tries->all = all;
		try = &all[tries->count++];
		*try = (struct try){
			.key = text_format("%s", key),
			.name = text_format("%s", mhp_region_get_name(region)),
		};
	}
	try->count++;
	return try;
}

static void free_tries(struct tries *tries)
{
	for (size_t i = 0; i < tries->count; i++) {
		free(tries->all[i].key);
		free(tries->all[i].name);
		free(tries->all[i].why);
	}
	free(tries->all);
}

/*
 * Of a try that has come to its end, and whose region looks like this now; 0: who knows.
 * Returns how often it has failed.
 */
static unsigned int note_failure(struct agent *agent, const struct try *try, uint64_t looks)
{
	const char *name = try->name, *key = try->key;
	bool hindered = try->tried == AGENT_HINDERED;
	const struct backoff_entry *entry;
	int64_t now_ns = agent->now(agent->data);

	entry = backoff_failed(&agent->backoff, key, looks, hindered, now_ns);
	if (hindered) {
		/* the same for each region, most of the time, and for ever */
		if (told_anew(&agent->told, key, try->why))
			agent_say(agent, LOG_ERR, "%s: %s; it is tried again, first in %d s", name,
				  try->why, agent_seconds(entry->next_ns - now_ns));
	} else if (entry->next_ns == NEVER_DUE) {
		agent_say(agent, LOG_ERR, "%s: given up after %u tries, until it looks different or "
			  "the standing policy is read again (SIGHUP): %s", name, entry->failures,
			  try->why);
	} else {
		agent_say(agent, LOG_WARNING, "%s: try %u of %d failed: %s; next one in %d s", name,
			  entry->failures, BACKOFF_TRIES, try->why,
			  agent_seconds(entry->next_ns - now_ns));
	}
	return entry->failures;
}

/* What came of the last try, by a look that came after it. */
static void settle(struct agent *agent, struct tries *tries, const struct mhp_agenda *agenda)
{
	const struct mhp_agenda_item *item;

	for (size_t i = 0; i < tries->count; i++) {
		struct try *try = &tries->all[i];

		if (!try->why)
			continue;
		item = mhp_agenda_find_item(agenda, try->key);
		/* moved: it was planned for as it is no more, so plan again, but once */
		if (item && mhp_agenda_item_get_state(item) != MHP_ITEM_MET &&
		    (try->tried != AGENT_MOVED || try->count > 1) &&
		    note_failure(agent, try, agent_looks(mhp_agenda_item_get_region(item))) == 1 &&
		    try->tried == AGENT_FAILED)
			/* rezoning comes too late where the kernel has used the memory */
			agent_tell_early(agent, agenda, item);
		free(try->why);
		try->why = NULL;
	}
}

static bool is_to_try(struct agent *agent, const struct tries *tries,
		      const struct mhp_agenda_item *item)
{
	const struct mhp_region *region = mhp_agenda_item_get_region(item);
	const struct try *try = find_try(tries, agent_key(region));
	enum backoff_answer answer;

	if (mhp_agenda_item_get_state(item) != MHP_ITEM_TO_DO) {
		/* if it is to do again it will be another thing */
		backoff_succeeded(&agent->backoff, agent_key(region));
		return false;
	}
	answer = backoff_ask(&agent->backoff, agent_key(region), agent_looks(region),
			     agent->now(agent->data));
	if (agent->dry_run || answer != BACKOFF_TRY)
		return false;
	return !try || (try->tried == AGENT_MOVED && try->count == 1);
}

static const struct mhp_agenda_item *pick(struct agent *agent, const struct tries *tries,
					  const struct mhp_agenda *agenda)
{
	const struct mhp_agenda_item *item, *first = NULL;

	/* all are asked, so that none is forgotten by the sweep */
	for (size_t i = 0; (item = mhp_agenda_get_item(agenda, i)); i++)
		if (is_to_try(agent, tries, item) && !first)
			first = item;
	return first;
}

static void tell(struct agent *agent, const struct tries *tries, const struct mhp_agenda *agenda)
{
	const struct mhp_agenda_item *item;
	const struct try *try;

	agent->n_met = agent->n_to_do = agent->n_unmet = 0;
	for (size_t i = 0; (item = mhp_agenda_get_item(agenda, i)); i++) {
		switch (mhp_agenda_item_get_state(item)) {
		case MHP_ITEM_MET:
			agent->n_met++;
			break;
		case MHP_ITEM_TO_DO:
			agent->n_to_do++;
			break;
		case MHP_ITEM_BLOCKED:
		case MHP_ITEM_UNDECIDED:
			agent->n_unmet++;
			break;
		default:
			break;
		}
		try = find_try(tries, agent_key(mhp_agenda_item_get_region(item)));
		agent_tell_item(agent, agenda, item, try && try->tried == AGENT_DONE);
	}
}

/* Another one was killed while we are at work, or not all could be put back: once more. */
static void note_pending(struct agent *agent, const struct mhp_agenda *agenda)
{
	const char *what = NULL;
	bool running = false;
	char *line;

	if (agent->dry_run ||
	    mhp_snapshot_get_pending(mhp_agenda_get_snapshot(agenda), &what, &running) < 0 ||
	    !what || running) {
		note_no_hindrance(agent);
		return;
	}
	agent->has_recovered = false;
	agent->is_pending = true;
	line = text_format("%s did not finish, and what that left behind is to be put back", what);
	note_hindrance(agent, line);
	free(line);
}

/* The look after a try has failed, too. */
static void settle_blindly(struct agent *agent, const struct tries *tries)
{
	for (size_t i = 0; i < tries->count; i++)
		if (tries->all[i].why)
			note_failure(agent, &tries->all[i], 0);
}

/*
 * Looks, and tries one region, over and over, until none is left to be tried. False: the
 * machine could not be looked at.
 */
static bool work(struct agent *agent, struct tries *tries)
{
	const struct mhp_agenda_item *item;
	struct mhp_agenda *agenda;
	struct try *try;

	for (;;) {
		agenda = look(agent);
		if (!agenda) {
			settle_blindly(agent, tries);
			return false;
		}
		settle(agent, tries, agenda);
		item = agent->asked(agent->data) ? NULL : pick(agent, tries, agenda);
		if (!item)
			break;
		try = begin_try(tries, mhp_agenda_item_get_region(item));
		try->tried = agent_try(agent, item, &try->why);
		agenda = mhp_agenda_unref(agenda);
	}
	tell(agent, tries, agenda);
	note_pending(agent, agenda);
	mhp_agenda_unref(agenda);
	return true;
}

static void say_change(void *data, const char *line)
{
	agent_say(data, LOG_NOTICE, "%s", line);
}

void agent_pass(struct agent *agent)
{
	struct tries tries = { 0 };

	if (debounce_pass(&agent->debounce, agent->now(agent->data)))
		agent_say(agent, LOG_WARNING, "the machine changes all the time: from now on it is "
			  "looked at every %d s at most",
			  (int)(DEBOUNCE_INTERVAL_NS / NS_PER_SECOND));
	changes_take(&agent->changes, say_change, agent);
	if (!take_hold(agent))
		return;
	if (!recover_once(agent) || !agent->standing)
		return;
	backoff_begin_sweep(&agent->backoff);
	told_begin_sweep(&agent->told);
	if (work(agent, &tries)) {
		told_end_sweep(&agent->told);
		backoff_end_sweep(&agent->backoff);
	}
	free_tries(&tries);
}

void agent_event(struct agent *agent, const struct mhp_event *event)
{
	if (event)
		changes_add(&agent->changes, event);
	debounce_event(&agent->debounce, agent->now(agent->data));
}

int64_t agent_due(const struct agent *agent)
{
	int64_t due_ns = debounce_due(&agent->debounce), again_ns;

	/* until what stands in the way of all has gone, no region is due */
	again_ns = backoff_due(agent->machine.count ? &agent->machine : &agent->backoff);
	again_ns = debounce_limit(&agent->debounce, again_ns);
	return due_ns < again_ns ? due_ns : again_ns;
}

char *agent_copy_status(const struct agent *agent)
{
	if (!agent->standing)
		return text_format("the standing policy has errors; nothing is done");
	if (agent->machine.count)
		return text_format("something stands in the way; see the log");
	return text_format("%zu region%s as wanted, %zu not", agent->n_met,
			   agent->n_met == 1 ? "" : "s", agent->n_to_do + agent->n_unmet);
}
