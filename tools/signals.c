// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Signals as something to poll for, beside events: none can slip in between looking
 * and waiting. From signals_open() on they are blocked, also in threads begun later.
 */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "tool.h"

/* What is ignored, as by nohup, stays so: blocked it would be told nevertheless. */
static void add_heeded(sigset_t *set, int number)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
		sigaddset(set, number);
}

/* Ctrl-C, SIGTERM, SIGHUP and SIGUSR1; 0 or a negative errno value. */
int signals_open(int *ret_fd)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		add_heeded(&set, numbers[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* The next one that has come; 0: none. */
int signals_next(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}
