// SPDX-License-Identifier: LGPL-2.1-or-later
/* What must be so. */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "soak.h"

/* At the end of each round it has the same things; how the allocator cuts them differs a little. */
#define HEAP_SLACK 1024
#define ANON_SLACK_KIB 1024

/* ---- reports ---- */

static bool is_as_wanted(const struct place *place, const char *word)
{
	if (strcmp(word, "absent") == 0)
		return place->state == MHP_STATE_ABSENT;
	if (strcmp(word, "offline") == 0)
		return place->state == MHP_STATE_OFFLINE;
	if (place->state != MHP_STATE_ONLINE)
		return false;
	if (strcmp(word, "online_movable") == 0)
		return place->zone == MHP_ZONE_MOVABLE;
	if (strcmp(word, "online_kernel") == 0)
		return place->zone == MHP_ZONE_NORMAL || place->zone == MHP_ZONE_DMA32;
	return strcmp(word, "online") == 0;
}

static bool has_looked(const struct mhp_report *report)
{
	enum mhp_reason reason = mhp_report_get_reason(report);

	return reason != MHP_REASON_CONFLICT && reason != MHP_REASON_LOCKED &&
	       reason != MHP_REASON_PENDING;
}

static void check_result(const struct judged *judged, const struct mhp_report *report,
			 const struct mhp_result *result, struct ids *reported)
{
	uint64_t id = mhp_result_get_id(result);
	enum mhp_outcome outcome = mhp_report_get_outcome(report);
	struct place said;

	if (id >= MAX_ID || (judged->target && !judged->target->has[id])) {
		wrong("%s: the report has block %" PRIu64 ", which is not in the target",
		      judged->what, id);
		return;
	}
	reported->has[id] = true;
	if (!judged->scope->has[id] || (judged->is_old && !has_looked(report)))
		return;
	count(TALLY_BLOCKS);
	mhp_result_get_after(result, &said.state, &said.zone);
	if (!same_place(&said, &judged->after.at[id]))
		wrong("%s: %s: block %s by the report, but it is %s", judged->what,
		      mhp_report_get_message(report), place_text(id, &said),
		      place_text(id, &judged->after.at[id]));
	if (outcome == MHP_OUTCOME_DONE &&
	    !is_as_wanted(&judged->after.at[id], mhp_result_get_wanted_word(result)))
		wrong("%s: done, but block %s is not %s", judged->what,
		      place_text(id, &judged->after.at[id]), mhp_result_get_wanted_word(result));
}

/* What the report leaves unsaid, and what was put back, is as it was. */
static void check_rest(const struct judged *judged, const struct mhp_report *report,
		       const struct ids *reported)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(report);
	bool all = outcome == MHP_OUTCOME_UNDONE || outcome == MHP_OUTCOME_REFUSED;

	for (uint64_t id = 0; id < MAX_ID; id++) {
		if (!judged->scope->has[id] || (reported->has[id] && !all))
			continue;
		count(TALLY_BLOCKS);
		if (!same_place(&judged->before.at[id], &judged->after.at[id]))
			wrong("%s: %s: %s: block %s was %s", judged->what,
			      mhp_outcome_to_str(outcome), mhp_report_get_message(report),
			      place_text(id, &judged->after.at[id]),
			      place_text(id, &judged->before.at[id]));
	}
}

void check_report(const struct judged *judged, const struct mhp_report *report)
{
	enum mhp_outcome outcome = mhp_report_get_outcome(report);
	const struct mhp_result *result;
	struct ids reported = { 0 };

	for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++)
		check_result(judged, report, result, &reported);
	check_rest(judged, report, &reported);
	if ((outcome == MHP_OUTCOME_PARTIAL || outcome == MHP_OUTCOME_UNKNOWN) &&
	    !judged->may_be_partial)
		wrong("%s: %s: %s", judged->what, mhp_outcome_to_str(outcome),
		      mhp_report_get_message(report));
	count(TALLY_STRICT);
}

/* ---- settings, locks, ids ---- */

void check_settings(const char *when, const char *policy, const char *autoprobe)
{
	char policy_now[WORD_SIZE], autoprobe_now[WORD_SIZE];

	read_settings(policy_now, autoprobe_now);
	if (strcmp(policy, policy_now) != 0)
		wrong("%s: the policy is %s, not %s", when, policy_now, policy);
	if (strcmp(autoprobe, autoprobe_now) != 0)
		wrong("%s: drivers_autoprobe is %s, not %s", when, autoprobe_now, autoprobe);
}

void check_nothing_held(const char *when)
{
	int lock;

	if (is_pending())
		wrong("%s: there is a journal", when);
	if (access(RUN "/lock", F_OK) < 0)
		return;
	lock = try_lock();
	if (lock < 0)
		wrong("%s: somebody has the lock", when);
	else
		close(lock);
}

/* Unbound while it was online, memory stays until a reboot, and nobody can do anything about it. */
void check_none_stranded(const char *when)
{
	struct picture picture;
	char driver[WORD_SIZE];

	read_picture(&picture);
	for (size_t i = 0; i < region_count; i++) {
		const struct region *region = &regions[i];

		read_driver(region, driver);
		for (size_t j = 0; j < region->count && strcmp(driver, "kmem") != 0; j++)
			if (picture.at[region->id[j]].state != MHP_STATE_ABSENT)
				wrong("%s: block %s of %s is stranded", when,
				      place_text(region->id[j], &picture.at[region->id[j]]),
				      region->name);
	}
}

/* device_dax takes no such device by itself: only one whose name was written to its new_id. */
void check_no_id_left(struct chance *chance)
{
	const struct region *region = &regions[below(chance, (unsigned int)region_count)];
	char driver[WORD_SIZE], word[WORD_SIZE];

	read_driver(region, driver);
	if (strcmp(driver, "kmem") == 0) {
		if (!read_word(word, sizeof(word), DAX "/devices/%s/state", region->name) ||
		    strcmp(word, "unplugged") != 0)
			return;
		write_word(region->name, DAX "/drivers/kmem/unbind");
	} else if (strcmp(driver, "-") != 0) {
		write_word(region->name, DAX "/drivers/%s/unbind", driver);
	}
	if (write_word(region->name, DAX "/drivers/device_dax/bind") == 0)
		wrong("device_dax has the id of %s still", region->name);
}

/* ---- leaks ---- */

/* The kernel shows a thread for a moment longer than pthread_join() does. */
void check_handles(const char *what, bool is_at_end)
{
	static int first[2];
	int fds, threads = 0;

	for (int i = 0; i < 1000; i++) {
		threads = count_entries(getpid(), "task");
		if (threads == 1)
			break;
		pause_ms(1);
	}
	fds = count_entries(getpid(), "fd");
	if (!first[is_at_end])
		first[is_at_end] = fds;
	if (fds != first[is_at_end])
		wrong("%s: %d descriptors are open, not %d", what, fds, first[is_at_end]);
	if (threads != 1)
		wrong("%s: %d threads are left", what, threads);
	/* a leak is told once */
	first[is_at_end] = fds;
	highest(TALLY_MAX_FDS, (unsigned long)fds);
	highest(TALLY_MAX_THREADS, (unsigned long)threads);
}

/* Bytes that are in use; 0 where the C library does not say, and RssAnon is all there is. */
static unsigned long count_heap(void)
{
#ifdef __GLIBC__
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

void check_memory(void)
{
	static unsigned long first_heap, first_anon;
	unsigned long heap = count_heap();
	unsigned long anon = read_status(getpid(), "RssAnon");

	note("heap %lu bytes, %lu KiB", heap, anon);
	if (!first_anon) {
		first_heap = heap;
		first_anon = anon;
	}
	if (heap > first_heap + HEAP_SLACK)
		wrong("%lu bytes of heap are in use, not %lu", heap, first_heap);
	if (anon > first_anon + ANON_SLACK_KIB)
		wrong("%lu KiB of memory are in use, not %lu", anon, first_anon);
	highest(TALLY_MAX_HEAP, heap);
	highest(TALLY_MAX_ANON, anon);
}
