// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the simulated machine is made of: the files of a guest that it knows, as a capture. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

struct taker {
	struct subject *subject;
	struct buf *buf;
	char path[MHP_PATH_SIZE];	/* of the directory */
	struct mhp_dir *dir;
};

static const char *const roots[] = {
	"/sys/devices/system/memory", "/sys/devices/system/node",
	"/sys/module/memory_hotplug/parameters", "/sys/bus/dax",
	"/sys/devices/virtual/memory_tiering", "/sys/devices/platform",
};

/* Much text, or ever other text, of which the machine knows nothing. */
static bool is_skipped(const char *path, const char *name)
{
	static const char *const names[] = {
		"access0", "access1", "firmware_node", "hugepages", "meminfo",
		"memory_failure", "memory_side_cache", "numastat", "power", "vmstat",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return !strcmp(path, "/sys/devices/platform") && strncmp(name, "hmem", 4);
}

static void add_text(struct buf *buf, const char *path, const char *text)
{
	size_t lines = 0;

	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	if (lines <= 1) {
		buf_add(buf, "%s: %.*s\n", path, (int)strcspn(text, "\n"), text);
		return;
	}
	buf_add(buf, "%s:\n", path);
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		buf_add(buf, "\t%.*s\n", (int)strcspn(text, "\n"), text);
}

static void take_dir(struct subject *subject, struct buf *buf, const char *path);

static int take_entry(void *data, const char *name)
{
	struct taker *taker = data;
	struct mhp_backend *be = taker->subject->be;
	char path[MHP_PATH_SIZE], text[MHP_ATTR_SIZE + 1];
	size_t length;
	int r;

	if (is_skipped(taker->path, name))
		return 0;
	if (snprintf(path, sizeof(path), "%s/%s", taker->path, name) >= (int)sizeof(path))
		return 0;
	if (be->ops->read_link(be, taker->dir, name, text, sizeof(text)) == 0) {
		buf_add(taker->buf, "%s -> %s\n", path, text);
		return 0;
	}
	r = be->ops->read(be, taker->dir, name, text, sizeof(text) - 1, &length);
	if (r == -EISDIR) {
		take_dir(taker->subject, taker->buf, path);
		return 0;
	}
	if (r == -EACCES) {
		buf_add(taker->buf, "%s: <write-only>\n", path);
	} else if (r < 0) {
		buf_add(taker->buf, "%s: <%s>\n", path, code_text(r));
	} else {
		text[length] = '\0';
		add_text(taker->buf, path, text);
	}
	return 0;
}

static void take_dir(struct subject *subject, struct buf *buf, const char *path)
{
	struct taker taker = { .subject = subject, .buf = buf };
	size_t before = buf->length;

	snprintf(taker.path, sizeof(taker.path), "%s", path);
	if (subject->be->ops->open_dir(subject->be, path, &taker.dir) < 0)
		return;
	subject->be->ops->list(subject->be, taker.dir, "", take_entry, &taker);
	subject->be->ops->close_dir(subject->be, taker.dir);
	if (buf->length == before)
		buf_add(buf, "%s/\n", path);
}

static void take_proc(struct subject *subject, struct buf *buf, const char *name)
{
	struct mhp_dir *dir;
	char *text, path[64];
	size_t length;

	if (subject->be->ops->open_dir(subject->be, "/proc", &dir) < 0 ||
	    subject->be->ops->read_all(subject->be, dir, name, &text, &length) < 0)
		die("/proc/%s cannot be read", name);
	snprintf(path, sizeof(path), "/proc/%.32s", name);
	add_text(buf, path, text);
	free(text);
	subject->be->ops->close_dir(subject->be, dir);
}

char *capture_take(struct subject *subject, const char *kernel)
{
	struct buf buf = { 0 };
	char *text;

	buf_add(&buf, "# kernel: %s\n# step: boot\n", kernel);
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		take_dir(subject, &buf, roots[i]);
	take_proc(subject, &buf, "iomem");
	take_proc(subject, &buf, "zoneinfo");
	if (buf_finish(&buf, &text) < 0)
		die("no memory");
	return text;
}
