// SPDX-License-Identifier: LGPL-2.1-or-later
/* The machine as text: a walk through its places, in the order of a capture. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mhp/capture.h>

#include "capture.h"
#include "names.h"

#define MAX_TEXT ((size_t)512 << 20)
/* 2^20 blocks of the smallest usual size, 128 MiB, are 128 TiB */
#define MAX_NAMES ((size_t)1 << 20)

struct names {
	const char *dir;
	char **list;
	size_t count, room;
};

struct capture {
	struct mhp_ctx *ctx;
	bool identity;
	bool numa;		/* blocks get a node, some time after they appear */
	struct places places;
	struct text text;
	size_t entries;
	char path[MHP_PATH_SIZE];	/* of the entry at hand */
	char buf[MHP_PATH_SIZE + 1];

	/* for the comments */
	char *kernel;
	bool left_out, words_left_out;
	size_t n_denied;
	char *denied;
};

/* What is at hand: an open directory of the walk, and its places in between. */
struct at {
	struct mhp_dir *dir;
	size_t length;		/* of its path */
	bool is_block;		/* a memory block's directory: */
	bool has_node;		/* its node is in the capture, ... */
	int state_code;		/* ... and its state is known: 0, or why it cannot be read, ... */
	char *state;		/* ... or NULL: it is not yet known */
	size_t state_length;
	enum take take;
	size_t first, last;	/* places below, those before last */
	unsigned int depth;
};

/* ---- entries ---- */

static void begin_entry(struct capture *capture)
{
	text_add_raw(&capture->text, capture->path, strlen(capture->path));
	capture->entries++;
}

static bool is_fatal(int code)
{
	return code == -ENOMEM || code == -EMFILE || code == -ENFILE;
}

/* "<EACCES>" */
static int add_code(struct capture *capture, int code)
{
	const char *name = code_to_name(-code);

	if (is_fatal(code))
		return code;
	begin_entry(capture);
	text_add(&capture->text, ": <%s>\n", name ? name : "EIO");
	if (code != -EACCES && code != -EPERM)
		return 0;
	if (!capture->n_denied++)
		capture->denied = strdup(capture->path);
	return capture->denied ? 0 : -ENOMEM;
}

static int add_word(struct capture *capture, const char *word)
{
	begin_entry(capture);
	text_add(&capture->text, ": %s\n", word);
	return 0;
}

static int add_value(struct capture *capture, const char *bytes, size_t length)
{
	const char *at = bytes, *end, *stop;

	if (!is_capture_text(bytes, length))
		return add_word(capture, "<binary>");
	if (memmem(bytes, length, LEFT_OUT, strlen(LEFT_OUT)))
		*(strcmp(capture->path, "/proc/cmdline") ? &capture->left_out :
							   &capture->words_left_out) = true;
	begin_entry(capture);
	if (length && bytes[length - 1] == '\n')
		length--;
	end = bytes + length;
	if (!memchr(bytes, '\n', length)) {
		text_add(&capture->text, ": ");
		text_add_raw(&capture->text, bytes, length);
		text_add(&capture->text, "\n");
		return 0;
	}
	text_add(&capture->text, ":\n");
	for (; at <= end; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop ? stop : end;
		text_add(&capture->text, "\t");
		text_add_raw(&capture->text, at, (size_t)(stop - at));
		text_add(&capture->text, "\n");
	}
	return 0;
}

/* sim/capture.h: "<hex 00ff>" */
static void add_hex(struct capture *capture, const char *bytes, size_t length)
{
	begin_entry(capture);
	text_add(&capture->text, ": <hex ");
	for (size_t i = 0; i < length; i++)
		text_add(&capture->text, "%02x", (unsigned char)bytes[i]);
	text_add(&capture->text, ">\n");
}

static int add_link(struct capture *capture, const struct at *at, const char *name)
{
	struct mhp_backend *be = capture->ctx->be;
	int r;

	r = be->ops->read_link(be, at->dir, name, capture->buf, MHP_PATH_SIZE);
	if (r < 0)
		/* it is no link any more, or no more at all */
		return r == -ENOENT || r == -EINVAL ? 0 : add_code(capture, r);
	if (!*capture->buf || !is_printable(capture->buf))
		return add_word(capture, "<binary>");
	begin_entry(capture);
	text_add(&capture->text, " -> %s\n", capture->buf);
	return 0;
}

/* ---- files ---- */

/* 1: it went away meanwhile */
static int read_file(struct capture *capture, const struct at *at, const char *name, char **ret,
		     size_t *ret_length)
{
	struct mhp_backend *be = capture->ctx->be;
	struct mhp_entry entry;
	int r = 0;

	*ret = NULL;
	*ret_length = MHP_ATTR_SIZE + 1;
	if (strncmp(capture->path, "/proc/", strlen("/proc/")))
		r = be->ops->read(be, at->dir, name, capture->buf, MHP_ATTR_SIZE + 1, ret_length);
	if (r == 0 && *ret_length > MHP_ATTR_SIZE)
		r = be->ops->read_all(be, at->dir, name, ret, ret_length);
	if (r == -ENOENT || r == -ENODEV)
		return be->ops->look(be, at->dir, name, &entry) == -ENOENT ? 1 : r;
	return r;
}

static int note_kernel(struct capture *capture, const char *bytes, size_t length)
{
	const char *newline = memchr(bytes, '\n', length);

	if (!is_capture_text(bytes, length))
		return 0;
	capture->kernel = strndup(bytes, newline ? (size_t)(newline - bytes) : length);
	return capture->kernel ? 0 : -ENOMEM;
}

static int add_text(struct capture *capture, const char *bytes, size_t length)
{
	char *reduced = NULL;
	int r;

	if (!strncmp(capture->path, DEVICE_TREE, strlen(DEVICE_TREE))) {
		add_hex(capture, bytes, length);
		return 0;
	}
	r = reduce_text(capture->path, bytes, length, capture->identity, &reduced);
	if (r == -EACCES)
		return add_code(capture, r);
	if (r == 0 && !strcmp(capture->path, "/proc/sys/kernel/osrelease"))
		r = note_kernel(capture, bytes, length);
	if (r == 0 && reduced) {
		bytes = reduced;
		length = strlen(reduced);
	}
	if (r == 0)
		r = add_value(capture, bytes, length);
	free(reduced);
	return r;
}

/* Reads a block's state, once: what is said of the block is to be of one moment. */
static int find_state(struct capture *capture, struct at *at)
{
	char *text;
	int r;

	if (at->state || at->state_code)
		return 0;
	r = read_file(capture, at, "state", &text, &at->state_length);
	if (is_fatal(r))
		return r;
	at->state_code = r;
	if (r == 0 && !text) {
		text = malloc(at->state_length + 1);
		if (!text)
			return -ENOMEM;
		memcpy(text, capture->buf, at->state_length);
		text[at->state_length] = '\0';
	}
	at->state = text;
	return 0;
}

static int add_state(struct capture *capture, struct at *at)
{
	int r = find_state(capture, at);

	if (r < 0 || at->state_code > 0)
		return r;
	return at->state_code < 0 ? add_code(capture, at->state_code) :
				    add_text(capture, at->state, at->state_length);
}

/*
 * What the file online would say. Reading it waits, uninterruptibly, for as long as
 * somebody tries to take the block offline; reading state does not.
 */
static int add_online(struct capture *capture, struct at *at)
{
	enum mhp_state state;
	int r = find_state(capture, at);

	if (r < 0 || !at->state || parse_state(at->state, &state) < 0)
		return r;
	if (state != MHP_STATE_ONLINE && state != MHP_STATE_OFFLINE)
		return 0;
	return add_word(capture, state == MHP_STATE_ONLINE ? "1" : "0");
}

/* One of a memory block's files that is not to be read; *ret_done: it was one. */
static int add_block_file(struct capture *capture, struct at *at, const char *name, bool *ret_done)
{
	*ret_done = true;
	if (!strcmp(name, "online"))
		return add_online(capture, at);
	/* drivers/base/core.c: on 6.1 uevent_show() waits just so; a block has no line there */
	if (!strcmp(name, "uevent"))
		return add_word(capture, "");
	/* before a block has its node, reading its zones may crash a kernel up to 6.12 */
	*ret_done = !strcmp(name, "valid_zones") && capture->numa && !at->has_node;
	return 0;
}

static int add_file(struct capture *capture, struct at *at, const char *name,
		    const struct mhp_entry *entry)
{
	bool done = false;
	char *text;
	size_t length;
	int r = 0;

	if (at->is_block)
		r = add_block_file(capture, at, name, &done);
	if (r < 0 || done)
		return r;
	if (!entry->readable || is_never_read(name))
		return add_word(capture, "<write-only>");
	if (entry->unknown)
		return add_word(capture, "<binary>");
	if (at->is_block && !strcmp(name, "state"))
		return add_state(capture, at);
	r = read_file(capture, at, name, &text, &length);
	if (r == 0)
		r = add_text(capture, text ? text : capture->buf, length);
	else if (r < 0)
		r = add_code(capture, r);
	free(text);
	return r < 0 ? r : 0;
}

/* ---- names ---- */

static int add_name(struct names *names, const char *name, size_t length)
{
	char **list;

	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 16;

		list = reallocarray(names->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		names->list = list;
		names->room = room;
	}
	names->list[names->count] = strndup(name, length);
	if (!names->list[names->count])
		return -ENOMEM;
	names->count++;
	return 0;
}

static int take_name(void *data, const char *name)
{
	struct names *names = data;

	if (!is_capture_name(name) || is_left_out(names->dir, name))
		return 0;
	return names->count < MAX_NAMES ? add_name(names, name, strlen(name)) : -EFBIG;
}

static int compare_entries(const void *a, const void *b)
{
	return compare_names(*(char *const *)a, *(char *const *)b);
}

/* The part of a place's path that names it in the directory at hand. */
static const char *place_name(const struct capture *capture, const struct at *at, size_t i,
			      size_t *ret_length)
{
	const char *name = capture->places.list[i].path + at->length + 1;

	*ret_length = strcspn(name, "/");
	return name;
}

/* All that is to be looked at, sorted. */
static int find_names(struct capture *capture, const struct at *at, struct names *names)
{
	struct mhp_backend *be = capture->ctx->be;
	const char *name;
	size_t kept = 0, length;
	int r = 0;

	names->dir = capture->path;
	if (at->take != TAKE_NOTHING)
		r = be->ops->list(be, at->dir, "", take_name, names);
	for (size_t i = at->first; i < at->last && r == 0; i++) {
		name = place_name(capture, at, i, &length);
		r = add_name(names, name, length);
	}
	if (names->count)
		qsort(names->list, names->count, sizeof(*names->list), compare_entries);
	for (size_t i = 0; i < names->count; i++) {
		if (kept && !strcmp(names->list[kept - 1], names->list[i]))
			free(names->list[i]);
		else
			names->list[kept++] = names->list[i];
	}
	names->count = kept;
	return r;
}

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
}

/* ---- the walk ---- */

static int walk(struct capture *capture, struct at *at);

/* Goes into the directory whose path is at hand; one without anything is an entry. */
static int enter(struct capture *capture, struct at *below)
{
	size_t before = capture->entries;
	int r;

	if (below->depth > MAX_DEPTH)
		return add_code(capture, -ELOOP);
	r = walk(capture, below);
	capture->path[below->length] = '\0';
	if (r == -ENOENT)
		return 0;	/* went away meanwhile */
	if (r < 0)
		return add_code(capture, r);
	if (r == 0 && capture->entries == before && below->take != TAKE_NOTHING) {
		begin_entry(capture);
		text_add(&capture->text, "/\n");
	}
	return 0;
}

static int visit_entry(struct capture *capture, struct at *at, const char *name,
		       struct at *below)
{
	struct mhp_backend *be = capture->ctx->be;
	struct mhp_entry entry;
	int r;

	/* it was read before, and may be gone by now */
	if (at->state && !strcmp(name, "state"))
		return add_state(capture, at);
	r = be->ops->look(be, at->dir, name, &entry);
	if (r < 0)
		return r == -ENOENT ? 0 : add_code(capture, r);
	switch (entry.type) {
	case MHP_ENTRY_LINK:
		return add_link(capture, at, name);
	case MHP_ENTRY_FILE:
		return add_file(capture, at, name, &entry);
	case MHP_ENTRY_DIR:
		if (below->take == TAKE_NOTHING && below->first == below->last)
			return 0;
		return enter(capture, below);
	case MHP_ENTRY_OTHER:
		break;
	}
	return 0;
}

/* An entry, with those places of at that are it or below it; *first moves behind them. */
static int visit(struct capture *capture, struct at *at, const char *name, size_t *first)
{
	struct at below = {
		.length = at->length + 1 + strlen(name), .depth = at->depth + 1,
		.take = at->take == TAKE_ALL ? TAKE_ALL : TAKE_NOTHING,
	};
	const struct place *place = NULL;
	size_t length;

	if (below.length >= MHP_PATH_SIZE)
		return 0;
	capture->path[at->length] = '/';
	strcpy(capture->path + at->length + 1, name);
	for (below.first = *first; *first < at->last; ++*first) {
		const char *part = place_name(capture, at, *first, &length);

		if (strncmp(part, name, length) || name[length])
			break;
	}
	below.last = *first;
	if (below.first < below.last &&
	    strlen(capture->places.list[below.first].path) == below.length) {
		place = &capture->places.list[below.first++];
		if (place->take > below.take)
			below.take = place->take;
		if (place->text)
			return add_value(capture, place->text, strlen(place->text));
		if (place->code)
			return add_code(capture, place->code);
	}
	return visit_entry(capture, at, name, &below);
}

/* An entry of a block; its node comes before its zones. */
static int visit_block(struct capture *capture, struct at *at, const char *name, size_t *first)
{
	size_t before = capture->entries;
	int node, r;

	r = visit(capture, at, name, first);
	if (parse_node_name(name, &node) == 0 && capture->entries > before)
		at->has_node = true;
	return r;
}

static bool is_block_path(const char *path)
{
	static const char memory[] = MEMORY_PATH "/";
	uint64_t id;

	return !strncmp(path, memory, strlen(memory)) &&
	       parse_block_name(path + strlen(memory), &id) == 0;
}

/* The directory whose path is at hand. Negative: that says why it is not known. */
static int walk(struct capture *capture, struct at *at)
{
	struct mhp_backend *be = capture->ctx->be;
	struct names names = { 0 };
	size_t first = at->first;
	int r;

	r = be->ops->open_dir(be, *capture->path ? capture->path : "/", &at->dir);
	if (r < 0)
		return r;
	r = find_names(capture, at, &names);
	at->is_block = is_block_path(capture->path);
	for (size_t i = 0; i < names.count && r == 0; i++) {
		r = (at->is_block ? visit_block : visit)(capture, at, names.list[i], &first);
		if (r == 0 && (capture->text.failed || capture->text.length > MAX_TEXT))
			r = capture->text.failed ? -ENOMEM : -EFBIG;
	}
	free(at->state);
	free_names(&names);
	be->ops->close_dir(be, at->dir);
	return r;
}

/* ---- the whole ---- */

/* All of them follow from the entries, so that a capture of the capture has them, too. */
static void add_comments(const struct capture *capture, struct text *text)
{
	if (capture->kernel)
		text_add(text, "# kernel: %s\n", capture->kernel);
	if (capture->left_out)
		text_add(text, "# left out: what tells which machine this is (see --identity)\n");
	if (capture->words_left_out)
		text_add(text, "# left out: words of the command line that are not about memory\n");
	if (capture->n_denied)
		text_add(text, "# not permitted: %zu, such as %s\n", capture->n_denied,
			 capture->denied);
}

static int finish(struct capture *capture, char **ret_text)
{
	struct text text = { 0 };

	if (capture->text.failed)
		return -ENOMEM;
	if (!capture->entries) {
		ctx_log(capture->ctx, -ENODEV, NULL, "there is nothing to capture");
		return -ENODEV;
	}
	add_comments(capture, &text);
	text_add_raw(&text, capture->text.str, capture->text.length);
	return text_finish(&text, ret_text);
}

static int take(struct capture *capture, char **ret_text)
{
	struct at root = { 0 };
	int r;

	r = sysfs_dir_exists(capture->ctx, NODE_PATH);
	if (is_fatal(r))
		return r;
	capture->numa = r != 0;
	r = places_find(capture->ctx, capture->identity, &capture->places);
	if (r < 0)
		return r;
	root.last = capture->places.count;
	r = walk(capture, &root);
	if (r < 0) {
		ctx_log(capture->ctx, r, *capture->path ? capture->path : "/",
			r == -EFBIG ? "the capture gets too large" : "cannot be captured");
		return r;
	}
	return finish(capture, ret_text);
}

MHP_EXPORT int mhp_ctx_copy_capture(struct mhp_ctx *ctx, const struct mhp_capture_opts *opts,
				    char **ret_text)
{
	struct mhp_capture_opts known = { 0 };
	struct capture *capture;
	int r = 0;

	if (opts)
		r = opts_take(&known, sizeof(known), opts, opts->size);
	if (r < 0)
		return r;
	if (known.flags & ~(uint64_t)MHP_CAPTURE_IDENTITY)
		return -E2BIG;
	capture = calloc(1, sizeof(*capture));
	if (!capture)
		return -ENOMEM;
	capture->ctx = ctx;
	capture->identity = known.flags & MHP_CAPTURE_IDENTITY;
	r = take(capture, ret_text);
	places_free(&capture->places);
	free(capture->text.str);
	free(capture->kernel);
	free(capture->denied);
	free(capture);
	return r;
}
