// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Captures: text to a machine and back, and what is refused, with line and text.
 * The machines are read only here, so that nothing acts.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../sim/sim.h"

struct complaint {
	int count;
	int code;
	char path[4096];
	char message[1024];
};

static void note_complaint(void *data, int code, const char *path, const char *message)
{
	struct complaint *complaint = data;

	complaint->count++;
	complaint->code = code;
	snprintf(complaint->path, sizeof(complaint->path), "%s", path ? path : "");
	snprintf(complaint->message, sizeof(complaint->message), "%s", message);
}

static int load(const char *text, size_t length, uint64_t flags, struct complaint *complaint,
		struct mhp_sim **ret_sim)
{
	struct mhp_sim_opts opts = {
		.size = sizeof(opts), .flags = flags,
		.log_fn = note_complaint, .log_data = complaint,
	};

	memset(complaint, 0, sizeof(*complaint));
	return mhp_sim_new_from_text(text, length, &opts, ret_sim);
}

static struct mhp_sim *load_good(const char *text)
{
	struct complaint complaint;
	struct mhp_sim *sim = NULL;
	int r = load(text, strlen(text), MHP_SIM_READ_ONLY, &complaint, &sim);

	if (r < 0)
		fail_msg("refused: %s", complaint.message);
	return sim;
}

static void check_read(struct mhp_sim *sim, const char *path, const char *wanted)
{
	char *text = NULL;
	int r = mhp_sim_read(sim, path, &text);

	if (r < 0)
		fail_msg("%s: %s", path, strerror(-r));
	assert_string_equal(text, wanted);
	free(text);
}

static void check_round_trip(const char *text)
{
	struct mhp_sim *sim = load_good(text);
	char *again;

	assert_int_equal(mhp_sim_copy_capture(sim, &again), 0);
	assert_string_equal(again, text);
	free(again);
	mhp_sim_unref(sim);
}

static void test_entries(void **state)
{
	struct mhp_sim *sim = load_good("# kernel: 7.3\n"
					"/a/value: one\n"
					"/a/empty: \n"
					"/a/uevent: \n"
					"/a/colon: x: y -> z\n"
					"/a/many:\n"
					"\tone\n"
					"\t\n"
					"\t  three\n"
					"/a/link -> value\n"
					"/a/colon-link -> x: y\n"
					"/b/dir/\n");
	char *text;

	(void)state;
	check_read(sim, "/a/value", "one\n");
	check_read(sim, "/a/empty", "\n");
	check_read(sim, "/a/uevent", "");
	check_read(sim, "/a/colon", "x: y -> z\n");
	check_read(sim, "/a/many", "one\n\n  three\n");
	check_read(sim, "/a/link", "one\n");
	check_read(sim, "//a/./../a//value", "one\n");
	assert_int_equal(mhp_sim_read(sim, "/a/colon-link", &text), -ENOENT);
	assert_int_equal(mhp_sim_read(sim, "/b/dir", &text), -EISDIR);
	assert_int_equal(mhp_sim_read(sim, "/b/dir/x", &text), -ENOENT);
	assert_int_equal(mhp_sim_read(sim, "/a/value/x", &text), -ENOTDIR);
	assert_int_equal(mhp_sim_read(sim, "/a/value/", &text), -ENOTDIR);
	mhp_sim_unref(sim);
}

static void test_unreadable(void **state)
{
	struct mhp_sim *sim = load_good("/probe: <write-only>\n"
					"/cdat: <binary>\n"
					"/secret: <EACCES>\n"
					"/gone: <ENXIO>\n"
					"/text: <unknown>\n");
	char *text;

	(void)state;
	assert_int_equal(mhp_sim_read(sim, "/probe", &text), -EACCES);
	assert_int_equal(mhp_sim_read(sim, "/cdat", &text), -EIO);
	assert_int_equal(mhp_sim_read(sim, "/secret", &text), -EACCES);
	assert_int_equal(mhp_sim_read(sim, "/gone", &text), -ENXIO);
	check_read(sim, "/text", "<unknown>\n");
	mhp_sim_unref(sim);
}

/* What a file says, though it looks like a reason. */
static void test_like_a_reason(void **state)
{
	static const char text[] = "/binary:\n"
				   "\t<binary>\n"
				   "/gone: <ENXIO>\n"
				   "/hex:\n"
				   "\t<hex 00>\n"
				   "/left-out: <left-out>\n"
				   "/none:\n"
				   "\t<ESR>\n"
				   "/text:\n"
				   "\t<ENXIO>\n";
	struct mhp_sim *sim = load_good(text);

	(void)state;
	check_read(sim, "/binary", "<binary>\n");
	check_read(sim, "/hex", "<hex 00>\n");
	check_read(sim, "/none", "<ESR>\n");
	check_read(sim, "/text", "<ENXIO>\n");
	mhp_sim_unref(sim);
	check_round_trip(text);
}

static void test_links(void **state)
{
	static const char *const steps[] = { "/sys/x/up", "/sys/x/abs", "/sys/x/beyond" };
	struct mhp_sim *sim = load_good("/sys/a/b/file: here\n"
					"/sys/x/abs -> /sys/a/b/file\n"
					"/sys/x/beyond -> ../../../../../sys/a/b/file\n"
					"/sys/x/loop -> loop\n"
					"/sys/x/ping -> pong\n"
					"/sys/x/pong -> ping/x\n"
					"/sys/x/up -> ../a/b/file\n");
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		check_read(sim, steps[i], "here\n");
	assert_int_equal(mhp_sim_read(sim, "/sys/x/loop", &text), -ELOOP);
	assert_int_equal(mhp_sim_read(sim, "/sys/x/loop/x", &text), -ELOOP);
	assert_int_equal(mhp_sim_read(sim, "/sys/x/ping", &text), -ELOOP);
	mhp_sim_unref(sim);
}

/* a chain of 40 links is followed, one of 41 is not, as in the kernel */
static void test_link_limit(void **state)
{
	struct buf buf = { 0 };
	struct mhp_sim *sim;
	char *text;

	(void)state;
	buf_add_str(&buf, "/l0: end\n");
	for (int i = 1; i <= 41; i++)
		buf_add(&buf, "/l%d -> l%d\n", i, i - 1);
	assert_int_equal(buf_finish(&buf, &text), 0);
	sim = load_good(text);
	free(text);
	check_read(sim, "/l40", "end\n");
	assert_int_equal(mhp_sim_read(sim, "/l41", &text), -ELOOP);
	mhp_sim_unref(sim);
}

static void test_round_trip(void **state)
{
	(void)state;
	/* numbers by value; parts that are sorted in themselves; comments at the head */
	check_round_trip("# kernel: 7.3.4\n"
			 "# step: x\n"
			 "# did: put a b: ok (3 ms)\n"
			 "/sys/memory/memory9/state: online\n"
			 "/sys/memory/memory10/state: online\n"
			 "/sys/memory/memory010/state: online\n"
			 "/sys/memory/probe: <write-only>\n"
			 "/sys/bus/dax/\n"
			 "/sys/bus/x/uevent: \n"
			 "/sys/bus/x/y -> ../z\n"
			 "/proc/iomem:\n"
			 "\t0-1 : a\n"
			 "\t  0-1 : b\n"
			 "/proc/denied: <EACCES>\n");
	check_round_trip("/only: \n");
	/* not sorted at all, and the same directory in several parts */
	check_round_trip("/c: 1\n/b/z: 2\n/b/a: 3\n/a: 4\n/b/b: 5\n");
}

static int is_capture(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".txt");
}

static char *read_file(const char *path)
{
	struct buf buf = { 0 };
	char bytes[4096], *text;
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add_bytes(&buf, bytes, n);
	fclose(file);
	assert_int_equal(buf_finish(&buf, &text), 0);
	return text;
}

/* Every recorded machine comes out as it went in, at rest and acted out alike. */
static void test_machines(void **state)
{
	const char *data = getenv("TEST_DATA");
	struct dirent **entries;
	struct mhp_sim *sim;
	char dir[2048], path[4096], *text, *again;
	int count;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/machines", data ? data : "tests");
	count = scandir(dir, &entries, is_capture, alphasort);
	assert_true(count > 20);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		free(entries[i]);
		text = read_file(path);
		check_round_trip(text);
		assert_int_equal(mhp_sim_new_from_capture(path, NULL, &sim), 0);
		assert_int_equal(mhp_sim_copy_capture(sim, &again), 0);
		assert_string_equal(again, text);
		free(again);
		free(text);
		mhp_sim_unref(sim);
	}
	free(entries);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *message;	/* begins with */
	} bad[] = {
		{ "", "the capture has no entry" },
		{ "# kernel: 7.3\n", "the capture has no entry" },
		{ "/a: 1\n/b", "line 2: the last line has no end" },
		{ "/a: 1\n/b: onl", "line 2: the last line has no end" },
		{ "# kernel", "line 1: the last line has no end" },
		{ "\tx\n/a: 1\n", "line 1: a line of an attribute without its entry: \"\\x09x\"" },
		{ "/a: 1\n\tx\n", "line 2: a line of an attribute without its entry" },
		{ "/a -> b\n\tx\n", "line 2: a line of an attribute without its entry" },
		{ "/a:\n\tx\n# y\n\tz\n", "line 4: a line of an attribute without its entry" },
		{ "/x: 1\n/a:\n/b: 1\n", "line 2: an attribute of several lines, and none follows" },
		{ "/x: 1\n/a:\n", "line 2: an attribute of several lines, and none follows" },
		{ "/a: 1\n\n/b: 1\n", "line 2: an empty line" },
		{ "a: 1\n", "line 1: no entry begins like this: \"a\"" },
		{ " /a: 1\n", "line 1: no entry begins like this: \" /a\"" },
		{ "/a\n", "line 1: neither a comment nor an entry: \"/a\"" },
		{ "/\n", "line 1: neither a comment nor an entry: \"/\"" },
		{ ":\n", "line 1: neither" },
		{ "/: 1\n", "line 1: no path of a file: \"/\"" },
		{ "//a: 1\n", "line 1: no path of a file: \"//a\"" },
		{ "/a//b: 1\n", "line 1: no path of a file" },
		{ "/a/./b: 1\n", "line 1: no path of a file" },
		{ "/a/../b: 1\n", "line 1: no path of a file: \"/a/../b\"" },
		{ "/..: 1\n", "line 1: no path of a file" },
		{ "/../: 1\n", "line 1: no path of a file" },
		{ "/a/../\n", "line 1: no path of a file" },
		{ "/a/.. -> x\n", "line 1: no path of a file" },
		{ "/a -> \n", "line 1: a link to nowhere: \"/a\"" },
		{ "/a: 1\n/a: 1\n", "line 2: the second entry of this name: \"/a\"" },
		{ "/a: 1\n/a -> b\n", "line 2: the second entry of this name" },
		{ "/a/b: 1\n/a: 1\n", "line 2: the second entry of this name" },
		{ "/a/b: 1\n/a/\n", "line 2: the second entry of this name" },
		{ "/a: 1\n/a/b: 1\n", "line 2: below something that is no directory: \"/a/b\"" },
		{ "/a -> /b\n/a/b: 1\n", "line 2: below something that is no directory" },
		{ "/a: <ENOSUCH>\n", "line 1: no name of an error: \"<ENOSUCH>\"" },
		{ "/a: 1\r\n", "line 1: the line ends in CR LF" },
		{ "/a: 1\n\033[2J\n", "line 2: neither a comment nor an entry: \"\\x1b[2J\"" },
		{ "\177ELF\n", "line 1: neither" },
	};
	struct complaint complaint;
	struct mhp_sim *sim;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(load(bad[i].text, strlen(bad[i].text), MHP_SIM_READ_ONLY,
				      &complaint, &sim), -EBADMSG);
		if (strncmp(complaint.message, bad[i].message, strlen(bad[i].message)))
			fail_msg("%s: %s", bad[i].text, complaint.message);
		assert_int_equal(complaint.count, 1);
		assert_int_equal(complaint.code, -EBADMSG);
		/* without anybody to tell it is refused all the same */
		assert_int_equal(mhp_sim_new_from_text(bad[i].text, strlen(bad[i].text), NULL,
						       &sim), -EBADMSG);
	}
}

static void test_nul_bytes(void **state)
{
	static const char in_value[] = "/a: 1\0002\n", in_path[] = "/a\0b: 1\n";
	static const char in_comment[] = "# \0\n/a: 1\n", in_text[] = "/a:\n\t\0\n";
	struct complaint complaint;
	struct mhp_sim *sim;

	(void)state;
	assert_int_equal(load(in_value, sizeof(in_value) - 1, 0, &complaint, &sim), -EBADMSG);
	assert_non_null(strstr(complaint.message, "line 1: a NUL byte"));
	assert_int_equal(load(in_path, sizeof(in_path) - 1, 0, &complaint, &sim), -EBADMSG);
	assert_int_equal(load(in_comment, sizeof(in_comment) - 1, 0, &complaint, &sim), -EBADMSG);
	assert_int_equal(load(in_text, sizeof(in_text) - 1, 0, &complaint, &sim), -EBADMSG);
	assert_non_null(strstr(complaint.message, "line 2: a NUL byte"));
}

static void test_long_names(void **state)
{
	char text[5200], name[300];
	struct complaint complaint;
	struct mhp_sim *sim;
	size_t length = 0;

	(void)state;
	memset(name, 'n', sizeof(name));
	snprintf(text, sizeof(text), "/%.255s: 1\n", name);
	check_round_trip(text);
	snprintf(text, sizeof(text), "/%.256s: 1\n", name);
	assert_int_equal(load(text, strlen(text), 0, &complaint, &sim), -EBADMSG);
	for (int i = 0; i < 41; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "/%.99s", name);
	snprintf(text + length, sizeof(text) - length, ": 1\n");
	assert_int_equal(load(text, strlen(text), 0, &complaint, &sim), -EBADMSG);
	assert_non_null(strstr(complaint.message, "the path is too long"));
	/* as deep as a path can be */
	length = 0;
	for (int i = 0; i < 2047; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "/d");
	snprintf(text + length, sizeof(text) - length, ": 1\n");
	check_round_trip(text);
}

/* Cut off anywhere it is refused or, at the end of a line, smaller: never worse. */
static void test_truncated(void **state)
{
	const char *text = "# kernel: 7.3\n"
			   "/a/state: online\n"
			   "/a/uevent:\n"
			   "\tX=1\n"
			   "\tY=2\n"
			   "/a/link -> ../b\n"
			   "/b/dir/\n"
			   "/c: <EACCES>\n";
	size_t length = strlen(text);
	struct complaint complaint;
	struct mhp_sim *sim;

	(void)state;
	for (size_t i = 0; i < length; i++) {
		int r = load(text, i, 0, &complaint, &sim);

		if (i > 0 && text[i - 1] != '\n')
			assert_int_equal(r, -EBADMSG);
		if (r == 0)
			mhp_sim_unref(sim);
		else
			assert_int_equal(complaint.count, 1);
	}
}

static void test_files(void **state)
{
	struct complaint complaint = { 0 };
	struct mhp_sim_opts opts = {
		.size = sizeof(opts), .log_fn = note_complaint, .log_data = &complaint,
	};
	char path[] = "/tmp/test-capture-XXXXXX";
	struct mhp_sim *sim;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "nonsense\n", 9), 9);
	close(fd);
	assert_int_equal(mhp_sim_new_from_capture(path, &opts, &sim), -EBADMSG);
	assert_string_equal(complaint.path, path);
	assert_non_null(strstr(complaint.message, "line 1: "));
	unlink(path);
	assert_int_equal(mhp_sim_new_from_capture(path, &opts, &sim), -ENOENT);
	assert_int_equal(mhp_sim_new_from_capture("/tmp", &opts, &sim), -EISDIR);
	assert_int_equal(mhp_sim_new_from_capture("/dev/zero", &opts, &sim), -EINVAL);
	assert_string_equal(complaint.path, "/dev/zero");
	assert_string_equal(complaint.message, "not a regular file");
	assert_int_equal(mhp_sim_new_from_capture(NULL, &opts, &sim), -EINVAL);
}

static void test_opts(void **state)
{
	struct {
		struct mhp_sim_opts known;
		uint64_t later;
	} opts = { .known = { .size = sizeof(opts) } };
	const char *text = "/a: 1\n";
	struct mhp_sim *sim;

	(void)state;
	assert_int_equal(mhp_sim_new_from_text(text, 6, &opts.known, &sim), 0);
	mhp_sim_unref(sim);
	opts.later = 1;
	assert_int_equal(mhp_sim_new_from_text(text, 6, &opts.known, &sim), -E2BIG);
	opts.known.size = sizeof(opts.known);
	opts.known.flags = UINT64_C(1) << 40;
	assert_int_equal(mhp_sim_new_from_text(text, 6, &opts.known, &sim), -E2BIG);
	/* an older caller's, who knows no more than flags */
	opts.known.size = offsetof(struct mhp_sim_opts, log_fn);
	opts.known.flags = MHP_SIM_READ_ONLY;
	opts.known.log_fn = (mhp_log_fn)(uintptr_t)1;
	assert_int_equal(mhp_sim_new_from_text("x\n", 2, &opts.known, &sim), -EBADMSG);
	opts.known.size = 0;
	assert_int_equal(mhp_sim_new_from_text(text, 6, &opts.known, &sim), -EINVAL);
	assert_int_equal(mhp_sim_new_from_text(NULL, 0, NULL, &sim), -EINVAL);
	assert_null(mhp_sim_unref(NULL));
	assert_null(mhp_sim_ref(NULL));
}

static void test_name_order(void **state)
{
	static const char *const sorted[] = {
		"", "0", "00", "1", "01", "2", "10", "a", "a0", "a0b", "a1", "a01", "a01b",
		"a2", "a10", "a10b", "a18446744073709551615", "a18446744073709551616", "b", "\xff",
	};
	const size_t count = sizeof(sorted) / sizeof(sorted[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int r = compare_names(sorted[i], sorted[j]);

			/* "01" and "1" are equal but for the last word */
			if (!strcmp(sorted[i], "1") || !strcmp(sorted[i], "01") ||
			    !strncmp(sorted[i], "a1", 2) || !strncmp(sorted[i], "a01", 3) ||
			    !strcmp(sorted[i], "0") || !strcmp(sorted[i], "00"))
				assert_true((r == 0) == (i == j) &&
					    (r > 0) == (compare_names(sorted[j], sorted[i]) < 0));
			else
				assert_true(i == j ? r == 0 : i < j ? r < 0 : r > 0);
		}
	assert_true(compare_names("memory9", "memory10") < 0);
	assert_true(compare_names("memory010", "memory11") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_like_a_reason),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_link_limit),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_machines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_opts),
		cmocka_unit_test(test_name_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
