// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lines of the agent: for the journal, and for people. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent.h"
#include "support/alloc.h"

static void is_journal(void **state)
{
	struct stat st;
	int fds[2];
	char text[80];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fstat(fds[0], &st), 0);
	snprintf(text, sizeof(text), "%" PRIu64 ":%" PRIu64, (uint64_t)st.st_dev,
		 (uint64_t)st.st_ino);
	assert_true(agent_log_is_journal(text, fds[0]));
	/* standard error was sent elsewhere since */
	assert_false(agent_log_is_journal(text, STDIN_FILENO));
	assert_false(agent_log_is_journal(text, -1));
	snprintf(text, sizeof(text), "%" PRIu64 ":%" PRIu64 "x", (uint64_t)st.st_dev,
		 (uint64_t)st.st_ino);
	assert_false(agent_log_is_journal(text, fds[0]));
	assert_false(agent_log_is_journal(NULL, fds[0]));
	assert_false(agent_log_is_journal("", fds[0]));
	assert_false(agent_log_is_journal("1", fds[0]));
	close(fds[0]);
	close(fds[1]);
}

static void assert_put(bool journal, int priority, const char *line, const char *expected)
{
	char *text;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	assert_non_null(file);
	agent_log_put(file, journal, priority, line);
	fclose(file);
	assert_string_equal(text, expected);
	free(text);
}

static void lines(void **state)
{
	(void)state;
	assert_put(true, LOG_ERR, "dax0.0: no", "<3>dax0.0: no\n");
	assert_put(false, LOG_ERR, "dax0.0: no", "mhp: dax0.0: no\n");
	/* no second line with a priority of its own */
	assert_put(true, LOG_INFO, "a\n<0>b\x1b[2J", "<6>a\\x0a<0>b\\x1b[2J\n");
}

/* What is said while memory is changed: nobody may exit there. */
static void without_memory(void **state)
{
	char text[80];
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	calls = 0;
	fail_at = 1;
	fail_on = true;
	agent_log_put_plain(file, true, LOG_NOTICE, "stopping (SIGTERM)");
	fail_at = 0;
	fail_on = false;
	assert_int_equal(calls, 0);
	rewind(file);
	assert_non_null(fgets(text, sizeof(text), file));
	assert_string_equal(text, "<5>stopping (SIGTERM)\n");
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_journal),
		cmocka_unit_test(lines),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
