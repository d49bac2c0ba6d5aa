// SPDX-License-Identifier: LGPL-2.1-or-later
/* The journal's text, what is made of a damaged one, and disks that are full. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/errno-name.h"
#include "support/fakesys.h"

#define JOURNAL_PATH RUN_PATH "/" JOURNAL_NAME
#define WHO "mhp[123]: plug dax0.0 as online_movable"
#define BOOT "0e9a3b1c-8d6d-4b8e-9d5a-0d1f2c3b4a59"
#define REMOVE_ID DAX_DRIVERS_PATH "/kmem/remove_id"
#define HEAD "libmhp journal 1\nboot \"" BOOT "\"\nwho \"" WHO "\"\n"
#define SETTING "setting \"" POLICY_PATH "\" \"online_movable\" \"offline\"\n"
#define ID "id \"" REMOVE_ID "\" \"dax0.0\"\n"

static char logged[1024];

static void keep_log(void *data, int code, const char *path, const char *message)
{
	(void)data;
	snprintf(logged, sizeof(logged), "%s: %s: %s", errno_name(-code), path, message);
}

struct bench {
	struct fakesys *fs;
	struct mhp_ctx *ctx;
	struct sysfs_dir run;
};

static void start(struct bench *bench)
{
	/* only a test that hangs gets to know of it */
	alarm(60);
	bench->fs = fakesys_new();
	fakesys_dir(bench->fs, RUN_PATH);
	fakesys_file(bench->fs, "/proc/sys/kernel/random/boot_id", BOOT "\n");
	bench->ctx = fakesys_ctx(bench->fs, FAKESYS_OPENAT2);
	mhp_ctx_set_log_fn(bench->ctx, keep_log, NULL);
	*logged = '\0';
	assert_int_equal(sysfs_open(bench->ctx, RUN_PATH, &bench->run), 0);
}

static void finish(struct bench *bench)
{
	sysfs_close(&bench->run);
	mhp_ctx_unref(bench->ctx);
}

static const char *at(struct bench *bench, const char *path)
{
	static char full[512];

	snprintf(full, sizeof(full), "%s%s", fakesys_root(bench->fs), path);
	return full;
}

static void put(struct bench *bench, const char *path, const char *text, size_t length)
{
	FILE *file = fopen(at(bench, path), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	fclose(file);
}

static void assert_journal(struct bench *bench, const char *expected)
{
	char text[2048] = "";
	FILE *file = fopen(at(bench, JOURNAL_PATH), "r");

	if (!file) {
		assert_null(expected);
		return;
	}
	assert_true(fread(text, 1, sizeof(text) - 1, file) < sizeof(text));
	fclose(file);
	assert_string_equal(text, expected ? expected : "there is none");
}

static void assert_entry(const struct journal *journal, size_t index, enum journal_kind kind,
			 const char *path, const char *ours, const char *before)
{
	const struct journal_entry *entry = &journal->entries[index];

	assert_true(index < journal->count);
	assert_int_equal(entry->kind, kind);
	assert_string_equal(entry->path, path);
	assert_string_equal(entry->ours, ours);
	assert_true(is_same(entry->before, before));
}

/* ---- as it should be ---- */

static void step_by_step(void **state)
{
	struct journal journal = { 0 }, loaded = { 0 };
	struct bench bench;

	(void)state;
	start(&bench);
	journal_free(&journal);
	assert_int_equal(journal_load(&bench.run, &loaded), -ENOENT);
	assert_int_equal(journal_begin(&journal, &bench.run, WHO), 0);
	assert_journal(&bench, HEAD "end\n");
	assert_int_equal(journal_load(&bench.run, &loaded), 0);
	assert_string_equal(loaded.who, WHO);
	assert_int_equal(loaded.count, 0);
	journal_free(&loaded);

	assert_int_equal(journal_add(&journal, JOURNAL_SETTING, POLICY_PATH, "online_movable",
				     "offline"), 0);
	assert_journal(&bench, HEAD SETTING "end\n");
	assert_int_equal(journal_add(&journal, JOURNAL_ID, REMOVE_ID, "dax0.0", NULL), 0);
	assert_journal(&bench, HEAD SETTING ID "end\n");
	assert_int_equal(journal_load(&bench.run, &loaded), 0);
	assert_int_equal(loaded.count, 2);
	assert_entry(&loaded, 0, JOURNAL_SETTING, POLICY_PATH, "online_movable", "offline");
	assert_entry(&loaded, 1, JOURNAL_ID, REMOVE_ID, "dax0.0", NULL);
	journal_free(&loaded);

	assert_int_equal(journal_drop(&journal), 0);
	assert_journal(&bench, HEAD SETTING "end\n");
	/* what is left is left */
	assert_int_equal(journal_end(&journal), 0);
	assert_journal(&bench, HEAD SETTING "end\n");
	assert_int_equal(journal_drop(&journal), 0);
	assert_journal(&bench, HEAD "end\n");
	assert_int_equal(journal_drop(&journal), -EINVAL);
	assert_int_equal(journal_end(&journal), 0);
	assert_journal(&bench, NULL);
	assert_string_equal(logged, "");
	journal_free(&journal);
	finish(&bench);
}

static void odd_words(void **state)
{
	static const char *const words[] = {
		"", " ", "\n", "a\nend\n", "\"", "\\", "\\x41", "a b\tc", "\x80\xff", "\x1b[2J",
		"x\" \"y", "libmhp journal 1",
	};
	struct journal journal, loaded;
	char path[64];
	struct bench bench;

	(void)state;
	start(&bench);
	assert_int_equal(journal_begin(&journal, &bench.run, "a \\x0a \"b\""), 0);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		snprintf(path, sizeof(path), "/sys/%s/x%s", words[i], words[i]);
		assert_int_equal(journal_add(&journal, JOURNAL_SETTING, path, words[i], words[i]),
				 0);
	}
	assert_int_equal(journal_load(&bench.run, &loaded), 0);
	assert_string_equal(loaded.who, "a \\x0a \"b\"");
	assert_int_equal(loaded.count, ARRAY_SIZE(words));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		snprintf(path, sizeof(path), "/sys/%s/x%s", words[i], words[i]);
		assert_entry(&loaded, i, JOURNAL_SETTING, path, words[i], words[i]);
	}
	journal_free(&loaded);
	journal_free(&journal);
	finish(&bench);
}

static void refused(void **state)
{
	static const char *const paths[] = {
		"", "x", "sys/x", "/x", "/etc/passwd", "/sysx/y", "/sys/../etc/passwd", "/sys/x/..",
		"/sys/", "/sys/x/",
	};
	struct journal journal, second;
	char path[MHP_PATH_SIZE + 1];
	struct bench bench;

	(void)state;
	start(&bench);
	assert_int_equal(journal_begin(&journal, &bench.run, "a\nb"), -EINVAL);
	assert_int_equal(journal_begin(&journal, &bench.run, WHO), 0);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_int_equal(journal_add(&journal, JOURNAL_SETTING, paths[i], "x", "y"), -EINVAL);
	memset(path, 'x', MHP_PATH_SIZE);
	path[MHP_PATH_SIZE] = '\0';
	memcpy(path, "/sys/", 5);
	assert_int_equal(journal_add(&journal, JOURNAL_ID, path, "x", NULL), -EINVAL);
	assert_int_equal(journal_add(&journal, JOURNAL_SETTING, "/sys/x", "x", NULL), -EINVAL);
	assert_int_equal(journal_add(&journal, JOURNAL_ID, "/sys/x", "x", "y"), -EINVAL);
	assert_int_equal(journal_add(&journal, JOURNAL_ID, "/sys/x", "dax0.0", NULL), -EINVAL);
	assert_int_equal(journal_add(&journal, JOURNAL_ID, REMOVE_ID, "x", NULL), -EINVAL);
	assert_int_equal(journal.count, 0);
	assert_journal(&bench, HEAD "end\n");
	/* what was not put back yet is not forgotten */
	assert_int_equal(journal_begin(&second, &bench.run, "other[4]: x"), -EEXIST);
	assert_string_equal(logged, "EEXIST: " JOURNAL_PATH ": has what is still to be put back");
	assert_journal(&bench, HEAD "end\n");
	journal_free(&journal);
	finish(&bench);
}

/* ---- damaged ---- */

static void damaged(void **state)
{
	static const struct {
		const char *text, *bad;
	} cases[] = {
		{ "", "line 1: the end is missing" },
		{ "\n", "line 1: " },
		{ "\x7f" "ELF", "line 1: \\x7fELF" },
		{ "libmhp journal 2\n", "line 1: libmhp journal 2" },
		{ "libmhp journal 1", "line 1: libmhp journal 1" },
		{ "libmhp journal 1\n", "line 2: the end is missing" },
		{ "libmhp journal 1\r\n", "line 1: libmhp journal 1\\x0d" },
		{ "libmhp journal 1\nend\n", "line 2: end" },
		{ "libmhp journal 1\n" SETTING "end\n",
		  "line 2: setting \"" POLICY_PATH "\" \"online_movable\" \"offline\"" },
		{ "libmhp journal 1\nboot \"x\"\nboot \"x\"\n", "line 3: boot \"x\"" },
		{ "libmhp journal 1\nboot\n", "line 2: boot" },
		{ "libmhp journal 1\nboots \"x\"\n", "line 2: boots \"x\"" },
		{ "libmhp journal 1\nwho x\n", "line 2: who x" },
		{ "libmhp journal 1\nwho \"x\n", "line 2: who \"x" },
		{ "libmhp journal 1\nwho \"x\" \n", "line 2: who \"x\" " },
		{ "libmhp journal 1\nwho  \"x\"\n", "line 2: who  \"x\"" },
		{ "libmhp journal 1\nwho \"x\" \"y\"\n", "line 2: who \"x\" \"y\"" },
		{ "libmhp journal 1\nwho \"\\x1b\"\n", "line 2: who \"\\x5cx1b\"" },
		{ "libmhp journal 1\nwho \"\\x00\"\n", "line 2: who \"\\x5cx00\"" },
		{ "libmhp journal 1\nwho \"\\x4\"\n", "line 2: who \"\\x5cx4\"" },
		{ "libmhp journal 1\nwho \"\\x4A\"\n", "line 2: who \"\\x5cx4A\"" },
		{ "libmhp journal 1\nwho \"\\n\"\n", "line 2: who \"\\x5cn\"" },
		{ "libmhp journal 1\nwho \"\\", "line 2: who \"\\x5c" },
		{ "libmhp journal 1\nwho \"\t\"\n", "line 2: who \"\\x09\"" },
		{ HEAD HEAD, "line 4: libmhp journal 1" },
		{ HEAD "end", "line 4: end" },
		{ HEAD "end \n", "line 4: end " },
		{ HEAD "end\n\n", "line 5: " },
		{ HEAD "end\n" SETTING,
		  "line 5: setting \"" POLICY_PATH "\" \"online_movable\" \"offline\"" },
		{ HEAD SETTING, "line 5: the end is missing" },
		{ HEAD "\nend\n", "line 4: " },
		{ HEAD "setting \"/sys/x\" \"a\"\nend\n", "line 4: setting \"/sys/x\" \"a\"" },
		{ HEAD "setting \"/sys/x\" \"a\" \"b\" \"c\"\nend\n",
		  "line 4: setting \"/sys/x\" \"a\" \"b\" \"c\"" },
		{ HEAD "setting \"/etc/x\" \"a\" \"b\"\nend\n",
		  "line 4: setting \"/etc/x\" \"a\" \"b\"" },
		{ HEAD "setting \"/sys/../etc/x\" \"a\" \"b\"\nend\n",
		  "line 4: setting \"/sys/../etc/x\" \"a\" \"b\"" },
		{ HEAD "setting \"\" \"a\" \"b\"\nend\n", "line 4: setting \"\" \"a\" \"b\"" },
		{ HEAD "id \"/sys/x\"\nend\n", "line 4: id \"/sys/x\"" },
		{ HEAD "id \"/sys/x\" \"a\" \"b\"\nend\n", "line 4: id \"/sys/x\" \"a\" \"b\"" },
		/* it would be written whatever is there */
		{ HEAD "id \"/sys/power/state\" \"mem\"\nend\n",
		  "line 4: id \"/sys/power/state\" \"mem\"" },
		{ HEAD "id \"/sys/power/state\" \"dax0.0\"\nend\n",
		  "line 4: id \"/sys/power/state\" \"dax0.0\"" },
		{ HEAD "id \"" REMOVE_ID "\" \"mem\"\nend\n",
		  "line 4: id \"" REMOVE_ID "\" \"mem\"" },
		{ HEAD "id \"" REMOVE_ID "x\" \"dax0.0\"\nend\n",
		  "line 4: id \"" REMOVE_ID "x\" \"dax0.0\"" },
		{ HEAD "file \"/sys/x\" \"a\" \"b\"\nend\n", "line 4: file \"/sys/x\" \"a\" \"b\"" },
	};
	char expected[1024];
	struct journal journal;
	struct bench bench;

	(void)state;
	start(&bench);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put(&bench, JOURNAL_PATH, cases[i].text, strlen(cases[i].text));
		assert_int_equal(journal_load(&bench.run, &journal), -EBADMSG);
		snprintf(expected, sizeof(expected), "EBADMSG: " JOURNAL_PATH ": the journal makes no "
			 "sense, and is left for you to remove: %s", cases[i].bad);
		assert_string_equal(logged, expected);
	}
	finish(&bench);
}

/* Broken off anywhere, or with a NUL in it: never taken for whole. */
static void broken_off(void **state)
{
	static const char whole[] = HEAD SETTING ID "end\n";
	char text[sizeof(whole)];
	struct journal journal;
	struct bench bench;

	(void)state;
	start(&bench);
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		put(&bench, JOURNAL_PATH, whole, i);
		assert_int_equal(journal_load(&bench.run, &journal), -EBADMSG);
		memcpy(text, whole, sizeof(whole));
		text[i] = '\0';
		put(&bench, JOURNAL_PATH, text, sizeof(whole) - 1);
		assert_int_equal(journal_load(&bench.run, &journal), -EBADMSG);
	}
	/* a NUL behind all of it */
	put(&bench, JOURNAL_PATH, whole, sizeof(whole));
	assert_int_equal(journal_load(&bench.run, &journal), -EBADMSG);
	finish(&bench);
}

/* A byte changed anywhere: refused, or something else of the same form. */
static void changed_bytes(void **state)
{
	static const char whole[] = HEAD SETTING ID "end\n", others[] = "\n\"\\ x0/.\x80";
	struct journal journal;
	char text[sizeof(whole)], *bad;
	struct bench bench;
	size_t taken = 0;

	(void)state;
	start(&bench);
	for (size_t i = 0; i < sizeof(whole) - 1; i++)
		for (const char *other = others; *other; other++) {
			memcpy(text, whole, sizeof(whole));
			text[i] = *other;
			put(&bench, JOURNAL_PATH, text, sizeof(whole) - 1);
			if (journal_read(&bench.run, &journal, &bad) == 0) {
				assert_true(journal.who && journal.count == 2);
				journal_free(&journal);
				taken++;
			}
			free(bad);
		}
	assert_true(taken > 0);
	finish(&bench);
}

static void no_file(void **state)
{
	static const struct {
		enum fakesys_type type;
		int answer;
	} cases[] = {
		{ FAKESYS_FIFO, -EINVAL }, { FAKESYS_DIR, -EISDIR }, { FAKESYS_LINK, -ELOOP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct journal journal;
		struct bench bench;
		char expected[256];

		alarm(60);
		bench.fs = fakesys_new();
		fakesys_file(bench.fs, "/elsewhere", HEAD "end\n");
		fakesys_set(bench.fs, cases[i].type, JOURNAL_PATH, "/elsewhere", 10);
		bench.ctx = fakesys_ctx(bench.fs, FAKESYS_OPENAT2);
		mhp_ctx_set_log_fn(bench.ctx, keep_log, NULL);
		assert_int_equal(sysfs_open(bench.ctx, RUN_PATH, &bench.run), 0);
		assert_int_equal(journal_load(&bench.run, &journal), cases[i].answer);
		snprintf(expected, sizeof(expected), "%s: " JOURNAL_PATH ": cannot read the journal",
			 errno_name(-cases[i].answer));
		assert_string_equal(logged, expected);
		assert_int_equal(journal_begin(&journal, &bench.run, WHO), -EEXIST);
		finish(&bench);
	}
}

/* ---- of another boot ---- */

static void boots(void **state)
{
	struct journal journal;
	struct bench bench;

	(void)state;
	start(&bench);
	put(&bench, JOURNAL_PATH, HEAD SETTING "end\n", strlen(HEAD SETTING "end\n"));
	assert_int_equal(journal_load(&bench.run, &journal), 0);
	journal_free(&journal);
	put(&bench, "/proc/sys/kernel/random/boot_id", "other\n", 6);
	assert_int_equal(journal_load(&bench.run, &journal), -ESTALE);
	/* not known on either side: then it may be this one */
	assert_int_equal(unlink(at(&bench, "/proc/sys/kernel/random/boot_id")), 0);
	assert_int_equal(journal_load(&bench.run, &journal), 0);
	journal_free(&journal);
	assert_int_equal(unlink(at(&bench, JOURNAL_PATH)), 0);
	assert_int_equal(journal_begin(&journal, &bench.run, WHO), 0);
	journal_free(&journal);
	assert_journal(&bench, "libmhp journal 1\nwho \"" WHO "\"\nend\n");
	put(&bench, "/proc/sys/kernel/random/boot_id", "other\n", 6);
	assert_int_equal(journal_load(&bench.run, &journal), 0);
	journal_free(&journal);
	assert_string_equal(logged, "");
	finish(&bench);
}

/* ---- a disk that is full ---- */

static void set_file_limit(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, bytes == RLIM_INFINITY ? SIG_DFL : SIG_IGN);
}

static void no_space(void **state)
{
	struct journal journal = { 0 };
	struct bench bench;
	int begun, added, dropped;

	(void)state;
	start(&bench);
	set_file_limit(10);
	begun = journal_begin(&journal, &bench.run, WHO);
	set_file_limit(RLIM_INFINITY);
	assert_int_equal(begun, -EFBIG);
	assert_string_equal(logged, "EFBIG: " JOURNAL_PATH ": cannot write the journal");
	assert_journal(&bench, NULL);
	assert_null(journal.who);

	assert_int_equal(journal_begin(&journal, &bench.run, WHO), 0);
	assert_int_equal(journal_add(&journal, JOURNAL_ID, REMOVE_ID, "dax0.0", NULL), 0);
	set_file_limit(10);
	added = journal_add(&journal, JOURNAL_SETTING, POLICY_PATH, "online_movable", "offline");
	set_file_limit(RLIM_INFINITY);
	assert_int_equal(added, -EFBIG);
	assert_int_equal(journal.count, 1);
	assert_journal(&bench, HEAD ID "end\n");
	set_file_limit(10);
	dropped = journal_drop(&journal);
	set_file_limit(RLIM_INFINITY);
	assert_int_equal(dropped, -EFBIG);
	assert_int_equal(journal.count, 0);
	assert_journal(&bench, HEAD ID "end\n");
	assert_int_equal(journal_end(&journal), 0);
	assert_journal(&bench, NULL);
	journal_free(&journal);
	finish(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(step_by_step, fakesys_free_all),
		cmocka_unit_test_teardown(odd_words, fakesys_free_all),
		cmocka_unit_test_teardown(refused, fakesys_free_all),
		cmocka_unit_test_teardown(damaged, fakesys_free_all),
		cmocka_unit_test_teardown(broken_off, fakesys_free_all),
		cmocka_unit_test_teardown(changed_bytes, fakesys_free_all),
		cmocka_unit_test_teardown(no_file, fakesys_free_all),
		cmocka_unit_test_teardown(boots, fakesys_free_all),
		cmocka_unit_test_teardown(no_space, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
