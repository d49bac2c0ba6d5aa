// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Run a command with fewer rights than root has, by real namespaces, capabilities and mounts.
 *
 *	situation NAME COMMAND [ARGUMENT ...]
 *
 * The names are those of docs/privileges.md. It is to be started by root, where /proc is
 * mounted. Exits with 77 where this machine does not let it be made.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT 77
#define NOBODY 65534
#define BIT(cap) (UINT64_C(1) << (cap))

/* What runtimes give to a container that asks for nothing. */
#define CONTAINER_CAPS \
	(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) | BIT(CAP_FOWNER) | \
	 BIT(CAP_MKNOD) | BIT(CAP_NET_RAW) | BIT(CAP_SETGID) | BIT(CAP_SETUID) | \
	 BIT(CAP_SETFCAP) | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) | \
	 BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL) | BIT(CAP_AUDIT_WRITE))

__attribute__((noreturn))
static void fail(const char *what)
{
	fprintf(stderr, "situation: %s: %s\n", what, strerror(errno));
	exit(CANNOT);
}

/* ---- capabilities and users ---- */

static void set_caps(uint64_t caps)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		data[i].effective = data[i].permitted = (uint32_t)(caps >> 32 * i);
		data[i].inheritable = data[i].effective;
	}
	if (syscall(SYS_capset, &head, data) < 0)
		fail("capset");
}

static void bound_caps(uint64_t caps)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!(caps & BIT(cap)) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			fail("bounding set");
}

static void be_nobody(void)
{
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		fail("user");
}

/* root with these, which it has after exec, too */
static void limit_root(uint64_t caps)
{
	bound_caps(caps);
	set_caps(caps);
}

static void limit_nobody(uint64_t caps)
{
	bound_caps(caps);
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		fail("keepcaps");
	be_nobody();
	set_caps(caps);
	for (int cap = 0; cap < 64; cap++)
		if (caps & BIT(cap) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			fail("ambient set");
}

/* ---- namespaces ---- */

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail(path);
	close(fd);
}

/* root there, nobody here */
static void enter_user_namespace(void)
{
	char map[64];

	be_nobody();
	/* else /proc/self is root's */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (unshare(CLONE_NEWUSER) < 0)
		fail("user namespace");
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %d 1", NOBODY);
	put("/proc/self/gid_map", map);
	put("/proc/self/uid_map", map);
}

static void enter_mount_namespace(int more)
{
	if (unshare(CLONE_NEWNS | more) < 0)
		fail("mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		fail("private mounts");
}

static pid_t command;

static void pass_on(int number)
{
	kill(command, number);
}

static void wait_for(pid_t pid)
{
	int status;

	command = pid;
	signal(SIGTERM, pass_on);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("wait");
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void enter_container(void)
{
	pid_t pid;

	enter_mount_namespace(CLONE_NEWPID);
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid)
		wait_for(pid);
	/* it ends with us, however we end */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (mount("run", "/run", "tmpfs", 0, "mode=755") < 0 ||
	    mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
		fail("mounts of a container");
	limit_root(CONTAINER_CAPS);
}

static void hide_proc(void)
{
	enter_mount_namespace(0);
	if (umount2("/proc", MNT_DETACH) < 0)
		fail("/proc");
}

int main(int argc, char **argv)
{
	const char *name = argc > 2 ? argv[1] : "";

	if (!strcmp(name, "root"))
		;
	else if (!strcmp(name, "bare-root"))
		limit_root(0);
	else if (!strcmp(name, "sys-admin"))
		limit_nobody(BIT(CAP_SYS_ADMIN));
	else if (!strcmp(name, "user"))
		be_nobody();
	else if (!strcmp(name, "container"))
		enter_container();
	else if (!strcmp(name, "user-namespace"))
		enter_user_namespace();
	else if (!strcmp(name, "no-proc"))
		hide_proc();
	else {
		fprintf(stderr, "usage: situation root|bare-root|sys-admin|user|container|"
			"user-namespace|no-proc COMMAND [ARGUMENT ...]\n");
		return 2;
	}
	execvp(argv[2], &argv[2]);
	perror(argv[2]);
	return 127;
}
