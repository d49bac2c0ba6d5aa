// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words that files hold at boot: told by name or by path, and put into the tree. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "parse.h"
#include "sim.h"

static bool is_online_type(const struct mhp_sim_builder *builder, const char *word)
{
	enum mhp_online_type type;

	(void)builder;
	return mhp_online_type_from_str(word, &type) == 0;
}

static bool is_online_policy(const struct mhp_sim_builder *builder, const char *word)
{
	(void)builder;
	return same_word(word, "contig-zones") || same_word(word, "auto-movable");
}

static bool is_number(const struct mhp_sim_builder *builder, const char *word)
{
	uint64_t number;

	(void)builder;
	return parse_dec(word, &number) == 0 && number <= UINT32_MAX;
}

static bool is_yes_or_no(const struct mhp_sim_builder *builder, const char *word)
{
	(void)builder;
	return same_word(word, "Y") || same_word(word, "N");
}

static bool is_memmap_mode(const struct mhp_sim_builder *builder, const char *word)
{
	return is_yes_or_no(builder, word) ||
	       (same_word(word, "force") && builder->kernel != MHP_SIM_KERNEL_6_1);
}

static bool is_digit_0_or_1(const struct mhp_sim_builder *builder, const char *word)
{
	(void)builder;
	return same_word(word, "0") || same_word(word, "1");
}

static bool is_line(const struct mhp_sim_builder *builder, const char *word)
{
	const char *newline = strchr(word, '\n');

	(void)builder;
	return !newline || !newline[1];
}

#define PARAMETERS "/sys/module/memory_hotplug/parameters/"

static const struct {
	const char *name, *path;
	bool (*is_good)(const struct mhp_sim_builder *builder, const char *word);
} known_files[] = {
	{ "auto_online_blocks", "/sys/devices/system/memory/auto_online_blocks", is_online_type },
	{ "online_policy", PARAMETERS "online_policy", is_online_policy },
	{ "auto_movable_ratio", PARAMETERS "auto_movable_ratio", is_number },
	{ "auto_movable_numa_aware", PARAMETERS "auto_movable_numa_aware", is_yes_or_no },
	{ "memmap_on_memory", PARAMETERS "memmap_on_memory", is_memmap_mode },
	{ "drivers_autoprobe", "/sys/bus/dax/drivers_autoprobe", is_digit_0_or_1 },
	{ "cmdline", "/proc/cmdline", is_line },
};

/* What the calls are for, or what the machine does by itself. */
static bool is_machines_own(const char *path)
{
	static const char *const places[] = {
		"/sys/devices/system/memory/", "/sys/devices/system/node/", "/sys/bus/dax/",
		"/sys/bus/virtio/drivers/virtio_mem/", "/sys/devices/platform/hmem",
		"/sys/devices/virtual/memory_tiering/",
		"/proc/iomem", "/proc/zoneinfo",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!strncmp(path, places[i], strlen(places[i])))
			return true;
	return false;
}

static bool is_path(const char *path)
{
	if (path[0] != '/' || strlen(path) >= MHP_PATH_SIZE)
		return false;
	while (*path) {
		size_t length = strcspn(++path, "/");

		if (!length || length > MAX_NAME || (length <= 2 && strspn(path, ".") >= length) ||
		    memchr(path, '\n', length))
			return false;
		path += length;
	}
	return true;
}

/* The place of a path's file in the list; n_files: it is not there. */
static size_t find_file(const struct mhp_sim_builder *builder, const char *path)
{
	size_t i;

	for (i = 0; i < builder->n_files; i++)
		if (!strcmp(builder->files[i].path, path))
			break;
	return i;
}

/* Takes text over, also upon failure. */
static int set_file(struct mhp_sim_builder *builder, const char *path, char *text)
{
	size_t at = find_file(builder, path);
	struct built_file *files;
	char *copy;

	if (at < builder->n_files) {
		free(builder->files[at].text);
		builder->files[at].text = text;
		return 0;
	}
	files = reallocarray(builder->files, builder->n_files + 1, sizeof(*files));
	if (files)
		builder->files = files;
	copy = files ? strdup(path) : NULL;
	if (!copy) {
		free(text);
		return -ENOMEM;
	}
	files[builder->n_files++] = (struct built_file){ copy, text };
	return 0;
}

static int check_file(const struct mhp_sim_builder *builder, const char *what, const char *word,
		      const char **ret_path)
{
	for (size_t i = 0; i < sizeof(known_files) / sizeof(known_files[0]); i++) {
		if (strcmp(what, known_files[i].name) && strcmp(what, known_files[i].path))
			continue;
		*ret_path = known_files[i].path;
		return known_files[i].is_good(builder, word) ? 0 :
		       refuse_word(builder, "no kernel has this word there", word);
	}
	if (!is_path(what))
		return refuse_word(builder, "no file that can be set", what);
	if (is_machines_own(what))
		return refuse_word(builder, "it follows from the rest", what);
	*ret_path = what;
	return 0;
}

MHP_EXPORT int mhp_sim_builder_set(struct mhp_sim_builder *builder, const char *what,
				   const char *word)
{
	struct buf buf = { 0 };
	const char *path = NULL;
	size_t length;
	char *text;
	int r;

	if (!what || !word)
		return -EINVAL;
	r = check_file(builder, what, word, &path);
	if (r)
		return r;
	length = strlen(word);
	buf_add(&buf, "%s%s", word, length && word[length - 1] == '\n' ? "" : "\n");
	r = buf_finish(&buf, &text);
	return r < 0 ? r : set_file(builder, path, text);
}

/* ---- into the tree ---- */

/* Finds or makes the file, and its directories. */
static int make_file(struct node *root, const char *path, struct node **ret_file)
{
	struct node *dir = root, *next;
	size_t length;
	bool is_last;
	int r = 0;

	for (path++; r == 0; path += length + 1) {
		length = strcspn(path, "/");
		is_last = !path[length];
		next = tree_find(dir, path, length);
		if (!next) {
			next = node_new(is_last ? NODE_FILE : NODE_DIR, path, length, NULL);
			r = tree_add(dir, next);
		}
		if (r == 0 && next->type != (is_last ? NODE_FILE : NODE_DIR))
			r = -EINVAL;
		dir = next;
		if (is_last)
			break;
	}
	*ret_file = dir;
	return r;
}

int builder_add_files(const struct mhp_sim_builder *builder, struct node *root)
{
	int r = 0;

	for (size_t i = 0; i < builder->n_files && r == 0; i++) {
		struct node *file;
		char *text;

		/* not before: the device may be added later than the file */
		if (built_vmems_have(builder, builder->files[i].path) ||
		    built_cxl_has(builder, builder->files[i].path))
			return refuse_word(builder, "it follows from the rest",
					   builder->files[i].path);
		text = strdup(builder->files[i].text);

		r = text ? make_file(root, builder->files[i].path, &file) : -ENOMEM;
		if (r == 0)
			node_set_text(file, text);
		else
			free(text);
		if (r == -EINVAL)
			r = refuse_word(builder, "not below, or not in place of, what is there",
					builder->files[i].path);
	}
	return r;
}
