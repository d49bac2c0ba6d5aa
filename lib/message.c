// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a uevent tells. Anybody may read them, and root may send any: what is not exactly
 * as the kernel sends it is not for us (lib/kobject_uevent.c).
 */
#include <errno.h>
#include <string.h>

#include "monitor.h"

#define VIRTIO_MEM_ALIAS "virtio:d00000018v"

static bool read_action(const char *word, enum action *ret)
{
	static const char *const words[] = {
		[ACTION_ADD] = "add", [ACTION_REMOVE] = "remove",
		[ACTION_ONLINE] = "online", [ACTION_OFFLINE] = "offline",
		[ACTION_BIND] = "bind", [ACTION_UNBIND] = "unbind",
	};

	/* also "change", which only root sends, and which tells nothing */
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i])) {
			*ret = (enum action)i;
			return true;
		}
	return false;
}

/* Is it the device name of that parent? */
static bool is_below(const struct news *news, const char *parent)
{
	size_t length = strlen(parent);

	return (size_t)(news->name - news->devpath) == length + 1 &&
	       !strncmp(news->devpath, parent, length);
}

static bool read_block(struct news *news)
{
	news->subject = SUBJECT_BLOCK;
	return is_below(news, "/devices/system/memory") && news->action <= ACTION_OFFLINE &&
	       parse_block_name(news->name, &news->id) == 0 && news->id <= BLOCK_MAX_ID;
}

static bool read_node(struct news *news)
{
	news->subject = SUBJECT_NODE;
	return is_below(news, "/devices/system/node") && news->action <= ACTION_REMOVE &&
	       parse_node_name(news->name, &news->node) == 0;
}

static bool read_tier(struct news *news)
{
	int tier;

	news->subject = SUBJECT_TIER;
	return is_below(news, "/devices/virtual/memory_tiering") &&
	       news->action <= ACTION_REMOVE && parse_tier_name(news->name, &tier) == 0;
}

static bool is_device_action(enum action action)
{
	return action != ACTION_ONLINE && action != ACTION_OFFLINE;
}

static bool read_dax(struct news *news)
{
	news->subject = SUBJECT_DEVICE;
	return is_device_action(news->action) && is_dax_name(news->name);
}

/* "region0"; whether it is of volatile memory no message tells */
static bool read_cxl(struct news *news)
{
	static const char prefix[] = "region";
	uint64_t number;

	news->subject = SUBJECT_DEVICE;
	return is_device_action(news->action) && !strncmp(news->name, prefix, strlen(prefix)) &&
	       parse_dec(news->name + strlen(prefix), &number) == 0;
}

static bool read_virtio(struct news *news, const struct mhp_message *message)
{
	news->subject = SUBJECT_DEVICE;
	news->if_known = !message->modalias ||
			 strncmp(message->modalias, VIRTIO_MEM_ALIAS, strlen(VIRTIO_MEM_ALIAS));
	return is_device_action(news->action) && is_virtio_name(news->name);
}

static bool read_subject(const struct mhp_message *message, struct news *news)
{
	if (!strcmp(message->subsystem, "memory"))
		return read_block(news);
	if (!strcmp(message->subsystem, "node"))
		return read_node(news);
	if (!strcmp(message->subsystem, "memory_tiering"))
		return read_tier(news);
	if (!strcmp(message->subsystem, "dax"))
		return read_dax(news);
	if (!strcmp(message->subsystem, "cxl"))
		return read_cxl(news);
	if (!strcmp(message->subsystem, "virtio"))
		return read_virtio(news, message);
	return false;
}

bool message_read(const struct mhp_message *message, struct news *ret)
{
	struct news news = {
		.seqnum = message->seqnum, .node = -1, .is_asked_for = message->synth_uuid,
	};
	char name[EVENT_NAME_SIZE];
	const char *slash;

	if (!message->action || !message->devpath || !message->subsystem || !message->seqnum ||
	    !read_action(message->action, &news.action))
		return false;
	slash = strrchr(message->devpath, '/');
	if (!slash)
		return false;
	news.name = slash + 1;
	news.devpath = message->devpath;
	/* ".." is no name of ours, but the path may be looked at */
	if (!copy_name(name, news.name) || strstr(news.devpath, "/../") ||
	    !read_subject(message, &news))
		return false;
	/* a driver has a name */
	if (news.action == ACTION_BIND && message->driver && *message->driver &&
	    copy_name(name, message->driver))
		news.driver = message->driver;
	*ret = news;
	return true;
}
