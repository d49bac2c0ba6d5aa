// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Ctrl-C, SIGTERM and SIGHUP while memory is changed. They are only counted here;
 * the library asks every 100 ms, also while the kernel takes its time.
 */
#include <signal.h>

#include "tool.h"

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
static struct sigaction before[ARRAY_SIZE(numbers)];
static volatile sig_atomic_t asked;

/*
 * A terminal that goes away may say so twice, by its shell and by the kernel:
 * SIGHUP is a first request only. After the second one the next is not caught.
 */
static void on_signal(int number)
{
	if (number == SIGHUP && asked)
		return;
	asked++;
	if (asked < 2)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct sigaction fatal = { .sa_handler = SIG_DFL };

		if (numbers[i] == SIGINT || numbers[i] == SIGTERM)
			sigaction(numbers[i], &fatal, NULL);
	}
}

void cancel_begin(void)
{
	struct sigaction action = { .sa_flags = SA_RESTART };

	asked = 0;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaddset(&action.sa_mask, numbers[i]);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		/* nobody may be left to read our messages: no reason to die half-way */
		action.sa_handler = numbers[i] == SIGPIPE ? SIG_IGN : on_signal;
		/* nohup and shells without job control say so with SIG_IGN */
		if (sigaction(numbers[i], NULL, &before[i]) == 0 &&
		    before[i].sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &action, NULL);
	}
}

/* How often it was asked for: up to 2. */
int cancel_asked(void)
{
	return asked;
}

void cancel_end(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		/* the terminal's second word must not end us while we tell what became of it */
		if (numbers[i] != SIGHUP || !asked)
			sigaction(numbers[i], &before[i], NULL);
}
