// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a command with standard input and standard error on a terminal, and sends
 * it signals once it has said something: for tests that must not guess by time.
 *
 *	on-terminal [--columns N] [--at TEXT SIGNAL]... COMMAND [ARG]...
 *
 * What the command writes to the terminal goes to our standard error, byte by
 * byte. After TEXT was written SIGNAL (a number) is sent; the next TEXT is looked
 * for behind it. Exit code: the command's, or 128 and the signal that ended it; 125
 * if something else went wrong, or a TEXT never came.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define TRIGGERS_MAX 8

struct trigger {
	const char *text;
	int number;
};

static void fail(const char *what)
{
	fprintf(stderr, "on-terminal: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* Returns the end that the command gets. */
static int open_terminal(unsigned short columns, int *ret_master)
{
	struct winsize window = { .ws_row = 24, .ws_col = columns };
	struct termios modes;
	int master, slave;

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		fail("a terminal");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &modes) < 0)
		fail(ptsname(master));
	modes.c_oflag &= ~(tcflag_t)OPOST;	/* as written, not as shown */
	if (tcsetattr(slave, TCSANOW, &modes) < 0 || ioctl(slave, TIOCSWINSZ, &window) < 0)
		fail("its modes");
	*ret_master = master;
	return slave;
}

static pid_t start(char **argv, int slave)
{
	static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE };
	pid_t child = fork();

	if (child < 0)
		fail("fork");
	if (child > 0)
		return child;
	/* who has started the tests may ignore them, as nohup does */
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], SIG_DFL);
	setsid();
	if (ioctl(slave, TIOCSCTTY, 0) < 0 || dup2(slave, 0) < 0 || dup2(slave, 2) < 0)
		_exit(125);
	execvp(argv[0], argv);
	fail(argv[0]);
	return -1;
}

/* Passes on what comes from the terminal. Returns how many triggers were pulled. */
static size_t watch(int master, pid_t child, const struct trigger *triggers, size_t count)
{
	static char text[1 << 20];
	size_t length = 0, from = 0, next = 0;

	for (;;) {
		ssize_t more = read(master, text + length, sizeof(text) - length);
		char *found;

		if (more < 0 && errno == EINTR)
			continue;
		if (more <= 0)			/* EIO: nobody has the other end any more */
			return next;
		if (write(2, text + length, (size_t)more) != more)
			fail("standard error");
		length += (size_t)more;
		while (next < count &&
		       (found = memmem(text + from, length - from, triggers[next].text,
				       strlen(triggers[next].text)))) {
			from = (size_t)(found - text) + strlen(triggers[next].text);
			kill(child, triggers[next++].number);
		}
		if (length == sizeof(text)) {
			errno = EFBIG;
			fail("too much of it");
		}
	}
}

int main(int argc, char **argv)
{
	struct trigger triggers[TRIGGERS_MAX];
	size_t count = 0, pulled;
	unsigned short columns = 80;
	int master, slave, status;
	pid_t child;

	for (argv++; --argc; ) {
		if (argc > 2 && strcmp(argv[0], "--columns") == 0) {
			columns = (unsigned short)atoi(argv[1]);
			argv += 2, argc -= 1;
		} else if (argc > 3 && strcmp(argv[0], "--at") == 0 && count < TRIGGERS_MAX) {
			triggers[count++] = (struct trigger){ argv[1], atoi(argv[2]) };
			argv += 3, argc -= 2;
		} else {
			break;
		}
	}
	if (!argc || argv[0][0] == '-') {
		fputs("usage: on-terminal [--columns N] [--at TEXT SIGNAL]... COMMAND...\n",
		      stderr);
		return 125;
	}
	slave = open_terminal(columns, &master);
	child = start(argv, slave);
	close(slave);
	pulled = watch(master, child, triggers, count);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid");
	if (pulled < count) {
		fprintf(stderr, "on-terminal: never said: %s\n", triggers[pulled].text);
		return 125;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
