// SPDX-License-Identifier: LGPL-2.1-or-later
/* What mhp show has about where a region comes from, and what can be done to it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

void show_text(const char *key, int code, const char *text)
{
	char *why;

	if (code == 0 || code == -ENODATA) {
		say("%-14s %s\n", key, code == 0 && text ? text : "-");
		return;
	}
	why = text_unreadable(code);
	say("%-14s %s\n", key, why);
	free(why);
}

void show_family(const struct mhp_snapshot *snap, const struct mhp_region *region)
{
	const struct mhp_region *other = region;
	bool first = true;

	while ((other = mhp_region_get_parent(other))) {
		say("%-14s %s (%s)\n", first ? "made from" : "", mhp_region_get_name(other),
		    mhp_region_kind_to_str(mhp_region_get_kind(other)));
		first = false;
	}
	first = true;
	for (size_t i = 0; (other = mhp_snapshot_get_region(snap, i)); i++) {
		if (mhp_region_get_parent(other) != region)
			continue;
		say("%-14s %s (%s)\n", first ? "made of it" : "", mhp_region_get_name(other),
		    mhp_region_kind_to_str(mhp_region_get_kind(other)));
		first = false;
	}
}

/* Of a dax device all is its CXL region's, and that knows them. */
void show_devices(const struct mhp_region *region)
{
	const char *name, *path;

	while (mhp_region_count_devices(region) == 0 && mhp_region_get_parent(region))
		region = mhp_region_get_parent(region);
	for (size_t i = 0; mhp_region_get_device(region, i, &name, &path) == 0; i++) {
		char *serial = NULL, *near = NULL;
		uint64_t number;
		int node, code;

		code = mhp_region_get_device_serial(region, i, &number);
		if (code == 0)
			serial = text_format(", serial 0x%" PRIx64, number);
		else if (code != -ENODATA)
			serial = text_unreadable(code);
		if (mhp_region_get_device_node_id(region, i, &node) == 0)
			near = text_format(", next to node %d", node);
		say("%-14s %s%s%s%s\n", i ? "" : "devices", name,
		    serial && code < 0 ? ", serial " : "", serial ? serial : "", near ? near : "");
		if (path)
			say("%-14s   %s\n", "", path);
		free(serial);
		free(near);
	}
}

void show_facts(const struct mhp_region *region)
{
	const char *name, *text;
	int code, width = 12;

	for (size_t i = 0; mhp_region_get_fact(region, i, &name, NULL, NULL) == 0; i++)
		if ((int)strlen(name) > width)
			width = (int)strlen(name);
	for (size_t i = 0; mhp_region_get_fact(region, i, &name, &text, &code) == 0; i++) {
		char *why = code < 0 && code != -ENODATA ? text_unreadable(code) : NULL;

		if (i == 0)
			say("facts\n");
		say("  %-*s %s\n", width, name, why ? why : code < 0 || !*text ? "-" : text);
		free(why);
	}
}

const char *capability_word(int capability)
{
	switch ((enum mhp_capability)capability) {
	case MHP_CAN_ONLINE:
		return "online";
	case MHP_CAN_ONLINE_WHOLE:
		return "online-whole";
	case MHP_CAN_OFFLINE:
		return "offline";
	case MHP_CAN_PLUG:
		return "plug";
	case MHP_CAN_PLUG_BLOCKS:
		return "plug-blocks";
	case MHP_CAN_UNPLUG:
		return "unplug";
	case MHP_CAN_RELEASE:
		return "release";
	default:
		return NULL;
	}
}

/* Those that it can, or that it cannot for the same reason. */
static char *capability_words(const struct mhp_region *region, const char *why)
{
	char *words = text_format("%s", "");
	const char *word, *other;

	for (int i = 1; (word = capability_word(i)); i++) {
		char *more;

		mhp_region_can(region, (enum mhp_capability)i, &other);
		if (why ? !other || strcmp(other, why) != 0 : other != NULL)
			continue;
		more = text_format("%s%s%s", words, *words ? ", " : "", word);
		free(words);
		words = more;
	}
	return words;
}

static bool is_told(const struct mhp_region *region, int capability, const char *why)
{
	const char *other;

	for (int i = 1; i < capability; i++)
		if (!mhp_region_can(region, (enum mhp_capability)i, &other) &&
		    strcmp(other, why) == 0)
			return true;
	return false;
}

void show_capabilities(const struct mhp_region *region)
{
	char *words = capability_words(region, NULL);
	const char *key = "cannot", *why;

	say("%-14s %s\n", "can", *words ? words : "-");
	free(words);
	for (int i = 1; capability_word(i); i++) {
		if (mhp_region_can(region, (enum mhp_capability)i, &why) ||
		    is_told(region, i, why))
			continue;
		words = capability_words(region, why);
		say("%-14s %s: it %s\n", key, words, why);
		key = "";
		free(words);
	}
}
