// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of others below a root: whoever has them may not keep us. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tool.h"

#define CONF "/a.conf"

/* Holds a lease on it until it is killed, and lets nobody have it. */
static void keep(const char *path, int told)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	signal(SIGIO, SIG_IGN);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		_exit(1);
	if (write(told, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static pid_t keeper_of(const char *path)
{
	int told[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		keep(path, told[1]);
	close(told[1]);
	if (read(told[0], &byte, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = 0;	/* no leases here */
	}
	close(told[0]);
	return pid;
}

/* It answers EAGAIN to who will not wait, until the kernel takes the lease away: 45 seconds. */
static void leased(void **state)
{
	char root[] = "test-below-XXXXXX", path[64], *text = NULL;
	struct below below;
	FILE *file;
	pid_t keeper;
	int r;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s" CONF, root);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs("blacklist kmem\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(below_begin(&below, root), 0);
	r = below_read(&below, CONF, &text);
	/* without openat2() nothing is read of another root */
	if (r != -ENOSYS) {
		assert_int_equal(r, 0);
		assert_string_equal(text, "blacklist kmem\n");
		free(text);
	}
	keeper = r == 0 ? keeper_of(path) : 0;
	if (keeper) {
		r = below_read(&below, CONF, &text);
		assert_true(below_has(&below, CONF));
		kill(keeper, SIGKILL);
		waitpid(keeper, NULL, 0);
	}
	below_end(&below);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(root), 0);
	if (!keeper)
		skip();
	assert_int_equal(r, -EAGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leased),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
