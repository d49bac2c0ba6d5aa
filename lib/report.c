// SPDX-License-Identifier: LGPL-2.1-or-later
/* What became of a plan, as a value. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

/* Room for every write that carrying out and undoing the plan can take. */
static size_t most_writes(const struct mhp_plan *plan)
{
	/* undo: words of devices and of blocks, bindings, settings */
	size_t most = 3 * plan->n_blocks + 12 * plan->n_parts + 3 * MAX_BORROWED;

	for (size_t i = 0; i < plan->n_steps; i++) {
		size_t blocks = plan->parts[plan->steps[i].part].count;

		switch (plan->steps[i].kind) {
		case MHP_STEP_BLOCK:	/* EBUSY: twice */
			most += 2;
			break;
		case MHP_STEP_DEVICE:	/* may go on block by block, in two passes, and again */
			most += 3 * blocks + 2;
			break;
		case MHP_STEP_BIND:	/* bind, new_id, bind, thrice remove_id; then blocks */
			most += blocks + 6;
			break;
		case MHP_STEP_CONFIGURE:
			most += most_configure_writes(&plan->steps[i]);
			break;
		default:
			most++;
		}
	}
	return most;
}

static const char *wanted_word(const struct mhp_plan *plan)
{
	if (plan->goal == MHP_GOAL_UNPLUGGED)
		return mhp_state_to_str(MHP_STATE_ABSENT);
	return online_word(plan->goal == MHP_GOAL_OFFLINE ? MHP_OFFLINE : plan->type);
}

static int compare_results(const void *a, const void *b, void *data)
{
	const struct mhp_result *results = data;
	const struct mhp_result *x = &results[*(const size_t *)a];
	const struct mhp_result *y = &results[*(const size_t *)b];

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Ranges of several regions may lie between one another. */
static int sort_results(struct mhp_report *report)
{
	report->order = calloc(report->n_blocks + 1, sizeof(*report->order));
	if (!report->order)
		return -ENOMEM;
	for (size_t i = 0; i < report->n_blocks; i++)
		report->order[i] = i;
	qsort_r(report->order, report->n_blocks, sizeof(*report->order), compare_results,
		report->blocks);
	return 0;
}

static const char *device_file(const struct plan_part *part)
{
	return part->provider && part->provider->device_file ? part->provider->device_file :
								"state";
}

static int copy_device_paths(struct mhp_report *report)
{
	const struct mhp_plan *plan = report->plan;

	report->device_paths = calloc(plan->n_parts + 1, sizeof(*report->device_paths));
	if (!report->device_paths)
		return -ENOMEM;
	report->n_parts = plan->n_parts;
	for (size_t i = 0; i < plan->n_parts; i++)
		if (plan->parts[i].path &&
		    copy_text(&report->device_paths[i], "%s/%s", plan->parts[i].path,
			      device_file(&plan->parts[i])) < 0)
			return -ENOMEM;
	return 0;
}

static int copy_release_paths(struct mhp_report *report)
{
	const struct mhp_plan *plan = report->plan;

	report->release_paths = calloc(plan->n_releases + 1, sizeof(*report->release_paths));
	if (!report->release_paths)
		return -ENOMEM;
	report->n_releases = plan->n_releases;
	for (size_t i = 0; i < plan->n_releases; i++)
		if (copy_text(&report->release_paths[i], "%s/commit", plan->releases[i].path) < 0)
			return -ENOMEM;
	return 0;
}

/* Of any block: digits of a number of 64 bits, and its NUL. */
#define BLOCK_PATH_SIZE (sizeof(MEMORY_PATH "/memory/state") + 20)

/* All in one piece: an allocation for each would be thousands. */
static int make_block_paths(struct mhp_report *report)
{
	const struct mhp_plan *plan = report->plan;
	char *path = calloc(plan->n_blocks + 1, BLOCK_PATH_SIZE);

	if (!path)
		return -ENOMEM;
	report->block_paths = path;
	for (size_t i = 0; i < plan->n_blocks; i++, path += BLOCK_PATH_SIZE) {
		snprintf(path, BLOCK_PATH_SIZE, MEMORY_PATH "/memory%" PRIu64 "/state",
			 plan->blocks[i].id);
		report->blocks[i].path = path;
	}
	return 0;
}

int report_new(struct mhp_plan *plan, struct mhp_report **ret_report)
{
	struct mhp_report *report = calloc(1, sizeof(*report));

	if (!report)
		return -ENOMEM;
	report->plan = mhp_plan_ref(plan);
	report->writes_room = most_writes(plan);
	report->writes = calloc(report->writes_room, sizeof(*report->writes));
	report->blocks = calloc(plan->n_blocks + 1, sizeof(*report->blocks));
	if (!report->writes || !report->blocks ||
	    copy_device_paths(report) < 0 || copy_release_paths(report) < 0)
		goto fail;
	for (size_t i = 0; i < plan->n_blocks; i++) {
		struct mhp_result *result = &report->blocks[i];

		*result = (struct mhp_result){
			.id = plan->blocks[i].id,
			.wanted = wanted_word(plan),
			.before_state = plan->blocks[i].state,
			.before_zone = plan->blocks[i].zone,
			.after_state = plan->blocks[i].state,
			.after_zone = plan->blocks[i].zone,
			.reason = MHP_REASON_NOT_TRIED,
		};
		report->n_blocks++;
	}
	if (make_block_paths(report) < 0)
		goto fail;
	if (sort_results(report) < 0)
		goto fail;
	*ret_report = report;
	return 0;
fail:
	mhp_report_free(report);
	return -ENOMEM;
}

void report_say(struct mhp_report *report, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(report->message, sizeof(report->message), format, ap);
	va_end(ap);
}

void report_add(struct mhp_report *report, const char *format, ...)
{
	size_t length = strlen(report->message);
	va_list ap;

	va_start(ap, format);
	vsnprintf(report->message + length, sizeof(report->message) - length, format, ap);
	va_end(ap);
}

MHP_EXPORT void mhp_report_free(struct mhp_report *report)
{
	if (!report)
		return;
	free(report->block_paths);
	mhp_plan_unref(report->plan);
	for (size_t i = 0; i < report->n_parts; i++)
		free(report->device_paths[i]);
	free(report->device_paths);
	for (size_t i = 0; i < report->n_releases; i++)
		free(report->release_paths[i]);
	free(report->release_paths);
	mhp_recovery_free(report->recovery);
	free(report->others);
	free(report->order);
	free(report->writes);
	free(report->blocks);
	free(report);
}

MHP_EXPORT enum mhp_outcome mhp_report_get_outcome(const struct mhp_report *report)
{
	return report->outcome;
}

MHP_EXPORT struct mhp_plan *mhp_report_get_plan(const struct mhp_report *report)
{
	return report->plan;
}

MHP_EXPORT enum mhp_reason mhp_report_get_reason(const struct mhp_report *report)
{
	return report->reason;
}

MHP_EXPORT int mhp_report_get_code(const struct mhp_report *report)
{
	return report->code;
}

MHP_EXPORT const char *mhp_report_get_message(const struct mhp_report *report)
{
	return report->message;
}

MHP_EXPORT const char *mhp_report_get_hint(const struct mhp_report *report)
{
	return report->hint;
}

MHP_EXPORT size_t mhp_report_count_results(const struct mhp_report *report)
{
	return report->n_blocks;
}

MHP_EXPORT const struct mhp_result *mhp_report_get_result(const struct mhp_report *report,
							 size_t index)
{
	return index < report->n_blocks ? &report->blocks[report->order[index]] : NULL;
}

MHP_EXPORT uint64_t mhp_result_get_id(const struct mhp_result *result)
{
	return result->id;
}

MHP_EXPORT const char *mhp_result_get_wanted_word(const struct mhp_result *result)
{
	return result->wanted;
}

MHP_EXPORT void mhp_result_get_before(const struct mhp_result *result,
				      enum mhp_state *ret_state, enum mhp_zone *ret_zone)
{
	if (ret_state)
		*ret_state = result->before_state;
	if (ret_zone)
		*ret_zone = result->before_zone;
}

MHP_EXPORT void mhp_result_get_after(const struct mhp_result *result, enum mhp_state *ret_state,
				     enum mhp_zone *ret_zone)
{
	if (ret_state)
		*ret_state = result->after_state;
	if (ret_zone)
		*ret_zone = result->after_zone;
}

MHP_EXPORT int mhp_result_get_code(const struct mhp_result *result)
{
	return result->code;
}

MHP_EXPORT enum mhp_reason mhp_result_get_reason(const struct mhp_result *result)
{
	return result->reason;
}

MHP_EXPORT size_t mhp_report_count_writes(const struct mhp_report *report)
{
	return report->n_writes;
}

MHP_EXPORT int mhp_report_get_write(const struct mhp_report *report, size_t index,
				    const char **ret_path, const char **ret_word, int *ret_code,
				    bool *ret_undo)
{
	const struct report_write *write;

	if (index >= report->n_writes)
		return -EINVAL;
	write = &report->writes[index];
	if (ret_path)
		*ret_path = write->path;
	if (ret_word)
		*ret_word = write->word;
	if (ret_code)
		*ret_code = write->code;
	if (ret_undo)
		*ret_undo = write->undo;
	return 0;
}

MHP_EXPORT const struct mhp_recovery *mhp_report_get_recovery(const struct mhp_report *report)
{
	return report->recovery;
}

void report_hand_over_recovery(struct mhp_report *from, struct mhp_report *to)
{
	if (to->recovery)
		return;
	to->recovery = from->recovery;
	from->recovery = NULL;
}

MHP_EXPORT size_t mhp_report_count_other_blocks(const struct mhp_report *report)
{
	return report->n_others;
}

MHP_EXPORT int mhp_report_get_other_block_id(const struct mhp_report *report, size_t index,
					     uint64_t *ret_id)
{
	if (index >= report->n_others)
		return -EINVAL;
	*ret_id = report->others[index];
	return 0;
}

MHP_EXPORT void mhp_report_get_device_words(const struct mhp_report *report,
					    const char **ret_before, const char **ret_after)
{
	if (ret_before)
		*ret_before = *report->device_before ? report->device_before : NULL;
	if (ret_after)
		*ret_after = *report->device_after ? report->device_after : NULL;
}

MHP_EXPORT const char *mhp_outcome_to_str(enum mhp_outcome outcome)
{
	static const char *const words[] = {
		[MHP_OUTCOME_UNKNOWN] = "unknown",
		[MHP_OUTCOME_DONE] = "done",
		[MHP_OUTCOME_UNDONE] = "undone",
		[MHP_OUTCOME_PARTIAL] = "partial",
		[MHP_OUTCOME_REFUSED] = "refused",
	};

	return (size_t)outcome < ARRAY_SIZE(words) ? words[outcome] : words[0];
}

static const struct {
	const char *word;
	const char *hint;
} reasons[] = {
	[MHP_REASON_UNKNOWN] = { "unknown", "the kernel log may say why" },
	[MHP_REASON_DONE] = { "done", NULL },
	[MHP_REASON_ALREADY] = { "already", NULL },
	[MHP_REASON_NOT_TRIED] = { "not-tried", NULL },
	[MHP_REASON_UNDONE] = { "undone", NULL },
	[MHP_REASON_CONFLICT] = { "conflict", NULL },
	[MHP_REASON_STALE] = { "stale", "somebody else changes it too: look and plan again" },
	[MHP_REASON_BUSY] = { "busy",
		"it holds memory that cannot be moved, as kernel memory cannot: such a block "
		"leaves its zone upon a reboot, if at all" },
	[MHP_REASON_WRONG_ZONE] = { "wrong-zone",
		"a zone is changed by going offline first, which the request must allow" },
	[MHP_REASON_SPANS_ZONES] = { "spans-zones", "it can never go offline" },
	[MHP_REASON_POISONED] = { "poisoned",
		"it holds broken memory: unplug the region and online it again, or do without it" },
	[MHP_REASON_VETOED] = { "vetoed",
		"the driver that owns the memory refused, or on s390 before Linux 7.2 the "
		"hypervisor, which does not give this storage" },
	[MHP_REASON_INTERRUPTED] = { "interrupted", "try again" },
	[MHP_REASON_GONE] = { "gone", "look and plan again" },
	[MHP_REASON_NO_PERMISSION] = { "no-permission", "run as root" },
	[MHP_REASON_READ_ONLY] = { "read-only",
		"sysfs is mounted read-only here, as in containers: run where it is writable" },
	[MHP_REASON_NO_MEMORY] = { "no-memory", "free some memory and try again" },
	[MHP_REASON_TRY_AGAIN] = { "try-again", "try again" },
	[MHP_REASON_NOT_TAKEN] = { "not-taken",
		"another program, such as udev, may have come in between; else the kernel log may "
		"say why" },
	[MHP_REASON_STRANDED] = { "stranded", "it stays without a driver until a reboot" },
	[MHP_REASON_CANCELLED] = { "cancelled", NULL },
	[MHP_REASON_UNREADABLE] = { "unreadable", "look at the file: without it nothing can be verified" },
	[MHP_REASON_INVALID] = { "invalid",
		"something in the kernel refused it: the kernel log may say why" },
	[MHP_REASON_NOT_PUT_BACK] = { "not-put-back", NULL },
	[MHP_REASON_DEADLINE] = { "deadline",
		"it holds memory that something keeps in place, or the kernel was busy: try again "
		"with more time, or find out who pins it" },
	[MHP_REASON_LOCKED] = { "locked", "wait for it, or allow more time" },
	[MHP_REASON_UNSUPPORTED] = { "unsupported", "this kernel cannot do it" },
	[MHP_REASON_HOLE] = { "hole", "it has a hole in it and can never go offline" },
	[MHP_REASON_TAKEN] = { "taken",
		"look at its addresses in /proc/iomem: memory that stayed behind leaves upon a "
		"reboot only" },
	[MHP_REASON_BEYOND] = { "beyond", "this kernel cannot use memory at these addresses" },
	[MHP_REASON_MODULE] = { "module", "load the driver's module by hand" },
	[MHP_REASON_PENDING] = { "pending", "put it back by hand, then remove " RUN_PATH "/journal" },
	[MHP_REASON_QUEUED] = { "queued",
		"look again in a while: once the slot's status is 0 it has gone; else the kernel "
		"log may say why it has not" },
	[MHP_REASON_GIVEN_UP] = { "given-up", "the kernel log may say what refused" },
	[MHP_REASON_OTHER_DEVICES] = { "other-devices", "bind the others to a driver first" },
	[MHP_REASON_FIRMWARE] = { "firmware",
		"the hypervisor has none to give, or holds it back: see how much it lets this "
		"machine have; the kernel log may say more" },
};

MHP_EXPORT const char *mhp_reason_to_str(enum mhp_reason reason)
{
	bool known = (size_t)reason < ARRAY_SIZE(reasons) && reasons[reason].word;

	return known ? reasons[reason].word : reasons[0].word;
}

const char *reason_hint(enum mhp_reason reason)
{
	return reasons[reason].hint;
}

bool is_failure(enum mhp_reason reason)
{
	return reason == MHP_REASON_UNKNOWN || reason >= MHP_REASON_STALE;
}

MHP_EXPORT bool mhp_reason_is_failure(enum mhp_reason reason)
{
	return is_failure(reason) || reason == MHP_REASON_CONFLICT;
}
