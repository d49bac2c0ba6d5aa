// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a killed user has left is put back, and only that; what a snapshot knows of it. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/errno-name.h"
#include "support/fakesys.h"

#define JOURNAL_PATH RUN_PATH "/" JOURNAL_NAME
#define LOCK_PATH RUN_PATH "/" LOCK_NAME
#define BOOT_PATH "/proc/sys/kernel/random/boot_id"
#define REMOVE_ID DAX_DRIVERS_PATH "/kmem/remove_id"
#define WHO "mhp[123]: plug dax0.0 as online_movable"
#define HEAD "libmhp journal 1\nboot \"here\"\nwho \"" WHO "\"\n"
#define POLICY "setting \"" POLICY_PATH "\" \"online_movable\" \"offline\"\n"
#define AUTOPROBE "setting \"" DAX_AUTOPROBE_PATH "\" \"0\" \"1\"\n"
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
	struct mhp_recovery *recovery;
};

/* A machine with a policy, a dax bus and kmem, as small as a snapshot takes it. */
static struct fakesys *machine(void)
{
	struct fakesys *fs = fakesys_new();

	fakesys_file(fs, MEMORY_PATH "/block_size_bytes", "8000000\n");
	fakesys_file(fs, POLICY_PATH, "offline\n");
	fakesys_file(fs, DAX_AUTOPROBE_PATH, "1\n");
	fakesys_file(fs, REMOVE_ID, "");
	fakesys_file(fs, BOOT_PATH, "here\n");
	return fs;
}

static void start(struct bench *bench, struct fakesys *fs, enum fakesys_way way)
{
	/* only a test that hangs gets to know of it */
	alarm(60);
	*bench = (struct bench){ .fs = fs, .ctx = fakesys_ctx(fs, way) };
	mhp_ctx_set_log_fn(bench->ctx, keep_log, NULL);
	*logged = '\0';
}

static void finish(struct bench *bench)
{
	mhp_recovery_free(bench->recovery);
	mhp_ctx_unref(bench->ctx);
}

static const char *at(struct bench *bench, const char *path)
{
	static char full[512];

	snprintf(full, sizeof(full), "%s%s", fakesys_root(bench->fs), path);
	return full;
}

static void put(struct bench *bench, const char *path, const char *text)
{
	FILE *file = fopen(at(bench, path), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Without its newline; "-" if there is none. */
static const char *text_of(struct bench *bench, const char *path)
{
	static char text[1024];
	FILE *file = fopen(at(bench, path), "r");
	size_t length;

	if (!file)
		return "-";
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	if (length && text[length - 1] == '\n')
		text[length - 1] = '\0';
	return text;
}

static int run_recover(struct bench *bench)
{
	mhp_recovery_free(bench->recovery);
	bench->recovery = NULL;
	*logged = '\0';
	return mhp_recover(bench->ctx, NULL, &bench->recovery);
}

static void assert_setting(struct bench *bench, size_t index, enum mhp_returned expected,
			   int expected_code)
{
	const char *path, *before, *ours;
	enum mhp_returned what;
	int code = 1;

	assert_int_equal(mhp_recovery_get_setting(bench->recovery, index, &what, &path, &before,
						  &ours, &code), 0);
	assert_int_equal(what, expected);
	assert_int_equal(code, expected_code);
	assert_true(*path == '/' && *ours && before);
	what = (enum mhp_returned)-1;
	assert_int_equal(mhp_recovery_get_setting(bench->recovery, index, &what, NULL, NULL, NULL,
						  NULL), 0);
	assert_int_equal(what, expected);
}

/* NULL: nothing is pending */
static void assert_pending(struct bench *bench, const char *expected, bool expected_running)
{
	struct mhp_snapshot *snap;
	const char *what = "";
	bool running = !expected_running;

	assert_int_equal(mhp_snapshot_new(bench->ctx, NULL, &snap), 0);
	assert_int_equal(mhp_snapshot_get_pending(snap, &what, &running), 0);
	assert_true(is_same(what, expected));
	assert_int_equal(running, expected_running);
	assert_int_equal(mhp_snapshot_get_pending(snap, NULL, NULL), 0);
	mhp_snapshot_unref(snap);
}

/* ---- what becomes of a setting ---- */

static void settings(void **state)
{
	static const struct {
		const char *now;		/* NULL: the file is gone */
		enum mhp_returned returned;
		int code;
		const char *after;
	} cases[] = {
		{ "online_movable\n", MHP_RETURNED_DONE, 0, "offline" },
		{ "online_movable", MHP_RETURNED_DONE, 0, "offline" },
		{ "offline\n", MHP_RETURNED_ALREADY, 0, "offline" },
		{ "online\n", MHP_RETURNED_CHANGED, 0, "online" },
		{ "online_movable \n", MHP_RETURNED_CHANGED, 0, "online_movable " },
		{ "", MHP_RETURNED_CHANGED, 0, "" },
		{ NULL, MHP_RETURNED_CHANGED, -ENOENT, "-" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = machine();
		struct bench bench;

		fakesys_file(fs, JOURNAL_PATH, HEAD POLICY "end\n");
		start(&bench, fs, FAKESYS_OPENAT2);
		if (cases[i].now)
			put(&bench, POLICY_PATH, cases[i].now);
		else
			assert_int_equal(unlink(at(&bench, POLICY_PATH)), 0);
		assert_int_equal(run_recover(&bench), 0);
		assert_string_equal(mhp_recovery_get_transaction(bench.recovery), WHO);
		assert_int_equal(mhp_recovery_count_settings(bench.recovery), 1);
		assert_setting(&bench, 0, cases[i].returned, cases[i].code);
		assert_true(mhp_recovery_is_complete(bench.recovery));
		assert_string_equal(text_of(&bench, POLICY_PATH), cases[i].after);
		assert_string_equal(text_of(&bench, JOURNAL_PATH), "-");
		assert_string_equal(logged, "");
		/* once is enough */
		assert_int_equal(run_recover(&bench), 0);
		assert_null(bench.recovery);
		assert_string_equal(text_of(&bench, LOCK_PATH), "");
		finish(&bench);
	}
}

/* The last one first: a setting that was borrowed twice ends as it was. */
static void order(void **state)
{
	struct fakesys *fs = machine();
	enum mhp_returned what;
	struct bench bench;

	(void)state;
	fakesys_file(fs, JOURNAL_PATH, HEAD POLICY
		     "setting \"" POLICY_PATH "\" \"online\" \"online_movable\"\n" ID "end\n");
	start(&bench, fs, FAKESYS_OPENAT2);
	put(&bench, POLICY_PATH, "online\n");
	assert_int_equal(run_recover(&bench), 0);
	assert_setting(&bench, 0, MHP_RETURNED_DONE, 0);
	assert_setting(&bench, 1, MHP_RETURNED_DONE, 0);
	assert_setting(&bench, 2, MHP_RETURNED_DONE, 0);
	assert_int_equal(mhp_recovery_get_setting(bench.recovery, 3, &what, NULL, NULL, NULL,
						  NULL), -EINVAL);
	assert_string_equal(text_of(&bench, POLICY_PATH), "offline");
	assert_string_equal(text_of(&bench, REMOVE_ID), "dax0.0");
	finish(&bench);
}

static void ids(void **state)
{
	static const char *const gone[] = { REMOVE_ID, DAX_DRIVERS_PATH "/kmem" };
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++) {
		struct fakesys *fs = machine();

		fakesys_file(fs, JOURNAL_PATH, HEAD ID "end\n");
		start(&bench, fs, FAKESYS_OPENAT2);
		if (i)
			assert_int_equal(unlink(at(&bench, gone[0])), 0);
		assert_int_equal(remove(at(&bench, gone[i])), 0);
		assert_int_equal(run_recover(&bench), 0);
		assert_setting(&bench, 0, MHP_RETURNED_ALREADY, 0);
		assert_true(mhp_recovery_is_complete(bench.recovery));
		assert_string_equal(text_of(&bench, JOURNAL_PATH), "-");
		finish(&bench);
	}
}

/* Some of it cannot be put back now: that stays, until it can. */
static void incomplete(void **state)
{
	struct fakesys *fs = machine();
	struct bench bench;

	(void)state;
	fakesys_file(fs, JOURNAL_PATH, HEAD POLICY AUTOPROBE ID "end\n");
	start(&bench, fs, FAKESYS_OPENAT2);
	put(&bench, DAX_AUTOPROBE_PATH, "0\n");
	assert_int_equal(unlink(at(&bench, POLICY_PATH)), 0);
	assert_int_equal(mkdir(at(&bench, POLICY_PATH), 0755), 0);
	assert_int_equal(run_recover(&bench), 0);
	assert_false(mhp_recovery_is_complete(bench.recovery));
	assert_setting(&bench, 0, MHP_RETURNED_UNKNOWN, -EISDIR);
	assert_setting(&bench, 1, MHP_RETURNED_DONE, 0);
	assert_setting(&bench, 2, MHP_RETURNED_DONE, 0);
	assert_string_equal(logged, "EISDIR: " POLICY_PATH ": cannot put back \"offline\"");
	assert_string_equal(text_of(&bench, DAX_AUTOPROBE_PATH), "1");
	assert_string_equal(text_of(&bench, JOURNAL_PATH), HEAD POLICY "end");
	assert_pending(&bench, WHO, false);

	assert_int_equal(run_recover(&bench), 0);
	assert_false(mhp_recovery_is_complete(bench.recovery));
	assert_int_equal(mhp_recovery_count_settings(bench.recovery), 1);
	assert_string_equal(text_of(&bench, JOURNAL_PATH), HEAD POLICY "end");

	assert_int_equal(rmdir(at(&bench, POLICY_PATH)), 0);
	put(&bench, POLICY_PATH, "online_movable\n");
	assert_int_equal(run_recover(&bench), 0);
	assert_true(mhp_recovery_is_complete(bench.recovery));
	assert_string_equal(text_of(&bench, POLICY_PATH), "offline");
	assert_pending(&bench, NULL, false);

	/* an id that is not taken back */
	put(&bench, JOURNAL_PATH, HEAD ID "end\n");
	assert_int_equal(unlink(at(&bench, REMOVE_ID)), 0);
	assert_int_equal(mkdir(at(&bench, REMOVE_ID), 0755), 0);
	assert_int_equal(run_recover(&bench), 0);
	assert_false(mhp_recovery_is_complete(bench.recovery));
	assert_setting(&bench, 0, MHP_RETURNED_UNKNOWN, -EISDIR);
	assert_string_equal(logged, "EISDIR: " REMOVE_ID ": cannot write \"dax0.0\"");
	assert_string_equal(text_of(&bench, JOURNAL_PATH), HEAD ID "end");
	finish(&bench);
}

/* Everything can be read and nothing be written. */
static void read_only(void **state)
{
	struct fakesys *fs = machine();
	struct sysfs_dir run;
	struct bench bench;

	(void)state;
	fakesys_file(fs, JOURNAL_PATH, HEAD POLICY "end\n");
	fakesys_file(fs, POLICY_PATH, "online_movable\n");
	start(&bench, fs, FAKESYS_MEMORY);
	assert_int_equal(mhp_recover(bench.ctx, NULL, &bench.recovery), -EROFS);
	assert_null(bench.recovery);
	assert_int_equal(sysfs_open(bench.ctx, RUN_PATH, &run), 0);
	assert_int_equal(recover(bench.ctx, &run, &bench.recovery), 0);
	assert_setting(&bench, 0, MHP_RETURNED_UNKNOWN, -EROFS);
	assert_false(mhp_recovery_is_complete(bench.recovery));
	assert_string_equal(logged, "EROFS: " POLICY_PATH ": cannot put back \"offline\"");
	mhp_recovery_free(bench.recovery);

	/* nothing to put back, but the journal stays and says so */
	fakesys_file(fs, POLICY_PATH, "offline\n");
	assert_int_equal(recover(bench.ctx, &run, &bench.recovery), 0);
	assert_setting(&bench, 0, MHP_RETURNED_ALREADY, 0);
	assert_false(mhp_recovery_is_complete(bench.recovery));
	assert_string_equal(logged, "EROFS: " JOURNAL_PATH ": cannot remove the journal");
	sysfs_close(&run);
	assert_pending(&bench, WHO, false);
	finish(&bench);
}

static void empty_and_stale(void **state)
{
	struct fakesys *fs = machine();
	struct bench bench;

	(void)state;
	fakesys_file(fs, JOURNAL_PATH, HEAD "end\n");
	start(&bench, fs, FAKESYS_OPENAT2);
	assert_pending(&bench, WHO, false);
	/* begun and nothing borrowed yet: told, all the same */
	assert_int_equal(run_recover(&bench), 0);
	assert_string_equal(mhp_recovery_get_transaction(bench.recovery), WHO);
	assert_int_equal(mhp_recovery_count_settings(bench.recovery), 0);
	assert_true(mhp_recovery_is_complete(bench.recovery));
	assert_string_equal(text_of(&bench, JOURNAL_PATH), "-");

	/* of another boot: the settings went with that */
	put(&bench, JOURNAL_PATH, HEAD POLICY "end\n");
	put(&bench, POLICY_PATH, "online_movable\n");
	put(&bench, BOOT_PATH, "elsewhere\n");
	assert_pending(&bench, NULL, false);
	assert_int_equal(run_recover(&bench), 0);
	assert_null(bench.recovery);
	assert_string_equal(text_of(&bench, POLICY_PATH), "online_movable");
	assert_string_equal(text_of(&bench, JOURNAL_PATH), "-");
	finish(&bench);
}

/* ---- what cannot be recovered from ---- */

static void assert_problem(struct bench *bench, const char *path, int code, const char *text)
{
	const char *what = "untouched", *its_path = "", *its_text = NULL;
	struct mhp_snapshot *snap;
	int its_code = 0;

	assert_int_equal(mhp_snapshot_new(bench->ctx, NULL, &snap), 0);
	assert_int_equal(mhp_snapshot_get_pending(snap, &what, NULL), code);
	assert_string_equal(what, "untouched");
	/* there is no node and no policy of zones either; this is the last one */
	assert_int_equal(mhp_snapshot_get_problem(snap, mhp_snapshot_count_problems(snap) - 1,
						  &its_path, &its_code, &its_text), 0);
	assert_string_equal(its_path, path);
	assert_int_equal(its_code, code);
	assert_true(is_same(its_text, text));
	mhp_snapshot_unref(snap);
}

static void damaged(void **state)
{
	struct fakesys *fs = machine();
	struct bench bench;

	(void)state;
	fakesys_file(fs, JOURNAL_PATH, HEAD POLICY "\x1b[2J\n");
	fakesys_file(fs, POLICY_PATH, "online_movable\n");
	start(&bench, fs, FAKESYS_OPENAT2);
	assert_int_equal(run_recover(&bench), -EBADMSG);
	assert_null(bench.recovery);
	assert_string_equal(logged, "EBADMSG: " JOURNAL_PATH ": the journal makes no sense, and is "
			    "left for you to remove: line 5: \\x1b[2J");
	/* nothing was put back, and nobody is locked out */
	assert_string_equal(text_of(&bench, POLICY_PATH), "online_movable");
	assert_string_equal(text_of(&bench, JOURNAL_PATH), HEAD POLICY "\x1b[2J");
	assert_int_equal(run_recover(&bench), -EBADMSG);
	*logged = '\0';
	assert_problem(&bench, JOURNAL_PATH, -EBADMSG, "line 5: \x1b[2J");
	assert_string_equal(logged, "");
	finish(&bench);
}

static void hostile(void **state)
{
	static const struct {
		enum fakesys_type type;
		const char *path;
		const char *target;
		int code;
	} cases[] = {
		{ FAKESYS_LINK, RUN_PATH, "/elsewhere", -ELOOP },
		{ FAKESYS_LINK, RUN_PATH, "/nowhere", -ELOOP },
		{ FAKESYS_FILE, RUN_PATH, "", -ENOTDIR },
		{ FAKESYS_FIFO, JOURNAL_PATH, "", -EINVAL },
		{ FAKESYS_LINK, JOURNAL_PATH, "/elsewhere/journal", -ELOOP },
		{ FAKESYS_DIR, JOURNAL_PATH, "", -EISDIR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fakesys *fs = machine();
		struct bench bench;

		fakesys_file(fs, "/elsewhere/journal", HEAD POLICY "end\n");
		fakesys_file(fs, POLICY_PATH, "online_movable\n");
		fakesys_set(fs, cases[i].type, cases[i].path, cases[i].target,
			    strlen(cases[i].target));
		start(&bench, fs, i % 2 ? FAKESYS_OPENAT2 : FAKESYS_WALK);
		assert_problem(&bench, cases[i].path, cases[i].code, NULL);
		assert_int_equal(run_recover(&bench), cases[i].code);
		assert_null(bench.recovery);
		assert_string_equal(text_of(&bench, POLICY_PATH), "online_movable");
		finish(&bench);
	}
}

/* ---- the lock ---- */

static int refuse_to_wait(void *data, uint64_t done, uint64_t total)
{
	assert_true(!done && !total);
	++*(int *)data;
	return MHP_CANCEL;
}

static void locked(void **state)
{
	struct mhp_apply_opts opts = { .size = sizeof(opts), .timeout_ms = 1 };
	struct fakesys *fs = machine();
	struct run_lock lock = { 0 };
	struct bench bench;
	char *holder;
	int ticks = 0;

	(void)state;
	fakesys_file(fs, JOURNAL_PATH, HEAD POLICY "end\n");
	fakesys_file(fs, POLICY_PATH, "online_movable\n");
	start(&bench, fs, FAKESYS_OPENAT2);
	assert_int_equal(lock_take(bench.ctx, WHO, NEVER_NS, NULL, NULL, &lock, &holder), 0);
	assert_pending(&bench, WHO, true);
	assert_int_equal(mhp_recover(bench.ctx, &opts, &bench.recovery), -ETIMEDOUT);
	assert_string_equal(logged, "ETIMEDOUT: " LOCK_PATH ": held by " WHO);
	opts.timeout_ms = MHP_TIMEOUT_NONE;
	opts.progress = refuse_to_wait;
	opts.progress_data = &ticks;
	assert_int_equal(mhp_recover(bench.ctx, &opts, &bench.recovery), -ECANCELED);
	assert_int_equal(ticks, 1);
	/* while its owner lives, nothing is put back */
	assert_string_equal(text_of(&bench, POLICY_PATH), "online_movable");
	lock_release(&lock);
	assert_pending(&bench, WHO, false);
	assert_int_equal(mhp_recover(bench.ctx, &opts, &bench.recovery), 0);
	assert_string_equal(text_of(&bench, POLICY_PATH), "offline");
	finish(&bench);
}

static void options(void **state)
{
	struct {
		struct mhp_apply_opts opts;
		size_t newer;
	} opts = { .opts.size = sizeof(opts), .newer = 1 };
	struct bench bench;
	int before, after;

	(void)state;
	start(&bench, machine(), FAKESYS_OPENAT2);
	assert_int_equal(mhp_recover(bench.ctx, &opts.opts, &bench.recovery), -E2BIG);
	opts.newer = 0;
	opts.opts.timeout_ms = -2;
	assert_int_equal(mhp_recover(bench.ctx, &opts.opts, &bench.recovery), -EINVAL);
	opts.opts.timeout_ms = 0;
	opts.opts.flags = UINT64_C(1) << 63;
	assert_int_equal(mhp_recover(bench.ctx, &opts.opts, &bench.recovery), -E2BIG);
	opts.opts.flags = 0;
	assert_null(bench.recovery);
	/* nothing was made for that */
	assert_int_equal(access(at(&bench, RUN_PATH), F_OK), -1);
	opts.opts.timeout_ms = INT64_MAX;
	assert_int_equal(mhp_recover(bench.ctx, &opts.opts, &bench.recovery), 0);
	assert_null(bench.recovery);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
	assert_int_equal(mhp_recover(bench.ctx, NULL, &bench.recovery), 0);
	pthread_setcancelstate(before, &after);
	assert_int_equal(after, PTHREAD_CANCEL_ENABLE);
	mhp_recovery_free(NULL);
	assert_string_equal(mhp_returned_to_str(MHP_RETURNED_DONE), "done");
	assert_string_equal(mhp_returned_to_str(MHP_RETURNED_ALREADY), "already");
	assert_string_equal(mhp_returned_to_str(MHP_RETURNED_CHANGED), "changed");
	assert_string_equal(mhp_returned_to_str(MHP_RETURNED_UNKNOWN), "unknown");
	assert_string_equal(mhp_returned_to_str((enum mhp_returned)99), "unknown");
	finish(&bench);
}

/* ---- killed anywhere ---- */

static void set(struct mhp_ctx *ctx, const char *dir, const char *name, const char *word)
{
	struct sysfs_dir opened;

	if (sysfs_open(ctx, dir, &opened) < 0 || sysfs_write(&opened, name, word, false) < 0)
		_exit(1);
	sysfs_close(&opened);
}

static void die_at(int step, int last)
{
	if (step == last)
		raise(SIGKILL);
}

/* Borrows two settings and gives an id, as a plug does, and dies at a step of it. */
static void borrow(struct mhp_ctx *ctx, int last)
{
	struct journal journal;
	struct run_lock lock;
	char *holder;

	die_at(0, last);
	if (lock_take(ctx, WHO, NEVER_NS, NULL, NULL, &lock, &holder) < 0)
		_exit(1);
	die_at(1, last);
	if (journal_begin(&journal, &lock.run, WHO) < 0)
		_exit(1);
	die_at(2, last);
	if (journal_add(&journal, JOURNAL_SETTING, POLICY_PATH, "online_movable", "offline") < 0)
		_exit(1);
	die_at(3, last);
	set(ctx, MEMORY_PATH, "auto_online_blocks", "online_movable");
	die_at(4, last);
	if (journal_add(&journal, JOURNAL_SETTING, DAX_AUTOPROBE_PATH, "0", "1") < 0)
		_exit(1);
	die_at(5, last);
	set(ctx, "/sys/bus/dax", "drivers_autoprobe", "0");
	die_at(6, last);
	if (journal_add(&journal, JOURNAL_ID, REMOVE_ID, "dax0.0", NULL) < 0)
		_exit(1);
	die_at(7, last);
	set(ctx, DAX_DRIVERS_PATH "/kmem", "remove_id", "dax0.0");
	die_at(8, last);
	if (journal_drop(&journal) < 0)
		_exit(1);
	die_at(9, last);
	set(ctx, "/sys/bus/dax", "drivers_autoprobe", "1");
	die_at(10, last);
	if (journal_drop(&journal) < 0)
		_exit(1);
	die_at(11, last);
	set(ctx, MEMORY_PATH, "auto_online_blocks", "offline");
	die_at(12, last);
	if (journal_drop(&journal) < 0 || journal_end(&journal) < 0)
		_exit(1);
	die_at(13, last);
	lock_release(&lock);
	raise(SIGKILL);
}

static void killed(void **state)
{
	(void)state;
	for (int last = 0; last <= 14; last++) {
		bool left = last >= 2 && last <= 12;
		struct bench bench;
		int status;
		pid_t pid;

		start(&bench, machine(), FAKESYS_OPENAT2);
		pid = fork();
		if (pid == 0)
			borrow(bench.ctx, last);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_pending(&bench, left ? WHO : NULL, false);
		assert_int_equal(run_recover(&bench), 0);
		assert_int_equal(bench.recovery != NULL, left);
		if (left) {
			assert_string_equal(mhp_recovery_get_transaction(bench.recovery), WHO);
			assert_true(mhp_recovery_is_complete(bench.recovery));
		}
		assert_string_equal(text_of(&bench, POLICY_PATH), "offline");
		assert_string_equal(text_of(&bench, DAX_AUTOPROBE_PATH), "1");
		assert_pending(&bench, NULL, false);
		assert_int_equal(run_recover(&bench), 0);
		assert_null(bench.recovery);
		finish(&bench);
	}
}

/* ---- who may only look ---- */

/* The first thing that is wrong, or 0. */
static int try_as_nobody(struct bench *bench)
{
	struct mhp_snapshot *snap;
	const char *what = NULL;
	bool running = false;

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 99;
	if (mhp_snapshot_new(bench->ctx, NULL, &snap) < 0)
		return 1;
	if (mhp_snapshot_get_pending(snap, &what, &running) != -EACCES || what)
		return 2;
	mhp_snapshot_unref(snap);
	return mhp_recover(bench->ctx, NULL, &bench->recovery) == -EACCES ? 0 : 3;
}

static void somebody_else(void **state)
{
	struct run_lock lock = { 0 };
	struct bench bench;
	int status;
	pid_t pid;
	char *holder;

	(void)state;
	start(&bench, machine(), FAKESYS_OPENAT2);
	assert_int_equal(lock_take(bench.ctx, WHO, NEVER_NS, NULL, NULL, &lock, &holder), 0);
	put(&bench, JOURNAL_PATH, HEAD POLICY "end\n");
	assert_int_equal(chmod(at(&bench, ""), 0755), 0);
	/* who runs this may be the owner; then the mode must say it */
	assert_int_equal(chmod(at(&bench, LOCK_PATH), 0), 0);
	pid = fork();
	if (pid == 0)
		_exit(try_as_nobody(&bench));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	lock_release(&lock);
	finish(&bench);
}

/* ---- begun or ended while a snapshot looks ---- */

struct meddler {
	struct fakesys *fs;
	int reads;
	int removed_at;		/* the journal goes before it is read that many times */
};

static void meddle(void *data, const char *path)
{
	struct meddler *meddler = data;

	if (!strcmp(path, JOURNAL_PATH) && ++meddler->reads == meddler->removed_at)
		fakesys_find(meddler->fs, JOURNAL_PATH)->code = -ENOENT;
}

/* Found with a journal and without the lock, its owner had come to his end. */
static void ended_meanwhile(void **state)
{
	struct fakesys *fs = machine();
	struct meddler meddler = { .fs = fs, .removed_at = 1 };
	struct bench bench;

	(void)state;
	fakesys_file(fs, JOURNAL_PATH, HEAD POLICY "end\n");
	fs->on_read = meddle;
	fs->data = &meddler;
	start(&bench, fs, FAKESYS_MEMORY);
	assert_pending(&bench, NULL, false);
	assert_int_equal(meddler.reads, 1);
	finish(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(settings, fakesys_free_all),
		cmocka_unit_test_teardown(order, fakesys_free_all),
		cmocka_unit_test_teardown(ids, fakesys_free_all),
		cmocka_unit_test_teardown(incomplete, fakesys_free_all),
		cmocka_unit_test_teardown(read_only, fakesys_free_all),
		cmocka_unit_test_teardown(empty_and_stale, fakesys_free_all),
		cmocka_unit_test_teardown(damaged, fakesys_free_all),
		cmocka_unit_test_teardown(hostile, fakesys_free_all),
		cmocka_unit_test_teardown(locked, fakesys_free_all),
		cmocka_unit_test_teardown(options, fakesys_free_all),
		cmocka_unit_test_teardown(killed, fakesys_free_all),
		cmocka_unit_test_teardown(somebody_else, fakesys_free_all),
		cmocka_unit_test_teardown(ended_meanwhile, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
