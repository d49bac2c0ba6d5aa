// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where device word, blocks, zones and policy disagree. Blocks are the truth: all else is
 * held against them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agenda.h"

typedef bool (*drift_test)(const struct mhp_agenda_item *item, const struct one_block *block);

/* ---- lists of blocks ---- */

/* "memory32-35, memory40 are "; of very many the first ones, and how many are left */
static void add_blocks(struct text *text, const struct mhp_drift *drift)
{
	const size_t most = 8;
	size_t runs = 0, i = 0;

	while (i < drift->n_ids && runs < most) {
		size_t n = 1;

		while (i + n < drift->n_ids && drift->ids[i + n] == drift->ids[i] + n)
			n++;
		text_add(text, "%smemory%" PRIu64, runs ? ", " : "", drift->ids[i]);
		if (n > 1)
			text_add(text, "-%" PRIu64, drift->ids[i] + n - 1);
		i += n;
		runs++;
	}
	if (i < drift->n_ids)
		text_add(text, " and %zu more", drift->n_ids - i);
	text_add(text, drift->n_ids == 1 ? " is " : " are ");
}

static int find_blocks(const struct mhp_agenda_item *item, drift_test test,
		       struct mhp_drift *drift)
{
	drift->ids = calloc(item->blocks.count + 1, sizeof(*drift->ids));
	if (!drift->ids)
		return -ENOMEM;
	for (size_t i = 0; i < item->blocks.count; i++)
		if (test(item, &item->blocks.list[i]))
			drift->ids[drift->n_ids++] = item->blocks.list[i].id;
	return 0;
}

void drift_free_members(struct mhp_drift *drift)
{
	free(drift->message);
	free(drift->ids);
}

/* Takes over what the drift has. */
static int add_drift(struct mhp_agenda_item *item, struct mhp_drift *drift, struct text *text)
{
	if (text_finish(text, &drift->message) < 0) {
		drift_free_members(drift);
		return -ENOMEM;
	}
	item->drifts[item->n_drifts++] = *drift;
	return 0;
}

/* What blocks have in common, to be told: MHP_STATE_MIXED or MHP_ZONE_MIXED if nothing. */
struct common {
	enum mhp_state state;
	enum mhp_zone zone;
};

static struct common find_common(const struct mhp_agenda_item *item, drift_test test)
{
	struct common common = { 0 };
	bool any = false;

	for (size_t i = 0; i < item->blocks.count; i++) {
		const struct one_block *block = &item->blocks.list[i];

		if (!test(item, block))
			continue;
		if (!any)
			common = (struct common){ block->state, block->zone };
		if (common.state != block->state)
			common.state = MHP_STATE_MIXED;
		if (common.zone != block->zone)
			common.zone = MHP_ZONE_MIXED;
		any = true;
	}
	return common;
}

/* ---- the device's word ---- */

/* Would the block be as it is if the word were true? */
static bool fits_word(enum mhp_device_state word, const struct one_block *block)
{
	switch (word) {
	case MHP_DEVICE_STATE_UNPLUGGED:
		return block->state == MHP_STATE_ABSENT;
	case MHP_DEVICE_STATE_OFFLINE:
		return block->state == MHP_STATE_OFFLINE;
	case MHP_DEVICE_STATE_ONLINE:
		return block->state == MHP_STATE_ONLINE;
	case MHP_DEVICE_STATE_ONLINE_KERNEL:
		return block->state == MHP_STATE_ONLINE &&
		       !is_online_elsewhere_than(block, MHP_ONLINE_KERNEL);
	case MHP_DEVICE_STATE_ONLINE_MOVABLE:
		return block->state == MHP_STATE_ONLINE &&
		       !is_online_elsewhere_than(block, MHP_ONLINE_MOVABLE);
	case MHP_DEVICE_STATE_UNKNOWN:
		break;
	}
	/* a word never seen is no lie */
	return true;
}

static bool is_against_word(const struct mhp_agenda_item *item, const struct one_block *block)
{
	enum mhp_device_state word;

	return mhp_region_get_device_state(item->region, &word, NULL) == 0 &&
	       block->state != MHP_STATE_UNKNOWN && !fits_word(word, block);
}

static void add_is(struct text *text, struct common common)
{
	if (common.state != MHP_STATE_ONLINE)
		text_add(text, common.state == MHP_STATE_MIXED ? "in other states" : "%s",
			 mhp_state_to_str(common.state));
	else if (common.zone == MHP_ZONE_MIXED)
		text_add(text, "online in several zones");
	else if (common.zone == MHP_ZONE_NONE)
		text_add(text, "online in more than one zone each");
	else if (common.zone == MHP_ZONE_UNKNOWN)
		text_add(text, "online");
	else
		text_add(text, "online in %s", mhp_zone_to_str(common.zone));
}

static int check_word(struct mhp_agenda_item *item)
{
	struct mhp_drift drift = { .kind = MHP_DRIFT_WORD };
	struct text text = { 0 };
	const char *word;

	if (mhp_region_get_device_state(item->region, NULL, &word) < 0)
		return 0;
	if (find_blocks(item, is_against_word, &drift) < 0)
		return -ENOMEM;
	if (!drift.n_ids) {
		free(drift.ids);
		return 0;
	}
	text_add(&text, "the driver's word for it is \"");
	text_add_escaped(&text, word);
	text_add(&text, "\", and ");
	add_blocks(&text, &drift);
	add_is(&text, find_common(item, is_against_word));
	return add_drift(item, &drift, &text);
}

/* ---- blocks against the rule ---- */

static bool is_in_wrong_zone(const struct mhp_agenda_item *item, const struct one_block *block)
{
	/* what the ratio guard found in Movable stays there */
	if (item->guarded && block->zone == MHP_ZONE_MOVABLE)
		return false;
	return item->typed && is_online_elsewhere_than(block, item->type);
}

static bool is_in_wrong_state(const struct mhp_agenda_item *item, const struct one_block *block)
{
	if (!item->typed || item->state == MHP_ITEM_NOTHING)
		return false;
	if (item->type == MHP_OFFLINE && block->state == MHP_STATE_ONLINE)
		return true;
	if (block->state == MHP_STATE_ABSENT)
		/* of one that is not there at all it is told otherwise */
		return item->plugs && item->blocks.present;
	return item->type != MHP_OFFLINE && (block->state == MHP_STATE_OFFLINE ||
					     block->state == MHP_STATE_GOING_OFFLINE);
}

static int check_rule(struct mhp_agenda_item *item, enum mhp_drift_kind kind, drift_test test)
{
	struct mhp_drift drift = { .kind = kind };
	struct text text = { 0 };

	if (find_blocks(item, test, &drift) < 0)
		return -ENOMEM;
	if (!drift.n_ids) {
		free(drift.ids);
		return 0;
	}
	add_blocks(&text, &drift);
	add_is(&text, find_common(item, test));
	if (kind == MHP_DRIFT_ZONE)
		text_add(&text, ", not in %s",
			 item->type == MHP_ONLINE_MOVABLE ? "Movable" : "a kernel zone");
	else
		text_add(&text, ", not %s", mhp_online_type_to_str(item->type));
	return add_drift(item, &drift, &text);
}

static int check_plugged(struct mhp_agenda_item *item)
{
	struct mhp_drift drift = { .kind = MHP_DRIFT_NOT_PLUGGED };
	struct text text = { 0 };

	if (!item->typed || !item->plugs || item->blocks.present)
		return 0;
	text_add(&text, "is not System RAM, and is to be %s", mhp_online_type_to_str(item->type));
	return add_drift(item, &drift, &text);
}

/* ---- zones against one another ---- */

static bool is_in_movable(const struct mhp_agenda_item *item, const struct one_block *block)
{
	(void)item;
	return block->zone == MHP_ZONE_MOVABLE;
}

/* So that it can be given back in part only. */
static bool may_not_be_mixed(const struct mhp_agenda *agenda, const struct mhp_agenda_item *item)
{
	enum mhp_region_kind kind = mhp_region_get_kind(item->region);
	const char *policy;

	if (kind == MHP_REGION_BOOT || kind == MHP_REGION_MANAGED || item->guarded)
		return false;
	/* else it is a wrong zone, or a wrong state */
	if (item->typed && item->type != MHP_ONLINE)
		return false;
	return mhp_snapshot_get_online_policy(agenda->snap, &policy) < 0 ||
	       strcmp(policy, "auto-movable");
}

static int check_mixed(const struct mhp_agenda *agenda, struct mhp_agenda_item *item)
{
	struct mhp_drift drift = { .kind = MHP_DRIFT_MIXED_ZONES };
	struct text text = { 0 };

	if (!item->blocks.movable || !item->blocks.kernel || !may_not_be_mixed(agenda, item))
		return 0;
	if (find_blocks(item, is_in_movable, &drift) < 0)
		return -ENOMEM;
	add_blocks(&text, &drift);
	text_add(&text, "online in Movable, and %zu more in a kernel zone", item->blocks.kernel);
	return add_drift(item, &drift, &text);
}

int item_find_drifts(const struct mhp_agenda *agenda, struct mhp_agenda_item *item)
{
	int r;

	if (item->blocks.code < 0)
		return 0;
	r = check_word(item);
	if (r == 0)
		r = check_rule(item, MHP_DRIFT_ZONE, is_in_wrong_zone);
	if (r == 0)
		r = check_rule(item, MHP_DRIFT_STATE, is_in_wrong_state);
	if (r == 0)
		r = check_mixed(agenda, item);
	return r < 0 ? r : check_plugged(item);
}

/* ---- for users ---- */

MHP_EXPORT enum mhp_drift_kind mhp_drift_get_kind(const struct mhp_drift *drift)
{
	return drift->kind;
}

MHP_EXPORT const char *mhp_drift_get_message(const struct mhp_drift *drift)
{
	return drift->message;
}

MHP_EXPORT size_t mhp_drift_count_blocks(const struct mhp_drift *drift)
{
	return drift->n_ids;
}

MHP_EXPORT int mhp_drift_get_block_id(const struct mhp_drift *drift, size_t index,
				      uint64_t *ret_id)
{
	if (index >= drift->n_ids)
		return -EINVAL;
	*ret_id = drift->ids[index];
	return 0;
}

MHP_EXPORT const char *mhp_drift_kind_to_str(enum mhp_drift_kind kind)
{
	switch (kind) {
	case MHP_DRIFT_WORD:
		return "word";
	case MHP_DRIFT_ZONE:
		return "zone";
	case MHP_DRIFT_STATE:
		return "state";
	case MHP_DRIFT_MIXED_ZONES:
		return "mixed-zones";
	case MHP_DRIFT_NOT_PLUGGED:
		return "not-plugged";
	case MHP_DRIFT_UNKNOWN:
		break;
	}
	return "unknown";
}
