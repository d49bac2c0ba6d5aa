// SPDX-License-Identifier: LGPL-2.1-or-later
/* The machine: made from a capture, read and written, shown as a capture again. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim.h"

/* a real machine's capture is below 100 KiB, one of 65,536 blocks some 50 MiB */
#define MAX_CAPTURE ((size_t)1 << 30)

/* ---- reading and writing a file ---- */

/* Two digits a byte; the capture was found to be well-formed. */
static void render_hex(const char *text, struct buf *buf)
{
	static const char digits[] = "0123456789abcdef";

	for (; text[0] && text[1]; text += 2) {
		char byte = (char)((strchr(digits, text[0]) - digits) << 4 |
				   (strchr(digits, text[1]) - digits));

		buf_add_bytes(buf, &byte, 1);
	}
}

int node_render(struct mhp_sim *sim, struct node *file, struct buf *buf)
{
	if (file->type == NODE_DIR)
		return -EISDIR;
	if (file->type == NODE_LINK)
		return -ELOOP;
	if (file->attr)
		return file->attr->show ? file->attr->show(sim, file->owner, buf) : -EACCES;
	if (file->code < 0)
		return file->code;
	if (file->code == NODE_WRITE_ONLY)
		return -EACCES;
	if (file->code == NODE_BINARY)
		/* there is something, but the capture does not tell what */
		return -EIO;
	if (file->text && file->code == NODE_HEX)
		render_hex(file->text, buf);
	else if (file->text)
		buf_add_str(buf, file->text);
	return 0;
}

/* "# did: ACT WORD PLACE: RESULT" */
static void note(struct mhp_sim *sim, const char *act, const char *word, const char *place,
		 int code)
{
	size_t length = strlen(word), before = sim->did.length;
	const char *name;

	if (before > MAX_DID)
		return;
	if (length && word[length - 1] == '\n')
		length--;
	buf_add(&sim->did, "# did: %s ", act);
	buf_add_escaped(&sim->did, word, length);
	buf_add(&sim->did, "%s%s: ", place ? " " : "", place ? place : "");
	name = code == 0 ? "ok" : code_to_name(-code);
	if (name)
		buf_add(&sim->did, "%s\n", name);
	else
		buf_add(&sim->did, "%d\n", -code);
	if (sim->did.failed) {
		/* no line is better than half of one */
		sim->did.failed = false;
		sim->did.length = before;
	}
}

void note_write(struct mhp_sim *sim, const char *path, const char *word, int code)
{
	note(sim, "put", word, path, code);
}

void note_module(struct mhp_sim *sim, const char *act, const char *name, int code)
{
	note(sim, act, name, NULL, code);
}

void note_host(struct mhp_sim *sim, int code, const char *format, ...)
{
	char what[128];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	note(sim, "host", what, NULL, code);
}

static int store(struct mhp_sim *sim, struct node *file, const char *word)
{
	if (sim->read_only)
		return -EROFS;
	if (file->type == NODE_DIR)
		return -EISDIR;
	if (file->type == NODE_LINK)
		return -ELOOP;
	if (file->attr && !file->attr->store)
		return -EACCES;
	/* fs/sysfs/file.c, sysfs_kf_write(): the file is not asked then */
	if (file->attr && !*word)
		return holds(&sim->model, RULE_EMPTY_WRITE) ? 0 : -EINVAL;
	if (file->attr)
		return file->attr->store(sim, file->owner, word);
	/* a real machine would do something that this one cannot */
	return file->code == NODE_WRITE_ONLY ? -EOPNOTSUPP : -EACCES;
}

int node_write(struct mhp_sim *sim, struct node *file, const char *path, const char *word)
{
	int r;

	/* the file may vanish through what is written to it */
	node_ref(file);
	r = store(sim, file, word);
	node_unref(file);
	if (r != HANGS)
		note_write(sim, path, word, r);
	return r;
}

/* ---- from a capture ---- */

int sim_take_opts(const struct mhp_sim_opts *theirs, struct mhp_sim_opts *ret)
{
	const unsigned char *bytes = (const unsigned char *)theirs;

	*ret = (struct mhp_sim_opts){ .size = sizeof(*ret) };
	if (!theirs)
		return 0;
	if (theirs->size < sizeof(theirs->size))
		return -EINVAL;
	for (size_t i = sizeof(*ret); i < theirs->size; i++)
		if (bytes[i])
			return -E2BIG;
	memcpy(ret, theirs, theirs->size < sizeof(*ret) ? theirs->size : sizeof(*ret));
	return ret->flags & ~(uint64_t)MHP_SIM_READ_ONLY ? -E2BIG : 0;
}

/* A capture need not have it as a file. For contexts; not for a capture by itself. */
static int add_release(struct mhp_sim *sim)
{
	static const char *const path[] = { "proc", "sys", "kernel" };
	static const char mark[] = "# kernel: ";
	const char *line = strstr(sim->header, mark);
	struct node *dir = sim->root, *next, *file;
	char *text;
	int r = 0;

	if (!line)
		return 0;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]) && r == 0; i++, dir = next) {
		next = tree_child(dir, path[i]);
		if (!next)
			r = tree_add_new(dir, NODE_DIR, path[i], NULL, &next);
		else if (next->type != NODE_DIR)
			return 0;
	}
	if (r < 0 || tree_child(dir, "osrelease"))
		return r;
	line += strlen(mark);
	text = strndup(line, strcspn(line, "\n") + 1);
	r = text ? tree_add_new(dir, NODE_FILE, "osrelease", text, &file) : -ENOMEM;
	if (r == 0)
		file->ours = true;
	free(text);
	return r;
}

int machine_new(struct capture *capture, const struct complaints *complaints, bool read_only,
		struct mhp_sim **ret_sim)
{
	struct mhp_sim *sim;
	int r;

	sim = calloc(1, sizeof(*sim));
	if (!sim) {
		capture_free(capture);
		return -ENOMEM;
	}
	sim->refs = 1;
	pthread_mutex_init(&sim->mutex, NULL);
	pthread_cond_init(&sim->changed, NULL);
	sim->root = capture->root;
	sim->header = capture->header;
	sim->model.rules = &sim->rules;
	sim->read_only = read_only;
	r = add_release(sim);
	if (r == 0 && !sim->read_only)
		r = model_load(sim, capture, complaints);
	if (r < 0) {
		mhp_sim_unref(sim);
		return r;
	}
	*ret_sim = sim;
	return 0;
}

static int new_machine(const char *text, size_t length, const char *path,
		       const struct mhp_sim_opts *opts, struct mhp_sim **ret_sim)
{
	const struct complaints complaints = {
		.path = path, .log_fn = opts->log_fn, .log_data = opts->log_data,
	};
	struct capture capture = { 0 };
	int r;

	r = capture_parse(text, length, &complaints, &capture);
	if (r < 0)
		return r;
	return machine_new(&capture, &complaints, opts->flags & MHP_SIM_READ_ONLY, ret_sim);
}

MHP_EXPORT int mhp_sim_new_from_text(const char *text, size_t length,
				     const struct mhp_sim_opts *opts, struct mhp_sim **ret_sim)
{
	struct mhp_sim_opts mine;
	int r;

	if (!text || !ret_sim)
		return -EINVAL;
	r = sim_take_opts(opts, &mine);
	if (r < 0)
		return r;
	return new_machine(text, length, NULL, &mine, ret_sim);
}

static int read_fd(int fd, struct buf *buf)
{
	static const size_t step = 65536;
	char *bytes = malloc(step);
	ssize_t n;
	int r = 0;

	if (!bytes)
		return -ENOMEM;
	for (;;) {
		n = read(fd, bytes, step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = -errno;
		if (n <= 0)
			break;
		buf_add_bytes(buf, bytes, (size_t)n);
		if (buf->length > MAX_CAPTURE) {
			r = -EFBIG;
			break;
		}
	}
	free(bytes);
	return r < 0 ? r : buf->failed ? -ENOMEM : 0;
}

/* EINVAL alone would not tell what is wrong with a pipe. */
static int complain_not_regular(const struct mhp_sim_opts *opts, const char *path)
{
	if (opts->log_fn)
		opts->log_fn(opts->log_data, -EINVAL, path, "not a regular file");
	return -EINVAL;
}

MHP_EXPORT int mhp_sim_new_from_capture(const char *path, const struct mhp_sim_opts *opts,
					struct mhp_sim **ret_sim)
{
	struct mhp_sim_opts mine;
	struct buf buf = { 0 };
	struct stat st;
	int fd, r;

	if (!path || !ret_sim)
		return -EINVAL;
	r = sim_take_opts(opts, &mine);
	if (r < 0)
		return r;
	/* O_NONBLOCK: a FIFO must not have us wait */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		r = complain_not_regular(&mine, path);
	else
		r = read_fd(fd, &buf);
	close(fd);
	if (r == 0)
		r = new_machine(buf.str ? buf.str : "", buf.length, path, &mine, ret_sim);
	buf_free(&buf);
	return r;
}

MHP_EXPORT struct mhp_sim *mhp_sim_ref(struct mhp_sim *sim)
{
	if (sim)
		__atomic_add_fetch(&sim->refs, 1, __ATOMIC_RELAXED);
	return sim;
}

MHP_EXPORT struct mhp_sim *mhp_sim_unref(struct mhp_sim *sim)
{
	if (!sim || __atomic_sub_fetch(&sim->refs, 1, __ATOMIC_ACQ_REL))
		return NULL;
	failures_free(sim);
	accesses_free(sim);
	others_free(sim);
	modules_free(sim);
	hotplug_free(sim);
	model_free(&sim->model);
	node_unref(sim->root);
	free(sim->header);
	buf_free(&sim->did);
	free(sim);
	return NULL;
}

/* ---- to a capture ---- */

/* The comments of the capture but for what is no longer true: step and did. */
static void add_old_header(struct buf *buf, const char *header)
{
	const char *line, *next;

	for (line = header; *line; line = next) {
		next = strchr(line, '\n') + 1;
		if (strncmp(line, "# step:", 7) && strncmp(line, "# did:", 6))
			buf_add_bytes(buf, line, (size_t)(next - line));
	}
}

static int copy_capture(struct mhp_sim *sim, char **ret_text)
{
	struct buf header = { 0 };
	char *text;
	int r;

	if (sim->did.length) {
		add_old_header(&header, sim->header);
		buf_add_bytes(&header, sim->did.str, sim->did.length);
	} else {
		buf_add_str(&header, sim->header);
	}
	r = buf_finish(&header, &text);
	if (r < 0)
		return r;
	r = capture_format(sim, sim->root, text, ret_text);
	free(text);
	return r;
}

MHP_EXPORT int mhp_sim_copy_capture(struct mhp_sim *sim, char **ret_text)
{
	int r;

	sim_lock(sim);
	r = copy_capture(sim, ret_text);
	sim_unlock(sim);
	return r;
}

/* ---- as another program would ---- */

static int render_path(struct mhp_sim *sim, const char *path, struct buf *buf)
{
	struct node *file;
	int r;

	r = tree_walk(sim->root, sim->root, path, true, &file);
	if (r < 0)
		return r;
	r = node_render(sim, file, buf);
	tree_forget(file->parent);
	return r;
}

MHP_EXPORT int mhp_sim_read(struct mhp_sim *sim, const char *path, char **ret_text)
{
	struct buf buf = { 0 };
	int r;

	sim_lock(sim);
	r = render_path(sim, path, &buf);
	sim_unlock(sim);
	if (r < 0) {
		buf_free(&buf);
		return r;
	}
	return buf_finish(&buf, ret_text);
}

int write_as_other(struct mhp_sim *sim, const char *path, const char *word)
{
	struct writer writer = { .sim = sim, .word = word };
	struct node *dir;
	int r;

	r = tree_walk(sim->root, sim->root, path, true, &writer.file);
	if (r < 0)
		return r;
	writer.path = tree_path(writer.file);
	if (!writer.path)
		return -ENOMEM;
	node_ref(writer.file);
	r = hotplug_wait(&writer);
	if (r == 0)
		r = node_write(sim, writer.file, writer.path, word);
	else
		r = HANGS;
	if (r == HANGS) {
		r = -EINTR;
		note_write(sim, writer.path, word, r);
	}
	dir = writer.file->parent;
	writer_end(&writer);
	tree_forget(dir);
	return r;
}

MHP_EXPORT int mhp_sim_write(struct mhp_sim *sim, const char *path, const char *word)
{
	int r;

	sim_lock(sim);
	r = write_as_other(sim, path, word);
	follow_up(sim);
	sim_unlock(sim);
	return r;
}

MHP_EXPORT int mhp_sim_new_ctx(struct mhp_sim *sim, struct mhp_ctx **ret_ctx)
{
	struct mhp_backend *be;
	int r;

	r = backend_new(sim, &be);
	if (r < 0)
		return r;
	return mhp_private_ctx_new(be, ret_ctx);
}
