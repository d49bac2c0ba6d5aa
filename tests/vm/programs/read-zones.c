// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Read valid_zones of memory blocks as fast as can be while they come and go, until SIGTERM.
 *
 *	read-zones linked|bare NODE FIRST LAST
 *
 * "linked": by the way that libmhp takes, through the node's link to the block, which is there
 * once the block has a node. "bare": by the block's own directory, which crashes Linux up to
 * 6.12 now and then (valid_zones_show() in drivers/base/memory.c, with the node -1). Says how
 * many reads got an answer.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop };
	unsigned long first, last, answers = 0, tries = 0;
	char path[128], text[64];
	bool linked;

	if (argc != 5) {
		fprintf(stderr, "usage: %s linked|bare NODE FIRST LAST\n", argv[0]);
		return 2;
	}
	linked = strcmp(argv[1], "linked") == 0;
	first = strtoul(argv[3], NULL, 10);
	last = strtoul(argv[4], NULL, 10);
	sigaction(SIGTERM, &action, NULL);
	for (unsigned long id = last; !stopped; id = id == first ? last : id - 1) {
		int fd;

		if (linked)
			snprintf(path, sizeof(path),
				 "/sys/devices/system/node/node%s/memory%lu/valid_zones", argv[2], id);
		else
			snprintf(path, sizeof(path),
				 "/sys/devices/system/memory/memory%lu/valid_zones", id);
		tries++;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		answers += read(fd, text, sizeof(text)) > 0;
		close(fd);
	}
	printf("answers %lu of %lu\n", answers, tries);
	return 0;
}
