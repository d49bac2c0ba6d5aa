// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where the lines of mhp agent go: to standard error, which is the journal where systemd
 * runs it; then with a priority in front, as sd-daemon(3) has it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>

#include "agent.h"
#include "tool.h"

/* systemd.exec(5): $JOURNAL_STREAM is "DEVICE:INODE" of the stream that it has connected */
bool agent_log_is_journal(const char *stream, int fd)
{
	uint64_t device, inode;
	struct stat st;
	int end = 0;

	if (!stream || sscanf(stream, "%" SCNu64 ":%" SCNu64 "%n", &device, &inode, &end) != 2 ||
	    stream[end])
		return false;
	/* inherited by one whose standard error is a file, it says nothing */
	return fstat(fd, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

/* Of our own words only, which need no escape: takes no memory. */
void agent_log_put_plain(FILE *file, bool is_journal, int priority, const char *line)
{
	/* in one call, so that it is one write also to a stream without a buffer */
	if (is_journal)
		fprintf(file, "<%d>%s\n", priority & LOG_PRIMASK, line);
	else
		fprintf(file, "mhp: %s\n", line);
	fflush(file);
}

void agent_log_put(FILE *file, bool is_journal, int priority, const char *line)
{
	char *escaped = text_copy(line);

	agent_log_put_plain(file, is_journal, priority, escaped);
	free(escaped);
}
