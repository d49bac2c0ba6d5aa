// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The files named uevent: who writes an action has the kernel send an event as if
 * that had happened, see lib/kobject_uevent.c, kobject_synth_uevent().
 */
#include <errno.h>
#include <string.h>

#include "sim.h"

#define UUID_LENGTH 36

/* ---- "ACTION [UUID [KEY=VALUE ...]]" ---- */

/* The action of that many letters; NULL if there is none. */
static const char *find_action(const char *word, size_t length)
{
	static const char *const actions[] = {
		"add", "remove", "change", "move", "online", "offline", "bind", "unbind",
	};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strlen(actions[i]) == length && !strncmp(actions[i], word, length))
			return actions[i];
	return NULL;
}

static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_uuid(const char *word)
{
	for (size_t i = 0; i < UUID_LENGTH; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? word[i] != '-' :
		    !word[i] || !strchr("0123456789abcdefABCDEF", word[i]))
			return false;
	return true;
}

/* Moves behind the letters and digits at *at, of which there is at least one. */
static size_t skip_name(const char **at)
{
	const char *start = *at;

	while (is_letter_or_digit(**at))
		(*at)++;
	return (size_t)(*at - start);
}

static int add_args(struct buf *keys, const char *at)
{
	if (!is_uuid(at))
		return -EINVAL;
	buf_add(keys, "SYNTH_UUID=%.*s\n", UUID_LENGTH, at);
	at += UUID_LENGTH;
	while (*at && strcmp(at, "\n")) {
		const char *key = at + 1, *value;
		size_t key_length, length;

		if (*at++ != ' ')
			return -EINVAL;
		key_length = skip_name(&at);
		if (!key_length || *at++ != '=')
			return -EINVAL;
		value = at;
		length = skip_name(&at);
		if (!length)
			return -EINVAL;
		buf_add(keys, "SYNTH_ARG_%.*s=%.*s\n", (int)key_length, key, (int)length, value);
	}
	return 0;
}

int event_synth(struct mhp_sim *sim, const char *word, const struct node *dir,
		const char *subsystem, const char *keys)
{
	size_t length = strcspn(word, " \n");
	const char *action = find_action(word, length), *rest = word + length;
	struct buf all = { 0 };
	int r = 0;

	if (!*word)
		return 0;
	if (!action || (*rest == '\n' && rest[1]))
		return holds(&sim->model, RULE_EVENT_SYNTH_WORDS) ? -EINVAL : 0;
	if (*rest == ' ')
		r = add_args(&all, rest + 1);
	else if (holds(&sim->model, RULE_EVENT_SYNTH_UUID))
		buf_add_str(&all, "SYNTH_UUID=0\n");
	if (keys)
		buf_add_str(&all, keys);
	if (r == 0 && all.failed)
		r = -ENOMEM;
	/* drivers/base/core.c, dev_uevent_filter() */
	if (r == 0 && (subsystem || !holds(&sim->model, RULE_EVENT_SYNTH_SILENT)))
		event_send(sim, action, dir, subsystem ? subsystem : "dax", all.str);
	buf_free(&all);
	return r;
}

/* ---- the files of nodes, tiers, drivers and mappings ---- */

static int show_nothing(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)sim;
	(void)owner;
	(void)buf;
	return 0;
}

/* owner is the device's directory */
static int node_store(struct mhp_sim *sim, void *owner, const char *word)
{
	return event_synth(sim, word, owner, "node", NULL);
}

static int tier_store(struct mhp_sim *sim, void *owner, const char *word)
{
	return event_synth(sim, word, owner, "memory_tiering", NULL);
}

static int driver_store(struct mhp_sim *sim, void *owner, const char *word)
{
	return event_synth(sim, word, owner, "drivers", NULL);
}

static int mapping_store(struct mhp_sim *sim, void *owner, const char *word)
{
	return event_synth(sim, word, owner, NULL, NULL);
}

static const struct {
	const char *kind;
	struct attr attr;
} files[] = {
	{ "node", { .show = show_nothing, .store = node_store } },
	{ "memory_tiering", { .show = show_nothing, .store = tier_store } },
	{ "drivers", { .store = driver_store } },
	{ "mapping", { .show = show_nothing, .store = mapping_store } },
};

/* One that tells something, or cannot be read, is none that we know. */
bool event_may_act(const struct node *file)
{
	return file && file->type == NODE_FILE && file->code >= 0 && !(file->text && *file->text);
}

void event_set_attr(struct node *dir, const char *kind)
{
	struct node *file = tree_child(dir, "uevent");
	size_t i = 0;

	if (!event_may_act(file))
		return;
	while (strcmp(files[i].kind, kind))
		i++;
	/* a driver's cannot be read: one that can is not the kernel's */
	if ((file->code == NODE_WRITE_ONLY) != !files[i].attr.show)
		return;
	model_set_attr(file, &files[i].attr, dir);
}
