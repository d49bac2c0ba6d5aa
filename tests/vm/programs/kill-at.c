// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Run a program and kill it (SIGKILL) right before its Nth system call that writes, or the first
 * one to a file whose name ends so. With INSTEAD=COMMAND in the environment the shell runs that
 * command there, and the program goes on: what others do between two steps. With HOLD=1, too,
 * the thread that was to make the call stands there until another one wants to end it: what
 * is to be heeded within some time is heeded right there.
 *
 *	kill-at LOG N|NAME PROGRAM [ARGUMENT ...]
 *
 * Counted over all its threads: what changes a file, a folder, a lock or the list of modules.
 * Opening a file counts if it may make or empty it. Output to the first three descriptors, to
 * pipes and to /dev does not count. LOG gets a line for each; N 0: none is the last. Ends with
 * 137 if it killed the program, else with the program's status.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/openat2.h>
#include <linux/ptrace.h>

static FILE *logfile;
static unsigned int count, last;
static const char *last_name;		/* NULL: last is a number */
static const char *instead;
static bool hold;
static pid_t held;			/* the thread that stands before its call, or 0 */

static void fail(const char *what)
{
	perror(what);
	exit(125);
}

/* The file behind a descriptor of the program; false if it is not to be counted. */
static bool is_file(pid_t pid, uint64_t fd, char *path)
{
	char link[64];
	ssize_t n;

	if (fd <= STDERR_FILENO)
		return false;
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, (int)fd);
	n = readlink(link, path, PATH_MAX - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return path[0] == '/' && strncmp(path, "/dev/", 5) != 0;
}

/* A string of the program; never crosses a page that may not be there. */
static void copy_string(pid_t pid, uint64_t address, char *text)
{
	size_t n = 0;

	while (n < PATH_MAX - 1) {
		struct iovec to = { text + n, 1 };
		struct iovec from = { (void *)(uintptr_t)(address + n), 1 };

		if (process_vm_readv(pid, &to, 1, &from, 1, 0) != 1 || text[n] == '\0')
			break;
		n++;
	}
	text[n] = '\0';
}

static uint64_t openat2_flags(pid_t pid, uint64_t address)
{
	struct open_how how = { 0 };
	struct iovec to = { &how, sizeof(how) };
	struct iovec from = { (void *)(uintptr_t)address, sizeof(how) };

	process_vm_readv(pid, &to, 1, &from, 1, 0);
	return how.flags;
}

static bool makes_file(uint64_t flags, const char *path)
{
	return (flags & (O_CREAT | O_TRUNC)) && strncmp(path, "/dev/", 5) != 0;
}

/* Does the call write? Its name then, and what it writes to into path. */
static const char *writing_call(pid_t pid, const struct ptrace_syscall_info *info, char *path)
{
	const __u64 *arg = info->entry.args;

	path[0] = '\0';
	switch (info->entry.nr) {
	case SYS_write: case SYS_writev: case SYS_pwrite64: case SYS_pwritev: case SYS_pwritev2:
		return is_file(pid, arg[0], path) ? "write" : NULL;
	case SYS_ftruncate: case SYS_fallocate:
		return is_file(pid, arg[0], path) ? "truncate" : NULL;
	case SYS_flock:
		return is_file(pid, arg[0], path) ? "flock" : NULL;
	case SYS_fcntl:
		if (arg[1] != F_SETLK && arg[1] != F_SETLKW && arg[1] != F_OFD_SETLK &&
		    arg[1] != F_OFD_SETLKW)
			return NULL;
		return is_file(pid, arg[0], path) ? "lock" : NULL;
	case SYS_openat:
		copy_string(pid, arg[1], path);
		return makes_file(arg[2], path) ? "open" : NULL;
	case SYS_openat2:
		copy_string(pid, arg[1], path);
		return makes_file(openat2_flags(pid, arg[2]), path) ? "open" : NULL;
#ifdef SYS_open		/* not on newer architectures */
	case SYS_open:
		copy_string(pid, arg[0], path);
		return makes_file(arg[1], path) ? "open" : NULL;
	case SYS_mkdir: case SYS_rmdir: case SYS_unlink: case SYS_rename: case SYS_creat:
		copy_string(pid, arg[0], path);
		return "path";
#endif
	case SYS_truncate:
		copy_string(pid, arg[0], path);
		return "path";
	case SYS_mkdirat: case SYS_unlinkat: case SYS_renameat: case SYS_renameat2:
		copy_string(pid, arg[1], path);
		return "path";
#ifdef SYS_link
	case SYS_link: case SYS_symlink:
#endif
	case SYS_linkat: case SYS_symlinkat:
		return "link";
	case SYS_init_module: case SYS_finit_module: case SYS_delete_module:
		return "module";
	default:
		return NULL;
	}
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* pthread_cancel(held) */
static void release_held(const struct ptrace_syscall_info *info)
{
	if (!held || info->entry.nr != SYS_tgkill || (pid_t)info->entry.args[1] != held)
		return;
	ptrace(PTRACE_SYSCALL, held, NULL, 0);
	held = 0;
}

static void count_call(pid_t program, pid_t thread)
{
	struct ptrace_syscall_info info;
	char path[PATH_MAX];
	const char *name;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) < 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	release_held(&info);
	name = writing_call(thread, &info, path);
	if (!name)
		return;
	fprintf(logfile, "%u %s %s\n", ++count, name, path);
	fflush(logfile);
	if (last_name ? !ends_with(path, last_name) : count != last)
		return;
	last_name = NULL;
	if (instead) {
		if (system(instead) != 0)
			fprintf(stderr, "failed: %s\n", instead);
		if (hold)
			held = thread;
		return;
	}
	/* A call at whose entry the killing signal is there is not made any more. */
	kill(thread, SIGKILL);
	kill(program, SIGKILL);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[0], argv);
		fail(argv[0]);
	}
	if (waitpid(pid, NULL, 0) < 0)
		fail("waitpid");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
		   PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		fail("ptrace");
	ptrace(PTRACE_SYSCALL, pid, NULL, 0);
	return pid;
}

/* The signal that a stopped thread is to go on with. */
static long signal_of(int status)
{
	int sig = WSTOPSIG(status);

	/* Events of ptrace, and the stop that every new thread begins with. */
	if (status >> 16 || sig == SIGSTOP || sig == SIGTRAP)
		return 0;
	return sig;
}

int main(int argc, char **argv)
{
	pid_t program, thread;
	int status;

	if (argc < 4) {
		fprintf(stderr, "usage: %s LOG N|NAME PROGRAM [ARGUMENT ...]\n", argv[0]);
		return 125;
	}
	logfile = fopen(argv[1], "we");
	if (!logfile)
		fail(argv[1]);
	last = (unsigned int)strtoul(argv[2], NULL, 10);
	last_name = strspn(argv[2], "0123456789") == strlen(argv[2]) ? NULL : argv[2];
	instead = getenv("INSTEAD");
	unsetenv("INSTEAD");
	hold = getenv("HOLD") != NULL;
	unsetenv("HOLD");
	program = start(argv + 3);
	for (;;) {
		thread = waitpid(-1, &status, __WALL);
		if (thread < 0 && errno == EINTR)
			continue;
		if (thread < 0)
			fail("waitpid");
		if (!WIFSTOPPED(status)) {
			if (thread != program)
				continue;
			break;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			count_call(program, thread);
			if (thread != held)
				ptrace(PTRACE_SYSCALL, thread, NULL, 0);
		} else {
			ptrace(PTRACE_SYSCALL, thread, NULL, signal_of(status));
		}
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
