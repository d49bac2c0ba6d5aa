// SPDX-License-Identifier: LGPL-2.1-or-later
/* The user of libmhp that never ends: it follows the machine, plans and applies by chance. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

static struct chance chance;
static uint64_t seed;
static struct mhp_ctx *ctx;
static struct mhp_snapshot *old;	/* of some time ago */

/* How it is cancelled. */
struct brake {
	atomic_bool now;		/* by another thread */
	unsigned int after_calls;	/* of the progress function; 0: not by it */
	unsigned int calls;
	bool undo, too;
	unsigned int after_ms;		/* by another thread; 0: not by it */
	atomic_bool is_over;
};

/* ---- cancelling ---- */

static int progress(void *data, uint64_t done_bytes, uint64_t total_bytes)
{
	struct brake *brake = data;

	if (done_bytes > total_bytes)
		wrong("progress: %" PRIu64 " bytes of %" PRIu64, done_bytes, total_bytes);
	brake->calls++;
	if (!atomic_load(&brake->now) &&
	    (!brake->after_calls || brake->calls < brake->after_calls))
		return 0;
	brake->undo = brake->too;
	return brake->too ? MHP_CANCEL_UNDO : MHP_CANCEL;
}

static void *pull(void *data)
{
	struct brake *brake = data;

	for (unsigned int ms = 0; ms < brake->after_ms && !atomic_load(&brake->is_over); ms += 5)
		pause_ms(5);
	atomic_store(&brake->now, true);
	return NULL;
}

static void choose_brake(struct brake *brake, struct wish *wish)
{
	if (one_in(&chance, 5))
		brake->after_calls = 1 + below(&chance, 12);
	else if (one_in(&chance, 5))
		brake->after_ms = 1 + below(&chance, 400);
	else
		return;
	brake->too = one_in(&chance, 6);
	wish_say(wish, ", cancelled after %u%s%s", brake->after_calls + brake->after_ms,
	    brake->after_ms ? " ms" : "", brake->too ? ", undo too" : "");
}

/* ---- doing it ---- */

static void count_report(const struct mhp_report *report)
{
	static const enum tally outcomes[] = {
		[MHP_OUTCOME_UNKNOWN] = TALLY_UNKNOWN, [MHP_OUTCOME_DONE] = TALLY_DONE,
		[MHP_OUTCOME_UNDONE] = TALLY_UNDONE, [MHP_OUTCOME_PARTIAL] = TALLY_PARTIAL,
		[MHP_OUTCOME_REFUSED] = TALLY_REFUSED,
	};

	count(outcomes[mhp_report_get_outcome(report)]);
	switch (mhp_report_get_reason(report)) {
	case MHP_REASON_ALREADY:
		count(TALLY_ALREADY);
		break;
	case MHP_REASON_CANCELLED:
		count(TALLY_CANCELLED);
		break;
	case MHP_REASON_DEADLINE:
		count(TALLY_LATE);
		break;
	case MHP_REASON_LOCKED:
		count(TALLY_LOCKED);
		break;
	case MHP_REASON_STALE:
		count(TALLY_STALE);
		break;
	case MHP_REASON_CONFLICT:
		count(TALLY_CONFLICTS);
		break;
	default:
		break;
	}
	if (mhp_report_get_recovery(report))
		count(TALLY_OWN_RECOVERIES);
}

static void count_wish(const struct wish *wish)
{
	static const enum tally goals[] = {
		[MHP_GOAL_OFFLINE] = TALLY_OFFLINES, [MHP_GOAL_ONLINE] = TALLY_ONLINES,
		[MHP_GOAL_UNPLUGGED] = TALLY_UNPLUGS, [MHP_GOAL_PLUGGED] = TALLY_PLUGS,
	};

	count(goals[wish->goal]);
}

static struct mhp_snapshot *new_snapshot(bool is_based)
{
	struct mhp_snapshot_opts opts = { .size = sizeof(opts), .flags = MHP_SNAPSHOT_FOR_PLANS };
	struct mhp_snapshot *snap;

	/* what is not read again is looked at before anything is written */
	if (is_based)
		opts.base = old;
	must(mhp_snapshot_new(ctx, &opts, &snap), "mhp_snapshot_new");
	return snap;
}

/* By way of a text, as if it were applied later. */
static struct mhp_plan *reread(struct mhp_plan *plan)
{
	struct mhp_plan *again;
	char *text;
	int r;

	must(mhp_plan_copy_saved(plan, &text), "mhp_plan_copy_saved");
	r = mhp_plan_new_from_text(text, strlen(text), &again, NULL);
	if (r < 0) {
		wrong("a plan that was saved cannot be read: %s\n%s", strerror(-r), text);
		free(text);
		return plan;
	}
	free(text);
	mhp_plan_unref(plan);
	count(TALLY_SAVED);
	return again;
}

/* ret_old: what is known of blocks is from some time ago */
static struct mhp_plan *make_plan(struct wish *wish, bool *ret_old)
{
	bool may_be_old = old && !wish->is_certain;
	struct mhp_snapshot *snap;
	struct mhp_plan *plan = NULL;
	char *why = NULL, *text;
	int r;

	*ret_old = may_be_old && one_in(&chance, 3);
	if (*ret_old && one_in(&chance, 2)) {
		snap = mhp_snapshot_ref(old);
		wish_say(wish, ", by an old snapshot");
	} else {
		snap = new_snapshot(*ret_old);
		if (*ret_old)
			wish_say(wish, ", on top of an old snapshot");
	}
	r = mhp_plan_new_why(snap, wish->request, &plan, &why);
	if (r < 0)
		wrong("%s: no plan: %s: %s", wish->text, strerror(-r), why ? why : "-");
	free(why);
	mhp_snapshot_unref(old);
	old = snap;
	if (!plan)
		return NULL;
	must(mhp_plan_copy_text(plan, &text), "mhp_plan_copy_text");
	free(text);
	return !wish->is_certain && one_in(&chance, 6) ? reread(plan) : plan;
}

static struct mhp_report *apply(struct wish *wish, struct mhp_plan *plan, struct brake *brake,
				int64_t timeout_ms)
{
	struct mhp_apply_opts opts = {
		.size = sizeof(opts), .progress = progress, .progress_data = brake,
		.timeout_ms = timeout_ms,
		.flags = !wish->is_certain && one_in(&chance, 3) ? MHP_APPLY_BY_TIME : 0,
	};
	struct mhp_report *report = NULL;
	pthread_t thread;
	int r;

	if (brake->after_ms && pthread_create(&thread, NULL, pull, brake) != 0)
		fail("pthread_create");
	r = mhp_apply(ctx, plan, &opts, &report);
	atomic_store(&brake->is_over, true);
	if (brake->after_ms)
		pthread_join(thread, NULL);
	if (r < 0)
		wrong("%s: mhp_apply: %s", wish->text, strerror(-r));
	return report;
}

/* Undoing what went to a kernel zone may fail, as the kernel has put something there. */
static bool touches_kernel_zone(const struct mhp_report *report, const struct picture *picture)
{
	const struct mhp_result *result;
	enum mhp_zone zone;

	for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++) {
		const struct place *place = &picture->at[mhp_result_get_id(result)];

		mhp_result_get_before(result, NULL, &zone);
		if (strcmp(mhp_result_get_wanted_word(result), "online_kernel") == 0 ||
		    (zone != MHP_ZONE_UNKNOWN && zone != MHP_ZONE_MOVABLE) ||
		    (place->state == MHP_STATE_ONLINE && place->zone != MHP_ZONE_MOVABLE))
			return true;
	}
	return false;
}

/* The plan has said so: a device that kmem has given up cannot be given back as it was. */
static bool cannot_be_undone(const struct mhp_plan *plan)
{
	const struct mhp_conflict *warning;

	for (size_t i = 0; (warning = mhp_plan_get_warning(plan, i)); i++)
		if (mhp_conflict_get_code(warning) == MHP_WARNING_NOT_UNDOABLE)
			return true;
	return false;
}

static void carry_out(enum phase phase, unsigned int mask, struct wish *wish, struct brake *brake,
		      int64_t timeout_ms)
{
	char policy[WORD_SIZE], autoprobe[WORD_SIZE];
	struct judged judged = { .what = wish->text, .target = &wish->target };
	struct ids scope = { 0 };
	struct mhp_report *report;
	struct mhp_plan *plan;

	if (phase == PHASE_QUIET)
		scope = everything;
	for (size_t i = 0; phase == PHASE_APART && i < region_count; i++)
		if (mask >> i & 1)
			add_ids(&scope, &regions[i].ids);
	judged.scope = &scope;
	plan = make_plan(wish, &judged.is_old);
	if (!plan)
		return;
	count_wish(wish);
	wish_say(wish, ", %lld ms", (long long)timeout_ms);
	read_settings(policy, autoprobe);
	read_picture(&judged.before);
	report = apply(wish, plan, brake, timeout_ms);
	read_picture(&judged.after);
	if (report) {
		count_report(report);
		note("%s: %s: %s", wish->text, mhp_outcome_to_str(mhp_report_get_outcome(report)),
		     mhp_report_get_message(report));
		judged.may_be_partial = phase != PHASE_QUIET || brake->undo ||
			(wish->rules & MHP_RULE_KEEP) || cannot_be_undone(plan) ||
			touches_kernel_zone(report, &judged.after);
		check_report(&judged, report);
	}
	if (phase == PHASE_QUIET) {
		check_settings(wish->text, policy, autoprobe);
		check_nothing_held(wish->text);
	}
	follow_compare(wish->text, &judged.after, &scope);
	mhp_report_free(report);
	mhp_plan_unref(plan);
	check_handles(wish->text, false);
}

static void do_wish(enum phase phase, unsigned int mask)
{
	static const int64_t timeouts[] = { 30, 200, 2000, 20000, 20000, 20000, 0 };
	struct brake brake = { 0 };
	struct wish wish;

	wish_make(&wish, &chance, mask);
	choose_brake(&brake, &wish);
	carry_out(phase, mask, &wish, &brake, timeouts[below(&chance, 7)]);
	mhp_request_free(wish.request);
}

/* ---- a standing policy, evaluated and carried out by the driver ---- */

static struct mhp_standing *new_standing(unsigned int mask)
{
	struct mhp_standing *standing;
	char text[1024];
	size_t n = 0;

	for (size_t i = 0; i < region_count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "[r%zu]\nname = %s\ntype = %s\n",
				      i, regions[i].name, !(mask >> i & 1) ? "leave-alone" :
				      one_in(&chance, 2) ? "online_movable" : "offline");
	must(mhp_standing_new_from_text("soak.conf", text, n, &standing), "mhp_standing_new");
	if (mhp_standing_count_errors(standing))
		fail("the standing policy has errors:\n%s", text);
	return standing;
}

static void check_agenda(enum phase phase, unsigned int mask,
			 const struct mhp_agenda_report *report)
{
	struct judged judged = { .what = "agenda", .may_be_partial = true };
	const struct mhp_agenda_result *result;
	struct ids scope = { 0 };

	for (size_t i = 0; phase != PHASE_SHARED && i < region_count; i++)
		if (mask >> i & 1)
			add_ids(&scope, &regions[i].ids);
	read_picture(&judged.after);
	for (size_t i = 0; (result = mhp_agenda_report_get_result(report, i)); i++) {
		const struct mhp_report *of = mhp_agenda_result_get_report(result);

		if (!of)
			continue;
		count_report(of);
		/* what the other items did is not its own */
		judged.before = judged.after;
		judged.scope = &scope;
		check_report(&judged, of);
	}
}

static void do_agenda(enum phase phase, unsigned int mask)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 20000 };
	struct mhp_standing *standing = new_standing(mask);
	struct mhp_snapshot *snap = new_snapshot(false);
	struct mhp_agenda_report *report = NULL;
	char policy[WORD_SIZE], autoprobe[WORD_SIZE];
	struct mhp_agenda *agenda;
	char *text;
	int r;

	read_settings(policy, autoprobe);
	must(mhp_agenda_new(snap, standing, NULL, &agenda), "mhp_agenda_new");
	must(mhp_agenda_copy_text(agenda, &text), "mhp_agenda_copy_text");
	free(text);
	count(TALLY_AGENDAS);
	if (one_in(&chance, 2)) {
		r = mhp_agenda_apply(ctx, agenda, &opts, &report);
		if (r < 0)
			wrong("mhp_agenda_apply: %s", strerror(-r));
		else
			check_agenda(phase, mask, report);
		mhp_agenda_report_free(report);
	}
	mhp_agenda_unref(agenda);
	mhp_snapshot_unref(snap);
	mhp_standing_unref(standing);
	if (phase == PHASE_QUIET) {
		check_settings("agenda", policy, autoprobe);
		check_nothing_held("agenda");
	}
	check_handles("agenda", false);
}

/* For what may never come. */
static void do_wait(unsigned int mask)
{
	struct mhp_wait_opts opts = { .size = sizeof(opts), .timeout_ms = 1 + below(&chance, 200) };
	struct wish wish;
	int r;

	wish_make(&wish, &chance, mask);
	if (one_in(&chance, 2))
		r = mhp_wait_request(ctx, wish.request, &opts, NULL);
	else
		r = mhp_wait_region(ctx, any_region(&chance, mask)->name, MHP_WAIT_READY, &opts, NULL);
	if (r < 0 && r != -ETIMEDOUT)
		wrong("%s: waiting for it: %s", wish.text, strerror(-r));
	count(TALLY_WAITS);
	mhp_request_free(wish.request);
	check_handles("wait", false);
}

void driver_run(enum phase phase, unsigned int mask, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		unsigned int what = below(&chance, 12);

		if (what == 0)
			do_agenda(phase, mask);
		else if (what == 1)
			do_wait(mask);
		else
			do_wish(phase, mask);
		if (one_in(&chance, 3))
			follow_events(&chance);
	}
}

/* ---- what has to be seen in every round ---- */

static void do_certain(const struct region *region, enum mhp_goal goal, struct brake *brake,
		       int64_t timeout_ms)
{
	struct wish wish;

	wish_make_certain(&wish, region, goal);
	carry_out(PHASE_QUIET, ~0U, &wish, brake, timeout_ms);
	mhp_request_free(wish.request);
}

/* A process has a page of the block: it never goes offline. 0: it cannot be had. */
static pid_t pin(uint64_t id)
{
	char number[24], word[16] = "";
	pid_t pid;
	int fds[2];

	snprintf(number, sizeof(number), "%" PRIu64, id);
	if (pipe2(fds, O_CLOEXEC) < 0)
		fail("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		fail("fork: %s", strerror(errno));
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execlp("pin-page", "pin-page", number, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	(void)!read(fds[0], word, sizeof(word) - 1);
	close(fds[0]);
	if (strncmp(word, "pinned", 6) == 0)
		return pid;
	waitpid(pid, NULL, 0);
	return 0;
}

/* The pages that the kernel gives last are not to be had: then another block's. */
static pid_t pin_one_of(const struct region *region)
{
	pid_t pid = 0;

	for (int i = 0; i < 4 && !pid; i++)
		pid = pin(region->id[below(&chance, (unsigned int)region->count)]);
	return pid;
}

void driver_run_certain(void)
{
	const struct region *region = &regions[round_number % region_count];
	struct brake none = { 0 }, soon = { .after_calls = 2 }, other = { .after_ms = 700 };
	/* of a device that has device_dax: with the policy borrowed, where it is another one */
	struct brake borrowed = { .after_calls = 2 + below(&chance, 6) };
	struct mhp_snapshot *then;
	pid_t pinner;

	do_certain(region, MHP_GOAL_UNPLUGGED, &none, 0);
	then = new_snapshot(false);
	do_certain(region, MHP_GOAL_PLUGGED, &borrowed, 0);
	do_certain(region, MHP_GOAL_PLUGGED, &none, 0);
	do_certain(region, MHP_GOAL_OFFLINE, &soon, 0);
	pinner = pin_one_of(region);
	if (pinner) {
		count(TALLY_PINS);
		if (round_number % 2)
			do_certain(region, MHP_GOAL_OFFLINE, &none, 500 + below(&chance, 500));
		else
			do_certain(region, MHP_GOAL_OFFLINE, &other, 0);
		kill(pinner, SIGKILL);
		waitpid(pinner, NULL, 0);
	}
	do_agenda(PHASE_QUIET, (1U << region_count) - 1);
	/* planned for what is no more */
	mhp_snapshot_unref(old);
	old = then;
}

/* ---- rounds ---- */

void driver_start(uint64_t the_seed)
{
	seed = the_seed;
	must(mhp_ctx_new(NULL, &ctx), "mhp_ctx_new");
	must(mhp_ctx_set_program(ctx, "soak"), "mhp_ctx_set_program");
	follow_start(ctx);
}

void driver_begin_round(void)
{
	chance_seed(&chance, seed, round_number, 0);
	follow_begin_round();
}

void driver_recover(void)
{
	struct mhp_recovery *recovery;
	int r = mhp_recover(ctx, NULL, &recovery);

	if (r < 0) {
		wrong("mhp_recover: %s", strerror(-r));
		return;
	}
	if (recovery) {
		count(TALLY_OWN_RECOVERIES);
		if (!mhp_recovery_is_complete(recovery))
			wrong("%s is pending still", mhp_recovery_get_transaction(recovery));
	}
	mhp_recovery_free(recovery);
}

void driver_normalize(void)
{
	struct brake none = { 0 };

	for (size_t i = 0; i < region_count; i++)
		do_certain(&regions[i], MHP_GOAL_UNPLUGGED, &none, 0);
}

void driver_let_go(void)
{
	mhp_snapshot_unref(old);
	old = NULL;
	follow_let_go();
}

void driver_end(void)
{
	driver_let_go();
	follow_end();
	mhp_ctx_unref(ctx);
}
