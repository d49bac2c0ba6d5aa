// SPDX-License-Identifier: LGPL-2.1-or-later
/* An event: what it says, and its text. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "monitor.h"

static const char *const kind_words[] = {
	[MHP_EVENT_UNKNOWN] = "unknown",
	[MHP_EVENT_BLOCK_ADDED] = "block-added",
	[MHP_EVENT_BLOCK_REMOVED] = "block-removed",
	[MHP_EVENT_BLOCK_ONLINE] = "block-online",
	[MHP_EVENT_BLOCK_OFFLINE] = "block-offline",
	[MHP_EVENT_NODE_ADDED] = "node-added",
	[MHP_EVENT_NODE_REMOVED] = "node-removed",
	[MHP_EVENT_TIER_ADDED] = "tier-added",
	[MHP_EVENT_TIER_REMOVED] = "tier-removed",
	[MHP_EVENT_DEVICE_ADDED] = "device-added",
	[MHP_EVENT_DEVICE_REMOVED] = "device-removed",
	[MHP_EVENT_DEVICE_BOUND] = "device-bound",
	[MHP_EVENT_DEVICE_UNBOUND] = "device-unbound",
	[MHP_EVENT_POLICY_CHANGED] = "policy-changed",
	[MHP_EVENT_LOST] = "lost",
	[MHP_EVENT_RESYNCED] = "resynced",
	[MHP_EVENT_BLOCK_ZONE] = "block-zone",
};

MHP_EXPORT const char *mhp_event_kind_to_str(enum mhp_event_kind kind)
{
	if ((unsigned int)kind >= ARRAY_SIZE(kind_words))
		kind = MHP_EVENT_UNKNOWN;
	return kind_words[kind];
}

MHP_EXPORT enum mhp_event_kind mhp_event_get_kind(const struct mhp_event *event)
{
	return event->kind;
}

MHP_EXPORT uint64_t mhp_event_get_seqnum(const struct mhp_event *event)
{
	return event->seqnum;
}

MHP_EXPORT bool mhp_event_is_found(const struct mhp_event *event)
{
	return event->is_found;
}

MHP_EXPORT int64_t mhp_event_get_time_ns(const struct mhp_event *event)
{
	return event->time_ns;
}

MHP_EXPORT int mhp_event_get_block_id(const struct mhp_event *event, uint64_t *ret_id)
{
	if (!event->has_block)
		return -ENODATA;
	*ret_id = event->block_id;
	return 0;
}

MHP_EXPORT int mhp_event_get_node_id(const struct mhp_event *event, int *ret_node)
{
	if (event->node < 0)
		return -ENODATA;
	*ret_node = event->node;
	return 0;
}

MHP_EXPORT const char *mhp_event_get_name(const struct mhp_event *event)
{
	return event->name;
}

MHP_EXPORT const char *mhp_event_get_region_name(const struct mhp_event *event)
{
	return event->region;
}

MHP_EXPORT void mhp_event_get_before(const struct mhp_event *event, enum mhp_state *ret_state,
				     enum mhp_zone *ret_zone)
{
	if (ret_state)
		*ret_state = event->before_state;
	if (ret_zone)
		*ret_zone = event->before_zone;
}

MHP_EXPORT void mhp_event_get_after(const struct mhp_event *event, enum mhp_state *ret_state,
				    enum mhp_zone *ret_zone)
{
	if (ret_state)
		*ret_state = event->after_state;
	if (ret_zone)
		*ret_zone = event->after_zone;
}

MHP_EXPORT const char *mhp_event_get_word_before(const struct mhp_event *event)
{
	return *event->word_before ? event->word_before : NULL;
}

MHP_EXPORT const char *mhp_event_get_word_after(const struct mhp_event *event)
{
	return *event->word_after ? event->word_after : NULL;
}

bool copy_name(char ret[EVENT_NAME_SIZE], const char *name)
{
	size_t length = strnlen(name, EVENT_NAME_SIZE);
	bool whole = length < EVENT_NAME_SIZE;

	if (!whole)
		length = EVENT_NAME_SIZE - 1;
	memcpy(ret, name, length);
	ret[length] = '\0';
	return whole;
}

/* ---- text ---- */

static void add_zone(struct text *text, const char *before, enum mhp_zone zone)
{
	if (zone != MHP_ZONE_UNKNOWN)
		text_add(text, "%s%s", before, mhp_zone_to_str(zone));
}

static void add_word(struct text *text, const char *before, const char *word)
{
	if (!*word)
		return;
	text_add(text, "%s", before);
	text_add_escaped(text, word);
}

static void add_what(struct text *text, const struct mhp_event *event)
{
	switch (event->kind) {
	case MHP_EVENT_BLOCK_ADDED:
	case MHP_EVENT_NODE_ADDED:
	case MHP_EVENT_TIER_ADDED:
	case MHP_EVENT_DEVICE_ADDED:
		text_add(text, " added");
		return;
	case MHP_EVENT_BLOCK_REMOVED:
	case MHP_EVENT_NODE_REMOVED:
	case MHP_EVENT_TIER_REMOVED:
	case MHP_EVENT_DEVICE_REMOVED:
		text_add(text, " removed");
		if (event->before_state == MHP_STATE_ONLINE)
			text_add(text, " while online");
		add_zone(text, " in ", event->before_zone);
		return;
	case MHP_EVENT_BLOCK_ONLINE:
		text_add(text, " online");
		add_zone(text, " in ", event->after_zone);
		return;
	case MHP_EVENT_BLOCK_OFFLINE:
		text_add(text, " offline");
		add_zone(text, ", was in ", event->before_zone);
		return;
	case MHP_EVENT_BLOCK_ZONE:
		text_add(text, " is in %s", mhp_zone_to_str(event->after_zone));
		add_zone(text, ", was in ", event->before_zone);
		return;
	case MHP_EVENT_DEVICE_BOUND:
		text_add(text, " bound");
		add_word(text, " to ", event->word_after);
		return;
	case MHP_EVENT_DEVICE_UNBOUND:
		text_add(text, " unbound");
		add_word(text, " from ", event->word_before);
		return;
	case MHP_EVENT_POLICY_CHANGED:
		add_word(text, " is ", *event->word_after ? event->word_after : "not there");
		add_word(text, ", was ", *event->word_before ? event->word_before : "not there");
		return;
	default:
		return;
	}
}

MHP_EXPORT int mhp_event_copy_text(const struct mhp_event *event, char **ret_text)
{
	struct text text = { 0 };

	if (event->kind == MHP_EVENT_LOST)
		text_add(&text, "events were lost");
	else if (event->kind == MHP_EVENT_RESYNCED)
		text_add(&text, "compared with a fresh snapshot");
	text_add_escaped(&text, event->name);
	add_what(&text, event);
	if (event->region && strcmp(event->region, event->name)) {
		text_add(&text, " (");
		text_add_escaped(&text, event->region);
		text_add(&text, ")");
	}
	return text_finish(&text, ret_text);
}
