// SPDX-License-Identifier: LGPL-2.1-or-later
/* A machine's files for tests: the list, captures, and the tree on disk. */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/fakesys.h"

static struct fakesys *all;

struct fakesys *fakesys_new(void)
{
	struct fakesys *fs = calloc(1, sizeof(*fs));

	assert_non_null(fs);
	fs->next = all;
	all = fs;
	fakesys_dir(fs, "");
	return fs;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void free_entry(struct fakesys_entry *entry)
{
	free(entry->path);
	free(entry->bytes);
}

void fakesys_free(struct fakesys *fs)
{
	struct fakesys **link = &all;

	while (*link != fs)
		link = &(*link)->next;
	*link = fs->next;
	for (size_t i = 0; i < fs->count; i++)
		free_entry(&fs->entries[i]);
	free(fs->entries);
	if (fs->root)
		nftw(fs->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(fs->root);
	free(fs);
}

int fakesys_free_all(void **state)
{
	(void)state;
	while (all)
		fakesys_free(all);
	return 0;
}

/* ---- the list ---- */

/* By path, with what is below a directory right behind it. */
static int compare_paths(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	if (*a == *b)
		return 0;
	if (!*a || !*b)
		return *a ? 1 : -1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

/* Of entries with the same path the one that counts comes first. */
static int compare_entries(const void *va, const void *vb)
{
	const struct fakesys_entry *a = va, *b = vb;
	int r = compare_paths(a->path, b->path);

	if (r == 0)
		r = (int)a->implied - (int)b->implied;
	return r ? r : a->order < b->order ? 1 : -1;
}

static void sort(struct fakesys *fs)
{
	size_t kept = 0;

	if (fs->sorted)
		return;
	qsort(fs->entries, fs->count, sizeof(*fs->entries), compare_entries);
	for (size_t i = 0; i < fs->count; i++) {
		if (kept && !strcmp(fs->entries[kept - 1].path, fs->entries[i].path))
			free_entry(&fs->entries[i]);
		else
			fs->entries[kept++] = fs->entries[i];
	}
	fs->count = kept;
	fs->sorted = true;
}

static void append(struct fakesys *fs, struct fakesys_entry entry)
{
	if (fs->count == fs->room) {
		fs->room = fs->room ? 2 * fs->room : 256;
		fs->entries = reallocarray(fs->entries, fs->room, sizeof(*fs->entries));
		assert_non_null(fs->entries);
	}
	assert_non_null(entry.path);
	entry.order = fs->last_order++;
	fs->entries[fs->count++] = entry;
	fs->sorted = false;
}

/* The directories that path is in, but for those of the entry before. */
static void append_parents(struct fakesys *fs, const char *path)
{
	const char *slash = path, *last;

	while (fs->count && (slash = strchr(slash + 1, '/'))) {
		size_t length = (size_t)(slash - path);

		last = fs->entries[fs->count - 1].path;
		if (!strncmp(last, path, length) && (!last[length] || last[length] == '/'))
			continue;
		append(fs, (struct fakesys_entry){
			.path = strndup(path, length), .implied = true });
	}
}

void fakesys_set(struct fakesys *fs, enum fakesys_type type, const char *path,
		 const void *bytes, size_t length)
{
	struct fakesys_entry entry = { .path = strdup(path), .type = type, .length = length };

	entry.bytes = calloc(1, length + 1);
	assert_non_null(entry.bytes);
	if (length)
		memcpy(entry.bytes, bytes, length);
	append_parents(fs, path);
	append(fs, entry);
}

void fakesys_file(struct fakesys *fs, const char *path, const char *text)
{
	fakesys_set(fs, FAKESYS_FILE, path, text, strlen(text));
}

void fakesys_link(struct fakesys *fs, const char *path, const char *target)
{
	fakesys_set(fs, FAKESYS_LINK, path, target, strlen(target));
}

void fakesys_dir(struct fakesys *fs, const char *path)
{
	fakesys_set(fs, FAKESYS_DIR, path, NULL, 0);
}

void fakesys_remove(struct fakesys *fs, const char *path)
{
	size_t kept = 0, length = strlen(path);

	sort(fs);
	for (size_t i = 0; i < fs->count; i++) {
		struct fakesys_entry *entry = &fs->entries[i];

		if (!strncmp(entry->path, path, length) &&
		    (!entry->path[length] || entry->path[length] == '/'))
			free_entry(entry);
		else
			fs->entries[kept++] = *entry;
	}
	fs->count = kept;
}

struct fakesys *fakesys_copy(struct fakesys *fs)
{
	struct fakesys *copy = fakesys_new();

	sort(fs);
	free_entry(&copy->entries[0]);
	copy->count = 0;
	for (size_t i = 0; i < fs->count; i++) {
		struct fakesys_entry entry = fs->entries[i];

		entry.path = strdup(entry.path);
		if (entry.bytes) {
			entry.bytes = malloc(entry.length + 1);
			assert_non_null(entry.bytes);
			memcpy(entry.bytes, fs->entries[i].bytes, entry.length + 1);
		}
		append(copy, entry);
	}
	copy->sorted = true;
	return copy;
}

static int compare_key(const void *key, const void *entry)
{
	return compare_paths(key, ((const struct fakesys_entry *)entry)->path);
}

struct fakesys_entry *fakesys_find(struct fakesys *fs, const char *path)
{
	sort(fs);
	return bsearch(path, fs->entries, fs->count, sizeof(*fs->entries), compare_key);
}

size_t fakesys_random(uint64_t *seed, size_t limit)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (size_t)(*seed * UINT64_C(0x2545f4914f6cdd1d) >> 11) % limit;
}

/* ---- captures ---- */

/* "<hex 00ff>" to bytes, in place; their number */
static size_t take_hex(char *value)
{
	const char *digits = value + strlen("<hex ");
	size_t length = 0;
	unsigned int byte;

	for (; sscanf(digits, "%2x", &byte) == 1 && *digits != '>'; digits += 2)
		value[length++] = (char)byte;
	return length;
}

/* One entry's line; what is behind its path is overwritten. */
static void take_line(struct fakesys *fs, char *line)
{
	char *value = strstr(line, ": "), *target = strstr(line, " -> ");
	size_t length = strlen(line);

	if (target && (!value || target < value)) {
		*target = '\0';
		fakesys_link(fs, line, target + strlen(" -> "));
	} else if (value) {
		*value = '\0';
		value += strlen(": ");
		length = strlen(value);
		/* could not be read, which is not in our hands on disk */
		if (!strncmp(value, "<hex ", strlen("<hex ")))
			length = take_hex(value);
		else if (*value == '<')
			length = 0;
		else
			value[length++] = '\n';
		fakesys_set(fs, FAKESYS_FILE, line, value, length);
	} else if (line[length - 1] == '/') {
		line[length - 1] = '\0';
		fakesys_dir(fs, line);
	} else {
		assert_int_equal(line[length - 1], ':');
		line[length - 1] = '\0';
		fakesys_file(fs, line, "");
	}
}

static void append_line(struct fakesys_entry *entry, const char *line)
{
	size_t more = strlen(line);

	entry->bytes = realloc(entry->bytes, entry->length + more + 2);
	assert_non_null(entry->bytes);
	sprintf(entry->bytes + entry->length, "%s\n", line);
	entry->length += more + 1;
}

void fakesys_add_capture(struct fakesys *fs, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *line = malloc(length + 2);	/* one more, for a newline */

		assert_non_null(line);
		memcpy(line, text, length);
		line[length] = '\0';
		if (*line == '\t')
			append_line(&fs->entries[fs->count - 1], line + 1);
		else if (*line == '/')
			take_line(fs, line);
		else
			assert_true(*line == '#' || !*line);
		free(line);
		text += length + (text[length] == '\n');
	}
}

struct fakesys *fakesys_new_machine(const char *name)
{
	const char *dir = getenv("TEST_DATA");
	struct fakesys *fs = fakesys_new();
	char path[4096], *text = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/machines/%s.txt", dir ? dir : "tests", name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("%s: cannot read it", path);
	fclose(file);
	fakesys_add_capture(fs, text);
	free(text);
	return fs;
}

/* ---- on disk ---- */

static void put(const struct fakesys_entry *entry, const char *path)
{
	FILE *file;
	int r = 0;

	switch (entry->type) {
	case FAKESYS_DIR:
		r = *entry->path ? mkdir(path, 0755) : chmod(path, 0755);
		break;
	case FAKESYS_FILE:
		file = fopen(path, "w");
		r = !file || fwrite(entry->bytes, 1, entry->length, file) != entry->length;
		r |= file && fclose(file);
		break;
	case FAKESYS_LINK:
		r = symlink(entry->bytes, path);
		break;
	case FAKESYS_FIFO:
		r = mkfifo(path, 0644);
		break;
	case FAKESYS_SOCKET:
		r = mknod(path, S_IFSOCK | 0644, 0);
		break;
	}
	if (r)
		fail_msg("%s: %s", path, strerror(errno));
}

/* Thousands of small files: in memory where that is to be had. */
static const char *tmp_dir(void)
{
	const char *dir = getenv("TMPDIR");

	if (dir && *dir)
		return dir;
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

const char *fakesys_root(struct fakesys *fs)
{
	char *path;

	if (fs->root)
		return fs->root;
	sort(fs);
	if (asprintf(&fs->root, "%s/mhp-test-XXXXXX", tmp_dir()) < 0 ||
	    !mkdtemp(fs->root)) {
		free(fs->root);
		fs->root = NULL;
		fail_msg("cannot make a directory: %s", strerror(errno));
	}
	for (size_t i = 0; i < fs->count; i++) {
		if (asprintf(&path, "%s%s", fs->root, fs->entries[i].path) < 0)
			fail();
		put(&fs->entries[i], path);
		free(path);
	}
	return fs->root;
}
