// SPDX-License-Identifier: LGPL-2.1-or-later
/* The host back end: writes that are ended, files of our own, the lock, containers. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/entries.h"
#include "support/fakesys.h"

struct bench {
	struct fakesys *fs;
	struct mhp_backend *be;
	struct mhp_dir *dir;	/* RUN_PATH */
};

/* The library's root is /root; what is beside it must stay as it is. */
static struct fakesys *tree(void)
{
	struct fakesys *fs = fakesys_new();

	fakesys_file(fs, "/secret/mark", "secret");
	fakesys_dir(fs, "/root");
	return fs;
}

static void start(struct bench *bench, struct fakesys *fs, bool use_openat2)
{
	char path[512];

	/* only a test that hangs gets to know of it */
	alarm(60);
	*bench = (struct bench){ .fs = fs };
	snprintf(path, sizeof(path), "%s/root", fakesys_root(fs));
	assert_int_equal(host_new(path, use_openat2, &bench->be), 0);
}

static void start_in_run(struct bench *bench, struct fakesys *fs)
{
	start(bench, fs, true);
	assert_int_equal(bench->be->ops->make_dir(bench->be, RUN_PATH), 0);
	assert_int_equal(bench->be->ops->open_dir(bench->be, RUN_PATH, &bench->dir), 0);
}

/* A path of the tree on disk. */
static const char *at(struct bench *bench, const char *path)
{
	static char full[1024];

	snprintf(full, sizeof(full), "%s%s", fakesys_root(bench->fs), path);
	return full;
}

static void assert_text(struct bench *bench, const char *path, const char *expected)
{
	char text[256] = "";
	FILE *file = fopen(at(bench, path), "r");

	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) < sizeof(text));
	fclose(file);
	assert_string_equal(text, expected);
}

static void assert_mode(struct bench *bench, const char *path, mode_t expected)
{
	struct stat st;

	assert_int_equal(lstat(at(bench, path), &st), 0);
	assert_int_equal(st.st_mode, expected);
}

static void finish(struct bench *bench)
{
	/* nothing was written, or made, outside */
	assert_text(bench, "/secret/mark", "secret");
	assert_int_equal(count_entries(at(bench, "/secret")), 1);
	if (bench->dir)
		bench->be->ops->close_dir(bench->be, bench->dir);
	bench->be->ops->free(bench->be);
}

static int replace(struct bench *bench, const char *name, const char *text)
{
	return bench->be->ops->replace(bench->be, bench->dir, name, text);
}

static int take(struct bench *bench, const char *name, struct mhp_lock **ret_lock)
{
	return bench->be->ops->lock(bench->be, bench->dir, name, "me[1]: a test", ret_lock);
}

static int is_locked(struct bench *bench, const char *name)
{
	return bench->be->ops->is_locked(bench->be, bench->dir, name);
}

/* ---- directories ---- */

static void directories(void **state)
{
	static const struct {
		const char *path;
		int answer;
	} cases[] = {
		{ RUN_PATH, 0 }, { "run//libmhp/", 0 }, { "/", 0 }, { "/run/a/b/c", 0 },
		{ "/link", -ELOOP }, { "/link/libmhp", -ELOOP }, { "/out/libmhp", -ELOOP },
		{ "/dangling", -ELOOP }, { "/dangling/libmhp", -ELOOP },
		{ "/file", -ENOTDIR }, { "/file/libmhp", -ENOTDIR }, { "/fifo", -ENOTDIR },
		{ "/run/../run", -EXDEV },
	};

	(void)state;
	for (int way = 0; way < 2; way++) {
		struct fakesys *fs = tree();
		struct bench bench;

		fakesys_link(fs, "/root/link", "run");
		fakesys_link(fs, "/root/out", "../secret");
		fakesys_link(fs, "/root/dangling", "../secret/new");
		fakesys_file(fs, "/root/file", "");
		fakesys_set(fs, FAKESYS_FIFO, "/root/fifo", NULL, 0);
		start(&bench, fs, way == 0);
		umask(077);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			assert_int_equal(bench.be->ops->make_dir(bench.be, cases[i].path),
					 cases[i].answer);
		umask(022);
		/* for all to read, whatever the umask said */
		assert_mode(&bench, "/root/run", S_IFDIR | 0755);
		assert_mode(&bench, "/root/run/libmhp", S_IFDIR | 0755);
		/* one that is there stays as it is */
		assert_int_equal(chmod(at(&bench, "/root/run/libmhp"), 0711), 0);
		assert_int_equal(bench.be->ops->make_dir(bench.be, RUN_PATH), 0);
		assert_mode(&bench, "/root/run/libmhp", S_IFDIR | 0711);
		finish(&bench);
	}
}

/* ---- whole files ---- */

static void whole_files(void **state)
{
	char long_name[NAME_MAX + 1];
	struct bench bench;

	(void)state;
	start_in_run(&bench, tree());
	umask(077);
	assert_int_equal(replace(&bench, "journal", "one\n"), 0);
	umask(022);
	assert_mode(&bench, "/root/run/libmhp/journal", S_IFREG | 0644);
	assert_text(&bench, "/root/run/libmhp/journal", "one\n");
	assert_int_equal(replace(&bench, "journal", "a longer one\n"), 0);
	assert_text(&bench, "/root/run/libmhp/journal", "a longer one\n");
	assert_int_equal(replace(&bench, "journal", ""), 0);
	assert_text(&bench, "/root/run/libmhp/journal", "");
	/* ".", "..", and it */
	assert_int_equal(count_entries(at(&bench, "/root/run/libmhp")), 1);

	assert_int_equal(replace(&bench, "../journal", "x"), -EINVAL);
	assert_int_equal(replace(&bench, "a/journal", "x"), -EINVAL);
	memset(long_name, 'x', NAME_MAX);
	long_name[NAME_MAX] = '\0';
	assert_int_equal(replace(&bench, long_name, "x"), -ENAMETOOLONG);

	assert_int_equal(bench.be->ops->remove(bench.be, bench.dir, "../run"), -EINVAL);
	assert_int_equal(bench.be->ops->remove(bench.be, bench.dir, "journal"), 0);
	assert_int_equal(bench.be->ops->remove(bench.be, bench.dir, "journal"), 0);
	assert_int_equal(count_entries(at(&bench, "/root/run/libmhp")), 0);
	finish(&bench);
}

/* What stands in the way, left by one who was killed or by somebody with a plan. */
static void in_the_way(void **state)
{
	struct fakesys *fs = tree();
	struct bench bench;

	(void)state;
	fakesys_file(fs, "/root/run/libmhp/a.new", "left by one who was killed");
	fakesys_link(fs, "/root/run/libmhp/b.new", "../../../secret/mark");
	fakesys_link(fs, "/root/run/libmhp/b", "../../../secret/mark");
	fakesys_set(fs, FAKESYS_FIFO, "/root/run/libmhp/c.new", NULL, 0);
	fakesys_set(fs, FAKESYS_FIFO, "/root/run/libmhp/c", NULL, 0);
	fakesys_dir(fs, "/root/run/libmhp/d.new");
	fakesys_file(fs, "/root/run/libmhp/d", "before");
	fakesys_dir(fs, "/root/run/libmhp/e");
	start_in_run(&bench, fs);
	assert_int_equal(replace(&bench, "a", "new"), 0);
	assert_text(&bench, "/root/run/libmhp/a", "new");
	assert_int_equal(replace(&bench, "b", "new"), 0);
	assert_text(&bench, "/root/run/libmhp/b", "new");
	assert_int_equal(replace(&bench, "c", "new"), 0);
	assert_text(&bench, "/root/run/libmhp/c", "new");
	assert_int_equal(replace(&bench, "d", "new"), -EISDIR);
	assert_text(&bench, "/root/run/libmhp/d", "before");
	assert_int_equal(replace(&bench, "e", "new"), -EISDIR);
	assert_int_equal(access(at(&bench, "/root/run/libmhp/e.new"), F_OK), -1);
	finish(&bench);
}

static void set_file_limit(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, bytes == RLIM_INFINITY ? SIG_DFL : SIG_IGN);
}

/* A disk that is full after the first bytes. */
static void no_space(void **state)
{
	struct mhp_lock *lock;
	struct bench bench;
	int r;

	(void)state;
	start_in_run(&bench, tree());
	assert_int_equal(replace(&bench, "journal", "before"), 0);
	set_file_limit(4);
	r = replace(&bench, "journal", "longer than that");
	set_file_limit(RLIM_INFINITY);
	assert_int_equal(r, -EFBIG);
	assert_text(&bench, "/root/run/libmhp/journal", "before");
	assert_int_equal(count_entries(at(&bench, "/root/run/libmhp")), 1);

	/* the lock holds, and does not name half of who has it */
	set_file_limit(4);
	r = take(&bench, "lock", &lock);
	set_file_limit(RLIM_INFINITY);
	assert_int_equal(r, 0);
	assert_int_equal(is_locked(&bench, "lock"), 1);
	assert_text(&bench, "/root/run/libmhp/lock", "");
	bench.be->ops->unlock(bench.be, lock);
	finish(&bench);
}

/* ---- the lock ---- */

static void locks(void **state)
{
	struct fakesys *fs = tree();
	struct mhp_lock *lock, *other;
	struct bench bench;
	int files;

	(void)state;
	fakesys_file(fs, "/root/run/libmhp/lock", "me[1]: a much longer text that was left behind");
	start_in_run(&bench, fs);
	files = count_entries("/proc/self/fd");
	assert_int_equal(is_locked(&bench, "lock"), 0);
	assert_int_equal(is_locked(&bench, "none"), 0);
	assert_int_equal(take(&bench, "lock", &lock), 0);
	assert_text(&bench, "/root/run/libmhp/lock", "me[1]: a test");
	assert_int_equal(is_locked(&bench, "lock"), 1);
	/* not by us again, either: another thread's context is another user */
	assert_int_equal(take(&bench, "lock", &other), -EAGAIN);
	assert_text(&bench, "/root/run/libmhp/lock", "me[1]: a test");
	/* the one that is held was not let go by closing the others */
	assert_int_equal(is_locked(&bench, "lock"), 1);
	bench.be->ops->unlock(bench.be, lock);
	assert_int_equal(is_locked(&bench, "lock"), 0);
	assert_text(&bench, "/root/run/libmhp/lock", "");

	umask(077);
	assert_int_equal(take(&bench, "new", &lock), 0);
	umask(022);
	assert_mode(&bench, "/root/run/libmhp/new", S_IFREG | 0600);
	bench.be->ops->unlock(bench.be, lock);
	assert_int_equal(count_entries("/proc/self/fd"), files);
	finish(&bench);
}

static void hostile_locks(void **state)
{
	static const struct {
		const char *name;
		int taken, asked;
	} cases[] = {
		{ "link", -ELOOP, -ELOOP }, { "out", -ELOOP, -ELOOP },
		{ "dangling", -ELOOP, -ELOOP }, { "fifo", -EINVAL, -EINVAL },
		{ "socket", -EINVAL, -EINVAL }, { "dir", -EISDIR, -EISDIR },
		{ "hard", -EINVAL, 0 }, { "../lock", -EINVAL, -EXDEV },
	};
	struct fakesys *fs = tree();
	struct mhp_lock *lock;
	struct bench bench;
	char path[1024];
	int files;

	(void)state;
	fakesys_file(fs, "/root/run/libmhp/file", "");
	fakesys_link(fs, "/root/run/libmhp/link", "file");
	fakesys_link(fs, "/root/run/libmhp/out", "../../../secret/mark");
	fakesys_link(fs, "/root/run/libmhp/dangling", "../../../secret/new");
	fakesys_set(fs, FAKESYS_FIFO, "/root/run/libmhp/fifo", NULL, 0);
	fakesys_set(fs, FAKESYS_SOCKET, "/root/run/libmhp/socket", NULL, 0);
	fakesys_dir(fs, "/root/run/libmhp/dir");
	start_in_run(&bench, fs);
	snprintf(path, sizeof(path), "%s", at(&bench, "/secret/mark"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(link(path, at(&bench, "/root/run/libmhp/hard")), 0);
	files = count_entries("/proc/self/fd");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(take(&bench, cases[i].name, &lock), cases[i].taken);
		assert_int_equal(is_locked(&bench, cases[i].name), cases[i].asked);
	}
	assert_int_equal(count_entries("/proc/self/fd"), files);
	assert_mode(&bench, "/secret/mark", S_IFREG | 0600);
	finish(&bench);
}

/* A child that has done what, and waits until it is killed. */
static pid_t child(void (*what)(struct bench *bench), struct bench *bench)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		what(bench);
		if (write(ready[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void kill_child(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void do_nothing(struct bench *bench)
{
	(void)bench;
}

static int heir[2];	/* whoever has its end for writing lives */

static void take_and_have_heir(struct bench *bench)
{
	struct mhp_lock *lock;
	int blocked[2];

	if (take(bench, "lock", &lock) < 0 || pipe(blocked) < 0)
		_exit(1);
	close(heir[0]);
	if (fork() == 0) {
		/* runs until heir[0] is closed, and has no other file but that */
		dup2(heir[1], 1);
		execlp("yes", "yes", NULL);
		_exit(1);
	}
	close(heir[1]);
}

/* The lock goes with its process; what that has started does not inherit it. */
static void killed_holder(void **state)
{
	struct mhp_lock *lock;
	struct bench bench;
	char byte;
	pid_t pid;

	(void)state;
	start_in_run(&bench, tree());
	assert_int_equal(pipe(heir), 0);
	pid = child(take_and_have_heir, &bench);
	close(heir[1]);
	/* it has gone through execve() */
	assert_int_equal(read(heir[0], &byte, 1), 1);
	assert_int_equal(is_locked(&bench, "lock"), 1);
	assert_int_equal(take(&bench, "lock", &lock), -EAGAIN);
	assert_text(&bench, "/root/run/libmhp/lock", "me[1]: a test");
	kill_child(pid);
	assert_int_equal(read(heir[0], &byte, 1), 1);
	assert_int_equal(is_locked(&bench, "lock"), 0);
	assert_int_equal(take(&bench, "lock", &lock), 0);
	bench.be->ops->unlock(bench.be, lock);
	close(heir[0]);
	finish(&bench);
}

/* A child that was forked while the lock was held, and still is there. */
static void forked_meanwhile(void **state)
{
	struct mhp_lock *lock;
	struct bench bench;
	pid_t pid;

	(void)state;
	start_in_run(&bench, tree());
	assert_int_equal(take(&bench, "lock", &lock), 0);
	pid = child(do_nothing, &bench);
	bench.be->ops->unlock(bench.be, lock);
	assert_int_equal(is_locked(&bench, "lock"), 0);
	assert_int_equal(take(&bench, "lock", &lock), 0);
	kill_child(pid);
	assert_int_equal(is_locked(&bench, "lock"), 1);
	bench.be->ops->unlock(bench.be, lock);
	finish(&bench);
}

/* The first thing that is wrong, or 0. */
static int try_as_nobody(struct bench *bench)
{
	struct mhp_lock *lock;

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 99;
	if (is_locked(bench, "lock") != -EACCES || is_locked(bench, "free") != 0)
		return 1;
	if (take(bench, "lock", &lock) != -EACCES || take(bench, "new", &lock) != -EACCES)
		return 2;
	if (replace(bench, "free", "x") != -EACCES)
		return 3;
	if (bench->be->ops->remove(bench->be, bench->dir, "free") != -EACCES)
		return 4;
	if (bench->be->ops->make_dir(bench->be, RUN_PATH) != 0)
		return 5;
	return bench->be->ops->make_dir(bench->be, RUN_PATH "/new") == -EACCES ? 0 : 6;
}

static void somebody_elses(void **state)
{
	struct fakesys *fs = tree();
	struct mhp_lock *lock;
	struct bench bench;
	int status;
	pid_t pid;

	(void)state;
	fakesys_file(fs, "/root/run/libmhp/free", "");
	start_in_run(&bench, fs);
	assert_int_equal(take(&bench, "lock", &lock), 0);
	/* who runs this may be the owner; then the modes must say it */
	assert_int_equal(chmod(at(&bench, "/root/run/libmhp/lock"), 0), 0);
	assert_int_equal(chmod(at(&bench, "/root/run/libmhp"), 0555), 0);
	assert_int_equal(chmod(at(&bench, ""), 0755), 0);
	pid = fork();
	if (pid == 0)
		_exit(try_as_nobody(&bench));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	bench.be->ops->unlock(bench.be, lock);
	assert_int_equal(chmod(at(&bench, "/root/run/libmhp"), 0755), 0);
	finish(&bench);
}

/* ---- a write that is ended ---- */

struct writing {
	struct bench *bench;
	bool can_end;
	int code, state;
};

static void *write_cancelled(void *data)
{
	struct writing *writing = data;
	struct bench *bench = writing->bench;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cancel(pthread_self());
	writing->code = bench->be->ops->write(bench->be, bench->dir, "word", "new",
					      writing->can_end);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &writing->state);
	return NULL;
}

static void *write_plain(void *data)
{
	struct writing *writing = data;
	struct bench *bench = writing->bench;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	writing->code = bench->be->ops->write(bench->be, bench->dir, "word", "newer", true);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &writing->state);
	return NULL;
}

static void ended_write(void **state)
{
	struct fakesys *fs = tree();
	struct writing writing;
	struct bench bench;
	pthread_t thread;
	void *result;
	int files;

	(void)state;
	fakesys_file(fs, "/root/run/libmhp/word", "old");
	start_in_run(&bench, fs);
	files = count_entries("/proc/self/fd");
	writing = (struct writing){ .bench = &bench, .code = 1, .can_end = false };
	assert_int_equal(pthread_create(&thread, NULL, write_cancelled, &writing), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_null(result);
	assert_int_equal(writing.code, 0);
	assert_int_equal(writing.state, PTHREAD_CANCEL_DISABLE);
	assert_text(&bench, "/root/run/libmhp/word", "new");

	writing = (struct writing){ .bench = &bench, .code = 1, .can_end = true };
	assert_int_equal(pthread_create(&thread, NULL, write_cancelled, &writing), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	assert_int_equal(writing.code, 1);

	assert_int_equal(pthread_create(&thread, NULL, write_plain, &writing), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_null(result);
	assert_int_equal(writing.code, 0);
	assert_int_equal(writing.state, PTHREAD_CANCEL_DISABLE);
	assert_text(&bench, "/root/run/libmhp/word", "newer");
	assert_int_equal(count_entries("/proc/self/fd"), files);
	finish(&bench);
}

/* ---- modules, containers ---- */

static void other_root(void **state)
{
	struct fakesys *fs = tree();
	struct bench bench;

	(void)state;
	fakesys_file(fs, "/root/.dockerenv", "");
	start(&bench, fs, true);
	assert_int_equal(bench.be->ops->load_module(bench.be, "c_mhp_test"), -EOPNOTSUPP);
	assert_false(bench.be->ops->is_contained(bench.be));
	finish(&bench);
}

static void real_root(void **state)
{
	struct mhp_backend *be;
	int r;

	(void)state;
	assert_int_equal(host_new("/", true, &be), 0);
	r = be->ops->load_module(be, "c_mhp_test");
#ifdef HAVE_LIBKMOD
	assert_int_equal(r, -ENOENT);
#else
	assert_int_equal(r, -EOPNOTSUPP);
#endif
	be->ops->free(be);
	/* what is not called so is taken for another one */
	assert_int_equal(host_new("/proc/..", true, &be), 0);
	assert_int_equal(be->ops->load_module(be, "c_mhp_test"), -EOPNOTSUPP);
	be->ops->free(be);
}

/* In namespaces of its own: the first thing that is wrong, or 0; 77 cannot be tried. */
static int try_contained(void)
{
	struct mhp_backend *be;
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWNS | CLONE_NEWPID) < 0 ||
	    mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) < 0)
		return 77;
	pid = fork();
	if (pid > 0)
		return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
		       WEXITSTATUS(status) : 98;
	if (mount("none", "/run", "tmpfs", 0, NULL) < 0)
		_exit(77);
	if (host_new("/", true, &be) < 0 || !be->ops->is_contained(be))
		_exit(1);
	if (be->ops->make_dir(be, RUN_PATH) < 0 || !be->ops->is_contained(be))
		_exit(2);
	/* the host's, put there */
	if (mount("none", RUN_PATH, "tmpfs", 0, NULL) < 0)
		_exit(77);
	if (be->ops->is_contained(be))
		_exit(3);
	_exit(0);
}

static void contained(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(try_contained());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(directories, fakesys_free_all),
		cmocka_unit_test_teardown(whole_files, fakesys_free_all),
		cmocka_unit_test_teardown(in_the_way, fakesys_free_all),
		cmocka_unit_test_teardown(no_space, fakesys_free_all),
		cmocka_unit_test_teardown(locks, fakesys_free_all),
		cmocka_unit_test_teardown(hostile_locks, fakesys_free_all),
		cmocka_unit_test_teardown(killed_holder, fakesys_free_all),
		cmocka_unit_test_teardown(forked_meanwhile, fakesys_free_all),
		cmocka_unit_test_teardown(somebody_elses, fakesys_free_all),
		cmocka_unit_test_teardown(ended_write, fakesys_free_all),
		cmocka_unit_test_teardown(other_root, fakesys_free_all),
		cmocka_unit_test_teardown(real_root, fakesys_free_all),
		cmocka_unit_test_teardown(contained, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
