// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel that runs here, a guest's, as a subject. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "differ.h"
#include "internal.h"

/* What a write may take; a guest may be slow, but an offline that spins never ends. */
#define PUT_LIMIT_S 20
#define INJECT "/sys/kernel/debug/notifier-error-inject/memory/actions/MEM_GOING_"
#define MAX_PINS 8
#define NOBODY 65534

struct pinned {
	uint64_t block;
	pid_t pid;
};

struct here {
	struct subject subject;
	int events;
	struct pinned pins[MAX_PINS];
	size_t n_pins;
};

/* ---- writes ---- */

static volatile sig_atomic_t timed_out;

static void on_alarm(int signal)
{
	if (signal == SIGALRM)
		timed_out = 1;
}

/* No SA_RESTART: that the write is interrupted is the point. */
static void catch_signal(int signal)
{
	const struct sigaction action = { .sa_handler = on_alarm };

	sigaction(signal, &action, NULL);
}

/* -ETIME, which is no kernel's answer: it would not end, and was interrupted. */
static int put(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	alarm(PUT_LIMIT_S);
	if (write(fd, word, strlen(word)) < 0)
		r = -errno;
	alarm(0);
	close(fd);
	if (timed_out && r == -EINTR)
		r = -ETIME;
	else if (timed_out)
		die("put \"%s\" %s: no end within %d s", word, path, PUT_LIMIT_S);
	timed_out = 0;
	return r;
}

/* Interrupts the writer once a block that is pinned is on its way offline. */
struct watch {
	const struct here *here;
	pthread_t writer;
	bool done;		/* atomic */
};

static bool is_going(uint64_t block)
{
	char path[96], word[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%" PRIu64 "/state", block);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, word, sizeof(word) - 1) < 0)
		*word = '\0';
	close(fd);
	return !strcmp(word, "going-offline\n");
}

static void *watch(void *data)
{
	struct watch *watch = data;
	const struct timespec pause = { .tv_nsec = 2000000 };

	while (!__atomic_load_n(&watch->done, __ATOMIC_ACQUIRE)) {
		for (size_t i = 0; i < watch->here->n_pins; i++)
			if (is_going(watch->here->pins[i].block))
				pthread_kill(watch->writer, SIGUSR1);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static int here_put(struct subject *subject, const char *path, const char *word)
{
	struct here *here = (struct here *)subject;
	struct watch watched = { .here = here, .writer = pthread_self() };
	pthread_t thread;
	int r;

	if (!here->n_pins)
		return put(path, word);
	if (pthread_create(&thread, NULL, watch, &watched))
		die("no thread");
	r = put(path, word);
	__atomic_store_n(&watched.done, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	return r;
}

/* ---- modules ---- */

static pid_t spawn(const char *const *args, int out)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid)
		return pid;
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	execvp(args[0], (char *const *)args);
	_exit(127);
}

static int run(const char *const *args)
{
	pid_t pid = spawn(args, -1);
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid: %s", strerror(errno));
	return status;
}

static int here_load(struct subject *subject, const char *module)
{
	const char *const args[] = { "modprobe", "-q", module, NULL };

	(void)subject;
	/* It tells no more than whether it worked. */
	return run(args) ? -ENOENT : 0;
}

static int here_unload(struct subject *subject, const char *module)
{
	(void)subject;
	return syscall(SYS_delete_module, module, O_NONBLOCK) < 0 ? -errno : 0;
}

/* ---- trouble ---- */

static int here_veto(struct subject *subject, const char *act, int code)
{
	char path[128], number[16];
	int r;

	(void)subject;
	snprintf(path, sizeof(path), INJECT "%s/error",
		 strcmp(act, "online") ? "OFFLINE" : "ONLINE");
	snprintf(number, sizeof(number), "%d", code);
	r = put(path, number);
	if (r < 0)
		die("%s: %s", path, code_text(r));
	return 0;
}

static int here_pin(struct subject *subject, uint64_t block)
{
	struct here *here = (struct here *)subject;
	char number[24], said[16] = "";
	const char *const args[] = { "pin-page", number, NULL };
	int pipes[2];
	pid_t pid;

	if (here->n_pins == MAX_PINS)
		die("no more than %d blocks can be pinned", MAX_PINS);
	snprintf(number, sizeof(number), "%" PRIu64, block);
	if (pipe2(pipes, O_CLOEXEC) < 0)
		die("pipe: %s", strerror(errno));
	pid = spawn(args, pipes[1]);
	close(pipes[1]);
	if (read(pipes[0], said, sizeof(said) - 1) < 0 || strcmp(said, "pinned\n"))
		die("no page of block %" PRIu64 " could be pinned", block);
	close(pipes[0]);
	here->pins[here->n_pins++] = (struct pinned){ block, pid };
	return 0;
}

static int here_unpin(struct subject *subject, uint64_t block)
{
	struct here *here = (struct here *)subject;

	for (size_t i = 0; i < here->n_pins; i++) {
		if (here->pins[i].block != block)
			continue;
		kill(here->pins[i].pid, SIGKILL);
		waitpid(here->pins[i].pid, NULL, 0);
		here->pins[i--] = here->pins[--here->n_pins];
	}
	return 0;
}

static int here_user(struct subject *subject, bool root)
{
	(void)subject;
	return seteuid(root ? 0 : NOBODY) < 0 ? -errno : 0;
}

/* ---- events ---- */

static char *here_next_event(struct subject *subject)
{
	char bytes[8192];
	ssize_t n = recv(((struct here *)subject)->events, bytes, sizeof(bytes) - 1, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return NULL;
	if (n < 0)
		die("uevents: %s", strerror(errno));
	for (ssize_t i = 0; i < n; i++)
		if (!bytes[i])
			bytes[i] = '\n';
	bytes[n] = '\0';
	return text_new("%s", bytes);
}

static int open_events(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	const int room = 16 << 20;
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		die("uevents: %s", strerror(errno));
	return fd;
}

/* ---- the whole ---- */

static void here_free(struct subject *subject)
{
	struct here *here = (struct here *)subject;

	while (here->n_pins)
		here_unpin(subject, here->pins[0].block);
	close(here->events);
	subject->be->ops->free(subject->be);
	free(here);
}

static const struct subject_ops here_ops = {
	.put = here_put,
	.load = here_load,
	.unload = here_unload,
	.veto = here_veto,
	.pin = here_pin,
	.unpin = here_unpin,
	.user = here_user,
	.next_event = here_next_event,
	.free = here_free,
};

/* What veto needs; once it is there it says no event of its own any more. */
static void prepare_veto(void)
{
	const char *const args[] = { "modprobe", "memory-notifier-error-inject", NULL };

	if (access("/sys/kernel/debug/block", F_OK) &&
	    mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL) < 0)
		die("debugfs: %s", strerror(errno));
	if (run(args))
		die("cannot load memory-notifier-error-inject");
}

struct subject *subject_here_new(void)
{
	struct here *here = must(calloc(1, sizeof(*here)));
	int r;

	catch_signal(SIGALRM);
	catch_signal(SIGUSR1);
	prepare_veto();
	r = host_new("/", true, &here->subject.be);
	if (r < 0)
		die("the host: %s", code_text(r));
	here->subject.ops = &here_ops;
	here->events = open_events();
	return &here->subject;
}
