// SPDX-License-Identifier: LGPL-2.1-or-later
/* Capture text to a tree, and back. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "capture.h"
#include "parse.h"
#include "sim.h"

#define HEX_MARK "<hex "

/* entries of a directory that others may be like */
#define MAX_ALIKE 64

int capture_complain(const struct complaints *complaints, unsigned int line,
		     const char *format, ...)
{
	struct buf buf = { 0 };
	char message[512], *text;
	va_list ap;

	if (!complaints->log_fn)
		return -EBADMSG;
	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	if (line)
		buf_add(&buf, "line %u: ", line);
	buf_add_str(&buf, message);
	if (buf_finish(&buf, &text) < 0)
		return -ENOMEM;
	complaints->log_fn(complaints->log_data, -EBADMSG, complaints->path, text);
	free(text);
	return -EBADMSG;
}

/* ---- text to tree ---- */

struct parser {
	const struct complaints *complaints;
	struct node *root;
	unsigned int line, group;
	const char *last_path;	/* of the entry before, in the capture's text */
	size_t last_length, last_dir_length;
	struct node *last_dir;	/* that it was put into */
	struct node *block_like;	/* what a block's directory is most likely like */
	struct buf header;
	bool any_entry;

	/* an attribute of several lines, which is not complete yet */
	struct node *open_file;
	struct buf open_text;
};

/* capture_complain() about a piece of the capture, which may hold any byte */
static int complain_about(struct parser *parser, const char *what, const char *text, size_t length)
{
	struct buf buf = { 0 };
	char *escaped;
	int r;

	buf_add_escaped(&buf, text, length);
	if (buf_finish(&buf, &escaped) < 0)
		return -ENOMEM;
	r = capture_complain(parser->complaints, parser->line, "%s: \"%s\"", what, escaped);
	free(escaped);
	return r;
}

/* Is this a path that a file tree can have, without "." and ".."? */
static int check_path(struct parser *parser, const char *path, size_t length)
{
	const char *part = path, *end = path + length;

	if (!length || path[0] != '/')
		return complain_about(parser, "no entry begins like this", path, length);
	if (length >= MHP_PATH_SIZE)
		return complain_about(parser, "the path is too long", path, length);
	while (part < end) {
		const char *next;
		size_t n;

		part++;		/* the slash */
		next = memchr(part, '/', (size_t)(end - part));
		n = (size_t)((next ? next : end) - part);
		if (n == 0 || n > MAX_NAME || (n == 1 && part[0] == '.') ||
		    (n == 2 && part[0] == '.' && part[1] == '.'))
			return complain_about(parser, "no path of a file", path, length);
		part += n;
	}
	return 0;
}

/* Finds or makes the directory that path, length bytes of it, is to be put into. */
static int make_parents(struct parser *parser, const char *path, size_t length,
			struct node **ret_dir)
{
	const char *part = path + 1, *end = path + length, *slash;
	struct node *dir = parser->root, *next;
	int r;

	while ((slash = memchr(part, '/', (size_t)(end - part)))) {
		next = tree_find(dir, part, (size_t)(slash - part));
		if (next && next->type != NODE_DIR)
			return complain_about(parser, "below something that is no directory",
					      path, length);
		if (!next) {
			next = node_new(NODE_DIR, part, (size_t)(slash - part), NULL);
			if (!next)
				return -ENOMEM;
			next->line = parser->line;
			next->group = parser->group;
			r = tree_add(dir, next);
			if (r < 0)
				return r;
		}
		/* what comes to it later may belong to another part of the capture */
		r = tree_become_own(next);
		if (r < 0)
			return r;
		dir = next;
		part = slash + 1;
	}
	*ret_dir = dir;
	return 0;
}

/* Of a block, with files and links alone; no kernel has so many that it takes time. */
static bool may_be_alike(const struct node *dir)
{
	uint64_t id;

	if (parse_block_name(dir->name, &id) < 0 || dir->n_children > MAX_ALIKE)
		return false;
	for (unsigned int i = 0; i < dir->n_children; i++)
		if (dir->children[i]->type == NODE_DIR)
			return false;
	return true;
}

/* Thousands of blocks look the same but for a file or two: a node for those will do. */
static int leave_dir(struct parser *parser)
{
	struct node *dir = parser->last_dir;

	parser->last_dir = NULL;
	if (!dir || !may_be_alike(dir))
		return 0;
	if (parser->block_like)
		tree_become_like(dir, parser->block_like);
	if (dir->like)
		return 0;
	/* perhaps those that follow look like this one */
	node_unref(parser->block_like);
	parser->block_like = tree_clone(dir, NULL);
	return parser->block_like ? 0 : -ENOMEM;
}

/* The directory that an entry is to be put into; most often that of the entry before. */
static int enter_dir(struct parser *parser, const char *path, size_t length,
		     const char **ret_name)
{
	const char *name = (const char *)memrchr(path, '/', length) + 1;
	size_t dir_length = (size_t)(name - path);
	struct node *dir = NULL;
	int r;

	*ret_name = name;
	if (parser->last_path &&
	    compare_paths(parser->last_path, parser->last_length, path, length) > 0)
		parser->group++;
	if (!parser->last_dir || dir_length != parser->last_dir_length ||
	    memcmp(parser->last_path, path, dir_length)) {
		r = leave_dir(parser);
		if (r == 0)
			r = make_parents(parser, path, length, &dir);
		if (r < 0)
			return r;
		parser->last_dir = dir;
	}
	parser->last_path = path;
	parser->last_length = length;
	parser->last_dir_length = dir_length;
	parser->any_entry = true;
	return 0;
}

/* Takes text over, also upon failure. */
static int add_entry(struct parser *parser, enum node_type type, const char *path, size_t length,
		     char *text, struct node **ret_node)
{
	const char *name = NULL;
	struct node *node;
	int r;

	r = check_path(parser, path, length);
	if (r == 0)
		r = enter_dir(parser, path, length, &name);
	node = r == 0 ? node_new(type, name, (size_t)(path + length - name), NULL) : NULL;
	if (!node) {
		free(text);
		return r < 0 ? r : -ENOMEM;
	}
	node->text = text;
	node->line = parser->line;
	node->group = parser->group;
	r = tree_add(parser->last_dir, node);
	if (r == -EEXIST)
		return complain_about(parser, "the second entry of this name", path, length);
	if (r == 0 && ret_node)
		*ret_node = node;
	return r;
}

/* "<write-only>" and the like: why a file could not be read */
static int parse_reason(struct parser *parser, const char *value, size_t length, int *ret_code)
{
	int code;

	*ret_code = NODE_READABLE;
	if (length < 3 || value[0] != '<' || value[length - 1] != '>')
		return 0;
	if (length == strlen("<write-only>") && !memcmp(value, "<write-only>", length)) {
		*ret_code = NODE_WRITE_ONLY;
	} else if (length == strlen("<binary>") && !memcmp(value, "<binary>", length)) {
		*ret_code = NODE_BINARY;
	} else if (value[1] == 'E' && strspn(value + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
					      length - 2) {
		code = name_to_code(value + 1, length - 2);
		if (!code)
			return complain_about(parser, "no name of an error", value, length);
		*ret_code = -code;
	}
	return 0;
}

static bool is_hex(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!(text[i] >= '0' && text[i] <= '9') && !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	return length % 2 == 0;
}

/* "<hex 00ff>" */
static int parse_hex(struct parser *parser, const char *path, size_t path_length,
		     const char *value, size_t length)
{
	const char *digits = value + strlen(HEX_MARK);
	size_t count = length - strlen(HEX_MARK) - 1;
	struct node *node;
	char *text;
	int r;

	if (!is_hex(digits, count))
		return complain_about(parser, "no bytes in hex", value, length);
	text = strndup(digits, count);
	if (!text)
		return -ENOMEM;
	r = add_entry(parser, NODE_FILE, path, path_length, text, &node);
	if (r == 0)
		node->code = NODE_HEX;
	return r;
}

static int parse_value(struct parser *parser, const char *path, size_t path_length,
		       const char *value, size_t length)
{
	struct node *node;
	const char *name;
	bool is_empty;
	char *text;
	int r, code;

	if (length > strlen(HEX_MARK) && value[length - 1] == '>' &&
	    !memcmp(value, HEX_MARK, strlen(HEX_MARK)))
		return parse_hex(parser, path, path_length, value, length);
	r = parse_reason(parser, value, length, &code);
	if (r < 0)
		return r;
	if (code != NODE_READABLE) {
		r = add_entry(parser, NODE_FILE, path, path_length, NULL, &node);
		if (r == 0)
			node->code = code;
		return r;
	}
	/* a uevent with nothing to tell is empty; other files end their line */
	name = memrchr(path, '/', path_length);
	name = name ? name + 1 : path;
	is_empty = !length && (size_t)(path + path_length - name) == strlen("uevent") &&
		   !memcmp(name, "uevent", strlen("uevent"));
	text = malloc(length + 2);
	if (!text)
		return -ENOMEM;
	memcpy(text, value, length);
	memcpy(text + length, is_empty ? "" : "\n", is_empty ? 1 : 2);
	return add_entry(parser, NODE_FILE, path, path_length, text, NULL);
}

static int parse_link(struct parser *parser, const char *path, size_t path_length,
		      const char *target, size_t length)
{
	char *text;

	if (!length || length >= MHP_PATH_SIZE)
		return complain_about(parser, "a link to nowhere", path, path_length);
	text = strndup(target, length);
	if (!text)
		return -ENOMEM;
	return add_entry(parser, NODE_LINK, path, path_length, text, NULL);
}

static const char *find_mark(const char *line, size_t length, const char *mark)
{
	size_t n = strlen(mark);

	for (size_t i = 0; i + n <= length; i++)
		if (!memcmp(line + i, mark, n))
			return line + i;
	return NULL;
}

static int parse_entry(struct parser *parser, const char *line, size_t length)
{
	const char *colon = find_mark(line, length, ": ");
	const char *arrow = find_mark(line, length, " -> ");

	if (arrow && (!colon || arrow < colon))
		return parse_link(parser, line, (size_t)(arrow - line), arrow + 4,
				  (size_t)(line + length - arrow) - 4);
	if (colon)
		return parse_value(parser, line, (size_t)(colon - line), colon + 2,
				   (size_t)(line + length - colon) - 2);
	if (length > 1 && line[length - 1] == ':')
		return add_entry(parser, NODE_FILE, line, length - 1, NULL, &parser->open_file);
	if (length > 1 && line[length - 1] == '/')
		return add_entry(parser, NODE_DIR, line, length - 1, NULL, NULL);
	return complain_about(parser, "neither a comment nor an entry", line, length);
}

/* An attribute of several lines is complete. */
static int close_file(struct parser *parser)
{
	struct node *node = parser->open_file;

	if (!node)
		return 0;
	parser->open_file = NULL;
	if (!parser->open_text.length && !parser->open_text.failed)
		return capture_complain(parser->complaints, node->line,
					"an attribute of several lines, and none follows");
	return buf_finish(&parser->open_text, &node->text);
}

static int parse_line(struct parser *parser, const char *line, size_t length)
{
	int r;

	if (memchr(line, '\0', length))
		return complain_about(parser, "a NUL byte in the line", line, length);
	if (length && line[length - 1] == '\r')
		return complain_about(parser, "the line ends in CR LF", line, length);
	if (length && line[0] == '\t') {
		if (!parser->open_file)
			return complain_about(parser, "a line of an attribute without its entry",
					      line, length);
		buf_add_bytes(&parser->open_text, line + 1, length - 1);
		buf_add_str(&parser->open_text, "\n");
		return 0;
	}
	r = close_file(parser);
	if (r < 0)
		return r;
	if (!length)
		return capture_complain(parser->complaints, parser->line, "an empty line");
	if (line[0] != '#')
		return parse_entry(parser, line, length);
	if (!parser->any_entry) {
		buf_add_bytes(&parser->header, line, length);
		buf_add_str(&parser->header, "\n");
	}
	return 0;
}

static int parse_lines(struct parser *parser, const char *text, size_t length)
{
	const char *end = text + length, *newline;
	int r;

	while (text < end) {
		parser->line++;
		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline)
			return capture_complain(parser->complaints, parser->line,
					"the last line has no end: the capture is cut off");
		r = parse_line(parser, text, (size_t)(newline - text));
		if (r < 0)
			return r;
		text = newline + 1;
	}
	r = close_file(parser);
	if (r == 0)
		r = leave_dir(parser);
	if (r < 0)
		return r;
	if (!parser->any_entry)
		return capture_complain(parser->complaints, 0, "the capture has no entry");
	return 0;
}

int capture_parse(const char *text, size_t length, const struct complaints *complaints,
		  struct capture *ret)
{
	struct parser parser = { .complaints = complaints };
	char *header = NULL;
	int r;

	parser.root = node_new(NODE_DIR, "", 0, NULL);
	if (!parser.root)
		return -ENOMEM;
	r = parse_lines(&parser, text, length);
	if (r == 0)
		r = buf_finish(&parser.header, &header);
	node_unref(parser.block_like);
	buf_free(&parser.header);
	buf_free(&parser.open_text);
	if (r < 0) {
		node_unref(parser.root);
		return r;
	}
	ret->root = parser.root;
	ret->header = header;
	return 0;
}

void capture_free(struct capture *capture)
{
	node_unref(capture->root);
	free(capture->header);
}

/* ---- tree to text ---- */

struct leaf_entry {
	struct node *node;
	size_t position;
};

struct leaves {
	struct leaf_entry *list;
	size_t count, room;
};

static int add_leaf(struct leaves *leaves, struct node *node)
{
	if (leaves->count == leaves->room) {
		size_t room = leaves->room ? leaves->room * 2 : 256;
		void *list = reallocarray(leaves->list, room, sizeof(*leaves->list));

		if (!list)
			return -ENOMEM;
		leaves->list = list;
		leaves->room = room;
	}
	leaves->list[leaves->count] = (struct leaf_entry){ node, leaves->count };
	leaves->count++;
	return 0;
}

/* What users of libmhp did, and when: no two captures would be alike. */
static bool is_note(const struct node *node)
{
	return node->type == NODE_FILE && !strcmp(node->name, "acts") &&
	       !strcmp(node->parent->name, "libmhp");
}

static int collect_leaves(struct leaves *leaves, struct node *dir)
{
	struct node **children;
	size_t count;
	int r;

	r = tree_copy_children(dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++) {
		/* all that one of many alike has belongs to one part: it is written as one */
		if (children[i]->type == NODE_DIR && !children[i]->like &&
		    tree_has_children(children[i]))
			r = collect_leaves(leaves, children[i]);
		else if (!children[i]->ours && !is_note(children[i]))
			r = add_leaf(leaves, children[i]);
	}
	tree_free_children(children, count);
	return r;
}

static int compare_leaves(const void *a, const void *b)
{
	const struct leaf_entry *x = a, *y = b;

	if (x->node->group != y->node->group)
		return x->node->group < y->node->group ? -1 : 1;
	return x->position < y->position ? -1 : 1;
}

/* In place of a value it could be taken for a reason, or for bytes in hex. */
static bool is_like_a_reason(const char *text, size_t length)
{
	return length >= 3 && text[0] == '<' && text[length - 1] == '>' &&
	       strcmp(text, "<left-out>");
}

static void add_file_value(struct buf *buf, char *text, size_t length)
{
	char *line = text, *newline;

	if (length && text[length - 1] == '\n')
		text[--length] = '\0';
	if (!memchr(text, '\n', length) && !is_like_a_reason(text, length)) {
		buf_add(buf, ": %s\n", text);
		return;
	}
	buf_add_str(buf, ":\n");
	for (; line; line = newline ? newline + 1 : NULL) {
		newline = strchr(line, '\n');
		if (newline)
			*newline = '\0';
		buf_add(buf, "\t%s\n", line);
	}
}

static void add_hex_value(struct buf *buf, const struct buf *value)
{
	buf_add_str(buf, ": " HEX_MARK);
	for (size_t i = 0; i < value->length; i++)
		buf_add(buf, "%02x", (unsigned char)value->str[i]);
	buf_add_str(buf, ">\n");
}

static int add_file(struct mhp_sim *sim, struct buf *buf, struct node *file)
{
	struct buf value = { 0 };
	const char *name;
	char *text;
	int r;

	if (file->attr ? !file->attr->show : file->code == NODE_WRITE_ONLY) {
		buf_add_str(buf, ": <write-only>\n");
		return 0;
	}
	if (!file->attr && file->code == NODE_BINARY) {
		buf_add_str(buf, ": <binary>\n");
		return 0;
	}
	r = node_render(sim, file, &value);
	if (r == -ENOMEM || value.failed) {
		buf_free(&value);
		return -ENOMEM;
	}
	if (r < 0) {
		buf_free(&value);
		name = code_to_name(-r);
		buf_add(buf, ": <%s>\n", name ? name : "EIO");
		return 0;
	}
	if (file->code == NODE_HEX) {
		add_hex_value(buf, &value);
		buf_free(&value);
		return 0;
	}
	r = buf_finish(&value, &text);
	if (r < 0)
		return r;
	add_file_value(buf, text, strlen(text));
	free(text);
	return 0;
}

static int add_node(struct mhp_sim *sim, struct buf *buf, struct node *node);

static int add_children(struct mhp_sim *sim, struct buf *buf, struct node *dir)
{
	struct node **children;
	size_t count;
	int r;

	r = tree_copy_children(dir, &children, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_node(sim, buf, children[i]);
	tree_free_children(children, count);
	tree_forget(dir);
	return r;
}

static int add_node(struct mhp_sim *sim, struct buf *buf, struct node *node)
{
	char *path;

	if (node->type == NODE_DIR && tree_has_children(node))
		return add_children(sim, buf, node);
	path = tree_path(node);
	if (!path)
		return -ENOMEM;
	buf_add_str(buf, path);
	free(path);
	if (node->type == NODE_FILE)
		return add_file(sim, buf, node);
	if (node->type == NODE_DIR)
		buf_add_str(buf, "/\n");
	else
		buf_add(buf, " -> %s\n", node->text);
	return 0;
}

int capture_format(struct mhp_sim *sim, struct node *root, const char *header, char **ret_text)
{
	struct leaves leaves = { 0 };
	struct buf buf = { 0 };
	int r;

	buf_add_str(&buf, header);
	r = collect_leaves(&leaves, root);
	if (leaves.count)
		qsort(leaves.list, leaves.count, sizeof(*leaves.list), compare_leaves);
	for (size_t i = 0; i < leaves.count && r == 0; i++)
		r = add_node(sim, &buf, leaves.list[i].node);
	free(leaves.list);
	if (r < 0) {
		buf_free(&buf);
		return r;
	}
	return buf_finish(&buf, ret_text);
}
