// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a program and counts the system calls of all its threads and children.
 *
 *	count-calls [-m] [-o FILE] PROGRAM [ARGUMENT ...]
 *
 * FILE, or standard error, gets "total NUMBER", "memory NUMBER" (of these, those that only
 * get or give back memory) and then a line for each call, most of them first. Counting starts
 * anew when the program executes another one, so that wrappers do not count. With -m only
 * what is between two marks counts: a write of "BEGIN" and of "END" to descriptor -1, which
 * fails and does nothing.
 *
 * Ends with the program's status; 77: calls cannot be traced here.
 */
#include <errno.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#define MAX_CALLS 1024
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct call_name {
	const char *name;
	unsigned int number;
};

/* Those that are seen; others are told by their numbers. */
static const struct call_name names[] = {
#define NAME(call) { #call, SYS_##call }
	NAME(bind), NAME(brk), NAME(capget), NAME(chdir), NAME(clock_gettime),
	NAME(clock_nanosleep), NAME(clone), NAME(clone3), NAME(close), NAME(connect), NAME(dup),
	NAME(dup3), NAME(epoll_create1), NAME(epoll_ctl), NAME(epoll_pwait), NAME(eventfd2),
	NAME(execve), NAME(exit), NAME(exit_group), NAME(faccessat), NAME(faccessat2),
	NAME(fchmod), NAME(fchmodat), NAME(fcntl), NAME(flock), NAME(fstat), NAME(fstatfs),
	NAME(fsync), NAME(ftruncate), NAME(futex), NAME(getcwd), NAME(getdents64), NAME(getegid),
	NAME(geteuid), NAME(getgid), NAME(getpid), NAME(getppid), NAME(getrandom),
	NAME(getrusage), NAME(getsockname), NAME(gettid), NAME(getuid), NAME(ioctl), NAME(kill),
	NAME(lseek), NAME(madvise), NAME(mkdirat), NAME(mmap), NAME(mprotect), NAME(mremap),
	NAME(munmap), NAME(openat), NAME(openat2), NAME(pidfd_open), NAME(pipe2), NAME(ppoll),
	NAME(prctl), NAME(pread64), NAME(prlimit64), NAME(pwrite64), NAME(read),
	NAME(readlinkat), NAME(readv), NAME(recvfrom), NAME(recvmsg), NAME(renameat2),
	NAME(restart_syscall), NAME(rseq), NAME(rt_sigaction), NAME(rt_sigprocmask),
	NAME(rt_sigreturn), NAME(sched_getaffinity), NAME(sched_yield), NAME(sendmsg),
	NAME(sendto), NAME(set_robust_list), NAME(set_tid_address), NAME(setsockopt),
	NAME(sigaltstack), NAME(socket), NAME(statfs), NAME(statx), NAME(sysinfo), NAME(tgkill),
	NAME(umask), NAME(uname), NAME(unlinkat), NAME(wait4), NAME(write), NAME(writev),
	/* not on newer architectures */
#ifdef SYS_access
	NAME(access),
#endif
#ifdef SYS_arch_prctl
	NAME(arch_prctl),
#endif
#ifdef SYS_fork
	NAME(fork), NAME(vfork),
#endif
#ifdef SYS_newfstatat
	NAME(newfstatat),
#endif
#ifdef SYS_open
	NAME(open), NAME(stat), NAME(lstat),
#endif
#ifdef SYS_poll
	NAME(poll),
#endif
#ifdef SYS_readlink
	NAME(readlink),
#endif
#ifdef SYS_renameat
	NAME(renameat),
#endif
#undef NAME
};

static const unsigned int memory_calls[] = {
	SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise,
};

static unsigned long counts[MAX_CALLS];
static bool wants_marks, counting;

static void fail(const char *what)
{
	perror(what);
	exit(125);
}

static void skip(const char *what)
{
	fprintf(stderr, "count-calls: calls cannot be traced here: %s: %s\n", what,
		strerror(errno));
	exit(77);
}

/* ---- in the program ---- */

/* Each call stops once, at its beginning, and its number comes with it. */
static int trace_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SECCOMP_RET_DATA),
		BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog program = { .len = COUNT_OF(filter), .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void run(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		skip("ptrace");
	raise(SIGSTOP);
	if (trace_calls() < 0)
		skip("seccomp");
	execvp(argv[0], argv);
	fail(argv[0]);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		fail("fork");
	if (pid == 0)
		run(argv);
	if (waitpid(pid, &status, 0) < 0)
		fail("waitpid");
	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
		   PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		skip("ptrace");
	ptrace(PTRACE_CONT, pid, NULL, 0);
	return pid;
}

/* ---- counting ---- */

/* Is it a mark? Then it says whether to count from now on. */
static bool is_mark(pid_t thread)
{
	struct ptrace_syscall_info info;
	char text[8] = "";
	struct iovec to = { text, sizeof(text) - 1 }, from = { NULL, 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) < 0)
		skip("ptrace");
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP || (int)info.seccomp.args[0] != -1 ||
	    info.seccomp.args[2] >= sizeof(text))
		return false;
	from.iov_base = (void *)(uintptr_t)info.seccomp.args[1];
	from.iov_len = (size_t)info.seccomp.args[2];
	if (process_vm_readv(thread, &to, 1, &from, 1, 0) < 0)
		return false;
	counting = !strcmp(text, "BEGIN");
	return counting || !strcmp(text, "END");
}

static void count_call(pid_t thread)
{
	unsigned long number = 0;

	if (ptrace(PTRACE_GETEVENTMSG, thread, NULL, &number) < 0)
		return;
	if (wants_marks && number == SYS_write && is_mark(thread))
		return;
	if (counting && number < MAX_CALLS)
		counts[number]++;
}

/* Another program, in the place of the one that was started. */
static void begin_anew(void)
{
	memset(counts, 0, sizeof(counts));
	counting = !wants_marks;
}

/* The signal that a stopped thread is to go on with. */
static int take_stop(pid_t program, pid_t thread, int status)
{
	switch (status >> 16) {
	case 0:
		/* the stop that every new thread begins with */
		return WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
	case PTRACE_EVENT_SECCOMP:
		count_call(thread);
		return 0;
	case PTRACE_EVENT_EXEC:
		if (thread == program)
			begin_anew();
		return 0;
	default:
		return 0;
	}
}

/* The program's status, once it has ended. */
static int watch(pid_t program)
{
	pid_t thread;
	int status;

	for (;;) {
		thread = waitpid(-1, &status, __WALL);
		if (thread < 0 && errno == EINTR)
			continue;
		if (thread < 0)
			fail("waitpid");
		if (WIFSTOPPED(status))
			ptrace(PTRACE_CONT, thread, NULL, take_stop(program, thread, status));
		else if (thread == program)
			return status;
	}
}

/* ---- telling ---- */

static const char *name_of(unsigned int number, char text[32])
{
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (names[i].number == number)
			return names[i].name;
	snprintf(text, 32, "call-%u", number);
	return text;
}

static int compare_counts(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	if (counts[x] != counts[y])
		return counts[x] > counts[y] ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void tell(FILE *file)
{
	unsigned int order[MAX_CALLS];
	unsigned long total = 0, memory = 0;
	char text[32];

	for (unsigned int i = 0; i < MAX_CALLS; i++) {
		order[i] = i;
		total += counts[i];
	}
	for (size_t i = 0; i < COUNT_OF(memory_calls); i++)
		memory += counts[memory_calls[i]];
	qsort(order, MAX_CALLS, sizeof(order[0]), compare_counts);
	fprintf(file, "total %lu\nmemory %lu\n", total, memory);
	for (size_t i = 0; i < MAX_CALLS && counts[order[i]]; i++)
		fprintf(file, "%s %lu\n", name_of(order[i], text), counts[order[i]]);
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	FILE *file = stderr;
	int option, status;

	while ((option = getopt(argc, argv, "+mo:")) >= 0) {
		if (option == 'm')
			wants_marks = true;
		else if (option == 'o')
			path = optarg;
		else
			optind = argc;
	}
	if (optind >= argc) {
		fprintf(stderr, "usage: %s [-m] [-o FILE] PROGRAM [ARGUMENT ...]\n", argv[0]);
		return 125;
	}
	if (path)
		file = fopen(path, "we");
	if (!file)
		fail(path);
	status = watch(start(argv + optind));
	tell(file);
	if (path && fclose(file) != 0)
		fail(path);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
