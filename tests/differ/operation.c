// SPDX-License-Identifier: LGPL-2.1-or-later
/* Operations as text: "put online memory34/state". */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

/* ---- paths ---- */

/* A path that begins so stands for one in that directory. */
static const struct {
	const char *prefix, *dir;
} places[] = {
	{ "auto_movable_", "/sys/module/memory_hotplug/parameters/" },
	{ "auto_online_blocks", "/sys/devices/system/memory/" },
	{ "block_size_bytes", "/sys/devices/system/memory/" },
	{ "dax", "/sys/bus/dax/devices/" },
	{ "device_dax/", "/sys/bus/dax/drivers/" },
	{ "drivers_autoprobe", "/sys/bus/dax/" },
	{ "hard_offline_page", "/sys/devices/system/memory/" },
	{ "kmem/", "/sys/bus/dax/drivers/" },
	{ "memmap_on_memory", "/sys/module/memory_hotplug/parameters/" },
	{ "memory_tier", "/sys/devices/virtual/memory_tiering/" },
	{ "memory", "/sys/devices/system/memory/" },
	{ "node", "/sys/devices/system/node/" },
	{ "online_policy", "/sys/module/memory_hotplug/parameters/" },
	{ "soft_offline_page", "/sys/devices/system/memory/" },
};

/* "region3/create" is that of the region that dax3.0 is of */
#define REGION "/sys/bus/dax/devices/dax%u.0/../dax_region/%n"

char *path_expand(const char *path)
{
	unsigned int region;
	int length = 0;

	if (sscanf(path, "region%u/%n", &region, &length) == 1 && length)
		return text_new("/sys/bus/dax/devices/dax%u.0/../dax_region/%s", region,
				path + length);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!strncmp(path, places[i].prefix, strlen(places[i].prefix)))
			return text_new("%s%s", places[i].dir, path);
	return text_new("%s", path);
}

const char *path_shorten(const char *path, char buf[MHP_PATH_SIZE])
{
	unsigned int region;
	int length = 0;

	if (sscanf(path, REGION, &region, &length) == 1 && length) {
		snprintf(buf, MHP_PATH_SIZE, "region%u/%s", region, path + length);
		return buf;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t dir = strlen(places[i].dir);

		if (!strncmp(path, places[i].dir, dir) &&
		    !strncmp(path + dir, places[i].prefix, strlen(places[i].prefix)))
			return path + dir;
	}
	return path;
}

/* ---- words ---- */

static bool is_plain(const char *word)
{
	if (!*word || *word == '"')
		return false;
	for (; *word; word++)
		if (!isgraph((unsigned char)*word) || *word == '\\')
			return false;
	return true;
}

/* As it stands in a script: quoted if it must be. */
static void add_word(struct buf *buf, const char *word)
{
	if (is_plain(word)) {
		buf_add_str(buf, word);
		return;
	}
	buf_add_str(buf, "\"");
	for (; *word; word++) {
		if (*word == '\n')
			buf_add_str(buf, "\\n");
		else if (*word == '\t')
			buf_add_str(buf, "\\t");
		else if (*word == '"' || *word == '\\')
			buf_add(buf, "\\%c", *word);
		else
			buf_add(buf, "%c", *word);
	}
	buf_add_str(buf, "\"");
}

/* Takes the next word off *text; NULL: there is none. */
static char *take_word(const char **text)
{
	const char *at = *text + strspn(*text, " \t");
	char *word = must(malloc(strlen(at) + 1)), *to = word;

	if (!*at) {
		free(word);
		return NULL;
	}
	if (*at != '"') {
		while (*at && *at != ' ' && *at != '\t')
			*to++ = *at++;
	} else {
		for (at++; *at && *at != '"'; at++) {
			if (*at == '\\' && at[1]) {
				at++;
				*to++ = *at == 'n' ? '\n' : *at == 't' ? '\t' : *at;
			} else {
				*to++ = *at;
			}
		}
		at += *at == '"';
	}
	*to = '\0';
	*text = at;
	return word;
}

/* ---- operations ---- */

static const char *const acts[] = {
	[ACT_PUT] = "put", [ACT_BIND] = "bind", [ACT_LOAD] = "load", [ACT_UNLOAD] = "unload",
	[ACT_VETO] = "veto", [ACT_PIN] = "pin", [ACT_UNPIN] = "unpin",
	[ACT_USER] = "user",
};

static const char *parse_veto(struct op *op, const char *word)
{
	if (strcmp(op->word, "online") && strcmp(op->word, "offline"))
		return "veto wants online or offline";
	if (!word || (strcmp(word, "none") && !code_from_text(word, &op->code)))
		return "veto wants an errno value, or none";
	return NULL;
}

static const char *parse_rest(struct op *op, const char **text)
{
	const char *why = NULL;
	char *word = NULL, *end;

	op->word = take_word(text);
	if (!op->word)
		return "a word is missing";
	if (op->act == ACT_PUT || op->act == ACT_VETO)
		word = take_word(text);
	if (op->act == ACT_PUT) {
		if (word)
			op->path = path_expand(word);
		else
			why = "put wants a word and a file";
	} else if (op->act == ACT_VETO) {
		why = parse_veto(op, word);
	} else if (op->act == ACT_PIN || op->act == ACT_UNPIN) {
		if (strncmp(op->word, "memory", 6))
			why = "a block is missing";
		else
			op->block = strtoull(op->word + 6, &end, 10);
	}
	if (op->act == ACT_USER && strcmp(op->word, "root") && strcmp(op->word, "nobody"))
		why = "user wants root or nobody";
	free(word);
	return why;
}

bool op_parse(const char *text, struct op *ret, const char **ret_why)
{
	char *name = take_word(&text);
	size_t i, n = sizeof(acts) / sizeof(acts[0]);

	*ret = (struct op){ 0 };
	for (i = 0; name && i < n; i++)
		if (!strcmp(name, acts[i]))
			break;
	free(name);
	if (i == n || !name) {
		*ret_why = "no such operation";
		return false;
	}
	ret->act = (enum act)i;
	*ret_why = parse_rest(ret, &text);
	if (!*ret_why && text[strspn(text, " \t")])
		*ret_why = "there is more than that on the line";
	if (*ret_why)
		op_free(ret);
	return !*ret_why;
}

char *op_text(const struct op *op)
{
	char path[MHP_PATH_SIZE], *text;
	struct buf buf = { 0 };

	buf_add(&buf, "%s ", acts[op->act]);
	switch (op->act) {
	case ACT_PUT:
		add_word(&buf, op->word);
		buf_add(&buf, " %s", path_shorten(op->path, path));
		break;
	case ACT_VETO:
		buf_add(&buf, "%s %s", op->word, op->code ? code_text(op->code) : "none");
		break;
	case ACT_PIN:
	case ACT_UNPIN:
		buf_add(&buf, "memory%" PRIu64, op->block);
		break;
	case ACT_BIND:
	case ACT_LOAD:
	case ACT_UNLOAD:
	case ACT_USER:
		add_word(&buf, op->word);
	}
	if (buf_finish(&buf, &text) < 0)
		die("no memory");
	return text;
}

void op_free(struct op *op)
{
	free(op->word);
	free(op->path);
	*op = (struct op){ 0 };
}

struct op op_put(const char *word, const char *path)
{
	return (struct op){
		.act = ACT_PUT, .word = must(strdup(word)), .path = path_expand(path),
	};
}

/* Before 6.3 kmem does not know a device until it is told. */
static int bind_kmem(struct subject *subject, const char *device)
{
	int r = subject->ops->put(subject, "/sys/bus/dax/drivers/kmem/bind", device);

	if (r != -ENODEV)
		return r;
	return subject->ops->put(subject, "/sys/bus/dax/drivers/kmem/new_id", device);
}

int subject_do(struct subject *subject, const struct op *op)
{
	const struct subject_ops *ops = subject->ops;

	switch (op->act) {
	case ACT_PUT:
		return ops->put(subject, op->path, op->word);
	case ACT_BIND:
		return bind_kmem(subject, op->word);
	case ACT_LOAD:
		return ops->load(subject, op->word);
	case ACT_UNLOAD:
		return ops->unload(subject, op->word);
	case ACT_VETO:
		return ops->veto(subject, op->word, op->code);
	case ACT_PIN:
		return ops->pin(subject, op->block);
	case ACT_UNPIN:
		return ops->unpin(subject, op->block);
	case ACT_USER:
		return ops->user(subject, !strcmp(op->word, "root"));
	}
	return -EINVAL;
}

void subject_free(struct subject *subject)
{
	for (size_t i = 0; i < sizeof(subject->dirs) / sizeof(subject->dirs[0]); i++)
		if (subject->dirs[i])
			subject->be->ops->close_dir(subject->be, subject->dirs[i]);
	subject->ops->free(subject);
}
