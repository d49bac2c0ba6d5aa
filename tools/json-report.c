// SPDX-License-Identifier: LGPL-2.1-or-later
/* A report and a recovery as JSON. */
#include <stdlib.h>

#include <json-c/json.h>

#include "tool.h"

static const char *zone_text(enum mhp_zone zone)
{
	return zone == MHP_ZONE_UNKNOWN ? NULL : mhp_zone_to_str(zone);
}

static struct json_object *result_object(const struct mhp_result *result)
{
	enum mhp_state before, after;
	enum mhp_zone zone_before, zone_after;
	struct json_object *object = json_new_object();

	mhp_result_get_before(result, &before, &zone_before);
	mhp_result_get_after(result, &after, &zone_after);
	json_add_number(object, "id", mhp_result_get_id(result));
	json_add_text(object, "wanted", mhp_result_get_wanted_word(result));
	json_add_text(object, "before", json_condition(before, zone_before));
	json_add_text(object, "after", json_condition(after, zone_after));
	json_add_number(object, "errno", (uint64_t)-mhp_result_get_code(result));
	json_add_text(object, "reason", mhp_reason_to_str(mhp_result_get_reason(result)));
	json_add_text(object, "zone_before", zone_text(zone_before));
	json_add_text(object, "zone_after", zone_text(zone_after));
	return object;
}

static void add_writes(struct json_object *top, const struct mhp_report *report)
{
	struct json_object *writes = json_new_array();
	const char *path, *word;
	bool undo;
	int code;

	for (size_t i = 0; mhp_report_get_write(report, i, &path, &word, &code, &undo) == 0; i++) {
		struct json_object *object = json_new_object();

		json_add_text(object, "path", path);
		json_add_text(object, "word", word);
		json_add_number(object, "errno", (uint64_t)-code);
		json_add_bool(object, "undo", undo);
		json_append(writes, object);
	}
	json_add(top, "writes", writes);
}

/* Blocks that others added meanwhile, as a list. */
static char *other_blocks(const struct mhp_report *report)
{
	struct text_list list = { 0 };
	uint64_t id;

	for (size_t i = 0; mhp_report_get_other_block_id(report, i, &id) == 0; i++)
		text_list_add(&list, id, 1);
	return text_list_end(&list);
}

static struct json_object *setting_object(const struct mhp_recovery *recovery, size_t index)
{
	struct json_object *object = json_new_object();
	const char *path = NULL, *before = "", *ours = NULL;
	enum mhp_returned returned = MHP_RETURNED_UNKNOWN;
	int code = 0;

	mhp_recovery_get_setting(recovery, index, &returned, &path, &before, &ours, &code);
	json_add_text(object, "path", path);
	json_add_text(object, "before", *before ? before : NULL);
	json_add_text(object, "ours", ours);
	json_add_text(object, "returned", mhp_returned_to_str(returned));
	json_add_number(object, "errno", (uint64_t)-code);
	return object;
}

/* NULL, which becomes null, if there was nothing to recover. */
static struct json_object *recovery_object(const struct mhp_recovery *recovery)
{
	struct json_object *object, *settings;

	if (!recovery)
		return NULL;
	object = json_new_object();
	settings = json_new_array();
	json_add_text(object, "what", mhp_recovery_get_transaction(recovery));
	json_add_bool(object, "complete", mhp_recovery_is_complete(recovery));
	for (size_t i = 0; i < mhp_recovery_count_settings(recovery); i++)
		json_append(settings, setting_object(recovery, i));
	json_add(object, "settings", settings);
	return object;
}

void json_recovery(const struct mhp_recovery *recovery)
{
	struct json_object *top = json_begin();

	json_add(top, "recovery", recovery_object(recovery));
	json_print(top);
}

void json_fill_report(struct json_object *top, const struct mhp_report *report,
		      const struct mhp_report *earlier)
{
	const struct mhp_recovery *recovery = mhp_report_get_recovery(report);
	const struct mhp_plan *plan = mhp_report_get_plan(report);
	struct json_object *blocks = json_new_array();
	const struct mhp_result *result;
	const char *before, *after;

	json_add_text(top, "outcome", mhp_outcome_to_str(mhp_report_get_outcome(report)));
	json_add_request(top, plan);
	json_add_text(top, "reason", mhp_reason_to_str(mhp_report_get_reason(report)));
	json_add_number(top, "errno", (uint64_t)-mhp_report_get_code(report));
	json_add_text(top, "message", mhp_report_get_message(report));
	json_add_text(top, "hint", mhp_report_get_hint(report));
	mhp_report_get_device_words(report, &before, &after);
	json_add_text(top, "device_state_before", before);
	json_add_text(top, "device_state_after", after);
	for (size_t i = 0; (result = mhp_report_get_result(report, i)); i++)
		json_append(blocks, result_object(result));
	json_add(top, "blocks", blocks);
	json_add_list(top, "other_blocks", other_blocks(report));
	add_writes(top, report);
	if (!recovery && earlier)
		recovery = mhp_report_get_recovery(earlier);
	json_add(top, "recovery", recovery_object(recovery));
	json_add_conflicts(top, plan);
}

void json_report(const struct mhp_report *report, const struct mhp_report *earlier)
{
	struct json_object *top = json_begin();

	json_fill_report(top, report, earlier);
	json_print(top);
}
